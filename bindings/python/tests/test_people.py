"""Presence, announcements, requests and news between two people."""
import threading
from pathlib import Path
from typing import Iterator, List

import fss
import pytest
from hub import PASSWORD, Hub


@pytest.fixture(scope="module")
def carol(hub: Hub, tmp_path_factory: pytest.TempPathFactory
          ) -> Iterator[fss.Client]:
    """Somebody with an index, who announces."""
    index = tmp_path_factory.mktemp("carol") / "index"
    with fss.Client(hub.address, index=index) as c:
        c.register("carol", PASSWORD)
        yield c


def test_who(client: fss.Client, bob: fss.Client) -> None:
    # Who follows what happens counts as being here at once.
    news = bob.events(["presence"], listed=True)
    while next(news).name != "bob":
        pass
    people = {p.name: p for p in client.who()}
    assert people["bob"].presence is fss.Presence.ONLINE
    assert people["bob"].since is not None
    bob.hide()
    assert "bob" not in {p.name for p in client.who()}
    hidden = {p.name: p for p in client.who(everybody=True)}["bob"]
    assert hidden.presence is fss.Presence.OFFLINE
    assert {p.name: p.hidden for p in bob.who()}["bob"]
    bob.hide(False)
    news.close()


def test_presence_is_news(hub: Hub, client: fss.Client) -> None:
    with client.events(["presence"], listed=True) as news:
        while next(news).name != "alice":
            pass
        with fss.Client(hub.address) as c:
            c.register("passing", PASSWORD)
            theirs = c.events(["presence"], listed=True)
            next(theirs)
            n = next(n for n in news if n.name == "passing")
            assert n.kind is fss.NewsKind.PRESENCE and not n.afresh
            assert n.presence is fss.Presence.ONLINE and n.sessions == 1


def test_uploads_are_news(hub: Hub, client: fss.Client,
                          bob: fss.Client) -> None:
    """On one's other device, and to nobody else."""
    with fss.Client(hub.address) as other:
        other.login("alice", PASSWORD)
        news = other.events(["presence", "upload"], listed=True)
        # One that is told: from here on it follows.
        next(news)
        theirs = bob.events(["presence", "upload"], listed=True)
        next(theirs)
        upload = client.begin_upload(":/told", 5)
        n = next(n for n in news if n.kind is fss.NewsKind.UPLOAD)
        assert n.changed is not None and not n.path and not n.name
        assert upload.id in {u.id for u in other.uploads()}
        upload.abort()
        bob.hide()
        for n in theirs:
            assert n.kind is fss.NewsKind.PRESENCE
            if n.name == "bob" and n.presence is fss.Presence.OFFLINE:
                break
        bob.hide(False)
        news.close()
        theirs.close()


def test_a_request_through_its_life(client: fss.Client,
                                    bob: fss.Client) -> None:
    client.write_bytes(":/asked/one", b"content")
    client.set_access(":/asked", "ask")
    with pytest.raises(PermissionError):
        bob.read_bytes("alice:/asked/one")
    told = client.events(["request"], listed=True)
    r = bob.ask("alice:/asked/one", "for the band")
    assert r.remote == fss.RemotePath("alice:/asked/one")
    assert r.may == {fss.RequestEvent.CANCEL}
    for news in told:
        if news.request == r.id:
            assert news.request_kind is fss.RequestKind.GET
            assert not news.mine
            break
    told.close()
    inbox = {q.id: q for q in client.requests(outbox=False,
                                              states=["open", "seen"])}
    assert inbox[r.id].text == "for the band" and inbox[r.id].asker == "bob"
    assert client.see(r.id).state is fss.RequestState.SEEN
    assert bob.cancel(r.id).state is fss.RequestState.CANCELLED
    assert bob.retry(r.id).attempt == 2
    with pytest.raises(fss.errors.EDENIED):
        bob.approve(r.id)
    assert client.approve(r.id).state is fss.RequestState.FULFILLED
    with pytest.raises(fss.errors.ESTATE):
        client.approve(r.id)
    assert bob.read_bytes("alice:/asked/one") == b"content"
    assert bob.stat("alice:/asked/one").may_read
    lines = [a.what for a in client.audit("alice:/asked/one")]
    assert lines[-1] is fss.AuditWhat.ASKED
    assert fss.AuditWhat.APPROVED in lines


def test_several_at_once(client: fss.Client, bob: fss.Client) -> None:
    client.write_bytes(":/asked/two", b"2")
    client.write_bytes(":/asked/three", b"3")
    client.set_access(":/asked", "ask")
    a = bob.ask("alice:/asked/two").id
    b = bob.ask("alice:/asked/three").id
    done = client.decide([a, 99999, b], "deny", "not today")
    assert [type(r.status) for r in done] == [
        type(None), fss.errors.ENOENT, type(None)]
    r = bob.request(a)
    assert r.state is fss.RequestState.DENIED and r.detail == "not today"
    assert r.reason is fss.RequestReason.PERSON and r.by == "alice"
    assert r.retry is not None
    with pytest.raises(fss.errors.ERATE):
        bob.ask("alice:/asked/two")
    with pytest.raises(fss.errors.ENOENT):
        client.deny(99999)


def test_announced_asked_served(carol: fss.Client, bob: fss.Client,
                                tmp_path: Path) -> None:
    """The whole way: announced, asked, allowed by a rule, sent, fetched."""
    data = b"song" * 100_000
    (tmp_path / "songs").mkdir()
    (tmp_path / "songs" / "one").write_bytes(data)
    assert carol.announce(tmp_path / "songs", ":/songs").files_done == 1
    carol.set_access(":/songs", "ask")
    entry = next(bob.find("one", owner="carol"))
    assert entry.state is fss.State.ANNOUNCED and entry.holders == 1
    assert [h.owner for h in bob.holders(entry.remote)] == ["carol"]
    with pytest.raises(fss.errors.EANNOUNCED):
        carol.read_bytes(":/songs/one")
    rule = carol.add_rule("allow", "bob", kinds=["get"], under="/songs",
                          size_max=10 ** 6)
    assert rule.kinds == {fss.RequestKind.GET} and rule.size_max == 10 ** 6
    news: List[fss.News] = []
    ended: List[fss.Transfer] = []
    t = threading.Thread(target=lambda: ended.append(bob.fetch(
        entry.remote, tmp_path / "got", note="please",
        on_news=news.append)))
    served: List[fss.Item] = []
    # The rule says yes at once, so that something waits to be sent.
    told = bob.events(["request"], listed=True)
    asked = bob.ask(entry.remote)
    assert asked.state is fss.RequestState.APPROVED
    while next(told).request != asked.id:
        pass
    t.start()
    carol.serve(once=True, on_item=served.append)
    t.join(120)
    assert (tmp_path / "got").read_bytes() == data
    assert ended[0].bytes_done == len(data) and served[0].error is None
    assert {n.request for n in news} <= {asked.id}
    # The bytes are all here a moment before the request is over.
    while next(told).request_state is not fss.RequestState.FULFILLED:
        pass
    told.close()
    assert bob.request(asked.id).state is fss.RequestState.FULFILLED
    carol.remove_rule(rule.id)
    assert list(carol.rules()) == []
    carol.unannounce(":/songs")


def test_index_is_needed(client: fss.Client, hub: Hub,
                         tmp_path: Path) -> None:
    with fss.Client(hub.address) as c:
        c.login("alice", PASSWORD)
        with pytest.raises(fss.errors.EINVAL, match="index"):
            c.announce(tmp_path, ":/x")
        c.set_index(tmp_path / "i")
        with pytest.raises(fss.errors.EBUSY):
            c.set_index(tmp_path / "j")


def test_server(tmp_path: Path) -> None:
    invite = fss.Server.init(tmp_path / "hub")
    with pytest.raises(fss.errors.EEXIST):
        fss.Server.init(tmp_path / "hub")
    with fss.Server(tmp_path / "hub", listen="tcp://127.0.0.1:0",
                    introduce="off", registration="closed",
                    pwhash_mem=65536, pwhash_ops=1) as s:
        with fss.Client(s.address) as c:
            with pytest.raises(fss.errors.ECLOSED):
                c.register("dave", PASSWORD)
            s.set("registration", fss.Registration.OPEN)
            assert c.register("dave", PASSWORD, invite).name == "dave"
            c.write_bytes(":/x", b"kept")
            assert s.stat("sessions") == 1 and s.stat("commits") > 0
            fss.Server.backup(tmp_path / "hub", tmp_path / "copy")
            with pytest.raises(fss.errors.EINVAL):
                s.set("readers", -1)
            with pytest.raises(ValueError):
                s.set("no_such", 1)
    with pytest.raises(fss.errors.ENOTCONN):
        s.address
    for folder in ("hub", "copy"):
        assert fss.Server.check(tmp_path / folder) == []
