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

int
fss__find_seen(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__space *space, enum fss__find_seen *ret_seen)
{
	struct fss__meta_special special[FSS__FIND_SPECIAL];
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
	r = fss__view_of(ctx, who, space->root, 0, &view, NULL);
	if (r != 0)
		return r == FSS_ENOENT ? 0 : r;
	first = (view.rights & FSS_RIGHT_SEE) != 0;
	n = fss__meta_entry_special(ctx->db, space->owner, FSS__FIND_SPECIAL,
	    special);
	if (n < 0 || n == FSS__FIND_SPECIAL)
		return n < 0 ? n : 0;
	for (i = 0; i < n; i++) {
		r = fss__view_of(ctx, who, special[i].entry, 0, &view, NULL);
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
