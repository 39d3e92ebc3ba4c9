/*
 * GET: what it reads and answers.  When it may is told in hub_window.c.
 */
#include <string.h>

#include <fss/web.h>

#include "base/alloc.h"
#include "base/num.h"
#include "chunk/manifest.h"
#include "model/announce.h"
#include "model/entry.h"
#include "model/request.h"
#include "model/stage.h"
#include "proto/hub_internal.h"

#define BRIEF	262144u		/* or one chunk, however large */

/* What a GET has gathered so far. */
struct gather {
	struct fss__buf		 ids;	/* of all items, one after the other */
	struct fss__buf		 lens;
	struct node {
		struct fss_store_loc	 loc;
		size_t			 plan_at;	/* into plan, + 1 */
	}			*node;
	size_t			 count, cap;
	uint64_t		 bytes, most;
	struct fss__buf		 plan;	/* pages not in the store yet */
};

/* The run of one item, as indices into the above. */
struct run {
	int	status;
	size_t	first, count;
};

/* 0, or FSS_EAGAIN when the answer is full. */
static int
gather_at(struct gather *g, const struct fss__id *id,
    const struct fss_store_loc *loc, size_t plan_at)
{
	struct node *bigger;
	uint8_t len[4];
	size_t cap;
	int r;

	if (g->count > 0 && g->bytes + loc->len > g->most)
		return FSS_EAGAIN;
	if (g->count == g->cap) {
		cap = g->cap == 0 ? 64 : g->cap * 2;
		bigger = fss__realloc(g->node, cap * sizeof(*g->node));
		if (bigger == NULL)
			return FSS_ENOMEM;
		g->node = bigger;
		g->cap = cap;
	}
	fss__put_le32(len, loc->len);
	r = fss__buf_append(&g->ids, id->b, sizeof(id->b));
	if (r == 0)
		r = fss__buf_append(&g->lens, len, sizeof(len));
	if (r != 0)
		return r == FSS_ETOOBIG ? FSS_EAGAIN : r;
	g->node[g->count].loc = *loc;
	g->node[g->count++].plan_at = plan_at;
	g->bytes += loc->len;
	return 0;
}

static int
gather_node(struct gather *g, struct fss__ctx *ctx, const struct fss__id *id)
{
	struct fss_store_loc loc;
	int r;

	r = fss__reader_locate(ctx->reader, id, &loc);
	if (r != 0)
		return r == FSS_ENOENT ? FSS_ECORRUPT : r;
	return gather_at(g, id, &loc, 0);
}

/* A page of a plan: its bytes are in the database. */
static int
gather_page(struct gather *g, struct fss__ctx *ctx, int64_t transfer,
    unsigned level, uint64_t start, const struct fss__id *id)
{
	struct fss_store_loc loc;
	size_t len, at = g->plan.len;
	struct fss__id found;
	uint64_t found_start;
	int r;

	r = fss__buf_reserve(&g->plan, FSS__MAX_PAGE);
	if (r != 0)
		return r == FSS_ETOOBIG ? FSS_EAGAIN : r;
	r = fss__meta_tpage_get(ctx->db, transfer, level, start, &found_start,
	    &found, g->plan.data + at, &len);
	if (r < 0)
		return r;
	if (r == 0 || found_start != start ||
	    memcmp(found.b, id->b, sizeof(found.b)) != 0)
		return FSS_ECORRUPT;
	memset(&loc, 0, sizeof(loc));
	loc.len = (uint32_t)len;
	r = gather_at(g, id, &loc, at + 1);
	if (r == 0)
		g->plan.len += len;
	return r;
}

/*
 * The same as gather_item() for content that is on its way here: what of it
 * has come.  1: nothing yet.
 */
static int
follow_item(struct gather *g, struct fss__ctx *ctx,
    const struct fss__content *c, const struct fss__m_get_item *m)
{
	uint64_t at = m->offset, start, span, left;
	size_t first = g->count;
	struct fss_store_loc loc;
	struct fss__id id;
	int r;

	if (m->level > c->depth || m->offset >= c->size)
		return FSS_EINVAL;
	for (left = m->count; left > 0 && at < c->size; left--) {
		r = fss__transfer_node(ctx, c->transfer, (unsigned)m->level,
		    at, &id, &start, &span, &loc);
		if (r == FSS_EAGAIN)
			return g->count == first ? 1 : 0;
		if (r == 0)
			r = m->level == 0 ? gather_at(g, &id, &loc, 0) :
			    gather_page(g, ctx, c->transfer,
			    (unsigned)m->level, start, &id);
		if (r != 0)
			return r;
		if (span == 0 || !fss__add_u64(start, span, &at))
			return FSS_ECORRUPT;
	}
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
	const struct node *node;
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
		node = &g->node[i];
		if (node->plan_at != 0) {
			memcpy(p, g->plan.data + node->plan_at - 1,
			    node->loc.len);
			r = fss__digest_verify(&id, p, node->loc.len);
		} else {
			r = fss__reader_read(ctx->reader, &id, &node->loc, p);
		}
		if (r != 0)
			return r;
		p += node->loc.len;
	}
	return 0;
}

/*
 * Chunks of @version are in the answer, by a yes not used before.  Pages are
 * not content, and of what has not come yet nothing goes out.
 */
static int
keep_fetched(struct fss__job *job, uint64_t version)
{
	int64_t *versions = job->data;

	if (versions == NULL)
		versions = job->data = fss__calloc(FSS__MAX_GET_ITEMS,
		    sizeof(*versions));
	if (versions == NULL)
		return FSS_ENOMEM;
	if (job->ndata == 0 || versions[job->ndata - 1] != (int64_t)version)
		versions[job->ndata++] = (int64_t)version;
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
	g.most = job->brief ? BRIEF : FSS__MAX_CHUNK;
	/* Ids take most of the answer's header. */
	fss__buf_init(&g.ids, FSS__MAX_HEADER / 2);
	fss__buf_init(&g.lens, FSS__MAX_HEADER / 2);
	fss__buf_init(&g.plan, FSS__MAX_CHUNK + FSS__MAX_PAGE);
	while (n < FSS__MAX_GET_ITEMS &&
	    fss__list_next(&it, &fss__r_get_item, &item) == 1) {
		runs[n].first = g.count;
		/* Rights are looked at once for the items of one version. */
		if (item.has & FSS__K_get_item_stage) {
			r = fss__stage_content(ctx, &job->who, item.stage,
			    &content);
			known = false;
		} else if (!known || version != item.version) {
			version = item.version;
			/* What is at most write gets what it uploads. */
			r = job->who.scopes & FSS_SCOPE_READ ?
			    fss__entry_content(ctx, &job->who,
			    (int64_t)version, &content) : FSS_EDENIED;
			known = r == 0;
		}
		if (r == 0 && content.ticket != job->ticket) {
			/*
			 * What is given out counts for one ticket: what goes
			 * by another is asked for again.
			 */
			if (g.count > 0)
				break;
			job->ticket = content.ticket;
		}
		if (r == 0)
			r = content.transfer != 0 ?
			    follow_item(&g, ctx, &content, &item) :
			    gather_item(&g, ctx, &content, &item);
		runs[n].count = g.count - runs[n].first;
		if ((r == 0 || r == FSS_EAGAIN) && runs[n].count > 0 &&
		    item.level == 0 && content.fetched &&
		    keep_fetched(job, version) != 0) {
			r = FSS_ENOMEM;
			break;
		}
		if (r == FSS_EAGAIN) {
			/* Full: an item of which nothing fitted is not told. */
			runs[n].status = 0;
			n += runs[n].count > 0;
			r = 0;
			break;
		}
		runs[n].status = r == 1 ? FSS_EAGAIN : r;
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
	fss__buf_release(&g.plan);
	fss__free(g.node);
	return r;
}

/* The first use of each yes is noted. */
static int
fetched_write(struct fss__job *job, struct fss__ctx *ctx)
{
	const int64_t *versions = job->data;
	size_t i;
	int r = 0;

	for (i = 0; r >= 0 && i < job->ndata; i++)
		r = fss__request_fetched(ctx, job->account, versions[i]);
	return r < 0 ? r : 0;
}

static const struct fss__handler fetched_handler = {
	0, 0, {{ FSS__LANE_WRITE, fetched_write }}, NULL
};

static void
note_fetched(struct fss__hub *hub, struct fss__job *job)
{
	struct fss__job *chore;

	if (job->ndata == 0)
		return;
	chore = fss__hub_chore(hub, &fetched_handler);
	if (chore == NULL)
		return;		/* the next GET will be the first */
	chore->account = job->who.account;
	chore->data = job->data;
	chore->ndata = job->ndata;
	job->data = NULL;
	job->ndata = 0;
	fss__hub_queue(hub, chore);
}

static void
get_finish(struct fss__hub *hub, struct fss__job *job)
{
	struct fss__session *s;
	uint64_t bytes = 0;

	if (job->err.code == 0 && job->out_payload != NULL)
		bytes = job->out_payload->len;
	if (bytes > 0 && job->ticket != 0)
		fss__hub_link_served(hub, job->ticket, bytes);
	s = fss__sessions_of_job(&hub->sessions, job);
	if (s != NULL && bytes > 0)
		note_fetched(hub, job);
	fss__hub_get_done(hub, s, bytes);
}

#define READ	FSS__LANE_READ

const struct fss__handler fss__handlers_get[] = {
	{ FSS__MSG_GET, 0, {{ READ, get_read }}, get_finish },
	{ 0, 0, {{ READ, NULL }}, NULL }
};
