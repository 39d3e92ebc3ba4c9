"""Uploads in parts: kill -9 of the program and of the hub in the middle.

Whatever is killed, what was saved stays, and the upload goes on from there to
the very content, which is stored once however it was cut up.
FSS_KILL_SEED repeats a run.
"""
import random

from common import *

RESUME = os.path.join(BUILD, "examples", "resume")
SEED = int(os.environ.get("FSS_KILL_SEED", "0")) or random.SystemRandom(
    ).randrange(1, 1 << 32)
SAVE = 16 << 20
diag(f"seed {SEED}")
rng = random.Random(SEED)

hub, alice, bob = hub_with("alice", "bob")


def resume(person, *args):
    return run([RESUME, *args], env=person.env)


def start(local, remote, *more):
    """Starts an upload and reads its id; the rest of it runs on."""
    p = spawn([RESUME, local, remote, *more], env=alice.env,
              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
              stderr=subprocess.DEVNULL)
    words = p.stdout.readline().split()
    return p, words[0].decode() if words else None


def stored():
    return sum(os.path.getsize(os.path.join(d, n))
               for d, _, names in os.walk(os.path.join(hub.data, "seg"))
               for n in names)


small = write(os.path.join(TMP, "small"), rng.randbytes(3_000_000))
r = resume(alice, small, ":/small")
ok(r.code == 0, "an upload in one go", r)
ident = r.out.split()[0]
r = resume(alice, small, ":/small", ident)
ok(r.code == 0 and r.out.split() == [ident, "3000000"],
   "once complete it is told so, and stays", r)
r = resume(bob, small, ":/small", ident)
ok(r.code == 4, "nobody else can name it", r)
r = resume(bob, small, "alice:/small")
ok(r.code != 0, "nor begin one in a space of somebody's", r)
r = alice.run("cat", ":/small", binary=True)
ok(r.code == 0 and r.out == read(small), "it is the file")

content = rng.randbytes(5 * SAVE + 777)
big = write(os.path.join(TMP, "big"), content)
before = stored()
p, ident = start(big, ":/big")
ok(ident is not None, "a large one begins")
offsets = []
span = 0.2		# seconds; longer while it does not get far enough
for n in range(60):
    try:
        p.wait(rng.uniform(0, span))
        if p.returncode == 0:
            break
    except subprocess.TimeoutExpired:
        pass
    if n % 3 != 1:
        p.kill()
        p.wait()
    if n % 3 != 0:
        hub.kill()
        hub.start()
    if n % 3 == 1:
        p.kill()
        p.wait()
    p = spawn([RESUME, big, ":/big", ident], env=alice.env,
              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
              stderr=subprocess.DEVNULL)
    words = p.stdout.readline().split()
    if len(words) == 2:
        offsets.append(int(words[1]))
    span *= 1.3 if len(offsets) < 2 or offsets[-1] == offsets[-2] else 0.8
if p.poll() != 0:
    p.wait(LIMIT)
diag(f"went on from {offsets}")
ok(p.returncode == 0 or resume(alice, big, ":/big", ident).code == 0,
   "killed over and over, it comes to its end")
ok(offsets == sorted(offsets), "what was saved is never lost", offsets)
ok(all(o % SAVE == 0 or o == len(content) for o in offsets),
   "and is saved as it says", offsets)
r = alice.run("cat", ":/big", binary=True)
ok(r.code == 0 and r.out == content, "the content is right")
grown = stored() - before
ok(grown < len(content) * 1.7, "parts are not stored over and over", grown)

# Cut where an upload in one piece is: that one sends nothing.
r = alice.run("--json", "put", big, ":/again")
ok(r.code == 0 and r.lines()[-1]["wire_bytes"] == 0,
   "the chunks are those of an upload in one piece", r)
hub.stop()
r = run([FSSD, "check", "--data", hub.data])
ok(r.code == 0, "the store is sound", r)
hub.start()

# What is not complete does not show, and counts.
half = write(os.path.join(TMP, "half"), rng.randbytes(2 * SAVE + 5))
used = alice.json("whoami")[0]["bytes"]
p, ident = start(half, ":/half")
while alice.json("whoami")[0]["bytes"] == used and p.poll() is None:
    pass
p.kill()
p.wait()
if alice.json("whoami")[0]["bytes"] < used + 2 * SAVE + 5:
    alice.expect(4, "half a file is none", "stat", ":/half")
r = resume(alice, half, ":/half", ident)
ok(r.code == 0, "until it is whole", r)
equal(alice.json("whoami")[0]["bytes"], used + 2 * SAVE + 5,
      "what counted as a part counts once")
finish()
