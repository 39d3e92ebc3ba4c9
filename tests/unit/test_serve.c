/*
 * The agent's engine against a hub that waits for one file: what it sends is
 * the announced content, whole and verified, or nothing.
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
#include "base/num.h"
#include "chunk/manifest.h"
#include "folder.h"
#include "rng.h"
#include "script_hub.h"
#include "store/localidx.h"

#define CHUNKS	256
#define SIZE	((size_t)24000000)	/* more than is read ahead */

struct world {
	struct script_hub *hub;
	fss_client	*c;
	char		 dir[FOLDER_PATH], top[FOLDER_PATH], in[FOLDER_PATH];
	char		 file[FOLDER_PATH];
	uint8_t		*data;		/* as announced */
	/* what the hub knows */
	uint8_t		 root[FSS__ID_BYTES];
	unsigned	 depth;
	uint64_t	 size;
	bool		 served;
	int		 status;	/* of SERVED */
	unsigned	 announced, plans, agents, seq;
	uint8_t		*got;
	size_t		 got_len;
	uint8_t		 wanted[CHUNKS][FSS__ID_BYTES];	/* by the plan */
	unsigned	 chunks, next;
	bool		 change_now;	/* the file, at the first PUT */
	bool		 drop_now;	/* the session, likewise */
	bool		 write_now;	/* into the file, likewise */
	/* an upload that was asked for */
	bool		 may_upload;
	uint64_t	 asked_size;
	int		 request_state;
	unsigned	 commits;
};

static void
write_file(const struct world *w, const uint8_t *data)
{
	assert_int_equal(fss__io_write_file(w->file, data, SIZE, 0644), 0);
}

static void
answer_empty(struct script_hub *h, const struct script_req *q)
{
	union {
		struct fss__m_empty empty;
		struct fss__m_put_done put;
	} m;

	memset(&m, 0, sizeof(m));
	m.put.has = q->type == FSS__MSG_PUT || q->type == FSS__MSG_PLAN ?
	    FSS__K_put_done_accepted | FSS__K_put_done_credit : 0;
	m.put.credit = 1 << 20;
	script_hub_answer(h, q, &m, NULL);
}

static void
on_announce(struct world *w, struct script_hub *h, const struct script_req *q)
{
	struct fss__m_announce m;
	struct fss__m_commit_item item;
	struct fss__m_entry_list ans;
	struct fss__m_entry e;
	struct fss__buf b;

	script_hub_fields(q, &m);
	assert_int_equal(fss__list_next(&m.items, &fss__r_commit_item, &item),
	    1);
	w->announced++;
	memcpy(w->root, item.root.p, sizeof(w->root));
	w->depth = (unsigned)item.depth;
	w->size = item.size;
	memset(&ans, 0, sizeof(ans));
	memset(&e, 0, sizeof(e));
	fss__buf_init(&b, FSS__MAX_HEADER);
	script_hub_row(&b, &ans.entries, &fss__r_entry, &e);
	script_hub_answer(h, q, &ans, NULL);
	fss__buf_release(&b);
}

static void
on_events(struct script_hub *h, const struct script_req *q)
{
	struct fss__m_event_list ans;
	struct fss__m_events m;

	script_hub_fields(q, &m);
	if (m.wait)
		return;			/* nothing ever happens */
	memset(&ans, 0, sizeof(ans));
	ans.epoch = 1;
	script_hub_answer(h, q, &ans, NULL);
}

static void
on_work(struct world *w, struct script_hub *h, const struct script_req *q)
{
	struct fss__m_work_list ans;
	struct fss__m_work_row row;
	struct fss__buf b;

	memset(&ans, 0, sizeof(ans));
	memset(&row, 0, sizeof(row));
	fss__buf_init(&b, FSS__MAX_HEADER);
	row.has = FSS__K_work_row_root | FSS__K_work_row_depth |
	    FSS__K_work_row_size;
	row.transfer = 3;
	row.path = fss__slice_str("/m/in/f");
	row.root.p = w->root;
	row.root.n = sizeof(w->root);
	row.depth = w->depth;
	row.size = w->size;
	if (!w->served)
		script_hub_row(&b, &ans.work, &fss__r_work_row, &row);
	script_hub_answer(h, q, &ans, NULL);
	fss__buf_release(&b);
}

static void
on_plan(struct world *w, struct script_hub *h, const struct script_req *q)
{
	struct fss__page view;
	struct fss__m_plan m;
	struct fss__id id;
	uint64_t span;

	script_hub_fields(q, &m);
	assert_int_equal(m.transfer, 3);
	/* One page: the root, by which the chunks are known. */
	assert_int_equal(m.ids.n, FSS__ID_BYTES);
	assert_memory_equal(m.ids.p, w->root, FSS__ID_BYTES);
	memcpy(id.b, w->root, sizeof(id.b));
	assert_int_equal(fss__digest_verify(&id, q->payload->data,
	    q->payload->len), 0);
	assert_int_equal(fss__page_decode(q->payload->data, q->payload->len,
	    &view), 0);
	assert_in_range(view.count, 2, CHUNKS);
	for (w->chunks = 0; w->chunks < view.count; w->chunks++) {
		fss__page_child(&view, w->chunks, &id, &span);
		memcpy(w->wanted[w->chunks], id.b, sizeof(id.b));
	}
	w->plans++;
	answer_empty(h, q);
}

static void
on_wanted(struct world *w, struct script_hub *h, const struct script_req *q)
{
	struct fss__m_wanted_list ans;
	struct fss__m_wanted_run run;
	struct fss__m_wanted m;
	struct fss__buf b;

	script_hub_fields(q, &m);
	memset(&ans, 0, sizeof(ans));
	memset(&run, 0, sizeof(run));
	fss__buf_init(&b, FSS__MAX_HEADER);
	run.offset = w->got_len;
	run.len = w->size - w->got_len;
	if (run.len > 0)
		script_hub_row(&b, &ans.runs, &fss__r_wanted_run, &run);
	script_hub_answer(h, q, &ans, NULL);
	fss__buf_release(&b);
}

static void
on_put(struct world *w, struct script_hub *h, const struct script_req *q)
{
	const uint8_t *ids, *lens, *p = q->payload->data;
	struct fss__m_put m;
	struct fss__id id;
	size_t i, len;

	script_hub_fields(q, &m);
	assert_int_equal(m.transfer, 3);
	ids = m.ids.p;
	lens = m.lens.p;
	assert_true(q->payload->len <= FSS__MAX_CHUNK);
	for (i = 0; i < m.ids.n / FSS__ID_BYTES; i++) {
		len = fss__get_le32(lens + i * 4);
		memcpy(id.b, ids + i * FSS__ID_BYTES, sizeof(id.b));
		/* Just what the plan says comes next. */
		assert_memory_equal(id.b, w->wanted[w->next], sizeof(id.b));
		assert_int_equal(fss__digest_verify(&id, p, len), 0);
		memcpy(w->got + w->got_len, p, len);
		w->got_len += len;
		w->next++;
		p += len;
	}
	if (w->change_now) {
		w->change_now = false;
		w->data[SIZE - 1] ^= 1;
		write_file(w, w->data);
	}
	if (w->write_now) {
		w->write_now = false;
		folder_flip(w->in, "f", SIZE - 1, 1);
	}
	if (w->drop_now) {
		w->drop_now = false;
		script_hub_restart(h);
		script_hub_error(h, q, FSS_ESESSION);
		return;
	}
	answer_empty(h, q);
}

static void
fill_request(const struct world *w, struct fss__m_request *m)
{
	memset(m, 0, sizeof(*m));
	m->has = FSS__K_request_id | FSS__K_request_kind |
	    FSS__K_request_state | FSS__K_request_owner |
	    FSS__K_request_path;
	m->id = 9;
	m->kind = FSS_REQUEST_UPLOAD;
	m->state = (uint64_t)w->request_state;
	m->owner = fss__slice_str("bob");
	m->path = fss__slice_str("/in");
}

/* Nothing is there, and the hub has all content. */
static void
on_upload(struct world *w, struct script_hub *h, const struct script_req *q)
{
	uint8_t none[FSS__MAX_HAVE_IDS / 8] = { 0 };
	struct fss__m_entry_list entries;
	struct fss__m_request_list list;
	struct fss__m_request row;
	struct fss__m_missing missing;
	struct fss__m_commit commit;
	struct fss__m_entry e;
	struct fss__m_have have;
	struct fss__m_ask ask;
	struct fss__buf b;

	assert_true(w->may_upload);
	fss__buf_init(&b, FSS__MAX_HEADER);
	memset(&entries, 0, sizeof(entries));
	memset(&list, 0, sizeof(list));
	memset(&e, 0, sizeof(e));
	fill_request(w, &row);
	switch (q->type) {
	case FSS__MSG_ASK:
		script_hub_fields(q, &ask);
		w->asked_size = ask.size;
		script_hub_answer(h, q, &row, NULL);
		break;
	case FSS__MSG_REQUESTS:
		script_hub_row(&b, &list.requests, &fss__r_request, &row);
		script_hub_answer(h, q, &list, NULL);
		break;
	case FSS__MSG_STAT:
		e.has = FSS__K_entry_status;
		e.status = (uint64_t)-FSS_ENOENT;
		script_hub_row(&b, &entries.entries, &fss__r_entry, &e);
		script_hub_answer(h, q, &entries, NULL);
		break;
	case FSS__MSG_HAVE:
		script_hub_fields(q, &have);
		missing.has = 0;
		missing.count = have.ids.n / FSS__ID_BYTES;
		missing.bitmap.p = none;
		missing.bitmap.n = (size_t)(missing.count + 7) / 8;
		script_hub_answer(h, q, &missing, NULL);
		break;
	default:
		assert_int_equal(q->type, FSS__MSG_COMMIT);
		script_hub_fields(q, &commit);
		assert_int_equal(commit.request, 9);
		assert_true(fss__slice_eq(commit.owner,
		    fss__slice_str("bob")));
		w->commits++;
		script_hub_row(&b, &entries.entries, &fss__r_entry, &e);
		script_hub_answer(h, q, &entries, NULL);
		break;
	}
	fss__buf_release(&b);
}

static void
serve(void *ctx, struct script_hub *h, const struct script_req *q)
{
	struct world *w = ctx;
	struct fss__m_serve_terms terms;
	struct fss__m_presence present;
	struct fss__m_served served;

	switch (q->type) {
	case FSS__MSG_ANNOUNCE:
		on_announce(w, h, q);
		break;
	case FSS__MSG_PRESENCE:
		script_hub_fields(q, &present);
		assert_true(present.agent);
		w->agents++;
		answer_empty(h, q);
		break;
	case FSS__MSG_EVENTS:
		on_events(h, q);
		break;
	case FSS__MSG_WORK:
		on_work(w, h, q);
		break;
	case FSS__MSG_SERVE:
		memset(&terms, 0, sizeof(terms));
		terms.lease_ms = 30000;
		terms.has = FSS__K_serve_terms_planned;
		terms.planned = w->plans > 0;
		script_hub_answer(h, q, &terms, NULL);
		break;
	case FSS__MSG_PLAN:
		on_plan(w, h, q);
		break;
	case FSS__MSG_WANTED:
		on_wanted(w, h, q);
		break;
	case FSS__MSG_PUT:
		if (w->may_upload)
			answer_empty(h, q);	/* a page of its manifest */
		else
			on_put(w, h, q);
		break;
	case FSS__MSG_SERVED:
		script_hub_fields(q, &served);
		w->served = true;
		w->status = -(int)served.status;
		answer_empty(h, q);
		break;
	default:
		on_upload(w, h, q);
		break;
	}
}

static const fss_event *
end_of(struct world *w, fss_op op, int *ret_item)
{
	const fss_event *ev;

	do {
		script_hub_next(w->hub, w->c, &ev);
		if (fss_event_type(ev) == FSS_EVENT_ITEM && ret_item != NULL)
			*ret_item = fss_event_error(ev);
	} while (fss_event_op(ev) != op || fss_event_type(ev) !=
	    FSS_EVENT_DONE);
	return ev;
}

/* What of it was as the index has it. */
static uint64_t
announce(struct world *w)
{
	const fss_event *ev;
	fss_op op;

	assert_int_equal(fss_client_announce(w->c, w->top, ":/m",
	    FSS_COPY_RECURSIVE, NULL, &op), 0);
	ev = end_of(w, op, NULL);
	assert_int_equal(fss_event_error(ev), 0);
	return fss_event_count(ev, FSS_COUNT_UNCHANGED);
}

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	char index[FOLDER_PATH];
	struct rng rng = { 5 };

	folder_new(w->dir);
	folder_path(w->top, w->dir, "top");
	folder_path(w->in, w->top, "in");
	folder_path(w->file, w->in, "f");
	assert_int_equal(mkdir(w->top, 0755), 0);
	assert_int_equal(mkdir(w->in, 0755), 0);
	folder_path(index, w->dir, "index");
	w->data = malloc(SIZE);
	w->got = malloc(SIZE);
	assert_true(w->data != NULL && w->got != NULL);
	rng_fill(&rng, w->data, SIZE);
	write_file(w, w->data);
	w->hub = script_hub_new(serve, w);
	w->c = script_hub_client(w->hub);
	assert_int_equal(fss_client_serve(w->c, 0, NULL, NULL), FSS_EINVAL);
	assert_int_equal(fss_client_set_index(w->c, index), 0);
	assert_int_equal(announce(w), 0);
	assert_int_equal(w->size, SIZE);
	assert_int_equal(w->announced, 1);
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
	free(w->data);
	free(w->got);
	free(w);
	return 0;
}

static int
serve_once(struct world *w, int *ret_item)
{
	fss_op op;

	*ret_item = 1;
	assert_int_equal(fss_client_serve(w->c, FSS_SERVE_ONCE |
	    FSS_SERVE_NO_SCAN, NULL, &op), 0);
	return fss_event_error(end_of(w, op, ret_item));
}

static void
test_whole(void **state)
{
	struct world *w = *state;
	int item;

	assert_int_equal(serve_once(w, &item), 0);
	assert_true(w->served);
	assert_int_equal(w->status, 0);
	assert_int_equal(item, 0);
	assert_int_equal(w->agents, 1);
	assert_int_equal(w->got_len, SIZE);
	assert_memory_equal(w->got, w->data, SIZE);
}

/* A new session: the plan is there, and what is missing goes out. */
static void
test_session_lost(void **state)
{
	struct world *w = *state;
	int item;

	w->drop_now = true;
	assert_int_equal(serve_once(w, &item), 0);
	assert_int_equal(w->status, 0);
	assert_int_equal(w->plans, 1);
	assert_int_equal(w->agents, 2);
	assert_int_equal(w->got_len, SIZE);
	assert_memory_equal(w->got, w->data, SIZE);
}

/* Changed before: nothing goes out.  Changed meanwhile: not one wrong byte. */
static void
test_changed(void **state)
{
	struct world *w = *state;
	int item;

	w->data[0] ^= 1;
	write_file(w, w->data);
	assert_int_equal(serve_once(w, &item), 0);
	assert_int_equal(w->status, FSS_ECHANGED);
	assert_int_equal(item, FSS_ECHANGED);
	assert_int_equal(w->got_len, 0);
	assert_int_equal(w->plans, 0);
}

/* Asked for by its root with another size: the file is as it was. */
static void
test_other_size(void **state)
{
	struct world *w = *state;
	int item;

	w->size--;
	assert_int_equal(serve_once(w, &item), 0);
	assert_true(w->served);
	assert_int_equal(w->status, FSS_EINVAL);
	assert_int_equal(w->got_len, 0);
	w->size++;
	w->depth++;
	w->served = false;
	assert_int_equal(serve_once(w, &item), 0);
	assert_int_equal(w->status, FSS_EINVAL);
	assert_int_equal(w->plans, 0);
	/* And goes out as soon as somebody asks for what it is. */
	w->depth--;
	w->served = false;
	assert_int_equal(serve_once(w, &item), 0);
	assert_int_equal(w->status, 0);
	assert_int_equal(w->got_len, SIZE);
}

/* Written to while it is sent: not one wrong byte goes out. */
static void
test_written_to(void **state)
{
	struct world *w = *state;
	struct fss__localidx *x;
	struct fss__local_file f;
	struct fss__err err;
	char index[FOLDER_PATH];
	int item;

	w->write_now = true;
	assert_int_equal(serve_once(w, &item), 0);
	assert_int_equal(w->status, FSS_ECHANGED);
	assert_int_equal(item, FSS_ECHANGED);
	assert_in_range(w->got_len, 1, SIZE - 1);
	assert_memory_equal(w->got, w->data, w->got_len);
	/* Whatever its times tell, it is read again. */
	folder_path(index, w->dir, "index");
	assert_int_equal(fss__localidx_open(index, &err, &x), 0);
	assert_int_equal(fss__localidx_get(x, fss__slice_str("/m/in/f"), &f),
	    1);
	assert_false(f.told);
	assert_int_equal(f.ino, 0);
	fss__localidx_close(x);
}

/* A folder that is a link by now, be it to the very file, is not gone into. */
static void
test_linked(void **state)
{
	struct world *w = *state;
	char away[FOLDER_PATH];
	int item;

	folder_path(away, w->dir, "away");
	assert_int_equal(rename(w->in, away), 0);
	assert_int_equal(symlink(away, w->in), 0);
	assert_int_equal(serve_once(w, &item), 0);
	assert_int_equal(w->status, FSS_ECHANGED);
	assert_int_equal(w->got_len, 0);
}

/* The way to what was announced may lead through links. */
static void
test_moved(void **state)
{
	struct world *w = *state;
	char away[FOLDER_PATH];
	int item;

	folder_path(away, w->dir, "away");
	assert_int_equal(rename(w->top, away), 0);
	assert_int_equal(symlink(away, w->top), 0);
	assert_int_equal(serve_once(w, &item), 0);
	assert_int_equal(w->status, 0);
	assert_memory_equal(w->got, w->data, SIZE);
}

/*
 * A disk that was away for a while: the hub has dropped what is on it, so it
 * is told again, though not a file of it is read.
 */
static void
test_away(void **state)
{
	struct world *w = *state;
	char away[FOLDER_PATH];
	int item;

	assert_int_equal(announce(w), 1);
	assert_int_equal(w->announced, 1);
	folder_path(away, w->dir, "away");
	assert_int_equal(rename(w->in, away), 0);
	assert_int_equal(serve_once(w, &item), 0);
	assert_int_equal(w->status, FSS_ENOENT);
	assert_int_equal(rename(away, w->in), 0);
	assert_int_equal(announce(w), 1);
	assert_int_equal(w->announced, 2);
	assert_int_equal(announce(w), 1);
	assert_int_equal(w->announced, 2);
}

/* ---- uploads that were allowed ---------------------------------------- */

/* The agent uploads what `ask` left in the index, once there is a yes. */
static void
test_upload(void **state)
{
	struct world *w = *state;
	struct fss__localidx *x;
	struct fss__slice local;
	struct fss__err err;
	char index[FOLDER_PATH];
	int item;
	fss_op op;

	w->served = true;		/* nothing waits to be served */
	w->may_upload = true;
	assert_int_equal(fss_client_ask_upload(w->c, w->file, "bob:/in",
	    "for you", NULL, &op), 0);
	assert_int_equal(fss_event_error(end_of(w, op, NULL)), 0);
	assert_int_equal(w->asked_size, SIZE);
	/* Not yet: it is looked at and left. */
	assert_int_equal(serve_once(w, &item), 0);
	assert_int_equal(w->commits, 0);
	folder_path(index, w->dir, "index");
	assert_int_equal(fss__localidx_open(index, &err, &x), 0);
	assert_int_equal(fss__localidx_offer_get(x, 9, &local), 1);
	w->request_state = FSS_REQUEST_APPROVED;
	assert_int_equal(serve_once(w, &item), 0);
	assert_int_equal(item, 0);
	assert_int_equal(w->commits, 1);
	assert_int_equal(fss__localidx_offer_get(x, 9, &local), 0);
	fss__localidx_close(x);
}

/*
 * A file that was put in its place by rename: the old one, still open, is
 * sent to its end.
 */
static void
test_replaced(void **state)
{
	struct world *w = *state;
	int item;

	w->change_now = true;
	assert_int_equal(serve_once(w, &item), 0);
	assert_int_equal(w->status, 0);
	w->data[SIZE - 1] ^= 1;
	assert_int_equal(w->got_len, SIZE);
	assert_memory_equal(w->got, w->data, SIZE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(test_session_lost, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_changed, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_other_size, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_replaced, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_written_to, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_linked, setup, teardown),
		cmocka_unit_test_setup_teardown(test_moved, setup, teardown),
		cmocka_unit_test_setup_teardown(test_away, setup, teardown),
		cmocka_unit_test_setup_teardown(test_upload, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
