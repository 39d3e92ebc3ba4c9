/*
 * The results of verbs as JSON, one object a line.
 *
 * All that is not ASCII is escaped: a terminal may be at the end of it.
 */
#include "json.h"

#include <stdlib.h>

int
json_line(json_t *o)
{
	char *text;
	size_t i;

	if (o == NULL)
		return FSS_ENOMEM;
	text = json_dumps(o, JSON_COMPACT | JSON_ENCODE_ANY |
	    JSON_ENSURE_ASCII);
	json_decref(o);
	if (text == NULL)
		return FSS_ENOMEM;
	/* DEL is ASCII, and only within strings. */
	for (i = 0; text[i] != '\0'; i++)
		if (text[i] == 0x7f)
			fputs("\\u007f", stdout);
		else
			putchar(text[i]);
	free(text);
	putchar('\n');
	return 0;
}

void
json_error(int err, const char *what, const char *detail)
{
	/* Nothing is left to say if even this cannot be written. */
	(void)json_line(json_pack("{s:s, s:s, s:o, s:o, s:i}",
	    "error", fss_err_name(err), "text", fss_strerror(err),
	    "what", json_text(what), "detail", json_text(detail),
	    "exit", fss_err_exit(err)));
}

int
json_ok(const char *name, const char *value)
{
	json_t *o = json_object();

	if (o == NULL)
		return FSS_ENOMEM;
	if (json_object_set_new(o, "ok", json_true()) < 0 ||
	    (name != NULL &&
	    json_object_set_new(o, name, json_text(value)) < 0)) {
		json_decref(o);
		return FSS_ENOMEM;
	}
	return json_line(o);
}

int
json_row_line(struct app *app, const fss_row *row, void *arg)
{
	(void)app;
	(void)arg;
	return json_line(json_row(row));
}
