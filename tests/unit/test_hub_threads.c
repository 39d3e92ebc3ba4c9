/*
 * A hub in a program: its threads take none of the program's signals, which
 * may be blocked in one thread on purpose, to be waited for there.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "folder.h"
#include "hub_thread.h"

/* Whether the thread @tid of this process may be given SIGUSR1. */
static int
takes_signals(const char *tid)
{
	char path[512], line[256];
	uint64_t blocked = 0;
	FILE *f;
	int found = 0;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%s/status", tid);
	f = fopen(path, "r");
	if (f == NULL)
		return 0;	/* it has ended */
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "SigBlk:", 7) == 0) {
			blocked = strtoull(line + 7, NULL, 16);
			found = 1;
		}
	(void)fclose(f);
	assert_int_equal(found, 1);
	return (blocked & UINT64_C(1) << (SIGUSR1 - 1)) == 0;
}

static void
count(unsigned *ret_threads, unsigned *ret_takers)
{
	DIR *d = opendir("/proc/self/task");
	struct dirent *e;

	assert_non_null(d);
	*ret_threads = *ret_takers = 0;
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		++*ret_threads;
		*ret_takers += (unsigned)takes_signals(e->d_name);
	}
	(void)closedir(d);
}

static void
test_signals(void **state)
{
	unsigned before, takers_before, threads, takers;
	char data[FOLDER_PATH];
	struct hub_thread *h;

	(void)state;
	folder_new(data);
	/* Sanitizers have threads of their own. */
	count(&before, &takers_before);
	h = hub_thread_start(data, 0);
	count(&threads, &takers);
	/*
	 * The one that calls fss_server_process() is the test's; while it is
	 * being made it takes none either.
	 */
	assert_true(threads > before + 4);
	assert_in_range(takers, takers_before, takers_before + 1);
	hub_thread_stop(h);
	folder_remove(data);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signals)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
