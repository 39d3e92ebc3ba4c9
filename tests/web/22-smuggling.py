"""Requests made to be read in two ways, and what hides behind a proxy's word.

Each gets one answer that says no and ends the connection; what came after it
is never read as a request.  Answers tell nothing of what was sent.
"""
import os
import re

import malformed
from common_web import (LIMIT, TOKEN, Web, common, equal, finish, head, ok,
                        status, talk, write)

hub = common.Hub().start()
web = Web(hub)
write(os.path.join(web.ui, "index.html"), b"page")
web.start()
before = web.workers()
MIRROR = "/api/v1/probe/mirror/"
HIDDEN = head(MIRROR + "hidden", "GET", "Connection: close")
AUTH = f"Authorization: Bearer {TOKEN}"


def replies(got):
    return len(re.findall(rb"HTTP/1\.1 \d{3} ", got))


def secure(got):
    """What is missing of what each answer has to carry."""
    top = got.split(b"\r\n\r\n")[0].lower()
    return [w for w in (b"x-content-type-options: nosniff",
                        b"content-security-policy: default-src 'none'",
                        b"content-type: application/json",
                        b"cache-control: no-store",
                        b"referrer-policy: no-referrer",
                        b"connection: close") if w not in top]


def all_at_once(rows):
    """Sends each on its own connection: what ends is waited for together."""
    out = []
    for row in rows:
        s = web.raw()
        s.sendall(row[1])
        out.append((row, s))
    for row, s in out:
        yield (*row, talk(s, b""))


# ---- the table

for name, text, want, got in all_at_once(
        (name, text + malformed.CHUNKS + HIDDEN, want)
        for name, text, want in malformed.rows()):
    equal((status(got), replies(got)), (want, 1), f"refused, once: {name}")
    equal(secure(got), [], f"as an answer like any other: {name}")
    ok(b"hidden" not in got and b"evil" not in got and b"root" not in got and
       b"/tmp" not in got, f"with nothing of it in it: {name}", got)

# ---- a body that is not asked for is no request

for name, _, got in all_at_once((name, first + HIDDEN) for name, first in (
        ("no route", head("/api/v1/none", "POST", f"Content-Length: "
                          f"{len(HIDDEN)}")),
        ("no route for the method", head("/api/v1/probe/ping", "DELETE",
                                         f"Content-Length: {len(HIDDEN)}")),
        ("a page", head("/", "GET", f"Content-Length: {len(HIDDEN)}")),
        ("HEAD", head("/", "HEAD", f"Content-Length: {len(HIDDEN)}")),
        ("OPTIONS", head("/api/v1/probe/ping", "OPTIONS",
                         f"Content-Length: {len(HIDDEN)}")),
        ("nobody", head("/api/v1/probe/upload", "PUT", f"Content-Length: "
                        f"{len(HIDDEN)}")),
        ("another type", head("/api/v1/probe/json", "POST",
                              "Content-Type: text/plain",
                              f"Content-Length: {len(HIDDEN)}")),
        ("too long", head("/api/v1/probe/json", "POST",
                          "Content-Type: application/json",
                          f"Content-Length: {1 << 30}")))):
    equal(replies(got), 1, f"a body for {name} is no request")
    ok(b"connection: close" in got.lower(), "and the last thing said", got)
got = talk(web.raw(), head("/api/v1/probe/json", "POST",
                           "Content-Type: application/json",
                           "Content-Length: 2") + b"{}" + HIDDEN)
ok(replies(got) == 2 and b'"param":"hidden"' in got,
   "what follows a body that was asked for is one", got)
got = talk(web.raw(), head("/api/v1/probe/json", "POST",
                           "Content-Type: application/json",
                           "Content-Length: 0000000000000000000002") + b"{}" +
           HIDDEN)
equal(replies(got), 2, "a length may begin with zeros")
got = talk(web.raw(), head(MIRROR + "a") + b"GET /\x00 HTTP/1.1\r\n\r\n" +
           HIDDEN)
equal((replies(got), b"hidden" in got), (2, False),
      "after an error nothing is read that was sent ahead")

# ---- HTTP/1.0

OLD = "GET {} HTTP/1.0\r\nHost: localhost\r\n{}\r\n"
got = talk(web.raw(), (OLD.format(MIRROR + "one", "") +
                       OLD.format(MIRROR + "two", "")).encode())
equal((replies(got), b'"two"' in got), (1, False),
      "HTTP/1.0 ends with its first answer")
got = talk(web.raw(), (OLD.format(MIRROR + "one", "Connection: keep-alive\r\n")
                       + OLD.format(MIRROR + "two", "")).encode())
equal((replies(got), b'"two"' in got), (2, True), "unless it asked not to")
got = talk(web.raw(), OLD.format(
    "/api/v1/probe/live", "Connection: upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nOrigin: https://localhost\r\n"
    "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n").encode())
equal(status(got), 426, "and becomes no WebSocket")
got = talk(web.raw(), b"PUT /api/v1/probe/upload HTTP/1.0\r\nHost: x\r\n" +
           AUTH.encode() + b"\r\nExpect: 100-continue\r\n"
           b"Content-Length: 1\r\n\r\nx")
equal((status(got), b"100 Continue" in got), (200, False),
      "it is not told to go on, which it does not know")

# ---- 100-continue

got = talk(web.raw(), head(MIRROR + "a", "GET", "Expect: 100-continue",
                           "Connection: close"))
equal((status(got), replies(got)), (200, 1), "nothing to go on with")
s = web.raw()
s.sendall(head("/api/v1/probe/json", "POST", "Content-Type: application/json",
               "Content-Length: 2", "Expect: 100-CONTINUE",
               "Connection: close"))
got = s.recv(65536)
equal(status(got), 100, "once")
got = talk(s, b"{}")
equal((status(got), replies(got)), (200, 1), "and no more")

# ---- WebSockets

UP = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==",
      "Origin: https://localhost"]
got = talk(web.raw(), head("/api/v1/probe/live", "GET", *UP[:1], *UP[2:],
                           "Connection: close"))
equal(status(got), 426, "no Connection: Upgrade, no WebSocket")
for name, fields in (
        ("h2c", ["Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"] + UP[1:]),
        ("a short key", UP[:3] + ["Sec-WebSocket-Key: x"] + UP[4:]),
        ("version 8", UP[:2] + ["Sec-WebSocket-Version: 8"] + UP[3:])):
    s = web.raw()
    s.sendall(head("/api/v1/probe/live", "GET", *fields))
    got = s.recv(65536)
    equal(status(got), 426, f"no WebSocket by {name}")
    s.close()
for name, field in (("no Origin", None), ("null", "null"),
                    ("another port", "https://localhost:1"),
                    ("another scheme", "http://localhost"),
                    ("a name below", "https://x.localhost"),
                    ("a longer name", "https://localhost.evil.example"),
                    ("a user", "https://localhost@evil.example"),
                    ("a path", "https://localhost/"),
                    ("a list", "https://localhost, https://localhost")):
    s = web.raw()
    s.sendall(head("/api/v1/probe/live", "GET", *UP[:4],
                   *([f"Origin: {field}"] if field else []),
                   f"Cookie: __Host-fss={TOKEN}"))
    got = s.recv(65536)
    equal(status(got), 403, f"no WebSocket from {name}")
    s.close()


def frames(name, data, want):
    s = web.socket("/api/v1/probe/live", "Origin: https://localhost")
    s.s.sendall(data)
    equal(s.code(), want, f"a frame: {name}")
    s.s.close()


MASK = b"\0\0\0\0"
for name, data, want in (
        ("not masked", b"\x81\x02hi", 1002),
        ("compressed", b"\xc1\x82" + MASK + b"hi", 1002),
        ("reserved bit 2", b"\xa1\x82" + MASK + b"hi", 1002),
        ("reserved bit 3", b"\x91\x82" + MASK + b"hi", 1002),
        ("an unknown kind", b"\x83\x80" + MASK, 1002),
        ("an unknown control", b"\x8b\x80" + MASK, 1002),
        ("binary", b"\x82\x81" + MASK + b"x", 1003),
        ("a PING in pieces", b"\x09\x80" + MASK, 1002),
        ("a PING beyond 125", b"\x89\xfe\x00\x7e" + MASK + b"x" * 126, 1002),
        ("a CLOSE in pieces", b"\x08\x80" + MASK, 1002),
        ("a CLOSE of one byte", b"\x88\x81" + MASK + b"\x03", 1002),
        ("a CLOSE that says 1005", b"\x88\x82" + MASK + b"\x03\xed", 1002),
        ("a CLOSE that says 999", b"\x88\x82" + MASK + b"\x03\xe7", 1002),
        ("a CLOSE with no UTF-8", b"\x88\x83" + MASK + b"\x03\xe8\xff", 1002),
        ("a good-bye", b"\x88\x82" + MASK + b"\x03\xe8", 1000),
        ("no UTF-8", b"\x81\x81" + MASK + b"\xff", 1007),
        ("half a character", b"\x81\x81" + MASK + b"\xc3", 1007),
        ("NUL", b"\x81\x81" + MASK + b"\0", 1007),
        ("going on with nothing", b"\x80\x81" + MASK + b"x", 1002),
        ("beginning twice", b"\x01\x81" + MASK + b"x\x81\x81" + MASK + b"y",
         1002),
        ("too long", b"\x81\xfe\x40\x01" + MASK, 1009),
        ("longer than memory", b"\x81\xff" + b"\xff" * 8 + MASK, 1009),
        ("too long in all", (b"\x01\xfe\x30\x00" + MASK + b"x" * 0x3000) +
         (b"\x80\xfe\x30\x00" + MASK + b"x" * 0x3000), 1009)):
    frames(name, data, want)
s = web.socket("/api/v1/probe/live", "Origin: https://localhost")
s.send(1, b"a", fin=False)
s.send(9, b"between")
s.send(0, b"b")
equal([s.recv(), s.recv()], [(10, b"between"), (1, b"ab")],
      "a PING may come between pieces")
s.s.close()

# Who pings and does not read has no megabyte kept each time.
pings = (b"\x89\xfd" + MASK + b"p" * 125) * 8000
low = common.peak_kib(before[0])
held = [web.socket("/api/v1/probe/live", "Origin: https://localhost")
        for _ in range(24)]
for s in held:
    for _ in range(6):
        s.s.sendall(pings)
    s.send(1, b"close")
equal([s.code() for s in held], [4001] * 24, "each was heard to its end")
grown = common.peak_kib(before[0]) - low
ok(grown < 8192, "and cost little", f"{grown} KiB")
for s in held:
    s.s.close()

# ---- behind a proxy

behind = Web(hub, "behind", settings={"web.proxy": "127.0.0.1 2001:db8:1::/48"})
behind.start()


def address(*fields, to=behind):
    got = talk(to.raw(), head(MIRROR + "a", "GET", "Connection: close",
                              *fields))
    m = re.search(rb'"address":"([^"]*)"', got)
    return m.group(1).decode() if m else got


XFF = "X-Forwarded-For: "
for name, fields, want in (
        ("an address", [XFF + "192.0.2.7"], "192.0.2.7"),
        ("with a port", [XFF + "192.0.2.7:4711"], "192.0.2.7"),
        ("IPv6", [XFF + "2001:db8::7"], "2001:db8::7"),
        ("IPv6 in capitals", [XFF + "2001:DB8::7"], "2001:db8::7"),
        ("IPv6 with a port", [XFF + "[2001:db8::7]:4711"], "2001:db8::7"),
        ("IPv4 within IPv6", [XFF + "::ffff:192.0.2.7"], "192.0.2.7"),
        ("a zone", [XFF + "fe80::1%eth0"], "127.0.0.1"),
        ("no address", [XFF + "unknown"], "127.0.0.1"),
        ("an octal one", [XFF + "0300.0.2.7"], "127.0.0.1"),
        ("one number", [XFF + "3221225991"], "127.0.0.1"),
        ("a name", [XFF + "localhost"], "127.0.0.1"),
        ("nothing", [XFF], "127.0.0.1"), ("commas", [XFF + ",,,"],
                                          "127.0.0.1"),
        ("nothing at the end", [XFF + "192.0.2.7,"], "127.0.0.1"),
        ("more before it", [XFF + "203.0.113.1, 192.0.2.7"], "192.0.2.7"),
        ("junk before it", [XFF + "<b>, 192.0.2.7"], "192.0.2.7"),
        ("another proxy after it", [XFF + "192.0.2.7, 2001:db8:1::5"],
         "192.0.2.7"),
        ("itself", [XFF + "127.0.0.1, 127.0.0.1"], "127.0.0.1"),
        ("junk before a proxy", [XFF + "junk, 2001:db8:1::5"],
         "2001:db8:1::5"),
        ("two lines", [XFF + "203.0.113.1", XFF + "192.0.2.7"], "192.0.2.7"),
        ("two lines, the last empty", [XFF + "203.0.113.1", XFF],
         "127.0.0.1"),
        ("two lines, the last junk", [XFF + "203.0.113.1", XFF + "unknown"],
         "127.0.0.1"),
        ("two lines, the last a proxy", [XFF + "192.0.2.7",
                                         XFF + "2001:db8:1::5"], "192.0.2.7"),
        ("a thousand", [XFF + ", ".join(["203.0.113.1"] * 1000) +
                        ", 192.0.2.7"], "192.0.2.7"),
        ("other headers", ["Forwarded: for=203.0.113.1",
                           "X-Real-IP: 203.0.113.1",
                           "True-Client-IP: 203.0.113.1",
                           "X-Client-IP: 203.0.113.1"], "127.0.0.1")):
    equal(address(*fields), want, f"a proxy says {name}")
equal(address(XFF + "192.0.2.7", to=web), "127.0.0.1",
      "who is no proxy says what he likes")

equal(web.workers(), before, "no worker ended of all this")
for w in (behind, web):
    equal(w.stop(), 0, "it ends softly")
hub.stop()
finish()
