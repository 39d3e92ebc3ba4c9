/*
 * The media type a file is sent as, and whether a browser may show it.
 *
 * A media type is the uploader's word.  Only those of the list are ever shown
 * in place, and text, sent as text/plain whatever it calls itself, so that
 * scripts are read and not run: with "nosniff" the browser believes it.  HTML,
 * SVG and XML are not shown at all.  Scripts and style sheets are sent as text
 * even where they are saved: a page of this origin may load its own, and what
 * somebody uploaded must never be among these.  Where nothing was stored the
 * ending of the name decides, among the same.
 */
#include "media.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define MEDIA_MAX	127

static const char octets[] = "application/octet-stream";
static const char as_text[] = "text/plain; charset=utf-8";

/* Types a browser shows without running anything. */
static const char *const shown[] = {
	"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif",
	"image/bmp", "image/x-icon", "image/vnd.microsoft.icon",
	"audio/mpeg", "audio/ogg", "audio/opus", "audio/flac", "audio/wav",
	"audio/x-wav", "audio/webm", "audio/mp4", "audio/aac",
	"video/mp4", "video/webm", "video/ogg", "video/quicktime",
	"application/pdf"
};
static const struct {
	const char	*ending;
	const char	*media;
} endings[] = {
	{ "png", "image/png" }, { "jpg", "image/jpeg" },
	{ "jpeg", "image/jpeg" }, { "gif", "image/gif" },
	{ "webp", "image/webp" }, { "avif", "image/avif" },
	{ "bmp", "image/bmp" }, { "ico", "image/x-icon" },
	{ "mp3", "audio/mpeg" }, { "ogg", "audio/ogg" },
	{ "oga", "audio/ogg" }, { "opus", "audio/opus" },
	{ "flac", "audio/flac" }, { "wav", "audio/wav" },
	{ "m4a", "audio/mp4" }, { "aac", "audio/aac" },
	{ "mp4", "video/mp4" }, { "m4v", "video/mp4" },
	{ "webm", "video/webm" }, { "ogv", "video/ogg" },
	{ "mov", "video/quicktime" }, { "pdf", "application/pdf" },
	{ "txt", "text/plain" }, { "md", "text/plain" },
	{ "log", "text/plain" }, { "csv", "text/plain" },
	{ "c", "text/plain" }, { "h", "text/plain" }, { "py", "text/plain" },
	{ "sh", "text/plain" }, { "ts", "text/plain" },
	{ "css", "text/plain" }, { "json", "text/plain" },
	{ "yaml", "text/plain" }, { "yml", "text/plain" },
	{ "conf", "text/plain" }, { "ini", "text/plain" }
};

/* The characters of a token (RFC 9110, 5.6.2). */
static bool
token(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') ||
		    (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL)))
			return false;
	}
	return len > 0;
}

static bool
well_formed(const char *media, size_t len)
{
	const char *slash = memchr(media, '/', len);

	if (slash == NULL || len > MEDIA_MAX)
		return false;
	return token(media, (size_t)(slash - media)) &&
	    token(slash + 1, len - (size_t)(slash - media) - 1);
}

bool
media_valid(const char *media)
{
	size_t i;

	if (strlen(media) > MEDIA_MAX ||
	    !well_formed(media, strcspn(media, "; \t")))
		return false;
	for (i = 0; media[i] != '\0'; i++)
		if ((unsigned char)media[i] < 0x20 ||
		    (unsigned char)media[i] >= 0x7f)
			return false;
	return true;
}

static const char *
by_name(const char *name)
{
	const char *dot = strrchr(name, '.');
	size_t i;

	if (dot == NULL)
		return octets;
	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (strcasecmp(dot + 1, endings[i].ending) == 0)
			return endings[i].media;
	return octets;
}

/* What an element of a page loads whatever Content-Disposition says. */
static bool
loadable(const char *media)
{
	static const char *const words[] = {
		"javascript", "ecmascript", "jscript", "livescript"
	};
	const char *kind = strchr(media, '/') + 1;
	size_t i;

	if (strncasecmp(kind, "x-", 2) == 0)
		kind += 2;
	/* "javascript1.5" is one as well. */
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strncasecmp(kind, words[i], strlen(words[i])) == 0)
			return true;
	return strcasecmp(media, "text/css") == 0;
}

/* Text that no browser takes for more, once it is called that. */
static bool
mere_text(const char *media)
{
	return loadable(media) || strcasecmp(media, "application/json") == 0 ||
	    (strncasecmp(media, "text/", 5) == 0 &&
	    strcasecmp(media, "text/html") != 0 &&
	    strcasecmp(media, "text/xml") != 0);
}

bool
media_format(const char *media, const char *name, bool show,
    char dst[MEDIA_BYTES])
{
	size_t i, len = strcspn(media, "; \t");

	if (len == 0 || strcmp(media, octets) == 0) {
		media = by_name(name);
		len = strlen(media);
	}
	if (!well_formed(media, len)) {
		(void)snprintf(dst, MEDIA_BYTES, "%s", octets);
		return false;
	}
	(void)snprintf(dst, MEDIA_BYTES, "%.*s", (int)len, media);
	if (mere_text(dst)) {
		if (show || loadable(dst) ||
		    strcasecmp(dst, "text/plain") == 0)
			(void)snprintf(dst, MEDIA_BYTES, "%s", as_text);
		return true;
	}
	for (i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		if (strcasecmp(dst, shown[i]) == 0)
			return true;
	return false;
}
