/*
 * What the files of fssctl share: the run of one command, its options, the
 * session with the hub, and how results and failures are shown.
 *
 * fssctl is a thin program over the public headers: all it can do, any other
 * program that links libfss can do as well.
 */
#ifndef FSSCTL_H
#define FSSCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <fss/fss.h>

#include "options.h"

#define DETAIL_BYTES	512
#define PATH_BYTES	8192	/* a remote path as typed, or a local one */
#define PASSWORD_BYTES	258	/* the longest password, newline and NUL */

struct verb;

struct app {
	const struct verb	*verb;
	struct options		 opt;
	fss_profile		*profile;
	fss_client		*client;
	char			 home[PATH_BYTES];
	char			 detail[DETAIL_BYTES];	/* of a failure */
	bool			 tty_out;
	bool			 tty_err;
	bool			 color_out;
	bool			 color_err;
	bool			 told;		/* that it was interrupted */
	fss_op			 canceled;	/* the one app_wait() gave up */
	/* Shown each last event by app_run(); NULL: nobody asks. */
	void			(*on_done)(struct app *, const fss_event *);
	void			*done_arg;
};

struct verb {
	const char	*name;
	const char	*synopsis;	/* arguments only */
	const char	*summary;	/* one line */
	const char	*text;		/* more lines for help, or NULL */
	uint64_t	 opts;		/* bit per option id below 64 */
	int		 min;
	int		 max;		/* -1: any number */
	int		(*run)(struct app *, int, char **);
	uint64_t	 more;		/* bit per option id from 64 on */
};

/* ---- verbs.c ---------------------------------------------------------- */

const struct verb *verb_find(const char *name);
const struct verb *verb_at(size_t i);	/* NULL past the end */
void	help_overview(FILE *f);
void	help_verb(FILE *f, const struct verb *v);

/* ---- session.c -------------------------------------------------------- */

/* Called per row; non-zero ends the operation with that error. */
typedef int (*row_fn)(struct app *, const fss_row *, void *);

/* Make SIGINT and SIGTERM end waits cleanly instead of the program. */
int	signals_init(void);
bool	interrupted(void);
/* Waits until @fd has something or ends. FSS_ECANCELED at a signal. */
int	wait_readable(int fd);
/* Opens the profile only; shows failures itself. */
int	app_profile(struct app *app);
/*
 * Opens profile and client with the device key of @account (NULL: the
 * current one).  Shows failures itself.
 */
int	app_open(struct app *app, const char *account);
/*
 * Waits for the next event of @op.  When the person interrupts, @op is
 * cancelled and its DONE comes soon.
 */
int	app_wait(struct app *app, fss_op op, const fss_event **ret_ev);
/*
 * Waits for the next event of any operation.  FSS_ECANCELED, once, when the
 * person interrupts: cancel what is under way and go on till all are done.
 */
int	app_wait_any(struct app *app, const fss_event **ret_ev);
/* The same with those of none: the session came or went. */
int	app_next(struct app *app, const fss_event **ret_ev);
/*
 * Runs an operation to its end, rows going to @fn (may be NULL).  @started is
 * what the call that started it returned.  Result: 0 or why it failed, with
 * the detail in app->detail.
 */
int	app_run(struct app *app, int started, fss_op op, row_fn fn, void *arg);
void	app_set_detail(struct app *app, const char *text);
void	app_close(struct app *app);
int64_t	mono_us(void);
int64_t	wall_us(void);

/* ---- report.c --------------------------------------------------------- */

/*
 * Shows that something failed: "fssctl: WHAT: reason (detail)" and what to
 * do next; as an object with --json too.  Returns @err.
 */
int	app_fail(struct app *app, int err, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));
/* The same without ending the command: one item of several. */
void	app_fail_item(struct app *app, int err, const char *detail,
	    const char *what);
/* The line of what to do next alone, where that failed was shown before. */
void	app_hint(const struct app *app, int err);
/* The same of what was to go @from there @to here; one may be NULL. */
void	app_fail_copy(struct app *app, int err, const char *detail,
	    const char *from, const char *to);
/* A wrong command line. Returns FSS_EINVAL. */
int	app_usage(struct app *app, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));
/* Says on stdout that something was done; not with --quiet or --json. */
void	app_say(struct app *app, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));
/* Result of @failed out of @n items, @err that of the last that failed. */
int	app_several(struct app *app, int n, int failed, int err);

/* ---- remote.c --------------------------------------------------------- */

bool	is_remote(const char *text);
/* Shows the mistake and returns FSS_EPATH if @text is no remote path. */
int	need_remote(struct app *app, const char *text);
/* Splits "path@N"; *@ret_number is 0 where there is none. */
int	remote_version(struct app *app, const char *text, char *path,
	    size_t cap, uint64_t *ret_number);
/* Last component, "" for a root. */
const char *remote_base(const char *remote);
int	path_join(struct app *app, char *dst, size_t cap, const char *folder,
	    const char *name);
/* Last component of a local path, looked up for "." and "..". */
int	local_base(struct app *app, const char *local, char *dst, size_t cap);
/* "owner:/path" of a row. */
void	row_remote(const fss_row *row, char *dst, size_t cap);
const char *row_name(const fss_row *row);

/* ---- prompt.c --------------------------------------------------------- */

/* Password from the terminal (twice if @twice) or stdin. Zero it after use. */
int	ask_password(struct app *app, const char *what, bool twice,
	    char password[PASSWORD_BYTES]);
/* 1 yes, 0 no, FSS_EINVAL when there is nobody to ask. */
int	ask_yes(const char *question);
void	secret_zero(void *p, size_t n);

/* ---- the verbs -------------------------------------------------------- */

#define VERB(name) int cmd_##name(struct app *, int, char **)
VERB(access);
VERB(agent);
VERB(announce);
VERB(approve);
VERB(ask);
VERB(audit);
VERB(cancel);
VERB(cat);
VERB(connect);
VERB(deny);
VERB(devices);
VERB(du);
VERB(find);
VERB(fulfil);
VERB(get);
VERB(grant);
VERB(grants);
VERB(group);
VERB(help);
VERB(hide);
VERB(hub);
VERB(invite);
VERB(invites);
VERB(link);
VERB(links);
VERB(unlink);
VERB(login);
VERB(logout);
VERB(ls);
VERB(mkdir);
VERB(mv);
VERB(passwd);
VERB(ping);
VERB(put);
VERB(register);
VERB(requests);
VERB(restore);
VERB(retry);
VERB(revoke);
VERB(rm);
VERB(rules);
VERB(sessions);
VERB(shares);
VERB(stat);
VERB(tokens);
VERB(tree);
VERB(unannounce);
VERB(user);
VERB(users);
VERB(versions);
VERB(watch);
VERB(who);
VERB(whoami);
#undef VERB

/* Streams, used by cat, get and put. */
int	stream_from_hub(struct app *app, const char *path, uint64_t number,
	    uint64_t offset, uint64_t len);
int	stream_to_hub(struct app *app, const char *path);

#endif
