/*
 * <fss/web.h> through the API, against a hub in a process of its own: persons
 * on one handle, tokens, sessions, pages; and 5,000 people who all wait for
 * news on one handle, what they take, and that each hears of what happens.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <malloc.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fss/fss.h>

#include "folder.h"
#include "hub_thread.h"

#define CROWD		5000
#define ACCOUNTS	16	/* that the crowd is of: EVENTS are rated by account */
#define BYTES_IDLE	2048	/* of the client's memory, for each person */
#define WAIT_MS		120000

struct world {
	char		data[FOLDER_PATH];
	pid_t		hub;
	int		to_hub;		/* closed: it ends */
	char		address[128];
	fss_client	*c;
};

/* ---- the hub ---------------------------------------------------------- */

static void
run_hub(const char *data, int in, int out)
{
	struct hub_thread_limits limits = { .many_each = true };
	struct hub_thread *h = hub_thread_start_limited(data, &limits);
	const char *address = hub_thread_address(h);
	char byte;

	if (write(out, address, strlen(address) + 1) < 0)
		_exit(1);
	while (read(in, &byte, 1) > 0)
		;
	hub_thread_stop(h);
	_exit(0);
}

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	int in[2], out[2];
	size_t n = 0;
	ssize_t got;

	assert_non_null(w);
	folder_new(w->data);
	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	w->hub = fork();
	assert_true(w->hub >= 0);
	if (w->hub == 0) {
		(void)close(in[1]);
		(void)close(out[0]);
		run_hub(w->data, in[0], out[1]);
	}
	(void)close(in[0]);
	(void)close(out[1]);
	w->to_hub = in[1];
	while (n < sizeof(w->address) - 1 && (got = read(out[0],
	    w->address + n, sizeof(w->address) - 1 - n)) > 0) {
		n += (size_t)got;
		if (w->address[n - 1] == '\0')
			break;
	}
	(void)close(out[0]);
	assert_int_equal(fss_client_new(&w->c), 0);
	assert_int_equal(fss_client_set_address(w->c, w->address), 0);
	assert_int_equal(fss_client_set_timeout_ms(w->c, WAIT_MS), 0);
	assert_int_equal(fss_client_open(w->c), 0);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;
	int status;

	fss_client_free(w->c);
	(void)close(w->to_hub);
	assert_int_equal(waitpid(w->hub, &status, 0), w->hub);
	folder_remove(w->data);
	free(w);
	return 0;
}

/* ---- asking ----------------------------------------------------------- */

/* Waits for DONE of @op: its error; its event stays the current one. */
static int
done(struct world *w, int r, fss_op op, const fss_event **ret_ev)
{
	const fss_event *ev;

	if (r != 0)
		return r;
	do {
		assert_int_equal(fss_client_wait_op(w->c, op, WAIT_MS, &ev),
		    1);
	} while (fss_event_type(ev) != FSS_EVENT_DONE);
	if (ret_ev != NULL)
		*ret_ev = ev;
	return fss_event_error(ev);
}

/* Arguments of a call have no order: the start comes first. */
#define RUN(w, call, op, ev)	(r = (call), done((w), r, (op), (ev)))

static fss_person
person(struct world *w, const char *token)
{
	fss_person p;

	assert_int_equal(fss_client_person_new(w->c, token, "192.0.2.9", &p),
	    0);
	assert_int_equal(fss_client_act_as(w->c, p), 0);
	return p;
}

static fss_person
registered(struct world *w, const char *name, char token[64])
{
	fss_person p = person(w, NULL);
	const fss_event *ev;
	const fss_row *row;
	fss_op op;
	int r;

	r = fss_client_register_web(w->c, name, "password", NULL, "test", 0,
	    NULL, &op);
	assert_int_equal(done(w, r, op, &ev), 0);
	row = fss_event_row(ev, 0);
	assert_string_equal(fss_row_str(row, FSS_FIELD_NAME), name);
	assert_int_equal(fss_row_int(row, FSS_FIELD_SCOPES), 31);
	assert_true(fss_row_int(row, FSS_FIELD_EXPIRES) > 0);
	(void)snprintf(token, 64, "%s", fss_row_str(row, FSS_FIELD_TOKEN));
	assert_string_equal(fss_client_account(w->c), name);
	return p;
}

static int
make_folder(struct world *w, const char *path)
{
	fss_op op;
	int r = fss_client_mkdir(w->c, path, NULL, &op);

	return done(w, r, op, NULL);
}

/* ---- tests ------------------------------------------------------------ */

/* Who an operation was started for it stays for, whoever is acted as then. */
static void
test_act_as(void **state)
{
	struct world *w = *state;
	char alice_token[64], bob_token[64];
	fss_person alice, bob;
	const fss_event *ev;
	fss_op a, b;
	int r;

	alice = registered(w, "alice", alice_token);
	bob = registered(w, "bob", bob_token);
	assert_int_not_equal(alice, bob);
	assert_int_equal(fss_client_act_as(w->c, alice), 0);
	assert_int_equal(fss_client_whoami(w->c, NULL, &a), 0);
	assert_int_equal(fss_client_act_as(w->c, bob), 0);
	assert_int_equal(fss_client_whoami(w->c, NULL, &b), 0);
	assert_int_equal(fss_client_act_as(w->c, 0), 0);
	assert_int_equal(done(w, 0, a, &ev), 0);
	assert_string_equal(fss_row_str(fss_event_row(ev, 0),
	    FSS_FIELD_NAME), "alice");
	assert_int_equal(done(w, 0, b, &ev), 0);
	assert_string_equal(fss_row_str(fss_event_row(ev, 0),
	    FSS_FIELD_NAME), "bob");
	assert_int_equal(RUN(w, fss_client_whoami(w->c, NULL, &a), a, NULL),
	    FSS_EAUTH);
	assert_int_equal(fss_client_act_as(w->c, 12345), FSS_EINVAL);
	/* What is alice's is not bob's. */
	assert_int_equal(fss_client_act_as(w->c, alice), 0);
	assert_int_equal(make_folder(w, ":/mine"), 0);
	assert_int_equal(fss_client_act_as(w->c, bob), 0);
	assert_int_equal(RUN(w, fss_client_stat(w->c, "alice:/mine", 0, NULL,
	    &a), a, NULL), FSS_ENOENT);
	assert_int_equal(fss_client_person_close(w->c, alice), 0);
	assert_int_equal(fss_client_person_close(w->c, alice), FSS_EINVAL);
	assert_int_equal(fss_client_person_close(w->c, 0), FSS_EINVAL);
	assert_int_equal(fss_client_act_as(w->c, alice), FSS_EINVAL);
}

static void
test_arguments(void **state)
{
	struct world *w = *state;
	fss_person p;
	fss_op op;

	assert_int_equal(fss_client_person_new(w->c, "no token", NULL, &p),
	    FSS_EAUTH);
	assert_int_equal(fss_client_person_new(w->c, "", NULL, &p),
	    FSS_EAUTH);
	assert_int_equal(fss_client_person_new(w->c, NULL, NULL, NULL),
	    FSS_EINVAL);
	assert_int_equal(fss_client_person_new(w->c, NULL, "0123456789"
	    "0123456789012345678901234567890123456789012345678901234", &p),
	    FSS_EINVAL);
	assert_int_equal(fss_client_login_web(w->c, "alice", "", NULL, 0,
	    NULL, &op), FSS_EINVAL);
	assert_int_equal(fss_client_login_web(w->c, "alice", "x", NULL, 59,
	    NULL, &op), FSS_EINVAL);
	assert_int_equal(fss_client_login_web(w->c, "alice", "x", NULL,
	    31536001, NULL, &op), FSS_EINVAL);
	assert_int_equal(fss_client_token_create(w->c, "", 1, 0, NULL, &op),
	    FSS_EINVAL);
	assert_int_equal(fss_client_token_create(w->c, "x", 0, 0, NULL, &op),
	    FSS_EINVAL);
	assert_int_equal(fss_client_token_create(w->c, "x",
	    FSS_SCOPE_ACCOUNT, 0, NULL, &op), FSS_EINVAL);
	assert_int_equal(fss_client_sessions(w->c, NULL, 2, NULL, &op),
	    FSS_EINVAL);
	assert_int_equal(fss_client_session_end(w->c, "xyz", NULL, &op),
	    FSS_EINVAL);
	assert_int_equal(fss_client_page(w->c, NULL, 0), FSS_EINVAL);
	assert_int_equal(fss_client_page(w->c, NULL, 257), FSS_EINVAL);
	assert_int_equal(fss_client_page(w->c, "###", 1), FSS_EINVAL);
	assert_int_equal(fss_client_page(w->c, "A", 1), FSS_EINVAL);
}

/* A token for programs: what it may not do ends with FSS_EDENIED. */
static void
test_token(void **state)
{
	struct world *w = *state;
	char web[64], api[64] = "", session[32] = "";
	const fss_event *ev;
	const fss_row *row;
	fss_person alice, script;
	int64_t device = 0;
	fss_op op;
	size_t i, kinds = 0;
	int r;

	alice = registered(w, "alice", web);
	r = fss_client_token_create(w->c, "backup", FSS_SCOPE_READ, 0, NULL,
	    &op);
	assert_int_equal(done(w, r, op, &ev), 0);
	row = fss_event_row(ev, 0);
	(void)snprintf(api, sizeof(api), "%s",
	    fss_row_str(row, FSS_FIELD_TOKEN));
	device = fss_row_int(row, FSS_FIELD_DEVICE);
	assert_false(fss_row_has(row, FSS_FIELD_EXPIRES));
	script = person(w, api);
	assert_int_equal(make_folder(w, ":/x"), FSS_EDENIED);
	r = fss_client_list(w->c, ":/", 0, NULL, &op);
	assert_int_equal(done(w, r, op, NULL), 0);
	r = fss_client_passwd(w->c, "password", "password 2", NULL, &op);
	assert_int_equal(done(w, r, op, NULL), FSS_EDENIED);
	/* Both are among the devices, and show no digest. */
	assert_int_equal(fss_client_act_as(w->c, alice), 0);
	assert_int_equal(fss_client_page(w->c, NULL, 100), 0);
	r = fss_client_devices(w->c, NULL, &op);
	assert_int_equal(done(w, r, op, &ev), 0);
	for (i = 0; i < fss_event_rows(ev); i++) {
		row = fss_event_row(ev, i);
		assert_false(fss_row_has(row, FSS_FIELD_KEY));
		kinds += (size_t)1 <<
		    fss_row_int(row, FSS_FIELD_DEVICE_KIND) * 4;
	}
	assert_int_equal(kinds, 0x110);
	/* Sessions: the one that asks is marked. */
	assert_int_equal(fss_client_page(w->c, NULL, 100), 0);
	r = fss_client_sessions(w->c, NULL, 0, NULL, &op);
	assert_int_equal(done(w, r, op, &ev), 0);
	assert_int_equal(fss_event_rows(ev), 2);
	for (i = 0; i < 2; i++) {
		row = fss_event_row(ev, i);
		if (!fss_row_int(row, FSS_FIELD_CURRENT))
			(void)snprintf(session, sizeof(session), "%s",
			    fss_row_str(row, FSS_FIELD_SESSION));
	}
	r = fss_client_session_end(w->c, session, NULL, &op);
	assert_int_equal(done(w, r, op, NULL), 0);
	/* A program's token comes again, until it is revoked. */
	assert_int_equal(fss_client_act_as(w->c, script), 0);
	assert_int_equal(RUN(w, fss_client_whoami(w->c, NULL, &op), op, NULL), 0);
	assert_int_equal(fss_client_act_as(w->c, alice), 0);
	r = fss_client_device_revoke(w->c, device, NULL, &op);
	assert_int_equal(done(w, r, op, NULL), 0);
	assert_int_equal(fss_client_act_as(w->c, script), 0);
	assert_int_equal(RUN(w, fss_client_whoami(w->c, NULL, &op), op, NULL), FSS_EAUTH);
}

/* Pages of a folder, each by an operation of its own. */
/* What a search that finds nothing may have meant is in its DONE. */
static void
test_near(void **state)
{
	struct world *w = *state;
	const fss_event *ev;
	char token[64];
	fss_query *q;
	fss_op op;
	int r, paged;

	(void)registered(w, "alice", token);
	assert_int_equal(make_folder(w, ":/Harbour photos"), 0);
	assert_int_equal(fss_query_new(&q), 0);
	for (paged = 0; paged < 2; paged++) {
		assert_int_equal(fss_query_set_text(q, FSS_QUERY_TEXT,
		    "harbuor Photos"), 0);
		if (paged)
			assert_int_equal(fss_client_page(w->c, NULL, 10), 0);
		r = fss_client_find(w->c, q, NULL, &op);
		assert_int_equal(done(w, r, op, &ev), 0);
		assert_int_equal(fss_event_rows(ev), 0);
		assert_non_null(fss_event_near(ev, 0));
		assert_string_equal(fss_event_near(ev, 0), "harbour Photos");
		assert_null(fss_event_near(ev, 1));
		assert_null(fss_event_near(ev, FSS_NEAR_MAX));
		assert_int_equal(fss_query_set_text(q, FSS_QUERY_TEXT,
		    "harbour"), 0);
		if (paged)
			assert_int_equal(fss_client_page(w->c, NULL, 10), 0);
		r = fss_client_find(w->c, q, NULL, &op);
		assert_int_equal(done(w, r, op, &ev), 0);
		assert_null(fss_event_near(ev, 0));
	}
	fss_query_free(q);
}

static void
test_pages(void **state)
{
	struct world *w = *state;
	char token[64], cursor[701] = "", name[32];
	const fss_event *ev;
	size_t seen = 0, pages = 0, i;
	fss_op op;
	int r;

	(void)registered(w, "alice", token);
	for (i = 0; i < 25; i++) {
		(void)snprintf(name, sizeof(name), ":/d%02zu", i);
		assert_int_equal(make_folder(w, name), 0);
	}
	do {
		assert_int_equal(fss_client_page(w->c, cursor, 10), 0);
		r = fss_client_list(w->c, ":/", 0, NULL, &op);
		assert_int_equal(done(w, r, op, &ev), 0);
		assert_in_range(fss_event_rows(ev), 0, 10);
		for (i = 0; i < fss_event_rows(ev); i++) {
			(void)snprintf(name, sizeof(name), "d%02zu", seen++);
			assert_string_equal(fss_row_str(fss_event_row(ev, i),
			    FSS_FIELD_NAME), name);
		}
		pages++;
		(void)snprintf(cursor, sizeof(cursor), "%s",
		    fss_event_cursor(ev));
		assert_int_equal(strspn(cursor, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		    "abcdefghijklmnopqrstuvwxyz0123456789-_"), strlen(cursor));
	} while (cursor[0] != '\0');
	assert_int_equal(seen, 25);
	assert_int_equal(pages, 3);
	/* From the end, and from there on again. */
	assert_int_equal(fss_client_page(w->c, NULL, 3), 0);
	r = fss_client_list(w->c, ":/", FSS_LIST_BACK, NULL, &op);
	assert_int_equal(done(w, r, op, &ev), 0);
	assert_int_equal(fss_event_rows(ev), 3);
	assert_string_equal(fss_row_str(fss_event_row(ev, 2), FSS_FIELD_NAME),
	    "d22");
	(void)snprintf(cursor, sizeof(cursor), "%s", fss_event_cursor(ev));
	for (i = 0; i < 2; i++) {
		assert_int_equal(fss_client_page(w->c, cursor, 1), 0);
		r = fss_client_list(w->c, ":/", i == 0 ? FSS_LIST_BACK : 0,
		    NULL, &op);
		assert_int_equal(done(w, r, op, &ev), 0);
		assert_string_equal(fss_row_str(fss_event_row(ev, 0),
		    FSS_FIELD_NAME), i == 0 ? "d21" : "d22");
	}
	assert_int_equal(fss_client_list(w->c, ":/", FSS_LIST_BACK |
	    FSS_LIST_RECURSIVE, NULL, &op), FSS_EINVAL);
	/* A wish is for one listing; the next has all. */
	r = fss_client_list(w->c, ":/", 0, NULL, &op);
	assert_int_equal(done(w, r, op, &ev), 0);
	assert_int_equal(fss_event_rows(ev), 0);	/* they came in ROWS */
	assert_int_equal(fss_client_page(w->c, NULL, 10), 0);
	assert_int_equal(fss_client_list(w->c, ":/", FSS_LIST_RECURSIVE, NULL,
	    &op), FSS_EINVAL);
	/* That of another listing. */
	assert_int_equal(fss_client_page(w->c, NULL, 1), 0);
	r = fss_client_list(w->c, ":/", 0, NULL, &op);
	assert_int_equal(done(w, r, op, &ev), 0);
	(void)snprintf(cursor, sizeof(cursor), "%s", fss_event_cursor(ev));
	assert_int_equal(fss_client_page(w->c, cursor, 1), 0);
	assert_int_equal(fss_client_devices(w->c, NULL, &op), FSS_EINVAL);
	/* One that did not come about takes the wish with it. */
	assert_int_equal(fss_client_page(w->c, NULL, 1), 0);
	assert_true(fss_client_list(w->c, ":/a/../b", 0, NULL, &op) < 0);
	r = fss_client_list(w->c, ":/", FSS_LIST_RECURSIVE, NULL, &op);
	assert_int_equal(done(w, r, op, NULL), 0);
	/* So does somebody else's turn. */
	assert_int_equal(fss_client_page(w->c, NULL, 1), 0);
	(void)person(w, token);
	r = fss_client_list(w->c, ":/", FSS_LIST_RECURSIVE, NULL, &op);
	assert_int_equal(done(w, r, op, NULL), 0);
}

/* Operations under way of who is closed end; others' do not. */
static void
test_close(void **state)
{
	struct world *w = *state;
	char token[64];
	fss_person p, q;
	fss_op watch, who, other;

	p = registered(w, "alice", token);
	q = person(w, token);
	assert_int_equal(fss_client_watch(w->c, FSS_WATCH_FILES, 0, NULL,
	    &other), 0);
	assert_int_equal(fss_client_act_as(w->c, p), 0);
	assert_int_equal(fss_client_watch(w->c, FSS_WATCH_FILES, 0, NULL,
	    &watch), 0);
	assert_int_equal(fss_client_whoami(w->c, NULL, &who), 0);
	assert_int_equal(fss_client_person_close(w->c, p), 0);
	assert_int_equal(done(w, 0, watch, NULL), FSS_ECANCELED);
	assert_int_equal(done(w, 0, who, NULL), FSS_ECANCELED);
	assert_string_equal(fss_client_account(w->c), "");
	assert_int_equal(fss_client_act_as(w->c, q), 0);
	assert_int_equal(make_folder(w, ":/x"), 0);
	assert_int_equal(fss_op_cancel(w->c, other), 0);
	assert_int_equal(done(w, 0, other, NULL), FSS_ECANCELED);
}

/* ---- a crowd ---------------------------------------------------------- */

static size_t
heap_bytes(void)
{
	return mallinfo2().uordblks;
}

static void
turn(struct world *w)
{
	struct pollfd pfd = { .fd = fss_client_fd(w->c), .events = POLLIN };
	int r = fss_client_process(w->c, 0);

	assert_true(r >= 0);
	if (r == 0)
		assert_true(poll(&pfd, 1, fss_client_timeout_ms(w->c)) >= 0);
}

/* One who watches. */
struct watcher {
	bool		begun;		/* was told who is here */
	unsigned	heard;		/* of the folder that is made then */
};

/* Until all have begun, or heard of the folder @name. */
static void
take_news(struct world *w, const char *name, unsigned *ret_heard)
{
	const fss_event *ev;
	const fss_row *row;
	struct watcher *who;
	unsigned n = 0;
	size_t i;

	while (n < CROWD) {
		turn(w);
		while (fss_client_next(w->c, &ev) == 1) {
			if (fss_event_type(ev) == FSS_EVENT_DONE)
				assert_int_equal(fss_event_error(ev), 0);
			if (fss_event_type(ev) != FSS_EVENT_NEWS)
				continue;
			who = fss_event_user(ev);
			if (name == NULL && !who->begun)
				n++;
			who->begun = true;
			for (i = 0; i < fss_event_rows(ev) && name != NULL;
			    i++) {
				row = fss_event_row(ev, i);
				if (fss_row_int(row, FSS_FIELD_NEWS) !=
				    FSS_NEWS_FILE || strcmp(fss_row_str(row,
				    FSS_FIELD_NAME), name) != 0)
					continue;
				assert_int_equal(who->heard++, 0);
				n++;
			}
		}
	}
	*ret_heard = n;
}

static void
test_crowd(void **state)
{
	struct world *w = *state;
	fss_person *p = calloc(CROWD, sizeof(*p)), alice = 0;
	fss_op *op = calloc(CROWD, sizeof(*op));
	struct watcher *who = calloc(CROWD, sizeof(*who));
	unsigned i, up = 0, heard;
	size_t before, idle, waiting;
	char token[ACCOUNTS][64], name[16];
	const fss_event *ev;
	int r;

	assert_true(p != NULL && op != NULL && who != NULL);
	for (i = 0; i < ACCOUNTS; i++) {
		(void)snprintf(name, sizeof(name), "person%u", i);
		alice = registered(w, name, token[i]);
	}
	assert_int_equal(RUN(w, fss_client_access(w->c, ":/",
	    FSS_ACCESS_OPEN, NULL, &op[0]), op[0], NULL), 0);
	before = heap_bytes();
	for (i = 0; i < CROWD; i++)
		p[i] = person(w, token[i % ACCOUNTS]);
	for (i = 0; i < CROWD; i++) {
		assert_int_equal(fss_client_act_as(w->c, p[i]), 0);
		assert_int_equal(fss_client_whoami(w->c, NULL, &op[i]), 0);
	}
	while (up < CROWD) {
		turn(w);
		while (fss_client_next(w->c, &ev) == 1)
			if (fss_event_type(ev) == FSS_EVENT_DONE) {
				assert_int_equal(fss_event_error(ev), 0);
				up++;
			}
	}
	idle = heap_bytes();
	for (i = 0; i < CROWD; i++) {
		assert_int_equal(fss_client_act_as(w->c, p[i]), 0);
		/* Told who is here first, each says when it has begun. */
		assert_int_equal(fss_client_watch(w->c, FSS_WATCH_FILES |
		    FSS_WATCH_PRESENCE, FSS_WATCH_LIST, &who[i], &op[i]), 0);
	}
	take_news(w, NULL, &heard);
	waiting = heap_bytes();
	assert_int_equal(fss_client_act_as(w->c, alice), 0);
	assert_int_equal(fss_client_mkdir(w->c, ":/new", NULL, &op[0]), 0);
	take_news(w, "new", &heard);
	assert_int_equal(heard, CROWD);
	print_message("%d persons on one handle: %zu bytes each idle, "
	    "%zu with an EVENTS that waits\n", CROWD,
	    (idle - before) / CROWD, (waiting - before) / CROWD);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	assert_in_range((idle - before) / CROWD, 1, BYTES_IDLE);
#endif
	for (i = 0; i < CROWD; i++)
		assert_int_equal(fss_client_person_close(w->c, p[i]), 0);
	free(p);
	free(op);
	free(who);
}

#define T(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_act_as),
		T(test_arguments),
		T(test_token),
		T(test_near),
		T(test_pages),
		T(test_close),
		T(test_crowd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
