/*
 * The clock of a simulation, the hub's life in it, and the faults.  See
 * sim.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chance.h"
#include "sim.h"

#define BUSY_US	(90 * SECOND)
#define CALM_US	(420 * SECOND)

static const char *const names[PEOPLE] = { "ann", "bob", "cid", "dot" };

int64_t
sim_now(const struct sim *w)
{
	return w->d.mono_us;
}

uint64_t
sim_below(struct sim *w, uint64_t n)
{
	return rng_below(&w->rng, n);
}

bool
sim_one_in(struct sim *w, unsigned n)
{
	return rng_below(&w->rng, n) == 0;
}

void
sim_trace(struct sim *w, const char *fmt, ...)
{
	va_list ap;

	if (!w->trace)
		return;
	fprintf(stderr, "%9.4f ", (double)(sim_now(w) % 1000000000000) / 1e6);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

_Noreturn void
sim_fail(struct sim *w, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "at %.4f s: ", (double)sim_now(w) / 1e6);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}

/* ---- the hub ------------------------------------------------------------ */

static void
look_locked(struct sim *w)
{
	struct fss__stmt *st = fss__db_query(fss__store_db(w->d.store),
	    "SELECT id FROM account WHERE locked = 1");
	unsigned p;

	while (fss__step(st) == 1)
		for (p = 0; p < PEOPLE; p++)
			if (w->account[p] == fss__col_i64(st, 0))
				w->locked_us[p] = sim_now(w);
}

static void
hub_kill(struct sim *w, int64_t us)
{
	if (!w->hub_up)
		return;
	sim_trace(w, "hub dies, %u jobs out", hub_drive_jobs(&w->d));
	hub_drive_kill(&w->d);
	w->hub_up = false;
	w->boot_us = sim_now(w) + us;
	w->doom = 0;
	net_break_all(w);
}

static void
run_lane(struct sim *w, unsigned lane)
{
	struct fss__job *job = w->d.lane[lane].first;

	hub_drive_lane(&w->d, lane);
	if (lane == FSS__LANE_READ && job->message->type == FSS__MSG_GET)
		truth_read(w, job);
	if (lane == FSS__LANE_WRITE) {
		truth_look(w);
		look_locked(w);
	}
	/* Between any two steps of any job. */
	if (w->doom > 0 && --w->doom == 0)
		hub_kill(w, (int64_t)sim_below(w, 3 * SECOND));
}

static bool
hub_step(struct sim *w)
{
	unsigned bits, lane;
	bool any = false;

	if (!w->hub_up) {
		if (w->boot_us > sim_now(w))
			return false;
		sim_trace(w, "hub starts");
		w->d.log = &w->log;
		hub_drive_boot(&w->d, NULL);
		w->hub_up = true;
		w->jobs_us = 0;
		any = true;
	}
	if (fss__hub_deadline(w->d.hub) <= sim_now(w)) {
		hub_drive_tick(&w->d, 0);
		any = true;
	}
	while (w->hub_up && w->jobs_us <= sim_now(w) &&
	    (bits = hub_drive_lanes(&w->d)) != 0) {
		do
			lane = (unsigned)sim_below(w, FSS__LANES + 1);
		while (!(bits & 1u << lane));
		run_lane(w, lane);
		any = true;
		if (sim_one_in(w, 6))
			w->jobs_us = sim_now(w) + 1 +
			    (int64_t)sim_below(w, w->calm ? 500 : 30000);
	}
	if (w->hub_up)
		net_collect(w);
	return any;
}

/* ---- faults ------------------------------------------------------------- */

static void
cut(struct sim *w, bool silently)
{
	struct client *c = &w->client[sim_below(w, CLIENTS)];
	unsigned i = (unsigned)sim_below(w, CONNS);
	struct fss__cs_event ev;
	struct conn *k = c->conn[i];

	if (k == NULL || !k->up || k->dead)
		return;
	sim_trace(w, "%s/%u connection %u %s", c->name, c->n, i,
	    silently ? "goes dead" : "breaks");
	if (silently) {
		k->dead = true;
		k->at = sim_now(w) + 20 * SECOND +
		    (int64_t)sim_below(w, 30 * SECOND);
		return;
	}
	c->conn[i] = NULL;
	net_close(w, k);
	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__CS_LOST;
	ev.conn = i;
	ev.reason = FSS_ENOTCONN;
	client_event(c, &ev);
}

static void
start_or_kill(struct sim *w)
{
	struct client *c = &w->client[sim_below(w, CLIENTS)];

	if (c->runs)
		client_kill(c);
	else
		client_start(c);
}

/* Everything is off for long; some things run out meanwhile. */
static void
night(struct sim *w)
{
	int64_t us = (int64_t)sim_below(w, 100 * 86400) * SECOND;
	unsigned i;

	hub_kill(w, 0);
	for (i = 0; i < CLIENTS; i++)
		client_kill(&w->client[i]);
	sim_trace(w, "night");
	w->d.mono_us += us;
	w->d.wall_us += us;
	w->boot_us = sim_now(w);
	for (i = 0; i < CLIENTS; i++)
		client_start(&w->client[i]);
	w->act_us = w->fault_us = sim_now(w);
}

static void
fault(struct sim *w)
{
	uint64_t n = sim_below(w, 100);

	if (n < 35)
		cut(w, false);
	else if (n < 50)
		cut(w, true);
	else if (n < 75)
		start_or_kill(w);
	else if (n < 90)
		w->doom = 1 + (unsigned)sim_below(w, 20);
	else if (n < 98)
		hub_kill(w, (int64_t)sim_below(w, sim_one_in(w, 5) ?
		    70 * SECOND : 3 * SECOND));
	else
		night(w);
}

/* ---- time --------------------------------------------------------------- */

static int64_t
earliest(struct sim *w, int64_t until)
{
	int64_t at = until, t = net_deadline(w);
	unsigned i;

	if (t < at)
		at = t;
	for (i = 0; i < CLIENTS; i++) {
		t = client_deadline(&w->client[i]);
		if (t < at)
			at = t;
	}
	if (!w->hub_up)
		t = w->boot_us;
	else if (hub_drive_lanes(&w->d) != 0)
		t = w->jobs_us;
	else
		t = INT64_MAX;
	if (t < at)
		at = t;
	if (w->hub_up && (t = fss__hub_deadline(w->d.hub)) < at)
		at = t;
	if (!w->calm && w->act_us < at)
		at = w->act_us;
	if (!w->calm && w->fault_us < at)
		at = w->fault_us;
	return at;
}

static void
people_step(struct sim *w)
{
	unsigned i;

	if (w->calm)
		return;
	if (w->act_us <= sim_now(w)) {
		actor_act(w);
		for (i = 0; i < CLIENTS; i++)
			client_pump(&w->client[i]);
		w->act_us = sim_now(w) + (int64_t)sim_below(w,
		    sim_one_in(w, 6) ? 4 * SECOND : SECOND / 3);
	}
	if (w->fault_us <= sim_now(w)) {
		fault(w);
		w->fault_us = sim_now(w) + SECOND / 10 +
		    (int64_t)sim_below(w, (1 + w->faults) * SECOND);
	}
}

/* Whose deadline does not move. */
static void
stands_still(struct sim *w)
{
	unsigned i;

	for (i = 0; i < CLIENTS; i++)
		if (client_deadline(&w->client[i]) <= sim_now(w))
			sim_fail(w, "%s/%u wants to act and does not",
			    w->client[i].name, i);
	if (w->hub_up && fss__hub_deadline(w->d.hub) <= sim_now(w))
		sim_fail(w, "the hub wants to act and does not");
	sim_fail(w, "time stands still");
}

static void
run_until(struct sim *w, int64_t until)
{
	int64_t at, spent = 0;
	unsigned i, idle = 0;
	bool any;

	while (sim_now(w) < until) {
		any = net_step(w);
		any |= hub_step(w);
		for (i = 0; i < CLIENTS; i++)
			any |= client_tick(&w->client[i]);
		people_step(w);
		truth_presence(w);
		at = earliest(w, until);
		if (at > sim_now(w)) {
			w->d.wall_us += at - sim_now(w);
			w->d.mono_us = at;
			idle = 0;
		} else if (++idle > 10000) {
			stands_still(w);
		}
		spent++;
		(void)any;
	}
	sim_trace(w, "%d steps", (int)spent);
}

/* ---- a world ------------------------------------------------------------ */

static void
setup_account(struct sim *w, struct client *c)
{
	struct hub_peer peer;
	struct fss__stmt *st;

	hub_peer_init(&peer, &w->d, (uint8_t)(c->n + 1));
	if (c->n < PEOPLE) {
		hub_peer_register(&peer, c->name);
		st = fss__db_query(fss__store_db(w->d.store),
		    "SELECT id FROM account WHERE name = ?1");
		fss__bind_text(st, 1, fss__slice_str(c->name));
		assert_int_equal(fss__step_i64(st, &w->account[c->n]), 1);
	} else {
		assert_int_equal(hub_peer_hello(&peer), 0);
		assert_int_equal(hub_peer_login(&peer, c->name, "password"),
		    0);
	}
	memcpy(c->key, peer.key, sizeof(c->key));
	hub_peer_release(&peer);
}

/* What the hub warns of must not come about by what peers do. */
static void
complain(void *ctx, int level, const char *module, const char *msg,
    const char *fields)
{
	(void)level;
	sim_fail(ctx, "%s: %s %s", module, msg, fields);
}

static void
setup(struct sim *w)
{
	struct client *c;
	unsigned i, k;

	w->log.fn = complain;
	w->log.ctx = w;
	w->log.level = FSS_LOG_WARN;
	hub_drive_open(&w->d, NULL);
	w->d.hold = 0;
	w->hub_up = true;
	for (i = 0; i < CLIENTS; i++) {
		c = &w->client[i];
		c->w = w;
		c->n = i;
		c->person = i % PEOPLE;
		c->name = names[c->person];
		c->agent = !sim_one_in(w, 3);
		for (k = 0; k < PATHS; k++)
			c->disk[k] = (int)sim_below(w, CONTENTS + 1) - 1;
		setup_account(w, c);
	}
	assert_int_equal(fss__exec(fss__db_query(fss__store_db(w->d.store),
	    "UPDATE account SET role = 2 WHERE id = 1")), 0);
	assert_int_equal(fss__exec(fss__db_query(fss__store_db(w->d.store),
	    "UPDATE entry SET access = 2 WHERE parent = 0 AND id % 4")), 0);
	w->route = 1000;
	hub_kill(w, SECOND);
	for (i = 0; i < CLIENTS; i++)
		client_start(&w->client[i]);
}

/* Everything runs and nothing disturbs it. */
static void
settle(struct sim *w)
{
	unsigned i;

	w->calm = true;
	w->doom = 0;
	sim_trace(w, "calm");
	for (i = 0; i < CLIENTS; i++) {
		if (!w->client[i].agent)
			client_kill(&w->client[i]);
		w->client[i].agent = true;
		if (!w->client[i].runs)
			client_start(&w->client[i]);
	}
	if (w->seed % 2 == 0)
		hub_kill(w, SECOND);
	run_until(w, sim_now(w) + CALM_US);
}

/* Two days later nobody has gone on with an upload. */
static void
forsake(struct sim *w)
{
	w->d.mono_us += 2 * 86400 * SECOND;
	w->d.wall_us += 2 * 86400 * SECOND;
	run_until(w, sim_now(w) + 120 * SECOND);
	truth_stages_end(w);
}

void
sim_run(struct sim *w, uint64_t seed, bool trace)
{
	unsigned i;

	memset(w, 0, sizeof(*w));
	w->seed = seed;
	w->rng.s = seed * 7919;
	w->trace = trace;
	chance_seed(seed);
	setup(w);
	w->faults = (uint8_t)sim_below(w, 40);
	w->act_us = w->fault_us = sim_now(w) + 2 * SECOND;
	run_until(w, sim_now(w) + BUSY_US);
	settle(w);
	truth_end(w);
	forsake(w);
	for (i = 0; i < CLIENTS; i++)
		client_kill(&w->client[i]);
	net_free(w);
	hub_drive_close(&w->d);
}
