"""Servers the rivals need, on loopback, with keys and folders of their own."""
import os
import socket
import subprocess
import time

from common import (START_LIMIT, Failed, Missing, find, free_port, run, stop,
                    tail)

# The fastest of ssh where the processor has AES; for all who use ssh.
CIPHER = "aes128-gcm@openssh.com"


class Server:
    """One that may be missing; whoever needs it then is missing, too."""

    def __init__(self, tmp, name, host="127.0.0.1", within=()):
        self.dir = os.path.join(tmp, name)
        self.log = os.path.join(tmp, name + ".log")
        self.host = host
        self.within = list(within)	# what it is started by
        self.proc = None
        self.why = None		# why it cannot be used

    def start(self):
        try:
            os.mkdir(self.dir, 0o700)
            self._start()
        except Missing as e:
            self.why = str(e)
        except (Failed, OSError) as e:
            self.why = f"does not start: {e}"
            stop(self.proc)

    def stop(self):
        stop(self.proc)

    def write(self, name, text):
        path = os.path.join(self.dir, name)
        with open(path, "w") as f:
            f.write(text)
        return path

    def spawn(self, args):
        with open(self.log, "ab") as log:
            self.proc = subprocess.Popen(
                self.within + args, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True)
        if self.within:
            return	# elsewhere: whoever uses it tries
        deadline = time.monotonic() + START_LIMIT
        while True:
            if self.proc.poll() is not None:
                raise Failed(tail(self.log) or "it ended")
            try:
                socket.create_connection((self.host, self.port), 1).close()
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise Failed("it does not answer") from None
                time.sleep(0.05)


class Sshd(Server):
    """For whoever runs this, by a key."""

    def __init__(self, tmp, **kw):
        super().__init__(tmp, "ssh", **kw)
        self.made_run = False

    def _start(self):
        sshd, keygen, self.ssh = find("sshd"), find("ssh-keygen"), find("ssh")
        for key in ("host", "user"):
            run([keygen, "-q", "-t", "ed25519", "-N", "", "-C", "fss-bench",
                 "-f", os.path.join(self.dir, key)], START_LIMIT)
        if os.geteuid() == 0 and not os.path.isdir("/run/sshd"):
            os.mkdir("/run/sshd", 0o755)
            self.made_run = True
        self.port = free_port()
        # MaxStartups: eight clients begin at once.
        conf = self.write("sshd_config", f"""\
ListenAddress {self.host}:{self.port}
HostKey "{self.dir}/host"
AuthorizedKeysFile "{self.dir}/user.pub"
PidFile none
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UseDNS no
PrintMotd no
PrintLastLog no
MaxStartups 100
Subsystem sftp internal-sftp
""")
        with open(os.path.join(self.dir, "host.pub")) as f:
            self.write("known_hosts", f"[{self.host}]:{self.port} {f.read()}")
        self.config = self.write("ssh_config", f"""\
Host *
	Port {self.port}
	IdentityFile "{self.dir}/user"
	IdentitiesOnly yes
	IdentityAgent none
	UserKnownHostsFile "{self.dir}/known_hosts"
	GlobalKnownHostsFile /dev/null
	StrictHostKeyChecking yes
	BatchMode yes
	LogLevel ERROR
""")
        self.spawn([sshd, "-D", "-e", "-f", conf])
        if not self.within:
            run([self.ssh, "-F", self.config, "-c", CIPHER, self.host,
                 "true"], START_LIMIT)

    def stop(self):
        super().stop()
        if self.made_run:
            try:
                os.rmdir("/run/sshd")
            except OSError:
                pass	# somebody else's sshd uses it by now


class Nginx(Server):
    """Takes PUT and gives GET over TLS, for everybody on loopback."""

    def __init__(self, tmp, certificate=None, cipher="TLS_AES_128_GCM_SHA256",
                 **kw):
        """certificate: it and its key, as files; else it makes one."""
        super().__init__(tmp, "nginx", **kw)
        self.root = os.path.join(self.dir, "files")
        self.cert, self.key = certificate or (
            os.path.join(self.dir, "cert.pem"),
            os.path.join(self.dir, "key.pem"))
        self.own = certificate is None
        self.cipher = cipher

    def make_certificate(self):
        run([find("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
             "/CN=fss-bench", "-addext", f"subjectAltName=IP:{self.host}",
             "-keyout", self.key, "-out", self.cert], START_LIMIT)

    def _start(self):
        nginx = find("nginx")
        for name in ("files", "body"):
            os.mkdir(os.path.join(self.dir, name))
        if self.own:
            self.make_certificate()
        self.port = free_port()
        # Temporary files lie beside the others, so that they are renamed.
        conf = self.write("nginx.conf", f"""\
{"user root;" if os.geteuid() == 0 else ""}
daemon off;
worker_processes 2;
pid {self.dir}/pid;
error_log {self.log};
events {{ worker_connections 512; }}
http {{
	access_log off;
	sendfile on;
	keepalive_requests 1000000;
	client_max_body_size 0;
	client_body_buffer_size 1m;
	client_body_temp_path {self.dir}/body;
	proxy_temp_path {self.dir}/proxy;
	fastcgi_temp_path {self.dir}/fastcgi;
	uwsgi_temp_path {self.dir}/uwsgi;
	scgi_temp_path {self.dir}/scgi;
	server {{
		listen {self.host}:{self.port} ssl;
		ssl_certificate {self.cert};
		ssl_certificate_key {self.key};
		ssl_protocols TLSv1.3;
		ssl_conf_command Ciphersuites {self.cipher};
		root {self.root};
		dav_methods PUT DELETE MKCOL;
		create_full_put_path on;
	}}
}}
""")
        self.spawn([nginx, "-c", conf, "-p", self.dir, "-e", self.log])
