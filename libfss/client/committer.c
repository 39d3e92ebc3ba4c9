/*
 * COMMITs in batches.
 *
 * Each batch has an id of its own, so that sending it again after a reconnect
 * has no second effect.  An error for the whole batch that speaks of the
 * account or the hub (quota, space, rights lost) ends the operation; others
 * are those of each item.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/str.h"
#include "client/committer.h"
#include "client/request.h"

#define FLYING		4		/* batches under way */
#define QUEUED		32		/* batches in all */
#define BATCH_BYTES	(FSS__MAX_HEADER / 2)	/* answers are longer */

struct batch {
	struct fss__call call;		/* first: calls are cast back */
	struct batch	*next;
	struct fss__committer *cm;
	struct fss__buf	 items;
	uint32_t	 count;
	void		*item[FSS__MAX_BATCH];
};

struct fss__committer {
	struct fss__op	*op;
	const char	*owner;
	fss__committed_fn fn;
	uint64_t	 request;
	bool		 announce;
	unsigned	 batch_max;
	struct batch	*head, *tail;	/* not yet sent; the last is filling */
	unsigned	 queued;
	unsigned	 flying;
};

struct fss__committer *
fss__committer_new(struct fss__op *op, const char *owner,
    fss__committed_fn fn)
{
	struct fss__committer *cm = fss__zalloc(sizeof(*cm));

	if (cm == NULL)
		return NULL;
	cm->op = op;
	cm->owner = owner;
	cm->fn = fn;
	cm->batch_max = fss__cs_terms(op->who->cs)->batch_max;
	if (cm->batch_max > FSS__MAX_BATCH)
		cm->batch_max = FSS__MAX_BATCH;
	return cm;
}

void
fss__committer_allow(struct fss__committer *cm, uint64_t request)
{
	cm->request = request;
}

void
fss__committer_announce(struct fss__committer *cm)
{
	cm->announce = true;
}

bool
fss__committer_busy(const struct fss__committer *cm)
{
	return cm->flying > 0 || cm->head != NULL;
}

static void
batch_free(struct batch *b)
{
	fss__buf_release(&b->items);
	fss__free(b);
}

void
fss__committer_free(struct fss__committer *cm)
{
	struct batch *b;

	if (cm == NULL)
		return;
	while ((b = cm->head) != NULL) {
		cm->head = b->next;
		batch_free(b);
	}
	fss__free(cm);
}

static struct batch *
new_batch(struct fss__committer *cm)
{
	struct batch *b = fss__zalloc(sizeof(*b));

	if (b == NULL)
		return NULL;
	b->cm = cm;
	fss__buf_init(&b->items, FSS__MAX_HEADER);
	if (cm->tail != NULL)
		cm->tail->next = b;
	else
		cm->head = b;
	cm->tail = b;
	cm->queued++;
	return b;
}

static bool
is_full(const struct fss__committer *cm, const struct batch *b)
{
	return b->count >= cm->batch_max || b->items.len >= BATCH_BYTES;
}

int
fss__committer_add(struct fss__committer *cm,
    const struct fss__m_commit_item *m, void *item)
{
	struct batch *b = cm->tail;
	int r;

	if (b == NULL || is_full(cm, b)) {
		if (cm->queued >= QUEUED)
			return FSS_EAGAIN;
		b = new_batch(cm);
		if (b == NULL)
			return FSS_ENOMEM;
	}
	r = fss__record_encode(&b->items, &fss__r_commit_item, m);
	if (r != 0)
		return r;
	b->item[b->count++] = item;
	fss__op_run(cm->op);
	return 0;
}

/* Errors that would meet every other item as well. */
static bool
is_fatal(int code)
{
	switch (code) {
	case FSS_EDENIED:
	case FSS_EPATH:
	case FSS_ENOENT:
	case FSS_ENOTDIR:
	case FSS_EISDIR:
	case FSS_EEXIST:
	case FSS_ECONFLICT:
	case FSS_EMISSING:
	case FSS_EINTEGRITY:
	case FSS_ESTATE:
		return false;
	default:
		return true;
	}
}

static void
answered(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct batch *b = (struct batch *)call;
	struct fss__committer *cm = b->cm;
	struct fss__op *op = cm->op;
	struct fss__m_entry_list m;
	struct fss__m_entry e;
	uint32_t i;
	int r = a->err.code, status;

	if (op->ending) {
		batch_free(b);
		return;
	}
	cm->flying--;
	if (r == 0) {
		r = fss__call_decode(a, &m, &op->err);
		if (r == 0 && m.entries.count != b->count)
			r = fss__err_set(&op->err, FSS_EPROTO,
			    "the answer is not as long as asked");
	} else if (is_fatal(r)) {
		(void)fss__err_set(&op->err, r, "%s", a->err.detail);
	}
	if (r != 0 && is_fatal(r)) {
		batch_free(b);
		fss__op_end(op, r, op->err.detail, NULL);
		return;
	}
	for (i = 0; i < b->count; i++) {
		status = r;
		memset(&e, 0, sizeof(e));
		if (r == 0 && fss__list_next(&m.entries, &fss__r_entry,
		    &e) == 1)
			status = -(int)e.status;
		cm->fn(op, b->item[i], status, status == 0 ? &e : NULL);
	}
	batch_free(b);
	fss__op_run(op);
}

static int
send_batch(struct fss__committer *cm, struct batch *b)
{
	uint8_t id[FSS__OP_BYTES];
	struct fss__m_announce an;
	struct fss__m_commit m;

	if (cm->announce) {
		memset(&an, 0, sizeof(an));
		an.has = FSS__K_announce_op | FSS__K_announce_items;
		fss__op_id(id, &an.op);
		fss__list_of(&an.items, &b->items, b->count);
		return fss__call_start(cm->op, &b->call, FSS__MSG_ANNOUNCE,
		    &an, NULL, answered);
	}
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_commit_op | FSS__K_commit_owner | FSS__K_commit_items;
	fss__op_id(id, &m.op);
	m.owner = fss__slice_str(cm->owner);
	fss__list_of(&m.items, &b->items, b->count);
	if (cm->request != 0) {
		m.has |= FSS__K_commit_request;
		m.request = cm->request;
	}
	return fss__call_start(cm->op, &b->call, FSS__MSG_COMMIT, &m, NULL,
	    answered);
}

int
fss__committer_work(struct fss__committer *cm)
{
	struct batch *b;
	int r;

	while ((b = cm->head) != NULL && b->count > 0 &&
	    cm->flying < FLYING && (cm->flying == 0 || is_full(cm, b))) {
		r = send_batch(cm, b);
		if (r != 0)
			return r;
		cm->head = b->next;
		if (cm->head == NULL)
			cm->tail = NULL;
		cm->queued--;
		cm->flying++;
	}
	return 0;
}
