/*
 * fssctl audit: who asked, approved, denied, sent and received what, and when.
 */
#include "fssctl.h"
#include "json.h"
#include "output.h"
#include "parse.h"

static const char *const audit_heads[] = {
	"TIME", "WHAT", "BY", ">REQUEST", "ASKER", ">SIZE", "FILE", "WHY"
};

#define AUDIT_COLUMNS	(sizeof(audit_heads) / sizeof(audit_heads[0]))

static void
audit_why(const fss_row *row, char *dst)
{
	int64_t reason = fss_row_int(row, FSS_FIELD_REASON);
	const char *detail = fss_row_str(row, FSS_FIELD_DETAIL);
	char rule[TEXT_BYTES] = "";

	if (fss_row_int(row, FSS_FIELD_RULE) > 0)
		(void)snprintf(rule, sizeof(rule), "rule %lld",
		    (long long)fss_row_int(row, FSS_FIELD_RULE));
	(void)snprintf(dst, PATH_BYTES, "%s%s%s%s%s", rule,
	    rule[0] != '\0' && (reason != FSS_REASON_NONE ||
	    detail[0] != '\0') ? ": " : "",
	    reason != FSS_REASON_NONE ? reason_name(reason) : "",
	    reason != FSS_REASON_NONE && detail[0] != '\0' ? ": " : "",
	    detail);
}

static int
audit_row(struct app *app, const fss_row *row, void *arg)
{
	char when[TEXT_BYTES], id[TEXT_BYTES] = "-", size[TEXT_BYTES] = "-";
	char remote[PATH_BYTES] = "-", why[PATH_BYTES];
	const char *cells[AUDIT_COLUMNS];

	if (opt_has(&app->opt, JSON))
		return json_row_line(app, row, NULL);
	format_stamp(fss_row_int(row, FSS_FIELD_CREATED), when);
	if (fss_row_has(row, FSS_FIELD_REQUEST))
		(void)snprintf(id, sizeof(id), "%lld",
		    (long long)fss_row_int(row, FSS_FIELD_REQUEST));
	if (fss_row_has(row, FSS_FIELD_SIZE)) {
		if (app->tty_out)
			format_size(fss_row_int(row, FSS_FIELD_SIZE), size);
		else
			(void)snprintf(size, sizeof(size), "%lld",
			    (long long)fss_row_int(row, FSS_FIELD_SIZE));
	}
	if (fss_row_has(row, FSS_FIELD_PATH))
		row_remote(row, remote, sizeof(remote));
	audit_why(row, why);
	cells[0] = when;
	cells[1] = audit_name(fss_row_int(row, FSS_FIELD_WHAT));
	cells[2] = fss_row_has(row, FSS_FIELD_BY) ?
	    fss_row_str(row, FSS_FIELD_BY) : "(hub)";
	cells[3] = id;
	cells[4] = fss_row_str(row, FSS_FIELD_ASKER);
	cells[5] = size;
	cells[6] = remote;
	cells[7] = why;
	return table_row(arg, cells, COLOR_NONE);
}

int
cmd_audit(struct app *app, int argc, char **argv)
{
	const struct options *o = &app->opt;
	struct table t;
	fss_op op = 0;
	int r;

	(void)argc;
	(void)argv;
	if (opt_has(o, FILE)) {
		r = need_remote(app, opt_text(o, FILE));
		if (r < 0)
			return r;
	}
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	table_init(&t, app, audit_heads, AUDIT_COLUMNS);
	r = fss_client_audit(app->client, opt_text(o, FILE),
	    opt_text(o, USER), opt_num(o, SINCE, 0),
	    opt_has(o, MINE) ? FSS_AUDIT_MINE : 0, NULL, &op);
	r = app_run(app, r, op, audit_row, &t);
	table_flush(&t);
	if (r < 0)
		return app_fail(app, r, "cannot read the audit");
	return 0;
}
