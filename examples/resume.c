/*
 * Uploads a file in parts: resume LOCAL REMOTE [ID]
 *
 * Prints the upload's id, then goes on from where it stands.  Broken off, it
 * is gone on with by giving the id, from wherever it got to: on another day,
 * after another start of the hub, from another machine that has the file.
 */
#include "session.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

static char id[64]; /* of the upload */
static int64_t offset; /* where it stands */

/* Waits for the end of @op; its error, and what its row says of an upload. */
static int
wait_for(fss_client *c, fss_op op)
{
	const fss_event *ev;
	const fss_row *row;
	int r;

	do {
		r = fss_client_wait_op(c, op, -1, &ev);
		if (r < 0)
			return fail("cannot wait", r, fss_client_errmsg(c));
	} while (fss_event_type(ev) != FSS_EVENT_DONE);
	if (fss_event_error(ev) < 0)
		return fail(
		    "upload", fss_event_error(ev), fss_event_detail(ev));
	row = fss_event_row(ev, 0);
	if (fss_row_has(row, FSS_FIELD_STAGE)) {
		(void)snprintf(
		    id, sizeof(id), "%s", fss_row_str(row, FSS_FIELD_STAGE));
		offset = fss_row_int(row, FSS_FIELD_OFFSET);
	}
	return 0;
}

/* Writes what is left of @f: 0, or an exit status. */
static int
feed(fss_client *c, fss_op op, FILE *f)
{
	static char buf[65536];
	const fss_event *ev;
	size_t n, at, took;
	int r;

	while ((n = fread(buf, 1, sizeof(buf), f)) > 0) {
		for (at = 0; at < n; at += took) {
			took = 0;
			r = fss_op_write(c, op, buf + at, n - at, &took);
			if (r == FSS_EAGAIN) {
				r = fss_client_wait_op(c, op, -1, &ev);
				/* DONE comes early where it failed. */
				if (r == 1 &&
				    fss_event_type(ev) == FSS_EVENT_DONE)
					return fail("upload",
					    fss_event_error(ev),
					    fss_event_detail(ev));
			}
			if (r < 0 && r != FSS_EAGAIN)
				return fail(
				    "cannot write", r, fss_client_errmsg(c));
		}
	}
	return ferror(f) ? fail("cannot read", FSS_EIO, strerror(errno)) : 0;
}

static int
upload(fss_client *c, FILE *f, const char *remote, const char *known)
{
	struct stat st;
	fss_op op;
	int r;

	if (fstat(fileno(f), &st) != 0)
		return fail("cannot look at it", FSS_EIO, strerror(errno));
	if (known != NULL)
		r = fss_client_stage_stat(c, known, NULL, &op);
	else
		r = fss_client_stage_new(c, remote, (uint64_t)st.st_size, 0644,
		    0, NULL, NULL, 0, NULL, &op);
	if (r < 0)
		return fail("cannot start", r, fss_client_errmsg(c));
	r = wait_for(c, op);
	if (r != 0)
		return r;
	printf("%s %" PRId64 "\n", id, offset);
	(void)fflush(stdout);
	if (fseeko(f, (off_t)offset, SEEK_SET) != 0)
		return fail("cannot seek", FSS_EIO, strerror(errno));

	r = fss_client_stage_append(c, id, (uint64_t)offset, NULL, &op);
	if (r < 0)
		return fail("cannot start", r, fss_client_errmsg(c));
	r = feed(c, op, f);
	if (r != 0)
		return r;
	/* FSS_EINVAL: there was nothing left, and it has ended. */
	(void)fss_op_finish(c, op);
	return wait_for(c, op);
}

int
main(int argc, char **argv)
{
	fss_client *c = NULL;
	FILE *f;
	int r;

	if (argc < 3 || argc > 4) {
		fprintf(stderr, "usage: resume LOCAL REMOTE [ID]\n");
		return 2;
	}
	f = fopen(argv[1], "rb");
	if (f == NULL)
		return fail(argv[1], FSS_ENOENT, strerror(errno));
	r = client_from_profile(&c);
	if (r < 0)
		r = fail("cannot begin", r, "");
	else
		r = upload(c, f, argv[2], argc == 4 ? argv[3] : NULL);
	fss_client_free(c);
	(void)fclose(f);
	return r;
}
