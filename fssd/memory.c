/*
 * What a crowd or fast transfers left behind goes back to the system, once it
 * is quiet.
 *
 * glibc keeps what is freed for the next transfer, which is wanted (main.c);
 * but of a thousand readers that were sent one answer each some hundred MiB
 * stay, between what is still used.
 */
#define _GNU_SOURCE		/* mallinfo2() */
#include <malloc.h>

#include "fssd.h"

#define LOOK_MS		5000
#define MUCH		(64u << 20)	/* bytes of messages since the last time */
#define QUIET		(4u << 20)	/* likewise, in LOOK_MS */
#define UNUSED		(8u << 20)	/* less is not worth it */

void
memory_look(struct memory *m, const fss_server *s, int64_t now_ms)
{
	uint64_t bytes;

	if (now_ms < m->look_ms)
		return;
	m->look_ms = now_ms + LOOK_MS;
	bytes = fss_server_stat(s, FSS_STAT_BYTES_IN) +
	    fss_server_stat(s, FSS_STAT_BYTES_OUT);
	if (bytes - m->bytes < QUIET && bytes - m->given >= MUCH) {
		m->given = bytes;
		if (mallinfo2().fordblks > UNUSED && malloc_trim(0) == 1)
			log_say(FSS_LOG_DEBUG, "memory was given back",
			    "after=%llu", (unsigned long long)bytes);
	}
	m->bytes = bytes;
}
