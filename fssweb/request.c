/*
 * A request from its head to its last byte, on a connection that may carry
 * many one after the other.
 *
 * One at a time: what a client sends ahead stays in the connection until the
 * reply before it is through.  When a reply goes out while a body is still
 * unread, that much of it is dropped as costs little, then the connection
 * ends, so that the client has a chance to read the reply.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "host.h"

/* The connection between and after requests. */
struct line {
	struct web_req	*rq;		/* NULL: waiting for a head */
	bool		 began;		/* of the head something came */
	bool		 last;		/* no further request */
	uint64_t	 linger;	/* dropped of an unwanted body */
	bool		 lingers;
};

/* ---- reading a request ------------------------------------------------ */

unsigned
web_method(const struct web_req *rq)
{
	return rq->head.method;
}

const char *
web_method_name(const struct web_req *rq)
{
	return rq->head.method_name != NULL ? rq->head.method_name : "-";
}

const char *
web_path(const struct web_req *rq)
{
	return rq->path != NULL ? rq->path : "";
}

const char *
web_param(const struct web_req *rq, unsigned i)
{
	return i < rq->param_count ? rq->params[i] : "";
}

const char *
web_query(const struct web_req *rq, const char *name)
{
	int i;

	for (i = 0; i < rq->query_count; i++)
		if (strcmp(rq->query[i].name, name) == 0)
			return rq->query[i].value;
	return NULL;
}

unsigned
web_query_count(const struct web_req *rq)
{
	return (unsigned)rq->query_count;
}

void
web_query_at(const struct web_req *rq, unsigned i, const char **ret_name,
    const char **ret_value)
{
	*ret_name = rq->query[i].name;
	*ret_value = rq->query[i].value;
}

int
web_query_number(const struct web_req *rq, const char *name, uint64_t dflt,
    uint64_t max, uint64_t *ret_n)
{
	const char *value = web_query(rq, name);

	*ret_n = dflt;
	if (value == NULL)
		return 0;
	return parse_u64(value, max, ret_n) ? 0 : FSS_EINVAL;
}

const char *
web_header(const struct web_req *rq, const char *name)
{
	return head_find(&rq->head, name);
}

const char *
web_cookie(struct web_req *rq, const char *name)
{
	const char *header = head_find(&rq->head, "cookie");

	return header != NULL && cookie_find(header, name, rq->cookie,
	    sizeof(rq->cookie)) ? rq->cookie : NULL;
}

const char *
web_host(const struct web_req *rq)
{
	return rq->head.host != NULL ? rq->head.host : "";
}

const char *
web_address(const struct web_req *rq)
{
	return rq->address;
}

bool
web_same_origin(const struct web_req *rq)
{
	const char *site = web_header(rq, "sec-fetch-site");
	const char *origin = web_header(rq, "origin");

	/* Where the browser says both, both have to fit. */
	if (site != NULL && strcmp(site, "same-origin") != 0)
		return false;
	/*
	 * Under no-referrer browsers say "null" with a form that is posted,
	 * also to its own origin; so do strange pages, whose site differs.
	 */
	if (origin == NULL || strcmp(origin, "null") == 0)
		return site != NULL;
	return strncmp(origin, "https://", 8) == 0 &&
	    strcasecmp(origin + 8, web_host(rq)) == 0;
}

const char *
web_token(const struct web_req *rq, enum web_credential *ret_kind)
{
	if (ret_kind != NULL)
		*ret_kind = rq->credential;
	return rq->credential != WEB_NOBODY ? rq->token : NULL;
}

void
web_state_set(struct web_req *rq, void *state, void (*drop)(void *))
{
	rq->state = state;
	rq->drop = drop;
}

void *
web_state(const struct web_req *rq)
{
	return rq->state;
}

/* Letters that tokens are made of: what else comes is none. */
static bool
token_copy(struct web_req *rq, const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRST"
	    "UVWXYZ0123456789-_.~+/=");

	if (n == 0 || n > WEB_MAX_TOKEN || text[n] != '\0')
		return false;
	memcpy(rq->token, text, n + 1);
	return true;
}

/* A header says more than a cookie: it was put there on purpose. */
static void
find_token(struct web_req *rq)
{
	const char *v = web_header(rq, "authorization");

	if (v != NULL) {
		if (strncasecmp(v, "bearer ", 7) == 0 &&
		    token_copy(rq, v + 7 + strspn(v + 7, " ")))
			rq->credential = WEB_BEARER;
		return;
	}
	v = web_cookie(rq, "__Host-fss");
	if (v != NULL && token_copy(rq, v))
		rq->credential = WEB_COOKIE;
}

static void
find_address(struct web_req *rq)
{
	uint8_t addr[16], next[16];
	unsigned i;
	bool more;

	memcpy(addr, conn_addr(rq->c), sizeof(addr));
	/* Some proxies append to the line, some add one: the last is theirs. */
	for (i = rq->head.count; i-- > 0;) {
		if (strcasecmp(rq->head.fields[i].name, "x-forwarded-for") !=
		    0)
			continue;
		more = forwarded_for(rq->head.fields[i].value,
		    web_settings.proxies, web_settings.proxy_count, addr, next);
		memcpy(addr, next, sizeof(addr));
		if (!more)
			break;
	}
	addr_text(addr, rq->address, sizeof(rq->address));
}

/* ---- life ------------------------------------------------------------- */

static void
request_free(struct web_req *rq)
{
	if (rq->drop != NULL)
		rq->drop(rq->state);
	hub_drop_calls(rq);
	person_release(rq->person);
	content_free(rq->content);
	/* They may hold a token or a password; memset() would be left out. */
	if (rq->collected != NULL)
		explicit_bzero(rq->collected, rq->collected_cap);
	free(rq->collected);
	explicit_bzero(rq->text, rq->text_len);
	free(rq->headers);
	free(rq->path);
	free(rq->text);
	explicit_bzero(rq, sizeof(*rq));
	free(rq);
}

static struct web_req *
request_new(struct line *line, struct conn *c, const uint8_t *head, size_t len)
{
	struct web_req *rq = calloc(1, sizeof(*rq));

	if (rq != NULL)
		rq->text = malloc(len + 1);
	if (rq == NULL || rq->text == NULL) {
		free(rq);
		conn_break(c);
		return NULL;
	}
	rq->c = c;
	rq->started = now_ms();
	memcpy(rq->text, head, len);
	rq->text[len] = '\0';
	rq->text_len = len;
	addr_text(conn_addr(c), rq->address, sizeof(rq->address));
	line->rq = rq;
	conn_deadline(c, 0);
	return rq;
}

/* What is no request gets a reply like any other, the last one here. */
static void
refuse(struct line *line, struct conn *c, int status, int err,
    const char *why)
{
	struct web_req *rq = line->rq;

	if (rq == NULL)
		rq = request_new(line, c, (const uint8_t *)"", 0);
	if (rq == NULL)
		return;
	line->last = true;
	rq->head.keep = false;
	/* What follows is dropped for a moment, so that the reply is read. */
	rq->body = BODY_WAITS;
	web_reply_error_as(rq, status, err, why, 0);
}

static void
request_begin(struct line *line, struct conn *c, const uint8_t *head,
    size_t len)
{
	struct web_req *rq = request_new(line, c, head, len);
	const char *why;
	int status;

	if (rq == NULL)
		return;
	status = head_parse(rq->text, len, &rq->head, &why);
	if (status != 0) {
		refuse(line, c, status, status == 431 || status == 414 ?
		    FSS_ETOOBIG : FSS_EINVAL, why);
		return;
	}
	find_address(rq);
	find_token(rq);
	if (rq->head.length > 0) {
		rq->body = BODY_WAITS;
		rq->body_left = rq->head.length;
		conn_expect(c, true);
	}
	line->last = !rq->head.keep;
	route_request(rq);
}

static void
wait_for_head(struct line *line, struct conn *c)
{
	line->began = false;
	conn_deadline(c, WEB_MAX_KEEP_MS);
	conn_pause(c, false);
}

/* Reply and body are through, as far as they will be. */
static void
request_end(struct line *line, struct conn *c)
{
	struct web_req *rq = line->rq;
	bool unread = rq->body != BODY_NONE;

	log_access(rq);
	line->rq = NULL;
	request_free(rq);
	conn_expect(c, false);
	if (unread) {
		line->lingers = true;
		conn_expect(c, true);
		conn_deadline(c, WEB_MAX_LINGER_MS);
		conn_pause(c, false);
	} else if (line->last) {
		conn_close(c);
	} else {
		wait_for_head(line, c);
	}
}

/* Requests whose connection went to a WebSocket, until nobody uses them. */
static struct web_req *upgraded;

void
request_upgraded(struct web_req *rq)
{
	struct line *line = conn_ctx(rq->c);

	rq->upgraded = true;
	rq->reply = REPLY_QUEUED;
	rq->next = upgraded;
	upgraded = rq;
	free(line);
}

void
requests_settle(void)
{
	struct web_req *rq;

	while ((rq = upgraded) != NULL) {
		upgraded = rq->next;
		log_access(rq);
		request_free(rq);
	}
}

static ssize_t
on_input(struct conn *c, uint8_t *data, size_t len)
{
	struct line *line = conn_ctx(c);
	struct web_req *rq = line->rq;
	size_t end, skip = 0;

	if (line->lingers) {
		line->linger += len;
		if (line->linger > WEB_MAX_LINGER)
			return -1;
		return (ssize_t)len;
	}
	if (rq != NULL) {
		if (rq->body == BODY_FLOWS)
			return body_input(rq, data, len);
		/* The next request, or a body nobody asked for. */
		return 0;
	}
	/* RFC 9112: empty lines before a request are passed over. */
	while (skip + 1 < len && skip < 4 && data[skip] == '\r' &&
	    data[skip + 1] == '\n')
		skip += 2;
	if (skip > 0)
		return (ssize_t)skip;
	if (!line->began) {
		line->began = true;
		conn_deadline(c, WEB_MAX_HEAD_MS);
	}
	end = head_end((const char *)data, len);
	if (end == 0 && len <= WEB_MAX_HEAD)
		return 0;
	if (end == 0 || end > WEB_MAX_HEAD) {
		refuse(line, c, 431, FSS_ETOOBIG, "the headers are too long");
		return (ssize_t)len;
	}
	request_begin(line, c, data, end);
	return (ssize_t)end;
}

static void
on_turn(struct conn *c)
{
	struct line *line = conn_ctx(c);
	struct web_req *rq;

	if (line == NULL || line->rq == NULL)
		return;
	rq = line->rq;
	body_turn(rq);
	reply_turn(rq);
	if (rq->reply == REPLY_QUEUED && conn_queued(c) == 0)
		request_end(line, c);
}

static void
on_expired(struct conn *c)
{
	struct line *line = conn_ctx(c);

	if (line->lingers) {
		conn_break(c);
	} else if (line->rq != NULL) {
		body_expired(line->rq);
	} else if (!line->began) {
		conn_close(c);
	} else {
		refuse(line, c, 408, FSS_ETIMEDOUT,
		    "the request was not sent in time");
	}
}

static void
on_gone(struct conn *c)
{
	struct line *line = conn_ctx(c);

	if (line == NULL)
		return;
	if (line->rq != NULL) {
		if (line->rq->status == 0)
			line->rq->status = 499;
		log_access(line->rq);
		line->rq->c = NULL;
		request_free(line->rq);
	}
	free(line);
}

const struct conn_ops http_ops = {
	on_input, on_turn, on_expired, on_gone
};

void
http_begin(struct conn *c)
{
	struct line *line = calloc(1, sizeof(*line));

	if (line == NULL) {
		conn_break(c);
		return;
	}
	conn_take_over(c, &http_ops, line);
	conn_deadline(c, WEB_MAX_HEAD_MS);
}
