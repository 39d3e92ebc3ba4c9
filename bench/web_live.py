"""Live pages, and how soon they see a change: a part of bench/web.py."""
import select
import statistics
import subprocess
import time

from webhub import BUILD, LIMIT, Api, Front, below, cpu


class Pages:
    """bench_pages: as many WebSockets, each logged in."""

    def __init__(self, folder, front, cookies, count):
        listed = folder / "cookies"
        listed.touch(mode=0o600)
        listed.write_text("".join(c + "\n" for c in cookies))
        self.proc = subprocess.Popen(
            [BUILD / "bench_pages", str(front.port), listed, str(count)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self.rest = b""
        assert self.line() == ["open", str(count)]

    def line(self):
        while b"\n" not in self.rest:
            ready = select.select([self.proc.stdout], [], [], LIMIT)[0]
            got = self.proc.stdout.read(4096) if ready else b""
            if not got:
                raise RuntimeError("the pages ended, or wait for too long")
            self.rest += got
        line, self.rest = self.rest.split(b"\n", 1)
        return line.decode().split()

    def arm(self, word):
        self.proc.stdin.write(word.encode() + b"\n")
        assert self.line() == ["armed", word]

    def seen(self, word):
        """When the first, the median, 99 of 100 and the last saw it, s."""
        told = self.line()
        assert told[:2] == ["seen", word], told
        return [int(t) / 1e6 for t in told[2:]]

    def stop(self):
        self.proc.stdin.close()
        self.proc.wait(LIMIT)


def people(front, count):
    """Their cookies."""
    api = Api(front)
    out = [api.register(f"p{i}").cookie for i in range(count)]
    api.close()
    return out


def change(mover, pages, number):
    name = f"new-{number}-end"
    pages.arm(name)
    begin = time.monotonic()
    mover.call("PUT", "/content", b"news", path=f":/open/{name}")
    return [t - begin for t in pages.seen(name)]


def measure(folder, args):
    front = Front(folder, args.hub, sockets=args.sockets)
    pages = None
    try:
        front.start()
        cookies = people(front, args.people)
        # Later than they: a connection that is idle is not kept for good.
        mover = Api(front).register("mover")
        mover.call("POST", "/folders", {"path": ":/open"})
        mover.call("PUT", "/access", {"path": ":/open", "access": "open"})
        begin = time.monotonic()
        pages = Pages(folder, front, cookies, args.sockets)
        opened = time.monotonic() - begin
        print(f"live: {args.sockets} pages open in {opened:.1f} s",
              flush=True)
        result = {"sockets": args.sockets, "people": args.people,
                  "opened_s": opened, "changes": []}
        before = front.processor()
        pages_cpu = cpu(pages.proc.pid)
        for i in range(args.changes):
            t = change(mover, pages, i)
            result["changes"].append(t)
            print("  first {:.3f}, p50 {:.3f}, p99 {:.3f}, last {:.3f} s"
                  .format(*t), flush=True)
        after = front.processor()
        result["cpu"] = {k: (after[k] - before[k]) / args.changes
                         for k in after}
        result["cpu"]["pages"] = (cpu(pages.proc.pid) - pages_cpu) / \
            args.changes
        mover.close()
    finally:
        if pages is not None:
            pages.stop()
        front.stop()
    return result


def table(result):
    yield (f"{result['sockets']} pages of {result['people']} people, "
           f"{len(result['changes'])} changes; opened in "
           f"{result['opened_s']:.1f} s")
    yield ""
    yield "| until | median, s | greatest, s |"
    yield "|---|---|---|"
    for i, what in enumerate(("the first", "half of them", "99 of 100",
                              "the last")):
        values = [c[i] for c in result["changes"]]
        yield (f"| {what} | {statistics.median(values):.3f} | "
               f"{max(values):.3f} |")
    yield ""
    yield "Processor, s each: " + ", ".join(
        f"{k} {v:.2f}" for k, v in result["cpu"].items())
