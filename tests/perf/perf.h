/*
 * A workload whose instructions are counted: the same work in every run, on
 * data made from numbers, by one thread, without a network or a clock.
 *
 * A file of tests/perf is one workload and defines the three functions.  The
 * main program calls them in turn; counts.py counts what happens below
 * perf_measured() and nothing else.  What does not go as it should ends the
 * program, so that a workload that stops working is not taken for a fast one.
 */
#ifndef FSS_PERF_H
#define FSS_PERF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void	perf_prepare(void);
void	perf_measured(void);
void	perf_finish(void);	/* looks at what came of it */

void	perf_must(bool ok, const char *what);

#endif
