#!/usr/bin/env python3
"""Answers requests by rules of its own: answer.py MAX_BYTES ACCOUNT...

Says yes to who is named, for files up to that size, and leaves everything
else to the person.  What rules at the hub can say (by account, group, folder
and size) is better said there, for then it holds while nobody is connected;
a program like this one is for what they cannot.

One watch runs all the time.  It begins with the requests that are open, tells
of each new one, and goes on by itself when the line was away.
"""
import sys
from typing import Set

import fss


def wanted(request: fss.Request, limit: int, names: Set[str]) -> bool:
    """The rule: put your own here."""
    return (request.kind is fss.RequestKind.GET and
            request.asker in names and request.size <= limit)


def judge(client: fss.Client, number: int, limit: int,
          names: Set[str]) -> None:
    try:
        request = client.request(number)
        if fss.RequestEvent.APPROVE in request.may and \
                wanted(request, limit, names):
            client.approve(number)
            print(f"yes to {request.asker} for {request.remote}", flush=True)
    except (fss.errors.ENOENT, fss.errors.ESTATE):
        pass		# it was taken back, or answered elsewhere


def main() -> int:
    if len(sys.argv) < 3 or not sys.argv[1].isdigit():
        print("usage: answer.py MAX_BYTES ACCOUNT...", file=sys.stderr)
        return 2
    limit, names = int(sys.argv[1]), set(sys.argv[2:])
    with fss.Client() as client:
        for news in client.events(["request"], listed=True):
            if news.request is not None and not news.mine and \
                    news.request_state in (fss.RequestState.OPEN,
                                           fss.RequestState.SEEN):
                judge(client, news.request, limit, names)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except fss.Error as e:
        sys.exit(f"answer.py: {e}")
    except KeyboardInterrupt:
        sys.exit(130)
