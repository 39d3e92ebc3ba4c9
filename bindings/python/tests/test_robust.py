"""Leaks, threads, fork, signals and the end of the interpreter."""
import ctypes
import gc
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, List

import fss
import pytest
from hub import LIMIT, PASSWORD, Hub

PACKAGE = Path(fss.__file__).parent.parent
CALLS = 10_000


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


class MallInfo(ctypes.Structure):
    """What mallinfo2() of the C library tells."""

    _fields_ = [(n, ctypes.c_size_t) for n in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks",
        "fsmblks", "uordblks", "fordblks", "keepcost")]


def in_use() -> "tuple[int, int]":
    """Blocks that Python has allocated, and bytes that malloc() gave."""
    mallinfo2 = ctypes.CDLL(None).mallinfo2
    mallinfo2.restype = MallInfo
    gc.collect()
    m = mallinfo2()
    return sys.getallocatedblocks(), m.uordblks + m.hblkhd


def leaked(work: Any) -> "tuple[int, int]":
    """Blocks and bytes that are there after 10,000 calls and not before."""
    for _ in range(CALLS // 10):
        work()
    blocks, size = in_use()
    for _ in range(CALLS):
        work()
    now_blocks, now_size = in_use()
    return now_blocks - blocks, now_size - size


def test_no_leak_over_10_000_calls(client: fss.Client, folder: str) -> None:
    """Rows, errors, lists left in the middle: nothing stays behind."""
    client.write_bytes(folder + "/a", b"content")
    fds = descriptors()
    step = 0

    def work() -> None:
        nonlocal step
        step += 1
        if step % 4 == 0:
            with pytest.raises(FileNotFoundError):
                client.stat(folder + "/none")
        elif step % 4 == 1:
            next(client.ls(folder))
        elif step % 40 == 2:
            assert client.read_bytes(folder + "/a") == b"content"
        elif step % 40 == 3:
            f = client.open(folder + "/a", "rb", 0)
            f.read(1)
            del f
        else:
            client.stat(folder + "/a")

    blocks, size = leaked(work)
    # A block for each fourth call would be 2,500, or 80,000 bytes; messages
    # on their way are some 30,000.
    assert blocks < 1000 and size < 64_000, (blocks, size)
    client.ping()
    assert descriptors() == fds
    assert not client._core._unwanted


def test_no_leak_of_calls_that_ask_nobody() -> None:
    def work() -> None:
        fss.key_parse(fss.key_format(bytes(32)))
        with pytest.raises(fss.errors.EINVAL):
            fss.key_parse("no")

    blocks, size = leaked(work)
    assert blocks < 1000 and size < 20_000, (blocks, size)


def test_no_descriptor_is_lost_with_clients(hub: Hub) -> None:
    def work(n: int) -> None:
        c = fss.Client(hub.address)
        if n % 4 != 3:
            c.ping()
        if n % 4 == 1:
            c.events(["work"])
        if n % 4 < 2:
            c.close()

    work(0)
    gc.collect()
    fds = descriptors()
    for n in range(40):
        work(n)
    gc.collect()
    assert descriptors() == fds
    with pytest.raises(fss.errors.EINVAL):
        fss.Client("fss://nobody")
    assert descriptors() == fds


def free_pair() -> int:
    """A port of loopback that is free, as is the one after it."""
    while True:
        with socket.socket() as s, socket.socket() as t:
            s.bind(("127.0.0.1", 0))
            port: int = s.getsockname()[1]
            try:
                t.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


def test_the_gil_is_free_while_the_library_works(tmp_path: Path) -> None:
    """One call in C ends only if a thread in Python runs meanwhile.

    The hub that is asked for its key is turned by a loop in Python.
    """
    port = free_pair()
    fss.Server.init(tmp_path / "hub")
    with fss.Server(tmp_path / "hub", listen=f"tcp://127.0.0.1:{port}") as s:
        key = fss.hub_key(f"fss://127.0.0.1:{port}", LIMIT)
        assert s.address.endswith("#" + fss.key_format(key))


def run(code: str, *more: str, **kw: Any) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-X", "faulthandler", "-c", code, *more], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(PACKAGE)}, **kw)


HEAD = f"""if True:
    import os, sys, threading, time, signal
    import fss
    c = fss.Client(sys.argv[1])
    c.login("alice", {PASSWORD!r})
"""


def ended(p: "subprocess.Popen[str]") -> "tuple[int, str, str]":
    try:
        out, err = p.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        p.kill()
        out, err = p.communicate()
        raise AssertionError(f"it hangs: {out}{err}") from None
    return p.returncode, out, err


@pytest.mark.parametrize("waiting", [
    "next(c.events(['work']))",
    # A port where connections are made and nothing is ever said.
    "(lambda s: (s.bind(('127.0.0.1', 0)), s.listen(), fss.hub_key("
    "f'fss://127.0.0.1:{s.getsockname()[1] - 1}', 100)))("
    "__import__('socket').socket())",
    "c.serve()",
    "[c.ping() for _ in iter(int, 1)]",
    "c.read_bytes(':/sigint') and 0 or [c.put('/usr/bin', ':/sigint-put',"
    " checksum=True) for _ in iter(int, 1)]",
])
def test_ctrl_c(hub: Hub, client: fss.Client, waiting: str,
                tmp_path: Path) -> None:
    """A blocking call ends at once, and the client goes on working."""
    client.write_bytes(":/sigint", b"x")
    p = run(HEAD + f"""
    c.set_index({str(tmp_path / "index")!r})
    print("ready", flush=True)
    try:
        {waiting}
    except KeyboardInterrupt:
        c.ping()
        print("interrupted", c.account)
    """, hub.address)
    assert p.stdout is not None
    assert p.stdout.readline() == "ready\n"
    p.send_signal(signal.SIGINT)
    code, out, err = ended(p)
    # It can come between the print and the try.
    if "interrupted" not in out:
        assert "KeyboardInterrupt" in err
    else:
        assert (code, out) == (0, "interrupted alice\n"), err


def test_ctrl_c_in_asyncio(hub: Hub) -> None:
    p = run(f"""if True:
    import asyncio, sys, fss.aio
    async def main():
        async with fss.aio.Client(sys.argv[1]) as c:
            await c.login("alice", {PASSWORD!r})
            async with c.events(["work"]) as news:
                print("ready", flush=True)
                async for _ in news:
                    pass
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        print("interrupted")
    """, hub.address)
    assert p.stdout is not None
    assert p.stdout.readline() == "ready\n"
    p.send_signal(signal.SIGINT)
    code, out, err = ended(p)
    assert (code, out, err) == (0, "interrupted\n", ""), err


@pytest.mark.parametrize("end", [
    "pass", "sys.exit(0)", "raise SystemExit(0)",
])
def test_the_end_of_the_interpreter(hub: Hub, end: str) -> None:
    """Operations under way, also of threads that nobody ends."""
    code, _, err = ended(run(HEAD + f"""
    def follow():
        for news in c.events(["file", "presence"], listed=True):
            begun.set()
    def busy():
        d = fss.Client(sys.argv[1])
        d.login("alice", {PASSWORD!r})
        ready.set()
        while True:
            d.stat(":/")
    begun, ready = threading.Event(), threading.Event()
    for f in (follow, busy):
        threading.Thread(target=f, daemon=True).start()
    begun.wait(); ready.wait()
    rows = c.ls(":/")
    f = c.open(":/never", "wb")
    f.write(b"x" * 1000000)
    kept = [c, rows, f]
    {end}
    """, hub.address))
    assert code == 0, err
    assert "Segmentation" not in err and "Fatal" not in err, err


def test_nothing_was_written_at_the_end(client: fss.Client) -> None:
    assert not client.exists(":/never")


def test_fork(hub: Hub) -> None:
    """In the child the client is dead, and says so; the parent's lives."""
    code, out, err = ended(run(HEAD + f"""
    rows = c.ls(":/")
    events = c.events(["work"])
    follower = threading.Thread(target=lambda: next(events), daemon=True)
    follower.start()
    pid = os.fork()
    if pid == 0:
        try:
            c.ping()
        except fss.errors.EFORK as e:
            print("child:", e, flush=True)
        try:
            next(rows)
        except fss.errors.EFORK:
            pass
        del rows
        c.close()
        d = fss.Client(sys.argv[1])
        d.login("alice", {PASSWORD!r})
        print("child:", d.account, flush=True)
        sys.exit(0)
    print("status", os.waitpid(pid, 0)[1])
    c.ping()
    print("parent:", c.account, len(list(rows)) >= 0)
    """, hub.address))
    assert code == 0, err
    assert out.splitlines() == [
        "child: handle was created before fork(): make another client in the "
        "child process", "child: alice", "status 0", "parent: alice True"], \
        out + err


def test_fork_server(tmp_path: Path) -> None:
    """A child neither has the parent's hub nor waits for it at its end."""
    code, out, err = ended(run("""if True:
    import os, sys
    import fss
    fss.Server.init(sys.argv[1])
    with fss.Server(sys.argv[1], listen="tcp://127.0.0.1:0",
                    introduce="off") as s:
        pid = os.fork()
        if pid == 0:
            for call in (lambda: s.address, lambda: s.stat("sessions"),
                         lambda: s.set("keep_versions", 2), s.start):
                try:
                    call()
                except fss.errors.EFORK:
                    print("no hub", flush=True)
            sys.exit(0)
        print("status", os.waitpid(pid, 0)[1])
        print(s.stat("sessions"))
    """, str(tmp_path / "hub")))
    assert code == 0, err
    assert out.splitlines() == ["no hub"] * 4 + ["status 0", "0"], out + err



def test_multiprocessing(hub: Hub) -> None:
    code, out, err = ended(run(HEAD + f"""
    import multiprocessing
    def names(address):
        with fss.Client(address) as d:
            d.login("alice", {PASSWORD!r})
            return d.account
    with multiprocessing.get_context("fork").Pool(2) as pool:
        print(pool.map(names, [sys.argv[1]] * 4))
    """, hub.address))
    assert (code, out) == (0, "['alice', 'alice', 'alice', 'alice']\n"), err


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_finalizers_in_the_middle_of_a_call(client: fss.Client,
                                            folder: str) -> None:
    """The collector may run while rows are read: nothing is overtaken."""
    for i in range(300):
        client.write_bytes(f"{folder}/{i:03}", b"")
    client.write_bytes(folder + "/file", b"x" * 2_000_000)
    threshold = gc.get_threshold()

    class Ring:
        """Only the collector finds it."""

        def __init__(self) -> None:
            self.me = self
            self.rows = client.ls(folder)
            next(self.rows)
            self.file = client.open(folder + "/file")
            self.file.read(1)
            self.half = client.open(folder + "/half", "w")
            self.half.write("x")

    try:
        gc.set_threshold(1, 1, 1)
        for _ in range(5):
            Ring()
            names = [e.name for e in client.ls(folder)]
            assert names == [*(f"{i:03}" for i in range(300)), "file"]
    finally:
        gc.set_threshold(*threshold)
    gc.collect()
    client.ping()
    assert not client._core._unwanted


def test_signals_do_not_disturb(client: fss.Client, folder: str) -> None:
    """A handler that returns is no interruption."""
    seen: List[int] = []
    old = signal.signal(signal.SIGALRM, lambda *_: seen.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    try:
        end = time.monotonic() + 5
        while len(seen) < 100 and time.monotonic() < end:
            client.write_bytes(folder + "/a", os.urandom(100_000))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    assert seen
