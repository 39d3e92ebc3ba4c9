/*
 * See chance.h.
 */
#include <sodium.h>

#include "chance.h"
#include "rng.h"

static struct rng chance;

static const char *
chance_name(void)
{
	return "seeded";
}

static uint32_t
chance_word(void)
{
	return (uint32_t)rng_u64(&chance);
}

static void
chance_fill(void *const p, const size_t n)
{
	rng_fill(&chance, p, n);
}

static struct randombytes_implementation seeded = {
	.implementation_name = chance_name,
	.random = chance_word,
	.buf = chance_fill
};

void
chance_seed(uint64_t seed)
{
	chance.s = seed;
	(void)randombytes_set_implementation(&seeded);
}
