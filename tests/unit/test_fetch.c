/*
 * A download that asks and waits, against a hub that says each state in turn
 * and has the content bit by bit.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fss/fss.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/io.h"
#include "base/num.h"
#include "chunk/manifest.h"
#include "folder.h"
#include "rng.h"
#include "script_hub.h"

#define CHUNK	((size_t)100000)
#define CHUNKS	8
#define SIZE	(CHUNK * CHUNKS)

struct world {
	struct script_hub *hub;
	fss_client	*c;
	char		 dir[FOLDER_PATH], file[FOLDER_PATH];
	uint8_t		*data;
	struct fss__id	 root;
	uint8_t		*page;
	size_t		 page_len;
	/* how things are at the hub */
	bool		 readable, there;
	int		 state;
	uint64_t	 change;
	unsigned	 here;		/* chunks */
	int		 asks, gets, refused;
	bool		 stepwise;	/* each refusal brings a chunk */
	int		 late;		/* what it is only after all came; 0 */
	bool		 untold;	/* of a change, by news */
	struct script_req parked;
	bool		 is_parked;
	uint64_t	 last;
};

static void
make_content(struct world *w)
{
	struct rng rng = { 9 };
	struct fss__manifest *m;
	struct fss__id id;
	uint64_t size;
	unsigned i, depth;

	w->data = malloc(SIZE);
	assert_non_null(w->data);
	rng_fill(&rng, w->data, SIZE);
	assert_int_equal(fss__manifest_new(FSS__ALG_SHA256, &m), 0);
	for (i = 0; i < CHUNKS; i++) {
		assert_int_equal(fss__digest(FSS__KIND_DATA |
		    FSS__ALG_SHA256, w->data + i * CHUNK, CHUNK, &id), 0);
		assert_int_equal(fss__manifest_add(m, &id, CHUNK), 0);
	}
	assert_int_equal(fss__manifest_finish(m), 0);
	assert_int_equal(fss__manifest_take(m, &id, &w->page, &w->page_len),
	    1);
	fss__manifest_root(m, &w->root, &depth, &size);
	assert_int_equal(depth, 1);
	fss__manifest_free(m);
}

/* ---- the hub ---------------------------------------------------------- */

static void
tell(struct world *w, int kind)
{
	struct fss__m_event_list m;
	struct fss__m_event ev;
	struct fss__buf b;

	if (!w->is_parked)
		return;
	memset(&m, 0, sizeof(m));
	memset(&ev, 0, sizeof(ev));
	fss__buf_init(&b, FSS__MAX_HEADER);
	m.epoch = 1;
	m.last = ++w->last;
	ev.has = FSS__K_event_request | FSS__K_event_change;
	ev.seq = w->last;
	ev.kind = (uint64_t)kind;
	ev.request = 9;
	ev.change = w->change;
	if (kind != 0)
		script_hub_row(&b, &m.events, &fss__r_event, &ev);
	w->is_parked = false;
	script_hub_answer(w->hub, &w->parked, &m, NULL);
	fss__buf_release(&b);
}

static void
becomes(struct world *w, int state)
{
	w->state = state;
	w->change++;
	w->untold = !w->is_parked;
	tell(w, FSS_NEWS_REQUEST);
}

static void
fill_request(const struct world *w, struct fss__m_request *m)
{
	memset(m, 0, sizeof(*m));
	m->has = FSS__K_request_id | FSS__K_request_state |
	    FSS__K_request_change | FSS__K_request_number |
	    FSS__K_request_kind | FSS__K_request_detail;
	m->id = 9;
	m->kind = FSS_REQUEST_GET;
	m->state = (uint64_t)w->state;
	m->change = w->change;
	m->number = 1;
	m->detail = fss__slice_str("so it is");
}

static void
on_stat(struct world *w, struct script_hub *h, const struct script_req *q)
{
	struct fss__m_entry_list m;
	struct fss__m_entry e;
	struct fss__buf b;

	memset(&m, 0, sizeof(m));
	memset(&e, 0, sizeof(e));
	fss__buf_init(&b, FSS__MAX_HEADER);
	e.has = FSS__K_entry_status | FSS__K_entry_kind | FSS__K_entry_size |
	    FSS__K_entry_root | FSS__K_entry_depth | FSS__K_entry_version |
	    FSS__K_entry_rights | FSS__K_entry_state;
	e.status = w->there ? 0 : (uint64_t)-FSS_ENOENT;
	e.kind = FSS_KIND_FILE;
	e.size = SIZE;
	e.root.p = w->root.b;
	e.root.n = sizeof(w->root.b);
	e.depth = 1;
	e.version = 77;
	e.rights = FSS_RIGHT_SEE | (w->readable ? FSS_RIGHT_READ : 0);
	e.state = w->readable ? FSS_STATE_STORED : FSS_STATE_ANNOUNCED;
	script_hub_row(&b, &m.entries, &fss__r_entry, &e);
	script_hub_answer(h, q, &m, NULL);
	fss__buf_release(&b);
}

/* One item: what is here of it, else FSS_EAGAIN. */
static void
on_get(struct world *w, struct script_hub *h, const struct script_req *q)
{
	uint8_t lens[CHUNKS * 4];
	struct fss__frame *payload;
	struct fss__m_node_run run;
	struct fss__m_get_item it;
	struct fss__m_nodes ans;
	struct fss__m_get m;
	struct fss__buf b, bytes;
	unsigned first, n;

	script_hub_fields(q, &m);
	memset(&ans, 0, sizeof(ans));
	fss__buf_init(&b, FSS__MAX_HEADER);
	fss__buf_init(&bytes, (size_t)FSS__MAX_PAYLOAD);
	w->gets++;
	while (fss__list_next(&m.items, &fss__r_get_item, &it) == 1) {
		assert_int_equal(it.version, 77);
		memset(&run, 0, sizeof(run));
		run.has = FSS__K_node_run_status | FSS__K_node_run_lens;
		run.lens.p = lens;
		first = (unsigned)(it.offset / CHUNK);
		if (it.level == 1) {
			fss__put_le32(lens, (uint32_t)w->page_len);
			run.lens.n = 4;
			assert_int_equal(fss__buf_append(&bytes, w->page,
			    w->page_len), 0);
		} else {
			for (n = 0; n < it.count && first + n < w->here; n++)
				fss__put_le32(lens + n * 4, (uint32_t)CHUNK);
			run.lens.n = n * 4;
			assert_int_equal(fss__buf_append(&bytes, w->data +
			    first * CHUNK, n * CHUNK), 0);
			if (n < it.count) {
				run.status = (uint64_t)-FSS_EAGAIN;
				w->refused++;
			}
		}
		script_hub_row(&b, &ans.runs, &fss__r_node_run, &run);
	}
	payload = fss__frame_new(bytes.len);
	assert_non_null(payload);
	if (bytes.len > 0)
		memcpy(payload->data, bytes.data, bytes.len);
	script_hub_answer(h, q, &ans, payload);
	fss__buf_release(&b);
	fss__buf_release(&bytes);
	if (w->stepwise && w->refused > 0 && w->here < CHUNKS) {
		w->here++;
		tell(w, FSS_NEWS_PROGRESS);
		if (w->here == CHUNKS && w->late == 0)
			becomes(w, FSS_REQUEST_FULFILLED);
	}
}

static void
serve(void *ctx, struct script_hub *h, const struct script_req *q)
{
	struct world *w = ctx;
	struct fss__m_request_list list;
	struct fss__m_request row;
	struct fss__m_events ev;
	struct fss__m_ask ask;
	struct fss__buf b;

	switch (q->type) {
	case FSS__MSG_STAT:
		on_stat(w, h, q);
		break;
	case FSS__MSG_EVENTS:
		script_hub_fields(q, &ev);
		w->parked = *q;
		w->is_parked = true;
		if (!ev.wait || w->untold)
			tell(w, w->untold ? FSS_NEWS_REQUEST : 0);
		w->untold = false;
		break;
	case FSS__MSG_ASK:
		script_hub_fields(q, &ask);
		assert_true(fss__slice_eq(ask.text, fss__slice_str("please")));
		w->asks++;
		fill_request(w, &row);
		script_hub_answer(h, q, &row, NULL);
		break;
	case FSS__MSG_REQUESTS:
		memset(&list, 0, sizeof(list));
		fss__buf_init(&b, FSS__MAX_HEADER);
		fill_request(w, &row);
		script_hub_row(&b, &list.requests, &fss__r_request, &row);
		script_hub_answer(h, q, &list, NULL);
		fss__buf_release(&b);
		/* It has all there is: who looks now looks for the state. */
		if (w->late != 0 && w->here == CHUNKS) {
			becomes(w, w->late);
			w->late = 0;
		}
		break;
	case FSS__MSG_GET:
		on_get(w, h, q);
		break;
	default:
		fail_msg("asked %s", fss__message_name(q->type));
	}
}

/* ---- the tests -------------------------------------------------------- */

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	folder_new(w->dir);
	folder_path(w->file, w->dir, "f");
	make_content(w);
	w->there = true;
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
	fss__free(w->page);
	free(w->data);
	free(w);
	return 0;
}

static fss_op
fetch(struct world *w)
{
	fss_op op;

	assert_int_equal(fss_client_fetch(w->c, "bob:/f", "please", w->file,
	    0, NULL, &op), 0);
	return op;
}

static const fss_event *
next(struct world *w)
{
	const fss_event *ev;

	do
		script_hub_next(w->hub, w->c, &ev);
	while (fss_event_type(ev) == FSS_EVENT_STATE ||
	    fss_event_type(ev) == FSS_EVENT_PROGRESS ||
	    fss_event_type(ev) == FSS_EVENT_ITEM);
	return ev;
}

/* Until the hub can tell news, and the state told is @state. */
static void
until_told(struct world *w, int state)
{
	const fss_event *ev = next(w);
	fss_op op;

	assert_int_equal(fss_event_type(ev), FSS_EVENT_NEWS);
	assert_int_equal(fss_row_int(fss_event_row(ev, 0),
	    FSS_FIELD_REQUEST_STATE), state);
	while (!w->is_parked) {
		assert_int_equal(fss_client_ping(w->c, NULL, &op), 0);
		assert_true(fss_event_op(next(w)) == op);
	}
}

static void
expect_file(const struct world *w)
{
	uint8_t *got;
	size_t n;

	assert_int_equal(fss__io_read_file(w->file, SIZE + 1, &got, &n), 0);
	assert_int_equal(n, SIZE);
	assert_memory_equal(got, w->data, SIZE);
	fss__free(got);
}

static void
test_follows(void **state)
{
	struct world *w = *state;
	const fss_event *ev;
	fss_op op = fetch(w);

	until_told(w, FSS_REQUEST_OPEN);
	becomes(w, FSS_REQUEST_APPROVED);
	until_told(w, FSS_REQUEST_APPROVED);
	assert_int_equal(w->gets, 0);
	w->here = 2;
	w->stepwise = true;
	becomes(w, FSS_REQUEST_TRANSFERRING);
	do
		ev = next(w);
	while (fss_event_type(ev) == FSS_EVENT_NEWS);
	assert_int_equal(fss_event_type(ev), FSS_EVENT_DONE);
	assert_true(fss_event_op(ev) == op);
	assert_int_equal(fss_event_error(ev), 0);
	assert_int_equal(fss_event_count(ev, FSS_COUNT_BYTES_DONE), SIZE);
	/* Each byte crossed the wire once. */
	assert_int_equal(fss_event_count(ev, FSS_COUNT_WIRE_BYTES), SIZE);
	assert_int_equal(w->asks, 1);
	assert_true(w->refused > 0);
	expect_file(w);
}

/* The hub is late to say what became of it: DONE comes after that. */
static void
late(struct world *w, int state)
{
	const fss_event *ev;
	fss_op op = fetch(w);
	int told = 0;

	until_told(w, FSS_REQUEST_OPEN);
	w->here = 2;
	w->stepwise = true;
	w->late = state;
	becomes(w, FSS_REQUEST_TRANSFERRING);
	while (ev = next(w), fss_event_type(ev) == FSS_EVENT_NEWS)
		told = (int)fss_row_int(fss_event_row(ev, 0),
		    FSS_FIELD_REQUEST_STATE);
	assert_int_equal(fss_event_type(ev), FSS_EVENT_DONE);
	assert_true(fss_event_op(ev) == op);
	assert_int_equal(fss_event_error(ev), 0);
	assert_int_equal(fss_event_count(ev, FSS_COUNT_BYTES_DONE), SIZE);
	assert_int_equal(told, state);
	expect_file(w);
}

static void
test_fulfilled_first(void **state)
{
	late(*state, FSS_REQUEST_FULFILLED);
}

/* Who sent it left before saying so: what is here is here. */
static void
test_sender_left(void **state)
{
	late(*state, FSS_REQUEST_APPROVED);
}

/* What can be read is not asked for. */
static void
test_readable(void **state)
{
	struct world *w = *state;
	const fss_event *ev;

	w->readable = true;
	w->here = CHUNKS;
	(void)fetch(w);
	ev = next(w);
	assert_int_equal(fss_event_type(ev), FSS_EVENT_DONE);
	assert_int_equal(fss_event_error(ev), 0);
	assert_int_equal(w->asks, 0);
	expect_file(w);
}

static void
test_ends(void **state)
{
	static const int ends[][2] = {
		{ FSS_REQUEST_DENIED, FSS_EDENIED },
		{ FSS_REQUEST_CANCELLED, FSS_ECANCELED },
		{ FSS_REQUEST_EXPIRED, FSS_ETIMEDOUT },
		{ FSS_REQUEST_FAILED, FSS_ENOENT }
	};
	struct world *w = *state;
	const fss_event *ev;
	unsigned i;

	for (i = 0; i < 4; i++) {
		w->state = FSS_REQUEST_OPEN;
		(void)fetch(w);
		until_told(w, FSS_REQUEST_OPEN);
		becomes(w, ends[i][0]);
		ev = next(w);
		assert_int_equal(fss_event_type(ev), FSS_EVENT_NEWS);
		ev = next(w);
		assert_int_equal(fss_event_type(ev), FSS_EVENT_DONE);
		assert_int_equal(fss_event_error(ev), ends[i][1]);
		assert_non_null(strstr(fss_event_detail(ev), "so it is"));
	}
	w->there = false;
	(void)fetch(w);
	ev = next(w);
	assert_int_equal(fss_event_error(ev), FSS_ENOENT);
}

/* Cancelled half-way: the download goes with it; later it goes on. */
static void
test_cancel(void **state)
{
	struct world *w = *state;
	const fss_event *ev;
	fss_op op = fetch(w);

	until_told(w, FSS_REQUEST_OPEN);
	w->here = 3;
	becomes(w, FSS_REQUEST_TRANSFERRING);
	until_told(w, FSS_REQUEST_TRANSFERRING);
	do
		script_hub_next(w->hub, w->c, &ev);
	while (fss_event_type(ev) != FSS_EVENT_PROGRESS ||
	    fss_event_count(ev, FSS_COUNT_BYTES_DONE) < 3 * CHUNK);
	assert_int_equal(fss_op_cancel(w->c, op), 0);
	ev = next(w);
	assert_int_equal(fss_event_type(ev), FSS_EVENT_DONE);
	assert_int_equal(fss_event_error(ev), FSS_ECANCELED);
	w->here = CHUNKS;
	w->readable = true;
	(void)fetch(w);
	do
		ev = next(w);
	while (fss_event_type(ev) == FSS_EVENT_NEWS);
	assert_int_equal(fss_event_error(ev), 0);
	assert_in_range(fss_event_count(ev, FSS_COUNT_WIRE_BYTES), 1,
	    SIZE - 1);
	expect_file(w);
}

static void
test_arguments(void **state)
{
	struct world *w = *state;
	fss_op op;

	assert_int_equal(fss_client_fetch(w->c, "f", NULL, w->file, 0, NULL,
	    &op), FSS_EINVAL);
	assert_int_equal(fss_client_fetch(w->c, ":/f", "", w->file, 0, NULL,
	    &op), FSS_EINVAL);
	assert_int_equal(fss_client_fetch(w->c, ":/f", NULL, "", 0, NULL,
	    &op), FSS_EINVAL);
	assert_int_equal(fss_client_fetch(w->c, ":/f", NULL, w->file,
	    FSS_COPY_RECURSIVE, NULL, &op), FSS_EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_follows, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fulfilled_first, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_sender_left, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_readable, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_ends, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cancel, setup, teardown),
		cmocka_unit_test_setup_teardown(test_arguments, setup,
		    teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
