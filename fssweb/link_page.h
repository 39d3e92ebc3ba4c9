/*
 * The pages of share links: HTML without script.
 */
#ifndef FSSWEB_LINK_PAGE_H
#define FSSWEB_LINK_PAGE_H

#include "api.h"
#include "html.h"

enum page_icon {
	/* Of entries; these can be shown again, see page_icons(). */
	ICON_FILE, ICON_FOLDER, ICON_LINK, ICON_IMAGE, ICON_AUDIO, ICON_VIDEO,
	ICON_PDF, ICON_TEXT,
	ICON_DOWNLOAD, ICON_UPLOAD, ICON_LOCK, ICON_CHECK, ICON_WARN
};

/* Begins a page; @wide: it has a list. */
void	page_begin(struct web_req *rq, struct html *h, const char *title,
	    bool wide);
/* Ends it and replies with it; @h is released. */
void	page_reply(struct web_req *rq, int status, struct html *h);
/* The heading of a narrow page, with a sign above it. */
void	page_title(struct html *h, enum page_icon icon, const char *text);

/* Icons stand beside words. */
void	page_icon(struct html *h, enum page_icon icon);
/* Those of entries, once for a page that shows them again and again. */
void	page_icons(struct html *h);
void	page_icon_again(struct html *h, enum page_icon icon);
enum page_icon page_icon_of(const fss_row *row);

/* Whole pages. */
void	page_error(struct web_req *rq, int err, const char *detail);
/* @name was refused; @arrived: items of a list of what was not, before it. */
void	page_not_sent(struct web_req *rq, int err, const char *detail,
	    const char *name, const struct html *arrived);
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
