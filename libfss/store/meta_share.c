/*
 * Walking over the entries at which sharing begins.
 *
 * They come from indexes that hold nothing but such entries: those with an
 * access of their own, and the grants by grantee.  The sorted sources are
 * merged here, duplicates fall out; SQL would sort them anew for every page.
 */
#include <string.h>

#include <fss/error.h>

#include "store/meta_grant.h"

/* Takes the next row of source @i; an ended source has st NULL. */
static int
advance(struct fss__meta_shares *w, int i)
{
	int r;

	r = fss__step(w->st[i]);
	if (r == 1) {
		w->head[i].owner = fss__col_i64(w->st[i], 0);
		w->head[i].entry = fss__col_i64(w->st[i], 1);
		return 0;
	}
	w->st[i] = NULL;
	return r;
}

static int
begin(struct fss__meta_shares *w)
{
	int i, r = 0;

	for (i = 0; i < FSS__SHARE_SOURCES && r == 0; i++) {
		if (w->st[i] != NULL)
			r = advance(w, i);
	}
	if (r != 0)
		fss__meta_shares_close(w);
	return r;
}

int
fss__meta_shares_others(struct fss__db *db, int64_t account, int64_t only,
    const struct fss__meta_share *after, struct fss__meta_shares *ret_w)
{
	struct fss__meta_share from = *after;
	int i;

	memset(ret_w, 0, sizeof(*ret_w));
	/* Rows of other owners need not even be passed over. */
	if (only != 0 && from.owner < only) {
		from.owner = only;
		from.entry = 0;
	}
	ret_w->st[0] = fss__db_query(db,
	    "SELECT owner, id FROM entry INDEXED BY entry_access"
	    " WHERE owner = ?1 AND id > ?2 AND access > 0 AND access >= 2"
	    " AND owner <> ?3 AND (?4 = 0 OR owner = ?4) ORDER BY id");
	if (only == 0)
		ret_w->st[1] = fss__db_query(db,
		    "SELECT owner, id FROM entry INDEXED BY entry_access"
		    " WHERE owner > ?1 AND access > 0 AND access >= 2"
		    " AND owner <> ?3 ORDER BY owner, id");
	ret_w->st[2] = fss__db_query(db,
	    "SELECT owner, entry FROM acl"
	    " WHERE kind = 0 AND who = ?3 AND (owner, entry) > (?1, ?2)"
	    " AND (?4 = 0 OR owner = ?4) ORDER BY owner, entry");
	/* CROSS: from the person's groups to what those were given. */
	ret_w->st[3] = fss__db_query(db,
	    "SELECT a.owner, a.entry FROM member m CROSS JOIN acl a"
	    " WHERE m.account = ?3 AND a.kind = 1 AND a.who = m.circle"
	    " AND (a.owner, a.entry) > (?1, ?2)"
	    " AND a.owner <> ?3 AND (?4 = 0 OR a.owner = ?4)"
	    " ORDER BY a.owner, a.entry");
	for (i = 0; i < FSS__SHARE_SOURCES; i++) {
		if (ret_w->st[i] == NULL)
			continue;
		fss__bind_i64(ret_w->st[i], 1, from.owner);
		if (i != 1)
			fss__bind_i64(ret_w->st[i], 2, from.entry);
		fss__bind_i64(ret_w->st[i], 3, account);
		if (i != 1)
			fss__bind_i64(ret_w->st[i], 4, only);
	}
	return begin(ret_w);
}

int
fss__meta_shares_own(struct fss__db *db, int64_t owner,
    const struct fss__meta_share *after, struct fss__meta_shares *ret_w)
{
	int64_t from = after->owner < owner ? 0 :
	    after->owner > owner ? INT64_MAX : after->entry;
	int i;

	memset(ret_w, 0, sizeof(*ret_w));
	ret_w->st[0] = fss__db_query(db,
	    "SELECT owner, id FROM entry INDEXED BY entry_access"
	    " WHERE owner = ?1 AND id > ?2 AND access > 0 AND access >= 2"
	    " ORDER BY id");
	ret_w->st[1] = fss__db_query(db,
	    "SELECT owner, id FROM entry INDEXED BY entry_granted"
	    " WHERE owner = ?1 AND id > ?2 AND granted > 0 ORDER BY id");
	for (i = 0; i < 2; i++) {
		fss__bind_i64(ret_w->st[i], 1, owner);
		fss__bind_i64(ret_w->st[i], 2, from);
	}
	return begin(ret_w);
}

static bool
same(const struct fss__meta_share *a, const struct fss__meta_share *b)
{
	return a->owner == b->owner && a->entry == b->entry;
}

static bool
before(const struct fss__meta_share *a, const struct fss__meta_share *b)
{
	return a->owner < b->owner ||
	    (a->owner == b->owner && a->entry < b->entry);
}

int
fss__meta_shares_next(struct fss__meta_shares *w, struct fss__meta_share *ret_s)
{
	int i, best = -1, r;

	for (i = 0; i < FSS__SHARE_SOURCES; i++) {
		if (w->st[i] != NULL &&
		    (best < 0 || before(&w->head[i], &w->head[best])))
			best = i;
	}
	if (best < 0)
		return 0;
	w->last = w->head[best];
	for (i = 0; i < FSS__SHARE_SOURCES; i++) {
		while (w->st[i] != NULL && same(&w->head[i], &w->last)) {
			r = advance(w, i);
			if (r != 0) {
				fss__meta_shares_close(w);
				return r;
			}
		}
	}
	*ret_s = w->last;
	return 1;
}

void
fss__meta_shares_close(struct fss__meta_shares *w)
{
	int i;

	for (i = 0; i < FSS__SHARE_SOURCES; i++) {
		if (w->st[i] != NULL)
			fss__stmt_reset(w->st[i]);
		w->st[i] = NULL;
	}
}
