/*
 * Uploads in parts: what has arrived of a file that is not committed yet.
 *
 * Invariant: the tree of the first `offset` bytes is in the index and has a
 * reference of its own, in the transaction that sets the offset; the bytes
 * count in the usage of the space it goes to.  Nobody but its account can
 * name it, and it opens nothing: a root is taken under the rule of a commit.
 */
#ifndef FSS__MODEL_STAGE_H
#define FSS__MODEL_STAGE_H

#include "model/entry.h"

#define FSS__STAGE_KEEP_S	86400	/* unless the hub is told otherwise */

/* All emit one fss__m_stage unless they say otherwise. */

/* Write. */
int	fss__stage_new(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_stage_new *m, fss__emit_fn emit, void *arg);
/*
 * Write.  With `leave` and a turn nothing is taken up, and nothing is done
 * where the turn is another by now: FSS_ECONFLICT.
 */
int	fss__stage_open(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_stage_open *m, fss__emit_fn emit, void *arg);
/* Write. */
int	fss__stage_save(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_stage_save *m, fss__emit_fn emit, void *arg);
/* Emits the fss__m_entry it becomes, or has become before. */
int	fss__stage_commit(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_stage_commit *m, fss__emit_fn emit, void *arg);
/* Emits nothing. */
int	fss__stage_remove(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_stage_remove *m);
/*
 * Ends those that expired, @limit at most: 1 more to do, 0 none; *@ret_next
 * is when the next does, INT64_MAX none.
 */
int	fss__stage_expire(struct fss__ctx *ctx, unsigned limit,
	    int64_t *ret_next);

/* Read: a list, or with m->id the one. */
int	fss__stage_list(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_stages *m, fss__emit_fn emit, void *arg,
	    struct fss__cursor *ret_next);
/* What GET needs of what was saved of the upload @id. FSS_ENOENT. */
int	fss__stage_content(struct fss__ctx *ctx, const struct fss__actor *who,
	    struct fss__slice id, struct fss__content *ret_c);

#endif
