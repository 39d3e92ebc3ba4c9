/*
 * Detail text beside an error number.
 */
#ifndef FSS__BASE_ERROR_H
#define FSS__BASE_ERROR_H

#include <fss/error.h>

#define FSS__DETAIL	256

struct fss__err {
	int	code;			/* FSS_E..., 0 none */
	char	detail[FSS__DETAIL];	/* lower case, no full stop; may be "" */
};

/* Sets code and text, returns @code: `return fss__err(e, FSS_EIO, "...")`. */
int	fss__err_set(struct fss__err *e, int code, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));
void	fss__err_clear(struct fss__err *e);

/* A broken invariant: prints to stderr and aborts. Never for input or OOM. */
#define FSS_ASSERT(x)	((x) ? (void)0 : fss__assert_fail(#x, __FILE__, __LINE__))
void	fss__assert_fail(const char *expr, const char *file, int line)
	    __attribute__((noreturn));

#endif
