/*
 * What fssd says, and what the library says to it, as far as the level that
 * is wanted.
 */
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>

#include "daemon.h"
#include "fssd.h"

#define FIELDS_BYTES	2048

static atomic_int level_wanted = FSS_LOG_INFO;

void
log_set_level(int level)
{
	atomic_store(&level_wanted, level);
}

const char *
log_value(const char *text, char *dst, size_t cap)
{
	size_t i, k = 0;

	if (text[0] != '\0' && text[strcspn(text, " =\"\\")] == '\0') {
		for (i = 0; text[i] != '\0'; i++)
			if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
				break;
		if (text[i] == '\0')
			return text;
	}
	dst[k++] = '"';
	for (i = 0; text[i] != '\0' && k + 4 < cap; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '"' || c == '\\')
			dst[k++] = '\\';
		dst[k++] = c < 0x20 || c == 0x7f ? '?' : text[i];
	}
	dst[k++] = '"';
	dst[k] = '\0';
	return dst;
}

void
log_line(void *ctx, int level, const char *module, const char *msg,
    const char *fields)
{
	char quoted[512];

	(void)ctx;
	if (level < FSS_LOG_ERROR || level > atomic_load(&level_wanted))
		return;
	logfmt_write(level, module, log_value(msg, quoted, sizeof(quoted)),
	    fields != NULL ? fields : "");
}

void
log_say(int level, const char *msg, const char *fmt, ...)
{
	char fields[FIELDS_BYTES];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(fields, sizeof(fields), fmt, ap);
	va_end(ap);
	log_line(NULL, level, "fssd", msg, fields);
}
