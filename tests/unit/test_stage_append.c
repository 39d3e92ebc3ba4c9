/*
 * Uploads in parts against a hub in the same process: however they are
 * broken off, the content becomes that of an upload in one piece.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hub_client.h"
#include "rng.h"

#define MIB ((size_t)1 << 20)
#define STAGE_TEXT 64

/* What an operation ended with. */
struct result {
	int error;
	char stage[STAGE_TEXT], path[64], digest[128], meta[64];
	int64_t offset, size, number, version, held;
	size_t rows;
};

static void
note(struct result *res, const fss_event *ev)
{
	const fss_row *row = fss_event_row(ev, 0);

	res->rows += fss_event_rows(ev);
	if (row == NULL)
		return;
#define TEXT(member, field)                                    \
	(void)snprintf(res->member, sizeof(res->member), "%s", \
	    fss_row_str(row, FSS_FIELD_##field))
	TEXT(stage, STAGE);
	TEXT(path, PATH);
	TEXT(digest, DIGEST);
	TEXT(meta, META);
	res->offset = fss_row_int(row, FSS_FIELD_OFFSET);
	res->size = fss_row_int(row, FSS_FIELD_SIZE);
	res->number = fss_row_int(row, FSS_FIELD_NUMBER);
	res->version = fss_row_int(row, FSS_FIELD_VERSION);
	res->held = fss_row_int(row, FSS_FIELD_HELD);
}

static struct result
finish(fss_client *c, fss_op op)
{
	const fss_event *ev;
	struct result res;

	memset(&res, 0, sizeof(res));
	do {
		assert_int_equal(fss_client_wait_op(c, op, 60000, &ev), 1);
		note(&res, ev);
		res.error = fss_event_error(ev);
	} while (fss_event_type(ev) != FSS_EVENT_DONE);
	return res;
}

#define RUN(c, call) (assert_int_equal(call, 0), finish(c, op))

/* Writes @n bytes to @op; stops early where it ends. */
static void
feed(fss_client *c, fss_op op, const uint8_t *p, size_t n)
{
	const fss_event *ev;
	size_t took;
	int r;

	while (n > 0) {
		r = fss_op_write(c, op, p, n, &took);
		if (r == FSS_EAGAIN) {
			assert_int_equal(
			    fss_client_wait_op(c, op, 60000, &ev), 1);
			if (fss_event_type(ev) == FSS_EVENT_DONE)
				return;
			continue;
		}
		assert_int_equal(r, 0);
		p += took;
		n -= took;
	}
}

static struct result
begin(struct hc *w, const char *path, uint64_t size)
{
	struct result res;
	fss_op op;

	res = RUN(w->c,
	    fss_client_stage_new(w->c, path, size, 0644, 1000000, NULL,
		"meta text", 0, NULL, &op));
	assert_int_equal(res.error, 0);
	assert_int_equal(strlen(res.stage), 32);
	assert_int_equal(res.offset, 0);
	assert_string_equal(res.meta, "meta text");
	return res;
}

/* The same where the name is all that is wanted: in @ret_stage. */
static void
begin_as(struct hc *w, const char *path, uint64_t size,
    char ret_stage[STAGE_TEXT])
{
	struct result res = begin(w, path, size);

	(void)snprintf(ret_stage, STAGE_TEXT, "%s", res.stage);
}

static struct result
append(struct hc *w, const char *stage, uint64_t offset, const uint8_t *p,
    size_t n)
{
	fss_op op;

	assert_int_equal(
	    fss_client_stage_append(w->c, stage, offset, NULL, &op), 0);
	feed(w->c, op, p, n);
	/* FSS_EINVAL: it has ended by itself. */
	(void)fss_op_finish(w->c, op);
	return finish(w->c, op);
}

/* In one piece. */
static struct result
whole(struct hc *w, const char *path, const uint8_t *p, size_t n)
{
	fss_op op;

	assert_int_equal(
	    fss_client_write(w->c, path, 0644, 1000000, NULL, NULL, &op), 0);
	feed(w->c, op, p, n);
	assert_int_equal(fss_op_finish(w->c, op), 0);
	return finish(w->c, op);
}

static struct result
stat_of(struct hc *w, const char *stage)
{
	fss_op op;

	return RUN(w->c, fss_client_stage_stat(w->c, stage, NULL, &op));
}

/* Random ends of parts, a client and a hub anew in between. */
static void
test_any_cut(void **state)
{
	struct hc *w = *state;
	const char *env = getenv("FSS_TEST_SEED");
	struct rng rng = { env != NULL ? strtoull(env, NULL, 0) : 7 };
	size_t n = 23 * MIB + 12345, at, len, round;
	uint8_t *p = malloc(n);
	struct result one, res;
	char path[64];

	printf("FSS_TEST_SEED=%llu\n", (unsigned long long)rng.s);
	assert_non_null(p);
	rng_fill(&rng, p, n);
	memset(p + 3 * MIB, 0, 2 * MIB); /* cut by length alone */
	one = whole(w, ":/whole", p, n);
	assert_int_equal(one.error, 0);
	for (round = 0; round < 6; round++) {
		(void)snprintf(path, sizeof(path), ":/parts%zu", round);
		res = begin(w, path, n);
		for (at = 0; at < n; at += len) {
			len = 1 +
			    rng_below(&rng,
				round < 2     ? 200000 :
				    round < 4 ? 3 * MIB :
						n);
			/* Many small ones, and then the rest. */
			if (len > n - at || (round < 2 && at > 2 * MIB))
				len = n - at;
			res = append(w, res.stage, at, p + at, len);
			assert_int_equal(res.error, 0);
			if (at + len < n)
				assert_int_equal(res.offset, at + len);
			if (round % 3 == 2 && at + len < n) {
				fss_client_free(w->c);
				hub_thread_stop(w->hub);
				w->hub = hub_thread_start(w->data, 0);
				w->c = hc_client(w, w->secret);
			}
		}
		assert_string_equal(res.path, path + 1);
		assert_int_equal(res.size, n);
		assert_string_equal(res.digest, one.digest);
	}
	free(p);
}

/* Told is how much of the whole upload is at the hub, never less than before. */
static void
test_progress(void **state)
{
	struct hc *w = *state;
	size_t n = 40 * MIB, half = 5 * MIB + 77, took, at = half;
	uint8_t *p = malloc(n);
	struct rng rng = { 11 };
	struct result res;
	const fss_event *ev;
	uint64_t done = half, now;
	unsigned told = 0;
	fss_op op;
	int type;

	assert_non_null(p);
	rng_fill(&rng, p, n);
	res = begin(w, ":/progress", n);
	assert_int_equal(append(w, res.stage, 0, p, half).error, 0);
	assert_int_equal(
	    fss_client_stage_append(w->c, res.stage, half, NULL, &op), 0);
	do {
		while (at < n && fss_op_write(w->c, op, p + at, n - at, &took)
		    == 0)
			if ((at += took) == n)
				assert_int_equal(fss_op_finish(w->c, op), 0);
		assert_int_equal(fss_client_wait_op(w->c, op, 60000, &ev), 1);
		type = fss_event_type(ev);
		if (type != FSS_EVENT_PROGRESS && type != FSS_EVENT_DONE)
			continue;
		assert_int_equal(fss_event_error(ev), 0);
		now = fss_event_count(ev, FSS_COUNT_BYTES_DONE);
		assert_in_range(now, done, at);
		assert_int_equal(fss_event_count(ev, FSS_COUNT_BYTES_TOTAL), n);
		/* The last chunk of what was saved may go again. */
		assert_in_range(fss_event_count(ev, FSS_COUNT_WIRE_BYTES), 0,
		    n - half + 8 * MIB);
		done = now;
		told++;
	} while (type != FSS_EVENT_DONE);
	assert_int_equal(done, n);
	assert_true(told > 1);
	free(p);
}

/* Soon nobody is at work on it: what says so and a look go their own ways. */
static void
expect_free(struct hc *w, const char *stage)
{
	int i;

	for (i = 0; i < 10000 && stat_of(w, stage).held != 0; i++)
		continue;
	assert_int_equal(stat_of(w, stage).held, 0);
}

/* More than a save in one append, which is broken off: what was saved stays. */
static void
test_saves(void **state)
{
	struct hc *w = *state;
	size_t n = 40 * MIB, took;
	uint8_t *p = malloc(n);
	struct rng rng = { 9 };
	struct result res, one;
	char stage[STAGE_TEXT];
	fss_op op;

	assert_non_null(p);
	rng_fill(&rng, p, n);
	one = whole(w, ":/whole", p, n);
	begin_as(w, ":/parts", n, stage);
	assert_int_equal(fss_client_stage_append(w->c, stage, 0, NULL, &op), 0);
	feed(w->c, op, p, n);
	/* Past the size nothing is taken. */
	assert_int_equal(fss_op_write(w->c, op, p, 1, &took), FSS_ETOOBIG);
	/* All but what came after the last of the splits. */
	do {
		res = stat_of(w, stage);
		assert_int_equal(res.error, 0);
	} while (res.offset < (int64_t)(32 * MIB));
	assert_int_equal(fss_op_cancel(w->c, op), 0);
	assert_int_equal(finish(w->c, op).error, FSS_ECANCELED);
	res = stat_of(w, stage);
	assert_int_equal(res.offset, 32 * MIB);
	res = append(w, stage, 32 * MIB, p + 32 * MIB, 8 * MIB);
	assert_int_equal(res.error, 0);
	assert_string_equal(res.digest, one.digest);

	/* Complete: it is told, and ends at once when it is gone on with. */
	res = stat_of(w, stage);
	assert_int_equal(res.offset, n);
	assert_true(res.version > 0);
	assert_int_equal(fss_client_stage_append(w->c, stage, n, NULL, &op), 0);
	res = finish(w->c, op);
	assert_int_equal(res.error, 0);
	assert_string_equal(res.path, "/parts");
	free(p);
}

/* A part of at most 16 MiB is nothing until it is finished. */
static void
test_cancel(void **state)
{
	struct hc *w = *state;
	uint8_t *p = calloc(1, 17 * MIB);
	struct result res;
	char stage[STAGE_TEXT];
	fss_op op;

	assert_non_null(p);
	begin_as(w, ":/x", 17 * MIB, stage);
	assert_int_equal(fss_client_stage_append(w->c, stage, 0, NULL, &op), 0);
	feed(w->c, op, p, 16 * MIB);
	assert_int_equal(stat_of(w, stage).held, 1);
	assert_int_equal(fss_op_cancel(w->c, op), 0);
	assert_int_equal(finish(w->c, op).error, FSS_ECANCELED);
	res = stat_of(w, stage);
	assert_int_equal(res.offset, 0);
	expect_free(w, stage);
	/* Also where it ends before it is known whether it is taken up. */
	assert_int_equal(fss_client_stage_append(w->c, stage, 0, NULL, &op), 0);
	assert_true(fss_client_process(w->c, 1) >= 0);
	assert_int_equal(fss_op_cancel(w->c, op), 0);
	assert_int_equal(finish(w->c, op).error, FSS_ECANCELED);
	expect_free(w, stage);
	/* Finished without a byte it stays as it is. */
	res = append(w, stage, 0, p, 0);
	assert_int_equal(res.error, 0);
	assert_string_equal(res.stage, stage);
	assert_int_equal(res.offset, 0);
	free(p);
}

static void
test_two(void **state)
{
	struct hc *w = *state;
	uint8_t bytes[100] = { 1, 2, 3 };
	struct result res;
	char stage[STAGE_TEXT];
	fss_op one, two, op;

	begin_as(w, ":/x", sizeof(bytes), stage);
	/* Where it does not stand. */
	assert_int_equal(
	    RUN(w->c, fss_client_stage_append(w->c, stage, 5, NULL, &op)).error,
	    FSS_ECONFLICT);
	/* The second takes it over. */
	assert_int_equal(
	    fss_client_stage_append(w->c, stage, 0, NULL, &one), 0);
	feed(w->c, one, bytes, 10);
	assert_int_equal(
	    fss_client_stage_append(w->c, stage, 0, NULL, &two), 0);
	feed(w->c, two, bytes, 20);
	assert_int_equal(fss_op_finish(w->c, one), 0);
	assert_int_equal(finish(w->c, one).error, FSS_ECONFLICT);
	assert_int_equal(stat_of(w, stage).held, 1);
	assert_int_equal(fss_op_finish(w->c, two), 0);
	res = finish(w->c, two);
	assert_int_equal(res.error, 0);
	assert_int_equal(res.offset, 20);
	res = RUN(w->c, fss_client_stages(w->c, NULL, &op));
	assert_int_equal(res.error, 0);
	assert_int_equal(res.rows, 1);
	res = RUN(w->c, fss_client_stage_remove(w->c, stage, NULL, &op));
	assert_int_equal(res.error, 0);
	assert_int_equal(stat_of(w, stage).error, FSS_ENOENT);
	assert_int_equal(
	    RUN(w->c, fss_client_stage_append(w->c, stage, 20, NULL, &op))
		.error,
	    FSS_ENOENT);
	assert_int_equal(
	    fss_client_stage_stat(w->c, "nonsense", NULL, &op), FSS_EINVAL);
}

/* Whether somebody is at work on it: told to all sessions of the account. */
static void
test_held(void **state)
{
	struct hc *w = *state;
	fss_client *other = hc_client(w, w->secret);
	uint8_t bytes[100] = { 1, 2, 3 };
	struct result res;
	char stage[STAGE_TEXT];
	fss_op one, two, op;

	begin_as(w, ":/x", sizeof(bytes), stage);
	assert_int_equal(stat_of(w, stage).held, 0);
	assert_int_equal(
	    fss_client_stage_append(other, stage, 0, NULL, &one), 0);
	feed(other, one, bytes, 10);
	assert_int_equal(stat_of(w, stage).held, 1);
	res = RUN(w->c, fss_client_stages(w->c, NULL, &op));
	assert_int_equal(res.held, 1);
	/* Who ends before the end says so, with what is saved or without. */
	assert_int_equal(fss_op_finish(other, one), 0);
	assert_int_equal(finish(other, one).offset, 10);
	assert_int_equal(stat_of(w, stage).held, 0);
	assert_int_equal(append(w, stage, 10, bytes, 0).error, 0);
	assert_int_equal(stat_of(w, stage).held, 0);
	/* Of two the later has it, whatever becomes of the other. */
	assert_int_equal(
	    fss_client_stage_append(w->c, stage, 10, NULL, &one), 0);
	feed(w->c, one, bytes, 10);
	assert_int_equal(
	    fss_client_stage_append(other, stage, 10, NULL, &two), 0);
	feed(other, two, bytes, 10);
	assert_int_equal(fss_op_finish(w->c, one), 0);
	assert_int_equal(finish(w->c, one).error, FSS_ECONFLICT);
	assert_int_equal(stat_of(w, stage).held, 1);
	/* Nobody has it whose session is over. */
	fss_client_free(other);
	expect_free(w, stage);
	assert_int_equal(append(w, stage, 10, bytes, 90).error, 0);
	assert_int_equal(stat_of(w, stage).held, 0);
	/* Nor one that cannot be completed. */
	begin_as(w, ":/y", 10, stage);
	assert_int_equal(
	    RUN(w->c, fss_client_mkdir(w->c, ":/y", NULL, &op)).error, 0);
	assert_int_equal(append(w, stage, 0, bytes, 10).error, FSS_EISDIR);
	assert_int_equal(stat_of(w, stage).held, 0);
}

/* Who leaves it late, or is cancelled, takes nothing from who has it now. */
static void
test_late_leave(void **state)
{
	struct hc *w = *state;
	fss_client *other = hc_client(w, w->secret);
	uint8_t bytes[100] = { 1, 2, 3 };
	struct result res;
	char stage[STAGE_TEXT];
	fss_op late, cancelled, op;

	begin_as(w, ":/x", sizeof(bytes), stage);
	assert_int_equal(
	    fss_client_stage_append(w->c, stage, 0, NULL, &late), 0);
	assert_int_equal(
	    fss_client_stage_append(w->c, stage, 0, NULL, &cancelled), 0);
	feed(w->c, cancelled, bytes, 5);
	assert_int_equal(fss_client_stage_append(other, stage, 0, NULL, &op), 0);
	feed(other, op, bytes, 10);
	assert_int_equal(fss_op_finish(w->c, late), 0);
	assert_int_equal(finish(w->c, late).error, 0);
	assert_int_equal(fss_op_cancel(w->c, cancelled), 0);
	assert_int_equal(finish(w->c, cancelled).error, FSS_ECANCELED);
	assert_int_equal(stat_of(w, stage).held, 1);
	assert_int_equal(fss_op_finish(other, op), 0);
	res = finish(other, op);
	assert_int_equal(res.error, 0);
	assert_int_equal(res.offset, 10);
	assert_int_equal(stat_of(w, stage).held, 0);
	fss_client_free(other);
}

/*
 * Who is cancelled before they know their turn takes nothing from who went on
 * with it in the same session, and was sent before it was said that they leave.
 */
static void
test_unknown_turn(void **state)
{
	struct hc *w = *state;
	uint8_t bytes[100] = { 1, 2, 3 };
	struct result res;
	char stage[STAGE_TEXT];
	fss_op one, two, op;

	begin_as(w, ":/x", sizeof(bytes), stage);
	assert_int_equal(
	    fss_client_stage_append(w->c, stage, 0, NULL, &one), 0);
	/* It is sent, and its answer is not looked at. */
	assert_true(fss_client_process(w->c, 0) >= 0);
	assert_int_equal(
	    fss_client_stage_append(w->c, stage, 0, NULL, &two), 0);
	assert_int_equal(fss_op_cancel(w->c, one), 0);
	assert_int_equal(finish(w->c, one).error, FSS_ECANCELED);
	feed(w->c, two, bytes, 10);
	/* Whoever leaves says so while the first change is under way. */
	assert_int_equal(
	    RUN(w->c, fss_client_mkdir(w->c, ":/d", NULL, &op)).error, 0);
	assert_int_equal(
	    RUN(w->c, fss_client_mkdir(w->c, ":/e", NULL, &op)).error, 0);
	assert_int_equal(stat_of(w, stage).held, 1);
	assert_int_equal(fss_op_finish(w->c, two), 0);
	res = finish(w->c, two);
	assert_int_equal(res.error, 0);
	assert_int_equal(res.offset, 10);
	assert_int_equal(stat_of(w, stage).held, 0);
	/* And where there is no other, it is left. */
	assert_int_equal(
	    fss_client_stage_append(w->c, stage, 10, NULL, &one), 0);
	assert_true(fss_client_process(w->c, 0) >= 0);
	assert_int_equal(fss_op_cancel(w->c, one), 0);
	assert_int_equal(finish(w->c, one).error, FSS_ECANCELED);
	expect_free(w, stage);
}

/* A commit that is refused can be done again; an empty file needs no byte. */
static void
test_commit(void **state)
{
	struct hc *w = *state;
	uint8_t bytes[100] = { 1, 2, 3 };
	struct result res;
	char stage[STAGE_TEXT];
	fss_op op;

	begin_as(w, ":/x", sizeof(bytes), stage);
	assert_int_equal(
	    RUN(w->c, fss_client_mkdir(w->c, ":/x", NULL, &op)).error, 0);
	assert_int_equal(append(w, stage, 0, bytes, 100).error, FSS_EISDIR);
	assert_int_equal(stat_of(w, stage).offset, 100);
	assert_int_equal(
	    RUN(w->c, fss_client_remove(w->c, ":/x", 0, NULL, &op)).error, 0);
	assert_int_equal(
	    fss_client_stage_append(w->c, stage, 100, NULL, &op), 0);
	res = finish(w->c, op);
	assert_int_equal(res.error, 0);
	assert_string_equal(res.path, "/x");
	res = begin(w, ":/empty", 0);
	assert_int_equal(
	    fss_client_stage_append(w->c, res.stage, 0, NULL, &op), 0);
	res = finish(w->c, op);
	assert_int_equal(res.error, 0);
	assert_int_equal(res.size, 0);
	assert_int_equal(res.number, 1);
}

int
main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, hc_setup, hc_teardown)
	const struct CMUnitTest tests[] = {
		T(test_any_cut),
		T(test_progress),
		T(test_saves),
		T(test_cancel),
		T(test_two),
		T(test_held),
		T(test_late_leave),
		T(test_unknown_turn),
		T(test_commit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
