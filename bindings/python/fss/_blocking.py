"""How the blocking client lives and waits; its operations are beside this.

_session.py, _entries.py, _transfers.py and _people.py each have a part of
them, client.py puts the parts together. What an operation is to the library
is in _calls.py.
"""
from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, Any, Callable, Generic, Iterator, List, \
    Optional, Sequence, TypeVar

from . import _abi, errors
from ._core import Call, Core, log_hook, milliseconds
from ._error import Error, error
from ._native import Local, local, text
from ._wait import FOREVER, next_event
from .profile import Profile
from .types import Registration

if TYPE_CHECKING:
    from .model import Item, News, Transfer

T = TypeVar("T")
B = TypeVar("B", bound="Blocking")
Progress = Callable[["Transfer"], object]
OnItem = Callable[["Item"], object]
OnNews = Callable[["News"], object]
# Failed items an exception carries at most: a folder may have millions.
ITEMS = 1000


def afresh() -> Any:
    """What says that something may have been missed."""
    from .model import News
    return News()


def failed(call: Call[Any], code: int, detail: str,
           items: Sequence[Item] = ()) -> Error:
    """The exception an operation ends with."""
    e = error(code, detail, call.what)
    e.items = items
    return e


class Rows(Generic[T]):
    """An iterator over rows, which asks for pages as they are needed.

    It gives up what it has not read when it is closed, or forgotten.
    """

    def __init__(self, client: "Blocking", call: Call[T],
                 types: Sequence[int] = (_abi.EVENT_ROWS,),
                 timeout: Optional[float] = None) -> None:
        self._core = client._core
        self._call = call
        self._types = types
        self._timeout = timeout
        self._client = client
        self._ready: List[T] = []
        #: Of a search that found nothing, once it is at its end: texts that
        #: may have been meant, best first.
        self.near: List[str] = []
        self._op = self._core.start(call)

    def __iter__(self) -> "Rows[T]":
        return self

    def __next__(self) -> T:
        while not self._ready:
            if not self._op:
                raise StopIteration
            self._page()
        return self._ready.pop()

    def _page(self) -> None:
        until = self._client._until()
        if self._timeout is not None:
            until = min(until, time.monotonic() + self._timeout)
        try:
            event = next_event(self._core, self._op, self._call, until)
        except errors.ETIMEDOUT:
            raise		# it may go on; nothing is lost
        except errors.EINVAL:
            if self._op:
                raise
            return		# another thread has closed it
        except BaseException:
            self.close()
            raise
        if event.type in self._types:
            self._ready = event.rows[::-1]
            if event.type == _abi.EVENT_AFRESH:
                self._ready.append(afresh())
        elif event.type == _abi.EVENT_DONE:
            self._op = 0
            if event.error:
                raise failed(self._call, event.error, event.detail)
            self._ready = event.rows[::-1]
            self.near = event.near

    def close(self) -> None:
        """Gives up the rest."""
        op, self._op = self._op, 0
        self._ready = []
        if op and not self._core.closed:
            self._core.cancel(op)

    def __enter__(self) -> "Rows[T]":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        op = getattr(self, "_op", 0)
        if op:
            self._core.abandon(op)


class Blocking:
    """A handle, and waiting for what is asked of it."""

    def __init__(self, address: Optional[str] = None, *,
                 identity: Optional[bytes] = None,
                 profile: Optional[Profile] = None,
                 account: Optional[str] = None,
                 token: Optional[str] = None,
                 device_name: Optional[str] = None,
                 connections: int = 0, timeout: Optional[float] = 30,
                 index: Optional[Local] = None, log: Any = None) -> None:
        own = None
        if address is None and profile is None:
            own = profile = Profile()
        self._timeout = timeout
        self._deadlines = threading.local()
        try:
            self._core = Core(
                address=address, identity=identity, profile=profile,
                account=account, token=token, device_name=device_name,
                connections=connections, timeout=timeout, index=index,
                log=log_hook(log))
        finally:
            if own is not None:
                own.close()

    # ---- life -----------------------------------------------------------

    def __enter__(self: B) -> B:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Says good-bye. What is under way is given up."""
        self._core.close()

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._core.closed

    @property
    def timeout(self) -> Optional[float]:
        """Seconds an operation may go without progress; None for ever.

        >>> client.timeout
        30
        >>> client.timeout = 60
        """
        return self._timeout

    @timeout.setter
    def timeout(self, seconds: Optional[float]) -> None:
        self._core.set("fss_client_set_timeout_ms", "cannot set the time-out",
                       milliseconds(seconds))
        self._timeout = seconds

    @contextlib.contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """Bounds what this thread does in it: ETIMEDOUT when time is up.

        >>> with client.deadline(20):
        ...     client.ping()
        """
        before = self._until()
        self._deadlines.until = min(before, time.monotonic() + seconds)
        try:
            yield
        finally:
            self._deadlines.until = before

    def _until(self) -> float:
        until: float = getattr(self._deadlines, "until", FOREVER)
        return until

    @property
    def account(self) -> str:
        """The account that is logged in, "" if none is or no line stands.

        >>> client.account
        'alice'
        """
        return str(self._core.ask("fss_client_account"))

    @property
    def inbox(self) -> Optional[int]:
        """How many requests waited for an answer at log-in, if known.

        It is known where this device's key was the log-in.
        """
        n: int = self._core.ask("fss_client_inbox")
        return None if n < 0 else n

    @property
    def hub_name(self) -> str:
        """As the hub calls itself, "" if it does not or no line stands."""
        return str(self._core.ask("fss_client_hub_name"))

    @property
    def registration(self) -> Optional[Registration]:
        """Who may register at the hub, if it is known.

        >>> client.hub_name, client.registration
        ('hub', <Registration.OPEN: 2>)
        """
        n: int = self._core.ask("fss_client_registration")
        return None if n < 0 else Registration(n)

    def set_device_name(self, name: str) -> None:
        """Says under which name this device is listed."""
        self._core.set("fss_client_set_device_name", "cannot use this name",
                       text(name))

    def set_index(self, file: Local) -> None:
        """Says where this device keeps what it announces."""
        self._core.set("fss_client_set_index", "cannot use this index",
                       local(file))

    # ---- waiting --------------------------------------------------------

    def _one(self, call: Call[T]) -> T:
        """Runs it to its end; the row it ends with."""
        rows = self._all(call)
        if not call.row:
            return None  # type: ignore[return-value]
        if not rows:
            raise failed(call, errors.EPROTO.code, "the hub sent nothing")
        status = getattr(rows[0], "status", None)
        if status is not None:
            raise failed(call, status.code, "")
        return rows[0]

    def _all(self, call: Call[T]) -> List[T]:
        op = self._core.start(call)
        try:
            while True:
                event = next_event(self._core, op, call, self._until())
                if event.type == _abi.EVENT_DONE:
                    op = 0
                    if event.error and not event.rows:
                        raise failed(call, event.error, event.detail)
                    return event.rows
        finally:
            if op:
                self._core.cancel(op)

    def _copy(self, call: Call[Any], progress: Optional[Progress],
              on_item: Optional[OnItem] = None,
              on_news: Optional[OnNews] = None) -> Transfer:
        """Runs a transfer to its end, telling of it."""
        op = self._core.start(call)
        items: List[Item] = []
        try:
            while True:
                event = next_event(self._core, op, call, self._until())
                if event.type == _abi.EVENT_ITEM:
                    for item in event.rows:
                        if item.error is not None and len(items) < ITEMS:
                            items.append(item)
                        if on_item is not None:
                            on_item(item)
                elif event.type == _abi.EVENT_NEWS and on_news is not None:
                    for news in event.rows:
                        on_news(news)
                elif event.type == _abi.EVENT_PROGRESS and \
                        progress is not None:
                    progress(event.transfer())
                elif event.type == _abi.EVENT_DONE:
                    op = 0
                    if event.error:
                        raise failed(call, event.error, event.detail, items)
                    if progress is not None:
                        progress(event.transfer())
                    return event.transfer()
        finally:
            if op:
                self._core.cancel(op)
