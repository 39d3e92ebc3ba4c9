/*
 * Making one entry visible, with or without its content.
 */
#ifndef FSS__MODEL_ENTRY_COMMIT_H
#define FSS__MODEL_ENTRY_COMMIT_H

#include "model/entry.h"
#include "model/entry_path.h"

struct fss__commit_as {
	bool	announce;	/* no content: a device of the actor has it */
	int64_t	request;	/* an approved upload request, 0 none */
};

/* As fss__entry_commit(), which is this with nothing of the above. */
int	fss__entry_commit_as(struct fss__ctx *ctx,
	    const struct fss__actor *who, struct fss__slice owner,
	    const struct fss__m_commit_item *m,
	    const struct fss__commit_as *as, fss__emit_fn emit, void *arg);

/*
 * Whether a file of @size bytes could be committed now, as far as rights, kind
 * and name go; *@ret_owner is whose space it goes to.  Changes nothing.
 */
int	fss__entry_may_commit(struct fss__ctx *ctx,
	    const struct fss__actor *who, struct fss__slice owner,
	    struct fss__slice path, uint64_t size,
	    const struct fss__commit_as *as, int64_t *ret_owner);

/* ---- between entry_commit.c and commit_item.c ------------------------- */

struct fss__commit {
	struct fss__ctx			*ctx;
	const struct fss__actor		*who;
	const struct fss__m_commit_item	*m;
	const struct fss__commit_as	*as;
	struct fss__walk		 w;
	struct fss__meta_version	 v;	/* as it becomes, or was */
	int				 what;	/* enum fss_change, 0 nothing */
	struct fss__m_commit_item	 item;	/* of a visitor: where it goes */
	char				 path[FSS_LIMIT_PATH + 1];
};

/*
 * What is to become the version of an entry called @name into c->v, apart from
 * what an older version lends: content checked, media type and target taken.
 */
int	fss__commit_item(struct fss__commit *c, struct fss__slice name);

#endif
