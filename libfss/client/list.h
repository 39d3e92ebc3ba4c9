/*
 * What the files of lists share.
 */
#ifndef FSS__CLIENT_LIST_H
#define FSS__CLIENT_LIST_H

#include "base/buf.h"
#include "client/query.h"
#include "client/request.h"

struct level {
	size_t		 path_len;	/* of this folder in lister.path */
	struct fss__buf	 names;		/* folders of the page, each with NUL */
	size_t		 pos;		/* the next of them */
	uint8_t		 cursor[FSS__MAX_CURSOR];
	size_t		 cursor_len;
	bool		 more;		/* a page is to be asked for */
	unsigned	 empty;		/* pages without rows, in a row */
};

struct lister {
	struct fss__op	 op;
	struct fss__call call;
	unsigned	 type;		/* FSS__MSG_... */
	bool		 recursive;
	bool		 waiting;	/* for an answer */
	bool		 has_left;
	uint64_t	 left;		/* rows still wanted */
	char		 name[FSS_LIMIT_ACCOUNT + 1];	/* filter of a page */
	char		 owner[FSS_LIMIT_ACCOUNT + 1];
	char		 path[FSS_LIMIT_PATH + 1];	/* AUDIT: "" none */
	uint32_t	 flags;		/* WHO, AUDIT, LIST; REQUESTS: boxes */
	uint32_t	 states;	/* REQUESTS; 0 all */
	int64_t		 since_us;	/* AUDIT; 0 all */
	struct fss_query *query;
	bool		 paged;		/* one page, all of it in DONE */
	struct level	*level[FSS_LIMIT_DEPTH + 1];
	unsigned	 depth;		/* levels in use */
};

/* What the answers of lists have in common. */
struct page {
	const struct fss__record *rec;
	struct fss__list list;
	struct fss__slice cursor;
	struct fss__list near;		/* of a search that found nothing */
};

/* list.c */
int	fss__lister_new(fss_client *c, unsigned type, void *user,
	    struct lister **ret_l);
/* Enters a lister whose fields are filled in. */
int	fss__lister_begin(struct lister *l, fss_op *ret_op);
int	fss__lister_path(fss_client *c, unsigned type, const char *path,
	    uint32_t flags, void *user, fss_op *ret_op);

/* page.c: ends a listing of one page, or lets it go on; @rows are taken. */
int	fss__list_page_end(struct lister *l, struct level *v,
	    struct fss__rowset *rows);

/* list_page.c */
int	fss__list_ask(struct lister *l, const struct level *v, uint64_t limit,
	    fss__call_fn fn);
int	fss__list_decode(const struct fss__cs_answer *a, struct page *ret_p,
	    struct fss__err *err);

#endif
