/*
 * Rows kept from one search to the next: what a search finds, and of whom, is
 * as if nothing were kept, whatever another connection committed; and so much
 * is kept as was meant to be.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "folder.h"
#include "model_fixture.h"
#include "store/folders.h"
#include "store/kept.h"
#include "store/meta_account.h"
#include "store/search.h"

#define BYTES	16384	/* of a kind */
#define FOLDERS	256	/* more than those hold */
#define LOOKS	2000	/* while there are so many */
#define MOVES	200
#define MANY	50	/* more than goes with the folder they are in */

struct world {
	char			dir[FOLDER_PATH];
	struct mf		*f;		/* writes */
	struct mf		reader[2];	/* on connections of their own */
	struct fss__actor	alice, bob;
	struct fss__kept	*kept;
};

static void
open_reader(struct world *w, struct mf *r)
{
	char file[FOLDER_PATH];

	*r = *w->f;
	folder_path(file, w->dir, "meta.db");
	assert_int_equal(fss__db_open(file, FSS__DB_READ, NULL, &r->ctx.db),
	    0);
	fss__kept_use(r->ctx.db, w->kept);
	r->ctx.store = NULL;
}

static void
begin(struct world *w)
{
	static const size_t bytes[FSS__KEPT_KINDS] = { BYTES, BYTES, BYTES };

	folder_new(w->dir);
	w->f = mf_open_in(w->dir);
	w->alice = mf_user(w->f, "alice");
	w->bob = mf_user(w->f, "bob");
	assert_int_equal(fss__kept_new(bytes, &w->kept), 0);
	open_reader(w, &w->reader[0]);
	open_reader(w, &w->reader[1]);
}

static void
end(struct world *w)
{
	fss__db_close(w->reader[0].ctx.db);
	fss__db_close(w->reader[1].ctx.db);
	fss__kept_free(w->kept);
	mf_close(w->f);
	folder_remove(w->dir);
}

static void
snapshot(struct mf *r)
{
	assert_int_equal(fss__db_begin(r->ctx.db), 0);
}

/* What bob finds, in the snapshot there is. */
static void
finds(struct world *w, struct mf *r, const char *text, const char *paths)
{
	struct mf_rows *all = mf_rows(0);
	char got[1024] = "";
	size_t i, n = 0;

	assert_int_equal(mf_find(r, &w->bob, mf_question(text), 3, all), 0);
	for (i = 0; i < all->n; i++)
		n += (size_t)snprintf(got + n, sizeof(got) - n, "%s%.64s",
		    i > 0 ? " " : "", all->row[i].path);
	assert_string_equal(got, paths);
	mf_rows_free(all);
}

/* By both readers, twice. */
static void
expect(struct world *w, const char *text, const char *paths)
{
	int i;

	for (i = 0; i < 4; i++) {
		snapshot(&w->reader[i % 2]);
		finds(w, &w->reader[i % 2], text, paths);
		fss__db_abort(w->reader[i % 2].ctx.db);
	}
}

/* All names into blocks of the index. */
static void
post(struct world *w)
{
	mf_begin(w->f);
	assert_true(fss__search_post(w->f->ctx.db, 1, 1000) >= 0);
	assert_true(fss__search_settle(w->f->ctx.db, 1000) >= 0);
	(void)mf_end(w->f, 0);
}

static void
test_names(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	assert_int_equal(mf_access(w.f, &w.alice, NULL, "/",
	    FSS_ACCESS_OPEN), 0);
	expect(&w, "thing", "");
	assert_int_equal(mf_file(w.f, &w.alice, NULL, "/a/thing", NULL), 0);
	post(&w);
	expect(&w, "thing", "/a/thing");
	expect(&w, "other", "");
	/* In its block, and a gram none has had. */
	assert_int_equal(mf_move(w.f, &w.alice, NULL, "/a/thing", "/a/other",
	    false), 0);
	expect(&w, "thing", "");
	expect(&w, "other", "/a/other");
	/* More of the same, in a block behind it. */
	assert_int_equal(mf_file(w.f, &w.alice, NULL, "/b/other", NULL), 0);
	post(&w);
	expect(&w, "other", "/b/other /a/other");
	assert_int_equal(mf_remove(w.f, &w.alice, NULL, "/a/other", false),
	    0);
	expect(&w, "other", "/b/other");
	/* The folder above. */
	expect(&w, "folder other", "");
	assert_int_equal(mf_move(w.f, &w.alice, NULL, "/b", "/folder", false),
	    0);
	post(&w);
	expect(&w, "folder other", "/folder/other");
	end(&w);
}

/* What filters ask of the index is another with each version. */
static void
test_versions(void **state)
{
	struct fss__m_find m = mf_question("thing");
	struct mf_rows *got = mf_rows(0);
	struct world w;
	int i;

	(void)state;
	begin(&w);
	m.has |= FSS__K_find_size_min;
	m.size_min = 8;
	assert_int_equal(mf_access(w.f, &w.alice, NULL, "/",
	    FSS_ACCESS_OPEN), 0);
	for (i = 0; i < 4; i++) {
		assert_int_equal(mf_file(w.f, &w.alice, NULL, "/thing",
		    i % 2 ? "it is long" : "short"), 0);
		if (i == 0)
			post(&w);
		snapshot(&w.reader[0]);
		assert_int_equal(mf_find(&w.reader[0], &w.bob, m, 3, got), 0);
		assert_int_equal(got->n, i % 2);
		fss__db_abort(w.reader[0].ctx.db);
	}
	mf_rows_free(got);
	end(&w);
}

static void
test_changes(void **state)
{
	const struct fss__actor *alice;
	struct world w;
	char path[32];
	int i;

	(void)state;
	begin(&w);
	alice = &w.alice;
	assert_int_equal(mf_access(w.f, alice, NULL, "/", FSS_ACCESS_OPEN), 0);
	assert_int_equal(mf_file(w.f, alice, NULL, "/up/down/thing", NULL), 0);
	post(&w);
	expect(&w, "thing", "/up/down/thing");
	expect(&w, "up thing", "/up/down/thing");
	/* another name, and another place */
	assert_int_equal(mf_move(w.f, alice, NULL, "/up", "/above", false), 0);
	post(&w);
	expect(&w, "thing", "/above/down/thing");
	expect(&w, "up thing", "");
	expect(&w, "above thing", "/above/down/thing");
	assert_int_equal(mf_move(w.f, alice, NULL, "/above/down", "/down",
	    false), 0);
	expect(&w, "thing", "/down/thing");
	/* an access, of the folder and above it */
	assert_int_equal(mf_access(w.f, alice, NULL, "/down",
	    FSS_ACCESS_PRIVATE), 0);
	expect(&w, "thing", "");
	/* a grant, to bob and to a group */
	assert_int_equal(mf_grant(w.f, alice, NULL, "/down", "bob",
	    FSS_RIGHT_SEE), 0);
	expect(&w, "thing", "/down/thing");
	assert_int_equal(mf_grant(w.f, alice, NULL, "/down", "bob", 0), 0);
	expect(&w, "thing", "");
	assert_int_equal(mf_access(w.f, alice, NULL, "/down",
	    FSS_ACCESS_INHERIT), 0);
	expect(&w, "thing", "/down/thing");
	assert_int_equal(mf_access(w.f, alice, NULL, "/",
	    FSS_ACCESS_PRIVATE), 0);
	expect(&w, "thing", "");
	assert_int_equal(mf_grant(w.f, alice, NULL, "/", "bob",
	    FSS_RIGHT_SEE), 0);
	expect(&w, "thing", "/down/thing");
	/* a new one beside it, and gone, at once and by and by */
	assert_int_equal(mf_file(w.f, alice, NULL, "/new/thing", NULL), 0);
	expect(&w, "thing", "/new/thing /down/thing");
	assert_int_equal(mf_remove(w.f, alice, NULL, "/down", true), 0);
	expect(&w, "thing", "/new/thing");
	(void)mf_purge(w.f);
	expect(&w, "thing", "/new/thing");
	/* so much that some of it is left for later */
	for (i = 0; i < MANY; i++) {
		(void)snprintf(path, sizeof(path), "/many/%d heap", i);
		assert_int_equal(mf_file(w.f, alice, NULL, path, NULL), 0);
	}
	expect(&w, "0 heap", "/many/0 heap");
	assert_int_equal(mf_remove(w.f, alice, NULL, "/many", true), 0);
	expect(&w, "heap", "");
	assert_true(mf_sql(w.f, "SELECT count(*) FROM entry"
	    " WHERE name LIKE '%heap'") > 0);
	assert_int_equal(mf_file(w.f, alice, NULL, "/down/thing", NULL), 0);
	expect(&w, "thing", "/new/thing /down/thing");
	end(&w);
}

/* Each of two snapshots has its own, whichever is asked first. */
static void
test_snapshots(void **state)
{
	struct world w;
	int i;

	(void)state;
	begin(&w);
	assert_int_equal(mf_access(w.f, &w.alice, NULL, "/",
	    FSS_ACCESS_OPEN), 0);
	assert_int_equal(mf_file(w.f, &w.alice, NULL, "/old/thing", NULL), 0);
	snapshot(&w.reader[0]);
	assert_int_equal(mf_move(w.f, &w.alice, NULL, "/old", "/new", false),
	    0);
	snapshot(&w.reader[1]);
	for (i = 0; i < 3; i++) {
		finds(&w, &w.reader[0], "thing", "/old/thing");
		finds(&w, &w.reader[1], "thing", "/new/thing");
	}
	fss__db_abort(w.reader[0].ctx.db);
	snapshot(&w.reader[0]);
	finds(&w, &w.reader[0], "thing", "/new/thing");
	fss__db_abort(w.reader[0].ctx.db);
	fss__db_abort(w.reader[1].ctx.db);
	end(&w);
}

/* A change that was undone, and another in its place. */
static void
test_undone(void **state)
{
	struct fss__m_move mv;
	struct world w;

	(void)state;
	begin(&w);
	assert_int_equal(mf_access(w.f, &w.alice, NULL, "/",
	    FSS_ACCESS_OPEN), 0);
	assert_int_equal(mf_file(w.f, &w.alice, NULL, "/a/thing", NULL), 0);
	memset(&mv, 0, sizeof(mv));
	mv.from = mf_s("/a");
	mv.to = mf_s("/b");
	mf_begin(w.f);
	assert_int_equal(fss__entry_move(&w.f->ctx, &w.alice, &mv), 0);
	expect(&w, "thing", "/a/thing");
	fss__store_abort(w.f->store);
	expect(&w, "thing", "/a/thing");
	assert_int_equal(mf_move(w.f, &w.alice, NULL, "/a", "/c", false), 0);
	expect(&w, "thing", "/c/thing");
	end(&w);
}

static int64_t
id_of(struct world *w, const char *name)
{
	struct fss__meta_account a;
	struct fss__meta_node e;

	assert_int_equal(fss__meta_account_by_id(w->f->ctx.db,
	    w->alice.account, &a), 1);
	assert_int_equal(fss__meta_node_child(w->f->ctx.db, a.root,
	    mf_s(name), &e), 1);
	return e.id;
}

/* ---- at the same time -------------------------------------------------- */

struct looker {
	pthread_t	 thread;
	struct fss__db	*db;
	int64_t		 id;
	int		 wrong, looks;
};

/* Snapshot by snapshot: what is kept is what the table has. */
static void *
look(void *arg)
{
	struct looker *l = arg;
	struct fss__folder f;
	struct fss__stmt *st;
	struct fss__slice name, kept = { f.name, 0 };
	int i;

	for (i = 0; i < LOOKS; i++) {
		if (fss__db_begin(l->db) != 0 ||
		    fss__folder_get(l->db, l->id, &f) != 1) {
			l->wrong++;
			break;
		}
		st = fss__db_query(l->db,
		    "SELECT name FROM entry WHERE id = ?1");
		fss__bind_i64(st, 1, l->id);
		if (fss__step(st) == 1) {
			name = fss__col_text(st, 0);
			kept.n = f.name_len;
			l->looks++;
			l->wrong += !fss__slice_eq(name, kept);
		}
		fss__stmt_reset(st);
		fss__db_abort(l->db);
	}
	return NULL;
}

static void
test_threads(void **state)
{
	struct looker l[2] = { 0 };
	struct world w;
	int i;

	(void)state;
	begin(&w);
	assert_int_equal(mf_folder(w.f, &w.alice, NULL, "/a"), 0);
	for (i = 0; i < 2; i++) {
		l[i].db = w.reader[i].ctx.db;
		l[i].id = id_of(&w, "a");
		assert_int_equal(pthread_create(&l[i].thread, NULL, look,
		    &l[i]), 0);
	}
	for (i = 0; i < MOVES; i++)
		assert_int_equal(mf_move(w.f, &w.alice, NULL,
		    i % 2 ? "/b" : "/a", i % 2 ? "/a" : "/b", false), 0);
	for (i = 0; i < 2; i++) {
		assert_int_equal(pthread_join(l[i].thread, NULL), 0);
		assert_int_equal(l[i].looks, LOOKS);
		assert_int_equal(l[i].wrong, 0);
	}
	end(&w);
}

/* ---- what is kept ------------------------------------------------------ */

/* Writes behind the counts, so that what is kept is told by its old name. */
static void
rename_all(struct world *w)
{
	mf_begin(w->f);
	assert_int_equal(fss__exec(fss__db_query(w->f->ctx.db,
	    "UPDATE entry SET name = 'x' || name WHERE parent > 0")), 0);
	(void)mf_end(w->f, 0);
}

static bool
is_old(struct world *w, int64_t id)
{
	struct fss__db *db = w->reader[0].ctx.db;
	struct fss__folder f;

	assert_int_equal(fss__db_begin(db), 0);
	assert_int_equal(fss__folder_get(db, id, &f), 1);
	fss__db_abort(db);
	return f.name[0] != 'x';
}

static void
test_bound(void **state)
{
	char name[32], path[32];
	struct fss__folder f;
	struct world w;
	int64_t first;
	int i, kept = 0;

	(void)state;
	begin(&w);
	for (i = 0; i < FOLDERS; i++) {
		(void)snprintf(path, sizeof(path), "/folder %d", i);
		assert_int_equal(mf_folder(w.f, &w.alice, NULL, path), 0);
	}
	first = id_of(&w, "folder 0");
	for (i = 0; i < FOLDERS; i++) {
		(void)snprintf(name, sizeof(name), "folder %d", i);
		assert_int_equal(id_of(&w, name), first + i);
		assert_true(is_old(&w, first + i));
	}
	rename_all(&w);
	/* From the last on, or they give way to those that are not. */
	for (i = FOLDERS; i-- > 0;)
		kept += is_old(&w, first + i);
	assert_in_range(kept, 1, BYTES / sizeof(struct fss__meta_link));
	/* One asked for again and again stays, whatever comes beside it. */
	mf_begin(w.f);
	assert_int_equal(fss__exec(fss__db_query(w.f->ctx.db,
	    "UPDATE entry SET name = substr(name, 2) WHERE parent > 0")), 0);
	(void)mf_end(w.f, 0);
	assert_int_equal(fss__folder_changed(w.f->ctx.db, first), 0);
	assert_true(is_old(&w, first));
	rename_all(&w);
	for (i = 0; i < 4 * FOLDERS; i++) {
		(void)is_old(&w, first + 1 + i % (FOLDERS - 1));
		assert_true(is_old(&w, first));
	}
	/* Outside of a snapshot nothing is kept. */
	assert_int_equal(fss__folder_get(w.reader[0].ctx.db, first, &f), 1);
	assert_memory_equal(f.name, "xfolder 0", f.name_len);
	assert_int_equal(fss__folder_get(w.reader[0].ctx.db,
	    INT64_C(1) << 40, &f), 0);
	end(&w);
}

/* What is larger than its share is not kept, what is nothing is. */
static void
test_sizes(void **state)
{
	uint8_t bytes[BYTES / 16] = { 1 }, got[BYTES / 16];
	struct fss__db *db;
	struct world w;
	size_t n = 1;

	(void)state;
	begin(&w);
	db = w.reader[0].ctx.db;
	snapshot(&w.reader[0]);
	assert_int_equal(fss__kept_get(db, FSS__KEPT_GRAM, 1, got,
	    sizeof(got), &n), 0);
	fss__kept_put(db, FSS__KEPT_GRAM, 1, bytes, sizeof(bytes) - 24);
	fss__kept_put(db, FSS__KEPT_GRAM, 2, bytes, sizeof(bytes) - 23);
	fss__kept_put(db, FSS__KEPT_GRAM, 3, bytes, 0);
	assert_int_equal(fss__kept_get(db, FSS__KEPT_GRAM, 1, got,
	    sizeof(got), &n), 1);
	assert_int_equal(n, sizeof(bytes) - 24);
	assert_memory_equal(got, bytes, n);
	assert_int_equal(fss__kept_get(db, FSS__KEPT_GRAM, 1, got, n - 1,
	    &n), 0);
	assert_int_equal(fss__kept_get(db, FSS__KEPT_GRAM, 2, got,
	    sizeof(got), &n), 0);
	assert_int_equal(fss__kept_get(db, FSS__KEPT_GRAM, 3, got,
	    sizeof(got), &n), 1);
	assert_int_equal(n, 0);
	assert_int_equal(fss__kept_get(db, FSS__KEPT_BLOCK, 3, got,
	    sizeof(got), &n), 0);
	fss__db_abort(db);
	assert_int_equal(fss__kept_get(db, FSS__KEPT_GRAM, 1, got,
	    sizeof(got), &n), 0);
	end(&w);
}

/* What was written over is gone, whatever it looks like. */
static void
test_round(void **state)
{
	/* What an entry begins with: its id, no changes, eight bytes. */
	static const int64_t head[4] = { 1, 0, 8, 0 };
	uint8_t bytes[BYTES / 32] = { 0 };
	struct fss__db *db;
	struct world w;
	size_t n;
	int i;

	(void)state;
	begin(&w);
	db = w.reader[0].ctx.db;
	snapshot(&w.reader[0]);
	assert_int_equal(fss__kept_get(db, FSS__KEPT_FOLDER, 1, bytes,
	    sizeof(bytes), &n), 0);
	fss__kept_put(db, FSS__KEPT_FOLDER, 2, bytes, 0);
	fss__kept_put(db, FSS__KEPT_FOLDER, 1, bytes, 8);
	assert_int_equal(fss__kept_get(db, FSS__KEPT_FOLDER, 1, bytes,
	    sizeof(bytes), &n), 1);
	memcpy(bytes, head, sizeof(head));
	for (i = 0; i < 32; i++)
		fss__kept_put(db, FSS__KEPT_FOLDER, 1000 + i, bytes,
		    sizeof(bytes));
	assert_int_equal(fss__kept_get(db, FSS__KEPT_FOLDER, 1, bytes,
	    sizeof(bytes), &n), 0);
	fss__db_abort(db);
	end(&w);
}

/* What files do changes nothing, a folder only what is near it. */
static void
test_parts(void **state)
{
	struct world w;
	int64_t near, far;

	(void)state;
	begin(&w);
	assert_int_equal(mf_folder(w.f, &w.alice, NULL, "/near"), 0);
	assert_int_equal(mf_folder(w.f, &w.alice, NULL, "/far"), 0);
	assert_int_equal(mf_file(w.f, &w.alice, NULL, "/file", NULL), 0);
	near = id_of(&w, "near");
	far = id_of(&w, "far") + 5000;
	mf_begin(w.f);
	assert_int_equal(fss__exec(fss__db_query(w.f->ctx.db,
	    "UPDATE entry SET id = id + 5000 WHERE name = 'far'")), 0);
	(void)mf_end(w.f, 0);
	assert_true(is_old(&w, near));
	assert_true(is_old(&w, far));
	rename_all(&w);
	assert_int_equal(mf_move(w.f, &w.alice, NULL, "/xfile", "/file",
	    false), 0);
	assert_int_equal(mf_access(w.f, &w.alice, NULL, "/file",
	    FSS_ACCESS_PRIVATE), 0);
	assert_int_equal(mf_remove(w.f, &w.alice, NULL, "/file", false), 0);
	assert_int_equal(mf_folder(w.f, &w.alice, NULL, "/more"), 0);
	assert_true(is_old(&w, near));
	assert_int_equal(mf_access(w.f, &w.alice, NULL, "/xnear",
	    FSS_ACCESS_PRIVATE), 0);
	assert_false(is_old(&w, near));
	assert_true(is_old(&w, far));
	end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_snapshots),
		cmocka_unit_test(test_undone),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
