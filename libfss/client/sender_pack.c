/*
 * Packs: runs of nodes that are asked about and sent together.
 *
 * A pack is at most one PUT.  Where all of it is missing, or what is missing
 * lies together, the PUT's payload is that part of the slab itself; only
 * scattered parts are gathered in a frame of their own.  Packs of pages are
 * not asked about: they are small, and asking costs a round trip.
 *
 * A PUT that was cut off may or may not have been taken in: its pack is asked
 * about again, so nothing the hub has is sent twice.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/frame.h"
#include "base/num.h"
#include "client/sender_internal.h"

static void have_answered(struct fss__call *call,
    const struct fss__cs_answer *a);
static void put_answered(struct fss__call *call,
    const struct fss__cs_answer *a);

static struct spack *
new_pack(struct fss__sender *s)
{
	struct spack *p = fss__zalloc(sizeof(*p));

	if (p == NULL)
		return NULL;
	p->s = s;
	s->packs++;
	return p;
}

/* What is in it goes unsettled: the operation ends. */
void
fss__spack_free(struct spack *p)
{
	struct fss__sender *s = p->s;
	unsigned i;

	for (i = 0; i < p->count; i++) {
		if (p->node[i].file == NULL)
			continue;
		if (p->node[i].is_page) {
			fss__free(p->node[i].page->data);
			fss__free(p->node[i].page);
		}
		fss__sfile_unref(p->node[i].file);
	}
	if (p->slab != NULL) {
		p->slab->packs--;
		fss__slab_unuse(s, p->slab);
	}
	fss__frame_unref(p->frame);
	fss__free(p->node);
	if (s->open == p)
		s->open = NULL;
	s->packs--;
	fss__free(p);
}

static int
append(struct spack *p, const struct snode *n)
{
	struct snode *bigger;
	unsigned cap;

	if (p->count == p->cap) {
		cap = p->cap == 0 ? 8 : p->cap * 2;
		bigger = fss__realloc(p->node, cap * sizeof(*bigger));
		if (bigger == NULL)
			return FSS_ENOMEM;
		p->node = bigger;
		p->cap = cap;
	}
	p->node[p->count++] = *n;
	p->bytes += n->len;
	return 0;
}

static void
enqueue(struct fss__sender *s, struct spack *p, enum spack_state state)
{
	p->state = state;
	p->next = NULL;
	*s->todo_tail = p;
	s->todo_tail = &p->next;
	fss__op_run(s->op);
}

void
fss__spack_close(struct fss__sender *s)
{
	struct spack *p = s->open;

	if (p == NULL)
		return;
	s->open = NULL;
	enqueue(s, p, PACK_ASK);
}

int
fss__spack_add(struct fss__sender *s, const struct snode *n)
{
	struct spack *p = s->open;

	if (p != NULL && (p->count == FSS__MAX_PUT_NODES ||
	    p->bytes + n->len > s->payload_max)) {
		fss__spack_close(s);
		p = NULL;
	}
	if (p == NULL) {
		p = new_pack(s);
		if (p == NULL)
			return FSS_ENOMEM;
		p->slab = s->slab;
		p->slab->packs++;
		s->open = p;
	}
	return append(p, n);
}

/* Whether @pg fits, and those that must go in the same PUT with it. */
static bool
fits(const struct spack *p, const struct spage *pg)
{
	unsigned count = p->count;
	size_t bytes = p->bytes;

	for (;;) {
		bytes += pg->len;
		if (++count > FSS__MAX_PUT_NODES ||
		    bytes > p->s->payload_max)
			return false;
		if (pg->run == 1)
			return true;
		pg = pg->next;
	}
}

/* All pages that are ready, as many as one PUT takes, in a pack. */
static int
pack_pages(struct fss__sender *s)
{
	struct spage *pg;
	struct spack *p;
	struct snode n;
	size_t at = 0;
	unsigned i;
	int r;

	if (s->ready == NULL)
		return 0;
	p = new_pack(s);
	if (p == NULL)
		return FSS_ENOMEM;
	memset(&n, 0, sizeof(n));
	n.is_page = true;
	while ((pg = s->ready) != NULL && fits(p, pg)) {
		n.id = pg->id;
		n.off = (uint32_t)p->bytes;
		n.len = (uint32_t)pg->len;
		n.file = pg->file;
		n.page = pg;
		r = append(p, &n);
		if (r != 0) {
			fss__spack_free(p);
			return r;
		}
		s->ready = pg->next;
		if (s->ready == NULL)
			s->ready_tail = &s->ready;
	}
	p->frame = fss__frame_new(p->bytes);
	if (p->frame == NULL) {
		fss__spack_free(p);
		return FSS_ENOMEM;
	}
	for (i = 0; i < p->count; i++) {
		memcpy(p->frame->data + at, p->node[i].page->data,
		    p->node[i].len);
		at += p->node[i].len;
	}
	memset(p->missing, 0xff, sizeof(p->missing));
	enqueue(s, p, PACK_PUT);
	return 0;
}

/* ---- requests --------------------------------------------------------- */

static bool
is_missing(const struct spack *p, unsigned i)
{
	return p->node[i].file != NULL &&
	    (p->missing[i / 8] & 1u << i % 8) != 0;
}

static int
ask(struct spack *p)
{
	uint8_t ids[FSS__MAX_PUT_NODES * FSS__ID_BYTES];
	struct fss__m_have m;
	unsigned i;

	for (i = 0; i < p->count; i++)
		memcpy(ids + i * FSS__ID_BYTES, p->node[i].id.b,
		    FSS__ID_BYTES);
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_have_ids;
	m.ids.p = ids;
	m.ids.n = (size_t)p->count * FSS__ID_BYTES;
	return fss__call_start(p->s->op, &p->call, FSS__MSG_HAVE, &m, NULL,
	    have_answered);
}

static void
drop_part(void *whole, uint8_t *data)
{
	(void)data;			/* belongs to the whole */
	fss__frame_unref(whole);
}

/* What is missing, as one frame. */
static struct fss__frame *
payload_of(const struct spack *p)
{
	struct fss__frame *base = p->slab != NULL ? p->slab->frame : p->frame;
	struct fss__frame *f;
	size_t first = SIZE_MAX, end = 0, bytes = 0, at = 0;
	unsigned i;

	for (i = 0; i < p->count; i++) {
		if (!is_missing(p, i))
			continue;
		if (first == SIZE_MAX)
			first = p->node[i].off;
		end = (size_t)p->node[i].off + p->node[i].len;
		bytes += p->node[i].len;
	}
	if (end - first == bytes) {
		f = fss__frame_wrap(base->data + first, bytes, drop_part,
		    base);
		if (f != NULL)
			(void)fss__frame_ref(base);
		return f;
	}
	f = fss__frame_new(bytes);
	for (i = 0; f != NULL && i < p->count; i++) {
		if (!is_missing(p, i))
			continue;
		memcpy(f->data + at, base->data + p->node[i].off,
		    p->node[i].len);
		at += p->node[i].len;
	}
	return f;
}

static int
put(struct spack *p)
{
	uint8_t ids[FSS__MAX_PUT_NODES * FSS__ID_BYTES];
	uint8_t lens[FSS__MAX_PUT_NODES * 4];
	struct fss__frame *payload;
	struct fss__m_put m;
	size_t n = 0;
	unsigned i;
	int r;

	for (i = 0; i < p->count; i++) {
		if (!is_missing(p, i))
			continue;
		memcpy(ids + n * FSS__ID_BYTES, p->node[i].id.b,
		    FSS__ID_BYTES);
		fss__put_le32(lens + n * 4, p->node[i].len);
		n++;
	}
	payload = payload_of(p);
	if (payload == NULL)
		return FSS_ENOMEM;
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_put_ids | FSS__K_put_lens;
	m.ids.p = ids;
	m.ids.n = n * FSS__ID_BYTES;
	m.lens.p = lens;
	m.lens.n = n * 4;
	r = fss__call_start(p->s->op, &p->call, FSS__MSG_PUT, &m, payload,
	    put_answered);
	fss__frame_unref(payload);
	return r;
}

int
fss__spack_work(struct fss__sender *s)
{
	struct spack *p;
	int r;

	while (s->ready != NULL) {
		r = pack_pages(s);
		if (r != 0)
			return r;
	}
	while ((p = s->todo) != NULL) {
		r = p->state == PACK_ASK ? ask(p) : put(p);
		if (r != 0)
			return r;
		s->todo = p->next;
		if (s->todo == NULL)
			s->todo_tail = &s->todo;
		p->state = PACK_FLYING;
	}
	return 0;
}

/* ---- answers ---------------------------------------------------------- */

/* Whether a failed call ends the operation, and does so. */
static bool
failed(struct spack *p, const struct fss__cs_answer *a)
{
	struct fss__op *op = p->s->op;
	int code = a->err.code;

	if (op->ending) {
		fss__spack_free(p);
		return true;
	}
	if (code == 0)
		p->tries = 0;
	if (code == 0 || ((code == FSS_ENOTCONN || code == FSS_EMISSING) &&
	    ++p->tries < TRIES))
		return false;
	fss__spack_free(p);
	fss__op_end(op, code, a->err.detail, NULL);
	return true;
}

static void
have_answered(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct spack *p = (struct spack *)call;
	struct fss__sender *s = p->s;
	struct fss__op *op = s->op;
	struct fss__m_missing m;
	bool any = false;
	unsigned i;
	int r;

	if (failed(p, a))
		return;
	if (a->err.code != 0) {
		enqueue(s, p, PACK_ASK);
		return;
	}
	r = fss__call_decode(a, &m, &op->err);
	if (r == 0 && m.bitmap.n != (p->count + 7) / 8)
		r = fss__err_set(&op->err, FSS_EPROTO,
		    "the answer to HAVE is not as long as asked");
	if (r != 0) {
		fss__spack_free(p);
		fss__op_end(op, r, op->err.detail, NULL);
		return;
	}
	memcpy(p->missing, m.bitmap.p, m.bitmap.n);
	for (i = 0; i < p->count; i++) {
		if (is_missing(p, i))
			any = true;
		else if (p->node[i].file != NULL)
			fss__snode_acked(s, &p->node[i], false);
	}
	if (any)
		enqueue(s, p, PACK_PUT);
	else
		fss__spack_free(p);
	fss__op_run(op);
}

/* The hub lacks children again: the files are to be sent anew. */
static void
give_up_files(struct spack *p, int code)
{
	struct fss__sender *s = p->s;
	struct fss__op *op = s->op;
	struct fss__sfile *f;
	unsigned i;

	for (i = 0; i < p->count; i++) {
		f = p->node[i].file;
		if (f != NULL && !f->dead)
			s->ops->lost(op, f->ctx, code);
	}
	fss__spack_free(p);
	fss__op_run(op);
}

static void
put_answered(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct spack *p = (struct spack *)call;
	struct fss__sender *s = p->s;
	struct fss__op *op = s->op;
	unsigned i;

	if (failed(p, a))
		return;
	if (a->err.code == FSS_EMISSING) {
		give_up_files(p, a->err.code);
		return;
	}
	if (a->err.code != 0) {
		/* Cut off. Pages may be sent again at once. */
		enqueue(s, p, p->slab != NULL ? PACK_ASK : PACK_PUT);
		return;
	}
	for (i = 0; i < p->count; i++)
		if (is_missing(p, i))
			fss__snode_acked(s, &p->node[i], true);
	fss__spack_free(p);
	fss__op_run(op);
}
