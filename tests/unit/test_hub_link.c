/*
 * Visitors at the hub's machine: which messages they may send, passwords and
 * their limits, and what ends a visit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <fss/link.h>

#include "hub_frame.h"
#include "hub_peer.h"

struct world {
	struct hub_drive d;
	struct hub_peer alice, visitor;
	char token[64];
	uint64_t link;
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	hub_drive_open(&w->d, NULL);
	hub_peer_init(&w->alice, &w->d, 1);
	hub_peer_init(&w->visitor, &w->d, 2);
	hub_peer_register(&w->alice, "alice");
	(void)hub_peer_file(&w->alice, "/pub/a", 1, 100);
	assert_int_equal(hub_peer_hello(&w->visitor), 0);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	hub_peer_release(&w->alice);
	hub_peer_release(&w->visitor);
	hub_drive_close(&w->d);
	free(w);
	return 0;
}

static void
make(struct world *w, unsigned kind, const char *password)
{
	struct fss__m_link_new m;
	struct fss__m_link row;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_link_new_path | FSS__K_link_new_kind;
	m.path = fss__slice_str("/pub");
	m.kind = kind;
	if (password != NULL) {
		m.has |= FSS__K_link_new_password;
		m.password = fss__slice_str(password);
	}
	assert_int_equal(hub_peer_ask(&w->alice, FSS__MSG_LINK_NEW, &m, NULL,
	    &row), 0);
	w->link = row.id;
	assert_int_equal(fss__slice_copy(row.token, w->token,
	    sizeof(w->token)), 0);
}

static int
visit_as(struct hub_peer *who, const char *token, const char *password)
{
	struct fss__m_link_open m;
	struct fss__m_link row;
	int r;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_link_open_token;
	m.token = fss__slice_str(token);
	if (password != NULL) {
		m.has |= FSS__K_link_open_password;
		m.password = fss__slice_str(password);
	}
	r = hub_peer_ask(who, FSS__MSG_LINK_OPEN, &m, NULL, &row);
	if (r == 0) {
		assert_true(fss__slice_eq(row.owner, fss__slice_str("alice")));
		assert_true(fss__slice_eq(row.name, fss__slice_str("pub")));
		assert_false(row.has & FSS__K_link_path);
	}
	return r;
}

static int
visit(struct world *w, const char *token, const char *password)
{
	return visit_as(&w->visitor, token, password);
}

/* What a message with no fields gets from the hub: 0 nothing. */
static int
status_of(struct world *w, unsigned type)
{
	uint8_t frame[7 + FSS__SESSION_BYTES] = { 0x95, FSS__MAX_VERSION, 0, 7,
		0xc4, FSS__SESSION_BYTES };
	struct fss__frame *f = fss__frame_new(sizeof(frame));
	struct fss__m_error m;
	struct hub_msg *msg;
	int r;

	assert_non_null(f);
	frame[2] = (uint8_t)type;
	memcpy(frame + 6, w->visitor.session, FSS__SESSION_BYTES);
	frame[6 + FSS__SESSION_BYTES] = 0x80;
	memcpy(f->data, frame, sizeof(frame));
	hub_drive_frame(&w->d, w->visitor.route, w->visitor.key, f, NULL);
	hub_drive_run(&w->d);
	msg = hub_drive_next(&w->d);
	if (msg == NULL)
		return 0;
	r = (int)msg->h.type;
	if (r == FSS__MSG_ERROR) {
		assert_int_equal(fss__fields_decode(msg->h.fields,
		    &fss__r_error, &m, NULL), 0);
		r = -(int)m.code;
	}
	hub_msg_free(msg);
	return r;
}

/* Each type there is: refused, but for those of the list. */
static void
expect_only(struct world *w, const unsigned *allowed, size_t n)
{
	const struct fss__message *m;
	unsigned type;
	size_t i;
	int r;

	for (type = 1; type < FSS__ANSWER; type++) {
		m = fss__message_find(type);
		if (m == NULL || m->needs == FSS__NEEDS_NONE ||
		    type == FSS__MSG_LOGOUT)
			continue;
		for (i = 0; i < n && allowed[i] != type; i++)
			;
		r = status_of(w, type);
		/* Its fields are missed, or it is answered. */
		if (i < n)
			assert_true(r >= 0 || r == FSS_EPROTO);
		else if (r != FSS_EDENIED)
			fail_msg("a visitor may send %s: %d", m->name, r);
	}
}

static void
test_messages(void **state)
{
	static const unsigned down[] = { FSS__MSG_CREDIT, FSS__MSG_STAT,
		FSS__MSG_LIST, FSS__MSG_GET, FSS__MSG_LINK_TAKE,
		FSS__MSG_LINK_DONE };
	static const unsigned up[] = { FSS__MSG_CREDIT, FSS__MSG_STAT,
		FSS__MSG_HAVE, FSS__MSG_PUT, FSS__MSG_COMMIT, FSS__MSG_GET,
		FSS__MSG_STAGE_NEW, FSS__MSG_STAGES, FSS__MSG_STAGE_OPEN,
		FSS__MSG_STAGE_SAVE, FSS__MSG_STAGE_COMMIT,
		FSS__MSG_STAGE_REMOVE };
	struct world *w = *state;
	int i, r = 0;

	make(w, FSS_LINK_DOWNLOAD, NULL);
	assert_int_equal(visit(w, w->token, NULL), 0);
	expect_only(w, down, sizeof(down) / sizeof(down[0]));
	hub_peer_release(&w->visitor);
	hub_peer_init(&w->visitor, &w->d, 3);
	assert_int_equal(hub_peer_hello(&w->visitor), 0);
	make(w, FSS_LINK_UPLOAD, NULL);
	assert_int_equal(visit(w, w->token, NULL), 0);
	expect_only(w, up, sizeof(up) / sizeof(up[0]));
	/* One is a visitor already; and nobody tries that for ever. */
	assert_int_equal(visit(w, w->token, NULL), FSS_EDENIED);
	for (i = 0; i < 2000 && r != FSS_ERATE; i++)
		r = visit(w, w->token, NULL);
	assert_int_equal(r, FSS_ERATE);
}

static void
test_password(void **state)
{
	struct world *w = *state;
	char wrong[64];
	int i, r = 0;

	make(w, FSS_LINK_DOWNLOAD, "a long password");
	assert_int_equal(visit(w, w->token, NULL), FSS_EAUTH);
	assert_int_equal(visit(w, w->token, "another password"), FSS_EAUTH);
	memcpy(wrong, w->token, sizeof(wrong));
	wrong[0] = wrong[0] == 'A' ? 'B' : 'A';
	assert_int_equal(visit(w, wrong, "a long password"), FSS_ENOENT);
	assert_int_equal(visit(w, "no token", NULL), FSS_ENOENT);
	assert_int_equal(visit(w, w->token, "a long password"), 0);
	/* After some that are wrong there is a pause, for the right one too. */
	hub_peer_release(&w->visitor);
	hub_peer_init(&w->visitor, &w->d, 3);
	assert_int_equal(hub_peer_hello(&w->visitor), 0);
	for (i = 0; i < 100 && r != FSS_ERATE; i++)
		r = visit(w, w->token, "another password");
	assert_int_equal(r, FSS_ERATE);
	assert_true(w->visitor.error.retry_ms > 0);
	assert_int_equal(visit(w, w->token, "a long password"), FSS_ERATE);
	/* Without a password nothing is worked out, and nothing counted. */
	make(w, FSS_LINK_DOWNLOAD, NULL);
	assert_int_equal(visit(w, w->token, NULL), 0);
}

/* What was never counted gives nobody more guesses. */
static void
test_refund(void **state)
{
	struct world *w = *state;
	struct hub_peer guesser;
	int i, r = 0;

	make(w, FSS_LINK_DOWNLOAD, NULL);
	hub_peer_init(&guesser, &w->d, 3);
	assert_int_equal(hub_peer_hello(&guesser), 0);
	for (i = 0; i < 100 && r != FSS_ERATE; i++)
		r = hub_peer_login(&guesser, "alice", "a bad password");
	assert_int_equal(r, FSS_ERATE);
	for (i = 0; i < 5; i++)
		make(w, FSS_LINK_DOWNLOAD, NULL);
	assert_int_equal(hub_peer_login(&guesser, "alice", "a bad password"),
	    FSS_ERATE);
	hub_peer_release(&guesser);
	/* A name may share its bucket with a link: here it is the same. */
	hub_peer_init(&guesser, &w->d, 4);
	assert_int_equal(hub_peer_hello(&guesser), 0);
	for (r = 0, i = 0; i < 100 && r != FSS_ERATE; i++)
		r = visit_as(&guesser, w->token, "a bad password");
	assert_int_equal(r, FSS_ERATE);
	assert_int_equal(visit(w, w->token, NULL), 0);
	assert_int_equal(visit_as(&guesser, w->token, "a bad password"),
	    FSS_ERATE);
	hub_peer_release(&guesser);
}

static void
test_revoke(void **state)
{
	struct world *w = *state;
	struct fss__m_link_revoke m;
	struct fss__m_entry row;

	make(w, FSS_LINK_DOWNLOAD, NULL);
	assert_int_equal(visit(w, w->token, NULL), 0);
	assert_int_equal(hub_peer_stat(&w->visitor, "/a", &row), 0);
	assert_int_equal(row.size, 100);
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_link_revoke_id;
	m.id = w->link;
	assert_int_equal(hub_peer_ask(&w->alice, FSS__MSG_LINK_REVOKE, &m,
	    NULL, NULL), 0);
	assert_int_equal(hub_peer_ping(&w->visitor), FSS_ESESSION);
	assert_int_equal(hub_peer_hello(&w->visitor), 0);
	assert_int_equal(visit(w, w->token, NULL), FSS_ENOENT);
}

/* A link that is good for @limit downloads. */
static void
make_limited(struct world *w, uint64_t limit)
{
	struct fss__m_link_new m;
	struct fss__m_link row;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_link_new_path | FSS__K_link_new_kind |
	    FSS__K_link_new_limit;
	m.path = fss__slice_str("/pub");
	m.kind = FSS_LINK_DOWNLOAD;
	m.limit = limit;
	assert_int_equal(hub_peer_ask(&w->alice, FSS__MSG_LINK_NEW, &m, NULL,
	    &row), 0);
	assert_int_equal(fss__slice_copy(row.token, w->token,
	    sizeof(w->token)), 0);
}

static uint64_t
begin(struct world *w, uint8_t op, const char *path)
{
	uint8_t id[FSS__OP_BYTES] = { op };
	struct fss__m_link_take m;
	struct fss__m_link row;

	memset(&m, 0, sizeof(m));
	m.op.p = id;
	m.op.n = sizeof(id);
	m.path = fss__slice_str(path);
	assert_int_equal(hub_peer_ask(&w->visitor, FSS__MSG_LINK_TAKE, &m,
	    NULL, &row), 0);
	return row.ticket;
}

static void
break_off(struct world *w, uint8_t op, uint64_t ticket)
{
	uint8_t id[FSS__OP_BYTES] = { op };
	struct fss__m_link_done m;

	memset(&m, 0, sizeof(m));
	m.op.p = id;
	m.op.n = sizeof(id);
	m.ticket = ticket;
	assert_int_equal(hub_peer_ask(&w->visitor, FSS__MSG_LINK_DONE, &m,
	    NULL, NULL), 0);
}

/* A GET of the first nodes of @n versions: how many of them it answered. */
static uint32_t
get(struct world *w, const uint64_t *version, size_t n)
{
	struct fss__m_get_item item;
	struct fss__m_nodes nodes;
	struct fss__m_get m;
	struct fss__buf b;
	size_t i;

	memset(&item, 0, sizeof(item));
	memset(&m, 0, sizeof(m));
	fss__buf_init(&b, FSS__MAX_HEADER);
	for (i = 0; i < n; i++) {
		item.version = version[i];
		item.count = 1;
		assert_int_equal(fss__record_encode(&b, &fss__r_get_item,
		    &item), 0);
	}
	m.items.p = b.data;
	m.items.n = b.len;
	m.items.count = (uint32_t)n;
	assert_int_equal(hub_peer_ask(&w->visitor, FSS__MSG_GET, &m, NULL,
	    &nodes), 0);
	fss__buf_release(&b);
	return nodes.runs.count;
}

static uint64_t
used(struct world *w)
{
	struct fss__m_link_list list;
	struct fss__m_page m;
	struct fss__m_link row;

	memset(&m, 0, sizeof(m));
	assert_int_equal(hub_peer_ask(&w->alice, FSS__MSG_LINKS, &m, NULL,
	    &list), 0);
	assert_int_equal(fss__list_next(&list.links, &fss__r_link, &row), 1);
	return row.used;
}

/* What one GET gives out counts for the download it is of, and no other. */
static void
test_two_tickets(void **state)
{
	struct world *w = *state;
	struct fss__m_entry row;
	uint64_t version[4], a, b;

	(void)hub_peer_file(&w->alice, "/pub/b", 2, 50);
	make_limited(w, 5);
	assert_int_equal(visit(w, w->token, NULL), 0);
	assert_int_equal(hub_peer_stat(&w->visitor, "/a", &row), 0);
	version[0] = version[1] = row.version;
	assert_int_equal(hub_peer_stat(&w->visitor, "/b", &row), 0);
	version[2] = version[3] = row.version;
	a = begin(w, 1, "/a");
	b = begin(w, 2, "/b");
	/* All of the first is given out, nothing of the other. */
	assert_int_equal(get(w, version + 1, 2), 1);
	break_off(w, 3, b);
	assert_int_equal(used(w), 0);
	break_off(w, 4, a);
	assert_int_equal(used(w), 1);
	/* Asked again, the other is given out as well. */
	a = begin(w, 5, "/a");
	b = begin(w, 6, "/b");
	assert_int_equal(get(w, version, 4), 2);
	assert_int_equal(get(w, version + 2, 2), 2);
	break_off(w, 7, a);
	break_off(w, 8, b);
	assert_int_equal(used(w), 3);
}

int
main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_messages),
		T(test_password),
		T(test_refund),
		T(test_revoke),
		T(test_two_tickets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
