/*
 * Who may send for a transfer.
 *
 * A transfer is for one owner's versions of a content.  That owner's devices
 * may send it.  Another's may if both the owner and one who asks may see an
 * entry there with the same root, depth and size: else whoever heard of a
 * digest could announce it, ask for it, and be sent what is private.
 *
 * What this file does not do: take the lease, know who is online.
 */
#include "model/access.h"
#include "model/announce.h"
#include "model/request.h"

#define ASKERS_LOOK	16	/* of those who wait */
#define SOURCE_LOOK	16	/* entries of the device that would send */

static int
may_see(struct fss__ctx *ctx, int64_t account, int64_t entry)
{
	struct fss__actor who = { 0 };
	struct fss__view view;
	int r;

	who.account = account;
	r = fss__view_of(ctx, &who, entry, 0, &view, NULL);
	if (r == FSS_ENOENT)
		return 0;
	return r != 0 ? r : (view.rights & FSS_RIGHT_SEE) != 0;
}

/* Whether one of those who wait may see @entry: 1, 0. */
static int
some_may_see(struct fss__ctx *ctx, const struct fss__meta_transfer *t,
    int64_t entry)
{
	int64_t id = 0, asker, before = 0;
	unsigned i;
	int r;

	for (i = 0; i < ASKERS_LOOK; i++) {
		r = fss__meta_transfer_waiter(ctx->db, t, 0, id, &id, &asker);
		if (r != 1)
			return r;
		if (asker == before)
			continue;
		before = asker;
		r = may_see(ctx, asker, entry);
		if (r != 0)
			return r;
	}
	return 0;
}

int
fss__transfer_fits(struct fss__ctx *ctx, const struct fss__meta_transfer *t,
    int64_t asker, const struct fss__meta_held *h)
{
	struct fss__meta_version v;
	int r;

	r = fss__meta_held_counts(ctx->db, h->version);
	if (r == 1)
		r = fss__meta_version_get(ctx->db, h->version, &v);
	if (r != 1)
		return r;
	if (!v.has_root || !fss__id_eq(&v.root, &t->root) ||
	    v.depth != t->depth || (uint64_t)v.size != t->size)
		return 0;
	if (h->account == t->owner)
		return 1;
	r = may_see(ctx, t->owner, h->entry);
	if (r == 1)
		r = asker != 0 ? may_see(ctx, asker, h->entry) :
		    some_may_see(ctx, t, h->entry);
	return r;
}

int
fss__transfer_holder(struct fss__ctx *ctx, const struct fss__meta_transfer *t,
    int64_t asker, int64_t account, int64_t entry, unsigned *left,
    struct fss__meta_held *h)
{
	unsigned entries = 0;
	int r;

	while (*left > 0) {
		--*left;
		r = fss__meta_held_after(ctx->db, &t->root, account, entry, h);
		if (r != 1)
			return r;
		if (h->account != account)
			entries = 0;
		account = h->account;
		/* Who announces it everywhere takes nobody's place. */
		entry = ++entries == FSS__ENTRIES_LOOK ? INT64_MAX : h->entry;
		r = fss__transfer_fits(ctx, t, asker, h);
		if (r != 0)
			return r;
	}
	return 0;
}

int
fss__transfer_source(struct fss__ctx *ctx, const struct fss__meta_transfer *t,
    int64_t device, struct fss__meta_held *h)
{
	int64_t entry = 0;
	unsigned i;
	int r;

	for (i = 0; i < SOURCE_LOOK; i++) {
		r = fss__meta_held_by(ctx->db, &t->root, device, entry, h);
		if (r != 1)
			return r;
		entry = h->entry;
		r = fss__transfer_fits(ctx, t, 0, h);
		if (r != 0)
			return r;
	}
	return 0;
}
