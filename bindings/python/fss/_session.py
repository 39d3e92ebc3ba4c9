"""Accounts, devices, tokens, sessions, invites and groups."""
from __future__ import annotations

from typing import TYPE_CHECKING, Optional, Union

from . import _calls, _calls_hub
from ._blocking import Blocking, Rows
from .types import Role, Scope

if TYPE_CHECKING:
    from .model import Account, Device, GroupMember, Hub, HubSession, \
        Invite, Token


class Session(Blocking):
    """Accounts, devices, tokens, sessions, invites and groups."""

    def ping(self) -> None:
        """Waits for the session to stand and the hub to answer.

        >>> client.ping()
        """
        self._one(_calls.ping())

    def register(self, name: str, password: str,
                 invite: Optional[str] = None) -> Account:
        """Makes an account and logs this device in to it.

        >>> with fss.Client(hub.address) as c:
        ...     c.register("dave", "a long password", client.invite().code)
        Account(name='dave', role=<Role.USER: 0>, ...)
        """
        return self._one(_calls.register(name, password, invite))

    def login(self, name: str, password: str) -> Account:
        """Logs this device in; from then on its key is enough."""
        return self._one(_calls.login(name, password))

    def logout(self, *, everywhere: bool = False,
               forget: bool = False) -> None:
        """Logs out: here, of all devices, or taking this one's key away.

        >>> with fss.Client(hub.address) as c:
        ...     _ = c.login("bob", "correct horse battery")
        ...     c.logout(forget=True)
        """
        self._one(_calls.logout(everywhere, forget))

    def passwd(self, old: str, new: str) -> None:
        """Changes the password; other devices must log in again.

        >>> client.passwd("correct horse battery", "a better password")
        >>> client.passwd("a better password", "correct horse battery")
        """
        self._one(_calls.passwd(old, new))

    def whoami(self) -> Account:
        """The account one is logged in to.

        >>> client.whoami().role
        <Role.ADMIN: 2>
        """
        return self._one(_calls.whoami())

    def devices(self) -> Rows[Device]:
        """One's devices.

        >>> [d.current for d in client.devices() if d.current]
        [True]
        """
        return Rows(self, _calls.devices())

    def revoke_device(self, device: int) -> None:
        """Takes a device's key away; its sessions end at once.

        >>> client.revoke_device(12345)
        Traceback (most recent call last):
            ...
        fss.errors.ENOENT: cannot revoke device 12345: ...
        """
        self._one(_calls.device_revoke(device))

    def invite(self, *, role: Union[Role, str] = Role.USER, uses: int = 1,
               ttl: int = 0) -> Invite:
        """Makes an invite that is good for `ttl` seconds, 0 for a week.

        >>> len(client.invite().code) > 10
        True
        """
        return self._one(_calls.invite(role, uses, ttl))

    def create_token(self, label: str,
                     scopes: Union[Scope, str] = "read,write,people", *,
                     ttl: int = 0) -> Token:
        """Makes a token for programs, which log in by Client(token=...).

        It is told this once. `scopes`: read, write, people, admin; `ttl` is
        how many seconds it is good for, 0 until it is revoked. devices()
        lists it, revoke_device() ends it at once.

        >>> t = client.create_token("backup", "read")
        >>> with fss.Client(hub.address, token=t.token) as c:
        ...     c.read_bytes(":/docs/a.txt")
        b'alpha\\n'
        >>> [d.name for d in client.devices() if d.kind.name == "TOKEN"]
        ['backup']
        >>> client.revoke_device(t.device)
        """
        return self._one(_calls_hub.token_create(label, scopes, ttl))

    def sessions(self, account: Optional[str] = None, *,
                 everybody: bool = False) -> Rows[HubSession]:
        """The sessions that stand: one's own, or as operator of others.

        >>> [s.name for s in client.sessions() if s.current]
        ['alice']
        """
        return Rows(self, _calls_hub.sessions(account, everybody))

    def end_session(self, session: str) -> None:
        """Ends a session at once, one's own or, as operator, another's.

        A web log-in ends for good. A device or a token may come again:
        revoke_device() ends those.

        >>> with fss.Client(hub.address) as c:
        ...     _ = c.login("bob", "correct horse battery")
        ...     mine = next(s.id for s in c.sessions() if s.current)
        ...     client.end_session(mine)
        """
        self._one(_calls_hub.session_end(session))

    def invites(self) -> Rows[Invite]:
        """Invites that may still be used; as admin all of them.

        >>> _ = client.invite(uses=3)
        >>> i = next(i for i in client.invites() if i.uses == 3)
        >>> i.by, i.code
        ('alice', '')
        >>> client.withdraw_invite(i.id)
        """
        return Rows(self, _calls_hub.invites())

    def withdraw_invite(self, invite: str) -> None:
        """Takes an invite back; its code is good for nothing any more."""
        self._one(_calls_hub.invite_withdraw(invite))

    def hub(self) -> Hub:
        """How the hub does, as operator or admin.

        >>> client.hub().accounts >= 2
        True
        """
        return self._one(_calls_hub.hub())

    def users(self, name: Optional[str] = None) -> Rows[Account]:
        """All accounts, or one.

        >>> [a.name for a in client.users("bob")]
        ['bob']
        """
        return Rows(self, _calls.users(name))

    def set_user(self, name: str, *, role: Union[Role, str, None] = None,
                 locked: Optional[bool] = None,
                 quota_bytes: Optional[int] = None,
                 quota_files: Optional[int] = None) -> Account:
        """Changes an account, as operator or admin; a quota of 0 is none.

        >>> client.set_user("bob", quota_files=1000).quota_files
        1000
        """
        return self._one(_calls.user_set(name, role, locked, quota_bytes,
                                         quota_files))

    def groups(self, group: Optional[str] = None) -> Rows[GroupMember]:
        """One's groups and who is in them.

        >>> client.add_member("band", "bob")
        >>> list(client.groups())
        [GroupMember(group='band', name='bob')]
        >>> client.remove_member("band", "bob")
        """
        return Rows(self, _calls.groups(group))

    def add_member(self, group: str, member: str) -> None:
        """Puts somebody into a group; it exists while it has members."""
        self._one(_calls.group_set(group, member, False))

    def remove_member(self, group: str, member: str) -> None:
        """Takes somebody out of a group."""
        self._one(_calls.group_set(group, member, True))
