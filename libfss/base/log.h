/*
 * Structured log lines handed to one function per handle.  Library code does
 * not log errors it returns.
 */
#ifndef FSS__BASE_LOG_H
#define FSS__BASE_LOG_H

#include <fss/log.h>

struct fss__log {
	fss_log_fn	 fn;		/* NULL: silent */
	void		*ctx;
	int		 level;		/* lines above this level are dropped */
};

/*
 * @msg is a constant text; @fmt (may be NULL) formats "key=value key=value",
 * values quoted by the caller where they may hold spaces.
 */
void	fss__log(const struct fss__log *log, int level, const char *module,
	    const char *msg, const char *fmt, ...)
	    __attribute__((format(printf, 5, 6)));

#endif
