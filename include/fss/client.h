/*
 * The client: one non-blocking engine, and blocking calls built on it.
 *
 * Configure a handle with the setters, open it, start operations; then wait
 * for the fd (or the time-out), call process() and take the events with
 * next().  Nothing is ever called back.  Operations may be started before the
 * connection stands; they wait for it.  A lost connection is made anew and
 * what was under way goes on by itself.
 *
 * Thread rule: a handle may be used by one thread at a time; distinct handles
 * are independent.  Only fss_client_wakeup() may be called from any thread
 * or signal handler.  After fork() a handle is dead in the child: calls
 * return FSS_EFORK and fss_client_free() closes descriptors only.  Threads that
 * a handle has of its own take none of the program's signals.
 *
 * Remote paths are written "owner:/path" or ":/path" (one's own).
 */
#ifndef FSS_CLIENT_H
#define FSS_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#include <fss/error.h>
#include <fss/export.h>
#include <fss/log.h>
#include <fss/row.h>
#include <fss/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fss_client fss_client;
typedef struct fss_event fss_event;
typedef struct fss_query fss_query;
typedef uint64_t fss_op;		/* never 0, never reused on a handle */

#define FSS_TO_EOF	UINT64_MAX
#define FSS_KEY_BYTES	32

/* ---- life ------------------------------------------------------------- */

/**
 * Make a client handle.
 *
 * Allocates only; configure it, then call fss_client_open().
 * Ownership: Caller owns *@ret_c and must call fss_client_free().
 * Errors: FSS_ENOMEM, FSS_EIO (no randomness).
 * Thread: any.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_new(fss_client **ret_c);

/**
 * Free @c, in any state; operations under way are given up.
 *
 * @c: NULL is a no-op.
 * Ownership: everything the handle owned becomes invalid.
 * Errors: none.
 * Thread: that of the handle.   Blocks: a quarter of a second at most, for a good-bye.   Since: 1.0.
 */
FSS_API void fss_client_free(fss_client *c);

/**
 * Set the hub's address: "fss://HOST:PORT#KEY", or "fss+unix:///PATH".
 *
 * @address: with KEY, the hub's public key (43 characters of base64url).
 * Without it use fss_hub_key() first and ask the person.  PATH is that of a
 * hub's socket on this machine, for front ends (FSS_SERVER_LOCAL): who made
 * it is whom the file system lets, and nothing is encrypted; since 1.2.
 * Ownership: @address is copied.
 * Errors: FSS_EINVAL (form, or no key), FSS_EBUSY (already open), FSS_ENOMEM.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_set_address(fss_client *c, const char *address);

/**
 * Set this device's secret key, which stands for the person once logged in.
 *
 * @secret: a Curve25519 secret key, see fss_key_generate().
 * Without it the handle makes one of its own that dies with it.
 * Ownership: @secret is copied into guarded memory.
 * Errors: FSS_EBUSY (already open), FSS_ENOMEM.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_set_identity(fss_client *c,
    const uint8_t secret[FSS_KEY_BYTES]);

/**
 * Set the name this device is listed under.
 *
 * @name: UTF-8, at most 64 bytes; default: the host's name.
 * Ownership: @name is copied.
 * Errors: FSS_EINVAL, FSS_ENOMEM.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_set_device_name(fss_client *c, const char *name);

/**
 * Set how many bulk connections carry content beside the control one.
 *
 * @n: 1..8; 0, the default: as many as the line needs, which is one but where
 * a round trip to the hub takes long.
 * Ownership: nothing is handed over.
 * Errors: FSS_EINVAL, FSS_EBUSY (already open).
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_set_connections(fss_client *c, unsigned n);

/**
 * Set how long an operation may go without any progress.
 *
 * @timeout_ms: milliseconds; -1 waits for ever; default 30000.  Past it the
 * operation ends with FSS_ETIMEDOUT (FSS_EUNREACH if no connection was made).
 * Ownership: nothing is handed over.
 * Errors: FSS_EINVAL.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_set_timeout_ms(fss_client *c, int timeout_ms);

/**
 * Set the function that gets log lines.
 *
 * @fn: NULL for silence (the default).  @level: the highest enum
 * fss_log_level wanted.
 * Ownership: @ctx stays the caller's and must outlive @c.
 * Errors: FSS_EINVAL.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_set_log(fss_client *c, fss_log_fn fn, void *ctx,
    int level);

/**
 * Begin to connect.
 *
 * Returns at once; FSS_EVENT_STATE tells when the session stands.
 * Ownership: nothing is handed over.
 * Errors: FSS_EINVAL (no address), FSS_EBUSY (already open), FSS_ENOMEM,
 * FSS_EIO (no descriptors).
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_open(fss_client *c);

/**
 * Give the text that explains the last failed call on @c.
 *
 * Ownership: Owned by @c, valid until the next call on @c.
 * Errors: none; "" where there is none.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API const char *fss_client_errmsg(const fss_client *c);

/* ---- loop ------------------------------------------------------------- */

#define FSS_POLL_IN	1
#define FSS_POLL_OUT	4

/**
 * Give the descriptor to wait on; fixed from open to free.
 *
 * Works level- or edge-triggered.  On Linux it is an epoll descriptor.
 * Ownership: Owned by @c, valid until fss_client_free(); never read, write or
 * close it.
 * Errors: FSS_ENOTCONN (not open), FSS_EFORK.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_fd(const fss_client *c);

/**
 * Tell what to wait for on the descriptor: FSS_POLL_IN | FSS_POLL_OUT.
 *
 * Ownership: nothing is handed over.
 * Errors: FSS_ENOTCONN, FSS_EFORK.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_events(const fss_client *c);

/**
 * Tell how long to wait at most.
 *
 * Milliseconds from now, rounded up; -1 without limit, 0 call process() now.
 * Ask again after each process() and each call that starts something.
 * Ownership: nothing is handed over.
 * Errors: FSS_ENOTCONN (not open) never occurs: it yields -1.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_timeout_ms(const fss_client *c);

/**
 * Do what is to be done: take in messages, hash, read and write files.
 *
 * @budget: about how many messages or 256 KiB slices of work to do; 0 means
 * 64.  Reads and writes local files, which can wait for the disk, and does
 * nothing else that blocks.
 * Returns 1 if there is more to do, 0 if idle.
 * Ownership: events taken before become invalid.
 * Errors: FSS_ENOTCONN (not open), FSS_EFORK, FSS_ENOMEM.
 * Thread: that of the handle.   Blocks: on local files only.   Since: 1.0.
 */
FSS_API int fss_client_process(fss_client *c, int budget);

/**
 * Take the next event.
 *
 * Returns 1 and *@ret_ev, or 0 and NULL.
 * Ownership: Owned by @c, valid until the next call on @c.
 * Errors: FSS_EFORK.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_next(fss_client *c, const fss_event **ret_ev);

/**
 * Make the descriptor ready, so that a waiting thread calls process().
 *
 * Ownership: nothing is handed over.
 * Errors: FSS_ENOTCONN (not open).
 * Thread: any, and signal handlers.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_wakeup(fss_client *c);

/**
 * Wait for something to happen and process it.
 *
 * @timeout_ms: -1 without limit.  Returns 1 if there are events to take, 0
 * if the time ran out.
 * Ownership: events taken before become invalid.
 * Errors: as fss_client_process().
 * Thread: that of the handle.   Blocks: up to @timeout_ms.   Since: 1.0.
 */
FSS_API int fss_client_wait(fss_client *c, int timeout_ms);

/**
 * Wait for the next event of @op; events of others stay queued.
 *
 * @timeout_ms: -1 without limit.  Returns 1 and *@ret_ev.
 * Ownership: Owned by @c, valid until the next call on @c.
 * Errors: FSS_ETIMEDOUT, FSS_EINVAL (no such operation) and those of
 * fss_client_process().
 * Thread: that of the handle.   Blocks: up to @timeout_ms.   Since: 1.0.
 */
FSS_API int fss_client_wait_op(fss_client *c, fss_op op, int timeout_ms,
    const fss_event **ret_ev);

/* ---- events ----------------------------------------------------------- */

enum fss_event_type {
	FSS_EVENT_STATE = 1,	/* session came or went: fss_event_error() */
	FSS_EVENT_DONE = 2,	/* the one last event of an operation */
	FSS_EVENT_ROWS = 3,	/* a page of rows */
	FSS_EVENT_PROGRESS = 4,	/* bytes and files moved so far */
	FSS_EVENT_ITEM = 5,	/* one item of a transfer ended (one row) */
	FSS_EVENT_READABLE = 6,	/* fss_op_read() has something */
	FSS_EVENT_WRITABLE = 7,	/* fss_op_write() takes something */
	FSS_EVENT_NEWS = 8,	/* rows of a watch or a fetch, see FSS_FIELD_NEWS */
	FSS_EVENT_AFRESH = 9	/* a watch may have missed something */
};

/**
 * Tell the type of @ev, one of enum fss_event_type.
 *
 * A type a program does not know is to be passed over.
 * Ownership: nothing is handed over.
 * Errors: none.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_event_type(const fss_event *ev);

/**
 * Tell which operation @ev belongs to; 0 for FSS_EVENT_STATE.
 *
 * Ownership: nothing is handed over.
 * Errors: none.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API fss_op fss_event_op(const fss_event *ev);

/**
 * Tell how it ended: FSS_OK or FSS_E... .
 *
 * For FSS_EVENT_STATE, FSS_OK means the session stands.
 * Ownership: nothing is handed over.
 * Errors: none.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_event_error(const fss_event *ev);

/**
 * Explain the error of @ev in words.
 *
 * Ownership: Owned by @ev's handle, valid until the next call on it.
 * Errors: none; "" where there is nothing to add.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API const char *fss_event_detail(const fss_event *ev);

/**
 * Tell after how many milliseconds what failed may be tried again.
 *
 * With FSS_ERATE and FSS_EOVERLOAD; a day at most, also where it is longer.
 * Ownership: nothing is handed over.
 * Errors: none; 0 where it is not told.
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API uint64_t fss_event_retry_ms(const fss_event *ev);

/**
 * Give the pointer the operation was started with.
 *
 * Ownership: the caller's all along.
 * Errors: none.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API void *fss_event_user(const fss_event *ev);

/**
 * Count the rows of @ev.
 *
 * Ownership: nothing is handed over.
 * Errors: none.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API size_t fss_event_rows(const fss_event *ev);

/**
 * Give row @i of @ev.
 *
 * @i: 0 .. fss_event_rows() - 1.
 * Ownership: Owned by @ev's handle, valid until the next call on it.
 * Errors: none; NULL when out of range.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API const fss_row *fss_event_row(const fss_event *ev, size_t i);

/* Counters of a transfer, in FSS_EVENT_PROGRESS and FSS_EVENT_DONE. */
typedef enum fss_counter {
	FSS_COUNT_BYTES_DONE = 1,	/* content settled: sent, received or skipped */
	FSS_COUNT_BYTES_TOTAL = 2,	/* content found so far */
	FSS_COUNT_FILES_DONE = 3,
	FSS_COUNT_FILES_TOTAL = 4,
	FSS_COUNT_WIRE_BYTES = 5,	/* content that crossed the wire */
	FSS_COUNT_UNCHANGED = 6,	/* files that needed nothing */
	FSS_COUNT_FAILED = 7,		/* items that failed */
	FSS_COUNT_SCANNED = 8		/* 1 once totals are final */
} fss_counter;

/**
 * Read a counter of a transfer.
 *
 * @which: bytes or numbers, see enum fss_counter.
 * Ownership: nothing is handed over.
 * Errors: none; 0 where @ev has no such counter.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API uint64_t fss_event_count(const fss_event *ev, fss_counter which);

/* ---- session ---------------------------------------------------------- */

/*
 * Each call below starts an operation and returns at once: 0, and exactly one
 * FSS_EVENT_DONE follows for *ret_op; or an error, and nothing follows.
 * @user comes back with every event.
 *
 * Besides what each names, any may give at once FSS_ENOTCONN (not open) and
 * FSS_EFORK, and end with FSS_EAUTH (nobody is logged in), FSS_EDENIED (not
 * for this role, or not in the scopes of this token), FSS_ERATE or
 * FSS_EOVERLOAD (see fss_event_retry_ms()), FSS_EUNREACH or FSS_ETIMEDOUT (no
 * hub, or no answer), FSS_ECANCELED, FSS_EPROTO or FSS_ETYPE (another kind of
 * hub), FSS_ENOMEM, and of the hub FSS_EIO, FSS_EROFS, FSS_ENOSPC, FSS_EBUSY,
 * FSS_ECORRUPT.
 */

/**
 * Name the account this session is logged in to.
 *
 * Ownership: Owned by @c, valid until the next call on @c.
 * Errors: none; "" when not logged in or not connected.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API const char *fss_client_account(const fss_client *c);

/**
 * Wait for the session to stand and the hub to answer.
 *
 * Ownership: nothing is handed over; @user stays the caller's.
 * Errors: FSS_ENOMEM, FSS_ENOTCONN; at completion also FSS_EUNREACH,
 * FSS_EHOSTKEY, FSS_EVERSION, FSS_EDENIED (a local socket, not for this user).
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_ping(fss_client *c, void *user, fss_op *ret_op);

/**
 * Make an account and log this device in to it.
 *
 * @name: [a-z0-9][a-z0-9._-]{0,31}.  @password: 8..256 bytes.  @invite: NULL
 * where registration is open.
 * Ownership: all texts are copied; the copy of @password is zeroed when sent.
 * Errors: FSS_EINVAL, FSS_EPASSWORD, FSS_ENOMEM; at completion also FSS_ENAME,
 * FSS_EEXIST, FSS_EINVITE, FSS_ECLOSED, FSS_ERATE.  DONE carries one account
 * row.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_register(fss_client *c, const char *name,
    const char *password, const char *invite, void *user, fss_op *ret_op);

/**
 * Log this device in; from then on its key is enough.
 *
 * @name, @password: as registered.
 * Ownership: both are copied; the copy of @password is zeroed when sent.
 * Errors: FSS_EINVAL, FSS_ENOMEM; at completion also FSS_EAUTH, FSS_ERATE,
 * FSS_EDENIED (many share the key: see <fss/web.h>).
 * DONE carries one account row.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_login(fss_client *c, const char *name,
    const char *password, void *user, fss_op *ret_op);

#define FSS_LOGOUT_EVERYWHERE	(1u << 0)	/* all sessions, all devices */
#define FSS_LOGOUT_FORGET	(1u << 1)	/* revoke this device's key */

/**
 * Log out.
 *
 * @flags: FSS_LOGOUT_...; unknown bits are refused.
 * Ownership: nothing is handed over; @user stays the caller's.
 * Errors: FSS_EINVAL, FSS_ENOMEM; at completion also FSS_EAUTH.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_logout(fss_client *c, uint32_t flags, void *user,
    fss_op *ret_op);

/**
 * Change one's password; other devices must log in again.
 *
 * @old_password, @new_password: 8..256 bytes.
 * Ownership: both are copied; the copies are zeroed when sent.
 * Errors: FSS_EINVAL, FSS_EPASSWORD (the new one), FSS_ENOMEM; at completion
 * also FSS_EAUTH, FSS_ERATE.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_passwd(fss_client *c, const char *old_password,
    const char *new_password, void *user, fss_op *ret_op);

/**
 * Ask who one is: DONE carries one account row.
 *
 * Ownership: nothing is handed over; @user stays the caller's.
 * Errors: FSS_ENOMEM; at completion also FSS_EAUTH.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_whoami(fss_client *c, void *user, fss_op *ret_op);

/**
 * List one's devices, in ROWS events.
 *
 * Ownership: nothing is handed over; @user stays the caller's.
 * Errors: FSS_ENOMEM; at completion also FSS_EAUTH.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_devices(fss_client *c, void *user, fss_op *ret_op);

/**
 * Revoke a device of one's own; its sessions end at once.
 *
 * @device: its id, from FSS_FIELD_DEVICE.
 * Ownership: nothing is handed over; @user stays the caller's.
 * Errors: FSS_ENOMEM; at completion also FSS_ENOENT, FSS_EAUTH.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_device_revoke(fss_client *c, int64_t device, void *user,
    fss_op *ret_op);

/**
 * Make an invite; DONE carries a row with FSS_FIELD_CODE and EXPIRES.
 *
 * @role: enum fss_role of who uses it.  @uses: 1..1000.  @ttl_s: seconds,
 * 0 = a week.
 * Ownership: nothing is handed over; @user stays the caller's.
 * Errors: FSS_EINVAL, FSS_ENOMEM; at completion also FSS_EDENIED.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_invite(fss_client *c, int role, unsigned uses,
    uint64_t ttl_s, void *user, fss_op *ret_op);

/**
 * List accounts, in ROWS events.
 *
 * @name: only this one, or NULL.  Usage, quota and lock of others are for
 * operators and admins.
 * Ownership: @name is copied; @user stays the caller's.
 * Errors: FSS_EINVAL, FSS_ENOMEM; at completion also FSS_EAUTH,
 * FSS_ENOACCOUNT.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_users(fss_client *c, const char *name, void *user,
    fss_op *ret_op);

#define FSS_USER_UNCHANGED	(-1)

/**
 * Change an account, as operator or admin; DONE carries its row.
 *
 * @role: enum fss_role, @locked: 0 or 1, @quota_bytes, @quota_files: 0 = none;
 * each FSS_USER_UNCHANGED to leave it.
 * Ownership: @name is copied; @user stays the caller's.
 * Errors: FSS_EINVAL, FSS_ENOMEM; at completion also FSS_EDENIED,
 * FSS_ENOACCOUNT.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_user_set(fss_client *c, const char *name, int role,
    int locked, int64_t quota_bytes, int64_t quota_files, void *user,
    fss_op *ret_op);

/**
 * List one's groups and their members, in ROWS events.
 *
 * @group: only this one (without "@"), or NULL.
 * Ownership: @group is copied; @user stays the caller's.
 * Errors: FSS_ENOMEM; at completion also FSS_EAUTH.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_groups(fss_client *c, const char *group, void *user,
    fss_op *ret_op);

/**
 * Put @member into one's group @group, or take them out.
 *
 * @remove: 0 or 1.  A group exists while it has members.
 * Ownership: texts are copied; @user stays the caller's.
 * Errors: FSS_EINVAL, FSS_ENAME, FSS_ENOMEM; at completion also
 * FSS_ENOACCOUNT, FSS_EINVAL (oneself), FSS_ETOOBIG (too many).
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_group_set(fss_client *c, const char *group,
    const char *member, int remove, void *user, fss_op *ret_op);

/* ---- entries ---------------------------------------------------------- */

/**
 * Look at one entry; DONE carries its row.
 *
 * @path: remote; "@N" is not part of it: @number names a version, 0 = newest.
 * Ownership: @path is copied; @user stays the caller's.
 * Errors: FSS_EPATH, FSS_EINVAL, FSS_ENOMEM; at completion also FSS_ENOACCOUNT
 * (no such space), FSS_ENOENT, FSS_EISDIR (@number of a folder).
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_stat(fss_client *c, const char *path, uint64_t number,
    void *user, fss_op *ret_op);

#define FSS_LIST_RECURSIVE	(1u << 0)	/* folders first, then what is in them */
#define FSS_LIST_BACK	(1u << 1)	/* from the end, since 1.2; alone */

/**
 * List a folder, in ROWS events of FSS_FIELD_PATH and the rest.
 *
 * @flags: FSS_LIST_...; unknown bits are refused.  The next page is asked for
 * only when the last was taken, so memory is bounded whatever the folder.
 * By name, with FSS_LIST_BACK the last name first.  A cursor of either (see
 * fss_client_page()) is a place between two names, and serves both ways.
 * Ownership: @path is copied; @user stays the caller's.
 * Errors: FSS_EPATH, FSS_EINVAL, FSS_ENOMEM; at completion also FSS_ENOACCOUNT
 * (no such space), FSS_ENOENT, FSS_ENOTDIR.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_list(fss_client *c, const char *path, uint32_t flags,
    void *user, fss_op *ret_op);

/**
 * List what others share with one, in ROWS events: where sharing begins.
 *
 * @owner: only theirs, or NULL.
 * Ownership: @owner is copied; @user stays the caller's.
 * Errors: FSS_ENOMEM; at completion also FSS_ENOACCOUNT.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_shares(fss_client *c, const char *owner, void *user,
    fss_op *ret_op);

/**
 * Make a search.
 *
 * Ownership: Caller owns *@ret_q and must call fss_query_free().
 * Errors: FSS_ENOMEM.
 * Thread: any.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_query_new(fss_query **ret_q);

/**
 * Free a search.
 *
 * @q: NULL is a no-op.
 * Ownership: @q becomes invalid.
 * Errors: none.
 * Thread: one at a time.   Blocks: never.   Since: 1.0.
 */
FSS_API void fss_query_free(fss_query *q);

typedef enum fss_query_text {
	FSS_QUERY_TEXT = 1,	/* words, all of which must occur */
	FSS_QUERY_OWNER = 2,	/* account name */
	FSS_QUERY_UNDER = 3,	/* canonical path of a folder of OWNER */
	FSS_QUERY_TYPE = 4	/* "text", "image/png" */
} fss_query_text;

typedef enum fss_query_number {
	FSS_QUERY_KIND = 1,	/* enum fss_kind */
	FSS_QUERY_SIZE_MIN = 2,	/* bytes, inclusive */
	FSS_QUERY_SIZE_MAX = 3,	/* bytes, inclusive */
	FSS_QUERY_NEWER = 4,	/* microseconds UTC, inclusive */
	FSS_QUERY_OLDER = 5,	/* microseconds UTC, exclusive */
	FSS_QUERY_ACCESS = 6,	/* enum fss_access */
	FSS_QUERY_STATE = 7,	/* enum fss_state */
	FSS_QUERY_LIMIT = 8,	/* rows in all; default without limit */
	FSS_QUERY_SORT = 9	/* enum fss_sort */
} fss_query_number;

/**
 * Set a text of a search.
 *
 * @which: enum fss_query_text.  @value: UTF-8, NULL unsets.
 * Ownership: @value is copied.
 * Errors: FSS_EINVAL, FSS_ETOOBIG, FSS_ENOMEM.
 * Thread: one at a time.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_query_set_text(fss_query *q, fss_query_text which,
    const char *value);

/**
 * Set a number of a search.
 *
 * @which: enum fss_query_number, which has the units.
 * Ownership: nothing is handed over.
 * Errors: FSS_EINVAL.
 * Thread: one at a time.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_query_set_number(fss_query *q, fss_query_number which,
    int64_t value);

/**
 * Search all one may see; hits come in ROWS events, best first.
 *
 * With FSS_SORT_NEWEST what came last comes first; it goes without words, and
 * folders are left out.  A hub older than that answers with the best.
 *
 * Ownership: @q is copied; @user stays the caller's.
 * Errors: FSS_EINVAL, FSS_ENOMEM; at completion also FSS_ENOACCOUNT.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_find(fss_client *c, const fss_query *q, void *user,
    fss_op *ret_op);

#define FSS_NEAR_MAX		3

/**
 * Give text @i of those that a search which found nothing may have meant.
 *
 * In the DONE of fss_client_find(), and of its first page.  Each is the whole
 * text of the search with misspelt words replaced by words of names one may
 * see; a search for it finds something.  The best one is first; a hub older
 * than that gives none.
 * @i: 0 .. FSS_NEAR_MAX - 1.
 * Ownership: Owned by @ev's handle, valid until the next call on it.
 * Errors: none; NULL where there is none.
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API const char *fss_event_near(const fss_event *ev, size_t i);

/**
 * Make a folder, with the folders above it; one that is there is fine.
 *
 * Ownership: @path is copied; @user stays the caller's.
 * Errors: FSS_EPATH, FSS_EINVAL, FSS_ENOMEM; at completion also FSS_ENOACCOUNT
 * (no such space), FSS_ENOENT (what is above is not seen), FSS_ENOTDIR (there,
 * or above it, is a file), FSS_EDENIED.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_mkdir(fss_client *c, const char *path, void *user,
    fss_op *ret_op);

#define FSS_REMOVE_RECURSIVE	(1u << 0)

/**
 * Remove a file or folder.
 *
 * @flags: FSS_REMOVE_...; unknown bits are refused.
 * Ownership: @path is copied; @user stays the caller's.
 * Errors: FSS_EPATH, FSS_EINVAL, FSS_ENOMEM; at completion also FSS_ENOACCOUNT
 * (no such space), FSS_ENOENT, FSS_EDENIED, FSS_ENOTEMPTY.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_remove(fss_client *c, const char *path, uint32_t flags,
    void *user, fss_op *ret_op);

#define FSS_MOVE_REPLACE	(1u << 0)	/* a file that is in the way */

/**
 * Move or rename within one space.
 *
 * @from, @to: remote paths of the same owner.  A folder in the way takes the
 * entry in.  @flags: FSS_MOVE_...; unknown bits are refused.
 * Ownership: paths are copied; @user stays the caller's.
 * Errors: FSS_EPATH, FSS_EINVAL, FSS_ENOMEM; at completion also FSS_ENOACCOUNT
 * (no such space), FSS_ENOENT, FSS_ENOTDIR, FSS_EEXIST, FSS_EDENIED,
 * FSS_EINVAL (into itself).
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_move(fss_client *c, const char *from, const char *to,
    uint32_t flags, void *user, fss_op *ret_op);

/**
 * List the versions of a file, newest first, in ROWS events.
 *
 * Ownership: @path is copied; @user stays the caller's.
 * Errors: FSS_EPATH, FSS_EINVAL, FSS_ENOMEM; at completion also FSS_ENOACCOUNT
 * (no such space), FSS_ENOENT, FSS_EISDIR.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_versions(fss_client *c, const char *path, void *user,
    fss_op *ret_op);

/**
 * Make version @number the newest again; DONE carries the entry.
 *
 * Ownership: @path is copied; @user stays the caller's.
 * Errors: FSS_EPATH, FSS_EINVAL, FSS_ENOMEM; at completion also FSS_ENOACCOUNT
 * (no such space), FSS_ENOENT, FSS_EISDIR, FSS_EDENIED, FSS_EANNOUNCED (its
 * content is not here).
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_restore(fss_client *c, const char *path,
    uint64_t number, void *user, fss_op *ret_op);

/**
 * Set what people without a grant may do.
 *
 * @access: enum fss_access; FSS_ACCESS_INHERIT unsets it.
 * Ownership: @path is copied; @user stays the caller's.
 * Errors: FSS_EPATH, FSS_EINVAL, FSS_ENOMEM; at completion also FSS_ENOACCOUNT
 * (no such space), FSS_ENOENT, FSS_EDENIED.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_access(fss_client *c, const char *path, int access,
    void *user, fss_op *ret_op);

/**
 * Give @who rights on an entry and all below it; 0 takes them back.
 *
 * @who: an account, or "@group" of one's own.  @rights: FSS_RIGHT_SEE, READ,
 * CREATE, WRITE; READ, CREATE and WRITE bring SEE, WRITE brings all.
 * Ownership: texts are copied; @user stays the caller's.
 * Errors: FSS_EPATH, FSS_EINVAL, FSS_ENOMEM; at completion also FSS_ENOENT,
 * FSS_EDENIED, FSS_ENOACCOUNT, FSS_EINVAL (to the owner), FSS_ETOOBIG (too
 * many).
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_grant(fss_client *c, const char *path, const char *who,
    uint32_t rights, void *user, fss_op *ret_op);

/**
 * List the grants on an entry and on what is above it, in ROWS events.
 *
 * Ownership: @path is copied; @user stays the caller's.
 * Errors: FSS_EPATH, FSS_EINVAL, FSS_ENOMEM; at completion also FSS_ENOACCOUNT
 * (no such space), FSS_ENOENT, FSS_EDENIED.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_grants(fss_client *c, const char *path, void *user,
    fss_op *ret_op);

/* ---- transfers -------------------------------------------------------- */

#define FSS_COPY_RECURSIVE	(1u << 0)	/* folders and all in them */
#define FSS_COPY_CHECKSUM	(1u << 1)	/* read even what looks unchanged */
#define FSS_COPY_ITEMS		(1u << 2)	/* an ITEM event per file, not only failed ones */
#define FSS_COPY_SAFE_LINKS	(1u << 3)	/* download: leave out links that lead outside */

/**
 * Upload a local file, link or folder to @remote.
 *
 * Only content the hub lacks is sent; a run that was cut off goes on where it
 * stopped.  @flags: FSS_COPY_...; unknown bits are refused.  A local file that
 * changes while it is read is read again, never mixed.
 * Ownership: texts are copied; @user stays the caller's.
 * Errors: FSS_EPATH, FSS_EINVAL, FSS_ENOMEM; at completion also FSS_ENOACCOUNT
 * (no such space), FSS_ENOENT, FSS_ENOTDIR, FSS_EDENIED (here or at the hub),
 * FSS_EISDIR (folder without FSS_COPY_RECURSIVE), FSS_EPARTIAL (see ITEM
 * events), FSS_EQUOTA, FSS_ENOSPC, FSS_ECHANGED.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_upload(fss_client *c, const char *local,
    const char *remote, uint32_t flags, void *user, fss_op *ret_op);

/**
 * Download a remote file or folder to @local.
 *
 * Verified chunk by chunk into a temporary file beside the target, renamed
 * when whole; a run that was cut off goes on where it stopped.  Never writes
 * outside @local, whatever links there are.
 * @number: a version of a file, 0 = newest.  @flags: FSS_COPY_...; unknown
 * bits are refused.
 * Ownership: texts are copied; @user stays the caller's.
 * Errors: FSS_EPATH, FSS_EINVAL, FSS_ENOMEM; at completion also FSS_ENOACCOUNT
 * (no such space), FSS_ENOENT, FSS_EISDIR, FSS_EDENIED, FSS_EANNOUNCED,
 * FSS_EINTEGRITY, FSS_EPARTIAL, FSS_EIO.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_download(fss_client *c, const char *remote,
    uint64_t number, const char *local, uint32_t flags, void *user,
    fss_op *ret_op);

/**
 * Start to read a range of a remote file through fss_op_read().
 *
 * @offset, @len: bytes, @len may be FSS_TO_EOF.  @number: version, 0 = newest.
 * Ownership: @path is copied; @user stays the caller's.
 * Errors: FSS_EPATH, FSS_EINVAL, FSS_ENOMEM; at completion also FSS_ENOACCOUNT
 * (no such space), FSS_ENOENT, FSS_EISDIR, FSS_EDENIED, FSS_EANNOUNCED,
 * FSS_EINTEGRITY.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_read(fss_client *c, const char *path, uint64_t number,
    uint64_t offset, uint64_t len, void *user, fss_op *ret_op);

/**
 * Take bytes of a read.
 *
 * @len: room in @buf, bytes.  *@ret_n gets how many came; 0 is the end.
 * Ownership: @buf stays the caller's.
 * Errors: FSS_EAGAIN (wait for FSS_EVENT_READABLE), FSS_EINVAL, or the error
 * the operation ended with.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_op_read(fss_client *c, fss_op op, void *buf, size_t len,
    size_t *ret_n);

/**
 * Start to write a remote file through fss_op_write() and fss_op_finish().
 *
 * @mode: permission bits; @mtime_us: microseconds UTC, 0 = now; @media: a
 * media type or NULL.
 * Ownership: texts are copied; @user stays the caller's.
 * Errors: FSS_EPATH, FSS_EINVAL, FSS_ENOMEM; at completion also FSS_ENOACCOUNT
 * (no such space), FSS_ENOENT (what is above is not seen), FSS_EISDIR,
 * FSS_ENOTDIR, FSS_EDENIED, FSS_EQUOTA, FSS_ENOSPC.  DONE carries the entry.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_client_write(fss_client *c, const char *path, unsigned mode,
    int64_t mtime_us, const char *media, void *user, fss_op *ret_op);

/**
 * Give bytes to a write.
 *
 * *@ret_n gets how many of @len were taken.
 * Ownership: @buf stays the caller's, its bytes are copied.
 * Errors: FSS_EAGAIN (wait for FSS_EVENT_WRITABLE), FSS_EINVAL, or the error
 * the operation ended with.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_op_write(fss_client *c, fss_op op, const void *buf, size_t len,
    size_t *ret_n);

/**
 * End a write: the file becomes visible, whole, when DONE arrives.
 *
 * Ownership: nothing is handed over.
 * Errors: FSS_EINVAL (no such write, or ended before).
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_op_finish(fss_client *c, fss_op op);

/**
 * Cancel an operation; DONE still arrives, with FSS_ECANCELED.
 *
 * What a transfer had settled stays; it can be taken up again.
 * Ownership: nothing is handed over.
 * Errors: FSS_EINVAL (no such operation, or done already).
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_op_cancel(fss_client *c, fss_op op);

/**
 * Leave the events of an operation in the queue for now, or no longer.
 *
 * @held: 1 or 0.  While it is 1, fss_client_next() and fss_client_wait() pass
 * over all events of @op, also DONE; so it comes to a stop by itself where it
 * would run ahead of who takes its rows, and others go on.
 * Ownership: nothing is handed over.
 * Errors: FSS_EINVAL (no such operation, or its DONE was taken; @held).
 * Thread: that of the handle.   Blocks: never.   Since: 1.1.
 */
FSS_API int fss_op_hold(fss_client *c, fss_op op, int held);

#ifdef __cplusplus
}
#endif
#endif
