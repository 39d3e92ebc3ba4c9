"""fssd as a daemon: the service manager is told, signals do what they say."""
import socket

from common import *

hub = Hub()
path = os.path.join(TMP, "notify")
manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
manager.bind(path)
manager.settimeout(LIMIT)


def told():
    return dict(line.split("=", 1) for line in
                manager.recv(4096).decode().splitlines())


def until(text):
    """Waits until the log has a line with @text."""
    tail = spawn(["tail", "-n", "+1", "-F", hub.log], stdout=subprocess.PIPE,
                 stderr=subprocess.DEVNULL, text=True)
    line = next((s for s in tail.stdout if text in s), "")
    tail.kill()
    tail.wait()
    return line


os.environ["NOTIFY_SOCKET"] = path
hub.start()
equal(told(), {"READY": "1"}, "READY when it can be reached")
ok(f"address={hub.address}" in hub.log_text(), "the log has the address")
line = until("hub is ready")
ok(line.startswith("ts=20") and " level=notice module=fssd " in line,
   "in logfmt", line)
alice = Person("alice", hub, hub.invite)

# ---- SIGHUP ----------------------------------------------------------------
key = alice.json("devices")[0]["key"]
hub.configure({"limits.keep_versions": "2", "performance.readers": "7",
               "limits.front_ends": key, "log.level": "debug"})
hub.reload()
state = told()
ok(state.get("RELOADING") == "1" and int(state["MONOTONIC_USEC"]) > 0,
   "RELOADING at SIGHUP", state)
equal(told(), {"READY": "1"}, "and READY again")
text = hub.log_text()
ok("setting=limits.keep_versions value=2" in text, "a live setting changes",
   text)
ok(f"setting=limits.front_ends value={key}" in text, "front ends too", text)
ok('msg="setting needs a restart" setting=performance.readers' in text,
   "another needs a restart", text)
for n in range(4):
    alice.must("put", "-", ":/f", stdin=f"{n}\n")
equal(len(alice.json("versions", ":/f")), 2, "the change is in force")
big = write(os.path.join(TMP, "big"), os.urandom(40 << 20))
alice.must("put", big, ":/big")
alice.must("get", ":/big", os.path.join(TMP, "back"))
alice.must("rm", ":/big")
if os.environ.get("FSS_SANITIZE"):
    skip("what transfers left is given back when it is quiet",
         "a sanitizer has an allocator of its own")
else:
    ok("after=" in until("memory was given back"),
       "what transfers left is given back when it is quiet")
good = read(os.path.join(hub.data, "fssd.conf"))
write(os.path.join(hub.data, "fssd.conf"), "[hub]\nregistration = maybe\n")
hub.reload()
told()
equal(told(), {"READY": "1"}, "a wrong file does not stop it")
ok("fssd.conf:2:" in until("configuration is wrong"),
   "and is named with its line")
equal(len(alice.json("versions", ":/f")), 2, "the old settings stay")
write(os.path.join(hub.data, "fssd.conf"), good)

# ---- stopping --------------------------------------------------------------
hub.proc.send_signal(signal.SIGTERM)
equal(told(), {"STOPPING": "1"}, "STOPPING at SIGTERM")
equal(hub.proc.wait(LIMIT), 0, "and a clean end")
hub.start()
told()
hub.proc.send_signal(signal.SIGINT)
equal(hub.proc.wait(LIMIT), 0, "SIGINT does the same")
alice.expect(8, "a hub that is not there cannot be reached", "--timeout", "1",
             "ls")
told()

# ---- a client waits for a hub that comes back ------------------------------
p = alice.spawn("--timeout", str(LIMIT), "--json", "ls",
                stdout=subprocess.PIPE)
hub.start()
out, _ = p.communicate(timeout=LIMIT)
equal((p.returncode, json.loads(out.splitlines()[0])["path"]), (0, "/f"),
      "who asked before it was there is answered")
del os.environ["NOTIFY_SOCKET"]

# ---- the command line ------------------------------------------------------
equal(run([FSSD, "--version"]).out.split()[0], "fssd", "--version")
equal(run([FSSD, "--help"]).code, 0, "--help")
for args in ([], ["frob"], ["run"], ["init", "--data"], ["backup", "--data",
             hub.data], ["run", "--data", hub.data, "--frob"],
             ["run", "--data", hub.data, "--ready-fd", "x"],
             ["check", "--data", hub.data, "--listen", "tcp://*:1"],
             ["init", "--data", os.path.join(TMP, "n"), "--listen", "nowhere"],
             ["init", "--data", os.path.join(TMP, "n"), "--registration",
              "maybe"],
             ["init", "--data", os.path.join(TMP, "n"), "--name", "x" * 65]):
    r = run([FSSD, *args])
    ok(r.code == 2 and r.err, "usage: " + " ".join(args)[:30], r)
for option in ("--name", "--registration"):
    r = run([FSSD, "run", "--data", hub.data, option, "open"])
    ok(r.code == 2 and f"{option} is no option of run: it is set in" in r.err,
       f"{option} is not passed over by run", r)
ok(not os.path.exists(os.path.join(TMP, "n")), "a wrong init makes nothing")
r = run([FSSD, "init", "--data", os.path.join(TMP, "m"), "--name", "the hub"])
ok(r.code == 0 and "fssctl register NAME --invite" in r.out and
   "SHA256:" in r.out, "init tells how to go on", r)
equal(hub.stop(), 0, "the hub stops")
finish()
