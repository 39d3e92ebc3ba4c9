/*
 * What the handlers of the API share: the table of routes, the guard before
 * them, reading of queries and bodies, and the usual ways to answer.
 *
 * docs/openapi.yaml describes what they do; tests/lint/web_routes.py holds
 * the table to it.
 */
#ifndef FSSWEB_API_H
#define FSSWEB_API_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fss/admin.h>
#include <fss/fss.h>
#include <fss/link.h>
#include <fss/stage.h>
#include <fss/web.h>

#include "row.h"
#include "web.h"
#include "words.h"

#define API_BODY	UINT64_C(65536)		/* most bodies, in bytes */
#define API_SMALL	UINT64_C(4096)
#define API_LARGE	UINT64_C(1048576)
#define API_STREAM	UINT64_MAX	/* bounded by the quota alone */
#define API_BATCH	256		/* paths or ids in one call */
#define API_NOTE	500		/* bytes, as of FSS_LIMIT_NOTE */
#define API_LABEL	64
#define API_PATH	4128
#define API_ROWS	256
#define API_ROWS_USUAL	100
#define API_PASSWORD	256

/*
 * STATIC: nobody, and without the hub.  VISITOR: nobody, and what goes wrong
 * is told by a page.
 */
enum api_login { API_STATIC, API_VISITOR, API_NOBODY, API_OPTIONAL, API_LOGIN };

/* What a token must have been given; the hub holds it to that. */
enum api_scope {
	API_ANY, API_READ, API_WRITE, API_PEOPLE, API_ADMIN, API_ACCOUNT
};

/* One operation, as docs/openapi.yaml has it. */
struct api_route {
	enum api_login	 login;
	enum api_scope	 scope;
	uint64_t	 body;		/* bytes at most; 0: none is taken */
	const char	*query;		/* names it takes, by blanks, or "" */
	void		(*fn)(struct web_req *rq);
};

/* The guard every route goes through. */
web_handler api_enter;

/* ---- api_query.c ------------------------------------------------------ */

/* Each replies the error and gives false where the value will not do. */
bool	api_query_path(struct web_req *rq, const char *name, const char **ret);
bool	api_query_number(struct web_req *rq, const char *name, uint64_t dflt,
	    uint64_t max, uint64_t *ret);
bool	api_query_switch(struct web_req *rq, const char *name, bool *ret);
/* The ':' segment @i as an id: 1 and up. */
bool	api_param_id(struct web_req *rq, unsigned i, uint64_t *ret);
/* Replies FSS_EINVAL or @err: "'NAME': WHY". */
void	api_wrong(struct web_req *rq, int err, const char *name,
	    const char *why);

/* ---- api_body.c ------------------------------------------------------- */

/*
 * The members of a JSON body.  The first that will not do is remembered;
 * getters then give something harmless, and api_body_end() replies it.
 */
struct api_body {
	struct web_req	*rq;
	json_t		*body;
	const char	*wrong;		/* name of a member, or NULL */
	const char	*why;
	int		 err;
};

/* @names: all it may have, by blanks. */
void	api_body_begin(struct api_body *b, struct web_req *rq, json_t *body,
	    const char *names);
/* Absent: NULL, and wrong where @need. */
const char *api_text(struct api_body *b, const char *name, bool need,
	    size_t max);
const char *api_path(struct api_body *b, const char *name, bool need);
int64_t	api_number(struct api_body *b, const char *name, bool need,
	    int64_t dflt, int64_t min, int64_t max);
bool	api_bool(struct api_body *b, const char *name, bool need, bool dflt);
/* An array of at most @max, or NULL. */
json_t *api_array(struct api_body *b, const char *name, bool need, size_t max);
/* One word of those @parse knows. */
int64_t	api_word(struct api_body *b, const char *name, bool need, int64_t dflt,
	    int (*parse)(const char *, int64_t *));
/* An array of words; their values or'ed. */
int64_t	api_words(struct api_body *b, const char *name, bool need,
	    int (*parse)(const char *, int64_t *));
void	api_body_wrong(struct api_body *b, const char *name, int err,
	    const char *why);
/* False where something was wrong, which is then replied. */
bool	api_body_end(struct api_body *b);

/* ---- api_call.c ------------------------------------------------------- */

/* For web_call(): reply {"ok":true}; the row of DONE, with the status @arg. */
void	api_done_ok(struct web_req *rq, void *arg, const fss_event *ev);
void	api_done_row(struct web_req *rq, void *arg, const fss_event *ev);
#define API_STATUS(n)	((void *)(uintptr_t)(n))
/*
 * For a list: takes cursor and limit of the query, and what to give as @user;
 * NULL where an error was replied.  Rows go through @show (NULL: as they are),
 * which gives json_null() for one to leave out, NULL where memory is short.
 */
void   *api_page(struct web_req *rq, json_t *(*show)(const fss_row *));
/* A row as an object. */
json_t *api_show(const fss_row *row);
/* The rows of @ev appended to @rows. */
bool	api_rows(json_t *rows, const fss_event *ev,
	    json_t *(*show)(const fss_row *));

/*
 * For the sink of a body: gives bytes to a write until all are taken or it
 * has to wait, and so says FSS_EVENT_WRITABLE when it takes more.
 */
int	api_write(struct web_req *rq, fss_op op, const void *data, size_t len,
	    size_t *ret_taken);
/* Whether the bytes of an entry may be read, by right or by a yes. */
bool	api_readable(const fss_row *row);
/* The version to read, so that it is the one of this row. */
uint64_t api_number_of(const fss_row *row);
/* The one row of DONE; NULL where there is none. */
const fss_row *api_row(const fss_event *ev);

/* ---- api_csrf.c ------------------------------------------------------- */

#define API_CSRF_BYTES	44
/* What goes into X-FSS-CSRF with the log-in of @token. */
bool	api_csrf_make(const char *token, char dst[API_CSRF_BYTES]);
bool	api_csrf_right(const char *token, const char *given);

#endif
