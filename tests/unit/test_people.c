/*
 * Two people and a hub in one process: a folder is announced, a file of it is
 * asked for, allowed and served; an upload is asked for and allowed.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <fss/fss.h>

#include "base/alloc.h"
#include "base/io.h"
#include "folder.h"
#include "hub_thread.h"
#include "rng.h"

#define SIZE	((size_t)3000000)
#define WAIT_MS	60000	/* nothing at all happened: the test failed */

struct person {
	fss_client	*c;
	char		 dir[FOLDER_PATH];
	fss_op		 watch, serve;
	bool		 says_yes;
	bool		 done;		/* `op` is */
	fss_op		 op;
	int		 error;
	unsigned	 rows;
	int		 state;		/* of the last request row */
	uint64_t	 request;
	char		 path[256];
	int		 online;	/* how the other one was last seen */
};

struct world {
	struct hub_thread *hub;
	char		 base[FOLDER_PATH], data[FOLDER_PATH];
	struct person	 alice, bob;
	uint8_t		*bytes;
};

/* ---- events ----------------------------------------------------------- */

static void
note_row(struct person *p, const fss_row *row)
{
	if (fss_row_has(row, FSS_FIELD_REQUEST)) {
		p->request = (uint64_t)fss_row_int(row, FSS_FIELD_REQUEST);
		p->state = (int)fss_row_int(row, FSS_FIELD_REQUEST_STATE);
	}
	if (fss_row_has(row, FSS_FIELD_PATH))
		(void)snprintf(p->path, sizeof(p->path), "%s",
		    fss_row_str(row, FSS_FIELD_PATH));
}

/* Says yes to whatever is asked of them. */
static void
answer(struct person *p, const fss_row *row)
{
	uint64_t id = (uint64_t)fss_row_int(row, FSS_FIELD_REQUEST);
	fss_op op;

	if (!p->says_yes || fss_row_int(row, FSS_FIELD_MINE) != 0 ||
	    fss_row_int(row, FSS_FIELD_REQUEST_STATE) != FSS_REQUEST_OPEN)
		return;
	assert_int_equal(fss_client_decide(p->c, &id, 1, FSS_REQUEST_APPROVE,
	    NULL, NULL, &op), 0);
}

static void
handle(struct person *p, const fss_event *ev)
{
	const fss_row *row = fss_event_row(ev, 0);
	fss_op op = fss_event_op(ev);
	size_t i;

	if (op == p->watch && fss_event_type(ev) == FSS_EVENT_NEWS) {
		if (fss_row_int(row, FSS_FIELD_NEWS) == FSS_NEWS_PRESENCE)
			p->online = (int)fss_row_int(row, FSS_FIELD_PRESENCE);
		else
			answer(p, row);
		return;
	}
	if (op != p->op)
		return;
	for (i = 0; i < fss_event_rows(ev); i++)
		note_row(p, fss_event_row(ev, i));
	p->rows += (unsigned)fss_event_rows(ev);
	if (fss_event_type(ev) == FSS_EVENT_DONE) {
		p->done = true;
		p->error = fss_event_error(ev);
		if (p->error != 0)
			print_message("%s: %s\n", fss_strerror(p->error),
			    fss_event_detail(ev));
	}
}

static int
turn(struct person *p)
{
	const fss_event *ev;
	int r = fss_client_process(p->c, 0);

	assert_true(r >= 0);
	while (fss_client_next(p->c, &ev) == 1) {
		handle(p, ev);
		r = 1;
	}
	return r;
}

static int
sooner(int a, int b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

/* Both go on until the operation of @p is over. */
static int
finish(struct world *w, struct person *p, fss_op op)
{
	struct pollfd pfd[2];
	int ms, busy;

	p->op = op;
	p->done = false;
	p->rows = 0;
	while (!p->done) {
		busy = turn(&w->alice);
		busy |= turn(&w->bob);
		if (busy != 0 || p->done)
			continue;
		pfd[0].fd = fss_client_fd(w->alice.c);
		pfd[1].fd = fss_client_fd(w->bob.c);
		pfd[0].events = pfd[1].events = POLLIN;
		ms = sooner(sooner(fss_client_timeout_ms(w->alice.c),
		    fss_client_timeout_ms(w->bob.c)), WAIT_MS);
		if (poll(pfd, 2, ms) == 0 && ms == WAIT_MS)
			fail_msg("nothing happens");
	}
	return p->error;
}

#define RUN(w, p, call) (assert_int_equal(call, 0), finish(w, p, op))

/* ---- the world -------------------------------------------------------- */

static fss_op
enter(struct world *w, struct person *p, const char *name)
{
	char index[FOLDER_PATH];
	fss_op op;

	folder_path(p->dir, w->base, name);
	assert_int_equal(mkdir(p->dir, 0755), 0);
	folder_path(index, p->dir, "index");
	assert_int_equal(fss_client_new(&p->c), 0);
	assert_int_equal(fss_client_set_address(p->c,
	    hub_thread_address(w->hub)), 0);
	assert_int_equal(fss_client_set_index(p->c, index), 0);
	assert_int_equal(fss_client_open(p->c), 0);
	assert_int_equal(fss_client_register(p->c, name, "password", NULL,
	    NULL, &op), 0);
	return op;
}

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct rng rng = { 77 };
	fss_op alice, bob;

	assert_non_null(w);
	folder_new(w->base);
	folder_path(w->data, w->base, "hub");
	w->hub = hub_thread_start(w->data, 0);
	w->bytes = malloc(SIZE);
	assert_non_null(w->bytes);
	rng_fill(&rng, w->bytes, SIZE);
	alice = enter(w, &w->alice, "alice");
	bob = enter(w, &w->bob, "bob");
	assert_int_equal(finish(w, &w->alice, alice), 0);
	/* His may be over already: then being who he is says so. */
	if (fss_client_account(w->bob.c)[0] == '\0')
		assert_int_equal(finish(w, &w->bob, bob), 0);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	fss_client_free(w->alice.c);
	fss_client_free(w->bob.c);
	hub_thread_stop(w->hub);
	folder_remove(w->base);
	free(w->bytes);
	free(w);
	return 0;
}

static void
put(const struct world *w, const char *dir, const char *name, size_t size)
{
	char path[FOLDER_PATH];

	folder_path(path, dir, name);
	assert_int_equal(fss__io_write_file(path, w->bytes, size, 0644), 0);
}

static void
expect_file(const struct world *w, const char *path, size_t size)
{
	uint8_t *got;
	size_t n;

	assert_int_equal(fss__io_read_file(path, SIZE + 1, &got, &n), 0);
	assert_int_equal(n, size);
	assert_memory_equal(got, w->bytes, size);
	fss__free(got);
}

/* Announced, seen by all, served by an agent whose person says yes. */
static void
share(struct world *w)
{
	struct person *a = &w->alice;
	char src[FOLDER_PATH];
	fss_op op;

	folder_path(src, a->dir, "src");
	assert_int_equal(mkdir(src, 0755), 0);
	put(w, src, "large", SIZE);
	put(w, src, "small", 1000);
	assert_int_equal(RUN(w, a, fss_client_announce(a->c, src, ":/m",
	    FSS_COPY_RECURSIVE, NULL, &op)), 0);
	assert_int_equal(RUN(w, a, fss_client_access(a->c, ":/m",
	    FSS_ACCESS_ASK, NULL, &op)), 0);
	a->says_yes = true;
	assert_int_equal(fss_client_watch(a->c, FSS_WATCH_REQUESTS,
	    FSS_WATCH_LIST, NULL, &a->watch), 0);
	assert_int_equal(fss_client_serve(a->c, FSS_SERVE_NO_SCAN, NULL,
	    &a->serve), 0);
}

/* ---- the tests -------------------------------------------------------- */

static void
test_get(void **state)
{
	static const char *const names[] = { "small", "large" };
	struct world *w = *state;
	struct person *b = &w->bob;
	char remote[64], local[FOLDER_PATH];
	unsigned i;
	fss_op op;

	share(w);
	for (i = 0; i < 2; i++) {
		(void)snprintf(remote, sizeof(remote), "alice:/m/%s",
		    names[i]);
		folder_path(local, b->dir, names[i]);
		assert_int_equal(RUN(w, b, fss_client_holders(b->c, remote,
		    NULL, &op)), 0);
		assert_int_equal(b->rows, 1);
		assert_int_equal(RUN(w, b, fss_client_fetch(b->c, remote,
		    "please", local, 0, NULL, &op)), 0);
		expect_file(w, local, i == 0 ? 1000 : SIZE);
		/* Who follows may have it all before the hub says so. */
		do
			assert_int_equal(RUN(w, b, fss_client_request(b->c,
			    b->request, NULL, &op)), 0);
		while (b->state == FSS_REQUEST_TRANSFERRING);
		assert_int_equal(b->state, FSS_REQUEST_FULFILLED);
	}
	assert_int_equal(RUN(w, b, fss_client_requests(b->c, FSS_BOX_OUT, 0,
	    NULL, &op)), 0);
	assert_int_equal(b->rows, 2);
	/* asked, approved, started, received, fulfilled: of each at least. */
	assert_int_equal(RUN(w, b, fss_client_audit(b->c, NULL, NULL, 0, 0,
	    NULL, &op)), 0);
	assert_true(b->rows >= 8);
}

static void
test_upload(void **state)
{
	struct world *w = *state;
	struct person *a = &w->alice, *b = &w->bob;
	char local[FOLDER_PATH], back[FOLDER_PATH];
	uint64_t request;
	fss_op op;

	share(w);
	put(w, b->dir, "gift", SIZE);
	folder_path(local, b->dir, "gift");
	folder_path(back, a->dir, "gift");
	/* Without a request there is no way in. */
	assert_int_equal(RUN(w, b, fss_client_upload(b->c, local,
	    "alice:/gift", 0, NULL, &op)), FSS_ENOENT);
	assert_int_equal(RUN(w, b, fss_client_ask_upload(b->c, local,
	    "alice:/gift", NULL, NULL, &op)), 0);
	request = b->request;
	/* Both go on: she says yes, then his agent uploads. */
	do
		assert_int_equal(RUN(w, b, fss_client_request(b->c, request,
		    NULL, &op)), 0);
	while (b->state != FSS_REQUEST_APPROVED);
	assert_int_equal(RUN(w, b, fss_client_serve(b->c, FSS_SERVE_ONCE |
	    FSS_SERVE_NO_SCAN, NULL, &op)), 0);
	assert_int_equal(RUN(w, b, fss_client_request(b->c, request, NULL,
	    &op)), 0);
	assert_int_equal(b->state, FSS_REQUEST_FULFILLED);
	assert_int_equal(RUN(w, a, fss_client_download(a->c, ":/gift", 0,
	    back, 0, NULL, &op)), 0);
	expect_file(w, back, SIZE);
}

/* A rule answers while nobody does; a no ends the wait. */
static void
test_rules(void **state)
{
	struct world *w = *state;
	struct person *a = &w->alice, *b = &w->bob;
	char local[FOLDER_PATH];
	fss_op op;

	share(w);
	a->says_yes = false;
	folder_path(local, b->dir, "x");
	assert_int_equal(RUN(w, a, fss_client_rule_add(a->c,
	    FSS_VERDICT_ALLOW, "bob", ":/m", 2000, 1u << FSS_REQUEST_GET,
	    NULL, 0, NULL, &op)), 0);
	assert_int_equal(RUN(w, a, fss_client_rule_add(a->c, FSS_VERDICT_DENY,
	    NULL, NULL, -1, 1u << FSS_REQUEST_GET, "too large", 0, NULL,
	    &op)), 0);
	assert_int_equal(RUN(w, a, fss_client_rules(a->c, NULL, &op)), 0);
	assert_int_equal(a->rows, 2);
	assert_int_equal(RUN(w, b, fss_client_fetch(b->c, "alice:/m/small",
	    NULL, local, 0, NULL, &op)), 0);
	expect_file(w, local, 1000);
	assert_int_equal(RUN(w, b, fss_client_fetch(b->c, "alice:/m/large",
	    NULL, local, 0, NULL, &op)), FSS_EDENIED);
	assert_int_equal(b->state, FSS_REQUEST_DENIED);
}

/* Two who see each other come, hide and show again. */
static void
test_presence(void **state)
{
	struct world *w = *state;
	struct person *a = &w->alice, *b = &w->bob;
	fss_op op;

	assert_int_equal(RUN(w, a, fss_client_ping(a->c, NULL, &op)), 0);
	assert_int_equal(RUN(w, b, fss_client_who(b->c, FSS_WHO_ALL, NULL,
	    &op)), 0);
	assert_int_equal(b->rows, 2);
	assert_int_equal(fss_client_watch(b->c, FSS_WATCH_PRESENCE, 0, NULL,
	    &b->watch), 0);
	assert_int_equal(fss_client_watch(a->c, FSS_WATCH_PRESENCE, 0, NULL,
	    &a->watch), 0);
	while (b->online != FSS_PRESENCE_ONLINE)
		assert_int_equal(RUN(w, a, fss_client_whoami(a->c, NULL,
		    &op)), 0);
	assert_int_equal(RUN(w, a, fss_client_hide(a->c, 1, NULL, &op)), 0);
	while (b->online != FSS_PRESENCE_OFFLINE)
		assert_int_equal(RUN(w, a, fss_client_whoami(a->c, NULL,
		    &op)), 0);
	assert_int_equal(RUN(w, a, fss_client_hide(a->c, 0, NULL, &op)), 0);
	while (b->online != FSS_PRESENCE_ONLINE)
		assert_int_equal(RUN(w, a, fss_client_whoami(a->c, NULL,
		    &op)), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_get, setup, teardown),
		cmocka_unit_test_setup_teardown(test_upload, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rules, setup, teardown),
		cmocka_unit_test_setup_teardown(test_presence, setup,
		    teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
