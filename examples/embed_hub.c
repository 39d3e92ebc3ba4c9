/*
 * A hub and a client of it in one program: embed_hub FOLDER [FILE COPY]
 *
 * Makes a hub in FOLDER (which must not be there yet), listens on a free port
 * of loopback, registers an account and asks who it is; uploads FILE, and
 * downloads it to COPY.  Both handles are driven by one poll(2) loop on one
 * thread.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include <fss/fss.h>

struct both {
	fss_server	*server;
	fss_client	*client;
};

static int
fail(const char *what, int err, const char *detail)
{
	fprintf(stderr, "%s: %s%s%s\n", what, fss_strerror(err),
	    detail[0] != '\0' ? ": " : "", detail);
	return err;
}

static int
start_hub(struct both *b, const char *folder, char *invite)
{
	int r;

	r = fss_server_init(folder, invite);
	if (r < 0)
		return fail("cannot make a hub", r, folder);
	r = fss_server_new(&b->server);
	if (r < 0)
		return fail("cannot make a hub", r, "");
	r = fss_server_set_text(b->server, FSS_SERVER_DATA, folder);
	if (r == 0)
		r = fss_server_set_text(b->server, FSS_SERVER_LISTEN,
		    "tcp://127.0.0.1:0");
	if (r == 0)
		r = fss_server_set_text(b->server, FSS_SERVER_INTRODUCE,
		    "off");
	if (r == 0)
		r = fss_server_open(b->server);
	if (r < 0)
		return fail("cannot start", r, fss_server_errmsg(b->server));
	printf("hub at %s\n", fss_server_address(b->server));
	return 0;
}

static int
start_client(struct both *b)
{
	int r;

	r = fss_client_new(&b->client);
	if (r < 0)
		return fail("cannot make a client", r, "");
	/* The address has the hub's key, so there is nothing to ask. */
	r = fss_client_set_address(b->client, fss_server_address(b->server));
	if (r == 0)
		r = fss_client_open(b->client);
	if (r < 0)
		return fail("cannot connect", r, fss_client_errmsg(b->client));
	return 0;
}

/* The shorter of two time-outs, -1 being without limit. */
static int
sooner(int a, int b)
{
	if (a < 0)
		return b;
	return b < 0 || a < b ? a : b;
}

/* Lets both work until @op is done, and shows what it answered. */
static int
run(struct both *b, fss_op op)
{
	const fss_event *ev;
	struct pollfd p[2];
	int events, r;

	for (;;) {
		events = fss_client_events(b->client);
		if (events < 0)
			return fail("events", events, "");
		memset(p, 0, sizeof(p));
		p[0].fd = fss_server_fd(b->server);
		p[0].events = POLLIN;
		p[1].fd = fss_client_fd(b->client);
		p[1].events = (short)((events & FSS_POLL_IN ? POLLIN : 0) |
		    (events & FSS_POLL_OUT ? POLLOUT : 0));
		if (poll(p, 2, sooner(fss_server_timeout_ms(b->server),
		    fss_client_timeout_ms(b->client))) < 0 && errno != EINTR)
			return fail("poll", FSS_EIO, strerror(errno));
		r = fss_server_process(b->server, 0);
		if (r < 0)
			return fail("hub", r, fss_server_errmsg(b->server));
		r = fss_client_process(b->client, 0);
		if (r < 0)
			return fail("client", r, fss_client_errmsg(b->client));
		while (fss_client_next(b->client, &ev) == 1) {
			if (fss_event_type(ev) != FSS_EVENT_DONE ||
			    fss_event_op(ev) != op)
				continue;
			r = fss_event_error(ev);
			if (r < 0)
				return fail("answer", r, fss_event_detail(ev));
			if (fss_event_rows(ev) == 0)
				return 0;
			printf("account %s, role %d\n",
			    fss_row_str(fss_event_row(ev, 0), FSS_FIELD_NAME),
			    (int)fss_row_int(fss_event_row(ev, 0),
			    FSS_FIELD_ROLE));
			return 0;
		}
	}
}

static int
there_and_back(struct both *b, const char *file, const char *copy)
{
	fss_op op;
	int r;

	r = fss_client_upload(b->client, file, ":/file", 0, NULL, &op);
	if (r == 0)
		r = run(b, op);
	if (r == 0)
		r = fss_client_download(b->client, ":/file", 0, copy, 0, NULL,
		    &op);
	return r == 0 ? run(b, op) : r;
}

int
main(int argc, char **argv)
{
	char invite[FSS_INVITE_BYTES];
	struct both b = { NULL, NULL };
	fss_op op;
	int r;

	if (argc != 2 && argc != 4) {
		fprintf(stderr, "usage: embed_hub FOLDER [FILE COPY]\n");
		return 2;
	}
	r = start_hub(&b, argv[1], invite);
	if (r == 0)
		r = start_client(&b);
	if (r == 0) {
		r = fss_client_register(b.client, "alice",
		    "a password of eight or more", invite, NULL, &op);
		if (r == 0)
			r = run(&b, op);
	}
	if (r == 0) {
		r = fss_client_whoami(b.client, NULL, &op);
		if (r == 0)
			r = run(&b, op);
	}
	if (r == 0 && argc == 4)
		r = there_and_back(&b, argv[2], argv[3]);
	fss_client_free(b.client);
	fss_server_free(b.server);
	return r < 0 ? fss_err_exit(r) : 0;
}
