"""What bench/search.py searches: real paths in a store, and questions.

The paths are those of Debian's Contents lists as apt-file has them.  A
package's files are in the space of its family (the first letters of its name:
some thousand spaces, a few of them large), of which bench_search makes one in
ten private, and one in ten private with a grant to "asker", who asks.
"""
import collections
import glob
import os
import random
import re
import shutil
import subprocess
import time

from common import BUILD, FSSD, Failed, Missing, find, say

LISTS = "/var/lib/apt/lists/*_Contents-*"
APT_HELPER = "/usr/lib/apt/apt-helper"	# knows how they are compressed
WORD = re.compile(r"[a-z]{4,}|[0-9]+[a-z]+[a-z0-9]*")
SEED = 7
RARE = 60		# names that have a rare word, at most
FREQUENT = ("doc", ".png", "conf", "lib", "test", "readme", "html", "index",
            "config", "main", "data", "copyright", "locale", ".py", "debug",
            "changelog", "java", "icon", "header", "module", "usr", "share")


def family(package):
    """The space of a package's files, as Debian's pool has them, finer."""
    n = 5 if package.startswith("lib") else 2
    return "".join(c if c.isalnum() else "x" for c in package[:n])


def contents():
    """Lines of OWNER, a tab and a path, in no order."""
    lists = sorted(glob.glob(LISTS))
    if not lists:
        raise Missing("no Contents lists: run apt-file update")
    for name in lists:
        with subprocess.Popen([APT_HELPER, "cat-file", name],
                              stdout=subprocess.PIPE, encoding="utf-8",
                              errors="replace") as p:
            for line in p.stdout:
                path, _, packages = line.rstrip().rpartition(" ")
                package = packages.partition(",")[0].rpartition("/")[2]
                path = path.rstrip()
                if path and package and "\t" not in path:
                    yield f"{family(package)}\t{path}\n"


def make_paths(file, most):
    """Sorted: bench_search wants folders together.  Returns how many."""
    sort = subprocess.Popen(
        [find("sort"), "-u", "-o", file + ".new"], stdin=subprocess.PIPE,
        encoding="utf-8", env={**os.environ, "LC_ALL": "C"})
    # Some of them: each n-th, or it would be but the first folders.
    for i, line in enumerate(contents()):
        if most == 0 or i % (7300000 // most + 1) == 0:
            sort.stdin.write(line)
    sort.stdin.close()
    if sort.wait() != 0:
        raise Failed("sort failed")
    os.rename(file + ".new", file)


def number_of(file):
    with open(file, "rb") as f:
        return sum(chunk.count(b"\n") for chunk in
                   iter(lambda: f.read(1 << 20), b""))


# ---- the store -----------------------------------------------------------


def make_store(folder, paths):
    """A hub's data with all of @paths: seconds it took."""
    data = os.path.join(folder, "hub")
    shutil.rmtree(data, ignore_errors=True)
    subprocess.run([FSSD, "init", "--data", data, "--listen",
                    "tcp://127.0.0.1:0"], check=True,
                   stdout=subprocess.DEVNULL)
    conf = os.path.join(data, "fssd.conf")
    with open(conf, "w") as f:
        f.write("[hub]\nlisten = tcp://127.0.0.1:0\nintroduce = off\n"
                "[log]\nlevel = warn\n")
    begin = time.monotonic()
    with open(paths, "rb") as f:
        subprocess.run([os.path.join(BUILD, "bench_search"), "fill", data],
                       stdin=f, check=True)
    seconds = time.monotonic() - begin
    subprocess.run([os.path.join(BUILD, "bench_find"), "device", data,
                    os.path.join(folder, "key")], check=True)
    return seconds


def is_hidden(owner):
    """As bench_search decides it: a space that asker may not see."""
    h = 0xcbf29ce484222325
    for byte in owner.encode():
        h = ((h ^ byte) * 0x100000001b3) & (2 ** 64 - 1)
    return (h ^ h >> 29) % 10 == 0


# ---- questions -----------------------------------------------------------


def name_of(line):
    return line.rpartition("/")[2].rpartition("\t")[2].rstrip("\n").lower()


class Names:
    """What words there are, in which names and folders."""

    def __init__(self, file, sample):
        self.count = collections.Counter()
        self.hidden = collections.Counter()
        self.spaces = {}
        self.rng = random.Random(SEED)
        self.lines = []
        with open(file, encoding="utf-8") as f:
            for i, line in enumerate(f):
                words = set(WORD.findall(name_of(line)))
                self.count.update(words)
                owner = line.partition("\t")[0]
                if owner not in self.spaces:
                    self.spaces[owner] = is_hidden(owner)
                if self.spaces[owner]:
                    self.hidden.update(words)
                if len(self.lines) < sample:
                    self.lines.append(line)
                elif self.rng.randrange(i + 1) < sample:
                    self.lines[self.rng.randrange(sample)] = line
        self.rng.shuffle(self.lines)
        self.at = 0

    def line(self):
        self.at += 1
        return self.lines[self.at % len(self.lines)]

    def path(self):
        """A path's name and its nearest folders, words of each."""
        path = self.line().rstrip("\n").partition("\t")[2].lower()
        folders, _, name = path.rpartition("/")
        return (list(dict.fromkeys(WORD.findall(name))),
                list(dict.fromkeys(WORD.findall(folders))))

    def pick(self, make, n):
        """@n different ones of what @make gives, None being none."""
        got = {}
        for _ in range(200 * n):
            one = make()
            if one:
                got[one] = True
            if len(got) == n:
                break
        return list(got)

    def word(self):
        name, _ = self.path()
        return self.rng.choice(name) if name else None

    def rare(self):
        name, _ = self.path()
        name = [w for w in name if 1 <= self.count[w] <= RARE]
        return self.rng.choice(name) if name else None

    def whole(self):
        return name_of(self.line())[:200]

    def two(self):
        name, _ = self.path()
        return " ".join(self.rng.sample(name, 2)) if len(name) > 1 else None

    def folder(self):
        name, folders = self.path()
        folders = [w for w in folders if w not in name]
        if not name or not folders:
            return None
        return f"{self.rng.choice(folders)} {self.rng.choice(name)}"

    def three(self):
        name, folders = self.path()
        folders = [w for w in folders if w not in name]
        if not name or len(folders) < 2:
            return None
        return " ".join(self.rng.sample(folders, 2) +
                        [self.rng.choice(name)])

    def mixed(self):
        rare = self.rare()
        return rare and f"{self.rng.choice(FREQUENT)} {rare}"

    def missing(self):
        """Letters in an order no name has, or hardly one."""
        return "".join(self.rng.choice("bcdfghjklmnpqrstvwxz")
                       for _ in range(self.rng.randint(6, 10)))

    def unseen(self, n):
        """Words of one to three names, all of them hidden."""
        got = [w for w, n in self.hidden.items()
               if n == self.count[w] <= 3 and len(w) > 5]
        self.rng.shuffle(got)
        return got[:n]

    def misspelt(self):
        word = self.word()
        if not word or len(word) < 6:
            return None
        i = self.rng.randrange(1, len(word) - 1)
        word = word[:i] + word[i + 1] + word[i] + word[i + 2:]
        return word if word not in self.count else None


def letters(names, n):
    one = list("abcdefghijklmnopqrstuvwxyz0123456789")
    return one + names.pick(lambda: (names.word() or "")[:2], n - len(one))


def questions(file, n):
    """Rows of class, pages, text and fields of FIND."""
    names = Names(file, 400000)
    some = names.pick(names.word, n)
    rows = []

    def add(what, texts, *fields, pages=1):
        rows.extend((what, pages, text, *fields) for text in texts)

    add("one or two letters", letters(names, n))
    add("frequent words", FREQUENT)
    add("a word", some)
    add("rare words", names.pick(names.rare, n))
    add("a whole name", names.pick(names.whole, n))
    add("two words of one name", names.pick(names.two, n))
    add("two words, one of a folder", names.pick(names.folder, n))
    add("three words, two of folders", names.pick(names.three, n))
    add("a frequent and a rare word", names.pick(names.mixed, n))
    add("nothing there", names.pick(names.missing, n))
    add("in hidden names only", names.unseen(n))
    add("misspelt", names.pick(names.misspelt, n))
    pages = list(FREQUENT) + some[:n // 4]
    add("pages 2 to 5", pages, pages=5)
    add("folders only", FREQUENT + tuple(some[:n // 4]), "kind=1")
    add("text files", FREQUENT + tuple(some[:n // 4]), "type=text")
    add("large files", FREQUENT + tuple(some[:n // 4]), "size_min=900000")
    add("newer than", FREQUENT + tuple(some[:n // 4]),
        "newer=1695000000000000")
    for text in FREQUENT + tuple(some[:n // 4]):
        owner = names.line().partition("\t")[0]
        rows.append(("one owner", 1, text, f"owner={owner}"))
        owner, _, path = names.line().rstrip("\n").partition("\t")
        rows.append(("one folder", 1, text, f"owner={owner}",
                     "under=/" + path.rpartition("/")[0]))
    return rows


def ready(folder, most, n, fresh):
    """Paths, store and questions in @folder, made where they are not.

    One that is there is brought to what this program makes of it.
    """
    paths = os.path.join(folder, "paths")
    if fresh or not os.path.exists(os.path.join(folder, "ready")):
        os.makedirs(folder, exist_ok=True)
        say("search: sorting paths")
        make_paths(paths, most)
        say("search: filling the store")
        seconds = make_store(folder, paths)
        with open(os.path.join(folder, "ready"), "w") as f:
            f.write(f"{seconds:.1f} {number_of(paths)}\n")
    else:
        subprocess.run([os.path.join(BUILD, "bench_search"), "settle",
                        os.path.join(folder, "hub")], check=True,
                       stdout=subprocess.DEVNULL)
    file = os.path.join(folder, "questions")
    if fresh or not os.path.exists(file):
        say("search: drawing questions")
        with open(file, "w", encoding="utf-8") as f:
            for row in questions(paths, n):
                f.write("\t".join(str(x) for x in row) + "\n")
    with open(os.path.join(folder, "ready")) as f:
        seconds, count = f.read().split()
    with open(file, encoding="utf-8") as f:
        asked = [line.rstrip("\n").split("\t") for line in f]
    return {"fill_s": float(seconds), "paths": int(count)}, asked
