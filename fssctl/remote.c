#define _XOPEN_SOURCE 700	/* realpath(), which glibc counts as X/Open */

/*
 * Remote and local paths as typed: which is which, versions, joining.
 *
 * A remote path has a colon before its first slash ("alice:/x", ":/x"); a
 * local file with a colon in its name is written "./a:b".  What a name may
 * hold is the library's business; nothing is checked here beyond the form.
 */
#include <stdlib.h>
#include <string.h>

#include "fssctl.h"
#include "parse.h"

bool
is_remote(const char *text)
{
	size_t n = strcspn(text, ":/");

	return text[n] == ':';
}

int
need_remote(struct app *app, const char *text)
{
	if (is_remote(text))
		return 0;
	app_set_detail(app, "a remote path is written OWNER:/PATH, one's own "
	    ":/PATH");
	return app_fail(app, FSS_EPATH, "'%s'", text);
}

int
remote_version(struct app *app, const char *text, char *path, size_t cap,
    uint64_t *ret_number)
{
	const char *at = strrchr(text, '@');
	size_t n = strlen(text);
	int64_t number = 0;
	int r;

	r = need_remote(app, text);
	if (r < 0)
		return r;
	if (at != NULL && parse_count(at + 1, &number) == 0)
		n = (size_t)(at - text);
	if (n >= cap) {
		app_set_detail(app, "too long");
		return app_fail(app, FSS_EPATH, "'%.64s...'", text);
	}
	memcpy(path, text, n);
	path[n] = '\0';
	*ret_number = (uint64_t)number;
	if (opt_has(&app->opt, NUMBER))
		*ret_number = (uint64_t)opt_num(&app->opt, NUMBER, 0);
	return 0;
}

const char *
remote_base(const char *remote)
{
	const char *slash = strrchr(remote, '/');
	const char *colon = strchr(remote, ':');

	if (slash != NULL)
		return slash + 1;
	return colon != NULL ? colon + 1 : remote;
}

int
path_join(struct app *app, char *dst, size_t cap, const char *folder,
    const char *name)
{
	size_t n = strlen(folder);
	bool slash = n > 0 && folder[n - 1] == '/';
	int len;

	len = snprintf(dst, cap, "%s%s%s", folder,
	    slash || name[0] == '\0' ? "" : "/", name);
	if (len < 0 || (size_t)len >= cap) {
		app_set_detail(app, "too long");
		return app_fail(app, FSS_EPATH, "'%.64s...'", folder);
	}
	return 0;
}

int
local_base(struct app *app, const char *local, char *dst, size_t cap)
{
	size_t end = strlen(local), start;
	char *real = NULL;
	int r = 0;

	while (end > 1 && local[end - 1] == '/')
		end--;
	for (start = end; start > 0 && local[start - 1] != '/'; start--)
		;
	if ((end - start == 1 && local[start] == '.') ||
	    (end - start == 2 && memcmp(local + start, "..", 2) == 0)) {
		/* "." has no name of its own. */
		real = realpath(local, NULL);
		if (real == NULL)
			return app_fail(app, FSS_ENOENT, "'%s'", local);
		local = strrchr(real, '/') + 1;
		start = 0;
		end = strlen(local);
	}
	if (end - start >= cap) {
		app_set_detail(app, "too long");
		r = app_fail(app, FSS_EPATH, "'%.64s...'", local);
		goto out;
	}
	memcpy(dst, local + start, end - start);
	dst[end - start] = '\0';
out:
	free(real);
	return r;
}

void
row_remote(const fss_row *row, char *dst, size_t cap)
{
	(void)snprintf(dst, cap, "%s:%s", fss_row_str(row, FSS_FIELD_OWNER),
	    fss_row_str(row, FSS_FIELD_PATH));
}

const char *
row_name(const fss_row *row)
{
	const char *slash;

	if (fss_row_has(row, FSS_FIELD_NAME))
		return fss_row_str(row, FSS_FIELD_NAME);
	slash = strrchr(fss_row_str(row, FSS_FIELD_PATH), '/');
	return slash != NULL ? slash + 1 : fss_row_str(row, FSS_FIELD_PATH);
}
