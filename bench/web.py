#!/usr/bin/env python3
"""Measures the web front end: transfers beside nginx, memory, search, news.

    bench/web.py [PART...] [--rounds N] [--size MIB] [--transfers N]
        [--seconds N] [--sockets N] [--people N] [--changes N] [--entries N]
        [--hub local|tcp] [--json FILE]

Parts, all of them by default:

transfers  one file down and up over TLS, by curl, from and to fssweb and an
           nginx that serves the same folder of the disk with the same
           certificate and cipher (WebDAV's PUT).  Up goes by the plain PUT of
           the API, and by tus as the page does it: begun, then one PATCH.
           What fssweb has answered for is on the disk, verified at the hub
           and, downwards, again in the front end, with --hub tcp encrypted
           between the two; nginx answers when the file is in the page cache.
           So nginx takes part in uploads a second time, with fsync(2) of the
           file after it.
           Contestants alternate, the disk is synced between two of them, the
           client reads from and writes to memory (/dev/shm, where there is
           room).  All bytes are compared, outside of what is timed.
memory     what each worker has in memory: idle, with --sockets WebSockets,
           and then with --transfers transfers besides for --seconds, of
           which some run freely, some slowly, and some readers stop.
search     --entries files at a hub, and somebody who types words of their
           names: GET /find for each beginning, one after the other on one
           connection, as the page asks it; until the last byte of the answer.
live       --sockets pages of --people people, and files another adds to a
           folder open to all: from sending the request until the last page
           has been told.

A ratio is nginx's time by fssweb's: above 1 fssweb is faster.  "cpu" is the
processor's time of the servers, which other work on the machine changes
least.  Programs are those of FSS_BUILD_DIR (./dev bench sets it); the folder
is made in FSS_BENCH_DIR, by default beside the build.
"""
import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import web_live
import web_memory
import web_search
import web_transfers
from webhub import BUILD, descriptors

PARTS = {"transfers": web_transfers, "memory": web_memory,
         "search": web_search, "live": web_live}


def main():
    parser = argparse.ArgumentParser(
        prog="bench/web.py", description=__doc__.split("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="PART",
                        help="of " + ", ".join(PARTS) + " (all)")
    for name, dflt in (("rounds", 5), ("size", 1024), ("transfers", 50),
                       ("seconds", 30), ("sockets", 5000), ("people", 100),
                       ("changes", 20), ("entries", 1_000_000)):
        parser.add_argument("--" + name, type=int, default=dflt, metavar="N",
                            help=f"({dflt})")
    parser.add_argument("--hub", choices=("local", "tcp"), default="local",
                        help="how fssweb reaches it: a socket of this machine "
                             "(local), or TCP with encryption")
    parser.add_argument("--json", type=Path, metavar="FILE",
                        default=BUILD.parent / "bench" / "web.json",
                        help="where results go (build/bench/web.json)")
    args = parser.parse_args()
    for name in args.parts:
        if name not in PARTS:
            parser.error(f"there is no part {name!r}")

    # Nothing is left behind where somebody ends this.
    for sig in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sig, lambda n, _: sys.exit(128 + n))
    descriptors()
    place = os.environ.get("FSS_BENCH_DIR") or BUILD
    load = os.getloadavg()
    results = {}
    for name in args.parts or PARTS:
        folder = Path(tempfile.mkdtemp(prefix="bench-web-", dir=place))
        try:
            results[name] = PARTS[name].measure(folder, args)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    curl = subprocess.run(["curl", "--version"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.split("\n")[0]
    print(f"\n{os.cpu_count()} processors, hub by {args.hub}, "
          f"load {load[0]:.1f} before, {os.getloadavg()[0]:.1f} after; "
          f"{curl}\n")
    for name, result in results.items():
        print("\n".join(PARTS[name].table(result)) + "\n")
    args.json.parent.mkdir(parents=True, exist_ok=True)
    args.json.write_text(json.dumps({
        "machine": {"cpus": os.cpu_count(), "kernel": platform.release(),
                    "load_before": load, "load_after": os.getloadavg()},
        "curl": curl, "hub": args.hub, **results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
