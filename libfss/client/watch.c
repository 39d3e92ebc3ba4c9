/*
 * fss_client_watch(): news as events of the API.
 *
 * With FSS_WATCH_LIST the present state comes first, and after a gap what
 * changed meanwhile: WHO, then REQUESTS.  While it lists, and while the user
 * does not take what was told, it holds the newsroom.  Events and lists can
 * tell the same change of a request; (id, change) of what was listed says so.
 * They are forgotten with the first event that is newer than all of them.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/num.h"
#include "base/str.h"
#include "client/news.h"
#include "client/request.h"

#define EVENTS		64	/* NEWS events not yet taken */
#define KNOWN_MAX	65536	/* requests listed that are remembered */
#define LIVE_STATES	(1u << FSS_REQUEST_OPEN | 1u << FSS_REQUEST_SEEN |    \
	1u << FSS_REQUEST_APPROVED | 1u << FSS_REQUEST_TRANSFERRING)
#define ALL_KINDS	(FSS_WATCH_PRESENCE | FSS_WATCH_REQUESTS |             \
	FSS_WATCH_PROGRESS | FSS_WATCH_FILES | FSS_WATCH_WORK |               \
	FSS_WATCH_UPLOADS)

struct known {
	uint64_t	id, change;
};

enum listing { LIST_NONE, LIST_WHO, LIST_REQUESTS };

struct watch {
	struct fss__op	 op;
	struct fss__call call;		/* WHO, REQUESTS */
	struct fss__follower follower;
	uint32_t	 kinds, flags;
	bool		 started;
	bool		 waiting;	/* for the answer to `call` */
	int		 fatal;
	enum listing	 listing;
	bool		 again;		/* it was listed before */
	uint8_t		 cursor[FSS__MAX_CURSOR];
	size_t		 cursor_len;
	uint64_t	 seq;		/* changes up to it are told */
	uint64_t	 since;		/* the list under way: after this one */
	uint64_t	 list_seq;	/* all that is listed is at most it */
	struct known	*known;
	size_t		 count, cap;
	struct fss__rowset *rows;	/* gathered from one answer */
};

/* ---- what was listed -------------------------------------------------- */

static void
forget(struct watch *w)
{
	fss__free(w->known);
	w->known = NULL;
	w->count = w->cap = 0;
}

static int
remember(struct watch *w, const struct fss__m_request *m)
{
	struct known *k;
	size_t cap;

	w->list_seq = fss__max_u64(w->list_seq, m->seq);
	if (w->count == KNOWN_MAX)
		return 0;
	if (w->count == w->cap) {
		cap = w->cap == 0 ? 64 : w->cap * 2;
		k = fss__realloc(w->known, cap * sizeof(*k));
		if (k == NULL)
			return FSS_ENOMEM;
		w->known = k;
		w->cap = cap;
	}
	w->known[w->count].id = m->id;
	w->known[w->count++].change = m->change;
	return 0;
}

static bool
was_listed(struct watch *w, const struct fss__m_event *m)
{
	size_t i;

	if (m->request_seq > w->list_seq) {
		forget(w);
		return false;
	}
	for (i = 0; i < w->count; i++)
		if (w->known[i].id == m->request)
			return m->change <= w->known[i].change;
	return false;
}

/* ---- telling ---------------------------------------------------------- */

static void
add_row(struct watch *w, const struct fss__record *rec, const void *m,
    int news)
{
	struct fss__row_hint hint = { NULL, NULL, 0 };
	int r = 0;

	hint.news = news;
	if (w->rows == NULL)
		w->rows = fss__rowset_new();
	if (w->rows == NULL)
		r = FSS_ENOMEM;
	if (r == 0)
		r = fss__rowset_add(w->rows, rec, m, &hint);
	if (r != 0 && w->fatal == 0)
		w->fatal = r;
}

static void
flush(struct fss__op *op)
{
	struct watch *w = (struct watch *)op;
	struct fss__rowset *rows = w->rows;

	w->rows = NULL;
	if (rows == NULL)
		return;
	if (fss__event_rows(op, FSS_EVENT_NEWS, FSS_OK, NULL, rows) != 0)
		w->fatal = FSS_ENOMEM;
	fss__follow_hold(&w->follower, w->listing != LIST_NONE ||
	    op->queued >= EVENTS);
}

static void
event(struct fss__op *op, const struct fss__m_event *m)
{
	struct watch *w = (struct watch *)op;

	if (m->kind == FSS_NEWS_REQUEST) {
		if (was_listed(w, m))
			return;
		w->seq = fss__max_u64(w->seq, m->request_seq);
	}
	add_row(w, &fss__r_event, m, 0);
}

static void
begin_list(struct watch *w)
{
	if ((w->flags & FSS_WATCH_LIST) == 0)
		return;
	forget(w);
	w->since = w->list_seq = w->seq;
	w->cursor_len = 0;
	w->listing = (w->kinds & FSS_WATCH_PRESENCE) != 0 ? LIST_WHO :
	    (w->kinds & FSS_WATCH_REQUESTS) != 0 ? LIST_REQUESTS : LIST_NONE;
	if (w->listing != LIST_NONE)
		fss__follow_hold(&w->follower, true);
}

static void
live(struct fss__op *op)
{
	begin_list((struct watch *)op);
}

static void
afresh(struct fss__op *op)
{
	struct watch *w = (struct watch *)op;

	if (fss__event_rows(op, FSS_EVENT_AFRESH, FSS_OK, NULL, NULL) != 0)
		w->fatal = FSS_ENOMEM;
	w->again = true;
	begin_list(w);
}

static void
fail(struct fss__op *op, int code, const char *detail)
{
	struct watch *w = (struct watch *)op;

	w->fatal = fss__err_set(&op->err, code, "%s",
	    detail != NULL ? detail : "");
}

static const struct fss__follower_ops follower_ops = {
	live, event, flush, afresh, fail
};

/* ---- lists ------------------------------------------------------------ */

static int
take_who(struct watch *w, const struct fss__cs_answer *a,
    struct fss__slice *ret_cursor)
{
	struct fss__m_who_list m;
	struct fss__m_who_row row;
	int r = fss__call_decode(a, &m, &w->op.err);

	if (r != 0)
		return r;
	*ret_cursor = m.cursor;
	while ((r = fss__list_next(&m.people, &fss__r_who_row, &row)) == 1)
		add_row(w, &fss__r_who_row, &row, FSS_NEWS_PRESENCE);
	return r;
}

static int
take_requests(struct watch *w, const struct fss__cs_answer *a,
    struct fss__slice *ret_cursor)
{
	struct fss__m_request_list m;
	struct fss__m_request row;
	int r = fss__call_decode(a, &m, &w->op.err);

	if (r != 0)
		return r;
	*ret_cursor = m.cursor;
	if (w->cursor_len == 0)
		w->seq = fss__max_u64(w->seq, m.seq);
	while ((r = fss__list_next(&m.requests, &fss__r_request, &row)) == 1) {
		r = remember(w, &row);
		if (r != 0)
			return r;
		add_row(w, &fss__r_request, &row, FSS_NEWS_REQUEST);
	}
	return r;
}

static void
listed(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct watch *w = (struct watch *)call->op;
	struct fss__slice cursor = { NULL, 0 };
	int r = a->err.code;

	w->waiting = false;
	if (w->op.ending)
		return;
	if (r != 0)
		(void)fss__err_set(&w->op.err, r, "%s", a->err.detail);
	else if (w->listing == LIST_WHO)
		r = take_who(w, a, &cursor);
	else
		r = take_requests(w, a, &cursor);
	if (r != 0)
		w->fatal = r;
	/* No longer than the schema allows; absent means the end. */
	memcpy(w->cursor, cursor.p != NULL ? cursor.p : "", cursor.n);
	w->cursor_len = cursor.n;
	if (cursor.n == 0)
		w->listing = w->listing == LIST_WHO &&
		    (w->kinds & FSS_WATCH_REQUESTS) != 0 ? LIST_REQUESTS :
		    LIST_NONE;
	if (w->listing == LIST_NONE)
		fss__follow_hold(&w->follower, false);
	flush(&w->op);
	fss__op_run(&w->op);
}

static int
list(struct watch *w)
{
	struct fss__m_requests req;
	struct fss__m_who who;
	struct fss__slice cursor;
	int r;

	cursor.p = w->cursor;
	cursor.n = w->cursor_len;
	if (w->listing == LIST_WHO) {
		memset(&who, 0, sizeof(who));
		who.has = FSS__K_who_limit |
		    (cursor.n > 0 ? FSS__K_who_cursor : 0);
		who.limit = FSS__MAX_LIST_ROWS;
		who.cursor = cursor;
		r = fss__call_start(&w->op, &w->call, FSS__MSG_WHO, &who,
		    NULL, listed);
	} else {
		memset(&req, 0, sizeof(req));
		req.has = FSS__K_requests_since | FSS__K_requests_limit |
		    (w->again ? 0 : FSS__K_requests_states) |
		    (cursor.n > 0 ? FSS__K_requests_cursor : 0);
		req.since = w->again ? w->since : 0;
		req.states = LIVE_STATES;
		req.limit = FSS__MAX_LIST_ROWS;
		req.cursor = cursor;
		r = fss__call_start(&w->op, &w->call, FSS__MSG_REQUESTS,
		    &req, NULL, listed);
	}
	if (r == FSS_EAGAIN)
		return fss__op_starve(&w->op);
	w->waiting = r == 0;
	return r;
}

/* ---- the operation ---------------------------------------------------- */

static int
watch_work(struct fss__op *op)
{
	struct watch *w = (struct watch *)op;
	int r;

	if (w->fatal != 0)
		return w->fatal;
	if (!w->started) {
		w->started = true;
		r = fss__follow(op, &w->follower, w->kinds, &follower_ops);
		if (r != 0)
			return r;
	}
	if (op->queued >= EVENTS)
		return 0;
	if (w->listing == LIST_NONE)
		fss__follow_hold(&w->follower, false);
	else if (!w->waiting)
		return list(w);
	return 0;
}

static void
watch_release(struct fss__op *op)
{
	struct watch *w = (struct watch *)op;

	fss__unfollow(&w->follower);
	fss__rowset_free(w->rows);
	w->rows = NULL;
	forget(w);
}

static const struct fss__op_class watch_class = {
	"watch", watch_work, watch_release, NULL, NULL
};

int
fss_client_watch(fss_client *c, uint32_t kinds, uint32_t flags, void *user,
    fss_op *ret_op)
{
	struct watch *w;
	int r = fss__client_check(c);

	if (r != 0)
		return r;
	if (kinds == 0 || (kinds & ~ALL_KINDS) != 0)
		return fss__client_fail(c, FSS_EINVAL,
		    "no such kinds of news");
	r = fss__client_flags(c, flags, FSS_WATCH_LIST);
	if (r == 0)
		r = fss__op_new(c, &watch_class, sizeof(*w), user, &w);
	if (r != 0)
		return r;
	w->op.patient = true;
	w->kinds = kinds;
	w->flags = flags;
	return fss__op_begin(&w->op, ret_op);
}
