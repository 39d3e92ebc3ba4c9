/*
 * What the pages of share links have in common: the frame, its head with the
 * hub's name, and icons, which are those of the page (ui/src/ui/icon.tsx).
 */
#include "link_page.h"

#include <string.h>

/* Of a size also where the style sheet does not come. */
#define SVG_END	"\" viewBox=\"0 0 24 24\" width=\"20\" height=\"20\" " \
		"fill=\"none\" stroke=\"currentColor\" aria-hidden=\"true\">"

/* The page's own icon (ui/public/icon.svg), here without another request. */
static const char logo[] =
    "<svg class=\"logo\" viewBox=\"0 0 32 32\" width=\"32\" height=\"32\" "
    "aria-hidden=\"true\"><rect width=\"32\" height=\"32\" rx=\"8\" "
    "fill=\"#0b6e63\"/><g fill=\"none\" stroke=\"#fff\" "
    "stroke-width=\"2.4\" stroke-linecap=\"round\" "
    "stroke-linejoin=\"round\"><circle cx=\"16\" cy=\"16\" r=\"3.2\"/>"
    "<path d=\"M16 12.8V7M18.8 17.6l5 2.9M13.2 17.6l-5 2.9\"/></g>"
    "<g fill=\"#fff\"><circle cx=\"16\" cy=\"6.5\" r=\"2.2\"/>"
    "<circle cx=\"24.3\" cy=\"20.8\" r=\"2.2\"/>"
    "<circle cx=\"7.7\" cy=\"20.8\" r=\"2.2\"/></g></svg>";

#define SHEET	"M6 3h8l4 4v14H6zM14 3v4h4"

static const struct {
	const char	*name;
	const char	*path;
} icons[] = {
	[ICON_FILE] = { "file", SHEET },
	[ICON_FOLDER] = { "folder", "M3 6.5A1.5 1.5 0 0 1 4.5 5H9l2 2.5h8.5A1"
	    ".5 1.5 0 0 1 21 9v8.5a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 "
	    "17.5z" },
	[ICON_LINK] = { "link", "M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-5.7-5.7L1"
	    "1.8 7.3M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 5.7 5.7l1.5-1.5" },
	[ICON_IMAGE] = { "image", "M4 5h16v14H4zM4 16l4.5-4.5 4 4 3-3L20 17M15"
	    ".5 9.5h.01" },
	[ICON_AUDIO] = { "audio", "M9 18V6l10-2v12M9 18a2.5 2.5 0 1 1-5 0 2.5 "
	    "2.5 0 0 1 5 0zM19 16a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z" },
	[ICON_VIDEO] = { "video", "M4 6h11v12H4zM15 10l5-3v10l-5-3" },
	[ICON_PDF] = { "pdf", SHEET "M9 12h6M9 15.5h6" },
	[ICON_TEXT] = { "text", SHEET "M9 12h6M9 15.5h4" },
	[ICON_DOWNLOAD] = { "download", "M12 4v12M7 11l5 5 5-5M4 20h16" },
	[ICON_UPLOAD] = { "upload", "M12 16V4M7 9l5-5 5 5M4 20h16" },
	[ICON_LOCK] = { "lock", "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3" },
	[ICON_CHECK] = { "check", "M5 12.5l4.5 4.5L19 7.5" },
	[ICON_WARN] = { "warn", "M12 4l9 16H3zM12 10v4.5M12 17.3h.01" }
};

void
page_begin(struct web_req *rq, struct html *h, const char *title, bool wide)
{
	const char *hub = fss_client_hub_name(web_hub(rq));

	/* It is not known before the hub was reached once. */
	if (hub[0] == '\0')
		hub = "FSS";
	html_init(h);
	html_put(h, "<!doctype html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
	    "content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"robots\" content=\"noindex\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n"
	    "<link rel=\"icon\" href=\"/icon.svg\">\n"
	    "<link rel=\"stylesheet\" href=\"/s/style.css\">\n<title>");
	html_text(h, title);
	html_put(h, " \xe2\x80\x93 ");
	html_text(h, hub);
	html_put(h, "</title>\n</head>\n<body>\n<header>");
	html_put(h, logo);
	html_put(h, "<span class=\"brand\"><bdi>");
	html_text(h, hub);
	html_put(h, "</bdi></span></header>\n");
	html_put(h, wide ? "<main class=\"wide\">\n" : "<main>\n");
}

void
page_reply(struct web_req *rq, int status, struct html *h)
{
	html_put(h, "</main>\n</body>\n</html>\n");
	web_reply_policy(rq, WEB_POLICY_LINK);
	if (h->failed)
		web_reply(rq, 503, "text/plain; charset=utf-8",
		    "out of memory\n", 14);
	else
		web_reply(rq, status, "text/html; charset=utf-8", h->p, h->len);
	html_release(h);
}

void
page_link(struct web_req *rq, struct html *h)
{
	html_put(h, "/s/");
	html_query(h, web_param(rq, 0));
}

/* ---- icons ------------------------------------------------------------ */

static void
shape(struct html *h, enum page_icon icon)
{
	html_put(h, "<path d=\"");
	html_put(h, icons[icon].path);
	html_put(h, "\"/>");
}

void
page_icon(struct html *h, enum page_icon icon)
{
	html_put(h, "<svg class=\"icon" SVG_END);
	shape(h, icon);
	html_put(h, "</svg>");
}

void
page_icons(struct html *h)
{
	size_t i;

	html_put(h, "<svg class=\"icons\" width=\"0\" height=\"0\" "
	    "aria-hidden=\"true\">");
	for (i = ICON_FILE; i <= ICON_TEXT; i++) {
		html_put(h, "<symbol id=\"");
		html_put(h, icons[i].name);
		html_put(h, "\" viewBox=\"0 0 24 24\">");
		shape(h, (enum page_icon)i);
		html_put(h, "</symbol>");
	}
	html_put(h, "</svg>\n");
}

void
page_icon_again(struct html *h, enum page_icon icon)
{
	html_put(h, "<svg class=\"icon kind-");
	html_put(h, icons[icon].name);
	html_put(h, SVG_END "<use href=\"#");
	html_put(h, icons[icon].name);
	html_put(h, "\"/></svg>");
}

enum page_icon
page_icon_of(const fss_row *row)
{
	static const struct {
		const char	*begins;
		enum page_icon	 icon;
	} types[] = {
		{ "image/", ICON_IMAGE }, { "audio/", ICON_AUDIO },
		{ "video/", ICON_VIDEO }, { "text/", ICON_TEXT },
		{ "application/pdf", ICON_PDF }
	};
	int64_t kind = fss_row_int(row, FSS_FIELD_KIND);
	const char *media = fss_row_str(row, FSS_FIELD_MEDIA);
	size_t i;

	if (kind != FSS_KIND_FILE)
		return kind == FSS_KIND_DIR ? ICON_FOLDER : ICON_LINK;
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strncmp(media, types[i].begins, strlen(types[i].begins)) ==
		    0)
			return types[i].icon;
	return ICON_FILE;
}

void
page_title(struct html *h, enum page_icon icon, const char *text)
{
	html_put(h, icon == ICON_WARN ? "<p class=\"sign warn\">" :
	    "<p class=\"sign\">");
	page_icon(h, icon);
	html_put(h, "</p>\n<h1><bdi>");
	html_text(h, text);
	html_put(h, "</bdi></h1>\n");
}
