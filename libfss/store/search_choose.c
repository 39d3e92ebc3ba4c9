/*
 * Which blocks may have a name of a rank: posting lists, cut and joined.
 *
 * A block is worth a look if it has all grams of one word as names of that
 * rank have it, and each word of the query has all its grams either among the
 * names or among the folders above them.  The latter does not depend on the
 * rank, so it is found once for each run and kept; where nothing is left of a
 * run no rank is looked for there.
 */
#include "store/search_choose.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

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

/* Those of the run that have each word somewhere in the path. */
static int
find_paths(struct choice *c, struct fss__blocks *ret_set)
{
	const struct fss__search_query *q = c->q;
	struct fss__blocks at;
	unsigned i;
	int r = 1, up;

	memset(ret_set, 0xff, sizeof(*ret_set));
	for (i = 0; i < q->count && r == 1; i++) {
		at = *ret_set;
		memset(ret_set, 0, sizeof(*ret_set));
		r = add_word(
		    c, &q->word[i], FSS__SEARCH_NONE, false, &at, ret_set);
		/* A word that is alone is in the name. */
		if (r < 0 || q->count == 1)
			break;
		up = add_word(
		    c, &q->word[i], FSS__SEARCH_NONE, true, &at, ret_set);
		r = up < 0 ? up : r | up;
	}
	return r < 0 ? r : 0;
}

/* The same, kept where there is room; *@ret_set is @spare's otherwise. */
static int
get_paths(struct choice *c, struct fss__paths *kept,
    struct fss__blocks *spare, const struct fss__blocks **ret_set)
{
	struct fss__blocks *set = spare;
	int r;

	if (c->run < FSS__PATHS_RUNS) {
		*ret_set = kept->of[c->run];
		if (*ret_set != NULL)
			return 0;
		set = fss__alloc(sizeof(*set));
		if (set == NULL)
			return FSS_ENOMEM;
	}
	r = find_paths(c, set);
	*ret_set = set;
	if (set == spare)
		return r;
	if (r == 0)
		kept->of[c->run] = set;
	else
		fss__free(set);
	return r;
}

void
fss__paths_release(struct fss__paths *kept)
{
	unsigned i;

	for (i = 0; i < FSS__PATHS_RUNS; i++)
		fss__free(kept->of[i]);
}

int
fss__search_choose(struct fss__db *db, const struct fss__search_query *q,
    unsigned tier, uint32_t run, unsigned last, struct fss__paths *kept,
    struct fss__blocks *ret_set)
{
	struct choice c = { db, q, tier, run };
	const struct fss__blocks *paths;
	struct fss__blocks at, spare;
	uint64_t any = 0;
	unsigned i;
	int r;

	memset(ret_set, 0, sizeof(*ret_set));
	r = get_paths(&c, kept, &spare, &paths);
	if (r != 0)
		return r;
	memset(&at, 0, sizeof(at));
	memcpy(at.word, paths->word, last / 64 * sizeof(at.word[0]));
	at.word[last / 64] = paths->word[last / 64] &
	    UINT64_MAX >> (63 - last % 64);
	for (i = 0; i <= last / 64; i++)
		any |= at.word[i];
	r = any != 0 ? add_names(&c, &at, ret_set) : 0;
	return r < 0 ? r : 0;
}
