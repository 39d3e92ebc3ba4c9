/*
 * Near words, as far as rights are concerned.
 *
 * The store yields names with words near the one that was asked for.  A word
 * is offered if one of those names may be seen, and only such names count
 * when frequent words go before rare ones.  How many names are looked at
 * differs from question to question, as with a search (entry_find.c): were
 * the bound known, names of one's own could be used to count hidden ones.
 */
#include "model/find_offer.h"

#include <stdlib.h>
#include <string.h>

#include "store/search_text.h"

#define BLOCKS		384	/* looked through at least, */
#define BLOCKS_MORE	96	/* and so many more at most */
#define AFTER		96	/* once there is something to offer, likewise */
#define AFTER_MORE	64
#define LOOKS		384	/* names in all, likewise */
#define LOOKS_MORE	128
#define EACH		32	/* of one word */
#define EACH_MORE	16
#define SEEN		8	/* is frequent */

/* Of the entry whose name has the word: 1 and its row if it may be seen. */
static int
may_see(struct fss__find_scope *s, const struct fss__near_hit *hit,
    struct fss__meta_row *ret_row)
{
	struct fss__search_hit at = { hit->entry, hit->parent, 0, 0, NULL,
	    NULL };
	struct fss__find_hit ignored;
	struct fss__view view;
	int r;

	r = fss__find_consider(s, &at, &ignored);
	if (r != 1)
		return r;
	r = fss__meta_row_get(s->ctx->db, hit->entry, ret_row);
	if (r <= 0)
		return r < 0 ? r : FSS_ECORRUPT;
	if (!fss__search_passes(&s->filter, ret_row))
		return 0;
	return fss__find_sees(s, ret_row, hit->parent, &view);
}

/*
 * Room for one more.  A word of which nothing was seen gives up its own, or
 * hidden names could be counted by what they leave no room for.
 */
static struct fss__offer *
room(struct fss__offers *o)
{
	struct fss__offer *of = NULL;
	unsigned i;

	if (o->count < FSS__OFFERS)
		return &o->offer[o->count++];
	for (i = 0; i < o->count; i++) {
		if (o->offer[i].seen == 0 &&
		    (of == NULL || o->offer[i].looked > of->looked))
			of = &o->offer[i];
	}
	return of;
}

static struct fss__offer *
offer_of(struct fss__offers *o, const struct fss__near_word *w,
    const struct fss__near_hit *hit)
{
	struct fss__offer *of;
	unsigned i;

	for (i = 0; i < o->count; i++) {
		of = &o->offer[i];
		if (of->len == hit->word.n &&
		    memcmp(of->text, hit->word.p, of->len) == 0)
			return of;
	}
	of = hit->word.n > FSS__NEAR_BYTES ? NULL : room(o);
	if (of == NULL)
		return NULL;
	memset(of, 0, sizeof(*of));
	of->len = hit->word.n;
	memcpy(of->text, hit->word.p, of->len);
	of->each = EACH + (unsigned)(fss__near_number(w, of->text, of->len) %
	    EACH_MORE);
	of->distance = hit->distance;
	of->begins = of->text[0] == w->text[0];
	return of;
}

/* ---- spelling ---------------------------------------------------------- */

/* One letter or digit; what is beyond ASCII passes for one. */
static bool
is_letter(unsigned char c)
{
	return c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9');
}

bool
fss__find_piece(struct fss__slice *rest, struct fss__slice *ret_piece)
{
	const unsigned char *p = rest->p, *end = p + rest->n;

	while (p < end && !is_letter(*p))
		p++;
	ret_piece->p = p;
	while (p < end && is_letter(*p))
		p++;
	ret_piece->n = (size_t)(p - (const unsigned char *)ret_piece->p);
	rest->p = p;
	rest->n = (size_t)(end - p);
	return ret_piece->n > 0;
}

static void
spell_as(struct fss__offer *of, struct fss__slice s)
{
	of->spelt_len = s.n;
	memcpy(of->spelt, s.p, s.n);
}

static bool
is_ascii(const struct fss__offer *of)
{
	size_t i;

	for (i = 0; i < of->len; i++) {
		if ((unsigned char)of->text[i] >= 0x80)
			return false;
	}
	return true;
}

/*
 * The index has words without marks and taken apart; what is no ASCII is
 * shown as the name has it.
 */
static void
spell(struct fss__offer *of, const struct fss__meta_row *row)
{
	struct fss__slice folded = { of->text, of->len };
	struct fss__slice name, word, encoded, one;
	struct fss__search_name n;

	spell_as(of, folded);
	if (is_ascii(of))
		return;
	name.p = row->e.name;
	name.n = row->e.name_len;
	while (fss__find_piece(&name, &word)) {
		if (word.n > FSS__NEAR_BYTES ||
		    fss__search_encode(word, &n) != 0)
			continue;
		encoded.p = n.text;
		encoded.n = n.len;
		if (fss__near_next_word(&encoded, &one) &&
		    fss__slice_eq(one, folded)) {
			spell_as(of, word);
			return;
		}
	}
}

/* ---- looking ----------------------------------------------------------- */

static int
by_worth(const void *a, const void *b)
{
	const struct fss__offer *x = a, *y = b;
	int r;

	if ((x->seen > 0) != (y->seen > 0))
		return x->seen > 0 ? -1 : 1;
	if (x->distance != y->distance)
		return x->distance < y->distance ? -1 : 1;
	if (x->seen != y->seen)
		return x->seen > y->seen ? -1 : 1;
	if (x->begins != y->begins)
		return x->begins ? -1 : 1;
	r = memcmp(x->text, y->text, x->len < y->len ? x->len : y->len);
	return r != 0 ? r : x->len < y->len ? -1 : x->len > y->len;
}

static int
gather(struct fss__find_scope *s, struct fss__near *n,
    const struct fss__near_word *w, uint64_t number, struct fss__offers *o)
{
	unsigned looks = LOOKS + (unsigned)(number % LOOKS_MORE);
	unsigned after = AFTER +
	    (unsigned)(number / LOOKS_MORE % AFTER_MORE);
	struct fss__meta_row row;
	struct fss__near_hit hit;
	struct fss__offer *of;
	bool any = false;
	int r = 0;

	while (looks > 0 && (r = fss__near_next(n, &hit)) == 1) {
		of = offer_of(o, w, &hit);
		if (of == NULL || of->seen == SEEN || of->looked == of->each)
			continue;
		of->looked++;
		looks--;
		r = may_see(s, &hit, &row);
		if (r < 0)
			break;
		if (r == 0)
			continue;
		if (of->seen++ == 0)
			spell(of, &row);
		if (!any)
			fss__near_allow(n, after);
		any = true;
	}
	return r < 0 ? r : 0;
}

int
fss__offers_find(struct fss__find_scope *s, const struct fss__near_word *w,
    uint64_t number, struct fss__offers *ret_o)
{
	struct fss__near *n;
	int r;

	ret_o->count = 0;
	r = fss__near_open(s->ctx->db, w,
	    BLOCKS + (unsigned)(number % BLOCKS_MORE), &n);
	if (r != 0)
		return r;
	r = gather(s, n, w, number / BLOCKS_MORE, ret_o);
	fss__near_close(n);
	qsort(ret_o->offer, ret_o->count, sizeof(ret_o->offer[0]), by_worth);
	while (ret_o->count > 0 && ret_o->offer[ret_o->count - 1].seen == 0)
		ret_o->count--;
	return r;
}
