/*
 * The small grammars of HTTP, by themselves: bytes in, values out.
 *
 * No sockets, no state, no allocation that is not said: these are what the
 * unit tests and the fuzz targets call.
 */
#ifndef FSSWEB_HTTP_TEXT_H
#define FSSWEB_HTTP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "web_limits.h"

/* ---- uri.c ------------------------------------------------------------ */

/*
 * Decodes %XX in place ('+' too where @plus).  False where an escape is
 * broken, or the result holds NUL or is not UTF-8.
 */
bool	uri_decode(char *s, bool plus);
bool	utf8_valid(const char *s, size_t len);
/* Encodes all but unreserved characters and, where @slash, '/'. */
int	uri_encode(const char *s, bool slash, char *dst, size_t cap);

struct uri_param {
	const char	*name, *value;
};

/*
 * Cuts a query in place into decoded parameters.  Their number, or -1 where
 * it is malformed or has more than @max.
 */
int	uri_query(char *query, struct uri_param *params, unsigned max);

/* Decimal digits only.  False if there is anything else, or above @max. */
bool	parse_u64(const char *s, uint64_t max, uint64_t *ret_n);

/*
 * Whether @path (decoded, "/a/b.js") names a file below a folder and nothing
 * else: no empty, "." or ".." segment, no hidden file, no backslash, no
 * control character.
 */
bool	path_safe(const char *path);

/* ---- field.c: header values ------------------------------------------- */

/*
 * The value of cookie @name, copied; false where there is none, it is too
 * long, or it is there twice: the other may have been planted.
 */
bool	cookie_find(const char *header, const char *name, char *dst,
	    size_t cap);
/* Whether the comma list @header has @token, without regard to case. */
bool	list_has(const char *header, const char *token);
/* Whether Accept-Encoding @header takes @coding (q=0 is a no). */
bool	accepts_coding(const char *header, const char *coding);
/* Whether a header value may go out: no control characters. */
bool	field_safe(const char *value);
/* Whether the If-None-Match / If-Match list @header names @etag, weakly. */
bool	etag_match(const char *header, const char *etag);
/* "Fri, 27 Nov 2026 17:36:43 GMT"; @cap at least 32. */
void	http_date(int64_t seconds, char *dst, size_t cap);

/*
 * Content-Disposition of a file @name, any UTF-8: "attachment" or "inline",
 * filename= in ASCII and filename*= where that is not enough (RFC 6266).
 */
int	disposition(const char *name, bool is_inline, char *dst, size_t cap);

/* ---- range.c ---------------------------------------------------------- */

struct range {
	uint64_t	first, last;	/* inclusive */
};

enum range_result {
	RANGE_NONE,		/* no header, or one to be passed over */
	RANGE_SOME,
	RANGE_UNSATISFIABLE	/* 416 */
};

/*
 * Reads "bytes=..." against @size.  Ranges that overlap or are many are
 * joined where they touch; more than WEB_MAX_RANGES is RANGE_NONE.
 */
enum range_result range_parse(const char *header, uint64_t size,
	    struct range *ranges, unsigned *ret_count);

/* ---- head.c ----------------------------------------------------------- */

struct head_field {
	const char	*name, *value;
};

struct head {
	unsigned	 method;	/* enum web_method */
	const char	*method_name;
	char		*path, *query;	/* still encoded; query may be NULL */
	const char	*host;
	bool		 old;		/* HTTP/1.0 */
	bool		 keep;		/* the connection goes on after it */
	bool		 expect;	/* 100-continue */
	bool		 upgrade;	/* Connection: upgrade */
	uint64_t	 length;	/* of the body */
	unsigned	 count;
	struct head_field fields[WEB_MAX_HEADERS];
};

/* Where the head ends (after the empty line), 0 where it is not whole. */
size_t	head_end(const char *data, size_t len);
/*
 * Parses the whole head @data in place.  0, or the status to refuse it with
 * and in *@ret_why what is wrong.
 */
int	head_parse(char *data, size_t len, struct head *ret,
	    const char **ret_why);
const char *head_find(const struct head *h, const char *name);

/* ---- address.c -------------------------------------------------------- */

struct net {
	uint8_t		addr[16];	/* IPv4 as ::ffff:a.b.c.d */
	unsigned	bits;
};

/* "10.0.0.0/8", "::1", "192.0.2.1". */
bool	net_parse(const char *text, struct net *ret);
bool	net_holds(const struct net *n, const uint8_t addr[16]);
/*
 * The client behind proxies: the rightmost address of X-Forwarded-For that
 * is no named proxy, or the last proxy's where the header is broken before
 * it.  Whether all of it were proxies: only then a line before it counts.
 */
bool	forwarded_for(const char *header, const struct net *proxies,
	    unsigned count, const uint8_t peer[16], uint8_t ret[16]);
bool	addr_parse(const char *text, uint8_t ret[16]);
/* Digits; IPv4 without the ::ffff: in front. */
void	addr_text(const uint8_t addr[16], char *dst, size_t cap);
/* What connections are counted by: the address, of IPv6 its /64. */
void	addr_group(const uint8_t addr[16], uint8_t ret[16]);

/* ---- frame.c: WebSocket ----------------------------------------------- */

enum frame_op {
	FRAME_CONT = 0, FRAME_TEXT = 1, FRAME_BINARY = 2, FRAME_CLOSE = 8,
	FRAME_PING = 9, FRAME_PONG = 10
};

struct frame {
	enum frame_op	 op;
	bool		 fin;
	uint8_t		*data;		/* unmasked, in place */
	size_t		 len;
};

/*
 * Takes one frame of a client from @data, unmasking it in place.  How many
 * bytes it was, 0 where it is not whole, or a negative close code.
 */
int64_t	frame_take(uint8_t *data, size_t len, struct frame *ret);
/* Writes the head of a frame to a client; 2, 4 or 10 bytes. */
size_t	frame_head(uint8_t dst[10], enum frame_op op, size_t len);
/* Whether @code may stand in a CLOSE frame of a client. */
bool	close_code_valid(unsigned code);

/* ---- logline.c -------------------------------------------------------- */

/* Quotes @text for logfmt: bytes that are no printable ASCII as \xNN. */
const char *log_quote(const char *text, char *dst, size_t cap);

#endif
