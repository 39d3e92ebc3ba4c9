"""Waiting for an operation, so that Ctrl-C is heeded at once.

The library has calls that wait; but a signal does not end them.  Here it is
Python's own poll() that waits, without the lock and without the GIL, and the
library is called when there is something to do.

Of several threads that share a client, one waits for the descriptor, the
leader; the others wait to be told that something was taken in.
"""
import select
import threading
import time
from ctypes import byref, c_void_p
from typing import Any

from . import errors
from ._core import Call, Core, Event
from ._native import lib

FOREVER = float("inf")
# Then followers look themselves: a second Ctrl-C can end a leader in the one
# line where it says that it is none any more.
PATIENCE = 0.5


def next_event(core: Core, op: int, call: Call[Any],
               until: float = FOREVER) -> Event:
    """The next event of an operation; ETIMEDOUT past @until (monotonic)."""
    event = c_void_p()
    me = threading.get_ident()
    core.check_process()
    while True:
        with core.lock:
            handle = core.live()
            code = lib.fss_client_wait_op(handle, op, 0, byref(event))
            if code == 1:
                return core.event(event, call)
            if code != errors.ETIMEDOUT.code:
                raise core.failure(handle, code, "cannot wait")
            now = time.monotonic()
            if now >= until:
                raise errors.ETIMEDOUT("the time that was set ran out")
            ms = lib.fss_client_timeout_ms(handle)
            mine = min(until, FOREVER if ms < 0 else now + ms / 1000)
            if core.leader not in (None, me):
                # Two in poll() would not do: who is woken second finds the
                # descriptor as the first has left it, and sleeps on.
                if mine < core.leader_until:
                    lib.fss_client_wakeup(handle)
                core.changed.wait(min(PATIENCE, until - now))
                continue
            core.leader, core.leader_until = me, mine
        try:
            poll(core.fd, mine - now)
        finally:
            with core.lock:
                core.leader = None
                core.changed.notify_all()


def poll(fd: int, seconds: float) -> None:
    """Waits for the descriptor; a signal handler may raise."""
    p = select.poll()
    p.register(fd, select.POLLIN)
    p.poll(None if seconds == FOREVER else max(0, seconds) * 1000 + 0.5)
