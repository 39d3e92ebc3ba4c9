/*
 * Folders that become links under the feet of an upload: what goes to the hub
 * is what was found, never what the link leads to.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fss/fss.h>

#include "base/buf.h"
#include "base/io.h"
#include "folder.h"
#include "script_hub.h"

#define LEN	5000
#define OURS	'o'
#define SECRET	's'

/* When a folder is swapped: before the answer to which STAT. */
enum swap { SWAP_NONE, SWAP_ROOT, SWAP_SUB, SWAP_DEEP };

struct world {
	struct script_hub *hub;
	fss_client	*c;
	char		 dir[FOLDER_PATH], src[FOLDER_PATH], away[FOLDER_PATH];
	enum swap	 swap;
	unsigned	 stats, files, put;
};

static void
fill(const char *folder, char c)
{
	char data[LEN], path[FOLDER_PATH];

	memset(data, c, sizeof(data));
	folder_path(path, folder, "f");
	assert_int_equal(fss__io_write_file(path, data, sizeof(data), 0644),
	    0);
}

static void
make(char path[FOLDER_PATH], const char *in, const char *name, char c)
{
	folder_path(path, in, name);
	assert_int_equal(mkdir(path, 0755), 0);
	fill(path, c);
}

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	char sub[FOLDER_PATH], deep[FOLDER_PATH];

	assert_non_null(w);
	folder_new(w->dir);
	make(w->src, w->dir, "src", OURS);
	make(sub, w->src, "sub", OURS);
	make(deep, sub, "deep", OURS);
	make(w->away, w->dir, "away", SECRET);
	make(sub, w->away, "sub", SECRET);
	make(deep, sub, "deep", SECRET);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	fss_client_free(w->c);
	script_hub_free(w->hub);
	folder_remove(w->dir);
	free(w);
	return 0;
}

/* @name below the source goes elsewhere, a link to its like is in its place. */
static void
swap(struct world *w, const char *name)
{
	char from[FOLDER_PATH], to[FOLDER_PATH], like[FOLDER_PATH];

	w->swap = SWAP_NONE;
	folder_path(from, w->src, name);
	folder_path(to, w->dir, "gone");
	folder_path(like, w->away, name);
	if (name[0] == '\0') {
		(void)snprintf(from, sizeof(from), "%s", w->src);
		(void)snprintf(like, sizeof(like), "%s", w->away);
	}
	assert_int_equal(rename(from, to), 0);
	assert_int_equal(symlink(like, from), 0);
}

static void
on_stat(struct world *w, struct script_hub *h, const struct script_req *q)
{
	struct fss__m_entry_list ans;
	struct fss__m_entry e;
	struct fss__m_stat m;
	struct fss__buf b;

	script_hub_fields(q, &m);
	memset(&ans, 0, sizeof(ans));
	memset(&e, 0, sizeof(e));
	fss__buf_init(&b, FSS__MAX_HEADER);
	e.has = FSS__K_entry_status | FSS__K_entry_kind;
	if (w->stats++ == 0) {
		/* The target is there, so what is in it is asked about. */
		e.kind = FSS_KIND_DIR;
		if (w->swap == SWAP_ROOT)
			swap(w, "");
	} else {
		/* By now all was walked, and nothing was opened. */
		e.status = (uint64_t)-FSS_ENOENT;
		if (w->swap != SWAP_NONE)
			swap(w, w->swap == SWAP_SUB ? "sub" : "sub/deep");
	}
	while (ans.entries.count < m.refs.count)
		script_hub_row(&b, &ans.entries, &fss__r_entry, &e);
	script_hub_answer(h, q, &ans, NULL);
	fss__buf_release(&b);
}

static void
on_commit(struct world *w, struct script_hub *h, const struct script_req *q)
{
	struct fss__m_commit_item item;
	struct fss__m_entry_list ans;
	struct fss__m_commit m;
	struct fss__m_entry e;
	struct fss__buf b;

	script_hub_fields(q, &m);
	memset(&ans, 0, sizeof(ans));
	memset(&e, 0, sizeof(e));
	fss__buf_init(&b, FSS__MAX_HEADER);
	while (fss__list_next(&m.items, &fss__r_commit_item, &item) == 1) {
		assert_int_not_equal(item.kind, FSS_KIND_LINK);
		w->files += item.kind == FSS_KIND_FILE;
		script_hub_row(&b, &ans.entries, &fss__r_entry, &e);
	}
	script_hub_answer(h, q, &ans, NULL);
	fss__buf_release(&b);
}

static void
serve(void *ctx, struct script_hub *h, const struct script_req *q)
{
	static const uint8_t all[FSS__MAX_HAVE_IDS / 8 + 1] = { 0xff };
	struct fss__m_missing missing;
	struct fss__m_put_done done;
	struct world *w = ctx;
	struct fss__m_have have;
	size_t i;

	switch (q->type) {
	case FSS__MSG_STAT:
		on_stat(w, h, q);
		break;
	case FSS__MSG_HAVE:
		script_hub_fields(q, &have);
		memset(&missing, 0, sizeof(missing));
		missing.count = have.ids.n / FSS__ID_BYTES;
		assert_in_range(missing.count, 1, 8);
		missing.bitmap.p = all;
		missing.bitmap.n = 1;
		script_hub_answer(h, q, &missing, NULL);
		break;
	case FSS__MSG_PUT:
		for (i = 0; i < q->payload->len; i++)
			assert_int_equal(q->payload->data[i], OURS);
		w->put++;
		memset(&done, 0, sizeof(done));
		done.has = FSS__K_put_done_accepted | FSS__K_put_done_credit;
		done.credit = 1 << 20;
		script_hub_answer(h, q, &done, NULL);
		break;
	default:
		assert_int_equal(q->type, FSS__MSG_COMMIT);
		on_commit(w, h, q);
		break;
	}
}

static int
upload(struct world *w, enum swap swap)
{
	const fss_event *ev;
	fss_op op;

	w->swap = swap;
	w->hub = script_hub_new(serve, w);
	w->c = script_hub_client(w->hub);
	assert_int_equal(fss_client_upload(w->c, w->src, ":/t",
	    FSS_COPY_RECURSIVE, NULL, &op), 0);
	do
		script_hub_next(w->hub, w->c, &ev);
	while (fss_event_op(ev) != op || fss_event_type(ev) !=
	    FSS_EVENT_DONE);
	assert_int_equal(w->swap, SWAP_NONE);
	return fss_event_error(ev);
}

static void
test_nothing(void **state)
{
	struct world *w = *state;

	assert_int_equal(upload(w, SWAP_NONE), 0);
	assert_int_equal(w->files, 3);
	assert_true(w->put > 0);
}

/* Between looking at the folder and opening it the hub is asked. */
static void
test_root(void **state)
{
	struct world *w = *state;

	assert_int_equal(upload(w, SWAP_ROOT), FSS_ECHANGED);
	assert_int_equal(w->files, 0);
	assert_int_equal(w->put, 0);
}

/* A root that is a link from the beginning is one the person named. */
static void
test_named(void **state)
{
	struct world *w = *state;
	char link[FOLDER_PATH];

	folder_path(link, w->dir, "link");
	assert_int_equal(symlink(w->src, link), 0);
	assert_true(snprintf(w->src, sizeof(w->src), "%s/", link) <
	    (int)sizeof(w->src));
	assert_int_equal(upload(w, SWAP_NONE), 0);
	assert_int_equal(w->files, 3);
}

static void
test_sub(void **state)
{
	struct world *w = *state;

	assert_int_equal(upload(w, SWAP_SUB), 0);
	assert_int_equal(w->files, 3);
}

static void
test_deep(void **state)
{
	struct world *w = *state;

	assert_int_equal(upload(w, SWAP_DEEP), 0);
	assert_int_equal(w->files, 3);
}

#define TEST(fn)	cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nothing),
		TEST(test_root),
		TEST(test_named),
		TEST(test_sub),
		TEST(test_deep)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
