/*
 * Rows as JSON, under the names and words of docs/fssctl-json.md.
 */
#ifndef WORDS_ROW_H
#define WORDS_ROW_H

#include <jansson.h>

#include <fss/fss.h>

/* A row as an object; NULL when out of memory. */
json_t	*json_row(const fss_row *row);
/* A string; bytes that are not UTF-8 become '?'. */
json_t	*json_text(const char *s);
json_t	*json_rights(int64_t rights);

#endif
