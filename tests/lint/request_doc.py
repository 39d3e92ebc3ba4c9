#!/usr/bin/env python3
"""Checks that docs/requests.md has the transitions of model/request.def.

With --write the table is written anew.  Also checks that no (kind, state,
event, role) is there twice, that every name is declared, and that the states
and persons' events agree with include/fss/types.h.
"""

import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _schema import ROOT, read  # noqa: E402

DOC = "docs/requests.md"
KINDS = ("GET", "WANT", "UPLOAD")
EFFECTS = {"TELL_ASKER": "tell asker", "TELL_TARGET": "tell target",
           "TELL_BOTH": "tell both", "TELL_TWO": "tell asker and giver",
           "PASS": "pass", "UNPASS": "unpass",
           "WORK": "work", "TIE": "tie", "BACKOFF": "backoff",
           "AGAIN": "again", "UNTIE": "untie"}

text = read("libfss/model/request.def")
text = text[text.index("*/") + 2:]
types = read("include/fss/types.h")
problems = []
states = {n: int(v) for n, v in re.findall(r"(?m)^S\((\w+), (\d+),", text)}
events = {n: int(v) for n, v in re.findall(r"(?m)^V\((\w+), (\d+),", text)}
seen = set()
rows = ["| of | in | event | by | becomes | effects | audit |",
        "|---|---|---|---|---|---|---|"]
for kind, state, event, role, to, effects, audit in re.findall(
        r"(?m)^T\((\w+), (\w+), (\w+), (\w+), (\w+), ([\w| ]+), (\w+)\)$",
        text):
    where = f"T({kind}, {state}, {event}, {role})"
    parts = [e.strip() for e in effects.split("|")]
    if state not in states or to not in states or event not in events or \
            role not in ("ASKER", "TARGET", "HUB") or \
            not all(e in EFFECTS for e in parts) or \
            kind not in KINDS + ("ANY",):
        problems.append(f"{where}: a name is not declared")
        continue
    if audit != "NONE" and f"FSS_AUDIT_{audit} " not in types:
        problems.append(f"{where}: no audit line {audit}")
    if (events[event] >= 8) != (role == "HUB"):
        problems.append(f"{where}: the event is not one of that role")
    for k in KINDS if kind == "ANY" else (kind,):
        if (k, state, event, role) in seen:
            problems.append(f"{where}: twice for {k}")
        seen.add((k, state, event, role))
    rows.append("| %s | %s | %s | %s | %s | %s | %s |" % (
        kind.lower(), state.lower(), event, role.lower(), to.lower(),
        ", ".join(EFFECTS[e] for e in parts),
        "" if audit == "NONE" else audit.lower()))
if len(rows) - 2 != len(re.findall(r"(?m)^T\(", text)):
    problems.append("a line T(...) could not be read")
for name, value in states.items():
    if not re.search(rf"\bFSS_REQUEST_{name} = {value}\b", types):
        problems.append(f"state {name} is not {value} in types.h")
for name, value in events.items():
    if value < 8 and not re.search(
            rf"\bFSS_REQUEST_{name} = {value}\b", types):
        problems.append(f"event {name} is not {value} in types.h")

doc = read(DOC)
new = re.sub(r"(<!-- begin transitions -->\n).*?(<!-- end transitions -->)",
             lambda m: m[1] + "\n".join(rows) + "\n" + m[2], doc,
             flags=re.DOTALL)
if "--write" in sys.argv[1:]:
    with open(os.path.join(ROOT, DOC), "w", encoding="utf-8") as f:
        f.write(new)
elif new != doc:
    problems.append(f"{DOC}: the table differs from request.def; run "
                    "tests/lint/request_doc.py --write")
for p in problems:
    print(p)
sys.exit(1 if problems else 0)
