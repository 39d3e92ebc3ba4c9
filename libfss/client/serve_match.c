/*
 * Comparing the index with what the hub has of this device, once at the
 * agent's start.
 *
 * Either side may have lost announcements: the hub with a backup that was
 * restored, a device that was revoked and enrolled anew, or holders it dropped
 * while the answer was lost; this machine with its index.  So
 *  - what the index says was told, and the hub has not, is told again by the
 *    scan that follows, if there is nothing at its path or the same content:
 *    what somebody put there meanwhile stays;
 *  - what the hub has from another content is told again as well;
 *  - what the hub has and the index knows neither by path nor by content is
 *    taken back, for nobody could send it.
 * An announced file that was moved at the hub is known by its content and left
 * where it is.  An empty one that only the hub has is left: nothing is sent
 * for it.
 *
 * Rows are marked by a number of a scan, as a scan does.  Where the hub does
 * not know how to tell, or another error comes, all stays as it is.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/str.h"
#include "client/request.h"
#include "client/serve.h"

#define REF_BYTES	(FSS__MAX_HEADER / 2)	/* answers are longer */

enum match_phase {
	MATCH_LIST,		/* what the hub has, page by page */
	MATCH_BACK,		/* of the last page: what is to go */
	MATCH_LOST		/* what only the index has, in batches */
};

struct match {
	struct fss__call call;
	bool		 waiting;
	enum match_phase phase;
	int64_t		 number;
	uint8_t		 cursor[FSS__MAX_CURSOR];
	size_t		 cursor_len;
	struct fss__buf	 refs;
	uint32_t	 count;
	char		 after[FSS_LIMIT_PATH + 1];
	char		 before[FSS_LIMIT_PATH + 1];
	struct {
		int64_t	 id;
		bool	 has_root;
		struct fss__id root;
	} row[FSS__MAX_BATCH];
};

void
fss__serve_match_free(struct match *k)
{
	if (k != NULL)
		fss__buf_release(&k->refs);
	fss__free(k);
}

static void
end(struct serve *s)
{
	fss__serve_match_free(s->match);
	s->match = NULL;
	s->matched = true;
}

static void
rewind_refs(struct match *k)
{
	fss__buf_reset(&k->refs);
	k->count = 0;
}

static int
begin(struct serve *s)
{
	struct match *k = s->match;

	if (k == NULL) {
		k = s->match = fss__zalloc(sizeof(*k));
		if (k == NULL)
			return FSS_ENOMEM;
		fss__buf_init(&k->refs, FSS__MAX_HEADER);
	}
	rewind_refs(k);
	k->phase = MATCH_LIST;
	k->cursor_len = 0;
	k->after[0] = '\0';
	return fss__localidx_scan(s->op.c->index, &k->number);
}

static int
add_ref(struct match *k, const char *path)
{
	struct fss__m_ref ref;
	int r;

	fss__ref_fill(&ref, "", path, 0);
	ref.has = FSS__K_ref_path;
	r = fss__record_encode(&k->refs, &fss__r_ref, &ref);
	if (r == 0)
		k->count++;
	return r;
}

/*
 * What an answer comes to: true where there is one.  A new session begins
 * anew, after other errors all stays as it is.
 */
static bool
is_answer(struct serve *s, const struct fss__cs_answer *a)
{
	s->match->waiting = false;
	if (s->op.ending)
		return false;
	if (a->err.code == 0)
		return true;
	if (a->err.code == FSS_ECANCELED)
		s->fatal = begin(s);
	else
		end(s);
	fss__op_run(&s->op);
	return false;
}

/* @r: of what was done with an answer. */
static void
go_on(struct serve *s, int r)
{
	if (r != 0)
		s->fatal = r;
	fss__op_run(&s->op);
}

/* ---- what the hub has -------------------------------------------------- */

/* The content is announced elsewhere than the index says: 1, 0. */
static int
mark_content(struct serve *s, const struct fss__id *root)
{
	struct fss__localidx *x = s->op.c->index;
	struct fss__local_file f;
	int64_t after = 0;
	int r, found = 0;

	while ((r = fss__localidx_by_root(x, root, after, &f)) == 1) {
		after = f.id;
		found = 1;
		r = fss__localidx_found(x, after, s->match->number);
		if (r != 0)
			break;
	}
	return r != 0 ? r : found;
}

static int
match_row(struct serve *s, const struct fss__m_holder *m)
{
	struct fss__localidx *x = s->op.c->index;
	bool has_root = (m->has & FSS__K_holder_root) != 0;
	char path[FSS_LIMIT_PATH + 1];
	struct fss__local_file f;
	struct fss__id root;
	bool same;
	int r;

	if (has_root)
		memcpy(root.b, m->root.p, sizeof(root.b));
	r = fss__slice_copy(m->path, path, sizeof(path));
	if (r == 0)
		r = fss__localidx_get(x, m->path, &f);
	if (r == 1) {
		same = f.has_root == has_root &&
		    (!has_root || fss__id_eq(&f.root, &root));
		r = fss__localidx_found(x, f.id, s->match->number);
		return r != 0 || same ? r : fss__localidx_dropped(x, f.id);
	}
	if (r != 0 || !has_root)
		return r;
	r = mark_content(s, &root);
	return r != 0 ? (r < 0 ? r : 0) : add_ref(s->match, path);
}

static int
match_rows(struct serve *s, struct fss__list list)
{
	struct fss__localidx *x = s->op.c->index;
	struct fss__m_holder m;
	int r = fss__localidx_begin(x);

	if (r != 0)
		return r;
	while ((r = fss__list_next(&list, &fss__r_holder, &m)) == 1) {
		r = match_row(s, &m);
		if (r != 0)
			break;
	}
	if (r == 0)
		r = fss__localidx_commit(x);
	if (r != 0)
		fss__localidx_abort(x);
	return r;
}

static void
listed(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct serve *s = (struct serve *)call->op;
	struct match *k = s->match;
	struct fss__m_holder_list m;
	int r;

	if (!is_answer(s, a))
		return;
	r = fss__call_decode(a, &m, &s->op.err);
	if (r == 0)
		r = match_rows(s, m.holders);
	if (r == 0) {
		/* No longer than the schema allows; absent means the end. */
		memcpy(k->cursor, m.cursor.p != NULL ? m.cursor.p : "",
		    m.cursor.n);
		k->cursor_len = m.cursor.n;
		k->phase = k->count > 0 ? MATCH_BACK : k->cursor_len > 0 ?
		    MATCH_LIST : MATCH_LOST;
	}
	go_on(s, r);
}

static int
list(struct serve *s)
{
	struct match *k = s->match;
	struct fss__m_holders m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_holders_path | FSS__K_holders_mine |
	    (k->cursor_len > 0 ? FSS__K_holders_cursor : 0);
	m.path = fss__slice_str("/");
	m.mine = true;
	m.cursor.p = k->cursor;
	m.cursor.n = k->cursor_len;
	return fss__call_start(&s->op, &k->call, FSS__MSG_HOLDERS, &m, NULL,
	    listed);
}

/* ---- what is to go ----------------------------------------------------- */

/* Whatever became of each: it was not ours to send. */
static void
taken_back(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct serve *s = (struct serve *)call->op;
	struct match *k = s->match;

	if (!is_answer(s, a))
		return;
	rewind_refs(k);
	k->phase = k->cursor_len > 0 ? MATCH_LIST : MATCH_LOST;
	go_on(s, 0);
}

static int
take_back(struct serve *s)
{
	struct match *k = s->match;
	uint8_t id[FSS__OP_BYTES];
	struct fss__m_unannounce m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_unannounce_op | FSS__K_unannounce_refs;
	fss__op_id(id, &m.op);
	fss__list_of(&m.refs, &k->refs, k->count);
	return fss__call_start(&s->op, &k->call, FSS__MSG_UNANNOUNCE, &m, NULL,
	    taken_back);
}

/* ---- what only the index has ------------------------------------------- */

/* Whether row @i is to be told again, where the hub has @e. */
static bool
is_dropped(const struct match *k, uint32_t i, const struct fss__m_entry *e)
{
	if (e->status != 0)
		return e->status == (uint64_t)-FSS_ENOENT;
	if (e->kind != FSS_KIND_FILE)
		return false;
	if (!(e->has & FSS__K_entry_root))
		return !k->row[i].has_root && e->size == 0;
	return k->row[i].has_root && memcmp(e->root.p, k->row[i].root.b,
	    sizeof(k->row[i].root.b)) == 0;
}

static int
take_stats(struct serve *s, struct fss__list entries)
{
	struct fss__localidx *x = s->op.c->index;
	struct match *k = s->match;
	struct fss__m_entry e;
	uint32_t i;
	int r = fss__localidx_begin(x);

	if (r != 0)
		return r;
	for (i = 0; r == 0 && i < k->count; i++) {
		r = fss__list_next(&entries, &fss__r_entry, &e);
		if (r != 1)
			break;
		r = fss__localidx_found(x, k->row[i].id, k->number);
		if (r == 0 && is_dropped(k, i, &e))
			r = fss__localidx_dropped(x, k->row[i].id);
	}
	if (r == 0)
		r = fss__localidx_commit(x);
	if (r != 0) {
		fss__localidx_abort(x);
		return r;
	}
	if (i == 0)
		return FSS_EPROTO;
	/* The answer had no room for the rest, which are not marked yet. */
	if (i < k->count)
		(void)fss__fmt(k->after, sizeof(k->after), "%s", k->before);
	return 0;
}

static void
looked_up(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct serve *s = (struct serve *)call->op;
	struct fss__m_entry_list m;
	int r;

	if (!is_answer(s, a))
		return;
	r = fss__call_decode(a, &m, &s->op.err);
	if (r == 0)
		r = take_stats(s, m.entries);
	rewind_refs(s->match);
	go_on(s, r);
}

static int
gather(struct serve *s)
{
	struct match *k = s->match;
	struct fss__local_file f;
	int r;

	(void)fss__fmt(k->before, sizeof(k->before), "%s", k->after);
	while (k->count < FSS__MAX_BATCH && k->refs.len < REF_BYTES) {
		r = fss__localidx_lost(s->op.c->index, fss__slice_str("/"),
		    k->number, fss__slice_str(k->after), &f);
		if (r <= 0)
			return r;
		r = fss__slice_copy(f.remote, k->after, sizeof(k->after));
		if (r != 0)
			return r;
		if (!f.told)
			continue;
		k->row[k->count].id = f.id;
		k->row[k->count].has_root = f.has_root;
		k->row[k->count].root = f.root;
		r = add_ref(k, k->after);
		if (r != 0)
			return r;
	}
	return 0;
}

static int
look_up(struct serve *s)
{
	struct match *k = s->match;
	struct fss__m_stat m;
	int r = k->count > 0 ? 0 : gather(s);

	if (r != 0)
		return r;
	if (k->count == 0) {
		end(s);
		fss__op_run(&s->op);
		return 0;
	}
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_stat_refs;
	fss__list_of(&m.refs, &k->refs, k->count);
	return fss__call_start(&s->op, &k->call, FSS__MSG_STAT, &m, NULL,
	    looked_up);
}

int
fss__serve_match(struct serve *s)
{
	int r = 0;

	if (s->matched || (s->match != NULL && s->match->waiting))
		return 0;
	if (s->match == NULL)
		r = begin(s);
	if (r != 0)
		return r;
	r = s->match->phase == MATCH_LIST ? list(s) :
	    s->match->phase == MATCH_BACK ? take_back(s) : look_up(s);
	if (r == FSS_EAGAIN)
		return fss__op_starve(&s->op);
	if (s->match != NULL)
		s->match->waiting = r == 0;
	return r;
}
