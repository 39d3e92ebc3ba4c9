/*
 * Searches: find TEXT [OWNER]
 *
 * Hits come in pages, best first; the next page is asked for only once the
 * last was taken, so memory stays the same however many there are.
 */
#include "session.h"

#include <inttypes.h>

static int
search(fss_client *c, const char *text, const char *owner, fss_op *ret_op)
{
	fss_query *q = NULL;
	int r;

	r = fss_query_new(&q);
	if (r == 0)
		r = fss_query_set_text(q, FSS_QUERY_TEXT, text);
	if (r == 0 && owner != NULL)
		r = fss_query_set_text(q, FSS_QUERY_OWNER, owner);
	if (r == 0)
		r = fss_query_set_number(q, FSS_QUERY_KIND, FSS_KIND_FILE);
	if (r == 0)
		r = fss_client_find(c, q, NULL, ret_op);
	/* The search was copied. */
	fss_query_free(q);
	return r;
}

static void
print_hit(const fss_row *row)
{
	printf("%12" PRId64 " %s:%s\n", fss_row_int(row, FSS_FIELD_SIZE),
	    fss_row_str(row, FSS_FIELD_OWNER),
	    fss_row_str(row, FSS_FIELD_PATH));
}

int
main(int argc, char **argv)
{
	const fss_event *ev;
	fss_client *c = NULL;
	fss_op op = 0;
	size_t i;
	int r, status = 0;

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: find TEXT [OWNER]\n");
		return 2;
	}
	r = client_from_profile(&c);
	if (r < 0)
		return fail("cannot begin", r, "");
	r = search(c, argv[1], argc > 2 ? argv[2] : NULL, &op);
	while (r == 0) {
		r = fss_client_wait_op(c, op, -1, &ev);
		if (r < 0)
			break;
		r = 0;
		for (i = 0; i < fss_event_rows(ev); i++)
			print_hit(fss_event_row(ev, i));
		if (fss_event_type(ev) == FSS_EVENT_DONE) {
			r = fss_event_error(ev);
			break;
		}
	}
	if (r < 0)
		status = fail("cannot search", r, fss_client_errmsg(c));
	fss_client_free(c);
	return status;
}
