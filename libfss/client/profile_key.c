/*
 * The device keys of a profile.
 *
 *	DIR/keys/host:port/ACCOUNT	a secret key, base64url, 0600
 *	DIR/index/host:port/ACCOUNT	what that device announces
 *
 * A key others can read is refused.  One that is missing is made under
 * another name and given the right one with link(), so that two processes
 * which both make it end up with the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/io.h"
#include "client/local.h"
#include "client/profile.h"

#define NAME_MAX_BYTES	((size_t)8192)	/* of the name of a key in the making */
#define NOBODY		"_"	/* names the key used before any log-in */

/* Where what belongs to @account at @hub is in @folder. */
static int
place(fss_profile *p, const char *folder, const struct fss__address *hub,
    const char *account, bool make, char **ret_path)
{
	char name[FSS__ADDRESS_TEXT + FSS_LIMIT_ACCOUNT + 8];
	char *dir;
	int r;

	*ret_path = NULL;
	if (account == NULL)
		account = p->account;
	if (account[0] != '\0' &&
	    fss__account_check(fss__slice_str(account)) != 0)
		return fss__err_set(&p->err, FSS_ENAME,
		    "that is no account name");
	r = fss__fmt(name, sizeof(name), "%s/%s:%u", folder, hub->host,
	    hub->port);
	dir = r == 0 ? fss__profile_path(p, name) : NULL;
	if (dir == NULL)
		return FSS_ENOMEM;
	r = make ? fss__profile_make_dirs(dir) : 0;
	if (r == 0) {
		*ret_path = fss__local_join(dir, account[0] != '\0' ?
		    account : NOBODY);
		r = *ret_path != NULL ? 0 : FSS_ENOMEM;
	}
	fss__free(dir);
	return r;
}

static int
key_path(fss_profile *p, const char *account, bool make, char **ret_path)
{
	*ret_path = NULL;
	if (!p->has_current || fss__profile_find(p, &p->current) == NULL)
		return fss__err_set(&p->err, FSS_ENOENT,
		    "there is no current hub");
	return place(p, "keys", &p->current, account, make, ret_path);
}

static int
load_key(fss_profile *p, const char *path, uint8_t *secret)
{
	char text[FSS__KEY_TEXT + 1];
	struct stat st;
	size_t n = 0;
	int fd, r = 0;

	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return fss__errno(errno);
	if (fstat(fd, &st) != 0)
		r = fss__errno(errno);
	else if (!S_ISREG(st.st_mode) || (st.st_mode & 077) != 0 ||
	    st.st_uid != geteuid())
		r = fss__err_set(&p->err, FSS_EKEYPERM, "'%.150s' is "
		    "accessible by others: chmod it to 600", path);
	if (r == 0)
		r = fss__io_read(fd, text, sizeof(text) - 1, &n);
	(void)close(fd);		/* was only read from */
	if (r == 0) {
		text[n] = '\0';
		if (n > 0 && text[n - 1] == '\n')
			text[n - 1] = '\0';
		if (fss__key_decode(secret, text) != 0)
			r = fss__err_set(&p->err, FSS_ECONFIG,
			    "'%.180s' holds no key", path);
	}
	fss__memzero(text, sizeof(text));
	return r;
}

/* Makes a key under a name of its own, then gives it the right one. */
static int
make_key(const char *path)
{
	uint8_t public_key[FSS__KEY_BYTES], secret[FSS__KEY_BYTES];
	char text[FSS__KEY_TEXT + 1];
	struct fss__buf temp;
	uint64_t tag;
	size_t n;
	int r;

	fss__keypair(public_key, secret);
	fss__key_encode(text, secret);
	n = strlen(text);
	text[n++] = '\n';
	fss__random(&tag, sizeof(tag));
	fss__buf_init(&temp, NAME_MAX_BYTES);
	/* Its error sticks: then there is no text. */
	(void)fss__buf_printf(&temp, "%s.%016llx", path,
	    (unsigned long long)tag);
	r = fss__buf_str(&temp) != NULL ? 0 : FSS_ENOMEM;
	if (r == 0)
		r = fss__io_write_file((char *)temp.data, text, n, 0600);
	if (r == 0) {
		if (link((char *)temp.data, path) != 0 && errno != EEXIST)
			r = fss__errno(errno);
		/* Best effort: a stray copy of the key does no harm here. */
		(void)unlink((char *)temp.data);
	}
	fss__buf_release(&temp);
	fss__memzero(secret, sizeof(secret));
	fss__memzero(text, sizeof(text));
	return r;
}

int
fss_profile_apply(fss_profile *p, const char *account, fss_client *c)
{
	uint8_t *secret;
	char *path = NULL;
	int r;

	if (p == NULL || c == NULL)
		return FSS_EINVAL;
	secret = fss__secmem_new(FSS__KEY_BYTES);
	if (secret == NULL)
		return FSS_ENOMEM;
	r = key_path(p, account, true, &path);
	if (r == 0) {
		r = load_key(p, path, secret);
		if (r == FSS_ENOENT) {
			r = make_key(path);
			if (r == 0)
				r = load_key(p, path, secret);
		}
	}
	if (r == 0) {
		r = fss_client_set_address(c, fss_profile_hub(p));
		if (r == 0)
			r = fss_client_set_identity(c, secret);
		if (r != 0)
			(void)fss__err_set(&p->err, r, "%s",
			    fss_client_errmsg(c));
	} else if (p->err.code != r) {
		(void)fss__err_set(&p->err, r, "cannot use a key: %s",
		    fss_strerror(r));
	}
	fss__secmem_free(secret);
	fss__free(path);
	return r;
}

int
fss_profile_drop_key(fss_profile *p, const char *account)
{
	char *path;
	int r;

	if (p == NULL)
		return FSS_EINVAL;
	r = key_path(p, account, false, &path);
	if (r != 0)
		return r;
	if (unlink(path) != 0)
		r = fss__err_set(&p->err, fss__errno(errno),
		    "cannot delete '%.180s': %s", path,
		    fss_strerror(fss__errno(errno)));
	fss__free(path);
	return r;
}

int
fss_profile_index(fss_profile *p, const char *address, const char **ret_text)
{
	const struct fss__address *hub;
	struct fss__address a;
	char *path;
	int r;

	if (ret_text != NULL)
		*ret_text = "";
	if (p == NULL || ret_text == NULL)
		return FSS_EINVAL;
	a = p->current;
	if (address != NULL && fss__address_parse(address, &a) != 0)
		return fss__err_set(&p->err, FSS_EINVAL,
		    "an address is written fss://HOST:PORT");
	hub = address != NULL || p->has_current ?
	    fss__profile_find(p, &a) : NULL;
	if (hub == NULL)
		return fss__err_set(&p->err, FSS_ENOENT,
		    "the hub is not known");
	r = place(p, "index", hub, NULL, true, &path);
	if (r != 0)
		return r;
	fss__free(p->index);
	p->index = path;
	*ret_text = path;
	return 0;
}
