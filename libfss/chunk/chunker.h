/*
 * Content-defined chunking: FastCDC with normalised cut-point selection.
 *
 * The cut points depend on the bytes alone, so the same content cuts the same
 * way wherever it stands in a file.  The gear table is part of the format.
 */
#ifndef FSS__CHUNK_CHUNKER_H
#define FSS__CHUNK_CHUNKER_H

#include <stddef.h>
#include <stdint.h>

struct fss__chunker {
	size_t		min, avg, max;
	uint64_t	limit_small;	/* a cut's hash is below: before avg */
	uint64_t	limit_large;	/* ... and past it */
};

/*
 * FSS_EINVAL unless 64 <= min < avg < max, avg a power of two of at most 2^30.
 */
int	fss__chunker_init(struct fss__chunker *c, size_t min, size_t avg,
	    size_t max);
/*
 * Length of the first chunk of @p.  @n must be at least max unless the data
 * ends there; then the rest may be the last chunk, of 1..max bytes.
 */
size_t	fss__chunker_cut(const struct fss__chunker *c, const uint8_t *p,
	    size_t n);

#endif
