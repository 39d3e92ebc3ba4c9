/*
 * The body of a request: to a sink as it comes, or gathered whole where it
 * is small.
 *
 * Nothing is read of it, and the client is not told to go on, before a
 * handler has asked: whoever may not send it has not sent it.  Memory is
 * taken by what came, never by what was announced.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "host.h"

#define GROW_BYTES	4096

uint64_t
web_body_length(const struct web_req *rq)
{
	return rq->head.length;
}

uint64_t
web_body_taken(const struct web_req *rq)
{
	return rq->body_taken;
}

static bool
is_small(const struct web_req *rq)
{
	return rq->on_body != NULL || rq->on_json != NULL;
}

/* Lets it flow. */
static void
start(struct web_req *rq)
{
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";

	if (rq->body == BODY_NONE) {
		rq->body = BODY_ENDS;
		conn_kick(rq->c);
		return;
	}
	if (rq->head.expect && rq->body_taken == 0)
		conn_send(rq->c, go_on, sizeof(go_on) - 1);
	rq->body = BODY_FLOWS;
	/* A small one has to be there in all; a stream may take its time. */
	conn_deadline(rq->c, is_small(rq) ? WEB_MAX_FORM_MS : WEB_MAX_BODY_MS);
	conn_pause(rq->c, false);
}

void
web_read_stream(struct web_req *rq, const struct web_sink *sink)
{
	rq->sink = sink;
	start(rq);
}

void
web_read_resume(struct web_req *rq)
{
	if (rq->body != BODY_STOPPED)
		return;
	rq->body = BODY_FLOWS;
	conn_deadline(rq->c, WEB_MAX_BODY_MS);
	conn_pause(rq->c, false);
}

void
web_read_body(struct web_req *rq, size_t max, web_body_fn *fn)
{
	if (rq->head.length > max) {
		web_reply_error(rq, FSS_ETOOBIG, "the body is too long");
		return;
	}
	rq->collected_max = max;
	rq->on_body = fn;
	start(rq);
}

/* "application/json", with parameters or not. */
static bool
is_json(const struct web_req *rq)
{
	static const char json[] = "application/json";
	const char *type = web_header(rq, "content-type");

	if (type == NULL || strncasecmp(type, json, sizeof(json) - 1) != 0)
		return false;
	type += sizeof(json) - 1;
	return *type == '\0' || *type == ';' || *type == ' ';
}

void
web_read_json(struct web_req *rq, web_json_fn *fn)
{
	/* Other types a form of any site could send. */
	if (!is_json(rq)) {
		web_reply_error_as(rq, 415, FSS_EINVAL,
		    "the body has to be application/json", 0);
		return;
	}
	if (rq->head.length > WEB_MAX_JSON) {
		web_reply_error(rq, FSS_ETOOBIG, "the body is too long");
		return;
	}
	rq->collected_max = WEB_MAX_JSON;
	rq->on_json = fn;
	start(rq);
}

/* How deep brackets go, outside of strings. */
static unsigned
json_depth(const char *s, size_t len)
{
	unsigned depth = 0, most = 0;
	bool text = false;
	size_t i;

	for (i = 0; i < len; i++) {
		if (text) {
			if (s[i] == '\\')
				i++;
			else if (s[i] == '"')
				text = false;
		} else if (s[i] == '"') {
			text = true;
		} else if (s[i] == '{' || s[i] == '[') {
			if (++depth > most)
				most = depth;
		} else if ((s[i] == '}' || s[i] == ']') && depth > 0) {
			depth--;
		}
	}
	return most;
}

static void
tell_json(struct web_req *rq)
{
	web_json_fn *fn = rq->on_json;
	json_error_t error;
	json_t *body;
	char detail[256];

	rq->on_json = NULL;
	if (json_depth(rq->collected, (size_t)rq->body_taken) >
	    WEB_MAX_JSON_DEPTH) {
		web_reply_error(rq, FSS_ETOOBIG, "the JSON nests too deep");
		return;
	}
	body = json_loadb(rq->collected != NULL ? rq->collected : "",
	    (size_t)rq->body_taken, JSON_REJECT_DUPLICATES, &error);
	if (body == NULL) {
		(void)snprintf(detail, sizeof(detail),
		    "the body is no JSON: line %d, column %d", error.line,
		    error.column);
		web_reply_error(rq, FSS_EINVAL, detail);
		return;
	}
	fn(rq, body);
	json_decref(body);
}

void
body_turn(struct web_req *rq)
{
	web_body_fn *fn = rq->on_body;

	if (rq->body != BODY_ENDS)
		return;
	rq->body = BODY_NONE;
	conn_expect(rq->c, false);
	conn_deadline(rq->c, 0);
	if (rq->on_json != NULL) {
		tell_json(rq);
	} else if (fn != NULL) {
		rq->on_body = NULL;
		fn(rq, rq->collected != NULL ? rq->collected : "",
		    (size_t)rq->body_taken);
	} else if (rq->sink != NULL && rq->reply == REPLY_NONE) {
		rq->sink->end(rq);
	}
}

/* Adds to what is gathered; NUL-terminated all along. */
static int
collect(struct web_req *rq, const uint8_t *data, size_t len)
{
	size_t had = (size_t)rq->body_taken, cap = rq->collected_cap;
	char *p;

	if (len > rq->collected_max - had)
		return FSS_ETOOBIG;
	if (cap < had + len + 1) {
		if (cap == 0)
			cap = GROW_BYTES;
		while (cap < had + len + 1)
			cap *= 2;
		/* Not realloc(): it would leave a copy of what it is. */
		p = malloc(cap);
		if (p == NULL)
			return FSS_ENOMEM;
		if (had > 0) {
			memcpy(p, rq->collected, had);
			explicit_bzero(rq->collected, had);
		}
		free(rq->collected);
		rq->collected = p;
		rq->collected_cap = cap;
	}
	memcpy(rq->collected + had, data, len);
	rq->collected[had + len] = '\0';
	return 0;
}

ssize_t
body_input(struct web_req *rq, uint8_t *data, size_t len)
{
	size_t take = len < rq->body_left ? len : (size_t)rq->body_left;
	size_t taken = take;
	int r;

	if (rq->sink == NULL) {
		r = collect(rq, data, take);
	} else {
		taken = 0;
		r = rq->sink->data(rq, data, take, &taken);
		if (r == FSS_EAGAIN)
			r = 0;
		if (taken > take)
			return -1;
	}
	if (r < 0) {
		rq->body = BODY_WAITS;
		if (rq->reply == REPLY_NONE)
			web_reply_error(rq, r, NULL);
		return 0;
	}
	/* It may have replied already: no, thank you. */
	if (rq->reply != REPLY_NONE && rq->body == BODY_FLOWS) {
		rq->body = BODY_WAITS;
		return (ssize_t)taken;
	}
	rq->body_taken += taken;
	rq->body_left -= taken;
	if (rq->body_left == 0) {
		rq->body = BODY_ENDS;
		conn_kick(rq->c);
	} else if (taken < take) {
		/* Whoever stopped it has his own limits of time. */
		rq->body = BODY_STOPPED;
		conn_deadline(rq->c, 0);
		conn_pause(rq->c, true);
	} else if (!is_small(rq)) {
		conn_deadline(rq->c, WEB_MAX_BODY_MS);
	}
	return (ssize_t)taken;
}

void
body_expired(struct web_req *rq)
{
	if (rq->reply != REPLY_NONE) {
		conn_break(rq->c);
		return;
	}
	rq->body = BODY_WAITS;
	if (rq->sink != NULL && rq->sink->cut != NULL)
		rq->sink->cut(rq);
	web_reply_error_as(rq, 408, FSS_ETIMEDOUT,
	    "the body did not arrive in time", 0);
}
