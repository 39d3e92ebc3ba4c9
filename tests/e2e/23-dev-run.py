"""What ./dev run says of the hub it made: its invite while that is good."""
from common import *

DEV = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..",
                   "dev")
PAGE = "https://127.0.0.1:8443"
hub = Hub()
first = os.path.join(TMP, "first.txt")
address = "fss://127.0.0.1:7047#key"
write(first, f"""The hub in run/hub is made.

  address      {address}
  fingerprint  SHA256:print
  invite       {hub.invite}

Start it:       fssd run --data run/hub
First account:  fssctl connect '{address}'
                fssctl register NAME --invite {hub.invite}
The invite makes an admin and can be used once.
""")


def said(page=PAGE):
    r = run(["bash", "-c", '. "$1"; show_first "$2" "$3" "$4"', "dev", DEV,
             hub.data, first, page])
    equal((r.code, r.err), (0, ""), "it is said without complaint")
    return r.out


out = said()
ok(f"invite       {hub.invite}" in out, "the invite is shown at first", out)
ok(f"{PAGE}/join#{hub.invite}" in out, "and where it is used", out)
ok("join#" not in said(""), "not where there is no page")
hub.start()
alice = Person("alice", hub, hub.invite)
equal(hub.stop(), 0, "the hub stops")
out = said()
ok(hub.invite not in out and "invite" not in out,
   "once it is used it is shown no more", out)
ok("The hub in run/hub is there:" in out and address in out and
   "SHA256:print" in out, "address and fingerprint are", out)
hub.start()
alice.must("invite")
equal(hub.stop(), 0, "the hub stops again")
ok("invite" not in said(), "invites of people are another matter")
os.remove(first)
equal(said(), "", "what was not kept is not said")
finish()
