/*
 * Operations that are one request and one answer, and checks of arguments.
 *
 * A request is encoded at once, so nothing of the arguments is kept.  What
 * the answer becomes follows from its record: an account, an invite, an
 * entry, a request or a rule is a row of DONE, the status of a single one its
 * error.
 *
 * The public calls are in request_session.c, request_entry.c and ask.c; lists
 * in list.c, transfers in upload.c and download.c.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/str.h"
#include "base/time.h"
#include "client/request.h"
#include "crypto/keys.h"
#include "store/localidx.h"

struct simple {
	struct fss__op	 op;
	struct fss__call call;
	char		 owner[FSS_LIMIT_ACCOUNT + 1];
	char		*offer;		/* ASK upload: the local file; or NULL */
};

static int
waits(struct fss__op *op)
{
	(void)op;
	return 0;
}

static void
simple_release(struct fss__op *op)
{
	struct simple *sm = (struct simple *)op;

	fss__free(sm->offer);
	sm->offer = NULL;
}

static const struct fss__op_class simple_class = {
	"request", waits, simple_release, NULL, NULL
};

/* The session's account as the answers tell it. */
static void
note_account(struct fss__person *p, unsigned type, struct fss__slice name)
{
	if (type == FSS__MSG_LOGOUT)
		p->account[0] = '\0';
	else if (type == FSS__MSG_LOGIN || type == FSS__MSG_REGISTER ||
	    type == FSS__MSG_WHOAMI || type == FSS__MSG_LOGIN_WEB ||
	    type == FSS__MSG_REGISTER_WEB)
		/* Its length was checked: it fits. */
		(void)fss__slice_copy(name, p->account, sizeof(p->account));
}

/* A token that the session was given is its own from now on. */
static int
take_token(struct simple *sm, const struct fss__m_token *m, unsigned type,
    struct fss__rowset *rows)
{
	note_account(sm->op.who, type, m->name);
	if (type != FSS__MSG_TOKEN_NEW)
		fss__cs_set_token(sm->op.who->cs, m->token);
	return fss__rowset_add(rows, &fss__r_token, m, NULL);
}

static int
take_entry(struct simple *sm, struct fss__rowset *rows, struct fss__list list)
{
	struct fss__row_hint hint = { NULL, NULL, 0 };
	struct fss__m_entry m;

	if (fss__list_next(&list, &fss__r_entry, &m) != 1)
		return fss__err_set(&sm->op.err, FSS_EPROTO,
		    "the answer holds no entry");
	if ((m.has & FSS__K_entry_status) && m.status != 0)
		return -(int)m.status;
	hint.owner = sm->owner[0] != '\0' ? sm->owner : sm->op.who->account;
	return fss__rowset_add(rows, &fss__r_entry, &m, &hint);
}

/* A row says the time, by the hub's clock; an answer how long it is. */
static uint32_t
retry_of(const struct fss__m_request *m)
{
	int64_t now_us = fss__wall_us(), ms;

	if (!(m->has & FSS__K_request_retry_us) || m->retry_us <= now_us)
		return 0;
	ms = (m->retry_us - now_us + 999) / 1000;
	return ms > FSS__MAX_RETRY_MS ? FSS__MAX_RETRY_MS : (uint32_t)ms;
}

/* Of one its status, of several whether all are fine. */
static int
take_requests(struct simple *sm, struct fss__rowset *rows,
    struct fss__list list)
{
	uint32_t count = list.count;
	struct fss__m_request m;
	int r, status = 0;

	while ((r = fss__list_next(&list, &fss__r_request, &m)) == 1) {
		r = fss__rowset_add(rows, &fss__r_request, &m, NULL);
		if (r != 0)
			return r;
		if ((m.has & FSS__K_request_status) && m.status != 0)
			status = count == 1 ? -(int)m.status : FSS_EPARTIAL;
		if (count == 1 && status != 0)
			sm->op.retry_ms = retry_of(&m);
	}
	if (r == 0 && count == 0)
		return fss__err_set(&sm->op.err, FSS_ENOENT,
		    "there is no such request");
	return r != 0 ? r : status;
}

/* Just the one that was asked for. */
static int
take_stage(struct simple *sm, struct fss__rowset *rows, struct fss__list list)
{
	struct fss__row_hint hint = { NULL, NULL, 0 };
	struct fss__m_stage m;

	if (fss__list_next(&list, &fss__r_stage, &m) != 1)
		return fss__err_set(&sm->op.err, FSS_ENOENT,
		    "there is no such upload");
	hint.owner = sm->op.who->account;
	return fss__rowset_add(rows, &fss__r_stage, &m, &hint);
}

/* Where the file to be uploaded after the yes is. */
static int
note_offer(struct simple *sm, const struct fss__m_request *m)
{
	struct fss__localidx *x = sm->op.c->index;

	if (sm->offer == NULL || x == NULL)
		return 0;
	return fss__localidx_offer_set(x, m->id, fss__slice_str(sm->offer));
}

/* Makes rows of an answer; 0, or what it ends with. */
static int
take_answer(struct simple *sm, const struct fss__cs_answer *a,
    struct fss__rowset *rows)
{
	union {
		struct fss__m_account account;
		struct fss__m_invite_code invite;
		struct fss__m_entry_list entries;
		struct fss__m_request request;
		struct fss__m_request_list requests;
		struct fss__m_rule rule;
		struct fss__m_token token;
		struct fss__m_stage stage;
		struct fss__m_stage_list stages;
		struct fss__m_hub hub;
		struct fss__m_link link;
		struct fss__m_empty empty;
	} m;
	const struct fss__record *rec = fss__message_find(a->type)->answer;
	struct fss__row_hint hint = { NULL, NULL, 0 };
	struct fss__slice nobody = { NULL, 0 };
	int r;

	r = fss__call_decode(a, &m, &sm->op.err);
	if (r != 0)
		return r;
	if (rec == &fss__r_account) {
		note_account(sm->op.who, a->type, m.account.name);
		return fss__rowset_add(rows, rec, &m, NULL);
	}
	if (rec == &fss__r_token)
		return take_token(sm, &m.token, a->type, rows);
	if (rec == &fss__r_link && a->type == FSS__MSG_LINK_OPEN)
		fss__cs_set_token(sm->op.who->cs, m.link.token);
	if (rec == &fss__r_invite_code || rec == &fss__r_rule ||
	    rec == &fss__r_hub || rec == &fss__r_link)
		return fss__rowset_add(rows, rec, &m, NULL);
	if (rec == &fss__r_stage) {
		hint.owner = sm->owner[0] != '\0' ? sm->owner :
		    sm->op.who->account;
		return fss__rowset_add(rows, rec, &m, &hint);
	}
	if (rec == &fss__r_stage_list)
		return take_stage(sm, rows, m.stages.stages);
	if (rec == &fss__r_request) {
		r = fss__rowset_add(rows, rec, &m, NULL);
		return r != 0 ? r : note_offer(sm, &m.request);
	}
	if (rec == &fss__r_request_list)
		return take_requests(sm, rows, m.requests.requests);
	if (rec == &fss__r_entry_list)
		return take_entry(sm, rows, m.entries.entries);
	note_account(sm->op.who, a->type, nobody);
	return 0;
}

static void
answered(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct simple *sm = (struct simple *)call->op;
	struct fss__rowset *rows;
	int r;

	if (sm->op.ending)
		return;
	if (a->err.code != 0) {
		fss__op_end(&sm->op, a->err.code, a->err.detail, NULL);
		return;
	}
	rows = fss__rowset_new();
	r = rows != NULL ? take_answer(sm, a, rows) : FSS_ENOMEM;
	if (rows != NULL && fss__rowset_count(rows) == 0) {
		fss__rowset_free(rows);
		rows = NULL;
	}
	fss__op_end(&sm->op, r, sm->op.err.detail, rows);
}

static int
start(fss_client *c, unsigned type, const void *msg, const char *owner,
    const char *offer, void *user, fss_op *ret_op)
{
	struct simple *sm = NULL;
	int r;

	r = fss__op_new(c, &simple_class, sizeof(*sm), user, &sm);
	if (r != 0)
		return r;
	/* It was parsed into as much room. */
	(void)fss__fmt(sm->owner, sizeof(sm->owner), "%s",
	    owner != NULL ? owner : "");
	r = 0;
	if (offer != NULL) {
		sm->offer = fss__strdup(offer);
		r = sm->offer != NULL ? 0 : FSS_ENOMEM;
	}
	if (r == 0)
		r = fss__call_start(&sm->op, &sm->call, type, msg, NULL,
		    answered);
	if (r != 0) {
		fss__op_abandon(&sm->op);
		return fss__client_fail(c, r, "cannot send: %s",
		    fss_strerror(r));
	}
	return fss__op_begin(&sm->op, ret_op);
}

int
fss__request_start(fss_client *c, unsigned type, const void *msg,
    const char *owner, void *user, fss_op *ret_op)
{
	return start(c, type, msg, owner, NULL, user, ret_op);
}

int
fss__request_offer(fss_client *c, const struct fss__m_ask *m,
    const char *local, void *user, fss_op *ret_op)
{
	return start(c, FSS__MSG_ASK, m, NULL, local, user, ret_op);
}

/* ---- arguments -------------------------------------------------------- */

int
fss__client_flags(fss_client *c, uint32_t flags, uint32_t known)
{
	if ((flags & ~known) != 0)
		return fss__client_fail(c, FSS_EINVAL, "unknown flags 0x%x",
		    (unsigned)(flags & ~known));
	return 0;
}

int
fss__client_path(fss_client *c, const char *text, char *owner, char *path)
{
	const char *why = NULL;
	int r = fss__client_check(c);

	if (r != 0)
		return r;
	r = fss__remote_parse(text, owner, path, &why);
	if (r == FSS_EINVAL)
		return fss__client_fail(c, r, "a remote path is written "
		    "OWNER:/PATH or :/PATH");
	if (why != NULL)
		return fss__client_fail(c, r, "'%s' %s", text, why);
	if (r != 0)
		return fss__client_fail(c, r, "'%s' is not allowed: %s", text,
		    fss_strerror(r));
	return 0;
}

int
fss__client_own_path(fss_client *c, const char *text, char *path)
{
	char owner[FSS_LIMIT_ACCOUNT + 1];
	int r = fss__client_path(c, text, owner, path);

	if (r == 0 && owner[0] != '\0' && strcmp(owner, c->as->account) != 0)
		return fss__client_fail(c, FSS_EINVAL,
		    "'%s' is not in one's own space", text);
	return r;
}

int
fss__client_who(fss_client *c, const char *text, struct fss__slice *ret)
{
	return fss__client_text(c, "an account or @group", text, 1,
	    FSS_LIMIT_ACCOUNT + 1, FSS_EINVAL, ret);
}

/* A text of @min to @max bytes of UTF-8 into @ret. */
int
fss__client_text(fss_client *c, const char *what, const char *text, size_t min,
    size_t max, int err, struct fss__slice *ret)
{
	int r = fss__client_check(c);

	if (r != 0)
		return r;
	*ret = fss__slice_str(text);
	if (text == NULL || ret->n < min || ret->n > max ||
	    !fss__utf8_valid(*ret))
		return fss__client_fail(c, err,
		    "%s is of %zu to %zu bytes of UTF-8", what, min, max);
	return 0;
}

int
fss__client_name(fss_client *c, const char *what, const char *text,
    struct fss__slice *ret)
{
	return fss__client_text(c, what, text, 1, FSS_LIMIT_ACCOUNT,
	    FSS_EINVAL, ret);
}

void
fss__op_id(uint8_t id[FSS__OP_BYTES], struct fss__slice *ret)
{
	fss__random(id, FSS__OP_BYTES);
	ret->p = id;
	ret->n = FSS__OP_BYTES;
}

void
fss__ref_fill(struct fss__m_ref *ref, const char *owner, const char *path,
    uint64_t number)
{
	memset(ref, 0, sizeof(*ref));
	ref->has = FSS__K_ref_owner | FSS__K_ref_path;
	ref->owner = fss__slice_str(owner);
	ref->path = fss__slice_str(path);
	if (number != 0) {
		ref->has |= FSS__K_ref_number;
		ref->number = number;
	}
}

void
fss__list_of(struct fss__list *list, const struct fss__buf *b, uint32_t count)
{
	list->p = b->data;
	list->n = b->len;
	list->count = count;
}

int
fss__stat_start(struct fss__op *op, struct fss__call *call, const char *owner,
    const char *path, uint64_t number, fss__call_fn fn)
{
	struct fss__m_ref ref;
	struct fss__m_stat m;
	struct fss__buf list;
	int r;

	fss__ref_fill(&ref, owner, path, number);
	fss__buf_init(&list, FSS__MAX_HEADER);
	r = fss__record_encode(&list, &fss__r_ref, &ref);
	if (r == 0) {
		memset(&m, 0, sizeof(m));
		m.has = FSS__K_stat_refs;
		fss__list_of(&m.refs, &list, 1);
		r = fss__call_start(op, call, FSS__MSG_STAT, &m, NULL, fn);
	}
	fss__buf_release(&list);
	return r;
}

int
fss__stat_answer(struct fss__op *op, const struct fss__cs_answer *a,
    struct fss__m_entry *ret_e)
{
	struct fss__m_entry_list m;
	int r;

	if (a->err.code != 0)
		return fss__err_set(&op->err, a->err.code, "%s",
		    a->err.detail);
	r = fss__call_decode(a, &m, &op->err);
	if (r == 0 && fss__list_next(&m.entries, &fss__r_entry, ret_e) != 1)
		r = FSS_EPROTO;
	return r;
}
