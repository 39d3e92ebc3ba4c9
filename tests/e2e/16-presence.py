"""Who is here: several sessions, ends of every kind, hiding, restarts."""
import signal

from common import *

hub, alice, bob, carol = hub_with("alice", "bob", "carol")


def who(person, *names):
    rows = person.json("who", "--all")
    return {r["name"]: r for r in rows if not names or r["name"] in names}


rows = who(bob)
equal(sorted(rows), ["alice", "bob", "carol"], "who --all has everybody")
equal({r["presence"] for r in rows.values()}, {"offline"},
      "a command that comes and goes is no presence")
r = bob.works("who without --all", "who")
equal(r.out, "", "shows nobody then")

# ---- coming and going ------------------------------------------------------
w = Follower(bob, "watch", "--all", "presence")
ok(w.until(name="bob", presence="online"), "who watches is here")
a1 = Follower(alice, "watch", "--all")
ok(w.until(name="alice", presence="online"), "who comes is told")
a1.until(name="alice", presence="online")
row = who(carol)["alice"]
equal((row["presence"], row["sessions"]), ("online", 1), "and listed")
ok(row["since"] > 10**15, "with the time", row)
a2 = Follower(alice, "watch", "--all", "presence")
a2.until(name="alice", presence="online")
equal(who(carol)["alice"]["sessions"], 2, "a second session counts")
equal(a2.end(), 0, "watch ends when it is told to, and that is fine")
ok(who(carol)["alice"]["presence"] == "online", "one of two is left")
equal(a1.end(), 0, "the other ends")
ok(w.until(name="alice", presence="offline"), "the last one's end is told")
seen = who(carol)["alice"]
equal(seen["presence"], "offline", "and listed")
ok(seen["seen"] >= row["since"], "with when they were last seen", seen)
equal([r["name"] for r in carol.json("who")], ["bob"],
      "who lists who is here alone")

# ---- a table for people ----------------------------------------------------
r = carol.works("who for people", "who", "--all")
lines = [s.split("\t") for s in r.out.splitlines()]
equal([(s[0], s[1]) for s in sorted(lines)],
      [("alice", "offline"), ("bob", "online"), ("carol", "offline")],
      "names and presence")
text = Follower(carol, "who", "--watch")
ok(text.until(name="bob", presence="online"), "who --watch begins with a list")
a1 = Follower(alice, "agent")
ok(a1.until(connected=True), "an agent connects")
ok(text.until(news="presence", name="alice"), "and follows")
# Between its log-in and that it says so it may be seen to be online.
ok(w.until(name="alice", presence="idle"), "an agent is there, and idle")
equal((who(bob)["alice"]["agent"], who(bob)["alice"]["presence"]),
      (True, "idle"), "and shown to be one")
text.end()

# ---- kill -9 ---------------------------------------------------------------
a1.kill()
ok(w.until(name="alice", presence="offline"), "who is killed is offline")
a1 = Follower(alice, "watch", "--all", "presence")
ok(w.until(name="alice", presence="online"), "and online again")
a1.proc.send_signal(signal.SIGSTOP)
ok(w.until(name="alice", presence="offline"),
   "who hangs is offline when heartbeats stay away")
a1.proc.send_signal(signal.SIGCONT)
ok(w.until(name="alice", presence="online"), "and back when they come")
a1.kill()
ok(w.until(name="alice", presence="offline"), "gone for good")

# ---- hiding ----------------------------------------------------------------
a1 = Follower(alice, "watch", "--all", "presence")
ok(w.until(name="alice", presence="online"), "here again")
a1.until(name="alice", presence="online")
equal(alice.json("hide", "on"), [{"ok": True, "hidden": True}], "hide on")
ok(w.until(name="alice", presence="offline"), "others see them go")
rows = who(bob)
equal((rows["alice"]["presence"], rows["alice"].get("sessions", 0)),
      ("offline", 0),
      "and no session of theirs")
ok(not rows["alice"].get("hidden"), "nor that they hide", rows["alice"])
row = who(alice)["alice"]
equal((row["presence"], row["hidden"]), ("online", True),
      "oneself sees the truth")
ok("alice" not in [r["name"] for r in bob.json("who")],
   "who leaves them out")
hub.kill()
hub.start()
ok(a1.until(news="afresh") and a1.until(name="alice", presence="online"),
   "a watch comes back by itself after a kill of the hub")
ok(w.until(news="afresh"), "the other as well")
ok(w.until(name="bob", presence="online"), "with how things are")
equal(who(bob)["alice"]["presence"], "offline", "hiding is kept")
alice.must("hide", "off")
ok(w.until(name="alice", presence="online"), "hide off: here again")
alice.expect(2, "hide takes on or off", "hide", "maybe")

# ---- last seen -------------------------------------------------------------
a1.end()
ok(w.until(name="alice", presence="offline"), "gone")
before = who(carol)["alice"]["seen"]
w.end()
equal(hub.stop(), 0, "the hub stops")
hub.start()
equal(who(carol)["alice"]["seen"], before, "last seen is kept over restarts")
equal(hub.stop(), 0, "and stops")
finish()
