#!/usr/bin/env python3
"""Prints what happens, as it happens: watch.py [KIND...]

KIND is presence, request, progress or file; by default all of them.  The
library makes a lost connection anew and goes on where it was; where something
may have been missed it says so.
"""
import sys
from datetime import datetime, timezone

import fss


def line(n: fss.News) -> str:
    """One line for people; names come from others, so they are quoted."""
    if n.kind is fss.NewsKind.PRESENCE and n.presence is not None:
        return f"{n.name} is {n.presence.name.lower()}"
    if n.kind is fss.NewsKind.REQUEST and n.request_state is not None:
        return (f"request {n.request} is {n.request_state.name.lower()}, "
                f"{n.path!r}")
    if n.kind is fss.NewsKind.PROGRESS:
        return f"request {n.request}: {n.bytes} bytes are at the hub"
    if n.kind is fss.NewsKind.FILE and n.what is not None:
        return f"{n.owner}: {n.what.name.lower()} {n.path!r}"
    return "something may have been missed" if n.afresh else \
        "something this program does not know"


def main() -> None:
    kinds = sys.argv[1:] or ["presence", "request", "progress", "file"]
    with fss.Client() as client:
        for n in client.events(kinds, listed=True):
            when = n.changed or datetime.now(timezone.utc)
            print(f"{when:%H:%M:%S}  {line(n)}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except (fss.Error, ValueError) as e:
        sys.exit(f"watch.py: {e}")
    except KeyboardInterrupt:
        sys.exit(130)
