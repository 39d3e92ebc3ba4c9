/*
 * Who may send for whom: a digest that was only heard of, or announced with
 * another size, gets nobody anything and takes nothing from others.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "model_request.h"

struct work {
	unsigned	n;
	int64_t		transfer;
	uint64_t	size, requests;
	char		path[64];
};

static int
take_work(void *arg, const void *record)
{
	const struct fss__m_work_row *m = record;
	struct work *w = arg;

	w->n++;
	w->transfer = (int64_t)m->transfer;
	w->size = m->size;
	w->requests = m->requests;
	assert_int_equal(fss__slice_copy(m->path, w->path, sizeof(w->path)),
	    0);
	return 0;
}

static struct work
work_of(struct mf *f, const struct fss__actor *who)
{
	struct fss__cursor next;
	struct fss__m_page m;
	struct work w;

	memset(&m, 0, sizeof(m));
	memset(&w, 0, sizeof(w));
	assert_int_equal(fss__transfer_work(&f->ctx, who, &m, take_work, &w,
	    &next), 0);
	return w;
}

/* Announces the one chunk of @text with any size. */
static int
claim(struct mf *f, const struct fss__actor *who, const char *path,
    const char *text, uint64_t size)
{
	struct fss__m_commit_item m;
	struct fss__id id;

	m = mf_item(path, text, &id);
	m.size = size;
	mf_begin(f);
	return mf_end(f, fss__announce(&f->ctx, who, &m, mf_emit_one, NULL));
}

static int
serve(struct mf *f, const struct fss__actor *who, int64_t transfer)
{
	struct fss__meta_transfer t;

	mf_begin(f);
	return mf_end(f, fss__transfer_serve(&f->ctx, who, transfer, &t));
}

/* A digest is not enough: alice's agent is not even told. */
static void
test_theft(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__actor mallory = mf_user(f, "mallory");
	struct mf_req q, p;
	struct work w;

	(void)state;
	assert_int_equal(mr_announce(f, &alice, "/diary", "secret"), 0);
	assert_int_equal(mr_announce(f, &mallory, "/x", "secret"), 0);
	assert_int_equal(mr_get(f, &mallory, "mallory", "/x", &q), 0);
	mr_settle(f);
	assert_int_equal(mr_look(f, &mallory, q.id, &q), 0);
	assert_int_equal(q.state, FSS_REQUEST_APPROVED);
	assert_int_equal(work_of(f, &alice).n, 0);
	assert_int_equal(serve(f, &alice, (int64_t)q.transfer), FSS_ENOENT);
	assert_int_equal(mr_state(f, q.id), FSS_REQUEST_APPROVED);
	w = work_of(f, &mallory);
	assert_int_equal(w.n, 1);
	assert_string_equal(w.path, "/x");

	/* Nor does what alice sends to others go to mallory. */
	assert_int_equal(mf_grant(f, &alice, NULL, "/diary", "bob",
	    FSS_RIGHT_SEE), 0);
	assert_int_equal(mr_get(f, &bob, "alice", "/diary", &p), 0);
	assert_int_equal(mr_decide(f, &alice, p.id, FSS_REQUEST_APPROVE, NULL,
	    NULL), 0);
	assert_int_equal(mr_look(f, &bob, p.id, &p), 0);
	assert_true(p.transfer != q.transfer);
	w = work_of(f, &alice);
	assert_int_equal(w.n, 1);
	assert_int_equal(w.requests, 1);
	assert_int_equal(w.transfer, (int64_t)p.transfer);
	assert_int_equal(serve(f, &mallory, (int64_t)p.transfer), FSS_ENOENT);
	assert_int_equal(mr_serve(f, &alice, (int64_t)p.transfer, "secret"),
	    0);
	mr_settle(f);
	assert_int_equal(mr_state(f, p.id), FSS_REQUEST_FULFILLED);
	assert_int_equal(mr_state(f, q.id), FSS_REQUEST_APPROVED);
	mf_expect_usage(f, &mallory, 0, 1, 0);
	/* And mallory's transfer still wants each chunk of mallory. */
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__transfer_finish(&f->ctx,
	    (int64_t)q.transfer, mallory.account)), FSS_EMISSING);
	mf_expect_sound(f);
	mf_close(f);
}

/* Another holder helps where owner and asker may see the entry. */
static void
test_others(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__actor carl = mf_user(f, "carl");
	struct mf_req q;
	struct work w;

	(void)state;
	assert_int_equal(mr_announce(f, &alice, "/film", "film"), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/film", FSS_ACCESS_ASK),
	    0);
	assert_int_equal(mr_announce(f, &carl, "/a", "film"), 0);
	assert_int_equal(mr_announce(f, &carl, "/b", "film"), 0);
	assert_int_equal(mr_get(f, &bob, "alice", "/film", &q), 0);
	assert_int_equal(mr_decide(f, &alice, q.id, FSS_REQUEST_APPROVE, NULL,
	    NULL), 0);
	assert_int_equal(mr_look(f, &bob, q.id, &q), 0);
	assert_int_equal(work_of(f, &carl).n, 0);
	/* Bob alone is not enough: it would be alice's as well. */
	assert_int_equal(mf_grant(f, &carl, NULL, "/b", "bob",
	    FSS_RIGHT_SEE), 0);
	assert_int_equal(work_of(f, &carl).n, 0);
	assert_int_equal(mf_grant(f, &carl, NULL, "/a", "alice",
	    FSS_RIGHT_SEE),
	    0);
	assert_int_equal(work_of(f, &carl).n, 0);
	assert_int_equal(mf_grant(f, &carl, NULL, "/b", "alice",
	    FSS_RIGHT_SEE),
	    0);
	w = work_of(f, &carl);
	assert_int_equal(w.n, 1);
	assert_string_equal(w.path, "/b");
	assert_int_equal(mr_serve(f, &carl, w.transfer, "film"), 0);
	mr_settle(f);
	assert_int_equal(mr_state(f, q.id), FSS_REQUEST_FULFILLED);
	mf_expect_sound(f);
	mf_close(f);
}

/* Another size is another content: honest holders are not asked for it. */
static void
test_poison(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__actor mallory = mf_user(f, "mallory");
	struct mf_req q, p;
	struct work w;

	(void)state;
	assert_int_equal(mr_announce(f, &alice, "/film", "film"), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/film", FSS_ACCESS_ASK),
	    0);
	assert_int_equal(claim(f, &mallory, "/x", "film", 3), 0);
	assert_int_equal(mr_get(f, &mallory, "mallory", "/x", &q), 0);
	mr_settle(f);
	assert_int_equal(mr_look(f, &mallory, q.id, &q), 0);
	assert_int_equal(work_of(f, &alice).n, 0);
	assert_int_equal(serve(f, &alice, (int64_t)q.transfer), FSS_ENOENT);
	/* Even one that gives it up keeps what it announced. */
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__transfer_give_up(&f->ctx, &alice,
	    (int64_t)q.transfer, FSS_ECHANGED)), 0);
	assert_int_equal(mr_get(f, &bob, "alice", "/film", &p), 0);
	assert_int_equal(mr_decide(f, &alice, p.id, FSS_REQUEST_APPROVE, NULL,
	    NULL), 0);
	w = work_of(f, &alice);
	assert_int_equal(w.n, 1);
	assert_int_equal(w.size, 4);
	assert_int_equal(mr_serve(f, &alice, w.transfer, "film"), 0);
	mr_settle(f);
	assert_int_equal(mr_state(f, p.id), FSS_REQUEST_FULFILLED);
	/* The lie comes out when its own holder sends it, and fails. */
	assert_int_equal(mr_serve(f, &mallory, (int64_t)q.transfer, "film"),
	    0);
	mr_settle(f);
	assert_int_equal(mr_look(f, &mallory, q.id, &q), 0);
	assert_int_equal(q.state, FSS_REQUEST_FAILED);
	assert_int_equal(q.reason, FSS_REASON_CHANGED);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM version"
	    " WHERE state = 0"), 1);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM transfer"), 0);
	mf_expect_usage(f, &mallory, 0, 1, 0);
	assert_int_equal(fss__store_check(f->store, NULL, NULL), 0);
	mf_expect_sound(f);
	mf_close(f);
}

/* Who announces it at many paths takes nobody's place. */
static void
test_starve(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor mallory = mf_user(f, "mallory");
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__meta_version v = { .has_root = true };
	uint64_t holders, online;
	struct mf_req q;
	char path[16];
	unsigned i;

	(void)state;
	for (i = 0; i < 2 * FSS__HOLDERS_LOOK; i++) {
		(void)snprintf(path, sizeof(path), "/x%u", i);
		assert_int_equal(mr_announce(f, &mallory, path, "film"), 0);
	}
	assert_int_equal(mr_announce(f, &alice, "/film", "film"), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/film", FSS_ACCESS_ASK),
	    0);
	(void)mf_item("/film", "film", &v.root);
	assert_int_equal(fss__announce_count(&f->ctx, &bob, &v, &holders,
	    &online), 0);
	assert_int_equal(holders, 1);
	assert_int_equal(mr_get(f, &bob, "alice", "/film", &q), 0);
	mr_settle(f);
	assert_int_equal(mr_state(f, q.id), FSS_REQUEST_OPEN);
	assert_int_equal(mr_decide(f, &alice, q.id, FSS_REQUEST_APPROVE, NULL,
	    NULL), 0);
	assert_int_equal(work_of(f, &alice).n, 1);
	mf_close(f);
}

/* The holders of @path of alice's as @who sees them. */
static uint64_t
holders_of(struct mf *f, const struct fss__actor *who, const char *path)
{
	struct fss__meta_version v;
	uint64_t holders, online;
	struct mf_row row;

	assert_int_equal(mf_stat(f, who, "alice", path, 0, &row), 0);
	assert_int_equal(fss__meta_version_get(f->ctx.db,
	    (int64_t)row.version, &v), 1);
	assert_false(v.has_root);
	assert_int_equal(fss__announce_count(&f->ctx, who, &v, &holders,
	    &online), 0);
	assert_int_equal(online, 0);
	return holders;
}

/* Empty files have one content and are no copies of each other. */
static void
test_empty(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__m_commit_item m;
	unsigned i;

	(void)state;
	m = mf_item("", NULL, NULL);
	for (i = 0; i < 4; i++) {
		m.path = mf_s(i == 0 ? "/d/a" : i == 1 ? "/d/b" : "/e");
		mf_begin(f);
		assert_int_equal(mf_end(f, fss__announce(&f->ctx,
		    i == 3 ? &bob : &alice, &m, mf_emit_one, NULL)), 0);
	}
	m.path = mf_s("/d/kept");
	assert_int_equal(mf_commit(f, &alice, NULL, &m, NULL), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/d", FSS_ACCESS_OPEN), 0);
	assert_int_equal(mf_access(f, &bob, NULL, "/e", FSS_ACCESS_OPEN), 0);
	assert_int_equal(holders_of(f, &bob, "/d/a"), 1);
	assert_int_equal(holders_of(f, &bob, "/d/b"), 1);
	assert_int_equal(holders_of(f, &bob, "/d/kept"), 0);
	assert_int_equal(holders_of(f, &alice, "/e"), 1);
	/* A yes stores it; she has it all the same, until she takes it back. */
	m.path = mf_s("/d/a");
	assert_int_equal(mf_commit(f, &alice, NULL, &m, NULL), 0);
	assert_int_equal(holders_of(f, &bob, "/d/a"), 1);
	assert_int_equal(mr_unannounce(f, &alice, "/d/a"), 0);
	assert_int_equal(holders_of(f, &bob, "/d/a"), 0);
	mf_close(f);
}

struct mine {
	unsigned n, roots, on_page;
	char last[FSS_LIMIT_PATH + 1];
};

static int
take_mine(void *arg, const void *record)
{
	const struct fss__m_holder *m = record;
	struct mine *mine = arg;

	if (mine->on_page == 2)
		return FSS_EAGAIN;
	mine->on_page++;
	mine->n++;
	mine->roots += (m->has & FSS__K_holder_root) != 0;
	assert_int_equal(fss__slice_copy(m->path, mine->last,
	    sizeof(mine->last)), 0);
	return 0;
}

/* What one device holds, page by page: neither another's nor elsewhere. */
static void
test_mine(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__actor other = alice;
	struct fss__m_commit_item empty = mf_item("/empty", NULL, NULL);
	struct fss__m_holders m;
	struct fss__cursor next;
	struct mine mine;
	char path[16];
	unsigned i, pages = 0;

	(void)state;
	for (i = 0; i < 6; i++) {
		(void)snprintf(path, sizeof(path), "/x%u", i);
		assert_int_equal(mr_announce(f, &alice, path, path), 0);
	}
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__announce(&f->ctx, &alice, &empty,
	    mf_emit_one, NULL)), 0);
	assert_int_equal(mr_announce(f, &bob, "/bobs", "/x1"), 0);
	memset(&m, 0, sizeof(m));
	memset(&mine, 0, sizeof(mine));
	m.has = FSS__K_holders_path | FSS__K_holders_mine |
	    FSS__K_holders_cursor;
	m.path = mf_s("/");
	m.mine = true;
	do {
		mine.on_page = 0;
		assert_int_equal(fss__announce_holders(&f->ctx, &alice, &m,
		    take_mine, &mine, &next), 0);
		m.cursor.p = next.b;
		m.cursor.n = next.len;
		assert_true(++pages < 10);
	} while (next.len > 0);
	assert_int_equal(mine.n, 7);
	assert_int_equal(mine.roots, 6);
	assert_string_equal(mine.last, "/empty");
	/* Another device of hers has none of it. */
	other.device += 1000;
	m.cursor.n = 0;
	mine.n = 0;
	assert_int_equal(fss__announce_holders(&f->ctx, &other, &m, take_mine,
	    &mine, &next), 0);
	assert_int_equal(mine.n, 0);
	m.cursor.n = 7;
	assert_int_equal(fss__announce_holders(&f->ctx, &alice, &m, take_mine,
	    &mine, &next), FSS_EINVAL);
	m.cursor.n = 0;
	m.path = mf_s("/x1");
	assert_int_equal(fss__announce_holders(&f->ctx, &alice, &m, take_mine,
	    &mine, &next), FSS_EINVAL);
	m.path = mf_s("/");
	m.has |= FSS__K_holders_owner;
	m.owner = mf_s("bob");
	assert_int_equal(fss__announce_holders(&f->ctx, &alice, &m, take_mine,
	    &mine, &next), FSS_EINVAL);
	mf_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mine),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_theft),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_poison),
		cmocka_unit_test(test_starve)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
