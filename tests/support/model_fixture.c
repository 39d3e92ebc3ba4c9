/*
 * See model_fixture.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/num.h"
#include "model/event.h"
#include "model_fixture.h"
#include "store/meta_account.h"
#include "store/search_check.h"

struct mf *
mf_open(void)
{
	return mf_open_in(NULL);
}

struct mf *
mf_open_in(const char *dir)
{
	struct fss__store_config cfg;
	struct fss__err err;
	struct mf *f;

	f = calloc(1, sizeof(*f));
	assert_non_null(f);
	memset(&cfg, 0, sizeof(cfg));
	cfg.dir = dir;
	assert_int_equal(fss__crypto_init(), 0);
	fss__err_clear(&err);
	if (dir != NULL && fss__store_create(dir, &err) != 0)
		fail_msg("store: %s", err.detail);
	if (fss__store_open(&cfg, &err, &f->store) != 0)
		fail_msg("store: %s", err.detail);
	f->rules.registration = FSS_REGISTRATION_OPEN;
	f->rules.keep_versions = 4;
	f->rules.stage_keep_s = 86400;
	f->ctx.db = fss__store_db(f->store);
	f->ctx.store = f->store;
	f->ctx.rules = &f->rules;
	f->ctx.now_us = INT64_C(1700000000000000);
	return f;
}

void
mf_close(struct mf *f)
{
	if (f == NULL)
		return;
	fss__news_free(f->ctx.news);
	fss__store_close(f->store);
	free(f);
}

struct mf_rows *
mf_rows(size_t limit)
{
	struct mf_rows *rows = calloc(1, sizeof(*rows));

	assert_non_null(rows);
	rows->row = calloc(MF_ROWS, sizeof(*rows->row));
	assert_non_null(rows->row);
	rows->limit = limit == 0 || limit > MF_ROWS ? MF_ROWS : limit;
	return rows;
}

void
mf_rows_free(struct mf_rows *rows)
{
	if (rows == NULL)
		return;
	free(rows->row);
	free(rows);
}

static void
copy(struct fss__slice s, bool present, char *dst, size_t cap)
{
	dst[0] = '\0';
	if (present)
		assert_int_equal(fss__slice_copy(s, dst, cap), 0);
}

static void
take(struct mf_row *row, const struct fss__m_entry *m)
{
	memset(row, 0, sizeof(*row));
	row->has = m->has;
	copy(m->owner, m->has & FSS__K_entry_owner, row->owner,
	    sizeof(row->owner));
	copy(m->path, m->has & FSS__K_entry_path, row->path,
	    sizeof(row->path));
	copy(m->media, m->has & FSS__K_entry_media, row->media,
	    sizeof(row->media));
	copy(m->target, m->has & FSS__K_entry_target, row->target,
	    sizeof(row->target));
	copy(m->author, m->has & FSS__K_entry_author, row->author,
	    sizeof(row->author));
	row->status = -(int)m->status;
	row->kind = (int)m->kind;
	row->access = (int)m->access;
	row->state = (int)m->state;
	row->access_own = m->access_own;
	row->rights = (unsigned)m->rights;
	row->mode = (unsigned)m->mode;
	row->size = m->size;
	row->number = m->number;
	row->version = m->version;
	row->mtime = m->mtime_us;
	if (m->has & FSS__K_entry_root) {
		assert_int_equal(m->root.n, FSS__ID_BYTES);
		memcpy(row->root.b, m->root.p, FSS__ID_BYTES);
	}
}

int
mf_emit(void *arg, const void *entry)
{
	struct mf_rows *rows = arg;

	if (rows->n == rows->limit)
		return FSS_EAGAIN;
	take(&rows->row[rows->n++], entry);
	return 0;
}

int
mf_emit_one(void *arg, const void *entry)
{
	if (arg != NULL)
		take(arg, entry);
	return 0;
}

struct fss__slice
mf_s(const char *text)
{
	return fss__slice_str(text);
}

void
mf_begin(struct mf *f)
{
	fss__err_clear(&f->ctx.err);
	memset(&f->ctx.looks, 0, sizeof(f->ctx.looks));
	f->ctx.now_us++;
	assert_int_equal(fss__store_begin(f->store), 0);
}

int
mf_end(struct mf *f, int r)
{
	if (r < 0)
		fss__store_abort(f->store);
	else {
		assert_int_equal(fss__entry_settle(&f->ctx), 0);
		assert_int_equal(fss__store_commit(f->store, false), 0);
	}
	return r;
}

struct fss__actor
mf_user(struct mf *f, const char *name)
{
	uint8_t key[FSS__KEY_BYTES] = { 7 };
	struct fss__actor who;
	struct fss__m_register m;
	int mode = f->rules.registration;

	fss__put_le32(key + 1, ++f->key);
	memset(&m, 0, sizeof(m));
	memset(&who, 0, sizeof(who));
	m.name = mf_s(name);
	f->rules.registration = FSS_REGISTRATION_OPEN;
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__account_create(&f->ctx, &m, "hash",
	    key, &who)), 0);
	f->rules.registration = mode;
	return who;
}

int
mf_people_setup(void **state)
{
	struct mf_people *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	p->f = mf_open();
	p->alice = mf_user(p->f, "alice");
	p->bob = mf_user(p->f, "bob");
	p->carl = mf_user(p->f, "carl");
	*state = p;
	return 0;
}

int
mf_people_teardown(void **state)
{
	struct mf_people *p = *state;

	mf_close(p->f);
	free(p);
	return 0;
}

struct fss__id
mf_put(struct mf *f, const struct fss__actor *who, const char *text)
{
	struct fss__id id;

	assert_int_equal(fss__digest(FSS__KIND_DATA | FSS__ALG_SHA256, text,
	    strlen(text), &id), 0);
	assert_int_equal(fss__store_put(f->store, who->account, &id, text,
	    strlen(text)), 0);
	return id;
}

struct fss__m_commit_item
mf_item(const char *path, const char *text, struct fss__id *id)
{
	struct fss__m_commit_item m;

	memset(&m, 0, sizeof(m));
	m.path = mf_s(path);
	m.kind = FSS_KIND_FILE;
	m.has = FSS__K_commit_item_size | FSS__K_commit_item_mtime_us |
	    FSS__K_commit_item_mode;
	m.mtime_us = 1000;
	m.mode = 0644;
	if (text == NULL)
		return m;
	m.size = strlen(text);
	m.has |= FSS__K_commit_item_root | FSS__K_commit_item_depth;
	assert_int_equal(fss__digest(FSS__KIND_DATA | FSS__ALG_SHA256, text,
	    strlen(text), id), 0);
	m.root.p = id->b;
	m.root.n = sizeof(id->b);
	return m;
}

int
mf_commit(struct mf *f, const struct fss__actor *who, const char *owner,
    const struct fss__m_commit_item *m, struct mf_row *ret_row)
{
	mf_begin(f);
	return mf_end(f, fss__entry_commit(&f->ctx, who, mf_s(owner), m,
	    mf_emit_one, ret_row));
}

int
mf_file(struct mf *f, const struct fss__actor *who, const char *owner,
    const char *path, const char *text)
{
	struct fss__m_commit_item m;
	struct fss__id id;

	if (text != NULL)
		(void)mf_put(f, who, text);
	m = mf_item(path, text, &id);
	return mf_commit(f, who, owner, &m, NULL);
}

int
mf_folder(struct mf *f, const struct fss__actor *who, const char *owner,
    const char *path)
{
	struct fss__m_commit_item m;

	memset(&m, 0, sizeof(m));
	m.path = mf_s(path);
	m.kind = FSS_KIND_DIR;
	return mf_commit(f, who, owner, &m, NULL);
}

int
mf_purge(struct mf *f)
{
	int r, steps = 0;

	do {
		mf_begin(f);
		r = mf_end(f, fss__entry_purge(&f->ctx));
		assert_in_range(r, 0, 1);
		steps++;
		assert_true(steps < 100000);
	} while (r == 1);
	return steps;
}

void
mf_usage(struct mf *f, const struct fss__actor *who, int64_t *bytes,
    int64_t *files, int64_t *folders)
{
	struct fss__meta_account a;

	assert_int_equal(fss__meta_account_by_id(f->ctx.db, who->account, &a),
	    1);
	*bytes = a.bytes;
	*files = a.files;
	*folders = a.folders;
}

int64_t
mf_sql(struct mf *f, const char *static_sql)
{
	struct fss__stmt *st = fss__db_query(f->ctx.db, static_sql);
	int64_t v;

	assert_int_equal(fss__step(st), 1);
	v = fss__col_i64(st, 0);
	fss__stmt_reset(st);
	return v;
}

void
mf_expect_usage(struct mf *f, const struct fss__actor *who, int64_t bytes,
    int64_t files, int64_t folders)
{
	int64_t b, n, d;

	mf_usage(f, who, &b, &n, &d);
	assert_int_equal(b, bytes);
	assert_int_equal(n, files);
	assert_int_equal(d, folders);
}

static void
not_sound(void *ctx, const char *text)
{
	(void)ctx;
	fail_msg("%s", text);
}

void
mf_expect_sound(struct mf *f)
{
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM account a WHERE"
	    " a.bytes <> (SELECT coalesce(sum(v.size), 0) FROM version v"
	    "  JOIN entry e ON e.id = v.entry WHERE e.owner = a.id"
	    "  AND v.state = 0) + (SELECT coalesce(sum(s.offset), 0)"
	    "  FROM stage s WHERE s.owner = a.id AND s.done = 0)"
	    " OR a.files <> (SELECT count(*) FROM entry e"
	    "  WHERE e.owner = a.id AND e.kind <> 1)"
	    " OR a.folders <> (SELECT count(*) FROM entry e"
	    "  WHERE e.owner = a.id AND e.kind = 1 AND e.parent <> 0)"), 0);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM chunk c WHERE"
	    " c.refs <> (SELECT count(*) FROM version v"
	    "  WHERE v.chunk = c.id) + (SELECT count(*) FROM stage s"
	    "  WHERE s.chunk = c.id)"), 0);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM entry e"
	    " WHERE e.kind <> 1 AND e.cur NOT IN (SELECT v.id FROM version v"
	    "  WHERE v.entry = e.id ORDER BY v.number DESC LIMIT 1)"), 0);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM version v"
	    " WHERE v.entry NOT IN (SELECT id FROM entry)"), 0);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM acl a"
	    " WHERE a.entry NOT IN (SELECT id FROM entry)"), 0);
	/* The index has every name, and nothing else. */
	assert_int_equal(fss__search_check(f->ctx.db, not_sound, NULL), 0);
}

uint32_t
mf_random(uint64_t *state, uint32_t below)
{
	uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	x ^= x >> 31;
	return (uint32_t)(x % below);
}
