/*
 * See hub_request.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "hub_news.h"
#include "hub_request.h"

int
hr_setup(void **state)
{
	struct hr *w = calloc(1, sizeof(*w));

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

int
hr_teardown(void **state)
{
	struct hr *w = *state;

	hub_peer_release(&w->a);
	hub_peer_release(&w->b);
	hub_peer_release(&w->c);
	hub_drive_close(&w->d);
	folder_remove(w->dir);
	free(w);
	return 0;
}

void
hr_restart(struct hr *w)
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

struct fss__slice
hr_op(struct hr *w, uint8_t buf[FSS__OP_BYTES])
{
	struct fss__slice s = { buf, FSS__OP_BYTES };

	memset(buf, ++w->op, FSS__OP_BYTES);
	return s;
}

uint64_t
hr_announce_tree(struct hr *w, struct hub_peer *p, const char *path,
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
	m.op = hr_op(w, opid);
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

uint64_t
hr_announce(struct hr *w, struct hub_peer *p, const char *path, unsigned n)
{
	struct fss__id id;

	fss__frame_unref(hub_peer_content(n, HR_LEN, &id));
	return hr_announce_tree(w, p, path, &id, 0, HR_LEN);
}

int
hr_ask(struct hr *w, struct hub_peer *p, const char *owner, const char *path,
    struct fss__m_request *ret)
{
	uint8_t id[FSS__OP_BYTES];
	struct fss__m_ask m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_ask_owner | FSS__K_ask_path;
	m.op = hr_op(w, id);
	m.kind = FSS_REQUEST_GET;
	m.owner = fss__slice_str(owner);
	m.path = fss__slice_str(path);
	return hub_peer_ask(p, FSS__MSG_ASK, &m, NULL, ret);
}

uint64_t
hr_begin(struct hr *w, struct fss__m_request *ret)
{
	(void)hr_announce(w, &w->a, "/d/f", 1);
	hub_peer_access(&w->a, ++w->op, "/d", FSS_ACCESS_ASK);
	assert_int_equal(hr_ask(w, &w->b, "alice", "/d/f", ret), 0);
	assert_int_equal(ret->state, FSS_REQUEST_OPEN);
	return ret->id;
}

int
hr_decide_when(struct hr *w, struct hub_peer *p, uint64_t id, int event,
    int64_t *ret_retry_us)
{
	uint8_t opid[FSS__OP_BYTES], ids[8];
	struct fss__m_request_list list;
	struct fss__m_request row;
	struct fss__m_decide m;

	memset(&m, 0, sizeof(m));
	m.op = hr_op(w, opid);
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

int
hr_decide(struct hr *w, struct hub_peer *p, uint64_t id, int event)
{
	int64_t retry_us;

	return hr_decide_when(w, p, id, event, &retry_us);
}

int
hr_state_of(struct hub_peer *p, uint64_t id)
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

uint64_t
hr_work(struct hub_peer *p)
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

uint64_t
hr_approve(struct hr *w, uint64_t id)
{
	assert_int_equal(hr_decide(w, &w->a, id, FSS_REQUEST_APPROVE), 0);
	return hr_work(&w->a);
}

int
hr_serve(struct hub_peer *p, uint64_t transfer, struct fss__m_serve_terms *ret)
{
	struct fss__m_serve m;

	memset(&m, 0, sizeof(m));
	m.transfer = transfer;
	return hub_peer_ask(p, FSS__MSG_SERVE, &m, NULL, ret);
}

int
hr_put(struct hub_peer *p, uint64_t transfer, unsigned n)
{
	struct fss__frame *f;
	struct fss__id id;
	struct fss__m_put m;
	uint8_t len[4];

	f = hub_peer_content(n, HR_LEN, &id);
	memset(&m, 0, sizeof(m));
	fss__put_le32(len, HR_LEN);
	m.has = FSS__K_put_transfer;
	m.transfer = transfer;
	m.ids.p = id.b;
	m.ids.n = sizeof(id.b);
	m.lens.p = len;
	m.lens.n = sizeof(len);
	return hub_peer_ask(p, FSS__MSG_PUT, &m, f, NULL);
}

int
hr_served(struct hr *w, struct hub_peer *p, uint64_t transfer, int status)
{
	uint8_t id[FSS__OP_BYTES];
	struct fss__m_served m;

	memset(&m, 0, sizeof(m));
	m.op = hr_op(w, id);
	m.transfer = transfer;
	m.status = (uint64_t)-status;
	return hub_peer_ask(p, FSS__MSG_SERVED, &m, NULL, NULL);
}

int
hr_get(struct hub_peer *p, uint64_t version, unsigned n)
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
	want = hub_peer_content(n, HR_LEN, &id);
	assert_non_null(p->last->payload);
	assert_int_equal(p->last->payload->len, HR_LEN);
	assert_memory_equal(p->last->payload->data, want->data, HR_LEN);
	fss__frame_unref(want);
	return 0;
}

void
hr_follow(struct hub_peer *p, struct hr_follower *ret)
{
	ret->last = hn_begin(p, HN_ALL, &ret->epoch);
}

bool
hr_heard(struct hub_peer *p, struct hr_follower *f, int kind, int state)
{
	struct fss__m_events m = hn_question(HN_ALL, f->epoch, f->last, false);
	struct fss__m_event_list list;
	struct fss__m_event row;
	bool found = false;

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
