/*
 * How entries are shown in lists; shared by ls, shares and find.
 */
#ifndef FSSCTL_LIST_H
#define FSSCTL_LIST_H

#include "fssctl.h"
#include "output.h"

#define ENTRY_COLUMNS	6

extern const char *const entry_heads[ENTRY_COLUMNS];

enum color_id entry_shade(const fss_row *row);
/* Adds a row of entry_heads to @t. */
int	entry_cells(struct table *t, const fss_row *row, const char *name);
/* Prints the name alone on a line. */
void	entry_name(struct app *app, const fss_row *row, const char *name);

#endif
