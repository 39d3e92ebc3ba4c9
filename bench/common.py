"""What the benchmarks in Python share: running programs and ending them."""
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.abspath(os.environ.get("FSS_BUILD_DIR") or
                        os.path.join(SOURCE, "build", "release"))
FSSD = os.path.join(BUILD, "fssd")
FSSCTL = os.path.join(BUILD, "fssctl")
START_LIMIT = 60	# seconds until a server counts as not starting
STOP_LIMIT = 60


class Failed(Exception):
    """A program did not do what was asked."""


class Missing(Exception):
    """A rival, or something of the machine, cannot be had here."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def find(name):
    path = shutil.which(name, path=os.environ.get("PATH", os.defpath) +
                        ":/usr/sbin:/usr/local/sbin")
    if not path:
        raise Missing(f"no {name}")
    return path


def need_programs(*programs):
    """Ends this program where it is not built."""
    for prog in programs:
        if not os.access(prog, os.X_OK):
            sys.exit(f"bench: there is no {prog}: build first, or set "
                     "FSS_BUILD_DIR")


def run(args, limit, text_in=None, env=None):
    """Runs a program to its end: seconds and stdout."""
    begin = time.monotonic()
    p = subprocess.Popen(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         stdin=subprocess.DEVNULL if text_in is None
                         else subprocess.PIPE,
                         start_new_session=True, env=env)
    try:
        out, err = p.communicate(text_in, limit)
        seconds = time.monotonic() - begin
    except BaseException as e:
        # Its ssh too: they share the group that was made for them.
        os.killpg(p.pid, signal.SIGKILL)
        p.communicate()
        if isinstance(e, subprocess.TimeoutExpired):
            raise Failed(f"{os.path.basename(args[0])} took more than "
                         f"{limit} s") from None
        raise
    if p.returncode != 0:
        why = (err.decode(errors="replace").strip() or
               out.decode(errors="replace").strip())
        raise Failed(f"{os.path.basename(args[0])} ended with "
                     f"{p.returncode}: {why[-500:]}")
    return seconds, out.decode(errors="replace")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def stop(proc):
    """Ends a server started here."""
    if proc is None or proc.poll() is not None:
        return
    proc.send_signal(signal.SIGTERM)
    try:
        proc.wait(STOP_LIMIT)
    except subprocess.TimeoutExpired:
        proc.kill()
        proc.wait()


def tail(path):
    try:
        with open(path, errors="replace") as f:
            return f.read()[-500:].strip()
    except OSError:
        return ""


def stop_at_signals():
    """So that servers are stopped and folders removed then, too."""
    for sig in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sig, lambda n, _: sys.exit(128 + n))


def number(low):
    """A type for argparse: a number from low on."""
    def parse(text):
        n = int(text)
        if n < low:
            raise ValueError
        return n
    parse.__name__ = "number"	# argparse names it in what it reports
    return parse


def rss(pid, what="VmRSS"):
    """MiB a process has in memory; @what: RssFile, that of programs."""
    with open(f"/proc/{pid}/status") as f:
        for line in f:
            if line.startswith(what + ":"):
                return int(line.split()[1]) / 1024
    return 0.0
