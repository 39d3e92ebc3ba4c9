/*
 * Whom each change of a request is told to, and that it is told once: asker
 * and all it went to, on all of their devices, whoever made the change.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "model_request.h"

#define ASKER	1u
#define GIVER	2u	/* alice, who answers */
#define OTHER	4u	/* carl, asked along with her */
#define STRANGER 8u	/* dora, in no group */

struct world {
	struct mf		*f;
	struct fss__actor	 who[4];
};

static int
setup(void **state)
{
	static const char *const names[] = { "bob", "alice", "carl", "dora" };
	struct world *w = test_calloc(1, sizeof(*w));
	size_t i;

	w->f = mf_open();
	for (i = 0; i < 4; i++)
		w->who[i] = mf_user(w->f, names[i]);
	assert_int_equal(mf_group(w->f, &w->who[0], "g", "alice", false), 0);
	assert_int_equal(mf_group(w->f, &w->who[0], "g", "carl", false), 0);
	assert_int_equal(mr_announce(w->f, &w->who[1], "/f", "one"), 0);
	assert_int_equal(mf_access(w->f, &w->who[1], NULL, "/f",
	    FSS_ACCESS_ASK), 0);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	mf_close(w->f);
	test_free(w);
	return 0;
}

/*
 * Takes the news: a bit for each who is told that it is in @state now, each
 * once, `mine` where it is; a path only for asker and giver.
 */
static unsigned
told(struct world *w, int state)
{
	struct fss__reader_of_news reader = { 0, 0, 1u << (FSS_NEWS_REQUEST -
	    1) };
	const struct fss__news *n;
	struct fss__m_event row;
	unsigned told = 0;
	size_t i;

	for (n = w->f->ctx.news; n != NULL; n = n->next) {
		if (n->kind != FSS_NEWS_REQUEST || n->state != state)
			continue;
		for (i = 0; i < 4; i++) {
			reader.account = w->who[i].account;
			if (!fss__news_for(n, &reader))
				continue;
			assert_false(told & 1u << i);
			told |= 1u << i;
			fss__news_row(n, 1, w->who[i].account, &row);
			assert_int_equal((row.has & FSS__K_event_mine) != 0,
			    i == 0);
			assert_true(i < 2 || n->path == NULL);
		}
	}
	fss__news_free(w->f->ctx.news);
	w->f->ctx.news = NULL;
	return told;
}

static void
decide(struct world *w, size_t who, const struct mf_req *q, int event)
{
	assert_int_equal(mr_decide(w->f, &w->who[who], q->id, event, NULL,
	    NULL), 0);
}

static void
cause(struct world *w, const struct mf_req *q, int event)
{
	struct fss__request_cause c;
	struct fss__meta_request r;

	memset(&c, 0, sizeof(c));
	c.event = event;
	assert_int_equal(fss__meta_request_get(w->f->ctx.db, q->id, &r), 1);
	mf_begin(w->f);
	assert_int_equal(mf_end(w->f, fss__request_apply(&w->f->ctx, &r,
	    FSS__ROLE_HUB, &c)), 0);
}

static void
test_get(void **state)
{
	struct world *w = *state;
	struct mf_req q;

	(void)told(w, 0);
	assert_int_equal(mr_get(w->f, &w->who[0], "alice", "/f", &q), 0);
	assert_int_equal(told(w, FSS_REQUEST_OPEN), ASKER | GIVER);
	decide(w, 1, &q, FSS_REQUEST_SEE);
	assert_int_equal(told(w, FSS_REQUEST_SEEN), ASKER);
	decide(w, 1, &q, FSS_REQUEST_APPROVE);
	assert_int_equal(told(w, FSS_REQUEST_APPROVED), ASKER | GIVER);
	cause(w, &q, FSS__REV_START);
	assert_int_equal(told(w, FSS_REQUEST_TRANSFERRING), ASKER | GIVER);
	cause(w, &q, FSS__REV_LOSE);
	assert_int_equal(told(w, FSS_REQUEST_APPROVED), ASKER | GIVER);
	decide(w, 1, &q, FSS_REQUEST_DENY);
	assert_int_equal(told(w, FSS_REQUEST_DENIED), ASKER | GIVER);
	w->f->ctx.now_us += INT64_C(2) * FSS__BACKOFF_S * 1000000;
	decide(w, 0, &q, FSS_REQUEST_RETRY);
	assert_int_equal(told(w, FSS_REQUEST_OPEN), ASKER | GIVER);
	decide(w, 1, &q, FSS_REQUEST_DENY);
	assert_int_equal(told(w, FSS_REQUEST_DENIED), ASKER | GIVER);
}

/* A file of one's own on another device: both sides are one. */
static void
test_own(void **state)
{
	struct world *w = *state;
	struct mf_req q;

	assert_int_equal(mr_announce(w->f, &w->who[0], "/own", "own"), 0);
	(void)told(w, 0);
	assert_int_equal(mr_get(w->f, &w->who[0], NULL, "/own", &q), 0);
	decide(w, 0, &q, FSS_REQUEST_CANCEL);
	assert_int_equal(told(w, FSS_REQUEST_CANCELLED), ASKER);
}

/* What became of a wish says to those asked too that it waits no more. */
static void
wish(struct world *w, const char *target, unsigned all)
{
	struct mf_req q, seen;
	bool one = all == (ASKER | GIVER);

	(void)told(w, 0);
	assert_int_equal(mr_want(w->f, &w->who[0], target, "it", &q), 0);
	assert_int_equal(told(w, FSS_REQUEST_OPEN), all);
	decide(w, 1, &q, FSS_REQUEST_SEE);
	assert_int_equal(told(w, FSS_REQUEST_SEEN), ASKER);
	assert_int_equal(mr_fulfil(w->f, &w->who[1], q.id, "/f", NULL), 0);
	assert_int_equal(told(w, FSS_REQUEST_APPROVED), all);
	/*
	 * That bytes come takes nothing from the others but what they are
	 * refused; that none come any more they hear, who may give it again.
	 */
	cause(w, &q, FSS__REV_START);
	assert_int_equal(told(w, FSS_REQUEST_TRANSFERRING), ASKER | GIVER);
	assert_int_equal(mr_look(w->f, &w->who[2], q.id, &seen), all & OTHER ?
	    0 : FSS_ENOENT);
	cause(w, &q, FSS__REV_LOSE);
	assert_int_equal(told(w, FSS_REQUEST_APPROVED), all);
	if (all & OTHER) {
		assert_int_equal(seen.state, FSS_REQUEST_TRANSFERRING);
		assert_false(seen.may & 1u << FSS_REQUEST_FULFIL);
		assert_int_equal(
		    mr_look(w->f, &w->who[2], q.id, &seen), 0);
		assert_true(seen.may & 1u << FSS_REQUEST_FULFIL);
	}
	cause(w, &q, FSS__REV_START);
	assert_int_equal(told(w, FSS_REQUEST_TRANSFERRING), ASKER | GIVER);
	decide(w, 1, &q, FSS_REQUEST_DENY);
	assert_int_equal(told(w, one ? FSS_REQUEST_DENIED : FSS_REQUEST_OPEN),
	    all);
	if (!one)
		decide(w, 0, &q, FSS_REQUEST_CANCEL);
	assert_int_equal(told(w, FSS_REQUEST_CANCELLED), one ? 0 : all);
}

static void
test_wishes(void **state)
{
	struct world *w = *state;

	wish(w, "alice", ASKER | GIVER);
	wish(w, "@g", ASKER | GIVER | OTHER);
	wish(w, NULL, ASKER | GIVER | OTHER | STRANGER);
}

/* Another offer takes the place of the first: its giver hears. */
static void
test_another_offer(void **state)
{
	struct world *w = *state;
	struct mf_req q;

	assert_int_equal(mr_announce(w->f, &w->who[2], "/g", "two"), 0);
	assert_int_equal(mr_want(w->f, &w->who[0], NULL, "it", &q), 0);
	assert_int_equal(mr_fulfil(w->f, &w->who[2], q.id, "/g", NULL), 0);
	w->f->ctx.now_us += INT64_C(2) * FSS__WISH_PAUSE_S * 1000000;
	(void)told(w, 0);
	assert_int_equal(mr_fulfil(w->f, &w->who[1], q.id, "/f", NULL), 0);
	assert_int_equal(told(w, FSS_REQUEST_APPROVED),
	    ASKER | GIVER | OTHER | STRANGER);
}

/*
 * A no of one of several is no change of the request, but one of their row:
 * on their other devices it has a new place, and they alone are told.
 */
static void
test_declined(void **state)
{
	struct world *w = *state;
	struct fss__m_requests since;
	struct mf_req before, after;
	struct mf_reqs list;

	assert_int_equal(mr_want(w->f, &w->who[0], "@g", "it", &before), 0);
	memset(&since, 0, sizeof(since));
	since.has = FSS__K_requests_since;
	since.since = (uint64_t)before.seq;
	(void)told(w, 0);
	decide(w, 2, &before, FSS_REQUEST_DENY);
	assert_true(w->f->ctx.news != NULL &&
	    (int64_t)w->f->ctx.news->request_seq > before.seq);
	assert_int_equal(told(w, FSS_REQUEST_OPEN), OTHER);
	assert_int_equal(mr_look(w->f, &w->who[2], before.id, &after), 0);
	assert_int_equal(after.change, before.change);
	assert_int_equal(mr_list(w->f, &w->who[2], &since, &list), 0);
	assert_int_equal(list.n, 1);
	assert_false(list.row[0].may & 1u << FSS_REQUEST_DENY);
	/* Once said, it is said. */
	decide(w, 2, &before, FSS_REQUEST_DENY);
	assert_null(w->f->ctx.news);
	decide(w, 1, &before, FSS_REQUEST_DENY);
	assert_int_equal(told(w, FSS_REQUEST_DENIED), ASKER | GIVER | OTHER);
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_get),
		TEST(test_own),
		TEST(test_wishes),
		TEST(test_another_offer),
		TEST(test_declined)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
