/*
 * Content with conditions and ranges (RFC 9110, 13 and 14).
 *
 * What is asked for is decided before a byte is read: nothing (304, 416,
 * HEAD), the whole, one range, or several in multipart/byteranges, whose
 * length is known beforehand too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

#define PART_BYTES	512	/* of the head of one part */

struct content {
	struct web_content k;
	struct range	 ranges[WEB_MAX_RANGES];
	unsigned	 count, at;
	uint64_t	 left;		/* of the range under way */
	bool		 parts;		/* multipart */
	char		 head[PART_BYTES];
	size_t		 head_len, head_off;
};

#define BOUNDARY	"fss-7c1f0a9e52d84b36"

void
content_free(struct content *k)
{
	free(k);
}

/* The head before part @i; after the last (@i == count) the end. */
static size_t
part_head(const struct content *c, unsigned i, char dst[PART_BYTES])
{
	int n;

	if (i == c->count)
		n = snprintf(dst, PART_BYTES, "\r\n--" BOUNDARY "--\r\n");
	else
		n = snprintf(dst, PART_BYTES, "\r\n--" BOUNDARY
		    "\r\ncontent-type: %.128s\r\ncontent-range: bytes "
		    "%llu-%llu/%llu\r\n\r\n", c->k.type,
		    (unsigned long long)c->ranges[i].first,
		    (unsigned long long)c->ranges[i].last,
		    (unsigned long long)c->k.size);
	return n > 0 && n < PART_BYTES ? (size_t)n : 0;
}

static uint64_t
total(const struct content *c)
{
	char head[PART_BYTES];
	uint64_t n = 0;
	unsigned i;

	for (i = 0; i < c->count; i++) {
		n += c->ranges[i].last - c->ranges[i].first + 1;
		if (c->parts)
			n += part_head(c, i, head);
	}
	return c->parts ? n + part_head(c, c->count, head) : n;
}

/* Begins range @c->at, or ends. */
static int
next_range(struct web_req *rq, struct content *c)
{
	const struct range *r = &c->ranges[c->at];

	if (c->parts) {
		c->head_len = part_head(c, c->at, c->head);
		c->head_off = 0;
	}
	if (c->at == c->count)
		return 0;
	c->at++;
	c->left = r->last - r->first + 1;
	return c->k.seek(rq, r->first, c->left);
}

static int
pull(struct web_req *rq, void *buf, size_t len, size_t *ret_n)
{
	struct content *c = rq->content;
	size_t n;
	int r;

	if (c->head_off == c->head_len && c->left == 0) {
		r = next_range(rq, c);
		if (r < 0)
			return r;
	}
	if (c->head_off < c->head_len) {
		n = c->head_len - c->head_off;
		if (n > len)
			n = len;
		memcpy(buf, c->head + c->head_off, n);
		c->head_off += n;
		*ret_n = n;
		return 0;
	}
	if (len > c->left)
		len = (size_t)c->left;
	r = c->k.pull(rq, buf, len, ret_n);
	if (r == 0)
		c->left -= *ret_n;
	return r;
}

/* Whether the client has it already. */
static bool
not_modified(const struct web_req *rq, const struct web_content *k,
    const char *date)
{
	const char *v = web_header(rq, "if-none-match");

	if (v != NULL)
		return k->etag != NULL && etag_match(v, k->etag);
	v = web_header(rq, "if-modified-since");
	return v != NULL && k->modified != 0 && strcmp(v, date) == 0;
}

/* Whether ranges of what the client has parts of are those of this. */
static bool
range_fits(const struct web_req *rq, const struct web_content *k,
    const char *date)
{
	const char *v = web_header(rq, "if-range");

	if (v == NULL)
		return true;
	/* Strong comparison: nothing weak matches. */
	if (v[0] == '"')
		return k->etag != NULL && strcmp(v, k->etag) == 0;
	return k->modified != 0 && strcmp(v, date) == 0;
}

static void
choose_ranges(const struct web_req *rq, struct content *c, const char *date,
    enum range_result *ret_result)
{
	*ret_result = RANGE_NONE;
	/* Ranges are for GET; HEAD tells of the whole (RFC 9110, 14.2). */
	if (rq->head.method == WEB_GET && range_fits(rq, &c->k, date))
		*ret_result = range_parse(web_header(rq, "range"), c->k.size,
		    c->ranges, &c->count);
	if (*ret_result == RANGE_NONE) {
		c->ranges[0].first = 0;
		c->ranges[0].last = c->k.size > 0 ? c->k.size - 1 : 0;
		c->count = c->k.size > 0 ? 1 : 0;
	}
	c->parts = c->count > 1;
}

bool
web_content_wanted(const struct web_req *rq, const struct web_content *k)
{
	enum range_result result;
	struct content c = { .k = *k };
	char date[40] = "";

	if (k->modified != 0)
		http_date(k->modified, date, sizeof(date));
	if (rq->head.method == WEB_HEAD || not_modified(rq, k, date))
		return false;
	choose_ranges(rq, &c, date, &result);
	return result != RANGE_UNSATISFIABLE;
}

void
web_reply_content(struct web_req *rq, const struct web_content *k)
{
	struct content *c = calloc(1, sizeof(*c));
	enum range_result result;
	char date[40] = "";

	if (c == NULL) {
		web_reply_error(rq, FSS_ENOMEM, NULL);
		return;
	}
	c->k = *k;
	rq->content = c;
	if (k->etag != NULL)
		web_reply_header(rq, "etag", "%s", k->etag);
	if (k->modified != 0) {
		http_date(k->modified, date, sizeof(date));
		web_reply_header(rq, "last-modified", "%s", date);
	}
	if (not_modified(rq, k, date)) {
		web_reply_empty(rq, 304);
		return;
	}
	web_reply_header(rq, "accept-ranges", "bytes");
	choose_ranges(rq, c, date, &result);
	if (result == RANGE_UNSATISFIABLE) {
		web_reply_header(rq, "content-range", "bytes */%llu",
		    (unsigned long long)k->size);
		web_reply_error_as(rq, 416, FSS_EINVAL,
		    "the range is not in the file", 0);
		return;
	}
	if (result == RANGE_SOME && !c->parts)
		web_reply_header(rq, "content-range", "bytes %llu-%llu/%llu",
		    (unsigned long long)c->ranges[0].first,
		    (unsigned long long)c->ranges[0].last,
		    (unsigned long long)k->size);
	web_reply_stream(rq, result == RANGE_SOME ? 206 : 200, c->parts ?
	    "multipart/byteranges; boundary=" BOUNDARY : k->type, total(c),
	    pull);
}
