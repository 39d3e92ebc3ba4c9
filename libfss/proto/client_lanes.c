/*
 * How many connections carry content.
 *
 * One carries no more in a round trip than the kernel keeps of what it sent:
 * Linux 4 MiB by default, of which two to three are content.  Near by that is
 * more than any line takes; far away it is little, and several connections
 * are needed, so a client that adapts makes the more the longer a round trip
 * is.  What is known of that is how long the hub's kernel took to accept the
 * control connection, before any program had to do with it.
 *
 * A connection takes four round trips to stand.  On a long line those for
 * content are made beside the control one where content is expected, and not
 * when there is some; near by they would gain nothing.
 *
 * There are never more than there were requests for them at some moment, and
 * those after the first are shut when they had nothing to carry for a while:
 * each costs the hub memory.
 */
#include "base/num.h"
#include "proto/client_internal.h"

#define LANE_US		INT64_C(20000)	/* of a round trip: one more */

void
fss__cs_adapt(struct fss__cs *s)
{
	s->lines->adapts = true;
	s->lines->lanes = 1;
}

void
fss__cs_expect(struct fss__cs *s, unsigned n)
{
	struct fss__cs_lines *ln = s->lines;

	if (n > ln->expected)
		ln->expected = n;
}

bool
fss__cs_far(const struct fss__cs *s)
{
	return s->lines->rtt_us >= FSS__CS_LONG_US;
}

unsigned
fss__cs_lanes(const struct fss__cs *s)
{
	return s->lines->lanes;
}

void
fss__cs_reached(struct fss__cs_lines *ln, int64_t rtt_us)
{
	int64_t n = 1 + rtt_us / LANE_US;

	ln->rtt_us = rtt_us;
	if (!ln->adapts)
		return;
	ln->lanes = n < ln->nconns - 1 ? (unsigned)n : ln->nconns - 1;
}

size_t
fss__cs_content(const struct fss__cs *s)
{
	size_t n = s->queue[CS_LANE_GET].count + s->queue[CS_LANE_PUT].count;
	unsigned i;

	for (i = FSS__CS_CONTROL + 1; i <= s->lines->lanes; i++)
		n += s->flies[i];
	return n;
}

void
fss__cs_want_lanes(struct fss__cs_lines *ln, size_t n, int64_t now_us,
    struct fss__cs_update *up)
{
	unsigned i;

	/* How many are wanted by one who does not adapt is not ours to say. */
	if (n > ln->lanes || !ln->adapts)
		n = ln->lanes;
	for (i = FSS__CS_CONTROL + 1; i <= n; i++)
		fss__cs_conn_want(ln->main, i, now_us, up);
}

void
fss__cs_want_expected(struct fss__cs_lines *ln, int64_t now_us,
    struct fss__cs_update *up)
{
	if (ln->rtt_us == 0)
		return;			/* it is not known yet */
	if (fss__cs_far(ln->main))
		fss__cs_want_lanes(ln, ln->expected, now_us, up);
	ln->expected = 0;
}

bool
fss__cs_spare(const struct fss__cs_lines *ln, unsigned conn)
{
	return ln->adapts && conn > FSS__CS_CONTROL + 1;
}

void
fss__cs_rest(struct fss__cs_lines *ln, unsigned conn, int64_t now_us,
    struct fss__cs_update *up)
{
	struct fss__cs_conn *c = &ln->conn[conn];

	if (c->flies == 0 && !c->used) {
		up->shut |= UINT32_C(1) << conn;
		c->state = CONN_OFF;
		return;
	}
	c->used = false;
	c->at_us = now_us + FSS__CS_REST_US;
}
