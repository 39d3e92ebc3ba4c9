/*
 * fssctl ls, shares, stat, versions: looking at entries.
 *
 * Lists come page by page and are shown page by page; nothing is kept.
 */
#include <string.h>

#include "fssctl.h"
#include "json.h"
#include "list.h"
#include "output.h"
#include "parse.h"

struct listing {
	struct table	t;
	size_t		skip;	/* bytes of path that name the folder listed */
	const char	*heading;	/* still to be shown, or NULL */
	bool		*apart;		/* something was shown before */
};

/* The name to show: below the folder listed, or the whole path. */
static const char *
listed_name(const struct app *app, const struct listing *l,
    const fss_row *row)
{
	const char *path = fss_row_str(row, FSS_FIELD_PATH);

	if (!opt_has(&app->opt, DEEP) || strlen(path) <= l->skip)
		return row_name(row);
	path += l->skip;
	return path[0] == '/' ? path + 1 : path;
}

/* Late, so that what cannot be listed has no heading. */
static void
show_heading(struct app *app, struct listing *l)
{
	if (l->heading == NULL)
		return;
	if (*l->apart)
		app_say(app, "%s", "");
	app_say(app, "%s:", l->heading);
	l->heading = NULL;
	*l->apart = true;
}

static int
list_row(struct app *app, const fss_row *row, void *arg)
{
	struct listing *l = arg;
	const char *name = listed_name(app, l, row);

	if (opt_has(&app->opt, JSON))
		return json_row_line(app, row, NULL);
	show_heading(app, l);
	if (opt_has(&app->opt, LONG))
		return entry_cells(&l->t, row, name);
	entry_name(app, row, name);
	return 0;
}

/* Bytes the canonical form of the path in @remote has, without a slash. */
static size_t
canonical_len(const char *remote)
{
	const char *p = strchr(remote, ':');
	size_t n = 0;

	for (p = p != NULL ? p + 1 : remote; *p != '\0'; ) {
		size_t len;

		while (*p == '/')
			p++;
		len = strcspn(p, "/");
		n += len > 0 ? len + 1 : 0;
		p += len;
	}
	return n;
}

/* @apart: NULL without a heading. */
static int
list_one(struct app *app, const char *remote, bool *apart)
{
	struct listing l;
	fss_op op = 0;
	int r;

	r = need_remote(app, remote);
	if (r < 0)
		return r;
	table_init(&l.t, app, entry_heads, ENTRY_COLUMNS);
	l.skip = canonical_len(remote);
	l.heading = apart != NULL ? remote : NULL;
	l.apart = apart;
	r = fss_client_list(app->client, remote,
	    opt_has(&app->opt, DEEP) ? FSS_LIST_RECURSIVE : 0, NULL, &op);
	r = app_run(app, r, op, list_row, &l);
	if (r == FSS_ENOTDIR) {
		/* A file lists as itself. */
		l.skip = SIZE_MAX;
		r = fss_client_stat(app->client, remote, 0, NULL, &op);
		r = app_run(app, r, op, list_row, &l);
	}
	if (r == 0)
		show_heading(app, &l);
	table_flush(&l.t);
	if (r < 0)
		return app_fail(app, r, "cannot list '%s'", remote);
	return 0;
}

int
cmd_ls(struct app *app, int argc, char **argv)
{
	int i, r, err = 0, failed = 0;
	bool apart = false;

	r = app_open(app, NULL);
	if (r < 0)
		return r;
	if (argc == 0)
		return list_one(app, ":/", NULL);
	for (i = 0; i < argc && !interrupted(); i++) {
		r = list_one(app, argv[i], argc > 1 ? &apart : NULL);
		if (r < 0) {
			failed++;
			err = r;
		}
	}
	return app_several(app, argc, failed, err);
}

static int
share_row(struct app *app, const fss_row *row, void *arg)
{
	char name[PATH_BYTES];

	if (opt_has(&app->opt, JSON))
		return json_row_line(app, row, NULL);
	row_remote(row, name, sizeof(name));
	return entry_cells(arg, row, name);
}

int
cmd_shares(struct app *app, int argc, char **argv)
{
	struct table t;
	fss_op op = 0;
	int r;

	r = app_open(app, NULL);
	if (r < 0)
		return r;
	table_init(&t, app, entry_heads, ENTRY_COLUMNS);
	r = fss_client_shares(app->client, argc > 0 ? argv[0] : NULL, NULL,
	    &op);
	r = app_run(app, r, op, share_row, &t);
	table_flush(&t);
	if (r < 0)
		return app_fail(app, r, "cannot list what is shared");
	return 0;
}

static void
pair_number(struct app *app, const fss_row *row, fss_field field,
    const char *name)
{
	char text[TEXT_BYTES];

	if (!fss_row_has(row, field))
		return;
	(void)snprintf(text, sizeof(text), "%lld",
	    (long long)fss_row_int(row, field));
	put_pair(app, name, text);
}

static void
pair_time(struct app *app, const fss_row *row, fss_field field,
    const char *name)
{
	char text[TEXT_BYTES];

	if (!fss_row_has(row, field))
		return;
	format_time(fss_row_int(row, field), text);
	put_pair(app, name, text);
}

static void
pair_text(struct app *app, const fss_row *row, fss_field field,
    const char *name)
{
	if (fss_row_has(row, field))
		put_pair(app, name, fss_row_str(row, field));
}

/* What is gathered about one entry. */
struct looking {
	json_t	*json;
	json_t	*holders;
	bool	 file;
};

static int
stat_row(struct app *app, const fss_row *row, void *arg)
{
	char name[PATH_BYTES], text[TEXT_BYTES];
	int64_t kind = fss_row_int(row, FSS_FIELD_KIND);
	struct looking *l = arg;

	l->file = kind == FSS_KIND_FILE;
	if (opt_has(&app->opt, JSON)) {
		l->json = json_row(row);
		return l->json != NULL ? 0 : FSS_ENOMEM;
	}
	row_remote(row, name, sizeof(name));
	put_pair(app, "path", name);
	put_pair(app, "kind", kind_name(kind));
	if (kind == FSS_KIND_FILE)
		pair_number(app, row, FSS_FIELD_SIZE, "size");
	pair_text(app, row, FSS_FIELD_TARGET, "target");
	pair_time(app, row, FSS_FIELD_MTIME, "changed");
	format_mode(kind, fss_row_int(row, FSS_FIELD_MODE), text);
	put_pair(app, "mode", text);
	(void)snprintf(text, sizeof(text), "%s%s",
	    access_name(fss_row_int(row, FSS_FIELD_ACCESS)),
	    fss_row_int(row, FSS_FIELD_ACCESS_OWN) ? " (set here)" : "");
	put_pair(app, "access", text);
	format_rights(fss_row_int(row, FSS_FIELD_RIGHTS), text);
	put_pair(app, "rights", text);
	if (kind == FSS_KIND_FILE) {
		put_pair(app, "state", entry_state(row));
		entry_may(row, text);
		put_pair(app, "may", text);
	}
	pair_number(app, row, FSS_FIELD_REQUEST, "request");
	pair_text(app, row, FSS_FIELD_MEDIA, "media");
	pair_text(app, row, FSS_FIELD_DIGEST, "digest");
	pair_number(app, row, FSS_FIELD_NUMBER, "version");
	pair_text(app, row, FSS_FIELD_AUTHOR, "author");
	pair_time(app, row, FSS_FIELD_CREATED, "committed");
	pair_number(app, row, FSS_FIELD_HOLDERS, "holders");
	return 0;
}

/* One who has the content, and whether they are here. */
static int
holder_row(struct app *app, const fss_row *row, void *arg)
{
	char remote[PATH_BYTES], text[PATH_BYTES + TEXT_BYTES];
	struct looking *l = arg;

	if (l->json != NULL)
		return json_array_append_new(l->holders, json_row(row)) < 0 ?
		    FSS_ENOMEM : 0;
	row_remote(row, remote, sizeof(remote));
	(void)snprintf(text, sizeof(text), "%s, %s", remote,
	    presence_name(fss_row_int(row, FSS_FIELD_PRESENCE)));
	put_pair(app, "held", text);
	return 0;
}

static int
look_at(struct app *app, const char *path, uint64_t number)
{
	struct looking l = { NULL, NULL, false };
	fss_op op = 0;
	int r;

	r = fss_client_stat(app->client, path, number, NULL, &op);
	r = app_run(app, r, op, stat_row, &l);
	if (r == 0 && l.json != NULL && (l.holders = json_array()) == NULL)
		r = FSS_ENOMEM;
	if (r == 0 && l.file) {
		r = fss_client_holders(app->client, path, NULL, &op);
		r = app_run(app, r, op, holder_row, &l);
		/* A hub that is older does not know. */
		if (r == FSS_ETYPE)
			r = 0;
	}
	if (r == 0 && l.file && l.json != NULL)
		r = json_object_set(l.json, "held", l.holders) < 0 ?
		    FSS_ENOMEM : 0;
	if (r == 0 && l.json != NULL) {
		r = json_line(l.json);
		l.json = NULL;
	}
	json_decref(l.json);
	json_decref(l.holders);
	return r;
}

int
cmd_stat(struct app *app, int argc, char **argv)
{
	char path[PATH_BYTES];
	uint64_t number;
	int i, r, err = 0, failed = 0;

	r = app_open(app, NULL);
	if (r < 0)
		return r;
	for (i = 0; i < argc && !interrupted(); i++) {
		if (i > 0 && !opt_has(&app->opt, JSON))
			putchar('\n');
		r = remote_version(app, argv[i], path, sizeof(path), &number);
		if (r == 0) {
			r = look_at(app, path, number);
			if (r < 0)
				(void)app_fail(app, r, "cannot look at '%s'",
				    argv[i]);
		}
		if (r < 0) {
			failed++;
			err = r;
		}
	}
	return app_several(app, argc, failed, err);
}

static int
version_row(struct app *app, const fss_row *row, void *arg)
{
	char number[TEXT_BYTES], size[TEXT_BYTES], changed[TEXT_BYTES];
	char created[TEXT_BYTES];
	const char *cells[6];

	if (opt_has(&app->opt, JSON))
		return json_row_line(app, row, NULL);
	(void)snprintf(number, sizeof(number), "%lld",
	    (long long)fss_row_int(row, FSS_FIELD_NUMBER));
	if (app->tty_out)
		format_size(fss_row_int(row, FSS_FIELD_SIZE), size);
	else
		(void)snprintf(size, sizeof(size), "%lld",
		    (long long)fss_row_int(row, FSS_FIELD_SIZE));
	format_time(fss_row_int(row, FSS_FIELD_MTIME), changed);
	format_time(fss_row_int(row, FSS_FIELD_CREATED), created);
	cells[0] = number;
	cells[1] = size;
	cells[2] = changed;
	cells[3] = created;
	cells[4] = fss_row_str(row, FSS_FIELD_AUTHOR);
	cells[5] = fss_row_str(row, FSS_FIELD_DIGEST);
	return table_row(arg, cells, COLOR_NONE);
}

int
cmd_versions(struct app *app, int argc, char **argv)
{
	static const char *const heads[] = {
		">N", ">SIZE", "CHANGED", "COMMITTED", "AUTHOR", "DIGEST"
	};
	struct table t;
	fss_op op = 0;
	int r;

	(void)argc;
	r = need_remote(app, argv[0]);
	if (r < 0)
		return r;
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	table_init(&t, app, heads, 6);
	r = fss_client_versions(app->client, argv[0], NULL, &op);
	r = app_run(app, r, op, version_row, &t);
	table_flush(&t);
	if (r < 0)
		return app_fail(app, r, "cannot list the versions of '%s'",
		    argv[0]);
	return 0;
}
