/*
 * Content identifiers.
 *
 * An id is 33 bytes: a type byte and a 256-bit digest.  The type byte's low
 * nibble names the algorithm, its high nibble what was hashed (a run of file
 * content, or a manifest page), so that a page can never pass for content.
 */
#ifndef FSS__CRYPTO_DIGEST_H
#define FSS__CRYPTO_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FSS__ID_BYTES		33
#define FSS__ALG_SHA256		0x01
#define FSS__ALG_BLAKE2B	0x02
#define FSS__ALG_LEAVES		0x03	/* SHA-256 of leaves: docs/protocol.md */
#define FSS__ID_ALG(t)		((t) & 0x0f)
#define FSS__ID_KIND(t)		((t) & 0xf0)
#define FSS__KIND_DATA		0x00
#define FSS__KIND_PAGE		0x10

struct fss__id {
	uint8_t	b[FSS__ID_BYTES];
};

bool	fss__alg_known(uint64_t alg);
bool	fss__id_eq(const struct fss__id *a, const struct fss__id *b);
bool	fss__id_known(const struct fss__id *id);	/* type byte is one of ours */
/* "sha256t:<hex>" or "sha256tp:<hex>" (page), @dst of FSS__ID_TEXT bytes. */
#define FSS__ID_TEXT		(8 + 1 + 64 + 1)
void	fss__id_text(char *dst, const struct fss__id *id);

/* @type: kind | algorithm. 0 or FSS_ENOTSUP, FSS_ENOMEM. Any thread. */
int	fss__digest(uint8_t type, const void *p, size_t n, struct fss__id *ret_id);
/* 0, FSS_EINTEGRITY where @p does not hash to @id, FSS_ENOTSUP, FSS_ENOMEM. */
int	fss__digest_verify(const struct fss__id *id, const void *p, size_t n);

/* Keyed-less 64-bit checksum against torn writes, not against people. */
uint64_t fss__checksum(const void *p, size_t n);

#endif
