/*
 * Routing ids.  One is a byte 1, a number, and a keyed hash of that, which
 * nobody else can make; ZeroMQ's own are a byte 0 and a number.  A route
 * is that number; bit 32 of it says which of the two it is.
 *
 * Those are taken too: now and then ZeroMQ learns what the peer asks for after
 * what ZAP said (over a local socket that is usual, else ZAP must be faster
 * than ZeroMQ's thread looks), and if the peer asks for nothing it counts.
 * What it counts from is random (router.c), so one that asks for such an id
 * had to be lucky with the order, and with 32 bits.
 */
#include <string.h>

#include "base/num.h"
#include "net/route.h"

#define OURS		(UINT64_C(1) << 32)
#define ZMQ_ID		5

void
fss__routes_init(struct fss__routes *t)
{
	memset(t, 0, sizeof(*t));
	fss__random(t->key, sizeof(t->key));
}

static void
make(const struct fss__routes *t, uint32_t number, uint8_t id[FSS__ROUTE_ID])
{
	id[0] = 1;
	fss__put_le32(id + 1, number);
	fss__put_le64(id + 5, fss__keyed_hash(t->key, id + 1, 4));
}

void
fss__routes_name(struct fss__routes *t, uint8_t ret_id[FSS__ROUTE_ID])
{
	make(t, ++t->last, ret_id);
}

bool
fss__routes_read(const struct fss__routes *t, const uint8_t *id, size_t n,
    uint64_t *ret_route)
{
	uint8_t own[FSS__ROUTE_ID];
	uint32_t number;

	if (n == FSS__ROUTE_ID) {
		number = fss__get_le32(id + 1);
		make(t, number, own);
		*ret_route = OURS | number;
		return memcmp(id, own, sizeof(own)) == 0;
	}
	if (n != ZMQ_ID || id[0] != 0)
		return false;
	*ret_route = (uint32_t)id[1] << 24 | (uint32_t)id[2] << 16 |
	    (uint32_t)id[3] << 8 | id[4];
	return true;
}

size_t
fss__routes_id(const struct fss__routes *t, uint64_t route,
    uint8_t ret_id[FSS__ROUTE_ID])
{
	if (route & OURS) {
		make(t, (uint32_t)route, ret_id);
		return FSS__ROUTE_ID;
	}
	ret_id[0] = 0;
	ret_id[1] = (uint8_t)(route >> 24);
	ret_id[2] = (uint8_t)(route >> 16);
	ret_id[3] = (uint8_t)(route >> 8);
	ret_id[4] = (uint8_t)route;
	return ZMQ_ID;
}
