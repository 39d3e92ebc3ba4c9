"""The blocking client against a real hub: accounts, entries, copies."""
import os
import random
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, List

import fss
import pytest
from hub import PASSWORD, Hub


def test_device_key(hub: Hub) -> None:
    _, secret = fss.key_generate()
    with fss.Client(hub.address, identity=secret, device_name="desk") as c:
        account = c.register("keyed", PASSWORD)
        assert account.name == "keyed" and account.device_name == "desk"
    with fss.Client(hub.address, identity=secret) as c:
        c.ping()
        assert c.account == "keyed" and c.inbox == 0
        mine = [d for d in c.devices() if d.current]
        assert [d.name for d in mine] == ["desk"]
        assert mine[0].created is not None and len(mine[0].key) == 32
        c.revoke_device(mine[0].id)
    with fss.Client(hub.address, identity=secret) as c:
        with pytest.raises(fss.errors.EAUTH):
            c.whoami()


def test_wrong_key_is_refused(hub: Hub) -> None:
    public, _ = fss.key_generate()
    with fss.Client(f"{hub.plain}#{fss.key_format(public)}", timeout=0.5) as c:
        with pytest.raises((fss.errors.EHOSTKEY, fss.errors.EUNREACH)):
            c.ping()
    with pytest.raises(fss.errors.EINVAL, match="key"):
        fss.Client(hub.plain)
    with pytest.raises(fss.errors.EINVAL):
        fss.Client(hub.address, connections=9)
    with pytest.raises(fss.errors.EINVAL):
        fss.Client(hub.address, timeout=0)


def test_errors_say_what(hub: Hub, client: fss.Client) -> None:
    with fss.Client(hub.address) as c:
        with pytest.raises(fss.errors.EAUTH) as e:
            c.login("alice", "not the password")
        assert str(e.value).startswith("cannot log in 'alice'")
        with pytest.raises(ValueError, match="8 to 256 bytes"):
            c.register("someone", "short")
        with pytest.raises(fss.errors.ENAME):
            c.register("No Name", PASSWORD)
        c.close()
        with pytest.raises(fss.errors.ENOTCONN, match="closed"):
            c.ping()
        c.close()
    with pytest.raises(FileNotFoundError):
        client.stat(":/none")
    with pytest.raises(NotADirectoryError):
        list(client.ls(":/docs-file") if client.write_bytes(
            ":/docs-file", b"x") else [])
    client.remove(":/docs-file")


def test_deadline(hub: Hub, client: fss.Client) -> None:
    with client.deadline(0.05):
        with pytest.raises(TimeoutError):
            for _ in client.events(["work"]):
                pass
    client.ping()
    events = client.events(["work"], timeout=0.01)
    for _ in range(2):
        with pytest.raises(fss.errors.ETIMEDOUT):
            next(events)
    with client.deadline(60), client.deadline(120):
        client.ping()
    with client.deadline(0.0001), pytest.raises(fss.errors.ETIMEDOUT):
        for _ in range(100_000):
            client.ping()


def test_lists_page_by_themselves(client: fss.Client, folder: str,
                                  tmp_path: Path) -> None:
    for i in range(700):
        (tmp_path / f"{i:04}").write_bytes(b"%d" % i)
    assert client.put(tmp_path, folder).files_done == 700
    names = [e.name for e in client.ls(folder)]
    assert names == [f"{i:04}" for i in range(700)]
    # Another call, and another list, in between.
    for n, (e, f) in enumerate(zip(client.ls(folder), client.walk(folder))):
        assert e.name == f.name
        if n % 200 == 0:
            assert client.stat(e.remote) == e
        if n == 600:
            break
    found = client.find("123", under=folder[1:], owner="alice")
    assert {e.name for e in found} == {n for n in names if "123" in n}
    assert found.near == []
    hits = client.find("123", owner="bob")
    assert (list(hits), hits.near) == ([], [])
    client.write_bytes(folder + "/quarterly.txt", b"")
    hits = client.find("quartrely", under=folder[1:], owner="alice")
    assert (list(hits), hits.near) == ([], ["quarterly"])
    client.remove(folder, recursive=True)


def test_versions(client: fss.Client, folder: str) -> None:
    path = folder + "/note"
    when = datetime(2001, 2, 3, 4, 5, 6, 789, timezone.utc)
    first = client.write_bytes(path, b"one", mtime=when, permissions=0o600,
                               media="text/x-note")
    assert (first.mtime, first.mode, first.media) == (when, 0o600,
                                                      "text/x-note")
    client.write_bytes(path, b"two")
    assert [v.number for v in client.versions(path)] == [2, 1]
    assert client.read_bytes(path, version=1) == b"one"
    assert client.stat(path, version=1).mtime == when
    assert client.restore(path, 1).number == 3
    assert client.read_bytes(path) == b"one"


def test_times_beyond_datetime() -> None:
    far = fss.Entry(mtime_us=2 ** 62)
    assert far.mtime.year == 9999 and far.created is None
    assert fss.Entry(mtime_us=-2 ** 62).mtime.year == 1
    assert fss.Entry(mtime_us=-1).mtime == datetime(
        1970, 1, 1, tzinfo=timezone.utc) - timedelta(microseconds=1)


def test_rights(client: fss.Client, bob: fss.Client, folder: str) -> None:
    client.write_bytes(folder + "/a", b"x")
    theirs = "alice" + folder
    assert not bob.exists(theirs + "/a")
    client.add_member("friends", "bob")
    client.grant(folder, "@friends", "read,create")
    assert bob.read_bytes(theirs + "/a") == b"x"
    assert bob.write_bytes(theirs + "/b", b"y").author == "bob"
    assert bob.stat(theirs + "/a").rights & fss.Right.WRITE == 0
    with pytest.raises(PermissionError):
        bob.remove(theirs + "/a")
    with pytest.raises(ValueError, match="no right"):
        client.grant(folder, "bob", "everything")
    client.revoke(folder, "@friends")
    assert not bob.exists(theirs + "/a")
    client.set_access(folder, fss.Access.OPEN)
    assert bob.stat(theirs).access is fss.Access.OPEN
    client.remove_member("friends", "bob")


def tree(folder: Path, seed: int) -> int:
    """Files of many sizes; how many bytes."""
    rng = random.Random(seed)
    total = 0
    for i, size in enumerate((0, 1, 4096, 70000, 300000, 3 << 20)):
        path = folder / f"d{i % 2}" / f"{i}-é"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(rng.randbytes(size))
        total += size
    return total


def same(a: Path, b: Path) -> bool:
    names = sorted(p.relative_to(a) for p in a.rglob("*"))
    return names == sorted(p.relative_to(b) for p in b.rglob("*")) and all(
        (a / n).is_dir() or (a / n).read_bytes() == (b / n).read_bytes()
        for n in names)


def test_copies(client: fss.Client, folder: str, tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    total = tree(here, 1)
    seen: List[fss.Transfer] = []
    items: List[fss.Item] = []
    t = client.put(here, folder, progress=seen.append, on_item=items.append)
    assert t.bytes_done == total == seen[-1].bytes_done and t.scanned
    assert t.files_done == 6 and t.wire_bytes > total // 2
    assert {os.path.basename(i.local) for i in items if "-" in i.local} == {
        p.name for p in here.rglob("*-*")}
    assert all(i.error is None for i in items)
    assert client.put(here, folder).wire_bytes == 0
    t = client.get(folder, tmp_path / "there", progress=seen.append)
    assert t.bytes_done == total and same(here, tmp_path / "there")
    with pytest.raises(IsADirectoryError):
        client.get(folder, tmp_path / "no", recursive=False)


def test_failed_items(client: fss.Client, folder: str,
                      tmp_path: Path) -> None:
    (tmp_path / "good").write_text("x")
    (tmp_path / "bad\x01name").write_text("y")
    with pytest.raises(fss.errors.EPARTIAL) as e:
        client.put(tmp_path, folder)
    items = e.value.items
    assert [os.path.basename(i.local) for i in items] == ["bad\x01name"]
    assert isinstance(items[0].error, fss.errors.EPATH)
    assert [e.name for e in client.ls(folder)] == ["good"]


def test_a_callback_that_fails_ends_the_copy(
        client: fss.Client, folder: str, tmp_path: Path) -> None:
    for i in range(50):
        (tmp_path / str(i)).write_bytes(os.urandom(1000))

    class Enough(Exception):
        pass

    def stop(_: object) -> None:
        raise Enough

    with pytest.raises(Enough):
        client.put(tmp_path, folder, progress=stop)
    with pytest.raises(Enough):
        client.put(tmp_path, folder, checksum=True, on_item=stop)
    assert client.put(tmp_path, folder).files_done == 50


def test_threads_share_a_client(client: fss.Client, folder: str,
                                tmp_path: Path) -> None:
    """Many threads at one handle, each waiting for its own."""
    problems: List[BaseException] = []

    def work(n: int) -> None:
        try:
            path = f"{folder}/{n}"
            for i in range(10):
                data = f"{n} {i}".encode() * 1000
                client.write_bytes(path, data)
                assert client.read_bytes(path) == data
                assert client.stat(path).number == i + 1
                local = tmp_path / f"{n}-{i}"
                client.get(path, local)
                assert local.read_bytes() == data
        except BaseException as e:
            problems.append(e)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not problems, problems
    assert [e.name for e in client.ls(folder)] == [str(n) for n in range(8)]


def test_a_thread_waits_while_others_work(client: fss.Client,
                                          folder: str) -> None:
    got: List[fss.News] = []
    events = client.events(["file", "presence"], listed=True)
    next(events)		# from here on nothing is missed

    def follow() -> None:
        for news in events:
            got.append(news)
            if news.path.endswith("/last"):
                return

    t = threading.Thread(target=follow)
    t.start()
    for name in ("a", "b", "last"):
        client.write_bytes(f"{folder}/{name}", name.encode())
    t.join(120)
    assert not t.is_alive() and got[-1].name == "last"
    events.close()


def test_another_thread_ends_a_list(client: fss.Client) -> None:
    events = client.events(["work"])
    ended: List[List[fss.News]] = []
    t = threading.Thread(target=lambda: ended.append(list(events)))
    t.start()
    client.ping()
    events.close()
    t.join(60)
    assert ended == [[]]
    client.ping()


def test_closing_ends_who_waits(hub: Hub) -> None:
    c = fss.Client(hub.address)
    c.login("alice", PASSWORD)
    events = c.events(["file"])
    ended: List[BaseException] = []
    waiting = threading.Event()

    def follow() -> None:
        waiting.set()
        try:
            next(events)
        except BaseException as e:
            ended.append(e)

    t = threading.Thread(target=follow)
    t.start()
    waiting.wait(60)
    c.close()
    t.join(60)
    assert not t.is_alive() and isinstance(ended[0], fss.errors.ENOTCONN)


def test_bound_paths(client: fss.Client, folder: str) -> None:
    p = client.path(folder) / "sub"
    p.mkdir()
    assert p.is_dir() and not p.is_file() and not (p / "x").exists()
    (p / "x.txt").write_text("héllo\n")
    assert (p / "x.txt").read_text() == "héllo\n"
    assert (p / "x.txt").is_file()
    with (p / "x.txt").open() as f:
        assert f.readline() == "héllo\n"
    moved = (p / "x.txt").rename(p / "y.txt")
    assert moved.exists() and moved.stat().name == "y.txt"
    assert [str(q) for q in client.path(folder).rglob("*.txt")] == [
        f"{folder}/sub/y.txt"]
    p.set_access("open")
    assert p.stat().access is fss.Access.OPEN
    moved.unlink()
    assert list(p.iterdir()) == []


def test_profile(hub: Hub, tmp_path: Path) -> None:
    with fss.Profile(tmp_path / "p") as p:
        assert p.hub == "" and p.account == "" and p.known(hub.plain) is None
        assert p.trust(hub.plain, fss.key_parse(hub.key))
        assert not p.trust(hub.plain, fss.key_parse(hub.key))
        with pytest.raises(fss.errors.EHOSTKEY):
            p.trust(hub.plain, bytes(32))
        p.use(hub.plain, "alice")
        assert p.hub == hub.address and p.account == "alice"
        with fss.Client(profile=p, index=p.index()) as c:
            c.login("alice", PASSWORD)
        with fss.Client(profile=p) as c:
            assert c.whoami().name == "alice"
        p.drop_key("alice")
        p.forget(hub.plain)
    with pytest.raises(fss.errors.EINVAL, match="closed"):
        p.hub
    os.chmod(tmp_path / "p", 0o777)
    with pytest.raises(fss.errors.EKEYPERM, match="profile"):
        fss.Profile(tmp_path / "p")


def test_log(hub: Hub, caplog: pytest.LogCaptureFixture) -> None:
    import logging
    logger = logging.getLogger("fss.test")
    logger.setLevel(logging.DEBUG)
    with fss.Client(hub.address, log=logger) as c:
        c.ping()
    assert "client: session stands" in caplog.text
