"""An hour of somebody who means ill, with the real module and a real hub.

What is freed is overwritten (MALLOC_PERTURB_), so that a worker that uses it
afterwards ends; at the end all of them are still those of the beginning.
"""
import base64
import io
import os
import re
import socket
import urllib.parse
import zipfile

os.environ["MALLOC_PERTURB_"] = "165"

from common_api import *		# noqa: F403,E402
from common_api import (COOKIE, Browser, LIMIT, equal, finish, ok,
                        setting_with, write)
from common_web import head, status, talk  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
hub, web, people, (alice, bob) = setting_with(
    "alice", "bob", web_settings={"web.proxy": "127.0.0.1"})
before = web.workers()
write(os.path.join(web.ui, "index.html"), b"<!doctype html>")
write(os.path.join(web.ui, "assets/app-1a2b3c4d5e.js"), b"let x = 1;\n")
TUS = {"Tus-Resumable": "1.0.0"}
PART = "application/offset+octet-stream"
J = {"Content-Type": "application/json"}
nobody = Browser(web)


def b64(text):
    return base64.b64encode(text.encode()).decode()


def sent(data):
    """What comes for these very bytes, on a connection of its own."""
    s = web.tls.wrap_socket(socket.create_connection(
        ("127.0.0.1", web.port), LIMIT), server_hostname="localhost")
    return talk(s, data)


# A part that stops in the middle: what comes of it is looked at last.
stalled = alice.connect()
slow = alice.raw("POST", "/api/v1/uploads", None, {
    **TUS, "Upload-Length": "900000",
    "Upload-Metadata": f"path {b64(':/slow.bin')}"}).headers["Location"]
stalled.putrequest("PATCH", slow)
for k, v in {**alice.headers("PATCH"), **TUS, "Upload-Offset": "0",
             "Content-Type": PART, "Content-Length": "900000"}.items():
    stalled.putheader(k, v)
stalled.endheaders(b"x" * 300000)

# ---- every route that changes something ------------------------------------

with open(os.path.join(ROOT, "fssweb/api_routes.c")) as f:
    routes = re.findall(r'\tX\((\w+), "([^"]+)",\s+(\w+), (\w+), (\w+),',
                        re.sub(r"\s*\\\n\s*", " ", f.read()).replace(
                            "X(", "\n\tX("))
changing = [r for r in routes if r[0] in ("POST", "PUT", "PATCH", "DELETE")]
ok(len(routes) > 60 and len(changing) > 30, "the table of routes", len(routes))
unproven = {"no value": {"X-FSS-CSRF": None},
            "bob's value": {"X-FSS-CSRF": bob.csrf},
            "no Origin": {"Origin": None}}
foreign = {"Origin null": {"Origin": "null"},
           "another site": {"Origin": "https://evil.example"},
           "another port": {"Origin": "https://localhost:1"},
           "a name below": {"Origin": f"https://x.{web.host}"},
           "plain http": {"Origin": f"http://{web.host}"},
           "cross-site": {"Sec-Fetch-Site": "cross-site"},
           "a site beside": {"Sec-Fetch-Site": "same-site"},
           "typed by hand": {"Sec-Fetch-Site": "none"}}
for method, path, login, scope, body in changing:
    path = re.sub(":[a-z]+", "1", path)
    data = None if body == "0" else b"{}"
    # Who is nobody yet has no value.
    tries = {**foreign, **(unproven if login == "LOGIN" else {})}
    wrong = []
    for name, headers in tries.items():
        a = alice.raw(method, path, data, {**J, **TUS, **headers})
        if a.status != 403:
            wrong.append((name, str(a)))
    equal(wrong, [], f"{method} {path} is refused to who forges it")
    if login == "LOGIN":
        a = nobody.raw(method, path, data, {**J, **TUS, "Origin": web.origin})
        equal((a.status, a.error), (401, "FSS_EAUTH"), "and to nobody")
for type in ("text/plain", "application/x-www-form-urlencoded",
             "multipart/form-data; boundary=x", "application/json-x",
             "text/json", "application/json, text/plain", ""):
    a = alice.raw("POST", "/api/v1/folders", b'{"path":":/form"}',
                  {"Content-Type": type})
    equal(a.status, 415, f"what a form sends is no JSON: {type!r}")
for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
    equal(alice.raw("GET", "/api/v1/session", None,
                    {name: "DELETE"}).status, 200, f"{name} is nothing")
    equal(alice.raw("POST", "/api/v1/session?_method=DELETE", b"{}",
                    {**J, name: "DELETE"}).status, 400, "nor with POST")
equal(alice.get("/session").json["account"], "alice", "she is still logged in")
for path in ("/api/v1/folders?path=:/got", "/api/v1/move?from=:/a&to=:/b",
             "/api/v1/remove?paths=:/a", "/api/v1/password?old=a&new=b",
             "/api/v1/restore?path=:/a", "/api/v1/access?path=:/a"):
    for method in ("GET", "HEAD"):
        equal(alice.raw(method, path).status, 405, f"{method} {path}: 405")

# ---- the host ---------------------------------------------------------------

for name, lines in (
        ("another", ["Host: evil.example"]),
        ("with a port", ["Host: evil.example:1"]),
        ("forwarded", [f"Host: {web.host}", "X-Forwarded-Host: evil.example",
                       "X-Host: evil.example", "X-Forwarded-Proto: http",
                       "Forwarded: host=evil.example",
                       "X-Original-URL: /evil", "X-Rewrite-URL: /evil"])):
    for path in ("/", "/api/v1/session", "/s/" + "A" * 43, "/s/style.css",
                 "/none.js", "/api/v1/none"):
        got = sent(("GET %s HTTP/1.1\r\n%s\r\nConnection: close\r\n\r\n" % (
            path, "\r\n".join(lines))).encode())
        ok(status(got) in (200, 404) and b"evil" not in got and
           b"location:" not in got.lower() and b"access-control" not in
           got.lower(), f"a Host that is {name} changes nothing of {path}",
           got[:300])
for path in ("//evil.example", "//evil.example/%2e%2e", "/%2f%2fevil.example",
             "/%5cevil.example", "/s/%2f%2fevil.example",
             "/s//evil.example", "/%0d%0aLocation:%20https://evil.example",
             "/.%0d./"):
    got = sent(head(path, "GET", "Connection: close"))
    ok(status(got) in (200, 400, 404) and b"evil" not in got,
       f"{path} leads nowhere", got[:300])

# ---- what caches are told ----------------------------------------------------

alice.upload(":/doc.txt", b"words of alice")
alice.post("/folders", path=":/dir")
alice.upload(":/dir/in.txt", b"in it")
link = alice.post("/links", path=":/dir").json["url"]
file_link = alice.post("/links", path=":/doc.txt").json["url"]
send_link = alice.post("/links", path=":/dir", kind="upload").json["url"]
LATER = {"Range": "bytes=9999-"}
for who, path, headers, want, rules in (
        (alice, "/api/v1/session", {}, 200, "no-store"),
        (alice, "/api/v1/list?path=:/", {}, 200, "no-store"),
        (alice, "/api/v1/content?path=:/doc.txt", {}, 200,
         "private, no-cache"),
        (alice, "/api/v1/content?path=:/doc.txt", {"Range": "bytes=0-1"}, 206,
         "private, no-cache"),
        (alice, "/api/v1/content?path=:/doc.txt", LATER, 416, "no-store"),
        (alice, "/api/v1/content?path=:/none", {}, 404, "no-store"),
        (alice, "/api/v1/zip?path=:/dir", {}, 200, "no-store"),
        (nobody, "/api/v1/list?path=:/", {}, 401, "no-store"),
        (nobody, "/api/v1/health", {}, 200, "no-store"),
        (nobody, "/", {}, 200, "no-cache"),
        (nobody, "/", LATER, 416, "no-store"),
        (nobody, "/assets/app-1a2b3c4d5e.js", {}, 200,
         "public, max-age=31536000, immutable"),
        (nobody, "/assets/app-1a2b3c4d5e.js", LATER, 416, "no-store"),
        (nobody, "/assets/app-00000000.js", {}, 404, "no-store"),
        (nobody, "/s/style.css", {}, 200, "public, max-age=3600"),
        (nobody, link, {}, 200, "no-store"),
        (nobody, file_link + "/get", {}, 200, "private, no-cache"),
        (nobody, send_link, {}, 200, "no-store"),
        (nobody, "/s/" + "A" * 43, {}, 404, "no-store")):
    a = Browser(web).raw("GET", path, None, headers) if who is nobody else \
        who.raw("GET", path, None, headers)
    equal((a.status, a.headers["Cache-Control"]), (want, rules),
          f"{re.sub('[A-Za-z0-9_-]{43}', 'TOKEN', path)} {headers}: {rules}")
    ok(a.headers["X-Content-Type-Options"] == "nosniff" and
       "default-src 'none'" in a.headers["Content-Security-Policy"] and
       a.headers.get_all("Cache-Control") == [rules], "and guarded", a)
    equal(a.headers["Vary"], "accept-encoding" if who is nobody and path[:3]
          in ("/", "/as") and want != 404 else None,
          "told apart by what it depends on")

# ---- conditions give nothing away --------------------------------------------

etag = alice.download(":/doc.txt").headers["ETag"]
for condition in ({"If-None-Match": etag}, {"If-None-Match": "*"},
                  {"If-Range": etag, "Range": "bytes=0-0"},
                  {"If-Modified-Since": "Fri, 31 Dec 2100 00:00:00 GMT"}):
    for what in ("alice:/doc.txt", "alice:/none.txt"):
        a = bob.download(what, condition)
        equal((a.status, a.headers["ETag"]), (404, None),
              f"who may not read {what} learns nothing by {condition}")
    a = Browser(web).download("alice:/doc.txt", condition)
    equal(a.status, 401, "nor does nobody")
alice.put("/access", path=":/doc.txt", access="open")
equal(bob.download("alice:/doc.txt", {"If-None-Match": etag}).status, 304,
      "who may read it is told it is the same")
alice.put("/access", path=":/doc.txt", access="private")
equal(bob.download("alice:/doc.txt", {"If-None-Match": etag}).status, 404,
      "until he may no more")
a = alice.download(":/doc.txt", {"Range": "bytes=0-1",
                                 "If-Range": alice.download(
                                     ":/dir/in.txt").headers["ETag"]})
equal((a.status, a.body), (200, b"words of alice"),
      "a part that fits another file is not given")
visitor = Browser(web)
equal(visitor.raw("GET", file_link).status, 200, "a visitor")
for path in (link + "/get?path=/doc.txt", link + "/get?path=/../doc.txt",
             link + "/get?path=/in.txt/../../doc.txt",
             link + "/get?path=alice:/doc.txt", send_link + "/get",
             send_link + "/get?path=/in.txt", send_link + "/zip"):
    a = visitor.raw("GET", path, None, {"If-None-Match": etag})
    ok(a.status in (400, 403, 404) and b"words" not in a.body and
       a.headers["ETag"] is None, f"{path[46:]} leads out of no link", a)

# ---- names -------------------------------------------------------------------

NAMES = ["<script>alert(1)<b>.txt", "'><img src=x onerror=y>.txt",
         'q"uo;te=.txt', "per%41%22cent.txt", "semi;colon.txt", "a:b.txt",
         "a_b.txt", "a\\b.txt", "a\uff1ab.txt", "a\uff3cb.txt",
         "a\u201b\uff1ab.txt", "a\u201bb.txt", "CON", "CON.txt", "x.txt.",
         "x .txt ", " lead.txt", "..hidden", ".dot", "...", "~", "*?|.txt",
         "\u05d0\u05d1.txt", "\u200fgnp.exe", "zero\u200bwidth.txt",
         "\ufeffbom.txt", "joined\u200d.txt", "\u00e4.txt",
         "\U0001f600" * 60, "%2e%2e", "%00", "Fall.txt",
         "fall.txt", "FALL.TXT", "a'b\"c`d$(e).txt", "=1+1.csv", "\u061cx"]
NAMES = sorted(set(NAMES))
alice.post("/folders", path=":/n")
taken = []
for name in NAMES:
    a = alice.upload(":/n/" + name, name.encode())
    ok(a.status in (201, 400), f"{ascii(name)[:50]} is taken or not", a)
    if a.status == 201:
        equal(a.json["name"], name, "as it is")
        taken.append(name)
ok(len(taken) > 30, "most are names of files", len(taken))
for name in ("..", ".", "nl\n.txt", "cr\r.txt", "tab\t.txt",
             "esc\x1b[31m", "del\x7f", "c1\x85.txt", "rtl\u202egpj.exe",
             "iso\u2066x", "ls\u2028x", "x" * 256):
    a = alice.upload(":/n/" + name, b"x")
    ok(a.status in (400, 404, 409) and a.error, f"{ascii(name)[:40]}: no", a)
    ok(alice.post("/folders", path=":/n/" + name).status in (400, 404, 409),
       "nor of folders")
    meta = f"path {b64(':/n/' + name)}"
    ok(alice.raw("POST", "/api/v1/uploads", None, {
        **TUS, "Upload-Length": "0", "Upload-Metadata": meta}).status in
       (400, 404, 409), "nor in parts")
for path in (":/n/%00", ":/n/%ff", ":/n/%c0%ae%c0%ae/x", ":/n/%ed%a0%80",
             ":/%2e%2e/n", ":/n/../../x", ":/n//x", ":/n/./x", ":n", "/n",
             "%61lice:/../bob:/x", "alice:/n/..;/x", ":/../alice:/n"):
    a = alice.raw("GET", "/api/v1/entry?path=" + path)
    ok(a.status in (400, 404) and a.error, f"no entry at {path}", a)
for name, same in (("a\u0308.txt", "\u00e4.txt"), ("\u212a.txt", "K.txt")):
    a = alice.upload(":/other/" + name, b"x")
    equal((a.status, a.json["name"]), (201, same),
          f"{ascii(name)} is written in one way")
equal(alice.get("/entry", path=":/n/%2e%2e").json["name"], "%2e%2e",
      "what is encoded twice is a name")
rows = alice.all("/list", path=":/n")
equal(sorted(r["name"] for r in rows), sorted(taken), "JSON has them all")
for name in taken:
    a = alice.download(":/n/" + name)
    told = a.headers["Content-Disposition"]
    m = re.fullmatch(r'attachment; filename="([ -~]*)"'
                     r"(?:; filename\*=UTF-8''([!-~]+))?", told)
    ok(m is not None and not set('"\\%/') & set(m.group(1)),
       "a header is told it in ASCII", told)
    equal(urllib.parse.unquote(m.group(2) or m.group(1)), name,
          "and in full")
    equal(a.body, name.encode(), "and its bytes are its own")
names_link = alice.post("/links", path=":/n").json["url"]
page = Browser(web).raw("GET", names_link).text
for mark in ("<script", "<img", "'><", '"uo;', "\u200b", "\u200f", "\ufeff",
             "\u061c"):
    ok(mark not in page, f"no {ascii(mark)} in a page of a link")
ok("&lt;script&gt;" in page and "per%41%22cent" in page and
   "\u05d0\u05d1.txt" in page and "joined\u200d.txt" in page,
   "but what was meant", page[:3000])
hrefs = [h.replace("&amp;", "&") for h in re.findall('href="([^"]+)"', page)]
mine = [h for h in hrefs if "/get?path=" in h]
equal(len(mine), len(taken), "each can be fetched")
visitor = Browser(web)
equal({visitor.raw("GET", h).body.decode() for h in mine}, set(taken),
      "under its own address")
for who, path in ((alice, "/api/v1/zip?path=:/n"),
                  (Browser(web), names_link + "/zip")):
    with zipfile.ZipFile(io.BytesIO(who.raw("GET", path).body)) as z:
        inside = z.namelist()
        equal(len(set(inside)), len(taken), "no two become one in a zip")
        equal({z.read(n).decode() for n in inside}, set(taken),
              "nor does one take another's place")
    for n in inside:
        ok(not n.startswith("/") and not set("\\:\0") & set(n) and
           ".." not in n.split("/"), f"{ascii(n)[:40]} leads nowhere", n)
web.wait_log("path=/s/-/zip")
ok(not [t for t in (link[3:], file_link[3:], names_link[3:], send_link[3:],
                    alice.cookies[COOKIE], alice.csrf)
        if t in web.log_text()], "no token is in the log")
for path in ("/" + link, "/." + link, link.replace("/s/", "/S/"), link + "/x",
             link.replace("/s/", "/%73/"), link.replace("/s/", "/s//")):
    nobody.raw("GET", path)
nobody.raw("GET", "/after.js")
web.wait_log("path=/after.js")
ok(link[3:] not in web.log_text(), "nor of a link that is mistyped")

# What a page tells of an address is nothing.
for path in ("/s/<script>alert(1)</script>", "/s/%3Cscript%3E",
             "/s/" + "A" * 43 + "?path=%3Cscript%3E",
             link + "?path=/%3Cscript%3E", link + "?cursor=%3Cscript%3E",
             link + "/get?path=/%3Cscript%3E", link + "/<script>",
             "/%3Cscript%3E.js", "/api/v1/%3Cscript%3E",
             "/api/v1/list?path=%3Cscript%3E", "/api/v1/list?%3Cscript%3E=1"):
    a = alice.raw("GET", path)
    if a.headers["Content-Type"].startswith("text/html"):
        ok("script" not in a.text, f"{path[:40]} is not told", a)
    else:
        equal(a.headers["Content-Type"], "application/json", "or in JSON")
        equal(a.headers["X-Content-Type-Options"], "nosniff", "as that")

# ---- cookies -----------------------------------------------------------------

her, his = alice.cookies[COOKIE], bob.cookies[COOKIE]
for name, value, want in (
        ("hers", f"{COOKIE}={her}", "alice"),
        ("among others", f"a=1; {COOKIE}={her}; b=2", "alice"),
        ("quoted", f'{COOKIE}="{her}"', "alice"),
        ("twice", f"{COOKIE}={his}; {COOKIE}={her}", None),
        ("twice the same", f"{COOKIE}={her}; {COOKIE}={her}", None),
        ("in small letters", f"__host-fss={his}; {COOKIE}={her}", "alice"),
        ("a space before =", f"{COOKIE} ={his}; {COOKIE}={her}", "alice"),
        ("a longer name", f"{COOKIE}-visits={his}; {COOKIE}={her}", "alice"),
        ("another before it", f"x{COOKIE}={his}; {COOKIE}={her}", "alice"),
        ("without a name", f"={COOKIE}={his}; {COOKIE}={her}", "alice"),
        ("of old", f"$Version=1; {COOKIE}={her}; $Path=/", "alice"),
        ("an odd space", f"\u2000{COOKIE}={his}; {COOKIE}={her}", "alice"),
        ("a comma", f"a=1, {COOKIE}={his}", None),
        ("a NUL's escape", f"{COOKIE}={her}%00", None),
        ("longer than any", f"{COOKIE}={'A' * 4000}", None),
        ("none", f"{COOKIE}=", None),
        ("some before it", "".join(f"c{i}=x; " for i in range(40)) +
         f"{COOKIE}={her}", "alice")):
    got = sent(f"GET /api/v1/session HTTP/1.1\r\nHost: {web.host}\r\n"
               f"Connection: close\r\nCookie: {value}\r\n\r\n".encode())
    m = re.search(rb'"account":"(\w+)"', got)
    equal(m.group(1).decode() if m else None, want, f"a cookie: {name}")

# ---- who may not, sends nothing -----------------------------------------------

for name, lines in (("a token of nobody's", ["Authorization: Bearer " +
                                             "A" * 43]),
                    ("no token", [])):
    for method, path, more in (
            ("POST", "/api/v1/remove", ["Content-Type: application/json"]),
            ("PUT", "/api/v1/content?path=:/x", []),
            ("POST", "/api/v1/uploads", [
                "Tus-Resumable: 1.0.0", "Upload-Length: 900000",
                f"Upload-Metadata: path {b64(':/x')}",
                f"Content-Type: {PART}"])):
        got = sent(head(path, method, *lines, *more, "Content-Length: 900000",
                        "Expect: 100-continue", host=web.host))
        equal((status(got), b"100 Continue" in got), (401, False),
              f"{method} {path[:16]}, {name}: told so before any byte")

# ---- uploads -------------------------------------------------------------------

for name, headers in (
        ("a part", {"Content-Range": "bytes 0-4/100"}),
        ("packed", {"Content-Encoding": "gzip"}),
        ("only if new", {"If-None-Match": "*"}),
        ("only if it is the same", {"If-Match": etag}),
        ("only if it is old", {"If-Unmodified-Since":
                               "Fri, 31 Dec 2100 00:00:00 GMT"})):
    a = alice.raw("PUT", "/api/v1/content?path=:/doc.txt", b"other", headers)
    equal((a.status, a.error), (400, "FSS_EINVAL"),
          f"a file is not kept as what it is not: {name}")
equal(alice.download(":/doc.txt").body, b"words of alice",
      "and the old one stays")
a = alice.raw("POST", "/api/v1/uploads", b"some", {
    **TUS, "Upload-Length": "9", "Content-Type": PART,
    "Upload-Metadata": f"path {b64(':/begun.bin')}"})
equal((a.status, a.headers.get_all("Tus-Resumable")), (201, ["1.0.0"]),
      "an answer says its version once")
begun = a.headers["Location"]
for name, meta in (("junk", "!!!"), ("no padding", "path Oi9h"[:-1]),
                   ("bits too many", "path Oi9hZ===="), ("controls", "path " +
                    base64.b64encode(b":/a\x01").decode()),
                   ("no UTF-8", "path " + base64.b64encode(b":/a\xff")
                    .decode()), ("too long", "path " + "QUFB" * 2000),
                   ("a NUL", "path " + base64.b64encode(b":/a\0b").decode()),
                   ("no path", f"name {b64('x')}"), ("a folder", "path " +
                    b64(":/dir")), ("a mode", f"path {b64(':/a')},mode "
                    + b64("4095")), ("a time", f"path {b64(':/a')},mtime " +
                    b64("-1"))):
    a = alice.raw("POST", "/api/v1/uploads", None, {
        **TUS, "Upload-Length": "1", "Upload-Metadata": meta})
    ok(a.status in (400, 409), f"metadata that is {name}", a)
for length in ("9223372036854775807", "18446744073709551615", "1e9", "0x10"):
    a = alice.raw("POST", "/api/v1/uploads", None, {
        **TUS, "Upload-Length": length,
        "Upload-Metadata": f"path {b64(':/huge')}"})
    ok(a.status in (201, 400, 413, 507), f"a length of {length}", a)
for header, value in (("Upload-Concat", "partial"), ("Upload-Concat",
                      f"final;{begun}"), ("Upload-Defer-Length", "1")):
    a = alice.raw("POST", "/api/v1/uploads", None, {
        **TUS, header: value, "Upload-Metadata": f"path {b64(':/c')}"})
    equal(a.status, 400, f"{header}: {value[:6]} is not done here")
for method in ("PATCH", "DELETE", "HEAD", "GET"):
    a = bob.raw(method, begun, b"thing" if method == "PATCH" else None, {
        **TUS, "Upload-Offset": "4", "Content-Type": PART})
    equal(a.status, 404, f"bob's {method} finds no upload of alice's")

# Two at once: one of them goes on.
first, second = alice.connect(), alice.connect()
for conn in (first, second):
    conn.putrequest("PATCH", begun)
    for k, v in {**alice.headers("PATCH"), **TUS, "Upload-Offset": "4",
                 "Content-Type": PART, "Content-Length": "5"}.items():
        conn.putheader(k, v)
    conn.endheaders(b"th")
codes = []
for conn in (first, second):
    try:
        conn.send(b"ing")
        codes.append(conn.getresponse().status)
    except OSError:
        codes.append(0)
    conn.close()
ok(sorted(codes)[0] in (0, 200, 409) and 200 in codes and
   codes.count(200) <= 2, "two parts at once", codes)
equal(alice.download(":/begun.bin").body, b"something", "make one file")

# More than it was to have, in pieces of every size: what was refused in the
# middle of a turn of the connection's must leave nothing behind.
for n in range(1, 41):
    a = alice.raw("POST", "/api/v1/uploads", None, {
        **TUS, "Upload-Length": str(n << 16),
        "Upload-Metadata": f"path {b64(':/over.bin')}"})
    s = alice.connect()
    s.putrequest("PATCH", a.headers["Location"])
    for k, v in {**alice.headers("PATCH"), **TUS, "Upload-Offset": "0",
                 "Content-Type": PART,
                 "Content-Length": str(4 << 20)}.items():
        s.putheader(k, v)
    s.endheaders()
    try:
        s.send(bytes(4 << 20))
        code = s.getresponse().status
    except OSError:
        code = 413	# it closed while there was more to come
    s.close()
    ok(code in (400, 413), f"{n << 16} bytes and no more", code)
    alice.raw("DELETE", a.headers["Location"], None, TUS)
equal(alice.get("/entry", path=":/over.bin").status, 404, "no file of it")
equal(web.workers(), before, "and the workers are those they were")

# ---- guessing --------------------------------------------------------------------

texts = set()
for name in ("alice", "bob", "nobody", "x" * 32, "ALICE", "<script>",
             "al'ice", "nobody\u200b"):
    a = Browser(web).login(name, "wrong password")
    texts.add((a.status, a.body))
ok(len(texts) <= 2 and {t[0] for t in texts} <= {401, 400},
   "whether there is such an account is not told", texts)
while True:
    a = Browser(web).login("bob", "wrong password")
    if a.status != 401:
        break
equal((a.status, a.error), (429, "FSS_ERATE"), "guessing ends")
ok(a.json["error"]["retry_ms"] > 0 and int(a.headers["Retry-After"]) > 0 and
   int(a.headers["Retry-After"]) * 1000 >= a.json["error"]["retry_ms"],
   "with when to go on", a)
equal(Browser(web).login("bob").status, 429, "also for who knows it")
equal(bob.get("/session").status, 200, "who is logged in stays so")
equal(Browser(web).login("alice").status, 200, "others log in")

for i in range(1, 200):
    a = Browser(web).api("POST", "/session", {
        "name": f"somebody{i}", "password": "wrong password"}, headers={
            "X-Forwarded-For": f"203.0.113.9, 2001:db8:1:2::{i:x}"})
    if a.status != 401:
        break
ok(a.status == 429 and i > 20, "one /64 guesses so often, whatever it asks", i)
a = Browser(web).api("POST", "/session", {
    "name": "somebody", "password": "wrong password"}, headers={
        "X-Forwarded-For": "203.0.113.9, 2001:db8:1:3::1"})
equal(a.status, 401, "the one beside it is another")

# Asked again too soon.
alice.put("/access", path=":/doc.txt", access="ask")
a = bob.post("/requests", kind="get", path="alice:/doc.txt")
equal(a.status, 201, "bob asks")
number = a.json["request"]
alice.post("/requests/decide", ids=[number], event="deny")
for name, a in (("again", bob.post("/requests/decide", ids=[number],
                                   event="retry")),
                ("anew", bob.post("/requests", kind="get",
                                  path="alice:/doc.txt"))):
    ok(a.status == 429 and 0 < a.json["error"]["retry_ms"] <= 3600000 and
       0 < int(a.headers["Retry-After"]) <= 3600,
       f"asking {name} is told when", a)
a = bob.post("/requests/decide", ids=[number, number + 1], event="retry")
ok(a.status == 207 and a.json["rows"][0]["retry"] > 0,
   "of several each row says it", a)

equal(stalled.getresponse().status, 408, "a part that stalls is cut")
a = alice.raw("HEAD", slow, None, TUS)
while a.headers["Upload-Offset"] == "0":	# it is being kept
    a = alice.raw("HEAD", slow, None, TUS)
equal(a.headers["Upload-Offset"], "300000", "and counts as far as it came")

equal(web.workers(), before, "no worker ended of all this")
equal(web.stop(), 0, "it ends softly")
finish()
