"""The blocking client, put together of its parts."""
from ._entries import Entries
from ._people import People
from ._session import Session
from ._transfers import Transfers

__all__ = ["Client"]


class Client(Session, Entries, Transfers, People):
    """A connection to a hub, for scripts: each call returns when it is done.

    `address` is "fss://HOST:PORT#KEY"; without KEY use fss.hub_key() first
    and ask the person. `identity` is this device's secret key, which stands
    for the person once logged in; without it there is one that ends with the
    client. Where no address is given, hub and key are those of the profile
    that fssctl keeps (fss.Profile). `token` is one of create_token() or of
    `fssctl tokens create`, for programs that have no key of their own; what
    it may not do, or once it is revoked, is refused.

    A lost connection is made anew and what was under way goes on. `timeout`
    is how long, in seconds, an operation may go without any progress, None
    for ever; deadline() bounds calls as a whole.

    `connections` carry content beside the one for control, 1 to 8, or 0, as
    many as the line needs. `index` is the file in which this device keeps
    what it announces. `log` is a logging.Logger.

    Threads may share a client. It must not be used in a forked child.

    >>> with fss.Client(hub.address) as c:
    ...     c.login("alice", "correct horse battery").name
    'alice'
    """
