"""A real tree: /usr/share up, down by somebody else, and up again.

FSS_TEST_TREE names another folder.
"""
from common import *

TREE = os.environ.get("FSS_TEST_TREE", "/usr/share")
total = files = 0
for d, dirs, names in os.walk(TREE):
    for n in names:
        st = os.lstat(os.path.join(d, n))
        files += 1
        total += st.st_size
free = shutil.disk_usage(TMP).free
if free < 3 * total:
    skip(f"{TREE} up and down", f"needs {3 * total >> 20} MiB in {TMP}")
    finish()
diag(f"{TREE}: {files} files, {total >> 20} MiB")

hub, alice, bob = hub_with("alice", "bob")
s = alice.json("put", "-r", TREE, ":/share")[-1]
diag(f"up: {s}")
equal((s["status"], s["failed"]), ("FSS_OK", 0), "all goes up")
alice.must("access", ":/share", "open")
back = os.path.join(TMP, "back")
s = bob.json("get", "-r", "alice:/share", back)[-1]
diag(f"down: {s}")
equal((s["status"], s["failed"]), ("FSS_OK", 0), "all comes down")
equal(same_tree(TREE, back), "", "diff finds no difference")
s = alice.json("put", "-r", TREE, ":/share")[-1]
diag(f"again: {s}")
equal((s["wire_bytes"], s["failed"]), (0, 0), "a second put sends no content")
diag(f"hub: peak {hub.peak_kib() >> 10} MiB")
equal(hub.stop(), 0, "the hub stops cleanly")
finish()
