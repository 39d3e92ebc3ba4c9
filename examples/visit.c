/*
 * Visits a share link: visit HUB TOKEN [list | get PATH | put LOCAL NAME]
 *
 * HUB is fss://HOST:PORT#KEY.  The link's password, if it has one, is taken
 * from FSS_LINK_PASSWORD.  No account and no profile are needed: whoever has
 * the token is a visitor, to whom ":/" is what is linked.
 */
#include "session.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

/* Waits for the end of @op and prints the rows that come. */
static int
wait_for(fss_client *c, fss_op op, bool print, int64_t *ret_ticket)
{
	const fss_event *ev;
	const fss_row *row;
	size_t i;
	int r;

	do {
		r = fss_client_wait_op(c, op, -1, &ev);
		if (r < 0)
			return fail("cannot wait", r, fss_client_errmsg(c));
		for (i = 0; (row = fss_event_row(ev, i)) != NULL; i++) {
			if (ret_ticket != NULL)
				*ret_ticket = fss_row_int(row,
				    FSS_FIELD_TICKET);
			if (print)
				printf("%s %" PRId64 "\n",
				    fss_row_str(row, FSS_FIELD_NAME),
				    fss_row_int(row, FSS_FIELD_SIZE));
		}
	} while (fss_event_type(ev) != FSS_EVENT_DONE);
	return fss_event_error(ev) < 0 ? fail("visit", fss_event_error(ev),
	    fss_event_detail(ev)) : 0;
}

/* Reads @path to stdout. */
static int
read_all(fss_client *c, const char *path)
{
	static char buf[65536];
	const fss_event *ev;
	size_t n;
	fss_op op;
	int r;

	r = fss_client_read(c, path, 0, 0, FSS_TO_EOF, NULL, &op);
	if (r < 0)
		return fail("cannot start", r, fss_client_errmsg(c));
	for (;;) {
		r = fss_op_read(c, op, buf, sizeof(buf), &n);
		if (r == 0 && n == 0)
			return 0;
		if (r == 0 && fwrite(buf, 1, n, stdout) != n)
			return fail("cannot write", FSS_EIO, "");
		if (r == FSS_EAGAIN)
			r = fss_client_wait_op(c, op, -1, &ev);
		if (r < 0)
			return fail("cannot read", r, fss_client_errmsg(c));
	}
}

/* One download, which counts towards the link's limit when it is whole. */
static int
get(fss_client *c, const char *path)
{
	int64_t ticket = 0;
	fss_op op;
	int r, status;

	r = fss_client_link_take(c, path, NULL, &op);
	if (r < 0)
		return fail("cannot start", r, fss_client_errmsg(c));
	status = wait_for(c, op, false, &ticket);
	if (status != 0)
		return status;
	status = read_all(c, path);
	r = fss_client_link_done(c, ticket, status == 0, NULL, &op);
	if (r < 0)
		return fail("cannot end", r, fss_client_errmsg(c));
	r = wait_for(c, op, false, NULL);
	return status != 0 ? status : r;
}

static int
put(fss_client *c, const char *local, const char *name)
{
	char remote[4096];
	fss_op op;
	int r;

	(void)snprintf(remote, sizeof(remote), ":/%s", name);
	r = fss_client_upload(c, local, remote, 0, NULL, &op);
	if (r < 0)
		return fail("cannot start", r, fss_client_errmsg(c));
	return wait_for(c, op, false, NULL);
}

static int
visit(fss_client *c, int argc, char **argv)
{
	const char *what = argc > 3 ? argv[3] : "";
	fss_op op;
	int r;

	r = fss_client_link_open(c, argv[2], getenv("FSS_LINK_PASSWORD"), NULL,
	    &op);
	if (r < 0)
		return fail("cannot open the link", r, fss_client_errmsg(c));
	r = wait_for(c, op, argc == 3, NULL);
	if (r != 0 || argc == 3)
		return r;
	if (strcmp(what, "get") == 0 && argc == 5)
		return get(c, argv[4]);
	if (strcmp(what, "put") == 0 && argc == 6)
		return put(c, argv[4], argv[5]);
	r = fss_client_list(c, argc > 4 ? argv[4] : ":/", 0, NULL, &op);
	if (r < 0)
		return fail("cannot start", r, fss_client_errmsg(c));
	return wait_for(c, op, true, NULL);
}

int
main(int argc, char **argv)
{
	fss_client *c = NULL;
	int r;

	if (argc < 3 || argc > 6) {
		fprintf(stderr, "usage: visit HUB TOKEN "
		    "[list | get PATH | put LOCAL NAME]\n");
		return 2;
	}
	r = fss_client_new(&c);
	if (r == 0)
		r = fss_client_set_address(c, argv[1]);
	if (r == 0)
		r = fss_client_open(c);
	if (r < 0)
		r = fail("cannot begin", r, c != NULL ?
		    fss_client_errmsg(c) : "");
	else
		r = visit(c, argc, argv);
	fss_client_free(c);
	return r;
}
