/*
 * Going on with an upload in parts.
 *
 * STAGE_OPEN tells where it stands and makes it ours.  Of what is saved the
 * right edge of the tree is fetched, a page a level, and the last chunk, for
 * that one was cut by the end of what there was and not by its bytes: it is
 * fed again before what the user writes, so that the cuts are those of an
 * upload in one piece.
 *
 * Now and then, and at the end, the file is split: the part so far ends there
 * with a tree of its own, which STAGE_SAVE makes the upload's once all of it
 * is at the hub, while the next part goes on already.  One STAGE_SAVE is
 * under way at a time; of parts that became complete meanwhile the last one
 * stands for all.
 *
 * Who ends before the size is reached says so, with the last STAGE_SAVE or,
 * where nothing is to be saved, by leaving it (stage_leave.c), as does who is
 * cancelled or fails: else it would look as if somebody went on with it.
 */
#include <string.h>

#include <fss/stage.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/frame.h"
#include "base/num.h"
#include "base/str.h"
#include "client/request.h"
#include "client/sender.h"
#include "client/stage.h"

#define PIECE		((size_t)256 << 10)	/* bytes taken between two looks */
#define SAVE_BYTES	((uint64_t)16 << 20)	/* written, then saved */

enum step {
	OPEN,			/* STAGE_OPEN */
	LOAD,			/* the right edge of what is saved */
	WRITE,
	COMMIT
};

/* A part of the file from its beginning, complete at the hub or on its way. */
struct part {
	struct part	*next;
	struct fss__sfile *sfile;
	uint64_t	 begin;		/* offset of what was fed first */
	uint64_t	 settled;	/* bytes from there on, in any order */
	uint64_t	 end;		/* offset after it */
	bool		 complete;
};

struct appender {
	struct fss__op	 op;
	struct fss__call call;		/* all but PUTs: one at a time */
	bool		 waiting;	/* for its answer */
	enum step	 step;
	int		 fatal;
	struct fss__stage_hold hold;

	/* as the hub told it */
	uint64_t	 size, saved;
	bool		 done;		/* it was committed before */
	bool		 has_root;
	struct fss__id	 root;
	unsigned	 depth;
	struct fss__rowset *row;	/* DONE's where the end is not reached */

	/* LOAD: the node wanted next */
	struct fss__id	 want;
	unsigned	 level;
	struct fss__manifest *manifest;

	/* WRITE */
	struct fss__sender *sender;
	struct part	*parts, **tail;	/* ended ones, then the present one */
	struct part	*part;		/* the present one; NULL at the end */
	uint64_t	 pos;		/* where the next byte goes */
	uint64_t	 split;		/* where the present part began anew */
	uint64_t	 saving;	/* what the STAGE_SAVE under way says */
	bool		 left;		/* it was said that no more comes */
	bool		 holds;		/* the hub may take us for at work */
	bool		 want_ready;
};

static int	next_part(struct appender *ap);

/* ---- what the sender tells -------------------------------------------- */

static void
complete(void *ctx, void *file_ctx)
{
	struct appender *ap = ctx;
	struct part *p = file_ctx;

	p->complete = true;
	fss__op_run(&ap->op);
}

static void
lost(void *ctx, void *file_ctx, int code)
{
	struct appender *ap = ctx;

	(void)file_ctx;
	ap->fatal = code;
	fss__op_run(&ap->op);
}

/* Parts overlap by a chunk, which is settled for each of the two. */
static void
settled(void *ctx, void *file_ctx, size_t len, bool sent)
{
	struct appender *ap = ctx;
	struct part *p = file_ctx;
	uint64_t *count = ap->op.count;

	p->settled += len;
	count[FSS_COUNT_BYTES_DONE] = fss__max_u64(p->begin + p->settled,
	    count[FSS_COUNT_BYTES_DONE]);
	if (sent)
		count[FSS_COUNT_WIRE_BYTES] += len;
}

static const struct fss__sender_ops sender_ops = { complete, lost, settled };

/* ---- requests --------------------------------------------------------- */

static int
send(struct appender *ap, unsigned type, const void *m, fss__call_fn fn)
{
	int r = fss__call_start(&ap->op, &ap->call, type, m, NULL, fn);

	ap->waiting = r == 0;
	return r;
}

/* False where the operation ends. */
static bool
came(struct appender *ap, const struct fss__cs_answer *a)
{
	ap->waiting = false;
	if (ap->op.ending)
		return false;
	fss__op_run(&ap->op);
	if (a->err.code == 0)
		return true;
	/* What was refused: loading alone has nothing to do with it. */
	ap->holds = ap->holds && ap->step == LOAD;
	ap->fatal = fss__err_set(&ap->op.err, a->err.code, "%s",
	    a->err.detail);
	return false;
}

/* What the hub says of the upload; @m is checked against what we know. */
static int
take_stage(struct appender *ap, const struct fss__m_stage *m)
{
	struct fss__row_hint hint = { ap->op.who->account, NULL, 0 };

	if (m->offset > m->size || m->depth > FSS__MAX_LEVELS)
		return FSS_EPROTO;
	ap->size = m->size;
	ap->saved = m->offset;
	ap->done = (m->has & FSS__K_stage_version) != 0;
	ap->has_root = (m->has & FSS__K_stage_root) != 0;
	if (ap->has_root)
		memcpy(ap->root.b, m->root.p, sizeof(ap->root.b));
	ap->depth = (unsigned)m->depth;
	if (!ap->done && ap->has_root != (ap->saved > 0))
		return FSS_EPROTO;
	fss__rowset_free(ap->row);
	ap->row = fss__rowset_new();
	return ap->row == NULL ? FSS_ENOMEM :
	    fss__rowset_add(ap->row, &fss__r_stage, m, &hint);
}

/* ---- opening ---------------------------------------------------------- */

static void
opened(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct appender *ap = (struct appender *)call->op;
	struct fss__m_stage m;
	int r;

	if (!came(ap, a))
		return;
	r = fss__call_decode(a, &m, &ap->op.err);
	if (r == 0)
		r = take_stage(ap, &m);
	if (r == 0 && ap->saved != ap->pos)
		r = FSS_EPROTO;
	ap->hold.turn = m.turn;
	ap->op.count[FSS_COUNT_BYTES_DONE] = ap->saved;
	ap->op.count[FSS_COUNT_BYTES_TOTAL] = ap->size;
	ap->op.count[FSS_COUNT_SCANNED] = 1;
	ap->want = ap->root;
	ap->level = ap->depth;
	ap->step = ap->done || ap->saved == ap->size ? COMMIT :
	    ap->has_root ? LOAD : WRITE;
	if (r == 0 && ap->step != COMMIT)
		r = fss__sender_new(&ap->op, &sender_ops, &ap->sender);
	if (r == 0 && ap->step == LOAD && ap->depth > 0)
		r = fss__manifest_new(FSS__ID_ALG(ap->root.b[0]),
		    &ap->manifest);
	if (r == 0 && ap->step == WRITE)
		r = next_part(ap);
	ap->fatal = r;
}

static int
ask_open(struct appender *ap)
{
	struct fss__m_stage_open m;
	int r;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_stage_open_op | FSS__K_stage_open_id |
	    FSS__K_stage_open_offset;
	fss__op_id(ap->hold.op, &m.op);
	m.id.p = ap->hold.id;
	m.id.n = sizeof(ap->hold.id);
	m.offset = ap->pos;
	r = send(ap, FSS__MSG_STAGE_OPEN, &m, opened);
	ap->holds = r == 0;
	return r;
}

/* Only told: what was to be kept is, whatever the answer. */
static void
left(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct appender *ap = (struct appender *)call->op;

	(void)a;
	ap->waiting = false;
	if (ap->op.ending)
		return;
	ap->holds = false;
	fss__op_run(&ap->op);
}

static int
leave(struct appender *ap)
{
	int r = fss__stage_leave_send(&ap->op, &ap->call, &ap->hold,
	    ap->saved, left);

	ap->left = ap->waiting = r == 0;
	return r;
}

/* ---- loading ---------------------------------------------------------- */

/* The last chunk: in front of what is written. */
static int
take_tail(struct appender *ap, const uint8_t *p, size_t n)
{
	size_t room;
	uint8_t *to;
	int r;

	if (n == 0 || n > ap->saved || ap->saved - n !=
	    (ap->manifest != NULL ? fss__manifest_size(ap->manifest) : 0))
		return FSS_EPROTO;
	r = next_part(ap);
	if (r == 0 && ap->manifest != NULL) {
		fss__sender_resume(ap->part->sfile, ap->manifest);
		ap->manifest = NULL;
	}
	if (r == 0)
		r = fss__sender_room(ap->sender, n, &to, &room);
	if (r != 0)
		return r;
	ap->part->begin -= n;
	memcpy(to, p, n);
	ap->step = WRITE;
	return fss__sender_fed(ap->sender, ap->part->sfile, n);
}

static int
take_node(struct appender *ap, const struct fss__cs_answer *a)
{
	struct fss__frame *f = a->payload;
	struct fss__m_node_run run;
	struct fss__m_nodes m;
	struct fss__page page;
	uint64_t span;
	int r;

	r = fss__call_decode(a, &m, &ap->op.err);
	if (r != 0)
		return r;
	if (fss__list_next(&m.runs, &fss__r_node_run, &run) != 1)
		return FSS_EPROTO;
	if (run.status != 0)
		return -(int)run.status;
	if (f == NULL || run.lens.n != 4 ||
	    fss__get_le32(run.lens.p) != f->len)
		return FSS_EPROTO;
	r = fss__digest_verify(&ap->want, f->data, f->len);
	if (r != 0)
		return r;
	if (ap->level == 0)
		return f->len > FSS__MAX_CHUNK ? FSS_EPROTO :
		    take_tail(ap, f->data, f->len);
	r = fss__page_decode(f->data, f->len, &page);
	if (r == 0 && page.level != ap->level)
		r = FSS_EPROTO;
	if (r == 0)
		r = fss__manifest_resume(ap->manifest, &page);
	if (r != 0)
		return r;
	fss__page_child(&page, page.count - 1, &ap->want, &span);
	ap->level--;
	return 0;
}

static void
loaded(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct appender *ap = (struct appender *)call->op;

	if (came(ap, a))
		ap->fatal = take_node(ap, a);
}

/* The node of this level that covers the last byte. */
static int
ask_node(struct appender *ap)
{
	struct fss__m_get_item item;
	struct fss__m_get m;
	struct fss__buf list;
	int r;

	memset(&item, 0, sizeof(item));
	item.has = FSS__K_get_item_version | FSS__K_get_item_level |
	    FSS__K_get_item_offset | FSS__K_get_item_count |
	    FSS__K_get_item_stage;
	item.level = ap->level;
	item.offset = ap->saved - 1;
	item.count = 1;
	item.stage.p = ap->hold.id;
	item.stage.n = sizeof(ap->hold.id);
	fss__buf_init(&list, FSS__MAX_HEADER);
	r = fss__record_encode(&list, &fss__r_get_item, &item);
	if (r == 0) {
		memset(&m, 0, sizeof(m));
		m.has = FSS__K_get_items;
		fss__list_of(&m.items, &list, 1);
		r = send(ap, FSS__MSG_GET, &m, loaded);
	}
	fss__buf_release(&list);
	return r;
}

/* ---- parts ------------------------------------------------------------ */

static int
append_part(struct appender *ap, struct part **ret_p)
{
	struct part *p = fss__zalloc(sizeof(*p));

	*ret_p = p;
	if (p == NULL)
		return FSS_ENOMEM;
	*ap->tail = p;
	ap->tail = &p->next;
	return 0;
}

/* The first part of this operation. */
static int
next_part(struct appender *ap)
{
	int r = append_part(ap, &ap->part);

	if (r == 0)
		r = fss__sender_begin(ap->sender, ap->part, &ap->part->sfile);
	if (r == 0)
		ap->part->begin = ap->pos;
	ap->split = ap->pos;
	return r;
}

/* Ends the present part where it is, to be saved; another goes on. */
static int
split(struct appender *ap)
{
	struct part *p = ap->part, *n = NULL;
	int r = append_part(ap, &n);

	if (r != 0)
		return r;
	p->end = ap->pos;
	ap->part = n;
	ap->split = ap->pos;
	r = fss__sender_split(ap->sender, p->sfile, n, &n->sfile);
	n->begin = ap->pos - fss__sender_uncut(ap->sender);
	fss__sender_flush(ap->sender);
	return r;
}

static int
end(struct appender *ap)
{
	struct part *p = ap->part;
	int r;

	ap->part = NULL;
	p->end = ap->pos;
	r = fss__sender_end(ap->sender, p->sfile);
	fss__sender_flush(ap->sender);
	return r;
}

static void
drop_part(struct appender *ap)
{
	struct part *p = ap->parts;

	ap->parts = p->next;
	if (ap->parts == NULL)
		ap->tail = &ap->parts;
	if (p->sfile != NULL)
		fss__sender_abandon(ap->sender, p->sfile);
	fss__free(p);
}

/* ---- saving ----------------------------------------------------------- */

static void
saved(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct appender *ap = (struct appender *)call->op;
	struct fss__m_stage m;
	int r;

	if (!came(ap, a))
		return;
	r = fss__call_decode(a, &m, &ap->op.err);
	if (r == 0)
		r = take_stage(ap, &m);
	if (r == 0 && ap->saved != ap->saving)
		r = FSS_EPROTO;
	/* It said so, if it was the last. */
	ap->holds = ap->holds && !ap->left;
	ap->fatal = r;
}

/* The last of the parts that are complete, if there is one. */
static int
save(struct appender *ap)
{
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_stage_save m;
	struct fss__id root;
	struct part *p = ap->parts;
	unsigned depth;
	int r;

	while (p != NULL && p->complete && p->next != NULL &&
	    p->next->complete) {
		drop_part(ap);
		p = ap->parts;
	}
	if (p == NULL || !p->complete)
		return 0;
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_stage_save_op | FSS__K_stage_save_id |
	    FSS__K_stage_save_turn | FSS__K_stage_save_base |
	    FSS__K_stage_save_offset | FSS__K_stage_save_root |
	    FSS__K_stage_save_depth;
	if (!fss__sender_root(p->sfile, &root, &depth, &m.offset) ||
	    m.offset != p->end)
		return FSS_EIO;
	fss__op_id(op, &m.op);
	m.id.p = ap->hold.id;
	m.id.n = sizeof(ap->hold.id);
	m.turn = ap->hold.turn;
	m.base = ap->saved;
	m.root.p = root.b;
	m.root.n = sizeof(root.b);
	m.depth = depth;
	m.leave = ap->op.finished && m.offset == ap->pos &&
	    m.offset < ap->size;
	m.has |= m.leave ? FSS__K_stage_save_leave : 0;
	r = send(ap, FSS__MSG_STAGE_SAVE, &m, saved);
	if (r == 0) {
		ap->left = ap->left || m.leave;
		ap->saving = m.offset;
		drop_part(ap);
	}
	return r;
}

/* ---- the end ---------------------------------------------------------- */

static void
committed(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct appender *ap = (struct appender *)call->op;
	struct fss__row_hint hint = { ap->op.who->account, NULL, 0 };
	struct fss__m_entry_list m;
	struct fss__rowset *rows;
	struct fss__m_entry e;
	int r;

	if (!came(ap, a))
		return;
	ap->holds = false;
	r = fss__call_decode(a, &m, &ap->op.err);
	if (r == 0 && fss__list_next(&m.entries, &fss__r_entry, &e) != 1)
		r = FSS_EPROTO;
	if (r == 0 && (e.has & FSS__K_entry_status) && e.status != 0)
		r = -(int)e.status;
	rows = r == 0 ? fss__rowset_new() : NULL;
	if (r == 0)
		r = rows == NULL ? FSS_ENOMEM :
		    fss__rowset_add(rows, &fss__r_entry, &e, &hint);
	if (r != 0) {
		fss__rowset_free(rows);
		ap->fatal = r;
		return;
	}
	fss__op_end(&ap->op, FSS_OK, NULL, rows);
}

static int
commit(struct appender *ap)
{
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_stage_commit m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_stage_commit_op | FSS__K_stage_commit_id |
	    FSS__K_stage_commit_turn;
	fss__op_id(op, &m.op);
	m.id.p = ap->hold.id;
	m.id.n = sizeof(ap->hold.id);
	m.turn = ap->hold.turn;
	return send(ap, FSS__MSG_STAGE_COMMIT, &m, committed);
}

/* ---- the operation ---------------------------------------------------- */

static int
write_work(struct appender *ap)
{
	struct fss__rowset *row;
	int r = 0;

	if (ap->op.finished && ap->part != NULL) {
		/* Nothing since the last split: what it began is not needed. */
		if (ap->pos == ap->split) {
			fss__sender_abandon(ap->sender, ap->part->sfile);
			ap->part->sfile = NULL;
			ap->part = NULL;
		} else {
			r = end(ap);
		}
	}
	if (r == 0)
		r = fss__sender_work(ap->sender);
	if (r == 0 && !ap->waiting)
		r = save(ap);
	if (r != 0 || ap->waiting || !ap->op.finished || ap->saved != ap->pos)
		return r;
	if (ap->saved == ap->size) {
		ap->step = COMMIT;
		return 1;
	}
	if (!ap->left)
		return leave(ap);
	row = ap->row;
	ap->row = NULL;
	fss__op_end(&ap->op, FSS_OK, NULL, row);
	return 0;
}

static int
appender_work(struct fss__op *op)
{
	struct appender *ap = (struct appender *)op;
	uint8_t *p;
	size_t n;
	int r = 0;

	if (ap->fatal != 0)
		return ap->fatal;
	switch (ap->step) {
	case OPEN:
		r = ap->waiting ? 0 : ask_open(ap);
		break;
	case LOAD:
		r = ap->waiting ? 0 : ask_node(ap);
		break;
	case WRITE:
		r = write_work(ap);
		break;
	case COMMIT:
		r = ap->waiting ? 0 : commit(ap);
		break;
	}
	if (r == 0 && ap->step == WRITE)
		fss__event_progress(op);
	if (r == 0 && !op->done && ap->step == WRITE && ap->want_ready &&
	    ap->part != NULL &&
	    fss__sender_room(ap->sender, 1, &p, &n) == 0) {
		ap->want_ready = false;
		fss__event_ready(op, FSS_EVENT_WRITABLE);
	}
	return r == FSS_EAGAIN ? fss__op_starve(op) : r;
}

static int
take_bytes(struct appender *ap, const uint8_t *buf, size_t len,
    size_t *ret_done)
{
	size_t n, room;
	uint8_t *p;
	int r;

	while (*ret_done < len) {
		/* Only when more comes: a part of just that size is whole. */
		if (ap->pos - ap->split >= SAVE_BYTES) {
			r = split(ap);
			if (r != 0)
				return r;
		}
		r = fss__sender_room(ap->sender, 1, &p, &room);
		if (r != 0)
			return r;
		n = len - *ret_done < PIECE ? len - *ret_done : PIECE;
		n = n < room ? n : room;
		n = (size_t)fss__min_u64(n, SAVE_BYTES - (ap->pos -
		    ap->split));
		memcpy(p, buf + *ret_done, n);
		r = fss__sender_fed(ap->sender, ap->part->sfile, n);
		*ret_done += n;
		ap->pos += n;
		if (r != 0)
			return r;
	}
	return 0;
}

static int
appender_write(struct fss__op *op, const void *buf, size_t len, size_t *ret_n)
{
	struct appender *ap = (struct appender *)op;
	size_t done = 0;
	int r;

	if (ap->step == WRITE && ap->fatal == 0) {
		if (len > 0 && ap->pos == ap->size)
			return fss__client_fail(op->c, FSS_ETOOBIG,
			    "the upload is of %llu bytes",
			    (unsigned long long)ap->size);
		len = (size_t)fss__min_u64(len, ap->size - ap->pos);
		r = take_bytes(ap, buf, len, &done);
		if (r != 0 && r != FSS_EAGAIN)
			ap->fatal = r;
	} else if (ap->step == COMMIT && len > 0) {
		return fss__client_fail(op->c, FSS_ETOOBIG,
		    "the upload is complete");
	}
	fss__op_run(op);
	if (done == 0 && len > 0) {
		ap->want_ready = true;
		return FSS_EAGAIN;
	}
	*ret_n = done;
	return 0;
}

static void
appender_release(struct fss__op *op)
{
	struct appender *ap = (struct appender *)op;

	if (ap->holds)
		fss__stage_leave(op, &ap->hold);
	while (ap->parts != NULL)
		drop_part(ap);
	fss__sender_free(ap->sender);
	fss__manifest_free(ap->manifest);
	fss__rowset_free(ap->row);
	ap->sender = NULL;
	ap->manifest = NULL;
	ap->row = NULL;
}

static const struct fss__op_class appender_class = {
	"append", appender_work, appender_release, NULL, appender_write
};

int
fss_client_stage_append(fss_client *c, const char *id, uint64_t offset,
    void *user, fss_op *ret_op)
{
	uint8_t raw[FSS__STAGE_ID];
	struct fss__slice s;
	struct appender *ap;
	int r;

	r = fss__client_hexid(c, "an upload", id, raw, &s);
	if (r != 0)
		return r;
	if (offset > INT64_MAX)
		return fss__client_fail(c, FSS_EINVAL, "no such offset");
	r = fss__op_new(c, &appender_class, sizeof(*ap), user, &ap);
	if (r != 0)
		return r;
	memcpy(ap->hold.id, raw, sizeof(raw));
	ap->pos = offset;
	ap->tail = &ap->parts;
	ap->want_ready = true;
	ap->op.counts = true;
	return fss__op_begin(&ap->op, ret_op);
}
