/*
 * Rows of requests, audiences, passes, denials, holders, transfers and
 * presence, on a database of their own.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "model_fixture.h"
#include "store/meta_holder.h"
#include "store/meta_presence.h"
#include "store/meta_request.h"

static struct fss__id
root_of(uint8_t n)
{
	struct fss__id id;

	memset(&id, n, sizeof(id));
	id.b[0] = FSS__KIND_DATA | FSS__ALG_SHA256;
	return id;
}

static struct fss__meta_request
request(int64_t asker, int64_t target, int64_t version)
{
	struct fss__meta_request r;

	memset(&r, 0, sizeof(r));
	r.kind = FSS_REQUEST_GET;
	r.asker = asker;
	r.target = r.owner = target;
	r.version = version;
	r.entry = version * 10;
	r.has_root = true;
	r.root = root_of((uint8_t)version);
	r.created = r.changed = 1000;
	r.expires = 5000;
	r.attempt = 1;
	r.path_len = 2;
	memcpy(r.path, "/x", 3);
	return r;
}

static int64_t
insert(struct mf *f, struct fss__meta_request r)
{
	assert_int_equal(fss__meta_request_insert(f->ctx.db, &r), 0);
	return r.id;
}

static void
test_rows(void **state)
{
	struct mf *f = mf_open();
	struct fss__db *db = f->ctx.db;
	struct fss__meta_request r = request(1, 2, 3), g;
	int64_t id, seq, n;
	int st;

	(void)state;
	assert_int_equal(fss__meta_request_last(db, &seq), 0);
	assert_int_equal(seq, 0);
	r.text_len = 4;
	memcpy(r.text, "note", 5);
	assert_int_equal(fss__meta_request_insert(db, &r), 0);
	assert_int_equal(r.seq, 1);
	assert_int_equal(fss__meta_request_get(db, r.id, &g), 1);
	assert_memory_equal(&g, &r, sizeof(g));
	r.state = FSS_REQUEST_DENIED;
	r.change = 1;
	r.reason = FSS_REASON_PERSON;
	r.detail_len = 2;
	memcpy(r.detail, "no", 3);
	r.retry = 77;
	r.has_root = false;
	memset(&r.root, 0, sizeof(r.root));
	assert_int_equal(fss__meta_request_update(db, &r), 0);
	assert_int_equal(r.seq, 2);
	memset(&g, 0, sizeof(g));
	assert_int_equal(fss__meta_request_get(db, r.id, &g), 1);
	assert_memory_equal(&g, &r, sizeof(g));
	assert_int_equal(fss__meta_request_get(db, 99, &g), 0);
	r.id = 99;
	assert_int_equal(fss__meta_request_update(db, &r), FSS_ECORRUPT);

	/* Lookups: only live ones are the same, any state is the newest. */
	assert_int_equal(fss__meta_request_same(db, 1, FSS_REQUEST_GET, 3,
	    &g), 0);
	id = insert(f, request(1, 2, 3));
	assert_int_equal(fss__meta_request_same(db, 1, FSS_REQUEST_GET, 3,
	    &g), 1);
	assert_int_equal(g.id, id);
	assert_int_equal(fss__meta_request_same(db, 1, FSS_REQUEST_UPLOAD, 3,
	    &g), 0);
	assert_int_equal(fss__meta_request_same_path(db, 1, FSS_REQUEST_GET,
	    2, mf_s("/x"), &g), 1);
	assert_int_equal(fss__meta_request_same_path(db, 1, FSS_REQUEST_GET,
	    2, mf_s("/y"), &g), 0);
	assert_int_equal(fss__meta_request_newest(db, 1, 3, &id, &st), 1);
	assert_int_equal(id, g.id);
	assert_int_equal(st, FSS_REQUEST_OPEN);
	assert_int_equal(fss__meta_request_newest(db, 2, 3, &id, &st), 0);
	(void)insert(f, request(1, 4, 5));
	(void)insert(f, request(1, 0, 0));
	assert_int_equal(fss__meta_request_count(db, 1, FSS__TARGET_ANY, &n), 0);
	assert_int_equal(n, 3);
	assert_int_equal(fss__meta_request_count(db, 1, 2, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(fss__meta_request_count(db, 1, 0, &n), 0);
	assert_int_equal(n, 1);
	mf_close(f);
}

static void
expect_box(struct mf *f, int64_t account, bool in, bool out, bool up,
    int64_t seq, const int64_t *ids, size_t n)
{
	struct fss__meta_request r;
	struct fss__meta_box b;
	size_t i;

	assert_int_equal(fss__meta_box_open(f->ctx.db, account, in, out, up,
	    seq, &b), 0);
	for (i = 0; i < n; i++) {
		assert_int_equal(fss__meta_box_next(&b, &r), 1);
		assert_int_equal(r.id, ids[i]);
	}
	assert_int_equal(fss__meta_box_next(&b, &r), 0);
	fss__meta_box_close(&b);
}

static void
test_boxes(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor a = mf_user(f, "a"), b = mf_user(f, "b");
	struct fss__actor c = mf_user(f, "c"), d = mf_user(f, "d");
	struct fss__meta_request r;
	int64_t circle, got, left, n, id[5];
	int no;

	(void)state;
	assert_int_equal(mf_group(f, &a, "g", "b", false), 0);
	assert_int_equal(mf_group(f, &a, "g", "c", false), 0);
	assert_int_equal(mf_group(f, &a, "g", "a", false), 0);
	circle = mf_sql(f, "SELECT id FROM circle");
	id[0] = insert(f, request(a.account, b.account, 1));
	id[1] = insert(f, request(c.account, b.account, 2));
	r = request(a.account, 0, 0);
	r.circle = circle;
	id[2] = insert(f, r);
	assert_int_equal(fss__meta_audience_fill(f->ctx.db, id[2], circle,
	    a.account, 9), 2);
	r.circle = 0;
	id[3] = insert(f, r);
	id[4] = insert(f, request(b.account, a.account, 4));

	expect_box(f, b.account, true, false, false, 0,
	    (int64_t[]){ id[3], id[2], id[1], id[0] }, 4);
	expect_box(f, b.account, true, true, true, 0,
	    (int64_t[]){ id[0], id[1], id[2], id[3], id[4] }, 5);
	expect_box(f, b.account, true, true, true, 3,
	    (int64_t[]){ id[3], id[4] }, 2);
	expect_box(f, b.account, true, true, false, 3,
	    (int64_t[]){ id[1], id[0] }, 2);
	expect_box(f, a.account, true, false, false, 0,
	    (int64_t[]){ id[4] }, 1);
	expect_box(f, a.account, false, true, false, 0,
	    (int64_t[]){ id[3], id[2], id[0] }, 3);
	expect_box(f, d.account, true, true, false, 0,
	    (int64_t[]){ id[3] }, 1);
	assert_int_equal(fss__meta_box_waiting(f->ctx.db, b.account, 10, 100,
	    &n), 0);
	assert_int_equal(n, 3);
	assert_int_equal(fss__meta_box_waiting(f->ctx.db, b.account, 10, 2,
	    &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(fss__meta_box_waiting(f->ctx.db, b.account, 5000,
	    100, &n), 0);
	assert_int_equal(n, 0);

	/* The audience follows its request's seq, and declines one by one. */
	assert_int_equal(fss__meta_request_get(f->ctx.db, id[2], &r), 1);
	assert_int_equal(fss__meta_request_update(f->ctx.db, &r), 0);
	expect_box(f, c.account, true, false, false, 0,
	    (int64_t[]){ id[2], id[3] }, 2);
	assert_int_equal(fss__meta_audience_get(f->ctx.db, id[2], b.account,
	    &no), 1);
	assert_int_equal(no, FSS__NO_NONE);
	assert_int_equal(fss__meta_audience_get(f->ctx.db, id[2], d.account,
	    &no), 0);
	assert_int_equal(fss__meta_audience_decline(f->ctx.db, id[2],
	    b.account, FSS__NO_SAID, &left), 0);
	assert_int_equal(left, 1);
	assert_int_equal(fss__meta_box_waiting(f->ctx.db, b.account, 10, 100,
	    &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(fss__meta_audience_decline(f->ctx.db, id[2],
	    c.account, FSS__NO_OFFER, &left), 0);
	assert_int_equal(left, 0);
	assert_int_equal(fss__meta_audience_afresh(f->ctx.db, id[2],
	    FSS__NO_SAID), 0);
	assert_int_equal(fss__meta_audience_get(f->ctx.db, id[2], b.account,
	    &no), 1);
	assert_int_equal(no, FSS__NO_NONE);
	assert_int_equal(fss__meta_audience_after(f->ctx.db, id[2], 0, &got),
	    1);
	assert_int_equal(got, b.account);
	assert_int_equal(fss__meta_audience_after(f->ctx.db, id[2], got,
	    &got), 1);
	assert_int_equal(fss__meta_audience_after(f->ctx.db, id[2], got,
	    &got), 0);

	/* What is over is in nobody's box but of those named in it. */
	r.state = FSS_REQUEST_CANCELLED;
	assert_int_equal(fss__meta_request_update(f->ctx.db, &r), 0);
	expect_box(f, c.account, true, false, false, 0,
	    (int64_t[]){ id[3] }, 1);
	expect_box(f, a.account, false, true, true, 0,
	    (int64_t[]){ id[0], id[3], id[2] }, 3);
	mf_close(f);
}

static void
expect_marked(struct mf *f, const int64_t *ids, size_t n)
{
	int64_t id;
	size_t i;

	for (i = 0; i < n; i++) {
		assert_int_equal(fss__meta_request_marked(f->ctx.db, &id), 1);
		assert_int_equal(id, ids[i]);
	}
	assert_int_equal(fss__meta_request_marked(f->ctx.db, &id), 0);
}

static void
test_marks(void **state)
{
	struct mf *f = mf_open();
	struct fss__db *db = f->ctx.db;
	struct fss__meta_request r;
	struct fss__id root = root_of(7);
	struct fss__meta_transfer t;
	int64_t id[4], got, at, n, who;
	int i;

	(void)state;
	id[0] = insert(f, request(1, 2, 7));
	id[1] = insert(f, request(3, 2, 7));
	id[2] = insert(f, request(1, 4, 8));
	r = request(1, 2, 7);
	r.state = FSS_REQUEST_FULFILLED;
	id[3] = insert(f, r);
	expect_marked(f, id, 0);
	assert_int_equal(fss__meta_request_mark_owner(db, 2), 0);
	expect_marked(f, id, 2);
	assert_int_equal(fss__meta_request_mark_asker(db, 1), 0);
	assert_int_equal(fss__meta_request_mark(db, id[0]), 0);
	expect_marked(f, (int64_t[]){ id[0], id[2] }, 2);
	assert_int_equal(fss__meta_request_mark_target(db, 4), 0);
	expect_marked(f, id + 2, 1);
	assert_int_equal(fss__meta_request_mark_root(db, &root), 0);
	expect_marked(f, id, 2);
	assert_int_equal(fss__meta_request_mark_version(db, 8), 0);
	expect_marked(f, id + 2, 1);
	assert_int_equal(fss__meta_request_mark_live(db), 0);
	expect_marked(f, id, 3);

	/* Who waits for a transfer: by owner, depth and size too. */
	memset(&t, 0, sizeof(t));
	t.root = root;
	t.owner = 2;
	assert_int_equal(fss__meta_transfer_waiters(db, &t, &n), 0);
	assert_int_equal(n, 0);
	for (i = 0; i < 2; i++) {
		assert_int_equal(fss__meta_request_get(db, id[i], &r), 1);
		r.state = i == 0 ? FSS_REQUEST_APPROVED :
		    FSS_REQUEST_TRANSFERRING;
		r.expires = 10;
		assert_int_equal(fss__meta_request_update(db, &r), 0);
		t.depth = r.depth;
		t.size = (uint64_t)r.size;
	}
	assert_int_equal(fss__meta_transfer_waiters(db, &t, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(fss__meta_transfer_waiter(db, &t, 0, 0, &got, &who),
	    1);
	assert_int_equal(got, id[0]);
	assert_int_equal(who, 1);
	assert_int_equal(fss__meta_transfer_waiter(db, &t, 0, got, &got,
	    &who), 1);
	assert_int_equal(got, id[1]);
	assert_int_equal(fss__meta_transfer_waiter(db, &t, 0, got, &got,
	    &who), 0);
	assert_int_equal(fss__meta_transfer_waiter(db, &t,
	    FSS_REQUEST_TRANSFERRING, 0, &got, &who), 1);
	assert_int_equal(got, id[1]);
	assert_int_equal(fss__meta_transfer_version(db, &t, 0, &got), 1);
	assert_int_equal(got, 7);
	assert_int_equal(fss__meta_transfer_version(db, &t, got, &got), 0);
	/* One whose request changes is looked at, others are not. */
	assert_int_equal(fss__meta_transfer_insert(db, &t, &n), 0);
	t.owner++;
	assert_int_equal(fss__meta_transfer_insert(db, &t, &got), 0);
	t.owner--;
	assert_int_equal(fss__meta_transfer_idle(db, &got), 0);
	assert_int_equal(fss__meta_request_get(db, id[1], &r), 1);
	assert_int_equal(fss__meta_request_update(db, &r), 0);
	assert_int_equal(fss__meta_transfer_idle(db, &got), 1);
	assert_int_equal(got, n);
	assert_int_equal(fss__meta_transfer_busy(db, n), 0);
	assert_int_equal(fss__meta_transfer_idle(db, &got), 0);
	t.size++;
	assert_int_equal(fss__meta_transfer_version(db, &t, 0, &got), 0);
	t.size--;
	t.depth++;
	assert_int_equal(fss__meta_transfer_version(db, &t, 0, &got), 0);
	t.depth--;
	t.owner = 3;
	assert_int_equal(fss__meta_transfer_version(db, &t, 0, &got), 0);
	assert_int_equal(fss__meta_request_get(db, id[0], &r), 1);
	r.state = FSS_REQUEST_OPEN;
	r.expires = 1000;
	assert_int_equal(fss__meta_request_update(db, &r), 0);

	/* What is arriving does not expire. */
	assert_int_equal(fss__meta_request_get(db, id[2], &r), 1);
	r.expires = 20;
	assert_int_equal(fss__meta_request_update(db, &r), 0);
	assert_int_equal(fss__meta_request_expiring(db, &got, &at), 1);
	assert_int_equal(got, id[2]);
	assert_int_equal(at, 20);
	mf_close(f);
}

static void
test_passes(void **state)
{
	struct mf *f = mf_open();
	struct fss__db *db = f->ctx.db;
	struct fss__meta_pass p = { 1, 2, 3, true, 100, 0 }, g;
	int64_t times, until;

	(void)state;
	assert_int_equal(fss__meta_pass_set(db, &p), 0);
	p.used = 50;
	assert_int_equal(fss__meta_pass_set(db, &p), 0);
	assert_int_equal(fss__meta_pass_get(db, 1, 2, &g), 1);
	assert_int_equal(g.request, 3);
	assert_true(g.shown);
	assert_int_equal(g.expires, 100);
	assert_int_equal(g.used, 50);
	assert_int_equal(fss__meta_pass_get(db, 1, 3, &g), 0);
	assert_int_equal(fss__meta_pass_purge(db, 99, 10), 0);
	assert_int_equal(fss__meta_pass_purge(db, 100, 10), 1);
	assert_int_equal(fss__meta_pass_get(db, 1, 2, &g), 0);
	assert_int_equal(fss__meta_pass_set(db, &p), 0);
	assert_int_equal(fss__meta_pass_drop(db, 4), 0);
	assert_int_equal(fss__meta_pass_get(db, 1, 2, &g), 1);
	assert_int_equal(fss__meta_pass_drop(db, 3), 0);
	assert_int_equal(fss__meta_pass_get(db, 1, 2, &g), 0);
	assert_int_equal(fss__meta_pass_set(db, &p), 0);
	assert_int_equal(fss__meta_pass_drop_version(db, 1), 0);
	assert_int_equal(fss__meta_pass_get(db, 1, 2, &g), 0);

	assert_int_equal(fss__meta_denial_get(db, 1, 2, 3, &times, &until),
	    0);
	assert_int_equal(fss__meta_denial_set(db, 1, 2, 3, 1, 10), 0);
	assert_int_equal(fss__meta_denial_set(db, 1, 2, 3, 2, 20), 0);
	assert_int_equal(fss__meta_denial_get(db, 1, 2, 3, &times, &until),
	    1);
	assert_int_equal(times, 2);
	assert_int_equal(until, 20);
	assert_int_equal(fss__meta_denial_purge(db, 20, 10), 0);
	assert_int_equal(fss__meta_denial_purge(db, 21, 10), 1);
	assert_int_equal(fss__meta_denial_set(db, 1, 2, 3, 2, 20), 0);
	assert_int_equal(fss__meta_denial_drop(db, 1, 2, 3), 0);
	assert_int_equal(fss__meta_denial_get(db, 1, 2, 3, &times, &until),
	    0);
	mf_close(f);
}

static void
test_holders(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor a = mf_user(f, "a"), b = mf_user(f, "b");
	struct fss__db *db = f->ctx.db;
	struct fss__meta_held h, g;
	struct fss__id root = root_of(9), other = root_of(8);
	int64_t n;

	(void)state;
	memset(&h, 0, sizeof(h));
	h.version = 5;
	h.device = a.device;
	h.account = a.account;
	h.entry = 50;
	h.root = root;
	assert_int_equal(fss__meta_held_set(db, &h), 0);
	h.announced = 7;
	assert_int_equal(fss__meta_held_set(db, &h), 0);
	h.version = 6;
	h.device = b.device;
	h.account = b.account;
	h.entry = 60;
	assert_int_equal(fss__meta_held_set(db, &h), 0);
	assert_int_equal(fss__meta_held_by(db, &root, a.device, 0, &g), 1);
	assert_int_equal(g.version, 5);
	assert_int_equal(g.announced, 7);
	assert_int_equal(fss__meta_held_by(db, &other, a.device, 0, &g), 0);
	assert_int_equal(fss__meta_held_after(db, &root, 0, 0, &g), 1);
	assert_int_equal(g.account, a.account);
	assert_int_equal(fss__meta_held_after(db, &root, g.account, g.entry,
	    &g), 1);
	assert_int_equal(g.account, b.account);
	assert_int_equal(fss__meta_held_after(db, &root, g.account, g.entry,
	    &g), 0);
	assert_int_equal(fss__meta_held_device(db, b.device, 0, &g), 1);
	assert_int_equal(fss__meta_held_device(db, b.device, 6, &g), 0);
	assert_int_equal(fss__meta_held_version(db, 5, 0, &g), 1);
	assert_int_equal(fss__meta_held_version(db, 5, a.device, &g), 0);
	assert_int_equal(fss__meta_held_count(db, 5, &n), 0);
	assert_int_equal(n, 1);
	/* A revoked device holds nothing that counts. */
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__account_revoke_all(&f->ctx, &a)), 0);
	assert_int_equal(fss__meta_held_by(db, &root, a.device, 0, &g), 0);
	/* Rows of no version are nobody's claim of that size. */
	assert_int_equal(fss__meta_held_drop_content(db, &root, 0, 1,
	    b.device), 0);
	assert_int_equal(fss__meta_held_drop(db, 6, b.device), 1);
	h.version = 5;
	assert_int_equal(fss__meta_held_set(db, &h), 0);
	assert_int_equal(fss__meta_held_drop(db, 5, b.device), 1);
	assert_int_equal(fss__meta_held_set(db, &h), 0);
	assert_int_equal(fss__meta_held_drop_version(db, 5), 2);
	mf_close(f);
}

static void
test_transfers(void **state)
{
	struct mf *f = mf_open();
	struct fss__db *db = f->ctx.db;
	struct fss__meta_transfer t, g;
	struct fss__id id = root_of(3), got;
	int64_t accounts[2];
	uint64_t start;
	uint8_t buf[FSS__MAX_PAGE];
	size_t len;
	int i;

	(void)state;
	memset(&t, 0, sizeof(t));
	t.root = root_of(1);
	t.owner = 8;
	t.depth = 2;
	t.size = 1000;
	assert_int_equal(fss__meta_transfer_insert(db, &t, &t.id), 0);
	assert_int_equal(fss__meta_transfer_find(db, &t.root, 8, 2, 1000, &g),
	    1);
	assert_int_equal(g.id, t.id);
	assert_int_equal(fss__meta_transfer_find(db, &t.root, 9, 2, 1000, &g),
	    0);
	assert_int_equal(fss__meta_transfer_find(db, &t.root, 8, 1, 1000, &g),
	    0);
	assert_int_equal(fss__meta_transfer_find(db, &t.root, 8, 2, 999, &g),
	    0);
	t.planned = 500;
	t.touched = 9;
	assert_int_equal(fss__meta_transfer_update(db, &t), 0);
	assert_int_equal(fss__meta_transfer_get(db, t.id, &g), 1);
	assert_int_equal(g.planned, 500);
	assert_int_equal(g.size, 1000);
	assert_int_equal(g.touched, 9);
	assert_int_equal(fss__meta_transfer_after(db, 0, &g), 1);
	assert_int_equal(fss__meta_transfer_after(db, t.id, &g), 0);
	assert_int_equal(fss__meta_source_add(db, t.id, 4), 0);
	assert_int_equal(fss__meta_source_add(db, t.id, 4), 0);
	assert_int_equal(fss__meta_source_add(db, t.id, 2), 0);
	assert_int_equal(fss__meta_source_add(db, t.id, 5), 0);
	assert_int_equal(fss__meta_source_list(db, t.id, accounts, 2), 2);
	assert_int_equal(accounts[0], 2);
	assert_int_equal(accounts[1], 4);
	for (i = 0; i < 3; i++)
		assert_int_equal(fss__meta_tpage_insert(db, t.id, 1,
		    (uint64_t)i * 100, &id, "page", 4), 0);
	assert_int_equal(fss__meta_tpage_get(db, t.id, 1, 199, &start, &got,
	    buf, &len), 1);
	assert_int_equal(start, 100);
	assert_int_equal(len, 4);
	assert_memory_equal(buf, "page", 4);
	assert_true(fss__id_eq(&got, &id));
	assert_int_equal(fss__meta_tpage_get(db, t.id, 1, UINT64_MAX, &start,
	    &got, buf, &len), 1);
	assert_int_equal(start, 200);
	assert_int_equal(fss__meta_tpage_get(db, t.id, 2, 0, &start, &got,
	    buf, &len), 0);
	assert_int_equal(fss__meta_transfer_delete(db, t.id, 2), 1);
	assert_int_equal(fss__meta_transfer_get(db, t.id, &g), 1);
	assert_int_equal(fss__meta_transfer_delete(db, t.id, 2), 0);
	assert_int_equal(fss__meta_transfer_get(db, t.id, &g), 0);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM transfer_page"), 0);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM transfer_source"),
	    0);
	mf_close(f);
}

static void
test_presence(void **state)
{
	struct mf *f = mf_open();
	struct fss__db *db = f->ctx.db;
	struct fss__meta_presence p;

	(void)state;
	assert_int_equal(fss__meta_presence_get(db, 1, &p), 0);
	assert_int_equal(fss__meta_presence_note(db, 1, true, 10), 0);
	assert_int_equal(fss__meta_presence_note(db, 1, false, 20), 0);
	assert_int_equal(fss__meta_presence_get(db, 1, &p), 1);
	assert_int_equal(p.seen, 20);
	assert_false(p.live || p.hidden);
	/* Hidden: the time stays that of hiding. */
	assert_int_equal(fss__meta_presence_note(db, 1, true, 30), 0);
	assert_int_equal(fss__meta_presence_hide(db, 1, true, 40), 0);
	assert_int_equal(fss__meta_presence_hide(db, 1, true, 50), 0);
	assert_int_equal(fss__meta_presence_note(db, 1, true, 60), 0);
	assert_int_equal(fss__meta_presence_recover(db, 70), 0);
	assert_int_equal(fss__meta_presence_get(db, 1, &p), 1);
	assert_int_equal(p.seen, 40);
	assert_true(p.hidden);
	assert_false(p.live);
	assert_int_equal(fss__meta_presence_hide(db, 1, false, 80), 0);
	assert_int_equal(fss__meta_presence_get(db, 1, &p), 1);
	assert_int_equal(p.seen, 40);
	assert_int_equal(fss__meta_presence_note(db, 1, true, 90), 0);
	assert_int_equal(fss__meta_presence_recover(db, 100), 0);
	assert_int_equal(fss__meta_presence_get(db, 1, &p), 1);
	assert_int_equal(p.seen, 100);
	mf_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_boxes),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_passes),
		cmocka_unit_test(test_holders),
		cmocka_unit_test(test_transfers),
		cmocka_unit_test(test_presence)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
