"""Runs one browser test: a hub, its front end with the built page, and node.

The script SCRIPT.mjs gets all it needs to know as JSON in FSS_SETTING and
prints TAP.  Lines it prints that begin with "!" are for us: a hub is killed
or started, a front end too, fssctl is run for somebody; the answer goes to its
standard input as one line of JSON.  All processes are ours and end with us.
"""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE)))
from common_api import (PASSWORD, SOURCE, TMP, Person, folder,  # noqa: E402
                        setting_with, spawn)
import common			# noqa: E402

ui = os.environ.get("FSS_UI") or os.path.join(SOURCE, "build", "ui")
if not os.path.exists(os.path.join(ui, "index.html")):
    print(f"Bail out! there is no page in {ui}: build the target ui first")
    sys.exit(1)

script = os.path.join(HERE, sys.argv[1])
with open(script) as f:
    first = f.readline()
# The first line of a script may say who is there: "// people: alice bob".
names = first.split(":")[1].split() if first.startswith("// people:") \
    else ["alice"]
hub, web, people, browsers = setting_with(*names, web_settings={
    "web.ui": ui, "log.level": "warn", "log.access": "off"})
by_name = {p.name: p for p in people}


def command(args):
    """What a script asks for; something for it to know."""
    what = args[0]
    if what == "invite":
        return people[0].json("invite")[0]["code"]
    if what == "hub" and args[1] == "kill":
        return hub.kill()
    if what == "hub" and args[1] == "start":
        hub.start()
        return None
    if what == "web" and args[1] == "stop":
        return web.stop()
    if what == "web" and args[1] == "start":
        web.start()
        return None
    if what == "agent":
        by_name[args[1]].spawn("agent")	# ends with all else
        return None
    if what == "fssctl":
        # A profile of their own for those who signed up in the browser.
        name = args[1]
        if name not in by_name:
            by_name[name] = p = Person(name)
            p.must("connect", hub.address)
            p.must("login", name, "--password-stdin", stdin=PASSWORD + "\n")
        return by_name[name].json(*args[2:])
    raise RuntimeError(f"no such command: {args}")


node = spawn([os.environ.get("FSS_NODE", "node"), script], text=True,
             stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(
                 os.environ, FSS_SETTING=json.dumps({
                     "origin": web.origin, "port": web.port, "tmp": TMP,
                     "password": PASSWORD, "work": folder("work"),
                     "people": names})))
for line in node.stdout:
    if not line.startswith("!"):
        print(line, end="", flush=True)
        continue
    try:
        answer = {"value": command(json.loads(line[1:]))}
    except Exception as e:		# the script tells where it stood
        answer = {"error": str(e)}
    node.stdin.write(json.dumps(answer) + "\n")
    node.stdin.flush()
# The script has said its own plan; what is left for inspection goes by that.
failed = node.wait()
common.end_hubs()
common._failed += failed
common._finished = True
sys.exit(1 if common._failed else 0)
