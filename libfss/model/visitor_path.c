/*
 * Where a visitor's file goes: a free name in the linked folder.
 *
 * The path is made from the root of the maker's space down, for what is
 * written there is written as anything in that space.
 */
#include "model/visitor_path.h"

#include <string.h>

#include "store/meta_account.h"

#define TRIES	1000	/* names with a number */

/* "name.ext" with " (@n)" before the dot, cut where it gets too long. */
static int
numbered(struct fss__slice name, unsigned n, char dst[FSS_LIMIT_NAME + 1])
{
	const char *p = name.p;
	size_t stem = name.n, end, i;
	char mark[16];
	int r;

	if (n < 2)
		return fss__slice_copy(name, dst, FSS_LIMIT_NAME + 1);
	for (i = name.n; i > 1; i--) {
		if (p[i - 1] == '.') {
			stem = i - 1;
			break;
		}
	}
	end = name.n - stem;
	r = fss__fmt(mark, sizeof(mark), " (%u)", n);
	if (r != 0 || end + strlen(mark) >= FSS_LIMIT_NAME)
		return FSS_EEXIST;	/* nothing but an ending */
	if (stem + strlen(mark) + end > FSS_LIMIT_NAME)
		stem = FSS_LIMIT_NAME - strlen(mark) - end;
	/* Not within a character. */
	while (stem > 0 && ((unsigned char)p[stem] & 0xc0) == 0x80)
		stem--;
	return fss__fmt(dst, FSS_LIMIT_NAME + 1, "%.*s%s%.*s", (int)stem, p,
	    mark, (int)end, p + name.n - end);
}

int
fss__visitor_path(struct fss__ctx *ctx, const struct fss__actor *who,
    struct fss__slice path, struct fss__space *ret_s, char *dst)
{
	char folder[FSS_LIMIT_PATH + 1], name[FSS_LIMIT_NAME + 1];
	struct fss__slice parent, asked;
	struct fss__meta_account a;
	struct fss__meta_node e;
	const char *why;
	size_t n = 0;
	unsigned i;
	int r;

	if (fss__path_check(path, &why) != 0)
		return fss__err_set(&ctx->err, FSS_EPATH, "the path %s", why);
	if (!fss__path_split(path, &parent, &asked))
		return FSS_EISDIR;
	if (parent.n != 1)
		return fss__err_set(&ctx->err, FSS_EDENIED,
		    "files go right into the folder that is linked");
	r = fss__meta_account_by_id(ctx->db, who->visit.maker, &a);
	if (r == 1)
		r = fss__path_of(ctx, who->visit.entry, folder, &n);
	else
		r = r < 0 ? r : FSS_ENOENT;
	for (i = 1; r == 0 && i <= TRIES; i++) {
		r = numbered(asked, i, name);
		if (r == 0)
			r = fss__meta_node_child(ctx->db, who->visit.entry,
			    fss__slice_str(name), &e);
		if (r == 0)
			break;
		r = r == 1 ? 0 : r;
	}
	if (r == 0 && i > TRIES)
		r = FSS_EEXIST;
	if (r != 0)
		return r;
	ret_s->owner = a.id;
	ret_s->root = a.root;
	return fss__path_join(dst, FSS_LIMIT_PATH + 1, fss__slice_str(folder),
	    fss__slice_str(name));
}
