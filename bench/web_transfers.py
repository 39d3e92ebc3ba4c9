"""One file down and up beside nginx: a part of bench/web.py."""
import hashlib
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from webhub import Api, Front, Nginx

CIPHER = "TLS_AES_256_GCM_SHA384"
LIMIT = 1800
MIB = 1 << 20
CASES = {
    "down": "down",
    "up": "up, PUT",
    "tus": "up, tus in one PATCH",
}


def client_folder(size):
    """In memory, where it holds the file twice over."""
    shm = Path("/dev/shm")
    if shm.is_dir() and shutil.disk_usage(shm).free > 4 * size:
        return tempfile.mkdtemp(prefix="fss-bench-", dir=shm)
    return None


def digest(path):
    with open(path, "rb") as f:
        h = hashlib.sha256()
        while block := f.read(MIB):
            h.update(block)
    return h.hexdigest()


class Transfers:
    def __init__(self, folder, args):
        self.args = args
        self.folder = folder
        self.memory = client_folder(args.size * MIB)
        self.client = Path(self.memory or folder)
        self.front = Front(folder, args.hub)
        self.nginx = Nginx(folder, self.front, CIPHER)
        self.files = Path(self.nginx.root)
        self.results = {}

    def start(self):
        self.front.start()
        self.nginx.start()
        self.auth = self.client / "auth"
        api = Api(self.front).register("bench")
        self.auth.write_text("Authorization: Bearer " + api.token() + "\n")
        api.close()

    def stop(self):
        self.nginx.stop()
        self.front.stop()
        if self.memory:
            shutil.rmtree(self.memory, ignore_errors=True)

    def curl(self, *args):
        p = subprocess.run(
            ["curl", "-sS", "--fail-with-body", "--cacert",
             self.front.certificate, "--tlsv1.3", "--tls13-ciphers", CIPHER,
             *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            timeout=LIMIT)
        if p.returncode != 0:
            raise RuntimeError(f"curl: {p.returncode} {p.stderr} "
                               f"{p.stdout[:500]}")
        return p.stdout.decode()

    def timed(self, server, work):
        """Seconds of a piece of work, and of its server's processor."""
        os.sync()
        before = server.processor()
        begin = time.monotonic()
        work()
        wall = time.monotonic() - begin
        after = server.processor()
        return {"s": wall, "cpu": {k: after[k] - before[k] for k in after}}

    # ---- the contestants

    def fssweb_down(self, name, path):
        return self.timed(self.front, lambda: self.curl(
            "-H", f"@{self.auth}", "-o", path,
            self.front.url("/content", path=":/" + name)))

    def nginx_down(self, name, path):
        return self.timed(self.nginx, lambda: self.curl(
            "-o", path, self.nginx.url(name)))

    def fssweb_up(self, name, path):
        return self.timed(self.front, lambda: self.curl(
            "-H", f"@{self.auth}", "-T", path,
            self.front.url("/content", path=":/" + name)))

    def fssweb_tus(self, name, path):
        """As the page: the upload is begun, then its bytes follow."""
        def work():
            import base64
            meta = base64.b64encode(f":/{name}".encode()).decode()
            head = self.curl(
                "-H", f"@{self.auth}", "-d", "", "-D", "-",
                "-H", "Tus-Resumable: 1.0.0", "-H",
                f"Upload-Length: {path.stat().st_size}", "-H",
                f"Upload-Metadata: path {meta}", self.front.url("/uploads"))
            place = next(line.split()[1] for line in head.splitlines()
                         if line.lower().startswith("location:"))
            self.curl("-H", f"@{self.auth}", "-X", "PATCH", "-T", path,
                      "-H", "Tus-Resumable: 1.0.0", "-H", "Upload-Offset: 0",
                      "-H", "Content-Type: application/offset+octet-stream",
                      f"https://{self.front.host}{place}")
        return self.timed(self.front, work)

    def nginx_up(self, name, path):
        return self.timed(self.nginx, lambda: self.curl(
            "-T", path, self.nginx.url(name)))

    def nginx_up_sync(self, name, path):
        def work():
            self.curl("-T", path, self.nginx.url(name))
            subprocess.run(["sync", self.files / name], check=True)
        return self.timed(self.nginx, work)

    # ---- the rounds

    def turns(self, number, case, contestants):
        names = list(contestants)
        first = number % len(names)
        for who in names[first:] + names[:first]:
            got = contestants[who]()
            self.results.setdefault(case, {}).setdefault(who, []).append(got)
            print(f"  {case:5} {who:14} {got['s']:7.2f} s  cpu " + ", ".join(
                f"{k} {v:.2f}" for k, v in got["cpu"].items()), flush=True)

    def round(self, number):
        """New content each time: the hub may not have it already."""
        source = self.client / "source"
        back = self.client / "back"
        names = [f"{case}-{number}" for case in ("up", "tus", "sync")]
        digests = {}
        for name in names[:2]:
            with open(self.client / name, "wb") as f:
                for _ in range(self.args.size):
                    f.write(os.urandom(MIB))
            digests[name] = digest(self.client / name)
        up, tus, sync = names
        self.turns(number, "up", {
            "fssweb": lambda: self.fssweb_up(up, self.client / up),
            "nginx": lambda: self.nginx_up(up, self.client / up),
            "nginx + fsync": lambda: self.nginx_up_sync(
                sync, self.client / up)})
        self.turns(number, "tus", {
            "fssweb": lambda: self.fssweb_tus(tus, self.client / tus)})
        for name in (up, sync):
            self.same(self.files / name, digests[up])
        for name in (up, tus):
            (self.client / name).unlink()

        def down(get):
            got = get(up, back)
            self.same(back, digests[up])
            back.unlink()
            return got
        self.turns(number, "down", {
            "fssweb": lambda: down(self.fssweb_down),
            "nginx": lambda: down(self.nginx_down)})
        self.fssweb_down(tus, back)
        self.same(back, digests[tus])
        back.unlink()
        for name in (up, sync):
            (self.files / name).unlink()
        assert not source.exists()

    @staticmethod
    def same(path, want):
        if digest(path) != want:
            raise RuntimeError(f"{path} is not what was sent")


def measure(folder, args):
    t = Transfers(folder, args)
    try:
        t.start()
        for i in range(args.rounds):
            print(f"round {i + 1} of {args.rounds}, load "
                  f"{os.getloadavg()[0]:.1f}", flush=True)
            t.round(i)
    finally:
        t.stop()
    return {"size_mib": args.size, "rounds": args.rounds, "cipher": CIPHER,
            "in_memory": t.memory is not None, "cases": t.results}


def middle(values):
    values = sorted(values)
    return f"{statistics.median(values):.2f} " \
           f"({values[0]:.2f} to {values[-1]:.2f})"


def spent(got):
    return ", ".join(
        f"{k} {statistics.median(g['cpu'][k] for g in got):.2f}"
        for k in got[0]["cpu"])


def table(result):
    """Rows of Markdown; tus is set beside nginx's PUT of the same round."""
    cases = result["cases"]
    yield f"Transfers of {result['size_mib']} MiB, {result['rounds']} rounds"
    yield ""
    yield "| what | fssweb, s | cpu, s | beside | s | cpu, s | ratio |"
    yield "|---|---|---|---|---|---|---|"
    for case, name in CASES.items():
        mine = cases[case]["fssweb"]
        rivals = cases["up" if case == "tus" else case]
        for who, theirs in rivals.items():
            if who == "fssweb":
                continue
            ratio = middle(t["s"] / m["s"] for t, m in zip(theirs, mine))
            yield (f"| {name} | {middle(m['s'] for m in mine)} | "
                   f"{spent(mine)} | {who} | "
                   f"{middle(t['s'] for t in theirs)} | {spent(theirs)} | "
                   f"{ratio} |")
