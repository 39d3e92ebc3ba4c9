/*
 * How entries are shown in lists; shared by ls, shares and find.
 */
#ifndef FSSCTL_LIST_H
#define FSSCTL_LIST_H

#include "fssctl.h"
#include "output.h"

#define ENTRY_COLUMNS	9
#define HIT_COLUMNS	4

extern const char *const entry_heads[ENTRY_COLUMNS];
extern const char *const hit_heads[HIT_COLUMNS];

enum color_id entry_shade(const fss_row *row);
/* Adds a row of entry_heads to @t. */
int	entry_cells(struct table *t, const fss_row *row, const char *name);
/* Adds a row of hit_heads: what there is of it, and what one may do. */
int	hit_cells(struct table *t, const fss_row *row, const char *name);
/* "stored", "announced", or "locked" where one may not read it. */
const char *entry_state(const fss_row *row);
/* "get", "ask", "wait", "asked (open)" or "-"; @dst of TEXT_BYTES. */
void	entry_may(const fss_row *row, char *dst);
/* Prints the name alone on a line. */
void	entry_name(struct app *app, const fss_row *row, const char *name);

#endif
