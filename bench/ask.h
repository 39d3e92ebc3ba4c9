/*
 * Requests that several benchmarks make of a hub, by peers as in peer.h.
 */
#ifndef BENCH_ASK_H
#define BENCH_ASK_H

#include <stdint.h>

#include "peer.h"

void	bench_ask_stat(struct bench_peer *p, const char *owner,
	    const char *path);
/* A page of a folder: the first, or the one @cursor names. */
void	bench_ask_list(struct bench_peer *p, const char *owner,
	    const char *path, struct fss__slice cursor);
/* @count chunks of a version, or as many as an answer holds. */
void	bench_ask_get(struct bench_peer *p, uint64_t version, uint64_t offset,
	    uint64_t count);

#endif
