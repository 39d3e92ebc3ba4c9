"""FSS, a file-sharing hub: the client library for Python.

    import fss

    with fss.Client("fss://HOST:PORT#KEY") as c:
        c.login("alice", "a long password")
        c.put("photos", ":/photos")
        for entry in c.find("sunset"):
            print(entry.remote, entry.size)

fss.Client blocks; fss.aio.Client is for asyncio; with fsspec, "fss://" URLs
can be opened by what knows it. docs/python.md has it all. Errors are in
fss.errors, and many of them are the built-in exceptions one would expect.
"""
from typing import TYPE_CHECKING, Any

from . import errors, types
from ._abi import VERSION_TEXT as __version__
from ._blocking import Rows
from ._error import Error
from ._native import LIBRARY, lib, to_text
from .client import Client
from .path import BoundPath, RemotePath
from .profile import Profile, hub_key, key_fingerprint, key_format, \
    key_generate, key_parse
from .types import Access, AuditWhat, Change, DeviceKind, Kind, LinkKind, \
    NewsKind, Presence, Registration, RequestEvent, RequestKind, \
    RequestReason, RequestState, Right, Role, Scope, State, Verdict

if TYPE_CHECKING:
    from . import aio
    from .model import Account, AuditLine, Device, Entry, Grant, \
        GroupMember, Holder, Hub, HubSession, Invite, Item, News, Person, \
        Request, Rule, ShareLink, StagedUpload, Token, Transfer
    from ._staged import AsyncUpload, Upload
    from .server import Server

__all__ = [
    "__version__",
    "Access", "Account", "AsyncUpload", "AuditLine", "AuditWhat", "BoundPath",
    "Change", "Client", "Device", "DeviceKind", "Entry", "Error", "Grant",
    "GroupMember", "Holder", "Hub", "HubSession", "Invite", "Item", "Kind",
    "LIBRARY", "LinkKind", "News", "NewsKind", "Person", "Presence",
    "Profile", "Registration", "RemotePath", "Request", "RequestEvent",
    "RequestKind", "RequestReason", "RequestState", "Right", "Role", "Rows",
    "Rule", "Scope", "Server", "ShareLink", "StagedUpload", "State", "Token",
    "Transfer", "Upload", "Verdict", "aio", "errors", "hub_key",
    "key_fingerprint", "key_format", "key_generate", "key_parse",
    "library_version", "types",
]


def library_version() -> str:
    """The version of the library that was loaded."""
    return to_text(lib.fss_version())


# Taken in when first used: each takes about as long as all the rest.
_LATE = {"aio": "", "model": "", "server": "", "Server": "server",
         **dict.fromkeys(("Upload", "AsyncUpload"), "_staged"),
         **dict.fromkeys(("Account", "AuditLine", "Device", "Entry", "Grant",
                          "GroupMember", "Holder", "Hub", "HubSession",
                          "Invite", "Item", "News", "Person", "Request",
                          "Rule", "ShareLink", "StagedUpload", "Token",
                          "Transfer"), "model")}


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module 'fss' has no attribute '{name}'")
    import importlib
    where = _LATE[name]
    module = importlib.import_module("." + (where or name), __name__)
    value = getattr(module, name) if where else module
    globals()[name] = value
    return value
