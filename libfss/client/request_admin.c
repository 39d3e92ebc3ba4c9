/*
 * The public calls of <fss/admin.h>.
 */
#include <string.h>

#include <fss/admin.h>

#include "client/list.h"
#include "client/request.h"
#include "client/stage.h"

int
fss_client_hub(fss_client *c, void *user, fss_op *ret_op)
{
	struct fss__m_empty m;

	memset(&m, 0, sizeof(m));
	return fss__request_start(c, FSS__MSG_HUB, &m, NULL, user, ret_op);
}

int
fss_client_invites(fss_client *c, void *user, fss_op *ret_op)
{
	struct lister *l;
	int r = fss__lister_new(c, FSS__MSG_INVITES, user, &l);

	return r != 0 ? r : fss__lister_begin(l, ret_op);
}

int
fss_client_invite_withdraw(fss_client *c, const char *id, void *user,
    fss_op *ret_op)
{
	uint8_t raw[FSS__STAGE_ID];
	struct fss__m_invite_withdraw m;
	int r;

	memset(&m, 0, sizeof(m));
	r = fss__client_hexid(c, "an invite", id, raw, &m.id);
	if (r != 0)
		return r;
	m.has = FSS__K_invite_withdraw_id;
	return fss__request_start(c, FSS__MSG_INVITE_WITHDRAW, &m, NULL, user,
	    ret_op);
}
