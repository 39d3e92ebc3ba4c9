/*
 * Stores, contents, files and versions for tests.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/num.h"
#include "base/time.h"
#include "chunk/manifest.h"
#include "rng.h"
#include "store_kit.h"

int
kit_try_open(const char *dir, const struct fss__store_config *cfg,
    struct fss__err *err, struct fss__store **ret_s)
{
	struct fss__store_config c;
	char path[FOLDER_PATH];

	memset(&c, 0, sizeof(c));
	if (cfg != NULL)
		c = *cfg;
	folder_path(path, dir, "store");
	c.dir = path;
	return fss__store_open(&c, err, ret_s);
}

struct fss__store *
kit_open(const char *dir, const struct fss__store_config *cfg)
{
	struct fss__store *s;
	struct fss__err err;
	int r;

	fss__err_clear(&err);
	r = kit_try_open(dir, cfg, &err, &s);
	if (r != 0)
		print_error("cannot open: %s\n", err.detail);
	assert_int_equal(r, 0);
	return s;
}

struct fss__store *
kit_new(const char *dir, const struct fss__store_config *cfg)
{
	struct fss__err err;
	char path[FOLDER_PATH];

	folder_path(path, dir, "store");
	assert_int_equal(fss__store_create(path, &err), 0);
	return kit_open(dir, cfg);
}

/* ---- content ---------------------------------------------------------- */

size_t
kit_content(uint64_t n, uint8_t buf[KIT_CHUNK], struct fss__id *ret_id)
{
	struct rng rng = { n * 2654435761u + 1 };
	size_t len = 1 + (size_t)rng_below(&rng, KIT_CHUNK);

	rng_fill(&rng, buf, len);
	assert_int_equal(fss__digest(FSS__KIND_DATA | FSS__ALG_SHA256, buf,
	    len, ret_id), 0);
	return len;
}

int
kit_put(struct fss__store *s, int64_t account, uint64_t n)
{
	uint8_t buf[KIT_CHUNK];
	struct fss__id id;
	size_t len = kit_content(n, buf, &id);

	return fss__store_put(s, account, &id, buf, len);
}

size_t
kit_page(uint64_t n, unsigned chunks, uint8_t *buf, struct fss__id *ret_id)
{
	uint8_t content[KIT_CHUNK], *p = buf + FSS__PAGE_HEAD;
	struct fss__id id;
	unsigned i;
	size_t len;

	assert_in_range(chunks, 1, KIT_CHUNKS);
	memcpy(buf, "FSP1\1\0", 6);
	buf[6] = (uint8_t)chunks;
	buf[7] = 0;
	for (i = 0; i < chunks; i++, p += FSS__PAGE_CHILD) {
		len = kit_content(n + i, content, &id);
		memcpy(p, id.b, sizeof(id.b));
		fss__put_le64(p + sizeof(id.b), len);
	}
	len = (size_t)(p - buf);
	assert_int_equal(fss__digest(FSS__KIND_PAGE | FSS__ALG_SHA256, buf,
	    len, ret_id), 0);
	return len;
}

int
kit_put_file(struct fss__store *s, int64_t account, uint64_t n,
    unsigned chunks, struct fss__id *ret_root)
{
	uint8_t buf[KIT_CHUNK];
	unsigned i;
	size_t len;
	int r;

	for (i = 0; i < chunks; i++) {
		r = kit_put(s, account, n + i);
		if (r != 0)
			return r;
	}
	if (chunks == 1) {
		(void)kit_content(n, buf, ret_root);
		return 0;
	}
	len = kit_page(n, chunks, buf, ret_root);
	return fss__store_put(s, account, ret_root, buf, len);
}

/* ---- versions --------------------------------------------------------- */

int
kit_version(struct fss__store *s, int64_t account,
    const struct fss__id *root, int64_t number)
{
	struct fss__stmt *st;
	uint64_t span = 0;
	int64_t chunk = 0;
	unsigned depth = 0;
	int r;

	r = fss__store_root(s, account, root, &depth, &span, &chunk);
	if (r == 0)
		r = fss__store_ref(s, chunk);
	if (r != 0)
		return r;
	st = fss__db_query(fss__store_db(s), "INSERT INTO version (entry, "
	    "number, kind, size, root, depth, chunk, mtime, mode, created, "
	    "author) VALUES (1, ?1, 2, ?2, ?3, ?4, ?5, 0, 0, 0, 1)");
	fss__bind_i64(st, 1, number);
	fss__bind_i64(st, 2, (int64_t)span);
	fss__bind_blob(st, 3, root->b, sizeof(root->b));
	fss__bind_i64(st, 4, depth);
	fss__bind_i64(st, 5, chunk);
	return fss__exec(st);
}

int
kit_unversion(struct fss__store *s, int64_t number)
{
	struct fss__stmt *st;
	int64_t chunk;
	int r;

	st = fss__db_query(fss__store_db(s),
	    "SELECT chunk FROM version WHERE entry = 1 AND number = ?1");
	fss__bind_i64(st, 1, number);
	r = fss__step(st);
	chunk = r == 1 ? fss__col_i64(st, 0) : 0;
	fss__stmt_reset(st);
	if (r != 1)
		return r < 0 ? r : FSS_ENOENT;
	st = fss__db_query(fss__store_db(s),
	    "DELETE FROM version WHERE entry = 1 AND number = ?1");
	fss__bind_i64(st, 1, number);
	r = fss__exec(st);
	return r != 0 ? r : fss__store_unref(s, chunk);
}

int
kit_has_version(struct fss__store *s, int64_t number)
{
	struct fss__stmt *st;
	int r;

	st = fss__db_query(fss__store_db(s),
	    "SELECT 1 FROM version WHERE entry = 1 AND number = ?1");
	fss__bind_i64(st, 1, number);
	r = fss__step(st);
	fss__stmt_reset(st);
	assert_true(r >= 0);
	return r;
}

/* ---- reading ---------------------------------------------------------- */

static int
read_one(struct fss__reader_store *r, const struct fss__id *id,
    const uint8_t *want, size_t len)
{
	uint8_t got[KIT_CHUNK];
	struct fss_store_loc loc;
	int e;

	e = fss__reader_locate(r, id, &loc);
	if (e != 0)
		return e;
	assert_int_equal(loc.len, len);
	e = fss__reader_read(r, id, &loc, got);
	if (e == 0)
		assert_memory_equal(got, want, len);
	return e;
}

int
kit_read_file(struct fss__reader_store *r, uint64_t n, unsigned chunks)
{
	uint8_t buf[KIT_CHUNK];
	struct fss__page page;
	struct fss__id id, child;
	uint64_t span;
	unsigned i;
	size_t len;
	int e;

	if (chunks > 1) {
		(void)kit_page(n, chunks, buf, &id);
		e = fss__reader_page(r, &id, &page);
		if (e != 0)
			return e;
		assert_int_equal(page.count, chunks);
	}
	for (i = 0; i < chunks; i++) {
		len = kit_content(n + i, buf, &id);
		if (chunks > 1) {
			fss__page_child(&page, i, &child, &span);
			assert_true(fss__id_eq(&child, &id));
			assert_int_equal(span, len);
		}
		e = read_one(r, &id, buf, len);
		if (e != 0)
			return e;
	}
	return 0;
}

int
kit_missing(struct fss__reader_store *r, int64_t account, uint64_t n)
{
	uint8_t buf[KIT_CHUNK], bitmap = 0;
	struct fss__id id;
	uint32_t count = 0;

	(void)kit_content(n, buf, &id);
	assert_int_equal(fss__reader_missing(r, account, id.b, 1, &bitmap,
	    &count), 0);
	assert_int_equal(bitmap, count);
	return (int)count;
}

static void
print_problem(void *ctx, const char *text)
{
	(void)ctx;
	print_message("found: %s\n", text);
}

int
kit_check(struct fss__store *s)
{
	return fss__store_check(s, print_problem, NULL);
}

/* ---- the whole set-up ------------------------------------------------- */

void
kit_reopen(struct kit *f, const struct fss__store_config *cfg)
{
	fss__reader_store_close(f->r);
	fss__store_close(f->s);
	f->s = kit_open(f->dir, cfg);
	assert_int_equal(fss__reader_store_open(f->s, &f->r), 0);
}

int
kit_setup(void **state)
{
	static struct kit f;

	memset(&f, 0, sizeof(f));
	folder_new(f.dir);
	folder_path(f.seg, f.dir, "store/seg");
	f.s = kit_new(f.dir, NULL);
	assert_int_equal(fss__reader_store_open(f.s, &f.r), 0);
	*state = &f;
	return 0;
}

int
kit_teardown(void **state)
{
	struct kit *f = *state;

	fss__reader_store_close(f->r);
	fss__store_close(f->s);
	folder_remove(f->dir);
	return 0;
}

void
kit_commit(struct fss__store *s)
{
	assert_int_equal(fss__store_begin(s), 0);
	assert_int_equal(fss__store_commit(s, true), 0);
}

void
kit_add_version(struct fss__store *s, uint64_t n, unsigned chunks,
    int64_t number)
{
	struct fss__id root;

	assert_int_equal(fss__store_begin(s), 0);
	assert_int_equal(kit_put_file(s, KIT_ALICE, n, chunks, &root), 0);
	assert_int_equal(kit_version(s, KIT_ALICE, &root, number), 0);
	assert_int_equal(fss__store_commit(s, true), 0);
}

void
kit_remove_version(struct fss__store *s, int64_t number)
{
	assert_int_equal(fss__store_begin(s), 0);
	assert_int_equal(kit_unversion(s, number), 0);
	assert_int_equal(fss__store_commit(s, true), 0);
}

struct fss__store_stats
kit_stats(struct fss__store *s)
{
	struct fss__store_stats st;

	assert_int_equal(fss__store_stats(s, &st), 0);
	return st;
}

void
kit_collect(struct fss__store *s, int64_t days)
{
	int r, steps = 0;

	while ((r = fss__store_collect(s, fss__wall_us() + days * KIT_DAY_US))
	    == 1)
		assert_true(++steps < 1000);
	assert_int_equal(r, 0);
}

int
kit_put_tiny(struct fss__store *s, uint32_t n)
{
	struct fss__id id;

	assert_int_equal(fss__digest(FSS__ALG_SHA256, &n, sizeof(n), &id), 0);
	return fss__store_put(s, KIT_ALICE, &id, &n, sizeof(n));
}

void
kit_small_segments(struct kit *f)
{
	struct fss__store_config cfg;

	memset(&cfg, 0, sizeof(cfg));
	cfg.segment_bytes = 16384;
	kit_reopen(f, &cfg);
}
