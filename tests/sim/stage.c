/*
 * Uploads in parts in a simulation: begun, gone on with by any device of the
 * account, taken over, left; and what of them holds, read from the hub's
 * tables after each transaction.  See sim.h.
 */
#include <string.h>

#include "sim.h"

/* ---- what people do ----------------------------------------------------- */

static void	go_on(struct client *c, const struct call *was);

static void
carry(struct call *k, const struct call *was)
{
	if (k == NULL)
		return;
	k->id = was->id;		/* the upload, */
	k->token = was->token;		/* our turn, */
	k->span = was->span;		/* where it stands, */
	k->event = was->event;		/* chunks after the next part */
	k->content = was->content;
}

static void
saved(struct call *k, int err, const void *answer,
    const struct fss__cs_answer *a)
{
	const struct fss__m_stage *m = answer;

	(void)a;
	if (err != 0)
		return;
	if (m->offset != k->span)
		sim_fail(k->client->w, "saved %d, not %d", (int)m->offset,
		    (int)k->span);
	k->client->w->saves++;
	if (!sim_one_in(k->client->w, 4))
		go_on(k->client, k);
}

static void
save(struct client *c, const struct call *was)
{
	const struct content *t = content_prefix(was->content,
	    (unsigned)was->event);
	struct fss__m_stage_save m;
	uint8_t op[FSS__OP_BYTES];
	struct call *k;

	memset(&m, 0, sizeof(m));
	m.op = client_op(c->w, op);
	m.id.p = c->w->staged[was->id].name;
	m.id.n = 16;
	m.turn = was->token;
	m.base = was->span;
	m.offset = t->start[t->nchunks];
	m.root.p = t->root.b;
	m.root.n = FSS__ID_BYTES;
	m.depth = t->depth;
	k = client_call(c, FSS__MSG_STAGE_SAVE, &m, NULL, saved);
	carry(k, was);
	if (k != NULL)
		k->span = m.offset;
}

static void
pages_put(struct call *k, int err, const void *answer,
    const struct fss__cs_answer *a)
{
	(void)answer;
	(void)a;
	if (err == 0)
		save(k->client, k);
}

static void
chunks_put(struct call *k, int err, const void *answer,
    const struct fss__cs_answer *a)
{
	const struct content *t;

	(void)answer;
	(void)a;
	if (err != 0)
		return;
	t = content_prefix(k->content, (unsigned)k->event);
	if (t->npages > 0)
		carry(agent_put(k->client, t, true, 0, pages_put), k);
	else
		save(k->client, k);
}

static void
committed(struct call *k, int err, const void *answer,
    const struct fss__cs_answer *a)
{
	const struct fss__m_entry_list *m = answer;
	struct fss__m_entry row;
	struct fss__list it;

	(void)a;
	if (err != 0)
		return;
	it = m->entries;
	assert_int_equal(fss__list_next(&it, &fss__r_entry, &row), 1);
	if (row.status != 0)
		return;
	if (content_find(row.root) != k->content)
		sim_fail(k->client->w, "an upload became another file");
	k->client->w->uploads++;
}

/* The next part of it, or the end. */
static void
go_on(struct client *c, const struct call *was)
{
	const struct content *t = &contents[was->content];
	struct fss__m_stage_commit m;
	uint8_t op[FSS__OP_BYTES];
	struct call next = *was;
	unsigned i;

	for (i = 0; t->start[i] != was->span; i++)
		if (i >= t->nchunks)
			sim_fail(c->w, "an upload stands inside a chunk");
	if (i < t->nchunks) {
		next.event = (int)(i + 1 + sim_below(c->w, t->nchunks - i));
		carry(agent_put(c, content_prefix(was->content,
		    (unsigned)next.event), false, i, chunks_put), &next);
		return;
	}
	memset(&m, 0, sizeof(m));
	m.op = client_op(c->w, op);
	m.id.p = c->w->staged[was->id].name;
	m.id.n = 16;
	m.turn = was->token;
	carry(client_call(c, FSS__MSG_STAGE_COMMIT, &m, NULL, committed), was);
}

static void
opened(struct call *k, int err, const void *answer,
    const struct fss__cs_answer *a)
{
	const struct fss__m_stage *m = answer;

	(void)a;
	if (err != 0 || (m->has & FSS__K_stage_version))
		return;
	if (m->offset != k->span)
		sim_fail(k->client->w, "opened at another place");
	k->token = m->turn;
	go_on(k->client, k);
}

static void
begin(struct client *c)
{
	struct fss__m_stage_new m;
	uint8_t op[FSS__OP_BYTES];
	int content = (int)sim_below(c->w, CONTENTS);
	char meta[2] = { (char)('A' + content), '\0' };

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_stage_new_meta;
	m.op = client_op(c->w, op);
	m.path = fss__slice_str(actor_path((int)sim_below(c->w, PATHS)));
	m.size = contents[content].start[contents[content].nchunks];
	m.meta = fss__slice_str(meta);
	(void)client_call(c, FSS__MSG_STAGE_NEW, &m, NULL, actor_noted);
}

void
actor_stage(struct client *c)
{
	struct sim *w = c->w;
	size_t i, first = (size_t)sim_below(w, MAX_STAGES);
	struct fss__m_stage_remove rm;
	struct fss__m_stage_open m;
	uint8_t op[FSS__OP_BYTES];
	struct staged *s = NULL;
	struct call *k;

	for (i = 0; i < MAX_STAGES; i++) {
		s = &w->staged[(first + i) % MAX_STAGES];
		if (s->known && !s->gone &&
		    s->account == w->account[c->person])
			break;
	}
	if (i == MAX_STAGES || sim_one_in(w, 4)) {
		begin(c);
		return;
	}
	if (sim_one_in(w, 12)) {
		memset(&rm, 0, sizeof(rm));
		rm.op = client_op(w, op);
		rm.id.p = s->name;
		rm.id.n = sizeof(s->name);
		if (client_call(c, FSS__MSG_STAGE_REMOVE, &rm, NULL,
		    actor_noted) != NULL)
			s->removing = true;
		return;
	}
	memset(&m, 0, sizeof(m));
	m.op = client_op(w, op);
	m.id.p = s->name;
	m.id.n = sizeof(s->name);
	/* Now and then what was so before. */
	m.offset = sim_one_in(w, 8) ? 0 : (uint64_t)s->offset;
	k = client_call(c, FSS__MSG_STAGE_OPEN, &m, NULL, opened);
	if (k != NULL) {
		k->id = (uint64_t)(s - w->staged);
		k->span = m.offset;
		k->content = s->content;
	}
}

/* ---- what holds --------------------------------------------------------- */

static struct fss__db *
db(struct sim *w)
{
	return fss__store_db(w->d.store);
}

/* What is saved is the beginning of the file, up to the end of a chunk. */
static void
look_root(struct sim *w, const struct staged *s, struct fss__slice root)
{
	const struct content *t = &contents[s->content], *p;
	unsigned i;

	for (i = 0; i <= t->nchunks; i++)
		if ((int64_t)t->start[i] == s->offset)
			break;
	if (i > t->nchunks)
		sim_fail(w, "an upload ends inside a chunk");
	if (i == 0) {
		if (root.n != 0)
			sim_fail(w, "an upload of nothing has content");
		return;
	}
	p = content_prefix(s->content, i);
	if (root.n != FSS__ID_BYTES ||
	    memcmp(root.p, p->root.b, FSS__ID_BYTES) != 0)
		sim_fail(w, "what is saved is not what was sent");
}

static void
look_stage(struct sim *w, struct fss__stmt *st)
{
	int64_t id = fss__col_i64(st, 0), offset = fss__col_i64(st, 4);
	struct fss__slice name = fss__col_blob(st, 1), meta;
	bool done = fss__col_i64(st, 7) != 0;
	struct staged *s;

	if (id <= 0 || id >= MAX_STAGES)
		sim_fail(w, "too many uploads");
	s = &w->staged[id];
	if (!s->known) {
		s->known = true;
		meta = fss__col_text(st, 9);
		assert_int_equal(meta.n, 1);
		s->content = ((const char *)meta.p)[0] - 'A';
		s->account = fss__col_i64(st, 2);
		assert_int_equal(name.n, sizeof(s->name));
		memcpy(s->name, name.p, sizeof(s->name));
	}
	s->seen = true;
	if (s->gone)
		sim_fail(w, "upload %d is there again", (int)id);
	if (offset < s->offset || fss__col_i64(st, 6) < s->turn ||
	    (s->done && !done))
		sim_fail(w, "upload %d went back from %d to %d", (int)id,
		    (int)s->offset, (int)offset);
	s->offset = offset;
	s->turn = fss__col_i64(st, 6);
	s->done = done;
	s->expires = fss__col_i64(st, 8);
	if ((size_t)fss__col_i64(st, 3) !=
	    contents[s->content].start[contents[s->content].nchunks])
		sim_fail(w, "upload %d is of another size", (int)id);
	if (!done)
		look_root(w, s, fss__col_blob(st, 5));
}

static void
look_versions(struct sim *w)
{
	struct fss__stmt *st = fss__db_query(db(w),
	    "SELECT s.id, v.root FROM stage s JOIN version v"
	    " ON v.id = s.version WHERE s.done = 1");

	while (fss__step(st) == 1)
		if (content_find(fss__col_blob(st, 1)) !=
		    w->staged[fss__col_i64(st, 0)].content)
			sim_fail(w, "upload %d became another file",
			    (int)fss__col_i64(st, 0));
}

void
truth_stages(struct sim *w)
{
	struct fss__stmt *st;
	struct staged *s;
	size_t i;

	for (i = 0; i < MAX_STAGES; i++)
		w->staged[i].seen = false;
	st = fss__db_query(db(w), "SELECT id, name, account, size, offset,"
	    " root, turn, done, expires, meta FROM stage");
	while (fss__step(st) == 1)
		look_stage(w, st);
	for (i = 0; i < MAX_STAGES; i++) {
		s = &w->staged[i];
		if (!s->known || s->seen || s->gone)
			continue;
		if (!s->removing && s->expires > w->d.wall_us)
			sim_fail(w, "upload %d was lost", (int)i);
		s->gone = true;
	}
	look_versions(w);
}

void
truth_stages_end(struct sim *w)
{
	struct fss__stmt *st = fss__db_query(db(w),
	    "SELECT count(*) FROM stage");
	int64_t n = -1;

	if (fss__step_i64(st, &n) != 1 || n != 0)
		sim_fail(w, "%d uploads did not expire", (int)n);
	/* What counted for them counts no more: files that are stored do. */
	st = fss__db_query(db(w), "SELECT count(*) FROM account a WHERE bytes"
	    " <> (SELECT coalesce(sum(v.size), 0) FROM version v JOIN entry e"
	    " ON e.id = v.entry WHERE e.owner = a.id AND v.chunk > 0)");
	if (fss__step_i64(st, &n) != 1 || n != 0)
		sim_fail(w, "%d accounts have a wrong usage", (int)n);
}
