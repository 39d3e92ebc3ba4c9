/*
 * The grams of one block at a time, without those that occur twice, into a
 * bounded list of (gram, block), and that, sorted, into the posting lists.
 *
 * Of the folders above a block's names each is looked up once, as far as a
 * small table can tell: neighbours mostly lie in the same folder.
 */
#include "store/search_poster.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "store/meta_entry.h"

#define POSTINGS 131072 /* gathered before they are put in */
#define FOLDERS  512 /* remembered, a power of two */

struct grams {
	uint32_t	*g;
	size_t		 n, cap;
	int64_t		 folder[FOLDERS];	/* seen above: a hash, 0 free */
	uint32_t	 one[FSS__GRAMS_NAME];
};

static int
more(struct grams *gs, const uint32_t *g, size_t n)
{
	size_t cap = gs->cap;
	uint32_t *p;

	if (gs->n + n > cap) {
		cap = (gs->n + n) * 2;
		p = fss__realloc(gs->g, cap * sizeof(*p));
		if (p == NULL)
			return FSS_ENOMEM;
		gs->g = p;
		gs->cap = cap;
	}
	memcpy(gs->g + gs->n, g, n * sizeof(*g));
	gs->n += n;
	return 0;
}

static int
add_name(struct grams *gs, const struct fss__search_name *n, bool up)
{
	return more(gs, gs->one, fss__grams_of_name(n, up, gs->one));
}

/* True the first time, or when its place was taken by another since. */
static bool
first_time(struct grams *gs, int64_t folder)
{
	int64_t *slot = &gs->folder[(uint64_t)folder & (FOLDERS - 1)];

	if (*slot == folder)
		return false;
	*slot = folder;
	return true;
}

static int
add_folders(struct grams *gs, struct fss__db *db, int64_t folder)
{
	struct fss__search_name name;
	struct fss__meta_node e;
	struct fss__slice s;
	unsigned depth = 0;
	int r;

	while (folder > 0 && first_time(gs, folder)) {
		if (depth++ > FSS_LIMIT_DEPTH)
			return FSS_ECORRUPT;
		r = fss__meta_node_get(db, folder, &e);
		if (r <= 0)
			return r; /* going: what is below goes too */
		if (e.parent == FSS__PARENT_TRASH)
			return 0; /* likewise, and what it has is no name */
		s.p = e.name;
		s.n = e.name_len;
		r = fss__search_encode(s, &name);
		if (r == 0)
			r = add_name(gs, &name, true);
		if (r != 0)
			return r;
		folder = e.parent;
	}
	return 0;
}

static int
by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Leaves each gram once, in order. */
static void
grams_unique(struct grams *gs)
{
	size_t i, n = 0;

	qsort(gs->g, gs->n, sizeof(*gs->g), by_value);
	for (i = 0; i < gs->n; i++) {
		if (n == 0 || gs->g[i] != gs->g[n - 1])
			gs->g[n++] = gs->g[i];
	}
	gs->n = n;
}

static void
grams_reset(struct grams *gs)
{
	gs->n = 0;
	memset(gs->folder, 0, sizeof(gs->folder));
}

struct fss__poster {
	struct fss__db		*db;
	struct grams		 grams;
	struct fss__posting	*posting;
	size_t			 n;
};

int
fss__poster_new(struct fss__db *db, struct fss__poster **ret_p)
{
	struct fss__poster *p = fss__zalloc(sizeof(*p));

	*ret_p = p;
	if (p == NULL)
		return FSS_ENOMEM;
	p->db = db;
	p->posting = fss__calloc(POSTINGS, sizeof(*p->posting));
	return p->posting == NULL ? FSS_ENOMEM : 0;
}

void
fss__poster_free(struct fss__poster *p)
{
	if (p == NULL)
		return;
	fss__free(p->grams.g);
	fss__free(p->posting);
	fss__free(p);
}

int
fss__poster_flush(struct fss__poster *p)
{
	size_t n = p->n;

	p->n = 0;
	return fss__post_put(p->db, p->posting, n);
}

int
fss__poster_block(struct fss__poster *p, uint32_t block)
{
	struct grams *gs = &p->grams;
	size_t i;
	int r;

	grams_unique(gs);
	for (i = 0; i < gs->n; i++) {
		if (p->n == POSTINGS) {
			r = fss__poster_flush(p);
			if (r != 0)
				return r;
		}
		p->posting[p->n].gram = gs->g[i];
		p->posting[p->n++].block = block;
	}
	grams_reset(gs);
	return 0;
}

int
fss__poster_missing(struct fss__poster *p, uint32_t block, uint64_t *ret_n)
{
	struct grams *gs = &p->grams;
	uint32_t at = block % FSS__POST_BLOCKS;
	struct fss__blocks b;
	size_t i;
	int r;

	*ret_n = 0;
	grams_unique(gs);
	for (i = 0; i < gs->n; i++) {
		r = fss__post_get(
		    p->db, block / FSS__POST_BLOCKS, gs->g[i], &b);
		if (r < 0 && r != FSS_ECORRUPT)
			return r;
		if (r != 1 || !(b.word[at / 64] >> (at % 64) & 1))
			*ret_n += 1;
	}
	grams_reset(gs);
	return 0;
}

int
fss__poster_name(struct fss__poster *p, const struct fss__search_name *n)
{
	return add_name(&p->grams, n, false);
}

int
fss__poster_tag(struct fss__poster *p, const struct fss__search_name *n,
    const struct fss__meta_row *row)
{
	struct grams *gs = &p->grams;

	return more(gs, gs->one, fss__grams_of_tag(n, row, gs->one));
}

int
fss__poster_folders(struct fss__poster *p, int64_t folder)
{
	return add_folders(&p->grams, p->db, folder);
}
