/*
 * Which blocks are worth a look: over many runs, with what is remembered of
 * each, as without; and no block that has a name is left out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "model_fixture.h"
#include "store/search_choose.h"

#define BLOCKS	8	/* with names, in each run */
#define ROUNDS	400

static const uint32_t runs[] = { 0, 1, 5, FSS__CHOOSE_RUNS - 1,
	FSS__CHOOSE_RUNS, FSS__CHOOSE_RUNS + 1, FSS__CHOOSE_RUNS + 5,
	3 * FSS__CHOOSE_RUNS + 1 };
#define RUNS	(sizeof(runs) / sizeof(runs[0]))

/* No filter. */
static const struct fss__tag_ask anything = { .class = -1, .type = -1 };

static const char *const words[] = { "tar", "ab", "target", ".gz", "x",
	"2024-tar", "star" };
#define WORDS	(sizeof(words) / sizeof(words[0]))

struct world {
	struct mf	*f;
	uint64_t	*seed;
};

/* In a transaction, which is all there is. */
static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->seed = *state;
	w->f = mf_open();
	mf_begin(w->f);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	(void)mf_end(w->f, 0);
	mf_close(w->f);
	free(w);
	return 0;
}

/* A block of one name below one folder, by numbers of words. */
struct made {
	uint32_t		 run, at;
	struct fss__search_name	 name, folder;
};

static void
text_of(uint64_t *seed, struct fss__search_name *ret_n)
{
	char text[128];

	(void)snprintf(text, sizeof(text), "%s%s%s",
	    words[mf_random(seed, WORDS)],
	    mf_random(seed, 2) ? "-" : "q",
	    words[mf_random(seed, WORDS)]);
	assert_int_equal(fss__search_encode(mf_s(text), ret_n), 0);
}

static void
post(struct mf *f, struct made *m, uint64_t *seed)
{
	static uint32_t gram[FSS__GRAMS_NAME];
	static struct fss__meta_row row;
	struct fss__posting p[512];
	size_t i, n, count = 0;
	int up;

	text_of(seed, &m->name);
	text_of(seed, &m->folder);
	row.e.kind = FSS_KIND_FILE;
	for (up = 0; up < 3; up++) {
		n = up == 2 ? fss__grams_of_tag(&m->name, &row, gram) :
		    fss__grams_of_name(up ? &m->folder : &m->name, up, gram);
		for (i = 0; i < n; i++) {
			assert_true(count < 512);
			p[count].gram = gram[i];
			p[count++].block = m->run * FSS__POST_BLOCKS + m->at;
		}
	}
	assert_int_equal(fss__post_put(f->ctx.db, p, count), 0);
}

static bool
has(const struct fss__blocks *b, uint32_t at)
{
	return b->word[at / 64] >> at % 64 & 1;
}

static void
parse(const char *text, struct fss__search_query *ret_q)
{
	const char *why;

	assert_int_equal(fss__search_parse(mf_s(text), &why, ret_q), 0);
}

static struct fss__choice
begin(struct mf *f, const struct fss__search_query *q)
{
	struct fss__choice c = { .db = f->ctx.db, .q = q, .ask = &anything };

	return c;
}

static void
choose(struct fss__choice *c, unsigned tier, uint32_t run, unsigned last,
    struct fss__blocks *ret_set)
{
	assert_int_equal(fss__choose(c, tier, run, last, ret_set), 0);
}

/* What a choice that remembers nothing says. */
static void
choose_afresh(struct mf *f, const struct fss__search_query *q, unsigned tier,
    uint32_t run, unsigned last, struct fss__blocks *ret_set)
{
	struct fss__choice c = begin(f, q);

	choose(&c, tier, run, last, ret_set);
	fss__choose_release(&c);
}

/* @rank: of the query in the name, if the rest is in the path. */
static void
check_one(const struct fss__search_query *q, const struct made *m,
    unsigned tier, const struct fss__blocks *set)
{
	struct fss__slice name = { m->name.text, m->name.len };
	unsigned all = (1u << q->count) - 1;

	if (((fss__search_match(q, &m->name) |
		fss__search_match(q, &m->folder)) & all) == all &&
	    fss__search_rank_of(q, name) == tier)
		assert_true(has(set, m->at));
}

static void
check_round(struct mf *f, const struct made *made, uint64_t *seed)
{
	static struct fss__search_query q;
	struct fss__choice c = begin(f, &q);
	struct fss__blocks got, want;
	char text[64];
	unsigned tier, last, i, k;

	(void)snprintf(text, sizeof(text), "%s %s",
	    words[mf_random(seed, WORDS)],
	    mf_random(seed, 3) ? words[mf_random(seed, WORDS)] : "");
	parse(text, &q);
	for (i = 0; i < 3 * RUNS; i++) {
		k = mf_random(seed, RUNS);
		tier = mf_random(seed, FSS__SEARCH_NONE);
		last = mf_random(seed, 3) ? FSS__POST_BLOCKS - 1 :
		    made[k * BLOCKS + mf_random(seed, BLOCKS)].at;
		choose(&c, tier, runs[k], last, &got);
		choose_afresh(f, &q, tier, runs[k], last, &want);
		assert_memory_equal(&got, &want, sizeof(got));
	}
	for (tier = 0; tier < FSS__SEARCH_NONE; tier++) {
		for (k = 0; k < RUNS; k++) {
			choose(&c, tier, runs[k], FSS__POST_BLOCKS - 1, &got);
			for (i = 0; i < BLOCKS; i++)
				check_one(&q, &made[k * BLOCKS + i], tier,
				    &got);
		}
	}
	fss__choose_release(&c);
}

static void
test_runs(void **state)
{
	struct made *made = calloc(RUNS * BLOCKS, sizeof(*made));
	struct world *w = *state;
	unsigned i;

	assert_non_null(made);
	for (i = 0; i < RUNS * BLOCKS; i++) {
		made[i].run = runs[i / BLOCKS];
		made[i].at = mf_random(w->seed, FSS__POST_BLOCKS / BLOCKS) +
		    i % BLOCKS * (FSS__POST_BLOCKS / BLOCKS);
		post(w->f, &made[i], w->seed);
	}
	for (i = 0; i < ROUNDS; i++)
		check_round(w->f, made, w->seed);
	free(made);
}

/* Blocks that were looked through come back for ranks they have, only. */
static void
test_seen(void **state)
{
	static struct fss__search_query q;
	struct world *w = *state;
	struct fss__choice c = begin(w->f, &q);
	struct made made = { .run = 2, .at = 77 };
	struct fss__blocks set;
	unsigned tier;

	do
		post(w->f, &made, w->seed);
	while (made.name.text[2] != 't');	/* "tar..." */
	parse("tar", &q);
	choose(&c, FSS__SEARCH_PREFIX, 2, 77, &set);
	assert_true(has(&set, 77));
	choose(&c, FSS__SEARCH_PREFIX, 2, 76, &set);
	assert_false(has(&set, 77));
	fss__choose_seen(&c, 2, 77, 1u << FSS__SEARCH_WORD);
	fss__choose_seen(&c, 2 + FSS__CHOOSE_RUNS, 77, 0);	/* another's */
	for (tier = FSS__SEARCH_PREFIX; tier <= FSS__SEARCH_PART; tier++) {
		choose(&c, tier, 2, FSS__POST_BLOCKS - 1, &set);
		assert_int_equal(has(&set, 77), tier == FSS__SEARCH_WORD);
	}
	fss__choose_release(&c);
}

int
main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) :
	    (uint64_t)fss__wall_us();
#define TEST(fn) \
	cmocka_unit_test_prestate_setup_teardown(fn, setup, teardown, &seed)
	const struct CMUnitTest tests[] = {
		TEST(test_runs),
		TEST(test_seen),
	};

	(void)printf("seed %llu (give it as an argument to repeat)\n",
	    (unsigned long long)seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
