/*
 * Share links: looking and fetching.
 *
 * What a link lets be fetched a number of times is counted by the hub: a
 * ticket is taken before the first byte and given back at the end, with
 * whether all of it went out.  Whoever breaks off has not used the link up.
 */
#include "api_handlers.h"

#include <stdlib.h>
#include <string.h>

#include "link_page.h"
#include "link_visit.h"
#include "zip_send.h"

#define PAGE_ROWS	100

/* ---- pages ------------------------------------------------------------ */

static void
listed(struct web_req *rq, void *arg, const fss_event *ev)
{
	char path[API_PATH + 1];

	if (fss_event_type(ev) != FSS_EVENT_DONE)
		return;
	if (fss_event_error(ev) < 0)
		page_error(rq, fss_event_error(ev), fss_event_detail(ev));
	else if (visit_path(rq, path))
		page_folder(rq, path + 1, arg, ev);
}

static void
show(struct web_req *rq, const fss_row *root, const char *name)
{
	char path[API_PATH + 1], *kept;
	fss_op op = 0;
	void *user;
	int r;

	if (root == NULL) {
		page_upload(rq);
		return;
	}
	if (fss_row_int(root, FSS_FIELD_KIND) == FSS_KIND_FILE) {
		page_file(rq, root, name);
		return;
	}
	if (!visit_path(rq, path))
		return;
	kept = strdup(name);
	if (kept == NULL) {
		page_error(rq, FSS_ENOMEM, NULL);
		return;
	}
	web_state_set(rq, kept, free);
	user = web_call(rq, listed, kept);
	if (user == NULL)
		return;
	r = fss_client_page(web_hub(rq), web_query(rq, "cursor"), PAGE_ROWS);
	if (r == 0)
		r = fss_client_list(web_hub(rq), path, 0, user, &op);
	(void)web_called(rq, user, r, op);
}

void
api_link_get(struct web_req *rq)
{
	static const struct visit v = { show };

	visit_enter(rq, &v);
}

/* ---- fetching --------------------------------------------------------- */

/* A download of a visitor. */
struct fetch {
	char	 path[API_PATH + 1];
	char	 title[256];
	bool	 zip;
	int64_t	 ticket;
};

static void
fetch_ended(struct web_req *rq, void *arg, bool whole)
{
	struct fetch *f = arg;
	fss_op op;

	/* If this is lost the hub finds out when the ticket ends. */
	if (f->ticket != 0)
		(void)fss_client_link_done(web_hub(rq), f->ticket, whole, NULL,
		    &op);
	free(f);
}

static const char *
fetch_name(void *arg)
{
	return ((struct fetch *)arg)->title;
}

static void
fetch_send(struct web_req *rq, struct fetch *f)
{
	static const struct download_ops ops = {
		page_error, fetch_ended, fetch_name
	};

	/* From here on the download frees it. */
	web_state_set(rq, NULL, NULL);
	if (f->zip)
		zip_send(rq, f->path, f->title, NULL, 0, &ops, f);
	else
		download_send(rq, f->path, 0, false, &ops, f);
}

static void
taken(struct web_req *rq, void *arg, const fss_event *ev)
{
	struct fetch *f = arg;

	if (fss_event_type(ev) != FSS_EVENT_DONE)
		return;
	if (fss_event_error(ev) < 0 || api_row(ev) == NULL) {
		page_error(rq, fss_event_error(ev), fss_event_detail(ev));
		return;
	}
	f->ticket = fss_row_int(api_row(ev), FSS_FIELD_TICKET);
	fetch_send(rq, f);
}

static void
fetch(struct web_req *rq, const fss_row *root, const char *name, bool zip)
{
	const char *slash;
	struct fetch *f;
	fss_op op = 0;
	void *user;

	if (root == NULL) {
		page_error(rq, FSS_EDENIED, NULL);
		return;
	}
	f = calloc(1, sizeof(*f));
	if (f == NULL) {
		page_error(rq, FSS_ENOMEM, NULL);
		return;
	}
	web_state_set(rq, f, free);
	if (!visit_path(rq, f->path))
		return;
	f->zip = zip;
	slash = strrchr(f->path, '/');
	(void)snprintf(f->title, sizeof(f->title), "%.250s",
	    slash[1] != '\0' ? slash + 1 : name[0] != '\0' ? name :
	    "files");
	/* To ask about it is not to fetch it. */
	if (web_method(rq) == WEB_HEAD) {
		fetch_send(rq, f);
		return;
	}
	user = web_call(rq, taken, f);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_link_take(web_hub(rq),
		    f->path, user, &op), op);
}

static void
fetch_file(struct web_req *rq, const fss_row *root, const char *name)
{
	fetch(rq, root, name, false);
}

static void
fetch_zip(struct web_req *rq, const fss_row *root, const char *name)
{
	fetch(rq, root, name, true);
}

void
api_link_content(struct web_req *rq)
{
	static const struct visit v = { fetch_file };

	visit_enter(rq, &v);
}

void
api_link_zip(struct web_req *rq)
{
	static const struct visit v = { fetch_zip };

	visit_enter(rq, &v);
}
