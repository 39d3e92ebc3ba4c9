/*
 * See hub_peer.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "hub_frame.h"
#include "hub_peer.h"
#include "rng.h"

void
hub_peer_init(struct hub_peer *p, struct hub_drive *d, uint8_t n)
{
	memset(p, 0, sizeof(*p));
	p->d = d;
	p->route = n;
	memset(p->key, n, sizeof(p->key));
}

void
hub_peer_release(struct hub_peer *p)
{
	hub_msg_free(p->last);
	p->last = NULL;
}

uint64_t
hub_peer_send(struct hub_peer *p, unsigned type, const void *msg,
    struct fss__frame *payload)
{
	struct fss__frame *f;

	f = hub_frame(type, ++p->req, p->open ? p->session : NULL,
	    fss__message_find(type)->request, msg);
	hub_drive_frame(p->d, p->route, p->key, f, payload);
	return p->req;
}

/* What tells a session, of anybody, that it is over: counted, no answer. */
static void
note_over(struct hub_drive *d)
{
	while (d->msg != NULL && d->msg->h.type == FSS__MSG_ERROR &&
	    d->msg->h.req == 0) {
		assert_int_equal(d->msg->h.session.n, FSS__SESSION_BYTES);
		hub_msg_free(hub_drive_next(d));
		d->over++;
	}
}

int
hub_peer_take(struct hub_peer *p, uint64_t req, void *ret)
{
	const struct fss__message *m;

	hub_msg_free(p->last);
	if (req != 0)
		note_over(p->d);
	p->last = hub_drive_next(p->d);
	assert_non_null(p->last);
	assert_int_equal(p->last->route, p->route);
	assert_int_equal(p->last->h.req, req);
	memset(&p->error, 0, sizeof(p->error));
	if (p->last->h.type == FSS__MSG_ERROR) {
		assert_int_equal(fss__fields_decode(p->last->h.fields,
				     &fss__r_error, &p->error, NULL),
		    0);
		assert_true(p->error.code > 0);
		return -(int)p->error.code;
	}
	m = fss__message_find(p->last->h.type - FSS__ANSWER);
	assert_non_null(m);
	if (ret != NULL)
		assert_int_equal(
		    fss__fields_decode(p->last->h.fields, m->answer, ret, NULL),
		    0);
	return 0;
}

int
hub_peer_ask(struct hub_peer *p, unsigned type, const void *msg,
    struct fss__frame *payload, void *ret)
{
	uint64_t req = hub_peer_send(p, type, msg, payload);

	hub_drive_run(p->d);
	return hub_peer_take(p, req, ret);
}

void
hub_peer_silence(struct hub_peer *p)
{
	note_over(p->d);
	assert_null(p->d->msg);
}

int
hub_peer_hello(struct hub_peer *p)
{
	struct fss__m_welcome welcome;
	struct fss__m_hello m;
	int r;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_hello_min_version | FSS__K_hello_max_version;
	m.min_version = m.max_version = FSS__MAX_VERSION;
	r = hub_peer_ask(p, FSS__MSG_HELLO, &m, NULL, &welcome);
	if (r != 0)
		return r;
	assert_int_equal(welcome.session.n, sizeof(p->session));
	memcpy(p->session, welcome.session.p, sizeof(p->session));
	p->open = true;
	return 0;
}

void
hub_peer_register(struct hub_peer *p, const char *name)
{
	struct fss__m_register m;

	assert_int_equal(hub_peer_hello(p), 0);
	memset(&m, 0, sizeof(m));
	m.name = fss__slice_str(name);
	m.password = fss__slice_str("password");
	assert_int_equal(hub_peer_ask(p, FSS__MSG_REGISTER, &m, NULL, NULL), 0);
}

int
hub_peer_login(struct hub_peer *p, const char *name, const char *password)
{
	struct fss__m_login m;

	memset(&m, 0, sizeof(m));
	m.name = fss__slice_str(name);
	m.password = fss__slice_str(password);
	return hub_peer_ask(p, FSS__MSG_LOGIN, &m, NULL, NULL);
}

int
hub_peer_ping(struct hub_peer *p)
{
	struct fss__m_empty m = { 0 };

	return hub_peer_ask(p, FSS__MSG_PING, &m, NULL, NULL);
}

/* ---- content ---------------------------------------------------------- */

struct fss__frame *
hub_peer_content(unsigned n, size_t len, struct fss__id *ret_id)
{
	struct fss__frame *f = fss__frame_new(len);
	struct rng rng = { n + 1 };

	assert_non_null(f);
	rng_fill(&rng, f->data, len);
	assert_int_equal(
	    fss__digest(FSS__KIND_DATA | FSS__ALG_SHA256, f->data, len, ret_id),
	    0);
	return f;
}

uint64_t
hub_peer_put_send(
    struct hub_peer *p, const struct fss__id *id, struct fss__frame *content)
{
	struct fss__m_put m;
	uint8_t len[4];

	memset(&m, 0, sizeof(m));
	fss__put_le32(len, (uint32_t)content->len);
	m.ids.p = id->b;
	m.ids.n = sizeof(id->b);
	m.lens.p = len;
	m.lens.n = sizeof(len);
	return hub_peer_send(p, FSS__MSG_PUT, &m, content);
}

int
hub_peer_commit(struct hub_peer *p, uint8_t op, const char *path,
    const struct fss__id *root, uint64_t size, struct fss__m_entry *ret_row)
{
	uint8_t opid[FSS__OP_BYTES];
	struct fss__m_commit_item item;
	struct fss__m_entry_list list;
	struct fss__m_entry row;
	struct fss__m_commit m;
	struct fss__buf b;
	int r;

	memset(&item, 0, sizeof(item));
	item.path = fss__slice_str(path);
	item.kind = FSS_KIND_FILE;
	item.has = FSS__K_commit_item_size;
	item.size = size;
	if (root != NULL) {
		item.has |= FSS__K_commit_item_root;
		item.root.p = root->b;
		item.root.n = sizeof(root->b);
	}
	fss__buf_init(&b, FSS__MAX_HEADER);
	assert_int_equal(fss__record_encode(&b, &fss__r_commit_item, &item), 0);
	memset(opid, op, sizeof(opid));
	memset(&m, 0, sizeof(m));
	m.op.p = opid;
	m.op.n = sizeof(opid);
	m.items.p = b.data;
	m.items.n = b.len;
	m.items.count = 1;
	r = hub_peer_ask(p, FSS__MSG_COMMIT, &m, NULL, &list);
	fss__buf_release(&b);
	if (r != 0)
		return r;
	assert_int_equal(fss__list_next(&list.entries, &fss__r_entry, &row), 1);
	if (ret_row != NULL)
		*ret_row = row;
	return -(int)row.status;
}

uint64_t
hub_peer_file(struct hub_peer *p, const char *path, unsigned n, size_t len)
{
	struct fss__frame *f;
	struct fss__m_entry row;
	struct fss__id id;
	uint64_t req;

	f = hub_peer_content(n, len, &id);
	req = hub_peer_put_send(p, &id, f);
	hub_drive_run(p->d);
	assert_int_equal(hub_peer_take(p, req, NULL), 0);
	/* Ops of 128 and more are those of this function. */
	assert_int_equal(
	    hub_peer_commit(p, (uint8_t)(128 + n), path, &id, len, &row), 0);
	assert_true(row.version > 0);
	return row.version;
}

void
hub_peer_get_make(uint64_t version, struct fss__buf *b, struct fss__m_get *m)
{
	struct fss__m_get_item item;

	memset(&item, 0, sizeof(item));
	item.version = version;
	item.count = 1;
	fss__buf_init(b, FSS__MAX_HEADER);
	assert_int_equal(fss__record_encode(b, &fss__r_get_item, &item), 0);
	memset(m, 0, sizeof(*m));
	m->items.p = b->data;
	m->items.n = b->len;
	m->items.count = 1;
}

uint64_t
hub_peer_get_send(struct hub_peer *p, uint64_t version)
{
	struct fss__m_get m;
	struct fss__buf b;
	uint64_t req;

	hub_peer_get_make(version, &b, &m);
	req = hub_peer_send(p, FSS__MSG_GET, &m, NULL);
	fss__buf_release(&b);
	return req;
}

void
hub_peer_credit(struct hub_peer *p, uint64_t received)
{
	struct fss__m_credit m;

	memset(&m, 0, sizeof(m));
	m.received = received;
	(void)hub_peer_send(p, FSS__MSG_CREDIT, &m, NULL);
}

void
hub_peer_access(struct hub_peer *p, uint8_t op, const char *path, int access)
{
	uint8_t opid[FSS__OP_BYTES];
	struct fss__m_access m;

	memset(opid, op, sizeof(opid));
	memset(&m, 0, sizeof(m));
	m.op.p = opid;
	m.op.n = sizeof(opid);
	m.path = fss__slice_str(path);
	m.access = (uint64_t)access;
	assert_int_equal(hub_peer_ask(p, FSS__MSG_ACCESS, &m, NULL, NULL), 0);
}

int
hub_peer_stat(
    struct hub_peer *p, const char *path, struct fss__m_entry *ret_row)
{
	struct fss__m_entry_list list;
	struct fss__m_entry row;
	struct fss__m_stat m;
	struct fss__m_ref ref;
	struct fss__buf b;
	int r;

	memset(&ref, 0, sizeof(ref));
	ref.path = fss__slice_str(path);
	fss__buf_init(&b, FSS__MAX_HEADER);
	assert_int_equal(fss__record_encode(&b, &fss__r_ref, &ref), 0);
	memset(&m, 0, sizeof(m));
	m.refs.p = b.data;
	m.refs.n = b.len;
	m.refs.count = 1;
	r = hub_peer_ask(p, FSS__MSG_STAT, &m, NULL, &list);
	fss__buf_release(&b);
	if (r != 0)
		return r;
	assert_int_equal(fss__list_next(&list.entries, &fss__r_entry, &row), 1);
	if (ret_row != NULL)
		*ret_row = row;
	return -(int)row.status;
}
