"""How rows become dataclasses.

A class is filled from the fields of a row that it names; the library's table
of fields (fss/row.h) has their units.
"""
import ctypes
from dataclasses import field, fields
from datetime import datetime, timedelta, timezone
from typing import Any, Callable, Dict, FrozenSet, List, Optional, Tuple, \
    Type, TypeVar

from . import _abi
from ._error import Error, error
from ._native import lib
from .types import Access, Change, DeviceKind, Kind, LinkKind, NewsKind, \
    Presence, RequestEvent, RequestKind, RequestReason, RequestState, Right, \
    Role, Scope, State, Verdict

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
    "device_kind": DeviceKind, "link_kind": LinkKind, "scopes": Scope,
    "kinds": _bits(RequestKind), "may": _bits(RequestEvent),
    "status": _error_of,
    **dict.fromkeys(("access_own", "current", "locked", "pass", "mine",
                     "agent", "hidden", "protected", "held"), bool),
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


def named(name: Optional[str], default: Any = None,
           convert: Any = None) -> Any:
    return field(default=default, metadata={"row": name, "convert": convert})
