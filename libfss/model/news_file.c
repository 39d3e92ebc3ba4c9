/*
 * News of files: what a change of the tree leaves to be told.
 *
 * One item a file; where a message changes many in one folder, one item for the
 * folder stands for all further ones, so that an upload of thousands does not push other news
 * out of the ring.
 */
#include <string.h>

#include "model/access.h"
#include "model/event.h"
#include "store/meta_account.h"

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
	if (folder != 0 &&
	    count(ctx->news, folder, &many) >= FSS__NEWS_FILES && !many &&
	    fss__path_split(path, &parent, &name)) {
		n.what = FSS_CHANGE_MANY;
		n.entry = folder;
		path = parent;
	}
	if (many)
		return 0;
	if (fss__slice_copy(path, text, sizeof(text)) != 0)
		return FSS_EPATH;
	n.path = text;
	r = fss__meta_account_name(ctx->db, owner, n.name);
	return r < 0 ? r : fss__news_add(&ctx->news, &n);
}
