"""What the hub answers with, as dataclasses.

Times are kept as they come, in microseconds since 1970 UTC, in attributes
that end with _us; the same name without it gives a datetime.  An attribute
that is Optional is None where the hub did not send it; others are then "" or
0.
"""
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Dict, FrozenSet, Optional, Sequence

from . import _abi
from ._error import Error
from ._native import lib
from ._row import Row, When, moment, named
from .path import RemotePath
from .types import Access, AuditWhat, Change, DeviceKind, Kind, LinkKind, \
    NewsKind, Presence, RequestEvent, RequestKind, RequestReason, \
    RequestState, Right, Role, Scope, State, Verdict

__all__ = ["Account", "AuditLine", "Device", "Entry", "Grant", "GroupMember",
           "Holder", "Hub", "HubSession", "Invite", "Item", "News", "Person",
           "Request", "Rule", "ShareLink", "StagedUpload", "Token",
           "Transfer"]


def secret() -> Any:
    """A text that is good for getting in: not shown, for it ends in logs."""
    return field(default="", repr=False)


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

    id: int = named("device", 0)
    name: str = ""
    key: bytes = b""
    created_us: int = 0
    seen_us: int = 0
    current: bool = False
    kind: DeviceKind = named("device_kind", DeviceKind.KEY)
    #: of a token what it may do at most
    scopes: Optional[Scope] = None
    #: 0: never
    expires_us: int = 0
    address: str = ""
    created = When()
    seen = When()
    expires = When()


@dataclass(frozen=True)
class Token(Row):
    """A token for programs, as it is told once; keep it as a password."""

    token: str = secret()
    #: what Client.revoke_device() takes
    device: int = 0
    label: str = named("device_name", "")
    scopes: Scope = Scope(0)
    #: 0: never
    expires_us: int = 0
    expires = When()


@dataclass(frozen=True)
class HubSession(Row):
    """Somebody's session that stands."""

    #: what Client.end_session() takes
    id: str = named("session", "")
    name: str = ""
    device: Optional[int] = None
    device_name: str = ""
    kind: DeviceKind = named("device_kind", DeviceKind.KEY)
    address: str = ""
    since_us: int = 0
    seen_us: int = 0
    #: the very one that asks
    current: bool = False
    since = When()
    seen = When()


@dataclass(frozen=True)
class Invite(Row):
    """What makes a new account. The code is told where it is made only."""

    code: str = ""
    expires_us: int = 0
    #: what Client.withdraw_invite() takes, of one that is listed
    id: str = named("invite", "")
    role: Optional[Role] = None
    #: who made it; None: the hub
    by: Optional[str] = None
    #: how often it may be used yet
    uses: Optional[int] = None
    created_us: int = 0
    expires = When()
    created = When()


@dataclass(frozen=True)
class Hub(Row):
    """How a hub does; some figures are counted every few seconds only."""

    release: str = ""
    since_us: int = 0
    #: of its web front end
    url: str = ""
    accounts: int = 0
    sessions: int = 0
    requests: int = 0
    files: int = 0
    versions: int = 0
    chunks: int = 0
    #: bytes of all versions as people see them
    bytes: int = 0
    #: bytes of content that are kept, each once
    stored: int = 0
    disk_free: int = 0
    database: int = 0
    since = When()


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
    may_read: bool = named("pass", False)
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
class ShareLink(Row):
    """A link that shares a file or folder with whoever has it."""

    #: what Client.revoke_link() takes
    id: int = named("link", 0)
    kind: LinkKind = named("link_kind", LinkKind.DOWNLOAD)
    owner: str = ""
    path: str = ""
    #: what is linked
    entry_kind: Kind = named("kind", Kind.FILE)
    label: str = named("text", "")
    #: it has a password
    protected: bool = False
    #: the version it gives; None: whatever is there
    number: Optional[int] = None
    #: downloads at most; 0: any number
    limit: int = 0
    used: int = 0
    created_us: int = 0
    #: 0: never
    expires_us: int = 0
    #: told where it is made only
    token: str = secret()
    #: likewise, and of a hub with a web address
    url: str = secret()
    created = When()
    expires = When()

    @property
    def remote(self) -> RemotePath:
        """What is linked."""
        return RemotePath(f"{self.owner}:{self.path}")


@dataclass(frozen=True)
class StagedUpload(Row):
    """An upload in parts, and how far it is."""

    #: what Client.resume_upload() takes
    id: str = named("stage", "")
    owner: str = ""
    path: str = ""
    size: int = 0
    #: bytes that the hub keeps
    offset: int = 0
    media: str = ""
    meta: str = ""
    #: the version it became; None: it is not complete
    version: Optional[int] = None
    #: somebody sends it now; told by uploads() and refresh()
    held: bool = False
    created_us: int = 0
    expires_us: int = 0
    created = When()
    expires = When()

    @property
    def remote(self) -> RemotePath:
        """Where the file is to be."""
        return RemotePath(f"{self.owner}:{self.path}")


class StageEnd(Row):
    """What going on with an upload ends with: it, or the file's entry."""

    @classmethod
    def _row(cls, row: int) -> Any:
        number, _ = _abi.FIELDS["stage"]
        if lib.fss_row_has(row, number):
            return StagedUpload._row(row)
        return Entry._row(row)


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

    id: int = named("request", 0)
    kind: RequestKind = named("request_kind", RequestKind.GET)
    state: RequestState = named("request_state", RequestState.OPEN)
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

    id: int = named("rule", 0)
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
    what: AuditWhat = named("what", AuditWhat.ASKED, AuditWhat)
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
    kind: Optional[NewsKind] = named("news", None)
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
    error: Optional[Error] = named("status", None)
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
