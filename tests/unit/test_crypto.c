/*
 * The crypto layer against published answers, and what it must refuse.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "base/num.h"
#include "base/str.h"
#include "crypto/digest.h"
#include "crypto/keys.h"
#include "crypto/leaves.h"

#define KEYS		200
#define PWHASH_MEM	8192	/* bytes: the least there is, for speed */

/* RFC 7748, section 6.1: Bob's keys. */
#define BOB_SECRET \
	"5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"
#define BOB_PUBLIC \
	"de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"

static void
expect_digest(uint8_t type, const char *text, const char *want)
{
	struct fss__id id;
	char got[FSS__ID_TEXT];

	assert_int_equal(fss__digest(type, text, strlen(text), &id), 0);
	assert_true(fss__id_known(&id));
	fss__id_text(got, &id);
	assert_string_equal(got, want);
	assert_int_equal(fss__digest_verify(&id, text, strlen(text)), 0);
}

/* FIPS 180-2; BLAKE2b-256 as b2sum -l 256 prints it. */
static void
test_digest_known(void **state)
{
	(void)state;
	expect_digest(FSS__ALG_SHA256, "", "sha256:"
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	expect_digest(FSS__ALG_SHA256, "abc", "sha256:"
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	expect_digest(FSS__ALG_SHA256 | FSS__KIND_PAGE, "abc", "sha256p:"
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	expect_digest(FSS__ALG_BLAKE2B, "", "blake2b:"
	    "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
	expect_digest(FSS__ALG_BLAKE2B, "abc", "blake2b:"
	    "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

/* By its definition in docs/protocol.md, worked out with Python's hashlib. */
static void
test_leaves_known(void **state)
{
	static const struct {
		size_t		 len;	/* bytes 0 to 250, again and again */
		const char	*want;
	} known[] = {
		{ 0, "18990b976593c2f7fe5633ffb08eabf4"
		    "15c2e052a497ca150174dd3d8b81717e" },
		{ 8192, "a7c84879d695e2ed26ed7631572d59e7"
		    "0fb958e488c14617c3d27064a9517cb2" },
		{ 8193, "1614be4ecfc39a92d98023d03eec9d96"
		    "74149426c4340b2da962c791718408ab" },
		{ 65536, "75f940df99f309d2ea5d6bfc768d9c1b"
		    "319dc939469a027ee929ba77b811c749" },
		{ 300000, "d362e4f076d38a1b44f036fee17a5799"
		    "494bce30f33a3927800fbed93ac8e034" },
		{ 1048577, "1265ed65fb8ae77e8563beec5a263846"
		    "cc4b55da2621d00776726f8b07b51482" },
	};
	char got[FSS__ID_TEXT], want[FSS__ID_TEXT];
	struct fss__id id;
	uint8_t *p;
	size_t i;

	(void)state;
	expect_digest(FSS__ALG_LEAVES, "abc", "sha256t:"
	    "703ba16e3e352f1a51f1501c87007957cbcb8cf43054f37336f1b479514f7914");
	p = malloc(1048577);
	assert_non_null(p);
	for (i = 0; i < 1048577; i++)
		p[i] = (uint8_t)(i % 251);
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		assert_int_equal(fss__digest(FSS__ALG_LEAVES | FSS__KIND_PAGE,
		    p, known[i].len, &id), 0);
		fss__id_text(got, &id);
		(void)snprintf(want, sizeof(want), "sha256tp:%s",
		    known[i].want);
		assert_string_equal(got, want);
	}
	free(p);
}

/* Whatever is done at once or one by one, the digest is that of the leaves. */
static void
test_leaves(void **state)
{
	enum { MOST = 150 };
	static uint8_t p[MOST * FSS__LEAF], sums[16 + MOST * FSS__LEAF_BYTES];
	struct fss__id id, leaf, want;
	size_t n, len, i, k;

	(void)state;
	for (i = 0; i < sizeof(p); i++)
		p[i] = (uint8_t)(i * 2654435761u >> 13);
	memcpy(sums, "FSS leaf", 8);
	for (n = 1; n <= MOST; n++)
		for (k = 0; k < 3; k++) {
			len = n * FSS__LEAF - k * (FSS__LEAF / 2 - 1);
			fss__put_le64(sums + 8, len);
			for (i = 0; i < n; i++) {
				assert_int_equal(fss__digest(FSS__ALG_SHA256,
				    p + i * FSS__LEAF, i == n - 1 ?
				    len - i * FSS__LEAF : FSS__LEAF,
				    &leaf), 0);
				memcpy(sums + 16 + i * FSS__LEAF_BYTES,
				    leaf.b + 1, FSS__LEAF_BYTES);
			}
			assert_int_equal(fss__digest(FSS__ALG_SHA256, sums,
			    16 + n * FSS__LEAF_BYTES, &want), 0);
			want.b[0] = FSS__ALG_LEAVES;
			assert_int_equal(fss__digest(FSS__ALG_LEAVES, p, len,
			    &id), 0);
			assert_true(fss__id_eq(&id, &want));
		}
}

static void
test_digest_refused(void **state)
{
	struct fss__id id, page;

	(void)state;
	assert_int_equal(fss__digest(0x00, "a", 1, &id), FSS_ENOTSUP);
	assert_int_equal(fss__digest(0x04, "a", 1, &id), FSS_ENOTSUP);
	assert_int_equal(fss__digest(0x21, "a", 1, &id), FSS_ENOTSUP);
	assert_int_equal(fss__digest(FSS__ALG_SHA256, "a", 1, &id), 0);
	assert_int_equal(fss__digest_verify(&id, "b", 1), FSS_EINTEGRITY);
	assert_int_equal(fss__digest_verify(&id, "aa", 2), FSS_EINTEGRITY);
	id.b[FSS__ID_BYTES - 1] ^= 1;
	assert_int_equal(fss__digest_verify(&id, "a", 1), FSS_EINTEGRITY);
	/* A page is not content, whatever it hashes to. */
	assert_int_equal(fss__digest(FSS__ALG_SHA256, "a", 1, &id), 0);
	assert_int_equal(fss__digest(FSS__ALG_SHA256 | FSS__KIND_PAGE, "a", 1,
	    &page), 0);
	assert_false(fss__id_eq(&id, &page));
	id.b[0] = 0xff;
	assert_false(fss__id_known(&id));
	assert_int_equal(fss__digest_verify(&id, "a", 1), FSS_ENOTSUP);
}

/* Records on disk carry it: it may never change. */
static void
test_checksum(void **state)
{
	uint64_t one = fss__checksum("abc", 3);

	(void)state;
	assert_true(one == fss__checksum("abc", 3));
	assert_true(one != fss__checksum("abd", 3));
	assert_true(one != fss__checksum("abc", 2));
	assert_true(one == UINT64_C(0x3b7ab92110cf38d0));
}

static void
test_key_round_trip(void **state)
{
	uint8_t pub[FSS__KEY_BYTES], sec[FSS__KEY_BYTES];
	uint8_t again[FSS__KEY_BYTES], last[FSS__KEY_BYTES] = { 0 };
	char text[FSS__KEY_TEXT], print[FSS__FINGERPRINT_TEXT];
	int i;

	(void)state;
	for (i = 0; i < KEYS; i++) {
		fss__keypair(pub, sec);
		assert_false(fss__memeq(pub, last, sizeof(pub)));
		assert_int_equal(fss__key_public(again, sec), 0);
		assert_memory_equal(again, pub, sizeof(pub));
		fss__key_encode(text, pub);
		assert_int_equal(strlen(text), FSS__KEY_TEXT - 1);
		assert_int_equal(strspn(text, "abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"),
		    FSS__KEY_TEXT - 1);
		memset(again, 0, sizeof(again));
		assert_int_equal(fss__key_decode(again, text), 0);
		assert_memory_equal(again, pub, sizeof(pub));
		assert_int_equal(fss__key_fingerprint(print, pub), 0);
		assert_int_equal(strncmp(print, "SHA256:", 7), 0);
		assert_int_equal(strlen(print), 7 + 43);
		memcpy(last, pub, sizeof(last));
	}
}

static void
test_key_known(void **state)
{
	uint8_t pub[FSS__KEY_BYTES], sec[FSS__KEY_BYTES];
	char hex[2 * FSS__KEY_BYTES + 1];

	(void)state;
	assert_int_equal(fss__hex_decode(sec, sizeof(sec), BOB_SECRET),
	    0);
	assert_int_equal(fss__key_public(pub, sec), 0);
	fss__hex_encode(hex, pub, sizeof(pub));
	assert_string_equal(hex, BOB_PUBLIC);
}

static void
test_key_refused(void **state)
{
	uint8_t key[FSS__KEY_BYTES], before[FSS__KEY_BYTES];
	char text[FSS__KEY_TEXT + 1];
	int i;

	(void)state;
	memset(key, 0x5a, sizeof(key));
	memcpy(before, key, sizeof(key));
	memset(text, 'A', sizeof(text));
	text[FSS__KEY_TEXT - 1] = '\0';
	text[FSS__KEY_TEXT - 2] = 'B';		/* stray low bits */
	assert_int_equal(fss__key_decode(key, text), FSS_EINVAL);
	text[FSS__KEY_TEXT - 2] = '=';
	assert_int_equal(fss__key_decode(key, text), FSS_EINVAL);
	text[FSS__KEY_TEXT - 2] = 'A';
	text[5] = '+';				/* the other alphabet */
	assert_int_equal(fss__key_decode(key, text), FSS_EINVAL);
	text[5] = 'A';
	text[FSS__KEY_TEXT - 2] = '\0';
	assert_int_equal(fss__key_decode(key, text), FSS_EINVAL);
	/* Each byte that is no letter, at the beginning and within. */
	for (i = 1; i < 256; i++) {
		memset(text, 'A', FSS__KEY_TEXT - 1);
		text[i % 2 * 20] = (char)i;
		if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
		    "wxyz0123456789-_", i) == NULL)
			assert_int_equal(fss__key_decode(key, text),
			    FSS_EINVAL);
	}
	memset(text, 'A', sizeof(text));
	text[FSS__KEY_TEXT] = '\0';
	assert_int_equal(fss__key_decode(key, text), FSS_EINVAL);
	assert_int_equal(fss__key_decode(key, ""), FSS_EINVAL);
	assert_memory_equal(key, before, sizeof(key));
}

static void
test_keyed_hash(void **state)
{
	uint8_t a[FSS__KEY_BYTES] = { 1 }, b[FSS__KEY_BYTES] = { 2 };

	(void)state;
	assert_true(fss__keyed_hash(a, "x", 1) == fss__keyed_hash(a, "x", 1));
	assert_true(fss__keyed_hash(a, "x", 1) != fss__keyed_hash(b, "x", 1));
	assert_true(fss__keyed_hash(a, "x", 1) != fss__keyed_hash(a, "y", 1));
}

static void
test_random(void **state)
{
	bool seen[7] = { false };
	uint32_t v;
	int i;

	(void)state;
	/* One of seven is missed in 2000 throws less than once in 2^400. */
	for (i = 0; i < 2000; i++) {
		v = fss__random_below(7);
		assert_true(v < 7);
		seen[v] = true;
	}
	for (i = 0; i < 7; i++)
		assert_true(seen[i]);
	assert_int_equal(fss__random_below(1), 0);
}

static void
test_password(void **state)
{
	char hash[FSS__PWHASH_TEXT], other[FSS__PWHASH_TEXT];

	(void)state;
	assert_int_equal(fss__pwhash(hash, "secret", 6, 1, PWHASH_MEM), 0);
	assert_int_equal(fss__pwhash(other, "secret", 6, 1, PWHASH_MEM), 0);
	assert_string_not_equal(hash, other);		/* salted */
	assert_int_equal(strncmp(hash, "$argon2id$", 10), 0);
	assert_int_equal(fss__pwhash_verify(hash, "secret", 6), 0);
	assert_int_equal(fss__pwhash_verify(hash, "secreT", 6), FSS_EAUTH);
	assert_int_equal(fss__pwhash_verify(hash, "secret", 5), FSS_EAUTH);
	assert_int_equal(fss__pwhash_verify("nonsense", "x", 1), FSS_EAUTH);
	assert_int_equal(fss__pwhash(hash, "x", 1, 1, 1), FSS_EINVAL);
}

static void
test_secmem(void **state)
{
	uint8_t *p = fss__secmem_new(FSS__KEY_BYTES);

	(void)state;
	assert_non_null(p);
	memset(p, 7, FSS__KEY_BYTES);
	fss__memzero(p, FSS__KEY_BYTES);
	assert_int_equal(p[0] | p[FSS__KEY_BYTES - 1], 0);
	fss__secmem_free(p);
	fss__secmem_free(NULL);
}

/* Also what other libraries allocate is refused cleanly. */
static void
test_no_memory(void **state)
{
	char hash[FSS__PWHASH_TEXT];
	struct fss__id id;

	(void)state;
	assert_int_equal(fss__pwhash(hash, "a", 1, 1, PWHASH_MEM), 0);
	(void)fss__alloc_fail_at(1);
	assert_int_equal(fss__digest(FSS__ALG_SHA256, "a", 1, &id),
	    FSS_ENOMEM);
	(void)fss__alloc_fail_at(1);
	assert_null(fss__secmem_new(FSS__KEY_BYTES));
	(void)fss__alloc_fail_at(1);
	assert_int_equal(fss__pwhash_verify(hash, "a", 1), FSS_ENOMEM);
	(void)fss__alloc_fail_at(1);
	assert_int_equal(fss__pwhash(hash, "a", 1, 1, PWHASH_MEM),
	    FSS_ENOMEM);
	(void)fss__alloc_fail_at(0);
	assert_int_equal(fss__digest(FSS__ALG_SHA256, "a", 1, &id), 0);
}

static int
setup(void **state)
{
	(void)state;
	return fss__crypto_init();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_digest_known),
		cmocka_unit_test(test_leaves_known),
		cmocka_unit_test(test_leaves),
		cmocka_unit_test(test_digest_refused),
		cmocka_unit_test(test_checksum),
		cmocka_unit_test(test_key_round_trip),
		cmocka_unit_test(test_key_known),
		cmocka_unit_test(test_key_refused),
		cmocka_unit_test(test_keyed_hash),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_password),
		cmocka_unit_test(test_secmem),
		cmocka_unit_test(test_no_memory)
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
