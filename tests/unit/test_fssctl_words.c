/*
 * Names of requests, rules, news and the audit as fssctl reads and shows
 * them, and the options they come with.
 *
 * The program is no part of the archive, so its source is taken in here.
 */
#define _GNU_SOURCE	/* what parse.c and getopt_long() need */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "../../fssctl/parse.c"
#include "../../words/words.c"
#include "../../fssctl/options.c"

/* From the files of fssctl that are not taken in. */
bool
is_remote(const char *text)
{
	size_t n = strcspn(text, ":/");

	return text[n] == ':';
}

int64_t
wall_us(void)
{
	return INT64_C(1700000000) * SECOND_US;
}

static void
state_sets_and_words(void **state)
{
	int64_t bits = -1;

	(void)state;
	assert_int_equal(parse_request_states("open", &bits), 0);
	assert_int_equal(bits, 1);
	assert_int_equal(parse_request_states("denied,failed", &bits), 0);
	assert_int_equal(bits, 1 << FSS_REQUEST_DENIED |
	    1 << FSS_REQUEST_FAILED);
	assert_int_equal(parse_request_states("waiting", &bits), 0);
	assert_int_equal(bits, 3);
	assert_int_equal(parse_request_states("live", &bits), 0);
	assert_int_equal(bits, 15);
	assert_int_equal(parse_request_states("ended,open", &bits), 0);
	assert_int_equal(bits, 0x1f1);
	bits = -1;
	assert_int_equal(parse_request_states("", &bits), FSS_EINVAL);
	assert_int_equal(parse_request_states("open,", &bits), FSS_EINVAL);
	assert_int_equal(parse_request_states("Open", &bits), FSS_EINVAL);
	assert_int_equal(parse_request_states("unknown", &bits), FSS_EINVAL);
	assert_int_equal(parse_request_states(
	    "transferring-and-then-a-lot-more-letters", &bits), FSS_EINVAL);
	assert_int_equal(bits, -1);
}

/* Every state of the API has a word, and is in exactly one of the sets. */
static void
states_are_complete(void **state)
{
	int64_t s, bits = 0;

	(void)state;
	assert_int_equal(REQUEST_LIVE & REQUEST_ENDED, 0);
	for (s = FSS_REQUEST_OPEN; s <= FSS_REQUEST_FAILED; s++) {
		assert_int_equal(parse_request_states(request_state_name(s),
		    &bits), 0);
		assert_int_equal(bits, INT64_C(1) << s);
		assert_true(((REQUEST_LIVE | REQUEST_ENDED) >> s & 1) == 1);
	}
	assert_string_equal(request_state_name(FSS_REQUEST_FAILED + 1),
	    "unknown");
	for (s = FSS_REASON_NONE; s <= FSS_REASON_UNWANTED; s++) {
		assert_string_not_equal(reason_name(s), "unknown");
		assert_string_not_equal(reason_text(s), "unknown");
	}
	for (s = FSS_AUDIT_ASKED; s <= FSS_AUDIT_RULE; s++)
		assert_string_not_equal(audit_name(s), "unknown");
	for (s = FSS_CHANGE_ADDED; s <= FSS_CHANGE_MANY; s++)
		assert_string_not_equal(change_name(s), "unknown");
	for (s = FSS_REQUEST_SEE; s <= FSS_REQUEST_FULFIL; s++)
		assert_string_not_equal(request_event_name(s), "unknown");
	for (s = FSS_NEWS_PRESENCE; s <= FSS_NEWS_UPLOAD; s++)
		assert_string_not_equal(news_name(s), "unknown");
	for (s = FSS_PRESENCE_OFFLINE; s <= FSS_PRESENCE_ONLINE; s++)
		assert_string_not_equal(presence_name(s), "unknown");
}

static void
kinds_verdicts_ids(void **state)
{
	uint64_t id = 7;
	uint32_t news_kinds = 0;
	int64_t n = -1;

	(void)state;
	assert_int_equal(parse_request_kinds("get,upload", &n), 0);
	assert_int_equal(n, 1 << FSS_REQUEST_GET | 1 << FSS_REQUEST_UPLOAD);
	assert_int_equal(parse_request_kinds("want", &n), FSS_EINVAL);
	assert_int_equal(parse_verdict("allow", &n), 0);
	assert_int_equal(n, FSS_VERDICT_ALLOW);
	assert_int_equal(parse_verdict("maybe", &n), FSS_EINVAL);
	assert_int_equal(parse_watch_kinds("presence,files", &news_kinds), 0);
	assert_int_equal(news_kinds, FSS_WATCH_PRESENCE | FSS_WATCH_FILES);
	assert_int_equal(parse_watch_kinds("all", &news_kinds), FSS_EINVAL);
	assert_int_equal(parse_id("0", &id), FSS_EINVAL);
	assert_int_equal(parse_id("-1", &id), FSS_EINVAL);
	assert_int_equal(parse_id("1x", &id), FSS_EINVAL);
	assert_int_equal(parse_id("9223372036854775808", &id), FSS_EINVAL);
	assert_int_equal(id, 7);
	assert_int_equal(parse_id("12", &id), 0);
	assert_int_equal(id, 12);
}

/* The options of `rules add`, as typed. */
static int
parse_rule(struct options *o, char **argv, int argc, int *ret_first,
    char *why)
{
	memset(o, 0, sizeof(*o));
	return options_parse(o, OPT_GLOBAL | OPT_BIT(BOUND) |
	    OPT_BIT(REQUEST_KIND) | OPT_BIT(REASON) | OPT_BIT(BEFORE), 0, true,
	    argc, argv, ret_first, why);
}

static void
rule_options(void **state)
{
	char rules[] = "rules", add[] = "add", deny[] = "deny";
	char under[] = "--under", size[] = "100M", folder[] = ":/music";
	char kind[] = "--kind", both[] = "get,upload", bad[] = "0";
	char before[] = "--before", three[] = "3";
	char *whole[] = { rules, add, under, size, deny, under, folder, kind,
	    both, before, three, NULL };
	char *wrong[] = { rules, add, deny, under, bad, NULL };
	char why[WHY_BYTES];
	struct options o;
	int first;

	(void)state;
	assert_int_equal(parse_rule(&o, whole, 11, &first, why), 0);
	assert_int_equal(first, 9);
	assert_string_equal(whole[first], "add");
	assert_string_equal(whole[first + 1], "deny");
	/* Given twice: a size and a folder, and neither hides the other. */
	assert_int_equal(opt_num(&o, BOUND, -1), 104857600);
	assert_string_equal(opt_text(&o, BOUND), ":/music");
	assert_int_equal(opt_num(&o, REQUEST_KIND, 0), 10);
	assert_int_equal(opt_num(&o, BEFORE, 0), 3);
	assert_int_equal(parse_rule(&o, wrong, 5, &first, why), FSS_EINVAL);
	assert_non_null(strstr(why, "--under"));
}

/* Options of the same name have ids of their own, by verb. */
static void
states_by_verb(void **state)
{
	char verb[] = "requests", opt[] = "--state", value[] = "live";
	char find[] = "find", stored[] = "stored";
	char *requests[] = { verb, opt, value, NULL };
	char *finds[] = { find, opt, stored, NULL };
	char why[WHY_BYTES];
	struct options o;
	int first;

	(void)state;
	memset(&o, 0, sizeof(o));
	assert_int_equal(options_parse(&o, OPT_BIT(REQUEST_STATE), 0, true, 3,
	    requests, &first, why), 0);
	assert_int_equal(opt_num(&o, REQUEST_STATE, 0), REQUEST_LIVE);
	memset(&o, 0, sizeof(o));
	assert_int_equal(options_parse(&o, OPT_BIT(STATE), 0, true, 3, finds,
	    &first, why), 0);
	assert_int_equal(opt_num(&o, STATE, -1), FSS_STATE_STORED);
	assert_int_equal(options_parse(&o, OPT_BIT(STATE), 0, true, 3, requests,
	    &first, why), FSS_EINVAL);
}

static void
stamps(void **state)
{
	char text[TEXT_BYTES];

	(void)state;
	assert_int_equal(setenv("TZ", "UTC", 1), 0);
	tzset();
	format_stamp(INT64_C(1709164805) * SECOND_US, text);
	assert_string_equal(text, "2024-02-29 00:00:05");
	format_stamp(0, text);
	assert_string_equal(text, "-");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(state_sets_and_words),
		cmocka_unit_test(states_are_complete),
		cmocka_unit_test(kinds_verdicts_ids),
		cmocka_unit_test(rule_options),
		cmocka_unit_test(states_by_verb),
		cmocka_unit_test(stamps)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
