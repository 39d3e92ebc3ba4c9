"""The plain form of every file, and the table of errors."""

import os
import re

from _source import ROOT, finish, lines, read, selftest

SUFFIXES = (".c", ".h", ".def", ".map", ".md", ".py", ".sh", ".cmake",
            ".txt", ".json", ".in", ".service", ".supp", ".conf",
            ".1", ".3", ".5", ".7", ".8")
NAMES = ("dev", "run", ".gitignore", ".clang-format", "LICENSE")
SKIP = ("build", "run", ".git", "__pycache__", "corpus", ".mypy_cache",
        ".hypothesis", "fss.egg-info", "node_modules")
# Written apart, so that this file passes its own check.
MACHINE = re.compile(r"(?<![\w.])/(?:root|work)/")
REGISTRIES = re.compile(r"\b(?:" + "|".join(h.replace(" ", r"\.") for h in (
    "pypi org", "pythonhosted org", "npmjs org", "crates io",
    "proxy golang org", "sum golang org", "deb debian org", "docker io",
    "rubygems org", "maven org")) + r")\b")
LATER = re.compile(r"\b(?:TO" r"DO|FIX" r"ME)\b")
# The one thing that may precede the opening comment.
FEATURE = re.compile(r"\A#define _\w+_SOURCE\b[^\n]*/\*[^\n]*\*/\n\s*")


def check(path, text):
    problems = []
    for n, line in lines(text):
        for found, what in (
                (re.search(r"[ \t\r]$", line), "trailing whitespace"),
                (MACHINE.search(line), "path of one machine"),
                (REGISTRIES.search(line), "host of a registry"),
                (LATER.search(line), "work left for later")):
            if found:
                problems.append(f"{path}:{n}: {what}")
    if text and not text.endswith("\n"):
        problems.append(f"{path}: no newline at the end")
    if text.endswith("\n\n"):
        problems.append(f"{path}: empty line at the end")
    if path.endswith(".c") and \
            not FEATURE.sub("", text, count=1).startswith("/*"):
        problems.append(f"{path}: does not begin with a comment")
    return problems


def check_errors(text):
    rows = re.findall(r"(?m)^\tX\((E\w+), (-?\d+),", text)
    problems = [] if rows else ["error.h: the table was not found"]
    for column in (0, 1):
        seen = [row[column] for row in rows]
        problems += [f"error.h: {v} is there twice" for v in sorted(set(seen))
                     if seen.count(v) > 1]
    # Numbers are given in order, so that the next free one is plain.
    if [int(v) for _, v in rows] != [-i - 1 for i in range(len(rows))]:
        problems.append("error.h: the numbers are not -1, -2, -3, ...")
    return problems


selftest(check, [
    ("a.md", "a \n"), ("a.md", "a\t\nb\n"), ("a.md", "a\r\n"),
    ("a.md", "see /ro" "ot/x\n"), ("a.md", "cd /wo" "rk/main\n"),
    ("a.md", "https://py" "pi.org/x\n"), ("a.md", "cra" "tes.io\n"),
    ("a.md", "a"), ("a.md", "a\n\n"), ("a.md", "TO" "DO: more\n"),
    ("a.c", "int x;\n"), ("a.c", "#include <a.h>\n/* late */\n"),
    ("a.c", "#define _GNU_SOURCE\n/* why is missing */\n"),
], [
    ("a.md", "a /network/ and share/work/x\n"), ("a.c", "/* x */\nint x;\n"),
    ("a.c", "#define _GNU_SOURCE /* epoll */\n/*\n * What.\n */\n"),
])
ROW = '\tX(EA, -1, "a", 400, 2)\n'
selftest(check_errors, [
    ("",), (ROW + ROW.replace("EA", "EB"),), (ROW + ROW.replace("1", "2"),),
    (ROW + ROW.replace("EA, -1", "EB, -3"),),
], [(ROW + ROW.replace("EA, -1", "EB, -2"),)])

paths = []
for base, folders, names in os.walk(ROOT):
    top = base == ROOT
    folders[:] = [f for f in folders if f not in SKIP or
                  (f == "run" and not top)]
    paths += [os.path.relpath(os.path.join(base, n), ROOT) for n in names
              if n.endswith(SUFFIXES) or n in NAMES]
problems = [p for path in sorted(paths) for p in check(path, read(path))]
problems += check_errors(read("include/fss/error.h"))
finish(problems, len(paths))
