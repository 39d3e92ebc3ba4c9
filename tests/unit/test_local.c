/*
 * The hub's socket for programs of its machine: who may use it, that content
 * goes over it whole, and that nothing else got in by it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <fss/fss.h>
#include <fss/web.h>

#include "base/alloc.h"
#include "base/io.h"
#include "client/address.h"
#include "folder.h"
#include "hub_thread.h"
#include "net/local.h"
#include "raw_peer.h"
#include "rng.h"
#include "wire/limits.h"

#define SIZE	((size_t)5000000)

/* ---- texts ------------------------------------------------------------ */

static void
test_paths(void **state)
{
	static const char *const bad[] = { "", "/", "x", "./x", "/x/", "/a b",
		"/a\n", "/a#b", "/a*", "/a?b", "/a'b", "/a%b" };
	char text[2 * FSS__LOCAL_PATH];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(fss__local_path_ok(bad[i]));
	assert_true(fss__local_path_ok("/run/fssd/local.sock"));
	memset(text, 'x', sizeof(text));
	text[0] = '/';
	text[FSS__LOCAL_PATH - 1] = '\0';	/* the longest */
	assert_true(fss__local_path_ok(text));
	text[FSS__LOCAL_PATH - 1] = 'x';
	text[FSS__LOCAL_PATH] = '\0';
	assert_false(fss__local_path_ok(text));
}

static void
test_users(void **state)
{
	static const char *const bad[] = { "x", "1x", "-1", "1,2", "4294967295",
		"4294967296", "99999999999999999999",
		"1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17" };
	uint32_t user[FSS__LOCAL_USERS];
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(fss__local_users_parse(bad[i], user, &n));
	assert_true(fss__local_users_parse("", user, &n));
	assert_int_equal(n, 0);
	assert_true(fss__local_users_parse(" 0\t4294967294 33 ", user, &n));
	assert_int_equal(n, 3);
	assert_int_equal(user[0], 0);
	assert_int_equal(user[1], 4294967294u);
	assert_int_equal(user[2], 33);
	assert_true(fss__local_users_parse(
	    "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16", user, &n));
	assert_int_equal(n, FSS__LOCAL_USERS);
}

static bool
user_of(const char *text, uint32_t *ret_user)
{
	return fss__local_user_of((const uint8_t *)text, strlen(text),
	    ret_user);
}

static void
test_peers(void **state)
{
	static const char *const bad[] = { "", "localhost", "localhost:",
		"localhost:1", "localhost:1:2", "localhost:1:2:", "127.0.0.1",
		"localhost:1:2:3:4", "localhost::2:3", "localhost:-1:2:3",
		"localhost:1:2:3 ", ":0:0:1", "::1", "localhost:4294967295:0:1",
		"x:0:0:1" };
	uint8_t a[FSS__KEY_BYTES], b[FSS__KEY_BYTES];
	uint32_t user = 7;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(user_of(bad[i], &user));
	assert_true(user_of("localhost:1000:100:4711", &user));
	assert_int_equal(user, 1000);
	assert_string_equal(fss__local_peer("localhost:0:0:12"), "local");
	assert_string_equal(fss__local_peer("127.0.0.1"), "127.0.0.1");
	assert_string_equal(fss__local_peer("fe80::1"), "fe80::1");
	assert_int_equal(fss__local_key(0, a), 0);
	assert_int_equal(fss__local_key(1, b), 0);
	assert_memory_not_equal(a, b, sizeof(a));
}

static void
test_addresses(void **state)
{
	static const char *const bad[] = { "fss+unix://", "fss+unix://x",
		"fss+unix:///x#key", "fss+unix:/x", "unix:///x",
		"fss+unix:///" };
	char text[FSS__ADDRESS_TEXT];
	struct fss__address a;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(fss__address_parse(bad[i], &a), FSS_EINVAL);
	assert_int_equal(fss__address_parse("fss+unix:///run/x", &a), 0);
	fss__address_format(&a, true, text);
	assert_string_equal(text, "fss+unix:///run/x");
	assert_int_equal(fss__address_endpoint(&a, 0, text), 0);
	assert_string_equal(text, "ipc:///run/x");
	/* There is no introduction beside a path. */
	assert_int_equal(fss__address_endpoint(&a, 1, text), FSS_EINVAL);
}

/* ---- a hub ------------------------------------------------------------ */

struct world {
	char	 dir[FOLDER_PATH], data[FOLDER_PATH], path[FOLDER_PATH];
	char	 users[32];
	struct hub_thread_limits limits;
	struct hub_thread *hub;
};

static void
set_up(struct world *w, uint32_t user)
{
	memset(w, 0, sizeof(*w));
	folder_new(w->dir);
	folder_path(w->data, w->dir, "hub");
	folder_path(w->path, w->dir, "local.sock");
	(void)snprintf(w->users, sizeof(w->users), "%lu",
	    (unsigned long)user);
	w->limits.local = w->path;
	w->limits.local_users = w->users;
	w->hub = hub_thread_start_limited(w->data, &w->limits);
}

static void
tear_down(struct world *w)
{
	hub_thread_stop(w->hub);
	/* It took its socket along. */
	assert_int_equal(access(w->path, F_OK), -1);
	folder_remove(w->dir);
}

static fss_client *
local_client(const struct world *w)
{
	char address[FOLDER_PATH + 16];
	fss_client *c;

	(void)snprintf(address, sizeof(address), "fss+unix://%s", w->path);
	assert_int_equal(fss_client_new(&c), 0);
	assert_int_equal(fss_client_set_address(c, address), 0);
	assert_int_equal(fss_client_open(c), 0);
	return c;
}

/* The end of an operation. */
static int
end(fss_client *c, fss_op op)
{
	const fss_event *ev;

	do
		assert_int_equal(fss_client_wait_op(c, op, -1, &ev), 1);
	while (fss_event_type(ev) != FSS_EVENT_DONE);
	return fss_event_error(ev);
}

static void
test_content(void **state)
{
	static uint8_t bytes[SIZE];
	char from[FOLDER_PATH], to[FOLDER_PATH];
	struct rng rng = { 11 };
	struct world w;
	fss_client *c;
	struct stat st;
	uint8_t *got;
	size_t n;
	fss_person alice;
	fss_op op;

	(void)state;
	set_up(&w, (uint32_t)geteuid());
	assert_int_equal(stat(w.path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	c = local_client(&w);
	assert_int_equal(fss_client_person_new(c, NULL, NULL, &alice), 0);
	assert_int_equal(fss_client_act_as(c, alice), 0);
	assert_int_equal(fss_client_register_web(c, "alice", "password!",
	    NULL, NULL, 0, NULL, &op), 0);
	assert_int_equal(end(c, op), 0);
	rng_fill(&rng, bytes, SIZE);
	folder_path(from, w.dir, "from");
	folder_path(to, w.dir, "to");
	assert_int_equal(fss__io_write_file(from, bytes, SIZE, 0600), 0);
	assert_int_equal(fss_client_upload(c, from, ":/f", 0, NULL, &op), 0);
	assert_int_equal(end(c, op), 0);
	assert_int_equal(fss_client_download(c, ":/f", 0, to, 0, NULL, &op),
	    0);
	assert_int_equal(end(c, op), 0);
	assert_int_equal(fss__io_read_file(to, SIZE + 1, &got, &n), 0);
	assert_int_equal(n, SIZE);
	assert_memory_equal(got, bytes, SIZE);
	fss__free(got);
	/* The hub goes and comes: the socket is another, the client the same. */
	hub_thread_stop(w.hub);
	w.hub = hub_thread_start_limited(w.data, &w.limits);
	assert_int_equal(fss_client_stat(c, ":/f", 0, NULL, &op), 0);
	assert_int_equal(end(c, op), 0);
	fss_client_free(c);
	tear_down(&w);
}

/* All programs of a user are one there: none may make them its device. */
static void
test_no_device(void **state)
{
	struct world w;
	fss_client *c;
	fss_op op;

	(void)state;
	set_up(&w, (uint32_t)geteuid());
	c = local_client(&w);
	assert_int_equal(fss_client_register(c, "alice", "password!", NULL,
	    NULL, &op), 0);
	assert_int_equal(end(c, op), FSS_EDENIED);
	assert_int_equal(fss_client_register_web(c, "alice", "password!",
	    NULL, NULL, 0, NULL, &op), 0);
	assert_int_equal(end(c, op), 0);
	assert_int_equal(fss_client_login(c, "alice", "password!", NULL,
	    &op), 0);
	assert_int_equal(end(c, op), FSS_EDENIED);
	fss_client_free(c);
	/* The next one is nobody. */
	c = local_client(&w);
	assert_int_equal(fss_client_list(c, ":/", 0, NULL, &op), 0);
	assert_int_equal(end(c, op), FSS_EAUTH);
	fss_client_free(c);
	tear_down(&w);
}

/* Another user is told so, and others go on. */
static void
test_refused(void **state)
{
	struct world w;
	const fss_event *ev;
	fss_client *c;
	fss_op op;

	(void)state;
	set_up(&w, (uint32_t)geteuid() + 1);
	c = local_client(&w);
	assert_int_equal(fss_client_set_timeout_ms(c, 1000), 0);
	assert_int_equal(fss_client_ping(c, NULL, &op), 0);
	do
		assert_int_equal(fss_client_wait_op(c, op, -1, &ev), 1);
	while (fss_event_type(ev) != FSS_EVENT_DONE);
	assert_int_equal(fss_event_error(ev), FSS_EDENIED);
	assert_string_equal(fss_event_detail(ev), "the hub does not take this "
	    "user at its local socket");
	fss_client_free(c);
	tear_down(&w);
}

/* Who may not use it cannot hold the hub's memory by many connections. */
static void
test_strangers(void **state)
{
	struct pollfd p[2 * FSS__MAX_STRANGERS];
	const nfds_t n = sizeof(p) / sizeof(p[0]);
	struct sockaddr_un a;
	char greeting[64];
	size_t ended = 0;
	struct world w;
	ssize_t got;
	nfds_t i;

	(void)state;
	set_up(&w, (uint32_t)geteuid() + 1);
	memset(&a, 0, sizeof(a));
	a.sun_family = AF_UNIX;
	(void)snprintf(a.sun_path, sizeof(a.sun_path), "%.*s",
	    (int)sizeof(a.sun_path) - 1, w.path);
	for (i = 0; i < n; i++) {
		p[i].fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		p[i].events = POLLIN;
		assert_true(p[i].fd >= 0);
		assert_int_equal(connect(p[i].fd, (struct sockaddr *)&a,
		    sizeof(a)), 0);
	}
	/* All end once the time for a handshake is over, if not before. */
	while (hub_thread_cuts(w.hub) < n - FSS__MAX_STRANGERS && ended < n) {
		assert_true(poll(p, n, -1) > 0);
		for (i = 0; i < n; i++) {
			if (p[i].revents == 0)
				continue;
			got = read(p[i].fd, greeting, sizeof(greeting));
			if (got > 0)
				continue;
			assert_int_equal(close(p[i].fd), 0);
			p[i].fd = -1;
			ended++;
		}
	}
	assert_int_equal(hub_thread_cuts(w.hub), n - FSS__MAX_STRANGERS);
	for (i = 0; i < n; i++)
		if (p[i].fd >= 0)
			assert_int_equal(close(p[i].fd), 0);
	tear_down(&w);
}

/* Whatever stands at the local socket, over TCP nobody gets in like that. */
static void
test_tcp_stays(void **state)
{
	struct world w;
	fss_client *c;
	fss_op op;

	(void)state;
	set_up(&w, (uint32_t)geteuid());
	assert_null(raw_peer_open(hub_thread_port(w.hub), NULL));
	assert_int_equal(fss_client_new(&c), 0);
	assert_int_equal(fss_client_set_address(c, hub_thread_address(w.hub)),
	    0);
	assert_int_equal(fss_client_open(c), 0);
	assert_int_equal(fss_client_ping(c, NULL, &op), 0);
	assert_int_equal(end(c, op), 0);
	fss_client_free(c);
	tear_down(&w);
}

/* ---- what stands at the path ------------------------------------------ */

static int
open_hub(const struct world *w, char detail[256])
{
	fss_server *s;
	int r;

	assert_int_equal(fss_server_new(&s), 0);
	assert_int_equal(fss_server_set_text(s, FSS_SERVER_DATA, w->data), 0);
	assert_int_equal(fss_server_set_text(s, FSS_SERVER_LISTEN,
	    "tcp://127.0.0.1:0"), 0);
	assert_int_equal(fss_server_set_text(s, FSS_SERVER_INTRODUCE, "off"),
	    0);
	assert_int_equal(fss_server_set_text(s, FSS_SERVER_LOCAL, w->path), 0);
	r = fss_server_open(s);
	(void)snprintf(detail, 256, "%s", fss_server_errmsg(s));
	fss_server_free(s);
	return r;
}

static int
listen_at(const char *path, int type, struct sockaddr_un *ret_a)
{
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	memset(ret_a, 0, sizeof(*ret_a));
	ret_a->sun_family = AF_UNIX;
	(void)snprintf(ret_a->sun_path, sizeof(ret_a->sun_path), "%.*s",
	    (int)sizeof(ret_a->sun_path) - 1, path);
	assert_int_equal(bind(fd, (struct sockaddr *)ret_a, sizeof(*ret_a)),
	    0);
	assert_true(type != SOCK_STREAM || listen(fd, 0) == 0);
	return fd;
}

/* Of front ends with a key and of local users there are so many together. */
static void
test_too_many(void **state)
{
	const char *users = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16";
	char key[FSS__KEY_TEXT];
	struct world w;
	uint8_t pub[FSS_KEY_BYTES], sec[FSS_KEY_BYTES];
	fss_server *s;

	(void)state;
	memset(&w, 0, sizeof(w));
	folder_new(w.dir);
	folder_path(w.data, w.dir, "hub");
	folder_path(w.path, w.dir, "local.sock");
	assert_int_equal(fss_server_init(w.data, NULL), 0);
	assert_int_equal(fss_key_generate(pub, sec), 0);
	fss__key_encode(key, pub);
	assert_int_equal(fss_server_new(&s), 0);
	assert_int_equal(fss_server_set_text(s, FSS_SERVER_DATA, w.data), 0);
	assert_int_equal(fss_server_set_text(s, FSS_SERVER_LISTEN,
	    "tcp://127.0.0.1:0"), 0);
	assert_int_equal(fss_server_set_text(s, FSS_SERVER_LOCAL, w.path), 0);
	assert_int_equal(fss_server_set_text(s, FSS_SERVER_LOCAL_USERS,
	    users), 0);
	assert_int_equal(fss_server_set_text(s, FSS_SERVER_FRONT_ENDS, key),
	    0);
	assert_int_equal(fss_server_open(s), FSS_EINVAL);
	assert_non_null(strstr(fss_server_errmsg(s), "16 front ends"));
	fss_server_free(s);
	folder_remove(w.dir);
}

/* Somebody who is at something else, and another kind of socket. */
static void
test_busy(void **state)
{
	struct sockaddr_un a;
	char detail[256];
	struct world w;
	int fd, peer[8];
	size_t n = 0;

	(void)state;
	memset(&w, 0, sizeof(w));
	folder_new(w.dir);
	folder_path(w.data, w.dir, "hub");
	folder_path(w.path, w.dir, "local.sock");
	assert_int_equal(fss_server_init(w.data, NULL), 0);
	fd = listen_at(w.path, SOCK_STREAM, &a);
	do {
		assert_true(n < sizeof(peer) / sizeof(peer[0]));
		peer[n] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC |
		    SOCK_NONBLOCK, 0);
		assert_true(peer[n] >= 0);
	} while (connect(peer[n++], (struct sockaddr *)&a, sizeof(a)) == 0);
	assert_int_equal(open_hub(&w, detail), FSS_EBUSY);
	assert_non_null(strstr(detail, "somebody does"));
	while (n > 0)
		assert_int_equal(close(peer[--n]), 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(unlink(w.path), 0);
	fd = listen_at(w.path, SOCK_DGRAM, &a);
	assert_int_equal(open_hub(&w, detail), FSS_EBUSY);
	assert_int_equal(access(w.path, F_OK), 0);
	assert_int_equal(close(fd), 0);
	folder_remove(w.dir);
}

static void
test_taken(void **state)
{
	struct sockaddr_un a;
	char detail[256];
	struct world w;
	struct stat st;
	uint8_t *got;
	size_t n;
	int fd;

	(void)state;
	memset(&w, 0, sizeof(w));
	folder_new(w.dir);
	folder_path(w.data, w.dir, "hub");
	folder_path(w.path, w.dir, "local.sock");
	assert_int_equal(fss_server_init(w.data, NULL), 0);
	/* Somebody's file stays. */
	assert_int_equal(fss__io_write_file(w.path, "text", 4, 0600), 0);
	assert_int_equal(open_hub(&w, detail), FSS_EBUSY);
	assert_non_null(strstr(detail, "something else"));
	assert_int_equal(fss__io_read_file(w.path, 16, &got, &n), 0);
	assert_int_equal(n, 4);
	fss__free(got);
	assert_int_equal(unlink(w.path), 0);
	/* Somebody's socket too, while they listen. */
	fd = listen_at(w.path, SOCK_STREAM, &a);
	assert_int_equal(open_hub(&w, detail), FSS_EBUSY);
	assert_non_null(strstr(detail, "somebody does"));
	assert_int_equal(lstat(w.path, &st), 0);
	/* What one that was killed left behind is in nobody's way. */
	assert_int_equal(close(fd), 0);
	assert_int_equal(open_hub(&w, detail), 0);
	assert_int_equal(access(w.path, F_OK), -1);
	folder_remove(w.dir);
}

/* Of another that took the path meanwhile, a hub that ends leaves the socket. */
static void
test_replaced(void **state)
{
	struct sockaddr_un a;
	struct world w;
	int fd;

	(void)state;
	set_up(&w, (uint32_t)geteuid());
	assert_int_equal(unlink(w.path), 0);
	fd = listen_at(w.path, SOCK_STREAM, &a);
	hub_thread_stop(w.hub);
	assert_int_equal(access(w.path, F_OK), 0);
	assert_int_equal(close(fd), 0);
	w.hub = hub_thread_start_limited(w.data, &w.limits);
	tear_down(&w);
	assert_int_equal(access(w.path, F_OK), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_users),
		cmocka_unit_test(test_peers),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_content),
		cmocka_unit_test(test_no_device),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_strangers),
		cmocka_unit_test(test_tcp_stays),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
