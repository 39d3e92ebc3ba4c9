/*
 * Chance that is the same in every run: libsodium's random bytes come out of
 * a seed from then on, in the whole program.
 */
#ifndef FSS_TEST_CHANCE_H
#define FSS_TEST_CHANCE_H

#include <stdint.h>

void	chance_seed(uint64_t seed);

#endif
