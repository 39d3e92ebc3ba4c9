/*
 * How much of a space somebody sees.
 *
 * Entries without an access or a grant of their own are seen by whoever sees
 * the folder they are in (access.c).  So where the root is seen, and each of
 * the few entries that have one, all is; where none of them is, nothing is.
 * Only then may a search leave out the names of other spaces by the index:
 * else what it costs would tell of hidden names whose they are.
 */
#include "model/find_space.h"

#include "store/folders.h"

int
fss__find_seen(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__space *space, enum fss__seen *ret_seen)
{
	int64_t special[FSS__FIND_SPECIAL];
	struct fss__folder root;
	struct fss__view view;
	bool first, sees;
	int i, n, r;

	*ret_seen = FSS__SEEN_SOME;
	if (who->visit.link != 0)
		return 0;
	if (space->owner == who->account) {
		*ret_seen = FSS__SEEN_ALL;
		return 0;
	}
	r = fss__folder_get(ctx->db, space->root, &root);
	if (r != 1)
		return r;
	fss__view_top(&view);
	r = fss__view_step(ctx, who, &root.link, &view);
	if (r != 0 || view.gone)
		return r;
	first = (view.rights & FSS_RIGHT_SEE) != 0;
	n = fss__meta_entry_special_ids(ctx->db, space->owner, FSS__FIND_SPECIAL,
	    special);
	if (n < 0 || n == FSS__FIND_SPECIAL)
		return n < 0 ? n : 0;
	for (i = 0; i < n; i++) {
		if (special[i] == space->root)
			continue;	/* mostly it alone is one */
		r = fss__view_of(ctx, who, special[i], 0, &view, NULL);
		if (r != 0 && r != FSS_ENOENT)
			return r;
		sees = r == 0 && (view.rights & FSS_RIGHT_SEE);
		/* What was removed is seen by nobody, and in no result. */
		if (r == 0 && sees != first)
			return 0;
	}
	*ret_seen = first ? FSS__SEEN_ALL : FSS__SEEN_NONE;
	return 0;
}
