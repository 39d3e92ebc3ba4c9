/*
 * Uploads in parts.
 *
 * A stage row is made with all that a commit will need, is moved on by saves
 * that swap one root for the next, and is turned into an entry by the same
 * code as any commit.  Usage is charged save by save and given back in the
 * transaction in which the entry is charged for.
 *
 * Two who go on with the same one: opening counts its turn up, and a turn
 * that is not the present one saves and commits nothing.  A repeated request
 * is answered from memory before it comes here.
 *
 * A visitor is a new account with each visit: so those of all visitors to one
 * space are counted together as well.  What is complete needs no place, but a
 * row until it expires: of these only the last are kept.
 */
#include "model/stage.h"

#include <string.h>

#include <fss/web.h>

#include "base/num.h"
#include "crypto/keys.h"
#include "model/entry_commit.h"
#include "model/entry_use.h"
#include "model/link.h"
#include "model/request.h"
#include "store/meta_account.h"
#include "store/meta_stage.h"

#define US INT64_C(1000000)

_Static_assert(FSS__VISITOR == FSS__STAGE_VISITOR, "visitors in SQL");

/* ---- rows -------------------------------------------------------------- */

static int
emit_stage(struct fss__ctx *ctx, const struct fss__meta_stage *s,
    fss__emit_fn emit, void *arg)
{
	char owner[FSS_LIMIT_ACCOUNT + 1];
	struct fss__m_stage m;
	int r;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_stage_id | FSS__K_stage_path | FSS__K_stage_size |
	    FSS__K_stage_offset | FSS__K_stage_created_us |
	    FSS__K_stage_expires_us | FSS__K_stage_turn;
	r = fss__meta_account_name(ctx->db, s->owner, owner);
	if (r < 0)
		return r;
	if (r == 1) {
		m.has |= FSS__K_stage_owner;
		m.owner = fss__slice_str(owner);
	}
	m.id.p = s->name;
	m.id.n = sizeof(s->name);
	m.path = fss__slice_str(s->path);
	m.size = (uint64_t)s->size;
	m.offset = (uint64_t)s->offset;
	m.created_us = s->created;
	m.expires_us = s->expires;
	m.turn = (uint64_t)s->turn;
	if (s->media[0] != '\0') {
		m.has |= FSS__K_stage_media;
		m.media = fss__slice_str(s->media);
	}
	if (s->has_meta) {
		m.has |= FSS__K_stage_meta;
		m.meta = fss__slice_str(s->meta);
	}
	if (s->has_root) {
		m.has |= FSS__K_stage_root | FSS__K_stage_depth;
		m.root.p = s->root.b;
		m.root.n = FSS__ID_BYTES;
		m.depth = s->depth;
	}
	if (s->done) {
		m.has |= FSS__K_stage_version;
		m.version = (uint64_t)s->version;
	}
	return emit(arg, &m);
}

/* The upload @id, if it is @who's and has not expired. FSS_ENOENT. */
static int
find(struct fss__ctx *ctx, const struct fss__actor *who, struct fss__slice id,
    struct fss__meta_stage *s)
{
	int r;

	if (id.n != FSS__STAGE_NAME)
		return FSS_ENOENT;
	r = fss__meta_stage_get(ctx->db, id.p, s);
	if (r == 1 && (s->account != who->account || s->expires <= ctx->now_us))
		r = 0;
	if (r == 0)
		return fss__err_set(
		    &ctx->err, FSS_ENOENT, "there is no such upload");
	return r < 0 ? r : 0;
}

/*
 * Leaves news for its account: other devices show what is under way.  A
 * visitor has none.
 */
static int
tell(struct fss__ctx *ctx, const struct fss__meta_stage *s)
{
	struct fss__news n;

	if (s->account >= FSS__VISITOR)
		return 0;
	memset(&n, 0, sizeof(n));
	n.kind = FSS_NEWS_UPLOAD;
	n.at_us = ctx->now_us;
	n.account = n.to[0] = s->account;
	n.nto = 1;
	return fss__news_add(&ctx->news, &n);
}

/* What of it counts and is referred to is so no more; its account hears. */
static int
let_go(struct fss__ctx *ctx, struct fss__meta_stage *s)
{
	int r = 0;

	if (s->done)
		return 0;
	if (s->chunk != 0)
		r = fss__store_unref(ctx->store, s->chunk);
	if (r == 0)
		r = fss__entry_use(ctx, s->owner, -s->offset, 0, 0);
	return r != 0 ? r : tell(ctx, s);
}

/* ---- begin ------------------------------------------------------------- */

/* Whether it could be committed if it were here now. */
static int
check_place(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_stage_new *m, struct fss__slice owner,
    struct fss__meta_stage *s)
{
	struct fss__commit_as as = { false, s->request };
	int64_t n = 0;
	int r;

	r = fss__meta_stage_count(ctx->db, who->account, false, &n);
	if (r == 0 && n >= FSS__MAX_STAGES)
		return fss__err_set(&ctx->err, FSS_EOVERLOAD,
		    "more than %d uploads are under way", FSS__MAX_STAGES);
	if (r == 0)
		r = fss__entry_may_commit(
		    ctx, who, owner, m->path, m->size, &as, &s->owner);
	if (r == 0 && who->visit.link != 0)
		r = fss__meta_stage_visitors(ctx->db, s->owner, false, &n);
	if (r == 0 && who->visit.link != 0 && n >= FSS__MAX_VISIT_STAGES)
		return fss__err_set(&ctx->err, FSS_EOVERLOAD,
		    "more than %d uploads of visitors are under way",
		    FSS__MAX_VISIT_STAGES);
	if (r == 0)
		r = fss__entry_floor(ctx);
	if (r == 0)
		r = fss__entry_room(ctx, s->owner, s->size);
	else
		return r;
	if (r == 0)
		return fss__err_set(&ctx->err, FSS_EQUOTA,
		    "there is no room for %lld bytes", (long long)s->size);
	return r < 0 ? r : 0;
}

int
fss__stage_new(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_stage_new *m, fss__emit_fn emit, void *arg)
{
	struct fss__slice owner = { NULL, 0 };
	struct fss__meta_stage s;
	int r;

	memset(&s, 0, sizeof(s));
	if (m->size > INT64_MAX)
		return fss__ctx_end(ctx, FSS_ETOOBIG);
	if (m->has & FSS__K_stage_new_owner)
		owner = m->owner;
	if (m->has & FSS__K_stage_new_request) {
		if (m->request == 0 || m->request > INT64_MAX)
			return fss__ctx_end(ctx, FSS_ENOENT);
		s.request = (int64_t)m->request;
	}
	s.size = (int64_t)m->size;
	r = check_place(ctx, who, m, owner, &s);
	if (r != 0)
		return fss__ctx_end(ctx, r);
	fss__random(s.name, sizeof(s.name));
	s.account = who->account;
	s.device = who->device;
	s.mode = m->has & FSS__K_stage_new_mode ? (int)m->mode : -1;
	s.has_mtime = (m->has & FSS__K_stage_new_mtime_us) != 0;
	s.mtime = m->mtime_us;
	s.has_meta = (m->has & FSS__K_stage_new_meta) != 0;
	s.created = ctx->now_us;
	s.expires = ctx->now_us + (int64_t)ctx->rules->stage_keep_s * US;
	/* Their lengths were checked when they were decoded: they fit. */
	(void)fss__slice_copy(m->path, s.path, sizeof(s.path));
	(void)fss__slice_copy(m->media, s.media, sizeof(s.media));
	(void)fss__slice_copy(m->meta, s.meta, sizeof(s.meta));
	r = fss__meta_stage_insert(ctx->db, &s, &s.id);
	if (r == 0)
		r = tell(ctx, &s);
	if (r == 0)
		r = emit_stage(ctx, &s, emit, arg);
	return fss__ctx_end(ctx, r);
}

/* ---- go on ------------------------------------------------------------- */

static int
stands_at(
    struct fss__ctx *ctx, const struct fss__meta_stage *s, uint64_t offset)
{
	if (offset == (uint64_t)s->offset)
		return 0;
	return fss__err_set(&ctx->err, FSS_ECONFLICT,
	    "the upload stands at %lld", (long long)s->offset);
}

static int
is_turn(struct fss__ctx *ctx, const struct fss__meta_stage *s, uint64_t turn)
{
	if (turn == (uint64_t)s->turn && !s->done)
		return 0;
	return fss__err_set(&ctx->err, FSS_ECONFLICT,
	    s->done ? "the upload was completed" : "the upload was taken over");
}

int
fss__stage_open(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_stage_open *m, fss__emit_fn emit, void *arg)
{
	bool leaves = (m->has & FSS__K_stage_open_turn) &&
	    (m->has & FSS__K_stage_open_leave) && m->leave;
	struct fss__meta_stage s;
	int r;

	r = find(ctx, who, m->id, &s);
	if (r == 0)
		r = leaves ? is_turn(ctx, &s, m->turn) :
		    stands_at(ctx, &s, m->offset);
	if (r == 0 && !s.done) {
		s.turn++;
		r = fss__meta_stage_update(ctx->db, &s);
	}
	if (r == 0)
		r = emit_stage(ctx, &s, emit, arg);
	return fss__ctx_end(ctx, r);
}

/* The tree that is named, if @who has put it: into @s, as it is to be. */
static int
take_root(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_stage_save *m, struct fss__meta_stage *s)
{
	uint64_t span = 0;
	int r;

	if (m->root.n != FSS__ID_BYTES)
		return fss__err_set(
		    &ctx->err, FSS_EINTEGRITY, "not a content id");
	memcpy(s->root.b, m->root.p, FSS__ID_BYTES);
	if (!fss__id_known(&s->root))
		return fss__err_set(
		    &ctx->err, FSS_EINTEGRITY, "not a content id known here");
	s->has_root = true;
	r = fss__store_root(
	    ctx->store, who->account, &s->root, &s->depth, &span, &s->chunk);
	if (r != 0)
		return r;
	if (span != m->offset || s->depth != m->depth)
		return fss__err_set(&ctx->err, FSS_EINTEGRITY,
		    "offset or depth is not that of the content");
	return 0;
}

int
fss__stage_save(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_stage_save *m, fss__emit_fn emit, void *arg)
{
	struct fss__meta_stage s, was;
	int r;

	r = find(ctx, who, m->id, &s);
	if (r == 0)
		r = is_turn(ctx, &s, m->turn);
	if (r == 0)
		r = stands_at(ctx, &s, m->base);
	if (r == 0 && (m->offset <= m->base || m->offset > (uint64_t)s.size))
		r = fss__err_set(&ctx->err, FSS_EINVAL,
		    "an upload goes on, and to its size at most");
	if (r != 0)
		return fss__ctx_end(ctx, r);
	was = s;
	r = fss__entry_floor(ctx);
	if (r == 0)
		r = take_root(ctx, who, m, &s);
	s.offset = (int64_t)m->offset;
	s.expires = ctx->now_us + (int64_t)ctx->rules->stage_keep_s * US;
	if (r == 0)
		r = fss__entry_use(ctx, s.owner, s.offset - was.offset, 0, 0);
	if (r == 0)
		r = fss__store_ref(ctx->store, s.chunk);
	if (r == 0 && was.chunk != 0)
		r = fss__store_unref(ctx->store, was.chunk);
	if (r == 0)
		r = fss__meta_stage_update(ctx->db, &s);
	if (r == 0)
		r = tell(ctx, &s);
	if (r == 0)
		r = emit_stage(ctx, &s, emit, arg);
	return fss__ctx_end(ctx, r);
}

/* ---- the end ----------------------------------------------------------- */

struct became {
	fss__emit_fn emit;
	void *arg;
	int64_t version;
};

static int
note_entry(void *arg, const void *record)
{
	const struct fss__m_entry *m = record;
	struct became *b = arg;

	if (m->has & FSS__K_entry_version)
		b->version = (int64_t)m->version;
	return b->emit(b->arg, record);
}

static int
become_entry(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__meta_stage *s, struct fss__slice owner, struct became *b)
{
	struct fss__commit_as as = { false, s->request };
	struct fss__m_commit_item m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_commit_item_path | FSS__K_commit_item_kind |
	    FSS__K_commit_item_size;
	m.path = fss__slice_str(s->path);
	m.kind = FSS_KIND_FILE;
	m.size = (uint64_t)s->size;
	if (s->has_mtime) {
		m.has |= FSS__K_commit_item_mtime_us;
		m.mtime_us = s->mtime;
	}
	if (s->mode >= 0) {
		m.has |= FSS__K_commit_item_mode;
		m.mode = (uint64_t)s->mode;
	}
	if (s->media[0] != '\0') {
		m.has |= FSS__K_commit_item_media;
		m.media = fss__slice_str(s->media);
	}
	if (s->has_root) {
		m.has |= FSS__K_commit_item_root | FSS__K_commit_item_depth;
		m.root.p = s->root.b;
		m.root.n = FSS__ID_BYTES;
		m.depth = s->depth;
	}
	return fss__entry_commit_as(ctx, who, owner, &m, &as, note_entry, b);
}

/* What is there now where it was committed to. */
static int
tell_again(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__meta_stage *s, struct fss__slice owner, fss__emit_fn emit,
    void *arg)
{
	struct fss__m_entry told;
	struct fss__m_ref ref;

	if (who->visit.link != 0) {
		/* What became of it is not a visitor's any more. */
		memset(&told, 0, sizeof(told));
		told.has = FSS__K_entry_status | FSS__K_entry_path |
		    FSS__K_entry_kind | FSS__K_entry_size;
		told.path = fss__slice_str(s->path);
		told.kind = FSS_KIND_FILE;
		told.size = (uint64_t)s->size;
		return emit(arg, &told);
	}
	memset(&ref, 0, sizeof(ref));
	ref.has = FSS__K_ref_owner | FSS__K_ref_path;
	ref.owner = owner;
	ref.path = fss__slice_str(s->path);
	return fss__entry_stat(ctx, who, &ref, emit, arg);
}

/* Of what is complete the last are told, others no more. */
static int
forget(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__meta_stage *s)
{
	int64_t n = 0;
	int r;

	r = fss__meta_stage_count(ctx->db, s->account, true, &n);
	if (r == 0 && n > FSS__MAX_STAGES)
		r = fss__meta_stage_forget(ctx->db, s->account);
	if (r != 0 || who->visit.link == 0)
		return r;
	r = fss__meta_stage_visitors(ctx->db, s->owner, true, &n);
	if (r == 0 && n > FSS__MAX_VISIT_STAGES)
		r = fss__meta_stage_forget_visitors(ctx->db, s->owner);
	return r;
}

int
fss__stage_commit(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_stage_commit *m, fss__emit_fn emit, void *arg)
{
	struct fss__slice whose = { NULL, 0 };
	char owner[FSS_LIMIT_ACCOUNT + 1];
	struct became b = { emit, arg, 0 };
	struct fss__meta_stage s;
	int r;

	r = find(ctx, who, m->id, &s);
	if (r == 0)
		r = fss__meta_account_name(ctx->db, s.owner, owner);
	if (r <= 0)
		return fss__ctx_end(ctx, r < 0 ? r : FSS_ENOACCOUNT);
	if (who->visit.link == 0)	/* a visitor has no other space */
		whose = fss__slice_str(owner);
	if (s.done)
		return fss__ctx_end(ctx,
		    tell_again(ctx, who, &s, whose, emit, arg));
	r = is_turn(ctx, &s, m->turn);
	if (r == 0)
		r = stands_at(ctx, &s, (uint64_t)s.size);
	/* The entry counts and refers for itself. */
	if (r == 0)
		r = fss__entry_use(ctx, s.owner, -s.offset, 0, 0);
	if (r == 0)
		r = become_entry(ctx, who, &s, whose, &b);
	if (r == 0 && s.chunk != 0)
		r = fss__store_unref(ctx->store, s.chunk);
	if (r == 0) {
		s.done = true;
		s.version = b.version;
		s.has_root = false;
		s.chunk = 0;
		r = fss__meta_stage_update(ctx->db, &s);
	}
	if (r == 0)
		r = tell(ctx, &s);
	if (r == 0)
		r = forget(ctx, who, &s);
	return fss__ctx_end(ctx, r);
}

int
fss__stage_remove(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_stage_remove *m)
{
	struct fss__meta_stage s;
	int r;

	r = find(ctx, who, m->id, &s);
	if (r == 0)
		r = let_go(ctx, &s);
	if (r == 0)
		r = fss__meta_stage_delete(ctx->db, s.id);
	return fss__ctx_end(ctx, r);
}

int
fss__stage_expire(struct fss__ctx *ctx, unsigned limit, int64_t *ret_next)
{
	struct fss__meta_stage s;
	int r;

	*ret_next = INT64_MAX;
	for (;;) {
		r = fss__meta_stage_oldest(ctx->db, &s);
		if (r <= 0)
			return fss__ctx_end(ctx, r);
		if (s.expires > ctx->now_us) {
			*ret_next = s.expires;
			return 0;
		}
		if (limit-- == 0)
			return 1;
		r = let_go(ctx, &s);
		if (r == 0)
			r = fss__meta_stage_delete(ctx->db, s.id);
		if (r != 0)
			return fss__ctx_end(ctx, r);
	}
}

/* ---- reading ----------------------------------------------------------- */

int
fss__stage_list(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_stages *m, fss__emit_fn emit, void *arg,
    struct fss__cursor *ret_next)
{
	struct fss__meta_stage s;
	int64_t after = 0;
	int r;

	ret_next->len = 0;
	if (m->has & FSS__K_stages_id) {
		r = find(ctx, who, m->id, &s);
		if (r == 0)
			r = emit_stage(ctx, &s, emit, arg);
		return fss__ctx_end(ctx, r);
	}
	if ((m->has & FSS__K_stages_cursor) && m->cursor.n > 0) {
		if (m->cursor.n != 8)
			return fss__err_set(
			    &ctx->err, FSS_EINVAL, "not a cursor of this list");
		after = (int64_t)fss__get_le64(m->cursor.p);
	}
	for (;;) {
		r = fss__meta_stage_after(ctx->db, who->account, after, &s);
		if (r <= 0)
			return fss__ctx_end(ctx, r);
		if (s.expires > ctx->now_us)
			r = emit_stage(ctx, &s, emit, arg);
		else
			r = 0;
		if (r == FSS_EAGAIN) {
			fss__put_le64(ret_next->b, (uint64_t)after);
			ret_next->len = 8;
			return 0;
		}
		if (r != 0)
			return fss__ctx_end(ctx, r);
		after = s.id;
	}
}

int
fss__stage_content(struct fss__ctx *ctx, const struct fss__actor *who,
    struct fss__slice id, struct fss__content *ret_c)
{
	struct fss__meta_stage s;
	int r;

	memset(ret_c, 0, sizeof(*ret_c));
	r = find(ctx, who, id, &s);
	/* To go on with an upload its last chunk is cut anew. */
	if (r == 0 && (who->scopes & FSS_SCOPE_READ) == 0 &&
	    s.device != who->device)
		r = fss__err_set(&ctx->err, FSS_EDENIED,
		    "without the scope read only what one began oneself");
	if (r == 0 && !s.has_root)
		r = FSS_ENOENT;
	if (r == 0) {
		ret_c->root = s.root;
		ret_c->depth = s.depth;
		ret_c->size = (uint64_t)s.offset;
	}
	return fss__ctx_end(ctx, r);
}
