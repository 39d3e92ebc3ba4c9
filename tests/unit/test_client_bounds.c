/*
 * A hub that means harm: lists without an end, and answers that hold more than
 * was asked for.  What a client does for it is bounded.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <fss/fss.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/num.h"
#include "chunk/manifest.h"
#include "client/request.h"
#include "folder.h"
#include "script_hub.h"

#define CHUNKS	1024		/* of the file, in one page */
#define WINDOW	((uint64_t)4 << 20)	/* the most that is read ahead */
#define COST	4096		/* of which each chunk takes so much */

enum page { ENDLESS, SAME, LONG_ENOUGH };
enum harm { NO_HARM, MORE_BYTES, MORE_PAGE, MORE_NODES };

struct world {
	struct script_hub *hub;
	fss_client	*c;
	char		 dir[FOLDER_PATH], to[FOLDER_PATH];
	enum page	 page;
	enum harm	 harm;
	bool		 is_dir;
	unsigned	 lists;		/* pages asked for */
	unsigned	 gets;
	/* the file */
	size_t		 chunk;		/* bytes each */
	uint8_t		*data;
	struct fss__id	 root;
	uint8_t		*node;		/* its page */
	size_t		 node_len;
	unsigned	 asked;		/* chunks */
};

static void
make_file(struct world *w, size_t chunk)
{
	size_t size = CHUNKS * chunk;
	struct fss__manifest *m;
	struct fss__id id;
	uint64_t total;
	unsigned i, depth;

	w->chunk = chunk;
	w->data = malloc(size);
	assert_non_null(w->data);
	memset(w->data, 'x', size);
	assert_int_equal(fss__manifest_new(FSS__ALG_SHA256, &m), 0);
	assert_int_equal(fss__digest(FSS__KIND_DATA | FSS__ALG_SHA256,
	    w->data, chunk, &id), 0);
	for (i = 0; i < CHUNKS; i++)
		assert_int_equal(fss__manifest_add(m, &id, chunk), 0);
	assert_int_equal(fss__manifest_finish(m), 0);
	assert_int_equal(fss__manifest_take(m, &id, &w->node, &w->node_len),
	    1);
	fss__manifest_root(m, &w->root, &depth, &total);
	assert_int_equal(depth, 1);
	fss__manifest_free(m);
}

/* ---- the hub ---------------------------------------------------------- */

static void
on_stat(struct world *w, struct script_hub *h, const struct script_req *q)
{
	struct fss__m_entry_list m;
	struct fss__m_entry e;
	struct fss__buf b;

	memset(&m, 0, sizeof(m));
	memset(&e, 0, sizeof(e));
	fss__buf_init(&b, FSS__MAX_HEADER);
	e.has = FSS__K_entry_kind | FSS__K_entry_rights;
	e.kind = w->is_dir ? FSS_KIND_DIR : FSS_KIND_FILE;
	e.rights = FSS_RIGHT_SEE | FSS_RIGHT_READ;
	if (!w->is_dir) {
		e.has |= FSS__K_entry_size | FSS__K_entry_root |
		    FSS__K_entry_depth | FSS__K_entry_version;
		e.size = CHUNKS * w->chunk;
		e.root.p = w->root.b;
		e.root.n = sizeof(w->root.b);
		e.depth = 1;
		e.version = 77;
	}
	script_hub_row(&b, &m.entries, &fss__r_entry, &e);
	script_hub_answer(h, q, &m, NULL);
	fss__buf_release(&b);
}

/* A page that says there is more. */
static void
on_list(struct world *w, struct script_hub *h, const struct script_req *q)
{
	struct fss__m_entry_list m;
	struct fss__m_entry e;
	struct fss__buf b;
	uint8_t cursor[4];

	memset(&m, 0, sizeof(m));
	memset(&e, 0, sizeof(e));
	fss__buf_init(&b, FSS__MAX_HEADER);
	w->lists++;
	assert_true(w->lists <= FSS__EMPTY_PAGES + 1);
	fss__put_le32(cursor, w->page == SAME ? 7 : w->lists);
	m.has = FSS__K_entry_list_cursor;
	m.cursor.p = cursor;
	m.cursor.n = sizeof(cursor);
	if (w->page == LONG_ENOUGH && w->lists > FSS__EMPTY_PAGES)
		m.has = m.cursor.n = 0;
	e.has = FSS__K_entry_path | FSS__K_entry_kind;
	e.path = fss__slice_str("sub");
	e.kind = FSS_KIND_DIR;
	if (w->page == SAME)
		script_hub_row(&b, &m.entries, &fss__r_entry, &e);
	script_hub_answer(h, q, &m, NULL);
	fss__buf_release(&b);
}

static void
on_get(struct world *w, struct script_hub *h, const struct script_req *q)
{
	uint8_t lens[(CHUNKS + 1) * 4];
	struct fss__frame *payload;
	struct fss__m_node_run run;
	struct fss__m_get_item it;
	struct fss__m_nodes ans;
	struct fss__buf b, bytes;
	struct fss__m_get m;
	unsigned i;

	script_hub_fields(q, &m);
	memset(&ans, 0, sizeof(ans));
	fss__buf_init(&b, FSS__MAX_HEADER);
	fss__buf_init(&bytes, (size_t)FSS__MAX_PAYLOAD);
	w->gets++;
	while (fss__list_next(&m.items, &fss__r_get_item, &it) == 1) {
		bool more = it.level == 1 ? w->harm == MORE_PAGE :
		    w->harm == MORE_BYTES;
		unsigned n = (unsigned)it.count;

		memset(&run, 0, sizeof(run));
		run.has = FSS__K_node_run_lens;
		run.lens.p = lens;
		assert_in_range(n, 1, CHUNKS);
		if (it.level == 0) {
			w->asked += n;
			n += w->harm == MORE_NODES;
		}
		run.lens.n = (size_t)n * 4;
		for (i = 0; i < n; i++) {
			size_t len = it.level == 1 ? w->node_len : w->chunk;

			fss__put_le32(lens + (size_t)i * 4, (uint32_t)len);
			assert_int_equal(fss__buf_append(&bytes,
			    it.level == 1 ? w->node : w->data, len), 0);
		}
		script_hub_row(&b, &ans.runs, &fss__r_node_run, &run);
		/* Nobody is told of these. */
		if (more)
			assert_int_equal(fss__buf_append(&bytes, "surplus",
			    7), 0);
	}
	payload = fss__frame_new(bytes.len);
	assert_non_null(payload);
	memcpy(payload->data, bytes.data, bytes.len);
	script_hub_answer(h, q, &ans, payload);
	fss__buf_release(&b);
	fss__buf_release(&bytes);
}

static void
serve(void *ctx, struct script_hub *h, const struct script_req *q)
{
	struct fss__m_empty m;

	switch (q->type) {
	case FSS__MSG_STAT:
		on_stat(ctx, h, q);
		break;
	case FSS__MSG_LIST:
		on_list(ctx, h, q);
		break;
	case FSS__MSG_GET:
		on_get(ctx, h, q);
		break;
	default:
		assert_int_equal(q->type, FSS__MSG_PING);
		memset(&m, 0, sizeof(m));
		script_hub_answer(h, q, &m, NULL);
		break;
	}
}

/* ---- the tests -------------------------------------------------------- */

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	folder_new(w->dir);
	folder_path(w->to, w->dir, "to");
	w->hub = script_hub_new(serve, w);
	w->c = script_hub_client(w->hub);
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
	fss__free(w->node);
	free(w->data);
	free(w);
	return 0;
}

static int
end_of(struct world *w, fss_op op)
{
	const fss_event *ev;

	do
		script_hub_next(w->hub, w->c, &ev);
	while (fss_event_op(ev) != op || fss_event_type(ev) !=
	    FSS_EVENT_DONE);
	return fss_event_error(ev);
}

static int
list(struct world *w, enum page page, uint32_t flags)
{
	fss_op op;

	w->page = page;
	w->lists = 0;
	assert_int_equal(fss_client_list(w->c, ":/", flags, NULL, &op), 0);
	return end_of(w, op);
}

static int
download(struct world *w, uint32_t flags)
{
	fss_op op;

	w->lists = w->gets = 0;
	assert_int_equal(fss_client_download(w->c, ":/d", 0, w->to, flags, NULL,
	    &op), 0);
	return end_of(w, op);
}

/* Pages without rows are honest, for a while. */
static void
test_list(void **state)
{
	struct world *w = *state;

	assert_int_equal(list(w, LONG_ENOUGH, 0), 0);
	assert_int_equal(w->lists, FSS__EMPTY_PAGES + 1);
	assert_int_equal(list(w, ENDLESS, 0), FSS_EPROTO);
	assert_int_equal(w->lists, FSS__EMPTY_PAGES + 1);
	assert_int_equal(list(w, SAME, 0), FSS_EPROTO);
	assert_int_equal(w->lists, 2);
	/* Folders are gone into first: as deep as a path may be. */
	assert_int_equal(list(w, SAME, FSS_LIST_RECURSIVE), FSS_EPATH);
	assert_int_equal(w->lists, FSS_LIMIT_DEPTH + 1);
}

static void
test_download_list(void **state)
{
	struct world *w = *state;

	w->is_dir = true;
	w->page = LONG_ENOUGH;
	assert_int_equal(download(w, FSS_COPY_RECURSIVE), 0);
	assert_int_equal(w->lists, FSS__EMPTY_PAGES + 1);
	w->page = ENDLESS;
	assert_int_equal(download(w, FSS_COPY_RECURSIVE), FSS_EPROTO);
	assert_int_equal(w->lists, FSS__EMPTY_PAGES + 1);
	w->page = SAME;
	assert_int_equal(download(w, FSS_COPY_RECURSIVE), FSS_EPROTO);
	assert_in_range(w->lists, 2, 64);
}

/* Reads the file to its end; *ret_n: how much of it came. */
static int
read_all(struct world *w, size_t *ret_n)
{
	const fss_event *ev;
	uint8_t buf[4096];
	size_t got;
	fss_op op;

	w->gets = w->asked = 0;
	*ret_n = 0;
	assert_int_equal(fss_client_read(w->c, ":/d", 0, 0, UINT64_MAX, NULL,
	    &op), 0);
	for (;;) {
		script_hub_next(w->hub, w->c, &ev);
		if (fss_event_type(ev) == FSS_EVENT_DONE)
			return fss_event_error(ev);
		if (fss_event_type(ev) != FSS_EVENT_READABLE)
			continue;
		while (fss_op_read(w->c, op, buf, sizeof(buf), &got) == 0 &&
		    got > 0) {
			assert_memory_equal(buf, w->data + *ret_n, got);
			*ret_n += got;
		}
	}
}

/* More than was asked for, in each place, is no answer. */
static void
test_surplus(void **state)
{
	static const enum harm harms[] = { MORE_BYTES, MORE_PAGE,
	    MORE_NODES };
	static const char *const names[] = { "1", "2", "3" };
	struct world *w = *state;
	size_t i, n;

	make_file(w, 100);
	for (i = 0; i < sizeof(harms) / sizeof(harms[0]); i++) {
		w->harm = harms[i];
		assert_int_equal(read_all(w, &n), FSS_EPROTO);
		assert_int_equal(n, 0);
		assert_in_range(w->gets, 1, CHUNKS);
		/* What was whole before may be in its place. */
		folder_path(w->to, w->dir, names[i]);
		assert_int_equal(download(w, 0), FSS_EPROTO);
		assert_in_range(w->gets, 1, CHUNKS);
	}
	w->harm = NO_HARM;
	folder_path(w->to, w->dir, "whole");
	assert_int_equal(read_all(w, &n), 0);
	assert_int_equal(n, CHUNKS * w->chunk);
	assert_int_equal(download(w, 0), 0);
}

/* Chunks of one byte cost more than they hold: few are asked for ahead. */
static void
test_tiny(void **state)
{
	struct world *w = *state;
	fss_op op;
	size_t n;
	int i;

	make_file(w, 1);
	assert_int_equal(fss_client_read(w->c, ":/d", 0, 0, UINT64_MAX, NULL,
	    &op), 0);
	/* Nobody reads: whatever it asks ahead it has asked for by then. */
	for (i = 0; i < 64; i++) {
		const fss_event *ev;
		fss_op ping;

		assert_int_equal(fss_client_ping(w->c, NULL, &ping), 0);
		do
			script_hub_next(w->hub, w->c, &ev);
		while (fss_event_op(ev) != ping);
	}
	assert_in_range(w->asked, 1, CHUNKS / 2);
	assert_in_range(w->asked, 1, WINDOW / COST);
	assert_int_equal(fss_op_cancel(w->c, op), 0);
	assert_int_equal(end_of(w, op), FSS_ECANCELED);
	/* Who does read gets all of it. */
	assert_int_equal(read_all(w, &n), 0);
	assert_int_equal(n, CHUNKS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_list, setup, teardown),
		cmocka_unit_test_setup_teardown(test_download_list, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_surplus, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tiny, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
