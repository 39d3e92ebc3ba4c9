/*
 * Heads of requests, ranges, addresses behind proxies, WebSocket frames.
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
#include "web.h"

/* ---- head.c ------------------------------------------------------------ */

static char buffer[65536];
static struct head head;

static int
parse(const char *text)
{
	size_t n = strlen(text);
	const char *why = NULL;
	int r;

	memcpy(buffer, text, n + 1);
	assert_int_equal(head_end(buffer, n), n);
	r = head_parse(buffer, n, &head, &why);
	assert_true(r == 0 || (why != NULL && why[0] != '\0'));
	return r;
}

static void
good_heads(void **state)
{
	(void)state;
	assert_int_equal(parse("GET /a/b?c=d HTTP/1.1\r\nHost: x:1\r\n"
	    "Empty:\r\nX-Utf: \xc3\xa9 \r\n\r\n"), 0);
	assert_int_equal(head.method, WEB_GET);
	assert_string_equal(head.path, "/a/b");
	assert_string_equal(head.query, "c=d");
	assert_string_equal(head.host, "x:1");
	assert_string_equal(head_find(&head, "empty"), "");
	assert_string_equal(head_find(&head, "x-utf"), "\xc3\xa9");
	assert_true(head.keep && !head.old && !head.expect && !head.upgrade);
	assert_int_equal(head.length, 0);
	assert_null(head_find(&head, "x-ut"));

	assert_int_equal(parse("PUT / HTTP/1.1\r\nHost: x\r\n"
	    "Content-Length: 5\r\nExpect: 100-Continue\r\n"
	    "Connection: close\r\n\r\n"), 0);
	assert_true(head.expect && !head.keep);
	assert_int_equal(head.length, 5);

	/* A DELETE may come with a body, or without saying so. */
	assert_int_equal(parse("DELETE / HTTP/1.1\r\nHost: x\r\n\r\n"), 0);
	assert_int_equal(parse("DELETE / HTTP/1.1\r\nHost: x\r\n"
	    "Content-Length: 3\r\n\r\n"), 0);
	assert_int_equal(head.length, 3);

	assert_int_equal(parse("GET / HTTP/1.0\r\nHost: [::1]:80\r\n\r\n"),
	    0);
	assert_true(head.old && !head.keep);
	assert_int_equal(parse("GET / HTTP/1.1\r\nHost: x\r\n"
	    "Connection: keep-alive, Upgrade\r\n\r\n"), 0);
	assert_true(head.upgrade);
}

static void
bad_heads(void **state)
{
	static const struct {
		int		 status;
		const char	*text;
	} cases[] = {
		{ 400, "GET / HTTP/1.1\r\n\r\n" },		/* no Host */
		{ 400, "GET  / HTTP/1.1\r\nHost: x\r\n\r\n" },
		{ 400, "GET / HTTP/1.1 \r\nHost: x\r\n\r\n" },
		{ 400, "GET /\r\nHost: x\r\n\r\n" },
		{ 400, "GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n" },
		{ 400, "GET /\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n" },
		{ 400, "GET http://y/ HTTP/1.1\r\nHost: x\r\n\r\n" },
		{ 400, "GET x HTTP/1.1\r\nHost: x\r\n\r\n" },
		{ 400, "GET / HTTQ/1.1\r\nHost: x\r\n\r\n" },
		{ 505, "GET / HTTP/2.0\r\nHost: x\r\n\r\n" },
		{ 505, "GET / HTTP/1.10\r\nHost: x\r\n\r\n" },
		{ 501, "get / HTTP/1.1\r\nHost: x\r\n\r\n" },
		{ 501, "BREW / HTTP/1.1\r\nHost: x\r\n\r\n" },
		{ 400, "G@T / HTTP/1.1\r\nHost: x\r\n\r\n" },
		/* Smuggling: where does the body end, whose line is it? */
		{ 411, "POST / HTTP/1.1\r\nHost: x\r\n"
		    "Transfer-Encoding: chunked\r\n\r\n" },
		{ 411, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
		    "Transfer-Encoding: chunked\r\n\r\n" },
		{ 411, "POST / HTTP/1.1\r\nHost: x\r\n\r\n" },
		{ 400, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
		    "Content-Length: 3\r\n\r\n" },
		{ 400, "POST / HTTP/1.1\r\nHost: x\r\n"
		    "Content-Length: 3, 3\r\n\r\n" },
		{ 400, "POST / HTTP/1.1\r\nHost: x\r\n"
		    "Content-Length: +3\r\n\r\n" },
		{ 400, "POST / HTTP/1.1\r\nHost: x\r\n"
		    "Content-Length: 0x3\r\n\r\n" },
		{ 400, "POST / HTTP/1.1\r\nHost: x\r\n"
		    "Content-Length: 99999999999999999999\r\n\r\n" },
		{ 400, "POST / HTTP/1.1\r\nHost: x\r\n"
		    "Content-Length : 3\r\n\r\n" },
		{ 400, "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n" },
		{ 400, "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n" },
		{ 400, "GET / HTTP/1.1\r\nHost:\r\n\r\n" },
		{ 400, "GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n" },
		{ 400, "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n" },
		{ 400, "GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n" },
		{ 400, "GET / HTTP/1.1\r\nHost: x\r\nA: \x01\r\n\r\n" },
		{ 400, "GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n" },
		{ 400, "GET / HTTP/1.1\nHost: x\r\n\r\n" },
		{ 400, "GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n" },
		{ 400, "GET / HTTP/1.1\r\nHost: x\r\nOrigin: a\r\n"
		    "Origin: b\r\n\r\n" },
		{ 417, "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
		    "Expect: tea\r\n\r\n" }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (parse(cases[i].text) != cases[i].status)
			fail_msg("case %zu: %s", i, cases[i].text);
}

static void
head_limits(void **state)
{
	static const char nul[] =
	    "GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n";
	static char text[65536];
	const char *why;
	size_t n, i;

	(void)state;
	/* As many headers as may be, and one more. */
	n = (size_t)snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nHost: x"
	    "\r\n");
	for (i = 1; i < WEB_MAX_HEADERS; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "A%zu: b\r\n", i);
	(void)snprintf(text + n, sizeof(text) - n, "\r\n");
	assert_int_equal(parse(text), 0);
	assert_int_equal(head.count, WEB_MAX_HEADERS);
	(void)snprintf(text + n, sizeof(text) - n, "A: b\r\n\r\n");
	assert_int_equal(parse(text), 431);
	/* As long an address as may be, and one longer. */
	for (i = 0; i < 2; i++) {
		n = (size_t)snprintf(text, sizeof(text), "GET /");
		memset(text + n, 'a', WEB_MAX_TARGET - 1 + i);
		n += WEB_MAX_TARGET - 1 + i;
		(void)snprintf(text + n, sizeof(text) - n,
		    " HTTP/1.1\r\nHost: x\r\n\r\n");
		assert_int_equal(parse(text), i == 0 ? 0 : 414);
	}
	/* NUL within hides nothing. */
	n = sizeof(nul) - 1;
	memcpy(buffer, nul, n + 1);
	assert_int_equal(head_parse(buffer, n, &head, &why), 400);
	/* Where the end is. */
	assert_int_equal(head_end("a\r\n\r\nb", 6), 5);
	assert_int_equal(head_end("a\r\n\r", 4), 0);
	assert_int_equal(head_end("a\n\nb", 4), 0);
	assert_int_equal(head_end("", 0), 0);
}

/* ---- range.c ----------------------------------------------------------- */

static void
ranges(void **state)
{
	static const struct {
		const char	*header;
		uint64_t	 size;
		enum range_result result;
		unsigned	 count;
		struct range	 r[2];
	} cases[] = {
		{ "bytes=0-0", 10, RANGE_SOME, 1, { { 0, 0 } } },
		{ "bytes=0-", 10, RANGE_SOME, 1, { { 0, 9 } } },
		{ "bytes=3-100", 10, RANGE_SOME, 1, { { 3, 9 } } },
		{ "bytes=-3", 10, RANGE_SOME, 1, { { 7, 9 } } },
		{ "bytes=-30", 10, RANGE_SOME, 1, { { 0, 9 } } },
		{ "Bytes= 1-2 , 4-5 ", 10, RANGE_SOME, 2,
		    { { 1, 2 }, { 4, 5 } } },
		/* In order, and joined where they touch or overlap. */
		{ "bytes=6-7,1-2", 10, RANGE_SOME, 2, { { 1, 2 }, { 6, 7 } } },
		{ "bytes=1-2,3-4", 10, RANGE_SOME, 1, { { 1, 4 } } },
		{ "bytes=0-5,2-3,5-8", 10, RANGE_SOME, 1, { { 0, 8 } } },
		{ "bytes=0-0,-1", 10, RANGE_SOME, 2, { { 0, 0 }, { 9, 9 } } },
		/* What cannot be had is left out, or all there is. */
		{ "bytes=20-,1-1", 10, RANGE_SOME, 1, { { 1, 1 } } },
		{ "bytes=10-", 10, RANGE_UNSATISFIABLE, 0, { { 0, 0 } } },
		{ "bytes=-0", 10, RANGE_UNSATISFIABLE, 0, { { 0, 0 } } },
		{ "bytes=0-", 0, RANGE_UNSATISFIABLE, 0, { { 0, 0 } } },
		{ "bytes=18446744073709551615-", 10, RANGE_UNSATISFIABLE, 0,
		    { { 0, 0 } } },
		{ "bytes=99999999999999999999999-", 10, RANGE_UNSATISFIABLE,
		    0, { { 0, 0 } } },
		{ "bytes=0-99999999999999999999999", 10, RANGE_SOME, 1,
		    { { 0, 9 } } },
		{ "bytes=-99999999999999999999999", 10, RANGE_SOME, 1,
		    { { 0, 9 } } },
		/* Passed over: no ranges of bytes. */
		{ "bytes=5-3", 10, RANGE_NONE, 0, { { 0, 0 } } },
		{ "bytes=", 10, RANGE_NONE, 0, { { 0, 0 } } },
		{ "bytes=a-b", 10, RANGE_NONE, 0, { { 0, 0 } } },
		{ "bytes=1", 10, RANGE_NONE, 0, { { 0, 0 } } },
		{ "bytes=-", 10, RANGE_NONE, 0, { { 0, 0 } } },
		{ "bytes=1-2;3-4", 10, RANGE_NONE, 0, { { 0, 0 } } },
		{ "lines=1-2", 10, RANGE_NONE, 0, { { 0, 0 } } },
		{ "", 10, RANGE_NONE, 0, { { 0, 0 } } }
	};
	struct range r[WEB_MAX_RANGES];
	char many[512] = "bytes=0-0";
	unsigned n, k;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (range_parse(cases[i].header, cases[i].size, r, &n) !=
		    cases[i].result || n != cases[i].count)
			fail_msg("case %zu: %s", i, cases[i].header);
		for (k = 0; k < n && k < 2; k++) {
			assert_int_equal(r[k].first, cases[i].r[k].first);
			assert_int_equal(r[k].last, cases[i].r[k].last);
		}
	}
	assert_int_equal(range_parse(NULL, 10, r, &n), RANGE_NONE);
	/* As many as may be, and one more. */
	for (k = 1; k < WEB_MAX_RANGES; k++)
		(void)snprintf(many + strlen(many), 20, ",%u-%u", k * 2,
		    k * 2);
	assert_int_equal(range_parse(many, 100, r, &n), RANGE_SOME);
	assert_int_equal(n, WEB_MAX_RANGES);
	strncat(many, ",99-99", 7);
	assert_int_equal(range_parse(many, 100, r, &n), RANGE_NONE);
}

/* ---- address.c --------------------------------------------------------- */

/* Whether a line before it counts, too. */
static bool
expect_client(const char *header, const char *peer, const char *want)
{
	struct net proxies[2];
	uint8_t addr[16], got[16];
	char text[64];
	bool more;

	assert_true(net_parse("10.0.0.0/8", &proxies[0]));
	assert_true(net_parse("::1", &proxies[1]));
	assert_true(addr_parse(peer, addr));
	more = forwarded_for(header, proxies, 2, addr, got);
	addr_text(got, text, sizeof(text));
	assert_string_equal(text, want);
	return more;
}

static void
proxies(void **state)
{
	(void)state;
	(void)expect_client(NULL, "10.0.0.1", "10.0.0.1");
	(void)expect_client("192.0.2.7", "10.0.0.1", "192.0.2.7");
	(void)expect_client("192.0.2.7", "::1", "192.0.2.7");
	/* Only named proxies are believed. */
	(void)expect_client("192.0.2.7", "192.0.2.1", "192.0.2.1");
	/* What stands left of the first stranger anybody may have written. */
	(void)expect_client("198.51.100.1, 192.0.2.7", "10.0.0.1",
	    "192.0.2.7");
	(void)expect_client("198.51.100.1, 192.0.2.7 , 10.1.2.3", "10.0.0.1",
	    "192.0.2.7");
	(void)expect_client("10.1.2.3,10.3.4.5", "10.0.0.1", "10.1.2.3");
	/* With ports, and IPv6. */
	(void)expect_client("192.0.2.7:4321", "10.0.0.1", "192.0.2.7");
	(void)expect_client("[2001:db8::7]:1", "10.0.0.1", "2001:db8::7");
	(void)expect_client("2001:db8::7", "10.0.0.1", "2001:db8::7");
	/* Broken: no further than what is known. */
	(void)expect_client("unknown", "10.0.0.1", "10.0.0.1");
	(void)expect_client("", "10.0.0.1", "10.0.0.1");
	(void)expect_client(",", "10.0.0.1", "10.0.0.1");
	(void)expect_client("192.0.2.7, junk, 10.1.1.1", "10.0.0.1",
	    "10.1.1.1");
	/* Of another line before it nothing is believed, but after proxies. */
	assert_false(expect_client("unknown", "10.0.0.1", "10.0.0.1"));
	assert_false(expect_client("", "10.0.0.1", "10.0.0.1"));
	assert_false(expect_client("10.1.1.1,", "10.0.0.1", "10.0.0.1"));
	assert_false(expect_client("192.0.2.7", "10.0.0.1", "192.0.2.7"));
	assert_false(expect_client("10.1.1.1", "192.0.2.1", "192.0.2.1"));
	assert_true(expect_client("10.1.1.1, ::1", "10.0.0.1", "10.1.1.1"));
}

static void
networks(void **state)
{
	struct net n;
	uint8_t a[16], g[16];
	char text[64];

	(void)state;
	assert_true(net_parse("192.0.2.128/25", &n));
	assert_true(addr_parse("192.0.2.129", a) && net_holds(&n, a));
	assert_true(addr_parse("192.0.2.127", a) && !net_holds(&n, a));
	assert_true(net_parse("2001:db8::/33", &n));
	assert_true(addr_parse("2001:db8:7fff::1", a) && net_holds(&n, a));
	assert_true(addr_parse("2001:db8:8000::1", a) && !net_holds(&n, a));
	assert_true(net_parse("0.0.0.0/0", &n));
	assert_true(addr_parse("203.0.113.9", a) && net_holds(&n, a));
	assert_true(addr_parse("2001:db8::1", a) && !net_holds(&n, a));
	assert_false(net_parse("192.0.2.1/33", &n));
	assert_false(net_parse("::1/129", &n));
	assert_false(net_parse("192.0.2.1/", &n));
	assert_false(net_parse("192.0.2.1:80", &n));
	assert_false(net_parse("localhost", &n));
	assert_false(net_parse("", &n));
	/* IPv6 counts by its /64, IPv4 by itself. */
	assert_true(addr_parse("2001:db8::1:2:3:4", a));
	addr_group(a, g);
	addr_text(g, text, sizeof(text));
	assert_string_equal(text, "2001:db8::");
	assert_true(addr_parse("192.0.2.7", a));
	addr_group(a, g);
	assert_memory_equal(a, g, 16);
}

/* ---- frame.c ----------------------------------------------------------- */

static int64_t
take(const char *bytes, size_t n)
{
	uint8_t data[16];
	struct frame f;

	memcpy(data, bytes, n);
	return frame_take(data, n, &f);
}

static void
frames(void **state)
{
	static const uint8_t mask[4] = { 1, 2, 3, 4 };
	uint8_t data[256], out[10];
	struct frame f;
	size_t i;

	(void)state;
	/* "Hi", masked. */
	memcpy(data, "\x81\x82\x01\x02\x03\x04", 6);
	data[6] = 'H' ^ 1;
	data[7] = 'i' ^ 2;
	for (i = 0; i < 8; i++)
		assert_int_equal(frame_take(data, i, &f), 0);
	assert_int_equal(frame_take(data, 20, &f), 8);
	assert_true(f.fin && f.op == FRAME_TEXT && f.len == 2);
	assert_memory_equal(f.data, "Hi", 2);
	/* 126 bytes need the longer length. */
	memset(data, 0, sizeof(data));
	data[0] = 0x02;
	data[1] = 0x80 | 126;
	data[3] = 126;
	memcpy(data + 4, mask, 4);
	assert_int_equal(frame_take(data, 133, &f), 0);
	assert_int_equal(frame_take(data, 134, &f), 134);
	assert_true(!f.fin && f.op == FRAME_BINARY && f.len == 126);
	assert_int_equal(f.data[5], 2);
	/* Refused by their heads. */
	assert_int_equal(take("\x81\x02", 2), -1002);
	assert_int_equal(take("\xc1\x82", 2), -1002);
	assert_int_equal(take("\x83\x82", 2), -1002);
	assert_int_equal(take("\x8b\x82", 2), -1002);
	assert_int_equal(take("\x09\x82", 2), -1002);
	assert_int_equal(take("\x89\xfe", 2), -1002);
	assert_int_equal(take("\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff", 10),
	    -1009);
	/* The longest message, and one byte more. */
	memcpy(data, "\x81\xfe\x40\x00", 4);
	assert_int_equal(frame_take(data, 4, &f), 0);
	data[3] = 1;
	assert_int_equal(frame_take(data, 4, &f), -1009);
	/* Out. */
	assert_int_equal(frame_head(out, FRAME_TEXT, 125), 2);
	assert_memory_equal(out, "\x81\x7d", 2);
	assert_int_equal(frame_head(out, FRAME_TEXT, 126), 4);
	assert_memory_equal(out, "\x81\x7e\x00\x7e", 4);
	assert_int_equal(frame_head(out, FRAME_PING, 65536), 10);
	assert_memory_equal(out, "\x89\x7f\0\0\0\0\0\x01\0\0", 10);
	assert_true(close_code_valid(1000) && close_code_valid(4001));
	assert_false(close_code_valid(1005) || close_code_valid(999) ||
	    close_code_valid(5000));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_heads),
		cmocka_unit_test(bad_heads),
		cmocka_unit_test(head_limits),
		cmocka_unit_test(ranges),
		cmocka_unit_test(proxies),
		cmocka_unit_test(networks),
		cmocka_unit_test(frames)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
