/*
 * Words, and how far one is from another.
 *
 * The distance is that of Damerau and Levenshtein without edits inside of an
 * edit ("optimal string alignment"), counted in characters.  Most words are
 * told apart by their lengths or letters alone.
 */
#include <string.h>

#include "base/num.h"
#include "crypto/keys.h"
#include "store/search_near.h"
#include "store/search_text.h"

#define LONG		8	/* characters: people err twice in such */
#define ROOM		(FSS__NEAR_MOST + 3)

/*
 * The characters of valid UTF-8, @cap at most; 0: there are more.
 * @ret_letters: a bit for each, the same one for some.
 */
static unsigned
characters(struct fss__slice s, unsigned cap, uint32_t *at,
    uint64_t *ret_letters)
{
	const unsigned char *p = s.p, *end = p + s.n;
	unsigned n = 0;
	uint32_t c;

	*ret_letters = 0;
	while (p < end) {
		if (n == cap)
			return 0;
		c = *p++;
		while (p < end && (*p & 0xc0) == 0x80)
			c = c << 6 | (*p++ & 0x3f);
		at[n++] = c;
		*ret_letters |= UINT64_C(1) << (c & 63);
	}
	return n;
}

static bool
is_number(struct fss__slice s)
{
	const unsigned char *p = s.p;
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
	}
	return true;
}

bool
fss__near_set(struct fss__slice word, struct fss__near_word *ret_w)
{
	struct fss__slice name, one;
	struct fss__search_name n;

	if (word.n > FSS__NEAR_BYTES || fss__search_encode(word, &n) != 0)
		return false;
	name.p = n.text;
	name.n = n.len;
	/* START, WORD, the word itself, END, and nothing else. */
	if (!fss__near_next_word(&name, &one) || one.n + 3 != n.len ||
	    one.n > FSS__NEAR_BYTES || is_number(one))
		return false;
	ret_w->n = characters(one, FSS__NEAR_MOST, ret_w->at,
	    &ret_w->letters);
	if (ret_w->n < FSS__NEAR_LEAST)
		return false;
	ret_w->secret = 0;
	ret_w->most = ret_w->n >= LONG ? 2 : 1;
	ret_w->len = one.n;
	memcpy(ret_w->text, one.p, one.n);
	return true;
}

uint64_t
fss__near_number(const struct fss__near_word *w, const void *word, size_t n)
{
	uint8_t key[FSS__KEY_BYTES] = { 0 };

	fss__put_le64(key, w->secret);
	return fss__keyed_hash(key, word, n);
}

bool
fss__near_next_word(struct fss__slice *name, struct fss__slice *ret_word)
{
	const unsigned char *p, *end = (const unsigned char *)name->p + name->n;

	p = memchr(name->p, FSS__SEARCH_SIGN_WORD, name->n);
	if (p == NULL)
		return false;
	ret_word->p = ++p;
	while (p < end && fss__search_alnum(*p))
		p++;
	ret_word->n = (size_t)(p - (const unsigned char *)ret_word->p);
	name->p = p;
	name->n = (size_t)(end - p);
	return true;
}

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/*
 * Row by row of the table; the last two are what a swap needs.  Of each only
 * what is near the diagonal: the rest is more than w->most away, whatever it
 * is.
 */
static unsigned
edits(const struct fss__near_word *w, const uint32_t *b, unsigned n)
{
	unsigned row[3][ROOM], *old = row[0], *last = row[1], *now = row[2];
	unsigned far = w->most + 1, i, j, first, end, best, *swap;

	for (j = 0; j <= n; j++)
		last[j] = least(j, far);
	for (i = 1; i <= w->n; i++) {
		first = i > w->most ? i - w->most : 1;
		end = least(n, i + w->most);
		now[first - 1] = best = least(i, far);
		for (j = first; j <= end; j++) {
			now[j] = least(least(last[j], now[j - 1]) + 1,
			    last[j - 1] + (w->at[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && w->at[i - 1] == b[j - 2] &&
			    w->at[i - 2] == b[j - 1])
				now[j] = least(now[j], old[j - 2] + 1);
			best = least(best, now[j]);
		}
		if (end < n)
			now[end + 1] = far;
		if (best > w->most)
			return best;
		swap = old;
		old = last;
		last = now;
		now = swap;
	}
	return last[n];
}

unsigned
fss__near_distance(const struct fss__near_word *w, struct fss__slice other)
{
	unsigned most = w->most, n;
	uint32_t b[ROOM];
	uint64_t letters;

	/* Each edit adds and takes a letter at most. */
	if (other.n > w->len + (size_t)4 * most ||
	    w->len > other.n + (size_t)4 * most)
		return most + 1;
	n = characters(other, FSS__NEAR_MOST + 2, b, &letters);
	if (n == 0 || n > w->n + most || w->n > n + most ||
	    (unsigned)__builtin_popcountll(letters & ~w->letters) > most ||
	    (unsigned)__builtin_popcountll(w->letters & ~letters) > most)
		return most + 1;
	return edits(w, b, n);
}
