/*
 * Folders of a search: what all that is in one has in common.
 *
 * It is remembered in a table of fixed size for the length of the call, so a
 * candidate mostly costs one look at its parent.
 */
#include "model/find_place.h"

#include <string.h>

#include "store/meta_account.h"

static struct fss__find_folder *
slot(struct fss__find_places *f, int64_t id)
{
	uint64_t x = (uint64_t)id * UINT64_C(0x9e3779b97f4a7c15);

	return &f->memo[(x >> 32) & (FSS__FIND_FOLDERS - 1)];
}

/* What the way down to one folder adds; kept until the top is known. */
struct step {
	struct fss__meta_link	link;
	unsigned		words, length;
};

static int
get(struct fss__find_places *f, int64_t id, struct fss__folder *ret_f)
{
	int r = fss__folder_get(f->ctx->db, id, ret_f);

	return r == 1 ? 0 : r < 0 ? r : FSS_ECORRUPT;
}

static int
look_up(struct fss__find_places *f, int64_t id, struct step *ret_s)
{
	struct fss__search_name name;
	struct fss__folder e;
	struct fss__slice s;
	int r;

	r = get(f, id, &e);
	if (r != 0)
		return r;
	ret_s->link = e.link;
	ret_s->words = 0;
	ret_s->length = (unsigned)e.name_len + 1;
	if (f->query->count == 0)
		return 0;
	s.p = e.name;
	s.n = e.name_len;
	r = fss__search_encode(s, &name);
	if (r == 0)
		ret_s->words = fss__search_match(f->query, &name);
	return r;
}

/*
 * Whether folder @at has entries with an access or grants of their own: 1, or
 * 0.  1 too where its space has many of them.
 */
static int
has_special(struct fss__find_places *f, const struct fss__find_folder *at)
{
	int i, n;

	if (f->space != at->owner) {
		n = fss__meta_entry_special(f->ctx->db, at->owner,
		    FSS__FIND_SPECIAL, f->special);
		f->space = n < 0 ? 0 : at->owner;
		if (n < 0)
			return n;
		f->specials = n;
	}
	for (i = 0; i < f->specials && f->special[i].parent != at->id; i++)
		;
	return i < f->specials || i == FSS__FIND_SPECIAL;
}

/*
 * What is in a hidden folder may be seen by an access or a grant of its own,
 * if at all.  Mostly there is none, and its row need not be read: 1.
 */
static int
is_closed(struct fss__find_places *f, const struct fss__find_folder *at)
{
	unsigned of;
	int i, r;

	if (at->view.gone || f->who->visit.link != 0 ||
	    (at->view.rights & FSS_RIGHT_SEE))
		return 0;
	r = has_special(f, at);
	/* Where a space has none, below its root, all is hidden as this is. */
	for (i = 0; i < f->specials && f->special[i].parent <= 0; i++)
		;
	if (r == 0 && i == f->specials) {
		of = (unsigned)((uint64_t)at->owner % FSS__FIND_SPACES);
		f->of[of].owner = at->owner;
		f->of[of].seen = FSS__SEEN_NONE;
	}
	return r < 0 ? r : !r;
}

int
fss__find_all_seen(struct fss__find_places *f,
    const struct fss__find_folder *at)
{
	struct fss__find_folder *hit = slot(f, at->id);
	int r;

	if (at->view.gone || !(at->view.rights & FSS_RIGHT_SEE))
		return 0;
	if (at->open >= 0)
		return at->open;
	r = at->owner == f->who->account && f->who->visit.link == 0 ? 0 :
	    has_special(f, at);
	if (r < 0)
		return r;
	if (hit->id == at->id)
		hit->open = !r;
	return !r;
}

/* From memory or from the way up to its root. */
int
fss__find_place(struct fss__find_places *f, int64_t id,
    struct fss__find_folder *ret_at)
{
	struct step way[FSS_LIMIT_DEPTH + 2];
	struct fss__find_folder *hit, at;
	int n = 0, r = 0;

	f->cheap = f->known = false;
	memset(&at, 0, sizeof(at));
	fss__view_top(&at.view);
	while (id > 0) {
		hit = slot(f, id);
		if (hit->id == id) {
			at = *hit;
			f->known = n == 0;
			break;
		}
		if (n == FSS_LIMIT_DEPTH + 2)
			return FSS_ECORRUPT;
		r = look_up(f, id, &way[n]);
		if (r != 0)
			return r;
		id = way[n++].link.parent;
	}
	while (n-- > 0) {
		r = fss__view_step(f->ctx, f->who, &way[n].link, &at.view);
		if (r != 0)
			return r;
		at.id = way[n].link.id;
		at.owner = way[n].link.owner;
		at.words |= way[n].words;
		at.length += way[n].length;
		at.under = at.under || at.id == f->under;
		at.closed = at.open = -1;
		*slot(f, at.id) = at;
	}
	if (at.closed >= 0) {
		f->cheap = at.closed == 1;
	} else if (at.id != 0) {
		r = is_closed(f, &at);
		if (r < 0)
			return r;
		at.closed = (signed char)r;
		*slot(f, at.id) = at;
	}
	*ret_at = at;
	if (at.closed == 1)
		ret_at->view.gone = true;
	return 0;
}

/* ---- whole spaces ------------------------------------------------------ */

int
fss__find_space_known(const struct fss__find_places *f, int64_t owner)
{
	unsigned at = (unsigned)((uint64_t)owner % FSS__FIND_SPACES);

	return f->of[at].owner == owner ? f->of[at].seen : FSS__SEEN_SOME;
}

int
fss__find_space_seen(struct fss__find_places *f, int64_t owner)
{
	unsigned at = (unsigned)((uint64_t)owner % FSS__FIND_SPACES);
	struct fss__meta_account a;
	struct fss__space space;
	int r;

	if (f->of[at].owner == owner)
		return f->of[at].seen;
	r = fss__meta_account_by_id(f->ctx->db, owner, &a);
	/* Of nobody, by a block that is damaged: the place itself will tell. */
	if (r != 1)
		return r < 0 ? r : FSS__SEEN_SOME;
	space.owner = owner;
	space.root = a.root;
	r = fss__find_seen(f->ctx, f->who, &space, &f->of[at].seen);
	f->of[at].owner = r == 0 ? owner : 0;
	return r < 0 ? r : (int)f->of[at].seen;
}

/* ---- paths ------------------------------------------------------------- */

int
fss__find_path(struct fss__find_places *f, const struct fss__meta_node *e,
    char *dst, size_t *ret_len)
{
	struct fss__path_end p;
	struct fss__folder up;
	int64_t parent = e->parent;
	int r;

	fss__path_end(&p, dst);
	r = parent <= 0 ? 0 : fss__path_before(&p, e->name, e->name_len);
	while (r == 0 && parent > 0) {
		r = get(f, parent, &up);
		if (r != 0)
			return r;
		parent = up.link.parent;
		if (parent > 0)
			r = fss__path_before(&p, up.name, up.name_len);
	}
	if (r == 0)
		*ret_len = fss__path_all(&p);
	return r;
}
