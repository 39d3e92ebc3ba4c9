/*
 * A reference-counted run of bytes: what travels between sockets, threads and
 * state machines without being copied.  The bytes are written by whoever made
 * the frame and read-only once it is shared.
 */
#ifndef FSS__BASE_FRAME_H
#define FSS__BASE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fss__frame {
	uint8_t	*data;
	size_t	 len;
	unsigned refs;				/* atomic */
	void	(*drop)(void *ctx, uint8_t *data);	/* NULL: nothing to do */
	void	*ctx;
	bool	 kept;	/* never copied instead, however small: drop() counts */
};

/* One allocation holding header and @len bytes; NULL when out of memory. */
struct fss__frame *fss__frame_new(size_t len);
/*
 * Wraps memory owned elsewhere; @drop(@ctx, @data) runs with the last unref,
 * on whatever thread does that.
 */
struct fss__frame *fss__frame_wrap(uint8_t *data, size_t len,
    void (*drop)(void *, uint8_t *), void *ctx);
struct fss__frame *fss__frame_ref(struct fss__frame *f);
void	fss__frame_unref(struct fss__frame *f);	/* NULL is fine */

#endif
