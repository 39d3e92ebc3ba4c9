/*
 * Sizes, durations, dates and names as fssctl reads and shows them.
 *
 * The program is no part of the archive, so its source is taken in here.
 */
#define _GNU_SOURCE	/* setenv() for the time zone */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "../../fssctl/parse.c"
#include "../../words/words.c"

static void
sizes(void **state)
{
	static const struct {
		const char	*text;
		int64_t		 bytes;		/* -1: refused */
	} cases[] = {
		{ "0", 0 }, { "1", 1 }, { "4k", 4096 }, { "4K", 4096 },
		{ "4kB", 4096 }, { "4KiB", 4096 }, { "10M", 10485760 },
		{ "1.5G", INT64_C(1610612736) }, { "0.5k", 512 },
		{ "1.25k", 1280 }, { "1.000000001k", 1024 },
		{ "2T", INT64_C(2199023255552) }, { "7B", 7 },
		{ "", -1 }, { "k", -1 }, { "-1", -1 }, { "+1", -1 },
		{ " 1", -1 }, { "1 k", -1 }, { "1kk", -1 }, { "1.k", -1 },
		{ ".5k", -1 }, { "1x", -1 }, { "1e3", -1 }, { "0x10", -1 },
		{ "9223372036854775808", -1 }, { "9999999999P", -1 },
		{ "8589934592G", -1 }
	};
	int64_t n;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		n = -1;
		if (cases[i].bytes < 0) {
			assert_int_equal(parse_size(cases[i].text, &n),
			    FSS_EINVAL);
			assert_int_equal(n, -1);
		} else {
			assert_int_equal(parse_size(cases[i].text, &n), 0);
			assert_int_equal(n, cases[i].bytes);
		}
	}
}

static void
durations(void **state)
{
	int64_t s = -1;

	(void)state;
	assert_int_equal(parse_duration("30m", &s), 0);
	assert_int_equal(s, 1800);
	assert_int_equal(parse_duration("1d12h", &s), 0);
	assert_int_equal(s, 129600);
	assert_int_equal(parse_duration("2w", &s), 0);
	assert_int_equal(s, 1209600);
	s = -1;
	assert_int_equal(parse_duration("", &s), FSS_EINVAL);
	assert_int_equal(parse_duration("7", &s), FSS_EINVAL);
	assert_int_equal(parse_duration("d", &s), FSS_EINVAL);
	assert_int_equal(parse_duration("7d ", &s), FSS_EINVAL);
	assert_int_equal(parse_duration("9999999999999y", &s), FSS_EINVAL);
	assert_int_equal(s, -1);
}

static void
dates(void **state)
{
	const int64_t now = INT64_C(1700000000) * 1000000;
	int64_t us = -1;

	(void)state;
	assert_int_equal(setenv("TZ", "UTC", 1), 0);
	tzset();
	assert_int_equal(parse_when("1d", now, &us), 0);
	assert_int_equal(us, now - INT64_C(86400) * 1000000);
	assert_int_equal(parse_when("2024-02-29", now, &us), 0);
	assert_int_equal(us, INT64_C(1709164800) * 1000000);
	us = -1;
	assert_int_equal(parse_when("2023-02-29", now, &us), FSS_EINVAL);
	assert_int_equal(parse_when("2024-13-01", now, &us), FSS_EINVAL);
	assert_int_equal(parse_when("2024-01", now, &us), FSS_EINVAL);
	assert_int_equal(parse_when("2024-01-01x", now, &us), FSS_EINVAL);
	assert_int_equal(parse_when("", now, &us), FSS_EINVAL);
	assert_int_equal(us, -1);
}

static void
words(void **state)
{
	uint32_t rights = 0;
	int64_t n = -1;

	(void)state;
	assert_int_equal(parse_rights("read", &rights), 0);
	assert_int_equal(rights, FSS_RIGHT_READ);
	assert_int_equal(parse_rights("read,create", &rights), 0);
	assert_int_equal(rights, FSS_RIGHT_READ | FSS_RIGHT_CREATE);
	assert_int_equal(parse_rights("own", &rights), FSS_EINVAL);
	assert_int_equal(parse_rights("read,", &rights), FSS_EINVAL);
	assert_int_equal(parse_rights("", &rights), FSS_EINVAL);
	assert_int_equal(parse_role("admin", &n), 0);
	assert_int_equal(n, FSS_ROLE_ADMIN);
	assert_int_equal(parse_role("Admin", &n), FSS_EINVAL);
	assert_int_equal(parse_access("inherit", &n), FSS_EINVAL);
	assert_string_equal(kind_name(FSS_KIND_LINK), "link");
	assert_string_equal(kind_name(99), "unknown");
}

static void
texts(void **state)
{
	char text[TEXT_BYTES];

	(void)state;
	format_size(0, text);
	assert_string_equal(text, "0");
	format_size(1023, text);
	assert_string_equal(text, "1023");
	format_size(1536, text);
	assert_string_equal(text, "1.5K");
	format_size(INT64_MAX, text);
	assert_string_equal(text, "7.9E");
	format_rights(0, text);
	assert_string_equal(text, "-");
	format_rights(31, text);
	assert_string_equal(text, "see,read,create,write,own");
	format_mode(FSS_KIND_DIR, 0755, text);
	assert_string_equal(text, "drwxr-xr-x");
	format_duration(3725, text);
	assert_string_equal(text, "1:02:05");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test(durations),
		cmocka_unit_test(dates),
		cmocka_unit_test(words),
		cmocka_unit_test(texts)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
