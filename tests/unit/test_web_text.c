/*
 * The small grammars of the web front end: addresses, queries, header
 * values, names for browsers, log values.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http_text.h"

/* ---- uri.c ------------------------------------------------------------- */

static void
decoding(void **state)
{
	static const struct {
		const char	*in;
		bool		 plus;
		const char	*out;		/* NULL: refused */
	} cases[] = {
		{ "", false, "" }, { "abc", false, "abc" },
		{ "a+b", false, "a+b" }, { "a+b", true, "a b" },
		{ "%41%7a", false, "Az" }, { "%2F%2f", false, "//" },
		{ "%C3%A9", false, "\xc3\xa9" },
		{ "%F0%9F%98%80", false, "\xf0\x9f\x98\x80" },
		/* Cut, no hexadecimal, NUL. */
		{ "%", false, NULL }, { "%4", false, NULL },
		{ "%4g", false, NULL }, { "%g4", false, NULL },
		{ "a%00b", false, NULL },
		/* Not UTF-8: alone, overlong, surrogate, too large, cut. */
		{ "%80", false, NULL }, { "%C0%AF", false, NULL },
		{ "%E0%80%AF", false, NULL }, { "%ED%A0%80", false, NULL },
		{ "%F4%90%80%80", false, NULL }, { "%E2%82", false, NULL },
		{ "%FF", false, NULL },
		/* Decoded once. */
		{ "%2541", false, "%41" }
	};
	char text[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memcpy(text, cases[i].in, strlen(cases[i].in) + 1);
		if (cases[i].out == NULL) {
			assert_false(uri_decode(text, cases[i].plus));
			continue;
		}
		assert_true(uri_decode(text, cases[i].plus));
		assert_string_equal(text, cases[i].out);
	}
}

static void
encoding(void **state)
{
	char text[64];

	(void)state;
	assert_int_equal(uri_encode("a b/\xc3\xa9", false, text,
	    sizeof(text)), 12);
	assert_string_equal(text, "a%20b/%C3%A9");
	assert_int_equal(uri_encode("/", true, text, sizeof(text)), 3);
	assert_string_equal(text, "%2F");
	/* The last that fits, and one more. */
	assert_int_equal(uri_encode("abc", true, text, 4), 3);
	assert_int_equal(uri_encode("abcd", true, text, 4), -1);
	assert_int_equal(uri_encode("", true, text, 0), -1);
}

static void
queries(void **state)
{
	struct uri_param params[4];
	char text[64] = "a=1&&b=x+y&c&a=%32", many[] = "a&b&c&d&e";
	char equal[] = "p=:/a=b", broken[] = "a=%zz", named[] = "%C3=1";

	(void)state;
	assert_int_equal(uri_query(text, params, 4), 4);
	assert_string_equal(params[0].name, "a");
	assert_string_equal(params[0].value, "1");
	assert_string_equal(params[1].value, "x y");
	assert_string_equal(params[2].name, "c");
	assert_string_equal(params[2].value, "");
	assert_string_equal(params[3].value, "2");
	assert_int_equal(uri_query(many, params, 4), -1);
	assert_int_equal(uri_query(equal, params, 4), 1);
	assert_string_equal(params[0].value, ":/a=b");
	assert_int_equal(uri_query(broken, params, 4), -1);
	assert_int_equal(uri_query(named, params, 4), -1);
	assert_int_equal(uri_query(NULL, params, 4), 0);
}

static void
numbers(void **state)
{
	uint64_t n = 7;

	(void)state;
	assert_true(parse_u64("0", 0, &n));
	assert_int_equal(n, 0);
	assert_true(parse_u64("18446744073709551615", UINT64_MAX, &n));
	assert_true(n == UINT64_MAX);
	n = 7;
	assert_false(parse_u64("18446744073709551616", UINT64_MAX, &n));
	assert_false(parse_u64("11", 10, &n));
	assert_false(parse_u64("", 10, &n));
	assert_false(parse_u64("-1", 10, &n));
	assert_false(parse_u64("+1", 10, &n));
	assert_false(parse_u64(" 1", 10, &n));
	assert_false(parse_u64("1 ", 10, &n));
	assert_false(parse_u64("0x1", 10, &n));
	assert_int_equal(n, 7);
}

static void
paths(void **state)
{
	static const char *const good[] = {
		"/a", "/a/b.js", "/a..b", "/assets/app-1a2b.js", "/\xc3\xa9"
	};
	static const char *const bad[] = {
		"", "a", "/", "//", "/a/", "/a//b", "/.", "/..", "/../a",
		"/a/..", "/a/../b", "/.git/config", "/a/.hidden", "/a\\b",
		"/a\nb", "/a\x7f", "/\x01"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(path_safe(good[i]));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(path_safe(bad[i]));
}

/* ---- field.c ----------------------------------------------------------- */

static void
cookies(void **state)
{
	char v[16], many[1024] = "";
	int i;

	(void)state;
	assert_true(cookie_find("a=1; b=2; c=3", "b", v, sizeof(v)));
	assert_string_equal(v, "2");
	/* A name is whole; '=' belongs to the value; quotes do not. */
	assert_false(cookie_find("xb=2; bb=1", "b", v, sizeof(v)));
	assert_true(cookie_find("b=a=b==", "b", v, sizeof(v)));
	assert_string_equal(v, "a=b==");
	assert_true(cookie_find("b=\"q\" ;", "b", v, sizeof(v)));
	assert_string_equal(v, "q");
	assert_false(cookie_find("B=2", "b", v, sizeof(v)));
	assert_false(cookie_find("b=", "b", v, sizeof(v)));
	assert_false(cookie_find("b", "b", v, sizeof(v)));
	assert_false(cookie_find("", "b", v, sizeof(v)));
	assert_false(cookie_find(";;;", "b", v, sizeof(v)));
	/* Of two nobody knows which was planted. */
	assert_false(cookie_find("b=1; b=2", "b", v, sizeof(v)));
	assert_false(cookie_find("b=1; a=3; b=1", "b", v, sizeof(v)));
	assert_false(cookie_find("b=; b=1", "b", v, sizeof(v)));
	assert_true(cookie_find("b=1; =b=2; b =3; xb=4", "b", v, sizeof(v)));
	assert_string_equal(v, "1");
	/* The longest that fits, and one more. */
	assert_true(cookie_find("b=123456789012345", "b", v, sizeof(v)));
	assert_false(cookie_find("b=1234567890123456", "b", v, sizeof(v)));
	/* Cookies beyond the limit are not looked at. */
	for (i = 0; i < WEB_MAX_COOKIES; i++)
		strncat(many, "x=y; ", 6);
	strncat(many, "b=1", 4);
	assert_false(cookie_find(many, "b", v, sizeof(v)));
	assert_true(cookie_find(many + 5, "b", v, sizeof(v)));
}

static void
lists(void **state)
{
	(void)state;
	assert_true(list_has("keep-alive, Upgrade", "upgrade"));
	assert_true(list_has(" ,,close", "close"));
	assert_false(list_has("closed", "close"));
	assert_false(list_has("", "close"));
	assert_true(accepts_coding("gzip, deflate, br", "br"));
	assert_true(accepts_coding("gzip;q=0.5", "gzip"));
	assert_true(accepts_coding("gzip; q=0.001", "gzip"));
	assert_false(accepts_coding("gzip;q=0", "gzip"));
	assert_false(accepts_coding("gzip; q=0.000", "gzip"));
	assert_false(accepts_coding("x-gzip", "gzip"));
	assert_false(accepts_coding("identity", "gzip"));
	assert_true(field_safe("a\tb \xc3\xa9"));
	assert_false(field_safe("a\r\nset-cookie: b"));
	assert_false(field_safe("a\nb"));
	assert_false(field_safe("\x7f"));
}

static void
entity_tags(void **state)
{
	(void)state;
	assert_true(etag_match("\"a\"", "\"a\""));
	assert_true(etag_match("\"b\", W/\"a\"", "\"a\""));
	assert_true(etag_match("\"a\"", "W/\"a\""));
	assert_true(etag_match("*", "\"a\""));
	assert_true(etag_match("\"x,y\" , \"a\"", "\"a\""));
	assert_false(etag_match("\"ab\"", "\"a\""));
	assert_false(etag_match("a", "\"a\""));
	assert_false(etag_match("\"a", "\"a\""));
	assert_false(etag_match("", "\"a\""));
	assert_false(etag_match("W/", "\"a\""));
}

static void
dates(void **state)
{
	char text[40];

	(void)state;
	http_date(784111777, text, sizeof(text));
	assert_string_equal(text, "Sun, 06 Nov 1994 08:49:37 GMT");
	http_date(0, text, sizeof(text));
	assert_string_equal(text, "Thu, 01 Jan 1970 00:00:00 GMT");
}

static void
dispositions(void **state)
{
	static const struct {
		const char	*name, *text;
	} cases[] = {
		{ "a.txt", "attachment; filename=\"a.txt\"" },
		{ "a b;c.txt", "attachment; filename=\"a b;c.txt\"" },
		{ "say \"hi\"\\.txt", "attachment; filename=\"say _hi__.txt\""
		    "; filename*=UTF-8''say%20%22hi%22%5C.txt" },
		{ "\xc3\xa9t\xc3\xa9", "attachment; filename=\"_t_\""
		    "; filename*=UTF-8''%C3%A9t%C3%A9" },
		{ "\xf0\x9f\x98\x80", "attachment; filename=\"_\""
		    "; filename*=UTF-8''%F0%9F%98%80" },
		{ "a\r\nX: y", "attachment; filename=\"a__X: y\""
		    "; filename*=UTF-8''a%0D%0AX%3A%20y" },
		{ "50%41", "attachment; filename=\"50_41\""
		    "; filename*=UTF-8''50%2541" },
		{ "", "attachment; filename=\"\"" }
	};
	char text[256], longest[400];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(disposition(cases[i].name, false, text,
		    sizeof(text)) > 0);
		assert_string_equal(text, cases[i].text);
		assert_true(field_safe(text));
	}
	assert_true(disposition("a", true, text, sizeof(text)) > 0);
	assert_string_equal(text, "inline; filename=\"a\"");
	/* Every size that is too small is refused, none is written beyond. */
	for (i = 0; i < 80; i++) {
		memset(longest, 0x55, sizeof(longest));
		(void)disposition("\xc3\xa9 \xc3\xa9.txt", false, longest, i);
		assert_int_equal(longest[i], 0x55);
	}
}

static void
log_values(void **state)
{
	char v[64];

	(void)state;
	assert_string_equal(log_quote("plain-1.2/3", v, sizeof(v)),
	    "plain-1.2/3");
	assert_string_equal(log_quote("", v, sizeof(v)), "\"\"");
	assert_string_equal(log_quote("a b", v, sizeof(v)), "\"a b\"");
	assert_string_equal(log_quote("a=\"b\"", v, sizeof(v)),
	    "\"a=\\\"b\\\"\"");
	assert_string_equal(log_quote("x\nlevel=error", v, sizeof(v)),
	    "\"x\\x0alevel=error\"");
	assert_string_equal(log_quote("\x1b[31m\xc3\xa9", v, sizeof(v)),
	    "\"\\x1b[31m\\xc3\\xa9\"");
	assert_true(strlen(log_quote("\n\n\n\n\n\n\n\n\n\n\n", v, 16)) < 16);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decoding),
		cmocka_unit_test(encoding),
		cmocka_unit_test(queries),
		cmocka_unit_test(numbers),
		cmocka_unit_test(paths),
		cmocka_unit_test(cookies),
		cmocka_unit_test(lists),
		cmocka_unit_test(entity_tags),
		cmocka_unit_test(dates),
		cmocka_unit_test(dispositions),
		cmocka_unit_test(log_values)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
