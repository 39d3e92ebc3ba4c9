/*
 * The cookie of visits: each is good for its own link, what was tampered
 * with is nothing, and it never grows past what is read again.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "link_cookie.h"
#include "mac.h"

/* Made by Python: hmac.new(hmac.new(b"key", b"one").digest(), ...). */
#define MAC_OF_NOTHING	"_yjUnwuAzZONeD2pK4LGYuAz6dWom46EGWZqQI0OJFE"
#define MAC_OF_DATA	"2nBUSyQmWNDgpTo3mNGmas5YJnqp1voqiADo8Az0-fU"

#define LINK	"LINKLINKLINKLINKLINKLINKLINKLINKLINKLINK-_0"
#define OTHER	"LINKLINKLINKLINKLINKLINKLINKLINKLINKLINK-_1"

static char value[WEB_MAX_COOKIE + 1], token[FSS_TOKEN_CHARS + 1],
    name[LINK_COOKIE_NAME];

/* The token of visit @i. */
static const char *
visit(unsigned i)
{
	static char text[64];

	(void)snprintf(text, sizeof(text), "%043u", i);
	return text;
}

static const char *
link_of(unsigned i)
{
	static char text[64];

	(void)snprintf(text, sizeof(text), "L%042u", i);
	return text;
}

static void
add(const char *link, const char *visit_token, const char *what)
{
	char next[WEB_MAX_COOKIE + 1];

	assert_true(link_cookie_add(value, link, visit_token, what, next));
	assert_true(strlen(next) <= WEB_MAX_COOKIE);
	memcpy(value, next, sizeof(value));
}

static void
bound(void **state)
{
	char moved[WEB_MAX_COOKIE + 1];

	(void)state;
	value[0] = '\0';
	add(LINK, visit(1), "a & \xe2\x82\xac.txt");
	assert_true(link_cookie_find(value, LINK, token, name));
	assert_string_equal(token, visit(1));
	assert_string_equal(name, "a & \xe2\x82\xac.txt");
	assert_false(link_cookie_find(value, OTHER, token, name));

	/* Opened again: the newer one, once. */
	add(OTHER, visit(2), "");
	add(LINK, visit(3), "b");
	assert_true(link_cookie_find(value, LINK, token, name));
	assert_string_equal(token, visit(3));
	assert_null(strstr(value, visit(1)));
	assert_true(link_cookie_find(value, OTHER, token, name));
	assert_string_equal(token, visit(2));
	assert_string_equal(name, "");

	/* The MAC of one under the token of the other. */
	memcpy(moved, value, sizeof(moved));
	memcpy(moved, visit(2), FSS_TOKEN_CHARS);
	assert_false(link_cookie_find(moved, LINK, token, name));
}

/* No byte of it can be another. */
static void
tampered(void **state)
{
	char bad[WEB_MAX_COOKIE + 1];
	size_t i, n;

	(void)state;
	value[0] = '\0';
	add(LINK, visit(7), "name");
	n = strlen(value);
	for (i = 0; i < n; i++) {
		memcpy(bad, value, sizeof(bad));
		bad[i] = bad[i] == 'B' ? 'C' : 'B';
		/* What the last digit says beyond 256 bits counts, too. */
		assert_false(link_cookie_find(bad, LINK, token, name));
		memcpy(bad, value, sizeof(bad));
		bad[i] = '\0';
		assert_false(link_cookie_find(bad, LINK, token, name));
		memcpy(bad, value, sizeof(bad));
		bad[i] = '~';
		assert_false(link_cookie_find(bad, LINK, token, name));
	}
	memcpy(bad, value, sizeof(bad));
	bad[n] = 'B';
	bad[n + 1] = '\0';
	assert_false(link_cookie_find(bad, LINK, token, name));
}

/* What is planted before it neither helps nor harms. */
static void
foreign(void **state)
{
	static const char *const junk[] = {
		"", "~", "~~~", ".", "..", "x.y.z", "\xff", "=",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.eA",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.eA.",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.eA.AA",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA..eA.AA"
	};
	char mixed[2 * WEB_MAX_COOKIE];
	size_t i;

	(void)state;
	value[0] = '\0';
	add(LINK, visit(1), "mine");
	for (i = 0; i < sizeof(junk) / sizeof(junk[0]); i++) {
		assert_false(link_cookie_find(junk[i], LINK, token, name));
		(void)snprintf(mixed, sizeof(mixed), "%s~%s", junk[i], value);
		assert_true(link_cookie_find(mixed, LINK, token, name));
		assert_string_equal(name, "mine");
	}
	/* A token that would break out of the header. */
	assert_false(link_cookie_add(NULL, LINK, "short", "", mixed));
	assert_false(link_cookie_add(NULL, LINK, "AAAAAAAAAAAAAAAAAAAAAAAAAAA"
	    "AAAAAAAAAAAAAA\r\n", "", mixed));
}

/* The last eight, also where each has the longest name there is. */
static void
many(void **state)
{
	char longest[LINK_COOKIE_NAME + 1];
	unsigned i;

	(void)state;
	memset(longest, 'n', sizeof(longest));
	longest[LINK_COOKIE_NAME - 1] = '\0';
	value[0] = '\0';
	for (i = 1; i <= 20; i++)
		add(link_of(i), visit(i), longest);
	for (i = 1; i <= 20; i++) {
		assert_int_equal(link_cookie_find(value, link_of(i), token,
		    name), i > 20 - WEB_MAX_VISITS);
		if (i > 20 - WEB_MAX_VISITS) {
			assert_string_equal(token, visit(i));
			assert_string_equal(name, longest);
		}
	}
	/* One that is longer is none. */
	longest[LINK_COOKIE_NAME - 1] = 'n';
	longest[LINK_COOKIE_NAME] = '\0';
	add(LINK, visit(21), longest);
	assert_true(link_cookie_find(value, LINK, token, name));
	assert_string_equal(name, "");
}

/* Names of every length come back, and are not what they are not. */
static void
names(void **state)
{
	char text[LINK_COOKIE_NAME];
	size_t n;

	(void)state;
	for (n = 0; n < LINK_COOKIE_NAME; n++) {
		memset(text, 'a' + (int)(n % 26), n);
		text[n] = '\0';
		value[0] = '\0';
		add(LINK, visit(1), text);
		assert_true(link_cookie_find(value, LINK, token, name));
		assert_string_equal(name, text);
	}
}

/* One use's value is none of another's, nor one key's of another key. */
static void
macs(void **state)
{
	char mac[MAC_TEXT], again[MAC_TEXT];

	(void)state;
	assert_true(mac_make("key", "one", "data", 4, mac));
	assert_int_equal(strlen(mac), MAC_TEXT - 1);
	assert_true(mac_right("key", "one", "data", 4, mac, MAC_TEXT - 1));
	assert_false(mac_right("key", "one", "data", 4, mac, MAC_TEXT - 2));
	assert_false(mac_right("kex", "one", "data", 4, mac, MAC_TEXT - 1));
	assert_false(mac_right("key", "two", "data", 4, mac, MAC_TEXT - 1));
	assert_false(mac_right("key", "one", "datb", 4, mac, MAC_TEXT - 1));
	assert_true(mac_make("key", "one", NULL, 0, again));
	assert_string_equal(again, MAC_OF_NOTHING);
	assert_string_equal(mac, MAC_OF_DATA);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bound),
		cmocka_unit_test(tampered),
		cmocka_unit_test(foreign),
		cmocka_unit_test(many),
		cmocka_unit_test(names),
		cmocka_unit_test(macs)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
