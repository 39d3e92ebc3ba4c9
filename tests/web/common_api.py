"""What the tests of the web interface share: a hub with a front end, browsers.

On top of common_web.py; browsers here keep cookies, send what a page would
send, and check the certificate.
"""
import base64
import hashlib
import http.client
import json
import os
import socket
import ssl
import urllib.parse

import common_web
from common import *			# noqa: F401,F403
from common import LIMIT, PASSWORD, Hub, Person

COOKIE = "__Host-fss"


def quote(text):
    return urllib.parse.quote(text, safe="")


class Web(common_web.Web):
    """A front end of @hub with two workers, whose certificate is checked."""

    def __init__(self, hub, name="web", workers=2, settings=None):
        super().__init__(hub, name, probe=False, settings={
            "limits.workers": str(workers), **(settings or {})})
        self.host = f"localhost:{self.port}"
        self.origin = "https://" + self.host
        with open(os.path.join(self.data, "web.pub")) as f:
            self.key = f.read().strip()
        self.tls = ssl.create_default_context(
            cafile=os.path.join(self.data, "cert.pem"))


class Answer:
    def __init__(self, response, body):
        self.status = response.status
        self.headers = response.headers
        self.body = body

    @property
    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def error(self):
        """The name of the error, or ''."""
        o = self.json
        return o["error"]["name"] if isinstance(o, dict) and "error" in o \
            else ""

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def __str__(self):
        return f"{self.status} {self.headers}{self.body[:600]!r}"


class Browser:
    """Somebody with a cookie, or a script with a token."""

    def __init__(self, web, token=None):
        self.web = web
        self.token = token
        self.cookies = {}
        self.csrf = None
        self.conn = None

    def connect(self):
        """A connection of its own, to be used as one likes."""
        return http.client.HTTPSConnection(
            "localhost", self.web.port, context=self.web.tls, timeout=LIMIT)

    def close(self):
        if self.conn is not None:
            self.conn.close()
            self.conn = None

    def headers(self, method):
        """What a page of this origin would send."""
        h = {}
        if self.token is not None:
            h["Authorization"] = "Bearer " + self.token
            return h
        if self.cookies:
            h["Cookie"] = "; ".join(f"{k}={v}" for k, v in
                                    self.cookies.items())
        if method not in ("GET", "HEAD", "OPTIONS"):
            h["Origin"] = self.web.origin
            if self.csrf is not None:
                h["X-FSS-CSRF"] = self.csrf
        return h

    def raw(self, method, path, body=None, headers=None, fresh=False):
        """One request; @headers on top of the usual ones, None removes."""
        h = self.headers(method)
        for name, value in (headers or {}).items():
            h.pop(name, None)
            if value is not None:
                h[name] = value
        for again in (0, 1):
            if self.conn is None or fresh:
                self.close()
                self.conn = self.connect()
                again = 1
            try:
                self.conn.request(method, path, body=body, headers=h)
                response = self.conn.getresponse()
                break
            except (http.client.RemoteDisconnected, ConnectionError,
                    BrokenPipeError):
                # It was kept open and ended meanwhile.
                self.close()
                if again:
                    raise
        answer = Answer(response, response.read())
        if response.will_close:
            self.close()
        for value in response.headers.get_all("set-cookie") or []:
            name, value = value.split(";")[0].split("=", 1)
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        return answer

    def api(self, method, path, body=None, query=None, **kw):
        """A call of the API with a JSON body."""
        headers = kw.pop("headers", {})
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers = {"Content-Type": "application/json", **headers}
        if query:
            path += "?" + urllib.parse.urlencode(query, doseq=True)
        return self.raw(method, "/api/v1" + path, data, headers, **kw)

    def get(self, path, /, **query):
        return self.api("GET", path, query=query)

    def post(self, path, /, **body):
        return self.api("POST", path, body)

    def put(self, path, /, **body):
        return self.api("PUT", path, body)

    def delete(self, path, /, **query):
        return self.api("DELETE", path, query=query)

    def login(self, name, password=PASSWORD):
        a = self.post("/session", name=name, password=password)
        if a.status == 200:
            self.csrf = a.json["csrf"]
        return a

    def upload(self, path, data, /, **query):
        query = urllib.parse.urlencode({"path": path, **query})
        return self.raw("PUT", "/api/v1/content?" + query, data)

    def download(self, path, headers=None, /, **query):
        query = urllib.parse.urlencode({"path": path, **query})
        return self.raw("GET", "/api/v1/content?" + query, headers=headers)

    def all(self, path, /, limit=256, **query):
        """Every row of a list, page by page."""
        rows, cursor = [], None
        while True:
            q = dict(query, limit=limit)
            if cursor:
                q["cursor"] = cursor
            a = self.get(path, **q)
            if a.status != 200:
                raise RuntimeError(str(a))
            rows += a.json["rows"]
            cursor = a.json.get("cursor")
            if not cursor:
                return rows

    def socket(self, headers=None):
        return Socket(self, headers)


class Socket:
    """A WebSocket of /api/v1/live, as far as the tests need it."""

    def __init__(self, browser, headers=None):
        web = browser.web
        self.sock = web.tls.wrap_socket(socket.create_connection(
            ("127.0.0.1", web.port), LIMIT), server_hostname="localhost")
        key = base64.b64encode(os.urandom(16)).decode()
        h = {"Host": web.host, "Upgrade": "websocket",
             "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
             "Sec-WebSocket-Key": key, "Origin": web.origin}
        h.update(browser.headers("GET"))
        h.update(headers or {})
        lines = "".join(f"{k}: {v}\r\n" for k, v in h.items()
                        if v is not None)
        self.sock.sendall(f"GET /api/v1/live HTTP/1.1\r\n{lines}\r\n"
                          .encode())
        self.buf = b""
        while b"\r\n\r\n" not in self.buf:
            self._more()
        head, self.buf = self.buf.split(b"\r\n\r\n", 1)
        self.status = int(head.split()[1])
        self.head = head.decode()
        want = base64.b64encode(hashlib.sha1(
            (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode())
            .digest()).decode()
        self.accepted = want in self.head
        self.code = None

    def _more(self):
        got = self.sock.recv(65536)
        if not got:
            raise EOFError("the socket ended")
        self.buf += got

    def _take(self, n):
        while len(self.buf) < n:
            self._more()
        got, self.buf = self.buf[:n], self.buf[n:]
        return got

    def next(self):
        """The next message, None at the end; pings are answered."""
        while True:
            try:
                a, b = self._take(2)
                n = b & 127
                if n == 126:
                    n = int.from_bytes(self._take(2), "big")
                elif n == 127:
                    n = int.from_bytes(self._take(8), "big")
                data = self._take(n)
            except EOFError:
                return None
            if a & 15 == 9:
                mask = os.urandom(4)
                self.sock.sendall(bytes([0x8a, 0x80 | n]) + mask + bytes(
                    c ^ mask[i % 4] for i, c in enumerate(data)))
            if a & 15 == 8:
                self.code = int.from_bytes(data[:2], "big")
                return None
            if a & 15 == 1:
                return json.loads(data)

    def until(self, **want):
        while True:
            o = self.next()
            if o is None or all(o.get(k) == v for k, v in want.items()):
                return o or {}

    def close(self):
        self.sock.close()


def setting_with(*names, workers=2, hub_settings=None, web_settings=None,
                 **kw):
    """A hub, its front end, a person by fssctl and a browser per name."""
    hub = Hub(settings=hub_settings, **kw)
    hub.start()
    people = [Person(names[0], hub, hub.invite)]
    for name in names[1:]:
        code = people[0].json("invite")[0]["code"]
        people.append(Person(name, hub, code))
    web = Web(hub, workers=workers, settings=web_settings)
    hub.configure({"limits.front_ends": web.key})
    hub.reload()
    web.start()
    browsers = []
    for name in names:
        b = Browser(web)
        a = b.login(name)
        if a.status != 200:
            raise RuntimeError(f"{name} cannot log in: {a}")
        browsers.append(b)
    return hub, web, people, browsers
