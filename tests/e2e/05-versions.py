"""Versions: kept, listed, read, restored, pruned."""
from common import *

hub = Hub(settings={"limits.keep_versions": "4"}).start()
alice = Person("alice", hub, hub.invite)
f = os.path.join(TMP, "f")


def put(text):
    write(f, text)
    return alice.json("put", f, ":/f")[-1]


for n in (1, 2, 3):
    put(f"content {n}\n" * n)
rows = alice.json("versions", ":/f")
equal([r["number"] for r in rows], [3, 2, 1], "newest first")
equal([r["size"] for r in rows], [30, 20, 10], "with their sizes")
ok(len({r["digest"] for r in rows}) == 3, "and digests", rows)
equal(alice.run("cat", ":/f@1").out, "content 1\n", "an old one is read")
equal(alice.run("cat", "--version", "2", ":/f").out, "content 2\n" * 2,
      "by option too")
equal(alice.run("cat", ":/f@0").out, "content 3\n" * 3, "@0 is the newest")
alice.works("and got", "get", ":/f@2", os.path.join(TMP, "old"))
equal(read(os.path.join(TMP, "old")), b"content 2\n" * 2, "as it was")
equal(alice.json("stat", ":/f@1")[0]["size"], 10, "and looked at")
alice.expect(4, "one that never was", "cat", ":/f@9")
s = alice.json("put", f, ":/f")[-1]
equal((s["unchanged"], len(alice.json("versions", ":/f"))), (1, 3),
      "the same again is no version")
alice.works("restoring", "restore", ":/f@1")
rows = alice.json("versions", ":/f")
equal([r["number"] for r in rows], [4, 3, 2, 1], "is a new version")
equal(alice.run("cat", ":/f").out, "content 1\n", "with the old content")
put("content 5\n")
rows = alice.json("versions", ":/f")
equal([r["number"] for r in rows], [5, 4, 3, 2], "the oldest goes")
alice.expect(4, "for good", "cat", ":/f@1")
equal(alice.run("cat", ":/f@4").out, "content 1\n",
      "but its content lives where it is used")
alice.expect(2, "restore wants a number", "restore", ":/f")
alice.must("mv", ":/f", ":/g")
equal(len(alice.json("versions", ":/g")), 4, "versions move along")
at = write(os.path.join(TMP, "at@3"), "odd name\n")
alice.must("put", at, ":/at@3")
equal(alice.run("cat", ":/at@3@0").out, "odd name\n",
      "a name that ends like a version")
alice.must("rm", ":/g")
put("anew\n")
equal(len(alice.json("versions", ":/f")), 1, "a new file begins anew")
finish()
