/*
 * Walks a remote tree folder by folder.
 *
 * Each level is a listing of its own that stands still while the levels below
 * are walked: the library asks for a page only when the last was taken.  So
 * memory is one page a level, and one for each folder that was asked for
 * ahead, whatever the tree.
 *
 * Folders of the page at hand are asked for before it is their turn, so that
 * not each of them costs a round trip.  A tree so deep and wide that all of
 * WALK_AHEAD_ALL is used further up goes on one by one below.
 */
#include "walk.h"

#include <stdlib.h>
#include <string.h>

#include "json.h"

/* One more event is still to come of it, the last. */
static void
drop_op(struct app *app, fss_op op)
{
	const fss_event *ev;

	if (op == 0)
		return;
	(void)fss_op_cancel(app->client, op);
	while (app_wait(app, op, &ev) == 0)
		if (fss_event_type(ev) == FSS_EVENT_DONE)
			break;
}

void
walk_item_release(struct app *app, struct walk_item *item)
{
	drop_op(app, item->op);
	free(item->name);
	free(item->target);
	json_decref(item->json);
	memset(item, 0, sizeof(*item));
}

static void
drop_page(struct app *app, struct walk_level *l)
{
	for (; l->next < l->n; l->next++) {
		if (l->items[l->next].op != 0)
			--*l->all;
		walk_item_release(app, &l->items[l->next]);
	}
	free(l->items);
	l->items = NULL;
	l->n = l->next = l->asked = 0;
	l->ahead = 0;
}

/* What cannot be asked for now is when it is its turn, and fails then. */
static void
look_ahead(struct app *app, struct walk_level *l, const char *remote)
{
	size_t n = strlen(remote);
	char path[PATH_BYTES];
	struct walk_item *item;

	if (l->asked < l->next)
		l->asked = l->next;
	for (; l->asked < l->n && l->ahead < WALK_AHEAD &&
	    *l->all < WALK_AHEAD_ALL; l->asked++) {
		item = &l->items[l->asked];
		if (item->kind != FSS_KIND_DIR ||
		    n + strlen(item->name) + 2 > sizeof(path))
			continue;
		(void)snprintf(path, sizeof(path), "%s%s%s", remote,
		    n > 0 && remote[n - 1] == '/' ? "" : "/", item->name);
		if (fss_client_list(app->client, path, 0, NULL,
		    &item->op) != 0) {
			item->op = 0;
			continue;
		}
		l->ahead++;
		++*l->all;
	}
}

static int
copy_row(struct app *app, const fss_row *row, struct walk_item *item)
{
	item->kind = fss_row_int(row, FSS_FIELD_KIND);
	item->size = item->kind == FSS_KIND_FILE ?
	    fss_row_int(row, FSS_FIELD_SIZE) : 0;
	item->name = strdup(row_name(row));
	if (item->name == NULL)
		return FSS_ENOMEM;
	if (item->kind == FSS_KIND_LINK) {
		item->target = strdup(fss_row_str(row, FSS_FIELD_TARGET));
		if (item->target == NULL)
			return FSS_ENOMEM;
	}
	if (opt_has(&app->opt, JSON)) {
		item->json = json_row(row);
		if (item->json == NULL)
			return FSS_ENOMEM;
	}
	return 0;
}

static int
copy_page(struct app *app, struct walk_level *l, const fss_event *ev)
{
	size_t n = fss_event_rows(ev);
	int r;

	drop_page(app, l);
	if (n == 0)
		return 0;
	l->items = calloc(n, sizeof(*l->items));
	if (l->items == NULL)
		return FSS_ENOMEM;
	while (l->n < n) {
		r = copy_row(app, fss_event_row(ev, l->n), &l->items[l->n]);
		l->n++;
		if (r < 0)
			return r;
	}
	return 0;
}

int
walk_open(struct app *app, struct walk_level *l, const char *remote,
    struct walk_item *item, unsigned *all)
{
	int r;

	memset(l, 0, sizeof(*l));
	l->all = all;
	if (item != NULL && item->op != 0) {
		l->op = item->op;
		item->op = 0;
		return 0;
	}
	r = fss_client_list(app->client, remote, 0, NULL, &l->op);
	if (r < 0) {
		app_set_detail(app, fss_client_errmsg(app->client));
		l->done = true;
		l->err = r;
	}
	return r;
}

int
walk_more(struct app *app, struct walk_level *l, const char *remote)
{
	const fss_event *ev;
	int r;

	while (l->next == l->n && !l->done) {
		r = app_wait(app, l->op, &ev);
		if (r < 0) {
			l->done = true;
			l->err = r;
			break;
		}
		if (fss_event_type(ev) == FSS_EVENT_DONE) {
			l->done = true;
			l->err = fss_event_error(ev);
			app_set_detail(app, fss_event_detail(ev));
		}
		r = copy_page(app, l, ev);
		if (r < 0)
			return r;
	}
	if (l->next < l->n) {
		look_ahead(app, l, remote);
		return 1;
	}
	return l->err;
}

struct walk_item
walk_take(struct walk_level *l)
{
	struct walk_item item = l->items[l->next];

	if (item.op != 0) {
		l->ahead--;
		--*l->all;
	}
	/* The caller owns it now. */
	memset(&l->items[l->next], 0, sizeof(l->items[l->next]));
	l->next++;
	return item;
}

void
walk_release(struct app *app, struct walk_level *l)
{
	if (!l->done)
		drop_op(app, l->op);
	l->done = true;
	drop_page(app, l);
}
