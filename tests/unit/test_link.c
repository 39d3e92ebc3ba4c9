/*
 * Share links in the model: what a visitor may, and what nobody may any more.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <fss/link.h>

#include "model/account.h"
#include "model_link.h"

#define US	INT64_C(1000000)
#define HASH	"a hash of a password"

/* What is linked is ":/", and nothing else is there. */
static void
test_folder(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = ml_world(f), v;
	struct mf_rows *rows = mf_rows(0);
	struct mf_row row, secret, open, a;
	struct fss__actor again;
	struct ml_told t;

	(void)state;
	assert_int_equal(mf_stat(f, &alice, NULL, "/secret", 0, &secret), 0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/open/o", 0, &open), 0);
	assert_int_equal(ml_make(f, &alice, "/pub", FSS_LINK_DOWNLOAD, 0, "",
	    &t), 0);
	assert_string_equal(t.path, "/pub");
	assert_int_equal(strlen(t.token), 43);
	v = ml_visitor(f, &t);
	assert_int_equal(mf_stat(f, &v, NULL, "/", 0, &row), 0);
	assert_int_equal(row.kind, FSS_KIND_DIR);
	assert_int_equal(row.rights, FSS_RIGHT_SEE | FSS_RIGHT_READ);
	assert_int_equal(mf_list(f, &v, NULL, "/", rows), 0);
	assert_int_equal(rows->n, 2);		/* not /pub/mine */
	assert_string_equal(rows->row[0].path, "a.txt");
	assert_string_equal(rows->row[1].path, "sub");
	assert_int_equal(mf_stat(f, &v, NULL, "/a.txt", 0, &a), 0);
	assert_string_equal(a.author, "");
	assert_false(a.has & (FSS__K_entry_access | FSS__K_entry_access_own |
	    FSS__K_entry_created_us | FSS__K_entry_author |
	    FSS__K_entry_holders | FSS__K_entry_request));
	assert_int_equal(ml_content(f, &v, a.version), 0);

	/* Above, beside, by owner, by handle, by version. */
	assert_int_equal(mf_stat(f, &v, NULL, "/mine", 0, &row), FSS_ENOENT);
	assert_int_equal(mf_stat(f, &v, NULL, "/mine/c", 0, &row),
	    FSS_ENOENT);
	assert_int_equal(mf_stat(f, &v, NULL, "/secret", 0, &row),
	    FSS_ENOENT);
	assert_int_equal(mf_stat(f, &v, NULL, "/pub/a.txt", 0, &row),
	    FSS_ENOENT);
	assert_int_equal(mf_stat(f, &v, "alice", "/open/o", 0, &row),
	    FSS_ENOACCOUNT);
	assert_int_equal(mf_stat(f, &v, "nobody", "/", 0, &row),
	    FSS_ENOACCOUNT);
	assert_int_equal(mf_list(f, &v, "alice", "/open", rows),
	    FSS_ENOACCOUNT);
	assert_int_equal(ml_content(f, &v, secret.version), FSS_ENOENT);
	assert_int_equal(ml_content(f, &v, open.version), FSS_ENOENT);
	assert_int_equal(mf_file(f, &alice, NULL, "/pub/a.txt", "newer"), 0);
	assert_int_equal(ml_content(f, &v, a.version), FSS_ENOENT);
	assert_int_equal(mf_stat(f, &v, NULL, "/a.txt", 1, &row),
	    FSS_ENOENT);
	/* Nothing is changed by looking. */
	assert_int_equal(ml_put(f, &v, "/x", "x", &row), FSS_EDENIED);
	assert_int_equal(mf_remove(f, &v, NULL, "/a.txt", false),
	    FSS_EDENIED);
	assert_int_equal(mf_move(f, &v, NULL, "/a.txt", "/z", false),
	    FSS_EDENIED);

	/* As the request after the next finds it. */
	again = v;
	assert_int_equal(fss__account_refresh(&f->ctx, &again), 0);
	assert_int_equal(again.account, v.account);
	assert_int_equal(mf_remove(f, &alice, NULL, "/pub", true), 0);
	assert_int_equal(mf_stat(f, &v, NULL, "/", 0, &row), FSS_ENOENT);
	assert_int_equal(mf_stat(f, &v, NULL, "/a.txt", 0, &row),
	    FSS_ENOENT);
	assert_int_equal(ml_visit(f, t.token, "", &again), FSS_ENOENT);
	(void)mf_purge(f);
	assert_int_equal(mf_sql(f, "SELECT (SELECT count(*) FROM link) +"
	    " (SELECT count(*) FROM visit)"), 0);
	assert_int_equal(fss__account_refresh(&f->ctx, &v), FSS_EAUTH);
	mf_expect_sound(f);
	mf_rows_free(rows);
	mf_close(f);
}

/* A file is the version it was, unless the link follows. */
static void
test_file(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = ml_world(f), v;
	struct mf_row row, was, now;
	struct ml_told t;

	(void)state;
	assert_int_equal(mf_stat(f, &alice, NULL, "/pub/a.txt", 0, &was), 0);
	assert_int_equal(ml_make(f, &alice, "/pub/a.txt", FSS_LINK_DOWNLOAD, 0,
	    "", &t), 0);
	assert_int_equal(t.m.number, 1);
	v = ml_visitor(f, &t);
	assert_int_equal(mf_file(f, &alice, NULL, "/pub/a.txt", "newer"), 0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/pub/a.txt", 0, &now), 0);
	assert_int_equal(mf_stat(f, &v, NULL, "/", 0, &row), 0);
	assert_int_equal(row.kind, FSS_KIND_FILE);
	assert_int_equal(row.size, 1);
	assert_int_equal(row.version, was.version);
	assert_int_equal(ml_content(f, &v, was.version), 0);
	assert_int_equal(ml_content(f, &v, now.version), FSS_ENOENT);
	assert_int_equal(mf_stat(f, &v, NULL, "/x", 0, &row), FSS_ENOENT);

	/* Only what is one's own is linked, and what can be. */
	v = mf_user(f, "bob");
	assert_int_equal(mf_grant(f, &alice, NULL, "/pub", "bob",
	    FSS_RIGHT_WRITE), 0);
	assert_int_equal(ml_make(f, &v, "/pub", FSS_LINK_DOWNLOAD, 0, "", &t),
	    FSS_ENOENT);
	assert_int_equal(ml_make(f, &alice, "/pub/a.txt", FSS_LINK_UPLOAD, 0,
	    "", &t), FSS_ENOTDIR);
	assert_int_equal(ml_make(f, &alice, "/none", FSS_LINK_UPLOAD, 0, "",
	    &t), FSS_ENOENT);
	mf_close(f);
}

/* Unknown, wrong, revoked, expired, locked: nobody, and all alike. */
static void
test_dead(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = ml_world(f), v, bob = mf_user(f, "bob");
	struct fss__m_link_new m;
	struct ml_told t, soon;
	char hash[FSS__PWHASH_TEXT];
	struct fss__actor who;

	(void)state;
	assert_int_equal(ml_make(f, &alice, "/pub", FSS_LINK_DOWNLOAD, 0, HASH,
	    &t), 0);
	assert_true(t.m.protected);
	assert_int_equal(fss__link_find(&f->ctx, mf_s(t.token), hash), 0);
	assert_string_equal(hash, HASH);
	assert_int_equal(ml_visit(f, t.token, "", &who), FSS_ENOENT);
	assert_int_equal(ml_visit(f, t.token, HASH, &v), 0);
	assert_int_equal(fss__link_find(&f->ctx, mf_s("short"), hash),
	    FSS_ENOENT);
	t.token[0] ^= 1;
	assert_int_equal(fss__link_find(&f->ctx, mf_s(t.token), hash),
	    FSS_ENOENT);
	t.token[0] ^= 1;
	/* The token of a visit is none of a link, and the other way about. */
	assert_int_equal(fss__token_find(&f->ctx, mf_s(t.token), &who),
	    FSS_EAUTH);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM link WHERE"
	    " length(digest) = 32"), 1);

	memset(&m, 0, sizeof(m));
	memset(&soon, 0, sizeof(soon));
	m.has = FSS__K_link_new_path | FSS__K_link_new_kind |
	    FSS__K_link_new_expires_us;
	m.path = mf_s("/pub");
	m.kind = FSS_LINK_DOWNLOAD;
	m.expires_us = f->ctx.now_us;
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__link_new(&f->ctx, &alice, &m, "",
	    ml_take, &soon)), FSS_EINVAL);
	m.expires_us = f->ctx.now_us + 60 * US;
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__link_new(&f->ctx, &alice, &m, "",
	    ml_take, &soon)), 0);
	who = ml_visitor(f, &soon);
	f->ctx.now_us += 61 * US;
	assert_int_equal(fss__account_refresh(&f->ctx, &who), FSS_EAUTH);
	assert_int_equal(ml_visit(f, soon.token, "", &who), FSS_ENOENT);
	/* Told for a week, then forgotten. */
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__link_settle(&f->ctx, 9)), 0);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM link"), 2);
	f->ctx.now_us += 8 * 86400 * US;
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__link_settle(&f->ctx, 9)), 0);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM link"), 1);

	/* The visit lasted for half a day. */
	assert_int_equal(fss__account_refresh(&f->ctx, &v), FSS_EAUTH);
	assert_int_equal(ml_visit(f, t.token, HASH, &v), 0);
	assert_int_equal(fss__account_refresh(&f->ctx, &v), 0);
	assert_int_equal(mf_sql(f, "UPDATE account SET locked = 1"
	    " WHERE name = 'alice' RETURNING id"), alice.account);
	assert_int_equal(fss__account_refresh(&f->ctx, &v), FSS_EAUTH);
	assert_int_equal(ml_visit(f, t.token, HASH, &who), FSS_ENOENT);
	assert_int_equal(mf_sql(f, "UPDATE account SET locked = 0"
	    " WHERE name = 'alice' RETURNING id"), alice.account);
	assert_int_equal(fss__account_refresh(&f->ctx, &v), 0);

	mf_begin(f);
	assert_int_equal(mf_end(f, fss__link_revoke(&f->ctx, &bob, t.m.id)),
	    FSS_ENOENT);
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__link_revoke(&f->ctx, &alice,
	    t.m.id)), 0);
	assert_int_equal(fss__account_refresh(&f->ctx, &v), FSS_EAUTH);
	assert_int_equal(ml_visit(f, t.token, HASH, &who), FSS_ENOENT);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM visit"), 0);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM audit WHERE what"
	    " IN (15, 16, 20)"), 4);
	mf_close(f);
}

/* @n more visits of @link, last seen @seen. */
static void
crowd(struct mf *f, uint64_t link, int n, int64_t seen)
{
	struct fss__stmt *st;

	mf_begin(f);
	for (; n > 0; n--) {
		st = fss__db_query(f->ctx.db, "INSERT INTO device(account, key,"
		    " name, created, seen, kind) SELECT account, randomblob(32),"
		    " 'crowd', 1, ?2, 3 FROM link WHERE id = ?1");
		fss__bind_i64(st, 1, (int64_t)link);
		fss__bind_i64(st, 2, seen);
		assert_int_equal(fss__exec(st), 0);
		assert_int_equal(fss__meta_visit_insert(f->ctx.db,
		    fss__db_last_id(f->ctx.db), (int64_t)link), 0);
	}
	assert_int_equal(mf_end(f, 0), 0);
}

static int64_t
visits(struct mf *f, uint64_t link)
{
	int64_t n = -1;

	assert_int_equal(fss__meta_visit_count(f->ctx.db, (int64_t)link, &n),
	    0);
	return n;
}

/*
 * Visits are counted by link: one that is flooded displaces its own alone,
 * also where its maker has room for no more.
 */
static void
test_crowd(void **state)
{
	struct ml_told quiet, busy, third, more[16];
	struct fss__actor alice, v, first;
	struct mf *f = mf_open();
	int i;

	(void)state;
	alice = ml_world(f);
	assert_int_equal(ml_make(f, &alice, "/secret", FSS_LINK_DOWNLOAD, 0, "",
	    &quiet), 0);
	first = ml_visitor(f, &quiet);
	assert_int_equal(ml_make(f, &alice, "/pub", FSS_LINK_DOWNLOAD, 0, "",
	    &busy), 0);
	v = ml_visitor(f, &busy);
	crowd(f, busy.m.id, FSS__MAX_LINK_VISITS - 1, f->ctx.now_us + US);
	assert_int_equal(visits(f, busy.m.id), FSS__MAX_LINK_VISITS);
	assert_int_equal(fss__account_refresh(&f->ctx, &v), 0);

	/* The flood goes on: who came first goes, and nobody else's visitor. */
	f->ctx.now_us += 2 * US;
	(void)ml_visitor(f, &busy);
	assert_int_equal(fss__account_refresh(&f->ctx, &v), FSS_EAUTH);
	assert_int_equal(visits(f, busy.m.id), FSS__MAX_LINK_VISITS);
	assert_int_equal(fss__account_refresh(&f->ctx, &first), 0);

	/* So many floods that the maker has no room: the fullest makes it. */
	for (i = 0; i < 16; i++) {
		assert_int_equal(ml_make(f, &alice, "/pub", FSS_LINK_DOWNLOAD, 0,
		    "", &more[i]), 0);
		crowd(f, more[i].m.id, i < 14 ? FSS__MAX_LINK_VISITS :
		    (FSS__MAX_LINK_VISITS - 2) / 2, f->ctx.now_us);
	}
	assert_int_equal(ml_make(f, &alice, "/pub", FSS_LINK_DOWNLOAD, 0, "",
	    &third), 0);
	(void)ml_visitor(f, &third);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM device WHERE kind = 3"
	    " AND revoked = 0"), FSS__MAX_VISITS);
	v = ml_visitor(f, &third);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM device WHERE kind = 3"
	    " AND revoked = 0"), FSS__MAX_VISITS);
	assert_int_equal(visits(f, third.m.id), 2);
	assert_int_equal(visits(f, busy.m.id), FSS__MAX_LINK_VISITS - 1);
	assert_int_equal(fss__account_refresh(&f->ctx, &v), 0);
	assert_int_equal(fss__account_refresh(&f->ctx, &first), 0);
	mf_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_folder),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_dead),
		cmocka_unit_test(test_crowd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
