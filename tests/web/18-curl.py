"""Runs the shell session of docs/web-api.md as it stands there.

The document has one block marked as tested; HUB, TOKEN and CERTIFICATE are
what a reader puts in.  Each line that begins with "$ " is run by a shell, in
one folder; what the document shows after it has to come, "..." standing for
anything.
"""
import os
import re
import subprocess

from common_api import (SOURCE, TMP, equal, finish, ok, setting_with)

hub, web, people, (alice, bob) = setting_with("alice", "bob")
token = alice.post("/tokens", label="curl", scopes=[
    "read", "write", "people"]).json["token"]

with open(os.path.join(SOURCE, "docs", "web-api.md")) as f:
    block = re.search(r"<!-- tested -->\n```\n(.*?)```", f.read(), re.S)
ok(block, "docs/web-api.md has the session")
env = dict(os.environ, HUB=web.origin, TOKEN=token,
           CURL_CA_BUNDLE=os.path.join(web.data, "cert.pem"))
folder = os.path.join(TMP, "curl")
os.makedirs(folder)

steps = re.findall(r"^\$ (.*(?:\n> .*)*)\n((?:(?!\$ ).*\n)*)",
                   block.group(1), re.M)
ok(len(steps) >= 8, f"{len(steps)} steps")
for command, shown in steps:
    command = command.replace("\n> ", "\n")
    p = subprocess.run(["bash", "-c", command], env=env, cwd=folder,
                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT, timeout=600)
    got = p.stdout.decode("utf-8", "replace")
    want = "".join(re.escape(s) if i % 2 == 0 else ".*?" for i, s in
                   enumerate(re.split(r"(\.\.\.)", shown.strip())))
    ok(re.fullmatch(want, got.strip(), re.S),
       command.splitlines()[0][:70], f"exit {p.returncode}", got[:1500],
       "the document shows:", shown)
equal(web.stop(), 0, "the front end ends")
finish()
