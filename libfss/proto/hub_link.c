/*
 * Share links: requests of their makers and of their visitors.
 *
 * The password of a link is hashed and checked on the KDF lane like that of an
 * account, under the same limits by link and by address; a link without one
 * goes past that lane.
 *
 * The tables here say which messages a visitor may send at all.
 */
#include <string.h>

#include <fss/link.h>

#include "model/link.h"
#include "proto/hub_internal.h"

/* ---- what visitors may send ------------------------------------------- */

static const uint8_t both[] = {
	FSS__MSG_CREDIT, FSS__MSG_LOGOUT, FSS__MSG_STAT, 0
};
static const uint8_t download[] = {
	FSS__MSG_LIST, FSS__MSG_GET, FSS__MSG_LINK_TAKE, FSS__MSG_LINK_DONE, 0
};
static const uint8_t upload[] = {
	FSS__MSG_HAVE, FSS__MSG_PUT, FSS__MSG_COMMIT, FSS__MSG_GET,
	FSS__MSG_STAGE_NEW, FSS__MSG_STAGES, FSS__MSG_STAGE_OPEN,
	FSS__MSG_STAGE_SAVE, FSS__MSG_STAGE_COMMIT, FSS__MSG_STAGE_REMOVE, 0
};

bool
fss__visitor_may(const struct fss__actor *who, unsigned type)
{
	const uint8_t *t;

	for (t = both; *t != 0; t++)
		if (*t == type)
			return true;
	for (t = who->visit.rights & FSS_RIGHT_CREATE ? upload : download;
	    *t != 0; t++)
		if (*t == type)
			return true;
	return false;
}

/* ---- makers ----------------------------------------------------------- */

/* Past the stage that comes next. */
static void
skip(struct fss__job *job)
{
	job->stage++;
}

static int
new_read(struct fss__job *job, struct fss__ctx *ctx)
{
	const struct fss__m_link_new *m = &job->m.LINK_NEW;

	job->hash[0] = '\0';
	if (!(m->has & FSS__K_link_new_password)) {
		skip(job);
		return 0;
	}
	if (m->password.n < FSS__MAX_PASSWORD_MIN)
		return fss__err_set(&ctx->err, FSS_EPASSWORD,
		    "a password has %d to %d bytes", FSS__MAX_PASSWORD_MIN,
		    FSS__MAX_PASSWORD);
	return 0;
}

static int
new_hash(struct fss__job *job, struct fss__ctx *ctx)
{
	struct fss__slice pw = job->m.LINK_NEW.password;

	return fss__pwhash(job->hash, pw.p, pw.n, ctx->rules->pwhash_ops,
	    ctx->rules->pwhash_mem);
}

static int
new_write(struct fss__job *job, struct fss__ctx *ctx)
{
	return fss__link_new(ctx, &job->who, &job->m.LINK_NEW, job->hash,
	    fss__hub_answer_record, job);
}

/*
 * No password was tried: nothing to count.  What was not counted is not given
 * back: guesses of others, in this name or one that shares its bucket, would
 * be.
 */
static void
new_finish(struct fss__hub *hub, struct fss__job *job)
{
	if (job->rated)
		fss__rates_refund(hub->rates, fss__slice_str(job->who.name));
}

static int
links_read(struct fss__job *job, struct fss__ctx *ctx)
{
	const struct fss__m_page *m = &job->m.LINKS;
	struct fss__m_link_list list;
	struct fss__cursor next;
	struct fss__rows rows;
	int r;

	fss__rows_init(&rows, &fss__r_link, m->has & FSS__K_page_limit ?
	    m->limit : 0);
	r = fss__link_list(ctx, &job->who, m, fss__rows_emit, &rows, &next);
	if (r == 0) {
		memset(&list, 0, sizeof(list));
		list.links = fss__rows_list(&rows);
		if (next.len > 0) {
			list.has |= FSS__K_link_list_cursor;
			list.cursor.p = next.b;
			list.cursor.n = next.len;
		}
		r = fss__job_answer(job, &list);
	}
	fss__rows_release(&rows);
	return r;
}

static int
revoke_write(struct fss__job *job, struct fss__ctx *ctx)
{
	int r = fss__link_revoke(ctx, &job->who, job->m.LINK_REVOKE.id);

	return r != 0 ? r : fss__hub_answer_empty(job);
}

/* Whoever visits through it. */
static void
revoke_finish(struct fss__hub *hub, struct fss__job *job)
{
	struct fss__session *s, *next;

	if (job->err.code != 0)
		return;
	hub->changes++;
	for (s = hub->sessions.oldest; s != NULL; s = next) {
		next = s->newer;
		if ((uint64_t)s->who.visit.link == job->m.LINK_REVOKE.id &&
		    s->who.visit.link != 0)
			fss__hub_end_session(hub, s);
	}
}

/* ---- visitors --------------------------------------------------------- */

static int
open_read(struct fss__job *job, struct fss__ctx *ctx)
{
	const struct fss__m_link_open *m = &job->m.LINK_OPEN;
	int r;

	if (job->who.account != 0)
		return fss__err_set(&ctx->err, FSS_EDENIED,
		    "a link is opened by a session that is nobody's");
	r = fss__link_find(ctx, m->token, job->hash);
	if (r != 0)
		return r;
	if (job->hash[0] == '\0') {
		skip(job);
		return 0;
	}
	if (!(m->has & FSS__K_link_open_password))
		return fss__err_set(&ctx->err, FSS_EAUTH,
		    "the link has a password");
	return 0;
}

static int
open_verify(struct fss__job *job, struct fss__ctx *ctx)
{
	struct fss__slice pw = job->m.LINK_OPEN.password;
	int r = fss__pwhash_verify(job->hash, pw.p, pw.n);

	return r == FSS_EAUTH ? fss__err_set(&ctx->err, r,
	    "that is not the password of the link") : r;
}

static int
open_write(struct fss__job *job, struct fss__ctx *ctx)
{
	return fss__link_open(ctx, job->m.LINK_OPEN.token, job->hash,
	    job->address, &job->found, fss__hub_answer_record, job);
}

static void
open_finish(struct fss__hub *hub, struct fss__job *job)
{
	struct fss__session *s;

	if (job->err.code != 0)
		return;
	if (job->rated)
		fss__rates_refund(hub->rates, job->m.LINK_OPEN.token);
	s = fss__sessions_of_job(&hub->sessions, job);
	if (s != NULL && fss__hub_identify(hub, s, &job->found, false) != 0)
		fss__hub_remove_session(hub, s);
}

static int
take_write(struct fss__job *job, struct fss__ctx *ctx)
{
	return fss__link_take(ctx, &job->who, &job->m.LINK_TAKE,
	    fss__hub_answer_record, job);
}

static int
done_write(struct fss__job *job, struct fss__ctx *ctx)
{
	int r = fss__link_done(ctx, &job->who, &job->m.LINK_DONE,
	    job->front);

	return r != 0 ? r : fss__hub_answer_empty(job);
}

/* ---- what was given out ------------------------------------------------ */

static int
served_write(struct fss__job *job, struct fss__ctx *ctx)
{
	return fss__link_served(ctx, job->number, job->amount);
}

static const struct fss__handler served_handler = {
	0, FSS__H_LAZY, {{ FSS__LANE_WRITE, served_write }}, NULL
};

void
fss__hub_link_served(struct fss__hub *hub, int64_t ticket, uint64_t bytes)
{
	struct fss__job *chore = fss__hub_chore(hub, &served_handler);

	if (chore == NULL)
		return;		/* then it counts when it is done */
	chore->number = ticket;
	chore->amount = bytes;
	fss__hub_queue(hub, chore);
}

#define READ	FSS__LANE_READ
#define WRITE	FSS__LANE_WRITE
#define KDF	FSS__LANE_KDF
#define SECRET	(FSS__H_SECRET | FSS__H_RATED)

const struct fss__handler fss__handlers_link[] = {
	{ FSS__MSG_LINK_NEW, SECRET,
	    {{ READ, new_read }, { KDF, new_hash }, { WRITE, new_write }},
	    new_finish },
	{ FSS__MSG_LINKS, 0, {{ READ, links_read }}, NULL },
	{ FSS__MSG_LINK_REVOKE, 0, {{ WRITE, revoke_write }}, revoke_finish },
	{ FSS__MSG_LINK_OPEN, SECRET,
	    {{ READ, open_read }, { KDF, open_verify }, { WRITE, open_write }},
	    open_finish },
	{ FSS__MSG_LINK_TAKE, FSS__H_OP, {{ WRITE, take_write }}, NULL },
	{ FSS__MSG_LINK_DONE, FSS__H_OP, {{ WRITE, done_write }}, NULL },
	{ 0, 0, {{ READ, NULL }}, NULL }
};
