/*
 * What the files of the module share below web.h; handlers do not see it.
 */
#ifndef FSSWEB_HOST_H
#define FSSWEB_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conn.h"
#include "http_text.h"
#include "settings.h"
#include "web.h"

/* ---- tls.c ------------------------------------------------------------ */

struct ssl_st;

/* Loads certificate and key anew; the old ones stay where that fails. */
int	tls_load(const char *certificate, const char *key);
bool	tls_ready(void);
/* NULL: no certificate yet, or no memory. */
struct ssl_st *tls_session(int fd);
/* 1 done, 0 wait, -1 over. */
int	tls_accept(struct ssl_st *ssl);
/* Bytes, 0 wait, -1 over. */
int	tls_read(struct ssl_st *ssl, void *dst, size_t cap);
int	tls_write(struct ssl_st *ssl, const void *src, size_t len);
/* SHA-1 of the handshake of a WebSocket, in base64; @dst holds 29. */
void	tls_accept_key(const char *key, char dst[29]);

/* ---- peers.c ---------------------------------------------------------- */

/* False: that address has as many connections as it may. */
bool	peers_enter(const uint8_t addr[16]);
void	peers_leave(const uint8_t addr[16]);

/* ---- settings of this worker ------------------------------------------ */

extern struct settings web_settings;
uint64_t settings_number(enum setting which);
const char *settings_text(enum setting which);
bool	settings_is_proxy(const uint8_t addr[16]);

/* ---- request.c -------------------------------------------------------- */

extern const struct conn_ops http_ops;
/* A connection is new, or its handshake done: wait for a request. */
void	http_begin(struct conn *c);
/* Its connection is a WebSocket's from now on. */
void	request_upgraded(struct web_req *rq);
/* Frees those, when no handler runs. */
void	requests_settle(void);

enum body_state {
	BODY_NONE,	/* there is none, or it was taken whole */
	BODY_WAITS,	/* nobody asked for it yet */
	BODY_FLOWS,	/* to a sink, or into @collected */
	BODY_STOPPED,	/* the sink is full */
	BODY_ENDS	/* taken whole; the handler is to be told */
};

enum reply_state {
	REPLY_NONE, REPLY_STREAMS, REPLY_QUEUED
};

struct web_call;
struct content;

struct web_req {
	struct conn	*c;		/* NULL: the client has gone */
	char		*text;		/* of the head */
	size_t		 text_len;
	struct head	 head;
	const struct web_route *route;
	char		*path;		/* decoded */
	char		*params[WEB_MAX_SEGMENTS];
	unsigned	 param_count;
	struct uri_param query[WEB_MAX_QUERY];
	int		 query_count;
	char		 address[64];
	char		 token[WEB_MAX_TOKEN + 1];
	enum web_credential credential;
	char		 cookie[WEB_MAX_COOKIE + 1];	/* of web_cookie() */
	struct web_person *person;
	void		*state;
	void		(*drop)(void *);

	enum body_state	 body;
	uint64_t	 body_left, body_taken;
	const struct web_sink *sink;
	char		*collected;
	size_t		 collected_max, collected_cap;
	web_body_fn	*on_body;
	web_json_fn	*on_json;

	enum reply_state reply;
	int		 status;
	enum web_policy	 policy;
	const char	*cache;
	char		 cache_text[128];
	char		*headers;
	size_t		 headers_len;
	web_pull_fn	*pull;
	bool		 pull_waits, chunked, upgraded, begun;
	uint64_t	 stream_left;	/* WEB_UNKNOWN: until it ends */
	uint64_t	 sent;		/* of the reply's body */
	int64_t		 started;
	struct web_call	*calls;
	web_account_fn	*on_account;
	struct content	*content;	/* of web_reply_content() */
	struct web_req	*next;
};

/* ---- body.c ----------------------------------------------------------- */

/* Takes of the body; how much, or negative. */
ssize_t	body_input(struct web_req *rq, uint8_t *data, size_t len);
/* Tells the handler what is due. */
void	body_turn(struct web_req *rq);
void	body_expired(struct web_req *rq);

/* ---- reply.c ---------------------------------------------------------- */

/* Asks for more of a stream while there is room. */
void	reply_turn(struct web_req *rq);
const char *status_text(int status);
/* 101 and the headers of a WebSocket. */
void	reply_upgrade(struct web_req *rq, const char *accept);

/* ---- routes ----------------------------------------------------------- */

/* Finds the handler and calls it, or replies that there is none. */
void	route_request(struct web_req *rq);

/* ---- hub.c ------------------------------------------------------------ */

/*
 * What is given to libfss as @user: @fn gets each event, NULL once the
 * handle is gone for good.
 */
struct hub_call {
	void	(*fn)(struct hub_call *hc, const fss_event *ev);
};

int	hub_open(void);
void	hub_close(void);
fss_client *hub_client(void);
/* False while the hub is known to be away. */
bool	hub_up(void);
/* Arms the timer as libfss wants it; after anything that may start a thing. */
void	hub_arm(void);
/* Gives up what a request has running. */
void	hub_drop_calls(struct web_req *rq);

/* ---- person.c --------------------------------------------------------- */

struct live;

struct web_person {
	struct web_person *next;	/* of its bucket */
	fss_person	 id;
	unsigned	 users;		/* requests and sockets */
	bool		 listed;	/* found by its token */
	bool		 bad;		/* the hub does not take the token */
	int64_t		 used;		/* when last */
	int64_t		 checked;	/* when the hub last said who it is */
	int		 role;
	uint32_t	 scopes;	/* what the token lets do */
	char		 account[64];
	char		 token[WEB_MAX_TOKEN + 1];
	struct live	*live;
};

void	person_release(struct web_person *p);
struct web_person *person_keep(struct web_person *p);
/* How an operation of @p's ended: one whose token is none is not kept. */
void	person_told(struct web_person *p, int err);
/* Operations started from now on are @p's; NULL the handle's own. */
int	person_act(struct web_person *p);
void	persons_tick(int64_t now);
void	persons_close(void);

/* ---- socket.c, live.c ------------------------------------------------- */

void	sockets_tick(int64_t now);
void	live_hub_changed(bool up);
/* Where live.c chains the sockets of a person. */
struct live_link {
	struct web_socket *next, **prev;
	struct live	*live;		/* NULL: joined none */
};
struct live_link *socket_live(struct web_socket *ws);
void	live_tick(void);
/* The person is about to be closed. */
void	live_drop(struct web_person *p);

/* ---- files.c ---------------------------------------------------------- */

/* A file of the built page, or its index.html. */
void	files_serve(struct web_req *rq);
int	files_open(void);

/* ---- reply_content.c -------------------------------------------------- */

void	content_free(struct content *k);

/* ---- log.c ------------------------------------------------------------ */

void	log_set_level(int level);
/* The line of a request that is over. */
void	log_access(const struct web_req *rq);
void	log_library(void *ctx, int level, const char *module,
	    const char *msg, const char *fields);

/* ---- loop ------------------------------------------------------------- */

/* At the end of each callback of Kore's: connections, then the timer. */
void	web_settle(void);

#endif
