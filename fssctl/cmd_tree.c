/*
 * fssctl tree, du: a folder with all below it.
 *
 * Both go depth first over walk.c; the recursion is as deep as the tree, which
 * WALK_DEPTH bounds.  A folder that cannot be listed is named and passed over.
 */
#include <inttypes.h>
#include <string.h>

#include "fssctl.h"
#include "json.h"
#include "output.h"
#include "parse.h"
#include "walk.h"

struct walk {
	struct app	*app;
	char		 path[PATH_BYTES];	/* of the folder at hand */
	char		 lead[8 * WALK_DEPTH];	/* lines drawn before a name */
	int		 depth;
	uint64_t	 folders;
	uint64_t	 files;
	uint64_t	 bytes;
	int		 failed;
	int		 err;		/* the last failure passed over */
	unsigned	 ahead;		/* folders asked for, see walk.h */
};

/* Goes into folder @name. False if that is deeper than can be. */
static bool
enter(struct walk *w, const char *name, size_t *ret_len)
{
	size_t n = strlen(w->path), len = strlen(name);
	bool slash = n > 0 && w->path[n - 1] == '/';

	if (n + len + 2 > sizeof(w->path) || w->depth + 1 >= WALK_DEPTH)
		return false;
	*ret_len = n;
	if (!slash)
		w->path[n++] = '/';
	memcpy(w->path + n, name, len + 1);
	w->depth++;
	return true;
}

static void
leave(struct walk *w, size_t len)
{
	w->path[len] = '\0';
	w->depth--;
}

static void
pass_over(struct walk *w, int err)
{
	if (err == FSS_ECANCELED) {
		w->err = err;
		return;
	}
	app_fail_item(w->app, err, w->app->detail, w->path);
	w->failed++;
	w->err = err;
}

static int
show_item(struct walk *w, struct walk_item *item, bool last)
{
	struct app *app = w->app;
	enum color_id shade = item->kind == FSS_KIND_DIR ? COLOR_DIR :
	    item->kind == FSS_KIND_LINK ? COLOR_LINK : COLOR_NONE;
	json_t *row = item->json;

	if (opt_has(&app->opt, JSON)) {
		item->json = NULL;
		if (json_object_set_new(row, "depth",
		    json_integer(w->depth + 1)) < 0) {
			json_decref(row);
			return FSS_ENOMEM;
		}
		return json_line(row);
	}
	printf("%s%s%s", w->lead, last ? "└── " : "├── ",
	    color(app->color_out && shade != COLOR_NONE, shade));
	put_text(stdout, item->name);
	fputs(color(app->color_out && shade != COLOR_NONE, COLOR_NONE),
	    stdout);
	if (item->target != NULL) {
		fputs(" -> ", stdout);
		put_text(stdout, item->target);
	}
	putchar('\n');
	return 0;
}

static int tree_folder(struct walk *w, struct walk_item *self);

static int
tree_item(struct walk *w, struct walk_item *item, bool last)
{
	const char *more = last ? "    " : "│   ";
	size_t len, lead = strlen(w->lead);
	int r;

	r = show_item(w, item, last);
	if (r < 0)
		return r;
	if (item->kind != FSS_KIND_DIR) {
		w->files++;
		return 0;
	}
	w->folders++;
	if (!enter(w, item->name, &len))
		return FSS_EPROTO;
	(void)snprintf(w->lead + lead, sizeof(w->lead) - lead, "%s", more);
	r = tree_folder(w, item);
	w->lead[lead] = '\0';
	leave(w, len);
	return r;
}

static int
tree_folder(struct walk *w, struct walk_item *self)
{
	struct walk_item item;
	struct walk_level l;
	int r, more;

	r = walk_open(w->app, &l, w->path, self, &w->ahead);
	while (r == 0 && !interrupted()) {
		more = walk_more(w->app, &l, w->path);
		if (more <= 0) {
			if (more < 0)
				pass_over(w, more);
			break;
		}
		item = walk_take(&l);
		more = walk_more(w->app, &l, w->path);
		r = tree_item(w, &item, more != 1);
		walk_item_release(w->app, &item);
	}
	walk_release(w->app, &l);
	return r;
}

/* What a walk ends with. */
static int
finish(struct walk *w, const char *what, int r)
{
	if (r == 0 && interrupted())
		r = FSS_ECANCELED;
	if (r == 0 && w->failed == 0)
		return 0;
	if (r == 0) {
		w->app->detail[0] = '\0';
		/* The folder asked for itself could not be listed. */
		if (w->folders == 0 && w->files == 0 && w->failed == 1)
			r = w->err;
		else
			r = FSS_EPARTIAL;
	}
	return app_fail(w->app, r, "cannot %s", what);
}

int
cmd_tree(struct app *app, int argc, char **argv)
{
	const char *start = argc > 0 ? argv[0] : ":/";
	struct walk w;
	int r;

	r = need_remote(app, start);
	if (r < 0)
		return r;
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	memset(&w, 0, sizeof(w));
	w.app = app;
	if (strlen(start) >= sizeof(w.path))
		return app_fail(app, FSS_EPATH, "cannot show the tree");
	(void)snprintf(w.path, sizeof(w.path), "%s", start);
	if (!opt_has(&app->opt, JSON)) {
		put_text(stdout, start);
		putchar('\n');
	}
	r = tree_folder(&w, NULL);
	if (r == 0 && w.failed == 0)
		app_say(app, "%" PRIu64 " folders, %" PRIu64 " files",
		    w.folders, w.files);
	return finish(&w, "show the whole tree", r);
}

static int
show_sum(struct walk *w, uint64_t bytes, uint64_t files, uint64_t folders)
{
	char size[TEXT_BYTES];
	json_t *o;

	if (opt_has(&w->app->opt, JSON)) {
		o = json_pack("{s:o, s:I, s:I, s:I}", "remote",
		    json_text(w->path), "bytes", (json_int_t)bytes, "files",
		    (json_int_t)files, "folders", (json_int_t)folders);
		return json_line(o);
	}
	if (w->app->tty_out)
		format_size((int64_t)bytes, size);
	else
		(void)snprintf(size, sizeof(size), "%" PRIu64, bytes);
	printf(w->app->tty_out ? "%8s  " : "%s\t", size);
	put_text(stdout, w->path);
	putchar('\n');
	return 0;
}

/* Sums up the folder at hand into the walk's figures, and shows it. */
static int
du_folder(struct walk *w, struct walk_item *self)
{
	uint64_t bytes = w->bytes, files = w->files, folders = w->folders;
	struct walk_item item;
	struct walk_level l;
	size_t len;
	int r, more = 0;

	r = walk_open(w->app, &l, w->path, self, &w->ahead);
	while (r == 0 && !interrupted() &&
	    (more = walk_more(w->app, &l, w->path)) == 1) {
		item = walk_take(&l);
		if (item.kind != FSS_KIND_DIR) {
			w->files++;
			w->bytes += item.size > 0 ? (uint64_t)item.size : 0;
		} else if (enter(w, item.name, &len)) {
			w->folders++;
			r = du_folder(w, &item);
			leave(w, len);
		} else {
			r = FSS_EPROTO;
		}
		walk_item_release(w->app, &item);
	}
	walk_release(w->app, &l);
	if (r == 0 && more < 0)
		pass_over(w, more);
	else if (r == 0 && !interrupted() &&
	    (w->depth == 0 || !opt_has(&w->app->opt, SUMMARY)))
		r = show_sum(w, w->bytes - bytes, w->files - files,
		    w->folders - folders);
	return r;
}

static int
du_one(struct app *app, const char *start)
{
	struct walk w;
	int r;

	r = need_remote(app, start);
	if (r < 0)
		return r;
	memset(&w, 0, sizeof(w));
	w.app = app;
	if (strlen(start) >= sizeof(w.path))
		return app_fail(app, FSS_EPATH, "cannot sum up");
	(void)snprintf(w.path, sizeof(w.path), "%s", start);
	return finish(&w, "sum up all", du_folder(&w, NULL));
}

int
cmd_du(struct app *app, int argc, char **argv)
{
	int i, r, err = 0, failed = 0;

	r = app_open(app, NULL);
	if (r < 0)
		return r;
	if (argc == 0)
		return du_one(app, ":/");
	for (i = 0; i < argc && !interrupted(); i++) {
		r = du_one(app, argv[i]);
		if (r < 0) {
			failed++;
			err = r;
		}
	}
	return app_several(app, argc, failed, err);
}
