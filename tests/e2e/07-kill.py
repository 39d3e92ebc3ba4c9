"""kill -9 of client and hub at random points, over and over.

After every round: what was acknowledged is whole, what was interrupted
resumes, and no chunk the hub had taken is sent again.  FSS_KILL_ROUNDS sets
the number of rounds (200), FSS_KILL_SEED repeats a run.
"""
import random

from common import *

ROUNDS = int(os.environ.get("FSS_KILL_ROUNDS", "200"))
SEED = int(os.environ.get("FSS_KILL_SEED", "0")) or random.SystemRandom(
    ).randrange(1, 1 << 32)
CREDIT = 8 << 20	# most payload that may be in flight, unanswered
diag(f"seed {SEED}, {ROUNDS} rounds")
rng = random.Random(SEED)

hub, alice = hub_with("alice")
local = folder("local")
back = folder("back")
problems = []
counts = {"client put": 0, "hub put": 0, "both put": 0, "client get": 0,
          "hub get": 0, "hub stop": 0, "untouched": 0}


def problem(n, what, *more):
    problems.append(f"round {n}: {what} " + " ".join(map(str, more)))
    diag(problems[-1])


def make_round(n):
    """Random content, so that nothing is there before."""
    path = os.path.join(local, f"r{n}")
    total = 0
    for i in range(rng.randrange(1, 12)):
        size = rng.choice((0, 10, 3000, 70000))
        write(os.path.join(path, f"small{i}"), rng.randbytes(size))
        total += size
    size = rng.randrange(500_000, 6_000_000)
    if rng.random() < 0.08:
        # Far more than may be in flight, so that sending twice would show.
        size += 3 * CREDIT
    write(os.path.join(path, "large"), rng.randbytes(size))
    return path, total + size


def stored():
    """Bytes in segments: what the hub has taken, headers included."""
    total = 0
    for d, _, names in os.walk(hub.data):
        total += sum(os.path.getsize(os.path.join(d, n)) for n in names
                     if "segment" in d or "seg" in n)
    return total


def some_time(p, size):
    """Lets @p run on for a random part of what @size bytes take."""
    try:
        p.wait(rng.uniform(0, typical * max(1, size / typical_size)))
    except subprocess.TimeoutExpired:
        pass


def note(kind, ended):
    """Counts a kill, and aims the next ones so that most meet something."""
    global typical
    counts["untouched" if ended else kind] += 1
    typical *= 0.9 if ended else 1.03


def start_put(n, path):
    out = open(os.path.join(TMP, "put.out"), "wb")
    return alice.spawn("--json", "-q", "put", "-r", "-v", path, f":/r{n}",
                       stdout=out, stderr=subprocess.DEVNULL)


def put_lines():
    lines = []
    for line in read(os.path.join(TMP, "put.out")).splitlines():
        try:
            lines.append(json.loads(line))
        except ValueError:
            pass	# cut off by the kill
    return lines


def check_acknowledged(n, path):
    """What the killed client was told is done must be there, whole."""
    for item in put_lines():
        if item.get("status") != "FSS_OK" or "local" not in item or \
                not os.path.isfile(item["local"]):
            continue
        rel = os.path.relpath(item["local"], path)
        r = alice.run("cat", f":/r{n}/{rel}", binary=True)
        if r.code != 0 or r.out != read(item["local"]):
            problem(n, "acknowledged and not whole:", rel, r.err)


def finish_put(n, path, total, base):
    """Runs it again; what the hub has must not cross the wire again."""
    had = stored() - base
    r = alice.run("--json", "put", "-r", path, f":/r{n}")
    if r.code != 0:
        problem(n, "does not resume:", r)
        return
    wire = r.lines()[-1]["wire_bytes"]
    # Record headers and manifest pages are in `had` but not in `total`.
    slack = total // 50 + 65536
    if wire > total - had + slack:
        problem(n, f"sent {wire} of {total} though the hub had {had}")


def verify(n, path):
    target = os.path.join(back, f"r{n}")
    r = alice.run("get", "-r", f":/r{n}", target)
    if r.code != 0:
        problem(n, "cannot be read:", r)
    elif same_tree(path, target):
        problem(n, "differs:", same_tree(path, target))
    shutil.rmtree(target, ignore_errors=True)


def round_put(n, kind):
    path, total = make_round(n)
    base = stored()
    p = start_put(n, path)
    some_time(p, total)
    ended = p.poll()
    if "client" in kind or "both" in kind:
        p.kill()
        p.wait()
    if "hub" in kind or "both" in kind:
        if kind == "hub stop":
            hub.stop()
        else:
            hub.kill()
        hub.start()
    note(kind, ended is not None)
    if "hub" in kind:
        # The client lives and must come through by itself.
        if p.wait(LIMIT) != 0:
            problem(n, "the client gave up:", put_lines()[-1:])
        elif put_lines()[-1]["wire_bytes"] > total + CREDIT + 65536:
            problem(n, "sent too much:", put_lines()[-1], total)
    else:
        check_acknowledged(n, path)
        finish_put(n, path, total, base)
    verify(n, path)
    return path


def round_get(n, kind, path):
    """The same for a download of the round before."""
    target = os.path.join(back, f"g{n}")
    name = os.path.basename(path)
    p = alice.spawn("-q", "get", "-r", f":/{name}", target,
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    some_time(p, os.path.getsize(os.path.join(path, "large")))
    note(kind, p.poll() is not None)
    if kind == "client get":
        p.kill()
        p.wait()
        # A file that has its name is whole, whatever was cut off.
        for d, _, names in os.walk(target):
            for f in names:
                rel = os.path.relpath(os.path.join(d, f), target)
                want = os.path.join(path, rel)
                if os.path.exists(want) and \
                        read(want) != read(os.path.join(d, f)):
                    problem(n, "half a file has its name:", rel)
    else:
        hub.kill()
        hub.start()
        if p.wait(LIMIT) != 0:
            problem(n, "the client gave up on a get")
    r = alice.run("get", "-r", f":/{name}", target)
    if r.code != 0 or same_tree(path, target):
        problem(n, "get does not resume:", r, same_tree(path, target))
    shutil.rmtree(target, ignore_errors=True)


# How long such a put takes, so that kills fall into all of it.
calibration, typical_size = make_round("c")
begun = os.times().elapsed
alice.must("put", "-r", calibration, ":/rc")
typical = (os.times().elapsed - begun) * 1.1

kinds = ("client put", "hub put", "both put", "client get", "hub get",
         "hub stop")
last = calibration
for n in range(ROUNDS):
    kind = rng.choices(kinds, (30, 30, 12, 12, 12, 4))[0]
    if "get" in kind:
        round_get(n, kind, last)
    else:
        last = round_put(n, kind)
    if len(problems) > 5:
        break

diag(counts)
equal(problems, [], f"{ROUNDS} rounds without loss (seed {SEED})")
ok(ROUNDS < 50 or counts["untouched"] < ROUNDS // 2,
   "most kills met something under way", counts)
r = alice.run("get", "-r", ":/", back)
ok(r.code == 0, "all of it comes down at the end", r)
equal(same_tree(local, back), "", "and is the same")
equal(hub.stop(), 0, "the hub stops cleanly")
r = run([FSSD, "check", "--data", hub.data])
ok(r.code == 0, "and its store is whole", r)
finish()
