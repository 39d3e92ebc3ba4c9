"""The library is found and checked; nothing of it is left out."""
import ast
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Set

import fss
import fss.aio
import pytest
from fss import _abi, _error
from fss._native import lib
from hub import ROOT

PACKAGE = Path(fss.__file__).parent
DOC = ROOT / "docs" / "python.md"


def python(code: str, **env: str) -> "subprocess.CompletedProcess[str]":
    """Runs code in an interpreter of its own."""
    return subprocess.run(
        [sys.executable, "-c", code], text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, timeout=120,
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent), **env})


def compiled(folder: Path, source: str) -> str:
    """A library with other contents."""
    (folder / "lib.c").write_text(source)
    out = folder / "lib.so"
    subprocess.run([os.environ.get("FSS_CC", "cc"), "-shared", "-fPIC", "-o",
                    out, folder / "lib.c"], check=True)
    return str(out)


def test_every_function_is_in_the_library() -> None:
    for name in _abi.FUNCTIONS:
        assert callable(getattr(lib, name))
    with pytest.raises(AttributeError, match="headers have no"):
        lib.fss_no_such_thing


def test_errors_are_those_of_the_table() -> None:
    assert len(_error.BY_CODE) >= 47
    for code, cls in _error.BY_CODE.items():
        assert lib.fss_err_name(code).decode() == cls.name
        assert cls.name == "FSS_" + cls.__name__
        assert getattr(fss.errors, cls.__name__) is cls
        assert cls.text == lib.fss_strerror(code).decode()
        assert cls.http_status == lib.fss_err_http(code)
        assert cls.exit_status == lib.fss_err_exit(code)
    assert issubclass(fss.errors.ENOENT, FileNotFoundError)
    e = fss.errors.EQUOTA("5 MiB are left", "cannot upload 'x'")
    assert str(e) == "cannot upload 'x': over quota: 5 MiB are left"
    import pickle
    again = pickle.loads(pickle.dumps(e))
    assert type(again) is type(e) and str(again) == str(e)


def test_fields_are_those_of_the_library() -> None:
    for name, (number, kind) in _abi.FIELDS.items():
        assert lib.fss_field_name(number).decode() == name
        assert chr(lib.fss_field_kind(number)) == kind


def test_another_abi_is_refused(tmp_path: Path) -> None:
    other = compiled(tmp_path, "int fss_abi_major(void) { return 77; }")
    r = python("import fss", FSS_LIBRARY=other)
    assert r.returncode != 0 and "ImportError" in r.stderr
    assert f"'{other}' has ABI 77 and this package is for ABI 0" in r.stderr


def test_what_is_no_libfss_is_refused(tmp_path: Path) -> None:
    other = compiled(tmp_path, "int other(void) { return 0; }")
    r = python("import fss", FSS_LIBRARY=other)
    assert "it is no libfss, or one older" in r.stderr
    r = python("import fss", FSS_LIBRARY=str(tmp_path / "none.so"))
    assert "cannot load libfss" in r.stderr and "FSS_LIBRARY" in r.stderr


def test_errors_of_a_newer_library_get_classes(tmp_path: Path) -> None:
    other = compiled(tmp_path, r"""
        int fss_abi_major(void) { return 0; }
        const char *fss_err_name(int e)
        { return e == -1 ? "FSS_EINVAL" : e == -2 ? "FSS_ENEW" :
          "FSS_UNKNOWN"; }
        const char *fss_strerror(int e) { return e == -2 ? "new" : "bad"; }
        int fss_err_http(int e) { return 418; }
        int fss_err_exit(int e) { return 42; }""")
    r = python("""if True:
        import fss, fss._error
        del fss._error.BY_CODE[-2]
        fss.lib._errors()
        e = fss._error.error(-2)
        print(type(e) is fss.errors.ENEW, e, e.http_status, e.exit_status)
        try:
            fss.lib.fss_client_new
        except AttributeError as e:
            print(e)
        """, FSS_LIBRARY=other)
    assert r.stdout == ("True new 418 42\nthis libfss is too old: it has no "
                        "fss_client_new()\n"), r.stderr


def test_unknown_values_of_enumerations_are_passed_on() -> None:
    new = fss.RequestState(99)
    assert new == 99 and new.name == "UNKNOWN_99" and new != fss.Kind.FILE
    assert fss.RequestState(4) is fss.RequestState.FULFILLED
    assert fss.Right(1 << 20 | 1) & fss.Right.SEE
    with pytest.raises(ValueError, match="none of dir, file, link"):
        fss.Kind.of("socket")


def public(cls: type) -> Set[str]:
    return {n for n in dir(cls) if not n.startswith("_")}


def test_both_clients_can_do_the_same() -> None:
    # Each has its own way to open files, and asyncio its own time-outs.
    only = {fss.Client: {"open", "path", "deadline"},
            fss.aio.Client: {"reader", "writer"}}
    assert public(fss.Client) - only[fss.Client] == \
        public(fss.aio.Client) - only[fss.aio.Client]
    for name in public(fss.Client) - only[fss.Client]:
        a, b = getattr(fss.Client, name), getattr(fss.aio.Client, name)
        if not callable(a) or name in ("close", "events", "watch"):
            continue
        pa, pb = (list(inspect.signature(f).parameters.values())
                  for f in (a, b))
        assert [(p.name, p.kind, p.default) for p in pa] == \
            [(p.name, p.kind, p.default) for p in pb], name


def test_both_uploads_can_do_the_same() -> None:
    assert public(fss.Upload) == public(fss.AsyncUpload)
    assert inspect.signature(fss.Upload.append).parameters == \
        inspect.signature(fss.AsyncUpload.append).parameters


def rows() -> "list[list[str]]":
    """The rows of the table Python - C - fssctl."""
    text = DOC.read_text()
    part = text[text.index("## Python, C, fssctl"):]
    end = part.find("\n## ", 1)
    return [[c.strip() for c in line.strip("|").split("|")]
            for line in part[:end if end > 0 else None].splitlines()
            if line.startswith("| ") and not line.startswith("| Python")]


def test_the_table_has_every_function() -> None:
    """docs/python.md is complete: C functions, methods, verbs of fssctl."""
    table = rows()
    named = set(re.findall(r"\bfss_\w+", " ".join(r[1] for r in table)))
    missing = sorted(set(_abi.FUNCTIONS) - named)
    assert not missing, f"docs/python.md has no row for {missing}"
    gone = sorted(named - set(_abi.FUNCTIONS))
    assert not gone, f"docs/python.md names {gone}, which are not there"


def test_the_table_has_every_method() -> None:
    column = " ".join(r[0] for r in rows())
    for cls in (fss.Client, fss.Profile, fss.Server, fss.Upload):
        named = set(re.findall(cls.__name__ + r"\.(\w+)", column))
        missing = sorted(public(cls) - named)
        assert not missing, f"docs/python.md has no {cls.__name__}.{missing}"
        gone = sorted(named - public(cls))
        assert not gone, f"{cls.__name__} has no {gone}"


def test_the_table_has_every_verb() -> None:
    column = " ".join(r[2] for r in rows())
    named = set(re.findall(r"`([a-z]+)[^`]*`", column))
    verbs = set(re.findall(
        r'(?m)^\t\{ "([a-z]+)", "', (ROOT / "fssctl/verbs.c").read_text()))
    assert len(verbs) > 30
    assert not sorted(verbs - named), "docs/python.md lacks verbs of fssctl"
    assert not sorted(named - verbs), "docs/python.md has verbs too many"


def test_what_is_called_is_in_the_table() -> None:
    """A function that the table says is used is used."""
    source = "".join(p.read_text() for p in PACKAGE.glob("*.py")
                     if p.name != "_abi.py")
    for python_name, c, *_ in rows():
        if python_name.startswith("-"):
            continue
        for name in re.findall(r"\bfss_\w+", c):
            assert name in source, f"{name} is not called for {python_name}"


def test_syntax_is_that_of_the_oldest_python() -> None:
    for path in PACKAGE.glob("*.py"):
        ast.parse(path.read_text(), str(path), feature_version=(3, 9))


def test_exports() -> None:
    for name in fss.__all__:
        assert getattr(fss, name) is not None
    with pytest.raises(AttributeError):
        fss.no_such_name  # type: ignore[attr-defined]
    assert fss.library_version() == fss.__version__


def test_import_takes_in_little() -> None:
    """What takes long to import comes when it is used."""
    r = python("import sys, fss; print(*(m for m in ('asyncio', 'dataclasses'"
               ", 'logging', 'fsspec', 'socket') if m in sys.modules))")
    assert r.stdout == "\n", r.stdout + r.stderr


def doc_of(thing: Any) -> str:
    return inspect.getdoc(thing) or ""


def test_everything_public_is_explained() -> None:
    for cls in (fss.Client, fss.aio.Client, fss.Profile, fss.Server,
                fss.RemotePath, fss.BoundPath, fss.Upload, fss.AsyncUpload):
        assert doc_of(cls)
        for name in public(cls):
            assert doc_of(getattr(cls, name)), f"{cls.__name__}.{name}"
