/*
 * The results of verbs as JSON; docs/fssctl-json.md describes them.
 */
#ifndef FSSCTL_JSON_H
#define FSSCTL_JSON_H

#include <jansson.h>

#include "fssctl.h"

/* A row as an object; NULL when out of memory. */
json_t	*json_row(const fss_row *row);
/* A string; bytes that are not UTF-8 become '?'. */
json_t	*json_text(const char *s);
/* Prints @o on a line of its own and gives it up. 0 or FSS_ENOMEM. */
int	json_line(json_t *o);
void	json_error(int err, const char *what, const char *detail);
/* {"ok":true} and, if @name is not NULL, a text. */
int	json_ok(const char *name, const char *value);
/* For app_run(): prints each row on a line. */
int	json_row_line(struct app *app, const fss_row *row, void *arg);
json_t	*json_rights(int64_t rights);

#endif
