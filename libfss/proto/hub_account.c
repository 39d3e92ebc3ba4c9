/*
 * Requests about sessions, accounts and devices.
 *
 * Passwords: the hash is worked out on the KDF lane, between a read (whose
 * hash?) and a write (enrol the device).  For an unknown or locked account
 * the KDF stage verifies against a hash nobody has the password of, so that
 * unknown, locked and wrong take the same way and the same time and give the
 * same answer.  A registration is read first too: an invite that is none costs
 * no hash, and the write looks again, for it may have been used up meanwhile.
 */
#include <string.h>

#include <fss/version.h>

#include "model/account.h"
#include "model/request.h"
#include "proto/hub_internal.h"
#include "store/meta_presence.h"

#define NOTE_US		(600 * INT64_C(1000000))
#define HUB_AGENT	"fssd/" FSS_VERSION_TEXT

/* Copies a slice with a NUL; the decoder has checked the length. */
static struct fss__slice
text(struct fss__slice s, bool present)
{
	if (!present)
		s.n = 0;
	return s;
}

/* ---- HELLO ------------------------------------------------------------ */

/* What a session needs to know of who logs in. */
static int
read_person(struct fss__job *job, struct fss__ctx *ctx)
{
	struct fss__meta_presence p;
	int r;

	r = fss__meta_presence_get(ctx->db, job->found.account, &p);
	if (r < 0)
		return r;
	job->hidden = r == 1 && p.hidden;
	return fss__request_inbox(ctx, job->found.account, &job->inbox);
}

static int
hello_read(struct fss__job *job, struct fss__ctx *ctx)
{
	int r;

	if (job->m.HELLO.min_version > FSS__MAX_VERSION ||
	    job->m.HELLO.max_version < FSS__MAX_VERSION)
		return fss__err_set(&ctx->err, FSS_EVERSION,
		    "the hub speaks version %d", FSS__MAX_VERSION);
	r = fss__account_of_device(ctx, job->key, &job->found);
	if (r == FSS_EAUTH) {
		memset(&job->found, 0, sizeof(job->found));
		r = 0;
	}
	if (r == 0 && job->found.account != 0)
		r = read_person(job, ctx);
	/* A sign of life is noted now and then, not with every log-in. */
	if (r == 0 && (job->found.account == 0 ||
	    ctx->now_us - job->found.noted_us < NOTE_US))
		fss__job_end(job);
	return r;
}

static void
too_many(struct fss__job *job, const char *whose)
{
	char detail[64];

	(void)fss__fmt(detail, sizeof(detail), "too many sessions%s", whose);
	fss__job_fail(job, FSS_EOVERLOAD, detail);
	job->retry_ms = 2000;
}

/* Whether there is room for one more, after making some. */
static bool
make_room(struct fss__hub *hub, bool room, struct fss__session *idle)
{
	if (!room && idle != NULL)
		fss__hub_remove_session(hub, idle);
	return room || idle != NULL;
}

static bool
account_room(struct fss__hub *hub, int64_t account)
{
	struct fss__session *idle;
	uint32_t most = hub->cfg.max_account;
	bool room;

	if (most == 0)
		return true;
	room = fss__sessions_room_account(&hub->sessions, account, most,
	    &idle);
	return make_room(hub, room, idle);
}

/* Known devices are not held up by sessions that are nobody's. */
static bool
anonymous_room(struct fss__hub *hub, const struct fss__job *job)
{
	struct fss__session *idle;
	uint32_t most = hub->cfg.max_address;
	bool room;

	if (most != 0) {
		room = fss__sessions_room_key(&hub->sessions, job->key, most,
		    &idle);
		if (!make_room(hub, room, idle))
			return false;
		room = fss__sessions_room_address(&hub->sessions, job->from,
		    most, &idle);
		if (!make_room(hub, room, idle))
			return false;
	}
	return hub->sessions.anonymous < hub->cfg.max_anonymous;
}

static void
hello_finish(struct fss__hub *hub, struct fss__job *job)
{
	struct fss__m_welcome m;
	struct fss__session *s;
	int r;

	if (job->err.code != 0)
		return;
	if (job->found.account != 0 && !account_room(hub, job->found.account)) {
		too_many(job, " of this account");
		return;
	}
	if (job->found.account == 0 && !anonymous_room(hub, job)) {
		too_many(job, "");
		return;
	}
	s = fss__sessions_add(&hub->sessions, job->key, job->from,
	    hub->now_us);
	if (s == NULL) {
		fss__job_fail(job, FSS_ENOMEM, NULL);
		return;
	}
	s->route = job->route;
	if (job->found.account != 0 &&
	    fss__hub_identify(hub, s, &job->found, job->hidden) != 0) {
		fss__hub_remove_session(hub, s);
		fss__job_fail(job, FSS_ENOMEM, NULL);
		return;
	}
	job->serial = s->serial;
	memcpy(job->session, s->id, sizeof(job->session));

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_welcome_hub_name | FSS__K_welcome_time_us |
	    FSS__K_welcome_registration | FSS__K_welcome_agent |
	    FSS__K_welcome_epoch | FSS__K_welcome_seq;
	m.epoch = fss__ring_epoch(hub->events.ring);
	m.seq = fss__ring_last(hub->events.ring);
	m.session.p = s->id;
	m.session.n = sizeof(s->id);
	m.version = FSS__MAX_VERSION;
	if (s->who.account != 0) {
		m.has |= FSS__K_welcome_account | FSS__K_welcome_role |
		    FSS__K_welcome_device | FSS__K_welcome_inbox |
		    FSS__K_welcome_hidden;
		m.inbox = job->inbox;
		m.hidden = job->hidden;
		m.account = fss__slice_str(s->who.name);
		m.role = (uint64_t)s->who.role;
		m.device = (uint64_t)s->who.device;
	}
	m.hub_name = fss__slice_str(hub->cfg.name);
	m.digest = hub->cfg.digest;
	m.credit = FSS__MAX_CREDIT_FIRST;
	m.credit_max = FSS__MAX_CREDIT;
	m.lease_ms = FSS__MAX_LEASE;
	m.ping_ms = FSS__MAX_PING;
	m.time_us = job->wall_us;
	m.registration = (uint64_t)hub->cfg.registration;
	m.chunk_min = hub->cfg.chunk_min;
	m.chunk_avg = hub->cfg.chunk_avg;
	m.chunk_max = hub->cfg.chunk_max;
	m.payload_max = FSS__MAX_PAYLOAD;
	m.batch_max = FSS__MAX_BATCH;
	m.requests_max = FSS__MAX_REQUESTS;
	m.agent = fss__slice_str(HUB_AGENT);
	r = fss__job_answer(job, &m);
	if (r != 0)
		fss__job_fail(job, r, NULL);
}

/* A sign of life of the device, for the list of devices. */
static int
hello_seen(struct fss__job *job, struct fss__ctx *ctx)
{
	return fss__account_seen(ctx, job->found.device);
}

/* ---- passwords -------------------------------------------------------- */

static int
check_password(struct fss__slice pw, struct fss__ctx *ctx)
{
	if (pw.n < FSS__MAX_PASSWORD_MIN || pw.n > FSS__MAX_PASSWORD)
		return fss__err_set(&ctx->err, FSS_EPASSWORD,
		    "a password has %d to %d bytes", FSS__MAX_PASSWORD_MIN,
		    FSS__MAX_PASSWORD);
	return 0;
}

static int
hash_password(struct fss__job *job, struct fss__ctx *ctx, struct fss__slice pw)
{
	int r = check_password(pw, ctx);

	return r != 0 ? r : fss__pwhash(job->hash, pw.p, pw.n,
	    ctx->rules->pwhash_ops, ctx->rules->pwhash_mem);
}

/* @pw against job->hash, with the same work where there is none. */
static int
verify_password(struct fss__job *job, struct fss__ctx *ctx,
    struct fss__slice pw)
{
	int r;

	if (job->known)
		return fss__pwhash_verify(job->hash, pw.p, pw.n);
	/* Somebody else's; nobody gets in by it.  Or the very first. */
	if (job->hash[0] != '\0') {
		r = fss__pwhash_verify(job->hash, pw.p, pw.n);
		return r != 0 ? r : FSS_EAUTH;
	}
	/* Making a hash is the same computation as verifying one. */
	r = fss__pwhash(job->hash, pw.p, pw.n, ctx->rules->pwhash_ops,
	    ctx->rules->pwhash_mem);
	return r != 0 ? r : FSS_EAUTH;
}

static int
find_hash(struct fss__job *job, struct fss__ctx *ctx, struct fss__slice name)
{
	int r = fss__account_hash(ctx, name, job->hash);

	job->known = r == 0;
	return r == FSS_EAUTH ? 0 : r;
}

/*
 * What was verified outside of any transaction must still hold where it takes
 * effect: FSS_EAUTH if the password was changed meanwhile.
 */
static int
same_hash(struct fss__ctx *ctx, struct fss__slice name,
    const char verified[FSS__PWHASH_TEXT])
{
	char now[FSS__PWHASH_TEXT];
	int r = fss__account_hash(ctx, name, now);

	if (r == 0 && strcmp(now, verified) != 0)
		r = FSS_EAUTH;
	fss__memzero(now, sizeof(now));
	return r;
}

static int
answer_account(struct fss__job *job, struct fss__slice device_name)
{
	struct fss__m_account m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_account_device;
	m.name = fss__slice_str(job->found.name);
	m.role = (uint64_t)job->found.role;
	m.device = (uint64_t)job->found.device;
	if (device_name.n > 0) {
		m.has |= FSS__K_account_device_name;
		m.device_name = device_name;
	}
	return fss__job_answer(job, &m);
}

/*
 * Who may not register costs no hash.  So a code that is refused is refused
 * sooner than one that is not, which tells what the answer tells anyway; of a
 * code of 100 random bits no time tells a part, as it is looked for by its
 * digest, and what is near to it in the index is nobody's to choose.  Whether
 * a name is taken is told after the hash, to those who may register.
 */
static int
register_read(struct fss__job *job, struct fss__ctx *ctx)
{
	int r = check_password(job->m.REGISTER.password, ctx);

	return r != 0 ? r : fss__account_may_create(ctx, &job->m.REGISTER);
}

static int
register_hash(struct fss__job *job, struct fss__ctx *ctx)
{
	return hash_password(job, ctx, job->m.REGISTER.password);
}

static int
register_write(struct fss__job *job, struct fss__ctx *ctx)
{
	const struct fss__m_register *m = &job->m.REGISTER;
	int r;

	r = fss__account_create(ctx, m, job->hash, job->key, &job->found);
	return r != 0 ? r : answer_account(job, text(m->device_name,
	    m->has & FSS__K_register_device_name));
}

static int
login_read(struct fss__job *job, struct fss__ctx *ctx)
{
	return find_hash(job, ctx, job->m.LOGIN.name);
}

static int
wrong_password(struct fss__ctx *ctx)
{
	return fss__err_set(&ctx->err, FSS_EAUTH,
	    "unknown account or wrong password");
}

static int
login_verify(struct fss__job *job, struct fss__ctx *ctx)
{
	struct fss__slice pw = job->m.LOGIN.password;
	int r = verify_password(job, ctx, pw);

	if (r == FSS_EAUTH)
		return wrong_password(ctx);
	if (r != 0)
		return r;
	memcpy(job->was, job->hash, sizeof(job->was));
	/* Settings were changed since: now there is a password to hash anew. */
	return !fss__pwhash_stale(job->hash, ctx->rules->pwhash_ops,
	    ctx->rules->pwhash_mem) ? 0 : fss__pwhash(job->hash, pw.p, pw.n,
	    ctx->rules->pwhash_ops, ctx->rules->pwhash_mem);
}

static int
login_write(struct fss__job *job, struct fss__ctx *ctx)
{
	const struct fss__m_login *m = &job->m.LOGIN;
	struct fss__slice device_name;
	int r;

	r = same_hash(ctx, m->name, job->was);
	if (r == FSS_EAUTH)
		return wrong_password(ctx);
	if (r != 0)
		return r;
	device_name = text(m->device_name,
	    m->has & FSS__K_login_device_name);
	r = fss__account_enrol(ctx, m->name, job->key, device_name,
	    &job->found);
	if (r == 0 && strcmp(job->hash, job->was) != 0)
		r = fss__account_rehash(ctx, &job->found, job->hash);
	if (r == 0)
		r = read_person(job, ctx);
	return r != 0 ? r : answer_account(job, device_name);
}

/*
 * The session that asked, if it is still there, is logged in from now on.  A
 * key stands for one device: where it stood for another, that one's sessions
 * end with it.
 */
static void
login_finish(struct fss__hub *hub, struct fss__job *job)
{
	struct fss__session *s;

	if (job->err.code != 0)
		return;
	s = fss__sessions_of_job(&hub->sessions, job);
	fss__hub_end_key(hub, job->key, job->found.device, s);
	if (s == NULL)
		return;
	if (s->who.account != job->found.account &&
	    !account_room(hub, job->found.account)) {
		(void)fss__hub_identify(hub, s, NULL, false);
		too_many(job, " of this account");
		return;
	}
	if (fss__hub_identify(hub, s, &job->found, job->hidden) != 0) {
		fss__hub_remove_session(hub, s);
		return;
	}
	fss__rates_refund(hub->rates, fss__slice_str(job->found.name));
}

static int
passwd_read(struct fss__job *job, struct fss__ctx *ctx)
{
	return find_hash(job, ctx, fss__slice_str(job->who.name));
}

static int
passwd_hash(struct fss__job *job, struct fss__ctx *ctx)
{
	int r;

	r = check_password(job->m.PASSWD.new_password, ctx);
	if (r == 0)
		r = verify_password(job, ctx, job->m.PASSWD.old_password);
	if (r == FSS_EAUTH)
		return fss__err_set(&ctx->err, r, "the old password is wrong");
	if (r != 0)
		return r;
	memcpy(job->was, job->hash, sizeof(job->was));
	return hash_password(job, ctx, job->m.PASSWD.new_password);
}

static int
passwd_write(struct fss__job *job, struct fss__ctx *ctx)
{
	int r = same_hash(ctx, fss__slice_str(job->who.name), job->was);

	if (r == FSS_EAUTH)
		return fss__err_set(&ctx->err, r, "the old password is wrong");
	if (r == 0)
		r = fss__account_set_password(ctx, &job->who, job->hash);
	return r != 0 ? r : fss__hub_answer_empty(job);
}

static void
passwd_finish(struct fss__hub *hub, struct fss__job *job)
{
	if (job->err.code != 0)
		return;
	fss__hub_end_sessions(hub, job->who.account, 0,
	    fss__sessions_of_job(&hub->sessions, job));
	fss__rates_passwd_refund(hub->rates, job->who.account);
}

/* ---- log-out and devices ---------------------------------------------- */

static int
logout_write(struct fss__job *job, struct fss__ctx *ctx)
{
	const struct fss__m_logout *m = &job->m.LOGOUT;
	int r = 0;

	if ((m->has & FSS__K_logout_everywhere) && m->everywhere)
		r = fss__account_revoke_all(ctx, &job->who);
	else if ((m->has & FSS__K_logout_forget) && m->forget)
		r = fss__account_revoke_device(ctx, &job->who,
		    job->who.device);
	return r != 0 ? r : fss__hub_answer_empty(job);
}

static void
logout_finish(struct fss__hub *hub, struct fss__job *job)
{
	const struct fss__m_logout *m = &job->m.LOGOUT;
	struct fss__session *s;

	if (job->err.code != 0)
		return;
	/* It may have ended meanwhile; the others end all the same. */
	s = fss__sessions_of_job(&hub->sessions, job);
	if ((m->has & FSS__K_logout_everywhere) && m->everywhere)
		fss__hub_end_sessions(hub, job->who.account, 0, s);
	else if ((m->has & FSS__K_logout_forget) && m->forget)
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
			if (s->who.account == job->account)
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
#define KDF	FSS__LANE_KDF
#define SECRET	(FSS__H_SECRET | FSS__H_RATED)

const struct fss__handler fss__handlers_account[] = {
	{ FSS__MSG_HELLO, FSS__H_NOTE, {{ READ, hello_read }, { WRITE, hello_seen }},
	    hello_finish },
	{ FSS__MSG_REGISTER, SECRET,
	    {{ READ, register_read }, { KDF, register_hash },
	    { WRITE, register_write }}, login_finish },
	{ FSS__MSG_LOGIN, SECRET,
	    {{ READ, login_read }, { KDF, login_verify },
	    { WRITE, login_write }}, login_finish },
	{ FSS__MSG_LOGOUT, FSS__H_FACTS, {{ WRITE, logout_write }}, logout_finish },
	{ FSS__MSG_PASSWD, SECRET,
	    {{ READ, passwd_read }, { KDF, passwd_hash },
	    { WRITE, passwd_write }}, passwd_finish },
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
