/*
 * What a handler of fssweb sees: a request, its body, its reply, operations
 * of the hub that belong to it.
 *
 * A route's handler is called when the head of a request is there, before
 * its body.  It replies at once, or asks for the body, or starts operations
 * of the hub and goes on in their continuations; exactly one web_reply_*()
 * or web_upgrade() ends its part.  Whatever a request started is given up by
 * itself when the client goes away or the reply is through: operations are
 * cancelled, state is freed by what web_state_set() was given.
 *
 * Nothing here blocks, and no handler is called from within one of these
 * calls: continuations always run later, from the loop.  One thread.
 */
#ifndef FSSWEB_WEB_H
#define FSSWEB_WEB_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fss/fss.h>

#include "web_limits.h"

struct web_req;
struct web_person;
struct web_socket;

/* ---- routes ----------------------------------------------------------- */

enum web_method {
	WEB_GET = 1 << 0,
	WEB_HEAD = 1 << 1,	/* a route with WEB_GET takes HEAD too */
	WEB_POST = 1 << 2,
	WEB_PUT = 1 << 3,
	WEB_PATCH = 1 << 4,
	WEB_DELETE = 1 << 5,
	WEB_OPTIONS = 1 << 6
};

typedef void web_handler(struct web_req *rq);

/*
 * In routes.c.  Segments of @path that begin with ':' match any one segment,
 * see web_param(); the first row that matches path and method is taken, 405
 * with Allow where only the path does.
 */
struct web_route {
	unsigned	 methods;
	const char	*path;
	web_handler	*fn;
	unsigned	 flags;
	const void	*arg;		/* for web_route_arg() */
};
extern const struct web_route web_routes[];	/* ends with path NULL */

#define WEB_NO_HUB	(1u << 0)	/* answered while the hub is away, too */

/* What the row that matched has as @arg. */
const void *web_route_arg(const struct web_req *rq);

/* ---- the request ------------------------------------------------------ */

/* Texts are of the request and live as long as it. */
unsigned web_method(const struct web_req *rq);
const char *web_method_name(const struct web_req *rq);
/* Decoded, checked to be UTF-8 without NUL; begins with '/'. */
const char *web_path(const struct web_req *rq);
/* What the @i-th ':' segment of the route matched, decoded. */
const char *web_param(const struct web_req *rq, unsigned i);
/* A query parameter, decoded; NULL where there is none.  The first counts. */
const char *web_query(const struct web_req *rq, const char *name);
/* How many there are, and the @i-th of them. */
unsigned web_query_count(const struct web_req *rq);
void	web_query_at(const struct web_req *rq, unsigned i,
	    const char **ret_name, const char **ret_value);
/* A decimal one: @dflt where absent, FSS_EINVAL if malformed or above @max. */
int	web_query_number(const struct web_req *rq, const char *name,
	    uint64_t dflt, uint64_t max, uint64_t *ret_n);
/* A header, by name without regard to case; NULL where there is none. */
const char *web_header(const struct web_req *rq, const char *name);
/* A cookie's value, valid until the next call; NULL where there is none. */
const char *web_cookie(struct web_req *rq, const char *name);
/* The Host header: "HOST" or "HOST:PORT". */
const char *web_host(const struct web_req *rq);
/* The client's address in digits, as a named proxy tells it. */
const char *web_address(const struct web_req *rq);
/*
 * Whether the request comes from our own page: Sec-Fetch-Site same-origin,
 * or an Origin of this very host.  False where neither header is there.
 */
bool	web_same_origin(const struct web_req *rq);

/* Who asks: cookie __Host-fss or "Authorization: Bearer".  NULL: nobody. */
enum web_credential { WEB_NOBODY, WEB_COOKIE, WEB_BEARER };
const char *web_token(const struct web_req *rq, enum web_credential *ret_kind);

/*
 * State of the handler's; @drop frees it when the request ends.  Where nobody
 * replied its operations go on until after that: web_let_go() is for this
 * moment.  With the reply they were cancelled, and what web_call() gave is no
 * more.
 */
void	web_state_set(struct web_req *rq, void *state, void (*drop)(void *));
void   *web_state(const struct web_req *rq);

/* ---- the body --------------------------------------------------------- */

#define WEB_UNKNOWN	UINT64_MAX

/* Content-Length, checked; 0 where there is no body. */
uint64_t web_body_length(const struct web_req *rq);

/*
 * Reads the whole body as JSON, then calls @fn; where it is not one (type,
 * size, depth, syntax) the error is replied and @fn never called.  @body is
 * freed after @fn; take a reference to keep it.
 */
typedef void web_json_fn(struct web_req *rq, json_t *body);
void	web_read_json(struct web_req *rq, web_json_fn *fn);

/* Reads up to @max bytes (FSS_ETOOBIG is replied above), then calls @fn. */
typedef void web_body_fn(struct web_req *rq, const char *data, size_t len);
void	web_read_body(struct web_req *rq, size_t max, web_body_fn *fn);

/*
 * Takes the body as it comes.  @data says how much of it was taken; less
 * than all, or FSS_EAGAIN, stops reading until web_read_resume().  Another
 * error is replied.  @end follows the last byte; @cut, which may be NULL,
 * comes in its place, before 408 is replied, where no more came in time.
 * Nothing is kept but one read's worth; no length is too long here: check
 * web_body_length() first.
 */
struct web_sink {
	int	(*data)(struct web_req *rq, const void *data, size_t len,
		    size_t *ret_taken);
	void	(*end)(struct web_req *rq);
	void	(*cut)(struct web_req *rq);
};
void	web_read_stream(struct web_req *rq, const struct web_sink *sink);
void	web_read_resume(struct web_req *rq);
/* Bytes of the body taken so far. */
uint64_t web_body_taken(const struct web_req *rq);

/* ---- the reply -------------------------------------------------------- */

/*
 * What a reply may do in a browser; each also carries nosniff, no-referrer,
 * frame-ancestors, COOP and CORP, and HSTS over TLS.
 */
enum web_policy {
	WEB_POLICY_API,		/* nothing at all: JSON; the default */
	WEB_POLICY_PAGE,	/* our page: own scripts and styles only */
	WEB_POLICY_LINK,	/* no script: own styles and forms */
	WEB_POLICY_CONTENT	/* other people's bytes: sandboxed, no script */
};
void	web_reply_policy(struct web_req *rq, enum web_policy policy);
/* Cache-Control; "no-store" unless set. */
void	web_reply_cache(struct web_req *rq, const char *rules);
/*
 * Adds a header, another line where the name is there already.  A value
 * that could end the line is refused and logged: no header is better than a
 * forged one.
 */
void	web_reply_header(struct web_req *rq, const char *name,
	    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* "Secure; HttpOnly; SameSite=Strict; Path=/"; @max_age_s 0 removes it. */
void	web_reply_cookie(struct web_req *rq, const char *name,
	    const char *value, uint64_t max_age_s);

void	web_reply(struct web_req *rq, int status, const char *type,
	    const void *data, size_t len);
void	web_reply_empty(struct web_req *rq, int status);
/* @o is taken over; NULL (no memory) replies FSS_ENOMEM. */
void	web_reply_json(struct web_req *rq, int status, json_t *o);
/*
 * {"error":{"name","message","detail","retry_ms"}} with the status of
 * include/fss/error.h; @detail may be NULL.
 */
void	web_reply_error(struct web_req *rq, int err, const char *detail);
/* The same with another status, and a header Retry-After where @retry_ms. */
void	web_reply_error_as(struct web_req *rq, int status, int err,
	    const char *detail, uint64_t retry_ms);

/*
 * Replies with bytes as they come.  @pull fills @buf: 0 and *@ret_n bytes,
 * 0 and none at the end, FSS_EAGAIN where it waits: web_reply_more() asks it
 * again.  Another error breaks the connection off, so that the client sees
 * that it has not all.  @length: WEB_UNKNOWN makes it chunked.  The request
 * and its state live until the last byte went out.  HEAD never pulls.
 */
typedef int web_pull_fn(struct web_req *rq, void *buf, size_t len,
	    size_t *ret_n);
void	web_reply_stream(struct web_req *rq, int status, const char *type,
	    uint64_t length, web_pull_fn *pull);
void	web_reply_more(struct web_req *rq);
/* Breaks a reply off that began. */
void	web_reply_break(struct web_req *rq);
bool	web_replied(const struct web_req *rq);
/* Whether all of the reply has gone out: of use to what drops the state. */
bool	web_sent(const struct web_req *rq);

/*
 * Replies with content that has a length, as requests want it: conditions
 * (304, If-Range), one range (206), several (multipart), 416, HEAD.  @seek
 * is called before the first byte of each range: from there on @pull gives
 * bytes, @len in all.  Texts have to live as long as the request; reply
 * headers and policy are set before.
 */
struct web_content {
	const char	*type;
	uint64_t	 size;
	const char	*etag;		/* with its quotes; NULL: none */
	int64_t		 modified;	/* seconds; 0: not said */
	int		(*seek)(struct web_req *rq, uint64_t first,
			    uint64_t len);
	web_pull_fn	*pull;
};
void	web_reply_content(struct web_req *rq, const struct web_content *k);
/* Whether that reply has bytes of it: to HEAD, or as 304 or 416, it has not. */
bool	web_content_wanted(const struct web_req *rq,
	    const struct web_content *k);

/* ---- the hub ---------------------------------------------------------- */

/*
 * An operation of the hub for a request:
 *
 *	void *user = web_call(rq, on_event, arg);
 *	fss_op op = 0;
 *
 *	if (user != NULL)
 *		web_called(rq, user, fss_client_stat(web_hub(rq), path, 0,
 *		    user, &op), op);
 *
 * @fn is called with each event of the operation, DONE the last, unless the
 * request ended before: then it is cancelled and nobody is told.  web_call()
 * replies FSS_ENOMEM itself and gives NULL; web_called() replies the error
 * of a start that failed, and returns it.
 */
typedef void web_event_fn(struct web_req *rq, void *arg, const fss_event *ev);
void   *web_call(struct web_req *rq, web_event_fn *fn, void *arg);
int	web_called(struct web_req *rq, void *user, int r, fss_op op);
/*
 * As web_call(), for what has to be undone where nobody waits for it any more:
 * when the request ends before, the operation goes on, and @late is called
 * with its DONE if it did not fail; @hub then acts as the person it did.
 */
typedef void web_late_fn(fss_client *hub, const fss_event *ev);
void   *web_call_late(struct web_req *rq, web_event_fn *fn, void *arg,
	    web_late_fn *late);
/*
 * Lets an operation go on by itself: its events are passed over, as are
 * those of operations started with NULL for @user.
 */
void	web_let_go(struct web_req *rq, void *user);
/* The worker's handle, acting as the request's person from now on. */
fss_client *web_hub(struct web_req *rq);
/* Replies the error of a DONE event, with its detail and when to try again. */
void	web_reply_event(struct web_req *rq, const fss_event *ev);

/*
 * The session at the hub that goes with the request's token, made where this
 * worker has none; with none and @need FSS_EAUTH is replied and given.
 * Without @need a request without token acts as a person that is nobody.
 */
int	web_person_take(struct web_req *rq, bool need);
struct web_person *web_person(const struct web_req *rq);
/* Acts as nobody from now on, whatever token came: log-in, register. */
int	web_person_nobody(struct web_req *rq);
/* Acts as whom @token stands for: one that is neither cookie nor Bearer. */
int	web_person_token(struct web_req *rq, const char *token);
/*
 * Makes sure the hub takes the token, then calls @fn with the account's row,
 * valid during the call; else the error is replied.  What the hub said is
 * believed for a few seconds.
 */
typedef void web_account_fn(struct web_req *rq, const char *account, int role);
void	web_person_check(struct web_req *rq, web_account_fn *fn);
/* What the token lets do, FSS_SCOPE_...: for the @fn of the above. */
uint32_t web_person_scopes(const struct web_req *rq);
/* Forgets the session of the request's token: after log-out. */
void	web_person_forget(struct web_req *rq);

/* ---- WebSockets ------------------------------------------------------- */

struct web_socket_ops {
	/* A whole text message; NUL-terminated, checked to be UTF-8. */
	void	(*text)(struct web_socket *ws, const char *text, size_t len);
	/* It is gone, whoever ended it; @ws is freed after this. */
	void	(*gone)(struct web_socket *ws);
	/*
	 * It was pinged.  No program in a browser sees PINGs: what it is to
	 * notice is sent here.
	 */
	void	(*pinged)(struct web_socket *ws);
};

/*
 * Makes a WebSocket of the request's connection; NULL where the error was
 * replied (no handshake, or another site's Origin).  The request ends with
 * that; its person stays with the socket.
 */
struct web_socket *web_upgrade(struct web_req *rq,
	    const struct web_socket_ops *ops, void *arg);
void   *web_socket_arg(const struct web_socket *ws);
struct web_person *web_socket_person(const struct web_socket *ws);
/* Sends a text.  Who does not take them in time is dropped (1013). */
void	web_socket_send(struct web_socket *ws, const char *text, size_t len);
/* Says good-bye with @code: 1000, 1001, 1008, 4001 ... */
void	web_socket_close(struct web_socket *ws, unsigned code,
	    const char *reason);

/* ---- news ------------------------------------------------------------- */

/*
 * One watch per person and worker, whatever the number of sockets.  @fn,
 * one for all, makes text of an event and gives it to web_live_tell(); a
 * socket that joins late asks for how things are by itself.  NULL @ev: the
 * hub went (@up false) or came back.
 */
typedef void web_live_fn(struct web_person *p, const fss_event *ev, bool up);
int	web_live_join(struct web_socket *ws, web_live_fn *fn);
void	web_live_leave(struct web_socket *ws);
void	web_live_tell(struct web_person *p, const char *text, size_t len);
/* Says good-bye to all sockets of @p, as web_socket_close(). */
void	web_live_end(struct web_person *p, unsigned code, const char *reason);

/* ---- log -------------------------------------------------------------- */

/* One line in logfmt on stderr; fields by format, values by web_quote(). */
void	web_log(int level, const char *msg, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));
/* Quotes a hostile value for a line; @dst is given back. */
const char *web_quote(const char *text, char *dst, size_t cap);

#endif
