/*
 * The blocking calls, on top of the others: wait for the descriptor, process,
 * look for events.
 */
#include <errno.h>
#include <poll.h>

#include "base/time.h"
#include "client/internal.h"

#define US_PER_MS	INT64_C(1000)

/* Waits until there is something to process, or @until_us. */
static int
wait_fd(fss_client *c, int64_t until_us)
{
	struct pollfd pfd;
	int64_t left;
	int ms = fss_client_timeout_ms(c);

	if (until_us != INT64_MAX) {
		left = until_us - fss__mono_us();
		left = left <= 0 ? 0 : (left + US_PER_MS - 1) / US_PER_MS;
		if (ms < 0 || left < ms)
			ms = (int)left;
	}
	pfd.fd = fss_client_fd(c);
	pfd.events = POLLIN;
	pfd.revents = 0;
	if (poll(&pfd, 1, ms) < 0 && errno != EINTR)
		return fss__client_fail(c, FSS_EIO, "cannot poll");
	return 0;
}

static int64_t
deadline(int timeout_ms)
{
	return timeout_ms < 0 ? INT64_MAX :
	    fss__mono_us() + timeout_ms * US_PER_MS;
}

int
fss_client_wait(fss_client *c, int timeout_ms)
{
	int64_t until = deadline(timeout_ms);
	int r;

	for (;;) {
		r = fss_client_process(c, 0);
		if (r < 0)
			return r;
		if (fss__event_any(c))
			return 1;
		if (until != INT64_MAX && fss__mono_us() >= until)
			return 0;
		if (r == 0 && (r = wait_fd(c, until)) != 0)
			return r;
	}
}

int
fss_client_wait_op(fss_client *c, fss_op op, int timeout_ms,
    const fss_event **ret_ev)
{
	int64_t until = deadline(timeout_ms);
	int r;

	if (ret_ev == NULL)
		return FSS_EINVAL;
	*ret_ev = NULL;
	r = fss__client_check(c);
	if (r != 0)
		return r;
	fss__client_forget_event(c);
	for (;;) {
		if (fss__event_next_of(c, op, ret_ev) == 1)
			return 1;
		if (fss__op_find(c, op) == NULL)
			return fss__client_fail(c, FSS_EINVAL,
			    "there is no such operation");
		r = fss_client_process(c, 0);
		if (r < 0)
			return r;
		if (r > 0 || c->ev_head != NULL) {
			if (fss__event_next_of(c, op, ret_ev) == 1)
				return 1;
		}
		if (until != INT64_MAX && fss__mono_us() >= until)
			return fss__client_fail(c, FSS_ETIMEDOUT,
			    "nothing happened in time");
		if (r == 0 && (r = wait_fd(c, until)) != 0)
			return r;
	}
}
