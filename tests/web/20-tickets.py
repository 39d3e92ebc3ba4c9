"""What a download by a share link with a limit counts as, and what not."""
import os
import random
import socket
import threading

from common_api import *		# noqa: F403
from common_api import (LIMIT, Browser, equal, finish, ok, setting_with)

hub, web, people, (alice,) = setting_with("alice")
rng = random.Random(int(os.environ.get("FSS_TEST_SEED", "7")))
# Less than is read ahead, so that the hub has given out all of it soon; more
# than the sockets hold, so that the end of it has not gone out.
BODY = rng.randbytes(14 << 20)
alice.upload(":/file.bin", BODY)
alice.upload(":/empty", b"")
for i in range(4):
    alice.upload(f":/folder/{i}.bin", BODY[i << 20:(i << 20) + 700000])


def make(limit, path=":/file.bin"):
    a = alice.post("/links", path=path, limit=limit)
    if a.status != 201:
        raise RuntimeError(str(a))
    return a.json


def used(link, want=0):
    """How often it was; a reply is out before its download is counted."""
    for _ in range(3000):
        n = [r["used"] for r in alice.all("/links")
             if r["link"] == link["link"]][0]
        if n >= want:
            break
    return n


def get(link, who=None, **headers):
    return (who or Browser(web)).raw("GET", link["url"] + "/get", headers={
        k.replace("_", "-"): v for k, v in headers.items()})


def free(link, who=None, **headers):
    """What is answered once nobody else is at it any more."""
    for _ in range(3000):
        a = get(link, who, **headers)
        if a.status != 429:
            return a
    return a


def visitor(link):
    b = Browser(web)
    b.raw("GET", link["url"])
    return b


def start(link, who, more="/get", **headers):
    """A request whose reply is not read; its connection."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    raw.settimeout(LIMIT)
    raw.connect(("127.0.0.1", web.port))
    s = web.tls.wrap_socket(raw, server_hostname="localhost")
    h = {"Host": web.host, **who.headers("GET"), **headers}
    s.sendall((f"GET {link['url']}{more} HTTP/1.1\r\n" + "".join(
        f"{k}: {v}\r\n" for k, v in h.items()) + "\r\n").encode())
    return s


# ---- who asks only ---------------------------------------------------------

link = make(1)
who = visitor(link)
a = who.raw("HEAD", link["url"] + "/get")
etag = a.headers["ETag"]
for _ in range(30):
    who.raw("HEAD", link["url"] + "/get")
    a = get(link, who, If_None_Match=etag)
    b = get(link, who, Range=f"bytes={len(BODY)}-")
    if (a.status, b.status) != (304, 416):
        break
equal((a.status, b.status), (304, 416), "HEAD, 304 and 416, many times")
held = start(link, who)
held.recv(1000)
equal(get(link, None, If_None_Match=etag).status, 304,
      "also while the only place is taken")
equal(get(link).status, 429, "where bytes are to wait")
held.close()
equal(used(link), 0, "use nothing up")

# ---- who breaks off --------------------------------------------------------

other = visitor(link)
for _ in range(3):
    equal(free(link, visitor(link), Range="bytes=0-0").status, 206,
          "one byte")
    s = start(link, who)
    s.recv(1000)
    s.close()
a = free(link, other)
equal((a.status, a.body == BODY), (200, True),
      "of what broke off the place is free again")
equal(used(link, 1), 1, "the one with the last byte counts")
equal(get(link).status, 404, "and was the last")
equal(get(link, other).status, 404, "for the same visitor as well")

# ---- in parts --------------------------------------------------------------

link = make(1)
who = visitor(link)
half = len(BODY) // 2
s = start(link, who)
s.recv(1000)
s.close()
a = free(link, who, Range=f"bytes=0-{half - 1}")
b = get(link, who, Range=f"bytes={half}-")
equal((a.status, b.status, a.body + b.body == BODY), (206, 206, True),
      "a download that goes on where it was")
equal(used(link, 1), 1, "counts once")
equal(get(link).status, 404, "and uses up what it is")

link = make(1)
who = visitor(link)
parts, lock = {}, threading.Lock()
COUNT = 6
edges = [len(BODY) * i // COUNT for i in range(COUNT + 1)]
gate = threading.Barrier(COUNT)


def part(i):
    b = Browser(web)
    b.cookies = dict(who.cookies)
    b.raw("HEAD", link["url"] + "/get")
    gate.wait()
    a = get(link, b, Range=f"bytes={edges[i]}-{edges[i + 1] - 1}")
    with lock:
        parts[i] = a


threads = [threading.Thread(target=part, args=[i]) for i in range(COUNT)]
for t in threads:
    t.start()
for t in threads:
    t.join()
equal([parts[i].status for i in range(COUNT)], [206] * COUNT,
      "one visitor fetches parts at once")
ok(b"".join(parts[i].body for i in range(COUNT)) == BODY, "all of them")
equal(used(link, 1), 1, "which is one download")
equal(get(link).status, 404, "of the one there is")

# The part with the end first: the rest may follow.
link = make(1)
who = visitor(link)
a = get(link, who, Range="bytes=-1000")
equal((a.status, used(link, 1)), (206, 1), "who has the end has downloaded it")
equal(get(link).status, 404, "nobody else has")
a = get(link, who, Range=f"bytes=0-{len(BODY) - 1001}")
equal((a.status, a.body == BODY[:-1000]), (206, True),
      "who has it may fetch the rest")
equal((get(link, who).status, used(link)), (404, 1), "and no more")

# ---- folders and nothing ---------------------------------------------------

link = make(1, ":/folder")
who = visitor(link)
equal(who.raw("HEAD", link["url"] + "/zip").status, 200, "about a zip")
s = start(link, who, "/zip")
s.recv(1000)
s.close()
for _ in range(3000):
    a = who.raw("GET", link["url"] + "/zip")
    if a.status != 429:
        break
equal((a.status, len(a.body) > 2800000, used(link, 1)), (200, True, 1),
      "a zip that broke off does not count, a whole one does")
link = make(1, ":/empty")
equal((get(link).status, used(link, 1), get(link).status), (200, 1, 404),
      "an empty file is a download, too")

# ---- who leaves while the place is taken -----------------------------------

busy = Browser(web)
whole = counted = 0
ROUNDS = 12
for _ in range(ROUNDS):
    # Of one link no more than may break off without being counted.
    link = make(1)
    who = visitor(link)
    for i in range(8):
        s = start(link, who)
        # As long as some requests take: so that it is at every step once.
        for _ in range(i):
            busy.raw("GET", "/api/v1/health")
        s.close()
    a = free(link)
    whole += a.status == 200 and a.body == BODY
    counted += used(link, 1) == 1
equal(whole, ROUNDS, "who leaves at whatever moment leaves no place taken")
equal(counted, ROUNDS, "and has used nothing up")

finish()
