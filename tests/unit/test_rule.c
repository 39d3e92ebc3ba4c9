/*
 * Rules, and the audit.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "model/audit.h"
#include "model/rule.h"
#include "model_fixture.h"
#include "store/meta_grant.h"

/* ---- rules ------------------------------------------------------------- */

struct listed {
	size_t	n, limit;
	int64_t	id[16];
	int	verdict[16];
	char	who[16][FSS_LIMIT_ACCOUNT + 2];
};

static int
take_rule(void *arg, const void *record)
{
	const struct fss__m_rule *m = record;
	struct listed *l = arg;

	if (l->n == l->limit)
		return FSS_EAGAIN;
	l->id[l->n] = (int64_t)m->id;
	l->verdict[l->n] = (int)m->verdict;
	l->who[l->n][0] = '\0';
	if (m->has & FSS__K_rule_who)
		assert_int_equal(fss__slice_copy(m->who, l->who[l->n],
		    sizeof(l->who[0])), 0);
	l->n++;
	return 0;
}

static struct fss__m_rule_set
rule(int verdict, const char *who)
{
	struct fss__m_rule_set m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_rule_set_verdict;
	m.verdict = (uint64_t)verdict;
	if (who != NULL) {
		m.has |= FSS__K_rule_set_who;
		m.who = mf_s(who);
	}
	return m;
}

static int
set_rule(struct mf *f, const struct fss__actor *who,
    const struct fss__m_rule_set *m, int64_t *ret_id)
{
	struct listed l;
	int r;

	memset(&l, 0, sizeof(l));
	l.limit = 1;
	mf_begin(f);
	r = mf_end(f, fss__rule_set(&f->ctx, who, m, take_rule, &l));
	if (r == 0 && ret_id != NULL)
		*ret_id = l.id[0];
	return r;
}

static void
list_rules(struct mf *f, const struct fss__actor *who, size_t limit,
    struct listed *all)
{
	struct fss__cursor next;
	struct fss__m_page m;
	struct listed page;

	memset(all, 0, sizeof(*all));
	memset(&m, 0, sizeof(m));
	do {
		memset(&page, 0, sizeof(page));
		page.limit = limit;
		assert_int_equal(fss__rule_list(&f->ctx, who, &m, take_rule,
		    &page, &next), 0);
		memcpy(all->id + all->n, page.id, page.n * sizeof(page.id[0]));
		all->n += page.n;
		m.has = FSS__K_page_cursor;
		m.cursor.p = next.b;
		m.cursor.n = next.len;
	} while (next.len > 0);
}

static void
test_set(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__m_rule_set m;
	struct listed l;
	int64_t id[4];
	int i;

	(void)state;
	assert_int_equal(mf_group(f, &alice, "g", "bob", false), 0);
	m = rule(FSS_VERDICT_ALLOW, "bob");
	assert_int_equal(set_rule(f, &alice, &m, &id[0]), 0);
	m = rule(FSS_VERDICT_DENY, NULL);
	assert_int_equal(set_rule(f, &alice, &m, &id[1]), 0);
	m = rule(FSS_VERDICT_ALLOW, "@g");
	m.has |= FSS__K_rule_set_before;
	m.before = (uint64_t)id[1];
	assert_int_equal(set_rule(f, &alice, &m, &id[2]), 0);
	list_rules(f, &alice, 1, &l);
	assert_int_equal(l.n, 3);
	assert_int_equal(l.id[0], id[0]);
	assert_int_equal(l.id[1], id[2]);
	assert_int_equal(l.id[2], id[1]);
	list_rules(f, &bob, 10, &l);
	assert_int_equal(l.n, 0);

	m = rule(7, NULL);
	assert_int_equal(set_rule(f, &alice, &m, NULL), FSS_EINVAL);
	m = rule(FSS_VERDICT_ALLOW, "nobody");
	assert_int_equal(set_rule(f, &alice, &m, NULL), FSS_ENOACCOUNT);
	m = rule(FSS_VERDICT_ALLOW, "@nobody");
	assert_int_equal(set_rule(f, &alice, &m, NULL), FSS_ENOACCOUNT);
	m = rule(FSS_VERDICT_ALLOW, NULL);
	m.has |= FSS__K_rule_set_kinds;
	m.kinds = 1u << FSS_REQUEST_WANT;
	assert_int_equal(set_rule(f, &alice, &m, NULL), FSS_EINVAL);
	m = rule(FSS_VERDICT_ALLOW, NULL);
	m.has |= FSS__K_rule_set_under;
	m.under = mf_s("x");
	assert_int_equal(set_rule(f, &alice, &m, NULL), FSS_EPATH);
	/* Somebody else's rules are neither a place nor to be removed. */
	m = rule(FSS_VERDICT_ALLOW, NULL);
	m.has |= FSS__K_rule_set_before;
	m.before = (uint64_t)id[0];
	assert_int_equal(set_rule(f, &bob, &m, NULL), FSS_ENOENT);
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_rule_set_remove;
	m.remove = (uint64_t)id[0];
	assert_int_equal(set_rule(f, &bob, &m, NULL), FSS_ENOENT);
	assert_int_equal(set_rule(f, &alice, &m, NULL), 0);
	assert_int_equal(set_rule(f, &alice, &m, NULL), FSS_ENOENT);

	/* A group that ends takes the rules for it along. */
	assert_int_equal(mf_group(f, &alice, "g", "bob", true), 0);
	list_rules(f, &alice, 10, &l);
	assert_int_equal(l.n, 1);
	assert_int_equal(l.id[0], id[1]);
	m = rule(FSS_VERDICT_ALLOW, NULL);
	for (i = 1; i < FSS__MAX_RULES; i++)
		assert_int_equal(set_rule(f, &alice, &m, NULL), 0);
	assert_int_equal(set_rule(f, &alice, &m, NULL), FSS_EOVERLOAD);
	mf_close(f);
}

static void
test_fits(void **state)
{
	static const struct {
		const char *under, *path;
		bool	fits;
	} places[] = {
		{ "", "/a/b", true }, { "/", "/a/b", true },
		{ "/a", "/a", true }, { "/a", "/a/b", true },
		{ "/a", "/ab", false }, { "/a/b", "/a", false },
		{ "/a/b", "/a/b/c", true }
	};
	struct fss__meta_rule u;
	struct fss__meta_request r;
	size_t i;

	(void)state;
	memset(&u, 0, sizeof(u));
	memset(&r, 0, sizeof(r));
	u.who_kind = -1;
	u.size_max = -1;
	u.kinds = 1u << FSS_REQUEST_GET;
	r.kind = FSS_REQUEST_GET;
	r.asker = 5;
	r.size = 100;
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		memcpy(u.under, places[i].under, strlen(places[i].under) + 1);
		r.path_len = strlen(places[i].path);
		memcpy(r.path, places[i].path, r.path_len + 1);
		assert_int_equal(fss__rule_fits(&u, &r, false),
		    places[i].fits);
	}
	u.under[0] = '\0';
	r.kind = FSS_REQUEST_UPLOAD;
	assert_false(fss__rule_fits(&u, &r, false));
	u.kinds |= 1u << FSS_REQUEST_UPLOAD;
	assert_true(fss__rule_fits(&u, &r, false));
	u.size_max = 99;
	assert_false(fss__rule_fits(&u, &r, false));
	u.size_max = 100;
	assert_true(fss__rule_fits(&u, &r, false));
	u.who_kind = FSS__GRANTEE_ACCOUNT;
	u.who = 6;
	assert_false(fss__rule_fits(&u, &r, true));
	u.who = 5;
	assert_true(fss__rule_fits(&u, &r, false));
	u.who_kind = FSS__GRANTEE_GROUP;
	assert_false(fss__rule_fits(&u, &r, false));
	assert_true(fss__rule_fits(&u, &r, true));
}

static void
test_match(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__actor carl = mf_user(f, "carl");
	struct fss__m_rule_set m;
	struct fss__meta_rule got;
	struct fss__meta_request r;
	int64_t deny, allow;

	(void)state;
	memset(&r, 0, sizeof(r));
	r.kind = FSS_REQUEST_GET;
	r.asker = bob.account;
	r.path_len = 1;
	memcpy(r.path, "/", 2);
	assert_int_equal(fss__rule_match(&f->ctx, alice.account, &r, &got),
	    0);
	assert_int_equal(mf_group(f, &alice, "g", "bob", false), 0);
	m = rule(FSS_VERDICT_DENY, "@g");
	assert_int_equal(set_rule(f, &alice, &m, &deny), 0);
	m = rule(FSS_VERDICT_ALLOW, NULL);
	assert_int_equal(set_rule(f, &alice, &m, &allow), 0);
	assert_int_equal(fss__rule_match(&f->ctx, alice.account, &r, &got),
	    1);
	assert_int_equal(got.id, deny);
	r.asker = carl.account;
	assert_int_equal(fss__rule_match(&f->ctx, alice.account, &r, &got),
	    1);
	assert_int_equal(got.id, allow);
	r.kind = FSS_REQUEST_WANT;
	assert_int_equal(fss__rule_match(&f->ctx, alice.account, &r, &got),
	    0);
	mf_close(f);
}

/* ---- audit ------------------------------------------------------------- */

struct lines {
	size_t	 n, limit;
	uint64_t id[64];
	bool	 root[64];
};

static int
take_line(void *arg, const void *record)
{
	const struct fss__m_audit_row *m = record;
	struct lines *l = arg;

	if (l->n == l->limit)
		return FSS_EAGAIN;
	l->root[l->n] = (m->has & FSS__K_audit_row_root) != 0;
	l->id[l->n++] = m->id;
	return 0;
}

static int
read_audit(struct mf *f, const struct fss__actor *who, struct fss__m_audit m,
    size_t limit, struct lines *all)
{
	struct fss__cursor next;
	struct lines page;
	int r;

	memset(all, 0, sizeof(*all));
	do {
		memset(&page, 0, sizeof(page));
		page.limit = limit;
		r = fss__audit_list(&f->ctx, who, &m, take_line, &page, &next);
		if (r != 0)
			return r;
		memcpy(all->id + all->n, page.id, page.n * sizeof(page.id[0]));
		memcpy(all->root + all->n, page.root, page.n);
		all->n += page.n;
		m.has |= FSS__K_audit_cursor;
		m.cursor.p = next.b;
		m.cursor.n = next.len;
	} while (next.len > 0);
	return 0;
}

static void
line(struct mf *f, int64_t actor, int64_t asker, int64_t owner,
    int64_t request, int64_t entry)
{
	struct fss__meta_audit a;

	memset(&a, 0, sizeof(a));
	a.what = FSS_AUDIT_ASKED;
	a.actor = actor;
	a.asker = asker;
	a.owner = owner;
	a.request = request;
	a.entry = entry;
	a.has_root = true;
	memcpy(a.path, "/x", 3);
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__audit_add(&f->ctx, &a)), 0);
}

static void
expect(const struct lines *l, const uint64_t *ids, size_t n)
{
	size_t i;

	assert_int_equal(l->n, n);
	for (i = 0; i < n; i++)
		assert_int_equal(l->id[i], ids[i]);
}

static void
test_audit(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__actor op = mf_user(f, "op");
	struct fss__m_audit m;
	struct lines l;
	int64_t entry, a = alice.account, b = bob.account;
	size_t page;

	(void)state;
	op.role = FSS_ROLE_OPERATOR;
	assert_int_equal(mf_file(f, &alice, NULL, "/x", "text"), 0);
	entry = mf_sql(f, "SELECT id FROM entry WHERE name = 'x'");
	line(f, b, b, a, 1, entry);	/* 1 */
	line(f, a, b, a, 1, entry);	/* 2 */
	line(f, a, a, 0, 2, 0);		/* 3 */
	line(f, b, b, 0, 3, 0);		/* 4 */
	for (page = 1; page < 6; page++) {
		memset(&m, 0, sizeof(m));
		assert_int_equal(read_audit(f, &op, m, page, &l), 0);
		expect(&l, (uint64_t[]){ 4, 3, 2, 1 }, 4);
		assert_int_equal(read_audit(f, &alice, m, page, &l), 0);
		expect(&l, (uint64_t[]){ 3, 2, 1 }, 3);
		assert_true(l.root[1]);
		assert_false(l.root[0]);
		assert_int_equal(read_audit(f, &bob, m, page, &l), 0);
		expect(&l, (uint64_t[]){ 4, 2, 1 }, 3);
		assert_false(l.root[1]);
		m.has = FSS__K_audit_since_us;
		m.since_us = mf_sql(f, "SELECT at FROM audit WHERE id = 2");
		assert_int_equal(read_audit(f, &bob, m, page, &l), 0);
		expect(&l, (uint64_t[]){ 2, 4 }, 2);
		m.since_us = INT64_MAX;
		assert_int_equal(read_audit(f, &bob, m, page, &l), 0);
		assert_int_equal(l.n, 0);
	}
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_audit_request;
	m.request = 3;
	assert_int_equal(read_audit(f, &alice, m, 9, &l), 0);
	assert_int_equal(l.n, 0);
	assert_int_equal(read_audit(f, &bob, m, 9, &l), 0);
	expect(&l, (uint64_t[]){ 4 }, 1);
	m.has = FSS__K_audit_name;
	m.name = mf_s("alice");
	assert_int_equal(read_audit(f, &bob, m, 9, &l), 0);
	expect(&l, (uint64_t[]){ 2, 1 }, 2);
	assert_int_equal(read_audit(f, &op, m, 9, &l), 0);
	expect(&l, (uint64_t[]){ 3, 2, 1 }, 3);
	m.name = mf_s("nobody");
	assert_int_equal(read_audit(f, &bob, m, 9, &l), FSS_ENOACCOUNT);
	m.has = FSS__K_audit_path | FSS__K_audit_owner;
	m.owner = mf_s("alice");
	m.path = mf_s("/x");
	assert_int_equal(read_audit(f, &alice, m, 9, &l), 0);
	expect(&l, (uint64_t[]){ 2, 1 }, 2);
	assert_int_equal(read_audit(f, &op, m, 9, &l), 0);
	expect(&l, (uint64_t[]){ 2, 1 }, 2);
	assert_int_equal(read_audit(f, &bob, m, 9, &l), FSS_ENOENT);
	/* An operator does not learn by it what there is. */
	assert_int_equal(mf_file(f, &alice, NULL, "/secret", "text"), 0);
	m.path = mf_s("/secret");
	assert_int_equal(read_audit(f, &op, m, 9, &l), 0);
	assert_int_equal(l.n, 0);
	m.path = mf_s("/none");
	assert_int_equal(read_audit(f, &op, m, 9, &l), 0);
	assert_int_equal(l.n, 0);
	assert_int_equal(read_audit(f, &alice, m, 9, &l), FSS_ENOENT);
	m.path = mf_s("/x");
	m.has |= FSS__K_audit_mine;
	m.mine = true;
	assert_int_equal(read_audit(f, &op, m, 9, &l), FSS_ENOENT);

	/* Nothing takes a line back. */
	assert_true(fss__exec(fss__db_query(f->ctx.db,
	    "DELETE FROM audit")) < 0);
	assert_true(fss__exec(fss__db_query(f->ctx.db,
	    "UPDATE audit SET actor = 1")) < 0);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM audit"), 4);
	mf_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_fits),
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_audit)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
