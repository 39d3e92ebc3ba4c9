/*
 * The audit: adding lines, and who may read which.
 *
 * Who is no operator reads the lines they have part in: three indices (as
 * actor, asker, owner) merged by id, a line that is in two of them once.  A
 * narrower question (one request, one file, one other account) goes by its own
 * index and leaves out what is not theirs.
 */
#include "model/audit.h"

#include <string.h>

#include "base/num.h"
#include "model/entry_path.h"
#include "store/meta_account.h"

#define LOOK_MAX	4096	/* lines looked at in one call */
#define STREAMS		3
#define NO_ENTRY	(-1)	/* no line is of it */

int
fss__audit_add(struct fss__ctx *ctx, struct fss__meta_audit *a)
{
	a->at = ctx->now_us;
	return fss__ctx_end(ctx, fss__meta_audit_insert(ctx->db, a));
}

/* ---- lists ------------------------------------------------------------- */

struct stream {
	struct fss__stmt	*st;
	struct fss__meta_audit	 line;
	bool			 have;
};

struct reading {
	struct fss__ctx		*ctx;
	const struct fss__actor	*who;
	bool			 all;		/* every line may be read */
	int64_t			 only;		/* with this account's part */
	int64_t			 request;	/* of this one, 0 any */
	bool			 up;
	unsigned		 n;
	struct stream		 stream[STREAMS];
};

static int
advance(struct stream *s)
{
	int r = fss__meta_audit_next(s->st, &s->line);

	s->have = r == 1;
	return r < 0 ? r : 0;
}

static int
add_stream(struct reading *rd, enum fss__audit_by by, int64_t value,
    int64_t from)
{
	struct stream *s = &rd->stream[rd->n++];

	s->st = fss__meta_audit_list(rd->ctx->db, by, value, from, rd->up);
	return advance(s);
}

/* Lines @account has part in. */
static int
add_part(struct reading *rd, int64_t account, int64_t from)
{
	int r;

	r = add_stream(rd, FSS__AUDIT_ACTOR, account, from);
	if (r == 0)
		r = add_stream(rd, FSS__AUDIT_ASKER, account, from);
	if (r == 0)
		r = add_stream(rd, FSS__AUDIT_OWNER, account, from);
	return r;
}

static void
close_all(struct reading *rd)
{
	unsigned i;

	for (i = 0; i < rd->n; i++)
		fss__stmt_reset(rd->stream[i].st);
}

/* The next line of all streams: 1, 0. */
static int
next_line(struct reading *rd, struct fss__meta_audit *ret_a)
{
	struct stream *best = NULL, *s;
	unsigned i;
	int r = 0;

	for (i = 0; i < rd->n; i++) {
		s = &rd->stream[i];
		if (s->have && (best == NULL || (rd->up ?
		    s->line.id < best->line.id : s->line.id > best->line.id)))
			best = s;
	}
	if (best == NULL)
		return 0;
	*ret_a = best->line;
	for (i = 0; i < rd->n && r == 0; i++) {
		s = &rd->stream[i];
		if (s->have && s->line.id == ret_a->id)
			r = advance(s);
	}
	return r != 0 ? r : 1;
}

static bool
has_part(const struct fss__meta_audit *a, int64_t account)
{
	return a->actor == account || a->asker == account ||
	    a->owner == account;
}

static int
name_of(struct fss__ctx *ctx, int64_t account, char *name,
    struct fss__slice *ret_s)
{
	int r;

	if (account == 0)
		return 0;
	r = fss__meta_account_name(ctx->db, account, name);
	if (r == 1)
		*ret_s = fss__slice_str(name);
	return r;
}

static int
emit_line(struct reading *rd, const struct fss__meta_audit *a,
    fss__emit_fn emit, void *arg)
{
	char actor[FSS_LIMIT_ACCOUNT + 1], asker[FSS_LIMIT_ACCOUNT + 1];
	char owner[FSS_LIMIT_ACCOUNT + 1];
	struct fss__m_audit_row m;
	int r;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_audit_row_id | FSS__K_audit_row_at_us |
	    FSS__K_audit_row_what;
	m.id = (uint64_t)a->id;
	m.at_us = a->at;
	m.what = (uint64_t)a->what;
	r = name_of(rd->ctx, a->actor, actor, &m.actor);
	if (r == 1)
		m.has |= FSS__K_audit_row_actor;
	if (r >= 0 && (r = name_of(rd->ctx, a->asker, asker, &m.asker)) == 1)
		m.has |= FSS__K_audit_row_asker;
	if (r >= 0 && (r = name_of(rd->ctx, a->owner, owner, &m.owner)) == 1)
		m.has |= FSS__K_audit_row_owner;
	if (r < 0)
		return r;
	if (a->request != 0) {
		m.has |= FSS__K_audit_row_request;
		m.request = (uint64_t)a->request;
	}
	if (a->path[0] != '\0') {
		m.has |= FSS__K_audit_row_path | FSS__K_audit_row_size;
		m.path = fss__slice_str(a->path);
		m.size = (uint64_t)a->size;
	}
	/* A digest says what a file is: for its owner and for operators. */
	if (a->has_root && (rd->all || a->owner == rd->who->account ||
	    a->what == FSS_AUDIT_FETCHED)) {
		m.has |= FSS__K_audit_row_root;
		m.root.p = a->root.b;
		m.root.n = FSS__ID_BYTES;
	}
	if (a->reason != 0) {
		m.has |= FSS__K_audit_row_reason;
		m.reason = (uint64_t)a->reason;
	}
	if (a->detail[0] != '\0') {
		m.has |= FSS__K_audit_row_detail;
		m.detail = fss__slice_str(a->detail);
	}
	/* Rules are their owner's business. */
	if (a->rule != 0 && (rd->all || a->owner == rd->who->account)) {
		m.has |= FSS__K_audit_row_rule;
		m.rule = (uint64_t)a->rule;
	}
	return emit(arg, &m);
}

static int
run(struct reading *rd, fss__emit_fn emit, void *arg,
    struct fss__cursor *ret_next)
{
	struct fss__meta_audit a;
	int64_t last = 0;
	unsigned looked = 0;
	int r;

	while ((r = next_line(rd, &a)) == 1) {
		if ((rd->all || has_part(&a, rd->who->account)) &&
		    (rd->only == 0 || has_part(&a, rd->only)) &&
		    (rd->request == 0 || a.request == rd->request))
			r = emit_line(rd, &a, emit, arg);
		else
			r = 0;
		if (r == 0) {
			last = a.id;
			if (++looked == LOOK_MAX)
				r = FSS_EAGAIN;
		}
		if (r != 0)
			break;
	}
	if (r == FSS_EAGAIN && last != 0) {
		fss__put_le64(ret_next->b, (uint64_t)last);
		ret_next->len = 8;
		r = 0;
	}
	return r;
}

/*
 * The file a question names; for operators whoever's it is.  What there is in
 * somebody's space is not theirs to know: no file and one without lines are
 * the same to them.
 */
static int
find_file(struct reading *rd, const struct fss__m_audit *m, int64_t *ret_entry)
{
	struct fss__slice owner = { NULL, 0 };
	struct fss__space space;
	struct fss__walk w;
	int r;

	if (m->has & FSS__K_audit_owner)
		owner = m->owner;
	r = fss__space_find(rd->ctx, rd->who, owner, &space);
	if (r == 0)
		r = fss__walk(rd->ctx, rd->who, &space, m->path, &w);
	if (r != 0)
		return r;
	if (space.owner != rd->who->account && !rd->all)
		return FSS_ENOENT;
	if (w.left > 0 && space.owner == rd->who->account)
		return FSS_ENOENT;
	*ret_entry = w.left > 0 ? NO_ENTRY : w.node.id;
	return 0;
}

/* Which index serves the question. */
static int
open_streams(struct reading *rd, const struct fss__m_audit *m, int64_t from)
{
	struct fss__meta_account a;
	int64_t entry = 0;
	int r;

	if (m->has & FSS__K_audit_name) {
		r = fss__meta_account_by_name(rd->ctx->db, m->name, &a);
		if (r != 1)
			return r == 0 ? FSS_ENOACCOUNT : r;
		rd->only = a.id;
	}
	if (m->has & FSS__K_audit_request) {
		if (m->request == 0 || m->request > INT64_MAX)
			return FSS_EINVAL;
		rd->request = (int64_t)m->request;
	}
	if (m->has & FSS__K_audit_path) {
		r = find_file(rd, m, &entry);
		return r != 0 ? r : add_stream(rd, FSS__AUDIT_ENTRY, entry,
		    from);
	}
	if (rd->request != 0)
		return add_stream(rd, FSS__AUDIT_REQUEST, rd->request, from);
	if (!rd->all)
		return add_part(rd, rd->who->account, from);
	if (rd->only != 0)
		return add_part(rd, rd->only, from);
	return add_stream(rd, FSS__AUDIT_ALL, 0, from);
}

static int
list(struct reading *rd, const struct fss__m_audit *m, fss__emit_fn emit,
    void *arg, struct fss__cursor *ret_next)
{
	int64_t from = 0;
	int r = 0;

	if (m->has & FSS__K_audit_since_us) {
		rd->up = true;
		r = fss__meta_audit_since(rd->ctx->db, m->since_us, &from);
		if (r != 0)
			return r;
		/* Nothing is as new: then nothing is to be shown. */
		from = from == 0 ? INT64_MAX : from - 1;
	}
	if ((m->has & FSS__K_audit_cursor) && m->cursor.n > 0) {
		if (m->cursor.n != 8)
			return fss__err_set(&rd->ctx->err, FSS_EINVAL,
			    "not a cursor of this list");
		from = (int64_t)fss__get_le64(m->cursor.p);
	}
	r = open_streams(rd, m, from);
	if (r == 0)
		r = run(rd, emit, arg, ret_next);
	close_all(rd);
	return r;
}

int
fss__audit_list(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_audit *m, fss__emit_fn emit, void *arg,
    struct fss__cursor *ret_next)
{
	bool mine = (m->has & FSS__K_audit_mine) && m->mine;
	struct reading rd;

	ret_next->len = 0;
	memset(&rd, 0, sizeof(rd));
	rd.ctx = ctx;
	rd.who = who;
	rd.all = who->role != FSS_ROLE_USER && !mine;
	return fss__ctx_end(ctx, list(&rd, m, emit, arg, ret_next));
}
