/*
 * Values of header fields: lists, cookies, entity tags, dates, names.
 *
 * Reading is lenient where RFC 9110 says so and never looks past the end of
 * the text; writing never lets a byte out that could end the line.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "http_text.h"

static const char *
skip_space(const char *s)
{
	while (*s == ' ' || *s == '\t')
		s++;
	return s;
}

/* The value at @s of @n bytes, without space or quotes around. */
static bool
cookie_value(const char *s, size_t n, char *dst, size_t cap)
{
	while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	if (n >= 2 && s[0] == '"' && s[n - 1] == '"') {
		s++;
		n -= 2;
	}
	if (n == 0 || n >= cap)
		return false;
	memcpy(dst, s, n);
	dst[n] = '\0';
	return true;
}

bool
cookie_find(const char *header, const char *name, char *dst, size_t cap)
{
	const char *s = header, *found = NULL;
	size_t len = strlen(name), n, found_len = 0;
	unsigned looked;

	for (looked = 0; looked < WEB_MAX_COOKIES && *s != '\0'; looked++) {
		s = skip_space(s);
		n = strcspn(s, ";");
		if (n > len && strncmp(s, name, len) == 0 && s[len] == '=') {
			/* A browser has one of that name, or was tricked. */
			if (found != NULL)
				return false;
			found = s + len + 1;
			found_len = n - len - 1;
		}
		s += n;
		if (*s == ';')
			s++;
	}
	return found != NULL && cookie_value(found, found_len, dst, cap);
}

/*
 * The next element of a comma list: its start, *@ret_len without space
 * around, and *@s behind it.  NULL at the end.
 */
static const char *
list_next(const char **s, size_t *ret_len)
{
	const char *begin;
	size_t n;

	while (**s == ',' || **s == ' ' || **s == '\t')
		(*s)++;
	if (**s == '\0')
		return NULL;
	begin = *s;
	n = strcspn(begin, ",");
	*s = begin + n;
	while (n > 0 && (begin[n - 1] == ' ' || begin[n - 1] == '\t'))
		n--;
	*ret_len = n;
	return begin;
}

bool
list_has(const char *header, const char *token)
{
	const char *s = header, *item;
	size_t len = strlen(token), n;

	while ((item = list_next(&s, &n)) != NULL)
		if (n == len && strncasecmp(item, token, len) == 0)
			return true;
	return false;
}

/* Whether the parameters of a list element say q=0. */
static bool
is_zero(const char *s, size_t len)
{
	const char *end = s + len;

	while (s < end && *s == ';') {
		s++;
		while (s < end && (*s == ' ' || *s == '\t'))
			s++;
		if (end - s >= 3 && (*s == 'q' || *s == 'Q') && s[1] == '=') {
			for (s += 2; s < end && (*s == '0' || *s == '.'); s++)
				;
			return s == end || *s == ';' || *s == ' ';
		}
		while (s < end && *s != ';')
			s++;
	}
	return false;
}

bool
accepts_coding(const char *header, const char *coding)
{
	const char *s = header, *item;
	size_t len = strlen(coding), n, k;

	while ((item = list_next(&s, &n)) != NULL) {
		for (k = 0; k < n && item[k] != ';' && item[k] != ' '; k++)
			;
		if (k != len || strncasecmp(item, coding, len) != 0)
			continue;
		while (k < n && item[k] == ' ')
			k++;
		return !is_zero(item + k, n - k);
	}
	return false;
}

bool
field_safe(const char *value)
{
	for (; *value != '\0'; value++)
		if (((unsigned char)*value < 0x20 && *value != '\t') ||
		    *value == 0x7f)
			return false;
	return true;
}

bool
etag_match(const char *header, const char *etag)
{
	const char *s = header;
	size_t n;

	if (strncmp(etag, "W/", 2) == 0)
		etag += 2;
	while (*s != '\0') {
		while (*s == ',' || *s == ' ' || *s == '\t')
			s++;
		if (*s == '*')
			return true;
		if (strncmp(s, "W/", 2) == 0)
			s += 2;
		if (*s != '"')
			return false;
		/* A comma may stand within the quotes. */
		n = strcspn(s + 1, "\"");
		if (s[1 + n] == '\0')
			return false;
		n += 2;
		if (strlen(etag) == n && memcmp(s, etag, n) == 0)
			return true;
		s += n;
	}
	return false;
}

void
http_date(int64_t seconds, char *dst, size_t cap)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu",
		"Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr",
		"May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t t = (time_t)seconds;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL)
		memset(&tm, 0, sizeof(tm));
	/* Not strftime(): the names are those of English, always. */
	(void)snprintf(dst, cap, "%s, %02d %s %04d %02d:%02d:%02d GMT",
	    days[tm.tm_wday % 7], tm.tm_mday, months[tm.tm_mon % 12],
	    tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* Whether a byte may stand in filename*= as it is (RFC 8187 attr-char). */
static bool
attr_char(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') ||
	    (c != '\0' && strchr("!#$&+-.^_`|~", c) != NULL);
}

int
disposition(const char *name, bool is_inline, char *dst, size_t cap)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *s;
	bool plain = true;
	size_t k;
	int r;

	r = snprintf(dst, cap, "%s; filename=\"", is_inline ? "inline" :
	    "attachment");
	if (r < 0 || (size_t)r >= cap)
		return -1;
	k = (size_t)r;
	for (s = name; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		/* Some browsers decode '%', others cut at '/' and '\'. */
		if (c >= 0x20 && c < 0x7f && strchr("\"\\%/", c) == NULL) {
			if (k + 2 >= cap)
				return -1;
			dst[k++] = (char)c;
			continue;
		}
		plain = false;
		/* One '_' a character, not a byte. */
		if ((c & 0xc0) != 0x80) {
			if (k + 2 >= cap)
				return -1;
			dst[k++] = '_';
		}
	}
	if (k + 2 >= cap)
		return -1;
	dst[k++] = '"';
	dst[k] = '\0';
	if (plain)
		return (int)k;
	r = snprintf(dst + k, cap - k, "; filename*=UTF-8''");
	if (r < 0 || (size_t)r >= cap - k)
		return -1;
	k += (size_t)r;
	for (s = name; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (k + 4 >= cap)
			return -1;
		if (attr_char(c)) {
			dst[k++] = (char)c;
			continue;
		}
		dst[k++] = '%';
		dst[k++] = digits[c >> 4];
		dst[k++] = digits[c & 15];
	}
	dst[k] = '\0';
	return (int)k;
}
