#!/usr/bin/env python3
"""Checks that docs/protocol.md says what the protocol's tables say.

The parts of it between "<!-- begin NAME -->" and "<!-- end NAME -->" are made
from limits.h, messages.def, schema.def, error.h and tests/vectors.  With
--write they are written anew; without, a difference is an error, as is a
message, record or limit the text names and the tables do not have.
"""

import difflib
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import _schema  # noqa: E402

DOC = "docs/protocol.md"
NEEDS = {"NONE": "session or none", "USER": "log-in",
         "READ": "read", "WRITE": "write",
         "CONTENT": "read; write for uploads one began", "PEOPLE": "people",
         "ACCOUNT": "account", "ROLE": "admin",
         "ADMIN": "admin, of an operator or admin"}
# What any token may ask, whatever its scopes: nothing else.
ANY_TOKEN = {"LOGOUT",  # ends itself; everywhere is looked at there
             "WHOAMI",  # whose it is
             "CREDIT",  # belongs to GET
             "EVENTS"}  # kinds are cut to the scopes
BEFORE_LOGIN = {"HELLO", "REGISTER", "LOGIN", "LOGIN_WEB", "REGISTER_WEB",
                "LINK_OPEN",  # its token says enough
                "PING", "BYE"}
KINDS = {"U64": "integer", "I64": "signed integer", "BOOL": "boolean",
         "STR": "text", "BIN": "bytes", "FIX": "bytes"}
PATH_LIMITS = (
    ("FSS_LIMIT_NAME", "bytes", "one name in a path"),
    ("FSS_LIMIT_PATH", "bytes", "a canonical path"),
    ("FSS_LIMIT_DEPTH", "names", "names in a path"),
    ("FSS_LIMIT_ACCOUNT", "bytes", "an account or group name"),
)


def row(*cells):
    return "| " + " | ".join(str(c).replace("|", "\\|") for c in cells) + " |"


def table(heads, rows):
    return [row(*heads), "|" + "---|" * len(heads)] + [row(*r) for r in rows]


def limits(s):
    rows = [(n, v, unit, what) for n, v, unit, what in s.limits]
    rows += [(n[len("FSS_LIMIT_"):], s.names[n], unit, what)
             for n, unit, what in PATH_LIMITS]
    return table(("limit", "value", "unit", "of"), rows)


def messages(s):
    rows = []
    for name, number, req, ans, needs in s.messages:
        one_way = name in ("CREDIT", "BYE")
        rows.append((name, number, "—" if one_way else
                     number + _schema.ANSWER, link(req),
                     "—" if one_way else link(ans), NEEDS[needs]))
    rows.append(("ERROR", "—", _schema.ERROR, "—", link("error"), "—"))
    return table(("message", "number", "answer", "fields",
                  "fields of the answer", "needs"), rows)


def link(record):
    return "[%s](#record-%s)" % (record, record.replace("_", "-"))


def bound(f):
    if f.kind == "LIST":
        return "at most %d" % f.size
    if f.kind == "STR" or f.kind == "BIN":
        return "at most %d bytes" % f.size
    if f.kind == "FIX":
        return "exactly %d bytes" % f.size
    if f.kind == "U64" and f.size:
        return "at most %s" % ("0777" if f.size == 0o777 else f.size)
    return ""


def records(s):
    out = []
    for name, fields in s.records.items():
        if out:
            out.append("")
        out += ['<a id="record-%s"></a>' % name.replace("_", "-"), "",
                "**%s**" % name + (
                    " — " + s.notes[name] if name in s.notes else ""), ""]
        if not fields:
            out.append("No fields.")
            continue
        out += table(("key", "field", "kind", "must be", "bound", "meaning"),
                     [(f.key, f.name, "list of " + link(f.sub)
                       if f.sub else KINDS[f.kind],
                       "there" if f.required else "", bound(f), f.note)
                      for f in fields])
    return out


def errors(s):
    return table(("code", "name", "meaning", "HTTP", "exit"),
                 [(-v, "FSS_" + n, text, http, status)
                  for n, v, text, http, status in s.errors])


def vectors(_):
    out = []
    for path in ("session", "entry", "content"):
        text = _schema.read("tests/vectors/%s.txt" % path)
        out += (["", ""] if out else []) + ["```"] + \
            text.strip("\n").split("\n") + ["```"]
    return out


MAKERS = {"limits": limits, "messages": messages, "records": records,
          "errors": errors, "vectors": vectors}


def regenerate(s, text):
    missing = set(MAKERS)

    def make(m):
        missing.discard(m.group(1))
        body = "\n".join(MAKERS[m.group(1)](s))
        return "<!-- begin %s -->\n%s\n<!-- end %s -->" % (
            m.group(1), body, m.group(1))
    text = re.sub(r"<!-- begin (\w+) -->\n.*?<!-- end \1 -->", make, text,
                  flags=re.S)
    if missing:
        sys.exit("%s: no section %s" % (DOC, ", ".join(sorted(missing))))
    return text


def check_prose(s, text):
    """Names in the written parts must exist."""
    prose = re.sub(r"<!-- begin (\w+) -->\n.*?<!-- end \1 -->", "", text,
                   flags=re.S)
    errors_known = {"FSS_" + n for n, *_ in s.errors}
    limits_known = {n for n, *_ in s.limits} | {
        n[len("FSS_LIMIT_"):] for n, *_ in PATH_LIMITS}
    bad = [w for w in re.findall(r"\bFSS_E[A-Z]+\b", prose)
           if w not in errors_known]
    bad += [w for w in re.findall(r"`limit ([A-Z_]+)`", prose)
            if w not in limits_known]
    fields = {f.name for r in s.records.values() for f in r}
    bad += [w for w in re.findall(r"`field ([a-z_]+)`", prose)
            if w not in fields]
    known = {n for n, *_ in s.messages} | {"WELCOME", "ERROR"}
    bad += [w for w in re.findall(r"`(?!FSS_)([A-Z][A-Z_]+)`", prose)
            if w not in known | limits_known]
    named = set(re.findall(r"[A-Z][A-Z_]+", prose))
    silent = [n for n, *_ in s.messages if n not in named]
    for w in sorted(set(bad)):
        print("%s: there is no %s" % (DOC, w))
    for n in silent:
        print("%s: nothing is said of %s" % (DOC, n))
    return not bad and not silent


def check_needs(s):
    """Each message has a scope, but for those that are known to need none."""
    bad = [n for n, _, _, _, needs in s.messages
           if (needs == "USER") != (n in ANY_TOKEN) or
           (needs == "NONE") != (n in BEFORE_LOGIN) or needs not in NEEDS]
    for n in bad:
        print("libfss/wire/messages.def: %s needs a scope, or a line in "
              "tests/lint/protocol_doc.py that says why not" % n)
    return not bad


def main():
    s = _schema.Schema()
    old = _schema.read(DOC)
    new = regenerate(s, old)
    if "--write" in sys.argv[1:]:
        with open(os.path.join(_schema.ROOT, DOC), "w",
                  encoding="utf-8") as f:
            f.write(new)
        old = new
    ok = check_prose(s, old)
    ok = check_needs(s) and ok
    if old != new:
        sys.stdout.writelines(difflib.unified_diff(
            old.splitlines(True), new.splitlines(True), DOC, "tables"))
        print("run tests/lint/protocol_doc.py --write")
        ok = False
    maker = os.path.join(_schema.ROOT, "tests/vectors/make_vectors.py")
    if subprocess.call([sys.executable, "-B", maker, "--check"]) != 0:
        ok = False
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
