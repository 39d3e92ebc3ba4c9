"""Fulfilment with real processes: owners away, restarts, kill -9 of everybody.

Nothing waits for a time: each step waits for what the one before it causes.
"""
import sqlite3

from common import *

hub, alice, bob, carol, dave = hub_with("alice", "bob", "carol", "dave")
askers = (bob, carol, dave)
music = folder("music")
big = os.urandom(96 << 20)
song = write(os.path.join(music, "song.flac"), os.urandom(5 << 20))
for i in range(3):
    write(os.path.join(music, f"big{i}"), big[i:] + bytes([i]) * i)
back = folder("back")
alice.must("announce", "-r", music, ":/music")
alice.must("access", ":/music", "ask")


def audit(what, path):
    return [x for x in alice.json("audit", "--file", path)
            if x["what"] == what]


def get(person, name, *more):
    """Asks and waits, in the background."""
    return Follower(person, "get", "--wait", *more, f"alice:/music/{name}",
                    os.path.join(back, f"{person.name}-{name}"))


def check(person, p, name):
    p.rest_of_it()
    equal(p.proc.wait(LIMIT), 0, f"{person.name} ends well")
    ok(read(os.path.join(back, f"{person.name}-{name}")) ==
       read(os.path.join(music, name)), f"{person.name} has {name}, whole")


# ---- the owner is away, the hub restarts, the owner comes ------------------
waiting = [get(p, "song.flac") for p in askers]
for p in waiting:
    ok(p.until(news="request", request_state="open"), f"{p.name}: asked")
inbox = alice.json("requests", "--in", "--state", "waiting")
equal(sorted(r["asker"] for r in inbox), ["bob", "carol", "dave"],
      "requests wait for an owner who is away")
alice.must("approve", *[str(r["request"]) for r in inbox])
for p in waiting:
    ok(p.until(news="request", request_state="approved"),
       f"{p.name}: approved, nobody sends")
equal(hub.stop(), 0, "the hub stops")
hub.start()
equal({r["request_state"] for r in alice.json("requests")}, {"approved"},
      "the requests are still there")
agent = Follower(alice, "agent")
for person, p in zip(askers, waiting):
    check(person, p, "song.flac")
equal(len(audit("received", ":/music/song.flac")), 1, "one upload")
equal(len(audit("fulfilled", ":/music/song.flac")), 3, "three have it")
equal(sorted(x["by"] for x in audit("fetched", ":/music/song.flac")),
      ["bob", "carol", "dave"], "all have fetched it")
ok(agent.until(path="/music/song.flac", status="FSS_OK"),
   "the agent tells of it")


def lent():
    """How many contents go back to their holders some time."""
    db = sqlite3.connect(f"file:{hub.data}/meta.db?mode=ro", uri=True)
    n = db.execute("SELECT count(*) FROM version WHERE keep > 0").fetchone()[0]
    db.close()
    return n


equal(lent(), 1, "what was fetched goes back some time")
s = alice.json("put", song, ":/music/song.flac")[-1]
equal((s["status"], s["wire_bytes"], lent()), ("FSS_OK", 0, 0),
      "unless its owner puts it, which sends nothing")
equal([s.get("path") for s in agent.seen if "path" in s],
      ["/music/song.flac"], "once")
equal(agent.end(), 0, "the agent ends")

# ---- the holder is killed half-way -----------------------------------------
alice.must("rules", "add", "allow", "all")
agent = Follower(alice, "agent")
agent.until(connected=True)
p = get(bob, "big0")
ok(p.until(news="request", request_state="transferring"), "the bytes come")
agent.kill()
agent = Follower(alice, "agent")
check(bob, p, "big0")
equal(agent.end(), 0, "the holder was killed, and came back")

# ---- another one has it too ------------------------------------------------
copy = os.path.join(TMP, "copy")
shutil.copyfile(os.path.join(music, "big1"), copy)
carol.must("announce", copy, ":/copy")
carol.must("access", ":/copy", "open")
agent = Follower(alice, "agent")
agent.until(connected=True)
p = get(bob, "big1")
ok(p.until(news="request", request_state="transferring"), "the bytes come")
agent.kill()
other = Follower(carol, "agent")
check(bob, p, "big1")
equal(other.end(), 0, "another one went on")

# ---- the hub is killed half-way --------------------------------------------
agent = Follower(alice, "agent")
agent.until(connected=True)
p = get(bob, "big2")
ok(p.until(news="request", request_state="transferring"), "the bytes come")
hub.kill()
hub.start()
check(bob, p, "big2")
equal(agent.end(), 0, "the hub was killed, everybody went on")

# ---- the asker is killed half-way ------------------------------------------
write(os.path.join(music, "big3"), big[4:] + b"3")
alice.must("announce", "-r", music, ":/music")
agent = Follower(alice, "agent")
agent.until(connected=True)
p = get(carol, "big3")
ok(p.until(news="request", request_state="transferring"), "the bytes come")
p.kill()
check(carol, get(carol, "big3"), "big3")
equal(len(carol.json("requests", "--out")),
      len({r["path"] for r in carol.json("requests", "--out")}),
      "asked again: the same request")
equal(agent.end(), 0, "the asker was killed and came back")

# ---- changed on the owner's disk -------------------------------------------
write(os.path.join(music, "song2"), os.urandom(2 << 20))
alice.must("announce", "-r", music, ":/music")
p = get(dave, "song2")
ok(p.until(news="request", request_state="approved"), "allowed by the rule")
write(os.path.join(music, "song2"), os.urandom(2 << 20))
agent = Follower(alice, "agent")
p.rest_of_it()
ok(p.proc.wait(LIMIT) == 4, "what changed meanwhile is not sent")
row = [r for r in dave.json("requests", "--out")
       if r["path"] == "/music/song2"][0]
equal((row["request_state"], row["reason"]), ("failed", "changed"),
      "and the asker is told why")
ok(not os.path.exists(os.path.join(back, "dave-song2")), "nothing is there")
w = Follower(alice, "watch", "--all", "presence", "files")
w.until(name="alice")
alice.must("announce", "-r", music, ":/music")
row = dave.json("retry", str(row["request"]))[0]
ok(row["request_state"] in ("approved", "transferring"), "retry", row)
check(dave, get(dave, "song2"), "song2")
w.end()

# ---- at the end ------------------------------------------------------------
equal(agent.end(), 0, "the agent ends")
equal({r["request_state"] for r in alice.json("requests", "--in")},
      {"fulfilled"}, "nothing is left over")
equal(hub.stop(), 0, "the hub stops")
r = run([FSSD, "check", "--data", hub.data])
ok(r.code == 0, "and its store is whole", r)
finish()
