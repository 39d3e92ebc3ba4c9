/*
 * Requests through the model: what people do and what follows from the facts.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "model/entry_commit.h"
#include "model/entry_use.h"
#include "model/rule.h"
#include "model_request.h"

#define DAY	(INT64_C(86400) * 1000000)

static int
drop(void *arg, const void *record)
{
	(void)arg;
	(void)record;
	return 0;
}

/* A file that is stored and may be seen, not read. */
static void
test_locked(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__actor carl = mf_user(f, "carl");
	struct mf_row row;
	struct mf_req q, again;
	uint64_t n;

	(void)state;
	assert_int_equal(mf_file(f, &alice, NULL, "/d/x", "text"), 0);
	assert_int_equal(mr_get(f, &bob, "alice", "/d/x", &q), FSS_ENOENT);
	assert_int_equal(mr_get(f, &bob, "alice", "/d/y", &q), FSS_ENOENT);
	assert_int_equal(mf_access(f, &alice, NULL, "/d", FSS_ACCESS_ASK), 0);
	assert_int_equal(mr_get(f, &bob, "alice", "/d", &q), FSS_EISDIR);
	assert_int_equal(mr_get(f, &bob, "nobody", "/d", &q),
	    FSS_ENOACCOUNT);
	assert_int_equal(mr_get(f, &alice, "alice", "/d/x", &q), FSS_ESTATE);
	assert_int_equal(mr_get(f, &bob, "alice", "/d/x", &q), 0);
	assert_int_equal(q.state, FSS_REQUEST_OPEN);
	assert_true(q.mine);
	assert_string_equal(q.path, "/d/x");
	assert_int_equal(q.may, 1u << FSS_REQUEST_CANCEL);
	assert_false(q.has & (FSS__K_request_version | FSS__K_request_root));
	/* Once more is the same one. */
	assert_int_equal(mr_get(f, &bob, "alice", "/d/x", &again), 0);
	assert_int_equal(again.id, q.id);
	assert_int_equal(again.change, q.change);
	assert_int_equal(fss__request_inbox(&f->ctx, alice.account, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(mf_stat(f, &bob, "alice", "/d/x", 0, &row), 0);
	assert_true(row.has & FSS__K_entry_request);
	assert_false(row.has & (FSS__K_entry_pass | FSS__K_entry_version));

	/* Carl has no part in it. */
	assert_int_equal(mr_look(f, &carl, q.id, NULL), FSS_ENOENT);
	assert_int_equal(mr_decide(f, &carl, q.id, FSS_REQUEST_APPROVE, NULL,
	    NULL), FSS_ENOENT);
	assert_int_equal(mr_decide(f, &carl, q.id + 9, FSS_REQUEST_APPROVE,
	    NULL, NULL), FSS_ENOENT);
	assert_int_equal(mr_decide(f, &bob, q.id, FSS_REQUEST_APPROVE, NULL,
	    NULL), FSS_EDENIED);
	assert_int_equal(mr_decide(f, &alice, q.id, FSS_REQUEST_SEE, NULL,
	    &again), 0);
	assert_int_equal(again.state, FSS_REQUEST_SEEN);
	/* Stored: a yes is all it takes. */
	assert_int_equal(mr_decide(f, &alice, q.id, FSS_REQUEST_APPROVE, NULL,
	    NULL), 0);
	assert_int_equal(mr_look(f, &bob, q.id, &q), 0);
	assert_int_equal(q.state, FSS_REQUEST_FULFILLED);
	assert_string_equal(q.by, "alice");
	assert_int_equal(mr_read(f, &bob, q.version), 0);
	assert_int_equal(mr_read(f, &carl, q.version), FSS_EDENIED);
	assert_int_equal(mf_stat(f, &bob, "alice", "/d/x", 0, &row), 0);
	assert_true(row.has & FSS__K_entry_pass);
	assert_int_equal(row.version, q.version);
	assert_int_equal(mr_get(f, &bob, "alice", "/d/x", &again),
	    FSS_ESTATE);
	/* It ends with sight of the file, and with time. */
	assert_int_equal(mf_access(f, &alice, NULL, "/d",
	    FSS_ACCESS_PRIVATE), 0);
	assert_int_equal(mr_read(f, &bob, q.version), FSS_ENOENT);
	assert_int_equal(mf_access(f, &alice, NULL, "/d", FSS_ACCESS_ASK), 0);
	assert_int_equal(mr_read(f, &bob, q.version), 0);
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__request_fetched(&f->ctx, bob.account,
	    (int64_t)q.version)), 0);
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__request_fetched(&f->ctx, bob.account,
	    (int64_t)q.version)), 0);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM audit"
	    " WHERE what = 12"), 1);
	f->ctx.now_us += 31 * DAY;
	assert_int_equal(mr_read(f, &bob, q.version), FSS_EDENIED);
	mr_settle(f);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM pass"), 0);
	mf_expect_sound(f);
	mf_close(f);
}

/* A file that is announced, served by one of two who have it. */
static void
test_announced(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__actor carl = mf_user(f, "carl");
	struct mf_row row;
	struct mf_req q;

	(void)state;
	assert_int_equal(mr_announce(f, &alice, "/d/x", "text"), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/d", FSS_ACCESS_ASK), 0);
	mf_expect_usage(f, &alice, 0, 1, 1);
	assert_int_equal(mf_stat(f, &bob, "alice", "/d/x", 0, &row), 0);
	assert_true(row.has & FSS__K_entry_holders);
	/* Naming the digest opens nothing. */
	{
		struct fss__m_commit_item m;
		struct fss__id id;

		m = mf_item("/mine", "text", &id);
		assert_int_equal(mf_commit(f, &alice, NULL, &m, NULL),
		    FSS_EMISSING);
	}
	assert_int_equal(mr_get(f, &bob, "alice", "/d/x", &q), 0);
	assert_int_equal(mr_decide(f, &alice, q.id, FSS_REQUEST_APPROVE, NULL,
	    NULL), 0);
	assert_int_equal(mr_look(f, &bob, q.id, &q), 0);
	assert_int_equal(q.state, FSS_REQUEST_APPROVED);
	assert_true(q.transfer != 0);
	/* Under way: what is asked for is known, its bytes are not. */
	assert_int_equal(mr_read(f, &bob, q.version), 0);
	assert_int_equal(mr_serve(f, &carl, (int64_t)q.transfer, "text"),
	    FSS_ENOENT);
	assert_int_equal(mr_serve(f, &alice, (int64_t)q.transfer, "other"),
	    FSS_EMISSING);
	assert_int_equal(mr_state(f, q.id), FSS_REQUEST_TRANSFERRING);
	mf_begin(f);
	{
		struct fss__meta_transfer t;

		assert_int_equal(fss__meta_transfer_get(f->ctx.db,
		    (int64_t)q.transfer, &t), 1);
		assert_int_equal(mf_end(f, fss__request_moving(&f->ctx,
		    &t, FSS__REV_LOSE, 0, 10)), 0);
	}
	assert_int_equal(mr_state(f, q.id), FSS_REQUEST_APPROVED);
	assert_int_equal(mr_serve(f, &alice, (int64_t)q.transfer, "text"), 0);
	mr_settle(f);
	assert_int_equal(mr_state(f, q.id), FSS_REQUEST_FULFILLED);
	assert_int_equal(mr_read(f, &bob, q.version), 0);
	mf_expect_usage(f, &alice, 4, 1, 1);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM transfer"), 0);
	mf_expect_sound(f);

	/* After its keep it is announced again, as she still has it. */
	f->ctx.now_us += 31 * DAY;
	mr_settle(f);
	mf_expect_usage(f, &alice, 0, 1, 1);
	assert_int_equal(mf_sql(f, "SELECT state FROM version"), 1);
	mf_expect_sound(f);

	/* Her own upload of it makes it stay. */
	assert_int_equal(mf_file(f, &alice, NULL, "/d/x", "text"), 0);
	mf_expect_usage(f, &alice, 4, 1, 1);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM version"
	    " WHERE state = 0 AND keep = 0"), 1);
	assert_int_equal(mr_unannounce(f, &alice, "/d/x"), 0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/d/x", 0, NULL), 0);
	mf_expect_sound(f);
	mf_close(f);
}

/* What ends a request that nobody answers to. */
static void
test_fates(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__actor carl = mf_user(f, "carl");
	struct mf_req q[8];
	char path[16] = "/d/0";
	int i;

	(void)state;
	assert_int_equal(mf_folder(f, &alice, NULL, "/d"), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/d", FSS_ACCESS_ASK), 0);
	for (i = 0; i < 8; i++) {
		char text[8] = "text 0";

		path[3] = text[5] = (char)('0' + i);
		assert_int_equal(mr_announce(f, &alice, path, text), 0);
		assert_int_equal(mr_get(f, &bob, "alice", path, &q[i]), 0);
	}
	mr_settle(f);
	for (i = 0; i < 8; i++)
		assert_int_equal(mr_state(f, q[i].id), FSS_REQUEST_OPEN);
	assert_int_equal(mf_remove(f, &alice, NULL, "/d/0", false), 0);
	assert_int_equal(mr_announce(f, &alice, "/d/1", "new"), 0);
	assert_int_equal(mr_unannounce(f, &alice, "/d/2"), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/d/3",
	    FSS_ACCESS_PRIVATE), 0);
	/* Carl has what Alice has no more; Bob sees it there. */
	assert_int_equal(mr_announce(f, &carl, "/c", "text 4"), 0);
	assert_int_equal(mf_access(f, &carl, NULL, "/c", FSS_ACCESS_ASK), 0);
	assert_int_equal(mr_announce(f, &alice, "/d/4", "new too"), 0);
	assert_int_equal(mf_grant(f, &alice, NULL, "/d/5", "bob",
	    FSS_RIGHT_READ), 0);
	mr_settle(f);
	assert_int_equal(mr_look(f, &bob, q[0].id, &q[0]), 0);
	assert_int_equal(q[0].state, FSS_REQUEST_FAILED);
	assert_int_equal(q[0].reason, FSS_REASON_GONE);
	assert_int_equal(mr_look(f, &bob, q[1].id, &q[1]), 0);
	assert_int_equal(q[1].state, FSS_REQUEST_FAILED);
	assert_int_equal(q[1].reason, FSS_REASON_CHANGED);
	assert_int_equal(mr_look(f, &bob, q[2].id, &q[2]), 0);
	assert_int_equal(q[2].state, FSS_REQUEST_FAILED);
	assert_int_equal(q[2].reason, FSS_REASON_GONE);
	assert_int_equal(mr_look(f, &bob, q[3].id, &q[3]), 0);
	assert_int_equal(q[3].state, FSS_REQUEST_FAILED);
	assert_int_equal(q[3].reason, FSS_REASON_ACCESS);
	assert_int_equal(mr_state(f, q[4].id), FSS_REQUEST_OPEN);
	assert_int_equal(mr_state(f, q[5].id), FSS_REQUEST_APPROVED);
	/* The newest of the path is what is asked for again. */
	assert_int_equal(mr_decide(f, &bob, q[1].id, FSS_REQUEST_RETRY, NULL,
	    &q[1]), 0);
	assert_int_equal(q[1].state, FSS_REQUEST_OPEN);
	assert_int_equal(q[1].attempt, 2);
	assert_int_equal(mr_decide(f, &bob, q[3].id, FSS_REQUEST_RETRY, NULL,
	    NULL), FSS_ENOENT);
	assert_int_equal(mr_decide(f, &bob, q[0].id, FSS_REQUEST_RETRY, NULL,
	    NULL), FSS_ENOENT);
	/* A locked account, on either side. */
	{
		struct fss__m_user_set m;
		struct fss__actor root = carl;
		int64_t id;

		root.role = FSS_ROLE_ADMIN;
		memset(&m, 0, sizeof(m));
		m.name = mf_s("alice");
		m.has = FSS__K_user_set_locked;
		m.locked = true;
		mf_begin(f);
		assert_int_equal(mf_end(f, fss__account_user_set(&f->ctx,
		    &root, &m, &id)), 0);
	}
	mr_settle(f);
	for (i = 4; i < 8; i++) {
		assert_int_equal(mr_look(f, &bob, q[i].id, &q[i]), 0);
		assert_int_equal(q[i].state, FSS_REQUEST_FAILED);
		assert_int_equal(q[i].reason, FSS_REASON_LOCKED);
	}
	mf_expect_sound(f);
	mf_close(f);
}

/* More ids than rows fit into an answer: said so, and not "try again". */
static void
test_ids(void **state)
{
	static const uint8_t raw[(MR_ROWS + 1) * 8];
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");
	struct mf_reqs *l = test_malloc(sizeof(*l));
	struct fss__m_requests m;

	(void)state;
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_requests_ids;
	m.ids.p = raw;
	m.ids.n = sizeof(raw);
	assert_int_equal(mr_list(f, &alice, &m, l), FSS_ETOOBIG);
	m.ids.n -= 8;
	assert_int_equal(mr_list(f, &alice, &m, l), 0);
	assert_int_equal(l->n, MR_ROWS);
	assert_int_equal(l->row[0].status, FSS_ENOENT);
	test_free(l);
	mf_close(f);
}

static void
test_quota(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct mf_req q;

	(void)state;
	f->rules.quota_bytes = 3 + FSS__ENTRY_COST;
	assert_int_equal(mr_announce(f, &alice, "/x", "text"), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/x", FSS_ACCESS_ASK), 0);
	f->rules.free_floor = UINT64_MAX;
	assert_int_equal(mr_get(f, &bob, "alice", "/x", &q), FSS_ENOSPC);
	f->rules.free_floor = 0;
	assert_int_equal(mr_get(f, &bob, "alice", "/x", &q), 0);
	assert_int_equal(mr_decide(f, &alice, q.id, FSS_REQUEST_APPROVE, NULL,
	    NULL), 0);
	assert_int_equal(mr_look(f, &bob, q.id, &q), 0);
	assert_int_equal(q.state, FSS_REQUEST_FAILED);
	assert_int_equal(q.reason, FSS_REASON_QUOTA);
	f->rules.free_floor = UINT64_MAX;
	assert_int_equal(mr_decide(f, &bob, q.id, FSS_REQUEST_RETRY, NULL,
	    NULL), FSS_ENOSPC);
	f->rules.free_floor = 0;
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM transfer"), 0);
	/* Room when it was said, none when a device comes to send. */
	f->rules.quota_bytes = 4 + 2 * FSS__ENTRY_COST;
	assert_int_equal(mr_decide(f, &bob, q.id, FSS_REQUEST_RETRY, NULL,
	    NULL), 0);
	assert_int_equal(mr_decide(f, &alice, q.id, FSS_REQUEST_APPROVE, NULL,
	    NULL), 0);
	assert_int_equal(mr_look(f, &bob, q.id, &q), 0);
	assert_int_equal(q.state, FSS_REQUEST_APPROVED);
	assert_int_equal(mf_file(f, &alice, NULL, "/y", "y"), 0);
	assert_int_equal(mr_serve(f, &alice, (int64_t)q.transfer, "text"), 1);
	assert_int_equal(mr_state(f, q.id), FSS_REQUEST_FAILED);
	mf_expect_sound(f);
	mf_close(f);
}

static void
test_back_off(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct mf_req q;
	int64_t hour = DAY / 24;
	int i;

	(void)state;
	assert_int_equal(mf_file(f, &alice, NULL, "/x", "text"), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/y", "text"), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/", FSS_ACCESS_ASK), 0);
	assert_int_equal(mr_get(f, &bob, "alice", "/x", &q), 0);
	for (i = 0; i < 4; i++) {
		assert_int_equal(mr_decide(f, &alice, q.id, FSS_REQUEST_DENY,
		    "not yet", NULL), 0);
		assert_int_equal(mr_look(f, &bob, q.id, &q), 0);
		assert_int_equal(q.state, FSS_REQUEST_DENIED);
		assert_string_equal(q.detail, "not yet");
		assert_int_equal(q.retry - f->ctx.now_us, hour << i);
		assert_false(q.may & 1u << FSS_REQUEST_RETRY);
		assert_int_equal(mr_decide(f, &bob, q.id, FSS_REQUEST_RETRY,
		    NULL, NULL), FSS_ERATE);
		assert_true(f->ctx.retry_us > 0);
		/* Nor by asking anew; other files may be asked for. */
		assert_int_equal(mr_get(f, &bob, "alice", "/x", NULL),
		    FSS_ERATE);
		f->ctx.now_us = q.retry;
		assert_int_equal(mr_look(f, &bob, q.id, &q), 0);
		assert_true(q.may & 1u << FSS_REQUEST_RETRY);
		assert_int_equal(mr_decide(f, &bob, q.id, FSS_REQUEST_RETRY,
		    NULL, &q), 0);
	}
	/* The fifth in a row: nothing for a day. */
	assert_int_equal(mr_decide(f, &alice, q.id, FSS_REQUEST_DENY, NULL,
	    NULL), 0);
	assert_int_equal(mr_get(f, &bob, "alice", "/y", NULL), FSS_ERATE);
	f->ctx.now_us += DAY;
	assert_int_equal(mr_get(f, &bob, "alice", "/y", &q), 0);
	/* A yes forgets them. */
	assert_int_equal(mr_decide(f, &alice, q.id, FSS_REQUEST_APPROVE, NULL,
	    NULL), 0);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM denial"
	    " WHERE entry = 0"), 0);
	f->ctx.now_us += 365 * DAY;
	mr_settle(f);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM denial"), 0);
	mf_close(f);
}

static void
test_expiry(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__m_requests m;
	struct mf_reqs l;
	struct mf_req q;
	uint64_t n;
	int64_t next;

	(void)state;
	assert_int_equal(mf_file(f, &alice, NULL, "/x", "text"), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/", FSS_ACCESS_ASK), 0);
	assert_int_equal(mr_get(f, &bob, "alice", "/x", &q), 0);
	assert_int_equal(q.expires - f->ctx.now_us, 90 * DAY);
	f->ctx.now_us += 90 * DAY;
	/* Before any sweep: nobody can tell that it is not written down. */
	assert_int_equal(mr_state(f, q.id), FSS_REQUEST_OPEN);
	memset(&m, 0, sizeof(m));
	assert_int_equal(mr_list(f, &alice, &m, &l), 0);
	assert_int_equal(l.n, 1);
	assert_int_equal(l.row[0].state, FSS_REQUEST_EXPIRED);
	assert_int_equal(l.row[0].may, 0);
	assert_int_equal(fss__request_inbox(&f->ctx, alice.account, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(mr_decide(f, &alice, q.id, FSS_REQUEST_APPROVE, NULL,
	    NULL), FSS_ESTATE);
	/* The asker's retry needs no sweep, nor does asking anew. */
	assert_int_equal(mr_decide(f, &bob, q.id, FSS_REQUEST_RETRY, NULL,
	    &q), 0);
	assert_int_equal(q.state, FSS_REQUEST_OPEN);
	assert_int_equal(q.attempt, 2);
	assert_int_equal(q.expires - f->ctx.now_us, 90 * DAY);
	/* A hub that starts marks all and sweeps. */
	f->ctx.now_us += 91 * DAY;
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__request_mark_live(&f->ctx)), 0);
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__request_settle(&f->ctx, 100, &next)),
	    0);
	assert_true(next == INT64_MAX);
	assert_int_equal(mr_state(f, q.id), FSS_REQUEST_EXPIRED);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM audit"
	    " WHERE what = 5"), 2);
	mf_close(f);
}

static void
test_wants(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__actor carl = mf_user(f, "carl"), dora = mf_user(f, "dora");
	struct mf_req q, seen;
	int i;

	(void)state;
	assert_int_equal(mf_file(f, &carl, NULL, "/song", "la la"), 0);
	assert_int_equal(mf_group(f, &alice, "g", "bob", false), 0);
	assert_int_equal(mf_group(f, &alice, "g", "carl", false), 0);
	assert_int_equal(mr_want(f, &alice, "@g", "", &q), FSS_EINVAL);
	assert_int_equal(mr_want(f, &alice, "alice", "x", &q), FSS_EINVAL);
	assert_int_equal(mr_want(f, &alice, "@no", "x", &q), FSS_ENOACCOUNT);
	assert_int_equal(mr_want(f, &bob, "@g", "x", &q), FSS_ENOACCOUNT);
	assert_int_equal(mr_want(f, &alice, "@g", "a song", &q), 0);
	assert_string_equal(q.target, "@g");
	assert_int_equal(mr_look(f, &dora, q.id, NULL), FSS_ENOENT);
	assert_int_equal(mr_look(f, &bob, q.id, &seen), 0);
	assert_string_equal(seen.target, "bob");
	/* One no of two is no no. */
	assert_int_equal(mr_decide(f, &bob, q.id, FSS_REQUEST_DENY, NULL,
	    &seen), 0);
	assert_int_equal(seen.state, FSS_REQUEST_OPEN);
	assert_false(seen.may & 1u << FSS_REQUEST_DENY);
	assert_int_equal(mr_decide(f, &bob, q.id, FSS_REQUEST_DENY, NULL,
	    NULL), 0);
	assert_int_equal(mr_decide(f, &bob, q.id, FSS_REQUEST_APPROVE, NULL,
	    NULL), FSS_ESTATE);
	assert_int_equal(mr_fulfil(f, &carl, q.id, "/no", NULL), FSS_ENOENT);
	assert_int_equal(mr_fulfil(f, &carl, q.id, "/", NULL), FSS_EISDIR);
	assert_int_equal(mr_fulfil(f, &dora, q.id, "/song", NULL),
	    FSS_ENOENT);
	assert_int_equal(mr_fulfil(f, &carl, q.id, "/song", NULL), 0);
	assert_int_equal(mr_look(f, &alice, q.id, &q), 0);
	assert_int_equal(q.state, FSS_REQUEST_FULFILLED);
	assert_string_equal(q.owner, "carl");
	assert_string_equal(q.path, "/song");
	/* Though its folder is closed to her: he named it for her. */
	assert_int_equal(mr_read(f, &alice, q.version), 0);
	assert_int_equal(mr_read(f, &bob, q.version), FSS_ENOENT);
	/* Who was asked along does not learn what was given. */
	assert_int_equal(mr_look(f, &bob, q.id, &seen), 0);
	assert_int_equal(seen.state, FSS_REQUEST_FULFILLED);
	assert_false(seen.has & (FSS__K_request_path | FSS__K_request_owner |
	    FSS__K_request_by | FSS__K_request_version |
	    FSS__K_request_root));

	/* All say no. */
	assert_int_equal(mr_want(f, &alice, "@g", "a book", &q), 0);
	assert_int_equal(mr_decide(f, &bob, q.id, FSS_REQUEST_DENY, NULL,
	    NULL), 0);
	assert_int_equal(mr_decide(f, &carl, q.id, FSS_REQUEST_DENY, NULL,
	    NULL), 0);
	assert_int_equal(mr_state(f, q.id), FSS_REQUEST_DENIED);

	/* To everybody. */
	for (i = 0; i < FSS__MAX_LIVE_ALL; i++)
		assert_int_equal(mr_want(f, &alice, NULL, "a film", &q), 0);
	assert_int_equal(mr_want(f, &alice, NULL, "a film", NULL),
	    FSS_EOVERLOAD);
	assert_int_equal(mr_decide(f, &dora, q.id, FSS_REQUEST_DENY, NULL,
	    NULL), FSS_EDENIED);
	assert_int_equal(mr_fulfil(f, &carl, q.id, "/song", NULL), 0);
	assert_int_equal(mr_look(f, &dora, q.id, NULL), FSS_ENOENT);
	assert_int_equal(mr_look(f, &carl, q.id, NULL), 0);
	mf_close(f);
}

/* A wish to a group costs as many rows as it has members: few, and bounded. */
static void
test_groups(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	char name[16];
	struct mf_req q, first;
	int i;

	(void)state;
	(void)bob;
	assert_int_equal(mf_group(f, &alice, "g", "bob", false), 0);
	for (i = 0; i < FSS__MAX_LIVE_GROUP; i++)
		assert_int_equal(mr_want(f, &alice, "@g", "a song",
		    i == 0 ? &first : &q), 0);
	assert_int_equal(mr_want(f, &alice, "@g", "a song", NULL),
	    FSS_EOVERLOAD);
	assert_int_equal(mr_decide(f, &alice, first.id, FSS_REQUEST_CANCEL,
	    NULL, NULL), 0);
	assert_int_equal(mr_want(f, &alice, "@g", "a song", NULL), 0);
	/* Those who were told are not told again at once. */
	f->ctx.now_us += FSS__WISH_PAUSE_S * INT64_C(500000);
	assert_int_equal(mr_decide(f, &alice, first.id, FSS_REQUEST_RETRY,
	    NULL, NULL), FSS_ERATE);
	assert_in_range(f->ctx.retry_us, 1, FSS__WISH_PAUSE_S * 500000);
	/* Nor by asking once more what was taken back. */
	f->ctx.now_us += FSS__WISH_PAUSE_S * INT64_C(500000);
	assert_int_equal(mr_decide(f, &alice, first.id, FSS_REQUEST_RETRY,
	    NULL, NULL), FSS_EOVERLOAD);
	assert_int_equal(mr_decide(f, &alice, q.id, FSS_REQUEST_CANCEL, NULL,
	    NULL), 0);
	assert_int_equal(mr_decide(f, &alice, first.id, FSS_REQUEST_RETRY,
	    NULL, NULL), 0);
	assert_int_equal(mr_decide(f, &alice, first.id, FSS_REQUEST_CANCEL,
	    NULL, NULL), 0);
	assert_int_equal(mr_decide(f, &alice, first.id, FSS_REQUEST_RETRY,
	    NULL, NULL), FSS_ERATE);
	for (i = 1; i <= FSS__MAX_AUDIENCE; i++) {
		(void)snprintf(name, sizeof(name), "p%d", i);
		(void)mf_user(f, name);
		assert_int_equal(mf_group(f, &alice, "g", name, false), 0);
		if (i == FSS__MAX_AUDIENCE - 1) {
			assert_int_equal(mr_want(f, &alice, "@g", "all", &q),
			    0);
			assert_int_equal(mr_decide(f, &alice, q.id,
			    FSS_REQUEST_CANCEL, NULL, NULL), 0);
		}
	}
	assert_int_equal(mr_want(f, &alice, "@g", "all", NULL), FSS_EOVERLOAD);
	mf_close(f);
}

/* Who offers and never sends keeps no wish from coming true. */
static void
test_offers(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__actor carl = mf_user(f, "carl");
	struct mf_req q;
	uint64_t version;

	(void)state;
	assert_int_equal(mr_announce(f, &bob, "/none", "not there"), 0);
	assert_int_equal(mf_file(f, &carl, NULL, "/song", "la la"), 0);
	assert_int_equal(mr_want(f, &alice, NULL, "a song", &q), 0);
	assert_int_equal(mr_fulfil(f, &bob, q.id, "/none", NULL), 0);
	assert_int_equal(mr_state(f, q.id), FSS_REQUEST_APPROVED);
	assert_int_equal(mr_look(f, &alice, q.id, &q), 0);
	version = q.version;
	/* It has a minute, then another one is as good. */
	assert_int_equal(mr_fulfil(f, &carl, q.id, "/song", NULL), FSS_ERATE);
	f->ctx.now_us += FSS__WISH_PAUSE_S * INT64_C(1000000);
	assert_int_equal(mr_fulfil(f, &carl, q.id, "/song", NULL), 0);
	assert_int_equal(mr_look(f, &alice, q.id, &q), 0);
	assert_int_equal(q.state, FSS_REQUEST_FULFILLED);
	assert_string_equal(q.owner, "carl");
	assert_int_equal(mr_read(f, &alice, q.version), 0);
	/* What was offered first is hers no more. */
	assert_int_equal(mr_read(f, &alice, version), FSS_ENOENT);
	mf_close(f);
}

/* @who reads why an offer came to nothing, and that it was theirs; 0: not. */
static void
look_why(struct mf *f, const struct fss__actor *who, uint64_t id,
    unsigned reason)
{
	struct mf_req q;
	int e = mr_look(f, who, id, &q);

	assert_int_equal(e, 0);
	assert_int_equal((q.has & FSS__K_request_reason) != 0, reason != 0);
	assert_int_equal((q.has & FSS__K_request_by) != 0, reason != 0);
	assert_false(q.has & (FSS__K_request_path | FSS__K_request_owner));
	if (reason != 0)
		assert_int_equal(q.reason, reason);
}

/* Nobody else ends a wish to everybody, whatever they offer. */
static void
test_worthless(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__actor carl = mf_user(f, "carl"), dora = mf_user(f, "dora");
	struct mf_req q;
	uint64_t junk;

	(void)state;
	assert_int_equal(mr_announce(f, &bob, "/none", "not there"), 0);
	assert_int_equal(mr_announce(f, &carl, "/gone", "not long"), 0);
	assert_int_equal(mf_file(f, &dora, NULL, "/junk", "junk"), 0);
	assert_int_equal(mr_want(f, &alice, NULL, "a song", &q), 0);

	/* Offered and taken back: open for all but who did so. */
	assert_int_equal(mr_fulfil(f, &bob, q.id, "/none", NULL), 0);
	assert_int_equal(mr_decide(f, &carl, q.id, FSS_REQUEST_DENY, NULL,
	    NULL), FSS_EDENIED);
	fss__news_free(f->ctx.news);
	f->ctx.news = NULL;
	assert_int_equal(mr_decide(f, &bob, q.id, FSS_REQUEST_DENY, "no more",
	    NULL), 0);
	assert_non_null(f->ctx.news);
	assert_int_equal(mr_look(f, &alice, q.id, &q), 0);
	assert_int_equal(q.state, FSS_REQUEST_OPEN);
	assert_int_equal(q.reason, FSS_REASON_PERSON);
	assert_string_equal(q.detail, "no more");
	assert_string_equal(q.by, "bob");
	assert_false(q.has & (FSS__K_request_path | FSS__K_request_owner |
	    FSS__K_request_version));
	assert_int_equal(mr_fulfil(f, &bob, q.id, "/none", NULL),
	    FSS_EDENIED);
	look_why(f, &bob, q.id, FSS_REASON_PERSON);
	look_why(f, &carl, q.id, 0);

	/* Offered and not there any more. */
	assert_int_equal(mr_fulfil(f, &carl, q.id, "/gone", NULL), 0);
	assert_int_equal(mr_unannounce(f, &carl, "/gone"), 0);
	mr_settle(f);
	assert_int_equal(mr_look(f, &alice, q.id, &q), 0);
	assert_int_equal(q.state, FSS_REQUEST_OPEN);
	assert_int_equal(q.reason, FSS_REASON_GONE);
	assert_int_equal(mr_announce(f, &carl, "/gone", "not long"), 0);
	assert_int_equal(mr_fulfil(f, &carl, q.id, "/gone", NULL),
	    FSS_EDENIED);
	/* Who gave it reads why, until the next one gives. */
	look_why(f, &carl, q.id, FSS_REASON_GONE);
	look_why(f, &bob, q.id, 0);

	/* Offered, had, and not what was meant: the asker turns it down. */
	assert_int_equal(mr_fulfil(f, &dora, q.id, "/junk", NULL), 0);
	assert_int_equal(mr_look(f, &alice, q.id, &q), 0);
	assert_int_equal(q.state, FSS_REQUEST_FULFILLED);
	assert_true(q.may & 1u << FSS_REQUEST_RETRY);
	junk = q.version;
	assert_int_equal(mr_read(f, &alice, junk), 0);
	assert_int_equal(mr_decide(f, &alice, q.id, FSS_REQUEST_RETRY, NULL,
	    NULL), FSS_ERATE);
	f->ctx.now_us += FSS__WISH_PAUSE_S * INT64_C(1000000);
	assert_int_equal(mr_decide(f, &dora, q.id, FSS_REQUEST_RETRY, NULL,
	    NULL), FSS_EDENIED);
	assert_int_equal(mr_decide(f, &alice, q.id, FSS_REQUEST_RETRY, NULL,
	    &q), 0);
	assert_int_equal(q.state, FSS_REQUEST_OPEN);
	assert_int_equal(q.attempt, 2);
	assert_int_equal(mr_read(f, &alice, junk), FSS_ENOENT);
	assert_int_equal(mr_fulfil(f, &dora, q.id, "/junk", NULL),
	    FSS_EDENIED);
	look_why(f, &dora, q.id, FSS_REASON_UNWANTED);
	look_why(f, &carl, q.id, 0);

	/* Asked afresh, all have their turn again. */
	assert_int_equal(mr_decide(f, &alice, q.id, FSS_REQUEST_CANCEL, NULL,
	    NULL), 0);
	look_why(f, &alice, q.id, 0);
	f->ctx.now_us += FSS__WISH_PAUSE_S * INT64_C(1000000);
	assert_int_equal(mr_decide(f, &alice, q.id, FSS_REQUEST_RETRY, NULL,
	    NULL), 0);
	look_why(f, &dora, q.id, 0);
	assert_int_equal(mr_fulfil(f, &dora, q.id, "/junk", NULL), 0);
	/* Who asked can do what they like, and who is locked asks no more. */
	f->ctx.now_us += FSS__WISH_PAUSE_S * INT64_C(1000000);
	assert_int_equal(mr_decide(f, &alice, q.id, FSS_REQUEST_RETRY, NULL,
	    NULL), 0);
	assert_int_equal(mr_fulfil(f, &bob, q.id, "/none", NULL), 0);
	assert_int_equal(fss__exec(fss__db_query(f->ctx.db,
	    "UPDATE account SET locked = 1 WHERE name = 'alice'")), 0);
	assert_int_equal(fss__meta_request_mark_live(f->ctx.db), 0);
	mr_settle(f);
	assert_int_equal(mr_state(f, q.id), FSS_REQUEST_FAILED);
	mf_expect_sound(f);
	mf_close(f);
}

/* The last of a group is as the only one. */
static void
test_last_of_group(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__actor carl = mf_user(f, "carl");
	struct mf_req q;

	(void)state;
	assert_int_equal(mf_group(f, &alice, "g", "bob", false), 0);
	assert_int_equal(mf_group(f, &alice, "g", "carl", false), 0);
	assert_int_equal(mr_announce(f, &bob, "/none", "not there"), 0);
	assert_int_equal(mr_announce(f, &carl, "/none", "nor there"), 0);
	assert_int_equal(mr_want(f, &alice, "@g", "a song", &q), 0);
	assert_int_equal(mr_fulfil(f, &bob, q.id, "/none", NULL), 0);
	assert_int_equal(mr_decide(f, &bob, q.id, FSS_REQUEST_DENY, NULL,
	    NULL), 0);
	assert_int_equal(mr_state(f, q.id), FSS_REQUEST_OPEN);
	assert_int_equal(mr_fulfil(f, &carl, q.id, "/none", NULL), 0);
	assert_int_equal(mr_decide(f, &carl, q.id, FSS_REQUEST_DENY, NULL,
	    NULL), 0);
	assert_int_equal(mr_state(f, q.id), FSS_REQUEST_DENIED);
	mf_close(f);
}

static void
test_uploads(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	static const struct fss__commit_as none = { false, 0 };
	struct fss__commit_as as = none;
	struct fss__m_commit_item m;
	struct fss__id id;
	struct mf_req q, p;

	(void)state;
	assert_int_equal(mf_file(f, &alice, NULL, "/h/there", "x"), 0);
	/* What is hidden and what is not there answer alike. */
	assert_int_equal(mr_upload(f, &bob, "alice", "/h/there", 9, &q), 0);
	assert_int_equal(mr_upload(f, &bob, "alice", "/no/there", 9, &p), 0);
	assert_int_equal(q.has, p.has);
	assert_int_equal(q.state, p.state);
	assert_int_equal(mr_upload(f, &bob, "alice", "/in/new", 4, &q), 0);
	as.request = q.id;
	m = mf_item("/in/new", "text", &id);
	(void)mf_put(f, &bob, "text");
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__entry_commit_as(&f->ctx, &bob,
	    mf_s("alice"), &m, &as, drop, NULL)), FSS_ESTATE);
	assert_int_equal(mr_decide(f, &alice, q.id, FSS_REQUEST_APPROVE, NULL,
	    NULL), 0);
	assert_int_equal(mr_state(f, q.id), FSS_REQUEST_APPROVED);
	m.path = mf_s("/in/other");
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__entry_commit_as(&f->ctx, &bob,
	    mf_s("alice"), &m, &as, drop, NULL)), FSS_EDENIED);
	m.path = mf_s("/in/new");
	m.size = 5;
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__entry_commit_as(&f->ctx, &bob,
	    mf_s("alice"), &m, &as, drop, NULL)), FSS_EDENIED);
	m.size = 4;
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__entry_commit_as(&f->ctx, &alice,
	    mf_s("alice"), &m, &as, drop, NULL)), FSS_EDENIED);
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__entry_commit_as(&f->ctx, &bob,
	    mf_s("alice"), &m, &as, drop, NULL)), 0);
	assert_int_equal(mr_state(f, q.id), FSS_REQUEST_FULFILLED);
	assert_int_equal(mf_stat(f, &alice, NULL, "/in/new", 0, NULL), 0);
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__entry_commit_as(&f->ctx, &bob,
	    mf_s("alice"), &m, &as, drop, NULL)), FSS_EDENIED);
	mf_expect_sound(f);
	mf_close(f);
}

/*
 * Leave was asked for, and the right given: seen or not, nothing more is to
 * be decided.  What has no step must not keep others from theirs.
 */
static void
test_upload_granted(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__actor carl = mf_user(f, "carl");
	struct mf_req open, seen, get;

	(void)state;
	assert_int_equal(mf_file(f, &alice, NULL, "/in/there", "x"), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/d/x", "x"), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/", FSS_ACCESS_ASK), 0);
	assert_int_equal(mr_upload(f, &bob, "alice", "/in/a", 4, &seen), 0);
	assert_int_equal(mr_upload(f, &bob, "alice", "/in/b", 4, &open), 0);
	assert_int_equal(mr_get(f, &carl, "alice", "/d/x", &get), 0);
	assert_int_equal(mr_decide(f, &alice, seen.id, FSS_REQUEST_SEE, NULL,
	    NULL), 0);
	assert_int_equal(mf_grant(f, &alice, NULL, "/in", "bob",
	    FSS_RIGHT_CREATE), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/d", FSS_ACCESS_OPEN),
	    0);
	mr_settle(f);
	assert_int_equal(f->ctx.unsettled, 0);
	assert_int_equal(mr_state(f, seen.id), FSS_REQUEST_APPROVED);
	assert_int_equal(mr_state(f, open.id), FSS_REQUEST_APPROVED);
	assert_int_equal(mr_state(f, get.id), FSS_REQUEST_FULFILLED);
	mf_expect_sound(f);
	mf_close(f);
}

static void
test_rules(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__m_rule_set m;
	struct mf_req q;

	(void)state;
	assert_int_equal(mf_file(f, &alice, NULL, "/a/x", "text"), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/b/x", "text"), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/", FSS_ACCESS_ASK), 0);
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_rule_set_verdict | FSS__K_rule_set_under;
	m.verdict = FSS_VERDICT_ALLOW;
	m.under = mf_s("/a");
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__rule_set(&f->ctx, &alice, &m, drop,
	    NULL)), 0);
	m.has = FSS__K_rule_set_verdict | FSS__K_rule_set_detail;
	m.verdict = FSS_VERDICT_DENY;
	m.detail = mf_s("never");
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__rule_set(&f->ctx, &alice, &m, drop,
	    NULL)), 0);
	assert_int_equal(mr_get(f, &bob, "alice", "/a/x", &q), 0);
	assert_int_equal(q.state, FSS_REQUEST_FULFILLED);
	assert_false(q.has & FSS__K_request_rule);
	assert_int_equal(mr_look(f, &alice, q.id, &q), 0);
	assert_true(q.has & FSS__K_request_rule);
	assert_int_equal(mr_get(f, &bob, "alice", "/b/x", &q), 0);
	assert_int_equal(q.state, FSS_REQUEST_DENIED);
	assert_int_equal(q.reason, FSS_REASON_RULE);
	assert_string_equal(q.detail, "never");
	mf_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_locked),
		cmocka_unit_test(test_announced),
		cmocka_unit_test(test_fates),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_quota),
		cmocka_unit_test(test_back_off),
		cmocka_unit_test(test_expiry),
		cmocka_unit_test(test_wants),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_offers),
		cmocka_unit_test(test_worthless),
		cmocka_unit_test(test_last_of_group),
		cmocka_unit_test(test_uploads),
		cmocka_unit_test(test_upload_granted),
		cmocka_unit_test(test_rules)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
