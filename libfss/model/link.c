/*
 * Share links: made, listed, revoked, opened.
 *
 * A link's token is 256 random bits; its digest is kept, so that who reads the
 * database learns of no link.  Who opens one gets a token of their own, of a
 * device of kind visit that is the maker's: locking the account, a new
 * password, or revoking it ends the visit like any log-in.
 *
 * What this file does not do: the limit (link_limit.c), rights (access.c).
 */
#include "model/link.h"

#include <string.h>

#include <fss/link.h>
#include <fss/web.h>

#include "base/num.h"
#include "model/account.h"
#include "model/audit.h"
#include "model/entry_path.h"
#include "model/link_internal.h"
#include "store/meta_account.h"
#include "store/meta_device.h"

#define DOMAIN		"fss link "
#define VISIT_TTL_S	43200

bool
fss__link_good(const struct fss__ctx *ctx, const struct fss__meta_share *l)
{
	return (l->ends == 0 || l->ends > ctx->now_us) &&
	    (l->most == 0 || l->used < l->most);
}

int
fss__link_note(struct fss__ctx *ctx, const struct fss__meta_share *l, int what,
    int64_t actor, struct fss__slice path, int64_t size, const char *more)
{
	struct fss__meta_audit a;
	size_t n = 0;
	int r = 0;

	memset(&a, 0, sizeof(a));
	a.what = what;
	a.actor = actor;
	a.owner = l->account;
	a.entry = l->entry;
	a.size = size;
	if (path.n > 0)
		r = fss__slice_copy(path, a.path, sizeof(a.path));
	else if (fss__path_of(ctx, l->entry, a.path, &n) != 0)
		a.path[0] = '\0';	/* it is gone */
	if (r == 0)
		r = fss__fmt(a.detail, sizeof(a.detail), "link %lld%s%s",
		    (long long)l->id, more[0] != '\0' ? ", " : "", more);
	return r != 0 ? r : fss__audit_add(ctx, &a);
}

/* ---- rows -------------------------------------------------------------- */

/* What a maker and a visitor are told alike. */
static int
fill(struct fss__ctx *ctx, const struct fss__meta_share *l,
    const struct fss__meta_node *e, struct fss__m_link *m)
{
	struct fss__meta_version v;
	int r;

	memset(m, 0, sizeof(*m));
	m->has = FSS__K_link_id | FSS__K_link_kind | FSS__K_link_protected |
	    FSS__K_link_limit | FSS__K_link_used | FSS__K_link_entry_kind;
	m->id = (uint64_t)l->id;
	m->kind = (uint64_t)l->kind;
	m->protected = l->pwhash[0] != '\0';
	m->limit = (uint64_t)l->most;
	m->used = (uint64_t)l->used;
	m->entry_kind = (uint64_t)e->kind;
	if (l->ends != 0) {
		m->has |= FSS__K_link_expires_us;
		m->expires_us = l->ends;
	}
	if (e->kind == FSS_KIND_DIR)
		return 0;
	r = fss__meta_version_get(ctx->db, l->version != 0 ? l->version :
	    e->cur, &v);
	if (r <= 0)
		return r < 0 ? r : FSS_ENOENT;
	m->has |= FSS__K_link_size;
	m->size = (uint64_t)v.size;
	if (l->version != 0) {
		m->has |= FSS__K_link_number;
		m->number = (uint64_t)v.number;
	}
	return 0;
}

static int
emit_mine(struct fss__ctx *ctx, const struct fss__meta_share *l,
    const char *token, fss__emit_fn emit, void *arg)
{
	char path[FSS_LIMIT_PATH + 1], url[FSS__MAX_URL + FSS__KEY_TEXT + 4];
	char owner[FSS_LIMIT_ACCOUNT + 1];
	struct fss__meta_node e;
	struct fss__m_link m;
	size_t n = 0;
	int r;

	r = fss__meta_node_get(ctx->db, l->entry, &e);
	if (r == 1)
		r = fill(ctx, l, &e, &m);
	else
		return r < 0 ? r : FSS_ENOENT;
	if (r == 0)
		r = fss__path_of(ctx, l->entry, path, &n);
	if (r == 0)
		r = fss__meta_account_name(ctx->db, l->account, owner);
	if (r != 1)
		return r < 0 ? r : FSS_ENOENT;
	m.has |= FSS__K_link_owner | FSS__K_link_path |
	    FSS__K_link_created_us;
	m.owner = fss__slice_str(owner);
	m.path.p = path;
	m.path.n = n;
	m.created_us = l->created;
	if (l->label[0] != '\0') {
		m.has |= FSS__K_link_label;
		m.label = fss__slice_str(l->label);
	}
	if (token != NULL) {
		m.has |= FSS__K_link_token;
		m.token = fss__slice_str(token);
	}
	if (token != NULL && ctx->rules->web_address[0] != '\0') {
		r = fss__fmt(url, sizeof(url), "%s/s/%s",
		    ctx->rules->web_address, token);
		if (r != 0)
			return r;
		m.has |= FSS__K_link_url;
		m.url = fss__slice_str(url);
	}
	return emit(arg, &m);
}

/* ---- the maker --------------------------------------------------------- */

static int
check_new(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_link_new *m, const struct fss__walk *w)
{
	struct fss__meta_version v;
	int64_t n = 0;
	int r;

	if (m->kind != FSS_LINK_DOWNLOAD && m->kind != FSS_LINK_UPLOAD)
		return fss__err_set(&ctx->err, FSS_EINVAL,
		    "no such kind of link");
	if ((m->has & FSS__K_link_new_expires_us) &&
	    m->expires_us <= ctx->now_us)
		return fss__err_set(&ctx->err, FSS_EINVAL,
		    "it would have expired already");
	if (m->kind == FSS_LINK_UPLOAD && w->node.kind != FSS_KIND_DIR)
		return FSS_ENOTDIR;
	if (w->node.kind == FSS_KIND_LINK)
		return FSS_ENOTSUP;
	r = fss__meta_link_count(ctx->db, who->account, &n);
	if (r == 0 && n >= FSS__MAX_LINKS)
		return fss__err_set(&ctx->err, FSS_EOVERLOAD,
		    "there are %d links already, revoke some",
		    FSS__MAX_LINKS);
	if (r != 0 || w->node.kind == FSS_KIND_DIR)
		return r;
	r = fss__meta_version_get(ctx->db, w->node.cur, &v);
	if (r == 1 && v.state != FSS_STATE_STORED)
		return FSS_EANNOUNCED;
	return r < 0 ? r : r == 1 ? 0 : FSS_ECORRUPT;
}

int
fss__link_new(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_link_new *m, const char *pwhash, fss__emit_fn emit,
    void *arg)
{
	struct fss__slice mine = { NULL, 0 };
	uint8_t bits[FSS__KEY_BYTES];
	char token[FSS__KEY_TEXT];
	struct fss__meta_share l;
	struct fss__walk w;
	int r;

	r = fss__walk_to(ctx, who, mine, m->path, FSS_RIGHT_OWN, &w);
	if (r == 0)
		r = check_new(ctx, who, m, &w);
	if (r != 0)
		return fss__ctx_end(ctx, r);
	memset(&l, 0, sizeof(l));
	l.account = who->account;
	l.entry = w.node.id;
	l.kind = (int)m->kind;
	/* A limit is one of downloads; of files sent there is none. */
	l.most = (m->has & FSS__K_link_new_limit) &&
	    m->kind == FSS_LINK_DOWNLOAD ? (int64_t)m->limit : 0;
	l.created = ctx->now_us;
	l.ends = m->has & FSS__K_link_new_expires_us ? m->expires_us : 0;
	if (w.node.kind == FSS_KIND_FILE &&
	    !((m->has & FSS__K_link_new_follow) && m->follow))
		l.version = w.node.cur;
	r = fss__fmt(l.pwhash, sizeof(l.pwhash), "%s", pwhash);
	if (r == 0 && (m->has & FSS__K_link_new_label))
		r = fss__slice_copy(m->label, l.label, sizeof(l.label));
	fss__random(bits, sizeof(bits));
	fss__key_encode(token, bits);
	if (r == 0)
		r = fss__token_digest(DOMAIN, fss__slice_str(token),
		    l.digest);
	if (r == 0)
		r = fss__meta_link_insert(ctx->db, &l, &l.id);
	if (r == 0)
		r = fss__link_note(ctx, &l, FSS_AUDIT_LINK_MADE,
		    who->account, m->path, 0, l.label);
	if (r == 0)
		r = emit_mine(ctx, &l, token, emit, arg);
	fss__memzero(bits, sizeof(bits));
	fss__memzero(token, sizeof(token));
	return fss__ctx_end(ctx, r);
}

int
fss__link_list(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_page *m, fss__emit_fn emit, void *arg,
    struct fss__cursor *ret_next)
{
	int64_t before = INT64_MAX;
	struct fss__meta_share l;
	int r;

	ret_next->len = 0;
	if ((m->has & FSS__K_page_cursor) && m->cursor.n > 0) {
		if (m->cursor.n != 8)
			return fss__err_set(&ctx->err, FSS_EINVAL,
			    "not a cursor of this list");
		before = (int64_t)fss__get_le64(m->cursor.p);
	}
	for (;;) {
		r = fss__meta_link_before(ctx->db, who->account, before, &l);
		if (r <= 0)
			return fss__ctx_end(ctx, r);
		r = emit_mine(ctx, &l, NULL, emit, arg);
		if (r == FSS_EAGAIN) {
			fss__put_le64(ret_next->b, (uint64_t)before);
			ret_next->len = 8;
			return 0;
		}
		/* Removed, and not cleared up yet. */
		if (r != 0 && r != FSS_ENOENT)
			return fss__ctx_end(ctx, r);
		before = l.id;
	}
}

int
fss__link_revoke(struct fss__ctx *ctx, const struct fss__actor *who,
    uint64_t id)
{
	struct fss__slice none = { NULL, 0 };
	struct fss__meta_share l;
	int r;

	r = id > INT64_MAX ? 0 : fss__meta_share_get(ctx->db, (int64_t)id, &l);
	if (r == 1 && l.account != who->account)
		r = 0;
	if (r <= 0)
		return fss__ctx_end(ctx, r < 0 ? r : fss__err_set(&ctx->err,
		    FSS_ENOENT, "there is no such link"));
	r = fss__link_note(ctx, &l, FSS_AUDIT_LINK_REVOKED, who->account,
	    none, 0, l.label);
	if (r == 0)
		r = fss__meta_link_delete(ctx->db, l.id);
	return fss__ctx_end(ctx, r);
}

/* ---- visitors ---------------------------------------------------------- */

static void
set_visit(struct fss__actor *who, const struct fss__meta_share *l)
{
	struct fss__visit *v = &who->visit;

	v->link = l->id;
	v->maker = l->account;
	v->entry = l->entry;
	v->version = l->version;
	v->limited = l->most > 0;
	v->rights = l->kind == FSS_LINK_UPLOAD ? FSS_RIGHT_CREATE :
	    FSS_RIGHT_SEE | FSS_RIGHT_READ;
	who->account = FSS__VISITOR + who->device;
	who->role = FSS_ROLE_USER;
	who->scopes = FSS_SCOPE_READ |
	    (l->kind == FSS_LINK_UPLOAD ? FSS_SCOPE_WRITE : 0);
	who->name[0] = '\0';
}

int
fss__visit_load(struct fss__ctx *ctx, struct fss__actor *who)
{
	struct fss__meta_share l;
	int r;

	r = fss__meta_visit_link(ctx->db, who->device, &l);
	/* One that is used up lets those go on who are at it. */
	if (r == 1 && (l.account != who->account || (l.ends != 0 &&
	    l.ends <= ctx->now_us && (l.most == 0 || l.used < l.most))))
		r = 0;
	if (r <= 0)
		return fss__ctx_end(ctx, r < 0 ? r : FSS_EAUTH);
	set_visit(who, &l);
	return 0;
}

/* The link of a token, with what it leads to. FSS_ENOENT. */
static int
look(struct fss__ctx *ctx, struct fss__slice token, struct fss__meta_share *l,
    struct fss__meta_node *e, struct fss__meta_account *maker)
{
	uint8_t digest[FSS__KEY_BYTES];
	struct fss__actor owner;
	struct fss__view view;
	int r;

	r = fss__token_digest(DOMAIN, token, digest);
	if (r == 0)
		r = fss__meta_link_by_digest(ctx->db, digest, l);
	if (r == 1 && !fss__link_good(ctx, l))
		r = 0;
	if (r == 1)
		r = fss__meta_account_by_id(ctx->db, l->account, maker);
	if (r == 1 && maker->locked)
		r = 0;
	if (r == 1)
		r = fss__meta_node_get(ctx->db, l->entry, e);
	if (r == 1 && e->owner != l->account)
		r = 0;
	if (r <= 0)
		return r < 0 && r != FSS_EAUTH ? r : FSS_ENOENT;
	memset(&owner, 0, sizeof(owner));
	owner.account = l->account;
	r = fss__view_of(ctx, &owner, l->entry, 0, &view, NULL);
	return r == 0 && !(view.rights & FSS_RIGHT_OWN) ? FSS_ENOENT : r;
}

/* All that is wrong with a link is told alike. */
static int
no_link(struct fss__ctx *ctx, int r)
{
	if (r == FSS_ENOENT)
		return fss__err_set(&ctx->err, r,
		    "there is no such link, or not any more");
	return fss__ctx_end(ctx, r);
}

int
fss__link_find(struct fss__ctx *ctx, struct fss__slice token,
    char pwhash[FSS__PWHASH_TEXT])
{
	struct fss__meta_account maker;
	struct fss__meta_share l;
	struct fss__meta_node e;
	int r;

	r = look(ctx, token, &l, &e, &maker);
	if (r == 0)
		memcpy(pwhash, l.pwhash, sizeof(l.pwhash));
	return no_link(ctx, r);
}

/*
 * Room for one more visit.  A link that many come to, or somebody floods, only
 * displaces its own visits; where its maker has no room left those of the link
 * with the most are displaced.
 */
static int
make_room(struct fss__ctx *ctx, const struct fss__meta_share *l)
{
	int64_t n = 0, link = l->id, device = 0;
	int r;

	r = fss__meta_visit_count(ctx->db, l->id, &n);
	if (r == 0 && n < FSS__MAX_LINK_VISITS) {
		r = fss__meta_device_count(ctx->db, l->account,
		    FSS_DEVICE_VISIT, &n);
		if (r < 0 || n < FSS__MAX_VISITS)
			return r < 0 ? r : 0;
		r = fss__meta_visit_most(ctx->db, l->account, &link);
	}
	if (r >= 0)
		r = fss__meta_visit_stalest(ctx->db, link, &device);
	if (r == 1)
		r = fss__meta_device_revoke(ctx->db, device, ctx->now_us);
	return r < 0 ? r : 0;
}

static int
make_visit(struct fss__ctx *ctx, const struct fss__meta_share *l,
    const struct fss__meta_account *maker, const char *address,
    struct fss__actor *who, char token[FSS__KEY_TEXT])
{
	struct fss__token_wish wish;
	char label[FSS__MAX_LABEL + 1];
	int64_t gone;
	int r;

	r = fss__fmt(label, sizeof(label), "visit of link %lld",
	    (long long)l->id);
	if (r != 0)
		return r;
	memset(&wish, 0, sizeof(wish));
	wish.kind = FSS_DEVICE_VISIT;
	wish.label = fss__slice_str(label);
	wish.scopes = FSS_SCOPE_READ;
	wish.ttl_s = VISIT_TTL_S;
	wish.address = address;
	memset(who, 0, sizeof(*who));
	who->account = maker->id;
	r = make_room(ctx, l);
	if (r != 0)
		return r;
	r = fss__token_make(ctx, &wish, who, token, &gone);
	if (r == 0)
		r = fss__meta_visit_insert(ctx->db, who->device, l->id);
	if (r == 0)
		set_visit(who, l);
	return r;
}

int
fss__link_open(struct fss__ctx *ctx, struct fss__slice token,
    const char *pwhash, const char *address, struct fss__actor *ret_who,
    fss__emit_fn emit, void *arg)
{
	struct fss__slice none = { NULL, 0 };
	struct fss__meta_account maker;
	char visit[FSS__KEY_TEXT];
	struct fss__meta_share l;
	struct fss__meta_node e;
	struct fss__m_link m;
	int r;

	r = look(ctx, token, &l, &e, &maker);
	/* Passwords of links do not change: another link, then. */
	if (r == 0 && strcmp(l.pwhash, pwhash) != 0)
		r = FSS_ENOENT;
	if (r == 0)
		r = fill(ctx, &l, &e, &m);
	if (r == 0)
		r = make_visit(ctx, &l, &maker, address, ret_who, visit);
	if (r == 0)
		r = fss__link_note(ctx, &l, FSS_AUDIT_LINK_OPENED, 0, none, 0,
		    address);
	if (r != 0)
		return no_link(ctx, r);
	m.has |= FSS__K_link_owner | FSS__K_link_token;
	m.owner = fss__slice_str(maker.name);
	m.token = fss__slice_str(visit);
	/* What is above does not exist, nor does the name of a space. */
	if (e.parent != FSS__PARENT_ROOT) {
		m.has |= FSS__K_link_name;
		m.name.p = e.name;
		m.name.n = e.name_len;
	}
	r = emit(arg, &m);
	fss__memzero(visit, sizeof(visit));
	return fss__ctx_end(ctx, r);
}

int
fss__link_note_put(struct fss__ctx *ctx, const struct fss__actor *who,
    int64_t entry, struct fss__slice path, int64_t size)
{
	struct fss__meta_share l;
	int r = fss__meta_link_sent(ctx->db, who->visit.link);

	memset(&l, 0, sizeof(l));
	l.id = who->visit.link;
	l.account = who->visit.maker;
	l.entry = entry;
	if (r == 0)
		r = fss__link_note(ctx, &l, FSS_AUDIT_LINK_PUT, 0, path, size,
		    "");
	return fss__ctx_end(ctx, r);
}
