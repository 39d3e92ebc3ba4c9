"""Remote paths in the manner of pathlib.

RemotePath is pure: it takes text apart and asks nobody.  What Client.path()
gives can do things as well, as pathlib.Path does.

The library says what a path may be and refuses the others; here only what
would make two texts for one path is evened out: "//", a "/" at the end, and
forms of Unicode other than NFC.
"""
from typing import TYPE_CHECKING, Any, IO, Iterator, List, Optional, \
    Sequence, Tuple, TypeVar, Union

from . import errors

if TYPE_CHECKING:
    from .client import Client
    from .model import Entry
    from .types import Access

__all__ = ["BoundPath", "Remote", "RemotePath"]

P = TypeVar("P", bound="RemotePath")


def _parts(text: str) -> Tuple[str, ...]:
    if not text.isascii():
        import unicodedata
        text = unicodedata.normalize("NFC", text)
    parts = tuple(p for p in text.split("/") if p)
    for part in parts:
        if part in (".", ".."):
            raise errors.EPATH(f"'{part}' is no name", f"'{text}'")
        if "\0" in part:
            raise errors.EPATH("a name has a NUL character")
    return parts


class RemotePath:
    """Somebody's space and a path in it: "alice:/music", ":/x" in one's own.

    >>> p = fss.RemotePath("alice:/music/song.tar.gz")
    >>> p.owner, p.name, p.stem, p.suffix, p.suffixes
    ('alice', 'song.tar.gz', 'song.tar', '.gz', ['.tar', '.gz'])
    >>> p.parent / "other" / "a.txt"
    RemotePath('alice:/music/other/a.txt')
    >>> p.relative_to("alice:/music")
    'song.tar.gz'
    >>> fss.RemotePath(":/a//b/") == fss.RemotePath(":/", "a", "b")
    True
    """

    __slots__ = ("_owner", "_parts")
    _owner: str
    _parts: Tuple[str, ...]

    def __init__(self, path: "Remote" = ":/", *more: str) -> None:
        if isinstance(path, RemotePath):
            self._owner, self._parts = path._owner, path._parts
        elif isinstance(path, str):
            owner, colon, rest = path.partition(":")
            if not colon or "/" in owner:
                raise errors.EINVAL(
                    "a remote path is written OWNER:/PATH or :/PATH",
                    f"'{path}'")
            self._owner, self._parts = owner, _parts(rest)
        else:
            raise TypeError("a remote path is text or a RemotePath, not "
                            f"{type(path).__name__}")
        for text in more:
            self._parts = self._joined(text)

    def _joined(self, text: str) -> Tuple[str, ...]:
        if not isinstance(text, str):
            raise TypeError("only text can be joined to a remote path")
        parts = _parts(text)
        return parts if text.startswith("/") else self._parts + parts

    def _make(self: P, parts: Tuple[str, ...]) -> P:
        """One of the same space."""
        new = object.__new__(type(self))
        new._owner, new._parts = self._owner, parts
        return new

    def __fss_path__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        return f"{self._owner}:{self.path}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __hash__(self) -> int:
        return hash((self._owner, self._parts))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RemotePath):
            return NotImplemented
        return (self._owner, self._parts) == (other._owner, other._parts)

    def __lt__(self, other: "RemotePath") -> bool:
        if not isinstance(other, RemotePath):
            return NotImplemented
        return (self._owner, self._parts) < (other._owner, other._parts)

    def __truediv__(self: P, text: str) -> P:
        return self._make(self._joined(text))

    @property
    def owner(self) -> str:
        """The account whose space it is in; "" for one's own."""
        return self._owner

    @property
    def path(self) -> str:
        """The path in that space, from its "/" on."""
        return "/" + "/".join(self._parts)

    @property
    def parts(self) -> Tuple[str, ...]:
        """The names in it."""
        return self._parts

    @property
    def name(self) -> str:
        """The last name; "" for a whole space."""
        return self._parts[-1] if self._parts else ""

    @property
    def suffix(self) -> str:
        """From the last dot of the name on, if it is not its first sign."""
        dot = self.name.rfind(".")
        return self.name[dot:] if 0 < dot < len(self.name) - 1 else ""

    @property
    def suffixes(self) -> List[str]:
        """All of them."""
        if self.name.endswith("."):
            return []
        return ["." + s for s in self.name.lstrip(".").split(".")[1:]]

    @property
    def stem(self) -> str:
        """The name without its suffix."""
        return self.name[:len(self.name) - len(self.suffix)]

    @property
    def parent(self: P) -> P:
        """The folder it is in; of a whole space itself."""
        return self._make(self._parts[:-1])

    @property
    def parents(self: P) -> Sequence[P]:
        """All the folders above, the nearest first."""
        return [self._make(self._parts[:n])
                for n in range(len(self._parts) - 1, -1, -1)]

    def joinpath(self: P, *more: str) -> P:
        """As with "/": one after the other."""
        new = self
        for text in more:
            new = new / text
        return new

    def with_name(self: P, name: str) -> P:
        """Another name in the same folder.

        >>> fss.RemotePath(":/a/b.txt").with_name("c")
        RemotePath(':/a/c')
        """
        parts = _parts(name)
        if not self._parts or len(parts) != 1 or "/" in name:
            raise errors.EPATH(f"'{name}' is no name for '{self}'")
        return self._make(self._parts[:-1] + parts)

    def with_stem(self: P, stem: str) -> P:
        """Another name with the same suffix."""
        return self.with_name(stem + self.suffix)

    def with_suffix(self: P, suffix: str) -> P:
        """The same name with another suffix, or with none."""
        if suffix and (not suffix.startswith(".") or suffix == "."):
            raise errors.EPATH(f"'{suffix}' is no suffix")
        return self.with_name(self.stem + suffix)

    def is_relative_to(self, other: "Remote") -> bool:
        """Whether it is at or below the other.

        >>> fss.RemotePath(":/ab").is_relative_to(":/a")
        False
        """
        base = RemotePath(other)
        return (self._owner == base._owner and
                self._parts[:len(base._parts)] == base._parts)

    def relative_to(self, other: "Remote") -> str:
        """What is to be joined to the other to get here."""
        base = RemotePath(other)
        if not self.is_relative_to(base):
            raise errors.EPATH(f"'{self}' is not below '{base}'")
        return "/".join(self._parts[len(base._parts):])

    def match(self, pattern: str) -> bool:
        """Whether the last names are like this, with *, ? and [...].

        >>> fss.RemotePath(":/a/b.txt").match("a/*.txt")
        True
        """
        import fnmatch
        wanted = [p for p in pattern.split("/") if p]
        if not wanted:
            raise errors.EINVAL("a pattern is empty")
        if len(wanted) > len(self._parts) or (
                pattern.startswith("/") and len(wanted) != len(self._parts)):
            return False
        return all(fnmatch.fnmatchcase(n, p) for n, p in
                   zip(self._parts[-len(wanted):], wanted))


Remote = Union[str, RemotePath]


class BoundPath(RemotePath):
    """A remote path that knows its client: pathlib.Path for a hub.

    >>> notes = client.path(":/notes")
    >>> (notes / "a.txt").write_text("one\\n")
    4
    >>> (notes / "a.txt").read_text()
    'one\\n'
    >>> [p.name for p in notes.iterdir()]
    ['a.txt']
    >>> notes.remove(recursive=True)
    >>> notes.exists()
    False
    """

    __slots__ = ("_client",)
    _client: "Client"

    def __init__(self, client: "Client", path: Remote = ":/",
                 *more: str) -> None:
        super().__init__(path, *more)
        self._client = client

    def _make(self, parts: Tuple[str, ...]) -> "BoundPath":
        new = super()._make(parts)
        new._client = self._client
        return new

    def stat(self, *, version: int = 0) -> "Entry":
        """All about it."""
        return self._client.stat(self, version=version)

    def exists(self) -> bool:
        """Whether there is something one may see."""
        return self._client.exists(self)

    def is_dir(self) -> bool:
        """Whether it is a folder."""
        return self.exists() and self.stat().is_dir()

    def is_file(self) -> bool:
        """Whether it is a file."""
        return self.exists() and self.stat().is_file()

    def iterdir(self) -> Iterator["BoundPath"]:
        """What is in the folder."""
        for entry in self._client.ls(self):
            yield self / entry.name

    def rglob(self, pattern: str) -> Iterator["BoundPath"]:
        """All below it that match."""
        for entry in self._client.walk(self):
            found = BoundPath(self._client, f"{self._owner}:{entry.path}")
            if found.match(pattern):
                yield found

    def open(self, mode: str = "r", buffering: int = -1,
             encoding: Optional[str] = None, errors: Optional[str] = None,
             newline: Optional[str] = None, *, version: int = 0) -> IO[Any]:
        """A file object, see Client.open()."""
        return self._client.open(self, mode, buffering, encoding, errors,
                                 newline, version=version)

    def read_bytes(self) -> bytes:
        """The whole content."""
        return self._client.read_bytes(self)

    def read_text(self, encoding: str = "utf-8",
                  errors: str = "strict") -> str:
        """The whole content as text."""
        return self.read_bytes().decode(encoding, errors)

    def write_bytes(self, data: bytes) -> int:
        """Makes it a file with this content."""
        self._client.write_bytes(self, data)
        return len(data)

    def write_text(self, data: str, encoding: str = "utf-8",
                   errors: str = "strict") -> int:
        """Makes it a file with this text."""
        self.write_bytes(data.encode(encoding, errors))
        return len(data)

    def mkdir(self) -> None:
        """Makes it a folder, with those above."""
        self._client.mkdir(self)

    def rename(self, target: Remote, *, replace: bool = False) -> "BoundPath":
        """Moves it; what it is called then."""
        self._client.move(self, target, replace=replace)
        return BoundPath(self._client, target)

    def remove(self, *, recursive: bool = False) -> None:
        """Removes it."""
        self._client.remove(self, recursive=recursive)

    unlink = remove

    def set_access(self, access: "Union[Access, str]") -> None:
        """Says what people without a grant may do with it."""
        self._client.set_access(self, access)
