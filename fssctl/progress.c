/*
 * One line of progress on stderr, only where that is a terminal.
 *
 * It is drawn ten times a second at most and cleared before any other text,
 * so that messages never mix with it.  The rate is that of the whole run.
 */
#include "output.h"

#include <inttypes.h>

#include "parse.h"

#define DRAW_US		100000
#define BAR_CELLS	24

static struct {
	int64_t	begun_us;
	int64_t	drawn_us;
	bool	shown;
} line;

void
progress_begin(struct app *app)
{
	(void)app;
	line.begun_us = mono_us();
	line.drawn_us = 0;
	line.shown = false;
}

void
progress_clear(struct app *app)
{
	if (line.shown && app->tty_err)
		fputs("\r\033[K", stderr);
	line.shown = false;
}

/* Cells of the bar that are filled, and the percentage. */
static int
share(const struct totals *t, int of)
{
	if (t->bytes_total > 0) {
		/* Doubles are exact enough for a bar and cannot overflow. */
		double part = (double)t->bytes_done / (double)t->bytes_total;

		return part >= 1.0 ? of : (int)(part * of);
	}
	if (t->files_total > 0 && t->files_done < t->files_total)
		return (int)(t->files_done * (uint64_t)of / t->files_total);
	return of;
}

void
progress_show(struct app *app, const struct totals *t)
{
	char done[TEXT_BYTES], total[TEXT_BYTES], rate[TEXT_BYTES];
	char left[TEXT_BYTES] = "-:--";
	int64_t now = mono_us(), spent;
	int i, cells;

	if (!app->tty_err || opt_has(&app->opt, QUIET) ||
	    now - line.drawn_us < DRAW_US)
		return;
	line.drawn_us = now;
	spent = now - line.begun_us;
	format_size((int64_t)t->bytes_done, done);
	format_size((int64_t)t->bytes_total, total);
	format_size(spent > 0 ? (int64_t)((double)t->bytes_done * 1e6 /
	    (double)spent) : 0, rate);
	if (t->scanned && t->bytes_done > 0)
		format_duration((int64_t)((double)spent / 1e6 *
		    (double)(t->bytes_total - t->bytes_done) /
		    (double)t->bytes_done), left);
	cells = share(t, BAR_CELLS);
	fputs("\r[", stderr);
	for (i = 0; i < BAR_CELLS; i++)
		fputc(i < cells ? '#' : '.', stderr);
	fprintf(stderr, "] %3d%% %s of %s%s, %" PRIu64 "/%" PRIu64
	    " files, %s/s, %s\033[K", share(t, 100), done, total,
	    t->scanned ? "" : "+", t->files_done, t->files_total, rate, left);
	line.shown = true;
}
