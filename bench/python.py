#!/usr/bin/env python3
"""Measures Python programs beside fssctl, with real processes over loopback.

    bench/python.py [--rounds N] [--size MIB] [--files N] [--downloads N]
        [--each KIB] [--imports N] [--json FILE]

The same data goes through fssctl and through a script that uses the package
fss: one big file up and down, many small files up and down, and many
downloads at one time, which asyncio does as one task for each file; beside it
stand fssctl with all of them on its command line, and with their folder.
What is timed is the whole program, start of the interpreter and imports with
it.  Contestants alternate, who begins changes from round to round, names and
content are new in each, and the disk is synced between two measurements.  A
ratio is fssctl's time by Python's of the same round: above 1 Python is
faster; told is the median over the rounds, with the least and the greatest.
In brackets, and as a ratio of its own, is the processor's time of the client
alone: it says what the binding costs where the disk, or other work on the
machine, makes times vary.

Importing is timed inside a new interpreter, in processor time, which other
work on the machine changes least, and in wall time.

The programs are those of FSS_BUILD_DIR (./dev bench sets it), the interpreter
is the one that runs this.  Only processes started here are ended, each by its
own id.
"""
import argparse
import filecmp
import json
import os
import platform
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = Path(os.environ.get("FSS_BUILD_DIR") or ROOT / "build" / "release")
os.environ["FSS_BUILD_DIR"] = str(BUILD)
PACKAGE = ROOT / "bindings" / "python"
sys.path.insert(0, str(PACKAGE / "tests"))
from hub import Hub  # noqa: E402

PASSWORD = "correct horse battery"
SMALL = 4096
LIMIT = 3600
SCRIPTS = {
    "put": "import sys, fss\n"
           "with fss.Client() as c:\n"
           "    c.put(sys.argv[1], sys.argv[2])\n",
    "get": "import sys, fss\n"
           "with fss.Client() as c:\n"
           "    c.get(sys.argv[1], sys.argv[2])\n",
    "gather": """
import asyncio, os, sys, fss.aio
async def main(remote, local, count):
    os.mkdir(local)
    async with fss.aio.Client() as c:
        done = await asyncio.gather(*(
            c.get(f"{remote}/{i}", f"{local}/{i}") for i in range(count)))
    assert sum(t.files_done for t in done) == count
asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
""",
}


class Bench:
    def __init__(self, folder, args):
        self.tmp = Path(folder)
        self.args = args
        self.env = dict(os.environ, FSS_HOME=str(self.tmp / "home"),
                        FSS_LIBRARY=str(BUILD / "libfss.so"),
                        PYTHONPATH=str(PACKAGE))
        # As users have it: byte code of the package is kept.
        self.env.pop("PYTHONDONTWRITEBYTECODE", None)
        self.env["PYTHONPYCACHEPREFIX"] = str(self.tmp / "pycache")
        self.results = {}
        self.hub = Hub(self.tmp, memory="64M", passes="2")

    def start(self):
        self.hub.start()
        self.fssctl("connect", self.hub.address)
        subprocess.run([BUILD / "fssctl", "register", "bench", "--invite",
                        self.hub.invite, "--password-stdin"], check=True,
                       input=PASSWORD + "\n", text=True, env=self.env,
                       stdout=subprocess.DEVNULL)
        self.python("gather", ":/", self.tmp / "warm", 0)

    def timed(self, command):
        os.sync()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begin = time.monotonic()
        subprocess.run([str(c) for c in command], check=True, env=self.env,
                       stdout=subprocess.DEVNULL, timeout=LIMIT)
        wall = time.monotonic() - begin
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (wall, after.ru_utime + after.ru_stime -
                before.ru_utime - before.ru_stime)

    def fssctl(self, *args):
        return self.timed([BUILD / "fssctl", *args])

    def python(self, script, *args):
        return self.timed([sys.executable, "-c", SCRIPTS[script], *args])

    def turns(self, round_, contestants):
        """Seconds of each, in turns."""
        names = list(contestants)
        if round_ % 2:
            names.reverse()
        return {n: contestants[n]() for n in names}

    def note(self, case, times):
        self.results.setdefault(case, []).append(times)
        print(f"  {case}: " + ", ".join(
            f"{n} {wall:.2f} s ({cpu:.2f})"
            for n, (wall, cpu) in times.items()), flush=True)

    def up_and_down(self, case, round_, make):
        data = {}
        for who in ("fssctl", "python"):
            data[who] = self.tmp / f"{case}-{who}"
            make(data[who])
        name = f":/{case}-{round_}"
        many = ["-r"] if case == "many" else []
        self.note(case + "-up", self.turns(round_, {
            "fssctl": lambda: self.fssctl("put", *many, data["fssctl"],
                                          name + "-fssctl"),
            "python": lambda: self.python("put", data["python"],
                                          name + "-python")}))
        got = {who: self.tmp / f"got-{who}" for who in data}
        self.note(case + "-down", self.turns(round_, {
            "fssctl": lambda: self.fssctl("get", *many, name + "-fssctl",
                                          got["fssctl"]),
            "python": lambda: self.python("get", name + "-python",
                                          got["python"])}))
        for who in data:
            assert same(data[who], got[who]), f"{case}: {who} got it wrong"
            remove(data[who])
            remove(got[who])

    def downloads(self, round_):
        count = self.args.downloads
        local = self.tmp / "each"
        local.mkdir()
        for i in range(count):
            (local / str(i)).write_bytes(os.urandom(self.args.each << 10))
        remote = f":/each-{round_}"
        self.fssctl("put", "-r", local, remote)
        got = {n: self.tmp / f"got-{n}" for n in ("named", "folder",
                                                  "python")}
        got["named"].mkdir()
        self.note("downloads", self.turns(round_, {
            "named": lambda: self.fssctl(
                "get", *(f"{remote}/{i}" for i in range(count)),
                f"{got['named']}/"),
            "python": lambda: self.python("gather", remote, got["python"],
                                          count),
            "folder": lambda: self.fssctl("get", "-r", remote,
                                          got["folder"])}))
        for path in got.values():
            assert same(local, path), "downloads differ"
            remove(path)
        remove(local)

    def imports(self):
        code = ("import time\n"
                "c, w = time.process_time(), time.perf_counter()\n"
                "import {}\n"
                "print(time.process_time() - c, time.perf_counter() - w)\n")
        for module in ("fss", "fss.aio, fss.model"):
            times = []
            for _ in range(self.args.imports):
                out = subprocess.run(
                    [sys.executable, "-c", code.format(module)], check=True,
                    env=self.env, stdout=subprocess.PIPE, text=True).stdout
                times.append([float(x) * 1000 for x in out.split()])
            cpu, wall = (statistics.median(t[i] for t in times)
                         for i in (0, 1))
            self.results["import " + module] = {"cpu_ms": cpu,
                                                "wall_ms": wall}
            print(f"  import {module}: {cpu:.0f} ms of the processor, "
                  f"{wall:.0f} ms in all (medians of {len(times)})",
                  flush=True)


def remove(path):
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def same(a, b):
    if a.is_file():
        return filecmp.cmp(a, b, shallow=False)
    names = sorted(p.relative_to(a) for p in a.rglob("*") if p.is_file())
    return names == sorted(p.relative_to(b) for p in b.rglob("*")
                           if p.is_file()) and \
        not filecmp.cmpfiles(a, b, names, shallow=False)[1]


def main():
    parser = argparse.ArgumentParser(
        prog="bench/python.py", description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", type=int, default=1024, metavar="MIB")
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--downloads", type=int, default=500)
    parser.add_argument("--each", type=int, default=1024, metavar="KIB")
    parser.add_argument("--imports", type=int, default=25)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()

    def big(path):
        with open(path, "wb") as f:
            for _ in range(args.size):
                f.write(os.urandom(1 << 20))

    def many(path):
        for i in range(args.files):
            folder = path / f"{i // 100:04}"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{i:06}").write_bytes(os.urandom(SMALL))

    # A hub is not left behind where somebody ends this.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    place = os.environ.get("FSS_BENCH_DIR") or BUILD
    folder = tempfile.mkdtemp(prefix="bench-python-", dir=place)
    bench = Bench(folder, args)
    try:
        bench.start()
        print(f"Python {platform.python_version()}, {args.rounds} rounds; "
              f"load {os.getloadavg()[0]:.1f}", flush=True)
        for r in range(args.rounds):
            bench.up_and_down("file", r, big)
            bench.up_and_down("many", r, many)
            bench.downloads(r)
        bench.imports()
        print(f"load {os.getloadavg()[0]:.1f}\n")
        for case, rounds in bench.results.items():
            if not isinstance(rounds, list):
                continue
            for rival in rounds[0]:
                if rival == "python":
                    continue
                ratios = sorted(t[rival][0] / t["python"][0] for t in rounds)
                cpu = sorted(t[rival][1] / t["python"][1] for t in rounds)
                print(f"{case:10} beside {rival:7} "
                      f"{statistics.median(ratios):.2f} "
                      f"({ratios[0]:.2f} to {ratios[-1]:.2f}), processor "
                      f"{statistics.median(cpu):.2f}")
        if args.json:
            args.json.write_text(json.dumps(bench.results, indent=1) + "\n")
    finally:
        bench.hub.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
