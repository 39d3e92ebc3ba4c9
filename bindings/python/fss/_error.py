"""What the exceptions of FSS have in common.

Each error of the library's table is a class of its own in fss.errors; many
are a built-in exception as well, so that `except FileNotFoundError` works.
"""
from typing import TYPE_CHECKING, Dict, Optional, Sequence, Tuple, Type, \
    TypeVar

if TYPE_CHECKING:
    from .model import Item

T = TypeVar("T", bound="Type[Error]")


class Error(Exception):
    """A call of libfss failed.

    >>> try:
    ...     client.stat(":/nowhere")
    ... except fss.Error as e:
    ...     e.name, e.text, e.exit_status, isinstance(e, FileNotFoundError)
    ('FSS_ENOENT', 'no such file or folder', 4, True)
    """

    #: negative, as in the library's table
    code: int = 0
    #: as in "FSS_ENOENT"
    name: str = "FSS_UNKNOWN"
    #: one line of English, from the library
    text: str = "unknown error"
    #: the status a web front end answers with
    http_status: int = 500
    #: the status a command line ends with
    exit_status: int = 1

    def __init__(self, detail: str = "", what: str = "") -> None:
        #: more about this one failure, or ""
        self.detail = detail
        #: what was tried, or ""
        self.what = what
        #: of a copy: the items that failed, at most 1000
        self.items: "Sequence[Item]" = ()
        super().__init__(detail, what)

    def __str__(self) -> str:
        parts = [self.what, self.text]
        if self.detail and self.detail != self.text:
            parts.append(self.detail)
        return ": ".join(p for p in parts if p)

    def __reduce__(self) -> Tuple[object, ...]:
        return type(self), (self.detail, self.what), self.__dict__


BY_CODE: Dict[int, Type[Error]] = {}


def add(cls: T) -> T:
    """Enters a class into the table."""
    cls.text = cls.__doc__ or cls.text
    BY_CODE[cls.code] = cls
    return cls


def error(code: int, detail: Optional[str] = None, what: str = "") -> Error:
    """The exception that stands for an error number."""
    return BY_CODE.get(code, Error)(detail or "", what)
