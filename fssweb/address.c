/*
 * Addresses: of clients, of proxies one believes, of groups that are counted
 * together.
 *
 * All are 16 bytes, IPv4 mapped into IPv6, so that a listener of either
 * family and a header compare alike.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "http_text.h"

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

static bool
is_mapped(const uint8_t addr[16])
{
	return memcmp(addr, mapped, sizeof(mapped)) == 0;
}

bool
addr_parse(const char *text, uint8_t ret[16])
{
	char plain[64];
	size_t n = strlen(text);

	/* "[::1]:443" and "192.0.2.1:80", as some proxies write them. */
	if (n == 0 || n >= sizeof(plain))
		return false;
	if (text[0] == '[') {
		n = strcspn(text, "]");
		if (text[n] == '\0')
			return false;
		memcpy(plain, text + 1, n - 1);
		plain[n - 1] = '\0';
	} else {
		memcpy(plain, text, n + 1);
		if (strchr(plain, '.') != NULL && strchr(plain, ':') ==
		    strrchr(plain, ':'))
			plain[strcspn(plain, ":")] = '\0';
	}
	if (inet_pton(AF_INET, plain, ret + 12) == 1) {
		memcpy(ret, mapped, sizeof(mapped));
		return true;
	}
	return inet_pton(AF_INET6, plain, ret) == 1;
}

bool
net_parse(const char *text, struct net *ret)
{
	char plain[64];
	const char *slash = strchr(text, '/');
	size_t n = slash != NULL ? (size_t)(slash - text) : strlen(text);
	uint64_t bits;
	unsigned max;

	if (n == 0 || n >= sizeof(plain))
		return false;
	memcpy(plain, text, n);
	plain[n] = '\0';
	/* No ports here. */
	if (inet_pton(AF_INET, plain, ret->addr + 12) == 1)
		memcpy(ret->addr, mapped, sizeof(mapped));
	else if (inet_pton(AF_INET6, plain, ret->addr) != 1)
		return false;
	max = is_mapped(ret->addr) && strchr(plain, ':') == NULL ? 32 : 128;
	bits = max;
	if (slash != NULL && !parse_u64(slash + 1, max, &bits))
		return false;
	ret->bits = (unsigned)bits + (128 - max);
	return true;
}

bool
net_holds(const struct net *n, const uint8_t addr[16])
{
	unsigned whole = n->bits / 8, rest = n->bits % 8;
	unsigned mask = 0xff00u >> rest & 0xff;

	if (memcmp(n->addr, addr, whole) != 0)
		return false;
	return rest == 0 || ((n->addr[whole] ^ addr[whole]) & mask) == 0;
}

static bool
is_proxy(const struct net *proxies, unsigned count, const uint8_t addr[16])
{
	unsigned i;

	for (i = 0; i < count; i++)
		if (net_holds(&proxies[i], addr))
			return true;
	return false;
}

bool
forwarded_for(const char *header, const struct net *proxies, unsigned count,
    const uint8_t peer[16], uint8_t ret[16])
{
	const char *end, *begin;
	char one[64];
	uint8_t addr[16];
	size_t n;

	memcpy(ret, peer, 16);
	if (header == NULL || header[0] == '\0' ||
	    !is_proxy(proxies, count, peer))
		return false;
	/*
	 * From the right: each proxy appends whom it saw, so what is left of
	 * the first that is no proxy of ours anybody may have written.
	 */
	for (end = header + strlen(header); end > header; end = begin - 1) {
		for (begin = end; begin > header && begin[-1] != ','; begin--)
			;
		n = (size_t)(end - begin);
		while (n > 0 && (*begin == ' ' || *begin == '\t')) {
			begin++;
			n--;
		}
		while (n > 0 && (begin[n - 1] == ' ' || begin[n - 1] == '\t'))
			n--;
		if (n == 0 || n >= sizeof(one))
			return false;
		memcpy(one, begin, n);
		one[n] = '\0';
		if (!addr_parse(one, addr))
			return false;
		memcpy(ret, addr, 16);
		if (!is_proxy(proxies, count, addr))
			return false;
		while (begin > header && begin[-1] != ',')
			begin--;
		if (begin == header)
			break;
	}
	return true;
}

void
addr_text(const uint8_t addr[16], char *dst, size_t cap)
{
	const char *s;

	if (is_mapped(addr))
		s = inet_ntop(AF_INET, addr + 12, dst, (socklen_t)cap);
	else
		s = inet_ntop(AF_INET6, addr, dst, (socklen_t)cap);
	if (s == NULL)
		(void)snprintf(dst, cap, "?");
}

void
addr_group(const uint8_t addr[16], uint8_t ret[16])
{
	memcpy(ret, addr, 16);
	if (!is_mapped(addr))
		memset(ret + 8, 0, 8);
}
