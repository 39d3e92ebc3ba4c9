/*
 * fssctl find: search by words and properties.
 */
#include <string.h>

#include "fssctl.h"
#include "json.h"
#include "list.h"
#include "output.h"

#define QUERY_BYTES	1024

/* All words into one text. */
static int
join_words(struct app *app, int argc, char **argv, char *dst)
{
	size_t n = 0, len;
	int i;

	for (i = 0; i < argc; i++) {
		len = strlen(argv[i]);
		if (len + 2 > QUERY_BYTES - n)
			return app_usage(app, "too many words");
		if (n > 0)
			dst[n++] = ' ';
		memcpy(dst + n, argv[i], len);
		n += len;
	}
	dst[n] = '\0';
	return 0;
}

/* "alice:/doc/" sets owner and folder; ":/doc" means one's own. */
static int
set_under(struct app *app, fss_query *q, const char *under)
{
	const char *colon = strchr(under, ':');
	char owner[128], path[PATH_BYTES];
	size_t n = (size_t)(colon - under), len;
	fss_op op = 0;
	int r;

	if (n >= sizeof(owner))
		return FSS_ENAME;
	memcpy(owner, under, n);
	owner[n] = '\0';
	if (n == 0) {
		/* The hub says who one is. */
		r = fss_client_ping(app->client, NULL, &op);
		r = app_run(app, r, op, NULL, NULL);
		if (r < 0)
			return r;
		(void)snprintf(owner, sizeof(owner), "%s",
		    fss_client_account(app->client));
		if (owner[0] == '\0')
			return FSS_EAUTH;
	}
	len = strlen(colon + 1);
	if (len + 2 > sizeof(path))
		return FSS_EPATH;
	(void)snprintf(path, sizeof(path), "%s%s", colon[1] == '/' ? "" : "/",
	    colon + 1);
	for (len = strlen(path); len > 1 && path[len - 1] == '/'; len--)
		path[len - 1] = '\0';
	r = fss_query_set_text(q, FSS_QUERY_UNDER, path);
	if (r < 0)
		return r;
	return fss_query_set_text(q, FSS_QUERY_OWNER, owner);
}

static int
set_numbers(const struct options *o, fss_query *q)
{
	static const struct {
		int			option;
		fss_query_number	which;
	} numbers[] = {
		{ OPT_KIND, FSS_QUERY_KIND },
		{ OPT_LARGER, FSS_QUERY_SIZE_MIN },
		{ OPT_SMALLER, FSS_QUERY_SIZE_MAX },
		{ OPT_NEWER, FSS_QUERY_NEWER },
		{ OPT_OLDER, FSS_QUERY_OLDER },
		{ OPT_ACCESS, FSS_QUERY_ACCESS },
		{ OPT_STATE, FSS_QUERY_STATE },
		{ OPT_LIMIT, FSS_QUERY_LIMIT }
	};
	size_t i;
	int r;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if ((o->set & (UINT64_C(1) << numbers[i].option)) == 0)
			continue;
		r = fss_query_set_number(q, numbers[i].which,
		    o->num[numbers[i].option]);
		if (r < 0)
			return r;
	}
	return 0;
}

static int
fill(struct app *app, fss_query *q, const char *text)
{
	const struct options *o = &app->opt;
	int r = 0;

	if (text[0] != '\0')
		r = fss_query_set_text(q, FSS_QUERY_TEXT, text);
	if (r == 0 && opt_has(o, OWNER))
		r = fss_query_set_text(q, FSS_QUERY_OWNER,
		    opt_text(o, OWNER));
	if (r == 0 && opt_has(o, TYPE))
		r = fss_query_set_text(q, FSS_QUERY_TYPE, opt_text(o, TYPE));
	if (r == 0 && opt_has(o, UNDER))
		r = set_under(app, q, opt_text(o, UNDER));
	if (r == 0 && opt_has(o, NEWEST))
		r = fss_query_set_number(q, FSS_QUERY_SORT, FSS_SORT_NEWEST);
	if (r == 0)
		r = set_numbers(o, q);
	return r;
}

static int
hit_row(struct app *app, const fss_row *row, void *arg)
{
	char name[PATH_BYTES];

	if (opt_has(&app->opt, JSON))
		return json_row_line(app, row, NULL);
	row_remote(row, name, sizeof(name));
	if (opt_has(&app->opt, LONG))
		return entry_cells(arg, row, name);
	if (app->tty_out)
		return hit_cells(arg, row, name);
	entry_name(app, row, name);
	return 0;
}

/* "did you mean", on stderr, since it is no hit; done_arg: the text. */
static void
near_texts(struct app *app, const fss_event *ev)
{
	const char *text = fss_event_near(ev, 0);
	size_t i;

	if (text == NULL || opt_has(&app->opt, QUIET))
		return;
	fputs("nothing matches '", stderr);
	put_text(stderr, app->done_arg);
	fputs("'; did you mean: ", stderr);
	for (i = 0; (text = fss_event_near(ev, i)) != NULL; i++) {
		fputs(i > 0 ? ", " : "", stderr);
		put_text(stderr, text);
	}
	fputc('\n', stderr);
}

/* The same as an object: {"near":["documentation"]}. */
static void
near_json(struct app *app, const fss_event *ev)
{
	json_t *near = json_array();
	const char *text;
	size_t i;

	(void)app;
	for (i = 0; (text = fss_event_near(ev, i)) != NULL; i++)
		(void)json_array_append_new(near, json_text(text));
	if (i > 0)
		(void)json_line(json_pack("{s:O}", "near", near));
	json_decref(near);
}

int
cmd_find(struct app *app, int argc, char **argv)
{
	char text[QUERY_BYTES];
	fss_query *q = NULL;
	struct table t;
	fss_op op = 0;
	int r;

	r = join_words(app, argc, argv, text);
	if (r < 0)
		return r;
	if (opt_has(&app->opt, UNDER)) {
		r = need_remote(app, opt_text(&app->opt, UNDER));
		if (r < 0)
			return r;
	}
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	if (opt_has(&app->opt, LONG))
		table_init(&t, app, entry_heads, ENTRY_COLUMNS);
	else
		table_init(&t, app, hit_heads, HIT_COLUMNS);
	r = fss_query_new(&q);
	if (r == 0)
		r = fill(app, q, text);
	if (r == 0) {
		app->on_done = opt_has(&app->opt, JSON) ? near_json :
		    near_texts;
		app->done_arg = text;
		r = fss_client_find(app->client, q, NULL, &op);
		r = app_run(app, r, op, hit_row, &t);
		app->on_done = NULL;
	}
	table_flush(&t);
	fss_query_free(q);
	if (r < 0)
		return app_fail(app, r, "cannot search for '%s'", text);
	return 0;
}
