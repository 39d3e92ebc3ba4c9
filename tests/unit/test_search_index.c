/*
 * The index of names from inside: grams are those of every name a word is in,
 * posting lists are sets, blocks are what was put into them, and no bytes
 * from a damaged database are read as more than they are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fss/types.h>

#include "base/time.h"
#include "model_fixture.h"
#include "store/search_block.h"
#include "store/search_check.h"
#include "store/search_post.h"

#define ROUNDS 4000

static uint64_t *
seed_of(void **state)
{
	return *state;
}

static void
random_text(uint64_t *seed, char *dst, size_t most)
{
	static const char *const piece[] = {
		"a",
		"B",
		"ab",
		"c7",
		"-",
		".",
		"_",
		"\303\251",
		"\346\227\245",
		"tar",
		"GZ",
		"x",
		"(",
		"1",
	};
	size_t n = 0, i, count = 1 + mf_random(seed, (uint32_t)most);

	for (i = 0; i < count; i++)
		n += (size_t)snprintf(
		    dst + n, 128 - n, "%s", piece[mf_random(seed, 14)]);
}

static bool
has(const uint32_t *g, size_t n, uint32_t one)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (g[i] == one)
			return true;
	}
	return false;
}

/* Whatever rank a word has in a name, the name has that rank's grams. */
static void
test_grams(void **state)
{
	static uint32_t name_gram[FSS__GRAMS_NAME], up_gram[FSS__GRAMS_NAME];
	static struct fss__search_query q;
	static struct fss__search_name name;
	uint32_t g[FSS__GRAMS_WORD];
	struct fss__slice encoded;
	char text[128], word[128];
	size_t i, n, names, ups, k;
	unsigned rank, hits = 0;
	const char *why;

	for (i = 0; i < ROUNDS; i++) {
		random_text(seed_of(state), text, 8);
		random_text(seed_of(state), word, 3);
		assert_int_equal(fss__search_encode(mf_s(text), &name), 0);
		if (fss__search_parse(mf_s(word), &why, &q) != 0)
			continue;
		encoded.p = name.text;
		encoded.n = name.len;
		rank = fss__search_rank_of(&q, encoded);
		if (rank == FSS__SEARCH_NONE)
			continue;
		hits++;
		names = fss__grams_of_name(&name, false, name_gram);
		ups = fss__grams_of_name(&name, true, up_gram);
		n = fss__grams_of_word(&q, &q.word[0], rank, false, g);
		assert_true(n > 0);
		for (k = 0; k < n; k++)
			assert_true(has(name_gram, names, g[k]));
		/* Those of any rank are among them, see search_choose.c. */
		n = fss__grams_of_word(
		    &q, &q.word[0], FSS__SEARCH_NONE, false, g);
		assert_true(n > 0);
		for (k = 0; k < n; k++)
			assert_true(has(name_gram, names, g[k]));
		n = fss__grams_of_word(
		    &q, &q.word[0], FSS__SEARCH_NONE, true, g);
		assert_true(n > 0);
		for (k = 0; k < n; k++) {
			assert_true(has(up_gram, ups, g[k]));
			assert_false(has(name_gram, names, g[k]));
		}
	}
	assert_true(hits > 100);
}

/* What a word asks of a name's tag, by its rank: how many grams. */
static size_t
ask_tag(const struct fss__tag_ask *a, const struct fss__search_query *q,
    unsigned rank, uint32_t ret_gram[2])
{
	const struct fss__search_word *w = &q->word[0];
	const char *text = q->text + w->off;
	uint32_t g[FSS__GRAMS_WORD];

	(void)fss__grams_of_word(q, w, rank, false, g);
	if (rank == FSS__SEARCH_STEM) {
		ret_gram[0] = fss__gram_stem(a, text, w->len);
		return 1;
	}
	if (rank == FSS__SEARCH_EXACT)
		return fss__gram_whole(a, text, w->len, g[0], ret_gram);
	return fss__gram_begin(a, g[0], ret_gram);
}

/* The same of what filters ask, of names that pass them. */
static void
test_tag_grams(void **state)
{
	static const int kind[] = { FSS_KIND_DIR, FSS_KIND_FILE, FSS_KIND_FILE,
		FSS_KIND_LINK };
	static uint32_t gram[FSS__GRAMS_NAME];
	static struct fss__search_query q;
	static struct fss__search_name name;
	static struct fss__meta_row row;
	struct fss__search_filter f[3];
	struct fss__tag_ask ask;
	struct fss__slice encoded;
	char text[128], word[128];
	unsigned rank, hits[FSS__SEARCH_NONE] = { 0 };
	uint32_t want[2];
	size_t i, k, n, j;
	const char *why;

	for (i = 0; i < ROUNDS; i++) {
		random_text(seed_of(state), text, 8);
		/* The name, what is before a dot, or its beginning. */
		memcpy(word, text, sizeof(word));
		if (i % 3 == 1)
			word[strcspn(word, ".")] = '\0';
		if (i % 3 == 2)
			word[4] = '\0';
		assert_int_equal(fss__search_encode(mf_s(text), &name), 0);
		if (fss__search_parse(mf_s(word), &why, &q) != 0)
			continue;
		encoded.p = name.text;
		encoded.n = name.len;
		rank = fss__search_rank_of(&q, encoded);
		if (rank > FSS__SEARCH_PREFIX)
			continue;
		row.e.kind = kind[i % 4];
		(void)snprintf(row.v.media, sizeof(row.v.media), "%s",
		    i % 4 == 1 ? "text/plain" : "");
		n = fss__grams_of_tag(&name, &row, gram);
		memset(f, 0, sizeof(f));
		f[1].kind = row.e.kind;
		f[2].type = mf_s("text");
		for (k = 0; k < (i % 4 == 1 ? 3u : 2u); k++) {
			fss__tag_ask(&f[k], &ask);
			for (j = ask_tag(&ask, &q, rank, want); j-- > 0;) {
				assert_true(has(gram, n, want[j]));
				hits[rank]++;
			}
		}
	}
	assert_true(hits[FSS__SEARCH_EXACT] > 20);
	assert_true(hits[FSS__SEARCH_STEM] > 20);
	assert_true(hits[FSS__SEARCH_PREFIX] > 20);
}

/* Sets that grow, sparse and dense, over several runs, against plain bits. */
static void
test_postings(void **state)
{
	enum { RUNS = 3, ALL = RUNS * FSS__POST_BLOCKS, GRAMS = 3 };
	struct mf *f = mf_open();
	bool *want = calloc((size_t)ALL * GRAMS, 1);
	struct fss__posting p[700];
	struct fss__blocks b;
	uint32_t round, i, n, block, run, bit, gram;
	int r;

	assert_non_null(want);
	mf_begin(f);
	for (round = 0; round < 60; round++) {
		n = 1 + mf_random(seed_of(state), 700);
		for (i = 0; i < n; i++) {
			gram = mf_random(seed_of(state), GRAMS);
			block = mf_random(
			    seed_of(state), gram == 0 ? 600 : ALL);
			p[i].gram = 0x7fffffd + gram;
			p[i].block = block;
			want[gram * ALL + block] = true;
		}
		assert_int_equal(fss__post_put(f->ctx.db, p, n), 0);
	}
	for (gram = 0; gram < GRAMS; gram++) {
		for (run = 0; run < RUNS; run++) {
			r = fss__post_get(f->ctx.db, run, 0x7fffffd + gram, &b);
			assert_true(r >= 0);
			if (r == 0)
				memset(&b, 0, sizeof(b));
			for (i = 0; i < FSS__POST_BLOCKS; i++) {
				bit = b.word[i / 64] >> (i % 64) & 1;
				assert_int_equal(bit,
				    want[gram * ALL + run * FSS__POST_BLOCKS +
					i]);
			}
		}
	}
	(void)mf_end(f, 0);
	free(want);
	mf_close(f);
}

static void
test_blocks(void **state)
{
	struct fss__slice s, tag, none = { NULL, 0 };
	struct fss__block_name n[FSS__BLOCK_NAMES];
	struct fss__search_tag t[FSS__BLOCK_NAMES], u;
	struct fss__buf b, tags;
	struct fss__block got;
	int64_t first = INT64_C(1) << 40, at = first;
	unsigned i;
	size_t cut;

	fss__buf_init(&b, 1 << 20);
	fss__buf_init(&tags, 1 << 20);
	for (i = 0; i < FSS__BLOCK_NAMES; i++) {
		n[i].entry = at;
		n[i].parent = mf_random(seed_of(state), UINT32_MAX);
		n[i].text = mf_s(i % 2 == 0 ? "\002\001abc\003" : "\002.\003");
		at += 1 + mf_random(seed_of(state), 1000000);
		fss__block_put(&b, first, &n[i]);
		t[i].class = (uint8_t)mf_random(seed_of(state), 256);
		t[i].type = (uint8_t)mf_random(seed_of(state), 256);
		t[i].size = (uint8_t)mf_random(seed_of(state), 256);
		t[i].state = (uint8_t)mf_random(seed_of(state), 2);
		t[i].hour = mf_random(seed_of(state), 1 << 23);
		fss__tag_put(&tags, &t[i]);
	}
	assert_int_equal(b.err, 0);
	assert_int_equal(tags.err, 0);
	s.p = b.data;
	s.n = b.len;
	assert_int_equal(fss__block_read(s, none, first, &got), 0);
	assert_null(got.tags);
	/* Tags of all names, or of none. */
	tag.p = tags.data;
	for (cut = 1; cut < tags.len; cut++) {
		tag.n = cut;
		assert_int_equal(fss__block_read(s, tag, first, &got),
		    FSS_ECORRUPT);
	}
	tag.n = tags.len;
	assert_int_equal(fss__block_read(none, tag, first, &got),
	    FSS_ECORRUPT);
	assert_int_equal(fss__block_read(s, tag, first, &got), 0);
	for (i = 0; i < FSS__BLOCK_NAMES; i++) {
		fss__block_tag(&got, i, &u);
		assert_true(fss__tag_eq(&t[i], &u));
	}
	assert_int_equal(got.count, FSS__BLOCK_NAMES);
	for (i = 0; i < FSS__BLOCK_NAMES; i++) {
		assert_int_equal(got.name[i].entry, n[i].entry);
		assert_int_equal(got.name[i].parent, n[i].parent);
		assert_true(fss__slice_eq(got.name[i].text, n[i].text));
	}
	/* Cut anywhere it is whole names or refused, and never read past. */
	for (cut = 0; cut < b.len; cut++) {
		uint8_t *copy = malloc(cut + 1);
		int r;

		assert_non_null(copy);
		memcpy(copy, b.data, cut);
		s.p = copy;
		s.n = cut;
		r = fss__block_read(s, none, first, &got);
		assert_true(r == FSS_ECORRUPT ||
		    (r == 0 && got.count < FSS__BLOCK_NAMES));
		free(copy);
	}
	/* One more name than a block may have. */
	fss__block_put(&b, first, &n[0]);
	s.p = b.data;
	s.n = b.len;
	assert_int_equal(fss__block_read(s, none, first, &got), FSS_ECORRUPT);
	/* Sums that overflow. */
	s.p = "\xff\xff\xff\xff\xff\xff\xff\xff\x7f\1\2ab";
	s.n = 13;
	assert_int_equal(fss__block_read(s, none, first, &got), FSS_ECORRUPT);
	fss__buf_release(&b);
	fss__buf_release(&tags);
}

/* Behind the tags: whose names they are, one or each. */
static void
test_owners(void **state)
{
	struct fss__slice s, tag;
	struct fss__block_name n;
	struct fss__search_tag t;
	int64_t owner[FSS__BLOCK_NAMES];
	struct fss__buf b, tags;
	struct fss__block got;
	unsigned i, own;
	size_t cut;

	(void)state;
	memset(&t, 0, sizeof(t));
	for (own = 0; own < 2; own++) {
		fss__buf_init(&b, 1 << 20);
		fss__buf_init(&tags, FSS__BLOCK_TAGS);
		for (i = 0; i < FSS__BLOCK_NAMES; i++) {
			n.entry = 7 + i;
			n.parent = 1;
			n.text = mf_s("\002\001abc\003");
			fss__block_put(&b, 7, &n);
			fss__tag_put(&tags, &t);
			owner[i] = INT64_MAX - (own ? i : 0);
		}
		fss__block_put_owners(&tags, owner, FSS__BLOCK_NAMES);
		assert_int_equal(b.err | tags.err, 0);
		s.p = b.data;
		s.n = b.len;
		tag.p = tags.data;
		tag.n = FSS__BLOCK_NAMES * (size_t)FSS__TAG_BYTES;
		/* As blocks had them before: not known. */
		assert_int_equal(fss__block_read(s, tag, 7, &got), 0);
		assert_int_equal(got.owner, 0);
		assert_int_equal(got.name[5].owner, 0);
		/* One is of all; of each there are as many as names. */
		for (cut = tag.n + 1; cut < tags.len; cut++) {
			tag.n = cut;
			assert_int_equal(fss__block_read(s, tag, 7, &got),
			    own && cut - FSS__BLOCK_NAMES *
			    (size_t)FSS__TAG_BYTES == 9 ? 0 : FSS_ECORRUPT);
		}
		tag.n = tags.len;
		assert_int_equal(fss__block_read(s, tag, 7, &got), 0);
		assert_int_equal(got.owner, own ? 0 : INT64_MAX);
		for (i = 0; i < FSS__BLOCK_NAMES; i++)
			assert_int_equal(got.name[i].owner, owner[i]);
		(void)fss__buf_append(&tags, "\1", 1);
		tag.p = tags.data;
		tag.n = tags.len;
		assert_int_equal(fss__block_read(s, tag, 7, &got),
		    FSS_ECORRUPT);
		fss__buf_release(&b);
		fss__buf_release(&tags);
	}
}

/* Whatever bytes there are, they are read or refused, and never past. */
/* Whether all of a space is hidden, as it is asked of one search. */
struct hidden {
	int64_t owner;
	bool all;
};

static int
seen_of(void *arg, int64_t owner)
{
	const struct hidden *x = arg;

	return owner == x->owner && x->all ? FSS__SEEN_NONE : FSS__SEEN_SOME;
}

#define ENDS 4096

/*
 * All pages of "match" that look at so much each: where they end, and how many
 * names that are not hidden there are.  What of the hidden ones comes out is
 * passed over as in a folder of which it is known that all in it is hidden.
 */
static size_t
pages_of(struct mf *f, struct hidden *x, unsigned budget,
    struct fss__search_place end[ENDS], unsigned *ret_seen)
{
	static struct fss__search_query q;
	struct fss__search_filter all = { .size_max = UINT64_MAX,
		.newer_us = INT64_MIN, .older_us = INT64_MAX };
	struct fss__search_hit hit;
	struct fss__search *s;
	const char *why;
	size_t n = 0;
	int r;

	*ret_seen = 0;
	assert_int_equal(fss__search_parse(mf_s("match"), &why, &q), 0);
	do {
		assert_int_equal(fss__search_open(f->ctx.db, &q, &all,
		    n > 0 ? &end[n - 1] : NULL, budget, &s), 0);
		fss__search_spaces(s, -1, seen_of, x);
		while ((r = fss__search_next(s, &hit)) == 1) {
			if (hit.owner == x->owner)
				fss__search_cheap(s);
			else
				(*ret_seen)++;
		}
		assert_true(r == 0 || r == FSS_EAGAIN);
		assert_true(n < ENDS);
		end[n++] = fss__search_at(s);
		fss__search_close(s);
	} while (r == FSS_EAGAIN);
	return n;
}

/*
 * A page ends at the same name of a space that is hidden, be all of it hidden
 * or a part of it seen: no cursor tells which.
 */
static void
test_hidden_ends(void **state)
{
	static struct fss__search_place some[ENDS], none[ENDS];
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct hidden x = { alice.account, false };
	unsigned budget, seen_some, seen_none, pages = 0;
	size_t i, n;
	char path[64];

	for (i = 0; i < 300; i++) {
		(void)snprintf(path, sizeof(path), "/d/match %zu", i);
		assert_int_equal(mf_file(f, mf_random(seed_of(state), 4) == 0 ?
		    &bob : &alice, NULL, path, NULL), 0);
	}
	mf_begin(f);
	assert_true(fss__search_post(f->ctx.db, 1, 20000) > 0);
	(void)mf_end(f, 0);
	for (budget = 1; budget < 60; budget++) {
		x.all = false;
		n = pages_of(f, &x, budget, some, &seen_some);
		x.all = true;
		assert_int_equal(pages_of(f, &x, budget, none, &seen_none), n);
		for (i = 0; i < n; i++) {
			assert_int_equal(none[i].rank, some[i].rank);
			assert_int_equal(none[i].before, some[i].before);
		}
		assert_int_equal(seen_none, seen_some);
		pages += (unsigned)n;
	}
	assert_true(pages > 300);
	mf_close(f);
}

static void
test_any_bytes(void **state)
{
	struct fss__slice s, tag;
	struct fss__block got;
	uint8_t *names, *tags;
	size_t i;
	int k, r, good = 0;

	for (k = 0; k < 20000; k++) {
		s.n = mf_random(seed_of(state), 40);
		tag.n = mf_random(seed_of(state), 40);
		s.p = names = malloc(s.n + 1);
		tag.p = tags = malloc(tag.n + 1);
		assert_true(names != NULL && tags != NULL);
		/* Small numbers, mostly, so that many a name is whole. */
		for (i = 0; i < s.n; i++)
			names[i] = (uint8_t)mf_random(seed_of(state),
			    i % 8 == 7 ? 256 : 4);
		for (i = 0; i < tag.n; i++)
			tags[i] = (uint8_t)mf_random(seed_of(state), 256);
		r = fss__block_read(s, tag, 1, &got);
		assert_true(r == 0 || r == FSS_ECORRUPT);
		if (r == 0 && tag.n > 0) {
			assert_true(tag.n >= got.count * FSS__TAG_BYTES);
			good++;
		}
		free(names);
		free(tags);
	}
	assert_true(good > 0);
}

/* In any order, by look-ups and by steps, over gaps and to none. */
static void
test_load(void **state)
{
	enum { BLOCKS = 60, GAP = 7 };
	struct mf *f = mf_open();
	struct fss__block_from from = { 0 };
	struct fss__block b;
	struct fss__stmt *st;
	int64_t block, first;
	unsigned i;
	int r;

	mf_begin(f);
	for (block = 0; block < BLOCKS; block++) {
		if (block % GAP == 0)
			continue;
		st = fss__db_query(f->ctx.db, "INSERT INTO search_block"
		    "(id, first, names, tags) VALUES(?1, ?2, ?3, x'')");
		fss__bind_i64(st, 1, block);
		fss__bind_i64(st, 2, 1000 + block);
		fss__bind_blob(st, 3, "\0\1\3\2a\3", 6);
		assert_int_equal(fss__exec(st), 0);
	}
	for (i = 0; i < ROUNDS; i++) {
		block = mf_random(seed_of(state), 4) == 0 || block < 12 ?
		    mf_random(seed_of(state), BLOCKS + 4) :
		    block - mf_random(seed_of(state), 12);
		r = fss__block_load(f->ctx.db, block, &from, &first, &b);
		if (block % GAP == 0 || block >= BLOCKS) {
			assert_int_equal(r, FSS_ECORRUPT);
			continue;
		}
		assert_int_equal(r, 0);
		assert_int_equal(first, 1000 + block);
		assert_int_equal(b.name[0].entry, first);
	}
	fss__block_end(&from);
	(void)mf_end(f, FSS_EAGAIN);
	mf_close(f);
}

static void
count_one(void *ctx, const char *text)
{
	assert_non_null(strstr(text, "search"));
	*(int *)ctx += 1;
}

/* Whatever part of the index is damaged, the check finds it. */
static void
test_check(void **state)
{
	static const char *const damage[] = {
		"UPDATE search_block SET names = x'ff' WHERE id = 0",
		"UPDATE search_block SET names = x'' WHERE id = 1",
		"UPDATE search_block SET tags = x'ff' WHERE id = 0",
		"UPDATE search_block SET tags = NULL WHERE id = 1",
		"UPDATE search_block SET tags = x'fd' || substr(tags, 2)"
		" WHERE id = 1",
		"UPDATE search_block SET tags = substr(tags, 1,"
		" length(tags) - 1) || x'ff' WHERE id = 1",
		"UPDATE search_block SET tags = substr(tags, 1,"
		" length(tags) - 1) || x'7f' WHERE id = 1",
		"UPDATE search_block SET tags = substr(tags, 1,"
		" length(tags) - 1) WHERE id = 1",
		"UPDATE version SET media = 'text/other' WHERE id ="
		" (SELECT max(id) FROM version)",
		"UPDATE version SET size = size + 1000 WHERE id ="
		" (SELECT min(id) FROM version)",
		"UPDATE version SET state = 1 WHERE id ="
		" (SELECT min(id) FROM version)",
		"UPDATE search_block SET names ="
		" (SELECT names FROM search_block WHERE id = 0) WHERE id = 1",
		"DELETE FROM search_block WHERE id = 1",
		"UPDATE search_folder SET name = 'other' WHERE parent > 0",
		"UPDATE search_folder SET access = 3 WHERE parent > 0",
		"INSERT INTO search_folder VALUES(1000, 1, 1, 0, 0, 'x')",
		"DELETE FROM search_gram WHERE id ="
		" (SELECT min(id) FROM search_gram)",
		"DELETE FROM search_gram WHERE id ="
		" (SELECT max(id) FROM search_gram)",
		"UPDATE search_gram SET blocks = x'ff'",
		"UPDATE search_state SET posted = posted - 1",
		"UPDATE entry SET name = 'other' WHERE name = 'file 7'",
	};
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");
	char path[64];
	size_t i;
	int found;

	(void)state;
	for (i = 0; i < 40; i++) {
		(void)snprintf(path, sizeof(path), "/d/file %zu", i);
		assert_int_equal(mf_file(f, &alice, NULL, path, NULL), 0);
	}
	mf_begin(f);
	assert_true(fss__search_post(f->ctx.db, 1, 1000) > 0);
	(void)mf_end(f, 0);
	mf_expect_sound(f);
	for (i = 0; i < sizeof(damage) / sizeof(damage[0]); i++) {
		mf_begin(f);
		assert_int_equal(
		    fss__exec(fss__db_query(f->ctx.db, damage[i])), 0);
		found = 0;
		assert_int_equal(
		    fss__search_check(f->ctx.db, count_one, &found), 0);
		if (found == 0)
			fail_msg("not found: %s", damage[i]);
		fss__store_abort(f->store);
	}
	mf_expect_sound(f);
	mf_close(f);
}

/* A folder that was removed, of which some is left: that is no damage. */
static void
test_check_removed(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");
	char path[32];
	int i, found = 0;

	(void)state;
	for (i = 0; i < 100; i++) {
		(void)snprintf(path, sizeof(path), "/gone/%d thing", i);
		assert_int_equal(mf_file(f, &alice, NULL, path, NULL), 0);
	}
	mf_begin(f);
	assert_true(fss__search_post(f->ctx.db, 1, 1000) > 0);
	(void)mf_end(f, 0);
	assert_int_equal(mf_remove(f, &alice, NULL, "/gone", true), 0);
	assert_true(mf_sql(f, "SELECT count(*) FROM entry"
	    " WHERE name LIKE '%thing'") > 0);
	assert_int_equal(fss__search_check(f->ctx.db, count_one, &found), 0);
	assert_int_equal(found, 0);
	mf_close(f);
}

/* Commits @path with @text anew, as @media. */
static void
put_as(struct mf *f, const struct fss__actor *who, const char *path,
    const char *text, const char *media)
{
	struct fss__m_commit_item m;
	struct fss__id id = mf_put(f, who, text);

	m = mf_item(path, text, &id);
	m.has |= FSS__K_commit_item_media;
	m.media = mf_s(media);
	assert_int_equal(mf_commit(f, who, NULL, &m, NULL), 0);
}

/*
 * A file that gets another type is found by it, also where a tag, of which the
 * type is a byte, stays as it is.
 */
static void
test_other_type(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");
	struct fss__m_find m = mf_question("tune");
	struct mf_rows *rows = mf_rows(10);
	struct fss__meta_row row;
	struct fss__search_tag was, is;
	int found = 0;

	(void)state;
	memset(&row, 0, sizeof(row));
	row.e.kind = FSS_KIND_FILE;
	(void)snprintf(row.v.media, sizeof(row.v.media), "audio/mpeg");
	fss__tag_of(&row, &was);
	(void)snprintf(row.v.media, sizeof(row.v.media), "audio/ogg");
	fss__tag_of(&row, &is);
	assert_true(fss__tag_eq(&was, &is));
	put_as(f, &alice, "/tune", "one", "audio/mpeg");
	mf_begin(f);
	assert_true(fss__search_post(f->ctx.db, 1, 1000) > 0);
	(void)mf_end(f, 0);
	put_as(f, &alice, "/tune", "two", "audio/ogg");
	m.has |= FSS__K_find_type;
	m.type = mf_s("audio/ogg");
	assert_int_equal(mf_find(f, &alice, m, 10, rows), 0);
	assert_int_equal(rows->n, 1);
	assert_int_equal(fss__search_check(f->ctx.db, count_one, &found), 0);
	assert_int_equal(found, 0);
	mf_rows_free(rows);
	mf_close(f);
}

int
main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) :
				   (uint64_t)fss__wall_us();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_grams, &seed),
		cmocka_unit_test_prestate(test_tag_grams, &seed),
		cmocka_unit_test_prestate(test_load, &seed),
		cmocka_unit_test_prestate(test_postings, &seed),
		cmocka_unit_test_prestate(test_blocks, &seed),
		cmocka_unit_test(test_owners),
		cmocka_unit_test_prestate(test_hidden_ends, &seed),
		cmocka_unit_test_prestate(test_any_bytes, &seed),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_check_removed),
		cmocka_unit_test(test_other_type),
	};

	(void)printf("seed %llu (give it as an argument to repeat)\n",
	    (unsigned long long)seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
