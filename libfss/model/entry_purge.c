/*
 * Clearing removed trees.
 *
 * Removing detaches: the entry becomes a child of the trash, which is above
 * no space, so that every right below it is gone by one update.  A step of
 * purging takes any child of the trash and (1) hangs its folders into the
 * trash too, (2) deletes its files with their versions, (3) deletes itself
 * once it is empty.  Each row is moved at most once and deleted once, so the
 * steps end; each step is a transaction of bounded size, so a crash between
 * two loses nothing.
 *
 * Names leave the search index when the entry enters the trash or goes.
 */
#include "model/entry_purge.h"

#include "model/entry.h"
#include "model/entry_path.h"
#include "model/entry_use.h"
#include "model/event.h"
#include "model/request.h"
#include "store/meta_account.h"
#include "store/meta_device.h"
#include "store/meta_grant.h"
#include "store/meta_op.h"
#include "store/search.h"

#define STEP_ROWS	256	/* rows touched in one step */
#define AT_ONCE_ROWS	32	/* in the removal itself */
#define SETTLE_NAMES	4096	/* indexed in one step */
#define RETAG_NAMES	1024	/* likewise, of an older version's */
#define REVOKED_KEEP_US	(INT64_C(30) * 86400 * 1000000)

static int
to_trash(struct fss__ctx *ctx, const struct fss__meta_node *e)
{
	int r;

	r = fss__search_remove(ctx->db, e->id);
	return r != 0 ? r : fss__meta_entry_detach(ctx->db, e->id);
}

/*
 * A file or link, or a folder that is empty; @e may hang in the trash, where
 * it has left the search index already.  1 gone, 0 when *rows ran out.
 */
static int
purge_leaf(struct fss__ctx *ctx, const struct fss__meta_node *e, int *rows)
{
	bool folder = e->kind == FSS_KIND_DIR;
	int64_t bytes = 0;
	int n, r = 0;

	if (!folder) {
		n = fss__entry_drop_versions(ctx, e->id, INT64_MAX, false,
		    *rows, &bytes);
		if (n < 0)
			return n;
		*rows -= n;
		r = fss__entry_use(ctx, e->owner, -bytes, 0, 0);
		if (r != 0 || *rows <= 0)
			return r;
	}
	if (e->parent != FSS__PARENT_TRASH)
		r = fss__search_remove(ctx->db, e->id);
	if (r == 0 && e->granted)
		r = fss__meta_grant_drop_entry(ctx->db, e->id);
	if (r == 0)
		r = fss__meta_entry_delete(ctx->db, e->id);
	if (r == 0)
		r = fss__entry_use(ctx, e->owner, 0, folder ? 0 : -1,
		    folder ? -1 : 0);
	*rows -= 1;
	return r != 0 ? r : 1;
}

/* @e hangs in the trash. 1 when it is wholly gone, 0 when *rows ran out. */
static int
purge_entry(struct fss__ctx *ctx, const struct fss__meta_node *e, int *rows)
{
	struct fss__meta_node child;
	int r;

	while (*rows > 0) {
		r = fss__meta_entry_any_child(ctx->db, e->id, &child);
		if (r < 0)
			return r;
		if (r == 0)
			return purge_leaf(ctx, e, rows);
		if (child.kind == FSS_KIND_DIR) {
			r = to_trash(ctx, &child);
			*rows -= 1;
		} else {
			r = purge_leaf(ctx, &child, rows);
		}
		if (r < 0)
			return r;
	}
	return 0;
}

int
fss__entry_detach(struct fss__ctx *ctx, const struct fss__meta_node *e)
{
	struct fss__meta_node gone = *e;
	int r, rows = AT_ONCE_ROWS;

	r = to_trash(ctx, e);
	if (r != 0)
		return r;
	gone.parent = FSS__PARENT_TRASH;
	r = purge_entry(ctx, &gone, &rows);
	return r < 0 ? r : 0;
}

int
fss__entry_leave(struct fss__ctx *ctx, const struct fss__meta_node *e)
{
	bool inherits = e->access == FSS_ACCESS_INHERIT && !e->granted;
	char path[FSS_LIMIT_PATH + 1];
	struct fss__slice at = { path, 0 };
	int r;

	r = fss__path_of(ctx, e->id, path, &at.n);
	if (r == 0)
		r = fss__news_file(ctx, FSS_CHANGE_REMOVED, e->owner, e->id,
		    e->parent, inherits, at);
	if (r == 0)
		r = fss__news_lost_entry(ctx, e, at);
	if (r == 0 || r == FSS_EPATH)
		r = fss__request_touch_owner(ctx, e->owner);
	return r != 0 ? r : fss__entry_detach(ctx, e);
}

static int
purge_trash(struct fss__ctx *ctx, int *rows)
{
	struct fss__meta_node e;
	int r;

	while (*rows > 0) {
		r = fss__meta_entry_any_child(ctx->db, FSS__PARENT_TRASH, &e);
		if (r == 1)
			r = purge_entry(ctx, &e, rows);
		else
			return r;
		if (r < 0)
			return r;
	}
	return 0;
}

int
fss__entry_settle(struct fss__ctx *ctx)
{
	int r = fss__search_settle(ctx->db, SETTLE_NAMES);

	return fss__ctx_end(ctx, r < 0 ? r : 0);
}

int
fss__entry_purge(struct fss__ctx *ctx)
{
	int r, rows = STEP_ROWS;

	r = purge_trash(ctx, &rows);
	if (r == 0) {
		r = fss__search_settle(ctx->db, SETTLE_NAMES);
		if (r == 0)
			r = fss__search_retag(ctx->db, RETAG_NAMES);
		if (r > 0)
			rows = 0;	/* there may be more */
		r = r < 0 ? r : 0;
	}
	if (r == 0 && rows > 0) {
		r = fss__meta_op_purge(ctx->db, ctx->now_us -
		    (int64_t)FSS__MAX_OP_KEEP * 1000000, rows);
		rows -= r > 0 ? r : 0;
	}
	if (r >= 0 && rows > 0) {
		r = fss__meta_invite_purge(ctx->db, ctx->now_us, rows);
		rows -= r > 0 ? r : 0;
	}
	if (r >= 0 && rows > 0) {
		r = fss__meta_device_expire(ctx->db, ctx->now_us, rows);
		rows -= r > 0 ? r : 0;
	}
	if (r >= 0 && rows > 0)
		r = fss__meta_device_purge(ctx->db,
		    ctx->now_us - REVOKED_KEEP_US);
	if (r < 0)
		return fss__ctx_end(ctx, r);
	return r > 0 || rows <= 0;
}
