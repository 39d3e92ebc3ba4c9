/*
 * The public calls about sessions and accounts: check the arguments, fill in
 * the request's record, start it.
 */
#include <string.h>

#include "base/str.h"
#include "client/request.h"

static int
password_check(fss_client *c, const char *text, struct fss__slice *ret)
{
	return fss__client_text(c, "a password", text, FSS__MAX_PASSWORD_MIN,
	    FSS__MAX_PASSWORD, FSS_EPASSWORD, ret);
}

static int
start_empty(fss_client *c, unsigned type, void *user, fss_op *ret_op)
{
	struct fss__m_empty m;

	memset(&m, 0, sizeof(m));
	return fss__request_start(c, type, &m, NULL, user, ret_op);
}

int
fss_client_ping(fss_client *c, void *user, fss_op *ret_op)
{
	return start_empty(c, FSS__MSG_PING, user, ret_op);
}

int
fss_client_whoami(fss_client *c, void *user, fss_op *ret_op)
{
	return start_empty(c, FSS__MSG_WHOAMI, user, ret_op);
}

int
fss_client_register(fss_client *c, const char *name, const char *password,
    const char *invite, void *user, fss_op *ret_op)
{
	struct fss__m_register m;
	int r;

	memset(&m, 0, sizeof(m));
	if ((r = fss__client_name(c, "a name", name, &m.name)) != 0 ||
	    (r = password_check(c, password, &m.password)) != 0)
		return r;
	m.has = FSS__K_register_name | FSS__K_register_password;
	if (invite != NULL) {
		r = fss__client_text(c, "an invite", invite, 1, FSS__MAX_INVITE,
		    FSS_EINVAL, &m.invite);
		if (r != 0)
			return r;
		m.has |= FSS__K_register_invite;
	}
	if (c->device_name[0] != '\0') {
		m.device_name = fss__slice_str(c->device_name);
		m.has |= FSS__K_register_device_name;
	}
	return fss__request_start(c, FSS__MSG_REGISTER, &m, NULL, user, ret_op);
}

int
fss_client_login(fss_client *c, const char *name, const char *password,
    void *user, fss_op *ret_op)
{
	struct fss__m_login m;
	int r;

	memset(&m, 0, sizeof(m));
	if ((r = fss__client_name(c, "a name", name, &m.name)) != 0)
		return r;
	r = fss__client_text(c, "a password", password, 1, FSS__MAX_PASSWORD,
	    FSS_EINVAL, &m.password);
	if (r != 0)
		return r;
	m.has = FSS__K_login_name | FSS__K_login_password;
	if (c->device_name[0] != '\0') {
		m.device_name = fss__slice_str(c->device_name);
		m.has |= FSS__K_login_device_name;
	}
	return fss__request_start(c, FSS__MSG_LOGIN, &m, NULL, user, ret_op);
}

int
fss_client_logout(fss_client *c, uint32_t flags, void *user, fss_op *ret_op)
{
	struct fss__m_logout m;
	int r = fss__client_check(c);

	if (r == 0)
		r = fss__client_flags(c, flags, FSS_LOGOUT_EVERYWHERE |
		    FSS_LOGOUT_FORGET);
	if (r != 0)
		return r;
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_logout_everywhere | FSS__K_logout_forget;
	m.everywhere = (flags & FSS_LOGOUT_EVERYWHERE) != 0;
	m.forget = (flags & FSS_LOGOUT_FORGET) != 0;
	return fss__request_start(c, FSS__MSG_LOGOUT, &m, NULL, user, ret_op);
}

int
fss_client_passwd(fss_client *c, const char *old_password,
    const char *new_password, void *user, fss_op *ret_op)
{
	struct fss__m_passwd m;
	int r;

	memset(&m, 0, sizeof(m));
	if ((r = fss__client_text(c, "a password", old_password, 1,
	    FSS__MAX_PASSWORD, FSS_EINVAL, &m.old_password)) != 0 ||
	    (r = password_check(c, new_password, &m.new_password)) != 0)
		return r;
	m.has = FSS__K_passwd_old_password | FSS__K_passwd_new_password;
	return fss__request_start(c, FSS__MSG_PASSWD, &m, NULL, user, ret_op);
}

int
fss_client_device_revoke(fss_client *c, int64_t device, void *user,
    fss_op *ret_op)
{
	struct fss__m_device_revoke m;
	int r = fss__client_check(c);

	if (r != 0)
		return r;
	if (device < 0)
		return fss__client_fail(c, FSS_EINVAL, "no such device id");
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_device_revoke_id;
	m.id = (uint64_t)device;
	return fss__request_start(c, FSS__MSG_DEVICE_REVOKE, &m, NULL, user,
	    ret_op);
}

int
fss_client_invite(fss_client *c, int role, unsigned uses, uint64_t ttl_s,
    void *user, fss_op *ret_op)
{
	struct fss__m_invite m;
	int r = fss__client_check(c);

	if (r != 0)
		return r;
	if (role < FSS_ROLE_USER || role > FSS_ROLE_ADMIN || uses < 1 ||
	    uses > 1000)
		return fss__client_fail(c, FSS_EINVAL,
		    "an invite has a known role and 1 to 1000 uses");
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_invite_role | FSS__K_invite_uses;
	m.role = (uint64_t)role;
	m.uses = uses;
	if (ttl_s != 0) {
		m.has |= FSS__K_invite_ttl_s;
		m.ttl_s = ttl_s;
	}
	return fss__request_start(c, FSS__MSG_INVITE, &m, NULL, user, ret_op);
}

int
fss_client_user_set(fss_client *c, const char *name, int role, int locked,
    int64_t quota_bytes, int64_t quota_files, void *user, fss_op *ret_op)
{
	struct fss__m_user_set m;
	int r;

	memset(&m, 0, sizeof(m));
	if ((r = fss__client_name(c, "a name", name, &m.name)) != 0)
		return r;
	if (role < FSS_USER_UNCHANGED || role > FSS_ROLE_ADMIN ||
	    locked < FSS_USER_UNCHANGED || locked > 1 ||
	    quota_bytes < FSS_USER_UNCHANGED ||
	    quota_files < FSS_USER_UNCHANGED)
		return fss__client_fail(c, FSS_EINVAL,
		    "role, lock or quota is out of range");
	m.has = FSS__K_user_set_name;
	if (role >= 0) {
		m.has |= FSS__K_user_set_role;
		m.role = (uint64_t)role;
	}
	if (locked >= 0) {
		m.has |= FSS__K_user_set_locked;
		m.locked = locked == 1;
	}
	if (quota_bytes >= 0) {
		m.has |= FSS__K_user_set_quota_bytes;
		m.quota_bytes = (uint64_t)quota_bytes;
	}
	if (quota_files >= 0) {
		m.has |= FSS__K_user_set_quota_files;
		m.quota_files = (uint64_t)quota_files;
	}
	return fss__request_start(c, FSS__MSG_USER_SET, &m, NULL, user, ret_op);
}

int
fss_client_group_set(fss_client *c, const char *group, const char *member,
    int remove, void *user, fss_op *ret_op)
{
	struct fss__m_group_set m;
	int r;

	memset(&m, 0, sizeof(m));
	if ((r = fss__client_name(c, "a group", group, &m.group)) != 0 ||
	    (r = fss__client_name(c, "a member", member, &m.member)) != 0)
		return r;
	if (remove != 0 && remove != 1)
		return fss__client_fail(c, FSS_EINVAL, "remove is 0 or 1");
	m.has = FSS__K_group_set_group | FSS__K_group_set_member |
	    FSS__K_group_set_remove;
	m.remove = remove == 1;
	return fss__request_start(c, FSS__MSG_GROUP_SET, &m, NULL, user,
	    ret_op);
}
