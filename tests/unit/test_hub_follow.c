/*
 * Content that is read while it comes: what has come can be read at once, is
 * told, goes on from another device, and is noted as fetched.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/num.h"
#include "chunk/manifest.h"
#include "hub_news.h"
#include "hub_request.h"
#include "proto/hub_internal.h"

#define SECOND INT64_C(1000000)
#define CHUNKS 5

/* Content of CHUNKS chunks, contents 1 to CHUNKS, under one page. */
struct tree {
	struct fss__id root;
	uint8_t *page;
	size_t len;
};

static void
plant(struct tree *t)
{
	struct fss__manifest *m;
	struct fss__id id;
	uint64_t size;
	unsigned i, depth;

	assert_int_equal(fss__manifest_new(FSS__ALG_SHA256, &m), 0);
	for (i = 1; i <= CHUNKS; i++) {
		fss__frame_unref(hub_peer_content(i, HR_LEN, &id));
		assert_int_equal(fss__manifest_add(m, &id, HR_LEN), 0);
	}
	assert_int_equal(fss__manifest_finish(m), 0);
	assert_int_equal(fss__manifest_take(m, &id, &t->page, &t->len), 1);
	fss__manifest_root(m, &t->root, &depth, &size);
	assert_int_equal(depth, 1);
	assert_int_equal(size, CHUNKS * HR_LEN);
	fss__manifest_free(m);
}

static int
plan(struct hub_peer *p, uint64_t transfer, const struct tree *t)
{
	struct fss__frame *f = fss__frame_new(t->len);
	struct fss__m_plan m;
	uint8_t len[4];

	assert_non_null(f);
	memcpy(f->data, t->page, t->len);
	memset(&m, 0, sizeof(m));
	fss__put_le32(len, (uint32_t)t->len);
	m.transfer = transfer;
	m.ids.p = t->root.b;
	m.ids.n = sizeof(t->root.b);
	m.lens.p = len;
	m.lens.n = sizeof(len);
	return hub_peer_ask(p, FSS__MSG_PLAN, &m, f, NULL);
}

/* How many nodes of @level from @offset on there are; or FSS_E... */
static int
nodes(struct hub_peer *p, uint64_t version, unsigned level, uint64_t offset)
{
	struct fss__m_get_item item;
	struct fss__m_node_run row;
	struct fss__m_nodes answer;
	struct fss__m_get m;
	struct fss__buf b;
	int r;

	memset(&item, 0, sizeof(item));
	item.version = version;
	item.level = level;
	item.offset = offset;
	item.count = CHUNKS;
	fss__buf_init(&b, FSS__MAX_HEADER);
	assert_int_equal(fss__record_encode(&b, &fss__r_get_item, &item), 0);
	memset(&m, 0, sizeof(m));
	m.items.p = b.data;
	m.items.n = b.len;
	m.items.count = 1;
	r = hub_peer_ask(p, FSS__MSG_GET, &m, NULL, &answer);
	fss__buf_release(&b);
	assert_int_equal(r, 0);
	assert_int_equal(
	    fss__list_next(&answer.runs, &fss__r_node_run, &row), 1);
	return row.status != 0 ? -(int)row.status :
				 (int)(row.ids.n / FSS__ID_BYTES);
}

/* The first run that is missing, and how many bytes in all. */
static uint64_t
missing(struct hub_peer *p, uint64_t transfer, uint64_t *ret_bytes)
{
	struct fss__m_wanted_list list;
	struct fss__m_wanted_run run;
	struct fss__m_wanted m;
	uint64_t first = UINT64_MAX;

	memset(&m, 0, sizeof(m));
	m.transfer = transfer;
	assert_int_equal(hub_peer_ask(p, FSS__MSG_WANTED, &m, NULL, &list), 0);
	*ret_bytes = 0;
	while (fss__list_next(&list.runs, &fss__r_wanted_run, &run) == 1) {
		if (run.offset < first)
			first = run.offset;
		*ret_bytes += run.len;
	}
	return first;
}

/* How many lines of @what the audit has that @p may see. */
static unsigned
audited(struct hub_peer *p, int what)
{
	struct fss__m_audit_list list;
	struct fss__m_audit_row row;
	struct fss__m_audit m;
	unsigned n = 0;

	memset(&m, 0, sizeof(m));
	assert_int_equal(hub_peer_ask(p, FSS__MSG_AUDIT, &m, NULL, &list), 0);
	while (fss__list_next(&list.lines, &fss__r_audit_row, &row) == 1)
		n += (int)row.what == what;
	return n;
}

/* What has come can be read at once, top down, while the rest comes. */
static void
test_follow(void **state)
{
	struct hr *w = *state;
	struct fss__m_serve_terms terms;
	struct fss__m_request r;
	struct tree t, other;
	uint64_t version, transfer, bytes;
	unsigned i;

	plant(&t);
	version = hr_announce_tree(
	    w, &w->a, "/d/t", &t.root, 1, CHUNKS * HR_LEN);
	(void)hr_announce_tree(w, &w->c, "/c", &t.root, 1, CHUNKS * HR_LEN);
	hub_peer_access(&w->c, ++w->op, "/c", FSS_ACCESS_ASK);
	hub_peer_access(&w->a, ++w->op, "/d", FSS_ACCESS_ASK);
	assert_true(nodes(&w->b, version, 0, 0) < 0);
	assert_int_equal(hr_ask(w, &w->b, "alice", "/d/t", &r), 0);
	transfer = hr_approve(w, r.id);
	assert_int_equal(hr_serve(&w->a, transfer, &terms), 0);
	assert_false(terms.planned);
	assert_int_equal(nodes(&w->b, version, 1, 0), FSS_EAGAIN);
	assert_int_equal(nodes(&w->b, version, 0, 0), FSS_EAGAIN);
	/* A page of something else is no part of it. */
	other = t;
	fss__frame_unref(hub_peer_content(99, HR_LEN, &other.root));
	assert_int_not_equal(plan(&w->a, transfer, &other), 0);
	assert_int_equal(plan(&w->a, transfer, &t), 0);
	assert_int_equal(nodes(&w->b, version, 1, 0), 1);
	assert_int_equal(w->b.last->payload->len, t.len);
	assert_memory_equal(w->b.last->payload->data, t.page, t.len);
	assert_int_equal(missing(&w->a, transfer, &bytes), 0);
	assert_int_equal(bytes, CHUNKS * HR_LEN);
	assert_int_equal(hr_put(&w->a, transfer, 1), 0);
	assert_int_equal(hr_put(&w->a, transfer, 2), 0);
	hub_drive_tick(&w->d, SECOND);
	assert_int_equal(missing(&w->a, transfer, &bytes), 2 * HR_LEN);
	assert_int_equal(bytes, (CHUNKS - 2) * HR_LEN);
	/* No write came since, so they are in the segments only. */
	assert_int_equal(audited(&w->a, FSS_AUDIT_FETCHED), 0);
	assert_int_equal(nodes(&w->b, version, 0, 0), 2);
	assert_int_equal(
	    nodes(&w->b, version, 0, (uint64_t)2 * HR_LEN), FSS_EAGAIN);
	assert_int_equal(audited(&w->a, FSS_AUDIT_FETCHED), 1);
	/* The other one goes on where this one stops. */
	assert_int_equal(hr_served(w, &w->a, transfer, FSS_EIO), 0);
	assert_int_equal(hr_serve(&w->c, transfer, &terms), 0);
	assert_true(terms.planned);
	assert_int_equal(missing(&w->c, transfer, &bytes), 2 * HR_LEN);
	for (i = 3; i <= CHUNKS; i++)
		assert_int_equal(hr_put(&w->c, transfer, i), 0);
	assert_int_equal(hr_served(w, &w->c, transfer, 0), 0);
	assert_int_equal(hr_state_of(&w->b, r.id), FSS_REQUEST_FULFILLED);
	assert_int_equal(nodes(&w->b, version, 1, 0), 1);
	assert_int_equal(nodes(&w->b, version, 0, 0), CHUNKS);
	assert_int_equal(hr_get(&w->b, version, 1), 0);
	fss__free(t.page);
}

/*
 * Whoever was told of the start waits no gap for the first chunk, nor does
 * that wait for anything to be synced; later progress gathers.
 */
static void
test_first_chunk(void **state)
{
	struct hr *w = *state;
	struct fss__m_serve_terms terms;
	struct fss__m_event_list list;
	struct fss__m_events m;
	struct fss__m_request r;
	struct hr_follower bob;
	struct fss__m_event row;
	struct tree t;
	uint64_t version, transfer, req, i;

	plant(&t);
	version = hr_announce_tree(
	    w, &w->a, "/d/t", &t.root, 1, CHUNKS * HR_LEN);
	hub_peer_access(&w->a, ++w->op, "/d", FSS_ACCESS_ASK);
	assert_int_equal(hr_ask(w, &w->b, "alice", "/d/t", &r), 0);
	assert_int_equal(hr_decide(w, &w->a, r.id, FSS_REQUEST_APPROVE), 0);
	hr_follow(&w->b, &bob);
	transfer = hr_work(&w->a);
	assert_int_equal(hr_serve(&w->a, transfer, &terms), 0);
	assert_int_equal(plan(&w->a, transfer, &t), 0);
	assert_true(
	    hr_heard(&w->b, &bob, FSS_NEWS_REQUEST, FSS_REQUEST_TRANSFERRING));
	m = hn_question(HN_ALL, bob.epoch, bob.last, true);
	for (i = 1; i <= 2; i++) {
		req = hub_peer_send(&w->b, FSS__MSG_EVENTS, &m, NULL);
		hub_drive_run(&w->d);
		hub_peer_silence(&w->b);
		/* The second is due in the table, but its reader gathers. */
		if (i == 2)
			hub_drive_tick(&w->d, FSS__SERVE_TELL_US);
		assert_int_equal(hr_put(&w->a, transfer, (unsigned)i), 0);
		if (i == 2) {
			hub_peer_silence(&w->b);
			hub_drive_tick(
			    &w->d, FSS__MAX_EVENT_GAP * INT64_C(1000));
			hub_drive_run(&w->d);
		}
		assert_int_equal(hub_peer_take(&w->b, req, &list), 0);
		assert_int_equal(
		    fss__list_next(&list.events, &fss__r_event, &row), 1);
		assert_int_equal(row.kind, FSS_NEWS_PROGRESS);
		assert_int_equal(row.bytes, i * HR_LEN);
		m.after = list.last;
		assert_int_equal(nodes(&w->b, version, 0, 0), i);
	}
	fss__free(t.page);
}

/* Two files by two yeses in one GET: both were fetched; and once. */
static void
test_fetched(void **state)
{
	struct hr *w = *state;
	struct fss__m_get_item item;
	struct fss__m_nodes answer;
	struct fss__m_request r;
	struct fss__m_get m;
	struct fss__buf b;
	uint64_t version[2], req;
	unsigned i;

	fss__buf_init(&b, FSS__MAX_HEADER);
	version[0] = hub_peer_file(&w->a, "/d/0", 1, HR_LEN);
	version[1] = hub_peer_file(&w->a, "/d/1", 2, HR_LEN);
	hub_peer_access(&w->a, ++w->op, "/d", FSS_ACCESS_ASK);
	for (i = 0; i < 2; i++) {
		assert_int_equal(
		    hr_ask(w, &w->b, "alice", i == 0 ? "/d/0" : "/d/1", &r), 0);
		assert_int_equal(
		    hr_decide(w, &w->a, r.id, FSS_REQUEST_APPROVE), 0);
		memset(&item, 0, sizeof(item));
		item.version = version[i];
		item.count = 1;
		assert_int_equal(
		    fss__record_encode(&b, &fss__r_get_item, &item), 0);
	}
	memset(&m, 0, sizeof(m));
	m.items.p = b.data;
	m.items.n = b.len;
	m.items.count = 2;
	/* Whoever is gone before the answer has fetched nothing. */
	w->d.hold = HUB_HOLD_OVER;
	(void)hub_peer_send(&w->b, FSS__MSG_GET, &m, NULL);
	hub_drive_run(&w->d);
	hub_drive_lost(&w->d, w->b.key);
	hub_msg_free(hub_drive_next(&w->d));
	w->d.hold = 0;
	hub_drive_run(&w->d);
	assert_int_equal(audited(&w->a, FSS_AUDIT_FETCHED), 0);
	hub_peer_release(&w->b);
	hub_peer_init(&w->b, &w->d, 2);
	assert_int_equal(hub_peer_hello(&w->b), 0);
	for (i = 0; i < 2; i++) {
		req = hub_peer_send(&w->b, FSS__MSG_GET, &m, NULL);
		hub_drive_run(&w->d);
		assert_int_equal(hub_peer_take(&w->b, req, &answer), 0);
		assert_int_equal(w->b.last->payload->len, 2 * HR_LEN);
		assert_int_equal(audited(&w->a, FSS_AUDIT_FETCHED), 2);
	}
	fss__buf_release(&b);
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, hr_setup, hr_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_follow),
		TEST(test_first_chunk),
		TEST(test_fetched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
