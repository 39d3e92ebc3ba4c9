/*
 * The entries of a folder and of all below it, one after the other.
 *
 * Depth first, one page of each folder on the way at a time, so that memory
 * grows with the depth and not with what is there.  A folder that is gone or
 * closed when its turn comes has nothing in it.
 */
#include "zip_walk.h"

#include <stdlib.h>
#include <string.h>

#define PAGE_ROWS	64
#define DEPTH_MAX	512	/* a path has not more components */

struct level {
	struct level	*up;
	char		*name;		/* "" or "a/b/" */
	char		*cursor;	/* of the next page, NULL: none */
	struct zip_item	 item[PAGE_ROWS];
	size_t		 count, at;
	bool		 first;		/* nothing was listed yet */
};

struct zip_walk {
	struct web_req	*rq;
	char		*root;
	char		*names[16];
	size_t		 name_count;
	struct level	*top;
	unsigned	 depth;
	bool		 waiting;
	bool		 listed;	/* any folder */
	int		 err;
	void		(*wake)(struct web_req *rq);
};

static void
items_drop(struct level *l)
{
	size_t i;

	for (i = 0; i < l->count; i++)
		free(l->item[i].name);
	l->count = l->at = 0;
}

static void
pop(struct zip_walk *w)
{
	struct level *l = w->top;

	items_drop(l);
	free(l->name);
	free(l->cursor);
	w->top = l->up;
	w->depth--;
	free(l);
}

/* Goes into the folder @name ("" or "a/b/"), which is copied. */
static int
push(struct zip_walk *w, const char *name)
{
	struct level *l = calloc(1, sizeof(*l));

	if (l == NULL || (l->name = strdup(name)) == NULL) {
		free(l);
		return FSS_ENOMEM;
	}
	l->first = true;
	l->up = w->top;
	w->top = l;
	w->depth++;
	return 0;
}

/* @a and @b and @c together. */
static char *
joined(const char *a, const char *b, const char *c)
{
	size_t x = strlen(a), y = strlen(b), z = strlen(c);
	char *s = malloc(x + y + z + 1);

	if (s != NULL) {
		memcpy(s, a, x);
		memcpy(s + x, b, y);
		memcpy(s + x + y, c, z + 1);
	}
	return s;
}

char *
zip_walk_remote(const struct zip_walk *w, const char *name)
{
	size_t n = strlen(w->root);
	char *s = joined(w->root, w->root[n - 1] == '/' ? "" : "/", name);

	/* A folder's own path has no slash at its end, but for the root. */
	n = s != NULL ? strlen(s) : 0;
	if (n > 2 && s[n - 1] == '/' && s[n - 2] != ':')
		s[n - 1] = '\0';
	return s;
}

static bool
wanted(const struct zip_walk *w, const char *name)
{
	size_t i;

	if (w->depth > 1 || w->name_count == 0)
		return true;
	for (i = 0; i < w->name_count; i++)
		if (strcmp(w->names[i], name) == 0)
			return true;
	return false;
}

static int
take_row(struct zip_walk *w, struct level *l, const fss_row *row)
{
	const char *name = fss_row_str(row, FSS_FIELD_NAME);
	struct zip_item *item = &l->item[l->count];
	int64_t kind = fss_row_int(row, FSS_FIELD_KIND);

	if (!wanted(w, name) || l->count == PAGE_ROWS)
		return 0;
	item->name = joined(l->name, name, kind == FSS_KIND_DIR ? "/" : "");
	if (item->name == NULL)
		return FSS_ENOMEM;
	item->kind = kind;
	item->size = (uint64_t)fss_row_int(row, FSS_FIELD_SIZE);
	item->number = api_number_of(row);
	item->mtime = fss_row_int(row, FSS_FIELD_MTIME) / 1000000;
	item->readable = kind == FSS_KIND_FILE &&
	    fss_row_int(row, FSS_FIELD_STATE) == FSS_STATE_STORED &&
	    api_readable(row);
	l->count++;
	return 0;
}

static void
list_event(struct web_req *rq, void *arg, const fss_event *ev)
{
	struct zip_walk *w = arg;
	struct level *l = w->top;
	const char *cursor;
	size_t i;

	if (fss_event_type(ev) != FSS_EVENT_DONE)
		return;
	w->waiting = false;
	w->err = fss_event_error(ev);
	/* Of the folder that was asked for the error is told. */
	if (w->listed && (w->err == FSS_ENOENT || w->err == FSS_EDENIED ||
	    w->err == FSS_ENOTDIR))
		w->err = 0;
	else if (w->err == 0)
		w->listed = true;
	for (i = 0; i < fss_event_rows(ev) && w->err == 0; i++)
		w->err = take_row(w, l, fss_event_row(ev, i));
	cursor = fss_event_cursor(ev);
	if (w->err == 0 && cursor[0] != '\0' &&
	    (l->cursor = strdup(cursor)) == NULL)
		w->err = FSS_ENOMEM;
	w->wake(rq);
}

/* Asks for the next page of the folder on top. */
static int
list(struct zip_walk *w)
{
	struct level *l = w->top;
	char *remote = zip_walk_remote(w, l->name);
	void *user = remote != NULL ? web_call(w->rq, list_event, w) : NULL;
	fss_op op = 0;
	int r = FSS_ENOMEM;

	if (user != NULL) {
		r = fss_client_page(web_hub(w->rq), l->cursor, PAGE_ROWS);
		if (r == 0)
			r = fss_client_list(web_hub(w->rq), remote, 0, user,
			    &op);
		r = web_called(w->rq, user, r, op);
	}
	free(remote);
	items_drop(l);
	free(l->cursor);
	l->cursor = NULL;
	l->first = false;
	w->waiting = r == 0;
	return r;
}

int
zip_walk_next(struct zip_walk *w, const struct zip_item **ret_item)
{
	struct level *l;
	int r;

	if (w->waiting)
		return FSS_EAGAIN;
	if (w->err < 0)
		return w->err;
	while ((l = w->top) != NULL) {
		if (l->at < l->count) {
			const struct zip_item *item = &l->item[l->at++];

			*ret_item = item;
			if (item->kind != FSS_KIND_DIR)
				return 1;
			/* The item stays with its level, which stays. */
			r = w->depth < DEPTH_MAX ? push(w, item->name) :
			    FSS_ETOOBIG;
			return r < 0 ? r : 1;
		}
		if (l->first || l->cursor != NULL) {
			r = list(w);
			return r < 0 ? r : FSS_EAGAIN;
		}
		pop(w);
	}
	return 0;
}

void
zip_walk_wake(struct zip_walk *w, void (*wake)(struct web_req *rq))
{
	w->wake = wake;
}

int
zip_walk_new(struct web_req *rq, const char *path, const char *const *names,
    size_t count, struct zip_walk **ret_w)
{
	struct zip_walk *w = calloc(1, sizeof(*w));
	size_t i;

	*ret_w = NULL;
	if (w == NULL)
		return FSS_ENOMEM;
	w->rq = rq;
	w->root = strdup(path);
	if (w->root == NULL || push(w, "") < 0)
		goto fail;
	for (i = 0; i < count && i < sizeof(w->names) / sizeof(w->names[0]);
	    i++) {
		w->names[i] = strdup(names[i]);
		if (w->names[i] == NULL)
			goto fail;
		w->name_count++;
	}
	*ret_w = w;
	return 0;
fail:
	zip_walk_free(w);
	return FSS_ENOMEM;
}

void
zip_walk_free(struct zip_walk *w)
{
	size_t i;

	if (w == NULL)
		return;
	while (w->top != NULL)
		pop(w);
	for (i = 0; i < w->name_count; i++)
		free(w->names[i]);
	free(w->root);
	free(w);
}
