/*
 * Which blocks may have words near another, by the grams they have.
 *
 * A long word keeps most of its grams whatever one or two edits do to it: for
 * each block those it has are counted, in bits of all blocks of a run at a
 * time, and the blocks with the most come first.
 *
 * Of a short word an edit may leave nothing.  So each word that is one edit
 * away is looked for as such: the blocks with all its grams.  What lies before
 * the edit is the same for many and is cut once; most of the rest end at the
 * first gram, which no name has.  Swapped and superfluous letters come first,
 * since they are few, and of a great index only the newest runs are looked at.
 */
#include "store/search_near_choose.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "store/search_post.h"

#define SHORT	6	/* bytes: looked for edit by edit, if ASCII */
#define LETTERS	36	/* with the digits */
#define LOOKUPS	1280	/* of grams, edit by edit */
#define EACH	8	/* blocks of one word, edit by edit, at least, */
#define MORE	8	/* and so many more at most */
#define BITS	5	/* of a count of grams */
#define LEAST	2	/* grams a block has at least */
#define LOST	5	/* grams that an edit takes at most */

_Static_assert(FSS__GRAMS_WORD + 2 < 1 << BITS, "grams can be counted");

/* Leaves in @set what @other has too: whether that is anything. */
static bool
cut(struct fss__blocks *set, const struct fss__blocks *other)
{
	uint64_t any = 0;
	size_t i;

	for (i = 0; i < FSS__POST_WORDS; i++) {
		set->word[i] &= other->word[i];
		any |= set->word[i];
	}
	return any != 0;
}

/* ---- long words -------------------------------------------------------- */

struct counts { /* of each block of a run, bit by bit */
	struct fss__blocks	bit[BITS];
};

struct scored {
	uint32_t	block;
	unsigned	score;
};

struct best {
	unsigned	most, n;
	unsigned	floor;	/* a score below it is none of the best */
	struct scored	at[2 * FSS__NEAR_BLOCKS];
};

static void
count_one(struct counts *c, const struct fss__blocks *b)
{
	uint64_t carry, both;
	unsigned k;
	size_t i;

	for (i = 0; i < FSS__POST_WORDS; i++) {
		carry = b->word[i];
		for (k = 0; k < BITS && carry != 0; k++) {
			both = c->bit[k].word[i] & carry;
			c->bit[k].word[i] ^= carry;
			carry = both;
		}
	}
}

/* The blocks that have exactly @score. */
static void
with_score(const struct counts *c, unsigned score, struct fss__blocks *ret_set)
{
	unsigned k;
	size_t i;

	memset(ret_set, 0xff, sizeof(*ret_set));
	for (k = 0; k < BITS; k++) {
		for (i = 0; i < FSS__POST_WORDS; i++)
			ret_set->word[i] &= score >> k & 1 ?
			    c->bit[k].word[i] : ~c->bit[k].word[i];
	}
}

static size_t
grams_of(const struct fss__near_word *w, uint32_t ret_gram[FSS__GRAMS_WORD + 2])
{
	size_t n = 0, i;

	ret_gram[n++] = fss__gram(FSS__GRAM_WORD, w->text, 2);
	ret_gram[n++] = fss__gram(FSS__GRAM_WORD, w->text, 3);
	for (i = 0; i + 3 <= w->len && i < FSS__GRAMS_WORD; i++)
		ret_gram[n++] = fss__gram(FSS__GRAM_PART, w->text + i, 3);
	return n;
}

/* The best first, of equals the newest. */
static int
by_score(const void *a, const void *b)
{
	const struct scored *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return x->block > y->block ? -1 : x->block < y->block;
}

static void
keep_best(struct best *b)
{
	qsort(b->at, b->n, sizeof(b->at[0]), by_score);
	if (b->n < b->most)
		return;
	b->n = b->most;
	/* Later ones are older. */
	b->floor = b->at[b->n - 1].score + 1;
}

static void
add_one(struct best *b, uint64_t block, unsigned score)
{
	b->at[b->n].block = (uint32_t)block;
	b->at[b->n++].score = score;
	if (b->n == 2 * b->most)
		keep_best(b);
}

/* Those of run @run whose numbers are below @end, from the newest on. */
static void
add_run(struct best *b, const struct counts *c, uint32_t run, uint64_t end,
    unsigned grams)
{
	struct fss__blocks set;
	unsigned score, i, bit;
	uint64_t block;

	for (score = grams; score >= b->floor; score--) {
		with_score(c, score, &set);
		i = FSS__POST_WORDS;
		while (i-- > 0 && score >= b->floor) {
			while (set.word[i] != 0 && score >= b->floor) {
				bit = 63 - (unsigned)__builtin_clzll(
				    set.word[i]);
				set.word[i] &= ~(UINT64_C(1) << bit);
				block = (uint64_t)run * FSS__POST_BLOCKS +
				    i * 64 + bit;
				if (block < end)
					add_one(b, block, score);
			}
		}
	}
}

static int
by_shared(struct fss__db *db, const struct fss__near_word *w, uint32_t last,
    unsigned most, struct fss__near_list *list)
{
	uint32_t gram[FSS__GRAMS_WORD + 2], run = last / FSS__POST_BLOCKS;
	unsigned n = (unsigned)grams_of(w, gram), i;
	struct fss__blocks one;
	struct counts counts;
	struct best best;
	int r;

	best.most = most;
	best.n = 0;
	best.floor = n > LEAST + LOST * w->most ? n - LOST * w->most : LEAST;
	do {
		memset(&counts, 0, sizeof(counts));
		for (i = 0; i < n; i++) {
			r = fss__post_get(db, run, gram[i], &one);
			if (r < 0)
				return r;
			if (r == 1)
				count_one(&counts, &one);
		}
		add_run(&best, &counts, run, (uint64_t)last + 1, n);
	} while (run-- > 0);
	keep_best(&best);
	for (i = 0; i < best.n; i++)
		list->block[i] = best.at[i].block;
	list->count = best.n;
	return 0;
}

/* ---- short words ------------------------------------------------------- */

/* What has the grams that end with some letter, if any has. */
struct endings {
	const struct fss__blocks *of[LETTERS];	/* NULL: nothing */
	struct fss__blocks	 set[LETTERS];
	size_t			 n;
};

struct trial {
	struct fss__db		*db;
	const struct fss__near_word *w;
	uint32_t		 run;
	unsigned		 left;	/* of LOOKUPS */
	/* That have the word's grams up to character i, if any has. */
	struct fss__blocks	 before[SHORT + 1];
	bool			 any[SHORT + 1];
	struct fss__blocks	 found;
	struct endings		 ends;
};

/* Digits, which are for words that have some, come last. */
static const char letters[LETTERS + 1] =
    "abcdefghijklmnopqrstuvwxyz0123456789";

/* The gram that ends with the last of the first @n characters of @c. */
static uint32_t
last_gram(const char *c, size_t n)
{
	return n == 3 ? fss__gram(FSS__GRAM_WORD, c, 3) :
	    fss__gram(FSS__GRAM_PART, c + n - 3, 3);
}

/*
 * Blocks with a word @c, of which @set has the grams up to the one that ends
 * with the first @done characters; it is used up.
 */
static int
try_rest(struct trial *t, const char *c, size_t len, size_t done,
    struct fss__blocks *set)
{
	struct fss__blocks one;
	unsigned i, at, each;
	size_t n;
	int r;

	for (n = done + 1; n <= len; n++) {
		if (t->left == 0)
			return 0;
		t->left--;
		r = fss__post_get(t->db, t->run, last_gram(c, n), &one);
		if (r <= 0)
			return r;
		if (!cut(set, &one))
			return 0;
	}
	each = EACH + (unsigned)(fss__near_number(t->w, c, len) % MORE);
	for (i = 0; i < each && fss__blocks_take(set, &at); i++)
		t->found.word[at / 64] |= UINT64_C(1) << (at % 64);
	return 0;
}

/* The first @from characters of @c are as in the other word. */
static int
try_word(struct trial *t, const char *c, size_t len, size_t from)
{
	struct fss__blocks set = t->before[from];

	return try_rest(t, c, len, from < 3 ? 2 : from, &set);
}

static int
begin_trial(struct trial *t)
{
	const struct fss__near_word *w = t->w;
	struct fss__blocks one;
	size_t i;
	int r;

	memset(&t->found, 0, sizeof(t->found));
	memset(t->any, 0, sizeof(t->any));
	for (i = 0; i < 3; i++) {
		memset(&t->before[i], 0xff, sizeof(t->before[i]));
		t->any[i] = true;
	}
	for (; i <= w->len; i++) {
		r = fss__post_get(t->db, t->run, last_gram(w->text, i), &one);
		if (r <= 0)
			return r;
		t->before[i] = t->before[i - 1];
		t->any[i] = cut(&t->before[i], &one);
		if (!t->any[i])
			return 0;
	}
	return 0;
}

/* A character too many, and two in the wrong order. */
static int
try_fewer(struct trial *t)
{
	const struct fss__near_word *w = t->w;
	char c[SHORT + 1];
	size_t i;
	int r = 0;

	for (i = 0; i + 1 < w->len && t->any[i] && r == 0; i++) {
		memcpy(c, w->text, w->len);
		c[i] = w->text[i + 1];
		c[i + 1] = w->text[i];
		if (c[i] != c[i + 1])
			r = try_word(t, c, w->len, i);
	}
	for (i = 0; i < w->len && t->any[i] && r == 0; i++) {
		memcpy(c, w->text, i);
		memcpy(c + i, w->text + i + 1, w->len - i - 1);
		r = try_word(t, c, w->len - 1, i);
	}
	return r;
}

static int
take_ending(void *arg, uint32_t gram, const struct fss__blocks *b)
{
	struct endings *e = arg;
	const char *p = memchr(letters, (int)(gram & 0xff), LETTERS);

	if (p == NULL)
		return 0;
	e->set[e->n] = *b;
	e->of[p - letters] = &e->set[e->n++];
	return 0;
}

/* What the word's characters before @i have behind them, all at once. */
static int
find_endings(struct trial *t, size_t i)
{
	char c[SHORT + 1];
	uint32_t first;

	memset(t->ends.of, 0, sizeof(t->ends.of));
	t->ends.n = 0;
	memcpy(c, t->w->text, i);
	c[i] = '0';
	first = last_gram(c, i + 1);
	c[i] = 'z';
	return fss__post_each(t->db, t->run, first, last_gram(c, i + 1),
	    take_ending, &t->ends);
}

/* Word @c, which has letter @k at @i: looked up with the others, if it can. */
static int
try_ending(struct trial *t, const char *c, size_t len, size_t i, size_t k)
{
	struct fss__blocks set;

	if (i < 2)
		return try_word(t, c, len, i);
	if (t->left == 0)
		return 0;
	t->left--;
	if (t->ends.of[k] == NULL)
		return 0;
	set = t->before[i];
	return cut(&set, t->ends.of[k]) ? try_rest(t, c, len, i + 1, &set) : 0;
}

/* One missing before @i, and another one in its place. */
static int
try_letter(struct trial *t, size_t i, size_t k)
{
	const struct fss__near_word *w = t->w;
	char c[SHORT + 1];
	int r;

	memcpy(c, w->text, i);
	c[i] = letters[k];
	memcpy(c + i + 1, w->text + i, w->len - i);
	r = try_ending(t, c, w->len + 1, i, k);
	if (r != 0 || i == w->len || w->text[i] == letters[k])
		return r;
	memcpy(c + i + 1, w->text + i + 1, w->len - i - 1);
	return try_ending(t, c, w->len, i, k);
}

static bool
has_digit(const struct fss__near_word *w)
{
	size_t i;

	for (i = 0; i < w->len; i++) {
		if (w->text[i] >= '0' && w->text[i] <= '9')
			return true;
	}
	return false;
}

static int
try_letters(struct trial *t)
{
	size_t i, k, n = has_digit(t->w) ? LETTERS : LETTERS - 10;
	int r = 0;

	for (i = t->w->len + 1; i-- > 0 && r == 0;) {
		if (!t->any[i])
			continue;
		if (i >= 2 && t->left > 0)
			r = find_endings(t, i);
		for (k = 0; k < n && r == 0; k++)
			r = try_letter(t, i, k);
	}
	return r;
}

static int
by_edits(struct fss__db *db, const struct fss__near_word *w, uint32_t last,
    unsigned most, struct fss__near_list *list)
{
	struct trial t;
	uint64_t block;
	unsigned at;
	int r;

	t.db = db;
	t.w = w;
	t.left = LOOKUPS;
	t.run = last / FSS__POST_BLOCKS;
	do {
		r = begin_trial(&t);
		if (r == 0)
			r = try_fewer(&t);
		if (r == 0)
			r = try_letters(&t);
		if (r < 0)
			return r;
		while (list->count < most && fss__blocks_take(&t.found, &at)) {
			block = (uint64_t)t.run * FSS__POST_BLOCKS + at;
			if (block <= last)
				list->block[list->count++] = (uint32_t)block;
		}
	} while (t.left > 0 && list->count < most && t.run-- > 0);
	return 0;
}

static bool
is_short(const struct fss__near_word *w)
{
	return w->len <= SHORT && w->len == w->n;
}

int
fss__near_choose(struct fss__db *db, const struct fss__near_word *w,
    uint32_t last, unsigned most, struct fss__near_list *ret_list)
{
	ret_list->count = 0;
	if (most > FSS__NEAR_BLOCKS)
		most = FSS__NEAR_BLOCKS;
	if (most == 0)
		return 0;
	return is_short(w) ? by_edits(db, w, last, most, ret_list) :
	    by_shared(db, w, last, most, ret_list);
}
