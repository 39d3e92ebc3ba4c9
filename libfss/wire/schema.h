/*
 * The protocol's records as C structs, and their descriptors.
 *
 * Decoding never allocates and never copies: STR and BIN members are slices
 * into the frame, a LIST member is a checked run of encoded records to be
 * stepped through with fss__list_next().
 */
#ifndef FSS__WIRE_SCHEMA_H
#define FSS__WIRE_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "crypto/digest.h"
#include "wire/limits.h"

enum fss__field_kind {
	FSS__U64,
	FSS__I64,
	FSS__BOOL,
	FSS__STR,
	FSS__BIN,
	FSS__FIX,		/* bytes, exactly max of them */
	FSS__LIST
};

struct fss__record;

struct fss__field {
	uint8_t		 key;		/* 1..31 */
	uint8_t		 kind;		/* enum fss__field_kind */
	bool		 required;
	uint16_t	 offset;	/* of the member in the struct */
	uint64_t	 max;
	const struct fss__record *sub;	/* of a LIST */
	const char	*name;
};

struct fss__record {
	const char	*name;
	const struct fss__field *fields;	/* ascending keys */
	uint16_t	 count;
	uint16_t	 size;		/* of the struct */
};

/* Encoded records one behind the other, without an array header. */
struct fss__list {
	const uint8_t	*p;
	size_t		 n;
	uint32_t	 count;
};

#define FSS__HAS(key)	(UINT32_C(1) << (key))

#define FSS__C_U64	uint64_t
#define FSS__C_I64	int64_t
#define FSS__C_BOOL	bool
#define FSS__C_STR	struct fss__slice
#define FSS__C_BIN	struct fss__slice
#define FSS__C_FIX	struct fss__slice

/* struct fss__m_<record>; `has` has the bit FSS__HAS(key) of present fields. */
#define R(rec)				struct fss__m_##rec { uint32_t has;
#define F(rec, key, kind, member, flags, max)	FSS__C_##kind member;
#define L(rec, key, member, sub, flags, max)	struct fss__list member;
#define E(rec)					};
#include "wire/schema.def"
#undef R
#undef F
#undef L
#undef E

/* FSS__K_<record>_<member>: the bit in `has`. */
enum {
#define R(rec)
#define F(rec, key, kind, member, flags, max) \
	FSS__K_##rec##_##member = 1 << (key),
#define L(rec, key, member, sub, flags, max) \
	FSS__K_##rec##_##member = 1 << (key),
#define E(rec)
#include "wire/schema.def"
#undef R
#undef F
#undef L
#undef E
	FSS__K_end = 0
};

#define R(rec)	extern const struct fss__record fss__r_##rec;
#define F(rec, key, kind, member, flags, max)
#define L(rec, key, member, sub, flags, max)
#define E(rec)
#include "wire/schema.def"
#undef R
#undef F
#undef L
#undef E

#endif
