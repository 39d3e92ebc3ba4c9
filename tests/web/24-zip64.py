"""Zips beyond what the first format of zip can say: more than 65,535 entries,
and with FSS_TEST_BIG=1 more than 4 GiB.

Each is fetched to a file and opened by Python's zipfile and by unzip, which
know the newer one; names, sizes and sums are compared with what was put in.
"""
import random
import time
import zipfile
import zlib

from common_api import *		# noqa: F403
from common_api import (TMP, diag, equal, finish, folder, ok, os, run,
                        setting_with, shutil, skip, write)

# Ends of central directories: of the old format, of the new one, and where
# that one is.
END, END64, LOCATOR = b"PK\5\6", b"PK\6\6", b"PK\6\7"

hub, web, people, (alice,) = setting_with("alice")
token = alice.post("/tokens", label="curl", scopes=["read"]).json["token"]
since = time.monotonic()


def lap(what):
    global since
    diag(f"{what}: {time.monotonic() - since:.1f} s")
    since = time.monotonic()


def fetch(path, name):
    """The zip of a folder, in a file; its central directory's end."""
    to = os.path.join(TMP, name)
    r = run(["curl", "-sSf", "--cacert", os.path.join(web.data, "cert.pem"),
             "-H", f"Authorization: Bearer {token}", "-o", to,
             f"{web.origin}/api/v1/zip?path={path}"])
    equal((r.code, r.err), (0, ""), f"{name} comes whole")
    lap("fetched")
    with open(to, "rb") as f:
        f.seek(-98, os.SEEK_END)
        return to, f.read()


def other_program(path, count):
    if not shutil.which("unzip"):
        skip("unzip takes it, all of it", "there is no unzip")
        return
    r = run(["unzip", "-tq", path])
    ok(r.code == 0 and r.out.startswith("No errors detected"),
       "unzip takes it", r)
    r = run(["unzip", "-Z1", path])
    equal(len(r.out.splitlines()), count, "with all its entries")
    lap("unzip")


def same(path, want):
    """@want: names to (size, sum).  What is in the zip, read whole."""
    with zipfile.ZipFile(path) as z:
        equal(z.testzip(), None, "its sums are those of its content")
        got = {i.filename: (i.file_size, i.CRC) for i in z.infolist()}
        equal(len(z.infolist()), len(want), "as many entries as were put in")
    wrong = [n for n in want if got.get(n) != want[n]]
    ok(got == want, "names, sizes and sums are right", wrong[:3],
       [got.get(n) for n in wrong[:3]])
    lap("read")


# ---- many ------------------------------------------------------------------

TIMES, COUNT, FULL = 8, 8200, 64	# of one tree, in it, with something in
root = folder("many")
bodies = {}
for i in range(COUNT):
    bodies[f"{i // 1000}/f{i}"] = b"%d" % i * 20 if i < FULL else b""
for name in {os.path.dirname(n) for n in bodies}:
    os.makedirs(os.path.join(root, name))
for name, body in bodies.items():
    with open(os.path.join(root, name), "wb") as f:
        f.write(body)
lap("made")
want = {}
for n in range(TIMES):
    people[0].must("put", "-r", root, f":/many/{n}")
    want[f"{n}/"] = (0, 0)
    for name, body in bodies.items():
        want[f"{n}/{os.path.dirname(name)}/"] = (0, 0)
        want[f"{n}/{name}"] = (len(body), zlib.crc32(body))
lap("put")
path, tail = fetch(":/many", "many.zip")
ok(tail[:4] == END64 and tail[56:60] == LOCATOR and tail[76:80] == END,
   "it is of the newer format", tail)
equal(tail[86:88], b"\xff\xff", "the older one cannot say how many")
same(path, want)
other_program(path, len(want))
os.remove(path)

# ---- large -----------------------------------------------------------------

SIZE = (4 << 30) + 12345
if os.environ.get("FSS_TEST_BIG") != "1":
    skip("a zip of more than 4 GiB", "FSS_TEST_BIG=1 makes one")
    finish()
if shutil.disk_usage(TMP).free < 3 * SIZE:
    skip("a zip of more than 4 GiB", f"needs {3 * SIZE >> 20} MiB in {TMP}")
    finish()
root = folder("large")
unit, sum_, left = random.Random(24).randbytes(16 << 20), 0, SIZE
with open(os.path.join(root, "b large"), "wb") as f:
    while left > 0:
        piece = unit[:left]
        f.write(piece)
        sum_ = zlib.crc32(piece, sum_)
        left -= len(piece)
want = {"b large": (SIZE, sum_)}
# One before it and one behind, whose place needs more than 32 bits.
for name in ("a before", "c behind"):
    body = name.encode() * 1000
    write(os.path.join(root, name), body)
    want[name] = (len(body), zlib.crc32(body))
lap("made")
people[0].must("put", "-r", root, ":/large")
lap("put")
path, tail = fetch(":/large", "large.zip")
ok(os.path.getsize(path) > SIZE, "it is as large as what is in it")
equal(tail[:4], END64, "it is of the newer format")
same(path, want)
other_program(path, len(want))
finish()
