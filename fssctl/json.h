/*
 * The results of verbs as JSON; docs/fssctl-json.md describes them.
 */
#ifndef FSSCTL_JSON_H
#define FSSCTL_JSON_H

#include "fssctl.h"
#include "row.h"

/* Prints @o on a line of its own and gives it up. 0 or FSS_ENOMEM. */
int	json_line(json_t *o);
void	json_error(int err, const char *what, const char *detail);
/* {"ok":true} and, if @name is not NULL, a text. */
int	json_ok(const char *name, const char *value);
/* For app_run(): prints each row on a line. */
int	json_row_line(struct app *app, const fss_row *row, void *arg);

#endif
