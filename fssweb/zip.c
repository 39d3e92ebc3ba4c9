/*
 * A zip made while it is sent, by libarchive.
 *
 * Files are stored, not packed: what is worth packing is small, and the line
 * is rarely what one waits for.  Their sizes are given, so libarchive makes
 * zip64 entries where they are needed.  What it writes is kept until it is
 * taken; the caller gives the next bytes when nothing is kept, so that is a
 * piece and some heads.  The directory at the end is what grows with the
 * number of entries: the caller bounds that.
 *
 * libarchive asks the locale what bytes of names mean, so each call that has
 * a name runs in one whose text is UTF-8.
 */
#include "zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include <fss/fss.h>

struct zip {
	struct archive	*archive;
	locale_t	 utf8;
	char		*buf;
	size_t		 len, cap, at;
	bool		 no_memory;
};

/* What libarchive writes. */
static la_ssize_t
keep(struct archive *a, void *arg, const void *data, size_t len)
{
	struct zip *z = arg;
	size_t cap = z->cap > 0 ? z->cap : 4096;
	char *buf;

	(void)a;
	if (z->at == z->len)
		z->at = z->len = 0;
	if (len > SIZE_MAX / 4 || z->len > SIZE_MAX / 4)
		return -1;
	while (cap < z->len + len)
		cap *= 2;
	if (cap > z->cap) {
		buf = realloc(z->buf, cap);
		if (buf == NULL) {
			z->no_memory = true;
			return -1;
		}
		z->buf = buf;
		z->cap = cap;
	}
	memcpy(z->buf + z->len, data, len);
	z->len += len;
	return (la_ssize_t)len;
}

static int
failed(const struct zip *z)
{
	return z->no_memory ? FSS_ENOMEM : FSS_EIO;
}

int
zip_new(struct zip **ret_z)
{
	struct zip *z = calloc(1, sizeof(*z));
	int r = FSS_ENOMEM;

	*ret_z = NULL;
	if (z == NULL)
		return FSS_ENOMEM;
	z->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	z->archive = archive_write_new();
	if (z->utf8 == (locale_t)0 || z->archive == NULL)
		goto out;
	r = FSS_EIO;
	if (archive_write_set_format_zip(z->archive) != ARCHIVE_OK ||
	    archive_write_zip_set_compression_store(z->archive) !=
	    ARCHIVE_OK ||
	    archive_write_set_bytes_per_block(z->archive, 0) != ARCHIVE_OK ||
	    archive_write_open(z->archive, z, NULL, keep, NULL) != ARCHIVE_OK)
		goto out;
	*ret_z = z;
	z = NULL;
	r = 0;
out:
	zip_free(z);
	return r;
}

void
zip_free(struct zip *z)
{
	if (z == NULL)
		return;
	/* Half of a zip is not to be ended as if it were whole. */
	if (z->archive != NULL) {
		(void)archive_write_fail(z->archive);
		(void)archive_write_free(z->archive);
	}
	if (z->utf8 != (locale_t)0)
		freelocale(z->utf8);
	free(z->buf);
	free(z);
}

/*
 * What separates names, or ends a drive's letter, on other systems becomes
 * its fullwidth twin, and what is one already is quoted: so no two names
 * become the same, and nobody's file takes the place of another when the zip
 * is unpacked.  (rclone writes such names in the same way.)
 */
static char *
safe_name(const char *name)
{
	static const char backslash[] = "\xef\xbc\xbc", colon[] = "\xef\xbc\x9a",
	    quote[] = "\xe2\x80\x9b";
	char *safe = malloc(3 * strlen(name) + 1), *to = safe;
	const char *as;

	if (safe == NULL)
		return NULL;
	for (; *name != '\0'; name++) {
		as = *name == '\\' ? backslash : *name == ':' ? colon : NULL;
		if (as == NULL && (strncmp(name, backslash, 3) == 0 ||
		    strncmp(name, colon, 3) == 0 ||
		    strncmp(name, quote, 3) == 0)) {
			memcpy(to, quote, 3);
			to += 3;
		}
		if (as != NULL) {
			memcpy(to, as, 3);
			to += 3;
		} else {
			*to++ = (unsigned char)*name < 0x20 || *name == 0x7f ?
			    '_' : *name;
		}
	}
	*to = '\0';
	return safe;
}

static int
put_entry(struct zip *z, const char *name, uint64_t size, int64_t mtime_s,
    bool folder)
{
	struct archive_entry *e = archive_entry_new();
	char *safe = safe_name(name);
	locale_t before;
	int r = FSS_ENOMEM;

	if (e == NULL || safe == NULL)
		goto out;
	archive_entry_set_pathname(e, safe);
	archive_entry_set_filetype(e, folder ? AE_IFDIR : AE_IFREG);
	archive_entry_set_perm(e, folder ? 0755 : 0644);
	archive_entry_set_mtime(e, mtime_s, 0);
	if (!folder)
		archive_entry_set_size(e, (la_int64_t)size);
	before = uselocale(z->utf8);
	r = archive_write_header(z->archive, e) == ARCHIVE_OK ? 0 : failed(z);
	(void)uselocale(before);
out:
	archive_entry_free(e);
	free(safe);
	return r;
}

int
zip_file(struct zip *z, const char *name, uint64_t size, int64_t mtime_s)
{
	return put_entry(z, name, size, mtime_s, false);
}

int
zip_folder(struct zip *z, const char *name, int64_t mtime_s)
{
	return put_entry(z, name, 0, mtime_s, true);
}

int
zip_data(struct zip *z, const void *data, size_t len)
{
	la_ssize_t n = archive_write_data(z->archive, data, len);

	return n >= 0 && (size_t)n == len ? 0 : failed(z);
}

int
zip_close(struct zip *z)
{
	return archive_write_close(z->archive) == ARCHIVE_OK ? 0 : failed(z);
}

size_t
zip_take(struct zip *z, void *buf, size_t len)
{
	size_t n = z->len - z->at;

	if (n > len)
		n = len;
	memcpy(buf, z->buf + z->at, n);
	z->at += n;
	return n;
}

bool
zip_empty(const struct zip *z)
{
	return z->at == z->len;
}
