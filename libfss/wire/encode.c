/*
 * Encoding records and header frames.
 *
 * It goes through msgpack-c's packer, which always takes the shortest form,
 * fields in ascending order of key: a message has one encoding here, although
 * the decoder takes any width and order.  What exceeds a limit or is no text
 * is refused on the way out too, so that our own mistakes do not reach a peer.
 *
 * Failed appends show in the buffer's sticky error and are looked at once, at
 * the end; then the buffer has all of a record or nothing of it.
 */
#include "wire/message.h"

#include <string.h>

#include <msgpack.h>

#include <fss/error.h>

#include "base/error.h"
#include "wire/text.h"

#define ENVELOPE	5	/* elements of a header of our version */

static int
write_buf(void *ctx, const char *p, size_t n)
{
	return n == 0 ? 0 : fss__buf_append(ctx, p, n);
}

static int
encode_bytes(msgpack_packer *pk, const struct fss__field *f,
    struct fss__slice s)
{
	if (s.p == NULL && s.n != 0)
		return FSS_EINVAL;
	if (s.n > f->max)
		return FSS_ETOOBIG;
	if (f->kind == FSS__FIX && s.n != f->max)
		return FSS_EINVAL;
	if (f->kind == FSS__STR) {
		if (s.n != 0 && !fss__text_ok(s))
			return FSS_EINVAL;
		(void)msgpack_pack_str_with_body(pk, s.p, s.n);
	} else
		(void)msgpack_pack_bin_with_body(pk, s.p, s.n);
	return 0;
}

static int
encode_value(msgpack_packer *pk, struct fss__buf *b,
    const struct fss__field *f, const uint8_t *src)
{
	struct fss__slice s;
	struct fss__list l;
	uint64_t u;
	int64_t i;
	bool v;

	switch (f->kind) {
	case FSS__U64:
		memcpy(&u, src, sizeof(u));
		if (f->max != 0 && u > f->max)
			return FSS_ETOOBIG;
		(void)msgpack_pack_uint64(pk, u);
		return 0;
	case FSS__I64:
		memcpy(&i, src, sizeof(i));
		(void)msgpack_pack_int64(pk, i);
		return 0;
	case FSS__BOOL:
		memcpy(&v, src, sizeof(v));
		(void)(v ? msgpack_pack_true(pk) : msgpack_pack_false(pk));
		return 0;
	case FSS__STR:
	case FSS__BIN:
	case FSS__FIX:
		memcpy(&s, src, sizeof(s));
		return encode_bytes(pk, f, s);
	default:
		memcpy(&l, src, sizeof(l));
		if ((l.p == NULL && l.n != 0) || l.count > l.n)
			return FSS_EINVAL;
		if (l.count > f->max)
			return FSS_ETOOBIG;
		(void)msgpack_pack_array(pk, l.count);
		if (l.n != 0)
			(void)fss__buf_append(b, l.p, l.n);
		return 0;
	}
}

static int
encode_record(msgpack_packer *pk, struct fss__buf *b,
    const struct fss__record *rec, const uint8_t *msg)
{
	const struct fss__field *f;
	uint32_t has, known = 0, write = 0;
	size_t n = 0;
	uint16_t i;
	int err = 0;

	memcpy(&has, msg, sizeof(has));
	for (i = 0; i < rec->count; i++) {
		f = &rec->fields[i];
		known |= FSS__HAS(f->key);
		if (f->required || (has & FSS__HAS(f->key)) != 0) {
			write |= FSS__HAS(f->key);
			n++;
		}
	}
	if ((has & ~known) != 0)
		return FSS_EINVAL;
	(void)msgpack_pack_map(pk, n);
	for (i = 0; i < rec->count && err == 0; i++) {
		f = &rec->fields[i];
		if ((write & FSS__HAS(f->key)) == 0)
			continue;
		(void)msgpack_pack_uint8(pk, f->key);
		err = encode_value(pk, b, f, msg + f->offset);
	}
	return err;
}

/* Ends an append begun at @start: all of it or nothing stays in @b. */
static int
settle(struct fss__buf *b, size_t start, int err)
{
	if (b->err != 0)
		err = b->err;
	if (err == 0)
		return 0;
	b->len = start;
	b->err = err;
	return err;
}

int
fss__record_encode(struct fss__buf *b, const struct fss__record *rec,
    const void *msg)
{
	msgpack_packer pk;
	size_t start = b->len;

	msgpack_packer_init(&pk, b, write_buf);
	return settle(b, start, encode_record(&pk, b, rec, msg));
}

int
fss__message_encode(struct fss__buf *b, unsigned type, uint64_t req,
    const uint8_t *session, const struct fss__record *rec, const void *msg)
{
	msgpack_packer pk;
	size_t start = b->len;
	int err;

	FSS_ASSERT(type <= UINT8_MAX);
	msgpack_packer_init(&pk, b, write_buf);
	(void)msgpack_pack_array(&pk, ENVELOPE);
	(void)msgpack_pack_uint8(&pk, FSS__MAX_VERSION);
	(void)msgpack_pack_uint8(&pk, (uint8_t)type);
	(void)msgpack_pack_uint64(&pk, req);
	(void)msgpack_pack_bin_with_body(&pk, session,
	    session == NULL ? 0 : FSS__SESSION_BYTES);
	err = encode_record(&pk, b, rec, msg);
	if (err == 0 && b->len - start > FSS__MAX_HEADER)
		err = FSS_ETOOBIG;
	return settle(b, start, err);
}
