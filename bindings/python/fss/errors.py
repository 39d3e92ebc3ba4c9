"""A class for each error of libfss.

Made by tests/lint/python_abi.py --write from the public headers.

A library that is newer than this file may have more: those are made
when the library is loaded.
"""
from ._error import Error, add

__all__ = ["Error",
           "EINVAL",
           "ENOMEM",
           "EIO",
           "EFORK",
           "EAGAIN",
           "ECANCELED",
           "ETIMEDOUT",
           "ENOTCONN",
           "EUNREACH",
           "EHOSTKEY",
           "EPROTO",
           "EVERSION",
           "ETYPE",
           "ETOOBIG",
           "ESESSION",
           "EAUTH",
           "EDENIED",
           "ENOENT",
           "EEXIST",
           "ECONFLICT",
           "ENOTDIR",
           "EISDIR",
           "ENOTEMPTY",
           "EPATH",
           "EINTEGRITY",
           "EMISSING",
           "EQUOTA",
           "ENOSPC",
           "EROFS",
           "EBUSY",
           "ERATE",
           "ECLOSED",
           "EINVITE",
           "ECORRUPT",
           "ESCHEMA",
           "ECREDIT",
           "ECHANGED",
           "EPARTIAL",
           "ECONFIG",
           "ENOTSUP",
           "EKEYPERM",
           "EOVERLOAD",
           "ENOACCOUNT",
           "ENAME",
           "EPASSWORD",
           "ESTATE",
           "EANNOUNCED"]


@add
class EINVAL(Error, ValueError):
    """invalid argument"""

    code = -1
    name = "FSS_EINVAL"
    http_status = 400
    exit_status = 2


@add
class ENOMEM(Error, MemoryError):
    """out of memory"""

    code = -2
    name = "FSS_ENOMEM"
    http_status = 503
    exit_status = 1


@add
class EIO(Error, OSError):
    """input/output error"""

    code = -3
    name = "FSS_EIO"
    http_status = 500
    exit_status = 1


@add
class EFORK(Error):
    """handle was created before fork()"""

    code = -4
    name = "FSS_EFORK"
    http_status = 500
    exit_status = 1


@add
class EAGAIN(Error, BlockingIOError):
    """not ready yet, try again"""

    code = -5
    name = "FSS_EAGAIN"
    http_status = 503
    exit_status = 1


@add
class ECANCELED(Error):
    """operation was cancelled"""

    code = -6
    name = "FSS_ECANCELED"
    http_status = 499
    exit_status = 1


@add
class ETIMEDOUT(Error, TimeoutError):
    """no answer in time"""

    code = -7
    name = "FSS_ETIMEDOUT"
    http_status = 504
    exit_status = 8


@add
class ENOTCONN(Error, ConnectionError):
    """not connected to a hub"""

    code = -8
    name = "FSS_ENOTCONN"
    http_status = 503
    exit_status = 8


@add
class EUNREACH(Error, ConnectionError):
    """hub cannot be reached"""

    code = -9
    name = "FSS_EUNREACH"
    http_status = 503
    exit_status = 8


@add
class EHOSTKEY(Error, ConnectionError):
    """hub key does not match the pinned key"""

    code = -10
    name = "FSS_EHOSTKEY"
    http_status = 502
    exit_status = 3


@add
class EPROTO(Error):
    """malformed or unexpected message"""

    code = -11
    name = "FSS_EPROTO"
    http_status = 400
    exit_status = 1


@add
class EVERSION(Error):
    """protocol version not spoken here"""

    code = -12
    name = "FSS_EVERSION"
    http_status = 505
    exit_status = 1


@add
class ETYPE(Error):
    """unknown message type"""

    code = -13
    name = "FSS_ETYPE"
    http_status = 400
    exit_status = 1


@add
class ETOOBIG(Error, ValueError):
    """over a limit of the protocol"""

    code = -14
    name = "FSS_ETOOBIG"
    http_status = 413
    exit_status = 2


@add
class ESESSION(Error):
    """no such session"""

    code = -15
    name = "FSS_ESESSION"
    http_status = 401
    exit_status = 3


@add
class EAUTH(Error, PermissionError):
    """not authenticated"""

    code = -16
    name = "FSS_EAUTH"
    http_status = 401
    exit_status = 3


@add
class EDENIED(Error, PermissionError):
    """permission denied"""

    code = -17
    name = "FSS_EDENIED"
    http_status = 403
    exit_status = 5


@add
class ENOENT(Error, FileNotFoundError):
    """no such file or folder"""

    code = -18
    name = "FSS_ENOENT"
    http_status = 404
    exit_status = 4


@add
class EEXIST(Error, FileExistsError):
    """already exists"""

    code = -19
    name = "FSS_EEXIST"
    http_status = 409
    exit_status = 6


@add
class ECONFLICT(Error):
    """changed in the meantime"""

    code = -20
    name = "FSS_ECONFLICT"
    http_status = 409
    exit_status = 6


@add
class ENOTDIR(Error, NotADirectoryError):
    """not a folder"""

    code = -21
    name = "FSS_ENOTDIR"
    http_status = 409
    exit_status = 6


@add
class EISDIR(Error, IsADirectoryError):
    """is a folder"""

    code = -22
    name = "FSS_EISDIR"
    http_status = 409
    exit_status = 6


@add
class ENOTEMPTY(Error):
    """folder is not empty"""

    code = -23
    name = "FSS_ENOTEMPTY"
    http_status = 409
    exit_status = 6


@add
class EPATH(Error, ValueError):
    """path or name is not allowed"""

    code = -24
    name = "FSS_EPATH"
    http_status = 400
    exit_status = 2


@add
class EINTEGRITY(Error):
    """content does not match its digest"""

    code = -25
    name = "FSS_EINTEGRITY"
    http_status = 422
    exit_status = 7


@add
class EMISSING(Error):
    """content has not been uploaded"""

    code = -26
    name = "FSS_EMISSING"
    http_status = 409
    exit_status = 7


@add
class EQUOTA(Error):
    """over quota"""

    code = -27
    name = "FSS_EQUOTA"
    http_status = 507
    exit_status = 10


@add
class ENOSPC(Error):
    """no space left"""

    code = -28
    name = "FSS_ENOSPC"
    http_status = 507
    exit_status = 10


@add
class EROFS(Error):
    """store or file system is read-only"""

    code = -29
    name = "FSS_EROFS"
    http_status = 503
    exit_status = 10


@add
class EBUSY(Error):
    """in use by another process"""

    code = -30
    name = "FSS_EBUSY"
    http_status = 503
    exit_status = 6


@add
class ERATE(Error):
    """too many attempts, wait before the next"""

    code = -31
    name = "FSS_ERATE"
    http_status = 429
    exit_status = 3


@add
class ECLOSED(Error):
    """registration is closed"""

    code = -32
    name = "FSS_ECLOSED"
    http_status = 403
    exit_status = 5


@add
class EINVITE(Error):
    """invite is missing, unknown or used up"""

    code = -33
    name = "FSS_EINVITE"
    http_status = 403
    exit_status = 5


@add
class ECORRUPT(Error):
    """store is damaged"""

    code = -34
    name = "FSS_ECORRUPT"
    http_status = 500
    exit_status = 7


@add
class ESCHEMA(Error):
    """store was written by a newer version"""

    code = -35
    name = "FSS_ESCHEMA"
    http_status = 500
    exit_status = 1


@add
class ECREDIT(Error):
    """more bytes in flight than granted"""

    code = -36
    name = "FSS_ECREDIT"
    http_status = 429
    exit_status = 1


@add
class ECHANGED(Error):
    """local file kept changing while it was read"""

    code = -37
    name = "FSS_ECHANGED"
    http_status = 409
    exit_status = 6


@add
class EPARTIAL(Error):
    """some items failed"""

    code = -38
    name = "FSS_EPARTIAL"
    http_status = 207
    exit_status = 9


@add
class ECONFIG(Error):
    """configuration is not valid"""

    code = -39
    name = "FSS_ECONFIG"
    http_status = 500
    exit_status = 2


@add
class ENOTSUP(Error, NotImplementedError):
    """not supported"""

    code = -40
    name = "FSS_ENOTSUP"
    http_status = 501
    exit_status = 1


@add
class EKEYPERM(Error):
    """key file is accessible by others"""

    code = -41
    name = "FSS_EKEYPERM"
    http_status = 500
    exit_status = 3


@add
class EOVERLOAD(Error):
    """hub is busy, try again later"""

    code = -42
    name = "FSS_EOVERLOAD"
    http_status = 503
    exit_status = 8


@add
class ENOACCOUNT(Error, LookupError):
    """no such account or group"""

    code = -43
    name = "FSS_ENOACCOUNT"
    http_status = 404
    exit_status = 4


@add
class ENAME(Error, ValueError):
    """account or group name is not allowed"""

    code = -44
    name = "FSS_ENAME"
    http_status = 400
    exit_status = 2


@add
class EPASSWORD(Error, ValueError):
    """password is too short or too long"""

    code = -45
    name = "FSS_EPASSWORD"
    http_status = 400
    exit_status = 2


@add
class ESTATE(Error):
    """request is not in a state for that"""

    code = -46
    name = "FSS_ESTATE"
    http_status = 409
    exit_status = 6


@add
class EANNOUNCED(Error):
    """only announced; ask for it and wait"""

    code = -47
    name = "FSS_EANNOUNCED"
    http_status = 409
    exit_status = 11
