/*
 * The invariants of the hub's machine, worked out anew from the jobs that are
 * out and compared with the counters it keeps.  See hub_drive.h.
 */
#include <stdlib.h>
#include <string.h>

#include "hub_drive.h"
#include "proto/hub_internal.h"

static void
must(bool ok)
{
	if (!ok)
		abort();
}

/* What the jobs out of one session, or of all, add up to. */
struct sums {
	uint64_t jobs, put_bytes, gets, rated, hellos;
};

static struct sums
sum_jobs(const struct hub_drive *d, const struct fss__session *s)
{
	const struct fss__job *job;
	struct sums sums;
	size_t i;

	memset(&sums, 0, sizeof(sums));
	for (i = 0; i <= FSS__LANES; i++) {
		for (job = d->lane[i].first; job != NULL; job = job->next) {
			if (s != NULL && job->serial != s->serial)
				continue;
			sums.jobs++;
			sums.gets += job->message->type == FSS__MSG_GET;
			sums.hellos += job->message->type == FSS__MSG_HELLO;
			sums.rated += (job->rated) != 0;
			if (job->payload != NULL &&
			    (job->message->type == FSS__MSG_PUT ||
			    job->message->type == FSS__MSG_PLAN))
				sums.put_bytes += job->payload->len;
		}
	}
	return sums;
}

static void
check_session(const struct hub_drive *d, const struct fss__session *s)
{
	struct sums sums = sum_jobs(d, s);
	const struct fss__job *job;
	uint64_t waiting = 0, flying;

	must(s->serial != 0 && s->serial <= d->hub->sessions.last_serial);
	for (job = s->waiting; job != NULL; job = job->next) {
		must(job->message->type == FSS__MSG_GET);
		must(job->serial == s->serial);
		waiting++;
	}
	must(s->pending == sums.jobs + waiting);
	must(s->pending <= FSS__MAX_REQUESTS);
	must(s->put_flying == sums.put_bytes);
	must(s->put_credit >= FSS__MAX_CREDIT_FIRST &&
	    s->put_credit <= FSS__MAX_CREDIT);
	must(s->put_flying <= s->put_credit ||
	    s->put_flying <= FSS__MAX_PAYLOAD || sums.jobs > 1);
	must(s->get_reserved == sums.gets * FSS__MAX_CHUNK);
	must(s->get_received <= s->get_sent);
	must(s->get_window >= FSS__MAX_CREDIT_FIRST &&
	    s->get_window <= FSS__MAX_CREDIT);
	/* One answer may begin while a single byte of the window is left. */
	flying = s->get_sent - s->get_received;
	must(flying + s->get_reserved < FSS__MAX_CHUNK +
	    (d->hub->cfg.easy > 0 ? FSS__MAX_CREDIT : s->get_window));
	/* Nothing waits for ever: the window is full, or all hold too much. */
	must(waiting == 0 || flying + s->get_reserved >= s->get_window ||
	    d->hub->starved);
	must(s->seen_us <= d->hub->now_us);
	must((s->who.account == 0) == (s->who.device == 0));
}

void
hub_drive_check(const struct hub_drive *d)
{
	const struct fss__hub *hub = d->hub;
	const struct fss__sessions *t = &hub->sessions;
	const struct fss__session *s, *older = NULL;
	struct sums all = sum_jobs(d, NULL);
	size_t n = 0, anonymous = 0, in_buckets = 0, i;

	for (s = t->oldest; s != NULL; s = s->newer) {
		must(s->older == older);
		must(older == NULL || older->seen_us <= s->seen_us);
		check_session(d, s);
		n++;
		anonymous += s->who.account == 0;
		older = s;
	}
	must(t->newest == older);
	for (i = 0; i < t->nbuckets; i++)
		for (s = t->bucket[i]; s != NULL; s = s->next)
			in_buckets++;
	must(t->count == n && in_buckets == n && t->anonymous == anonymous);
	must(hub->put_flying == all.put_bytes);
	must(hub->put_flying <= 2 * hub->cfg.max_upload);
	must(hub->kdf_queued == all.rated);
	must(hub->kdf_queued <= FSS__KDF_QUEUE);
	must(hub->hellos == all.hellos);
	must(hub->stats.under_way == all.jobs);
	must(hub->get_reserved == all.gets * FSS__MAX_CHUNK);
	must(n + hub->hellos <= hub->cfg.max_sessions);
	must(hub->stats.errors <= hub->stats.requests);
}
