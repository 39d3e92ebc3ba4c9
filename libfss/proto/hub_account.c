/*
 * Requests about accounts, devices and groups.
 *
 * HELLO is in hub_hello.c, what has to do with passwords in hub_login.c,
 * sessions in hub_sessions.c.
 */
#include <string.h>

#include <fss/web.h>

#include "model/account.h"
#include "proto/hub_internal.h"

/* ---- log-out and devices ---------------------------------------------- */

/* A web log-in and a visit are over with it; a key stays unless told not to. */
static bool
forgets(const struct fss__job *job)
{
	const struct fss__m_logout *m = &job->m.LOGOUT;

	return ((m->has & FSS__K_logout_forget) && m->forget) ||
	    job->who.kind == FSS_DEVICE_WEB ||
	    job->who.kind == FSS_DEVICE_VISIT;
}

static bool
everywhere(const struct fss__job *job)
{
	const struct fss__m_logout *m = &job->m.LOGOUT;

	return (m->has & FSS__K_logout_everywhere) && m->everywhere;
}

static int
logout_write(struct fss__job *job, struct fss__ctx *ctx)
{
	int r = 0;

	if (everywhere(job) && (job->who.scopes & FSS_SCOPE_ACCOUNT) == 0)
		r = fss__err_set(&ctx->err, FSS_EDENIED,
		    "a token ends itself alone");
	else if (everywhere(job))
		r = fss__account_revoke_all(ctx, &job->who);
	else if (forgets(job))
		r = fss__account_revoke_device(ctx, &job->who,
		    job->who.device);
	return r != 0 ? r : fss__hub_answer_empty(job);
}

static void
logout_finish(struct fss__hub *hub, struct fss__job *job)
{
	struct fss__session *s;

	if (job->err.code != 0)
		return;
	/* It may have ended meanwhile; the others end all the same. */
	s = fss__sessions_of_job(&hub->sessions, job);
	if (everywhere(job))
		fss__hub_end_sessions(hub, job->who.account, 0, s);
	else if (forgets(job))
		fss__hub_end_sessions(hub, 0, job->who.device, s);
	if (s != NULL)
		(void)fss__hub_identify(hub, s, NULL, false);
}

static int
revoke_write(struct fss__job *job, struct fss__ctx *ctx)
{
	int r = fss__account_revoke_device(ctx, &job->who,
	    (int64_t)job->m.DEVICE_REVOKE.id);

	return r != 0 ? r : fss__hub_answer_empty(job);
}

static void
revoke_finish(struct fss__hub *hub, struct fss__job *job)
{
	struct fss__session *s;
	int64_t device = (int64_t)job->m.DEVICE_REVOKE.id;

	if (job->err.code != 0)
		return;
	s = fss__sessions_of_job(&hub->sessions, job);
	fss__hub_end_sessions(hub, 0, device, s);
	if (s != NULL && s->who.device == device)
		(void)fss__hub_identify(hub, s, NULL, false);
}

/* ---- lists ------------------------------------------------------------ */

static int
whoami_read(struct fss__job *job, struct fss__ctx *ctx)
{
	return fss__account_whoami(ctx, &job->who, fss__hub_answer_record, job);
}

/*
 * DEVICES, USERS and GROUPS have the same shape: a page of rows and a cursor.
 * `list` and `cursor` are fields 1 and 2 of each of their answers.
 */
typedef int (*page_fn)(struct fss__ctx *, const struct fss__actor *,
    const struct fss__m_page *, fss__emit_fn, void *, struct fss__cursor *);

_Static_assert(sizeof(struct fss__m_device_list) ==
    sizeof(struct fss__m_account_list) &&
    offsetof(struct fss__m_device_list, cursor) ==
    offsetof(struct fss__m_account_list, cursor) &&
    offsetof(struct fss__m_device_list, cursor) ==
    offsetof(struct fss__m_member_list, cursor), "pages differ in shape");

static int
answer_page(struct fss__job *job, struct fss__ctx *ctx, page_fn fn,
    const struct fss__record *record)
{
	struct fss__m_device_list m;
	struct fss__rows rows;
	struct fss__cursor next;
	uint64_t limit;
	int r;

	limit = job->m.DEVICES.has & FSS__K_page_limit ?
	    job->m.DEVICES.limit : 0;
	fss__rows_init(&rows, record, limit);
	next.len = 0;
	r = fn(ctx, &job->who, &job->m.DEVICES, fss__rows_emit, &rows, &next);
	if (r == 0) {
		memset(&m, 0, sizeof(m));
		m.devices = fss__rows_list(&rows);
		if (next.len > 0) {
			m.has |= FSS__K_device_list_cursor;
			m.cursor.p = next.b;
			m.cursor.n = next.len;
		}
		r = fss__job_answer(job, &m);
	}
	fss__rows_release(&rows);
	return r;
}

static int
devices_read(struct fss__job *job, struct fss__ctx *ctx)
{
	return answer_page(job, ctx, fss__account_devices, &fss__r_device);
}

static int
users_read(struct fss__job *job, struct fss__ctx *ctx)
{
	return answer_page(job, ctx, fss__account_users, &fss__r_account);
}

static int
groups_read(struct fss__job *job, struct fss__ctx *ctx)
{
	return answer_page(job, ctx, fss__account_groups, &fss__r_member);
}

/* ---- changes by people with a role ------------------------------------ */

static int
invite_write(struct fss__job *job, struct fss__ctx *ctx)
{
	struct fss__m_invite_code m;
	char code[FSS__MAX_INVITE + 1];
	int r;

	memset(&m, 0, sizeof(m));
	r = fss__account_invite(ctx, &job->who, &job->m.INVITE, code,
	    &m.expires_us);
	if (r != 0)
		return r;
	m.has = FSS__K_invite_code_expires_us;
	m.code = fss__slice_str(code);
	r = fss__job_answer(job, &m);
	fss__memzero(code, sizeof(code));
	return r;
}

static int
user_set_write(struct fss__job *job, struct fss__ctx *ctx)
{
	struct fss__m_page page;
	int r;

	r = fss__account_user_set(ctx, &job->who, &job->m.USER_SET,
	    &job->account);
	if (r != 0)
		return r;
	memset(&page, 0, sizeof(page));
	page.has = FSS__K_page_name;
	page.name = job->m.USER_SET.name;
	return fss__account_users(ctx, &job->who, &page, fss__hub_answer_record, job,
	    &(struct fss__cursor){ .len = 0 });
}

/* A role or a lock takes effect on the sessions at once. */
static void
user_set_finish(struct fss__hub *hub, struct fss__job *job)
{
	const struct fss__m_user_set *m = &job->m.USER_SET;
	struct fss__session *s;

	if (job->err.code != 0)
		return;
	if ((m->has & FSS__K_user_set_locked) && m->locked) {
		fss__hub_end_sessions(hub, job->account, 0, NULL);
	} else if (m->has & FSS__K_user_set_role) {
		hub->changes++;
		for (s = hub->sessions.oldest; s != NULL; s = s->newer)
			if (s->who.account == job->account &&
			    (s->who.scopes & FSS_SCOPE_ADMIN))
				s->who.role = (int)m->role;
	}
}

static int
group_set_write(struct fss__job *job, struct fss__ctx *ctx)
{
	int r = fss__account_group_set(ctx, &job->who, &job->m.GROUP_SET);

	return r != 0 ? r : fss__hub_answer_empty(job);
}

#define READ	FSS__LANE_READ
#define WRITE	FSS__LANE_WRITE

const struct fss__handler fss__handlers_account[] = {
	{ FSS__MSG_LOGOUT, FSS__H_FACTS, {{ WRITE, logout_write }}, logout_finish },
	{ FSS__MSG_WHOAMI, 0, {{ READ, whoami_read }}, NULL },
	{ FSS__MSG_DEVICES, 0, {{ READ, devices_read }}, NULL },
	{ FSS__MSG_DEVICE_REVOKE, FSS__H_FACTS, {{ WRITE, revoke_write }},
	    revoke_finish },
	{ FSS__MSG_INVITE, 0, {{ WRITE, invite_write }}, NULL },
	{ FSS__MSG_USERS, 0, {{ READ, users_read }}, NULL },
	{ FSS__MSG_USER_SET, FSS__H_FACTS, {{ WRITE, user_set_write }},
	    user_set_finish },
	{ FSS__MSG_GROUPS, 0, {{ READ, groups_read }}, NULL },
	{ FSS__MSG_GROUP_SET, FSS__H_FACTS, {{ WRITE, group_set_write }}, NULL },
	{ 0, 0, {{ READ, NULL }}, NULL }
};
