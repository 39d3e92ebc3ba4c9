"""A line that fails behind something that still accepts connections."""
import random
import socket
import threading

from common import *


class Line:
    """Forwards connections to a hub; cut, it takes and ends them at once."""

    def __init__(self, port):
        self.to = port
        self.up = threading.Event()
        self.up.set()
        self.lock = threading.Condition()
        self.open, self.refused, self.carried = [], 0, 0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            a, _ = self.server.accept()
            with self.lock:
                if not self.up.is_set():
                    self.refused += 1
                    self.lock.notify_all()
                    a.close()
                    continue
                b = socket.create_connection(("127.0.0.1", self.to))
                self.open += [a, b]
            for pair in ((a, b), (b, a)):
                threading.Thread(target=self.carry, args=pair,
                                 daemon=True).start()

    def carry(self, a, b):
        try:
            while data := a.recv(1 << 16):
                b.sendall(data)
                with self.lock:
                    self.carried += len(data)
                    self.lock.notify_all()
        except OSError:
            pass
        for s in (a, b):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self):
        with self.lock:
            self.up.clear()
            for s in self.open:
                try:
                    s.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
            self.open = []

    def wait(self, cond):
        with self.lock:
            return self.lock.wait_for(cond, LIMIT)


hub = Hub().start()
line = Line(hub.port)
alice = Person("alice")
alice.must("connect", f"fss://127.0.0.1:{line.port}#{hub.key}")
alice.must("register", "alice", "--invite", hub.invite, "--password-stdin",
           stdin=PASSWORD + "\n")
big = write(os.path.join(TMP, "big"), random.Random(15).randbytes(64 << 20))
alice.must("put", big, ":/big")

start = line.carried
p = alice.spawn("-q", "get", ":/big", os.path.join(TMP, "back"))
ok(line.wait(lambda: line.carried > start + (4 << 20)), "a get is under way")
line.cut()
ok(line.wait(lambda: line.refused >= 5), "the line is dead for a while")
line.up.set()
equal(p.wait(LIMIT), 0, "the get goes on when it is back")
equal(read(os.path.join(TMP, "back")), read(big), "and is right")
line.cut()
r = alice.expect(8, "a line that stays dead is not reached", "--timeout", "2",
                 "ls")
ok("key does not match" not in r.err, "and nothing is said of a key", r)
finish()
