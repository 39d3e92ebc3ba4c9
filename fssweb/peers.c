/*
 * How many connections each address has at this worker.
 *
 * Counted from accept on, before the TLS handshake, so that one address
 * cannot take them all.  IPv6 counts by /64.  Named proxies are not counted:
 * everybody comes through them, and bounding is their part.
 */
#include <stdlib.h>
#include <string.h>

#include "host.h"

#define BUCKETS	1024

struct peer {
	struct peer	*next;
	uint8_t		 group[16];
	unsigned	 count;
};

static struct peer *buckets[BUCKETS];

static struct peer **
place(const uint8_t group[16])
{
	struct peer **p;
	uint32_t h = 2166136261u;
	int i;

	/* Collisions cost an attacker's own neighbours; chains stay bounded
	 * by the connections a worker takes. */
	for (i = 0; i < 16; i++)
		h = (h ^ group[i]) * 16777619u;
	for (p = &buckets[h % BUCKETS]; *p != NULL; p = &(*p)->next)
		if (memcmp((*p)->group, group, 16) == 0)
			break;
	return p;
}

bool
peers_enter(const uint8_t addr[16])
{
	uint8_t group[16];
	struct peer **p;

	addr_group(addr, group);
	p = place(group);
	if (*p == NULL) {
		*p = calloc(1, sizeof(**p));
		if (*p == NULL)
			return false;
		memcpy((*p)->group, group, sizeof(group));
	}
	if ((*p)->count >= settings_number(SET_PER_ADDRESS) &&
	    !settings_is_proxy(addr))
		return false;
	(*p)->count++;
	return true;
}

void
peers_leave(const uint8_t addr[16])
{
	uint8_t group[16];
	struct peer **p, *gone;

	addr_group(addr, group);
	p = place(group);
	if (*p == NULL || --(*p)->count > 0)
		return;
	gone = *p;
	*p = gone->next;
	free(gone);
}
