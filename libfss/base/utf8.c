/*
 * Unicode forms, by libutf8proc: NFC for names, a folded form for searching.
 *
 * ASCII, nearly all there is, takes a path without tables or memory.  Longer
 * text is decomposed into code points in a scratch array (on the stack when
 * short), composed in place and encoded again; utf8proc's own allocating calls are
 * not used, so that memory stays bounded and failable.
 *
 * Not here: grapheme clusters, display width, locale rules.
 */
#include <string.h>

#include <utf8proc.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "base/path.h"

#define TEXT_MAX	65536	/* bytes of input; more is FSS_ETOOBIG */
#define SCRATCH		512	/* code points kept on the stack */
#define HANGUL_TBASE	0x11a7

#define OPTIONS_NFC	(UTF8PROC_STABLE | UTF8PROC_COMPOSE)
#define OPTIONS_NFD	(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE)
#define OPTIONS_FOLD	(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | \
			UTF8PROC_CASEFOLD | UTF8PROC_IGNORE)

static bool
is_ascii(struct fss__slice s)
{
	const uint8_t *p = s.p;
	size_t i;
	uint8_t any = 0;

	for (i = 0; i < s.n; i++)
		any |= p[i];
	return any < 0x80;
}

bool
fss__utf8_valid(struct fss__slice s)
{
	const uint8_t *p = s.p;
	utf8proc_int32_t cp;
	utf8proc_ssize_t n;
	size_t i = 0;

	if (is_ascii(s))
		return true;
	while (i < s.n) {
		n = utf8proc_iterate(p + i, s.n - i < 8 ?
		    (utf8proc_ssize_t)(s.n - i) : 8, &cp);
		if (n <= 0)
			return false;
		i += (size_t)n;
	}
	return true;
}

static int
map_error(utf8proc_ssize_t n)
{
	switch (n) {
	case UTF8PROC_ERROR_NOMEM:
		return FSS_ENOMEM;
	case UTF8PROC_ERROR_OVERFLOW:
		return FSS_ETOOBIG;
	default:
		return FSS_EPATH;
	}
}

/*
 * Composes the @n code points at @cp in place; returns how many are left.
 *
 * utf8proc takes U+11A7 for a Hangul final consonant, which it just is not
 * (Unicode 3.12: TBase is one less than the first), and swallows it after a
 * syllable; two names would become one.  It never composes with anything, so
 * text can be cut there and the parts composed alone.
 */
static utf8proc_ssize_t
compose(utf8proc_int32_t *cp, utf8proc_ssize_t n, utf8proc_option_t options)
{
	utf8proc_ssize_t from = 0, to, done = 0, len;

	for (;;) {
		for (to = from; to < n && cp[to] != HANGUL_TBASE; to++)
			;
		len = utf8proc_normalize_utf32(cp + from, to - from, options);
		if (len < 0)
			return len;
		memmove(cp + done, cp + from, (size_t)len * sizeof(*cp));
		done += len;
		if (to == n)
			return done;
		cp[done++] = HANGUL_TBASE;
		from = to + 1;
	}
}

/* UTF-8 of the @n code points at @cp, NUL-terminated. */
static int
put_text(const utf8proc_int32_t *cp, utf8proc_ssize_t n, char *dst, size_t cap)
{
	utf8proc_uint8_t bytes[4];
	utf8proc_ssize_t i, len;
	size_t done = 0;

	for (i = 0; i < n; i++) {
		len = utf8proc_encode_char(cp[i], bytes);
		if ((size_t)len >= cap - done)
			return FSS_ETOOBIG;
		memcpy(dst + done, bytes, (size_t)len);
		done += (size_t)len;
	}
	dst[done] = '\0';
	return 0;
}

/* @src -> form @options -> @dst of @cap > 0 bytes, NUL-terminated. */
static int
transform(struct fss__slice src, utf8proc_option_t options, char *dst,
    size_t cap)
{
	utf8proc_int32_t stack[SCRATCH], *cp = stack;
	utf8proc_ssize_t len, n;
	int r;

	if (src.n > TEXT_MAX)
		return FSS_ETOOBIG;
	len = (utf8proc_ssize_t)src.n;
	n = utf8proc_decompose(src.p, len, cp, SCRATCH, options);
	if (n < 0)
		return map_error(n);
	if (n > SCRATCH) {
		/* n is what it takes. */
		cp = fss__calloc((size_t)n, sizeof(*cp));
		if (cp == NULL)
			return FSS_ENOMEM;
		n = utf8proc_decompose(src.p, len, cp, n, options);
	}
	if (n >= 0)
		n = compose(cp, n, options);
	r = n < 0 ? map_error(n) : put_text(cp, n, dst, cap);
	if (cp != stack)
		fss__free(cp);
	return r;
}

int
fss__utf8_nfc(struct fss__slice src, char *dst, size_t cap)
{
	if (cap == 0)
		return FSS_ETOOBIG;
	if (is_ascii(src))
		return fss__slice_copy(src, dst, cap);
	return transform(src, OPTIONS_NFC, dst, cap);
}

/*
 * Folding is defined on decomposed text (Unicode 3.13, D145: a combining iota
 * folds to a letter, which must happen after the marks are in order), hence
 * two passes.
 */
int
fss__utf8_fold(struct fss__slice src, char *dst, size_t cap)
{
	struct fss__slice nfd;
	const char *p = src.p;
	char *tmp;
	size_t i, need;
	int r;

	if (cap == 0)
		return FSS_ETOOBIG;
	if (is_ascii(src)) {
		if (src.n >= cap)
			return FSS_ETOOBIG;
		for (i = 0; i < src.n; i++) {
			dst[i] = p[i];
			if (p[i] >= 'A' && p[i] <= 'Z')
				dst[i] = (char)(p[i] - 'A' + 'a');
		}
		dst[src.n] = '\0';
		return 0;
	}
	if (src.n > TEXT_MAX / 3)
		return FSS_ETOOBIG;
	need = 3 * src.n + 1;	/* canonical decomposition triples at most */
	tmp = fss__alloc(need);
	if (tmp == NULL)
		return FSS_ENOMEM;
	r = transform(src, OPTIONS_NFD, tmp, need);
	if (r == 0) {
		nfd.p = tmp;
		nfd.n = strlen(tmp);
		r = transform(nfd, OPTIONS_FOLD, dst, cap);
	}
	fss__free(tmp);
	return r;
}
