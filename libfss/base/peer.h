/*
 * Addresses of peers, as limits count them.
 */
#ifndef FSS__BASE_PEER_H
#define FSS__BASE_PEER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

#define FSS__PEER_NET	64

/* An address of IPv4 or IPv6 in numbers, as "192.0.2.1" or "2001:db8::1". */
bool	fss__peer_ok(struct fss__slice text);
/*
 * What stands for whoever has @address: all of IPv4, of IPv6 the network of 64
 * bits that one subscriber has to himself.  What is no address stands for
 * itself, cut to what fits.
 */
void	fss__peer_net(const char *address, char dst[FSS__PEER_NET]);

#endif
