"""Readers that stop reading: a part of bench/scale.py, see stalled.c."""
import os
import statistics
import subprocess

from common import BUILD, Failed, say

STALLED = os.path.join(BUILD, "bench_stalled")


def measure(folder, opts):
    say(f"stalled: {opts.readers:,} readers of {opts.size} MiB")
    p = subprocess.run([STALLED, "--readers", str(opts.readers), "--size",
                        str(opts.size), "--rounds", str(opts.rounds),
                        "--folder", folder], stdin=subprocess.DEVNULL,
                       stdout=subprocess.PIPE, text=True)
    if p.returncode != 0:
        raise Failed(f"bench_stalled ended with {p.returncode}")
    out = {"readers": opts.readers, "size_mib": opts.size}
    for line in p.stdout.splitlines():
        name, *values = line.split()
        out[name] = list(map(int, values)) if len(values) > 1 else \
            int(values[0])
    return out


def table(r):
    def each(name):
        return (r[name] - r["memory_before"]) / r["readers"] / 1024

    def mib(name):
        return r[name] / 2**20

    alone, beside = ([us / 1e6 for us in r[n + "_read"]]
                     for n in ("alone", "beside"))
    yield (f"{r['readers']:,} readers that stop reading, a file of "
           f"{r['size_mib']} MiB")
    yield ""
    yield "| what | without them | with them | ratio |"
    yield "|---|---|---|---|"
    a, b = statistics.median(alone), statistics.median(beside)
    yield (f"| another's download, s | {a:.2f} ({min(alone):.2f} to "
           f"{max(alone):.2f}) | {b:.2f} ({min(beside):.2f} to "
           f"{max(beside):.2f}) | {b / a:.2f} |")
    for i, name in enumerate(("p50", "p99", "most")):
        a, b = r["alone_request"][i], r["beside_request"][i]
        yield (f"| another's STAT, {name}, ms | {a / 1e3:.2f} | "
               f"{b / 1e3:.2f} | {b / a:.2f} |")
    yield ""
    yield (f"The hub's memory: {mib('memory_before'):.0f} MiB with all logged "
           f"in; at most {mib('memory_most'):.0f}, {each('memory_most'):.0f} "
           f"KiB more for each; in the end {mib('memory_rested'):.0f}, "
           f"{each('memory_rested'):.0f} KiB each.  The kernel's for TCP: "
           f"{r['kernel'][0] / 2**20:.0f} MiB before, "
           f"{r['kernel'][1] / 2**20:.0f} then, of both ends.")
