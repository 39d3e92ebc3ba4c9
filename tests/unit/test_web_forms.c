/*
 * Small grammars of the front end's API: metadata and checksums of tus, media
 * types, HTML.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base64.h"
#include "html.h"
#include "media.h"
#include "tus_meta.h"

static void
base64(void **state)
{
	static const struct {
		const char	*text;
		const char	*bytes;	/* NULL: refused */
	} cases[] = {
		{ "", "" }, { "YQ==", "a" }, { "YWI=", "ab" }, { "YWJj", "abc" },
		{ "YWJjZA==", "abcd" }, { "+/+/", "\xfb\xff\xbf" },
		{ "YQ=", NULL }, { "YQ", NULL }, { "YR==", NULL },
		{ "YWJ=", NULL }, { "Y===", NULL }, { "====", NULL },
		{ "YQ==YQ==", NULL }, { "YW=j", NULL }, { "YW-j", NULL },
		{ " YQ=", NULL }, { "YQ==\n", NULL }
	};
	char text[16];
	uint8_t got[16];
	int64_t n;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		n = base64_decode(cases[i].text, strlen(cases[i].text), got,
		    sizeof(got));
		if (cases[i].bytes == NULL) {
			assert_int_equal(n, -1);
			continue;
		}
		assert_int_equal(n, strlen(cases[i].bytes));
		assert_memory_equal(got, cases[i].bytes, (size_t)n);
	}
	for (i = 0; i <= 4; i++) {
		base64url_encode("\xfb\xff\x3e\x00", i, text);
		assert_int_equal(strlen(text), BASE64URL_CHARS(i));
		assert_int_equal(base64url_decode(text, strlen(text), got,
		    sizeof(got)), i);
		assert_memory_equal(got, "\xfb\xff\x3e\x00", i);
	}
	assert_string_equal(text, "-_8-AA");
	assert_int_equal(base64url_decode("-_8-AB", 6, got, sizeof(got)), -1);
	assert_int_equal(base64url_decode("-_8-A", 5, got, sizeof(got)), -1);
	assert_int_equal(base64url_decode("+/8-", 4, got, sizeof(got)), -1);
	assert_int_equal(base64_decode("YWJj", 4, got, 2), -1);
	assert_int_equal(base64_decode("YWI=", 4, got, 2), 2);
}

static void
metadata(void **state)
{
	/* 'a' b64 "YQ=="; NUL inside "YQBi"; not UTF-8 "/w==" */
	static const char good[] = "path YQ==,empty,media YWI=, x ,y YWJj";
	char got[8];

	(void)state;
	assert_true(tus_meta_valid(good));
	assert_int_equal(tus_meta_get(good, "path", got, sizeof(got)), 1);
	assert_string_equal(got, "a");
	assert_int_equal(tus_meta_get(good, "empty", got, sizeof(got)), 1);
	assert_string_equal(got, "");
	assert_int_equal(tus_meta_get(good, "y", got, sizeof(got)), 1);
	assert_string_equal(got, "abc");
	assert_int_equal(tus_meta_get(good, "y", got, 4), 1);
	assert_int_equal(tus_meta_get(good, "y", got, 3), -1);
	assert_int_equal(tus_meta_get(good, "pat", got, sizeof(got)), 0);
	assert_int_equal(tus_meta_get(good, "paths", got, sizeof(got)), 0);
	assert_int_equal(tus_meta_get("", "path", got, sizeof(got)), 0);
	assert_true(tus_meta_valid(""));

	assert_int_equal(tus_meta_get("a YQBi", "a", got, sizeof(got)), -1);
	assert_int_equal(tus_meta_get("a /w==", "a", got, sizeof(got)), -1);
	assert_int_equal(tus_meta_get("a YQ==,a YQ==", "a", got, sizeof(got)),
	    -1);
	assert_int_equal(tus_meta_get("a YQ==,", "a", got, sizeof(got)), -1);
	assert_int_equal(tus_meta_get("a YQ==,,b", "a", got, sizeof(got)), -1);
	assert_int_equal(tus_meta_get(" YQ==", "a", got, sizeof(got)), -1);
	assert_int_equal(tus_meta_get("a  YQ==", "a", got, sizeof(got)), -1);
	assert_false(tus_meta_valid("a YQ"));
	assert_false(tus_meta_valid("a YQ==,"));
	assert_false(tus_meta_valid(","));
}

static void
checksums(void **state)
{
	uint8_t digest[TUS_DIGEST_BYTES];

	(void)state;
	assert_int_equal(tus_checksum("sha1 Lve95gjOVATpfV8EL5X4nxwjKHE=",
	    digest), 20);
	assert_int_equal(digest[0], 0x2e);
	assert_int_equal(digest[19], 0x71);
	assert_int_equal(tus_checksum("sha256 "
	    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", digest), 32);
	assert_int_equal(digest[31], 0x55);
	assert_int_equal(tus_checksum("md5 rL0Y20zC+Fzt72VPzMSk2A==", digest),
	    0);
	assert_int_equal(tus_checksum("", digest), 0);
	assert_int_equal(tus_checksum("sha1", digest), -1);
	assert_int_equal(tus_checksum("sha1 ", digest), -1);
	assert_int_equal(tus_checksum("sha1 YQ==", digest), -1);
	assert_int_equal(tus_checksum("sha256 Lve95gjOVATpfV8EL5X4nxwjKHE=",
	    digest), -1);
	assert_int_equal(tus_checksum("sha1 "
	    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", digest), -1);
}

static void
media(void **state)
{
	static const struct {
		const char	*media, *name;
		bool		 show;
		bool		 safe;
		const char	*sent;
	} cases[] = {
		{ "image/png", "a", true, true, "image/png" },
		{ "IMAGE/PNG", "a", true, true, "IMAGE/PNG" },
		{ "", "a.png", true, true, "image/png" },
		{ "application/octet-stream", "a.JPG", true, true,
		    "image/jpeg" },
		{ "", "noending", true, false, "application/octet-stream" },
		{ "", "a.exe", true, false, "application/octet-stream" },
		{ "", ".png", true, true, "image/png" },
		{ "text/plain", "a", false, true, "text/plain; charset=utf-8" },
		{ "text/plain; charset=latin1", "a", true, true,
		    "text/plain; charset=utf-8" },
		{ "text/javascript", "a", true, true,
		    "text/plain; charset=utf-8" },
		{ "text/markdown", "a", false, true, "text/markdown" },
		/* What a page could load as its own, shown or not. */
		{ "text/css", "a", false, true, "text/plain; charset=utf-8" },
		{ "text/javascript", "a", false, true,
		    "text/plain; charset=utf-8" },
		{ "Application/X-JavaScript", "a", false, true,
		    "text/plain; charset=utf-8" },
		{ "text/ecmascript; x=y", "a", false, true,
		    "text/plain; charset=utf-8" },
		{ "text/jscript", "a", false, true,
		    "text/plain; charset=utf-8" },
		{ "text/livescript", "a", true, true,
		    "text/plain; charset=utf-8" },
		{ "application/postscript", "a", true, false,
		    "application/postscript" },
		{ "application/json", "a", true, true,
		    "text/plain; charset=utf-8" },
		/* What a browser would run. */
		{ "text/html", "a.png", true, false, "text/html" },
		{ "TEXT/HTML", "a", true, false, "TEXT/HTML" },
		{ "text/html;charset=utf-8", "a", true, false, "text/html" },
		{ "text/xml", "a", true, false, "text/xml" },
		{ "image/svg+xml", "a", true, false, "image/svg+xml" },
		{ "application/xhtml+xml", "a", true, false,
		    "application/xhtml+xml" },
		{ "", "a.html", true, false, "application/octet-stream" },
		{ "", "a.svg", true, false, "application/octet-stream" },
		/* What is no media type. */
		{ "text", "a", true, false, "application/octet-stream" },
		{ "/x", "a", true, false, "application/octet-stream" },
		{ "a/", "a", true, false, "application/octet-stream" },
		{ "text/plain\r\nX: y", "a", true, false,
		    "application/octet-stream" },
		{ "a/b/c", "a", true, false, "application/octet-stream" },
		{ "text/\xc3\xa4", "a", true, false, "application/octet-stream" }
	};
	char sent[MEDIA_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(media_format(cases[i].media, cases[i].name,
		    cases[i].show, sent), cases[i].safe);
		assert_string_equal(sent, cases[i].sent);
	}
	assert_true(media_valid("text/plain; charset=utf-8"));
	assert_true(media_valid("application/vnd.x+json"));
	assert_false(media_valid(""));
	assert_false(media_valid("text"));
	assert_false(media_valid("text/plain\n"));
	assert_false(media_valid("text/plain; \x01"));
}

/* Marks that are not to be seen, or turn the text, are boxes; joiners stay. */
static void
marks(void **state)
{
	static const char *const boxed[] = {
		"\x01", "\x7f", "\xc2\x85", "\xc2\xad", "\xd8\x9c",
		"\xe2\x80\x8b", "\xe2\x80\x8e", "\xe2\x80\xa8",
		"\xe2\x80\xae", "\xe2\x81\xa0", "\xe2\x81\xa9",
		"\xef\xbb\xbf", "\xef\xbf\xba", "\xf3\xa0\x81\x81"
	};
	static const char *const kept[] = {
		"\xc2\xa0", "\xd8\x9b", "\xe2\x80\x8c", "\xe2\x80\x8d",
		"\xe2\x80\xa7", "\xe2\x81\x9f", "\xef\xbb\xbe",
		"\xf3\xa0\x84\x80", "\xf3\xa0\x80", "\xe2\x80", "\xc2"
	};
	struct html h;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(boxed) / sizeof(boxed[0]); i++) {
		html_init(&h);
		html_text(&h, boxed[i]);
		assert_int_equal(h.len, 3);
		assert_memory_equal(h.p, "\xe2\x96\xa1", 3);
		html_release(&h);
	}
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		html_init(&h);
		html_text(&h, kept[i]);
		assert_int_equal(h.len, strlen(kept[i]));
		assert_memory_equal(h.p, kept[i], h.len);
		html_release(&h);
	}
}

static void
pages(void **state)
{
	struct html h;

	(void)state;
	html_init(&h);
	html_text(&h, "<a href=\"x\">&'\x01\x7f\xe2\x80\xae" "e\xc3\xa4"
	    "\xe2\x81\xa6\xc2\x9b</a>");
	html_put(&h, " ");
	html_query(&h, "/a b&c=d?\xc3\xa4#%\"<");
	html_put(&h, " ");
	html_size(&h, 1);
	html_put(&h, " ");
	html_size(&h, 999);
	html_put(&h, " ");
	html_size(&h, 1000);
	html_put(&h, " ");
	html_size(&h, 1549);
	html_put(&h, " ");
	html_size(&h, 9950);
	html_put(&h, " ");
	html_size(&h, 999499);
	html_put(&h, " ");
	html_size(&h, 999500);
	html_put(&h, " ");
	html_size(&h, UINT64_MAX);
	html_put(&h, " ");
	html_time(&h, INT64_C(1700000000000000));
	html_number(&h, 0);
	assert_false(h.failed);
	assert_int_equal(h.len, strlen("&lt;a href=&quot;x&quot;&gt;&amp;&#39;"
	    "\xe2\x96\xa1\xe2\x96\xa1\xe2\x96\xa1" "e\xc3\xa4\xe2\x96\xa1"
	    "\xe2\x96\xa1&lt;/a&gt; /a%20b%26c%3Dd%3F%C3%A4%23%25%22%3C "
	    "1 byte 999 bytes 1 kB 1.5 kB 10 kB 999 kB 1 MB 18 EB 2023-11-14 22:13 UTC0"));
	assert_memory_equal(h.p, "&lt;a href=&quot;x&quot;&gt;&amp;&#39;"
	    "\xe2\x96\xa1\xe2\x96\xa1\xe2\x96\xa1" "e\xc3\xa4\xe2\x96\xa1"
	    "\xe2\x96\xa1&lt;/a&gt; /a%20b%26c%3Dd%3F%C3%A4%23%25%22%3C "
	    "1 byte 999 bytes 1 kB 1.5 kB 10 kB 999 kB 1 MB 18 EB 2023-11-14 22:13 UTC0", h.len);
	html_release(&h);
}

/* A page has a ceiling: what is over it is not half of a page. */
static void
too_long(void **state)
{
	static const size_t max = (size_t)4 << 20;
	char line[1025];
	struct html h;
	size_t i;

	(void)state;
	memset(line, '.', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	html_init(&h);
	for (i = 0; i < max / 1024; i++)
		html_put(&h, line);
	assert_false(h.failed);
	assert_int_equal(h.len, max);
	html_put(&h, ".");
	assert_true(h.failed);
	assert_int_equal(h.len, max);
	html_release(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64),
		cmocka_unit_test(metadata),
		cmocka_unit_test(checksums),
		cmocka_unit_test(media),
		cmocka_unit_test(pages),
		cmocka_unit_test(marks),
		cmocka_unit_test(too_long)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
