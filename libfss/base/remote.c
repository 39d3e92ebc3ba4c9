/*
 * Remote paths as people type them: "owner:/path" and ":/path".
 *
 * The one lenient place: doubled and trailing slashes go, a missing leading
 * one is added, any Unicode form becomes NFC.  What comes out has passed the
 * strict check of path.c.  Dots are not resolved but refused: a remote path
 * has no current folder, and guessing at ".." is how traversal begins.
 */
#include <string.h>

#include <fss/error.h>

#include "base/path.h"

#define TYPED_MAX	(4 * FSS_LIMIT_PATH)	/* bytes taken before NFC */

int
fss__remote_parse(const char *text, char *owner, char *path, const char **why)
{
	char tidy[TYPED_MAX + 2];
	struct fss__slice who, s;
	const char *colon, *p;
	size_t n = 0;
	int r;

	if (why != NULL)
		*why = NULL;
	if (text == NULL)
		return FSS_EINVAL;
	colon = strchr(text, ':');
	if (colon == NULL)
		return FSS_EINVAL;
	who.p = text;
	who.n = (size_t)(colon - text);
	if (who.n > 0 && fss__account_check(who) < 0)
		return FSS_ENAME;
	if (strnlen(colon + 1, TYPED_MAX + 1) > TYPED_MAX)
		return FSS_EPATH;

	tidy[n++] = '/';
	for (p = colon + 1; *p != '\0'; p++) {
		if (*p != '/' || tidy[n - 1] != '/')
			tidy[n++] = *p;
	}
	if (n > 1 && tidy[n - 1] == '/')
		n--;
	s.p = tidy;
	s.n = n;
	r = fss__utf8_nfc(s, path, FSS_LIMIT_PATH + 1);
	if (r < 0)
		return r == FSS_ENOMEM ? r : FSS_EPATH;
	r = fss__path_check(fss__slice_str(path), why);
	if (r < 0)
		return r;
	return fss__slice_copy(who, owner, FSS_LIMIT_ACCOUNT + 1);
}
