"""Who may do what over the web: cookies, forgery, tokens, log-outs.

Every check runs against two workers; requests on fresh connections reach
either.
"""
import re

from common_api import *		# noqa: F403
from common_api import (COOKIE, Browser, PASSWORD, equal, finish, ok,
                        setting_with)

hub, web, people, (alice, bob) = setting_with("alice", "bob")

# ---- logging in ------------------------------------------------------------

a = Browser(web).get("/session")
equal(a.status, 200, "nobody may ask what this is")
ok("account" not in a.json and "csrf" not in a.json, "and is told no account")
equal(a.json["hub"]["registration"], "invite", "but how to register")

guest = Browser(web)
a = guest.login("alice")
equal(a.status, 200, "a right password logs in")
cookie = a.headers["Set-Cookie"]
for part in (f"{COOKIE}=", "; Secure", "; HttpOnly", "; SameSite=Strict",
             "; Path=/", "; Max-Age=2592000"):
    ok(part in cookie, f"the cookie has {part}", cookie)
ok("Domain" not in cookie, "and no Domain", cookie)
equal(a.headers["Cache-Control"], "no-store", "nobody keeps the answer")
ok(guest.cookies[COOKIE] not in a.text, "the token is not in the body")
equal(a.json["account"], "alice", "one is who one logged in as")
equal(a.json["role"], "admin", "with the role")

for name, password in (("alice", "wrong password"), ("nobody", PASSWORD),
                       ("bob", "x" * 8)):
    a = Browser(web).login(name, password)
    equal((a.status, a.error), (401, "FSS_EAUTH"), f"{name}: 401")
    ok(a.headers.get("Set-Cookie") is None, "and no cookie")
for body in ({}, {"name": "alice"}, {"name": 1, "password": PASSWORD},
             {"name": "alice", "password": PASSWORD, "more": 1},
             {"name": "alice", "password": PASSWORD, "ttl": 1},
             {"name": "alice\0", "password": PASSWORD}, [], "x"):
    a = Browser(web).api("POST", "/session", body)
    equal((a.status, a.error), (400, "FSS_EINVAL"), f"log-in with {body!r}")

# A cookie that is none, or another's guess.
for value in ("x", "A" * 43, "../../etc", guest.cookies[COOKIE] + "A"):
    b = Browser(web)
    b.cookies[COOKIE] = value
    a = b.get("/session")
    equal((a.status, a.error), (401, "FSS_EAUTH"), f"cookie {value[:9]}: 401")
    ok(COOKIE not in b.cookies, "and it is taken back", a)
    equal(Browser(web, token=value).get("/list", path=":/").status, 401,
          "nor does it do as a token")

# ---- forgery ---------------------------------------------------------------


def change(browser, **headers):
    """A change made with these headers, on a connection of its own."""
    return browser.api("POST", "/folders", {"path": ":/forged"},
                       headers={k.replace("_", "-"): v
                                for k, v in headers.items()}, fresh=True)


equal(change(alice).status, 200, "the page itself may change")
other = bob.csrf
for name, headers in (
        ("no value", {"X_FSS_CSRF": None}),
        ("an empty value", {"X_FSS_CSRF": ""}),
        ("half of the value", {"X_FSS_CSRF": alice.csrf[:20]}),
        ("another's value", {"X_FSS_CSRF": other}),
        ("the value of another log-in", {"X_FSS_CSRF": guest.csrf}),
        ("no origin", {"Origin": None}),
        ("another origin", {"Origin": "https://evil.example"}),
        ("the origin without port", {"Origin": "https://localhost"}),
        ("http", {"Origin": web.origin.replace("https", "http")}),
        ("a longer host", {"Origin": web.origin + ".evil.example"}),
        ("null", {"Origin": "null"}),
        ("cross-site", {"Sec_Fetch_Site": "cross-site"}),
        ("same-site", {"Sec_Fetch_Site": "same-site"})):
    a = change(alice, **headers)
    equal((a.status, a.error), (403, "FSS_EDENIED"), f"{name}: refused")
equal(change(alice, Sec_Fetch_Site="same-origin").status, 200,
      "a browser that says both")
equal(change(alice, Origin=None, Sec_Fetch_Site="same-origin").status, 200,
      "a browser that says the one")

# Not to log somebody in either.
for headers in ({"Origin": "https://evil.example"},
                {"Sec-Fetch-Site": "cross-site"}):
    a = Browser(web).api("POST", "/session", {
        "name": "bob", "password": PASSWORD}, headers=headers)
    equal(a.status, 403, "another site logs nobody in")
# Reading needs none of it, and nobody else may read the answer.
a = alice.api("GET", "/session", headers={"Origin": "https://evil.example"})
ok(not [h for h in a.headers if h.lower().startswith("access-control")],
   "no answer has headers of CORS")

# ---- tokens ----------------------------------------------------------------

DOES = {
    "read": lambda b: b.get("/list", path=":/"),
    "write": lambda b: b.post("/folders", path=":/by-token"),
    "people": lambda b: b.get("/people"),
    "admin": lambda b: b.get("/hub"),
    "account": lambda b: b.get("/devices"),
}
for scope in ("read", "write", "people", "admin"):
    made = alice.post("/tokens", label=scope, scopes=[scope])
    equal(made.status, 201, f"a token for {scope}")
    script = Browser(web, token=made.json["token"])
    for what, do in DOES.items():
        a = do(script)
        want = a.status in (200, 201) if what == scope else a.status == 403
        ok(want, f"{scope}: {what} gives {a.status}", a)
    a = script.post("/tokens", label="more", scopes=["read"])
    equal(a.status, 403, "a token makes no token")
    a = script.put("/password", old=PASSWORD, new="another password")
    equal(a.status, 403, "nor changes the password")
    a = script.delete("/session", everywhere=1)
    ok(a.status == 403, "nor logs out everywhere", a)
    equal(script.get("/session").json["scopes"], [scope],
          "and knows what it may")
    ok("csrf" not in script.get("/session").json, "and needs no value")
for scopes in ([], ["account"], ["read", "account"], ["all"], "read", [1]):
    a = alice.post("/tokens", label="t", scopes=scopes)
    equal(a.status, 400, f"no token for {scopes}")

row = alice.post("/tokens", label="gone", scopes=["read"]).json
script = Browser(web, token=row["token"])
equal(script.get("/list", path=":/").status, 200, "a token that stands")
equal([r["name"] for r in alice.all("/tokens") if r["device"] ==
       row["device"]], ["gone"], "is listed")
equal(bob.delete(f"/tokens/{row['device']}").status, 404,
      "another cannot revoke it")
equal(alice.delete(f"/tokens/{row['device']}").status, 200, "revoked")
for _ in range(4):
    a = script.api("GET", "/list", query={"path": ":/"}, fresh=True)
    equal(a.status, 401, "it is worth nothing any more")

# The header counts, whatever the cookie says.
both = Browser(web)
both.login("bob")
token = alice.post("/tokens", label="both", scopes=["read"]).json["token"]
a = both.api("GET", "/session", headers={"Authorization": "Bearer " + token})
equal(a.json["account"], "alice", "the token goes before the cookie")
a = both.api("GET", "/session", headers={"Authorization": "Basic eDp4"})
ok(a.status in (200, 401) and a.json.get("account") is None,
   "another kind of authorization is nobody", a)

# ---- registering -----------------------------------------------------------

code = alice.post("/invites", uses=1).json["code"]
new = Browser(web)
equal(new.post("/accounts", name="carol", password=PASSWORD).status, 403,
      "no account without an invite")
a = new.post("/accounts", name="Carol!", password=PASSWORD, invite=code)
equal((a.status, a.error), (400, "FSS_ENAME"), "nor under any name")
a = new.post("/accounts", name="carol", password="short", invite=code)
ok(a.status == 400 and a.error in ("FSS_EPASSWORD", "FSS_EINVAL"),
   "nor with a short password", a)
a = new.post("/accounts", name="bob", password=PASSWORD, invite=code)
equal((a.status, a.error), (409, "FSS_EEXIST"), "nor under another's name")
a = new.post("/accounts", name="carol", password=PASSWORD, invite=code)
equal((a.status, a.json["account"]), (201, "carol"), "an account")
new.csrf = a.json["csrf"]
equal(new.post("/folders", path=":/mine").status, 200, "which is logged in")
equal(Browser(web).post("/accounts", name="dora", password=PASSWORD,
                        invite=code).status, 403, "an invite is used once")

# ---- the end of a log-in ---------------------------------------------------


def ended(b):
    """All of several fresh connections say so: both workers know."""
    return {b.api("GET", "/list", query={"path": ":/"}, fresh=True).status
            for _ in range(6)} == {401}


one, two = Browser(web), Browser(web)
one.login("bob")
two.login("bob")
ok(not ended(one) and not ended(two), "two log-ins stand")
kept = dict(one.cookies)
equal(one.delete("/session").status, 200, "log-out")
ok(COOKIE not in one.cookies, "takes the cookie back")
one.cookies = kept
ok(ended(one), "and the cookie is worth nothing, kept or not")
ok(not ended(two), "the other log-in goes on")
one.login("bob")
live = one.socket()
equal(live.next()["type"], "hello", "a live page")
equal(two.delete("/session", everywhere=1).status, 200,
      "log-out everywhere")
ok(ended(one) and ended(bob), "ends all of them")
equal(live.until(type="bye").get("type"), "bye", "the live page is told")
equal(live.next(), None, "and ended")
equal(live.code, 4401, "with a code that says why")
live.close()
equal(bob.login("bob").status, 200, "one logs in anew")

one.login("bob")
two.login("bob")
a = one.put("/password", old=PASSWORD, new="a new password")
equal(a.status, 200, "a changed password")
ok(ended(two), "ends the other log-ins")
ok(not ended(one), "and this one goes on")
equal(Browser(web).login("bob").status, 401, "the old one is gone")
equal(one.put("/password", old="wrong old", new="x" * 12).status, 401,
      "the old one has to be known")

# An admin locks somebody: at once, and on each worker.
equal(alice.api("PATCH", "/users/carol", {"locked": True}).status, 200,
      "an account is locked")
ok(ended(new), "and its log-ins end")
equal(Browser(web).login("carol").status, 401, "and none begins")

rows = alice.all("/sessions", all=1)
ok({r["name"] for r in rows} >= {"alice", "bob"}, "admins see sessions", rows)
equal(one.get("/sessions", all=1).status, 403, "others do not")
mine = one.all("/sessions")
equal({r["name"] for r in mine}, {"bob"}, "but their own")
ok(all(r["address"] == "127.0.0.1" for r in mine if r["device_kind"] ==
       "web"), "with the browser's address", mine)

# ---- sockets ---------------------------------------------------------------

for name, headers in (("another origin", {"Origin": "https://evil.example"}),
                      ("no origin", {"Origin": None})):
    s = one.socket(headers)
    ok(s.status == 403, f"a socket from {name} is refused", s.head)
    s.close()
s = Browser(web).socket()
equal(s.status, 401, "nor for nobody")
s.close()
ok(re.fullmatch(r"[A-Za-z0-9_-]{43}", alice.csrf), "the value is 32 bytes")
finish()
