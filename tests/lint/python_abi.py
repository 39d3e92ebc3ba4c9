"""The Python binding declares what the public headers do, no more, no less.

    tests/lint/python_abi.py [--write]

From include/fss/*.h it makes three modules of bindings/python/fss, which are
in the repository so that the binding needs no build: _abi.py (functions,
constants, fields), types.py (enumerations) and errors.py (exception classes).
Without --write it says where they differ from the headers, by name.
"""

import difflib
import re
import sys

from _source import code, files, finish, read, selftest

FOLDER = "bindings/python/fss/"
NOTE = "Made by tests/lint/python_abi.py --write from the public headers."
# How a C type is called in _abi.py; _native.py has the ctypes behind it.
PLAIN = {"void": "void", "int": "int", "unsigned": "uint",
         "unsigned int": "uint", "int32_t": "int", "uint32_t": "u32",
         "int64_t": "i64", "uint64_t": "u64", "size_t": "size",
         "uint16_t": "u16", "fss_op": "u64",
         "fss_person": "u64"}
OUT = {"int": "int*", "unsigned": "uint*", "uint32_t": "u32*",
       "int64_t": "i64*", "uint64_t": "u64*", "size_t": "size*",
       "fss_op": "u64*", "fss_person": "u64*"}
# What Python code expects to catch, beside fss.Error.
BASES = {
    "EINVAL": "ValueError", "ENOMEM": "MemoryError",
    "EIO": "OSError", "EAGAIN": "BlockingIOError",
    "ETIMEDOUT": "TimeoutError", "ENOTCONN": "ConnectionError",
    "EUNREACH": "ConnectionError", "EHOSTKEY": "ConnectionError",
    "EAUTH": "PermissionError", "EDENIED": "PermissionError",
    "ENOENT": "FileNotFoundError", "EEXIST": "FileExistsError",
    "ENOTDIR": "NotADirectoryError", "EISDIR": "IsADirectoryError",
    "EPATH": "ValueError", "ENAME": "ValueError",
    "EPASSWORD": "ValueError", "ENOTSUP": "NotImplementedError",
    "ENOACCOUNT": "LookupError", "ETOOBIG": "ValueError",
}
# Sets of bits with a class of their own.
FLAGS = (("RIGHT_", "Right", "What somebody may do with an entry."),
         ("SCOPE_", "Scope", "What a token may do at most."))
CONSTANT = re.compile(r"(?m)^#define[ \t]+FSS_(\w+)[ \t]+(\S.*?)\s*$")
LITERALS = {"UINT64_MAX": 2 ** 64 - 1}


class Unknown(Exception):
    """A declaration this script cannot read."""


def type_name(text):
    """What _abi.py calls a C type."""
    text = re.sub(r"\bconst\b|\benum\b|\bstruct\b", " ", text)
    stars = text.count("*")
    base = " ".join(text.replace("*", " ").split())
    if stars == 0 and base in POINTERS:
        return "ptr"
    if stars == 0:
        if base in PLAIN:
            return PLAIN[base]
        if base in ENUMS:
            return "int"
        raise Unknown(f"type '{text.strip()}' by value")
    if base == "char" and stars == 1:
        return "str"
    if base == "char":
        return "str*"
    if stars == 1:
        return OUT.get(base, "ptr")
    return "ptr*"


def argument(text):
    text = text.strip()
    if text == "void":
        return None
    array = re.search(r"\[[^]]*\]", text)
    if array:
        return "ptr"
    m = re.match(r"(.*?)(\w+)$", text, re.S)
    if not m or not m.group(1).strip():
        raise Unknown(f"argument '{text}'")
    kind = type_name(m.group(1))
    if kind == "str" and "const" not in m.group(1):
        return "ptr"		# to be written to
    if "const" in m.group(1) and kind in OUT.values():
        return "ptr"		# an array to be read
    return kind


def functions(text):
    """name -> 'result argument ...'"""
    out = {}
    for m in re.finditer(r"(?m)^FSS_API\b([^;{]*?)\b(\w+)\s*\(([^;]*?)\);",
                         text):
        result, name, rest = m.groups()
        try:
            kinds = [type_name(result)]
            kinds += filter(None, map(argument, rest.split(",")))
        except Unknown as e:
            raise Unknown(f"{name}: {e}") from None
        out[name] = " ".join(kinds)
    return out


def constants(text):
    out = {}
    for name, value in CONSTANT.findall(text):
        value = value.strip("()").strip()
        m = re.match(r"1u << (\d+)$", value)
        if m:
            out[name] = 1 << int(m.group(1))
        elif re.match(r"-?\d+$", value):
            out[name] = int(value)
        elif value in LITERALS:
            out[name] = LITERALS[value]
    return out


ENUM = re.compile(r"\benum\s+(fss_\w+)\s*\{([^}]*)\}")
ENUMS = set()
POINTERS = set()		# to functions


def enums(raw):
    """(name, [(member, value, comment)]) of a header with its comments."""
    for m in ENUM.finditer(raw):
        members = re.findall(
            r"FSS_(\w+)\s*=\s*(-?\d+)\s*,?[ \t]*(?:/\*\s*(.*?)\s*\*/)?",
            m.group(2), re.S)
        if members and "##" not in m.group(2):
            yield m.group(1), [(n, int(v), " ".join(c.split()))
                               for n, v, c in members
                               if not n.startswith("FIELD_COUNT")]


def prefix(names):
    """What all names begin with, to the last underscore."""
    common = names[0]
    for name in names[1:]:
        while not name.startswith(common):
            common = common[:-1]
    return common[:common.rfind("_") + 1]


def camel(name):
    return "".join(w.capitalize() for w in name.split("_")[1:])


def wrapped(head, words, indent, width=79):
    """A comment of @words after @head, folded."""
    line, out = head, []
    for word in words.split():
        if len(line) + 1 + len(word) > width:
            out.append(line)
            line = indent + word
        else:
            line += (" " if line.strip() else "") + word
    return out + [line]


def types_module(raws):
    out = [f'"""Enumerations of FSS.\n\n{NOTE}\n"""',
           "from enum import IntFlag", "", "from ._enum import Open", "",
           "__all__ = ["]
    body, names = [], []
    for name, members in sorted(e for raw in raws for e in enums(raw)):
        cut = len(prefix([m[0] for m in members]))
        names.append(camel(name))
        body += ["", "", f"class {camel(name)}(Open):",
                 f'    """{name}"""', ""]
        for member, value, comment in members:
            if comment:
                body += wrapped("    #:", comment, "    #: ")
            body.append(f"    {member[cut:]} = {value}")
    for begin, name, what in FLAGS:
        bits = [(n[len(begin):], v) for raw in raws
                for n, v in constants(code(raw, strings=True)).items()
                if n.startswith(begin)]
        if bits:
            names.append(name)
            body += ["", "", f"class {name}(IntFlag):",
                     f'    """{what}"""', ""]
            body += [f"    {n} = {v}" for n, v in bits]
    return "\n".join(out + [f'    "{n}",' for n in sorted(names)] + ["]"] +
                     body) + "\n"


def abi_module(texts):
    found, values = {}, {}
    for text in texts:
        found.update(functions(text))
        values.update(constants(text))
    fields = [f for text in texts for f in re.findall(
        r'\bX\((\w+), (\d+), ([ISB]), "(\w+)"\)', text)]
    for _, members in (e for text in texts for e in enums(text)):
        values.update((n, v) for n, v, _ in members
                      if n.startswith(("EVENT_", "COUNT_", "QUERY_", "POLL_",
                                       "SERVER_", "STAT_")))
    values.pop("FIELD_COUNT", None)
    out = [f'"""Functions, constants and fields of libfss.\n\n{NOTE}\n"""',
           "from typing import Dict, Tuple", "",
           "# Result and arguments, in the words of _native.KINDS.",
           "FUNCTIONS: Dict[str, str] = {"]
    out += [f'    "{n}": "{found[n]}",' if len(n) + len(found[n]) < 65 else
            f'    "{n}":\n        "{found[n]}",' for n in sorted(found)]
    out += ["}", "", "# JSON name: number, kind (I integer, S text, B bytes).",
            "FIELDS: Dict[str, Tuple[int, str]] = {"]
    out += [f'    "{json}": ({number}, "{kind}"),'
            for _, number, kind, json in fields]
    out += ["}", ""]
    # Read by the build of the package, so that one place says the version.
    out += [f'{n} = {v}' for text in texts for n, v in re.findall(
        r'(?m)^#define[ \t]+FSS_(VERSION_TEXT)[ \t]+("[^"]*")', text)]
    out += [f"{n} = {v}" for n, v in sorted(values.items())]
    return "\n".join(out) + "\n"


def errors_module(text):
    rows = re.findall(r'\bX\((E\w+), (-\d+), "([^"]*)", (\d+), (\d+)\)', text)
    out = [f'"""A class for each error of libfss.\n\n{NOTE}\n'
           '\nA library that is newer than this file may have more: those are '
           'made\nwhen the library is loaded.\n"""',
           "from ._error import Error, add", "", '__all__ = ["Error",']
    out += [f'           "{name}",' for name, *_ in rows]
    out[-1] = out[-1][:-1] + "]"
    for name, number, what, http, status in rows:
        base = f", {BASES[name]}" if name in BASES else ""
        out += ["", "", "@add", f"class {name}(Error{base}):",
                f'    """{what}"""', "", f"    code = {number}",
                f'    name = "FSS_{name}"', f"    http_status = {http}",
                f"    exit_status = {status}"]
    return "\n".join(out) + "\n"


def named(texts):
    """Notes which types are enumerations and pointers to functions."""
    for text in texts:
        ENUMS.update(re.findall(r"\benum\s+(fss_\w+)", text))
        POINTERS.update(re.findall(
            r"typedef[^;]*?\(\s*\*\s*(\w+)\s*\)\s*\(", text))


def made(raws):
    texts = [code(raw, strings=True) for raw in raws]
    named(texts)
    return {"_abi.py": abi_module(texts), "types.py": types_module(raws),
            "errors.py": errors_module("\n".join(texts))}


def check(name, want, have):
    """The lines that differ, as they must become."""
    return [f"{FOLDER}{name}: {'lacks' if d[0] == '+' else 'has too much'}: "
            f"{d[1:].strip()}"
            for d in difflib.unified_diff(have.splitlines(),
                                          want.splitlines(), lineterm="", n=0)
            if d[0] in "+-" and d[:3] not in ("+++", "---")]


H = ("#define FSS_N 3\n#define FSS_RIGHT_SEE (1u << 0)\n"
     "typedef void (*fss_fn)(void *ctx, int level);\n"
     "enum fss_e { FSS_E_A = 1, /* one */ FSS_E_B = 2 };\n"
     "typedef enum fss_f { FSS_F_X = 1 } fss_f;\n"
     "FSS_API int\nfss_a(fss_x *x, const char *t,\n    const uint8_t k[3],"
     " char *ret, uint64_t n, fss_op *ret_op, fss_fn fn);\n"
     "FSS_API const char *fss_b(void);\n"
     "FSS_API int fss_c(const fss_x *x, fss_f f, const fss_y **ret);\n"
     "FSS_API int fss_d(const uint64_t *ids, size_t n);\n")
named([H])
assert functions(H) == {
    "fss_a": "int ptr str ptr ptr u64 u64* ptr", "fss_b": "str",
    "fss_c": "int ptr int ptr*", "fss_d": "int ptr size"}, functions(H)
assert constants(H) == {"N": 3, "RIGHT_SEE": 1}
assert list(enums(H)) == [("fss_e", [("E_A", 1, "one"), ("E_B", 2, "")]),
                          ("fss_f", [("F_X", 1, "")])]
assert "class Right(IntFlag)" in types_module([H]) and \
    "    SEE = 1" in types_module([H])
assert prefix(["E_A", "E_B"]) == "E_" and prefix(["F_X"]) == "F_"
try:
    functions("FSS_API int fss_z(struct fss_odd o);\n")
    sys.exit("self-test: a type by value was let through")
except Unknown:
    pass
selftest(check, [("a", "x\n", ""), ("a", "", "x\n"), ("a", "x\n", "y\n")],
         [("a", "x\n", "x\n")])

raws = [read(p) for p in files("include/fss", suffixes=(".h",))
        if "/sys/" not in p]
modules = made(raws)
if sys.argv[1:] == ["--write"]:
    from _source import ROOT
    for name, text in modules.items():
        with open(f"{ROOT}/{FOLDER}{name}", "w", encoding="utf-8") as f:
            f.write(text)
else:
    problems = [p for name, text in modules.items()
                for p in check(name, text, read(FOLDER + name))]
    if problems:
        problems.append("tests/lint/python_abi.py --write brings them up to "
                        "date; then wrap what is new (HACKING.md)")
    finish(problems, sum(t.count("\n") for t in modules.values()))
