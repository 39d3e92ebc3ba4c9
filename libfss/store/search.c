/*
 * Candidates of a search, best rank first, and newest entry first in a rank.
 *
 * A rank is gone through twice: first the entries that no block has yet, read
 * from their table, then the blocks of the index, run by run, for those that
 * have all grams of a name of that rank (search_post.h).  Either way it is the
 * name itself that decides, and of those the ones that cannot be of the kind
 * and media type asked for are no candidates (search_tag.h).
 *
 * What one call may look at is bounded by a budget; a name read from the
 * table, a block and a candidate cost so much of it as they take time.
 *
 * Without text the entries themselves are listed, newest first.
 */
#include "store/search.h"

#include <string.h>

#include <fss/types.h>

#include "base/alloc.h"
#include "base/num.h"
#include "store/meta_cols.h"
#include "store/search_block.h"
#include "store/search_choose.h"
#include "store/search_state.h"

#define COST_NAME      1 /* of a name in the table of entries, or hidden */
#define COST_BLOCK     4
#define COST_HIT       8 /* of a candidate; the unit of a budget */
#define NEWEST         2048 /* of a budget for what is in no block */
#define ALL_TIERS      ((1u << FSS__SEARCH_NONE) - 1)

struct fss__search {
	struct fss__db		*db;
	const struct fss__search_query *q;
	struct fss__search_filter filter;
	struct fss__tag_ask	 ask;		/* of it */
	unsigned		 tier;		/* rank being listed */
	int64_t			 before;	/* only entries below this id */
	int64_t			 last;		/* see fss__search_at() */
	int64_t			 left;		/* of the budget */
	int64_t			 posted;	/* the last entry in a block */
	struct fss__stmt	*st;		/* of entries in no block */
	bool			 in_blocks;	/* and not among those */
	unsigned		 tail;		/* ranks there may be there */
	unsigned		 seen;		/* ranks there were */
	int64_t			 run;		/* of blocks; -1: none left */
	struct fss__blocks	 set;		/* of it, still to look at */
	struct fss__choice	 choice;
	struct fss__block_from	 from;		/* the block being read */
	struct fss__block	 block;
	uint8_t			 rank[FSS__BLOCK_NAMES];	/* of its names */
	int64_t			 first;		/* its first entry */
	unsigned		 rest;		/* names of it not looked at */
	int64_t			 entry;		/* given out last */
	struct fss__meta_row	 row;		/* of it, without text */
	struct fss__search_name	 name;		/* of it */
	int64_t			 owner;		/* of it; 0: not known */
	bool			 tagged;	/* a tag is known of it */
	struct fss__search_tag	 tag;
	int			 state;		/* see fss__search_spaces() */
	int			 (*space)(void *arg, int64_t owner);
	void			*arg;
};

static bool
is_type(const char *media, struct fss__slice type)
{
	const char *t = type.p;
	size_t i;
	char c;

	for (i = 0; i < type.n; i++) {
		c = t[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (media[i] == '\0' || media[i] != c)
			return false;
	}
	return media[i] == '\0' ||
	    (media[i] == '/' && memchr(t, '/', type.n) == NULL);
}

bool
fss__search_passes(const struct fss__search_filter *f,
    const struct fss__meta_row *row)
{
	int64_t mtime;

	if (row->e.parent <= 0)
		return false; /* a root, or removed */
	if (f->owner != 0 && row->e.owner != f->owner)
		return false;
	if (f->kind != 0 && row->e.kind != f->kind)
		return false;
	if (f->type.n > 0 &&
	    (row->e.kind != FSS_KIND_FILE || !is_type(row->v.media, f->type)))
		return false;
	if (f->sized &&
	    (row->e.kind != FSS_KIND_FILE ||
		(uint64_t)row->v.size < f->size_min ||
		(uint64_t)row->v.size > f->size_max))
		return false;
	mtime = row->e.kind == FSS_KIND_DIR ? row->e.mtime : row->v.mtime;
	return mtime >= f->newer_us && mtime <= f->older_us;
}

bool
fss__search_may(const struct fss__search_filter *f, int state,
    const struct fss__search_hit *h)
{
	return h->tag == NULL || fss__tag_may(f, state, h->tag);
}

size_t
fss__search_kinds(const struct fss__search_filter *f, uint8_t *dst, size_t cap)
{
	const char *type = f->type.p;
	struct fss__tag_ask a;
	size_t i, n = 0;

	fss__tag_ask(f, &a);
	if (a.kind == 0 || cap == 0)
		return 0;
	dst[n++] = (uint8_t)a.kind;
	for (i = 0; i < f->type.n && n < cap; i++)
		dst[n++] = (uint8_t)(type[i] >= 'A' && type[i] <= 'Z' ?
		    type[i] - 'A' + 'a' : type[i]);
	return n;
}

/* ---- blocks ------------------------------------------------------------ */

static int
choose(struct fss__search *s, unsigned last)
{
	return fss__choose(&s->choice, s->tier, (uint32_t)s->run, last,
	    &s->set);
}

/* The run with the last block that may have an entry below s->before. */
static int
begin_blocks(struct fss__search *s)
{
	int64_t block = -1;
	int r;

	s->in_blocks = true;
	s->rest = 0;
	s->run = -1;
	r = fss__block_of(s->db, s->before - 1, &block);
	if (r <= 0)
		return r;
	if (block < 0 || block > UINT32_MAX)
		return FSS_ECORRUPT;
	s->run = block / FSS__POST_BLOCKS;
	return choose(s, (unsigned)(block % FSS__POST_BLOCKS));
}

/* Takes the highest block out of s->set: 1, or 0 if it is empty. */
static int
take_block(struct fss__search *s, int64_t *ret_block)
{
	unsigned at;

	if (fss__blocks_take(&s->set, &at) == 0)
		return 0;
	*ret_block = s->run * FSS__POST_BLOCKS + at;
	return 1;
}

/* ---- names ------------------------------------------------------------- */

/* Whether name @i of the block may be of the kind and type asked for. */
static bool
is_asked(const struct fss__search *s, unsigned i)
{
	struct fss__search_tag t;

	if (s->block.tags == NULL)
		return true;
	fss__block_tag(&s->block, i, &t);
	return fss__tag_asked(&s->ask, &t);
}

/*
 * Whether name @i of the block is no hit, as its space is: 1, 0 or FSS_E... .
 * What is hidden costs as much as where it is looked at (but for the first look
 * into each folder there), and ends a page just so, since a page's end is not
 * to tell spaces that are hidden from those of which a part is.
 */
static int
is_out(struct fss__search *s, unsigned i)
{
	struct fss__search_tag t;
	int r = FSS__SEEN_SOME;

	if (s->space != NULL && s->block.name[i].owner != 0)
		r = s->space(s->arg, s->block.name[i].owner);
	if (r == FSS__SEEN_NONE) {
		s->left -= COST_NAME;
		return s->left <= 0 ? FSS_EAGAIN : 1;
	}
	if (r != FSS__SEEN_ALL || s->block.tags == NULL)
		return r < 0 ? r : 0;
	fss__block_tag(&s->block, i, &t);
	return !fss__tag_may(&s->filter, s->state, &t);
}

/* The ranks of the block's names, of those that may pass: which there are. */
static unsigned
rank_block(struct fss__search *s)
{
	unsigned i, ranks = 0;

	if (s->ask.kind == 0)
		return fss__search_rank_block(s->q, &s->block, s->rank);
	(void)fss__search_rank_block(s->q, &s->block, s->rank);
	for (i = 0; i < s->block.count; i++) {
		if (s->rank[i] < FSS__SEARCH_NONE && !is_asked(s, i))
			s->rank[i] = FSS__SEARCH_NONE;
		ranks |= 1u << s->rank[i];
	}
	return ranks;
}

static int
read_block(struct fss__search *s, int64_t block)
{
	int r;

	r = fss__block_load(s->db, block, &s->from, &s->first, &s->block);
	if (r != 0)
		return r;
	s->rest = s->block.count;
	/* Those of an older version were not kept up to date since. */
	if (block < s->choice.plain)
		s->block.tags = NULL;
	/* Of all names, so that no other rank reads it in vain. */
	fss__choose_seen(&s->choice, (uint32_t)s->run,
	    (unsigned)(block % FSS__POST_BLOCKS), rank_block(s));
	return 0;
}

/* The next name of the block that has the rank: 1, 0 at its end. */
static int
next_of_block(struct fss__search *s)
{
	const struct fss__block_name *n;
	int r;

	while (s->rest > 0) {
		n = &s->block.name[--s->rest];
		if (s->rank[s->rest] != s->tier || n->entry >= s->before)
			continue;
		r = is_out(s, s->rest);
		if (r == 1)
			continue;
		if (r < 0) {
			s->last = n->entry;
			return r;
		}
		memcpy(s->name.text, n->text.p, n->text.n);
		s->name.len = n->text.n;
		s->entry = n->entry;
		s->last = n->entry;
		s->owner = n->owner;
		s->tagged = s->block.tags != NULL;
		if (s->tagged)
			fss__block_tag(&s->block, s->rest, &s->tag);
		return 1;
	}
	/* It stays loaded: the next one may be beside it. */
	s->last = s->first;
	return 0;
}

/* 1 with the place of a name, 0 when all blocks are done. */
static int
next_posted(struct fss__search *s, int64_t *ret_parent)
{
	int64_t block;
	int r;

	for (;;) {
		if (s->rest > 0) {
			r = next_of_block(s);
			if (r < 0)
				return r;
			if (r == 1) {
				*ret_parent = s->block.name[s->rest].parent;
				return 1;
			}
			if (s->left <= 0)
				return FSS_EAGAIN;
		}
		if (s->run < 0)
			return 0;
		if (take_block(s, &block) == 1) {
			s->left -= COST_BLOCK;
			r = read_block(s, block);
		} else if (s->run-- > 0) {
			r = choose(s, FSS__POST_BLOCKS - 1);
		} else {
			return 0;
		}
		if (r != 0)
			return r;
	}
}

/* The same of the entries that no block has. */
static int
next_newer(struct fss__search *s, int64_t *ret_parent)
{
	struct fss__slice text;
	unsigned rank;
	int r;

	if (s->st == NULL) {
		s->st = fss__db_query(s->db,
		    "SELECT id, parent, name, kind, owner FROM entry"
		    " WHERE id < ?1 AND id > ?2 ORDER BY id DESC");
		fss__bind_i64(s->st, 1, s->before);
		fss__bind_i64(s->st, 2, s->posted);
	}
	while ((r = fss__step(s->st)) == 1) {
		s->left -= COST_NAME;
		s->entry = fss__col_i64(s->st, 0);
		s->last = s->entry;
		*ret_parent = fss__col_i64(s->st, 1);
		s->owner = fss__col_i64(s->st, 4);
		s->tagged = false;
		if (*ret_parent > 0 && (s->ask.kind == 0 ||
		    fss__col_i64(s->st, 3) == s->ask.kind)) {
			r = fss__search_encode(
			    fss__col_text(s->st, 2), &s->name);
			if (r != 0)
				return r;
			text.p = s->name.text;
			text.n = s->name.len;
			rank = fss__search_rank_of(s->q, text);
			s->seen |= 1u << rank;
			if (rank == s->tier)
				return 1;
		}
		if (s->left <= 0)
			return FSS_EAGAIN;
	}
	s->st = NULL;
	return r;
}

static int
next_named(struct fss__search *s, int64_t *ret_parent)
{
	int r;

	while (s->tier < FSS__SEARCH_NONE) {
		r = 0;
		if (!s->in_blocks && (s->tail & 1u << s->tier))
			r = next_newer(s, ret_parent);
		if (r == 0 && !s->in_blocks) {
			/* Seen from the top on: no need to look once more. */
			if (s->before == INT64_MAX && (s->tail & 1u << s->tier))
				s->tail = s->seen;
			r = begin_blocks(s);
			if (r < 0)
				return r;
			r = 0;
		}
		if (r == 0)
			r = next_posted(s, ret_parent);
		if (r != 0)
			return r;
		s->tier++;
		s->in_blocks = false;
		s->before = INT64_MAX;
		s->last = INT64_MAX;
	}
	return 0;
}

/* ---- walking ----------------------------------------------------------- */

int
fss__search_open(struct fss__db *db, const struct fss__search_query *q,
    const struct fss__search_filter *filter,
    const struct fss__search_place *from, unsigned budget,
    struct fss__search **ret_s)
{
	unsigned tier = q->count > 0 ? FSS__SEARCH_EXACT : FSS__SEARCH_PART;
	struct fss__search_state state;
	struct fss__search *s;
	int64_t moved = 0;
	int r;

	*ret_s = NULL;
	if (from != NULL &&
	    (from->rank < tier || from->rank >= FSS__SEARCH_NONE))
		return FSS_EINVAL;
	s = fss__zalloc(sizeof(*s));
	if (s == NULL)
		return FSS_ENOMEM;
	s->db = db;
	s->q = q;
	s->choice.db = db;
	s->choice.q = q;
	s->choice.ask = &s->ask;
	s->filter = *filter;
	fss__tag_ask(&s->filter, &s->ask);
	s->tier = tier;
	s->before = INT64_MAX;
	s->tail = ALL_TIERS;
	fss__search_allow(s, budget);
	if (from != NULL) {
		s->tier = from->rank;
		s->before = from->before;
	}
	s->last = s->before;
	r = fss__search_state_get(db, &state);
	if (r != 0) {
		fss__free(s);
		return r;
	}
	/* What is below a folder that moved may have other grams yet. */
	r = s->ask.within == 0 ? 0 : fss__step_count(fss__db_query(db,
	    "SELECT EXISTS (SELECT 1 FROM search_moved)"), &moved);
	if (r != 0) {
		fss__free(s);
		return r;
	}
	if (moved != 0)
		s->ask.needs -= s->ask.within;
	s->posted = state.posted;
	s->choice.plain = state.plain;
	*ret_s = s;
	return 0;
}

void
fss__search_spaces(struct fss__search *s, int state,
    int (*seen)(void *arg, int64_t owner), void *arg)
{
	s->state = state;
	s->space = seen;
	s->arg = arg;
}

int
fss__search_newest(struct fss__db *db, unsigned *ret_budget)
{
	int64_t posted, newest = 0;
	int r;

	*ret_budget = 0;
	r = fss__search_posted(db, &posted);
	if (r == 0)
		r = fss__step_count(fss__db_query(db,
		    "SELECT ifnull(max(id), 0) FROM entry"), &newest);
	if (r != 0 || newest <= posted)
		return r;
	/* Once for which ranks there are, once for the best of them. */
	newest = 2 * (newest - posted) * COST_NAME / COST_HIT + 1;
	*ret_budget = newest < NEWEST ? (unsigned)newest : NEWEST;
	return 0;
}

void
fss__search_allow(struct fss__search *s, unsigned budget)
{
	s->left = (int64_t)budget * COST_HIT;
}

void
fss__search_cheap(struct fss__search *s)
{
	s->left += COST_HIT - COST_NAME;
}

static struct fss__stmt *
begin_all(struct fss__search *s)
{
	struct fss__stmt *st;

	if (s->filter.owner != 0) {
		st = fss__db_query(s->db,
		    "SELECT " FSS__NODE_COLS ", " FSS__VERSION_COLS
		    " FROM entry e INDEXED BY entry_owner"
		    " LEFT JOIN version v ON v.id = e.cur"
		    " WHERE e.owner = ?2 AND e.id < ?1"
		    " ORDER BY e.id DESC");
		fss__bind_i64(st, 2, s->filter.owner);
	} else {
		st = fss__db_query(s->db,
		    "SELECT " FSS__NODE_COLS ", " FSS__VERSION_COLS
		    " FROM entry e LEFT JOIN version v ON v.id = e.cur"
		    " WHERE e.id < ?1 ORDER BY e.id DESC");
	}
	fss__bind_i64(st, 1, s->before);
	return st;
}

static int
next_of_all(struct fss__search *s, int64_t *ret_parent)
{
	int r;

	if (s->st == NULL)
		s->st = begin_all(s);
	for (;;) {
		if (s->left <= 0)
			return FSS_EAGAIN;
		r = fss__meta_row_next(s->st, &s->row);
		if (r != 1) {
			s->st = NULL;
			return r;
		}
		s->entry = s->last = s->row.e.id;
		*ret_parent = s->row.e.parent;
		s->owner = s->row.e.owner;
		if (fss__search_passes(&s->filter, &s->row))
			return 1;
		s->left -= COST_HIT;
	}
}

int
fss__search_next(struct fss__search *s, struct fss__search_hit *ret_h)
{
	int r;

	if (s->left <= 0)
		return FSS_EAGAIN;
	if (s->ask.none)
		return 0;
	ret_h->name = NULL;
	if (s->q->count > 0) {
		r = next_named(s, &ret_h->parent);
		ret_h->name = &s->name;
	} else {
		r = next_of_all(s, &ret_h->parent);
	}
	if (r == 1)
		s->left -= COST_HIT;
	ret_h->entry = s->entry;
	ret_h->owner = s->owner;
	ret_h->rank = s->tier;
	ret_h->tag = s->q->count > 0 && s->tagged ? &s->tag : NULL;
	return r;
}

int
fss__search_row(struct fss__search *s, int64_t entry,
    struct fss__meta_row *ret_row)
{
	int r;

	if (s->q->count == 0 && entry == s->entry) {
		*ret_row = s->row;
		return 1;
	}
	r = fss__meta_row_get(s->db, entry, ret_row);
	if (r <= 0)
		return r < 0 ? r : FSS_ECORRUPT;
	return fss__search_passes(&s->filter, ret_row);
}

struct fss__search_place
fss__search_at(const struct fss__search *s)
{
	struct fss__search_place at = { s->tier, s->last };

	return at;
}

void
fss__search_close(struct fss__search *s)
{
	if (s == NULL)
		return;
	if (s->st != NULL)
		fss__stmt_reset(s->st);
	fss__block_end(&s->from);
	fss__choose_release(&s->choice);
	fss__free(s);
}
