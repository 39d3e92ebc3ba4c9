/*
 * Text that is not NUL-terminated (a slice into somebody's buffer) and the
 * few string operations the library needs.
 */
#ifndef FSS__BASE_STR_H
#define FSS__BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fss__slice {
	const void	*p;
	size_t		 n;
};

struct fss__slice fss__slice_str(const char *s);	/* NULL yields {NULL,0} */
bool	fss__slice_eq(struct fss__slice a, struct fss__slice b);
/* Copies into @dst with a NUL; FSS_ETOOBIG if it does not fit. */
int	fss__slice_copy(struct fss__slice s, char *dst, size_t cap);

/* snprintf that tells truncation: 0 or FSS_ETOOBIG. */
int	fss__fmt(char *dst, size_t cap, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));

/* Lower-case hex; @dst needs 2n+1 bytes. */
void	fss__hex_encode(char *dst, const uint8_t *src, size_t n);
/* FSS_EINVAL unless @src is exactly 2n hex digits. */
int	fss__hex_decode(uint8_t *dst, size_t n, const char *src);

#endif
