/*
 * Usage, quota and the versions that make it.
 *
 * The account's row counts the bytes of all stored versions, the files (links
 * included) and the folders; every change passes through here and is counted
 * in the same transaction, so the counters need no recount.  Bytes are those
 * of the content as people see it, the target for a link: that the store
 * keeps equal content once is the hub's gain, not a way to learn what others
 * have.  Towards the quota each entry also counts a fixed sum for itself.
 */
#include "model/entry_use.h"

#include "model/account_row.h"
#include "model/announce.h"
#include "store/meta_holder.h"
#include "store/meta_request.h"
#include "store/search.h"

#define FLOOR_LOOK_US	1000000		/* how old a look may be */
#define PRUNE_MAX	64		/* versions dropped with one added */

static bool
over(int64_t used, uint64_t quota)
{
	return quota != 0 && used > 0 && (uint64_t)used > quota;
}

int
fss__entry_use(struct fss__ctx *ctx, int64_t owner, int64_t bytes,
    int64_t files, int64_t folders)
{
	struct fss__meta_account a;
	uint64_t quota;
	int64_t rows;
	int r;

	if (bytes == 0 && files == 0 && folders == 0)
		return 0;
	r = fss__meta_account_use(ctx->db, owner, bytes, files, folders, &a);
	if (r == FSS_ETOOBIG)
		return fss__err_set(&ctx->err, FSS_EQUOTA,
		    "more bytes than can be counted");
	if (r != 0)
		return r;
	quota = fss__account_quota_bytes(ctx, a.quota_bytes);
	rows = (a.files + a.folders) * FSS__ENTRY_COST;
	if ((bytes > 0 || files > 0 || folders > 0) &&
	    over(a.bytes + rows, quota))
		return fss__err_set(&ctx->err, FSS_EQUOTA,
		    "%lld of %llu bytes would be used, %lld by entries "
		    "themselves", (long long)(a.bytes + rows),
		    (unsigned long long)quota, (long long)rows);
	quota = fss__account_quota_files(ctx, a.quota_files);
	if ((files > 0 && over(a.files, quota)) ||
	    (folders > 0 && over(a.folders, quota)))
		return fss__err_set(&ctx->err, FSS_EQUOTA,
		    "more than %llu files or folders",
		    (unsigned long long)quota);
	return 0;
}

int
fss__entry_room(struct fss__ctx *ctx, int64_t owner, int64_t size)
{
	struct fss__meta_account a;
	uint64_t quota;
	int64_t rows;
	int r;

	r = fss__meta_account_by_id(ctx->db, owner, &a);
	if (r <= 0)
		return r;
	if (size == 0)
		return 1;
	if (a.bytes > FSS__USE_MAX || size > FSS__USE_MAX - a.bytes)
		return 0;
	quota = fss__account_quota_bytes(ctx, a.quota_bytes);
	rows = (a.files + a.folders) * FSS__ENTRY_COST;
	return !over(a.bytes + rows + size, quota);
}

int
fss__entry_store(struct fss__ctx *ctx, const struct fss__meta_version *v,
    int64_t chunk, int64_t keep)
{
	struct fss__meta_link link;
	int r;

	r = fss__meta_link_get(ctx->db, v->entry, &link);
	if (r <= 0)
		return r < 0 ? r : FSS_ECORRUPT;
	r = fss__entry_room(ctx, link.owner, v->size);
	if (r <= 0)
		return r < 0 ? r : FSS_EQUOTA;
	r = fss__entry_use(ctx, link.owner, v->size, 0, 0);
	if (r == 0)
		r = fss__meta_version_set_state(ctx->db, v->id,
		    FSS_STATE_STORED, chunk, keep);
	if (r == 0)
		r = fss__search_set(ctx->db, v->entry);
	if (r == 0 && chunk != 0)
		r = fss__store_ref(ctx->store, chunk);
	return r;
}

int
fss__entry_unstore(struct fss__ctx *ctx, const struct fss__meta_version *v)
{
	struct fss__meta_link link;
	int r;

	r = fss__meta_link_get(ctx->db, v->entry, &link);
	if (r <= 0)
		return r < 0 ? r : FSS_ECORRUPT;
	r = fss__meta_version_set_state(ctx->db, v->id, FSS_STATE_ANNOUNCED,
	    0, 0);
	if (r == 0)
		r = fss__search_set(ctx->db, v->entry);
	if (r == 0 && v->chunk != 0)
		r = fss__store_unref(ctx->store, v->chunk);
	return r != 0 ? r : fss__entry_use(ctx, link.owner, -v->size, 0, 0);
}

int
fss__entry_low(struct fss__ctx *ctx)
{
	struct fss__store_stats st;
	int r;

	if (ctx->rules->free_floor == 0)
		return 0;
	if (ctx->free_seen_us == 0 || ctx->now_us < ctx->free_seen_us ||
	    ctx->now_us - ctx->free_seen_us > FLOOR_LOOK_US) {
		r = fss__store_stats(ctx->store, &st);
		if (r != 0)
			return r;
		ctx->free_bytes = st.free_bytes;
		ctx->free_seen_us = ctx->now_us;
	}
	/* The content is on the disk already; what is left counts. */
	return ctx->free_bytes < ctx->rules->free_floor;
}

int
fss__entry_floor(struct fss__ctx *ctx)
{
	int r = fss__entry_low(ctx);

	if (r == 1)
		return fss__err_set(&ctx->err, FSS_ENOSPC,
		    "the hub keeps %llu bytes free",
		    (unsigned long long)ctx->rules->free_floor);
	return r;
}

int
fss__entry_drop_versions(struct fss__ctx *ctx, int64_t id, int64_t upto,
    bool announced, int limit, int64_t *ret_bytes)
{
	struct fss__meta_old old;
	int r, n = 0;

	*ret_bytes = 0;
	while (n < limit) {
		r = fss__meta_version_oldest(ctx->db, id, upto, announced,
		    &old);
		if (r <= 0)
			return r < 0 ? r : n;
		if (old.chunk != 0) {
			r = fss__store_unref(ctx->store, old.chunk);
			if (r != 0)
				return r;
		}
		/* Who waits for it is told, and no yes outlives it. */
		r = fss__announce_drop(ctx, old.id);
		if (r == 0)
			r = fss__meta_pass_drop_version(ctx->db, old.id);
		if (r == 0)
			r = fss__meta_version_delete(ctx->db, old.id);
		if (r != 0)
			return r;
		if (old.state == FSS_STATE_STORED)
			*ret_bytes += old.size;
		n++;
	}
	return n;
}

int
fss__entry_add_version(struct fss__ctx *ctx, struct fss__meta_node *e,
    struct fss__meta_version *v, int64_t files)
{
	int64_t keep = ctx->rules->keep_versions, dropped = 0;
	int r;

	if (keep < 1)
		keep = 1;
	v->entry = e->id;
	v->created = ctx->now_us;
	r = fss__meta_version_insert(ctx->db, v, &v->id);
	if (r == 0 && v->chunk != 0)
		r = fss__store_ref(ctx->store, v->chunk);
	if (r == 0)
		r = fss__meta_entry_set_version(ctx->db, e->id, v->kind,
		    v->id);
	if (r == 0 && e->cur != 0)	/* a new entry needs nothing */
		r = fss__search_set(ctx->db, e->id);
	if (r == 0 && v->number > keep)
		r = fss__entry_drop_versions(ctx, e->id, v->number - keep,
		    v->state == FSS_STATE_ANNOUNCED, PRUNE_MAX, &dropped);
	if (r < 0)
		return r;
	e->kind = v->kind;
	e->cur = v->id;
	return fss__entry_use(ctx, e->owner,
	    (v->state == FSS_STATE_STORED ? v->size : 0) - dropped, files, 0);
}
