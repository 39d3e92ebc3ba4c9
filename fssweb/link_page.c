/*
 * The pages of share links: HTML without script, in the look of the page
 * (link_look.c, link_style.c).
 *
 * All that people have named is escaped (html.c); all that these pages may
 * load is their style sheet and what is linked.
 */
#include "link_page.h"

#include <string.h>

/* ---- refusals --------------------------------------------------------- */

static const struct {
	int		 err;
	const char	*title;
	const char	*text;
} refusals[] = {
	{ FSS_ENOENT, "Nothing here", "This link does not exist, has expired, "
	    "was taken back or has been used up; or what it led to is gone. "
	    "Ask whoever sent it for a new one." },
	{ FSS_ERATE, "Too many attempts", "Please wait a while before the "
	    "next one." },
	{ FSS_EBUSY, "Busy", "All downloads this link allows are under way. "
	    "Please try again in a while." },
	{ FSS_EOVERLOAD, "Busy", "Please try again in a while." },
	{ FSS_EUNREACH, "Not reachable", "The hub cannot be reached just now. "
	    "Please try again in a while." },
	{ FSS_ENOTCONN, "Not reachable", "The hub cannot be reached just now. "
	    "Please try again in a while." },
	{ FSS_ETIMEDOUT, "No answer", "The hub did not answer in time. "
	    "Please try again in a while." },
	{ FSS_EQUOTA, "No room", "There is no room for more files here." },
	{ FSS_ENOSPC, "No room", "There is no room for more files here." },
	{ FSS_EDENIED, "Not allowed", "This link does not allow that." },
	{ FSS_EEXIST, "Taken", "There is a file of that name already." },
	{ FSS_EANNOUNCED, "Not here yet", "The bytes of this file are not at "
	    "the hub." },
	{ FSS_ETOOBIG, "Too much", "That is more than can be done at once." },
	{ FSS_EPATH, "Not a name", "A name of a file is not allowed here." }
};

static int
status_of(int err)
{
	/* What is busy for a moment is no fault of the hub's. */
	return err == FSS_EBUSY ? 429 : fss_err_http(err);
}

/* Begins a page that says why something was refused. */
static void
refusal(struct web_req *rq, struct html *h, int err, const char *detail)
{
	const char *title = "That did not work", *text = "";
	size_t i;

	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (refusals[i].err == err) {
			title = refusals[i].title;
			text = refusals[i].text;
		}
	page_begin(rq, h, title, false);
	page_title(h, ICON_WARN, title);
	html_put(h, "<p>");
	html_put(h, text);
	if (text[0] == '\0') {
		html_text(h, fss_strerror(err));
		html_put(h, ". ");
		html_text(h, detail != NULL ? detail : "");
	}
	html_put(h, "</p>\n");
}

void
page_error(struct web_req *rq, int err, const char *detail)
{
	struct html h;

	refusal(rq, &h, err, detail);
	page_reply(rq, status_of(err), &h);
}

void
page_not_sent(struct web_req *rq, int err, const char *detail,
    const char *name, const struct html *arrived)
{
	struct html h;

	refusal(rq, &h, err, detail);
	html_put(&h, "<p>Not sent, nor what was chosen after it: <bdi>");
	html_text(&h, name[0] != '\0' ? name : "?");
	html_put(&h, "</bdi></p>\n");
	if (arrived->len > 0) {
		html_put(&h, "<p>This has arrived:</p>\n<ul>\n");
		html_add(&h, arrived);
		html_put(&h, "</ul>\n");
	}
	/* Where the link itself is gone there is nothing to go back to. */
	if (err != FSS_ENOENT) {
		html_put(&h, "<p><a class=\"button plain\" href=\"");
		page_link(rq, &h);
		html_put(&h, "\">Choose again</a></p>\n");
	}
	page_reply(rq, status_of(err), &h);
}

/* ---- forms ------------------------------------------------------------ */

static void
button(struct html *h, enum page_icon icon, const char *words)
{
	html_put(h, "<button type=\"submit\">");
	page_icon(h, icon);
	html_put(h, "<span>");
	html_put(h, words);
	html_put(h, "</span></button>\n</form>\n");
}

void
page_password(struct web_req *rq, bool wrong)
{
	struct html h;

	page_begin(rq, &h, "Password", false);
	page_title(&h, ICON_LOCK, "Password");
	html_put(&h, "<form method=\"post\" action=\"");
	page_link(rq, &h);
	html_put(&h, "\">\n<label for=\"password\">Whoever sent you this "
	    "link has set a password.</label>\n"
	    "<input id=\"password\" name=\"password\" type=\"password\" "
	    "autocomplete=\"off\" required autofocus");
	html_put(&h, wrong ? " aria-invalid=\"true\" "
	    "aria-describedby=\"wrong\">\n<p class=\"bad\" id=\"wrong\" "
	    "role=\"alert\">That is not the password.</p>\n" : ">\n");
	button(&h, ICON_LOCK, "Open");
	page_reply(rq, wrong ? 403 : 200, &h);
}

void
page_upload(struct web_req *rq)
{
	struct html h;

	page_begin(rq, &h, "Send files", false);
	page_title(&h, ICON_UPLOAD, "Send files");
	html_put(&h, "<form method=\"post\" "
	    "enctype=\"multipart/form-data\" action=\"");
	page_link(rq, &h);
	html_put(&h, "\">\n<label for=\"file\">Choose the files to send. "
	    "Only who made this link will see them.</label>\n"
	    "<input id=\"file\" name=\"file\" type=\"file\" multiple "
	    "required>\n");
	button(&h, ICON_UPLOAD, "Send");
	page_reply(rq, 200, &h);
}

/* ---- what is linked --------------------------------------------------- */

static void
time_of(struct html *h, const fss_row *row)
{
	if (!fss_row_has(row, FSS_FIELD_MTIME))
		return;
	html_put(h, "<time>");
	html_time(h, fss_row_int(row, FSS_FIELD_MTIME));
	html_put(h, "</time>");
}

void
page_file(struct web_req *rq, const fss_row *row, const char *name)
{
	struct html h;

	page_begin(rq, &h, "A file for you", false);
	page_title(&h, page_icon_of(row), name[0] != '\0' ? name :
	    "A file for you");
	html_put(&h, "<p class=\"muted\">");
	html_size(&h, (uint64_t)fss_row_int(row, FSS_FIELD_SIZE));
	if (fss_row_has(row, FSS_FIELD_MTIME))
		html_put(&h, ", of ");
	time_of(&h, row);
	html_put(&h, "</p>\n<p><a class=\"button\" href=\"");
	page_link(rq, &h);
	html_put(&h, "/get\">");
	page_icon(&h, ICON_DOWNLOAD);
	html_put(&h, "<span>Download</span></a></p>\n");
	page_reply(rq, 200, &h);
}

static void
folder_row(struct web_req *rq, struct html *h, const char *path,
    const fss_row *row)
{
	const char *name = fss_row_str(row, FSS_FIELD_NAME);
	int64_t kind = fss_row_int(row, FSS_FIELD_KIND);
	bool folder = kind == FSS_KIND_DIR, file = kind == FSS_KIND_FILE;
	bool here = file &&
	    fss_row_int(row, FSS_FIELD_STATE) != FSS_STATE_ANNOUNCED;

	html_put(h, "<tr><td class=\"name\"><div>");
	page_icon_again(h, page_icon_of(row));
	/* Links and what has no bytes here cannot be fetched. */
	if (folder || here) {
		html_put(h, "<a href=\"");
		page_link(rq, h);
		html_put(h, folder ? "?path=" : "/get?path=");
		html_query(h, path);
		html_put(h, strcmp(path, "/") == 0 ? "" : "/");
		html_query(h, name);
		html_put(h, "\"><bdi>");
	} else {
		html_put(h, "<span class=\"muted\"><bdi>");
	}
	html_text(h, name);
	html_put(h, folder ? "/</bdi></a>" : here ? "</bdi></a>" :
	    file ? "</bdi> <span class=\"mark\">not here yet</span></span>" :
	    "</bdi> <span class=\"mark\">link</span></span>");
	html_put(h, "</div></td><td>");
	if (here)
		html_size(h, (uint64_t)fss_row_int(row, FSS_FIELD_SIZE));
	html_put(h, "</td><td>");
	if (folder || here)
		time_of(h, row);
	html_put(h, "</td></tr>\n");
}

/* The way down to @path, each part a link. */
static void
trail(struct web_req *rq, struct html *h, const char *path)
{
	const char *end, *name;
	char part[API_PATH + 1];

	html_put(h, "<nav aria-label=\"Folders\"><a href=\"");
	page_link(rq, h);
	html_put(h, "\">Start</a>");
	for (name = path + 1; *name != '\0'; name = end + (*end == '/')) {
		end = name + strcspn(name, "/");
		if ((size_t)(end - path) >= sizeof(part))
			break;
		memcpy(part, path, (size_t)(end - path));
		part[end - path] = '\0';
		html_put(h, " / <a href=\"");
		page_link(rq, h);
		html_put(h, "?path=");
		html_query(h, part);
		html_put(h, "\"><bdi>");
		html_text(h, part + (name - path));
		html_put(h, "</bdi></a>");
	}
	html_put(h, "</nav>\n");
}

void
page_folder(struct web_req *rq, const char *path, const char *root,
    const fss_event *ev)
{
	const char *name = strrchr(path, '/') + 1;
	const char *cursor = fss_event_cursor(ev);
	struct html h;
	size_t i;

	page_begin(rq, &h, "Files for you", true);
	page_icons(&h);
	if (*name != '\0')
		trail(rq, &h, path);
	html_put(&h, "<div class=\"head\"><h1>");
	page_icon_again(&h, ICON_FOLDER);
	html_put(&h, "<bdi>");
	html_text(&h, *name != '\0' ? name : root[0] != '\0' ? root :
	    "Files for you");
	html_put(&h, "</bdi></h1>\n<a class=\"button\" href=\"");
	page_link(rq, &h);
	html_put(&h, "/zip?path=");
	html_query(&h, path);
	html_put(&h, "\">");
	page_icon(&h, ICON_DOWNLOAD);
	html_put(&h, "<span>Download all as a zip</span></a></div>\n");
	if (fss_event_rows(ev) == 0 && cursor[0] == '\0') {
		html_put(&h, "<p class=\"muted\">There is nothing in it.</p>\n");
		page_reply(rq, 200, &h);
		return;
	}
	html_put(&h, "<table>\n<thead><tr>"
	    "<th scope=\"col\">Name</th><th scope=\"col\">Size</th>"
	    "<th scope=\"col\">Changed</th></tr></thead>\n<tbody>\n");
	for (i = 0; i < fss_event_rows(ev); i++)
		folder_row(rq, &h, path, fss_event_row(ev, i));
	html_put(&h, "</tbody>\n</table>\n");
	if (cursor[0] != '\0') {
		html_put(&h, "<p><a class=\"button plain\" href=\"");
		page_link(rq, &h);
		html_put(&h, "?path=");
		html_query(&h, path);
		html_put(&h, "&amp;cursor=");
		html_query(&h, cursor);
		html_put(&h, "\" rel=\"next\">More</a></p>\n");
	}
	page_reply(rq, 200, &h);
}
