/*
 * FastCDC: finds where the first chunk of some bytes ends.
 *
 * A gear hash rolls over the bytes: h = 2h + gear[byte], modulo 2^64.  A byte
 * leaves the hash after 64 steps, so h after byte i depends on the last 64
 * bytes only.  A chunk may end where the topmost bits of h are all zero, those
 * bits having the longest memory, which is to say where h is below a limit.
 * The limit is lower before the average size than past it (normalisation,
 * level 2: four times as rare before, four times as common after), which draws
 * the sizes towards the average.
 * What lies below the minimum is not even looked at, but for the 64 bytes
 * that fill the hash.
 *
 * It only looks at memory it is handed and keeps nothing between calls, so
 * how the caller's reads were split cannot matter.
 */
#include "chunk/chunker.h"

#include <stdbool.h>

#include <fss/error.h>

#include "chunk/gear.h"

#define WINDOW		64
#define LEVEL		2
#define AVG_MAX		((size_t)1 << 30)
#define STRIPE		((size_t)4096)

int
fss__chunker_init(struct fss__chunker *c, size_t min, size_t avg, size_t max)
{
	unsigned bits = 0;

	if (min < WINDOW || avg <= min || max <= avg || avg > AVG_MAX ||
	    (avg & (avg - 1)) != 0)
		return FSS_EINVAL;
	while (((size_t)1 << bits) < avg)
		bits++;
	c->min = min;
	c->avg = avg;
	c->max = max;
	c->limit_small = UINT64_C(1) << (64 - (bits + LEVEL));
	c->limit_large = UINT64_C(1) << (64 - (bits - LEVEL));
	return 0;
}

/* The hash after the WINDOW bytes before @p: what any before them left. */
static uint64_t
start(const uint8_t *p)
{
	uint64_t h = 0;
	size_t i;

	for (i = 0; i < WINDOW; i++)
		h = 2 * h + fss__gear[p[i - WINDOW]];
	return h;
}

/*
 * Rolls four hashes side by side over p[0 .. 4 * STRIPE - 1], one a stripe,
 * for one alone waits for its own last step most of the time.  All but the
 * first start from the WINDOW bytes before their stripe and so have the very
 * values that one going through would have.  False, and *@h is the last hash,
 * when a chunk ends nowhere in there; true leaves it to the caller to find
 * out where.
 */
static bool
roll_four(const uint8_t *p, uint64_t limit, uint64_t *h)
{
	const uint8_t *q = p + STRIPE, *r = q + STRIPE, *s = r + STRIPE;
	uint64_t a = *h, b = start(q), c = start(r), d = start(s);
	size_t i;

	for (i = 0; i < STRIPE; i++) {
		a = 2 * a + fss__gear[p[i]];
		b = 2 * b + fss__gear[q[i]];
		c = 2 * c + fss__gear[r[i]];
		d = 2 * d + fss__gear[s[i]];
		if (a < limit || b < limit || c < limit || d < limit)
			return true;
	}
	*h = d;
	return false;
}

/*
 * Rolls *@h over p[*@pos] .. p[end - 1] until it is below @limit; true, and
 * *@pos is one past the byte that made it so.
 */
static bool
roll(const uint8_t *p, size_t *pos, size_t end, uint64_t limit, uint64_t *h)
{
	size_t i = *pos;

	while (end - i >= 4 * STRIPE && !roll_four(p + i, limit, h))
		i += 4 * STRIPE;
	for (; i < end; i++) {
		*h = 2 * *h + fss__gear[p[i]];
		if (*h < limit) {
			*pos = i + 1;
			return true;
		}
	}
	*pos = end;
	return false;
}

size_t
fss__chunker_cut(const struct fss__chunker *c, const uint8_t *p, size_t n)
{
	size_t pos = c->min, end;
	uint64_t h;

	if (n <= c->min)
		return n;
	if (n > c->max)
		n = c->max;
	h = start(p + pos);
	end = n < c->avg ? n : c->avg;
	if (roll(p, &pos, end, c->limit_small, &h))
		return pos;
	(void)roll(p, &pos, n, c->limit_large, &h);
	return pos;
}
