/*
 * The n-th allocation fails, for every n: each call of the model says so, and
 * leaves nothing behind that a second try would stumble over.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/alloc.h"
#include "model_fixture.h"

#define STEPS	10

/* What a person does, one step after the other; rows go to @rows. */
static int
step(struct mf *f, const struct fss__actor *alice,
    const struct fss__actor *bob, const struct fss__m_commit_item item[2],
    int n, struct mf_rows *rows)
{
	struct fss__m_find q;
	struct fss__m_access a;
	struct fss__m_grant g;
	struct fss__m_move mv;
	struct fss__m_list l;
	struct fss__m_ref ref;
	struct fss__m_page p;

	rows->n = 0;
	switch (n) {
	case 0:
	case 1:
		return fss__entry_commit(&f->ctx, alice, mf_s(NULL), &item[n],
		    mf_emit, rows);
	case 2:
		memset(&a, 0, sizeof(a));
		a.path = mf_s("/d");
		a.access = FSS_ACCESS_ASK;
		return fss__entry_set_access(&f->ctx, alice, &a);
	case 3:
		memset(&g, 0, sizeof(g));
		g.path = mf_s("/d");
		g.who = mf_s("bob");
		g.rights = FSS_RIGHT_WRITE;
		return fss__entry_set_grant(&f->ctx, alice, &g);
	case 4:
		return fss__entry_settle(&f->ctx);
	case 5:
		memset(&q, 0, sizeof(q));
		q.has = FSS__K_find_text;
		q.text = mf_s("report d");
		return fss__entry_find(&f->ctx, bob, &q, mf_emit, rows,
		    &rows->next);
	case 6:
		memset(&l, 0, sizeof(l));
		l.path = mf_s("/d");
		l.has = FSS__K_list_owner;
		l.owner = mf_s("alice");
		return fss__entry_list(&f->ctx, bob, &l, mf_emit, rows,
		    &rows->next);
	case 7:
		memset(&p, 0, sizeof(p));
		return fss__entry_shares(&f->ctx, bob, &p, mf_emit, rows,
		    &rows->next);
	case 8:
		memset(&mv, 0, sizeof(mv));
		mv.from = mf_s("/d/other");
		mv.to = mf_s("/d/moved");
		return fss__entry_move(&f->ctx, alice, &mv);
	default:
		memset(&ref, 0, sizeof(ref));
		ref.has = FSS__K_ref_owner;
		ref.owner = mf_s("alice");
		ref.path = mf_s("/d");
		return fss__entry_remove(&f->ctx, bob, &ref, true);
	}
}

/* The rows each step yields when nothing fails. */
static const size_t yields[STEPS] = { 1, 1, 0, 0, 0, 1, 2, 1, 0, 0 };

/* Runs all steps, each again until it succeeds: how often one failed. */
static int
run(uint64_t fail_at, uint64_t *ret_count)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct mf_rows *rows = mf_rows(0);
	struct fss__m_commit_item item[2];
	struct fss__id id;
	int i, r, failed = 0;

	item[0] = mf_item("/d/R\303\251port.txt", "text", &id);
	item[1] = mf_item("/d/other", NULL, NULL);
	(void)mf_put(f, &alice, "text");
	(void)fss__alloc_fail_at(fail_at);
	for (i = 0; i < STEPS; i++) {
		do {
			fss__err_clear(&f->ctx.err);
			r = fss__store_begin(f->store);
			if (r != 0)
				break;
			r = fss__db_savepoint(f->ctx.db);
			if (r == 0)
				r = step(f, &alice, &bob, item, i,
				    rows);
			if (r == 0)
				r = fss__db_release(f->ctx.db);
			else
				fss__db_rollback_to(f->ctx.db);
			if (r == 0)
				r = fss__store_commit(f->store, false);
			else
				fss__store_abort(f->store);
			if (r == 0)
				break;
			assert_int_equal(r, FSS_ENOMEM);
			failed++;
			assert_true(failed < 3);
		} while (r != 0);
		assert_int_equal(r, 0);
		assert_int_equal(rows->n, yields[i]);
	}
	*ret_count = fss__alloc_fail_at(0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/d", 0, NULL), FSS_ENOENT);
	(void)mf_purge(f);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM entry"), 2);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM version"), 0);
	assert_int_equal(mf_sql(f, "SELECT sum(bytes) + sum(files)"
	    " + sum(folders) FROM account"), 0);
	mf_rows_free(rows);
	mf_close(f);
	return failed;
}

static void
test_alloc(void **state)
{
	uint64_t n, count, ignored;
	int failed = 0;

	(void)state;
	assert_int_equal(run(0, &count), 0);
	assert_true(count > 20);
	for (n = 1; n <= count; n++)
		failed += run(n, &ignored);
	/* Nothing that is asked for goes unnoticed. */
	assert_in_range(failed, count / 2, count);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alloc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
