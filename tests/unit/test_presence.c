/*
 * Presence on a virtual clock: each rule by itself, and, over random lives of
 * sessions, what must hold at any time: nobody is told gone who is here or was
 * a moment ago, nobody stays whose sessions are dead, and the board is what
 * was told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "model/presence.h"
#include "rng.h"

#define SECOND  INT64_C(1000000)
#define WALL    INT64_C(1700000000000000)
#define OFFLINE FSS_PRESENCE_OFFLINE
#define IDLE    FSS_PRESENCE_IDLE
#define ONLINE  FSS_PRESENCE_ONLINE
#define ALICE   1
#define NOBODY  99

struct world {
	struct fss__board *board;
	struct fss__presence *p;
	int64_t now;
};

static void
open_world(struct world *w)
{
	memset(w, 0, sizeof(*w));
	assert_int_equal(fss__board_new(&w->board), 0);
	assert_int_equal(fss__presence_new(w->board, &w->p), 0);
	w->now = 1000 * SECOND;
}

static void
close_world(struct world *w)
{
	fss__presence_free(w->p);
	fss__board_free(w->board);
}

static int
next(struct world *w, struct fss__presence_change *c)
{
	return fss__presence_next(w->p, w->now, WALL + w->now, c);
}

static void
quiet(struct world *w)
{
	struct fss__presence_change c;

	assert_int_equal(next(w, &c), 0);
}

/* One change of alice, for all; and no more. */
static struct fss__presence_change
change(struct world *w, int from, int to)
{
	struct fss__presence_change c;

	assert_int_equal(next(w, &c), 1);
	assert_int_equal(c.account, ALICE);
	assert_string_equal(c.name, "alice");
	assert_int_equal(c.from, from);
	assert_int_equal(c.to, to);
	assert_false(c.self);
	quiet(w);
	return c;
}

/* Nothing happens before @us from now, and something is due then. */
static void
wait_for(struct world *w, int64_t us)
{
	int64_t until = w->now + us, due;

	quiet(w);
	while ((due = fss__presence_deadline(w->p)) < until) {
		assert_true(due > w->now);
		w->now = due;
		quiet(w);
	}
	assert_int_equal(due, until);
	w->now = until - 1;
	quiet(w);
	w->now = until;
}

static void
join(struct world *w, struct fss__presence_session *s)
{
	assert_int_equal(
	    fss__presence_join(w->p, s, ALICE, "alice", false, w->now), 0);
}

static int
shown(struct world *w, int64_t viewer)
{
	struct fss__board_row row;

	return fss__board_get(w->board, viewer, ALICE, &row) == 1 ?
	    row.presence :
	    OFFLINE;
}

static void
test_comes_and_goes(void **state)
{
	struct fss__presence_session s;
	struct fss__presence_change c;
	struct fss__board_row row;
	struct world w;

	(void)state;
	open_world(&w);
	join(&w, &s);
	quiet(&w);
	assert_int_equal(shown(&w, NOBODY), OFFLINE);
	wait_for(&w, FSS__PRESENCE_SETTLE_US);
	c = change(&w, OFFLINE, ONLINE);
	assert_true(c.note && c.live);
	assert_int_equal(c.sessions, 1);
	assert_int_equal(fss__board_get(w.board, NOBODY, ALICE, &row), 1);
	assert_int_equal(row.since_us, WALL + w.now);
	assert_int_equal(row.sessions, 1);
	assert_string_equal(row.name, "alice");
	fss__presence_touch(w.p, &s, true, w.now += SECOND);
	fss__presence_leave(w.p, &s, w.now += SECOND);
	quiet(&w);
	assert_int_equal(shown(&w, NOBODY), ONLINE);
	wait_for(&w, FSS__PRESENCE_GRACE_US);
	c = change(&w, ONLINE, OFFLINE);
	assert_true(c.note && !c.live);
	assert_int_equal(
	    c.seen_wall_us, WALL + w.now - FSS__PRESENCE_GRACE_US - SECOND);
	assert_int_equal(fss__presence_deadline(w.p), INT64_MAX);
	assert_null(fss__presence_sessions(w.p, ALICE));
	close_world(&w);
}

/* A command that lists something and leaves. */
static void
test_short_is_none(void **state)
{
	struct fss__presence_session s;
	struct world w;
	int i;

	(void)state;
	open_world(&w);
	for (i = 0; i < 20; i++) {
		join(&w, &s);
		quiet(&w);
		w.now += FSS__PRESENCE_SETTLE_US - 1;
		quiet(&w);
		fss__presence_leave(w.p, &s, w.now);
		quiet(&w);
	}
	assert_int_equal(fss__presence_deadline(w.p), INT64_MAX);
	close_world(&w);
}

static void
test_killed(void **state)
{
	struct fss__presence_session s;
	struct fss__presence_change c;
	struct world w;

	(void)state;
	open_world(&w);
	join(&w, &s);
	fss__presence_subscribe(w.p, &s);
	(void)change(&w, OFFLINE, ONLINE);
	w.now += 14 * SECOND;
	fss__presence_touch(w.p, &s, false, w.now);
	wait_for(&w, FSS__PRESENCE_SILENCE_US);
	c = change(&w, ONLINE, OFFLINE);
	assert_int_equal(
	    c.seen_wall_us, WALL + w.now - FSS__PRESENCE_SILENCE_US);
	/* It was not dead: the same session counts again at once. */
	w.now += 10 * SECOND;
	fss__presence_touch(w.p, &s, true, w.now);
	(void)change(&w, OFFLINE, ONLINE);
	/* A lease that ends later finds it silent: no grace. */
	wait_for(&w, FSS__PRESENCE_SILENCE_US);
	(void)change(&w, ONLINE, OFFLINE);
	fss__presence_leave(w.p, &s, w.now += 30 * SECOND);
	quiet(&w);
	assert_int_equal(fss__presence_deadline(w.p), INT64_MAX);
	close_world(&w);
}

/* Reconnecting again and again is told to nobody. */
static void
test_no_flapping(void **state)
{
	struct fss__presence_session s;
	struct world w;
	int i;

	(void)state;
	open_world(&w);
	join(&w, &s);
	fss__presence_subscribe(w.p, &s);
	(void)change(&w, OFFLINE, ONLINE);
	for (i = 0; i < 50; i++) {
		fss__presence_leave(w.p, &s, w.now);
		quiet(&w);
		w.now += FSS__PRESENCE_GRACE_US - 1;
		quiet(&w);
		join(&w, &s);
		quiet(&w);
		w.now += SECOND * (i % 7);
		quiet(&w);
	}
	fss__presence_leave(w.p, &s, w.now);
	wait_for(&w, FSS__PRESENCE_GRACE_US);
	(void)change(&w, ONLINE, OFFLINE);
	close_world(&w);
}

/* An agent that comes back is not online in between. */
static void
test_agent(void **state)
{
	struct fss__presence_session s, t;
	struct fss__board_row row;
	struct world w;

	(void)state;
	open_world(&w);
	join(&w, &s);
	fss__presence_set_agent(w.p, &s, true, w.now);
	wait_for(&w, FSS__PRESENCE_SETTLE_US);
	(void)change(&w, OFFLINE, IDLE);
	assert_int_equal(fss__board_get(w.board, NOBODY, ALICE, &row), 1);
	assert_true(row.agent);
	/* What an agent does keeps nobody busy. */
	fss__presence_touch(w.p, &s, true, w.now += SECOND);
	quiet(&w);
	fss__presence_leave(w.p, &s, w.now);
	w.now += SECOND;
	join(&w, &s);
	quiet(&w);
	fss__presence_set_agent(w.p, &s, true, w.now);
	w.now += FSS__PRESENCE_SETTLE_US;
	quiet(&w);
	/* A person beside it is the most present one. */
	join(&w, &t);
	fss__presence_subscribe(w.p, &t);
	(void)change(&w, IDLE, ONLINE);
	assert_int_equal(fss__board_get(w.board, NOBODY, ALICE, &row), 1);
	assert_int_equal(row.sessions, 2);
	close_world(&w);
}

static void
test_idle(void **state)
{
	struct fss__presence_session s;
	struct world w;
	int64_t until;

	(void)state;
	open_world(&w);
	join(&w, &s);
	fss__presence_subscribe(w.p, &s);
	(void)change(&w, OFFLINE, ONLINE);
	until = w.now + FSS__PRESENCE_IDLE_US;
	while (w.now + 15 * SECOND < until) {
		w.now += 15 * SECOND;
		fss__presence_touch(w.p, &s, false, w.now);
		quiet(&w);
	}
	wait_for(&w, until - w.now);
	(void)change(&w, ONLINE, IDLE);
	fss__presence_touch(w.p, &s, false, w.now += SECOND);
	quiet(&w);
	fss__presence_touch(w.p, &s, true, w.now += SECOND);
	(void)change(&w, IDLE, ONLINE);
	close_world(&w);
}

static void
test_hidden(void **state)
{
	struct fss__presence_session s;
	struct fss__presence_change c;
	struct fss__board_row row;
	struct world w;

	(void)state;
	open_world(&w);
	join(&w, &s);
	fss__presence_subscribe(w.p, &s);
	(void)change(&w, OFFLINE, ONLINE);
	fss__presence_set_hidden(w.p, ALICE, true);
	/* Others are told that she went; she, that she did not. */
	assert_int_equal(next(&w, &c), 1);
	assert_true(!c.self && c.from == ONLINE && c.to == OFFLINE);
	assert_true(!c.note && c.sessions == 0);
	assert_int_equal(next(&w, &c), 1);
	assert_true(c.self && c.to == ONLINE && c.sessions == 1 && !c.note);
	quiet(&w);
	assert_int_equal(shown(&w, NOBODY), OFFLINE);
	assert_int_equal(shown(&w, ALICE), ONLINE);
	assert_int_equal(fss__board_list(w.board, NOBODY, 0, &row, 1), 0);
	assert_int_equal(fss__board_list(w.board, ALICE, 0, &row, 1), 1);
	assert_true(row.hidden);
	/* Going is told to her alone, and noted. */
	fss__presence_leave(w.p, &s, w.now);
	wait_for(&w, FSS__PRESENCE_GRACE_US);
	assert_int_equal(next(&w, &c), 1);
	assert_true(c.self && c.to == OFFLINE && c.note && !c.live);
	quiet(&w);
	/* Coming hidden, as it is kept with the account. */
	assert_int_equal(
	    fss__presence_join(w.p, &s, ALICE, "alice", true, w.now), 0);
	fss__presence_subscribe(w.p, &s);
	assert_int_equal(next(&w, &c), 1);
	assert_true(c.self && c.to == ONLINE && c.note && c.live);
	quiet(&w);
	fss__presence_set_hidden(w.p, ALICE, false);
	(void)change(&w, OFFLINE, ONLINE);
	assert_int_equal(shown(&w, NOBODY), ONLINE);
	close_world(&w);
}

static void
test_board_pages(void **state)
{
	struct fss__presence_session s[40];
	struct fss__presence_change c;
	struct fss__board_row rows[7];
	struct world w;
	int64_t after = 0, seen = 0;
	size_t i, n;
	char name[16];

	(void)state;
	open_world(&w);
	for (i = 0; i < 40; i++) {
		/* 2 to 41 in no order: 41 is prime. */
		int64_t account = (int64_t)(1 + (i + 1) * 7 % 41);

		(void)snprintf(name, sizeof(name), "p%d", (int)account);
		assert_int_equal(fss__presence_join(w.p, &s[i], account, name,
				     account % 4 == 0, w.now),
		    0);
		fss__presence_subscribe(w.p, &s[i]);
	}
	for (i = 0; next(&w, &c) == 1; i++)
		assert_int_equal(c.self, c.account % 4 == 0);
	assert_int_equal(i, 40);
	while ((n = fss__board_list(w.board, 8, after, rows, 7)) > 0) {
		for (i = 0; i < n; i++) {
			assert_true(rows[i].account > after);
			assert_true(
			    rows[i].account == 8 || rows[i].account % 4 != 0);
			after = rows[i].account;
			seen++;
		}
	}
	/* 2 to 41 without the ten multiples of 4, but 8 itself. */
	assert_int_equal(seen, 40 - 10 + 1);
	assert_int_equal(fss__board_list(w.board, 8, INT64_MAX, rows, 7), 0);
	close_world(&w);
}

/* What is told of a person who went holds before it is noted, and after. */
static void
test_left_is_known_until_noted(void **state)
{
	struct fss__presence_session s;
	struct fss__board_row row;
	struct world w;
	int64_t first;

	(void)state;
	open_world(&w);
	memset(&s, 0, sizeof(s));
	assert_int_equal(
	    fss__presence_join(w.p, &s, ALICE, "alice", false, w.now), 0);
	fss__presence_subscribe(w.p, &s);
	(void)change(&w, OFFLINE, ONLINE);
	assert_int_equal(fss__board_seen(w.board, ALICE), 0);
	first = WALL + w.now;
	fss__board_left(w.board, ALICE, first);
	fss__board_drop(w.board, ALICE);
	assert_int_equal(fss__board_seen(w.board, ALICE), first);
	/* Here again, and gone again, before the first time is noted. */
	memset(&row, 0, sizeof(row));
	row.account = ALICE;
	row.presence = ONLINE;
	assert_int_equal(fss__board_set(w.board, &row), 0);
	assert_int_equal(shown(&w, NOBODY), ONLINE);
	fss__board_left(w.board, ALICE, first + SECOND);
	row.presence = OFFLINE;
	assert_int_equal(fss__board_set(w.board, &row), 0);
	fss__board_noted(w.board, ALICE, first);
	assert_int_equal(fss__board_seen(w.board, ALICE), first + SECOND);
	assert_int_equal(shown(&w, NOBODY), OFFLINE);
	/* Hidden, nobody learns of it. */
	row.hidden = true;
	assert_int_equal(fss__board_set(w.board, &row), 0);
	assert_int_equal(fss__board_seen(w.board, ALICE), 0);
	row.hidden = false;
	assert_int_equal(fss__board_set(w.board, &row), 0);
	/* Noted and gone: known for who reads what was before, and then not. */
	fss__board_sweep(w.board, w.now + FSS__BOARD_KEEP_US);
	fss__board_drop(w.board, ALICE);
	fss__board_noted(w.board, ALICE, first + SECOND);
	assert_int_equal(fss__board_seen(w.board, ALICE), first + SECOND);
	fss__board_sweep(w.board, w.now + 2 * FSS__BOARD_KEEP_US - 1);
	fss__board_sweep(w.board, w.now + 2 * FSS__BOARD_KEEP_US);
	assert_int_equal(fss__board_seen(w.board, ALICE), first + SECOND);
	fss__board_sweep(w.board, w.now + 3 * FSS__BOARD_KEEP_US);
	assert_int_equal(fss__board_seen(w.board, ALICE), 0);
	/* What comes late is nothing. */
	fss__board_left(w.board, ALICE, first);
	assert_int_equal(fss__board_seen(w.board, ALICE), 0);
	close_world(&w);
}

/* ---- random lives ----------------------------------------------------- */

#define PEOPLE 4
#define SLOTS  4 /* sessions of each */

struct slot {
	struct fss__presence_session s;
	bool in, agent, subscribed;
	int64_t begun, seen, acted;
};

struct life {
	struct slot slot[SLOTS];
	bool hidden;
	int all, self; /* as told */
	bool noted;
	int64_t left; /* when a session that showed last left */
};

static void
check_change(
    struct world *w, struct life *lives, const struct fss__presence_change *c)
{
	struct life *l = &lives[c->account];

	assert_true(c->account >= 1 && c->account < PEOPLE);
	if (c->note) {
		assert_int_equal(c->live, !l->noted);
		l->noted = c->live;
		assert_true(c->seen_wall_us <= WALL + w->now);
		/* Told late, but not lied about. */
		assert_true(c->seen_wall_us >= WALL + w->now -
			FSS__PRESENCE_SILENCE_US - FSS__PRESENCE_GRACE_US);
	}
	if (c->self) {
		assert_true(l->hidden);
		assert_int_equal(c->from, l->self);
		l->self = c->to;
		return;
	}
	assert_int_equal(c->from, l->all);
	assert_int_not_equal(c->from, c->to);
	l->all = l->self = c->to;
}

/* What must be true of one person, whatever the machine thinks. */
static void
check_life(struct world *w, const struct life *l, int64_t account)
{
	struct fss__board_row row;
	bool counting = false, alive = false, busy = false;
	uint32_t n = 0;
	int own;
	size_t i;

	for (i = 0; i < SLOTS; i++) {
		const struct slot *s = &l->slot[i];

		if (!s->in || w->now - s->seen >= FSS__PRESENCE_SILENCE_US)
			continue;
		alive = true;
		if (!s->subscribed &&
		    w->now - s->begun < FSS__PRESENCE_SETTLE_US)
			continue;
		counting = true;
		n++;
		if (!s->agent && w->now - s->acted < FSS__PRESENCE_IDLE_US)
			busy = true;
	}
	own = fss__board_get(w->board, account, account, &row) == 1 ?
	    row.presence :
	    OFFLINE;
	assert_int_equal(own, l->self);
	if (counting) {
		assert_int_equal(own, busy ? ONLINE : IDLE);
		assert_int_equal(row.sessions, n);
	}
	if (!alive && w->now - l->left >= FSS__PRESENCE_GRACE_US)
		assert_int_equal(own, OFFLINE);
	/* Who left a moment ago is still here. */
	if (w->now - l->left < FSS__PRESENCE_GRACE_US)
		assert_int_not_equal(own, OFFLINE);
	assert_int_equal(own != OFFLINE, l->noted);
	assert_int_equal(l->all, l->hidden ? OFFLINE : own);
	assert_int_equal(fss__board_get(w->board, NOBODY, account, &row) == 1 ?
		row.presence :
		OFFLINE,
	    l->all);
}

static void
look(struct world *w, struct life *lives)
{
	struct fss__presence_change c;
	int64_t account;

	while (next(w, &c) == 1)
		check_change(w, lives, &c);
	assert_true(fss__presence_deadline(w->p) > w->now);
	for (account = 1; account < PEOPLE; account++)
		check_life(w, &lives[account], account);
}

static void
leave(struct world *w, struct life *l, struct slot *s, int64_t account)
{
	struct fss__board_row row;
	bool was = fss__board_get(w->board, account, account, &row) == 1;

	/* One that showed, or kept the person shown, leaves a grace. */
	if (was && w->now - s->seen < FSS__PRESENCE_SILENCE_US &&
	    (s->subscribed || s->s.holds ||
		w->now - s->begun >= FSS__PRESENCE_SETTLE_US))
		l->left = w->now;
	fss__presence_leave(w->p, &s->s, w->now);
	memset(s, 0, sizeof(*s));
}

static void
act(struct world *w, struct life *l, int64_t account, struct rng *rng)
{
	struct slot *s = &l->slot[rng_below(rng, SLOTS)];
	uint64_t what = rng_below(rng, 12);
	bool busy = what % 2 == 0;

	if (what == 11) {
		l->hidden = !l->hidden;
		/* Only those who are on the board: as the hub does. */
		fss__presence_set_hidden(w->p, account, l->hidden);
	} else if (!s->in && what < 5) {
		assert_int_equal(fss__presence_join(w->p, &s->s, account, "p",
				     l->hidden, w->now),
		    0);
		s->in = true;
		s->begun = s->seen = s->acted = w->now;
	} else if (!s->in) {
		return;
	} else if (what < 7) {
		fss__presence_touch(w->p, &s->s, busy, w->now);
		s->seen = w->now;
		if (busy && !s->agent)
			s->acted = w->now;
	} else if (what == 7) {
		fss__presence_subscribe(w->p, &s->s);
		s->subscribed = true;
	} else if (what == 8) {
		s->agent = !s->agent;
		s->acted = w->now;
		fss__presence_set_agent(w->p, &s->s, s->agent, w->now);
	} else {
		leave(w, l, s, account);
	}
}

/* Time goes on, never past a deadline. */
static void
pass(struct world *w, struct life *lives, int64_t us)
{
	int64_t until = w->now + us, due;

	while ((due = fss__presence_deadline(w->p)) <= until) {
		w->now = due;
		look(w, lives);
	}
	w->now = until;
	look(w, lives);
}

static void
test_random(void **state)
{
	static const int64_t spans[] = { 1, SECOND / 2, 2 * SECOND, 4 * SECOND,
		20 * SECOND, 40 * SECOND, FSS__PRESENCE_IDLE_US };
	struct life lives[PEOPLE];
	struct rng rng = { 7 };
	struct world w;
	int64_t account;
	int run, i;

	(void)state;
	for (run = 0; run < 300; run++) {
		open_world(&w);
		memset(lives, 0, sizeof(lives));
		for (account = 0; account < PEOPLE; account++)
			lives[account].left = w.now - 3600 * SECOND;
		for (i = 0; i < 400; i++) {
			account = 1 + (int64_t)rng_below(&rng, PEOPLE - 1);
			act(&w, &lives[account], account, &rng);
			look(&w, lives);
			if (rng_below(&rng, 3) != 0)
				pass(&w, lives,
				    spans[rng_below(&rng, rng_below(&rng, 8))]);
		}
		close_world(&w);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_comes_and_goes),
		cmocka_unit_test(test_short_is_none),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_no_flapping),
		cmocka_unit_test(test_agent),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_board_pages),
		cmocka_unit_test(test_left_is_known_until_noted),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
