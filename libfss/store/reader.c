/*
 * What reading threads do: tell what is missing, find and verify chunks.
 *
 * A reader's transaction is a snapshot.  The collector may move a chunk and
 * remove its old file meanwhile; the snapshot still names the old place.
 * Then a second connection, outside any transaction, is asked where the
 * chunk is now.  Content is the same wherever it is read from.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/str.h"
#include "chunk/manifest.h"
#include "store/kept.h"
#include "store/store_internal.h"
#include "wire/limits.h"

#define PAGES	8	/* kept per reader: more than a tree has levels */
#define MOVES	4	/* how often a chunk may move while it is read */

struct page_slot {
	struct fss__id	 id;
	struct fss__page page;
	uint8_t		*data;		/* FSS__MAX_PAGE bytes, or NULL */
	uint64_t	 used_at;	/* 0: empty */
};

struct fss__reader_store {
	struct fss__store	*s;
	struct fss__db		*db;
	struct fss__db		*fresh;	/* opened when first needed */
	bool			 shared;	/* db is the writer's */
	uint64_t		 clock;
	struct page_slot	 pages[PAGES];
};

static int
open_db(struct fss__store *s, struct fss__db **ret_db)
{
	char path[FSS__STORE_PATH];
	int r;

	*ret_db = NULL;
	r = fss__fmt(path, sizeof(path), "%s/meta.db", s->dir);
	return r != 0 ? r : fss__db_open(path, FSS__DB_READ, NULL, ret_db);
}

/* Readers are opened and closed by one thread. */
static int
use_kept(struct fss__store *s, struct fss__db *db)
{
	int e = 0;

	if (s->kept == NULL)
		e = fss__kept_new(fss__kept_hub, &s->kept);
	if (e == 0)
		fss__kept_use(db, s->kept);
	return e;
}

int
fss__reader_store_open(struct fss__store *s, struct fss__reader_store **ret_r)
{
	struct fss__reader_store *r;
	int e = 0;

	*ret_r = NULL;
	r = fss__zalloc(sizeof(*r));
	if (r == NULL)
		return FSS_ENOMEM;
	r->s = s;
	r->shared = s->dir[0] == '\0';
	if (r->shared)
		r->db = s->db;
	else
		e = open_db(s, &r->db);
	/* Where readers write, what they see may be undone. */
	if (e == 0 && !r->shared)
		e = use_kept(s, r->db);
	if (e != 0) {
		fss__reader_store_close(r);
		return e;
	}
	*ret_r = r;
	return 0;
}

void
fss__reader_store_close(struct fss__reader_store *r)
{
	size_t i;

	if (r == NULL)
		return;
	if (!r->shared)
		fss__db_close(r->db);
	fss__db_close(r->fresh);
	for (i = 0; i < PAGES; i++)
		fss__free(r->pages[i].data);
	fss__free(r);
}

struct fss__db *
fss__reader_store_db(struct fss__reader_store *r)
{
	return r->db;
}

/* Pending first, then the index: see pending.c. */
int
fss__reader_missing(struct fss__reader_store *r, int64_t account,
    const uint8_t *ids, size_t n, uint8_t *bitmap, uint32_t *ret_count)
{
	struct fss__chunk c;
	struct fss__id id;
	uint32_t count = 0;
	size_t i;
	int e;

	for (i = 0; i < n; i++)
		bitmap[i / 8] |= (uint8_t)(1u << i % 8);
	fss__pending_strike(&r->s->pending, account, ids, n, bitmap);
	for (i = 0; i < n; i++) {
		if ((bitmap[i / 8] & 1u << i % 8) == 0)
			continue;
		memcpy(id.b, ids + i * FSS__ID_BYTES, sizeof(id.b));
		e = fss__chunk_find(r->db, &id, account, &c);
		if (e < 0)
			return e;
		if (e == 1 && c.held && fss__store_sound(r->s, &c))
			bitmap[i / 8] &= (uint8_t)~(1u << i % 8);
		else
			count++;
	}
	*ret_count = count;
	return 0;
}

int
fss__reader_space(struct fss__reader_store *r, uint64_t *ret_free)
{
	return r->s->cs.ops->space(r->s->cs.self, ret_free);
}

int
fss__reader_locate(struct fss__reader_store *r, const struct fss__id *id,
    struct fss_store_loc *ret_loc)
{
	struct fss__chunk c;
	int e;

	e = fss__chunk_find(r->db, id, 0, &c);
	if (e < 0)
		return e;
	if (e == 0)
		return FSS_ENOENT;
	if (!fss__store_sound(r->s, &c))
		return FSS_ECORRUPT;
	*ret_loc = c.loc;
	return 0;
}

/* The database as it is this very moment. */
static int
db_now(struct fss__reader_store *r, struct fss__db **ret_db)
{
	int e = 0;

	*ret_db = r->db;
	if (r->shared || !fss__db_in_tx(r->db))
		return 0;
	if (r->fresh == NULL)
		e = open_db(r->s, &r->fresh);
	*ret_db = r->fresh;
	return e;
}

/* Where the chunk is this very moment: 1, 0 (nowhere any more). */
static int
locate_now(struct fss__reader_store *r, const struct fss__id *id,
    struct fss_store_loc *ret_loc)
{
	struct fss__db *db;
	struct fss__chunk c;
	bool held;
	int e;

	if (fss__pending_find(&r->s->pending, 0, id, &held, ret_loc))
		return 1;
	e = db_now(r, &db);
	if (e == 0)
		e = fss__chunk_find(db, id, 0, &c);
	if (e == 1)
		*ret_loc = c.loc;
	return e;
}

/*
 * Pending first, then the index.  What was pending when the snapshot began
 * and is no more is in neither; the index of this moment has it.
 */
int
fss__reader_held(struct fss__reader_store *r, int64_t account,
    const struct fss__id *id, struct fss_store_loc *ret_loc)
{
	struct fss__db *db = r->db;
	struct fss__chunk c;
	bool held, here;
	int e, again;

	here = fss__pending_find(&r->s->pending, account, id, &held, ret_loc) &&
	    !fss__pending_is_bad(&r->s->pending, id, ret_loc);
	for (again = 0; !held || !here; again++) {
		e = fss__chunk_find(db, id, account, &c);
		if (e < 0)
			return e;
		if (e == 1 && (held || c.held)) {
			held = true;
			if (!here && fss__store_sound(r->s, &c)) {
				*ret_loc = c.loc;
				here = true;
			}
		}
		if (again == 1 || (held && here))
			break;
		e = db_now(r, &db);
		if (e != 0 || db == r->db)
			return e;
	}
	return held && here;
}

int
fss__reader_read(struct fss__reader_store *r, const struct fss__id *id,
    const struct fss_store_loc *loc, void *buf)
{
	struct fss_store_loc at = *loc, now;
	unsigned i;
	int e = 0;

	for (i = 0; i < MOVES; i++) {
		e = fss__store_read(r->s, id, &at, buf);
		if (e != FSS_ENOENT && e != FSS_ECORRUPT)
			return e;
		e = locate_now(r, id, &now);
		if (e < 0)
			return e;
		if (e == 0)
			return FSS_ENOENT;
		if (now.segment == at.segment && now.offset == at.offset) {
			fss__store_quarantine(r->s, id, &at);
			return FSS_ECORRUPT;
		}
		if (now.len != loc->len)
			return FSS_ECORRUPT;
		at = now;
	}
	return FSS_EAGAIN;
}

/* ---- pages ------------------------------------------------------------ */

/* The slot of @id, or else the one to use for it, emptied. */
static struct page_slot *
page_slot(struct fss__reader_store *r, const struct fss__id *id)
{
	struct page_slot *oldest = &r->pages[0];
	size_t i;

	for (i = 0; i < PAGES; i++) {
		if (r->pages[i].used_at != 0 &&
		    fss__id_eq(&r->pages[i].id, id))
			return &r->pages[i];
		if (r->pages[i].used_at < oldest->used_at)
			oldest = &r->pages[i];
	}
	oldest->used_at = 0;
	return oldest;
}

int
fss__reader_page(struct fss__reader_store *r, const struct fss__id *id,
    struct fss__page *ret_page)
{
	struct page_slot *p = page_slot(r, id);
	struct fss_store_loc loc;
	int e;

	if (p->used_at == 0) {
		e = fss__reader_locate(r, id, &loc);
		if (e != 0)
			return e;
		if (loc.len > FSS__MAX_PAGE)
			return FSS_ECORRUPT;
		if (p->data == NULL)
			p->data = fss__alloc(FSS__MAX_PAGE);
		if (p->data == NULL)
			return FSS_ENOMEM;
		e = fss__reader_read(r, id, &loc, p->data);
		if (e == 0 && fss__page_decode(p->data, loc.len,
		    &p->page) != 0)
			e = FSS_ECORRUPT;
		if (e != 0)
			return e;
		p->id = *id;
	}
	p->used_at = ++r->clock;
	*ret_page = p->page;
	return 0;
}
