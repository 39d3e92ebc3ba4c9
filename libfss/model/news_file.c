/*
 * News of files: what a change of the tree leaves to be told.
 *
 * One item a file; where a message changes many in one folder, one item for
 * the folder stands for all further ones that are seen by whoever sees it, so
 * that an upload of thousands does not push other news out of the ring.
 */
#include <string.h>

#include "model/access.h"
#include "model/event.h"
#include "model/presence.h"
#include "store/meta_account.h"
#include "store/meta_entry.h"

static bool
is_of(const struct fss__news *n, int64_t folder)
{
	return n->kind == FSS_NEWS_FILE && n->folder == folder;
}

/* How many items of @folder there are; *ret_many: one for all of it. */
static unsigned
count(const struct fss__news *n, int64_t folder, bool *ret_many)
{
	unsigned found = 0;

	*ret_many = false;
	for (; n != NULL; n = n->next) {
		if (!is_of(n, folder))
			continue;
		found++;
		if (n->what == FSS_CHANGE_MANY)
			*ret_many = true;
	}
	return found;
}

/*
 * Whether who sees the folder sees @entry: 1, 0.  Of what is gone, @inherits
 * says so.
 */
static int
is_like_folder(struct fss__ctx *ctx, int what, int64_t entry, bool inherits)
{
	struct fss__meta_link link;
	int r;

	if (what == FSS_CHANGE_REMOVED)
		return inherits;
	r = fss__meta_link_get(ctx->db, entry, &link);
	return r != 1 ? r : link.access == FSS_ACCESS_INHERIT &&
	    !link.granted;
}

int
fss__news_file(struct fss__ctx *ctx, int what, int64_t owner, int64_t entry,
    int64_t folder, bool inherits, struct fss__slice path)
{
	struct fss__slice parent, name;
	struct fss__news n;
	char text[FSS_LIMIT_PATH + 1];
	bool many = false;
	int r;

	memset(&n, 0, sizeof(n));
	n.kind = FSS_NEWS_FILE;
	n.at_us = ctx->now_us;
	n.what = what;
	n.account = owner;
	n.entry = what == FSS_CHANGE_REMOVED ? folder : entry;
	n.folder = folder;
	n.inherits = inherits;
	if (what == FSS_CHANGE_ACCESS && ctx->board != NULL)
		fss__board_open(ctx->board, owner);
	else if (what == FSS_CHANGE_REMOVED && ctx->board != NULL)
		n.opened = fss__board_opened(ctx->board, owner);
	if (folder != 0 &&
	    count(ctx->news, folder, &many) >= FSS__NEWS_FILES &&
	    fss__path_split(path, &parent, &name)) {
		r = is_like_folder(ctx, what, entry, inherits);
		if (r < 0)
			return r;
		/* What is hidden in it is told by itself, to few. */
		if (r == 1 && many)
			return 0;
		if (r == 1) {
			n.what = FSS_CHANGE_MANY;
			n.entry = folder;
			path = parent;
		}
	}
	if (fss__slice_copy(path, text, sizeof(text)) != 0)
		return FSS_EPATH;
	n.path = text;
	r = fss__meta_account_name(ctx->db, owner, n.name);
	return r < 0 ? r : fss__news_add(&ctx->news, &n);
}
