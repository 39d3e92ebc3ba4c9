"""Remote files in asyncio, read and written piece by piece."""
from __future__ import annotations

from ctypes import byref, c_char, c_size_t, c_void_p, cast
from typing import TYPE_CHECKING, Any, AsyncIterator, Optional

from . import _abi, _calls, errors
from ._core import Call
from ._error import error
from ._loop import Looped, Op
from ._native import lib
from .path import Remote

if TYPE_CHECKING:
    from .model import Entry

PIECE = 1 << 18


class Reader:
    """A remote file, to be read; all bytes are of one version, verified.

    >>> async def main():
    ...     async with fss.aio.Client(hub.address) as c:
    ...         await c.login("alice", "correct horse battery")
    ...         async with c.reader(":/docs/a.txt") as f:
    ...             f.seek(2)
    ...             return f.entry.size, await f.read(3), await f.read()
    >>> asyncio.run(main())
    (6, b'pha', b'\\n')
    """

    def __init__(self, client: Looped, path: Remote, version: int) -> None:
        self._client = client
        self._path = path
        self._version = version
        self._entry: Optional[Entry] = None
        self._pos = 0
        self._op: Optional[Op] = None
        self._op_pos = 0

    @property
    def entry(self) -> Entry:
        """All about the file as it was opened."""
        if self._entry is None:
            raise errors.EINVAL("it is not open: use async with")
        return self._entry

    async def __aenter__(self) -> "Reader":
        entry = await self._client._one(_calls.stat(self._path,
                                                    self._version))
        if not entry.is_file():
            raise errors.EISDIR("", f"cannot read '{self._path}'")
        self._entry = entry
        return self

    async def __aexit__(self, *_: object) -> None:
        self._drop()
        self._entry = None

    def _drop(self) -> None:
        op, self._op = self._op, None
        if op is not None:
            self._client._drop(op)

    def tell(self) -> int:
        """Where the next byte comes from."""
        return self._pos

    def seek(self, offset: int) -> None:
        """Goes on from there, counted from the beginning."""
        if offset < 0:
            raise errors.EINVAL("an offset is not below 0")
        self._pos = offset

    async def read(self, size: int = -1) -> bytes:
        """So many bytes; fewer only at the end, b"" there."""
        left = max(0, self.entry.size - self._pos)
        want = left if size < 0 else min(size, left)
        if want == 0:
            return b""
        data = bytearray(want)
        done = 0
        while done < want:
            room = (c_char * (want - done)).from_buffer(data, done)
            done += await self._some(room, want - done)
            del room
        return bytes(data)

    async def _some(self, room: Any, want: int) -> int:
        if self._op is not None and self._op_pos != self._pos:
            self._drop()
        if self._op is None:
            entry = self.entry
            self._op = self._client._start(_calls.read(
                entry.remote, entry.number, self._pos, None))
            self._op_pos = self._pos
        core, n = self._client._core, c_size_t()
        while True:
            core.check_process()
            with core.lock:
                handle = core.live()
                code = lib.fss_op_read(handle, self._op.id, room, want,
                                       byref(n))
                failure = core.failure(handle, code)
            if code == 0 and n.value:
                self._pos += n.value
                self._op_pos = self._pos
                return n.value
            try:
                event = await self._client._next(self._op)
            except BaseException:
                self._drop()
                raise
            if event.type == _abi.EVENT_DONE:
                self._op = None
                raise error(event.error, event.detail,
                            f"cannot read '{self._path}'") \
                    if event.error else failure

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._pieces()

    async def _pieces(self) -> AsyncIterator[bytes]:
        while True:
            data = await self.read(PIECE)
            if not data:
                return
            yield data


class Writer:
    """A remote file, to be written: there, whole, when it is left.

    An exception in the with statement leaves what was there before.
    """

    def __init__(self, client: Looped, call: Call[Entry]) -> None:
        self._client = client
        self._call = call
        self._op: Optional[Op] = None
        #: the file that was made
        self.entry: Optional[Entry] = None

    async def __aenter__(self) -> "Writer":
        self._op = self._client._start(self._call)
        return self

    async def __aexit__(self, kind: Any, *_: object) -> None:
        if self._op is None:
            return
        try:
            if kind is None:
                await self._finish()
        finally:
            self.discard()

    def discard(self) -> None:
        """Gives it up: nothing becomes of what was written."""
        op, self._op = self._op, None
        if op is not None:
            self._client._drop(op)

    def _live(self) -> Op:
        if self._op is None:
            raise errors.EINVAL("it is not open: use async with",
                                self._call.what)
        return self._op

    async def write(self, data: bytes) -> None:
        """All of these bytes, once there is room for them."""
        op = self._live()
        view = memoryview(data).cast("B")
        room: Any = bytes(view) if view.readonly else \
            (c_char * len(view)).from_buffer(view)
        start = cast(room, c_void_p).value or 0
        core, done, n = self._client._core, 0, c_size_t()
        while done < len(view):
            core.check_process()
            with core.lock:
                code = lib.fss_op_write(core.live(), op.id, start + done,
                                        len(view) - done, byref(n))
            if code == 0 and n.value:
                done += n.value
                continue
            await self._event(op)

    async def _event(self, op: Op) -> None:
        try:
            event = await self._client._next(op)
        except BaseException:
            self.discard()
            raise
        if event.type == _abi.EVENT_DONE:
            self._op = None
            if event.error:
                raise error(event.error, event.detail, self._call.what)
            self.entry = event.rows[0]

    async def _finish(self) -> None:
        op, core = self._live(), self._client._core
        with core.lock:
            handle = core.live()
            code = lib.fss_op_finish(handle, op.id)
            failure = core.failure(handle, code, self._call.what)
        if code < 0:
            raise failure
        while self.entry is None:
            await self._event(op)
