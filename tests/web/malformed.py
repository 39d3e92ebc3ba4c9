"""Heads that two servers could read in two ways, or that nobody should send.

Each row: what it is, the bytes of the head, the status it is refused with.
tests/web/22-smuggling.py sends them; tests/fuzz/make_corpus.py makes seeds of
them.
"""
HOST = b"Host: localhost\r\n"
POST = b"POST /api/v1/probe/json HTTP/1.1\r\n" + HOST + \
    b"Content-Type: application/json\r\n"
# What a server that takes "chunked" would read, and what would be left.
CHUNKS = b"1;a=b\r\nx\r\n0000000000000000000000000000000000000000000000\r\n" \
    b"Trailer: x\r\n\r\n"


def get(*fields, line=b"GET / HTTP/1.1", host=HOST):
    return line + b"\r\n" + host + b"Connection: close\r\n" + \
        b"".join(f + b"\r\n" for f in fields) + b"\r\n"


def post(*fields):
    return POST + b"".join(f + b"\r\n" for f in fields) + b"\r\n"


def _encodings():
    """Ways to say "in chunks" that some server understands."""
    for name, status, field in (
            ("plain", 411, b"Transfer-Encoding: chunked"),
            ("in capitals", 411, b"TRANSFER-ENCODING: CHUNKED"),
            ("of an unknown kind", 411, b"Transfer-Encoding: xchunked"),
            ("identity", 411, b"Transfer-Encoding: identity"),
            ("in a list", 411, b"Transfer-Encoding: chunked, identity"),
            ("quoted", 411, b'Transfer-Encoding: "chunked"'),
            ("empty", 411, b"Transfer-Encoding:"),
            ("behind a tab", 411, b"Transfer-Encoding:\tchunked"),
            ("behind a vertical tab", 400, b"Transfer-Encoding:\x0bchunked"),
            ("behind a NUL", 400, b"Transfer-Encoding: \0chunked"),
            ("a space before the colon", 400, b"Transfer-Encoding : chunked"),
            ("a tab before the colon", 400, b"Transfer-Encoding\t: chunked"),
            ("a byte above ASCII", 400, b"Transfer-Encod\xefng: chunked"),
            ("after a bare LF", 400, b"X: y\nTransfer-Encoding: chunked"),
            ("after a bare CR", 400, b"X: y\rTransfer-Encoding: chunked"),
            ("on a folded line", 400, b"X: y\r\n Transfer-Encoding: chunked"),
            ("folded itself", 400, b"Transfer-Encoding:\r\n chunked")):
        yield f"chunks, {name}", post(field), status
        yield f"chunks, {name}, after a length", \
            post(b"Content-Length: 5", field), status
        yield f"chunks, {name}, before a length", \
            post(field, b"Content-Length: 5"), status
    yield "chunks twice", post(b"Transfer-Encoding: chunked",
                               b"Transfer-Encoding: identity"), 400
    yield "chunks of old", b"POST / HTTP/1.0\r\n" + HOST + \
        b"Transfer-Encoding: chunked\r\n\r\n", 411


def _lengths():
    for value in (b"+5", b"-5", b"5, 5", b"5,5", b"5 5", b"0x5", b"5;", b"",
                  b"1e1", b"5.0", b"\xb5", b"five", b"5\x0b", b"_5", b"5_0",
                  b"18446744073709551621", b"9223372036854775808",
                  b"9" * 400):
        yield f"a length of {value[:24]!r}", \
            post(b"Content-Length: " + value), 400
    for first, second in ((b"5", b"5"), (b"5", b"6"), (b"0", b"44"),
                          (b"", b"5")):
        yield f"lengths of {first!r} and {second!r}", \
            post(b"Content-Length: " + first,
                 b"content-length: " + second), 400
    yield "a length with a space before the colon", \
        post(b"Content-Length : 5"), 400
    yield "a length on a folded line", post(b"Content-Length:\r\n 5"), 400
    yield "no length", post(), 411


def _lines():
    for name, line, status in (
            ("HTTP/0.9", b"GET /", 400),
            ("nothing but words", b"hello", 400),
            ("two spaces", b"GET  / HTTP/1.1", 400),
            ("a space at the end", b"GET / HTTP/1.1 ", 400),
            ("a space at the beginning", b" GET / HTTP/1.1", 400),
            ("tabs", b"GET\t/\tHTTP/1.1", 400),
            ("a form feed", b"GET\x0c/ HTTP/1.1", 400),
            ("small letters", b"get / HTTP/1.1", 501),
            ("an unknown method", b"CONNECT / HTTP/1.1", 501),
            ("a method of symbols", b"G(T / HTTP/1.1", 400),
            ("a version in small letters", b"GET / http/1.1", 400),
            ("version 1.10", b"GET / HTTP/1.10", 505),
            ("version 01.1", b"GET / HTTP/01.1", 505),
            ("version 1,1", b"GET / HTTP/1,1", 505),
            ("version 2.0", b"GET / HTTP/2.0", 505),
            ("no version", b"GET / HTTP/", 505),
            ("a CR before its end", b"GET / HTTP/1.1\r", 400),
            ("a NUL", b"GET /\0 HTTP/1.1", 400),
            ("absolute form", b"GET http://evil.example/ HTTP/1.1", 400),
            ("absolute form of this host", b"GET https://localhost/ HTTP/1.1",
             400),
            ("authority form", b"GET localhost:443 HTTP/1.1", 400),
            ("an asterisk", b"OPTIONS * HTTP/1.1", 400),
            ("a backslash first", b"GET \\ HTTP/1.1", 400),
            ("an empty target", b"GET  HTTP/1.1", 400),
            ("a fragment", b"GET /#x HTTP/1.1", 400),
            ("raw UTF-8", b"GET /\xc3\xa4 HTTP/1.1", 400),
            ("DEL", b"GET /\x7f HTTP/1.1", 400),
            ("a broken escape", b"GET /%4 HTTP/1.1", 400),
            ("an escaped NUL", b"GET /%00 HTTP/1.1", 400),
            ("an overlong slash", b"GET /%c0%af HTTP/1.1", 400),
            ("an overlong dot", b"GET /%e0%80%ae HTTP/1.1", 400),
            ("half of a pair", b"GET /%ed%a0%80 HTTP/1.1", 400),
            ("beyond Unicode", b"GET /%f4%90%80%80 HTTP/1.1", 400),
            ("an escaped NUL in the query", b"GET /?a=%00 HTTP/1.1", 400),
            ("a broken query", b"GET /?a=%zz HTTP/1.1", 400)):
        yield name, get(line=line), status


def _fields():
    for name, host in (
            ("no Host", b""), ("two Hosts", HOST + HOST),
            ("two different Hosts", HOST + b"Host: evil.example\r\n"),
            ("an empty Host", b"Host:\r\n"),
            ("a path in Host", b"Host: localhost/evil\r\n"),
            ("a user in Host", b"Host: me@localhost\r\n"),
            ("a list in Host", b"Host: localhost, evil.example\r\n"),
            ("spaces in Host", b"Host: local host\r\n"),
            ("an escape in Host", b"Host: %6cocalhost\r\n"),
            ("markup in Host", b"Host: <b>\r\n"),
            ("a space before the colon of Host", b"Host : localhost\r\n"),
            ("a space before Host", b" Host: localhost\r\n")):
        yield name, get(host=host), 400
    yield "a Host beyond all names", \
        get(host=b"Host: " + b"a" * 300 + b"\r\n"), 400
    for name, field in (
            ("no colon", b"Nothing"), ("no name", b": x"),
            ("a space in a name", b"A B: x"),
            ("brackets in a name", b"A[0]: x"), ("NUL in a name", b"A\0: x"),
            ("NUL in a value", b"A: x\0y"), ("a bell in a value", b"A: \x07"),
            ("DEL in a value", b"A: \x7f"), ("a CR in a value", b"A: x\ry"),
            ("a LF in a value", b"A: x\ny"), ("a folded value", b"A: x\r\n\ty"),
            ("two Origins", b"Origin: https://a\r\nOrigin: https://b"),
            ("two tokens", b"Authorization: Bearer a\r\n"
             b"Authorization: Bearer b"),
            ("two Ranges", b"Range: bytes=0-\r\nRange: bytes=1-"),
            ("two Upgrades", b"Upgrade: websocket\r\nUpgrade: h2c")):
        yield name, get(field), 400
    yield "an expectation", get(b"Expect: 200-ok"), 417
    yield "too many headers", get(*[b"A: b"] * 100), 431
    yield "a long address", get(line=b"GET /" + b"a" * 16384 +
                                b" HTTP/1.1"), 414


def rows():
    yield from _encodings()
    yield from _lengths()
    yield from _lines()
    yield from _fields()
