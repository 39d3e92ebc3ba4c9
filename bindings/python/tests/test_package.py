"""Wheel and sdist; installed offline into a fresh environment."""
import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path
from typing import Any

import fss
import pytest
from hub import PASSWORD, Hub

HERE = Path(fss.__file__).parent.parent


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy: what a build leaves behind is not for the repository."""
    target = tmp_path_factory.mktemp("source") / "python"
    shutil.copytree(HERE, target, ignore=shutil.ignore_patterns(
        "__pycache__", "build", "dist", "*.egg-info", ".*"))
    return target


def run(*args: Any, **env: str) -> str:
    r = subprocess.run([str(a) for a in args], text=True, timeout=600,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                       cwd="/", env={**os.environ, **env})
    assert r.returncode == 0, r.stdout
    return r.stdout


def test_wheel_and_sdist(source: Path, tmp_path: Path) -> None:
    # As a front end of builds calls it, one process for each.
    for what in ("build_wheel", "build_sdist"):
        run(sys.executable, "-c",
            "import os, sys; os.chdir(sys.argv[1]); "
            f"from setuptools.build_meta import {what} as make; "
            "make(sys.argv[2])", source, tmp_path)
    names = sorted(p.name for p in tmp_path.iterdir())
    assert names == [f"fss-{fss.__version__}-py3-none-any.whl",
                     f"fss-{fss.__version__}.tar.gz"]
    with zipfile.ZipFile(tmp_path / names[0]) as z:
        inside = {n for n in z.namelist() if n.startswith("fss/")}
        entry = z.read(f"fss-{fss.__version__}.dist-info/entry_points.txt")
    here = {f"fss/{p.name}" for p in (HERE / "fss").iterdir()
            if p.suffix in (".py", ".typed")}
    assert inside == here | {"fss/py.typed"}
    assert b"fss = fss.filesystem:FSSFileSystem" in entry
    with tarfile.open(tmp_path / names[1]) as t:
        assert f"fss-{fss.__version__}/pyproject.toml" in t.getnames()


def test_installed(source: Path, tmp_path: Path, hub: Hub) -> None:
    """pip install, without a network, then used from elsewhere."""
    place = tmp_path / "venv"
    venv.create(place, with_pip=False, system_site_packages=True)
    python = place / "bin" / "python"
    out = run(python, "-m", "pip", "install", "--no-index",
              "--no-build-isolation", "--no-deps", source)
    assert "Successfully installed fss" in out
    found = run(python, "-c", """if True:
        import sys, fss, fsspec
        print(fss.__file__)
        fs = fsspec.filesystem("fss", address=sys.argv[1],
                               username="alice", password=sys.argv[2])
        print(type(fs).__module__, fs.isdir("/alice"))
        """, hub.address, PASSWORD, PYTHONPATH="").splitlines()
    assert found[0].startswith(str(place))
    assert found[1] == "fss.filesystem True"
