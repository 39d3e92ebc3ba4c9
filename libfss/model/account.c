/*
 * Accounts: registration, log-in, password.
 *
 * Nothing here computes a password hash; that is slow on purpose and done
 * elsewhere, between the read that fetches a hash and the write that enrols
 * the device.
 */
#include "model/account.h"

#include <string.h>

#include <fss/web.h>

#include "model/access.h"
#include "model/invite.h"
#include "model/link.h"
#include "base/num.h"
#include "store/meta_account.h"
#include "store/meta_chunk.h"
#include "store/meta_device.h"

#define DEVICES_MAX	256	/* in use, of one account */

static void
set_actor(struct fss__actor *who, const struct fss__meta_account *a,
    int64_t device)
{
	who->account = a->id;
	who->device = device;
	who->role = a->role;
	who->kind = FSS_DEVICE_KEY;
	who->scopes = FSS__SCOPES_ALL;
	who->expires_us = 0;
	memcpy(who->name, a->name, sizeof(who->name));
	memset(&who->visit, 0, sizeof(who->visit));
}

/*
 * A key stands for one account at a time: where it stood for another, that
 * ends, as if the person had logged out there.
 */
static int
enrol(struct fss__ctx *ctx, const struct fss__meta_account *a,
    const uint8_t key[FSS__KEY_BYTES], struct fss__slice name,
    struct fss__actor *ret_who)
{
	struct fss__meta_device d;
	int64_t n = 0;
	int r;

	r = fss__meta_device_by_key(ctx->db, key, &d);
	if (r < 0)
		return r;
	if (r == 1 && d.account == a->id) {
		r = fss__meta_device_seen(ctx->db, d.id, ctx->now_us);
		if (r == 0)
			set_actor(ret_who, a, d.id);
		return r;
	}
	if (r == 1) {
		r = fss__meta_device_revoke(ctx->db, d.id, ctx->now_us);
		if (r < 0)
			return r;
	}
	r = fss__meta_device_count(ctx->db, a->id, FSS_DEVICE_KEY, &n);
	if (r < 0)
		return r;
	if (n >= DEVICES_MAX)
		return fss__err_set(&ctx->err, FSS_ETOOBIG,
		    "there are %d devices already, revoke some", DEVICES_MAX);
	r = fss__meta_device_insert(ctx->db, a->id, key, name, ctx->now_us,
	    &d.id);
	if (r == 0)
		set_actor(ret_who, a, d.id);
	return r;
}

/* The root of the space: private until its owner says otherwise. */
static int
make_root(struct fss__ctx *ctx, struct fss__meta_account *a)
{
	struct fss__meta_node e;
	int r;

	memset(&e, 0, sizeof(e));
	e.parent = FSS__PARENT_ROOT;
	e.owner = a->id;
	e.kind = FSS_KIND_DIR;
	e.access = FSS_ACCESS_PRIVATE;
	e.mtime = ctx->now_us;
	e.created = ctx->now_us;
	e.mode = 0755;
	e.name_len = strlen(a->name);
	memcpy(e.name, a->name, e.name_len);
	r = fss__meta_entry_insert(ctx->db, &e, &a->root);
	return r != 0 ? r :
	    fss__meta_account_set_root(ctx->db, a->id, a->root);
}

static int
check_name(struct fss__ctx *ctx, struct fss__slice name)
{
	int r = fss__account_check(name);

	return r == 0 ? 0 : fss__err_set(&ctx->err, r, "a name is 1 to %d of "
	    "a-z 0-9 . _ - and begins with a letter or digit",
	    FSS_LIMIT_ACCOUNT);
}

int
fss__account_may_create(struct fss__ctx *ctx, const struct fss__m_register *m)
{
	int r = check_name(ctx, m->name);

	if (r == 0)
		r = fss__invite_check(ctx, m);
	return fss__ctx_end(ctx, r);
}

static int
create(struct fss__ctx *ctx, const struct fss__m_register *m,
    const char *pwhash, const uint8_t device_key[FSS__KEY_BYTES],
    struct fss__actor *ret_who)
{
	struct fss__slice label = { NULL, 0 };
	struct fss__meta_account a;
	int r;

	r = check_name(ctx, m->name);
	if (r != 0)
		return r;
	memset(&a, 0, sizeof(a));
	/* Before the name, so that who has no invite learns of no names. */
	r = fss__invite_use(ctx, m, &a.role);
	if (r != 0)
		return r;
	r = fss__meta_account_insert(ctx->db, m->name, pwhash, a.role,
	    ctx->now_us, &a.id);
	if (r == FSS_EEXIST)
		return fss__err_set(&ctx->err, r, "the name '%.*s' is taken",
		    (int)m->name.n, (const char *)m->name.p);
	if (r == 0)
		r = fss__slice_copy(m->name, a.name, sizeof(a.name));
	if (r == 0)
		r = make_root(ctx, &a);
	if (m->has & FSS__K_register_device_name)
		label = m->device_name;
	if (r == 0 && device_key == NULL)
		set_actor(ret_who, &a, 0);
	else if (r == 0)
		r = enrol(ctx, &a, device_key, label, ret_who);
	return r;
}

int
fss__account_create(struct fss__ctx *ctx, const struct fss__m_register *m,
    const char *pwhash, const uint8_t device_key[FSS__KEY_BYTES],
    struct fss__actor *ret_who)
{
	return fss__ctx_end(ctx, create(ctx, m, pwhash, device_key, ret_who));
}

/*
 * Somebody's hash for a name that is nobody's, the same each time: which one
 * follows from the name and the store's random id.
 */
static int
hash_for_nobody(struct fss__ctx *ctx, struct fss__slice name,
    char hash[FSS__PWHASH_TEXT])
{
	char text[64 + FSS_LIMIT_ACCOUNT];
	struct fss__id digest;
	size_t n;
	int r;

	r = fss__fact_get(ctx->db, "id", text, 64);
	if (r < 0)
		return r;
	n = r == 1 ? strlen(text) : 0;
	if (name.n > sizeof(text) - n)
		name.n = sizeof(text) - n;
	memcpy(text + n, name.p, name.n);
	r = fss__digest(FSS__KIND_DATA | FSS__ALG_SHA256, text,
	    n + name.n, &digest);
	if (r == 0)
		r = fss__meta_account_some_hash(ctx->db,
		    fss__get_le64(digest.b + 1), hash);
	if (r == 0)
		hash[0] = '\0';		/* there is no account yet */
	return r < 0 ? r : 0;
}

int
fss__account_hash(struct fss__ctx *ctx, struct fss__slice name,
    char hash[FSS__PWHASH_TEXT])
{
	int r = fss__meta_account_hash(ctx->db, name, hash);

	if (r == 1)
		return fss__ctx_end(ctx, 0);
	if (r == 0)
		r = hash_for_nobody(ctx, name, hash);
	return fss__ctx_end(ctx, r == 0 ? FSS_EAUTH : r);
}

int
fss__account_enrol(struct fss__ctx *ctx, struct fss__slice name,
    const uint8_t device_key[FSS__KEY_BYTES], struct fss__slice device_name,
    struct fss__actor *ret_who)
{
	struct fss__meta_account a;
	int r;

	r = fss__meta_account_by_name(ctx->db, name, &a);
	/* Locked, or gone, while the hash was worked out. */
	if (r == 0 || (r == 1 && a.locked))
		r = FSS_EAUTH;
	else if (r == 1)
		r = enrol(ctx, &a, device_key, device_name, ret_who);
	return fss__ctx_end(ctx, r);
}

int
fss__account_named(struct fss__ctx *ctx, struct fss__slice name,
    struct fss__actor *ret_who)
{
	struct fss__meta_account a;
	int r;

	r = fss__meta_account_by_name(ctx->db, name, &a);
	if (r == 0 || (r == 1 && a.locked))
		r = FSS_EAUTH;
	if (r == 1) {
		set_actor(ret_who, &a, 0);
		r = 0;
	}
	return fss__ctx_end(ctx, r);
}

/* What a device stands for: a token for no more than its scopes. */
static void
set_holder(struct fss__actor *who, const struct fss__meta_holder *h)
{
	who->account = h->account;
	who->device = h->device;
	who->kind = h->kind;
	who->scopes = h->kind == FSS_DEVICE_KEY ? FSS__SCOPES_ALL : h->scopes;
	who->role = who->scopes & FSS_SCOPE_ADMIN ? h->role : FSS_ROLE_USER;
	who->expires_us = h->expires;
	who->noted_us = h->seen;
	memcpy(who->name, h->name, sizeof(who->name));
	memset(&who->visit, 0, sizeof(who->visit));
}

int
fss__account_of_token(struct fss__ctx *ctx,
    const uint8_t digest[FSS__KEY_BYTES], struct fss__actor *ret_who)
{
	struct fss__meta_holder h;
	int r;

	r = fss__meta_device_holder_by_token(ctx->db, digest, ctx->now_us,
	    &h);
	if (r != 1)
		return fss__ctx_end(ctx, r == 0 ? FSS_EAUTH : r);
	set_holder(ret_who, &h);
	return 0;
}

int
fss__account_of_device(struct fss__ctx *ctx,
    const uint8_t device_key[FSS__KEY_BYTES], struct fss__actor *ret_who)
{
	struct fss__meta_holder h;
	int r;

	r = fss__meta_device_holder(ctx->db, device_key, &h);
	if (r != 1)
		return fss__ctx_end(ctx, r == 0 ? FSS_EAUTH : r);
	set_holder(ret_who, &h);
	return 0;
}

int
fss__account_refresh(struct fss__ctx *ctx, struct fss__actor *who)
{
	struct fss__meta_holder h;
	int r;

	r = fss__meta_device_holder_by_id(ctx->db, who->device, ctx->now_us,
	    &h);
	if (r != 1 || h.account != (who->visit.link != 0 ?
	    who->visit.maker : who->account))
		return fss__ctx_end(ctx, r < 0 ? r : FSS_EAUTH);
	set_holder(who, &h);
	return h.kind == FSS_DEVICE_VISIT ? fss__visit_load(ctx, who) : 0;
}

int
fss__account_rehash(struct fss__ctx *ctx, const struct fss__actor *who,
    const char *pwhash)
{
	return fss__ctx_end(ctx, fss__meta_account_set_hash(ctx->db,
	    who->account, pwhash));
}

int
fss__account_set_password(struct fss__ctx *ctx, const struct fss__actor *who,
    const char *pwhash)
{
	int r;

	r = fss__meta_account_set_hash(ctx->db, who->account, pwhash);
	if (r == 0)
		r = fss__meta_device_revoke_others(ctx->db, who->account,
		    who->device, ctx->now_us);
	return fss__ctx_end(ctx, r < 0 ? r : 0);
}
