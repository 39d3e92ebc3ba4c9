/*
 * Reading a record and judging it: used by the writer and every reader.
 *
 * A record that fails is read a second time before it is called damaged, so
 * that a bit lost on the way does not condemn what is sound on disk.  What is
 * damaged is reported once, kept in memory for the readers, and marked in the
 * index with the next commit; from then on nobody "has" it, and the next
 * put of the same id brings it back.
 */
#include "store/seg_format.h"
#include "store/store_internal.h"

static int
read_once(struct fss__store *s, const struct fss__id *id,
    const struct fss_store_loc *loc, void *buf)
{
	int r;

	if (loc->len == 0 || loc->len > FSS__REC_MAX)
		return FSS_ECORRUPT;
	r = s->cs.ops->get(s->cs.self, id->b, loc, buf);
	if (r == 0)
		r = fss__digest_verify(id, buf, loc->len);
	return r == FSS_EINTEGRITY || r == FSS_ENOTSUP ? FSS_ECORRUPT : r;
}

int
fss__store_read(struct fss__store *s, const struct fss__id *id,
    const struct fss_store_loc *loc, void *buf)
{
	int r = read_once(s, id, loc, buf);

	return r == FSS_ECORRUPT ? read_once(s, id, loc, buf) : r;
}

void
fss__store_quarantine(struct fss__store *s, const struct fss__id *id,
    const struct fss_store_loc *loc)
{
	char text[FSS__ID_TEXT];

	if (fss__pending_is_bad(&s->pending, id, loc))
		return;
	fss__id_text(text, id);
	fss__log(&s->log, FSS_LOG_ERROR, "store", "damaged chunk",
	    "id=%s segment=%lu offset=%llu", text,
	    (unsigned long)loc->segment, (unsigned long long)loc->offset);
	fss__pending_add_bad(&s->pending, id, loc);
}

bool
fss__store_sound(struct fss__store *s, const struct fss__chunk *c)
{
	return !c->bad && !fss__pending_is_bad(&s->pending, &c->digest,
	    &c->loc);
}
