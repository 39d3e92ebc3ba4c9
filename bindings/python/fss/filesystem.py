"""fsspec's view of a hub: "fss://HOST:PORT/OWNER/path".

In such a URL the first part of the path is the account whose space it is,
"~" being one's own. Without a host, "fss:///OWNER/path", it is the hub of the
profile that fssctl keeps. A hub that is named must be known to that profile,
or its key is given, as key=; who one is there is said by identity= or by
username= and password=, or by token=.

>>> from fss.filesystem import FSSFileSystem
>>> fs = FSSFileSystem(address=hub.address, username="alice",
...                    password="correct horse battery")
>>> fs.ls("/alice/docs", detail=False)
['/alice/docs/a.txt', '/alice/docs/b.txt']
>>> with fs.open("/~/docs/b.txt", "rb") as f:
...     f.read(5)
b'bravo'
"""
import os
from datetime import datetime
from typing import Any, Dict, List, Optional, Tuple, Union

from fsspec import AbstractFileSystem
from fsspec.utils import stringify_path

from . import errors
from ._native import Local
from .client import Client
from .model import Entry
from .profile import Profile, key_format
from .types import Kind

__all__ = ["FSSFileSystem"]

PORT = 7047
TYPES = {Kind.DIR: "directory", Kind.FILE: "file", Kind.LINK: "link"}
PIECE = 1 << 20


def split_url(url: str) -> Tuple[str, Optional[int], str]:
    """Host, port and path of a URL; "#" and "?" are parts of names."""
    if not url.startswith("fss://"):
        return "", None, url
    place, _, path = url[len("fss://"):].partition("/")
    host, colon, port = place.rpartition(":")
    if not colon or place.endswith("]"):
        return place, None, "/" + path
    if not port.isdigit():
        raise errors.EINVAL(f"'{port}' is no port", f"'{url}'")
    return host, int(port), "/" + path


class FSSFileSystem(AbstractFileSystem):  # type: ignore[misc]
    """Files at a hub, for all that uses fsspec."""

    protocol = "fss"
    root_marker = "/"

    def __init__(self, host: str = "", port: Optional[int] = None, *,
                 address: Optional[str] = None, key: Optional[str] = None,
                 profile: Optional[str] = None, account: Optional[str] = None,
                 identity: Optional[bytes] = None,
                 username: Optional[str] = None,
                 password: Optional[str] = None,
                 token: Optional[str] = None, timeout: float = 30,
                 **more: Any) -> None:
        super().__init__(**more)
        self._place = f"fss://{host}:{port or PORT}" if host else ""
        self._address = address or (
            f"{self._place}#{key}" if key and host else None)
        self._profile = profile
        self._account = account
        self._identity = identity
        self._login = (username, password)
        self._token = token
        self._timeout = timeout
        self._made: Optional[Client] = None
        self._pid = 0

    # ---- the client -----------------------------------------------------

    @property
    def client(self) -> Client:
        """The client behind it; in a forked child another one."""
        if self._made is None or self._pid != os.getpid() or \
                self._made.closed:
            self._made = self._connect()
            self._pid = os.getpid()
        return self._made

    def _connect(self) -> Client:
        address = self._address
        if address is None:
            with Profile(self._profile) as p:
                here = p.hub.partition("#")[0]
                if not self._place or self._place == here:
                    return Client(profile=p, account=self._account,
                                  token=self._token, timeout=self._timeout)
                known = p.known(self._place)
            if known is None:
                raise errors.EHOSTKEY(
                    "its key is not known: give key=, or run fssctl connect",
                    f"cannot use '{self._place}'")
            address = f"{self._place}#{key_format(known)}"
        client = Client(address, identity=self._identity,
                        token=self._token, timeout=self._timeout)
        name, password = self._login
        if name is not None and password is not None:
            client.login(name, password)
        return client

    # ---- names ----------------------------------------------------------

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        if isinstance(path, list):
            return [cls._strip_protocol(p) for p in path]
        path = split_url(stringify_path(path))[2]
        return "/" + path.strip("/")

    @staticmethod
    def _get_kwargs_from_urls(path: str) -> Dict[str, Any]:
        host, port, _ = split_url(path)
        out: Dict[str, Any] = {"host": host} if host else {}
        if port is not None:
            out["port"] = port
        return out

    def _remote(self, path: str) -> str:
        """The remote path of one of fsspec; "" for the list of owners."""
        path = self._strip_protocol(path)
        owner, _, rest = path[1:].partition("/")
        if not owner:
            return ""
        return ("" if owner == "~" else owner) + ":/" + rest

    def _need(self, path: str) -> str:
        remote = self._remote(path)
        if not remote:
            raise errors.EPATH("the first part of a path is an account",
                               f"'{path}'")
        return remote

    def _info(self, name: str, entry: Entry) -> Dict[str, Any]:
        return {
            "name": name, "size": entry.size if entry.is_file() else 0,
            "type": TYPES.get(entry.kind, "other"), "mode": entry.mode,
            "mtime": entry.mtime_us / 1e6, "created": entry.created,
            "modified": entry.mtime, "digest": entry.digest,
            "version": entry.number, "media": entry.media,
            "islink": entry.is_link(), "state": entry.state.name.lower(),
        }

    # ---- looking --------------------------------------------------------

    def info(self, path: str, **_: Any) -> Dict[str, Any]:
        """All about an entry."""
        name = self._strip_protocol(path)
        remote = self._remote(name)
        if not remote or remote.endswith(":/"):
            if remote:
                self.client.stat(remote)
            return {"name": name, "size": 0, "type": "directory"}
        return self._info(name, self.client.stat(remote))

    def ls(self, path: str, detail: bool = True, **_: Any) -> List[Any]:
        """What is in a folder; at the root whose spaces one can look into."""
        name = self._strip_protocol(path)
        remote = self._remote(name)
        if not remote:
            owners = {self.client.whoami().name}
            owners.update(e.owner for e in self.client.shares())
            found: List[Dict[str, Any]] = [
                {"name": "/" + o, "size": 0, "type": "directory"}
                for o in sorted(owners)]
        else:
            base = "" if name == "/" else name
            try:
                found = [self._info(f"{base}/{e.name}", e)
                         for e in self.client.ls(remote)]
            except errors.ENOTDIR:
                found = [self.info(name)]
        return found if detail else sorted(f["name"] for f in found)

    def find(self, path: str, maxdepth: Optional[int] = None,
             withdirs: bool = False, detail: bool = False,
             **more: Any) -> Any:
        """All files below a folder, in one go."""
        remote = self._remote(path)
        if maxdepth is not None or not remote or more.get("prefix"):
            return super().find(path, maxdepth=maxdepth, withdirs=withdirs,
                                detail=detail, **more)
        name = self._strip_protocol(path)
        space = "/" + name[1:].partition("/")[0]
        out: Dict[str, Dict[str, Any]] = {}
        try:
            for e in self.client.walk(remote):
                if withdirs or not e.is_dir():
                    where = space + e.path
                    out[where] = self._info(where, e)
        except errors.ENOTDIR:
            out[name] = self.info(name)
        except errors.ENOENT:
            pass		# as other file systems do
        return dict(sorted(out.items())) if detail else sorted(out)

    def created(self, path: str) -> Optional[datetime]:
        """When the version was committed."""
        return self.client.stat(self._need(path)).created

    def modified(self, path: str) -> datetime:
        """When the content changed."""
        return self.client.stat(self._need(path)).mtime

    def checksum(self, path: str) -> str:
        """The digest of the content."""
        return self.client.stat(self._need(path)).digest

    def ukey(self, path: str) -> str:
        """What changes when the content does."""
        return self.checksum(path)

    # ---- content --------------------------------------------------------

    def _open(self, path: str, mode: str = "rb",
              block_size: Optional[int] = None, autocommit: bool = True,
              cache_options: Any = None, **more: Any) -> Any:
        if not autocommit:
            raise errors.ENOTSUP("a hub has no transactions over files")
        return self.client.open(self._need(path), mode, **more)

    def cat_file(self, path: str, start: Optional[int] = None,
                 end: Optional[int] = None, **_: Any) -> bytes:
        """The content of a file, or from start to end of it."""
        remote = self._need(path)
        if start is None and end is None:
            return self.client.read_bytes(remote)
        size = self.client.stat(remote).size
        first = 0 if start is None else start if start >= 0 else size + start
        last = size if end is None else end if end >= 0 else size + end
        return self.client.read_bytes(remote, offset=max(0, first),
                                      length=max(0, last - max(0, first)))

    def tail(self, path: str, size: int = 1024) -> bytes:
        """The last bytes of a file."""
        return self.cat_file(path, start=-size)

    def pipe_file(self, path: str, value: bytes, **_: Any) -> None:
        """Makes a file with this content."""
        self.client.write_bytes(self._need(path), value)

    def put_file(self, lpath: Local, rpath: str, callback: Any = None,
                 **_: Any) -> None:
        """Uploads a file."""
        if os.path.isdir(lpath):
            self.makedirs(rpath, exist_ok=True)
        else:
            self.client.put(lpath, self._need(rpath), recursive=False)

    def get_file(self, rpath: str, lpath: Local, callback: Any = None,
                 **_: Any) -> None:
        """Downloads a file."""
        if self.isdir(rpath):
            os.makedirs(lpath, exist_ok=True)
            return
        folder = os.path.dirname(os.fsdecode(lpath))
        if folder:
            os.makedirs(folder, exist_ok=True)
        self.client.get(self._need(rpath), lpath, recursive=False)

    def cp_file(self, path1: str, path2: str, **_: Any) -> None:
        """Copies by way of here; what the hub has is not stored twice."""
        if self.isdir(path1):
            self.makedirs(path2, exist_ok=True)
            return
        with self.client.open(self._need(path1), "rb", PIECE) as source, \
                self.client.open(self._need(path2), "wb", PIECE) as target:
            while True:
                piece = source.read(PIECE)
                if not piece:
                    break
                target.write(piece)

    # ---- changing -------------------------------------------------------

    def mkdir(self, path: str, create_parents: bool = True,
              **_: Any) -> None:
        """Makes a folder."""
        remote = self._need(path)
        if self.client.exists(remote):
            raise errors.EEXIST("", f"cannot make '{path}'")
        if not create_parents and not self.client.exists(
                self._need(self._parent(path))):
            raise errors.ENOENT("", f"cannot make '{path}'")
        self.client.mkdir(remote)

    def makedirs(self, path: str, exist_ok: bool = False) -> None:
        """Makes a folder, with those above."""
        if not exist_ok:
            self.mkdir(path)
        elif not self._need(path).endswith(":/"):
            self.client.mkdir(self._need(path))

    def rmdir(self, path: str) -> None:
        """Removes an empty folder."""
        self.client.remove(self._need(path))

    def rm_file(self, path: str) -> None:
        """Removes a file."""
        self.client.remove(self._need(path))

    _rm = rm_file

    def rm(self, path: Union[str, List[str]], recursive: bool = False,
           maxdepth: Optional[int] = None) -> None:
        """Removes entries, with all in them if told so."""
        for one in [path] if isinstance(path, str) else path:
            for found in self.expand_path(one) if "*" in one else [one]:
                self.client.remove(self._need(found), recursive=recursive)

    def mv(self, path1: str, path2: str, **_: Any) -> None:
        """Moves in one space; into another one it copies."""
        old, new = self._need(path1), self._need(path2)
        if old.partition(":")[0] == new.partition(":")[0]:
            self.client.move(old, new, replace=True)
        else:
            self.copy(path1, path2, recursive=True)
            self.rm(path1, recursive=True)

    move = mv
