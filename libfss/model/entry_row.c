/*
 * From rows of the store to rows of the protocol.
 */
#include "model/entry_row.h"

#include <string.h>

#include "model/announce.h"
#include "model/request.h"
#include "store/meta_account.h"

static void
put_folder(const struct fss__meta_node *e, struct fss__m_entry *m)
{
	m->has |= FSS__K_entry_mtime_us | FSS__K_entry_mode |
	    FSS__K_entry_created_us;
	m->mtime_us = e->mtime;
	m->mode = e->mode;
	m->created_us = e->created;
}

static void
put_version(const struct fss__meta_version *v, bool reader,
    struct fss__m_entry *m)
{
	m->has |= FSS__K_entry_size | FSS__K_entry_mtime_us |
	    FSS__K_entry_mode | FSS__K_entry_number |
	    FSS__K_entry_created_us | FSS__K_entry_state;
	m->size = (uint64_t)v->size;
	m->mtime_us = v->mtime;
	m->mode = v->mode;
	m->number = (uint64_t)v->number;
	m->created_us = v->created;
	m->state = (uint64_t)v->state;
	if (v->media[0] != '\0') {
		m->has |= FSS__K_entry_media;
		m->media = fss__slice_str(v->media);
	}
	if (!reader)
		return;
	m->has |= FSS__K_entry_version;
	m->version = (uint64_t)v->id;
	if (v->has_root) {
		m->has |= FSS__K_entry_root | FSS__K_entry_depth;
		m->root.p = v->root.b;
		m->root.n = FSS__ID_BYTES;
		m->depth = v->depth;
	}
	if (v->kind == FSS_KIND_LINK) {
		m->has |= FSS__K_entry_target;
		m->target.p = v->target;
		m->target.n = v->target_len;
	}
}

/* Who else has it, and what the asker has asked: 1 if a yes lets them read. */
static int
put_requests(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__meta_node *e, const struct fss__meta_version *v,
    const struct fss__view *view, struct fss__m_entry *m)
{
	int64_t id = 0;
	int r = 0, state = 0;

	if (v->kind == FSS_KIND_FILE)
		r = fss__announce_count(ctx, who, v, &m->holders,
		    &m->online);
	if (r != 0)
		return r;
	if (m->holders > 0 || v->state == FSS_STATE_ANNOUNCED)
		m->has |= FSS__K_entry_holders | FSS__K_entry_online;
	if (e->owner == who->account && v->state == FSS_STATE_STORED)
		return 0;
	r = fss__meta_request_newest(ctx->db, who->account, v->id, &id,
	    &state);
	if (r <= 0)
		return r;
	m->has |= FSS__K_entry_request | FSS__K_entry_request_state;
	m->request = (uint64_t)id;
	m->request_state = (uint64_t)state;
	if (view->rights & FSS_RIGHT_READ)
		return 0;
	r = fss__request_pass(ctx, who->account, v->id,
	    (view->rights & FSS_RIGHT_SEE) != 0);
	if (r == 1) {
		m->has |= FSS__K_entry_pass;
		m->pass = true;
	}
	return r;
}

/*
 * A visitor is told what a download needs and no more: not who has it, who
 * asked for it, who made it, nor how it is shared.
 */
static int
emit_visitor(const struct fss__actor *who, const struct fss__meta_node *e,
    const struct fss__meta_version *v, const struct fss__view *view,
    const struct fss__row_place *place, fss__emit_fn emit, void *arg)
{
	bool reader = (view->rights & FSS_RIGHT_READ) != 0;
	struct fss__m_entry m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_entry_kind | FSS__K_entry_rights | FSS__K_entry_path;
	m.kind = (uint64_t)e->kind;
	m.rights = view->rights;
	m.path = place->path;
	if (place->batch)
		m.has |= FSS__K_entry_status;
	if (who->visit.rights & FSS_RIGHT_CREATE) {
		/* One's own file, or the folder for it. */
		if (e->kind == FSS_KIND_FILE) {
			m.has |= FSS__K_entry_size;
			m.size = (uint64_t)v->size;
		}
		return emit(arg, &m);
	}
	if (e->kind == FSS_KIND_DIR) {
		put_folder(e, &m);
	} else {
		m.kind = (uint64_t)v->kind;
		put_version(v, reader, &m);
	}
	m.has &= ~(uint32_t)FSS__K_entry_created_us;
	return emit(arg, &m);
}

int
fss__entry_emit(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__meta_node *e, const struct fss__meta_version *v,
    const struct fss__view *view, const struct fss__row_place *place,
    fss__emit_fn emit, void *arg)
{
	char author[FSS_LIMIT_ACCOUNT + 1];
	struct fss__m_entry m;
	int r;

	if (who->visit.link != 0)
		return emit_visitor(who, e, v, view, place, emit, arg);
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_entry_kind | FSS__K_entry_access |
	    FSS__K_entry_access_own | FSS__K_entry_rights;
	m.kind = (uint64_t)e->kind;
	m.access = (uint64_t)view->access;
	m.access_own = e->access != FSS_ACCESS_INHERIT;
	m.rights = view->rights;
	if (place->batch)
		m.has |= FSS__K_entry_status;
	if (place->owner.p != NULL) {
		m.has |= FSS__K_entry_owner;
		m.owner = place->owner;
	}
	if (place->path.p != NULL) {
		m.has |= FSS__K_entry_path;
		m.path = place->path;
	}
	if (e->kind == FSS_KIND_DIR) {
		put_folder(e, &m);
		return emit(arg, &m);
	}
	m.kind = (uint64_t)v->kind;
	r = put_requests(ctx, who, e, v, view, &m);
	if (r < 0)
		return r;
	put_version(v, r == 1 || (view->rights & FSS_RIGHT_READ), &m);
	if (v->keep > 0 && (view->rights & FSS_RIGHT_WRITE)) {
		m.has |= FSS__K_entry_fetched;
		m.fetched = true;
	}
	m.has |= FSS__K_entry_author;
	m.author = fss__slice_str(who->name);
	if (v->author != who->account) {
		r = fss__meta_account_name(ctx->db, v->author, author);
		if (r < 0)
			return r;
		m.author = fss__slice_str(author);
		if (r == 0)
			m.has &= ~(uint32_t)FSS__K_entry_author;
	}
	return emit(arg, &m);
}
