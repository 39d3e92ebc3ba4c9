"""A client handle, shared by the blocking client and the asyncio one.

A handle may be used by one thread at a time: every call of it happens under
one lock, which is never held while a thread waits for the descriptor.  What
the library hands out is valid until the next call on the handle, so events
are turned into Python objects before the lock is given up.

Two things run where they must not take the lock, for the garbage collector
can run anywhere, also between two calls that belong together: giving up an
operation nobody waits for any more.  Those are noted and done by the next
that has the lock.
"""
import atexit
import os
import threading
import weakref
from collections import deque
from ctypes import byref, c_uint64, c_void_p
from typing import TYPE_CHECKING, Any, Callable, Deque, Generic, List, \
    Optional, Tuple, TypeVar

from . import _abi, errors
from ._error import Error, error
from ._native import LOG_FN, key, lib, local, pair, text, to_text

if TYPE_CHECKING:
    from .model import Transfer

T = TypeVar("T")

class Call(Generic[T]):
    """An operation to be started: C function, arguments, what rows are.

    @row names a class of model.py, which is imported with the first row: it
    takes longer than all the rest. @copies: it has counters.
    """

    __slots__ = ("function", "args", "row", "what", "copies")

    def __init__(self, function: str, args: Tuple[Any, ...], row: str = "",
                 what: str = "", copies: bool = False) -> None:
        self.function = function
        self.args = args
        self.row = row
        self.what = what
        self.copies = copies


def near(event: c_void_p) -> List[str]:
    """What a search that found nothing may have meant."""
    texts: List[str] = []
    while True:
        value = lib.fss_event_near(event, len(texts))
        if value is None:
            return texts
        texts.append(to_text(value))


class Event:
    """One event of an operation, in Python's terms."""

    __slots__ = ("type", "error", "detail", "rows", "counts", "near")

    def __init__(self, kind: int, error: int, detail: str, rows: List[Any],
                 counts: "Optional[Transfer]" = None) -> None:
        self.type = kind
        self.error = error
        self.detail = detail
        self.rows = rows
        self.counts = counts
        self.near: List[str] = []

    def transfer(self) -> "Transfer":
        """The counters, which a transfer's PROGRESS and DONE have."""
        from .model import Transfer
        return self.counts or Transfer()


def reader(kind: int, row: str) -> Optional[Callable[[int], Any]]:
    """What makes Python objects of the rows of an event."""
    if kind == _abi.EVENT_NEWS:
        row = "News"
    elif kind == _abi.EVENT_ITEM:
        row = "Item"
    if not row:
        return None
    from . import model
    return getattr(model, row)._row  # type: ignore[no-any-return]


def setup(handle: c_void_p, address: Optional[str],
          identity: Optional[bytes], profile: Optional[Any],
          account: Optional[str], token: Optional[str],
          device_name: Optional[str],
          connections: int, timeout: Optional[float],
          index: Optional[Any], log: Optional[Any]) -> None:
    """Configures a new handle and opens it."""
    def check(code: int, what: str) -> None:
        if code < 0:
            raise error(code, to_text(lib.fss_client_errmsg(handle)), what)

    if token is not None and (identity is not None or account is not None):
        raise errors.EINVAL("a token says by itself whose it is: give no "
                            "identity and no account")
    if profile is not None and token is None:
        profile._apply(account, handle)
    elif profile is not None and address is None:
        # The hub only: the account's key would log in beside the token.
        address = profile.hub
    if address is not None:
        check(lib.fss_client_set_address(handle, text(address)),
              f"cannot use the address '{address}'")
    if identity is not None:
        check(lib.fss_client_set_identity(handle, key(identity)),
              "cannot use this key")
    if device_name is not None:
        check(lib.fss_client_set_device_name(handle, text(device_name)),
              "cannot use this name of the device")
    check(lib.fss_client_set_connections(handle, connections),
          f"cannot make {connections} connections")
    check(lib.fss_client_set_timeout_ms(handle, milliseconds(timeout)),
          "cannot set the time-out")
    if index is not None:
        check(lib.fss_client_set_index(handle, local(index)),
              f"cannot use the index '{index}'")
    if log is not None:
        check(lib.fss_client_set_log(handle, log[0], None, log[1]),
              "cannot log")
    check(lib.fss_client_open(handle), "cannot start to connect")
    if token is not None:
        person = c_uint64()
        check(lib.fss_client_person_new(handle, text(token, "a token"), None,
                                        byref(person)), "cannot log in")
        check(lib.fss_client_act_as(handle, person), "cannot log in")


def milliseconds(seconds: Optional[float]) -> int:
    """A time-out for the library, None for ever; never 0 by rounding."""
    if seconds is None:
        return -1
    if seconds <= 0:
        raise errors.EINVAL("a time-out is above 0 seconds, or None")
    return min(max(1, int(seconds * 1000)), 2 ** 31 - 1)


class Core:
    """One handle."""

    def __init__(self, **settings: Any) -> None:
        code, handle = pair(lib.fss_client_new)
        if code < 0:
            raise error(code, what="cannot make a client")
        self._handle: Optional[c_void_p] = handle
        self._pid = os.getpid()
        self.lock = threading.Lock()
        self.changed = threading.Condition(self.lock)
        self._unwanted: Deque[int] = deque()
        #: of the blocking client: the thread in poll(), and until when
        self.leader: Optional[int] = None
        self.leader_until = 0.0
        self._log = settings.get("log")  # must outlive the handle
        try:
            setup(handle, **settings)
            self.fd: int = lib.fss_client_fd(handle)
        except BaseException:
            self._handle = None
            lib.fss_client_free(handle)
            raise
        _open.add(self)

    # ---- with the lock --------------------------------------------------

    def live(self) -> c_void_p:
        """The handle, to be used while the lock is held."""
        handle = self._handle
        if handle is None:
            raise errors.ENOTCONN("the client is closed")
        while self._unwanted:
            self._end(handle, self._unwanted.popleft())
        return handle

    def _end(self, handle: c_void_p, op: int) -> None:
        """Cancels an operation and takes what is left of its events."""
        event = c_void_p()
        lib.fss_op_cancel(handle, op)
        while lib.fss_client_wait_op(handle, op, 0, byref(event)) == 1:
            pass

    def start_locked(self, call: Call[Any]) -> int:
        handle = self.live()
        op = c_uint64()
        code = getattr(lib, call.function)(handle, *call.args, None,
                                           byref(op))
        if code < 0:
            raise self.failure(handle, code, call.what)
        return op.value

    def failure(self, handle: c_void_p, code: int, what: str = "") -> Error:
        return error(code, to_text(lib.fss_client_errmsg(handle)), what)

    @staticmethod
    def event(event: c_void_p, call: Call[Any]) -> Event:
        """Copies an event; valid for ever."""
        kind = lib.fss_event_type(event)
        row = reader(kind, call.row)
        n = lib.fss_event_rows(event) if row is not None else 0
        copy = Event(kind, lib.fss_event_error(event),
                     to_text(lib.fss_event_detail(event)), [])
        if row is not None and n:
            copy.rows = [row(lib.fss_event_row(event, i)) for i in range(n)]
        if kind == _abi.EVENT_DONE:
            copy.near = near(event)
        if call.copies and kind in (_abi.EVENT_PROGRESS, _abi.EVENT_DONE):
            from .model import transfer
            copy.counts = transfer(event)
        return copy

    # ---- without it -----------------------------------------------------

    def check_process(self) -> None:
        """A handle is dead in a child process; so may be the lock."""
        if os.getpid() != self._pid:
            raise errors.EFORK("make another client in the child process")

    def start(self, call: Call[Any]) -> int:
        """Starts an operation."""
        self.check_process()
        with self.lock:
            return self.start_locked(call)

    def cancel(self, op: int) -> None:
        """Ends an operation; nothing more comes of it."""
        if os.getpid() != self._pid:
            return
        with self.lock:
            if self._handle is not None:
                self._end(self.live(), op)
                self.changed.notify_all()

    def abandon(self, op: int) -> None:
        """Likewise, from a finalizer: who runs it may hold the lock."""
        if os.getpid() != self._pid:
            return
        self._unwanted.append(op)
        if self.lock.acquire(False):
            try:
                if self._handle is not None:
                    self.live()
            finally:
                self.lock.release()

    def ask(self, function: str, *args: Any) -> Any:
        """Calls a getter or a setter of the handle."""
        self.check_process()
        with self.lock:
            value = getattr(lib, function)(self.live(), *args)
            return to_text(value) if isinstance(value, bytes) else value

    def set(self, function: str, what: str, *args: Any) -> None:
        """Calls a setter."""
        self.check_process()
        with self.lock:
            handle = self.live()
            code = getattr(lib, function)(handle, *args)
            if code < 0:
                raise self.failure(handle, code, what)

    @property
    def closed(self) -> bool:
        return self._handle is None

    def close(self) -> None:
        """Frees the handle; all that is under way is given up."""
        if os.getpid() != self._pid:
            # Closes descriptors; nobody else is in this process.
            handle, self._handle = self._handle, None
        else:
            with self.lock:
                handle, self._handle = self._handle, None
                self.changed.notify_all()
                # Who waits for the descriptor must not see it become
                # somebody else's.
                while handle is not None and self.leader not in (
                        None, threading.get_ident()):
                    lib.fss_client_wakeup(handle)
                    if not self.changed.wait(1):
                        break
        if handle is not None:
            lib.fss_client_free(handle)
        _open.discard(self)

    def __del__(self) -> None:
        handle = getattr(self, "_handle", None)
        if handle is not None:
            self._handle = None
            lib.fss_client_free(handle)


_open: "weakref.WeakSet[Core]" = weakref.WeakSet()


def _close_all() -> None:
    """At the end of the interpreter: other threads may be in the library."""
    for core in list(_open):
        core.close()


def log_hook(logger: Any) -> Any:
    """The library's log function for a logging.Logger, and its level."""
    if logger is None:
        return None
    import logging
    levels = (logging.ERROR, logging.WARNING, logging.INFO, logging.INFO,
              logging.DEBUG)

    def line(_: Any, n: int, module: bytes, message: bytes,
             more: bytes) -> None:
        logger.log(levels[n] if 0 <= n < len(levels) else logging.DEBUG,
                   "%s: %s %s", to_text(module), to_text(message),
                   to_text(more))

    return LOG_FN(line), 4 if logger.isEnabledFor(logging.DEBUG) else 3


atexit.register(_close_all)
