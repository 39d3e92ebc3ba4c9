"""Share links, from the command line that makes them to those who visit."""
from concurrent.futures import ThreadPoolExecutor

from common import *

VISIT = os.path.join(BUILD, "examples", "visit")
WEB = "https://files.example.org"
hub, alice, bob = hub_with("alice", "bob",
                           settings={"hub.web_address": WEB + "/"})


def visit(token, *args, password=None, binary=False):
    env = dict(os.environ)
    env.pop("FSS_LINK_PASSWORD", None)
    if password is not None:
        env["FSS_LINK_PASSWORD"] = password
    return run([VISIT, hub.address, token, *args], env=env, binary=binary)


def link(*args, **kw):
    return alice.json("link", *args, **kw)[0]


content = os.urandom(3_000_000)
tree = folder("tree")
write(os.path.join(tree, "big"), content)
write(os.path.join(tree, "sub", "b.txt"), "below\n")
write(os.path.join(TMP, "other"), "secret\n")
alice.must("put", "-r", tree, ":/pub")
alice.must("put", os.path.join(TMP, "other"), ":/other")

# ---- a folder --------------------------------------------------------------
r = alice.works("a link is a URL", "link", ":/pub", "--label", "for all")
ok(r.out.startswith(WEB + "/s/") and len(r.out.strip()) == len(WEB) + 46,
   "where the hub knows its address", r)
token = r.out.strip()[len(WEB) + 3:]
r = visit(token)
equal(r.out, "pub 0\n", "whoever has it is told what it is")
r = visit(token, "list")
equal(sorted(r.out.split("\n")), ["", "big 3000000", "sub 0"],
      "and sees what is in it")
r = visit(token, "get", ":/big", binary=True)
ok(r.code == 0 and r.out == content, "and reads it")
r = visit(token, "get", ":/sub/b.txt")
equal(r.out, "below\n", "below as well")
for path in (":/other", ":/../other", "alice:/other", ":/pub/big"):
    r = visit(token, "get", path)
    ok(r.code != 0 and r.out == "", f"but not {path}", r)
r = visit(token, "put", os.path.join(TMP, "other"), "x")
ok(r.code != 0, "nor puts anything there", r)
r = visit("A" * 43)
ok(r.code == 4, "another token is none", r)
rows = alice.json("links")
equal([(x["link_kind"], x["path"], x["text"], x["protected"], x["used"])
       for x in rows], [("download", "/pub", "for all", False, 2)],
      "links lists it, without its token")
ok("token" not in rows[0], "which is told once", rows)
equal(bob.json("links"), [], "to its maker alone")
bob.expect(4, "who alone revokes it", "unlink", str(rows[0]["link"]))
bob.expect(2, "and links one's own only", "link", "alice:/pub")
ok(token.encode() not in b"".join(
    read(os.path.join(hub.data, n)) for n in os.listdir(hub.data)
    if n.startswith("meta.db")), "the hub keeps no token")
hub.kill()
hub.start()
ok(visit(token, "list").code == 0, "it holds over a kill of the hub")
alice.works("until it is revoked", "unlink", str(rows[0]["link"]))
r = visit(token)
ok(r.code == 4, "then it is gone", r)

# ---- a password, an end, a limit -------------------------------------------
one = link(":/pub/big", "--password-stdin", stdin="let me in please\n")
ok(one["protected"] and one["number"] == 1, "a link has a password", one)
r = visit(one["token"], "get", ":/", binary=True)
ok(r.code == 3, "it is needed", r)
r = visit(one["token"], "get", ":/", password="let me in, please")
ok(r.code == 3, "and no other will do", r)
r = visit(one["token"], "get", ":/", password="let me in please", binary=True)
ok(r.code == 0 and r.out == content, "with it there is the file")
write(os.path.join(TMP, "newer"), "newer\n")
alice.must("put", os.path.join(TMP, "newer"), ":/pub/big")
r = visit(one["token"], "get", ":/", password="let me in please", binary=True)
ok(r.code == 0 and r.out == content, "as it was linked")
r = visit(link(":/pub/big", "--follow")["token"], "get", ":/")
equal(r.out, "newer\n", "unless the link follows it")
r = visit(one["token"])
ok(r.code == 3, "a link with a password tells nothing without it", r)

limited = link(":/pub/sub/b.txt", "--limit", "3")
with ThreadPoolExecutor(8) as pool:
    many = list(pool.map(lambda _: visit(limited["token"], "get", ":/"),
                         range(8)))
good = [r for r in many if r.code == 0]
ok(len(good) <= 3 and all(r.out == "below\n" for r in good),
   "no more get it than the limit says", *many)
tries = 0
while len(good) < 3 and tries < 10:
    tries += 1
    good += [r for r in [visit(limited["token"], "get", ":/")] if r.code == 0]
equal(len(good), 3, "but so many do")
r = visit(limited["token"])
ok(r.code == 4, "then it is used up", r)
equal([x["used"] for x in alice.json("links")
       if x["link"] == limited["link"]], [3], "and listed so")

# ---- putting ---------------------------------------------------------------
alice.must("mkdir", ":/drop")
alice.must("put", os.path.join(TMP, "other"), ":/drop/other")
drop = link(":/drop", "--upload", "--expires", "1d")
equal(drop["link_kind"], "upload", "an upload link")
ok(drop["expires"] > drop["created"], "that ends", drop)
for n in range(2):
    r = visit(drop["token"], "put", os.path.join(TMP, "newer"), "other")
    ok(r.code == 0, "whoever has it puts files there", r)
r = visit(drop["token"], "list")
ok(r.code != 0 and r.out == "", "and does not see them", r)
r = visit(drop["token"], "get", ":/other")
ok(r.code != 0 and r.out == "", "nor reads them", r)
equal(sorted(x["name"] for x in alice.json("ls", ":/drop")),
      ["other", "other (2)", "other (3)"], "nothing is replaced")
equal(alice.run("cat", ":/drop/other").out, "secret\n", "what was is as it was")
equal(alice.run("cat", ":/drop/other (3)").out, "newer\n", "beside what came")

# ---- what is left of it -----------------------------------------------------
whats = [x["what"] for x in alice.json("audit")]
for what in ("link-made", "link-opened", "link-fetched", "link-put",
             "link-revoked"):
    ok(what in whats, f"the audit tells of {what}")
alice.must("rm", "-r", ":/drop")
r = visit(drop["token"])
ok(r.code == 4, "with what is linked the link is gone", r)
hub.stop()
r = run([FSSD, "check", "--data", hub.data])
ok(r.code == 0, "the store is sound", r)
hub.start()

# ---- figures and invites ----------------------------------------------------
figures = alice.json("hub")[0]
ok(figures["accounts"] == 2 and figures["url"] == WEB and
   figures["files"] == 3 and figures["versions"] == 4 and
   figures["bytes"] > figures["files"] and figures["sessions"] >= 1 and
   figures["stored"] > 3_000_000, "hub tells how it does", figures)
bob.expect(5, "to who runs it", "hub")
code = alice.json("invite")[0]["code"]
mine = bob.json("invite")[0]["code"]
rows = alice.json("invites")
equal(sorted(x["by"] for x in rows), ["alice", "bob"], "invites lists all")
ok(not any(code in json.dumps(x) for x in rows), "without their codes")
equal([x["by"] for x in bob.json("invites")], ["bob"], "to others theirs")
theirs = [x["invite"] for x in rows if x["by"] == "alice"][0]
bob.expect(4, "nobody else withdraws one", "invites", "withdraw", theirs)
alice.works("one is withdrawn", "invites", "withdraw", theirs)
carol = Person("carol", home=os.path.join(TMP, "carol"))
carol.must("connect", hub.address)
carol.expect(5, "and is good for nothing then", "register", "carol",
             "--invite", code, "--password-stdin", stdin=PASSWORD + "\n")

# ---- newest first -----------------------------------------------------------
alice.must("access", ":/pub", "open")
for n in ("one", "two", "three"):
    alice.must("put", os.path.join(TMP, "newer"), f":/pub/{n}")
    alice.must("put", os.path.join(TMP, "newer"), f":/mine-{n}")
equal([x["name"] for x in bob.json("find", "--newest", "-n", "3")],
      ["three", "two", "one"], "the newest of what one may see")
equal([x["name"] for x in alice.json("find", "--newest", "--owner", "alice",
                                     "-n", "2")],
      ["mine-three", "three"], "of one owner")
bob.expect(2, "words are another search", "find", "--newest", "one")
finish()
