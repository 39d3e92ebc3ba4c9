/*
 * What an agent does beside serving: it scans the announced folders again now
 * and then, and uploads what was allowed to its person.
 *
 * Both are operations of their own that it starts as its children, one folder
 * and one file at a time.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/num.h"
#include "base/str.h"
#include "base/time.h"
#include "client/announce.h"
#include "client/request.h"
#include "client/serve.h"
#include "client/upload.h"

#define SCAN_US		INT64_C(900000000)	/* from one round to the next */

/* ---- rescans ---------------------------------------------------------- */

/* The round under way may have passed what it is due for. */
void
fss__serve_rescan(struct serve *s)
{
	s->rescan = s->scanning;
	s->scan_us = 0;
}

/* The next folder of the round; none is left: the round is over. */
static int
scan_next(struct serve *s)
{
	struct fss__slice remote, local;
	struct fss__op *op;
	char *path;
	int r;

	r = fss__localidx_root_after(s->op.c->index,
	    fss__slice_str(s->scanned), &remote, &local);
	if (r < 0)
		return r;
	if (r == 0) {
		s->scanning = false;
		s->scan_us = s->rescan ? 0 : fss__mono_us() + SCAN_US;
		s->rescan = false;
		if (s->scan_us == 0)
			fss__op_run(&s->op);
		return 0;
	}
	path = fss__strndup(local.p, local.n);
	if (path == NULL)
		return FSS_ENOMEM;
	r = fss__slice_copy(remote, s->scanned, sizeof(s->scanned));
	if (r == 0)
		r = fss__announce_new(s->op.c, path, s->scanned,
		    FSS_COPY_RECURSIVE, NULL, &op);
	fss__free(path);
	if (r != 0)
		return r;
	fss__op_adopt(&s->op, op);
	s->scan = op;
	return fss__op_begin(op, NULL);
}

static int
scan(struct serve *s)
{
	if (s->scan != NULL || (s->flags & FSS_SERVE_NO_SCAN) != 0)
		return 0;
	if (!s->scanning) {
		if (s->scan_us > fss__mono_us())
			return 0;
		s->scanning = true;
		s->scanned[0] = '\0';
	}
	return scan_next(s);
}

/* ---- uploads ---------------------------------------------------------- */

static int
start_upload(struct serve *s, const struct fss__m_request *m)
{
	char owner[FSS_LIMIT_ACCOUNT + 1], path[FSS_LIMIT_PATH + 1];
	struct fss__slice local;
	struct fss__op *op;
	char *file;
	int r;

	r = fss__localidx_offer_get(s->op.c->index, s->offer, &local);
	if (r <= 0)
		return r;
	file = fss__strndup(local.p, local.n);
	if (file == NULL)
		return FSS_ENOMEM;
	r = fss__slice_copy(m->owner, owner, sizeof(owner));
	if (r == 0)
		r = fss__slice_copy(m->path, path, sizeof(path));
	if (r == 0)
		r = fss__path_check(fss__slice_str(path), NULL);
	if (r == 0)
		r = fss__upload_new(s->op.c, file, owner, path,
		    FSS_COPY_ITEMS, s->offer, NULL, &op);
	fss__free(file);
	if (r != 0)
		return r;
	fss__op_adopt(&s->op, op);
	s->upload = op;
	return fss__op_begin(op, NULL);
}

/* What became of the request: allowed, over, or neither yet. */
static int
take_request(struct serve *s, struct fss__list list)
{
	struct fss__m_request m;

	if (fss__list_next(&list, &fss__r_request, &m) != 1 ||
	    m.state == FSS_REQUEST_FULFILLED)
		return fss__localidx_offer_remove(s->op.c->index, s->offer);
	if (m.state == FSS_REQUEST_APPROVED && m.kind == FSS_REQUEST_UPLOAD)
		return start_upload(s, &m);
	return 0;
}

static void
looked_up(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct serve *s = (struct serve *)call->op;
	struct fss__m_request_list m;
	int r = a->err.code;

	s->asking = false;
	if (s->op.ending)
		return;
	if (r == FSS_ECANCELED) {
		/* A new session: the round begins again. */
		s->offering = false;
		s->offers_due = true;
		return;
	}
	if (r != 0 && r != FSS_EAUTH && r != FSS_ETYPE) {
		/* The hub has other worries: the next round will do. */
		s->offering = false;
		return;
	}
	if (r == 0)
		r = fss__call_decode(a, &m, &s->op.err);
	else
		(void)fss__err_set(&s->op.err, r, "%s", a->err.detail);
	if (r == 0)
		r = take_request(s, m.requests);
	if (r != 0)
		s->fatal = r;
	fss__op_run(&s->op);
}

static int
offer_next(struct serve *s)
{
	struct fss__m_requests m;
	uint8_t bytes[8];
	int r;

	r = fss__localidx_offer_after(s->op.c->index, s->offer, &s->offer);
	if (r <= 0) {
		s->offering = false;
		return r;
	}
	fss__put_le64(bytes, s->offer);
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_requests_ids;
	m.ids.p = bytes;
	m.ids.n = sizeof(bytes);
	r = fss__call_start(&s->op, &s->ask, FSS__MSG_REQUESTS, &m, NULL,
	    looked_up);
	if (r == FSS_EAGAIN) {
		s->offer--;
		return fss__op_starve(&s->op);
	}
	s->asking = r == 0;
	return r;
}

static int
offers(struct serve *s)
{
	if (s->upload != NULL || s->asking)
		return 0;
	if (!s->offering) {
		if (!s->offers_due)
			return 0;
		s->offers_due = false;
		s->offering = true;
		s->offer = 0;
	}
	return offer_next(s);
}

/* ---- both ------------------------------------------------------------- */

void
fss__serve_child(struct fss__op *op, struct fss__op *child, int code)
{
	struct serve *s = (struct serve *)op;
	int r;

	if (child == s->scan) {
		/* What could not be scanned is tried in the next round. */
		s->scan = NULL;
	} else if (child == s->upload) {
		s->upload = NULL;
		if (code == 0) {
			r = fss__localidx_offer_remove(op->c->index,
			    s->offer);
			if (r != 0)
				s->fatal = r;
		}
	}
	fss__op_run(op);
}

int
fss__serve_idle(struct serve *s)
{
	int r = s->matched ? scan(s) : fss__serve_match(s);

	return r != 0 ? r : offers(s);
}

bool
fss__serve_is_idle(const struct serve *s)
{
	bool scans = (s->flags & FSS_SERVE_NO_SCAN) == 0 &&
	    (s->scanning || s->scan_us == 0);

	return s->matched && !scans && s->scan == NULL && s->upload == NULL &&
	    !s->asking && !s->offering && !s->offers_due;
}
