/*
 * The main program of each workload.  See perf.h.
 */
#include <stdio.h>
#include <stdlib.h>

#include "chance.h"
#include "perf.h"

void
perf_must(bool ok, const char *what)
{
	if (ok)
		return;
	(void)fprintf(stderr, "perf: %s\n", what);
	exit(1);
}

int
main(void)
{
	chance_seed(1);
	perf_prepare();
	perf_measured();
	perf_finish();
	return 0;
}
