/*
 * Content digests: SHA-256 by libcrypto, which uses the processor's SHA
 * instructions, and BLAKE2b-256 by libsodium.
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

#define DIGEST_BYTES	(FSS__ID_BYTES - 1)

/* Never changed: checksums on disk depend on it. */
static const uint8_t checksum_key[crypto_shorthash_KEYBYTES] = {
	'F', 'S', 'S', ' ', 'c', 'h', 'e', 'c',
	'k', 's', 'u', 'm', ' ', 'v', '1', '\0'
};

static _Atomic(EVP_MD *) sha256_md;

bool
fss__id_eq(const struct fss__id *a, const struct fss__id *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

bool
fss__id_known(const struct fss__id *id)
{
	uint8_t alg = FSS__ID_ALG(id->b[0]), kind = FSS__ID_KIND(id->b[0]);

	return (alg == FSS__ALG_SHA256 || alg == FSS__ALG_BLAKE2B) &&
	    (kind == FSS__KIND_DATA || kind == FSS__KIND_PAGE);
}

void
fss__id_text(char *dst, const struct fss__id *id)
{
	bool page = FSS__ID_KIND(id->b[0]) == FSS__KIND_PAGE;
	const char *name = "unknown:";
	size_t n;

	if (fss__id_known(id) && FSS__ID_ALG(id->b[0]) == FSS__ALG_SHA256)
		name = page ? "sha256p:" : "sha256:";
	else if (fss__id_known(id))
		name = page ? "blake2bp:" : "blake2b:";
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
sha256(const void *p, size_t n, uint8_t *dst)
{
	EVP_MD_CTX *ctx;
	EVP_MD *md;
	int ok;

	md = sha256_get();
	if (md == NULL || !fss__alloc_admit())
		return FSS_ENOMEM;
	ctx = EVP_MD_CTX_new();
	if (ctx == NULL)
		return FSS_ENOMEM;
	ok = EVP_DigestInit_ex2(ctx, md, NULL) == 1 &&
	    EVP_DigestUpdate(ctx, p, n) == 1 &&
	    EVP_DigestFinal_ex(ctx, dst, NULL) == 1;
	EVP_MD_CTX_free(ctx);
	/* With the algorithm at hand only memory can be lacking. */
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
	if (FSS__ID_ALG(type) == FSS__ALG_SHA256) {
		r = sha256(p, n, id.b + 1);
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
