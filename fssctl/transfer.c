/*
 * Several transfers side by side.
 *
 * Each thing named on the command line is one operation of the library; a few
 * run at once so that many small files do not wait for each other's round
 * trips.  Failed items are shown as they come, the sum at the end.
 */
#include "transfer.h"

#include <inttypes.h>
#include <string.h>

#include "json.h"
#include "news.h"
#include "parse.h"

void
transfer_init(struct transfer *t, struct app *app, const char *doing,
    int wanted)
{
	memset(t, 0, sizeof(*t));
	t->app = app;
	t->doing = doing;
	t->down = strcmp(doing, "download") == 0;
	t->wanted = wanted;
	t->begun_us = mono_us();
	progress_begin(app);
}

static void
read_totals(const fss_event *ev, struct totals *sum)
{
	sum->bytes_done = fss_event_count(ev, FSS_COUNT_BYTES_DONE);
	sum->bytes_total = fss_event_count(ev, FSS_COUNT_BYTES_TOTAL);
	sum->files_done = fss_event_count(ev, FSS_COUNT_FILES_DONE);
	sum->files_total = fss_event_count(ev, FSS_COUNT_FILES_TOTAL);
	sum->wire_bytes = fss_event_count(ev, FSS_COUNT_WIRE_BYTES);
	sum->unchanged = fss_event_count(ev, FSS_COUNT_UNCHANGED);
	sum->failed = fss_event_count(ev, FSS_COUNT_FAILED);
	sum->scanned = fss_event_count(ev, FSS_COUNT_SCANNED) != 0;
}

static void
add_totals(struct totals *sum, const struct totals *t)
{
	sum->bytes_done += t->bytes_done;
	sum->bytes_total += t->bytes_total;
	sum->files_done += t->files_done;
	sum->files_total += t->files_total;
	sum->wire_bytes += t->wire_bytes;
	sum->unchanged += t->unchanged;
	sum->failed += t->failed;
}

static void
show_progress(struct transfer *t)
{
	struct totals sum = t->settled;
	size_t i;

	sum.scanned = true;
	for (i = 0; i < TRANSFER_SLOTS; i++) {
		if (t->slot[i].op == 0)
			continue;
		add_totals(&sum, &t->slot[i].sum);
		sum.scanned = sum.scanned && t->slot[i].sum.scanned;
	}
	progress_show(t->app, &sum);
}

/* One item of a transfer ended: failed, or any with --verbose. */
static void
show_item(struct transfer *t, struct transfer_slot *s, const fss_row *row)
{
	int err = (int)fss_row_int(row, FSS_FIELD_STATUS);
	const char *local = NULL, *remote = NULL;
	char text[PATH_BYTES];

	if (fss_row_has(row, FSS_FIELD_LOCAL))
		local = fss_row_str(row, FSS_FIELD_LOCAL);
	if (fss_row_has(row, FSS_FIELD_PATH)) {
		row_remote(row, text, sizeof(text));
		remote = text;
	}
	if (err < 0) {
		s->shown = true;
		app_fail_copy(t->app, err, fss_row_str(row, FSS_FIELD_DETAIL),
		    t->down ? remote : local, t->down ? local : remote);
	} else if (!opt_has(&t->app->opt, JSON)) {
		progress_clear(t->app);
		app_say(t->app, "%s", local != NULL ? local :
		    fss_row_str(row, FSS_FIELD_PATH));
	}
	/*
	 * Out of memory loses a line here; the sum still counts the item.
	 * Flushed, so that who reads along knows what is done.
	 */
	if (opt_has(&t->app->opt, JSON)) {
		(void)json_line(json_row(row));
		(void)fflush(stdout);
	}
}

/* What became of the request a download waits for. */
static void
show_news(struct transfer *t, const fss_event *ev)
{
	char text[NEWS_BYTES];
	const fss_row *row;
	size_t i;

	for (i = 0; i < fss_event_rows(ev); i++) {
		row = fss_event_row(ev, i);
		if (opt_has(&t->app->opt, JSON)) {
			(void)json_line(json_row(row));
		} else if (fss_row_int(row, FSS_FIELD_NEWS) ==
		    FSS_NEWS_REQUEST) {
			news_text(row, text);
			progress_clear(t->app);
			app_say(t->app, "%s", text);
		}
	}
	(void)fflush(stdout);
}

/* An operation ended, or did not even begin. */
static void
settle(struct transfer *t, struct transfer_slot *s, int err,
    const char *detail)
{
	add_totals(&t->settled, &s->sum);
	s->op = 0;
	if (err == 0)
		return;
	/* There is a yes, but the hub has nothing of it. */
	if (err == FSS_EAGAIN)
		err = FSS_EANNOUNCED;
	t->failed++;
	t->err = err;
	if (err == FSS_ECANCELED || err == FSS_EPARTIAL)
		return;
	if ((err == FSS_EANNOUNCED || err == FSS_EDENIED) &&
	    t->unread_count < TRANSFER_SLOTS)
		t->unread[t->unread_count++] = s->name;
	if (s->sum.failed == 0)
		t->settled.failed++;
	app_set_detail(t->app, detail);
	if (s->shown)
		app_hint(t->app, err);
	else if (s->target != NULL)
		(void)app_fail(t->app, err, "cannot %s '%s' to '%s'",
		    t->doing, s->name, s->target);
	else
		(void)app_fail(t->app, err, "cannot %s '%s'", t->doing,
		    s->name);
}

static void
cancel_all(struct transfer *t)
{
	size_t i;

	t->stopped = true;
	for (i = 0; i < TRANSFER_SLOTS; i++)
		if (t->slot[i].op != 0)
			/* Fails only where DONE is there already. */
			(void)fss_op_cancel(t->app->client, t->slot[i].op);
}

/* Takes one event. */
static int
step(struct transfer *t)
{
	struct transfer_slot *s;
	const fss_event *ev;
	size_t i;
	int r;

	r = app_wait_any(t->app, &ev);
	if (r == FSS_ECANCELED) {
		cancel_all(t);
		return 0;
	}
	if (r < 0)
		return r;
	s = fss_event_user(ev);
	if (s == NULL || s->op != fss_event_op(ev))
		return 0;
	switch (fss_event_type(ev)) {
	case FSS_EVENT_PROGRESS:
		read_totals(ev, &s->sum);
		show_progress(t);
		break;
	case FSS_EVENT_ITEM:
		for (i = 0; i < fss_event_rows(ev); i++)
			show_item(t, s, fss_event_row(ev, i));
		break;
	case FSS_EVENT_NEWS:
		show_news(t, ev);
		break;
	case FSS_EVENT_DONE:
		read_totals(ev, &s->sum);
		settle(t, s, fss_event_error(ev), fss_event_detail(ev));
		break;
	default:
		break;
	}
	return 0;
}

void *
transfer_slot(struct transfer *t, const char *name)
{
	size_t i;

	for (;;) {
		if (t->stopped || t->err == FSS_EIO || interrupted())
			return NULL;
		for (i = 0; i < TRANSFER_SLOTS; i++)
			if (t->slot[i].op == 0)
				break;
		if (i < TRANSFER_SLOTS)
			break;
		if (step(t) < 0)
			return NULL;
	}
	memset(&t->slot[i], 0, sizeof(t->slot[i]));
	t->slot[i].name = name;
	return &t->slot[i];
}

void
transfer_target(void *slot, const char *target)
{
	struct transfer_slot *s = slot;

	s->target = target;
}

void
transfer_started(struct transfer *t, void *slot, int started, fss_op op)
{
	struct transfer_slot *s = slot;

	s->op = op;
	if (started < 0)
		settle(t, s, started, fss_client_errmsg(t->app->client));
}

static int
show_json(const struct transfer *t, int err)
{
	const struct totals *s = &t->settled;
	json_t *o;

	o = json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
	    "status", fss_err_name(err),
	    "files_total", (json_int_t)s->files_total,
	    "files_done", (json_int_t)s->files_done,
	    "unchanged", (json_int_t)s->unchanged,
	    "failed", (json_int_t)s->failed,
	    "bytes_total", (json_int_t)s->bytes_total,
	    "bytes_done", (json_int_t)s->bytes_done,
	    "wire_bytes", (json_int_t)s->wire_bytes,
	    "elapsed_us", (json_int_t)(mono_us() - t->begun_us));
	return json_line(o);
}

static void
show_text(const struct transfer *t)
{
	char bytes[TEXT_BYTES], wire[TEXT_BYTES];
	const struct totals *s = &t->settled;

	format_size((int64_t)s->bytes_done, bytes);
	format_size((int64_t)s->wire_bytes, wire);
	app_say(t->app, "%s%s %" PRIu64 " files, %s (%s over the wire, %"
	    PRIu64 " files unchanged) in %.1f s", t->doing,
	    t->doing[strlen(t->doing) - 1] == 'e' ? "d" : "ed", s->files_done,
	    bytes, wire, s->unchanged,
	    (double)(mono_us() - t->begun_us) / 1e6);
}

static bool
is_active(const struct transfer *t)
{
	size_t i;

	for (i = 0; i < TRANSFER_SLOTS; i++)
		if (t->slot[i].op != 0)
			return true;
	return false;
}

int
transfer_finish(struct transfer *t)
{
	struct app *app = t->app;
	int r = 0;

	while (r == 0 && is_active(t))
		r = step(t);
	progress_clear(app);
	app->detail[0] = '\0';
	if (r < 0) {
		app_set_detail(app, fss_client_errmsg(app->client));
		(void)app_fail(app, r, "cannot go on");
	} else if (t->stopped || interrupted()) {
		r = app_fail(app, FSS_ECANCELED, "stopped the %s", t->doing);
	} else if (t->failed > 0 && t->wanted == 1 &&
	    t->err != FSS_EPARTIAL) {
		r = t->err;	/* has been shown */
	} else if (t->failed > 0) {
		r = app_fail(app, FSS_EPARTIAL, "%" PRIu64 " items failed",
		    t->settled.failed);
	}
	if (opt_has(&app->opt, JSON)) {
		int shown = show_json(t, r);

		return r < 0 ? r : shown;
	}
	if (r == 0 || r == FSS_EPARTIAL)
		show_text(t);
	return r;
}
