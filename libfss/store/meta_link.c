/*
 * Share links, visits and downloads under way, in SQL.
 */
#include "store/meta_link.h"

#include <string.h>

#define LINK_COLS							\
	"l.id, l.digest, l.account, l.entry, l.kind, l.version, l.pwhash," \
	" l.most, l.used, l.broken, l.label, l.created, l.ends"
#define TICKET_COLS	"id, link, device, entry, size, served, expires," \
			" open, counted"

/* ---- links ------------------------------------------------------------- */

static int
one_link(struct fss__stmt *st, struct fss__meta_share *l)
{
	struct fss__slice digest;
	int r;

	r = fss__step(st);
	if (r == 1) {
		l->id = fss__col_i64(st, 0);
		l->account = fss__col_i64(st, 2);
		l->entry = fss__col_i64(st, 3);
		l->kind = (int)fss__col_i64(st, 4);
		l->version = fss__col_i64(st, 5);
		l->most = fss__col_i64(st, 7);
		l->used = fss__col_i64(st, 8);
		l->broken = fss__col_i64(st, 9);
		l->created = fss__col_i64(st, 11);
		l->ends = fss__col_i64(st, 12);
		digest = fss__col_blob(st, 1);
		if (digest.n != sizeof(l->digest) ||
		    fss__slice_copy(fss__col_text(st, 6), l->pwhash,
		    sizeof(l->pwhash)) != 0 ||
		    fss__slice_copy(fss__col_text(st, 10), l->label,
		    sizeof(l->label)) != 0)
			r = FSS_ECORRUPT;
		else
			memcpy(l->digest, digest.p, digest.n);
	}
	fss__stmt_reset(st);
	return r;
}

int
fss__meta_link_insert(struct fss__db *db, const struct fss__meta_share *l,
    int64_t *ret_id)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT INTO link(digest, account, entry, kind, version, pwhash,"
	    " most, label, created, ends)"
	    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
	int r;

	fss__bind_blob(st, 1, l->digest, sizeof(l->digest));
	fss__bind_i64(st, 2, l->account);
	fss__bind_i64(st, 3, l->entry);
	fss__bind_i64(st, 4, l->kind);
	fss__bind_i64(st, 5, l->version);
	if (l->pwhash[0] != '\0')
		fss__bind_text(st, 6, fss__slice_str(l->pwhash));
	fss__bind_i64(st, 7, l->most);
	if (l->label[0] != '\0')
		fss__bind_text(st, 8, fss__slice_str(l->label));
	fss__bind_i64(st, 9, l->created);
	fss__bind_i64(st, 10, l->ends);
	r = fss__exec(st);
	if (r == 0)
		*ret_id = fss__db_last_id(db);
	return r;
}

int
fss__meta_share_get(struct fss__db *db, int64_t id,
    struct fss__meta_share *ret_l)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " LINK_COLS " FROM link l WHERE l.id = ?1");

	fss__bind_i64(st, 1, id);
	return one_link(st, ret_l);
}

int
fss__meta_link_by_digest(struct fss__db *db,
    const uint8_t digest[FSS__KEY_BYTES], struct fss__meta_share *ret_l)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " LINK_COLS " FROM link l WHERE l.digest = ?1");

	fss__bind_blob(st, 1, digest, FSS__KEY_BYTES);
	return one_link(st, ret_l);
}

int
fss__meta_link_before(struct fss__db *db, int64_t account, int64_t before,
    struct fss__meta_share *ret_l)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " LINK_COLS " FROM link l WHERE l.account = ?1"
	    " AND l.id < ?2 ORDER BY l.id DESC LIMIT 1");

	fss__bind_i64(st, 1, account);
	fss__bind_i64(st, 2, before);
	return one_link(st, ret_l);
}

int
fss__meta_link_count(struct fss__db *db, int64_t account, int64_t *ret_n)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT count(*) FROM link WHERE account = ?1");

	fss__bind_i64(st, 1, account);
	return fss__step_count(st, ret_n);
}

int
fss__meta_link_update(struct fss__db *db, const struct fss__meta_share *l)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE link SET used = ?2, broken = ?3, ends = ?4 WHERE id = ?1");

	fss__bind_i64(st, 1, l->id);
	fss__bind_i64(st, 2, l->used);
	fss__bind_i64(st, 3, l->broken);
	fss__bind_i64(st, 4, l->ends);
	return fss__exec(st);
}

int
fss__meta_link_sent(struct fss__db *db, int64_t id)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE link SET used = used + 1 WHERE id = ?1");

	fss__bind_i64(st, 1, id);
	return fss__exec(st);
}

int
fss__meta_link_delete(struct fss__db *db, int64_t id)
{
	struct fss__stmt *st = fss__db_query(db,
	    "DELETE FROM link WHERE id = ?1");

	fss__bind_i64(st, 1, id);
	return fss__exec(st);
}

int
fss__meta_link_ended(struct fss__db *db, int64_t ends,
    struct fss__meta_share *ret_l)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " LINK_COLS " FROM link l WHERE l.ends > 0"
	    " AND l.ends <= ?1 ORDER BY l.ends LIMIT 1");

	fss__bind_i64(st, 1, ends);
	return one_link(st, ret_l);
}

/* ---- visits ------------------------------------------------------------ */

int
fss__meta_visit_insert(struct fss__db *db, int64_t device, int64_t link)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT INTO visit(device, link) VALUES(?1, ?2)");

	fss__bind_i64(st, 1, device);
	fss__bind_i64(st, 2, link);
	return fss__exec(st);
}

int
fss__meta_visit_link(struct fss__db *db, int64_t device,
    struct fss__meta_share *ret_l)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " LINK_COLS " FROM visit v JOIN link l ON l.id = v.link"
	    " WHERE v.device = ?1");

	fss__bind_i64(st, 1, device);
	return one_link(st, ret_l);
}

/* A visit that was revoked stays until its device is cleared up. */
#define VISITS	" FROM visit v JOIN device d ON d.id = v.device"		\
		" AND d.revoked = 0"

int
fss__meta_visit_count(struct fss__db *db, int64_t link, int64_t *ret_n)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT count(*)" VISITS " WHERE v.link = ?1");

	fss__bind_i64(st, 1, link);
	return fss__step_count(st, ret_n);
}

int
fss__meta_visit_most(struct fss__db *db, int64_t account, int64_t *ret_link)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT v.link" VISITS " WHERE d.account = ?1"
	    " GROUP BY v.link ORDER BY count(*) DESC, v.link LIMIT 1");

	fss__bind_i64(st, 1, account);
	return fss__step_i64(st, ret_link);
}

int
fss__meta_visit_stalest(struct fss__db *db, int64_t link, int64_t *ret_device)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT v.device" VISITS " WHERE v.link = ?1"
	    " ORDER BY d.seen, d.id LIMIT 1");

	fss__bind_i64(st, 1, link);
	return fss__step_i64(st, ret_device);
}

/* ---- tickets ----------------------------------------------------------- */

static int
one_ticket(struct fss__stmt *st, struct fss__meta_ticket *t)
{
	int r;

	r = fss__step(st);
	if (r == 1) {
		t->id = fss__col_i64(st, 0);
		t->link = fss__col_i64(st, 1);
		t->device = fss__col_i64(st, 2);
		t->entry = fss__col_i64(st, 3);
		t->size = fss__col_i64(st, 4);
		t->served = fss__col_i64(st, 5);
		t->expires = fss__col_i64(st, 6);
		t->open = fss__col_i64(st, 7);
		t->counted = fss__col_i64(st, 8) != 0;
	}
	fss__stmt_reset(st);
	return r;
}

int
fss__meta_ticket_insert(struct fss__db *db, const struct fss__meta_ticket *t,
    int64_t *ret_id)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT INTO ticket(link, device, entry, size, expires)"
	    " VALUES(?1, ?2, ?3, ?4, ?5)");
	int r;

	fss__bind_i64(st, 1, t->link);
	fss__bind_i64(st, 2, t->device);
	fss__bind_i64(st, 3, t->entry);
	fss__bind_i64(st, 4, t->size);
	fss__bind_i64(st, 5, t->expires);
	r = fss__exec(st);
	if (r == 0)
		*ret_id = fss__db_last_id(db);
	return r;
}

int
fss__meta_ticket_get(struct fss__db *db, int64_t id,
    struct fss__meta_ticket *ret_t)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " TICKET_COLS " FROM ticket WHERE id = ?1");

	fss__bind_i64(st, 1, id);
	return one_ticket(st, ret_t);
}

int
fss__meta_ticket_after(struct fss__db *db, int64_t device, int64_t after,
    struct fss__meta_ticket *ret_t)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " TICKET_COLS " FROM ticket WHERE device = ?1"
	    " AND id > ?2 ORDER BY id LIMIT 1");

	fss__bind_i64(st, 1, device);
	fss__bind_i64(st, 2, after);
	return one_ticket(st, ret_t);
}

int
fss__meta_ticket_of(struct fss__db *db, int64_t device, int64_t entry,
    int64_t now, struct fss__meta_ticket *ret_t)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " TICKET_COLS " FROM ticket WHERE device = ?1"
	    " AND entry = ?2 AND expires > ?3 ORDER BY id LIMIT 1");

	fss__bind_i64(st, 1, device);
	fss__bind_i64(st, 2, entry);
	fss__bind_i64(st, 3, now);
	return one_ticket(st, ret_t);
}

int
fss__meta_ticket_places(struct fss__db *db, int64_t link, int64_t *ret_n)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT count(*) FROM ticket WHERE link = ?1 AND counted = 0");

	fss__bind_i64(st, 1, link);
	return fss__step_count(st, ret_n);
}

int
fss__meta_ticket_open(struct fss__db *db, int64_t device, int64_t *ret_n)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT coalesce(sum(open), 0) FROM ticket WHERE device = ?1");

	fss__bind_i64(st, 1, device);
	return fss__step_count(st, ret_n);
}

int
fss__meta_ticket_lapsed(struct fss__db *db, int64_t link, int64_t now,
    struct fss__meta_ticket *ret_t)
{
	struct fss__stmt *st;

	if (link == 0) {
		st = fss__db_query(db, "SELECT " TICKET_COLS " FROM ticket"
		    " WHERE expires <= ?1 ORDER BY expires LIMIT 1");
	} else {
		st = fss__db_query(db, "SELECT " TICKET_COLS " FROM ticket"
		    " WHERE expires <= ?1 AND link = ?2 LIMIT 1");
		fss__bind_i64(st, 2, link);
	}
	fss__bind_i64(st, 1, now);
	return one_ticket(st, ret_t);
}

int
fss__meta_ticket_update(struct fss__db *db, const struct fss__meta_ticket *t)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE ticket SET served = ?2, expires = ?3, open = ?4,"
	    " counted = ?5 WHERE id = ?1");

	fss__bind_i64(st, 1, t->id);
	fss__bind_i64(st, 2, t->served);
	fss__bind_i64(st, 3, t->expires);
	fss__bind_i64(st, 4, t->open);
	fss__bind_i64(st, 5, t->counted);
	return fss__exec(st);
}

int
fss__meta_ticket_delete(struct fss__db *db, int64_t id)
{
	struct fss__stmt *st = fss__db_query(db,
	    "DELETE FROM ticket WHERE id = ?1");

	fss__bind_i64(st, 1, id);
	return fss__exec(st);
}
