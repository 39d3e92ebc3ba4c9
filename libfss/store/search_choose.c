/*
 * Which blocks may have a name of a rank: posting lists, cut and joined.
 *
 * A block is worth a look if it has all grams of one word as names of that
 * rank have it, and each word of the query has all its grams either among the
 * names or among the folders above them.
 */
#include "store/search_choose.h"

#include <string.h>

struct choice {
	struct fss__db			*db;
	const struct fss__search_query	*q;
	unsigned			 tier;
	uint32_t			 run;
};

/* Keeps in @set the blocks that have all of @g; 1, 0 none are left. */
static int
keep(struct choice *c, const uint32_t *g, size_t n, struct fss__blocks *set)
{
	struct fss__blocks b;
	uint64_t any = 1;
	size_t i, j;
	int r;

	for (i = 0; i < n && any != 0; i++) {
		r = fss__post_get(c->db, c->run, g[i], &b);
		if (r <= 0)
			return r;
		for (any = 0, j = 0; j < FSS__POST_WORDS; j++) {
			set->word[j] &= b.word[j];
			any |= set->word[j];
		}
	}
	return any != 0;
}

/* Adds to @set the blocks, out of @of, with @w as @tier has it. */
static int
add_word(struct choice *c, const struct fss__search_word *w, unsigned tier,
    bool up, const struct fss__blocks *of, struct fss__blocks *set)
{
	uint32_t gram[FSS__GRAMS_WORD];
	struct fss__blocks b = *of;
	size_t i, n;
	int r;

	n = fss__grams_of_word(c->q, w, tier, up, gram);
	r = keep(c, gram, n, &b);
	if (r != 1)
		return r;
	for (i = 0; i < FSS__POST_WORDS; i++)
		set->word[i] |= b.word[i];
	return 1;
}

/* Those whose names may have all words, or one that is the name or stem. */
static int
add_all(struct choice *c, const struct fss__blocks *of,
    struct fss__blocks *set)
{
	uint32_t gram[FSS__GRAMS_WORD];
	struct fss__blocks all = *of;
	unsigned i, tier;
	int r = 1, any;
	size_t n;

	for (i = 0; i < c->q->count && r == 1; i++) {
		n = fss__grams_of_word(c->q, &c->q->word[i], FSS__SEARCH_NONE,
		    false, gram);
		r = keep(c, gram, n, &all);
	}
	if (r < 0)
		return r;
	any = r;
	for (i = 0; r == 1 && i < FSS__POST_WORDS; i++)
		set->word[i] |= all.word[i];
	for (i = 0; i < c->q->count; i++) {
		for (tier = FSS__SEARCH_EXACT; tier <= FSS__SEARCH_STEM;
		     tier++) {
			r = add_word(c, &c->q->word[i], tier, false, of, set);
			if (r < 0)
				return r;
			any |= r;
		}
	}
	return any;
}

/* Those where a name may have the rank. */
static int
add_names(struct choice *c, const struct fss__blocks *of,
    struct fss__blocks *set)
{
	const struct fss__search_query *q = c->q;
	const struct fss__search_word *w;
	unsigned i;
	int r = 0, any = 0;

	if (c->tier <= FSS__SEARCH_STEM)
		return add_word(c, q->count > 1 ? &q->whole : &q->word[0],
		    c->tier, false, of, set);
	if (c->tier == FSS__SEARCH_ALL)
		return q->count > 1 ? add_all(c, of, set) : 0;
	for (i = 0; i < q->count && r >= 0; i++) {
		w = &q->word[i];
		if (w->worst < c->tier ||
		    (c->tier == FSS__SEARCH_WORD && !w->alnum))
			continue;
		r = add_word(c, w, c->tier, false, of, set);
		any |= r == 1;
	}
	return r < 0 ? r : any;
}

int
fss__search_choose(struct fss__db *db, const struct fss__search_query *q,
    unsigned tier, uint32_t run, unsigned last, struct fss__blocks *ret_set)
{
	struct choice c = { db, q, tier, run };
	struct fss__blocks at, set;
	unsigned i;
	bool more;
	int r, up;

	memset(&at, 0, sizeof(at));
	for (i = 0; i <= last; i++)
		at.word[i / 64] |= UINT64_C(1) << (i % 64);
	memset(&set, 0, sizeof(set));
	r = add_names(&c, &at, &set);
	/* Each word somewhere in the path. */
	more = q->count > 1 && tier >= FSS__SEARCH_ALL;
	for (i = 0; more && i < q->count && r == 1; i++) {
		at = set;
		memset(&set, 0, sizeof(set));
		r = add_word(
		    &c, &q->word[i], FSS__SEARCH_NONE, false, &at, &set);
		if (r < 0)
			break;
		up = add_word(
		    &c, &q->word[i], FSS__SEARCH_NONE, true, &at, &set);
		r = up < 0 ? up : r | up;
	}
	if (r != 1)
		memset(&set, 0, sizeof(set));
	*ret_set = set;
	return r < 0 ? r : 0;
}
