/*
 * Keeping the index of names in step.
 *
 * The entries themselves are the truth.  Those with an id up to search_state's
 * `posted` are in blocks, 32 names each in the order of ids, and each block is
 * entered in the posting lists of all grams of its names and of the folders
 * above them.  Newer ones, at most a few thousand, are in no block: search.c
 * reads them from the table of entries.  So a new file costs nothing here and
 * is found at once, and posting, which touches a row for each gram, is done
 * for thousands together.
 *
 * Ids are never used twice (meta_entry.c), so a block never gets more names
 * than it was made with.  A name that goes or changes is changed in its block
 * at once.  Its old grams
 * stay: they only make the block be looked through in vain.  New ones are
 * entered at once, but for what lies below a folder that moved: that may be
 * any number of blocks, so the folder is noted and its tree walked step by
 * step (search_moved.c).  Until then what is below it is not found by the folders'
 * new names, nor wrongly by the old.
 *
 * With posted = 0 and the other tables empty this is also how an index is
 * made for a store that had none.
 */
#include <string.h>

#include <fss/types.h>

#include "store/folders.h"
#include "store/meta_cols.h"
#include "store/search_block.h"
#include "store/search_moved.h"
#include "store/search_poster.h"
#include "store/search_state.h"

#define TAIL		4096	/* names not in blocks, before posting */

/* ---- state ------------------------------------------------------------- */

int
fss__search_state_get(struct fss__db *db, struct fss__search_state *ret_s)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT posted, blocks, plain FROM search_state WHERE id = 1");
	int r;

	r = fss__step(st);
	if (r == 1) {
		ret_s->posted = fss__col_i64(st, 0);
		ret_s->blocks = fss__col_i64(st, 1);
		ret_s->plain = fss__col_i64(st, 2);
	}
	fss__stmt_reset(st);
	return r == 1 ? 0 : r == 0 ? FSS_ECORRUPT : r;
}

int
fss__search_state_set(struct fss__db *db, const struct fss__search_state *s)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE search_state SET posted = ?1, blocks = ?2, plain = ?3"
	    " WHERE id = 1");

	fss__bind_i64(st, 1, s->posted);
	fss__bind_i64(st, 2, s->blocks);
	fss__bind_i64(st, 3, s->plain);
	return fss__exec(st);
}

int
fss__search_posted(struct fss__db *db, int64_t *ret_posted)
{
	struct fss__search_state s;
	int r;

	r = fss__search_state_get(db, &s);
	if (r == 0)
		*ret_posted = s.posted;
	return r;
}

/* ---- blocks ------------------------------------------------------------ */

/* The one that is being made. */
struct making {
	struct fss__db		*db;
	int64_t			 first;
	unsigned		 count;
	struct fss__buf		 names, tags;
	int64_t			 owner[FSS__BLOCK_NAMES];
	struct fss__poster	*poster;
};

static int
insert_block(struct fss__db *db, int64_t block, const struct making *m)
{
	struct fss__stmt *st = fss__db_query(db, "INSERT INTO"
	    " search_block(id, first, names, tags) VALUES(?1, ?2, ?3, ?4)");

	if (m->names.err != 0 || m->tags.err != 0)
		return m->names.err != 0 ? m->names.err : m->tags.err;
	fss__bind_i64(st, 1, block);
	fss__bind_i64(st, 2, m->first);
	fss__bind_blob(st, 3, m->names.data, m->names.len);
	fss__bind_blob(st, 4, m->tags.data, m->tags.len);
	return fss__exec(st);
}

static struct fss__stmt *
newer(struct fss__db *db, int64_t posted, int limit)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " FSS__NODE_COLS ", " FSS__VERSION_COLS " FROM entry e"
	    " LEFT JOIN version v ON v.id = e.cur WHERE e.id > ?1"
	    " ORDER BY e.id LIMIT ?2");

	fss__bind_i64(st, 1, posted);
	fss__bind_i64(st, 2, limit);
	return st;
}

/* Ends the block begun, if it has a name. */
static int
end_block(struct fss__db *db, struct fss__search_state *s, struct making *m)
{
	int r;

	if (m->count == 0)
		return 0;
	if (s->blocks > UINT32_MAX)
		return FSS_ETOOBIG;
	fss__block_put_owners(&m->tags, m->owner, m->count);
	r = insert_block(db, s->blocks, m);
	if (r == 0)
		r = fss__poster_block(m->poster, (uint32_t)s->blocks);
	s->blocks++;
	m->count = 0;
	fss__buf_reset(&m->names);
	fss__buf_reset(&m->tags);
	return r;
}

/* The entry of @row into the block begun. */
static int
put_entry(struct making *m, const struct fss__meta_row *row)
{
	struct fss__slice text = { row->e.name, row->e.name_len };
	struct fss__search_name name;
	struct fss__block_name n;
	struct fss__search_tag t;
	int r;

	r = row->e.kind != FSS_KIND_DIR ? 0 :
	    fss__folder_enter(m->db, row->e.id);
	if (r != 0 || row->e.parent <= 0)
		return r;	/* a root, or removed */
	r = fss__search_encode(text, &name);
	if (r != 0)
		return r;
	n.entry = row->e.id;
	n.parent = row->e.parent;
	n.text.p = name.text;
	n.text.n = name.len;
	if (m->count == 0)
		m->first = n.entry;
	m->owner[m->count++] = row->e.owner;
	fss__block_put(&m->names, m->first, &n);
	fss__tag_of(row, &t);
	fss__tag_put(&m->tags, &t);
	r = fss__poster_name(m->poster, &name);
	if (r == 0)
		r = fss__poster_tag(m->poster, &name, row);
	return r != 0 ? r : fss__poster_folders(m->poster, n.parent);
}

/* Posts up to @limit entries: how many there were. */
static int
post(struct making *m, struct fss__db *db, struct fss__search_state *s,
    int limit)
{
	struct fss__meta_row row;
	struct fss__stmt *st;
	int r, n = 0;

	st = newer(db, s->posted, limit);
	while ((r = fss__meta_row_next(st, &row)) == 1) {
		r = put_entry(m, &row);
		if (r != 0)
			break;
		s->posted = row.e.id;
		n++;
		if (m->count < FSS__BLOCK_NAMES)
			continue;
		r = end_block(db, s, m);
		if (r != 0)
			break;
	}
	fss__stmt_reset(st);
	if (r == 0)
		r = end_block(db, s, m);
	if (r == 0)
		r = fss__poster_flush(m->poster);
	return r != 0 ? r : n;
}

int
fss__search_post(struct fss__db *db, int least, int limit)
{
	struct fss__search_state s;
	struct making m;
	int64_t newest;
	int r, n = 0;

	r = fss__search_state_get(db, &s);
	if (r == 0)
		r = fss__step_i64(fss__db_query(db,
		    "SELECT ifnull(max(id), 0) FROM entry"), &newest);
	if (r < 0 || newest - s.posted < least)
		return r < 0 ? r : 0;
	memset(&m, 0, sizeof(m));
	m.db = db;
	fss__buf_init(&m.names, FSS__BLOCK_BYTES);
	fss__buf_init(&m.tags, FSS__BLOCK_TAGS);
	r = fss__poster_new(db, &m.poster);
	if (r == 0)
		r = n = post(&m, db, &s, limit);
	if (r > 0)
		r = fss__search_state_set(db, &s);
	fss__poster_free(m.poster);
	fss__buf_release(&m.names);
	fss__buf_release(&m.tags);
	return r != 0 ? r : n;
}

/* ---- idle moments ------------------------------------------------------ */

int
fss__search_settle(struct fss__db *db, int limit)
{
	int r, n;

	n = fss__search_post(db, TAIL, limit);
	if (n < 0 || n >= limit)
		return n;
	r = fss__search_moved_step(db);
	return r < 0 ? r : n + r;
}
