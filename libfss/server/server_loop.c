/*
 * The server's loop: messages, hub machine and executor.
 *
 * process() takes messages, steps the machine, hands jobs out, takes finished
 * jobs back and sends what came of all that.  It never waits: whatever may
 * (disk, database, passwords) runs on the executor's threads.
 *
 * The descriptor is an epoll set of ZeroMQ's descriptors and one eventfd.
 * ZeroMQ's are edge-triggered; so process() leaves the eventfd readable
 * whenever its budget ran out with messages waiting.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "base/time.h"
#include "server/server_internal.h"

#define BUDGET		256
#define TICK_US		INT64_C(1000000)

int
fss_server_fd(const fss_server *s)
{
	int r = fss__server_check(s);

	if (r != 0)
		return r;
	return s->router != NULL ? s->epoll_fd : FSS_ENOTCONN;
}

int
fss_server_timeout_ms(const fss_server *s)
{
	int64_t left;

	if (fss__server_check(s) != 0 || s->router == NULL)
		return -1;
	left = fss__router_deadline(s->router);
	if (left > s->tick_us)
		left = s->tick_us;
	if (left > fss__hub_deadline(s->hub))
		left = fss__hub_deadline(s->hub);
	left -= fss__mono_us();
	return left <= 0 ? 0 : (int)(left / 1000) + 1;
}

int
fss_server_wakeup(fss_server *s)
{
	uint64_t one = 1;
	int r = fss__server_check(s);

	if (r != 0)
		return r;
	if (s->event_fd < 0)
		return FSS_ENOTCONN;
	/* EAGAIN only says that it is readable already. */
	if (write(s->event_fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
		return FSS_EIO;
	return 0;
}

static int
step(fss_server *s, struct fss__hub_event *ev, struct fss__hub_update *up)
{
	ev->mono_us = fss__mono_us();
	ev->wall_us = fss__wall_us();
	ev->unsent_all = fss__router_unsent_all(s->router);
	return fss__hub_step(s->hub, ev, up);
}

/*
 * The session of an answer that cannot be sent is over, which its client will
 * be told; a peer that leaves more unread than its queue holds is shown out.
 */
static void
unsent(fss_server *s, const struct fss__out *out, int r,
    struct fss__hub_update *up)
{
	struct fss__hub_event ev;

	fss__log(&s->log, FSS_LOG_DEBUG, "net", "an answer could not be sent",
	    "error=%s", fss_err_name(r));
	if (r == FSS_EAGAIN)
		fss__router_cut(s->router, out->route, fss__mono_us());
	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__HUB_UNSENT;
	ev.out = out;
	(void)step(s, &ev, up);
}

static void
send_out(fss_server *s, struct fss__out *out, struct fss__hub_update *up)
{
	int r;

	r = fss__router_send(s->router, out->route, out->header,
	    out->payload);
	out->header = out->payload = NULL;
	if (r != 0)
		unsent(s, out, r, up);
	fss__out_free(out);
}

static void
dispatch(fss_server *s, struct fss__hub_update *up)
{
	struct fss__out *outs, *out;
	struct fss__job *jobs, *job;

	while (up->jobs != NULL || up->outs != NULL) {
		/* What comes of the end of a session is for the next turn. */
		jobs = up->jobs;
		outs = up->outs;
		fss__hub_update_init(up);
		while ((job = jobs) != NULL) {
			jobs = job->next;
			fss__executor_submit(s->executor, job);
		}
		while ((out = outs) != NULL) {
			outs = out->next;
			send_out(s, out, up);
		}
	}
}

static void
take_done(fss_server *s, struct fss__hub_update *up)
{
	struct fss__hub_event ev;
	struct fss__job *list, *job;

	list = fss__executor_done(s->executor);
	while ((job = list) != NULL) {
		list = job->next;
		memset(&ev, 0, sizeof(ev));
		ev.type = FSS__HUB_JOB;
		ev.job = job;
		(void)step(s, &ev, up);
	}
}

/* 1: one message was taken, 0: there is none. */
static int
take_message(fss_server *s, struct fss__hub_update *up)
{
	struct fss__arrival a;
	struct fss__hub_event ev;
	int r;

	r = fss__router_recv(s->router, &a);
	if (r == 0)
		return 0;
	memset(&ev, 0, sizeof(ev));
	if (r == FSS_ENOMEM) {
		ev.type = FSS__HUB_LOST;
		memcpy(ev.key, a.key, sizeof(ev.key));
		(void)step(s, &ev, up);
	}
	if (r < 0)
		return 1;	/* thrown away */
	ev.type = FSS__HUB_FRAME;
	ev.unsent = fss__router_unsent(s->router, a.route);
	ev.route = a.route;
	memcpy(ev.key, a.key, sizeof(ev.key));
	ev.address = a.peer;
	ev.local = a.local;
	ev.header = a.header;
	ev.payload = a.payload;
	ev.cut = a.cut;
	(void)step(s, &ev, up);
	if (ev.logged_in)
		fss__router_trust(s->router, a.fd, &ev.line);
	return 1;
}

/* After the messages that came over them. */
static void
take_ended(fss_server *s, struct fss__hub_update *up)
{
	struct fss__hub_event ev;

	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__HUB_CLOSED;
	while (fss__router_ended(s->router, &ev.line) == 1)
		(void)step(s, &ev, up);
}

int
fss_server_process(fss_server *s, int budget)
{
	struct fss__hub_update up;
	struct fss__hub_event ev;
	uint64_t count;
	int n, r = fss__server_check(s);

	if (r != 0)
		return r;
	if (s->router == NULL)
		return FSS_ENOTCONN;
	if (budget <= 0)
		budget = BUDGET;
	if (read(s->event_fd, &count, sizeof(count)) < 0)
		count = 0;	/* nothing was said; look all the same */
	fss__hub_update_init(&up);
	fss__router_serve(s->router, fss__mono_us());
	take_done(s, &up);
	dispatch(s, &up);
	for (n = 0; n < budget && take_message(s, &up); n++)
		if (n % 16 == 15)
			dispatch(s, &up);
	memset(&ev, 0, sizeof(ev));
	ev.mono_us = fss__mono_us();
	fss__router_sweep(s->router, ev.mono_us);
	take_ended(s, &up);
	if (ev.mono_us >= s->tick_us ||
	    ev.mono_us >= fss__hub_deadline(s->hub)) {
		/* Serves some of those who wait for news: see below. */
		ev.type = FSS__HUB_TICK;
		(void)step(s, &ev, &up);
		s->tick_us = ev.mono_us + TICK_US;
	}
	take_done(s, &up);
	dispatch(s, &up);
	/*
	 * Sending may have taken in more, without a new edge; and who was not
	 * served yet waits for the next call, after its messages.
	 */
	if (!fss__router_ready(s->router) &&
	    fss__mono_us() < fss__hub_deadline(s->hub))
		return 0;
	(void)fss_server_wakeup(s);
	return 1;
}

int
fss_server_drain(fss_server *s)
{
	struct fss__hub_stats st;
	int r = fss__server_check(s);

	if (r != 0)
		return r;
	if (s->router == NULL)
		return FSS_ENOTCONN;
	fss__hub_drain(s->hub);
	fss__hub_stats(s->hub, &st);
	return (int)fss__min_u64(st.under_way, INT32_MAX);
}

uint64_t
fss_server_stat(const fss_server *s, fss_stat which)
{
	struct fss__hub_stats st;

	if (fss__server_check(s) != 0 || s->router == NULL)
		return 0;
	fss__hub_stats(s->hub, &st);
	switch (which) {
	case FSS_STAT_SESSIONS:
		return st.sessions;
	case FSS_STAT_REQUESTS:
		return st.requests;
	case FSS_STAT_BYTES_IN:
		return st.bytes_in;
	case FSS_STAT_BYTES_OUT:
		return st.bytes_out;
	case FSS_STAT_COMMITS:
		return fss__executor_commits(s->executor);
	case FSS_STAT_ERRORS:
		return st.errors;
	case FSS_STAT_CUT:
		return fss__router_cuts(s->router);
	}
	return 0;
}
