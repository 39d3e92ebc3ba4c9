/*
 * Whole lives of requests through the hub's machine: announced, asked,
 * approved, served, read; two devices, one of which dies; a hub that starts
 * anew; people who hide; and what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/num.h"
#include "chunk/manifest.h"
#include "folder.h"
#include "hub_peer.h"
#include "model/announce.h"
#include "model/request.h"
#include "proto/hub_internal.h"

#define SECOND INT64_C(1000000)
#define LEN    40000
#define ALL    31u

struct world {
	struct hub_drive d;
	struct hub_peer a, b, c; /* alice, bob, carol */
	char dir[FOLDER_PATH];
	uint8_t op;
};

static const struct fss__m_empty nothing;

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	folder_new(w->dir);
	hub_drive_open_dir(&w->d, NULL, w->dir);
	hub_peer_init(&w->a, &w->d, 1);
	hub_peer_init(&w->b, &w->d, 2);
	hub_peer_init(&w->c, &w->d, 3);
	hub_peer_register(&w->a, "alice");
	hub_peer_register(&w->b, "bob");
	hub_peer_register(&w->c, "carol");
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	hub_peer_release(&w->a);
	hub_peer_release(&w->b);
	hub_peer_release(&w->c);
	hub_drive_close(&w->d);
	folder_remove(w->dir);
	free(w);
	return 0;
}

static struct fss__slice
op(struct world *w, uint8_t buf[FSS__OP_BYTES])
{
	struct fss__slice s = { buf, FSS__OP_BYTES };

	memset(buf, ++w->op, FSS__OP_BYTES);
	return s;
}

static void
must_access(struct world *w, struct hub_peer *p, const char *path, int access)
{
	uint8_t id[FSS__OP_BYTES];
	struct fss__m_access m;

	memset(&m, 0, sizeof(m));
	m.op = op(w, id);
	m.path = fss__slice_str(path);
	m.access = (uint64_t)access;
	assert_int_equal(hub_peer_ask(p, FSS__MSG_ACCESS, &m, NULL, NULL), 0);
}

/* @p's device has what is of @id and so on as @path: the version. */
static uint64_t
announce_tree(struct world *w, struct hub_peer *p, const char *path,
    const struct fss__id *id, unsigned depth, uint64_t size)
{
	uint8_t opid[FSS__OP_BYTES];
	struct fss__m_commit_item item;
	struct fss__m_entry_list list;
	struct fss__m_announce m;
	struct fss__m_entry row;
	struct fss__buf b;

	memset(&item, 0, sizeof(item));
	item.path = fss__slice_str(path);
	item.kind = FSS_KIND_FILE;
	item.has = FSS__K_commit_item_size | FSS__K_commit_item_root |
	    FSS__K_commit_item_depth;
	item.size = size;
	item.depth = depth;
	item.root.p = id->b;
	item.root.n = sizeof(id->b);
	fss__buf_init(&b, FSS__MAX_HEADER);
	assert_int_equal(fss__record_encode(&b, &fss__r_commit_item, &item), 0);
	memset(&m, 0, sizeof(m));
	m.op = op(w, opid);
	m.items.p = b.data;
	m.items.n = b.len;
	m.items.count = 1;
	assert_int_equal(
	    hub_peer_ask(p, FSS__MSG_ANNOUNCE, &m, NULL, &list), 0);
	fss__buf_release(&b);
	assert_int_equal(fss__list_next(&list.entries, &fss__r_entry, &row), 1);
	assert_int_equal(row.status, 0);
	assert_int_equal(row.state, FSS_STATE_ANNOUNCED);
	return row.version;
}

/* The same with content @n, of one chunk. */
static uint64_t
announce(struct world *w, struct hub_peer *p, const char *path, unsigned n)
{
	struct fss__id id;

	fss__frame_unref(hub_peer_content(n, LEN, &id));
	return announce_tree(w, p, path, &id, 0, LEN);
}

static int
ask(struct world *w, struct hub_peer *p, const char *owner, const char *path,
    struct fss__m_request *ret)
{
	uint8_t id[FSS__OP_BYTES];
	struct fss__m_ask m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_ask_owner | FSS__K_ask_path;
	m.op = op(w, id);
	m.kind = FSS_REQUEST_GET;
	m.owner = fss__slice_str(owner);
	m.path = fss__slice_str(path);
	return hub_peer_ask(p, FSS__MSG_ASK, &m, NULL, ret);
}

/* The status of the one row; in *@ret_retry_us when it may be tried again. */
static int
decide_when(struct world *w, struct hub_peer *p, uint64_t id, int event,
    int64_t *ret_retry_us)
{
	uint8_t opid[FSS__OP_BYTES], ids[8];
	struct fss__m_request_list list;
	struct fss__m_request row;
	struct fss__m_decide m;

	memset(&m, 0, sizeof(m));
	m.op = op(w, opid);
	fss__put_le64(ids, id);
	m.ids.p = ids;
	m.ids.n = sizeof(ids);
	m.event = (uint64_t)event;
	assert_int_equal(hub_peer_ask(p, FSS__MSG_DECIDE, &m, NULL, &list), 0);
	assert_int_equal(list.requests.count, 1);
	assert_int_equal(
	    fss__list_next(&list.requests, &fss__r_request, &row), 1);
	assert_int_equal(row.id, id);
	*ret_retry_us = row.has & FSS__K_request_retry_us ? row.retry_us : 0;
	return -(int)row.status;
}

static int
decide(struct world *w, struct hub_peer *p, uint64_t id, int event)
{
	int64_t retry_us;

	return decide_when(w, p, id, event, &retry_us);
}

/* The state of request @id as @p sees it; -1: not at all. */
static int
state_of(struct hub_peer *p, uint64_t id)
{
	struct fss__m_request_list list;
	struct fss__m_requests m;
	struct fss__m_request row;
	uint8_t ids[8];

	memset(&m, 0, sizeof(m));
	fss__put_le64(ids, id);
	m.has = FSS__K_requests_ids;
	m.ids.p = ids;
	m.ids.n = sizeof(ids);
	assert_int_equal(
	    hub_peer_ask(p, FSS__MSG_REQUESTS, &m, NULL, &list), 0);
	if (list.requests.count == 0)
		return -1;
	assert_int_equal(
	    fss__list_next(&list.requests, &fss__r_request, &row), 1);
	assert_true(row.status == 0 || -(int)row.status == FSS_ENOENT);
	return row.status != 0 ? -1 : (int)row.state;
}

/* What waits for @p's device: its transfer, 0 nothing. */
static uint64_t
work(struct hub_peer *p)
{
	struct fss__m_work_list list;
	struct fss__m_work_row row;
	struct fss__m_page m;

	memset(&m, 0, sizeof(m));
	assert_int_equal(hub_peer_ask(p, FSS__MSG_WORK, &m, NULL, &list), 0);
	return fss__list_next(&list.work, &fss__r_work_row, &row) == 1 ?
	    row.transfer :
	    0;
}

static int
serve(struct hub_peer *p, uint64_t transfer, struct fss__m_serve_terms *ret)
{
	struct fss__m_serve m;

	memset(&m, 0, sizeof(m));
	m.transfer = transfer;
	return hub_peer_ask(p, FSS__MSG_SERVE, &m, NULL, ret);
}

static int
put(struct hub_peer *p, uint64_t transfer, unsigned n)
{
	struct fss__frame *f;
	struct fss__id id;
	struct fss__m_put m;
	uint8_t len[4];

	f = hub_peer_content(n, LEN, &id);
	memset(&m, 0, sizeof(m));
	fss__put_le32(len, LEN);
	m.has = FSS__K_put_transfer;
	m.transfer = transfer;
	m.ids.p = id.b;
	m.ids.n = sizeof(id.b);
	m.lens.p = len;
	m.lens.n = sizeof(len);
	return hub_peer_ask(p, FSS__MSG_PUT, &m, f, NULL);
}

static int
served(struct world *w, struct hub_peer *p, uint64_t transfer, int status)
{
	uint8_t id[FSS__OP_BYTES];
	struct fss__m_served m;

	memset(&m, 0, sizeof(m));
	m.op = op(w, id);
	m.transfer = transfer;
	m.status = (uint64_t)-status;
	return hub_peer_ask(p, FSS__MSG_SERVED, &m, NULL, NULL);
}

/* The status of GET of the first node of @version; its bytes compared. */
static int
get(struct hub_peer *p, uint64_t version, unsigned n)
{
	struct fss__m_node_run row;
	struct fss__m_nodes nodes;
	struct fss__frame *want;
	struct fss__id id;
	uint64_t req = hub_peer_get_send(p, version);

	hub_drive_run(p->d);
	assert_int_equal(hub_peer_take(p, req, &nodes), 0);
	assert_int_equal(
	    fss__list_next(&nodes.runs, &fss__r_node_run, &row), 1);
	if (row.status != 0)
		return -(int)row.status;
	want = hub_peer_content(n, LEN, &id);
	assert_non_null(p->last->payload);
	assert_int_equal(p->last->payload->len, LEN);
	assert_memory_equal(p->last->payload->data, want->data, LEN);
	fss__frame_unref(want);
	return 0;
}

struct follower {
	uint64_t epoch, last;
	char path[FSS_LIMIT_PATH + 1]; /* of what was heard, or "" */
};

static void
follow(struct hub_peer *p, unsigned kinds, struct follower *ret)
{
	struct fss__m_event_list list;
	struct fss__m_events m;

	memset(&m, 0, sizeof(m));
	m.kinds = kinds;
	assert_int_equal(hub_peer_ask(p, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	ret->epoch = list.epoch;
	ret->last = list.last;
}

/* Whether there is news of @kind, with @state if it has one; takes all. */
static bool
heard(struct hub_peer *p, struct follower *f, int kind, int state)
{
	struct fss__m_event_list list;
	struct fss__m_events m;
	struct fss__m_event row;
	bool found = false;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_events_epoch | FSS__K_events_after;
	m.kinds = ALL;
	m.epoch = f->epoch;
	m.after = f->last;
	assert_int_equal(hub_peer_ask(p, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	assert_false((list.has & FSS__K_event_list_afresh) && list.afresh);
	while (fss__list_next(&list.events, &fss__r_event, &row) == 1) {
		if ((int)row.kind != kind ||
		    (state >= 0 && (int)row.state != state))
			continue;
		found = true;
		f->path[0] = '\0';
		if (row.has & FSS__K_event_path)
			assert_int_equal(fss__slice_copy(row.path, f->path,
					     sizeof(f->path)),
			    0);
	}
	f->last = list.last;
	return found;
}

/* Alice has an announced file that others see; bob asked for it. */
static uint64_t
begin(struct world *w, struct fss__m_request *ret)
{
	(void)announce(w, &w->a, "/d/f", 1);
	must_access(w, &w->a, "/d", FSS_ACCESS_ASK);
	assert_int_equal(ask(w, &w->b, "alice", "/d/f", ret), 0);
	assert_int_equal(ret->state, FSS_REQUEST_OPEN);
	return ret->id;
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

/* ---- tests ------------------------------------------------------------ */

static void
test_life(void **state)
{
	struct world *w = *state;
	struct fss__m_serve_terms terms;
	struct follower alice, bob;
	struct fss__m_request r;
	uint64_t id, transfer, version;

	follow(&w->a, ALL, &alice);
	follow(&w->b, ALL, &bob);
	version = announce(w, &w->a, "/d/f", 1);
	id = begin(w, &r);
	assert_true(heard(&w->a, &alice, FSS_NEWS_REQUEST, FSS_REQUEST_OPEN));
	assert_string_equal(alice.path, "/d/f");
	assert_int_equal(work(&w->a), 0);
	assert_int_equal(decide(w, &w->a, id, FSS_REQUEST_SEE), 0);
	assert_true(heard(&w->b, &bob, FSS_NEWS_REQUEST, FSS_REQUEST_SEEN));
	assert_string_equal(bob.path, "/d/f");
	assert_int_equal(decide(w, &w->a, id, FSS_REQUEST_APPROVE), 0);
	assert_true(heard(&w->b, &bob, FSS_NEWS_REQUEST, FSS_REQUEST_APPROVED));
	assert_true(heard(&w->a, &alice, FSS_NEWS_WORK, -1));
	transfer = work(&w->a);
	assert_int_not_equal(transfer, 0);
	assert_int_equal(serve(&w->a, transfer, &terms), 0);
	assert_int_equal(terms.size, LEN);
	assert_true(terms.planned);
	assert_true(
	    heard(&w->b, &bob, FSS_NEWS_REQUEST, FSS_REQUEST_TRANSFERRING));
	/* Too early to be over. */
	assert_int_equal(served(w, &w->a, transfer, 0), FSS_EMISSING);
	assert_int_equal(put(&w->a, transfer, 1), 0);
	assert_true(heard(&w->b, &bob, FSS_NEWS_PROGRESS, -1));
	assert_int_equal(served(w, &w->a, transfer, 0), 0);
	assert_true(
	    heard(&w->b, &bob, FSS_NEWS_REQUEST, FSS_REQUEST_FULFILLED));
	assert_int_equal(get(&w->b, version, 1), 0);
	/* The yes was bob's alone. */
	assert_int_not_equal(get(&w->c, version, 1), 0);
	assert_int_equal(state_of(&w->c, id), -1);
}

static uint64_t
want(struct world *w, struct hub_peer *p, const char *target)
{
	uint8_t id[FSS__OP_BYTES];
	struct fss__m_request r;
	struct fss__m_ask m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_ask_text;
	m.op = op(w, id);
	m.kind = FSS_REQUEST_WANT;
	m.text = fss__slice_str("a song");
	if (target != NULL) {
		m.has |= FSS__K_ask_target;
		m.target = fss__slice_str(target);
	}
	assert_int_equal(hub_peer_ask(p, FSS__MSG_ASK, &m, NULL, &r), 0);
	return r.id;
}

/* Which file it is the two it is between are told, and nobody else. */
static void
test_told_path(void **state)
{
	struct world *w = *state;
	struct follower alice, bob, carol;
	uint8_t opid[FSS__OP_BYTES];
	struct fss__m_fulfil fulfil;
	struct fss__m_group_set group;
	int i;

	memset(&group, 0, sizeof(group));
	group.group = fss__slice_str("g");
	for (i = 0; i < 2; i++) {
		group.member = fss__slice_str(i == 0 ? "alice" : "carol");
		assert_int_equal(hub_peer_ask(&w->b, FSS__MSG_GROUP_SET,
				     &group, NULL, NULL),
		    0);
	}
	(void)hub_peer_file(&w->a, "/secret/song", 1, LEN);
	follow(&w->a, ALL, &alice);
	follow(&w->b, ALL, &bob);
	follow(&w->c, ALL, &carol);
	for (i = 0; i < 2; i++) {
		memset(&fulfil, 0, sizeof(fulfil));
		fulfil.id = want(w, &w->b, i == 0 ? NULL : "@g");
		assert_true(heard(
		    &w->c, &carol, FSS_NEWS_REQUEST, FSS_REQUEST_OPEN));
		assert_string_equal(carol.path, "");
		fulfil.op = op(w, opid);
		fulfil.path = fss__slice_str("/secret/song");
		assert_int_equal(
		    hub_peer_ask(&w->a, FSS__MSG_FULFIL, &fulfil, NULL, NULL),
		    0);
		assert_true(heard(
		    &w->b, &bob, FSS_NEWS_REQUEST, FSS_REQUEST_FULFILLED));
		assert_string_equal(bob.path, "/secret/song");
		if (heard(&w->c, &carol, FSS_NEWS_REQUEST, -1))
			assert_string_equal(carol.path, "");
	}
}

/* ---- following -------------------------------------------------------- */

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
		fss__frame_unref(hub_peer_content(i, LEN, &id));
		assert_int_equal(fss__manifest_add(m, &id, LEN), 0);
	}
	assert_int_equal(fss__manifest_finish(m), 0);
	assert_int_equal(fss__manifest_take(m, &id, &t->page, &t->len), 1);
	fss__manifest_root(m, &t->root, &depth, &size);
	assert_int_equal(depth, 1);
	assert_int_equal(size, CHUNKS * LEN);
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

/* What has come can be read at once, top down, while the rest comes. */
static void
test_follow(void **state)
{
	struct world *w = *state;
	struct fss__m_serve_terms terms;
	struct fss__m_request r;
	struct tree t, other;
	uint64_t version, transfer, bytes;
	unsigned i;

	plant(&t);
	version = announce_tree(w, &w->a, "/d/t", &t.root, 1, CHUNKS * LEN);
	(void)announce_tree(w, &w->c, "/c", &t.root, 1, CHUNKS * LEN);
	must_access(w, &w->c, "/c", FSS_ACCESS_ASK);
	must_access(w, &w->a, "/d", FSS_ACCESS_ASK);
	assert_true(nodes(&w->b, version, 0, 0) < 0);
	assert_int_equal(ask(w, &w->b, "alice", "/d/t", &r), 0);
	assert_int_equal(decide(w, &w->a, r.id, FSS_REQUEST_APPROVE), 0);
	transfer = work(&w->a);
	assert_int_equal(serve(&w->a, transfer, &terms), 0);
	assert_false(terms.planned);
	assert_int_equal(nodes(&w->b, version, 1, 0), FSS_EAGAIN);
	assert_int_equal(nodes(&w->b, version, 0, 0), FSS_EAGAIN);
	/* A page of something else is no part of it. */
	other = t;
	fss__frame_unref(hub_peer_content(99, LEN, &other.root));
	assert_int_not_equal(plan(&w->a, transfer, &other), 0);
	assert_int_equal(plan(&w->a, transfer, &t), 0);
	assert_int_equal(nodes(&w->b, version, 1, 0), 1);
	assert_int_equal(w->b.last->payload->len, t.len);
	assert_memory_equal(w->b.last->payload->data, t.page, t.len);
	assert_int_equal(missing(&w->a, transfer, &bytes), 0);
	assert_int_equal(bytes, CHUNKS * LEN);
	assert_int_equal(put(&w->a, transfer, 1), 0);
	assert_int_equal(put(&w->a, transfer, 2), 0);
	hub_drive_tick(&w->d, SECOND);
	assert_int_equal(missing(&w->a, transfer, &bytes), 2 * LEN);
	assert_int_equal(bytes, (CHUNKS - 2) * LEN);
	/* No write came since, so they are in the segments only. */
	assert_int_equal(audited(&w->a, FSS_AUDIT_FETCHED), 0);
	assert_int_equal(nodes(&w->b, version, 0, 0), 2);
	assert_int_equal(
	    nodes(&w->b, version, 0, (uint64_t)2 * LEN), FSS_EAGAIN);
	assert_int_equal(audited(&w->a, FSS_AUDIT_FETCHED), 1);
	/* The other one goes on where this one stops. */
	assert_int_equal(served(w, &w->a, transfer, FSS_EIO), 0);
	assert_int_equal(serve(&w->c, transfer, &terms), 0);
	assert_true(terms.planned);
	assert_int_equal(missing(&w->c, transfer, &bytes), 2 * LEN);
	for (i = 3; i <= CHUNKS; i++)
		assert_int_equal(put(&w->c, transfer, i), 0);
	assert_int_equal(served(w, &w->c, transfer, 0), 0);
	assert_int_equal(state_of(&w->b, r.id), FSS_REQUEST_FULFILLED);
	assert_int_equal(nodes(&w->b, version, 1, 0), 1);
	assert_int_equal(nodes(&w->b, version, 0, 0), CHUNKS);
	assert_int_equal(get(&w->b, version, 1), 0);
	fss__free(t.page);
}

/*
 * Whoever was told of the start waits no gap for the first chunk, nor does
 * that wait for anything to be synced; later progress gathers.
 */
static void
test_first_chunk(void **state)
{
	struct world *w = *state;
	struct fss__m_serve_terms terms;
	struct fss__m_event_list list;
	struct fss__m_events m;
	struct fss__m_request r;
	struct follower bob;
	struct fss__m_event row;
	struct tree t;
	uint64_t version, transfer, req, i;

	plant(&t);
	version = announce_tree(w, &w->a, "/d/t", &t.root, 1, CHUNKS * LEN);
	must_access(w, &w->a, "/d", FSS_ACCESS_ASK);
	assert_int_equal(ask(w, &w->b, "alice", "/d/t", &r), 0);
	assert_int_equal(decide(w, &w->a, r.id, FSS_REQUEST_APPROVE), 0);
	follow(&w->b, ALL, &bob);
	transfer = work(&w->a);
	assert_int_equal(serve(&w->a, transfer, &terms), 0);
	assert_int_equal(plan(&w->a, transfer, &t), 0);
	assert_true(
	    heard(&w->b, &bob, FSS_NEWS_REQUEST, FSS_REQUEST_TRANSFERRING));
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_events_epoch | FSS__K_events_after | FSS__K_events_wait;
	m.kinds = ALL;
	m.wait = true;
	m.epoch = bob.epoch;
	m.after = bob.last;
	for (i = 1; i <= 2; i++) {
		req = hub_peer_send(&w->b, FSS__MSG_EVENTS, &m, NULL);
		hub_drive_run(&w->d);
		hub_peer_silence(&w->b);
		/* The second is due in the table, but its reader gathers. */
		if (i == 2)
			hub_drive_tick(&w->d, FSS__SERVE_TELL_US);
		assert_int_equal(put(&w->a, transfer, (unsigned)i), 0);
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
		assert_int_equal(row.bytes, i * LEN);
		m.after = list.last;
		assert_int_equal(nodes(&w->b, version, 0, 0), i);
	}
	fss__free(t.page);
}

/* Two files by two yeses in one GET: both were fetched; and once. */
static void
test_fetched(void **state)
{
	struct world *w = *state;
	struct fss__m_get_item item;
	struct fss__m_nodes answer;
	struct fss__m_request r;
	struct fss__m_get m;
	struct fss__buf b;
	uint64_t version[2], req;
	unsigned i;

	fss__buf_init(&b, FSS__MAX_HEADER);
	version[0] = hub_peer_file(&w->a, "/d/0", 1, LEN);
	version[1] = hub_peer_file(&w->a, "/d/1", 2, LEN);
	must_access(w, &w->a, "/d", FSS_ACCESS_ASK);
	for (i = 0; i < 2; i++) {
		assert_int_equal(
		    ask(w, &w->b, "alice", i == 0 ? "/d/0" : "/d/1", &r), 0);
		assert_int_equal(
		    decide(w, &w->a, r.id, FSS_REQUEST_APPROVE), 0);
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
		assert_int_equal(w->b.last->payload->len, 2 * LEN);
		assert_int_equal(audited(&w->a, FSS_AUDIT_FETCHED), 2);
	}
	fss__buf_release(&b);
}

/* Asking again is the same request; roles and leases are kept. */
static void
test_refused(void **state)
{
	struct world *w = *state;
	struct fss__m_serve_terms terms;
	struct fss__m_wanted wanted;
	struct fss__m_request r, again;
	uint64_t id, transfer;

	id = begin(w, &r);
	assert_int_equal(ask(w, &w->b, "alice", "/d/f", &again), 0);
	assert_int_equal(again.id, id);
	assert_int_equal(ask(w, &w->b, "alice", "/d/none", &again), FSS_ENOENT);
	assert_int_equal(decide(w, &w->c, id, FSS_REQUEST_APPROVE), FSS_ENOENT);
	assert_int_equal(
	    decide(w, &w->b, id, FSS_REQUEST_APPROVE), FSS_EDENIED);
	assert_int_equal(decide(w, &w->a, id, FSS_REQUEST_APPROVE), 0);
	assert_int_equal(decide(w, &w->a, id, FSS_REQUEST_APPROVE), FSS_ESTATE);
	transfer = work(&w->a);
	assert_int_not_equal(transfer, 0);
	/* Who does not hold it gets no lease; without one nothing is taken. */
	assert_int_equal(work(&w->c), 0);
	assert_int_equal(serve(&w->c, transfer, &terms), FSS_ENOENT);
	assert_int_equal(put(&w->a, transfer, 1), FSS_ESTATE);
	assert_int_equal(served(w, &w->a, transfer, 0), FSS_ESTATE);
	memset(&wanted, 0, sizeof(wanted));
	wanted.transfer = transfer;
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_WANTED, &wanted, NULL, NULL),
	    FSS_ESTATE);
	assert_int_equal(serve(&w->a, transfer, &terms), 0);
	assert_int_equal(put(&w->c, transfer, 1), FSS_ESTATE);
	assert_int_equal(decide(w, &w->b, id, FSS_REQUEST_CANCEL), 0);
	assert_int_equal(state_of(&w->a, id), FSS_REQUEST_CANCELLED);
}

/* One device dies half-way: the other is told, and goes on. */
static void
test_fail_over(void **state)
{
	struct world *w = *state;
	struct fss__m_serve_terms terms;
	struct follower bob, carol;
	struct fss__m_request r;
	uint64_t id, transfer;
	int i;

	(void)announce(w, &w->c, "/mine", 1);
	must_access(w, &w->c, "/mine", FSS_ACCESS_ASK);
	id = begin(w, &r);
	follow(&w->c, ALL, &carol);
	follow(&w->b, ALL, &bob);
	assert_int_equal(decide(w, &w->a, id, FSS_REQUEST_APPROVE), 0);
	transfer = work(&w->a);
	assert_int_equal(serve(&w->a, transfer, &terms), 0);
	assert_int_equal(serve(&w->c, transfer, &terms), FSS_EBUSY);
	(void)heard(&w->c, &carol, FSS_NEWS_WORK, -1);
	for (i = 0; i < 2; i++) {
		hub_drive_tick(&w->d, 15 * SECOND);
		hub_drive_run(&w->d);
		assert_int_equal(hub_peer_ping(&w->b), 0);
		assert_int_equal(hub_peer_ping(&w->c), 0);
	}
	hub_drive_tick(&w->d, SECOND);
	hub_drive_run(&w->d);
	assert_true(heard(&w->c, &carol, FSS_NEWS_WORK, -1));
	assert_int_equal(state_of(&w->b, id), FSS_REQUEST_TRANSFERRING);
	/* The late one has lost it, even if it comes back. */
	assert_int_equal(put(&w->a, transfer, 1), FSS_ESTATE);
	assert_int_equal(serve(&w->c, transfer, &terms), 0);
	assert_int_equal(serve(&w->a, transfer, &terms), FSS_EBUSY);
	assert_int_equal(put(&w->c, transfer, 1), 0);
	assert_int_equal(served(w, &w->c, transfer, 0), 0);
	assert_int_equal(state_of(&w->b, id), FSS_REQUEST_FULFILLED);
	assert_false(heard(&w->b, &bob, FSS_NEWS_REQUEST, FSS_REQUEST_FAILED));
}

/* Nobody goes on: after a minute it waits again. */
static void
test_lost(void **state)
{
	struct world *w = *state;
	struct fss__m_serve_terms terms;
	struct fss__m_request r;
	uint64_t id, transfer;
	int i;

	id = begin(w, &r);
	assert_int_equal(decide(w, &w->a, id, FSS_REQUEST_APPROVE), 0);
	transfer = work(&w->a);
	assert_int_equal(serve(&w->a, transfer, &terms), 0);
	(void)hub_peer_send(&w->a, FSS__MSG_BYE, &nothing, NULL);
	for (i = 0; i < 4; i++) {
		hub_drive_tick(&w->d, 14 * SECOND);
		hub_drive_run(&w->d);
		assert_int_equal(state_of(&w->b, id), FSS_REQUEST_TRANSFERRING);
	}
	hub_drive_tick(&w->d, 10 * SECOND);
	hub_drive_run(&w->d);
	assert_int_equal(state_of(&w->b, id), FSS_REQUEST_APPROVED);
}

/* Who let it run out unused is kept out a minute, and then told of it again. */
static void
test_unused(void **state)
{
	struct world *w = *state;
	struct fss__m_serve_terms terms;
	struct follower alice;
	struct fss__m_request r;
	uint64_t id, transfer;
	int i;

	id = begin(w, &r);
	assert_int_equal(decide(w, &w->a, id, FSS_REQUEST_APPROVE), 0);
	follow(&w->a, ALL, &alice);
	transfer = work(&w->a);
	assert_int_equal(serve(&w->a, transfer, &terms), 0);
	for (i = 0; i < 9; i++) {
		hub_drive_tick(&w->d, 13 * SECOND);
		hub_drive_run(&w->d);
		assert_int_equal(hub_peer_ping(&w->a), 0);
		assert_int_equal(hub_peer_ping(&w->b), 0);
		if (i == 3)
			(void)heard(&w->a, &alice, FSS_NEWS_WORK, -1);
		if (i >= 3 && i < 6)
			assert_int_equal(
			    serve(&w->a, transfer, &terms), FSS_EBUSY);
	}
	assert_int_equal(state_of(&w->b, id), FSS_REQUEST_APPROVED);
	assert_true(heard(&w->a, &alice, FSS_NEWS_WORK, -1));
	assert_int_equal(serve(&w->a, transfer, &terms), 0);
}

/* Nine people have it: eight that came and sent nothing keep nobody out. */
static void
test_sources(void **state)
{
	struct world *w = *state;
	struct hub_peer peers[FSS__SOURCES];
	struct fss__m_serve_terms terms;
	struct fss__m_request r;
	uint64_t id, transfer;
	char name[16];
	unsigned i;

	id = begin(w, &r);
	assert_int_equal(decide(w, &w->a, id, FSS_REQUEST_APPROVE), 0);
	transfer = work(&w->a);
	for (i = 0; i < FSS__SOURCES; i++) {
		hub_peer_init(&peers[i], &w->d, (uint8_t)(10 + i));
		(void)snprintf(name, sizeof(name), "holder%u", i);
		hub_peer_register(&peers[i], name);
		(void)announce(w, &peers[i], "/mine", 1);
		must_access(w, &peers[i], "/mine", FSS_ACCESS_ASK);
		assert_int_equal(serve(&peers[i], transfer, &terms), 0);
		assert_int_equal(
		    served(w, &peers[i], transfer, FSS_EIO), 0);
	}
	assert_int_equal(serve(&w->a, transfer, &terms), 0);
	assert_int_equal(put(&w->a, transfer, 1), 0);
	assert_int_equal(served(w, &w->a, transfer, 0), 0);
	assert_int_equal(state_of(&w->b, id), FSS_REQUEST_FULFILLED);
	for (i = 0; i < FSS__SOURCES; i++)
		hub_peer_release(&peers[i]);
}

static void
restart(struct world *w)
{
	hub_peer_release(&w->a);
	hub_peer_release(&w->b);
	hub_peer_release(&w->c);
	hub_drive_restart(&w->d, w->dir);
	w->a.open = w->b.open = w->c.open = false;
	assert_int_equal(hub_peer_hello(&w->a), 0);
	assert_int_equal(hub_peer_hello(&w->b), 0);
	assert_int_equal(hub_peer_hello(&w->c), 0);
}

/* Rows stay, leases and epochs do not. */
static void
test_restart(void **state)
{
	struct world *w = *state;
	struct fss__m_event_list list;
	struct fss__m_serve_terms terms;
	struct fss__m_events events;
	struct follower before;
	struct fss__m_request r;
	uint64_t id, transfer;

	follow(&w->b, ALL, &before);
	id = begin(w, &r);
	restart(w);
	assert_int_equal(state_of(&w->b, id), FSS_REQUEST_OPEN);
	memset(&events, 0, sizeof(events));
	events.has = FSS__K_events_epoch | FSS__K_events_after;
	events.kinds = ALL;
	events.epoch = before.epoch;
	events.after = before.last;
	assert_int_equal(
	    hub_peer_ask(&w->b, FSS__MSG_EVENTS, &events, NULL, &list), 0);
	assert_true(list.afresh);
	assert_int_equal(decide(w, &w->a, id, FSS_REQUEST_APPROVE), 0);
	transfer = work(&w->a);
	assert_int_equal(serve(&w->a, transfer, &terms), 0);
	assert_int_equal(put(&w->a, transfer, 1), 0);
	/* All is here, but nobody said so: the hub finishes by itself. */
	restart(w);
	hub_drive_run(&w->d);
	assert_int_equal(state_of(&w->b, id), FSS_REQUEST_FULFILLED);
	assert_int_equal(work(&w->a), 0);
}

static uint64_t
who(struct hub_peer *p, const char *name)
{
	struct fss__m_who_list list;
	struct fss__m_who_row row;
	struct fss__m_who m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_who_name | FSS__K_who_all;
	m.name = fss__slice_str(name);
	m.all = true;
	assert_int_equal(hub_peer_ask(p, FSS__MSG_WHO, &m, NULL, &list), 0);
	assert_int_equal(
	    fss__list_next(&list.people, &fss__r_who_row, &row), 1);
	return row.presence;
}

static void
test_hidden(void **state)
{
	struct world *w = *state;
	struct fss__m_presence m;
	struct follower alice, bob;

	follow(&w->a, ALL, &alice);
	follow(&w->b, ALL, &bob);
	hub_drive_run(&w->d);
	assert_int_equal(who(&w->b, "alice"), FSS_PRESENCE_ONLINE);
	(void)heard(&w->b, &bob, FSS_NEWS_PRESENCE, -1);
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_presence_hidden;
	m.hidden = true;
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_PRESENCE, &m, NULL, NULL), 0);
	assert_true(heard(&w->b, &bob, FSS_NEWS_PRESENCE, -1));
	assert_int_equal(who(&w->b, "alice"), FSS_PRESENCE_OFFLINE);
	assert_int_equal(who(&w->a, "alice"), FSS_PRESENCE_ONLINE);
	/* It is kept; coming back hidden is told to nobody. */
	restart(w);
	follow(&w->b, ALL, &bob);
	follow(&w->a, ALL, &alice);
	hub_drive_tick(&w->d, SECOND);
	hub_drive_run(&w->d);
	assert_int_equal(who(&w->b, "alice"), FSS_PRESENCE_OFFLINE);
	assert_int_equal(who(&w->a, "alice"), FSS_PRESENCE_ONLINE);
	m.hidden = false;
	(void)heard(&w->b, &bob, FSS_NEWS_PRESENCE, -1);
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_PRESENCE, &m, NULL, NULL), 0);
	assert_true(heard(&w->b, &bob, FSS_NEWS_PRESENCE, -1));
	assert_int_equal(who(&w->b, "alice"), FSS_PRESENCE_ONLINE);
}

/* Asking has a rate; what was refused can be asked later. */
static void
test_rate(void **state)
{
	struct world *w = *state;
	struct fss__m_request r;
	int i, e = 0;

	for (i = 0; i < 61 && e != FSS_ERATE; i++)
		e = ask(w, &w->b, "alice", "/none", &r);
	assert_int_equal(e, FSS_ERATE);
	assert_int_equal(i, 61);
	assert_true(w->b.error.retry_ms > 0);
	hub_drive_tick(&w->d, (int64_t)w->b.error.retry_ms * 1000);
	assert_int_equal(ask(w, &w->b, "alice", "/none", &r), FSS_ENOENT);
}

/* Each no makes the wait longer, also than what can be told of it. */
static void
test_long_wait(void **state)
{
	const int64_t hour = 3600 * SECOND;
	struct world *w = *state;
	struct fss__m_request r;
	int64_t retry_us;
	uint64_t id;
	int i;

	must_access(w, &w->a, "/", FSS_ACCESS_ASK);
	(void)announce(w, &w->a, "/file", 1);
	assert_int_equal(ask(w, &w->b, "alice", "/file", &r), 0);
	id = r.id;
	for (i = 0; i < 6; i++) {
		assert_int_equal(decide(w, &w->a, id, FSS_REQUEST_DENY), 0);
		assert_int_equal(decide_when(w, &w->b, id, FSS_REQUEST_RETRY,
		    &retry_us), FSS_ERATE);
		assert_true(retry_us - w->d.wall_us >= hour << i);
		assert_int_equal(ask(w, &w->b, "alice", "/file", &r),
		    FSS_ERATE);
		assert_true(w->b.error.retry_ms >= fss__min_u64(
		    (uint64_t)(retry_us - w->d.wall_us) / 1000,
		    FSS__MAX_RETRY_MS));
		w->d.wall_us += 48 * hour;
		assert_int_equal(decide(w, &w->b, id, FSS_REQUEST_RETRY), 0);
	}
}

/* The same event on @n requests at once, of which none is there. */
static int
decide_many(struct world *w, struct hub_peer *p, unsigned n, int event)
{
	uint8_t opid[FSS__OP_BYTES], ids[FSS__MAX_BATCH * 8];
	struct fss__m_request_list list;
	struct fss__m_decide m;
	unsigned i;

	memset(&m, 0, sizeof(m));
	m.op = op(w, opid);
	for (i = 0; i < n; i++)
		fss__put_le64(ids + i * 8, 1000000 + i);
	m.ids.p = ids;
	m.ids.n = (size_t)n * 8;
	m.event = (uint64_t)event;
	return hub_peer_ask(p, FSS__MSG_DECIDE, &m, NULL, &list);
}

/* Asking once more counts as asking; what is taken back has its own rate. */
static void
test_rate_of_changes(void **state)
{
	struct world *w = *state;
	struct fss__m_request r;
	int i;

	assert_int_equal(decide_many(w, &w->b, 256, FSS_REQUEST_RETRY), 0);
	assert_int_equal(
	    decide_many(w, &w->b, 1, FSS_REQUEST_RETRY), FSS_ERATE);
	assert_int_equal(ask(w, &w->b, "alice", "/none", &r), FSS_ERATE);
	/* Two of them may share a bucket by chance, hardly three. */
	assert_true(decide_many(w, &w->c, 1, FSS_REQUEST_RETRY) == 0 ||
	    decide_many(w, &w->a, 1, FSS_REQUEST_RETRY) == 0);
	for (i = 0; i < 4; i++)
		assert_int_equal(decide_many(w, &w->b, 256,
		    i % 2 ? FSS_REQUEST_SEE : FSS_REQUEST_CANCEL), 0);
	assert_int_equal(
	    decide_many(w, &w->b, 1, FSS_REQUEST_CANCEL), FSS_ERATE);
	hub_drive_tick(&w->d, (int64_t)w->b.error.retry_ms * 1000);
	assert_int_equal(decide_many(w, &w->b, 1, FSS_REQUEST_CANCEL), 0);
	assert_int_equal(
	    decide_many(w, &w->b, 1, FSS_REQUEST_SEE), FSS_ERATE);
	/* Answers to others are not held up. */
	assert_int_equal(decide_many(w, &w->b, 256, FSS_REQUEST_APPROVE), 0);
	assert_int_equal(decide_many(w, &w->b, 256, FSS_REQUEST_DENY), 0);
}

/* Hiding and showing is news to all: it has the rate of other changes. */
static void
test_rate_of_presence(void **state)
{
	struct world *w = *state;
	struct fss__m_presence m;
	struct fss__m_empty out;
	int i, e = 0;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_presence_hidden;
	/* Long enough here to be seen. */
	hub_drive_tick(&w->d, 4 * SECOND);
	for (i = 0; i < 1001 && e == 0; i++) {
		m.hidden = i % 2 == 0;
		e = hub_peer_ask(&w->b, FSS__MSG_PRESENCE, &m, NULL, &out);
	}
	assert_int_equal(e, FSS_ERATE);
	assert_int_equal(i, 1001);
	assert_int_equal(who(&w->c, "bob"), FSS_PRESENCE_ONLINE);
	/* Others have their own, and it can be done later. */
	assert_true(hub_peer_ask(&w->c, FSS__MSG_PRESENCE, &m, NULL,
	    &out) == 0 || hub_peer_ask(&w->a, FSS__MSG_PRESENCE, &m, NULL,
	    &out) == 0);
	hub_drive_tick(&w->d, (int64_t)w->b.error.retry_ms * 1000);
	assert_int_equal(hub_peer_ask(&w->b, FSS__MSG_PRESENCE, &m, NULL,
	    &out), 0);
	assert_int_equal(who(&w->c, "bob"), FSS_PRESENCE_OFFLINE);
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_life),
		TEST(test_told_path),
		TEST(test_follow),
		TEST(test_first_chunk),
		TEST(test_fetched),
		TEST(test_refused),
		TEST(test_fail_over),
		TEST(test_lost),
		TEST(test_unused),
		TEST(test_sources),
		TEST(test_restart),
		TEST(test_hidden),
		TEST(test_rate),
		TEST(test_long_wait),
		TEST(test_rate_of_changes),
		TEST(test_rate_of_presence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
