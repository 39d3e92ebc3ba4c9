"""The manual pages of the programs have every verb, option and setting.

Read from the tables the programs themselves go by.
"""
import os
import re
import sys

ROOT = os.environ.get("FSS_SOURCE_DIR") or os.path.dirname(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
problems = []


def text(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as f:
        return f.read()


def need(cond, what):
    if not cond:
        problems.append(what)


manual = text("docs", "man", "fssctl.1")
json_docs = text("docs", "fssctl-json.md")
verbs = re.findall(r'(?m)^\t\{ "(\w+)", "', text("fssctl", "verbs.c"))
need(len(verbs) > 25, f"only {len(verbs)} verbs were found")
for verb in verbs:
    need(re.search(rf"(?m)^\.(It )?Cm {verb}\b", manual),
         f"fssctl.1 has no verb {verb}")
    need(re.search(rf"`{verb}[` ]", json_docs) or f"`{verb}" in json_docs,
         f"fssctl-json.md has no verb {verb}")
options = re.findall(r'(?m)^\tX\(\w+, "([a-z-]+)",', text("fssctl", "options.h"))
need(len(options) > 30, f"only {len(options)} options were found")
for option in options:
    need(f"Fl -{option}" in manual or f", Fl -{option}" in manual,
         f"fssctl.1 has no option --{option}")

manual = text("docs", "man", "fssd.8")
source = text("fssd", "main.c")
for option in re.findall(r'(?m)^\t\{ "([a-z-]+)", (?:required|no)_arg', source):
    if option not in ("help", "version"):
        need(f"Fl -{option}" in manual, f"fssd.8 has no option --{option}")
commands = re.findall(r'strcmp\(command, "([a-z-]+)"\)', source)
need(len(commands) > 4, "the commands of fssd were not found")
for command in commands:
    need(re.search(rf"(?m)^\.It Cm {command}\b", manual),
         f"fssd.8 has no command {command}")

manual = text("docs", "man", "fssd.conf.5")
settings = re.findall(r'(?m)^\t\{ "(\w+)", "(\w+)", K_',
                      text("fssd", "config.c"))
need(len(settings) > 10, "the settings of fssd were not found")
marked = {m[1]: ".Em Live" in m[2] for m in re.finditer(
    r"(?ms)^\.It Ic (\w+)$(.*?)(?=^\.It Ic |^\.S[sh] )", manual)}
for key, live in re.findall(r'(?s)\n\t\{ "\w+", "(\w+)", K_\w+,\s*(true|false)',
                            text("fssd", "config.c")):
    need(marked.get(key) == (live == "true"),
         f"fssd.conf.5 is wrong about whether {key} is live")
for section, key in settings:
    need(re.search(rf"(?m)^\.Ss {section}$", manual),
         f"fssd.conf.5 has no section {section}")
    need(re.search(rf"(?m)^\.It Ic {key}$", manual),
         f"fssd.conf.5 has no setting {key}")

manual = text("docs", "man", "fssweb.8")
source = text("fssweb", "launch", "main.c")
for option in re.findall(r'(?m)^\t\{ "([a-z-]+)", (?:required|no)_arg', source):
    if option not in ("help", "version"):
        need(f"Fl -{option}" in manual, f"fssweb.8 has no option --{option}")
commands = re.findall(r'\{ "([a-z-]+)", cmd_', source)
need(len(commands) == 3, "the commands of fssweb were not found")
for command in commands:
    need(re.search(rf"(?m)^\.It Cm {command}\b", manual),
         f"fssweb.8 has no command {command}")
settings = re.findall(r'(?m)^\t\{ "(\w+)", "(\w+)", K_',
                      text("fssweb", "settings.c"))
need(len(settings) > 10, "the settings of fssweb were not found")
for section, key in settings:
    need(re.search(rf"(?m)^\.Ss {section}$", manual),
         f"fssweb.8 has no section {section}")
    need(re.search(rf"(?m)^\.It Ic {key}$", manual),
         f"fssweb.8 has no setting {key}")

# Exit statuses: the table of errors against the manual.
manual = text("docs", "man", "fssctl.1")
statuses = set(re.findall(r"(?m)^\tX\(E\w+, -\d+, \"[^\"]*\", \d+, (\d+)\)",
                          text("include", "fss", "error.h")))
need(len(statuses) > 5, "the table of errors was not found")
for status in statuses:
    need(re.search(rf"(?m)^\.It {status}$", manual),
         f"fssctl.1 does not explain exit status {status}")

for p in problems:
    print(p)
sys.exit(1 if problems else 0)
