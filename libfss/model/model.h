/*
 * What the rules need to run: whose store, who asks, what time it is.
 *
 * The functions of this layer take decoded protocol records and hand out
 * protocol records row by row; they hold the rules (who may see and do what)
 * and leave sessions, sockets and threads to the layers above.  A "write"
 * function runs on the writer thread inside fss__store_begin/commit, and
 * leaves no trace where it fails if the caller wraps it in a savepoint; a
 * "read" function runs on any thread's reader, inside its read transaction.
 */
#ifndef FSS__MODEL_MODEL_H
#define FSS__MODEL_MODEL_H

#include <fss/types.h>

#include "base/buf.h"
#include "base/error.h"
#include "crypto/keys.h"
#include "store/store.h"
#include "wire/schema.h"

struct fss__board;		/* model/presence.h */
struct fss__news;		/* model/event.h */

struct fss__rules {
	int		registration;	/* enum fss_registration */
	unsigned	keep_versions;	/* newest N of a file are kept */
	uint64_t	quota_bytes;	/* default per account, 0 none */
	uint64_t	quota_files;
	uint64_t	free_floor;	/* bytes that must stay free */
	uint64_t	stage_keep_s;	/* uploads in parts, after the last byte */
	uint64_t	pwhash_ops;	/* Argon2id, 0 the default */
	size_t		pwhash_mem;
	uint8_t		seal[FSS__KEY_BYTES];	/* see seal.h */
	char		web_address[FSS__MAX_URL + 1];	/* "" none */
};

/*
 * What one request has looked up so far: a batch is bounded as a whole.  Zero
 * before each request.
 */
struct fss__looks {
	unsigned	below;		/* see closed.c */
	unsigned	same;		/* see entry_commit.c */
	unsigned	lost;		/* see news_lost.c */
	struct fss__id	root;		/* the last looked for there */
	int64_t		version;	/* that has it, -1 none may be used */
};

struct fss__ctx {
	struct fss__db		*db;
	struct fss__store	*store;		/* NULL for readers */
	struct fss__reader_store *reader;	/* NULL for the writer */
	const struct fss__rules	*rules;
	int64_t			 now_us;	/* wall clock */
	struct fss__err		 err;		/* detail of the last failure */
	struct fss__looks	 looks;
	/* Kept by the model between calls; begin with zeros. */
	uint64_t		 free_bytes;	/* of the store's disk, when */
	int64_t			 free_seen_us;	/* last looked at */
	uint64_t		 versions;	/* see figures.c; when */
	int64_t			 versions_seen_us;
	/* May be NULL: nobody is online. */
	struct fss__board	*board;
	/* What a write leaves to be told; the caller takes it. */
	struct fss__news	*news;
	int64_t			 retry_us;	/* with FSS_ERATE: wait so long */
	int64_t			 unsettled;	/* a request left as it was, since
						 * the table has no step for what
						 * became of it; 0 none */
};

/* An authenticated person on a device, or by a token. */
struct fss__actor {
	int64_t	account;
	int64_t	device;
	int	role;		/* enum fss_role; user without scope admin */
	int	kind;		/* enum fss_device_kind */
	uint32_t scopes;	/* FSS_SCOPE_... */
	int64_t	expires_us;	/* wall clock, 0 never */
	int64_t	noted_us;	/* wall clock: device last seen, as noted */
	char	name[FSS_LIMIT_ACCOUNT + 1];
	struct fss__visit {	/* through a share link, see link.h */
		int64_t	 link;		/* 0: an account, no visitor */
		int64_t	 maker;		/* whose link, and whose space */
		int64_t	 entry;		/* what is linked */
		int64_t	 version;	/* it is bound to, 0 none */
		unsigned rights;	/* on it, and below */
		bool	 limited;	/* reading needs a ticket */
	} visit;
};

/*
 * Takes a row; everything in it is valid during the call only.  Non-zero ends
 * the listing: FSS_EAGAIN means "no room, go on with the next page".
 */
typedef int (*fss__emit_fn)(void *ctx, const void *record);

/* An opaque place to go on from; len 0 = the start, or no more. */
struct fss__cursor {
	uint8_t	b[FSS__MAX_CURSOR];
	size_t	len;
};

#endif
