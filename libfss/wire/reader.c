/*
 * Reads msgpack, one token at a time, out of memory that a peer filled.
 *
 * Every read looks at a copy of the reader and stores it back only when the
 * whole token was there, so that a failed read moves nothing.  A container is
 * refused at its head when the frame cannot hold as many elements as it
 * announces: a count is never believed beyond the bytes that are present.
 *
 * It builds no objects, keeps no state and knows nothing of records.  Floats,
 * nil and extensions are not read, only skipped: the protocol has none.
 */
#include "wire/reader.h"

#include <fss/error.h>

static size_t
left(const struct fss__reader *r)
{
	return (size_t)(r->end - r->p);
}

/* Big-endian unsigned number of @n bytes, 1..8. */
static bool
take_be(struct fss__reader *r, size_t n, uint64_t *ret)
{
	uint64_t v = 0;
	size_t i;

	if (left(r) < n)
		return false;
	for (i = 0; i < n; i++)
		v = v << 8 | r->p[i];
	r->p += n;
	*ret = v;
	return true;
}

static bool
take_byte(struct fss__reader *r, uint8_t *ret)
{
	if (left(r) < 1)
		return false;
	*ret = *r->p++;
	return true;
}

/*
 * An integer of any width: *@ret_neg tells the sign, and *@ret is the value
 * as two's complement.
 */
static bool
take_number(struct fss__reader *r, uint64_t *ret, bool *ret_neg)
{
	uint64_t v, sign;
	size_t width;
	uint8_t tag;

	if (!take_byte(r, &tag))
		return false;
	if (tag <= 0x7f) {
		*ret = tag;
		*ret_neg = false;
		return true;
	}
	if (tag >= 0xe0) {
		*ret = UINT64_C(0xffffffffffffff00) | tag;
		*ret_neg = true;
		return true;
	}
	if (tag >= 0xcc && tag <= 0xcf) {
		*ret_neg = false;
		return take_be(r, (size_t)1 << (tag - 0xcc), ret);
	}
	if (tag < 0xd0 || tag > 0xd3)
		return false;
	width = (size_t)1 << (tag - 0xd0);
	if (!take_be(r, width, &v))
		return false;
	sign = UINT64_C(1) << (8 * width - 1);
	*ret_neg = (v & sign) != 0;
	/* Spreads the sign bit upwards: (v ^ sign) - sign, modulo 2^64. */
	*ret = (v ^ sign) - sign;
	return true;
}

int
fss__read_uint(struct fss__reader *r, uint64_t *ret)
{
	struct fss__reader t = *r;
	uint64_t v;
	bool neg;

	if (!take_number(&t, &v, &neg) || neg)
		return FSS_EPROTO;
	*r = t;
	*ret = v;
	return 0;
}

int
fss__read_int(struct fss__reader *r, int64_t *ret)
{
	struct fss__reader t = *r;
	uint64_t v;
	bool neg;

	if (!take_number(&t, &v, &neg) || (!neg && v > INT64_MAX))
		return FSS_EPROTO;
	*r = t;
	/* -1 - ~v says the negative value without an overflowing cast. */
	*ret = neg ? -1 - (int64_t)~v : (int64_t)v;
	return 0;
}

int
fss__read_bool(struct fss__reader *r, bool *ret)
{
	if (left(r) < 1 || (*r->p != 0xc2 && *r->p != 0xc3))
		return FSS_EPROTO;
	*ret = *r->p == 0xc3;
	r->p++;
	return 0;
}

static bool
take_bytes(struct fss__reader *r, uint64_t n, struct fss__slice *ret)
{
	if (left(r) < n)
		return false;
	ret->p = r->p;
	ret->n = (size_t)n;
	r->p += n;
	return true;
}

int
fss__read_str(struct fss__reader *r, struct fss__slice *ret)
{
	struct fss__reader t = *r;
	struct fss__slice s;
	uint64_t n;
	uint8_t tag;

	if (!take_byte(&t, &tag))
		return FSS_EPROTO;
	if (tag >= 0xa0 && tag <= 0xbf)
		n = tag & 0x1f;
	else if (tag < 0xd9 || tag > 0xdb ||
	    !take_be(&t, (size_t)1 << (tag - 0xd9), &n))
		return FSS_EPROTO;
	if (!take_bytes(&t, n, &s))
		return FSS_EPROTO;
	*r = t;
	*ret = s;
	return 0;
}

int
fss__read_bin(struct fss__reader *r, struct fss__slice *ret)
{
	struct fss__reader t = *r;
	struct fss__slice s;
	uint64_t n;
	uint8_t tag;

	if (!take_byte(&t, &tag) || tag < 0xc4 || tag > 0xc6 ||
	    !take_be(&t, (size_t)1 << (tag - 0xc4), &n) ||
	    !take_bytes(&t, n, &s))
		return FSS_EPROTO;
	*r = t;
	*ret = s;
	return 0;
}

/*
 * The head of a container: @fix is its short form's tag, @wide the tag of its
 * 16-bit form.
 */
static bool
take_head(struct fss__reader *r, uint8_t fix, uint8_t wide, uint64_t *ret_n)
{
	uint8_t tag;

	if (!take_byte(r, &tag))
		return false;
	if ((tag & 0xf0) == fix) {
		*ret_n = tag & 0x0f;
		return true;
	}
	return (tag == wide || tag == wide + 1) &&
	    take_be(r, tag == wide ? 2 : 4, ret_n);
}

/* The same, @per being the values that make one element. */
static int
read_head(struct fss__reader *r, uint8_t fix, uint8_t wide, unsigned per,
    uint32_t *ret_count)
{
	struct fss__reader t = *r;
	uint64_t n;

	/* A value takes a byte at least. */
	if (!take_head(&t, fix, wide, &n) || n > left(&t) / per)
		return FSS_EPROTO;
	*r = t;
	*ret_count = (uint32_t)n;
	return 0;
}

int
fss__read_array(struct fss__reader *r, uint32_t *ret_count)
{
	return read_head(r, 0x90, 0xdc, 1, ret_count);
}

int
fss__read_array_any(struct fss__reader *r, uint64_t *ret_claim)
{
	struct fss__reader t = *r;

	if (!take_head(&t, 0x90, 0xdc, ret_claim))
		return FSS_EPROTO;
	*r = t;
	return 0;
}

int
fss__read_map(struct fss__reader *r, uint32_t *ret_count)
{
	return read_head(r, 0x80, 0xde, 2, ret_count);
}

/* Bytes that follow a scalar's tag; false for containers and 0xc1. */
static bool
scalar_size(struct fss__reader *r, uint8_t tag, uint64_t *ret)
{
	static const uint8_t fixed[] = {	/* 0xca .. 0xd8 */
		4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 2, 3, 5, 9, 17
	};

	if (tag <= 0x7f || tag >= 0xe0 || tag == 0xc0 || tag == 0xc2 ||
	    tag == 0xc3)
		*ret = 0;
	else if (tag >= 0xa0 && tag <= 0xbf)
		*ret = tag & 0x1f;
	else if (tag >= 0xca && tag <= 0xd8)
		*ret = fixed[tag - 0xca];
	else if (tag >= 0xc4 && tag <= 0xc6)
		return take_be(r, (size_t)1 << (tag - 0xc4), ret);
	else if (tag >= 0xd9 && tag <= 0xdb)
		return take_be(r, (size_t)1 << (tag - 0xd9), ret);
	else if (tag >= 0xc7 && tag <= 0xc9) {
		if (!take_be(r, (size_t)1 << (tag - 0xc7), ret))
			return false;
		*ret += 1;			/* the extension's type */
	} else
		return false;
	return true;
}

/* Recursion is as deep as @depth allows, and no deeper. */
static bool
skip(struct fss__reader *r, unsigned depth)
{
	struct fss__slice rest;
	uint64_t n, i;
	uint32_t count;
	uint8_t tag;

	if (left(r) < 1)
		return false;
	tag = *r->p;
	if ((tag & 0xf0) == 0x90 || tag == 0xdc || tag == 0xdd) {
		if (fss__read_array(r, &count) != 0)
			return false;
		n = count;
	} else if ((tag & 0xf0) == 0x80 || tag == 0xde || tag == 0xdf) {
		if (fss__read_map(r, &count) != 0)
			return false;
		n = 2 * (uint64_t)count;
	} else {
		r->p++;
		return scalar_size(r, tag, &n) && take_bytes(r, n, &rest);
	}
	if (depth == 0)
		return false;
	for (i = 0; i < n; i++)
		if (!skip(r, depth - 1))
			return false;
	return true;
}

int
fss__read_skip(struct fss__reader *r, unsigned depth)
{
	struct fss__reader t = *r;

	if (!skip(&t, depth))
		return FSS_EPROTO;
	*r = t;
	return 0;
}
