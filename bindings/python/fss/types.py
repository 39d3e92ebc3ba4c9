"""Enumerations of FSS.

Made by tests/lint/python_abi.py --write from the public headers.
"""
from enum import IntFlag

from ._enum import Open

__all__ = [
    "Access",
    "AuditWhat",
    "Change",
    "Counter",
    "DeviceKind",
    "EventType",
    "Kind",
    "LinkKind",
    "LogLevel",
    "NewsKind",
    "Presence",
    "QueryNumber",
    "QueryText",
    "Registration",
    "RequestEvent",
    "RequestKind",
    "RequestReason",
    "RequestState",
    "Right",
    "Role",
    "Scope",
    "ServerNumber",
    "ServerText",
    "Sort",
    "Stat",
    "State",
    "Verdict",
]


class Access(Open):
    """fss_access"""

    #: as the folder above says
    INHERIT = 0
    #: nothing, not even see it
    PRIVATE = 1
    #: see it
    ASK = 2
    #: see and read it
    OPEN = 3


class AuditWhat(Open):
    """fss_audit_what"""

    ASKED = 1
    APPROVED = 2
    DENIED = 3
    CANCELLED = 4
    EXPIRED = 5
    FAILED = 6
    RETRIED = 7
    #: a device began to send
    STARTED = 8
    #: and stopped
    LOST = 9
    #: the hub has it: actor sent the bytes
    RECEIVED = 10
    FULFILLED = 11
    #: the asker read it first
    FETCHED = 12
    #: one of several said no
    DECLINED = 13
    #: rules were changed
    RULE = 14
    #: a share link; detail: which, since 1.2
    LINK_MADE = 15
    LINK_REVOKED = 16
    #: by a visitor; detail: from where
    LINK_OPENED = 17
    #: a download was completed
    LINK_FETCHED = 18
    #: a visitor put a file there
    LINK_PUT = 19
    #: and was forgotten
    LINK_ENDED = 20


class Change(Open):
    """fss_change"""

    ADDED = 1
    REPLACED = 2
    REMOVED = 3
    #: the path is the new one
    MOVED = 4
    ACCESS = 5
    #: below this folder: list it
    MANY = 6


class Counter(Open):
    """fss_counter"""

    #: content settled: sent, received or skipped
    BYTES_DONE = 1
    #: content found so far
    BYTES_TOTAL = 2
    FILES_DONE = 3
    FILES_TOTAL = 4
    #: content that crossed the wire
    WIRE_BYTES = 5
    #: files that needed nothing
    UNCHANGED = 6
    #: items that failed
    FAILED = 7
    #: 1 once totals are final
    SCANNED = 8


class DeviceKind(Open):
    """fss_device_kind"""

    #: a program with a key of its own
    KEY = 0
    #: a web log-in
    WEB = 1
    #: a token of the API
    TOKEN = 2
    #: through a share link
    VISIT = 3


class EventType(Open):
    """fss_event_type"""

    #: session came or went: fss_event_error()
    STATE = 1
    #: the one last event of an operation
    DONE = 2
    #: a page of rows
    ROWS = 3
    #: bytes and files moved so far
    PROGRESS = 4
    #: one item of a transfer ended (one row)
    ITEM = 5
    #: fss_op_read() has something
    READABLE = 6
    #: fss_op_write() takes something
    WRITABLE = 7
    #: rows of a watch or a fetch, see FSS_FIELD_NEWS
    NEWS = 8
    #: a watch may have missed something
    AFRESH = 9


class Kind(Open):
    """fss_kind"""

    DIR = 1
    FILE = 2
    LINK = 3


class LinkKind(Open):
    """fss_link_kind"""

    #: to see and read
    DOWNLOAD = 1
    #: to put new files below
    UPLOAD = 2


class LogLevel(Open):
    """fss_log_level"""

    ERROR = 0
    WARN = 1
    NOTICE = 2
    INFO = 3
    DEBUG = 4


class NewsKind(Open):
    """fss_news_kind"""

    #: somebody came, went, or fell idle
    PRESENCE = 1
    #: a request one has part in changed
    REQUEST = 2
    #: more bytes of one arrived at the hub
    PROGRESS = 3
    #: an entry one may see changed
    FILE = 4
    #: something waits to be served, see WORK
    WORK = 5
    #: one's uploads in parts changed, since 1.2
    UPLOAD = 6


class Presence(Open):
    """fss_presence"""

    OFFLINE = 0
    #: connected, nothing done for a while
    IDLE = 1
    ONLINE = 2


class QueryNumber(Open):
    """fss_query_number"""

    #: enum fss_kind
    KIND = 1
    #: bytes, inclusive
    SIZE_MIN = 2
    #: bytes, inclusive
    SIZE_MAX = 3
    #: microseconds UTC, inclusive
    NEWER = 4
    #: microseconds UTC, exclusive
    OLDER = 5
    #: enum fss_access
    ACCESS = 6
    #: enum fss_state
    STATE = 7
    #: rows in all; default without limit
    LIMIT = 8
    #: enum fss_sort
    SORT = 9


class QueryText(Open):
    """fss_query_text"""

    #: words, all of which must occur
    TEXT = 1
    #: account name
    OWNER = 2
    #: canonical path of a folder of OWNER
    UNDER = 3
    #: "text", "image/png"
    TYPE = 4


class Registration(Open):
    """fss_registration"""

    CLOSED = 0
    INVITE = 1
    OPEN = 2


class RequestEvent(Open):
    """fss_request_event"""

    SEE = 0
    APPROVE = 1
    DENY = 2
    CANCEL = 3
    RETRY = 4
    FULFIL = 5


class RequestKind(Open):
    """fss_request_kind"""

    #: a file that is announced or locked
    GET = 1
    #: a file described in words
    WANT = 2
    #: to put a file into somebody's space
    UPLOAD = 3


class RequestReason(Open):
    """fss_request_reason"""

    NONE = 0
    #: somebody said no
    PERSON = 1
    #: a rule did
    RULE = 2
    #: removed, or nobody holds it any more
    GONE = 3
    #: there is another version now
    CHANGED = 4
    #: the asker may not see it any more
    ACCESS = 5
    #: an account concerned is locked
    LOCKED = 6
    #: no room in the space it goes to
    QUOTA = 7
    #: what came was not what was announced
    INTEGRITY = 8
    #: an offer was not what was meant
    UNWANTED = 9


class RequestState(Open):
    """fss_request_state"""

    OPEN = 0
    #: by who is to answer
    SEEN = 1
    #: waits for the bytes
    APPROVED = 2
    TRANSFERRING = 3
    FULFILLED = 4
    DENIED = 5
    CANCELLED = 6
    EXPIRED = 7
    FAILED = 8


class Role(Open):
    """fss_role"""

    USER = 0
    OPERATOR = 1
    ADMIN = 2


class ServerNumber(Open):
    """fss_server_number"""

    #: enum fss_registration
    REGISTRATION = 1
    #: of each file
    KEEP_VERSIONS = 2
    #: default per account, 0 none
    QUOTA_BYTES = 3
    QUOTA_FILES = 4
    #: bytes that must stay free
    FREE_FLOOR = 5
    #: reading threads, 1..64
    READERS = 6
    #: of ZeroMQ, 1..16
    IO_THREADS = 7
    MAX_SESSIONS = 8
    SEGMENT_BYTES = 9
    #: bytes of memory for Argon2id
    PWHASH_MEM = 10
    #: passes of Argon2id
    PWHASH_OPS = 11
    #: bytes of messages not yet whole
    MAX_HELD = 12
    #: connections, 0 no limit
    PER_ADDRESS = 13
    #: bytes of answers not yet taken
    MAX_UNSENT = 14
    #: sessions, 0 no limit
    PER_ACCOUNT = 15
    #: not logged in of one address or key
    ANONYMOUS = 16
    #: sessions, 0 no limit; since 1.2
    PER_FRONT_END = 17
    #: uploads in parts: seconds, since 1.2
    STAGE_KEEP = 18


class ServerText(Open):
    """fss_server_text"""

    #: folder of the store
    DATA = 1
    #: "tcp://HOST:PORT", port 0 = any free
    LISTEN = 2
    #: likewise, "off", default: port + 1
    INTRODUCE = 3
    #: shown to people, at most 64 bytes
    NAME = 4
    #: public keys, see below; since 1.2
    FRONT_ENDS = 5
    #: of links, "https://HOST"; since 1.2
    WEB_ADDRESS = 6
    #: a socket's path, "" none; since 1.2
    LOCAL = 7
    #: who may use it, see below; since 1.2
    LOCAL_USERS = 8


class Sort(Open):
    """fss_sort"""

    #: the best first
    BEST = 0
    #: by when the present version came
    NEWEST = 1


class Stat(Open):
    """fss_stat"""

    SESSIONS = 1
    #: answered since start
    REQUESTS = 2
    #: payload since start
    BYTES_IN = 3
    BYTES_OUT = 4
    #: durable batches since start
    COMMITS = 5
    #: error answers since start
    ERRORS = 6
    #: connections ended for a limit
    CUT = 7


class State(Open):
    """fss_state"""

    STORED = 0
    ANNOUNCED = 1


class Verdict(Open):
    """fss_verdict"""

    ALLOW = 1
    DENY = 2


class Right(IntFlag):
    """What somebody may do with an entry."""

    SEE = 1
    READ = 2
    CREATE = 4
    WRITE = 8
    OWN = 16


class Scope(IntFlag):
    """What a token may do at most."""

    READ = 1
    WRITE = 2
    PEOPLE = 4
    ADMIN = 8
    ACCOUNT = 16
