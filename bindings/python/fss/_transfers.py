"""Content, to the hub and from it."""
from __future__ import annotations

from typing import TYPE_CHECKING, IO, Any, Optional

from . import _calls, _calls_hub
from ._blocking import Blocking, OnItem, OnNews, Progress, Rows
from ._calls import Time
from ._native import Local
from .files import RemoteReader, RemoteWriter, open_file
from .path import Remote

if TYPE_CHECKING:
    from ._staged import Upload
    from .model import Entry, StagedUpload, Transfer


class Transfers(Blocking):
    """Content, to the hub and from it."""

    def put(self, source: Local, target: Remote, *, recursive: bool = True,
            checksum: bool = False, progress: Optional[Progress] = None,
            on_item: Optional[OnItem] = None) -> Transfer:
        """Uploads a file, link or folder; only what the hub lacks is sent.

        `checksum` reads even what looks unchanged. `progress` is called with
        a Transfer now and then and at the end; `on_item` with every Item.
        An exception in either ends the upload. Where items failed, EPARTIAL
        is raised, which has them as .items.

        >>> t = client.put(tmp / "tree", ":/tree")
        >>> t.files_done, t.bytes_done
        (2, 12)
        >>> client.put(tmp / "tree", ":/tree").unchanged
        2
        """
        return self._copy(_calls.put(source, target, recursive, checksum,
                                     on_item is not None), progress, on_item)

    def get(self, source: Remote, target: Local, *, version: int = 0,
            recursive: bool = True, checksum: bool = False,
            safe_links: bool = False, progress: Optional[Progress] = None,
            on_item: Optional[OnItem] = None) -> Transfer:
        """Downloads a file or folder: verified, put in place when whole.

        `safe_links` leaves out links that lead outside; for the rest see
        put().

        >>> client.get(":/docs", tmp / "copy").files_done
        2
        >>> (tmp / "copy" / "a.txt").read_text()
        'alpha\\n'
        """
        return self._copy(_calls.get(source, target, version, recursive,
                                     checksum, on_item is not None,
                                     safe_links), progress, on_item)

    def fetch(self, source: Remote, target: Local, *,
              note: Optional[str] = None, checksum: bool = False,
              progress: Optional[Progress] = None,
              on_item: Optional[OnItem] = None,
              on_news: Optional[OnNews] = None) -> Transfer:
        """Downloads a file, asking and waiting for it if need be.

        `on_news` is called with what becomes of the request. No time-out
        applies while it waits; deadline() does.

        >>> bob.fetch("alice:/docs/a.txt", tmp / "mine").files_done
        1
        """
        return self._copy(_calls.fetch(source, target, note, checksum,
                                       on_item is not None),
                          progress, on_item, on_news)

    def open(self, path: Remote, mode: str = "r", buffering: int = -1,
             encoding: Optional[str] = None, errors: Optional[str] = None,
             newline: Optional[str] = None, *, version: int = 0,
             permissions: int = 0o644, mtime: Optional[Time] = None,
             media: Optional[str] = None) -> IO[Any]:
        """A remote file as a file object: 'r', 'rb', 'w' or 'wb'.

        What is read is one version, verified; seeking costs a round trip.
        What is written is a file once it is closed: an exception in a with
        statement, or discard(), leaves what was there. Text is UTF-8 unless
        told otherwise.

        >>> with client.open(":/note", "w") as f:
        ...     f.write("hello\\n")
        6
        >>> with client.open(":/note", "rb") as f:
        ...     f.seek(2), f.read(3)
        (2, b'llo')
        >>> client.remove(":/note")
        """
        return open_file(self, path, mode, buffering, encoding, errors,
                         newline, version, permissions, mtime, media)

    def read_bytes(self, path: Remote, *, version: int = 0, offset: int = 0,
                   length: Optional[int] = None) -> bytes:
        """The content of a file, or a part of it.

        >>> client.read_bytes(":/docs/a.txt", offset=2, length=3)
        b'pha'
        """
        with RemoteReader(self, self._one(_calls.stat(path, version))) as f:
            f.seek(offset)
            return f.readall() if length is None else f.read_up_to(length)

    def write_bytes(self, path: Remote, data: bytes, *,
                    permissions: int = 0o644, mtime: Optional[Time] = None,
                    media: Optional[str] = None) -> Entry:
        """Makes a file with this content."""
        with RemoteWriter(self, path, permissions, mtime, media) as f:
            f.write(data)
        assert f.entry is not None  # close() raises otherwise
        return f.entry

    def begin_upload(self, path: Remote, size: int, *,
                     permissions: int = 0o644, mtime: Optional[Time] = None,
                     media: Optional[str] = None, meta: Optional[str] = None,
                     request: int = 0) -> Upload:
        """Begins an upload in parts: gone on with from wherever it stands.

        The hub keeps what has arrived for a day after the last byte, over
        any end of the network, the program or the hub itself. The file is
        there once its last byte is. `meta` is any text to be given back,
        `request` an upload that was asked for and approved.

        >>> u = client.begin_upload(":/parts", 10)
        >>> u.append(b"first")
        >>> u = client.resume_upload(u.id)		# another day
        >>> u.offset
        5
        >>> u.append(b"other").size
        10
        >>> client.read_bytes(":/parts")
        b'firstother'
        """
        from ._staged import Upload
        return Upload(self, self._one(_calls_hub.stage_new(
            path, size, permissions, mtime, media, meta, request)))

    def resume_upload(self, upload: str) -> Upload:
        """An upload by its id, to go on with."""
        from ._staged import Upload
        return Upload(self, self._one(_calls_hub.stage_stat(upload)))

    def uploads(self) -> Rows[StagedUpload]:
        """One's uploads in parts that are not complete, oldest first.

        >>> u = client.begin_upload(":/more", 3, meta="mine")
        >>> [(str(s.remote), s.meta) for s in client.uploads()]
        [('alice:/more', 'mine')]
        >>> u.abort()
        """
        return Rows(self, _calls_hub.stages())
