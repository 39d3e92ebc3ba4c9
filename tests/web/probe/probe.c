/*
 * Handlers that show what the host of the front end does: for its tests,
 * never installed.
 *
 * The same module but with these routes: bodies echoed and counted, streams
 * up and down that stop and go on, a WebSocket, an operation of the hub, and
 * system calls a worker must not make.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "web.h"

/* ---- bodies ------------------------------------------------------------ */

static void
got_json(struct web_req *rq, json_t *body)
{
	web_reply_json(rq, 200, json_incref(body));
}

static void
echo_json(struct web_req *rq)
{
	web_read_json(rq, got_json);
}

struct flow {
	uint64_t	 sum;		/* of bytes, so that order shows */
	uint64_t	 left;		/* to give */
	unsigned	 calls, stops;
};

static int
take(struct web_req *rq, const void *data, size_t len, size_t *ret_taken)
{
	struct flow *f = web_state(rq);
	const uint8_t *p = data;
	size_t i, n = len;

	/* Now and then only part, so that reading stops. */
	if (web_query(rq, "stop") != NULL && ++f->calls % 3 == 0)
		n = len / 2;
	for (i = 0; i < n; i++)
		f->sum = f->sum * 31 + p[i];
	*ret_taken = n;
	return 0;
}

static void
taken(struct web_req *rq)
{
	struct flow *f = web_state(rq);

	web_reply_json(rq, 200, json_pack("{s:I,s:I,s:i}", "bytes",
	    (json_int_t)web_body_taken(rq), "sum", (json_int_t)(f->sum &
	    0x7fffffff), "stops", (int)f->stops));
}

static const struct web_sink sink = { .data = take, .end = taken };

/* An event of the hub is what lets a stopped upload go on. */
static void
pinged(struct web_req *rq, void *arg, const fss_event *ev)
{
	struct flow *f = web_state(rq);
	void *user;
	fss_op op = 0;

	if (fss_event_type(ev) != FSS_EVENT_DONE)
		return;
	if (fss_event_error(ev) < 0) {
		web_reply_event(rq, ev);
		return;
	}
	if (arg == NULL) {
		web_reply_json(rq, 200, json_pack("{s:b}", "pong", 1));
		return;
	}
	f->stops++;
	web_read_resume(rq);
	user = web_call(rq, pinged, arg);
	if (user != NULL && !web_replied(rq))
		(void)web_called(rq, user, fss_client_ping(web_hub(rq), user,
		    &op), op);
}

static void
upload(struct web_req *rq)
{
	struct flow *f = calloc(1, sizeof(*f));
	void *user;
	fss_op op = 0;

	if (f == NULL) {
		web_reply_error(rq, FSS_ENOMEM, NULL);
		return;
	}
	web_state_set(rq, f, free);
	if (web_token(rq, NULL) == NULL) {
		web_reply_error(rq, FSS_EAUTH, "no token");
		return;
	}
	if (web_query(rq, "stop") != NULL) {
		user = web_call(rq, pinged, f);
		if (user == NULL || web_called(rq, user,
		    fss_client_ping(web_hub(rq), user, &op), op) < 0)
			return;
	}
	web_read_stream(rq, &sink);
}

static void
ping(struct web_req *rq)
{
	void *user = web_call(rq, pinged, NULL);
	fss_op op = 0;

	if (user != NULL)
		(void)web_called(rq, user, fss_client_ping(web_hub(rq), user,
		    &op), op);
}

/* ---- streams down ------------------------------------------------------ */

static void
go_on(struct web_req *rq, void *arg, const fss_event *ev)
{
	(void)arg;
	if (fss_event_type(ev) == FSS_EVENT_DONE)
		web_reply_more(rq);
}

static int
give(struct web_req *rq, void *buf, size_t len, size_t *ret_n)
{
	struct flow *f = web_state(rq);
	void *user;
	fss_op op = 0;

	if (web_query(rq, "wait") != NULL && ++f->calls % 4 == 0) {
		user = web_call(rq, go_on, NULL);
		if (user == NULL || web_called(rq, user,
		    fss_client_ping(web_hub(rq), user, &op), op) < 0)
			return FSS_EIO;
		return FSS_EAGAIN;
	}
	if (web_query(rq, "break") != NULL && f->left < 100000)
		return FSS_EIO;
	*ret_n = len < f->left ? len : (size_t)f->left;
	f->left -= *ret_n;
	memset(buf, 'x', *ret_n);
	return 0;
}

static void
download(struct web_req *rq)
{
	struct flow *f = calloc(1, sizeof(*f));
	uint64_t n;

	if (f == NULL || web_query_number(rq, "n", 0, UINT64_C(1) << 40,
	    &n) < 0) {
		free(f);
		web_reply_error(rq, FSS_EINVAL, "n");
		return;
	}
	web_state_set(rq, f, free);
	f->left = n;
	web_reply_stream(rq, 200, "application/octet-stream",
	    web_query(rq, "unknown") != NULL ? WEB_UNKNOWN : n, give);
}

/* ---- the request itself ------------------------------------------------ */

static void
mirror(struct web_req *rq)
{
	enum web_credential kind;
	const char *token = web_token(rq, &kind), *value = web_query(rq, "h");

	if (value != NULL)
		web_reply_header(rq, "x-probe", "%s", value);
	web_reply_cookie(rq, "__Host-probe", "v", 60);
	web_reply_json(rq, 200, json_pack("{s:s,s:s,s:s,s:s,s:s,s:i,s:b}",
	    "path", web_path(rq), "param", web_param(rq, 0), "address",
	    web_address(rq), "host", web_host(rq), "token", token != NULL ?
	    token : "", "kind", (int)kind, "same_origin",
	    web_same_origin(rq)));
}

/* ---- WebSocket --------------------------------------------------------- */

static void
said(struct web_socket *ws, const char *text, size_t len)
{
	static char big[65536];
	int i;

	if (strcmp(text, "close") == 0) {
		web_socket_close(ws, 4001, "as you wish");
		return;
	}
	if (strcmp(text, "flood") != 0) {
		web_socket_send(ws, text, len);
		return;
	}
	memset(big, 'f', sizeof(big));
	for (i = 0; i < 400; i++)
		web_socket_send(ws, big, sizeof(big));
}

static const struct web_socket_ops socket_ops = { .text = said };

static void
live(struct web_req *rq)
{
	(void)web_upgrade(rq, &socket_ops, NULL);
}

/* ---- persons ----------------------------------------------------------- */

static void
logged_in(struct web_req *rq, void *arg, const fss_event *ev)
{
	const fss_row *row = fss_event_row(ev, 0);

	(void)arg;
	if (fss_event_type(ev) != FSS_EVENT_DONE)
		return;
	if (fss_event_error(ev) < 0 || row == NULL)
		web_reply_event(rq, ev);
	else
		web_reply_json(rq, 200, json_pack("{s:s}", "token",
		    fss_row_str(row, FSS_FIELD_TOKEN)));
}

static void
got_login(struct web_req *rq, json_t *body)
{
	const char *name, *password, *invite = NULL;
	void *user;
	fss_op op = 0;
	int r;

	if (json_unpack(body, "{s:s,s:s,s?:s}", "name", &name, "password",
	    &password, "invite", &invite) < 0) {
		web_reply_error(rq, FSS_EINVAL, NULL);
		return;
	}
	if (web_person_nobody(rq) < 0 ||
	    (user = web_call(rq, logged_in, NULL)) == NULL)
		return;
	if (invite != NULL)
		r = fss_client_register_web(web_hub(rq), name, password,
		    invite, "probe", 0, user, &op);
	else
		r = fss_client_login_web(web_hub(rq), name, password,
		    "probe", 0, user, &op);
	(void)web_called(rq, user, r, op);
}

static void
login(struct web_req *rq)
{
	web_read_json(rq, got_login);
}

static void
is_account(struct web_req *rq, const char *account, int role)
{
	web_reply_json(rq, 200, json_pack("{s:s,s:i}", "account", account,
	    "role", role));
}

static void
whoami(struct web_req *rq)
{
	web_person_check(rq, is_account);
}

static void
tell_news(struct web_person *p, const fss_event *ev, bool up)
{
	char text[128];
	int n;

	if (ev == NULL)
		n = snprintf(text, sizeof(text), up ? "up" : "down");
	else if (fss_event_type(ev) == FSS_EVENT_NEWS)
		n = snprintf(text, sizeof(text), "news %d %.64s",
		    (int)fss_row_int(fss_event_row(ev, 0), FSS_FIELD_NEWS),
		    fss_row_str(fss_event_row(ev, 0), FSS_FIELD_NAME));
	else if (fss_event_type(ev) == FSS_EVENT_DONE)
		n = snprintf(text, sizeof(text), "bye");
	else
		n = snprintf(text, sizeof(text), "afresh");
	web_live_tell(p, text, (size_t)n);
}

static void
join(struct web_req *rq, const char *account, int role)
{
	struct web_socket *ws = web_upgrade(rq, &socket_ops, NULL);

	(void)role;
	if (ws == NULL)
		return;
	web_socket_send(ws, account, strlen(account));
	if (web_live_join(ws, tell_news) < 0)
		web_socket_close(ws, 1011, "no news");
}

static void
news(struct web_req *rq)
{
	web_person_check(rq, join);
}

/* ---- what a worker must not do ----------------------------------------- */

static void *
forbidden_thread(void *arg)
{
	(void)arg;
	(void)syscall(SYS_mkdirat, AT_FDCWD, "probe", 0700);
	return NULL;
}

static void
sandbox(struct web_req *rq)
{
	const char *what = web_query(rq, "do");
	pthread_t thread;
	long r = -1;

	if (what == NULL)
		what = "";
	errno = 0;
	if (strcmp(what, "exec") == 0)
		r = syscall(SYS_execve, "/bin/true", NULL, NULL);
	else if (strcmp(what, "fork") == 0)
		r = syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0);
	else if (strcmp(what, "kill") == 0)
		r = syscall(SYS_kill, getppid(), 0);
	else if (strcmp(what, "thread") == 0)
		r = pthread_create(&thread, NULL, forbidden_thread, NULL) ||
		    pthread_join(thread, NULL);
	else if (strcmp(what, "write") == 0)
		r = open("probe.txt", O_WRONLY | O_CREAT, 0600);
	else if (strcmp(what, "wx") == 0)
		r = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE |
		    MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
	else if (strcmp(what, "raw") == 0)
		r = syscall(SYS_socket, 17 /* AF_PACKET */, 3, 0);
	web_reply_json(rq, 200, json_pack("{s:i,s:i}", "result", (int)r,
	    "errno", errno));
}

const struct web_route web_routes[] = {
	{ WEB_POST, "/api/v1/probe/json", echo_json, WEB_NO_HUB, NULL },
	{ WEB_PUT, "/api/v1/probe/upload", upload, 0, NULL },
	{ WEB_GET, "/api/v1/probe/download", download, 0, NULL },
	{ WEB_GET, "/api/v1/probe/ping", ping, 0, NULL },
	{ WEB_GET | WEB_POST, "/api/v1/probe/mirror/:what", mirror,
	    WEB_NO_HUB, NULL },
	{ WEB_GET, "/api/v1/probe/live", live, WEB_NO_HUB, NULL },
	{ WEB_POST, "/api/v1/probe/login", login, 0, NULL },
	{ WEB_GET, "/api/v1/probe/whoami", whoami, 0, NULL },
	{ WEB_GET, "/api/v1/probe/news", news, 0, NULL },
	{ WEB_GET, "/api/v1/probe/sandbox", sandbox, WEB_NO_HUB, NULL },
	{ 0, NULL, NULL, 0, NULL }
};
