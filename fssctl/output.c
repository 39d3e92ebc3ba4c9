/*
 * What people see: tables, colours, pairs.
 *
 * Tables are aligned only on a terminal; a pipe gets tabs and exact numbers,
 * which is what scripts without --json can cut.
 */
#include "output.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *
color(bool on, enum color_id id)
{
	static const char *const codes[] = {
		"\033[0m", "\033[1;34m", "\033[36m", "\033[31m", "\033[1m",
		"\033[2m"
	};

	return on ? codes[id] : "";
}

void
output_init(struct app *app)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	bool wanted = (no_color == NULL || no_color[0] == '\0') &&
	    term != NULL && strcmp(term, "dumb") != 0;

	app->tty_out = isatty(STDOUT_FILENO) == 1;
	app->tty_err = isatty(STDERR_FILENO) == 1;
	app->color_out = wanted && app->tty_out;
	app->color_err = wanted && app->tty_err;
}

void
put_text(FILE *f, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	for (; *p != '\0'; p++) {
		/*
		 * C0 and DEL; C1 is 0xc2 0x80..0x9f in UTF-8; line separators
		 * and what turns the direction of text, U+2028 to U+202E and
		 * U+2066 to U+2069, begin with 0xe2.
		 */
		if (*p < 0x20 || *p == 0x7f) {
			fputc('?', f);
		} else if (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0) {
			fputc('?', f);
			p++;
		} else if (*p == 0xe2 && ((p[1] == 0x80 && p[2] >= 0xa8 &&
		    p[2] <= 0xae) || (p[1] == 0x81 && p[2] >= 0xa6 &&
		    p[2] <= 0xa9))) {
			fputc('?', f);
			p += 2;
		} else {
			fputc(*p, f);
		}
	}
}

/* Columns of UTF-8 text on a screen, near enough: one a character. */
static size_t
text_width(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		if (((unsigned char)*s & 0xc0) != 0x80)
			n++;
	return n;
}

void
table_init(struct table *t, struct app *app, const char *const *heads,
    size_t columns)
{
	memset(t, 0, sizeof(*t));
	t->app = app;
	t->heads = heads;
	t->columns = columns;
}

static void
put_cell(const struct table *t, size_t column, const char *text,
    enum color_id shade, bool head)
{
	bool right = t->heads[column][0] == '>';
	bool last = column + 1 == t->columns;
	size_t pad, width = text_width(text);
	bool on = t->app->color_out && shade != COLOR_NONE && (last || head);

	pad = t->width[column] > width ? t->width[column] - width : 0;
	if (right)
		printf("%*s", (int)pad, "");
	fputs(color(on, shade), stdout);
	put_text(stdout, text);
	fputs(color(on, COLOR_NONE), stdout);
	if (!last)
		printf("%*s", (int)(right ? 2 : pad + 2), "");
}

static void
put_aligned(struct table *t)
{
	size_t i, k, w;

	for (k = 0; k < t->columns; k++) {
		const char *head = t->heads[k] + (t->heads[k][0] == '>');

		w = text_width(head);
		if (w > t->width[k])
			t->width[k] = w;
		for (i = 0; i < t->rows; i++) {
			w = text_width(t->cell[i][k]);
			if (w > t->width[k])
				t->width[k] = w;
		}
	}
	if (!t->head_shown && t->rows > 0) {
		for (k = 0; k < t->columns; k++)
			put_cell(t, k, t->heads[k] + (t->heads[k][0] == '>'),
			    COLOR_HEAD, true);
		putchar('\n');
		t->head_shown = true;
	}
	for (i = 0; i < t->rows; i++) {
		for (k = 0; k < t->columns; k++)
			put_cell(t, k, t->cell[i][k], t->shade[i], false);
		putchar('\n');
	}
}

static void
put_tabs(const struct table *t)
{
	size_t i, k;

	for (i = 0; i < t->rows; i++) {
		for (k = 0; k < t->columns; k++) {
			if (k > 0)
				putchar('\t');
			put_text(stdout, t->cell[i][k]);
		}
		putchar('\n');
	}
}

void
table_flush(struct table *t)
{
	size_t i, k;

	if (t->app->tty_out)
		put_aligned(t);
	else
		put_tabs(t);
	for (i = 0; i < t->rows; i++) {
		for (k = 0; k < t->columns; k++) {
			free(t->cell[i][k]);
			t->cell[i][k] = NULL;
		}
	}
	t->rows = 0;
}

int
table_row(struct table *t, const char *const *cells, enum color_id shade)
{
	size_t k;

	if (t->rows == TABLE_ROWS)
		table_flush(t);
	for (k = 0; k < t->columns; k++) {
		t->cell[t->rows][k] = strdup(cells[k]);
		if (t->cell[t->rows][k] == NULL) {
			while (k-- > 0) {
				free(t->cell[t->rows][k]);
				t->cell[t->rows][k] = NULL;
			}
			return FSS_ENOMEM;
		}
	}
	t->shade[t->rows++] = shade;
	return 0;
}

void
put_pair(struct app *app, const char *name, const char *value)
{
	if (app->tty_out)
		printf("%s%12s%s  ", color(app->color_out, COLOR_DIM), name,
		    color(app->color_out, COLOR_NONE));
	else
		printf("%s\t", name);
	put_text(stdout, value);
	putchar('\n');
}
