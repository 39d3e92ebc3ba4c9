/*
 * WebSockets: the handshake, messages in and out, PINGs, good-byes.
 *
 * Only our own page may open one: a handshake without an Origin of this host
 * is refused, for a browser sends cookies along from any site.  Programs
 * that come with a token of their own in Authorization need none.  Messages
 * are texts, whole or in fragments up to WEB_MAX_SOCKET_MESSAGE; what waits
 * for a slow reader is bounded, then the socket is dropped.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/queue.h>

#include "host.h"

struct web_socket {
	TAILQ_ENTRY(web_socket) list;
	struct conn	*c;
	const struct web_socket_ops *ops;
	void		*arg;
	struct web_person *person;
	struct live_link live;
	char		*text;		/* fragments so far */
	size_t		 text_len;
	bool		 in_text;
	bool		 closing;	/* we said good-bye */
	int64_t		 heard, pinged;
};

static TAILQ_HEAD(, web_socket) sockets = TAILQ_HEAD_INITIALIZER(sockets);

void *
web_socket_arg(const struct web_socket *ws)
{
	return ws->arg;
}

struct web_person *
web_socket_person(const struct web_socket *ws)
{
	return ws->person;
}

struct live_link *
socket_live(struct web_socket *ws)
{
	return &ws->live;
}

/* ---- out -------------------------------------------------------------- */

static void
send_frame(struct web_socket *ws, enum frame_op op, const void *data,
    size_t len)
{
	uint8_t head[10];

	conn_send(ws->c, head, frame_head(head, op, len));
	conn_send(ws->c, data, len);
}

void
web_socket_send(struct web_socket *ws, const char *text, size_t len)
{
	if (ws->closing)
		return;
	if (conn_queued(ws->c) + len > WEB_MAX_SOCKET_QUEUE) {
		/* It would not read a good-bye either. */
		web_log(FSS_LOG_INFO, "slow WebSocket dropped", "queued=%zu",
		    conn_queued(ws->c));
		ws->closing = true;
		conn_break(ws->c);
		return;
	}
	send_frame(ws, FRAME_TEXT, text, len);
}

void
web_socket_close(struct web_socket *ws, unsigned code, const char *reason)
{
	uint8_t body[125];
	size_t n = strlen(reason);

	if (ws->closing)
		return;
	if (n > sizeof(body) - 2)
		n = sizeof(body) - 2;
	body[0] = (uint8_t)(code >> 8);
	body[1] = (uint8_t)code;
	memcpy(body + 2, reason, n);
	send_frame(ws, FRAME_CLOSE, body, n + 2);
	ws->closing = true;
	/* The other side's good-bye is waited for, briefly. */
	conn_deadline(ws->c, WEB_MAX_LINGER_MS);
}

/* ---- in --------------------------------------------------------------- */

static void
message_done(struct web_socket *ws)
{
	char *text = ws->text;
	size_t len = ws->text_len;

	ws->in_text = false;
	ws->text = NULL;
	ws->text_len = 0;
	if (!utf8_valid(text, len) || strlen(text) != len)
		web_socket_close(ws, 1007, "not UTF-8");
	else if (ws->ops->text != NULL)
		ws->ops->text(ws, text, len);
	free(text);
}

static void
take_text(struct web_socket *ws, const struct frame *f)
{
	char *p;

	/* A message begins with its type and goes on without. */
	if ((f->op == FRAME_CONT) != ws->in_text) {
		web_socket_close(ws, 1002, "fragments out of order");
		return;
	}
	if (f->len > WEB_MAX_SOCKET_MESSAGE - ws->text_len) {
		web_socket_close(ws, 1009, "message is too long");
		return;
	}
	p = realloc(ws->text, ws->text_len + f->len + 1);
	if (p == NULL) {
		web_socket_close(ws, 1011, "out of memory");
		return;
	}
	ws->in_text = true;
	ws->text = p;
	memcpy(p + ws->text_len, f->data, f->len);
	ws->text_len += f->len;
	p[ws->text_len] = '\0';
	if (f->fin)
		message_done(ws);
}

static void
take_close(struct web_socket *ws, const struct frame *f)
{
	unsigned code = 1000;

	if (f->len == 1) {
		code = 1002;
	} else if (f->len >= 2) {
		code = (unsigned)f->data[0] << 8 | f->data[1];
		if (!close_code_valid(code) || !utf8_valid((char *)f->data + 2,
		    f->len - 2))
			code = 1002;
	}
	web_socket_close(ws, code, "");
	conn_close(ws->c);
}

static void
take_frame(struct web_socket *ws, const struct frame *f)
{
	switch (f->op) {
	case FRAME_TEXT:
	case FRAME_CONT:
		take_text(ws, f);
		break;
	case FRAME_PING:
		/*
		 * Whoever pings and does not read needs no more of these: they
		 * are dropped long before the queue that news may take.
		 */
		if (conn_queued(ws->c) < WEB_MAX_SOCKET_MESSAGE)
			send_frame(ws, FRAME_PONG, f->data, f->len);
		break;
	case FRAME_PONG:
		break;
	case FRAME_CLOSE:
		take_close(ws, f);
		break;
	default:
		web_socket_close(ws, 1003, "only texts are taken");
		break;
	}
}

static ssize_t
on_input(struct conn *c, uint8_t *data, size_t len)
{
	struct web_socket *ws = conn_ctx(c);
	struct frame f;
	int64_t n;

	ws->heard = now_ms();
	n = frame_take(data, len, &f);
	if (n < 0) {
		web_socket_close(ws, (unsigned)-n, "bad frame");
		conn_close(c);
		return (ssize_t)len;
	}
	if (n > 0 && (!ws->closing || f.op == FRAME_CLOSE)) {
		if (f.op == FRAME_CLOSE && ws->closing)
			conn_close(c);
		else
			take_frame(ws, &f);
	}
	return (ssize_t)n;
}

static void
on_turn(struct conn *c)
{
	(void)c;
}

static void
on_expired(struct conn *c)
{
	conn_close(c);
}

static void
on_gone(struct conn *c)
{
	struct web_socket *ws = conn_ctx(c);

	ws->closing = true;
	web_live_leave(ws);
	if (ws->ops->gone != NULL)
		ws->ops->gone(ws);
	TAILQ_REMOVE(&sockets, ws, list);
	person_release(ws->person);
	free(ws->text);
	free(ws);
}

static const struct conn_ops socket_ops = {
	on_input, on_turn, on_expired, on_gone
};

/* ---- the handshake ---------------------------------------------------- */

static const char *
handshake_problem(struct web_req *rq)
{
	const char *up = web_header(rq, "upgrade");
	const char *key = web_header(rq, "sec-websocket-key");

	if (rq->head.method != WEB_GET || !rq->head.upgrade || up == NULL ||
	    !list_has(up, "websocket") || key == NULL || strlen(key) != 24)
		return "this address speaks WebSocket only";
	return NULL;
}

struct web_socket *
web_upgrade(struct web_req *rq, const struct web_socket_ops *ops, void *arg)
{
	const char *version = web_header(rq, "sec-websocket-version");
	const char *problem = handshake_problem(rq);
	struct web_socket *ws;
	char accept[29];

	if (problem != NULL || version == NULL || strcmp(version, "13") != 0) {
		web_reply_header(rq, "upgrade", "websocket");
		web_reply_header(rq, "sec-websocket-version", "13");
		web_reply_error_as(rq, 426, FSS_EINVAL, problem != NULL ?
		    problem : "only version 13 is spoken", 0);
		return NULL;
	}
	if (rq->credential != WEB_BEARER && !web_same_origin(rq)) {
		web_reply_error(rq, FSS_EDENIED, "another site's page");
		return NULL;
	}
	ws = calloc(1, sizeof(*ws));
	if (ws == NULL) {
		web_reply_error(rq, FSS_ENOMEM, NULL);
		return NULL;
	}
	tls_accept_key(web_header(rq, "sec-websocket-key"), accept);
	reply_upgrade(rq, accept);
	ws->c = rq->c;
	ws->ops = ops;
	ws->arg = arg;
	ws->person = person_keep(rq->person);
	ws->heard = ws->pinged = now_ms();
	TAILQ_INSERT_TAIL(&sockets, ws, list);
	request_upgraded(rq);
	conn_take_over(ws->c, &socket_ops, ws);
	conn_deadline(ws->c, 0);
	conn_pause(ws->c, false);
	return ws;
}

void
sockets_tick(int64_t now)
{
	struct web_socket *ws, *next;

	for (ws = TAILQ_FIRST(&sockets); ws != NULL; ws = next) {
		next = TAILQ_NEXT(ws, list);
		if (ws->closing)
			continue;
		if (now - ws->heard >= WEB_MAX_SOCKET_DEAD_MS) {
			conn_break(ws->c);
		} else if (now - ws->pinged >= WEB_MAX_SOCKET_PING_MS) {
			ws->pinged = now;
			send_frame(ws, FRAME_PING, "", 0);
			if (ws->ops->pinged != NULL)
				ws->ops->pinged(ws);
		}
	}
}
