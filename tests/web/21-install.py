"""What is installed runs from there, with its page, as a user of its own."""
import glob
import os
import pwd
import shutil

import common_web
from common_web import *		# noqa: F403
from common_web import (BUILD, TMP, equal, finish, folder, ok, read, run,
                        skip)
from common import SOURCE, Hub

PREFIX = os.path.join(TMP, "prefix")
ROOT = os.geteuid() == 0
for component in ("runtime", "web"):
    r = run(["cmake", "--install", BUILD, "--prefix", PREFIX, "--component",
             component])
    equal(r.code, 0, f"cmake --install of {component}")


def files(pattern):
    return [os.path.relpath(p, PREFIX) for p in
            glob.glob(os.path.join(PREFIX, pattern), recursive=True)]


equal(files("sbin/*"), ["sbin/fssweb"], "the program")
module = files("lib/**/fss/fssweb.so")
equal(len(module), 1, "its module")
equal(files("lib/systemd/system/*"), ["lib/systemd/system/fssweb.service"],
      "its service")
equal(files("share/man/man8/*"), ["share/man/man8/fssweb.8"], "its page")
built = os.path.join(SOURCE, "build", "ui", "index.html")
has_page = os.path.exists(built)
if has_page:
    equal(read(os.path.join(PREFIX, "share/fss/ui/index.html")), read(built),
          "the page of the web interface")

# libfss is where the loader of a strange prefix does not look by itself.
libraries = os.path.dirname(os.path.dirname(os.path.join(PREFIX, module[0])))
hub = Hub()
hub.start()


class Installed(common_web.Web):
    """A front end of what was installed."""

    def __init__(self):
        super().__init__(hub, probe=False, env={"LD_LIBRARY_PATH": libraries},
                         program=os.path.join(PREFIX, "sbin", "fssweb"))


web = Installed()
conf = read(os.path.join(web.data, "fssweb.conf")).decode()
page = os.path.join(os.path.realpath(PREFIX), "share/fss/ui")
if has_page:
    ok(f"\nui = {page}\n" in conf, "init found the page", conf)
want = os.geteuid()
if ROOT:
    # A user of its own; the certificate is root's, its key lent to a group.
    user = pwd.getpwnam("nobody")
    want = user.pw_uid
    etc = folder("etc")
    for name in ("cert.pem", "key.pem"):
        shutil.move(os.path.join(web.data, name), os.path.join(etc, name))
        os.chown(os.path.join(etc, name), 0, user.pw_gid)
        os.chmod(os.path.join(etc, name), 0o640)
    web.configure({"web.certificate": os.path.join(etc, "cert.pem"),
                   "web.key": os.path.join(etc, "key.pem")})
    for path in (TMP, PREFIX, etc):
        os.chmod(path, 0o711)
    for place, _, names in os.walk(web.data):
        for path in [place] + [os.path.join(place, n) for n in names]:
            os.chown(path, user.pw_uid, user.pw_gid)
web.start()
if has_page:
    r = web.get("/")
    equal((r.status, r.data), (200, open(built, "rb").read()),
          "the page is served")
equal(web.get("/api/v1/health").status, 200, "beside the interface")
pids = [web.proc.pid] + web.workers()
ok(len(pids) >= 2, "by workers", pids)
for pid in pids:
    with open(f"/proc/{pid}/status") as f:
        ids = [line.split()[1:] for line in f if line.startswith("Uid:")][0]
    equal(set(ids), {str(want)}, "that are nobody else")
    with open(f"/proc/{pid}/maps") as f:
        maps = f.read()
    ok(os.path.realpath(PREFIX) + "/" + module[0] in maps and
       "/libfss.so" in maps and os.path.realpath(BUILD) not in maps,
       "of what was installed alone")
equal(web.stop(), 0, "and end")
if ROOT:
    os.chmod(os.path.join(etc, "key.pem"), 0o644)
    r = run([web.program, "check-config", "--data", web.data],
            env={**os.environ, "LD_LIBRARY_PATH": libraries})
    ok(r.code != 0 and "chmod" in r.err, "a key all may read is refused", r)
else:
    skip("a certificate of root's", "needs root")
hub.stop()
finish()
