"""What the hub answers with, as dataclasses.

A class is filled from the fields of a row that it names; the library's table
of fields (fss/row.h) has their units.  Times are kept as they come, in
microseconds since 1970 UTC, in attributes that end with _us; the same name
without it gives a datetime.  An attribute that is Optional is None where the
hub did not send it; others are then "" or 0.
"""
import ctypes
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta, timezone
from typing import Any, Callable, Dict, FrozenSet, List, Optional, Sequence, \
    Tuple, Type, TypeVar

from . import _abi
from ._error import Error, error
from ._native import lib
from .path import RemotePath
from .types import Access, AuditWhat, Change, Kind, NewsKind, Presence, \
    RequestEvent, RequestKind, RequestReason, RequestState, Right, Role, \
    State, Verdict

__all__ = ["Account", "AuditLine", "Device", "Entry", "Grant", "GroupMember",
           "Holder", "Invite", "Item", "News", "Person", "Request", "Rule",
           "Transfer"]

T = TypeVar("T")
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
FIRST = datetime(1, 1, 1, tzinfo=timezone.utc)
LAST = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=timezone.utc)


def moment(us: int) -> datetime:
    """A time of the hub; one no datetime can hold is the nearest."""
    try:
        return EPOCH + timedelta(microseconds=us)
    except OverflowError:
        return LAST if us > 0 else FIRST


def microseconds(when: datetime) -> int:
    """A time for the hub; without a zone it is local time."""
    return (when.astimezone(timezone.utc) - EPOCH) // timedelta(microseconds=1)


class When:
    """A property that gives the datetime of an attribute in microseconds."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name + "_us"
        self.__doc__ = f"{self.name} as a datetime, None where there is none."

    def __get__(self, row: object,
                owner: Optional[type] = None) -> Optional[datetime]:
        us = getattr(row, self.name, 0)
        return moment(us) if us else None


def _bits(kind: Any) -> Callable[[int], Any]:
    def convert(value: int) -> FrozenSet[Any]:
        return frozenset(k for k in kind if value >> k.value & 1)
    return convert


def _error_of(code: int) -> Optional[Error]:
    return error(code) if code < 0 else None


CONVERT: Dict[str, Callable[[int], Any]] = {
    "kind": Kind, "access": Access, "rights": Right, "state": State,
    "role": Role, "presence": Presence, "request_kind": RequestKind,
    "request_state": RequestState, "reason": RequestReason,
    "verdict": Verdict, "news": NewsKind, "what": Change,
    "kinds": _bits(RequestKind), "may": _bits(RequestEvent),
    "status": _error_of,
    **dict.fromkeys(("access_own", "current", "locked", "pass", "mine",
                     "agent", "hidden"), bool),
}


def _text(row: int, number: int) -> str:
    return str(lib.fss_row_str(row, number), "utf-8", "surrogateescape")


def _bytes(row: int, number: int) -> bytes:
    n = ctypes.c_size_t()
    at = lib.fss_row_bin(row, number, ctypes.byref(n))
    return ctypes.string_at(at, n.value) if at else b""


def reader(cls: Type[T]) -> Callable[[int], T]:
    """What makes such an object of a row."""
    plan: List[Tuple[str, int, Any, Any, bool]] = []
    for f in fields(cls):
        name = f.metadata.get("row", f.name)
        if name is None:
            continue
        name = name[:-3] if name.endswith("_us") else name
        number, kind = _abi.FIELDS[name]
        convert = f.metadata.get("convert") or CONVERT.get(name)
        get = {"I": lib.fss_row_int, "S": _text, "B": _bytes}[kind]
        plan.append((f.name, number, get, convert, f.default is None))

    def read(row: int) -> T:
        got = {}
        for name, number, get, convert, optional in plan:
            if optional and not lib.fss_row_has(row, number):
                continue
            value = get(row, number)
            got[name] = convert(value) if convert else value
        return cls(**got)
    return read


_readers: Dict[type, Callable[[int], Any]] = {}


class Row:
    """A class that can be filled from a row."""

    @classmethod
    def _row(cls: Type[T], row: int) -> T:
        read = _readers.get(cls)
        if read is None:
            read = _readers[cls] = reader(cls)
        return read(row)  # type: ignore[no-any-return]


def _named(name: Optional[str], default: Any = None,
           convert: Any = None) -> Any:
    return field(default=default, metadata={"row": name, "convert": convert})


@dataclass(frozen=True)
class Account(Row):
    """An account. Usage and lock of others are for operators and admins."""

    name: str = ""
    role: Role = Role.USER
    device: Optional[int] = None
    device_name: str = ""
    created_us: int = 0
    bytes: Optional[int] = None
    files: Optional[int] = None
    quota_bytes: Optional[int] = None
    quota_files: Optional[int] = None
    locked: Optional[bool] = None
    created = When()


@dataclass(frozen=True)
class Device(Row):
    """A device that may log in to an account without its password."""

    id: int = _named("device", 0)
    name: str = ""
    key: bytes = b""
    created_us: int = 0
    seen_us: int = 0
    current: bool = False
    created = When()
    seen = When()


@dataclass(frozen=True)
class Invite(Row):
    """What makes a new account."""

    code: str = ""
    expires_us: int = 0
    expires = When()


@dataclass(frozen=True)
class GroupMember(Row):
    """Somebody in a group of one's own."""

    group: str = ""
    name: str = ""


@dataclass(frozen=True)
class Entry(Row):
    """A file, folder or link, or a version of a file."""

    owner: str = ""
    path: str = ""
    name: str = ""
    kind: Kind = Kind.FILE
    size: int = 0
    mtime_us: int = 0
    mode: int = 0
    digest: str = ""
    version: int = 0
    number: int = 0
    created_us: int = 0
    media: str = ""
    target: str = ""
    access: Access = Access.PRIVATE
    access_own: bool = False
    rights: Right = Right(0)
    state: State = State.STORED
    holders: int = 0
    online: int = 0
    author: str = ""
    request: Optional[int] = None
    request_state: Optional[RequestState] = None
    may_read: bool = _named("pass", False)
    created = When()

    @property
    def mtime(self) -> datetime:
        """When the content changed."""
        return moment(self.mtime_us)

    @property
    def remote(self) -> RemotePath:
        """Where it is."""
        return RemotePath(f"{self.owner}:{self.path}")

    def is_dir(self) -> bool:
        """Whether it is a folder."""
        return self.kind is Kind.DIR

    def is_file(self) -> bool:
        """Whether it is a file."""
        return self.kind is Kind.FILE

    def is_link(self) -> bool:
        """Whether it is a symbolic link."""
        return self.kind is Kind.LINK


@dataclass(frozen=True)
class Grant(Row):
    """Rights somebody was given, on the entry or on one above it."""

    who: str = ""
    rights: Right = Right(0)
    path: str = ""


@dataclass(frozen=True)
class Person(Row):
    """How present somebody is."""

    name: str = ""
    presence: Presence = Presence.OFFLINE
    sessions: int = 0
    since_us: int = 0
    seen_us: int = 0
    agent: bool = False
    hidden: bool = False
    since = When()
    seen = When()


@dataclass(frozen=True)
class Holder(Row):
    """Somebody who has the content of a file."""

    owner: str = ""
    path: str = ""
    presence: Presence = Presence.OFFLINE
    seen_us: int = 0
    created_us: int = 0
    seen = When()
    created = When()


@dataclass(frozen=True)
class Request(Row):
    """Somebody asks for something."""

    id: int = _named("request", 0)
    kind: RequestKind = _named("request_kind", RequestKind.GET)
    state: RequestState = _named("request_state", RequestState.OPEN)
    #: fits where one is listed, and where several are decided
    status: Optional[Error] = None
    change: int = 0
    asker: str = ""
    #: of a wish: an account or "@group", None everybody
    asked: Optional[str] = None
    owner: str = ""
    path: str = ""
    name: str = ""
    number: int = 0
    size: int = 0
    digest: str = ""
    text: str = ""
    by: str = ""
    rule: Optional[int] = None
    reason: RequestReason = RequestReason.NONE
    detail: str = ""
    attempt: int = 0
    mine: bool = False
    may: FrozenSet[RequestEvent] = frozenset()
    created_us: int = 0
    changed_us: int = 0
    expires_us: int = 0
    retry_us: int = 0
    created = When()
    changed = When()
    expires = When()
    retry = When()

    @property
    def remote(self) -> Optional[RemotePath]:
        """The file it is about; None of a wish."""
        return RemotePath(f"{self.owner}:{self.path}") if self.path else None


@dataclass(frozen=True)
class Rule(Row):
    """What is answered without the person."""

    id: int = _named("rule", 0)
    verdict: Verdict = Verdict.ALLOW
    #: an account or "@group", None everybody
    who: Optional[str] = None
    under: str = ""
    size_max: Optional[int] = None
    kinds: FrozenSet[RequestKind] = frozenset()
    detail: str = ""
    created_us: int = 0
    created = When()


@dataclass(frozen=True)
class AuditLine(Row):
    """Who asked, answered, sent or got what."""

    line: int = 0
    what: AuditWhat = _named("what", AuditWhat.ASKED, AuditWhat)
    #: None: the hub itself
    by: Optional[str] = None
    asker: str = ""
    owner: str = ""
    request: Optional[int] = None
    path: str = ""
    name: str = ""
    size: int = 0
    digest: str = ""
    reason: RequestReason = RequestReason.NONE
    detail: str = ""
    rule: Optional[int] = None
    created_us: int = 0
    created = When()


@dataclass(frozen=True)
class News(Row):
    """Something happened, or, at the beginning, is as it is.

    Which attributes have a meaning depends on the kind (docs/python.md).
    """

    #: None: something may have been missed; list afresh what you show
    kind: Optional[NewsKind] = _named("news", None)
    name: str = ""
    presence: Optional[Presence] = None
    sessions: int = 0
    agent: bool = False
    hidden: bool = False
    request: Optional[int] = None
    request_kind: Optional[RequestKind] = None
    request_state: Optional[RequestState] = None
    change: int = 0
    mine: bool = False
    #: of a request the other party
    who: str = ""
    asker: str = ""
    owner: str = ""
    path: str = ""
    text: str = ""
    #: of a file: how it changed
    what: Optional[Change] = None
    bytes: int = 0
    changed_us: int = 0
    changed = When()

    @property
    def afresh(self) -> bool:
        """Whether something may have been missed."""
        return self.kind is None

    @property
    def remote(self) -> Optional[RemotePath]:
        """The entry it is about, if it is about one."""
        return RemotePath(f"{self.owner}:{self.path}") if self.path else None


@dataclass(frozen=True)
class Item(Row):
    """One file of a copy: done, or failed."""

    #: None: it is done
    error: Optional[Error] = _named("status", None)
    local: str = ""
    owner: str = ""
    path: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Transfer:
    """How far a copy is, or what it came to."""

    bytes_done: int = 0
    bytes_total: int = 0
    files_done: int = 0
    files_total: int = 0
    #: content that crossed the wire
    wire_bytes: int = 0
    #: files that needed nothing
    unchanged: int = 0
    failed: int = 0
    #: totals are final
    scanned: bool = False
    #: those that failed, of the end; at most 1000
    items: Sequence[Item] = ()


#: Each attribute of Transfer and its counter.
COUNTERS: Dict[str, int] = {
    "bytes_done": _abi.COUNT_BYTES_DONE,
    "bytes_total": _abi.COUNT_BYTES_TOTAL,
    "files_done": _abi.COUNT_FILES_DONE,
    "files_total": _abi.COUNT_FILES_TOTAL,
    "wire_bytes": _abi.COUNT_WIRE_BYTES,
    "unchanged": _abi.COUNT_UNCHANGED,
    "failed": _abi.COUNT_FAILED,
    "scanned": _abi.COUNT_SCANNED,
}


def transfer(event: Any, items: Sequence[Item] = ()) -> Transfer:
    """The counters of an event."""
    got = {name: lib.fss_event_count(event, n)
           for name, n in COUNTERS.items()}
    got["scanned"] = bool(got["scanned"])
    return Transfer(items=tuple(items), **got)
