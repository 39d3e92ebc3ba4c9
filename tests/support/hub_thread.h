/*
 * A hub in a thread of its own, for tests of the client.
 */
#ifndef FSS_TEST_HUB_THREAD_H
#define FSS_TEST_HUB_THREAD_H

struct hub_thread;

/*
 * Runs a hub on the store in @data, which is made where there is none.
 * @port 0: any.  Registration is open, passwords are cheap.
 */
struct hub_thread *hub_thread_start(const char *data, unsigned port);
/* "fss://127.0.0.1:PORT#KEY" */
const char *hub_thread_address(const struct hub_thread *h);
unsigned hub_thread_port(const struct hub_thread *h);
/* Stops it as it is, without draining. */
void	hub_thread_stop(struct hub_thread *h);

#endif
