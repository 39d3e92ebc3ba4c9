/*
 * Share links that take files: into the folder, never over anything, in parts
 * as well.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <fss/link.h>

#include "model/stage.h"
#include "model_link.h"

#define US	INT64_C(1000000)

/* Into the folder, never over anything, and without a look at it. */
static void
test_upload(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = ml_world(f), v, other;
	struct fss__m_commit_item m;
	struct mf_row row;
	struct fss__id id;
	struct ml_told t;

	(void)state;
	assert_int_equal(ml_make(f, &alice, "/pub", FSS_LINK_UPLOAD, 0, "", &t),
	    0);
	v = ml_visitor(f, &t);
	other = ml_visitor(f, &t);
	assert_int_equal(mf_stat(f, &v, NULL, "/", 0, &row), 0);
	assert_int_equal(row.rights, FSS_RIGHT_CREATE);
	assert_false(row.has & FSS__K_entry_mtime_us);
	assert_int_equal(mf_stat(f, &v, NULL, "/a.txt", 0, &row),
	    FSS_ENOENT);

	/* What it comes to be called is not told: that tells what there is. */
	assert_int_equal(ml_put(f, &v, "/a.txt", "from a visitor", &row), 0);
	assert_string_equal(row.path, "/a.txt");
	assert_false(row.has & (FSS__K_entry_version | FSS__K_entry_number));
	assert_int_equal(ml_put(f, &v, "/a.txt", "again", &row), 0);
	assert_string_equal(row.path, "/a.txt");
	assert_int_equal(ml_put(f, &v, "/mine", "x", &row), 0);
	assert_int_equal(ml_put(f, &v, "/.hidden", "x", &row), 0);
	assert_int_equal(ml_put(f, &v, "/.hidden", "x", &row), 0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/pub/a.txt", 0, &row), 0);
	assert_int_equal(row.size, 1);
	assert_int_equal(mf_stat(f, &alice, NULL, "/pub/a (2).txt", 0, &row),
	    0);
	assert_int_equal(row.size, 14);
	assert_string_equal(row.author, "");
	assert_int_equal(mf_stat(f, &alice, NULL, "/pub/a (3).txt", 0, &row),
	    0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/pub/mine (2)", 0, &row),
	    0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/pub/.hidden (2)", 0,
	    &row), 0);

	/* Neither elsewhere, nor a folder, nor what one only heard of. */
	assert_int_equal(ml_put(f, &v, "/sub/x", "x", &row), FSS_EDENIED);
	assert_int_equal(ml_put(f, &v, "/", "x", &row), FSS_EISDIR);
	assert_int_equal(ml_put(f, &v, "/../x", "x", &row), FSS_EPATH);
	assert_int_equal(mf_folder(f, &v, NULL, "/new"), FSS_EDENIED);
	assert_int_equal(mf_folder(f, &v, "alice", "/new"), FSS_ENOACCOUNT);
	m = mf_item("/s", "secret", &id);
	assert_int_equal(mf_commit(f, &v, NULL, &m, &row), FSS_EMISSING);
	m = mf_item("/s", "from a visitor", &id);
	assert_int_equal(mf_commit(f, &other, NULL, &m, &row), FSS_EMISSING);
	assert_int_equal(mf_remove(f, &v, NULL, "/a.txt", false),
	    FSS_ENOENT);
	assert_true(mf_sql(f, "SELECT count(*) FROM audit WHERE what = 19") ==
	    5);
	/* What arrived is counted, what was refused is not. */
	assert_int_equal(mf_sql(f, "SELECT used FROM link"), 5);
	mf_expect_sound(f);
	mf_close(f);
}

/* In parts as well. */
static int
take_stage(void *arg, const void *record)
{
	const struct fss__m_stage *m = record;

	memcpy(arg, m->id.p, 16);
	return 0;
}

static void
test_upload_parts(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = ml_world(f), v, other;
	struct fss__m_stage_commit commit;
	struct fss__m_stage_open open;
	struct fss__m_stage_save save;
	struct fss__m_stage_new m;
	struct mf_row row;
	struct fss__id id;
	uint8_t name[16];
	struct ml_told t;

	(void)state;
	assert_int_equal(ml_make(f, &alice, "/pub", FSS_LINK_UPLOAD, 0, "", &t),
	    0);
	v = ml_visitor(f, &t);
	other = ml_visitor(f, &t);
	memset(&m, 0, sizeof(m));
	m.path = mf_s("/a.txt");
	m.size = 5;
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__stage_new(&f->ctx, &v, &m, take_stage,
	    name)), 0);
	memset(&open, 0, sizeof(open));
	open.id.p = name;
	open.id.n = 16;
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__stage_open(&f->ctx, &other, &open,
	    take_stage, name)), FSS_ENOENT);
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__stage_open(&f->ctx, &v, &open,
	    take_stage, name)), 0);
	id = mf_put(f, &v, "parts");
	memset(&save, 0, sizeof(save));
	save.id = open.id;
	save.turn = 1;
	save.offset = 5;
	save.root.p = id.b;
	save.root.n = sizeof(id.b);
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__stage_save(&f->ctx, &v, &save,
	    take_stage, name)), 0);
	mf_expect_sound(f);
	memset(&commit, 0, sizeof(commit));
	commit.id = open.id;
	commit.turn = 1;
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__stage_commit(&f->ctx, &v, &commit,
	    mf_emit_one, &row)), 0);
	assert_string_equal(row.path, "/a.txt");
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__stage_commit(&f->ctx, &v, &commit,
	    mf_emit_one, &row)), 0);
	assert_string_equal(row.path, "/a.txt");
	assert_int_equal(mf_stat(f, &alice, NULL, "/pub/a (2).txt", 0, &row),
	    0);
	assert_int_equal(row.size, 5);
	m.path = mf_s("/sub/x");
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__stage_new(&f->ctx, &v, &m, take_stage,
	    name)), FSS_EDENIED);
	mf_expect_sound(f);
	mf_close(f);
}

static int
begin_part(struct mf *f, const struct fss__actor *v, uint64_t size,
    uint8_t name[16])
{
	static unsigned number;
	struct fss__m_stage_new m;
	char path[32];

	memset(&m, 0, sizeof(m));
	(void)snprintf(path, sizeof(path), "/%u.txt", ++number);
	m.path = mf_s(path);
	m.size = size;
	mf_begin(f);
	return mf_end(f, fss__stage_new(&f->ctx, v, &m, take_stage, name));
}

/* Of no bytes, from its beginning to its end. */
static void
whole_part(struct mf *f, const struct fss__actor *v)
{
	struct fss__m_stage_commit commit;
	struct fss__m_stage_open open;
	struct mf_row row;
	uint8_t name[16];

	assert_int_equal(begin_part(f, v, 0, name), 0);
	memset(&open, 0, sizeof(open));
	open.id.p = name;
	open.id.n = sizeof(name);
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__stage_open(&f->ctx, v, &open,
	    take_stage, name)), 0);
	memset(&commit, 0, sizeof(commit));
	commit.id = open.id;
	commit.turn = 1;
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__stage_commit(&f->ctx, v, &commit,
	    mf_emit_one, &row)), 0);
}

/* However many come, and however often: rows are no more than there may be. */
static void
test_upload_parts_many(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = ml_world(f), bob = mf_user(f, "bob"), v;
	struct ml_told t, other;
	uint8_t name[16];
	unsigned i;
	int64_t next;

	(void)state;
	assert_int_equal(ml_make(f, &alice, "/pub", FSS_LINK_UPLOAD, 0, "", &t),
	    0);
	v = ml_visitor(f, &t);
	for (i = 0; i < FSS__MAX_VISIT_STAGES; i++) {
		if (i % FSS__MAX_STAGES == 0 && i > 0) {
			assert_int_equal(begin_part(f, &v, 5, name),
			    FSS_EOVERLOAD);
			v = ml_visitor(f, &t);
		}
		assert_int_equal(begin_part(f, &v, 5, name), 0);
	}
	v = ml_visitor(f, &t);
	assert_int_equal(begin_part(f, &v, 5, name), FSS_EOVERLOAD);
	/* By another link of hers just so; her own, and another's, are not. */
	assert_int_equal(ml_make(f, &alice, "/pub", FSS_LINK_UPLOAD, 0, "",
	    &other), 0);
	v = ml_visitor(f, &other);
	assert_int_equal(begin_part(f, &v, 5, name), FSS_EOVERLOAD);
	assert_int_equal(begin_part(f, &alice, 5, name), 0);
	assert_int_equal(mf_folder(f, &bob, NULL, "/in"), 0);
	assert_int_equal(ml_make(f, &bob, "/in", FSS_LINK_UPLOAD, 0, "", &other),
	    0);
	v = ml_visitor(f, &other);
	assert_int_equal(begin_part(f, &v, 5, name), 0);
	/* Expired they leave their places. */
	f->ctx.now_us += INT64_C(86400) * US;
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__stage_expire(&f->ctx, 9999, &next)),
	    0);
	v = ml_visitor(f, &t);
	assert_int_equal(begin_part(f, &v, 5, name), 0);
	mf_expect_sound(f);
	mf_close(f);
}

/* What is complete is told, but not without end. */
static void
test_upload_parts_told(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = ml_world(f), v;
	unsigned i, n = FSS__MAX_VISIT_STAGES + 3;
	struct ml_told t;

	(void)state;
	assert_int_equal(ml_make(f, &alice, "/pub", FSS_LINK_UPLOAD, 0, "", &t),
	    0);
	for (i = 0; i < n; i++) {
		if (i % 200 == 0)
			v = ml_visitor(f, &t);
		whole_part(f, &v);
	}
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM stage"),
	    FSS__MAX_VISIT_STAGES);
	assert_int_equal(mf_sql(f, "SELECT min(id) FROM stage"), 4);
	/* The same for who is no visitor, apart from them. */
	for (i = 0; i <= FSS__MAX_STAGES; i++)
		whole_part(f, &alice);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM stage"),
	    FSS__MAX_VISIT_STAGES + FSS__MAX_STAGES);
	mf_expect_sound(f);
	mf_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_upload),
		cmocka_unit_test(test_upload_parts),
		cmocka_unit_test(test_upload_parts_many),
		cmocka_unit_test(test_upload_parts_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
