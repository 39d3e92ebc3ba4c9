"""What the end-to-end tests share: TAP, a hub of their own, people with profiles.

Nothing here sleeps: a hub is waited for by the line it writes to --ready-fd,
a program by its end.  Only processes started here are ever ended, each by its
own id.  Everything lives in one temporary folder per script, which is removed
unless something failed.

The programs are those of FSS_BUILD_DIR (ctest sets it), the hub that of
FSS_FSSD where it is set: one with sanitizers, say, beside a front end that
cannot have them.  So a hub is ended softly, by finish() at the latest, and
fails the test unless it ends with 0: what leaked is only told then.
"""
import atexit
import json
import os
import random
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import traceback

SOURCE = os.environ.get("FSS_SOURCE_DIR") or os.path.dirname(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("FSS_BUILD_DIR") or os.path.join(SOURCE, "build")
FSSCTL = os.path.join(BUILD, "fssctl")
FSSD = os.environ.get("FSS_FSSD") or os.path.join(BUILD, "fssd")
PASSWORD = "correct horse battery"
LIMIT = 600		# seconds until a program counts as hanging

if not os.access(FSSD, os.X_OK):
    print(f"Bail out! there is no {FSSD}: build first, or set FSS_BUILD_DIR")
    sys.exit(1)

# ---- TAP -------------------------------------------------------------------

os.umask(0o022)		# downloads keep to it
_count = 0
_failed = 0
_children = []
_hubs = []
_finished = False


def diag(text):
    for line in str(text).splitlines():
        print("# " + line)
    sys.stdout.flush()


def ok(cond, name, *why):
    global _count, _failed
    _count += 1
    print(("ok" if cond else "not ok") + f" {_count} - {name}")
    sys.stdout.flush()
    if not cond:
        _failed += 1
        for w in why:
            diag(w)
    return bool(cond)


def equal(got, want, name):
    return ok(got == want, name, f"got  {got!r}", f"want {want!r}")


def skip(name, reason):
    global _count
    _count += 1
    print(f"ok {_count} - {name} # SKIP {reason}")


def end_hubs():
    """Stops those that run; each fails the test that does not end well."""
    for hub in _hubs:
        if hub.proc is None or hub.over:
            continue
        if hub.proc.poll() is None:
            hub.stop()
        else:
            hub.ended(hub.proc.returncode)


def finish():
    """Ends the script; the last line of each."""
    global _finished
    end_hubs()
    _finished = True
    print(f"1..{_count}")
    sys.exit(1 if _failed or not _count else 0)


TMP = tempfile.mkdtemp(prefix="fss-e2e-")


def _cleanup():
    for child in _children:
        if child.poll() is None:
            child.kill()
            child.wait()
    if _failed or not _finished:
        diag(f"left for inspection: {TMP}")
        _show_logs()
        if not _finished:
            print("Bail out! the script did not reach its end")
            sys.stdout.flush()
    else:
        shutil.rmtree(TMP, ignore_errors=True)


def _show_logs():
    for name in sorted(os.listdir(TMP)):
        if name.endswith(".log"):
            with open(os.path.join(TMP, name), errors="replace") as f:
                lines = f.readlines()[-15:]
            diag(f"--- {name}")
            for line in lines:
                diag(line.rstrip()[:300])


atexit.register(_cleanup)


def _hook(kind, value, tb):
    for line in traceback.format_exception(kind, value, tb):
        diag(line)
    sys.exit(1)


sys.excepthook = _hook

# ---- programs --------------------------------------------------------------


class Result:
    def __init__(self, args, code, out, err):
        self.args = args
        self.code = code
        self.out = out
        self.err = err

    def lines(self):
        return [json.loads(s) for s in self.out.splitlines()]

    def __str__(self):
        out = self.out if isinstance(self.out, str) else repr(self.out[:200])
        return (f"$ {' '.join(map(str, self.args))}\nexit {self.code}\n"
                f"stdout: {out[-2000:]}\nstderr: {self.err[-2000:]}")


def run(args, env=None, stdin=None, binary=False, cwd=None):
    """Runs a program to its end."""
    if isinstance(stdin, str):
        stdin = stdin.encode()
    p = subprocess.run([os.fspath(a) for a in args], env=env, input=stdin,
                       stdin=None if stdin is not None else subprocess.DEVNULL,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                       timeout=LIMIT, cwd=cwd, start_new_session=True)
    out = p.stdout if binary else p.stdout.decode("utf-8", "replace")
    return Result(args, p.returncode, out, p.stderr.decode("utf-8", "replace"))


def spawn(args, **kw):
    """Starts a program that is ended with the script at the latest."""
    p = subprocess.Popen([os.fspath(a) for a in args], **kw)
    _children.append(p)
    return p


def folder(name):
    path = os.path.join(TMP, name)
    os.makedirs(path, exist_ok=True)
    return path


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())
    return path


def read(path):
    with open(path, "rb") as f:
        return f.read()


def same_tree(a, b):
    """'' or what diff(1) finds; links are compared as links."""
    r = run(["diff", "-r", "--no-dereference", a, b])
    return r.out[:2000] + r.err[:2000] if r.code else ""


def free_port():
    """A port of loopback that is free, as is the one after it.

    It is none of those that the kernel gives to whoever wants any: such a one
    may be somebody else's before a hub that stopped has it again.
    """
    with open("/proc/sys/net/ipv4/ip_local_port_range") as f:
        low = int(f.read().split()[0])
    for _ in range(200):
        port = random.randrange(1024, low - 1)
        with socket.socket() as s, socket.socket() as t:
            try:
                s.bind(("127.0.0.1", port))
                t.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
    raise RuntimeError("no two free ports")


# ---- a hub -----------------------------------------------------------------

# Tests are about files, not about how long a password takes to hash.
QUICK = {"passwords.memory": "64k", "passwords.passes": "1"}


class Hub:
    def __init__(self, name="hub", data=None, settings=None, introduce=False,
                 registration="invite"):
        self.name = name
        self.data = data or os.path.join(TMP, name)
        self.port = free_port()
        self.log = os.path.join(TMP, name + ".log")
        self.proc = None
        self.over = False	# how it ended is dealt with
        self.address = None
        _hubs.append(self)
        r = run([FSSD, "init", "--data", self.data, "--listen",
                 f"tcp://127.0.0.1:{self.port}", "--registration",
                 registration, "--json"])
        if r.code != 0:
            raise RuntimeError(str(r))
        self.info = json.loads(r.out)
        self.invite = self.info["invite"]
        self.key = self.info["key"]
        all_settings = dict(QUICK)
        if not introduce:
            all_settings["hub.introduce"] = "off"
        all_settings.update(settings or {})
        self.configure(all_settings)

    def configure(self, settings):
        """Sets 'section.key' values in fssd.conf."""
        path = os.path.join(self.data, "fssd.conf")
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

    def command(self, *more):
        return [FSSD, "run", "--data", self.data,
                "--listen", f"tcp://127.0.0.1:{self.port}", *more]

    def start(self, *more, wrap=()):
        """Starts it and waits until it can be reached."""
        r, w = os.pipe()
        self.over = False
        with open(self.log, "ab") as log:
            self.proc = spawn(list(wrap) + self.command(
                "--ready-fd", str(w), *more), stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, pass_fds=[w])
        os.close(w)
        line = b""
        # The descriptor closes if it ends early, so this cannot hang on.
        while not line.endswith(b"\n"):
            if not select.select([r], [], [], LIMIT)[0]:
                break
            got = os.read(r, 4096)
            if not got:
                break
            line += got
        os.close(r)
        if not line.startswith(b"READY "):
            self.over = True
            self.proc.wait()
            raise RuntimeError(f"the hub {self.name} did not start")
        self.address = line.split()[1].decode()
        return self

    def stop(self):
        """A soft stop. Its exit status: any but 0 fails the test."""
        self.proc.send_signal(signal.SIGTERM)
        return self.ended(self.proc.wait(LIMIT))

    def ended(self, code):
        self.over = True
        if code != 0:
            ok(False, f"the hub {self.name} ends well", f"it ended with {code}",
               self.log_text()[-8000:])
        return code

    def kill(self):
        self.over = True
        self.proc.kill()
        self.proc.wait(LIMIT)

    def reload(self):
        self.proc.send_signal(signal.SIGHUP)

    def log_text(self):
        with open(self.log, errors="replace") as f:
            return f.read()

    def peak_kib(self):
        return peak_kib(self.proc.pid)


def peak_kib(pid):
    with open(f"/proc/{pid}/status") as f:
        for line in f:
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0


# ---- people ----------------------------------------------------------------


class Person:
    """Somebody with a profile folder of their own."""

    def __init__(self, name, hub=None, invite=None, home=None):
        self.name = name
        self.home = home or os.path.join(TMP, "home-" + name)
        self.env = dict(os.environ, FSS_HOME=self.home)
        self.env.pop("NO_COLOR", None)
        if hub is not None:
            self.must("connect", hub.address)
            args = ["register", name, "--password-stdin"]
            if invite is not None:
                args += ["--invite", invite]
            self.must(*args, stdin=PASSWORD + "\n")

    def run(self, *args, stdin=None, binary=False, cwd=None):
        return run([FSSCTL, *args], env=self.env, stdin=stdin, binary=binary,
                   cwd=cwd)

    def must(self, *args, **kw):
        """Runs it; anything but success ends the script."""
        r = self.run(*args, **kw)
        if r.code != 0:
            raise RuntimeError(str(r))
        return r

    def json(self, *args, **kw):
        """The objects it printed; it must have succeeded."""
        return self.must("--json", *args, **kw).lines()

    def expect(self, code, name, *args, **kw):
        """Asserts the exit status."""
        r = self.run(*args, **kw)
        ok(r.code == code, name, f"want exit {code}", r)
        return r

    def works(self, name, *args, **kw):
        return self.expect(0, name, *args, **kw)

    def spawn(self, *args, **kw):
        return spawn([FSSCTL, *args], env=self.env, stdin=subprocess.DEVNULL,
                     **kw)


def hub_with(*names, **kw):
    """A running hub and a person per name; the first is its admin."""
    hub = Hub(**kw).start()
    people = [Person(names[0], hub, hub.invite)]
    for name in names[1:]:
        code = people[0].json("invite")[0]["code"]
        people.append(Person(name, hub, code))
    return [hub] + people


class Follower:
    """A program that prints objects, a line each, for as long as it runs."""

    def __init__(self, person, *args):
        self.name = f"{person.name} {args[0]}"
        self.seen = []
        self.rest = b""
        self.log = open(os.path.join(
            TMP, f"{person.name}-{args[0]}.log"), "ab")
        self.proc = person.spawn("--json", *args, stdout=subprocess.PIPE,
                                 stderr=self.log)

    def next(self):
        """The next object, None at the end or when nothing comes."""
        fd = self.proc.stdout.fileno()
        while b"\n" not in self.rest:
            if not select.select([fd], [], [], LIMIT)[0]:
                return None
            got = os.read(fd, 65536)
            if not got:
                return None
            self.rest += got
        line, self.rest = self.rest.split(b"\n", 1)
        self.seen.append(json.loads(line))
        return self.seen[-1]

    def until(self, **want):
        """Reads on until an object has these values; {} if none comes."""
        while True:
            o = self.next()
            if o is None:
                diag(f"{self.name}: ended waiting for {want}")
                for seen in self.seen[-8:]:
                    diag(seen)
                return {}
            if all(o.get(k) == v for k, v in want.items()):
                return o

    def rest_of_it(self):
        """All that comes until it ends."""
        while self.next() is not None:
            pass
        return self.seen

    def end(self):
        """Ends it softly. Its exit status."""
        self.proc.send_signal(signal.SIGTERM)
        self.rest_of_it()
        return self.proc.wait(LIMIT)

    def kill(self):
        self.proc.kill()
        self.proc.wait(LIMIT)


# ---- trees of files --------------------------------------------------------

ODD_NAMES = [
    "plain.txt", "with space", " leading", "trailing ", "-dash", "--help",
    "quote'", 'double"', "back\\slash", "dollar$HOME", "star*", "tab-free",
    "semi;colon", "col:on", "at@3", "percent%20", "hash#", "ünïcödé",
    "日本語.txt", "emoji-🙂", "e\u0301-combining".encode().decode(),
    "a" * 255, "dot.", "...", "..x", "x..", "~", "new,comma", "[brackets]",
]


def odd_tree(path, rng):
    """Files of many sizes and names, folders, links, modes, old times."""
    import unicodedata

    for i, name in enumerate(ODD_NAMES):
        # The hub keeps names in NFC; other forms are tested on their own.
        name = unicodedata.normalize("NFC", name)
        f = write(os.path.join(path, "odd", name), rng.randbytes(i * 37))
        os.utime(f, ns=(10**18, 946684800 * 10**9 + i * 1001000))
    for size in (0, 1, 63, 64 << 10, (64 << 10) + 1, 256 << 10, 1 << 20,
                 (3 << 20) + 17):
        write(os.path.join(path, "sizes", str(size)), rng.randbytes(size))
    write(os.path.join(path, "sizes", "zeros"), b"\0" * (2 << 20))
    os.makedirs(os.path.join(path, "empty", "folder"))
    deep = os.path.join(path, *["deep"] * 40)
    write(os.path.join(deep, "file"), "deep down\n")
    for mode in (0o400, 0o600, 0o644, 0o700, 0o755):
        f = write(os.path.join(path, "modes", oct(mode)), "x")
        os.chmod(f, mode)
    links = os.path.join(path, "links")
    os.makedirs(links)
    for name, target in (("file", "../odd/plain.txt"), ("gone", "nowhere"),
                         ("folder", "../sizes"), ("up", "../.."),
                         ("absolute", "/etc/hostname"), ("self", "self")):
        os.symlink(target, os.path.join(links, name))
    for i in range(300):
        write(os.path.join(path, "many", f"{i:03}"), f"number {i}\n")


def listing(path):
    """What diff(1) does not compare: kinds, modes and times of files."""
    found = {}
    for top, dirs, files in os.walk(path):
        for name in files + dirs:
            full = os.path.join(top, name)
            st = os.lstat(full)
            kind = st.st_mode & 0o170000
            rel = os.path.relpath(full, path)
            if kind == 0o100000:
                found[rel] = (kind, st.st_mode & 0o777, st.st_size,
                              st.st_mtime_ns // 1000)
            else:
                found[rel] = (kind,)
    return found
