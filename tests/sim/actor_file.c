/*
 * What people do in a simulation with files and rights; requests and reading
 * are in actor.c.  See sim.h.
 */
#include <string.h>

#include "sim.h"

/* ---- files -------------------------------------------------------------- */

static void
announced(struct call *k, int err, const void *answer,
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
	sim_trace(k->client->w, "%s/%u announced %s: %d version %d",
	    k->client->name, k->client->n, actor_path(k->path), -(int)row.status,
	    (int)row.version);
}

void
actor_announce(struct client *c)
{
	int path = (int)sim_below(c->w, PATHS);
	uint8_t op[FSS__OP_BYTES];
	const struct content *t;
	struct fss__m_commit_item item;
	struct fss__m_announce m;
	struct fss__buf b;
	struct call *k;

	if (c->disk[path] < 0)
		return;
	t = &contents[c->disk[path]];
	memset(&item, 0, sizeof(item));
	item.path = fss__slice_str(actor_path(path));
	item.kind = FSS_KIND_FILE;
	item.has = FSS__K_commit_item_size | FSS__K_commit_item_root |
	    FSS__K_commit_item_depth;
	item.size = t->start[t->nchunks];
	item.root.p = t->root.b;
	item.root.n = FSS__ID_BYTES;
	item.depth = t->depth;
	fss__buf_init(&b, FSS__MAX_HEADER);
	assert_int_equal(fss__record_encode(&b, &fss__r_commit_item, &item), 0);
	memset(&m, 0, sizeof(m));
	m.op = client_op(c->w, op);
	m.items.p = b.data;
	m.items.n = b.len;
	m.items.count = 1;
	k = client_call(c, FSS__MSG_ANNOUNCE, &m, NULL, announced);
	if (k != NULL)
		k->path = path;
	fss__buf_release(&b);
}

static struct fss__buf
one_ref(const char *path)
{
	struct fss__m_ref ref;
	struct fss__buf b;

	memset(&ref, 0, sizeof(ref));
	ref.path = fss__slice_str(path);
	fss__buf_init(&b, FSS__MAX_HEADER);
	assert_int_equal(fss__record_encode(&b, &fss__r_ref, &ref), 0);
	return b;
}

void
actor_unannounce(struct client *c)
{
	struct fss__buf b = one_ref(actor_path((int)sim_below(c->w, PATHS)));
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_unannounce m;

	memset(&m, 0, sizeof(m));
	m.op = client_op(c->w, op);
	m.refs.p = b.data;
	m.refs.n = b.len;
	m.refs.count = 1;
	(void)client_call(c, FSS__MSG_UNANNOUNCE, &m, NULL, actor_noted);
	fss__buf_release(&b);
}

void
actor_remove_one(struct client *c)
{
	struct fss__buf b = one_ref(actor_some_place(c->w));
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_remove m;

	memset(&m, 0, sizeof(m));
	m.op = client_op(c->w, op);
	m.refs.p = b.data;
	m.refs.n = b.len;
	m.refs.count = 1;
	m.has = FSS__K_remove_recursive;
	m.recursive = true;
	(void)client_call(c, FSS__MSG_REMOVE, &m, NULL, actor_noted);
	fss__buf_release(&b);
}

void
actor_move_one(struct client *c)
{
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_move m;

	memset(&m, 0, sizeof(m));
	m.op = client_op(c->w, op);
	m.from = fss__slice_str(actor_path((int)sim_below(c->w, PATHS)));
	m.to = fss__slice_str(actor_path((int)sim_below(c->w, PATHS)));
	m.has = FSS__K_move_replace;
	m.replace = sim_one_in(c->w, 2);
	(void)client_call(c, FSS__MSG_MOVE, &m, NULL, actor_noted);
}

void
actor_change_disk(struct client *c)
{
	c->disk[sim_below(c->w, PATHS)] =
	    (int)sim_below(c->w, CONTENTS + 1) - 1;
}

void
actor_store(struct client *c)
{
	agent_store(c, (int)sim_below(c->w, CONTENTS),
	    (int)(sim_one_in(c->w, 4) ? sim_below(c->w, PEOPLE) : c->person),
	    (int)sim_below(c->w, PATHS), 0);
}

/* ---- who may what ------------------------------------------------------- */

void
actor_set_access(struct client *c)
{
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_access m;

	memset(&m, 0, sizeof(m));
	m.op = client_op(c->w, op);
	m.path = fss__slice_str(actor_some_place(c->w));
	m.access = sim_one_in(c->w, 2) ? FSS_ACCESS_ASK :
	    sim_below(c->w, 4);
	(void)client_call(c, FSS__MSG_ACCESS, &m, NULL, actor_noted);
}

void
actor_set_grant(struct client *c)
{
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_grant m;

	memset(&m, 0, sizeof(m));
	m.op = client_op(c->w, op);
	m.path = fss__slice_str(actor_some_place(c->w));
	m.who = fss__slice_str(sim_one_in(c->w, 3) ? "@pals" :
	    actor_some_name(c->w));
	m.rights = sim_below(c->w, 16);
	(void)client_call(c, FSS__MSG_GRANT, &m, NULL, actor_noted);
}

void
actor_set_group(struct client *c)
{
	struct fss__m_group_set m;

	memset(&m, 0, sizeof(m));
	m.group = fss__slice_str("pals");
	m.member = fss__slice_str(actor_some_name(c->w));
	m.has = FSS__K_group_set_remove;
	m.remove = sim_one_in(c->w, 3);
	(void)client_call(c, FSS__MSG_GROUP_SET, &m, NULL, actor_noted);
}

void
actor_set_rule(struct client *c)
{
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_rule_set m;

	memset(&m, 0, sizeof(m));
	m.op = client_op(c->w, op);
	if (sim_one_in(c->w, 3)) {
		m.has = FSS__K_rule_set_remove;
		m.remove = 1 + sim_below(c->w, 8);
	} else {
		m.has = FSS__K_rule_set_verdict | FSS__K_rule_set_kinds;
		m.verdict = sim_one_in(c->w, 3) ? FSS_VERDICT_DENY :
		    FSS_VERDICT_ALLOW;
		m.kinds = 1u << FSS_REQUEST_GET |
		    (sim_one_in(c->w, 2) ? 1u << FSS_REQUEST_UPLOAD : 0);
		if (sim_one_in(c->w, 2)) {
			m.has |= FSS__K_rule_set_who;
			m.who = fss__slice_str(actor_some_name(c->w));
		}
		if (sim_one_in(c->w, 2)) {
			m.has |= FSS__K_rule_set_under;
			m.under = fss__slice_str(actor_some_place(c->w));
		}
	}
	(void)client_call(c, FSS__MSG_RULE_SET, &m, NULL, actor_noted);
}

void
actor_hide(struct client *c)
{
	struct fss__m_presence m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_presence_hidden;
	m.hidden = sim_one_in(c->w, 2);
	(void)client_call(c, FSS__MSG_PRESENCE, &m, NULL, actor_noted);
}

/* The first person is the admin, and is locked by nobody. */
void
actor_lock(struct sim *w)
{
	unsigned who = 1 + (unsigned)sim_below(w, PEOPLE - 1);
	struct fss__m_user_set m;

	memset(&m, 0, sizeof(m));
	m.name = fss__slice_str(w->client[who].name);
	m.has = FSS__K_user_set_locked;
	m.locked = sim_one_in(w, 3);
	(void)client_call(&w->client[0], FSS__MSG_USER_SET, &m, NULL, actor_noted);
}
