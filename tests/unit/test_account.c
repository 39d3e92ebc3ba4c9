/*
 * Accounts: registration, invites, devices.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "model_fixture.h"

#define DAY_US	(INT64_C(86400) * 1000000)

static void
test_register(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor who, again;
	char hash[FSS__PWHASH_TEXT];

	(void)state;
	assert_int_equal(mf_register(f, "alice", NULL, 1, &who), 0);
	assert_string_equal(who.name, "alice");
	assert_int_equal(who.role, FSS_ROLE_USER);
	assert_int_equal(mf_of_device(f, 1, &again), 0);
	assert_int_equal(again.account, who.account);
	assert_int_equal(again.device, who.device);
	assert_string_equal(again.name, "alice");
	assert_int_equal(mf_register(f, "alice", NULL, 2, &who), FSS_EEXIST);
	assert_int_equal(mf_of_device(f, 2, &again), FSS_EAUTH);
	assert_int_equal(mf_register(f, "Alice", NULL, 2, &who), FSS_ENAME);
	assert_int_equal(mf_register(f, "", NULL, 2, &who), FSS_ENAME);
	assert_int_equal(mf_register(f, "a/b", NULL, 2, &who), FSS_ENAME);
	assert_int_equal(fss__account_hash(&f->ctx, mf_s("alice"), hash), 0);
	assert_string_equal(hash, "hash of it");
	assert_int_equal(fss__account_hash(&f->ctx, mf_s("bob"), hash),
	    FSS_EAUTH);
	/* Its space is there, and private. */
	assert_int_equal(mf_stat(f, &again, NULL, "/", 0, NULL), 0);
	mf_close(f);
}

static void
test_invites(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor admin, user, oper, who;
	char code[FSS__MAX_INVITE + 1], first[FSS__MAX_INVITE + 1];
	char typed[FSS__MAX_INVITE + 1];
	size_t i, n = 0;

	(void)state;
	f->rules.registration = FSS_REGISTRATION_INVITE;
	assert_int_equal(mf_invite(f, NULL, FSS_ROLE_ADMIN, 1, first), 0);
	assert_true(strlen(first) > 20);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM invite"
	    " WHERE length(hash) = 33 AND expires = 0"), 1);
	assert_int_equal(mf_register(f, "eve", NULL, 9, &who), FSS_EINVITE);
	assert_int_equal(mf_register(f, "eve", "wrong", 9, &who), FSS_EINVITE);
	/* The hub's own holds even where registration is closed. */
	f->rules.registration = FSS_REGISTRATION_CLOSED;
	assert_int_equal(mf_register(f, "eve", NULL, 9, &who), FSS_ECLOSED);
	assert_int_equal(mf_register(f, "eve", "wrong", 9, &who), FSS_ECLOSED);
	/* As people type it. */
	for (i = 0; first[i] != '\0'; i++) {
		if (first[i] == '-')
			continue;
		typed[n++] = first[i] >= 'a' && first[i] <= 'z' ?
		    (char)(first[i] - 32) : first[i];
	}
	typed[n] = '\0';
	assert_int_equal(mf_register(f, "root", typed, 1, &admin), 0);
	assert_int_equal(admin.role, FSS_ROLE_ADMIN);
	assert_int_equal(mf_register(f, "eve", first, 9, &who), FSS_ECLOSED);
	assert_int_equal(mf_invite(f, &admin, FSS_ROLE_USER, 1, code), 0);
	assert_int_equal(mf_register(f, "eve", code, 9, &who), FSS_ECLOSED);
	f->rules.registration = FSS_REGISTRATION_INVITE;
	assert_int_equal(mf_register(f, "eve", first, 9, &who), FSS_EINVITE);

	/* A failed registration does not use an invite up. */
	assert_int_equal(mf_register(f, "root", code, 2, &who), FSS_EEXIST);
	assert_int_equal(mf_register(f, "user", code, 2, &user), 0);
	assert_int_equal(user.role, FSS_ROLE_USER);
	assert_int_equal(mf_register(f, "eve", code, 9, &who), FSS_EINVITE);

	assert_int_equal(mf_invite(f, &user, FSS_ROLE_OPERATOR, 1, code),
	    FSS_EDENIED);
	assert_int_equal(mf_invite(f, &user, FSS_ROLE_USER, 2, code),
	    FSS_EDENIED);
	assert_int_equal(mf_invite(f, &user, FSS_ROLE_USER, 1, code), 0);
	assert_int_equal(mf_invite(f, &admin, FSS_ROLE_OPERATOR, 1, code), 0);
	assert_int_equal(mf_register(f, "oper", code, 3, &oper), 0);
	assert_int_equal(oper.role, FSS_ROLE_OPERATOR);
	assert_int_equal(mf_invite(f, &oper, FSS_ROLE_ADMIN, 1, code),
	    FSS_EDENIED);
	assert_int_equal(mf_invite(f, &oper, FSS_ROLE_USER, 2, code), 0);
	assert_int_equal(mf_register(f, "u1", code, 4, &who), 0);
	assert_int_equal(mf_register(f, "u2", code, 5, &who), 0);
	assert_int_equal(mf_register(f, "u3", code, 6, &who), FSS_EINVITE);

	/* Old ones hold no more, and are cleared away. */
	assert_int_equal(mf_invite(f, &admin, FSS_ROLE_USER, 1, code), 0);
	f->ctx.now_us += 8 * DAY_US;
	assert_int_equal(mf_register(f, "u3", code, 6, &who), FSS_EINVITE);
	(void)mf_purge(f);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM invite"), 0);
	/* Used where registration is open, they still give their role. */
	f->rules.registration = FSS_REGISTRATION_OPEN;
	assert_int_equal(mf_invite(f, &admin, FSS_ROLE_OPERATOR, 1, code), 0);
	assert_int_equal(mf_register(f, "u4", code, 7, &who), 0);
	assert_int_equal(who.role, FSS_ROLE_OPERATOR);
	assert_int_equal(mf_register(f, "u5", "wrong", 8, &who), FSS_EINVITE);
	mf_close(f);
}

/* ---- devices ----------------------------------------------------------- */

struct devices {
	uint64_t	id[600];
	bool		current[600];
	size_t		n, limit, page;
};

static int
emit_device(void *arg, const void *record)
{
	const struct fss__m_device *m = record;
	struct devices *d = arg;

	if (d->page == d->limit)
		return FSS_EAGAIN;
	assert_int_equal(m->key.n, FSS__KEY_BYTES);
	d->id[d->n] = m->id;
	d->current[d->n++] = m->current;
	d->page++;
	return 0;
}

static void
devices(struct mf *f, const struct fss__actor *who, size_t limit,
    struct devices *d)
{
	struct fss__cursor next, from;
	struct fss__m_page m;

	d->n = 0;
	d->limit = limit;
	next.len = 0;
	do {
		memset(&m, 0, sizeof(m));
		from = next;
		if (from.len > 0) {
			m.has = FSS__K_page_cursor;
			m.cursor.p = from.b;
			m.cursor.n = from.len;
		}
		d->page = 0;
		assert_int_equal(fss__account_devices(&f->ctx, who, &m,
		    emit_device, d, &next), 0);
	} while (next.len > 0);
}

static void
test_devices(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice, phone, bob, who;
	struct devices *d = test_calloc(1, sizeof(*d));
	int i;

	(void)state;
	assert_int_equal(mf_register(f, "alice", NULL, 1, &alice), 0);
	assert_int_equal(mf_register(f, "bob", NULL, 2, &bob), 0);
	assert_int_equal(mf_login(f, "alice", 3, &phone), 0);
	assert_int_equal(phone.account, alice.account);
	assert_int_not_equal(phone.device, alice.device);
	assert_int_equal(mf_login(f, "alice", 3, &who), 0);
	assert_int_equal(who.device, phone.device);
	assert_int_equal(mf_login(f, "nobody", 4, &who), FSS_EAUTH);
	devices(f, &alice, 1, d);
	assert_int_equal(d->n, 2);
	assert_true(d->current[0]);
	assert_false(d->current[1]);

	/* Only one's own; a revoked one is no key, and may come back. */
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__account_revoke_device(&f->ctx, &bob,
	    phone.device)), FSS_ENOENT);
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__account_revoke_device(&f->ctx, &alice,
	    phone.device)), 0);
	assert_int_equal(mf_of_device(f, 3, &who), FSS_EAUTH);
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__account_revoke_device(&f->ctx, &alice,
	    phone.device)), FSS_ENOENT);
	devices(f, &alice, 5, d);
	assert_int_equal(d->n, 1);
	assert_int_equal(mf_login(f, "alice", 3, &who), 0);
	assert_int_not_equal(who.device, phone.device);

	/* A key stands for whoever logged in with it last. */
	assert_int_equal(mf_login(f, "bob", 3, &who), 0);
	assert_int_equal(mf_of_device(f, 3, &who), 0);
	assert_int_equal(who.account, bob.account);
	devices(f, &alice, 5, d);
	assert_int_equal(d->n, 1);

	/* A new password ends every other device. */
	assert_int_equal(mf_login(f, "alice", 5, &phone), 0);
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__account_set_password(&f->ctx, &phone,
	    "new hash")), 0);
	assert_int_equal(mf_of_device(f, 1, &who), FSS_EAUTH);
	assert_int_equal(mf_of_device(f, 5, &who), 0);
	assert_int_equal(mf_of_device(f, 2, &who), 0);
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__account_revoke_all(&f->ctx, &phone)),
	    0);
	assert_int_equal(mf_of_device(f, 5, &who), FSS_EAUTH);

	/* There is an end to them; revoked ones are forgotten in time. */
	for (i = 10; i < 210; i++)
		assert_int_equal(mf_login(f, "alice", (uint8_t)i, &who), 0);
	devices(f, &who, 7, d);
	assert_int_equal(d->n, 200);
	f->ctx.now_us += 31 * DAY_US;
	(void)mf_purge(f);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM device"
	    " WHERE revoked > 0"), 0);
	test_free(d);
	mf_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_register),
		cmocka_unit_test(test_invites),
		cmocka_unit_test(test_devices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
