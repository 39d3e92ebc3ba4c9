/*
 * The hub's machine: changes that are repeated, arrive out of order or race
 * with the loss of the right to make them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hub_peer.h"
#include "model/account.h"
#include "proto/hub_internal.h"

#define HOUR_US (3600 * INT64_C(1000000))

struct world {
	struct hub_drive d;
	struct hub_peer a, b;
};

static const struct fss__m_empty nothing;

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

static int
whoami(struct hub_peer *p, struct fss__m_account *ret)
{
	return hub_peer_ask(p, FSS__MSG_WHOAMI, &nothing, NULL, ret);
}

/* The other peer on alice's account too. */
static void
second_device(struct world *w)
{
	assert_int_equal(hub_peer_hello(&w->b), 0);
	assert_int_equal(hub_peer_login(&w->b, "alice", "password"), 0);
}

static uint64_t
revoke_send(struct world *w, uint64_t device)
{
	struct fss__m_device_revoke m;

	memset(&m, 0, sizeof(m));
	m.id = device;
	return hub_peer_send(&w->a, FSS__MSG_DEVICE_REVOKE, &m, NULL);
}

/* A role given behind the hub's back, and told it by a new session. */
static void
make(struct world *w, struct hub_peer *p, const char *name, int role)
{
	struct fss__actor root = { .role = FSS_ROLE_ADMIN, .account = -1 };
	struct fss__m_user_set m;
	int64_t account;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_user_set_role;
	m.name = fss__slice_str(name);
	m.role = (uint64_t)role;
	assert_int_equal(fss__store_begin(w->d.store), 0);
	assert_int_equal(
	    fss__account_user_set(&w->d.write_ctx, &root, &m, &account), 0);
	assert_int_equal(fss__store_commit(w->d.store, false), 0);
	assert_int_equal(hub_peer_hello(p), 0);
}

static uint64_t
role_send(struct hub_peer *p, const char *name, int role)
{
	struct fss__m_user_set m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_user_set_role;
	m.name = fss__slice_str(name);
	m.role = (uint64_t)role;
	return hub_peer_send(p, FSS__MSG_USER_SET, &m, NULL);
}

static uint64_t
lock_send(struct world *w, const char *name)
{
	struct fss__m_user_set m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_user_set_locked;
	m.name = fss__slice_str(name);
	m.locked = true;
	return hub_peer_send(&w->a, FSS__MSG_USER_SET, &m, NULL);
}

/* ---- the same again --------------------------------------------------- */

static void
test_replay(void **state)
{
	struct world *w = *state;
	struct fss__m_entry first, again;
	struct fss__id one, two;
	uint64_t v1, v2;

	(void)hub_peer_file(&w->a, "/one", 1, 100);
	(void)hub_peer_file(&w->a, "/two", 2, 200);
	fss__frame_unref(hub_peer_content(1, 100, &one));
	fss__frame_unref(hub_peer_content(2, 200, &two));
	assert_int_equal(hub_peer_commit(&w->a, 1, "/f", &one, 100, &first), 0);
	v1 = first.version;
	/* The same op with other content: the first answer, no effect. */
	assert_int_equal(hub_peer_commit(&w->a, 1, "/f", &two, 200, &again), 0);
	assert_int_equal(again.version, v1);
	assert_int_equal(again.size, 100);
	assert_int_equal(hub_peer_stat(&w->a, "/f", &again), 0);
	assert_int_equal(again.number, 1);
	assert_int_equal(hub_peer_commit(&w->a, 2, "/f", &two, 200, &again), 0);
	assert_int_equal(again.number, 2);
	v2 = again.version;
	/* Late, after a newer one, and in a new session: still the first. */
	assert_int_equal(hub_peer_hello(&w->a), 0);
	assert_int_equal(hub_peer_commit(&w->a, 1, "/f", &one, 100, &again), 0);
	assert_int_equal(again.version, v1);
	assert_int_equal(hub_peer_stat(&w->a, "/f", &again), 0);
	assert_int_equal(again.version, v2);
	/* An item that failed is an answer as well. */
	assert_int_equal(
	    hub_peer_commit(&w->a, 3, "/x/../y", &one, 100, NULL), FSS_EPATH);
	assert_int_equal(
	    hub_peer_commit(&w->a, 3, "/y", &one, 100, NULL), FSS_EPATH);
	assert_int_equal(hub_peer_stat(&w->a, "/y", NULL), FSS_ENOENT);
	/* Another device's op of the same number is another op. */
	second_device(w);
	assert_int_equal(hub_peer_commit(&w->b, 1, "/f", &one, 100, &again), 0);
	assert_int_equal(again.number, 3);
}

/* Two of the same op waiting for the writer at once. */
static void
test_replay_at_once(void **state)
{
	struct world *w = *state;
	struct fss__m_move m;
	uint8_t op[FSS__OP_BYTES] = { 9 };
	uint64_t first, second;

	(void)hub_peer_file(&w->a, "/from", 1, 100);
	memset(&m, 0, sizeof(m));
	m.op.p = op;
	m.op.n = sizeof(op);
	m.from = fss__slice_str("/from");
	m.to = fss__slice_str("/to");
	first = hub_peer_send(&w->a, FSS__MSG_MOVE, &m, NULL);
	second = hub_peer_send(&w->a, FSS__MSG_MOVE, &m, NULL);
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->a, first, NULL), 0);
	assert_int_equal(hub_peer_take(&w->a, second, NULL), 0);
	op[0]++;
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_MOVE, &m, NULL, NULL), FSS_ENOENT);
	/* An error of the whole request is not kept: it may come again. */
	m.from = fss__slice_str("/to");
	m.to = fss__slice_str("/back");
	assert_int_equal(hub_peer_ask(&w->a, FSS__MSG_MOVE, &m, NULL, NULL), 0);
	assert_int_equal(hub_peer_stat(&w->a, "/back", NULL), 0);
}

/* Moves one after the other, sent in the order in which they cannot work. */
static void
test_out_of_order(void **state)
{
	struct world *w = *state;
	struct fss__m_move m;
	uint8_t op[FSS__OP_BYTES] = { 1 };
	uint64_t second, first;

	(void)hub_peer_file(&w->a, "/1", 1, 100);
	memset(&m, 0, sizeof(m));
	m.op.p = op;
	m.op.n = sizeof(op);
	m.from = fss__slice_str("/2");
	m.to = fss__slice_str("/3");
	second = hub_peer_send(&w->a, FSS__MSG_MOVE, &m, NULL);
	op[0]++;
	m.from = fss__slice_str("/1");
	m.to = fss__slice_str("/2");
	first = hub_peer_send(&w->a, FSS__MSG_MOVE, &m, NULL);
	hub_drive_run(&w->d);
	/* In one transaction: what failed left no trace in it. */
	assert_int_equal(hub_peer_take(&w->a, second, NULL), FSS_ENOENT);
	assert_int_equal(hub_peer_take(&w->a, first, NULL), 0);
	assert_int_equal(hub_peer_stat(&w->a, "/2", NULL), 0);
	assert_int_equal(hub_peer_stat(&w->a, "/3", NULL), FSS_ENOENT);
}

/*
 * A batch whose answer does not fit is refused as a whole: no effect, and
 * nothing kept under its op.
 */
static void
test_answer_too_long(void **state)
{
	struct world *w = *state;
	struct fss__m_commit_item item;
	struct fss__m_commit m;
	struct fss__buf b;
	uint8_t op[FSS__OP_BYTES] = { 1 };
	char path[1024];
	unsigned i, k;
	size_t n;

	fss__buf_init(&b, FSS__MAX_HEADER);
	memset(&item, 0, sizeof(item));
	item.kind = FSS_KIND_FILE;
	item.path = fss__slice_str(path);
	for (i = 0; i < FSS__MAX_BATCH; i++) {
		for (n = 0, k = 0; k < 4; k++) {
			path[n++] = '/';
			memset(path + n, 'x', 240);
			n += 240;
		}
		(void)snprintf(path + n, sizeof(path) - n, "/%03u", i);
		item.path = fss__slice_str(path);
		assert_int_equal(
		    fss__record_encode(&b, &fss__r_commit_item, &item), 0);
	}
	memset(&m, 0, sizeof(m));
	m.op.p = op;
	m.op.n = sizeof(op);
	m.items.p = b.data;
	m.items.n = b.len;
	m.items.count = FSS__MAX_BATCH;
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_COMMIT, &m, NULL, NULL), FSS_ETOOBIG);
	path[241] = '\0';
	assert_int_equal(hub_peer_stat(&w->a, path, NULL), FSS_ENOENT);
	/* Fewer at once, under the same op: nothing is known of it. */
	m.items.n = b.len / FSS__MAX_BATCH;
	m.items.count = 1;
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_COMMIT, &m, NULL, NULL), 0);
	assert_int_equal(hub_peer_stat(&w->a, path, NULL), 0);
	fss__buf_release(&b);
}

/* ---- rights that end -------------------------------------------------- */

static void
test_revoke(void **state)
{
	struct world *w = *state;
	struct fss__m_account m;
	uint64_t version, device, req;

	second_device(w);
	assert_int_equal(whoami(&w->b, &m), 0);
	device = m.device;
	version = hub_peer_file(&w->b, "/f", 1, 1 << 20);
	/* One GET is out, others wait, when the device is revoked. */
	(void)hub_peer_get_send(&w->b, version);
	(void)hub_peer_get_send(&w->b, version);
	(void)hub_peer_get_send(&w->b, version);
	w->d.hold = HUB_HOLD(FSS__LANE_READ);
	req = revoke_send(w, device);
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->a, req, NULL), 0);
	w->d.hold = 0;
	hub_drive_run(&w->d);
	hub_peer_silence(&w->b);
	assert_int_equal(whoami(&w->b, NULL), FSS_ESESSION);
	/* The key opens nothing any more; one's own device is still fine. */
	assert_int_equal(hub_peer_hello(&w->b), 0);
	assert_int_equal(whoami(&w->b, NULL), FSS_EAUTH);
	assert_int_equal(whoami(&w->a, &m), 0);
	/* Revoking oneself is logging out. */
	assert_int_equal(
	    hub_peer_take(&w->a,
		(req = revoke_send(w, m.device), hub_drive_run(&w->d), req),
		NULL),
	    0);
	assert_int_equal(whoami(&w->a, NULL), FSS_EAUTH);
}

/* A HELLO that read the rights before they were taken away. */
static void
test_revoke_races_hello(void **state)
{
	struct world *w = *state;
	struct fss__m_account m;
	struct fss__m_hello h;
	uint64_t revoke, hello;

	second_device(w);
	assert_int_equal(whoami(&w->b, &m), 0);
	w->d.wall_us += HOUR_US; /* HELLO will note a sign of life */
	w->d.hold = HUB_HOLD(FSS__LANE_WRITE);
	revoke = revoke_send(w, m.device);
	memset(&h, 0, sizeof(h));
	h.min_version = h.max_version = FSS__MAX_VERSION;
	hello = hub_peer_send(&w->b, FSS__MSG_HELLO, &h, NULL);
	hub_drive_run(&w->d);
	w->d.hold = 0;
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->a, revoke, NULL), 0);
	assert_int_equal(hub_peer_take(&w->b, hello, NULL), 0);
	memcpy(w->b.session, w->b.last->h.session.p, FSS__SESSION_BYTES);
	assert_int_equal(whoami(&w->b, NULL), FSS_EAUTH);
}

static void
test_lock(void **state)
{
	struct world *w = *state;
	struct fss__m_hello h;
	uint64_t lock, hello, login;
	struct fss__m_login m;
	struct hub_peer c;

	make(w, &w->a, "alice", FSS_ROLE_OPERATOR);
	hub_peer_init(&c, &w->d, 3);
	hub_peer_register(&w->b, "bob");
	assert_int_equal(hub_peer_hello(&c), 0);
	/* A log-in and a HELLO that are under way when the lock falls. */
	w->d.hold = HUB_HOLD(FSS__LANE_WRITE);
	lock = lock_send(w, "bob");
	memset(&m, 0, sizeof(m));
	m.name = fss__slice_str("bob");
	m.password = fss__slice_str("password");
	login = hub_peer_send(&c, FSS__MSG_LOGIN, &m, NULL);
	w->d.wall_us += HOUR_US;
	memset(&h, 0, sizeof(h));
	h.min_version = h.max_version = FSS__MAX_VERSION;
	hello = hub_peer_send(&w->b, FSS__MSG_HELLO, &h, NULL);
	hub_drive_run(&w->d);
	w->d.hold = 0;
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->a, lock, NULL), 0);
	assert_int_equal(hub_peer_take(&c, login, NULL), FSS_EAUTH);
	assert_int_equal(hub_peer_take(&w->b, hello, NULL), 0);
	memcpy(w->b.session, w->b.last->h.session.p, FSS__SESSION_BYTES);
	assert_int_equal(whoami(&w->b, NULL), FSS_EAUTH);
	assert_int_equal(hub_peer_login(&w->b, "bob", "password"), FSS_EAUTH);
	hub_peer_release(&c);
}

/* What waits when a role is taken away is done without it. */
static void
test_demote(void **state)
{
	struct world *w = *state;
	struct fss__m_account_list list;
	struct fss__m_account row;
	struct fss__m_page page;
	uint64_t down, up, users;

	hub_peer_register(&w->b, "bob");
	make(w, &w->a, "alice", FSS_ROLE_ADMIN);
	make(w, &w->b, "bob", FSS_ROLE_ADMIN);
	w->d.hold = HUB_HOLD(FSS__LANE_WRITE) | HUB_HOLD(FSS__LANE_READ);
	down = role_send(&w->a, "bob", FSS_ROLE_USER);
	up = role_send(&w->b, "bob", FSS_ROLE_ADMIN);
	memset(&page, 0, sizeof(page));
	page.has = FSS__K_page_name;
	page.name = fss__slice_str("alice");
	users = hub_peer_send(&w->b, FSS__MSG_USERS, &page, NULL);
	hub_drive_run(&w->d);
	w->d.hold = HUB_HOLD(FSS__LANE_READ);
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->a, down, NULL), 0);
	assert_int_equal(hub_peer_take(&w->b, up, NULL), FSS_EDENIED);
	w->d.hold = 0;
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->b, users, &list), 0);
	assert_int_equal(
	    fss__list_next(&list.accounts, &fss__r_account, &row), 1);
	assert_false(row.has & FSS__K_account_bytes);
	assert_int_equal(whoami(&w->b, &row), 0);
	assert_int_equal(row.role, FSS_ROLE_USER);
}

/* A change that waits when its device is revoked is not made. */
static void
test_revoke_races_change(void **state)
{
	struct world *w = *state;
	struct fss__m_account m;
	struct fss__m_move mv;
	uint8_t op[FSS__OP_BYTES] = { 9 };
	uint64_t revoke;

	second_device(w);
	assert_int_equal(whoami(&w->b, &m), 0);
	(void)hub_peer_file(&w->a, "/from", 1, 100);
	memset(&mv, 0, sizeof(mv));
	mv.op.p = op;
	mv.op.n = sizeof(op);
	mv.from = fss__slice_str("/from");
	mv.to = fss__slice_str("/to");
	w->d.hold = HUB_HOLD(FSS__LANE_WRITE);
	revoke = revoke_send(w, m.device);
	(void)hub_peer_send(&w->b, FSS__MSG_MOVE, &mv, NULL);
	hub_drive_run(&w->d);
	w->d.hold = 0;
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->a, revoke, NULL), 0);
	hub_peer_silence(&w->b);
	assert_int_equal(hub_peer_stat(&w->a, "/from", NULL), 0);
}

static uint64_t
passwd_send(struct hub_peer *p, const char *from, const char *to)
{
	struct fss__m_passwd m;

	memset(&m, 0, sizeof(m));
	m.old_password = fss__slice_str(from);
	m.new_password = fss__slice_str(to);
	return hub_peer_send(p, FSS__MSG_PASSWD, &m, NULL);
}

/* What was proven with the old password is worth nothing after the new. */
static void
test_passwd_races(void **state)
{
	struct world *w = *state;
	struct fss__m_login m;
	uint64_t passwd, login, other;
	struct hub_peer c;

	second_device(w);
	hub_peer_init(&c, &w->d, 3);
	assert_int_equal(hub_peer_hello(&c), 0);
	w->d.hold = HUB_HOLD(FSS__LANE_WRITE);
	passwd = passwd_send(&w->a, "password", "new password");
	other = passwd_send(&w->b, "password", "bad password");
	memset(&m, 0, sizeof(m));
	m.name = fss__slice_str("alice");
	m.password = fss__slice_str("password");
	login = hub_peer_send(&c, FSS__MSG_LOGIN, &m, NULL);
	hub_drive_run(&w->d);
	w->d.hold = 0;
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->a, passwd, NULL), 0);
	/* The other session ended with the change and is told nothing. */
	(void)other;
	assert_int_equal(hub_peer_take(&c, login, NULL), FSS_EAUTH);
	assert_int_equal(
	    hub_peer_login(&c, "alice", "bad password"), FSS_EAUTH);
	assert_int_equal(hub_peer_login(&c, "alice", "new password"), 0);
	assert_int_equal(whoami(&w->a, NULL), 0);
	hub_peer_release(&c);
}

static void
test_logout(void **state)
{
	struct world *w = *state;
	struct fss__m_logout m;

	second_device(w);
	memset(&m, 0, sizeof(m));
	assert_int_equal(
	    hub_peer_ask(&w->b, FSS__MSG_LOGOUT, &m, NULL, NULL), 0);
	assert_int_equal(whoami(&w->b, NULL), FSS_EAUTH);
	assert_int_equal(whoami(&w->a, NULL), 0);
	assert_int_equal(hub_peer_hello(&w->b), 0); /* the key is enough */
	assert_int_equal(whoami(&w->b, NULL), 0);
	m.has = FSS__K_logout_everywhere;
	m.everywhere = true;
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_LOGOUT, &m, NULL, NULL), 0);
	assert_int_equal(whoami(&w->b, NULL), FSS_ESESSION);
	assert_int_equal(hub_peer_hello(&w->b), 0);
	assert_int_equal(whoami(&w->b, NULL), FSS_EAUTH);
}

/* The session that asked is gone before its wish is done. */
static void
test_logout_and_bye(void **state)
{
	struct world *w = *state;
	struct fss__m_logout m;

	second_device(w);
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_logout_everywhere;
	m.everywhere = true;
	w->d.hold = HUB_HOLD(FSS__LANE_WRITE);
	(void)hub_peer_send(&w->a, FSS__MSG_LOGOUT, &m, NULL);
	(void)hub_peer_send(&w->a, FSS__MSG_BYE, &nothing, NULL);
	hub_drive_run(&w->d);
	w->d.hold = 0;
	hub_drive_run(&w->d);
	hub_peer_silence(&w->a);
	assert_int_equal(whoami(&w->b, NULL), FSS_ESESSION);
}

/* Two sessions of one key; one of them goes over to another account. */
static void
test_key_changes_hands(void **state)
{
	struct world *w = *state;
	struct fss__m_login m;
	struct fss__m_account who;
	struct hub_peer same;

	hub_peer_register(&w->b, "bob");
	hub_peer_init(&same, &w->d, 1);
	assert_int_equal(hub_peer_hello(&same), 0);
	assert_int_equal(whoami(&same, &who), 0);
	assert_int_equal(hub_peer_login(&same, "bob", "password"), 0);
	assert_int_equal(whoami(&w->a, NULL), FSS_ESESSION);
	assert_int_equal(whoami(&same, &who), 0);
	assert_true(fss__slice_eq(who.name, fss__slice_str("bob")));
	/* The other device of bob's is not concerned. */
	assert_int_equal(whoami(&w->b, NULL), 0);
	/* Nor is the session that asked needed for it. */
	assert_int_equal(hub_peer_hello(&w->a), 0);
	memset(&m, 0, sizeof(m));
	m.name = fss__slice_str("alice");
	m.password = fss__slice_str("password");
	w->d.hold = HUB_HOLD(FSS__LANE_WRITE);
	(void)hub_peer_send(&w->a, FSS__MSG_LOGIN, &m, NULL);
	(void)hub_peer_send(&w->a, FSS__MSG_BYE, &nothing, NULL);
	hub_drive_run(&w->d);
	w->d.hold = 0;
	hub_drive_run(&w->d);
	hub_peer_silence(&w->a);
	assert_int_equal(whoami(&same, NULL), FSS_ESESSION);
	hub_peer_release(&same);
}

/* ---- hashes ----------------------------------------------------------- */

static void
stored_hash(struct world *w, const char *name, int want,
    char hash[FSS__PWHASH_TEXT])
{
	assert_int_equal(fss__account_hash(&w->d.write_ctx,
	    fss__slice_str(name), hash), want);
}

/* Hashes follow the settings, and a name that is nobody's shows nothing. */
static void
test_settings_change(void **state)
{
	char before[FSS__PWHASH_TEXT], after[FSS__PWHASH_TEXT];
	char nobody[FSS__PWHASH_TEXT];
	struct world *w = *state;

	stored_hash(w, "alice", 0, before);
	/* Somebody's hash, and no password of theirs opens anything. */
	stored_hash(w, "nobody", FSS_EAUTH, nobody);
	assert_string_equal(nobody, before);
	assert_int_equal(hub_peer_hello(&w->b), 0);
	assert_int_equal(hub_peer_login(&w->b, "nobody", "password"),
	    FSS_EAUTH);
	assert_int_equal(hub_peer_login(&w->b, "alice", "password"), 0);
	stored_hash(w, "alice", 0, after);
	assert_string_equal(before, after);
	w->d.rules.pwhash_ops = 2;
	assert_int_equal(hub_peer_login(&w->b, "alice", "wrong one"),
	    FSS_EAUTH);
	stored_hash(w, "alice", 0, after);
	assert_string_equal(before, after);
	assert_int_equal(hub_peer_login(&w->b, "alice", "password"), 0);
	stored_hash(w, "alice", 0, after);
	assert_true(fss__pwhash_stale(before, 2, w->d.rules.pwhash_mem));
	assert_false(fss__pwhash_stale(after, 2, w->d.rules.pwhash_mem));
	assert_int_equal(hub_peer_login(&w->b, "alice", "password"), 0);
	stored_hash(w, "nobody", FSS_EAUTH, nobody);
	assert_string_equal(nobody, after);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_replay),
		T(test_replay_at_once),
		T(test_out_of_order),
		T(test_answer_too_long),
		T(test_revoke),
		T(test_revoke_races_hello),
		T(test_lock),
		T(test_demote),
		T(test_revoke_races_change),
		T(test_passwd_races),
		T(test_logout),
		T(test_logout_and_bye),
		T(test_key_changes_hands),
		T(test_settings_change),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
