/*
 * The holder's machine: the way of one transfer step by step, and many of
 * them against a hub that answers late, refuses, forgets and loses sessions.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <fss/error.h>

#include "base/buf.h"
#include "proto/holder.h"
#include "rng.h"

static const struct fss__id root = { { 0x11, 7 } };

static struct fss__holder *
holder(void)
{
	struct fss__holder *h;

	assert_int_equal(fss__holder_new(1, &h), 0);
	assert_true(fss__holder_idle(h));
	fss__holder_begin(h);
	assert_false(fss__holder_idle(h));
	return h;
}

static struct fss__holder_want
next(struct fss__holder *h)
{
	struct fss__holder_want w;

	assert_int_equal(fss__holder_next(h, 0, &w), 1);
	return w;
}

static struct fss__holder_want
sends(struct fss__holder *h, unsigned type)
{
	struct fss__holder_want w = next(h);

	assert_int_equal(w.type, FSS__HOLDER_SEND);
	assert_int_equal(w.msg_type, type);
	return w;
}

static void
nothing(struct fss__holder *h)
{
	struct fss__holder_want w;

	assert_int_equal(fss__holder_next(h, 0, &w), 0);
}

static void
add_work(struct fss__buf *b, struct fss__m_work_list *m, uint64_t id,
    unsigned depth, uint64_t size)
{
	struct fss__m_work_row row;

	memset(&row, 0, sizeof(row));
	row.has = FSS__K_work_row_transfer | FSS__K_work_row_path |
	    FSS__K_work_row_root | FSS__K_work_row_depth |
	    FSS__K_work_row_size;
	row.transfer = id;
	row.path = fss__slice_str("/f");
	row.root.p = root.b;
	row.root.n = sizeof(root.b);
	row.depth = depth;
	row.size = size;
	assert_int_equal(fss__record_encode(b, &fss__r_work_row, &row), 0);
	m->work.p = b->data;
	m->work.n = b->len;
	m->work.count++;
}

static void
answer_work(struct fss__holder *h, uint64_t token, uint64_t id,
    unsigned depth, uint64_t size)
{
	struct fss__m_work_list m;
	struct fss__buf b;

	memset(&m, 0, sizeof(m));
	fss__buf_init(&b, FSS__MAX_HEADER);
	if (id != 0)
		add_work(&b, &m, id, depth, size);
	assert_int_equal(fss__holder_answer(h, token, 0, &m), 0);
	fss__buf_release(&b);
}

static void
answer_wanted(struct fss__holder *h, uint64_t token, uint64_t offset,
    uint64_t len, uint64_t from)
{
	struct fss__m_wanted_list m;
	struct fss__m_wanted_run run;
	struct fss__buf b;

	memset(&m, 0, sizeof(m));
	memset(&run, 0, sizeof(run));
	fss__buf_init(&b, FSS__MAX_HEADER);
	run.has = FSS__K_wanted_run_offset | FSS__K_wanted_run_len;
	run.offset = offset;
	run.len = len;
	if (len > 0) {
		assert_int_equal(fss__record_encode(&b, &fss__r_wanted_run,
		    &run), 0);
		m.runs.p = b.data;
		m.runs.n = b.len;
		m.runs.count = 1;
	}
	m.next = from;
	assert_int_equal(fss__holder_answer(h, token, 0, &m), 0);
	fss__buf_release(&b);
}

static void
ok(struct fss__holder *h, uint64_t token)
{
	union {
		struct fss__m_serve_terms terms;
		struct fss__m_put_done put;
		struct fss__m_empty empty;
	} m;

	memset(&m, 0, sizeof(m));
	assert_int_equal(fss__holder_answer(h, token, 0, &m), 0);
}

/* SERVE, CHECK: up to what comes after. */
static void
until_checked(struct fss__holder *h, unsigned depth, uint64_t size)
{
	struct fss__holder_want w;

	answer_work(h, sends(h, FSS__MSG_WORK).token, 5, depth, size);
	ok(h, sends(h, FSS__MSG_SERVE).token);
	w = next(h);
	assert_int_equal(w.type, FSS__HOLDER_CHECK);
	assert_true(fss__slice_eq(w.path, fss__slice_str("/f")));
	assert_true(fss__id_eq(&w.root, &root));
	assert_int_equal(fss__holder_result(h, w.token, 0, 0), 0);
}

static void
ends(struct fss__holder *h, int err)
{
	struct fss__holder_want w = next(h);

	if (err <= 0) {
		assert_int_equal(w.type, FSS__HOLDER_TOLD);
		assert_int_equal(w.err, err);
		assert_int_equal(w.transfer, 5);
		w = next(h);
	}
	assert_int_equal(w.type, FSS__HOLDER_CLOSE);
	nothing(h);
}

static void
test_whole_way(void **state)
{
	struct fss__holder *h = holder();
	struct fss__holder_want w, put[2];

	(void)state;
	until_checked(h, 1, 1000);
	/* Pages: one PLAN's worth after the other, until there are none. */
	w = next(h);
	assert_int_equal(w.type, FSS__HOLDER_PAGES);
	assert_int_equal(w.offset, 0);
	nothing(h);
	assert_int_equal(fss__holder_result(h, w.token, 0, 24), 0);
	put[0] = sends(h, FSS__MSG_PLAN);
	assert_true(put[0].token == w.token);
	assert_int_equal(((const struct fss__m_plan *)put[0].msg)->transfer,
	    5);
	nothing(h);
	ok(h, put[0].token);
	w = next(h);
	assert_int_equal(w.type, FSS__HOLDER_PAGES);
	assert_int_equal(w.offset, 24);
	assert_int_equal(fss__holder_result(h, w.token, 0, 0), 0);
	/* What is missing is read and put, several under way. */
	answer_wanted(h, sends(h, FSS__MSG_WANTED).token, 100, 300, 500);
	w = next(h);
	assert_int_equal(w.type, FSS__HOLDER_READ);
	assert_int_equal(w.offset, 100);
	assert_int_equal(w.len, 300);
	nothing(h);
	assert_int_equal(fss__holder_result(h, w.token, 0, 200), 0);
	put[0] = sends(h, FSS__MSG_PUT);
	assert_true(put[0].token == w.token);
	w = next(h);
	assert_int_equal(w.offset, 300);
	assert_int_equal(w.len, 100);
	assert_int_equal(fss__holder_result(h, w.token, 0, 100), 0);
	put[1] = sends(h, FSS__MSG_PUT);
	nothing(h);
	ok(h, put[1].token);
	nothing(h);
	ok(h, put[0].token);
	w = sends(h, FSS__MSG_WANTED);
	assert_int_equal(((const struct fss__m_wanted *)w.msg)->offset, 500);
	answer_wanted(h, w.token, 0, 0, 0);
	w = sends(h, FSS__MSG_SERVED);
	assert_int_equal(((const struct fss__m_served *)w.msg)->status, 0);
	assert_false(fss__holder_idle(h));
	ok(h, w.token);
	ends(h, 0);
	assert_true(fss__holder_idle(h));
	assert_true(fss__holder_deadline(h) == INT64_MAX);
	fss__holder_free(h);
}

/* A file that is not as it was announced is given up, never sent on. */
static void
test_changed(void **state)
{
	struct fss__holder *h = holder();
	struct fss__holder_want w, put;

	(void)state;
	until_checked(h, 0, 1000);
	answer_wanted(h, sends(h, FSS__MSG_WANTED).token, 0, 1000, 0);
	w = next(h);
	assert_int_equal(fss__holder_result(h, w.token, 0, 400), 0);
	put = sends(h, FSS__MSG_PUT);
	w = next(h);
	assert_int_equal(w.type, FSS__HOLDER_READ);
	assert_int_equal(fss__holder_result(h, w.token, FSS_ECHANGED, 0), 0);
	w = sends(h, FSS__MSG_SERVED);
	assert_true(((const struct fss__m_served *)w.msg)->status ==
	    (uint64_t)-FSS_ECHANGED);
	ok(h, put.token);
	nothing(h);
	ok(h, w.token);
	ends(h, FSS_ECHANGED);
	fss__holder_free(h);
}

/* Others have it, it is gone, the hub is tired. */
static void
test_refused(void **state)
{
	static const int quiet[] = { FSS_EBUSY, FSS_ENOENT, FSS_ESTATE };
	struct fss__holder_want w;
	struct fss__holder *h;
	unsigned i;

	(void)state;
	for (i = 0; i < 3; i++) {
		h = holder();
		answer_work(h, sends(h, FSS__MSG_WORK).token, 5, 0, 10);
		assert_int_equal(fss__holder_answer(h, sends(h,
		    FSS__MSG_SERVE).token, quiet[i], NULL), 0);
		nothing(h);
		assert_true(fss__holder_idle(h));
		/* The hub says when to look again. */
		fss__holder_work(h);
		(void)sends(h, FSS__MSG_WORK);
		fss__holder_free(h);
	}
	h = holder();
	assert_int_equal(fss__holder_answer(h, sends(h, FSS__MSG_WORK).token,
	    FSS_EOVERLOAD, NULL), 0);
	nothing(h);
	assert_false(fss__holder_idle(h));
	assert_true(fss__holder_deadline(h) == FSS__HOLDER_RETRY_US);
	assert_int_equal(fss__holder_next(h, FSS__HOLDER_RETRY_US, &w), 1);
	assert_int_equal(w.msg_type, FSS__MSG_WORK);
	fss__holder_free(h);
}

/* A hub that names ranges that cannot be is not served. */
static void
test_nonsense(void **state)
{
	static const uint64_t bad[][3] = {
		{ 0, 1001, 0 }, { 1000, 1, 0 }, { UINT64_MAX, 2, 0 },
		{ 0, 10, 5 }, { 0, 10, 1000 }, { 5, 0, 1001 }
	};
	struct fss__holder *h;
	unsigned i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		h = holder();
		until_checked(h, 0, 1000);
		answer_wanted(h, sends(h, FSS__MSG_WANTED).token, bad[i][0],
		    bad[i][1], bad[i][2]);
		ends(h, FSS_EPROTO);
		fss__holder_free(h);
	}
}

static void
test_drain(void **state)
{
	struct fss__holder *h = holder();
	struct fss__holder_want w;

	(void)state;
	until_checked(h, 0, 1000);
	fss__holder_drain(h);
	fss__holder_work(h);
	answer_wanted(h, sends(h, FSS__MSG_WANTED).token, 0, 0, 0);
	w = sends(h, FSS__MSG_SERVED);
	ok(h, w.token);
	ends(h, 0);
	fss__holder_free(h);
}

/* ---- against a hub of chance ------------------------------------------ */

#define FILES	9
#define UNIT	100
#define OUT_MAX	64

struct sim_file {
	uint64_t	units;
	uint64_t	have;		/* bit u: unit u is at the hub */
	bool		planned;
	bool		served;
	bool		lease;
};

struct out {
	struct fss__holder_want w;
	uint64_t	offset, len;	/* of a PUT */
	uint64_t	transfer, from;
};

struct sim {
	struct rng	 rng;
	struct fss__holder *h;
	struct sim_file	 file[FILES];
	struct out	 out[OUT_MAX];
	unsigned	 outs;
	struct { uint64_t token, offset, len; } kept[OUT_MAX];
	unsigned	 keeps;
	unsigned	 puts[FILES];
	bool		 calm;		/* no more mishaps */
};

static void
keep(struct sim *s, uint64_t token, uint64_t offset, uint64_t len)
{
	assert_in_range(s->keeps, 0, OUT_MAX - 1);
	s->kept[s->keeps].token = token;
	s->kept[s->keeps].offset = offset;
	s->kept[s->keeps++].len = len;
}

static bool
unkeep(struct sim *s, uint64_t token, uint64_t *offset, uint64_t *len)
{
	unsigned i;

	for (i = 0; i < s->keeps; i++) {
		if (s->kept[i].token != token)
			continue;
		*offset = s->kept[i].offset;
		*len = s->kept[i].len;
		s->kept[i] = s->kept[--s->keeps];
		return true;
	}
	return false;
}

static void
sim_work(struct sim *s, uint64_t token)
{
	struct fss__m_work_list m;
	struct fss__buf b;
	unsigned i;

	memset(&m, 0, sizeof(m));
	fss__buf_init(&b, FSS__MAX_HEADER);
	for (i = 0; i < FILES; i++)
		if (!s->file[i].served)
			add_work(&b, &m, i + 1, i % 2, s->file[i].units *
			    UNIT);
	assert_int_equal(fss__holder_answer(s->h, token, 0, &m), 0);
	fss__buf_release(&b);
}

static void
sim_wanted(struct sim *s, const struct out *o)
{
	struct sim_file *f = &s->file[o->transfer - 1];
	uint64_t u = o->from / UNIT, first;

	while (u < f->units && (f->have >> u & 1) != 0)
		u++;
	first = u;
	while (u < f->units && (f->have >> u & 1) == 0)
		u++;
	answer_wanted(s->h, o->w.token, first * UNIT, (u - first) * UNIT,
	    u < f->units ? u * UNIT : 0);
}

static void
sim_answer(struct sim *s, const struct out *o)
{
	struct sim_file *f = o->transfer != 0 ? &s->file[o->transfer - 1] :
	    NULL;
	struct fss__m_serve_terms terms;
	uint64_t u;

	if (o->w.msg_type == FSS__MSG_PUT)
		s->puts[o->transfer - 1]--;
	if (!s->calm && rng_below(&s->rng, 12) == 0) {
		/* What was put may be at the hub all the same. */
		assert_int_equal(fss__holder_answer(s->h, o->w.token,
		    rng_below(&s->rng, 2) ? FSS_EOVERLOAD : FSS_EBUSY, NULL),
		    0);
		if (f != NULL)
			f->lease = false;
		return;
	}
	switch (o->w.msg_type) {
	case FSS__MSG_WORK:
		sim_work(s, o->w.token);
		return;
	case FSS__MSG_SERVE:
		memset(&terms, 0, sizeof(terms));
		terms.planned = f->planned;
		terms.has = FSS__K_serve_terms_planned;
		f->lease = true;
		assert_int_equal(fss__holder_answer(s->h, o->w.token, 0,
		    &terms), 0);
		return;
	case FSS__MSG_WANTED:
		sim_wanted(s, o);
		return;
	case FSS__MSG_PUT:
		for (u = o->offset / UNIT; u < (o->offset + o->len) / UNIT;
		    u++)
			f->have |= UINT64_C(1) << u;
		break;
	case FSS__MSG_SERVED:
		if (f->have != (UINT64_C(1) << f->units) - 1) {
			assert_int_equal(fss__holder_answer(s->h, o->w.token,
			    FSS_EMISSING, NULL), 0);
			return;
		}
		f->served = true;
		break;
	}
	ok(s->h, o->w.token);
}

/* Carries out what the machine wants; false where it wants nothing. */
static bool
sim_step(struct sim *s, int64_t now_us)
{
	struct fss__holder_want w;
	struct out *o;
	uint64_t n;
	int r = fss__holder_next(s->h, now_us, &w);

	assert_true(r == 0 || r == 1);
	if (r == 0)
		return false;
	switch (w.type) {
	case FSS__HOLDER_SEND:
		assert_in_range(s->outs, 0, OUT_MAX - 1);
		o = &s->out[s->outs++];
		memset(o, 0, sizeof(*o));
		o->w = w;
		o->transfer = w.transfer;
		if (w.msg_type == FSS__MSG_WANTED)
			o->from = ((const struct fss__m_wanted *)
			    w.msg)->offset;
		if (w.msg_type == FSS__MSG_PUT ||
		    w.msg_type == FSS__MSG_PLAN)
			assert_true(unkeep(s, w.token, &o->offset, &o->len));
		if (w.msg_type == FSS__MSG_PUT)
			assert_in_range(++s->puts[w.transfer - 1], 1,
			    FSS__HOLDER_READS);
		if (w.msg_type == FSS__MSG_SERVED)
			assert_int_equal(((const struct fss__m_served *)
			    w.msg)->status, 0);
		break;
	case FSS__HOLDER_CHECK:
		assert_int_equal(fss__holder_result(s->h, w.token, 0, 0), 0);
		break;
	case FSS__HOLDER_PAGES:
		n = w.offset < 3 ? 1 : 0;
		if (n > 0)
			keep(s, w.token, 0, 0);
		else
			s->file[w.transfer - 1].planned = true;
		assert_int_equal(fss__holder_result(s->h, w.token, 0, n), 0);
		break;
	case FSS__HOLDER_READ:
		assert_true(w.len > 0 && w.offset % UNIT == 0);
		assert_true(w.offset + w.len <= w.size);
		n = UNIT * (1 + rng_below(&s->rng, w.len / UNIT));
		keep(s, w.token, w.offset, n);
		assert_int_equal(fss__holder_result(s->h, w.token, 0, n), 0);
		break;
	case FSS__HOLDER_DROP:
		(void)unkeep(s, w.token, &n, &n);
		break;
	case FSS__HOLDER_CLOSE:
	case FSS__HOLDER_TOLD:
		break;
	}
	return true;
}

static void
test_chance(void **state)
{
	struct sim s;
	struct out o;
	int64_t now_us = 0;
	const char *env = getenv("FSS_TEST_SEED");
	unsigned i, k, steps;

	(void)state;
	memset(&s, 0, sizeof(s));
	s.rng.s = env != NULL ? strtoull(env, NULL, 0) : 0x401de4;
	print_message("FSS_TEST_SEED=%llu\n", (unsigned long long)s.rng.s);
	s.h = holder();
	for (i = 0; i < FILES; i++)
		s.file[i].units = 1 + rng_below(&s.rng, 40);
	for (steps = 0; steps < 20000; steps++) {
		s.calm = steps > 3000;
		now_us += 1000;
		if (sim_step(&s, now_us) && rng_below(&s.rng, 3) != 0)
			continue;
		if (!s.calm && rng_below(&s.rng, 60) == 0) {
			/* The session is lost, with all that was out. */
			s.outs = s.keeps = 0;
			memset(s.puts, 0, sizeof(s.puts));
			fss__holder_begin(s.h);
			continue;
		}
		if (rng_below(&s.rng, 30) == 0)
			fss__holder_work(s.h);
		if (s.outs == 0)
			continue;
		k = (unsigned)rng_below(&s.rng, s.outs);
		o = s.out[k];
		s.out[k] = s.out[--s.outs];
		sim_answer(&s, &o);
	}
	for (i = 0; i < FILES; i++) {
		assert_true(s.file[i].served);
		assert_true(s.file[i].have ==
		    (UINT64_C(1) << s.file[i].units) - 1);
	}
	assert_int_equal(s.keeps, 0);
	fss__holder_free(s.h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_way),
		cmocka_unit_test(test_changed),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_drain),
		cmocka_unit_test(test_chance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
