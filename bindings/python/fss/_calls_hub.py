"""More operations, as _calls.py has them.

Tokens, sessions, invites and figures of the hub; share links; uploads in
parts.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Optional, Union

from ._calls import Time, _flags, _number, _opt, _us, bits_of
from ._core import Call
from ._native import remote, text
from .path import Remote
from .types import LinkKind, Scope

if TYPE_CHECKING:
    from .model import Entry, Hub, HubSession, Invite, Request, ShareLink, \
        StagedUpload, Token


# ---- session ----------------------------------------------------------------


def token_create(label: str, scopes: Union[Scope, str],
                 ttl: int) -> Call[Token]:
    return Call("fss_client_token_create",
                (text(label), int(bits_of(Scope, scopes, "scope")),
                 _number(ttl, "ttl")), "Token", "cannot make a token")


def sessions(account: Optional[str], everybody: bool) -> Call[HubSession]:
    return Call("fss_client_sessions",
                (_opt(account), _flags(SESSIONS_ALL=everybody)), "HubSession",
                "cannot list sessions")


def session_end(session: str) -> Call[None]:
    return Call("fss_client_session_end", (text(session),), "",
                f"cannot end session '{session}'")


def hub() -> Call[Hub]:
    return Call("fss_client_hub", (), "Hub", "cannot look at the hub")


def invites() -> Call[Invite]:
    return Call("fss_client_invites", (), "Invite", "cannot list invites")


def invite_withdraw(invite: str) -> Call[None]:
    return Call("fss_client_invite_withdraw", (text(invite),), "",
                f"cannot withdraw invite '{invite}'")


# ---- share links ------------------------------------------------------------


def link_new(path: Remote, kind: Union[LinkKind, str], follow: bool,
             password: Optional[str], expires: Optional[Time], limit: int,
             label: Optional[str]) -> Call[ShareLink]:
    return Call("fss_client_link_new", (
        remote(path), LinkKind.of(kind), _flags(LINK_FOLLOW=follow),
        None if password is None else text(password, "a password"),
        0 if expires is None else _number(_us(expires), "a time"),
        _number(limit, "a limit"), _opt(label)), "ShareLink",
        f"cannot link '{path}'")


def links() -> Call[ShareLink]:
    return Call("fss_client_links", (), "ShareLink", "cannot list links")


def link_revoke(link: int) -> Call[None]:
    return Call("fss_client_link_revoke",
                (_number(link, "a link", -2 ** 63),), "",
                f"cannot revoke link {link}")


# ---- uploads in parts -------------------------------------------------------


def ask_upload_size(target: Remote, size: int,
                    note: Optional[str]) -> Call[Request]:
    return Call("fss_client_ask_upload_size",
                (remote(target), _number(size, "a size"), _opt(note)),
                "Request", f"cannot ask to upload to '{target}'")


def stage_new(path: Remote, size: int, mode: int, mtime: Optional[Time],
              media: Optional[str], meta: Optional[str],
              request: int) -> Call[StagedUpload]:
    return Call("fss_client_stage_new", (
        remote(path), _number(size, "a size"),
        _number(mode, "a mode", 0, 0o7777),
        0 if mtime is None else _number(_us(mtime), "a time", -2 ** 63),
        _opt(media), _opt(meta), _number(request, "a request")),
        "StagedUpload", f"cannot begin to upload to '{path}'")


def stage_stat(upload: str) -> Call[StagedUpload]:
    return Call("fss_client_stage_stat", (text(upload),), "StagedUpload",
                f"cannot look at upload '{upload}'")


def stages() -> Call[StagedUpload]:
    return Call("fss_client_stages", (), "StagedUpload",
                "cannot list uploads")


def stage_append(upload: str,
                 offset: int) -> Call[Union[StagedUpload, Entry]]:
    return Call("fss_client_stage_append",
                (text(upload), _number(offset, "an offset")), "StageEnd",
                f"cannot go on with upload '{upload}'")


def stage_remove(upload: str) -> Call[None]:
    return Call("fss_client_stage_remove", (text(upload),), "",
                f"cannot give up upload '{upload}'")
