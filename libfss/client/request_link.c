/*
 * The public calls of <fss/link.h>: check the arguments, fill in the request's
 * record, start it.
 */
#include <string.h>

#include <fss/link.h>

#include "base/str.h"
#include "client/list.h"
#include "client/request.h"

static int
optional(fss_client *c, const char *what, const char *text, size_t min,
    size_t max, uint32_t bit, uint32_t *has, struct fss__slice *ret)
{
	if (text == NULL)
		return 0;
	*has |= bit;
	return fss__client_text(c, what, text, min, max, FSS_EINVAL, ret);
}

int
fss_client_link_new(fss_client *c, const char *path, int kind, uint32_t flags,
    const char *password, int64_t expires_us, uint64_t limit,
    const char *label, void *user, fss_op *ret_op)
{
	char canonical[FSS_LIMIT_PATH + 1];
	struct fss__m_link_new m;
	int r;

	memset(&m, 0, sizeof(m));
	r = fss__client_own_path(c, path, canonical);
	if (r == 0)
		r = fss__client_flags(c, flags, FSS_LINK_FOLLOW);
	if (r == 0)
		r = optional(c, "a password", password, FSS__MAX_PASSWORD_MIN,
		    FSS__MAX_PASSWORD, FSS__K_link_new_password, &m.has,
		    &m.password);
	if (r == 0)
		r = optional(c, "a label", label, 1, FSS__MAX_LABEL,
		    FSS__K_link_new_label, &m.has, &m.label);
	if (r != 0)
		return r;
	if (kind != FSS_LINK_DOWNLOAD && kind != FSS_LINK_UPLOAD)
		return fss__client_fail(c, FSS_EINVAL, "no such kind of link");
	if (expires_us < 0 || limit > FSS__MAX_LINK_LIMIT)
		return fss__client_fail(c, FSS_EINVAL,
		    "no such time or limit");
	m.has |= FSS__K_link_new_path | FSS__K_link_new_kind |
	    FSS__K_link_new_follow;
	m.path = fss__slice_str(canonical);
	m.kind = (uint64_t)kind;
	m.follow = (flags & FSS_LINK_FOLLOW) != 0;
	if (expires_us != 0) {
		m.has |= FSS__K_link_new_expires_us;
		m.expires_us = expires_us;
	}
	if (limit != 0) {
		m.has |= FSS__K_link_new_limit;
		m.limit = limit;
	}
	return fss__request_start(c, FSS__MSG_LINK_NEW, &m, NULL, user,
	    ret_op);
}

int
fss_client_links(fss_client *c, void *user, fss_op *ret_op)
{
	struct lister *l;
	int r = fss__lister_new(c, FSS__MSG_LINKS, user, &l);

	return r != 0 ? r : fss__lister_begin(l, ret_op);
}

int
fss_client_link_revoke(fss_client *c, int64_t link, void *user,
    fss_op *ret_op)
{
	struct fss__m_link_revoke m;
	int r = fss__client_check(c);

	if (r != 0)
		return r;
	if (link < 1)
		return fss__client_fail(c, FSS_EINVAL, "no such id of a link");
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_link_revoke_id;
	m.id = (uint64_t)link;
	return fss__request_start(c, FSS__MSG_LINK_REVOKE, &m, NULL, user,
	    ret_op);
}

int
fss_client_link_open(fss_client *c, const char *token, const char *password,
    void *user, fss_op *ret_op)
{
	struct fss__m_link_open m;
	int r;

	memset(&m, 0, sizeof(m));
	r = fss__client_text(c, "a link's token", token, 1, FSS__MAX_TOKEN,
	    FSS_EINVAL, &m.token);
	if (r == 0)
		r = optional(c, "a password", password, 0, FSS__MAX_PASSWORD,
		    FSS__K_link_open_password, &m.has, &m.password);
	if (r != 0)
		return r;
	m.has |= FSS__K_link_open_token;
	return fss__request_start(c, FSS__MSG_LINK_OPEN, &m, NULL, user,
	    ret_op);
}

int
fss_client_link_take(fss_client *c, const char *path, void *user,
    fss_op *ret_op)
{
	char owner[FSS_LIMIT_ACCOUNT + 1], canonical[FSS_LIMIT_PATH + 1];
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_link_take m;
	int r;

	memset(&m, 0, sizeof(m));
	r = fss__client_path(c, path, owner, canonical);
	if (r == 0 && owner[0] != '\0')
		r = fss__client_fail(c, FSS_EINVAL,
		    "what is linked is at :/PATH");
	if (r != 0)
		return r;
	m.has = FSS__K_link_take_op | FSS__K_link_take_path;
	fss__op_id(op, &m.op);
	m.path = fss__slice_str(canonical);
	return fss__request_start(c, FSS__MSG_LINK_TAKE, &m, NULL, user,
	    ret_op);
}

int
fss_client_link_done(fss_client *c, int64_t ticket, int complete, void *user,
    fss_op *ret_op)
{
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_link_done m;
	int r = fss__client_check(c);

	if (r != 0)
		return r;
	if (ticket < 1 || complete < 0 || complete > 1)
		return fss__client_fail(c, FSS_EINVAL, "no such ticket");
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_link_done_op | FSS__K_link_done_ticket |
	    FSS__K_link_done_complete;
	fss__op_id(op, &m.op);
	m.ticket = (uint64_t)ticket;
	m.complete = complete != 0;
	return fss__request_start(c, FSS__MSG_LINK_DONE, &m, NULL, user,
	    ret_op);
}
