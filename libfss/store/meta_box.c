/*
 * Boxes of requests in SQL: what was asked of somebody, and by them; and the
 * audience of wishes to a group.
 *
 * A box is up to four statements, each in the order of seq by an index of its
 * own, merged by their heads.  A request that is in two of them (for a file
 * on another device of one's own) comes once.
 */
#include <string.h>

#include "store/meta_request_cols.h"

/* ?1 the account, ?2 a seq. */
#define SELECT		"SELECT " FSS__REQUEST_COLS " FROM request r "
#define UP(col)		" AND " col " > ?2 ORDER BY " col
#define DOWN(col)	" AND " col " < ?2 ORDER BY " col " DESC"

#define OF_ME		"WHERE r.target = ?1"
#define OF_GROUP	"JOIN request_audience a ON a.request = r.id"	\
			" WHERE a.account = ?1 AND r.state < 4"
#define OF_ALL		"WHERE r.target = 0 AND r.state < 4"		\
			" AND r.circle = 0 AND r.asker <> ?1"
#define BY_ME		"WHERE r.asker = ?1"

static const char *const SOURCE[4][2] = {
	{ SELECT OF_ME DOWN("r.seq"), SELECT OF_ME UP("r.seq") },
	{ SELECT OF_GROUP DOWN("a.seq"), SELECT OF_GROUP UP("a.seq") },
	{ SELECT OF_ALL DOWN("r.seq"), SELECT OF_ALL UP("r.seq") },
	{ SELECT BY_ME DOWN("r.seq"), SELECT BY_ME UP("r.seq") }
};
#define SEQ_COL		4	/* in FSS__REQUEST_COLS */

static int
advance(struct fss__meta_box *b, int i)
{
	int r = fss__step(b->st[i]);

	b->head[i] = r == 1 ? fss__col_i64(b->st[i], SEQ_COL) : 0;
	return r < 0 ? r : 0;
}

int
fss__meta_box_open(struct fss__db *db, int64_t account, bool in, bool out,
    bool up, int64_t seq, struct fss__meta_box *ret_b)
{
	struct fss__meta_box *b = ret_b;
	int i, r = 0;

	memset(b, 0, sizeof(*b));
	b->up = up;
	b->account = account;
	if (!up && seq == 0)
		seq = INT64_MAX;
	for (i = 0; i < 4 && r == 0; i++) {
		if (!(i < 3 ? in : out))
			continue;
		b->st[i] = fss__db_query(db, SOURCE[i][up]);
		fss__bind_i64(b->st[i], 1, account);
		fss__bind_i64(b->st[i], 2, seq);
		r = advance(b, i);
	}
	if (r != 0)
		fss__meta_box_close(b);
	return r;
}

int
fss__meta_box_next(struct fss__meta_box *b, struct fss__meta_request *ret_r)
{
	int i, best = -1, e, r;
	int64_t seq;

	for (i = 0; i < 4; i++) {
		if (b->head[i] == 0)
			continue;
		if (best < 0 || (b->up ? b->head[i] < b->head[best] :
		    b->head[i] > b->head[best]))
			best = i;
	}
	if (best < 0)
		return 0;
	r = fss__meta_read_request(b->st[best], ret_r);
	seq = b->head[best];
	for (i = 0; i < 4 && r == 1; i++) {
		if (b->head[i] != seq)
			continue;
		e = advance(b, i);
		r = e != 0 ? e : 1;
	}
	return r;
}

void
fss__meta_box_close(struct fss__meta_box *b)
{
	int i;

	for (i = 0; i < 4; i++) {
		if (b->st[i] != NULL)
			fss__stmt_reset(b->st[i]);
		b->st[i] = NULL;
		b->head[i] = 0;
	}
}

int
fss__meta_box_waiting(struct fss__db *db, int64_t account, int64_t now,
    int64_t limit, int64_t *ret_n)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT count(*) FROM (SELECT id FROM request WHERE target = ?1"
	    " AND state < 2 AND expires > ?2 UNION ALL SELECT r.id"
	    " FROM request_audience a JOIN request r ON r.id = a.request"
	    " WHERE a.account = ?1 AND a.declined = 0 AND r.state < 2"
	    " AND r.expires > ?2 LIMIT ?3)");

	fss__bind_i64(st, 1, account);
	fss__bind_i64(st, 2, now);
	fss__bind_i64(st, 3, limit);
	return fss__step_count(st, ret_n);
}

/* ---- audience ---------------------------------------------------------- */

int
fss__meta_audience_fill(struct fss__db *db, int64_t request, int64_t circle,
    int64_t but, unsigned max)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT INTO request_audience(account, request, seq)"
	    " SELECT m.account, ?1, (SELECT seq FROM request WHERE id = ?1)"
	    " FROM member m JOIN account a ON a.id = m.account"
	    " WHERE m.circle = ?2 AND m.account <> ?3 AND a.locked = 0"
	    " LIMIT ?4");
	int r;

	fss__bind_i64(st, 1, request);
	fss__bind_i64(st, 2, circle);
	fss__bind_i64(st, 3, but);
	fss__bind_i64(st, 4, max);
	r = fss__exec(st);
	return r != 0 ? r : (int)fss__db_changes(db);
}

int
fss__meta_audience_get(struct fss__db *db, int64_t request, int64_t account,
    int *ret_no)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT declined FROM request_audience"
	    " WHERE request = ?1 AND account = ?2");
	int64_t no = FSS__NO_NONE;
	int r;

	fss__bind_i64(st, 1, request);
	fss__bind_i64(st, 2, account);
	r = fss__step_i64(st, &no);
	*ret_no = (int)no;
	return r;
}

int
fss__meta_audience_decline(struct fss__db *db, int64_t request,
    int64_t account, enum fss__no no, int64_t *ret_left)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT INTO request_audience(account, request, seq, declined)"
	    " SELECT ?2, id, seq, ?3 FROM request WHERE id = ?1"
	    " ON CONFLICT(request, account)"
	    " DO UPDATE SET declined = excluded.declined");
	int r;

	fss__bind_i64(st, 1, request);
	fss__bind_i64(st, 2, account);
	fss__bind_i64(st, 3, no);
	r = fss__exec(st);
	if (r != 0)
		return r;
	st = fss__db_query(db, "SELECT count(*) FROM request_audience"
	    " WHERE request = ?1 AND declined = 0");
	fss__bind_i64(st, 1, request);
	return fss__step_count(st, ret_left);
}

int
fss__meta_audience_afresh(struct fss__db *db, int64_t request,
    enum fss__no no)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE request_audience SET declined = 0"
	    " WHERE request = ?1 AND declined <= ?2");

	fss__bind_i64(st, 1, request);
	fss__bind_i64(st, 2, no);
	return fss__exec(st);
}

int
fss__meta_audience_after(struct fss__db *db, int64_t request, int64_t after,
    int64_t *ret_account)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT account FROM request_audience"
	    " WHERE request = ?1 AND account > ?2 ORDER BY account LIMIT 1");

	fss__bind_i64(st, 1, request);
	fss__bind_i64(st, 2, after);
	return fss__step_i64(st, ret_account);
}
