/*
 * The only place that asks for the time.  Wall time is for people (entries,
 * logs); deadlines and leases use the monotonic clock, so that a clock that
 * jumps neither ends nor prolongs anything.
 */
#ifndef FSS__BASE_TIME_H
#define FSS__BASE_TIME_H

#include <stdint.h>

int64_t	fss__wall_us(void);	/* microseconds UTC since 1970 */
int64_t	fss__mono_us(void);	/* microseconds since some start */

#endif
