"""A big file with flat memory: the peak does not depend on its size.

512 MiB, or 4 GiB with FSS_TEST_BIG=1.  The bound is the same for both.
"""
import random

from common import *

SIZE = (4 << 30) if os.environ.get("FSS_TEST_BIG") == "1" else (512 << 20)
UNIT = 4 << 20
# What a hub or client may have at its peak, whatever the file: buffers of a
# few credit windows, SQLite's cache, the libraries; and what the C library
# keeps for the next message (64 MiB, see tune_memory()).
BOUND_KIB = 160 << 10
# Sanitizers keep shadow memory and freed blocks: no bound makes sense there.
MEASURE = not os.environ.get("FSS_SANITIZE")

free = shutil.disk_usage(TMP).free
if free < 3 * SIZE + (1 << 30):
    skip("a big file", f"needs {3 * SIZE >> 20} MiB in {TMP}")
    finish()
hub, alice = hub_with("alice")
rng = random.Random(11)
big = os.path.join(TMP, "big")
with open(big, "wb") as f:
    # Nearly half of it repeats, every eighth part is a hole: as in images.
    block = rng.randbytes(UNIT)
    for i in range(SIZE // UNIT):
        if i % 8 == 7:
            f.seek(UNIT, os.SEEK_CUR)
        else:
            f.write(block if i % 2 else rng.randbytes(UNIT))
    f.truncate(SIZE)


def measured(*args):
    """Runs fssctl; its sum and its peak memory in KiB."""
    p = spawn([FSSCTL, "--json", *args], env=alice.env,
              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    out = p.stdout.read()
    p.stdout.close()
    # wait4() tells the peak of exactly this child.
    _, status, usage = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    ok(p.returncode == 0, f"{args[0]} of {SIZE >> 20} MiB")
    return json.loads(out.splitlines()[-1]), usage.ru_maxrss


s, peak = measured("put", big, ":/big")
diag(f"up: {s}, client peak {peak >> 10} MiB")
ok(not MEASURE or peak < BOUND_KIB,
   f"client's memory going up stays below {BOUND_KIB >> 10} MiB", peak)
ok(s["wire_bytes"] < SIZE * 3 // 4, "what repeats is sent once", s)
alice.works("the same content under another name", "mv", ":/big", ":/big2")
back = os.path.join(TMP, "back")
s, peak = measured("get", ":/big2", back)
diag(f"down: {s}, client peak {peak >> 10} MiB")
ok(not MEASURE or peak < BOUND_KIB,
   f"client's memory coming down stays below {BOUND_KIB >> 10} MiB", peak)
r = run(["cmp", big, back])
ok(r.code == 0, "the same came back", r)
diag(f"hub: peak {hub.peak_kib() >> 10} MiB")
ok(not MEASURE or hub.peak_kib() < BOUND_KIB,
   f"the hub's memory stays below {BOUND_KIB >> 10} MiB", hub.peak_kib())
equal(hub.stop(), 0, "the hub stops cleanly")
finish()
