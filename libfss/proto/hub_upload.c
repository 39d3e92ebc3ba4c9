/*
 * News of uploads in parts: that an account's uploads are to be looked at.
 *
 * One goes on part by part, and a thousand at once, so what happens to them is
 * not told piece by piece: the first thing at once, what follows within
 * FSS__MAX_UPLOAD_GAP when that is over, as one.  What it was is not said, as
 * it may have been several things: STAGES has it.  An account has one item in
 * the ring, whichever of its uploads it was for.
 *
 * The gap is the same for all, so those it keeps from being told again are in
 * a queue, by when they were told.
 */
#include "base/alloc.h"
#include "model/link.h"
#include "proto/hub_internal.h"

#define GAP_US	(FSS__MAX_UPLOAD_GAP * INT64_C(1000))

struct fss__upload_told {
	struct fss__upload_told *next;		/* in its bucket */
	struct fss__upload_told *later;		/* told after it */
	int64_t		account, told_us;
	uint64_t	turn;			/* when it was told */
	bool		again;			/* something happened since */
};

static struct fss__upload_told **
bucket_of(struct fss__hub_uploads *u, int64_t account)
{
	return &u->bucket[(uint64_t)account % FSS__UPLOAD_BUCKETS];
}

static struct fss__upload_told *
find(struct fss__hub_uploads *u, int64_t account)
{
	struct fss__upload_told *t = *bucket_of(u, account);

	while (t != NULL && t->account != account)
		t = t->next;
	return t;
}

static void
append(struct fss__hub_uploads *u, struct fss__upload_told *t, int64_t now_us)
{
	t->told_us = now_us;
	t->turn = u->turn;
	t->later = NULL;
	if (u->last != NULL)
		u->last->later = t;
	else
		u->first = t;
	u->last = t;
}

static struct fss__upload_told *
take_first(struct fss__hub_uploads *u)
{
	struct fss__upload_told *t = u->first;

	u->first = t->later;
	if (u->first == NULL)
		u->last = NULL;
	return t;
}

static void
forget(struct fss__hub_uploads *u, struct fss__upload_told *t)
{
	struct fss__upload_told **at = bucket_of(u, t->account);

	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	fss__free(t);
}

/* False where there is no memory for it. */
static bool
tell(struct fss__hub *hub, int64_t account)
{
	struct fss__news *n = fss__zalloc(sizeof(*n));

	if (n == NULL)
		return false;
	n->kind = FSS_NEWS_UPLOAD;
	n->at_us = hub->wall_us;
	n->account = n->to[0] = account;
	n->nto = 1;
	fss__hub_tell_one(hub, n);
	return true;
}

void
fss__hub_uploads_changed(struct fss__hub *hub, int64_t account)
{
	struct fss__hub_uploads *u = &hub->uploads;
	struct fss__upload_told *t = find(u, account), **at;

	/* Who visits through a link hears no news. */
	if (account == 0 || account >= FSS__VISITOR)
		return;
	if (t != NULL) {
		/* Of one change the row and who holds it: told as one. */
		t->again = t->again || t->turn != u->turn;
		return;
	}
	t = fss__zalloc(sizeof(*t));
	if (t == NULL) {
		/* Then as often as it happens; at last all look for themselves. */
		if (!tell(hub, account))
			fss__hub_tell_lost(hub);
		return;
	}
	t->account = account;
	t->again = !tell(hub, account);
	at = bucket_of(u, account);
	t->next = *at;
	*at = t;
	append(u, t, hub->now_us);
}

void
fss__hub_uploads_step(struct fss__hub *hub)
{
	struct fss__hub_uploads *u = &hub->uploads;
	struct fss__upload_told *t;

	while (u->first != NULL && u->first->told_us + GAP_US <= hub->now_us) {
		t = take_first(u);
		if (!t->again) {
			forget(u, t);
			continue;
		}
		t->again = !tell(hub, t->account);
		append(u, t, hub->now_us);
	}
	u->turn++;
}

int64_t
fss__hub_uploads_deadline(const struct fss__hub *hub)
{
	const struct fss__upload_told *t = hub->uploads.first;

	return t == NULL ? INT64_MAX : t->told_us + GAP_US;
}

void
fss__hub_uploads_release(struct fss__hub *hub)
{
	struct fss__hub_uploads *u = &hub->uploads;

	while (u->first != NULL)
		forget(u, take_first(u));
}
