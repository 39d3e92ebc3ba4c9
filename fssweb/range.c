/*
 * Range requests: "bytes=0-99,200-,-500" against a size.
 *
 * A header that is malformed, of another unit, or that asks for more ranges
 * than the table allows is passed over as RFC 9110 lets a server do: the
 * whole is sent.  Ranges are put in order and joined where they overlap or
 * touch, so that no request makes a reply larger than the file.
 */
#include <string.h>
#include <strings.h>

#include "http_text.h"

/* Digits at *@s; false where there are none.  Too large becomes the largest. */
static bool
number(const char **s, uint64_t *ret_n)
{
	uint64_t n = 0;

	if (**s < '0' || **s > '9')
		return false;
	for (; **s >= '0' && **s <= '9'; (*s)++) {
		unsigned digit = (unsigned)(**s - '0');

		n = n > (UINT64_MAX - digit) / 10 ? UINT64_MAX :
		    n * 10 + digit;
	}
	*ret_n = n;
	return true;
}

/*
 * One range at *@s.  1: it is in *@ret; 0: it cannot be satisfied; -1: it is
 * none.
 */
static int
one(const char **s, uint64_t size, struct range *ret)
{
	uint64_t first, last;

	if (**s == '-') {
		(*s)++;
		if (!number(s, &last))
			return -1;
		if (last == 0 || size == 0)
			return 0;
		ret->first = last >= size ? 0 : size - last;
		ret->last = size - 1;
		return 1;
	}
	if (!number(s, &first) || **s != '-')
		return -1;
	(*s)++;
	if (!number(s, &last))
		last = UINT64_MAX;
	else if (last < first)
		return -1;
	if (first >= size)
		return 0;
	ret->first = first;
	ret->last = last >= size ? size - 1 : last;
	return 1;
}

/* In order of @first, by insertion: they are few. */
static void
insert(struct range *ranges, unsigned n, struct range r)
{
	while (n > 0 && ranges[n - 1].first > r.first) {
		ranges[n] = ranges[n - 1];
		n--;
	}
	ranges[n] = r;
}

static unsigned
join(struct range *ranges, unsigned n)
{
	unsigned i, k = 0;

	for (i = 1; i < n; i++) {
		if (ranges[i].first <= ranges[k].last ||
		    ranges[i].first == ranges[k].last + 1) {
			if (ranges[i].last > ranges[k].last)
				ranges[k].last = ranges[i].last;
		} else {
			ranges[++k] = ranges[i];
		}
	}
	return n > 0 ? k + 1 : 0;
}

enum range_result
range_parse(const char *header, uint64_t size, struct range *ranges,
    unsigned *ret_count)
{
	const char *s = header;
	unsigned seen = 0, n = 0;
	struct range r;
	int got;

	*ret_count = 0;
	if (s == NULL || strncasecmp(s, "bytes=", 6) != 0)
		return RANGE_NONE;
	for (s += 6;;) {
		while (*s == ' ' || *s == '\t')
			s++;
		if (seen++ == WEB_MAX_RANGES)
			return RANGE_NONE;
		got = one(&s, size, &r);
		if (got < 0)
			return RANGE_NONE;
		if (got > 0)
			insert(ranges, n++, r);
		while (*s == ' ' || *s == '\t')
			s++;
		if (*s == '\0')
			break;
		if (*s++ != ',')
			return RANGE_NONE;
	}
	*ret_count = join(ranges, n);
	return n > 0 ? RANGE_SOME : RANGE_UNSATISFIABLE;
}
