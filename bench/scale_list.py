"""A folder with many entries, beside SFTP: a part of bench/scale.py."""
import os
import statistics
import subprocess
import time

from common import BUILD, FSSCTL, Failed, Missing, find, rss, say
from contestants import Fss, Lftp
import data
from servers import CIPHER, Sshd

LISTED = os.path.join(BUILD, "bench_listed")
SIZE = 64		# bytes of a file
PAGE_ROUNDS = 5


def timed(args, text_in, env, entries):
    """Seconds to the first line, and to the end of the program."""
    begin = time.monotonic()
    p = subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, env=env)
    try:
        p.stdin.write(text_in)
        p.stdin.close()
        line = p.stdout.readline()
        while line.startswith(b"sftp>"):	# which repeats what it was told
            line = p.stdout.readline()
        first = time.monotonic() - begin
        lines = p.stdout.read().count(b"\n") + 1
        why = p.stderr.read()
        p.wait()
        seconds = time.monotonic() - begin
    except BaseException:
        p.kill()
        p.wait()
        raise
    if p.returncode != 0 or lines != entries:
        raise Failed(f"{args[0]} ended with {p.returncode} after {lines} "
                     f"lines: {why.decode(errors='replace')[-300:]}")
    return first, seconds


def rivals(sshd, folder, limit):
    """{name: what gives (arguments, input), or why it is missing}"""
    if sshd.why:
        why = f"missing: {sshd.why}"
        return {n: why for n in ("sftp ls", "sftp ls -f", "lftp", "ssh ls -U")}
    ssh = [sshd.ssh, "-F", sshd.config, "-c", CIPHER, sshd.host]
    out = {"ssh ls -U": (ssh + [f"ls -U '{folder}'"], b"")}
    try:
        sftp = [find("sftp"), "-q", "-F", sshd.config, "-c", CIPHER, "-b", "-",
                sshd.host]
        out["sftp ls"] = (sftp, f"ls -1 \"{folder}\"\n".encode())
        out["sftp ls -f"] = (sftp, f"ls -1f \"{folder}\"\n".encode())
    except Missing as e:
        out["sftp ls"] = f"missing: {e}"
    lftp = Lftp(os.path.dirname(folder), limit, sshd)
    try:
        lftp.start()
        out["lftp"] = (lftp.args(f"cls -1 '{folder}'"), b"")
    except Missing as e:
        out["lftp"] = f"missing: {e}"
    return out


def pages(fss):
    """Microseconds of each page over the wire, one connection."""
    host = fss.address.split("#")[0].removeprefix("fss://")
    key = os.path.join(fss.env["FSS_HOME"], "keys", host, "bench")
    out = subprocess.run([LISTED, fss.address, key, "bench", "/many",
                          str(PAGE_ROUNDS)], check=True, text=True,
                         stdout=subprocess.PIPE).stdout
    rows = [tuple(map(int, line.split())) for line in out.splitlines()]
    return [us for us, _ in rows], sum(n for _, n in rows) // PAGE_ROUNDS


def measure(folder, opts):
    here = os.path.join(folder, "many")
    data.make_flat(here, opts.entries, SIZE)
    sshd = Sshd(folder)
    fss = Fss(folder, opts.limit)
    out = {"entries": opts.entries, "rows": {}}
    try:
        sshd.start()
        fss.start()
        fss.up(here, "many", 0)
        fss.keep_port()
        fss.stop()
        fss.run_hub()		# so that its memory is not that of the upload
        fss.ctl("stat", ":/")
        out["hub_before_mib"] = round(rss(fss.proc.pid), 1)
        everybody = {"fssctl": ([FSSCTL, "ls", ":/many"], b""),
                     **rivals(sshd, here, opts.limit)}
        names = list(everybody)
        for i in range(opts.rounds):
            for name in names[i % len(names):] + names[:i % len(names)]:
                what = everybody[name]
                row = out["rows"].setdefault(name, {"first": [], "all": []})
                if isinstance(what, str):
                    row["problem"] = what
                    continue
                first, seconds = timed(*what, fss.env, opts.entries)
                row["first"].append(round(first, 4))
                row["all"].append(round(seconds, 4))
                say(f"list: {name:<12}{first:8.3f} s first line, "
                    f"{seconds:8.3f} s all")
        us, rows = pages(fss)
        if rows != opts.entries:
            raise Failed(f"pages have {rows} rows")
        out["hub_after_mib"] = round(rss(fss.proc.pid), 1)
        us.sort()
        out["pages"] = {"count": len(us), "p50_us": us[len(us) // 2],
                        "p99_us": us[len(us) * 99 // 100], "most_us": us[-1]}
    finally:
        fss.stop()
        sshd.stop()
    return out


def table(result):
    mine = result["rows"]["fssctl"]
    yield (f"A folder of {result['entries']:,} entries, whole programs; a "
           "ratio is the rival's time by fssctl's")
    yield ""
    yield "| what | first line, s | all, s | ratio of first | ratio of all |"
    yield "|---|---|---|---|---|"
    for name, row in result["rows"].items():
        if not row["all"]:
            yield f"| {name} | {row['problem']} | | | |"
            continue
        med = {k: statistics.median(row[k]) for k in ("first", "all")}
        ratio = {k: med[k] / statistics.median(mine[k]) for k in med}
        yield (f"| {name} | {med['first']:.3f} | {med['all']:.3f} "
               f"({min(row['all']):.3f} to {max(row['all']):.3f}) | "
               f"{ratio['first']:.2f} | {ratio['all']:.2f} |")
    p = result["pages"]
    yield ""
    yield (f"{p['count']} pages over the wire: p50 {p['p50_us'] / 1e3:.2f} "
           f"ms, p99 {p['p99_us'] / 1e3:.2f}, most {p['most_us'] / 1e3:.2f}; hub: "
           f"{result['hub_before_mib']:.1f} MiB resident before, "
           f"{result['hub_after_mib']:.1f} after")
