/*
 * Of a peer's address what it cannot choose.
 */
#ifndef FSS__BASE_NETWORK_H
#define FSS__BASE_NETWORK_H

#include "base/str.h"

#define FSS__NETWORK	64	/* bytes, with NUL */

/*
 * The network of @address, in numbers: all of IPv4, also where it is mapped,
 * and the first half of IPv6.  Anything else is its own.  The result is
 * @address or @buf.
 */
struct fss__slice fss__network(const char *address, char buf[FSS__NETWORK]);

#endif
