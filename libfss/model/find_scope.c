/*
 * The scope of a search; see find_scope.h.
 */
#include "model/find_scope.h"

#include <string.h>

#include "base/num.h"
#include "model/entry_path.h"
#include "model/seal.h"

#define NOWHERE		(-1)	/* nothing is below it */

void
fss__find_scope_init(struct fss__find_scope *s, struct fss__ctx *ctx,
    const struct fss__actor *who)
{
	s->ctx = ctx;
	s->who = who;
	s->access = s->state = -1;
	s->filter.size_max = UINT64_MAX;
	s->filter.newer_us = INT64_MIN;
	s->filter.older_us = INT64_MAX;
	s->places.ctx = ctx;
	s->places.who = who;
	s->places.query = &s->query;
}

static void
set_filter(const struct fss__m_find *m, struct fss__search_filter *f)
{
	if (m->has & FSS__K_find_type)
		f->type = m->type;
	if (m->has & FSS__K_find_kind)
		f->kind = (int)m->kind;
	if (m->has & FSS__K_find_size_min)
		f->size_min = m->size_min;
	if (m->has & FSS__K_find_size_max)
		f->size_max = m->size_max;
	f->sized = (m->has &
	    (FSS__K_find_size_min | FSS__K_find_size_max)) != 0;
	if (m->has & FSS__K_find_newer_us)
		f->newer_us = m->newer_us;
	if (m->has & FSS__K_find_older_us)
		f->older_us = m->older_us;
}

/*
 * Owner and folder: 0 or an error.  Of somebody else's folder, missing and
 * hidden give the same answer: no rows, and after the same looks, or where a
 * page ends would tell them apart.
 */
static int
set_place(struct fss__find_scope *s, const struct fss__m_find *m)
{
	struct fss__slice owner = { NULL, 0 };
	struct fss__space space;
	struct fss__walk w;
	int r;

	if (!(m->has & (FSS__K_find_owner | FSS__K_find_under)))
		return 0;
	if (m->has & FSS__K_find_owner)
		owner = m->owner;
	r = fss__space_find(s->ctx, s->who, owner, &space);
	if (r != 0)
		return r;
	s->filter.owner = s->space = space.owner;
	r = fss__find_seen(s->ctx, s->who, &space, &s->seen);
	if (r != 0)
		return r;
	if (s->seen == FSS__SEEN_ALL)
		s->filter.space = space.owner;
	s->nothing = s->seen == FSS__SEEN_NONE;
	if (!(m->has & FSS__K_find_under) || m->under.n <= 1)
		return 0;
	r = fss__walk(s->ctx, s->who, &space, m->under, &w);
	if (r != 0)
		return r;
	if (w.left > 0 && space.owner == s->who->account)
		return FSS_ENOENT;
	s->places.under = w.left > 0 ? NOWHERE : w.node.id;
	if (s->seen == FSS__SEEN_ALL) {
		s->nothing = w.left > 0;
		s->filter.within = m->under;
	}
	return 0;
}

int
fss__find_scope_set(struct fss__find_scope *s, const struct fss__m_find *m)
{
	set_filter(m, &s->filter);
	if (m->has & FSS__K_find_access)
		s->access = (int)m->access;
	if (m->has & FSS__K_find_state)
		s->state = (int)m->state;
	s->tagged = s->state >= 0 || s->filter.sized ||
	    (m->has & (FSS__K_find_newer_us | FSS__K_find_older_us)) != 0;
	s->narrow = s->tagged || s->filter.kind != 0 || s->filter.type.n > 0;
	return set_place(s, m);
}

int
fss__find_words(struct fss__find_scope *s, struct fss__slice text,
    const char **ret_why)
{
	int r = fss__search_parse(text, ret_why, &s->query);

	if (r == 0)
		s->all = (1u << s->query.count) - 1;
	return r;
}

int
fss__find_consider(struct fss__find_scope *s,
    const struct fss__search_hit *hit, struct fss__find_hit *ret_h)
{
	unsigned here = 0, words;
	struct fss__find_folder at;
	bool out;
	int r;

	/*
	 * Of hidden names nobody is to tell size, time or state, so what is
	 * looked at of them does not depend on these.
	 */
	out = s->tagged && !fss__search_may(&s->filter, s->state, hit);
	if (hit->owner != 0 && fss__find_space_known(&s->places,
	    hit->owner) == FSS__SEEN_NONE) {
		s->places.cheap = true;
		return 0;
	}
	r = fss__find_place(&s->places, hit->parent, &at);
	if (r != 0 || at.view.gone)
		return r;
	if (s->space != 0 && s->space != at.owner) {
		s->places.cheap = s->places.known;
		return 0;
	}
	/*
	 * At its full price: what is below a folder that is hidden is, too,
	 * and nobody is to tell it from one there is not.
	 */
	if (s->places.under != 0 && !at.under) {
		s->places.cheap = s->seen == FSS__SEEN_ALL && s->places.known;
		return 0;
	}
	if (out) {
		r = fss__find_all_seen(&s->places, &at);
		if (r < 0)
			return r;
		if (r == 1) {
			s->places.cheap = s->places.known;
			return 0;
		}
	}
	if (hit->name != NULL)
		here = fss__search_match(&s->query, hit->name);
	words = at.words | here;
	if ((words & s->all) != s->all)
		return 0;
	ret_h->entry = hit->entry;
	ret_h->parent = hit->parent;
	ret_h->key = hit->name == NULL ? 0 : fss__find_key(
	    s->query.count - (unsigned)__builtin_popcount(here),
	    (unsigned)__builtin_popcount(at.words), hit->name->len,
	    at.length);
	return 1;
}

static int
space_seen(void *arg, int64_t owner)
{
	struct fss__find_scope *s = arg;

	/* Where nothing but that is ruled out what is known will do. */
	return s->tagged ? fss__find_space_seen(&s->places, owner) :
	    fss__find_space_known(&s->places, owner);
}

void
fss__find_spaces(struct fss__find_scope *s, struct fss__search *search)
{
	fss__search_spaces(search, s->state, space_seen, s);
}

int
fss__find_sees(struct fss__find_scope *s, const struct fss__meta_row *row,
    int64_t parent, struct fss__view *ret_v)
{
	struct fss__find_folder at;
	struct fss__meta_link link;
	int r;

	/* Folders are nobody's announcement. */
	if (s->state >= 0 && s->state != (row->e.kind == FSS_KIND_DIR ?
	    FSS_STATE_STORED : row->v.state))
		return 0;
	r = fss__find_place(&s->places, parent, &at);
	if (r != 0)
		return r;
	link = fss__link_of(&row->e);
	r = fss__view_step(s->ctx, s->who, &link, &at.view);
	if (r != 0 || !(at.view.rights & FSS_RIGHT_SEE))
		return r;
	if (s->access >= 0 && at.view.access != s->access)
		return 0;
	*ret_v = at.view;
	return 1;
}

uint64_t
fss__find_number(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__search_filter *f, const struct fss__search_query *q)
{
	const struct fss__search_word *last;
	uint8_t b[16 + FSS__SEARCH_TEXT + 1 + FSS__MAX_MEDIA];
	size_t n = 0, more;

	if (q->count > 0) {
		last = &q->word[q->count - 1];
		n = (size_t)last->off + last->len;
	}
	if (n > FSS__SEARCH_TEXT)
		n = FSS__SEARCH_TEXT;
	fss__put_le64(b, (uint64_t)who->account);
	fss__put_le64(b + 8, (uint64_t)f->owner);
	memcpy(b + 16, q->text, n);
	more = fss__search_kinds(f, b + 16 + n, 1 + FSS__MAX_MEDIA);
	return fss__seal_number(ctx, b, 16 + n + more);
}
