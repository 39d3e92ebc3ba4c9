/*
 * Addresses of peers.  Nothing is looked up.
 */
#include "base/peer.h"

#include <arpa/inet.h>
#include <string.h>

#define V4_IN_V6	12	/* bytes before the address of IPv4 */

static bool
parse6(const char *text, unsigned char addr[16])
{
	return inet_pton(AF_INET6, text, addr) == 1;
}

bool
fss__peer_ok(struct fss__slice s)
{
	char text[FSS__PEER_NET];
	unsigned char addr[16];

	if (fss__slice_copy(s, text, sizeof(text)) != 0 ||
	    strlen(text) != s.n)
		return false;
	return inet_pton(AF_INET, text, addr) == 1 || parse6(text, addr);
}

void
fss__peer_net(const char *address, char dst[FSS__PEER_NET])
{
	static const unsigned char mapped[V4_IN_V6] = {
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff
	};
	unsigned char a[16];
	const char *text;

	if (!parse6(address, a)) {
		(void)fss__fmt(dst, FSS__PEER_NET, "%s", address);
		return;
	}
	if (memcmp(a, mapped, sizeof(mapped)) == 0) {
		text = inet_ntop(AF_INET, a + V4_IN_V6, dst, FSS__PEER_NET);
	} else {
		memset(a + 8, 0, 8);
		text = inet_ntop(AF_INET6, a, dst, FSS__PEER_NET);
	}
	if (text == NULL)	/* there is room for any */
		(void)fss__fmt(dst, FSS__PEER_NET, "%s", address);
}
