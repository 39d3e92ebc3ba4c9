"""The programs in examples/ do what they say."""
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Iterator, List

import fss
import pytest
from hub import LIMIT, PASSWORD, Hub

HERE = Path(fss.__file__).parent.parent


class People:
    """Profiles of alice and bob, and programs that run as they."""

    def __init__(self, hub: Hub, folder: Path) -> None:
        self.folder = folder
        self.started: List["subprocess.Popen[str]"] = []
        for name in ("alice", "bob"):
            with fss.Profile(folder / name) as p:
                p.trust(hub.plain, fss.key_parse(hub.key))
                p.use(hub.plain, name)
                with fss.Client(profile=p) as c:
                    c.login(name, PASSWORD)

    def start(self, who: str, program: str, *args: Any
              ) -> "subprocess.Popen[str]":
        env: Dict[str, str] = {
            **os.environ, "FSS_HOME": str(self.folder / who),
            "PYTHONPATH": str(HERE)}
        p = subprocess.Popen(
            [sys.executable, HERE / "examples" / program, *map(str, args)],
            text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=env)
        self.started.append(p)
        return p

    def run(self, who: str, program: str, *args: Any) -> str:
        p = self.start(who, program, *args)
        out, err = p.communicate(timeout=LIMIT)
        assert p.returncode == 0, err
        return out


def until(p: "subprocess.Popen[str]", text: str) -> str:
    """Reads lines until one has the text."""
    assert p.stdout is not None
    seen = []
    while select.select([p.stdout], [], [], LIMIT)[0]:
        line = p.stdout.readline()
        seen.append(line)
        if text in line:
            return line
        if not line:
            break
    raise AssertionError(f"no '{text}' in {seen}")


def interrupted(p: "subprocess.Popen[str]") -> None:
    p.send_signal(signal.SIGINT)
    assert p.wait(LIMIT) == 130


@pytest.fixture(scope="module")
def people(hub: Hub, tmp_path_factory: pytest.TempPathFactory
           ) -> Iterator[People]:
    people = People(hub, tmp_path_factory.mktemp("people"))
    yield people
    for p in people.started:
        if p.poll() is None:
            p.kill()
        p.communicate()


def test_answer(people: People, client: fss.Client, bob: fss.Client) -> None:
    client.write_bytes(":/ex/small", b"small")
    client.write_bytes(":/ex/large", b"large" * 1000)
    client.write_bytes(":/ex/early", b"early")
    client.set_access(":/ex", "ask")
    early = bob.ask("alice:/ex/early").id
    p = people.start("alice", "answer.py", 1000, "bob")
    until(p, "yes to bob for alice:/ex/early")
    large = bob.ask("alice:/ex/large").id
    small = bob.ask("alice:/ex/small").id
    until(p, "yes to bob for alice:/ex/small")
    assert bob.read_bytes("alice:/ex/small") == b"small"
    assert bob.request(early).state is fss.RequestState.FULFILLED
    assert bob.request(small).state is fss.RequestState.FULFILLED
    assert bob.request(large).state in (fss.RequestState.OPEN,
                                        fss.RequestState.SEEN)
    interrupted(p)
    client.deny(large)


def test_mirror(people: People, client: fss.Client, tmp_path: Path) -> None:
    client.write_bytes(":/mir/a", b"a")
    client.write_bytes(":/mir/sub/b", b"b")
    here = tmp_path / "here"
    (here / "gone").mkdir(parents=True)
    (here / "gone" / "x").touch()
    (here / "a").mkdir()		# a file at the hub
    (here / "link").symlink_to("/etc")
    out = people.run("alice", "mirror.py", "--once", ":/mir", here)
    assert out == "2 files, 2 fetched, 4 removed\n"
    assert sorted(p.name for p in here.rglob("*")) == ["a", "b", "sub"]
    p = people.start("alice", "mirror.py", ":/mir", here)
    until(p, "2 files, 0 fetched, 0 removed")
    client.write_bytes(":/mir/a", b"anew")
    until(p, "2 files, 1 fetched")
    client.remove(":/mir/sub", recursive=True)
    until(p, "1 files, 0 fetched, 2 removed")
    assert [(q.name, q.read_bytes()) for q in here.iterdir()] == [
        ("a", b"anew")]
    interrupted(p)
    p = people.start("alice", "mirror.py", "--once", ":/nowhere", here)
    assert p.communicate(timeout=LIMIT)[1].startswith(
        "mirror.py: cannot look at ':/nowhere'")
    assert p.returncode == 1 and (here / "a").exists()


def test_watch(people: People, client: fss.Client) -> None:
    p = people.start("alice", "watch.py", "file", "presence")
    until(p, "alice is online")
    client.mkdir(":/watched")
    until(p, "alice: added '/watched'")
    interrupted(p)
    p = people.start("alice", "watch.py", "weather")
    assert "none of presence" in p.communicate(timeout=LIMIT)[1]


def test_search(people: People, client: fss.Client) -> None:
    client.write_bytes(":/pub/needle-1", b"first")
    client.write_bytes(":/pub/needle-2", b"second needle")
    client.set_access(":/pub", "open")
    client.write_bytes(":/locked-needle", b"x")
    client.set_access(":/locked-needle", "ask")
    out = people.run("bob", "search.py", "needle")
    lines = out.splitlines()
    assert lines[0] == "3 files, 19 bytes"
    assert lines[1].split() == ["alice", "stored", "3"]
    assert lines[2].startswith("alice:/pub/needle-2 ")
    assert lines[3] == "b'second needle'"
    assert lines[4] == "to be asked for: alice:/locked-needle"
