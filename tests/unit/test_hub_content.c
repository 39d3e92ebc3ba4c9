/*
 * The hub's machine: PUT and GET, what lies about them, and the credit that
 * bounds both.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/num.h"
#include "chunk/manifest.h"
#include "hub_peer.h"
#include "proto/hub_internal.h"

#define MIB ((size_t)1 << 20)

struct world {
	struct hub_drive d;
	struct hub_peer a, b;
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	hub_drive_open(&w->d, NULL);
	hub_peer_init(&w->a, &w->d, 1);
	hub_peer_init(&w->b, &w->d, 2);
	hub_peer_register(&w->a, "alice");
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	hub_peer_release(&w->a);
	hub_peer_release(&w->b);
	hub_drive_close(&w->d);
	free(w);
	return 0;
}

/* ---- PUT -------------------------------------------------------------- */

/* PUT of two nodes of the lengths given over a payload of @len bytes. */
static int
put_two(struct world *w, const struct fss__id id[2], uint32_t first,
    uint32_t second, size_t nids, size_t nlens, struct fss__frame *payload)
{
	uint8_t ids[2 * FSS__ID_BYTES], lens[8];
	struct fss__m_put m;

	memcpy(ids, id[0].b, FSS__ID_BYTES);
	memcpy(ids + FSS__ID_BYTES, id[1].b, FSS__ID_BYTES);
	fss__put_le32(lens, first);
	fss__put_le32(lens + 4, second);
	memset(&m, 0, sizeof(m));
	m.ids.p = ids;
	m.ids.n = nids;
	m.lens.p = lens;
	m.lens.n = nlens;
	return hub_peer_ask(&w->a, FSS__MSG_PUT, &m, payload, NULL);
}

static bool
has(struct world *w, const struct fss__id *id)
{
	struct fss__m_missing missing;
	struct fss__m_have m;

	memset(&m, 0, sizeof(m));
	m.ids.p = id->b;
	m.ids.n = sizeof(id->b);
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_HAVE, &m, NULL, &missing), 0);
	return missing.count == 0;
}

static void
test_lies(void **state)
{
	struct world *w = *state;
	struct fss__frame *one, *two, *both;
	struct fss__id id[2], swapped[2];
	size_t both_ids = sizeof(id), n = 3000;

	one = hub_peer_content(1, 1000, &id[0]);
	two = hub_peer_content(2, 2000, &id[1]);
	both = fss__frame_new(n);
	assert_non_null(both);
	memcpy(both->data, one->data, 1000);
	memcpy(both->data + 1000, two->data, 2000);
#define TWO(...) put_two(w, id, __VA_ARGS__, fss__frame_ref(both))
	assert_int_equal(TWO(1000, 1999, both_ids, 8), FSS_EPROTO);
	assert_int_equal(TWO(1000, 2001, both_ids, 8), FSS_EPROTO);
	assert_int_equal(TWO(1000, UINT32_MAX, both_ids, 8), FSS_ETOOBIG);
	assert_int_equal(TWO(0, 3000, both_ids, 8), FSS_ETOOBIG);
	assert_int_equal(TWO(1000, 2000, both_ids, 4), FSS_EPROTO);
	assert_int_equal(TWO(1000, 2000, both_ids, 7), FSS_EPROTO);
	assert_int_equal(TWO(1000, 2000, both_ids - 1, 8), FSS_EPROTO);
	assert_int_equal(TWO(1000, 2000, 0, 0), FSS_EPROTO);
	/* Lengths that fit and digests that do not. */
	assert_int_equal(TWO(2000, 1000, both_ids, 8), FSS_EINTEGRITY);
	swapped[0] = id[1];
	swapped[1] = id[0];
	assert_int_equal(
	    put_two(w, swapped, 1000, 2000, both_ids, 8, fss__frame_ref(both)),
	    FSS_EINTEGRITY);
	assert_int_equal(
	    put_two(w, id, 1000, 2000, both_ids, 8, NULL), FSS_EPROTO);
	/* Of a PUT that failed nothing is kept, not even what was right. */
	assert_false(has(w, &id[0]));
	assert_false(has(w, &id[1]));
	assert_int_equal(TWO(1000, 2000, both_ids, 8), 0);
	assert_true(has(w, &id[0]));
	assert_true(has(w, &id[1]));
	/* A kind or an algorithm there is not, and a page that is none. */
	id[0].b[0] = 0x7f;
	assert_int_not_equal(TWO(1000, 2000, both_ids, 8), 0);
	assert_int_equal(fss__digest(FSS__KIND_PAGE | FSS__ALG_SHA256,
			     one->data, one->len, &id[0]),
	    0);
	assert_int_not_equal(TWO(1000, 2000, both_ids, 8), 0);
#undef TWO
	fss__frame_unref(one);
	fss__frame_unref(two);
	fss__frame_unref(both);
}

/* What others hold is not one's own, neither to see nor to commit. */
static void
test_commit_without_content(void **state)
{
	struct world *w = *state;
	struct fss__m_entry row;
	struct fss__id id;

	fss__frame_unref(hub_peer_content(1, 1000, &id));
	assert_int_equal(
	    hub_peer_commit(&w->a, 1, "/f", &id, 1000, NULL), FSS_EMISSING);
	assert_int_equal(hub_peer_stat(&w->a, "/f", NULL), FSS_ENOENT);
	hub_peer_register(&w->b, "bob");
	(void)hub_peer_file(&w->b, "/b", 1, 1000);
	assert_false(has(w, &id));
	assert_int_equal(
	    hub_peer_commit(&w->a, 2, "/f", &id, 1000, NULL), FSS_EMISSING);
	(void)hub_peer_file(&w->a, "/a", 1, 1000);
	/* A size that is not the content's. */
	assert_int_not_equal(
	    hub_peer_commit(&w->a, 3, "/f", &id, 1001, NULL), 0);
	assert_int_not_equal(hub_peer_commit(&w->a, 4, "/f", &id, 0, NULL), 0);
	assert_int_not_equal(hub_peer_commit(&w->a, 5, "/f", NULL, 5, NULL), 0);
	assert_int_equal(hub_peer_stat(&w->a, "/f", NULL), FSS_ENOENT);
	assert_int_equal(hub_peer_commit(&w->a, 6, "/f", &id, 1000, &row), 0);
	/* Traversal and what else is no path. */
	assert_int_equal(
	    hub_peer_commit(&w->a, 7, "/../f", &id, 1000, NULL), FSS_EPATH);
	assert_int_equal(
	    hub_peer_commit(&w->a, 8, "f", &id, 1000, NULL), FSS_EPATH);
	assert_int_equal(
	    hub_peer_commit(&w->a, 9, "/a\n", &id, 1000, NULL), FSS_EPATH);
}

/* A page and its two children in one PUT, they @before it or after. */
static int
put_with_page(struct world *w, unsigned seed, bool before)
{
	struct fss__frame *child[2], *f;
	struct fss__manifest *mf;
	struct fss__id id[3];
	struct fss__m_put m;
	uint8_t lens[3 * 4], *data;
	size_t len, at = 0, n = 1000, i, page = before ? 2 : 0;
	uint64_t req;

	assert_int_equal(fss__manifest_new(FSS__ALG_SHA256, &mf), 0);
	for (i = 0; i < 2; i++) {
		child[i] = hub_peer_content(seed + (unsigned)i, n,
		    &id[(page + 1 + i) % 3]);
		assert_int_equal(fss__manifest_add(mf, &id[(page + 1 + i) % 3],
		    n), 0);
	}
	assert_int_equal(fss__manifest_finish(mf), 0);
	assert_int_equal(fss__manifest_take(mf, &id[page], &data, &len), 1);
	f = fss__frame_new(2 * n + len);
	for (i = 0; i < 3; i++) {
		if (i == page)
			memcpy(f->data + at, data, len);
		else
			memcpy(f->data + at, child[before ? i : i - 1]->data,
			    n);
		fss__put_le32(lens + i * 4, (uint32_t)(i == page ? len : n));
		at += i == page ? len : n;
	}
	memset(&m, 0, sizeof(m));
	m.ids.p = id[0].b;
	m.ids.n = sizeof(id);
	m.lens.p = lens;
	m.lens.n = sizeof(lens);
	req = hub_peer_send(&w->a, FSS__MSG_PUT, &m, f);
	hub_drive_run(&w->d);
	fss__frame_unref(child[0]);
	fss__frame_unref(child[1]);
	fss__manifest_free(mf);
	fss__free(data);
	return hub_peer_take(&w->a, req, NULL);
}

/* Clients send a file's last pages together. */
static void
test_put_page(void **state)
{
	assert_int_equal(put_with_page(*state, 1, false), FSS_EMISSING);
	assert_int_equal(put_with_page(*state, 5, true), 0);
}

static void
test_put_credit(void **state)
{
	struct world *w = *state;
	struct fss__m_put_done done;
	uint64_t req[3], last;
	struct fss__id id[4];
	struct fss__frame *f;
	size_t n = 600000;
	unsigned i;

	w->d.hold = HUB_HOLD(FSS__LANE_HASH);
	for (i = 0; i < 3; i++) {
		f = hub_peer_content(i, n, &id[i]);
		req[i] = hub_peer_put_send(&w->a, &id[i], f);
		hub_drive_run(&w->d);
	}
	/* One is always allowed; with two it is more than 1 MiB. */
	assert_int_equal(hub_peer_take(&w->a, req[1], NULL), FSS_ECREDIT);
	assert_int_equal(hub_peer_take(&w->a, req[2], NULL), FSS_ECREDIT);
	w->d.hold = 0;
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->a, req[0], &done), 0);
	assert_int_equal(done.accepted, n);
	assert_int_equal(done.credit, FSS__MAX_CREDIT_FIRST + n);
	assert_true(has(w, &id[0]));
	assert_false(has(w, &id[1]));
	/* Now both fit, and a third does not. */
	w->d.hold = HUB_HOLD(FSS__LANE_HASH);
	for (i = 0; i < 3; i++) {
		f = hub_peer_content(i, n, &id[i]);
		req[i] = hub_peer_put_send(&w->a, &id[i], f);
	}
	last = req[2];
	assert_int_equal(hub_peer_take(&w->a, last, NULL), FSS_ECREDIT);
	w->d.hold = 0;
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->a, req[0], NULL), 0);
	assert_int_equal(hub_peer_take(&w->a, req[1], &done), 0);
	assert_int_equal(done.accepted, 3 * n);
	/* What failed is not counted as accepted, and gives its room back. */
	id[0].b[5] ^= 1;
	f = hub_peer_content(0, n, &id[3]);
	last = hub_peer_put_send(&w->a, &id[0], f);
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->a, last, NULL), FSS_EINTEGRITY);
	f = hub_peer_content(2, n, &id[2]);
	last = hub_peer_put_send(&w->a, &id[2], f);
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->a, last, &done), 0);
	assert_int_equal(done.accepted, 4 * n);
}

/* While all have little under way nobody has to earn credit. */
static void
test_put_easy(void **state)
{
	struct world *w = *state;
	struct fss__m_put_done done;
	uint64_t req[3];
	struct fss__id id;
	size_t n = 600000;
	unsigned i;

	w->d.hub->cfg.easy = MIB;
	req[0] = hub_peer_put_send(&w->a, &id, hub_peer_content(9, n, &id));
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->a, req[0], &done), 0);
	assert_int_equal(done.credit, FSS__MAX_CREDIT);
	w->d.hold = HUB_HOLD(FSS__LANE_HASH);
	for (i = 0; i < 3; i++)
		req[i] = hub_peer_put_send(&w->a, &id,
		    hub_peer_content(i, n, &id));
	hub_drive_run(&w->d);
	w->d.hold = 0;
	hub_drive_run(&w->d);
	/* Two were under way when the first was done. */
	assert_int_equal(hub_peer_take(&w->a, req[0], &done), 0);
	assert_int_equal(done.credit, FSS__MAX_CREDIT_FIRST + 2 * n);
	assert_int_equal(hub_peer_take(&w->a, req[1], &done), 0);
	assert_int_equal(hub_peer_take(&w->a, req[2], &done), 0);
	assert_int_equal(done.credit, FSS__MAX_CREDIT);
}

/* ---- GET -------------------------------------------------------------- */

/* How many GETs were answered, and with how many bytes. */
static unsigned
take_gets(struct world *w, uint64_t *ret_bytes)
{
	struct hub_msg *m;
	unsigned n = 0;

	while ((m = hub_drive_next(&w->d)) != NULL) {
		assert_int_equal(m->h.type, FSS__MSG_GET + FSS__ANSWER);
		assert_non_null(m->payload);
		*ret_bytes += m->payload->len;
		n++;
		hub_msg_free(m);
	}
	return n;
}

/* What waits is sent as fast as it is reported taken, and not before. */
static void
test_get_window(void **state)
{
	struct world *w = *state;
	uint64_t version, bytes = 0, before;
	unsigned i, n, answered;

	version = hub_peer_file(&w->a, "/f", 1, MIB);
	for (i = 0; i < 20; i++)
		(void)hub_peer_get_send(&w->a, version);
	hub_drive_run(&w->d);
	/* The first window is 1 MiB. */
	answered = take_gets(w, &bytes);
	assert_int_equal(answered, 1);
	/* Stalled: a tick, a PING, a lie about more than was sent. */
	hub_drive_tick(&w->d, 1000000);
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_ping(&w->a), 0);
	hub_peer_credit(&w->a, 0);
	hub_drive_run(&w->d);
	hub_peer_silence(&w->a);
	hub_peer_credit(&w->a, UINT64_MAX); /* counts as all there was */
	hub_drive_run(&w->d);
	n = take_gets(w, &bytes);
	assert_in_range(n, 1, 2);
	answered += n;
	/* An old number after a newer one changes nothing. */
	before = bytes;
	hub_peer_credit(&w->a, 1);
	hub_drive_run(&w->d);
	assert_int_equal(take_gets(w, &bytes), 0);
	assert_int_equal(before, bytes);
	while (answered < 20) {
		hub_peer_credit(&w->a, bytes);
		hub_drive_run(&w->d);
		n = take_gets(w, &bytes);
		assert_true(n > 0);
		answered += n;
	}
	assert_int_equal(bytes, 20 * MIB);
}

/* The first may have as much as all may have under way without care. */
static void
test_get_easy(void **state)
{
	struct world *w = *state;
	uint64_t version, bytes = 0;
	unsigned i;

	version = hub_peer_file(&w->a, "/f", 1, MIB);
	w->d.hub->cfg.easy = 4 * MIB;
	w->d.hold = HUB_HOLD(FSS__LANE_READ);
	for (i = 0; i < 20; i++)
		(void)hub_peer_get_send(&w->a, version);
	hub_drive_run(&w->d);
	assert_int_equal(w->d.hub->get_reserved, 4 * MIB);
	/* Nothing is with the network here, so all it may have goes out. */
	w->d.hold = 0;
	hub_drive_run(&w->d);
	assert_int_equal(take_gets(w, &bytes), FSS__MAX_CREDIT / MIB);
}

/* The window grows with what is taken, to its limit and no further. */
static void
test_stalled_reader(void **state)
{
	struct world *w = *state;
	uint64_t version, bytes = 0, stalled = 0;
	struct fss__session *s;
	unsigned i;

	version = hub_peer_file(&w->a, "/f", 1, MIB);
	for (i = 0; i < 200; i++) {
		(void)hub_peer_get_send(&w->a, version);
		hub_drive_run(&w->d);
		(void)take_gets(w, &bytes);
		hub_peer_credit(&w->a, bytes);
	}
	s = w->d.hub->sessions.oldest;
	assert_int_equal(s->get_window, FSS__MAX_CREDIT);
	for (i = 0; i < FSS__MAX_REQUESTS; i++)
		(void)hub_peer_get_send(&w->a, version);
	hub_drive_run(&w->d);
	(void)take_gets(w, &stalled);
	assert_int_equal(stalled, FSS__MAX_CREDIT);
	/* `received` in a GET counts as CREDIT does. */
	assert_int_equal(hub_peer_ping(&w->a), 0);
}

/* A session that ends with GETs waiting takes them along. */
static void
test_closed_while_waiting(void **state)
{
	struct world *w = *state;
	static const struct fss__m_empty nothing;
	uint64_t version, bytes = 0;
	unsigned i;

	version = hub_peer_file(&w->a, "/f", 1, MIB);
	for (i = 0; i < 10; i++)
		(void)hub_peer_get_send(&w->a, version);
	/* One runs, nine wait; BYE comes before it is over. */
	assert_int_equal(hub_drive_jobs(&w->d), 1);
	(void)hub_peer_send(&w->a, FSS__MSG_BYE, &nothing, NULL);
	hub_drive_run(&w->d);
	hub_peer_silence(&w->a);
	assert_int_equal(hub_drive_jobs(&w->d), 0);
	/* And the same by a new HELLO, and by the lease. */
	assert_int_equal(hub_peer_hello(&w->a), 0);
	for (i = 0; i < 10; i++)
		(void)hub_peer_get_send(&w->a, version);
	assert_int_equal(hub_peer_hello(&w->a), 0);
	for (i = 0; i < 10; i++)
		(void)hub_peer_get_send(&w->a, version);
	hub_drive_tick(&w->d, FSS__MAX_LEASE * INT64_C(1000));
	hub_drive_run(&w->d);
	hub_peer_silence(&w->a);
	assert_int_equal(hub_peer_hello(&w->a), 0);
	(void)hub_peer_get_send(&w->a, version);
	hub_drive_run(&w->d);
	assert_int_equal(take_gets(w, &bytes), 1);
}

/* PUTs of a session that ended give the hub its room back. */
static void
test_closed_while_putting(void **state)
{
	struct world *w = *state;
	struct fss__id id;
	struct fss__frame *f = hub_peer_content(1, MIB, &id);

	(void)hub_peer_put_send(&w->a, &id, f);
	assert_int_equal(w->d.hub->put_flying, MIB);
	assert_int_equal(hub_peer_hello(&w->a), 0);
	hub_drive_run(&w->d);
	hub_peer_silence(&w->a);
	assert_int_equal(w->d.hub->put_flying, 0);
	assert_true(has(w, &id)); /* it was taken all the same */
}

/* An answer that cannot be sent ends its session, for it is not repeated. */
static void
test_unsent(void **state)
{
	struct world *w = *state;
	uint64_t version;

	version = hub_peer_file(&w->a, "/f", 1, MIB);
	(void)hub_peer_get_send(&w->a, version);
	hub_drive_run(&w->d);
	hub_drive_unsent(&w->d, hub_drive_next(&w->d));
	/* Said at once, and again when asked. */
	assert_int_equal(hub_peer_take(&w->a, 0, NULL), FSS_ESESSION);
	assert_int_equal(hub_peer_ping(&w->a), FSS_ESESSION);
	assert_int_equal(hub_peer_hello(&w->a), 0);
	assert_int_equal(hub_peer_ping(&w->a), 0);
	/* A message that was lost on its way in: all sessions of its key. */
	assert_int_equal(hub_peer_hello(&w->b), 0);
	hub_drive_lost(&w->d, w->a.key);
	assert_int_equal(hub_peer_take(&w->a, 0, NULL), FSS_ESESSION);
	assert_int_equal(hub_peer_ping(&w->a), FSS_ESESSION);
	assert_int_equal(hub_peer_ping(&w->b), 0);
}

/* What was refused stays so, whatever else the GET names. */
static void
test_denied(void **state)
{
	struct world *w = *state;
	uint64_t version, asked[4], req;
	struct fss__m_get_item item;
	struct fss__m_node_run run;
	struct fss__m_nodes nodes;
	struct fss__m_get m;
	struct hub_msg *got;
	struct fss__buf b;
	unsigned i, round;

	hub_peer_register(&w->b, "mallory");
	version = hub_peer_file(&w->a, "/secret", 1, MIB);
	asked[0] = version;
	asked[1] = 0;
	asked[2] = version;
	asked[3] = UINT64_MAX;
	for (round = 0; round < 4; round++) {
		/* The owner's GET, after which the stranger's comes. */
		(void)hub_peer_get_send(&w->a, version);
		hub_drive_run(&w->d);
		got = hub_drive_next(&w->d);
		assert_int_equal(got->payload->len, MIB);
		hub_peer_credit(&w->a, (uint64_t)(round + 1) * MIB);
		hub_msg_free(got);
		fss__buf_init(&b, FSS__MAX_HEADER);
		for (i = 0; i < 4; i++) {
			memset(&item, 0, sizeof(item));
			item.has = FSS__K_get_item_version |
			    FSS__K_get_item_count;
			item.version = asked[(i + round) % 4];
			item.count = 1;
			assert_int_equal(fss__record_encode(&b,
			    &fss__r_get_item, &item), 0);
		}
		memset(&m, 0, sizeof(m));
		m.has = FSS__K_get_items;
		m.items.p = b.data;
		m.items.n = b.len;
		m.items.count = 4;
		req = hub_peer_send(&w->b, FSS__MSG_GET, &m, NULL);
		hub_drive_run(&w->d);
		assert_int_equal(hub_peer_take(&w->b, req, &nodes), 0);
		assert_null(w->b.last->payload);
		for (i = 0; i < 4; i++) {
			assert_int_equal(fss__list_next(&nodes.runs,
			    &fss__r_node_run, &run), 1);
			assert_int_equal(run.status, -FSS_ENOENT);
		}
		fss__buf_release(&b);
	}
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_lies),
		T(test_commit_without_content),
		T(test_put_page),
		T(test_put_credit),
		T(test_put_easy),
		T(test_get_window),
		T(test_get_easy),
		T(test_stalled_reader),
		T(test_closed_while_waiting),
		T(test_closed_while_putting),
		T(test_unsent),
		T(test_denied),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
