/*
 * The list of accounts, and what operators and admins change about them.
 */
#include <string.h>

#include "model/access.h"
#include "model/account.h"
#include "model/account_row.h"
#include "model/request.h"
#include "store/meta_device.h"

static int
emit_user(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__meta_account *a, fss__emit_fn emit, void *arg)
{
	struct fss__m_account m;

	fss__account_row(ctx, a, who->role != FSS_ROLE_USER ||
	    a->id == who->account, &m);
	return emit(arg, &m);
}

int
fss__account_users(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_page *m, fss__emit_fn emit, void *arg,
    struct fss__cursor *ret_next)
{
	struct fss__meta_account a;
	char after[FSS_LIMIT_ACCOUNT + 1] = "";
	int r;

	ret_next->len = 0;
	if (m->has & FSS__K_page_name) {
		r = fss__meta_account_by_name(ctx->db, m->name, &a);
		if (r == 1)
			return emit_user(ctx, who, &a, emit, arg);
		return fss__ctx_end(ctx, r == 0 ? FSS_ENOACCOUNT : r);
	}
	if ((m->has & FSS__K_page_cursor) &&
	    fss__slice_copy(m->cursor, after, sizeof(after)) != 0)
		return fss__err_set(&ctx->err, FSS_EINVAL,
		    "not a cursor of this list");
	for (;;) {
		r = fss__meta_account_after(ctx->db, after, &a);
		if (r <= 0)
			return fss__ctx_end(ctx, r);
		r = emit_user(ctx, who, &a, emit, arg);
		if (r == FSS_EAGAIN) {
			ret_next->len = strlen(after);
			memcpy(ret_next->b, after, ret_next->len);
			return 0;
		}
		if (r != 0)
			return r;
		memcpy(after, a.name, sizeof(after));
	}
}

/* Quotas on the wire: 0 is none.  What does not fit a row is none as well. */
static int64_t
quota(uint64_t q)
{
	return q > INT64_MAX ? 0 : (int64_t)q;
}

static int
check_change(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__meta_account *old, const struct fss__meta_account *new)
{
	int r;

	if (who->role == FSS_ROLE_USER)
		return FSS_EDENIED;
	if (who->role != FSS_ROLE_ADMIN && (old->role != FSS_ROLE_USER ||
	    new->role != FSS_ROLE_USER))
		return fss__err_set(&ctx->err, FSS_EDENIED,
		    "an operator changes users only");
	if (old->role != FSS_ROLE_ADMIN || old->locked ||
	    (new->role == FSS_ROLE_ADMIN && !new->locked))
		return 0;
	r = fss__meta_account_other_admin(ctx->db, old->id);
	if (r == 0)
		return fss__err_set(&ctx->err, FSS_EDENIED,
		    "'%s' is the last admin", old->name);
	return r < 0 ? r : 0;
}

/* All that an account being locked, or not any more, has to do with. */
static int
mark_requests(struct fss__ctx *ctx, int64_t account)
{
	int r;

	r = fss__request_touch_owner(ctx, account);
	if (r == 0)
		r = fss__request_touch_asker(ctx, account);
	return r != 0 ? r : fss__meta_request_mark_holder(ctx->db, account);
}

int
fss__account_user_set(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_user_set *m, int64_t *ret_account)
{
	struct fss__meta_account old, new;
	int r;

	r = fss__meta_account_by_name(ctx->db, m->name, &old);
	if (r != 1)
		return fss__ctx_end(ctx, r == 0 ? FSS_ENOACCOUNT : r);
	new = old;
	if (m->has & FSS__K_user_set_role)
		new.role = (int)m->role;
	if (m->has & FSS__K_user_set_locked)
		new.locked = m->locked;
	if (m->has & FSS__K_user_set_quota_bytes)
		new.quota_bytes = quota(m->quota_bytes);
	if (m->has & FSS__K_user_set_quota_files)
		new.quota_files = quota(m->quota_files);
	r = check_change(ctx, who, &old, &new);
	if (r == 0)
		r = fss__meta_account_update(ctx->db, &new);
	if (r == 0 && new.locked != old.locked)
		r = mark_requests(ctx, old.id);
	/* Log-ins of the web and tokens do not outlive a lock. */
	if (r == 0 && new.locked)
		r = fss__meta_device_revoke_tokens(ctx->db, old.id,
		    ctx->now_us);
	r = r > 0 ? 0 : r;
	/* Or who was put out could come back in by one of them. */
	if (r == 0 && (new.locked || new.role < old.role))
		r = fss__meta_invite_drop(ctx->db, old.id);
	if (r == 0)
		*ret_account = old.id;
	return fss__ctx_end(ctx, r);
}
