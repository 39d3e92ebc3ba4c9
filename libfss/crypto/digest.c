/*
 * Content digests: SHA-256 by libcrypto, which uses the processor's SHA
 * instructions, whole or of leaves; and BLAKE2b-256 by libsodium.
 *
 * The algorithm object of libcrypto is looked up once per process, for a
 * lookup takes locks and longer than hashing a small file.  It is kept in an
 * atomic pointer: threads that race look it up twice and one lets go of its
 * own; a lookup that failed is tried again by the next caller.  It is not
 * freed, being in use until the process ends.
 *
 * Streaming is not offered: whatever is hashed here is one chunk in memory.
 */
#include "crypto/digest.h"

#include <stdatomic.h>
#include <string.h>

#include <openssl/evp.h>
#include <sodium.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "base/num.h"
#include "base/str.h"
#include "crypto/leaves.h"

#define DIGEST_BYTES	(FSS__ID_BYTES - 1)
#define TAG_BYTES	8
#define ROUND		((size_t)FSS__LEAVES * FSS__LEAF)

/* Never changed: checksums on disk depend on it. */
static const uint8_t checksum_key[crypto_shorthash_KEYBYTES] = {
	'F', 'S', 'S', ' ', 'c', 'h', 'e', 'c',
	'k', 's', 'u', 'm', ' ', 'v', '1', '\0'
};

/* What the root of leaves begins with, so that it is no digest of content. */
static const char leaves_tag[TAG_BYTES + 1] = "FSS leaf";

static _Atomic(EVP_MD *) sha256_md;

bool
fss__alg_known(uint64_t alg)
{
	return alg == FSS__ALG_SHA256 || alg == FSS__ALG_BLAKE2B ||
	    alg == FSS__ALG_LEAVES;
}

bool
fss__id_eq(const struct fss__id *a, const struct fss__id *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

bool
fss__id_known(const struct fss__id *id)
{
	uint8_t kind = FSS__ID_KIND(id->b[0]);

	return fss__alg_known(FSS__ID_ALG(id->b[0])) &&
	    (kind == FSS__KIND_DATA || kind == FSS__KIND_PAGE);
}

void
fss__id_text(char *dst, const struct fss__id *id)
{
	static const char *const names[][2] = {
		[FSS__ALG_SHA256] = { "sha256:", "sha256p:" },
		[FSS__ALG_BLAKE2B] = { "blake2b:", "blake2bp:" },
		[FSS__ALG_LEAVES] = { "sha256t:", "sha256tp:" },
	};
	const char *name = "unknown:";
	size_t n;

	if (fss__id_known(id))
		name = names[FSS__ID_ALG(id->b[0])]
		    [FSS__ID_KIND(id->b[0]) == FSS__KIND_PAGE];
	n = strlen(name);
	memcpy(dst, name, n);
	fss__hex_encode(dst + n, id->b + 1, DIGEST_BYTES);
}

static EVP_MD *
sha256_get(void)
{
	EVP_MD *md, *first = NULL;

	md = atomic_load_explicit(&sha256_md, memory_order_acquire);
	if (md != NULL)
		return md;
	md = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (md == NULL)
		return NULL;
	if (atomic_compare_exchange_strong(&sha256_md, &first, md))
		return md;
	EVP_MD_free(md);
	return first;
}

static int
sha256(EVP_MD_CTX *ctx, const void *p, size_t n, uint8_t *dst)
{
	return EVP_DigestInit_ex2(ctx, sha256_md, NULL) == 1 &&
	    EVP_DigestUpdate(ctx, p, n) == 1 &&
	    EVP_DigestFinal_ex(ctx, dst, NULL) == 1;
}

/* The digests of the leaves of @p, FSS__LEAVES at most. */
static int
some_leaves(EVP_MD_CTX *ctx, const uint8_t *p, size_t n, uint8_t *dst)
{
	size_t done = fss__leaves(p, n, dst), at = done * FSS__LEAF, len;

	for (; at < n; at += len) {
		len = n - at < FSS__LEAF ? n - at : FSS__LEAF;
		if (!sha256(ctx, p + at, len,
		    dst + at / FSS__LEAF * FSS__LEAF_BYTES))
			return 0;
	}
	return 1;
}

/* SHA-256 of the tag, the length and the digests of the leaves. */
static int
sha256_of_leaves(EVP_MD_CTX *ctx, EVP_MD_CTX *leaf, const uint8_t *p,
    size_t n, uint8_t *dst)
{
	uint8_t some[FSS__LEAVES * FSS__LEAF_BYTES], head[TAG_BYTES + 8];
	size_t at, len;
	int ok;

	memcpy(head, leaves_tag, TAG_BYTES);
	fss__put_le64(head + TAG_BYTES, n);
	ok = EVP_DigestInit_ex2(ctx, sha256_md, NULL) == 1 &&
	    EVP_DigestUpdate(ctx, head, sizeof(head)) == 1;
	for (at = 0; at < n && ok; at += len) {
		len = n - at < ROUND ? n - at : ROUND;
		ok = some_leaves(leaf, p + at, len, some) &&
		    EVP_DigestUpdate(ctx, some,
		    (len + FSS__LEAF - 1) / FSS__LEAF * FSS__LEAF_BYTES) == 1;
	}
	return ok && EVP_DigestFinal_ex(ctx, dst, NULL) == 1;
}

/* By libcrypto: with the algorithm at hand only memory can be lacking. */
static int
by_libcrypto(uint8_t alg, const void *p, size_t n, uint8_t *dst)
{
	EVP_MD_CTX *ctx, *leaf = NULL;
	int ok;

	if (sha256_get() == NULL || !fss__alloc_admit())
		return FSS_ENOMEM;
	ctx = EVP_MD_CTX_new();
	if (alg == FSS__ALG_LEAVES)
		leaf = EVP_MD_CTX_new();
	ok = ctx != NULL && (alg == FSS__ALG_LEAVES ? leaf != NULL &&
	    sha256_of_leaves(ctx, leaf, p, n, dst) :
	    sha256(ctx, p, n, dst));
	EVP_MD_CTX_free(leaf);
	EVP_MD_CTX_free(ctx);
	return ok ? 0 : FSS_ENOMEM;
}

int
fss__digest(uint8_t type, const void *p, size_t n, struct fss__id *ret_id)
{
	struct fss__id id;
	int r;

	memset(&id, 0, sizeof(id));
	id.b[0] = type;
	if (!fss__id_known(&id))
		return FSS_ENOTSUP;
	if (FSS__ID_ALG(type) != FSS__ALG_BLAKE2B) {
		r = by_libcrypto(FSS__ID_ALG(type), p, n, id.b + 1);
		if (r < 0)
			return r;
	} else {
		/* Cannot fail: the length is one it supports, there is no key. */
		(void)crypto_generichash(id.b + 1, DIGEST_BYTES, p, n, NULL,
		    0);
	}
	*ret_id = id;
	return 0;
}

int
fss__digest_verify(const struct fss__id *id, const void *p, size_t n)
{
	struct fss__id got;
	int r;

	r = fss__digest(id->b[0], p, n, &got);
	if (r < 0)
		return r;
	return fss__id_eq(id, &got) ? 0 : FSS_EINTEGRITY;
}

uint64_t
fss__checksum(const void *p, size_t n)
{
	uint8_t out[crypto_shorthash_BYTES];

	(void)crypto_shorthash(out, p, n, checksum_key);	/* always 0 */
	return fss__get_le64(out);
}
