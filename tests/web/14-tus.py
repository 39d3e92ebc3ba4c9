"""Resumable uploads: tus 1.0, through the ends of workers and of the hub."""
import base64
import hashlib
import os
import random
import signal

from common_api import *		# noqa: F403
from common_api import (Browser, equal, finish, ok, setting_with)

hub, web, people, (alice, bob) = setting_with("alice", "bob")
rng = random.Random(int(os.environ.get("FSS_TEST_SEED", "11")))
TUS = {"Tus-Resumable": "1.0.0"}
PART = "application/offset+octet-stream"


def b64(text):
    return base64.b64encode(text if isinstance(text, bytes) else
                            text.encode()).decode()


def create(path, size, who=alice, body=None, headers=None, **meta):
    meta = {"path": path, **meta}
    h = {**TUS, "Upload-Length": str(size), "Upload-Metadata": ",".join(
        f"{k} {b64(v)}" for k, v in meta.items())}
    if body is not None:
        h["Content-Type"] = PART
    h.update(headers or {})
    return who.raw("POST", "/api/v1/uploads", body, h)


def patch(where, offset, body, who=alice, **headers):
    h = {**TUS, "Upload-Offset": str(offset), "Content-Type": PART}
    h.update({k.replace("_", "-"): v for k, v in headers.items()})
    return who.raw("PATCH", where, body, h, fresh=True)


def offset(where, who=alice):
    a = who.raw("HEAD", where, None, TUS, fresh=True)
    return int(a.headers["Upload-Offset"]) if a.status == 200 else a.status


# ---- what is spoken --------------------------------------------------------

a = Browser(web).raw("OPTIONS", "/api/v1/uploads")
equal((a.status, a.headers["Tus-Version"]), (204, "1.0.0"), "OPTIONS")
ok("checksum" in a.headers["Tus-Extension"], "says what is offered")
for headers in ({"Tus-Resumable": None}, {"Tus-Resumable": "0.2.2"}):
    a = create(":/x", 1, headers=headers)
    equal((a.status, a.headers["Tus-Version"]), (412, "1.0.0"),
          f"{headers}: 412")

# ---- in parts --------------------------------------------------------------

data = rng.randbytes(5 << 20)
a = create(":/tus/file.bin", len(data), mtime="1600000000000000",
           media="image/png", extra="kept")
equal(a.status, 201, "an upload begins")
where = a.headers["Location"]
equal(a.headers["Upload-Offset"], "0", "at 0")
ok(a.headers["Upload-Expires"].endswith("GMT"), "and expires some day")
at = 0
for n in (1, 1000, 65536, 1 << 20, 2 << 20):
    a = patch(where, at, data[at:at + n])
    at += n
    equal((a.status, a.headers["Upload-Offset"]), (204, str(at)),
          f"{n} bytes more")
    equal(offset(where), at, "any worker says so")
equal(alice.get("/entry", path=":/tus/file.bin").status, 404,
      "nothing is there yet")
a = alice.raw("HEAD", where, None, TUS)
ok(f"extra {b64('kept')}" in a.headers["Upload-Metadata"] and
   a.headers["Upload-Length"] == str(len(data)) and
   a.headers["Cache-Control"] == "no-store", "HEAD tells all of it", a)
rows = alice.all("/uploads")
equal([(r["path"], r["offset"]) for r in rows], [("/tus/file.bin", at)],
      "and it is listed")
ok("held" not in rows[0], "with nobody at work on it between parts", rows)
a = patch(where, at, data[at:])
equal((a.status, a.headers["Upload-Offset"], a.json["path"]),
      (200, str(len(data)), "/tus/file.bin"), "the last part makes the file")
equal((a.json["media"], a.json["mtime"]), ("image/png", 1600000000000000),
      "with what was said of it")
ok(alice.download(":/tus/file.bin").body == data, "byte for byte")
equal(offset(where), len(data), "HEAD of what is complete")
equal(alice.all("/uploads"), [], "which is listed no more")
alice.upload(":/whole.bin", data)
equal(alice.get("/entry", path=":/whole.bin").json["digest"],
      alice.get("/entry", path=":/tus/file.bin").json["digest"],
      "cut as one in one piece")

# ---- mistakes --------------------------------------------------------------

where = create(":/m.bin", 100).headers["Location"]
for at in (1, 50, 101, 10 ** 18):
    a = patch(where, at, b"x")
    equal(a.status, 409, f"offset {at}: 409")
for value in ("-1", "x", "", None, "0x0", "99999999999999999999"):
    a = alice.raw("PATCH", where, b"x", {
        **TUS, "Content-Type": PART, "Upload-Offset": value})
    equal(a.status, 400, f"offset {value!r}: 400")
equal(patch(where, 0, b"x", Content_Type="text/plain").status, 415,
      "another type: 415")
a = patch(where, 0, b"x" * 101)
ok(a.status in (400, 413), "more than its size is refused", a)
equal(offset(where), 0, "and nothing of it counts")
equal(patch(where, 0, b"x" * 60, who=bob).status, 404, "another's is not there")
equal(offset(where, bob), 404, "for anybody else")
equal(bob.raw("DELETE", where, None, TUS).status, 404, "nor to be ended")
for meta, status in (("", 400), ("path", 400), ("path !!", 400),
                     ("path Oi9h,path Oi9h", 400), (f"path {b64('x')}", 400),
                     (f"path {b64(':/a')},", 400),
                     (f"path {b64(':/a')},mtime {b64('x')}", 400),
                     (f"path {b64(':/../a')}", 400),
                     (f"path {b64('bob:/a')}", 404),
                     (f"path {b64('nobody:/a')}", 404)):
    a = alice.raw("POST", "/api/v1/uploads", None, {
        **TUS, "Upload-Length": "1", "Upload-Metadata": meta})
    equal(a.status, status, f"metadata {meta[:24]!r}: {status}")
for length in ("-1", "x", None, "1e3", "9223372036854775808"):
    a = create(":/a", 1, headers={"Upload-Length": length})
    equal(a.status, 400, f"length {length}: 400")
equal(alice.raw("DELETE", where, None, TUS).status, 204, "given up")
equal(offset(where), 404, "it is gone")
equal(patch("/api/v1/uploads/" + "0" * 32, 0, b"x").status, 404,
      "one that never was")

# ---- at once, and of nothing -----------------------------------------------

a = create(":/first.txt", 9, body=b"firs")
equal((a.status, a.headers["Upload-Offset"]), (201, "4"),
      "creation with the first part")
equal(patch(a.headers["Location"], 4, b"tpart").status, 200, "and the rest")
equal(alice.download(":/first.txt").body, b"firstpart", "the file")
a = create(":/one.txt", 3, body=b"all")
equal((a.status, a.headers["Upload-Offset"]), (201, "3"), "all at once")
equal(alice.download(":/one.txt").body, b"all", "the file")
a = create(":/nothing.txt", 0)
equal((a.status, a.headers["Upload-Offset"]), (201, "0"), "nothing at all")
equal(alice.get("/entry", path=":/nothing.txt").json["size"], 0, "is a file")

# ---- with a token that may not read -----------------------------------------

data = rng.randbytes(3 << 20)
writer, second = [Browser(web, alice.post(
    "/tokens", label=name, scopes=["write"]).json["token"])
    for name in ("drop", "box")]
where = create(":/tus/written.bin", len(data), who=writer).headers["Location"]
at = 0
for n in (1, 700001, 65537, 1200003):
    a = patch(where, at, data[at:at + n], who=writer)
    at += n
    equal((a.status, a.headers["Upload-Offset"]), (204, str(at)),
          f"writes {n} bytes more, in the middle of a chunk")
equal(offset(where, writer), at, "and knows how far it is")
equal(patch(where, at, b"x", who=second).status, 403,
      "another token may not read what there is to go on from")
equal(patch(where, at, data[at:], who=writer).status, 200, "who began may")
ok(alice.download(":/tus/written.bin").body == data, "byte for byte")
for a in (writer.download(":/tus/written.bin"), writer.get("/list", path=":/"),
          writer.download(":/first.txt")):
    equal(a.status, 403, "and reads nothing")
where = create(":/tus/mine.bin", 100, body=b"x" * 50).headers["Location"]
equal(patch(where, 50, b"y", who=writer).status, 403,
      "nor goes on with what it did not begin")
equal(alice.raw("DELETE", where, None, TUS).status, 204, "which is given up")

# ---- checksums -------------------------------------------------------------

part = rng.randbytes(100000)
where = create(":/sum.bin", 2 * len(part)).headers["Location"]
for algorithm in ("sha256", "sha1"):
    right = f"{algorithm} {b64(hashlib.new(algorithm, part).digest())}"
    at = offset(where)
    a = patch(where, at, part[:-1] + b"!", Upload_Checksum=right)
    equal((a.status, a.error), (460, "FSS_EINTEGRITY"),
          f"a wrong {algorithm}: 460")
    equal(offset(where), at, "and nothing of the part counts")
    a = patch(where, at, part, Upload_Checksum=right)
    ok(a.status in (200, 204), f"a right {algorithm}", a)
for text in ("md5 x", "sha1 x", "sha1", f"sha1 {b64(b'x' * 32)}", ""):
    where = create(":/s.bin", 10).headers["Location"]
    equal(patch(where, 0, b"x" * 10, Upload_Checksum=text).status, 400,
          f"checksum {text!r}: 400")
where = create(":/s.bin", 20 << 20).headers["Location"]
conn = alice.connect()
conn.putrequest("PATCH", where)
for k, v in {**alice.headers("PATCH"), **TUS, "Upload-Offset": "0",
             "Content-Type": PART, "Content-Length": str(17 << 20),
             "Upload-Checksum": "sha1 " + b64(b"x" * 20)}.items():
    conn.putheader(k, v)
conn.endheaders()
equal(conn.getresponse().status, 413,
      "a part with a checksum has 16 MiB at most")
conn.close()
alice.raw("DELETE", where, None, TUS)

# ---- lost lines, workers, hubs ---------------------------------------------

data = rng.randbytes(40 << 20)
where = create(":/hard.bin", len(data)).headers["Location"]


def send_some(at, n):
    """Sends @n bytes of a part that says it has all the rest, and stops."""
    conn = alice.connect()
    conn.putrequest("PATCH", where)
    for k, v in {**alice.headers("PATCH"), **TUS, "Upload-Offset": str(at),
                 "Content-Type": PART,
                 "Content-Length": str(len(data) - at)}.items():
        conn.putheader(k, v)
    conn.endheaders()
    conn.send(data[at:at + n])
    return conn


conn = send_some(0, 3 << 20)
conn.close()
while offset(where) == 0:
    pass			# until the front end has seen it go


def settled(least):
    """What has arrived once nothing more is under way."""
    # A part that begins takes the upload over: what came before is settled.
    while True:
        at = offset(where)
        a = patch(where, at, data[at:at + 1])
        if a.status == 204:
            return at + 1
        # After a restart of the hub each worker is back at its own time.
        if a.status not in (409, 503, 504):
            raise RuntimeError(str(a))


at = settled(1)
ok(at > 1, f"a lost line: {at} bytes stay")

for what in ("worker", "hub"):
    conn = send_some(at, 20 << 20)
    # As much as is kept for good by itself has been taken in.
    while offset(where) == at:
        pass
    if what == "worker":
        before = web.workers()
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        # The parent makes new ones; a request is answered when they are.
        while True:
            try:
                got = offset(where)
                break
            except OSError:
                alice.close()
        ok(not set(before) & set(web.workers()), "other workers are there")
    else:
        hub.kill()
        hub.start()
        while True:
            got = offset(where)
            if got not in (503, 504):
                break
    conn.close()
    ok(got > at, f"kill -9 of the {what}: {got} bytes stay")
    at = settled(1)
while at < len(data):
    a = patch(where, at, data[at:at + (8 << 20)])
    ok(a.status in (200, 204), f"and it goes on from {at}", a)
    at += 8 << 20
ok(alice.download(":/hard.bin").body == data, "to the very same file")
finish()
