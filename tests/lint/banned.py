"""No calls that are easy to get wrong, and one home for some others."""

import re

from _source import code, files, finish, lines, read, selftest

NEVER = {"strcpy", "stpcpy", "strcat", "sprintf", "vsprintf", "strtok",
         "gets", "atoi", "atol", "atof", "alloca", "signal", "system",
         "popen", "mktemp", "tmpnam"}
# Only where the wrappers are.
HOMES = {
    "libfss/base/": {"time", "rand", "random", "gettimeofday"},
    "libfss/net/router.c": {"srand"},  # of ZeroMQ's numbers
    "libfss/base/alloc.c": {"malloc", "calloc", "realloc", "free", "strdup",
                            "strndup"},
    "libfss/base/time.c": {"clock_gettime"},
}
# The programs and examples have no fss__alloc() and no fss__mono_us().
LIBRARY_ONLY = {"malloc", "calloc", "realloc", "free", "strdup", "strndup",
                "clock_gettime"}
CALL = re.compile(r"(?<![\w.])(?<!->)([a-z_]\w*)\s*\(")


def banned(path, name):
    if name in NEVER:
        return True
    for home, names in HOMES.items():
        if name in names and not path.startswith(home):
            return name not in LIBRARY_ONLY or path.startswith("libfss/")
    return False


def check(path, text):
    return [f"{path}:{n}: {name}() is banned here"
            for n, line in lines(code(text))
            for name in CALL.findall(line) if banned(path, name)]


selftest(check, [
    *[("fssd/x.c", f"\t{name} (a, b);\n") for name in sorted(NEVER)],
    ("libfss/wire/x.c", "\tt = time(NULL);\n"),
    ("fssctl/x.c", "\tn = rand() % 6;\n"),
    ("libfss/wire/x.c", "\tp = malloc(n);\n"),
    ("libfss/store/x.c", "\tclock_gettime(c, &t);\n"),
], [
    ("libfss/wire/x.c", '\t/* system(x) */ f("strcpy(a, b)"); snprintf(b);\n'),
    ("libfss/wire/x.c", "\tv->time(v); v.free(p); fss__time(1);\n"),
    ("libfss/base/alloc.c", "\tp = malloc(n);\n"),
    ("fssctl/x.c", "\tp = malloc(n);\n"),
])
paths = files("libfss", "include", "fssd", "fssctl",
              "fssweb", "daemon", "words", "examples")
finish([p for path in paths for p in check(path, read(path))], len(paths))
