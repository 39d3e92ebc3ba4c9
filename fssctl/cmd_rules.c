/*
 * fssctl rules: what is answered without asking a person.
 */
#include <string.h>

#include "fssctl.h"
#include "json.h"
#include "output.h"
#include "parse.h"

static const char *const rule_heads[] = {
	">ID", "VERDICT", "WHO", "KIND", ">UP TO", "UNDER", "REASON"
};

#define RULE_COLUMNS	(sizeof(rule_heads) / sizeof(rule_heads[0]))

static void
format_kinds(int64_t kinds, char *dst)
{
	size_t n = 0;
	int kind;

	for (kind = FSS_REQUEST_GET; kind <= FSS_REQUEST_UPLOAD; kind++)
		if ((kinds & INT64_C(1) << kind) != 0 && n < TEXT_BYTES)
			n += (size_t)snprintf(dst + n, TEXT_BYTES - n, "%s%s",
			    n > 0 ? "," : "", request_kind_name(kind));
	if (n == 0)
		(void)snprintf(dst, TEXT_BYTES, "get");
}

static int
rule_row(struct app *app, const fss_row *row, void *arg)
{
	char id[TEXT_BYTES], kinds[TEXT_BYTES], size[TEXT_BYTES] = "-";
	char under[PATH_BYTES] = "-";
	const char *cells[RULE_COLUMNS];

	if (opt_has(&app->opt, JSON))
		return json_row_line(app, row, NULL);
	(void)snprintf(id, sizeof(id), "%lld",
	    (long long)fss_row_int(row, FSS_FIELD_RULE));
	format_kinds(fss_row_int(row, FSS_FIELD_KINDS), kinds);
	if (fss_row_has(row, FSS_FIELD_SIZE_MAX)) {
		if (app->tty_out)
			format_size(fss_row_int(row, FSS_FIELD_SIZE_MAX),
			    size);
		else
			(void)snprintf(size, sizeof(size), "%lld", (long long)
			    fss_row_int(row, FSS_FIELD_SIZE_MAX));
	}
	if (fss_row_has(row, FSS_FIELD_UNDER))
		(void)snprintf(under, sizeof(under), ":%s",
		    fss_row_str(row, FSS_FIELD_UNDER));
	cells[0] = id;
	cells[1] = verdict_name(fss_row_int(row, FSS_FIELD_VERDICT));
	cells[2] = fss_row_has(row, FSS_FIELD_WHO) ?
	    fss_row_str(row, FSS_FIELD_WHO) : "all";
	cells[3] = kinds;
	cells[4] = size;
	cells[5] = under;
	cells[6] = fss_row_str(row, FSS_FIELD_DETAIL);
	return table_row(arg, cells, COLOR_NONE);
}

static int
list_rules(struct app *app)
{
	struct table t;
	fss_op op = 0;
	int r;

	r = app_open(app, NULL);
	if (r < 0)
		return r;
	table_init(&t, app, rule_heads, RULE_COLUMNS);
	r = fss_client_rules(app->client, NULL, &op);
	r = app_run(app, r, op, rule_row, &t);
	table_flush(&t);
	if (r < 0)
		return app_fail(app, r, "cannot list your rules");
	return 0;
}

static int
added_row(struct app *app, const fss_row *row, void *arg)
{
	(void)arg;
	if (opt_has(&app->opt, JSON))
		return json_row_line(app, row, NULL);
	app_say(app, "rule %lld: %s %s",
	    (long long)fss_row_int(row, FSS_FIELD_RULE),
	    verdict_name(fss_row_int(row, FSS_FIELD_VERDICT)),
	    fss_row_has(row, FSS_FIELD_WHO) ?
	    fss_row_str(row, FSS_FIELD_WHO) : "all");
	return 0;
}

static int
add_rule(struct app *app, const char *verdict, const char *who)
{
	const struct options *o = &app->opt;
	int64_t v, bound = opt_num(o, BOUND, 0);
	fss_op op = 0;
	int r;

	if (parse_verdict(verdict, &v) < 0)
		return app_usage(app, "'%s' is neither allow nor deny",
		    verdict);
	if (who != NULL && strcmp(who, "all") == 0)
		who = NULL;
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	r = fss_client_rule_add(app->client, (int)v, who, opt_text(o, BOUND),
	    bound > 0 ? bound : -1, (uint32_t)opt_num(o, REQUEST_KIND,
	    INT64_C(1) << FSS_REQUEST_GET), opt_text(o, REASON),
	    (uint64_t)opt_num(o, BEFORE, 0), NULL, &op);
	r = app_run(app, r, op, added_row, NULL);
	if (r < 0)
		return app_fail(app, r, "cannot add the rule");
	return 0;
}

static int
remove_rule(struct app *app, const char *text)
{
	uint64_t id;
	fss_op op = 0;
	int r;

	if (parse_id(text, &id) < 0)
		return app_usage(app, "'%s' is no number of a rule; "
		    "'fssctl rules' lists them", text);
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	r = fss_client_rule_remove(app->client, id, NULL, &op);
	r = app_run(app, r, op, NULL, NULL);
	if (r < 0)
		return app_fail(app, r, "cannot remove rule %s", text);
	if (opt_has(&app->opt, JSON))
		return json_line(json_pack("{s:b, s:I}", "ok", 1, "rule",
		    (json_int_t)id));
	app_say(app, "removed rule %s", text);
	return 0;
}

int
cmd_rules(struct app *app, int argc, char **argv)
{
	uint64_t opts = OPT_BIT(BOUND) | OPT_BIT(REQUEST_KIND) |
	    OPT_BIT(REASON) | OPT_BIT(BEFORE);
	bool add = argc > 0 && strcmp(argv[0], "add") == 0;

	if (!add && (app->opt.set & opts) != 0)
		return app_usage(app, "these options go with 'rules add'");
	if (add && argc >= 2)
		return add_rule(app, argv[1], argc > 2 ? argv[2] : NULL);
	if (argc == 2 && strcmp(argv[0], "remove") == 0)
		return remove_rule(app, argv[1]);
	if (argc == 0 || (argc == 1 && strcmp(argv[0], "list") == 0))
		return list_rules(app);
	return app_usage(app, "list, add or remove?");
}
