"""How the asyncio client lives: one handle in an event loop.

The descriptor of the handle is watched by add_reader() and its time-out kept
by call_later(); each turn lets the library work for a while, then hands the
events to the operations they are of. An operation that is not listened to is
held (fss_op_hold()), so what waits in memory is bounded whatever others do.
"""
from __future__ import annotations

import asyncio
from collections import deque
from ctypes import byref, c_void_p
from typing import TYPE_CHECKING, Any, Deque, Dict, Generic, List, Optional, \
    Sequence, TypeVar

from . import _abi, errors
from ._blocking import ITEMS, OnItem, OnNews, Progress, afresh, failed
from ._core import Call, Core, Event, log_hook, milliseconds
from ._native import Local, lib, local, text
from .profile import Profile
from .types import Registration

if TYPE_CHECKING:
    from .model import Item, News, Transfer

T = TypeVar("T")
L = TypeVar("L", bound="Looped")
# Pieces of work in one turn: what a turn takes, others in the loop wait.
BUDGET = 8
# Events of an operation nobody has taken yet, before it is held.
AHEAD = 2
LISTS = (_abi.EVENT_ROWS, _abi.EVENT_ITEM, _abi.EVENT_NEWS,
         _abi.EVENT_AFRESH)


class Op:
    """An operation under way and its events."""

    __slots__ = ("id", "call", "events", "waiter", "held", "done")

    def __init__(self, number: int, call: Call[Any]) -> None:
        self.id = number
        self.call = call
        self.events: Deque[Event] = deque()
        self.waiter: Optional["asyncio.Future[None]"] = None
        self.held = False
        self.done = False

    def wake(self) -> None:
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(None)


class Looped:
    """A handle that lives in the event loop it was made in."""

    def __init__(self, address: Optional[str] = None, *,
                 identity: Optional[bytes] = None,
                 profile: Optional[Profile] = None,
                 account: Optional[str] = None,
                 token: Optional[str] = None,
                 device_name: Optional[str] = None,
                 connections: int = 0, timeout: Optional[float] = 30,
                 index: Optional[Local] = None, log: Any = None) -> None:
        self._loop = asyncio.get_running_loop()
        own = None
        if address is None and profile is None:
            own = profile = Profile()
        self._timeout = timeout
        try:
            self._core = Core(
                address=address, identity=identity, profile=profile,
                account=account, token=token, device_name=device_name,
                connections=connections, timeout=timeout, index=index,
                log=log_hook(log))
        finally:
            if own is not None:
                own.close()
        self._ops: Dict[int, Op] = {}
        self._stopped = False
        self._timer: Optional[asyncio.Handle] = None
        self._timer_at = 0.0
        self._loop.add_reader(self._core.fd, self._turn)
        self._turn()

    # ---- life -----------------------------------------------------------

    async def __aenter__(self: L) -> L:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Says good-bye; what is under way ends with ECANCELED."""
        if self._stopped:
            await self._loop.run_in_executor(None, self._core.close)
            return
        self._stop(errors.ECANCELED.code, "the client was closed")
        # It may take a quarter of a second.
        await self._loop.run_in_executor(None, self._core.close)

    def _stop(self, code: int, why: str) -> None:
        """Nothing comes any more: tells all who wait."""
        self._stopped = True
        self._loop.remove_reader(self._core.fd)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        ops, self._ops = self._ops, {}
        for op in ops.values():
            op.events.append(Event(_abi.EVENT_DONE, code, why, []))
            op.done = True
            op.wake()

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._core.closed

    @property
    def timeout(self) -> Optional[float]:
        """Seconds an operation may go without progress; None for ever."""
        return self._timeout

    @timeout.setter
    def timeout(self, seconds: Optional[float]) -> None:
        self._core.set("fss_client_set_timeout_ms", "cannot set the time-out",
                       milliseconds(seconds))
        self._timeout = seconds
        self._turn()

    @property
    def account(self) -> str:
        """The account that is logged in, "" if none is or no line stands."""
        return str(self._core.ask("fss_client_account"))

    @property
    def inbox(self) -> Optional[int]:
        """How many requests waited for an answer at log-in, if known."""
        n: int = self._core.ask("fss_client_inbox")
        return None if n < 0 else n

    @property
    def hub_name(self) -> str:
        """As the hub calls itself, "" if it does not or no line stands."""
        return str(self._core.ask("fss_client_hub_name"))

    @property
    def registration(self) -> Optional[Registration]:
        """Who may register at the hub, if it is known."""
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

    # ---- the loop -------------------------------------------------------

    def _turn(self) -> None:
        """Lets the library work, hands out events, sets the timer."""
        core, event = self._core, c_void_p()
        if core.closed:
            return
        core.check_process()
        with core.lock:
            handle = core.live()
            code = lib.fss_client_process(handle, BUDGET)
            while code >= 0 and \
                    lib.fss_client_next(handle, byref(event)) == 1:
                op = self._ops.get(lib.fss_event_op(event))
                if op is not None:
                    self._hand(handle, op, core.event(event, op.call))
            ms = lib.fss_client_timeout_ms(handle)
            failure = core.failure(handle, code) if code < 0 else None
        if failure is not None:
            self._stop(failure.code, str(failure))
        else:
            self._wake_in(ms)

    def _hand(self, handle: c_void_p, op: Op, event: Event) -> None:
        op.events.append(event)
        if event.type == _abi.EVENT_DONE:
            op.done = True
            del self._ops[op.id]
        elif event.type in LISTS and len(op.events) >= AHEAD:
            op.held = lib.fss_op_hold(handle, op.id, 1) == 0
        op.wake()

    def _wake_in(self, ms: int) -> None:
        if ms == 0:
            # The descriptor is ready as well; this is for loops that look
            # at it rarely.
            if self._timer is not None:
                self._timer.cancel()
            self._timer_at = 0.0
            self._timer = self._loop.call_soon(self._turn)
            return
        at = self._loop.time() + ms / 1000
        if self._timer is not None:
            # One that comes too early sets it anew.
            if ms > 0 and self._timer_at > self._loop.time() and \
                    self._timer_at <= at:
                return
            self._timer.cancel()
            self._timer = None
        if ms > 0:
            self._timer_at = at
            self._timer = self._loop.call_at(at, self._turn)

    # ---- operations -----------------------------------------------------

    def _start(self, call: Call[Any]) -> Op:
        if asyncio.get_running_loop() is not self._loop:
            raise RuntimeError("the client belongs to another event loop")
        if self._stopped:
            raise errors.ENOTCONN("the client is closed", call.what)
        op = Op(self._core.start(call), call)
        self._ops[op.id] = op
        return op

    def _drop(self, op: Op) -> None:
        """Cancels what is not done; nothing more comes of it."""
        if not op.done:
            op.done = True
            self._ops.pop(op.id, None)
            if not self._core.closed:
                self._core.cancel(op.id)

    def _forget(self, op: Op) -> None:
        """Likewise, from a finalizer."""
        if not op.done:
            op.done = True
            self._ops.pop(op.id, None)
            self._core.abandon(op.id)

    async def _next(self, op: Op) -> Event:
        """The next event of an operation, one task at a time."""
        while not op.events:
            if op.done:
                raise errors.EINVAL("the operation is over")
            if op.waiter is not None:
                raise RuntimeError("another task waits for this operation")
            op.waiter = self._loop.create_future()
            try:
                await op.waiter
            finally:
                op.waiter = None
        event = op.events.popleft()
        if op.held and not op.events:
            op.held = False
            with self._core.lock:
                lib.fss_op_hold(self._core.live(), op.id, 0)
        return event

    async def _all(self, call: Call[T]) -> List[T]:
        op = self._start(call)
        try:
            while True:
                event = await self._next(op)
                if event.type == _abi.EVENT_DONE:
                    if event.error and not event.rows:
                        raise failed(call, event.error, event.detail)
                    return event.rows
        finally:
            self._drop(op)

    async def _one(self, call: Call[T]) -> T:
        rows = await self._all(call)
        if not call.row:
            return None  # type: ignore[return-value]
        if not rows:
            raise failed(call, errors.EPROTO.code, "the hub sent nothing")
        status = getattr(rows[0], "status", None)
        if status is not None:
            raise failed(call, status.code, "")
        return rows[0]

    async def _copy(self, call: Call[Any], progress: Optional[Progress],
                    on_item: Optional[OnItem] = None,
                    on_news: Optional[OnNews] = None) -> Transfer:
        op = self._start(call)
        items: List[Item] = []
        try:
            while True:
                event = await self._next(op)
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
                    if event.error:
                        raise failed(call, event.error, event.detail, items)
                    if progress is not None:
                        progress(event.transfer())
                    return event.transfer()
        finally:
            self._drop(op)


class Rows(Generic[T]):
    """An asynchronous iterator over rows; pages are asked for as needed.

    With `async with` it gives up the rest at once when it is left, else when
    it is forgotten.
    """

    def __init__(self, client: Looped, call: Call[T],
                 types: Sequence[int] = (_abi.EVENT_ROWS,)) -> None:
        self._client = client
        self._call = call
        self._types = types
        self._ready: List[T] = []
        #: Of a search that found nothing, once it is at its end: texts that
        #: may have been meant, best first.
        self.near: List[str] = []
        self._over = False
        self._op = client._start(call)

    def __aiter__(self) -> "Rows[T]":
        return self

    async def __anext__(self) -> T:
        while not self._ready:
            if self._over:
                raise StopAsyncIteration
            event = await self._client._next(self._op)
            if event.type in self._types:
                self._ready = event.rows[::-1]
                if event.type == _abi.EVENT_AFRESH:
                    self._ready.append(afresh())
            elif event.type == _abi.EVENT_DONE:
                self._over = True
                if event.error:
                    raise failed(self._call, event.error, event.detail)
                self._ready = event.rows[::-1]
                self.near = event.near
        return self._ready.pop()

    async def aclose(self) -> None:
        """Gives up the rest."""
        self._over = True
        self._ready = []
        self._client._drop(self._op)

    async def __aenter__(self) -> "Rows[T]":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __del__(self) -> None:
        op = getattr(self, "_op", None)
        if op is not None:
            self._client._forget(op)
