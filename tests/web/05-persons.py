"""Tokens and the sessions behind them; news, one watch for many sockets."""
import json
import os
import signal

from common_web import (TOKEN, Web, common, equal, finish, ok)

hub = common.Hub().start()
web = Web(hub).start()
PASSWORD = common.PASSWORD
J = {"Content-Type": "application/json"}
ORIGIN = "Origin: https://localhost"


def login(**body):
    return web.json("/api/v1/probe/login", method="POST", headers=J,
                    body=json.dumps(dict({"password": PASSWORD}, **body)))


def whoami(headers):
    code, o = web.json("/api/v1/probe/whoami", headers=headers)
    return code, o.get("account") or o["error"]["name"]


def cookie(token):
    return {"Cookie": "__Host-fss=" + token}


def bearer(token):
    return {"Authorization": "Bearer " + token}


code, o = login(name="alice", invite=hub.invite)
equal(code, 200, "somebody registers")
alice = o["token"]
equal(whoami(cookie(alice)), (200, "alice"), "the cookie is she")
equal(whoami(bearer(alice)), (200, "alice"), "so is the token by itself")
equal(whoami({}), (401, "FSS_EAUTH"), "nobody is nobody")
equal(whoami(cookie(TOKEN)), (401, "FSS_EAUTH"), "a token of nobody's")
equal(whoami(cookie(TOKEN)), (401, "FSS_EAUTH"), "stays that")
equal(whoami(cookie("x")), (401, "FSS_EAUTH"), "what cannot be one")
code, o = login(name="alice")
equal((code, o["token"] != alice), (200, True), "she logs in once more")
again = o["token"]
equal(login(name="alice", password="wrong wrong")[0], 401,
      "not with another password")
equal(web.json("/api/v1/probe/login", method="POST", headers=dict(
    J, **cookie(TOKEN)), body=json.dumps(
        {"name": "alice", "password": PASSWORD}))[0], 200,
      "a stale cookie does not keep her from logging in")

# ---- news

sockets = [web.socket("/api/v1/probe/news", "Cookie: __Host-fss=" + t, ORIGIN)
           for t in (alice, alice, again)]
for s in sockets:
    equal(s.recv(), (1, b"alice"), "a socket says whose it is")
equal(web.socket("/api/v1/probe/news", "Cookie: __Host-fss=" + TOKEN,
                 ORIGIN).reply[:12], b"HTTP/1.1 401", "no socket for nobody")
admin = common.Person("carol")
admin.must("connect", hub.address)
admin.must("login", "alice", "--password-stdin", stdin=PASSWORD + "\n")
code = admin.json("invite")[0]["code"]
bob = common.Person("bob", hub, code)
watcher = common.Follower(bob, "watch")


def until(s, text):
    while True:
        got = s.recv()
        if got is None or got[1] == text:
            return got is not None


for s in sockets:
    ok(until(s, b"news 1 bob"), "each hears that bob came")

# ---- the hub and the worker go and come

hub.kill()
for s in sockets:
    ok(until(s, b"down"), "each hears that the hub went")
hub.start()
for s in sockets:
    ok(until(s, b"up"), "and that it is back")
equal(whoami(cookie(alice)), (200, "alice"), "the log-in survived that")
os.kill(web.workers()[0], signal.SIGKILL)
ok(web.ready_line().startswith("READY"), "another worker")
for s in sockets:
    equal(s.code(), 0, "its sockets are gone")


def known(token):
    try:
        return whoami(cookie(token)) == (200, "alice")
    except OSError:
        return False


ok(any(known(alice) for _ in range(1000)), "it knows the token too")

# ---- a log-in that ends

s = web.socket("/api/v1/probe/news", "Cookie: __Host-fss=" + again, ORIGIN)
equal(s.recv(), (1, b"alice"), "a socket of the second log-in")
admin.must("logout", "--everywhere")
ok(until(s, b"bye"), "is told when that ends")
equal(whoami(cookie(again))[0], 401, "whose token is no good any more")

equal(web.stop(), 0, "it ends softly")
hub.stop()
finish()
