"""The asyncio client: fss.Client with await and async for.

    import asyncio, fss.aio

    async def main():
        async with fss.aio.Client("fss://HOST:PORT#KEY") as c:
            await c.login("alice", "a long password")
            await asyncio.gather(*(c.get(f":/photos/{i}.jpg", f"{i}.jpg")
                                   for i in range(500)))
            async for news in c.events():
                print(news)

Operations share one connection and run side by side. Cancelling a task, also
by asyncio.wait_for() or asyncio.timeout(), cancels its operation at the hub;
what a transfer had settled stays and is gone on with. What arguments mean is
said in fss.Client.

>>> import asyncio
>>> async def main():
...     async with fss.aio.Client(hub.address) as c:
...         await c.login("alice", "correct horse battery")
...         names = [e.name async for e in c.ls(":/docs")]
...         content = await asyncio.gather(
...             *(c.read_bytes(f":/docs/{name}") for name in names))
...         return dict(zip(names, content))
>>> asyncio.run(main())
{'a.txt': b'alpha\\n', 'b.txt': b'bravo bravo\\n'}
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Iterable, List, Optional, Sequence, Union

from . import _abi, _calls, _calls_hub, errors
from ._blocking import OnItem, OnNews, Progress, failed
from ._calls import NEWS, Time
from ._loop import Looped, Rows
from ._native import Local
from ._streams import Reader, Writer
from .path import Remote
from .types import Access, Kind, LinkKind, NewsKind, RequestEvent, \
    RequestKind, RequestState, Right, Role, Scope, State, Verdict

if TYPE_CHECKING:
    from .model import Account, AuditLine, Device, Entry, Grant, GroupMember, \
        Holder, Hub, HubSession, Invite, News, Person, Request, Rule, \
        ShareLink, StagedUpload, Token, Transfer
    from ._staged import AsyncUpload

__all__ = ["Client", "Reader", "Rows", "Writer"]


class Client(Looped):
    """A connection to a hub, in the event loop that runs.

    It is made in a coroutine, and takes what fss.Client takes.
    """

    # ---- session ----------------------------------------------------------

    async def ping(self) -> None:
        """Waits for the session to stand and the hub to answer."""
        await self._one(_calls.ping())

    async def register(self, name: str, password: str,
                       invite: Optional[str] = None) -> Account:
        """Makes an account and logs this device in to it."""
        return await self._one(_calls.register(name, password, invite))

    async def login(self, name: str, password: str) -> Account:
        """Logs this device in; from then on its key is enough."""
        return await self._one(_calls.login(name, password))

    async def logout(self, *, everywhere: bool = False,
                     forget: bool = False) -> None:
        """Logs out: here, of all devices, or taking this one's key away."""
        await self._one(_calls.logout(everywhere, forget))

    async def passwd(self, old: str, new: str) -> None:
        """Changes the password; other devices must log in again."""
        await self._one(_calls.passwd(old, new))

    async def whoami(self) -> Account:
        """The account one is logged in to."""
        return await self._one(_calls.whoami())

    def devices(self) -> Rows[Device]:
        """One's devices."""
        return Rows(self, _calls.devices())

    async def revoke_device(self, device: int) -> None:
        """Takes a device's key away; its sessions end at once."""
        await self._one(_calls.device_revoke(device))

    async def invite(self, *, role: Union[Role, str] = Role.USER,
                     uses: int = 1, ttl: int = 0) -> Invite:
        """Makes an invite that is good for `ttl` seconds, 0 for a week."""
        return await self._one(_calls.invite(role, uses, ttl))

    async def create_token(self, label: str,
                           scopes: Union[Scope, str] = "read,write,people", *,
                           ttl: int = 0) -> Token:
        """Makes a token for programs, which log in by Client(token=...)."""
        return await self._one(_calls_hub.token_create(label, scopes, ttl))

    def sessions(self, account: Optional[str] = None, *,
                 everybody: bool = False) -> Rows[HubSession]:
        """The sessions that stand: one's own, or as operator of others."""
        return Rows(self, _calls_hub.sessions(account, everybody))

    async def end_session(self, session: str) -> None:
        """Ends a session at once, one's own or, as operator, another's."""
        await self._one(_calls_hub.session_end(session))

    def invites(self) -> Rows[Invite]:
        """Invites that may still be used; as admin all of them."""
        return Rows(self, _calls_hub.invites())

    async def withdraw_invite(self, invite: str) -> None:
        """Takes an invite back; its code is good for nothing any more."""
        await self._one(_calls_hub.invite_withdraw(invite))

    async def hub(self) -> Hub:
        """How the hub does, as operator or admin."""
        return await self._one(_calls_hub.hub())

    def users(self, name: Optional[str] = None) -> Rows[Account]:
        """All accounts, or one."""
        return Rows(self, _calls.users(name))

    async def set_user(self, name: str, *, role: Union[Role, str, None] = None,
                       locked: Optional[bool] = None,
                       quota_bytes: Optional[int] = None,
                       quota_files: Optional[int] = None) -> Account:
        """Changes an account, as operator or admin; a quota of 0 is none."""
        return await self._one(_calls.user_set(name, role, locked, quota_bytes,
                                         quota_files))

    def groups(self, group: Optional[str] = None) -> Rows[GroupMember]:
        """One's groups and who is in them."""
        return Rows(self, _calls.groups(group))

    async def add_member(self, group: str, member: str) -> None:
        """Puts somebody into a group; it exists while it has members."""
        await self._one(_calls.group_set(group, member, False))

    async def remove_member(self, group: str, member: str) -> None:
        """Takes somebody out of a group."""
        await self._one(_calls.group_set(group, member, True))

    # ---- entries ----------------------------------------------------------

    async def stat(self, path: Remote, *, version: int = 0) -> Entry:
        """All about an entry, or about a version of a file."""
        return await self._one(_calls.stat(path, version))

    async def exists(self, path: Remote) -> bool:
        """Whether there is an entry that one may see."""
        try:
            await self.stat(path)
        except (errors.ENOENT, errors.ENOTDIR):
            return False
        return True

    def ls(self, path: Remote = ":/", back: bool = False) -> Rows[Entry]:
        """What is in a folder, by name; `back`: the last name first."""
        return Rows(self, _calls.ls(path, False, back))

    def walk(self, path: Remote = ":/") -> Rows[Entry]:
        """All below a folder: folders first, then what is in them."""
        return Rows(self, _calls.ls(path, True))

    def shares(self, owner: Optional[str] = None) -> Rows[Entry]:
        """What others share with one: where sharing begins."""
        return Rows(self, _calls.shares(owner))

    def find(self, words: str = "", *, owner: Optional[str] = None,
             under: Optional[str] = None, media: Optional[str] = None,
             kind: Union[Kind, str, None] = None, larger: Optional[int] = None,
             smaller: Optional[int] = None, newer: Optional[Time] = None,
             older: Optional[Time] = None,
             access: Union[Access, str, None] = None,
             state: Union[State, str, None] = None,
             limit: Optional[int] = None,
             newest: bool = False) -> Rows[Entry]:
        """Searches all one may see, best hits first."""
        return Rows(self, _calls.find(
            words, owner, under, media, kind, larger, smaller, newer, older,
            access, state, limit, newest))

    async def mkdir(self, path: Remote) -> None:
        """Makes a folder, with those above; one that is there is fine."""
        await self._one(_calls.mkdir(path))

    async def remove(self, path: Remote, *, recursive: bool = False) -> None:
        """Removes a file, or a folder and, if told so, all in it."""
        await self._one(_calls.remove(path, recursive))

    async def move(self, old: Remote, new: Remote, *,
                   replace: bool = False) -> None:
        """Moves or renames in one space; a folder in the way takes it in."""
        await self._one(_calls.move(old, new, replace))

    def versions(self, path: Remote) -> Rows[Entry]:
        """The versions of a file, newest first."""
        return Rows(self, _calls.versions(path))

    async def restore(self, path: Remote, version: int) -> Entry:
        """Makes an old version the newest again."""
        return await self._one(_calls.restore(path, version))

    async def set_access(self, path: Remote,
                         access: Union[Access, str]) -> None:
        """Says what people without a grant may do with an entry."""
        await self._one(_calls.set_access(path, access))

    async def grant(self, path: Remote, who: str,
                    rights: Union[Right, str]) -> None:
        """Gives an account or "@group" rights on an entry and all below it."""
        await self._one(_calls.grant(path, who, rights))

    async def revoke(self, path: Remote, who: str) -> None:
        """Takes a grant back."""
        await self._one(_calls.grant(path, who, Right(0)))

    def grants(self, path: Remote) -> Rows[Grant]:
        """The grants on an entry and on what is above it."""
        return Rows(self, _calls.grants(path))

    async def make_link(self, path: Remote,
                        kind: Union[LinkKind, str] = LinkKind.DOWNLOAD, *,
                        follow: bool = False, password: Optional[str] = None,
                        expires: Optional[Time] = None, limit: int = 0,
                        label: Optional[str] = None) -> ShareLink:
        """Shares an entry of one's own with whoever has the link."""
        return await self._one(_calls_hub.link_new(
            path, kind, follow, password, expires, limit, label))

    def links(self) -> Rows[ShareLink]:
        """One's links, newest first."""
        return Rows(self, _calls_hub.links())

    async def revoke_link(self, link: int) -> None:
        """Takes a link back; who came by it is gone with it."""
        await self._one(_calls_hub.link_revoke(link))

    # ---- transfers --------------------------------------------------------

    async def put(self, source: Local, target: Remote, *,
                  recursive: bool = True, checksum: bool = False,
                  progress: Optional[Progress] = None,
                  on_item: Optional[OnItem] = None) -> Transfer:
        """Uploads a file, link or folder; only what the hub lacks is sent."""
        return await self._copy(_calls.put(source, target, recursive, checksum,
                                     on_item is not None), progress, on_item)

    async def get(self, source: Remote, target: Local, *, version: int = 0,
                  recursive: bool = True, checksum: bool = False,
                  safe_links: bool = False,
                  progress: Optional[Progress] = None,
                  on_item: Optional[OnItem] = None) -> Transfer:
        """Downloads a file or folder: verified, put in place when whole."""
        return await self._copy(_calls.get(source, target, version, recursive,
                                     checksum, on_item is not None,
                                     safe_links), progress, on_item)

    async def fetch(self, source: Remote, target: Local, *,
                    note: Optional[str] = None, checksum: bool = False,
                    progress: Optional[Progress] = None,
                    on_item: Optional[OnItem] = None,
                    on_news: Optional[OnNews] = None) -> Transfer:
        """Downloads a file, asking and waiting for it if need be."""
        return await self._copy(_calls.fetch(source, target, note, checksum,
                                       on_item is not None),
                          progress, on_item, on_news)

    def reader(self, path: Remote, *, version: int = 0) -> Reader:
        """Reads a file piece by piece: async with, read(), seek()."""
        return Reader(self, path, version)

    def writer(self, path: Remote, *, permissions: int = 0o644,
               mtime: Optional[Time] = None,
               media: Optional[str] = None) -> Writer:
        """Writes a file piece by piece: async with, write()."""
        return Writer(self, _calls.write(path, permissions, mtime, media))

    async def read_bytes(self, path: Remote, *, version: int = 0,
                         offset: int = 0,
                         length: Optional[int] = None) -> bytes:
        """The content of a file, or a part of it."""
        async with self.reader(path, version=version) as f:
            f.seek(offset)
            return await f.read(-1 if length is None else length)

    async def write_bytes(self, path: Remote, data: bytes, *,
                          permissions: int = 0o644,
                          mtime: Optional[Time] = None,
                          media: Optional[str] = None) -> Entry:
        """Makes a file with this content."""
        async with self.writer(path, permissions=permissions, mtime=mtime,
                               media=media) as f:
            await f.write(data)
        assert f.entry is not None  # it would have been raised
        return f.entry

    async def begin_upload(self, path: Remote, size: int, *,
                           permissions: int = 0o644,
                           mtime: Optional[Time] = None,
                           media: Optional[str] = None,
                           meta: Optional[str] = None,
                           request: int = 0) -> AsyncUpload:
        """Begins an upload in parts: gone on with from wherever it stands."""
        from ._staged import AsyncUpload
        return AsyncUpload(self, await self._one(_calls_hub.stage_new(
            path, size, permissions, mtime, media, meta, request)))

    async def resume_upload(self, upload: str) -> AsyncUpload:
        """An upload by its id, to go on with."""
        from ._staged import AsyncUpload
        return AsyncUpload(self, await self._one(
            _calls_hub.stage_stat(upload)))

    def uploads(self) -> Rows[StagedUpload]:
        """One's uploads in parts that are not complete, oldest first."""
        return Rows(self, _calls_hub.stages())

    # ---- people -----------------------------------------------------------

    def who(self, *, everybody: bool = False) -> Rows[Person]:
        """Who is here; or everybody, those offline too."""
        return Rows(self, _calls.who(everybody))

    async def hide(self, hidden: bool = True) -> None:
        """Is offline to others, or not any more."""
        await self._one(_calls.hide(hidden))

    def events(self, kinds: Iterable[Union[NewsKind, str]] = NEWS, *,
               listed: bool = False) -> Rows[News]:
        """What happens, as it happens, until the iterator is closed."""
        return Rows(self, _calls.watch(kinds, listed),
                    (_abi.EVENT_NEWS, _abi.EVENT_AFRESH))

    async def announce(self, source: Local, target: Remote, *,
                       recursive: bool = True, checksum: bool = False,
                       progress: Optional[Progress] = None,
                       on_item: Optional[OnItem] = None) -> Transfer:
        """Announces files without uploading them; serve() sends them."""
        return await self._copy(_calls.announce(
            source, target, recursive, checksum, on_item is not None),
            progress, on_item)

    async def unannounce(self, path: Remote) -> None:
        """Takes back what this device announced there; stored files stay."""
        await self._one(_calls.unannounce(path))

    def holders(self, path: Remote) -> Rows[Holder]:
        """Who announces the content of a file, of those one may know of."""
        return Rows(self, _calls.holders(path))

    async def serve(self, *, scan: bool = True, once: bool = False,
                    on_item: Optional[OnItem] = None,
                    progress: Optional[Progress] = None) -> Transfer:
        """Sends what others may have of what this device announced."""
        return await self._copy(_calls.serve(scan, once), progress, on_item)

    async def ask(self, path: Remote, note: Optional[str] = None, *,
                  ttl: int = 0) -> Request:
        """Asks for a file that is announced or locked."""
        return await self._one(_calls.ask(path, note, ttl))

    async def ask_want(self, text: str, of: Optional[str] = None, *,
                       ttl: int = 0) -> Request:
        """Asks for a file described in words, of somebody or of everybody."""
        return await self._one(_calls.ask_want(text, of, ttl))

    async def ask_upload(self, source: Local, target: Remote,
                         note: Optional[str] = None) -> Request:
        """Asks to put a file into somebody's space; see upload_asked()."""
        return await self._one(_calls.ask_upload(source, target, note))

    async def ask_upload_size(self, target: Remote, size: int,
                              note: Optional[str] = None) -> Request:
        """Likewise, for what is no file: begin_upload(request=) sends it."""
        return await self._one(_calls_hub.ask_upload_size(target, size, note))

    async def upload_asked(self, request: int, source: Local, target: Remote,
                           *, checksum: bool = False,
                           progress: Optional[Progress] = None,
                           on_item: Optional[OnItem] = None) -> Transfer:
        """Uploads a file to where an approved request allows it."""
        return await self._copy(_calls.upload_asked(
            request, source, target, checksum, on_item is not None),
            progress, on_item)

    async def request(self, number: int) -> Request:
        """One request that one has part in."""
        return await self._one(_calls.request(number))

    def requests(self, *, inbox: bool = True, outbox: bool = True,
                 states: Iterable[Union[RequestState, str]] = ()
                 ) -> Rows[Request]:
        """What is asked of one, and by one, newest first."""
        return Rows(self, _calls.requests(inbox, outbox, states))

    async def decide(self, ids: Sequence[int], event: Union[RequestEvent, str],
                     detail: Optional[str] = None) -> List[Request]:
        """Answers several requests; each has its .status."""
        return await self._all(_calls.decide(ids, RequestEvent.of(event),
                                             detail))

    async def _decide(self, number: int, event: RequestEvent,
                      detail: Optional[str] = None) -> Request:
        call = _calls.decide([number], event, detail)
        request = await self._one(call)
        if request.status is not None:
            raise failed(call, request.status.code, "")
        return request

    async def see(self, number: int) -> Request:
        """Says that one has seen a request."""
        return await self._decide(number, RequestEvent.SEE)

    async def approve(self, number: int) -> Request:
        """Says yes to a request."""
        return await self._decide(number, RequestEvent.APPROVE)

    async def deny(self, number: int, reason: Optional[str] = None) -> Request:
        """Says no to a request."""
        return await self._decide(number, RequestEvent.DENY, reason)

    async def cancel(self, number: int) -> Request:
        """Takes back what one asked."""
        return await self._decide(number, RequestEvent.CANCEL)

    async def retry(self, number: int) -> Request:
        """Asks again what came to nothing."""
        return await self._decide(number, RequestEvent.RETRY)

    async def fulfil(self, number: int, path: Remote) -> Request:
        """Gives a file of one's own to who wants one."""
        return await self._one(_calls.fulfil(number, path))

    def rules(self) -> Rows[Rule]:
        """What is answered without one, in the order it is tried."""
        return Rows(self, _calls.rules())

    async def add_rule(self, verdict: Union[Verdict, str],
                       who: Optional[str] = None, *,
                       under: Optional[str] = None,
                       size_max: Optional[int] = None,
                       kinds: Iterable[Union[RequestKind, str]] = (
                           "get", "upload"),
                       detail: Optional[str] = None, before: int = 0) -> Rule:
        """Adds a rule, at the end or before another one."""
        return await self._one(_calls.rule_add(
            verdict, who, under, size_max, kinds, detail, before))

    async def remove_rule(self, number: int) -> None:
        """Removes a rule."""
        await self._one(_calls.rule_remove(number))

    def audit(self, path: Optional[Remote] = None, *,
              name: Optional[str] = None, since: Optional[Time] = None,
              mine: bool = False) -> Rows[AuditLine]:
        """Who asked, answered, sent and got what, newest first."""
        return Rows(self, _calls.audit(path, name, since, mine))

    watch = events
