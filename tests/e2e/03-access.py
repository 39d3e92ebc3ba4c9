"""Access: private, ask, open, grants to people and groups, revocation."""
from common import *

hub, alice, bob, carol = hub_with("alice", "bob", "carol")
f = write(os.path.join(TMP, "f"), "secret\n")
alice.must("put", f, ":/doc/deep/f")
alice.must("put", f, ":/other/f")


def same_answer(name, *args):
    """What one may not see looks like what is not there."""
    a = bob.run(*args)
    b = bob.run(*[x.replace("/doc", "/nix") for x in args])
    equal((a.code, a.out, a.err.replace("/doc", "/nix")),
          (b.code, b.out, b.err), name)
    equal(a.code, 4, name + ": not found")


# ---- private is as if it were not ------------------------------------------
for verb in (("ls", "alice:/doc"), ("stat", "alice:/doc/deep/f"),
             ("cat", "alice:/doc/deep/f"), ("versions", "alice:/doc/deep/f"),
             ("get", "-r", "alice:/doc", os.path.join(TMP, "none")),
             ("rm", "-r", "alice:/doc"), ("mv", "alice:/doc", "alice:/doc2"),
             ("access", "alice:/doc", "open"), ("grants", "alice:/doc"),
             ("grant", "alice:/doc", "bob", "read"),
             ("restore", "alice:/doc/deep/f@1"), ("mkdir", "alice:/doc/x"),
             ("put", f, "alice:/doc/x")):
    same_answer("private: " + verb[0], *verb)
equal(bob.json("find", "f"), [], "private is not found")
equal(bob.json("shares"), [], "and nothing is shared")
equal(bob.json("ls", "alice:/"), [], "a private space looks empty")

# ---- open ------------------------------------------------------------------
alice.works("a folder is opened", "access", ":/doc", "open")
equal(bob.run("cat", "alice:/doc/deep/f").out, "secret\n", "all below is read")
equal([e["path"] for e in bob.json("find", "f")], ["/doc/deep/f"],
      "and found; the rest is not")
equal([(e["owner"], e["path"]) for e in bob.json("shares")],
      [("alice", "/doc")], "and listed where sharing begins")
bob.expect(5, "read is not write", "rm", "alice:/doc/deep/f")
bob.expect(5, "nor create", "put", f, "alice:/doc/new")
bob.expect(5, "nor own", "access", "alice:/doc", "private")
equal(sorted(bob.json("stat", "alice:/doc/deep/f")[0]["rights"]),
      ["read", "see"], "rights are told")

# ---- ask -------------------------------------------------------------------
alice.must("access", ":/doc", "ask")
equal(bob.json("stat", "alice:/doc/deep/f")[0]["rights"], ["see"],
      "ask lets see")
bob.expect(5, "but not read", "cat", "alice:/doc/deep/f")
equal(len(bob.json("find", "f")), 1, "it is found")

# ---- inheritance -----------------------------------------------------------
alice.must("access", ":/doc", "open")
alice.must("access", ":/doc/deep", "private")
bob.expect(4, "a private folder below an open one", "ls", "alice:/doc/deep")
equal(bob.json("ls", "alice:/doc"), [], "is not listed")
e = alice.json("access", ":/doc/deep/f")[0]
equal((e["access"], e["access_own"]), ("private", False),
      "what is in force is told")
alice.must("access", ":/doc/deep", "inherit")
bob.works("inherit opens it again", "cat", "alice:/doc/deep/f")
alice.must("access", ":/doc", "private")
bob.expect(4, "private again, at once", "cat", "alice:/doc/deep/f")

# ---- grants ----------------------------------------------------------------
alice.works("a grant", "grant", ":/doc", "bob", "read")
bob.works("lets read", "cat", "alice:/doc/deep/f")
carol.expect(4, "only whom it names", "cat", "alice:/doc/deep/f")
equal([(g["who"], g["rights"], g["path"]) for g in
       alice.json("grants", ":/doc/deep/f")],
      [("bob", ["see", "read"], "/doc")], "grants are listed from above")
equal([(e["owner"], e["path"]) for e in bob.json("shares", "alice")],
      [("alice", "/doc")], "and seen by whom they are for")
bob.expect(5, "read is not create", "put", f, "alice:/doc/new")
alice.must("grant", ":/doc", "bob", "read,create")
bob.works("create lets add", "put", f, "alice:/doc/new")
equal(bob.json("stat", "alice:/doc/new")[0]["author"], "bob",
      "whose author is told")
g = write(os.path.join(TMP, "g"), "changed\n")
bob.expect(5, "but not replace", "put", g, "alice:/doc/deep/f")
bob.expect(5, "nor remove", "rm", "alice:/doc/deep/f")
alice.must("grant", ":/doc", "bob", "write")
bob.works("write replaces", "put", g, "alice:/doc/deep/f")
equal(alice.run("cat", ":/doc/deep/f").out, "changed\n", "for the owner too")
bob.works("and moves", "mv", "alice:/doc/new", "alice:/doc/newer")
bob.works("and removes", "rm", "alice:/doc/newer")
bob.expect(5, "and still does not own", "access", "alice:/doc", "open")
bob.expect(5, "nor grant", "grant", "alice:/doc", "carol", "read")
alice.works("a grant is taken back", "revoke", ":/doc", "bob")
bob.expect(4, "at once", "cat", "alice:/doc/deep/f")
alice.expect(4, "grants go to accounts", "grant", ":/doc", "nobody", "read")
alice.expect(2, "rights have names", "grant", ":/doc", "bob", "everything")
alice.expect(2, "owning is not given", "grant", ":/doc", "bob", "own")

# ---- groups ----------------------------------------------------------------
alice.must("group", "add", "team", "carol")
alice.must("grant", ":/doc", "@team", "read")
carol.works("a group's member reads", "cat", "alice:/doc/deep/f")
bob.expect(4, "others do not", "cat", "alice:/doc/deep/f")
alice.must("group", "add", "team", "bob")
bob.works("a new member does", "cat", "alice:/doc/deep/f")
alice.must("group", "remove", "team", "bob")
bob.expect(4, "one taken out does not", "cat", "alice:/doc/deep/f")

# ---- private cuts grants from above ----------------------------------------
alice.must("access", ":/doc/deep", "private")
carol.expect(4, "a private folder cuts off grants from above", "cat",
             "alice:/doc/deep/f")
alice.must("grant", ":/doc/deep/f", "carol", "read")
equal(carol.run("cat", "alice:/doc/deep/f").out, "changed\n",
      "but not its own")
alice.must("revoke", ":/doc/deep/f", "carol")

# ---- moving takes access along ---------------------------------------------
alice.must("access", ":/other", "open")
alice.must("mv", ":/doc/deep/f", ":/other/moved")
bob.works("what is moved below an open folder is open", "cat",
          "alice:/other/moved")
alice.must("mv", ":/other/moved", ":/doc/deep/f")
bob.expect(4, "and private again elsewhere", "cat", "alice:/other/moved")

# ---- what is taken away is told to whom it was taken from --------------------
alice.must("mkdir", ":/club")
alice.must("grant", ":/club", "bob", "read")
files = {p.name: Follower(p, "watch", "--all", "files", "presence")
         for p in (bob, carol)}
for name, told in files.items():
    told.until(name=name, presence="online")
alice.must("revoke", ":/club", "bob")
ok(files["bob"].until(news="file", owner="alice", path="/club",
                      what="access"), "a grant that is taken back is told")
bob.expect(4, "and the folder is not there any more", "stat", "alice:/club")
alice.must("access", ":/other", "private")
ok(files["bob"].until(path="/other", what="access"), "a folder closed to all")
ok(files["carol"].until(path="/other", what="access"), "as to everybody else")
ok(not [o for o in files["carol"].seen if o.get("path") == "/club"],
   "who never saw a folder hears nothing of it")
for told in files.values():
    told.end()
alice.must("access", ":/other", "open")

# ---- content one may not read cannot be had by its digest ------------------
secret = write(os.path.join(TMP, "secret"), os.urandom(300000))
alice.must("put", secret, ":/doc/secret")
s = bob.json("put", secret, ":/mine")[-1]
equal(s["wire_bytes"], 300000, "who has a file sends it, known here or not")
again = write(os.path.join(TMP, "again"), read(secret))
s = bob.json("put", again, ":/mine2")[-1]
equal(s["wire_bytes"], 0, "what one sent before is not sent again")

# ---- roles give no rights to content ---------------------------------------
alice.must("user", "bob", "--role", "admin")
bob.expect(4, "admins see nothing more", "ls", "alice:/doc")
alice.must("user", "bob", "--lock")
bob.expect(3, "a locked account does nothing", "ls", ":/")
finish()
