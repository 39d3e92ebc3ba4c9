/*
 * The pages of a transfer, and its end.
 *
 * The pages come level by level from the root down, each level from left to
 * right, so where the plan stands is where each level's last page ends.
 * Chunks are ordinary puts; what one of the sources has put is here.  When
 * nothing is missing the pages enter the store from the bottom up, and the
 * versions that somebody waits for get the content, in one transaction.
 */
#include <string.h>

#include "base/alloc.h"
#include "model/announce.h"
#include "model/audit.h"
#include "model/entry_path.h"
#include "model/entry_use.h"
#include "store/meta_request.h"

#define US		INT64_C(1000000)
#define PAGES_STEP	256	/* deleted in one step */

/* ---- the plan ---------------------------------------------------------- */

struct wanted {
	unsigned	level;	/* 0: the plan is whole */
	uint64_t	start, span;
	struct fss__id	id;
};

/* Where the pages of @level end, 0 where there are none. */
static int
level_end(struct fss__ctx *ctx, int64_t id, unsigned level, uint8_t *buf,
    uint64_t *ret_end)
{
	struct fss__page page;
	struct fss__id last;
	uint64_t start;
	size_t len;
	int r;

	*ret_end = 0;
	r = fss__meta_tpage_get(ctx->db, id, level, UINT64_MAX, &start, &last,
	    buf, &len);
	if (r <= 0)
		return r;
	if (fss__page_decode(buf, len, &page) != 0)
		return FSS_ECORRUPT;
	*ret_end = start + page.span;
	return 0;
}

static int
next_wanted(struct fss__ctx *ctx, const struct fss__meta_transfer *t,
    uint8_t *buf, struct wanted *w)
{
	struct fss__page page;
	struct fss__id parent;
	uint64_t start, at, end = 0;
	unsigned i;
	size_t len;
	int r;

	for (w->level = t->depth; w->level > 0; w->level--) {
		r = level_end(ctx, t->id, w->level, buf, &end);
		if (r != 0)
			return r;
		if (end < t->size)
			break;
	}
	w->start = end;
	w->span = t->size;
	w->id = t->root;
	if (w->level == 0 || w->level == t->depth)
		return 0;
	r = fss__meta_tpage_get(ctx->db, t->id, w->level + 1, end, &start,
	    &parent, buf, &len);
	if (r <= 0)
		return r < 0 ? r : FSS_ECORRUPT;
	if (fss__page_decode(buf, len, &page) != 0 ||
	    end - start >= page.span)
		return FSS_ECORRUPT;
	i = fss__page_seek(&page, end - start, &at);
	if (start + at != end)
		return FSS_ECORRUPT;
	fss__page_child(&page, i, &w->id, &w->span);
	return 0;
}

static int
take_page(struct fss__ctx *ctx, struct fss__meta_transfer *t,
    const struct fss__id *id, const void *data, size_t len, uint8_t *buf,
    bool *ret_new)
{
	struct fss__page page;
	struct wanted w;
	int r;

	r = next_wanted(ctx, t, buf, &w);
	if (r != 0)
		return r;
	if (w.level == 0 || !fss__id_eq(&w.id, id)) {
		r = fss__meta_tpage_has(ctx->db, t->id, id);
		if (r != 0)
			return r < 0 ? r : 0;
		return fss__err_set(&ctx->err, FSS_EINTEGRITY,
		    "not the page that comes next");
	}
	if (len == 0 || len > FSS__MAX_PAGE ||
	    fss__page_decode(data, len, &page) != 0 ||
	    page.level != w.level || page.span != w.span)
		return fss__err_set(&ctx->err, FSS_EINTEGRITY,
		    "the page is not what its parent says");
	r = fss__digest_verify(id, data, len);
	/* They count against no quota, and are not small beside content. */
	if (r == 0)
		r = fss__entry_floor(ctx);
	if (r == 0)
		r = fss__meta_tpage_insert(ctx->db, t->id, w.level, w.start,
		    id, data, len);
	*ret_new = true;
	t->touched = ctx->now_us;
	if (w.level == 1)
		t->planned = w.start + w.span;
	return r != 0 ? r : fss__meta_transfer_update(ctx->db, t);
}

int
fss__transfer_page(struct fss__ctx *ctx, int64_t id,
    const struct fss__id *page, const void *data, size_t len, bool *ret_new)
{
	struct fss__meta_transfer t;
	uint8_t *buf;
	int r;

	*ret_new = false;
	r = fss__meta_transfer_get(ctx->db, id, &t);
	if (r <= 0)
		return fss__ctx_end(ctx, r < 0 ? r : FSS_ENOENT);
	if (t.depth > FSS__MAX_LEVELS)
		return fss__ctx_end(ctx, FSS_ECORRUPT);
	buf = fss__alloc(FSS__MAX_PAGE);
	if (buf == NULL)
		return fss__ctx_end(ctx, FSS_ENOMEM);
	r = take_page(ctx, &t, page, data, len, buf, ret_new);
	fss__free(buf);
	return fss__ctx_end(ctx, r);
}

/* ---- the end ----------------------------------------------------------- */

/* Whether a source has sent @id: 0, FSS_EMISSING. */
static int
check_sent(struct fss__ctx *ctx, const int64_t *sources, int n,
    const struct fss__id *id)
{
	int i, r;

	for (i = 0; i < n; i++) {
		r = fss__store_held(ctx->store, sources[i], id);
		if (r != 0)
			return r < 0 ? r : 0;
	}
	return FSS_EMISSING;
}

static int
check_children(struct fss__ctx *ctx, const struct fss__page *page,
    const int64_t *sources, int n)
{
	struct fss__id id;
	uint64_t span;
	unsigned i;
	int r = 0;

	for (i = 0; i < page->count && r == 0; i++) {
		fss__page_child(page, i, &id, &span);
		r = check_sent(ctx, sources, n, &id);
	}
	return r;
}

/* All pages, from the lowest level up, into the store. */
static int
build(struct fss__ctx *ctx, const struct fss__meta_transfer *t,
    const int64_t *sources, int n, uint8_t *buf)
{
	struct fss__page page;
	struct fss__id id;
	uint64_t at, start;
	unsigned level;
	size_t len;
	int r = 0;

	if (t->depth == 0)
		return check_sent(ctx, sources, n, &t->root);
	for (level = 1; level <= t->depth && r == 0; level++) {
		for (at = 0; at < t->size && r == 0; at += page.span) {
			r = fss__meta_tpage_get(ctx->db, t->id, level, at,
			    &start, &id, buf, &len);
			if (r < 0)
				return r;
			if (r == 0 || start != at)
				return FSS_EMISSING;
			if (fss__page_decode(buf, len, &page) != 0)
				return FSS_ECORRUPT;
			r = level == 1 ? check_children(ctx, &page, sources,
			    n) : 0;
			if (r == 0)
				r = fss__store_put_page(ctx->store, &id, buf,
				    len);
		}
	}
	return r;
}

/* Whether @v is still what @t was fetched for. */
static bool
is_for(const struct fss__meta_transfer *t, const struct fss__meta_version *v)
{
	return v->state == FSS_STATE_ANNOUNCED && v->has_root &&
	    fss__id_eq(&v->root, &t->root) && v->depth == t->depth &&
	    (uint64_t)v->size == t->size;
}

/*
 * The versions that somebody waits for get the content; with @chunk 0 nobody
 * holds them, since there is no such content.
 */
static int
hand_out(struct fss__ctx *ctx, const struct fss__meta_transfer *t,
    int64_t chunk)
{
	struct fss__meta_version v;
	int64_t version = 0;
	int r;

	for (;;) {
		r = fss__meta_transfer_version(ctx->db, t, version, &version);
		if (r <= 0)
			return r;
		r = fss__meta_version_get(ctx->db, version, &v);
		if (r < 0)
			return r;
		if (r == 0 || !is_for(t, &v))
			continue;
		r = chunk != 0 ? fss__entry_store(ctx, &v, chunk,
		    ctx->now_us + FSS__KEEP_S * US) :
		    fss__announce_drop(ctx, version);
		/* Where there is no room, the requests fail by their marks. */
		if (r < 0 && r != FSS_EQUOTA)
			return r;
	}
}

/* Who sent it: told to them and to operators. */
static int
note_received(struct fss__ctx *ctx, const struct fss__meta_transfer *t,
    int64_t actor)
{
	int64_t account = actor - 1;
	struct fss__meta_audit a;
	struct fss__meta_held h;
	size_t n;
	int r;

	memset(&a, 0, sizeof(a));
	a.what = FSS_AUDIT_RECEIVED;
	a.actor = actor;
	a.owner = actor;
	a.size = (int64_t)t->size;
	a.has_root = true;
	a.root = t->root;
	r = fss__meta_held_after(ctx->db, &t->root, account, INT64_MAX, &h);
	if (r == 1 && h.account == actor) {
		a.entry = h.entry;
		r = fss__path_of(ctx, h.entry, a.path, &n);
		if (r == FSS_ENOENT || r == FSS_EPATH)
			r = 0;
	}
	return r < 0 ? r : fss__audit_add(ctx, &a);
}

static int
finish(struct fss__ctx *ctx, int64_t id, int64_t actor, uint8_t *buf)
{
	int64_t sources[FSS__SOURCES], chunk = 0;
	struct fss__meta_transfer t;
	uint64_t span = 0;
	unsigned depth = 0;
	bool is_true;
	int n, r;

	r = fss__meta_transfer_get(ctx->db, id, &t);
	if (r <= 0)
		return r < 0 ? r : FSS_ENOENT;
	n = fss__meta_source_list(ctx->db, id, sources, FSS__SOURCES);
	if (n < 0)
		return n;
	r = build(ctx, &t, sources, n, buf);
	if (r == 0)
		r = fss__store_root_trusted(ctx->store, &t.root, &depth,
		    &span, &chunk);
	is_true = depth == t.depth && span == t.size;
	if (r == 0)
		r = hand_out(ctx, &t, is_true ? chunk : 0);
	if (r == 0)
		r = fss__meta_request_mark_root(ctx->db, &t.root);
	if (r == 0 && actor != 0 && is_true)
		r = note_received(ctx, &t, actor);
	if (r != 0)
		return r;
	while ((r = fss__meta_transfer_delete(ctx->db, id, PAGES_STEP)) == 1)
		continue;
	return r;
}

int
fss__transfer_finish(struct fss__ctx *ctx, int64_t id, int64_t actor)
{
	uint8_t *buf = fss__alloc(FSS__MAX_PAGE);
	int r;

	r = buf == NULL ? FSS_ENOMEM : finish(ctx, id, actor, buf);
	fss__free(buf);
	return fss__ctx_end(ctx, r);
}
