"""Bytes down and up: ranges, conditions, what a browser is told, zips."""
import hashlib
import io
import os
import random
import re
import zipfile

from common_api import *		# noqa: F403
from common_api import (TMP, Browser, equal, finish, ok, peak_kib, run,
                        setting_with, write)

hub, web, people, (alice, bob) = setting_with("alice", "bob")
rng = random.Random(int(os.environ.get("FSS_TEST_SEED", "7")))
data = rng.randbytes(3 << 20)
alice.upload(":/file.bin", data, mtime=1700000000000000)
alice.upload(":/empty", b"")

# ---- the whole -------------------------------------------------------------

a = alice.download(":/file.bin")
equal((a.status, a.body == data), (200, True), "the file")
equal(a.headers["Content-Length"], str(len(data)), "its length")
equal(a.headers["Accept-Ranges"], "bytes", "ranges are offered")
equal(a.headers["Last-Modified"], "Tue, 14 Nov 2023 22:13:20 GMT", "its time")
etag = a.headers["ETag"]
ok(re.fullmatch(r'"sha256tp?-[0-9a-f]{64}"', etag), "its tag", etag)
alice.upload(":/copy.bin", data)
equal(alice.download(":/copy.bin").headers["ETag"], etag,
      "the same content has the same tag")
a = alice.download(":/empty")
equal((a.status, a.body, a.headers["Content-Length"]), (200, b"", "0"),
      "a file of nothing")
ok(a.headers["ETag"], "has a tag too")
a = alice.raw("HEAD", "/api/v1/content?path=:/file.bin")
equal((a.status, a.body, a.headers["Content-Length"], a.headers["ETag"]),
      (200, b"", str(len(data)), etag), "HEAD tells of it")
for path, status, error in ((":/", 409, "FSS_EISDIR"),
                            (":/none", 404, "FSS_ENOENT"),
                            ("alice:", 400, "FSS_EPATH")):
    a = alice.download(path)
    equal((a.status, a.error), (status, error), f"{path}: {status}")

# ---- conditions ------------------------------------------------------------

for name, headers, status in (
        ("the tag", {"If-None-Match": etag}, 304),
        ("a weak one", {"If-None-Match": "W/" + etag}, 304),
        ("among others", {"If-None-Match": f'"x", {etag}'}, 304),
        ("any", {"If-None-Match": "*"}, 304),
        ("another", {"If-None-Match": '"x"'}, 200),
        ("the time", {"If-Modified-Since":
                      "Tue, 14 Nov 2023 22:13:20 GMT"}, 304),
        ("no time", {"If-Modified-Since": "yesterday"}, 200),
        ("a tag goes before a time", {
            "If-None-Match": '"x"', "If-Modified-Since":
            "Tue, 14 Nov 2023 22:13:20 GMT"}, 200)):
    a = alice.download(":/file.bin", headers)
    equal((a.status, len(a.body)), (status, len(data) if status == 200 else
                                    0), f"{name}: {status}")
    equal(a.headers["ETag"], etag, "with the tag")

# ---- ranges ----------------------------------------------------------------

n = len(data)
for text, first, last in (
        ("0-0", 0, 0), ("0-99", 0, 99), (f"{n - 1}-", n - 1, n - 1),
        ("-1", n - 1, n - 1), (f"-{n * 2}", 0, n - 1),
        ("1000000-2000000", 1000000, 2000000),
        (f"10-{n * 9}", 10, n - 1), ("  5-6 ", 5, 6)):
    a = alice.download(":/file.bin", {"Range": "bytes=" + text})
    equal((a.status, a.headers["Content-Range"], a.body ==
           data[first:last + 1]), (206, f"bytes {first}-{last}/{n}", True),
          f"bytes={text}")
for text in (f"{n}-", "-0", f"{n + 5}-{n + 9}", f"{n}-,-0"):
    a = alice.download(":/file.bin", {"Range": "bytes=" + text})
    equal((a.status, a.headers["Content-Range"]), (416, f"bytes */{n}"),
          f"bytes={text}: 416")
for text in ("bytes=5-4", "bytes=", "bytes=a-b", "items=0-1", "bytes=1",
             "bytes=--1", "bytes=0-0x", "bytes=" + "0-0," * 40 + "5-6"):
    a = alice.download(":/file.bin", {"Range": text})
    ok((a.status, len(a.body)) == (200, n) or (a.status == 206 and
       len(a.body) < 100), f"{text[:20]}: passed over", a.status)
a = alice.download(":/file.bin", {"Range": "bytes=0-9,1000000-1000019,-5"})
equal(a.status, 206, "several ranges")
kind = a.headers["Content-Type"]
boundary = re.fullmatch(r"multipart/byteranges; boundary=(\S+)", kind)
ok(boundary, "are multipart/byteranges", kind)
parts = a.body.split(b"\r\n--" + boundary.group(1).encode())
equal(len(parts), 5, "three parts and an end")
equal(parts[-1].strip(b"\r\n"), b"--", "which ends them")
for part, (first, last) in zip(parts[1:], ((0, 9), (1000000, 1000019),
                                           (n - 5, n - 1))):
    head, body = part.split(b"\r\n\r\n", 1)
    ok(f"bytes {first}-{last}/{n}".encode() in head, "a part says which",
       head)
    equal(body, data[first:last + 1], "and has its bytes")
equal(a.headers["Content-Length"], str(len(a.body)), "the length was known")
for value, status in ((etag, 206), ('"x"', 200), ("W/" + etag, 200),
                      ("Tue, 14 Nov 2023 22:13:20 GMT", 206),
                      ("Tue, 14 Nov 2023 22:13:21 GMT", 200)):
    a = alice.download(":/file.bin", {"Range": "bytes=0-9",
                                      "If-Range": value})
    equal(a.status, status, f"If-Range {value[:16]}: {status}")
a = alice.download(":/empty", {"Range": "bytes=0-"})
ok(a.status in (200, 416), "a range of nothing", a)

# ---- what a browser may do -------------------------------------------------

for name, media, shown in (
        ("a.png", "image/png", True), ("a.svg", "image/svg+xml", False),
        ("a.html", "text/html", False), ("a.txt", "text/plain", True),
        ("a.pdf", "application/pdf", True), ("a.js", "text/javascript", True),
        ("x.png", "text/html", False), ("a.xml", "application/xml", False),
        ("a.mp4", "video/mp4", True), ("b.html", None, False)):
    alice.raw("PUT", f"/api/v1/content?path=:/m/{name}",
              b"<script>alert(1)</script>", {"Content-Type": media})
    a = alice.download(f":/m/{name}", inline=1)
    equal(a.headers["Content-Disposition"].split(";")[0],
          "inline" if shown else "attachment", f"{name}, {media}: shown?")
    ok(a.headers["Content-Security-Policy"].startswith("sandbox;"),
       "sandboxed", a.headers["Content-Security-Policy"])
    ok("script-src" not in a.headers["Content-Security-Policy"] and
       "default-src 'none'" in a.headers["Content-Security-Policy"],
       "without script")
    equal(a.headers["X-Content-Type-Options"], "nosniff", "as it is called")
    kind = a.headers["Content-Type"]
    ok(not shown or not re.match("text/(?!plain)|.*(html|xml|script)", kind),
       "and nothing that runs is shown", kind)
    equal(alice.download(f":/m/{name}").headers["Content-Disposition"]
          .split(";")[0], "attachment", "saved unless asked for")

# ---- up --------------------------------------------------------------------

a = alice.raw("PUT", "/api/v1/content?path=:/up.txt&mtime=1600000000000000"
              "&mode=384", b"up", {"Content-Type": "text/markdown"})
equal(a.status, 201, "a file goes up")
equal((a.json["mtime"], a.json["mode"], a.json["media"]),
      (1600000000000000, 0o600, "text/markdown"), "with what was said of it")
a = alice.raw("PUT", "/api/v1/content?path=:/up2.txt", b"up",
              {"Content-Type": "application/x-www-form-urlencoded"})
ok(a.json.get("media") != "application/x-www-form-urlencoded",
   "what curl calls any body is no type of the file", a)
for path, status in ((":/up.txt/below", 409), (":/m", 409), ("bob:/x", 404),
                     ("nobody:/x", 404), (":/", 409), (":/a/../b", 400)):
    a = alice.upload(path, b"x")
    ok(a.status == status or a.status in (400, 403, 404, 409),
       f"not to {path}: {a.status} {a.error}", a)
equal(Browser(web).upload(":/x", b"x").status, 401, "nor by nobody")

# Refused before the bytes are sent, where they are many.
conn = alice.connect()
conn.putrequest("PUT", "/api/v1/content?path=:/x")
conn.putheader("Content-Length", str(1 << 40))
conn.putheader("Expect", "100-continue")
conn.endheaders()
r = conn.getresponse()
equal(r.status, 401, "nobody is told so before any byte")
conn.close()

big = os.path.join(TMP, "big")
block = rng.randbytes(1 << 20)
digest = hashlib.sha256()
with open(big, "wb") as f:
    for i in range(200):
        piece = bytes([i]) + block
        digest.update(piece)
        f.write(piece)
before = max(peak_kib(p) for p in web.workers())
token = alice.post("/tokens", label="curl", scopes=["read", "write"]) \
    .json["token"]
auth = ["--cacert", os.path.join(web.data, "cert.pem"), "-sS", "--fail",
        "-H", "Authorization: Bearer " + token]
r = run(["curl", *auth, "-T", big,
         web.origin + "/api/v1/content?path=:/big"])
equal(r.code, 0, "200 MiB go up by curl -T")
r = run(["curl", *auth, "-o", big + ".back",
         web.origin + "/api/v1/content?path=:/big"])
equal(r.code, 0, "and come down")
with open(big + ".back", "rb") as f:
    equal(hashlib.sha256(f.read()).hexdigest(), digest.hexdigest(),
          "the very same")
after = max(peak_kib(p) for p in web.workers())
ok(after < before + 65536, f"a worker grew by {after - before} KiB")

# ---- zip -------------------------------------------------------------------

NAMES = {"a.txt": b"alpha", "sub/b.txt": b"beta" * 5000, "sub/deep/c": b"",
         "\u00fcn\u00efc\u00f6d\u00e9 \u20ac.txt": b"umlauts",
         "back\\slash": b"b", "co:lon": b"c", "sub/big": data}
for name, body in NAMES.items():
    alice.upload(f":/z/{name}", body)
alice.post("/folders", path=":/z/nothing")
write(os.path.join(TMP, "ann", "announced.txt"), "not uploaded")
people[0].must("announce", os.path.join(TMP, "ann", "announced.txt"),
               ":/z/announced.txt")
a = alice.raw("GET", "/api/v1/zip?path=:/z")
equal((a.status, a.headers["Content-Type"]), (200, "application/zip"),
      "a folder as a zip")
ok('filename="z.zip"' in a.headers["Content-Disposition"], "called after it",
   a.headers["Content-Disposition"])
with zipfile.ZipFile(io.BytesIO(a.body)) as z:
    equal(z.testzip(), None, "its sums are right")
    got = {i.filename: z.read(i) for i in z.infolist()}
for name, body in NAMES.items():
    safe = name.replace("\\", "\uff3c").replace(":", "\uff1a")
    equal(got.pop(safe, None) == body, True, f"has {safe!r}")
equal(got.pop("LEFT-OUT.txt", b"").decode().split(), ["announced.txt"],
      "and says what it has not")
equal(sorted(got), ["nothing/", "sub/", "sub/deep/"], "and the folders")
ok(all(i.compress_type == 0 for i in zipfile.ZipFile(io.BytesIO(
    a.body)).infolist()), "nothing is packed")
back = os.path.join(TMP, "z.zip")
write(back, a.body)
equal(run(["python3", "-m", "zipfile", "-t", back]).code, 0,
      "another program takes it")
a = alice.raw("GET", "/api/v1/zip?path=:/z&name=a.txt&name=sub")
with zipfile.ZipFile(io.BytesIO(a.body)) as z:
    equal(sorted(z.namelist()), ["a.txt", "sub/", "sub/b.txt", "sub/big",
                                 "sub/deep/", "sub/deep/c"],
          "some of a folder")
equal(alice.raw("GET", "/api/v1/zip?path=:/z/a.txt").status, 409,
      "a file is no folder")
equal(alice.raw("GET", "/api/v1/zip?path=:/none").status, 404,
      "what is not there")
equal(bob.raw("GET", "/api/v1/zip?path=alice:/z").status, 404,
      "nor for others")
a = alice.raw("GET", "/api/v1/zip?path=:/z" + "&name=x" * 17)
equal(a.status, 413, "16 names at most")
finish()
