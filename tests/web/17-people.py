"""Presence, requests, rules and administration over the web."""
import os

from common_api import *		# noqa: F403
from common_api import (TMP, Browser, equal, finish, ok, setting_with, write)

hub, web, people, (alice, bob, carol) = setting_with("alice", "bob", "carol")


def b64(text):
    import base64
    return base64.b64encode(text.encode()).decode()


# ---- people ----------------------------------------------------------------

page = bob.socket()
page.next()
page.until(type="presence", name="bob")
rows = {r["name"]: r for r in alice.all("/people", all=1)}
equal(set(rows), {"alice", "bob", "carol"}, "everybody")
equal(rows["bob"]["presence"], "online", "bob is here, by his browser")
equal(bob.put("/presence", hidden=True).status, 200, "bob hides")
equal(alice.all("/people", all=1)[1].get("presence"), "offline",
      "and is not here for others")
equal(bob.put("/presence", hidden=False).status, 200, "and shows himself")
ok({r["name"] for r in alice.all("/people")} >= {"bob"}, "here again")

# ---- asking ----------------------------------------------------------------

bob.upload(":/locked.pdf", b"locked")
bob.put("/access", path=":/locked.pdf", access="ask")
a = alice.post("/requests", kind="get", path="bob:/locked.pdf", note="please")
equal((a.status, a.json["request_state"], a.json["may"]),
      (201, "open", ["cancel"]), "alice asks")
number = a.json["request"]
equal(alice.post("/requests", kind="get", path="bob:/locked.pdf").json[
    "request"], number, "asking again is the same request")
fresh = Browser(web)
fresh.login("bob")
equal(fresh.get("/session").json["inbox"], 1, "bob's inbox counts it")
equal(alice.get("/entry", path="bob:/locked.pdf").json["request"], number,
      "the entry says so")
rows = bob.all("/requests", box="in", state="waiting")
equal([(r["request"], r["text"]) for r in rows], [(number, "please")],
      "it is in bob's inbox")
equal(carol.get(f"/requests/{number}").status, 404, "and nobody else's")
equal(bob.all("/requests", box="out"), [], "nor in his outbox")
a = bob.post("/requests/decide", ids=[number], event="deny",
             reason="not this one")
equal((a.status, a.json["rows"][0]["request_state"],
       a.json["rows"][0]["status"]), (200, "denied", "FSS_OK"), "bob says no")
a = alice.get(f"/requests/{number}")
equal((a.json["reason"], a.json["detail"], a.json["by"]),
      ("person", "not this one", "bob"), "alice learns why")
a = bob.post("/requests/decide", ids=[number, 999999], event="approve")
ok(a.status == 207 and all(r["status"] != "FSS_OK" for r in a.json["rows"]),
   "each id has its status", a)
a = bob.post("/requests/decide", ids=[999999], event="approve")
equal((a.status, a.error), (404, "FSS_ENOENT"), "one id: its error")
for body in ({"ids": [], "event": "see"}, {"ids": ["1"], "event": "see"},
             {"ids": [1], "event": "fulfil"}, {"ids": [1]},
             {"ids": [0], "event": "see"}):
    equal(bob.api("POST", "/requests/decide", body).status, 400,
          f"refused: {body}")
for body in ({"kind": "get"}, {"kind": "get", "path": ":/x", "size": 1},
             {"kind": "want"}, {"kind": "want", "text": "x", "path": ":/x"},
             {"kind": "upload", "path": "bob:/x"}, {"kind": "steal"},
             {"kind": "get", "path": ":/x", "note": "\u00e9" * 251}):
    ok(alice.api("POST", "/requests", body).status in (400, 413),
       f"refused: {str(body)[:50]}")

# A wish, and a file given for it.
a = alice.post("/requests", kind="want", text="the slides",
               **{"from": "bob"})
equal(a.status, 201, "alice wishes")
wish = a.json["request"]
bob.upload(":/slides.pdf", b"slides")
equal(carol.post(f"/requests/{wish}/fulfil", path=":/x").status, 404,
      "who was not asked cannot give")
a = bob.post(f"/requests/{wish}/fulfil", path=":/slides.pdf")
equal((a.status, a.json["request_state"]), (200, "fulfilled"), "bob gives")
a = alice.get(f"/requests/{wish}").json
equal(alice.download(f"{a['owner']}:{a['path']}").body, b"slides",
      "alice has it")

# Leave to upload.
bob.post("/folders", path=":/inbox")
bob.put("/access", path=":/inbox", access="ask")
equal(alice.upload("bob:/inbox/gift.txt", b"gift").status, 403,
      "alice may not put a file there")
a = alice.post("/requests", kind="upload", path="bob:/inbox/gift.txt",
               size=4, note="a gift")
equal((a.status, a.json["size"]), (201, 4), "so she asks")
leave = a.json["request"]
TUS = {"Tus-Resumable": "1.0.0", "Upload-Length": "4",
       "Upload-Metadata": f"path {b64('bob:/inbox/gift.txt')},"
       f"request {b64(str(leave))}"}
ok(alice.raw("POST", "/api/v1/uploads", None, TUS).status in (403, 409),
   "before the yes there is none")
bob.post("/requests/decide", ids=[leave], event="approve")
a = alice.raw("POST", "/api/v1/uploads", b"gift", {
    **TUS, "Content-Type": "application/offset+octet-stream"})
equal(a.status, 201, "after the yes it goes")
equal(bob.download(":/inbox/gift.txt").body, b"gift", "bob has it")
equal(alice.get(f"/requests/{leave}").json["request_state"], "fulfilled",
      "and the request is fulfilled")

# Rules answer by themselves.
bob.upload(":/free/a.txt", b"a")
bob.put("/access", path=":/free", access="ask")
a = bob.post("/rules", verdict="allow", kinds=["get"], who="alice",
             under=":/free", size_max=1000)
equal((a.status, a.json["under"], a.json["kinds"]), (201, "/free", ["get"]),
      "a rule")
a = alice.post("/requests", kind="get", path="bob:/free/a.txt")
equal(a.json["request_state"], "fulfilled", "says yes at once")
a = carol.post("/requests", kind="get", path="bob:/free/a.txt")
equal(a.json["request_state"], "open", "but not to others")
rules = bob.all("/rules")
equal(len(rules), 1, "it is listed")
equal(bob.delete(f"/rules/{rules[0]['rule']}").status, 200, "and removed")
for body in ({"verdict": "allow"}, {"verdict": "maybe", "kinds": ["get"]},
             {"verdict": "deny", "kinds": ["want"]},
             {"verdict": "deny", "kinds": []},
             {"verdict": "deny", "kinds": ["get"], "under": "x"}):
    equal(bob.api("POST", "/rules", body).status, 400, f"refused: {body}")

# Announced files and who holds them.
write(os.path.join(TMP, "ann", "song.flac"), "la la la")
people[1].must("announce", os.path.join(TMP, "ann", "song.flac"),
               ":/song.flac")
bob.put("/access", path=":/song.flac", access="ask")
a = alice.get("/entry", path="bob:/song.flac")
equal(a.json["state"], "announced", "an announced file is shown as such")
a = alice.download("bob:/song.flac")
equal((a.status, a.error), (409, "FSS_EANNOUNCED"), "and cannot be fetched")
rows = alice.all("/holders", path="bob:/song.flac")
equal([r["owner"] for r in rows], ["bob"], "bob holds it")

# ---- running the hub -------------------------------------------------------

rows = {r["name"]: r for r in alice.all("/users")}
ok("bytes" in rows["bob"], "an admin sees what is used", rows["bob"])
ok("bytes" not in {r["name"]: r for r in carol.all("/users")}["bob"],
   "others do not")
a = alice.api("PATCH", "/users/carol", {"quota_bytes": 2000, "role":
                                        "operator"})
equal((a.status, a.json["quota_bytes"], a.json["role"]),
      (200, 2000, "operator"), "she changes one")
a = carol.upload(":/big", b"x" * 4000)
equal((a.status, a.error), (507, "FSS_EQUOTA"), "the quota holds")
equal(bob.api("PATCH", "/users/alice", {"role": "user"}).status, 403,
      "bob changes nobody")
equal(alice.api("PATCH", "/users/nobody", {"locked": True}).status, 404,
      "nor is there a nobody")
for body in ({}, {"role": "king"}, {"quota_bytes": -1}, {"locked": 1},
             {"name": "x"}):
    equal(alice.api("PATCH", "/users/bob", body).status, 400,
          f"refused: {body}")
a = alice.get("/hub")
ok(a.status == 200 and a.json["accounts"] == 3 and a.json["disk_free"] > 0 and
   a.json["bytes"] > 0 and a.json["stored"] > 0, "the hub's figures", a)
equal(bob.get("/hub").status, 403, "are for who runs it")
code = alice.post("/invites", role="user", uses=2).json["code"]
rows = alice.all("/invites")
ok(any(r["uses"] == 2 for r in rows) and all("code" not in r for r in rows),
   "invites are listed, without codes", rows)
number = next(r["invite"] for r in rows if r["uses"] == 2)
equal(alice.delete(f"/invites/{number}").status, 200, "one is withdrawn")
a = Browser(web).post("/accounts", name="dora", password="long enough",
                      invite=code)
equal((a.status, a.error), (403, "FSS_EINVITE"), "and good for nothing")
rows = alice.all("/audit")
ok({"asked", "denied", "approved", "fulfilled"} <= {r["what"] for r in rows},
   "the audit has it all")
rows = carol.all("/audit", mine=1)
ok(all("carol" in (r.get("asker"), r.get("by"), r.get("owner")) for r in
       rows), "and of others only one's own part", rows)
finish()
