/*
 * What the front end says, and what the library says to it, as far as the
 * level that is wanted.
 *
 * The line of a request has its path and never its query, where tokens and
 * search words are; of the path of a share link only what was done with it,
 * for whoever knows the rest can open it.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "daemon.h"
#include "host.h"

#define FIELDS_BYTES	2048

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

void
log_library(void *ctx, int level, const char *module, const char *msg,
    const char *fields)
{
	char quoted[512];

	(void)ctx;
	if (level < FSS_LOG_ERROR || level > wanted)
		return;
	logfmt_write(level, module, log_quote(msg, quoted, sizeof(quoted)),
	    fields);
}

void
web_log(int level, const char *msg, const char *fmt, ...)
{
	char fields[FIELDS_BYTES];
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
	const char *end = strrchr(path, '/'), *start;

	/* Also of one that was mistyped: the token is the same. */
	start = path + strspn(path, "/.");
	if (strncasecmp(start, "s/", 2) != 0 ||
	    strcmp(path, "/s/style.css") == 0)
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
