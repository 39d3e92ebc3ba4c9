/*
 * Lists: pages of rows, one at a time.
 *
 * The next page is asked for when the rows of the last were taken, so a list
 * holds one page whatever its length.  A recursive listing goes depth first:
 * per level it keeps the names of the folders of one page and the place to
 * go on from, so it holds at most FSS_LIMIT_DEPTH pages of names.
 *
 * What is asked for and answered by which message is in list_page.c, the
 * lists about people in list_people.c.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/str.h"
#include "client/list.h"

static int
push(struct lister *l)
{
	struct level *v;

	if (l->depth > FSS_LIMIT_DEPTH)
		return FSS_EPATH;
	v = fss__zalloc(sizeof(*v));
	if (v == NULL)
		return FSS_ENOMEM;
	v->path_len = strlen(l->path);
	v->more = true;
	fss__buf_init(&v->names, (size_t)FSS__MAX_LIST_ROWS *
	    (FSS_LIMIT_NAME + 1));
	l->level[l->depth++] = v;
	return 0;
}

static void
pop(struct lister *l)
{
	struct level *v = l->level[--l->depth];

	l->level[l->depth] = NULL;
	fss__buf_release(&v->names);
	fss__free(v);
}

static void
lister_release(struct fss__op *op)
{
	struct lister *l = (struct lister *)op;

	while (l->depth > 0)
		pop(l);
	fss_query_free(l->query);
	l->query = NULL;
}

/* ---- answers ---------------------------------------------------------- */

/* The folders of the page, to be gone into afterwards. */
static int
note_folders(struct lister *l, struct level *v, struct fss__list list)
{
	struct fss__m_entry m;
	int r;

	while ((r = fss__list_next(&list, &fss__r_entry, &m)) == 1) {
		r = fss__name_check(m.path, NULL);
		if (r != 0)
			return fss__err_set(&l->op.err, FSS_EPROTO,
			    "the hub named an entry that may not be");
		if (m.kind != FSS_KIND_DIR)
			continue;
		r = fss__buf_append(&v->names, m.path.p, m.path.n);
		if (r == 0)
			r = fss__buf_append(&v->names, "", 1);
		if (r != 0)
			return r;
	}
	return r;
}

/* What a search may have meant goes into DONE, unless it finds something. */
static int
take_near(struct lister *l, const struct page *p)
{
	struct fss_event *done = l->op.done_event;
	struct fss__list list = p->near;
	struct fss__m_near m;
	unsigned i;
	int r = 0;

	if (p->list.count > 0) {
		fss__event_forget_near(done);
		return 0;
	}
	for (i = 0; i < FSS__MAX_NEAR && done->near[i] == NULL &&
	     (r = fss__list_next(&list, &fss__r_near, &m)) == 1; i++) {
		done->near[i] = fss__strndup(m.text.p, m.text.n);
		if (done->near[i] == NULL)
			return FSS_ENOMEM;
	}
	return r < 0 ? r : 0;
}

/* 0 where the operation goes on or has ended. */
static int
take_page(struct lister *l, const struct fss__cs_answer *a)
{
	struct level *v = l->level[l->depth - 1];
	struct fss__row_hint hint;
	struct fss__rowset *rows;
	struct page p;
	size_t count;
	int r;

	r = fss__list_decode(a, &p, &l->op.err);
	if (r == 0)
		r = take_near(l, &p);
	if (r != 0)
		return r;
	v->empty = p.list.count > 0 ? 0 : v->empty + 1;
	if (p.cursor.n > 0 && (v->empty > FSS__EMPTY_PAGES ||
	    (p.cursor.n == v->cursor_len &&
	    memcmp(p.cursor.p, v->cursor, v->cursor_len) == 0)))
		return fss__err_set(&l->op.err, FSS_EPROTO,
		    "the hub's list does not go on");
	/* No longer than the schema allows; absent means the end. */
	memcpy(v->cursor, p.cursor.p != NULL ? p.cursor.p : "", p.cursor.n);
	v->cursor_len = p.cursor.n;
	v->more = p.cursor.n > 0;
	if (l->recursive) {
		r = note_folders(l, v, p.list);
		if (r != 0)
			return r;
	}
	hint.owner = l->owner[0] != '\0' ? l->owner : l->op.who->account;
	hint.parent = l->type == FSS__MSG_LIST ? l->path : NULL;
	hint.news = 0;
	rows = fss__rowset_new();
	if (rows == NULL)
		return FSS_ENOMEM;
	r = fss__rowset_add_list(rows, p.rec, p.list, &hint);
	count = fss__rowset_count(rows);
	if (r == 0 && l->paged)
		return fss__list_page_end(l, v, rows);
	if (r != 0 || count == 0) {
		fss__rowset_free(rows);
		return r;
	}
	if (l->has_left) {
		l->left = count < l->left ? l->left - count : 0;
		if (l->left == 0)
			v->more = false;
	}
	return fss__event_rows(&l->op, FSS_EVENT_ROWS, FSS_OK, NULL, rows);
}

static void
answered(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct lister *l = (struct lister *)call->op;
	int r;

	if (l->op.ending)
		return;
	l->waiting = false;
	if (a->err.code != 0 && l->depth > 1 && (a->err.code == FSS_ENOENT ||
	    a->err.code == FSS_EDENIED || a->err.code == FSS_ENOTDIR)) {
		/* It went away since its parent was listed, or is closed. */
		pop(l);
	} else if (a->err.code != 0) {
		fss__op_end(&l->op, a->err.code, a->err.detail, NULL);
		return;
	} else {
		r = take_page(l, a);
		if (r != 0) {
			fss__op_end(&l->op, r, l->op.err.detail, NULL);
			return;
		}
	}
	if (!l->op.done)
		fss__op_run(&l->op);
}

/* ---- requests --------------------------------------------------------- */

static int
ask(struct lister *l, struct level *v)
{
	uint64_t limit = FSS__MAX_LIST_ROWS;

	if (l->has_left && l->left < limit)
		limit = l->left;
	return fss__list_ask(l, v, limit, answered);
}

/* Goes into the next folder of the page; a name too deep is passed over. */
static int
descend(struct lister *l, struct level *v)
{
	const char *name = (const char *)v->names.data + v->pos;
	size_t n = strlen(name), at = v->path_len;

	v->pos += n + 1;
	if (v->pos == v->names.len) {
		v->pos = 0;
		fss__buf_reset(&v->names);
	}
	if (at > 1)
		l->path[at++] = '/';
	if (at + n > FSS_LIMIT_PATH)
		return 0;
	memmove(l->path + at, name, n + 1);
	return push(l);
}

static int
lister_work(struct fss__op *op)
{
	struct lister *l = (struct lister *)op;
	struct level *v;
	int r;

	if (l->waiting || op->queued > 0)
		return 0;
	while (l->depth > 0) {
		v = l->level[l->depth - 1];
		l->path[v->path_len] = '\0';
		if (v->pos < v->names.len) {
			r = descend(l, v);
			if (r != 0)
				return r;
		} else if (v->more) {
			r = ask(l, v);
			if (r == FSS_EAGAIN)
				return fss__op_starve(op);
			l->waiting = r == 0;
			return r;
		} else {
			pop(l);
		}
	}
	fss__op_end(op, FSS_OK, NULL, NULL);
	return 0;
}

static const struct fss__op_class lister_class = {
	"list", lister_work, lister_release, NULL, NULL
};

/* ---- public calls ----------------------------------------------------- */

int
fss__lister_new(fss_client *c, unsigned type, void *user, struct lister **ret_l)
{
	int r;

	*ret_l = NULL;
	r = fss__op_new(c, &lister_class, sizeof(**ret_l), user, ret_l);
	if (r == 0)
		(*ret_l)->type = type;
	return r;
}

static int
begin_failed(struct lister *l, int r, const char *why)
{
	fss_client *c = l->op.c;

	fss__op_abandon(&l->op);
	return fss__client_fail(c, r, "%s", why);
}

int
fss__lister_begin(struct lister *l, fss_op *ret_op)
{
	struct fss__page_wish w = l->op.c->page;
	int r = push(l);

	l->op.c->page.limit = 0;
	if (r != 0)
		return begin_failed(l, r, fss_strerror(r));
	if (w.limit != 0) {
		if (l->recursive)
			return begin_failed(l, FSS_EINVAL,
			    "a recursive listing has no pages");
		if (w.type != 0 && w.type != l->type)
			return begin_failed(l, FSS_EINVAL,
			    "the cursor is of another listing");
		l->paged = true;
		if (!l->has_left || l->left > w.limit)
			l->left = w.limit;
		l->has_left = true;
		memcpy(l->level[0]->cursor, w.cursor, w.len);
		l->level[0]->cursor_len = w.len;
	}
	return fss__op_begin(&l->op, ret_op);
}

static int
list_page(fss_client *c, unsigned type, const char *name, void *user,
    fss_op *ret_op)
{
	struct fss__slice s = { NULL, 0 };
	struct lister *l;
	int r = 0;

	if (name != NULL)
		r = fss__client_name(c, "a name", name, &s);
	if (r == 0)
		r = fss__lister_new(c, type, user, &l);
	if (r != 0)
		return r;
	(void)fss__slice_copy(s, l->name, sizeof(l->name)); /* was checked */
	return fss__lister_begin(l, ret_op);
}

int
fss__lister_path(fss_client *c, unsigned type, const char *path,
    uint32_t flags, void *user, fss_op *ret_op)
{
	char owner[FSS_LIMIT_ACCOUNT + 1], canonical[FSS_LIMIT_PATH + 1];
	struct lister *l;
	int r;

	r = fss__client_path(c, path, owner, canonical);
	if (r == 0)
		r = fss__lister_new(c, type, user, &l);
	if (r != 0)
		return r;
	l->flags = flags;
	l->recursive = (flags & FSS_LIST_RECURSIVE) != 0;
	memcpy(l->owner, owner, sizeof(owner));
	memcpy(l->path, canonical, sizeof(canonical));
	return fss__lister_begin(l, ret_op);
}

int
fss_client_devices(fss_client *c, void *user, fss_op *ret_op)
{
	return list_page(c, FSS__MSG_DEVICES, NULL, user, ret_op);
}

int
fss_client_users(fss_client *c, const char *name, void *user, fss_op *ret_op)
{
	return list_page(c, FSS__MSG_USERS, name, user, ret_op);
}

int
fss_client_groups(fss_client *c, const char *group, void *user,
    fss_op *ret_op)
{
	return list_page(c, FSS__MSG_GROUPS, group, user, ret_op);
}

int
fss_client_shares(fss_client *c, const char *owner, void *user,
    fss_op *ret_op)
{
	return list_page(c, FSS__MSG_SHARES, owner, user, ret_op);
}

int
fss_client_list(fss_client *c, const char *path, uint32_t flags, void *user,
    fss_op *ret_op)
{
	int r = fss__client_check(c);

	if (r == 0)
		r = fss__client_flags(c, flags, FSS_LIST_RECURSIVE |
		    FSS_LIST_BACK);
	if (r == 0 && flags == (FSS_LIST_RECURSIVE | FSS_LIST_BACK))
		r = fss__client_fail(c, FSS_EINVAL,
		    "a recursive listing does not go back");
	if (r != 0)
		return r;
	return fss__lister_path(c, FSS__MSG_LIST, path, flags, user, ret_op);
}

int
fss_client_versions(fss_client *c, const char *path, void *user,
    fss_op *ret_op)
{
	return fss__lister_path(c, FSS__MSG_VERSIONS, path, 0, user, ret_op);
}

int
fss_client_grants(fss_client *c, const char *path, void *user, fss_op *ret_op)
{
	return fss__lister_path(c, FSS__MSG_GRANTS, path, 0, user, ret_op);
}

int
fss_client_find(fss_client *c, const fss_query *q, void *user, fss_op *ret_op)
{
	struct lister *l;
	int r = fss__client_check(c);

	if (r != 0)
		return r;
	if (q == NULL)
		return fss__client_fail(c, FSS_EINVAL, "no search was given");
	r = fss__lister_new(c, FSS__MSG_FIND, user, &l);
	if (r != 0)
		return r;
	l->query = fss__query_copy(q);
	if (l->query == NULL) {
		fss__op_abandon(&l->op);
		return fss__client_fail(c, FSS_ENOMEM, "out of memory");
	}
	l->has_left = (q->has & 1u << FSS_QUERY_LIMIT) != 0;
	if (l->has_left)
		l->left = (uint64_t)q->number[FSS_QUERY_LIMIT];
	return fss__lister_begin(l, ret_op);
}
