"""Announced files: no bytes leave, who has what, changes on disk, taking back."""
from common import *

hub, alice, bob, carol = hub_with("alice", "bob", "carol")
music = folder("music")
data = {f"album/{n}.flac": os.urandom(100_000 + n) for n in range(5)}
data["big.flac"] = os.urandom(3 << 20)
data["empty"] = b""
for name, content in data.items():
    write(os.path.join(music, name), content)
os.symlink("big.flac", os.path.join(music, "link"))


def stored():
    """Bytes of content in the hub's store."""
    total = 0
    for d, _, names in os.walk(os.path.join(hub.data, "seg")):
        total += sum(os.path.getsize(os.path.join(d, n)) for n in names)
    return total


def entries(person, where):
    return {r["path"]: r for r in person.json("ls", "-R", where)
            if r["kind"] == "file"}


# ---- announcing ------------------------------------------------------------
base = stored()
alice.expect(6, "a folder needs -r", "announce", music, ":/music")
s = alice.json("announce", "-r", music, ":/music")[-1]
equal((s["status"], s["files_done"], s["wire_bytes"]),
      ("FSS_OK", len(data), 0), "announced, no content over the wire")
equal(stored(), base, "nor in the store")
rows = entries(alice, ":/music")
equal(sorted(rows), sorted("/music/" + n for n in data),
      "all are listed, links are not")
equal({r["state"] for r in rows.values()}, {"announced"}, "as announced")
equal(rows["/music/big.flac"]["size"], 3 << 20, "with their size")
equal({r["holders"] for r in rows.values()}, {1}, "and who has them")
s = alice.json("announce", "-r", music, ":/music")[-1]
equal((s["unchanged"], s["failed"]), (len(data), 0),
      "again: nothing is read, nothing is sent")
r = alice.works("for people", "announce", "-r", music, ":/music")
ok(r.out.startswith(f"announced {len(data)} files, "), "a sum", r)
# The same content, stored, has the same digest.
alice.must("put", os.path.join(music, "big.flac"), ":/stored")
equal(alice.json("stat", ":/stored")[0]["digest"],
      rows["/music/big.flac"]["digest"], "the digest is that of the content")

# ---- who sees it -----------------------------------------------------------
bob.expect(4, "private: not there", "stat", "alice:/music/big.flac")
equal(bob.json("find", "flac"), [], "nor found")
alice.must("access", ":/music", "ask")
hits = bob.json("find", "flac")
equal(len(hits), 6, "ask: found")
equal({(h["state"], h["holders"], h["online"]) for h in hits},
      {("announced", 1, 0)}, "announced, one has it, who is not here")
r = bob.run("find", "-l", "big.flac")
ok("\tannounced\t1 (0 online)\task\talice:/music/big.flac" in r.out,
   "and one may ask for it", r)
r = bob.expect(11, "get says that it is only announced", "get",
               "alice:/music/big.flac", os.path.join(TMP, "got"))
ok("fssctl ask" in r.err, "and what to do", r)
ok(not os.path.exists(os.path.join(TMP, "got")), "nothing is there")
ok(bob.run("cat", "alice:/music/big.flac").code in (5, 11), "so does cat")
alice.must("put", os.path.join(music, "big.flac"), ":/music/kept")
r = bob.run("find", "-l", "kept")
ok("\tlocked\t" in r.out and "\task\t" in r.out, "stored and locked", r)
bob.expect(5, "get of a locked one", "get", "alice:/music/kept",
           os.path.join(TMP, "got"))

# ---- holders ---------------------------------------------------------------
e = bob.json("stat", "alice:/music/empty")[0]
equal((e["holders"], e["online"], [(h["owner"], h["path"]) for h in e["held"]]),
      (1, 0, [("alice", "/music/empty")]), "an empty file is held as well")
mine = write(os.path.join(TMP, "bobs", "mine.flac"), data["big.flac"])
bob.must("announce", mine, ":/mine.flac")
equal(carol.json("stat", "alice:/music/big.flac")[0]["holders"], 1,
      "what carol may not see does not count for her")
bob.must("access", ":/mine.flac", "open")
e = carol.json("stat", "alice:/music/big.flac")[0]
equal((e["holders"], sorted((h["owner"], h["path"]) for h in e["held"])),
      (2, [("alice", "/music/big.flac"), ("bob", "/mine.flac")]),
      "two have it, under names of their own")
w = Follower(carol, "watch", "--all", "presence")
agent = Follower(bob, "agent")
ok(w.until(name="bob", presence="idle"), "bob's agent is here")
e = carol.json("stat", "alice:/music/big.flac")[0]
equal((e["online"], {h["owner"]: h["presence"] for h in e["held"]}),
      (1, {"alice": "offline", "bob": "idle"}), "one of them is here")
r = carol.run("stat", "alice:/music/big.flac")
ok("held\tbob:/mine.flac, idle" in r.out, "for people as well", r)
bob.must("hide", "on")
ok(w.until(name="bob", presence="offline"), "bob hides")
e = carol.json("stat", "alice:/music/big.flac")[0]
equal((e["online"], e["holders"]), (0, 2), "hidden people are not counted")
bob.must("hide", "off")
w.end()
equal(agent.end(), 0, "an agent ends when it is told to")
alice.must("user", "bob", "--lock")
equal(carol.json("stat", "alice:/music/big.flac")[0]["holders"], 1,
      "who is locked counts for nothing")
alice.must("user", "bob", "--unlock")

# ---- changes on disk -------------------------------------------------------
files = Follower(alice, "watch", "--all", "files", "presence")
files.until(name="alice", presence="online")
write(os.path.join(music, "album", "0.flac"), b"another take")
os.unlink(os.path.join(music, "album", "1.flac"))
write(os.path.join(music, "album", "new.flac"), b"new")
s = alice.json("announce", "-r", music, ":/music")[-1]
equal(s["unchanged"], len(data) - 2, "only what changed is read")
rows = entries(alice, ":/music")
ok("/music/album/1.flac" not in rows, "what is gone is taken back")
equal((rows["/music/album/0.flac"]["number"],
       rows["/music/album/0.flac"]["size"]), (2, 12), "a change is a version")
ok(files.until(news="file", path="/music/album/new.flac", what="added"),
   "what is new is told")
files.end()
# A file that is touched and the same is not announced anew.
os.utime(os.path.join(music, "album", "2.flac"))
alice.must("announce", "-r", music, ":/music")
equal(entries(alice, ":/music")["/music/album/2.flac"]["number"], 1,
      "touched, not changed")

# ---- taking back -----------------------------------------------------------
alice.works("unannounce", "unannounce", ":/music")
equal(sorted(entries(alice, ":/music")), ["/music/kept"],
      "what was stored stays, the rest is gone")
alice.expect(4, "nothing is announced there", "unannounce", ":/none")
equal(carol.json("find", "mine.flac")[0]["holders"], 1, "bob still has his")
bob.must("logout", "--everywhere")
equal(carol.json("find", "mine.flac"), [],
      "a device that is revoked holds nothing")

# ---- what is announced is not at the hub -----------------------------------
keep = folder("keep")
write(os.path.join(keep, "a"), os.urandom(70_000))
write(os.path.join(keep, "empty"), b"")
alice.must("login", "alice")
alice.must("announce", "-r", keep, ":/keep")
before = stored()
s = alice.json("put", "-r", keep, ":/keep")[-1]
equal((s["status"], s["unchanged"]), ("FSS_OK", 0),
      "put takes nothing for there that was only announced")
equal({r["state"] for r in entries(alice, ":/keep").values()}, {"stored"},
      "and brings it")
ok(stored() > before + 70_000, "the bytes as well")
s = alice.json("put", "-r", keep, ":/keep")[-1]
equal((s["unchanged"], s["wire_bytes"]), (2, 0), "once")
equal(hub.stop(), 0, "the hub stops")
r = run([FSSD, "check", "--data", hub.data])
ok(r.code == 0, "and its store is whole", r)
finish()
