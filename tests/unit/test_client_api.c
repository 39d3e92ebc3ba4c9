/*
 * The client's public calls without a hub: arguments, ends, fork, memory.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fss/fss.h>

#include "base/alloc.h"

/* Nobody listens there: port 1 is privileged and long out of use. */
#define NOBODY	"fss://127.0.0.1:1#AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static fss_client *
opened(int timeout_ms)
{
	fss_client *c;

	assert_int_equal(fss_client_new(&c), 0);
	assert_int_equal(fss_client_set_address(c, NOBODY), 0);
	assert_int_equal(fss_client_set_timeout_ms(c, timeout_ms), 0);
	assert_int_equal(fss_client_open(c), 0);
	return c;
}

static void
test_setters(void **state)
{
	uint8_t key[FSS_KEY_BYTES] = { 1 };
	char long_name[70];
	fss_client *c;

	(void)state;
	memset(long_name, 'x', sizeof(long_name));
	long_name[65] = '\0';
	assert_int_equal(fss_client_new(NULL), FSS_EINVAL);
	assert_int_equal(fss_client_new(&c), 0);
	assert_string_equal(fss_client_errmsg(c), "");
	assert_int_equal(fss_client_set_address(c, "x"), FSS_EINVAL);
	assert_true(fss_client_errmsg(c)[0] != '\0');
	assert_int_equal(fss_client_set_address(c, NULL), FSS_EINVAL);
	assert_int_equal(fss_client_set_address(c, "fss://h:1"), FSS_EINVAL);
	assert_int_equal(fss_client_set_device_name(c, long_name),
	    FSS_EINVAL);
	assert_int_equal(fss_client_set_device_name(c, "\xff"), FSS_EINVAL);
	assert_int_equal(fss_client_set_device_name(c, "laptop"), 0);
	assert_int_equal(fss_client_set_connections(c, 9), FSS_EINVAL);
	assert_int_equal(fss_client_set_connections(c, 0), 0);
	assert_int_equal(fss_client_set_connections(c, 8), 0);
	assert_int_equal(fss_client_set_timeout_ms(c, 0), FSS_EINVAL);
	assert_int_equal(fss_client_set_timeout_ms(c, -2), FSS_EINVAL);
	assert_int_equal(fss_client_set_timeout_ms(c, -1), 0);
	assert_int_equal(fss_client_set_log(c, NULL, NULL, 99), FSS_EINVAL);
	assert_int_equal(fss_client_set_identity(c, NULL), FSS_EINVAL);
	assert_int_equal(fss_client_open(c), FSS_EINVAL);	/* no address */
	assert_int_equal(fss_client_set_address(c, NOBODY), 0);
	assert_int_equal(fss_client_set_identity(c, key), 0);
	assert_int_equal(fss_client_open(c), 0);
	assert_int_equal(fss_client_open(c), FSS_EBUSY);
	assert_int_equal(fss_client_set_address(c, NOBODY), FSS_EBUSY);
	assert_int_equal(fss_client_set_identity(c, key), FSS_EBUSY);
	assert_int_equal(fss_client_set_connections(c, 1), FSS_EBUSY);
	fss_client_free(c);
	fss_client_free(NULL);
}

static void
test_not_open(void **state)
{
	const fss_event *ev;
	fss_client *c;
	fss_op op = 7;
	size_t n;

	(void)state;
	assert_int_equal(fss_client_new(&c), 0);
	assert_int_equal(fss_client_fd(c), FSS_ENOTCONN);
	assert_int_equal(fss_client_events(c), FSS_ENOTCONN);
	assert_int_equal(fss_client_timeout_ms(c), -1);
	assert_int_equal(fss_client_process(c, 0), FSS_ENOTCONN);
	assert_int_equal(fss_client_wakeup(c), FSS_ENOTCONN);
	assert_int_equal(fss_client_next(c, &ev), 0);
	assert_null(ev);
	assert_int_equal(fss_client_ping(c, NULL, &op), FSS_ENOTCONN);
	assert_int_equal(fss_client_upload(c, "/tmp", ":/x", 0, NULL, &op),
	    FSS_ENOTCONN);
	assert_int_equal(op, 7);
	assert_int_equal(fss_op_cancel(c, 1), FSS_EINVAL);
	assert_int_equal(fss_op_read(c, 1, &op, 1, &n), FSS_EINVAL);
	assert_string_equal(fss_client_account(c), "");
	fss_client_free(c);
}

/* What <fss/request.h> refuses before anything is sent. */
static void
test_people_arguments(void **state)
{
	const uint64_t ids[1] = { 1 };
	fss_client *c = opened(1000);
	char note[502];
	fss_op op;

	(void)state;
	memset(note, 'n', sizeof(note));
	note[501] = '\0';
	assert_int_equal(fss_client_inbox(c), -1);
	assert_int_equal(fss_client_who(c, 2, NULL, &op), FSS_EINVAL);
	assert_int_equal(fss_client_hide(c, 2, NULL, &op), FSS_EINVAL);
	assert_int_equal(fss_client_holders(c, "x", NULL, &op), FSS_EINVAL);
	assert_int_equal(fss_client_ask(c, "bob:/x", note, 0, NULL, &op),
	    FSS_EINVAL);
	assert_int_equal(fss_client_ask(c, "bob:/x", NULL, 31536001, NULL,
	    &op), FSS_EINVAL);
	assert_int_equal(fss_client_ask(c, "bob:/../x", NULL, 0, NULL, &op),
	    FSS_EPATH);
	assert_int_equal(fss_client_ask_want(c, NULL, NULL, 0, NULL, &op),
	    FSS_EINVAL);
	assert_int_equal(fss_client_ask_want(c, "", NULL, 0, NULL, &op),
	    FSS_EINVAL);
	assert_int_equal(fss_client_ask_upload(c, "/nowhere/at/all", "bob:/x",
	    NULL, NULL, &op), FSS_ENOENT);
	assert_int_equal(fss_client_ask_upload(c, "/", "bob:/x", NULL, NULL,
	    &op), FSS_EISDIR);
	assert_int_equal(fss_client_upload_asked(c, 0, "/x", "bob:/x", 0,
	    NULL, &op), FSS_EINVAL);
	assert_int_equal(fss_client_upload_asked(c, 1, "/x", "bob:/x",
	    FSS_COPY_RECURSIVE, NULL, &op), FSS_EINVAL);
	assert_int_equal(fss_client_request(c, 0, NULL, &op), FSS_EINVAL);
	assert_int_equal(fss_client_requests(c, 4, 0, NULL, &op), FSS_EINVAL);
	assert_int_equal(fss_client_requests(c, 1, 512, NULL, &op),
	    FSS_EINVAL);
	assert_int_equal(fss_client_decide(c, ids, 0, FSS_REQUEST_SEE, NULL,
	    NULL, &op), FSS_EINVAL);
	assert_int_equal(fss_client_decide(c, ids, 257, FSS_REQUEST_SEE, NULL,
	    NULL, &op), FSS_EINVAL);
	assert_int_equal(fss_client_decide(c, ids, 1, FSS_REQUEST_FULFIL,
	    NULL, NULL, &op), FSS_EINVAL);
	assert_int_equal(fss_client_decide(c, ids, 1, FSS_REQUEST_DENY, note,
	    NULL, &op), FSS_EINVAL);
	assert_int_equal(fss_client_fulfil(c, 1, "bob:/x", NULL, &op),
	    FSS_EINVAL);
	assert_int_equal(fss_client_fulfil(c, 0, ":/x", NULL, &op),
	    FSS_EINVAL);
	assert_int_equal(fss_client_rule_add(c, 0, NULL, NULL, -1,
	    1u << FSS_REQUEST_GET, NULL, 0, NULL, &op), FSS_EINVAL);
	assert_int_equal(fss_client_rule_add(c, FSS_VERDICT_ALLOW, NULL, NULL,
	    -2, 1u << FSS_REQUEST_GET, NULL, 0, NULL, &op), FSS_EINVAL);
	assert_int_equal(fss_client_rule_add(c, FSS_VERDICT_ALLOW, NULL, NULL,
	    -1, 1u << FSS_REQUEST_WANT, NULL, 0, NULL, &op), FSS_EINVAL);
	assert_int_equal(fss_client_rule_add(c, FSS_VERDICT_ALLOW, NULL,
	    "no/slash", -1, 1u << FSS_REQUEST_GET, NULL, 0, NULL, &op),
	    FSS_EPATH);
	assert_int_equal(fss_client_rule_remove(c, 0, NULL, &op), FSS_EINVAL);
	assert_int_equal(fss_client_audit(c, NULL, NULL, 0, 2, NULL, &op),
	    FSS_EINVAL);
	assert_int_equal(fss_client_set_index(c, ""), FSS_EINVAL);
	assert_int_equal(fss_client_set_index(c, "/nowhere/at/all"),
	    FSS_ENOENT);
	/* What is fine becomes an operation. */
	assert_int_equal(fss_client_who(c, FSS_WHO_ALL, NULL, &op), 0);
	assert_int_equal(fss_client_requests(c, 0, 0, NULL, &op), 0);
	assert_int_equal(fss_client_decide(c, ids, 1, FSS_REQUEST_DENY, "no",
	    NULL, &op), 0);
	assert_int_equal(fss_client_rule_add(c, FSS_VERDICT_DENY, "@friends",
	    ":/music", 1 << 20, 1u << FSS_REQUEST_UPLOAD, "no", 3, NULL,
	    &op), 0);
	fss_client_free(c);
}

static void
test_arguments(void **state)
{
	fss_client *c = opened(1000);
	fss_query *q;
	fss_op op;
	char pw[300];

	(void)state;
	memset(pw, 'p', sizeof(pw));
	pw[257] = '\0';
	assert_int_equal(fss_client_stat(c, "no-colon", 0, NULL, &op),
	    FSS_EINVAL);
	assert_int_equal(fss_client_stat(c, NULL, 0, NULL, &op), FSS_EINVAL);
	assert_int_equal(fss_client_stat(c, ":/a/../b", 0, NULL, &op),
	    FSS_EPATH);
	assert_int_equal(fss_client_list(c, ":/", 1u << 30, NULL, &op),
	    FSS_EINVAL);
	assert_int_equal(fss_client_remove(c, ":/x", 1u << 5, NULL, &op),
	    FSS_EINVAL);
	assert_int_equal(fss_client_move(c, "bob:/x", ":/y", 0, NULL, &op),
	    FSS_EINVAL);
	assert_int_equal(fss_client_access(c, ":/x", 9, NULL, &op),
	    FSS_EINVAL);
	assert_int_equal(fss_client_grant(c, ":/x", "bob", 1u << 9, NULL,
	    &op), FSS_EINVAL);
	assert_int_equal(fss_client_grant(c, ":/x", NULL, 1, NULL, &op),
	    FSS_EINVAL);
	assert_int_equal(fss_client_restore(c, ":/x", 0, NULL, &op),
	    FSS_EINVAL);
	assert_int_equal(fss_client_register(c, "alice", "short", NULL, NULL,
	    &op), FSS_EPASSWORD);
	assert_int_equal(fss_client_register(c, "alice", pw, NULL, NULL, &op),
	    FSS_EPASSWORD);
	assert_int_equal(fss_client_passwd(c, "password", "short", NULL, &op),
	    FSS_EPASSWORD);
	assert_int_equal(fss_client_register_web(c, "alice", "short", NULL,
	    NULL, 0, NULL, &op), FSS_EPASSWORD);
	assert_int_equal(fss_client_login(c, NULL, "password", NULL, &op),
	    FSS_EINVAL);
	assert_int_equal(fss_client_logout(c, 8, NULL, &op), FSS_EINVAL);
	assert_int_equal(fss_client_invite(c, 7, 1, 0, NULL, &op),
	    FSS_EINVAL);
	assert_int_equal(fss_client_invite(c, 0, 0, 0, NULL, &op),
	    FSS_EINVAL);
	assert_int_equal(fss_client_device_revoke(c, -1, NULL, &op),
	    FSS_EINVAL);
	assert_int_equal(fss_client_user_set(c, "a", 9, 0, 0, 0, NULL, &op),
	    FSS_EINVAL);
	assert_int_equal(fss_client_group_set(c, "g", "m", 2, NULL, &op),
	    FSS_EINVAL);
	assert_int_equal(fss_client_upload(c, "", ":/x", 0, NULL, &op),
	    FSS_EINVAL);
	assert_int_equal(fss_client_upload(c, "x", ":/x",
	    FSS_COPY_SAFE_LINKS, NULL, &op), FSS_EINVAL);
	assert_int_equal(fss_client_download(c, ":/x", 0, NULL, 0, NULL, &op),
	    FSS_EINVAL);
	assert_int_equal(fss_client_write(c, ":/x", 04755, 0, NULL, NULL,
	    &op), FSS_EINVAL);
	assert_int_equal(fss_client_find(c, NULL, NULL, &op), FSS_EINVAL);
	assert_int_equal(fss_query_new(&q), 0);
	assert_int_equal(fss_query_set_text(q, (fss_query_text)0, "x"),
	    FSS_EINVAL);
	assert_int_equal(fss_query_set_text(q, FSS_QUERY_TEXT, pw),
	    FSS_ETOOBIG);
	assert_int_equal(fss_query_set_text(q, FSS_QUERY_UNDER, "x"),
	    FSS_EINVAL);
	assert_int_equal(fss_query_set_text(q, FSS_QUERY_TEXT, "x"), 0);
	assert_int_equal(fss_query_set_text(q, FSS_QUERY_TEXT, NULL), 0);
	assert_int_equal(fss_query_set_number(q, FSS_QUERY_KIND, 0),
	    FSS_EINVAL);
	assert_int_equal(fss_query_set_number(q, FSS_QUERY_SIZE_MIN, -1),
	    FSS_EINVAL);
	assert_int_equal(fss_query_set_number(q, FSS_QUERY_LIMIT, 10), 0);
	fss_query_free(q);
	fss_query_free(NULL);
	/* None of them left an operation behind. */
	assert_int_equal(fss_op_cancel(c, 1), FSS_EINVAL);
	fss_client_free(c);
}

/* Takes events until @count DONE came; each must be new. */
static void
collect(fss_client *c, unsigned count, int error, unsigned *seen)
{
	const fss_event *ev;
	unsigned n = 0, *user;
	int r;

	while (n < count) {
		r = fss_client_wait(c, 10000);
		assert_int_equal(r, 1);
		while (fss_client_next(c, &ev) == 1) {
			if (fss_event_type(ev) != FSS_EVENT_DONE)
				continue;
			user = fss_event_user(ev);
			assert_int_equal(*user, 0);
			assert_int_equal(fss_event_op(ev), user - seen + 1);
			*user = 1;
			assert_int_equal(fss_event_error(ev), error);
			n++;
		}
	}
	assert_int_equal(fss_client_process(c, 0) < 0, 0);
	while (fss_client_next(c, &ev) == 1)
		assert_int_not_equal(fss_event_type(ev), FSS_EVENT_DONE);
}

static unsigned
start_all(fss_client *c, unsigned *seen)
{
	fss_query *q;
	fss_op op;
	unsigned n = 0;

	assert_int_equal(fss_query_new(&q), 0);
	memset(seen, 0, 32 * sizeof(*seen));
#define START(call) do {						\
	assert_int_equal(call, 0);					\
	assert_int_equal(op, ++n);					\
} while (0)
	START(fss_client_ping(c, &seen[n], &op));
	START(fss_client_whoami(c, &seen[n], &op));
	START(fss_client_login(c, "alice", "password", &seen[n], &op));
	START(fss_client_stat(c, ":/x", 0, &seen[n], &op));
	START(fss_client_list(c, ":/", FSS_LIST_RECURSIVE, &seen[n], &op));
	START(fss_client_find(c, q, &seen[n], &op));
	START(fss_client_users(c, NULL, &seen[n], &op));
	START(fss_client_mkdir(c, ":/x", &seen[n], &op));
	START(fss_client_remove(c, ":/x", 0, &seen[n], &op));
	START(fss_client_move(c, ":/x", ":/y", 0, &seen[n], &op));
	START(fss_client_upload(c, ".", ":/x", FSS_COPY_RECURSIVE, &seen[n],
	    &op));
	START(fss_client_download(c, ":/x", 0, "./never", 0, &seen[n], &op));
	START(fss_client_read(c, ":/x", 0, 0, FSS_TO_EOF, &seen[n], &op));
	START(fss_client_write(c, ":/x", 0644, 0, "text/plain", &seen[n],
	    &op));
#undef START
	fss_query_free(q);
	return n;
}

static void
test_nobody_there(void **state)
{
	fss_client *c = opened(200);
	unsigned seen[32], n;
	fss_op write_op;
	size_t got;
	char b;

	(void)state;
	n = start_all(c, seen);
	write_op = n;
	assert_int_equal(fss_op_read(c, n - 1, &b, 1, &got), FSS_EAGAIN);
	assert_int_equal(fss_op_write(c, write_op, "x", 1, &got), FSS_EAGAIN);
	assert_int_equal(fss_op_read(c, write_op, &b, 1, &got), FSS_EINVAL);
	assert_int_equal(fss_op_finish(c, write_op), 0);
	assert_int_equal(fss_op_finish(c, write_op), FSS_EINVAL);
	collect(c, n, FSS_EUNREACH, seen);
	fss_client_free(c);
}

static void
test_cancel(void **state)
{
	fss_client *c = opened(-1);
	unsigned seen[32], i, n;

	(void)state;
	n = start_all(c, seen);
	assert_true(fss_client_process(c, 0) >= 0);
	for (i = 1; i <= n; i++) {
		assert_int_equal(fss_op_cancel(c, i), 0);
		assert_int_equal(fss_op_cancel(c, i), FSS_EINVAL);
	}
	assert_int_equal(fss_op_cancel(c, n + 1), FSS_EINVAL);
	collect(c, n, FSS_ECANCELED, seen);
	fss_client_free(c);
}

static void
test_wait_op(void **state)
{
	fss_client *c = opened(300);
	const fss_event *ev;
	fss_op first, second;

	(void)state;
	assert_int_equal(fss_client_ping(c, NULL, &first), 0);
	assert_int_equal(fss_client_ping(c, NULL, &second), 0);
	assert_int_equal(fss_client_wait_op(c, second, 0, &ev),
	    FSS_ETIMEDOUT);
	assert_null(ev);
	assert_int_equal(fss_client_wait_op(c, second, -1, &ev), 1);
	assert_int_equal(fss_event_op(ev), second);
	assert_int_equal(fss_event_type(ev), FSS_EVENT_DONE);
	assert_int_equal(fss_event_error(ev), FSS_EUNREACH);
	assert_true(fss_event_detail(ev)[0] != '\0');
	assert_int_equal(fss_event_rows(ev), 0);
	assert_null(fss_event_row(ev, 0));
	assert_int_equal(fss_client_wait_op(c, second, -1, &ev), FSS_EINVAL);
	/* That of the other stayed queued. */
	assert_int_equal(fss_client_wait_op(c, first, -1, &ev), 1);
	assert_int_equal(fss_event_op(ev), first);
	fss_client_free(c);
}

/* What is held back is passed over, and comes in its order afterwards. */
static void
test_hold(void **state)
{
	fss_client *c = opened(-1);
	struct pollfd p = { .events = POLLIN };
	const fss_event *ev;
	fss_op first, second;

	(void)state;
	assert_int_equal(fss_client_ping(c, NULL, &first), 0);
	assert_int_equal(fss_client_ping(c, NULL, &second), 0);
	assert_int_equal(fss_op_hold(c, second + 1, 1), FSS_EINVAL);
	assert_int_equal(fss_op_hold(c, first, 2), FSS_EINVAL);
	assert_int_equal(fss_op_hold(c, first, 1), 0);
	assert_int_equal(fss_op_cancel(c, first), 0);
	assert_int_equal(fss_op_cancel(c, second), 0);
	assert_int_equal(fss_client_next(c, &ev), 1);
	assert_int_equal(fss_event_op(ev), second);
	assert_int_equal(fss_client_next(c, &ev), 0);
	assert_null(ev);
	assert_int_equal(fss_client_wait(c, 0), 0);
	p.fd = fss_client_fd(c);
	while (fss_client_process(c, 0) == 1 || poll(&p, 1, 0) > 0)
		;
	assert_int_equal(fss_op_hold(c, first, 0), 0);
	assert_int_equal(poll(&p, 1, 0), 1);
	assert_int_equal(fss_client_wait(c, 0), 1);
	assert_int_equal(fss_client_next(c, &ev), 1);
	assert_int_equal(fss_event_op(ev), first);
	assert_int_equal(fss_event_error(ev), FSS_ECANCELED);
	assert_int_equal(fss_op_hold(c, first, 1), FSS_EINVAL);
	/* One that is held can be waited for by its name. */
	assert_int_equal(fss_client_ping(c, NULL, &first), 0);
	assert_int_equal(fss_op_hold(c, first, 1), 0);
	assert_int_equal(fss_op_cancel(c, first), 0);
	assert_int_equal(fss_client_wait_op(c, first, 0, &ev), 1);
	assert_int_equal(fss_event_type(ev), FSS_EVENT_DONE);
	fss_client_free(c);
}

static void *
wake(void *c)
{
	assert_int_equal(fss_client_wakeup(c), 0);
	return NULL;
}

static void
test_wakeup(void **state)
{
	fss_client *c = opened(-1);
	struct pollfd pfd = { 0 };
	pthread_t t;

	(void)state;
	pfd.fd = fss_client_fd(c);
	pfd.events = POLLIN;
	assert_true(pfd.fd >= 0);
	assert_int_equal(fss_client_events(c), FSS_POLL_IN);
	while (fss_client_process(c, 0) == 1)
		;
	assert_int_equal(pthread_create(&t, NULL, wake, c), 0);
	assert_int_equal(poll(&pfd, 1, -1), 1);
	assert_int_equal(pthread_join(t, NULL), 0);
	assert_int_equal(fss_client_fd(c), pfd.fd);
	fss_client_free(c);
}

static void
test_fork(void **state)
{
	fss_client *c = opened(200);
	const fss_event *ev;
	int status, ok;
	fss_op op;
	pid_t pid;

	(void)state;
	assert_int_equal(fss_client_ping(c, NULL, &op), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		ok = fss_client_process(c, 0) == FSS_EFORK &&
		    fss_client_next(c, &ev) == FSS_EFORK &&
		    fss_client_ping(c, NULL, &op) == FSS_EFORK &&
		    fss_client_fd(c) == FSS_EFORK &&
		    fss_op_cancel(c, 1) == FSS_EFORK &&
		    fss_client_set_timeout_ms(c, 1) == FSS_EFORK &&
		    fss_client_stat(c, ":/", 0, NULL, &op) == FSS_EFORK;
		fss_client_free(c);
		_exit(ok ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	/* The parent's goes on. */
	assert_int_equal(fss_client_wait_op(c, op, -1, &ev), 1);
	assert_int_equal(fss_event_error(ev), FSS_EUNREACH);
	fss_client_free(c);
}

/* One life of a handle, whatever fails on the way. */
static int
one_life(void)
{
	fss_client *c = NULL;
	unsigned i;
	fss_op op;
	int r;

	r = fss_client_new(&c);
	if (r == 0)
		r = fss_client_set_address(c, NOBODY);
	if (r == 0)
		r = fss_client_open(c);
	if (r == 0)
		r = fss_client_login(c, "alice", "password", NULL, &op);
	if (r == 0)
		r = fss_client_list(c, ":/", 0, NULL, &op);
	if (r == 0)
		r = fss_client_upload(c, ".", ":/x", FSS_COPY_RECURSIVE, NULL,
		    &op);
	if (r == 0)
		r = fss_client_write(c, ":/x", 0644, 0, "a/b", NULL, &op);
	for (i = 0; r >= 0 && i < 3; i++)
		r = fss_client_process(c, 4);
	if (r >= 0)
		r = fss_op_cancel(c, op);
	fss_client_free(c);
	return r < 0 ? r : 0;
}

static void
test_out_of_memory(void **state)
{
	uint64_t nth;
	int r = FSS_ENOMEM;

	(void)state;
	/* Failures inside process() are the operations', not its own. */
	for (nth = 1; nth < 60 || r != 0; nth++) {
		(void)fss__alloc_fail_at(nth);
		r = one_life();
		(void)fss__alloc_fail_at(0);
		assert_true(r == 0 || r == FSS_ENOMEM || r == FSS_EINVAL);
		assert_true(nth < 200);
	}
}

/* A port where connections are made and nothing is ever said. */
static int
silent_port(unsigned *ret_port)
{
	struct sockaddr_in sin;
	socklen_t n = sizeof(sin);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sin, &n), 0);
	*ret_port = ntohs(sin.sin_port);
	return fd;
}

/* A loop that sleeps is woken by what cancelling between turns queues. */
static void
test_cancel_wakes(void **state)
{
	struct pollfd p = { .events = POLLIN };
	const fss_event *ev;
	char address[128];
	unsigned port;
	fss_client *c;
	fss_op op;
	int fd = silent_port(&port);

	(void)state;
	(void)snprintf(address, sizeof(address), "fss://127.0.0.1:%u%s", port,
	    strchr(NOBODY, '#'));
	assert_int_equal(fss_client_new(&c), 0);
	assert_int_equal(fss_client_set_address(c, address), 0);
	assert_int_equal(fss_client_open(c), 0);
	assert_int_equal(fss_client_ping(c, NULL, &op), 0);
	p.fd = fss_client_fd(c);
	do {
		assert_true(fss_client_process(c, 0) >= 0);
		assert_int_equal(fss_client_next(c, &ev), 0);
	} while (poll(&p, 1, 0) > 0);
	assert_true(fss_client_timeout_ms(c) > 0);
	assert_int_equal(fss_op_cancel(c, op), 0);
	assert_int_equal(poll(&p, 1, 0), 1);
	assert_true(fss_client_process(c, 0) >= 0);
	assert_int_equal(fss_client_next(c, &ev), 1);
	assert_int_equal(fss_event_type(ev), FSS_EVENT_DONE);
	assert_int_equal(fss_event_error(ev), FSS_ECANCELED);
	fss_client_free(c);
	(void)close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_setters),
		cmocka_unit_test(test_not_open),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_people_arguments),
		cmocka_unit_test(test_nobody_there),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_cancel_wakes),
		cmocka_unit_test(test_wait_op),
		cmocka_unit_test(test_hold),
		cmocka_unit_test(test_wakeup),
		cmocka_unit_test(test_fork),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
