"""One list of exports: the headers, libfss.map and the library agree."""

import os
import re
import subprocess
import sys

from _source import api, code, files, finish, read, selftest

# What sanitizers add to every object they instrument.
RUNTIME = re.compile(r"__(a|t|ub|l|m)san_|__sanitizer_|__odr_asan|__cov_")


def header_names(texts):
    return [name for text in texts for name, _ in api(code(text))]


def map_names(text):
    return [name for block in re.findall(r"global:(.*?)(?:local:|\})",
                                         code(text), re.S)
            for name in re.findall(r"([\w*]+)\s*;", block)]


def library_names(nm):
    names = []
    for line in nm.splitlines():
        name, kind = line.split()[:2]
        # A: the version nodes themselves.
        if kind != "A" and not RUNTIME.match(name):
            names.append(name.split("@")[0])
    return names


def check(headers, exports, nm):
    lists = {"headers": header_names(headers), "libfss.map":
             map_names(exports), "libfss.so": library_names(nm)}
    problems = []
    for where, names in lists.items():
        twice = {n for n in names if names.count(n) > 1}
        problems += [f"{n}: twice in {where}" for n in sorted(twice)]
        problems += [f"{n}: not an fss_ name, in {where}"
                     for n in sorted(set(names))
                     if not n.startswith("fss_") or n.startswith("fss__")]
    for name in sorted(set().union(*lists.values())):
        absent = [w for w, names in lists.items() if name not in names]
        if absent:
            problems.append(f"{name}: not in {', '.join(absent)}")
    return problems


H = "FSS_API int fss_a(void);\nFSS_API const char *fss_b(int x,\n    int y);\n"
M = "FSS_1.0 {\nglobal:\n\tfss_a; /* fss_x; */\n\tfss_b;\nlocal:\n\t*;\n};\n"
N = "FSS_1.0 A 0\nfss_a@@FSS_1.0 T 10\nfss_b@@FSS_1.0 T 20\n"
selftest(check, [
    ([H + "FSS_API int fss_c(void);\n"], M, N),
    ([H], M.replace("fss_b;", ""), N),
    ([H], M, N + "fss__inner@@FSS_1.0 T 30\n"),
    ([H], M, "fss_a@@FSS_1.0 T 10\n"),
    ([H], M.replace("fss_b;", "fss_b; fss_b;"), N),
    ([H], M.replace("fss_b;", "fss_*;"), N),
    (["int fss_a(void);\n" + H[H.index("\n"):]], M, N),
], [([H], M, N)])

library = os.path.join(os.environ.get("FSS_BUILD_DIR", "build/dev"),
                       "libfss.so")
run = subprocess.run(["nm", "-D", "--defined-only", "-P", library],
                     capture_output=True, text=True)
if run.returncode != 0:
    sys.exit(f"nm: {run.stderr}")
headers = [read(p) for p in files("include", suffixes=(".h",))]
finish(check(headers, read("libfss/libfss.map"), run.stdout),
       len(header_names(headers)))
