"""Remote paths: taken apart like pathlib, and names of every kind."""
import unicodedata
from pathlib import PurePosixPath

import fss
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

# One hub for all examples; it keeps nothing between two of them that counts.
quick = settings(max_examples=60, deadline=None, derandomize=False,
                 print_blob=True, database=None, suppress_health_check=[
                     HealthCheck.function_scoped_fixture,
                     HealthCheck.too_slow])
plain = st.text(st.characters(blacklist_characters="/\0",
                              blacklist_categories=["Cs"]), min_size=1,
                max_size=8).filter(lambda s: s not in (".", ".."))
odd = st.one_of(
    st.text(max_size=300),
    st.text("/.:@#%~ \t\n\\'\"*?[]{}é\u0301ﬀ日\U0001f642", max_size=12),
    st.sampled_from([".", "..", "...", "a" * 255, "a" * 256, "é" * 127,
                     "é" * 128, ".fss-part-x", "\u202ex", "\u2028", "\x7f",
                     "\x85", "a\0b", "\ud800", "-", "~", "COM1", " ", "a ",
                     "\ufeffx", "a:b", ":", "@1", "x@2", "%2f", "\\..\\"]))


@quick
@given(st.lists(plain, min_size=1, max_size=5))
def test_like_pathlib(parts: "list[str]") -> None:
    parts = [unicodedata.normalize("NFC", p) for p in parts]
    parts = [p for p in parts if "/" not in p]
    if not parts:
        return
    ours = fss.RemotePath("alice:/", *parts)
    theirs = PurePosixPath("/", *parts)
    assert ours.path == str(theirs)
    assert ours.name == theirs.name
    assert ours.stem == theirs.stem and ours.suffix == theirs.suffix
    assert ours.suffixes == theirs.suffixes
    assert ours.parent.path == str(theirs.parent)
    assert [p.path for p in ours.parents] == [str(p) for p in theirs.parents]
    assert ours.parts == theirs.parts[1:]
    assert fss.RemotePath(str(ours)) == ours
    assert hash(fss.RemotePath(str(ours))) == hash(ours)
    assert ours.parent / ours.name == ours
    assert ours.relative_to("alice:/") == "/".join(ours.parts)
    assert ours.is_relative_to(ours.parent)


def test_what_is_refused() -> None:
    for text in ("no colon", "", "a/b:c"):
        with pytest.raises(fss.errors.EINVAL):
            fss.RemotePath(text)
    for text in (":/a/../b", ":/.", ":/a\0b"):
        with pytest.raises(fss.errors.EPATH):
            fss.RemotePath(text)
    for wrong in (None, 5, b":/x", PurePosixPath("/x")):
        with pytest.raises(TypeError):
            fss.RemotePath(wrong)  # type: ignore[arg-type]
    p = fss.RemotePath(":/a/b.txt")
    for name in ("", "x/y", ".", "..", "a/"):
        with pytest.raises(fss.errors.EPATH):
            p.with_name(name)
    with pytest.raises(fss.errors.EPATH):
        fss.RemotePath(":/").with_name("x")
    with pytest.raises(fss.errors.EPATH):
        p.with_suffix("txt")
    with pytest.raises(fss.errors.EPATH):
        p.relative_to("bob:/a")
    assert not hasattr(p, "__fspath__"), "open(p) would make a local file"


def test_the_rest_of_it() -> None:
    p = fss.RemotePath("alice:/a/b.tar.gz")
    assert p.with_suffix("") == fss.RemotePath("alice:/a/b.tar")
    assert p.with_stem("c") == fss.RemotePath("alice:/a/c.gz")
    assert p.joinpath("x", "y").parts == ("a", "b.tar.gz", "x", "y")
    assert p / "/top" == fss.RemotePath("alice:/top")
    assert p / "col:on" == fss.RemotePath("alice:/a/b.tar.gz/col:on")
    assert fss.RemotePath(p) == p and fss.RemotePath(p) is not p
    assert fss.RemotePath(":/e\u0301") == fss.RemotePath(":/\u00e9")
    assert p.match("*.gz") and p.match("a/*") and not p.match("/b*")
    assert p.match("/a/b.tar.gz") and not p.match("x/a/b.tar.gz")
    assert sorted([fss.RemotePath(":/b"), fss.RemotePath(":/a")])[0].name \
        == "a"
    assert p != "alice:/a/b.tar.gz" and p.owner == "alice"


@quick
@given(odd)
def test_any_name(client: fss.Client, name: str) -> None:
    """It is refused as a path or becomes that name, in NFC, and no other."""
    base = ":/names"
    client.mkdir(base)
    try:
        client.write_bytes(f"{base}/{name}", b"x")
    except (fss.errors.EPATH, fss.errors.EISDIR, fss.errors.ETOOBIG):
        # Nothing was cut off or slipped out of the folder.
        assert [e.name for e in client.ls(base)] == []
        return
    found = [e.path for e in client.walk(base) if e.is_file()]
    wanted = [p for p in unicodedata.normalize("NFC", name).split("/") if p]
    assert found == ["/".join(["/names", *wanted])]
    assert client.read_bytes(f"alice:{found[0]}") == b"x"
    client.remove(base, recursive=True)


@quick
@given(st.text(min_size=1, max_size=6).filter(
    lambda s: "/" not in s and s.strip(".")))
def test_local_names(client: fss.Client, tmp_path: object,
                     name: str) -> None:
    """Files of any name go up and come back, or are said not to."""
    import os
    import shutil
    folder = os.path.join(str(tmp_path), "x")
    shutil.rmtree(folder, ignore_errors=True)
    os.mkdir(folder)
    path = os.path.join(folder, name)
    try:
        with open(path, "wb") as f:
            f.write(b"content")
    except (ValueError, OSError):
        with pytest.raises((fss.Error, UnicodeEncodeError)):
            client.put(path, ":/local")
        return
    try:
        client.put(folder, ":/local")
    except fss.errors.EPARTIAL as e:
        assert [i.error is not None for i in e.items] == [True]  # type: ignore
        return
    finally:
        if client.exists(":/local"):
            names = [e.name for e in client.ls(":/local")]
            client.remove(":/local", recursive=True)
    assert names == [unicodedata.normalize("NFC", name)]


def test_nul_never_cuts_a_text(client: fss.Client) -> None:
    with pytest.raises(fss.errors.EPATH):
        client.stat(":/docs\0/other")
    with pytest.raises(fss.errors.EPATH):
        client.put("/etc/hostname\0x", ":/x")
    with pytest.raises(fss.errors.EINVAL):
        client.login("alice\0bob", "password")
    with pytest.raises(TypeError):
        client.stat(b":/x")  # type: ignore[arg-type]


def test_numbers_are_not_cut_to_size(client: fss.Client) -> None:
    for version in (-1, 2 ** 64, 2 ** 80):
        with pytest.raises(fss.errors.EINVAL):
            client.stat(":/", version=version)
    with pytest.raises(fss.errors.EINVAL):
        client.read_bytes(":/docs/a.txt", version=2 ** 64 + 1)
    with pytest.raises(TypeError):
        client.request("5")  # type: ignore[arg-type]
