"""
Who takes part: fssctl with a hub of its own, and the rivals.

Each moves a file or a folder up and down and says how many seconds the whole
program took.  durable: when it ends its data is on the disk, as far as its
writer can tell; the others end when it is in the page cache.
"""
import getpass
import json
import os
import select
import subprocess

from common import (BUILD, FSSCTL, FSSD, START_LIMIT, Failed, Missing, find,
                    run, stop, tail)
import data
from servers import CIPHER

PASSWORD = "correct horse battery"
AT_ONCE = 8	# transfers of those who can have several

ALL = {"file-up", "file-again", "file-changed", "file-inserted", "file-down",
       "tree-up", "tree-down", "many-up", "many-again", "many-down",
       "burst-up", "clients-up", "clients-down"}


class Fss:
    """A hub with the settings it has by default, on a free port."""
    name = "fssctl"
    durable = True
    cases = ALL
    about = "fssctl and fssd"

    def __init__(self, tmp, limit, host="127.0.0.1", within=(), there=()):
        self.limit = limit
        self.tmp = tmp
        self.old = os.path.join(tmp, "old")
        self.host = host
        self.within = list(within)	# what clients are run by
        self.there = list(there)	# what the hub is run by
        self.age = 0
        self.proc = None
        self.wire = 0
        self.more = []		# arguments of each transfer
        self.version = run([FSSCTL, "--version"], limit)[1].split("\n")[0]

    def start(self):
        self.age += 1
        self.data = os.path.join(self.tmp, f"hub-{self.age}")
        self.log = os.path.join(self.tmp, f"hub-{self.age}.log")
        self.env = dict(os.environ, FSS_HOME=os.path.join(
            self.tmp, f"home-{self.age}"))
        _, out = run([FSSD, "init", "--data", self.data, "--listen",
                      f"tcp://{self.host}:0", "--registration", "invite",
                      "--json"], self.limit)
        # Its port is this one plus one, which cannot be known to be free.
        self.configure(introduce="off")
        self.run_hub()
        self.ctl("connect", self.address)
        self.ctl("register", "bench", "--password-stdin", "--invite",
                 json.loads(out)["invite"], text_in=PASSWORD.encode() + b"\n")

    def configure(self, **wanted):
        """Settings of the hub, for its next start."""
        path = os.path.join(self.data, "fssd.conf")
        with open(path) as f:
            lines = f.readlines()
        for i, line in enumerate(lines):
            name = line.lstrip("# ").split("=")[0].strip()
            if name in wanted and "=" in line:
                lines[i] = f"{name} = {wanted[name]}\n"
        with open(path, "w") as f:
            f.writelines(lines)

    def keep_port(self):
        """It has the same address when it is started again."""
        port = self.address.split("#")[0].rsplit(":", 1)[1]
        self.configure(listen=f"tcp://{self.host}:{port}")

    def run_hub(self):
        """Starts it; its address is known, and it answers, when this ends."""
        r, w = os.pipe()
        try:
            with open(self.log, "ab") as log:
                self.proc = subprocess.Popen(
                    [*self.there, FSSD, "run", "--data", self.data,
                     "--ready-fd", str(w)],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    pass_fds=[w], start_new_session=True)
        finally:
            os.close(w)
        line = b""
        # The descriptor closes if the hub ends early.
        while (not line.endswith(b"\n") and
               select.select([r], [], [], START_LIMIT)[0]):
            got = os.read(r, 4096)
            if not got:
                break
            line += got
        os.close(r)
        if not line.startswith(b"READY "):
            raise Failed("the hub did not start: " + tail(self.log))
        self.address = line.split()[1].decode()

    def stop(self):
        stop(self.proc)

    def afresh(self):
        """Another hub, which has nothing."""
        self.stop()
        data.put_away(self.data, self.old)
        self.start()

    def ctl(self, *args, text_in=None):
        return run([*self.within, FSSCTL, *args], self.limit, env=self.env,
                   text_in=text_in)

    def move(self, *args):
        seconds, out = self.ctl("--json", *self.more, *args)
        wire = json.loads(out.splitlines()[-1])["wire_bytes"]
        self.wire = wire
        return seconds, wire

    def up(self, local, name, total):
        seconds, wire = self.move("put", *self.deep(local), local, ":/" + name)
        if wire < total:
            raise Failed(f"only {wire} of {total} bytes were sent: this "
                         "is no measurement")
        return seconds

    def again(self, local, name):
        return self.move("put", *self.deep(local), local, ":/" + name)[0]

    def down(self, name, local, many):
        return self.move("get", *(["-r"] if many else []), ":/" + name,
                         local)[0]

    @staticmethod
    def deep(local):
        return ["-r"] if os.path.isdir(local) else []

    def forget(self, name):
        """Stays: a hub has other content, too."""


class Rival:
    """What the others have in common; "there" is a folder of this disk."""
    program = None
    durable = False
    cases = ALL

    def __init__(self, tmp, limit, server, within=()):
        self.limit = limit
        self.server = server
        self.within = list(within)
        self.there = os.path.join(tmp, "there-" + self.name)
        self.old = os.path.join(tmp, "old")
        self.version = None

    def start(self):
        self.prog = find(self.program)
        if self.server and self.server.why:
            raise Missing(self.server.why)
        os.makedirs(self.there, exist_ok=True)

    def stop(self):
        pass

    def run(self, args):
        return run(self.within + args, self.limit)[0]

    def far(self, name):
        return f"{self.server.host}:{os.path.join(self.there, name)}"

    def again(self, local, name):
        return self.up(local, name, 0)

    def forget(self, name):
        data.put_away(os.path.join(self.there, name), self.old)


class Scp(Rival):
    name = program = "scp"
    about = f"scp -c {CIPHER}"
    # scp -r of a folder that is there makes another one below it.
    cases = ALL - {"many-again"}
    cipher = ["-c", CIPHER]

    def start(self):
        super().start()
        self.version = subprocess.run(
            [self.server.ssh, "-V"], stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL).stderr.decode().strip()

    def move(self, many, source, target):
        return self.run([self.prog, "-q", "-F", self.server.config,
                         *self.cipher, *(["-r"] if many else []), source,
                         target])

    def up(self, local, name, total):
        return self.move(os.path.isdir(local), local, self.far(name))

    def down(self, name, local, many):
        return self.move(many, self.far(name), local)


class ScpDefault(Scp):
    name = "scp-default"
    about = "scp, with the cipher it chooses"
    cipher = []


class ScpSync(Scp):
    """Makes the same promise as fssctl: what it wrote is on the disk."""
    name = "scp-sync"
    about = f"scp -c {CIPHER}, then sync(1) of what it wrote"
    durable = True

    def start(self):
        super().start()
        self.sync = find("sync")

    def sync_of(self, path):
        return self.run([self.sync, *(["-f"] if os.path.isdir(path) else []),
                         path])

    def up(self, local, name, total):
        s = super().up(local, name, total)
        return s + self.sync_of(os.path.join(self.there, name))

    def down(self, name, local, many):
        return super().down(name, local, many) + self.sync_of(local)


class Rsync(Rival):
    name = program = "rsync"
    about = f"rsync -a over ssh -c {CIPHER}"
    more = []

    def start(self):
        super().start()
        self.version = run([self.prog, "--version"],
                           START_LIMIT)[1].split("\n")[0]
        if self.more and self.more[0] not in run([self.prog, "--help"],
                                                 START_LIMIT)[1]:
            raise Missing(f"rsync has no {self.more[0]}")

    def move(self, many, source, target):
        slash = "/" if many else ""
        # Paths of ours may have blanks in them, rsync's -e knows quotes.
        ssh = f"{self.server.ssh} -p {self.server.port} " \
              f"-F '{self.server.config}' -c {CIPHER}"
        return self.run([self.prog, "-a", *self.more, "-e", ssh,
                         "--rsync-path", self.prog, source + slash,
                         target + slash])

    def up(self, local, name, total):
        return self.move(os.path.isdir(local), local, self.far(name))

    def down(self, name, local, many):
        return self.move(many, self.far(name), local)


class RsyncFsync(Rsync):
    name = "rsync-fsync"
    about = f"rsync -a --fsync over ssh -c {CIPHER}"
    durable = True
    more = ["--fsync"]


class Tar(Rival):
    name = "tar-ssh"
    program = "tar"
    about = f"tar | ssh -c {CIPHER} tar"

    def start(self):
        super().start()
        self.shell = find("bash")
        self.version = run([self.prog, "--version"],
                           START_LIMIT)[1].split("\n")[0]

    def pipe(self, text, *args):
        return self.run([self.shell, "-c", "set -o pipefail; ssh=(\"$1\" -F "
                         f"\"$2\" -c {CIPHER} {self.server.host}); " + text,
                         self.name, self.server.ssh, self.server.config,
                         *args])

    def up(self, local, name, total):
        at, what = self.at(local)
        to = os.path.join(self.there, name)
        if what != ".":
            to = self.there
        return self.pipe('tar -C "$3" -cf - -- "$4" | "${ssh[@]}" '
                         '"mkdir -p \'$5\' && tar -C \'$5\' -xf -"',
                         at, what, to)

    def down(self, name, local, many):
        path = os.path.join(self.there, name)
        at, what = self.at(path)
        if many:
            return self.pipe('mkdir "$5" && "${ssh[@]}" "tar -C \'$3\' -cf - '
                             '." | tar -C "$5" -xf -', at, what, local)
        return self.pipe('"${ssh[@]}" "tar -C \'$3\' -cf - \'$4\'" | '
                         'tar -xOf - >"$5"', at, what, local)

    @staticmethod
    def at(path):
        if os.path.isdir(path):
            return path, "."
        return os.path.split(path)


class NginxPut(Rival):
    name = "nginx"
    program = "curl"
    about = f"curl, {AT_ONCE} at a time; nginx over TLS, PUT and GET"

    def start(self):
        super().start()
        self.there = self.server.root
        self.base = f"https://{self.server.host}:{self.server.port}/"
        self.version = run([find("curl"), "--version"],
                           START_LIMIT)[1].split("\n")[0]

    def curl(self, pairs, option):
        """pairs: (path at the server, local path)."""
        with open(os.path.join(self.server.dir, f"curl-{id(pairs)}"),
                  "w") as f:
            for url, local in pairs:
                f.write(f'url = "{self.base}{quote(url)}"\n'
                        f'{option} = "{escape(local)}"\n')
        s = self.run([self.prog, "-sS", "--fail", "--fail-early",
                      "--parallel", "--parallel-max", str(AT_ONCE),
                      "--cacert", self.server.cert, "--create-dirs", "-K",
                      f.name])
        os.unlink(f.name)
        return s

    def up(self, local, name, total):
        return self.curl(list(pairs_of(local, name)), "upload-file")

    def down(self, name, local, many):
        pairs = [(path, local + path[len(name):])
                 for path, _ in pairs_of(os.path.join(self.there, name), name)]
        return self.curl(pairs, "output")


def pairs_of(local, name):
    if not os.path.isdir(local):
        yield name, local
    for at, _, files in os.walk(local):
        for f in files:
            path = os.path.join(at, f)
            yield name + "/" + os.path.relpath(path, local), path


def quote(path):
    from urllib.parse import quote as q
    return q(path)


def escape(path):
    return path.replace("\\", "\\\\").replace('"', '\\"')


class Lftp(Rival):
    """SFTP as a program can use it that has several requests out."""
    name = program = "lftp"
    about = f"lftp, {AT_ONCE} at a time, sftp by ssh -c {CIPHER}"

    def start(self):
        super().start()
        self.version = run([self.prog, "--version"],
                           START_LIMIT)[1].split("\n")[0]

    def args(self, command):
        s = self.server
        return [self.prog, "--norc", "-c",
                "set cmd:fail-exit yes; set sftp:auto-confirm yes; "
                f"set sftp:connect-program '{s.ssh} -a -x -F {s.config} "
                f"-c {CIPHER}'; open -u {getpass.getuser()},x "
                f"sftp://{s.host}:{s.port}; {command}"]

    def do(self, command):
        return self.run(self.args(command))

    def up(self, local, name, total):
        to = os.path.join(self.there, name)
        if os.path.isdir(local):
            return self.do(f"mirror -R --parallel={AT_ONCE} "
                           f"'{local}' '{to}'")
        return self.do(f"put '{local}' -o '{to}'")

    def down(self, name, local, many):
        of = os.path.join(self.there, name)
        if many:
            return self.do(f"mirror --parallel={AT_ONCE} '{of}' '{local}'")
        return self.do(f"get '{of}' -o '{local}'")


class Floor(Rival):
    """So many bytes through two bare ZeroMQ sockets, from memory to nowhere."""
    name = "zmq-null"
    about = "libzmq alone, no encryption, no disk, nothing verified"
    cases = {"file-up"}
    more = []

    def start(self):
        self.prog = os.path.join(BUILD, "bench_floor")
        if not os.access(self.prog, os.X_OK):
            raise Missing("bench_floor is not built")

    def up(self, local, name, total):
        return self.run([self.prog, "stream", *self.more, "--bytes",
                         str(total)])


class FloorCurve(Floor):
    name = "zmq-curve"
    about = "libzmq alone with CURVE, no disk, nothing verified"
    more = ["--curve"]


BY_SSH = [Scp, ScpDefault, ScpSync, Rsync, RsyncFsync, Tar, Lftp]
