#!/usr/bin/env python3
"""Searching as one does in a notebook: search.py WORDS...

Cells of a notebook, one after the other: what is there, how much of it, who
has it, and the newest of it in memory.
"""
# %% Connect; hub and account are those of fssctl
import collections
import sys

import fss

if len(sys.argv) < 2:
    sys.exit("usage: search.py WORDS...")
words = " ".join(sys.argv[1:])
client = fss.Client()

# %% All files that match, as a list
files = [e for e in client.find(words, kind="file", limit=1000)]
print(f"{len(files)} files, {sum(e.size for e in files)} bytes")

# %% By owner and state
table = collections.Counter((e.owner, e.state.name.lower()) for e in files)
for (owner, state), count in sorted(table.items()):
    print(f"{owner:12} {state:10} {count:6}")

# %% The newest that can be read, without a file of one's own
readable = [e for e in files if e.state is fss.State.STORED and
            (e.rights & fss.Right.READ or e.may_read)]
if readable:
    newest = max(readable, key=lambda e: e.mtime_us)
    head = client.read_bytes(newest.remote, version=newest.number, length=60)
    print(newest.remote, newest.mtime.isoformat(timespec="seconds"))
    print(head)

# %% What others have and one may ask for
for e in files:
    if e not in readable:
        print("to be asked for:", e.remote)

client.close()
