/*
 * fssctl requests, approve, deny, cancel, retry, fulfil: the inbox and the
 * outbox, and answering.
 *
 * Listing the inbox on a terminal tells the hub that it was seen, since then a
 * person did see it; lists that go to a program do not.
 */
#include <string.h>

#include "fssctl.h"
#include "json.h"
#include "news.h"
#include "output.h"
#include "request.h"
#include "parse.h"

#define BATCH		256	/* ids one call takes */

struct box {
	struct table	t;
	uint64_t	unseen[BATCH];
	size_t		count;
};

static int
box_row(struct app *app, const fss_row *row, void *arg)
{
	struct box *b = arg;
	int64_t may = fss_row_int(row, FSS_FIELD_MAY);

	if (opt_has(&app->opt, JSON))
		return json_row_line(app, row, NULL);
	if ((may & INT64_C(1) << FSS_REQUEST_SEE) != 0 && b->count < BATCH &&
	    fss_row_int(row, FSS_FIELD_REQUEST_STATE) == FSS_REQUEST_OPEN)
		b->unseen[b->count++] = (uint64_t)fss_row_int(row,
		    FSS_FIELD_REQUEST);
	return request_cells(&b->t, row);
}

/* Marks what was shown. A failure costs nothing: it is shown as new again. */
static void
mark_seen(struct app *app, struct box *b)
{
	fss_op op = 0;
	int r;

	if (b->count == 0 || !app->tty_out)
		return;
	r = fss_client_decide(app->client, b->unseen, b->count,
	    FSS_REQUEST_SEE, NULL, NULL, &op);
	(void)app_run(app, r, op, NULL, NULL);
	b->count = 0;
}

static int
list_box(struct app *app, void *arg)
{
	uint32_t box = (opt_has(&app->opt, IN) ? FSS_BOX_IN : 0) |
	    (opt_has(&app->opt, OUT) ? FSS_BOX_OUT : 0);
	struct box b;
	fss_op op = 0;
	int r;

	(void)arg;
	memset(&b, 0, sizeof(b));
	table_init(&b.t, app, request_heads, REQUEST_COLUMNS);
	r = fss_client_requests(app->client,
	    box != 0 ? box : FSS_BOX_IN | FSS_BOX_OUT,
	    (uint32_t)opt_num(&app->opt, REQUEST_STATE, 0), NULL, &op);
	r = app_run(app, r, op, box_row, &b);
	table_flush(&b.t);
	(void)fflush(stdout);
	if (r < 0)
		return app_fail(app, r, "cannot list requests");
	mark_seen(app, &b);
	return 0;
}

int
cmd_requests(struct app *app, int argc, char **argv)
{
	fss_op op = 0;
	int r;

	(void)argc;
	(void)argv;
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	if (!opt_has(&app->opt, WATCH))
		return list_box(app, NULL);
	/* First the news, then the list: what happens between is in both. */
	r = fss_client_watch(app->client, FSS_WATCH_REQUESTS |
	    FSS_WATCH_PROGRESS, 0, NULL, &op);
	if (r == 0) {
		r = list_box(app, NULL);
		if (r < 0)
			return r;
	}
	return news_follow(app, r, op, list_box, NULL);
}

/* ---- answering -------------------------------------------------------- */

struct decision {
	int		event;
	int		failed;
	int		err;
};

static int
decided_row(struct app *app, const fss_row *row, void *arg)
{
	int err = (int)fss_row_int(row, FSS_FIELD_STATUS);
	struct decision *d = arg;
	char what[TEXT_BYTES];

	if (err == 0)
		return request_show(app, row, NULL);
	d->failed++;
	d->err = err;
	app->detail[0] = '\0';
	(void)snprintf(what, sizeof(what), "cannot %s request %lld",
	    request_event_name(d->event),
	    (long long)fss_row_int(row, FSS_FIELD_REQUEST));
	(void)app_fail(app, err, "%s", what);
	return 0;
}

static int
decide_batch(struct app *app, const uint64_t *ids, size_t n,
    struct decision *d)
{
	int r, before = d->failed;
	fss_op op = 0;

	r = fss_client_decide(app->client, ids, n, d->event,
	    opt_text(&app->opt, REASON), NULL, &op);
	r = app_run(app, r, op, decided_row, d);
	/* What failed for one or more of them has been shown. */
	if (r < 0 && d->failed == before)
		return app_fail(app, r, "cannot %s requests",
		    request_event_name(d->event));
	return 0;
}

static int
decide(struct app *app, int argc, char **argv, int event)
{
	struct decision d = { event, 0, 0 };
	uint64_t ids[BATCH];
	size_t n = 0;
	int i, r;

	for (i = 0; i < argc; i++)
		if (parse_id(argv[i], &ids[0]) < 0)
			return app_usage(app, "'%s' is no number of a request;"
			    " 'fssctl requests' lists them", argv[i]);
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	for (i = 0; i < argc; i++) {
		/* It was read before without complaint. */
		if (parse_id(argv[i], &ids[n]) == 0)
			n++;
		if (n < BATCH && i + 1 < argc)
			continue;
		r = decide_batch(app, ids, n, &d);
		if (r < 0)
			return r;
		n = 0;
	}
	return app_several(app, argc, d.failed, d.err);
}

int
cmd_approve(struct app *app, int argc, char **argv)
{
	return decide(app, argc, argv, FSS_REQUEST_APPROVE);
}

int
cmd_deny(struct app *app, int argc, char **argv)
{
	return decide(app, argc, argv, FSS_REQUEST_DENY);
}

int
cmd_cancel(struct app *app, int argc, char **argv)
{
	return decide(app, argc, argv, FSS_REQUEST_CANCEL);
}

int
cmd_retry(struct app *app, int argc, char **argv)
{
	return decide(app, argc, argv, FSS_REQUEST_RETRY);
}

/* ---- giving a file ---------------------------------------------------- */

/* Uploads @local to a place only the owner and the asker can read. */
static int
keep_private(struct app *app, uint64_t id, const char *local, char *remote,
    size_t cap)
{
	char base[PATH_BYTES];
	fss_op op = 0;
	int r;

	r = local_base(app, local, base, sizeof(base));
	if (r < 0)
		return r;
	(void)snprintf(remote, cap, ":/Requests/%llu",
	    (unsigned long long)id);
	r = fss_client_mkdir(app->client, remote, NULL, &op);
	r = app_run(app, r, op, NULL, NULL);
	if (r == 0) {
		r = fss_client_access(app->client, ":/Requests",
		    FSS_ACCESS_PRIVATE, NULL, &op);
		r = app_run(app, r, op, NULL, NULL);
	}
	if (r < 0)
		return app_fail(app, r, "cannot make '%s'", remote);
	(void)snprintf(remote, cap, ":/Requests/%llu/%s",
	    (unsigned long long)id, base);
	r = fss_client_upload(app->client, local, remote, 0, NULL, &op);
	r = app_run(app, r, op, NULL, NULL);
	if (r < 0)
		return app_fail(app, r, "cannot upload '%s' to '%s'", local,
		    remote);
	return 0;
}

int
cmd_fulfil(struct app *app, int argc, char **argv)
{
	char remote[2 * PATH_BYTES];
	uint64_t id;
	fss_op op = 0;
	int r;

	(void)argc;
	if (parse_id(argv[0], &id) < 0)
		return app_usage(app, "'%s' is no number of a request; "
		    "'fssctl requests' lists them", argv[0]);
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	if (is_remote(argv[1])) {
		(void)snprintf(remote, sizeof(remote), "%s", argv[1]);
	} else {
		r = keep_private(app, id, argv[1], remote, sizeof(remote));
		if (r < 0)
			return r;
	}
	r = fss_client_fulfil(app->client, id, remote, NULL, &op);
	r = app_run(app, r, op, request_show, NULL);
	if (r < 0)
		return app_fail(app, r, "cannot fulfil request %llu with '%s'",
		    (unsigned long long)id, remote);
	return 0;
}
