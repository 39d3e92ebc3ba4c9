"""Faults: each has a name and an exit status, and leaves nothing half done."""
import socket
import threading

from common import *

hub = Hub(introduce=True).start()
alice = Person("alice", hub, hub.invite)
f = write(os.path.join(TMP, "f"), "content\n")
alice.must("put", f, ":/f")
stranger = Person("stranger")
base = hub.address.split("#")[0]

# ---- each exit status ------------------------------------------------------
alice.expect(0, "0: done", "ls")
alice.expect(2, "2: usage", "mv", ":/x")
alice.expect(2, "2: no such verb", "frobnicate")
alice.expect(2, "2: no such option", "ls", "--frobnicate")
alice.expect(2, "2: no remote path", "ls", "f")
r = alice.expect(2, "2: a name like an option", "put", "-dash", ":/")
ok("'-d'" in r.err and "./-name" in r.err, "and how it is written", r)
r = run([FSSD, "nope"])
ok(r.code == 2 and "no such command" in r.err, "fssd knows its commands", r)
r = alice.expect(6, "6: a file where a folder is", "put", "-r", TMP, ":/f")
ok(f"'{TMP}' to ':/f'" in r.err, "told with both sides", r)
blocked = os.path.join(TMP, "blocked")
os.makedirs(os.path.join(blocked, "f", "x"))
r = alice.expect(9, "9: a folder here where a file is there", "get", "-r",
                 ":/", blocked)
ok(f"'alice:/f' to '{blocked}/f'" in r.err, "told with both sides", r)
r = alice.expect(2, "2: no name of an account", "register", "Alice")
ok("profile" not in r.err and "'Alice'" in r.err, "told by name", r)
stray = Person("stray", home=os.path.join(TMP, "home-stray"))
os.makedirs(stray.home, 0o700)
write(os.path.join(stray.home, "known_hubs"), "nonsense\n")
r = stray.expect(2, "2: a damaged profile", "ls")
ok("/known_hubs'" in r.err, "names its file", r)
for what in ("", ":", ":99999", ":x"):
    r = stranger.expect(2, f"2: an address with the port '{what}'", "connect",
                        f"fss://127.0.0.1{what}")
    ok("HOST:PORT" in r.err, "told how it is written", r)
with open("/dev/full", "wb") as g:
    p = alice.spawn("cat", ":/f", stdout=g, stderr=subprocess.PIPE)
    _, err = p.communicate(timeout=LIMIT)
ok(p.returncode == 1 and b"stdout: No space" in err and
   b"cancel" not in err, "1: stdout is full, told as that", p.returncode, err)
r = alice.works("several folders", "ls", ":/", ":/")
ok("?" not in r.out and "\n\n:/:\n" in r.out, "have a heading each", r)
alice.must("mkdir", ":/empty")
r = alice.expect(9, "one that fails", "ls", ":/none", ":/empty", ":/f")
equal(r.out, ":/empty:\n\n:/f:\nf\n", "has none")
alice.expect(4, "4: not found", "stat", ":/none")
alice.expect(4, "4: a local file that is not there", "put",
             os.path.join(TMP, "none"), ":/x")
alice.expect(6, "6: a conflict", "mkdir", ":/f")
alice.expect(9, "9: some failed", "stat", ":/f", ":/none")
alice.must("user", "alice", "--quota", "1000")
big = write(os.path.join(TMP, "big"), os.urandom(2000))
alice.expect(10, "10: over quota", "put", big, ":/big")
alice.expect(4, "and nothing of it is there", "stat", ":/big")
alice.must("user", "alice", "--quota", "0")
alice.must("user", "alice", "--quota-files", "1")
alice.expect(10, "10: too many files", "put", big, ":/big")
alice.must("user", "alice", "--quota-files", "0")
r = alice.expect(4, "errors as JSON", "--json", "stat", ":/none")
e = r.lines()[-1]
equal((e["error"], e["exit"]), ("FSS_ENOENT", 4), "have a name and a status")
stranger.expect(8, "8: no hub", "ls")
stranger.must("connect", hub.address)
r = stranger.expect(3, "3: not logged in", "ls")
ok("fssctl login" in r.err, "and what to do about it", r)

# ---- keys ------------------------------------------------------------------
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    closed = s.getsockname()[1]
stranger.expect(8, "8: nobody listens", "connect", "--timeout", "2",
                f"fss://127.0.0.1:{closed}#{hub.key}")
wrong = Hub("wrong").key
r = stranger.expect(3, "3: an address with another key", "connect",
                    "--timeout", "3", f"{base}#{wrong}")
ok("REMEMBERED" in r.err or "GIVEN" in r.err, "told as what it is", r)
ok("CHANGED" not in r.err, "and not as a change", r)
fresh = Person("fresh")
r = fresh.expect(3, "3: for somebody new as well", "connect", "--timeout",
                 "3", f"{base}#{wrong}")
fresh.works("nothing wrong was remembered", "connect", hub.address)
port = hub.port
equal(hub.stop(), 0, "the hub stops")
impostor = Hub("impostor", introduce=True)
impostor.port = port
impostor.start()
r = alice.expect(3, "3: another hub at the same address", "connect",
                 "--timeout", "3", base)
ok(hub.info["fingerprint"] in r.err and impostor.info["fingerprint"] in r.err,
   "both fingerprints are shown", r)
ok("--forget" in r.err, "and what to do", r)
alice.expect(3, "commands do not talk to it", "ls")
alice.expect(3, "nor with --accept-new", "connect", "--timeout", "3",
             "--accept-new", "--yes", base)
alice.works("unless the old key is forgotten", "connect", "--forget", base)
alice.works("then it is a new hub", "connect", "--accept-new", base)
equal(impostor.stop(), 0, "the other hub stops")
hub.start()
alice.must("connect", "--forget", base)
alice.must("connect", hub.address)
alice.must("login", "alice")

# ---- peers that speak something else ---------------------------------------
GREETING = (b"\xff" + b"\0" * 8 + b"\x7f" + b"\x03\0" + b"NULL" + b"\0" * 16 +
            b"\0" + b"\0" * 31)
READY = b"\x04\x26\x05READY\x0bSocket-Type\0\0\0\x06DEALER\x08Identity\0\0\0\0"
for name, data in (("nothing", b""), ("noise", bytes(range(256)) * 40),
                   ("HTTP", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
                   ("ZMTP without CURVE", GREETING + READY + b"\0\x05hello")):
    with socket.create_connection(("127.0.0.1", hub.port)) as s:
        s.settimeout(LIMIT)
        try:
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
            while s.recv(4096):
                pass
        except TimeoutError:
            raise
        except OSError:
            pass	# the hub may hang up in the middle of it
    alice.works(f"the hub outlives a peer of {name}", "ls")


def serve_plain(listener):
    try:
        while True:
            conn, _ = listener.accept()
            conn.sendall(GREETING)
            threading.Thread(target=lambda c: [None for _ in iter(
                lambda: c.recv(4096), b"")], args=(conn,),
                daemon=True).start()
    except OSError:
        pass


with socket.socket() as listener:
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    threading.Thread(target=serve_plain, args=(listener,), daemon=True).start()
    plain = listener.getsockname()[1]
    r = fresh.run("connect", "--timeout", "3",
                  f"fss://127.0.0.1:{plain}#{hub.key}")
    ok(r.code in (1, 3, 8), "a hub without CURVE is not talked to", r)

# ---- one hub per store -----------------------------------------------------
r = run([FSSD, "run", "--data", hub.data, "--listen", "tcp://127.0.0.1:0"])
ok(r.code == 6, "6: a second hub on the store", r)
r = run([FSSD, "check", "--data", hub.data])
ok(r.code == 6 and "is running" in r.err and "problems" not in r.err,
   "6: a check while it runs", r)
r = run([FSSD, "init", "--data", hub.data])
ok(r.code == 6, "6: init over a store", r)
r = run([FSSD, "run", "--data", os.path.join(TMP, "nowhere")])
ok(r.code == 4, "4: no store", r)
other = Hub("other")
r = run([FSSD, "run", "--data", other.data, "--listen",
         f"tcp://127.0.0.1:{hub.port}"])
ok(r.code == 6, "6: the address is in use", r)
alice.works("the first is untouched", "cat", ":/f")

for listen in ("tcp://localhost:7047", "tcp://127.0.0.1:70470", "tcp://:1",
               "tcp://[127.0.0.1]:1", "127.0.0.1:7047"):
    nowhere = os.path.join(TMP, "nowhere")
    r = run([FSSD, "init", "--data", nowhere, "--listen", listen])
    ok(r.code == 2 and listen in r.err, f"nobody can listen on {listen}", r)
    ok(not os.path.exists(nowhere), "and no hub is made", r)
equal(oct(os.stat(os.path.join(hub.data, "meta.db")).st_mode & 0o777),
      "0o600", "the database is its owner's alone")

# ---- configuration ---------------------------------------------------------
conf = os.path.join(other.data, "fssd.conf")
good = read(conf).decode()
r = run([FSSD, "check-config", "--data", other.data])
ok(r.code == 0, "the configuration that init writes is fine", r)
for name, text, line in (
        ("an unknown key", good + "\nfrobnicate = 1\n", "frobnicate"),
        ("an unknown section", good + "\n[zoo]\nx = 1\n", "zoo"),
        ("a bad number", "[limits]\nquota = lots\n", ":2:"),
        ("a number out of range", "[performance]\n\nreaders = 65\n", ":3:"),
        ("a bad word", "[hub]\nregistration = maybe\n", ":2:"),
        ("a key twice", "[hub]\nname = a\nname = b\n", ":3:"),
        ("no sense", "[hub]\nwhatever\n", ":2:"),
        ("a section that is not closed, before what seems wrong for it",
         "[hub]\nname = a\n[limits\nquota = 1G\n", ":3:"),
        ("an address where nobody can ask for the key",
         "[hub]\nintroduce = tcp://localhost:1\n", ":2:"),
        ("a long name", "[hub]\nname = " + "x" * 65 + "\n", ":2:"),
        ("a long path", "[hub]\nlocal = /" + "x" * 103 + "\n", ":2:"),
        ("more users than there may be", "[hub]\nlocal_users = " +
         " ".join(str(n) for n in range(17)) + "\n", ":2:"),
        ("a web address with a path",
         "[hub]\nweb_address = https://example.org/x\n", ":2:"),
        ("a web address without a host",
         "[hub]\nweb_address = https://\n", ":2:"),
        ("what is no key", "[limits]\nfront_ends = " + "!" * 43 + "\n",
         ":2:"),
        ("memory that is not taken", "[passwords]\nmemory = 16G\n", ":2:"),
        ("passes that are not taken", "[passwords]\npasses = 101\n", ":2:"),
        ("a line without end", "[hub]\nname = " + "x" * 5000 + "\n", ":2:")):
    write(conf, text)
    r = run([FSSD, "check-config", "--data", other.data])
    ok(r.code == 2 and line in r.err and len(r.err.splitlines()) == 1,
       f"configuration: {name} is named", r)
    r = run([FSSD, "run", "--data", other.data])
    ok(r.code == 2, f"configuration: {name} does not start", r)
write(conf, good)

# ---- SIGINT ----------------------------------------------------------------
huge = os.path.join(TMP, "huge")
with open(huge, "wb") as h:
    for i in range(96):
        h.write(os.urandom(1 << 20))
p = alice.spawn("--json", "put", huge, ":/huge", stdout=subprocess.PIPE,
                stderr=subprocess.PIPE)


def stored():
    """Bytes of all files below the store's folder."""
    return sum(os.path.getsize(os.path.join(d, n)) for d, _, ns in
               os.walk(hub.data) for n in ns)


before = stored()
while p.poll() is None and stored() < before + (8 << 20):
    pass	# the store is watched, not the clock
p.send_signal(signal.SIGINT)
out, err = p.communicate(timeout=LIMIT)
ok(p.returncode == 130, "an interrupted put ends with 130", p.returncode, err)
ok(b"again" in err, "and says that it can go on", err)
first = json.loads(out.splitlines()[-1])
alice.expect(4, "nothing of it is visible", "stat", ":/huge")
s = alice.json("put", huge, ":/huge")[-1]
ok(s["wire_bytes"] + first["wire_bytes"] <= (96 << 20) + (9 << 20),
   "the next run goes on", first, s)
equal(alice.json("stat", ":/huge")[0]["size"], 96 << 20, "to the end")
p = alice.spawn("get", ":/huge", os.path.join(TMP, "huge2"),
                stderr=subprocess.PIPE)
while p.poll() is None and not any(n.startswith((".", "huge2"))
                                   for n in os.listdir(TMP)):
    pass	# until the temporary file is there
p.send_signal(signal.SIGINT)
_, err = p.communicate(timeout=LIMIT)
if p.returncode == 130:
    ok(not os.path.exists(os.path.join(TMP, "huge2")),
       "an interrupted get leaves no half file", err)
else:
    skip("an interrupted get leaves no half file", "it was done before")
alice.must("get", ":/huge", os.path.join(TMP, "huge2"))
ok(read(huge) == read(os.path.join(TMP, "huge2")), "and is taken up again")

# ---- a damaged store -------------------------------------------------------
for i in range(20):
    write(os.path.join(TMP, "set", str(i)), os.urandom(200000))
alice.must("put", "-r", os.path.join(TMP, "set"), ":/set")
equal(hub.stop(), 0, "the hub stops")
r = run([FSSD, "check", "--data", hub.data, "--json"])
ok(r.code == 0 and r.lines()[-1]["problems"] == 0, "the store is whole", r)
wanted = read(os.path.join(TMP, "set", "7"))
hit = None
for d, _, names in os.walk(hub.data):
    for n in names:
        path = os.path.join(d, n)
        data = read(path)
        at = data.find(wanted[100:200])
        if at >= 0:
            hit = path
            with open(path, "r+b") as h:
                h.seek(at)
                h.write(bytes([data[at] ^ 1]))
ok(hit is not None, "a byte of a chunk is turned on disk")
r = run([FSSD, "check", "--data", hub.data])
ok(r.code == 7 and r.out.strip(), "7: check finds it", r)
hub.start()
r = alice.expect(7, "7: it is not handed out", "get", ":/set/7",
                 os.path.join(TMP, "bad"))
ok(not os.path.exists(os.path.join(TMP, "bad")), "no bad file appears")
r = alice.expect(9, "9: the others are", "get", "-r", ":/set",
                 os.path.join(TMP, "set2"))
# What came of the damaged one waits beside the others for the next run.
equal(sorted(n for n in os.listdir(os.path.join(TMP, "set2")) if n[0] != "."),
      sorted(set(map(str, range(20))) - {"7"}), "all of them")
s = alice.json("put", "--checksum", os.path.join(TMP, "set", "7"),
               ":/set/7")[-1]
ok(s["wire_bytes"] > 0, "the next upload brings it again", s)
alice.works("and heals it", "get", ":/set/7", os.path.join(TMP, "good"))
ok(read(os.path.join(TMP, "good")) == wanted, "with the right content")
equal(hub.stop(), 0, "the hub stops")
r = run([FSSD, "check", "--data", hub.data])
ok(r.code == 0, "the store is whole again", r)

# ---- backup ----------------------------------------------------------------
hub.start()
copy = os.path.join(TMP, "copy")
r = run([FSSD, "backup", "--data", hub.data, copy])
ok(r.code == 0, "a running hub is copied", r)
equal(oct(os.stat(os.path.join(copy, "meta.db")).st_mode & 0o777), "0o600",
      "the copy is its owner's alone")
r = run([FSSD, "backup", "--data", hub.data, copy])
ok(r.code == 6, "not over another copy", r)
r = run([FSSD, "check", "--data", copy])
ok(r.code == 0, "the copy is whole", r)
equal(hub.stop(), 0, "the hub stops")
real, hub.data = hub.data, copy
hub.start()
alice.must("get", ":/huge", os.path.join(TMP, "huge3"))
ok(read(huge) == read(os.path.join(TMP, "huge3")), "and serves as the hub")
equal(hub.stop(), 0, "the copy stops")
hub.data = real

# ---- key files -------------------------------------------------------------
keys = [os.path.join(d, n) for d, _, ns in os.walk(hub.data) for n in ns
        if "key" in n or "secret" in n]
ok(keys and all(os.stat(k).st_mode & 0o077 == 0 for k in keys),
   "the hub's keys are its own", keys)
for k in keys:
    os.chmod(k, 0o644)
r = run([FSSD, "run", "--data", hub.data])
ok(r.code == 3, "3: a key that others can read is refused", r)
for k in keys:
    os.chmod(k, 0o600)

# ---- full and read-only file systems ---------------------------------------
small = folder("small")
mounted = run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", small])
if mounted.code != 0:
    for name in ("a full disk", "a read-only store"):
        skip(name, "cannot mount a tmpfs here")
else:
    try:
        # The floor leaves room for the database: a full hub still serves.
        full = Hub("full", data=os.path.join(small, "data"), settings={
            "limits.free_floor": "8M"}).start()
        bob = Person("bob", full, full.invite)
        bob.must("put", f, ":/f")
        bob.expect(10, "10: a full disk", "put", huge, ":/huge")
        bob.expect(4, "leaves nothing half visible", "stat", ":/huge")
        bob.works("what was there is there", "cat", ":/f")
        bob.works("and still fetched", "get", ":/f", os.path.join(TMP, "f2"))
        equal(full.stop(), 0, "the hub survived and stops")
        full.configure({"limits.free_floor": "1G"})
        full.start()
        bob.expect(10, "10: below the floor nothing is taken", "put", big,
                   ":/big")
        equal(full.stop(), 0, "the hub stops")
        # No room at all, all of a sudden, for the database neither.
        full.configure({"limits.free_floor": "0"})
        full.start()
        ballast = os.path.join(small, "ballast")
        with open(ballast, "wb", buffering=0) as h:
            try:
                while True:
                    h.write(bytes(1 << 16))
            except OSError:
                pass
        bob.expect(10, "10: not a byte is left", "--timeout", "3", "put", big,
                   ":/big")
        os.remove(ballast)
        full.kill()
        full.start()
        bob.works("with room again all is there", "cat", ":/f")
        bob.works("and taken", "put", big, ":/big")
        # This machine is full: what came stays, and the rest comes later.
        more = write(os.path.join(TMP, "more"), os.urandom(4 << 20))
        bob.must("put", more, ":/more")
        tiny = folder("tiny")
        run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", tiny])
        try:
            back = os.path.join(tiny, "back")
            r = bob.expect(10, "10: no room for a download", "get", ":/more",
                           back)
            ok("on this machine" in r.err and ".fss-part-" in r.err,
               "says where, and what is kept", r)
            parts = [x for x in os.listdir(tiny)
                     if x.startswith(".fss-part-")]
            equal(len(parts), 1, "it is kept")
            ok(not os.path.exists(back), "and nothing half is in its place")
            run(["mount", "-o", "remount,size=64m", tiny])
            bob.works("with room the rest comes", "get", ":/more", back)
            ok(read(back) == read(more), "whole")
            equal(os.listdir(tiny), ["back"], "and no part is left over")
        finally:
            run(["umount", tiny])
        equal(full.stop(), 0, "the hub stops")
        run(["mount", "-o", "remount,ro", small])
        r = run([FSSD, "run", "--data", full.data])
        ok(r.code == 10, "10: a read-only store", r)
        run(["mount", "-o", "remount,rw", small])
        r = run([FSSD, "check", "--data", full.data])
        ok(r.code == 0, "the store is whole", r)
    finally:
        if full.proc is not None and full.proc.poll() is None:
            full.kill()
        run(["umount", small])
finish()
