/*
 * Every kind, state, event and role through the functions people's messages
 * go through, beside the table in request.def; and that each refusal leaves
 * nothing behind.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "model_request.h"

struct world {
	struct mf		*f;
	struct fss__actor	 alice, bob, carl;
	int			 n;	/* files made so far */
	const char		*target;	/* of wishes, NULL all */
};

static void
cause(struct world *w, int64_t id, int event)
{
	struct fss__request_cause c;
	struct fss__meta_request r;

	memset(&c, 0, sizeof(c));
	c.event = event;
	assert_int_equal(fss__meta_request_get(w->f->ctx.db, id, &r), 1);
	mf_begin(w->f);
	assert_int_equal(mf_end(w->f, fss__request_apply(&w->f->ctx, &r,
	    FSS__ROLE_HUB, &c)), 0);
}

/* A request of Bob's to Alice in state OPEN, for something new. */
static int64_t
make(struct world *w, int kind)
{
	char path[32], text[32];
	struct mf_req q;

	/* Noes of before would count. */
	assert_int_equal(fss__exec(fss__db_query(w->f->ctx.db,
	    "DELETE FROM denial")), 0);
	(void)snprintf(path, sizeof(path), "/d/%d", ++w->n);
	(void)snprintf(text, sizeof(text), "content %d", w->n);
	if (kind == FSS_REQUEST_WANT) {
		assert_int_equal(mr_want(w->f, &w->bob, w->target, "it", &q),
		    0);
	} else if (kind == FSS_REQUEST_GET) {
		assert_int_equal(mr_announce(w->f, &w->alice, path, text), 0);
		assert_int_equal(mr_get(w->f, &w->bob, "alice", path, &q), 0);
	} else {
		assert_int_equal(mr_upload(w->f, &w->bob, "alice", path, 9,
		    &q), 0);
	}
	assert_int_equal(q.state, FSS_REQUEST_OPEN);
	return q.id;
}

static void
say_yes(struct world *w, int kind, int64_t id)
{
	char path[32], text[32];

	if (kind != FSS_REQUEST_WANT) {
		assert_int_equal(mr_decide(w->f, &w->alice, id,
		    FSS_REQUEST_APPROVE, NULL, NULL), 0);
		return;
	}
	(void)snprintf(path, sizeof(path), "/d/%d", ++w->n);
	(void)snprintf(text, sizeof(text), "content %d", w->n);
	assert_int_equal(mr_announce(w->f, &w->alice, path, text), 0);
	assert_int_equal(mr_fulfil(w->f, &w->alice, id, path, NULL), 0);
}

/* Brings a new request to @state; 0 where its kind never is there. */
static int64_t
bring(struct world *w, int kind, int state)
{
	int64_t id = make(w, kind);

	switch (state) {
	case FSS_REQUEST_OPEN:
		break;
	case FSS_REQUEST_SEEN:
		assert_int_equal(mr_decide(w->f, &w->alice, id,
		    FSS_REQUEST_SEE, NULL, NULL), 0);
		break;
	case FSS_REQUEST_APPROVED:
	case FSS_REQUEST_TRANSFERRING:
	case FSS_REQUEST_FULFILLED:
		say_yes(w, kind, id);
		if (state == FSS_REQUEST_APPROVED)
			break;
		if (state == FSS_REQUEST_TRANSFERRING) {
			if (kind == FSS_REQUEST_UPLOAD)
				return 0;
			cause(w, id, FSS__REV_START);
			break;
		}
		cause(w, id, FSS__REV_DONE);
		break;
	case FSS_REQUEST_DENIED:
		assert_int_equal(mr_decide(w->f, &w->alice, id,
		    FSS_REQUEST_DENY, NULL, NULL), 0);
		if (kind == FSS_REQUEST_WANT && w->target[0] == '@')
			assert_int_equal(mr_decide(w->f, &w->carl, id,
			    FSS_REQUEST_DENY, NULL, NULL), 0);
		/* Its back-off is another test's. */
		w->f->ctx.now_us += INT64_C(60) * 86400 * 1000000;
		break;
	case FSS_REQUEST_CANCELLED:
		assert_int_equal(mr_decide(w->f, &w->bob, id,
		    FSS_REQUEST_CANCEL, NULL, NULL), 0);
		break;
	case FSS_REQUEST_EXPIRED:
		w->f->ctx.now_us += INT64_C(91) * 86400 * 1000000;
		mr_settle(w->f);
		break;
	default:
		cause(w, id, FSS__REV_FAIL);
		break;
	}
	/* As is the pause of wishes. */
	w->f->ctx.now_us += FSS__WISH_PAUSE_S * INT64_C(1000000);
	assert_int_equal(mr_state(w->f, id), state);
	return id;
}

static int64_t
count_all(struct world *w)
{
	return mf_sql(w->f, "SELECT (SELECT count(*) FROM audit) * 1000000"
	    " + (SELECT value FROM counter"
	    " WHERE name = 'request') * 1000"
	    " + (SELECT count(*) FROM pass) * 10"
	    " + (SELECT count(*) FROM denial)");
}

/* What a person's message does, and what the table says it should. */
static void
try_event(struct world *w, int kind, int state, int event, int role)
{
	const struct fss__actor *who = role == FSS__ROLE_ASKER ? &w->bob :
	    role == FSS__ROLE_TARGET ? &w->alice : &w->carl;
	int64_t id = bring(w, kind, state), before;
	struct fss__request_step step;
	struct fss__meta_request r;
	struct mf_req q;
	char path[32];
	int want, got;

	if (id == 0)
		return;
	want = role == FSS__ROLE_OTHER ? FSS_ENOENT :
	    fss__request_next(kind, state, event, role, &step);
	if (event == FSS__REV_SEE && role == FSS__ROLE_TARGET && want != 0)
		want = 1;	/* fine, and nothing happens */
	(void)snprintf(path, sizeof(path), "/d/%d", w->n);
	if (event == FSS__REV_FULFIL && kind == FSS_REQUEST_WANT) {
		(void)snprintf(path, sizeof(path), "/d/%d", ++w->n);
		assert_int_equal(mr_announce(w->f, &w->alice, path, path), 0);
	}
	fss__news_free(w->f->ctx.news);
	w->f->ctx.news = NULL;
	before = count_all(w);
	got = event == FSS__REV_FULFIL ? mr_fulfil(w->f, who, id, path, &q) :
	    mr_decide(w->f, who, id, event, "words", &q);
	if (want < 0 || want == 1) {
		assert_int_equal(got, want < 0 ? want : 0);
		assert_int_equal(mr_state(w->f, id), state);
		assert_int_equal(count_all(w), before);
		assert_null(w->f->ctx.news);
		return;
	}
	assert_int_equal(got, 0);
	assert_int_equal(fss__meta_request_get(w->f->ctx.db, id, &r), 1);
	assert_int_equal(r.state, step.to);
	assert_int_equal(q.state, step.to);
	assert_true(count_all(w) > before);
	assert_non_null(w->f->ctx.news);
	if (step.audit != 0)
		assert_true(mf_sql(w->f,
		    "SELECT what FROM audit ORDER BY id DESC LIMIT 1") ==
		    step.audit);
	if (step.effects & FSS__RE_PASS)
		assert_int_equal(mr_read(w->f, &w->bob, (uint64_t)r.version),
		    0);
	if ((step.effects & FSS__RE_UNPASS) &&
	    !(step.effects & FSS__RE_PASS))
		assert_true(r.version == 0 || mr_read(w->f, &w->bob,
		    (uint64_t)r.version) != 0);
	if (step.effects & FSS__RE_BACKOFF)
		assert_true(r.retry > w->f->ctx.now_us);
	/* The bits of the row agree with the table, for either side. */
	assert_int_equal(mr_look(w->f, &w->bob, id, &q), 0);
	if (q.state != FSS_REQUEST_DENIED)
		assert_int_equal(q.may, fss__request_may(kind, q.state,
		    FSS__ROLE_ASKER));
	assert_int_equal(mr_look(w->f, &w->alice, id, &q), 0);
	assert_int_equal(q.may, fss__request_may(kind, q.state,
	    FSS__ROLE_TARGET));
}

static struct world
world(const char *target)
{
	struct world w;

	memset(&w, 0, sizeof(w));
	w.target = target;
	w.f = mf_open();
	w.alice = mf_user(w.f, "alice");
	w.bob = mf_user(w.f, "bob");
	w.carl = mf_user(w.f, "carl");
	assert_int_equal(mf_folder(w.f, &w.alice, NULL, "/d"), 0);
	assert_int_equal(mf_folder(w.f, &w.carl, NULL, "/d"), 0);
	assert_int_equal(mf_access(w.f, &w.alice, NULL, "/d",
	    FSS_ACCESS_ASK), 0);
	assert_int_equal(mf_group(w.f, &w.bob, "g", "alice", false), 0);
	assert_int_equal(mf_group(w.f, &w.bob, "g", "carl", false), 0);
	return w;
}

static void
test_all(void **state)
{
	static const int roles[] = {
		FSS__ROLE_ASKER, FSS__ROLE_TARGET, FSS__ROLE_OTHER
	};
	struct world w;
	int kind, s, event;
	size_t i;

	(void)state;
	for (kind = FSS_REQUEST_GET; kind <= FSS_REQUEST_UPLOAD; kind++) {
		for (s = 0; s < FSS__REQ_STATES; s++) {
			w = world("alice");
			for (event = 0; event <= FSS__REV_FULFIL; event++)
				for (i = 0; i < 3; i++)
					try_event(&w, kind, s, event,
					    roles[i]);
			mf_expect_sound(w.f);
			mf_close(w.f);
		}
	}
}

/* ---- wishes that went to several --------------------------------------- */

/* Few may be live at once. */
static void
cancel_all(struct world *w)
{
	struct fss__meta_request r;
	int64_t id, last = mf_sql(w->f, "SELECT max(id) FROM request");

	for (id = 1; id <= last; id++)
		if (fss__meta_request_get(w->f->ctx.db, id, &r) == 1 &&
		    r.state < FSS__REQ_FULFILLED)
			assert_int_equal(mr_decide(w->f, &w->bob, id,
			    FSS_REQUEST_CANCEL, NULL, NULL), 0);
}

/*
 * What @who does to a wish of Bob's that went to several, for which Alice made
 * the offer if there is one: the error, or the state it is in then.
 */
static int
expect_shared(const struct world *w, int state, int event,
    const struct fss__actor *who)
{
	bool to_all = w->target == NULL, is_giver = who == &w->alice;
	bool has_offer = state == FSS__REQ_APPROVED ||
	    state == FSS__REQ_TRANSFERRING;
	int role = who == &w->bob ? FSS__ROLE_ASKER : FSS__ROLE_TARGET, r;
	struct fss__request_step step;

	/* What is over is between the two. */
	if (to_all && role == FSS__ROLE_TARGET && !has_offer &&
	    state > FSS__REQ_SEEN && !(is_giver &&
	    state == FSS__REQ_FULFILLED))
		return FSS_ENOENT;
	r = fss__request_next(FSS_REQUEST_WANT, state, event, role, &step);
	if (role == FSS__ROLE_ASKER)
		return r != 0 ? r : step.to;
	if (event == FSS__REV_SEE)
		return r != 0 ? state : step.to;
	if (event != FSS__REV_DENY || r != 0)
		return r != 0 ? r : step.to;
	/* One's own offer, taken back: open for the others. */
	if (has_offer)
		return is_giver ? FSS__REQ_OPEN : FSS_EDENIED;
	return to_all ? FSS_EDENIED : state;	/* noted, of two */
}

static void
try_shared(struct world *w, int state, int event, const struct fss__actor *who)
{
	int64_t id = bring(w, FSS_REQUEST_WANT, state), passes;
	int want = expect_shared(w, state, event, who), got;
	struct fss__meta_request r;
	struct mf_req q;
	char path[32];

	(void)snprintf(path, sizeof(path), "/d/%d", ++w->n);
	assert_int_equal(mr_announce(w->f, who == &w->bob ? &w->carl : who,
	    path, path), 0);
	got = event == FSS__REV_FULFIL ? mr_fulfil(w->f, who, id, path, &q) :
	    mr_decide(w->f, who, id, event, "words", &q);
	assert_int_equal(got, want < 0 ? want : 0);
	assert_int_equal(mr_state(w->f, id), want < 0 ? state : want);
	assert_int_equal(fss__meta_request_get(w->f->ctx.db, id, &r), 1);
	passes = mf_sql(w->f, "SELECT count(*) FROM pass p JOIN request r"
	    " ON r.id = p.request WHERE r.state NOT IN (2, 3, 4)"
	    " OR p.version <> r.version");
	assert_int_equal(passes, 0);
	if (r.state > FSS__REQ_SEEN || state <= FSS__REQ_SEEN)
		return;
	/* Open again, as it was at first, and not for who had their turn. */
	assert_int_equal(r.owner, 0);
	assert_int_equal(r.version, 0);
	assert_int_equal(r.path_len, 0);
	assert_int_equal(mr_look(w->f, &w->carl, id, &q), 0);
	assert_true(q.may & 1u << FSS_REQUEST_FULFIL);
	assert_int_equal(mr_look(w->f, &w->alice, id, &q), 0);
	if (state > FSS__REQ_FULFILLED) {
		assert_true(q.may & 1u << FSS_REQUEST_FULFIL);
		return;
	}
	assert_false(q.may & 1u << FSS_REQUEST_FULFIL);
	assert_int_equal(mr_fulfil(w->f, &w->alice, id, "/d", NULL),
	    FSS_EDENIED);
}

static void
test_shared(void **state)
{
	const char *const targets[] = { NULL, "@g" };
	struct world w;
	int s, event;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		for (s = 0; s < FSS__REQ_STATES; s++) {
			/* Nobody says no for everybody. */
			if (targets[i] == NULL && s == FSS__REQ_DENIED)
				continue;
			w = world(targets[i]);
			for (event = 0; event <= FSS__REV_FULFIL; event++) {
				try_shared(&w, s, event, &w.bob);
				cancel_all(&w);
				try_shared(&w, s, event, &w.alice);
				cancel_all(&w);
				try_shared(&w, s, event, &w.carl);
				cancel_all(&w);
			}
			mf_expect_sound(w.f);
			mf_close(w.f);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_shared)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
