/*
 * Replies: the head with what every reply says to a browser, bodies whole or
 * as they come.
 *
 * A head is put together once, when the status is known.  Streams are pulled
 * straight into the connection's queue, no more than WEB_MAX_WINDOW ahead of
 * the client.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host.h"

#define PULL_BYTES	32768
#define HEADERS_MAX	16384	/* of what handlers add to one reply */

#define CSP_NONE	"default-src 'none'; frame-ancestors 'none'; " \
			"base-uri 'none'; form-action 'none'"

static const char *const policies[] = {
	[WEB_POLICY_API] = CSP_NONE,
	/*
	 * blob: and data: are images and media the page made itself; frames
	 * show previews of our own origin, which are sandboxed by theirs.
	 */
	[WEB_POLICY_PAGE] = "default-src 'none'; script-src 'self'; "
	    "style-src 'self'; img-src 'self' blob: data:; media-src 'self' "
	    "blob:; font-src 'self'; connect-src 'self'; frame-src 'self' "
	    "blob:; worker-src 'self'; manifest-src 'self'; "
	    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
	    "require-trusted-types-for 'script'",
	[WEB_POLICY_LINK] = "default-src 'none'; style-src 'self'; "
	    "img-src 'self'; form-action 'self'; frame-ancestors 'none'; "
	    "base-uri 'none'",
	[WEB_POLICY_CONTENT] = "sandbox; default-src 'none'; "
	    "style-src 'unsafe-inline'; img-src 'self' data:; "
	    "media-src 'self'; frame-ancestors 'self'; base-uri 'none'; "
	    "form-action 'none'"
};

const char *
status_text(int status)
{
	static const struct {
		int		 status;
		const char	*text;
	} texts[] = {
		{ 101, "Switching Protocols" }, { 200, "OK" },
		{ 201, "Created" }, { 202, "Accepted" },
		{ 204, "No Content" }, { 206, "Partial Content" },
		{ 207, "Multi-Status" }, { 301, "Moved Permanently" },
		{ 302, "Found" }, { 303, "See Other" },
		{ 304, "Not Modified" }, { 307, "Temporary Redirect" },
		{ 308, "Permanent Redirect" }, { 400, "Bad Request" },
		{ 401, "Unauthorized" }, { 403, "Forbidden" },
		{ 404, "Not Found" }, { 405, "Method Not Allowed" },
		{ 406, "Not Acceptable" }, { 408, "Request Timeout" },
		{ 409, "Conflict" }, { 410, "Gone" },
		{ 411, "Length Required" }, { 412, "Precondition Failed" },
		{ 413, "Content Too Large" }, { 414, "URI Too Long" },
		{ 415, "Unsupported Media Type" },
		{ 416, "Range Not Satisfiable" },
		{ 417, "Expectation Failed" }, { 422, "Unprocessable Content" },
		{ 423, "Locked" }, { 426, "Upgrade Required" },
		{ 428, "Precondition Required" }, { 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" },
		{ 460, "Checksum Mismatch" },
		{ 499, "Client Closed Request" },
		{ 500, "Internal Server Error" }, { 501, "Not Implemented" },
		{ 502, "Bad Gateway" }, { 503, "Service Unavailable" },
		{ 504, "Gateway Timeout" },
		{ 505, "HTTP Version Not Supported" },
		{ 507, "Insufficient Storage" }
	};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].status == status)
			return texts[i].text;
	return "Status";
}

bool
web_replied(const struct web_req *rq)
{
	return rq->reply != REPLY_NONE;
}

bool
web_sent(const struct web_req *rq)
{
	/* Who has gone has not all of it, else it would have ended before. */
	return rq->c != NULL && rq->reply == REPLY_QUEUED &&
	    conn_queued(rq->c) == 0;
}

void
web_reply_policy(struct web_req *rq, enum web_policy policy)
{
	rq->policy = policy;
}

void
web_reply_cache(struct web_req *rq, const char *rules)
{
	(void)snprintf(rq->cache_text, sizeof(rq->cache_text), "%s", rules);
	rq->cache = rq->cache_text;
}

/* Adds "name: value\r\n"; false where it may not or cannot go out. */
static bool
add_header(struct web_req *rq, const char *name, const char *value)
{
	size_t n = strlen(name), v = strlen(value);
	char *p;

	if (!field_safe(value) || rq->headers_len + n + v + 5 > HEADERS_MAX) {
		web_log(FSS_LOG_ERROR, "header left out", "name=%s", name);
		return false;
	}
	p = realloc(rq->headers, rq->headers_len + n + v + 5);
	if (p == NULL)
		return false;
	rq->headers = p;
	rq->headers_len += (size_t)snprintf(p + rq->headers_len, n + v + 5,
	    "%s: %s\r\n", name, value);
	return true;
}

void
web_reply_header(struct web_req *rq, const char *name, const char *fmt, ...)
{
	char value[8192];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof(value))
		(void)add_header(rq, name, value);
}

void
web_reply_cookie(struct web_req *rq, const char *name, const char *value,
    uint64_t max_age_s)
{
	web_reply_header(rq, "set-cookie", "%s=%s; Max-Age=%llu; Path=/; "
	    "Secure; HttpOnly; SameSite=Strict", name, value,
	    (unsigned long long)max_age_s);
}

/* ---- the head --------------------------------------------------------- */

/* A text that grows on the stack's side of one buffer. */
struct text {
	char	*p;
	size_t	 len, cap;
};

static void put(struct text *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
put(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->p + t->len, t->cap - t->len, fmt, ap);
	va_end(ap);
	/* The parts have ceilings below that of the whole. */
	if (n > 0 && (size_t)n < t->cap - t->len)
		t->len += (size_t)n;
}

static void
put_common(struct web_req *rq, struct text *t, int status)
{
	char date[40];
	uint64_t hsts = settings_number(SET_HSTS);
	struct timespec ts;

	(void)clock_gettime(CLOCK_REALTIME, &ts);	/* cannot fail */
	http_date((int64_t)ts.tv_sec, date, sizeof(date));
	put(t, "HTTP/1.1 %d %s\r\nserver: fssweb\r\ndate: %s\r\n", status,
	    status_text(status), date);
	put(t, "content-security-policy: %s\r\n", policies[rq->policy]);
	put(t, "x-content-type-options: nosniff\r\n"
	    "referrer-policy: no-referrer\r\n"
	    "x-frame-options: %s\r\n"
	    "cross-origin-opener-policy: same-origin\r\n"
	    "cross-origin-resource-policy: same-origin\r\n"
	    "permissions-policy: camera=(), geolocation=(), microphone=()\r\n",
	    rq->policy == WEB_POLICY_CONTENT ? "SAMEORIGIN" : "DENY");
	put(t, "cache-control: %s\r\n", rq->cache != NULL ? rq->cache :
	    "no-store");
	if (hsts > 0)
		put(t, "strict-transport-security: max-age=%llu\r\n",
		    (unsigned long long)hsts);
	if (rq->headers != NULL)
		put(t, "%s", rq->headers);
}

/* The whole head; @length as of web_reply_stream(). */
static void
send_head(struct web_req *rq, int status, const char *type, uint64_t length)
{
	size_t cap = HEADERS_MAX + 4096;
	struct text t = { (char *)conn_room(rq->c, cap), 0, cap };

	rq->status = status;
	rq->begun = true;
	if (t.p == NULL)
		return;
	/* A body that was not asked for ends the connection. */
	if (rq->body != BODY_NONE)
		rq->head.keep = false;
	put_common(rq, &t, status);
	if (type != NULL)
		put(&t, "content-type: %s\r\n", type);
	if (length != WEB_UNKNOWN) {
		if (status != 204 && status != 304)
			put(&t, "content-length: %llu\r\n",
			    (unsigned long long)length);
	} else if (rq->head.old) {
		rq->head.keep = false;
	} else {
		rq->chunked = true;
		put(&t, "transfer-encoding: chunked\r\n");
	}
	put(&t, "connection: %s\r\n\r\n", rq->head.keep ? "keep-alive" :
	    "close");
	conn_filled(rq->c, t.len);
}

void
reply_upgrade(struct web_req *rq, const char *accept)
{
	char head[512];
	int n;

	n = snprintf(head, sizeof(head), "HTTP/1.1 101 Switching Protocols\r\n"
	    "server: fssweb\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
	    "sec-websocket-accept: %s\r\n\r\n", accept);
	rq->status = 101;
	if (n > 0 && (size_t)n < sizeof(head))
		conn_send(rq->c, head, (size_t)n);
}

/* ---- whole replies ---------------------------------------------------- */

static void
done(struct web_req *rq)
{
	rq->reply = REPLY_QUEUED;
	hub_drop_calls(rq);
	conn_kick(rq->c);
}

void
web_reply(struct web_req *rq, int status, const char *type, const void *data,
    size_t len)
{
	if (rq->reply != REPLY_NONE)
		return;
	send_head(rq, status, type, len);
	if (rq->head.method != WEB_HEAD && len > 0) {
		conn_send(rq->c, data, len);
		rq->sent = len;
	}
	done(rq);
}

void
web_reply_empty(struct web_req *rq, int status)
{
	web_reply(rq, status, NULL, NULL, 0);
}

void
web_reply_json(struct web_req *rq, int status, json_t *o)
{
	char *text = o != NULL ? json_dumps(o, JSON_COMPACT) : NULL;

	json_decref(o);
	if (text == NULL) {
		web_reply(rq, 503, "application/json",
		    "{\"error\":{\"name\":\"FSS_ENOMEM\",\"message\":"
		    "\"out of memory\",\"detail\":\"\",\"retry_ms\":1000}}",
		    89);
		return;
	}
	web_reply(rq, status, "application/json", text, strlen(text));
	free(text);
}

void
web_reply_error_as(struct web_req *rq, int status, int err,
    const char *detail, uint64_t retry_ms)
{
	if (rq->reply != REPLY_NONE)
		return;
	/* What was to be kept is not what comes. */
	rq->cache = NULL;
	if (retry_ms > 0)
		web_reply_header(rq, "retry-after", "%llu",
		    (unsigned long long)(retry_ms + 999) / 1000);
	if (status == 401)
		web_reply_header(rq, "www-authenticate", "Bearer");
	if (detail != NULL && !utf8_valid(detail, strlen(detail)))
		detail = NULL;
	rq->policy = WEB_POLICY_API;
	web_reply_json(rq, status, json_pack("{s:{s:s,s:s,s:s,s:I}}", "error",
	    "name", fss_err_name(err), "message", fss_strerror(err), "detail",
	    detail != NULL ? detail : "", "retry_ms", (json_int_t)retry_ms));
}

static void
reply_error(struct web_req *rq, int err, const char *detail, uint64_t retry_ms)
{
	int status = fss_err_http(err);

	/* The client has gone by its own account; there is no such status. */
	if (status == 499)
		status = 503;
	if (retry_ms == 0 && status == 503)
		retry_ms = 2000;
	web_reply_error_as(rq, status, err, detail, retry_ms);
}

void
web_reply_error(struct web_req *rq, int err, const char *detail)
{
	reply_error(rq, err, detail, 0);
}

void
web_reply_event(struct web_req *rq, const fss_event *ev)
{
	reply_error(rq, fss_event_error(ev), fss_event_detail(ev),
	    fss_event_retry_ms(ev));
}

/* ---- streams ---------------------------------------------------------- */

void
web_reply_stream(struct web_req *rq, int status, const char *type,
    uint64_t length, web_pull_fn *pull)
{
	if (rq->reply != REPLY_NONE)
		return;
	send_head(rq, status, type, length);
	if (rq->head.method == WEB_HEAD || length == 0) {
		done(rq);
		return;
	}
	rq->reply = REPLY_STREAMS;
	rq->pull = pull;
	rq->stream_left = length;
	conn_kick(rq->c);
}

void
web_reply_more(struct web_req *rq)
{
	if (rq->reply != REPLY_STREAMS || rq->c == NULL)
		return;
	rq->pull_waits = false;
	conn_kick(rq->c);
}

void
web_reply_break(struct web_req *rq)
{
	if (rq->c != NULL)
		conn_break(rq->c);
}

/* One pull into the queue. False: nothing more for now, or ever. */
static bool
pull_once(struct web_req *rq)
{
	size_t room = PULL_BYTES, got = 0, head = rq->chunked ? 10 : 0;
	uint8_t *p = conn_room(rq->c, head + PULL_BYTES + 2);
	char size[16];
	int r;

	if (p == NULL)
		return false;
	if (rq->stream_left < room)
		room = (size_t)rq->stream_left;
	r = rq->pull(rq, p + head, room, &got);
	if (r == FSS_EAGAIN) {
		rq->pull_waits = true;
		return false;
	}
	/* Less than was promised, or an error: the client has to see it. */
	if (r < 0 || got > room || (got == 0 && !rq->chunked &&
	    rq->stream_left != WEB_UNKNOWN)) {
		conn_break(rq->c);
		return false;
	}
	if (rq->chunked) {
		/* "%08zx\r\n": the head's place is kept before it is known. */
		(void)snprintf(size, sizeof(size), "%08zx\r\n", got);
		memcpy(p, size, 10);
		memcpy(p + 10 + got, "\r\n", 2);
		if (got == 0)
			memcpy(p, "0\r\n\r\n", 5);
		conn_filled(rq->c, got == 0 ? 5 : got + 12);
	} else {
		conn_filled(rq->c, got);
	}
	rq->sent += got;
	if (rq->stream_left != WEB_UNKNOWN)
		rq->stream_left -= got;
	if (got == 0 || rq->stream_left == 0) {
		done(rq);
		return false;
	}
	return true;
}

void
reply_turn(struct web_req *rq)
{
	while (rq->reply == REPLY_STREAMS && !rq->pull_waits &&
	    conn_queued(rq->c) < WEB_MAX_WINDOW)
		if (!pull_once(rq))
			return;
}
