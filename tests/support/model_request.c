/*
 * See model_request.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/num.h"
#include "model_request.h"

static void
copy(struct fss__slice s, bool present, char *dst, size_t cap)
{
	dst[0] = '\0';
	if (present)
		assert_int_equal(fss__slice_copy(s, dst, cap), 0);
}

static void
take(struct mf_req *q, const struct fss__m_request *m)
{
	memset(q, 0, sizeof(*q));
	q->has = m->has;
	q->status = -(int)m->status;
	q->id = (int64_t)m->id;
	q->kind = (int)m->kind;
	q->state = (int)m->state;
	q->reason = (int)m->reason;
	q->seq = (int64_t)m->seq;
	q->retry = m->retry_us;
	q->expires = m->expires_us;
	q->change = m->change;
	q->attempt = m->attempt;
	q->version = m->version;
	q->transfer = m->transfer;
	q->may = (unsigned)m->may;
	q->mine = m->mine;
	copy(m->asker, m->has & FSS__K_request_asker, q->asker,
	    sizeof(q->asker));
	copy(m->target, m->has & FSS__K_request_target, q->target,
	    sizeof(q->target));
	copy(m->owner, m->has & FSS__K_request_owner, q->owner,
	    sizeof(q->owner));
	copy(m->by, m->has & FSS__K_request_by, q->by, sizeof(q->by));
	copy(m->path, m->has & FSS__K_request_path, q->path, sizeof(q->path));
	copy(m->detail, m->has & FSS__K_request_detail, q->detail,
	    sizeof(q->detail));
}

static int
emit_one(void *arg, const void *record)
{
	if (arg != NULL)
		take(arg, record);
	return 0;
}

static int
emit_row(void *arg, const void *record)
{
	struct mf_reqs *l = arg;

	if (l->n == MR_ROWS)
		return FSS_EAGAIN;
	take(&l->row[l->n++], record);
	return 0;
}

static int
ask(struct mf *f, const struct fss__actor *who, const struct fss__m_ask *m,
    struct mf_req *ret_q)
{
	mf_begin(f);
	return mf_end(f, fss__request_ask(&f->ctx, who, m, emit_one, ret_q));
}

int
mr_get(struct mf *f, const struct fss__actor *who, const char *owner,
    const char *path, struct mf_req *ret_q)
{
	struct fss__m_ask m;

	memset(&m, 0, sizeof(m));
	m.kind = FSS_REQUEST_GET;
	m.has = FSS__K_ask_owner | FSS__K_ask_path;
	m.owner = mf_s(owner);
	m.path = mf_s(path);
	return ask(f, who, &m, ret_q);
}

int
mr_want(struct mf *f, const struct fss__actor *who, const char *target,
    const char *text, struct mf_req *ret_q)
{
	struct fss__m_ask m;

	memset(&m, 0, sizeof(m));
	m.kind = FSS_REQUEST_WANT;
	m.has = FSS__K_ask_text;
	m.text = mf_s(text);
	if (target != NULL) {
		m.has |= FSS__K_ask_target;
		m.target = mf_s(target);
	}
	return ask(f, who, &m, ret_q);
}

int
mr_upload(struct mf *f, const struct fss__actor *who, const char *owner,
    const char *path, uint64_t size, struct mf_req *ret_q)
{
	struct fss__m_ask m;

	memset(&m, 0, sizeof(m));
	m.kind = FSS_REQUEST_UPLOAD;
	m.has = FSS__K_ask_owner | FSS__K_ask_path | FSS__K_ask_size;
	m.owner = mf_s(owner);
	m.path = mf_s(path);
	m.size = size;
	return ask(f, who, &m, ret_q);
}

int
mr_decide(struct mf *f, const struct fss__actor *who, int64_t id, int event,
    const char *detail, struct mf_req *ret_q)
{
	mf_begin(f);
	return mf_end(f, fss__request_decide(&f->ctx, who, id, event,
	    mf_s(detail), emit_one, ret_q));
}

int
mr_fulfil(struct mf *f, const struct fss__actor *who, int64_t id,
    const char *path, struct mf_req *ret_q)
{
	struct fss__m_fulfil m;

	memset(&m, 0, sizeof(m));
	m.id = (uint64_t)id;
	m.path = mf_s(path);
	mf_begin(f);
	return mf_end(f, fss__request_fulfil(&f->ctx, who, &m, emit_one,
	    ret_q));
}

int
mr_list(struct mf *f, const struct fss__actor *who,
    const struct fss__m_requests *m, struct mf_reqs *ret_l)
{
	struct fss__cursor next;

	ret_l->n = 0;
	return fss__request_list(&f->ctx, who, m, emit_row, ret_l, &next,
	    &ret_l->seq);
}

int
mr_look(struct mf *f, const struct fss__actor *who, int64_t id,
    struct mf_req *ret_q)
{
	struct fss__m_requests m;
	struct mf_reqs *l = test_malloc(sizeof(*l));
	uint8_t raw[8];
	int r;

	fss__put_le64(raw, (uint64_t)id);
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_requests_ids;
	m.ids.p = raw;
	m.ids.n = sizeof(raw);
	assert_int_equal(mr_list(f, who, &m, l), 0);
	assert_int_equal(l->n, 1);
	r = l->row[0].status;
	if (ret_q != NULL)
		*ret_q = l->row[0];
	test_free(l);
	return r;
}

void
mr_settle(struct mf *f)
{
	int64_t next;
	int r, n = 0;

	do {
		mf_begin(f);
		r = mf_end(f, fss__request_settle(&f->ctx, 4, &next));
		assert_in_range(r, 0, 1);
		assert_true(++n < 10000);
	} while (r == 1);
	do {
		mf_begin(f);
		r = mf_end(f, fss__transfer_settle(&f->ctx, 4));
		assert_in_range(r, 0, 1);
		assert_true(++n < 20000);
	} while (r == 1);
	do {
		mf_begin(f);
		r = mf_end(f, fss__request_settle(&f->ctx, 4, &next));
		assert_in_range(r, 0, 1);
	} while (r == 1);
}

int
mr_state(struct mf *f, int64_t id)
{
	struct fss__meta_request r;

	assert_int_equal(fss__meta_request_get(f->ctx.db, id, &r), 1);
	return r.state;
}

int
mr_announce(struct mf *f, const struct fss__actor *who, const char *path,
    const char *text)
{
	struct fss__m_commit_item m;
	struct fss__id id;

	m = mf_item(path, text, &id);
	mf_begin(f);
	return mf_end(f, fss__announce(&f->ctx, who, &m, mf_emit_one, NULL));
}

int
mr_unannounce(struct mf *f, const struct fss__actor *who, const char *path)
{
	struct fss__m_ref m;

	memset(&m, 0, sizeof(m));
	m.path = mf_s(path);
	mf_begin(f);
	return mf_end(f, fss__unannounce(&f->ctx, who, &m));
}

int
mr_serve(struct mf *f, const struct fss__actor *who, int64_t transfer,
    const char *text)
{
	struct fss__meta_transfer t;
	int r;

	mf_begin(f);
	r = mf_end(f, fss__transfer_serve(&f->ctx, who, transfer, &t));
	if (r != 0)
		return r;
	(void)mf_put(f, who, text);
	mf_begin(f);
	return mf_end(f, fss__transfer_finish(&f->ctx, transfer,
	    who->account));
}

int
mr_read(struct mf *f, const struct fss__actor *who, uint64_t version)
{
	struct fss__content c;

	fss__err_clear(&f->ctx.err);
	return fss__entry_content(&f->ctx, who, (int64_t)version, &c);
}
