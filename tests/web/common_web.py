"""What the tests of the web front end share, on top of tests/e2e/common.py.

A front end with the real module, or with the probe, whose routes show what
the host does (tests/web/probe); clients that speak plain bytes over TLS, so
that what is sent is what the test says.
"""
import base64
import http.client
import json
import os
import re
import select
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))), "e2e"))
import common  # noqa: E402
from common import (BUILD, LIMIT, TMP, diag, equal, finish, folder,  # noqa
                    free_port, ok, read, run, skip, spawn, write)

TOKEN = "t" * 43
WS_KEY = base64.b64encode(b"0123456789abcdef").decode()


def context(**kw):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    c.check_hostname = False
    c.verify_mode = ssl.CERT_NONE
    for name, value in kw.items():
        setattr(c, name, value)
    return c


class Web:
    """A front end of a hub."""

    def __init__(self, hub, name="web", probe=True, settings=None,
                 env=None, program=None):
        self.name = name
        self.data = os.path.join(TMP, name)
        self.log = os.path.join(TMP, name + ".log")
        self.hub = hub
        self.env = dict(os.environ, **(env or {}))
        self.port = free_port()
        self.program = program or os.path.join(BUILD, "fssweb")
        if probe:
            # The launcher takes the module that lies beside it.
            self.program = shutil.copy(self.program, folder("bin-" + name))
            os.symlink(os.path.join(BUILD, "fssweb_probe.so"),
                       os.path.join(TMP, "bin-" + name, "fssweb.so"))
        r = run([self.program, "init", "--data", self.data, "--hub",
                 hub.address, "--listen", f"127.0.0.1:{self.port}"],
                env=self.env)
        if r.code != 0:
            raise RuntimeError(str(r))
        self.made = r.out
        self.configure(dict({"limits.workers": "1",
                             "limits.connections": "2000"},
                            **(settings or {})))
        self.ui = folder(os.path.join(name, "ui"))

    def configure(self, settings):
        path = os.path.join(self.data, "fssweb.conf")
        section, out, left = "", [], dict(settings)
        with open(path) as f:
            for line in f:
                if line.startswith("["):
                    section = line.strip()[1:-1]
                words = line.lstrip("# ").split("=")
                name = f"{section}.{words[0].strip()}"
                if len(words) == 2 and name in left:
                    line = f"{words[0].strip()} = {left.pop(name)}\n"
                out.append(line)
        if left:
            raise RuntimeError(f"no such settings: {left}")
        with open(path, "w") as f:
            f.writelines(out)

    def start(self):
        r, w = os.pipe()
        with open(self.log, "ab") as log:
            self.proc = spawn([self.program, "run", "--data", self.data,
                               "--ready-fd", str(w)], env=self.env,
                              stdin=subprocess.DEVNULL, stdout=log,
                              stderr=log, pass_fds=[w])
        os.close(w)
        self.ready = r
        line = self.ready_line()
        if not line.startswith("READY "):
            self.proc.kill()
            self.proc.wait()
            raise RuntimeError("the front end did not start")
        return self

    def ready_line(self):
        """The next line of a worker that is ready; '' if it ended."""
        line = b""
        while not line.endswith(b"\n"):
            if not select.select([self.ready], [], [], LIMIT)[0]:
                return ""
            got = os.read(self.ready, 1)
            if not got:
                return ""
            line += got
        return line.decode()

    def stop(self):
        self.proc.send_signal(signal.SIGTERM)
        return self.proc.wait(LIMIT)

    def log_text(self):
        with open(self.log, errors="replace") as f:
            return f.read()

    def wait_log(self, pattern, count=1):
        """Waits until the log has @pattern that often: follows the file."""
        with subprocess.Popen(["tail", "-n", "+1", "-f", self.log],
                              stdout=subprocess.PIPE, text=True,
                              errors="replace") as p:
            try:
                for line in p.stdout:
                    if re.search(pattern, line):
                        count -= 1
                        if count == 0:
                            return line
            finally:
                p.kill()
        return ""

    def workers(self):
        """Process ids of the workers, not the parent's or key process's."""
        out = []
        for pid in os.listdir("/proc"):
            if not pid.isdigit():
                continue
            try:
                with open(f"/proc/{pid}/stat") as f:
                    parent = int(f.read().rsplit(")", 1)[1].split()[1])
                with open(f"/proc/{pid}/cmdline", "rb") as f:
                    title = f.read()
            except OSError:
                continue
            if parent == self.proc.pid and b"[wrk " in title:
                out.append(int(pid))
        return sorted(out)

    # ---- speaking to it

    def raw(self, tls=None, **kw):
        """A TLS connection of one's own."""
        s = socket.create_connection(("127.0.0.1", self.port), LIMIT)
        return (tls or context()).wrap_socket(s, server_hostname="localhost",
                                              **kw)

    def socket(self, path, *more):
        return Socket(self, path, *more)

    def http(self):
        return http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=LIMIT, context=context())

    def get(self, path, method="GET", body=None, headers=None):
        """A request on a connection of its own."""
        c = self.http()
        c.request(method, path, body=body, headers=headers or {})
        r = c.getresponse()
        r.data = r.read()
        c.close()
        return r

    def json(self, path, **kw):
        r = self.get(path, **kw)
        return r.status, json.loads(r.data)


def talk(s, data):
    """Sends bytes; all that comes until the other side closes."""
    if data:
        s.sendall(data)
    out = b""
    while True:
        try:
            got = s.recv(65536)
        except (ConnectionResetError, ssl.SSLError):
            return out
        if not got:
            return out
        out += got


def status(reply):
    """The status of the first reply in @reply, 0 if there is none."""
    m = re.match(rb"HTTP/1\.1 (\d{3}) ", reply)
    return int(m.group(1)) if m else 0


def head(path="/", method="GET", *more, host="localhost"):
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", *more, "", ""]
    return "\r\n".join(lines).encode()


class Socket:
    """A WebSocket, frame by frame; @reply is the answer to its handshake."""

    def __init__(self, web, path, *more):
        self.s = web.raw()
        self.s.sendall(head(
            path, "GET", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: " + WS_KEY,
            *more))
        self.rest = b""
        while b"\r\n\r\n" not in self.rest:
            got = self.s.recv(65536)
            if not got:
                break
            self.rest += got
        self.reply, _, self.rest = self.rest.partition(b"\r\n\r\n")

    def need(self, n):
        while len(self.rest) < n:
            try:
                got = self.s.recv(65536)
            except (OSError, ssl.SSLError):
                return False
            if not got:
                return False
            self.rest += got
        return True

    def recv(self):
        """(opcode, payload), or None at the end."""
        if not self.need(2):
            return None
        n, at = self.rest[1], 2
        if n == 126:
            if not self.need(4):
                return None
            n, at = struct.unpack(">H", self.rest[2:4])[0], 4
        elif n == 127:
            if not self.need(10):
                return None
            n, at = struct.unpack(">Q", self.rest[2:10])[0], 10
        if not self.need(at + n):
            return None
        op, data = self.rest[0] & 15, self.rest[at:at + n]
        self.rest = self.rest[at + n:]
        return op, data

    def send(self, op, data, fin=True, masked=True):
        mask = b"\x01\x02\x03\x04" if masked else b""
        n = len(data)
        top = 128 if masked else 0
        size = bytes([top | n]) if n < 126 else \
            bytes([top | 126]) + struct.pack(">H", n) if n < 65536 else \
            bytes([top | 127]) + struct.pack(">Q", n)
        body = bytes(b ^ mask[i % 4] for i, b in enumerate(data)) if masked \
            else data
        self.s.sendall(bytes([(128 if fin else 0) | op]) + size + mask + body)

    def code(self):
        """The close code, 0 if it just ended."""
        while True:
            got = self.recv()
            if got is None:
                return 0
            if got[0] == 8:
                return struct.unpack(">H", got[1][:2])[0]


quote = urllib.parse.quote
