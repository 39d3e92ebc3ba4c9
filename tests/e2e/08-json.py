"""Every verb's --json parses and has the keys docs/fssctl-json.md names."""
import re

from common import *

hub, alice, bob = hub_with("alice", "bob")
f = write(os.path.join(TMP, "f.txt"), "content\n")
os.symlink("f.txt", os.path.join(TMP, "link"))
ENTRY = {"owner", "path", "kind", "mtime", "mode", "access", "access_own",
         "rights"}
FILE = ENTRY | {"size", "version", "number", "created", "author"}
ACCOUNT = {"name", "role"}
SUM = {"status", "files_total", "files_done", "unchanged", "failed",
       "bytes_total", "bytes_done", "wire_bytes", "elapsed_us"}
tried = set()


def check(keys, *args, n=None, stdin=None, who=alice, last=False):
    """All objects printed (or the last) have @keys; @n: how many there are."""
    name = " ".join(a for a in args if "/tmp" not in a)
    tried.add(args[0])
    r = who.run("--json", *args, stdin=stdin)
    try:
        rows = r.lines()
    except ValueError as e:
        ok(False, f"{name}: is JSON", e, r)
        return []
    if not ok(r.code == 0 and (rows or n == 0), f"{name}: prints JSON", r):
        return []
    if n is not None:
        equal(len(rows), n, f"{name}: as many objects as rows")
    missing = {k for row in (rows[-1:] if last else rows)
               for k in keys - set(row)}
    equal(missing, set(), f"{name}: has the documented keys")
    return rows


check({"address", "key", "fingerprint", "new"}, "connect", hub.address, n=1)
check({"address", "key", "fingerprint", "account"}, "connect", n=1)
check({"ok", "address", "account", "rtt_us"}, "ping", n=1)
check(ACCOUNT | {"bytes", "files"}, "whoami", n=1)
code = check({"code", "expires"}, "invite", n=1)[0]["code"]
carol = Person("carol")
carol.must("connect", hub.address)
check(ACCOUNT, "register", "carol", "--invite", code, "--password-stdin",
      stdin=PASSWORD + "\n", n=1, who=carol)
check({"ok", "account"}, "logout", n=1, who=carol)
check(ACCOUNT, "login", "carol", "--password-stdin", stdin=PASSWORD + "\n",
      n=1, who=carol)
check({"ok"}, "passwd", "--password-stdin", stdin=PASSWORD + "\nnew password\n",
      n=1, who=carol)
check({"device", "created", "current", "key", "device_kind"}, "devices", n=1)
made = check({"token", "device", "scopes", "name", "role"}, "tokens", "create",
             "script", n=1)
check({"device", "device_kind", "scopes", "name"}, "tokens", n=1)
check({"ok", "device"}, "tokens", "revoke", str(made[0]["device"]), n=1)
check({"session", "name", "device", "device_kind", "address", "since", "seen",
       "current"}, "sessions")
check(ACCOUNT | {"bytes", "files", "locked"}, "users", n=3)
check(ACCOUNT, "user", "bob", n=1)
check(ACCOUNT, "user", "bob", "--lock", n=1)
check(ACCOUNT, "user", "bob", "--unlock", n=1)
check({"ok", "group"}, "group", "add", "friends", "bob", n=1)
check({"group", "name"}, "group", "list", n=1)
check({"ok", "group"}, "group", "remove", "friends", "bob", n=1)
check(SUM, "put", f, ":/d/f.txt", last=True)
check(SUM, "put", "-r", "-v", os.path.join(TMP, "link"), ":/d/link",
      last=True)
check(FILE, "put", "-", ":/d/stdin", stdin="from stdin\n", n=1)
check(SUM, "get", ":/d/f.txt", os.path.join(TMP, "got"), last=True)
equal(alice.json("get", "-v", ":/d/f.txt", os.path.join(TMP, "third"))[0]
      ["path"], "/d/f.txt", "an item has the hub's name, not that of here")
check({"offset", "data"}, "get", ":/d/f.txt", "-", n=1)
check({"offset", "data"}, "cat", ":/d/f.txt", n=1)
check(ENTRY, "ls", ":/d", n=3)
rows = check(FILE | {"media"}, "stat", ":/d/f.txt", n=1)
check(ENTRY | {"target"}, "stat", ":/d/link", n=1)
check(ENTRY | {"depth"}, "tree", ":/", n=4)
check({"remote", "bytes", "files", "folders"}, "du", ":/", n=2)
check(ENTRY, "find", "stdin", n=1)
check(ENTRY, "find", "no such thing", n=0)
check({"ok", "path"}, "mkdir", ":/e", ":/g", n=2)
check({"ok", "path"}, "mv", ":/e", ":/h", n=1)
check({"ok", "path"}, "rm", ":/h", n=1)
alice.must("put", "-", ":/d/f.txt", stdin="two\n")
check({"number", "size", "digest", "created", "author"}, "versions",
      ":/d/f.txt", n=2)
check(FILE, "restore", ":/d/f.txt@1", n=1)
check({"ok", "path"}, "access", ":/d", "open", n=1)
check({"owner", "path", "access", "access_own", "rights"}, "access", ":/d",
      n=1)
check({"ok", "path"}, "grant", ":/d", "bob", "read,create", n=1)
rows = check({"who", "rights", "path"}, "grants", ":/d", n=1)
check({"ok", "path"}, "revoke", ":/d", "bob", n=1)
check({"owner", "path", "access", "rights"}, "shares", n=1, who=bob)
LINK = {"link", "link_kind", "owner", "path", "kind", "protected", "limit",
        "used", "created"}
link = check(LINK | {"token", "size", "number"}, "link", ":/d/f.txt", n=1)
check(LINK, "links", n=1)
check({"ok", "link"}, "unlink", str(link[0]["link"]), n=1)
check({"code", "expires"}, "invite", n=1)
invites = check({"invite", "role", "by", "uses", "created", "expires"},
                "invites", n=1)
check({"ok", "invite"}, "invites", "withdraw", invites[0]["invite"], n=1)
check({"release", "since", "accounts", "sessions", "requests", "files",
       "versions", "bytes", "stored", "chunks", "database", "disk_free"},
      "hub", n=1)

# ---- people and requests ---------------------------------------------------
REQUEST = {"request", "request_kind", "request_state", "change", "asker",
           "created", "changed", "expires", "attempt", "may"}
LINE = {"line", "created", "what"}
check({"name", "presence"}, "who", "--all", n=3)
check({"ok", "hidden"}, "hide", "off", n=1)
check(SUM, "announce", f, ":/said.txt", last=True)
check({"held", "holders", "online"}, "stat", ":/said.txt", n=1)
check({"ok", "path"}, "access", ":/said.txt", "ask", n=1)
ids = [str(check(REQUEST | {"owner", "path"}, "ask", "alice:/said.txt", n=1,
                 who=bob)[0]["request"])]
ids += [str(r["request"]) for r in (
    bob.json("ask", "--want", f"wish {i}", "--from", "alice")[0]
    for i in range(2))]
check(REQUEST, "requests", n=3)
check(REQUEST, "cancel", ids[0], n=1, who=bob)
check(REQUEST, "retry", ids[0], n=1, who=bob)
check(REQUEST, "approve", ids[0], n=1)
check(REQUEST, "deny", ids[2], "--reason", "no", n=1)
check(REQUEST, "fulfil", ids[1], ":/d/f.txt", n=1)
check({"connected", "account"}, "agent", "--once", n=1)
check({"ok", "path"}, "unannounce", ":/said.txt", n=1)
rule = check({"rule", "verdict", "kinds", "created"}, "rules", "add", "allow",
             n=1)[0]
check({"rule", "verdict", "kinds"}, "rules", n=1)
check({"ok", "rule"}, "rules", "remove", str(rule["rule"]), n=1)
check(LINE, "audit")
tried.add("watch")
w = Follower(alice, "watch", "--all", "presence")
ok({"name", "presence", "news"} <= set(w.until(name="alice")),
   "watch: prints JSON")
w.end()

# ---- values ----------------------------------------------------------------
e = alice.json("stat", ":/d/f.txt")[0]
equal((e["kind"], e["access"], e["owner"], e["path"]),
      ("file", "open", "alice", "/d/f.txt"), "words are words")
ok(isinstance(e["mtime"], int) and e["mtime"] > 10**15,
   "times are microseconds", e)
ok(e["rights"] and set(e["rights"]) <= {"see", "read", "create", "write",
                                        "own"}, "rights are words", e)
ok(re.fullmatch(r"(sha256t|sha256|blake2b):[0-9a-f]{64}", e["digest"]),
   "digests are", e)
ok(isinstance(e["access_own"], bool), "booleans are", e)
for args, name, status in (
        (("ls", ":/none"), "FSS_ENOENT", 4),
        (("mkdir", ":/d/f.txt"), "FSS_ENOTDIR", 6),
        (("mkdir", ":/.."), "FSS_EPATH", 2),
        (("put", TMP + "/none", ":/x"), "FSS_ENOENT", 4),
        (("rm", ":/d"), "FSS_ENOTEMPTY", 6)):
    r = alice.run("--json", *args)
    errors = [x for x in r.lines() if "error" in x]
    ok(r.code == status and errors and errors[-1]["exit"] == status,
       f"{args[0]}: a failure is an object", r)
    equal(errors and errors[0]["error"], name, f"{args[0]}: with its name")

# ---- all verbs, the help, the manual ---------------------------------------
helped = check({"verb", "arguments", "summary"}, "help")
verbs = {h["verb"] for h in helped}
equal(verbs - tried, set(), "all verbs were tried")
text = alice.run("help").out
manual = read(os.path.join(SOURCE, "docs", "man", "fssctl.1")).decode()
docs = read(os.path.join(SOURCE, "docs", "fssctl-json.md")).decode()
equal([v for v in verbs if not re.search(rf"(?m)^  {v} ", text)], [],
      "fssctl help has each verb")
equal([v for v in verbs if not re.search(rf"(?m)^(\.It|\.) ?(Cm|Xo)? ?{v}\b|"
                                         rf"^\.Cm {v}\b", manual)], [],
      "so has fssctl(1)")
equal([v for v in verbs if f"`{v}`" not in docs and
       f"`{v} ..." not in docs], [], "so has docs/fssctl-json.md")
for v in sorted(verbs):
    r = alice.run(v, "--help")
    ok(r.code == 0 and r.out.startswith(f"usage: fssctl {v}"),
       f"{v} --help", r)
# ---- nothing that a terminal would obey -----------------------------------
evil = folder("evil")
os.symlink("a\x1b[2J\x7f\u0085\u202eb", os.path.join(evil, "link"))
alice.must("put", "-r", evil, ":/evil")
r = alice.must("--json", "stat", ":/evil/link", binary=True)
ok(all(c == 10 or 32 <= c < 127 for c in r.out), "JSON is printable ASCII",
   r.out)
equal(json.loads(r.out)["target"], "a\x1b[2J\x7f\u0085\u202eb",
      "and says it all")
r = alice.must("stat", ":/evil/link")
ok(not any(c in r.out for c in "\x1b\x7f\u0085\u202e"),
   "text leaves it out", r)

finish()
