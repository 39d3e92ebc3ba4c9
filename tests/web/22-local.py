"""A front end at the hub's socket of this machine, run by a user of its own.

It is let in for its user, believed about addresses, carries content, and
comes back when the hub does.  Another user's is refused, and told why.
"""
import os
import pwd

from common_api import *		# noqa: F403
from common_api import Browser, Web, equal, finish, ok
import common
from common import PASSWORD, TMP, Hub, Person, run, skip

ROOT = os.geteuid() == 0
USER = pwd.getpwnam("nobody") if ROOT else pwd.getpwuid(os.geteuid())
SOCK = os.path.join(TMP, "local.sock")
os.chmod(TMP, 0o711)

hub = Hub(settings={"hub.local": SOCK, "hub.local_users": USER.pw_name})
hub.start()
alice = Person("alice", hub, hub.invite)
web = Web(hub, settings={"hub.address": "fss+unix://" + SOCK,
                         "web.proxy": "127.0.0.1"})


def give(path):
    """A folder and all in it, to the user."""
    for place, _, names in os.walk(path):
        for p in [place] + [os.path.join(place, n) for n in names]:
            os.chown(p, USER.pw_uid, USER.pw_gid)


if ROOT:
    give(web.data)
else:
    skip("a front end of another user", "needs root")
web.start()
b = Browser(web)
equal(b.get("/health").status, 200, "it reaches the hub")
FROM = {"X-Forwarded-For": "203.0.113.9"}
a = b.api("POST", "/session", {"name": "alice", "password": PASSWORD},
          headers=FROM)
equal(a.status, 200, "a person logs in")
b.csrf = a.json["csrf"]
rows = b.api("GET", "/sessions", headers=FROM).json["rows"]
equal([r["address"] for r in rows if r["current"]], ["203.0.113.9"],
      "the hub believes it where she comes from")
data = os.urandom(3_000_000)
equal(b.upload("alice:/f", data).status, 201, "content goes up")
ok(b.download("alice:/f").body == data, "and comes down, the same")
rows = alice.json("sessions")
ok(all("localhost:" not in str(r) for r in rows),
   "nobody learns of its process", rows)

hub.kill()
hub.start()
ok(any(b.get("/health").status == 200 for _ in range(2000)),
   "the hub comes back, over the socket it left behind")
ok(b.download("alice:/f").body == data, "and everything goes on")
equal(web.stop(), 0, "it ends")

# ---- another user

hub.stop()
ok(not os.path.exists(SOCK), "the hub takes its socket along")
hub.configure({"hub.local_users": str(USER.pw_uid + 1)})
hub.start()
web.start()
b = Browser(web)
ok(any(b.get("/health").status == 503 for _ in range(2000)),
   "another user's is not let in")
ok("does not take this user at its local socket" in
   web.wait_log("local socket"), "and its log says why", web.log_text())
equal(alice.run("ls").code, 0, "people over TCP notice nothing")
equal(web.stop(), 0, "it ends too")

hub.stop()

# ---- settings

for value, word in (("nosuchuser", "local_users"), ("4294967295",
                                                    "local_users"),
                    ("", "local_users")):
    hub.configure({"hub.local_users": value})
    r = run([common.FSSD, "check-config", "--data", hub.data])
    ok(r.code != 0 and word in r.err, f"{value!r} is no user", r)
hub.configure({"hub.local_users": USER.pw_name, "hub.local": "run/sock"})
r = run([common.FSSD, "check-config", "--data", hub.data])
ok(r.code != 0 and "hub.local" in r.err, "nor a short path a path", r)
finish()
