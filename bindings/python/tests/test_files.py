"""File objects: what io promises, and what a hub adds."""
import gc
import io
import os
import warnings
from pathlib import Path

import fss
import pytest
from fss.files import RemoteReader, RemoteWriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SIZE = 3_000_017


@pytest.fixture(scope="module")
def content(client: fss.Client) -> bytes:
    data = os.urandom(SIZE)
    client.write_bytes(":/files/big", data)
    return data


def test_what_it_is(client: fss.Client, content: bytes) -> None:
    with client.open(":/files/big", "rb") as f:
        assert isinstance(f, io.BufferedReader)
        assert f.readable() and f.seekable() and not f.writable()
        assert f.raw.entry.size == SIZE and f.raw.name == "alice:/files/big"
        with pytest.raises(io.UnsupportedOperation):
            f.fileno()
    assert f.closed
    with pytest.raises(ValueError):
        f.read()
    with client.open(":/files/big", "rb", 0) as f:
        assert isinstance(f, RemoteReader) and isinstance(f, io.RawIOBase)
        assert f.readall() == content and f.read(1) == b""
        with pytest.raises(ValueError):
            f.seek(-1)
        with pytest.raises(ValueError):
            f.seek(0, 9)
    with client.open(":/files/new", "wb") as f:
        assert isinstance(f, io.BufferedWriter)
        assert f.writable() and not f.readable() and not f.seekable()
    for mode in ("a", "r+", "x", "", "rw", "rbt", "rr", "w+b"):
        with pytest.raises(ValueError):
            client.open(":/files/big", mode)
    with pytest.raises(ValueError):
        client.open(":/files/big", "rb", encoding="utf-8")
    with pytest.raises(LookupError):
        client.open(":/files/new", "w", encoding="no such")
    with pytest.raises(IsADirectoryError):
        client.open(":/files")
    with pytest.raises(FileNotFoundError):
        client.open(":/files/none")


@settings(max_examples=40, deadline=None, print_blob=True, database=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, SIZE + 100),
                          st.integers(0, 600_000)), min_size=1, max_size=6),
       st.sampled_from([0, -1, 1000]))
def test_any_seeks_and_reads(client: fss.Client, content: bytes,
                             steps: "list[tuple[int, int]]",
                             buffering: int) -> None:
    with client.open(":/files/big", "rb", buffering) as f:
        for offset, n in steps:
            assert f.seek(offset) == offset
            got = f.read(n)
            assert got == content[offset:offset + n][:len(got)]
            if buffering:
                assert len(got) == len(content[offset:offset + n])
            assert f.tell() == offset + len(got)
        assert f.seek(-5, io.SEEK_END) == SIZE - 5
        assert f.read() == content[-5:]


def test_partial_reads(client: fss.Client, content: bytes) -> None:
    assert client.read_bytes(":/files/big", offset=1000, length=7) == \
        content[1000:1007]
    assert client.read_bytes(":/files/big", offset=SIZE) == b""
    assert client.read_bytes(":/files/big", offset=SIZE - 1,
                             length=50) == content[-1:]
    with client.open(":/files/big", "rb") as f:
        into = bytearray(100)
        assert f.readinto(into) == 100 and into == content[:100]
        into.extend(b"!")		# not held on to
        assert b"".join(f) == content[100:]


def test_text(client: fss.Client) -> None:
    with client.open(":/files/text", "w", newline="\r\n") as f:
        print("eins", "zwei", sep="\n", file=f)
        f.write("drü")
    assert client.read_bytes(":/files/text") == \
        "eins\r\nzwei\r\ndrü".encode()
    with client.open(":/files/text") as f:
        assert list(f) == ["eins\n", "zwei\n", "drü"]
    with client.open(":/files/text", encoding="latin-1") as f:
        assert f.read().endswith("drÃ¼")


def test_a_reader_keeps_to_its_version(client: fss.Client) -> None:
    client.write_bytes(":/files/v", b"a" * 1_000_000)
    with client.open(":/files/v", "rb", 0) as f:
        f.read(10)
        client.write_bytes(":/files/v", b"b" * 10)
        f.seek(999_990)
        assert f.read(10) == b"a" * 10
    assert client.read_bytes(":/files/v") == b"b" * 10


def test_nothing_half_becomes_a_file(client: fss.Client) -> None:
    client.write_bytes(":/files/kept", b"before")
    for mode, piece in (("wb", b"x"), ("w", "x")):
        for buffering in (-1, 0) if mode == "wb" else (-1,):
            with pytest.raises(KeyError):
                with client.open(":/files/kept", mode, buffering) as f:
                    f.write(piece * 700_000)
                    raise KeyError
            assert f.closed
            f = client.open(":/files/kept", mode, buffering)
            f.write(piece * 300_000)
            with warnings.catch_warnings(record=True) as seen:
                warnings.simplefilter("always")
                del f
                gc.collect()
            assert any("not written" in str(w.message) for w in seen)
            f = client.open(":/files/kept", mode, buffering)
            f.write(piece)
            f.discard()  # type: ignore[attr-defined]
            f.close()
    assert client.read_bytes(":/files/kept") == b"before"
    assert len(list(client.versions(":/files/kept"))) == 1


def test_failures_come_out_of_close(client: fss.Client,
                                    bob: fss.Client) -> None:
    client.set_access(":/files", "open")
    f = bob.open("alice:/files/forbidden", "wb")
    f.write(b"x")
    with pytest.raises(PermissionError):
        f.close()
    assert f.closed
    f.close()
    with pytest.raises(PermissionError):
        with bob.open("alice:/files/forbidden", "w") as f:
            f.write("x")
    with pytest.raises(IsADirectoryError):
        client.write_bytes(":/files", b"x")
    assert not client.exists(":/files/forbidden")


def test_writes_of_all_sizes(client: fss.Client) -> None:
    data = os.urandom(2_500_000)
    with RemoteWriter(client, ":/files/w") as f:
        at = 0
        for n in (0, 1, 63, 64 << 10, 1 << 20, 10 ** 7):
            at += f.write(data[at:at + n])
        assert f.tell() == at == len(data)
    assert f.entry is not None and f.entry.size == len(data)
    with client.open(":/files/w2", "wb") as g:
        for i in range(0, len(data), 9999):
            g.write(memoryview(bytearray(data[i:i + 9999])))
    assert client.read_bytes(":/files/w2") == data
    assert client.stat(":/files/w").digest == client.stat(
        ":/files/w2").digest


def test_copyfileobj(client: fss.Client, content: bytes,
                     tmp_path: Path) -> None:
    import shutil
    import zipfile
    with client.open(":/files/big", "rb") as f, \
            open(tmp_path / "copy", "wb") as g:
        shutil.copyfileobj(f, g)
    assert (tmp_path / "copy").read_bytes() == content
    with client.open(":/files/z.zip", "wb") as f:
        with zipfile.ZipFile(f, "w") as z:
            z.writestr("a", b"alpha" * 100_000)
            z.writestr("b", b"bravo")
    with client.open(":/files/z.zip", "rb") as f:
        with zipfile.ZipFile(f) as z:
            assert z.read("b") == b"bravo" and z.testzip() is None
