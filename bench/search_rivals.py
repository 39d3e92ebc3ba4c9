"""Who else can say where a path is: plocate, and SQLite in two plain ways.

All have the same paths, an owner's space being a folder, and list 50; none
knows who may see what.  plocate is run anew for each question, as people do,
and reads its database from the disk's cache; SQLite is in this process.
"""
import os
import sqlite3
import subprocess
import time

from common import Missing, find, say

PAGE = 50
LIMIT = 120		# seconds a question may take
BATCH = 100000


def lines(paths):
    with open(paths, encoding="utf-8") as f:
        for line in f:
            yield "/" + line.rstrip("\n").replace("\t", "/", 1)


class Rival:
    def __init__(self, folder, paths):
        self.file = os.path.join(folder, self.name + ".db")
        self.paths = paths
        self.build_s = None

    def start(self):
        done = self.file + ".ready"
        if not os.path.exists(done):
            say(f"search: {self.name} reads the paths")
            for old in (self.file, self.file + "-journal"):
                if os.path.exists(old):
                    os.remove(old)
            begin = time.monotonic()
            self.build()
            with open(done, "w") as f:
                f.write(f"{time.monotonic() - begin:.1f}\n")
        with open(done) as f:
            self.build_s = float(f.read())
        self.open()
        return self

    def size(self):
        return os.path.getsize(self.file)

    def open(self):
        pass

    def timed(self, text):
        """Seconds and rows; None where it has no answer to such a text."""
        begin = time.monotonic()
        rows = self.ask(text.split())
        return rows if rows is None else (time.monotonic() - begin, rows)


class Plocate(Rival):
    name = "plocate"

    def build(self):
        build = find("plocate-build")
        plain = self.file + ".plain"
        with open(plain, "w", encoding="utf-8") as f:
            f.writelines(line + "\n" for line in lines(self.paths))
        subprocess.run([build, "--plaintext", plain, self.file], check=True)
        os.remove(plain)

    def open(self):
        self.program = find("plocate")

    def ask(self, words):
        p = subprocess.run([self.program, "-d", self.file, "-i", "-l",
                            str(PAGE), "--", *words],
                           stdout=subprocess.PIPE, timeout=LIMIT)
        return p.stdout.count(b"\n")


class Sqlite(Rival):
    """Of a table of paths; the statement is what differs."""

    def build(self):
        db = sqlite3.connect(self.file, isolation_level=None)
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        db.execute(self.table)
        db.execute("BEGIN")
        db.executemany("INSERT INTO p(path) VALUES(?)",
                       ((line,) for line in lines(self.paths)))
        db.execute("COMMIT")
        db.close()

    def open(self):
        self.db = sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)
        self.db.execute("PRAGMA cache_size = -32768")


class Like(Sqlite):
    name = "like"
    table = "CREATE TABLE p(path TEXT NOT NULL)"

    def ask(self, words):
        where = " AND ".join(["path LIKE ? ESCAPE '\\'"] * len(words))
        words = ["%" + w.replace("\\", "\\\\").replace("%", "\\%")
                 .replace("_", "\\_") + "%" for w in words]
        return len(self.db.execute(
            f"SELECT path FROM p WHERE {where} LIMIT {PAGE}",
            words).fetchall())


class Fts5(Sqlite):
    name = "fts5"
    table = "CREATE VIRTUAL TABLE p USING fts5(path, tokenize = 'trigram')"

    def ask(self, words):
        if min(len(w) for w in words) < 3:
            return None		# the tokenizer has nothing for them
        text = " ".join('"' + w.replace('"', '""') + '"' for w in words)
        return len(self.db.execute(
            "SELECT path FROM p WHERE p MATCH ? ORDER BY rank "
            f"LIMIT {PAGE}", (text,)).fetchall())


ALL = (Plocate, Like, Fts5)


def start(names, folder, paths):
    """Those there are, and why others are not."""
    got, why = [], {}
    for rival in ALL:
        if rival.name not in names:
            continue
        try:
            got.append(rival(folder, paths).start())
        except (Missing, sqlite3.Error) as e:
            why[rival.name] = str(e)
    return got, why
