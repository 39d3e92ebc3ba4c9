/*
 * What holds in a simulation, worked out from the hub's tables by code that
 * shares nothing with the hub's: the steps of requests, who may read what,
 * what everybody must have been told.  See sim.h.
 */
#include <string.h>

#include "model/request.h"
#include "sim.h"

static struct fss__db *
db(struct sim *w)
{
	return fss__store_db(w->d.store);
}

/* ---- steps of requests -------------------------------------------------- */

enum { GET = 1, WANT = 2, UPLOAD = 3, ANY = 0 };

/* The states one step from @state, a bit each. */
static unsigned
next_of(int kind, int state)
{
	unsigned to = 0;

#define S(name, number, live, text)
#define V(name, number, text)
#define T(k, from, event, role, dest, effects, audit)                  \
	if ((k == ANY || k == kind) && FSS__REQ_##from == state)       \
		to |= 1u << FSS__REQ_##dest;
#include "model/request.def"
#undef S
#undef V
#undef T
	return to;
}

static bool
reaches(int kind, int from, int to, int64_t steps)
{
	unsigned now = 1u << from, then;
	int s;

	for (; steps > 0; steps--) {
		then = 0;
		for (s = 0; s < FSS__REQ_STATES; s++)
			if (now & 1u << s)
				then |= next_of(kind, s);
		now = then;
	}
	return (now & 1u << to) != 0;
}

static void
look_row(struct sim *w, struct fss__stmt *st)
{
	int64_t id = fss__col_i64(st, 0), change = fss__col_i64(st, 3);
	int kind = (int)fss__col_i64(st, 1), state = (int)fss__col_i64(st, 2);
	struct truth *t;

	if (id <= 0 || id >= MAX_REQUESTS || change >= CHANGES)
		sim_fail(w, "too much happened to request %d", (int)id);
	t = &w->truth[id];
	if (!t->known) {
		t->known = true;
		t->kind = kind;
		t->state = FSS__REQ_OPEN;
		t->change = 1;
		t->asker = fss__col_i64(st, 5);
		t->target = fss__col_i64(st, 6);
		memset(t->was, 255, sizeof(t->was));
	}
	if (t->kind != kind || t->asker != fss__col_i64(st, 5) ||
	    t->target != fss__col_i64(st, 6))
		sim_fail(w, "request %d is another one now", (int)id);
	if (change < t->change ||
	    !reaches(kind, t->state, state, change - t->change))
		sim_fail(w, "request %d went from %d to %d in %d steps",
		    (int)id, t->state, state, (int)(change - t->change));
	t->state = state;
	t->change = change;
	t->was[change] = (uint8_t)state;
	t->expires = fss__col_i64(st, 7);
	w->seq = fss__col_i64(st, 4);
	sim_trace(w, "  request %d kind %d from %d to %d state %d change %d",
	    (int)id, kind, (int)t->asker, (int)t->target, state, (int)change);
}

void
truth_look(struct sim *w)
{
	struct fss__stmt *st = fss__db_query(db(w),
	    "SELECT id, kind, state, change, seq, asker, target, expires"
	    " FROM request WHERE seq > ?1 ORDER BY seq");

	fss__bind_i64(st, 1, w->seq);
	while (fss__step(st) == 1)
		look_row(w, st);
	truth_stages(w);
}

void
truth_acked(struct client *c, const struct fss__m_request *r)
{
	struct sim *w = c->w;

	if (r->id == 0 || r->id >= MAX_REQUESTS || !w->truth[r->id].known)
		sim_fail(w, "request %d was acknowledged and is not there",
		    (int)r->id);
	w->truth[r->id].acked = true;
}

void
truth_told(struct client *c, uint64_t id, uint64_t change, unsigned state,
    bool is_listed)
{
	struct sim *w = c->w;
	struct truth *t;
	struct told *s;

	if (id == 0 || id >= MAX_REQUESTS || !w->truth[id].known ||
	    change > (uint64_t)w->truth[id].change)
		sim_fail(w, "%s/%u was told of request %d, change %d, too "
		    "early", c->name, c->n, (int)id, (int)change);
	t = &w->truth[id];
	s = &c->told[id];
	/* Past its time it is shown as it will be written. */
	if (is_listed && state == FSS__REQ_EXPIRED &&
	    t->was[change] != FSS__REQ_EXPIRED &&
	    t->expires <= w->d.wall_us)
		return;
	if (t->was[change] != 255 && t->was[change] != state)
		sim_fail(w, "%s/%u was told that request %d is %d, it was %d",
		    c->name, c->n, (int)id, (int)state, t->was[change]);
	if ((int64_t)change < s->change)
		return;
	if ((int64_t)change == s->change) {
		if (s->state != state)
			sim_fail(w, "request %d has change %d twice",
			    (int)id, (int)change);
		return;
	}
	s->change = (int64_t)change;
	s->state = (uint8_t)state;
	w->told++;
}

/* ---- who may read ------------------------------------------------------- */

/* The rights of @account on @entry; -1 none at all: it is gone. */
static int
rights(struct sim *w, int64_t account, int64_t entry)
{
	struct fss__stmt *st;
	int64_t owner, parent, access;
	int have = 0;

	while (entry > 0) {
		st = fss__db_query(db(w),
		    "SELECT owner, parent, access FROM entry WHERE id = ?1");
		fss__bind_i64(st, 1, entry);
		if (fss__step(st) != 1)
			return -1;
		owner = fss__col_i64(st, 0);
		parent = fss__col_i64(st, 1);
		access = fss__col_i64(st, 2);
		fss__stmt_reset(st);
		if (owner == account)
			return 31;
		st = fss__db_query(db(w),
		    "SELECT rights FROM acl WHERE entry = ?1 AND ("
		    "(kind = 0 AND who = ?2) OR (kind = 1 AND who IN"
		    " (SELECT circle FROM member WHERE account = ?2)))");
		fss__bind_i64(st, 1, entry);
		fss__bind_i64(st, 2, account);
		while (fss__step(st) == 1)
			have |= (int)fss__col_i64(st, 0);
		if (access == FSS_ACCESS_ASK)
			have |= FSS_RIGHT_SEE;
		if (access == FSS_ACCESS_OPEN)
			have |= FSS_RIGHT_SEE | FSS_RIGHT_READ;
		if (access != FSS_ACCESS_INHERIT)
			break;
		entry = parent;
	}
	if (have & FSS_RIGHT_WRITE)
		have |= FSS_RIGHT_READ | FSS_RIGHT_CREATE;
	if (have != 0)
		have |= FSS_RIGHT_SEE;
	return have;
}

/* Whether a request with a yes lets them. */
static bool
passes(struct sim *w, int64_t account, int64_t version, bool seen)
{
	struct fss__stmt *st = fss__db_query(db(w),
	    "SELECT 1 FROM request WHERE asker = ?1 AND version = ?2"
	    " AND (kind = 2 OR (kind = 1 AND ?3)) AND (state = 3"
	    " OR (state = 2 AND expires > ?4)"
	    " OR (state = 4 AND changed + 2592000000000 >= ?4))");
	bool found;

	fss__bind_i64(st, 1, account);
	fss__bind_i64(st, 2, version);
	fss__bind_i64(st, 3, seen);
	fss__bind_i64(st, 4, w->d.wall_us);
	found = fss__step(st) == 1;
	fss__stmt_reset(st);
	return found;
}

static bool
may_read(struct sim *w, int64_t account, int64_t version)
{
	struct fss__stmt *st = fss__db_query(db(w),
	    "SELECT v.entry, (SELECT locked FROM account WHERE id = ?2)"
	    " FROM version v WHERE v.id = ?1");
	int64_t entry, locked;
	int r;

	fss__bind_i64(st, 1, version);
	fss__bind_i64(st, 2, account);
	if (fss__step(st) != 1)
		return false;
	entry = fss__col_i64(st, 0);
	locked = fss__col_i64(st, 1);
	fss__stmt_reset(st);
	if (locked)
		return false;
	r = rights(w, account, entry);
	return r > 0 && (r & FSS_RIGHT_READ) ? true :
	    passes(w, account, version, r > 0);
}

void
truth_read(struct sim *w, const struct fss__job *job)
{
	struct fss__list items = job->m.GET.items, runs;
	struct fss__m_get_item item;
	struct fss__m_nodes nodes;
	struct fss__m_node_run run;
	struct fss__header h;

	if (job->err.code != 0)
		return;
	assert_int_equal(fss__header_decode(job->out.data, job->out.len, &h),
	    0);
	assert_int_equal(fss__fields_decode(h.fields, &fss__r_nodes, &nodes,
	    NULL), 0);
	runs = nodes.runs;
	while (fss__list_next(&runs, &fss__r_node_run, &run) == 1) {
		assert_int_equal(fss__list_next(&items, &fss__r_get_item,
		    &item), 1);
		if (run.status == 0 && !may_read(w, job->who.account,
		    (int64_t)item.version))
			sim_fail(w, "%s was given version %d without a right",
			    job->who.name, (int)item.version);
	}
}

/* ---- presence ----------------------------------------------------------- */

static int
shown(struct sim *w, int64_t viewer, int64_t account)
{
	struct fss__board_row row;

	if (fss__board_get(fss__hub_board(w->d.hub), viewer, account,
	    &row) != 1)
		return FSS_PRESENCE_OFFLINE;
	return row.presence;
}

/* It answered not long ago, over a session that stands for some time. */
static bool
surely_here(const struct sim *w, const struct client *c)
{
	int64_t now = sim_now(w);

	return c->runs && c->ready_us < now - 20 * SECOND &&
	    fss__cs_terms(c->cs)->account[0] != '\0' &&
	    c->rx_us > now - 5 * SECOND && w->boot_us < now - 20 * SECOND &&
	    w->locked_us[c->person] < now - 60 * SECOND;
}

void
truth_presence(struct sim *w)
{
	int64_t now = sim_now(w);
	unsigned p, i;
	bool heard, here;
	int state;

	if (!w->hub_up)
		return;
	for (p = 0; p < PEOPLE; p++) {
		heard = here = false;
		for (i = 0; i < CLIENTS; i++) {
			if (w->client[i].person != p)
				continue;
			heard |= w->client[i].heard_us > now - 36 * SECOND;
			here |= surely_here(w, &w->client[i]);
		}
		state = shown(w, w->account[p], w->account[p]);
		if (state != FSS_PRESENCE_OFFLINE && !heard)
			sim_fail(w, "%s is shown present and is not",
			    w->client[p].name);
		if (state == FSS_PRESENCE_OFFLINE && here)
			sim_fail(w, "%s is here and is not shown",
			    w->client[p].name);
	}
}

/* ---- the end ------------------------------------------------------------ */

static int64_t
number(struct sim *w, struct fss__stmt *st)
{
	int64_t n;

	if (fss__step_i64(st, &n) != 1)
		sim_fail(w, "a query failed");
	return n;
}

static bool
is_locked(struct sim *w, unsigned person)
{
	struct fss__stmt *st = fss__db_query(db(w),
	    "SELECT locked FROM account WHERE id = ?1");

	fss__bind_i64(st, 1, w->account[person]);
	return number(w, st) != 0;
}

static bool
is_hidden(struct sim *w, unsigned person)
{
	struct fss__stmt *st = fss__db_query(db(w),
	    "SELECT count(*) FROM presence WHERE account = ?1 AND hidden = 1");

	fss__bind_i64(st, 1, w->account[person]);
	return number(w, st) != 0;
}

/*
 * Whether it went to @person.  A wish to several that is over is there for its
 * asker and giver alone, so who was away does not hear of it any more.
 */
static bool
went_to(struct sim *w, int64_t id, unsigned person)
{
	struct fss__stmt *st = fss__db_query(db(w),
	    "SELECT count(*) FROM request r WHERE r.id = ?1 AND"
	    " (r.target = ?2 OR (r.state < 4 AND r.target = 0"
	    " AND (r.circle = 0 OR EXISTS (SELECT 1 FROM request_audience a"
	    " WHERE a.request = r.id AND a.account = ?2))))");

	fss__bind_i64(st, 1, id);
	fss__bind_i64(st, 2, w->account[person]);
	return number(w, st) != 0;
}

/* Whether it is between @person and the asker: nobody else gives it now. */
static bool
gives(struct sim *w, int64_t id, unsigned person)
{
	struct fss__stmt *st = fss__db_query(db(w),
	    "SELECT count(*) FROM request WHERE id = ?1"
	    " AND (target = ?2 OR owner = ?2)");

	fss__bind_i64(st, 1, id);
	fss__bind_i64(st, 2, w->account[person]);
	return number(w, st) != 0;
}

/* 255: two steps in one transaction, the first of which nobody saw. */
static bool
may_be(uint8_t state, int one)
{
	return state == one || state == 255;
}

/* A step of which those it went to may not have been told. */
static bool
is_quiet(uint8_t from, uint8_t to, bool gives)
{
	return (may_be(from, FSS__REQ_OPEN) && may_be(to, FSS__REQ_SEEN)) ||
	    (!gives && may_be(from, FSS__REQ_APPROVED) &&
	    may_be(to, FSS__REQ_TRANSFERRING));
}

/*
 * Everybody knows how it is, on each device: the asker; and whom it went to,
 * who are not told that it was seen, nor, but for who gives it, that bytes
 * began to arrive.
 */
static void
end_told(struct sim *w, int64_t id)
{
	const struct truth *t = &w->truth[id];
	const struct client *c;
	int64_t least;
	bool giver;
	unsigned i;

	for (i = 0; i < CLIENTS; i++) {
		c = &w->client[i];
		if (is_locked(w, c->person))
			continue;
		least = t->change;
		if (w->account[c->person] != t->asker) {
			if (!went_to(w, id, c->person))
				continue;
			giver = gives(w, id, c->person);
			while (least > 1 && is_quiet(t->was[least - 1],
			    t->was[least], giver))
				least--;
		}
		if (c->told[id].change < least ||
		    (c->told[id].change == t->change &&
		    c->told[id].state != t->state))
			sim_fail(w, "%s/%u knows request %d as %d (change "
			    "%d), it is %d (change %d)", c->name, c->n,
			    (int)id, c->told[id].state,
			    (int)c->told[id].change, t->state,
			    (int)t->change);
	}
}

/*
 * Whether @c said that it has @root, in a place of the @owner's own or one
 * that both @owner and @asker may see.
 */
static bool
said(struct sim *w, const struct client *c, struct fss__slice root,
    int64_t owner, int64_t asker)
{
	struct fss__stmt *st = fss__db_query(db(w),
	    "SELECT h.account, h.entry FROM holder h JOIN device d"
	    " ON d.id = h.device WHERE h.root = ?1 AND d.key = ?2");
	int64_t account[PATHS], entry[PATHS];
	int n = 0, see = FSS_RIGHT_SEE;

	fss__bind_blob(st, 1, root.p, root.n);
	fss__bind_blob(st, 2, c->key, FSS__KEY_BYTES);
	while (fss__step(st) == 1 && n < PATHS) {
		account[n] = fss__col_i64(st, 0);
		entry[n++] = fss__col_i64(st, 1);
	}
	fss__stmt_reset(st);
	while (n-- > 0)
		if (account[n] == owner ||
		    (rights(w, owner, entry[n]) > 0 &&
		    rights(w, owner, entry[n]) & see &&
		    rights(w, asker, entry[n]) > 0 &&
		    rights(w, asker, entry[n]) & see))
			return true;
	return false;
}

/* Whether a device that runs has what @root names and may send it. */
static const struct client *
held(struct sim *w, struct fss__slice root, int64_t owner, int64_t asker)
{
	int content = content_find(root), k;
	unsigned i;
	bool has;

	for (i = 0; i < CLIENTS; i++) {
		has = false;
		for (k = 0; k < PATHS; k++)
			has |= w->client[i].disk[k] == content;
		if (!has || is_locked(w, w->client[i].person))
			continue;
		if (said(w, &w->client[i], root, owner, asker))
			return &w->client[i];
	}
	return NULL;
}

static void
end_waiting(struct sim *w, int64_t id)
{
	struct fss__stmt *st = fss__db_query(db(w),
	    "SELECT root, owner, asker FROM request WHERE id = ?1"
	    " AND state IN (2, 3) AND kind IN (1, 2)");
	int64_t owner, asker;
	uint8_t copy[FSS__ID_BYTES];
	const struct client *c;
	struct fss__slice root;

	fss__bind_i64(st, 1, id);
	if (fss__step(st) != 1)
		return;
	root = fss__col_blob(st, 0);
	if (root.n != sizeof(copy))
		sim_fail(w, "request %d waits for no content", (int)id);
	memcpy(copy, root.p, sizeof(copy));
	root.p = copy;
	owner = fss__col_i64(st, 1);
	asker = fss__col_i64(st, 2);
	fss__stmt_reset(st);
	c = held(w, root, owner, asker);
	if (c != NULL) {
		st = fss__db_query(db(w), "SELECT count(*) FROM transfer"
		    " WHERE root = ?1");
		fss__bind_blob(st, 1, root.p, root.n);
		sim_trace(w, "transfers of it: %d", (int)number(w, st));
	}
	if (c != NULL)
		sim_fail(w, "request %d waits for what %s/%u has", (int)id,
		    c->name, c->n);
	if (w->truth[id].state == FSS__REQ_TRANSFERRING)
		sim_fail(w, "request %d is transferring and nobody sends",
		    (int)id);
}

static void
end_presence(struct sim *w)
{
	unsigned p;
	int own, others, want;

	for (p = 0; p < PEOPLE; p++) {
		own = shown(w, w->account[p], w->account[p]);
		others = shown(w, w->account[(p + 1) % PEOPLE],
		    w->account[p]);
		if (is_locked(w, p)) {
			if (own != FSS_PRESENCE_OFFLINE)
				sim_fail(w, "%s is locked and shown",
				    w->client[p].name);
			continue;
		}
		if (own == FSS_PRESENCE_OFFLINE)
			sim_fail(w, "%s is not shown", w->client[p].name);
		want = is_hidden(w, p) ? FSS_PRESENCE_OFFLINE : own;
		if (others != want)
			sim_fail(w, "%s is shown to others as %d, not %d",
			    w->client[p].name, others, want);
	}
}

/*
 * All that was done to a request but SEE left a line.  It is seen once each
 * time that it is open: with each try, and after an offer that failed.
 */
static void
end_audit(struct sim *w, int64_t id)
{
	struct fss__stmt *st = fss__db_query(db(w),
	    "SELECT count(*) FROM audit WHERE request = ?1"
	    " AND what IN (2, 3, 4, 5, 6, 7, 8, 9, 11)");
	int64_t n, steps = w->truth[id].change - 1, opened;

	fss__bind_i64(st, 1, id);
	n = number(w, st);
	st = fss__db_query(db(w),
	    "SELECT attempt + (SELECT count(*) FROM audit WHERE request = ?1"
	    " AND what = 6) FROM request WHERE id = ?1");
	fss__bind_i64(st, 1, id);
	opened = number(w, st);
	if (n > steps || n < steps - opened)
		sim_fail(w, "request %d took %d steps, the audit has %d",
		    (int)id, (int)steps, (int)n);
}

static void
problem(void *ctx, const char *text)
{
	sim_fail(ctx, "store: %s", text);
}

void
truth_end(struct sim *w)
{
	struct fss__stmt *st;
	int64_t id;

	for (id = 1; id < MAX_REQUESTS; id++) {
		if (!w->truth[id].known)
			continue;
		st = fss__db_query(db(w),
		    "SELECT count(*) FROM request WHERE id = ?1"
		    " AND state = ?2 AND change = ?3");
		fss__bind_i64(st, 1, id);
		fss__bind_i64(st, 2, w->truth[id].state);
		fss__bind_i64(st, 3, w->truth[id].change);
		if (number(w, st) != 1)
			sim_fail(w, "request %d was lost", (int)id);
		end_told(w, id);
		end_waiting(w, id);
		end_audit(w, id);
	}
	/* However often it was sent. */
	if (number(w, fss__db_query(db(w),
	    "SELECT count(*) - count(DISTINCT text) FROM request"
	    " WHERE kind = 2")) != 0)
		sim_fail(w, "one wish became two");
	if (number(w, fss__db_query(db(w),
	    "SELECT count(*) FROM request_todo")) != 0)
		sim_fail(w, "marks are left");
	end_presence(w);
	if (w->seed % 16 == 0 && fss__store_check(w->d.store, problem, w) != 0)
		sim_fail(w, "the store is damaged");
}
