/*
 * A small deterministic generator for tests: the same seed, the same run.
 * splitmix64; not for keys.
 */
#ifndef FSS_TEST_RNG_H
#define FSS_TEST_RNG_H

#include <stddef.h>
#include <stdint.h>

struct rng {
	uint64_t	s;
};

static inline uint64_t
rng_u64(struct rng *r)
{
	uint64_t z = r->s += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* 0 .. @n - 1; 0 for 0. */
static inline uint64_t
rng_below(struct rng *r, uint64_t n)
{
	return n == 0 ? 0 : rng_u64(r) % n;
}

static inline void
rng_fill(struct rng *r, void *p, size_t n)
{
	uint8_t *b = p;
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (i % 8 == 0)
			v = rng_u64(r);
		b[i] = (uint8_t)v;
		v >>= 8;
	}
}

#endif
