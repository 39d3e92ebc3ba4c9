/*
 * Asking for content and taking it in.
 *
 * GETs are filled from the active files in order: many small files in one, a
 * run of chunks of a large one in another, pages in between.  How much is
 * asked for at a time is bounded by a window that grows with what arrives.
 *
 * Nothing of an answer is believed but that its bytes hash to what was asked
 * for; what a GET had no room for is asked for again.
 */
#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/frame.h"
#include "base/num.h"
#include "base/time.h"
#include "client/download.h"
#include "client/request.h"

#define ACTIVE		64	/* files, with a descriptor each */
#define GETS		128	/* under way */
#define GETS_FOLLOW	4	/* where most will come later */
#define HOLD_US		INT64_C(1000000)	/* without news: ask again */
#define PAGE_BYTES	((uint64_t)FSS__PAGE_HEAD +                            \
	(uint64_t)FSS__MAX_FANOUT * FSS__PAGE_CHILD)
#define VERIFY_BYTES	((uint64_t)1 << 20)	/* of part files in one turn */

struct want {
	struct dlfile	*f;		/* NULL: came */
	struct fss__node node;
};

struct dlget {
	struct fss__call call;		/* first: calls are cast back */
	struct dlget	*next;
	struct download	*d;
	uint64_t	 bytes;
	unsigned	 news;		/* of the download when it was sent */
	bool		 later;		/* some is not at the hub yet */
	unsigned	 count;
	struct want	 want[FSS__MAX_GET_ITEMS];
};

/* ---- asking ----------------------------------------------------------- */

/*
 * What is to be asked for next of @f: 1, 0 nothing more, FSS_EAGAIN a page
 * must come first.  Adds to *verified what a part file had.
 */
static int
next_want(struct download *d, struct dlfile *f, struct fss__node *ret_node,
    uint64_t *verified)
{
	int r;

	while (*verified < VERIFY_BYTES) {
		if (!f->page_flying && fss__tree_ahead(&f->tree, ret_node)) {
			f->page_flying = true;
			return 1;
		}
		r = fss__tree_next(&f->tree, ret_node);
		if (r == FSS_EAGAIN && !f->page_flying) {
			f->page_flying = true;
			return 1;
		}
		if (r != 1 || f->fd < 0 || d->buf == NULL ||
		    !fss__dl_part_has(f, ret_node, d->buf))
			return r;
		*verified += ret_node->span;
		f->left -= ret_node->span;
		d->op.count[FSS_COUNT_BYTES_DONE] += ret_node->span;
	}
	return FSS_EAGAIN;
}

/* Adds what can be asked for of @f. 0: nothing more of it, ever. */
static int
fill_from(struct dlget *g, struct dlfile *f, uint64_t *verified)
{
	struct fss__node node;
	uint64_t n;
	int r;

	for (;;) {
		if (g->count == FSS__MAX_GET_ITEMS || g->bytes >= g->d->piece)
			return FSS_EAGAIN;
		r = next_want(g->d, f, &node, verified);
		if (r != 1)
			return r;
		n = node.level > 0 ? PAGE_BYTES : node.span;
		if (node.level == 0 && g->count > 0 &&
		    g->bytes + n > g->d->piece) {
			/* It would not fit the answer: first of the next. */
			fss__tree_seek(&f->tree, node.offset);
			g->bytes = g->d->piece;
			return FSS_EAGAIN;
		}
		g->want[g->count].f = f;
		g->want[g->count++].node = node;
		g->bytes += n;
		f->flying++;
	}
}

/* Fills one GET; NULL where there is nothing to ask for. */
static int
fill_get(struct download *d, uint64_t *verified, struct dlget **ret_g)
{
	struct dlget *g = fss__zalloc(sizeof(*g));
	struct dlfile *f, *next;

	*ret_g = NULL;
	if (g == NULL)
		return FSS_ENOMEM;
	g->d = d;
	while (d->active.count < ACTIVE && fss__dl_activate(d) == 1)
		*verified += 1;
	for (f = d->active.head; f != NULL && g->bytes < d->piece &&
	    g->count < FSS__MAX_GET_ITEMS; f = next) {
		next = f->next;
		if (fill_from(g, f, verified) == 0) {
			fss__dl_leave_active(d, f);
			fss__dl_look_after(d, f);
		}
		while (d->active.count < ACTIVE && next == NULL &&
		    fss__dl_activate(d) == 1)
			next = d->active.tail;
	}
	if (g->count == 0)
		fss__free(g);
	else
		*ret_g = g;
	return 0;
}

int
fss__dl_fetch(struct download *d)
{
	struct dlget *g, **tail;
	uint64_t verified = 0;
	int r, did = 0;

	if (d->buf == NULL) {
		d->buf = fss__alloc(FSS__MAX_CHUNK);
		if (d->buf == NULL)
			return FSS_ENOMEM;
	}
	while (d->flying < d->window &&
	    d->gets < (d->follow ? GETS_FOLLOW : GETS) &&
	    verified < VERIFY_BYTES) {
		r = fill_get(d, &verified, &g);
		if (r != 0)
			return r;
		if (g == NULL)
			break;
		for (tail = &d->todo; *tail != NULL; tail = &(*tail)->next)
			;
		*tail = g;
		d->gets++;
		d->flying += g->bytes;
		did = 1;
	}
	return did || verified > 0;
}

/* How many wants from @i on are one item: neighbours of one file. */
static unsigned
group_at(const struct dlget *g, unsigned i)
{
	const struct want *w = &g->want[i];
	unsigned n = 1;

	while (i + n < g->count && w->node.level == 0 &&
	    g->want[i + n].f == w->f && g->want[i + n].node.level == 0 &&
	    g->want[i + n].node.offset == g->want[i + n - 1].node.offset +
	    g->want[i + n - 1].node.span)
		n++;
	return n;
}

static void get_answered(struct fss__call *call,
    const struct fss__cs_answer *a);

static int
send_get(struct dlget *g)
{
	struct fss__m_get_item item;
	struct fss__m_get m;
	struct fss__buf list;
	uint32_t items = 0;
	unsigned i, n;
	int r = 0;

	fss__buf_init(&list, FSS__MAX_HEADER);
	for (i = 0; r == 0 && i < g->count; i += n) {
		n = group_at(g, i);
		memset(&item, 0, sizeof(item));
		item.has = FSS__K_get_item_version | FSS__K_get_item_level |
		    FSS__K_get_item_offset | FSS__K_get_item_count;
		item.version = g->want[i].f->version;
		item.level = g->want[i].node.level;
		item.offset = g->want[i].node.offset;
		item.count = n;
		r = fss__record_encode(&list, &fss__r_get_item, &item);
		items++;
	}
	if (r == 0) {
		memset(&m, 0, sizeof(m));
		m.has = FSS__K_get_items;
		fss__list_of(&m.items, &list, items);
		r = fss__call_start(&g->d->op, &g->call, FSS__MSG_GET, &m,
		    NULL, get_answered);
	}
	fss__buf_release(&list);
	return r;
}

int
fss__dl_send(struct download *d)
{
	struct dlget *g;
	int r;

	while (!d->hold && (g = d->todo) != NULL) {
		g->news = d->news;
		g->later = false;
		r = send_get(g);
		if (r != 0)
			return r;
		d->todo = g->next;
		g->next = NULL;
	}
	return 0;
}

void
fss__dl_fetch_release(struct download *d)
{
	struct dlget *g;

	while ((g = d->todo) != NULL) {
		d->todo = g->next;
		fss__free(g);
	}
	fss__free(d->buf);
	d->buf = NULL;
}

/* ---- taking in -------------------------------------------------------- */

static int
take_chunk(struct dlfile *f, const struct fss__node *node, const uint8_t *p,
    size_t n)
{
	int r;

	if (n != node->span)
		return FSS_EINTEGRITY;
	r = fss__digest_verify(&node->id, p, n);
	if (r != 0)
		return r;
	if (f->fd < 0)
		r = fss__dl_part_open(f);
	if (r == 0)
		r = fss__dl_part_write(f, node->offset, p, n);
	f->here = r != 0;
	return r;
}

/* A node came (or @status why not). */
static void
take_node(struct download *d, struct want *w, int status, const uint8_t *p,
    size_t n)
{
	struct dlfile *f = w->f;
	int r = status;

	w->f = NULL;
	f->flying--;
	if (w->node.level > 0)
		f->page_flying = false;
	if (f->failed == 0) {
		if (r == 0)
			r = w->node.level > 0 ?
			    fss__tree_page(&f->tree, &w->node, p, n) :
			    take_chunk(f, &w->node, p, n);
		if (r == 0 && w->node.level == 0) {
			f->left -= n;
			d->op.count[FSS_COUNT_BYTES_DONE] += n;
			d->op.count[FSS_COUNT_WIRE_BYTES] += n;
		}
		if (r != 0) {
			fss__dl_leave_active(d, f);
			f->failed = r;
		}
	}
	fss__dl_look_after(d, f);
}

/* It is not at the hub yet, and will be. */
static bool
comes_later(struct dlget *g, int code)
{
	struct download *d = g->d;

	if (!d->follow || (code != FSS_EAGAIN && code != FSS_EANNOUNCED))
		return false;
	g->later = true;
	if (g->news != d->news)
		return true;	/* more has come since it was asked for */
	d->hold = true;
	d->hold_us = fss__mono_us() + HOLD_US;
	fss__op_wake_at(&d->op, d->hold_us);
	return true;
}

/*
 * One run of the answer, about the wants from @i on.  Returns how many bytes
 * of the payload were its, or FSS_EPROTO.
 */
static int
take_run(struct dlget *g, unsigned i, unsigned group,
    const struct fss__m_node_run *run, const uint8_t *p, size_t left,
    size_t *ret_used)
{
	const uint8_t *lens = run->lens.p;
	size_t used = 0, len, nodes = run->lens.n / 4;
	unsigned k;

	if (run->lens.n % 4 != 0 || nodes > group)
		return FSS_EPROTO;
	for (k = 0; k < nodes; k++) {
		len = fss__get_le32(lens + (size_t)k * 4);
		if (len > left - used)
			return FSS_EPROTO;
		take_node(g->d, &g->want[i + k], 0, p + used, len);
		used += len;
	}
	if (run->status != 0 && !comes_later(g, -(int)run->status))
		for (; k < group; k++)
			take_node(g->d, &g->want[i + k], -(int)run->status,
			    NULL, 0);
	*ret_used = used;
	return 0;
}

static int
take_answer(struct dlget *g, const struct fss__cs_answer *a)
{
	const uint8_t *p = a->payload != NULL ? a->payload->data : NULL;
	size_t left = a->payload != NULL ? a->payload->len : 0, used;
	struct fss__m_node_run run;
	struct fss__m_nodes m;
	unsigned i = 0, group;
	int r;

	r = fss__call_decode(a, &m, &g->d->op.err);
	while (r == 0 && (r = fss__list_next(&m.runs, &fss__r_node_run,
	    &run)) == 1) {
		if (i >= g->count)
			return FSS_EPROTO;
		/* Before its wants are taken and forget their file. */
		group = group_at(g, i);
		r = take_run(g, i, group, &run, p, left, &used);
		if (r != 0)
			break;
		if (p != NULL)
			p += used;
		left -= used;
		i += group;
	}
	if (r == 0 && left > 0)
		r = FSS_EPROTO;
	return r;
}

/* What did not come is asked for again, before anything new. */
static void
ask_again(struct dlget *g)
{
	struct download *d = g->d;
	unsigned i, n = 0;
	uint64_t bytes = 0;

	for (i = 0; i < g->count; i++) {
		if (g->want[i].f == NULL)
			continue;
		bytes += g->want[i].node.level > 0 ? PAGE_BYTES :
		    g->want[i].node.span;
		g->want[n++] = g->want[i];
	}
	if (n == g->count && !g->later) {
		/* Nothing came at all: it would go on like this for ever. */
		d->fatal = fss__err_set(&d->op.err, FSS_EPROTO,
		    "the answer to GET holds nothing");
	}
	d->flying -= g->bytes;
	if (n == 0 || d->fatal != 0) {
		d->gets--;
		fss__free(g);
		return;
	}
	d->flying += bytes;
	g->bytes = bytes;
	g->count = n;
	g->next = d->todo;
	d->todo = g;
}

static void
get_answered(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct dlget *g = (struct dlget *)call;
	struct download *d = g->d;
	uint64_t max = fss__cs_terms(d->op.who->cs)->credit_max;
	int r = a->err.code;

	if (d->op.ending) {
		fss__free(g);
		return;
	}
	if (r == 0)
		r = take_answer(g, a);
	else if (comes_later(g, r))
		r = 0;
	else
		(void)fss__err_set(&d->op.err, r, "%s", a->err.detail);
	if (r != 0) {
		d->fatal = r;
		d->gets--;
		d->flying -= g->bytes;
		fss__free(g);
	} else {
		if (a->payload != NULL)
			d->window += a->payload->len;
		if (max > FSS__DL_WINDOW)
			max = FSS__DL_WINDOW;
		if (d->window > max)
			d->window = max;
		ask_again(g);
	}
	fss__op_run(&d->op);
}
