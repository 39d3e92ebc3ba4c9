"""fssd.service lets the hub make the system calls it makes.

A hub is run with the filter of that unit, as systemd would set it: a call that
is not in it ends the process.
"""
import ctypes
import functools
import os
import re
import sys

ALLOW = 0x7fff0000
KILL_PROCESS = 0x80000000


def confine(numbers, program):
    """Becomes @program, with no system calls but these."""
    seccomp = ctypes.CDLL("libseccomp.so.2")
    seccomp.seccomp_init.restype = ctypes.c_void_p
    seccomp.seccomp_init.argtypes = [ctypes.c_uint32]
    seccomp.seccomp_rule_add_array.argtypes = [
        ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint,
        ctypes.c_void_p]
    seccomp.seccomp_load.argtypes = [ctypes.c_void_p]
    ctx = seccomp.seccomp_init(KILL_PROCESS)
    for n in numbers:
        if seccomp.seccomp_rule_add_array(ctx, ALLOW, n, 0, None) != 0:
            sys.exit(f"cannot allow system call {n}")
    if seccomp.seccomp_load(ctx) != 0:
        sys.exit("cannot set the filter")
    os.execv(program[0], program)


if sys.argv[1:2] == ["confine"]:
    confine(map(int, sys.argv[2].split(",")), sys.argv[3:])

from common import *

# SQLite gives its files to the owner of the database, where it runs as root;
# the unit's hub does not.
AS_ROOT = {"fchown"}

prefix = os.path.join(TMP, "prefix")
r = run(["cmake", "--install", BUILD, "--prefix", prefix, "--component",
         "daemon"])
equal(r.code, 0, "cmake --install of daemon")
unit = os.path.join(prefix, "lib", "systemd", "system", "fssd.service")
ok(os.path.exists(unit), "the unit is installed", r)
cache = dict(re.findall(r"(?m)^(CMAKE_INSTALL_\w+):\w+=(.*)$", read(
    os.path.join(BUILD, "CMakeCache.txt")).decode()))
program = os.path.join(cache["CMAKE_INSTALL_PREFIX"],
                       cache["CMAKE_INSTALL_SBINDIR"], "fssd")
ok(f"\nExecStart={program} run " in read(unit).decode(),
   "and starts the hub where it was installed", read(unit).decode())

analyze = shutil.which("systemd-analyze")
if not analyze:
    skip("the filter of fssd.service", "there is no systemd-analyze")
    finish()
if any(word in read(FSSD) for word in (b"__asan_", b"__tsan_")):
    skip("the filter of fssd.service", "a sanitizer makes calls of its own")
    finish()


@functools.lru_cache(maxsize=None)
def members(name):
    """The system calls of a set of systemd's, or the one."""
    if not name.startswith("@"):
        return frozenset([name])
    calls = set()
    for line in run([analyze, "syscall-filter", name]).out.splitlines()[1:]:
        line = line.strip()
        if line and not line.startswith("#"):
            calls |= members(line)
    return frozenset(calls)


def allowed():
    """What the unit allows: its first line sets, others add or take away."""
    calls = set(members("@default"))
    for line in read(os.path.join(SOURCE, "fssd",
                                  "fssd.service")).decode().splitlines():
        key, _, value = line.partition("=")
        if key != "SystemCallFilter":
            continue
        for name in value.lstrip("~").split():
            if value.startswith("~"):
                calls -= members(name)
            else:
                calls |= members(name)
    return calls | (AS_ROOT if os.geteuid() == 0 else set())


calls = allowed()
ok("read" in calls and "mount" not in calls, "the unit has a filter",
   sorted(calls))
resolve = ctypes.CDLL("libseccomp.so.2").seccomp_syscall_resolve_name
numbers = sorted(n for n in (resolve(c.encode()) for c in calls) if n >= 0)

hub = Hub()
hub.start(wrap=[sys.executable, "-B", __file__, "confine",
                ",".join(map(str, numbers))])
alice = Person("alice", hub, hub.invite)
alice.works("uploads", "put", "-r", os.path.join(SOURCE, "docs", "man"),
            ":/man")
alice.works("downloads", "get", "-r", ":/man", os.path.join(TMP, "man"))
alice.works("searches", "find", "fssctl")
alice.works("removes", "rm", "-r", ":/man")
hub.configure({"limits.keep_versions": "2"})
hub.reload()
alice.works("asks after a reload", "ls")
equal(hub.stop(), 0, "the hub was not ended by the filter")
finish()
