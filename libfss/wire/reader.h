/*
 * A bounds-checked msgpack reader that neither allocates nor recurses without
 * limit.  (msgpack-c's own unpacker builds an object tree sized by counts the
 * peer supplies; see docs/adr.)  Used by message.c only.
 */
#ifndef FSS__WIRE_READER_H
#define FSS__WIRE_READER_H

#include "base/str.h"

struct fss__reader {
	const uint8_t	*p;
	const uint8_t	*end;
};

/* All return 0 or FSS_EPROTO and then leave the reader where it was. */
int	fss__read_uint(struct fss__reader *r, uint64_t *ret);
int	fss__read_int(struct fss__reader *r, int64_t *ret);
int	fss__read_bool(struct fss__reader *r, bool *ret);
int	fss__read_str(struct fss__reader *r, struct fss__slice *ret);
int	fss__read_bin(struct fss__reader *r, struct fss__slice *ret);
int	fss__read_array(struct fss__reader *r, uint32_t *ret_count);
int	fss__read_map(struct fss__reader *r, uint32_t *ret_count);
/* The head alone: *@ret_claim may be more than the frame can hold. */
int	fss__read_array_any(struct fss__reader *r, uint64_t *ret_claim);
/* Skips one value of any type, nested at most @depth deep. */
int	fss__read_skip(struct fss__reader *r, unsigned depth);

#endif
