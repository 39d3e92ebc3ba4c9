/*
 * The gear table of the chunker.
 */
#ifndef FSS__CHUNK_GEAR_H
#define FSS__CHUNK_GEAR_H

#include <stdint.h>

extern const uint64_t fss__gear[256];

#endif
