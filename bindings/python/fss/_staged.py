"""Uploads in parts, which outlive the network, the program and the hub.

What is sent becomes durable at the hub now and then and at the end of each
append(); from there anybody of the account goes on, with the very content of
an upload in one piece.  Upload blocks, AsyncUpload is for asyncio.
"""
from __future__ import annotations

from ctypes import byref, c_char, c_size_t, c_void_p, cast
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Iterator, Optional, Protocol, Union

from . import _abi, _calls_hub, errors
from ._blocking import Blocking, failed
from ._core import Core, Event
from ._native import lib
from ._wait import next_event
from .model import Entry, StagedUpload

if TYPE_CHECKING:
    from ._core import Call
    from ._loop import Looped, Op

PIECE = 1 << 18


class Readable(Protocol):
    """A binary file object, as far as it is needed."""

    def read(self, size: int = ..., /) -> Optional[bytes]:
        """At most so many bytes; none at the end."""


#: Bytes, or a file object that is read from where it stands.
Source = Union[bytes, bytearray, memoryview, Readable]


def pieces(source: Source) -> Iterator[memoryview]:
    """What there is to be sent."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        view = memoryview(source).cast("B")
        # Of each piece what is not taken at once may be copied.
        yield from (view[i:i + PIECE] for i in range(0, len(view), PIECE))
        return
    while True:
        data = source.read(PIECE)
        if not isinstance(data, (bytes, bytearray)):
            raise TypeError("a file to be uploaded is opened in binary mode")
        if not data:
            return
        yield memoryview(data)


class _Upload:
    """What both have."""

    def __init__(self, state: StagedUpload) -> None:
        #: how it stood when it was last heard of; refresh() asks the hub
        self.state = state
        #: the file that was made, once append() has come to the end
        self.entry: Optional[Entry] = None

    @property
    def id(self) -> str:
        """What Client.resume_upload() takes."""
        return self.state.id

    @property
    def offset(self) -> int:
        """Where append() goes on: bytes that the hub keeps."""
        return self.state.offset

    @property
    def size(self) -> int:
        """Bytes of the whole file."""
        return self.state.size

    def __repr__(self) -> str:
        return f"<upload {self.id} of {self.state.remote}, " \
               f"{self.offset} of {self.size} bytes>"

    def _call(self) -> Call[Union[StagedUpload, Entry]]:
        return _calls_hub.stage_append(self.id, self.offset)

    def _ended(self, event: Event, call: Call[Any]) -> Optional[Entry]:
        """Takes what append() came to."""
        if event.error:
            raise failed(call, event.error, event.detail)
        if not event.rows:
            raise failed(call, errors.EPROTO.code, "the hub sent nothing")
        row = event.rows[0]
        if isinstance(row, StagedUpload):
            self.state = row
            return None
        self.entry = row
        self.state = replace(self.state, offset=self.size,
                             version=row.version)
        return self.entry


class _Sender:
    """Hands bytes to an operation as it takes them."""

    def __init__(self, core: Core, op: int, call: Call[Any]) -> None:
        self._core = core
        self._op = op
        self._call = call

    def some(self, view: memoryview) -> int:
        """How many of them it took; 0: an event says when there is more."""
        # To what may not be written to ctypes gives no address.
        room: Any = bytes(view) if view.readonly else \
            (c_char * len(view)).from_buffer(view)
        n = c_size_t()
        self._core.check_process()
        with self._core.lock:
            handle = self._core.live()
            code = lib.fss_op_write(handle, self._op, cast(
                room, c_void_p).value or 0, len(view), byref(n))
            if code == errors.ETOOBIG.code:
                raise self._core.failure(handle, code, self._call.what)
        return n.value if code == 0 else 0

    def finish(self) -> None:
        self._core.check_process()
        with self._core.lock:
            # An error: it has ended already, and an event says how.
            lib.fss_op_finish(self._core.live(), self._op)


class Upload(_Upload):
    """An upload in parts; see Client.begin_upload()."""

    def __init__(self, client: Blocking, state: StagedUpload) -> None:
        super().__init__(state)
        self._client = client

    def refresh(self) -> StagedUpload:
        """Asks the hub how far it is, as after a failed append()."""
        self.state = self._client._one(_calls_hub.stage_stat(self.id))
        return self.state

    def append(self, source: Source) -> Optional[Entry]:
        """Sends more of it, from .offset on; the entry, if it is complete.

        A file is read from where it stands to its end: seek(upload.offset)
        first. Where it fails, what was durable at the hub stays; refresh(),
        then go on. ECONFLICT: somebody else has gone on with it.
        """
        call, core = self._call(), self._client._core
        op = core.start(call)
        try:
            sender, end = _Sender(core, op, call), None
            for view in pieces(source):
                while view and end is None:
                    n = sender.some(view)
                    view = view[n:]
                    if n == 0:
                        end = self._event(op, call)
                if end is not None:
                    break
            else:
                sender.finish()
            while end is None:
                end = self._event(op, call)
            op = 0
            return self._ended(end, call)
        finally:
            if op and not core.closed:
                core.cancel(op)

    def _event(self, op: int, call: Call[Any]) -> Optional[Event]:
        event = next_event(self._client._core, op, call,
                           self._client._until())
        return event if event.type == _abi.EVENT_DONE else None

    def abort(self) -> None:
        """Gives it up; what had arrived is forgotten."""
        self._client._one(_calls_hub.stage_remove(self.id))


class AsyncUpload(_Upload):
    """An upload in parts; see aio.Client.begin_upload()."""

    def __init__(self, client: Looped, state: StagedUpload) -> None:
        super().__init__(state)
        self._client = client

    async def refresh(self) -> StagedUpload:
        """Asks the hub how far it is, as after a failed append()."""
        self.state = await self._client._one(_calls_hub.stage_stat(self.id))
        return self.state

    async def append(self, source: Source) -> Optional[Entry]:
        """Sends more of it, from .offset on; the entry, if it is complete.

        Files are read in the loop, a piece at a time.
        """
        call = self._call()
        op = self._client._start(call)
        try:
            sender, end = _Sender(self._client._core, op.id, call), None
            for view in pieces(source):
                while view and end is None:
                    n = sender.some(view)
                    view = view[n:]
                    if n == 0:
                        end = await self._event(op)
                if end is not None:
                    break
            else:
                sender.finish()
            while end is None:
                end = await self._event(op)
            return self._ended(end, call)
        finally:
            self._client._drop(op)

    async def _event(self, op: Op) -> Optional[Event]:
        event = await self._client._next(op)
        return event if event.type == _abi.EVENT_DONE else None

    async def abort(self) -> None:
        """Gives it up; what had arrived is forgotten."""
        await self._client._one(_calls_hub.stage_remove(self.id))
