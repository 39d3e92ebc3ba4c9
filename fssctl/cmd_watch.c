/*
 * fssctl watch: live events, a line or an object each, until interrupted.
 */
#include <string.h>

#include "fssctl.h"
#include "news.h"
#include "parse.h"

int
cmd_watch(struct app *app, int argc, char **argv)
{
	uint32_t one, kinds = 0;
	fss_op op = 0;
	int i, r;

	for (i = 0; i < argc; i++) {
		if (parse_watch_kinds(argv[i], &one) < 0)
			return app_usage(app, "'%s' is none of presence, "
			    "requests, progress, files, work, uploads", argv[i]);
		kinds |= one;
	}
	if (kinds == 0)
		kinds = FSS_WATCH_PRESENCE | FSS_WATCH_REQUESTS |
		    FSS_WATCH_PROGRESS | FSS_WATCH_FILES;
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	r = fss_client_watch(app->client, kinds, opt_has(&app->opt, ALL) ?
	    FSS_WATCH_LIST : 0, NULL, &op);
	return news_follow(app, r, op, NULL, NULL);
}
