/*
 * Which uploads in parts somebody is at work on: who looks at the list of
 * one's uploads is told which are interrupted and which are not.
 *
 * STAGE_OPEN takes one up for its session.  It is held until the session ends
 * (a client that is gone says nothing for LEASE at most), until it is opened
 * by another one, until who took it up saves it to be left, says that they
 * leave it, or fails to save or complete it, and until it is complete or
 * removed.  One session may take the same one up twice, so that who took it
 * up is known by their turn, or, where they end before they are told it, by
 * the op they asked with: the one before leaves nothing of the later's.
 * Of what a restart forgets the sessions are gone as well.
 *
 * Nothing is decided by it: it is shown, and that it changed is told to its
 * account (hub_upload.c).  Where there is no memory for it, or
 * one session holds more than a person can have, it is left out.
 */
#include <string.h>

#include "base/alloc.h"
#include "proto/hub_internal.h"

#define NAME	FSS__HELD_NAME

static const struct fss__slice whoever;

static struct fss__held *
find(struct fss__session *s, const void *id)
{
	size_t i;

	for (i = 0; i < s->nheld; i++)
		if (memcmp(s->held[i].name, id, NAME) == 0)
			return &s->held[i];
	return NULL;
}

/*
 * @turn: that one's only, 0 whoever's; so @op, of no bytes whoever's.  Whether
 * there was one.
 */
static bool
drop(struct fss__session *s, const void *id, uint64_t turn,
    struct fss__slice op)
{
	struct fss__held *h = find(s, id);

	if (h == NULL || (turn != 0 && h->turn != 0 && h->turn != turn) ||
	    (op.n == sizeof(h->op) &&
	    memcmp(h->op, op.p, sizeof(h->op)) != 0))
		return false;
	*h = s->held[--s->nheld];
	return true;
}

static void
hold(struct fss__session *s, const void *id, uint64_t turn,
    struct fss__slice op)
{
	struct fss__held *h;

	if (s->held == NULL)
		s->held = fss__calloc(FSS__MAX_STAGES, sizeof(*s->held));
	if (s->held == NULL || s->nheld == FSS__MAX_STAGES)
		return;
	h = &s->held[s->nheld++];
	memcpy(h->name, id, NAME);
	memcpy(h->op, op.p, sizeof(h->op));
	h->turn = turn;
}

void
fss__hub_held_end(
    struct fss__hub *hub, const struct fss__job *job, struct fss__slice id)
{
	struct fss__presence_session *p;
	bool some = false;

	if (id.n != NAME)
		return;
	p = fss__presence_sessions(hub->presence, job->who.account);
	for (; p != NULL; p = p->next)
		some = drop(fss__session_of_presence(p), id.p, 0, whoever) ||
		    some;
	if (some)
		fss__hub_uploads_changed(hub, job->who.account);
}

void
fss__hub_held_take(struct fss__hub *hub, const struct fss__job *job,
    struct fss__slice id, uint64_t turn, struct fss__slice op)
{
	struct fss__session *own = fss__sessions_of_job(&hub->sessions, job);

	fss__hub_held_end(hub, job, id);
	if (own != NULL && id.n == NAME && op.n == FSS__OP_BYTES &&
	    own->presence.person != NULL) {
		hold(own, id.p, turn, op);
		fss__hub_uploads_changed(hub, job->who.account);
	}
}

void
fss__hub_held_again(struct fss__hub *hub, const struct fss__job *job,
    struct fss__slice id, struct fss__slice op)
{
	struct fss__presence_session *p;
	const struct fss__held *h;
	uint64_t turn = 0;

	if (id.n != NAME || op.n != FSS__OP_BYTES)
		return;
	p = fss__presence_sessions(hub->presence, job->who.account);
	for (; p != NULL; p = p->next) {
		h = find(fss__session_of_presence(p), id.p);
		if (h == NULL)
			continue;
		if (memcmp(h->op, op.p, sizeof(h->op)) != 0)
			return;	/* who went on with it meanwhile */
		turn = h->turn;
	}
	fss__hub_held_take(hub, job, id, turn, op);
}

void
fss__hub_held_leave(struct fss__hub *hub, const struct fss__job *job,
    struct fss__slice id, uint64_t turn, struct fss__slice op)
{
	struct fss__session *own = fss__sessions_of_job(&hub->sessions, job);

	if (own != NULL && id.n == NAME && drop(own, id.p, turn, op))
		fss__hub_uploads_changed(hub, job->who.account);
}

void
fss__hub_held_forget(struct fss__hub *hub, struct fss__session *s)
{
	if (s->nheld == 0)
		return;
	s->nheld = 0;
	fss__hub_uploads_changed(hub, s->who.account);
}

int
fss__hub_held_note(struct fss__hub *hub, struct fss__job *job)
{
	struct fss__presence_session *p, *first;
	const struct fss__session *s;
	uint8_t (*ids)[NAME];
	size_t i, n = 0;

	first = fss__presence_sessions(hub->presence, job->who.account);
	for (p = first; p != NULL; p = p->next)
		n += fss__session_of_presence(p)->nheld;
	if (n == 0)
		return 0;
	ids = fss__calloc(n, NAME);
	if (ids == NULL)
		return FSS_ENOMEM;
	for (p = first; p != NULL; p = p->next) {
		s = fss__session_of_presence(p);
		for (i = 0; i < s->nheld; i++)
			memcpy(ids[job->ndata++], s->held[i].name, NAME);
	}
	job->data = ids;
	return 0;
}

bool
fss__hub_held(const struct fss__job *job, struct fss__slice id)
{
	const uint8_t *p = job->data;
	size_t i;

	for (i = 0; i < job->ndata && id.n == NAME; i++)
		if (memcmp(p + i * NAME, id.p, NAME) == 0)
			return true;
	return false;
}
