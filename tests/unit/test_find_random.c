/*
 * Search against a naive one over random names, trees and accesses: matching,
 * ranking, paging, and that nothing is found that may not be seen; with names
 * that are in no block of the index, in blocks, moved and removed.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "model/find_window.h"
#include "model_fixture.h"
#include "store/search_post.h"

#define NODES	300
#define QUERIES	200
#define RUNS	5		/* the names are in, 32 apart: 64 have a place */

struct node {
	int	parent, owner;		/* owner 0 or 1, parent -1: its root */
	int	access;
	bool	folder, gone;
	char	name[48];
};

static const char *const owners[2] = { "alice", "bob" };

static void
random_name(uint64_t *seed, int n, char *dst, size_t cap)
{
	static const char *const words[] = {
		"report", "Photo", "a", "ab", "holiday", "2024", "x", "Cat",
		"catalog", "bobcat", "note", "port", "be", "\303\211t\303\251",
	};
	static const char *const between[] = { "-", "_", " ", ".", "", "--" };
	unsigned i, count = 1 + mf_random(seed, 3);
	size_t len = 0;

	for (i = 0; i < count; i++)
		len += (size_t)snprintf(dst + len, cap - len, "%s%s",
		    i > 0 ? between[mf_random(seed, 6)] : "",
		    words[mf_random(seed, 14)]);
	/* names may repeat in different folders, not in one */
	(void)snprintf(dst + len, cap - len, ".%d", n % 60);
}

/* Lower case, the one accent there is taken off. */
static void
naive_fold(const char *src, char *dst)
{
	for (; *src != '\0'; src++) {
		if (*src == '\303') {
			src++;
			*dst++ = 'e';
		} else {
			*dst++ = *src >= 'A' && *src <= 'Z' ?
			    (char)(*src + 32) : *src;
		}
	}
	*dst = '\0';
}

static bool
alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static int
naive_worst(const char *word)
{
	size_t n = strlen(word), i, weight = n;

	for (i = 1; i < n; i++)		/* a word inside weighs one more */
		weight += alnum(word[i]) && !alnum(word[i - 1]);
	return weight >= 3 ? FSS__SEARCH_PART : weight == 2 && alnum(*word) ?
	    FSS__SEARCH_WORD : FSS__SEARCH_PREFIX;
}

/* As docs/search.md has it. */
static int
naive_rank(const char *word, const char *name)
{
	size_t n = strlen(word);
	int best = FSS__SEARCH_NONE, rank, worst = naive_worst(word);
	const char *p;

	for (p = name; (p = strstr(p, word)) != NULL; p++) {
		rank = FSS__SEARCH_PART;
		if (p == name)
			rank = p[n] == '\0' ? FSS__SEARCH_EXACT :
			    p[n] == '.' ? FSS__SEARCH_STEM :
			    FSS__SEARCH_PREFIX;
		else if (alnum(*word) && !alnum(p[-1]))
			rank = FSS__SEARCH_WORD;
		if (rank <= worst && rank < best)
			best = rank;
	}
	return best;
}

static bool
gone(const struct node *node, int n)
{
	for (; n >= 0; n = node[n].parent) {
		if (node[n].gone)
			return true;
	}
	return false;
}

static bool
visible(const struct node *node, int n, int who)
{
	if (gone(node, n))
		return false;
	if (node[n].owner == who)
		return true;
	for (; n >= 0; n = node[n].parent) {
		if (node[n].access != FSS_ACCESS_INHERIT)
			return node[n].access != FSS_ACCESS_PRIVATE;
	}
	return false;
}

/* Whether @word is in @name; @loose: beside a longer one. */
static bool
naive_in(const char *word, bool loose, const char *name)
{
	const char *p;

	if (naive_rank(word, name) < FSS__SEARCH_NONE)
		return true;
	for (p = name; loose && (p = strstr(p, word)) != NULL; p++) {
		if (p == name || !alnum(p[-1]))
			return true;
	}
	return false;
}

/* What a node is sorted by. */
struct rank {
	int	rank;		/* NONE: it is no hit */
	size_t	length;
	int	node;
};

static struct rank
naive_match(const struct node *node, int n, char words[][32], int count)
{
	struct rank ret = { FSS__SEARCH_NONE, 0, n };
	static struct fss__search_name encoded;
	char name[64], above[64], whole[128] = "";
	int i, up, best = FSS__SEARCH_NONE, rank, here = 0, over = 0;
	size_t len = 0;
	bool loose, in, longer = false;

	for (i = 0; i < count; i++) {
		len += (size_t)snprintf(whole + len, sizeof(whole) - len,
		    "%s%s", i > 0 ? " " : "", words[i]);
		longer = longer || naive_worst(words[i]) > FSS__SEARCH_PREFIX;
	}
	naive_fold(node[n].name, name);
	for (i = 0; i < count; i++) {
		loose = longer && strlen(words[i]) == 1;
		rank = naive_rank(words[i], name);
		best = rank < best ? rank : best;
		in = naive_in(words[i], loose, owners[node[n].owner]);
		for (up = node[n].parent; up >= 0; up = node[up].parent) {
			naive_fold(node[up].name, above);
			in = in || naive_in(words[i], loose, above);
		}
		over += in;
		if (naive_in(words[i], loose, name))
			here++;
		else if (!in)
			return ret;
	}
	if (count > 1 && best != FSS__SEARCH_NONE &&
	    (here == count || best <= FSS__SEARCH_STEM))
		best = FSS__SEARCH_ALL;
	if (here == count && naive_rank(whole, name) <= FSS__SEARCH_STEM)
		best = naive_rank(whole, name);
	ret.rank = best;
	assert_int_equal(fss__search_encode(mf_s(node[n].name), &encoded), 0);
	ret.length = encoded.len * 2 + strlen(owners[node[n].owner]) + 1;
	for (up = node[n].parent; up >= 0; up = node[up].parent)
		ret.length += strlen(node[up].name) + 1;
	ret.length += 12 * (size_t)(count - here + 8 - over);
	return ret;
}

static int
by_rank(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank - y->rank;
	if (x->length != y->length)
		return x->length < y->length ? -1 : 1;
	return y->node - x->node;	/* made in this order */
}

static void
node_path(const struct node *node, int n, char *dst, size_t cap)
{
	char tail[1024] = "", joined[1024];

	for (; n >= 0; n = node[n].parent) {
		(void)snprintf(joined, sizeof(joined), "/%.47s%.900s",
		    node[n].name, tail);
		memcpy(tail, joined, sizeof(tail));
	}
	(void)snprintf(dst, cap, "%s", tail);
}

static void
grow(struct mf *f, const struct fss__actor *who, struct node *node,
    uint64_t *seed)
{
	char path[1024];
	int i, tries;

	for (i = 0; i < NODES; i++) {
		node[i].owner = (int)mf_random(seed, 2);
		node[i].parent = -1;
		for (tries = 0; tries < 3 && i > 0; tries++) {
			int p = (int)mf_random(seed, (uint32_t)i);

			if (node[p].folder && node[p].owner == node[i].owner)
				node[i].parent = p;
		}
		node[i].folder = mf_random(seed, 3) == 0;
		do {
			random_name(seed, i, node[i].name,
			    sizeof(node[i].name));
			node_path(node, i, path, sizeof(path));
		} while (mf_stat(f, &who[node[i].owner], NULL, path, 0,
		    NULL) == 0);
		assert_int_equal(node[i].folder ?
		    mf_folder(f, &who[node[i].owner], NULL, path) :
		    mf_file(f, &who[node[i].owner], NULL, path, NULL), 0);
		if (mf_random(seed, 4) != 0)
			continue;
		node[i].access = 1 + (int)mf_random(seed, 3);
		assert_int_equal(mf_access(f, &who[node[i].owner], NULL, path,
		    node[i].access), 0);
	}
}

/* A word of some name, or a piece of one. */
static void
random_word(const struct node *node, uint64_t *seed, char *dst)
{
	char name[64];
	size_t n, from, len;

	do {
		naive_fold(node[mf_random(seed, NODES)].name, name);
		n = strlen(name);
		from = mf_random(seed, (uint32_t)n);
		len = 1 + mf_random(seed, 6);
		len = from + len > n ? n - from : len;
		memcpy(dst, name + from, len);
		dst[len] = '\0';
		/* what is searched for has no space, and not signs alone */
	} while (strchr(dst, ' ') != NULL || (len < 3 && !alnum(dst[0])));
}

/* Whether all of each rank, seen or not, are sorted together. */
static bool
sorted(const struct rank *want, int count)
{
	size_t most = FSS__FIND_WINDOW / (count > 1 ? 4 : 2), i;

	for (i = most; i < NODES; i++)
		if (want[i].rank < FSS__SEARCH_NONE &&
		    want[i - most].rank == want[i].rank)
			return false;
	return true;
}

static bool
is_row(const struct mf_rows *all, size_t at, const char *owner,
    const char *path)
{
	return at < all->n && strcmp(all->row[at].path, path) == 0 &&
	    strcmp(all->row[at].owner, owner) == 0;
}

static void
check_query(struct mf *f, const struct fss__actor *who,
    const struct node *node, int asker, char words[][32], int count,
    size_t limit, struct mf_rows *all)
{
	char text[128] = "", path[1024];
	struct rank want[NODES];
	const char *owner;
	size_t n = 0, at = 0, k;
	int i;

	for (i = 0; i < count; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s",
		    i > 0 ? " " : "", words[i]);
	assert_int_equal(mf_find(f, &who[asker], mf_question(text), limit, all),
	    0);
	for (i = 0; i < NODES; i++)
		want[i] = naive_match(node, i, words, count);
	qsort(want, NODES, sizeof(want[0]), by_rank);
	for (i = 0; i < NODES && want[i].rank < FSS__SEARCH_NONE; i++) {
		if (!visible(node, want[i].node, asker))
			continue;
		node_path(node, want[i].node, path, sizeof(path));
		owner = owners[node[want[i].node].owner];
		for (k = at; !is_row(all, k, owner, path); k++)
			if (k == all->n || sorted(want, count))
				fail_msg("'%s' by %s: row %zu is '%s', not"
				    " '%s' (rank %d)", text, owners[asker],
				    at, at < all->n ? all->row[at].path : "",
				    path, want[i].rank);
		/* Where not all are sorted together, each is there once. */
		all->row[k] = all->row[at];
		at++;
	}
	assert_int_equal(at, all->n);
}

static void
check_some(struct mf *f, const struct fss__actor *who,
    const struct node *node, int queries, uint64_t *seed)
{
	struct mf_rows *all = mf_rows(0);
	char words[3][32];
	int q, i, count;

	for (q = 0; q < queries; q++) {
		count = 1 + (int)mf_random(seed, 3);
		for (i = 0; i < count; i++)
			random_word(node, seed, words[i]);
		check_query(f, who, node, q % 2, words, count,
		    1 + mf_random(seed, 60), all);
	}
	mf_rows_free(all);
}

static void
check_many(struct mf *f, const struct fss__actor *who,
    const struct node *node, uint64_t *seed)
{
	check_some(f, who, node, QUERIES, seed);
}

static void
post(struct mf *f, int limit)
{
	int r;

	mf_begin(f);
	r = fss__search_post(f->ctx.db, 1, limit);
	assert_true(r > 0);
	(void)mf_end(f, 0);
}

static bool
below(const struct node *node, int n, int top)
{
	for (; n >= 0 && n != top; n = node[n].parent)
		;
	return n == top;
}

/* Another name, and perhaps another folder. */
static void
move(struct mf *f, const struct fss__actor *who, struct node *node, int n,
    uint64_t *seed)
{
	char from[1024], to[1024];
	struct node old = node[n];
	int p = (int)mf_random(seed, NODES);

	if (gone(node, n))
		return;
	node_path(node, n, from, sizeof(from));
	if (node[p].folder && node[p].owner == old.owner && !gone(node, p) &&
	    !below(node, p, n))
		node[n].parent = p;
	if (mf_random(seed, 3) != 0)
		random_name(seed, n, node[n].name, sizeof(node[n].name));
	node_path(node, n, to, sizeof(to));
	if (mf_stat(f, &who[old.owner], NULL, to, 0, NULL) == 0) {
		node[n] = old;
		return;
	}
	assert_int_equal(mf_move(f, &who[old.owner], NULL, from, to, false),
	    0);
}

static void
drop(struct mf *f, const struct fss__actor *who, struct node *node, int n)
{
	char path[1024];

	if (gone(node, n))
		return;
	node_path(node, n, path, sizeof(path));
	assert_int_equal(mf_remove(f, &who[node[n].owner], NULL, path, true),
	    0);
	node[n].gone = true;
}

static void
test_random(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor who[2];
	struct node *node;
	uint64_t seed = *(uint64_t *)*state;
	int i;

	node = calloc(NODES, sizeof(*node));
	assert_non_null(node);
	for (i = 0; i < 2; i++)
		who[i] = mf_user(f, owners[i]);
	grow(f, who, node, &seed);
	check_many(f, who, node, &seed);	/* in no block */
	post(f, NODES / 2);
	check_many(f, who, node, &seed);	/* half of it */
	for (i = 0; i < NODES / 4; i++)
		move(f, who, node, (int)mf_random(&seed, NODES), &seed);
	for (i = 0; i < NODES / 16; i++)
		drop(f, who, node, (int)mf_random(&seed, NODES));
	(void)mf_purge(f);
	check_many(f, who, node, &seed);
	post(f, NODES * 2);
	mf_expect_sound(f);
	check_many(f, who, node, &seed);	/* all of it */
	for (i = 0; i < NODES / 4; i++)
		move(f, who, node, (int)mf_random(&seed, NODES), &seed);
	(void)mf_purge(f);
	check_many(f, who, node, &seed);
	mf_expect_sound(f);
	free(node);
	mf_close(f);
}

/*
 * The names lie in runs that share places of memory with each other, as those
 * of more than 33 million names do; between them there are empty ones.
 */
static void
test_many_runs(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor who[2];
	struct node *node;
	uint64_t seed = *(uint64_t *)*state;
	int i;

	node = calloc(NODES, sizeof(*node));
	assert_non_null(node);
	for (i = 0; i < 2; i++)
		who[i] = mf_user(f, owners[i]);
	grow(f, who, node, &seed);
	for (i = 0; i < RUNS; i++) {
		post(f, NODES / RUNS);
		mf_begin(f);
		assert_int_equal(fss__exec(fss__db_query(f->ctx.db,
		    "UPDATE search_state SET blocks = blocks + 16384 * 32")),
		    0);
		(void)mf_end(f, 0);
	}
	assert_true(mf_sql(f, "SELECT max(id) FROM search_block") >=
	    (RUNS - 1) * INT64_C(32) * FSS__POST_BLOCKS);
	mf_expect_sound(f);
	check_some(f, who, node, QUERIES / 4, &seed);
	free(node);
	mf_close(f);
}

int
main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) :
	    (uint64_t)fss__wall_us();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_random, &seed),
		cmocka_unit_test_prestate(test_many_runs, &seed),
	};

	(void)printf("seed %llu (give it as an argument to repeat)\n",
	    (unsigned long long)seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
