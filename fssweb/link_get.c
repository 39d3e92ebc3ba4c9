/*
 * Share links: looking and fetching.
 *
 * What a link lets be fetched a number of times is counted by the hub: a
 * ticket is taken before the first byte and given back at the end, with
 * whether the last one went out.  Whoever breaks off has not used the link up;
 * whoever only asks (HEAD, 304, 416) takes no ticket.
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
	int64_t	 ticket;
	void	(*go)(struct web_req *rq);
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
taken(struct web_req *rq, void *arg, const fss_event *ev)
{
	struct fetch *f = arg;

	if (fss_event_type(ev) != FSS_EVENT_DONE)
		return;
	if (fss_event_error(ev) < 0 || api_row(ev) == NULL) {
		page_error(rq, fss_event_error(ev) < 0 ? fss_event_error(ev) :
		    FSS_EPROTO, fss_event_detail(ev));
		return;
	}
	f->ticket = fss_row_int(api_row(ev), FSS_FIELD_TICKET);
	f->go(rq);
}

/* The visitor left while it was taken. */
static void
taken_late(fss_client *hub, const fss_event *ev)
{
	fss_op op;

	if (api_row(ev) != NULL)
		(void)fss_client_link_done(hub, fss_row_int(api_row(ev),
		    FSS_FIELD_TICKET), false, NULL, &op);
}

static void
fetch_begin(struct web_req *rq, void *arg, void (*go)(struct web_req *rq))
{
	struct fetch *f = arg;
	fss_op op = 0;
	void *user;

	f->go = go;
	user = web_call_late(rq, taken, f, taken_late);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_link_take(web_hub(rq),
		    f->path, user, &op), op);
}

static void
fetch(struct web_req *rq, const fss_row *root, const char *name, bool zip)
{
	static const struct download_ops ops = {
		.fail = page_error, .begin = fetch_begin, .ended = fetch_ended,
		.name = fetch_name
	};
	const char *slash;
	struct fetch *f;

	if (root == NULL) {
		page_error(rq, FSS_EDENIED, NULL);
		return;
	}
	f = calloc(1, sizeof(*f));
	if (f == NULL) {
		page_error(rq, FSS_ENOMEM, NULL);
		return;
	}
	if (!visit_path(rq, f->path)) {
		free(f);
		return;
	}
	slash = strrchr(f->path, '/');
	(void)snprintf(f->title, sizeof(f->title), "%.250s",
	    slash[1] != '\0' ? slash + 1 : name[0] != '\0' ? name :
	    "files");
	/* From here on the download frees it. */
	web_state_set(rq, NULL, NULL);
	if (zip)
		zip_send(rq, f->path, f->title, NULL, 0, &ops, f);
	else
		download_send(rq, f->path, 0, false, &ops, f);
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
