/*
 * Several operations at once in a poll(2) loop: loop_poll REMOTE...
 *
 * Looks at each entry given, all at the same time, and prints every event as
 * it comes.  The three calls a loop needs are fss_client_fd(),
 * fss_client_events() and fss_client_timeout_ms(); any other event loop is
 * fed the same way.
 */
#include "session.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>

/* Waits for the descriptor, at most as long as the library wants. */
static int
wait_for(fss_client *c)
{
	struct pollfd p;
	int events = fss_client_events(c);

	if (events < 0)
		return events;
	p.fd = fss_client_fd(c);
	p.events = (short)((events & FSS_POLL_IN ? POLLIN : 0) |
	    (events & FSS_POLL_OUT ? POLLOUT : 0));
	p.revents = 0;
	if (poll(&p, 1, fss_client_timeout_ms(c)) < 0 && errno != EINTR)
		return FSS_EIO;
	return 0;
}

/* Prints an event; 1 if an operation ended with it. */
static int
show(const fss_event *ev)
{
	const char *name = fss_event_user(ev);
	const fss_row *row = fss_event_row(ev, 0);

	switch (fss_event_type(ev)) {
	case FSS_EVENT_STATE:
		printf("session: %s\n", fss_strerror(fss_event_error(ev)));
		return 0;
	case FSS_EVENT_DONE:
		printf("%s: %s", name, fss_strerror(fss_event_error(ev)));
		if (row != NULL)
			printf(", %" PRId64 " bytes",
			    fss_row_int(row, FSS_FIELD_SIZE));
		putchar('\n');
		return 1;
	default:
		return 0;
	}
}

int
main(int argc, char **argv)
{
	const fss_event *ev;
	fss_client *c = NULL;
	int i, r, under_way = 0, status = 0;
	fss_op op;

	if (argc < 2) {
		fprintf(stderr, "usage: loop_poll REMOTE...\n");
		return 2;
	}
	r = client_from_profile(&c);
	if (r < 0)
		return fail("cannot begin", r, "");
	/* The last argument but one comes back with each event. */
	for (i = 1; i < argc; i++) {
		r = fss_client_stat(c, argv[i], 0, argv[i], &op);
		if (r < 0)
			status = fail(argv[i], r, fss_client_errmsg(c));
		else
			under_way++;
	}
	while (under_way > 0) {
		r = wait_for(c);
		if (r == 0)
			r = fss_client_process(c, 0);
		if (r < 0) {
			status = fail("loop", r, fss_client_errmsg(c));
			break;
		}
		while (fss_client_next(c, &ev) == 1)
			under_way -= show(ev);
	}
	fss_client_free(c);
	return status;
}
