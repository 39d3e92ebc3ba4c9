/*
 * A hub that does what a test says: real sockets and encryption, no store, no
 * thread of its own.  HELLO is answered by itself, every other request goes
 * to the test's function, which answers now, later or never.
 *
 * What a test does not expect ends it through cmocka.
 */
#ifndef FSS_TEST_SCRIPT_HUB_H
#define FSS_TEST_SCRIPT_HUB_H

#include <fss/client.h>

#include "base/frame.h"
#include "wire/message.h"

struct script_hub;

/* A request; the slices live until the function returns. */
struct script_req {
	uint64_t	 route;
	uint64_t	 req;
	unsigned	 type;		/* FSS__MSG_... */
	struct fss__slice fields;
	struct fss__frame *payload;	/* or NULL */
};

typedef void (*script_fn)(void *ctx, struct script_hub *h,
    const struct script_req *q);

struct script_hub *script_hub_new(script_fn fn, void *ctx);
void	script_hub_free(struct script_hub *h);
/* A client of it, open. */
fss_client *script_hub_client(struct script_hub *h);

/* The fields of @q as the record of its type. */
void	script_hub_fields(const struct script_req *q, void *ret_msg);
/* @payload is taken over, may be NULL. */
void	script_hub_answer(struct script_hub *h, const struct script_req *q,
	    const void *msg, struct fss__frame *payload);
/* The same as damaged on the way: its envelope has an element too many. */
void	script_hub_spoil(struct script_hub *h, const struct script_req *q,
	    const void *msg);
void	script_hub_error(struct script_hub *h, const struct script_req *q,
	    int code);
/* Forgets all sessions: the next message of a client learns of it. */
void	script_hub_restart(struct script_hub *h);
/* Appends @msg to a list of records being built. */
void	script_hub_row(struct fss__buf *b, struct fss__list *list,
	    const struct fss__record *rec, const void *msg);

/* Lets both do what there is to do until the client has an event. */
void	script_hub_next(struct script_hub *h, fss_client *c,
	    const fss_event **ret_ev);

#endif
