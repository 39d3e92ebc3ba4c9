/*
 * Which uploads in parts somebody is at work on: who looks at the list of
 * one's uploads is told which are interrupted and which are not.
 *
 * STAGE_OPEN takes one up for its session.  It is held until the session ends
 * (a client that is gone says nothing for LEASE at most), until it is opened
 * by another one, or opened or saved to be left, until saving or completing
 * it fails, and until it is complete or removed.  Of what a restart forgets
 * the sessions are gone as well.
 *
 * Nothing is decided by it: it is shown.  Where there is no memory for it, or
 * one session holds more than a person can have, it is left out.
 */
#include <string.h>

#include "base/alloc.h"
#include "proto/hub_internal.h"

#define NAME	FSS__HELD_NAME

static void
drop(struct fss__session *s, const void *id)
{
	size_t i;

	for (i = 0; i < s->nheld; i++) {
		if (memcmp(s->held[i], id, NAME) != 0)
			continue;
		memmove(s->held[i], s->held[--s->nheld], NAME);
		return;
	}
}

static void
hold(struct fss__session *s, const void *id)
{
	if (s->held == NULL)
		s->held = fss__calloc(FSS__MAX_STAGES, NAME);
	if (s->held == NULL || s->nheld == FSS__MAX_STAGES)
		return;
	memcpy(s->held[s->nheld++], id, NAME);
}

void
fss__hub_held_set(struct fss__hub *hub, const struct fss__job *job,
    struct fss__slice id, bool held)
{
	struct fss__session *own = fss__sessions_of_job(&hub->sessions, job);
	struct fss__presence_session *p;

	if (own == NULL || id.n != NAME)
		return;
	if (job->err.code != 0) {
		drop(own, id.p);
		return;
	}
	p = fss__presence_sessions(hub->presence, job->who.account);
	for (; p != NULL; p = p->next)
		drop(fss__session_of_presence(p), id.p);
	if (held && own->presence.person != NULL)
		hold(own, id.p);
}

int
fss__hub_held_note(struct fss__hub *hub, struct fss__job *job)
{
	struct fss__presence_session *p, *first;
	const struct fss__session *s;
	uint8_t (*ids)[NAME];
	size_t n = 0;

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
		if (s->nheld > 0)
			memcpy(ids[job->ndata], s->held, s->nheld * NAME);
		job->ndata += s->nheld;
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
