"""What a hostile or broken client can do to the front end: little."""
import json
import os
import re
import socket
import ssl
import threading

from common_web import (LIMIT, TOKEN, Web, common, context, diag, equal,
                        finish, head, ok, status, talk, write)

hub = common.Hub().start()
web = Web(hub, settings={"limits.connections_per_address": "40"})
write(os.path.join(web.ui, "index.html"), b"page")
web.start()
AUTH = f"Authorization: Bearer {TOKEN}"

# ---- those that wait for time-outs run together, each until it is cut

waiting = []


def later(name, fn):
    """Runs @fn in a thread; its result is checked at the end."""
    out = {}

    def body():
        try:
            out["got"] = fn()
        except Exception as e:		# noqa: BLE001 - shown by the test
            out["got"] = repr(e)
    t = threading.Thread(target=body, daemon=True)
    t.start()
    waiting.append((name, t, out))
    return out


def silent():
    """Nothing at all, not even TLS."""
    s = socket.create_connection(("127.0.0.1", web.port), LIMIT)
    return s.recv(1)


def drip(data, s):
    """A byte each time the server had a second to lose patience."""
    s.settimeout(1)
    out = b""
    try:
        for i in range(len(data)):
            s.send(data[i:i + 1])
            try:
                got = s.recv(65536)
                if not got:
                    return out
                out += got
            except (TimeoutError, ssl.SSLWantReadError):
                continue
        s.settimeout(LIMIT)
        return out + talk(s, b"")
    except (OSError, ssl.SSLError):
        return out


later("a connection that says nothing ends", silent)
loris = later("a head that drips is cut", lambda: drip(
    head("/", "GET", "X-A: " + "b" * 200), web.raw()))
started = web.raw()
started.sendall(head("/api/v1/probe/json", "POST",
                     "Content-Type: application/json",
                     "Content-Length: 1000"))
slow_body = later("a small body that drips is cut", lambda: drip(
    b'{"a":"' + b"x" * 90, started))
idle = later("an idle connection ends", lambda: talk(web.raw(), head("/")))



def replies(got):
    return len(re.findall(rb"HTTP/1\.1 \d{3} ", got))


# ---- heads

long = talk(web.raw(), head("/", "GET", "X-A: " + "b" * 30000))
equal(status(long), 431, "a head that is too long")
ok(b"FSS_ETOOBIG" in long, "says so")
many = talk(web.raw(), head("/", "GET", *[f"X-{i}: y" for i in range(200)]))
equal(status(many), 431, "too many headers")
far = talk(web.raw(), head("/" + "a" * 16385, "GET"))
equal(status(far), 414, "an address that is too long")
endless = talk(web.raw(), b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A" * 100000)
equal(status(endless), 431, "a line that never ends")
equal(web.get("/api/v1/probe/mirror/a?" + "&".join(
    f"a{i}=1" for i in range(33))).status, 400, "too many parameters")
for name, text, want in (
        ("no Host", b"GET / HTTP/1.1\r\n\r\n", 400),
        ("two Hosts", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("two lengths", head("/api/v1/probe/json", "POST",
                             "Content-Length: 1", "Content-Length: 2"), 400),
        ("a length and chunks", head(
            "/api/v1/probe/json", "POST", "Content-Length: 5",
            "Transfer-Encoding: chunked") + b"0\r\n\r\nGET /x", 411),
        ("chunks", head("/api/v1/probe/upload", "PUT", AUTH,
                        "Transfer-Encoding: chunked"), 411),
        ("a negative length", head("/api/v1/probe/json", "POST",
                                   "Content-Length: -1"), 400),
        ("no length", head("/api/v1/probe/json", "POST"), 411),
        ("a folded line", b"GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", 400),
        ("bare LF", b"GET / HTTP/1.1\nHost: a\r\n\r\n", 400),
        ("NUL", b"GET / HTTP/1.1\r\nHost: a\r\nB: \0\r\n\r\n", 400),
        ("HTTP/2 without asking", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        ("plain text", b"hello\r\n\r\n", 400)):
    got = talk(web.raw(), text)
    equal(status(got), want, f"refused: {name}")
    equal(replies(got), 1, f"with one reply: {name}")
ok(b"in chunks is not taken" in talk(web.raw(), head(
    "/api/v1/probe/upload", "PUT", AUTH, "Transfer-Encoding: chunked")),
   "chunks are refused in words")
plain = socket.create_connection(("127.0.0.1", web.port), LIMIT)
ok(b"HTTP" not in talk(plain, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
   "plain HTTP gets no answer in plain")

# ---- bodies that are announced, spoofed, or not asked for

huge = str((1 << 63) - 1)
before = common.peak_kib(web.workers()[0])
got = talk(web.raw(), head("/api/v1/probe/json", "POST",
                           "Content-Type: application/json",
                           f"Content-Length: {huge}"))
equal(status(got), 413, "a length beyond the limit is refused unread")
s = web.raw()
s.sendall(head("/api/v1/probe/upload", "PUT", f"Content-Length: {huge}",
               "Expect: 100-continue"))
got = talk(s, b"")
equal(status(got), 401, "who may not upload is told before the body")
ok(b"100 Continue" not in got, "and not told to go on")
s = web.raw()
s.sendall(head("/api/v1/probe/upload", "PUT", AUTH, "Content-Length: 4",
               "Expect: 100-continue"))
got = s.recv(65536)
ok(got.startswith(b"HTTP/1.1 100 Continue\r\n\r\n"), "who may is", got)
s.sendall(b"data")
equal(status(s.recv(65536)), 200, "and uploads")
s.close()
held = []
for _ in range(10):
    s = web.raw()
    s.sendall(head("/api/v1/probe/upload", "PUT", AUTH,
                   f"Content-Length: {huge}") + b"x" * 1000)
    held.append(s)
for s in held:
    s.close()
after = common.peak_kib(web.workers()[0])
ok(after - before < 4096, "announced lengths take no memory",
   f"{before} -> {after} KiB")
s = web.raw()
s.sendall(head("/api/v1/probe/mirror/a", "GET", "Content-Length: 11") +
          b"GET /evil X" + head("/api/v1/probe/mirror/b", "GET",
                                "Connection: close"))
got = talk(s, b"")
equal(replies(got), 1, "an unread body is no next request")
ok(b"connection: close" in got, "the connection ends instead")

# ---- connections of one address

held = []
for _ in range(60):
    try:
        held.append(web.raw())
    except (OSError, ssl.SSLError):
        pass
ok(20 <= len(held) <= 40, "connections of one address are bounded",
   len(held))
for s in held:
    s.close()


def served():
    """Whether a connection is taken: those that ended may still be counted."""
    try:
        return web.get("/").status == 200
    except OSError:
        return False


ok(any(served() for _ in range(1000)), "and free again when they end")

# ---- a slow reader

s = web.raw()
s.sendall(head("/api/v1/probe/download?n=1000000000"))
s.recv(1000)
before = common.peak_kib(web.workers()[0])
equal(web.get("/").status, 200, "others are served beside a slow reader")
ok(common.peak_kib(web.workers()[0]) - before < 4096,
   "for whom little is kept")
s.close()

# ---- the log is one's own

web.get("/x%0alevel=error%1b[31m.js", headers={"User-Agent": "evil\xe9 x"})
line = web.wait_log(r"path=\"?/x")
ok("\x1b" not in line and "level=info" in line and r"\x0alevel" in line and
   r'agent="evil\xe9 x"' in line and "status=404" in line,
   "hostile bytes are told, not obeyed", line)
ok(not any("Bearer" in x or TOKEN in x
           for x in web.log_text().splitlines()), "no token is logged")

# ---- a named proxy

behind = Web(hub, "behind", settings={"web.proxy": "127.0.0.1 10.0.0.0/8"})
behind.start()
for header, want in (("192.0.2.7", "192.0.2.7"),
                     ("203.0.113.1, 192.0.2.7, 10.1.1.1", "192.0.2.7"),
                     ("junk", "127.0.0.1"), ("2001:db8::1", "2001:db8::1")):
    _, o = behind.json("/api/v1/probe/mirror/a",
                       headers={"X-Forwarded-For": header})
    equal(o["address"], want, f"behind a proxy: {header}")
got = talk(behind.raw(), head(
    "/api/v1/probe/mirror/a", "GET", "X-Forwarded-For: 203.0.113.1",
    "X-Forwarded-For: 192.0.2.7", "Connection: close"))
ok(b'"address":"192.0.2.7"' in got, "a proxy that adds a line has the last")
equal(behind.stop(), 0, "it ends softly")

# ---- what was started at the top

for name, thread, out in waiting:
    thread.join(LIMIT)
    got = out.get("got")
    ok(not thread.is_alive() and isinstance(got, bytes), name, got)
equal(status(loris["got"]), 408, "the dripping head is told why")
equal(status(slow_body["got"]), 408, "so is the dripping body")
equal(status(idle["got"]), 200, "the idle one had been served")
equal(web.get("/").status, 200, "and all goes on")
web.stop()
hub.stop()
finish()
