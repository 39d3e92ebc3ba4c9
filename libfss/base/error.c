/*
 * Everything made of the error table, and the detail text beside a number.
 *
 * The switches are generated from FSS_ERRORS, so that a duplicate number does
 * not compile.  Translating system errors is io.c's part.
 */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *
fss_strerror(int err)
{
	switch (err) {
	case FSS_OK:
		return "success";
#define X(name, value, text, http, exit_status) case value: return text;
	FSS_ERRORS(X)
#undef X
	default:
		return "unknown error";
	}
}

const char *
fss_err_name(int err)
{
	switch (err) {
	case FSS_OK:
		return "FSS_OK";
#define X(name, value, text, http, exit_status) \
	case value: return "FSS_" #name;
	FSS_ERRORS(X)
#undef X
	default:
		return "FSS_UNKNOWN";
	}
}

int
fss_err_http(int err)
{
	switch (err) {
	case FSS_OK:
		return 200;
#define X(name, value, text, http, exit_status) case value: return http;
	FSS_ERRORS(X)
#undef X
	default:
		return 500;
	}
}

int
fss_err_exit(int err)
{
	switch (err) {
	case FSS_OK:
		return 0;
#define X(name, value, text, http, exit_status) case value: return exit_status;
	FSS_ERRORS(X)
#undef X
	default:
		return 1;
	}
}

int
fss__err_set(struct fss__err *e, int code, const char *fmt, ...)
{
	va_list ap;

	if (e == NULL)
		return code;
	e->code = code;
	va_start(ap, fmt);
	if (vsnprintf(e->detail, sizeof(e->detail), fmt, ap) < 0)
		e->detail[0] = '\0';
	va_end(ap);
	return code;
}

void
fss__err_clear(struct fss__err *e)
{
	memset(e, 0, sizeof(*e));
}

void
fss__assert_fail(const char *expr, const char *file, int line)
{
	(void)fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line,
	    expr);
	abort();
}
