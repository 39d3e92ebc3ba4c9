/*
 * Reading a range of a remote file through fss_op_read().
 *
 * Chunks are asked for ahead of the reader, in a window that grows while it
 * keeps up, and kept in order as the frames they came in; the bytes are
 * copied once, into the reader's buffer.  Chunks are verified before a byte
 * of them is handed out.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/frame.h"
#include "base/num.h"
#include "client/request.h"
#include "client/tree.h"

#define WINDOW		((uint64_t)1 << 20)	/* bytes asked for ahead */
#define WINDOW_MAX	((uint64_t)4 << 20)
#define WINDOW_MIN	((uint64_t)256 << 10)	/* where many share: */
#define WINDOW_ALL	((uint64_t)8 << 20)	/* what all of a handle hold */
#define GET_BYTES	((uint64_t)FSS__MAX_CHUNK)
#define GET_NODES	64
#define SEGMENT_COST	4096	/* of the window, whatever its length */

struct segment {
	struct segment	*next;
	struct fss__node node;
	bool		 asked;
	struct fss__frame *frame;	/* NULL: not there yet */
	const uint8_t	*data;		/* in the frame */
};

struct reader;

/* One GET: a run of segments, or a page. */
struct rget {
	struct fss__call call;		/* first: calls are cast back */
	struct reader	*rd;
	unsigned	 count;		/* 0: a page */
	struct segment	*seg[GET_NODES];
	struct fss__node page;
};

struct reader {
	struct fss__op	 op;
	struct fss__call call;
	bool		 asked, running;
	bool		 want_ready;	/* the reader waits */
	int		 fatal;
	char		 owner[FSS_LIMIT_ACCOUNT + 1];
	char		 path[FSS_LIMIT_PATH + 1];
	uint64_t	 number;
	uint64_t	 pos;		/* of the next byte to hand out */
	uint64_t	 end;
	uint64_t	 version;
	struct fss__tree tree;
	bool		 has_tree;
	bool		 page_flying;
	struct segment	*head, **tail;
	uint64_t	 held;		/* bytes of the segments, and their cost */
	uint64_t	 window;
};

static void get_answered(struct fss__call *call,
    const struct fss__cs_answer *a);

/* ---- asking ----------------------------------------------------------- */

static int
send_get(struct rget *g)
{
	const struct fss__node *first = g->count > 0 ? &g->seg[0]->node :
	    &g->page;
	struct fss__m_get_item item;
	struct fss__m_get m;
	struct fss__buf list;
	int r;

	memset(&item, 0, sizeof(item));
	item.has = FSS__K_get_item_version | FSS__K_get_item_level |
	    FSS__K_get_item_offset | FSS__K_get_item_count;
	item.version = g->rd->version;
	item.level = first->level;
	item.offset = first->offset;
	item.count = g->count > 0 ? g->count : 1;
	fss__buf_init(&list, FSS__MAX_HEADER);
	r = fss__record_encode(&list, &fss__r_get_item, &item);
	if (r == 0) {
		memset(&m, 0, sizeof(m));
		m.has = FSS__K_get_items;
		fss__list_of(&m.items, &list, 1);
		r = fss__call_start(&g->rd->op, &g->call, FSS__MSG_GET, &m,
		    NULL, get_answered);
	}
	fss__buf_release(&list);
	return r;
}

static int
ask_page(struct reader *rd, const struct fss__node *node)
{
	struct rget *g = fss__zalloc(sizeof(*g));
	int r;

	if (g == NULL)
		return FSS_ENOMEM;
	g->rd = rd;
	g->page = *node;
	r = send_get(g);
	if (r != 0)
		fss__free(g);
	else
		rd->page_flying = true;
	return r;
}

/* Asks for the segments that are not yet: runs of neighbours. */
static int
ask_segments(struct reader *rd)
{
	struct segment *seg = rd->head;
	struct rget *g;
	uint64_t bytes;
	unsigned i;
	int r;

	while (seg != NULL) {
		if (seg->asked) {
			seg = seg->next;
			continue;
		}
		g = fss__zalloc(sizeof(*g));
		if (g == NULL)
			return FSS_ENOMEM;
		g->rd = rd;
		for (bytes = 0; seg != NULL && !seg->asked &&
		    g->count < GET_NODES && (g->count == 0 ||
		    bytes + seg->node.span <= GET_BYTES); seg = seg->next) {
			bytes += seg->node.span;
			g->seg[g->count++] = seg;
		}
		r = send_get(g);
		if (r != 0) {
			fss__free(g);
			return r;
		}
		for (i = 0; i < g->count; i++)
			g->seg[i]->asked = true;
	}
	return 0;
}

/* Many readers on one handle, as a front end has them, share its memory. */
static uint64_t
window(const struct reader *rd)
{
	return fss__min_u64(rd->window, fss__max_u64(WINDOW_MIN,
	    WINDOW_ALL / rd->op.c->readers));
}

/* Adds segments while the window has room, pages as they are needed. */
static int
extend(struct reader *rd)
{
	struct fss__node node;
	struct segment *seg;
	int r;

	while (rd->held < window(rd)) {
		if (!rd->page_flying && fss__tree_ahead(&rd->tree, &node)) {
			r = ask_page(rd, &node);
			if (r != 0)
				return r;
		}
		r = fss__tree_next(&rd->tree, &node);
		if (r == FSS_EAGAIN && !rd->page_flying)
			return ask_page(rd, &node);
		if (r != 1)
			return 0;
		seg = fss__zalloc(sizeof(*seg));
		if (seg == NULL)
			return FSS_ENOMEM;
		seg->node = node;
		*rd->tail = seg;
		rd->tail = &seg->next;
		rd->held += node.span + SEGMENT_COST;
	}
	return 0;
}

/* ---- taking in -------------------------------------------------------- */

static int
take_nodes(struct rget *g, const struct fss__cs_answer *a)
{
	struct fss__frame *f = a->payload;
	struct reader *rd = g->rd;
	struct fss__m_node_run run;
	struct fss__m_nodes m;
	size_t at = 0, len, n;
	unsigned i;
	int r;

	r = fss__call_decode(a, &m, &rd->op.err);
	if (r != 0)
		return r;
	if (fss__list_next(&m.runs, &fss__r_node_run, &run) != 1)
		return FSS_EPROTO;
	n = run.lens.n / 4;
	if (run.status != 0 && n == 0)
		return run.status == (uint64_t)-FSS_ENOENT ? FSS_ECONFLICT :
		    -(int)run.status;
	if (f == NULL || n == 0 || n > (g->count > 0 ? g->count : 1))
		return FSS_EPROTO;
	/* A frame is kept as a whole: it must not hold more than content. */
	for (i = 0, len = 0; i < n && len <= f->len; i++)
		len += fss__get_le32((const uint8_t *)run.lens.p + i * 4);
	if (len != f->len)
		return FSS_EPROTO;
	for (i = 0; i < n; i++) {
		len = fss__get_le32((const uint8_t *)run.lens.p + i * 4);
		if (len > f->len - at)
			return FSS_EPROTO;
		if (g->count == 0)
			return fss__tree_page(&rd->tree, &g->page,
			    f->data + at, len);
		if (len != g->seg[i]->node.span)
			return FSS_EINTEGRITY;
		r = fss__digest_verify(&g->seg[i]->node.id, f->data + at,
		    len);
		if (r != 0)
			return r;
		g->seg[i]->frame = fss__frame_ref(f);
		g->seg[i]->data = f->data + at;
		at += len;
	}
	/* What there was no room for is asked for again. */
	for (; i < g->count; i++)
		g->seg[i]->asked = false;
	return 0;
}

static void
get_answered(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct rget *g = (struct rget *)call;
	struct reader *rd = g->rd;
	int r = a->err.code;

	if (rd->op.ending) {
		fss__free(g);
		return;
	}
	if (g->count == 0)
		rd->page_flying = false;
	if (r != 0)
		(void)fss__err_set(&rd->op.err, r, "%s", a->err.detail);
	else
		r = take_nodes(g, a);
	fss__free(g);
	if (r != 0)
		rd->fatal = r;
	if (a->payload != NULL && rd->window < WINDOW_MAX)
		rd->window += a->payload->len;
	if (rd->want_ready && rd->head != NULL && rd->head->frame != NULL) {
		rd->want_ready = false;
		fss__event_ready(&rd->op, FSS_EVENT_READABLE);
	}
	fss__op_run(&rd->op);
}

/* ---- the operation ---------------------------------------------------- */

static int
begin_range(struct reader *rd, const struct fss__m_entry *e)
{
	struct fss__id root;
	int r;

	if (e->kind != FSS_KIND_FILE)
		return e->kind == FSS_KIND_DIR ? FSS_EISDIR : FSS_ENOTSUP;
	/* A yes to a request lets the asker read this version. */
	if (!(e->rights & FSS_RIGHT_READ) && !e->pass && e->root.n == 0)
		return FSS_EDENIED;
	rd->running = true;
	rd->version = e->version;
	rd->window = WINDOW;
	if (rd->end > e->size)
		rd->end = e->size;
	if (rd->pos >= rd->end)
		return 0;
	if (e->root.n != sizeof(root.b))
		return FSS_EPROTO;
	memcpy(root.b, e->root.p, sizeof(root.b));
	r = fss__tree_init(&rd->tree, &root, (unsigned)e->depth, e->size);
	if (r != 0)
		return r;
	rd->has_tree = true;
	rd->tree.end = rd->end;
	fss__tree_seek(&rd->tree, rd->pos);
	return 0;
}

static void
stat_answered(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct reader *rd = (struct reader *)call->op;
	struct fss__m_entry e;
	int r;

	if (rd->op.ending)
		return;
	r = fss__stat_answer(&rd->op, a, &e);
	if (r == 0 && e.status != 0)
		r = -(int)e.status;
	if (r == 0)
		r = begin_range(rd, &e);
	rd->fatal = r;
	fss__op_run(&rd->op);
}

static int
ask_stat(struct reader *rd)
{
	int r;

	r = fss__stat_start(&rd->op, &rd->call, rd->owner, rd->path, rd->number,
	    stat_answered);
	rd->asked = r == 0;
	return r;
}

static int
reader_work(struct fss__op *op)
{
	struct reader *rd = (struct reader *)op;
	int r = 0;

	if (rd->fatal != 0)
		return rd->fatal;
	if (!rd->running) {
		if (!rd->asked)
			r = ask_stat(rd);
	} else if (rd->pos >= rd->end) {
		fss__op_end(op, FSS_OK, NULL, NULL);
	} else {
		r = extend(rd);
		if (r == 0)
			r = ask_segments(rd);
	}
	return r == FSS_EAGAIN ? fss__op_starve(op) : r;
}

static void
drop_head(struct reader *rd)
{
	struct segment *seg = rd->head;

	rd->head = seg->next;
	if (rd->head == NULL)
		rd->tail = &rd->head;
	rd->held -= seg->node.span + SEGMENT_COST;
	fss__frame_unref(seg->frame);
	fss__free(seg);
}

static void
reader_release(struct fss__op *op)
{
	struct reader *rd = (struct reader *)op;

	while (rd->head != NULL)
		drop_head(rd);
	if (rd->has_tree)
		fss__tree_release(&rd->tree);
	rd->has_tree = false;
	op->c->readers--;
}

static const struct fss__op_class reader_class = {
	"read", reader_work, reader_release, NULL, NULL
};

int
fss_client_read(fss_client *c, const char *path, uint64_t number,
    uint64_t offset, uint64_t len, void *user, fss_op *ret_op)
{
	char owner[FSS_LIMIT_ACCOUNT + 1], canonical[FSS_LIMIT_PATH + 1];
	struct reader *rd;
	int r;

	r = fss__client_path(c, path, owner, canonical);
	if (r == 0)
		r = fss__op_new(c, &reader_class, sizeof(*rd), user, &rd);
	if (r != 0)
		return r;
	c->readers++;
	memcpy(rd->owner, owner, sizeof(owner));
	memcpy(rd->path, canonical, sizeof(canonical));
	rd->number = number;
	rd->pos = offset;
	if (!fss__add_u64(offset, len, &rd->end))
		rd->end = UINT64_MAX;
	rd->tail = &rd->head;
	rd->want_ready = true;
	return fss__op_begin(&rd->op, ret_op);
}

int
fss_op_read(fss_client *c, fss_op id, void *buf, size_t len, size_t *ret_n)
{
	struct reader *rd;
	struct segment *seg;
	size_t n, done = 0;
	uint64_t skip;
	int r;

	r = fss__client_check(c);
	if (r != 0)
		return r;
	fss__client_forget_event(c);
	rd = (struct reader *)fss__op_find(c, id);
	if (rd == NULL || rd->op.cls != &reader_class || ret_n == NULL ||
	    (buf == NULL && len > 0))
		return fss__client_fail(c, FSS_EINVAL,
		    "there is no such read under way");
	if (rd->op.done) {
		*ret_n = 0;
		return rd->op.err.code;
	}
	while (done < len && rd->pos < rd->end && (seg = rd->head) != NULL &&
	    seg->frame != NULL) {
		skip = rd->pos - seg->node.offset;
		n = (size_t)fss__min_u64(seg->node.span - skip,
		    fss__min_u64(len - done, rd->end - rd->pos));
		memcpy((uint8_t *)buf + done, seg->data + skip, n);
		done += n;
		rd->pos += n;
		if (skip + n == seg->node.span)
			drop_head(rd);
	}
	if (rd->running)
		fss__op_run(&rd->op);	/* the window moved, or the end came */
	if (done == 0 && len > 0 && !(rd->running && rd->pos >= rd->end)) {
		rd->want_ready = true;
		return FSS_EAGAIN;
	}
	*ret_n = done;
	return 0;
}
