"""An agent that starts sets right what its index and the hub have lost."""
import shutil

from common import *

hub, alice, bob = hub_with("alice", "bob")
music = folder("music")
names = ["a", "b", "c", "d", "empty"]
for name in names:
    write(os.path.join(music, name), b"" if name == "empty" else os.urandom(70_000))


def files(where=":/music"):
    return {r["path"]: r for r in alice.json("ls", "-R", where)
            if r["kind"] == "file"}


def agent_until(*told):
    """Runs an agent until news of files were told: pairs of path and what."""
    watch = Follower(alice, "watch", "--all", "files", "presence")
    watch.until(name="alice", presence="online")
    agent = Follower(alice, "agent")
    left = set(told)
    while left:
        o = watch.until(news="file")
        left.discard((o["path"], o["what"]))
    equal(agent.end(), 0, "the agent ends")
    watch.end()


# ---- the hub lost some -----------------------------------------------------
alice.must("announce", "-r", music, ":/music")
equal(hub.stop(), 0, "the hub stops")
copy = folder("copy")
shutil.copytree(hub.data, os.path.join(copy, "data"))
hub.start()
write(os.path.join(music, "late"), os.urandom(70_000))
alice.must("announce", "-r", music, ":/music")
equal(len(files()), 6, "one more is announced")
equal(hub.stop(), 0, "the hub stops")
shutil.rmtree(hub.data)
shutil.copytree(os.path.join(copy, "data"), hub.data)
hub.start()
ok("/music/late" not in files(), "an older hub does not know it")
equal(alice.json("announce", "-r", music, ":/music")[-1]["unchanged"], 6,
      "and a scan finds nothing changed")
ok("/music/late" not in files(), "so it tells nothing")
agent_until(("/music/late", "added"))
equal(len(files()), 6, "an agent tells it again")

# ---- what somebody did meant something -------------------------------------
mine = write(os.path.join(TMP, "mine"), b"stored instead")
alice.must("put", mine, ":/music/b")
alice.must("mv", ":/music/a", ":/moved")
alice.must("rm", ":/music/c")
agent_until(("/music/c", "added"))
rows = files(":/")
equal((rows["/music/b"]["state"], rows["/music/b"]["size"]), ("stored", 14),
      "what was put there stays")
equal(rows["/moved"]["holders"], 1, "what was moved stays where it is")
ok("/music/a" not in rows, "and is not announced twice")
equal(rows["/music/c"]["state"], "announced",
      "what was removed is there again, for its folder is announced")

# ---- the device is another one ---------------------------------------------
alice.must("access", ":/music", "open")
equal(bob.json("stat", "alice:/music/d")[0]["holders"], 1, "bob sees d")
alice.must("logout", "--everywhere")
alice.must("login", "alice", "--password-stdin", stdin=PASSWORD + "\n")
agent_until(("/music/d", "added"), ("/music/late", "added"),
            ("/music/empty", "added"))
ok("/music/d" in files(), "announced by the new device")

# ---- the index is lost -----------------------------------------------------
index = os.path.join(alice.home, "index")
ok(os.path.isdir(index), "there is an index")
shutil.rmtree(index)
agent_until(("/music/d", "removed"), ("/music/late", "removed"))
ok("/music/d" not in files(), "what nobody could send is taken back")
ok("/music/b" in files(), "what is stored stays")
alice.must("announce", "-r", music, ":/music")
ok("/music/d" in files(), "and can be announced again")
equal(hub.stop(), 0, "the hub stops")
r = run([FSSD, "check", "--data", hub.data])
ok(r.code == 0, "and its store is whole", r)
finish()
