/*
 * Changes of entries that are in blocks: another name, folder or tag, or gone.
 *
 * The block is written anew, if anything in it is another.  Its old grams stay:
 * they only make it be looked through in vain.
 *
 * A block that cannot be read stays as it is: a check tells, and searches do,
 * but files can be changed all the same.
 */
#include <string.h>

#include <fss/types.h>

#include "store/folders.h"
#include "store/search_block.h"
#include "store/search_post.h"
#include "store/search_poster.h"
#include "store/search_state.h"


/* What an entry is to be in its block. */
struct change {
	const struct fss__meta_row *row;
	struct fss__search_name	 name;
	struct fss__block_name	 n;
	struct fss__search_tag	 tag;
};

/* A block as it is, and what it becomes. */
struct held {
	int64_t			 block, first;
	struct fss__buf		 names, tags;	/* what `old` points into */
	struct fss__block	 old;
	struct fss__buf		 new_names, new_tags;
	int64_t			 new_owner[FSS__BLOCK_NAMES + 1];
};

static void
hold(struct held *h)
{
	memset(h, 0, sizeof(*h));
	fss__buf_init(&h->names, FSS__BLOCK_BYTES);
	fss__buf_init(&h->tags, FSS__BLOCK_TAGS);
	fss__buf_init(&h->new_names, FSS__BLOCK_BYTES + FSS__SEARCH_TEXT);
	fss__buf_init(&h->new_tags, FSS__BLOCK_TAGS + 2 * FSS__TAG_BYTES);
}

static void
let_go(struct held *h)
{
	fss__buf_release(&h->names);
	fss__buf_release(&h->tags);
	fss__buf_release(&h->new_names);
	fss__buf_release(&h->new_tags);
}

static struct fss__slice
bytes_of(const struct fss__buf *b)
{
	struct fss__slice s = { b->data, b->len };

	return s;
}

/* The block that entry @id belongs to: 1, or 0 if there is none to change. */
static int
find_block(struct fss__db *db, int64_t id, struct held *h)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT id, first, names, tags FROM search_block"
	    " WHERE first <= ?1 ORDER BY first DESC LIMIT 1");
	struct fss__slice s;
	int r;

	fss__bind_i64(st, 1, id);
	r = fss__step(st);
	if (r == 1) {
		h->block = fss__col_i64(st, 0);
		h->first = fss__col_i64(st, 1);
		s = fss__col_blob(st, 2);
		(void)fss__buf_append(&h->names, s.p, s.n);
		s = fss__col_blob(st, 3);
		(void)fss__buf_append(&h->tags, s.p, s.n);
	}
	fss__stmt_reset(st);
	if (r != 1)
		return r;
	if (h->names.err != 0 || h->tags.err != 0)
		return h->names.err != 0 ? h->names.err : h->tags.err;
	return fss__block_read(bytes_of(&h->names), bytes_of(&h->tags),
	    h->first, &h->old) == 0;
}

static int
update_block(struct fss__db *db, const struct held *h, bool tagged)
{
	static const uint8_t nothing[1];
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE search_block SET names = ?2, tags = ?3 WHERE id = ?1");
	const struct fss__buf *b = &h->new_names, *t = &h->new_tags;
	int r;

	if (b->err != 0 || t->err != 0)
		return b->err != 0 ? b->err : t->err;
	fss__bind_i64(st, 1, h->block);
	fss__bind_blob(st, 2, b->data != NULL ? b->data : nothing, b->len);
	if (tagged)	/* else it stays unbound: NULL */
		fss__bind_blob(st, 3, t->data != NULL ? t->data : nothing,
		    t->len);
	r = fss__exec(st);
	return r != 0 ? r : fss__block_changed(db, h->block);
}

/*
 * The block's names with @id taken out and, where @c is one, put in anew.
 * False where the block is no good.
 */
static bool
rewrite(struct held *h, const struct change *c, int64_t id, bool tagged)
{
	const struct fss__block *old = &h->old;
	bool put = c == NULL;
	unsigned i, count = 0;

	if (tagged && old->count > 0 && old->tags == NULL)
		return false;
	for (i = 0; i <= old->count; i++) {
		if (!put && (i == old->count || old->name[i].entry >= id)) {
			fss__block_put(&h->new_names, h->first, &c->n);
			fss__tag_put(&h->new_tags, &c->tag);
			h->new_owner[count++] = c->n.owner;
			put = true;
		}
		if (i == old->count || old->name[i].entry == id)
			continue;
		fss__block_put(&h->new_names, h->first, &old->name[i]);
		if (tagged)
			(void)fss__buf_append(&h->new_tags,
			    old->tags + (size_t)i * FSS__TAG_BYTES,
			    FSS__TAG_BYTES);
		h->new_owner[count++] = old->name[i].owner;
	}
	fss__block_put_owners(&h->new_tags, h->new_owner, count);
	return count <= FSS__BLOCK_NAMES;
}

static int
post_change(struct fss__db *db, const struct change *c, uint32_t block,
    bool tagged)
{
	struct fss__poster *p = NULL;
	int r;

	r = fss__poster_new(db, &p);
	if (r == 0)
		r = fss__poster_name(p, &c->name);
	if (r == 0 && tagged)
		r = fss__poster_tag(p, &c->name, c->row);
	if (r == 0)
		r = fss__poster_folders(p, c->n.parent);
	if (r == 0)
		r = fss__poster_block(p, block);
	if (r == 0)
		r = fss__poster_flush(p);
	fss__poster_free(p);
	return r;
}

/* What is another: whether it has to be written, whether grams are new. */
static void
compare(const struct fss__block *old, const struct change *c, bool tagged,
    bool *ret_write, bool *ret_post)
{
	struct fss__search_tag t;
	unsigned i;

	*ret_write = *ret_post = true;
	for (i = 0; i < old->count && old->name[i].entry != c->n.entry; i++)
		;
	if (i == old->count || old->name[i].parent != c->n.parent ||
	    !fss__slice_eq(old->name[i].text, c->n.text))
		return;
	*ret_write = *ret_post = false;
	if (!tagged || old->tags == NULL)
		return;
	fss__block_tag(old, i, &t);
	*ret_write = !fss__tag_eq(&t, &c->tag);
	*ret_post = t.class != c->tag.class || t.type != c->tag.type;
}

/*
 * Whether @block lacks the media type, of which a tag has a byte: types that
 * share it are another's without a change of the tag.  1, 0 or FSS_E... .
 */
static int
lacks_type(struct fss__db *db, const struct change *c, uint32_t block)
{
	struct fss__slice media = fss__slice_str(c->row->v.media);
	uint32_t at = block % FSS__POST_BLOCKS;
	struct fss__blocks b;
	int r;

	if (c->row->e.kind != FSS_KIND_FILE || media.n == 0)
		return 0;
	r = fss__post_get(db, block / FSS__POST_BLOCKS, fss__gram_type(media),
	    &b);
	if (r == FSS_ECORRUPT)
		return 0;	/* a check will tell */
	if (r == 1)
		return !(b.word[at / 64] >> at % 64 & 1);
	return r < 0 ? r : 1;
}

static int
change(struct fss__db *db, const struct change *c, int64_t plain)
{
	bool tagged, write, posts;
	struct held h;
	int r;

	hold(&h);
	r = find_block(db, c->n.entry, &h);
	tagged = h.block >= plain;
	if (r == 1) {
		compare(&h.old, c, tagged, &write, &posts);
		r = 0;
		write = write && rewrite(&h, c, c->n.entry, tagged);
		if (write)
			r = update_block(db, &h, tagged);
		if (r == 0 && tagged && !posts) {
			r = lacks_type(db, c, (uint32_t)h.block);
			posts = r == 1;
			r = r < 0 ? r : 0;
		}
		if (r == 0 && posts)
			r = post_change(db, c, (uint32_t)h.block, tagged);
	}
	let_go(&h);
	return r;
}

int
fss__search_set(struct fss__db *db, int64_t entry)
{
	struct fss__search_state s;
	struct fss__meta_row row;
	struct fss__slice text;
	struct change c;
	int r;

	r = fss__search_state_get(db, &s);
	if (r != 0 || entry > s.posted)
		return r;
	r = fss__meta_row_get(db, entry, &row);
	if (r != 1 || row.e.parent <= 0)
		return r < 0 ? r : 0;
	text.p = row.e.name;
	text.n = row.e.name_len;
	r = fss__search_encode(text, &c.name);
	if (r != 0)
		return r;
	c.row = &row;
	c.n.entry = entry;
	c.n.parent = row.e.parent;
	c.n.owner = row.e.owner;
	c.n.text.p = c.name.text;
	c.n.text.n = c.name.len;
	fss__tag_of(&row, &c.tag);
	return change(db, &c, s.plain);
}

int
fss__search_remove(struct fss__db *db, int64_t entry)
{
	struct fss__search_state s;
	struct held h;
	bool tagged;
	int r;

	r = fss__search_state_get(db, &s);
	if (r != 0 || entry > s.posted)
		return r;
	hold(&h);
	r = find_block(db, entry, &h);
	tagged = h.block >= s.plain;
	if (r == 1)
		r = rewrite(&h, NULL, entry, tagged) ?
		    update_block(db, &h, tagged) : 0;
	let_go(&h);
	return r;
}

/* ---- blocks from before there were tags -------------------------------- */

static int
tag_name(struct fss__db *db, struct fss__poster *p,
    const struct fss__block_name *n, struct fss__buf *tags, int64_t *ret_owner)
{
	struct fss__search_name name;
	struct fss__search_tag t;
	struct fss__meta_row row;
	int r;

	r = fss__meta_row_get(db, n->entry, &row);
	if (r < 0)
		return r;
	if (r == 0)
		memset(&row, 0, sizeof(row));	/* a check will tell */
	fss__tag_of(&row, &t);
	fss__tag_put(tags, &t);
	*ret_owner = row.e.owner;
	if (r == 1 && row.e.kind == FSS_KIND_DIR) {
		r = fss__folder_enter(db, n->entry);
		if (r != 0)
			return r;
	}
	name.len = n->text.n;
	memcpy(name.text, n->text.p, name.len);
	return fss__poster_tag(p, &name, &row);
}

static int
tag_block(struct fss__db *db, struct fss__poster *p, int64_t block)
{
	struct fss__block_from from = { 0 };
	int64_t owner[FSS__BLOCK_NAMES];
	struct fss__stmt *st;
	struct fss__block b;
	struct fss__buf tags;
	int64_t first;
	unsigned i;
	int r;

	r = fss__block_load(db, block, &from, &first, &b);
	if (r != 0)
		return r == FSS_ECORRUPT ? 0 : r;	/* a check will tell */
	fss__buf_init(&tags, FSS__BLOCK_TAGS);
	for (i = 0; i < b.count && r == 0; i++)
		r = tag_name(db, p, &b.name[i], &tags, &owner[i]);
	if (r == 0)
		fss__block_put_owners(&tags, owner, b.count);
	fss__block_end(&from);
	if (r == 0)
		r = tags.err;
	if (r == 0)
		r = fss__poster_block(p, (uint32_t)block);
	if (r == 0 && tags.len > 0) {
		st = fss__db_query(db,
		    "UPDATE search_block SET tags = ?2 WHERE id = ?1");
		fss__bind_i64(st, 1, block);
		fss__bind_blob(st, 2, tags.data, tags.len);
		r = fss__exec(st);
	}
	if (r == 0)
		r = fss__block_changed(db, block);
	fss__buf_release(&tags);
	return r;
}

int
fss__search_retag(struct fss__db *db, int limit)
{
	struct fss__poster *p = NULL;
	struct fss__search_state s;
	int r, n = 0;

	r = fss__search_state_get(db, &s);
	if (r != 0 || s.plain <= 0)
		return r;
	r = fss__poster_new(db, &p);
	for (; r == 0 && s.plain > 0 && n < limit; n += FSS__BLOCK_NAMES)
		r = tag_block(db, p, --s.plain);
	if (r == 0)
		r = fss__poster_flush(p);
	if (r == 0)
		r = fss__search_state_set(db, &s);
	fss__poster_free(p);
	return r != 0 ? r : n;
}
