/*
 * What has to do with passwords: registration, log-ins, tokens, PASSWD.
 *
 * The hash is worked out on the KDF lane, between a read (whose hash?) and a
 * write (enrol the device, make the token).  For an unknown or locked account
 * the KDF stage verifies against a hash nobody has the password of, so that
 * unknown, locked and wrong take the same way and the same time and give the
 * same answer.  A registration is read first too: an invite that is none costs
 * no hash, and the write looks again, for it may have been used up meanwhile.
 *
 * LOGIN_WEB and REGISTER_WEB differ from LOGIN and REGISTER in what they leave
 * behind: a token, which the session then is of, instead of an enrolled key.
 */
#include <string.h>

#include <fss/web.h>

#include "model/account.h"
#include "proto/hub_internal.h"

#define WEB_TTL_S	(30 * UINT64_C(86400))

/* The stages before the last read the one as the other. */
#define SAME(a, b, member)						\
	_Static_assert(offsetof(struct fss__m_##a, member) ==		\
	    offsetof(struct fss__m_##b, member), "records differ")
SAME(login_web, login, name);
SAME(login_web, login, password);
SAME(register_web, register, name);
SAME(register_web, register, password);
SAME(register_web, register, invite);

/* Nothing where it is absent. */
static struct fss__slice
text(struct fss__slice s, bool present)
{
	if (!present)
		s.n = 0;
	return s;
}

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

/* What REGISTER and REGISTER_WEB have in common. */
static struct fss__m_register
registration(const struct fss__job *job)
{
	const struct fss__m_register_web *m = &job->m.REGISTER_WEB;
	struct fss__m_register whole;

	if (job->message->type == FSS__MSG_REGISTER)
		return job->m.REGISTER;
	memset(&whole, 0, sizeof(whole));
	whole.name = m->name;
	whole.password = m->password;
	if (m->has & FSS__K_register_web_invite) {
		whole.has |= FSS__K_register_invite;
		whole.invite = m->invite;
	}
	return whole;
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
	struct fss__m_register m = registration(job);
	int r = check_password(m.password, ctx);

	return r != 0 ? r : fss__account_may_create(ctx, &m);
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
		r = fss__hub_read_person(job, ctx);
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
	if (job->found.kind == FSS_DEVICE_KEY)
		fss__hub_end_key(hub, job->key, job->found.device, s);
	else if (job->number != 0)
		fss__hub_end_sessions(hub, 0, job->number, s);
	if (s == NULL)
		return;
	if (s->who.account != job->found.account &&
	    !fss__hub_account_room(hub, job)) {
		(void)fss__hub_identify(hub, s, NULL, false);
		return;
	}
	if (fss__hub_identify(hub, s, &job->found, job->hidden) != 0) {
		fss__hub_remove_session(hub, s);
		return;
	}
	fss__rates_refund(hub->rates, fss__slice_str(job->found.name));
}

/* ---- tokens ----------------------------------------------------------- */

static int
ttl_check(struct fss__ctx *ctx, uint64_t ttl_s)
{
	if (ttl_s < FSS__TOKEN_TTL_MIN)
		return fss__err_set(&ctx->err, FSS_EINVAL,
		    "a token is good for %d seconds at least",
		    FSS__TOKEN_TTL_MIN);
	return 0;
}

/* Makes it for job->found, who is whom it stands for then, and answers. */
static int
answer_token(struct fss__job *job, struct fss__ctx *ctx,
    struct fss__token_wish *w)
{
	struct fss__m_token m;
	char token[FSS__KEY_TEXT];
	int r;

	w->address = job->address;
	r = fss__token_make(ctx, w, &job->found, token, &job->number);
	if (r != 0)
		return r;
	memset(&m, 0, sizeof(m));
	m.name = fss__slice_str(job->found.name);
	m.role = (uint64_t)job->found.role;
	m.device = (uint64_t)job->found.device;
	m.token = fss__slice_str(token);
	m.scopes = job->found.scopes;
	if (w->label.n > 0) {
		m.has |= FSS__K_token_label;
		m.label = w->label;
	}
	if (job->found.expires_us != 0) {
		m.has |= FSS__K_token_expires_us;
		m.expires_us = job->found.expires_us;
	}
	r = fss__job_answer(job, &m);
	fss__memzero(token, sizeof(token));
	return r;
}

static int
answer_web(struct fss__job *job, struct fss__ctx *ctx,
    struct fss__slice label, uint64_t ttl_s)
{
	struct fss__token_wish w;
	int r = ttl_check(ctx, ttl_s);

	memset(&w, 0, sizeof(w));
	w.kind = FSS_DEVICE_WEB;
	w.label = label;
	w.scopes = FSS__SCOPES_ALL;
	w.ttl_s = ttl_s;
	w.most = FSS__MAX_WEB_LOGINS;
	w.replace = true;
	return r != 0 ? r : answer_token(job, ctx, &w);
}

static int
register_web_write(struct fss__job *job, struct fss__ctx *ctx)
{
	const struct fss__m_register_web *m = &job->m.REGISTER_WEB;
	struct fss__m_register whole = registration(job);
	int r;

	r = fss__account_create(ctx, &whole, job->hash, NULL, &job->found);
	return r != 0 ? r : answer_web(job, ctx, text(m->label,
	    m->has & FSS__K_register_web_label),
	    m->has & FSS__K_register_web_ttl_s ? m->ttl_s : WEB_TTL_S);
}

static int
login_web_write(struct fss__job *job, struct fss__ctx *ctx)
{
	const struct fss__m_login_web *m = &job->m.LOGIN_WEB;
	int r;

	r = same_hash(ctx, m->name, job->was);
	if (r == 0)
		r = fss__account_named(ctx, m->name, &job->found);
	if (r == FSS_EAUTH)
		return wrong_password(ctx);
	if (r == 0 && strcmp(job->hash, job->was) != 0)
		r = fss__account_rehash(ctx, &job->found, job->hash);
	if (r == 0)
		r = fss__hub_read_person(job, ctx);
	return r != 0 ? r : answer_web(job, ctx, text(m->label,
	    m->has & FSS__K_login_web_label),
	    m->has & FSS__K_login_web_ttl_s ? m->ttl_s : WEB_TTL_S);
}

static int
token_write(struct fss__job *job, struct fss__ctx *ctx)
{
	const struct fss__m_token_new *m = &job->m.TOKEN_NEW;
	struct fss__token_wish w;
	int r = 0;

	memset(&w, 0, sizeof(w));
	w.kind = FSS_DEVICE_TOKEN;
	w.label = m->label;
	w.scopes = (uint32_t)m->scopes;
	w.most = FSS__MAX_API_TOKENS;
	if (m->has & FSS__K_token_new_ttl_s) {
		w.ttl_s = m->ttl_s;
		r = ttl_check(ctx, m->ttl_s);
	}
	if (r == 0 && (w.scopes == 0 || m->label.n == 0))
		r = fss__err_set(&ctx->err, FSS_EINVAL,
		    "a token has a label and a scope at least");
	job->found = job->who;
	return r != 0 ? r : answer_token(job, ctx, &w);
}

/* ---- PASSWD ----------------------------------------------------------- */

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

#define READ	FSS__LANE_READ
#define WRITE	FSS__LANE_WRITE
#define KDF	FSS__LANE_KDF
#define SECRET	(FSS__H_SECRET | FSS__H_RATED)

const struct fss__handler fss__handlers_login[] = {
	{ FSS__MSG_REGISTER, SECRET,
	    {{ READ, register_read }, { KDF, register_hash },
	    { WRITE, register_write }}, login_finish },
	{ FSS__MSG_LOGIN, SECRET,
	    {{ READ, login_read }, { KDF, login_verify },
	    { WRITE, login_write }}, login_finish },
	{ FSS__MSG_REGISTER_WEB, SECRET,
	    {{ READ, register_read }, { KDF, register_hash },
	    { WRITE, register_web_write }}, login_finish },
	{ FSS__MSG_LOGIN_WEB, SECRET,
	    {{ READ, login_read }, { KDF, login_verify },
	    { WRITE, login_web_write }}, login_finish },
	{ FSS__MSG_TOKEN_NEW, 0, {{ WRITE, token_write }}, NULL },
	{ FSS__MSG_PASSWD, SECRET,
	    {{ READ, passwd_read }, { KDF, passwd_hash },
	    { WRITE, passwd_write }}, passwd_finish },
	{ 0, 0, {{ READ, NULL }}, NULL }
};
