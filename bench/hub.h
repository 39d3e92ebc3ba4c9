/*
 * What the benchmarks of many people share: a hub of their own, a real fssd
 * on loopback with people in it.
 *
 * Whatever fails ends the program, and the hub with it.
 */
#ifndef BENCH_HUB_H
#define BENCH_HUB_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <fss/client.h>

#include "crypto/keys.h"

struct bench_hub {
	pid_t		 pid;
	char		 dir[1024];	/* data is below it, in "hub" */
	char		 address[512];	/* fss://HOST:PORT#KEY */
	char		 endpoint[512];	/* tcp://HOST:PORT */
	uint8_t		 key[FSS__KEY_BYTES];
	size_t		 people;
	uint8_t		(*secret)[FSS__KEY_BYTES];	/* of their devices */
	uint8_t		(*public)[FSS__KEY_BYTES];
	/* Messages a peer takes ahead of who reads, 0: as ZeroMQ does. */
	int		 take_ahead;
};

void	bench_die(const char *what, int err) __attribute__((noreturn));
void	bench_need(int err, const char *what);
/* As many descriptors as are allowed: their number. */
uint64_t bench_descriptors(void);
/* A number behind an option, from 1 on. */
uint64_t bench_number(const char *option, const char *text);
/*
 * Options of a program: "NAME NUMBER" each, and "--folder DIR"; @usage where
 * one is another, and the end.
 */
struct bench_option {
	const char	*name;
	unsigned	*value;
};
void	bench_options(int argc, char **argv, const struct bench_option *o,
	    size_t n, const char **folder, const char *usage);
/* The q-th of a thousand of @v, which is sorted by it. */
int64_t	bench_quantile(int64_t *v, size_t n, unsigned q);

/* Waits for what @started began to end well. */
void	bench_finish(fss_client *c, int started, const fss_op *op,
	    const char *what);

/* A hub in a new folder below @parent, with @people: p0, p1 ... */
void	bench_hub_start(struct bench_hub *h, const char *parent,
	    size_t people);
void	bench_hub_stop(struct bench_hub *h);
/*
 * One that runs already and stays, as the person whose device key is in
 * @keyfile: not to be stopped.
 */
void	bench_hub_join(struct bench_hub *h, const char *address,
	    const char *keyfile);
double	bench_hub_cpu(const struct bench_hub *h);	/* seconds so far */
uint64_t bench_hub_memory(const struct bench_hub *h);	/* bytes resident */

#endif
