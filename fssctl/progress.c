/*
 * One line of progress on stderr, only where that is a terminal.
 *
 * It is drawn ten times a second at most and cleared before any other text,
 * so that messages never mix with it, and no wider than the terminal.  The
 * rate is that of the whole run and of what crossed the wire: what was there
 * already came at no rate at all.
 */
#include "output.h"

#include <inttypes.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "parse.h"

#define DRAW_US		100000
#define BAR_CELLS	24	/* and shorter down to BAR_LEAST */
#define BAR_LEAST	4
#define COLUMNS_UNKNOWN	80

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

/* Cells of the bar that are filled, and the percentage; 0 before a scan. */
static int
share(const struct totals *t, int of)
{
	if (!t->scanned)
		return 0;
	if (t->bytes_total > 0) {
		/* Doubles are exact enough for a bar and cannot overflow. */
		double part = (double)t->bytes_done / (double)t->bytes_total;

		return part >= 1.0 ? of : (int)(part * of);
	}
	if (t->files_total > 0 && t->files_done < t->files_total)
		return (int)(t->files_done * (uint64_t)of / t->files_total);
	return of;
}

static size_t
columns(void)
{
	struct winsize w;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ?
	    w.ws_col : COLUMNS_UNKNOWN;
}

/* The last column stays free: some terminals wrap when it is filled. */
static void
draw(const struct totals *t, const char *text)
{
	size_t room = columns() - 1, n = strlen(text), cells, i;

	fputc('\r', stderr);
	if (room >= n + BAR_LEAST + 3) {
		cells = room - n - 3;
		if (cells > BAR_CELLS)
			cells = BAR_CELLS;
		fputc('[', stderr);
		for (i = 0; i < cells; i++)
			fputc(i < (size_t)share(t, (int)cells) ? '#' : '.',
			    stderr);
		fputs("] ", stderr);
	}
	fprintf(stderr, "%.*s\033[K", (int)(n < room ? n : room), text);
}

void
progress_show(struct app *app, const struct totals *t)
{
	char done[TEXT_BYTES], total[TEXT_BYTES], rate[TEXT_BYTES];
	char left[TEXT_BYTES] = "-:--", text[5 * TEXT_BYTES + 64];
	int64_t now = mono_us(), spent;

	if (!app->tty_err || opt_has(&app->opt, QUIET) ||
	    now - line.drawn_us < DRAW_US)
		return;
	line.drawn_us = now;
	spent = now - line.begun_us;
	format_size((int64_t)t->bytes_done, done);
	format_size((int64_t)t->bytes_total, total);
	format_size(spent > 0 ? (int64_t)((double)t->wire_bytes * 1e6 /
	    (double)spent) : 0, rate);
	if (t->scanned && t->wire_bytes > 0 &&
	    t->bytes_done <= t->bytes_total)
		format_duration((int64_t)((double)spent / 1e6 *
		    (double)(t->bytes_total - t->bytes_done) /
		    (double)t->wire_bytes), left);
	(void)snprintf(text, sizeof(text), "%3d%% %s of %s%s, %" PRIu64 "/%"
	    PRIu64 " files, %s/s, %s", share(t, 100), done, total,
	    t->scanned ? "" : "+", t->files_done, t->files_total, rate, left);
	draw(t, text);
	line.shown = true;
}
