"""The library: found, checked, and its functions by name.

Functions are declared as the table made of the headers says (_abi.py), at
their first use.  ctypes gives the GIL free for the time of each call.
"""
import ctypes
import os
import threading
from ctypes import POINTER, byref, c_char_p, c_int, c_int64, c_size_t, \
    c_uint, c_uint32, c_uint64, c_void_p
from typing import Any, Callable, Dict, Tuple, Union

from . import _error, errors
from ._abi import ABI_MAJOR, FUNCTIONS

__all__ = ["LIBRARY", "LOG_FN", "PROBLEM_FN", "byref", "cancelled", "key",
           "lib", "local", "remote", "text", "to_text"]

#: A path of this machine.
Local = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]
KINDS: Dict[str, Any] = {
    "void": None, "int": c_int, "uint": c_uint, "u32": c_uint32,
    "i64": c_int64, "u64": c_uint64, "size": c_size_t, "str": c_char_p,
    "ptr": c_void_p, "ptr*": POINTER(c_void_p), "str*": POINTER(c_char_p),
    "int*": POINTER(c_int), "uint*": POINTER(c_uint),
    "u32*": POINTER(c_uint32), "i64*": POINTER(c_int64),
    "u64*": POINTER(c_uint64), "size*": POINTER(c_size_t),
}
LOG_FN = ctypes.CFUNCTYPE(None, c_void_p, c_int, c_char_p, c_char_p,
                          c_char_p)
PROBLEM_FN = ctypes.CFUNCTYPE(None, c_void_p, c_char_p)
#: The file of the library, by FSS_LIBRARY another one.
LIBRARY = os.environ.get("FSS_LIBRARY") or f"libfss.so.{ABI_MAJOR}"


class Library:
    """Functions of libfss as attributes."""

    def __init__(self, path: str) -> None:
        try:
            self._dll = ctypes.CDLL(path)
        except OSError as e:
            raise ImportError(
                f"cannot load libfss: {e}; install it, or name its file in "
                "the environment variable FSS_LIBRARY") from None
        try:
            major = self.fss_abi_major()
        except AttributeError:
            raise ImportError(
                f"'{path}' does not say which ABI it has: it is no libfss, "
                "or one older than this package; name another in "
                "FSS_LIBRARY") from None
        if major != ABI_MAJOR:
            raise ImportError(
                f"'{path}' has ABI {major} and this package is for ABI "
                f"{ABI_MAJOR}: install the package fss that came with the "
                "library, or name another library in FSS_LIBRARY")
        self._errors()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        words = FUNCTIONS.get(name)
        if words is None:
            raise AttributeError(f"the public headers have no {name}()")
        try:
            function = getattr(self._dll, name)
        except AttributeError:
            raise AttributeError(
                f"this libfss is too old: it has no {name}()") from None
        kinds = [KINDS[w] for w in words.split()]
        function.restype = kinds[0]
        function.argtypes = kinds[1:]
        setattr(self, name, function)
        return function  # type: ignore[no-any-return]

    def _errors(self) -> None:
        """Takes the table of errors from the library that runs."""
        code = -1
        while True:
            name = to_text(self.fss_err_name(code))
            if name == "FSS_UNKNOWN":
                break
            cls = _error.BY_CODE.get(code)
            if cls is None:
                short = name[len("FSS_"):]
                cls = type(short, (_error.Error,), {"code": code})
                cls.__module__ = errors.__name__
                _error.BY_CODE[code] = cls
                setattr(errors, short, cls)
            cls.name = name
            cls.text = to_text(self.fss_strerror(code))
            cls.http_status = self.fss_err_http(code)
            cls.exit_status = self.fss_err_exit(code)
            code -= 1


def to_text(value: Any) -> str:
    """Text that came from the library."""
    return str(value, "utf-8", "replace") if value else ""


def _encoded(value: object, code: int, what: str) -> bytes:
    if not isinstance(value, str):
        raise TypeError(f"{what} must be text, not {type(value).__name__}")
    if "\0" in value:
        # C would take what is before it for the whole.
        raise _error.error(code, f"{what} has a NUL character")
    try:
        return value.encode()
    except UnicodeEncodeError:
        raise _error.error(code, f"{what} is no valid Unicode") from None


def text(value: str, what: str = "a text") -> bytes:
    """Text for the library: UTF-8, without NUL."""
    return _encoded(value, errors.EINVAL.code, what)


def remote(value: object) -> bytes:
    """A remote path for the library, which checks it."""
    return _encoded(value if isinstance(value, str) else
                    getattr(value, "__fss_path__", lambda: value)(),
                    errors.EPATH.code, "a path")


def local(value: "Local") -> bytes:
    """A local path for the library, whatever bytes it has."""
    path = os.fsencode(value)
    if b"\0" in path:
        raise _error.error(errors.EPATH.code, "a path has a NUL character")
    if not path:
        raise _error.error(errors.EPATH.code, "a path is empty")
    return path


def key(value: bytes) -> bytes:
    """A key of the right length."""
    if not isinstance(value, (bytes, bytearray)):
        raise TypeError(f"a key is bytes, not {type(value).__name__}")
    if len(value) != 32:
        raise _error.error(errors.EINVAL.code, "a key has 32 bytes")
    return bytes(value)


def cancelled(code: int) -> bool:
    """Whether an operation ended because it was cancelled."""
    return code == errors.ECANCELED.code


def interruptible(function: Callable[..., int], *args: Any) -> int:
    """Calls what takes long on a thread, so that Ctrl-C is heeded at once.

    What is left of the call then ends by itself, and nobody hears of it.
    """
    out = []
    t = threading.Thread(target=lambda: out.append(function(*args)),
                         daemon=True)
    t.start()
    t.join()
    return out[0]


def pair(function: Callable[..., int], *args: Any) -> Tuple[int, Any]:
    """Calls what gives a handle back: result and handle."""
    out = c_void_p()
    return function(*args, byref(out)), out


lib = Library(LIBRARY)
