/*
 * Names with words near another: the newest, which are in no block yet, from
 * their table, then block by block those that search_near_choose.c names.
 */
#include "store/search_near.h"

#include "base/alloc.h"
#include "store/search_block.h"
#include "store/search_near_choose.h"

#define NEWEST	8192	/* names read from the table of entries, at most */
#define BYTES	2048	/* of names, for each block that may be looked through:
			 * long ones are looked at no longer than many */

struct fss__near {
	struct fss__db		*db;
	const struct fss__near_word *w;
	int64_t			 posted;	/* the last entry in a block */
	struct fss__stmt	*st;		/* of names in no block */
	struct fss__block_from	 from;		/* the block being read */
	unsigned		 newest;	/* names left to read there */
	size_t			 each, bytes;	/* of names, there and in
						 * blocks; left of it */
	bool			 in_blocks;	/* and not there */
	struct fss__near_list	 list;
	unsigned		 at, most;	/* in it; blocks in all */
	struct fss__block	 block;
	unsigned		 rest;		/* names of it not looked at */
	int64_t			 entry, parent;	/* whose name is looked at */
	struct fss__slice	 name;		/* what is left of it */
	struct fss__search_name	 encoded;	/* where no block has it */
};

int
fss__near_open(struct fss__db *db, const struct fss__near_word *w,
    unsigned blocks, struct fss__near **ret_n)
{
	struct fss__near *n = fss__zalloc(sizeof(*n));
	int r;

	*ret_n = NULL;
	if (n == NULL)
		return FSS_ENOMEM;
	n->db = db;
	n->w = w;
	n->from.once = true;	/* hundreds, for words nobody repeats */
	n->most = blocks < FSS__NEAR_BLOCKS ? blocks : FSS__NEAR_BLOCKS;
	n->newest = NEWEST;
	n->each = n->bytes = (size_t)n->most * BYTES;
	r = fss__search_posted(db, &n->posted);
	if (r != 0)
		fss__free(n);
	else
		*ret_n = n;
	return r;
}

void
fss__near_allow(struct fss__near *n, unsigned blocks)
{
	if (n->most > n->at + blocks)
		n->most = n->at + blocks;
}

static void
end_read(struct fss__near *n)
{
	if (n->st != NULL)
		fss__stmt_reset(n->st);
	n->st = NULL;
	fss__block_end(&n->from);
	n->rest = 0;
}

static void
took(struct fss__near *n)
{
	n->bytes -= n->name.n < n->bytes ? n->name.n : n->bytes;
}

/* 1 with a name that no block has, 0 at the end of those. */
static int
next_newest(struct fss__near *n)
{
	int r;

	if (n->st == NULL) {
		n->st = fss__db_query(n->db,
		    "SELECT id, parent, name FROM entry WHERE id > ?1"
		    " ORDER BY id DESC");
		fss__bind_i64(n->st, 1, n->posted);
	}
	while (n->newest > 0 && n->bytes > 0 && (r = fss__step(n->st)) != 0) {
		if (r < 0)
			return r;
		n->newest--;
		n->entry = fss__col_i64(n->st, 0);
		n->parent = fss__col_i64(n->st, 1);
		if (n->parent <= 0)
			continue;	/* a root, or removed */
		r = fss__search_encode(fss__col_text(n->st, 2), &n->encoded);
		if (r != 0)
			return r;
		n->name.p = n->encoded.text;
		n->name.n = n->encoded.len;
		took(n);
		return 1;
	}
	end_read(n);
	return 0;
}

static int
begin_blocks(struct fss__near *n)
{
	int64_t last;
	int r;

	n->in_blocks = true;
	n->bytes = n->each;
	if (n->most == 0)
		return 0;
	r = fss__block_of(n->db, INT64_MAX, &last);
	if (r <= 0)
		return r;
	if (last < 0 || last > UINT32_MAX)
		return FSS_ECORRUPT;
	return fss__near_choose(n->db, n->w, (uint32_t)last, n->most,
	    &n->list);
}

/* 1 with a name of a block, 0 when all blocks are done. */
static int
next_posted(struct fss__near *n)
{
	const struct fss__block_name *b;
	int64_t first;
	int r;

	while (n->rest == 0 || n->bytes == 0) {
		end_read(n);
		if (n->bytes == 0 || n->at >= n->most || n->at >= n->list.count)
			return 0;
		r = fss__block_load(n->db, n->list.block[n->at++], &n->from,
		    &first, &n->block);
		if (r != 0)
			return r;
		n->rest = n->block.count;
	}
	b = &n->block.name[--n->rest];
	n->entry = b->entry;
	n->parent = b->parent;
	n->name = b->text;
	took(n);
	return 1;
}

static int
next_name(struct fss__near *n)
{
	int r;

	if (!n->in_blocks) {
		r = next_newest(n);
		if (r == 0)
			r = begin_blocks(n);
		if (r != 0 || !n->in_blocks)
			return r;
	}
	return next_posted(n);
}

int
fss__near_next(struct fss__near *n, struct fss__near_hit *ret_h)
{
	struct fss__slice word;
	unsigned d;
	int r;

	for (;;) {
		while (n->name.n > 0 &&
		    fss__near_next_word(&n->name, &word)) {
			d = fss__near_distance(n->w, word);
			if (d == 0 || d > n->w->most)
				continue;
			ret_h->entry = n->entry;
			ret_h->parent = n->parent;
			ret_h->word = word;
			ret_h->distance = d;
			return 1;
		}
		r = next_name(n);
		if (r != 1)
			return r;
	}
}

void
fss__near_close(struct fss__near *n)
{
	if (n == NULL)
		return;
	end_read(n);
	fss__free(n);
}
