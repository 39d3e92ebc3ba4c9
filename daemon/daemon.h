/*
 * What the programs that serve have in common: fssd and fssweb.
 */
#ifndef DAEMON_H
#define DAEMON_H

#include <stdbool.h>
#include <stddef.h>

/* ---- conf_file.c ------------------------------------------------------ */

/*
 * Takes one setting; false with the reason in @what (@cap bytes) where it
 * will not do.
 */
typedef bool (*conf_take_fn)(void *arg, const char *section, const char *key,
	    const char *value, char *what, size_t cap);

/*
 * Read a file of [section] and KEY = VALUE up to the first thing that is
 * wrong.  0; FSS_ENOENT, FSS_EIO (it cannot be opened), FSS_ECONFIG with the
 * line named in @problem (@cap bytes).
 */
int	conf_read(const char *file, conf_take_fn take, void *arg,
	    char *problem, size_t cap);

/* ---- logfmt.c --------------------------------------------------------- */

/*
 * Write one line to stderr.  @level: enum fss_log_level; @msg: a value as
 * logfmt has it; @fields: pairs, may be empty.
 */
void	logfmt_write(int level, const char *module, const char *msg,
	    const char *fields);

#endif
