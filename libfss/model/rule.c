/*
 * Rules: adding, removing, listing, and which one fits a request.
 */
#include "model/rule.h"

#include <string.h>

#include "base/num.h"
#include "model/access.h"
#include "model/audit.h"
#include "model/entry_use.h"
#include "store/meta_account.h"
#include "store/meta_grant.h"

#define WHO_ALL		(-1)
#define KINDS		(1u << FSS_REQUEST_GET | 1u << FSS_REQUEST_UPLOAD)
#define KINDS_DEFAULT	(1u << FSS_REQUEST_GET)

/* ---- fitting ----------------------------------------------------------- */

/* Whether @path is @folder or below it. */
static bool
is_under(const char *path, size_t path_len, const char *folder)
{
	size_t n = strlen(folder);

	if (n <= 1)		/* anywhere */
		return true;
	return path_len >= n && memcmp(path, folder, n) == 0 &&
	    (path_len == n || path[n] == '/');
}

bool
fss__rule_fits(const struct fss__meta_rule *rule,
    const struct fss__meta_request *r, bool member)
{
	if (!(rule->kinds & 1u << r->kind))
		return false;
	if (rule->who_kind == FSS__GRANTEE_ACCOUNT && rule->who != r->asker)
		return false;
	if (rule->who_kind == FSS__GRANTEE_GROUP && !member)
		return false;
	if (rule->size_max >= 0 && r->size > rule->size_max)
		return false;
	return is_under(r->path, r->path_len, rule->under);
}

int
fss__rule_match(struct fss__ctx *ctx, int64_t account,
    const struct fss__meta_request *r, struct fss__meta_rule *ret_rule)
{
	int64_t place = INT64_MIN, id = 0;
	bool member;
	int e;

	for (;;) {
		e = fss__meta_rule_after(ctx->db, account, place, id,
		    ret_rule);
		if (e <= 0)
			return fss__ctx_end(ctx, e);
		place = ret_rule->place;
		id = ret_rule->id;
		member = false;
		if (ret_rule->who_kind == FSS__GRANTEE_GROUP) {
			e = fss__meta_member_has(ctx->db, ret_rule->who,
			    r->asker);
			if (e < 0)
				return fss__ctx_end(ctx, e);
			member = e == 1;
		}
		if (fss__rule_fits(ret_rule, r, member))
			return 1;
	}
}

/* ---- rows -------------------------------------------------------------- */

static int
emit_rule(struct fss__ctx *ctx, const struct fss__meta_rule *rule,
    fss__emit_fn emit, void *arg)
{
	char who[FSS_LIMIT_ACCOUNT + 2] = "@";
	struct fss__m_rule m;
	int r = 0;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_rule_id | FSS__K_rule_verdict | FSS__K_rule_kinds |
	    FSS__K_rule_created_us;
	m.id = (uint64_t)rule->id;
	m.verdict = (uint64_t)rule->verdict;
	m.kinds = rule->kinds;
	m.created_us = rule->created;
	if (rule->who_kind == FSS__GRANTEE_GROUP)
		r = fss__meta_group_name(ctx->db, rule->who, who + 1);
	else if (rule->who_kind == FSS__GRANTEE_ACCOUNT)
		r = fss__meta_account_name(ctx->db, rule->who, who);
	if (r < 0)
		return r;
	if (r == 1) {
		m.has |= FSS__K_rule_who;
		m.who = fss__slice_str(who);
	}
	if (rule->under[0] != '\0') {
		m.has |= FSS__K_rule_under;
		m.under = fss__slice_str(rule->under);
	}
	if (rule->size_max >= 0) {
		m.has |= FSS__K_rule_size_max;
		m.size_max = (uint64_t)rule->size_max;
	}
	if (rule->detail[0] != '\0') {
		m.has |= FSS__K_rule_detail;
		m.detail = fss__slice_str(rule->detail);
	}
	return emit(arg, &m);
}

int
fss__rule_list(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_page *m, fss__emit_fn emit, void *arg,
    struct fss__cursor *ret_next)
{
	struct fss__meta_rule rule;
	int64_t place = INT64_MIN, id = 0;
	int r;

	ret_next->len = 0;
	if ((m->has & FSS__K_page_cursor) && m->cursor.n > 0) {
		if (m->cursor.n != 16)
			return fss__err_set(&ctx->err, FSS_EINVAL,
			    "not a cursor of this list");
		place = (int64_t)fss__get_le64(m->cursor.p);
		id = (int64_t)fss__get_le64((const uint8_t *)m->cursor.p + 8);
	}
	for (;;) {
		r = fss__meta_rule_after(ctx->db, who->account, place, id,
		    &rule);
		if (r == 1)
			r = emit_rule(ctx, &rule, emit, arg);
		else
			return fss__ctx_end(ctx, r);
		if (r == FSS_EAGAIN && place != INT64_MIN) {
			fss__put_le64(ret_next->b, (uint64_t)place);
			fss__put_le64(ret_next->b + 8, (uint64_t)id);
			ret_next->len = 16;
			return 0;
		}
		if (r != 0)
			return fss__ctx_end(ctx, r);
		place = rule.place;
		id = rule.id;
	}
}

/* ---- changes ----------------------------------------------------------- */

static int
note(struct fss__ctx *ctx, const struct fss__meta_rule *rule, const char *what)
{
	struct fss__meta_audit a;

	memset(&a, 0, sizeof(a));
	a.what = FSS_AUDIT_RULE;
	a.actor = rule->account;
	a.owner = rule->account;
	a.rule = rule->id;
	(void)fss__slice_copy(fss__slice_str(what), a.detail,
	    sizeof(a.detail));
	return fss__audit_add(ctx, &a);
}

static int
remove_rule(struct fss__ctx *ctx, const struct fss__actor *who, uint64_t id,
    fss__emit_fn emit, void *arg)
{
	struct fss__meta_rule rule;
	int r = 0;

	if (id <= INT64_MAX)
		r = fss__meta_rule_get(ctx->db, (int64_t)id, &rule);
	if (r < 0)
		return r;
	if (r == 0 || rule.account != who->account)
		return fss__err_set(&ctx->err, FSS_ENOENT,
		    "no rule %llu of yours", (unsigned long long)id);
	r = fss__meta_rule_delete(ctx->db, rule.id);
	if (r == 0)
		r = note(ctx, &rule, "removed");
	return r != 0 ? r : emit_rule(ctx, &rule, emit, arg);
}

/* "name" or "@group" of @account. FSS_ENOACCOUNT. */
static int
find_who(struct fss__ctx *ctx, struct fss__slice who,
    struct fss__meta_rule *rule)
{
	struct fss__meta_account a;
	struct fss__slice name = who;
	int r;

	if (who.n > 0 && *(const char *)who.p == '@') {
		name.p = (const char *)who.p + 1;
		name.n = who.n - 1;
		rule->who_kind = FSS__GRANTEE_GROUP;
		r = fss__meta_group_get(ctx->db, rule->account, name,
		    &rule->who);
	} else {
		rule->who_kind = FSS__GRANTEE_ACCOUNT;
		r = fss__meta_account_by_name(ctx->db, name, &a);
		rule->who = r == 1 ? a.id : 0;
	}
	if (r == 0)
		return fss__err_set(&ctx->err, FSS_ENOACCOUNT,
		    "no account or group '%.*s'", (int)who.n,
		    who.n == 0 ? "" : (const char *)who.p);
	return r < 0 ? r : 0;
}

static int
take(struct fss__ctx *ctx, const struct fss__m_rule_set *m,
    struct fss__meta_rule *rule)
{
	const char *why;

	rule->verdict = m->has & FSS__K_rule_set_verdict ? (int)m->verdict : 0;
	if (rule->verdict != FSS_VERDICT_ALLOW &&
	    rule->verdict != FSS_VERDICT_DENY)
		return fss__err_set(&ctx->err, FSS_EINVAL,
		    "a rule allows or denies");
	rule->kinds = m->has & FSS__K_rule_set_kinds ? (unsigned)m->kinds :
	    KINDS_DEFAULT;
	if (rule->kinds == 0 || (rule->kinds & ~KINDS))
		return fss__err_set(&ctx->err, FSS_EINVAL,
		    "a rule is for gets and uploads");
	rule->size_max = -1;
	if (m->has & FSS__K_rule_set_size_max)
		rule->size_max = m->size_max > INT64_MAX ? INT64_MAX :
		    (int64_t)m->size_max;
	if (m->has & FSS__K_rule_set_under) {
		if (fss__path_check(m->under, &why) != 0)
			return fss__err_set(&ctx->err, FSS_EPATH,
			    "the path %s", why);
		if (fss__slice_copy(m->under, rule->under,
		    sizeof(rule->under)) != 0)
			return FSS_EPATH;
	}
	if ((m->has & FSS__K_rule_set_detail) && fss__slice_copy(m->detail,
	    rule->detail, sizeof(rule->detail)) != 0)
		return FSS_ETOOBIG;
	rule->who_kind = WHO_ALL;
	return m->has & FSS__K_rule_set_who ? find_who(ctx, m->who, rule) : 0;
}

static int
add_rule(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_rule_set *m, fss__emit_fn emit, void *arg)
{
	struct fss__meta_rule rule;
	int64_t n = 0, before = 0;
	int r;

	memset(&rule, 0, sizeof(rule));
	rule.account = who->account;
	rule.created = ctx->now_us;
	r = take(ctx, m, &rule);
	if (r == 0)
		r = fss__entry_floor(ctx);
	if (r == 0)
		r = fss__meta_rule_count(ctx->db, who->account, &n);
	if (r != 0)
		return r;
	if (n >= FSS__MAX_RULES)
		return fss__err_set(&ctx->err, FSS_EOVERLOAD,
		    "there are %d rules already", FSS__MAX_RULES);
	if (m->has & FSS__K_rule_set_before) {
		if (m->before > INT64_MAX)
			return FSS_ENOENT;
		before = (int64_t)m->before;
	}
	r = fss__meta_rule_insert(ctx->db, &rule, before);
	if (r == 0)
		r = note(ctx, &rule, rule.verdict == FSS_VERDICT_ALLOW ?
		    "added: allow" : "added: deny");
	return r != 0 ? r : emit_rule(ctx, &rule, emit, arg);
}

int
fss__rule_set(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_rule_set *m, fss__emit_fn emit, void *arg)
{
	int r;

	if ((m->has & FSS__K_rule_set_remove) && m->remove != 0)
		r = remove_rule(ctx, who, m->remove, emit, arg);
	else
		r = add_rule(ctx, who, m, emit, arg);
	return fss__ctx_end(ctx, r);
}
