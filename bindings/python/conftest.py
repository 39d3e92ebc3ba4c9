"""What tests and doctests are given: a hub, and people at it."""
import asyncio
import itertools
import os
import sys
from pathlib import Path
from typing import Any, Dict, Iterator

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "tests"))
sys.path.insert(0, str(HERE))
from hub import BUILD, PASSWORD, Hub  # noqa: E402

os.environ.setdefault("FSS_LIBRARY", str(BUILD / "libfss.so"))
# Nothing of the person who runs the tests is looked at.
os.environ["FSS_HOME"] = "/nonexistent/fss"

import hypothesis.configuration  # noqa: E402

# It keeps a table of Unicode; not in the source.
hypothesis.configuration.set_hypothesis_home_dir(str(BUILD / "hypothesis"))

import fss  # noqa: E402

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def hub(tmp_path_factory: Any) -> Iterator[Hub]:
    """One hub for all; alice is its admin, bob is somebody."""
    hub = Hub(tmp_path_factory.mktemp("fss")).start()
    for name, invite in (("alice", hub.invite), ("bob", None)):
        with fss.Client(hub.address) as c:
            c.register(name, PASSWORD, invite)
    yield hub
    hub.stop()


def _logged_in(hub: Hub, name: str) -> fss.Client:
    c = fss.Client(hub.address)
    c.login(name, PASSWORD)
    return c


@pytest.fixture(scope="session")
def client(hub: Hub) -> Iterator[fss.Client]:
    """Alice."""
    with _logged_in(hub, "alice") as c:
        yield c


@pytest.fixture(scope="session")
def bob(hub: Hub) -> Iterator[fss.Client]:
    """Bob."""
    with _logged_in(hub, "bob") as c:
        yield c


@pytest.fixture
def folder(client: fss.Client) -> str:
    """A remote folder of alice's that nobody has used."""
    path = f":/test-{next(_numbers)}"
    client.mkdir(path)
    return path


@pytest.fixture(autouse=True)
def names(request: Any) -> None:
    """The names that doctests use."""
    if not isinstance(request.node, pytest.DoctestItem):
        return
    space: Dict[str, Any] = request.node.obj.globs if hasattr(
        request.node.obj, "globs") else request.node.dtest.globs
    hub = request.getfixturevalue("hub")
    client = request.getfixturevalue("client")
    tmp = request.getfixturevalue("tmp_path")
    if not client.exists(":/docs"):
        client.write_bytes(":/docs/a.txt", b"alpha\n")
        client.write_bytes(":/docs/b.txt", b"bravo bravo\n")
        client.set_access(":/docs", "open")
    (tmp / "tree").mkdir()
    (tmp / "tree" / "one").write_text("first\n")
    (tmp / "tree" / "two").write_text("2econd")
    import fss.aio
    space.update(fss=fss, hub=hub, client=client, tmp=tmp, asyncio=asyncio,
                 bob=request.getfixturevalue("bob"))
