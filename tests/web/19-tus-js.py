"""tus-js-client, a client that knows nothing of us, uploads and goes on."""
import json
import os
import random
import shutil
import subprocess

from common_api import *		# noqa: F403
from common_api import (BUILD, SOURCE, TMP, equal, finish, ok, run,
                        setting_with, write)

# ---- the client, from its lock file ----------------------------------------

place = os.path.join(BUILD, "tus-js")
os.makedirs(place, exist_ok=True)
for name in ("package.json", "package-lock.json", "upload.mjs"):
    shutil.copy(os.path.join(SOURCE, "tests", "web", "tus", name), place)
stamp = os.path.join(place, "installed")
with open(os.path.join(place, "package-lock.json")) as f:
    lock = f.read()
if not os.path.exists(stamp) or open(stamp).read() != lock:
    r = run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
            cwd=place)
    if r.code != 0:
        raise RuntimeError(str(r))
    write(stamp, lock)

hub, web, people, (alice,) = setting_with("alice")
rng = random.Random(int(os.environ.get("FSS_TEST_SEED", "3")))
token = alice.post("/tokens", label="tus", scopes=["read", "write"]).json["token"]


def client(file, path, chunk, stop=None, token=token, **env):
    args = ["node", "upload.mjs", web.origin + "/api/v1/uploads", token, file,
            path, str(chunk)] + ([str(stop)] if stop else [])
    return subprocess.Popen(args, cwd=place, stdout=subprocess.PIPE,
                            env=dict(os.environ, NODE_EXTRA_CA_CERTS=os.path
                                     .join(web.data, "cert.pem"), **env))


def told(p, stop=None):
    """What it says, until its end or until it has said @stop."""
    said = []
    for line in p.stdout:
        said.append(json.loads(line))
        if stop is not None and stop in said[-1]:
            return said
    equal(p.wait(), 0, "the client ends well")
    return said


data = rng.randbytes((10 << 20) + 12345)
file = write(os.path.join(TMP, "file"), data)

said = told(client(file, ":/whole.bin", 1 << 20))
ok("done" in said[-1], "uploads in parts of 1 MiB", said[-3:])
equal(len([s for s in said if "taken" in s]), 11, "eleven of them")
ok(alice.download(":/whole.bin").body == data, "byte for byte")
equal(alice.get("/entry", path=":/whole.bin").json["media"],
      "application/x-test", "with its type")

said = told(client(file, ":/later.bin", 1 << 20, stop=3 << 20))
ok("stopped" in said[-1], "a client that stops", said[-3:])
url = next(s["url"] for s in said if "url" in s)
equal(web.stop(), 0, "the front end ends meanwhile")
hub.kill()
hub.start()
web.start()
while alice.get("/session").status in (503, 504):
    pass
said = told(client(file, ":/later.bin", 1 << 20, UPLOAD_URL=url))
ok("done" in said[-1] and said[0].get("taken", 9 << 20) > 3 << 20 or
   len([s for s in said if "taken" in s]) <= 8, "goes on, later", said[:2])
ok(alice.download(":/later.bin").body == data, "to the same file")

# A token that may not read, and parts that end in the middle of chunks.
writes = alice.post("/tokens", label="drop", scopes=["write"]).json["token"]
told(client(file, ":/written.bin", 333333, stop=3 << 20, token=writes))
row = [r for r in alice.all("/uploads") if r["path"] == "/written.bin"][0]
said = told(client(file, ":/written.bin", 333333, token=writes,
                   UPLOAD_URL=f"{web.origin}/api/v1/uploads/{row['stage']}"))
ok("done" in said[-1] and alice.download(":/written.bin").body == data,
   "goes on without being able to read", said[-3:])

# The hub goes in the middle: the client tries again by itself.
p = client(file, ":/hub.bin", 1 << 20)
said = told(p, stop="taken")
hub.kill()
hub.start()
said += told(p)
ok("done" in said[-1], "through the end of the hub", said[-3:])
ok(alice.download(":/hub.bin").body == data, "to the same file")

said = told(client(file, ":/never.bin", 1 << 20, stop=1 << 20))
url = next(s["url"] for s in said if "url" in s)
said = told(client(file, "-", 1, TERMINATE=url))
equal(said, [{"terminated": True}], "gives one up")
ok("/never.bin" not in [r["path"] for r in alice.all("/uploads")],
   "and it is gone")
finish()
