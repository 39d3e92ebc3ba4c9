/*
 * A growing byte buffer with a ceiling.  Errors stick: after the first failed
 * append every later one fails too, so a writer checks once at the end.
 */
#ifndef FSS__BASE_BUF_H
#define FSS__BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

struct fss__buf {
	uint8_t	*data;
	size_t	 len;
	size_t	 cap;
	size_t	 max;		/* never grows above this many bytes */
	int	 err;		/* 0, FSS_ENOMEM or FSS_ETOOBIG */
};

void	fss__buf_init(struct fss__buf *b, size_t max);
void	fss__buf_release(struct fss__buf *b);
void	fss__buf_reset(struct fss__buf *b);	/* empties, keeps the memory */
int	fss__buf_reserve(struct fss__buf *b, size_t more);
int	fss__buf_append(struct fss__buf *b, const void *p, size_t n);
int	fss__buf_puts(struct fss__buf *b, const char *s);	/* without the NUL */
int	fss__buf_printf(struct fss__buf *b, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));
/* NUL-terminates (not counted in len) and returns the text, NULL on error. */
const char *fss__buf_str(struct fss__buf *b);
/*
 * Hands the memory (fss__free() it) to the caller and empties @b; NULL where
 * there is none, be it that an append failed or that there never was one.
 */
uint8_t	*fss__buf_take(struct fss__buf *b, size_t *ret_len);

#endif
