/*
 * Checked arithmetic and little-endian loads for numbers a peer supplied.
 */
#ifndef FSS__BASE_NUM_H
#define FSS__BASE_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Return false, leaving *ret alone, where the result would overflow. */
static inline bool
fss__add_u64(uint64_t a, uint64_t b, uint64_t *ret)
{
	return !__builtin_add_overflow(a, b, ret);
}

static inline bool
fss__mul_u64(uint64_t a, uint64_t b, uint64_t *ret)
{
	return !__builtin_mul_overflow(a, b, ret);
}

static inline bool
fss__add_size(size_t a, size_t b, size_t *ret)
{
	return !__builtin_add_overflow(a, b, ret);
}

static inline bool
fss__mul_size(size_t a, size_t b, size_t *ret)
{
	return !__builtin_mul_overflow(a, b, ret);
}

static inline uint64_t
fss__min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t
fss__max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static inline void
fss__put_le32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
	p[2] = (uint8_t)(v >> 16);
	p[3] = (uint8_t)(v >> 24);
}

static inline void
fss__put_le64(uint8_t *p, uint64_t v)
{
	fss__put_le32(p, (uint32_t)v);
	fss__put_le32(p + 4, (uint32_t)(v >> 32));
}

static inline uint32_t
fss__get_le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

static inline uint64_t
fss__get_le64(const uint8_t *p)
{
	return (uint64_t)fss__get_le32(p) |
	    (uint64_t)fss__get_le32(p + 4) << 32;
}

#endif
