"""What goes wrong is what the C headers say can: their Errors, by a table."""
import re
from pathlib import Path
from typing import Any, Callable, Dict, List, Tuple

import pytest

import fss
from hub import ROOT

INCLUDE = ROOT / "include" / "fss"


def documented() -> Dict[str, List[str]]:
    """The errors that each function's comment has, by its name."""
    found: Dict[str, List[str]] = {}
    for header in sorted(INCLUDE.glob("*.h")):
        for text, name in re.findall(
                r"/\*\*((?:(?!\*/).)*)\*/\s*FSS_API[^;(]*?\b(fss_\w+)\(",
                header.read_text(), re.DOTALL):
            errors = re.search(r"Errors:(.*?)\n \* Thread:", text, re.DOTALL)
            assert errors, f"{header.name}: {name} has no Errors"
            found[name] = re.findall(r"FSS_(E\w+)", errors[1])
    return found


ERRORS = documented()

Call = Callable[[fss.Client, fss.Client, Path], Any]
# The function, what goes wrong with it, and a call of alice's, with bob and a
# folder of this machine.  In :/err are file, other and folder/below.
CASES: List[Tuple[str, str, Call]] = [
    ("fss_client_stat", "ENOENT", lambda a, b, t: a.stat(":/none")),
    ("fss_client_stat", "ENOACCOUNT", lambda a, b, t: a.stat("nobody:/x")),
    ("fss_client_stat", "EPATH", lambda a, b, t: a.stat(":/a/../b")),
    ("fss_client_stat", "EISDIR", lambda a, b, t: a.stat(":/err", version=1)),
    ("fss_client_list", "ENOTDIR", lambda a, b, t: list(a.ls(":/err/file"))),
    ("fss_client_list", "ENOACCOUNT", lambda a, b, t: list(a.ls("nobody:/"))),
    ("fss_client_mkdir", "ENOTDIR",
     lambda a, b, t: a.mkdir(":/err/file/below")),
    ("fss_client_mkdir", "ENOTDIR", lambda a, b, t: a.mkdir(":/err/file")),
    ("fss_client_mkdir", "EDENIED", lambda a, b, t: b.mkdir("alice:/err/b")),
    ("fss_client_remove", "ENOTEMPTY",
     lambda a, b, t: a.remove(":/err/folder")),
    ("fss_client_remove", "EDENIED", lambda a, b, t: a.remove(":/")),
    ("fss_client_remove", "ENOENT", lambda a, b, t: a.remove(":/none")),
    ("fss_client_move", "EEXIST",
     lambda a, b, t: a.move(":/err/file", ":/err/other")),
    ("fss_client_move", "ENOTDIR",
     lambda a, b, t: a.move(":/err/file", ":/err/other/x")),
    ("fss_client_move", "ENOENT",
     lambda a, b, t: a.move(":/err/file", ":/err/none/x")),
    ("fss_client_move", "EINVAL",
     lambda a, b, t: a.move(":/err/folder", ":/err/folder/in")),
    ("fss_client_versions", "EISDIR",
     lambda a, b, t: list(a.versions(":/err/folder"))),
    ("fss_client_versions", "ENOENT",
     lambda a, b, t: list(a.versions(":/none"))),
    ("fss_client_restore", "EISDIR",
     lambda a, b, t: a.restore(":/err/folder", 1)),
    ("fss_client_restore", "ENOENT",
     lambda a, b, t: a.restore(":/err/file", 99)),
    ("fss_client_access", "EDENIED",
     lambda a, b, t: b.set_access("alice:/err", "open")),
    ("fss_client_grant", "ENOACCOUNT",
     lambda a, b, t: a.grant(":/err", "nobody", "read")),
    ("fss_client_grant", "EINVAL",
     lambda a, b, t: a.grant(":/err", "alice", "read")),
    ("fss_client_grants", "EDENIED",
     lambda a, b, t: list(b.grants("alice:/err"))),
    ("fss_client_users", "ENOACCOUNT",
     lambda a, b, t: list(a.users("nobody"))),
    ("fss_client_user_set", "ENOACCOUNT",
     lambda a, b, t: a.set_user("nobody", locked=True)),
    ("fss_client_user_set", "EDENIED",
     lambda a, b, t: b.set_user("alice", locked=True)),
    ("fss_client_group_set", "ENOACCOUNT",
     lambda a, b, t: a.add_member("friends", "nobody")),
    ("fss_client_group_set", "ENAME",
     lambda a, b, t: a.add_member("no name", "bob")),
    ("fss_client_device_revoke", "ENOENT",
     lambda a, b, t: a.revoke_device(1 << 40)),
    ("fss_client_invite", "EDENIED", lambda a, b, t: b.invite(role="admin")),
    ("fss_client_invite_withdraw", "ENOENT",
     lambda a, b, t: a.withdraw_invite("0" * 32)),
    ("fss_client_session_end", "ENOENT",
     lambda a, b, t: a.end_session("0" * 16)),
    ("fss_client_hub", "EDENIED", lambda a, b, t: b.hub()),
    ("fss_client_upload", "ENOENT",
     lambda a, b, t: a.put(t / "none", ":/err/x")),
    ("fss_client_upload", "EISDIR",
     lambda a, b, t: a.put(t, ":/err/x", recursive=False)),
    ("fss_client_download", "ENOENT",
     lambda a, b, t: a.get(":/none", t / "x")),
    ("fss_client_download", "EDENIED",
     lambda a, b, t: b.get("alice:/err/file", t / "x")),
    ("fss_client_read", "EISDIR", lambda a, b, t: a.read_bytes(":/err")),
    ("fss_client_write", "EDENIED",
     lambda a, b, t: b.write_bytes("alice:/err/file", b"x")),
    ("fss_client_write", "EISDIR",
     lambda a, b, t: a.write_bytes(":/err/folder", b"x")),
    ("fss_client_write", "ENOTDIR",
     lambda a, b, t: a.write_bytes(":/err/file/below", b"x")),
    ("fss_client_stage_new", "EISDIR",
     lambda a, b, t: a.begin_upload(":/err/folder", 1)),
    ("fss_client_stage_new", "ENOACCOUNT",
     lambda a, b, t: a.begin_upload("nobody:/x", 1)),
    ("fss_client_link_new", "EINVAL",
     lambda a, b, t: a.make_link("bob:/x")),
    ("fss_client_link_new", "ENOENT", lambda a, b, t: a.make_link(":/none")),
    ("fss_client_link_new", "ENOTDIR",
     lambda a, b, t: a.make_link(":/err/file", "upload")),
    ("fss_client_link_revoke", "ENOENT",
     lambda a, b, t: a.revoke_link(1 << 40)),
    ("fss_client_holders", "EISDIR", lambda a, b, t: list(a.holders(":/err"))),
    ("fss_client_holders", "ENOENT",
     lambda a, b, t: list(a.holders(":/none"))),
    ("fss_client_ask", "EISDIR", lambda a, b, t: b.ask("alice:/err")),
    ("fss_client_ask", "ENOENT", lambda a, b, t: b.ask("alice:/none")),
    ("fss_client_ask", "ENOACCOUNT", lambda a, b, t: b.ask("nobody:/none")),
    ("fss_client_ask", "ESTATE", lambda a, b, t: a.ask(":/err/file")),
    ("fss_client_ask_want", "ENOACCOUNT",
     lambda a, b, t: a.ask_want("a song", "nobody")),
    ("fss_client_ask_want", "EINVAL",
     lambda a, b, t: a.ask_want("a song", "alice")),
    ("fss_client_ask_upload", "ENOENT",
     lambda a, b, t: b.ask_upload(t / "none", "alice:/err/x")),
    ("fss_client_ask_upload", "EISDIR",
     lambda a, b, t: b.ask_upload(t, "alice:/err/x")),
    ("fss_client_ask_upload_size", "EISDIR",
     lambda a, b, t: b.ask_upload_size("alice:/err/folder", 1)),
    ("fss_client_ask_upload_size", "EEXIST",
     lambda a, b, t: b.ask_upload_size("alice:/err/file", 1)),
    ("fss_client_ask_upload_size", "ENOTDIR",
     lambda a, b, t: b.ask_upload_size("alice:/err/file/x", 1)),
    ("fss_client_ask_upload_size", "ESTATE",
     lambda a, b, t: a.ask_upload_size(":/err/new", 1)),
    ("fss_client_request", "ENOENT", lambda a, b, t: a.request(1 << 40)),
    ("fss_client_decide", "ENOENT", lambda a, b, t: a.approve(1 << 40)),
    ("fss_client_fulfil", "ENOENT",
     lambda a, b, t: a.fulfil(1 << 40, ":/err/file")),
    ("fss_client_rule_add", "ENOENT",
     lambda a, b, t: a.add_rule("allow", before=1 << 40)),
    ("fss_client_rule_add", "ENOACCOUNT",
     lambda a, b, t: a.add_rule("allow", who="nobody")),
    ("fss_client_rule_remove", "ENOENT",
     lambda a, b, t: a.remove_rule(1 << 40)),
    ("fss_client_audit", "ENOACCOUNT",
     lambda a, b, t: list(a.audit(name="nobody"))),
    ("fss_server_init", "ENOENT",
     lambda a, b, t: fss.Server.init(t / "none" / "hub")),
    ("fss_server_init", "EEXIST", lambda a, b, t: fss.Server.init(t)),
]


@pytest.fixture(scope="module")
def tree(client: fss.Client) -> None:
    client.mkdir(":/err/folder")
    for name in ("file", "other", "folder/below"):
        client.write_bytes(f":/err/{name}", b"x")
    client.set_access(":/err", "ask")


@pytest.mark.parametrize("function,error,call", CASES,
                         ids=[f"{c[0]}-{c[1]}" for c in CASES])
def test_error(tree: None, client: fss.Client, bob: fss.Client,
               tmp_path: Path, function: str, error: str, call: Call) -> None:
    (tmp_path / "something").write_text("x")
    with pytest.raises(fss.Error) as e:
        call(client, bob, tmp_path)
    assert type(e.value).__name__ == error, e.value
    assert error in ERRORS[function]
