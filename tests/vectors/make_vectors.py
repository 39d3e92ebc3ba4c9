#!/usr/bin/env python3
"""Writes the hex lines of tests/vectors/*.txt from what stands above them.

The bytes come from tests/lint/_schema.py, a writer of its own; unit test
"vectors" compares them with what libfss makes and reads.  With --check nothing
is written and a file that would change is an error.
"""

import glob
import os
import re
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "lint"))
import _schema  # noqa: E402

WIDTH = 32


def parse(text):
    if text.startswith('"'):
        return text[1:-1]
    if text.startswith("h'"):
        return bytes.fromhex(text[2:-1])
    if text in ("true", "false"):
        return text == "true"
    return int(text)


def put(values, member, value):
    """Sets "ref" or "refs[1].path" in nested dicts and lists."""
    m = re.fullmatch(r"(\w+)\[(\d+)\](?:\.(\w+))?", member)
    if not m:
        values[member] = value
        return
    rows = values.setdefault(m.group(1), [])
    while len(rows) <= int(m.group(2)):
        rows.append({})
    if m.group(3):
        rows[int(m.group(2))][m.group(3)] = value


def block(schema, lines):
    """The lines of one vector with its hex lines made anew."""
    head, name, req, session, values = [], None, 0, b"", {}
    for line in lines:
        if line.startswith("hex "):
            continue
        head.append(line)
        if line.startswith("#") or not line:
            continue
        word, _, rest = line.partition(" ")
        if word == "message":
            name = rest
        elif word == "@request":
            req = int(rest)
        elif word == "@session":
            session = bytes.fromhex(rest)
        elif line.endswith(" []"):
            values[word] = []
        else:
            put(values, word, parse(rest))
    if name is None:
        return head
    data = schema.header(name, req, session, values).hex()
    return head + ["hex " + data[i:i + 2 * WIDTH]
                   for i in range(0, len(data), 2 * WIDTH)]


def main():
    schema = _schema.Schema()
    check = "--check" in sys.argv[1:]
    stale = 0
    for path in sorted(glob.glob(os.path.join(HERE, "*.txt"))):
        with open(path, encoding="utf-8") as f:
            old = f.read()
        new = "\n\n".join("\n".join(block(schema, b.split("\n")))
                          for b in old.strip("\n").split("\n\n")) + "\n"
        if new == old:
            continue
        if check:
            print("%s is not what make_vectors.py makes" % path)
            stale = 1
        else:
            with open(path, "w", encoding="utf-8") as f:
                f.write(new)
    return stale


if __name__ == "__main__":
    sys.exit(main())
