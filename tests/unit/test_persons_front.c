/*
 * A client whose key is a front end's: of which address its people are said
 * to be is believed, and what is counted by address is counted by theirs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "crowd.h"

#define SECOND	INT64_C(1000000)

static void
make_front(struct crowd *w)
{
	uint8_t key[1][FSS__KEY_BYTES];

	memcpy(key[0], w->key, sizeof(key[0]));
	assert_int_equal(fss__hub_set_fronts(w->d.hub,
	    (const uint8_t (*)[FSS__KEY_BYTES])key, 1), 0);
}

/* `address` is believed of front ends alone, and only if it is one. */
static void
test_front_end(void **state)
{
	struct crowd *w = *state;
	struct fss__cs *p = crowd_person_from(w, NULL, "198.51.100.7"), *q;
	struct crowd_asked web, a;

	assert_int_equal(crowd_register_web(w, p, "alice", &web), 0);
	assert_int_equal(
	    crowd_ask(w, p, FSS__MSG_SESSIONS, &crowd_nothing, &a), 0);
	assert_string_equal(a.address, "192.0.2.1");
	make_front(w);
	q = crowd_person_from(w, web.token, "198.51.100.7");
	assert_int_equal(
	    crowd_ask(w, q, FSS__MSG_SESSIONS, &crowd_nothing, &a), 0);
	assert_string_equal(a.address, "198.51.100.7");
	fss__cs_person_close(q);
	q = crowd_person_from(w, web.token, "no address");
	assert_int_equal(
	    crowd_ask(w, q, FSS__MSG_SESSIONS, &crowd_nothing, &a), 0);
	assert_string_equal(a.address, "192.0.2.1");
	fss__cs_person_close(q);
	assert_int_equal(fss__hub_set_fronts(w->d.hub, NULL, 0), 0);
	q = crowd_person_from(w, web.token, "198.51.100.7");
	assert_int_equal(
	    crowd_ask(w, q, FSS__MSG_SESSIONS, &crowd_nothing, &a), 0);
	assert_string_equal(a.address, "192.0.2.1");
}

/* Wrong passwords are counted by the browser's address, not the front's. */
static void
test_front_rates(void **state)
{
	struct crowd *w = *state;
	char name[16];
	struct fss__cs *p, *q;
	struct crowd_asked a;
	unsigned i;

	make_front(w);
	p = crowd_person_from(w, NULL, "2001:db8::1");
	q = crowd_person_from(w, NULL, "2001:db8:0:1::1");
	for (i = 0; i < 100; i++) {
		(void)snprintf(name, sizeof(name), "nobody%u", i);
		if (crowd_login_web(w, p, name, "password", 0, &a) == FSS_ERATE)
			break;
	}
	assert_int_equal(i, 60);
	fss__cs_person_close(p);
	/* The same network of 64 bits is the same one; another is not. */
	p = crowd_person_from(w, NULL, "2001:db8::2");
	assert_int_equal(crowd_login_web(w, p, "somebody", "password", 0, &a),
	    FSS_ERATE);
	assert_int_equal(crowd_login_web(w, q, "somebody", "password", 0, &a),
	    FSS_EAUTH);
}

static int
setup_few(void **state)
{
	struct fss__hub_config cfg;

	hub_drive_config(&cfg);
	cfg.max_address = 4;
	cfg.max_front = 9;
	return crowd_open(state, &cfg);
}

/* Sessions that are nobody's: by address; all of a front end: in all. */
static void
test_front_sessions(void **state)
{
	struct crowd *w = *state;
	struct fss__cs *p[12], *more;
	struct crowd_asked a;
	char text[32];
	unsigned i;

	make_front(w);
	/* Each from elsewhere: more than one address may have. */
	for (i = 0; i < 9; i++) {
		(void)snprintf(text, sizeof(text), "198.51.100.%u", i + 1);
		p[i] = crowd_person_from(w, NULL, text);
		crowd_pump(w);
		assert_int_equal(fss__cs_state(p[i]), FSS__CS_READY);
	}
	more = crowd_person_from(w, NULL, "203.0.113.1");
	crowd_pump(w);
	assert_int_equal(fss__cs_state(more), FSS__CS_HELLO);
	assert_int_equal(fss__cs_error(more)->code, FSS_EOVERLOAD);
	/* When one goes there is room. */
	fss__cs_person_close(p[0]);
	for (i = 0; i < 10 && fss__cs_state(more) != FSS__CS_READY; i++)
		crowd_pass(w, 3 * SECOND);
	assert_int_equal(fss__cs_state(more), FSS__CS_READY);
	for (i = 1; i < 9; i++)
		fss__cs_person_close(p[i]);
	crowd_pump(w);
	/* One address has its four. */
	for (i = 0; i < 5; i++) {
		p[i] = crowd_person_from(w, NULL, "203.0.113.9");
		crowd_pump(w);
	}
	assert_int_equal(crowd_sessions(w), 1 + 1 + 4);
	(void)crowd_whoami(w, p[4], &a);
	assert_int_equal(a.code, FSS_EAUTH);
}

int
main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, crowd_setup, crowd_teardown)
	const struct CMUnitTest tests[] = {
		T(test_front_end),
		T(test_front_rates),
		cmocka_unit_test_setup_teardown(
		    test_front_sessions, setup_few, crowd_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
