/*
 * Sessions that wait for news, between hub_wait.c and hub_event.c.
 */
#ifndef FSS__PROTO_HUB_WAIT_H
#define FSS__PROTO_HUB_WAIT_H

#include "proto/hub_internal.h"

/* What is asked, and where the answer goes. */
struct fss__question {
	uint64_t route;
	uint64_t req;
	uint64_t after;
	unsigned kinds;
	size_t limit;
	bool wait;
};

/* The question waits in @s, with nothing for it up to @from; FSS_ENOMEM. */
int fss__hub_park(struct fss__hub *hub, struct fss__session *s,
    const struct fss__question *q, uint64_t from);
/* Takes the parked question out of @s. */
struct fss__question
fss__hub_unpark(struct fss__hub *hub, struct fss__session *s);
/* What concerns @s if it asks for @kinds. */
struct fss__reader_of_news
fss__hub_reader_of(const struct fss__session *s, unsigned kinds);

#endif
