/*
 * Sizes, durations, dates and numbers as people type and read them.
 *
 * Numbers are read by hand, digit by digit with overflow checked, so that the
 * locale has no say.  Sizes are powers of 1024, as ls -h and du -h have them.
 * Dates without an hour mean midnight in the person's time zone.
 */
#include "parse.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <fss/fss.h>

#define SECOND_US	INT64_C(1000000)

/* Reads digits at *@s; false when there is none or they overflow. */
static bool
digits(const char **s, int64_t *ret_n)
{
	const char *p = *s;
	int64_t n = 0;

	if (*p < '0' || *p > '9')
		return false;
	for (; *p >= '0' && *p <= '9'; p++) {
		if (n > (INT64_MAX - (*p - '0')) / 10)
			return false;
		n = n * 10 + (*p - '0');
	}
	*s = p;
	*ret_n = n;
	return true;
}

int
parse_count(const char *s, int64_t *ret_n)
{
	int64_t n;

	if (!digits(&s, &n) || *s != '\0')
		return FSS_EINVAL;
	*ret_n = n;
	return 0;
}

int
parse_id(const char *s, uint64_t *ret_id)
{
	int64_t n;

	if (parse_count(s, &n) < 0 || n < 1)
		return FSS_EINVAL;
	*ret_id = (uint64_t)n;
	return 0;
}

/* The unit's factor, 0 if it is none; "k", "K", "kB" and "KiB" are the same. */
static int64_t
size_unit(const char *s)
{
	static const char letters[] = "kmgtp";
	const char *found;
	char letter;

	if (*s == '\0' || strcmp(s, "B") == 0)
		return 1;
	letter = *s;
	if (letter >= 'A' && letter <= 'Z')
		letter = (char)(letter - 'A' + 'a');
	found = strchr(letters, letter);
	if (found == NULL)
		return 0;
	if (s[1] != '\0' && strcmp(s + 1, "B") != 0 && strcmp(s + 1, "iB") != 0)
		return 0;
	return INT64_C(1) << (10 * (found - letters + 1));
}

int
parse_size(const char *s, int64_t *ret_bytes)
{
	int64_t whole, unit, part = 0, scale = 1;

	if (!digits(&s, &whole))
		return FSS_EINVAL;
	if (*s == '.') {
		/* Six digits after the point are all a size needs. */
		for (s++; *s >= '0' && *s <= '9'; s++) {
			if (scale < 1000000) {
				part = part * 10 + (*s - '0');
				scale *= 10;
			}
		}
		if (scale == 1)
			return FSS_EINVAL;
	}
	unit = size_unit(s);
	if (unit == 0 || whole > INT64_MAX / unit - 1)
		return FSS_EINVAL;
	*ret_bytes = whole * unit + part * (unit / scale) +
	    part * (unit % scale) / scale;
	return 0;
}

int
parse_duration(const char *s, int64_t *ret_s)
{
	static const struct {
		char	letter;
		int64_t	seconds;
	} units[] = {
		{ 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 },
		{ 'w', 604800 }, { 'y', 31536000 }
	};
	int64_t n, sum = 0;
	size_t i;

	if (*s == '\0')
		return FSS_EINVAL;
	/* "1d12h" is fine; a bare number is not, for it could be anything. */
	while (*s != '\0') {
		if (!digits(&s, &n))
			return FSS_EINVAL;
		for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
			if (*s == units[i].letter)
				break;
		if (i == sizeof(units) / sizeof(units[0]) ||
		    n > (INT64_MAX / SECOND_US - sum) / units[i].seconds)
			return FSS_EINVAL;
		sum += n * units[i].seconds;
		s++;
	}
	*ret_s = sum;
	return 0;
}

int
parse_when(const char *s, int64_t now_us, int64_t *ret_us)
{
	struct tm tm = { 0 };
	int64_t year, month, day, seconds;
	const char *p = s;
	time_t t;

	if (parse_duration(s, &seconds) == 0) {
		*ret_us = now_us - seconds * SECOND_US;
		return 0;
	}
	if (!digits(&p, &year) || *p++ != '-' || !digits(&p, &month) ||
	    *p++ != '-' || !digits(&p, &day) || *p != '\0')
		return FSS_EINVAL;
	if (year < 1900 || year > 9999 || month < 1 || month > 12 ||
	    day < 1 || day > 31)
		return FSS_EINVAL;
	tm.tm_year = (int)year - 1900;
	tm.tm_mon = (int)month - 1;
	tm.tm_mday = (int)day;
	tm.tm_isdst = -1;
	t = mktime(&tm);
	/* mktime() takes the 31st of June for the 1st of July. */
	if (t == (time_t)-1 || tm.tm_mday != (int)day)
		return FSS_EINVAL;
	*ret_us = (int64_t)t * SECOND_US;
	return 0;
}

void
format_size(int64_t bytes, char *dst)
{
	static const char units[] = "BKMGTPE";
	int64_t whole = bytes, tenths = 0;
	size_t unit = 0;

	while (whole >= 1024 && unit + 2 < sizeof(units)) {
		tenths = whole % 1024 * 10 / 1024;
		whole /= 1024;
		unit++;
	}
	if (unit == 0)
		(void)snprintf(dst, TEXT_BYTES, "%" PRId64, whole);
	else if (whole < 10)
		(void)snprintf(dst, TEXT_BYTES, "%" PRId64 ".%" PRId64 "%c",
		    whole, tenths, units[unit]);
	else
		(void)snprintf(dst, TEXT_BYTES, "%" PRId64 "%c", whole,
		    units[unit]);
}

void
format_time(int64_t us, char *dst)
{
	time_t t = (time_t)(us / SECOND_US);
	struct tm tm;

	if (us == 0 || localtime_r(&t, &tm) == NULL ||
	    strftime(dst, TEXT_BYTES, "%Y-%m-%d %H:%M", &tm) == 0)
		(void)snprintf(dst, TEXT_BYTES, "-");
}

void
format_stamp(int64_t us, char *dst)
{
	time_t t = (time_t)(us / SECOND_US);
	struct tm tm;

	if (us == 0 || localtime_r(&t, &tm) == NULL ||
	    strftime(dst, TEXT_BYTES, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		(void)snprintf(dst, TEXT_BYTES, "-");
}

void
format_duration(int64_t s, char *dst)
{
	if (s < 0)
		s = 0;
	if (s < 3600)
		(void)snprintf(dst, TEXT_BYTES, "%" PRId64 ":%02" PRId64,
		    s / 60, s % 60);
	else
		(void)snprintf(dst, TEXT_BYTES,
		    "%" PRId64 ":%02" PRId64 ":%02" PRId64, s / 3600,
		    s / 60 % 60, s % 60);
}

void
format_mode(int64_t kind, int64_t mode, char *dst)
{
	static const char letters[] = "rwxrwxrwx";
	int i;

	dst[0] = kind == FSS_KIND_DIR ? 'd' : kind == FSS_KIND_LINK ? 'l' : '-';
	for (i = 0; i < 9; i++)
		dst[i + 1] = (mode >> (8 - i)) & 1 ? letters[i] : '-';
	dst[10] = '\0';
}
