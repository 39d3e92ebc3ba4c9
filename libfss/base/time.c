/*
 * The two clocks.
 *
 * Both are clock_gettime(), which cannot fail for these clocks on any system
 * the library builds on; that is asserted rather than passed on to callers
 * who could do nothing about it.  Nothing here formats or parses dates.
 */
#include "base/time.h"

#include <time.h>

#include "base/error.h"

static int64_t
now_us(clockid_t clock)
{
	struct timespec ts = { 0, 0 };
	int r;

	r = clock_gettime(clock, &ts);
	FSS_ASSERT(r == 0);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
fss__wall_us(void)
{
	return now_us(CLOCK_REALTIME);
}

int64_t
fss__mono_us(void)
{
	return now_us(CLOCK_MONOTONIC);
}
