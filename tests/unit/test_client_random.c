/*
 * Whatever happens to the client's session machine in whatever order: each
 * request is answered once, and a hub that behaves gets it all done.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "client_rig.h"
#include "hub_frame.h"
#include "rng.h"

#define MS	INT64_C(1000)
#define MANY	400

static void
random_run(uint64_t seed)
{
	struct rng rng = { seed };
	struct fss__cs_answer a;
	unsigned answered[MANY] = { 0 }, made = 0, i, conn, done = 0;
	static struct rig g;
	uint64_t req[MANY];
	struct rig_sent *s;

	rig_open(&g);
	for (i = 0; i < 20000 && done < MANY; i++) {
		conn = (unsigned)rng_below(&rng, RIG_CONNS);
		switch (rng_below(&rng, i < 4000 ? 9 : 7)) {
		case 0:
		case 1:
			if (made < MANY && rig_try_request(&g,
			    rng_below(&rng, 3) == 0 ? FSS__MSG_PUT :
			    rng_below(&rng, 2) == 0 ? FSS__MSG_GET :
			    FSS__MSG_PING, 1 + (size_t)rng_below(&rng, 900),
			    &answered[made], &req[made]) == 0)
				made++;
			break;
		case 2:
			g.now += (int64_t)rng_below(&rng, 300) * MS;
			rig_step(&g, FSS__CS_TICK, 0, 0);
			break;
		case 3:
			rig_step(&g, FSS__CS_UP, conn, 0);
			break;
		case 4:
		case 5:
		case 6:
			rig_pump(&g, conn);
			while (g.nsent > 0) {
				s = &g.sent[g.nsent - 1];
				if (s->type == FSS__MSG_HELLO) {
					memset(g.session, (int)(i & 0xff), 16);
					rig_welcome(&g);
				} else if (s->type == FSS__MSG_PING) {
					rig_answer_ping(&g, s->req);
				} else if (s->type == FSS__MSG_GET) {
					rig_answer_get(&g, s->conn, s->req, 50);
				} else if (s->type == FSS__MSG_PUT) {
					rig_answer_put(&g, s->conn, s->req,
					    rng_below(&rng, 2000));
				}
				g.nsent--;
				if (i < 4000 && rng_below(&rng, 4) == 0)
					break;
			}
			break;
		case 7:
			rig_step(&g, FSS__CS_LOST, conn, FSS_ENOTCONN);
			g.nsent = 0;
			break;
		case 8:
			if (g.nsent > 0) {
				g.nsent--;
				rig_feed(&g, g.sent[g.nsent].conn, hub_error(
				    g.sent[g.nsent].req,
				    -(int)(1 + rng_below(&rng, 45))), 0);
			}
			break;
		}
		while (fss__cs_next_answer(g.cs, &a) == 1) {
			++*(unsigned *)a.user;
			done++;
			fss__cs_answer_release(&a);
		}
		if (fss__cs_state(g.cs) == FSS__CS_REFUSED)
			break;
		if (g.nsent > RIG_SENT / 2)
			g.nsent = 0;
	}
	for (i = 0; i < MANY; i++)
		assert_true(answered[i] <= 1);
	/* After the wild part the hub behaves: all is done, if it may be. */
	if (fss__cs_state(g.cs) != FSS__CS_REFUSED)
		assert_int_equal(done, MANY);
	rig_close(&g);
}

static void
test_random(void **state)
{
	uint64_t seed;

	(void)state;
	for (seed = 1; seed <= 60; seed++)
		random_run(seed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
