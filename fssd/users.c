/*
 * Names of users to their numbers, for who may use the hub's local socket.
 */
#include <pwd.h>
#include <string.h>

#include "fssd.h"

#define NAME_MAX_BYTES	64

static bool
number_of(const char *word, size_t n, unsigned long *ret_n)
{
	char name[NAME_MAX_BYTES];
	const struct passwd *pw;
	size_t i;

	if (n >= sizeof(name))
		return false;
	*ret_n = 0;
	for (i = 0; i < n && word[i] >= '0' && word[i] <= '9'; i++) {
		*ret_n = *ret_n * 10 + (unsigned long)(word[i] - '0');
		if (*ret_n >= UINT32_MAX)	/* which is nobody's */
			return false;
	}
	if (i == n)
		return true;
	memcpy(name, word, n);
	name[n] = '\0';
	pw = getpwnam(name);
	if (pw == NULL)
		return false;
	*ret_n = pw->pw_uid;
	return true;
}

bool
users_numbers(const char *value, char *dst, size_t cap)
{
	unsigned long number;
	size_t n, used = 0;
	int r;

	dst[0] = '\0';
	for (; *(value += strspn(value, " \t")) != '\0'; value += n) {
		n = strcspn(value, " \t");
		if (!number_of(value, n, &number))
			return false;
		r = snprintf(dst + used, cap - used, "%s%lu",
		    used > 0 ? " " : "", number);
		if (r < 0 || (size_t)r >= cap - used)
			return false;
		used += (size_t)r;
	}
	return used > 0;
}
