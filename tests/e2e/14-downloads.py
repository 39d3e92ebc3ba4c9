"""Downloads that are cut off, and what could be mistaken for their parts."""
import random

from common import *

rng = random.Random(14)
hub, alice, bob = hub_with("alice", "bob")
SIZE = 48 << 20
big = write(os.path.join(TMP, "src", "big.bin"), rng.randbytes(SIZE))
alice.must("put", "-r", os.path.join(TMP, "src"), ":/src")


def parts(path):
    return [n for n in os.listdir(path) if n.startswith(".fss-part-")]


def cut_off(target):
    """A get that was killed when something had come; the part's name."""
    while True:
        p = alice.spawn("-q", "get", ":/src/big.bin", target)
        while p.poll() is None:
            names = parts(target)
            try:
                if names and os.stat(os.path.join(
                        target, names[0])).st_size > SIZE // 8:
                    break
            except FileNotFoundError:
                pass
        p.kill()
        p.wait()
        if parts(target):
            return parts(target)[0]
        os.unlink(os.path.join(target, "big.bin"))


# ---- a part is not content -------------------------------------------------
here = folder("here")
part = cut_off(here)
write(os.path.join(here, "honest"), "honest\n")
r = alice.expect(9, "what a cut-off get left is not uploaded", "put", "-r",
                 here, ":/other")
ok(part in r.err, "and named", r)
equal([e["path"] for e in alice.json("ls", ":/other")], ["/other/honest"],
      "all else is")
for i, args in enumerate((("put", "-q", big, ":/src/" + part),
                          ("mkdir", ":/src/" + part),
                          ("mkdir", f":/src/{part}/below"),
                          ("mv", ":/other/honest", ":/other/" + part))):
    alice.expect(2, f"the hub takes no such name ({i})", *args)
alice.must("grant", ":/src", "bob", "see,create")
bob.expect(2, "of nobody", "put", big, "alice:/src/" + part)
alice.expect(2, "nor is one made by get", "get", ":/other/honest",
                 os.path.join(here, part))
s = alice.json("get", ":/src/big.bin", here)[-1]
ok(s["wire_bytes"] < SIZE, "a later get goes on where it stopped", s)
equal(read(os.path.join(here, "big.bin")), read(big), "and is right")
equal(parts(here), [], "nothing is left over")

# ---- somebody's file in the place of the part ------------------------------
here = folder("replaced")
part = os.path.join(here, cut_off(here))
os.unlink(part)
write(part, "honest\n")
os.chmod(part, 0o644)
alice.works("a file in the part's place", "get", ":/src/big.bin", here)
equal(read(part), b"honest\n", "is left alone")
equal(read(os.path.join(here, "big.bin")), read(big), "and does no harm")
here = folder("linked")
part = os.path.join(here, cut_off(here))
os.unlink(part)
victim = write(os.path.join(TMP, "victim"), "victim\n")
os.symlink(victim, part)
alice.works("nor a link", "get", ":/src/big.bin", here)
equal((read(victim), os.path.islink(part)), (b"victim\n", True),
      "is followed or removed")

# ---- long names, equal content ---------------------------------------------
long = folder("long")
for i in range(6):
    write(os.path.join(long, "x" * 250 + str(i)), b"the same " * 50000)
alice.must("put", "-r", long, ":/long")
alice.works("names that differ in their last byte", "get", "-r", ":/long",
            os.path.join(TMP, "long-back"))
equal(same_tree(long, os.path.join(TMP, "long-back")), "", "do not collide")

# ---- parts of what is gone -------------------------------------------------
here = folder("stale")
cut_off(here)
write(big, rng.randbytes(100000))
other = write(os.path.join(here, ".fss-part-" + "0" * 16 + "-" + "1" * 16),
              "of another file\n")
os.chmod(other, 0o600)
alice.must("put", big, ":/src/big.bin")
alice.works("a newer version", "get", ":/src/big.bin", here)
equal(parts(here), [os.path.basename(other)],
      "takes the part of the older away, and no other")
equal(read(os.path.join(here, "big.bin")), read(big), "and is right")

# ---- modes and times of what was there -------------------------------------
there = folder("theirs")
write(os.path.join(there, "sub", "file"), "x")
write(os.path.join(there, "new", "file"), "x")
for name, mode in (("", 0o777), ("sub", 0o777), ("new", 0o777),
                   ("new/file", 0o777)):
    os.chmod(os.path.join(there, name), mode)
alice.must("put", "-r", there, ":/theirs")
home = folder("home")
os.makedirs(os.path.join(home, "sub"))
os.chmod(home, 0o700)
os.chmod(os.path.join(home, "sub"), 0o500)
os.utime(home, (10**9, 10**9))


def mode(*path):
    return os.stat(os.path.join(home, *path)).st_mode & 0o7777


alice.works("into folders that are there", "get", "-r", ":/theirs", home)
equal((mode(), mode("sub")), (0o700, 0o500), "these keep their modes")
ok(os.stat(home).st_mtime > 10**9, "and the time is when something was made")
equal((mode("new"), mode("new", "file")), (0o755, 0o755),
      "new ones have that of the hub, without the umask's bits")
s = alice.json("get", "-r", ":/theirs", home)[-1]
equal((s["wire_bytes"], s["unchanged"]), (0, 2), "which is unchanged then")

# ---- what goes wrong here --------------------------------------------------
small = folder("small")
for i in range(20):
    write(os.path.join(small, f"f{i}"), rng.randbytes(300000))
alice.must("put", "-r", small, ":/small")
if os.path.exists("/dev/full") and os.geteuid() == 0:
    full = folder("full")
    if run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", full]).code == 0:
        try:
            r = alice.expect(10, "a full disk here", "get", "-r", ":/small",
                             os.path.join(full, "s"))
        finally:
            run(["umount", full])
        ok("on this machine" in r.err and "at the hub" not in r.err,
           "is not told of the hub", r)
blocked = folder("blocked")
os.makedirs(os.path.join(blocked, "f3"))
r = alice.expect(9, "a folder where a file belongs", "get", "-r", ":/small",
                 blocked)
ok("f3': is a" in r.err and "on this machine" in r.err, "is one here", r)

# ---- right content, other time ---------------------------------------------
here = os.path.join(TMP, "touched")
alice.must("get", "-r", ":/small", here)
want = listing(here)
os.utime(os.path.join(here, "f1"))
os.chmod(os.path.join(here, "f2"), 0o700)
s = alice.json("get", "-r", ":/small", here)[-1]
equal((s["wire_bytes"], s["unchanged"]), (0, 20), "a touched file stays")
equal(listing(here), want, "and gets its time and mode back")

# ---- a file that is written to all the time --------------------------------
busy = os.path.join(TMP, "busy")
w = spawn([sys.executable, "-c", "import sys\nwhile True:\n"
           "    with open(sys.argv[1], 'ab') as f: f.write(b'x')", busy])
while not os.path.exists(busy):
    pass
r = alice.run("put", busy, ":/busy")
# The writer may have had to rest; what counts is that this ends.
ok(r.code == 0 or (r.code == 6 and "kept changing" in r.err),
   "a file that never rests is given up", r)
w.kill()
w.wait()
alice.works("when it rests it goes", "put", busy, ":/busy")

finish()
