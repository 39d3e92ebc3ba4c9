/*
 * What people do in a simulation, at random: whatever the protocol lets them
 * ask for, wise or not.  See sim.h.
 */
#include <string.h>

#include "base/num.h"
#include "sim.h"

static const char *const paths[PATHS] = {
	"/d/a", "/d/b", "/d/e/c", "/f", "/g/h"
};

const char *
actor_path(int path)
{
	return paths[path];
}

/* One of the files or what they are in. */
const char *
actor_some_place(struct sim *w)
{
	static const char *const places[] = { "/", "/d", "/d/e", "/g" };

	if (sim_one_in(w, 2))
		return paths[sim_below(w, PATHS)];
	return places[sim_below(w, 4)];
}

const char *
actor_some_name(struct sim *w)
{
	return w->client[sim_below(w, PEOPLE)].name;
}

void
actor_noted(struct call *k, int err, const void *answer,
    const struct fss__cs_answer *a)
{
	(void)answer;
	(void)a;
	sim_trace(k->client->w, "%s/%u %s: %d", k->client->name, k->client->n,
	    fss__message_name(k->type), err);
}

/* ---- requests ----------------------------------------------------------- */

static void
asked(struct call *k, int err, const void *answer,
    const struct fss__cs_answer *a)
{
	const struct fss__m_request *m = answer;

	(void)a;
	if (err != 0)
		return;
	sim_trace(k->client->w, "%s/%u asked: %d is %d", k->client->name,
	    k->client->n, (int)m->id, (int)m->state);
	truth_acked(k->client, m);
	truth_told(k->client, m->id, m->change, (unsigned)m->state, true);
	actor_told(k->client, m);
}

static void
ask(struct client *c)
{
	struct sim *w = c->w;
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_ask m;
	char text[32];

	memset(&m, 0, sizeof(m));
	m.op = client_op(w, op);
	m.kind = sim_one_in(w, 2) ? FSS_REQUEST_GET : 1 + sim_below(w, 3);
	if (m.kind == FSS_REQUEST_WANT) {
		m.has = FSS__K_ask_text;
		/* No two are alike; see truth_end(). */
		(void)fss__fmt(text, sizeof(text), "wish %llu",
		    (unsigned long long)w->ops);
		m.text = fss__slice_str(text);
		if (!sim_one_in(w, 3)) {
			m.has |= FSS__K_ask_target;
			m.target = fss__slice_str(sim_one_in(w, 3) ?
			    "@pals" : actor_some_name(w));
		}
	} else {
		m.has = FSS__K_ask_owner | FSS__K_ask_path;
		m.owner = fss__slice_str(actor_some_name(w));
		m.path = fss__slice_str(paths[sim_below(w, PATHS)]);
	}
	if (m.kind == FSS_REQUEST_UPLOAD) {
		m.has |= FSS__K_ask_size;
		m.size = 2000;
	}
	if (sim_one_in(w, 6)) {
		m.has |= FSS__K_ask_ttl_s;
		m.ttl_s = 5 + sim_below(w, 200);
	}
	(void)client_call(c, FSS__MSG_ASK, &m, NULL, asked);
}

static void
decided(struct call *k, int err, const void *answer,
    const struct fss__cs_answer *a)
{
	const struct fss__m_request_list *m = answer;
	struct fss__m_request row;
	struct fss__list it;

	(void)a;
	if (err != 0)
		return;
	it = m->requests;
	assert_int_equal(fss__list_next(&it, &fss__r_request, &row), 1);
	assert_int_equal(row.id, k->id);
	if (row.status != 0)
		return;
	sim_trace(k->client->w, "%s/%u decided %d by %d: %d", k->client->name,
	    k->client->n, (int)row.id, k->event, (int)row.state);
	truth_told(k->client, row.id, row.change, (unsigned)row.state, true);
	actor_told(k->client, &row);
}

static uint64_t
some_request(struct client *c)
{
	uint64_t id;
	int i;

	for (i = 0; i < 8; i++) {
		id = 1 + sim_below(c->w, 40);
		if (c->told[id].change > 0)
			return id;
	}
	return 1 + sim_below(c->w, 40);
}

static void
decide(struct client *c, uint64_t id, int event)
{
	uint8_t op[FSS__OP_BYTES], ids[8];
	struct fss__m_decide m;
	struct call *k;

	memset(&m, 0, sizeof(m));
	m.op = client_op(c->w, op);
	fss__put_le64(ids, id);
	m.ids.p = ids;
	m.ids.n = sizeof(ids);
	m.event = (uint64_t)event;
	k = client_call(c, FSS__MSG_DECIDE, &m, NULL, decided);
	if (k != NULL) {
		k->id = id;
		k->event = event;
	}
}

static void
decide_some(struct client *c)
{
	static const int events[] = { FSS_REQUEST_SEE, FSS_REQUEST_APPROVE,
	    FSS_REQUEST_APPROVE, FSS_REQUEST_APPROVE, FSS_REQUEST_DENY,
	    FSS_REQUEST_CANCEL, FSS_REQUEST_RETRY, FSS_REQUEST_RETRY };

	decide(c, some_request(c), events[sim_below(c->w, 8)]);
}

static void
fulfil(struct client *c)
{
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_fulfil m;

	memset(&m, 0, sizeof(m));
	m.op = client_op(c->w, op);
	m.id = some_request(c);
	m.path = fss__slice_str(paths[sim_below(c->w, PATHS)]);
	(void)client_call(c, FSS__MSG_FULFIL, &m, NULL, asked);
}

/* ---- reading ------------------------------------------------------------ */

/* What came is the beginning of the file that was promised. */
static void
got(struct call *k, int err, const void *answer,
    const struct fss__cs_answer *a)
{
	const struct fss__m_nodes *m = answer;
	struct fss__m_node_run row;
	const struct content *t;
	struct fss__list it;

	if (err != 0)
		return;
	it = m->runs;
	assert_int_equal(fss__list_next(&it, &fss__r_node_run, &row), 1);
	if (row.status != 0) {
		k->client->w->denied++;
		return;
	}
	k->client->w->gets++;
	if (k->content < 0 || a->payload == NULL)
		return;
	t = &contents[k->content];
	if (a->payload->len > t->start[t->nchunks] ||
	    memcmp(a->payload->data, t->data, a->payload->len) != 0)
		sim_fail(k->client->w, "GET gave other bytes");
}

static void
get(struct client *c, uint64_t version, int content)
{
	struct fss__m_get_item item;
	struct fss__m_get m;
	struct fss__buf b;
	struct call *k;

	memset(&item, 0, sizeof(item));
	item.version = version;
	item.count = 1 + sim_below(c->w, CHUNKS);
	fss__buf_init(&b, FSS__MAX_HEADER);
	assert_int_equal(fss__record_encode(&b, &fss__r_get_item, &item), 0);
	memset(&m, 0, sizeof(m));
	m.items.p = b.data;
	m.items.n = b.len;
	m.items.count = 1;
	k = client_call(c, FSS__MSG_GET, &m, NULL, got);
	if (k != NULL) {
		k->version = version;
		k->content = content;
	}
	fss__buf_release(&b);
}

static void
looked(struct call *k, int err, const void *answer,
    const struct fss__cs_answer *a)
{
	const struct fss__m_request_list *m = answer;
	struct fss__m_request row;
	struct fss__list it;

	(void)a;
	if (err != 0)
		return;
	it = m->requests;
	while (fss__list_next(&it, &fss__r_request, &row) == 1) {
		if (row.status != 0)
			continue;
		truth_told(k->client, row.id, row.change,
		    (unsigned)row.state, true);
		if ((row.has & FSS__K_request_version) && row.version != 0)
			get(k->client, row.version, content_find(row.root));
	}
}

static void
look(struct client *c, uint64_t id)
{
	struct fss__m_requests m;
	uint8_t ids[8];

	memset(&m, 0, sizeof(m));
	fss__put_le64(ids, id);
	m.has = FSS__K_requests_ids;
	m.ids.p = ids;
	m.ids.n = sizeof(ids);
	(void)client_call(c, FSS__MSG_REQUESTS, &m, NULL, looked);
}

void
actor_told_id(struct client *c, uint64_t id, unsigned state, bool mine)
{
	struct sim *w = c->w;

	if (w->calm || !sim_one_in(w, 2))
		return;
	if (mine && (state == FSS_REQUEST_FULFILLED ||
	    state == FSS_REQUEST_TRANSFERRING))
		look(c, id);
	else if (!mine && state == FSS_REQUEST_OPEN)
		decide(c, id, sim_one_in(w, 4) ? FSS_REQUEST_DENY :
		    FSS_REQUEST_APPROVE);
}

void
actor_told(struct client *c, const struct fss__m_request *r)
{
	bool mine = (r->has & FSS__K_request_mine) && r->mine;
	struct sim *w = c->w;
	unsigned i;
	int path;

	for (path = PATHS - 1; path > 0; path--)
		if (fss__slice_eq(r->path, fss__slice_str(paths[path])))
			break;
	if (mine && r->kind == FSS_REQUEST_UPLOAD &&
	    r->state == FSS_REQUEST_APPROVED && !w->calm && sim_one_in(w, 2))
		for (i = 0; i < PEOPLE; i++)
			if (fss__slice_eq(r->owner,
			    fss__slice_str(w->client[i].name)))
				agent_store(c, (int)sim_below(w, CONTENTS),
				    (int)i, path, r->id);
	actor_told_id(c, r->id, (unsigned)r->state, mine);
}

static void
who(struct client *c)
{
	struct fss__m_who m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_who_all;
	m.all = sim_one_in(c->w, 2);
	(void)client_call(c, FSS__MSG_WHO, &m, NULL, NULL);
}

void
actor_act(struct sim *w)
{
	static const struct {
		unsigned weight;
		void (*act)(struct client *c);
	} table[] = { { 20, actor_announce }, { 25, ask }, { 20, decide_some },
		{ 7, fulfil }, { 3, actor_unannounce }, { 2, actor_remove_one },
		{ 2, actor_move_one }, { 5, actor_change_disk }, { 6, actor_store },
		{ 9, actor_set_access }, { 4, actor_set_grant }, { 2, actor_set_group },
		{ 4, actor_set_rule }, { 4, actor_hide }, { 2, who } };
	struct client *c = &w->client[sim_below(w, CLIENTS)];
	unsigned n = (unsigned)sim_below(w, 128), i;

	if (!c->runs)
		return;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (n < table[i].weight) {
			table[i].act(c);
			return;
		}
		n -= table[i].weight;
	}
	if (n < 3)
		actor_lock(w);
	else if (n < 9)
		actor_stage(c);
	else
		get(c, 1 + sim_below(w, 30), -1);
}
