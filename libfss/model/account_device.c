/*
 * One's own account and its devices.
 *
 * Ending the sessions of a revoked device is the hub's part; here it stops
 * being a key to the account.
 */
#include <string.h>

#include <fss/web.h>

#include "base/num.h"
#include "model/access.h"
#include "model/account.h"
#include "model/account_row.h"
#include "store/meta_device.h"

uint64_t
fss__account_quota_bytes(const struct fss__ctx *ctx, int64_t set)
{
	return set < 0 ? ctx->rules->quota_bytes : (uint64_t)set;
}

uint64_t
fss__account_quota_files(const struct fss__ctx *ctx, int64_t set)
{
	return set < 0 ? ctx->rules->quota_files : (uint64_t)set;
}

void
fss__account_row(const struct fss__ctx *ctx, const struct fss__meta_account *a,
    bool whole, struct fss__m_account *ret_m)
{
	struct fss__m_account *m = ret_m;

	memset(m, 0, sizeof(*m));
	m->name = fss__slice_str(a->name);
	m->role = (uint64_t)a->role;
	m->has = FSS__K_account_name | FSS__K_account_role |
	    FSS__K_account_created_us;
	m->created_us = a->created;
	if (!whole)
		return;
	m->has |= FSS__K_account_bytes | FSS__K_account_files |
	    FSS__K_account_locked;
	m->bytes = a->bytes > 0 ? (uint64_t)a->bytes : 0;
	m->files = a->files > 0 ? (uint64_t)a->files : 0;
	m->locked = a->locked ? 1 : 0;
	m->quota_bytes = fss__account_quota_bytes(ctx, a->quota_bytes);
	m->quota_files = fss__account_quota_files(ctx, a->quota_files);
	if (m->quota_bytes != 0)
		m->has |= FSS__K_account_quota_bytes;
	if (m->quota_files != 0)
		m->has |= FSS__K_account_quota_files;
}

int
fss__account_seen(struct fss__ctx *ctx, int64_t device)
{
	return fss__ctx_end(ctx,
	    fss__meta_device_seen(ctx->db, device, ctx->now_us));
}

int
fss__account_whoami(struct fss__ctx *ctx, const struct fss__actor *who,
    fss__emit_fn emit, void *arg)
{
	struct fss__meta_account a;
	struct fss__meta_device d;
	struct fss__m_account m;
	int r;

	r = fss__meta_account_by_id(ctx->db, who->account, &a);
	if (r != 1)
		return fss__ctx_end(ctx, r == 0 ? FSS_EAUTH : r);
	fss__account_row(ctx, &a, true, &m);
	r = fss__meta_device_get(ctx->db, who->device, &d);
	if (r < 0)
		return fss__ctx_end(ctx, r);
	if (r == 1) {
		m.has |= FSS__K_account_device | FSS__K_account_device_name;
		m.device = (uint64_t)d.id;
		m.device_name = fss__slice_str(d.name);
	}
	if (r == 1 && d.kind != FSS_DEVICE_KEY) {
		m.has |= FSS__K_account_scopes;
		m.scopes = d.scopes;
		m.has |= d.expires != 0 ? FSS__K_account_expires_us : 0;
		m.expires_us = d.expires;
	}
	return emit(arg, &m);
}

static int
emit_device(const struct fss__actor *who, const struct fss__meta_device *d,
    fss__emit_fn emit, void *arg)
{
	struct fss__m_device m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_device_id | FSS__K_device_name | FSS__K_device_key |
	    FSS__K_device_created_us | FSS__K_device_seen_us |
	    FSS__K_device_current;
	m.id = (uint64_t)d->id;
	m.name = fss__slice_str(d->name);
	m.key.p = d->key;
	m.key.n = sizeof(d->key);
	m.created_us = d->created;
	m.seen_us = d->seen;
	m.current = d->id == who->device;
	m.has |= FSS__K_device_kind;
	m.kind = (uint64_t)d->kind;
	if (d->kind != FSS_DEVICE_KEY) {
		/* The digest is nobody's business. */
		m.has = (m.has & ~FSS__K_device_key) | FSS__K_device_scopes;
		m.scopes = d->scopes;
	}
	if (d->expires != 0) {
		m.has |= FSS__K_device_expires_us;
		m.expires_us = d->expires;
	}
	if (d->address[0] != '\0') {
		m.has |= FSS__K_device_address;
		m.address = fss__slice_str(d->address);
	}
	return emit(arg, &m);
}

int
fss__account_devices(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_page *m, fss__emit_fn emit, void *arg,
    struct fss__cursor *ret_next)
{
	struct fss__meta_device d;
	int64_t after = 0;
	int r;

	ret_next->len = 0;
	if ((m->has & FSS__K_page_cursor) && m->cursor.n > 0) {
		if (m->cursor.n != 8)
			return fss__err_set(&ctx->err, FSS_EINVAL,
			    "not a cursor of this list");
		after = (int64_t)fss__get_le64(m->cursor.p);
	}
	for (;;) {
		r = fss__meta_device_after(ctx->db, who->account, after, &d);
		if (r <= 0)
			return fss__ctx_end(ctx, r);
		r = emit_device(who, &d, emit, arg);
		if (r == FSS_EAGAIN) {
			fss__put_le64(ret_next->b, (uint64_t)after);
			ret_next->len = 8;
			return 0;
		}
		if (r != 0)
			return r;
		after = d.id;
	}
}

int
fss__account_revoke_device(struct fss__ctx *ctx, const struct fss__actor *who,
    int64_t device)
{
	struct fss__meta_device d;
	int r;

	r = fss__meta_device_get(ctx->db, device, &d);
	if (r == 0 || (r == 1 && d.account != who->account))
		return fss__err_set(&ctx->err, FSS_ENOENT,
		    "no device %lld of yours", (long long)device);
	if (r == 1)
		r = fss__meta_device_revoke(ctx->db, device, ctx->now_us);
	return fss__ctx_end(ctx, r < 0 ? r : 0);
}

int
fss__account_revoke_all(struct fss__ctx *ctx, const struct fss__actor *who)
{
	int r;

	r = fss__meta_device_revoke_others(ctx->db, who->account, 0,
	    ctx->now_us);
	return fss__ctx_end(ctx, r < 0 ? r : 0);
}
