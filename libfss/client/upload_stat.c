/*
 * The quick check: asking the hub what it has of the items found.
 *
 * What is only announced is not there; what was fetched for a request is, but
 * not for long, until it is committed.
 *
 * Items are asked about in batches, several under way.  What is as ours is
 * settled at once, the rest goes on to be read or committed.  An answer may
 * be shorter than what was asked for; the rest is then asked about again.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/str.h"
#include "client/request.h"
#include "client/upload.h"

#define ASKING		4	/* STAT batches under way */
#define BATCH_BYTES	(FSS__MAX_HEADER / 2)	/* answers are longer */

struct statbatch {
	struct fss__call call;		/* first: calls are cast back */
	struct upload	*u;
	struct fss__buf	 refs;
	uint32_t	 count;
	struct upitem	*item[FSS__MAX_BATCH];
};

bool
fss__up_stat_full(const struct upload *u)
{
	return u->batch != NULL && (u->batch->count == FSS__MAX_BATCH ||
	    u->batch->refs.len >= BATCH_BYTES);
}

/* The hub's copy is not as ours: on to reading, or at once to commit. */
void
fss__up_proceed(struct upload *u, struct upitem *it)
{
	if (it->kind == FSS_KIND_FILE)
		fss__up_push(&u->ready, it);
	else
		fss__up_push(&u->commit, it);
	fss__op_run(&u->op);
}

int
fss__up_ask(struct upload *u, struct upitem *it)
{
	char path[FSS_LIMIT_PATH + 1];
	struct statbatch *b = u->batch;
	struct fss__m_ref ref;
	int r;

	if (b == NULL) {
		b = fss__zalloc(sizeof(*b));
		if (b == NULL)
			return FSS_ENOMEM;
		b->u = u;
		fss__buf_init(&b->refs, FSS__MAX_HEADER);
		u->batch = b;
	}
	/* It fitted when the item was made. */
	(void)fss__path_join(path, sizeof(path),
	    fss__slice_str(it->in->remote), fss__slice_str(it->remote_name));
	fss__ref_fill(&ref, u->owner, path, 0);
	r = fss__record_encode(&b->refs, &fss__r_ref, &ref);
	if (r != 0)
		return r;
	if (it->self != NULL)
		it->self->refs++;
	b->item[b->count++] = it;
	if (!fss__up_stat_full(u))
		return 0;
	r = fss__up_stat_flush(u);
	return r == FSS_EAGAIN ? 0 : r;
}

void
fss__up_compare(struct upload *u, struct upitem *it,
    const struct fss__m_entry *e)
{
	bool there = e->status == 0 && e->kind == (uint64_t)it->kind;
	bool same = there &&
	    e->mtime_us == fss__local_mtime_us(&it->st) &&
	    e->mode == (it->st.st_mode & FSS__MODE_BITS);

	if (it->kind == FSS_KIND_DIR) {
		it->self->fresh = e->status == (uint64_t)-FSS_ENOENT;
		it->self->same = same;
		return;
	}
	if (it->kind == FSS_KIND_LINK)
		same = there && fss__slice_eq(e->target,
		    fss__slice_str(it->target));
	else
		same = same && e->size == (uint64_t)it->st.st_size &&
		    e->state == FSS_STATE_STORED && !e->fetched &&
		    !(u->flags & FSS_COPY_CHECKSUM);
	if (same)
		fss__up_done(u, it, true);
	else
		fss__up_proceed(u, it);
}

void
fss__up_stat_release(struct upload *u)
{
	if (u->batch != NULL) {
		fss__buf_release(&u->batch->refs);
		fss__free(u->batch);
		u->batch = NULL;
	}
}

static void
batch_free(struct statbatch *b)
{
	fss__buf_release(&b->refs);
	fss__free(b);
}

static void
stat_answered(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct statbatch *b = (struct statbatch *)call;
	struct upload *u = b->u;
	struct fss__m_entry_list m;
	struct fss__m_entry e;
	struct updir *self;
	uint32_t i;
	int r = a->err.code;

	u->asking--;
	if (!u->op.ending && r == 0) {
		r = fss__call_decode(a, &m, &u->op.err);
		if (r == 0 && (m.entries.count > b->count ||
		    m.entries.count == 0))
			r = fss__err_set(&u->op.err, FSS_EPROTO,
			    "the answer to STAT is not as long as asked");
	}
	if (r != 0 && !u->op.ending) {
		if (a->err.code != 0)
			(void)fss__err_set(&u->op.err, r, "%s",
			    a->err.detail);
		u->fatal = r;
	}
	for (i = 0; i < b->count; i++) {
		self = b->item[i]->self;
		if (r == 0 && fss__list_next(&m.entries, &fss__r_entry,
		    &e) == 1)
			fss__up_compare(u, b->item[i], &e);
		else if (r == 0)
			/* There was no room for it in the answer. */
			r = u->fatal = fss__up_ask(u, b->item[i]);
		if (self != NULL)
			fss__up_dir_unref(self);
	}
	batch_free(b);
	fss__op_run(&u->op);
}

int
fss__up_stat_flush(struct upload *u)
{
	struct statbatch *b = u->batch;
	struct fss__m_stat m;
	int r;

	if (b == NULL || b->count == 0 || u->asking >= ASKING)
		return 0;
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_stat_refs;
	fss__list_of(&m.refs, &b->refs, b->count);
	r = fss__call_start(&u->op, &b->call, FSS__MSG_STAT, &m, NULL,
	    stat_answered);
	if (r != 0)
		return r;
	u->batch = NULL;
	u->asking++;
	return 0;
}
