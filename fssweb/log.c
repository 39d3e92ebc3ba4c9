/*
 * Log lines in logfmt on stderr, each by one write(2), so that lines of
 * workers and of the library's threads never mix and none is lost in a
 * buffer.
 *
 * The line of a request has its path and never its query, where tokens and
 * search words are; of the path of a share link only what was done with it,
 * for whoever knows the rest can open it.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "host.h"

#define LINE_BYTES	4096

static int wanted = FSS_LOG_INFO;

void
log_set_level(int level)
{
	wanted = level;
}

const char *
web_quote(const char *text, char *dst, size_t cap)
{
	return log_quote(text, dst, cap);
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

void
log_library(void *ctx, int level, const char *module, const char *msg,
    const char *fields)
{
	static const char *const names[] = {
		"error", "warn", "notice", "info", "debug"
	};
	char line[LINE_BYTES], when[64], quoted[512];
	ssize_t put;
	int n;

	(void)ctx;
	if (level < FSS_LOG_ERROR || level > wanted)
		return;
	if (level > FSS_LOG_DEBUG)
		level = FSS_LOG_DEBUG;
	stamp(when, sizeof(when));
	n = snprintf(line, sizeof(line) - 1, "ts=%s level=%s module=%s msg=%s"
	    "%s%s", when, names[level], module, log_quote(msg, quoted,
	    sizeof(quoted)), fields[0] != '\0' ? " " : "", fields);
	if (n < 0)
		return;
	if ((size_t)n > sizeof(line) - 2)
		n = sizeof(line) - 2;
	line[n++] = '\n';
	/* A log that cannot be written must not stop anything. */
	do
		put = write(STDERR_FILENO, line, (size_t)n);
	while (put < 0 && errno == EINTR);
}

void
web_log(int level, const char *msg, const char *fmt, ...)
{
	char fields[LINE_BYTES / 2];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(fields, sizeof(fields), fmt, ap);
	va_end(ap);
	log_library(NULL, level, "fssweb", msg, fields);
}

static const char *
shown_path(const struct web_req *rq)
{
	const char *path = rq->path != NULL ? rq->path : "-";
	const char *end = strrchr(path, '/');

	if (strncmp(path, "/s/", 3) != 0 || strcmp(path, "/s/style.css") == 0)
		return path;
	return strcmp(end, "/get") == 0 ? "/s/-/get" :
	    strcmp(end, "/zip") == 0 ? "/s/-/zip" : "/s/-";
}

void
log_access(const struct web_req *rq)
{
	char path[1024], agent[256];
	const char *a = web_header(rq, "user-agent");

	if (settings_number(SET_LOG_ACCESS) == 0)
		return;
	web_log(FSS_LOG_INFO, "request", "address=%s method=%s path=%s "
	    "status=%d in=%llu out=%llu ms=%lld agent=%s", rq->address,
	    web_method_name(rq), log_quote(shown_path(rq), path,
	    sizeof(path)), rq->status,
	    (unsigned long long)rq->body_taken, (unsigned long long)rq->sent,
	    (long long)(now_ms() - rq->started), log_quote(a != NULL ? a :
	    "-", agent, sizeof(agent)));
}
