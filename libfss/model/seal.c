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
pad_of(const struct fss__ctx *ctx, const uint8_t *nonce, size_t word)
{
	uint8_t b[9] = { word == 0 ? 'P' : 'Q' };

	memcpy(b + 1, nonce, 8);
	return fss__seal_number(ctx, b, sizeof(b));
}

static uint64_t
tag_of(const struct fss__ctx *ctx, const struct fss__actor *who,
    int64_t scope, const uint8_t *sealed, size_t words)
{
	uint8_t b[1 + 8 + 2 * 8 + 16] = { words == 1 ? 'T' : 'U' };
	size_t n = 1 + 8 + words * 8;

	memcpy(b + 1, sealed, 8 + words * 8);
	fss__put_le64(b + n, (uint64_t)who->account);
	fss__put_le64(b + n + 8, (uint64_t)scope);
	return fss__seal_number(ctx, b, n + 16);
}

/* Random number, words under their pads, tag. */
static void
seal(struct fss__ctx *ctx, const struct fss__actor *who, int64_t scope,
    const int64_t *word, size_t words, uint8_t *ret_sealed)
{
	size_t i;

	fss__random(ret_sealed, 8);
	for (i = 0; i < words; i++)
		fss__put_le64(ret_sealed + 8 + i * 8, (uint64_t)word[i] ^
		    pad_of(ctx, ret_sealed, i));
	fss__put_le64(ret_sealed + 8 + words * 8,
	    tag_of(ctx, who, scope, ret_sealed, words));
}

static int
unseal(struct fss__ctx *ctx, const struct fss__actor *who, int64_t scope,
    const uint8_t *sealed, size_t words, int64_t *ret_word)
{
	uint8_t tag[8];
	size_t i;

	fss__put_le64(tag, tag_of(ctx, who, scope, sealed, words));
	if (!fss__memeq(tag, sealed + 8 + words * 8, sizeof(tag)))
		return fss__err_set(&ctx->err, FSS_EINVAL,
		    "not a cursor of this list");
	for (i = 0; i < words; i++)
		ret_word[i] = (int64_t)(fss__get_le64(sealed + 8 + i * 8) ^
		    pad_of(ctx, sealed, i));
	return 0;
}

void
fss__seal(struct fss__ctx *ctx, const struct fss__actor *who, int64_t scope,
    int64_t id, uint8_t ret_sealed[FSS__SEALED])
{
	seal(ctx, who, scope, &id, 1, ret_sealed);
}

int
fss__seal_open(struct fss__ctx *ctx, const struct fss__actor *who,
    int64_t scope, const uint8_t sealed[FSS__SEALED], int64_t *ret_id)
{
	return unseal(ctx, who, scope, sealed, 1, ret_id);
}

void
fss__seal_pair(struct fss__ctx *ctx, const struct fss__actor *who,
    int64_t scope, int64_t a, int64_t b, uint8_t ret_sealed[FSS__SEALED_PAIR])
{
	int64_t word[2] = { a, b };

	seal(ctx, who, scope, word, 2, ret_sealed);
}

int
fss__seal_open_pair(struct fss__ctx *ctx, const struct fss__actor *who,
    int64_t scope, struct fss__slice sealed, int64_t *ret_a, int64_t *ret_b)
{
	int64_t word[2];
	int r;

	if (sealed.n != FSS__SEALED_PAIR)
		return fss__err_set(&ctx->err, FSS_EINVAL,
		    "not a cursor of this list");
	r = unseal(ctx, who, scope, sealed.p, 2, word);
	if (r != 0)
		return r;
	*ret_a = word[0];
	*ret_b = word[1];
	return 0;
}
