/*
 * News: lists of them, whom an item is for, and what it says.
 *
 * What this file does not do: remember them (ring.c), know sessions, wait, or
 * look into the store (but for fss__news_visible(), which asks the rights).
 */
#include "model/event.h"

#include <string.h>

#include "base/alloc.h"
#include "model/access.h"
#include "model/entry_path.h"
#include "store/meta_account.h"

/* ---- lists ------------------------------------------------------------- */

/* A message may leave thousands of items, so none of this walks the list. */

static void
free_one(struct fss__news *n)
{
	if (n != NULL)
		fss__free(n->path);
	fss__free(n);
}

int
fss__news_add(struct fss__news **list, const struct fss__news *n)
{
	struct fss__news *copy;

	copy = fss__memdup(n, sizeof(*n));
	if (copy == NULL)
		return FSS_ENOMEM;
	copy->next = NULL;
	if (n->path != NULL) {
		copy->path = fss__strdup(n->path);
		if (copy->path == NULL) {
			fss__free(copy);
			return FSS_ENOMEM;
		}
	}
	copy->head = *list == NULL ? copy : *list;
	*fss__news_mark(list) = copy;
	copy->prev = copy->head->prev;
	copy->head->prev = copy;
	return 0;
}

void
fss__news_free(struct fss__news *list)
{
	struct fss__news *next;

	for (; list != NULL; list = next) {
		next = list->next;
		free_one(list);
	}
}

struct fss__news **
fss__news_mark(struct fss__news **list)
{
	return *list == NULL ? list : &(*list)->prev->next;
}

void
fss__news_cut(struct fss__news **mark)
{
	struct fss__news *first = *mark;

	if (first == NULL)
		return;
	if (first != first->head)
		first->head->prev = first->prev;
	fss__news_free(first);
	*mark = NULL;
}

/* ---- readers ----------------------------------------------------------- */

bool
fss__news_for(const struct fss__news *n, const struct fss__reader_of_news *who)
{
	unsigned i;

	if (n->kind < 1 || n->kind > 31 ||
	    !(who->kinds & 1u << (n->kind - 1)))
		return false;
	if (n->device != 0)
		return n->device == who->device;
	if (n->nto == 0 && n->kind == FSS_NEWS_REQUEST)
		return who->account != n->asker && who->account != n->giver;
	if (n->nto == 0)
		return n->kind != FSS_NEWS_FILE || !n->lost ||
		    n->account != who->account;
	for (i = 0; i < n->nto && i < FSS__NEWS_TO; i++)
		if (n->to[i] == who->account)
			return true;
	return false;
}

static void
row_of_request(const struct fss__news *n, int64_t account,
    struct fss__m_event *m)
{
	m->has |= FSS__K_event_request | FSS__K_event_state |
	    FSS__K_event_change | FSS__K_event_request_seq |
	    FSS__K_event_request_kind;
	m->request = (uint64_t)n->request;
	m->state = (uint64_t)n->state;
	m->change = n->change;
	m->request_seq = n->request_seq;
	m->request_kind = (uint64_t)n->request_kind;
	if (n->asker == account) {
		m->has |= FSS__K_event_mine;
		m->mine = true;
	}
}

/*
 * Who sees the folder now may not have seen what was removed from it before
 * that.  They hear that it changed.
 */
static void
take_name(struct fss__m_event *m)
{
	struct fss__slice up, name;

	m->what = FSS_CHANGE_MANY;
	if (fss__path_split(m->path, &up, &name))
		m->path = up;
}

void
fss__news_row(const struct fss__news *n, uint64_t seq, int64_t account,
    struct fss__m_event *ret_m)
{
	struct fss__m_event *m = ret_m;

	memset(m, 0, sizeof(*m));
	m->has = FSS__K_event_seq | FSS__K_event_kind | FSS__K_event_at_us;
	m->seq = seq;
	m->kind = (uint64_t)n->kind;
	m->at_us = n->at_us;
	if (n->name[0] != '\0') {
		m->has |= FSS__K_event_account;
		m->account = fss__slice_str(n->name);
	}
	switch (n->kind) {
	case FSS_NEWS_PRESENCE:
		m->has |= FSS__K_event_presence | FSS__K_event_sessions;
		m->presence = (uint64_t)n->presence;
		m->sessions = n->sessions;
		break;
	case FSS_NEWS_REQUEST:
		row_of_request(n, account, m);
		break;
	case FSS_NEWS_PROGRESS:
		row_of_request(n, account, m);
		m->has |= FSS__K_event_bytes;
		m->bytes = n->bytes;
		break;
	case FSS_NEWS_FILE:
		m->has |= FSS__K_event_what;
		m->what = (uint64_t)n->what;
		break;
	default:
		break;
	}
	if (n->path != NULL) {
		m->has |= FSS__K_event_path;
		m->path = fss__slice_str(n->path);
	}
	if (n->nameless && n->account != account)
		take_name(m);
}

/* To all: not to who came later and may never have seen it. */
static int
was_there(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__news *n)
{
	struct fss__meta_account a;
	int r;

	if (n->nto > 0)
		return 1;
	r = fss__meta_account_by_id(ctx->db, who->account, &a);
	return r != 1 ? r : a.created <= n->at_us;
}

/*
 * Whether what is told of is where it was.  It may be seen by those who did
 * not see it there, and the ring is read from the beginning by whoever likes:
 * what it was called before, or what folder it was in, is not for them.  Where
 * it is now a later item says.
 *
 * Of what was removed that is the folder: where it was moved into sight since
 * the paths differ, and nothing is told, not even that it changed.  Where it
 * was opened in its place, or came back to that path by another way, it is
 * there, and who takes the name then is the count of board_open().
 */
static int
is_there(struct fss__ctx *ctx, const struct fss__news *n)
{
	char path[FSS_LIMIT_PATH + 1];
	struct fss__slice told = fss__slice_str(n->path), up, name;
	struct fss__slice at = { path, 0 };
	int r;

	if (n->what == FSS_CHANGE_REMOVED) {
		if (!fss__path_split(told, &up, &name))
			return 0;
		told = up;
	}
	r = fss__path_of(ctx, n->entry, path, &at.n);
	if (r == FSS_ENOENT || r == FSS_EPATH)
		return 0;
	return r != 0 ? r : fss__slice_eq(told, at);
}

int
fss__news_visible(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__news *n)
{
	struct fss__view view;
	int r;

	if (n->lost)
		return fss__ctx_end(ctx, was_there(ctx, who, n));
	if (n->account == who->account)
		return 1;
	if (n->entry == 0 || (n->what == FSS_CHANGE_REMOVED && !n->inherits))
		return 0;
	r = fss__view_of(ctx, who, n->entry, 0, &view, NULL);
	if (r == FSS_ENOENT)
		return 0;
	if (r == 0 && (view.rights & FSS_RIGHT_SEE))
		r = is_there(ctx, n);
	return fss__ctx_end(ctx, r);
}
