/*
 * Grams of names and of words.
 *
 * Both work on the encoded form of search_text.c.  A word of a query has the
 * same signs inside as a name that contains it, so three bytes in a row of the
 * word are three bytes in a row of the name.
 *
 * A word of which fewer than three characters are given is found at the
 * beginning of words (two) or names (one) only, for which there are grams of
 * fewer bytes, the missing ones zero.  In names there is no zero byte.
 */
#include "store/search_gram.h"

#include <string.h>

#include "store/search_text.h"

static uint32_t
pack(unsigned kind, bool up, const char *p, size_t n)
{
	uint32_t g = kind + (up ? FSS__GRAM_UP : 0);
	size_t i;

	for (i = 0; i < 3; i++)
		g = g << 8 | (i < n ? (unsigned char)p[i] : 0);
	return g;
}

uint32_t
fss__gram(enum fss__gram_kind kind, const char *p, size_t n)
{
	return pack(kind, false, p, n);
}

/* FNV-1a, folded to 24 bits: whoever collides is looked at in vain. */
static uint32_t
pack_exact(const char *p, size_t n)
{
	uint32_t h = UINT32_C(2166136261);

	while (n-- > 0)
		h = (h ^ (unsigned char)*p++) * UINT32_C(16777619);
	return (uint32_t)FSS__GRAM_EXACT << 24 |
	    ((h >> 24 ^ h) & UINT32_C(0xffffff));
}

size_t
fss__grams_of_name(const struct fss__search_name *n, bool up,
    uint32_t ret_gram[FSS__GRAMS_NAME])
{
	const char *body = n->text + 1, *end = n->text + n->len - 1, *p;
	size_t count = 0, left;

	/* A name is START, perhaps WORD, body, END. */
	if (body < end && *body == FSS__SEARCH_SIGN_WORD)
		body++;
	left = (size_t)(end - body);
	for (p = body; end - p >= 3; p++)
		ret_gram[count++] = pack(FSS__GRAM_PART, up, p, 3);
	for (left = left < 3 ? left : 3; left > 0; left--)
		ret_gram[count++] = pack(FSS__GRAM_START, up, body, left);
	for (p = n->text; p < end && count + 3 <= FSS__GRAMS_NAME; p++) {
		if (*p != FSS__SEARCH_SIGN_WORD)
			continue;
		if (end - p >= 3)
			ret_gram[count++] = pack(FSS__GRAM_WORD, up, p + 1, 2);
		if (end - p >= 4)
			ret_gram[count++] = pack(FSS__GRAM_WORD, up, p + 1, 3);
	}
	if (!up)
		ret_gram[count++] = pack_exact(body, (size_t)(end - body));
	return count;
}

size_t
fss__grams_of_word(const struct fss__search_query *q,
    const struct fss__search_word *w, unsigned tier, bool up,
    uint32_t ret_gram[FSS__GRAMS_WORD])
{
	size_t n = w->len, count = 0, i, first;
	const char *p = q->text + w->off;
	char stem[FSS__GRAMS_WORD + 3];

	if (tier == FSS__SEARCH_EXACT) {
		ret_gram[0] = pack_exact(p, n);
		return 1;
	}
	if (tier == FSS__SEARCH_NONE && w->loose)
		return 0;
	if (tier == FSS__SEARCH_NONE)
		tier = w->worst;
	if (tier == FSS__SEARCH_STEM && n < sizeof(stem)) {
		memcpy(stem, p, n);
		stem[n++] = '.';
		p = stem;
	}
	first = n < 3 ? n : 3;
	if (tier == FSS__SEARCH_PREFIX || tier == FSS__SEARCH_STEM)
		ret_gram[count++] = pack(FSS__GRAM_START, up, p, first);
	else if (tier == FSS__SEARCH_WORD)
		ret_gram[count++] = pack(FSS__GRAM_WORD, up, p, first);
	/* What begins a name or a word holds the first window already. */
	for (i = count; i + 3 <= n && count < FSS__GRAMS_WORD; i++)
		ret_gram[count++] = pack(FSS__GRAM_PART, up, p + i, 3);
	return count;
}
