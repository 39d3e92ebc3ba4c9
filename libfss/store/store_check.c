/*
 * Verifying a store: every record the index points to, every reference,
 * every version.
 *
 * First the segments, each read once from front to end beside the index in
 * the same order: what the index expects and the scan does not meet is
 * missing, what it meets is verified.  Behind damage the scan starts again at
 * the next record the index names.  Then the references: each page's
 * children must be there with the level and span the page says, so that by
 * induction the tree below every version is whole (I2); what was counted is
 * compared with what is recorded.
 *
 * Damaged chunks are marked in the index, so that nobody "has" them and the
 * next upload heals them.  Damage among dead records harms nobody and is not
 * looked for.
 */
#include <string.h>

#include "chunk/manifest.h"
#include "store/meta_check.h"
#include "store/search_check.h"
#include "store/store_internal.h"
#include "wire/limits.h"

#define LINE	320

struct check {
	struct fss__store	*s;
	void			(*fn)(void *ctx, const char *problem);
	void			*ctx;
	uint64_t		 problems;

	uint32_t		 segment;
	struct fss__chunk	 next;		/* the index's next in it */
	bool			 have_next;
};

static void
problem(void *ctx, const char *text)
{
	struct check *k = ctx;

	k->problems++;
	if (k->fn != NULL)
		k->fn(k->ctx, text);
}

static void
chunk_problem(struct check *k, const struct fss__chunk *c, const char *what)
{
	char line[LINE], id[FSS__ID_TEXT];

	fss__id_text(id, &c->digest);
	/* Longer than the longest of these. */
	(void)fss__fmt(line, sizeof(line),
	    "chunk %s: %s (segment %lu, offset %llu)", id, what,
	    (unsigned long)c->loc.segment, (unsigned long long)c->loc.offset);
	problem(k, line);
}

/* ---- segments --------------------------------------------------------- */

static int
advance(struct check *k, uint64_t offset)
{
	int r = fss__chunk_at(k->s->db, k->segment, offset, false, &k->next);

	k->have_next = r == 1;
	return r < 0 ? r : 0;
}

/* The index's next record is not there as it should be. */
static int
damaged(struct check *k, const char *what)
{
	chunk_problem(k, &k->next, what);
	fss__store_quarantine(k->s, &k->next.digest, &k->next.loc);
	return advance(k, k->next.loc.offset + 1);
}

static int
check_record(void *ctx, const struct fss_store_record *rec)
{
	struct check *k = ctx;
	int r = 0;

	while (r == 0 && k->have_next &&
	    k->next.loc.offset < rec->loc.offset)
		r = damaged(k, "record is missing");
	if (r != 0 || !k->have_next ||
	    k->next.loc.offset != rec->loc.offset)
		return r;
	if (memcmp(rec->id, k->next.digest.b, sizeof(rec->id)) != 0 ||
	    rec->loc.len != k->next.loc.len)
		return damaged(k, "another record is in its place");
	r = fss__digest_verify(&k->next.digest, rec->data, rec->loc.len);
	if (r == FSS_EINTEGRITY || r == FSS_ENOTSUP)
		return damaged(k, "content does not match");
	return r != 0 ? r : advance(k, rec->loc.offset + 1);
}

static int
check_segment(struct check *k, uint32_t segment)
{
	const struct fss_store_ops *ops = k->s->cs.ops;
	uint64_t from = 0, end = 0;
	int r;

	k->segment = segment;
	r = advance(k, 0);
	while (r == 0 && k->have_next) {
		r = ops->scan(k->s->cs.self, segment, from, check_record, k,
		    &end);
		if (r == FSS_ENOENT)
			r = 0;		/* the file: all of it is missing */
		if (r != 0 || !k->have_next)
			break;
		/* Go on where the index knows a record, unless tried. */
		if (from != 0 && k->next.loc.offset == from)
			r = damaged(k, "record cannot be read");
		from = k->next.loc.offset;
	}
	return r;
}

static int
check_segments(struct check *k)
{
	uint32_t segment = 0;
	int r;

	while ((r = fss__check_next_segment(k->s->db, segment,
	    &segment)) == 1) {
		r = check_segment(k, segment);
		if (r == 0 && !k->s->read_only)
			r = fss__store_flush(k->s);	/* marks the damaged */
		if (r != 0 || segment == UINT32_MAX)
			return r;
		segment++;
	}
	return r;
}

/* ---- references ------------------------------------------------------- */

static int
check_child(struct check *k, const struct fss__chunk *c,
    const struct fss__page *page, unsigned i)
{
	struct fss__chunk child;
	struct fss__id id;
	uint64_t span;
	int r;

	fss__page_child(page, i, &id, &span);
	r = fss__chunk_find(k->s->db, &id, 0, &child);
	if (r < 0)
		return r;
	if (r == 0) {
		chunk_problem(k, c, "names a child that is not there");
		return 0;
	}
	if (child.level + 1 != c->level || child.span != span)
		chunk_problem(k, c, "names a child of another size");
	return fss__check_count_one(k->s->db, child.id);
}

static int
check_page(struct check *k, const struct fss__chunk *c)
{
	struct fss__page page;
	unsigned i;
	int r;

	if (c->loc.len > FSS__MAX_PAGE) {
		chunk_problem(k, c, "is too long for a page");
		return 0;
	}
	r = fss__store_read(k->s, &c->digest, &c->loc, k->s->page);
	if (r == FSS_ECORRUPT || r == FSS_ENOENT)
		return 0;	/* reported with its segment */
	if (r != 0)
		return r;
	if (fss__page_decode(k->s->page, c->loc.len, &page) != 0 ||
	    page.level != c->level || page.span != c->span) {
		chunk_problem(k, c, "is not the page the index says");
		return 0;
	}
	for (i = 0; i < page.count && r == 0; i++)
		r = check_child(k, c, &page, i);
	return r;
}

static int
check_references(struct check *k)
{
	struct fss__chunk c;
	int64_t after = 0;
	int r;

	r = fss__check_begin(k->s->db);
	if (r == 0)
		r = fss__check_count_versions(k->s->db);
	while (r == 0) {
		r = fss__check_next_page(k->s->db, after, &c);
		if (r != 1)
			break;
		after = c.id;
		r = check_page(k, &c);
	}
	if (r == 0)
		r = fss__check_questions(k->s->db, problem, k);
	if (r == 0)
		r = fss__search_check(k->s->db, problem, k);
	fss__check_end(k->s->db);
	return r;
}

int
fss__store_check(struct fss__store *s,
    void (*fn)(void *ctx, const char *problem), void *ctx)
{
	struct check k;
	struct fss__err err;
	int r = 0;

	memset(&k, 0, sizeof(k));
	k.s = s;
	k.fn = fn;
	k.ctx = ctx;
	fss__err_clear(&err);
	if (!s->read_only)
		r = fss__store_flush(s);
	if (r != 0)
		return r;
	r = fss__db_check(s->db, &err);
	if (r == FSS_ECORRUPT) {
		problem(&k, err.detail);
		return r;	/* nothing it says can be relied on */
	}
	if (r == 0)
		r = check_segments(&k);
	if (r == 0)
		r = check_references(&k);
	if (r != 0)
		return s->err.code == r ? r : fss__err_set(&s->err, r,
		    "cannot check: %s", fss__db_errmsg(s->db));
	if (k.problems > 0)
		return fss__err_set(&s->err, FSS_ECORRUPT,
		    "%llu problems found", (unsigned long long)k.problems);
	return 0;
}
