/*
 * Cutting what was fed, and digesting the chunks.
 *
 * Where there is a helper it digests while the next bytes are read and cut.
 * So a chunk is cut first, and emitted, in order, when its digest is there:
 * at the next call, or when something asks for all of it.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/frame.h"
#include "client/sender_internal.h"

static void
digest(struct fss__task *task)
{
	struct scut *k = (struct scut *)task;

	k->r = fss__digest(k->type, k->p, k->len, &k->id);
}

/* The pages that are finished: the first counts the chunks cut so far. */
int
fss__sfile_pages(struct fss__sfile *f)
{
	struct spage *pg;
	struct fss__id id;
	uint8_t *data;
	size_t len;
	int r;

	while ((r = fss__manifest_take(f->manifest, &id, &data, &len)) == 1) {
		pg = f->open;
		f->open = NULL;
		if (pg == NULL)
			pg = fss__zalloc(sizeof(*pg));
		if (pg == NULL) {
			fss__free(data);
			return FSS_ENOMEM;
		}
		pg->file = f;
		pg->id = id;
		pg->data = data;
		pg->len = len;
		*f->pages_tail = pg;
		f->pages_tail = &pg->next;
	}
	return r;
}

static int
add_to_manifest(struct fss__sfile *f, const struct fss__id *id, size_t len)
{
	int r;

	if (f->chunks == 0) {
		f->first = *id;
		f->first_len = len;
		return 0;
	}
	if (f->manifest == NULL) {
		r = fss__manifest_new(f->s->digest, &f->manifest);
		if (r == 0)
			r = fss__manifest_add(f->manifest, &f->first,
			    f->first_len);
		if (r != 0)
			return r;
	}
	r = fss__manifest_add(f->manifest, id, len);
	return r != 0 ? r : fss__sfile_pages(f);
}

static int
emit(struct fss__sender *s, const struct scut *k)
{
	struct fss__sfile *f = s->current;
	struct snode n;
	int r = k->r;

	if (r != 0)
		return r;
	memset(&n, 0, sizeof(n));
	if (f->open == NULL) {
		f->open = fss__zalloc(sizeof(*f->open));
		if (f->open == NULL)
			return FSS_ENOMEM;
	}
	n.id = k->id;
	n.off = (uint32_t)(k->p - s->slab->frame->data);
	n.len = (uint32_t)k->len;
	n.file = f;
	n.page = f->open;
	r = fss__spack_add(s, &n);
	if (r != 0)
		return r;
	f->refs++;
	f->unacked++;
	f->open->unacked++;
	r = add_to_manifest(f, &n.id, k->len);
	f->chunks++;
	f->size += k->len;
	return r;
}

/* The oldest of those cut, which is digested. */
static int
emit_oldest(struct fss__sender *s)
{
	struct scut *k = &s->cuts[s->cuts_first];

	s->cuts_first = (s->cuts_first + 1) % CUTS;
	s->cuts_count--;
	return emit(s, k);
}

void
fss__scut_drop(struct fss__sender *s)
{
	if (s->cuts_count > 0)
		fss__helper_finish(s->op->c->helper);
	s->cuts_count = 0;
}

int
fss__scut_settle(struct fss__sender *s)
{
	int r = 0;

	if (s->cuts_count > 0)
		fss__helper_finish(s->op->c->helper);
	while (r == 0 && s->cuts_count > 0)
		r = emit_oldest(s);
	return r;
}

int
fss__scut(struct fss__sender *s, size_t least, bool keep)
{
	struct fss__helper *helper = s->op->c->helper;
	const uint8_t *p;
	struct scut *k;
	size_t len;
	int r;

	while (s->fill - s->cut >= least) {
		p = s->slab->frame->data + s->cut;
		len = fss__chunker_cut(&s->chunker, p, s->fill - s->cut);
		if (keep && len == s->fill - s->cut)
			break;
		if (s->cuts_count == CUTS)
			fss__helper_wait(helper,
			    &s->cuts[s->cuts_first].task);
		while (s->cuts_count > 0 &&
		    fss__task_done(&s->cuts[s->cuts_first].task)) {
			r = emit_oldest(s);
			if (r != 0)
				return r;
		}
		k = &s->cuts[(s->cuts_first + s->cuts_count++) % CUTS];
		k->task.fn = digest;
		k->type = FSS__KIND_DATA | s->digest;
		k->p = p;
		k->len = len;
		s->cut += len;
		fss__helper_post(helper, &k->task, false);
	}
	return helper == NULL ? fss__scut_settle(s) : 0;
}
