/*
 * A hub in a thread of its own, for tests of the client.
 */
#ifndef FSS_TEST_HUB_THREAD_H
#define FSS_TEST_HUB_THREAD_H

#include <stdbool.h>
#include <stdint.h>

struct hub_thread;

/* 0: as it is by default. */
struct hub_thread_limits {
	uint64_t held;			/* FSS_SERVER_MAX_HELD */
	uint64_t per_address;		/* FSS_SERVER_PER_ADDRESS */
	bool	 many_each;		/* no FSS_SERVER_PER_ACCOUNT */
	const char *local;		/* FSS_SERVER_LOCAL */
	const char *local_users;	/* FSS_SERVER_LOCAL_USERS */
};

/*
 * Runs a hub on the store in @data, which is made where there is none.
 * @port 0: any.  Registration is open, passwords are cheap.
 */
struct hub_thread *hub_thread_start(const char *data, unsigned port);
/* Likewise, with limits and the introduction port open, on any port. */
struct hub_thread *hub_thread_start_limited(const char *data,
	    const struct hub_thread_limits *limits);
/* "fss://127.0.0.1:PORT#KEY" */
const char *hub_thread_address(const struct hub_thread *h);
unsigned hub_thread_port(const struct hub_thread *h);
/* Where it introduces itself, after hub_thread_start_limited(). */
unsigned hub_thread_introduce_port(const struct hub_thread *h);
/* Connections it has cut so far. */
uint64_t hub_thread_cuts(const struct hub_thread *h);
/* Stops it as it is, without draining. */
void	hub_thread_stop(struct hub_thread *h);

#endif
