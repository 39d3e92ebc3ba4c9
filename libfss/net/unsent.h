/*
 * How much of what was given to ZeroMQ has not left it: per connection and in
 * all.  A peer that does not read makes it grow; the worst are cut.
 */
#ifndef FSS__NET_UNSENT_H
#define FSS__NET_UNSENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fss__frame;
struct fss__unsent;

/* Ends the connection of descriptor @fd. */
typedef void (*fss__unsent_cut_fn)(void *ctx, int fd, const char *why,
	    int64_t mono_us);
/* What the kernel tells of a connection. */
struct fss__unsent_line {
	uint64_t socket;	/* tells it from others of the same descriptor */
	bool counted;		/* what follows is known; else 0 */
	uint64_t written;	/* bytes given to the kernel */
	uint64_t acked;		/* of them, that its peer acknowledged */
};
/* False: there is none of descriptor @fd any more. */
typedef bool (*fss__unsent_look_fn)(void *ctx, int fd,
	    struct fss__unsent_line *ret_line);

/* @max: bytes for all connections. NULL when out of memory. */
struct fss__unsent *fss__unsent_new(uint64_t max, fss__unsent_cut_fn cut,
	    fss__unsent_look_fn look, void *ctx);
/* After ZeroMQ has let go of all frames. NULL is fine. */
void	fss__unsent_free(struct fss__unsent *u);

/* A message came from @route over @fd. */
void	fss__unsent_seen(struct fss__unsent *u, uint64_t route, int fd);
/*
 * Takes @frame over and gives one that counts as unsent until it is dropped,
 * on whatever thread that is.  Of small ones several count together, as the
 * last of them: up to 4 KiB are not counted yet.  NULL when out of memory:
 * @frame is gone.
 */
struct fss__frame *fss__unsent_wrap(struct fss__unsent *u, uint64_t route,
	    struct fss__frame *frame);
/*
 * Bytes on their way to @route, and to all; of all also what ZeroMQ had begun
 * to send, and not given to the kernel, at the last sweep.
 */
uint64_t fss__unsent_of(const struct fss__unsent *u, uint64_t route);
uint64_t fss__unsent_all(const struct fss__unsent *u);

/* Cut the connection of @route, whatever it holds. */
void	fss__unsent_cut(struct fss__unsent *u, uint64_t route, const char *why,
	    int64_t mono_us);
/*
 * Forgets connections that are idle or gone, about once a second; while there
 * is too much, cuts those that hold most, and before that, from an eighth of
 * it on, those that take next to nothing.
 */
void	fss__unsent_sweep(struct fss__unsent *u, int64_t mono_us);

#endif
