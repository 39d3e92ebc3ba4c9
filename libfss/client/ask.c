/*
 * The public calls about requests, rules and how one is shown: check the
 * arguments, fill in the request's record, start it.
 *
 * All but hide() carry an id of their own, so that repeating them after a
 * reconnect has no second effect.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/num.h"
#include "base/str.h"
#include "client/local.h"
#include "client/request.h"

#define TTL_MAX_S	31536000	/* a year */
#define KINDS_ALL	(1u << FSS_REQUEST_GET | 1u << FSS_REQUEST_UPLOAD)

int
fss_client_hide(fss_client *c, int hidden, void *user, fss_op *ret_op)
{
	struct fss__m_presence m;
	int r = fss__client_check(c);

	if (r != 0)
		return r;
	if (hidden != 0 && hidden != 1)
		return fss__client_fail(c, FSS_EINVAL, "hidden is 0 or 1");
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_presence_hidden;
	m.hidden = hidden == 1;
	return fss__request_start(c, FSS__MSG_PRESENCE, &m, NULL, user,
	    ret_op);
}

/* ---- asking ----------------------------------------------------------- */

static int
note(fss_client *c, const char *text, struct fss__m_ask *m)
{
	int r;

	if (text == NULL)
		return 0;
	r = fss__client_text(c, "a note", text, 1, FSS__MAX_NOTE, FSS_EINVAL,
	    &m->text);
	if (r == 0)
		m->has |= FSS__K_ask_text;
	return r;
}

static int
ttl(fss_client *c, uint64_t ttl_s, struct fss__m_ask *m)
{
	if (ttl_s == 0)
		return 0;
	if (ttl_s > TTL_MAX_S)
		return fss__client_fail(c, FSS_EINVAL,
		    "a request lives a year at most");
	m->has |= FSS__K_ask_ttl_s;
	m->ttl_s = ttl_s;
	return 0;
}

void
fss__ask_fill(struct fss__m_ask *m, int kind, const char *owner,
    const char *path, uint8_t op[FSS__OP_BYTES])
{
	memset(m, 0, sizeof(*m));
	m->has = FSS__K_ask_op | FSS__K_ask_kind;
	m->kind = (uint64_t)kind;
	fss__op_id(op, &m->op);
	if (path != NULL) {
		m->has |= FSS__K_ask_owner | FSS__K_ask_path;
		m->owner = fss__slice_str(owner);
		m->path = fss__slice_str(path);
	}
}

int
fss_client_ask(fss_client *c, const char *path, const char *text,
    uint64_t ttl_s, void *user, fss_op *ret_op)
{
	char owner[FSS_LIMIT_ACCOUNT + 1], canonical[FSS_LIMIT_PATH + 1];
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_ask m;
	int r;

	r = fss__client_path(c, path, owner, canonical);
	if (r != 0)
		return r;
	fss__ask_fill(&m, FSS_REQUEST_GET, owner, canonical, op);
	if ((r = note(c, text, &m)) != 0 || (r = ttl(c, ttl_s, &m)) != 0)
		return r;
	return fss__request_start(c, FSS__MSG_ASK, &m, NULL, user, ret_op);
}

int
fss_client_ask_want(fss_client *c, const char *text, const char *from,
    uint64_t ttl_s, void *user, fss_op *ret_op)
{
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_ask m;
	int r = fss__client_check(c);

	if (r != 0)
		return r;
	fss__ask_fill(&m, FSS_REQUEST_WANT, NULL, NULL, op);
	m.has |= FSS__K_ask_text;
	r = fss__client_text(c, "a wish", text, 1, FSS__MAX_NOTE, FSS_EINVAL,
	    &m.text);
	if (r == 0 && from != NULL) {
		m.has |= FSS__K_ask_target;
		r = fss__client_who(c, from, &m.target);
	}
	if (r == 0)
		r = ttl(c, ttl_s, &m);
	if (r != 0)
		return r;
	return fss__request_start(c, FSS__MSG_ASK, &m, NULL, user, ret_op);
}

int
fss_client_ask_upload(fss_client *c, const char *local, const char *remote,
    const char *text, void *user, fss_op *ret_op)
{
	char owner[FSS_LIMIT_ACCOUNT + 1], canonical[FSS_LIMIT_PATH + 1];
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_ask m;
	struct stat st;
	char *whole;
	int r;

	r = fss__client_path(c, remote, owner, canonical);
	if (r != 0)
		return r;
	if (local == NULL || local[0] == '\0')
		return fss__client_fail(c, FSS_EINVAL,
		    "no local path was given");
	if (stat(local, &st) != 0)
		return fss__client_fail(c, fss__errno(errno),
		    "cannot read '%.150s': %s", local,
		    fss_strerror(fss__errno(errno)));
	if (!S_ISREG(st.st_mode))
		return fss__client_fail(c, S_ISDIR(st.st_mode) ? FSS_EISDIR :
		    FSS_ENOTSUP, "'%.150s' is no file", local);
	fss__ask_fill(&m, FSS_REQUEST_UPLOAD, owner, canonical, op);
	m.has |= FSS__K_ask_size;
	m.size = (uint64_t)st.st_size;
	r = note(c, text, &m);
	if (r != 0)
		return r;
	/* The agent works in another folder. */
	r = fss__local_absolute(local, &whole);
	if (r != 0)
		return fss__client_fail(c, r, "cannot find '%.150s': %s",
		    local, fss_strerror(r));
	r = fss__request_offer(c, &m, whole, user, ret_op);
	fss__free(whole);
	return r;
}

int
fss_client_ask_upload_size(fss_client *c, const char *remote, uint64_t size,
    const char *text, void *user, fss_op *ret_op)
{
	char owner[FSS_LIMIT_ACCOUNT + 1], canonical[FSS_LIMIT_PATH + 1];
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_ask m;
	int r;

	r = fss__client_path(c, remote, owner, canonical);
	if (r != 0)
		return r;
	fss__ask_fill(&m, FSS_REQUEST_UPLOAD, owner, canonical, op);
	m.has |= FSS__K_ask_size;
	m.size = size;
	r = note(c, text, &m);
	if (r != 0)
		return r;
	return fss__request_start(c, FSS__MSG_ASK, &m, NULL, user, ret_op);
}

/* ---- answering -------------------------------------------------------- */

static void
put_ids(uint8_t *p, const uint64_t *ids, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		fss__put_le64(p + i * 8, ids[i]);
}

int
fss_client_request(fss_client *c, uint64_t id, void *user, fss_op *ret_op)
{
	struct fss__m_requests m;
	uint8_t bytes[8];
	int r = fss__client_check(c);

	if (r != 0)
		return r;
	if (id == 0)
		return fss__client_fail(c, FSS_EINVAL,
		    "requests are numbered from 1");
	put_ids(bytes, &id, 1);
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_requests_ids;
	m.ids.p = bytes;
	m.ids.n = sizeof(bytes);
	return fss__request_start(c, FSS__MSG_REQUESTS, &m, NULL, user,
	    ret_op);
}

int
fss_client_decide(fss_client *c, const uint64_t *ids, size_t count, int event,
    const char *detail, void *user, fss_op *ret_op)
{
	uint8_t op[FSS__OP_BYTES], bytes[FSS__MAX_BATCH * 8];
	struct fss__m_decide m;
	int r = fss__client_check(c);

	if (r != 0)
		return r;
	if (ids == NULL || count == 0 || count > FSS__MAX_BATCH)
		return fss__client_fail(c, FSS_EINVAL,
		    "1 to %d requests are decided at a time",
		    FSS__MAX_BATCH);
	if (event < FSS_REQUEST_SEE || event > FSS_REQUEST_RETRY)
		return fss__client_fail(c, FSS_EINVAL, "no such decision");
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_decide_op | FSS__K_decide_ids | FSS__K_decide_event;
	fss__op_id(op, &m.op);
	put_ids(bytes, ids, count);
	m.ids.p = bytes;
	m.ids.n = count * 8;
	m.event = (uint64_t)event;
	if (detail != NULL) {
		r = fss__client_text(c, "a reason", detail, 1, FSS__MAX_NOTE,
		    FSS_EINVAL, &m.detail);
		if (r != 0)
			return r;
		m.has |= FSS__K_decide_detail;
	}
	return fss__request_start(c, FSS__MSG_DECIDE, &m, NULL, user, ret_op);
}

int
fss_client_fulfil(fss_client *c, uint64_t id, const char *path, void *user,
    fss_op *ret_op)
{
	char canonical[FSS_LIMIT_PATH + 1];
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_fulfil m;
	int r;

	r = fss__client_own_path(c, path, canonical);
	if (r != 0)
		return r;
	if (id == 0)
		return fss__client_fail(c, FSS_EINVAL,
		    "requests are numbered from 1");
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_fulfil_op | FSS__K_fulfil_id | FSS__K_fulfil_path;
	fss__op_id(op, &m.op);
	m.id = id;
	m.path = fss__slice_str(canonical);
	return fss__request_start(c, FSS__MSG_FULFIL, &m, NULL, user, ret_op);
}

/* ---- rules ------------------------------------------------------------ */

static int
rule_limits(fss_client *c, int verdict, int64_t size_max, uint32_t kinds)
{
	if (verdict != FSS_VERDICT_ALLOW && verdict != FSS_VERDICT_DENY)
		return fss__client_fail(c, FSS_EINVAL, "no such verdict");
	if (size_max < -1)
		return fss__client_fail(c, FSS_EINVAL,
		    "a size is 0 or more, or -1");
	if (kinds == 0 || (kinds & ~KINDS_ALL) != 0)
		return fss__client_fail(c, FSS_EINVAL,
		    "rules are for requests of get and of upload");
	return 0;
}

/* @under: a folder in one's own space, as remote or as canonical path. */
static int
rule_folder(fss_client *c, const char *under, char *path)
{
	struct fss__slice s = fss__slice_str(under);

	if (strchr(under, ':') != NULL)
		return fss__client_own_path(c, under, path);
	if (fss__path_check(s, NULL) != 0)
		return fss__client_fail(c, FSS_EPATH,
		    "'%s' is no path of a folder", under);
	return fss__slice_copy(s, path, FSS_LIMIT_PATH + 1);
}

int
fss_client_rule_add(fss_client *c, int verdict, const char *who,
    const char *under, int64_t size_max, uint32_t kinds, const char *detail,
    uint64_t before, void *user, fss_op *ret_op)
{
	char path[FSS_LIMIT_PATH + 1];
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_rule_set m;
	int r = fss__client_check(c);

	if (r == 0)
		r = rule_limits(c, verdict, size_max, kinds);
	if (r != 0)
		return r;
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_rule_set_op | FSS__K_rule_set_verdict |
	    FSS__K_rule_set_kinds;
	fss__op_id(op, &m.op);
	m.verdict = (uint64_t)verdict;
	m.kinds = kinds;
	if (who != NULL) {
		m.has |= FSS__K_rule_set_who;
		r = fss__client_who(c, who, &m.who);
	}
	if (r == 0 && under != NULL) {
		m.has |= FSS__K_rule_set_under;
		r = rule_folder(c, under, path);
		m.under = fss__slice_str(path);
	}
	if (r == 0 && detail != NULL) {
		m.has |= FSS__K_rule_set_detail;
		r = fss__client_text(c, "a reason", detail, 1, FSS__MAX_NOTE,
		    FSS_EINVAL, &m.detail);
	}
	if (r != 0)
		return r;
	if (size_max >= 0) {
		m.has |= FSS__K_rule_set_size_max;
		m.size_max = (uint64_t)size_max;
	}
	if (before != 0) {
		m.has |= FSS__K_rule_set_before;
		m.before = before;
	}
	return fss__request_start(c, FSS__MSG_RULE_SET, &m, NULL, user,
	    ret_op);
}

int
fss_client_rule_remove(fss_client *c, uint64_t id, void *user, fss_op *ret_op)
{
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_rule_set m;
	int r = fss__client_check(c);

	if (r != 0)
		return r;
	if (id == 0)
		return fss__client_fail(c, FSS_EINVAL,
		    "rules are numbered from 1");
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_rule_set_op | FSS__K_rule_set_remove;
	fss__op_id(op, &m.op);
	m.remove = id;
	return fss__request_start(c, FSS__MSG_RULE_SET, &m, NULL, user,
	    ret_op);
}
