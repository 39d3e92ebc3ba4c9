"""What workers have in memory with many at them: a part of bench/web.py."""
import os
import subprocess
import time

from common import rss
from web_live import Pages, people
from webhub import Api, Front

MIB = 1 << 20
EACH = 64		# MiB of a file


class Crowd:
    """Transfers of all kinds: half up, half down; of each a third is slow."""

    def __init__(self, folder, front, count):
        self.folder = folder
        self.front = front
        api = Api(front).register("crowd")
        self.auth = folder / "auth"
        self.auth.touch(mode=0o600)
        self.auth.write_text("Authorization: Bearer " + api.token() + "\n")
        self.source = folder / "source"
        with open(self.source, "wb") as f:
            for _ in range(EACH):
                f.write(os.urandom(MIB))
        with open(self.source, "rb") as f:
            api.call("PUT", "/content", f.read(), path=":/down")
        api.close()
        self.procs = {i: self.begin(i, 0) for i in range(count)}
        self.ended = 0
        self.failed = 0

    def begin(self, i, turn):
        """Number @i; one that stops reads a megabyte and then no more."""
        up, kind = i % 2 == 0, i // 2 % 3
        args = ["curl", "-sS", "--fail", "--cacert", self.front.certificate,
                "-H", f"@{self.auth}"]
        if kind == 1:
            args += ["--limit-rate", "500k"]
        if up:
            # The same bytes again: the hub has them, the way is the same.
            args += ["-o", os.devnull, "-T", self.source,
                     self.front.url("/content", path=f":/up-{i}-{turn}")]
        else:
            args += [self.front.url("/content", path=":/down")]
        out = subprocess.DEVNULL
        if not up and kind == 2:
            out = subprocess.PIPE	# nobody reads it
        return subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=out)

    def keep_on(self, turn):
        """Begins anew what has ended."""
        for i, p in self.procs.items():
            if p.poll() is None:
                continue
            self.ended += 1
            self.failed += p.returncode != 0
            self.procs[i] = self.begin(i, turn)

    def stop(self):
        for p in self.procs.values():
            p.kill()
            p.wait()


def measure(folder, args):
    front = Front(folder, args.hub, sockets=args.sockets)
    pages = crowd = None
    result = {"sockets": args.sockets, "people": args.people,
              "transfers": args.transfers, "seconds": args.seconds,
              "rows": []}

    def note(what):
        row = [rss(p) for p in front.workers()]
        result["rows"].append([what, row])
        print(f"  {what}: " + ", ".join(f"{m:.1f}" for m in row) + " MiB",
              flush=True)
        return row

    try:
        front.start()
        note("idle")
        result["file"] = max(rss(p, "RssFile") for p in front.workers())
        cookies = people(front, args.people)
        if args.sockets > 0:
            note(f"{args.people} people registered")
            pages = Pages(folder, front, cookies, args.sockets)
            note(f"{args.sockets} WebSockets open")
            time.sleep(5)
            note("5 s later")
        crowd = Crowd(folder, front, args.transfers)
        begin = time.monotonic()
        turn, most = 0, []
        while time.monotonic() - begin < args.seconds:
            turn += 1
            time.sleep(0.5)
            crowd.keep_on(turn)
            now = [rss(p) for p in front.workers()]
            most = [max(pair) for pair in zip(most or now, now)]
            if turn % 20 == 0:
                note(f"{args.transfers} transfers, after "
                     f"{time.monotonic() - begin:.0f} s")
        result["rows"].append(["greatest with transfers", most])
        result["ended"] = crowd.ended
        result["failed"] = crowd.failed
        crowd.stop()
        time.sleep(5)
        note("5 s after them")
        if pages is not None:
            pages.stop()
            pages = None
            time.sleep(5)
            note("5 s after the WebSockets")
    finally:
        if crowd is not None:
            crowd.stop()
        if pages is not None:
            pages.stop()
        front.stop()
    return result


def table(result):
    yield (f"Memory of each worker, {result['sockets']} WebSockets of "
           f"{result['people']} people, {result['transfers']} transfers, of "
           f"which {result['ended']} ended and were begun anew, "
           f"{result['failed']} failed; {result['file']:.1f} MiB of each are "
           "programs and libraries, which all share")
    yield ""
    yield "| when | MiB of each worker | the two |"
    yield "|---|---|---|"
    for what, row in result["rows"]:
        yield (f"| {what} | " + ", ".join(f"{m:.1f}" for m in row) +
               f" | {sum(row):.1f} |")
