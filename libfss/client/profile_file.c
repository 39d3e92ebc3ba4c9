/*
 * The files of a profile.
 *
 *	DIR/known_hubs		a line per hub: "fss://host:port KEY"
 *	DIR/current		"hub fss://host:port" and "account NAME"
 *
 * They are replaced whole and durably.  Locking is left to profile.c, which
 * knows what is read before it is changed; device keys are in profile_key.c.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/io.h"
#include "client/local.h"
#include "client/profile.h"

#define FILE_MAX	((size_t)1 << 20)	/* bytes of a file of ours */
#define HUBS_MAX	4096

/* ---- files ------------------------------------------------------------ */

char *
fss__profile_path(const struct fss_profile *p, const char *name)
{
	return fss__local_join(p->dir, name);
}

/* Makes @dir and what is missing above it. */
int
fss__profile_make_dirs(const char *dir)
{
	char *copy = fss__strdup(dir), *at;
	int r = 0;

	if (copy == NULL)
		return FSS_ENOMEM;
	for (at = copy + 1; r == 0; at++) {
		if (*at != '/' && *at != '\0')
			continue;
		if (*at == '\0') {
			if (mkdir(copy, 0700) != 0 && errno != EEXIST)
				r = fss__errno(errno);
			break;
		}
		*at = '\0';
		if (mkdir(copy, 0700) != 0 && errno != EEXIST &&
		    errno != EROFS && errno != EACCES)
			r = fss__errno(errno);
		*at = '/';
	}
	fss__free(copy);
	return r;
}

int
fss__profile_check_dir(struct fss_profile *p)
{
	struct stat st;

	if (stat(p->dir, &st) != 0)
		return fss__err_set(&p->err, fss__errno(errno),
		    "cannot read '%.200s'", p->dir);
	if (!S_ISDIR(st.st_mode))
		return fss__err_set(&p->err, FSS_EIO, "'%.200s' is no folder",
		    p->dir);
	if ((st.st_mode & 022) != 0 || st.st_uid != geteuid())
		return fss__err_set(&p->err, FSS_EKEYPERM,
		    "'%.180s' can be written by others", p->dir);
	return 0;
}

/* Reads a file of ours as text; "" where it is not there. */
static int
read_text(struct fss_profile *p, const char *name, char **ret_text)
{
	char *path = fss__profile_path(p, name);
	uint8_t *data = NULL;
	size_t len = 0;
	int r;

	*ret_text = NULL;
	if (path == NULL)
		return FSS_ENOMEM;
	r = fss__io_read_file(path, FILE_MAX, &data, &len);
	if (r == FSS_ENOENT) {
		*ret_text = fss__strdup("");
		r = *ret_text != NULL ? 0 : FSS_ENOMEM;
	} else if (r == 0 && strlen((char *)data) != len) {
		r = FSS_ECONFIG;
	} else if (r == 0) {
		*ret_text = (char *)data;
		data = NULL;
	}
	if (r != 0)
		(void)fss__err_set(&p->err, r, "cannot read '%.200s': %s",
		    path, fss_strerror(r));
	fss__free(data);
	fss__free(path);
	return r;
}

static int
write_text(struct fss_profile *p, const char *name, struct fss__buf *b)
{
	char *path = fss__profile_path(p, name);
	int r = b->err;

	if (path == NULL)
		r = FSS_ENOMEM;
	if (r == 0)
		r = fss__io_write_file(path, b->data, b->len, 0600);
	if (r != 0)
		(void)fss__err_set(&p->err, r, "cannot write '%.200s': %s",
		    path != NULL ? path : name, fss_strerror(r));
	fss__free(path);
	return r;
}

/* Cuts the next line off *text; NULL at the end. */
static char *
next_line(char **text)
{
	char *line = *text, *end;

	if (*line == '\0')
		return NULL;
	end = strchr(line, '\n');
	if (end == NULL) {
		*text = line + strlen(line);
	} else {
		*end = '\0';
		*text = end + 1;
	}
	return line;
}

/* ---- known hubs ------------------------------------------------------- */

static bool
same_hub(const struct fss__address *a, const struct fss__address *b)
{
	return a->port == b->port && strcmp(a->host, b->host) == 0;
}

struct fss__address *
fss__profile_find(const struct fss_profile *p, const struct fss__address *a)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		if (same_hub(&p->hubs[i], a))
			return &p->hubs[i];
	return NULL;
}

int
fss__profile_add_hub(struct fss_profile *p, const struct fss__address *a)
{
	struct fss__address *bigger;

	if (p->count >= HUBS_MAX)
		return FSS_ETOOBIG;
	bigger = fss__realloc(p->hubs, (p->count + 1) * sizeof(*bigger));
	if (bigger == NULL)
		return FSS_ENOMEM;
	p->hubs = bigger;
	p->hubs[p->count++] = *a;
	return 0;
}

int
fss__profile_load_hubs(struct fss_profile *p)
{
	struct fss__address a;
	char *text, *rest, *line, *key;
	int r;

	r = read_text(p, "known_hubs", &text);
	if (r != 0)
		return r;
	p->count = 0;
	rest = text;
	while (r == 0 && (line = next_line(&rest)) != NULL) {
		if (line[0] == '\0' || line[0] == '#')
			continue;
		key = strchr(line, ' ');
		if (key != NULL)
			*key++ = '\0';
		if (key == NULL || fss__address_parse(line, &a) != 0 ||
		    fss__key_decode(a.key, key) != 0) {
			r = fss__err_set(&p->err, FSS_ECONFIG, "'%.180s/"
			    "known_hubs' has a line that is not understood",
			    p->dir);
			break;
		}
		a.has_key = true;
		r = fss__profile_add_hub(p, &a);
	}
	fss__free(text);
	return r;
}

int
fss__profile_save_hubs(struct fss_profile *p)
{
	char text[FSS__ADDRESS_TEXT], key[FSS__KEY_TEXT];
	struct fss__buf b;
	size_t i;
	int r;

	fss__buf_init(&b, FILE_MAX);
	for (i = 0; i < p->count; i++) {
		fss__address_format(&p->hubs[i], false, text);
		fss__key_encode(key, p->hubs[i].key);
		/* Its error sticks and is looked at when writing. */
		(void)fss__buf_printf(&b, "%s %s\n", text, key);
	}
	r = write_text(p, "known_hubs", &b);
	fss__buf_release(&b);
	return r;
}

/* ---- current ---------------------------------------------------------- */

int
fss__profile_load_current(struct fss_profile *p)
{
	struct fss__address a;
	char *text, *rest, *line;
	int r;

	r = read_text(p, "current", &text);
	if (r != 0)
		return r;
	rest = text;
	while (r == 0 && (line = next_line(&rest)) != NULL) {
		if (strncmp(line, "hub ", 4) == 0 &&
		    fss__address_parse(line + 4, &a) == 0) {
			p->current = a;
			p->has_current = true;
		} else if (strncmp(line, "account ", 8) == 0 &&
		    fss__account_check(fss__slice_str(line + 8)) == 0) {
			/* Its length was checked. */
			(void)fss__fmt(p->account, sizeof(p->account), "%s",
			    line + 8);
		} else if (line[0] != '\0' && line[0] != '#') {
			r = fss__err_set(&p->err, FSS_ECONFIG, "'%.180s/"
			    "current' has a line that is not understood",
			    p->dir);
		}
	}
	fss__free(text);
	return r;
}

int
fss__profile_save_current(struct fss_profile *p)
{
	char text[FSS__ADDRESS_TEXT];
	struct fss__buf b;
	int r;

	fss__buf_init(&b, FILE_MAX);
	if (p->has_current) {
		fss__address_format(&p->current, false, text);
		/* Errors stick and are looked at when writing. */
		(void)fss__buf_printf(&b, "hub %s\n", text);
		if (p->account[0] != '\0')
			(void)fss__buf_printf(&b, "account %s\n", p->account);
	}
	r = write_text(p, "current", &b);
	fss__buf_release(&b);
	return r;
}
