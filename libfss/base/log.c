/*
 * Passes structured lines to the function a handle was given.
 *
 * Fields are formatted into a fixed buffer on the stack; a line that does not
 * fit is cut and marked with "...", never dropped and never allocated, so
 * that running out of memory can still be logged.  Where lines go, and their
 * time stamps, are the program's business.
 */
#include "base/log.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define FIELDS_MAX	1024

void
fss__log(const struct fss__log *log, int level, const char *module,
    const char *msg, const char *fmt, ...)
{
	char fields[FIELDS_MAX] = "";
	va_list ap;
	int n;

	if (log == NULL || log->fn == NULL || level > log->level)
		return;
	if (fmt != NULL) {
		va_start(ap, fmt);
		n = vsnprintf(fields, sizeof(fields), fmt, ap);
		va_end(ap);
		if (n < 0)
			fields[0] = '\0';
		else if ((size_t)n >= sizeof(fields))
			memcpy(fields + sizeof(fields) - 4, "...", 4);
	}
	log->fn(log->ctx, level, module, msg, fields);
}
