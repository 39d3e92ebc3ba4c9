"""Results of bench/run for people: a table for a terminal, one in Markdown."""

UNITS = "A ratio is the rival's median by fssctl's: above 1, fssctl is faster."


def plain(cases):
    lines = [f"{'':<14}{'median s':>10}{'min s':>10}{'max s':>10}"
             f"{'/ fssctl':>10}"]
    for case in cases.values():
        lines += ["", title(case)]
        for name, row in case["rows"].items():
            line = f"  {name:<12}"
            if "median" in row:
                line += (f"{row['median']:>10.3f}{row['min']:>10.3f}"
                         f"{row['max']:>10.3f}")
                line += (f"{row['ratio']:>10.2f}" if "ratio" in row else
                         " " * 10)
                line += "" if row["durable"] else "  not durable"
            if "problem" in row:
                line += "  " + row["problem"]
            lines.append(line)
    lines += ["", UNITS, ""]
    for name, case in cases.items():
        for rival, row in case["rows"].items():
            if "ratio" in row:
                lines.append(f"ratio {name} {rival}/fssctl "
                             f"{row['ratio']:.2f}")
    return "\n".join(lines)


def title(case):
    return case["title"] + (f" ({case['note']})" if "note" in case else "")


def markdown(cases, rivals):
    """One row a case: fssctl's seconds, then the ratio of each rival."""
    rivals = [r for r in rivals if any(r in c["rows"]
                                       for c in cases.values())]
    lines = ["| what | fssctl, s | " + " | ".join(rivals) + " |",
             "|---|---|" + "---|" * len(rivals)]
    for case in cases.values():
        mine = case["rows"]["fssctl"]
        cells = [f"{mine['median']:.2f} ({mine['min']:.2f} to "
                 f"{mine['max']:.2f})"]
        for r in rivals:
            row = case["rows"].get(r)
            if row is None:
                cells.append("–")
            elif "ratio" in row:
                cells.append(f"{row['ratio']:.2f}")
            else:
                cells.append(row.get("problem", "–").split(":")[0])
        lines.append(f"| {title(case)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
