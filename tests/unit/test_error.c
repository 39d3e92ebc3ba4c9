/*
 * The table of errors as callers see it, detail texts, log lines, the version
 * and the clocks.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <fss/version.h>

#include "base/error.h"
#include "base/log.h"
#include "base/time.h"

#define LINE_MAX_BYTES	2048

static const struct {
	int		 value;
	const char	*name;
} table[] = {
#define X(name, value, text, http, exit_status) { FSS_##name, "FSS_" #name },
	FSS_ERRORS(X)
#undef X
};

#define ERRORS	(sizeof(table) / sizeof(table[0]))

static void
test_table(void **state)
{
	size_t i;
	int status;

	(void)state;
	for (i = 0; i < ERRORS; i++) {
		assert_int_equal(table[i].value, -(int)i - 1);
		assert_string_equal(fss_err_name(table[i].value),
		    table[i].name);
		assert_string_not_equal(fss_strerror(table[i].value),
		    "unknown error");
		assert_true(strlen(fss_strerror(table[i].value)) > 3);
		status = fss_err_http(table[i].value);
		/* 207: partly done; what else failed must not look well. */
		assert_true(status >= 400 || table[i].value == FSS_EPARTIAL);
		assert_true(status < 600);
		assert_in_range(fss_err_exit(table[i].value), 1, 125);
	}
	assert_string_equal(fss_err_name(FSS_ENOENT), "FSS_ENOENT");
	assert_int_equal(fss_err_http(FSS_ENOENT), 404);
	assert_int_equal(fss_err_exit(FSS_ENOENT), 4);
}

static void
test_not_in_table(void **state)
{
	const int strange[] = { 1, -(int)ERRORS - 1, INT32_MIN, INT32_MAX };
	size_t i;

	(void)state;
	assert_string_equal(fss_err_name(FSS_OK), "FSS_OK");
	assert_string_equal(fss_strerror(FSS_OK), "success");
	assert_int_equal(fss_err_http(FSS_OK), 200);
	assert_int_equal(fss_err_exit(FSS_OK), 0);
	for (i = 0; i < sizeof(strange) / sizeof(strange[0]); i++) {
		assert_string_equal(fss_err_name(strange[i]), "FSS_UNKNOWN");
		assert_string_equal(fss_strerror(strange[i]),
		    "unknown error");
		assert_int_equal(fss_err_http(strange[i]), 500);
		assert_int_equal(fss_err_exit(strange[i]), 1);
	}
}

static void
test_detail(void **state)
{
	char text[2 * FSS__DETAIL];
	struct fss__err e;

	(void)state;
	fss__err_clear(&e);
	assert_int_equal(e.code, 0);
	assert_int_equal(fss__err_set(&e, FSS_EIO, "cannot open '%s'", "x"),
	    FSS_EIO);
	assert_int_equal(e.code, FSS_EIO);
	assert_string_equal(e.detail, "cannot open 'x'");
	/* Too long a text is cut, and still one. */
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(fss__err_set(&e, FSS_EPATH, "%s", text), FSS_EPATH);
	assert_int_equal(strlen(e.detail), FSS__DETAIL - 1);
	assert_int_equal(fss__err_set(NULL, FSS_EIO, "nobody asks"), FSS_EIO);
	fss__err_clear(&e);
	assert_int_equal(e.code, 0);
	assert_string_equal(e.detail, "");
}

struct lines {
	int	count;
	int	level;
	char	last[LINE_MAX_BYTES];
};

static void
take_line(void *ctx, int level, const char *module, const char *msg,
    const char *fields)
{
	struct lines *l = ctx;

	l->count++;
	l->level = level;
	(void)snprintf(l->last, sizeof(l->last), "%s|%s|%s", module, msg,
	    fields);
}

static void
test_log(void **state)
{
	char text[LINE_MAX_BYTES];
	struct lines l = { 0 };
	struct fss__log log = { take_line, &l, FSS_LOG_NOTICE };
	size_t n;

	(void)state;
	fss__log(&log, FSS_LOG_NOTICE, "store", "opened", "n=%d", 3);
	assert_string_equal(l.last, "store|opened|n=3");
	assert_int_equal(l.level, FSS_LOG_NOTICE);
	fss__log(&log, FSS_LOG_ERROR, "store", "closed", NULL);
	assert_string_equal(l.last, "store|closed|");
	assert_int_equal(l.count, 2);

	/* Above the level, without a function, without a log: nothing. */
	fss__log(&log, FSS_LOG_INFO, "store", "chatter", NULL);
	assert_int_equal(l.count, 2);
	log.fn = NULL;
	fss__log(&log, FSS_LOG_ERROR, "store", "lost", NULL);
	fss__log(NULL, FSS_LOG_ERROR, "store", "lost", NULL);
	assert_int_equal(l.count, 2);

	/* A line too long is cut and says so. */
	log.fn = take_line;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	fss__log(&log, FSS_LOG_ERROR, "m", "long", "%s", text);
	assert_int_equal(l.count, 3);
	n = strlen(l.last);
	assert_true(n > 1000 && n < sizeof(text) - 1);
	assert_string_equal(l.last + n - 4, "a...");
}

static void
test_version(void **state)
{
	char text[32];

	(void)state;
	(void)snprintf(text, sizeof(text), "%d.%d.%d", FSS_VERSION_MAJOR,
	    FSS_VERSION_MINOR, FSS_VERSION_PATCH);
	assert_string_equal(FSS_VERSION_TEXT, text);
	assert_string_equal(fss_version(), text);
	assert_int_equal(fss_abi_major(), FSS_ABI_MAJOR);
}

static void
test_clocks(void **state)
{
	int64_t before, now;
	int i;

	(void)state;
	before = fss__mono_us();
	for (i = 0; i < 1000; i++) {
		now = fss__mono_us();
		assert_true(now >= before);
		before = now;
	}
	/* Microseconds since 1970: this was written after 2026 began. */
	assert_true(fss__wall_us() > INT64_C(1767225600) * 1000000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_not_in_table),
		cmocka_unit_test(test_detail),
		cmocka_unit_test(test_log),
		cmocka_unit_test(test_version),
		cmocka_unit_test(test_clocks)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
