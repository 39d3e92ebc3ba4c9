"""The asyncio client: many at once, cancelled, resumed, closed."""
import asyncio
import os
from pathlib import Path
from typing import Any, Awaitable, Callable, List

import fss
import fss.aio
import pytest
from fss._native import lib
from hub import PASSWORD, Hub

Run = Callable[[Callable[[fss.aio.Client], Awaitable[None]]], None]


@pytest.fixture
def run(hub: Hub) -> Run:
    """Runs a coroutine with a client that is alice."""
    def with_client(
            work: Callable[[fss.aio.Client], Awaitable[None]]) -> None:
        async def main() -> None:
            async with fss.aio.Client(hub.address) as c:
                await c.login("alice", PASSWORD)
                await asyncio.wait_for(work(c), 300)
            assert c.closed and not c._ops
        asyncio.run(main())
    return with_client


def test_many_transfers_at_once(run: Run, tmp_path: Path) -> None:
    async def work(c: fss.aio.Client) -> None:
        data = [os.urandom(2000 + i) for i in range(200)]
        for i, d in enumerate(data):
            (tmp_path / f"{i}").write_bytes(d)
        up = await asyncio.gather(*(
            c.put(tmp_path / f"{i}", f":/many/{i}") for i in range(200)))
        assert sum(t.bytes_done for t in up) == sum(map(len, data))
        down = await asyncio.gather(*(
            c.get(f":/many/{i}", tmp_path / f"got-{i}") for i in range(200)))
        assert all(t.files_done == 1 for t in down)
        for i, d in enumerate(data):
            assert (tmp_path / f"got-{i}").read_bytes() == d
        assert await asyncio.gather(*(
            c.read_bytes(f":/many/{i}") for i in range(200))) == data
        await c.remove(":/many", recursive=True)
    run(work)


async def forever(c: fss.aio.Client) -> None:
    """Follows what never happens."""
    async with c.events(["work"]) as news:
        async for _ in news:
            pass


def test_cancelling_a_task_cancels_its_operation(run: Run) -> None:
    async def work(c: fss.aio.Client) -> None:
        task = asyncio.ensure_future(forever(c))
        await c.ping()
        assert len(c._ops) == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not c._ops
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(forever(c), 0.05)
        assert not c._ops
        await c.ping()
    run(work)


def test_cancelled_upload_goes_on(run: Run, tmp_path: Path) -> None:
    async def work(c: fss.aio.Client) -> None:
        async def begin(number: int) -> int:
            """The upload's operation; 0: it was over before it was seen."""
            with open(tmp_path / "big", "wb") as f:
                for _ in range(24):
                    f.write(os.urandom(1 << 20))
            begun = asyncio.Event()
            task = asyncio.ensure_future(
                c.put(tmp_path / "big", f":/cancel/{number}",
                      progress=lambda t: t.bytes_done > 0 and begun.set()))
            await begun.wait()
            op = next(iter(c._ops), 0)
            task.cancel()
            try:
                await task
            except asyncio.CancelledError:
                return 0 if await c.exists(f":/cancel/{number}") else op
            return 0

        number, op = 0, 0
        while op == 0:
            number += 1
            assert number < 20
            op = await begin(number)
        path = f":/cancel/{number}"
        with c._core.lock:
            handle = c._core.live()
            assert lib.fss_op_cancel(handle, op) == fss.errors.EINVAL.code
        assert not c._ops
        t = await c.put(tmp_path / "big", path)
        assert t.wire_bytes < t.bytes_done == 24 << 20
        await c.remove(":/cancel", recursive=True)
    run(work)


def test_lists_do_not_pile_up(run: Run, hub: Hub, tmp_path: Path) -> None:
    """A list nobody reads on is held, whatever others do meanwhile."""
    async def work(c: fss.aio.Client) -> None:
        for i in range(1200):
            (tmp_path / f"{i:05}").touch()
        await c.put(tmp_path, ":/long")
        rows = c.ls(":/long")
        first = await rows.__anext__()
        while not rows._op.held:  # until the pages ahead have come
            await c.ping()
        for _ in range(30):
            await c.ping()
        assert len(rows._op.events) <= 2 and rows._op.held
        rest = [e.name async for e in rows]
        assert [first.name, *rest] == [f"{i:05}" for i in range(1200)]
        # Forgotten in the middle.
        rows = c.ls(":/long")
        await rows.__anext__()
        assert len(c._ops) == 1
        del rows
        await c.ping()
        assert not c._ops
        # Nothing, but something near, once that is known.
        rows = c.find("logn", kind="dir")
        assert rows.near == []
        assert [e async for e in rows] == [] and rows.near == ["long"]
        await c.remove(":/long", recursive=True)
    run(work)


def test_events_go_on_after_the_hub_was_away(tmp_path: Path) -> None:
    hub = Hub(tmp_path).start()

    async def main() -> None:
        async with fss.aio.Client(hub.address) as c, \
                fss.aio.Client(hub.address) as d:
            await c.register("alice", PASSWORD)
            await d.login("alice", PASSWORD)
            async with c.events(["file", "presence"], listed=True) as news:
                await news.__anext__()
                await d.mkdir(":/before")
                async for n in news:
                    if n.path == "/before":
                        break
                await asyncio.get_running_loop().run_in_executor(
                    None, hub.kill)
                await asyncio.get_running_loop().run_in_executor(
                    None, hub.start)
                async for n in news:
                    if n.afresh:
                        break
                # What comes after "afresh" is not missed.
                await d.mkdir(":/after")
                async for n in news:
                    if n.path == "/after":
                        break
                    assert n.path != "/before"
    try:
        asyncio.run(asyncio.wait_for(main(), 300))
    finally:
        hub.stop()


def test_streams(run: Run) -> None:
    async def work(c: fss.aio.Client) -> None:
        data = os.urandom(2_000_003)
        async with c.writer(":/stream", media="x/y") as w:
            for i in range(0, len(data), 70_001):
                await w.write(data[i:i + 70_001])
        assert w.entry is not None and w.entry.media == "x/y"
        async with c.reader(":/stream") as r:
            assert b"".join([p async for p in r]) == data
            assert r.tell() == len(data)
            r.seek(1_500_000)
            assert await r.read(10) == data[1_500_000:1_500_010]
            assert await r.read() == data[1_500_010:]
        with pytest.raises(KeyError):
            async with c.writer(":/stream") as w:
                await w.write(b"half")
                raise KeyError
        assert await c.read_bytes(":/stream", offset=2_000_000) == \
            data[2_000_000:]
        with pytest.raises(fss.errors.EINVAL):
            await w.write(b"x")
        with pytest.raises(FileNotFoundError):
            async with c.reader(":/none"):
                pass
        assert not c._ops
        await c.remove(":/stream")
    run(work)


def test_closing_ends_what_is_under_way(hub: Hub) -> None:
    async def main() -> None:
        c = fss.aio.Client(hub.address)
        await c.login("alice", PASSWORD)
        news = c.events(["work"])
        task = asyncio.ensure_future(news.__anext__())
        await c.ping()
        await c.close()
        with pytest.raises(fss.errors.ECANCELED, match="closed"):
            await task
        await c.close()
        with pytest.raises(fss.errors.ENOTCONN):
            await c.ping()
    asyncio.run(main())


def test_errors_and_callbacks(run: Run, tmp_path: Path) -> None:
    async def work(c: fss.aio.Client) -> None:
        with pytest.raises(FileNotFoundError, match="cannot look at ':/no'"):
            await c.stat(":/no")
        (tmp_path / "a\x01").touch()
        with pytest.raises(fss.errors.EPARTIAL) as e:
            await c.put(tmp_path, ":/partly")
        assert len(e.value.items) == 1
        items: List[Any] = []
        (tmp_path / "a\x01").rename(tmp_path / "b")
        await c.put(tmp_path, ":/partly", on_item=items.append)
        assert [i.path for i in items if i.path.endswith("b")] == \
            ["/partly/b"]

        def wrong(_: object) -> None:
            raise ZeroDivisionError
        with pytest.raises(ZeroDivisionError):
            await c.put(tmp_path, ":/partly", on_item=wrong)
        assert not c._ops
        await c.remove(":/partly", recursive=True)
    run(work)


def test_it_belongs_to_its_loop(hub: Hub) -> None:
    with pytest.raises(RuntimeError):
        fss.aio.Client(hub.address)


def test_a_turn_does_not_hold_up_the_loop(run: Run, tmp_path: Path) -> None:
    """Another task gets its turns while a large file is on its way."""
    async def work(c: fss.aio.Client) -> None:
        (tmp_path / "f").write_bytes(os.urandom(16 << 20))
        turns = 0
        done = False

        async def count() -> None:
            nonlocal turns
            while not done:
                turns += 1
                await asyncio.sleep(0)

        counter = asyncio.ensure_future(count())
        await c.put(tmp_path / "f", ":/turns")
        done = True
        await counter
        # 16 MiB are 64 pieces of 256 KiB, and a turn does 8.
        assert turns >= 8
        await c.remove(":/turns")
    run(work)


async def _uvloop(hub: Hub, folder: Path) -> None:
    assert type(asyncio.get_running_loop()).__module__.startswith("uvloop")
    async with fss.aio.Client(hub.address) as c:
        await c.login("alice", PASSWORD)
        datas = await asyncio.gather(*(
            c.write_bytes(f":/uv/{i}", b"%d" % i) for i in range(50)))
        assert len(datas) == 50
        assert sorted([e.name async for e in c.ls(":/uv")], key=int) == [
            str(i) for i in range(50)]
        async with c.events(["file", "presence"], listed=True) as news:
            await news.__anext__()
            await c.mkdir(":/uv/new")
            async for n in news:
                if n.name == "new":
                    break
        await c.remove(":/uv", recursive=True)


def test_uvloop(hub: Hub, tmp_path: Path) -> None:
    uvloop = pytest.importorskip(
        "uvloop", reason="not tried: python3-uvloop is not installed")
    loop = uvloop.new_event_loop()
    try:
        loop.run_until_complete(asyncio.wait_for(_uvloop(hub, tmp_path), 300))
    finally:
        loop.close()
