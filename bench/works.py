"""
What is done by everybody in turns, and how long it took.

A work makes its data, has each contestant move it in each of its cases, and
puts it away, all copies too: emptied, but nothing is deleted before the run
ends (data.put_away() says why).  Names and content are new in every round, so what a hub already
has cannot help it.  Between two measurements the disk is synced, so nobody
pays for the writes of somebody else; what is read is in the page cache for
everybody.  Each download is compared with what was uploaded.
"""
import concurrent.futures
import json
import os
import statistics
import subprocess
import time

from common import FSSCTL, Failed, Missing, say
from contestants import (BY_SSH, Floor, FloorCurve, Fss, NginxPut)
import data
from servers import Nginx, Sshd

PERCENT = 1
THOUSAND = 1000


def cases(opts):
    """(case, title, work) of all there is, in the order of the report."""
    size = amount(opts.size << 20)
    files = f"{opts.files:,} files of {data.SMALL >> 10} KiB"
    return [
        ("file-up", f"{size} up", "file"),
        ("file-again", "… again, unchanged", "file"),
        ("file-changed", f"… again, {PERCENT} % changed in place", "file"),
        ("file-inserted",
         f"… again, {data.INSERT >> 20} MiB inserted at its front", "file"),
        ("file-down", f"{size} down", "file"),
        ("tree-up", f"{opts.tree} up", "tree"),
        ("tree-down", f"{opts.tree} down", "tree"),
        ("many-up", f"{files} up", "many"),
        ("many-again", "… again, unchanged", "many"),
        ("many-down", f"{files} down", "many"),
        ("burst-up", f"{opts.burst:,} files of {data.SMALL >> 10} KiB up",
         "burst"),
        ("clients-up", f"{opts.clients} clients at once, {size} in all, up",
         "clients"),
        ("clients-down", "… down", "clients"),
    ]


WORKS = ["file", "tree", "many", "burst", "clients"]


def amount(n):
    return f"{n >> 30} GiB" if n and n % (1 << 30) == 0 else f"{n >> 20} MiB"


class Works:
    def __init__(self, opts, tmp):
        self.opts = opts
        self.tmp = tmp
        self.cases = cases(opts)
        self.seconds = {case: {} for case, _, _ in self.cases}
        self.wire = {}		# case: bytes fssctl sent or received
        self.notes = {}		# what is said beside a case
        self.rates = []		# files a second, first and last, of a burst
        self.curves = []	# likewise, of each thousand
        self.why = {}		# contestant: why it is not measured (any more)
        self.failed = False
        self.sshd = Sshd(tmp)
        self.nginx = Nginx(tmp)
        self.fss = Fss(tmp, opts.limit)
        rivals = [kind(tmp, opts.limit, self.sshd) for kind in BY_SSH]
        rivals.append(NginxPut(tmp, opts.limit, self.nginx))
        rivals += [kind(tmp, opts.limit, None) for kind in
                   (Floor, FloorCurve)]
        self.all = [self.fss] + [c for c in rivals if not opts.rivals or
                                 c.name in opts.rivals]

    def start(self):
        self.sshd.start()
        self.nginx.start()
        for c in self.all:
            try:
                c.start()
            except Missing as e:
                self.why[c.name] = f"missing: {e}"
                say(f"{c.name}: {self.why[c.name]}")

    def stop(self):
        for c in self.all:
            c.stop()
        self.sshd.stop()
        self.nginx.stop()

    def each(self, number, case, measure):
        """Has everybody do one thing, beginning with another each round."""
        first = number % len(self.all)
        for c in self.all[first:] + self.all[:first]:
            if c.name in self.why or case not in c.cases:
                continue
            os.sync()
            try:
                s = measure(c)
            except Failed as e:
                if c is self.fss:
                    raise
                self.failed = True
                self.why[c.name] = f"failed: {e}"
                say(f"{c.name}: {self.why[c.name]}")
                continue
            self.seconds[case].setdefault(c.name, []).append(s)
            if c is self.fss:
                self.wire.setdefault(case, []).append(c.wire)
            say(f"round {number + 1}  {case:<14}{c.name:<12}{s:9.3f} s")

    def down(self, c, name, local, back):
        many = os.path.isdir(local)
        s = c.down(name, back, many)
        problem = data.check(local, back)
        if problem:
            raise Failed(problem)
        self.put_away(back)
        return s

    def put_away(self, path):
        data.put_away(path, os.path.join(self.tmp, "old"))

    def forget(self, *names):
        for name in names:
            for c in self.all:
                c.forget(name)
            self.put_away(os.path.join(self.tmp, name))

    def paths(self, name):
        return os.path.join(self.tmp, name), \
            os.path.join(self.tmp, "back-" + name)

    # ---- the works

    def file(self, number):
        name = f"file-{number + 1}"
        local, back = self.paths(name)
        data.make_file(local, self.opts.size << 20)

        def again(case):
            self.each(number, case, lambda c: c.again(local, name))

        self.each(number, "file-up",
                  lambda c: c.up(local, name, self.opts.size << 20))
        again("file-again")
        data.change(local, PERCENT)
        again("file-changed")
        data.insert(local)
        again("file-inserted")
        self.each(number, "file-down",
                  lambda c: self.down(c, name, local, back))
        self.forget(name)

    def tree(self, number):
        name = f"tree-{number + 1}"
        local, back = self.paths(name)
        files, size = data.copy_tree(self.opts.tree, local)
        self.notes["tree-up"] = f"{files:,} files, {size >> 20} MiB"
        if number:
            # Its content is the same each time.
            self.fss.afresh()
        self.each(number, "tree-up", lambda c: c.again(local, name))
        self.each(number, "tree-down",
                  lambda c: self.down(c, name, local, back))
        self.forget(name)

    def many(self, number):
        name = f"many-{number + 1}"
        local, back = self.paths(name)
        data.make_many(local, self.opts.files)
        self.each(number, "many-up", lambda c: c.up(
            local, name, self.opts.files * data.SMALL))
        self.each(number, "many-again", lambda c: c.again(local, name))
        if self.fss.wire:
            raise Failed(f"{self.fss.wire} bytes of unchanged files were "
                         "sent")
        self.each(number, "many-down",
                  lambda c: self.down(c, name, local, back))
        self.forget(name)

    def burst(self, number):
        """fssctl says when each file is durable; of it the rates."""
        name = f"burst-{number + 1}"
        local, _ = self.paths(name)
        data.make_many(local, self.opts.burst)
        os.sync()
        begin = time.monotonic()
        p = subprocess.Popen(
            [FSSCTL, "--json", "put", "-rv", local, ":/" + name],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            env=self.fss.env)
        at = []
        last = None
        for last in p.stdout:
            at.append(time.monotonic() - begin)
        if p.wait() != 0:
            raise Failed(f"fssctl ended with {p.returncode}")
        seconds = time.monotonic() - begin
        at.pop()	# the sum
        if json.loads(last or "{}").get("files_done") != self.opts.burst:
            raise Failed("not all files were sent")
        self.seconds["burst-up"].setdefault("fssctl", []).append(seconds)
        n = min(THOUSAND, len(at) // 2)
        # Rows of folders are among them, one in a hundred.
        first, end = n / at[n - 1], n / (at[-1] - at[-1 - n])
        self.rates.append((first, end))
        marks = [0, *at[n - 1::n]]
        self.curves.append([round(n / (b - a))
                            for a, b in zip(marks, marks[1:])])
        med = [statistics.median(r[i] for r in self.rates) for i in (0, 1)]
        self.notes["burst-up"] = (
            f"the first {n:,} at {med[0]:,.0f} a second from the program's "
            f"start, the last at {med[1]:,.0f}")
        say(f"round {number + 1}  burst-up      fssctl      {seconds:9.3f} s;"
            f" first {n}: {first:.0f} /s, last: {end:.0f} /s")
        self.forget(name)

    def clients(self, number):
        count = self.opts.clients
        names = [f"client-{number + 1}-{i}" for i in range(count)]
        each = (self.opts.size << 20) // count
        for name in names:
            data.make_file(self.paths(name)[0], each)

        def at_once(do):
            begin = time.monotonic()
            with concurrent.futures.ThreadPoolExecutor(count) as pool:
                for f in [pool.submit(do, name) for name in names]:
                    f.result()
            return time.monotonic() - begin

        def up(c):
            return at_once(lambda name: c.up(self.paths(name)[0], name, each))

        def down(c):
            s = at_once(lambda name: c.down(name, self.paths(name)[1],
                                            False))
            for name in names:
                local, back = self.paths(name)
                problem = data.check(local, back)
                if problem:
                    raise Failed(problem)
                self.put_away(back)
            return s

        self.each(number, "clients-up", up)
        self.each(number, "clients-down", down)
        self.forget(*names)

    # ---- what came of it

    def results(self):
        out = {}
        for case, title, work in self.cases:
            mine = self.seconds[case].get(self.fss.name)
            if not mine:
                continue
            rows = {}
            for c in self.all:
                if case not in c.cases or (case.startswith("burst") and
                                           c is not self.fss):
                    continue
                row = {"durable": c.durable}
                got = self.seconds[case].get(c.name)
                if got:
                    row.update(seconds=[round(s, 4) for s in got],
                               median=round(statistics.median(got), 4),
                               min=round(min(got), 4),
                               max=round(max(got), 4))
                    if c is not self.fss:
                        row["ratio"] = round(statistics.median(got) /
                                             statistics.median(mine), 3)
                if c.name in self.why:
                    row["problem"] = " ".join(self.why[c.name].split())
                rows[c.name] = row
            out[case] = {"title": title, "work": work, "rows": rows}
            if case in self.wire:
                out[case]["wire_bytes"] = self.wire[case]
            if case == "burst-up":
                out[case]["rates"] = self.curves
            if case in self.notes:
                out[case]["note"] = self.notes[case]
        return out
