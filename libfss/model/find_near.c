/*
 * "Did you mean": texts near one that finds nothing, and that find something.
 *
 * The text is taken apart into words as names are.  Which of them are wrong:
 * the only one, or those that no word of a name one may see begins with (parts
 * of words are found of many a mistake).  Each wrong one is replaced
 * by words that are near it in names the asker may see (find_offer.c), or left
 * as it is, since it may be the name of an account; the whole text is offered
 * if an ordinary search for it finds something.  Where the words are right,
 * but not together, nothing is offered.
 *
 * All of it is bounded: by the number of words, of the texts tried, and by
 * what a search looks at, which is less here than for a page.
 */
#include <string.h>

#include "base/alloc.h"
#include "model/entry.h"
#include "model/find_offer.h"

#define PIECES		8	/* words of a text, at most */
#define WRONG		2	/* of them at most */
#define TOP		4	/* words tried for a wrong one */
#define TRIES		6	/* texts that are searched for */
#define LOOK		512	/* what such a search looks at, at least, */
#define LOOK_MORE	512	/* and so much more at most, besides the newest */

struct piece {
	struct fss__slice	text;	/* in the question's */
	struct fss__near_word	near;
};

struct near {
	struct fss__ctx		*ctx;
	const struct fss__actor	*who;
	const struct fss__m_find *m;
	uint64_t		 number;
	unsigned		 newest;	/* what it takes to see those */
	struct fss__search_query query;
	unsigned		 count;		/* of words */
	unsigned		 wrong;		/* of them, and */
	struct piece		 piece[WRONG];	/* those */
	struct fss__offers	 offers[WRONG];
	fss__emit_fn		 emit;
	void			*arg;
	unsigned		 given, tries;
};

/* What is asked for: all of it, or in which space alone. */
static int
scope_new(struct near *n, bool whole, struct fss__find_scope **ret_s)
{
	struct fss__find_scope *s = fss__zalloc(sizeof(*s));
	struct fss__m_find m = *n->m;
	int r;

	*ret_s = s;
	if (s == NULL)
		return FSS_ENOMEM;
	if (!whole)
		m.has &= FSS__K_find_owner;
	fss__find_scope_init(s, n->ctx, n->who);
	r = fss__find_scope_set(s, &m);
	if (r == 0)
		return 0;
	fss__free(s);
	*ret_s = NULL;
	return r;
}

/* The first hit of rank @worst or better: 1, 0 there is none. */
static int
first_hit(struct fss__find_scope *s, struct fss__search *search,
    unsigned worst)
{
	struct fss__search_hit hit;
	struct fss__find_hit at;
	struct fss__meta_row row;
	struct fss__view view;
	int r;

	while ((r = fss__search_next(search, &hit)) == 1) {
		if (hit.rank > worst)
			return 0;
		r = fss__find_consider(s, &hit, &at);
		if (s->places.cheap)
			fss__search_cheap(search);
		if (r == 1)
			r = fss__search_row(search, hit.entry, &row);
		if (r == 1)
			r = fss__find_sees(s, &row, hit.parent, &view);
		if (r != 0)
			return r;
	}
	return r == FSS_EAGAIN ? 0 : r;
}

/* Whether a search finds something of such a rank: 1, 0, or FSS_E... . */
static int
finds(struct near *n, struct fss__slice text, bool whole, unsigned worst)
{
	struct fss__search *search = NULL;
	struct fss__find_scope *s;
	const char *why;
	unsigned look;
	int r;

	r = scope_new(n, whole, &s);
	if (r != 0)
		return r;
	look = n->newest + LOOK + (unsigned)(fss__find_number(n->ctx, n->who,
	    &s->filter, &n->query) % LOOK_MORE);
	r = fss__find_words(s, text, &why);
	if (r == 0)
		r = fss__search_open(n->ctx->db, &s->query, &s->filter, NULL,
		    look, &search);
	if (r == 0)
		fss__find_spaces(s, search);
	if (r == 0)
		r = first_hit(s, search, worst);
	fss__search_close(search);
	fss__free(s);
	return r == FSS_EINVAL ? 0 : r;
}

/* ---- which words are wrong --------------------------------------------- */

static int
find_wrong(struct near *n)
{
	struct fss__slice rest, piece;
	struct fss__near_word w;
	int r;

	rest = n->m->text;
	while (fss__find_piece(&rest, &piece))
		n->count++;
	if (n->count > PIECES)
		return 0;
	rest = n->m->text;
	while (fss__find_piece(&rest, &piece)) {
		if (!fss__near_set(piece, &w))
			continue;
		r = n->count > 1 ? finds(n, piece, false, FSS__SEARCH_WORD) : 0;
		if (r < 0)
			return r;
		if (r > 0)
			continue;
		if (n->wrong == WRONG) {
			n->wrong = 0;
			return 0;	/* too much is */
		}
		w.secret = n->number;
		n->piece[n->wrong].text = piece;
		n->piece[n->wrong++].near = w;
	}
	return 0;
}

static int
find_offers(struct near *n)
{
	struct fss__find_scope *s;
	unsigned i;
	int r;

	/* Of several words the others may be what the filters are for. */
	r = scope_new(n, n->count == 1, &s);
	for (i = 0; r == 0 && i < n->wrong; i++)
		r = fss__offers_find(s, &n->piece[i].near, n->number,
		    &n->offers[i]);
	fss__free(s);
	return r;
}

/* ---- texts ------------------------------------------------------------- */

static bool
put(char text[FSS__MAX_QUERY], size_t *len, const void *p, size_t n)
{
	if (n > FSS__MAX_QUERY - *len)
		return false;
	memcpy(text + *len, p, n);
	*len += n;
	return true;
}

/* The question's text with @of[i] in the place of wrong word i; NULL: as is. */
static bool
compose(const struct near *n, const struct fss__offer *const of[WRONG],
    char text[FSS__MAX_QUERY], struct fss__slice *ret_text)
{
	const char *from = n->m->text.p, *end = from + n->m->text.n, *at;
	size_t len = 0;
	unsigned i;

	for (i = 0; i < n->wrong; i++) {
		if (of[i] == NULL)
			continue;
		at = n->piece[i].text.p;
		if (!put(text, &len, from, (size_t)(at - from)) ||
		    !put(text, &len, of[i]->spelt, of[i]->spelt_len))
			return false;
		from = at + n->piece[i].text.n;
	}
	if (!put(text, &len, from, (size_t)(end - from)))
		return false;
	ret_text->p = text;
	ret_text->n = len;
	return true;
}

/* Offers the text if it finds something: 0 or FSS_E... . */
static int
try_text(struct near *n, const struct fss__offer *const of[WRONG])
{
	char text[FSS__MAX_QUERY];
	struct fss__m_near m;
	int r = 1;

	memset(&m, 0, sizeof(m));
	if (!compose(n, of, text, &m.text))
		return 0;
	/* What is seen of the word alone is what the whole text finds. */
	if (n->piece[0].text.n != n->m->text.n) {
		n->tries++;
		r = finds(n, m.text, true, FSS__SEARCH_NONE);
	}
	if (r != 1)
		return r;
	m.has = FSS__K_near_text;
	n->given++;
	return n->emit(n->arg, &m);
}

/* What to put in the place of wrong word @i: false, there is no @k-th. */
static bool
choose(const struct near *n, unsigned i, unsigned k,
    const struct fss__offer **ret_of)
{
	unsigned count;

	*ret_of = NULL;
	if (i >= n->wrong)
		return k == 0;
	count = n->offers[i].count < TOP ? n->offers[i].count : TOP;
	if (k < count)
		*ret_of = &n->offers[i].offer[k];
	return k <= count;
}

/* Pairs of words in the order of both places together. */
static int
try_texts(struct near *n)
{
	const struct fss__offer *of[WRONG];
	unsigned sum, i;
	int r;

	for (sum = 0; sum <= 2 * TOP; sum++) {
		for (i = 0; i <= sum; i++) {
			if (!choose(n, 0, i, &of[0]) ||
			    !choose(n, 1, sum - i, &of[1]) ||
			    (of[0] == NULL && of[1] == NULL))
				continue;
			if (n->given == FSS__MAX_NEAR || n->tries == TRIES)
				return 0;
			r = try_text(n, of);
			if (r != 0)
				return r;
		}
	}
	return 0;
}

static int
answer(struct near *n)
{
	struct fss__find_scope *s;
	const char *why;
	int r;

	r = fss__search_parse(n->m->text, &why, &n->query);
	if (r == 0)
		r = scope_new(n, false, &s);
	if (r != 0)
		return r == FSS_EINVAL ? 0 : r;
	n->number = fss__find_number(n->ctx, n->who, &s->filter, &n->query);
	fss__free(s);
	r = fss__search_newest(n->ctx->db, &n->newest);
	if (r == 0)
		r = find_wrong(n);
	if (r == 0 && n->wrong > 0)
		r = find_offers(n);
	return r == 0 && n->wrong > 0 ? try_texts(n) : r;
}

int
fss__entry_near(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_find *m, fss__emit_fn emit, void *arg)
{
	struct near *n;
	int r;

	if (!(m->has & FSS__K_find_text) || m->text.n == 0)
		return 0;
	n = fss__zalloc(sizeof(*n));
	if (n == NULL)
		return fss__ctx_end(ctx, FSS_ENOMEM);
	n->ctx = ctx;
	n->who = who;
	n->m = m;
	n->emit = emit;
	n->arg = arg;
	r = answer(n);
	fss__free(n);
	return fss__ctx_end(ctx, r);
}
