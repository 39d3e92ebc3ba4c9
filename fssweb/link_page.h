/*
 * The pages of share links: HTML without script.
 */
#ifndef FSSWEB_LINK_PAGE_H
#define FSSWEB_LINK_PAGE_H

#include "api.h"
#include "html.h"

/* Begins and ends a page; @title is a text of the program's. */
void	page_begin(struct html *h, const char *title);
/* Ends it and replies with it; @h is released. */
void	page_reply(struct web_req *rq, int status, struct html *h);

/* Whole pages. */
void	page_error(struct web_req *rq, int err, const char *detail);
void	page_password(struct web_req *rq, bool wrong);
void	page_upload(struct web_req *rq);
/* A linked file, by its row. */
void	page_file(struct web_req *rq, const fss_row *row, const char *name);
/*
 * A folder: what is in it. @path: "/" or "/a/b" below what is linked, which
 * is called @name.
 */
void	page_folder(struct web_req *rq, const char *path, const char *name,
	    const fss_event *ev);

/* "/s/TOKEN", escaped for a value. */
void	page_link(struct web_req *rq, struct html *h);

#endif
