"""The protocol's tables, read from the C sources, and a small msgpack writer.

Shared by the scripts that make fuzz corpora and test vectors and that check
docs/protocol.md.  It is written against the text of the .def files and the
msgpack specification, not against libfss, so that what it makes is a second
opinion on what libfss does.
"""

import os
import re
import struct

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))

ANSWER = 128
ERROR = 255


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


class Field:
    def __init__(self, key, kind, name, required, size, sub, note):
        self.key, self.kind, self.name = key, kind, name
        self.required, self.size, self.sub = required, size, sub
        self.note = note


class Schema:
    def __init__(self):
        self.limits = self._limits()
        self.names = self._names()
        self.records = self._records()
        self.messages = self._messages()
        self.errors = self._errors()

    def _limits(self):
        text = read("libfss/wire/limits.h")
        rows = re.findall(r'X\((\w+), (\d+), "([^"]*)", "([^"]*)"\)', text)
        return [(n, int(v), unit, what) for n, v, unit, what in rows]

    def _names(self):
        names = {"FSS__MAX_" + n: v for n, v, _, _ in self.limits}
        for path in ("libfss/base/path.h", "libfss/crypto/digest.h"):
            for name, value in re.findall(
                    r"#define (FSS_\w+)\s+(\d+)\b", read(path)):
                names[name] = int(value)
        return names

    def value(self, text):
        """What a limit in schema.def comes to."""
        parts = re.split(r"\s*([*/+])\s*", text.strip())
        total = self._number(parts[0])
        for op, part in zip(parts[1::2], parts[2::2]):
            n = self._number(part)
            total = {"*": total * n, "/": total // n, "+": total + n}[op]
        return total

    def _number(self, text):
        if text in self.names:
            return self.names[text]
        octal = re.fullmatch(r"0[0-7]+", text)
        return int(text, 8 if octal else 10)

    def _records(self):
        text = read("libfss/wire/schema.def")
        text = text[text.index("*/") + 2:]
        # A comment right above a record is its description.
        self.notes = {
            name: " ".join(re.sub(r"(?m)^ ?\* ?", "", note).split())
            for note, name in re.findall(
                r"(?m)^/\*\s*((?:(?!\*/).|\n)*?)\s*\*/\nR\((\w+)\)", text)
            if not note.startswith("----")}
        records = {}
        for line in text.splitlines():
            m = re.match(r"([RFLE])\(([^)]*)\)\s*(?:/\*\s*(.*?)\s*\*/)?", line)
            if not m:
                continue
            what, args = m.group(1), [a.strip()
                                      for a in m.group(2).split(",")]
            note = m.group(3) or ""
            if what == "R":
                current = []
                records[args[0]] = current
            elif what == "F":
                _, key, kind, name, flags, size = args
                current.append(Field(int(key), kind, name, flags == "REQ",
                                     self.value(size), None, note))
            elif what == "L":
                _, key, name, sub, flags, size = args
                current.append(Field(int(key), "LIST", name, flags == "REQ",
                                     self.value(size), sub, note))
        return records

    def _messages(self):
        rows = re.findall(r"^M\((\w+), (\d+), (\w+), (\w+), (\w+)\)",
                          read("libfss/wire/messages.def"), re.M)
        return [(n, int(v), req, ans, needs) for n, v, req, ans, needs in rows]

    def _errors(self):
        rows = re.findall(r'X\((\w+), (-\d+), "([^"]*)", (\d+), (\d+)\)',
                          read("include/fss/error.h"))
        return [(n, int(v), text, int(h), int(e))
                for n, v, text, h, e in rows]

    # ---- encoding -------------------------------------------------------

    def record(self, name, values):
        """@values: member -> number, bool, str, bytes or list of dicts."""
        fields = {f.name: f for f in self.records[name]}
        for member in values:
            if member not in fields:
                raise KeyError("%s has no %s" % (name, member))
        out, n = b"", 0
        for f in self.records[name]:
            if f.name not in values:
                continue
            n += 1
            v = values[f.name]
            if f.kind == "LIST":
                v = pack_head(0x90, 0xDC, len(v)) + b"".join(
                    self.record(f.sub, item) for item in v)
            else:
                v = pack(v)
            out += pack(f.key) + v
        return pack_head(0x80, 0xDE, n) + out

    def type_of(self, name):
        """Number and record of "LIST", "LIST+" or "ERROR"."""
        if name == "ERROR":
            return ERROR, "error"
        for n, v, req, ans, _ in self.messages:
            if name == n:
                return v, req
            if name == n + "+":
                return v + ANSWER, ans
        raise KeyError(name)

    def header(self, name, req, session, values, version=1):
        number, record = self.type_of(name)
        return (b"\x95" + pack(version) + pack(number) + pack(req) +
                pack(session) + self.record(record, values))


def pack_head(fix, wide, n):
    if n < 16:
        return bytes([fix | n])
    if n < 65536:
        return struct.pack(">BH", wide, n)
    return struct.pack(">BI", wide + 1, n)


def pack(v):
    """The shortest form of a scalar."""
    if v is None:
        return b"\xc0"
    if v is True or v is False:
        return b"\xc3" if v else b"\xc2"
    if isinstance(v, int):
        if 0 <= v < 128:
            return bytes([v])
        if -32 <= v < 0:
            return struct.pack("b", v)
        forms = ((0xCC, "B"), (0xCD, "H"), (0xCE, "I"), (0xCF, "Q")) \
            if v >= 0 else ((0xD0, "b"), (0xD1, "h"), (0xD2, "i"), (0xD3, "q"))
        for tag, form in forms:
            try:
                return bytes([tag]) + struct.pack(">" + form, v)
            except struct.error:
                continue
        raise OverflowError(v)
    if isinstance(v, str):
        b = v.encode()
        if len(b) < 32:
            return bytes([0xA0 | len(b)]) + b
        return _sized(0xD9, b)
    return _sized(0xC4, bytes(v))


def _sized(tag, b):
    if len(b) < 256:
        return struct.pack(">BB", tag, len(b)) + b
    if len(b) < 65536:
        return struct.pack(">BH", tag + 1, len(b)) + b
    return struct.pack(">BI", tag + 2, len(b)) + b
