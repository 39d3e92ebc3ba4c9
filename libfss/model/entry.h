/*
 * The trees of files: looking, committing, changing, access.
 *
 * What somebody may not see does not exist for them: FSS_ENOENT.  What they
 * see but may not do: FSS_EDENIED.  docs/access.md has the rules.
 */
#ifndef FSS__MODEL_ENTRY_H
#define FSS__MODEL_ENTRY_H

#include "model/model.h"

/* ---- read ------------------------------------------------------------- */

/* One fss__m_entry per ref, `status` set; path and owner as asked. */
int	fss__entry_stat(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_ref *m, fss__emit_fn emit, void *arg);
/* Children by name (binary order); `path` holds the name alone. */
int	fss__entry_list(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_list *m, fss__emit_fn emit, void *arg,
	    struct fss__cursor *ret_next);
/* Versions of a file, newest first. */
int	fss__entry_versions(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_versions *m, fss__emit_fn emit, void *arg,
	    struct fss__cursor *ret_next);
/* Where sharing begins: entries of others (or of m->name) with access of
 * their own or a grant to @who, that @who may see. */
int	fss__entry_shares(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_page *m, fss__emit_fn emit, void *arg,
	    struct fss__cursor *ret_next);
/* fss__m_grant_row of a path of one's own. */
int	fss__entry_grants(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_grants *m, fss__emit_fn emit, void *arg,
	    struct fss__cursor *ret_next);
/* Search; fss__m_entry with the whole path, best first. */
int	fss__entry_find(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_find *m, fss__emit_fn emit, void *arg,
	    struct fss__cursor *ret_next);

/*
 * What the text of such a search that found nothing may have meant:
 * fss__m_near, best first, FSS__MAX_NEAR at most.
 */
int	fss__entry_near(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_find *m, fss__emit_fn emit, void *arg);

/*
 * What GET needs of a version @who may read, by a right or by a yes (a pass).
 * FSS_ENOENT, FSS_EDENIED; FSS_EANNOUNCED: nothing of it is here.
 */
struct fss__content {
	struct fss__id	root;
	unsigned	depth;
	uint64_t	size;
	int64_t		transfer;	/* 0; else follow it, see announce.h */
	bool		fetched;	/* first use of a pass: to be noted by
					   fss__request_fetched() */
	int64_t		ticket;		/* of a visitor, 0 none: see link.h */
};
int	fss__entry_content(struct fss__ctx *ctx, const struct fss__actor *who,
	    int64_t version, struct fss__content *ret_c);

/* ---- write ------------------------------------------------------------ */

/*
 * Make one file, folder or link visible, parents included (folders are made
 * as needed).  A file whose content, size, mode and time equal the newest
 * version makes no new one.  Emits the entry as it now is.
 * What was announced with this content becomes stored.
 * FSS_EMISSING, FSS_EINTEGRITY (size or depth lie), FSS_ECONFLICT (base),
 * FSS_EISDIR, FSS_ENOTDIR, FSS_EDENIED, FSS_EQUOTA, FSS_EPATH, FSS_ENOSPC.
 */
int	fss__entry_commit(struct fss__ctx *ctx, const struct fss__actor *who,
	    struct fss__slice owner, const struct fss__m_commit_item *m,
	    fss__emit_fn emit, void *arg);
/*
 * Remove: a whole folder leaves the tree at once; its rows and references go
 * in the bounded steps of fss__entry_purge().  FSS_ENOTEMPTY unless
 * @recursive.
 */
int	fss__entry_remove(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_ref *m, bool recursive);
int	fss__entry_move(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_move *m);
/* The old version's content becomes the newest one. */
int	fss__entry_restore(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_restore *m, fss__emit_fn emit, void *arg);
int	fss__entry_set_access(struct fss__ctx *ctx,
	    const struct fss__actor *who, const struct fss__m_access *m);
int	fss__entry_set_grant(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_grant *m);
/*
 * Put the names that changed into the search index: once before each commit
 * of a transaction with such changes, outside savepoints.  What is left out
 * is found only once a later call, or the purge, gets to it.
 */
int	fss__entry_settle(struct fss__ctx *ctx);
/* One step of clearing removed trees and old op results: 1 more, 0 idle. */
int	fss__entry_purge(struct fss__ctx *ctx);

/* ---- idempotency ------------------------------------------------------ */

/* Read or write. 1 and a copy of the answer's fields, 0 if never seen. */
int	fss__op_lookup(struct fss__ctx *ctx, const struct fss__actor *who,
	    struct fss__slice op, struct fss__buf *ret_answer);
/* Write. @answer: encoded fields of the first answer. */
int	fss__op_store(struct fss__ctx *ctx, const struct fss__actor *who,
	    struct fss__slice op, const void *answer, size_t n);

#endif
