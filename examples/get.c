/*
 * Writes a remote file to stdout: get REMOTE [OFFSET [LENGTH]]
 *
 * A stream instead of a file: fss_op_read() hands out verified bytes as they
 * come, FSS_EVENT_READABLE tells when there are more.
 */
#include "session.h"

static int
copy_out(fss_client *c, fss_op op)
{
	const fss_event *ev;
	char block[65536];
	size_t n;
	int r;

	for (;;) {
		r = fss_op_read(c, op, block, sizeof(block), &n);
		if (r == 0 && n > 0) {
			if (fwrite(block, 1, n, stdout) != n)
				return FSS_EIO;
			continue;
		}
		/* Nothing yet, or the end: the next event says which. */
		r = fss_client_wait_op(c, op, -1, &ev);
		if (r < 0)
			return r;
		if (fss_event_type(ev) == FSS_EVENT_DONE)
			return fss_event_error(ev);
	}
}

int
main(int argc, char **argv)
{
	uint64_t offset = 0, len = FSS_TO_EOF;
	fss_client *c = NULL;
	int r, status = 0;
	fss_op op;

	if (argc < 2 || argc > 4) {
		fprintf(stderr, "usage: get REMOTE [OFFSET [LENGTH]]\n");
		return 2;
	}
	if (argc > 2)
		offset = strtoull(argv[2], NULL, 10);
	if (argc > 3)
		len = strtoull(argv[3], NULL, 10);
	r = client_from_profile(&c);
	if (r < 0)
		return fail("cannot begin", r, "");
	r = fss_client_read(c, argv[1], 0, offset, len, NULL, &op);
	if (r < 0)
		status = fail("cannot start", r, fss_client_errmsg(c));
	else if ((r = copy_out(c, op)) < 0)
		status = fail(argv[1], r, "");
	else if (fflush(stdout) != 0)
		status = fail("stdout", FSS_EIO, "");
	fss_client_free(c);
	return status;
}
