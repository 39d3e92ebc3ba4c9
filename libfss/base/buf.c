/*
 * A growing byte buffer with a ceiling and a sticky error.
 *
 * Memory doubles until the ceiling; one byte beyond the contents is always
 * kept for the NUL of fss__buf_str(), so that text never needs a second
 * growth.  There is no insertion and no removal from the front: what needs
 * those is a ring, not this.
 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "base/num.h"

#define BUF_FIRST	64	/* bytes of the first allocation */

void
fss__buf_init(struct fss__buf *b, size_t max)
{
	memset(b, 0, sizeof(*b));
	/* One byte is the NUL's, so a size_t must be able to count max + 1. */
	b->max = max < SIZE_MAX ? max : SIZE_MAX - 1;
}

void
fss__buf_release(struct fss__buf *b)
{
	fss__free(b->data);
	fss__buf_init(b, b->max);
}

void
fss__buf_reset(struct fss__buf *b)
{
	b->len = 0;
	b->err = 0;
}

int
fss__buf_reserve(struct fss__buf *b, size_t more)
{
	size_t need, cap;
	uint8_t *p;

	if (b->err != 0)
		return b->err;
	if (!fss__add_size(b->len, more, &need) || need > b->max) {
		b->err = FSS_ETOOBIG;
		return b->err;
	}
	if (need < b->cap)
		return 0;
	cap = b->cap > 0 ? b->cap : BUF_FIRST;
	while (cap <= need)
		cap = cap <= b->max / 2 ? cap * 2 : b->max + 1;
	if (cap > b->max + 1)
		cap = b->max + 1;
	p = fss__realloc(b->data, cap);
	if (p == NULL) {
		b->err = FSS_ENOMEM;
		return b->err;
	}
	b->data = p;
	b->cap = cap;
	return 0;
}

int
fss__buf_append(struct fss__buf *b, const void *p, size_t n)
{
	int r;

	r = fss__buf_reserve(b, n);
	if (r < 0)
		return r;
	if (n > 0)
		memcpy(b->data + b->len, p, n);
	b->len += n;
	return 0;
}

int
fss__buf_puts(struct fss__buf *b, const char *s)
{
	return fss__buf_append(b, s, strlen(s));
}

int
fss__buf_printf(struct fss__buf *b, const char *fmt, ...)
{
	va_list ap;
	int n, r;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0) {
		b->err = b->err != 0 ? b->err : FSS_ETOOBIG;
		return b->err;
	}
	r = fss__buf_reserve(b, (size_t)n);
	if (r < 0)
		return r;
	va_start(ap, fmt);
	(void)vsnprintf((char *)b->data + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
	return 0;
}

const char *
fss__buf_str(struct fss__buf *b)
{
	if (fss__buf_reserve(b, 0) < 0)
		return NULL;
	b->data[b->len] = '\0';
	return (const char *)b->data;
}

uint8_t *
fss__buf_take(struct fss__buf *b, size_t *ret_len)
{
	uint8_t *p;

	if (b->err != 0) {
		fss__buf_release(b);
		*ret_len = 0;
		return NULL;
	}
	p = b->data;
	*ret_len = b->len;
	b->data = NULL;
	fss__buf_release(b);
	return p;
}
