"""Start of a hub with many files, beside one with few: of bench/scale.py."""
import os
import statistics
import time

from common import BUILD, FSSCTL, FSSD, rss, say
from contestants import Fss
import data

BATCH = 10000		# files of one upload
DROP = "/proc/sys/vm/drop_caches"
STATES = ("warm", "killed", "cold")


def fill(fss, folder, files, size):
    """So many files of noise, uploaded as anybody's are."""
    tree = os.path.join(folder, "tree")
    begin = time.monotonic()
    data.make_many(tree, min(files, BATCH), size)
    done = 0
    while done < files:
        paths = [os.path.join(at, f)
                 for at, _, names in os.walk(tree) for f in names]
        for path in paths[files - done:]:
            os.unlink(path)
        if done:
            for path in paths[:files - done]:
                with open(path, "r+b") as f:
                    f.write(os.urandom(size))
        fss.up(tree, f"tree-{done // BATCH:03}", 0)
        done += min(len(paths), files - done)
        if done % (BATCH * 10) == 0:
            say(f"start: {done:,} files stored, "
                f"{time.monotonic() - begin:.0f} s")


def make_cold(folders):
    """What programs find in memory goes; how, in words."""
    os.sync()
    try:
        with open(DROP, "w") as f:
            f.write("3\n")
        return "all the kernel's caches dropped by " + DROP
    except OSError:
        pass
    paths = [FSSD, FSSCTL] + [os.path.join(BUILD, f) for f in
                              os.listdir(BUILD) if f.startswith("libfss.so")]
    for folder in folders:
        paths += [os.path.join(at, f) for at, _, names in os.walk(folder)
                  for f in names]
    for path in paths:
        with open(path, "rb") as f:
            os.posix_fadvise(f.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return (f"{DROP} may not be written: only the files of hub and programs "
            "given up (posix_fadvise), libraries and folders are in memory")


class Starter:
    """A hub on a port that stays, with so many files."""

    def __init__(self, folder, opts, files):
        os.mkdir(folder)
        self.fss = Fss(folder, opts.limit)
        self.fss.start()
        self.files = files
        try:
            fill(self.fss, folder, files, opts.bytes)
        finally:
            self.fss.stop()
        self.fss.keep_port()
        self.out = {"files": files, "store_mib": round(self.size("") / 2**20),
                    "index_mib": round(self.size("meta.db") / 2**20)}

    def size(self, name):
        top = os.path.join(self.fss.data, name)
        if os.path.isfile(top):
            return os.path.getsize(top)
        return sum(os.path.getsize(os.path.join(at, f))
                   for at, _, names in os.walk(top) for f in names)

    def start(self, state):
        """Seconds from exec until it is ready, and until it has answered."""
        begin = time.monotonic()
        self.fss.run_hub()
        ready = time.monotonic() - begin
        self.fss.ctl("stat", ":/")
        answered = time.monotonic() - begin
        row = self.out.setdefault(state, {"ready": [], "answered": []})
        row["ready"].append(round(ready, 4))
        row["answered"].append(round(answered, 4))
        row["rss_mib"] = round(rss(self.fss.proc.pid), 1)
        row["anon_mib"] = round(rss(self.fss.proc.pid, "RssAnon"), 1)
        say(f"start: {self.files:>9,} files, {state:<7}{ready:8.3f} s ready, "
            f"{answered:8.3f} s answered")


def measure(folder, opts):
    hubs = [Starter(os.path.join(folder, f"start-{n}"), opts, n)
            for n in dict.fromkeys((min(opts.few, opts.files), opts.files))]
    out = {}
    try:
        for i in range(opts.rounds):
            for state in STATES:
                for h in hubs if i % 2 == 0 else hubs[::-1]:
                    if state == "cold":
                        out["cold_by"] = make_cold([h.fss.data])
                    h.start(state)
                    if state == "warm":
                        h.fss.proc.kill()	# which the next start finds
                        h.fss.proc.wait()
                    h.fss.stop()
    finally:
        for h in hubs:
            h.fss.stop()
    out["hubs"] = [h.out for h in hubs]
    return out


def table(result):
    few, many = result["hubs"][0], result["hubs"][-1]
    yield ("Start of the hub, from exec until a client that is started once "
           "it is ready has its answer and ended")
    yield ""
    yield ("| page cache | " + " | ".join(
        f"{h['files']:,} files: ready, answered, s" for h in (few, many)) +
        " | ratio | resident, MiB |")
    yield "|---|---|---|---|---|"
    for state in STATES:
        cells, med = [], []
        for h in (few, many):
            a, r = h[state]["answered"], h[state]["ready"]
            med.append(statistics.median(a))
            cells.append(f"{statistics.median(r):.3f}, {med[-1]:.3f} "
                         f"({min(a):.3f} to {max(a):.3f})")
        yield (f"| {state} | " + " | ".join(cells) +
               f" | {med[1] / med[0]:.2f} | {few[state]['rss_mib']:.0f}, "
               f"{many[state]['rss_mib']:.0f} |")
    yield ""
    yield (f"cold: {result['cold_by']}; store of the many: "
           f"{many['store_mib']} MiB, {many['index_mib']} of them the "
           "database; killed: warm, after SIGKILL")
