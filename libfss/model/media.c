/*
 * Media types by the ending of a name.
 *
 * So that searching by type works without anybody looking into files, the
 * hub least of all.  A guess never decides how content is treated.
 */
#include "model/media.h"

#include <string.h>

static const struct {
	const char	*ending;
	const char	*media;
} ENDINGS[] = {
	{ "txt", "text/plain" },
	{ "log", "text/plain" },
	{ "conf", "text/plain" },
	{ "ini", "text/plain" },
	{ "md", "text/markdown" },
	{ "rst", "text/x-rst" },
	{ "tex", "text/x-tex" },
	{ "htm", "text/html" },
	{ "html", "text/html" },
	{ "css", "text/css" },
	{ "csv", "text/csv" },
	{ "tsv", "text/tab-separated-values" },
	{ "c", "text/x-c" },
	{ "h", "text/x-c" },
	{ "cc", "text/x-c++" },
	{ "cpp", "text/x-c++" },
	{ "hpp", "text/x-c++" },
	{ "py", "text/x-python" },
	{ "sh", "text/x-shellscript" },
	{ "pl", "text/x-perl" },
	{ "rs", "text/x-rust" },
	{ "go", "text/x-go" },
	{ "java", "text/x-java" },
	{ "js", "text/javascript" },
	{ "ts", "text/x-typescript" },
	{ "sql", "text/x-sql" },
	{ "diff", "text/x-diff" },
	{ "patch", "text/x-diff" },
	{ "yaml", "text/x-yaml" },
	{ "yml", "text/x-yaml" },
	{ "ics", "text/calendar" },
	{ "vcf", "text/vcard" },
	{ "xml", "application/xml" },
	{ "json", "application/json" },
	{ "pdf", "application/pdf" },
	{ "ps", "application/postscript" },
	{ "rtf", "application/rtf" },
	{ "epub", "application/epub+zip" },
	{ "doc", "application/msword" },
	{ "docx", "application/vnd.openxmlformats-officedocument."
	    "wordprocessingml.document" },
	{ "xls", "application/vnd.ms-excel" },
	{ "xlsx", "application/vnd.openxmlformats-officedocument."
	    "spreadsheetml.sheet" },
	{ "ppt", "application/vnd.ms-powerpoint" },
	{ "pptx", "application/vnd.openxmlformats-officedocument."
	    "presentationml.presentation" },
	{ "odt", "application/vnd.oasis.opendocument.text" },
	{ "ods", "application/vnd.oasis.opendocument.spreadsheet" },
	{ "odp", "application/vnd.oasis.opendocument.presentation" },
	{ "zip", "application/zip" },
	{ "gz", "application/gzip" },
	{ "tgz", "application/gzip" },
	{ "bz2", "application/x-bzip2" },
	{ "xz", "application/x-xz" },
	{ "zst", "application/zstd" },
	{ "tar", "application/x-tar" },
	{ "7z", "application/x-7z-compressed" },
	{ "deb", "application/vnd.debian.binary-package" },
	{ "iso", "application/x-iso9660-image" },
	{ "png", "image/png" },
	{ "jpg", "image/jpeg" },
	{ "jpeg", "image/jpeg" },
	{ "gif", "image/gif" },
	{ "webp", "image/webp" },
	{ "svg", "image/svg+xml" },
	{ "tif", "image/tiff" },
	{ "tiff", "image/tiff" },
	{ "bmp", "image/bmp" },
	{ "ico", "image/vnd.microsoft.icon" },
	{ "heic", "image/heic" },
	{ "avif", "image/avif" },
	{ "mp3", "audio/mpeg" },
	{ "flac", "audio/flac" },
	{ "ogg", "audio/ogg" },
	{ "opus", "audio/opus" },
	{ "wav", "audio/wav" },
	{ "m4a", "audio/mp4" },
	{ "mid", "audio/midi" },
	{ "mp4", "video/mp4" },
	{ "m4v", "video/mp4" },
	{ "mkv", "video/x-matroska" },
	{ "webm", "video/webm" },
	{ "mov", "video/quicktime" },
	{ "avi", "video/x-msvideo" },
	{ "mpg", "video/mpeg" },
	{ "mpeg", "video/mpeg" },
	{ "ttf", "font/ttf" },
	{ "otf", "font/otf" },
	{ "woff", "font/woff" },
	{ "woff2", "font/woff2" },
};

#define ENDING_MAX	5

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* type/subtype of RFC 6838's characters, without parameters. */
static bool
take_given(struct fss__slice given, char *media)
{
	static const char other[] = "!#$&^_.+-/";
	const char *p = given.p;
	size_t i, slashes = 0;
	char c;

	if (given.n == 0 || given.n > FSS__MAX_MEDIA)
		return false;
	for (i = 0; i < given.n; i++) {
		c = lower(p[i]);
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		    memchr(other, c, sizeof(other) - 1) != NULL))
			return false;
		slashes += c == '/';
		media[i] = c;
	}
	media[i] = '\0';
	return slashes == 1 && media[0] != '/' && media[i - 1] != '/';
}

void
fss__media_type(struct fss__slice given, struct fss__slice name,
    char media[FSS__MAX_MEDIA + 1])
{
	char ending[ENDING_MAX + 1];
	const char *p = name.p;
	size_t i, n = 0;

	if (take_given(given, media))
		return;
	media[0] = '\0';
	while (n < name.n && n <= ENDING_MAX && p[name.n - n - 1] != '.')
		n++;
	/* ".profile" has a name and no ending */
	if (n == 0 || n > ENDING_MAX || n + 1 >= name.n)
		return;
	for (i = 0; i < n; i++)
		ending[i] = lower(p[name.n - n + i]);
	ending[n] = '\0';
	for (i = 0; i < sizeof(ENDINGS) / sizeof(ENDINGS[0]); i++) {
		if (strcmp(ENDINGS[i].ending, ending) == 0) {
			(void)fss__slice_copy(fss__slice_str(ENDINGS[i].media),
			    media, FSS__MAX_MEDIA + 1);	/* all are short */
			return;
		}
	}
}
