/*
 * Segments byte for byte (docs/storage.md): a segment head, then records,
 * each a head of 64 bytes, the content, and zeros up to a multiple of 8.
 */
#ifndef FSS__STORE_SEG_FORMAT_H
#define FSS__STORE_SEG_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include <fss/sys/store.h>

#define FSS__SEG_HEAD		64u
#define FSS__REC_HEAD		64u
#define FSS__REC_ALIGN		8u
#define FSS__REC_MAX		1114112u	/* content of one record */

struct fss__rec_head {
	uint8_t		id[FSS_STORE_ID_BYTES];
	uint64_t	tag;
	uint32_t	len;
};

void	fss__seg_head_encode(uint8_t dst[FSS__SEG_HEAD], uint32_t segment);
bool	fss__seg_head_ok(const uint8_t src[FSS__SEG_HEAD], uint32_t segment);

/* The checksum covers where the record stands: moved bytes are no record. */
void	fss__rec_head_encode(uint8_t dst[FSS__REC_HEAD],
	    const struct fss__rec_head *h, uint32_t segment, uint64_t offset);
bool	fss__rec_head_decode(const uint8_t src[FSS__REC_HEAD], uint32_t segment,
	    uint64_t offset, struct fss__rec_head *ret_h);

/* Bytes a record with @len bytes of content takes up. */
uint64_t fss__rec_size(uint64_t len);

/*
 * Scans records out of a source of bytes; both drivers with segments use it.
 * @read gives up to @n bytes at @off, fewer only at the end.
 */
typedef int (*fss__seg_read_fn)(void *src, void *buf, size_t n, uint64_t off,
    size_t *ret_n);
int	fss__seg_scan(fss__seg_read_fn read, void *src, uint32_t segment,
	    uint64_t offset, fss_store_scan_fn fn, void *ctx,
	    uint64_t *ret_end);

#endif
