/*
 * Log lines in logfmt on stderr.
 *
 * A line is put together on the stack and written by one write(2), so that
 * lines of threads and processes never mix and none is lost in a buffer.
 * Times are UTC with microseconds.
 */
#include <errno.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <fss/log.h>

#include "daemon.h"

#define LINE_BYTES	4096

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

void
logfmt_write(int level, const char *module, const char *msg,
    const char *fields)
{
	static const char *const names[] = {
		"error", "warn", "notice", "info", "debug"
	};
	char line[LINE_BYTES], when[64];
	ssize_t put;
	int n;

	if (level > FSS_LOG_DEBUG)
		level = FSS_LOG_DEBUG;
	stamp(when, sizeof(when));
	n = snprintf(line, sizeof(line), "ts=%s level=%s module=%s msg=%s%s%s",
	    when, names[level], module, msg, fields[0] != '\0' ? " " : "",
	    fields);
	if (n < 0)
		return;
	if ((size_t)n > sizeof(line) - 1)
		n = sizeof(line) - 1;
	line[n++] = '\n';
	/* A log that cannot be written must not stop anything. */
	do
		put = write(STDERR_FILENO, line, (size_t)n);
	while (put < 0 && errno == EINTR);
}
