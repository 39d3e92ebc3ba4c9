"""fsspec's file system, by itself and in pandas."""
import os
import pickle
from pathlib import Path
from typing import Iterator

import fss
import pytest
from hub import PASSWORD, Hub

fsspec = pytest.importorskip("fsspec")

from fss.filesystem import FSSFileSystem, split_url  # noqa: E402

# Where the package is installed its entry point does this (test_package).
fsspec.register_implementation("fss", FSSFileSystem, clobber=True)


@pytest.fixture
def fs(hub: Hub) -> Iterator[FSSFileSystem]:
    fs = fsspec.filesystem("fss", address=hub.address, username="alice",
                           password=PASSWORD)
    fs.mkdir("/alice/fs")
    yield fs
    fs.rm("/alice/fs", recursive=True)


def test_urls() -> None:
    for url, parts in {
        "fss://host:7000/alice/a#b?c": ("host", 7000, "/alice/a#b?c"),
        "fss://host/alice": ("host", None, "/alice"),
        "fss:///alice/x": ("", None, "/alice/x"),
        "fss://[::1]:70/a": ("[::1]", 70, "/a"),
        "fss://[::1]/a": ("[::1]", None, "/a"),
        "/alice/x": ("", None, "/alice/x"),
    }.items():
        assert split_url(url) == parts
    with pytest.raises(fss.errors.EINVAL):
        split_url("fss://host:x/a")
    assert FSSFileSystem._get_kwargs_from_urls("fss://h:7/a/b") == {
        "host": "h", "port": 7}
    assert FSSFileSystem._strip_protocol("fss://h:7/a/b/") == "/a/b"


def test_looking(fs: FSSFileSystem) -> None:
    fs.makedirs("/alice/fs/a/b", exist_ok=True)
    fs.pipe_file("/alice/fs/a/one.txt", b"one")
    fs.pipe_file("/~/fs/a/b/two.txt", b"two two")
    assert fs.ls("/alice/fs", detail=False) == ["/alice/fs/a"]
    assert fs.ls("/~/fs/a", detail=False) == ["/~/fs/a/b",
                                              "/~/fs/a/one.txt"]
    assert "/alice" in fs.ls("/", detail=False)
    info = fs.info("fss://ignored:1/alice/fs/a/one.txt")
    assert (info["name"], info["size"], info["type"]) == (
        "/alice/fs/a/one.txt", 3, "file")
    assert fs.info("/alice")["type"] == "directory" and fs.isdir("/")
    assert fs.exists("/alice/fs/a") and not fs.exists("/alice/fs/none")
    assert not fs.exists("/nobody/x")
    assert fs.find("/alice/fs") == ["/alice/fs/a/b/two.txt",
                                    "/alice/fs/a/one.txt"]
    assert fs.find("/alice/fs/a/one.txt") == ["/alice/fs/a/one.txt"]
    assert fs.find("/alice/none") == []
    assert fs.glob("/alice/fs/**.txt") == ["/alice/fs/a/b/two.txt",
                                           "/alice/fs/a/one.txt"]
    assert [(r, sorted(d), sorted(f)) for r, d, f in fs.walk(
        "/alice/fs/a")] == [
        ("/alice/fs/a", ["b"], ["one.txt"]),
        ("/alice/fs/a/b", [], ["two.txt"])]
    assert fs.du("/alice/fs") == 10
    assert fs.created("/~/fs/a/one.txt").year > 2000
    assert fs.modified("/~/fs/a/one.txt").year > 2000
    assert fs.ukey("/~/fs/a/one.txt") != fs.ukey("/~/fs/a/b/two.txt")


def test_content(fs: FSSFileSystem, tmp_path: Path) -> None:
    data = os.urandom(700_000)
    with fs.open("/alice/fs/x", "wb") as f:
        f.write(data)
    assert fs.cat("/alice/fs/x") == data
    assert fs.cat_file("/alice/fs/x", start=-5) == data[-5:]
    assert fs.cat_file("/alice/fs/x", start=10, end=20) == data[10:20]
    assert fs.head("/alice/fs/x", 9) == data[:9]
    assert fs.tail("/alice/fs/x", 9) == data[-9:]
    with fs.open("/alice/fs/t", "w") as f:
        f.write("zwölf\n")
    with fs.open("/alice/fs/t", "r", encoding="utf-8") as f:
        assert f.read() == "zwölf\n"
    fs.get("/alice/fs/x", str(tmp_path / "down" / "x"))
    assert (tmp_path / "down" / "x").read_bytes() == data
    (tmp_path / "tree" / "sub").mkdir(parents=True)
    (tmp_path / "tree" / "sub" / "y").write_text("y")
    fs.put(str(tmp_path / "tree"), "/alice/fs/", recursive=True)
    assert fs.cat("/alice/fs/tree/sub/y") == b"y"
    fs.cp("/alice/fs/x", "/alice/fs/copy")
    assert fs.checksum("/alice/fs/copy") == fs.checksum("/alice/fs/x")
    fs.mv("/alice/fs/copy", "/alice/fs/moved")
    assert not fs.exists("/alice/fs/copy") and fs.exists("/alice/fs/moved")
    fs.rm("/alice/fs/moved")
    with pytest.raises(fss.errors.ENOTEMPTY):
        fs.rmdir("/alice/fs/tree")
    with pytest.raises(FileExistsError):
        fs.mkdir("/alice/fs/tree")
    with pytest.raises(FileNotFoundError):
        fs.open("/alice/fs/none", "rb")
    with pytest.raises(ValueError):
        fs.open("/", "rb")
    with pytest.raises(ValueError):
        fs.open("/alice/fs/x", "ab")


def test_pickled(fs: FSSFileSystem) -> None:
    fs.pipe_file("/alice/fs/p", b"p")
    again = pickle.loads(pickle.dumps(fs))
    assert again.cat_file("/alice/fs/p") == b"p"


def test_profile(hub: Hub, tmp_path: Path) -> None:
    """Without an address the hub is the one that fssctl uses."""
    with fss.Profile(tmp_path / "p") as p:
        p.trust(hub.plain, fss.key_parse(hub.key))
        p.use(hub.plain, "alice")
        with fss.Client(profile=p) as c:
            c.login("alice", PASSWORD)
            c.write_bytes(":/by-profile", b"here")
    where = hub.plain[len("fss://"):]
    for url in ("fss:///alice/by-profile", f"fss://{where}/~/by-profile"):
        with fsspec.open(url, "rb", profile=str(tmp_path / "p")) as f:
            assert f.read() == b"here"
    with pytest.raises(fss.errors.EHOSTKEY, match="its key is not known"):
        fsspec.open("fss://127.0.0.1:9/~/x", "rb",
                    profile=str(tmp_path / "p")).open()


def test_token(client: fss.Client, hub: Hub) -> None:
    client.write_bytes(":/by-token", b"here")
    made = client.create_token("notebook", "read")
    where, _, key = hub.address.partition("#")
    with fsspec.open(f"{where}/~/by-token", "rb", key=key,
                     token=made.token) as f:
        assert f.read() == b"here"
    client.revoke_device(made.device)


def test_pandas(fs: FSSFileSystem, hub: Hub) -> None:
    pandas = pytest.importorskip(
        "pandas", reason="not tried: python3-pandas is not installed")
    fs.pipe_file("/alice/fs/t.csv", b"name,n\nalpha,1\nbravo,22\n")
    where, _, key = hub.address.partition("#")
    options = {"key": key, "username": "alice", "password": PASSWORD}
    table = pandas.read_csv(f"{where}/alice/fs/t.csv",
                            storage_options=options)
    assert list(table.n) == [1, 22]
    table.n *= 2
    table.to_csv(f"{where}/~/fs/u.csv", index=False, storage_options=options)
    assert fs.cat("/alice/fs/u.csv") == b"name,n\nalpha,2\nbravo,44\n"
