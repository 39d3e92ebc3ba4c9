#!/usr/bin/env python3
"""Counts the instructions of fixed workloads and compares with the baseline.

    counts.py [NAME...]            compare; all workloads by default
    counts.py --write [NAME...]    write what is counted into baseline.json
    counts.py --top NAME [--rows N]  the functions that cost most

A workload is tests/perf/perf_NAME.c (see perf.h), built in FSS_BUILD_DIR,
build/dev by default.  callgrind counts what runs below perf_measured(): in
functions of libfss ("ours"), in those of the C library that copy and fill
memory ("copies": a copy of a whole chunk is few instructions elsewhere), and
in all but those of the tests ("all"), which has the libraries in it and not
the kernel.  Time plays no part, so other work on the machine changes nothing.

Ours and copies may differ by 3 % from the baseline, all by 5 %.  A smaller
count fails too: otherwise a later loss of the same size would hide behind it.

Counts of another compiler, build or kind of processor say nothing about the
code, so there is a baseline for each, by what identity() tells, and where
there is none the test is skipped (77) with the reason.  Of the processor it
matters what valgrind's own CPUID lets programs see: at most AVX2, never the
SHA instructions or AVX-512, so digests here are not those of the machine.
Where only the libraries are other versions, ours alone is compared.
"""
import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.abspath(os.environ.get("FSS_BUILD_DIR") or
                        os.path.join(SOURCE, "build", "dev"))
BASELINE = os.path.join(HERE, "baseline.json")
SKIPPED = 77
PERCENT = {"ours": 3.0, "copies": 3.0, "all": 5.0}
LIBRARIES = ["sqlite3", "libsodium", "libcrypto", "msgpack", "libutf8proc"]

OURS = re.compile(r"/libfss/[a-z]+/[^/]+$")
COPIES = re.compile(r"^_*(memcpy|memmove|mempcpy|memset)")
TESTS = re.compile(r"/tests/(perf|support)/[^/]+$")


class Skip(Exception):
    """Nothing to compare with."""


def output(*args):
    return subprocess.run(args, check=True, capture_output=True,
                          text=True).stdout


def cached(name):
    """A setting of the build."""
    try:
        with open(os.path.join(BUILD, "CMakeCache.txt")) as f:
            for line in f:
                key, _, value = line.strip().partition("=")
                if key.partition(":")[0] == name:
                    return value
    except OSError:
        pass
    return ""


def vectors():
    """The most that valgrind's processor has on this one."""
    try:
        with open("/proc/cpuinfo") as f:
            flags = set(re.search(r"^flags\s*:(.*)$", f.read(),
                                  re.MULTILINE).group(1).split())
    except (OSError, AttributeError):
        return "unknown"
    for name in ("avx2", "avx", "sse4_2"):
        if name in flags:
            return name
    return "sse3"


def identity():
    """What counts depend on beside the code, as one line of text."""
    valgrind = shutil.which("valgrind")
    if not valgrind:
        raise Skip("no valgrind")
    compiler = os.environ.get("FSS_CC") or cached("CMAKE_C_COMPILER") or "cc"
    try:
        parts = [platform.machine(), vectors(),
                 re.sub(r"^\S*cc\S* ", "gcc ",
                        output(compiler, "--version").split("\n")[0]),
                 cached("CMAKE_BUILD_TYPE") or "no build type",
                 output(valgrind, "--version").strip()]
    except (OSError, subprocess.CalledProcessError) as e:
        raise Skip(f"{e}") from None
    for extra in ("FSS_SANITIZE", "CMAKE_C_FLAGS"):
        if cached(extra):
            parts.append(f"{extra}={cached(extra)}")
    if cached("FSS_COVERAGE") == "ON":
        parts.append("coverage")
    return ", ".join(parts)


def libraries():
    """Their versions, where pkg-config knows them."""
    found = {"libc": " ".join(platform.libc_ver())}
    for name in LIBRARIES:
        try:
            found[name] = output("pkg-config", "--modversion", name).strip()
        except (OSError, subprocess.CalledProcessError):
            found[name] = "unknown"
    return found


def profile(name):
    """Instructions of each (object, file, function) of a workload."""
    program = os.path.join(BUILD, f"perf_{name}")
    if not os.path.exists(program):
        sys.exit(f"counts.py: no {program}: build it first")
    with tempfile.TemporaryDirectory(prefix="fss-perf-") as tmp:
        out = os.path.join(tmp, "out")
        # Names of hosts and people may differ in length, and what the
        # environment asks of libraries differs altogether.
        env = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
        p = subprocess.run(
            ["valgrind", "--tool=callgrind",
             "--toggle-collect=perf_measured", "--compress-strings=no",
             "--compress-pos=no", f"--callgrind-out-file={out}", program],
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            env=env)
        if p.returncode != 0:
            sys.exit(f"counts.py: {name} ended with {p.returncode}:\n"
                     f"{p.stdout}{p.stderr}")
        with open(out, errors="replace") as f:
            return parse(f, program)


def parse(lines, program):
    """The costs of each function itself, without what it calls."""
    costs = {}
    obj = file = function = ""
    called = False
    for line in lines:
        key, eq, value = line.rstrip("\n").partition("=")
        if eq and key == "ob":
            obj = value
        elif eq and key in ("fl", "fi", "fe"):
            file = value
        elif eq and key == "fn":
            function = value
        elif eq and key == "calls":
            called = True		# the next line is what that cost
        elif line[:1].isdigit() and not eq:
            if not called:
                at = (obj == program, file, function)
                costs[at] = costs.get(at, 0) + int(line.split()[-1])
            called = False
    return costs


def is_ours(at):
    return at[0] and bool(OURS.search(at[1]))


def is_test(at):
    return at[0] and bool(TESTS.search(at[1]))


def count(name):
    costs = profile(name)
    got = {"ours": sum(n for at, n in costs.items() if is_ours(at)),
           "copies": sum(n for at, n in costs.items() if COPIES.match(at[2])),
           "all": sum(n for at, n in costs.items() if not is_test(at))}
    if got["ours"] == 0:
        sys.exit(f"counts.py: {name}: nothing was counted")
    return got


def workloads():
    return sorted(re.match(r"perf_(.*)\.c$", f).group(1)
                  for f in os.listdir(HERE) if re.match(r"perf_.*\.c$", f))


def load():
    try:
        with open(BASELINE) as f:
            return json.load(f)
    except FileNotFoundError:
        return {}


def compare(names):
    me = identity()
    base = load().get(me)
    if base is None:
        raise Skip(f"no baseline for: {me}")
    same = libraries() == base["libraries"]
    if not same:
        print("libraries of other versions: ours alone is compared")
    failed = False
    for name in names:
        if name not in base["counts"]:
            print(f"{name}: no count in the baseline")
            failed = True
            continue
        got, want = count(name), base["counts"][name]
        for what, limit in PERCENT.items():
            change = 100 * (got[what] / want[what] - 1)
            bad = abs(change) > limit and (what == "ours" or same)
            failed |= bad
            print(f"{name:8} {what:6} {got[what]:>12,} of {want[what]:>12,}"
                  f" {change:+7.2f} %{'  FAILED' if bad else ''}")
    if failed:
        print("\nWhat costs: tests/perf/counts.py --top NAME.  Where the "
              "change is meant:\ntests/perf/counts.py --write, and the "
              "commit says why.")
    return 1 if failed else 0


def write(names):
    me, base = identity(), load()
    mine = base.setdefault(me, {"counts": {}})
    mine["libraries"] = libraries()
    for name in names:
        mine["counts"][name] = got = count(name)
        print(f"{name:8}", *(f"{what} {n:>12,}" for what, n in got.items()))
    for name in set(mine["counts"]) - set(workloads()):
        del mine["counts"][name]
    with open(BASELINE, "w") as f:
        json.dump(base, f, indent="\t", sort_keys=True)
        f.write("\n")
    return 0


def top(name, rows):
    costs = profile(name)
    functions = {}
    for at, n in costs.items():
        # What was inlined counts for the function it went into.
        old = functions.get(at[2], [0, False])
        functions[at[2]] = [old[0] + n, old[1] or is_ours(at)]
    total = sum(costs.values())
    print(f"{'instructions':>14} {'of all':>7}  (* of libfss)")
    for function, (n, ours) in sorted(functions.items(),
                                      key=lambda x: -x[1][0])[:rows]:
        print(f"{n:>14,} {100 * n / total:6.2f} % {'*' if ours else ' '} "
              f"{function}")
    return 0


def self_check():
    """Proves that costs are told apart and calls not counted twice."""
    text = ("ob=/p\nfl=/x/libfss/wire/a.c\nfn=a\n1 10\n"
            "cfn=b\ncalls=2 5\n2 90\nfi=/x/tests/perf/t.c\n3 4\n"
            "fe=/x/libfss/wire/a.c\n4 1\n\nob=/lib/libc.so\nfl=m.S\n"
            "fn=memcpy\n7 90\n")
    costs = parse(text.splitlines(True), "/p")
    assert sum(costs.values()) == 105
    assert sum(n for at, n in costs.items() if is_ours(at)) == 11
    assert sum(n for at, n in costs.items() if is_test(at)) == 4


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("names", nargs="*", choices=[[], *workloads()])
    p.add_argument("--write", action="store_true")
    p.add_argument("--top", metavar="NAME", choices=workloads())
    p.add_argument("--rows", type=int, default=30)
    args = p.parse_args()
    names = args.names or workloads()
    self_check()
    try:
        if args.top:
            return top(args.top, args.rows)
        return write(names) if args.write else compare(names)
    except Skip as e:
        print(f"skipped: {e}")
        return SKIPPED


if __name__ == "__main__":
    sys.exit(main())
