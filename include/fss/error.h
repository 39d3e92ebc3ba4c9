/*
 * Error numbers of libfss.
 *
 * One table, FSS_ERRORS, yields the enumeration, the names and texts, the
 * codes on the wire (the negated value), the HTTP status a web front end
 * answers with and the exit status a command line ends with.  Numbers are
 * never reused or renumbered.
 *
 * Thread rule: everything here is pure and callable from any thread.
 */
#ifndef FSS_ERROR_H
#define FSS_ERROR_H

#include <fss/export.h>

#ifdef __cplusplus
extern "C" {
#endif

/* X(name, value, text, HTTP status, exit status) */
#define FSS_ERRORS(X)                                                          \
	X(EINVAL, -1, "invalid argument", 400, 2)                              \
	X(ENOMEM, -2, "out of memory", 503, 1)                                 \
	X(EIO, -3, "input/output error", 500, 1)                               \
	X(EFORK, -4, "handle was created before fork()", 500, 1)               \
	X(EAGAIN, -5, "not ready yet, try again", 503, 1)                      \
	X(ECANCELED, -6, "operation was cancelled", 499, 1)                    \
	X(ETIMEDOUT, -7, "no answer in time", 504, 8)                          \
	X(ENOTCONN, -8, "not connected to a hub", 503, 8)                      \
	X(EUNREACH, -9, "hub cannot be reached", 503, 8)                       \
	X(EHOSTKEY, -10, "hub key does not match the pinned key", 502, 3)      \
	X(EPROTO, -11, "malformed or unexpected message", 400, 1)              \
	X(EVERSION, -12, "protocol version not spoken here", 505, 1)           \
	X(ETYPE, -13, "unknown message type", 400, 1)                          \
	X(ETOOBIG, -14, "over a limit of the protocol", 413, 2)                \
	X(ESESSION, -15, "no such session", 401, 3)                            \
	X(EAUTH, -16, "not authenticated", 401, 3)                             \
	X(EDENIED, -17, "permission denied", 403, 5)                           \
	X(ENOENT, -18, "no such file or folder", 404, 4)                       \
	X(EEXIST, -19, "already exists", 409, 6)                               \
	X(ECONFLICT, -20, "changed in the meantime", 409, 6)                   \
	X(ENOTDIR, -21, "not a folder", 409, 6)                                \
	X(EISDIR, -22, "is a folder", 409, 6)                                  \
	X(ENOTEMPTY, -23, "folder is not empty", 409, 6)                       \
	X(EPATH, -24, "path or name is not allowed", 400, 2)                   \
	X(EINTEGRITY, -25, "content does not match its digest", 422, 7)        \
	X(EMISSING, -26, "content has not been uploaded", 409, 7)              \
	X(EQUOTA, -27, "over quota", 507, 10)                                  \
	X(ENOSPC, -28, "no space left", 507, 10)                               \
	X(EROFS, -29, "store or file system is read-only", 503, 10)            \
	X(EBUSY, -30, "in use by another process", 503, 6)                     \
	X(ERATE, -31, "too many attempts, wait before the next", 429, 3)       \
	X(ECLOSED, -32, "registration is closed", 403, 5)                      \
	X(EINVITE, -33, "invite is missing, unknown or used up", 403, 5)       \
	X(ECORRUPT, -34, "store is damaged", 500, 7)                           \
	X(ESCHEMA, -35, "store was written by a newer version", 500, 1)        \
	X(ECREDIT, -36, "more bytes in flight than granted", 429, 1)           \
	X(ECHANGED, -37, "local file kept changing while it was read", 409, 6) \
	X(EPARTIAL, -38, "some items failed", 207, 9)                          \
	X(ECONFIG, -39, "configuration is not valid", 500, 2)                  \
	X(ENOTSUP, -40, "not supported", 501, 1)                               \
	X(EKEYPERM, -41, "key file is accessible by others", 500, 3)           \
	X(EOVERLOAD, -42, "hub is busy, try again later", 503, 8)              \
	X(ENOACCOUNT, -43, "no such account or group", 404, 4)                 \
	X(ENAME, -44, "account or group name is not allowed", 400, 2)          \
	X(EPASSWORD, -45, "password is too short or too long", 400, 2)         \
	X(ESTATE, -46, "request is not in a state for that", 409, 6)           \
	X(EANNOUNCED, -47, "only announced; ask for it and wait", 409, 11)

enum fss_error {
	FSS_OK = 0,
#define X(name, value, text, http, exit_status) FSS_##name = value,
	FSS_ERRORS(X)
#undef X
};

/**
 * Describe error @err in one line of English.
 *
 * @err: an FSS_E... value or FSS_OK.
 * Ownership: static storage, never freed.
 * Errors: none; an unknown number yields "unknown error".
 * Thread: any.   Blocks: never.   Since: 1.0.
 */
FSS_API const char *fss_strerror(int err);

/**
 * Name error @err, as in "FSS_ENOENT".
 *
 * @err: an FSS_E... value or FSS_OK.
 * Ownership: static storage, never freed.
 * Errors: none; an unknown number yields "FSS_UNKNOWN".
 * Thread: any.   Blocks: never.   Since: 1.0.
 */
FSS_API const char *fss_err_name(int err);

/**
 * Give the HTTP status that stands for error @err.
 *
 * @err: an FSS_E... value or FSS_OK (200).
 * Ownership: nothing is handed over.
 * Errors: none; an unknown number yields 500.
 * Thread: any.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_err_http(int err);

/**
 * Give the exit status that stands for error @err.
 *
 * @err: an FSS_E... value or FSS_OK (0).
 * Ownership: nothing is handed over.
 * Errors: none; an unknown number yields 1.
 * Thread: any.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_err_exit(int err);

#ifdef __cplusplus
}
#endif
#endif
