/*
 * The index of chunks: named operations on the tables chunk, possession and
 * segment.  All return 0 (or 1 where a row was found) or FSS_E...
 */
#ifndef FSS__STORE_META_CHUNK_H
#define FSS__STORE_META_CHUNK_H

#include "crypto/digest.h"
#include "store/chunkstore.h"
#include "store/db.h"

struct fss__chunk {
	int64_t			id;
	struct fss__id		digest;
	struct fss_store_loc	loc;
	uint64_t		span;
	unsigned		level;
	int64_t			refs;
	int64_t			idle;
	bool			bad;
	bool			held;		/* by the account asked about */
};

/* ---- one chunk -------------------------------------------------------- */

/* 1 and the row, 0 unknown. @account: whose right `held` tells. */
int	fss__chunk_find(struct fss__db *db, const struct fss__id *id,
	    int64_t account, struct fss__chunk *ret_c);
/* Digest, location and level of row @id. 1, 0. */
int	fss__chunk_row(struct fss__db *db, int64_t id,
	    struct fss__chunk *ret_c);
/* c->digest, loc, span, level; refs 0, idle since @now_s. */
int	fss__chunk_insert(struct fss__db *db, const struct fss__chunk *c,
	    int64_t now_s, int64_t *ret_id);
int	fss__chunk_delete(struct fss__db *db, int64_t id);
/* Its bytes are at @loc now, and sound. */
int	fss__chunk_move(struct fss__db *db, int64_t id,
	    const struct fss_store_loc *loc);
/* The record at @loc is damaged (if it still is that chunk's). */
int	fss__chunk_set_bad(struct fss__db *db, const struct fss__id *id,
	    const struct fss_store_loc *loc);
int	fss__chunk_hold(struct fss__db *db, int64_t id, int64_t account);
/* Unreferenced from @now_s on, so that it is kept another while. */
int	fss__chunk_touch(struct fss__db *db, int64_t id, int64_t now_s);

/* References; FSS_ECORRUPT if there is no such row or nothing to take off. */
int	fss__chunk_ref(struct fss__db *db, int64_t id);
int	fss__chunk_unref(struct fss__db *db, int64_t id, int64_t now_s);
int	fss__chunk_ref_digest(struct fss__db *db, const struct fss__id *id);
int	fss__chunk_unref_digest(struct fss__db *db, const struct fss__id *id,
	    int64_t now_s);

/* ---- many ------------------------------------------------------------- */

/* The first unreferenced chunk idle since before @before_s. 1, 0. */
int	fss__chunk_idle(struct fss__db *db, int64_t before_s,
	    struct fss__chunk *ret_c);
/*
 * The first chunk of @segment at @offset or beyond. 1, 0.  @good_only leaves
 * out those known to be damaged.
 */
int	fss__chunk_at(struct fss__db *db, uint32_t segment, uint64_t offset,
	    bool good_only, struct fss__chunk *ret_c);

/* ---- segments --------------------------------------------------------- */

enum fss__segment_state {
	FSS__SEGMENT_USED = 0,
	FSS__SEGMENT_CONDEMNED = 1,
	FSS__SEGMENT_KEPT = 2
};

struct fss__segment {
	uint32_t	id;
	uint64_t	indexed;
	int64_t		live;
	int64_t		chunks;
	int		state;
};

int	fss__segment_get(struct fss__db *db, uint32_t id,
	    struct fss__segment *ret_s);			/* 1, 0 */
int	fss__segment_next(struct fss__db *db, uint32_t from,
	    struct fss__segment *ret_s);			/* 1, 0 */
/* What points into @id grows by @bytes in @chunks records (or shrinks). */
int	fss__segment_live(struct fss__db *db, uint32_t id, int64_t bytes,
	    int64_t chunks);
int	fss__segment_indexed(struct fss__db *db, uint32_t id, uint64_t end);
int	fss__segment_set_state(struct fss__db *db, uint32_t id, int state);
int	fss__segment_delete(struct fss__db *db, uint32_t id);
int	fss__segment_condemned(struct fss__db *db, uint32_t *ret_id); /* 1, 0 */
/* The one below @tail with the least in it, if less than half is live. 1, 0 */
int	fss__segment_sparse(struct fss__db *db, uint32_t tail,
	    struct fss__segment *ret_s);
int	fss__segment_totals(struct fss__db *db, uint64_t *ret_chunks,
	    uint64_t *ret_live);

/* ---- facts ------------------------------------------------------------ */

/* 1 and the value (at most @cap - 1 bytes, else FSS_ECORRUPT), 0 none. */
int	fss__fact_get(struct fss__db *db, const char *name, char *dst,
	    size_t cap);
int	fss__fact_set(struct fss__db *db, const char *name, const char *value);

#endif
