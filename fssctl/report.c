/*
 * How fssctl says what happened: failures with what to do next on stderr (and
 * as an object on stdout with --json), and short notes on stdout.
 *
 * Text that came from elsewhere goes through put_text(), which keeps control
 * characters off the terminal.
 */
#include <stdarg.h>
#include <string.h>

#include "fssctl.h"
#include "json.h"
#include "output.h"

#define LINE_BYTES	(2 * PATH_BYTES)

struct hint {
	int		 err;
	const char	*verb;		/* NULL: any */
	const char	*text;
};

/* The first that fits is shown. */
static const struct hint hints[] = {
	{ FSS_EAUTH, "login",
	    "check the name and the password; a new account is made with "
	    "'fssctl register NAME'" },
	{ FSS_EAUTH, "passwd", "the present password is not that one" },
	{ FSS_EAUTH, NULL, "log in with 'fssctl login NAME'" },
	{ FSS_ESESSION, NULL, "log in with 'fssctl login NAME'" },
	{ FSS_ENOTCONN, NULL,
	    "name a hub with 'fssctl connect fss://HOST:PORT#KEY'" },
	{ FSS_EUNREACH, NULL,
	    "is the hub running, and are address and key right? 'fssctl "
	    "connect' shows them" },
	{ FSS_ETIMEDOUT, NULL,
	    "the hub or the way to it is slow; allow more with "
	    "--timeout SECONDS" },
	{ FSS_EHOSTKEY, NULL,
	    "somebody may be listening in. If the hub was really set up anew, "
	    "run 'fssctl connect --forget ADDRESS' and connect again" },
	{ FSS_EVERSION, NULL, "the hub speaks another version; update fssctl" },
	{ FSS_EINVITE, NULL,
	    "ask a member for an invite and give it with --invite CODE" },
	{ FSS_ECLOSED, NULL, "ask an admin of the hub for an account" },
	{ FSS_ERATE, "ask", "a no was not long ago; 'fssctl requests --out' "
	    "shows when to ask again" },
	{ FSS_ERATE, "retry", "a no was not long ago; 'fssctl requests --out' "
	    "shows when to ask again" },
	{ FSS_ESTATE, "ask", "it can be read already: fssctl get PATH LOCAL" },
	{ FSS_ESTATE, NULL, "'fssctl requests' shows what state it is in" },
	{ FSS_ETYPE, NULL, "the hub is older than this program" },
	{ FSS_EOVERLOAD, "ask",
	    "cancel requests you do not need: fssctl requests --out" },
	{ FSS_ERATE, NULL, "wait a minute before the next attempt" },
	{ FSS_EISDIR, "put", "use -r for folders" },
	{ FSS_EISDIR, "get", "use -r for folders" },
	{ FSS_EISDIR, "cat", "use 'fssctl get -r' for folders" },
	{ FSS_ENOTEMPTY, NULL, "use -r to remove a folder and all in it" },
	{ FSS_EDENIED, "put",
	    "ask the owner for the right: fssctl grant PATH YOU create" },
	{ FSS_EDENIED, "get",
	    "ask the owner: fssctl ask PATH, or get --wait" },
	{ FSS_EDENIED, "cat", "ask the owner: fssctl ask PATH" },
	{ FSS_EANNOUNCED, "get", "ask for it: fssctl ask PATH, or get --wait" },
	{ FSS_EANNOUNCED, NULL, "ask for it: fssctl ask PATH" },
	{ FSS_EKEYPERM, NULL,
	    "make it yours alone: chmod -R go-rwx on the profile folder" },
	{ FSS_EQUOTA, NULL,
	    "'fssctl whoami' shows what you use; remove something, or ask an "
	    "operator for more" },
	{ FSS_ENAME, NULL,
	    "a name is 1 to 32 of a-z 0-9 . _ - and begins with a letter or "
	    "digit" },
	{ FSS_EPASSWORD, NULL, "a password has 8 to 256 bytes" },
	{ FSS_ECHANGED, NULL, "try again when nothing writes to it" },
	{ FSS_EPARTIAL, "put",
	    "run it again when that is put right: only what is missing goes" },
	{ FSS_EPARTIAL, "get",
	    "run it again when that is put right: only what is missing comes" },
	{ FSS_ENOSPC, "put",
	    "run it again when there is room: only what is missing goes" },
	{ FSS_ENOSPC, "get",
	    "what came is kept in a .fss-part- file beside the target: run it "
	    "again when there is room, only what is missing comes" },
	{ FSS_ECANCELED, "put", "run it again to go on where it stopped" },
	{ FSS_ECANCELED, "get", "run it again to go on where it stopped" },
	{ FSS_EEXIST, "mv", "use -f to replace a file" },
	{ FSS_EOVERLOAD, NULL, "try again in a moment" }
};

static const char *
hint_for(const struct app *app, int err)
{
	const char *verb = app->verb != NULL ? app->verb->name : "";
	size_t i;

	for (i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
		if (hints[i].err != err)
			continue;
		if (hints[i].verb == NULL || strcmp(hints[i].verb, verb) == 0)
			return hints[i].text;
	}
	return NULL;
}

void
app_hint(const struct app *app, int err)
{
	const char *hint = hint_for(app, err);

	if (hint != NULL)
		fprintf(stderr, "        %s\n", hint);
}

int
app_fail(struct app *app, int err, const char *fmt, ...)
{
	char what[LINE_BYTES];
	const char *hint = hint_for(app, err);
	const char *reason = err == FSS_ECANCELED && interrupted() ?
	    "interrupted" : fss_strerror(err);
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);

	progress_clear(app);
	fprintf(stderr, "%sfssctl:%s ", color(app->color_err, COLOR_BAD),
	    color(app->color_err, COLOR_NONE));
	put_text(stderr, what);
	fprintf(stderr, ": %s", reason);
	if (app->detail[0] != '\0' && strcmp(app->detail, reason) != 0) {
		fputs(" (", stderr);
		put_text(stderr, app->detail);
		fputc(')', stderr);
	}
	fputc('\n', stderr);
	if (hint != NULL)
		fprintf(stderr, "        %s\n", hint);
	if (opt_has(&app->opt, JSON))
		json_error(err, what, app->detail);
	return err;
}

void
app_fail_item(struct app *app, int err, const char *detail, const char *what)
{
	app_fail_copy(app, err, detail, what, NULL);
}

void
app_fail_copy(struct app *app, int err, const char *detail, const char *from,
    const char *to)
{
	if (from == NULL) {
		from = to != NULL ? to : "";
		to = NULL;
	}
	progress_clear(app);
	fprintf(stderr, "%sfssctl:%s '", color(app->color_err, COLOR_BAD),
	    color(app->color_err, COLOR_NONE));
	put_text(stderr, from);
	if (to != NULL) {
		fputs("' to '", stderr);
		put_text(stderr, to);
	}
	fprintf(stderr, "': %s", fss_strerror(err));
	if (detail != NULL && detail[0] != '\0' &&
	    strcmp(detail, fss_strerror(err)) != 0) {
		fputs(" (", stderr);
		put_text(stderr, detail);
		fputc(')', stderr);
	}
	fputc('\n', stderr);
}

int
app_usage(struct app *app, const char *fmt, ...)
{
	char what[LINE_BYTES];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	fputs("fssctl: ", stderr);
	put_text(stderr, what);
	fputc('\n', stderr);
	if (app->verb != NULL)
		fprintf(stderr, "usage: fssctl %s [options]%s%s\n"
		    "        'fssctl help %s' has more\n", app->verb->name,
		    app->verb->synopsis[0] != '\0' ? " " : "",
		    app->verb->synopsis, app->verb->name);
	if (opt_has(&app->opt, JSON))
		json_error(FSS_EINVAL, what, "");
	return FSS_EINVAL;
}

void
app_say(struct app *app, const char *fmt, ...)
{
	char what[LINE_BYTES];
	va_list ap;

	if (opt_has(&app->opt, QUIET) || opt_has(&app->opt, JSON))
		return;
	va_start(ap, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	put_text(stdout, what);
	putchar('\n');
}

int
app_several(struct app *app, int n, int failed, int err)
{
	if (failed == 0)
		return 0;
	if (n == 1 || err == FSS_ECANCELED)
		return err;
	app->detail[0] = '\0';
	return app_fail(app, FSS_EPARTIAL, "%d of %d failed", failed, n);
}
