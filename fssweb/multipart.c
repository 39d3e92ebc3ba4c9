/*
 * multipart/form-data as it comes.
 *
 * What separates parts is "\r\n--BOUNDARY", in which only the first byte is a
 * carriage return: so where a match fails, what had matched is content and
 * the byte at hand may begin a new match.  Content is given on as it lies in
 * the bytes fed; nothing of it is copied but the beginnings of separators
 * that were none.
 */
#include "multipart.h"

#include <string.h>
#include <strings.h>

#include <fss/error.h>

enum { M_PREAMBLE, M_DATA, M_CLOSE, M_AFTER, M_HEAD, M_EPILOGUE };

/* ---- parameters of a header ------------------------------------------- */

/*
 * The value of parameter @name of "TYPE; a=b; c=\"d\"".  A quote within one
 * comes as \" from some and as %22 from browsers; a backslash before anything
 * else is a backslash (WHATWG, form submission).
 */
static bool
parameter(const char *s, const char *name, char *dst, size_t cap)
{
	size_t len = strlen(name), n;
	bool hit, quoted;

	for (s = strchr(s, ';'); s != NULL; s = strchr(s, ';')) {
		s += 1 + strspn(s + 1, " \t");
		n = strcspn(s, "=;\"");
		hit = n == len && strncasecmp(s, name, len) == 0;
		if (s[n] != '=')
			continue;
		s += n + 1;
		quoted = *s == '"';
		if (quoted)
			s++;
		for (n = 0; *s != '\0' && (quoted ? *s != '"' :
		    *s != ';' && *s != ' ' && *s != '\t'); s++) {
			if (quoted && s[0] == '\\' && s[1] == '"')
				s++;
			if (hit && n + 1 >= cap)
				return false;
			if (hit)
				dst[n++] = *s;
		}
		if (hit) {
			dst[n] = '\0';
			return !quoted || *s == '"';
		}
		if (*s == '\0')
			return false;
	}
	return false;
}

int
multipart_init(struct multipart *m, const char *type,
    const struct multipart_ops *ops, void *arg)
{
	char boundary[MULTIPART_BOUNDARY + 1];
	size_t i, n;

	memset(m, 0, sizeof(*m));
	if (strncasecmp(type, "multipart/form-data", 19) != 0 ||
	    !parameter(type, "boundary", boundary, sizeof(boundary)))
		return FSS_EINVAL;
	n = strlen(boundary);
	for (i = 0; i < n; i++)
		if ((unsigned char)boundary[i] < 0x20 ||
		    (unsigned char)boundary[i] >= 0x7f)
			return FSS_EINVAL;
	if (n == 0)
		return FSS_EINVAL;
	memcpy(m->delim, "\r\n--", 4);
	memcpy(m->delim + 4, boundary, n + 1);
	m->delim_len = n + 4;
	/* The first one may stand at the very beginning. */
	m->matched = 2;
	m->state = M_PREAMBLE;
	m->ops = ops;
	m->arg = arg;
	return 0;
}

/* ---- headers of a part ------------------------------------------------ */

/* The headers are there: one a line, ended by NUL. */
static int
begin_part(struct multipart *m)
{
	char field[MULTIPART_NAME] = "", file[MULTIPART_NAME];
	bool has_file = false;
	char *line = m->head, *end;
	int r;

	if (memchr(m->head, '\0', m->head_len) != NULL)
		return FSS_EINVAL;
	m->head[m->head_len] = '\0';
	for (; *line != '\0'; line = end + 2) {
		end = strstr(line, "\r\n");
		if (end == NULL)
			break;
		*end = '\0';
		if (strncasecmp(line, "content-disposition:", 20) != 0)
			continue;
		(void)parameter(line, "name", field, sizeof(field));
		if (parameter(line, "filename", file, sizeof(file)))
			has_file = true;
		else if (strstr(line, "filename=") != NULL)
			return FSS_EINVAL;	/* longer than any name */
	}
	m->head_len = 0;
	r = m->ops->begin(m->arg, field, has_file ? file : NULL);
	m->open = r == 0;
	m->state = M_DATA;
	return r;
}

static int
feed_head(struct multipart *m, char c)
{
	/* Room for the byte and for the NUL at the end. */
	if (m->head_len + 2 > sizeof(m->head))
		return FSS_EINVAL;
	m->head[m->head_len++] = c;
	if (c != '\n')
		return 0;
	if (m->head_len == 2 && m->head[0] == '\r')
		m->head_len = 0;	/* no headers at all */
	else if (m->head_len < 4 || memcmp(m->head + m->head_len - 4,
	    "\r\n\r\n", 4) != 0)
		return 0;
	return begin_part(m);
}

/* ---- content ---------------------------------------------------------- */

/* Gives content on, or drops what comes before the first part. */
static int
give(struct multipart *m, const char *data, size_t len, size_t *ret_taken)
{
	*ret_taken = len;
	if (m->state == M_PREAMBLE || len == 0)
		return 0;
	*ret_taken = 0;
	return m->ops->data(m->arg, data, len, ret_taken);
}

/* The beginning of a separator that was none. */
static int
pay(struct multipart *m)
{
	size_t n;
	int r;

	while (m->owed < m->owed_len) {
		r = give(m, m->delim + m->owed, m->owed_len - m->owed, &n);
		m->owed += n;
		if (r < 0)
			return r;
		if (n == 0)
			return FSS_EAGAIN;
	}
	m->owed = m->owed_len = 0;
	return 0;
}

/* Some content, up to what may be a separator. */
static int
feed_data(struct multipart *m, const char *data, size_t len, size_t *ret_taken)
{
	const char *cr;
	int r = pay(m);

	*ret_taken = 0;
	if (r < 0)
		return r;
	if (m->matched == 0) {
		cr = memchr(data, '\r', len);
		if (cr != data)
			return give(m, data, cr != NULL ? (size_t)(cr - data) :
			    len, ret_taken);
	}
	if (*data == m->delim[m->matched]) {
		*ret_taken = 1;
		if (++m->matched < m->delim_len)
			return 0;
		m->matched = 0;
		m->head_len = 0;
		m->state = m->state == M_DATA ? M_CLOSE : M_AFTER;
		return 0;
	}
	/* At the very beginning nothing had come yet. */
	m->owed_len = m->state == M_PREAMBLE ? 0 : m->matched;
	m->matched = 0;
	return 0;
}

/* After a separator: "--" ends all, the end of the line begins a part. */
static int
feed_after(struct multipart *m, char c)
{
	if (m->head_len == 0 && (c == ' ' || c == '\t'))
		return 0;
	m->head[m->head_len++] = c;
	if (m->head_len < 2)
		return c == '-' || c == '\r' ? 0 : FSS_EINVAL;
	m->head_len = 0;
	if (m->head[0] == '-' && c == '-')
		m->state = M_EPILOGUE;
	else if (m->head[0] == '\r' && c == '\n')
		m->state = M_HEAD;
	else
		return FSS_EINVAL;
	return 0;
}

int
multipart_feed(struct multipart *m, const void *data, size_t len,
    size_t *ret_taken)
{
	const char *p = data;
	size_t at = 0, n;
	int r = 0;

	while (r == 0 && at < len) {
		n = 1;
		switch (m->state) {
		case M_PREAMBLE:
		case M_DATA:
			r = feed_data(m, p + at, len - at, &n);
			/* A receiver that takes nothing waits. */
			if (r == 0 && n == 0 && m->matched == 0 &&
			    m->owed_len == 0 && p[at] != '\r' &&
			    m->state == M_DATA)
				r = FSS_EAGAIN;
			break;
		case M_CLOSE:
			n = 0;
			r = m->open ? m->ops->end(m->arg) : 0;
			if (r == 0) {
				m->open = false;
				m->state = M_AFTER;
			}
			break;
		case M_AFTER:
			r = feed_after(m, p[at]);
			break;
		case M_HEAD:
			r = feed_head(m, p[at]);
			break;
		default:
			n = len - at;
			break;
		}
		at += n;
	}
	*ret_taken = at;
	return r;
}

int
multipart_end(struct multipart *m)
{
	/* The part may have been closed by the last byte there was. */
	if (m->state != M_EPILOGUE)
		return FSS_EINVAL;
	return 0;
}
