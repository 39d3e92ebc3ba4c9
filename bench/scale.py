#!/usr/bin/env python3
"""Measures a hub that has much: files, entries of a folder, stalled readers.

    bench/scale.py [PART...] [--rounds N] [--files N] [--few N] [--bytes N]
        [--entries N] [--readers N] [--size MIB] [--json FILE]

Parts, all of them by default:

start    a hub with --files files of --bytes bytes, each uploaded by fssctl,
         and one with --few, started in turns: from exec of fssd until it is
         ready, and until fssctl, started then, has an answer and ended.  With
         what they read in memory (warm), likewise after SIGKILL (killed), and
         not in memory (cold: the report says how that is made).
list     ls of a folder with --entries entries by fssctl, to its first line
         and to its end, beside sftp, lftp and ls -U by ssh, all of the same
         files; and each page of it over the wire.
stalled  --readers people begin to download a file of --size MiB and stop
         reading: the hub's memory, and how long another's download and small
         requests take beside them.

Programs are those of FSS_BUILD_DIR (./dev bench sets it); the folder is made
in FSS_BENCH_DIR, by default beside the build.
"""
import argparse
import json
import os
import platform
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True

from common import (BUILD, FSSCTL, FSSD, Failed, need_programs, number,
                    stop_at_signals)
import scale_list
import scale_stalled
import scale_start

PARTS = {"start": scale_start, "list": scale_list, "stalled": scale_stalled}


def options():
    p = argparse.ArgumentParser(
        prog="bench/scale.py", formatter_class=argparse.
        RawDescriptionHelpFormatter, description=__doc__.split("\n\n", 2)[2],
        usage="bench/scale.py [PART...] [options]")
    p.add_argument("parts", nargs="*", metavar="PART",
                   help="of " + ", ".join(PARTS) + " (all)")
    for name, low, usual, what in (
            ("rounds", 1, 5, "how often each is measured"),
            ("files", 1, 1_000_000, "of the hub with many"),
            ("few", 1, 1000, "files of the other hub"),
            ("bytes", 1, 1024, "of each of these files"),
            ("entries", 1, 100_000, "of the folder"),
            ("readers", 1, 1000, "that stop reading"),
            ("size", 1, 256, "MiB of the file they read")):
        p.add_argument("--" + name, type=number(low), default=usual,
                       metavar="N", help=f"{what} ({usual})")
    p.add_argument("--limit", type=number(1), default=1800, metavar="SECONDS",
                   help="until a program counts as hanging (1800)")
    p.add_argument("--json", metavar="FILE", default=os.path.join(
        os.path.dirname(BUILD), "bench", "scale.json"),
        help="where results go as JSON (build/bench/scale.json)")
    opts = p.parse_args()
    for name in opts.parts:
        if name not in PARTS:
            p.error(f"there is no part '{name}'")
    return opts


def main():
    opts = options()
    need_programs(FSSD, FSSCTL, scale_list.LISTED, scale_stalled.STALLED)
    parent = os.environ.get("FSS_BENCH_DIR") or os.path.dirname(BUILD)
    stop_at_signals()
    load = os.getloadavg()
    results = {}
    try:
        for name in opts.parts or PARTS:
            folder = tempfile.mkdtemp(prefix="fss-bench-", dir=parent)
            try:
                results[name] = PARTS[name].measure(folder, opts)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except Failed as e:
        sys.exit(f"bench/scale.py: {e}")
    except KeyboardInterrupt:
        sys.exit(130)
    os.makedirs(os.path.dirname(os.path.abspath(opts.json)), exist_ok=True)
    with open(opts.json, "w") as f:
        json.dump({"rounds": opts.rounds,
                   "machine": {"cpus": os.cpu_count(),
                               "kernel": platform.release(),
                               "machine": platform.machine(),
                               "load_before": load,
                               "load_after": os.getloadavg()},
                   **results}, f, indent=2)
        f.write("\n")
    print(f"{opts.rounds} rounds in {parent}, {os.cpu_count()} processors, "
          f"load {load[0]:.2f} before\n")
    for name, result in results.items():
        print("\n".join(PARTS[name].table(result)) + "\n")


if __name__ == "__main__":
    sys.exit(main())
