/*
 * Which blocks may have a name of a rank: posting lists, cut and joined.
 *
 * A block is worth a look if it has all grams of one word as names of that
 * rank have it, and each word of the query has all its grams either among the
 * names or among the folders above them.  A name that has not all words has a
 * better word's rank only if another word is in a folder above it.
 *
 * A filter leaves out blocks that have nothing of what it asks for: no name of
 * that kind, media type or space, or none of that class with a word's grams.
 *
 * Most of that does not depend on the rank, so for each run it is found once
 * and kept: the blocks with all words in their paths, of these those with all
 * in their names, and for each word those that may have it in a name which
 * lacks another.  A rank then adds a gram or two: that of the beginning of a
 * name, say.  Blocks that were looked through are passed over for ranks none
 * of their names has.
 *
 * There are places for some runs; one that needs the place of another begins
 * anew, which costs time and nothing else.
 */
#include "store/search_choose.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

struct fss__run {
	struct fss__blocks	 paths;	/* may have all words in their paths, */
	struct fss__blocks	 names;	/* all among the names, */
	struct fss__blocks	 without[FSS__SEARCH_NONE];	/* a rank, */
	/* For each word: it is in a name that has not all; it is in folders. */
	struct {
		struct fss__blocks some, up;
	}			 word[];
};

static bool
is_empty(const struct fss__blocks *b)
{
	uint64_t any = 0;
	size_t i;

	for (i = 0; i < FSS__POST_WORDS; i++)
		any |= b->word[i];
	return any == 0;
}

static void
add(struct fss__blocks *b, const struct fss__blocks *more)
{
	size_t i;

	for (i = 0; i < FSS__POST_WORDS; i++)
		b->word[i] |= more->word[i];
}

static void
cut(struct fss__blocks *b, const struct fss__blocks *with)
{
	size_t i;

	for (i = 0; i < FSS__POST_WORDS; i++)
		b->word[i] &= with->word[i];
}

static void
take_away(struct fss__blocks *b, const struct fss__blocks *less)
{
	size_t i;

	for (i = 0; i < FSS__POST_WORDS; i++)
		b->word[i] &= ~less->word[i];
}

/* The blocks that have @g, or may: those of which nothing is known have all. */
static int
get(struct fss__choice *c, uint32_t run, uint32_t g, struct fss__blocks *ret_b)
{
	int64_t i, plain;
	int r = fss__post_get(c->db, run, g, ret_b);

	if (r < 0 || g >> 24 != FSS__GRAM_TAG)
		return r;
	plain = c->plain - (int64_t)run * FSS__POST_BLOCKS;
	if (plain <= 0)
		return r;
	if (r == 0)
		memset(ret_b, 0, sizeof(*ret_b));
	for (i = 0; i < plain && i < FSS__POST_BLOCKS; i++)
		ret_b->word[i / 64] |= UINT64_C(1) << i % 64;
	return 1;
}

/* Keeps in @set the blocks that have all of @g; 0 or FSS_E... . */
static int
keep(struct fss__choice *c, uint32_t run, const uint32_t *g, size_t n,
    struct fss__blocks *set)
{
	struct fss__blocks b;
	size_t i;
	int r;

	for (i = 0; i < n && !is_empty(set); i++) {
		r = get(c, run, g[i], &b);
		if (r < 0)
			return r;
		if (r == 0)
			memset(set, 0, sizeof(*set));
		else
			cut(set, &b);
	}
	return 0;
}

static bool
is_among(const uint32_t *g, size_t n, uint32_t one)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (g[i] == one)
			return true;
	}
	return false;
}

/*
 * Adds to @set the blocks, out of @of, with @w as @tier has it.  @in_name: all
 * of @of have the grams that go for any rank.
 */
static int
add_word(struct fss__choice *c, uint32_t run, const struct fss__search_word *w,
    unsigned tier, bool in_name, const struct fss__blocks *of,
    struct fss__blocks *set)
{
	uint32_t gram[FSS__GRAMS_WORD + 1], any[FSS__GRAMS_WORD];
	const char *text = c->q->text + w->off;
	struct fss__blocks b = *of;
	size_t i, n, more = 0, count = 0;
	uint32_t one;
	int r;

	n = fss__grams_of_word(c->q, w, tier, false, gram);
	if (tier == FSS__SEARCH_STEM) {
		/* Hardly any other block has it, where blocks have such. */
		one = gram[0];
		gram[0] = fss__gram_stem(c->ask, text, w->len);
		if (c->plain > (int64_t)run * FSS__POST_BLOCKS)
			gram[n++] = one;
		else
			n = 1;
	} else if (tier == FSS__SEARCH_EXACT ? fss__gram_whole(c->ask, text,
	    w->len, gram[0], &one) : fss__gram_begin(c->ask, gram[0], &one)) {
		gram[n++] = one;
	}
	if (in_name)
		count = fss__grams_of_word(
		    c->q, w, FSS__SEARCH_NONE, false, any);
	for (i = 0; i < n; i++) {
		if (!is_among(any, count, gram[i]))
			gram[more++] = gram[i];
	}
	r = keep(c, run, gram, more, &b);
	if (r == 0)
		add(set, &b);
	return r;
}

/* ---- what no rank changes ---------------------------------------------- */

/*
 * Of @of the blocks with word @w among their names, of which those count that
 * are of the class asked for, or folders if @up.
 */
static int
find_word(struct fss__choice *c, uint32_t run,
    const struct fss__search_word *w, bool up, const struct fss__blocks *of,
    struct fss__blocks *ret_set)
{
	uint32_t gram[FSS__GRAMS_WORD];
	size_t i, n;

	*ret_set = *of;
	n = fss__grams_of_word(c->q, w, FSS__SEARCH_NONE, up, gram);
	for (i = 0; i < n && !up && c->ask->class >= 0; i++)
		gram[i] = fss__gram_in_class((unsigned)c->ask->class, gram[i]);
	return keep(c, run, gram, n, ret_set);
}

/* Finds what is known of @run: 1, or 0 where it has nothing. */
static int
find_run(struct fss__choice *c, uint32_t run, struct fss__run *k)
{
	struct fss__blocks others[FSS__SEARCH_WORDS];
	struct fss__blocks *some, *up;
	const struct fss__search_query *q = c->q;
	unsigned i, j;
	int r = 0;

	memset(others, 0, q->count * sizeof(others[0]));
	memset(&k->paths, 0xff, sizeof(k->paths));
	r = keep(c, run, c->ask->need, c->ask->needs, &k->paths);
	if (r != 0 || is_empty(&k->paths))
		return r;
	k->names = k->paths;
	for (i = 0; i < q->count; i++) {
		some = &k->word[i].some;
		up = &k->word[i].up;
		r = find_word(c, run, &q->word[i], false, &k->paths, some);
		cut(&k->names, some);
		/* A word that is alone is in the name. */
		if (r == 0 && q->count > 1)
			r = find_word(c, run, &q->word[i], true, &k->paths,
			    up);
		else
			memset(up, 0, sizeof(*up));
		k->paths = *some;
		add(&k->paths, up);
		if (r != 0 || is_empty(&k->paths))
			return r;
		for (j = 0; j < q->count; j++) {
			if (j != i)
				add(&others[j], up);
		}
	}
	for (i = 0; i < q->count; i++) {
		cut(&k->word[i].some, &k->paths);
		if (q->count > 1)
			cut(&k->word[i].some, &others[i]);
	}
	memset(k->without, 0, sizeof(k->without));
	return 1;
}

static int
get_run(struct fss__choice *c, uint32_t run, struct fss__run **ret_k)
{
	unsigned at = run % FSS__CHOOSE_RUNS;
	struct fss__run *k;
	int r;

	*ret_k = c->of[at].k;
	if (c->of[at].known && c->of[at].run == run)
		return 0;
	k = c->of[at].k != NULL ? c->of[at].k : c->spare;
	if (k == c->spare)
		c->spare = NULL;
	*ret_k = c->of[at].k = NULL;
	c->of[at].known = false;
	if (k == NULL)
		k = fss__alloc(sizeof(*k) + c->q->count * sizeof(k->word[0]));
	if (k == NULL)
		return FSS_ENOMEM;
	r = find_run(c, run, k);
	if (r == 1) {
		*ret_k = c->of[at].k = k;
	} else {
		fss__free(c->spare);
		c->spare = k;
	}
	c->of[at].run = run;
	c->of[at].known = r >= 0;
	return r < 0 ? r : 0;
}

void
fss__choose_release(struct fss__choice *c)
{
	unsigned i;

	for (i = 0; i < FSS__CHOOSE_RUNS; i++)
		fss__free(c->of[i].k);
	fss__free(c->spare);
}

void
fss__choose_seen(struct fss__choice *c, uint32_t run, unsigned at,
    unsigned ranks)
{
	struct fss__run *k = c->of[run % FSS__CHOOSE_RUNS].k;
	unsigned i;

	if (k == NULL || c->of[run % FSS__CHOOSE_RUNS].run != run)
		return;
	for (i = 0; i < FSS__SEARCH_NONE; i++) {
		if (!(ranks & 1u << i))
			k->without[i].word[at / 64] |= UINT64_C(1) << at % 64;
	}
}

/* ---- ranks ------------------------------------------------------------- */

/* The whole text as name or stem. */
static int
add_whole(struct fss__choice *c, uint32_t run, struct fss__run *k,
    unsigned tier, const struct fss__blocks *of, struct fss__blocks *set)
{
	const struct fss__search_query *q = c->q;
	struct fss__blocks at = *of;
	bool all = true;
	unsigned i;

	/* What counts at the beginning only may be a folder's. */
	for (i = 0; i < q->count; i++)
		all = all && q->word[i].worst >= FSS__SEARCH_WORD;
	if (all)
		cut(&at, &k->names);
	return add_word(c, run, &q->whole, tier, false, &at, set);
}

/* Whether what is word @i, and no more, may have word @j. */
static bool
has_word(const struct fss__search_query *q, unsigned i, unsigned j)
{
	const struct fss__search_word *w = &q->word[i], *in = &q->word[j];
	size_t at;

	for (at = 0; at + in->len <= w->len; at++) {
		if (memcmp(q->text + w->off + at, q->text + in->off,
		    in->len) == 0)
			return true;
	}
	return false;
}

/* Word @i with rank @tier, of names that have not all words. */
static int
add_name(struct fss__choice *c, uint32_t run, struct fss__run *k, unsigned i,
    unsigned tier, const struct fss__blocks *of, struct fss__blocks *set)
{
	const struct fss__search_word *w = &c->q->word[i];
	struct fss__blocks at = *of;
	unsigned j;

	if (w->worst < tier || (tier == FSS__SEARCH_WORD && !w->alnum))
		return 0;
	cut(&at, &k->word[i].some);
	for (j = 0; tier == FSS__SEARCH_EXACT && j < c->q->count; j++) {
		if (j != i && !has_word(c->q, i, j))
			cut(&at, &k->word[j].up);
	}
	return add_word(c, run, w, tier, true, &at, set);
}

/* Names with all words, or one that is the name or stem. */
static int
add_all(struct fss__choice *c, uint32_t run, struct fss__run *k,
    const struct fss__blocks *of, struct fss__blocks *set)
{
	struct fss__blocks at = *of;
	unsigned i, tier;
	int r = 0;

	cut(&at, &k->names);
	add(set, &at);
	for (i = 0; i < c->q->count && r == 0; i++) {
		for (tier = FSS__SEARCH_EXACT;
		     tier <= FSS__SEARCH_STEM && r == 0; tier++)
			r = add_name(c, run, k, i, tier, of, set);
	}
	return r;
}

int
fss__choose(struct fss__choice *c, unsigned tier, uint32_t run, unsigned last,
    struct fss__blocks *ret_set)
{
	struct fss__blocks at;
	struct fss__run *k;
	unsigned i;
	int r;

	memset(ret_set, 0, sizeof(*ret_set));
	r = get_run(c, run, &k);
	if (r != 0 || k == NULL)
		return r;
	memset(&at, 0, sizeof(at));
	memcpy(at.word, k->paths.word, last / 64 * sizeof(at.word[0]));
	at.word[last / 64] = k->paths.word[last / 64] &
	    UINT64_MAX >> (63 - last % 64);
	take_away(&at, &k->without[tier]);
	if (is_empty(&at))
		return 0;
	if (tier == FSS__SEARCH_ALL)
		return c->q->count > 1 ? add_all(c, run, k, &at, ret_set) : 0;
	if (tier < FSS__SEARCH_ALL && c->q->count > 1)
		return add_whole(c, run, k, tier, &at, ret_set);
	for (i = 0; i < c->q->count && r == 0; i++)
		r = add_name(c, run, k, i, tier, &at, ret_set);
	return r;
}
