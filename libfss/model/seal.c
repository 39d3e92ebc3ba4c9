/*
 * Numbers that only the hub can read, for cursors.
 *
 * A list that passes over what the asker may not see has to end a page there
 * at times.  Where it goes on must not be told, nor may the asker choose such
 * a place.  So: a random number, the place under a pad made of it, and a tag
 * over both, account and scope; pad and tag are keyed hashes of 64 bits with
 * a key of the hub's, told apart by their first byte.
 */
#include "model/seal.h"

#include <string.h>

#include "base/num.h"
#include "crypto/keys.h"

uint64_t
fss__seal_number(const struct fss__ctx *ctx, const void *p, size_t n)
{
	return fss__keyed_hash(ctx->rules->seal, p, n);
}

static uint64_t
pad_of(const struct fss__ctx *ctx, const uint8_t *nonce)
{
	uint8_t b[9] = { 'P' };

	memcpy(b + 1, nonce, 8);
	return fss__seal_number(ctx, b, sizeof(b));
}

static uint64_t
tag_of(const struct fss__ctx *ctx, const struct fss__actor *who,
    int64_t scope, const uint8_t *sealed)
{
	uint8_t b[33] = { 'T' };

	memcpy(b + 1, sealed, 16);
	fss__put_le64(b + 17, (uint64_t)who->account);
	fss__put_le64(b + 25, (uint64_t)scope);
	return fss__seal_number(ctx, b, sizeof(b));
}

void
fss__seal(struct fss__ctx *ctx, const struct fss__actor *who, int64_t scope,
    int64_t id, uint8_t ret_sealed[FSS__SEALED])
{
	fss__random(ret_sealed, 8);
	fss__put_le64(ret_sealed + 8, (uint64_t)id ^ pad_of(ctx, ret_sealed));
	fss__put_le64(ret_sealed + 16, tag_of(ctx, who, scope, ret_sealed));
}

int
fss__seal_open(struct fss__ctx *ctx, const struct fss__actor *who,
    int64_t scope, const uint8_t sealed[FSS__SEALED], int64_t *ret_id)
{
	uint8_t tag[8];

	fss__put_le64(tag, tag_of(ctx, who, scope, sealed));
	if (!fss__memeq(tag, sealed + 16, sizeof(tag)))
		return fss__err_set(&ctx->err, FSS_EINVAL,
		    "not a cursor of this list");
	*ret_id = (int64_t)(fss__get_le64(sealed + 8) ^ pad_of(ctx, sealed));
	return 0;
}
