"""Files and folders at the hub, and who may do what with them."""
from __future__ import annotations

from typing import TYPE_CHECKING, Optional, Union, cast

from . import _calls, _calls_hub, errors
from ._blocking import Blocking, Rows
from ._calls import Time
from .path import BoundPath, Remote
from .types import Access, Kind, LinkKind, Right, State

if TYPE_CHECKING:
    from .model import Entry, Grant, ShareLink
    from .client import Client


class Entries(Blocking):
    """Files and folders at the hub, and who may do what with them."""

    def path(self, path: Remote = ":/", *more: str) -> BoundPath:
        """A remote path that can do things, as pathlib.Path.

        >>> client.path(":/", "docs").is_dir()
        True
        """
        # All parts are of one class.
        return BoundPath(cast("Client", self), path, *more)

    def stat(self, path: Remote, *, version: int = 0) -> Entry:
        """All about an entry, or about a version of a file.

        >>> e = client.stat(":/docs/a.txt")
        >>> e.owner, e.name, e.kind, e.size
        ('alice', 'a.txt', <Kind.FILE: 2>, 6)
        """
        return self._one(_calls.stat(path, version))

    def exists(self, path: Remote) -> bool:
        """Whether there is an entry that one may see.

        >>> client.exists(":/docs"), client.exists(":/none")
        (True, False)
        """
        try:
            self.stat(path)
        except (errors.ENOENT, errors.ENOTDIR):
            return False
        return True

    def ls(self, path: Remote = ":/", back: bool = False) -> Rows[Entry]:
        """What is in a folder, by name; `back`: the last name first.

        >>> [e.name for e in client.ls(":/docs")]
        ['a.txt', 'b.txt']
        >>> [e.name for e in client.ls(":/docs", back=True)]
        ['b.txt', 'a.txt']
        """
        return Rows(self, _calls.ls(path, False, back))

    def walk(self, path: Remote = ":/") -> Rows[Entry]:
        """All below a folder: folders first, then what is in them.

        >>> sum(e.size for e in client.walk(":/docs"))
        18
        """
        return Rows(self, _calls.ls(path, True))

    def shares(self, owner: Optional[str] = None) -> Rows[Entry]:
        """What others share with one: where sharing begins.

        >>> [str(e.remote) for e in bob.shares()]
        ['alice:/docs']
        """
        return Rows(self, _calls.shares(owner))

    def find(self, words: str = "", *, owner: Optional[str] = None,
             under: Optional[str] = None, media: Optional[str] = None,
             kind: Union[Kind, str, None] = None,
             larger: Optional[int] = None, smaller: Optional[int] = None,
             newer: Optional[Time] = None, older: Optional[Time] = None,
             access: Union[Access, str, None] = None,
             state: Union[State, str, None] = None,
             limit: Optional[int] = None,
             newest: bool = False) -> Rows[Entry]:
        """Searches all one may see, best hits first.

        All words must occur in the path, at least one in the name. `under`
        is a folder of `owner`; sizes are bytes, inclusive; times are
        datetimes or microseconds UTC. `newest`, without words: the files
        that came last first.

        Where nothing is found, `near` of what is returned may have texts
        that were meant, best first.

        >>> [str(e.remote) for e in bob.find("a.txt", kind="file")]
        ['alice:/docs/a.txt']
        >>> hits = bob.find("dosc")
        >>> list(hits), hits.near
        ([], ['docs'])
        """
        return Rows(self, _calls.find(
            words, owner, under, media, kind, larger, smaller, newer, older,
            access, state, limit, newest))

    def mkdir(self, path: Remote) -> None:
        """Makes a folder, with those above; one that is there is fine.

        >>> client.mkdir(":/new/folder")
        >>> client.remove(":/new", recursive=True)
        """
        self._one(_calls.mkdir(path))

    def remove(self, path: Remote, *, recursive: bool = False) -> None:
        """Removes a file, or a folder and, if told so, all in it."""
        self._one(_calls.remove(path, recursive))

    def move(self, old: Remote, new: Remote, *,
             replace: bool = False) -> None:
        """Moves or renames in one space; a folder in the way takes it in.

        >>> client.write_bytes(":/one", b"1").size
        1
        >>> client.move(":/one", ":/two")
        >>> client.remove(":/two")
        """
        self._one(_calls.move(old, new, replace))

    def versions(self, path: Remote) -> Rows[Entry]:
        """The versions of a file, newest first.

        >>> [v.number for v in client.versions(":/docs/a.txt")]
        [1]
        """
        return Rows(self, _calls.versions(path))

    def restore(self, path: Remote, version: int) -> Entry:
        """Makes an old version the newest again."""
        return self._one(_calls.restore(path, version))

    def set_access(self, path: Remote, access: Union[Access, str]) -> None:
        """Says what people without a grant may do with an entry.

        >>> client.set_access(":/docs", "open")
        """
        self._one(_calls.set_access(path, access))

    def grant(self, path: Remote, who: str,
              rights: Union[Right, str]) -> None:
        """Gives an account or "@group" rights on an entry and all below it.

        >>> client.grant(":/docs", "bob", "read,create")
        >>> [(g.who, g.rights & fss.Right.CREATE != 0)
        ...  for g in client.grants(":/docs")]
        [('bob', True)]
        >>> client.revoke(":/docs", "bob")
        """
        self._one(_calls.grant(path, who, rights))

    def revoke(self, path: Remote, who: str) -> None:
        """Takes a grant back."""
        self._one(_calls.grant(path, who, Right(0)))

    def grants(self, path: Remote) -> Rows[Grant]:
        """The grants on an entry and on what is above it."""
        return Rows(self, _calls.grants(path))

    def make_link(self, path: Remote,
                  kind: Union[LinkKind, str] = LinkKind.DOWNLOAD, *,
                  follow: bool = False, password: Optional[str] = None,
                  expires: Optional[Time] = None, limit: int = 0,
                  label: Optional[str] = None) -> ShareLink:
        """Shares an entry of one's own with whoever has the link.

        Its token, and its URL if the hub has a web address, are told this
        once. Of a file it gives the present version, with `follow` the
        newest. `limit` is how often it may be downloaded, 0 without end.
        An "upload" link of a folder takes files in and shows nothing.

        >>> link = client.make_link(":/docs", limit=5, label="for carol")
        >>> len(link.token), link.limit, link.used
        (43, 5, 0)
        >>> [(str(k.remote), k.label, k.token) for k in client.links()]
        [('alice:/docs', 'for carol', '')]
        >>> client.revoke_link(link.id)
        """
        return self._one(_calls_hub.link_new(path, kind, follow, password,
                                             expires, limit, label))

    def links(self) -> Rows[ShareLink]:
        """One's links, newest first."""
        return Rows(self, _calls_hub.links())

    def revoke_link(self, link: int) -> None:
        """Takes a link back; who came by it is gone with it."""
        self._one(_calls_hub.link_revoke(link))
