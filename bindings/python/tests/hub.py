"""A real hub for the tests, in a folder of its own.

It is the fssd of FSS_BUILD_DIR, or FSS_FSSD where that is set.
"""
import json
import os
import select
import signal
import subprocess
from pathlib import Path
from typing import List, Optional

ROOT = Path(os.environ.get("FSS_SOURCE_DIR") or
            Path(__file__).resolve().parents[3])
BUILD = Path(os.environ.get("FSS_BUILD_DIR") or ROOT / "build" / "dev")
FSSD = Path(os.environ.get("FSS_FSSD") or BUILD / "fssd")
LIMIT = 120		# seconds until a program counts as hanging
PASSWORD = "correct horse battery"
# Tests are about files, not about how long a password takes to hash.
SETTINGS = {"introduce": "off", "memory": "64k", "passes": "1"}


class Hub:
    """fssd, started and stopped; its address stays."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.data = folder / "hub"
        self.log = folder / "hub.log"
        self.address = ""
        self.proc: Optional["subprocess.Popen[bytes]"] = None
        out = subprocess.run(
            [FSSD, "init", "--data", self.data, "--listen",
             "tcp://127.0.0.1:0", "--registration", "open", "--json"],
            check=True, stdout=subprocess.PIPE, timeout=LIMIT).stdout
        info = json.loads(out)
        self.invite = str(info["invite"])
        self.key = str(info["key"])
        self._configure({**SETTINGS, **settings})

    def _configure(self, wanted: "dict[str, str]") -> None:
        conf = self.data / "fssd.conf"
        lines: List[str] = []
        for line in conf.read_text().splitlines():
            name = line.lstrip("# ").split("=")[0].strip()
            if name in wanted and "=" in line:
                line = f"{name} = {wanted.pop(name)}"
            lines.append(line)
        assert not wanted, f"no such settings: {wanted}"
        conf.write_text("\n".join(lines) + "\n")

    @property
    def plain(self) -> str:
        """The address without the key."""
        return self.address.partition("#")[0]

    def start(self) -> "Hub":
        """Waits until it can be reached; the next time at the same port."""
        r, w = os.pipe()
        more = ["--listen", "tcp" + self.plain[len("fss"):]] \
            if self.address else []
        with open(self.log, "ab") as log:
            self.proc = subprocess.Popen(
                [FSSD, "run", "--data", self.data, "--ready-fd",
                 str(w), *more], stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, pass_fds=[w])
        os.close(w)
        line = b""
        while not line.endswith(b"\n"):
            if not select.select([r], [], [], LIMIT)[0]:
                break
            got = os.read(r, 4096)
            if not got:
                break
            line += got
        os.close(r)
        assert line.startswith(b"READY "), self.log.read_text()[-2000:]
        self.address = line.split()[1].decode()
        return self

    def kill(self) -> None:
        """Ends it as a power cut does."""
        assert self.proc is not None
        self.proc.kill()
        self.proc.wait(LIMIT)

    def stop(self) -> None:
        """Ends it softly, and it has to end well: leaks are told then."""
        if self.proc is not None and self.proc.poll() is None:
            self.proc.send_signal(signal.SIGTERM)
            code = self.proc.wait(LIMIT)
            assert code == 0, self.log.read_text()[-8000:]
