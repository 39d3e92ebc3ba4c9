/*
 * The built page: files of one folder, precompressed where the build left
 * FILE.br or FILE.gz beside them.
 *
 * Names with a hash of their content in them ("app-3f9a1c2b.js") never
 * change and are kept by browsers for good; all else is asked for again each
 * time.  A path without a dot in its last part is a view of the page and
 * gives index.html.  A page that is built anew is served from then on, also
 * where its folder is another one.  The kernel keeps paths below the folder: no links, no
 * "..", whatever the name check above it missed.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host.h"

#define HASH_LETTERS	8	/* at least, of a name that never changes */

struct file {
	int		 fd;
	uint64_t	 at;
	const char	*type;
	char		 etag[64];
};

static int root = -1;

static const struct {
	const char	*suffix, *type;
} types[] = {
	{ "html", "text/html; charset=utf-8" },
	{ "js", "text/javascript; charset=utf-8" },
	{ "css", "text/css; charset=utf-8" },
	{ "json", "application/json" },
	{ "webmanifest", "application/manifest+json" },
	{ "svg", "image/svg+xml" }, { "png", "image/png" },
	{ "ico", "image/x-icon" }, { "webp", "image/webp" },
	{ "woff2", "font/woff2" }, { "wasm", "application/wasm" },
	{ "txt", "text/plain; charset=utf-8" },
	{ "map", "application/json" }
};

static int
open_root(void)
{
	return open(settings_text(SET_UI), O_PATH | O_DIRECTORY | O_CLOEXEC);
}

int
files_open(void)
{
	char quoted[512];

	root = open_root();
	if (root < 0) {
		web_log(FSS_LOG_WARN, "cannot open the folder of the page",
		    "folder=%s error=%s", web_quote(settings_text(SET_UI),
		    quoted, sizeof(quoted)), strerror(errno));
		return FSS_ENOENT;
	}
	return 0;
}

/*
 * Goes by what the folder's name stands for now: who builds the page anew may
 * put another folder in its place.  Where there is none just then the one of
 * before is kept; files that are being sent are open and go on.
 */
static void
follow(void)
{
	struct stat was, is;
	int fd = open_root();

	if (fd < 0)
		return;
	if (root >= 0 && fstat(root, &was) == 0 && fstat(fd, &is) == 0 &&
	    was.st_dev == is.st_dev && was.st_ino == is.st_ino) {
		(void)close(fd);
		return;
	}
	if (root >= 0)
		(void)close(root);
	root = fd;
}

static void
drop(void *state)
{
	struct file *f = state;

	if (f->fd >= 0)
		(void)close(f->fd);	/* it was only read */
	free(f);
}

static const char *
type_of(const char *path)
{
	const char *dot = strrchr(path, '.');
	size_t i;

	for (i = 0; dot != NULL && i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(dot + 1, types[i].suffix) == 0)
			return types[i].type;
	return "application/octet-stream";
}

/* "/assets/NAME-HASH.EXT", as the build names what it hashed. */
static bool
never_changes(const char *path)
{
	const char *name = strrchr(path, '/'), *dash, *dot;

	dot = strchr(name, '.');
	if (strncmp(path, "/assets/", 8) != 0 || dot == NULL)
		return false;
	for (dash = dot; dash > name && dash[-1] != '-'; dash--)
		;
	return dash > name + 1 && dot - dash >= HASH_LETTERS;
}

static int
open_below(const char *path, const char *suffix)
{
	struct open_how how;
	char name[1024];
	int n;

	n = snprintf(name, sizeof(name), "%s%s", path + 1, suffix);
	if (root < 0 || n < 0 || (size_t)n >= sizeof(name))
		return -1;
	memset(&how, 0, sizeof(how));
	how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
	how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
	return (int)syscall(SYS_openat2, root, name, &how, sizeof(how));
}

/* The file, or its compressed twin the client takes: *@ret_coding says. */
static int
open_best(struct web_req *rq, const char *path, const char **ret_coding)
{
	static const struct {
		const char	*coding, *suffix;
	} twins[] = { { "br", ".br" }, { "gzip", ".gz" } };
	const char *accepts = web_header(rq, "accept-encoding");
	size_t i;
	int fd;

	*ret_coding = NULL;
	/* Ranges are of what has no coding. */
	for (i = 0; accepts != NULL && web_header(rq, "range") == NULL &&
	    i < sizeof(twins) / sizeof(twins[0]); i++) {
		if (!accepts_coding(accepts, twins[i].coding))
			continue;
		fd = open_below(path, twins[i].suffix);
		if (fd >= 0) {
			*ret_coding = twins[i].coding;
			return fd;
		}
	}
	return open_below(path, "");
}

static int
seek(struct web_req *rq, uint64_t first, uint64_t len)
{
	struct file *f = web_state(rq);

	(void)len;
	f->at = first;
	return 0;
}

static int
pull(struct web_req *rq, void *buf, size_t len, size_t *ret_n)
{
	struct file *f = web_state(rq);
	ssize_t n;

	do
		n = pread(f->fd, buf, len, (off_t)f->at);
	while (n < 0 && errno == EINTR);
	/* Shorter than it was: broken off, so that nobody takes it as whole. */
	if (n <= 0)
		return FSS_EIO;
	f->at += (uint64_t)n;
	*ret_n = (size_t)n;
	return 0;
}

static void
send_file(struct web_req *rq, const char *path, int fd, const char *coding)
{
	struct web_content k = { .seek = seek, .pull = pull };
	struct file *f = calloc(1, sizeof(*f));
	struct stat st;

	if (f == NULL || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		free(f);
		(void)close(fd);
		web_reply_error(rq, FSS_ENOENT, "there is no such page");
		return;
	}
	f->fd = fd;
	web_state_set(rq, f, drop);
	(void)snprintf(f->etag, sizeof(f->etag), "\"%llx-%llx-%lx%s\"",
	    (unsigned long long)st.st_size, (unsigned long long)
	    st.st_mtim.tv_sec, st.st_mtim.tv_nsec, coding != NULL ? coding :
	    "");
	if (coding != NULL)
		web_reply_header(rq, "content-encoding", "%s", coding);
	web_reply_header(rq, "vary", "accept-encoding");
	web_reply_cache(rq, never_changes(path) ?
	    "public, max-age=31536000, immutable" : "no-cache");
	k.type = type_of(path);
	/* Only the page is a page; a picture of it is a picture. */
	web_reply_policy(rq, WEB_POLICY_PAGE);
	k.size = (uint64_t)st.st_size;
	k.etag = f->etag;
	k.modified = st.st_mtim.tv_sec;
	web_reply_content(rq, &k);
}

void
files_serve(struct web_req *rq)
{
	const char *path = web_path(rq), *coding;
	int fd;

	if ((rq->head.method & (WEB_GET | WEB_HEAD)) == 0) {
		web_reply_header(rq, "allow", "GET, HEAD");
		web_reply_error_as(rq, 405, FSS_EINVAL,
		    "that method is not for this address", 0);
		return;
	}
	if (strchr(strrchr(path, '/'), '.') == NULL)
		path = "/index.html";
	follow();
	if (!path_safe(path)) {
		web_reply_error(rq, FSS_ENOENT, "there is no such page");
		return;
	}
	fd = open_best(rq, path, &coding);
	if (fd < 0) {
		web_reply_error(rq, FSS_ENOENT, root < 0 ?
		    "the page is not built: see [web] ui in fssweb.conf" :
		    "there is no such page");
		return;
	}
	send_file(rq, path, fd, coding);
}
