"""On a terminal: prompts without echo, questions, tables, colours, progress."""
import fcntl
import pty
import re
import signal
import struct
import termios

from common import *

hub = Hub(introduce=True).start()
alice = Person("alice")
base = hub.address.split("#")[0]


class Terminal:
    """fssctl with a pseudo-terminal as its stdin, stdout, stderr and tty."""

    def __init__(self, person, *args, width=0, **env):
        self.seen = ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(2, termios.TIOCSWINSZ, struct.pack("4H", 24, width,
                                                           0, 0))
            os.environ.update(person.env, TERM="xterm", **env)
            os.execv(FSSCTL, [FSSCTL, *args])

    def until(self, text):
        """Reads on until @text (a regular expression) was shown."""
        start = len(self.seen)
        while not re.search(text, self.seen[start:]):
            if not self.more():
                return False
        return True

    def more(self):
        if not select.select([self.fd], [], [], LIMIT)[0]:
            return False
        try:
            got = os.read(self.fd, 65536)
        except OSError:		# how a pty says that the other end is closed
            return False
        self.seen += got.decode("utf-8", "replace")
        return bool(got)

    def echo_is_off(self):
        return not termios.tcgetattr(self.fd)[3] & termios.ECHO

    def type(self, text):
        os.write(self.fd, text.encode())

    def end(self):
        while self.more():
            pass
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


# ---- questions -------------------------------------------------------------
t = Terminal(alice, "connect", base)
ok(t.until(r"\[y/N\]"), "a new hub is asked about", t.seen)
ok(hub.info["fingerprint"] in t.seen, "with its fingerprint", t.seen)
t.type("n\n")
ok(t.end() != 0, "no means no", t.seen)
alice.expect(8, "and nothing is remembered", "ls")
t = Terminal(alice, "connect", base)
t.until(r"\[y/N\]")
t.type("y\n")
equal(t.end(), 0, "yes means yes")
alice.works("and is remembered", "connect")

# ---- passwords -------------------------------------------------------------
t = Terminal(alice, "register", "alice", "--invite", hub.invite)
ok(t.until("New password: ") and t.echo_is_off(), "a password is asked for",
   t.seen)
t.type(PASSWORD + "\n")
ok(t.until("again: ") and t.echo_is_off(), "twice", t.seen)
t.type("something else\n")
ok(t.end() == 2 and "not the same" in t.seen, "and compared", t.seen)
t = Terminal(alice, "register", "alice", "--invite", hub.invite)
t.until("New password: ")
t.echo_is_off()
t.type(PASSWORD + "\n")
t.until("again: ")
t.echo_is_off()
t.type(PASSWORD + "\n")
equal(t.end(), 0, "the same twice registers")
ok(PASSWORD not in t.seen, "the password is never shown", t.seen)
alice.must("logout", "--forget")
t = Terminal(alice, "login", "alice")
t.until("Password: ")
t.echo_is_off()
t.type("\x03")
ok(t.end() == 130, "^C at the prompt ends it", t.seen)
t = Terminal(alice, "login", "alice")
t.until("Password: ")
t.type(PASSWORD + "\n")
equal(t.end(), 0, "login asks once")
ok(PASSWORD not in t.seen, "and shows nothing of what is typed at once")
alice.must("logout", "--forget")
# Quicker than it asks: what the terminal shows before it starts is not ours.
t = Terminal(alice, "login", "alice")
t.type(PASSWORD + "\n")
equal(t.end(), 0, "what is typed ahead is not thrown away")
alice.must("logout", "--forget")


def echo_after(sig):
    """Sends it while a password is asked for; how the program went on."""
    t = Terminal(alice, "login", "alice")
    t.until("Password: ")
    hidden = t.echo_is_off()
    os.kill(t.pid, sig)
    _, status = os.waitpid(t.pid, os.WUNTRACED)
    shown = not t.echo_is_off()
    return t, hidden and shown, status


for sig in (signal.SIGQUIT, signal.SIGHUP):
    # Held open here, so that its settings outlive the program.
    t, restored, status = echo_after(sig)
    ok(os.WIFSIGNALED(status) and os.WTERMSIG(status) == sig and restored,
       f"{sig.name} ends it with the echo on", status)
    os.close(t.fd)
# With no shell above it nothing can stop it; it must go on as before.
t = Terminal(alice, "login", "alice")
t.until("Password: ")
os.kill(t.pid, signal.SIGTSTP)
t.type(PASSWORD + "\n")
equal(t.end(), 0, "SIGTSTP leaves the prompt as it was")
r = alice.run("passwd")
ok(r.code == 2 and "--password-stdin" in r.err,
   "without a terminal it says what else there is", r)

# ---- tables and colours ----------------------------------------------------
write(os.path.join(TMP, "tree", "sub", "file"), b"x" * 5000)
t = Terminal(alice, "put", "-r", os.path.join(TMP, "tree"), ":/t")
equal(t.end(), 0, "put on a terminal")
t = Terminal(alice, "ls", "-l", ":/t")
t.end()
ok("CHANGED" in t.seen and "\x1b[1;34m" in t.seen, "a table with colours",
   t.seen)
t = Terminal(alice, "ls", "-l", ":/t/sub")
t.end()
ok(re.search(r" 4\.8K ", t.seen), "and sizes for people", t.seen)
t = Terminal(alice, "ls", "-l", ":/t", NO_COLOR="1")
t.end()
ok("CHANGED" in t.seen and "\x1b" not in t.seen, "NO_COLOR is heard", t.seen)
r = alice.run("ls", "-l", ":/t")
ok("CHANGED" not in r.out and "\x1b" not in r.out and "\t" in r.out,
   "a pipe gets neither", r)
r = alice.run("put", "-r", os.path.join(TMP, "tree"), ":/t")
ok("\r" not in r.err and r.err == "", "nor progress", r)

# ---- offering to ask -------------------------------------------------------
alice.must("announce", os.path.join(TMP, "tree", "sub", "file"), ":/said")
t = Terminal(alice, "find", "said")
t.end()
ok(re.search(r"announced +1 \(0 online\) +ask +alice:/said", t.seen),
   "find tells what there is, and what one may do", t.seen)
r = alice.expect(11, "without a terminal", "get", ":/said",
                 os.path.join(TMP, "said"))
ok("[y/N]" not in r.err + r.out and "fssctl ask" in r.err,
   "nobody is asked, and told how instead", r)
for answer, asked in (("n", 0), ("y", 1)):
    t = Terminal(alice, "get", ":/said", os.path.join(TMP, "said"))
    ok(t.until(r"Ask for :/said\? \[y/N\]"), "get offers to ask", t.seen)
    t.type(answer + "\n")
    equal(t.end(), 11, "the file is not there either way")
    equal(len(alice.json("requests")), asked, f"{answer}: as answered")

# ---- progress --------------------------------------------------------------
big = os.path.join(TMP, "big")
with open(big, "wb") as f:
    for _ in range(64):
        f.write(os.urandom(1 << 20))
t = Terminal(alice, "put", big, ":/big")
equal(t.end(), 0, "a bigger put")
ok(re.search(r"\r\[#*\.*\] +\d+% \S+ of 64M", t.seen), "shows its progress",
   t.seen[-300:])
ok(t.seen.rstrip().splitlines()[-1].find("uploaded 1 files") >= 0,
   "and then the sum", t.seen[-300:])
def drawn(text):
    """The progress lines in @text, as wide as they were."""
    return [re.sub(r"\x1b\[K.*", "", line, flags=re.S)
            for line in text.split("\r") if re.match(r"\[|  ?\d+%", line)]


t = Terminal(alice, "put", "--checksum", big, ":/big")
t.end()
ok(drawn(t.seen) and all(" 0/s" in line for line in drawn(t.seen)),
   "what was there already came at no rate", t.seen[-300:])
for width in (30, 60):
    write(os.path.join(TMP, "more"), os.urandom(64 << 20))
    t = Terminal(alice, "put", os.path.join(TMP, "more"), f":/w{width}",
                 width=width)
    equal(t.end(), 0, f"a terminal of {width} columns")
    lines = drawn(t.seen)
    ok(lines and max(map(len, lines)) < width, "has lines no wider",
       lines[-3:])
t = Terminal(alice, "put", "--quiet", "--checksum", big, ":/big2")
t.end()
equal(t.seen, "", "--quiet shows nothing")
t = Terminal(alice, "get", big.replace(TMP, ":"), os.path.join(TMP, "back"))
t.until(r"\d+%")
t.type("\x03")
code = t.end()
ok(code in (0, 130), "^C in a get", code, t.seen[-300:])
ok(code == 0 or "again" in t.seen, "says how to go on", t.seen[-300:])

# ---- nobody ----------------------------------------------------------------
# Who was here for longer stays for a moment more, each command another one.
hub.stop()
hub.start()
t = Terminal(alice, "who")
equal(t.end(), 0, "who, while nobody is here")
ok("nobody is here" in t.seen and "who --all" in t.seen, "says so", t.seen)
equal(alice.works("who for a program", "who").out, "",
      "and to a program nothing")
t = Terminal(alice, "who", "--quiet")
t.end()
equal(t.seen, "", "nor with --quiet")
t = Terminal(alice, "who", "--all")
t.end()
ok("alice" in t.seen and "nobody" not in t.seen, "--all has everybody", t.seen)
finish()
