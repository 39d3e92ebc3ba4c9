/*
 * Simulations of many clients and a hub: seeds one after the other, each a
 * world of its own.
 *
 * FSS_TEST_SEED runs that seed alone, and tells what happens in it with
 * FSS_TEST_TRACE; FSS_SIM_SEEDS is how many to run, FSS_SIM_FIRST the first.
 * See sim.h.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim.h"

#define SEEDS 3000

static uint64_t running;

/* Assertions of the helpers abort: then the seed is to be known too. */
static void
on_abort(int sig)
{
	char text[64];
	int n = snprintf(text, sizeof(text), "FSS_TEST_SEED=%llu\n",
	    (unsigned long long)running);

	(void)sig;
	if (write(STDERR_FILENO, text, (size_t)n) != n)
		_exit(2);
}

static uint64_t
number_of(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

int
main(void)
{
	static struct sim w;
	uint64_t first = number_of("FSS_SIM_FIRST", 1);
	uint64_t n = number_of("FSS_SIM_SEEDS", SEEDS);
	uint64_t told = 0, gets = 0, denied = 0, saves = 0, uploads = 0;
	const char *one = getenv("FSS_TEST_SEED");

	if (one != NULL) {
		first = strtoull(one, NULL, 10);
		n = 1;
	}
	(void)signal(SIGABRT, on_abort);
	contents_make();
	printf("seeds %llu to %llu\n", (unsigned long long)first,
	    (unsigned long long)(first + n - 1));
	for (running = first; running < first + n; running++) {
		sim_run(&w, running, getenv("FSS_TEST_TRACE") != NULL);
		told += w.told;
		gets += w.gets;
		denied += w.denied;
		saves += w.saves;
		uploads += w.uploads;
	}
	printf("told %llu changes, read %llu times, refused %llu, saved %llu "
	    "parts, of which %llu uploads came\n", (unsigned long long)told,
	    (unsigned long long)gets, (unsigned long long)denied,
	    (unsigned long long)saves, (unsigned long long)uploads);
	contents_free();
	return told > 0 && gets > 0 && denied > 0 && saves > 0 &&
	    uploads > 0 ? 0 : 1;
}
