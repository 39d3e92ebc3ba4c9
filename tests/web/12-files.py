"""Files over the web: names of any kind, pages, searches, and what is refused."""
import json

from common_api import *		# noqa: F403
from common_api import (Browser, ODD_NAMES, equal, finish, ok, quote,
                        setting_with)

hub, web, people, (alice, bob) = setting_with("alice", "bob")

# ---- names -----------------------------------------------------------------

NAMES = [n for n in ODD_NAMES] + [
    "<script>alert(1)<script>", '"><img src=x>', "%0d%0aSet-Cookie: x=y", "name; filename=evil.exe",
    "\U0001f3b5 music", "\u05d0\u05d1", "a+b&c=d?e#f", "CON", "x" * 251]
kept = []
for name in NAMES:
    a = alice.upload(f":/odd/{name}", name.encode())
    if a.status == 400 and a.error == "FSS_EPATH":
        continue		# no name at the hub at all
    equal(a.status, 201, f"upload {name[:30]!r}")
    kept.append(a.json["name"])
    a = alice.get("/entry", path=f":/odd/{kept[-1]}")
    equal(a.json["name"], kept[-1], "is found under its name")
    a = alice.download(f":/odd/{kept[-1]}")
    equal((a.status, a.body), (200, name.encode()), "and comes back")
    head = a.headers["Content-Disposition"]
    ok(head.startswith('attachment; filename="') and "\n" not in head,
       "to be saved under it", head)
    ok(a.headers.get("Set-Cookie") is None, "and sets nothing", a)
    if "filename*" in head:
        equal(head.split("filename*=UTF-8''")[1], quote(kept[-1]).replace(
            "%21", "!").replace("%23", "#").replace("%24", "$").replace(
            "%26", "&").replace("%2B", "+").replace("%5E", "^").replace(
            "%60", "`").replace("%7C", "|"), "in UTF-8, encoded")
ok(len(kept) > 20, f"{len(kept)} names")
rows = alice.all("/list", path=":/odd", limit=7)
equal(sorted(r["name"] for r in rows), sorted(set(kept)),
      "pages of 7 give each once")

# ---- what is no path -------------------------------------------------------

for path in ("/etc/passwd", "x", "", ":", "alice:", "alice:x", ":/../x",
             ":/a/../../b", ":/a//b\0", ":/./x", "nobody:/../alice", ":/a\nb",
             ":/" + "d/" * 3000, "a" * 5000 + ":/x"):
    a = alice.get("/entry", path=path)
    ok(a.status in (400, 404) and a.error in (
        "FSS_EPATH", "FSS_ENAME", "FSS_EINVAL", "FSS_ENOENT",
        "FSS_ENOACCOUNT"), f"path {path[:20]!r}: {a.status} {a.error}", a)
a = alice.raw("GET", "/api/v1/entry?path=%3A%2F%ff")
equal(a.status, 400, "what is not UTF-8 is refused")
a = alice.raw("GET", "/api/v1/entry?path=:/x%00y")
equal(a.status, 400, "and a NUL")
a = alice.raw("GET", "/api/v1/entry?path=:/a&path=:/b")
equal(a.status, 400, "a parameter comes once")
a = alice.raw("GET", "/api/v1/entry?path=:/a&extra=1")
equal((a.status, a.error), (400, "FSS_EINVAL"), "unknown ones are refused")
ok("extra" in a.json["error"]["detail"], "and named", a)
for path in ("/api/v1/../../etc/passwd", "/api/v1/nothing", "/api/v1/",
             "/api/v1/devices/x", "/api/v1/devices/0",
             "/api/v1/devices/99999999999999999999"):
    a = alice.raw("DELETE" if "devices" in path else "GET", path)
    equal((a.status, a.error), (404, "FSS_ENOENT"), f"{path}: 404")
a = alice.raw("PATCH", "/api/v1/list")
equal(a.status, 405, "another method: 405")
ok("GET" in a.headers.get("Allow", ""), "with those there are", a)

# ---- bodies ----------------------------------------------------------------

for what, data, kind, want in (
        ("no JSON", b"{", "application/json", 400),
        ("a list", b"[]", "application/json", 400),
        ("two values", b"{} {}", "application/json", 400),
        ("a form", b"path=:/x", "application/x-www-form-urlencoded", 415),
        ("text", b'{"path":":/x"}', "text/plain", 415),
        ("no type", b'{"path":":/x"}', None, 415),
        ("not UTF-8", b'{"path":":/\xff"}', "application/json", 400),
        ("a NUL", b'{"path":":/a\\u0000b"}', "application/json", 400),
        ("twice the same", b'{"path":":/x","path":":/y"}',
         "application/json", 400),
        ("deep", b'{"path":' + b"[" * 40 + b"]" * 40 + b"}",
         "application/json", 413),
        ("long", b'{"path":":/' + b"x" * 70000 + b'"}', "application/json",
         413)):
    a = alice.raw("POST", "/api/v1/folders", data, {"Content-Type": kind})
    equal(a.status, want, f"a body that is {what}: {want}")
a = alice.api("GET", "/list", {"path": ":/"}, query={"path": ":/"})
equal(a.status, 413, "a body where none belongs")

# ---- lists -----------------------------------------------------------------

for i in range(300):
    a = alice.upload(f":/many/{i:03}.txt", b"x" * (i % 9))
    if a.status != 201:
        raise RuntimeError(str(a))
rows = alice.all("/list", path=":/many", limit=256)
equal([r["name"] for r in rows], [f"{i:03}.txt" for i in range(300)],
      "300 in order")
a = alice.get("/list", path=":/many", limit=10)
equal(len(a.json["rows"]), 10, "a page of 10")
b = alice.get("/list", path=":/many", limit=10, cursor=a.json["cursor"])
equal(b.json["rows"][0]["name"], "010.txt", "and the next")
b = alice.get("/list", path=":/many", limit=10, back=1)
equal([r["name"] for r in b.json["rows"]],
      [f"{i:03}.txt" for i in range(299, 289, -1)], "10 from the end")
b = alice.get("/list", path=":/many", limit=10, back=1, cursor=a.json["cursor"])
equal([r["name"] for r in b.json["rows"]],
      [f"{i:03}.txt" for i in range(9, -1, -1)], "back from the first 10")
ok("cursor" not in b.json, "and no more there", b)
equal(alice.get("/list", path=":/many", back=2).status, 400, "back=2: 400")
for limit in ("0", "257", "x", "-1", "1e1", "+1", " 1"):
    equal(alice.get("/list", path=":/many", limit=limit).status, 400,
          f"limit {limit!r}: 400")
for cursor in ("x", "%%%", "A" * 3000, a.json["cursor"][:-1] + "!"):
    c = alice.get("/list", path=":/many", cursor=cursor)
    ok(c.status in (400, 414), f"cursor {cursor[:8]!r} is none", c)
c = alice.get("/find", q="txt", cursor=a.json["cursor"])
equal(c.status, 400, "nor is one of another list")
equal(alice.get("/list", path=":/many/000.txt").status, 409,
      "a file is no folder")

found = alice.all("/find", q="01", under=":/many", kind="file", larger=3)
ok(found and all(r["size"] >= 3 and "01" in r["name"] for r in found),
   "a search with a filter", found)
equal(alice.get("/find", q="mnay").json, {"rows": [], "near": ["many"]},
      "what a misspelt word may mean")
equal(alice.get("/find", q="mnay", kind="file").json, {"rows": []},
      "filters hold for it, too")
equal(alice.get("/find", q="zzzzzzzz").json, {"rows": []}, "and nothing")
equal(alice.get("/find", q="x", kind="thing").status, 400, "no such kind")
equal(alice.get("/find", q="x" * 300).status, 413, "too long a search")
recent = alice.get("/recent", limit=3).json["rows"]
equal([r["name"] for r in recent], ["299.txt", "298.txt", "297.txt"],
      "what came last comes first")

# ---- changing --------------------------------------------------------------

equal(alice.post("/move", **{"from": ":/many/000.txt",
                             "to": ":/moved.txt"}).status, 200, "moved")
a = alice.post("/move", **{"from": ":/many/001.txt", "to": ":/moved.txt"})
equal((a.status, a.error), (409, "FSS_EEXIST"), "not over another")
equal(alice.post("/move", replace=True, **{
    "from": ":/many/001.txt", "to": ":/moved.txt"}).status, 200,
    "but where that is said")
a = alice.post("/remove", paths=[":/moved.txt", ":/gone.txt", "bad"])
equal((a.status, [r["status"] for r in a.json["rows"]]),
      (207, ["FSS_OK", "FSS_ENOENT", "FSS_EINVAL"]), "each by itself")
a = alice.post("/remove", paths=[":/many"])
equal((a.status, a.error), (409, "FSS_ENOTEMPTY"), "one path: its error")
equal(alice.post("/remove", paths=[":/many"], recursive=True).status, 200,
      "a folder with all in it")
equal(alice.post("/remove", paths=[":/x"] * 257).status, 413, "256 at most")
equal(alice.post("/remove", paths=[]).status, 400, "one at least")

for text in (b"one", b"two", b"three"):
    alice.upload(":/v.txt", text)
rows = alice.all("/versions", path=":/v.txt")
equal([r["number"] for r in rows], [3, 2, 1], "three versions")
equal(alice.download(":/v.txt", number=1).body, b"one", "the first")
equal(alice.post("/restore", path=":/v.txt", number=1).json["number"], 4,
      "restored as the fourth")
equal(alice.download(":/v.txt").body, b"one", "is the newest")

# ---- others ----------------------------------------------------------------

equal(bob.get("/entry", path="alice:/v.txt").status, 404,
      "what is private is not there")
equal(bob.download("alice:/v.txt").status, 404, "nor to be had")
equal(bob.upload("alice:/evil.txt", b"x").status, 404, "nor written over")
equal(alice.put("/access", path=":/v.txt", access="ask").status, 200,
      "one may ask for it")
a = bob.get("/entry", path="alice:/v.txt")
equal((a.status, "digest" in a.json, a.json["rights"]), (200, False,
      ["see"]), "then it is seen")
equal(bob.download("alice:/v.txt").status, 403, "and not read")
equal(alice.put("/grants", path=":/v.txt", who="bob",
                rights=["read"]).status, 200, "a grant")
equal(bob.download("alice:/v.txt").body, b"one", "opens it")
equal([(r["who"], r["rights"]) for r in alice.all(
    "/grants", path=":/v.txt")], [("bob", ["see", "read"])], "and is listed")
equal(alice.put("/grants", path=":/v.txt", who="bob", rights=[]).status, 200,
      "taken back")
equal(bob.download("alice:/v.txt").status, 403, "it is closed again")
equal(alice.put("/groups", group="friends", member="bob").status, 200,
      "a group")
equal(alice.put("/grants", path=":/v.txt", who="@friends",
                rights=["read"]).status, 200, "may read")
equal(bob.download("alice:/v.txt").status, 200, "and does")
shared = bob.all("/shares")
equal([r["path"] for r in shared], ["/v.txt"], "it is among what is shared")
equal(json.loads(alice.get("/groups").body)["rows"],
      [{"group": "friends", "name": "bob"}], "the group is listed")
equal(Browser(web).get("/list", path="alice:/").status, 401,
      "nobody sees anything")
finish()
