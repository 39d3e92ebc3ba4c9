/*
 * fssctl register, login, logout, whoami, passwd, devices: one's own account.
 *
 * A device's key is made at the first register or login under an account's
 * name; later commands are logged in by that key alone.
 */
#include <string.h>

#include "fssctl.h"
#include "json.h"
#include "output.h"
#include "parse.h"
#include "request.h"
#include "parse.h"

/* The profile's account becomes @name; results are rows shown by the caller. */
static int
use_account(struct app *app, const char *name)
{
	char address[512];
	const char *hub = fss_profile_hub(app->profile);
	size_t n = strcspn(hub, "#");
	int r;

	if (n >= sizeof(address))
		return app_fail(app, FSS_EINVAL, "cannot choose '%s'", name);
	memcpy(address, hub, n);
	address[n] = '\0';
	r = fss_profile_use(app->profile, address, name);
	if (r < 0) {
		app_set_detail(app, fss_profile_errmsg(app->profile));
		return app_fail(app, r, "cannot choose '%s'", name);
	}
	return 0;
}

static int
show_account(struct app *app, const fss_row *row, void *arg)
{
	char size[TEXT_BYTES], text[192], limit[TEXT_BYTES];

	(void)arg;
	if (opt_has(&app->opt, JSON))
		return json_line(json_row(row));
	put_pair(app, "account", fss_row_str(row, FSS_FIELD_NAME));
	put_pair(app, "role", role_name(fss_row_int(row, FSS_FIELD_ROLE)));
	put_pair(app, "hub", fss_profile_hub(app->profile));
	if (fss_row_has(row, FSS_FIELD_DEVICE)) {
		(void)snprintf(text, sizeof(text), "%lld (%s)",
		    (long long)fss_row_int(row, FSS_FIELD_DEVICE),
		    fss_row_str(row, FSS_FIELD_DEVICE_NAME));
		put_pair(app, "device", text);
	}
	format_size(fss_row_int(row, FSS_FIELD_BYTES), size);
	format_size(fss_row_int(row, FSS_FIELD_QUOTA_BYTES), limit);
	(void)snprintf(text, sizeof(text), "%s in %lld files", size,
	    (long long)fss_row_int(row, FSS_FIELD_FILES));
	put_pair(app, "uses", text);
	put_pair(app, "limit", fss_row_int(row, FSS_FIELD_QUOTA_BYTES) > 0 ?
	    limit : "none");
	format_time(fss_row_int(row, FSS_FIELD_CREATED), text);
	put_pair(app, "since", text);
	if (fss_client_inbox(app->client) > 0) {
		(void)snprintf(text, sizeof(text), "%lld for your answer",
		    (long long)fss_client_inbox(app->client));
		put_pair(app, "requests", text);
	}
	return 0;
}

/* After REGISTER and LOGIN: an object with --json, else one line. */
static int
show_logged_in(struct app *app, const fss_row *row, void *arg)
{
	(void)arg;
	if (opt_has(&app->opt, JSON))
		return json_line(json_row(row));
	return 0;
}

int
cmd_register(struct app *app, int argc, char **argv)
{
	char password[PASSWORD_BYTES];
	fss_op op = 0;
	int r;

	(void)argc;
	r = app_open(app, argv[0]);
	if (r < 0)
		return r;
	if (!opt_has(&app->opt, PASSWORD_STDIN)) {
		/* Nobody is to think of a password for a hub that is off. */
		r = fss_client_ping(app->client, NULL, &op);
		r = app_run(app, r, op, NULL, NULL);
		if (r < 0)
			return app_fail(app, r, "cannot reach the hub");
	}
	r = ask_password(app, "New password", true, password);
	if (r < 0)
		return r;
	r = fss_client_register(app->client, argv[0], password,
	    opt_text(&app->opt, INVITE), NULL, &op);
	secret_zero(password, sizeof(password));
	r = app_run(app, r, op, show_logged_in, NULL);
	if (r < 0)
		return app_fail(app, r, "cannot register '%s'", argv[0]);
	r = use_account(app, argv[0]);
	if (r == 0)
		app_say(app, "registered and logged in as %s", argv[0]);
	return r;
}

/* Whether this device's key alone logs in as @name. */
static int
logged_in_already(struct app *app, const char *name, bool *ret_yes)
{
	fss_op op = 0;
	int r;

	*ret_yes = false;
	r = fss_client_ping(app->client, NULL, &op);
	r = app_run(app, r, op, NULL, NULL);
	if (r < 0)
		return app_fail(app, r, "cannot reach the hub");
	*ret_yes = strcmp(fss_client_account(app->client), name) == 0;
	return 0;
}

static int
log_in(struct app *app, const char *name)
{
	char password[PASSWORD_BYTES];
	bool already = false;
	fss_op op = 0;
	int r;

	if (!opt_has(&app->opt, PASSWORD_STDIN)) {
		r = logged_in_already(app, name, &already);
		if (r < 0)
			return r;
	}
	if (already) {
		r = fss_client_whoami(app->client, NULL, &op);
	} else {
		r = ask_password(app, "Password", false, password);
		if (r < 0)
			return r;
		r = fss_client_login(app->client, name, password, NULL, &op);
		secret_zero(password, sizeof(password));
	}
	r = app_run(app, r, op, show_logged_in, NULL);
	if (r < 0)
		return app_fail(app, r, "cannot log in as '%s'", name);
	return 0;
}

int
cmd_login(struct app *app, int argc, char **argv)
{
	int r;

	(void)argc;
	r = app_open(app, argv[0]);
	if (r < 0)
		return r;
	r = log_in(app, argv[0]);
	if (r < 0)
		return r;
	r = use_account(app, argv[0]);
	if (r < 0)
		return r;
	app_say(app, "logged in as %s", argv[0]);
	request_inbox(app);
	return 0;
}

int
cmd_logout(struct app *app, int argc, char **argv)
{
	bool forget = opt_has(&app->opt, FORGET);
	bool everywhere = opt_has(&app->opt, EVERYWHERE);
	uint32_t flags = 0;
	char name[64];
	fss_op op = 0;
	int r;

	(void)argc;
	(void)argv;
	r = app_profile(app);
	if (r < 0)
		return r;
	(void)snprintf(name, sizeof(name), "%s",
	    fss_profile_account(app->profile));
	if (name[0] == '\0')
		return app_fail(app, FSS_EAUTH, "cannot log out");
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	if (forget)
		flags |= FSS_LOGOUT_FORGET;
	if (everywhere)
		flags |= FSS_LOGOUT_EVERYWHERE;
	r = fss_client_logout(app->client, flags, NULL, &op);
	r = app_run(app, r, op, NULL, NULL);
	/* A device that was revoked elsewhere is logged out all the same. */
	if (r < 0 && r != FSS_EAUTH)
		return app_fail(app, r, "cannot log out");
	if (forget || everywhere || r == FSS_EAUTH) {
		/* The hub will not know this key again. */
		r = fss_profile_drop_key(app->profile, name);
		if (r < 0 && r != FSS_ENOENT) {
			app_set_detail(app, fss_profile_errmsg(app->profile));
			return app_fail(app, r, "cannot delete the key");
		}
	}
	r = use_account(app, "");
	if (r < 0)
		return r;
	if (opt_has(&app->opt, JSON))
		return json_ok("account", name);
	app_say(app, "%s is logged out", name);
	return 0;
}

int
cmd_whoami(struct app *app, int argc, char **argv)
{
	fss_op op = 0;
	int r;

	(void)argc;
	(void)argv;
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	r = fss_client_whoami(app->client, NULL, &op);
	r = app_run(app, r, op, show_account, NULL);
	if (r < 0)
		return app_fail(app, r, "cannot tell who you are");
	return 0;
}

int
cmd_passwd(struct app *app, int argc, char **argv)
{
	char before[PASSWORD_BYTES], after[PASSWORD_BYTES];
	fss_op op = 0;
	int r;

	(void)argc;
	(void)argv;
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	r = ask_password(app, "Present password", false, before);
	if (r < 0)
		return r;
	r = ask_password(app, "New password", true, after);
	if (r == 0) {
		r = fss_client_passwd(app->client, before, after, NULL, &op);
		r = app_run(app, r, op, NULL, NULL);
		if (r < 0)
			(void)app_fail(app, r, "cannot change the password");
	}
	secret_zero(before, sizeof(before));
	secret_zero(after, sizeof(after));
	if (r < 0)
		return r;
	if (opt_has(&app->opt, JSON))
		return json_ok(NULL, NULL);
	app_say(app, "password changed; other devices must log in again");
	return 0;
}

static int
device_row(struct app *app, const fss_row *row, void *arg)
{
	char id[TEXT_BYTES], created[TEXT_BYTES], seen[TEXT_BYTES];
	const char *cells[6];

	if (opt_has(&app->opt, JSON))
		return json_row_line(app, row, NULL);
	(void)snprintf(id, sizeof(id), "%lld",
	    (long long)fss_row_int(row, FSS_FIELD_DEVICE));
	format_time(fss_row_int(row, FSS_FIELD_CREATED), created);
	format_time(fss_row_int(row, FSS_FIELD_SEEN), seen);
	cells[0] = id;
	cells[1] = created;
	cells[2] = seen;
	cells[3] = fss_row_int(row, FSS_FIELD_CURRENT) ? "this" : "-";
	cells[4] = device_kind_name(fss_row_int(row, FSS_FIELD_DEVICE_KIND));
	cells[5] = fss_row_has(row, FSS_FIELD_DEVICE_NAME) ?
	    fss_row_str(row, FSS_FIELD_DEVICE_NAME) :
	    fss_row_str(row, FSS_FIELD_NAME);
	return table_row(arg, cells, COLOR_NONE);
}

int
cmd_devices(struct app *app, int argc, char **argv)
{
	static const char *const heads[] = {
		">ID", "SINCE", "LAST SEEN", "HERE", "KIND", "NAME"
	};
	struct table t;
	int64_t id;
	fss_op op = 0;
	int r;

	if (argc != 0 && (argc != 2 || strcmp(argv[0], "revoke") != 0 ||
	    parse_count(argv[1], &id) < 0))
		return app_usage(app, "either nothing or 'revoke ID'");
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	if (argc == 2) {
		r = fss_client_device_revoke(app->client, id, NULL, &op);
		r = app_run(app, r, op, NULL, NULL);
		if (r < 0)
			return app_fail(app, r, "cannot revoke device %s",
			    argv[1]);
		if (opt_has(&app->opt, JSON))
			return json_ok("device", argv[1]);
		app_say(app, "revoked device %s", argv[1]);
		return 0;
	}
	table_init(&t, app, heads, 6);
	r = fss_client_devices(app->client, NULL, &op);
	r = app_run(app, r, op, device_row, &t);
	table_flush(&t);
	if (r < 0)
		return app_fail(app, r, "cannot list your devices");
	return 0;
}
