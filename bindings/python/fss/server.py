"""A hub in this process, for programs that bring their own and for tests.

fssd is the usual way to run one; this is the same, on a thread.

>>> invite = fss.Server.init(tmp / "own-hub")
>>> with fss.Server(tmp / "own-hub", listen="tcp://127.0.0.1:0",
...                 introduce="off") as server:
...     with fss.Client(server.address) as c:
...         c.register("carol", "a long password", invite).role
<Role.ADMIN: 2>
"""
import os
import select
import threading
from ctypes import c_void_p, create_string_buffer
from typing import Any, List, Optional, Union

from . import _abi, errors
from ._core import log_hook
from ._error import error
from ._native import PROBLEM_FN, Local, interruptible, lib, local, pair, text, to_text
from .types import Registration, ServerNumber, ServerText, Stat

__all__ = ["Server"]


class Server:
    """A hub on the store in a folder, running from `with` to its end.

    Further settings are those of fss/server.h by their names there, as in
    registration="open", quota_bytes=2 ** 30. Nothing of it works in a forked
    child.
    """

    def __init__(self, data: Local, *, listen: str,
                 introduce: Optional[str] = None, name: Optional[str] = None,
                 registration: Union[Registration, str, None] = None,
                 log: Any = None, **settings: int) -> None:
        code, handle = pair(lib.fss_server_new)
        if code < 0:
            raise error(code, what="cannot make a hub")
        self._handle: Optional[c_void_p] = handle
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._thread: Optional[threading.Thread] = None
        self._failure: Optional[BaseException] = None
        self._log = log_hook(log)
        try:
            self._text(ServerText.DATA, os.fsencode(data))
            self._text(ServerText.LISTEN, text(listen))
            if introduce is not None:
                self._text(ServerText.INTRODUCE, text(introduce))
            if name is not None:
                self._text(ServerText.NAME, text(name))
            if registration is not None:
                self.set("registration", Registration.of(registration))
            for key, value in settings.items():
                self.set(key, value)
            if self._log is not None:
                self._check(lib.fss_server_set_log(
                    handle, self._log[0], None, self._log[1]), "cannot log")
        except BaseException:
            self._free()
            raise

    @staticmethod
    def init(data: Local) -> str:
        """Makes the store of a new hub; the invite of its first admin."""
        out = create_string_buffer(_abi.INVITE_BYTES)
        code = lib.fss_server_init(local(data), out)
        if code < 0:
            raise error(code, what=f"cannot make '{os.fsdecode(data)}'")
        return out.value.decode()

    @staticmethod
    def check(data: Local) -> List[str]:
        """Verifies a store no hub runs on; the problems found."""
        problems: List[str] = []
        hook = PROBLEM_FN(lambda _, line: problems.append(to_text(line)))
        code = interruptible(lib.fss_server_check, local(data), hook, None)
        if code < 0 and code != errors.ECORRUPT.code:
            raise error(code, what=f"cannot check '{os.fsdecode(data)}'")
        return problems

    @staticmethod
    def backup(data: Local, target: Local) -> None:
        """Copies a store, also that of a running hub, to a new folder."""
        code = interruptible(lib.fss_server_backup, local(data),
                             local(target))
        if code < 0:
            raise error(code, what=f"cannot copy '{os.fsdecode(data)}'")

    def _check(self, code: int, what: str) -> int:
        if code < 0:
            raise error(code, to_text(lib.fss_server_errmsg(self._handle)),
                        what)
        return code

    def _live(self) -> c_void_p:
        if self._handle is None:
            raise errors.ENOTCONN("the hub is closed")
        if self._pid != os.getpid():
            raise errors.EFORK("the hub runs in the parent")
        return self._handle

    def _text(self, which: ServerText, value: bytes) -> None:
        self._check(lib.fss_server_set_text(self._live(), which, value),
                    f"cannot set {which.name.lower()}")

    def set(self, name: str, value: int) -> None:
        """Sets a number by its name; a few also while the hub runs."""
        which = ServerNumber.of(name)
        if value < 0:
            raise errors.EINVAL(f"{name} is not below 0")
        self._live()    # in a child the lock may be held for ever
        with self._lock:
            self._check(lib.fss_server_set_number(self._live(), which, value),
                        f"cannot set {name}")

    @property
    def address(self) -> str:
        """What clients use, "" until it runs."""
        self._live()    # in a child the lock may be held for ever
        with self._lock:
            return to_text(lib.fss_server_address(self._live()))

    def stat(self, which: Union[Stat, str]) -> int:
        """A figure of the running hub."""
        self._live()    # in a child the lock may be held for ever
        with self._lock:
            return int(lib.fss_server_stat(self._live(), Stat.of(which)))

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Opens the store and runs on a thread of its own."""
        handle = self._live()
        self._check(lib.fss_server_open(handle), "cannot start the hub")
        self._thread = threading.Thread(target=self._run, name="fss.Server",
                                        daemon=True)
        self._closing = False
        self._thread.start()

    def _run(self) -> None:
        poll = select.poll()
        poll.register(lib.fss_server_fd(self._handle), select.POLLIN)
        draining = False
        while True:
            with self._lock:
                handle = self._live()
                if self._closing and not draining:
                    draining = True
                if draining and lib.fss_server_drain(handle) == 0:
                    return
                code = lib.fss_server_process(handle, 0)
                if code < 0:
                    self._failure = error(code, to_text(
                        lib.fss_server_errmsg(handle)), "the hub failed")
                    return
                ms = lib.fss_server_timeout_ms(handle)
            poll.poll(0 if code else None if ms < 0 else ms)

    def close(self) -> None:
        """Ends what is under way, then the hub; raises what it failed of.

        In a forked child it lets go of the hub, which goes on in the parent.
        """
        if self._pid != os.getpid():
            self._handle = self._thread = None
            return
        if self._thread is not None:
            self._closing = True
            lib.fss_server_wakeup(self._live())
            self._thread.join()
            self._thread = None
        self._free()
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def _free(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            lib.fss_server_free(handle)
