/*
 * Uploads in parts in the model: whose, where they stand, what they count,
 * what they become, when they end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "model/stage.h"
#include "model_fixture.h"

#define US INT64_C(1000000)

/* A row as it was emitted, with what points elsewhere copied. */
struct row {
	uint8_t id[16];
	char owner[FSS_LIMIT_ACCOUNT + 1];
	char path[FSS_LIMIT_PATH + 1];
	char meta[FSS__MAX_STAGE_META + 1];
	uint32_t has;
	uint64_t size, offset, turn, version;
	int64_t expires;
	unsigned n;
};

static int
take(void *arg, const void *record)
{
	const struct fss__m_stage *m = record;
	struct row *row = arg;
	unsigned n = row->n;

	memset(row, 0, sizeof(*row));
	assert_int_equal(m->id.n, 16);
	memcpy(row->id, m->id.p, 16);
	assert_int_equal(
	    fss__slice_copy(m->owner, row->owner, sizeof(row->owner)), 0);
	assert_int_equal(
	    fss__slice_copy(m->path, row->path, sizeof(row->path)), 0);
	if (m->has & FSS__K_stage_meta)
		assert_int_equal(
		    fss__slice_copy(m->meta, row->meta, sizeof(row->meta)), 0);
	row->has = m->has;
	row->size = m->size;
	row->offset = m->offset;
	row->turn = m->turn;
	row->version = m->version;
	row->expires = m->expires_us;
	row->n = n + 1;
	return 0;
}

static struct fss__slice
id_of(const struct row *row)
{
	struct fss__slice s = { row->id, sizeof(row->id) };

	return s;
}

static int
begin(struct mf *f, const struct fss__actor *who, const char *owner,
    const char *path, uint64_t size, struct row *row)
{
	struct fss__m_stage_new m;

	memset(&m, 0, sizeof(m));
	memset(row, 0, sizeof(*row));
	m.has = FSS__K_stage_new_path | FSS__K_stage_new_size |
	    FSS__K_stage_new_meta | FSS__K_stage_new_mtime_us;
	m.path = mf_s(path);
	m.size = size;
	m.meta = mf_s("what the browser said");
	m.mtime_us = 5000;
	if (owner != NULL) {
		m.has |= FSS__K_stage_new_owner;
		m.owner = mf_s(owner);
	}
	mf_begin(f);
	return mf_end(f, fss__stage_new(&f->ctx, who, &m, take, row));
}

static int
take_over(struct mf *f, const struct fss__actor *who, struct row *row,
    uint64_t offset)
{
	struct fss__m_stage_open m;

	memset(&m, 0, sizeof(m));
	m.id = id_of(row);
	m.offset = offset;
	mf_begin(f);
	return mf_end(f, fss__stage_open(&f->ctx, who, &m, take, row));
}

/* Puts @text, all of the file so far, and saves it. */
static int
save_as(struct mf *f, const struct fss__actor *who, struct row *row,
    uint64_t turn, uint64_t base, const char *text, uint64_t offset, bool put)
{
	struct fss__m_stage_save m;
	struct fss__id id;

	if (put)
		id = mf_put(f, who, text);
	else
		assert_int_equal(fss__digest(FSS__KIND_DATA | FSS__ALG_SHA256,
				     text, strlen(text), &id),
		    0);
	memset(&m, 0, sizeof(m));
	m.id = id_of(row);
	m.turn = turn;
	m.base = base;
	m.offset = offset;
	m.root.p = id.b;
	m.root.n = sizeof(id.b);
	mf_begin(f);
	return mf_end(f, fss__stage_save(&f->ctx, who, &m, take, row));
}

static int
save(struct mf *f, const struct fss__actor *who, struct row *row,
    const char *text)
{
	return save_as(
	    f, who, row, row->turn, row->offset, text, strlen(text), true);
}

static int
commit(struct mf *f, const struct fss__actor *who, const struct row *row,
    struct mf_row *ret)
{
	struct fss__m_stage_commit m;

	memset(&m, 0, sizeof(m));
	m.id = id_of(row);
	m.turn = row->turn;
	mf_begin(f);
	return mf_end(f, fss__stage_commit(&f->ctx, who, &m, mf_emit_one, ret));
}

static int
give_up(struct mf *f, const struct fss__actor *who, const struct row *row)
{
	struct fss__m_stage_remove m;

	memset(&m, 0, sizeof(m));
	m.id = id_of(row);
	mf_begin(f);
	return mf_end(f, fss__stage_remove(&f->ctx, who, &m));
}

/* @id: of one, or NULL: how many there are. */
static int
look(struct mf *f, const struct fss__actor *who, const struct row *id,
    struct row *ret)
{
	struct fss__cursor next;
	struct fss__m_stages m;
	struct row one;
	int r;

	memset(&m, 0, sizeof(m));
	if (id != NULL) {
		one = *id; /* may be where the answer goes */
		m.has = FSS__K_stages_id;
		m.id = id_of(&one);
	}
	memset(ret, 0, sizeof(*ret));
	r = fss__stage_list(&f->ctx, who, &m, take, ret, &next);
	assert_int_equal(next.len, 0);
	return r != 0 ? r : (int)ret->n;
}

static void
test_whole(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");
	struct fss__content c;
	struct row row, seen;
	struct mf_row e;

	(void)state;
	assert_int_equal(begin(f, &alice, NULL, "/in/a.txt", 11, &row), 0);
	assert_string_equal(row.owner, "alice");
	assert_string_equal(row.path, "/in/a.txt");
	assert_string_equal(row.meta, "what the browser said");
	assert_int_equal(row.size, 11);
	assert_int_equal(row.offset, 0);
	assert_int_equal(row.expires, f->ctx.now_us + 86400 * US);
	assert_int_equal(
	    mf_stat(f, &alice, NULL, "/in/a.txt", 0, &e), FSS_ENOENT);

	/* Saved in two steps: each replaces the one before. */
	assert_int_equal(take_over(f, &alice, &row, 0), 0);
	assert_int_equal(
	    fss__stage_content(&f->ctx, &alice, id_of(&row), &c), FSS_ENOENT);
	assert_int_equal(save(f, &alice, &row, "hello"), 0);
	mf_expect_usage(f, &alice, 5, 0, 0);
	mf_expect_sound(f);
	assert_int_equal(save(f, &alice, &row, "hello wo"), 0);
	mf_expect_usage(f, &alice, 8, 0, 0);
	mf_expect_sound(f);
	assert_int_equal(
	    mf_sql(f, "SELECT count(*) FROM chunk WHERE refs > 0"), 1);
	assert_int_equal(
	    fss__stage_content(&f->ctx, &alice, id_of(&row), &c), 0);
	assert_int_equal(c.size, 8);

	/* Not before its end. */
	assert_int_equal(commit(f, &alice, &row, &e), FSS_ECONFLICT);
	assert_int_equal(take_over(f, &alice, &row, 5), FSS_ECONFLICT);
	assert_int_equal(take_over(f, &alice, &row, 8), 0);
	assert_int_equal(save(f, &alice, &row, "hello world"), 0);
	assert_int_equal(commit(f, &alice, &row, &e), 0);
	assert_string_equal(e.path, "/in/a.txt");
	assert_int_equal(e.size, 11);
	assert_int_equal(e.mtime, 5000);
	mf_expect_usage(f, &alice, 11, 1, 1);
	mf_expect_sound(f);

	/* It is told as complete, and committed again it is the same. */
	assert_int_equal(look(f, &alice, &row, &seen), 1);
	assert_int_equal(seen.offset, 11);
	assert_true(seen.has & FSS__K_stage_version);
	assert_int_equal(seen.version, e.version);
	assert_int_equal(look(f, &alice, NULL, &seen), 0);
	assert_int_equal(take_over(f, &alice, &row, 11), 0);
	assert_int_equal(commit(f, &alice, &row, &e), 0);
	assert_int_equal(e.number, 1);
	assert_int_equal(save(f, &alice, &row, "hello world!"), FSS_ECONFLICT);
	assert_int_equal(give_up(f, &alice, &row), 0);
	assert_int_equal(look(f, &alice, &row, &seen), FSS_ENOENT);
	mf_expect_usage(f, &alice, 11, 1, 1);
	mf_expect_sound(f);
	mf_close(f);
}

static void
test_empty(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");
	struct mf_row e;
	struct row row;

	(void)state;
	assert_int_equal(begin(f, &alice, NULL, "/e", 0, &row), 0);
	assert_int_equal(take_over(f, &alice, &row, 0), 0);
	assert_int_equal(commit(f, &alice, &row, &e), 0);
	assert_int_equal(e.size, 0);
	mf_expect_sound(f);
	mf_close(f);
}

/* Nobody else can name it, and a digest that is heard of opens nothing. */
static void
test_others(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__content c;
	struct row row, theirs;
	struct mf_row e;

	(void)state;
	assert_int_equal(mf_file(f, &alice, NULL, "/secret", "secret"), 0);
	assert_int_equal(begin(f, &alice, NULL, "/a", 6, &row), 0);
	assert_int_equal(take_over(f, &alice, &row, 0), 0);
	theirs = row;
	assert_int_equal(take_over(f, &bob, &theirs, 0), FSS_ENOENT);
	assert_int_equal(
	    save_as(f, &bob, &theirs, 1, 0, "mine!!", 6, true), FSS_ENOENT);
	assert_int_equal(commit(f, &bob, &theirs, &e), FSS_ENOENT);
	assert_int_equal(give_up(f, &bob, &theirs), FSS_ENOENT);
	assert_int_equal(look(f, &bob, &theirs, &theirs), FSS_ENOENT);
	assert_int_equal(look(f, &bob, NULL, &theirs), 0);
	assert_int_equal(
	    fss__stage_content(&f->ctx, &bob, id_of(&row), &c), FSS_ENOENT);

	assert_int_equal(begin(f, &bob, NULL, "/b", 6, &theirs), 0);
	assert_int_equal(take_over(f, &bob, &theirs, 0), 0);
	assert_int_equal(
	    save_as(f, &bob, &theirs, 1, 0, "secret", 6, false), FSS_EMISSING);
	/* What it says of itself must be so. */
	assert_int_equal(
	    save_as(f, &bob, &theirs, 1, 0, "longer", 5, true), FSS_EINTEGRITY);
	assert_int_equal(
	    save_as(f, &bob, &theirs, 1, 0, "too long", 8, true), FSS_EINVAL);
	assert_int_equal(
	    save_as(f, &bob, &theirs, 1, 0, "", 0, false), FSS_EINVAL);

	/* A space of somebody's needs a right, as any commit does. */
	assert_int_equal(
	    begin(f, &bob, "alice", "/in/x", 1, &theirs), FSS_ENOENT);
	assert_int_equal(begin(f, &bob, NULL, "/", 1, &theirs), FSS_EISDIR);
	assert_int_equal(begin(f, &bob, NULL, "/../x", 1, &theirs), FSS_EPATH);
	assert_int_equal(
	    begin(f, &bob, "carol", "/x", 1, &theirs), FSS_ENOACCOUNT);
	assert_int_equal(mf_folder(f, &alice, NULL, "/in"), 0);
	assert_int_equal(
	    mf_grant(f, &alice, NULL, "/in", "bob", FSS_RIGHT_CREATE), 0);
	assert_int_equal(begin(f, &bob, "alice", "/in/x", 1, &theirs), 0);
	assert_int_equal(take_over(f, &bob, &theirs, 0), 0);
	assert_int_equal(save(f, &bob, &theirs, "x"), 0);
	mf_expect_usage(f, &alice, 7, 1, 1);
	/* ... and has to have it when it is committed, too. */
	assert_int_equal(mf_grant(f, &alice, NULL, "/in", "bob", 0), 0);
	assert_int_equal(commit(f, &bob, &theirs, &e), FSS_ENOENT);
	assert_int_equal(
	    mf_grant(f, &alice, NULL, "/in", "bob", FSS_RIGHT_CREATE), 0);
	assert_int_equal(commit(f, &bob, &theirs, &e), 0);
	mf_expect_usage(f, &alice, 7, 2, 1);
	mf_expect_sound(f);
	mf_close(f);
}

/* Of two who go on with one, the later does. */
static void
test_turns(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");
	struct row one, two;
	struct mf_row e;

	(void)state;
	assert_int_equal(begin(f, &alice, NULL, "/a", 4, &one), 0);
	assert_int_equal(take_over(f, &alice, &one, 0), 0);
	two = one;
	assert_int_equal(take_over(f, &alice, &two, 0), 0);
	assert_int_equal(two.turn, one.turn + 1);
	assert_int_equal(save(f, &alice, &one, "ab"), FSS_ECONFLICT);
	assert_int_equal(save(f, &alice, &two, "cd"), 0);
	assert_int_equal(save_as(f, &alice, &two, two.turn, 0, "cdef", 4, true),
	    FSS_ECONFLICT);
	assert_int_equal(save(f, &alice, &two, "cdef"), 0);
	assert_int_equal(commit(f, &alice, &one, &e), FSS_ECONFLICT);
	assert_int_equal(commit(f, &alice, &two, &e), 0);
	mf_expect_sound(f);
	mf_close(f);
}

static void
test_quota(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");
	struct row row, more;
	int64_t next;
	unsigned i;

	(void)state;
	f->rules.quota_bytes = 2000;
	assert_int_equal(begin(f, &alice, NULL, "/a", 2001, &row), FSS_EQUOTA);
	assert_int_equal(begin(f, &alice, NULL, "/a", 8, &row), 0);
	assert_int_equal(take_over(f, &alice, &row, 0), 0);
	f->rules.quota_bytes = 6;
	assert_int_equal(save(f, &alice, &row, "abcd"), 0);
	assert_int_equal(save(f, &alice, &row, "abcdefgh"), FSS_EQUOTA);
	mf_expect_usage(f, &alice, 4, 0, 0);
	assert_int_equal(look(f, &alice, &row, &row), 1);
	assert_int_equal(row.offset, 4);
	assert_int_equal(give_up(f, &alice, &row), 0);
	mf_expect_usage(f, &alice, 0, 0, 0);
	mf_expect_sound(f);

	/* One that has all its bytes and is not committed counts as well. */
	assert_int_equal(begin(f, &alice, NULL, "/a", 6, &row), 0);
	assert_int_equal(take_over(f, &alice, &row, 0), 0);
	assert_int_equal(save(f, &alice, &row, "abcdef"), 0);
	mf_expect_usage(f, &alice, 6, 0, 0);
	assert_int_equal(begin(f, &alice, NULL, "/b", 1, &more), FSS_EQUOTA);
	f->ctx.now_us = row.expires;
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__stage_expire(&f->ctx, 9, &next)), 0);
	mf_expect_usage(f, &alice, 0, 0, 0);
	assert_int_equal(begin(f, &alice, NULL, "/b", 1, &more), 0);
	assert_int_equal(give_up(f, &alice, &more), 0);
	mf_expect_sound(f);

	f->rules.quota_bytes = 0;
	for (i = 0; i < FSS__MAX_STAGES; i++)
		assert_int_equal(begin(f, &alice, NULL, "/a", 1, &row), 0);
	assert_int_equal(begin(f, &alice, NULL, "/a", 1, &more), FSS_EOVERLOAD);
	assert_int_equal(give_up(f, &alice, &row), 0);
	assert_int_equal(begin(f, &alice, NULL, "/a", 1, &more), 0);
	mf_close(f);
}

static void
test_expiry(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");
	struct row row, old;
	struct fss__id id;
	int64_t next = 0;
	int i;

	(void)state;
	assert_int_equal(begin(f, &alice, NULL, "/old", 4, &old), 0);
	assert_int_equal(take_over(f, &alice, &old, 0), 0);
	assert_int_equal(save(f, &alice, &old, "old"), 0);
	f->ctx.now_us += 3600 * US;
	assert_int_equal(begin(f, &alice, NULL, "/new", 4, &row), 0);
	assert_int_equal(take_over(f, &alice, &row, 0), 0);
	f->ctx.now_us += 3600 * US;
	assert_int_equal(save(f, &alice, &row, "new"), 0); /* a day more */
	assert_true(row.expires > old.expires + 7000 * US);

	mf_begin(f);
	assert_int_equal(mf_end(f, fss__stage_expire(&f->ctx, 9, &next)), 0);
	assert_int_equal(next, old.expires);
	f->ctx.now_us = old.expires;
	assert_int_equal(look(f, &alice, &old, &old), FSS_ENOENT);
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__stage_expire(&f->ctx, 0, &next)), 1);
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__stage_expire(&f->ctx, 9, &next)), 0);
	assert_int_equal(next, row.expires);
	mf_expect_usage(f, &alice, 3, 0, 0);
	mf_expect_sound(f);

	/* What one that lives refers to is kept, the other is collected. */
	for (i = 0; i < 8; i++)
		(void)fss__store_collect(
		    f->store, fss__wall_us() + INT64_C(2) * 86400 * US);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM chunk"), 1);
	assert_int_equal(
	    fss__digest(FSS__KIND_DATA | FSS__ALG_SHA256, "new", 3, &id), 0);
	assert_int_equal(fss__store_held(f->store, alice.account, &id), 1);
	assert_int_equal(save(f, &alice, &row, "new!"), 0);
	mf_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_turns),
		cmocka_unit_test(test_quota),
		cmocka_unit_test(test_expiry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
