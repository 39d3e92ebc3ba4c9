/*
 * Rows kept in memory.
 *
 * Whether what is kept still holds is asked of the snapshot itself: the
 * database counts the changes of such rows, in the transaction that makes
 * them, and what is kept has the count it was read at.  So a snapshot older
 * than another finds nothing of the newer one, nor the other way round, and
 * processes that write beside the hub are no different.  What is new changes
 * no count, nor does most of what happens to files: a hub may be busy and keep
 * what it has.
 *
 * Changes are counted in parts, neighbours together: what is removed or moved
 * at one time mostly was made at one time.
 *
 * Each kind is a ring of bytes: what is new goes where the oldest is.  What is
 * asked for once more when it is old is put in anew.
 */
#include "store/kept.h"

#include <pthread.h>
#include <string.h>

#include "base/alloc.h"
#include "store/db_internal.h"
#include "wire/limits.h"

#define SLOT_BYTES	64	/* of a ring, for which there is a slot */
#define LARGE		16	/* parts of a ring that one entry may have */

struct head {
	int64_t	 id;
	int64_t	 changes;	/* of its part when it was read */
	uint64_t n;		/* bytes that follow */
};

struct ring {
	uint8_t	*bytes;
	uint64_t size;		/* a power of two */
	uint64_t end;		/* of all that was ever put in */
	uint64_t *slot;		/* where an entry begins, and one; 0: free */
	uint64_t mask;
};

struct fss__kept {
	pthread_mutex_t	mutex;
	struct ring	ring[FSS__KEPT_KINDS];
};

const size_t fss__kept_hub[FSS__KEPT_KINDS] = {
	[FSS__KEPT_FOLDER] = FSS__MAX_KEPT_FOLDERS,
	[FSS__KEPT_GRAM] = FSS__MAX_KEPT_GRAMS,
	[FSS__KEPT_BLOCK] = FSS__MAX_KEPT_BLOCKS
};

int
fss__kept_new(const size_t bytes[FSS__KEPT_KINDS], struct fss__kept **ret_k)
{
	struct fss__kept *k = fss__zalloc(sizeof(*k));
	struct ring *r;
	size_t i;
	bool all = true;

	*ret_k = NULL;
	if (k == NULL)
		return FSS_ENOMEM;
	(void)pthread_mutex_init(&k->mutex, NULL);	/* cannot fail on Linux */
	for (i = 0; i < FSS__KEPT_KINDS; i++) {
		r = &k->ring[i];
		r->size = bytes[i];
		r->mask = bytes[i] / SLOT_BYTES - 1;
		/* Zeros of the system's, which are memory once written. */
		r->bytes = fss__calloc(1, bytes[i]);
		r->slot = fss__calloc(r->mask + 1, sizeof(*r->slot));
		all = all && r->bytes != NULL && r->slot != NULL;
	}
	if (!all) {
		fss__kept_free(k);
		return FSS_ENOMEM;
	}
	*ret_k = k;
	return 0;
}

void
fss__kept_free(struct fss__kept *k)
{
	size_t i;

	if (k == NULL)
		return;
	for (i = 0; i < FSS__KEPT_KINDS; i++) {
		fss__free(k->ring[i].bytes);
		fss__free(k->ring[i].slot);
	}
	(void)pthread_mutex_destroy(&k->mutex);
	fss__free(k);
}

void
fss__kept_use(struct fss__db *db, struct fss__kept *k)
{
	db->kept = k;
}

/* ---- counts ------------------------------------------------------------ */

/* How many in a row are of one part. */
static const int64_t neighbours[FSS__KEPT_KINDS] = {
	[FSS__KEPT_FOLDER] = 4096,
	[FSS__KEPT_GRAM] = INT64_C(1) << 27,	/* a run of blocks */
	[FSS__KEPT_BLOCK] = 1024
};

/* Of all kinds, from 0. */
static unsigned
part_of(enum fss__kept_kind kind, int64_t id)
{
	return (unsigned)kind * FSS__KEPT_PARTS +
	    (unsigned)(id / neighbours[kind] % FSS__KEPT_PARTS);
}

int
fss__kept_changed(struct fss__db *db, enum fss__kept_kind kind, int64_t id)
{
	struct fss__stmt *st;
	char name[16];
	int r;

	r = fss__fmt(name, sizeof(name), "kept/%u", part_of(kind, id));
	if (r != 0)
		return r;
	st = fss__db_query(db,
	    "INSERT INTO counter(name, value) VALUES(?1, 1)"
	    " ON CONFLICT(name) DO UPDATE SET value = value + 1");
	fss__bind_text(st, 1, fss__slice_str(name));
	return fss__exec(st);
}

/* What the snapshot counts, once: whether there is one. */
static int
read_counts(struct fss__db *db)
{
	struct fss__stmt *st;
	int64_t part;
	int r;

	if (db->kept == NULL || !db->in_tx)
		return 0;
	if (db->kept_known)
		return 1;
	st = fss__db_query(db,
	    "SELECT CAST(substr(name, 6) AS INTEGER), value FROM counter"
	    " WHERE name >= 'kept/' AND name < 'kept0'");
	memset(db->kept_changes, 0, sizeof(db->kept_changes));
	while ((r = fss__step(st)) == 1) {
		part = fss__col_i64(st, 0);
		if (part >= 0 && part < FSS__KEPT_KINDS * FSS__KEPT_PARTS)
			db->kept_changes[part] = fss__col_i64(st, 1);
	}
	db->kept_known = r == 0;
	return r == 0 ? 1 : r;
}

/* ---- rings ------------------------------------------------------------- */

static uint64_t *
slot_of(struct ring *r, int64_t id)
{
	uint64_t x = (uint64_t)id * UINT64_C(0x9e3779b97f4a7c15);

	return &r->slot[(x >> 32) & r->mask];
}

static void
add(struct ring *r, const struct head *h, const void *bytes)
{
	/* Heads are in one piece, and where they may be. */
	uint64_t need = (sizeof(*h) + h->n + 7) & ~UINT64_C(7);
	uint64_t at = r->end & (r->size - 1);
	uint8_t *p;

	if (need > r->size / LARGE)
		return;
	if (at + need > r->size) {
		r->end += r->size - at;
		at = 0;
	}
	p = r->bytes + at;
	memcpy(p, h, sizeof(*h));
	memcpy(p + sizeof(*h), bytes, h->n);
	*slot_of(r, h->id) = r->end + 1;
	r->end += need;
}

/* Copies what is there: 1, and puts it in anew where it is old. */
static int
take(struct ring *r, int64_t id, int64_t changes, void *buf, size_t cap,
    size_t *ret_n)
{
	uint64_t at = *slot_of(r, id);
	struct head h;
	const uint8_t *p;

	/* What lies further back was written over. */
	if (at-- == 0 || r->end - at > r->size)
		return 0;
	p = r->bytes + (at & (r->size - 1));
	memcpy(&h, p, sizeof(h));
	if (h.id != id || h.changes != changes || h.n > cap)
		return 0;
	memcpy(buf, p + sizeof(h), h.n);
	*ret_n = h.n;
	if (r->end - at > r->size / 2)
		add(r, &h, buf);
	return 1;
}

int
fss__kept_get(struct fss__db *db, enum fss__kept_kind kind, int64_t id,
    void *buf, size_t cap, size_t *ret_n)
{
	struct fss__kept *k = db->kept;
	int r = read_counts(db);

	if (r != 1)
		return r;
	(void)pthread_mutex_lock(&k->mutex);
	r = take(&k->ring[kind], id, db->kept_changes[part_of(kind, id)], buf,
	    cap, ret_n);
	(void)pthread_mutex_unlock(&k->mutex);
	return r;
}

void
fss__kept_put(struct fss__db *db, enum fss__kept_kind kind, int64_t id,
    const void *bytes, size_t n)
{
	struct fss__kept *k = db->kept;
	struct head h;

	if (k == NULL || !db->in_tx || !db->kept_known)
		return;
	h.id = id;
	h.changes = db->kept_changes[part_of(kind, id)];
	h.n = n;
	(void)pthread_mutex_lock(&k->mutex);
	add(&k->ring[kind], &h, bytes);
	(void)pthread_mutex_unlock(&k->mutex);
}
