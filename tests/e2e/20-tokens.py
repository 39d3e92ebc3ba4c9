"""Tokens and sessions: made, listed, ended."""
from common import *

hub = Hub().start()
alice = Person("alice", hub, hub.invite)
code = alice.json("invite")[0]["code"]
bob = Person("bob", hub, code)

# ---- tokens ----------------------------------------------------------------
equal(bob.json("tokens"), [], "there are no tokens yet")
bob.expect(2, "a token has known scopes", "tokens", "create", "x",
           "--scopes", "read,everything")
bob.expect(2, "never that of the account", "tokens", "create", "x",
           "--scopes", "account")
bob.expect(2, "scopes are for making one", "tokens", "--scopes", "read")
r = bob.expect(2, "scopes are no argument", "tokens", "create", "x",
               "read,write")
ok("--scopes read,write" in r.err, "which says how they are given", r)
made = bob.json("tokens", "create", "backup", "--scopes", "read,write",
                "--ttl", "7d")[0]
equal(len(made["token"]), 43, "a token is shown when it is made")
equal(made["scopes"], ["read", "write"], "with its scopes")
r = bob.works("without --json it is a line", "tokens", "create", "script")
equal(len(r.out.strip()), 43, "the token alone")
listed = bob.json("tokens")
equal([t["name"] for t in listed], ["backup", "script"], "both are listed")
ok(all("token" not in t and "key" not in t for t in listed),
   "but neither the token nor its digest", listed)
ok("expires" in listed[0] and "expires" not in listed[1],
   "one ends by itself", listed)
kinds = sorted(d["device_kind"] for d in bob.json("devices"))
equal(kinds, ["key", "token", "token"], "they are among the devices")
bob.works("a token is revoked", "tokens", "revoke", str(listed[0]["device"]))
equal([t["name"] for t in bob.json("tokens")], ["script"], "and gone")
alice.expect(4, "that of another is unknown", "tokens", "revoke",
             str(listed[1]["device"]))

# ---- sessions --------------------------------------------------------------
mine = bob.json("sessions")
equal([s["name"] for s in mine if s["current"]], ["bob"],
      "the session that asks is listed")
equal(mine[0]["device_kind"], "key", "with what it is by")
equal(mine[0]["address"], "127.0.0.1", "and from where")
bob.expect(5, "those of others are for operators", "sessions", "--all")
bob.expect(5, "by name too", "sessions", "--owner", "alice")
watcher = Follower(bob, "watch", "--all")
watcher.until(news="presence", name="bob")
theirs = alice.json("sessions", "--owner", "bob")
equal([s["name"] for s in theirs], ["bob"], "an admin sees them")
alice.expect(4, "one that is not there", "sessions", "end", "0" * 16)
r = alice.works("an admin ends one", "sessions", "end",
                theirs[0]["session"])
watcher.end()
bob.works("a key may come again", "whoami")
alice.expect(2, "an id has a form", "sessions", "end", "x")

finish()
