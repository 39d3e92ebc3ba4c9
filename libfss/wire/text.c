/*
 * What a text field may hold, and how to make anything hold to it.
 *
 * UTF-8 itself is checked in base; here it is only told where a character
 * ends, so that a cut falls between two.
 */
#include "wire/text.h"

#include <string.h>

#include "base/path.h"

bool
fss__text_ok(struct fss__slice s)
{
	return (s.n == 0 || memchr(s.p, '\0', s.n) == NULL) &&
	    fss__utf8_valid(s);
}

/* Bytes that a character beginning with @lead would have. */
static size_t
character_size(uint8_t lead)
{
	if (lead < 0x80)
		return 1;
	if ((lead & 0xe0) == 0xc0)
		return 2;
	return (lead & 0xf0) == 0xe0 ? 3 : 4;
}

struct fss__slice
fss__text_clip(struct fss__slice s, size_t max)
{
	const uint8_t *p = s.p;
	struct fss__slice c;
	size_t i = 0;

	if (s.n > max)
		s.n = max;
	for (; i < s.n; i += c.n) {
		c.p = p + i;
		c.n = character_size(p[i]);
		if (c.n > s.n - i || !fss__text_ok(c))
			break;
	}
	s.n = i;
	return s;
}
