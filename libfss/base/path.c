/*
 * The rules for names and canonical paths, and the steps through them.
 *
 * Whatever comes from a person, a peer or a disk passes fss__name_check()
 * before it becomes an entry or a local file; with no '/', no NUL and no dot
 * names in it, joining checked names can never leave a folder.  Control
 * characters and bidi overrides are refused because names end up on terminals
 * and in lists, where they could make one name look like another.
 *
 * Nothing here touches a file system or resolves anything.
 */
#include "base/path.h"

#include <string.h>

#include <utf8proc.h>

#include <fss/error.h>

/* Below this no code point composes with another: such text is NFC. */
#define FIRST_COMBINING	0x300

static int
refuse(const char **why, const char *text)
{
	if (why != NULL)
		*why = text;
	return FSS_EPATH;
}

static const char *
forbidden(utf8proc_int32_t cp)
{
	if (cp == '/')
		return "has a slash in a name";
	if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
		return "has a control character";
	if (cp == 0x2028 || cp == 0x2029)
		return "has a line separator";
	if ((cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069))
		return "has a direction override";
	return NULL;
}

int
fss__name_check(struct fss__slice name, const char **why)
{
	char nfc[FSS_LIMIT_NAME + 1];
	const uint8_t *p = name.p;
	const char *bad;
	utf8proc_int32_t cp, top = 0;
	utf8proc_ssize_t n;
	size_t i;
	int r;

	if (name.n == 0)
		return refuse(why, "has an empty name");
	if (name.n > FSS_LIMIT_NAME)
		return refuse(why, "has a name over 255 bytes");
	if (p[0] == '.' && (name.n == 1 || (name.n == 2 && p[1] == '.')))
		return refuse(why, "has a '.' or '..'");
	for (i = 0; i < name.n; i += (size_t)n) {
		n = utf8proc_iterate(p + i, (utf8proc_ssize_t)(name.n - i),
		    &cp);
		if (n <= 0)
			return refuse(why, "is not valid UTF-8");
		bad = forbidden(cp);
		if (bad != NULL)
			return refuse(why, bad);
		if (cp > top)
			top = cp;
	}
	if (top < FIRST_COMBINING)
		return 0;
	/* A name that is longer in NFC is not in NFC: ETOOBIG says so too. */
	r = fss__utf8_nfc(name, nfc, sizeof(nfc));
	if (r == FSS_ENOMEM)
		return r;
	if (r < 0 || !fss__slice_eq(name, fss__slice_str(nfc)))
		return refuse(why, "is not in Unicode form NFC");
	return 0;
}

bool
fss__name_reserved(struct fss__slice name)
{
	const size_t n = sizeof(FSS__NAME_PART) - 1;

	return name.n >= n && memcmp(name.p, FSS__NAME_PART, n) == 0;
}

int
fss__path_check(struct fss__slice path, const char **why)
{
	const char *p = path.p, *slash;
	struct fss__slice name;
	size_t pos = 1, depth = 0;
	int r;

	if (path.n == 0 || p[0] != '/')
		return refuse(why, "does not begin with '/'");
	if (path.n > FSS_LIMIT_PATH)
		return refuse(why, "is over 4096 bytes");
	if (path.n == 1)
		return 0;
	for (;;) {
		if (++depth > FSS_LIMIT_DEPTH)
			return refuse(why, "is over 128 folders deep");
		name.p = p + pos;
		slash = memchr(p + pos, '/', path.n - pos);
		name.n = slash != NULL ? (size_t)(slash - p) - pos :
		    path.n - pos;
		r = fss__name_check(name, why);
		if (r < 0)
			return r;
		if (slash == NULL)
			return 0;
		pos += name.n + 1;
	}
}

static bool
is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

int
fss__account_check(struct fss__slice name)
{
	const char *p = name.p;
	size_t i;

	if (name.n == 0 || name.n > FSS_LIMIT_ACCOUNT || !is_alnum(p[0]))
		return FSS_ENAME;
	for (i = 1; i < name.n; i++) {
		if (!is_alnum(p[i]) && p[i] != '.' && p[i] != '_' &&
		    p[i] != '-')
			return FSS_ENAME;
	}
	return 0;
}

bool
fss__path_next(struct fss__slice path, size_t *pos,
    struct fss__slice *ret_name)
{
	const char *p = path.p, *slash;
	size_t begin;

	/* *pos stands on a '/', or on the end. */
	if (*pos + 1 >= path.n)
		return false;
	begin = *pos + 1;
	slash = memchr(p + begin, '/', path.n - begin);
	*pos = slash != NULL ? (size_t)(slash - p) : path.n;
	ret_name->p = p + begin;
	ret_name->n = *pos - begin;
	return true;
}

bool
fss__path_split(struct fss__slice path, struct fss__slice *ret_parent,
    struct fss__slice *ret_name)
{
	const char *p = path.p;
	size_t i = path.n;

	if (path.n <= 1)
		return false;
	while (i > 1 && p[i - 1] != '/')
		i--;
	ret_name->p = p + i;
	ret_name->n = path.n - i;
	ret_parent->p = p;
	ret_parent->n = i > 1 ? i - 1 : 1;
	return true;
}

int
fss__path_join(char *dst, size_t cap, struct fss__slice parent,
    struct fss__slice name)
{
	size_t n = parent.n;

	if (n == 1)
		n = 0;		/* the root brings no slash of its own */
	if (n > FSS_LIMIT_PATH || name.n > FSS_LIMIT_PATH ||
	    n + 1 + name.n > FSS_LIMIT_PATH || n + 1 + name.n >= cap)
		return FSS_EPATH;
	if (n > 0)
		memmove(dst, parent.p, n);
	dst[n] = '/';
	if (name.n > 0)
		memcpy(dst + n + 1, name.p, name.n);
	dst[n + 1 + name.n] = '\0';
	return 0;
}
