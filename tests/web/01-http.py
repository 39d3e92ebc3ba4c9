"""The front end as an HTTP server: files, ranges, heads, bodies, streams."""
import gzip
import json
import os

from common_web import (TOKEN, Web, common, equal, finish, head, ok, quote,
                        status, talk, write)

hub = common.Hub().start()
web = Web(hub)
page = b"<!doctype html><title>page</title>"
script = b"let x = 1;\n" * 5000
write(os.path.join(web.ui, "index.html"), page)
write(os.path.join(web.ui, "assets/app-1a2b3c4d5e.js"), script)
write(os.path.join(web.ui, "assets/app-1a2b3c4d5e.js.gz"),
      gzip.compress(script))
write(os.path.join(web.ui, "assets/plain.css"), b"a{}")
write(os.path.join(web.data, "secret.txt"), b"secret")
os.symlink("../secret.txt", os.path.join(web.ui, "link.txt"))
write(os.path.join(web.ui, ".hidden"), b"hidden")
web.start()

# ---- every answer carries what browsers are to keep to

WANT = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "strict-transport-security": "max-age=31536000",
        "x-frame-options": "DENY"}
for path, want in (("/", 200), ("/api/v1/nothing", 404), ("/x.png", 404),
                   ("/api/v1/probe/mirror/a", 200), ("/%00", 400),
                   ("/api/v1/probe/json", 405)):
    r = web.get(path)
    equal(r.status, want, f"{path} is {want}")
    missing = {k: r.headers.get(k) for k, v in WANT.items()
               if r.headers.get(k) != v}
    equal(missing, {}, f"{path} has the security headers")
    csp = r.headers["content-security-policy"]
    ok("frame-ancestors 'none'" in csp and "unsafe" not in csp and
       "default-src 'none'" in csp, f"{path} has a strict policy", csp)
    ok(r.headers["cache-control"] in ("no-store", "no-cache"),
       f"{path} is not kept by caches")
broken = talk(web.raw(), b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n")
ok(status(broken) == 501 and b"nosniff" in broken,
   "so does an answer to what is no request", broken)

# ---- files

r = web.get("/")
equal(r.data, page, "the page comes")
equal(r.headers["content-type"], "text/html; charset=utf-8", "as HTML")
equal(web.get("/files/some/view").data, page, "so it does for its views")
r = web.get("/assets/app-1a2b3c4d5e.js")
equal(r.data, script, "a script comes as it is")
equal(r.headers["cache-control"], "public, max-age=31536000, immutable",
      "and is kept: its name has its hash")
r = web.get("/assets/app-1a2b3c4d5e.js",
            headers={"Accept-Encoding": "br, gzip"})
equal((r.headers["content-encoding"], gzip.decompress(r.data)),
      ("gzip", script), "compressed for who takes it")
equal(r.headers["vary"], "accept-encoding", "which caches are told")
equal(web.get("/assets/plain.css").headers["cache-control"], "no-cache",
      "other names are asked for again")
for path in ("/../secret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt",
             "/..%2fsecret.txt", "/link.txt", "/.hidden", "/assets/",
             "/assets//plain.css", "//etc/passwd.txt", "/..%5csecret.txt",
             "/index.html/x.js", "/" + "a" * 300 + ".js"):
    c = web.raw()
    reply = talk(c, head(path, "GET", "Connection: close"))
    ok(status(reply) in (200, 404) and b"secret" not in reply and
       b"root:" not in reply, f"{path[:40]} leads nowhere", reply[:200])
etag = web.get("/").headers["etag"]
equal(web.get("/", headers={"If-None-Match": etag}).status, 304,
      "304 for who has it")
equal(web.get("/", headers={"If-None-Match": '"other"'}).status, 200,
      "200 for who has another")
date = web.get("/").headers["last-modified"]
equal(web.get("/", headers={"If-Modified-Since": date}).status, 304,
      "304 by date too")
r = web.get("/", "HEAD")
equal((r.status, r.data, r.headers["content-length"]),
      (200, b"", str(len(page))), "HEAD tells and sends nothing")
equal(web.get("/", "POST", b"").status, 405, "the page takes no POST")
r = web.get("/api/v1/probe/mirror/a", "OPTIONS")
equal((r.status, r.headers["allow"]), (204, "OPTIONS, GET, HEAD, POST"),
      "OPTIONS tells what there is")

# ---- ranges

URL = "/assets/app-1a2b3c4d5e.js"


def ranged(spec, **more):
    return web.get(URL, headers=dict({"Range": spec}, **more))


r = ranged("bytes=0-9")
equal((r.status, r.data, r.headers["content-range"]),
      (206, script[:10], f"bytes 0-9/{len(script)}"), "one range")
r = ranged("bytes=-5")
equal((r.status, r.data), (206, script[-5:]), "the last bytes")
r = ranged(f"bytes={len(script) - 3}-")
equal((r.status, r.data), (206, script[-3:]), "from a place on")
r = ranged(f"bytes={len(script)}-")
equal((r.status, r.headers["content-range"]),
      (416, f"bytes */{len(script)}"), "416 beyond the end")
r = ranged("bytes=0-1,100-101,-2")
equal(r.status, 206, "several ranges")
boundary = r.headers["content-type"].split("boundary=")[1].encode()
parts = r.data.split(b"--" + boundary)[1:-1]
equal([p.split(b"\r\n\r\n", 1)[1][:-2] for p in parts],
      [script[:2], script[100:102], script[-2:]], "come as parts")
equal(int(r.headers["content-length"]), len(r.data), "of the length told")
ok(f"content-range: bytes 100-101/{len(script)}".encode() in parts[1],
   "each says where it is from")
tag = web.get(URL).headers["etag"]
equal(ranged("bytes=0-9", **{"If-Range": tag}).status, 206,
      "If-Range: the same")
equal(ranged("bytes=0-9", **{"If-Range": '"other"'}).status, 200,
      "If-Range: another, all of it")
equal(ranged("bytes=0-9", **{"If-Range": "W/" + tag}).status, 200,
      "If-Range: weak tags do not count")
equal(ranged("bytes=9-0").status, 200, "nonsense is passed over")
r = web.get(URL, "HEAD", headers={"Range": "bytes=0-9"})
equal((r.status, r.headers["content-length"]), (200, str(len(script))),
      "HEAD tells of the whole")

# ---- connections

c = web.http()
for _ in range(5):
    c.request("GET", "/")
    r = c.getresponse()
    equal(r.read(), page, "a connection is used again")
c.close()
two = talk(web.raw(), head("/api/v1/probe/mirror/1") +
           head("/api/v1/probe/mirror/2", "GET", "Connection: close"))
ok(b'"param":"1"' in two and b'"param":"2"' in two,
   "requests sent ahead are answered in their order", two)
ok(two.index(b'"param":"1"') < two.index(b'"param":"2"'), "one by one")
old = talk(web.raw(), b"GET / HTTP/1.0\r\nHost: x\r\n\r\n")
ok(status(old) == 200 and old.endswith(page), "HTTP/1.0 ends with its reply")
r = talk(web.raw(), b"\r\n\r\n" + head("/", "GET", "Connection: close"))
equal(status(r), 200, "empty lines before a request are passed over")

# ---- what is asked

code, o = web.json("/api/v1/probe/mirror/a%2Fb%20%C3%A9",
                   headers={"Authorization": "Bearer " + TOKEN,
                            "X-Forwarded-For": "192.0.2.1"})
equal((code, o["path"], o["param"]),
      (200, "/api/v1/probe/mirror/a/b \u00e9", "a/b \u00e9"),
      "an encoded slash is part of a name")
equal((o["token"], o["kind"]), (TOKEN, 2), "the token of Authorization")
equal(o["address"], "127.0.0.1", "nobody is believed about addresses unnamed")
_, o = web.json("/api/v1/probe/mirror/a",
                headers={"Cookie": f"x=1; __Host-fss={TOKEN}"})
equal((o["token"], o["kind"]), (TOKEN, 1), "the token of the cookie")
_, o = web.json("/api/v1/probe/mirror/a", headers={"Cookie": "__Host-fss=a b"})
equal(o["kind"], 0, "what is no token is none")
many = {f"X-Filler-{i}": "y" for i in range(60)}
_, o = web.json("/api/v1/probe/mirror/a",
                headers=dict(many, Cookie=f"__Host-fss={TOKEN}"))
equal(o["token"], TOKEN, "many headers hide none")
for origin, site, want in (("https://localhost", None, True),
                           ("https://LOCALHOST", None, True),
                           ("https://localhost.evil", None, False),
                           ("http://localhost", None, False),
                           ("null", None, False), (None, None, False),
                           (None, "same-origin", True),
                           (None, "same-site", False),
                           ("https://evil", "same-origin", False),
                           ("https://localhost", "cross-site", False)):
    h = {"Host": "localhost"}
    if origin:
        h["Origin"] = origin
    if site:
        h["Sec-Fetch-Site"] = site
    _, o = web.json("/api/v1/probe/mirror/a", headers=h)
    equal(o["same_origin"], want, f"origin {origin}, site {site}: {want}")
r = web.get("/api/v1/probe/mirror/a?h=" + quote("x\r\nSet-Cookie: evil=1"))
ok("x-probe" not in r.headers and "evil" not in str(r.headers),
   "a value that could end the line is no header", r.headers)
ok("Secure; HttpOnly; SameSite=Strict" in r.headers["set-cookie"],
   "cookies are kept from scripts and other sites")

# ---- bodies

J = {"Content-Type": "application/json"}


def post(body, headers=J):
    return web.get("/api/v1/probe/json", "POST", body, headers)


r = post(json.dumps({"a": ["\u00e9", 1]}))
equal(json.loads(r.data), {"a": ["\u00e9", 1]}, "a JSON body")
text = '{"a":"' + "x" * ((1 << 20) - 8) + '"}'
equal((len(text), post(text).status), (1 << 20, 200), "as long as may be")
equal(post(text + " ").status, 413, "one byte longer")
deep = "[" * 16 + "]" * 16
equal((post(deep).status, post("[" + deep + "]").status), (200, 413),
      "as deep as may be, and deeper")
for body, why in (("{", "cut"), ('{"a":1,"a":2}', "twice"), ("", "nothing"),
                  ('"\\u0000"', "NUL"), ("\xff", "no UTF-8"),
                  ('{"a":1}x', "more behind")):
    equal(post(body.encode("latin-1")).status, 400, f"no JSON: {why}")
equal(post("{}", {"Content-Type": "text/plain"}).status, 415,
      "another type is none")
r = post("{")
ok(json.loads(r.data)["error"]["name"] == "FSS_EINVAL", "errors are JSON")

# ---- streams

AUTH = {"Authorization": "Bearer " + TOKEN}


def weight(data):
    s = 0
    for b in data:
        s = (s * 31 + b) & 0xffffffffffffffff
    return s & 0x7fffffff


data = os.urandom(3 << 20)
for query in ("", "?stop=1"):
    r = web.get("/api/v1/probe/upload" + query, "PUT", data, AUTH)
    o = json.loads(r.data)
    equal((r.status, o["bytes"], o["sum"]), (200, len(data), weight(data)),
          f"an upload comes whole and in order {query}")
    ok(bool(o["stops"]) == bool(query), "and stops where the sink does", o)
r = web.get("/api/v1/probe/upload", "PUT", b"", AUTH)
equal((r.status, json.loads(r.data)["bytes"]), (200, 0), "an empty upload")
for query in ("", "&wait=1", "&unknown=1", "&unknown=1&wait=1"):
    r = web.get("/api/v1/probe/download?n=5000000" + query)
    ok(r.data == b"x" * 5000000, f"a stream comes whole {query}")
    equal(r.headers["transfer-encoding"],
          "chunked" if "unknown" in query else None, "in chunks or not")
old = talk(web.raw(), b"GET /api/v1/probe/download?n=100000&unknown=1 "
           b"HTTP/1.0\r\nHost: x\r\n\r\n")
ok(old.endswith(b"\r\n\r\n" + b"x" * 100000), "HTTP/1.0 gets no chunks")
cut = talk(web.raw(), head("/api/v1/probe/download?n=500000&break=1"))
ok(status(cut) == 200 and len(cut) < 500000 and b"content-length: 500000" in
   cut, "a stream that fails is cut, not ended", len(cut))
cut = talk(web.raw(), head("/api/v1/probe/download?n=500000&break=1&unknown=1"))
ok(not cut.endswith(b"0\r\n\r\n"), "in chunks too")
equal(web.get("/api/v1/probe/ping").status, 200, "the hub answers through it")

# ---- another page, while this one is served

def pages():
    """What is served of the page: itself, and a script of the first one."""
    # Twice: each worker has a folder open of its own.
    got = [(web.get("/").data, web.get("/assets/app-1a2b3c4d5e.js").status)
           for _ in range(4)]
    equal(len(set(got)), 1, "by all workers alike")
    return got[0]


equal(pages(), (page, 200), "the page as it was")
newer = web.ui + ".new"
write(os.path.join(newer, "index.html"), b"newer")
os.rename(web.ui, web.ui + ".old")
equal(pages(), (page, 200), "where there is none, the one of before")
os.rename(newer, web.ui)
equal(pages(), (b"newer", 404), "another folder in its place is served")
common.shutil.rmtree(web.ui)
equal(web.get("/").status, 404, "what is removed is not")
write(os.path.join(web.ui, "index.html"), b"newest")
equal(pages()[0], b"newest", "until there is one again")

equal(web.stop(), 0, "it ends softly")
hub.stop()
finish()
