/*
 * Manifest pages: a checked view of one, and the builder of a tree of them.
 *
 * A page has a fixed layout and one encoding only, so that the same content
 * has the same root everywhere.  fss__page_decode() checks all of it once; the
 * accessors then read without checking.
 *
 * The builder keeps one page per level and fills it from the left.  A full
 * page is hashed, put into the queue for the caller and becomes a child of
 * the level above.  A level whose only node is one child needs no page: that
 * child is the root.  So the tree has the fewest levels there can be, and
 * memory does not grow with the size of the file as long as the caller takes
 * the finished pages.
 *
 * Reading a tree (which page next) is the business of those who have a store.
 */
#include "chunk/manifest.h"

#include <string.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/num.h"
#include "wire/limits.h"

#define OFF_LEVEL	4
#define OFF_ZERO	5
#define OFF_COUNT	6
#define PAGE_BYTES(count)	\
	(FSS__PAGE_HEAD + (size_t)(count) * FSS__PAGE_CHILD)

_Static_assert(PAGE_BYTES(FSS__MAX_FANOUT) <= FSS__MAX_PAGE,
    "a full page exceeds the limit");

static const uint8_t magic[4] = { 'F', 'S', 'P', '1' };

/* ---- reading ---------------------------------------------------------- */

/* The most bytes of content a child of a page of @level can stand for. */
static uint64_t
span_max(unsigned level)
{
	uint64_t max = FSS__MAX_CHUNK;
	unsigned i;

	for (i = 1; i < level; i++)
		if (!fss__mul_u64(max, FSS__MAX_FANOUT, &max))
			return UINT64_MAX;
	return max;
}

static const uint8_t *
child_at(const struct fss__page *pg, unsigned i)
{
	return pg->p + PAGE_BYTES(i);
}

static uint64_t
span_at(const struct fss__page *pg, unsigned i)
{
	return fss__get_le64(child_at(pg, i) + FSS__ID_BYTES);
}

int
fss__page_decode(const void *p, size_t n, struct fss__page *ret_page)
{
	struct fss__page pg;
	struct fss__id id;
	uint64_t span, max;
	uint8_t kind;
	unsigned i;

	pg.p = p;
	if (n < FSS__PAGE_HEAD || memcmp(pg.p, magic, sizeof(magic)) != 0)
		return FSS_EPROTO;
	pg.level = pg.p[OFF_LEVEL];
	pg.count = pg.p[OFF_COUNT] | (unsigned)pg.p[OFF_COUNT + 1] << 8;
	pg.span = 0;
	if (pg.level < 1 || pg.level > FSS__MAX_LEVELS ||
	    pg.p[OFF_ZERO] != 0 || pg.count < 1 ||
	    pg.count > FSS__MAX_FANOUT || n != PAGE_BYTES(pg.count))
		return FSS_EPROTO;
	kind = pg.level == 1 ? FSS__KIND_DATA : FSS__KIND_PAGE;
	max = span_max(pg.level);
	for (i = 0; i < pg.count; i++) {
		fss__page_child(&pg, i, &id, &span);
		if (!fss__id_known(&id) || FSS__ID_KIND(id.b[0]) != kind ||
		    span == 0 || span > max ||
		    !fss__add_u64(pg.span, span, &pg.span))
			return FSS_EPROTO;
	}
	*ret_page = pg;
	return 0;
}

void
fss__page_child(const struct fss__page *pg, unsigned i, struct fss__id *ret_id,
    uint64_t *ret_span)
{
	FSS_ASSERT(i < pg->count);
	memcpy(ret_id->b, child_at(pg, i), FSS__ID_BYTES);
	*ret_span = span_at(pg, i);
}

unsigned
fss__page_seek(const struct fss__page *pg, uint64_t offset,
    uint64_t *ret_start)
{
	uint64_t start = 0, span;
	unsigned i;

	FSS_ASSERT(offset < pg->span);
	/* Ends before count: the spans add up to more than offset. */
	for (i = 0;; i++) {
		span = span_at(pg, i);
		if (offset - start < span)
			break;
		start += span;
	}
	*ret_start = start;
	return i;
}

/* ---- building --------------------------------------------------------- */

struct level {
	uint64_t	 nodes;		/* ever added here */
	unsigned	 count;		/* in the unfinished page */
	uint64_t	 span;		/* of those */
	struct fss__id	 first;		/* of all nodes */
	uint8_t		*page;		/* NULL until there are two nodes */
};

struct ready {
	struct ready	*next;
	struct fss__id	 id;
	uint8_t		*data;
	size_t		 len;
};

struct fss__manifest {
	uint8_t		 alg;
	unsigned	 fanout;
	bool		 finished;
	int		 err;		/* sticks */
	uint64_t	 size;
	unsigned	 depth;
	struct level	 levels[FSS__MAX_LEVELS + 2];	/* [0] is unused */
	struct ready	*head;
	struct ready	**tail;
};

int
fss__manifest_new(uint8_t alg, struct fss__manifest **ret_m)
{
	struct fss__manifest *m;

	*ret_m = NULL;
	if (!fss__alg_known(alg))
		return FSS_ENOTSUP;
	m = fss__zalloc(sizeof(*m));
	if (m == NULL)
		return FSS_ENOMEM;
	m->alg = alg;
	m->fanout = FSS__MAX_FANOUT;
	m->tail = &m->head;
	*ret_m = m;
	return 0;
}

int
fss__manifest_set_fanout(struct fss__manifest *m, unsigned fanout)
{
	if (fanout < 2 || fanout > FSS__MAX_FANOUT || m->size != 0)
		return FSS_EINVAL;
	m->fanout = fanout;
	return 0;
}

static void
ready_free(struct ready *r)
{
	if (r == NULL)
		return;
	fss__free(r->data);
	fss__free(r);
}

void
fss__manifest_free(struct fss__manifest *m)
{
	struct ready *r;
	unsigned k;

	if (m == NULL)
		return;
	while ((r = m->head) != NULL) {
		m->head = r->next;
		ready_free(r);
	}
	for (k = 1; k < FSS__MAX_LEVELS + 2; k++)
		fss__free(m->levels[k].page);
	fss__free(m);
}

/* Queues the unfinished page of level @k; *@ret_id is what names it. */
static int
flush(struct fss__manifest *m, unsigned k, struct fss__id *ret_id)
{
	struct level *lv = &m->levels[k];
	struct ready *r;
	int err;

	lv->page[OFF_COUNT] = (uint8_t)lv->count;
	lv->page[OFF_COUNT + 1] = (uint8_t)(lv->count >> 8);
	r = fss__zalloc(sizeof(*r));
	if (r == NULL)
		return FSS_ENOMEM;
	r->len = PAGE_BYTES(lv->count);
	r->data = fss__memdup(lv->page, r->len);
	err = r->data == NULL ? FSS_ENOMEM : fss__digest(
	    (uint8_t)(FSS__KIND_PAGE | m->alg), r->data, r->len, &r->id);
	if (err != 0) {
		ready_free(r);
		return err;
	}
	*m->tail = r;
	m->tail = &r->next;
	*ret_id = r->id;
	lv->count = 0;
	lv->span = 0;
	return 0;
}

/* Writes a child at the end of the unfinished page of @lv. */
static void
write_child(struct level *lv, const struct fss__id *id, uint64_t span)
{
	uint8_t *p = lv->page + PAGE_BYTES(lv->count);

	memcpy(p, id->b, FSS__ID_BYTES);
	fss__put_le64(p + FSS__ID_BYTES, span);
	lv->count++;
	lv->span += span;
}

/* The second node of level @k has come: now it takes a page. */
static int
open_page(struct fss__manifest *m, unsigned k)
{
	struct level *lv = &m->levels[k];
	uint64_t span = lv->span;

	if (k > FSS__MAX_LEVELS)
		return FSS_ETOOBIG;
	lv->page = fss__alloc(PAGE_BYTES(m->fanout));
	if (lv->page == NULL)
		return FSS_ENOMEM;
	memcpy(lv->page, magic, sizeof(magic));
	lv->page[OFF_LEVEL] = (uint8_t)k;
	lv->page[OFF_ZERO] = 0;
	lv->count = 0;
	lv->span = 0;
	write_child(lv, &lv->first, span);
	return 0;
}

/* Adds a node to level @k and, where that fills a page, the page above. */
static int
add_node(struct fss__manifest *m, unsigned k, const struct fss__id *node,
    uint64_t span)
{
	struct fss__id id = *node;
	struct level *lv;
	uint64_t sum;
	int err;

	for (;; k++) {
		lv = &m->levels[k];
		if (lv->nodes == 0) {
			lv->nodes = 1;
			lv->count = 1;
			lv->span = span;
			lv->first = id;
			return 0;
		}
		if (lv->page == NULL && (err = open_page(m, k)) != 0)
			return err;
		write_child(lv, &id, span);
		lv->nodes++;
		if (lv->count < m->fanout)
			return 0;
		sum = lv->span;
		if ((err = flush(m, k, &id)) != 0)
			return err;
		span = sum;
	}
}

int
fss__manifest_add(struct fss__manifest *m, const struct fss__id *id,
    uint64_t span)
{
	uint64_t size;

	if (m->err != 0)
		return m->err;
	if (m->finished || span == 0 || span > FSS__MAX_CHUNK ||
	    !fss__id_known(id) || FSS__ID_KIND(id->b[0]) != FSS__KIND_DATA)
		return FSS_EINVAL;
	if (!fss__add_u64(m->size, span, &size))
		return FSS_ETOOBIG;
	m->err = add_node(m, 1, id, span);
	if (m->err == 0)
		m->size = size;
	return m->err;
}

/* ---- going on --------------------------------------------------------- */

/* Fills level @page->level with all children of @page but the last. */
static int
resume_level(struct level *lv, const struct fss__page *page, unsigned fanout)
{
	struct fss__id id;
	uint64_t span;
	unsigned i;

	lv->page = fss__alloc(PAGE_BYTES(fanout));
	if (lv->page == NULL)
		return FSS_ENOMEM;
	memcpy(lv->page, magic, sizeof(magic));
	lv->page[OFF_LEVEL] = (uint8_t)page->level;
	lv->page[OFF_ZERO] = 0;
	for (i = 0; i + 1 < page->count; i++) {
		fss__page_child(page, i, &id, &span);
		if (i == 0)
			lv->first = id;
		write_child(lv, &id, span);
	}
	return 0;
}

int
fss__manifest_resume(struct fss__manifest *m, const struct fss__page *page)
{
	struct level *lv = &m->levels[page->level];
	struct fss__id id;
	uint64_t span, left, size;
	int r;

	if (m->err != 0 || m->finished || m->levels[1].nodes != 0)
		return FSS_EINVAL;
	/* The first is the root, whose first child has a sibling. */
	if (page->count > m->fanout ||
	    (m->depth != 0 ? page->level + 1 != m->depth : page->count < 2))
		return FSS_EPROTO;
	fss__page_child(page, page->count - 1, &id, &span);
	left = page->span - span;
	if (!fss__add_u64(m->size, left, &size))
		return FSS_EPROTO;
	/*
	 * A level above this one has a page that came before this one's, so
	 * there were more nodes here than this page shows.
	 */
	lv->nodes = page->count - 1;
	if (m->depth != 0)
		lv->nodes += m->fanout;
	if (lv->nodes == 1) {
		fss__page_child(page, 0, &lv->first, &lv->span);
		lv->count = 1;
		r = 0;
	} else {
		r = resume_level(lv, page, m->fanout);
	}
	m->depth = page->level;
	m->size = size;
	if (r != 0)
		m->err = r;
	return r;
}

int
fss__manifest_copy(const struct fss__manifest *m, struct fss__manifest **ret_m)
{
	struct fss__manifest *copy;
	unsigned k;
	int r = m->err;

	*ret_m = NULL;
	if (r == 0 && m->head != NULL)
		r = FSS_EINVAL;
	if (r != 0)
		return r;
	copy = fss__memdup(m, sizeof(*m));
	if (copy == NULL)
		return FSS_ENOMEM;
	copy->tail = &copy->head;
	for (k = 1; k < FSS__MAX_LEVELS + 2; k++) {
		if (m->levels[k].page == NULL)
			continue;
		copy->levels[k].page = r != 0 ? NULL :
		    fss__memdup(m->levels[k].page, PAGE_BYTES(m->fanout));
		if (copy->levels[k].page == NULL)
			r = FSS_ENOMEM;
	}
	if (r != 0) {
		fss__manifest_free(copy);
		return r;
	}
	*ret_m = copy;
	return 0;
}

uint64_t
fss__manifest_size(const struct fss__manifest *m)
{
	return m->size;
}

int
fss__manifest_finish(struct fss__manifest *m)
{
	struct level *lv;
	struct fss__id id;
	uint64_t span;
	unsigned k;

	if (m->err != 0 || m->finished)
		return m->err;
	/* Upwards until a level has but one node: that is the root. */
	for (k = 1; m->levels[k].nodes > 1; k++) {
		lv = &m->levels[k];
		if (lv->count == 0)
			continue;
		span = lv->span;
		m->err = flush(m, k, &id);
		if (m->err == 0)
			m->err = add_node(m, k + 1, &id, span);
		if (m->err != 0)
			return m->err;
	}
	m->depth = k - 1;
	m->finished = true;
	return 0;
}

int
fss__manifest_take(struct fss__manifest *m, struct fss__id *ret_id,
    uint8_t **ret_data, size_t *ret_len)
{
	struct ready *r = m->head;

	*ret_data = NULL;
	if (m->err != 0)
		return m->err;
	if (r == NULL)
		return 0;
	m->head = r->next;
	if (m->head == NULL)
		m->tail = &m->head;
	*ret_id = r->id;
	*ret_data = r->data;
	*ret_len = r->len;
	fss__free(r);
	return 1;
}

void
fss__manifest_root(const struct fss__manifest *m, struct fss__id *ret_id,
    unsigned *ret_depth, uint64_t *ret_size)
{
	FSS_ASSERT(m->finished);
	*ret_id = m->levels[m->depth + 1].first;
	*ret_depth = m->depth;
	*ret_size = m->size;
}
