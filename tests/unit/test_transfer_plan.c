/*
 * A content of several levels, fetched from two holders: the plan from the
 * root down, what is missing, reading on, the end.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "model_request.h"
#include "store/meta_chunk.h"

#define CHUNKS	23
#define FANOUT	3
#define PAGES	32

/* Chunks of 1 to CHUNKS bytes, so that spans differ. */
struct tree {
	struct fss__id	root, chunk[CHUNKS], page[PAGES];
	uint8_t		*data[PAGES];
	size_t		len[PAGES];
	unsigned	level[PAGES], depth, npages;
	uint64_t	size, start[CHUNKS];
};

static void
bytes_of(unsigned i, uint8_t *buf)
{
	memset(buf, 'a' + (int)i, i + 1);
}

static void
make_tree(struct tree *t)
{
	struct fss__manifest *m;
	struct fss__page page;
	uint8_t buf[CHUNKS];
	unsigned i;

	memset(t, 0, sizeof(*t));
	assert_int_equal(fss__manifest_new(FSS__ALG_SHA256, &m), 0);
	assert_int_equal(fss__manifest_set_fanout(m, FANOUT), 0);
	for (i = 0; i < CHUNKS; i++) {
		bytes_of(i, buf);
		assert_int_equal(fss__digest(FSS__KIND_DATA | FSS__ALG_SHA256,
		    buf, i + 1, &t->chunk[i]), 0);
		t->start[i] = t->size;
		t->size += i + 1;
		assert_int_equal(fss__manifest_add(m, &t->chunk[i], i + 1),
		    0);
	}
	assert_int_equal(fss__manifest_finish(m), 0);
	while (fss__manifest_take(m, &t->page[t->npages],
	    &t->data[t->npages], &t->len[t->npages]) == 1) {
		assert_int_equal(fss__page_decode(t->data[t->npages],
		    t->len[t->npages], &page), 0);
		t->level[t->npages++] = page.level;
		assert_true(t->npages < PAGES);
	}
	fss__manifest_root(m, &t->root, &t->depth, &t->size);
	fss__manifest_free(m);
	assert_int_equal(t->depth, 3);
}

static void
free_tree(struct tree *t)
{
	unsigned i;

	for (i = 0; i < t->npages; i++)
		fss__free(t->data[i]);
}

static int
announce(struct mf *f, const struct fss__actor *who, const char *path,
    const struct tree *t, uint64_t size)
{
	struct fss__m_commit_item m;

	memset(&m, 0, sizeof(m));
	m.path = mf_s(path);
	m.kind = FSS_KIND_FILE;
	m.has = FSS__K_commit_item_size | FSS__K_commit_item_root |
	    FSS__K_commit_item_depth | FSS__K_commit_item_mtime_us;
	m.size = size;
	m.root.p = t->root.b;
	m.root.n = FSS__ID_BYTES;
	m.depth = t->depth;
	m.mtime_us = 5;
	mf_begin(f);
	return mf_end(f, fss__announce(&f->ctx, who, &m, mf_emit_one, NULL));
}

static bool was_new;	/* the last page sent */

static int
send_page(struct mf *f, int64_t id, const struct tree *t, unsigned i)
{
	mf_begin(f);
	return mf_end(f, fss__transfer_page(&f->ctx, id, &t->page[i],
	    t->data[i], t->len[i], &was_new));
}

static void
put_chunk(struct mf *f, const struct fss__actor *who, const struct tree *t,
    unsigned i)
{
	uint8_t buf[CHUNKS];

	bytes_of(i, buf);
	assert_int_equal(fss__store_put(f->store, who->account, &t->chunk[i],
	    buf, i + 1), 0);
}

struct runs {
	bool	missing[CHUNKS];
	const struct tree *t;
	unsigned n, limit;
};

static int
take_run(void *arg, const void *record)
{
	const struct fss__m_wanted_run *m = record;
	struct runs *r = arg;
	uint64_t end = m->offset + m->len;
	unsigned i;

	if (r->n == r->limit)
		return FSS_EAGAIN;
	r->n++;
	for (i = 0; i < CHUNKS; i++) {
		if (r->t->start[i] < m->offset || r->t->start[i] >= end)
			continue;
		assert_false(r->missing[i]);
		assert_true(r->t->start[i] + i + 1 <= end);
		r->missing[i] = true;
	}
	return 0;
}

/* All pages of WANTED, @limit runs each, against what was put. */
static void
expect_missing(struct mf *f, int64_t id, const struct tree *t,
    const bool *put, unsigned limit)
{
	uint64_t next = 0;
	struct runs r;
	unsigned i, calls = 0;

	memset(&r, 0, sizeof(r));
	r.t = t;
	do {
		r.n = 0;
		r.limit = limit;
		assert_int_equal(fss__transfer_missing(&f->ctx, id, next,
		    take_run, &r, &next), 0);
		assert_true(++calls < 100);
	} while (next != 0);
	for (i = 0; i < CHUNKS; i++)
		assert_int_equal(r.missing[i], !put[i]);
}

static void
test_plan(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__actor carl = mf_user(f, "carl");
	struct fss__meta_transfer tr;
	struct fss_store_loc loc;
	struct fss__id id;
	struct tree t;
	struct mf_req q;
	bool put[CHUNKS] = { false };
	uint64_t start, span, at;
	unsigned level, i, k;
	int64_t x;

	(void)state;
	make_tree(&t);
	assert_int_equal(fss__reader_store_open(f->store, &f->ctx.reader), 0);
	assert_int_equal(announce(f, &alice, "/x", &t, t.size), 0);
	assert_int_equal(announce(f, &carl, "/mine", &t, t.size), 0);
	assert_int_equal(mf_access(f, &carl, NULL, "/mine", FSS_ACCESS_ASK),
	    0);
	assert_int_equal(mf_access(f, &alice, NULL, "/x", FSS_ACCESS_ASK), 0);
	assert_int_equal(mr_get(f, &bob, "alice", "/x", &q), 0);
	assert_int_equal(mr_decide(f, &alice, q.id, FSS_REQUEST_APPROVE, NULL,
	    NULL), 0);
	assert_int_equal(mr_look(f, &bob, q.id, &q), 0);
	x = (int64_t)q.transfer;
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__transfer_serve(&f->ctx, &alice, x,
	    &tr)), 0);
	assert_int_equal(tr.planned, 0);
	assert_int_equal(fss__transfer_missing(&f->ctx, x, 0, take_run, NULL,
	    &at), FSS_ESTATE);

	/* Only the next page is taken; the others not, nor what was cut. */
	for (level = t.depth; level > 0; level--) {
		for (i = 0; i < t.npages; i++) {
			if (t.level[i] != level)
				continue;
			for (k = 0; k < t.npages; k++)
				if (t.level[k] < level || (t.level[k] ==
				    level && k > i))
					assert_int_equal(send_page(f, x, &t,
					    k), FSS_EINTEGRITY);
			t.data[i][t.len[i] - 1] ^= 1;
			assert_int_equal(send_page(f, x, &t, i),
			    FSS_EINTEGRITY);
			t.data[i][t.len[i] - 1] ^= 1;
			f->rules.free_floor = UINT64_MAX;
			assert_int_equal(send_page(f, x, &t, i), FSS_ENOSPC);
			f->rules.free_floor = 0;
			assert_int_equal(send_page(f, x, &t, i), 0);
			assert_true(was_new);
			/* Once more, as another holder does. */
			assert_int_equal(send_page(f, x, &t, i), 0);
			assert_false(was_new);
			assert_int_equal(send_page(f, x, &t, t.npages - 1),
			    0);
		}
	}
	assert_int_equal(fss__meta_transfer_get(f->ctx.db, x, &tr), 1);
	assert_int_equal(tr.planned, t.size);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM transfer_page"),
	    t.npages);

	/* Alice sends some, dies; Carl goes on.  What is only Bob's counts not. */
	for (i = 0; i < CHUNKS; i += 3) {
		put_chunk(f, &alice, &t, i);
		put[i] = true;
	}
	put_chunk(f, &bob, &t, 1);
	put_chunk(f, &carl, &t, 4);
	for (k = 1; k < 9; k++)
		expect_missing(f, x, &t, put, k);
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__transfer_finish(&f->ctx, x,
	    alice.account)), FSS_EMISSING);
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__transfer_serve(&f->ctx, &carl, x,
	    &tr)), 0);
	assert_int_equal(tr.planned, t.size);
	put[4] = true;
	expect_missing(f, x, &t, put, 100);

	/* Reading on: pages at once, chunks as they come. */
	for (level = t.depth; level > 0; level--) {
		for (at = 0; at < t.size; at = start + span)
			assert_int_equal(fss__transfer_node(&f->ctx, x,
			    level, at, &id, &start, &span, &loc), 0);
		assert_int_equal(at, t.size);
	}
	put_chunk(f, &carl, &t, 5);
	put[5] = true;
	/* The last one is pending, the others are not; then none is. */
	for (k = 0; k < 2 * CHUNKS; k++) {
		i = k % CHUNKS;
		if (k == CHUNKS) {
			assert_int_equal(fss__store_begin(f->store), 0);
			assert_int_equal(fss__store_commit(f->store, true), 0);
		}
		assert_int_equal(fss__transfer_node(&f->ctx, x, 0,
		    t.start[i] + i, &id, &start, &span, &loc),
		    put[i] ? 0 : FSS_EAGAIN);
		if (!put[i])
			continue;
		assert_true(fss__id_eq(&id, &t.chunk[i]));
		assert_int_equal(start, t.start[i]);
		assert_int_equal(span, i + 1);
		assert_int_equal(loc.len, i + 1);
	}
	assert_int_equal(fss__transfer_node(&f->ctx, x, 0, t.size, &id,
	    &start, &span, &loc), FSS_EINVAL);
	assert_int_equal(fss__transfer_node(&f->ctx, x, t.depth + 1, 0, &id,
	    &start, &span, &loc), FSS_EINVAL);

	for (i = 0; i < CHUNKS; i++) {
		if (put[i])
			continue;
		put_chunk(f, &carl, &t, i);
		put[i] = true;
	}
	expect_missing(f, x, &t, put, 100);
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__transfer_finish(&f->ctx, x,
	    carl.account)), 0);
	mr_settle(f);
	assert_int_equal(mr_state(f, q.id), FSS_REQUEST_FULFILLED);
	assert_int_equal(fss__store_check(f->store, NULL, NULL), 0);
	/* Nobody gained a right to speak of the pages. */
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM possession p"
	    " JOIN chunk c ON c.id = p.chunk WHERE c.level > 0"), 0);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM transfer_page"), 0);
	/* Only what somebody waited for is stored. */
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM version"
	    " WHERE state = 0"), 1);
	assert_int_equal(mf_sql(f, "SELECT actor FROM audit WHERE what = 10"),
	    carl.account);
	fss__reader_store_close(f->ctx.reader);
	f->ctx.reader = NULL;
	free_tree(&t);
	mf_close(f);
}

static void
test_lies(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__meta_transfer tr;
	struct tree t, flat;
	struct mf_req q;
	unsigned i;
	int64_t x;

	(void)state;
	make_tree(&t);
	/* Size, root and depth that cannot belong together. */
	flat = t;
	flat.depth = 0;
	assert_int_equal(announce(f, &alice, "/x", &flat, t.size),
	    FSS_EINTEGRITY);
	flat.depth = FSS__MAX_LEVELS + 1;
	assert_int_equal(announce(f, &alice, "/x", &flat, t.size),
	    FSS_EINTEGRITY);
	assert_int_equal(announce(f, &alice, "/x", &t, 0), FSS_EINTEGRITY);
	flat.root = t.chunk[0];
	flat.depth = 0;
	assert_int_equal(announce(f, &alice, "/x", &flat,
	    FSS__MAX_CHUNK + 1), FSS_EINTEGRITY);
	/* A lie about the size comes out with the first page. */
	assert_int_equal(announce(f, &alice, "/x", &t, t.size + 1), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/x", FSS_ACCESS_ASK), 0);
	assert_int_equal(mr_get(f, &bob, "alice", "/x", &q), 0);
	assert_int_equal(mr_decide(f, &alice, q.id, FSS_REQUEST_APPROVE, NULL,
	    NULL), 0);
	assert_int_equal(mr_look(f, &bob, q.id, &q), 0);
	x = (int64_t)q.transfer;
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__transfer_serve(&f->ctx, &alice, x,
	    &tr)), 0);
	for (i = 0; i < t.npages; i++)
		assert_int_equal(send_page(f, x, &t, i), FSS_EINTEGRITY);
	assert_int_equal(send_page(f, x + 1, &t, 0), FSS_ENOENT);
	/* She gives up; nobody else has it. */
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__transfer_give_up(&f->ctx, &alice, x,
	    FSS_EIO)), 0);
	mr_settle(f);
	assert_int_equal(mr_state(f, q.id), FSS_REQUEST_TRANSFERRING);
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__transfer_give_up(&f->ctx, &alice, x,
	    FSS_EINTEGRITY)), 0);
	mr_settle(f);
	assert_int_equal(mr_look(f, &bob, q.id, &q), 0);
	assert_int_equal(q.state, FSS_REQUEST_FAILED);
	assert_int_equal(q.reason, FSS_REASON_CHANGED);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM transfer"), 0);
	free_tree(&t);
	mf_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plan),
		cmocka_unit_test(test_lies)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
