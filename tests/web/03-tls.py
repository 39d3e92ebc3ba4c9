"""TLS of the front end: versions, ciphers, certificates, keys, the launcher."""
import os
import re
import socket
import ssl
import stat

from common_web import (BUILD, LIMIT, TMP, Web, common, context, equal,
                        finish, ok, read, run, skip)

hub = common.Hub().start()
web = Web(hub)
FSSWEB = os.path.join(BUILD, "fssweb")

# ---- what init makes

for name, want in (("web.key", 0o600), ("key.pem", 0o600)):
    mode = stat.S_IMODE(os.stat(os.path.join(web.data, name)).st_mode)
    equal(mode, want, f"{name} is its owner's alone")
key = read(os.path.join(web.data, "web.pub")).decode().strip()
ok(f"front_ends = {key}" in web.made, "init says what the hub has to know")
r = run(["openssl", "x509", "-in", os.path.join(web.data, "cert.pem"), "-noout",
         "-ext", "subjectAltName,basicConstraints,extendedKeyUsage", "-text"])
ok("DNS:localhost" in r.out and "IP Address:127.0.0.1" in r.out and
   "CA:FALSE" in r.out and "prime256v1" in r.out, "the certificate fits", r)
r = run([FSSWEB, "init", "--data", web.data, "--hub", hub.address])
equal(r.code, 6, "init refuses where there is one already")
for args, why in (([], "no hub"), (["--hub", "http://x"], "no hub's address"),
                  (["--hub", hub.address, "--listen", "localhost"], "no port"),
                  (["--hub", hub.address, "--listen", "hub.example:1"],
                   "a name to listen on"),
                  (["--hub", hub.address, "--name", "a/b"], "no name"),
                  (["--hub", hub.address, "--certificate", "x"],
                   "a certificate without its key")):
    r = run([FSSWEB, "init", "--data", os.path.join(TMP, "bad"), *args])
    equal(r.code, 2, f"init refuses: {why}")
    ok(r.err.startswith("fssweb: "), "and says why", r)

# ---- check-config

equal(run([FSSWEB, "check-config", "--data", web.data]).code, 0,
      "the new configuration is fine")
conf = os.path.join(web.data, "fssweb.conf")
good = read(conf).decode()
for text, why in (("[web]\nnonsense = 1\n", "no such setting"),
                  ("[limits]\nworkers = 0\n", "below the least"),
                  ("[limits]\nconnections = 60001\n", "above the most"),
                  ("[web]\ntls = off\nlisten = 0.0.0.0:80\n",
                   "plain text for all"),
                  ("[web]\nproxy = somewhere\n", "no proxy's address"),
                  ("what is this\n", "no line"), ("", "no hub")):
    with open(conf, "w") as f:
        f.write((f"[hub]\naddress = {hub.address}\n" if text else "") + text)
    r = run([FSSWEB, "check-config", "--data", web.data])
    ok(r.code == 2 and "fssweb.conf" in r.err, f"refused: {why}", r)
with open(conf, "w") as f:
    f.write(good)
for name in ("web.key", "key.pem"):
    path = os.path.join(web.data, name)
    os.chmod(path, 0o640)
    r = run([FSSWEB, "run", "--data", web.data])
    ok(r.code == 3 and "chmod 600" in r.err,
       f"does not start while others may read {name}", r)
    os.chmod(path, 0o600)

# ---- handshakes

web.start()


def shake(**kw):
    """(version, cipher) or the error."""
    try:
        with web.raw(context(**kw)) as s:
            return s.version(), s.cipher()[0]
    except (ssl.SSLError, OSError) as e:
        return None, str(e)


T = ssl.TLSVersion
equal(shake(maximum_version=T.TLSv1_2)[0], "TLSv1.2", "TLS 1.2")
equal(shake(minimum_version=T.TLSv1_3)[0], "TLSv1.3", "TLS 1.3")
for version in ("tls1", "tls1_1"):
    r = run(["openssl", "s_client", "-connect", f"127.0.0.1:{web.port}",
             f"-{version}", "-cipher", "ALL:@SECLEVEL=0"], stdin="")
    ok("Cipher is (NONE)" in r.out or r.code != 0, f"no {version}", r)
for cipher in ("AES128-SHA256", "ECDHE-ECDSA-AES128-SHA", "DHE-RSA-AES128-SHA",
               "ECDHE-ECDSA-AES128-SHA256", "NULL", "AES128-GCM-SHA256"):
    r = run(["openssl", "s_client", "-connect", f"127.0.0.1:{web.port}",
             "-tls1_2", "-cipher", f"{cipher}:@SECLEVEL=0"], stdin="")
    ok("Cipher is (NONE)" in r.out or r.code != 0, f"no {cipher}", r)
r = run(["openssl", "s_client", "-connect", f"127.0.0.1:{web.port}",
         "-tls1_2"], stdin="R\n")
ok("RENEGOTIATING" in r.out + r.err and "no renegotiation" in r.out + r.err,
   "nobody renegotiates", r)
equal(web.raw(context(), ).selected_alpn_protocol(), None,
      "no ALPN where none is offered")
c = context()
c.set_alpn_protocols(["h2", "http/1.1"])
equal(web.raw(c).selected_alpn_protocol(), "http/1.1", "HTTP/1.1 by ALPN")
c = context()
c.set_alpn_protocols(["h2"])
try:
    web.raw(c)
    ok(False, "who speaks HTTP/2 only is told so")
except (ssl.SSLError, OSError) as e:
    ok("application protocol" in str(e).lower() or "alert" in str(e).lower(),
       "who speaks HTTP/2 only is told so", e)
c = ssl.create_default_context(cafile=os.path.join(web.data, "cert.pem"))
with socket.create_connection(("127.0.0.1", web.port), LIMIT) as s:
    with c.wrap_socket(s, server_hostname="localhost") as t:
        ok(t.version() is not None, "who has the certificate believes it")

# ---- resumption

r = run(["openssl", "s_client", "-connect", f"127.0.0.1:{web.port}",
         "-tls1_2", "-reconnect"], stdin="")
equal(r.out.count("Reused, TLSv1.2"), 5, "sessions are taken up again")

# ---- another certificate, without a restart


def shown():
    with web.raw() as s:
        return s.getpeercert(binary_form=True)


first = shown()
kept = web.raw()
loaded = web.log_text().count("certificate loaded")
other = Web(hub, "other")
for name in ("cert.pem", "key.pem"):
    os.replace(os.path.join(other.data, name), os.path.join(web.data, name))
web.proc.send_signal(1)
web.wait_log("certificate loaded", loaded + 1)
ok(shown() != first, "SIGHUP takes a new certificate and key")
kept.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
ok(kept.recv(100).startswith(b"HTTP/1.1 404"),
   "connections that stood stand")
second = shown()
third = Web(hub, "third")
os.replace(os.path.join(third.data, "cert.pem"),
           os.path.join(web.data, "cert.pem"))
web.proc.send_signal(1)
ok("reason=" in web.wait_log("cannot use the key"),
   "a pair that does not fit is told")
equal(shown(), second, "and the old one stays")

# ---- plain text for a proxy on this machine; a hub by its name

plain = Web(hub, "plain", settings={
    "web.tls": "off",
    "hub.address": hub.address.replace("127.0.0.1", "localhost")}).start()
with socket.create_connection(("127.0.0.1", plain.port), LIMIT) as s:
    s.sendall(b"GET /api/v1/probe/ping HTTP/1.1\r\nHost: x\r\n"
              b"Connection: close\r\n\r\n")
    got = b""
    while True:
        more = s.recv(65536)
        if not more:
            break
        got += more
ok(got.startswith(b"HTTP/1.1 200") and got.endswith(b'{"pong":true}'),
   "without TLS, where that was said", got)
equal(plain.stop(), 0, "it ends softly")
equal(web.stop(), 0, "so does the other")
hub.stop()
finish()
