"""Requests through every verb: asking, answering, rules, wishes, uploads."""
from common import *

hub, alice, bob, carol, dave = hub_with("alice", "bob", "carol", "dave")
out = folder("out")
data = {n: os.urandom(70_000 + i) for i, n in enumerate(
    ("one", "two", "three", "four", "five", "six"))}
src = folder("src")
for name, content in data.items():
    write(os.path.join(src, name), content)
alice.must("put", "-r", src, ":/files")
alice.must("access", ":/files", "ask")


def target(name):
    return os.path.join(out, name)


def ask(person, *args):
    return person.json("ask", *args)[0]


def state(person, number):
    return {r["request"]: r["request_state"]
            for r in person.json("requests")}.get(number)


# ---- asked, seen, approved, fetched ----------------------------------------
news = Follower(bob, "requests", "--watch", "--out")
inbox = Follower(alice, "watch", "--all", "presence", "requests")
inbox.until(name="alice", presence="online")
q = ask(bob, "alice:/files/one", "--note", "please")
equal((q["request_state"], q["asker"], q["owner"], q["path"], q["text"],
       q["mine"], q["may"]),
      ("open", "bob", "alice", "/files/one", "please", True, ["cancel"]),
      "a request is made")
n = q["request"]
equal(ask(bob, "alice:/files/one")["request"], n, "asked again: the same one")
o = inbox.until(news="request", request=n)
equal((o["request_state"], o.get("mine", False), o.get("who"), o.get("path")),
      ("open", False, "bob", "/files/one"), "the owner is told, and of which file")
equal([r["request"] for r in alice.json("requests", "--in")], [n],
      "the owner has it in the inbox")
equal(alice.json("requests", "--out"), [], "not in the outbox")
equal([r["request"] for r in bob.json("requests", "--out")], [n],
      "the asker has it in the outbox")
equal(carol.json("requests"), [], "others have not")
carol.expect(4, "to others it is not there", "cancel", str(n))
bob.expect(5, "the asker may not say yes", "approve", str(n))
r = alice.works("login tells", "login", "alice")
ok("1 request waits for your answer: fssctl requests --in" in r.out,
   "that a request waits", r)
r = alice.works("requests for people", "requests")
ok(f"{n}\t" in r.out and "alice:/files/one \"please\"" in r.out,
   "with file and note", r)
equal(state(bob, n), "open", "a list that goes to a program is no look")
bob.expect(5, "no yes yet", "get", "alice:/files/one", target("one"))
r = alice.works("approve", "approve", str(n))
equal(r.out, f"request {n}: fulfilled\n", "says so; the hub has it")
ok(news.until(news="request", request=n, request_state="fulfilled"),
   "the asker is told, and it is there, for the hub has it")
bob.works("get after the yes", "get", "alice:/files/one", target("one"))
ok(read(target("one")) == data["one"], "with the content")
ok(bob.must("cat", "alice:/files/one", binary=True).out == data["one"],
   "cat gives it as well")
e = bob.json("stat", "alice:/files/one")[0]
equal((e["request"], e["request_state"], e.get("pass")), (n, "fulfilled", True),
      "stat tells of the request and the pass")
carol.expect(5, "the yes is for bob alone", "get", "alice:/files/one",
             target("none"))
carol.expect(5, "nor can she read it", "cat", "alice:/files/one")
alice.expect(6, "no two answers", "approve", str(n))
bob.expect(6, "what can be read is not asked for", "ask", "alice:/files/one")
alice.must("access", ":/files/one", "private")
bob.expect(4, "made private: the yes ends at once", "get",
           "alice:/files/one", target("none"))
alice.must("access", ":/files/one", "inherit")
bob.works("and holds again", "get", "alice:/files/one", target("one"))

# ---- denied ----------------------------------------------------------------
n = ask(carol, "alice:/files/two")["request"]
told = Follower(carol, "requests", "--watch")
told.until(request=n)
equal(alice.json("deny", str(n), "--reason", "not this one")[0]
      ["request_state"], "denied", "deny")
ok(told.until(news="request", request=n, request_state="denied"),
   "the asker is told")
told.end()
row = carol.json("requests", "--state", "denied")[0]
equal((row["request"], row["detail"], row["reason"]),
      (n, "not this one", "person"), "with the reason")
ok(row["retry"] > row["changed"], "and when one may ask again", row)
r = carol.expect(3, "not at once", "ask", "alice:/files/two")
ok("requests --out" in r.err, "which is said", r)
carol.expect(3, "nor by retry", "retry", str(n))
carol.works("other files may be asked for", "ask", "alice:/files/three")

# ---- cancelled, asked again ------------------------------------------------
n = ask(bob, "alice:/files/two")["request"]
equal(bob.json("cancel", str(n))[0]["request_state"], "cancelled", "cancel")
alice.expect(6, "what was taken back cannot be approved", "approve", str(n))
row = bob.json("retry", str(n))[0]
equal((row["request"], row["request_state"], row["attempt"]), (n, "open", 2),
      "retry opens the same one again")
m = ask(dave, "alice:/files/two")["request"]
r = alice.expect(9, "several at once, one of them wrong", "--json", "approve",
                 str(n), "999", str(m))
equal([o.get("error", o.get("request_state")) for o in r.lines()],
      ["fulfilled", "FSS_ENOENT", "fulfilled", "FSS_EPARTIAL"],
      "each is answered by itself")

# ---- expired ---------------------------------------------------------------
told = Follower(dave, "watch", "--all", "presence", "requests")
told.until(name="dave", presence="online")
n = ask(dave, "alice:/files/four", "--ttl", "1s")["request"]
ok(told.until(news="request", request=n, request_state="expired"),
   "a request that nobody answers expires, and its asker is told")
alice.expect(6, "too late for a yes", "approve", str(n))
told.end()

def asked_by(name):
    """The next request of @name, as the owner is told."""
    return inbox.until(news="request", request_state="open", who=name,
                       change=1)["request"]


# ---- get --wait ------------------------------------------------------------
inbox.until(news="request", request_state="expired")
p = Follower(dave, "get", "--wait", "--note", "now", "alice:/files/five",
             target("five"))
n = asked_by("dave")
alice.must("approve", str(n))
last = p.rest_of_it()[-1]
equal((p.proc.wait(LIMIT), last["status"]), (0, "FSS_OK"), "get --wait")
ok(read(target("five")) == data["five"], "has the content")
p = Follower(dave, "get", "--wait", "alice:/files/six", target("six"))
n = asked_by("dave")
alice.must("deny", str(n))
p.rest_of_it()
equal(p.proc.wait(LIMIT), 5, "denied: it ends with 5")
ok(not os.path.exists(target("six")), "and nothing")
p = Follower(bob, "get", "--wait", "alice:/files/six", target("six"))
n = asked_by("bob")
bob.must("cancel", str(n))
p.rest_of_it()
equal(p.proc.wait(LIMIT), 1, "cancelled: with 1")
p = Follower(bob, "get", "--wait", "alice:/files/six", target("six"))
n = asked_by("bob")
alice.must("rm", ":/files/six")
p.rest_of_it()
equal(p.proc.wait(LIMIT), 4, "the file goes: with 4")
dave.works("get --wait of what may be read", "get", "--wait",
           "alice:/files/five", target("again"))
dave.expect(2, "--wait is for files", "get", "--wait", "-r", "alice:/files",
            out)

# ---- rules -----------------------------------------------------------------
alice.must("group", "add", "friends", "dave")
rule = alice.json("rules", "add", "deny", "bob", "--reason", "never")[0]
equal((rule["verdict"], rule["who"], rule["kinds"]), ("deny", "bob", ["get"]),
      "a rule is added")
alice.must("rules", "add", "allow", "@friends", "--under", "100M", "--under",
           ":/files")
equal([(r["verdict"], r["who"], r.get("size_max"), r.get("under"))
       for r in alice.json("rules")],
      [("deny", "bob", None, None), ("allow", "@friends", 104857600,
                                     "/files")], "rules are listed in order")
equal(ask(dave, "alice:/files/three")["request_state"], "fulfilled",
      "a rule allows, at once")
row = ask(bob, "alice:/files/three")
equal((row["request_state"], row["reason"], row["detail"]),
      ("denied", "rule", "never"), "a rule denies")
equal(ask(carol, "alice:/files/four")["request_state"], "open",
      "none fits: it waits")
alice.works("remove a rule", "rules", "remove", str(rule["rule"]))
equal(len(alice.json("rules")), 1, "and it is gone")
alice.expect(4, "a rule that is not there", "rules", "remove", "999")
alice.expect(2, "neither allow nor deny", "rules", "add", "maybe")

# ---- wishes ----------------------------------------------------------------
w = ask(carol, "--want", "the talk slides from Tuesday")
equal((w["request_kind"], w["text"], w.get("asked")),
      ("want", "the talk slides from Tuesday", None), "a wish to everybody")
equal([r["request"] for r in dave.json("requests", "--in")], [w["request"]],
      "is in everybody's inbox")
slides = write(os.path.join(TMP, "slides.pdf"), "slides\n")
equal(dave.json("fulfil", str(w["request"]), slides)[-1]["request_state"],
      "fulfilled", "fulfil with a local file")
row = carol.json("requests", "--state", "fulfilled")[0]
equal((row["owner"], row["path"]),
      ("dave", f"/Requests/{w['request']}/slides.pdf"), "names the file")
carol.works("the asker gets it", "get", f"{row['owner']}:{row['path']}",
            target("slides"))
bob.expect(4, "others do not see it", "stat",
           f"{row['owner']}:{row['path']}")
# ---- an offer that comes to nothing: asker and giver read why ----------------
w = ask(carol, "--want", "the picture of the boat")
boat = write(os.path.join(TMP, "boat.png"), "boat\n")
dave.must("announce", boat, ":/boat.png")
dave.must("fulfil", str(w["request"]), ":/boat.png")
dave.must("unannounce", ":/boat.png")


def now(who):
    """How the wish stands for @who: state, why, and whose offer it was."""
    row = {r["request"]: r for r in who.json("requests")}[w["request"]]
    return row["request_state"], row.get("reason"), row.get("by")


equal(now(carol), ("open", "gone", "dave"), "the asker reads why")
equal(now(dave), ("open", "gone", "dave"), "and so does who offered it")
ok("an offer came to nothing: nobody has it any more" in
   dave.must("requests", "--in").out, "in words as well")
equal(now(alice), ("open", None, None), "and nobody else")
carol.must("cancel", str(w["request"]))

alice.must("group", "add", "band", "bob")
w = ask(alice, "--want", "a song", "--from", "@band")
equal([r["request"] for r in bob.json("requests", "--in", "--state",
                                      "waiting")], [w["request"]],
      "a wish to a group goes to its members")
equal([r["request"] for r in dave.json("requests", "--in", "--state",
                                       "waiting")], [], "and to nobody else")
bob.must("deny", str(w["request"]), "--reason", "I have none")
equal(state(alice, w["request"]), "denied", "the only one said no")
alice.expect(4, "nobody of that name", "ask", "--want", "x", "--from",
             "nobody")

# ---- uploads ---------------------------------------------------------------
alice.must("mkdir", ":/inbox")
alice.must("access", ":/inbox", "ask")
report = write(os.path.join(TMP, "report.pdf"), os.urandom(90_000))
u = ask(bob, "--upload", "alice:/inbox", report)
equal((u["request_kind"], u["path"], u["size"]),
      ("upload", "/inbox/report.pdf", 90_000), "asked to upload")
bob.expect(5, "not before the yes", "put", report, "alice:/inbox/report.pdf")
alice.must("approve", str(u["request"]))
r = bob.works("the same command again", "ask", "--upload", "alice:/inbox",
              report)
ok("uploaded 1 files" in r.out, "uploads it", r)
ok(alice.run("cat", ":/inbox/report.pdf", binary=True).out == read(report),
   "and the owner has it")
equal(state(bob, u["request"]), "fulfilled", "the request is fulfilled")
bob.expect(5, "that was for this path alone", "put", report,
           "alice:/inbox/more.pdf")
u = ask(bob, "--upload", "alice:/inbox/second.pdf", report)
alice.must("approve", str(u["request"]))
equal(bob.json("agent", "--once")[-1].get("path"), "/inbox/second.pdf",
      "the agent uploads what was allowed")
equal(state(bob, u["request"]), "fulfilled", "and it is there")

# ---- audit -----------------------------------------------------------------
lines = alice.json("audit", "--file", ":/files/one")
equal([x["what"] for x in lines][::-1],
      ["asked", "approved", "fulfilled", "fetched"], "the audit of a file")
equal([x.get("by") for x in lines][::-1], ["bob", "alice", None, "bob"],
      "who did what")
ok(all(x["asker"] == "bob" and x["owner"] == "alice" for x in lines),
   "to whom")
mine = bob.json("audit")
ok(mine and all("bob" in (x.get("by"), x.get("asker"), x.get("owner"))
                for x in mine), "others see what they have part in")
ok(len(alice.json("audit")) > len(alice.json("audit", "--mine")),
   "operators see all, or theirs")
equal({x["asker"] for x in alice.json("audit", "--user", "dave")
       if x["what"] == "asked"}, {"dave"}, "by name")
since = bob.json("audit", "--since", "1d")
equal([x["line"] for x in since], sorted(x["line"] for x in mine),
      "--since has the oldest first")
ok("approved" in bob.works("audit for people", "audit").out, "with words")

# ---- the owner goes --------------------------------------------------------
alice.must("user", "carol", "--lock")
row = [r for r in alice.json("requests", "--in") if r["asker"] == "carol"]
equal({r["request_state"] for r in row} & {"open", "seen", "approved"}, set(),
      "what a locked person asked is over")
inbox.end()
news.end()
equal(hub.stop(), 0, "the hub stops")
r = run([FSSD, "check", "--data", hub.data])
ok(r.code == 0, "and its store is whole", r)
finish()
