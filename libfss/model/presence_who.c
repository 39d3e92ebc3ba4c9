/*
 * Presence as it is listed, and what is kept of it.
 *
 * The board says who is here; the database who was, and who is hidden.
 */
#include <string.h>

#include "base/num.h"
#include "base/str.h"
#include "model/access.h"
#include "model/presence.h"
#include "store/meta_account.h"
#include "store/meta_chunk.h"
#include "store/meta_presence.h"

#define ALIVE		"alive"	/* fact: the hub's own time, now and then */
#define TIME_TEXT	24

int
fss__presence_kept(struct fss__ctx *ctx, int64_t account,
    struct fss__meta_presence *ret_p)
{
	/* First what is not in the database yet: noted, it is no longer here. */
	int64_t seen_us =
	    ctx->board != NULL ? fss__board_seen(ctx->board, account) : 0;
	int r;

	memset(ret_p, 0, sizeof(*ret_p));
	r = fss__meta_presence_get(ctx->db, account, ret_p);
	if (ret_p->seen < seen_us)
		ret_p->seen = seen_us;
	return r;
}

/* ---- listing ----------------------------------------------------------- */

/* One person; @all: shown where they are offline as well. */
static int
emit_person(struct fss__ctx *ctx, const struct fss__actor *who,
    int64_t account, const char *name, bool all, fss__emit_fn emit, void *arg)
{
	struct fss__meta_presence p;
	struct fss__board_row row;
	struct fss__m_who_row m;
	bool here;
	int r;

	memset(&m, 0, sizeof(m));
	memset(&p, 0, sizeof(p));
	here = ctx->board != NULL && fss__board_get(ctx->board, who->account,
	    account, &row) == 1 && row.presence != FSS_PRESENCE_OFFLINE;
	if (!here && !all)
		return 0;
	m.has = FSS__K_who_row_name | FSS__K_who_row_presence;
	m.name = fss__slice_str(name);
	m.presence = here ? (uint64_t)row.presence : FSS_PRESENCE_OFFLINE;
	if (here) {
		m.has |= FSS__K_who_row_sessions | FSS__K_who_row_since_us |
		    FSS__K_who_row_agent;
		m.sessions = row.sessions;
		m.since_us = row.since_us;
		m.agent = row.agent;
	}
	if (!here || account == who->account) {
		r = fss__presence_kept(ctx, account, &p);
		if (r < 0)
			return r;
	}
	if (!here && p.seen > 0) {
		m.has |= FSS__K_who_row_seen_us;
		m.seen_us = p.seen;
	}
	if (account == who->account) {
		m.has |= FSS__K_who_row_hidden;
		m.hidden = p.hidden;
	}
	return emit(arg, &m);
}

static int
who_one(struct fss__ctx *ctx, const struct fss__actor *who,
    struct fss__slice name, fss__emit_fn emit, void *arg)
{
	struct fss__meta_account a;
	int r;

	r = fss__meta_account_by_name(ctx->db, name, &a);
	if (r < 0)
		return r;
	if (r == 0 || (a.locked && a.id != who->account))
		return fss__err_set(&ctx->err, FSS_ENOACCOUNT,
		    "no account '%.*s'", (int)name.n,
		    name.n == 0 ? "" : (const char *)name.p);
	return emit_person(ctx, who, a.id, a.name, true, emit, arg);
}

/* From the board: those who are here. */
static int
who_here(struct fss__ctx *ctx, const struct fss__actor *who, int64_t *after,
    fss__emit_fn emit, void *arg)
{
	struct fss__board_row rows[32];
	size_t i, n;
	int r;

	if (ctx->board == NULL)
		return 0;
	do {
		n = fss__board_list(ctx->board, who->account, *after, rows,
		    sizeof(rows) / sizeof(rows[0]));
		for (i = 0; i < n; i++) {
			r = emit_person(ctx, who, rows[i].account,
			    rows[i].name, false, emit, arg);
			if (r != 0)
				return r;
			*after = rows[i].account;
		}
	} while (n > 0);
	return 0;
}

static int
who_all(struct fss__ctx *ctx, const struct fss__actor *who, int64_t *after,
    fss__emit_fn emit, void *arg)
{
	struct fss__meta_account a;
	int r;

	while ((r = fss__meta_account_above(ctx->db, *after, &a)) == 1) {
		r = a.locked ? 0 : emit_person(ctx, who, a.id, a.name, true,
		    emit, arg);
		if (r != 0)
			return r;
		*after = a.id;
	}
	return r;
}

int
fss__presence_who(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_who *m, fss__emit_fn emit, void *arg,
    struct fss__cursor *ret_next)
{
	bool all = (m->has & FSS__K_who_all) && m->all;
	int64_t after = 0;
	int r;

	ret_next->len = 0;
	if (m->has & FSS__K_who_name)
		return fss__ctx_end(ctx, who_one(ctx, who, m->name, emit,
		    arg));
	if ((m->has & FSS__K_who_cursor) && m->cursor.n > 0) {
		if (m->cursor.n != 8)
			return fss__err_set(&ctx->err, FSS_EINVAL,
			    "not a cursor of this list");
		after = (int64_t)fss__get_le64(m->cursor.p);
	}
	r = all ? who_all(ctx, who, &after, emit, arg) :
	    who_here(ctx, who, &after, emit, arg);
	if (r == FSS_EAGAIN) {
		fss__put_le64(ret_next->b, (uint64_t)after);
		ret_next->len = 8;
		r = 0;
	}
	return fss__ctx_end(ctx, r);
}

/* ---- what is kept ------------------------------------------------------ */

int
fss__presence_hide(struct fss__ctx *ctx, const struct fss__actor *who,
    bool hidden)
{
	return fss__ctx_end(ctx, fss__meta_presence_hide(ctx->db,
	    who->account, hidden, ctx->now_us));
}

int
fss__presence_note(struct fss__ctx *ctx, int64_t account, bool live,
    int64_t seen_us)
{
	return fss__ctx_end(ctx, fss__meta_presence_note(ctx->db, account,
	    live, seen_us));
}

int
fss__presence_recover(struct fss__ctx *ctx)
{
	char text[TIME_TEXT];
	uint8_t raw[8];
	int r;

	r = fss__fact_get(ctx->db, ALIVE, text, sizeof(text));
	if (r == 1 && fss__hex_decode(raw, sizeof(raw), text) != 0)
		r = FSS_ECORRUPT;
	/* A hub that never noted the time has nobody noted as here. */
	if (r == 1)
		r = fss__meta_presence_recover(ctx->db,
		    (int64_t)fss__get_le64(raw));
	else if (r == 0)
		r = fss__meta_presence_recover(ctx->db, 0);
	return fss__ctx_end(ctx, r);
}

int
fss__presence_alive(struct fss__ctx *ctx)
{
	char text[TIME_TEXT];
	uint8_t raw[8];

	fss__put_le64(raw, (uint64_t)ctx->now_us);
	fss__hex_encode(text, raw, sizeof(raw));
	return fss__ctx_end(ctx, fss__fact_set(ctx->db, ALIVE, text));
}
