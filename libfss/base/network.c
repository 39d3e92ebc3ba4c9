/*
 * Networks of addresses.
 *
 * Who has a line of IPv6 mostly has a /64 of addresses to call from, so what
 * is counted by address is counted by that: see also net/guard.c, which has
 * the address of a connection from the kernel.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "base/network.h"

struct fss__slice
fss__network(const char *address, char buf[FSS__NETWORK])
{
	static const uint8_t mapped[12] = {
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff
	};
	struct in6_addr a;
	char bare[FSS__NETWORK];
	size_t n = strcspn(address, "%");	/* without its zone */

	if (strchr(address, ':') == NULL || n >= sizeof(bare))
		return fss__slice_str(address);
	memcpy(bare, address, n);
	bare[n] = '\0';
	if (inet_pton(AF_INET6, bare, &a) != 1)
		return fss__slice_str(address);
	if (memcmp(a.s6_addr, mapped, sizeof(mapped)) == 0) {
		if (inet_ntop(AF_INET, a.s6_addr + sizeof(mapped), buf,
		    FSS__NETWORK) == NULL)
			return fss__slice_str(address);
		return fss__slice_str(buf);
	}
	memset(a.s6_addr + 8, 0, 8);
	if (inet_ntop(AF_INET6, &a, buf, FSS__NETWORK) == NULL)
		return fss__slice_str(address);
	return fss__slice_str(buf);
}
