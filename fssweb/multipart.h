/*
 * multipart/form-data as it comes (RFC 7578), without keeping it.
 */
#ifndef FSSWEB_MULTIPART_H
#define FSSWEB_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>

#define MULTIPART_BOUNDARY	70	/* longest boundary (RFC 2046) */
#define MULTIPART_HEAD		4096	/* headers of one part, bytes */
#define MULTIPART_NAME		256	/* of a field or file, with NUL */

struct multipart_ops {
	/*
	 * A part begins.  @file: its file name as it was sent, NULL for a
	 * field that is no file.  Non-zero ends the parsing with that.
	 */
	int	(*begin)(void *arg, const char *field, const char *file);
	/*
	 * Some of its content: FSS_EAGAIN, with *@ret_taken what was taken
	 * until then, and multipart_feed() gives that back.
	 */
	int	(*data)(void *arg, const void *data, size_t len,
		    size_t *ret_taken);
	/* It is whole.  FSS_EAGAIN: asked again when more is fed. */
	int	(*end)(void *arg);
};

struct multipart {
	const struct multipart_ops *ops;
	void	*arg;
	int	 state;
	char	 delim[MULTIPART_BOUNDARY + 5];	/* "\r\n--BOUNDARY" */
	size_t	 delim_len, matched;
	size_t	 owed, owed_len;	/* of the delimiter, that were none */
	char	 head[MULTIPART_HEAD];
	size_t	 head_len;
	bool	 open;			/* a part was begun */
};

/* @type: the header Content-Type. 0 or FSS_EINVAL. */
int	multipart_init(struct multipart *m, const char *type,
	    const struct multipart_ops *ops, void *arg);
/*
 * Takes bytes; *@ret_taken how many.  0 with all taken; FSS_EAGAIN where the
 * receiver waits: feed the rest later.  FSS_EINVAL: it is malformed.
 */
int	multipart_feed(struct multipart *m, const void *data, size_t len,
	    size_t *ret_taken);
/* No more comes: 0, or FSS_EINVAL where it is not whole. */
int	multipart_end(struct multipart *m);

#endif
