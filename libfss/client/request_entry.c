/*
 * The public calls about single entries: check the arguments, fill in the
 * request's record, start it.  Those that change something carry an id of
 * their own, so that repeating them after a reconnect has no second effect.
 */
#include <string.h>

#include "base/str.h"
#include "client/request.h"

int
fss_client_stat(fss_client *c, const char *path, uint64_t number, void *user,
    fss_op *ret_op)
{
	char owner[FSS_LIMIT_ACCOUNT + 1], canonical[FSS_LIMIT_PATH + 1];
	struct fss__buf list;
	struct fss__m_ref ref;
	struct fss__m_stat m;
	int r;

	r = fss__client_path(c, path, owner, canonical);
	if (r != 0)
		return r;
	fss__ref_fill(&ref, owner, canonical, number);
	fss__buf_init(&list, FSS__MAX_HEADER);
	r = fss__record_encode(&list, &fss__r_ref, &ref);
	if (r != 0) {
		r = fss__client_fail(c, r, "%s", fss_strerror(r));
	} else {
		memset(&m, 0, sizeof(m));
		m.has = FSS__K_stat_refs;
		fss__list_of(&m.refs, &list, 1);
		r = fss__request_start(c, FSS__MSG_STAT, &m, owner, user,
		    ret_op);
	}
	fss__buf_release(&list);
	return r;
}

int
fss_client_mkdir(fss_client *c, const char *path, void *user, fss_op *ret_op)
{
	char owner[FSS_LIMIT_ACCOUNT + 1], canonical[FSS_LIMIT_PATH + 1];
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_commit_item item;
	struct fss__m_commit m;
	struct fss__buf list;
	int r;

	r = fss__client_path(c, path, owner, canonical);
	if (r != 0)
		return r;
	memset(&item, 0, sizeof(item));
	item.has = FSS__K_commit_item_path | FSS__K_commit_item_kind;
	item.path = fss__slice_str(canonical);
	item.kind = FSS_KIND_DIR;
	fss__buf_init(&list, FSS__MAX_HEADER);
	r = fss__record_encode(&list, &fss__r_commit_item, &item);
	if (r != 0) {
		r = fss__client_fail(c, r, "%s", fss_strerror(r));
	} else {
		memset(&m, 0, sizeof(m));
		m.has = FSS__K_commit_op | FSS__K_commit_owner |
		    FSS__K_commit_items;
		fss__op_id(op, &m.op);
		m.owner = fss__slice_str(owner);
		fss__list_of(&m.items, &list, 1);
		r = fss__request_start(c, FSS__MSG_COMMIT, &m, owner, user,
		    ret_op);
	}
	fss__buf_release(&list);
	return r;
}

int
fss_client_remove(fss_client *c, const char *path, uint32_t flags, void *user,
    fss_op *ret_op)
{
	char owner[FSS_LIMIT_ACCOUNT + 1], canonical[FSS_LIMIT_PATH + 1];
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_remove m;
	struct fss__m_ref ref;
	struct fss__buf list;
	int r;

	r = fss__client_path(c, path, owner, canonical);
	if (r == 0)
		r = fss__client_flags(c, flags, FSS_REMOVE_RECURSIVE);
	if (r != 0)
		return r;
	fss__ref_fill(&ref, owner, canonical, 0);
	fss__buf_init(&list, FSS__MAX_HEADER);
	r = fss__record_encode(&list, &fss__r_ref, &ref);
	if (r != 0) {
		r = fss__client_fail(c, r, "%s", fss_strerror(r));
	} else {
		memset(&m, 0, sizeof(m));
		m.has = FSS__K_remove_op | FSS__K_remove_refs |
		    FSS__K_remove_recursive;
		fss__op_id(op, &m.op);
		fss__list_of(&m.refs, &list, 1);
		m.recursive = (flags & FSS_REMOVE_RECURSIVE) != 0;
		r = fss__request_start(c, FSS__MSG_REMOVE, &m, owner, user,
		    ret_op);
	}
	fss__buf_release(&list);
	return r;
}

int
fss_client_move(fss_client *c, const char *from, const char *to,
    uint32_t flags, void *user, fss_op *ret_op)
{
	char owner[FSS_LIMIT_ACCOUNT + 1], from_path[FSS_LIMIT_PATH + 1];
	char owner2[FSS_LIMIT_ACCOUNT + 1], to_path[FSS_LIMIT_PATH + 1];
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_move m;
	int r;

	if ((r = fss__client_path(c, from, owner, from_path)) != 0 ||
	    (r = fss__client_path(c, to, owner2, to_path)) != 0 ||
	    (r = fss__client_flags(c, flags, FSS_MOVE_REPLACE)) != 0)
		return r;
	if (strcmp(owner, owner2) != 0)
		return fss__client_fail(c, FSS_EINVAL,
		    "both paths must be in the same space");
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_move_op | FSS__K_move_owner | FSS__K_move_from |
	    FSS__K_move_to | FSS__K_move_replace;
	fss__op_id(op, &m.op);
	m.owner = fss__slice_str(owner);
	m.from = fss__slice_str(from_path);
	m.to = fss__slice_str(to_path);
	m.replace = (flags & FSS_MOVE_REPLACE) != 0;
	return fss__request_start(c, FSS__MSG_MOVE, &m, owner, user, ret_op);
}

int
fss_client_restore(fss_client *c, const char *path, uint64_t number,
    void *user, fss_op *ret_op)
{
	char owner[FSS_LIMIT_ACCOUNT + 1], canonical[FSS_LIMIT_PATH + 1];
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_restore m;
	int r;

	r = fss__client_path(c, path, owner, canonical);
	if (r != 0)
		return r;
	if (number == 0)
		return fss__client_fail(c, FSS_EINVAL,
		    "versions are numbered from 1");
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_restore_op | FSS__K_restore_owner |
	    FSS__K_restore_path | FSS__K_restore_number;
	fss__op_id(op, &m.op);
	m.owner = fss__slice_str(owner);
	m.path = fss__slice_str(canonical);
	m.number = number;
	return fss__request_start(c, FSS__MSG_RESTORE, &m, owner, user, ret_op);
}

int
fss_client_access(fss_client *c, const char *path, int access, void *user,
    fss_op *ret_op)
{
	char owner[FSS_LIMIT_ACCOUNT + 1], canonical[FSS_LIMIT_PATH + 1];
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_access m;
	int r;

	r = fss__client_path(c, path, owner, canonical);
	if (r != 0)
		return r;
	if (access < FSS_ACCESS_INHERIT || access > FSS_ACCESS_OPEN)
		return fss__client_fail(c, FSS_EINVAL, "no such access");
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_access_op | FSS__K_access_owner | FSS__K_access_path |
	    FSS__K_access_access;
	fss__op_id(op, &m.op);
	m.owner = fss__slice_str(owner);
	m.path = fss__slice_str(canonical);
	m.access = (uint64_t)access;
	return fss__request_start(c, FSS__MSG_ACCESS, &m, owner, user, ret_op);
}

int
fss_client_grant(fss_client *c, const char *path, const char *who,
    uint32_t rights, void *user, fss_op *ret_op)
{
	char owner[FSS_LIMIT_ACCOUNT + 1], canonical[FSS_LIMIT_PATH + 1];
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_grant m;
	int r;

	memset(&m, 0, sizeof(m));
	if ((r = fss__client_path(c, path, owner, canonical)) != 0 ||
	    (r = fss__client_who(c, who, &m.who)) != 0 ||
	    (r = fss__client_flags(c, rights, FSS_RIGHT_SEE | FSS_RIGHT_READ |
	    FSS_RIGHT_CREATE | FSS_RIGHT_WRITE)) != 0)
		return r;
	m.has = FSS__K_grant_op | FSS__K_grant_owner | FSS__K_grant_path |
	    FSS__K_grant_who | FSS__K_grant_rights;
	fss__op_id(op, &m.op);
	m.owner = fss__slice_str(owner);
	m.path = fss__slice_str(canonical);
	m.rights = rights;
	return fss__request_start(c, FSS__MSG_GRANT, &m, owner, user, ret_op);
}
