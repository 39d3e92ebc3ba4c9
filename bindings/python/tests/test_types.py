"""mypy --strict finds nothing, in the package and in what uses it."""
import subprocess
import sys
from pathlib import Path

import fss
from hub import BUILD

HERE = Path(fss.__file__).parent.parent


def mypy(*paths: str, where: Path = HERE) -> str:
    r = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file",
         str(HERE / "pyproject.toml"), "--cache-dir",
         str(BUILD / "mypy"), *paths], cwd=where, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600,
        env={"MYPYPATH": str(HERE), "PATH": "/usr/bin:/bin"})
    return r.stdout


def test_strict() -> None:
    out = mypy("fss", "examples")
    assert out.startswith("Success: no issues found"), out


def test_what_users_see(tmp_path: Path) -> None:
    """Types are those people would write, and mistakes are found."""
    (tmp_path / "use.py").write_text("""
import fss
import fss.aio
from typing import Iterator, List

def names(c: fss.Client) -> List[str]:
    return [e.name for e in c.ls(":/")]

async def sizes(c: fss.aio.Client) -> List[int]:
    return [e.size async for e in c.walk(":/")]

def copy(c: fss.Client) -> int:
    return c.put("a", ":/a", progress=lambda t: print(t.bytes_done)).failed

def state(c: fss.Client) -> fss.RequestState:
    try:
        return c.ask("bob:/x").state
    except fss.errors.ERATE as e:
        reveal_type(e.exit_status)
        raise
""")
    out = mypy("use.py", where=tmp_path)
    assert 'Revealed type is "builtins.int"' in out
    assert "error" not in out, out
    (tmp_path / "wrong.py").write_text(
        "import fss\nc = fss.Client()\nc.stat(b'x')\nc.ls(':/').nam\n"
        "c.put('a')\nc.set_access(':/', 5.0)\n")
    out = mypy("wrong.py", where=tmp_path)
    for line in (3, 4, 5, 6):
        assert f"wrong.py:{line}: error" in out, out
