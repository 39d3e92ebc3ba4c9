/*
 * Log lines in logfmt on stderr.
 *
 * A line is put together on the stack and written by one write(2), so that
 * lines of the library's threads never mix.  Times are UTC with microseconds.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fssd.h"

#define LINE_BYTES	4096

static atomic_int level_wanted = FSS_LOG_INFO;

void
log_set_level(int level)
{
	atomic_store(&level_wanted, level);
}

static void
stamp(char *dst, size_t cap)
{
	struct timespec ts;
	struct tm tm;
	size_t n;

	if (clock_gettime(CLOCK_REALTIME, &ts) < 0 ||
	    gmtime_r(&ts.tv_sec, &tm) == NULL ||
	    (n = strftime(dst, cap, "%Y-%m-%dT%H:%M:%S", &tm)) == 0) {
		(void)snprintf(dst, cap, "-");
		return;
	}
	(void)snprintf(dst + n, cap - n, ".%06ldZ", ts.tv_nsec / 1000);
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
	static const char *const names[] = {
		"error", "warn", "notice", "info", "debug"
	};
	char line[LINE_BYTES], when[64], quoted[512];
	ssize_t put;
	int n;

	(void)ctx;
	if (level < FSS_LOG_ERROR || level > atomic_load(&level_wanted))
		return;
	if (level > FSS_LOG_DEBUG)
		level = FSS_LOG_DEBUG;
	stamp(when, sizeof(when));
	n = snprintf(line, sizeof(line), "ts=%s level=%s module=%s msg=%s%s%s",
	    when, names[level], module, log_value(msg, quoted, sizeof(quoted)),
	    fields != NULL && fields[0] != '\0' ? " " : "",
	    fields != NULL ? fields : "");
	if (n < 0)
		return;
	if ((size_t)n > sizeof(line) - 1)
		n = sizeof(line) - 1;
	line[n++] = '\n';
	/* A log that cannot be written must not stop the hub. */
	do
		put = write(STDERR_FILENO, line, (size_t)n);
	while (put < 0 && errno == EINTR);
}

void
log_say(int level, const char *msg, const char *fmt, ...)
{
	char fields[LINE_BYTES / 2];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(fields, sizeof(fields), fmt, ap);
	va_end(ap);
	log_line(NULL, level, "fssd", msg, fields);
}
