"""Remote files as file objects.

RemoteReader and RemoteWriter are raw streams (io.RawIOBase); open_file() puts
the usual buffers and text wrappers of io around them.  A reader reads one
version, also when the file is replaced meanwhile.  What is written becomes a
file when the stream is closed, whole; a stream that is left by an exception,
or forgotten, leaves nothing.
"""
from __future__ import annotations

import codecs
import io
import warnings
from ctypes import byref, c_char, c_size_t, c_void_p, cast
from typing import IO, TYPE_CHECKING, Any, List, Optional, Union
from typing import cast as typed

from . import _abi, _calls, errors
from ._core import Core
from ._error import error
from ._native import lib
from ._wait import next_event
from .path import Remote

if TYPE_CHECKING:
    from .model import Entry
    from ._blocking import Blocking

BUFFER = 1 << 18
# What a read after a seek asks for at least, before it shows to go on.
FIRST = 1 << 17


class RemoteReader(io.RawIOBase):
    """A remote file, to be read; bytes come verified."""

    def __init__(self, client: "Blocking", entry: Entry) -> None:
        super().__init__()
        if not entry.is_file():
            raise errors.EISDIR("", f"cannot read '{entry.remote}'") \
                if entry.is_dir() else errors.ENOTSUP(
                    "links are not followed", f"cannot read '{entry.remote}'")
        self._client = client
        self._core: Core = client._core
        #: all about the file as it was opened
        self.entry = entry
        self.name = str(entry.remote)
        self.mode = "rb"
        self._pos = 0
        self._op = 0		# the read under way, 0 none
        self._op_pos = 0	# where it goes on
        self._op_end = 0
        self._streams = False	# the last read went on to its end

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        self._check()
        return self._pos

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._check()
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._pos,
                io.SEEK_END: self.entry.size}.get(whence)
        if base is None:
            raise ValueError(f"invalid whence ({whence})")
        if base + offset < 0:
            raise ValueError(f"negative position {base + offset}")
        self._pos = base + offset
        return self._pos

    def _check(self) -> None:
        if self.closed:
            raise ValueError("I/O operation on closed file")

    def _drop(self) -> None:
        op, self._op = self._op, 0
        if op:
            self._core.cancel(op)

    def _begin(self, want: int) -> None:
        """Asks for what is read next, and more once it goes on and on."""
        end = self.entry.size if self._streams or self._pos == 0 else \
            min(self.entry.size, self._pos + max(want, FIRST))
        self._call = _calls.read(self.entry.remote, self.entry.number,
                                 self._pos, end - self._pos)
        self._op = self._core.start(self._call)
        self._op_pos, self._op_end = self._pos, end

    def readinto(self, buffer: Any) -> int:
        self._check()
        view = memoryview(buffer).cast("B")
        left = self.entry.size - self._pos
        if left <= 0 or not len(view):
            return 0
        if self._op and self._op_pos != self._pos:
            self._drop()
            self._streams = False
        if not self._op:
            self._begin(len(view))
        want = min(len(view), left)
        room = (c_char * want).from_buffer(view)
        n = self._take(room, want)
        self._pos += n
        self._op_pos += n
        if self._op_pos == self._op_end:
            self._drop()
            self._streams = True
        return n

    def _take(self, room: Any, want: int) -> int:
        core, n = self._core, c_size_t()
        core.check_process()
        while True:
            with core.lock:
                handle = core.live()
                # What is asked for ahead is to go on while this is read.
                lib.fss_client_process(handle, 0)
                code = lib.fss_op_read(handle, self._op, room, want, byref(n))
                failure = core.failure(handle, code)
            if code == 0 and n.value:
                return n.value
            # Nothing yet, or a failure: an event tells.
            try:
                event = next_event(core, self._op, self._call,
                                   self._client._until())
            except BaseException:
                self._drop()
                raise
            if event.type == _abi.EVENT_DONE:
                self._op = 0
                raise error(event.error, event.detail,
                            f"cannot read '{self.name}'") \
                    if event.error else failure

    def readall(self) -> bytes:
        self._streams = True
        return self.read_up_to(self.entry.size)

    def read_up_to(self, length: int) -> bytes:
        """So many bytes, or what there is left."""
        self._check()
        data = bytearray(max(0, min(length, self.entry.size - self._pos)))
        view, at = memoryview(data), 0
        while at < len(data):
            n = self.readinto(view[at:])
            if n == 0:
                break
            at += n
        view.release()
        return bytes(data[:at])

    def close(self) -> None:
        # A buffer calls this from its finalizer, too.
        if not self.closed:
            super().close()
            self.__del__()

    def __del__(self) -> None:
        op, self._op = getattr(self, "_op", 0), 0
        if op:
            self._core.abandon(op)


class RemoteWriter(io.RawIOBase):
    """A remote file, to be written; it is there, whole, once closed."""

    def __init__(self, client: "Blocking", path: Remote, mode: int = 0o644,
                 mtime: Optional[_calls.Time] = None,
                 media: Optional[str] = None) -> None:
        super().__init__()
        self._client = client
        self._core: Core = client._core
        self.name = str(path)
        self.mode = "wb"
        self._op = 0
        self._pos = 0
        self._failed: Optional[BaseException] = None
        #: the file that was made, once it is closed
        self.entry: Optional[Entry] = None
        self._call = _calls.write(path, mode, mtime, media)
        self._op = self._core.start(self._call)

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._pos

    def write(self, data: Any) -> int:
        if self.closed:
            raise ValueError("I/O operation on closed file")
        if self._failed is not None:
            raise self._failed
        view = memoryview(data).cast("B")
        # To what may not be written to ctypes gives no address.
        room: Any = bytes(view) if view.readonly else \
            (c_char * len(view)).from_buffer(view)
        start = cast(room, c_void_p).value or 0
        core, done, n = self._core, 0, c_size_t()
        core.check_process()
        while done < len(view):
            with core.lock:
                code = lib.fss_op_write(core.live(), self._op, start + done,
                                        len(view) - done, byref(n))
            if code == 0 and n.value:
                done += n.value
                continue
            self._event()
        self._pos += done
        return done

    def _event(self) -> Optional[Entry]:
        """Waits for an event; the entry, if it was the last one."""
        try:
            event = next_event(self._core, self._op, self._call,
                               self._client._until())
        except BaseException:
            self.discard()
            raise
        if event.type != _abi.EVENT_DONE:
            return None
        self._op = 0
        if event.error:
            self._failed = error(event.error, event.detail, self._call.what)
            raise self._failed
        return typed("Entry", event.rows[0])

    def discard(self) -> None:
        """Gives it up: nothing becomes of what was written."""
        op, self._op = self._op, 0
        if self._failed is None:
            self._failed = errors.ECANCELED("the write was given up",
                                            self._call.what)
        if op and not self._core.closed:
            self._core.cancel(op)

    def close(self) -> None:
        """Makes it a file; raises what went wrong, once."""
        if self.closed:
            return
        try:
            if self._op:
                self._finish()
        finally:
            super().close()

    def _finish(self) -> None:
        core = self._core
        core.check_process()
        with core.lock:
            handle = core.live()
            code = lib.fss_op_finish(handle, self._op)
            failure = core.failure(handle, code, self._call.what)
        if code < 0:
            self.discard()
            raise failure
        while self.entry is None:
            self.entry = self._event()

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        if kind is not None:
            self.discard()
        self.close()

    def __del__(self) -> None:
        op, self._op = getattr(self, "_op", 0), 0
        if op:
            self._failed = errors.ECANCELED("it was not closed")
            self._core.abandon(op)
            warnings.warn(f"'{self.name}' was not closed and is not written",
                          ResourceWarning, source=self)


class _Guarded(io.BufferedWriter):
    """A buffer that writes nothing of what an exception interrupted."""

    def __init__(self, raw: RemoteWriter, size: int) -> None:
        super().__init__(raw, size)
        self._writer = raw

    @property
    def entry(self) -> Optional[Entry]:
        """The file that was made, once it is closed."""
        return self._writer.entry

    def discard(self) -> None:
        """Gives it up: nothing becomes of what was written."""
        self._writer.discard()
        try:
            self.close()
        except errors.ECANCELED:
            pass

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        if kind is not None:
            self.discard()
        self.close()

    def __del__(self) -> None:
        # close() would commit what nobody said was whole.
        if not self.closed:
            self._writer.__del__()
            try:
                self.close()
            except errors.Error:
                pass


class _GuardedText(io.TextIOWrapper):
    """Likewise, for text."""

    def __init__(self, buffer: _Guarded, *more: Any) -> None:
        super().__init__(buffer, *more)
        self._guarded = buffer

    def discard(self) -> None:
        """Gives it up: nothing becomes of what was written."""
        self._guarded._writer.discard()
        try:
            self.close()
        except errors.ECANCELED:
            pass

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        if kind is not None:
            self.discard()
        self.close()

    def __del__(self) -> None:
        if not self.closed:
            self._guarded._writer.__del__()
            try:
                self.close()
            except errors.Error:
                pass


def open_file(client: "Blocking", path: Remote, mode: str, buffering: int,
              encoding: Optional[str], errors_: Optional[str],
              newline: Optional[str], version: int, permissions: int,
              mtime: Optional[_calls.Time],
              media: Optional[str]) -> IO[Any]:
    """Client.open()."""
    kind = mode.replace("b", "").replace("t", "")
    binary = "b" in mode
    if kind not in ("r", "w") or len(set(mode)) != len(mode) or (
            binary and "t" in mode):
        raise ValueError(f"mode '{mode}': a remote file is opened to read "
                         "('r', 'rb') or to write anew ('w', 'wb')")
    if binary and (encoding or errors_ or newline):
        raise ValueError("encoding, errors and newline are for text")
    if buffering == 0 and not binary:
        raise ValueError("text cannot be unbuffered")
    if not binary:
        codecs.lookup(encoding or "utf-8")
        codecs.lookup_error(errors_ or "strict")
    size = BUFFER if buffering in (-1, 1) else buffering
    out: Union[io.IOBase, IO[Any]]
    if kind == "r":
        reader = RemoteReader(client, client._one(
            _calls.stat(path, version)))
        if buffering == 0:
            return typed(IO[Any], reader)
        # Of a small file no more than all of it.
        size = max(1, min(size, reader.entry.size or 1))
        out = io.BufferedReader(reader, size)
        return typed(IO[Any], out if binary else io.TextIOWrapper(
            out, encoding or "utf-8", errors_, newline))
    writer = RemoteWriter(client, path, permissions, mtime, media)
    if buffering == 0:
        return typed(IO[Any], writer)
    guarded = _Guarded(writer, size)
    return typed(IO[Any], guarded if binary else _GuardedText(
        guarded, encoding or "utf-8", errors_, newline))


__all__: List[str] = ["RemoteReader", "RemoteWriter"]
