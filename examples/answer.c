/*
 * Answers requests by rules of its own: answer MAX_BYTES ACCOUNT...
 *
 * Says yes to who is named, for files up to that size, and leaves everything
 * else to the person.  What rules at the hub can say (by account, group,
 * folder and size) is better said there, for then it holds while nobody is
 * connected; a program like this one is for what they cannot.
 *
 * One watch runs all the time; each request it tells of is looked at, judged,
 * and decided, all of it in one loop without threads.
 */
#include "session.h"

#include <inttypes.h>
#include <string.h>

struct rules {
	int64_t		 max_bytes;
	char		**names;
	int		 count;
};

/* What an operation was started for; comes back with its events. */
static int for_watch, for_look, for_decision;

/* Looks at what may be new: the news do not say all that is to be judged. */
static int
look(fss_client *c, const fss_event *ev)
{
	uint64_t ids[64];
	size_t i, n = 0;
	fss_op op;
	int r = 0;

	for (i = 0; i < fss_event_rows(ev) && n < 64; i++) {
		const fss_row *row = fss_event_row(ev, i);

		if (fss_row_int(row, FSS_FIELD_NEWS) == FSS_NEWS_REQUEST &&
		    fss_row_int(row, FSS_FIELD_MINE) == 0 &&
		    fss_row_int(row, FSS_FIELD_REQUEST_STATE) <=
		    FSS_REQUEST_SEEN)
			ids[n++] = (uint64_t)fss_row_int(row,
			    FSS_FIELD_REQUEST);
	}
	/* The event ends with the next call, so the ids were copied. */
	for (i = 0; r == 0 && i < n; i++)
		r = fss_client_request(c, ids[i], &for_look, &op);
	return r;
}

static int
is_fine(const struct rules *rules, const fss_row *row)
{
	int64_t may = fss_row_int(row, FSS_FIELD_MAY);
	int i;

	if ((may & (INT64_C(1) << FSS_REQUEST_APPROVE)) == 0 ||
	    fss_row_int(row, FSS_FIELD_SIZE) > rules->max_bytes)
		return 0;
	for (i = 0; i < rules->count; i++)
		if (strcmp(fss_row_str(row, FSS_FIELD_ASKER),
		    rules->names[i]) == 0)
			return 1;
	return 0;
}

static int
judge(fss_client *c, const struct rules *rules, const fss_row *row)
{
	uint64_t id = (uint64_t)fss_row_int(row, FSS_FIELD_REQUEST);
	fss_op op;

	if (!is_fine(rules, row)) {
		printf("%" PRIu64 ": left to you\n", id);
		return 0;
	}
	printf("%" PRIu64 ": yes to %s for %s\n", id,
	    fss_row_str(row, FSS_FIELD_ASKER),
	    fss_row_str(row, FSS_FIELD_PATH));
	return fss_client_decide(c, &id, 1, FSS_REQUEST_APPROVE, NULL,
	    &for_decision, &op);
}

/* 0: go on; else why not. */
static int
handle(fss_client *c, const struct rules *rules, const fss_event *ev)
{
	const void *what = fss_event_user(ev);
	int type = fss_event_type(ev);

	if (type == FSS_EVENT_NEWS)
		return look(c, ev);
	if (type != FSS_EVENT_DONE)
		return 0;
	if (what == &for_watch)
		return fss_event_error(ev);
	/* One that is gone or decided meanwhile needs no answer. */
	if (what == &for_look && fss_event_error(ev) == 0 &&
	    fss_event_rows(ev) == 1)
		return judge(c, rules, fss_event_row(ev, 0));
	return 0;
}

int
main(int argc, char **argv)
{
	const fss_event *ev;
	struct rules rules;
	fss_client *c = NULL;
	char *end;
	fss_op op;
	int r;

	if (argc < 3) {
		fprintf(stderr, "usage: answer MAX_BYTES ACCOUNT...\n");
		return 2;
	}
	rules.max_bytes = strtoll(argv[1], &end, 10);
	rules.names = argv + 2;
	rules.count = argc - 2;
	if (*end != '\0' || rules.max_bytes < 0) {
		fprintf(stderr, "'%s' is no number of bytes\n", argv[1]);
		return 2;
	}
	r = client_from_profile(&c);
	if (r < 0)
		return fail("cannot begin", r, "");
	/* What waits already comes first, then what happens. */
	r = fss_client_watch(c, FSS_WATCH_REQUESTS, FSS_WATCH_LIST,
	    &for_watch, &op);
	while (r == 0) {
		r = fss_client_wait(c, -1);
		if (r < 0)
			break;
		r = 0;
		while (r == 0 && fss_client_next(c, &ev) == 1)
			r = handle(c, &rules, ev);
		fflush(stdout);
	}
	r = fail("cannot go on", r, fss_client_errmsg(c));
	fss_client_free(c);
	return r;
}
