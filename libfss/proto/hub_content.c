/*
 * Requests about content: HAVE, PUT, GET, and the credit that bounds them.
 *
 * Upload: a session may have put_credit bytes of unanswered PUTs; one PUT is
 * always allowed.  The credit grows with what was accepted, and falls back to
 * its first value while all sessions together hold more than max_upload.
 *
 * Download: a GET runs only while what was sent and not yet reported as
 * received, and what GETs under way may still add, stays below the window.
 * So a reader that stalls has at most one window of payload in the hub,
 * whatever it asked for.  Over all sessions what is not sent, with what GETs
 * under way may add, stays below three quarters of max_unsent.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/num.h"
#include "chunk/manifest.h"
#include "model/entry.h"
#include "proto/hub_internal.h"

/* ---- HAVE ------------------------------------------------------------- */

static int
have_read(struct fss__job *job, struct fss__ctx *ctx)
{
	struct fss__slice ids = job->m.HAVE.ids;
	uint8_t bitmap[FSS__MAX_HAVE_IDS / 8];
	struct fss__m_missing m;
	uint32_t count = 0;
	size_t n = ids.n / FSS__ID_BYTES;
	int r;

	if (ids.n % FSS__ID_BYTES != 0 || n > FSS__MAX_HAVE_IDS)
		return fss__err_set(&ctx->err, FSS_EPROTO,
		    "HAVE: ids is no whole number of ids");
	memset(bitmap, 0, sizeof(bitmap));
	r = fss__reader_missing(ctx->reader, job->who.account, ids.p, n,
	    bitmap, &count);
	if (r != 0)
		return r;
	memset(&m, 0, sizeof(m));
	m.bitmap.p = bitmap;
	m.bitmap.n = (n + 7) / 8;
	m.count = count;
	return fss__job_answer(job, &m);
}

/* ---- PUT -------------------------------------------------------------- */

int
fss__hub_put_admit(struct fss__hub *hub, struct fss__session *s,
    struct fss__job *job)
{
	uint64_t n = job->payload != NULL ? job->payload->len : 0;

	if (s->put_flying > 0 && s->put_flying + n > s->put_credit)
		return FSS_ECREDIT;
	/* A hub full of others' first PUTs asks to come again. */
	if (hub->put_flying + n > 2 * hub->cfg.max_upload)
		return FSS_EOVERLOAD;
	s->put_flying += n;
	hub->put_flying += n;
	return 0;
}

/* Steps through the nodes of a PUT; its arrays agree, see put_hash(). */
struct put_iter {
	const uint8_t	*ids, *lens, *p;
	size_t		 count, i;
};

static bool
put_next(struct put_iter *it, struct fss__id *ret_id, const uint8_t **ret_p,
    size_t *ret_n)
{
	if (it->i == it->count)
		return false;
	memcpy(ret_id->b, it->ids + it->i * FSS__ID_BYTES, FSS__ID_BYTES);
	*ret_n = fss__get_le32(it->lens + it->i * 4);
	*ret_p = it->p;
	it->p += *ret_n;
	it->i++;
	return true;
}

static struct put_iter
put_begin(const struct fss__job *job)
{
	struct put_iter it;

	it.ids = job->m.PUT.ids.p;
	it.lens = job->m.PUT.lens.p;
	it.p = job->payload->data;
	it.count = job->m.PUT.ids.n / FSS__ID_BYTES;
	it.i = 0;
	return it;
}

/* Do ids, lengths and payload fit each other, and the limits? */
static int
put_check(struct fss__job *job, struct fss__ctx *ctx)
{
	const struct fss__m_put *m = &job->m.PUT;
	size_t i, n = m->ids.n / FSS__ID_BYTES;
	const uint8_t *lens = m->lens.p;
	uint64_t total = 0;
	uint32_t len;

	if (n == 0 || m->ids.n % FSS__ID_BYTES != 0 ||
	    m->lens.n != n * 4 || job->payload == NULL)
		return fss__err_set(&ctx->err, FSS_EPROTO,
		    "PUT: ids, lens and payload do not agree");
	for (i = 0; i < n; i++) {
		len = fss__get_le32(lens + i * 4);
		if (len == 0 || len > FSS__MAX_CHUNK)
			return fss__err_set(&ctx->err, FSS_ETOOBIG,
			    "PUT: a node has 1 to %d bytes", FSS__MAX_CHUNK);
		total += len;
	}
	if (total != job->payload->len)
		return fss__err_set(&ctx->err, FSS_EPROTO,
		    "PUT: the lengths do not add up to the payload");
	return 0;
}

static int
put_hash(struct fss__job *job, struct fss__ctx *ctx)
{
	struct put_iter it;
	struct fss__page page;
	struct fss__id id;
	const uint8_t *p;
	size_t n;
	int r;

	r = put_check(job, ctx);
	if (r != 0)
		return r;
	it = put_begin(job);
	while (put_next(&it, &id, &p, &n)) {
		r = fss__digest_verify(&id, p, n);
		if (r == 0 && FSS__ID_KIND(id.b[0]) == FSS__KIND_PAGE)
			r = fss__page_decode(p, n, &page);
		if (r != 0)
			return fss__err_set(&ctx->err, r,
			    "node %zu of PUT: %s", it.i - 1, fss_strerror(r));
	}
	return 0;
}

static int
put_write(struct fss__job *job, struct fss__ctx *ctx)
{
	struct put_iter it = put_begin(job);
	struct fss__id id;
	const uint8_t *p;
	size_t n;
	int r;

	while (put_next(&it, &id, &p, &n)) {
		r = fss__store_put(ctx->store, job->who.account, &id, p, n);
		if (r != 0)
			return fss__err_set(&ctx->err, r,
			    "node %zu of PUT: %s", it.i - 1, fss_strerror(r));
	}
	return 0;
}

static void
put_finish(struct fss__hub *hub, struct fss__job *job)
{
	uint64_t n = job->payload != NULL ? job->payload->len : 0;
	struct fss__m_put_done m;
	struct fss__session *s;
	int r;

	hub->put_flying -= n;
	s = fss__sessions_of_job(&hub->sessions, job);
	if (s == NULL)
		return;
	s->put_flying -= n;
	if (job->err.code != 0)
		return;
	s->put_accepted += n;
	s->put_credit = hub->put_flying > hub->cfg.max_upload ?
	    FSS__MAX_CREDIT_FIRST :
	    fss__min_u64(FSS__MAX_CREDIT_FIRST + s->put_accepted,
	    FSS__MAX_CREDIT);
	memset(&m, 0, sizeof(m));
	m.accepted = s->put_accepted;
	m.credit = s->put_credit;
	r = fss__job_answer(job, &m);
	if (r != 0)
		fss__job_fail(job, r, NULL);
}

/* ---- GET -------------------------------------------------------------- */

static bool
get_fits(struct fss__hub *hub, const struct fss__session *s)
{
	/* A client that reports more than it was sent gains nothing. */
	uint64_t flying = s->get_sent > s->get_received ?
	    s->get_sent - s->get_received : 0;
	uint64_t all = hub->unsent + hub->get_reserved;

	if (flying + s->get_reserved >= s->get_window)
		return false;
	/* While all hold much, each gets little; then nobody gets more. */
	if (all < hub->cfg.max_unsent / 2 ||
	    (all < hub->cfg.max_unsent / 4 * 3 &&
	    flying + s->get_reserved < FSS__MAX_CREDIT_FIRST))
		return true;
	hub->starved = true;
	return false;
}

static void
get_start(struct fss__hub *hub, struct fss__session *s)
{
	struct fss__job *job;

	while ((job = s->waiting) != NULL && get_fits(hub, s)) {
		s->waiting = job->next;
		if (s->waiting == NULL)
			s->waiting_tail = &s->waiting;
		s->get_reserved += FSS__MAX_CHUNK;
		hub->get_reserved += FSS__MAX_CHUNK;
		fss__hub_queue(hub, job);
	}
}

void
fss__hub_get_resume(struct fss__hub *hub)
{
	struct fss__session *s;

	if (!hub->starved)
		return;
	hub->starved = false;	/* unless it turns out so again */
	for (s = hub->sessions.oldest; s != NULL; s = s->newer)
		get_start(hub, s);
}

void
fss__hub_get_credit(struct fss__hub *hub, struct fss__session *s,
    uint64_t received)
{
	if (received > s->get_sent)
		received = s->get_sent;
	if (received > s->get_received) {
		s->get_window = fss__min_u64(s->get_window + received -
		    s->get_received, FSS__MAX_CREDIT);
		s->get_received = received;
	}
	get_start(hub, s);
}

void
fss__hub_get_admit(struct fss__hub *hub, struct fss__session *s,
    struct fss__job *job)
{
	job->next = NULL;
	*s->waiting_tail = job;
	s->waiting_tail = &job->next;
	fss__hub_get_credit(hub, s, job->m.GET.has & FSS__K_get_received ?
	    job->m.GET.received : 0);
}

/* What a GET has gathered so far. */
struct gather {
	struct fss__buf		 ids;	/* of all items, one after the other */
	struct fss__buf		 lens;
	struct fss_store_loc	*loc;
	size_t			 count, cap;
	uint64_t		 bytes;
};

/* The run of one item, as indices into the above. */
struct run {
	int	status;
	size_t	first, count;
};

/* 0, or FSS_EAGAIN when the answer is full. */
static int
gather_node(struct gather *g, struct fss__ctx *ctx, const struct fss__id *id)
{
	struct fss_store_loc loc, *bigger;
	uint8_t len[4];
	size_t cap;
	int r;

	r = fss__reader_locate(ctx->reader, id, &loc);
	if (r != 0)
		return r == FSS_ENOENT ? FSS_ECORRUPT : r;
	if (g->count > 0 && g->bytes + loc.len > FSS__MAX_CHUNK)
		return FSS_EAGAIN;
	if (g->count == g->cap) {
		cap = g->cap == 0 ? 64 : g->cap * 2;
		bigger = fss__realloc(g->loc, cap * sizeof(*g->loc));
		if (bigger == NULL)
			return FSS_ENOMEM;
		g->loc = bigger;
		g->cap = cap;
	}
	fss__put_le32(len, loc.len);
	r = fss__buf_append(&g->ids, id->b, sizeof(id->b));
	if (r == 0)
		r = fss__buf_append(&g->lens, len, sizeof(len));
	if (r != 0)
		return r == FSS_ETOOBIG ? FSS_EAGAIN : r;
	g->loc[g->count++] = loc;
	g->bytes += loc.len;
	return 0;
}

/*
 * Nodes of `level` from the one covering `offset` on: down from the root,
 * then along the lowest page, and on to the next page while there is room.
 */
static int
gather_item(struct gather *g, struct fss__ctx *ctx,
    const struct fss__content *c, const struct fss__m_get_item *m)
{
	struct fss__page page;
	struct fss__id id;
	uint64_t at, start, child, left = m->count;
	unsigned depth, i = 0;
	int r;

	if (m->level > c->depth || m->offset >= c->size)
		return FSS_EINVAL;
	at = m->offset;
	while (left > 0 && at < c->size) {
		id = c->root;
		start = 0;
		page.count = 0;
		for (depth = c->depth; depth > m->level; depth--) {
			r = fss__reader_page(ctx->reader, &id, &page);
			if (r != 0)
				return r;
			if (page.level != depth || at - start >= page.span)
				return FSS_ECORRUPT;
			i = fss__page_seek(&page, at - start, &child);
			start += child;
			fss__page_child(&page, i, &id, &child);
			if (depth == m->level + 1)
				break;
		}
		if (page.count == 0) {	/* the root itself is asked for */
			r = gather_node(g, ctx, &id);
			return r;
		}
		/* Along this page; its view lasts, no other page is read. */
		for (; i < page.count && left > 0; i++) {
			fss__page_child(&page, i, &id, &child);
			r = gather_node(g, ctx, &id);
			if (r != 0)
				return r;
			start += child;
			left--;
		}
		at = start;
	}
	return 0;
}

static int
answer_nodes(struct fss__job *job, const struct gather *g,
    const struct run *runs, size_t nruns)
{
	struct fss__m_nodes m;
	struct fss__m_node_run row;
	struct fss__rows rows;
	size_t i;
	int r = 0;

	fss__rows_init(&rows, &fss__r_node_run, FSS__MAX_LIST_ROWS);
	for (i = 0; r == 0 && i < nruns; i++) {
		memset(&row, 0, sizeof(row));
		row.has = FSS__K_node_run_status;
		row.status = (uint64_t)-runs[i].status;
		if (runs[i].count > 0) {
			row.has |= FSS__K_node_run_ids |
			    FSS__K_node_run_lens;
			row.ids.p = g->ids.data +
			    runs[i].first * FSS__ID_BYTES;
			row.ids.n = runs[i].count * FSS__ID_BYTES;
			row.lens.p = g->lens.data + runs[i].first * 4;
			row.lens.n = runs[i].count * 4;
		}
		r = fss__rows_emit(&rows, &row);
	}
	if (r == 0) {
		memset(&m, 0, sizeof(m));
		m.runs = fss__rows_list(&rows);
		r = fss__job_answer(job, &m);
	}
	fss__rows_release(&rows);
	return r;
}

/* The nodes' bytes, verified, into one frame. */
static int
read_nodes(struct fss__job *job, struct fss__ctx *ctx, const struct gather *g)
{
	struct fss__id id;
	uint8_t *p;
	size_t i;
	int r;

	if (g->bytes == 0)
		return 0;
	job->out_payload = fss__frame_new((size_t)g->bytes);
	if (job->out_payload == NULL)
		return FSS_ENOMEM;
	p = job->out_payload->data;
	for (i = 0; i < g->count; i++) {
		memcpy(id.b, g->ids.data + i * FSS__ID_BYTES, sizeof(id.b));
		r = fss__reader_read(ctx->reader, &id, &g->loc[i], p);
		if (r != 0)
			return r;
		p += g->loc[i].len;
	}
	return 0;
}

static int
get_read(struct fss__job *job, struct fss__ctx *ctx)
{
	struct fss__list it = job->m.GET.items;
	struct run runs[FSS__MAX_GET_ITEMS];
	struct fss__m_get_item item;
	struct fss__content content;
	struct gather g;
	bool known = false;	/* is content that of item.version? */
	uint64_t version = 0;
	size_t n = 0;
	int r = 0;

	memset(&g, 0, sizeof(g));
	memset(&content, 0, sizeof(content));
	/* Ids take most of the answer's header. */
	fss__buf_init(&g.ids, FSS__MAX_HEADER / 2);
	fss__buf_init(&g.lens, FSS__MAX_HEADER / 2);
	while (n < FSS__MAX_GET_ITEMS &&
	    fss__list_next(&it, &fss__r_get_item, &item) == 1) {
		runs[n].first = g.count;
		/* Rights are looked at once for the items of one version. */
		if (!known || version != item.version) {
			version = item.version;
			r = fss__entry_content(ctx, &job->who,
			    (int64_t)version, &content);
			known = r == 0;
		}
		if (r == 0)
			r = gather_item(&g, ctx, &content, &item);
		runs[n].count = g.count - runs[n].first;
		if (r == FSS_EAGAIN) {
			/* Full: an item of which nothing fitted is not told. */
			runs[n].status = 0;
			n += runs[n].count > 0;
			r = 0;
			break;
		}
		runs[n].status = r;
		if (r == FSS_ENOMEM || r == FSS_EIO)
			break;
		r = 0;
		n++;
	}
	if (r == 0)
		r = read_nodes(job, ctx, &g);
	if (r == 0)
		r = answer_nodes(job, &g, runs, n);
	fss__buf_release(&g.ids);
	fss__buf_release(&g.lens);
	fss__free(g.loc);
	return r;
}

static void
get_finish(struct fss__hub *hub, struct fss__job *job)
{
	struct fss__session *s;

	hub->get_reserved -= FSS__MAX_CHUNK;
	if (job->err.code == 0 && job->out_payload != NULL)
		hub->unsent += job->out_payload->len;	/* very soon */
	s = fss__sessions_of_job(&hub->sessions, job);
	if (s == NULL)
		return;
	s->get_reserved -= FSS__MAX_CHUNK;
	if (job->err.code == 0 && job->out_payload != NULL)
		s->get_sent += job->out_payload->len;
	get_start(hub, s);
}

#define READ	FSS__LANE_READ
#define WRITE	FSS__LANE_WRITE
#define HASH	FSS__LANE_HASH

const struct fss__handler fss__handlers_content[] = {
	{ FSS__MSG_HAVE, 0, {{ READ, have_read }}, NULL },
	{ FSS__MSG_PUT, FSS__H_PAYLOAD | FSS__H_DIRECT,
	    {{ HASH, put_hash }, { WRITE, put_write }}, put_finish },
	{ FSS__MSG_GET, 0, {{ READ, get_read }}, get_finish },
	{ 0, 0, {{ READ, NULL }}, NULL }
};
