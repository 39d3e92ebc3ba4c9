/*
 * The list of accounts, changing them, their quotas and groups.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "model_fixture.h"

struct users {
	char	name[40][FSS_LIMIT_ACCOUNT + 1];
	bool	whole[40];
	struct fss__m_account last;
	size_t	n, limit, page;
};

static int
emit_user(void *arg, const void *record)
{
	const struct fss__m_account *m = record;
	struct users *u = arg;

	if (u->page == u->limit)
		return FSS_EAGAIN;
	assert_int_equal(fss__slice_copy(m->name, u->name[u->n],
	    sizeof(u->name[0])), 0);
	u->whole[u->n++] = (m->has & FSS__K_account_bytes) &&
	    (m->has & FSS__K_account_locked);
	u->last = *m;
	u->page++;
	return 0;
}

static int
users(struct mf *f, const struct fss__actor *who, const char *name,
    size_t limit, struct users *u)
{
	struct fss__cursor next, from;
	struct fss__m_page m;
	int r;

	u->n = 0;
	u->limit = limit;
	next.len = 0;
	do {
		memset(&m, 0, sizeof(m));
		from = next;
		if (name != NULL) {
			m.has |= FSS__K_page_name;
			m.name = mf_s(name);
		}
		if (from.len > 0) {
			m.has |= FSS__K_page_cursor;
			m.cursor.p = from.b;
			m.cursor.n = from.len;
		}
		u->page = 0;
		r = fss__account_users(&f->ctx, who, &m, emit_user, u, &next);
	} while (r == 0 && next.len > 0);
	return r;
}

static int
user_set(struct mf *f, const struct fss__actor *who, const char *name,
    int role, int locked, int64_t quota)
{
	struct fss__m_user_set m;
	int64_t account = 0;
	int r;

	memset(&m, 0, sizeof(m));
	m.name = mf_s(name);
	if (role >= 0) {
		m.has |= FSS__K_user_set_role;
		m.role = (uint64_t)role;
	}
	if (locked >= 0) {
		m.has |= FSS__K_user_set_locked;
		m.locked = locked != 0;
	}
	if (quota >= 0) {
		m.has |= FSS__K_user_set_quota_bytes;
		m.quota_bytes = (uint64_t)quota;
	}
	mf_begin(f);
	r = mf_end(f, fss__account_user_set(&f->ctx, who, &m, &account));
	assert_true((r == 0) == (account != 0));
	return r;
}

static void
test_users(void **state)
{
	struct mf *f = mf_open();
	struct users *u = test_calloc(1, sizeof(*u));
	struct fss__actor alice, oper;
	char name[16];
	size_t limit;
	int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		(void)snprintf(name, sizeof(name), "u%02d", i * 7 % 20);
		alice = mf_user(f, name);
	}
	for (limit = 1; limit < 25; limit += 3) {
		assert_int_equal(users(f, &alice, NULL, limit, u), 0);
		assert_int_equal(u->n, 20);
		for (i = 0; i < 20; i++) {
			(void)snprintf(name, sizeof(name), "u%02d", i);
			assert_string_equal(u->name[i], name);
			assert_int_equal(u->whole[i],
			    strcmp(name, alice.name) == 0);
		}
	}
	oper = alice;
	oper.role = FSS_ROLE_OPERATOR;
	assert_int_equal(users(f, &oper, "u00", 5, u), 0);
	assert_int_equal(u->n, 1);
	assert_true(u->whole[0]);
	assert_int_equal(users(f, &alice, "u00", 5, u), 0);
	assert_false(u->whole[0]);
	assert_int_equal(users(f, &alice, "nobody", 5, u), FSS_ENOACCOUNT);
	test_free(u);
	mf_close(f);
}

static void
test_user_set(void **state)
{
	struct mf *f = mf_open();
	struct users *u = test_calloc(1, sizeof(*u));
	struct fss__actor admin, oper, user, who;
	char code[FSS__MAX_INVITE + 1], hash[FSS__PWHASH_TEXT];

	(void)state;
	assert_int_equal(mf_invite(f, NULL, FSS_ROLE_ADMIN, 1, code), 0);
	assert_int_equal(mf_register(f, "admin", code, 1, &admin), 0);
	assert_int_equal(mf_register(f, "oper", NULL, 2, &oper), 0);
	assert_int_equal(mf_register(f, "user", NULL, 3, &user), 0);
	assert_int_equal(user_set(f, &user, "user", -1, -1, 5), FSS_EDENIED);
	assert_int_equal(user_set(f, &admin, "nobody", 1, -1, -1),
	    FSS_ENOACCOUNT);
	assert_int_equal(user_set(f, &admin, "oper", FSS_ROLE_OPERATOR, -1,
	    -1), 0);
	assert_int_equal(mf_of_device(f, 2, &oper), 0);
	assert_int_equal(oper.role, FSS_ROLE_OPERATOR);

	/* An operator: users only, and no roles. */
	assert_int_equal(user_set(f, &oper, "user", FSS_ROLE_OPERATOR, -1,
	    -1), FSS_EDENIED);
	assert_int_equal(user_set(f, &oper, "admin", -1, 1, -1), FSS_EDENIED);
	assert_int_equal(user_set(f, &oper, "oper", FSS_ROLE_ADMIN, -1, -1),
	    FSS_EDENIED);
	assert_int_equal(user_set(f, &oper, "user", -1, 1, 77), 0);

	/* Locked: no key, no password, as if there were no such account. */
	assert_int_equal(mf_of_device(f, 3, &who), FSS_EAUTH);
	assert_int_equal(fss__account_hash(&f->ctx, mf_s("user"), hash),
	    FSS_EAUTH);
	assert_int_equal(mf_login(f, "user", 3, &who), FSS_EAUTH);
	assert_int_equal(user_set(f, &oper, "user", -1, 0, -1), 0);
	assert_int_equal(mf_of_device(f, 3, &who), 0);
	u->limit = 1;
	assert_int_equal(fss__account_whoami(&f->ctx, &user, emit_user, u),
	    0);
	assert_int_equal(u->last.quota_bytes, 77);
	assert_false(u->last.has & FSS__K_account_quota_files);

	/* The last admin stays one. */
	assert_int_equal(user_set(f, &admin, "admin", FSS_ROLE_USER, -1, -1),
	    FSS_EDENIED);
	assert_int_equal(user_set(f, &admin, "admin", -1, 1, -1),
	    FSS_EDENIED);
	assert_int_equal(user_set(f, &admin, "user", FSS_ROLE_ADMIN, 1, -1),
	    0);
	assert_int_equal(user_set(f, &admin, "admin", FSS_ROLE_USER, -1, -1),
	    FSS_EDENIED);
	assert_int_equal(user_set(f, &admin, "user", -1, 0, -1), 0);
	assert_int_equal(user_set(f, &admin, "admin", FSS_ROLE_USER, -1, -1),
	    0);
	test_free(u);
	mf_close(f);
}

/* Quotas: the hub's until somebody sets another; 0 is none. */
static void
test_quota_rows(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), oper = alice;
	struct users *u = test_calloc(1, sizeof(*u));

	(void)state;
	oper.role = FSS_ROLE_OPERATOR;
	f->rules.quota_bytes = 5;
	f->rules.quota_files = 9;
	u->limit = 10;
	assert_int_equal(fss__account_whoami(&f->ctx, &alice, emit_user, u),
	    0);
	assert_int_equal(u->last.quota_bytes, 5);
	assert_int_equal(u->last.quota_files, 9);
	assert_int_equal(u->last.device, alice.device);
	assert_int_equal(user_set(f, &oper, "alice", -1, -1, 0), 0);
	assert_int_equal(fss__account_whoami(&f->ctx, &alice, emit_user, u),
	    0);
	assert_false(u->last.has & FSS__K_account_quota_bytes);
	assert_int_equal(mf_file(f, &alice, NULL, "/f", "more than five"), 0);
	assert_int_equal(user_set(f, &oper, "alice", -1, -1, 20), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/g", "more than five"),
	    FSS_EQUOTA);
	test_free(u);
	mf_close(f);
}

/* ---- groups ------------------------------------------------------------ */

struct members {
	char	text[40][80];
	size_t	n, limit, page;
};

static int
emit_member(void *arg, const void *record)
{
	const struct fss__m_member *m = record;
	struct members *t = arg;

	if (t->page == t->limit)
		return FSS_EAGAIN;
	(void)snprintf(t->text[t->n++], 80, "%.*s/%.*s", (int)m->group.n,
	    (const char *)m->group.p, (int)m->name.n,
	    (const char *)m->name.p);
	t->page++;
	return 0;
}

static size_t
members(struct mf *f, const struct fss__actor *who, const char *group,
    size_t limit, struct members *t)
{
	struct fss__cursor next, from;
	struct fss__m_page m;

	t->n = 0;
	t->limit = limit;
	next.len = 0;
	do {
		memset(&m, 0, sizeof(m));
		from = next;
		if (group != NULL) {
			m.has |= FSS__K_page_name;
			m.name = mf_s(group);
		}
		if (from.len > 0) {
			m.has |= FSS__K_page_cursor;
			m.cursor.p = from.b;
			m.cursor.n = from.len;
		}
		t->page = 0;
		assert_int_equal(fss__account_groups(&f->ctx, who, &m,
		    emit_member, t, &next), 0);
	} while (next.len > 0);
	return t->n;
}

static void
test_groups(void **state)
{
	static const char *const expect[] = {
		"a/bob", "a/carol", "a/dave", "ab/carol", "b/alice", "b/bob",
	};
	struct mf *f = mf_open();
	struct members *t = test_calloc(1, sizeof(*t));
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	size_t limit, i;

	(void)state;
	(void)mf_user(f, "carol");
	(void)mf_user(f, "dave");
	assert_int_equal(mf_group(f, &alice, "b", "bob", false), 0);
	assert_int_equal(mf_group(f, &alice, "b", "alice", false), 0);
	assert_int_equal(mf_group(f, &alice, "a", "dave", false), 0);
	assert_int_equal(mf_group(f, &alice, "a", "carol", false), 0);
	assert_int_equal(mf_group(f, &alice, "a", "bob", false), 0);
	assert_int_equal(mf_group(f, &alice, "a", "bob", false), 0);
	assert_int_equal(mf_group(f, &alice, "ab", "carol", false), 0);
	assert_int_equal(mf_group(f, &bob, "a", "carol", false), 0);
	assert_int_equal(mf_group(f, &alice, "a", "nobody", false),
	    FSS_ENOACCOUNT);
	assert_int_equal(mf_group(f, &alice, "A b", "bob", false), FSS_ENAME);
	assert_int_equal(mf_group(f, &alice, "no", "bob", true),
	    FSS_ENOACCOUNT);
	assert_int_equal(mf_group(f, &alice, "ab", "bob", true),
	    FSS_ENOACCOUNT);
	for (limit = 1; limit < 8; limit++) {
		assert_int_equal(members(f, &alice, NULL, limit, t), 6);
		for (i = 0; i < 6; i++)
			assert_string_equal(t->text[i], expect[i]);
		assert_int_equal(members(f, &alice, "a", limit, t), 3);
		assert_int_equal(members(f, &alice, "no", limit, t), 0);
		assert_int_equal(members(f, &bob, NULL, limit, t), 1);
	}
	assert_int_equal(mf_group(f, &alice, "ab", "carol", true), 0);
	assert_int_equal(members(f, &alice, NULL, 9, t), 5);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM circle"), 3);
	test_free(t);
	mf_close(f);
}

/* Whoever is put out must not come back by an invite made before. */
static void
test_invites_end(void **state)
{
	struct mf *f = mf_open();
	char code[FSS__MAX_INVITE + 1], late[FSS__MAX_INVITE + 1];
	struct fss__actor admin, bad, who;

	(void)state;
	f->rules.registration = FSS_REGISTRATION_INVITE;
	assert_int_equal(mf_invite(f, NULL, FSS_ROLE_ADMIN, 2, code), 0);
	assert_int_equal(mf_register(f, "admin", code, 1, &admin), 0);
	assert_int_equal(mf_register(f, "bad", code, 2, &bad), 0);
	/* Lowered: an admin's invite is worth nothing, made before or after. */
	assert_int_equal(mf_invite(f, &bad, FSS_ROLE_ADMIN, 1, code), 0);
	assert_int_equal(user_set(f, &admin, "bad", FSS_ROLE_USER, -1, -1), 0);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM invite"), 0);
	assert_int_equal(mf_register(f, "back", code, 3, &who), FSS_EINVITE);
	assert_int_equal(mf_invite(f, &bad, FSS_ROLE_ADMIN, 1, late), 0);
	assert_int_equal(mf_register(f, "back", late, 3, &who), FSS_EINVITE);
	/* Raised and locked: likewise. */
	assert_int_equal(user_set(f, &admin, "bad", FSS_ROLE_OPERATOR, -1, -1),
	    0);
	bad.role = FSS_ROLE_OPERATOR;
	assert_int_equal(mf_invite(f, &bad, FSS_ROLE_USER, 5, code), 0);
	assert_int_equal(user_set(f, &admin, "bad", -1, 1, -1), 0);
	assert_int_equal(mf_register(f, "back", code, 3, &who), FSS_EINVITE);
	assert_int_equal(mf_invite(f, &bad, FSS_ROLE_USER, 1, late), 0);
	assert_int_equal(mf_register(f, "back", late, 3, &who), FSS_EINVITE);
	/* What is still within the rights of whoever made it holds. */
	assert_int_equal(user_set(f, &admin, "bad", FSS_ROLE_USER, 0, -1), 0);
	bad.role = FSS_ROLE_USER;
	assert_int_equal(mf_invite(f, &bad, FSS_ROLE_USER, 1, code), 0);
	assert_int_equal(user_set(f, &admin, "bad", -1, -1, 5), 0);
	assert_int_equal(mf_register(f, "friend", code, 3, &who), 0);
	mf_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_users),
		cmocka_unit_test(test_invites_end),
		cmocka_unit_test(test_user_set),
		cmocka_unit_test(test_quota_rows),
		cmocka_unit_test(test_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
