/*
 * Uploads in parts: the public calls that are one request each, and lists.
 *
 * Going on with one is in stage_append.c.
 */
#include "client/stage.h"

#include <string.h>

#include <fss/stage.h>

#include "base/str.h"
#include "client/list.h"
#include "client/request.h"

_Static_assert(FSS_STAGE_META == FSS__MAX_STAGE_META, "the public limit");

int
fss__client_hexid(fss_client *c, const char *what, const char *text,
    uint8_t id[FSS__STAGE_ID], struct fss__slice *ret)
{
	int r = fss__client_check(c);

	if (r != 0)
		return r;
	if (text == NULL || fss__hex_decode(id, FSS__STAGE_ID, text) != 0)
		return fss__client_fail(c, FSS_EINVAL, "no such id of %s",
		    what);
	ret->p = id;
	ret->n = FSS__STAGE_ID;
	return 0;
}

static int
check_new(fss_client *c, uint64_t size, unsigned mode, uint64_t request)
{
	if (mode > 0777)
		return fss__client_fail(c, FSS_EINVAL,
		    "a mode has permission bits only");
	if (size > INT64_MAX || request > INT64_MAX)
		return fss__client_fail(c, FSS_EINVAL,
		    "no such size or request");
	return 0;
}

int
fss_client_stage_new(fss_client *c, const char *path, uint64_t size,
    unsigned mode, int64_t mtime_us, const char *media, const char *meta,
    uint64_t request, void *user, fss_op *ret_op)
{
	char owner[FSS_LIMIT_ACCOUNT + 1], canonical[FSS_LIMIT_PATH + 1];
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_stage_new m;
	int r;

	memset(&m, 0, sizeof(m));
	r = fss__client_path(c, path, owner, canonical);
	if (r == 0)
		r = check_new(c, size, mode, request);
	if (r == 0 && media != NULL) {
		m.has |= FSS__K_stage_new_media;
		r = fss__client_text(c, "a media type", media, 1,
		    FSS__MAX_MEDIA, FSS_EINVAL, &m.media);
	}
	if (r == 0 && meta != NULL) {
		m.has |= FSS__K_stage_new_meta;
		r = fss__client_text(c, "the text of an upload", meta, 0,
		    FSS__MAX_STAGE_META, FSS_EINVAL, &m.meta);
	}
	if (r != 0)
		return r;
	m.has |= FSS__K_stage_new_op | FSS__K_stage_new_owner |
	    FSS__K_stage_new_path | FSS__K_stage_new_size |
	    FSS__K_stage_new_mode;
	fss__op_id(op, &m.op);
	m.owner = fss__slice_str(owner);
	m.path = fss__slice_str(canonical);
	m.size = size;
	m.mode = mode;
	if (mtime_us != 0) {
		m.has |= FSS__K_stage_new_mtime_us;
		m.mtime_us = mtime_us;
	}
	if (request != 0) {
		m.has |= FSS__K_stage_new_request;
		m.request = request;
	}
	return fss__request_start(c, FSS__MSG_STAGE_NEW, &m, owner, user,
	    ret_op);
}

int
fss_client_stage_stat(fss_client *c, const char *id, void *user,
    fss_op *ret_op)
{
	uint8_t raw[FSS__STAGE_ID];
	struct fss__m_stages m;
	int r;

	memset(&m, 0, sizeof(m));
	r = fss__client_hexid(c, "an upload", id, raw, &m.id);
	if (r != 0)
		return r;
	m.has = FSS__K_stages_id;
	return fss__request_start(c, FSS__MSG_STAGES, &m, NULL, user, ret_op);
}

int
fss_client_stages(fss_client *c, void *user, fss_op *ret_op)
{
	struct lister *l;
	int r = fss__lister_new(c, FSS__MSG_STAGES, user, &l);

	return r != 0 ? r : fss__lister_begin(l, ret_op);
}

int
fss_client_stage_remove(fss_client *c, const char *id, void *user,
    fss_op *ret_op)
{
	uint8_t raw[FSS__STAGE_ID], op[FSS__OP_BYTES];
	struct fss__m_stage_remove m;
	int r;

	memset(&m, 0, sizeof(m));
	r = fss__client_hexid(c, "an upload", id, raw, &m.id);
	if (r != 0)
		return r;
	m.has = FSS__K_stage_remove_op | FSS__K_stage_remove_id;
	fss__op_id(op, &m.op);
	return fss__request_start(c, FSS__MSG_STAGE_REMOVE, &m, NULL, user,
	    ret_op);
}
