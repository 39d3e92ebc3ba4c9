#!/usr/bin/env python3
"""Makes the seeds of the fuzz corpora: tests/fuzz/corpus/*/seed-*.

Run it after the protocol's tables changed.  What the fuzzers found lies beside
the seeds under names of another form and is left alone.
"""

import os
import random
import struct
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), d) for d in ("lint", "web")]
import _schema  # noqa: E402
import malformed  # noqa: E402
from _schema import pack  # noqa: E402

SESSION = bytes(range(16))
ID = bytes([0x01]) + bytes(32)


def write(target, seeds):
    folder = os.path.join(HERE, "corpus", target)
    os.makedirs(folder, exist_ok=True)
    for old in os.listdir(folder):
        if old.startswith("seed-"):
            os.unlink(os.path.join(folder, old))
    for name, data in seeds:
        with open(os.path.join(folder, "seed-" + name), "wb") as f:
            f.write(data)


def least(schema, f):
    """The least value of a field."""
    return {"U64": 0, "I64": 0, "BOOL": False, "STR": "", "BIN": b"",
            "FIX": bytes(f.size), "LIST": []}[f.kind]


def full(schema, f):
    """A value that shows more of it, but small."""
    if f.kind == "U64":
        return f.size if f.size else 1 << 40
    if f.kind == "I64":
        return -1700000000000000
    if f.kind == "BOOL":
        return True
    if f.kind == "STR":
        return ("/\u00e9/x" if f.size > 64 else "alice")[:f.size]
    if f.kind == "BIN":
        return ID * 2
    if f.kind == "FIX":
        return ID[:f.size]
    return [{g.name: full(schema, g) for g in schema.records[f.sub]},
            {g.name: least(schema, g) for g in schema.records[f.sub]
             if g.required}]


def records(schema):
    """(number, name, bytes) of records with all and with few fields."""
    for i, (name, fields) in enumerate(schema.records.items()):
        yield i, name + "-full", schema.record(
            name, {f.name: full(schema, f) for f in fields})
        yield i, name + "-least", schema.record(
            name, {f.name: least(schema, f) for f in fields if f.required})


BAD_FIELDS = [
    ("nomap", b"\xc0"),
    ("empty", b""),
    ("key0", b"\x81\x00\x01"),
    ("twice", b"\x82\x02\x01\xcc\x02\x01"),
    ("wide", b"\xde\x00\x01\xcd\x00\x02\xd3" + bytes(7) + b"\x05"),
    ("after", b"\x80\xc0"),
    ("lying", b"\xdf\xff\xff\xff\xff\x01\x01"),
    ("lyinglist", b"\x81\x01\xdd\xff\xff\xff\xff"),
    ("nul", b"\x81\x02\xa3a\x00b"),
    ("utf8", b"\x81\x02\xa2\xc0\xaf"),
    ("negative", b"\x81\x02\xff"),
    ("float", b"\x81\x02\xcb" + struct.pack(">d", 1.0)),
    ("deep", b"\x81\x1e" + b"\x91" * 40 + b"\x01"),
    ("unknown", b"\x82\x1e\xc7\x02\x05ab\x02\x01"),
]


def fields(schema):
    for i, name, data in records(schema):
        yield name, bytes([i]) + data
    ref = list(schema.records).index("ref")
    stat = list(schema.records).index("stat")
    for name, data in BAD_FIELDS:
        yield "bad-" + name, bytes([ref]) + data
    yield "bad-nested", bytes([stat]) + b"\x81\x01\x92\x81\x02\xa1/\x81\x03\x01"


def headers(schema):
    for i, (name, number, req, ans, _) in enumerate(schema.messages):
        for suffix, rec in (("", req), ("+", ans)):
            values = {f.name: full(schema, f) for f in schema.records[rec]}
            yield "%s%s" % (name.lower(), "-answer" if suffix else ""), \
                schema.header(name + suffix, i * 1000003,
                              SESSION if i % 3 else b"", values)
    yield "error", schema.header("ERROR", 1, SESSION,
                                 {"code": 18, "detail": "no such file"})
    ping = schema.header("PING", 7, b"", {})
    yield "bad-short", ping[:-1]
    yield "bad-long", ping + b"\xc0"
    yield "bad-elements", b"\x96" + ping[1:] + b"\xc0"
    yield "bad-session", b"\x95\x01\x05\x07\xc4\x03abc\x80"
    yield "bad-type", b"\x95\x01\xcd\x01\x00\x07\xc4\x00\x80"
    # Refused, but the number in them can be read, or cannot.
    yield "bad-few", b"\x94\x01\x05\x07\xc4\x00"
    yield "bad-many", b"\xdd\xff\xff\xff\xff\x01\x05\x07\xc4\x00"
    yield "bad-cut", ping[:3] + b"\xcf\x00\x00"
    yield "bad-number", b"\x95\x01\x05\xff\xc4\x00\x80"
    yield "bad-behind", b"\x95\x01\x05\x07\xc4\x10" + SESSION
    yield "later", b"\x97\x63\x05\x07\xc4\x00\x81\x01\x02\xa1x\x92\xc0\xc3"
    yield "unknown-type", b"\x95\x01\x7f\x07\xc4\x00\x80"
    yield "wide", b"\xdc\x00\x05\xcd\x00\x01\xcc\x05\xd3" + bytes(7) + \
        b"\x07\xc5\x00\x00\x80"


def page(level, children, magic=b"FSP1", zero=0, count=None):
    n = len(children) if count is None else count
    return magic + struct.pack("<BBH", level, zero, n) + b"".join(
        bytes([t]) + bytes([i & 0xff]) * 32 + struct.pack("<Q", span)
        for i, (t, span) in enumerate(children))


def pages(schema):
    yield "one", page(1, [(0x01, 1)])
    yield "three", page(1, [(0x01, 65536), (0x02, 1 << 20), (0x01, 7)])
    yield "inner", page(2, [(0x11, 1 << 28), (0x12, 5)])
    yield "top", page(6, [(0x11, 1 << 62), (0x11, 1 << 62)])
    yield "bad-sum", page(6, [(0x11, 1 << 63), (0x11, 1 << 63)])
    yield "bad-magic", page(1, [(0x01, 1)], magic=b"FSP2")
    yield "bad-zero", page(1, [(0x01, 1)], zero=1)
    yield "bad-count", page(1, [(0x01, 1)], count=2)
    yield "bad-none", page(1, [])
    yield "bad-level", page(7, [(0x11, 1)])
    yield "bad-kind", page(2, [(0x01, 1)])
    yield "bad-alg", page(1, [(0x03, 1)])
    yield "bad-span", page(1, [(0x01, 0)])
    yield "bad-large", page(1, [(0x01, (1 << 20) + 1)])
    yield "bad-head", b"FSP1\x01"
    yield "bad-empty", b""


def readers(schema):
    rng = random.Random(1)
    for i, v in enumerate((0, 127, 128, 255, 256, 65535, 65536, 1 << 32,
                           (1 << 64) - 1, -1, -32, -33, -128, -129, -32769,
                           -(1 << 31) - 1, True, None, "", "abc", "x" * 40,
                           b"", b"bin")):
        yield "scalar-%02d" % i, pack(v)
    yield "array", b"\x93\x01\x92\xa1a\xc4\x01b\xc0"
    yield "map", b"\x82\x01\x81\x02\x03\xa1k\x90"
    yield "ext", b"\x95\xd4\x01a\xd8\x02" + bytes(16) + b"\xc7\x02\x03ab" \
        b"\xc8\x00\x01\x04c\xc9\x00\x00\x00\x00\x05"
    yield "float", b"\x92\xca\x3f\x80\x00\x00\xcb" + bytes(8)
    yield "deep", b"\x91" * 20 + b"\xc0"
    yield "too-deep", b"\x91" * 70 + b"\xc0"
    yield "wide", b"\xdc\x00\x02\xde\x00\x00\xdd\x00\x00\x00\x01\x07"
    yield "bad-tag", b"\x92\x01\xc1"
    yield "bad-count", b"\xdd\xff\xff\xff\xff"
    yield "bad-short", b"\xda\x00\x05abc"
    yield "noise", bytes(rng.randrange(256) for _ in range(200))


def paths(schema):
    texts = (":/", ":/a", "alice:/a/b", "alice:a//b/", ":", "x", "",
             "/", "/a", "/a/b/c", "/a/../b", "/a/./b", "/a//b", "/a/", "a",
             ":/../etc", "Alice:/x", "bob-1.x_y:/d\u00e9j\u00e0",
             ":/e\u0301", "/e\u0301", "/\u00e9", ":/a\u202eb", "/\u2028",
             "/\u0085", "/a\x7f", "/a\nb", ":/a\\b", "/\U0001f3b5",
             "/" + "n" * 255, "/" + "n" * 256, "/x" * 128, "/x" * 129,
             ":/" + "\u00e9" * 127, "::/a", "a:b:/c", ":/ ", "/.", "/...",
             ":/\u1100\u1161", "/\ufb01", "/con", "/" + "long/" * 600 + "x")
    for i, text in enumerate(texts):
        yield "%02d" % i, text.encode()
    yield "bad-utf8", b":/\xc0\xaf"
    yield "bad-half", b"/\xe2\x82"
    yield "bad-surrogate", b"/\xed\xa0\x80"
    yield "nul", b":/a\x00b"


def number(v):
    """In groups of seven bits, lowest first."""
    out = b""
    while v >= 0x80:
        out += bytes([v & 0x7f | 0x80])
        v >>= 7
    return out + bytes([v])


def block(names, tags=b"", question=0, first=1):
    return bytes([question]) + struct.pack("<QH", first, len(names)) + \
        names + tags


def blocks(schema):
    """Blocks of the index, and what is asked; see fuzz_block.c."""
    def put(delta, parent, text):
        return number(delta) + number(parent) + number(len(text)) + text

    texts = [b"\x02\x01abc\x03", b"\x02.c\x03",
             b"\x02\x01my-\x01abc.\x01gz\x03", b"\x02\x01a-\x01b\x03",
             b"\x02\x01abc \x01ab\x03", b"\x02\xc3\xa9\x01ab\x03",
             b"\x02\x03"]
    some = b"".join(put(i, 1 << 7 * i, text)
                    for i, text in enumerate(texts))
    tags = bytes(range(6 * len(texts)))
    for i in range(8):
        yield "ask-%d" % i, block(some, tags + number(300), i)
    yield "plain", block(some)
    yield "tags", block(some, tags)
    yield "owners", block(some, tags + b"".join(
        number(300 + i) for i in range(len(texts))), 5)
    yield "full", block(b"".join(put(i, 1, texts[0]) for i in range(32)),
                        bytes(32 * 6) + b"\x01", 1)
    yield "none", block(b"")
    yield "bad-many", block(b"".join(put(i, 1, texts[0]) for i in range(33)))
    yield "bad-sum", block(put((1 << 63) - 1, 1, texts[0]))
    yield "bad-short", block(put(0, 1, b"\x02"))
    yield "bad-cut", block(some[:-1])
    yield "bad-number", block(b"\xff" * 9 + b"\x01")
    yield "bad-tags", block(some, tags[:-1])
    yield "bad-owners", block(some, tags + number(300) * 2)
    yield "bad-bare", block(b"", b"\x00")
    yield "long", block(put(0, 1, b"\x02" + b"ab" * 4095 + b"\x03"), b"", 6)
    yield "bad-long", block(put(0, 1, b"\x02" + b"ab" * 4096 + b"\x03"))


def hub_sessions(schema):
    """Steps of fuzz_hub_session.c: a low nibble, the connection above it."""
    hello, run, hold = b"\x04\x01\x00", b"\x0f", b"\x0c"
    alice, bob = b"\x05\x80\x00", b"\x15\x88\x00"
    put, commit = b"\x07%c\xff\x00", b"\x08%c%c\x00"
    get, credit, tick = b"\x09%c\x00", b"\x0a\x00\x00", b"\x0b%c"
    login = hello + run + alice + run
    stored = login + put % 3 + run + commit % (3, 0) + run
    yield "hello", hello + run + b"\x14\x01\x00" + run
    yield "account", login + b"\x14\x01\x00" + run + bob + run + \
        b"\x15\x82\x00" + run + b"\x05\x84\x00" + run + b"\x05\x45\x00" + run
    yield "put", stored + put % 1 + put % 2 + put % 3 + put % 7 + run
    yield "lies", login + b"\x07\x01\x05\x00" + b"\x07\x01\x41\x00" + \
        b"\x07\x01\x50\x00" + run + commit % (2, 0) + run
    yield "replay", stored + commit % (3, 0) + commit % (11, 4) + run + \
        commit % (3, 241) + run
    yield "get", stored + get % 0xe1 + run + credit + run + credit + run
    yield "stall", stored + get % 0xe1 * 4 + run + tick % 60 + run + \
        tick % 120 + run
    yield "again", stored + get % 0xe1 + hello + run + get % 0xf1 + run
    yield "bye", stored + get % 0xe1 + b"\x05\x07\x00" + run
    yield "revoke", stored + hold + b"\x02" + b"\x05\x0e\x00" + hello + \
        hold + b"\x00" + run
    nobody, token = b"\x04\x11\x00", b"\x04\x21\x00"
    web = nobody + run + b"\x05\x81\x00" + run
    yield "web", web + token + run + b"\x05\x0f\x00" + run + nobody + run + \
        b"\x05\xc3\x00" + run + b"\x05\x0f\x00" + run
    yield "person-key", nobody + run + alice + run + b"\x05\x82\x00" + run
    yield "token", web + b"\x05\xff\x00" + run + b"\x05\x8f\x00" + run + \
        token + run + b"\x05\xff\x00" + run + b"\x05\x47\x00" + run
    yield "sessions", web + token + run + b"\x05\x47\x00" + run + \
        b"\x05\x57\x00" + run + b"\x05\x67\x00" + run + \
        b"\x05\x27\x00" + run + b"\x05\x27\x00" + run + token + run
    yield "expired", nobody + run + b"\x05\x81\x00" + run + \
        b"\x05\xc3\x00" + run + tick % 30 + tick % 40 + \
        b"\x05\x0f\x00" + run + token + run
    yield "full", b"".join(b"%c\x01\x02" % (4 + 16 * i) for i in range(6)) + \
        run + tick % 50 + hello + run
    yield "unsent", stored + get % 0xe1 + b"\x0d" + get % 1 + run
    for i in (0, 3, 9, 20, 40):
        yield "nomem-%02d" % i, stored + put % 1 + b"\x0e%c" % i + \
            commit % (1, 8) + b"\x0e%c" % i + get % 0x21 + b"\x0e%c" % i
    yield "random", login + b"".join(b"\x03%c%c\x00\x01" % (i, 7 * i % 256)
                                     for i in range(1, 36)) + run
    yield "fields", login + b"".join(
        b"\x01" + bytes([len(x)]) + x + bytes([t]) + b"\x00\x01"
        for t, x in ((20, b"\x81\x01\x91\x81\x02\xa1/"), (7, b"\x80"),
                     (21, b"\x81\x02\xa1/"), (22, b"\x80"), (8, b"\x80"),
                     (34, b"\x80"), (25, b"\xc0"), (99, b"\x80"))) + run
    # Of more than two frames, and with envelopes that tell a part.
    yield "cut", login + b"".join(
        b"\xc1\x01\x80%c\x00\x01" % t for t in (7, 5, 16, 133)) + \
        b"\xc0\x07\x95\x01\x05\x07\xc4\x00\x80\x01" + run
    yield "glean", login + b"".join(
        b"\x00" + bytes([len(x)]) + x + b"\x01"
        for x in (b"\x94\x01\x05\x07\xc4\x00", b"\x95\x01\x05\x07\xa0\x80",
                  b"\x96\x01\x05\x07\xc4\x10" + SESSION + b"\x80\x80",
                  b"\xdd\xff\xff\xff\xff\x01\x05\x07",
                  b"\x95\x01\xcc\x85\x07\xa0\x80", b"\x95\x01\x05\xff",
                  b"\x95\x02", b"")) + run
    yield "raw", b"\x00\x07\x95\x01\x05\x07\xc4\x00\x80\x01" + \
        b"\x00\x01\xc1\x01" + b"\x00\x07\x95\x02\x05\x07\xc4\x00\x80\xfe"


def web_multiparts(schema):
    """Forms with the boundary "b"; the first byte also says where to cut."""
    head = b'Content-Disposition: form-data; name="a"'
    whole = b"--b\r\n" + head + b"\r\n\r\nvalue\r\n--b--\r\n"
    yield "field", whole
    yield "file", b"--b\r\n" + head + \
        b'; filename="x \\" y.txt"\r\nContent-Type: a/b\r\n\r\n' + \
        b"\r\n--c\r\r\n--\r\n\r\n--b--"
    yield "two", whole[:-4] + b"\r\n\r\n" + whole[2:]
    yield "preamble", b"hello\r\n" + whole + b"epilogue"
    yield "no-end", whole[:-6]
    yield "no-head", b"--b\r\n\r\nx\r\n--b--"
    yield "long-head", b"--b\r\n" + b"h" * 5000
    yield "padding", b"--b \t\r\n\r\n\r\n--b  --"
    yield "nul", b"--b\r\nContent-Disposition: \x00\r\n\r\n\r\n--b--"


def web_tuses(schema):
    for i, text in enumerate(("path OmEvYg==,media dGV4dC9wbGFpbg==",
                              "path", "a YQ==, b YWI=,c", "path YQ==,path",
                              ",", "a ", "a YQ", "a /w==", "a YQBi",
                              "sha1 Lve95gjOVATpfV8EL5X4nxwjKHE=",
                              "sha256 " + "A" * 43 + "=", "sha1 YQ==",
                              "path " + "QUFB" * 40)):
        yield "%02d" % i, text.encode()


def web_heads(schema):
    host = b"Host: hub.example:8443\r\n"
    yield "get", b"GET /api/v1/list?path=%3A%2Fa+b&limit=5 HTTP/1.1\r\n" + \
        host + b"Cookie: a=1; __Host-fss=abc\r\nRange: bytes=0-1,-2\r\n\r\n"
    yield "put", b"PUT /api/v1/content?path=%C3%A9 HTTP/1.1\r\n" + host + \
        b"Content-Length: 18446744073709551615\r\nExpect: 100-continue\r\n" \
        b"\r\nbody"
    yield "old", b"GET / HTTP/1.0\r\n" + host + b"Empty:\r\n\r\n"
    yield "smuggle", b"POST / HTTP/1.1\r\n" + host + \
        b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
    yield "folded", b"GET / HTTP/1.1\r\n" + host + b" a: b\r\n\r\n"
    yield "many", b"GET / HTTP/1.1\r\n" + host + b"A: b\r\n" * 120 + b"\r\n"
    yield "nul", b"GET / HTTP/1.1\r\n" + host + b"A: b\0c\r\n\r\n"
    for i, (name, text, status) in enumerate(malformed.rows()):
        yield "bad-%03d" % i, text


def web_texts(schema):
    for i, text in enumerate((
            b"bytes=0-0,5-,-3", b"bytes=-0", b"bytes=9-1",
            b"bytes=18446744073709551615-18446744073709551615")):
        yield "range-%d" % i, b"\x00" + text
    for i, text in enumerate(("a.txt", 'say "hi"\\%41', "\u00e9\r\nX: y",
                              "\U0001f600" * 40)):
        yield "name-%d" % i, b"\x01" + text.encode()
    for i, text in enumerate((
            b"a=1; __Host-fss=\"tok\" ;b", b"gzip;q=0, br;q=0.5",
            b"W/\"a\", \"b,c\", *", b"/a/../b", b"10.0.0.0/8",
            b"192.0.2.1:80, [::1]:2, junk",
            b"__Host-fss=a; __Host-fss=b", b"=__Host-fss=a; __Host-fss =b",
            b"\xe2\x80\x80__Host-fss=a;;; ", b"192.0.2.7,,fe80::1%eth0",
            b"[::1, ::ffff:192.0.2.7:1", b"W/\"a\",W/,\"", b"\"a", b",,,")):
        yield "field-%d" % i, b"\x02" + text
    for i, data in enumerate((
            b"\x81\x82\x01\x02\x03\x04Hi", b"\x01\xfe\x00\x7e" + bytes(130),
            b"\x81\xff" + b"\xff" * 12, b"\x88\x82\0\0\0\0\x03\xe8",
            b"\x81\x02hi", b"\xc1\x82\0\0\0\0hi", b"\x09\x80\0\0\0\0",
            b"\x89\xfe\x00\x7e" + bytes(130), b"\x81\xfe\x40\x01" + bytes(4),
            b"\x01\x81\0\0\0\0x\x80\x81\0\0\0\0y")):
        yield "frame-%d" % i, b"\x03" + data


def main():
    schema = _schema.Schema()
    for target, make in (("header", headers), ("fields", fields),
                         ("page", pages), ("reader", readers),
                         ("path", paths), ("block", blocks),
                         ("hub_session", hub_sessions),
                         ("web_multipart", web_multiparts),
                         ("web_tus", web_tuses),
                         ("web_head", web_heads), ("web_text", web_texts)):
        seeds = list(make(schema))
        write(target, seeds)
        print("%s: %d seeds" % (target, len(seeds)))


if __name__ == "__main__":
    main()
