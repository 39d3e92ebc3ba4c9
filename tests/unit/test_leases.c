/*
 * Leases on a virtual clock: who gets one, when it ends, what is said when,
 * and, over random schedules, that each transfer has one holder at most and
 * each loss is told once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fss/error.h>

#include <string.h>

#include "proto/hub_serve.h"
#include "rng.h"
#include "wire/limits.h"

#define LEASE_US (FSS__MAX_SERVE_LEASE * INT64_C(1000))
#define SECOND   INT64_C(1000000)

static int
open_leases(void **state)
{
	struct fss__leases *l;

	assert_int_equal(fss__leases_new(&l), 0);
	*state = l;
	return 0;
}

static int
close_leases(void **state)
{
	fss__leases_free(*state);
	return 0;
}

static void
expect(struct fss__leases *l, int64_t now, int what, int64_t transfer)
{
	struct fss__lease lease;

	assert_int_equal(fss__lease_next(l, now, &lease), what);
	if (what != 0)
		assert_int_equal(lease.transfer, transfer);
}

static void
test_one_holder(void **state)
{
	struct fss__leases *l = *state;

	assert_int_equal(fss__lease_take(l, 5, 1, 10, 100, 0), 0);
	assert_int_equal(fss__lease_take(l, 5, 1, 10, 100, 0), 0);
	assert_int_equal(fss__lease_take(l, 5, 2, 11, 101, 0), FSS_EBUSY);
	assert_int_equal(fss__lease_take(l, 6, 2, 11, 101, 0), 0);
	assert_null(fss__lease_renew(l, 5, 2, 0));
	assert_null(fss__lease_renew(l, 7, 1, 0));
	assert_null(fss__lease_renew(l, 5, 0, 0));
	assert_non_null(fss__lease_renew(l, 5, 1, 0));
	expect(l, LEASE_US - 1, 0, 0);
	/* Another session's drop is nothing. */
	fss__lease_drop(l, 5, 2, true, 0);
	assert_true(fss__lease_busy(l, 5, 2, 101));
	fss__lease_drop(l, 5, 1, true, 0);
	assert_false(fss__lease_busy(l, 5, 2, 101));
	fss__lease_forget(l, 6);
	assert_int_equal(fss__leases_deadline(l), INT64_MAX);
}

static void
test_fail_over(void **state)
{
	struct fss__leases *l = *state;
	int64_t now = 7 * SECOND;

	assert_int_equal(fss__lease_take(l, 5, 1, 10, 100, now), 0);
	now += LEASE_US - 1;
	expect(l, now, 0, 0);
	assert_non_null(fss__lease_renew(l, 5, 1, now));
	now += LEASE_US;
	expect(l, now - 1, 0, 0);
	expect(l, now, FSS__LEASE_OFFER, 5);
	expect(l, now, 0, 0);
	assert_null(fss__lease_renew(l, 5, 1, now));
	/* The next one takes it in time: nothing is lost. */
	now += FSS__SERVE_LOSE_US - 1;
	expect(l, now, 0, 0);
	assert_int_equal(fss__lease_take(l, 5, 2, 11, 101, now), 0);
	expect(l, now + 1, 0, 0);
	/* Its session ends: offered at once, then lost. */
	fss__lease_drop_session(l, 2, now);
	expect(l, now, FSS__LEASE_OFFER, 5);
	assert_int_equal(fss__leases_deadline(l), now + FSS__SERVE_LOSE_US);
	expect(l, now + FSS__SERVE_LOSE_US - 1, 0, 0);
	expect(l, now + FSS__SERVE_LOSE_US, FSS__LEASE_LOSE, 5);
	assert_int_equal(fss__leases_deadline(l), INT64_MAX);
}

/* A lease that was taken in vain changes nothing for those who wait. */
static void
test_undo(void **state)
{
	struct fss__leases *l = *state;

	/* A new one is gone, ... */
	assert_int_equal(fss__lease_take(l, 5, 1, 10, 100, 0), 0);
	fss__lease_undo(l, 5, 2, 0);
	assert_true(fss__lease_busy(l, 5, 2, 101));
	fss__lease_undo(l, 5, 1, 0);
	assert_int_equal(fss__leases_deadline(l), INT64_MAX);
	/* ... one that was nobody's is lost when it would have been, ... */
	assert_int_equal(fss__lease_take(l, 5, 1, 10, 100, 0), 0);
	fss__lease_drop(l, 5, 1, false, SECOND);
	expect(l, SECOND, FSS__LEASE_OFFER, 5);
	assert_int_equal(fss__lease_take(l, 5, 2, 11, 101, 20 * SECOND), 0);
	fss__lease_undo(l, 5, 2, 20 * SECOND);
	expect(l, SECOND + FSS__SERVE_LOSE_US - 1, 0, 0);
	expect(l, SECOND + FSS__SERVE_LOSE_US, FSS__LEASE_LOSE, 5);
	/* ... and one's own, taken again, is lost from now on. */
	assert_int_equal(fss__lease_take(l, 5, 1, 10, 100, 0), 0);
	assert_int_equal(fss__lease_take(l, 5, 1, 10, 100, SECOND), 0);
	fss__lease_undo(l, 5, 1, SECOND);
	expect(l, SECOND, FSS__LEASE_OFFER, 5);
	expect(l, SECOND + FSS__SERVE_LOSE_US, FSS__LEASE_LOSE, 5);
}

/* Who sends nothing has it for a while, and then others come first. */
static void
test_idle(void **state)
{
	struct fss__leases *l = *state;
	struct fss__lease *lease;
	int64_t now = 0;
	int i;

	assert_int_equal(fss__lease_take(l, 5, 1, 10, 100, now), 0);
	/* Taking it counted as the first time. */
	for (i = 1; i < 2 * FSS__SERVE_GRACE; i++) {
		lease = i % 2 ? fss__lease_renew(l, 5, 1, now) :
				fss__lease_of(l, 5, 1);
		assert_non_null(lease);
		assert_int_equal(fss__lease_take(l, 5, 1, 10, 100, now), 0);
	}
	expect(l, now + LEASE_US, FSS__LEASE_OFFER, 5);
	now += LEASE_US;
	assert_true(fss__lease_busy(l, 5, 1, 100));
	assert_true(fss__lease_busy(l, 5, 3, 100));
	assert_int_equal(fss__lease_take(l, 5, 3, 10, 100, now), FSS_EBUSY);
	/* Another device may, also of the same account; it sends. */
	assert_int_equal(fss__lease_take(l, 5, 2, 10, 101, now), 0);
	for (i = 0; i < FSS__SERVE_GRACE; i++)
		(void)fss__lease_renew(l, 5, 2, now);
	now += LEASE_US - 1;
	lease = fss__lease_of(l, 5, 2);
	fss__lease_looked(l, lease, 1000, 0, 0, 1000);
	fss__lease_arrived(l, lease, 10, now);
	expect(l, now, FSS__LEASE_TELL, 5);
	expect(l, now + LEASE_US - 1, 0, 0);
	now += LEASE_US;
	expect(l, now, FSS__LEASE_OFFER, 5);
	assert_false(fss__lease_busy(l, 5, 1, 100));
	assert_false(fss__lease_busy(l, 5, 1, 101));
	/* More than there is does not prolong it, a new page does. */
	assert_int_equal(fss__lease_take(l, 5, 1, 10, 100, now), 0);
	lease = fss__lease_of(l, 5, 1);
	fss__lease_arrived(l, lease, 1001, now + 1);
	expect(l, now + 1, FSS__LEASE_TELL, 5);
	fss__lease_paged(l, lease, now + 2);
	fss__lease_arrived(l, lease, 1, now + 3 * SECOND);
	expect(l, now + 3 * SECOND, FSS__LEASE_TELL, 5);
	expect(l, now + LEASE_US + 1, 0, 0);
	expect(l, now + LEASE_US + 2, FSS__LEASE_OFFER, 5);
	/* With LOSE all begins anew. */
	expect(l, now + LEASE_US + 2 + FSS__SERVE_LOSE_US, FSS__LEASE_LOSE, 5);
	assert_int_equal(fss__leases_deadline(l), INT64_MAX);
}

/* A byte now and then is not enough for ever. */
static void
test_trickle(void **state)
{
	struct fss__leases *l = *state;
	struct fss__lease *lease, copy;
	int64_t now = 0;
	int what = 0;

	assert_int_equal(fss__lease_take(l, 5, 1, 10, 100, now), 0);
	lease = fss__lease_of(l, 5, 1);
	fss__lease_looked(l, lease, 1 << 30, 0, 0, 1 << 30);
	while (now < 2 * FSS__SERVE_TIME_US && what != FSS__LEASE_OFFER) {
		now += LEASE_US / 2;
		while ((what = fss__lease_next(l, now, &copy)) ==
		    FSS__LEASE_TELL)
			;
		lease = fss__lease_of(l, 5, 1);
		if (lease != NULL)
			fss__lease_arrived(l, lease, 1, now);
	}
	assert_int_equal(what, FSS__LEASE_OFFER);
	assert_in_range(now, FSS__SERVE_TIME_US,
	    FSS__SERVE_TIME_US + 2 * LEASE_US);
}

static void
test_orphan(void **state)
{
	struct fss__leases *l = *state;

	assert_int_equal(fss__lease_orphan(l, 9, SECOND), 0);
	expect(l, SECOND, FSS__LEASE_OFFER, 9);
	assert_int_equal(fss__lease_take(l, 9, 1, 1, 1, 2 * SECOND), 0);
	/* One that somebody has is no orphan. */
	assert_int_equal(fss__lease_orphan(l, 9, 3 * SECOND), 0);
	assert_non_null(fss__lease_renew(l, 9, 1, 3 * SECOND));
	expect(l, 4 * SECOND, 0, 0);
}

static void
test_progress(void **state)
{
	struct fss__leases *l = *state;
	struct fss__lease *lease, copy;

	assert_int_equal(fss__lease_take(l, 5, 1, 10, 100, SECOND), 0);
	lease = fss__lease_renew(l, 5, 1, SECOND);
	fss__lease_arrived(l, lease, 1000, SECOND);
	/* The first at once, ... */
	assert_int_equal(fss__lease_next(l, SECOND, &copy), FSS__LEASE_TELL);
	assert_int_equal(copy.put, 1000);
	expect(l, SECOND, 0, 0);
	/* ... then as often as is allowed, and the last one too. */
	fss__lease_told(l, 5, SECOND + 3 * FSS__SERVE_TELL_US);
	fss__lease_arrived(l, lease, 1, SECOND + 1);
	fss__lease_arrived(l, lease, 2, SECOND + 2);
	expect(l, SECOND + 3 * FSS__SERVE_TELL_US - 1, 0, 0);
	assert_int_equal(
	    fss__leases_deadline(l), SECOND + 3 * FSS__SERVE_TELL_US);
	assert_int_equal(
	    fss__lease_next(l, SECOND + 3 * FSS__SERVE_TELL_US, &copy),
	    FSS__LEASE_TELL);
	assert_int_equal(copy.put, 1003);
	expect(l, LEASE_US, 0, 0);
	/* What came stays known when it changes hands. */
	expect(l, SECOND + LEASE_US, FSS__LEASE_OFFER, 5);
	assert_int_equal(fss__lease_take(l, 5, 2, 11, 101, 50 * SECOND), 0);
	assert_int_equal(fss__lease_renew(l, 5, 2, 50 * SECOND)->put, 1003);
}

static void
test_bound(void **state)
{
	struct fss__leases *l = *state;
	struct fss__lease lease;
	int64_t i;
	int n = 0;

	for (i = 1; i <= FSS__SERVE_MAX; i++)
		assert_int_equal(fss__lease_take(l, i, 1, 1, 1, i), 0);
	assert_int_equal(fss__lease_take(l, i, 1, 1, 1, i), FSS_EOVERLOAD);
	assert_int_equal(fss__lease_orphan(l, i, i), FSS_EOVERLOAD);
	fss__lease_drop_session(l, 1, SECOND);
	while (fss__lease_next(l, SECOND, &lease) == FSS__LEASE_OFFER)
		n++;
	assert_int_equal(n, FSS__SERVE_MAX);
}

/* ---- random ----------------------------------------------------------- */

#define TRANSFERS 6
#define SESSIONS  4

struct known {
	bool there, offered;
	uint64_t serial;
	int64_t until, lost;
	unsigned grace;
};

/* All that is due up to @now was said, and nothing else. */
static void
drain(struct fss__leases *l, struct known *k, int64_t now)
{
	struct fss__lease lease;
	int what, i;

	while ((what = fss__lease_next(l, now, &lease)) != 0) {
		assert_in_range(lease.transfer, 1, TRANSFERS);
		struct known *t = &k[lease.transfer - 1];

		assert_true(t->there);
		if (t->serial != 0) {
			assert_true(t->until <= now);
			t->serial = 0;
			t->lost = now;
			t->offered = false;
		}
		if (what == FSS__LEASE_OFFER) {
			assert_false(t->offered);
			t->offered = true;
		} else {
			assert_int_equal(what, FSS__LEASE_LOSE);
			assert_true(t->offered);
			assert_true(t->lost + FSS__SERVE_LOSE_US <= now);
			t->there = false;
		}
	}
	for (i = 0; i < TRANSFERS; i++) {
		if (!k[i].there)
			continue;
		assert_true(k[i].serial != 0 ?
			k[i].until > now :
			k[i].offered && k[i].lost + FSS__SERVE_LOSE_US > now);
	}
	assert_true(fss__leases_deadline(l) > now);
}

static void
renewed(struct known *t, int64_t now)
{
	if (t->grace++ < FSS__SERVE_GRACE)
		t->until = now + LEASE_US;
}

static void
act(struct fss__leases *l, struct known *k, int64_t now, struct rng *rng)
{
	int64_t transfer = 1 + (int64_t)rng_below(rng, TRANSFERS);
	uint64_t serial = 1 + rng_below(rng, SESSIONS);
	struct known *t = &k[transfer - 1];
	bool over, mine = t->there && t->serial == serial;
	/* None comes twice: what is idle is another test's. */
	int64_t device = now * 8 + (int64_t)rng_below(rng, 8) + 1;
	int i;

	switch (rng_below(rng, 6)) {
	case 0:
	case 1:
		if (t->there && t->serial != 0 && !mine) {
			assert_int_equal(
			    fss__lease_take(l, transfer, serial, 1, device, now),
			    FSS_EBUSY);
			break;
		}
		assert_int_equal(
		    fss__lease_take(l, transfer, serial, 1, device, now), 0);
		t->there = true;
		t->serial = serial;
		if (!mine)
			t->grace = 0;
		renewed(t, now);
		break;
	case 2:
	case 3:
		assert_int_equal(
		    fss__lease_renew(l, transfer, serial, now) != NULL, mine);
		if (mine)
			renewed(t, now);
		break;
	case 4:
		over = rng_below(rng, 2) == 0;
		fss__lease_drop(l, transfer, serial, over, now);
		if (!mine)
			break;
		t->serial = 0;
		t->there = !over;
		t->offered = false;
		t->lost = now;
		break;
	default:
		fss__lease_drop_session(l, serial, now);
		for (i = 0; i < TRANSFERS; i++) {
			if (!k[i].there || k[i].serial != serial)
				continue;
			k[i].serial = 0;
			k[i].offered = false;
			k[i].lost = now;
		}
		break;
	}
}

static void
test_random(void **state)
{
	struct fss__leases *l = *state;
	struct known k[TRANSFERS];
	struct rng rng = { 3 };
	int64_t now = 0, until;
	int i;

	memset(k, 0, sizeof(k));
	for (i = 0; i < 20000; i++) {
		act(l, k, now, &rng);
		drain(l, k, now);
		until = now + (int64_t)rng_below(&rng, 20) * SECOND;
		while (fss__leases_deadline(l) <= until) {
			now = fss__leases_deadline(l);
			drain(l, k, now);
		}
		now = until;
	}
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, open_leases, close_leases)
	const struct CMUnitTest tests[] = {
		TEST(test_one_holder),
		TEST(test_fail_over),
		TEST(test_orphan),
		TEST(test_undo),
		TEST(test_idle),
		TEST(test_trickle),
		TEST(test_progress),
		TEST(test_bound),
		TEST(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
