"""The operations of the library, each once, for both clients.

A function here checks what only Python can check, brings arguments into the
form C wants, and says what rows become.  What an argument means is said in
fss.Client.
"""
from __future__ import annotations

from ctypes import c_uint64
from enum import IntFlag
from typing import TYPE_CHECKING, Any, Iterable, Optional, Sequence, Type, \
    TypeVar, Union

from . import _abi
from ._core import Call
from ._error import error
from ._native import Local, lib, local, pair, remote, text
from .path import Remote
from .types import Access, Kind, NewsKind, RequestEvent, RequestKind, \
    RequestState, Right, Role, Sort, State, Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from .model import Account, AuditLine, Device, Entry, Grant, \
        GroupMember, Holder, Invite, News, Person, Request, Rule

Flags = TypeVar("Flags", bound=IntFlag)
#: A datetime, or microseconds since 1970 UTC.
Time = Union["datetime", int]
NEWS = (NewsKind.PRESENCE, NewsKind.REQUEST, NewsKind.PROGRESS, NewsKind.FILE)


def _opt(value: Optional[str]) -> Optional[bytes]:
    return None if value is None else text(value)


def _us(when: Time) -> int:
    if isinstance(when, int):
        return when
    from ._row import microseconds
    return microseconds(when)


def _flags(**given: bool) -> int:
    """COPY_RECURSIVE=True and so on, as bits."""
    return sum(getattr(_abi, name) for name, on in given.items() if on)


def _number(value: int, what: str, low: int = 0,
            high: int = 2 ** 63 - 1) -> int:
    """ctypes cuts numbers to size without a word."""
    if not isinstance(value, int):
        raise TypeError(f"{what} is a number, not {type(value).__name__}")
    if not low <= value <= high:
        raise error(-1, f"{what} is from {low} to {high}")
    return int(value)


def set_of(kinds: Iterable[Any], base: int) -> int:
    """Bit k - base of each value k."""
    return sum({1 << int(k) - base for k in kinds})


def bits_of(cls: Type[Flags], value: Union[Flags, str], what: str) -> Flags:
    """A set as people write it: "read,create"."""
    if not isinstance(value, str):
        return cls(value)
    out = cls(0)
    for word in filter(None, value.replace(" ", "").split(",")):
        try:
            out |= cls[word.upper()]
        except KeyError:
            raise ValueError(f"'{word}' is no {what}") from None
    return out


# ---- session ----------------------------------------------------------------


def ping() -> Call[None]:
    return Call("fss_client_ping", (), "", "ping")


def register(name: str, password: str,
             invite: Optional[str]) -> Call[Account]:
    return Call("fss_client_register",
                (text(name), text(password, "a password"), _opt(invite)),
                "Account", f"cannot register '{name}'")


def login(name: str, password: str) -> Call[Account]:
    return Call("fss_client_login",
                (text(name), text(password, "a password")), "Account",
                f"cannot log in '{name}'")


def logout(everywhere: bool, forget: bool) -> Call[None]:
    return Call("fss_client_logout",
                (_flags(LOGOUT_EVERYWHERE=everywhere, LOGOUT_FORGET=forget),),
                "", "cannot log out")


def passwd(old: str, new: str) -> Call[None]:
    return Call("fss_client_passwd", (text(old, "a password"),
                                      text(new, "a password")), "",
                "cannot change the password")


def whoami() -> Call[Account]:
    return Call("fss_client_whoami", (), "Account", "whoami")


def devices() -> Call[Device]:
    return Call("fss_client_devices", (), "Device", "cannot list devices")


def device_revoke(device: int) -> Call[None]:
    return Call("fss_client_device_revoke",
                (_number(device, "a device", -2 ** 63),), "",
                f"cannot revoke device {device}")


def invite(role: Union[Role, str], uses: int, ttl: int) -> Call[Invite]:
    return Call("fss_client_invite",
                (Role.of(role), _number(uses, "uses", 1, 2 ** 31 - 1),
                 _number(ttl, "ttl")), "Invite", "cannot invite")


def users(name: Optional[str]) -> Call[Account]:
    return Call("fss_client_users", (_opt(name),), "Account",
                "cannot list accounts")


def user_set(name: str, role: Union[Role, str, None], locked: Optional[bool],
             quota_bytes: Optional[int],
             quota_files: Optional[int]) -> Call[Account]:
    same = _abi.USER_UNCHANGED
    return Call("fss_client_user_set", (
        text(name), same if role is None else Role.of(role),
        same if locked is None else int(locked),
        same if quota_bytes is None else _number(quota_bytes, "a quota"),
        same if quota_files is None else _number(quota_files, "a quota")),
        "Account", f"cannot change '{name}'")


def groups(group: Optional[str]) -> Call[GroupMember]:
    return Call("fss_client_groups", (_opt(group),), "GroupMember",
                "cannot list groups")


def group_set(group: str, member: str, remove: bool) -> Call[None]:
    return Call("fss_client_group_set",
                (text(group), text(member), int(remove)), "",
                f"cannot change group '{group}'")


# ---- entries ----------------------------------------------------------------


def stat(path: Remote, version: int) -> Call[Entry]:
    return Call("fss_client_stat",
                (remote(path), _number(version, "a version")), "Entry",
                f"cannot look at '{path}'")


def ls(path: Remote, recursive: bool, back: bool = False) -> Call[Entry]:
    return Call("fss_client_list",
                (remote(path), _flags(LIST_RECURSIVE=recursive,
                                      LIST_BACK=back)),
                "Entry", f"cannot list '{path}'")


def shares(owner: Optional[str]) -> Call[Entry]:
    return Call("fss_client_shares", (_opt(owner),), "Entry",
                "cannot list shares")


class Query:
    """A search of the library, freed with this object."""

    def __init__(self) -> None:
        code, self._as_parameter_ = pair(lib.fss_query_new)
        if code < 0:
            raise error(code, what="cannot search")

    def __del__(self) -> None:
        lib.fss_query_free(getattr(self, "_as_parameter_", None))

    def text(self, which: int, value: Optional[str]) -> None:
        if value is not None:
            self._check(lib.fss_query_set_text(self, which, text(value)))

    def number(self, which: int, value: Optional[int]) -> None:
        if value is not None:
            self._check(lib.fss_query_set_number(
                self, which, _number(value, "a bound", -2 ** 63)))

    def _check(self, code: int) -> None:
        if code < 0:
            raise error(code, what="cannot search")


def find(words: str, owner: Optional[str], under: Optional[str],
         media: Optional[str], kind: Union[Kind, str, None],
         larger: Optional[int], smaller: Optional[int],
         newer: Optional[Time], older: Optional[Time],
         access: Union[Access, str, None], state: Union[State, str, None],
         limit: Optional[int], newest: bool) -> Call[Entry]:
    q = Query()
    q.text(_abi.QUERY_TEXT, words or None)
    q.text(_abi.QUERY_OWNER, owner)
    q.text(_abi.QUERY_UNDER, under)
    q.text(_abi.QUERY_TYPE, media)
    q.number(_abi.QUERY_KIND, None if kind is None else Kind.of(kind))
    q.number(_abi.QUERY_SIZE_MIN, larger)
    q.number(_abi.QUERY_SIZE_MAX, smaller)
    q.number(_abi.QUERY_NEWER, None if newer is None else _us(newer))
    q.number(_abi.QUERY_OLDER, None if older is None else _us(older))
    q.number(_abi.QUERY_ACCESS,
             None if access is None else Access.of(access))
    q.number(_abi.QUERY_STATE, None if state is None else State.of(state))
    q.number(_abi.QUERY_LIMIT, limit)
    q.number(_abi.QUERY_SORT, Sort.NEWEST if newest else None)
    return Call("fss_client_find", (q,), "Entry", "cannot search")


def mkdir(path: Remote) -> Call[None]:
    return Call("fss_client_mkdir", (remote(path),), "",
                f"cannot make '{path}'")


def remove(path: Remote, recursive: bool) -> Call[None]:
    return Call("fss_client_remove",
                (remote(path), _flags(REMOVE_RECURSIVE=recursive)), "",
                f"cannot remove '{path}'")


def move(old: Remote, new: Remote, replace: bool) -> Call[None]:
    return Call("fss_client_move",
                (remote(old), remote(new), _flags(MOVE_REPLACE=replace)),
                "", f"cannot move '{old}' to '{new}'")


def versions(path: Remote) -> Call[Entry]:
    return Call("fss_client_versions", (remote(path),), "Entry",
                f"cannot list the versions of '{path}'")


def restore(path: Remote, version: int) -> Call[Entry]:
    return Call("fss_client_restore",
                (remote(path), _number(version, "a version")), "Entry",
                f"cannot restore '{path}'")


def set_access(path: Remote, access: Union[Access, str]) -> Call[None]:
    return Call("fss_client_access", (remote(path), Access.of(access)), "",
                f"cannot change the access of '{path}'")


def grant(path: Remote, who: str, rights: Union[Right, str]) -> Call[None]:
    return Call("fss_client_grant",
                (remote(path), text(who),
                 int(bits_of(Right, rights, "right"))), "",
                f"cannot grant '{path}' to '{who}'")


def grants(path: Remote) -> Call[Grant]:
    return Call("fss_client_grants", (remote(path),), "Grant",
                f"cannot list the grants of '{path}'")


# ---- transfers --------------------------------------------------------------


def put(source: Local, target: Remote, recursive: bool, checksum: bool,
        items: bool) -> Call[None]:
    return Call("fss_client_upload", (
        local(source), remote(target), _flags(
            COPY_RECURSIVE=recursive, COPY_CHECKSUM=checksum,
            COPY_ITEMS=items)), "",
        f"cannot upload '{_shown(source)}' to '{target}'", copies=True)


def get(source: Remote, target: Local, version: int, recursive: bool,
        checksum: bool, items: bool, safe_links: bool) -> Call[None]:
    return Call("fss_client_download", (
        remote(source), _number(version, "a version"), local(target), _flags(
            COPY_RECURSIVE=recursive, COPY_CHECKSUM=checksum,
            COPY_ITEMS=items, COPY_SAFE_LINKS=safe_links)), "",
        f"cannot download '{source}' to '{_shown(target)}'", copies=True)


def fetch(source: Remote, target: Local, note: Optional[str], checksum: bool,
          items: bool) -> Call[None]:
    return Call("fss_client_fetch", (
        remote(source), _opt(note), local(target),
        _flags(COPY_CHECKSUM=checksum, COPY_ITEMS=items)), "",
        f"cannot fetch '{source}' to '{_shown(target)}'", copies=True)


def read(path: Remote, version: int, offset: int,
         length: Optional[int]) -> Call[None]:
    return Call("fss_client_read", (
        remote(path), _number(version, "a version"),
        _number(offset, "an offset"),
        _abi.TO_EOF if length is None else _number(length, "a length")),
        "", f"cannot read '{path}'")


def write(path: Remote, mode: int, mtime: Optional[Time],
          media: Optional[str]) -> Call[Entry]:
    return Call("fss_client_write", (
        remote(path), _number(mode, "a mode", 0, 0o7777),
        0 if mtime is None else _number(_us(mtime), "a time", -2 ** 63),
        _opt(media)), "Entry", f"cannot write '{path}'")


def _shown(path: Local) -> str:
    import os
    return os.fsdecode(path)


# ---- people and requests ----------------------------------------------------


def who(everybody: bool) -> Call[Person]:
    return Call("fss_client_who", (_flags(WHO_ALL=everybody),), "Person",
                "cannot list people")


def hide(hidden: bool) -> Call[None]:
    return Call("fss_client_hide", (int(hidden),), "", "cannot hide")


def watch(kinds: Iterable[Union[NewsKind, str]], listed: bool) -> Call[News]:
    return Call("fss_client_watch", (
        set_of((NewsKind.of(k) for k in kinds), 1),
        _flags(WATCH_LIST=listed)), "", "cannot follow")


def announce(source: Local, target: Remote, recursive: bool, checksum: bool,
             items: bool) -> Call[None]:
    return Call("fss_client_announce", (
        local(source), remote(target), _flags(
            COPY_RECURSIVE=recursive, COPY_CHECKSUM=checksum,
            COPY_ITEMS=items)), "",
        f"cannot announce '{_shown(source)}' as '{target}'", copies=True)


def unannounce(path: Remote) -> Call[None]:
    return Call("fss_client_unannounce", (remote(path),), "",
                f"cannot unannounce '{path}'")


def holders(path: Remote) -> Call[Holder]:
    return Call("fss_client_holders", (remote(path),), "Holder",
                f"cannot list who holds '{path}'")


def ask(path: Remote, note: Optional[str], ttl: int) -> Call[Request]:
    return Call("fss_client_ask",
                (remote(path), _opt(note), _number(ttl, "ttl")),
                "Request", f"cannot ask for '{path}'")


def ask_want(words: str, of: Optional[str], ttl: int) -> Call[Request]:
    return Call("fss_client_ask_want",
                (text(words), _opt(of), _number(ttl, "ttl")), "Request",
                "cannot ask")


def ask_upload(source: Local, target: Remote,
               note: Optional[str]) -> Call[Request]:
    return Call("fss_client_ask_upload",
                (local(source), remote(target), _opt(note)), "Request",
                f"cannot ask to upload to '{target}'")


def upload_asked(request: int, source: Local, target: Remote, checksum: bool,
                 items: bool) -> Call[None]:
    return Call("fss_client_upload_asked", (
        _number(request, "a request"), local(source), remote(target),
        _flags(COPY_CHECKSUM=checksum, COPY_ITEMS=items)), "",
        f"cannot upload '{_shown(source)}' to '{target}'", copies=True)


def request(number: int) -> Call[Request]:
    return Call("fss_client_request", (_number(number, "a request"),),
                "Request", f"cannot look at request {number}")


def requests(inbox: bool, outbox: bool,
             states: Iterable[Union[RequestState, str]]) -> Call[Request]:
    box = _flags(BOX_IN=inbox, BOX_OUT=outbox)
    return Call("fss_client_requests",
                (box, set_of((RequestState.of(s) for s in states), 0)),
                "Request", "cannot list requests")


def decide(ids: Sequence[int], event: RequestEvent,
           detail: Optional[str]) -> Call[Request]:
    numbers = [_number(i, "a request") for i in ids]
    array = (c_uint64 * len(numbers))(*numbers)
    return Call("fss_client_decide",
                (array, len(numbers), event, _opt(detail)), "Request",
                f"cannot {event.name.lower()} "
                f"{', '.join(map(str, numbers[:5]))}")


def fulfil(number: int, path: Remote) -> Call[Request]:
    return Call("fss_client_fulfil",
                (_number(number, "a request"), remote(path)), "Request",
                f"cannot fulfil request {number}")


def rules() -> Call[Rule]:
    return Call("fss_client_rules", (), "Rule", "cannot list rules")


def rule_add(verdict: Union[Verdict, str], whom: Optional[str],
             under: Optional[str], size_max: Optional[int],
             kinds: Iterable[Union[RequestKind, str]], detail: Optional[str],
             before: int) -> Call[Rule]:
    return Call("fss_client_rule_add", (
        Verdict.of(verdict), _opt(whom), _opt(under),
        -1 if size_max is None else _number(size_max, "a size"),
        set_of((RequestKind.of(k) for k in kinds), 0), _opt(detail),
        _number(before, "a rule")), "Rule", "cannot add a rule")


def rule_remove(number: int) -> Call[None]:
    return Call("fss_client_rule_remove", (_number(number, "a rule"),), "",
                f"cannot remove rule {number}")


def serve(scan: bool, once: bool) -> Call[None]:
    return Call("fss_client_serve",
                (_flags(SERVE_NO_SCAN=not scan, SERVE_ONCE=once),), "",
                "cannot serve", copies=True)


def audit(path: Optional[Remote], name: Optional[str], since: Optional[Time],
          mine: bool) -> Call[AuditLine]:
    return Call("fss_client_audit", (
        None if path is None else remote(path), _opt(name),
        0 if since is None else _number(_us(since), "a time"),
        _flags(AUDIT_MINE=mine)), "AuditLine", "cannot read the audit")
