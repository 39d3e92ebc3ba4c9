/*
 * Front ends, and who may have one more session.
 *
 * A front end is a key that is configured as one.  That gives it nothing but
 * that it is believed from which address each person comes: limits on
 * log-ins and on sessions nobody logged in to are then of that address
 * instead of the front end's.  Its sessions in all have a limit of their own.
 *
 * One that is no front end any more keeps what sessions it has.
 */
#include <string.h>

#include "base/peer.h"
#include "proto/hub_internal.h"

int
fss__hub_set_fronts(struct fss__hub *hub, const uint8_t (*key)[FSS__KEY_BYTES],
    size_t n)
{
	struct fss__front *f, *free_one;
	size_t i, j;

	if (n > FSS__FRONTS)
		return FSS_ETOOBIG;
	for (i = 0; i < FSS__FRONTS; i++)
		hub->front[i].listed = false;
	for (j = 0; j < n; j++) {
		free_one = NULL;
		for (i = 0; i < FSS__FRONTS; i++) {
			f = &hub->front[i];
			if ((f->listed || f->sessions > 0) &&
			    memcmp(f->key, key[j], sizeof(f->key)) == 0)
				break;
			if (free_one == NULL && !f->listed && f->sessions == 0)
				free_one = f;
		}
		if (i == FSS__FRONTS && free_one == NULL)
			return FSS_EBUSY;	/* former ones still have sessions */
		f = i < FSS__FRONTS ? &hub->front[i] : free_one;
		f->listed = true;
		memcpy(f->key, key[j], sizeof(f->key));
	}
	return 0;
}

static struct fss__front *
find(struct fss__hub *hub, const uint8_t key[FSS__KEY_BYTES])
{
	size_t i;

	for (i = 0; i < FSS__FRONTS; i++)
		if (hub->front[i].listed && memcmp(hub->front[i].key, key,
		    FSS__KEY_BYTES) == 0)
			return &hub->front[i];
	return NULL;
}

void
fss__hub_whence(struct fss__hub *hub, struct fss__job *job,
    const struct fss__session *s, const char *peer)
{
	const struct fss__m_hello *m = &job->m.HELLO;
	struct fss__slice said = { NULL, 0 };
	char net[FSS__PEER_NET];

	if (s != NULL) {
		memcpy(job->address, s->address, sizeof(job->address));
		job->from = s->from;
		job->front = s->front != NULL && s->front->listed;
		return;
	}
	if (job->message->type == FSS__MSG_HELLO &&
	    (m->has & FSS__K_hello_address) && fss__peer_ok(m->address) &&
	    find(hub, job->key) != NULL)
		said = m->address;
	if (said.n == 0)
		said = fss__slice_str(peer);
	if (fss__slice_copy(said, job->address, sizeof(job->address)) != 0)
		job->address[0] = '\0';
	fss__peer_net(job->address, net);
	job->from = fss__tally_whose(hub->sessions.tallies,
	    FSS__TALLY_ADDRESS, net, strlen(net));
}

void
fss__hub_front_enter(struct fss__hub *hub, struct fss__session *s)
{
	s->front = find(hub, s->key);
	if (s->front != NULL)
		s->front->sessions++;
}

void
fss__hub_front_leave(struct fss__session *s)
{
	if (s->front != NULL)
		s->front->sessions--;
	s->front = NULL;
}

/* ---- room ------------------------------------------------------------- */

static bool
too_many(struct fss__job *job, const char *whose)
{
	char detail[64];

	(void)fss__fmt(detail, sizeof(detail), "too many sessions%s", whose);
	fss__job_fail(job, FSS_EOVERLOAD, detail);
	job->retry_ms = 2000;
	return false;
}

/* Whether there is room for one more, after making some. */
static bool
make_room(struct fss__hub *hub, bool room, struct fss__session *idle)
{
	if (!room && idle != NULL)
		fss__hub_remove_session(hub, idle);
	return room || idle != NULL;
}

bool
fss__hub_account_room(struct fss__hub *hub, struct fss__job *job)
{
	struct fss__session *idle;
	uint32_t most = hub->cfg.max_account;
	bool room;

	if (most == 0)
		return true;
	room = fss__sessions_room_account(&hub->sessions, job->found.account,
	    most, &idle);
	return make_room(hub, room, idle) ||
	    too_many(job, " of this account");
}

/* Known devices are not held up by sessions that are nobody's. */
static bool
anonymous_room(struct fss__hub *hub, const struct fss__job *job, bool front)
{
	struct fss__session *idle;
	uint32_t most = hub->cfg.max_address;
	bool room;

	/* The key of a front end stands for all who come through it. */
	if (most != 0 && !front) {
		room = fss__sessions_room_key(&hub->sessions, job->key, most,
		    &idle);
		if (!make_room(hub, room, idle))
			return false;
	}
	if (most != 0) {
		room = fss__sessions_room_address(&hub->sessions, job->from,
		    most, &idle);
		if (!make_room(hub, room, idle))
			return false;
	}
	return hub->sessions.anonymous < hub->cfg.max_anonymous;
}

bool
fss__hub_room(struct fss__hub *hub, struct fss__job *job)
{
	const struct fss__front *f = find(hub, job->key);

	if (f != NULL && hub->cfg.max_front != 0 &&
	    f->sessions >= hub->cfg.max_front)
		return too_many(job, " of this front end");
	if (job->found.account != 0)
		return fss__hub_account_room(hub, job);
	return anonymous_room(hub, job, f != NULL) || too_many(job, "");
}
