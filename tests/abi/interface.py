"""The binary interface of libfss.so is the one written down.

Compares interface.txt with what the headers, a compiler and the library say:
soname, exported names with their version nodes, prototypes, values of public
constants, and layout of public structs.  After a change that is meant:

    FSS_BUILD_DIR=build/dev python3 tests/abi/interface.py --write

and look at the difference.  While the soname stays the same, lines may come
but none may go or change; see HACKING.md.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "lint"))
from _source import ROOT, code, files, finish, read, selftest  # noqa: E402

TEXT = "tests/abi/interface.txt"
BUILD = os.environ.get("FSS_BUILD_DIR", os.path.join(ROOT, "build/dev"))
CC = shlex.split(os.environ.get("FSS_CC") or os.environ.get("CC") or "cc")
# What sanitizers add to every object they instrument.
RUNTIME = re.compile(r"__(a|t|ub|l|m)san_|__sanitizer_|__odr_asan|__cov_")
# These change with every release, and may.
UNSTABLE = re.compile(r"FSS_VERSION_|FSS_FIELD_COUNT$")


def run(*command, **kw):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE,
                          text=True, **kw).stdout


def squeeze(text):
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r" ?([(),;*\[\]{}]) ?", r"\1", text)


def prototypes(header):
    """Functions, function types and structs, each on a line of its own."""
    for m in re.finditer(r"(?m)^(FSS_API|typedef)\b([^;{]*\([^;{]*);", header):
        yield "function " + squeeze(m.group(2))
    for m in re.finditer(r"\bstruct\s+fss_\w+\s*\{[^}]*\}", header):
        yield squeeze(m.group())


def macros(header):
    """Object-like macros with a body that can be a value."""
    for name in re.findall(r"(?m)^#define[ \t]+(FSS_\w+)[ \t]+[\w\"(]", header):
        if name != "FSS_API" and not UNSTABLE.match(name):
            yield name


def enumerators(preprocessed):
    for body in re.findall(r"\benum\b[^;{]*\{([^}]*)\}", preprocessed):
        for part in body.split(","):
            name = part.split("=")[0].strip()
            if name.startswith("FSS_") and not UNSTABLE.match(name):
                yield name


def members(body):
    """Names declared in a struct: the last word, or that of (*name)(...)."""
    for declaration in body.split(";"):
        m = re.search(r"\(\s*\*\s*(\w+)\s*\)", declaration) or \
            re.search(r"(\w+)\s*(?:\[[^]]*\]\s*)*$", declaration)
        if m:
            yield m.group(1)


def structs(preprocessed):
    for m in re.finditer(r"\bstruct\s+(fss_\w+)\s*\{([^}]*)\}", preprocessed):
        yield m.group(1), list(members(m.group(2)))


def program(includes, constants, layouts):
    out = [f"#include <{h}>" for h in includes]
    out += ["#include <stddef.h>", "#include <stdio.h>",
            "int main(void) {"]
    out += [f'\tprintf("value {c} %lld\\n", (long long)({c}));'
            for c in constants]
    for name, fields in layouts:
        out.append(f'\tprintf("struct {name} size %zu\\n",'
                   f' sizeof(struct {name}));')
        out += [f'\tprintf("member {name}.{f} at %zu size %zu\\n",'
                f' offsetof(struct {name}, {f}),'
                f' sizeof(((struct {name} *)0)->{f}));' for f in fields]
    return "\n".join(out + ["\treturn 0;", "}", ""])


def measured(paths):
    include = os.path.join(ROOT, "include")
    names = [os.path.relpath(p, "include") for p in paths]
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "a.c")
        with open(source, "w", encoding="utf-8") as f:
            f.write("".join(f"#include <{n}>\n" for n in names))
        seen = run(*CC, "-E", "-P", "-I" + include, source)
        constants = list(dict.fromkeys(
            [m for p in paths for m in macros(code(read(p), strings=True))] +
            list(enumerators(seen))))
        with open(source, "w", encoding="utf-8") as f:
            f.write(program(names, constants, structs(seen)))
        binary = os.path.join(folder, "a")
        run(*CC, "-std=c11", "-I" + include, source, "-o", binary)
        return run(binary).splitlines()


def exported(nm):
    for line in nm.splitlines():
        name, kind = line.split()[:2]
        if kind != "A" and not RUNTIME.match(name):
            yield "symbol " + name.replace("@@", " ")


def library():
    path = os.path.join(BUILD, "libfss.so")
    dynamic = run("readelf", "-dW", path)
    soname = re.search(r"\(SONAME\)[^\[]*\[([^\]]*)\]", dynamic)
    yield "soname " + (soname.group(1) if soname else "none")
    yield from sorted(exported(run("nm", "-D", "--defined-only", "-P", path)))


def interface():
    paths = files("include", suffixes=(".h",))
    return [*library(),
            *sorted(f for p in paths for f in prototypes(code(read(p)))),
            *measured(paths)]


def compare(written, now):
    gone = [f"was, and is not: {x}" for x in written if x not in set(now)]
    new = [f"is, and was not: {x}" for x in now if x not in set(written)]
    return gone + new


selftest(compare, [
    (["soname libfss.so.0"], ["soname libfss.so.1"]),
    (["value FSS_X 1"], []),
    ([], ["struct fss_x size 8"]),
], [(["value FSS_X 1"], ["value FSS_X 1"])])
H = ("FSS_API int\nfss_a(const char *x,\n    int y);\n#define FSS_N 3\n"
     "typedef int (*fss_fn)(void *);\n#define FSS_API x\n#define FSS_H\n"
     "enum fss_e { FSS_A = 1, FSS_B };\n"
     "struct fss_s { uint8_t a[3]; int (*f)(void *p); };\n")
assert list(prototypes(H)) == ["function int fss_a(const char*x,int y)",
                               "function int(*fss_fn)(void*)",
                               "struct fss_s{uint8_t a[3];"
                               "int(*f)(void*p);}"]
assert list(macros(H)) == ["FSS_N"]
assert list(enumerators(H)) == ["FSS_A", "FSS_B"]
assert list(structs(H)) == [("fss_s", ["a", "f"])]

present = interface()
if sys.argv[1:] == ["--write"]:
    with open(os.path.join(ROOT, TEXT), "w", encoding="utf-8") as f:
        f.write("\n".join(present) + "\n")
elif sys.maxsize <= 2 ** 32:
    # The layouts written down are those of 64 bits.
    finish(compare([x for x in read(TEXT).splitlines()
                    if not x.startswith(("struct ", "member "))],
                   [x for x in present
                    if not x.startswith(("struct ", "member "))]),
           len(present))
else:
    finish(compare(read(TEXT).splitlines(), present), len(present))
