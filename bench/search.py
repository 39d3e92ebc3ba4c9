#!/usr/bin/env python3
"""Measures search over the wire, beside plocate and SQLite.

    bench/search.py [--paths N] [--questions N] [--rounds N] [--seconds N]
        [--rivals NAME,...] [--fresh] [--folder DIR] [--json FILE]

Some seven million real paths (search_store.py) are in the store of a real
fssd; one client (bench/find.c) asks it over CURVE on loopback, one question
after the other.  What is timed is a page of 50, until its last row is here.
Store, questions and the rivals' databases (search_rivals.py) are made once,
in --folder, by default below the build, and used again.

Contestants take turns class by class.  A rival gets --seconds for a class; if
it needs longer, its figures are of fewer questions, and the table says how
many.  FTS5 cannot look for fewer than three letters.
"""
import argparse
import json
import os
import select
import sqlite3
import subprocess
import sys
import time

sys.dont_write_bytecode = True

from common import (BUILD, FSSD, START_LIMIT, Failed, Missing, need_programs,
                    number, stop, stop_at_signals)
import search_rivals
import search_store

FIND = os.path.join(BUILD, "bench_find")
TICK = os.sysconf("SC_CLK_TCK")
NEW = 20		# files uploaded to see when they are found


class Hub:
    name = "fss"

    def __init__(self, folder):
        self.data = os.path.join(folder, "hub")
        r, w = os.pipe()
        self.proc = subprocess.Popen(
            [FSSD, "run", "--data", self.data, "--ready-fd", str(w)],
            stdin=subprocess.DEVNULL, pass_fds=[w])
        os.close(w)
        line = b""
        while not line.endswith(b"\n"):
            got = os.read(r, 4096) if select.select(
                [r], [], [], START_LIMIT)[0] else b""
            if not got:
                stop(self.proc)
                raise Failed("fssd does not start")
            line += got
        os.close(r)
        self.asker = subprocess.Popen(
            [FIND, "ask", line.split()[1].decode(),
             os.path.join(folder, "key")], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)

    def ask(self, *fields):
        """Rows of numbers."""
        self.asker.stdin.write("\t".join(fields) + "\n")
        self.asker.stdin.flush()
        rows = []
        while True:
            line = self.asker.stdout.readline()
            if line == "\n":
                return rows
            if not line:
                raise Failed("bench_find ended")
            rows.append([int(x) for x in line.split()])

    def cpu(self):
        with open(f"/proc/{self.proc.pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def memory(self):
        """MiB that are its own."""
        with open(f"/proc/{self.proc.pid}/status") as f:
            for line in f:
                if line.startswith("RssAnon:"):
                    return int(line.split()[1]) / 1024
        return 0.0

    def stop(self):
        stop(self.asker)
        stop(self.proc)


def quantile(values, q):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * q))]


class Row:
    """Of one class and contestant."""

    def __init__(self, what, who):
        self.what, self.who = what, who
        self.ms, self.first, self.answers = [], [], []
        self.rows = self.cpu = 0

    def result(self):
        out = {"class": self.what, "contestant": self.who,
               "n": len(self.ms)}
        if self.ms:
            out.update(p50_ms=quantile(self.ms, .5),
                       p99_ms=quantile(self.ms, .99), max_ms=max(self.ms),
                       rows=self.rows / len(self.ms))
        if self.first:
            out.update(first_p99_ms=quantile(self.first, .99),
                       answers=max(self.answers),
                       cpu_ms=self.cpu * 1000 / len(self.ms))
        return out


def ask_hub(hub, row, asked):
    before = hub.cpu()
    for pages, text, *fields in asked:
        got = hub.ask("find", pages, text, *fields)
        for us, first, rows, answers in got[1:] if int(pages) > 1 else got:
            row.ms.append(us / 1000)
            row.first.append(first / 1000)
            row.rows += rows
            row.answers.append(answers)
    row.cpu += hub.cpu() - before


def ask_rival(rival, row, asked, seconds):
    until = time.monotonic() + seconds
    for _, text, *_ in asked:
        try:
            got = rival.timed(text)
        except (subprocess.TimeoutExpired, sqlite3.Error):
            continue
        if got is not None:
            row.ms.append(got[0] * 1000)
            row.rows += got[1]
        if time.monotonic() > until:
            break


def measure(hub, rivals, asked, opts):
    """All classes, contestants in turns: rows."""
    classes = {}
    for what, *rest in asked:
        classes.setdefault(what, []).append(rest)
    rows = {}
    for i in range(opts.rounds):
        for what, some in classes.items():
            # Rivals have neither filters nor pages.
            plain = all(r[0] == "1" and len(r) == 2 for r in some)
            for who in [hub] + (rivals if plain else []):
                row = rows.setdefault((what, who.name), Row(what, who.name))
                if who is hub:
                    ask_hub(hub, row, some)
                elif i == 0:
                    ask_rival(who, row, some, opts.seconds)
    return [row.result() for row in rows.values()]


def new_files(hub):
    """Uploads: milliseconds of each, and until it was found after that."""
    stamp = f"{time.time_ns():x}"
    got = [hub.ask("new", f"fresh{stamp}n{i}")[0] for i in range(NEW)]
    after = [g[1] / 1000 for g in got]
    return {"n": NEW, "upload_p50_ms": quantile([g[0] / 1000 for g in got],
                                                .5),
            "found_p50_ms": quantile(after, .5), "found_max_ms": max(after),
            "answers": max(g[2] for g in got)}


def sizes(folder):
    file = os.path.join(folder, "hub", "meta.db")
    out = {"database_mib": os.path.getsize(file) / (1 << 20)}
    try:
        db = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        out["index_mib"] = db.execute(
            "SELECT sum(pgsize) FROM dbstat WHERE aggregate = TRUE "
            "AND name LIKE '%search%'").fetchone()[0] / (1 << 20)
        db.close()
    except sqlite3.Error:
        pass	# a SQLite that cannot tell
    return out


def table(result):
    yield (f"{result['store']['paths']} paths, filled in "
           f"{result['store']['fill_s']:.0f} s "
           f"({result['store']['paths'] / result['store']['fill_s']:.0f}/s); "
           f"database {result['store']['database_mib']:.0f} MiB, of it the "
           f"index {result['store'].get('index_mib', 0):.0f} MiB")
    yield (f"hub: {result['store']['memory_mib']:.0f} MiB of its own when all "
           "was asked")
    for r in result["rivals"]:
        yield (f"{r['name']}: {r['size_mib']:.0f} MiB, built in "
               f"{r['build_s']:.0f} s")
    for name, why in result["problems"].items():
        yield f"{name}: {why}"
    new = result["new"]
    yield (f"a new file is found {new['found_p50_ms']:.2f} ms after the end "
           f"of its upload, at most {new['found_max_ms']:.2f} ms, by the "
           f"{'first' if new['answers'] == 1 else new['answers']} question")
    yield ""
    names = list(dict.fromkeys(r["contestant"] for r in result["rows"]))
    yield (f"| {'p50 / p99, ms':<30} | " + " | ".join(names) +
           " | first answer p99 | hub's processor | answers, most |")
    yield "|---" * (len(names) + 4) + "|"
    by = {(r["class"], r["contestant"]): r for r in result["rows"]}
    for what in dict.fromkeys(r["class"] for r in result["rows"]):
        cells = []
        for name in names:
            r = by.get((what, name))
            if r is None or r["n"] == 0:
                cells.append("–")
            else:
                few = "" if name == "fss" else f" ({r['n']})"
                cells.append(f"{r['p50_ms']:.1f} / {r['p99_ms']:.1f}{few}")
        mine = by[what, "fss"]
        yield (f"| {what:<30} | " + " | ".join(cells) +
               f" | {mine['first_p99_ms']:.1f} | {mine['cpu_ms']:.1f} | "
               f"{mine['answers']} |")


def options():
    known = [r.name for r in search_rivals.ALL]
    p = argparse.ArgumentParser(
        prog="bench/search.py", description="Measures search over the wire.")
    p.add_argument("--paths", type=number(1), default=0, metavar="N",
                   help="about so many of the paths (all)")
    p.add_argument("--questions", type=number(60), default=200, metavar="N",
                   help="of a class (200)")
    p.add_argument("--rounds", type=number(1), default=3, metavar="N",
                   help="how often they are asked (3)")
    p.add_argument("--rivals", default=",".join(known), metavar="NAME,...",
                   help="of " + ", ".join(known) + "; '' for none")
    p.add_argument("--seconds", type=number(1), default=20, metavar="N",
                   help="a rival has for a class (20)")
    p.add_argument("--fresh", action="store_true",
                   help="make the store and the questions anew")
    build = os.path.dirname(BUILD)
    p.add_argument("--folder", metavar="DIR", default=os.path.join(
        os.environ.get("FSS_BENCH_DIR") or build, "search-store"),
        help="for store and databases, 10 GB (build/search-store)")
    p.add_argument("--json", metavar="FILE", default=os.path.join(
        build, "bench", "search.json"),
        help="where results go as JSON (build/bench/search.json)")
    return p.parse_args()


def main():
    opts = options()
    need_programs(FSSD, FIND, os.path.join(BUILD, "bench_search"))
    stop_at_signals()
    load = os.getloadavg()
    hub = None
    try:
        store, asked = search_store.ready(opts.folder, opts.paths,
                                          opts.questions, opts.fresh)
        rivals, why = search_rivals.start(
            opts.rivals.split(","), opts.folder,
            os.path.join(opts.folder, "paths"))
        store.update(sizes(opts.folder))
        hub = Hub(opts.folder)
        rows = measure(hub, rivals, asked, opts)
        store["memory_mib"] = hub.memory()
        result = {"store": store, "rounds": opts.rounds, "rows": rows,
                  "new": new_files(hub), "load_before": load,
                  "rivals": [{"name": r.name, "build_s": r.build_s,
                              "size_mib": r.size() / (1 << 20)}
                             for r in rivals], "problems": why}
    except (Failed, Missing) as e:
        sys.exit(f"bench/search.py: {e}")
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        if hub is not None:
            hub.stop()
    os.makedirs(os.path.dirname(os.path.abspath(opts.json)), exist_ok=True)
    with open(opts.json, "w") as f:
        json.dump(result, f, indent=2)
        f.write("\n")
    print("\n".join(table(result)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
