"""Keys, and the profile that fssctl keeps on disk.

>>> public, secret = fss.key_generate()
>>> fss.key_parse(fss.key_format(public)) == public
True
>>> fss.key_fingerprint(public)[:7]
'SHA256:'
"""
import os
from ctypes import byref, c_char_p, c_void_p, create_string_buffer
from typing import Any, Optional, Tuple

from . import _abi, errors
from ._error import error
from ._native import Local, interruptible, key, lib, local, pair, text, to_text

__all__ = ["Profile", "hub_key", "key_fingerprint", "key_format",
           "key_generate", "key_parse"]


def _checked(code: int, what: str) -> None:
    if code < 0:
        raise error(code, what=what)


def key_generate() -> Tuple[bytes, bytes]:
    """A new device key: (public, secret). Keep the second one secret."""
    public = create_string_buffer(_abi.KEY_BYTES)
    secret = create_string_buffer(_abi.KEY_BYTES)
    _checked(lib.fss_key_generate(public, secret), "cannot make a key")
    return public.raw, secret.raw


def key_format(value: bytes) -> str:
    """A key as text."""
    out = create_string_buffer(_abi.KEY_TEXT_BYTES)
    _checked(lib.fss_key_format(key(value), out), "cannot write the key")
    return out.value.decode()


def key_parse(value: str) -> bytes:
    """A key from its text.

    >>> fss.key_parse("short")
    Traceback (most recent call last):
        ...
    fss.errors.EINVAL: 'short' is no key: invalid argument
    """
    out = create_string_buffer(_abi.KEY_BYTES)
    _checked(lib.fss_key_parse(text(value), out), f"'{value}' is no key")
    return out.raw


def key_fingerprint(value: bytes) -> str:
    """What people compare a public key by."""
    out = create_string_buffer(_abi.FINGERPRINT_BYTES)
    _checked(lib.fss_key_fingerprint(key(value), out), "cannot read the key")
    return out.value.decode()


def hub_key(address: str, timeout: float = 10) -> bytes:
    """Asks a hub for its public key, for first use: "fss://HOST:PORT".

    The answer proves nothing: show key_fingerprint() of it to the person,
    and connect to f"{address}#{key_format(key)}".
    """
    out = create_string_buffer(_abi.KEY_BYTES)
    _checked(interruptible(lib.fss_hub_key, text(address),
                           max(1, int(timeout * 1000)), out),
             f"cannot ask '{address}' for its key")
    return out.raw


class Profile:
    """Hubs known, device keys, and the current hub and account.

    `folder` is by default that of fssctl: FSS_HOME, or fss below
    XDG_CONFIG_HOME or ~/.config. It is made where there is none.

    >>> with fss.Profile(tmp / "profile") as p:
    ...     p.trust(hub.plain, fss.key_parse(hub.key)), p.use(hub.plain)
    ...     p.hub == hub.address
    (True, None)
    True
    """

    def __init__(self, folder: Optional[Local] = None) -> None:
        if folder is None:
            folder = home()
        self._handle: Optional[c_void_p] = None
        code, handle = pair(lib.fss_profile_open, local(folder))
        if code < 0:
            detail = to_text(lib.fss_profile_errmsg(handle)) if handle else ""
            lib.fss_profile_free(handle)
            raise error(code, detail, "cannot open the profile "
                        f"'{os.fsdecode(folder)}'")
        self._handle = handle

    def __enter__(self) -> "Profile":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Frees it."""
        handle, self._handle = self._handle, None
        lib.fss_profile_free(handle)

    def __del__(self) -> None:
        if getattr(self, "_handle", None) is not None:
            self.close()

    def _live(self) -> c_void_p:
        if self._handle is None:
            raise errors.EINVAL("the profile is closed")
        return self._handle

    def _call(self, what: str, function: str, *args: Any) -> int:
        handle = self._live()
        code: int = getattr(lib, function)(handle, *args)
        if code < 0:
            raise error(code, to_text(lib.fss_profile_errmsg(handle)), what)
        return code

    def _apply(self, account: Optional[str], client: c_void_p) -> None:
        self._call("cannot use the profile", "fss_profile_apply",
                   None if account is None else text(account), client)

    def trust(self, address: str, hub_key: bytes) -> bool:
        """Remembers a hub's key: True if it is new, EHOSTKEY if another."""
        return self._call(f"cannot trust '{address}'", "fss_profile_trust",
                          text(address), key(hub_key)) == 1

    def known(self, address: str) -> Optional[bytes]:
        """The key remembered for a hub."""
        out = create_string_buffer(_abi.KEY_BYTES)
        try:
            self._call(f"cannot look up '{address}'", "fss_profile_known",
                       text(address), out)
        except errors.ENOENT:
            return None
        return out.raw

    def forget(self, address: str) -> None:
        """Forgets the key of a hub."""
        self._call(f"cannot forget '{address}'", "fss_profile_forget",
                   text(address))

    def use(self, address: str, account: Optional[str] = None) -> None:
        """Makes a hub, and an account of it, the current ones."""
        self._call(f"cannot use '{address}'", "fss_profile_use",
                   text(address), None if account is None else text(account))

    @property
    def hub(self) -> str:
        """The current hub as "fss://HOST:PORT#KEY", "" if there is none."""
        return to_text(lib.fss_profile_hub(self._live()))

    @property
    def account(self) -> str:
        """The current account, "" if there is none."""
        return to_text(lib.fss_profile_account(self._live()))

    def index(self, address: Optional[str] = None) -> str:
        """The file for Client(index=...), of the current or another hub."""
        out = c_char_p()
        self._call("cannot name the index", "fss_profile_index",
                   None if address is None else text(address), byref(out))
        return os.fsdecode(out.value or b"")

    def drop_key(self, account: str) -> None:
        """Deletes the device key of an account at the current hub."""
        self._call(f"cannot drop the key of '{account}'",
                   "fss_profile_drop_key", text(account))


def home() -> str:
    """The folder of the profile that fssctl uses."""
    own = os.environ.get("FSS_HOME")
    if own:
        return own
    base = os.environ.get("XDG_CONFIG_HOME", "")
    return os.path.join(base if base.startswith("/") else
                        os.path.expanduser("~/.config"), "fss")
