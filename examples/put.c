/*
 * Uploads a file or folder: put LOCAL REMOTE
 *
 * The blocking way: start one operation, wait for its events until DONE.
 */
#include "session.h"

#include <inttypes.h>

int
main(int argc, char **argv)
{
	fss_client *c = NULL;
	const fss_event *ev;
	fss_op op;
	int r, status;

	if (argc != 3) {
		fprintf(stderr, "usage: put LOCAL REMOTE\n");
		return 2;
	}
	r = client_from_profile(&c);
	if (r < 0)
		return fail("cannot begin", r, "");

	r = fss_client_upload(c, argv[1], argv[2], FSS_COPY_RECURSIVE, NULL,
	    &op);
	if (r < 0) {
		status = fail("cannot start", r, fss_client_errmsg(c));
		fss_client_free(c);
		return status;
	}
	/* Events before DONE tell of progress and of items that failed. */
	do {
		r = fss_client_wait_op(c, op, -1, &ev);
		if (r < 0) {
			status = fail("cannot wait", r, fss_client_errmsg(c));
			fss_client_free(c);
			return status;
		}
		if (fss_event_type(ev) == FSS_EVENT_ITEM)
			fprintf(stderr, "%s: %s\n",
			    fss_row_str(fss_event_row(ev, 0), FSS_FIELD_LOCAL),
			    fss_row_str(fss_event_row(ev, 0),
			    FSS_FIELD_DETAIL));
	} while (fss_event_type(ev) != FSS_EVENT_DONE);

	if (fss_event_error(ev) < 0) {
		status = fail("upload", fss_event_error(ev),
		    fss_event_detail(ev));
	} else {
		printf("%" PRIu64 " files, %" PRIu64 " bytes sent\n",
		    fss_event_count(ev, FSS_COUNT_FILES_DONE),
		    fss_event_count(ev, FSS_COUNT_WIRE_BYTES));
		status = 0;
	}
	fss_client_free(c);
	return status;
}
