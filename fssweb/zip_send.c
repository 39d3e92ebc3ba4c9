/*
 * Sending a folder as a zip.
 *
 * First the entries are counted, for a zip ends with a directory of all of
 * them, which is kept until then; a folder with too many is refused before
 * anything was sent.  Then one entry after the other is read and given to the
 * zip, no more of it than the line takes.  Whatever cannot be in it (links,
 * what is only announced, what went meanwhile) is told in a file at its end.
 */
#include "zip_send.h"

#include <stdlib.h>
#include <string.h>

#include "http_text.h"
#include "zip.h"
#include "zip_walk.h"

#define PIECE_BYTES		65536
#define LEFT_OUT_BYTES		65536
#define DISPOSITION_BYTES	1152
#define TITLE_BYTES		260

enum state { ZS_COUNT, ZS_NEXT, ZS_OPEN, ZS_COPY, ZS_CLOSED };

struct zsend {
	struct web_req	*rq;
	const struct download_ops *ops;
	void		*arg;
	char		*title;
	enum state	 state;
	struct zip	*zip;
	struct zip_walk	*walk;

	uint64_t	 entries, name_bytes;	/* counted */

	struct zip_item	 item;		/* the file that is read */
	uint64_t	 left;
	fss_op		 op;
	bool		 op_ready, op_done;
	int		 op_err;

	char		*left_out;	/* text, a line each */
	size_t		 left_out_len;
	bool		 begun, ended;
};

static void
zsend_drop(void *state)
{
	struct zsend *z = state;

	if (z->ops->ended != NULL)
		z->ops->ended(z->rq, z->arg, z->ended && web_sent(z->rq));
	zip_walk_free(z->walk);
	zip_free(z->zip);
	free(z->item.name);
	free(z->left_out);
	free(z->title);
	free(z);
}

/* Notes that @name is not in the zip; what is too much is not noted. */
static int
leave_out(struct zsend *z, const char *name)
{
	size_t n = strlen(name);

	if (z->left_out == NULL &&
	    (z->left_out = malloc(LEFT_OUT_BYTES)) == NULL)
		return FSS_ENOMEM;
	if (z->left_out_len + n + 1 > LEFT_OUT_BYTES)
		return 0;
	memcpy(z->left_out + z->left_out_len, name, n);
	z->left_out_len += n;
	z->left_out[z->left_out_len++] = '\n';
	return 0;
}

static int
close_zip(struct zsend *z)
{
	int r = 0;

	if (z->left_out_len > 0) {
		r = zip_file(z->zip, "LEFT-OUT.txt", z->left_out_len, 0);
		if (r == 0)
			r = zip_data(z->zip, z->left_out, z->left_out_len);
	}
	if (r == 0)
		r = zip_close(z->zip);
	z->state = ZS_CLOSED;
	return r;
}

/* ---- one file --------------------------------------------------------- */

static void
read_event(struct web_req *rq, void *arg, const fss_event *ev)
{
	struct zsend *z = arg;

	/* The end of the file before may come when the next has begun. */
	if (fss_event_op(ev) != z->op)
		return;
	if (fss_event_type(ev) == FSS_EVENT_DONE) {
		z->op_done = true;
		z->op_err = fss_event_error(ev);
	} else if (fss_event_type(ev) == FSS_EVENT_READABLE)
		z->op_ready = true;
	else
		return;
	web_reply_more(rq);
}

static int
open_file(struct zsend *z, const struct zip_item *item)
{
	char *remote = zip_walk_remote(z->walk, item->name);
	void *user;
	int r = FSS_ENOMEM;

	free(z->item.name);
	z->item = *item;
	z->item.name = strdup(item->name);
	user = remote != NULL && z->item.name != NULL ?
	    web_call(z->rq, read_event, z) : NULL;
	if (user != NULL) {
		z->op_ready = z->op_done = false;
		z->op_err = 0;
		z->left = item->size;
		r = fss_client_read(web_hub(z->rq), remote,
		    z->ops->name != NULL ? 0 : item->number, 0, item->size,
		    user, &z->op);
		r = web_called(z->rq, user, r, z->op);
		z->state = ZS_OPEN;
	}
	free(remote);
	return r;
}

/* What makes a file be left out, where nothing of it was sent. */
static bool
passing(int err)
{
	return err == FSS_ENOENT || err == FSS_EDENIED || err == FSS_EISDIR ||
	    err == FSS_EANNOUNCED || err == FSS_ECHANGED;
}

static int
opened(struct zsend *z)
{
	int r;

	if (z->op_done && passing(z->op_err)) {
		z->state = ZS_NEXT;
		return leave_out(z, z->item.name);
	}
	if (z->op_done && z->op_err < 0)
		return z->op_err;
	if (!z->op_ready)
		return FSS_EAGAIN;
	r = zip_file(z->zip, z->item.name, z->item.size, z->item.mtime);
	z->state = ZS_COPY;
	return r;
}

static int
copy(struct zsend *z)
{
	char piece[PIECE_BYTES];
	size_t n = 0;
	int r;

	if (z->left == 0) {
		z->state = ZS_NEXT;
		return 0;
	}
	if (z->op_done)
		return z->op_err < 0 ? z->op_err : FSS_EINTEGRITY;
	r = fss_op_read(web_hub(z->rq), z->op, piece,
	    z->left < sizeof(piece) ? (size_t)z->left : sizeof(piece), &n);
	if (r < 0)
		return r;
	if (n == 0)
		return FSS_EAGAIN;
	z->left -= n;
	return zip_data(z->zip, piece, n);
}

/* ---- one after the other ---------------------------------------------- */

static int
next(struct zsend *z)
{
	const struct zip_item *item = NULL;
	int r = zip_walk_next(z->walk, &item);

	if (r < 0)
		return r;
	if (r == 0)
		return close_zip(z);
	if (item->kind == FSS_KIND_DIR)
		return zip_folder(z->zip, item->name, item->mtime);
	if (!item->readable)
		return leave_out(z, item->name);
	if (item->size == 0)
		return zip_file(z->zip, item->name, 0, item->mtime);
	return open_file(z, item);
}

static int
step(struct zsend *z)
{
	switch (z->state) {
	case ZS_NEXT:
		return next(z);
	case ZS_OPEN:
		return opened(z);
	case ZS_COPY:
		return copy(z);
	default:
		return 0;
	}
}

static int
pull(struct web_req *rq, void *buf, size_t len, size_t *ret_n)
{
	struct zsend *z = web_state(rq);
	int r;

	*ret_n = 0;
	for (;;) {
		*ret_n = zip_take(z->zip, buf, len);
		if (*ret_n > 0)
			return 0;
		if (z->state == ZS_CLOSED) {
			z->ended = true;
			return 0;
		}
		r = step(z);
		/* With bytes to send, what is awaited can wait as well. */
		if (r < 0 && r != FSS_EAGAIN)
			web_log(FSS_LOG_WARN, "zip broke off", "error=%s",
			    fss_err_name(r));
		if (r < 0 && (r != FSS_EAGAIN || zip_empty(z->zip)))
			return r;
	}
}

/* ---- the beginning ---------------------------------------------------- */

/* The first list came, or failed; later the walk goes on in pull(). */
static void
walk_wake(struct web_req *rq)
{
	struct zsend *z = web_state(rq);
	char disposed[DISPOSITION_BYTES];
	int r;

	if (z->begun) {
		web_reply_more(rq);
		return;
	}
	r = step(z);
	if (r < 0 && r != FSS_EAGAIN) {
		z->ops->fail(rq, r, NULL);
		return;
	}
	z->begun = true;
	web_reply_policy(rq, WEB_POLICY_CONTENT);
	if (disposition(z->title, false, disposed, sizeof(disposed)) >= 0)
		web_reply_header(rq, "content-disposition", "%s", disposed);
	web_reply_stream(rq, 200, "application/zip", WEB_UNKNOWN, pull);
}

/* The first file is opened. */
static void
start(struct web_req *rq)
{
	struct zsend *z = web_state(rq);
	int r;

	z->state = ZS_NEXT;
	r = step(z);
	if (r < 0 && r != FSS_EAGAIN)
		z->ops->fail(rq, r, NULL);
}

static void
count_event(struct web_req *rq, void *arg, const fss_event *ev)
{
	struct zsend *z = arg;
	size_t i;

	if (z->state != ZS_COUNT || (fss_event_type(ev) != FSS_EVENT_ROWS &&
	    fss_event_type(ev) != FSS_EVENT_DONE))
		return;
	if (fss_event_error(ev) < 0) {
		z->ops->fail(rq, fss_event_error(ev), fss_event_detail(ev));
		return;
	}
	for (i = 0; i < fss_event_rows(ev); i++)
		z->name_bytes += strlen(fss_row_str(fss_event_row(ev, i),
		    FSS_FIELD_PATH));
	z->entries += fss_event_rows(ev);
	if (z->entries > ZIP_ENTRIES || z->name_bytes > ZIP_NAME_BYTES) {
		z->state = ZS_CLOSED;
		z->ops->fail(rq, FSS_ETOOBIG, "too many entries for one zip: "
		    "fetch the folders below it");
		return;
	}
	if (fss_event_type(ev) != FSS_EVENT_DONE)
		return;
	if (z->ops->begin != NULL && web_method(rq) != WEB_HEAD)
		z->ops->begin(rq, z->arg, start);
	else
		start(rq);
}

void
zip_send(struct web_req *rq, const char *path, const char *title,
    const char *const *names, size_t count, const struct download_ops *ops,
    void *arg)
{
	struct zsend *z = calloc(1, sizeof(*z));
	fss_op op = 0;
	void *user;

	if (z == NULL) {
		ops->fail(rq, FSS_ENOMEM, NULL);
		if (ops->ended != NULL)
			ops->ended(rq, arg, false);
		return;
	}
	z->rq = rq;
	z->ops = ops;
	z->arg = arg;
	web_state_set(rq, z, zsend_drop);
	z->title = malloc(TITLE_BYTES);
	if (z->title == NULL || zip_new(&z->zip) < 0 ||
	    zip_walk_new(rq, path, names, count, &z->walk) < 0) {
		ops->fail(rq, FSS_ENOMEM, NULL);
		return;
	}
	(void)snprintf(z->title, TITLE_BYTES, "%.250s.zip", title);
	zip_walk_wake(z->walk, walk_wake);
	user = web_call(rq, count_event, z);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_list(web_hub(rq), path,
		    FSS_LIST_RECURSIVE, user, &op), op);
}
