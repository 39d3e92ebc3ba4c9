/*
 * News and their ring: against a plain list that keeps everything.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "model/event.h"
#include "model_request.h"

#define KIND(k)		(1u << ((k) - 1))
#define ALL_KINDS	63u

static int64_t
add(struct fss__ring *r, const struct fss__news *n)
{
	struct fss__news *list = NULL;

	assert_int_equal(fss__news_add(&list, n), 0);
	return fss__ring_add(r, list);
}

static struct fss__news
news(int kind, int64_t account)
{
	struct fss__news n;

	memset(&n, 0, sizeof(n));
	n.kind = kind;
	n.account = account;
	n.at_us = 5;
	return n;
}

static int
next(const struct fss__ring *r, const struct fss__reader_of_news *who,
    uint64_t *after, const struct fss__news **ret_n)
{
	size_t look = SIZE_MAX;

	return fss__ring_next(r, who, after, &look, ret_n);
}

/* Who looks at little goes on from there, and misses nothing. */
static void
test_look(void **state)
{
	struct fss__reader_of_news who = { 1, 0,
		KIND(FSS_NEWS_REQUEST) };
	struct fss__news n = news(FSS_NEWS_FILE, 1);
	const struct fss__news *got;
	uint64_t after = 0;
	struct fss__ring *r;
	size_t look = 60;
	int i;

	(void)state;
	assert_int_equal(fss__ring_new(1, 1000, 1 << 20, &r), 0);
	for (i = 0; i < 100; i++)
		(void)add(r, &n);
	n.kind = FSS_NEWS_REQUEST;
	(void)add(r, &n);
	assert_int_equal(fss__ring_next(r, &who, &after, &look, &got), 0);
	assert_int_equal(after, 60);
	assert_int_equal(look, 0);
	look = 60;
	assert_int_equal(fss__ring_next(r, &who, &after, &look, &got), 1);
	assert_int_equal(after, 101);
	assert_int_equal(look, 19);
	assert_int_equal(fss__ring_next(r, &who, &after, &look, &got), 0);
	assert_int_equal(after, 101);
	fss__ring_free(r);
}

static void
test_list(void **state)
{
	struct fss__news *list = NULL, n = news(FSS_NEWS_FILE, 1);
	char path[] = "/a";

	(void)state;
	n.path = path;
	assert_int_equal(fss__news_add(&list, &n), 0);
	path[1] = 'b';
	assert_int_equal(fss__news_add(&list, &n), 0);
	assert_string_equal(list->path, "/a");
	assert_string_equal(list->next->path, "/b");
	assert_null(list->next->next);
	(void)fss__alloc_fail_at(2);
	assert_int_equal(fss__news_add(&list, &n), FSS_ENOMEM);
	(void)fss__alloc_fail_at(0);
	assert_null(list->next->next);
	fss__news_free(list);
}

/* What is cut off leaves a list that goes on; long ones are as quick. */
static void
test_cut(void **state)
{
	struct fss__news *list = NULL, **none, **some, *at;
	struct fss__news n = news(FSS_NEWS_REQUEST, 1);
	int i;

	(void)state;
	none = fss__news_mark(&list);
	fss__news_cut(none);
	assert_int_equal(fss__news_add(&list, &n), 0);
	some = fss__news_mark(&list);
	fss__news_cut(some);
	for (n.request = 1; n.request < 200000; n.request++)
		assert_int_equal(fss__news_add(&list, &n), 0);
	fss__news_cut(some);
	assert_null(list->next);
	for (n.request = 1; n.request < 4; n.request++)
		assert_int_equal(fss__news_add(&list, &n), 0);
	for (at = list, i = 0; at != NULL; at = at->next, i++)
		assert_int_equal(at->request, i);
	assert_int_equal(i, 4);
	fss__news_cut(none);
	assert_null(list);
	assert_int_equal(fss__news_add(&list, &n), 0);
	assert_null(list->next);
	fss__news_free(list);
}

static void
test_audience(void **state)
{
	struct fss__reader_of_news who = { 1, 10, ALL_KINDS };
	struct fss__news n = news(FSS_NEWS_REQUEST, 9);

	(void)state;
	assert_true(fss__news_for(&n, &who));
	who.kinds = ALL_KINDS & ~KIND(FSS_NEWS_REQUEST);
	assert_false(fss__news_for(&n, &who));
	who.kinds = ALL_KINDS;
	n.nto = 2;
	n.to[0] = 2;
	n.to[1] = 1;
	assert_true(fss__news_for(&n, &who));
	n.nto = 1;
	assert_false(fss__news_for(&n, &who));
	n = news(FSS_NEWS_WORK, 1);
	n.device = 10;
	assert_true(fss__news_for(&n, &who));
	n.device = 11;
	assert_false(fss__news_for(&n, &who));
	n.kind = 40;
	n.device = 0;
	assert_false(fss__news_for(&n, &who));
}

static void
test_row(void **state)
{
	struct fss__news n = news(FSS_NEWS_PROGRESS, 3);
	struct fss__m_event m;

	(void)state;
	n.request = 7;
	n.asker = 2;
	n.bytes = 100;
	n.change = 4;
	memcpy(n.name, "bob", 4);
	fss__news_row(&n, 12, 2, &m);
	assert_int_equal(m.seq, 12);
	assert_int_equal(m.request, 7);
	assert_int_equal(m.bytes, 100);
	assert_int_equal(m.change, 4);
	assert_true(m.has & FSS__K_event_mine && m.mine);
	assert_int_equal(m.account.n, 3);
	fss__news_row(&n, 12, 3, &m);
	assert_false(m.has & FSS__K_event_mine);
	n.kind = FSS_NEWS_PRESENCE;
	n.presence = FSS_PRESENCE_IDLE;
	fss__news_row(&n, 13, 3, &m);
	assert_int_equal(m.presence, FSS_PRESENCE_IDLE);
	assert_false(m.has & (FSS__K_event_request | FSS__K_event_bytes));
}

static void
test_bounds(void **state)
{
	struct fss__reader_of_news all = { 1, 1, ALL_KINDS };
	struct fss__news n = news(FSS_NEWS_FILE, 1);
	const struct fss__news *got;
	struct fss__ring *r;
	uint64_t after;
	int i;

	(void)state;
	assert_int_equal(fss__ring_new(77, 4, 1 << 20, &r), 0);
	assert_int_equal(fss__ring_epoch(r), 77);
	assert_int_equal(fss__ring_last(r), 0);
	assert_true(fss__ring_knows(r, 77, 0));
	assert_false(fss__ring_knows(r, 78, 0));
	assert_false(fss__ring_knows(r, 77, 1));
	for (i = 1; i <= 6; i++)
		assert_int_equal(add(r, &n), i);
	assert_false(fss__ring_knows(r, 77, 0));
	assert_false(fss__ring_knows(r, 77, 1));
	assert_true(fss__ring_knows(r, 77, 2));
	assert_true(fss__ring_knows(r, 77, 6));
	assert_false(fss__ring_knows(r, 77, 7));
	assert_false(fss__ring_knows(r, 77, UINT64_MAX));
	after = 2;
	for (i = 3; i <= 6; i++) {
		assert_int_equal(next(r, &all, &after, &got), 1);
		assert_int_equal(after, i);
	}
	assert_int_equal(next(r, &all, &after, &got), 0);
	assert_int_equal(after, 6);
	fss__ring_free(r);

	/* By bytes: the newest stays whatever it takes. */
	assert_int_equal(fss__ring_new(1, 1000, sizeof(n) * 3, &r), 0);
	for (i = 1; i <= 10; i++)
		assert_int_equal(add(r, &n), i);
	assert_false(fss__ring_knows(r, 1, 6));
	assert_true(fss__ring_knows(r, 1, 7));
	fss__ring_free(r);
	assert_int_equal(fss__ring_new(1, 1000, 1, &r), 0);
	assert_int_equal(add(r, &n), 1);
	after = 0;
	assert_int_equal(next(r, &all, &after, &got), 1);
	fss__ring_free(r);

	/* Without memory everybody lists afresh. */
	assert_int_equal(fss__ring_new(1, 1000, 1 << 20, &r), 0);
	for (i = 1; i <= 64; i++)
		assert_int_equal(add(r, &n), i);
	{
		struct fss__news *list = NULL;

		assert_int_equal(fss__news_add(&list, &n), 0);
		(void)fss__alloc_fail_at(1);
		assert_int_equal(fss__ring_add(r, list), FSS_ENOMEM);
		(void)fss__alloc_fail_at(0);
	}
	assert_false(fss__ring_knows(r, 1, 64));
	assert_true(fss__ring_knows(r, 1, fss__ring_last(r)));
	assert_int_equal(add(r, &n), 66);
	after = 65;
	assert_int_equal(next(r, &all, &after, &got), 1);
	assert_int_equal(after, 66);
	fss__ring_free(r);
}

/* What changes often pushes out nothing but itself. */
static void
test_supersede(void **state)
{
	struct fss__reader_of_news who = { 2, 0, ALL_KINDS };
	static const int often[] = { FSS_NEWS_PRESENCE, FSS_NEWS_PROGRESS,
		FSS_NEWS_UPLOAD };
	struct fss__news n = news(FSS_NEWS_REQUEST, 1);
	const struct fss__news *got;
	struct fss__ring *r;
	uint64_t after = 0;
	int64_t last = 0;
	int i;

	(void)state;
	assert_int_equal(fss__ring_new(7, 200, 1 << 20, &r), 0);
	n.request = 77;
	assert_int_equal(add(r, &n), 1);
	for (i = 0; i < 30000; i++) {
		n = news(often[i % 3], 1 + i % 150);
		n.request = n.account;
		n.nto = 1;
		n.to[0] = n.account;
		last = add(r, &n);
	}
	assert_int_equal(last, 30001);
	assert_true(fss__ring_knows(r, 7, 0));
	/* Of all that the other's one, and this one's newest. */
	assert_int_equal(next(r, &who, &after, &got), 1);
	assert_int_equal(after, 1);
	assert_int_equal(got->request, 77);
	assert_int_equal(next(r, &who, &after, &got), 1);
	assert_true(after > 30001 - 150);
	assert_int_equal(got->account, 2);
	assert_int_equal(next(r, &who, &after, &got), 0);
	assert_int_equal(after, 30001);
	fss__ring_lose(r);
	assert_false(fss__ring_knows(r, 7, 30001));
	assert_true(fss__ring_knows(r, 7, 30002));
	fss__ring_free(r);
}

/* ---- at random, beside a list ------------------------------------------ */

#define STEPS	4000
#define KEEP	200

static bool
same_subject(const struct fss__news *a, const struct fss__news *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == FSS_NEWS_PROGRESS)
		return a->request == b->request;
	return (a->kind == FSS_NEWS_PRESENCE || a->kind == FSS_NEWS_UPLOAD) &&
	    a->account == b->account &&
	    a->nto == b->nto && (a->nto == 0 || a->to[0] == b->to[0]);
}

static void
test_random(void **state)
{
	struct fss__news *seen = calloc(STEPS + 1, sizeof(*seen)), n;
	bool *alive = calloc(STEPS + 1, sizeof(*alive));
	const struct fss__news *got;
	struct fss__reader_of_news who;
	struct fss__ring *r;
	uint64_t seed = 20261123, after, s, t, floor = 0, live = 0;
	bool gone;

	(void)state;
	assert_non_null(seen);
	assert_non_null(alive);
	assert_int_equal(fss__ring_new(5, KEEP, 1 << 24, &r), 0);
	for (s = 1; s <= STEPS; s++) {
		n = news(1 + (int)mf_random(&seed, 6),
		    1 + mf_random(&seed, 40));
		n.request = n.account;
		n.nto = mf_random(&seed, 3);
		n.to[0] = 1 + mf_random(&seed, 5);
		n.to[1] = 1 + mf_random(&seed, 5);
		n.bytes = s;
		seen[s] = n;
		/* The one before it goes, and, of too many, the oldest. */
		for (t = floor + 1; t < s; t++) {
			if (alive[t] && same_subject(&seen[t], &n)) {
				alive[t] = false;
				live--;
			}
		}
		for (; live >= KEEP; live -= alive[floor])
			floor++;
		alive[s] = true;
		live++;
		assert_int_equal(add(r, &n), (int64_t)s);
		assert_true(fss__ring_knows(r, 5, floor));
		assert_false(floor > 0 && fss__ring_knows(r, 5, floor - 1));
		if (mf_random(&seed, 20) != 0)
			continue;
		/* Read from somewhere that is known still. */
		after = floor + mf_random(&seed, KEEP / 2);
		if (after > s)
			after = s;
		who.account = 1 + mf_random(&seed, 5);
		who.device = 0;
		who.kinds = mf_random(&seed, 64);
		for (t = after + 1; t <= s; t++) {
			uint64_t u;

			gone = false;
			for (u = t + 1; u <= s && !gone; u++)
				gone = same_subject(&seen[u], &seen[t]);
			if (gone || !fss__news_for(&seen[t], &who))
				continue;
			assert_int_equal(next(r, &who, &after,
			    &got), 1);
			assert_int_equal(after, t);
			assert_int_equal(got->bytes, t);
		}
		assert_int_equal(next(r, &who, &after, &got), 0);
		assert_int_equal(after, s);
	}
	fss__ring_free(r);
	free(seen);
	free(alive);
}

static void
test_visible(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__news n = news(FSS_NEWS_FILE, alice.account);
	char path[] = "/d/x";

	(void)state;
	assert_int_equal(mf_file(f, &alice, NULL, "/d/x", "text"), 0);
	n.path = path;
	n.what = FSS_CHANGE_ADDED;
	n.entry = mf_sql(f, "SELECT id FROM entry WHERE name = 'x'");
	assert_int_equal(fss__news_visible(&f->ctx, &alice, &n), 1);
	assert_int_equal(fss__news_visible(&f->ctx, &bob, &n), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/d", FSS_ACCESS_ASK), 0);
	assert_int_equal(fss__news_visible(&f->ctx, &bob, &n), 1);
	assert_int_equal(mf_remove(f, &alice, NULL, "/d/x", false), 0);
	assert_int_equal(fss__news_visible(&f->ctx, &bob, &n), 0);
	n.what = FSS_CHANGE_REMOVED;
	n.entry = mf_sql(f, "SELECT id FROM entry WHERE name = 'd'");
	assert_int_equal(fss__news_visible(&f->ctx, &bob, &n), 0);
	n.inherits = true;
	assert_int_equal(fss__news_visible(&f->ctx, &bob, &n), 1);
	n.entry = 0;
	assert_int_equal(fss__news_visible(&f->ctx, &bob, &n), 0);
	assert_int_equal(fss__news_visible(&f->ctx, &alice, &n), 1);
	mf_close(f);
}

/*
 * The name that something had where nobody saw it is not told to who sees it
 * where it is now; nor is that of what was removed there.
 */
static void
test_elsewhere(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	const struct fss__news *n;
	unsigned count = 0;

	(void)state;
	assert_int_equal(mf_file(f, &alice, NULL, "/draft/of bob", "1"), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/draft/d/gone", "2"), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/draft/d/stays", "3"), 0);
	assert_int_equal(mf_remove(f, &alice, NULL, "/draft/d/gone", false), 0);
	assert_int_equal(mf_folder(f, &alice, NULL, "/open"), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/open", FSS_ACCESS_OPEN),
	    0);
	assert_int_equal(mf_move(f, &alice, NULL, "/draft/of bob", "/open/x",
	    false), 0);
	assert_int_equal(mf_move(f, &alice, NULL, "/draft/d", "/open/d", false),
	    0);
	for (n = f->ctx.news; n != NULL; n = n->next) {
		if (n->kind != FSS_NEWS_FILE || n->lost ||
		    fss__news_visible(&f->ctx, &bob, n) != 1)
			continue;
		assert_memory_equal(n->path, "/open", 5);
		count += n->what == FSS_CHANGE_MOVED;
	}
	assert_int_equal(count, 2);
	fss__news_free(f->ctx.news);
	f->ctx.news = NULL;
	mf_close(f);
}

/* FILE items that @who is told, and how many of them are for a folder. */
static unsigned
told(struct mf *f, const struct fss__actor *who, unsigned *ret_many)
{
	const struct fss__news *n;
	unsigned count = 0;
	int r;

	*ret_many = 0;
	for (n = f->ctx.news; n != NULL; n = n->next) {
		if (n->kind != FSS_NEWS_FILE)
			continue;
		r = fss__news_visible(&f->ctx, who, n);
		assert_in_range(r, 0, 1);
		count += (unsigned)r;
		*ret_many += r == 1 && n->what == FSS_CHANGE_MANY;
	}
	return count;
}

static void
touch(struct mf *f, const struct fss__actor *who, unsigned i,
    const char *text)
{
	char path[16];

	(void)snprintf(path, sizeof(path), "/d/f%u", i);
	assert_int_equal(mr_announce(f, who, path, text), 0);
}

/* The item for many stands for none that is hidden. */
static void
test_many(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	unsigned i, many;

	(void)state;
	for (i = 0; i < FSS__NEWS_FILES + 2; i++)
		touch(f, &alice, i, "old");
	assert_int_equal(mf_access(f, &alice, NULL, "/d", FSS_ACCESS_ASK), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/d/f16",
	    FSS_ACCESS_PRIVATE), 0);
	fss__news_free(f->ctx.news);
	f->ctx.news = NULL;
	for (i = 0; i < FSS__NEWS_FILES; i++)
		touch(f, &alice, i, "new");
	assert_int_equal(told(f, &bob, &many), FSS__NEWS_FILES);
	assert_int_equal(many, 0);
	/* The next one is hidden: as if nothing had been. */
	touch(f, &alice, FSS__NEWS_FILES, "new");
	assert_int_equal(told(f, &bob, &many), FSS__NEWS_FILES);
	assert_int_equal(many, 0);
	assert_int_equal(told(f, &alice, &many), FSS__NEWS_FILES + 1);
	/* The one after is not, and then the hidden one is still told. */
	touch(f, &alice, FSS__NEWS_FILES + 1, "new");
	assert_int_equal(told(f, &bob, &many), FSS__NEWS_FILES + 1);
	assert_int_equal(many, 1);
	touch(f, &alice, FSS__NEWS_FILES, "newer");
	touch(f, &alice, 0, "newer");
	assert_int_equal(told(f, &bob, &many), FSS__NEWS_FILES + 1);
	assert_int_equal(told(f, &alice, &many), FSS__NEWS_FILES + 3);
	assert_int_equal(many, 1);
	mf_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_look),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_audience),
		cmocka_unit_test(test_row),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_supersede),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_visible),
		cmocka_unit_test(test_elsewhere),
		cmocka_unit_test(test_many)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
