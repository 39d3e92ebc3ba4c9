"""What happens, as it happens: news over WebSockets on either worker."""
import base64

from common_api import *		# noqa: F403
from common_api import Browser, equal, finish, ok, setting_with

hub, web, people, (alice, bob) = setting_with("alice", "bob")

alice.post("/folders", path=":/open")
alice.put("/access", path=":/open", access="open")
alice.upload(":/ask.txt", b"ask")
alice.put("/access", path=":/ask.txt", access="ask")
alice.upload(":/secret.txt", b"secret")



def begin(who):
    """An upload in parts, which is left for later."""
    a = who.raw("POST", "/api/v1/uploads", None, {
        "Tus-Resumable": "1.0.0", "Upload-Length": "5",
        "Upload-Metadata": "path " +
        base64.b64encode(b":/parts.bin").decode()})
    equal(a.status, 201, "an upload is begun")


# Several pages of each: both workers have some.
hers = [alice.socket() for _ in range(4)]
his = [bob.socket() for _ in range(4)]
for s in hers + his:
    equal(s.status, 101, "a socket")
    o = s.next()
    equal(o["type"], "hello", "says hello")
    ok("inbox" in o and o["account"] in ("alice", "bob"), "to whom", o)

alice.upload(":/open/new.txt", b"new")
for s in hers + his:
    o = s.until(type="file", path="/open/new.txt")
    equal((o.get("owner"), o.get("what"), o.get("name")),
          ("alice", "added", "new.txt"), "a new file is told")
alice.upload(":/secret2.txt", b"x")
alice.upload(":/open/after.txt", b"x")
for s in his:
    seen = []
    while True:
        o = s.next()
        seen.append(o.get("path"))
        if o.get("path") == "/open/after.txt":
            break
    ok("/secret2.txt" not in seen, "what one may not see is not told", seen)
begin(alice)
for s in hers:
    equal(set(s.until(type="upload")), {"type", "changed"},
          "that one's uploads changed is told, not what")
alice.upload(":/open/begun.txt", b"x")
for s in his:
    kinds = []
    while True:
        o = s.next()
        kinds.append(o["type"])
        if o.get("path") == "/open/begun.txt":
            break
    ok("upload" not in kinds, "and nobody else's", kinds)

a = bob.post("/requests", kind="get", path="alice:/ask.txt", note="please")
equal(a.status, 201, "bob asks")
number = a.json["request"]
for s in hers:
    o = s.until(type="request", request=number)
    equal((o.get("request_state"), o.get("mine", False), o.get("who")),
          ("open", False, "bob"), "alice is told")
a = alice.post("/requests/decide", ids=[number], event="approve")
ok(a.status == 200, "she says yes", a)
for s in his:
    s.until(type="request", request=number, request_state="fulfilled")
ok(True, "bob sees it fulfilled")
equal(bob.download("alice:/ask.txt").body, b"ask", "and has it")

# Presence: a third person comes and goes.
code = alice.post("/invites", uses=1).json["code"]
carol = Browser(web)
a = carol.post("/accounts", name="carol", password="correct horse battery",
               invite=code)
carol.csrf = a.json["csrf"]
theirs = carol.socket()
theirs.next()
for s in hers + his:
    o = s.until(type="presence", name="carol", presence="online")
    ok(o.get("name") == "carol", "carol came")
theirs.close()
carol.delete("/session")
for s in hers + his:
    ok(s.until(type="presence", name="carol", presence="offline"),
       "carol went")

# A token that may neither read, write nor deal with people has no news.
for scope, status in (("admin", 403), ("write", 101), ("read", 101),
                      ("people", 101)):
    made = alice.post("/tokens", label=scope, scopes=[scope]).json
    s = Browser(web, made["token"]).socket()
    equal(s.status, status, f"news for a token to {scope}")
    if status == 101:
        equal(s.next()["type"], "hello", "that greet")
    if scope == "read":
        alice.upload(":/open/read.txt", b"x")
        ok(s.until(type="file", path="/open/read.txt"), "and are of files")
    if scope == "write":
        begin(alice)
        ok(s.until(type="upload"), "and are of uploads")
    s.close()
    alice.delete(f"/tokens/{made['device']}")

# A page sees no PINGs: what tells it that the line is alive comes as news.
equal(hers[0].until(type="tick"), {"type": "tick"}, "the line ticks")

# The hub goes and comes back.
hub.kill()
for s in hers + his:
    equal(s.until(type="down").get("type"), "down", "the hub is down")
a = alice.get("/list", path=":/")
equal((a.status, a.error), (503, "FSS_EUNREACH"), "requests say so at once")
a = Browser(web).raw("GET", "/s/" + "A" * 43)
ok(a.status == 503 and "<html" in a.text, "visitors by a page", a)
equal(Browser(web).get("/session").status, 200, "the log-in page works")
hub.start()
for s in hers + his:
    equal(s.until(type="up").get("type"), "up", "and up again")
while alice.get("/list", path=":/open").status in (503, 504):
    pass
alice.upload(":/open/again.txt", b"x")
for s in hers + his:
    ok(s.until(type="file", path="/open/again.txt"), "and news goes on")

# A log-out ends the pages of that log-in, the others go on.
alice.delete("/session")
for s in hers:
    equal(s.until(type="bye").get("type"), "bye", "the end is told")
    equal(s.next(), None, "and comes")
    equal(s.code, 4401, "with a code")
bob.upload(":/x.txt", b"x")
for s in his:
    ok(s.until(type="file", path="/x.txt"), "bob's go on")
    s.close()
finish()
