/*
 * The table of transitions as a function.
 *
 * request.def has a line for each; KIND ANY stands for all three.  A lookup
 * walks them all: there are some fifty, and each change of a request that
 * gets so far costs a transaction.
 *
 * What this file does not do: read or change requests (model/request.h), and
 * judge guards, like a back-off that is not over.
 */
#include <stddef.h>

#include "model/request.h"

#define KIND_GET	(1u << FSS_REQUEST_GET)
#define KIND_WANT	(1u << FSS_REQUEST_WANT)
#define KIND_UPLOAD	(1u << FSS_REQUEST_UPLOAD)
#define KIND_ANY	(KIND_GET | KIND_WANT | KIND_UPLOAD)

/* Short names for the effects and audit lines in request.def. */
enum {
	TELL_ASKER = FSS__RE_TELL_ASKER,
	TELL_TARGET = FSS__RE_TELL_TARGET,
	TELL_BOTH = FSS__RE_TELL_BOTH,
	TELL_TWO = FSS__RE_TELL_TWO,
	PASS = FSS__RE_PASS,
	UNPASS = FSS__RE_UNPASS,
	WORK = FSS__RE_WORK,
	TIE = FSS__RE_TIE,
	BACKOFF = FSS__RE_BACKOFF,
	AGAIN = FSS__RE_AGAIN,
	UNTIE = FSS__RE_UNTIE
};
enum { FSS_AUDIT_NONE = 0 };

struct row {
	uint8_t				kinds;	/* bit k: kind k */
	uint8_t				state, event, role;
	struct fss__request_step	step;
};

static const struct row rows[] = {
#define S(name, number, live, text)
#define V(name, number, text)
#define T(kind, state, event, role, to, effects, audit)			\
	{ KIND_##kind, FSS__REQ_##state, FSS__REV_##event,		\
	    FSS__ROLE_##role,						\
	    { FSS__REQ_##to, FSS_AUDIT_##audit, (effects) } },
#include "model/request.def"
#undef S
#undef V
#undef T
};

int
fss__request_next(int kind, int state, int event, int role,
    struct fss__request_step *ret_step)
{
	const struct row *w;
	int r = FSS_ESTATE;
	size_t i;

	if (kind < FSS_REQUEST_GET || kind > FSS_REQUEST_UPLOAD)
		return FSS_ESTATE;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		w = &rows[i];
		if (!(w->kinds & 1u << kind) || w->state != state ||
		    w->event != event)
			continue;
		if (w->role == role) {
			*ret_step = w->step;
			return 0;
		}
		r = FSS_EDENIED;
	}
	return r;
}

unsigned
fss__request_may(int kind, int state, int role)
{
	struct fss__request_step step;
	unsigned may = 0;
	int e;

	for (e = 0; e < FSS__REQUEST_HUB_EVENTS; e++)
		if (fss__request_next(kind, state, e, role, &step) == 0)
			may |= 1u << e;
	return may;
}

const char *
fss__request_state_name(int state)
{
	static const char *const names[FSS__REQ_STATES] = {
		[FSS_REQUEST_OPEN] = "open",
		[FSS_REQUEST_SEEN] = "seen",
		[FSS_REQUEST_APPROVED] = "approved",
		[FSS_REQUEST_TRANSFERRING] = "transferring",
		[FSS_REQUEST_FULFILLED] = "fulfilled",
		[FSS_REQUEST_DENIED] = "denied",
		[FSS_REQUEST_CANCELLED] = "cancelled",
		[FSS_REQUEST_EXPIRED] = "expired",
		[FSS_REQUEST_FAILED] = "failed"
	};

	return state >= 0 && state < FSS__REQ_STATES ? names[state] : NULL;
}
