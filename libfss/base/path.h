/*
 * The one place that says what a name and a path may be.
 *
 * A name: 1..255 bytes of valid UTF-8 in NFC, not "." or "..", without '/',
 * NUL, control characters (C0, DEL, C1), U+2028/2029 and bidi overrides.
 * A canonical path: "/" or "/name/name..." with no empty, trailing or dot
 * component, at most FSS_LIMIT_PATH bytes and FSS_LIMIT_DEPTH components.
 * A remote path as typed: "owner:/path" or ":/path" (one's own).
 */
#ifndef FSS__BASE_PATH_H
#define FSS__BASE_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

#define FSS_LIMIT_NAME		255	/* bytes in one name */
#define FSS_LIMIT_PATH		4096	/* bytes in a canonical path */
#define FSS_LIMIT_DEPTH		128	/* components in a path */
#define FSS_LIMIT_ACCOUNT	32	/* bytes in an account or group name */

/* 0 or FSS_EPATH; @why (may be NULL) then says what is wrong, static text. */
int	fss__name_check(struct fss__slice name, const char **why);
/* @path must be canonical already, as on the wire. 0 or FSS_EPATH. */
int	fss__path_check(struct fss__slice path, const char **why);
/*
 * The beginning of names that belong to downloads under way: part files and
 * links not yet in place.  No entry is made with such a name, so that what is
 * shared can never pass for one.
 */
#define FSS__NAME_PART		".fss-part-"
bool	fss__name_reserved(struct fss__slice name);
/* [a-z0-9][a-z0-9._-]{0,31}; 0 or FSS_ENAME. */
int	fss__account_check(struct fss__slice name);

/*
 * Rewrites UTF-8 text to NFC into @dst (NUL-terminated).
 * FSS_EPATH for invalid UTF-8, FSS_ETOOBIG if it does not fit.
 */
int	fss__utf8_nfc(struct fss__slice src, char *dst, size_t cap);
/* Case-folded, compatibility-decomposed form for searching. Same errors. */
int	fss__utf8_fold(struct fss__slice src, char *dst, size_t cap);
bool	fss__utf8_valid(struct fss__slice s);

/*
 * Splits what a person typed into owner ("" for one's own) and canonical
 * path: collapses "//" and a trailing "/", adds the leading "/", normalises
 * to NFC; "." and ".." are refused.  @owner holds FSS_LIMIT_ACCOUNT + 1,
 * @path FSS_LIMIT_PATH + 1 bytes.  FSS_EINVAL when there is no colon,
 * FSS_ENAME, FSS_EPATH; @why (may be NULL) then says what is wrong with the
 * path, static text, or is NULL.
 */
int	fss__remote_parse(const char *text, char *owner, char *path,
	    const char **why);

/*
 * Steps through a canonical path: call with *pos = 0; true and the next name
 * until the end.
 */
bool	fss__path_next(struct fss__slice path, size_t *pos,
	    struct fss__slice *ret_name);
/* Splits "/a/b" into "/a" and "b"; false for "/". */
bool	fss__path_split(struct fss__slice path, struct fss__slice *ret_parent,
	    struct fss__slice *ret_name);
/* Joins; 0, FSS_EPATH (too long). */
int	fss__path_join(char *dst, size_t cap, struct fss__slice parent,
	    struct fss__slice name);

#endif
