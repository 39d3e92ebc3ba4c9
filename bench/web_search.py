"""Hits as one types, at a hub with many files: a part of bench/web.py."""
import os
import random
import statistics
import subprocess
import time
from pathlib import Path

from webhub import BUILD, Api, Front

PLACES = ("/usr", "/etc", "/var/lib")
SPACES = 200
WORDS = 200


def names(entries):
    """Lines for bench_search: real paths, again in others' spaces."""
    paths = []
    for place in PLACES:
        for at, _, files in os.walk(place):
            paths += (os.path.relpath(os.path.join(at, f), "/")
                      for f in files)
    # By folder, as bench_search wants them; a byte it does not take is none.
    paths = sorted(p for p in set(paths)
                   if p.isprintable() and "\t" not in p)
    if not paths:
        raise RuntimeError("there are no files to take names of")
    count = 0
    for turn in range(entries // len(paths) + 1):
        each = len(paths) // max(1, SPACES * len(paths) // entries) + 1
        for i, path in enumerate(paths):
            if count == entries:
                return
            count += 1
            stem, dot, end = path.rpartition(".")
            # Another generation of the same: names differ, as versions do.
            if turn > 0 and dot and "/" not in end:
                path = f"{stem}-{turn}.{end}"
            elif turn > 0:
                path = f"{path}-{turn}"
            yield f"space{turn}-{i // each}\t{path}\n"


def fill(data, entries):
    begin = time.monotonic()
    p = subprocess.Popen([BUILD / "bench_search", "fill", data],
                         stdin=subprocess.PIPE, text=True,
                         encoding="utf-8", errors="surrogateescape")
    for line in names(entries):
        p.stdin.write(line)
    p.stdin.close()
    if p.wait() != 0:
        raise RuntimeError("bench_search did not fill the store")
    print(f"search: filled in {time.monotonic() - begin:.0f} s", flush=True)


def words(count):
    """What people type: pieces of names, three letters at least."""
    found = set()
    for place in PLACES:
        for _, _, files in os.walk(place):
            for f in files:
                for word in f.replace("-", ".").replace("_", ".").split("."):
                    if 3 <= len(word) <= 12 and word.isalpha() and \
                            word.isascii():
                        found.add(word.lower())
    chosen = sorted(found)
    random.Random(1).shuffle(chosen)
    return chosen[:count]


def measure(folder, args):
    front = Front(folder, args.hub, fill=lambda data: fill(data, args.entries))
    result = {"entries": args.entries, "keys": []}
    try:
        front.start()
        api = Api(front).register("typist")
        size = sum(f.stat().st_size for f in Path(front.hub.data).glob("*.db"))
        result["store_mib"] = size / (1 << 20)
        api.call("GET", "/find", q="warm", limit=256)
        before = front.processor()
        for word in words(WORDS):
            for n in range(1, len(word) + 1):
                begin = time.monotonic()
                rows = api.call("GET", "/find", q=word[:n],
                                limit=256)["rows"]
                result["keys"].append(
                    (n, (time.monotonic() - begin) * 1000, len(rows)))
        after = front.processor()
        result["cpu_ms"] = {k: (after[k] - before[k]) * 1000 /
                            len(result["keys"]) for k in after}
        api.close()
    finally:
        front.stop()
    return result


def table(result):
    keys = result["keys"]
    yield (f"Keystroke to the last byte of the results, {result['entries']} "
           f"files, {len(keys)} keystrokes of {WORDS} words; index "
           f"{result['store_mib']:.0f} MiB")
    yield ""
    yield "| letters | keystrokes | p50, ms | p95, ms | p99, ms | most, ms |"
    yield "|---|---|---|---|---|---|"
    rows = [(str(n), [k[1] for k in keys if k[0] == n]) for n in (1, 2, 3)]
    rows += [("4 and more", [k[1] for k in keys if k[0] > 3]),
             ("all", [k[1] for k in keys])]
    for what, ms in rows:
        ms.sort()
        yield (f"| {what} | {len(ms)} | {statistics.median(ms):.1f} | "
               f"{ms[len(ms) * 95 // 100]:.1f} | "
               f"{ms[len(ms) * 99 // 100]:.1f} | {ms[-1]:.1f} |")
    yield ""
    yield "Processor, ms each: " + ", ".join(
        f"{k} {v:.1f}" for k, v in result["cpu_ms"].items())
