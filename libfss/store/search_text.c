/*
 * What a query matches: names and words in a common form.
 *
 * A name is case-folded and decomposed (NFKD), combining marks are dropped,
 * and three signs no name can hold are put in: START before it, END behind
 * it, WORD before each letter or digit that follows something else.  So
 *
 *	"My-Photo.JPG"  ->  START WORD my- WORD photo. WORD jpg END
 *
 * A word of a query gets its inner WORD signs the same way, which depends on
 * neighbouring bytes alone; then every rank is a plain substring: the exact
 * name START WORD w END, a stem START WORD w ., a prefix START WORD w, a word
 * WORD w, anything w.
 * That also lets an index of trigrams find what is shorter than three
 * characters, if only at the beginning of words (2) or of names (1).
 */
#include <string.h>

#include "base/path.h"
#include "store/search.h"
#include "store/search_text.h"

#define FOLDED	(FSS__SEARCH_TEXT / 2 - 2)	/* each may get a WORD sign */

/* U+0300..U+036F, the combining marks: cc 80 .. cd af. */
static bool
is_mark(const unsigned char *p, size_t left)
{
	if (left < 2)
		return false;
	return (p[0] == 0xcc && p[1] >= 0x80) || (p[0] == 0xcd && p[1] <= 0xaf);
}

/*
 * Appends folded text to @dst, which has room for twice as much, without a
 * WORD sign before the very first byte.
 */
static size_t
put_body(char *dst, const char *folded, size_t n)
{
	const unsigned char *p = (const unsigned char *)folded;
	bool alnum = true;	/* no sign at first */
	size_t i, len = 0;

	for (i = 0; i < n; i++) {
		if (is_mark(p + i, n - i)) {
			i++;
			continue;
		}
		if (fss__search_alnum(p[i]) && !alnum)
			dst[len++] = FSS__SEARCH_SIGN_WORD;
		alnum = fss__search_alnum(p[i]);
		dst[len++] = (char)p[i];
	}
	return len;
}

int
fss__search_encode(struct fss__slice name, struct fss__search_name *ret_n)
{
	char folded[FOLDED];
	size_t n, len = 0;
	int r;

	r = fss__utf8_fold(name, folded, sizeof(folded));
	if (r != 0)
		return r;
	n = strlen(folded);
	ret_n->text[len++] = FSS__SEARCH_SIGN_START;
	if (n > 0 && fss__search_alnum((unsigned char)folded[0]))
		ret_n->text[len++] = FSS__SEARCH_SIGN_WORD;
	len += put_body(ret_n->text + len, folded, n);
	ret_n->text[len++] = FSS__SEARCH_SIGN_END;
	ret_n->len = len;
	return 0;
}

static size_t
characters(const char *p, size_t n)
{
	size_t i, count = 0;

	for (i = 0; i < n; i++)
		count += ((unsigned char)p[i] & 0xc0) != 0x80;
	return count;
}

/* The worst rank that three characters in a row can still find. */
static unsigned
worst_rank(const char *p, size_t n, bool alnum)
{
	size_t count = characters(p, n);

	if (count >= 3)
		return FSS__SEARCH_PART;
	if (count == 2)
		return alnum ? FSS__SEARCH_WORD : FSS__SEARCH_PREFIX;
	return count == 1 && alnum ? FSS__SEARCH_PREFIX : FSS__SEARCH_NONE;
}

/* Encodes one word of the folded query behind what @q has already. */
static size_t
put_word(struct fss__search_query *q, size_t at, const char *folded, size_t n,
    struct fss__search_word *w)
{
	size_t len = put_body(q->text + at, folded, n);

	w->off = (uint16_t)at;
	w->len = (uint16_t)len;
	w->rare = 0;
	w->alnum = len > 0 && fss__search_alnum((unsigned char)q->text[at]);
	w->worst = (uint8_t)worst_rank(q->text + at, len, w->alnum);
	return at + len;
}

/* What names cannot hold separates words; it must not pass for a sign. */
static void
blank_controls(char *p)
{
	for (; *p != '\0'; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = ' ';
	}
}

/*
 * One letter or digit is found at the start of any word in a name if there
 * is a longer word to look for: the index does not know it.
 */
static void
set_loose(struct fss__search_query *q)
{
	bool longer = false;
	unsigned i;

	for (i = 0; i < q->count; i++)
		longer = longer || q->word[i].worst > FSS__SEARCH_PREFIX;
	for (i = 0; i < q->count; i++)
		q->word[i].loose = longer && q->word[i].alnum &&
		    q->word[i].worst == FSS__SEARCH_PREFIX;
}

/* The byte of a word that names have least often, as far as can be said. */
static void
set_rare(const struct fss__search_query *q, struct fss__search_word *w)
{
	/* Most often first; all else is rarer. */
	static const char common[] = "eatisonrlcdpmuhgbfy.-_vkwx\001120";
	size_t i, at, best = 0;
	const char *p;

	for (i = 0; i < w->len; i++) {
		p = strchr(common, q->text[w->off + i]);
		at = p != NULL ? (size_t)(p - common) : sizeof(common);
		if (at <= best)
			continue;
		best = at;
		w->rare = (uint16_t)i;
	}
}

static int
put_words(struct fss__search_query *q, const char *folded, size_t n,
    const char **why)
{
	struct fss__search_word w;
	size_t i = 0, at = 0, begin, first = n, last = 0, next;

	for (;;) {
		while (i < n && folded[i] == ' ')
			i++;
		if (i == n)
			break;
		begin = i;
		while (i < n && folded[i] != ' ')
			i++;
		first = begin < first ? begin : first;
		last = i;
		next = put_word(q, at, folded + begin, i - begin, &w);
		if (w.worst == FSS__SEARCH_NONE)
			continue;
		if (q->count == FSS__SEARCH_WORDS) {
			*why = "a search has at most 8 words";
			return FSS_EINVAL;
		}
		q->word[q->count++] = w;
		at = next;
	}
	if (q->count == 0) {
		*why = "there is nothing to search for";
		return FSS_EINVAL;
	}
	if (q->count > 1)
		(void)put_word(q, at, folded + first, last - first, &q->whole);
	set_loose(q);
	for (at = 0; at < q->count; at++)
		set_rare(q, &q->word[at]);
	return 0;
}

int
fss__search_parse(struct fss__slice text, const char **why,
    struct fss__search_query *ret_q)
{
	char folded[FSS__SEARCH_TEXT / 4];	/* words and the whole, signs */
	int r;

	ret_q->count = 0;
	*why = "the search text is not valid";
	r = fss__utf8_fold(text, folded, sizeof(folded));
	if (r != 0)
		return r == FSS_ENOMEM ? r : FSS_EINVAL;
	blank_controls(folded);
	return put_words(ret_q, folded, strlen(folded), why);
}
