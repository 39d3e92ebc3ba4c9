"""
What holds a transfer back: how long its connections wait for what, and how
much of the processors is in use, the line's own part apart.
"""
import os
import re
import subprocess
import threading

from common import find

EACH_S = 0.25
TICKS = os.sysconf("SC_CLK_TCK")
WAITS = ("busy", "sndbuf_limited", "rwnd_limited")


def processors():
    """Seconds of all of them: in use, in all."""
    with open("/proc/stat") as f:
        n = [int(x) for x in f.readline().split()[1:9]]
    return (sum(n) - n[3] - n[4]) / TICKS, sum(n) / TICKS


def process(pid):
    """Seconds of processor time of @pid."""
    with open(f"/proc/{pid}/stat") as f:
        n = f.read().rpartition(")")[2].split()
    return (int(n[11]) + int(n[12])) / TICKS


class Held:
    """While it is entered; what was seen is in `text` then."""

    def __init__(self, line):
        self.line = line
        self.ss = find("ss")
        self.text = ""

    def __enter__(self):
        self.seen = {}
        self.over = threading.Event()
        self.before = processors(), process(self.line.proc.pid)
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        (used, whole), path = self.before
        now_used, now_whole = processors()
        part = (now_used - used) / max(now_whole - whole, 0.01)
        own = (process(self.line.proc.pid) - path) / \
            max(now_whole - whole, 0.01)
        sent = [0.0] * len(WAITS)
        for waits in self.seen.values():
            sent = [a + b for a, b in zip(sent, waits)]
        busy = max(sent[0], 1)
        self.text = (f"{len(self.seen)} senders, sndbuf {sent[1] / busy:.0%} "
                     f"rwnd {sent[2] / busy:.0%}; processors {part:.0%}, "
                     f"the line {own:.0%}")

    def watch(self):
        while True:
            for end in (0, 1):
                self.look(end)
            if self.over.wait(EACH_S):
                return

    def look(self, end):
        r = subprocess.run([*self.line.within(end), self.ss, "-tinOH"],
                           capture_output=True, text=True, check=False)
        for row in r.stdout.splitlines():
            words = row.split()
            acked = re.search(r" bytes_acked:(\d+)", row)
            # Requests and acknowledgements are not what takes time.
            if len(words) < 5 or acked is None or int(acked[1]) < 1 << 20:
                continue
            found = [re.search(rf" {w}:(\d+)ms", row) for w in WAITS]
            self.seen[end, words[3], words[4]] = [
                float(f[1]) if f else 0.0 for f in found]
