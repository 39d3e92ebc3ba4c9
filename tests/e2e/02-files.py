"""Files: put and get of trees and single files, listing, changing."""
import random
import unicodedata

from common import *

rng = random.Random(2)
hub, alice, bob = hub_with("alice", "bob")
tree = os.path.join(TMP, "tree")
odd_tree(tree, rng)

# ---- a tree ----------------------------------------------------------------
s = alice.json("put", "-r", tree, ":/tree")[-1]
equal((s["status"], s["failed"]), ("FSS_OK", 0), "a tree goes up")
back = os.path.join(TMP, "back")
s = alice.json("get", "-r", ":/tree", back)[-1]
equal((s["status"], s["failed"]), ("FSS_OK", 0), "and comes down")
equal(same_tree(tree, back), "", "diff finds no difference")
equal(listing(back), listing(tree), "nor is there one in modes and times")
s = alice.json("put", "-r", tree, ":/tree")[-1]
equal((s["wire_bytes"], s["failed"]), (0, 0), "a second put sends nothing")
equal(s["unchanged"], s["files_total"], "every file is unchanged")
s = alice.json("put", "-r", "--checksum", tree, ":/tree")[-1]
equal(s["wire_bytes"], 0, "nor does one that reads all")
s = alice.json("get", "-r", ":/tree", back)[-1]
equal(s["wire_bytes"], 0, "a second get fetches nothing")
alice.must("access", ":/tree", "open")
theirs = os.path.join(TMP, "theirs")
s = bob.json("get", "-r", "alice:/tree", theirs)[-1]
equal(same_tree(tree, theirs), "", "somebody else gets the same")

theirs = os.path.join(TMP, "theirs-4")
bob.must("--connections", "4", "get", "-r", "alice:/tree", theirs)
equal(same_tree(tree, theirs), "", "over several connections as well")
bob.must("--connections", "8", "put", "-r", tree, ":/copy")
bob.must("get", "-r", ":/copy", os.path.join(TMP, "copy"))
equal(same_tree(tree, os.path.join(TMP, "copy")), "", "both ways")
bob.must("rm", "-r", ":/copy")

# ---- a change --------------------------------------------------------------
big = os.path.join(tree, "sizes", str((3 << 20) + 17))
data = bytearray(read(big))
data[1 << 20:1 << 20] = b"inserted"
write(big, bytes(data))
s = alice.json("put", "-r", tree, ":/tree")[-1]
ok(0 < s["wire_bytes"] < 2 << 20, "an insertion sends what is around it", s)
alice.must("get", "-r", ":/tree", back)
equal(same_tree(tree, back), "", "and arrives")
write(os.path.join(back, "sizes", "1"), b"locally changed")
alice.must("get", "-r", ":/tree", back)
equal(same_tree(tree, back), "", "a local change is put right by get")

# ---- where things go -------------------------------------------------------
one = write(os.path.join(TMP, "one.txt"), "one\n")
two = write(os.path.join(TMP, "two.txt"), "two\n")
alice.works("a file to a name", "put", one, ":/a/b/renamed")
equal(alice.run("cat", ":/a/b/renamed").out, "one\n", "under that name")
alice.works("a file to a folder", "put", one, ":/a/b")
alice.works("several to a folder", "put", one, two, ":/a/c")
names = [e["path"] for e in alice.json("ls", "-R", ":/a")
         if e["kind"] == "file"]
equal(sorted(names), ["/a/b/one.txt", "/a/b/renamed", "/a/c/one.txt",
                      "/a/c/two.txt"], "all are where they belong")
alice.works("a folder below a folder", "put", "-r", os.path.join(tree, "modes"),
            ":/into/")
equal(alice.json("stat", ":/into/modes")[0]["kind"], "folder",
      "with a slash at the end")
alice.expect(2, "two of one name are refused", "put", one, one, ":/a/d")
alice.expect(2, "a remote path is no local one", "put", "bob:/x", ":/x")
alice.expect(2, "nor the other way round", "put", one, "local")
colon = write(os.path.join(TMP, "col:on"), "colon\n")
r = alice.works("a local colon is written ./", "put", "./col:on", ":/",
                cwd=TMP)
out = folder("out")
alice.works("several into a folder", "get", ":/a/c/one.txt", ":/a/c/two.txt",
            out)
equal(sorted(os.listdir(out)), ["one.txt", "two.txt"], "by their names")
alice.works("one into a folder that is there", "get", ":/col:on", out)
equal(read(os.path.join(out, "col:on")), b"colon\n", "by its name")
alice.works("to the folder one is in", "get", ":/a/b/renamed", ".", cwd=out)
ok(os.path.exists(os.path.join(out, "renamed")), "by its name as well")
r = alice.expect(6, "folders want -r", "put", tree, ":/x")
ok("-r" in r.err, "and the message says so", r)
r = alice.expect(6, "down as well", "get", ":/a", os.path.join(TMP, "x"))

# ---- streams ---------------------------------------------------------------
content = rng.randbytes((5 << 20) + 3)
alice.works("stdin to a file", "put", "-", ":/stream", stdin=content)
r = alice.run("cat", ":/stream", binary=True)
ok(r.out == content, "a file to stdout")
r = alice.run("get", ":/stream", "-", binary=True)
ok(r.out == content, "by get as well")
for offset, length in ((0, 1), (1 << 20, 4096), (len(content) - 5, 100),
                       (len(content), 10), (123457, 1 << 20)):
    r = alice.run("cat", "--offset", str(offset), "--length", str(length),
                  ":/stream", binary=True)
    ok(r.code == 0 and r.out == content[offset:offset + length],
       f"range {offset}+{length}")
alice.works("empty stdin", "put", "-", ":/nothing", stdin=b"")
equal(alice.json("stat", ":/nothing")[0]["size"], 0, "is an empty file")

# ---- looking ---------------------------------------------------------------
entry = alice.json("stat", ":/tree/sizes/65536")[0]
st = os.stat(os.path.join(tree, "sizes", "65536"))
equal((entry["size"], entry["mtime"], entry["kind"], entry["owner"]),
      (65536, st.st_mtime_ns // 1000, "file", "alice"), "stat tells the truth")
paths = [e["path"] for e in alice.json("ls", ":/tree/many")]
equal(paths, [f"/tree/many/{i:03}" for i in range(300)],
      "ls is in order over pages")
found = {e["path"] for e in alice.json("ls", "-R", ":/tree")}
want = {"/tree/" + p for p in listing(tree)}
equal(sorted(found ^ want), [], "ls -R has all and nothing else")
found = [e["path"] for e in alice.json("tree", ":/tree")]
equal(sorted(set(found) ^ want), [], "so has tree")
at = {p: i for i, p in enumerate(found)}
ok(all(at[os.path.dirname(p)] < i for p, i in at.items()
       if os.path.dirname(p) in at), "with folders before what is in them")
size = sum(v[2] for v in listing(tree).values() if v[0] == 0o100000)
du = alice.json("du", "-s", ":/tree")
equal((len(du), du[0]["bytes"]), (1, size), "du -s sums up")
du = {d["remote"]: d["bytes"] for d in alice.json("du", ":/tree")}
equal(du[":/tree/many"], sum(len(f"number {i}\n") for i in range(300)),
      "du sums up folders")
r = alice.works("ls -l for people", "ls", "-l", ":/tree/links")
ok("absolute -> /etc/hostname" in r.out, "shows where links lead", r)
# Wider than folders are asked for ahead, and deeper than that is shared out.
wide = folder("wide")
for i in range(40):
    write(os.path.join(wide, f"d{i:02}", "x", f"f{i}"), b"x" * i)
deep = wide
for i in range(12):
    for j in range(20):
        os.makedirs(os.path.join(deep, f"s{j:02}"), exist_ok=True)
    deep = os.path.join(deep, "s00")
write(os.path.join(deep, "last"), b"y" * 7)
alice.must("put", "-r", wide, ":/wide")
want = [(e["path"].count("/") - 1, e["path"])
        for e in alice.json("ls", "-R", ":/wide")]
got = [(e["depth"], e["path"]) for e in alice.json("tree", ":/wide")]
equal(sorted(got), sorted(want), "tree of a wide and deep one has all of it")
equal([p for _, p in got], sorted((p for _, p in got),
                                  key=lambda p: p.split("/")),
      "each folder before what is in it, in order")
equal(alice.json("du", "-s", ":/wide")[0],
      {"remote": ":/wide", "bytes": sum(range(40)) + 7, "files": 41,
       "folders": len(want) - 41}, "du sums it up")
p = alice.spawn("tree", ":/wide", stdout=subprocess.PIPE)
p.stdout.readline()
p.stdout.close()
p.wait(LIMIT)
ok(p.returncode is not None, "who stops reading ends it early")
r = alice.works("tree for people", "tree", ":/a")
ok("└── c" in r.out and "    ├── one.txt" in r.out, "is drawn", r)
alice.works("ls of a file", "ls", ":/stream")

# ---- names -----------------------------------------------------------------
nfd = unicodedata.normalize("NFD", "ärger.txt")
write(os.path.join(TMP, "nfd", nfd), "x")
alice.must("put", "-r", os.path.join(TMP, "nfd"), ":/nfd")
equal([e["name"] if "name" in e else os.path.basename(e["path"])
       for e in alice.json("ls", ":/nfd")],
      [unicodedata.normalize("NFC", "ärger.txt")], "names are kept in NFC")
both = folder("both")
forms = [unicodedata.normalize(f, "ång.txt") for f in ("NFC", "NFD")]
for i, name in enumerate(forms):
    write(os.path.join(both, name), f"form {i}\n")
# Two that are each neither: the order of the marks differs.
marks = ["q\u0323\u0307.txt", "q\u0307\u0323.txt"]
for name in marks:
    write(os.path.join(both, "marks", name), name)
equal(len({unicodedata.normalize("NFC", name) for name in marks}), 1,
      "names that differ in form only")
r = alice.expect(9, "are not written over each other", "put", "-r", both,
                 ":/both")
equal(r.err.count("Unicode form"), 2, "the second is named")
equal(alice.run("cat", ":/both/" + forms[0]).out, "form 0\n",
      "the one in NFC is kept")
bad = folder("bad").encode()
open(os.path.join(bad, b"latin\xe9"), "wb").close()
open(os.path.join(bad, b"new\nline"), "wb").close()
open(os.path.join(bad, b"fine"), "wb").close()
os.mkfifo(os.path.join(bad, b"pipe"))
r = alice.expect(9, "names that cannot be are named, the rest goes", "put",
                 "-r", bad.decode(), ":/bad")
ok("latin" in r.err and "new?line" in r.err, "each of them", r)
ok("fine" in [os.path.basename(e["path"]) for e in alice.json("ls", ":/bad")],
   "and the rest is there")
for path in (":/../x", ":/a/./b", ":/a/../b", ":/x\x01y", ":/" + "a" * 256):
    alice.expect(2, f"no such path: {path[:12]!r}", "mkdir", path)

# ---- changing --------------------------------------------------------------
alice.works("mkdir makes what is above", "mkdir", ":/m/n/o")
alice.works("and is content with what is there", "mkdir", ":/m/n")
alice.expect(6, "but not with a file", "mkdir", ":/stream")
alice.works("mv renames", "mv", ":/m/n", ":/m/p")
equal([e["path"] for e in alice.json("ls", "-R", ":/m")], ["/m/p", "/m/p/o"],
      "with all below")
alice.works("mv into a folder", "mv", ":/nothing", ":/m")
equal(alice.json("stat", ":/m/nothing")[0]["size"], 0, "keeps the name")
alice.expect(6, "not over a file", "mv", ":/m/nothing", ":/stream")
alice.works("but with -f", "mv", "-f", ":/m/nothing", ":/stream")
alice.expect(2, "a folder goes not below itself", "mv", ":/m", ":/m/p/q")
alice.expect(6, "rm wants -r for a folder", "rm", ":/m")
alice.works("rm -r removes all", "rm", "-r", ":/m")
alice.expect(4, "it is gone", "ls", ":/m")
alice.expect(9, "of several, failures are told", "rm", ":/none", ":/stream")
alice.expect(4, "and the rest is done", "stat", ":/stream")
alice.works("rm of the big tree", "rm", "-r", ":/tree")
alice.expect(4, "is at once", "stat", ":/tree/many/000")

# ---- links on the way down -------------------------------------------------
evil = folder("evil")
os.symlink("/etc", os.path.join(evil, "out"))
os.symlink("inside", os.path.join(evil, "in"))
alice.must("put", "-r", evil, ":/evil")
safe = os.path.join(TMP, "safe")
r = alice.expect(9, "--safe-links names the links that lead outside", "get",
                 "-r", "--safe-links", ":/evil", safe)
ok("safe/out" in r.err, "each of them", r)
equal(os.listdir(safe), ["in"], "and leaves them out")
# A link in the target that stands where a folder comes must not be followed.
trap = folder("trap")
outside = folder("outside")
alice.must("mkdir", ":/trap/sub")
alice.must("put", one, ":/trap/sub/f")
os.symlink(outside, os.path.join(trap, "sub"))
alice.run("get", "-r", ":/trap", trap)
equal(os.listdir(outside), [], "get writes through no link")
equal(hub.stop(), 0, "the hub stops cleanly")
r = run([FSSD, "check", "--data", hub.data])
ok(r.code == 0, "and the store is whole", r)
finish()
