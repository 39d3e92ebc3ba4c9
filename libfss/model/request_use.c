/*
 * What a yes is good for: reading a version, uploading one file.
 */
#include <string.h>

#include "model/audit.h"
#include "model/request_internal.h"

int
fss__request_pass(struct fss__ctx *ctx, int64_t account, int64_t version,
    bool seen)
{
	struct fss__meta_request r;
	struct fss__meta_pass p;
	int e;

	e = fss__meta_pass_get(ctx->db, version, account, &p);
	if (e <= 0)
		return fss__ctx_end(ctx, e);
	if (p.expires <= ctx->now_us || (p.shown && !seen))
		return 0;
	if (p.expires != INT64_MAX)
		return 1;
	/* Not fulfilled yet: as long as the request lives. */
	e = fss__meta_request_get(ctx->db, p.request, &r);
	if (e == 1 && fss__request_over(ctx, &r))
		e = 0;
	return fss__ctx_end(ctx, e);
}

int
fss__request_fetched(struct fss__ctx *ctx, int64_t account, int64_t version)
{
	struct fss__meta_request r;
	struct fss__meta_pass p;
	int e;

	e = fss__meta_pass_get(ctx->db, version, account, &p);
	if (e <= 0 || p.used != 0)
		return fss__ctx_end(ctx, e < 0 ? e : 0);
	p.used = ctx->now_us;
	e = fss__meta_pass_set(ctx->db, &p);
	if (e == 0)
		e = fss__meta_request_get(ctx->db, p.request, &r);
	if (e == 1)
		e = fss__request_note(ctx, &r, FSS_AUDIT_FETCHED, account);
	return fss__ctx_end(ctx, e);
}

/* The request @id, if it is a yes to just that. */
static int
find_upload(struct fss__ctx *ctx, const struct fss__actor *who, int64_t id,
    int64_t owner, struct fss__slice path, uint64_t size,
    struct fss__meta_request *ret_r)
{
	struct fss__meta_request r;
	int e;

	e = fss__meta_request_get(ctx->db, id, &r);
	if (e < 0)
		return e;
	if (e == 0 || r.kind != FSS_REQUEST_UPLOAD || r.asker != who->account)
		return FSS_EDENIED;
	if (fss__request_over(ctx, &r) || r.state != FSS__REQ_APPROVED)
		return fss__err_set(&ctx->err, FSS_ESTATE,
		    "request %lld %s", (long long)id,
		    fss__request_over(ctx, &r) ? "has expired" :
		    fss__request_state_name(r.state));
	if (r.owner != owner || r.path_len != path.n ||
	    memcmp(r.path, path.p, path.n) != 0 || size > (uint64_t)r.size)
		return fss__err_set(&ctx->err, FSS_EDENIED,
		    "request %lld is for another file", (long long)id);
	*ret_r = r;
	return 0;
}

int
fss__request_may_upload(struct fss__ctx *ctx, const struct fss__actor *who,
    int64_t id, int64_t owner, struct fss__slice path, uint64_t size)
{
	struct fss__meta_request r;

	return fss__ctx_end(ctx, find_upload(ctx, who, id, owner, path, size,
	    &r));
}

static int
upload(struct fss__ctx *ctx, const struct fss__actor *who, int64_t id,
    int64_t owner, struct fss__slice path, uint64_t size)
{
	struct fss__request_cause cause;
	struct fss__meta_request r;
	int e;

	e = find_upload(ctx, who, id, owner, path, size, &r);
	if (e != 0)
		return e;
	memset(&cause, 0, sizeof(cause));
	cause.event = FSS__REV_DONE;
	return fss__request_apply(ctx, &r, FSS__ROLE_HUB, &cause);
}

int
fss__request_upload(struct fss__ctx *ctx, const struct fss__actor *who,
    int64_t id, int64_t owner, struct fss__slice path, uint64_t size)
{
	return fss__ctx_end(ctx, upload(ctx, who, id, owner, path, size));
}
