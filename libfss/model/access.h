/*
 * The rights in force: what somebody may do with an entry.
 *
 * They follow from those on the folder above by one step, fss__view_step(),
 * and from nothing else; whoever walks down a path takes it once per
 * component, whoever starts at an entry collects the way up first
 * (fss__view_of).  docs/access.md has the rules in words.
 */
#ifndef FSS__MODEL_ACCESS_H
#define FSS__MODEL_ACCESS_H

#include "model/model.h"
#include "store/meta_entry.h"

#define FSS__RIGHTS_ALL	(FSS_RIGHT_SEE | FSS_RIGHT_READ | FSS_RIGHT_CREATE | \
	FSS_RIGHT_WRITE | FSS_RIGHT_OWN)
/* What a grant may give. */
#define FSS__RIGHTS_GRANT (FSS__RIGHTS_ALL & ~FSS_RIGHT_OWN)

struct fss__view {
	unsigned	rights;		/* FSS_RIGHT_... */
	int		access;		/* enum fss_access in force */
	bool		gone;		/* below something removed */
	bool		inside;		/* what a visitor's link leads to */
};

/* READ, CREATE and WRITE bring SEE, WRITE brings them all. */
unsigned fss__rights_expand(unsigned rights);

/* Above the root of any space. */
void	fss__view_top(struct fss__view *v);
/* From the view of what is above @e to that of @e itself: 0 or FSS_E... . */
int	fss__view_step(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__meta_link *e, struct fss__view *v);
/*
 * The view of entry @id; FSS_ENOENT if there is none or it was removed.
 * *ret_under (may be NULL): whether it is @folder or below it.
 */
int	fss__view_of(struct fss__ctx *ctx, const struct fss__actor *who,
	    int64_t id, int64_t folder, struct fss__view *ret_v,
	    bool *ret_under);
struct fss__meta_link fss__link_of(const struct fss__meta_node *e);

/*
 * How every function of the model ends: gives a failure that has no detail
 * yet the database's, and returns @r.
 */
int	fss__ctx_end(struct fss__ctx *ctx, int r);

#endif
