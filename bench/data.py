"""What is moved: made of noise or of a folder of this machine, and compared."""
import filecmp
import os
import shutil
import unicodedata

SMALL = 4096
PER_FOLDER = 100
PIECE = 64 << 10	# a change in place
INSERT = 1 << 20
STEP_S = 10		# between two states of a file; rsync sees seconds


def make_file(path, size):
    with open(path, "wb") as f:
        while size > 0:
            n = min(size, 8 << 20)
            f.write(os.urandom(n))
            size -= n


def make_many(path, count, size=SMALL):
    for i in range(count):
        folder = os.path.join(path, f"{i // PER_FOLDER:04}")
        if i % PER_FOLDER == 0:
            os.makedirs(folder)
        with open(os.path.join(folder, f"{i:06}"), "wb") as f:
            f.write(os.urandom(size))


def make_flat(path, count, size):
    """All in one folder."""
    os.makedirs(path)
    for i in range(count):
        with open(os.path.join(path, f"file-{i:06}"), "wb") as f:
            f.write(os.urandom(size))


def later(path, before):
    """Whoever goes by size and time sees that it is another state."""
    os.utime(path, ns=(before.st_atime_ns,
                       before.st_mtime_ns + STEP_S * 10**9))


def change(path, percent):
    """Overwrites so much of a file, in pieces spread evenly over it."""
    before = os.stat(path)
    pieces = max(1, before.st_size * percent // 100 // PIECE)
    with open(path, "r+b") as f:
        for i in range(pieces):
            f.seek(before.st_size * i // pieces)
            f.write(os.urandom(min(PIECE, before.st_size // pieces)))
    later(path, before)


def insert(path):
    """Puts new bytes in front of what a file has."""
    before = os.stat(path)
    new = path + ".new"
    with open(path, "rb") as old, open(new, "wb") as f:
        f.write(os.urandom(INSERT))
        shutil.copyfileobj(old, f, 8 << 20)
    os.rename(new, path)
    later(path, before)


def copy_tree(source, path):
    """
    Copies the files of a folder, so that nobody changes them meanwhile:
    (files, bytes).  Left out are links, and names that are no UTF-8 in NFC,
    which a hub would give back otherwise than they were.
    """
    files = size = 0
    for at, _, names in os.walk(source):
        rel = os.path.relpath(at, source)
        to = os.path.normpath(os.path.join(path, rel))
        if not plain(rel):
            continue
        for name in names:
            old = os.path.join(at, name)
            if not plain(name) or os.path.islink(old) or \
                    not os.path.isfile(old):
                continue
            os.makedirs(to, exist_ok=True)
            new = os.path.join(to, name)
            shutil.copyfile(old, new)
            st = os.stat(old)
            os.utime(new, ns=(st.st_atime_ns, st.st_mtime_ns))
            files += 1
            size += st.st_size
    return files, size


def plain(name):
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return unicodedata.is_normalized("NFC", name)


def check(source, copy):
    """None if copy has the files of source, byte by byte, else what not."""
    if not os.path.isdir(source):
        if not filecmp.cmp(source, copy, shallow=False):
            return f"{copy} differs from what was uploaded"
        return None

    def names(top):
        return sorted(os.path.relpath(os.path.join(at, f), top)
                      for at, _, files in os.walk(top) for f in files)

    files = names(source)
    if files != names(copy):
        return f"{copy} has other files than were uploaded"
    _, bad, errors = filecmp.cmpfiles(source, copy, files, shallow=False)
    filecmp.clear_cache()
    if bad or errors:
        return f"{len(bad + errors)} files below {copy} differ"
    return None


def put_away(path, folder):
    """
    Empties the files of path and moves it into folder, until the run ends.

    ext4 passes over inodes that were deleted in the last minutes, one look
    for each: after thousands of deletes making a file takes milliseconds, for
    whoever comes next.  Files without content take no room.
    """
    if not os.path.lexists(path):
        return
    os.makedirs(folder, exist_ok=True)
    if os.path.isdir(path):
        for at, _, names in os.walk(path):
            for name in names:
                empty(os.path.join(at, name))
    else:
        empty(path)
    name = f"{len(os.listdir(folder)):04}-{os.path.basename(path)}"
    os.rename(path, os.path.join(folder, name))


def empty(path):
    if os.path.isfile(path) and not os.path.islink(path):
        os.chmod(path, 0o600)	# a copy may be read-only
        os.truncate(path, 0)


def remove(path):
    if os.path.isdir(path):
        shutil.rmtree(path)
    elif os.path.exists(path):
        os.unlink(path)
