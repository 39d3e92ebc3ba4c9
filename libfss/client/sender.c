/*
 * Cutting files into chunks, and the pages above them.
 *
 * A page may only be sent when the hub has all its children, or after them in
 * the same PUT.  The manifest hands out pages in an order in which children
 * precede parents, so a file's pages go in that order, each when the chunks
 * cut before it are acknowledged: the page before it is then acknowledged too,
 * or goes in the same PUT, and with it all that is below.  So the end of a
 * file, a page and those above it, takes one round trip.
 *
 * A file of one chunk needs no manifest; its root is that chunk.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/frame.h"
#include "base/num.h"
#include "client/sender_internal.h"

int
fss__sender_new(struct fss__op *op, const struct fss__sender_ops *ops,
    struct fss__sender **ret_s)
{
	const struct fss__cs_terms *t = fss__cs_terms(op->who->cs);
	struct fss__sender *s;
	int r;

	*ret_s = NULL;
	s = fss__zalloc(sizeof(*s));
	if (s == NULL)
		return FSS_ENOMEM;
	r = fss__chunker_init(&s->chunker, t->chunk_min, t->chunk_avg,
	    t->chunk_max);
	if (r != 0) {
		fss__free(s);
		return r;
	}
	s->op = op;
	s->ops = ops;
	s->digest = t->digest;
	s->payload_max = t->payload_max;
	s->far = fss__cs_far(op->who->cs);
	if (s->payload_max > (s->far ? FSS__FAR_PIECE : FSS__MAX_CHUNK))
		s->payload_max = s->far ? FSS__FAR_PIECE : FSS__MAX_CHUNK;
	s->todo_tail = &s->todo;
	s->ready_tail = &s->ready;
	op->c->senders++;
	*ret_s = s;
	return 0;
}

static void
page_free(struct spage *pg)
{
	if (pg == NULL)
		return;
	fss__free(pg->data);
	fss__free(pg);
}

void
fss__sfile_unref(struct fss__sfile *f)
{
	struct spage *pg;

	if (--f->refs > 0)
		return;
	if (f->after != NULL)
		fss__sfile_unref(f->after);
	while ((pg = f->pages) != NULL) {
		f->pages = pg->next;
		page_free(pg);
	}
	page_free(f->open);
	fss__manifest_free(f->manifest);
	f->s->files--;
	fss__free(f);
}

void
fss__sender_free(struct fss__sender *s)
{
	struct slab *slab;
	struct spack *p;
	struct spage *pg;

	if (s == NULL)
		return;
	fss__scut_drop(s);
	while ((pg = s->ready) != NULL) {
		s->ready = pg->next;
		fss__sfile_unref(pg->file);
		page_free(pg);
	}
	if (s->open != NULL)
		fss__spack_free(s->open);
	while ((p = s->todo) != NULL) {
		s->todo = p->next;
		fss__spack_free(p);
	}
	slab = s->slab;
	s->slab = NULL;
	if (slab != NULL)
		fss__slab_unuse(s, slab);
	fss__frame_unref(s->spare);
	s->op->c->senders--;
	fss__free(s);
}

int
fss__sender_begin(struct fss__sender *s, void *file_ctx,
    struct fss__sfile **ret_f)
{
	struct fss__sfile *f = fss__zalloc(sizeof(*f));

	*ret_f = f;
	if (f == NULL)
		return FSS_ENOMEM;
	f->s = s;
	f->ctx = file_ctx;
	f->refs = 1;
	f->pages_tail = &f->pages;
	s->files++;
	s->current = f;
	return 0;
}

void
fss__sender_abandon(struct fss__sender *s, struct fss__sfile *f)
{
	if (f == NULL || f->dead)
		return;
	f->dead = true;
	if (s->current == f) {
		fss__scut_drop(s);
		s->current = NULL;
		s->cut = s->fill;	/* what is not yet cut goes with it */
	}
	fss__sfile_unref(f);
}

bool
fss__sender_root(const struct fss__sfile *f, struct fss__id *ret_root,
    unsigned *ret_depth, uint64_t *ret_size)
{
	*ret_root = f->root;
	*ret_depth = f->depth;
	*ret_size = f->size;
	return f->chunks > 0;
}

/* ---- slabs ------------------------------------------------------------ */

/* What this sender may hold now: a fair part of what one alone may. */
static size_t
share(const struct fss__sender *s)
{
	return (s->far ? SLABS_FAR : SLABS) * SLAB_BYTES / s->op->c->senders;
}

static size_t
slab_bytes(const struct fss__sender *s)
{
	size_t n = share(s) / SLABS_LEAST;

	if (n > SLAB_BYTES)
		return SLAB_BYTES;
	return n < SLAB_LEAST ? SLAB_LEAST : n;
}

static size_t
slabs_max(const struct fss__sender *s)
{
	size_t n = share(s) / slab_bytes(s);

	return n < SLABS_LEAST ? SLABS_LEAST : n;
}

void
fss__slab_unuse(struct fss__sender *s, struct slab *slab)
{
	if (slab->packs > 0 || slab == s->slab)
		return;
	s->slabs--;
	/* Memory that was touched before is cheaper than new memory. */
	if (s->spare == NULL && (s->slabs + 1) * slab->frame->len <=
	    share(s) && __atomic_load_n(&slab->frame->refs,
	    __ATOMIC_ACQUIRE) == 1)
		s->spare = slab->frame;
	else
		fss__frame_unref(slab->frame);
	fss__free(slab);
}

static int
new_slab(struct fss__sender *s)
{
	struct slab *slab, *old = s->slab;
	size_t tail = s->fill - s->cut, len = slab_bytes(s);

	if (s->slabs >= slabs_max(s))
		return FSS_EAGAIN;
	slab = fss__zalloc(sizeof(*slab));
	if (slab == NULL)
		return FSS_ENOMEM;
	/* Others came or went since it was made. */
	if (s->spare != NULL && s->spare->len != len) {
		fss__frame_unref(s->spare);
		s->spare = NULL;
	}
	slab->frame = s->spare != NULL ? s->spare : fss__frame_new(len);
	if (slab->frame == NULL) {
		fss__free(slab);
		return FSS_ENOMEM;
	}
	s->spare = NULL;
	if (old != NULL) {
		/* Not yet cut: less than one chunk. */
		memcpy(slab->frame->data, old->frame->data + s->cut, tail);
		fss__spack_close(s);
	}
	s->slab = slab;
	s->slabs++;
	s->fill = tail;
	s->cut = 0;
	if (old != NULL)
		fss__slab_unuse(s, old);
	return 0;
}

int
fss__sender_room(struct fss__sender *s, size_t want, uint8_t **ret_p,
    size_t *ret_n)
{
	int r;

	if (s->packs >= PACKS)
		return FSS_EAGAIN;
	if (s->slab == NULL || s->slab->frame->len - s->fill < want) {
		/* The less is left, the less is to be copied. */
		r = s->current != NULL ? fss__scut(s, 1, true) : 0;
		if (r == 0)
			r = fss__scut_settle(s);
		if (r == 0)
			r = new_slab(s);
		if (r != 0)
			return r;
	}
	*ret_p = s->slab->frame->data + s->fill;
	*ret_n = s->slab->frame->len - s->fill;
	return 0;
}

int
fss__sender_fed(struct fss__sender *s, struct fss__sfile *f, size_t n)
{
	FSS_ASSERT(f == s->current);
	s->fill += n;
	FSS_ASSERT(s->fill <= s->slab->frame->len);
	return fss__scut(s, s->chunker.max, false);
}

/* ---- pages and the end ------------------------------------------------ */

/* The next pages, as far as their children are there or among them. */
static unsigned
send_pages(struct fss__sender *s, struct fss__sfile *f)
{
	struct spage *pg = f->pages, *last = NULL;
	size_t bytes = 0;
	unsigned n = 0;

	for (; pg != NULL && pg->unacked == 0 && n < FSS__MAX_PUT_NODES &&
	    (n == 0 || bytes + pg->len <= s->payload_max); pg = pg->next) {
		bytes += pg->len;
		last = pg;
		n++;
	}
	if (n == 0)
		return 0;
	for (pg = f->pages, f->pages_out = n; n > 0; n--, pg = pg->next)
		pg->run = n;
	*s->ready_tail = f->pages;
	s->ready_tail = &last->next;
	f->pages = last->next;
	last->next = NULL;
	if (f->pages == NULL)
		f->pages_tail = &f->pages;
	f->refs += f->pages_out;
	return f->pages_out;
}

/* Sends pages whose children are there; tells of the end. */
static void
advance(struct fss__sender *s, struct fss__sfile *f)
{
	struct fss__sfile *after = f->after;

	if (f->dead || f->held || f->pages_out > 0)
		return;
	if (send_pages(s, f) > 0)
		return;
	if (!f->ended || f->pages != NULL || f->unacked > 0)
		return;
	s->ops->complete(s->op, f->ctx);
	if (after != NULL && after->held) {
		after->held = false;
		advance(s, after);
	}
}

int
fss__sender_end(struct fss__sender *s, struct fss__sfile *f)
{
	int r = fss__scut(s, 1, false);

	if (r == 0)
		r = fss__scut_settle(s);
	if (r != 0)
		return r;
	if (f->manifest != NULL) {
		r = fss__manifest_finish(f->manifest);
		if (r == 0)
			r = fss__sfile_pages(f);
		if (r != 0)
			return r;
		fss__manifest_root(f->manifest, &f->root, &f->depth,
		    &f->size);
	} else if (f->chunks == 1) {
		f->root = f->first;
		f->depth = 0;
	}
	f->ended = true;
	s->current = NULL;
	advance(s, f);
	return 0;
}

void
fss__sender_resume(struct fss__sfile *f, struct fss__manifest *m)
{
	f->manifest = m;
	f->size = fss__manifest_size(m);
	f->chunks = f->size > 0 ? 1 : 0;	/* more than none */
}

/* A part that goes on after @f, as it is before its last chunk. */
static int
next_part(struct fss__sender *s, struct fss__sfile *f, void *file_ctx,
    struct fss__sfile **ret_next)
{
	struct fss__manifest *m = NULL;
	struct fss__sfile *n;
	int r;

	r = fss__sender_begin(s, file_ctx, &n);
	s->current = f;
	if (r == 0 && f->manifest != NULL)
		r = fss__manifest_copy(f->manifest, &m);
	if (r != 0) {
		if (n != NULL)
			fss__sfile_unref(n);
		return r;
	}
	n->manifest = m;
	n->first = f->first;
	n->first_len = f->first_len;
	n->chunks = f->chunks;
	n->size = f->size;
	n->held = true;
	n->refs++;
	f->after = n;
	*ret_next = n;
	return 0;
}

int
fss__sender_split(struct fss__sender *s, struct fss__sfile *f, void *file_ctx,
    struct fss__sfile **ret_next)
{
	size_t rest;
	int r;

	*ret_next = NULL;
	/* A cut before the end is one whatever follows; the last may not be. */
	r = fss__scut(s, 1, true);
	if (r == 0)
		r = fss__scut_settle(s);
	if (r != 0)
		return r;
	rest = s->fill - s->cut;
	r = next_part(s, f, file_ctx, ret_next);
	if (r == 0)
		r = fss__sender_end(s, f);
	if (r != 0)
		return r;
	/* Those bytes lie where they lay, for whoever goes on. */
	s->cut -= rest;
	s->current = *ret_next;
	return 0;
}

size_t
fss__sender_uncut(const struct fss__sender *s)
{
	return s->fill - s->cut;
}

void
fss__snode_acked(struct fss__sender *s, struct snode *n, bool sent)
{
	struct fss__sfile *f = n->file;

	if (n->is_page) {
		f->pages_out--;
		page_free(n->page);
	} else {
		f->unacked--;
		n->page->unacked--;
		if (!f->dead)
			s->ops->settled(s->op, f->ctx, n->len, sent);
	}
	n->file = NULL;
	advance(s, f);
	fss__sfile_unref(f);
}

void
fss__sender_flush(struct fss__sender *s)
{
	fss__spack_close(s);
}

int
fss__sender_work(struct fss__sender *s)
{
	return fss__spack_work(s);
}

bool
fss__sender_busy(const struct fss__sender *s)
{
	return s->packs > 0 || s->ready != NULL;
}
