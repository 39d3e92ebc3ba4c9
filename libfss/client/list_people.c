/*
 * The public lists of people, requests, rules, holders and the audit.
 */
#include <string.h>

#include "base/str.h"
#include "client/list.h"

#define ALL_STATES	((1u << (FSS_REQUEST_FAILED + 1)) - 1)

int
fss_client_who(fss_client *c, uint32_t flags, void *user, fss_op *ret_op)
{
	struct lister *l;
	int r = fss__client_check(c);

	if (r == 0)
		r = fss__client_flags(c, flags, FSS_WHO_ALL);
	if (r == 0)
		r = fss__lister_new(c, FSS__MSG_WHO, user, &l);
	if (r != 0)
		return r;
	l->flags = flags;
	return fss__lister_begin(l, ret_op);
}

int
fss_client_holders(fss_client *c, const char *path, void *user,
    fss_op *ret_op)
{
	return fss__lister_path(c, FSS__MSG_HOLDERS, path, 0, user,
	    ret_op);
}

int
fss_client_requests(fss_client *c, uint32_t box, uint32_t states, void *user,
    fss_op *ret_op)
{
	struct lister *l;
	int r = fss__client_check(c);

	if (r == 0)
		r = fss__client_flags(c, box, FSS_BOX_IN | FSS_BOX_OUT);
	if (r == 0 && (states & ~ALL_STATES) != 0)
		r = fss__client_fail(c, FSS_EINVAL, "no such state");
	if (r == 0)
		r = fss__lister_new(c, FSS__MSG_REQUESTS, user, &l);
	if (r != 0)
		return r;
	l->flags = box != 0 ? box : FSS_BOX_IN | FSS_BOX_OUT;
	l->states = states;
	return fss__lister_begin(l, ret_op);
}

int
fss_client_rules(fss_client *c, void *user, fss_op *ret_op)
{
	struct lister *l;
	int r = fss__lister_new(c, FSS__MSG_RULES, user, &l);

	return r != 0 ? r : fss__lister_begin(l, ret_op);
}

int
fss_client_audit(fss_client *c, const char *path, const char *name,
    int64_t since_us, uint32_t flags, void *user, fss_op *ret_op)
{
	char owner[FSS_LIMIT_ACCOUNT + 1] = "";
	char canonical[FSS_LIMIT_PATH + 1] = "";
	struct fss__slice who = { NULL, 0 };
	struct lister *l;
	int r = fss__client_check(c);

	if (r == 0)
		r = fss__client_flags(c, flags, FSS_AUDIT_MINE);
	if (r == 0 && path != NULL)
		r = fss__client_path(c, path, owner, canonical);
	if (r == 0 && name != NULL)
		r = fss__client_name(c, "a name", name, &who);
	if (r == 0)
		r = fss__lister_new(c, FSS__MSG_AUDIT, user, &l);
	if (r != 0)
		return r;
	memcpy(l->owner, owner, sizeof(owner));
	memcpy(l->path, canonical, sizeof(canonical));
	(void)fss__slice_copy(who, l->name, sizeof(l->name)); /* was checked */
	l->flags = flags;
	l->since_us = since_us;
	return fss__lister_begin(l, ret_op);
}
