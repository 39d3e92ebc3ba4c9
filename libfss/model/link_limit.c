/*
 * How many downloads a link is good for.
 *
 * One that is begun has a ticket, and with it a place in the limit: so many
 * as are left may be under way at once, and no more.  One that ends well
 * counts for good.  One that breaks leaves its place to others, for it is not
 * the visitor's fault; but one of which all bytes were given out counts, and
 * so do broken ones past a number, or somebody could break off each time
 * before the end.  A ticket that nobody uses or ends lapses as a broken one.
 *
 * A visitor who fetches a file in parts, one after the other or several at a
 * time, takes the same ticket each time: it is one download.  The first part
 * that ends well counts; then the rest of the file's bytes may still be
 * fetched, also where that used the link up.
 *
 * A front end of the hub's sees what the hub does not: how much of what was
 * given out went on to the visitor.  Where it says that a download broke, that
 * is believed, and none that broke before its first byte is one.
 */
#include <string.h>

#include <fss/link.h>

#include "model/entry_path.h"
#include "model/link_internal.h"

#define US		INT64_C(1000000)
#define TICKET_US	(3600 * US)	/* without a byte */
#define TICKETS_MAX	64		/* of one visit */
#define TOLD_US		(7 * 86400 * US)	/* ended links in the list */

static int64_t
broken_max(const struct fss__meta_share *l)
{
	return l->most > INT64_MAX / 4 ? INT64_MAX : 2 * l->most + 8;
}

/* Its link has one download more, complete or broken. */
static int
count(struct fss__ctx *ctx, struct fss__meta_share *l,
    struct fss__meta_ticket *t, bool complete)
{
	struct fss__slice none = { NULL, 0 };
	int r;

	if (complete)
		l->used++;
	else
		l->broken++;
	if (l->most > 0 && l->used >= l->most &&
	    (l->ends == 0 || l->ends > ctx->now_us))
		l->ends = ctx->now_us;
	t->counted = complete;
	r = fss__meta_link_update(ctx->db, l);
	if (r == 0 && complete)
		r = fss__link_note(ctx, l, FSS_AUDIT_LINK_FETCHED, 0, none,
		    t->served, "");
	return r;
}

/* Nobody is at it any more: the ticket goes, unless the rest may follow. */
static int
close_ticket(struct fss__ctx *ctx, struct fss__meta_share *l,
    struct fss__meta_ticket *t, bool front)
{
	bool all = t->size > 0 && t->served >= t->size && !front;
	int r = 0;

	if (!t->counted && (t->served > 0 || !front))
		r = count(ctx, l, t, all || (l->most > 0 &&
		    l->broken >= broken_max(l)));
	/* Without a limit it is not told what was given out. */
	if (r == 0 && t->counted && l->most > 0 && t->served < t->size &&
	    t->expires > ctx->now_us)
		return fss__meta_ticket_update(ctx->db, t);
	return r != 0 ? r : fss__meta_ticket_delete(ctx->db, t->id);
}

/* One take of it ends; @front: a front end says how. */
static int
end(struct fss__ctx *ctx, struct fss__meta_ticket *t, bool complete,
    bool front)
{
	struct fss__meta_share l;
	int r;

	r = fss__meta_share_get(ctx->db, t->link, &l);
	if (r <= 0)
		return r < 0 ? r : fss__meta_ticket_delete(ctx->db, t->id);
	t->open--;
	r = complete && !t->counted ? count(ctx, &l, t, true) : 0;
	if (r != 0)
		return r;
	return t->open > 0 ? fss__meta_ticket_update(ctx->db, t) :
	    close_ticket(ctx, &l, t, front);
}

/* Those of @link (0: of any) that lapsed: 1 more than @limit, 0. */
static int
lapse(struct fss__ctx *ctx, int64_t link, unsigned limit)
{
	struct fss__meta_ticket t;
	int r;

	for (;;) {
		r = fss__meta_ticket_lapsed(ctx->db, link, ctx->now_us, &t);
		if (r <= 0)
			return r;
		if (limit-- == 0)
			return 1;
		t.open = 1;	/* whoever was at it */
		r = end(ctx, &t, false, false);
		if (r != 0)
			return r;
	}
}

static int
has_place(struct fss__ctx *ctx, const struct fss__actor *who,
    struct fss__meta_share *l)
{
	int64_t n = 0;
	int r;

	r = lapse(ctx, who->visit.link, TICKETS_MAX);
	if (r >= 0)
		r = fss__meta_share_get(ctx->db, who->visit.link, l);
	if (r == 1 && !fss__link_good(ctx, l))
		r = 0;
	if (r <= 0)
		return r < 0 ? r : fss__err_set(&ctx->err, FSS_ENOENT,
		    "there is no such link, or not any more");
	r = fss__meta_ticket_places(ctx->db, l->id, &n);
	if (r == 0 && l->most > 0 && n >= l->most - l->used)
		return fss__err_set(&ctx->err, FSS_EBUSY,
		    "others are downloading the last there are");
	return r;
}

/* The visitor's own for @entry, once more; 1, 0 there is none. */
static int
take_again(struct fss__ctx *ctx, const struct fss__actor *who, int64_t entry,
    struct fss__meta_share *l, struct fss__meta_ticket *t)
{
	int r;

	r = fss__meta_ticket_of(ctx->db, who->device, entry, ctx->now_us, t);
	if (r == 1)
		r = fss__meta_share_get(ctx->db, who->visit.link, l);
	if (r != 1)
		return r;
	t->open++;
	t->expires = ctx->now_us + TICKET_US;
	r = fss__meta_ticket_update(ctx->db, t);
	return r != 0 ? r : 1;
}

static int
take_new(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__meta_node *e, struct fss__meta_share *l,
    struct fss__meta_ticket *t)
{
	struct fss__meta_version v;
	int r;

	r = has_place(ctx, who, l);
	if (r != 0)
		return r;
	memset(t, 0, sizeof(*t));
	t->link = l->id;
	t->device = who->device;
	t->entry = e->id;
	t->expires = ctx->now_us + TICKET_US;
	t->open = 1;
	if (e->kind != FSS_KIND_DIR) {
		r = fss__meta_version_get(ctx->db, l->version != 0 &&
		    e->id == l->entry ? l->version : e->cur, &v);
		if (r <= 0)
			return r < 0 ? r : FSS_ENOENT;
		t->size = v.size;
	}
	return fss__meta_ticket_insert(ctx->db, t, &t->id);
}

/* A ticket for @e, that of a download under way or a new one. */
static int
take(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__meta_node *e, struct fss__meta_share *l,
    struct fss__meta_ticket *t)
{
	int64_t n = 0;
	int r;

	r = fss__meta_ticket_open(ctx->db, who->device, &n);
	if (r == 0 && n >= TICKETS_MAX)
		return fss__err_set(&ctx->err, FSS_EBUSY,
		    "%d downloads are under way", TICKETS_MAX);
	if (r == 0)
		r = take_again(ctx, who, e->id, l, t);
	if (r == 0)
		return take_new(ctx, who, e, l, t);
	return r < 0 ? r : 0;
}

int
fss__link_take(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_link_take *m, fss__emit_fn emit, void *arg)
{
	struct fss__slice mine = { NULL, 0 };
	struct fss__meta_ticket t;
	struct fss__meta_share l;
	struct fss__m_link row;
	struct fss__walk w;
	int r;

	if (who->visit.link == 0)
		return fss__ctx_end(ctx, FSS_EDENIED);
	r = fss__walk_to(ctx, who, mine, m->path, FSS_RIGHT_READ, &w);
	if (r == 0)
		r = take(ctx, who, &w.node, &l, &t);
	if (r != 0)
		return fss__ctx_end(ctx, r);
	memset(&row, 0, sizeof(row));
	row.has = FSS__K_link_id | FSS__K_link_kind | FSS__K_link_ticket |
	    FSS__K_link_entry_kind | FSS__K_link_limit | FSS__K_link_used;
	row.id = (uint64_t)l.id;
	row.kind = (uint64_t)l.kind;
	row.ticket = (uint64_t)t.id;
	row.entry_kind = (uint64_t)w.node.kind;
	row.limit = (uint64_t)l.most;
	row.used = (uint64_t)l.used;
	if (w.node.kind != FSS_KIND_DIR) {
		row.has |= FSS__K_link_size;
		row.size = (uint64_t)t.size;
	}
	if (w.depth > 0 || w.node.parent != FSS__PARENT_ROOT) {
		row.has |= FSS__K_link_name;
		row.name.p = w.node.name;
		row.name.n = w.node.name_len;
	}
	return fss__ctx_end(ctx, emit(arg, &row));
}

int
fss__link_done(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_link_done *m, bool front)
{
	struct fss__meta_ticket t;
	int r;

	r = m->ticket > INT64_MAX ? 0 :
	    fss__meta_ticket_get(ctx->db, (int64_t)m->ticket, &t);
	if (r == 1 && (who->visit.link == 0 || t.device != who->device ||
	    t.open == 0))
		r = 0;
	if (r == 1)
		r = end(ctx, &t, (m->has & FSS__K_link_done_complete) &&
		    m->complete, front);
	else if (r == 0)
		r = fss__err_set(&ctx->err, FSS_ENOENT,
		    "no such download is under way");
	return fss__ctx_end(ctx, r);
}

int
fss__link_ticket(struct fss__ctx *ctx, const struct fss__actor *who,
    int64_t entry, int64_t *ret_ticket)
{
	struct fss__meta_ticket t;
	struct fss__view view;
	int64_t after = 0;
	bool under;
	int r;

	*ret_ticket = 0;
	if (!who->visit.limited)
		return 0;
	for (;;) {
		r = fss__meta_ticket_after(ctx->db, who->device, after, &t);
		if (r <= 0)
			return r < 0 ? r : fss__err_set(&ctx->err,
			    FSS_EDENIED, "a download is begun first");
		after = t.id;
		if (t.expires <= ctx->now_us || t.open == 0)
			continue;
		r = fss__view_of(ctx, who, entry, t.entry, &view, &under);
		if (r != 0)
			return r;
		if (under) {
			*ret_ticket = t.id;
			return 0;
		}
	}
}

int
fss__link_served(struct fss__ctx *ctx, int64_t ticket, uint64_t bytes)
{
	struct fss__meta_ticket t;
	int r;

	r = fss__meta_ticket_get(ctx->db, ticket, &t);
	if (r == 1) {
		t.served = bytes > (uint64_t)(INT64_MAX - t.served) ?
		    INT64_MAX : t.served + (int64_t)bytes;
		t.expires = ctx->now_us + TICKET_US;
		r = fss__meta_ticket_update(ctx->db, &t);
	}
	return fss__ctx_end(ctx, r < 0 ? r : 0);
}

int
fss__link_settle(struct fss__ctx *ctx, unsigned limit)
{
	struct fss__slice none = { NULL, 0 };
	struct fss__meta_share l;
	int r, more;

	more = lapse(ctx, 0, limit);
	if (more < 0)
		return fss__ctx_end(ctx, more);
	while (limit-- > 0) {
		r = fss__meta_link_ended(ctx->db, ctx->now_us - TOLD_US, &l);
		if (r <= 0)
			return fss__ctx_end(ctx, r < 0 ? r : more);
		r = fss__link_note(ctx, &l, FSS_AUDIT_LINK_ENDED, 0, none, 0,
		    l.label);
		if (r == 0)
			r = fss__meta_link_delete(ctx->db, l.id);
		if (r != 0)
			return fss__ctx_end(ctx, r);
	}
	return 1;
}
