/*
 * Invites.
 *
 * A code is 20 signs of a 32-sign alphabet without look-alikes, 100 random
 * bits, so its plain digest can be stored: there is nothing to guess from.
 * It is shown once.  Dashes, spaces and case do not matter when it is typed.
 */
#include "model/invite.h"

#include <string.h>

#include "crypto/keys.h"
#include "model/access.h"
#include "model/account.h"
#include "store/meta_account.h"

#define SIGNS		20
#define GROUP		5	/* signs between dashes */
#define DEFAULT_TTL_S	(7 * 86400)
#define PENDING_MAX	100	/* unused invites of one person */
#define ID_BYTES	16	/* of the hash, by which one is named */

static const char ALPHABET[] = "0123456789abcdefghjkmnpqrstvwxyz";

static void
make_code(char *code)
{
	uint8_t random[SIGNS];
	size_t i, n = 0;

	fss__random(random, sizeof(random));
	for (i = 0; i < SIGNS; i++) {
		if (i > 0 && i % GROUP == 0)
			code[n++] = '-';
		code[n++] = ALPHABET[random[i] & 31];
	}
	code[n] = '\0';
	fss__memzero(random, sizeof(random));
}

/* What is stored of a code, however it was typed. */
static int
hash_code(struct fss__slice typed, struct fss__id *ret_hash)
{
	const char *p = typed.p;
	char plain[FSS__MAX_INVITE];
	size_t i, n = 0;

	for (i = 0; i < typed.n && n < sizeof(plain); i++) {
		if (p[i] == '-' || p[i] == ' ')
			continue;
		plain[n++] = p[i] >= 'A' && p[i] <= 'Z' ?
		    (char)(p[i] - 'A' + 'a') : p[i];
	}
	return fss__digest(FSS__KIND_DATA | FSS__ALG_SHA256, plain, n,
	    ret_hash);
}

/* Whether somebody of @role may make @in. */
static int
check_role(struct fss__ctx *ctx, int role, const struct fss__meta_invite *in)
{
	if (in->role != FSS_ROLE_USER && role != FSS_ROLE_ADMIN)
		return fss__err_set(&ctx->err, FSS_EDENIED,
		    "only an admin invites operators and admins");
	if (in->uses > 1 && role == FSS_ROLE_USER)
		return fss__err_set(&ctx->err, FSS_EDENIED,
		    "an invite by a user is for one person");
	return 0;
}

/*
 * An invite is worth what whoever made it could still make: 1, 0 not any
 * more, or an error.
 */
static int
still_good(struct fss__ctx *ctx, const struct fss__meta_invite *in)
{
	struct fss__meta_account a;
	int r;

	if (in->uses < 1 || (in->expires != 0 && in->expires <= ctx->now_us))
		return 0;
	if (in->creator == 0)
		return 1;
	r = fss__meta_account_by_id(ctx->db, in->creator, &a);
	return r != 1 ? r : !a.locked && check_role(ctx, a.role, in) == 0;
}

/* 1 and the role, and what is used up by it; 0 where none is needed. */
static int
judge(struct fss__ctx *ctx, const struct fss__m_register *m, int *ret_role,
    struct fss__id *ret_hash)
{
	int mode = ctx->rules->registration;
	struct fss__meta_invite in;
	bool given;
	int r;

	given = (m->has & FSS__K_register_invite) && m->invite.n > 0;
	if (!given && mode == FSS_REGISTRATION_OPEN) {
		*ret_role = FSS_ROLE_USER;
		return 0;
	}
	if (!given)
		return mode == FSS_REGISTRATION_CLOSED ? FSS_ECLOSED :
		    FSS_EINVITE;
	r = hash_code(m->invite, ret_hash);
	if (r == 0)
		r = fss__meta_invite_get(ctx->db, ret_hash, &in);
	if (r < 0)
		return r;
	/* The hub's own, such as the first admin's, hold where it is closed. */
	if (mode == FSS_REGISTRATION_CLOSED && (r == 0 || in.creator != 0))
		return FSS_ECLOSED;
	if (r == 1)
		r = still_good(ctx, &in);
	if (r <= 0)
		return r < 0 ? r : FSS_EINVITE;
	*ret_role = in.role;
	return 1;
}

int
fss__invite_check(struct fss__ctx *ctx, const struct fss__m_register *m)
{
	struct fss__id hash;
	int role, r = judge(ctx, m, &role, &hash);

	return r < 0 ? r : 0;
}

int
fss__invite_use(struct fss__ctx *ctx, const struct fss__m_register *m,
    int *ret_role)
{
	struct fss__id hash;
	int r = judge(ctx, m, ret_role, &hash);

	return r <= 0 ? r : fss__meta_invite_use(ctx->db, &hash);
}

static int
check_invite(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__meta_invite *in)
{
	int64_t pending = 0;
	int r;

	if (who == NULL)
		return 0;
	r = check_role(ctx, who->role, in);
	if (r != 0 || who->role != FSS_ROLE_USER)
		return r;
	r = fss__meta_invite_count(ctx->db, who->account, &pending);
	if (r < 0)
		return r;
	if (pending >= PENDING_MAX)
		return fss__err_set(&ctx->err, FSS_EDENIED,
		    "%d of your invites are unused", PENDING_MAX);
	return 0;
}

int
fss__account_invite(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_invite *m, char *code, int64_t *ret_expires_us)
{
	struct fss__meta_invite in = { FSS_ROLE_USER, 1, 0, 0, 0 };
	uint64_t ttl_s;
	struct fss__id hash;
	int r;

	if (m->has & FSS__K_invite_role)
		in.role = (int)m->role;
	if ((m->has & FSS__K_invite_uses) && m->uses > 0)
		in.uses = (int64_t)m->uses;
	/* The hub's own lasts until used: who else could make another? */
	ttl_s = who == NULL ? 0 : DEFAULT_TTL_S;
	if ((m->has & FSS__K_invite_ttl_s) && m->ttl_s > 0)
		ttl_s = m->ttl_s;
	if (ttl_s > 0)
		in.expires = ctx->now_us + (int64_t)ttl_s * 1000000;
	if (who != NULL)
		in.creator = who->account;
	r = check_invite(ctx, who, &in);
	if (r != 0)
		return fss__ctx_end(ctx, r);
	make_code(code);
	r = hash_code(fss__slice_str(code), &hash);
	if (r == 0)
		r = fss__meta_invite_insert(ctx->db, &hash, &in, ctx->now_us);
	if (r == 0)
		*ret_expires_us = in.expires;
	return fss__ctx_end(ctx, r);
}

/* ---- those there are --------------------------------------------------- */

static int
emit_invite(struct fss__ctx *ctx, const struct fss__id *hash,
    const struct fss__meta_invite *in, fss__emit_fn emit, void *arg)
{
	char by[FSS_LIMIT_ACCOUNT + 1];
	struct fss__m_invite_row m;
	int r = 0;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_invite_row_id | FSS__K_invite_row_role |
	    FSS__K_invite_row_uses | FSS__K_invite_row_created_us;
	m.id.p = hash->b;
	m.id.n = ID_BYTES;
	m.role = (uint64_t)in->role;
	m.uses = (uint64_t)in->uses;
	m.created_us = in->created;
	if (in->expires != 0) {
		m.has |= FSS__K_invite_row_expires_us;
		m.expires_us = in->expires;
	}
	if (in->creator != 0)
		r = fss__meta_account_name(ctx->db, in->creator, by);
	if (r == 1) {
		m.has |= FSS__K_invite_row_by;
		m.by = fss__slice_str(by);
	}
	return r < 0 ? r : emit(arg, &m);
}

/* Whose invites @who may see: one's own, an admin all. */
static int64_t
seen_of(const struct fss__actor *who)
{
	return who->role == FSS_ROLE_ADMIN ? -1 : who->account;
}

int
fss__invite_list(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_page *m, fss__emit_fn emit, void *arg,
    struct fss__cursor *ret_next)
{
	struct fss__id hash, after;
	struct fss__meta_invite in;
	bool any = false;
	int r;

	ret_next->len = 0;
	if ((m->has & FSS__K_page_cursor) && m->cursor.n > 0) {
		if (m->cursor.n != sizeof(after.b))
			return fss__err_set(&ctx->err, FSS_EINVAL,
			    "not a cursor of this list");
		memcpy(after.b, m->cursor.p, sizeof(after.b));
		any = true;
	}
	for (;;) {
		r = fss__meta_invite_after(ctx->db, any ? &after : NULL,
		    seen_of(who), &hash, &in);
		if (r == 1)
			r = still_good(ctx, &in);
		else
			return fss__ctx_end(ctx, r);
		if (r == 1)
			r = emit_invite(ctx, &hash, &in, emit, arg);
		if (r == FSS_EAGAIN && any) {
			memcpy(ret_next->b, after.b, sizeof(after.b));
			ret_next->len = sizeof(after.b);
			return 0;
		}
		if (r != 0)
			return fss__ctx_end(ctx, r);
		after = hash;
		any = true;
	}
}

int
fss__invite_withdraw(struct fss__ctx *ctx, const struct fss__actor *who,
    struct fss__slice id)
{
	struct fss__meta_invite in;
	struct fss__id from, hash;
	int r;

	if (id.n != ID_BYTES)
		return fss__ctx_end(ctx, FSS_ENOENT);
	/* The first whose hash begins so: zeros are below all of them. */
	memset(from.b, 0, sizeof(from.b));
	memcpy(from.b, id.p, ID_BYTES);
	r = fss__meta_invite_after(ctx->db, &from, seen_of(who), &hash, &in);
	if (r == 1 && memcmp(hash.b, id.p, ID_BYTES) != 0)
		r = 0;
	if (r == 1)
		r = fss__meta_invite_delete(ctx->db, &hash);
	else if (r == 0)
		r = fss__err_set(&ctx->err, FSS_ENOENT,
		    "there is no such invite");
	return fss__ctx_end(ctx, r);
}
