/*
 * Going down the remote tree, and making it here.
 *
 * Folders to be listed are on a stack; several lists are under way at a time.
 * Of a long folder the rest comes after the folders found so far, so the
 * stack grows with depth, not with size.
 * Each name the hub sends is checked.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/num.h"
#include "base/str.h"
#include "client/download.h"
#include "client/request.h"

#define LISTING		8	/* LISTs under way */
#define FILES		1024	/* not yet settled; then listing pauses */
#define DIRS		256	/* descriptors */
#define EVENTS		256	/* ITEM events not yet taken */

struct dllist {
	struct fss__call call;		/* first: calls are cast back */
	struct dllist	*next;
	struct download	*d;
	struct dldir	*dir;		/* reference; NULL: still to be made */
	/* how it is made */
	struct dldir	*in;		/* reference */
	char		*name;
	bool		 has_meta;
	mode_t		 mode;
	int64_t		 mtime_us;
	/* where to go on */
	uint8_t		 cursor[FSS__MAX_CURSOR];
	size_t		 cursor_len;
	unsigned	 empty;		/* pages without rows, in a row */
};

/* Makes the folder a list is about. */
static int
enter_dir(struct download *d, struct dllist *l)
{
	char remote[FSS_LIMIT_PATH + 1];
	struct dlmade made;
	int r;

	r = fss__path_join(remote, sizeof(remote),
	    fss__slice_str(l->in->remote), fss__slice_str(l->name));
	if (r == 0 && l->in->depth >= FSS_LIMIT_DEPTH)
		r = FSS_EPATH;
	if (r == 0)
		r = fss__dl_dir_make(l->in->fd, l->name, O_NOFOLLOW, &made);
	if (r != 0)
		return r;
	l->dir = fss__dl_dir_new(d, l->in, made.fd,
	    fss__local_join(l->in->local, l->name), fss__strdup(remote));
	if (l->dir == NULL) {
		fss__dl_dir_unmake(l->in->fd, l->name, &made);
		return FSS_ENOMEM;
	}
	fss__dl_dir_meta(l->dir, &made, l->has_meta, l->mode, l->mtime_us);
	return 0;
}

/* ---- entries ---------------------------------------------------------- */

int
fss__dl_facts(struct dlfile *f, const struct fss__m_entry *e)
{
	f->has_root = (e->has & FSS__K_entry_root) != 0;
	/* Who may only see it is not told what its content is. */
	if (!f->has_root && e->size > 0 && (e->rights & FSS_RIGHT_READ) == 0)
		return e->state == FSS_STATE_ANNOUNCED ? FSS_EANNOUNCED :
		    FSS_EDENIED;
	if (f->has_root && e->root.n != sizeof(f->root.b))
		return FSS_EPROTO;
	if (f->has_root)
		memcpy(f->root.b, e->root.p, sizeof(f->root.b));
	f->size = e->size;
	if (f->has_root != (f->size > 0) || f->size > INT64_MAX)
		return FSS_EPROTO;
	f->depth = (unsigned)e->depth;
	f->version = e->version;
	f->mtime_us = e->mtime_us;
	f->mode = e->has & FSS__K_entry_mode ? (mode_t)e->mode : 0666;
	f->mode &= FSS__MODE_BITS & ~f->in->d->umask;
	return 0;
}

static int
add_file(struct download *d, struct dldir *in, const char *name,
    const struct fss__m_entry *e)
{
	struct dlfile *f = fss__zalloc(sizeof(*f));
	int r;

	if (f == NULL)
		return FSS_ENOMEM;
	f->name = fss__strdup(name);
	if (f->name == NULL) {
		fss__free(f);
		return FSS_ENOMEM;
	}
	f->fd = -1;
	f->in = in;
	in->refs++;
	f->all_next = d->all;
	if (d->all != NULL)
		d->all->all_prev = f;
	d->all = f;
	d->files++;
	r = fss__dl_facts(f, e);
	d->op.count[FSS_COUNT_FILES_TOTAL]++;
	d->op.count[FSS_COUNT_BYTES_TOTAL] += f->size;
	if (r != 0)
		fss__dl_fail(d, f, r);
	else
		fss__dl_compare(d, f);
	return 0;
}

/* ---- lists ------------------------------------------------------------ */

static void
list_free(struct dllist *l)
{
	if (l->dir != NULL)
		fss__dl_dir_unref(l->dir);
	if (l->in != NULL)
		fss__dl_dir_unref(l->in);
	fss__free(l->name);
	fss__free(l);
}

static void
push_list(struct download *d, struct dllist *l)
{
	l->next = d->stack;
	d->stack = l;
	fss__op_run(&d->op);
}

void
fss__dl_list_release(struct download *d)
{
	struct dllist *l;

	while ((l = d->stack) != NULL) {
		d->stack = l->next;
		list_free(l);
	}
}

static int
add_dir(struct download *d, struct dldir *in, const char *name,
    const struct fss__m_entry *e)
{
	struct dllist *l = fss__zalloc(sizeof(*l));

	if (l == NULL)
		return FSS_ENOMEM;
	l->name = fss__strdup(name);
	if (l->name == NULL) {
		fss__free(l);
		return FSS_ENOMEM;
	}
	l->d = d;
	l->in = in;
	in->refs++;
	l->has_meta = (e->has & FSS__K_entry_mode) != 0 &&
	    (e->has & FSS__K_entry_mtime_us) != 0;
	l->mode = (mode_t)e->mode;
	l->mtime_us = e->mtime_us;
	push_list(d, l);
	return 0;
}

static int
add_entry(struct download *d, struct dldir *in, const struct fss__m_entry *e)
{
	char name[FSS_LIMIT_NAME + 1];

	if (fss__name_check(e->path, NULL) != 0 ||
	    fss__slice_copy(e->path, name, sizeof(name)) != 0)
		return fss__err_set(&d->op.err, FSS_EPROTO,
		    "the hub named an entry that may not be");
	/* It would pass for a part file of ours. */
	if (fss__name_reserved(e->path)) {
		d->op.count[FSS_COUNT_FAILED]++;
		d->last_error = FSS_EPATH;
		fss__dl_report(d, in, name, (int)e->kind, 0, FSS_EPATH,
		    "is a name of part files");
		return 0;
	}
	switch (e->kind) {
	case FSS_KIND_DIR:
		return add_dir(d, in, name, e);
	case FSS_KIND_FILE:
		return add_file(d, in, name, e);
	case FSS_KIND_LINK:
		fss__dl_link(d, in, name, e);
		return 0;
	default:
		return 0;	/* of a later version */
	}
}

static int
take_page(struct download *d, struct dllist *l,
    const struct fss__cs_answer *a)
{
	struct fss__m_entry_list m;
	struct dldir *in = l->dir;
	struct fss__m_entry e;
	int r;

	r = fss__call_decode(a, &m, &d->op.err);
	if (r != 0) {
		list_free(l);
		return r;
	}
	l->empty = m.entries.count > 0 ? 0 : l->empty + 1;
	if (m.cursor.n > 0 && (l->empty > FSS__EMPTY_PAGES ||
	    (m.cursor.n == l->cursor_len &&
	    memcmp(m.cursor.p, l->cursor, l->cursor_len) == 0))) {
		list_free(l);
		return fss__err_set(&d->op.err, FSS_EPROTO,
		    "the hub's list does not go on");
	}
	in->refs++;
	if (m.cursor.n > 0) {
		/* No longer than the schema allows. */
		memcpy(l->cursor, m.cursor.p, m.cursor.n);
		l->cursor_len = m.cursor.n;
		push_list(d, l);
	} else {
		list_free(l);
	}
	while ((r = fss__list_next(&m.entries, &fss__r_entry, &e)) == 1) {
		r = add_entry(d, in, &e);
		if (r != 0)
			break;
	}
	fss__dl_dir_unref(in);
	return r;
}

static void
list_answered(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct dllist *l = (struct dllist *)call;
	struct download *d = l->d;
	int r;

	d->listing--;
	if (d->op.ending) {
		list_free(l);
		return;
	}
	switch (a->err.code) {
	case 0:
		r = take_page(d, l, a);
		if (r != 0)
			d->fatal = r;
		break;
	case FSS_ENOENT:
	case FSS_ENOTDIR:
	case FSS_EDENIED:
		d->op.count[FSS_COUNT_FAILED]++;
		d->last_error = a->err.code;
		fss__dl_report(d, l->dir, NULL, FSS_KIND_DIR, 0, a->err.code,
		    NULL);
		list_free(l);
		break;
	default:
		(void)fss__err_set(&d->op.err, a->err.code, "%s",
		    a->err.detail);
		d->fatal = a->err.code;
		list_free(l);
		break;
	}
	fss__op_run(&d->op);
}

static int
ask(struct download *d, struct dllist *l)
{
	struct fss__m_list m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_list_owner | FSS__K_list_path | FSS__K_list_limit;
	m.owner = fss__slice_str(d->owner);
	m.path = fss__slice_str(l->dir->remote);
	m.limit = FSS__MAX_LIST_ROWS;
	if (l->cursor_len > 0) {
		m.has |= FSS__K_list_cursor;
		m.cursor.p = l->cursor;
		m.cursor.n = l->cursor_len;
	}
	return fss__call_start(&d->op, &l->call, FSS__MSG_LIST, &m, NULL,
	    list_answered);
}

int
fss__dl_list(struct download *d)
{
	struct dllist *l;
	int r;

	while ((l = d->stack) != NULL && d->listing < LISTING &&
	    d->files < FILES && d->op.queued < EVENTS) {
		/* Alone, only the folders above it can be open. */
		if (d->dirs >= DIRS && (d->op.ncalls > 0 || d->files > 0))
			break;
		d->stack = l->next;
		if (l->dir == NULL) {
			r = enter_dir(d, l);
			if (r == FSS_ENOMEM) {
				list_free(l);
				return r;
			}
			if (r != 0) {
				d->op.count[FSS_COUNT_FAILED]++;
				d->last_error = r;
				fss__dl_report(d, l->in, l->name,
				    FSS_KIND_DIR, 0, r,
				    r != FSS_EPATH ? FSS__HERE : NULL);
				list_free(l);
				continue;
			}
		}
		r = ask(d, l);
		if (r != 0) {
			l->next = d->stack;
			d->stack = l;
			return r;
		}
		d->listing++;
	}
	return 0;
}

/* ---- the root --------------------------------------------------------- */

static int
root_dir(struct download *d, const struct fss__m_entry *e)
{
	struct dllist *l = fss__zalloc(sizeof(*l));
	struct dlmade made;
	int r;

	if (l == NULL)
		return FSS_ENOMEM;
	l->d = d;
	/* What the user named may be reached through links. */
	r = fss__dl_dir_make(AT_FDCWD, d->local, 0, &made);
	if (r != 0) {
		fss__free(l);
		return fss__err_set(&d->op.err, r, "cannot make '%.150s': %s",
		    d->local, fss_strerror(r));
	}
	l->dir = fss__dl_dir_new(d, NULL, made.fd, fss__strdup(d->local),
	    fss__strdup(d->remote));
	if (l->dir == NULL) {
		fss__dl_dir_unmake(AT_FDCWD, d->local, &made);
		fss__free(l);
		return FSS_ENOMEM;
	}
	/* A whole space is no folder with a mode of its own. */
	fss__dl_dir_meta(l->dir, &made, strcmp(d->remote, "/") != 0 &&
	    (e->has & FSS__K_entry_mode) != 0 &&
	    (e->has & FSS__K_entry_mtime_us) != 0, (mode_t)e->mode,
	    e->mtime_us);
	push_list(d, l);
	return 0;
}

static int
root_item(struct download *d, const struct fss__m_entry *e)
{
	struct fss__slice up, last;
	char *dir = NULL, *name = NULL;
	struct dldir *in = NULL;
	struct stat st;
	bool into;
	int fd, r;

	if (!fss__path_split(fss__slice_str(d->remote), &up, &last))
		return FSS_EPROTO;
	into = d->local[strlen(d->local) - 1] == '/' ||
	    (stat(d->local, &st) == 0 && S_ISDIR(st.st_mode));
	if (into) {
		dir = fss__strdup(d->local);
		name = fss__strndup(last.p, last.n);
		r = dir != NULL && name != NULL ? 0 : FSS_ENOMEM;
	} else {
		r = fss__local_split(d->local, &dir, &name);
	}
	if (r == 0 && fss__name_reserved(fss__slice_str(name)))
		r = fss__err_set(&d->op.err, FSS_EPATH,
		    "'%.150s' is a name of part files", name);
	if (r == 0 && (fd = open(dir, O_RDONLY | O_DIRECTORY |
	    O_CLOEXEC)) < 0) {
		r = fss__errno(errno);
		(void)fss__err_set(&d->op.err, r, "cannot open '%.150s': %s",
		    dir, fss_strerror(r));
	}
	if (r == 0) {
		in = fss__dl_dir_new(d, NULL, fd, dir,
		    fss__strndup(up.p, up.n));
		dir = NULL;
		r = in != NULL ? 0 : FSS_ENOMEM;
	}
	if (r == 0 && e->kind == FSS_KIND_FILE)
		r = add_file(d, in, name, e);
	else if (r == 0)
		fss__dl_link(d, in, name, e);
	if (in != NULL)
		fss__dl_dir_unref(in);	/* the file has it */
	fss__free(dir);
	fss__free(name);
	return r;
}

int
fss__dl_root(struct download *d, const struct fss__m_entry *e)
{
	d->is_dir = e->kind == FSS_KIND_DIR;
	if (d->is_dir && !(d->flags & FSS_COPY_RECURSIVE))
		return fss__err_set(&d->op.err, FSS_EISDIR,
		    "the remote path is a folder");
	return d->is_dir ? root_dir(d, e) : root_item(d, e);
}
