/*
 * A device that serves: the holder's machine with files that are numbers, and
 * whole uploads.  See sim.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "sim.h"

/* ---- what was read and not yet sent ------------------------------------ */

static struct kept *
take_kept(struct client *c, uint64_t token)
{
	struct kept **p, *k;

	for (p = &c->kept; (k = *p) != NULL; p = &k->next) {
		if (k->token != token)
			continue;
		*p = k->next;
		return k;
	}
	return NULL;
}

void
agent_forget(struct client *c)
{
	struct kept *k;

	while ((k = c->kept) != NULL) {
		c->kept = k->next;
		free(k);
	}
	memset(c->serving, 0, sizeof(c->serving));
	c->stuck = false;
}

static struct serving *
serving(struct client *c, uint64_t transfer)
{
	size_t i;

	for (i = 0; i < FSS__HOLDER_TRANSFERS; i++)
		if (c->serving[i].transfer == transfer)
			return &c->serving[i];
	return NULL;
}

/* ---- nodes -------------------------------------------------------------- */

struct nodes {
	uint8_t	ids[PAGES * FSS__ID_BYTES], lens[PAGES * 4];
	struct fss__frame *frame;
	unsigned n;
	size_t	len;
};

static void
add_node(struct nodes *s, const struct fss__id *id, const uint8_t *p,
    size_t n)
{
	assert_true(s->n < PAGES);
	memcpy(s->ids + (size_t)s->n * FSS__ID_BYTES, id->b, FSS__ID_BYTES);
	fss__put_le32(s->lens + (size_t)s->n * 4, (uint32_t)n);
	memcpy(s->frame->data + s->len, p, n);
	s->len += n;
	s->n++;
}

static void
gather(struct nodes *s, const struct content *t, bool pages, bool up,
    unsigned first, unsigned n)
{
	unsigned i, k;

	memset(s, 0, sizeof(*s));
	s->frame = fss__frame_new(8192);
	assert_non_null(s->frame);
	for (i = 0; i < n; i++) {
		k = up ? first + n - 1 - i : first + i;
		if (pages)
			add_node(s, &t->page[k], t->page_data[k],
			    t->page_len[k]);
		else
			add_node(s, &t->chunk[k], t->data + t->start[k],
			    t->start[k + 1] - t->start[k]);
	}
	s->frame->len = s->len;
}

static void
fill_put(struct fss__m_put *m, const struct nodes *s)
{
	m->has |= FSS__K_put_ids | FSS__K_put_lens;
	m->ids.p = s->ids;
	m->ids.n = (size_t)s->n * FSS__ID_BYTES;
	m->lens.p = s->lens;
	m->lens.n = (size_t)s->n * 4;
}

/* ---- the holder's machine ----------------------------------------------- */

static void
answered(struct call *k, int err, const void *answer,
    const struct fss__cs_answer *a)
{
	const struct fss__m_work_list *work = answer;
	struct client *c = k->client;

	(void)a;
	if (k->type == FSS__MSG_WORK && err == 0)
		sim_trace(c->w, "%s/%u WORK: %u rows", c->name, c->n,
		    (unsigned)work->work.count);
	/* Of the session before: the machine has begun anew since. */
	if (k->id != c->epoch)
		return;
	assert_int_equal(fss__holder_answer(c->holder, k->token, err, answer),
	    0);
}

static bool
send_want(struct client *c, const struct fss__holder_want *w)
{
	struct nodes s = { 0 };
	struct kept *kept;
	struct fss__m_plan plan;
	struct fss__m_put put;
	const void *msg = w->msg;
	struct call *k;

	if (fss__cs_room(c->cs) < 100)
		return false;
	if (w->msg_type == FSS__MSG_PUT || w->msg_type == FSS__MSG_PLAN) {
		kept = take_kept(c, w->token);
		assert_non_null(kept);
		gather(&s, &contents[kept->content], kept->pages, false,
		    kept->first, kept->n);
		free(kept);
	}
	if (w->msg_type == FSS__MSG_PUT) {
		put = *(const struct fss__m_put *)w->msg;
		fill_put(&put, &s);
		msg = &put;
	} else if (w->msg_type == FSS__MSG_PLAN) {
		plan = *(const struct fss__m_plan *)w->msg;
		plan.has |= FSS__K_plan_ids | FSS__K_plan_lens;
		plan.ids.p = s.ids;
		plan.ids.n = (size_t)s.n * FSS__ID_BYTES;
		plan.lens.p = s.lens;
		plan.lens.n = (size_t)s.n * 4;
		msg = &plan;
	}
	k = client_call(c, w->msg_type, msg, s.frame, answered);
	assert_non_null(k);
	fss__frame_unref(s.frame);
	k->token = w->token;
	k->id = c->epoch;
	return true;
}

/* Any file of the disk with that content does. */
static void
check(struct client *c, const struct fss__holder_want *w)
{
	struct fss__slice root = { w->root.b, FSS__ID_BYTES };
	int content = content_find(root), i, err = FSS_ECHANGED;
	struct serving *s;

	for (i = 0; i < PATHS; i++)
		if (content >= 0 && c->disk[i] == content)
			err = 0;
	s = serving(c, w->transfer);
	if (s == NULL)
		s = serving(c, 0);
	if (err == 0) {
		assert_non_null(s);
		s->transfer = w->transfer;
		s->content = content;
	}
	assert_int_equal(fss__holder_result(c->holder, w->token, err, 0), 0);
}

static void
keep(struct client *c, uint64_t token, int content, unsigned first,
    unsigned n, bool pages)
{
	struct kept *k = calloc(1, sizeof(*k));

	assert_non_null(k);
	k->token = token;
	k->content = content;
	k->first = first;
	k->n = n;
	k->pages = pages;
	k->next = c->kept;
	c->kept = k;
}

static void
pages(struct client *c, const struct fss__holder_want *w)
{
	struct serving *s = serving(c, w->transfer);
	unsigned left, n;

	assert_non_null(s);
	assert_true(w->offset <= contents[s->content].npages);
	left = contents[s->content].npages - (unsigned)w->offset;
	n = left < 2 ? left : 1 + (unsigned)sim_below(c->w, left);
	if (n > 0)
		keep(c, w->token, s->content, (unsigned)w->offset, n, true);
	assert_int_equal(fss__holder_result(c->holder, w->token, 0, n), 0);
}

/* The chunks from @offset on; sometimes the file is another by now. */
static void
chunks(struct client *c, const struct fss__holder_want *w)
{
	struct serving *s = serving(c, w->transfer);
	const struct content *t;
	unsigned i, n, most;
	int err = FSS_ECHANGED, k;

	assert_non_null(s);
	t = &contents[s->content];
	for (k = 0; k < PATHS; k++)
		if (c->disk[k] == s->content)
			err = 0;
	for (i = 0; t->start[i] != w->offset; i++)
		if (i >= t->nchunks)
			sim_fail(c->w, "wanted is no chunk");
	most = 1 + (unsigned)sim_below(c->w, 3);
	for (n = 0; n < most && i + n < t->nchunks &&
	    t->start[i + n + 1] <= w->offset + w->len; n++)
		;
	if (n == 0)
		sim_fail(c->w, "wanted ends inside a chunk");
	if (err == 0)
		keep(c, w->token, s->content, i, n, false);
	assert_int_equal(fss__holder_result(c->holder, w->token, err,
	    t->start[i + n] - t->start[i]), 0);
}

static bool
carry_out(struct client *c, const struct fss__holder_want *w)
{
	struct serving *s;

	switch (w->type) {
	case FSS__HOLDER_SEND:
		return send_want(c, w);
	case FSS__HOLDER_CHECK:
		check(c, w);
		break;
	case FSS__HOLDER_PAGES:
		pages(c, w);
		break;
	case FSS__HOLDER_READ:
		chunks(c, w);
		break;
	case FSS__HOLDER_DROP:
		free(take_kept(c, w->token));
		break;
	case FSS__HOLDER_CLOSE:
		s = serving(c, w->transfer);
		if (s != NULL)
			memset(s, 0, sizeof(*s));
		break;
	case FSS__HOLDER_TOLD:
		sim_trace(c->w, "%s/%u served %d: %d", c->name, c->n,
		    (int)w->transfer, w->err);
		break;
	}
	return true;
}

void
agent_session(struct client *c)
{
	struct fss__m_presence m;

	if (!c->agent)
		return;
	fss__holder_begin(c->holder);
	agent_forget(c);
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_presence_agent;
	m.agent = true;
	(void)client_call(c, FSS__MSG_PRESENCE, &m, NULL, NULL);
}

void
agent_run(struct client *c)
{
	if (!c->agent || fss__cs_state(c->cs) != FSS__CS_READY)
		return;
	for (;;) {
		if (!c->stuck && fss__holder_next(c->holder, sim_now(c->w),
		    &c->want) != 1)
			return;
		c->stuck = !carry_out(c, &c->want);
		if (c->stuck)
			return;
	}
}

/* ---- uploads ------------------------------------------------------------ */

static void
committed(struct call *k, int err, const void *answer,
    const struct fss__cs_answer *a)
{
	(void)answer;
	(void)a;
	sim_trace(k->client->w, "%s/%u committed %s: %d", k->client->name,
	    k->client->n, actor_path(k->path), err);
}

static void
commit(struct call *was)
{
	struct client *c = was->client;
	const struct content *t = &contents[was->content];
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_commit_item item;
	struct fss__m_commit m;
	struct fss__buf b;
	struct call *k;

	memset(&item, 0, sizeof(item));
	item.has = FSS__K_commit_item_size | FSS__K_commit_item_root |
	    FSS__K_commit_item_depth;
	item.path = fss__slice_str(actor_path(was->path));
	item.kind = FSS_KIND_FILE;
	item.size = t->start[t->nchunks];
	item.root.p = t->root.b;
	item.root.n = FSS__ID_BYTES;
	item.depth = t->depth;
	fss__buf_init(&b, FSS__MAX_HEADER);
	assert_int_equal(fss__record_encode(&b, &fss__r_commit_item, &item), 0);
	memset(&m, 0, sizeof(m));
	m.op = client_op(c->w, op);
	m.has = FSS__K_commit_owner;
	m.owner = fss__slice_str(c->w->client[was->owner].name);
	if (was->id != 0) {
		m.has |= FSS__K_commit_request;
		m.request = was->id;
	}
	m.items.p = b.data;
	m.items.n = b.len;
	m.items.count = 1;
	k = client_call(c, FSS__MSG_COMMIT, &m, NULL, committed);
	if (k != NULL)
		k->path = was->path;
	fss__buf_release(&b);
}

struct call *
agent_put(struct client *c, const struct content *t, bool of_pages,
    unsigned first, done_fn done)
{
	struct fss__m_put m;
	struct nodes s;
	struct call *k;

	gather(&s, t, of_pages, of_pages, first,
	    (of_pages ? t->npages : t->nchunks) - first);
	memset(&m, 0, sizeof(m));
	fill_put(&m, &s);
	k = client_call(c, FSS__MSG_PUT, &m, s.frame, done);
	fss__frame_unref(s.frame);
	return k;
}

static void put_tree(struct client *c, const struct call *was, bool pages);

static void
put_done(struct call *k, int err, const void *answer,
    const struct fss__cs_answer *a)
{
	(void)answer;
	(void)a;
	if (err != 0)
		return;
	if (k->token == 0 && contents[k->content].npages > 0)
		put_tree(k->client, k, true);
	else
		commit(k);
}

static void
put_tree(struct client *c, const struct call *was, bool of_pages)
{
	struct call *k = agent_put(c, &contents[was->content], of_pages, 0,
	    put_done);

	if (k == NULL)
		return;
	k->content = was->content;
	k->owner = was->owner;
	k->path = was->path;
	k->id = was->id;
	k->token = of_pages;
}

void
agent_store(struct client *c, int content, int owner, int path,
    uint64_t request)
{
	struct call k;

	memset(&k, 0, sizeof(k));
	k.content = content;
	k.owner = owner;
	k.path = path;
	k.id = request;
	put_tree(c, &k, false);
}
