/*
 * fssctl who, hide: who is here, and whether others see oneself.
 */
#include <string.h>

#include "fssctl.h"
#include "json.h"
#include "news.h"
#include "output.h"
#include "parse.h"

static const char *const who_heads[] = {
	"NAME", "PRESENCE", ">SESSIONS", "SINCE", "LAST SEEN", "AGENT"
};

#define WHO_COLUMNS	(sizeof(who_heads) / sizeof(who_heads[0]))

struct people {
	struct table	t;
	unsigned	n;
};

static int
who_row(struct app *app, const fss_row *row, void *arg)
{
	char presence[TEXT_BYTES], sessions[TEXT_BYTES], since[TEXT_BYTES];
	char seen[TEXT_BYTES];
	const char *cells[WHO_COLUMNS];
	int64_t how = fss_row_int(row, FSS_FIELD_PRESENCE);
	struct people *people = arg;

	if (opt_has(&app->opt, JSON))
		return json_row_line(app, row, NULL);
	(void)snprintf(presence, sizeof(presence), "%s%s", presence_name(how),
	    fss_row_int(row, FSS_FIELD_HIDDEN) != 0 ? " (hidden)" : "");
	(void)snprintf(sessions, sizeof(sessions), "%lld",
	    (long long)fss_row_int(row, FSS_FIELD_SESSIONS));
	format_time(fss_row_int(row, FSS_FIELD_SINCE), since);
	format_time(fss_row_int(row, FSS_FIELD_SEEN), seen);
	cells[0] = fss_row_str(row, FSS_FIELD_NAME);
	cells[1] = presence;
	cells[2] = sessions;
	cells[3] = since;
	cells[4] = seen;
	cells[5] = fss_row_int(row, FSS_FIELD_AGENT) != 0 ? "yes" : "-";
	people->n++;
	return table_row(&people->t, cells, COLOR_NONE);
}

static int
list_people(struct app *app, void *arg)
{
	struct people people;
	fss_op op = 0;
	int r;

	(void)arg;
	people.n = 0;
	table_init(&people.t, app, who_heads, WHO_COLUMNS);
	r = fss_client_who(app->client, opt_has(&app->opt, ALL) ?
	    FSS_WHO_ALL : 0, NULL, &op);
	r = app_run(app, r, op, who_row, &people);
	table_flush(&people.t);
	/* A person would wonder; a program counts lines. */
	if (r == 0 && people.n == 0 && app->tty_out)
		app_say(app, "%s", opt_has(&app->opt, ALL) ?
		    "there is nobody to be seen" :
		    "nobody is here; fssctl who --all shows who may come");
	(void)fflush(stdout);
	if (r < 0)
		return app_fail(app, r, "cannot list who is here");
	return 0;
}

int
cmd_who(struct app *app, int argc, char **argv)
{
	fss_op op = 0;
	int r;

	(void)argc;
	(void)argv;
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	if (!opt_has(&app->opt, WATCH))
		return list_people(app, NULL);
	/* First the news, then the list: what happens between is in both. */
	r = fss_client_watch(app->client, FSS_WATCH_PRESENCE, 0, NULL, &op);
	if (r == 0) {
		r = list_people(app, NULL);
		if (r < 0)
			return r;
	}
	return news_follow(app, r, op, list_people, NULL);
}

int
cmd_hide(struct app *app, int argc, char **argv)
{
	bool hide = strcmp(argv[0], "on") == 0;
	fss_op op = 0;
	int r;

	(void)argc;
	if (!hide && strcmp(argv[0], "off") != 0)
		return app_usage(app, "hide on, or hide off?");
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	r = fss_client_hide(app->client, hide ? 1 : 0, NULL, &op);
	r = app_run(app, r, op, NULL, NULL);
	if (r < 0)
		return app_fail(app, r, hide ? "cannot hide" :
		    "cannot end hiding");
	if (opt_has(&app->opt, JSON))
		return json_line(json_pack("{s:b, s:b}", "ok", 1, "hidden",
		    (int)hide));
	app_say(app, hide ? "hidden: to others you are offline" :
	    "others see when you are here");
	return 0;
}
