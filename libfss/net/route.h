/*
 * Routing ids of the hub's ROUTER: whom an answer goes to.
 *
 * The hub names its peers, through ZAP.  Left alone ZeroMQ would take the id
 * that a peer asks for, or else the next of a counter which begins at the same
 * number in every process: who asks for the one that is next aborts the hub
 * (4.3.4, and later), who asks for one of somebody who left gets the answers
 * that are still under way to them.
 */
#ifndef FSS__NET_ROUTE_H
#define FSS__NET_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/keys.h"

#define FSS__ROUTE_ID	13	/* bytes of an id, at most */

struct fss__routes {
	uint8_t		 key[FSS__KEY_BYTES];
	uint32_t	 last;
};

void	fss__routes_init(struct fss__routes *t);
/* The id of the next peer. */
void	fss__routes_name(struct fss__routes *t, uint8_t ret_id[FSS__ROUTE_ID]);
/* The route of the peer @id.  False: that is neither the hub's nor ZeroMQ's. */
bool	fss__routes_read(const struct fss__routes *t, const uint8_t *id, size_t n,
	    uint64_t *ret_route);
/* The id of @route; returns its length. */
size_t	fss__routes_id(const struct fss__routes *t, uint64_t route,
	    uint8_t ret_id[FSS__ROUTE_ID]);

#endif
