/*
 * The hub, as a handle with the same loop contract as the client.
 *
 * fssd is a thin main on this: make the store once with fss_server_init(),
 * then new, set, open, and process() until told to stop.  Disk, database and
 * password work happen on threads of the handle's own.
 *
 * Thread rule: a handle may be used by one thread at a time; distinct handles
 * are independent.  Only fss_server_wakeup() may be called from any thread
 * or signal handler.  After fork() a handle is dead in the child, and the hub
 * goes on in the parent: calls return FSS_EFORK and fss_server_free() closes
 * descriptors only.  Sockets the hub listens on stay open in a child until it
 * ends or runs another program.
 */
#ifndef FSS_SERVER_H
#define FSS_SERVER_H

#include <stddef.h>
#include <stdint.h>

#include <fss/error.h>
#include <fss/export.h>
#include <fss/log.h>
#include <fss/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fss_server fss_server;

#define FSS_INVITE_BYTES	65	/* text of an invite, with NUL */

/**
 * Make the store of a new hub in folder @data: keys, database, segments.
 *
 * @data: is made if it is not there; must be empty otherwise.
 * @ret_invite: FSS_INVITE_BYTES bytes for the invite that makes the first
 * admin, or NULL.
 * Ownership: @ret_invite is the caller's.
 * Errors: FSS_EEXIST (there is something), FSS_ENOENT (the folder it is to be
 * in is not there), FSS_ENOTDIR, FSS_EDENIED, FSS_EINVAL (no name), FSS_EIO,
 * FSS_EROFS, FSS_ENOSPC, FSS_ENOMEM.
 * Thread: any.   Blocks: on local files.   Since: 1.0.
 */
FSS_API int fss_server_init(const char *data, char *ret_invite);

/**
 * Make a hub handle.
 *
 * Ownership: Caller owns *@ret_s and must call fss_server_free().
 * Errors: FSS_ENOMEM, FSS_EIO (no randomness).
 * Thread: any.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_server_new(fss_server **ret_s);

/**
 * Free @s, in any state; stops at once what is still running.
 *
 * @s: NULL is a no-op.  Call fss_server_drain() first for a soft stop.
 * Ownership: everything the handle owned becomes invalid.
 * Errors: none.
 * Thread: that of the handle.   Blocks: until its threads ended.   Since: 1.0.
 */
FSS_API void fss_server_free(fss_server *s);

typedef enum fss_server_text {
	FSS_SERVER_DATA = 1,		/* folder of the store */
	FSS_SERVER_LISTEN = 2,		/* "tcp://HOST:PORT", port 0 = any free */
	FSS_SERVER_INTRODUCE = 3,	/* likewise, "off", default: port + 1 */
	FSS_SERVER_NAME = 4,		/* shown to people, at most 64 bytes */
	FSS_SERVER_FRONT_ENDS = 5,	/* public keys, see below; since 1.2 */
	FSS_SERVER_WEB_ADDRESS = 6,	/* of links, "https://HOST"; since 1.2 */
	FSS_SERVER_LOCAL = 7,		/* a socket's path, "" none; since 1.2 */
	FSS_SERVER_LOCAL_USERS = 8	/* who may use it, see below; since 1.2 */
} fss_server_text;

typedef enum fss_server_number {
	FSS_SERVER_REGISTRATION = 1,	/* enum fss_registration */
	FSS_SERVER_KEEP_VERSIONS = 2,	/* of each file */
	FSS_SERVER_QUOTA_BYTES = 3,	/* default per account, 0 none */
	FSS_SERVER_QUOTA_FILES = 4,
	FSS_SERVER_FREE_FLOOR = 5,	/* bytes that must stay free */
	FSS_SERVER_READERS = 6,		/* reading threads, 1..64 */
	FSS_SERVER_IO_THREADS = 7,	/* of ZeroMQ, 1..16 */
	FSS_SERVER_MAX_SESSIONS = 8,
	FSS_SERVER_SEGMENT_BYTES = 9,
	FSS_SERVER_PWHASH_MEM = 10,	/* bytes of memory for Argon2id */
	FSS_SERVER_PWHASH_OPS = 11,	/* passes of Argon2id */
	FSS_SERVER_MAX_HELD = 12,	/* bytes of messages not yet whole */
	FSS_SERVER_PER_ADDRESS = 13,	/* connections, 0 no limit */
	FSS_SERVER_MAX_UNSENT = 14,	/* bytes of answers not yet taken */
	FSS_SERVER_PER_ACCOUNT = 15,	/* sessions, 0 no limit */
	FSS_SERVER_ANONYMOUS = 16,	/* not logged in of one address or key */
	FSS_SERVER_PER_FRONT_END = 17,	/* sessions, 0 no limit; since 1.2 */
	FSS_SERVER_STAGE_KEEP = 18	/* uploads in parts: seconds, since 1.2 */
} fss_server_number;

/**
 * Set a text option.
 *
 * @which: enum fss_server_text.  FSS_SERVER_FRONT_ENDS, also while open: up to
 * 16 public keys (43 characters each, see fss_key_generate()) with spaces
 * between them, or "".  Of who has one of them the hub believes where the
 * people come from that it carries, see <fss/web.h>, and nothing else; the
 * list takes the place of that of before.
 * FSS_SERVER_LOCAL: an absolute path, at most 103 bytes, where programs of
 * this machine connect without encryption ("fss+unix:///PATH"), if they run
 * as one of FSS_SERVER_LOCAL_USERS: up to 16 numbers of users with spaces
 * between them, by default the one the hub runs as.  They are front ends, as
 * those with a key above.
 * Ownership: @value is copied.
 * Errors: FSS_EINVAL, FSS_ETOOBIG (too long), FSS_EBUSY (cannot change while
 * open).
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_server_set_text(fss_server *s, fss_server_text which,
    const char *value);

/**
 * Set a number option.
 *
 * Registration, versions, quotas, the floor and STAGE_KEEP also while open.
 * @which: enum fss_server_number, which has the units.
 * Ownership: nothing is handed over.
 * Errors: FSS_EINVAL, FSS_EBUSY (cannot change while open).
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_server_set_number(fss_server *s, fss_server_number which,
    uint64_t value);

/**
 * Set the function that gets log lines.
 *
 * @level: the highest enum fss_log_level wanted.
 * Ownership: @ctx stays the caller's and must outlive @s.
 * Errors: FSS_EINVAL, FSS_EBUSY.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_server_set_log(fss_server *s, fss_log_fn fn, void *ctx,
    int level);

/**
 * Open the store, start the threads, bind the sockets.
 *
 * Calls srand(): ZeroMQ takes numbers that nobody may guess from rand().
 *
 * Ownership: nothing is handed over.
 * Errors: FSS_EINVAL (no data folder or address), FSS_ENOENT (no store),
 * FSS_EBUSY (store in use, address in use), FSS_ECORRUPT, FSS_ESCHEMA,
 * FSS_EROFS, FSS_EKEYPERM, FSS_EIO, FSS_ENOMEM.
 * Thread: that of the handle.   Blocks: on local files.   Since: 1.0.
 */
FSS_API int fss_server_open(fss_server *s);

/**
 * Give the text that explains the last failed call on @s.
 *
 * Ownership: Owned by @s, valid until the next call on @s.
 * Errors: none; "" where there is none.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API const char *fss_server_errmsg(const fss_server *s);

/**
 * Give the address clients use: "fss://HOST:PORT#KEY".
 *
 * Ownership: Owned by @s, valid until fss_server_free().
 * Errors: none; "" until open.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API const char *fss_server_address(const fss_server *s);

/**
 * Give the descriptor to wait on; fixed from open to free.
 *
 * Ownership: Owned by @s; never read, write or close it.
 * Errors: FSS_ENOTCONN (not open).
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_server_fd(const fss_server *s);

/**
 * Tell how long to wait at most: milliseconds, -1 without limit, 0 now.
 *
 * Ownership: nothing is handed over.
 * Errors: none.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_server_timeout_ms(const fss_server *s);

/**
 * Do what is to be done.
 *
 * @budget: about how many messages; 0 means 256.  Returns 1 if there is more
 * to do, 0 if idle.
 * Ownership: nothing is handed over.
 * Errors: FSS_ENOTCONN (not open), FSS_EIO (the store failed; stop).
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_server_process(fss_server *s, int budget);

/**
 * Make the descriptor ready, so that a waiting thread calls process().
 *
 * Ownership: nothing is handed over.
 * Errors: FSS_ENOTCONN (not open).
 * Thread: any, and signal handlers.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_server_wakeup(fss_server *s);

/**
 * Stop taking requests and finish those under way.
 *
 * Call process() as before until this returns 0: nothing is under way any
 * more, everything acknowledged is on disk.
 * Returns how many requests are still under way.
 * Ownership: nothing is handed over.
 * Errors: FSS_ENOTCONN (not open).
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_server_drain(fss_server *s);

typedef enum fss_stat {
	FSS_STAT_SESSIONS = 1,
	FSS_STAT_REQUESTS = 2,		/* answered since start */
	FSS_STAT_BYTES_IN = 3,		/* payload since start */
	FSS_STAT_BYTES_OUT = 4,
	FSS_STAT_COMMITS = 5,		/* durable batches since start */
	FSS_STAT_ERRORS = 6,		/* error answers since start */
	FSS_STAT_CUT = 7		/* connections ended for a limit */
} fss_stat;

/**
 * Read a figure of a running hub.
 *
 * @which: enum fss_stat.
 * Ownership: nothing is handed over.
 * Errors: none; 0 for an unknown one.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API uint64_t fss_server_stat(const fss_server *s, fss_stat which);

/* Takes one line about one problem found. */
typedef void (*fss_problem_fn)(void *ctx, const char *problem);

/**
 * Verify a store that no hub is running on: every record, reference, version.
 *
 * @fn: called once per problem found, on the caller's thread.
 * Ownership: @ctx stays the caller's.
 * Errors: FSS_ECORRUPT (there were problems), FSS_EBUSY (a hub is running),
 * FSS_ENOENT, FSS_EIO, FSS_ENOMEM.
 * Thread: any.   Blocks: as long as it takes to read the store.   Since: 1.0.
 */
FSS_API int fss_server_check(const char *data, fss_problem_fn fn, void *ctx);

/**
 * Copy a store, running or not, to the new folder @target.
 *
 * The copy is consistent: the database is copied first, then the segments,
 * which only ever grow.
 * Ownership: nothing is handed over.
 * Errors: FSS_EEXIST, FSS_ENOENT, FSS_EIO, FSS_ENOSPC, FSS_ENOMEM.
 * Thread: any.   Blocks: as long as it takes to copy.   Since: 1.0.
 */
FSS_API int fss_server_backup(const char *data, const char *target);

#ifdef __cplusplus
}
#endif
#endif
