#!/usr/bin/env python3
"""Draws a flame graph of what perf recorded, as one SVG file.

    perf record -g -o hub.data -p HUB -- \\
        perf record -g -o client.data fssctl get :/file file
    for f in hub client; do perf script -i $f.data; done |
        bench/flame.py TITLE >docs/img/flame-NAME.svg

A box is a function, as wide as the share of samples it was on the stack in;
what it called stands on it, a program's threads at the bottom.  The
kernel is blue, libfss and the programs green, other libraries yellow.  What
is narrower than a thousandth is left out.  A name that does not fit is shown
when the mouse points at its box.
"""
import re
import sys
from html import escape

WIDTH, ROW, LEAST, LETTER = 1200, 17, 0.001, 6.6
FRAME = re.compile(r"^\s+[0-9a-f]+ (.*) \(([^()]*)\)$")


def samples(lines):
    """Each sample's stack, outermost first: (name, colour)."""
    stack, comm = [], None
    for line in [*lines, "\n"]:
        frame = FRAME.match(line)
        if frame:
            name = re.sub(r"\+0x[0-9a-f]+$", "", frame.group(1))
            where = frame.group(2)
            if name == "[unknown]":
                name = "? in " + where.rsplit("/", 1)[-1]
            if "kernel" in where or where.endswith(".ko"):
                colour = "#9ec5e8"
            elif re.search(r"/(libfss\.so|fssd$|fssctl$)", where):
                colour = "#a8d08d"
            else:
                colour = "#f4d58d"
            # Frames of libraries without names say no more when repeated.
            if not (stack and stack[-1][0] == name == f"? in {name[5:]}"):
                stack.append((name, colour))
        elif line.strip():
            comm = re.match(r"(.*?)\s+-?\d+(/\d+)?\s", line).group(1).strip()
        elif comm is not None:
            yield [(comm, "#d9d9d9"), *reversed(stack)]
            stack, comm = [], None


def tree(stacks):
    root = [0, "", {}]			# samples, colour, children by name
    for stack in stacks:
        node = root
        node[0] += 1
        for name, colour in stack:
            node = node[2].setdefault(name, [0, colour, {}])
            node[0] += 1
    return root


def boxes(node, total, x=0.0, level=0):
    for name, child in sorted(node[2].items()):
        if child[0] >= LEAST * total:
            yield x, level, child[0] / total, name, child[1]
            yield from boxes(child, total, x, level + 1)
        x += child[0] / total


def draw(title, root, out):
    all_boxes = list(boxes(root, root[0]))
    height = (max(b[1] for b in all_boxes) + 3) * ROW
    out.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
              f'height="{height}" viewBox="0 0 {WIDTH} {height}" '
              'font-family="monospace" font-size="11">\n'
              f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>\n'
              f'<text x="4" y="13">{escape(title)}, {root[0]} samples'
              '</text>\n')
    for x, level, share, name, colour in all_boxes:
        left, wide = x * WIDTH, share * WIDTH
        top = height - (level + 1) * ROW
        fits = int((wide - 4) / LETTER)
        short = name if len(name) <= fits else name[:fits - 1] + "…"
        out.write(f'<g><title>{escape(name)}, {100 * share:.1f} %</title>'
                  f'<rect x="{left:.1f}" y="{top}" width="{wide:.1f}" '
                  f'height="{ROW - 1}" fill="{colour}"/>')
        if fits >= 3:
            out.write(f'<text x="{left + 2:.1f}" y="{top + 12}">'
                      f'{escape(short)}</text>')
        out.write("</g>\n")
    out.write("</svg>\n")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    root = tree(samples(sys.stdin))
    if not root[0]:
        sys.exit("flame.py: no sample in what perf script said")
    draw(sys.argv[1], root, sys.stdout)


if __name__ == "__main__":
    main()
