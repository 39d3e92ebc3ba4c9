"""Hubs and workers come and go; the sandbox holds; WebSockets."""
import base64
import hashlib
import json
import os
import re
import select
import signal
import struct

from common_web import (LIMIT, TOKEN, WS_KEY, Web, common, equal, finish, head, ok,
                        status, talk)

hub = common.Hub().start()
web = Web(hub, settings={"limits.workers": "2"}).start()
web.ready_line()
AUTH = {"Authorization": "Bearer " + TOKEN}


def threads(pid):
    return sorted(os.listdir(f"/proc/{pid}/task"))


def pong():
    try:
        return web.get("/api/v1/probe/ping").status
    except OSError:
        return 0


equal(len(web.workers()), 2, "two workers")
equal(pong(), 200, "the hub answers through them")
before = {pid: len(threads(pid)) for pid in web.workers()}

# ---- the hub goes and comes back

hub.kill()
web.wait_log("hub is away", 2)
while True:
    code, o = web.json("/api/v1/probe/ping")
    if code == 503 and o["error"]["name"] == "FSS_EUNREACH":
        break
    if code == 200:
        ok(False, "nobody answers for a hub that is away")
        break
equal(code, 503, "while the hub is away: 503 at once")
ok("the hub is away" in o["error"]["detail"] and o["error"]["retry_ms"] > 0,
   "with what it means and when to ask again", o)
r = web.get("/api/v1/probe/ping")
ok(r.headers["retry-after"] == "2" or r.status == 200, "in a header too")
equal(web.json("/api/v1/probe/json", method="POST", body="{}", headers={
    "Content-Type": "application/json"})[0], 200,
      "what needs no hub goes on")
hub.start()
web.wait_log("hub is back", 2)
while pong() != 200:
    pass
ok(True, "and by itself it is back")

# ---- an upload is cut off with the hub, and what hung is freed

s = web.raw()
s.sendall(head("/api/v1/probe/upload?stop=1", "PUT",
               "Authorization: Bearer " + TOKEN,
               "Content-Length: 100000000") + b"x" * 300000)
s.close()
equal(pong(), 200, "a client that goes in mid-upload harms nobody")

# ---- threads are all there

after = {pid: len(threads(pid)) for pid in web.workers()}
equal(after, before, "no thread died of a forbidden call unseen")
ok("sandbox" not in web.log_text(), "nor did a worker")

# ---- a worker is killed

kept = web.raw()
old = web.workers()
for pid in old:
    os.kill(pid, signal.SIGKILL)
for _ in old:
    ok(web.ready_line().startswith("READY"), "another worker takes its place")
ok(not set(old) & set(web.workers()), "with another number")
while pong() != 200:
    pass
ok(True, "and serves")
equal(talk(kept, b""), b"", "its connections ended with it")

# ---- the sandbox

for what, want in (("write", 13), ("wx", 13), ("raw", 97)):
    code, o = web.json(f"/api/v1/probe/sandbox?do={what}")
    equal((code, o["result"], o["errno"]), (200, -1, want),
          f"refused: {what}")
ok(not os.path.exists(os.path.join(web.data, "probe.txt")),
   "nothing was written")
for i, what in enumerate(("exec", "fork", "kill", "thread"), 1):
    equal(talk(web.raw(), head(f"/api/v1/probe/sandbox?do={what}")), b"",
          f"the worker dies of: {what}")
    ok("sandbox" in web.wait_log("died from sandbox violation", i),
       "and it is told why")
    ok(web.ready_line().startswith("READY"), "another takes its place")
    while pong() != 200:
        pass
status_file = open(f"/proc/{web.workers()[0]}/status").read()
equal(re.search(r"Seccomp:\t(\d)", status_file)[1], "2", "filters are on")
equal(re.search(r"NoNewPrivs:\t(\d)", status_file)[1], "1",
      "and no way back")

# ---- WebSockets

ORIGIN = "Origin: https://localhost"


def Socket(*more):
    return web.socket("/api/v1/probe/live", *more)


w = Socket(ORIGIN)
want = base64.b64encode(hashlib.sha1(
    (WS_KEY + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest())
ok(w.reply.startswith(b"HTTP/1.1 101") and b"sec-websocket-accept: " + want in
   w.reply, "the handshake", w.reply)
w.send(1, "h\u00e9".encode())
equal(w.recv(), (1, "h\u00e9".encode()), "a text goes both ways")
w.send(1, b"ab", fin=False)
w.send(9, b"ping")
w.send(0, b"cd")
equal([w.recv(), w.recv()], [(10, b"ping"), (1, b"abcd")],
      "fragments are one message, and a ping between them is answered")
w.send(1, b"y" * 16384)
equal(w.recv(), (1, b"y" * 16384), "as long as may be")
w.send(1, b"close")
equal(w.recv(), (8, struct.pack(">H", 4001) + b"as you wish"),
      "a good-bye of ours has its code")
w.send(8, struct.pack(">H", 4001))
equal(w.recv(), None, "and ends when it is answered")

for name, more, want in (
        ("another site", ["Origin: https://evil"], 403),
        ("no origin and no token", [], 403),
        ("a version that is not spoken",
         [ORIGIN, "Sec-WebSocket-Version: 8"], 426)):
    got = Socket(*more).reply
    ok(status(got) in (want, 400 if want == 426 else want),
       f"refused: {name}", got)
ok(Socket("Authorization: Bearer " + TOKEN).reply.startswith(
    b"HTTP/1.1 101"), "a program with a token of its own needs no origin")
equal(status(talk(web.raw(), head("/api/v1/probe/live", "GET", ORIGIN,
                                  "Connection: close"))), 426,
      "no handshake, no socket")

for name, op, data, fin, masked, want in (
        ("not masked", 1, b"x", True, False, 1002),
        ("a text in a text", None, None, None, None, 1002),
        ("binary", 2, b"x", True, True, 1003),
        ("not UTF-8", 1, b"\xff", True, True, 1007),
        ("NUL", 1, b"a\0b", True, True, 1007),
        ("too long", 1, b"x" * 16385, True, True, 1009),
        ("a long ping", 9, b"x" * 126, True, True, 1002),
        ("a bad good-bye", 8, b"\x03", True, True, 1002),
        ("a good-bye", 8, struct.pack(">H", 1000), True, True, 1000)):
    w = Socket(ORIGIN)
    if op is None:
        w.send(1, b"a", fin=False)
        w.send(1, b"b")
    else:
        w.send(op, data, fin, masked)
    equal(w.code(), want, f"{name}: {want}")
    equal(w.recv(), None, "and the end")
w = Socket(ORIGIN)
for _ in range(2):
    w.send(1, b"x" * 10000, fin=False) if _ == 0 else w.send(0, b"x" * 10000)
equal(w.code(), 1009, "fragments that grow too long: 1009")

slow = Socket(ORIGIN)
slow.send(1, b"flood")
ok("queued=" in web.wait_log("slow WebSocket dropped"),
   "who does not read is dropped")
equal(slow.code(), 0, "without a good-bye it would not read")
equal(pong(), 200, "the others are served")

# ---- a parent that is killed leaves nobody behind

left = [os.pidfd_open(pid) for pid in web.workers()]
web.proc.kill()
web.proc.wait()
for fd in left:
    ok(select.select([fd], [], [], LIMIT)[0], "a worker ends with its parent")
web.start()
equal(pong(), 200, "and the next start serves")
equal(web.stop(), 0, "it ends softly")
hub.stop()
finish()
