"""Accounts: registering, logging in and out, devices, roles, groups."""
from common import *

hub = Hub(introduce=True).start()
alice = Person("alice")

# ---- connecting ------------------------------------------------------------
base = hub.address.split("#")[0]
alice.expect(8, "without a hub commands say so", "ls")
alice.expect(2, "an address has a form", "connect", "http://x")
r = alice.expect(1, "a new hub is not trusted unasked", "connect", base)
ok(hub.info["fingerprint"] in r.err, "its fingerprint is shown", r)
r = alice.works("--accept-new takes it", "connect", "--accept-new", base)
r = alice.works("connect shows the hub", "connect")
ok(hub.info["fingerprint"] in r.out, "with its fingerprint", r)
alice.works("the address with the key is the same hub", "connect",
            hub.address)

# ---- registering -----------------------------------------------------------
alice.expect(3, "nobody is logged in yet", "whoami")
alice.expect(5, "without an invite there is no account", "register", "alice",
             "--password-stdin", stdin=PASSWORD + "\n")
alice.expect(5, "nor with a wrong one", "register", "alice", "--invite",
             "no-such-invite", "--password-stdin", stdin=PASSWORD + "\n")
alice.expect(2, "a password has 8 bytes at least", "register", "alice",
             "--invite", hub.invite, "--password-stdin", stdin="short\n")
alice.expect(2, "a name has a form", "register", "Alice Smith", "--invite",
             hub.invite, "--password-stdin", stdin=PASSWORD + "\n")
alice.works("with the invite there is", "register", "alice", "--invite",
            hub.invite, "--password-stdin", stdin=PASSWORD + "\n")
who = alice.json("whoami")[0]
equal((who["name"], who["role"]), ("alice", "admin"),
      "the first invite makes an admin")
other = Person("mallory")
other.must("connect", hub.address)
other.expect(5, "an invite is used up", "register", "mallory", "--invite",
             hub.invite, "--password-stdin", stdin=PASSWORD + "\n")
code = alice.json("invite", "--role", "user", "--ttl", "1d")[0]
bob = Person("bob", hub, code["code"])
equal(bob.json("whoami")[0]["role"], "user", "an invite has a role")
bob.expect(5, "users cannot invite admins", "invite", "--role", "admin")
code = alice.json("invite", "--uses", "2")[0]["code"]
other.expect(6, "a name is taken once", "register", "bob", "--invite", code,
             "--password-stdin", stdin=PASSWORD + "\n")

# ---- logging in ------------------------------------------------------------
second = Person("bob", home=folder("home-bob-2"))
os.chmod(second.home, 0o700)
second.must("connect", hub.address)
wrong = second.expect(3, "a wrong password is refused", "login", "bob",
                      "--password-stdin", stdin="not the password\n")
nobody = second.expect(3, "an unknown name is refused", "login", "nobody",
                       "--password-stdin", stdin="not the password\n")
equal(wrong.err.replace("bob", "X"), nobody.err.replace("nobody", "X"),
      "and both look the same")
second.works("another device logs in", "login", "bob", "--password-stdin",
             stdin=PASSWORD + "\n")
devices = second.json("devices")
equal(len(devices), 2, "both devices are listed")
equal(sum(d["current"] for d in devices), 1, "one of them is this one")
second.works("logging out", "logout")
second.expect(3, "logged out is logged out", "ls")
second.works("the device's key logs in again without a password", "login",
             "bob")
mine = [d["device"] for d in bob.json("devices") if d["current"]][0]
theirs = [d["device"] for d in bob.json("devices") if not d["current"]][0]
bob.works("a device is revoked", "devices", "revoke", str(theirs))
second.expect(3, "and out at once", "whoami")
bob.expect(4, "devices of others are unknown", "devices", "revoke", "999999")
second.must("logout")
second.works("a revoked device may log in by password", "login", "bob",
             "--password-stdin", stdin=PASSWORD + "\n")

# ---- passwords -------------------------------------------------------------
bob.expect(3, "the old password must be right", "passwd", "--password-stdin",
           stdin="wrong wrong\nnew password\n")
bob.works("the password is changed", "passwd", "--password-stdin",
          stdin=PASSWORD + "\nnew password\n")
bob.works("this device stays logged in", "whoami")
second.expect(3, "the others do not", "whoami")
second.must("logout")
second.expect(3, "the old password is void", "login", "bob",
              "--password-stdin", stdin=PASSWORD + "\n")
second.works("the new one holds", "login", "bob", "--password-stdin",
             stdin="new password\n")
second.works("out everywhere", "logout", "--everywhere")
bob.expect(3, "means all devices", "whoami")
bob.must("logout")
bob.works("which may come back", "login", "bob", "--password-stdin",
          stdin="new password\n")
bob.works("logout --forget", "logout", "--forget")
r = bob.run("login", "bob")
ok(r.code != 0, "takes the key away, so a password is needed", r)
bob.must("login", "bob", "--password-stdin", stdin="new password\n")

# ---- admins ----------------------------------------------------------------
names = {u["name"]: u for u in alice.json("users")}
equal(sorted(names), ["alice", "bob"], "accounts are listed")
bob.expect(5, "users change no accounts", "user", "alice", "--lock")
alice.works("an admin locks one", "user", "bob", "--lock")
bob.expect(3, "a locked account is out", "whoami")
r = second.run("login", "bob", "--password-stdin", stdin="new password\n")
equal((r.code, r.err.replace("bob", "X")), (3, wrong.err.replace("bob", "X")),
      "and looks like a wrong password")
alice.works("and unlocks it", "user", "bob", "--unlock")
bob.works("the account is back", "whoami")
alice.works("quotas are set", "user", "bob", "--quota", "1M",
            "--quota-files", "10")
who = bob.json("whoami")[0]
equal((who["quota_bytes"], who["quota_files"]), (1 << 20, 10),
      "and seen by whom they limit")
alice.works("roles are given", "user", "bob", "--role", "operator")
equal(bob.json("whoami")[0]["role"], "operator", "at once")
bob.expect(5, "operators make no admins", "user", "bob", "--role", "admin")
alice.expect(5, "the last admin stays one", "user", "alice", "--role", "user")
alice.expect(4, "unknown accounts are named", "user", "nobody", "--lock")

# ---- groups ----------------------------------------------------------------
alice.works("a group is made by its first member", "group", "add", "friends",
            "bob")
equal(alice.json("group")[0], {"group": "friends", "name": "bob"},
      "and listed")
alice.expect(4, "members exist", "group", "add", "friends", "nobody")
alice.works("members are taken out", "group", "remove", "friends", "bob")
equal(alice.json("group", "list"), [], "an empty group is gone")

# ---- registration modes, live ----------------------------------------------
def reload_and_wait(settings):
    # The log is the event: a pipe from tail(1), ended by us.
    hub.configure(settings)
    before = hub.log_text().count("configuration reread")
    tail = spawn(["tail", "-n", "+1", "-F", hub.log], stdout=subprocess.PIPE,
                 stderr=subprocess.DEVNULL, text=True)
    hub.reload()
    seen = 0
    for line in tail.stdout:
        seen += "configuration reread" in line
        if seen > before:
            break
    tail.kill()
    tail.wait()


reload_and_wait({"hub.registration": "closed"})
other.expect(5, "closed is closed, even with an invite", "register",
             "mallory", "--invite", code, "--password-stdin",
             stdin=PASSWORD + "\n")
reload_and_wait({"hub.registration": "open"})
other.works("open needs none", "register", "mallory", "--password-stdin",
            stdin=PASSWORD + "\n")

# ---- the profile -----------------------------------------------------------
keys = [os.path.join(d, f) for d, _, fs in os.walk(alice.home) for f in fs]
ok(all(os.stat(k).st_mode & 0o077 == 0 for k in keys),
   "nothing in a profile is for others")
os.chmod(alice.home, 0o777)
alice.expect(3, "a profile that others can write is refused", "whoami")
os.chmod(alice.home, 0o700)
equal(alice.run("--version").out.split()[0], "fssctl", "--version")
equal(hub.stop(), 0, "the hub stops cleanly")
finish()
