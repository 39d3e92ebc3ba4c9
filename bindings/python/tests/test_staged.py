"""Uploads in parts: broken off anywhere, the file is the same."""
import asyncio
import io
import os
from pathlib import Path

import fss
import fss.aio
import pytest
from hub import PASSWORD, Hub


class Breaks(io.RawIOBase):
    """A file that cannot be read past a place."""

    def __init__(self, data: bytes, end: int) -> None:
        super().__init__()
        self._left = io.BytesIO(data[:end])

    def read(self, size: int = -1) -> bytes:
        piece = self._left.read(size)
        if not piece:
            raise OSError("the disk is gone")
        return piece


def test_in_parts_of_any_size(client: fss.Client, folder: str) -> None:
    data = os.urandom(300_000)
    u = client.begin_upload(f"{folder}/x", len(data), permissions=0o600,
                            mtime=1_000_000, media="text/x-odd", meta="m")
    assert (u.offset, u.size, u.state.meta) == (0, len(data), "m")
    assert u.state.remote.name == "x" and u.state.expires is not None
    for part in (data[:1], data[1:70_000], bytearray(data[70_000:200_001])):
        assert u.append(part) is None
        assert u.refresh() == u.state
        assert not client.exists(f"{folder}/x")
    assert u.offset == 200_001 and "200001 of 300000" in repr(u)
    entry = u.append(memoryview(data)[200_001:])
    assert entry is not None and entry == u.entry
    assert (entry.size, entry.mode, entry.mtime_us, entry.media) == (
        len(data), 0o600, 1_000_000, "text/x-odd")
    assert client.read_bytes(f"{folder}/x") == data
    # It is stored as what came in one piece is.
    assert client.write_bytes(f"{folder}/y", data).digest == entry.digest
    # Told for a while, for whoever did not hear the answer.
    again = client.resume_upload(u.id)
    assert again.offset == again.size and again.state.version is not None
    done = again.append(b"")
    assert done is not None and done.version == entry.version
    assert u.id not in {s.id for s in client.uploads()}


def test_an_empty_file(client: fss.Client, folder: str) -> None:
    entry = client.begin_upload(f"{folder}/none", 0).append(b"")
    assert entry is not None and entry.size == 0


def test_from_a_file_over_a_dead_hub(tmp_path: Path) -> None:
    """What was durable is gone on with, by another client."""
    hub = Hub(tmp_path).start()
    size = 40 << 20
    data = os.urandom(1 << 20) * 2 + os.urandom(size - (2 << 20))
    (tmp_path / "big").write_bytes(data)
    try:
        with fss.Client(hub.address) as c:
            c.register("alice", PASSWORD, hub.invite)
            token = c.create_token("up", "read,write").token
            u = c.begin_upload(":/big", size)
            assert u.append(data[:20 << 20]) is None
            with pytest.raises(OSError, match="the disk is gone"):
                u.append(Breaks(data[20 << 20:], 15 << 20))
        hub.kill()
        hub.start()
        with fss.Client(hub.address, token=token) as c:
            u = c.resume_upload(u.id)
            assert 20 << 20 <= u.offset <= 35 << 20
            with open(tmp_path / "big", "rb") as f:
                f.seek(u.offset)
                entry = u.append(f)
            assert entry is not None and entry.size == size
            assert c.get(":/big", tmp_path / "got").files_done == 1
        assert (tmp_path / "got").read_bytes() == data
    finally:
        hub.stop()


def test_what_does_not_fit(client: fss.Client, bob: fss.Client,
                           folder: str) -> None:
    client.set_access(folder, "open")
    u = client.begin_upload(f"{folder}/x", 5)
    with pytest.raises(fss.errors.ETOOBIG):
        u.append(b"123456")
    with pytest.raises(TypeError, match="binary mode"):
        u.append(io.StringIO("12345"))  # type: ignore[arg-type]
    assert u.refresh().offset == 0
    with pytest.raises(fss.errors.ENOENT):
        bob.resume_upload(u.id)
    with pytest.raises(fss.errors.EINVAL):
        client.begin_upload(f"{folder}/x", -1)
    with pytest.raises(fss.errors.EDENIED):
        bob.begin_upload(f"alice{folder}/mine", 1)
    # Somebody else went on: this one does not know how far it is.
    client.resume_upload(u.id).append(b"12")
    with pytest.raises(fss.errors.ECONFLICT):
        u.append(b"34")
    u.refresh()
    assert u.append(b"345") is not None
    u = client.begin_upload(f"{folder}/y", 5)
    assert u.id in {s.id for s in client.uploads()}
    u.abort()
    with pytest.raises(fss.errors.ENOENT):
        u.refresh()
    with pytest.raises(fss.errors.ENOENT):
        u.abort()
    with pytest.raises(fss.errors.ENOENT):
        u.append(b"1")
    assert not client.exists(f"{folder}/y")


def test_what_was_asked_for(client: fss.Client, bob: fss.Client,
                            folder: str) -> None:
    target = f"alice{folder}/from-bob"
    r = bob.ask_upload_size(target, 3, "it is small")
    assert r.kind is fss.RequestKind.UPLOAD and r.size == 3
    assert r.text == "it is small"
    with pytest.raises(fss.Error):
        bob.begin_upload(target, 3, request=r.id)
    client.approve(r.id)
    entry = bob.begin_upload(target, 3, request=r.id).append(b"abc")
    assert entry is not None and entry.owner == "alice"
    assert client.read_bytes(f"{folder}/from-bob") == b"abc"


def test_in_asyncio(hub: Hub, client: fss.Client, folder: str,
                    tmp_path: Path) -> None:
    data = os.urandom(1 << 20)
    token = client.create_token("aio", "read,write")
    (tmp_path / "x").write_bytes(data)

    async def one(c: fss.aio.Client, i: int) -> None:
        u = await c.begin_upload(f"{folder}/{i}", len(data))
        assert await u.append(data[:500_000 + i]) is None
        assert (await u.refresh()).offset == u.offset == 500_000 + i
        u = await c.resume_upload(u.id)
        with open(tmp_path / "x", "rb") as f:
            f.seek(u.offset)
            entry = await u.append(f)
        assert entry is not None and entry.size == len(data)
        assert await c.read_bytes(f"{folder}/{i}") == data

    async def main() -> None:
        async with fss.aio.Client(hub.address, token=token.token) as c:
            await asyncio.gather(*(one(c, i) for i in range(8)))
            u = await c.begin_upload(f"{folder}/never", 10)
            with pytest.raises(fss.errors.ETOOBIG):
                await u.append(b"x" * 11)
            assert [s.id async for s in c.uploads()] == [u.id]
            await u.abort()
            assert not [s async for s in c.uploads()]
            link = await c.make_link(f"{folder}/0")
            assert link.id in {k.id async for k in c.links()}
            await c.revoke_link(link.id)
            assert c.registration is fss.Registration.OPEN
            assert c.hub_name == client.hub_name
            assert not c._ops
    asyncio.run(main())
    client.revoke_device(token.device)
