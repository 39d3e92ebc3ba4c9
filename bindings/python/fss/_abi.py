"""Functions, constants and fields of libfss.

Made by tests/lint/python_abi.py --write from the public headers.
"""
from typing import Dict, Tuple

# Result and arguments, in the words of _native.KINDS.
FUNCTIONS: Dict[str, str] = {
    "fss_abi_major": "int",
    "fss_client_access": "int ptr str int ptr u64*",
    "fss_client_account": "str ptr",
    "fss_client_act_as": "int ptr u64",
    "fss_client_announce": "int ptr str str u32 ptr u64*",
    "fss_client_ask": "int ptr str str u64 ptr u64*",
    "fss_client_ask_upload": "int ptr str str str ptr u64*",
    "fss_client_ask_upload_size": "int ptr str u64 str ptr u64*",
    "fss_client_ask_want": "int ptr str str u64 ptr u64*",
    "fss_client_audit": "int ptr str str i64 u32 ptr u64*",
    "fss_client_decide": "int ptr ptr size int str ptr u64*",
    "fss_client_device_revoke": "int ptr i64 ptr u64*",
    "fss_client_devices": "int ptr ptr u64*",
    "fss_client_download": "int ptr str u64 str u32 ptr u64*",
    "fss_client_errmsg": "str ptr",
    "fss_client_events": "int ptr",
    "fss_client_fd": "int ptr",
    "fss_client_fetch": "int ptr str str str u32 ptr u64*",
    "fss_client_find": "int ptr ptr ptr u64*",
    "fss_client_free": "void ptr",
    "fss_client_fulfil": "int ptr u64 str ptr u64*",
    "fss_client_grant": "int ptr str str u32 ptr u64*",
    "fss_client_grants": "int ptr str ptr u64*",
    "fss_client_group_set": "int ptr str str int ptr u64*",
    "fss_client_groups": "int ptr str ptr u64*",
    "fss_client_hide": "int ptr int ptr u64*",
    "fss_client_holders": "int ptr str ptr u64*",
    "fss_client_hub": "int ptr ptr u64*",
    "fss_client_hub_name": "str ptr",
    "fss_client_inbox": "i64 ptr",
    "fss_client_invite": "int ptr int uint u64 ptr u64*",
    "fss_client_invite_withdraw": "int ptr str ptr u64*",
    "fss_client_invites": "int ptr ptr u64*",
    "fss_client_link_done": "int ptr i64 int ptr u64*",
    "fss_client_link_new": "int ptr str int u32 str i64 u64 str ptr u64*",
    "fss_client_link_open": "int ptr str str ptr u64*",
    "fss_client_link_revoke": "int ptr i64 ptr u64*",
    "fss_client_link_take": "int ptr str ptr u64*",
    "fss_client_links": "int ptr ptr u64*",
    "fss_client_list": "int ptr str u32 ptr u64*",
    "fss_client_login": "int ptr str str ptr u64*",
    "fss_client_login_web": "int ptr str str str u64 ptr u64*",
    "fss_client_logout": "int ptr u32 ptr u64*",
    "fss_client_mkdir": "int ptr str ptr u64*",
    "fss_client_move": "int ptr str str u32 ptr u64*",
    "fss_client_new": "int ptr*",
    "fss_client_next": "int ptr ptr*",
    "fss_client_open": "int ptr",
    "fss_client_page": "int ptr str uint",
    "fss_client_passwd": "int ptr str str ptr u64*",
    "fss_client_person_close": "int ptr u64",
    "fss_client_person_new": "int ptr str str u64*",
    "fss_client_ping": "int ptr ptr u64*",
    "fss_client_process": "int ptr int",
    "fss_client_read": "int ptr str u64 u64 u64 ptr u64*",
    "fss_client_register": "int ptr str str str ptr u64*",
    "fss_client_register_web": "int ptr str str str str u64 ptr u64*",
    "fss_client_registration": "int ptr",
    "fss_client_remove": "int ptr str u32 ptr u64*",
    "fss_client_request": "int ptr u64 ptr u64*",
    "fss_client_requests": "int ptr u32 u32 ptr u64*",
    "fss_client_restore": "int ptr str u64 ptr u64*",
    "fss_client_rule_add": "int ptr int str str i64 u32 str u64 ptr u64*",
    "fss_client_rule_remove": "int ptr u64 ptr u64*",
    "fss_client_rules": "int ptr ptr u64*",
    "fss_client_serve": "int ptr u32 ptr u64*",
    "fss_client_session_end": "int ptr str ptr u64*",
    "fss_client_sessions": "int ptr str u32 ptr u64*",
    "fss_client_set_address": "int ptr str",
    "fss_client_set_connections": "int ptr uint",
    "fss_client_set_device_name": "int ptr str",
    "fss_client_set_identity": "int ptr ptr",
    "fss_client_set_index": "int ptr str",
    "fss_client_set_log": "int ptr ptr ptr int",
    "fss_client_set_timeout_ms": "int ptr int",
    "fss_client_shares": "int ptr str ptr u64*",
    "fss_client_stage_append": "int ptr str u64 ptr u64*",
    "fss_client_stage_new":
        "int ptr str u64 uint i64 str str u64 ptr u64*",
    "fss_client_stage_remove": "int ptr str ptr u64*",
    "fss_client_stage_stat": "int ptr str ptr u64*",
    "fss_client_stages": "int ptr ptr u64*",
    "fss_client_stat": "int ptr str u64 ptr u64*",
    "fss_client_timeout_ms": "int ptr",
    "fss_client_token_create": "int ptr str u32 u64 ptr u64*",
    "fss_client_unannounce": "int ptr str ptr u64*",
    "fss_client_upload": "int ptr str str u32 ptr u64*",
    "fss_client_upload_asked": "int ptr u64 str str u32 ptr u64*",
    "fss_client_user_set": "int ptr str int int i64 i64 ptr u64*",
    "fss_client_users": "int ptr str ptr u64*",
    "fss_client_versions": "int ptr str ptr u64*",
    "fss_client_wait": "int ptr int",
    "fss_client_wait_op": "int ptr u64 int ptr*",
    "fss_client_wakeup": "int ptr",
    "fss_client_watch": "int ptr u32 u32 ptr u64*",
    "fss_client_who": "int ptr u32 ptr u64*",
    "fss_client_whoami": "int ptr ptr u64*",
    "fss_client_write": "int ptr str uint i64 str ptr u64*",
    "fss_err_exit": "int int",
    "fss_err_http": "int int",
    "fss_err_name": "str int",
    "fss_event_count": "u64 ptr int",
    "fss_event_cursor": "str ptr",
    "fss_event_detail": "str ptr",
    "fss_event_error": "int ptr",
    "fss_event_near": "str ptr size",
    "fss_event_op": "u64 ptr",
    "fss_event_retry_ms": "u64 ptr",
    "fss_event_row": "ptr ptr size",
    "fss_event_rows": "size ptr",
    "fss_event_type": "int ptr",
    "fss_event_user": "ptr ptr",
    "fss_field_kind": "int int",
    "fss_field_name": "str int",
    "fss_hub_key": "int str int ptr",
    "fss_key_fingerprint": "int ptr ptr",
    "fss_key_format": "int ptr ptr",
    "fss_key_generate": "int ptr ptr",
    "fss_key_parse": "int str ptr",
    "fss_op_cancel": "int ptr u64",
    "fss_op_finish": "int ptr u64",
    "fss_op_hold": "int ptr u64 int",
    "fss_op_read": "int ptr u64 ptr size size*",
    "fss_op_write": "int ptr u64 ptr size size*",
    "fss_profile_account": "str ptr",
    "fss_profile_apply": "int ptr str ptr",
    "fss_profile_drop_key": "int ptr str",
    "fss_profile_errmsg": "str ptr",
    "fss_profile_forget": "int ptr str",
    "fss_profile_free": "void ptr",
    "fss_profile_hub": "str ptr",
    "fss_profile_index": "int ptr str str*",
    "fss_profile_known": "int ptr str ptr",
    "fss_profile_open": "int str ptr*",
    "fss_profile_trust": "int ptr str ptr",
    "fss_profile_use": "int ptr str str",
    "fss_query_free": "void ptr",
    "fss_query_new": "int ptr*",
    "fss_query_set_number": "int ptr int i64",
    "fss_query_set_text": "int ptr int str",
    "fss_row_bin": "ptr ptr int size*",
    "fss_row_has": "int ptr int",
    "fss_row_int": "i64 ptr int",
    "fss_row_str": "str ptr int",
    "fss_server_address": "str ptr",
    "fss_server_backup": "int str str",
    "fss_server_check": "int str ptr ptr",
    "fss_server_drain": "int ptr",
    "fss_server_errmsg": "str ptr",
    "fss_server_fd": "int ptr",
    "fss_server_free": "void ptr",
    "fss_server_init": "int str ptr",
    "fss_server_new": "int ptr*",
    "fss_server_open": "int ptr",
    "fss_server_process": "int ptr int",
    "fss_server_set_log": "int ptr ptr ptr int",
    "fss_server_set_number": "int ptr int u64",
    "fss_server_set_text": "int ptr int str",
    "fss_server_stat": "u64 ptr int",
    "fss_server_timeout_ms": "int ptr",
    "fss_server_wakeup": "int ptr",
    "fss_strerror": "str int",
    "fss_version": "str",
}

# JSON name: number, kind (I integer, S text, B bytes).
FIELDS: Dict[str, Tuple[int, str]] = {
    "status": (1, "I"),
    "owner": (2, "S"),
    "path": (3, "S"),
    "name": (4, "S"),
    "kind": (5, "I"),
    "size": (6, "I"),
    "mtime": (7, "I"),
    "mode": (8, "I"),
    "digest": (9, "S"),
    "version": (10, "I"),
    "number": (11, "I"),
    "created": (12, "I"),
    "media": (13, "S"),
    "target": (14, "S"),
    "access": (15, "I"),
    "access_own": (16, "I"),
    "rights": (17, "I"),
    "state": (18, "I"),
    "holders": (19, "I"),
    "author": (20, "S"),
    "role": (21, "I"),
    "device": (22, "I"),
    "key": (23, "B"),
    "seen": (24, "I"),
    "current": (25, "I"),
    "bytes": (26, "I"),
    "files": (27, "I"),
    "quota_bytes": (28, "I"),
    "quota_files": (29, "I"),
    "locked": (30, "I"),
    "who": (31, "S"),
    "group": (32, "S"),
    "code": (33, "S"),
    "expires": (34, "I"),
    "local": (35, "S"),
    "detail": (36, "S"),
    "device_name": (37, "S"),
    "online": (38, "I"),
    "request": (39, "I"),
    "request_kind": (40, "I"),
    "request_state": (41, "I"),
    "pass": (42, "I"),
    "presence": (43, "I"),
    "sessions": (44, "I"),
    "since": (45, "I"),
    "agent": (46, "I"),
    "hidden": (47, "I"),
    "asker": (48, "S"),
    "asked": (49, "S"),
    "text": (50, "S"),
    "reason": (51, "I"),
    "by": (52, "S"),
    "rule": (53, "I"),
    "changed": (54, "I"),
    "retry": (55, "I"),
    "attempt": (56, "I"),
    "change": (57, "I"),
    "mine": (58, "I"),
    "may": (59, "I"),
    "news": (60, "I"),
    "what": (61, "I"),
    "verdict": (62, "I"),
    "under": (63, "S"),
    "size_max": (64, "I"),
    "kinds": (65, "I"),
    "line": (66, "I"),
    "token": (67, "S"),
    "scopes": (68, "I"),
    "device_kind": (69, "I"),
    "address": (70, "S"),
    "session": (71, "S"),
    "held": (72, "I"),
    "stage": (80, "S"),
    "offset": (81, "I"),
    "meta": (82, "S"),
    "link": (83, "I"),
    "link_kind": (84, "I"),
    "limit": (85, "I"),
    "used": (86, "I"),
    "requests": (87, "I"),
    "url": (88, "S"),
    "protected": (89, "I"),
    "invite": (90, "S"),
    "uses": (91, "I"),
    "stored": (92, "I"),
    "chunks": (93, "I"),
    "versions": (94, "I"),
    "accounts": (95, "I"),
    "ticket": (96, "I"),
    "release": (97, "S"),
    "disk_free": (98, "I"),
    "database": (99, "I"),
}

VERSION_TEXT = "0.1.0"
ABI_MAJOR = 0
AUDIT_MINE = 1
BOX_IN = 1
BOX_OUT = 2
COPY_CHECKSUM = 2
COPY_ITEMS = 4
COPY_RECURSIVE = 1
COPY_SAFE_LINKS = 8
COUNT_BYTES_DONE = 1
COUNT_BYTES_TOTAL = 2
COUNT_FAILED = 7
COUNT_FILES_DONE = 3
COUNT_FILES_TOTAL = 4
COUNT_SCANNED = 8
COUNT_UNCHANGED = 6
COUNT_WIRE_BYTES = 5
EVENT_AFRESH = 9
EVENT_DONE = 2
EVENT_ITEM = 5
EVENT_NEWS = 8
EVENT_PROGRESS = 4
EVENT_READABLE = 6
EVENT_ROWS = 3
EVENT_STATE = 1
EVENT_WRITABLE = 7
FINGERPRINT_BYTES = 52
INVITE_BYTES = 65
KEY_BYTES = 32
KEY_TEXT_BYTES = 44
LINK_FOLLOW = 1
LIST_BACK = 2
LIST_RECURSIVE = 1
LOGOUT_EVERYWHERE = 1
LOGOUT_FORGET = 2
MOVE_REPLACE = 1
NEAR_MAX = 3
PAGE_MAX = 256
POLL_IN = 1
POLL_OUT = 4
QUERY_ACCESS = 6
QUERY_KIND = 1
QUERY_LIMIT = 8
QUERY_NEWER = 4
QUERY_OLDER = 5
QUERY_OWNER = 2
QUERY_SIZE_MAX = 3
QUERY_SIZE_MIN = 2
QUERY_SORT = 9
QUERY_STATE = 7
QUERY_TEXT = 1
QUERY_TYPE = 4
QUERY_UNDER = 3
REMOVE_RECURSIVE = 1
RIGHT_CREATE = 4
RIGHT_OWN = 16
RIGHT_READ = 2
RIGHT_SEE = 1
RIGHT_WRITE = 8
SCOPE_ACCOUNT = 16
SCOPE_ADMIN = 8
SCOPE_PEOPLE = 4
SCOPE_READ = 1
SCOPE_WRITE = 2
SERVER_ANONYMOUS = 16
SERVER_DATA = 1
SERVER_FREE_FLOOR = 5
SERVER_FRONT_ENDS = 5
SERVER_INTRODUCE = 3
SERVER_IO_THREADS = 7
SERVER_KEEP_VERSIONS = 2
SERVER_LISTEN = 2
SERVER_LOCAL = 7
SERVER_LOCAL_USERS = 8
SERVER_MAX_HELD = 12
SERVER_MAX_SESSIONS = 8
SERVER_MAX_UNSENT = 14
SERVER_NAME = 4
SERVER_PER_ACCOUNT = 15
SERVER_PER_ADDRESS = 13
SERVER_PER_FRONT_END = 17
SERVER_PWHASH_MEM = 10
SERVER_PWHASH_OPS = 11
SERVER_QUOTA_BYTES = 3
SERVER_QUOTA_FILES = 4
SERVER_READERS = 6
SERVER_REGISTRATION = 1
SERVER_SEGMENT_BYTES = 9
SERVER_STAGE_KEEP = 18
SERVER_WEB_ADDRESS = 6
SERVE_NO_SCAN = 1
SERVE_ONCE = 2
SESSIONS_ALL = 1
STAGE_META = 4096
STAT_BYTES_IN = 3
STAT_BYTES_OUT = 4
STAT_COMMITS = 5
STAT_CUT = 7
STAT_ERRORS = 6
STAT_REQUESTS = 2
STAT_SESSIONS = 1
TOKEN_CHARS = 43
TO_EOF = 18446744073709551615
USER_UNCHANGED = -1
VERSION_MAJOR = 0
VERSION_MINOR = 1
VERSION_PATCH = 0
WATCH_FILES = 8
WATCH_LIST = 1
WATCH_PRESENCE = 1
WATCH_PROGRESS = 4
WATCH_REQUESTS = 2
WATCH_UPLOADS = 32
WATCH_WORK = 16
WHO_ALL = 1
