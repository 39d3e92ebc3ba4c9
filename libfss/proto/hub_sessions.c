/*
 * SESSIONS and SESSION_END: what stands, listed and ended.
 *
 * Sessions live in the hub's own thread.  A list is a copy of the few fields
 * told, made there as the request comes; a reader adds the names of devices.
 * A session is named by a number of its own that gives no right to it.
 */
#include <stdlib.h>
#include <string.h>

#include <fss/web.h>

#include "base/alloc.h"
#include "base/num.h"
#include "proto/hub_internal.h"
#include "store/meta_device.h"

/* What is told of one. */
struct seen {
	uint64_t	serial;
	uint64_t	id;
	struct fss__actor who;
	int64_t		since_us, seen_us;
	bool		current;
	char		address[FSS__MAX_ADDRESS + 1];
};

static bool
is_all(const struct fss__m_sessions *m)
{
	return (m->has & FSS__K_sessions_all) && m->all;
}

/* Whether @s is of those asked for. */
static bool
wanted(const struct fss__m_sessions *m, const struct fss__actor *who,
    const struct fss__session *s)
{
	if (s->who.account == 0)
		return false;
	if (m->has & FSS__K_sessions_name)
		return fss__slice_eq(m->name, fss__slice_str(s->who.name));
	return is_all(m) || s->who.account == who->account;
}

static int
by_serial(const void *a, const void *b)
{
	const struct fss__session *x = *(const struct fss__session *const *)a;
	const struct fss__session *y = *(const struct fss__session *const *)b;

	return x->serial < y->serial ? -1 : x->serial > y->serial;
}

static void
note(struct fss__hub *hub, const struct fss__session *s, bool current,
    struct seen *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->serial = s->serial;
	ret->id = s->handle;
	ret->who = s->who;
	ret->since_us = s->begun_us;
	ret->seen_us = hub->wall_us - (hub->now_us - s->seen_us);
	ret->current = current;
	memcpy(ret->address, s->address, sizeof(ret->address));
}

static bool
may_see_others(const struct fss__job *job)
{
	const struct fss__m_sessions *m = &job->m.SESSIONS;

	return job->who.role >= FSS_ROLE_OPERATOR || (!is_all(m) &&
	    (!(m->has & FSS__K_sessions_name) || fss__slice_eq(m->name,
	    fss__slice_str(job->who.name))));
}

int
fss__hub_sessions_note(struct fss__hub *hub, const struct fss__session *asker,
    struct fss__job *job)
{
	const struct fss__m_sessions *m = &job->m.SESSIONS;
	const struct fss__session *s, **list;
	uint64_t after = 0, limit;
	size_t n = 0, i;

	if (!may_see_others(job))
		return FSS_EDENIED;
	if ((m->has & FSS__K_sessions_cursor) && m->cursor.n > 0) {
		if (m->cursor.n != 8)
			return FSS_EINVAL;
		after = fss__get_le64(m->cursor.p);
	}
	limit = m->has & FSS__K_sessions_limit && m->limit > 0 ? m->limit :
	    FSS__MAX_LIST_ROWS;
	list = fss__calloc(hub->sessions.count + 1, sizeof(*list));
	if (list == NULL)
		return FSS_ENOMEM;
	for (s = hub->sessions.oldest; s != NULL; s = s->newer)
		if (s->serial > after && wanted(m, &job->who, s))
			list[n++] = s;
	qsort(list, n, sizeof(*list), by_serial);
	job->more = n > limit;
	job->ndata = job->more ? (size_t)limit : n;
	job->data = fss__calloc(job->ndata + 1, sizeof(struct seen));
	for (i = 0; i < job->ndata && job->data != NULL; i++)
		note(hub, list[i], list[i] == asker,
		    (struct seen *)job->data + i);
	fss__free(list);
	return job->data == NULL ? FSS_ENOMEM : 0;
}

static int
emit(struct fss__ctx *ctx, const struct seen *e, struct fss__rows *rows)
{
	struct fss__meta_device d;
	struct fss__m_session m;
	uint8_t id[FSS__SESSION_ID];
	int r;

	memset(&m, 0, sizeof(m));
	fss__put_le64(id, e->id);
	m.has = FSS__K_session_kind | FSS__K_session_since_us |
	    FSS__K_session_seen_us | FSS__K_session_current;
	m.id.p = id;
	m.id.n = sizeof(id);
	m.name = fss__slice_str(e->who.name);
	m.device = (uint64_t)e->who.device;
	m.kind = (uint64_t)e->who.kind;
	m.since_us = e->since_us;
	m.seen_us = e->seen_us;
	m.current = e->current;
	if (e->address[0] != '\0') {
		m.has |= FSS__K_session_address;
		m.address = fss__slice_str(e->address);
	}
	r = fss__meta_device_get(ctx->db, e->who.device, &d);
	if (r < 0)
		return r;
	if (r == 1) {
		m.has |= FSS__K_session_device_name;
		m.device_name = fss__slice_str(d.name);
	}
	return fss__rows_emit(rows, &m);
}

static int
sessions_read(struct fss__job *job, struct fss__ctx *ctx)
{
	const struct seen *list = job->data;
	struct fss__m_session_list m;
	struct fss__rows rows;
	uint8_t cursor[8];
	size_t i;
	int r = 0;

	fss__rows_init(&rows, &fss__r_session, 0);
	for (i = 0; i < job->ndata && r == 0; i++)
		r = emit(ctx, &list[i], &rows);
	memset(&m, 0, sizeof(m));
	if (r == FSS_EAGAIN)
		i--;			/* the last did not fit */
	if (i > 0 && (r == FSS_EAGAIN || (r == 0 && job->more))) {
		fss__put_le64(cursor, list[i - 1].serial);
		m.has |= FSS__K_session_list_cursor;
		m.cursor.p = cursor;
		m.cursor.n = sizeof(cursor);
	}
	if (r == 0 || r == FSS_EAGAIN) {
		m.sessions = fss__rows_list(&rows);
		r = fss__job_answer(job, &m);
	}
	fss__rows_release(&rows);
	return r;
}

/* ---- ending ----------------------------------------------------------- */

/* The session that is meant, if @who may end it. */
static struct fss__session *
target(struct fss__hub *hub, const struct fss__job *job)
{
	uint64_t id = fss__get_le64(job->m.SESSION_END.id.p);
	struct fss__session *s;

	for (s = hub->sessions.oldest; s != NULL; s = s->newer)
		if (s->handle == id && s->who.account != 0 &&
		    (s->who.account == job->who.account ||
		    job->who.role == FSS_ROLE_ADMIN ||
		    (job->who.role == FSS_ROLE_OPERATOR &&
		    s->who.role == FSS_ROLE_USER)))
			return s;
	return NULL;
}

int
fss__hub_session_end_note(struct fss__hub *hub, struct fss__job *job)
{
	const struct fss__session *s = target(hub, job);

	if (s == NULL)
		return FSS_ENOENT;
	/* What is made by logging in ends by it; keys are revoked elsewhere. */
	if (s->who.kind == FSS_DEVICE_WEB || s->who.kind == FSS_DEVICE_VISIT)
		job->number = s->who.device;
	return 0;
}

static int
end_write(struct fss__job *job, struct fss__ctx *ctx)
{
	int r = 0;

	if (job->number != 0)
		r = fss__meta_device_revoke(ctx->db, job->number,
		    ctx->now_us);
	return r < 0 ? r : fss__hub_answer_empty(job);
}

static void
end_finish(struct fss__hub *hub, struct fss__job *job)
{
	struct fss__session *s, *own;

	if (job->err.code != 0)
		return;
	own = fss__sessions_of_job(&hub->sessions, job);
	if (job->number != 0)
		fss__hub_end_sessions(hub, 0, job->number, own);
	s = target(hub, job);
	if (s != NULL && s != own)
		fss__hub_end_session(hub, s);
	else if (s != NULL)
		/* It has its answer, and is nobody's. */
		(void)fss__hub_identify(hub, s, NULL, false);
}

const struct fss__handler fss__handlers_sessions[] = {
	{ FSS__MSG_SESSIONS, 0, {{ FSS__LANE_READ, sessions_read }}, NULL },
	{ FSS__MSG_SESSION_END, 0, {{ FSS__LANE_WRITE, end_write }},
	    end_finish },
	{ 0, 0, {{ FSS__LANE_READ, NULL }}, NULL }
};
