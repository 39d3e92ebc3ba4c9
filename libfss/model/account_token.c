/*
 * Tokens: credentials that are a text instead of a key.
 *
 * A token is 256 random bits, so that its plain digest can be stored: there is
 * nothing to guess from, and looking the digest up tells whoever tries tokens
 * nothing by its time.  The token itself is told once and kept nowhere.
 */
#include <string.h>

#include <fss/web.h>

#include "crypto/digest.h"
#include "model/access.h"
#include "model/account.h"
#include "model/link.h"
#include "store/meta_device.h"

#define DOMAIN_MAX	16
#define DOMAIN		"fss token "	/* what else is digested never begins so */

int
fss__token_digest(const char *domain, struct fss__slice token,
    uint8_t ret[FSS__KEY_BYTES])
{
	size_t n = strlen(domain);
	char text[DOMAIN_MAX + FSS__MAX_TOKEN];
	struct fss__id id;
	int r;

	FSS_ASSERT(n <= DOMAIN_MAX);
	if (token.n != FSS__MAX_TOKEN)
		return FSS_EAUTH;
	memcpy(text, domain, n);
	memcpy(text + n, token.p, token.n);
	r = fss__digest(FSS__KIND_DATA | FSS__ALG_SHA256, text,
	    n + token.n, &id);
	fss__memzero(text, sizeof(text));
	if (r == 0)
		memcpy(ret, id.b + 1, FSS__KEY_BYTES);
	return r;
}

int
fss__token_find(struct fss__ctx *ctx, struct fss__slice token,
    struct fss__actor *ret_who)
{
	uint8_t digest[FSS__KEY_BYTES];
	int r = fss__token_digest(DOMAIN, token, digest);

	if (r == 0)
		r = fss__account_of_token(ctx, digest, ret_who);
	if (r == 0 && ret_who->kind == FSS_DEVICE_VISIT)
		r = fss__visit_load(ctx, ret_who);
	if (r == FSS_EAUTH)
		return fss__err_set(&ctx->err, r,
		    "this log-in or token is not known, or has ended");
	return r;
}

/* Room for one more of the kind. */
static int
make_room(struct fss__ctx *ctx, const struct fss__token_wish *w,
    int64_t account, int64_t *ret_gone)
{
	int64_t n = 0;
	int r;

	r = fss__meta_device_count(ctx->db, account, w->kind, &n);
	if (r < 0 || n < w->most)
		return r < 0 ? r : 0;
	if (!w->replace)
		return fss__err_set(&ctx->err, FSS_ETOOBIG,
		    "there are %lld tokens already, revoke some",
		    (long long)n);
	r = fss__meta_device_stalest(ctx->db, account, w->kind, ret_gone);
	if (r == 1)
		r = fss__meta_device_revoke(ctx->db, *ret_gone, ctx->now_us);
	return r < 0 ? r : 0;
}

static int
make(struct fss__ctx *ctx, const struct fss__token_wish *w,
    struct fss__actor *who, char token[FSS__KEY_TEXT], int64_t *ret_gone)
{
	struct fss__meta_device d;
	uint8_t bits[FSS__KEY_BYTES];
	int r;

	memset(&d, 0, sizeof(d));
	r = w->most > 0 ? make_room(ctx, w, who->account, ret_gone) : 0;
	if (r != 0)
		return r;
	fss__random(bits, sizeof(bits));
	fss__key_encode(token, bits);
	fss__memzero(bits, sizeof(bits));
	r = fss__token_digest(DOMAIN, fss__slice_str(token), d.key);
	if (r == 0)
		r = fss__slice_copy(w->label, d.name, sizeof(d.name));
	if (r == 0)
		r = fss__fmt(d.address, sizeof(d.address), "%s", w->address);
	if (r != 0)
		return r;
	d.account = who->account;
	d.kind = w->kind;
	d.scopes = w->scopes;
	d.created = ctx->now_us;
	if (w->ttl_s != 0)
		d.expires = ctx->now_us + (int64_t)w->ttl_s * 1000000;
	r = fss__meta_device_insert_token(ctx->db, &d);
	return r != 0 ? r : fss__account_of_token(ctx, d.key, who);
}

int
fss__token_make(struct fss__ctx *ctx, const struct fss__token_wish *w,
    struct fss__actor *who, char token[FSS__KEY_TEXT], int64_t *ret_gone)
{
	*ret_gone = 0;
	return fss__ctx_end(ctx, make(ctx, w, who, token, ret_gone));
}
