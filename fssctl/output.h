/*
 * What people see: tables, colours, a progress line.
 */
#ifndef FSSCTL_OUTPUT_H
#define FSSCTL_OUTPUT_H

#include "fssctl.h"

enum color_id {
	COLOR_NONE, COLOR_DIR, COLOR_LINK, COLOR_BAD, COLOR_HEAD, COLOR_DIM
};

/* The escape sequence, or "" where colours are off. */
const char *color(bool on, enum color_id id);
/* Finds out where terminals are. */
void	output_init(struct app *app);
/* Text that came from elsewhere: control characters become '?'. */
void	put_text(FILE *f, const char *text);

#define TABLE_COLUMNS	9
#define TABLE_ROWS	256

/*
 * Rows of text.  On a terminal they are aligned under a head, a page at a
 * time, so that memory stays bounded; elsewhere they are separated by tabs.
 */
struct table {
	struct app	*app;
	const char	*const *heads;	/* ">SIZE" is aligned to the right */
	size_t		 columns;
	size_t		 width[TABLE_COLUMNS];
	char		*cell[TABLE_ROWS][TABLE_COLUMNS];
	enum color_id	 shade[TABLE_ROWS];	/* of the last column */
	size_t		 rows;
	bool		 head_shown;
};

void	table_init(struct table *t, struct app *app, const char *const *heads,
	    size_t columns);
/* @cells: one per column, copied. 0 or FSS_ENOMEM. */
int	table_row(struct table *t, const char *const *cells,
	    enum color_id shade);
void	table_flush(struct table *t);

/* "name: value" lines of one thing. */
void	put_pair(struct app *app, const char *name, const char *value);

/* ---- progress.c ------------------------------------------------------- */

struct totals {
	uint64_t	bytes_done;
	uint64_t	bytes_total;
	uint64_t	files_done;
	uint64_t	files_total;
	uint64_t	wire_bytes;
	uint64_t	unchanged;
	uint64_t	failed;
	bool		scanned;	/* the totals are final */
};

void	progress_begin(struct app *app);
void	progress_show(struct app *app, const struct totals *t);
/* Takes the line off the screen before other text. */
void	progress_clear(struct app *app);

#endif
