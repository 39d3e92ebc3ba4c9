"""A hub with its front end, and an nginx beside it, for bench/web.py.

Real programs on loopback, below one folder, ended each by its own id.
"""
import http.client
import json
import os
import resource
import select
import socket
import ssl
import subprocess
import sys
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = Path(os.environ.get("FSS_BUILD_DIR") or ROOT / "build" / "release")
os.environ["FSS_BUILD_DIR"] = str(BUILD)
sys.path.insert(0, str(ROOT / "bindings" / "python" / "tests"))
import hub  # noqa: E402
import servers  # noqa: E402
from common import free_port, stop  # noqa: E402

PASSWORD = "correct horse battery"
LIMIT = 600		# seconds until a server counts as hanging
TICK = os.sysconf("SC_CLK_TCK")


def descriptors():
    """As many as are allowed, for whatever is started from here on."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def below(pid):
    """A process and all that it started, as far as they run."""
    parents = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            stat = Path("/proc", name, "stat").read_text()
        except OSError:
            continue
        parents.setdefault(int(stat.rsplit(")", 1)[1].split()[1]),
                           []).append(int(name))
    out, left = [], [pid]
    while left:
        out.append(left.pop())
        left += parents.get(out[-1], [])
    return out


def cpu(pid):
    """Seconds of the processor a process has had."""
    fields = Path("/proc", str(pid), "stat").read_text().rsplit(")", 1)[1] \
        .split()
    return (int(fields[11]) + int(fields[12])) / TICK


class Front:
    """A hub and a front end it believes, with limits of addresses lifted."""

    def __init__(self, folder, way, workers=2, sockets=0, fill=None):
        """way: how it reaches the hub, local or tcp."""
        self.data = folder / "web"
        self.log = folder / "web.log"
        self.proc = None
        self.port = free_port()
        self.host = f"localhost:{self.port}"
        local = folder / "hub.sock"
        self.hub = hub.Hub(folder, local=str(local),
                           connections_per_address="0",
                           sessions_per_account="0", max_sessions="100000",
                           anonymous_per_address="0",
                           sessions_per_front_end="0")
        if fill is not None:
            fill(self.hub.data)
        self.hub.start()
        subprocess.run([BUILD / "fssweb", "init", "--data", self.data,
                        "--hub", f"fss+unix://{local}" if way == "local" else
                        self.hub.address, "--listen",
                        f"127.0.0.1:{self.port}"], check=True,
                       stdout=subprocess.DEVNULL)
        # By default where it is enough: memory is kept ready for so many.
        self._set(workers=workers, proxy="127.0.0.1",
                  connections=max(4096, sockets * 3 // 2 // workers),
                  connections_per_address=60000)
        (self.data / "ui").mkdir(exist_ok=True)
        # Told before it comes: whom the hub believes about addresses.
        self.hub.stop()
        self.hub._configure({"front_ends":
                             (self.data / "web.pub").read_text().strip()})
        self.hub.start()
        self.certificate = self.data / "cert.pem"
        self.key = self.data / "key.pem"
        self.tls = ssl.create_default_context(cafile=self.certificate)

    def _set(self, **wanted):
        conf = self.data / "fssweb.conf"
        out = []
        for line in conf.read_text().splitlines():
            name = line.lstrip("# ").split("=")[0].strip()
            if name in wanted and "=" in line:
                line = f"{name} = {wanted.pop(name)}"
            out.append(line)
        assert not wanted, f"no such settings: {wanted}"
        conf.write_text("\n".join(out) + "\n")

    def start(self):
        r, w = os.pipe()
        with open(self.log, "ab") as log:
            self.proc = subprocess.Popen(
                [BUILD / "fssweb", "run", "--data", self.data, "--ready-fd",
                 str(w)], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                pass_fds=[w])
        os.close(w)
        line = b""
        while not line.endswith(b"\n"):
            got = os.read(r, 4096) if select.select([r], [], [], LIMIT)[0] \
                else b""
            if not got:
                break
            line += got
        self.ready = r		# the other worker says it is ready, too
        assert line.startswith(b"READY "), self.log.read_text()[-2000:]
        return self

    def workers(self):
        return sorted(p for p in below(self.proc.pid)
                      if b"[wrk " in Path("/proc", str(p), "cmdline")
                      .read_bytes())

    def processor(self):
        """Seconds of the hub and of the front end."""
        return {"fssd": cpu(self.hub.proc.pid),
                "fssweb": sum(cpu(p) for p in below(self.proc.pid))}

    def stop(self):
        stop(self.proc)
        self.hub.stop()

    def url(self, where, /, **query):
        query = urllib.parse.urlencode(query, safe=":/")
        return f"https://{self.host}/api/v1{where}" + \
            ("?" + query if query else "")


class Api:
    """Somebody's browser: one connection, kept open, and a cookie."""
    count = 0

    def __init__(self, front):
        self.address = "10.0.0.0"
        self.front = front
        self.cookie = ""
        self.csrf = ""
        self.conn = http.client.HTTPSConnection(
            "localhost", front.port, context=front.tls, timeout=LIMIT)
        self.conn.connect()
        self.conn.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def call(self, method, path, body=None, /, **query):
        if query:
            path += "?" + urllib.parse.urlencode(query)
        headers = {"Origin": "https://" + self.front.host,
                   "X-Forwarded-For": self.address}
        if self.cookie:
            headers["Cookie"] = "__Host-fss=" + self.cookie
        if self.csrf:
            headers["X-FSS-CSRF"] = self.csrf
        if isinstance(body, dict):
            body = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        self.conn.request(method, "/api/v1" + path, body, headers)
        r = self.conn.getresponse()
        data = r.read()
        assert r.status < 300, f"{method} {path}: {r.status} {data[:300]}"
        for value in r.headers.get_all("set-cookie") or []:
            name, value = value.split(";")[0].split("=", 1)
            if name == "__Host-fss":
                self.cookie = value
        return json.loads(data)

    def register(self, name):
        """Each from an address of its own: few may register from one."""
        Api.count += 1
        self.address = f"10.0.{Api.count >> 8}.{Api.count & 255}"
        self.cookie = self.csrf = ""
        self.csrf = self.call("POST", "/accounts", {
            "name": name, "password": PASSWORD})["csrf"]
        return self

    def token(self):
        return self.call("POST", "/tokens", {
            "label": "bench", "scopes": ["read", "write", "people"]})["token"]

    def close(self):
        self.conn.close()


class Nginx(servers.Nginx):
    """Files of a folder over TLS, with the certificate of the front end."""

    def __init__(self, folder, front, cipher):
        super().__init__(folder, (front.certificate, front.key), cipher)

    def start(self):
        super().start()
        if self.why is not None:
            sys.exit(f"bench/web.py: nginx: {self.why}")

    def processor(self):
        return {"nginx": sum(cpu(p) for p in below(self.proc.pid))}

    def url(self, name):
        return f"https://{self.host}:{self.port}/{name}"
