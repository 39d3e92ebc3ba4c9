"""Share links: their pages, what they let through, and their limits."""
import hashlib
import html
import io
import os
import random
import re
import threading
import urllib.parse
import zipfile

from common_api import *		# noqa: F403
from common_api import (Browser, equal, finish, ok, setting_with)

VISITS = "__Host-fss-visits"

hub, web, people, (alice, bob) = setting_with("alice", "bob")
rng = random.Random(int(os.environ.get("FSS_TEST_SEED", "5")))


def make(path, **more):
    a = alice.post("/links", path=path, **more)
    if a.status != 201:
        raise RuntimeError(str(a))
    return a.json


def page(url, visitor=None, **kw):
    return (visitor or Browser(web)).raw("GET", url, **kw)


# ---- a file ----------------------------------------------------------------

EVIL = '<script>alert("x")</script> & \u202egnp.txt'
alice.upload(":/file.txt", b"first")
a = alice.upload(f":/evil/{EVIL.replace(chr(0x202e), '')}", b"evil")
link = make(":/file.txt", label="one file")
equal(link["url"], "/s/" + link["token"], "a link says where it leads")
a = page(link["url"])
equal(a.status, 200, "its page needs no account")
ok("file.txt" in a.text and "5 bytes" in a.text, "shows the file", a.text)
ok("<script" not in a.text, "has no script")
csp = a.headers["Content-Security-Policy"]
ok("default-src 'none'" in csp and "script-src" not in csp and
   "form-action 'self'" in csp and "unsafe-inline" not in csp,
   "and may run none", csp)
equal(a.headers["Referrer-Policy"], "no-referrer", "nor tell where it was")
ok(re.fullmatch(VISITS + r"=[\w.-]+; Path=/; Secure; HttpOnly; SameSite=Lax",
                a.headers["Set-Cookie"] or ""),
   "the visit is kept as safely as can be", a.headers["Set-Cookie"])
a = page(link["url"] + "/get")
equal((a.status, a.body), (200, b"first"), "the file")
ok(a.headers["Content-Disposition"].startswith("attachment"), "to be saved")
a = page(link["url"] + "/get", headers={"Range": "bytes=1-2"})
equal((a.status, a.body), (206, b"ir"), "or a part")
a = Browser(web).raw("HEAD", link["url"] + "/get")
equal((a.status, a.headers["Content-Length"]), (200, "5"), "or about it")
alice.upload(":/file.txt", b"second")
equal(page(link["url"] + "/get").body, b"first", "of the version linked")
follow = make(":/file.txt", follow=True)
alice.upload(":/file.txt", b"third")
equal(page(follow["url"] + "/get").body, b"third", "or the newest, if said")
a = page("/s/style.css")
equal((a.status, a.headers["Content-Type"]), (200, "text/css; charset=utf-8"),
      "the style sheet")

# ---- what is none ----------------------------------------------------------

bodies = set()
for token in ("x", "A" * 43, link["token"][:-1] + (
        "A" if link["token"][-1] != "A" else "B"), "..%2f..%2fetc", "%3Cb%3E",
        "a" * 200):
    for more in ("", "/get", "/zip"):
        a = page(f"/s/{token}{more}")
        equal(a.status, 404, f"/s/{token[:12]}{more}: 404")
        bodies.add(a.body)
equal(len(bodies), 1, "all alike")
gone = make(":/file.txt")
equal(alice.delete(f"/links/{gone['link']}").status, 200, "a link revoked")
a = page(gone["url"])
equal((a.status, a.body in bodies), (404, True), "is as one that never was")
equal(bob.delete(f"/links/{link['link']}").status, 404,
      "none of another's to revoke")
rows = alice.all("/links")
ok({r["link"] for r in rows} >= {link["link"], follow["link"]} and
   all("token" not in r for r in rows), "they are listed, without tokens")
a = bob.post("/links", path="alice:/file.txt")
ok(a.status in (400, 403, 404), "nor to be made to another's", a)

# ---- a folder --------------------------------------------------------------

for i in range(130):
    alice.upload(f":/shared/deep/{i:03}.txt", b"%d" % i)
alice.upload(":/shared/<b>&\"'.txt", b"odd")
alice.upload(":/shared/\u00fc \u20ac.txt", b"utf-8")
alice.upload(":/beside.txt", b"not shared")
folder = make(":/shared")
visitor = Browser(web)
a = page(folder["url"], visitor)
ok("&lt;b&gt;&amp;" in a.text and "<b>" not in a.text, "names are escaped",
   a.text)
seen, url = [], folder["url"] + "?path=/deep"
while url:
    a = page(url, visitor)
    seen += re.findall(r'/get\?path=([^"]+)"', a.text)
    more = re.search(r'href="([^"]+)" rel="next"', a.text)
    url = html.unescape(more.group(1)) if more else None
equal(sorted(map(urllib.parse.unquote, seen)),
      [f"/deep/{i:03}.txt" for i in range(130)], "page by page, each once")
href = re.search(r'href="([^"]*%3Cb%3E[^"]*)"', page(folder["url"]).text)
equal(page(html.unescape(href.group(1)), visitor).body, b"odd",
      "a link of the page leads to the file")
for path in ("/../beside.txt", "/..", "../beside.txt", "alice:/beside.txt",
             "/deep/../../beside.txt", "/beside.txt", "/none"):
    for more in ("", "/get", "/zip"):
        a = page(f"{folder['url']}{more}?path={urllib.parse.quote(path)}",
                 visitor)
        ok(a.status in (400, 404) and b"not shared" not in a.body,
           f"{path}{more}: {a.status}", a)
a = page(folder["url"] + "/zip", visitor)
with zipfile.ZipFile(io.BytesIO(a.body)) as z:
    equal((z.testzip(), len(z.namelist())), (None, 133), "all of it as a zip")
# A visit is no log-in.
for path in ("/session", "/list?path=:/", "/devices", "/people"):
    b = Browser(web)
    b.cookies["__Host-fss"] = visitor.cookies[VISITS][:43]
    a = b.raw("GET", "/api/v1" + path)
    ok(a.status in (200, 401, 403) and b"not shared" not in a.body and
       b"beside" not in a.body, f"a visit gives {a.status} for {path}", a)

# ---- a password ------------------------------------------------------------

secret = make(":/file.txt", password="open sesame")
a = page(secret["url"])
ok(a.status == 200 and 'type="password"' in a.text and "file.txt" not in
   a.text, "a password is asked for, nothing is shown", a.text)
for more in ("/get", "/zip"):
    a = page(secret["url"] + more)
    ok(b"third" not in a.body and 'type="password"' in a.text,
       f"nor given by {more}", a)
guest = Browser(web)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
a = guest.raw("POST", secret["url"], b"password=wrong+one", FORM)
ok(a.status == 403 and "not the" in a.text, "a wrong one", a)
equal(page(secret["url"] + "/get", guest).status, 200, "gives the form only")
a = guest.raw("POST", secret["url"], b"password=open+sesame", FORM)
equal((a.status, a.headers["Location"]), (303, secret["url"]),
      "the right one leads on")
equal(page(secret["url"] + "/get", guest).body, b"third", "to the file")
a = guest.raw("POST", secret["url"], b"password=open+sesame",
              {**FORM, "Origin": "https://evil.example"})
equal(a.status, 403, "but no form of another site")

# ---- a visit is one of its link --------------------------------------------

alice.upload(":/theirs.txt", b"of the other link")
other = make(":/theirs.txt")
stranger = Browser(web)
page(other["url"], stranger)
planted = stranger.cookies[VISITS]
victim = Browser(web)
victim.cookies[VISITS] = planted
equal(page(link["url"] + "/get", victim).body, b"first",
      "a visit of another link shows nothing of it here")
victim = Browser(web)
victim.cookies[VISITS] = planted
a = page(secret["url"], victim)
ok('type="password"' in a.text, "and opens no other", a.text)
# With the token of a visit, and everything else made up.
victim.cookies[VISITS] = planted[:43] + ".eA." + "A" * 43
equal(page(link["url"] + "/get", victim).body, b"first",
      "nor does its token alone")
keen = Browser(web)
keen.raw("POST", secret["url"], b"password=open+sesame", FORM)
first = keen.cookies[VISITS]
for _ in range(6):
    page(make(":/file.txt")["url"], keen)
page(other["url"], keen)
ok(keen.cookies[VISITS].endswith("~" + first) and
   page(secret["url"] + "/get", keen).body == b"third",
   "eight are kept", keen.cookies[VISITS])
page(make(":/file.txt")["url"], keen)
ok('type="password"' in page(secret["url"], keen).text,
   "the ninth takes the place of the first")
ok(len(keen.cookies[VISITS]) < 4096 - len(VISITS), "and fits")

# ---- a limit ---------------------------------------------------------------

# More than is read ahead: the hub counts what it has given out whole.
body = rng.randbytes(24 << 20)
alice.upload(":/limited.bin", body)
limited = make(":/limited.bin", limit=3)
for _ in range(3):
    # Broken off: does not count.
    conn = Browser(web).connect()
    conn.request("GET", limited["url"] + "/get")
    conn.getresponse().read(1000)
    conn.sock.close()
    conn.close()
results, lock = [], threading.Lock()


def visit():
    a = page(limited["url"] + "/get")
    with lock:
        results.append((a.status, a.body == body))


while True:
    # Those broken off give their places back when the front end sees it.
    a = page(limited["url"] + "/get")
    if a.status != 429:
        break
equal((a.status, a.body == body), (200, True), "one of three")
threads = [threading.Thread(target=visit) for _ in range(12)]
for t in threads:
    t.start()
for t in threads:
    t.join()
good = [r for r in results if r[0] == 200]
ok(len(good) <= 2 and all(r[1] for r in good),
   f"of 12 at a time no more than the two left: {len(good)}")
ok(all(r[0] in (200, 404, 429) for r in results), "the others are told",
   results)
for _ in range(2 - len(good)):
    equal(page(limited["url"] + "/get").status, 200, "what was left over")
equal(page(limited["url"] + "/get").status, 404, "used up")
equal(page(limited["url"]).status, 404, "as if it never was")
equal([r["used"] for r in alice.all("/links") if r["link"] ==
       limited["link"]], [3], "three are counted")

# ---- to send files ---------------------------------------------------------

alice.post("/folders", path=":/inbox")
alice.upload(":/inbox/theirs.txt", b"of somebody else")
inbox = make(":/inbox", kind="upload", password="send me files")
sender = Browser(web)
sender.raw("POST", inbox["url"], b"password=send+me+files", FORM)
a = page(inbox["url"], sender)
ok('type="file"' in a.text and "theirs" not in a.text,
   "a form, and nothing of what is there", a.text)


def form(*files, boundary="----x"):
    out = b""
    for name, data in files:
        out += (f"--{boundary}\r\nContent-Disposition: form-data; "
                f'name="file"; filename="{name}"\r\nContent-Type: a/b\r\n\r\n'
                ).encode() + data + b"\r\n"
    return out + f"--{boundary}--\r\n".encode()


def send(*files, who=sender, **headers):
    return who.raw("POST", inbox["url"], form(*files), {
        "Content-Type": "multipart/form-data; boundary=----x",
        **{k.replace("_", "-"): v for k, v in headers.items()}})


big = rng.randbytes(9 << 20) + b"\r\n------\r\n------y\r\n"
a = send(("a.txt", b"one"), ("\u00fc\u20ac.bin", big), ("empty", b""),
         ("C:\\docs\\b.txt", b"two"), ("../../c.txt", b"three"),
         ("<i>.txt", b"four"))
ok(a.status == 200 and "&lt;i&gt;.txt" in a.text, "files are sent", a.text)
got = {r["name"]: r["size"] for r in alice.all("/list", path=":/inbox")}
equal(got, {"theirs.txt": 16, "a.txt": 3, "\u00fc\u20ac.bin": len(big),
            "empty": 0, "b.txt": 3, "c.txt": 5, "<i>.txt": 4},
      "and are there, nowhere else")
ok(alice.download(":/inbox/\u00fc\u20ac.bin").body == big, "byte for byte")
equal(alice.get("/entry", path=":/c.txt").status, 404, "no way out of it")
a = send(("theirs.txt", b"mine"))
equal(a.status, 200, "a name that is taken")
equal(alice.download(":/inbox/theirs.txt").body, b"of somebody else",
      "stays as it was")
names = [r["name"] for r in alice.all("/list", path=":/inbox")]
ok(len(names) == 8, "and the new one has another", names)
for more in ("/get?path=/a.txt", "/zip", "?path=/"):
    a = page(inbox["url"] + more, sender)
    ok(a.body != b"one" and "theirs" not in a.text and
       "PK" not in a.text[:2], f"nothing can be fetched by {more}", a)
equal(send(("x.txt", b"x"), who=Browser(web)).status in (200, 403), True,
      "without the password there is the form")
equal(alice.get("/entry", path=":/inbox/x.txt").status, 404, "and no file")
a = send(("y.txt", b"y"), Origin="https://evil.example")
equal(a.status, 403, "no form of another site")
for data, kind, status in (
        (b"------x\r\n\r\nno end", "multipart/form-data; boundary=----x",
         400), (b"x", "multipart/form-data", 400),
        (b"x", "application/json", 400), (form(), "multipart/form-data; "
         "boundary=----x", 400)):
    a = sender.raw("POST", inbox["url"], data, {"Content-Type": kind})
    equal(a.status, status, f"{kind[:20]}, {data[:9]!r}: {status}")
for name in (".", "..", "a\x01b", "x" * 300):
    a = send((name, b"x"))
    ok(a.status in (400, 413), f"no file is called {name[:5]!r}", a)
a = send(("first.txt", b"1"), ("bad\u202egnp.exe", b"2"), ("third.txt", b"3"))
ok(a.status == 400 and "<li><bdi>first.txt</bdi></li>" in a.text and
   "gnp.exe</bdi>" in a.text and "third.txt" not in a.text and
   f'href="{inbox["url"]}"' in a.text, "of several, one of which is refused, "
   "it is told which, what has arrived, and where to go on", a.text)
equal([alice.get("/entry", path=f":/inbox/{name}.txt").status
       for name in ("first", "third")], [200, 404], "and so it is")
sums = hashlib.sha256(alice.download(":/inbox/a.txt").body).hexdigest()
equal(sums, hashlib.sha256(b"one").hexdigest(), "what was sent stays")

# A link dies with its maker's rights.
equal(alice.delete(f"/links/{inbox['link']}").status, 200, "taken back")
equal(send(("z.txt", b"z")).status, 404, "nobody sends any more")
bob.upload(":/b.txt", b"bob's")
a = bob.post("/links", path=":/b.txt")
equal(page(a.json["url"] + "/get").body, b"bob's", "bob's link")
alice.api("PATCH", "/users/bob", {"locked": True})
equal(page(a.json["url"] + "/get").status, 404, "is dead when he is locked")
# ---- what is no visit ------------------------------------------------------

for value in (b"A" * 20 + b"\x8e" + b"A" * 22, b"\xff" * 43, b"A" * 20 +
              b"\xc3\xa4" + b"A" * 21, b"a=b" + b"A" * 40, b"!" * 43):
    a = page(secret["url"], headers={"Cookie": VISITS.encode() + b"=" +
                                     value + b".x." + b"A" * 43})
    ok(a.status == 200 and 'type="password"' in a.text,
       f"{value[18:24]} opens nothing and harms nothing", a)
equal(alice.get("/list", path=":/").status, 200, "others go on")

# ---- the log ---------------------------------------------------------------

secret = make(":/file.txt")
for more in ("", "/get", "/zip", "/"):
    page(secret["url"] + more)
page("/%73/" + secret["token"])
page("/s/" + secret["token"] + "/end-of-log")
web.wait_log(r"path=/s/- ", 1)
web.wait_log(r"path=/s/-/get ", 1)
page("/s/style.css?last")
page("/x-last")
ok("status=404" in web.wait_log(r"path=/x-last "), "all is logged by now")
ok(not any(x in web.log_text() for x in (secret["token"], link["token"])),
   "but no link")

finish()
