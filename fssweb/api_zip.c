/*
 * A folder as a zip.
 */
#include "api_handlers.h"

#include <string.h>

#include "zip_send.h"

static void
zip_ready(struct web_req *rq, const char *account, int role)
{
	static const struct download_ops ops = { .fail = web_reply_error };
	const char *path, *name, *value, *title, *names[ZIP_NAMES];
	unsigned i, n = web_query_count(rq);
	size_t count = 0;

	(void)role;
	if (!api_query_path(rq, "path", &path))
		return;
	for (i = 0; i < n; i++) {
		web_query_at(rq, i, &name, &value);
		if (strcmp(name, "name") != 0)
			continue;
		if (count == ZIP_NAMES) {
			api_wrong(rq, FSS_ETOOBIG, "name", "comes too often");
			return;
		}
		names[count++] = value;
	}
	/* Called as the folder; a whole space as its owner. */
	title = strrchr(path, '/');
	title = title != NULL && title[1] != '\0' ? title + 1 : account;
	zip_send(rq, path, title, names, count, &ops, NULL);
}

void
api_zip_get(struct web_req *rq)
{
	web_person_check(rq, zip_ready);
}
