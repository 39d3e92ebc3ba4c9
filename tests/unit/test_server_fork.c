/*
 * A hub's handle in a forked child: dead there, alive in the parent, and once
 * the parent has closed it nothing of it stays with a child that lives on.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fss/fss.h>

#include "folder.h"

#define LIMIT_S	60	/* a child that hangs is ended, and fails the test */

static fss_server *
open_hub(const char *data)
{
	fss_server *s = NULL;

	assert_int_equal(fss_server_new(&s), 0);
	assert_int_equal(fss_server_set_text(s, FSS_SERVER_DATA, data), 0);
	assert_int_equal(fss_server_set_text(s, FSS_SERVER_LISTEN,
	    "tcp://127.0.0.1:0"), 0);
	assert_int_equal(fss_server_set_text(s, FSS_SERVER_INTRODUCE, "off"),
	    0);
	assert_int_equal(fss_server_open(s), 0);
	return s;
}

/* Whether a client gets an answer of @s. */
static void
expect_answer(fss_server *s)
{
	const fss_event *ev = NULL;
	struct pollfd fds[2];
	fss_client *c;
	fss_op op;
	int r = 0;

	assert_int_equal(fss_client_new(&c), 0);
	assert_int_equal(fss_client_set_address(c, fss_server_address(s)), 0);
	assert_int_equal(fss_client_open(c), 0);
	assert_int_equal(fss_client_ping(c, NULL, &op), 0);
	while (r == 0) {
		fds[0].fd = fss_server_fd(s);
		fds[1].fd = fss_client_fd(c);
		fds[0].events = fds[1].events = POLLIN;
		assert_true(poll(fds, 2, 100) >= 0);
		assert_true(fss_server_process(s, 0) >= 0);
		assert_true(fss_client_process(c, 0) >= 0);
		while (r == 0 && fss_client_next(c, &ev) == 1)
			r = fss_event_type(ev) == FSS_EVENT_DONE;
	}
	assert_int_equal(fss_event_error(ev), 0);
	fss_client_free(c);
}

static void
expect_exit(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void
no_problem(void *ctx, const char *problem)
{
	(void)ctx;
	fail_msg("%s", problem);
}

static bool
is_dead(fss_server *s)
{
	return fss_server_process(s, 0) == FSS_EFORK &&
	    fss_server_drain(s) == FSS_EFORK &&
	    fss_server_wakeup(s) == FSS_EFORK &&
	    fss_server_fd(s) == FSS_EFORK &&
	    fss_server_open(s) == FSS_EFORK &&
	    fss_server_set_text(s, FSS_SERVER_NAME, "x") == FSS_EFORK &&
	    fss_server_set_number(s, FSS_SERVER_QUOTA_FILES, 1) == FSS_EFORK &&
	    fss_server_set_log(s, NULL, NULL, FSS_LOG_INFO) == FSS_EFORK &&
	    fss_server_timeout_ms(s) == -1 &&
	    fss_server_stat(s, FSS_STAT_REQUESTS) == 0;
}

static void
test_fork(void **state)
{
	char data[FOLDER_PATH], hub[FOLDER_PATH + 8], byte;
	int stay[2], ok;
	fss_server *s;
	pid_t pid[2];

	(void)state;
	folder_new(data);
	(void)snprintf(hub, sizeof(hub), "%s/hub", data);
	assert_int_equal(fss_server_init(hub, NULL), 0);
	assert_int_equal(pipe(stay), 0);
	s = open_hub(hub);
	pid[0] = fork();
	assert_true(pid[0] >= 0);
	if (pid[0] == 0) {
		(void)alarm(LIMIT_S);
		ok = is_dead(s);
		fss_server_free(s);
		_exit(ok ? 0 : 1);
	}
	expect_exit(pid[0]);
	/* The lock is still the parent's, and so is the rest. */
	assert_int_equal(fss_server_check(hub, no_problem, NULL), FSS_EBUSY);
	expect_answer(s);

	/* One child lets go of it and lives on, the other only lives on. */
	for (ok = 0; ok < 2; ok++) {
		pid[ok] = fork();
		assert_true(pid[ok] >= 0);
		if (pid[ok] != 0)
			continue;
		(void)alarm(LIMIT_S);
		(void)close(stay[1]);
		if (ok == 0)
			fss_server_free(s);
		_exit(read(stay[0], &byte, 1) == 0 ? 0 : 1);
	}
	fss_server_free(s);
	s = open_hub(hub);
	expect_answer(s);
	fss_server_free(s);
	(void)close(stay[1]);
	expect_exit(pid[0]);
	expect_exit(pid[1]);
	(void)close(stay[0]);
	folder_remove(data);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fork)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
