/*
 * Every kind x state x event x role of a request: what the table says it
 * becomes, that nothing else is possible, and what must hold of any table.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/request.h"

#define KINDS	4
#define ROLES	4
#define EVENTS	(FSS__REV_EVENTS + 1)

static const int live[FSS__REQ_STATES] = {
#define S(name, number, is_live, text) [number] = is_live,
#define V(name, number, text)
#define T(kind, state, event, role, to, effects, audit)
#include "model/request.def"
#undef S
#undef V
#undef T
};

struct cell {
	int	lines;			/* of request.def that fit */
	int	to;
};

static struct cell cells[KINDS][FSS__REQ_STATES][EVENTS][ROLES];

static void
enter(unsigned kinds, int state, int event, int role, int to)
{
	int k;

	for (k = 1; k < KINDS; k++) {
		if (!(kinds & 1u << k))
			continue;
		cells[k][state][event][role].lines++;
		cells[k][state][event][role].to = to;
	}
}

/* The table read a second time, by other code. */
static int
read_table(void **state)
{
	enum { GET = 2, WANT = 4, UPLOAD = 8, ANY = 14 };

	(void)state;
#define S(name, number, is_live, text)
#define V(name, number, text)
#define T(kind, from, event, role, to, effects, audit)			\
	enter(kind, FSS__REQ_##from, FSS__REV_##event, FSS__ROLE_##role, \
	    FSS__REQ_##to);
#include "model/request.def"
#undef S
#undef V
#undef T
	return 0;
}

static void
check(int kind, int state, int event, int role)
{
	const struct cell *c = &cells[kind][state][event][role];
	struct fss__request_step step = { 0 };
	int r = fss__request_next(kind, state, event, role, &step);
	int i, others = 0;

	assert_in_range(c->lines, 0, 1);
	if (c->lines == 0) {
		for (i = 0; i < ROLES; i++)
			others += cells[kind][state][event][i].lines;
		assert_int_equal(r, others > 0 ? FSS_EDENIED : FSS_ESTATE);
		return;
	}
	assert_int_equal(r, 0);
	assert_int_equal(step.to, c->to);
	/* Hub's events are the hub's, persons' are persons'. */
	assert_int_equal(role == FSS__ROLE_HUB,
	    event >= FSS__REQUEST_HUB_EVENTS);
	assert_int_not_equal(role, FSS__ROLE_OTHER);
	/*
	 * All are told, but that it was seen only the asker, and that bytes of
	 * a wish begin to arrive only who gives them as well.
	 */
	assert_int_equal(step.effects & (FSS__RE_TELL_BOTH |
	    FSS__RE_TELL_GIVER), event == FSS__REV_SEE ? FSS__RE_TELL_ASKER :
	    kind == FSS_REQUEST_WANT && event == FSS__REV_START ?
	    FSS__RE_TELL_TWO : FSS__RE_TELL_BOTH);
	/* What is over leaves no right behind. */
	if (!live[step.to] && step.to != FSS__REQ_FULFILLED &&
	    (state == FSS__REQ_APPROVED || state == FSS__REQ_TRANSFERRING))
		assert_true(step.effects & FSS__RE_UNPASS);
	/* Who is given something else may not keep what was before. */
	if (step.effects & FSS__RE_UNTIE)
		assert_true(step.effects & FSS__RE_UNPASS);
	if (state != FSS__REQ_OPEN || step.to != FSS__REQ_SEEN)
		assert_int_not_equal(step.audit, 0);
	/* Nothing but asking again brings back what is over. */
	if (!live[state]) {
		assert_int_equal(event, FSS__REV_RETRY);
		assert_int_equal(step.to, FSS__REQ_OPEN);
	}
	/* Nothing is read without a yes. */
	if (step.to == FSS__REQ_FULFILLED || step.to == FSS__REQ_TRANSFERRING)
		assert_true(state == FSS__REQ_APPROVED ||
		    state == FSS__REQ_TRANSFERRING);
}

static void
test_every_cell(void **state)
{
	int k, s, e, r;

	(void)state;
	for (k = 1; k < KINDS; k++)
		for (s = 0; s < FSS__REQ_STATES; s++)
			for (e = 0; e < EVENTS; e++)
				for (r = 0; r < ROLES; r++)
					check(k, s, e, r);
}

static void
test_out_of_range(void **state)
{
	struct fss__request_step step;

	(void)state;
	assert_int_equal(fss__request_next(0, 0, 0, 0, &step), FSS_ESTATE);
	assert_int_equal(fss__request_next(4, 0, 0, 0, &step), FSS_ESTATE);
	assert_int_equal(fss__request_next(1, 9, 0, 0, &step), FSS_ESTATE);
	assert_int_equal(fss__request_next(1, -1, 0, 0, &step), FSS_ESTATE);
	assert_null(fss__request_state_name(-1));
	assert_null(fss__request_state_name(FSS__REQ_STATES));
}

static void
test_may(void **state)
{
	int s;

	(void)state;
	for (s = 0; s < FSS__REQ_STATES; s++) {
		assert_non_null(fss__request_state_name(s));
		assert_int_equal(fss__request_may(FSS_REQUEST_GET, s,
		    FSS__ROLE_OTHER), 0);
	}
	assert_int_equal(fss__request_may(FSS_REQUEST_WANT, FSS__REQ_OPEN,
	    FSS__ROLE_TARGET), 1u << FSS_REQUEST_SEE | 1u << FSS_REQUEST_DENY |
	    1u << FSS_REQUEST_FULFIL);
	assert_int_equal(fss__request_may(FSS_REQUEST_GET, FSS__REQ_DENIED,
	    FSS__ROLE_ASKER), 1u << FSS_REQUEST_RETRY);
	assert_int_equal(fss__request_may(FSS_REQUEST_GET, FSS__REQ_FULFILLED,
	    FSS__ROLE_ASKER), 0);
	/* What was given may not be what was meant. */
	assert_int_equal(fss__request_may(FSS_REQUEST_WANT, FSS__REQ_FULFILLED,
	    FSS__ROLE_ASKER), 1u << FSS_REQUEST_RETRY);
	assert_int_equal(fss__request_may(FSS_REQUEST_WANT, FSS__REQ_APPROVED,
	    FSS__ROLE_ASKER), 1u << FSS_REQUEST_RETRY |
	    1u << FSS_REQUEST_CANCEL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_cell),
		cmocka_unit_test(test_out_of_range),
		cmocka_unit_test(test_may),
	};

	return cmocka_run_group_tests(tests, read_table, NULL);
}
