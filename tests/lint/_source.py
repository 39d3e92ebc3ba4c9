"""What the lint scripts share: finding sources, reading past comments."""

import os
import re
import sys

ROOT = os.environ.get("FSS_SOURCE_DIR") or os.path.dirname(os.path.dirname(
    os.path.dirname(os.path.abspath(__file__))))

_TOKEN = re.compile(r"""
    /\*.*?\*/ | //[^\n]* | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'
""", re.S | re.X)


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


def files(*folders, suffixes=(".c", ".h")):
    """Paths below the folders, relative to the root, in a fixed order."""
    found = []
    for folder in folders:
        for base, _, names in os.walk(os.path.join(ROOT, folder)):
            found += [os.path.relpath(os.path.join(base, n), ROOT)
                      for n in names if n.endswith(suffixes)]
    return sorted(found)


def code(text, strings=False):
    """Blanks comments (and strings unless wanted), keeping each line."""
    def blank(m):
        s = m.group()
        if strings and s[0] in "\"'":
            return s
        return re.sub(r"[^\n]", " ", s)
    return _TOKEN.sub(blank, text)


def lines(text):
    return enumerate(text.split("\n"), 1)


def api(text):
    """(name, comment before it) of each FSS_API function of a header."""
    out = []
    for m in re.finditer(r"(?m)^FSS_API\b([^;{]*?)\b(\w+)\s*\(", text):
        head = text[:m.start()].rstrip()
        begin = head.rfind("/*")
        comment = head[begin:] if head.endswith("*/") else ""
        out.append((m.group(2), comment))
    return out


def selftest(problems_of, bad, good):
    """Proves that each bad sample is found and each good one passes."""
    for sample in bad:
        if not problems_of(*sample):
            sys.exit(f"self-test: not detected: {sample}")
    for sample in good:
        found = problems_of(*sample)
        if found:
            sys.exit(f"self-test: wrongly reported: {sample}: {found}")


def finish(problems, checked):
    if checked == 0:
        sys.exit("nothing was found to check")
    for p in problems:
        print(p)
    print(f"{checked} checked, {len(problems)} problems")
    sys.exit(1 if problems else 0)
