/*
 * Groups: a person's own named sets of accounts, to give rights to.
 *
 * A group is there while it has members.  With the last one it goes, and the
 * grants to it and the rules that name it with it: a later group of the same name starts with nothing.
 */
#include <string.h>

#include "model/access.h"
#include "model/account.h"
#include "model/entry_use.h"
#include "model/event.h"
#include "model/request.h"
#include "store/meta_account.h"
#include "store/meta_grant.h"
#include "store/meta_rule.h"

#define GROUPS_MAX	256	/* of one account */
#define MEMBERS_MAX	4096	/* of one group */

/* "group/name": '/' is in neither. */
static int
read_cursor(struct fss__slice c, char *group, char *name)
{
	const char *p = c.p, *slash;
	struct fss__slice s;

	group[0] = '\0';
	name[0] = '\0';
	if (c.n == 0)
		return 0;
	slash = memchr(p, '/', c.n);
	if (slash == NULL)
		return FSS_EINVAL;
	s.p = p;
	s.n = (size_t)(slash - p);
	if (fss__slice_copy(s, group, FSS_LIMIT_ACCOUNT + 1) != 0)
		return FSS_EINVAL;
	s.p = slash + 1;
	s.n = c.n - s.n - 1;
	if (fss__slice_copy(s, name, FSS_LIMIT_ACCOUNT + 1) != 0)
		return FSS_EINVAL;
	return 0;
}

static void
write_cursor(struct fss__cursor *c, const char *group, const char *name)
{
	size_t g = strlen(group), n = strlen(name);

	c->len = 0;
	if (g == 0)
		return;
	memcpy(c->b, group, g);
	c->b[g] = '/';
	memcpy(c->b + g + 1, name, n);
	c->len = g + 1 + n;
}

int
fss__account_groups(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_page *m, fss__emit_fn emit, void *arg,
    struct fss__cursor *ret_next)
{
	char group[FSS_LIMIT_ACCOUNT + 1], name[FSS_LIMIT_ACCOUNT + 1];
	char last_group[FSS_LIMIT_ACCOUNT + 1], last[FSS_LIMIT_ACCOUNT + 1];
	char only[FSS_LIMIT_ACCOUNT + 1] = "";
	struct fss__slice cursor = { NULL, 0 };
	struct fss__m_member row;
	struct fss__stmt *st;
	int r;

	ret_next->len = 0;
	if (m->has & FSS__K_page_cursor)
		cursor = m->cursor;
	if (read_cursor(cursor, last_group, last) != 0)
		return fss__err_set(&ctx->err, FSS_EINVAL,
		    "not a cursor of this list");
	if ((m->has & FSS__K_page_name) &&
	    fss__slice_copy(m->name, only, sizeof(only)) != 0)
		return FSS_EINVAL;
	st = fss__meta_member_list(ctx->db, who->account, only, last_group,
	    last);
	while ((r = fss__meta_member_next(st, group, name)) == 1) {
		memset(&row, 0, sizeof(row));
		row.has = FSS__K_member_group | FSS__K_member_name;
		row.group = fss__slice_str(group);
		row.name = fss__slice_str(name);
		r = emit(arg, &row);
		if (r != 0) {
			fss__stmt_reset(st);
			if (r == FSS_EAGAIN) {
				write_cursor(ret_next, last_group, last);
				r = 0;
			}
			return r;
		}
		memcpy(last_group, group, sizeof(last_group));
		memcpy(last, name, sizeof(last));
	}
	return fss__ctx_end(ctx, r);
}

static int
add_member(struct fss__ctx *ctx, const struct fss__actor *who,
    struct fss__slice group, int64_t member)
{
	int64_t id = 0, n = 0;
	int r;

	r = fss__entry_floor(ctx);
	if (r == 0)
		r = fss__meta_group_get(ctx->db, who->account, group, &id);
	if (r == 0) {
		r = fss__meta_group_count(ctx->db, who->account, &n);
		if (r >= 0 && n >= GROUPS_MAX)
			return fss__err_set(&ctx->err, FSS_ETOOBIG,
			    "there are %d groups already", GROUPS_MAX);
		if (r >= 0)
			r = fss__meta_group_insert(ctx->db, who->account,
			    group, &id);
	} else if (r == 1) {
		r = fss__meta_member_count(ctx->db, id, &n);
		if (r >= 0 && n >= MEMBERS_MAX)
			return fss__err_set(&ctx->err, FSS_ETOOBIG,
			    "the group has %d members already", MEMBERS_MAX);
	}
	if (r >= 0)
		r = fss__meta_member_insert(ctx->db, id, member);
	return r != 1 ? r : fss__news_group(ctx, who->account, id, member);
}

static int
remove_member(struct fss__ctx *ctx, const struct fss__actor *who,
    struct fss__slice group, int64_t member)
{
	int64_t id, n = 0;
	int r;

	r = fss__meta_group_get(ctx->db, who->account, group, &id);
	if (r == 1)
		r = fss__meta_member_has(ctx->db, id, member);
	if (r == 0)
		return fss__err_set(&ctx->err, FSS_ENOACCOUNT,
		    "not a member of '@%.*s'", (int)group.n,
		    (const char *)group.p);
	if (r > 0)
		r = fss__news_group(ctx, who->account, id, member);
	if (r == 0)
		r = fss__meta_member_delete(ctx->db, id, member);
	if (r >= 0)
		r = fss__meta_member_count(ctx->db, id, &n);
	if (r < 0 || n > 0)
		return r < 0 ? r : 0;
	r = fss__news_group_ends(ctx, who->account, id);
	if (r == 0)
		r = fss__meta_rule_drop_group(ctx->db, id);
	if (r >= 0)
		r = fss__meta_grant_drop_group(ctx->db, id);
	return r != 0 ? r : fss__meta_group_delete(ctx->db, id);
}

int
fss__account_group_set(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_group_set *m)
{
	struct fss__news **mark = fss__news_mark(&ctx->news);
	struct fss__meta_account a;
	int r;

	r = fss__account_check(m->group);
	if (r != 0)
		return fss__ctx_end(ctx, r);
	r = fss__meta_account_by_name(ctx->db, m->member, &a);
	if (r == 0)
		return fss__err_set(&ctx->err, FSS_ENOACCOUNT,
		    "no account '%.*s'", (int)m->member.n,
		    (const char *)m->member.p);
	if (r == 1)
		r = (m->has & FSS__K_group_set_remove) && m->remove ?
		    remove_member(ctx, who, m->group, a.id) :
		    add_member(ctx, who, m->group, a.id);
	/* Rights that were given to the group came or went. */
	if (r == 0)
		r = fss__request_touch_owner(ctx, who->account);
	if (r != 0)
		fss__news_cut(mark);
	return fss__ctx_end(ctx, r);
}
