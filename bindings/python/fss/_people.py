"""People, what they announce, and requests."""
from __future__ import annotations

from typing import TYPE_CHECKING, Iterable, List, Optional, Sequence, Union

from . import _abi, _calls, _calls_hub
from ._blocking import Blocking, OnItem, Progress, Rows, failed
from ._calls import NEWS, Time
from ._native import Local
from .path import Remote
from .types import NewsKind, RequestEvent, RequestKind, RequestState, Verdict

if TYPE_CHECKING:
    from .model import AuditLine, Holder, News, Person, Request, Rule, Transfer


class People(Blocking):
    """People, what they announce, and requests."""

    def who(self, *, everybody: bool = False) -> Rows[Person]:
        """Who is here; or everybody, those offline too.

        Somebody is here who follows events, or has been connected for 3 s.

        >>> [p.name for p in client.who(everybody=True)][:2]
        ['alice', 'bob']
        """
        return Rows(self, _calls.who(everybody))

    def hide(self, hidden: bool = True) -> None:
        """Is offline to others, or not any more.

        >>> client.hide()
        >>> client.hide(False)
        """
        self._one(_calls.hide(hidden))

    def events(self, kinds: Iterable[Union[NewsKind, str]] = NEWS, *,
               listed: bool = False,
               timeout: Optional[float] = None) -> Rows[News]:
        """What happens, as it happens, until the iterator is closed.

        It goes on by itself after the line was away; where something may
        have been missed a News comes that is .afresh. `listed` begins with
        how things are. Past `timeout` seconds without news it raises
        ETIMEDOUT, and may be gone on with.

        >>> news = client.events(["presence"], listed=True)
        >>> next(news).kind
        <NewsKind.PRESENCE: 1>
        >>> news.close()
        """
        return Rows(self, _calls.watch(kinds, listed),
                    (_abi.EVENT_NEWS, _abi.EVENT_AFRESH), timeout)

    watch = events

    def announce(self, source: Local, target: Remote, *,
                 recursive: bool = True, checksum: bool = False,
                 progress: Optional[Progress] = None,
                 on_item: Optional[OnItem] = None) -> Transfer:
        """Announces files without uploading them; serve() sends them.

        Needs an index: Client(index=...), set_index(), or that of a profile.

        >>> client.set_index(tmp / "index")
        >>> client.announce(tmp / "tree", ":/offered").files_done
        2
        >>> client.stat(":/offered/one").state
        <State.ANNOUNCED: 1>
        >>> [h.owner for h in client.holders(":/offered/one")]
        ['alice']
        >>> client.unannounce(":/offered")
        """
        return self._copy(_calls.announce(
            source, target, recursive, checksum, on_item is not None),
            progress, on_item)

    def unannounce(self, path: Remote) -> None:
        """Takes back what this device announced there; stored files stay."""
        self._one(_calls.unannounce(path))

    def holders(self, path: Remote) -> Rows[Holder]:
        """Who announces the content of a file, of those one may know of."""
        return Rows(self, _calls.holders(path))

    def serve(self, *, scan: bool = True, once: bool = False,
              on_item: Optional[OnItem] = None,
              progress: Optional[Progress] = None) -> Transfer:
        """Sends what others may have of what this device announced.

        Also uploads what was allowed to it. It never answers a request:
        rules do, or approve(). Goes on until it is interrupted, or with
        `once` until nothing waits. `scan=False` does not look for changes.
        """
        return self._copy(_calls.serve(scan, once), progress, on_item)

    def ask(self, path: Remote, note: Optional[str] = None, *,
            ttl: int = 0) -> Request:
        """Asks for a file that is announced or locked.

        `ttl` is how many seconds the request lives, 0 as the hub has it.
        Asking again for what is live gives the same request.

        >>> client.write_bytes(":/locked/song", b"la la").size
        5
        >>> client.set_access(":/locked", "ask")
        >>> r = bob.ask("alice:/locked/song", "please")
        >>> r.kind, r.state, r.mine
        (<RequestKind.GET: 1>, <RequestState.OPEN: 0>, True)
        >>> [q.text for q in client.requests(inbox=True, outbox=False)]
        ['please']
        >>> client.approve(r.id).state
        <RequestState.FULFILLED: 4>
        >>> bob.read_bytes("alice:/locked/song")
        b'la la'
        """
        return self._one(_calls.ask(path, note, ttl))

    def ask_want(self, text: str, of: Optional[str] = None, *,
                 ttl: int = 0) -> Request:
        """Asks for a file described in words, of somebody or of everybody.

        >>> r = bob.ask_want("any song", "alice")
        >>> client.fulfil(r.id, ":/locked/song").kind
        <RequestKind.WANT: 2>
        """
        return self._one(_calls.ask_want(text, of, ttl))

    def ask_upload(self, source: Local, target: Remote,
                   note: Optional[str] = None) -> Request:
        """Asks to put a file into somebody's space; see upload_asked().

        >>> r = bob.ask_upload(tmp / "tree/one", "alice:/from-bob")
        >>> client.approve(r.id).state
        <RequestState.APPROVED: 2>
        >>> bob.upload_asked(r.id, tmp / "tree/one", "alice:/from-bob").failed
        0
        """
        return self._one(_calls.ask_upload(source, target, note))

    def ask_upload_size(self, target: Remote, size: int,
                        note: Optional[str] = None) -> Request:
        """Likewise, for what is no file: begin_upload(request=) sends it.

        >>> r = bob.ask_upload_size("alice:/sent", 5)
        >>> _ = client.approve(r.id)
        >>> bob.begin_upload("alice:/sent", 5, request=r.id).append(
        ...     b"hello").author
        'bob'
        """
        return self._one(_calls_hub.ask_upload_size(target, size, note))

    def upload_asked(self, request: int, source: Local, target: Remote, *,
                     checksum: bool = False,
                     progress: Optional[Progress] = None,
                     on_item: Optional[OnItem] = None) -> Transfer:
        """Uploads a file to where an approved request allows it."""
        return self._copy(_calls.upload_asked(
            request, source, target, checksum, on_item is not None),
            progress, on_item)

    def request(self, number: int) -> Request:
        """One request that one has part in."""
        return self._one(_calls.request(number))

    def requests(self, *, inbox: bool = True, outbox: bool = True,
                 states: Iterable[Union[RequestState, str]] = ()
                 ) -> Rows[Request]:
        """What is asked of one, and by one, newest first.

        >>> "please" in [r.text for r in bob.requests(
        ...     inbox=False, states=["fulfilled"])]
        True
        """
        return Rows(self, _calls.requests(inbox, outbox, states))

    def decide(self, ids: Sequence[int], event: Union[RequestEvent, str],
               detail: Optional[str] = None) -> List[Request]:
        """Answers several requests; each has its .status.

        At most 256, of an answer that is none of FULFIL.
        """
        return self._all(_calls.decide(ids, RequestEvent.of(event), detail))

    def _decide(self, number: int, event: RequestEvent,
                detail: Optional[str] = None) -> Request:
        call = _calls.decide([number], event, detail)
        request = self._one(call)
        if request.status is not None:
            raise failed(call, request.status.code, "")
        return request

    def see(self, number: int) -> Request:
        """Says that one has seen a request."""
        return self._decide(number, RequestEvent.SEE)

    def approve(self, number: int) -> Request:
        """Says yes to a request."""
        return self._decide(number, RequestEvent.APPROVE)

    def deny(self, number: int, reason: Optional[str] = None) -> Request:
        """Says no to a request."""
        return self._decide(number, RequestEvent.DENY, reason)

    def cancel(self, number: int) -> Request:
        """Takes back what one asked."""
        return self._decide(number, RequestEvent.CANCEL)

    def retry(self, number: int) -> Request:
        """Asks again what came to nothing."""
        return self._decide(number, RequestEvent.RETRY)

    def fulfil(self, number: int, path: Remote) -> Request:
        """Gives a file of one's own to who wants one."""
        return self._one(_calls.fulfil(number, path))

    def rules(self) -> Rows[Rule]:
        """What is answered without one, in the order it is tried."""
        return Rows(self, _calls.rules())

    def add_rule(self, verdict: Union[Verdict, str],
                 who: Optional[str] = None, *, under: Optional[str] = None,
                 size_max: Optional[int] = None,
                 kinds: Iterable[Union[RequestKind, str]] = ("get", "upload"),
                 detail: Optional[str] = None, before: int = 0) -> Rule:
        """Adds a rule, at the end or before another one.

        >>> rule = client.add_rule("allow", "bob", under="/docs")
        >>> [(r.who, r.under) for r in client.rules()]
        [('bob', '/docs')]
        >>> client.remove_rule(rule.id)
        """
        return self._one(_calls.rule_add(verdict, who, under, size_max, kinds,
                                         detail, before))

    def remove_rule(self, number: int) -> None:
        """Removes a rule."""
        self._one(_calls.rule_remove(number))

    def audit(self, path: Optional[Remote] = None, *,
              name: Optional[str] = None, since: Optional[Time] = None,
              mine: bool = False) -> Rows[AuditLine]:
        """Who asked, answered, sent and got what, newest first.

        With `since` the oldest first. `mine`: as an operator, only that in
        which one has a part.

        >>> next(client.audit("alice:/locked/song")).asker
        'bob'
        """
        return Rows(self, _calls.audit(path, name, since, mine))
