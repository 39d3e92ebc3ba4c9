/*
 * The hub: one fss_client per worker, driven from Kore's loop.
 *
 * By the public contract and nothing else: its descriptor is watched for
 * reading, level-triggered; one timer is armed for when it wants process()
 * at the latest, again after each process() and each call that may have
 * started something.  The handle is made after fork(), never before.
 *
 * Operations carry a struct hub_call as their user pointer.  Those of a
 * request are struct web_call: when the request goes first they are
 * cancelled, and freed by their DONE.
 */
#include "kore_host.h"

#include <stdlib.h>
#include <string.h>

#include "host.h"

struct web_call {
	struct hub_call	 hc;		/* first: it is cast back */
	struct web_call	*next, **prev;	/* of the request's */
	struct web_req	*rq;		/* NULL: nobody listens any more */
	web_event_fn	*fn;
	void		*arg;
	web_late_fn	*late;		/* NULL: cancelled when it is late */
	struct web_person *person;	/* of one with @late */
	fss_op		 op;
};

/* Kore casts what it was given to struct kore_event: it comes first. */
struct watch {
	struct kore_event evt;
	int		 fd;
};

static struct watch watch;
static fss_client *client;
static struct kore_timer *timer;
static int64_t due;		/* of the timer */
static bool up = true;		/* until it is known better */
static bool in_pump;

fss_client *
hub_client(void)
{
	return client;
}

bool
hub_up(void)
{
	return client != NULL && up;
}

/* ---- the loop --------------------------------------------------------- */

static void
state_changed(const fss_event *ev)
{
	bool now = fss_event_error(ev) == FSS_OK;
	char quoted[256];

	if (now == up)
		return;
	up = now;
	if (up)
		web_log(FSS_LOG_NOTICE, "hub is back", "%s", "");
	else
		web_log(FSS_LOG_WARN, "hub is away", "error=%s detail=%s",
		    fss_err_name(fss_event_error(ev)), web_quote(
		    fss_event_detail(ev), quoted, sizeof(quoted)));
	live_hub_changed(up);
}

static void
dispatch(const fss_event *ev)
{
	struct hub_call *hc;

	if (fss_event_type(ev) == FSS_EVENT_STATE && fss_event_op(ev) == 0) {
		state_changed(ev);
		return;
	}
	hc = fss_event_user(ev);
	if (hc != NULL)
		hc->fn(hc, ev);
}

static void
pump(void)
{
	const fss_event *ev;
	int r;

	if (client == NULL || in_pump)
		return;
	in_pump = true;
	r = fss_client_process(client, 0);
	if (r == FSS_ENOMEM) {
		web_log(FSS_LOG_ERROR, "no memory for the hub's messages", "%s",
		    "");
	} else if (r < 0) {
		/* Nothing works any more: a new worker is the way out. */
		fatal("fssweb: the hub's handle broke: %s", fss_strerror(r));
	}
	while (client != NULL && fss_client_next(client, &ev) > 0)
		dispatch(ev);
	in_pump = false;
	web_settle();
}

static void
on_readable(void *arg, int error)
{
	(void)arg;
	(void)error;
	pump();
}

static void
on_timer(void *arg, u_int64_t now)
{
	(void)arg;
	(void)now;
	timer = NULL;		/* one shot: Kore frees it after this */
	pump();
}

void
hub_arm(void)
{
	int64_t when;
	int ms;

	if (client == NULL || in_pump)
		return;
	ms = fss_client_timeout_ms(client);
	if (ms < 0)
		return;		/* a timer that fires too early does no harm */
	when = now_ms() + ms;
	if (timer != NULL) {
		if (due <= when)
			return;
		kore_timer_remove(timer);
	}
	due = when;
	timer = kore_timer_add(on_timer, (u_int64_t)ms, NULL,
	    KORE_TIMER_ONESHOT);
}

/* ---- operations of requests ------------------------------------------- */

static void
unlink_call(struct web_call *call)
{
	if (call->rq == NULL)
		return;
	*call->prev = call->next;
	if (call->next != NULL)
		call->next->prev = call->prev;
	call->rq = NULL;
}

static void
on_call(struct hub_call *hc, const fss_event *ev)
{
	struct web_call *call = (struct web_call *)hc;
	struct web_req *rq = call->rq;
	bool done = fss_event_type(ev) == FSS_EVENT_DONE;

	if (done)
		unlink_call(call);
	if (done && rq != NULL)
		person_told(rq->person, fss_event_error(ev));
	if (rq != NULL)
		call->fn(rq, call->arg, ev);
	else if (done && call->late != NULL && fss_event_error(ev) == 0 &&
	    person_act(call->person) == 0)
		call->late(client, ev);
	/* Taken off above, or by the end of the request meanwhile. */
	if (done) {
		person_release(call->person);
		free(call);
	}
}

void *
web_call(struct web_req *rq, web_event_fn *fn, void *arg)
{
	struct web_call *call = calloc(1, sizeof(*call));

	if (call == NULL) {
		web_reply_error(rq, FSS_ENOMEM, NULL);
		return NULL;
	}
	call->hc.fn = on_call;
	call->fn = fn;
	call->arg = arg;
	return &call->hc;
}

void *
web_call_late(struct web_req *rq, web_event_fn *fn, void *arg,
    web_late_fn *late)
{
	struct web_call *call = web_call(rq, fn, arg);

	if (call != NULL)
		call->late = late;
	return call;
}

int
web_called(struct web_req *rq, void *user, int r, fss_op op)
{
	struct web_call *call = user;

	if (r < 0) {
		free(call);
		web_reply_error(rq, r, fss_client_errmsg(client));
		return r;
	}
	call->op = op;
	call->rq = rq;
	if (call->late != NULL)
		call->person = person_keep(rq->person);
	call->next = rq->calls;
	if (call->next != NULL)
		call->next->prev = &call->next;
	call->prev = &rq->calls;
	rq->calls = call;
	return 0;
}

void
hub_drop_calls(struct web_req *rq)
{
	struct web_call *call;

	while ((call = rq->calls) != NULL) {
		unlink_call(call);
		/* Its DONE frees it; FSS_EINVAL: that is on its way. */
		if (client != NULL && call->late == NULL)
			(void)fss_op_cancel(client, call->op);
	}
}

void
web_let_go(struct web_req *rq, void *user)
{
	(void)rq;
	unlink_call(user);
}

fss_client *
web_hub(struct web_req *rq)
{
	/* Where it fails the operation fails in the same way. */
	(void)person_act(rq->person);
	return client;
}

/* ---- life ------------------------------------------------------------- */

static int
read_identity(uint8_t key[FSS_KEY_BYTES])
{
	char text[128] = "";
	FILE *f = fopen("web.key", "re");
	int r = FSS_EIO;

	/* The launcher has seen to it that nobody else can read it. */
	if (f == NULL)
		return FSS_EIO;
	if (fgets(text, sizeof(text), f) != NULL) {
		text[strcspn(text, "\r\n")] = '\0';
		r = fss_key_parse(text, key);
	}
	(void)fclose(f);	/* it was only read */
	explicit_bzero(text, sizeof(text));
	return r;
}

int
hub_open(void)
{
	uint8_t key[FSS_KEY_BYTES];
	int r;

	r = read_identity(key);
	if (r < 0)
		return r;
	r = fss_client_new(&client);
	if (r == 0)
		r = fss_client_set_address(client, settings_text(SET_HUB));
	if (r == 0)
		r = fss_client_set_identity(client, key);
	if (r == 0)
		r = fss_client_set_device_name(client, "fssweb");
	if (r == 0)
		r = fss_client_set_timeout_ms(client, WEB_MAX_HUB_MS);
	if (r == 0)
		r = fss_client_set_log(client, log_library, NULL,
		    FSS_LOG_DEBUG);
	if (r == 0)
		r = fss_client_open(client);
	explicit_bzero(key, sizeof(key));
	if (r < 0)
		return r;
	watch.evt.type = 1000;	/* none of Kore's */
	watch.evt.handle = on_readable;
	watch.fd = fss_client_fd(client);
	kore_platform_event_level_read(watch.fd, &watch);
	hub_arm();
	return 0;
}

void
hub_close(void)
{
	fss_client *c = client;

	if (c == NULL)
		return;
	client = NULL;
	kore_platform_disable_read(watch.fd);
	fss_client_free(c);
}
