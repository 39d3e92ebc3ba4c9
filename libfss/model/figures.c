/*
 * How the hub does.
 *
 * Most of it is kept as it changes.  Versions must be counted one by one,
 * which takes a while where there are many, so a count is used for some time.
 */
#include "model/figures.h"

#include <string.h>

#include <fss/version.h>

#include "model/access.h"
#include "store/meta_figures.h"

#define COUNT_US	INT64_C(10000000)	/* how old a count may be */

static int
count_versions(struct fss__ctx *ctx)
{
	if (ctx->versions_seen_us != 0 &&
	    ctx->now_us >= ctx->versions_seen_us &&
	    ctx->now_us - ctx->versions_seen_us < COUNT_US)
		return 0;
	ctx->versions_seen_us = ctx->now_us;
	return fss__meta_figures_versions(ctx->db, &ctx->versions);
}

int
fss__figures(struct fss__ctx *ctx, struct fss__m_hub *ret_m)
{
	struct fss__meta_figures f;
	struct fss__m_hub *m = ret_m;
	uint64_t free_bytes = 0;
	int r;

	memset(m, 0, sizeof(*m));
	r = fss__meta_figures(ctx->db, &f);
	if (r == 0)
		r = count_versions(ctx);
	if (r != 0)
		return fss__ctx_end(ctx, r);
	m->has = FSS__K_hub_stored | FSS__K_hub_bytes | FSS__K_hub_chunks |
	    FSS__K_hub_files | FSS__K_hub_versions | FSS__K_hub_accounts |
	    FSS__K_hub_requests | FSS__K_hub_release | FSS__K_hub_database;
	m->stored = f.stored;
	m->bytes = f.bytes;
	m->chunks = f.chunks;
	m->files = f.files;
	m->versions = ctx->versions;
	m->accounts = f.accounts;
	m->requests = f.requests;
	m->database = f.database;
	m->release = fss__slice_str(fss_version());
	r = fss__reader_space(ctx->reader, &free_bytes);
	if (r == 0) {
		m->has |= FSS__K_hub_disk_free;
		m->disk_free = free_bytes;
	}
	if (ctx->rules->web_address[0] != '\0') {
		m->has |= FSS__K_hub_url;
		m->url = fss__slice_str(ctx->rules->web_address);
	}
	return fss__ctx_end(ctx, r == FSS_ENOTSUP ? 0 : r);
}
