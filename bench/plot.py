#!/usr/bin/env python3
"""Draws what was measured: SVG files out of the JSON of ./dev bench.

    bench/plot.py [--from DIR] [--to DIR] [PICTURE...]

Pictures, and what they are drawn of, in --from (build/bench):

transfers  transfers.json   the rivals' times beside fssctl's
burst      transfers.json   files a second, as 100,000 go up
wan        wan.json         how much of a long line is used
start      scale.json       start with few files, with many; ls of a folder
search     search.json      questions by class, beside rivals
typing     web.json         hits while one types, by the web

One whose figures are not there is left as it is, and that is said.  The same
figures always give the same file.
"""
import argparse
import json
import os
import statistics
import sys

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update({
    "svg.hashsalt": "fss", "svg.fonttype": "none", "font.size": 9,
    "font.family": "sans-serif", "axes.spines.top": False,
    "axes.spines.right": False, "axes.titlelocation": "left",
    "axes.titlesize": 10, "legend.frameon": False, "figure.dpi": 72})

import matplotlib.pyplot as plt  # noqa: E402  the back end comes first

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Told apart by those who see few colours, too (Okabe and Ito).
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9",
           "#000000", "#999999", "#b8a800", "#7f4f24")
MARKS = "osD^vPX*<>"
BARS = 0.8		# of the room between two groups


class Missing(Exception):
    """The figures of a picture are not there."""


def styles(names):
    return {n: {"color": COLOURS[i % len(COLOURS)]}
            for i, n in enumerate(names)}


def grid(ax, axis):
    ax.grid(axis=axis, color="#dddddd", linewidth=0.6)
    ax.set_axisbelow(True)


def goal(ax, value, text, across=False):
    line = ax.axhline if across else ax.axvline
    line(value, color="#555555", linewidth=0.9, linestyle="--", label=text)


def legend(ax):
    ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0))


def steps(ax, low, high, unit=""):
    """A logarithmic axis in the steps people use."""
    ax.set_xscale("log")
    ax.set_xlim(low, high)
    ticks = [t * 10 ** e for e in range(-1, 5) for t in (1, 2, 5)
             if low <= t * 10 ** e <= high]
    ax.set_xticks(ticks, [f"{t:g}{unit}" for t in ticks])
    ax.minorticks_off()


def groups(ax, labels, series):
    """Lying bars: for each label one of each series ({name: values})."""
    high = BARS / len(series)
    for i, (name, values) in enumerate(series.items()):
        at = [g - BARS / 2 + (i + 0.5) * high for g in range(len(labels))]
        shown = [(y, v) for y, v in zip(at, values) if v is not None]
        ax.barh([y for y, _ in shown], [v for _, v in shown], high * 0.9,
                label=name, color=COLOURS[i % len(COLOURS)])
        for y, v in shown:
            ax.annotate(f"{v:.3g}", (v, y), (2, 0), va="center", fontsize=7,
                        textcoords="offset points")
    ax.set_yticks(range(len(labels)), labels)
    ax.invert_yaxis()
    grid(ax, "x")


# ---- the pictures: each takes the JSON and gives a figure

def transfers(found):
    cases = found["cases"]
    names = [n for n in found["contestants"] if n != "fssctl"]
    style = styles(names)
    fig, ax = plt.subplots(figsize=(8, 0.8 + 0.36 * len(cases)))
    every = []
    for i, n in enumerate(names):
        at = [(case["rows"][n]["ratio"], y)
              for y, case in enumerate(cases.values())
              if "ratio" in case["rows"].get(n, {})]
        if at:
            every += [x for x, _ in at]
            ax.scatter([x for x, _ in at], [y for _, y in at], s=26, label=n,
                       marker=MARKS[i % len(MARKS)], zorder=3,
                       edgecolors="white", linewidths=0.4, **style[n])
    if not every:
        raise Missing("no ratios in it")
    ax.axvline(1, color="#555555", linewidth=0.9)
    steps(ax, min(every + [0.9]) * 0.85, max(every + [1.1]) * 1.2, "×")
    ax.set_yticks(range(len(cases)), [c["title"] for c in cases.values()])
    ax.invert_yaxis()
    grid(ax, "both")
    ax.set_title("The rival's time by fssctl's: right of 1 fssctl is faster")
    legend(ax)
    return fig


def burst(found):
    case = found["cases"].get("burst-up", {})
    if not case.get("rates"):
        raise Missing("no rates of a burst in it")
    fig, ax = plt.subplots(figsize=(7, 2.6))
    for i, rates in enumerate(case["rates"]):
        ax.plot([n + 1 for n in range(len(rates))], rates, linewidth=1,
                label=f"round {i + 1}", color=COLOURS[i % len(COLOURS)])
    ax.set_ylim(0)
    ax.set_xlabel("thousands of files stored")
    ax.set_ylabel("files a second")
    ax.set_title(case["title"] + ", durable")
    grid(ax, "y")
    legend(ax)
    return fig


def wan(found):
    cases = found["cases"]
    names = list(dict.fromkeys(n for c in cases.values() for n in c["rows"]))
    series = {n: [c["rows"].get(n, {}).get("of_line") for c in cases.values()]
              for n in names}
    series = {n: [None if v is None else 100 * v for v in values]
              for n, values in series.items() if any(values)}
    if not series:
        raise Missing("nobody was measured in it")
    fig, ax = plt.subplots(figsize=(
        8, 1 + 0.16 * len(series) * len(cases)))
    groups(ax, [c["title"] for c in cases.values()], series)
    goal(ax, 90, "goal")
    ax.set_xlim(0, 100)
    ax.set_xlabel("per cent of the line")
    ax.set_title(f"{found['size_mib']} MiB, {found['delay_ms']} ms there and "
                 f"back, {found['mbit']} Mbit/s")
    legend(ax)
    return fig


def start(found):
    parts = [p for p in ("start", "list") if p in found]
    if not parts:
        raise Missing("neither start nor list in it")
    fig, axes = plt.subplots(len(parts), 1, squeeze=False, figsize=(
        7, 2.2 * len(parts)), layout="constrained")
    for ax, part in zip(axes[:, 0], parts):
        if part == "start":
            hubs = found[part]["hubs"]
            states = [s for s in ("warm", "killed", "cold") if s in hubs[0]]
            groups(ax, states, {f"{h['files']:,} files": [
                statistics.median(h[s]["answered"]) for s in states]
                for h in hubs})
            goal(ax, 1, "goal")
            ax.set_title("Start of the hub to a client's first answer, s")
        else:
            rows = {n: r for n, r in found[part]["rows"].items() if r["all"]}
            groups(ax, list(rows), {
                what: [statistics.median(r[key]) for r in rows.values()]
                for what, key in (("first line", "first"), ("all", "all"))})
            ax.set_title(f"ls of {found[part]['entries']:,} entries, s")
        legend(ax)
    return fig


def search(found):
    rows = [r for r in found["rows"] if r["n"]]
    if not rows:
        raise Missing("nobody was asked in it")
    classes = list(dict.fromkeys(r["class"] for r in rows))
    rivals = list(dict.fromkeys(r["contestant"] for r in rows
                                if r["contestant"] != "fss"))
    series = {("fss", "p50_ms"): "fss, p50", ("fss", "p99_ms"): "fss, p99"}
    series.update({(n, "p50_ms"): f"{n}, p50" for n in rivals})
    fig, ax = plt.subplots(figsize=(8, 0.8 + 0.26 * len(classes)))
    for i, ((name, key), label) in enumerate(series.items()):
        at = [(r[key], classes.index(r["class"])) for r in rows
              if r["contestant"] == name]
        ax.scatter([x for x, _ in at], [y for _, y in at], s=24, label=label,
                   marker=MARKS[i % len(MARKS)], zorder=3,
                   color=COLOURS[i % len(COLOURS)])
    found_ms = [r[key] for r in rows for key in ("p50_ms", "p99_ms")]
    steps(ax, min(found_ms) / 1.2, max(found_ms) * 1.2)
    goal(ax, 10, "goal of p99")
    ax.set_yticks(range(len(classes)), classes)
    ax.invert_yaxis()
    grid(ax, "both")
    ax.set_title(f"A page of 50, ms, {found['store']['paths']:,} paths")
    legend(ax)
    return fig


def typing(found):
    keys = found.get("search", {}).get("keys")
    if not keys:
        raise Missing("no search in it")
    labels = ["1 letter", "2", "3", "4 and more"]
    by = [sorted(ms for n, ms, _ in keys if min(n, 4) == i + 1)
          for i in range(4)]
    fig, ax = plt.subplots(figsize=(7, 2.6))
    groups(ax, labels, {name: [b[len(b) * q // 100] if b else None for b in by]
                        for name, q in (("p50", 50), ("p95", 95),
                                        ("p99", 99))})
    ax.set_xlabel("ms")
    ax.set_title(f"A key to the last byte of the hits, "
                 f"{found['search']['entries']:,} files, by the web")
    legend(ax)
    return fig


PICTURES = {"transfers": ("transfers.json", transfers),
            "burst": ("transfers.json", burst), "wan": ("wan.json", wan),
            "start": ("scale.json", start),
            "search": ("search.json", search), "typing": ("web.json", typing)}


def draw(name, source, target):
    file, make = PICTURES[name]
    try:
        with open(os.path.join(source, file)) as f:
            found = json.load(f)
    except FileNotFoundError:
        raise Missing(f"there is no {os.path.join(source, file)}") from None
    fig = make(found)
    path = os.path.join(target, f"bench-{name}.svg")
    fig.savefig(path, bbox_inches="tight", facecolor="white",
                metadata={"Date": None, "Creator": None})
    plt.close(fig)
    # Its lines end in blanks here and there.
    with open(path) as f:
        lines = [line.rstrip() + "\n" for line in f]
    with open(path, "w") as f:
        f.writelines(lines)
    return path


def main():
    p = argparse.ArgumentParser(
        prog="bench/plot.py", formatter_class=argparse.
        RawDescriptionHelpFormatter, description=__doc__.split("\n\n", 2)[2],
        usage="bench/plot.py [PICTURE...] [options]")
    p.add_argument("pictures", nargs="*", metavar="PICTURE",
                   help="of " + ", ".join(PICTURES) + " (all)")
    p.add_argument("--from", dest="source", metavar="DIR",
                   default=os.path.join(SOURCE, "build", "bench"),
                   help="where the JSON files are (build/bench)")
    p.add_argument("--to", dest="target", metavar="DIR",
                   default=os.path.join(SOURCE, "docs", "img"),
                   help="where pictures go (docs/img)")
    opts = p.parse_args()
    for name in opts.pictures:
        if name not in PICTURES:
            p.error(f"there is no picture '{name}'")
    left = []
    for name in opts.pictures or PICTURES:
        try:
            print(draw(name, opts.source, opts.target))
        except Missing as e:
            left.append(name)
            print(f"bench/plot.py: {name} is left: {e}", file=sys.stderr)
    return 1 if left and opts.pictures else 0


if __name__ == "__main__":
    sys.exit(main())
