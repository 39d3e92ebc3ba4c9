/*
 * Profiles: which hubs are known and which one is current.
 *
 * Who changes known_hubs reads it anew and holds a lock meanwhile (DIR/lock),
 * so that nothing another process adds is lost.  What the files hold and how they
 * are written is in profile_file.c, the device keys are in profile_key.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <fss/profile.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/io.h"
#include "client/local.h"
#include "client/profile.h"

/* The text of the current hub; "" while its key is not known. */
static void
refresh_hub(struct fss_profile *p)
{
	const struct fss__address *known = NULL;

	if (p->has_current)
		known = fss__profile_find(p, &p->current);
	p->hub[0] = '\0';
	if (known != NULL)
		fss__address_format(known, true, p->hub);
}

/* ---- public calls ----------------------------------------------------- */

int
fss_profile_open(const char *dir, fss_profile **ret_p)
{
	fss_profile *p;
	int r;

	if (ret_p == NULL || dir == NULL || dir[0] == '\0')
		return FSS_EINVAL;
	*ret_p = NULL;
	r = fss__crypto_init();
	if (r != 0)
		return r;
	p = fss__zalloc(sizeof(*p));
	if (p == NULL)
		return FSS_ENOMEM;
	p->dir = fss__strdup(dir);
	r = p->dir != NULL ? fss__profile_make_dirs(dir) : FSS_ENOMEM;
	if (r == 0)
		r = fss__profile_check_dir(p);
	if (r == 0)
		r = fss__profile_load_hubs(p);
	if (r == 0)
		r = fss__profile_load_current(p);
	if (r == FSS_ENOMEM) {
		fss_profile_free(p);
		return r;
	}
	if (r == 0)
		refresh_hub(p);
	*ret_p = p;		/* where it failed: for its errmsg */
	return r;
}

void
fss_profile_free(fss_profile *p)
{
	if (p == NULL)
		return;
	fss__free(p->hubs);
	fss__free(p->dir);
	fss__free(p->index);
	fss__free(p);
}

const char *
fss_profile_errmsg(const fss_profile *p)
{
	return p != NULL ? p->err.detail : "";
}

static int
parse(fss_profile *p, const char *address, struct fss__address *ret_a)
{
	if (p == NULL)
		return FSS_EINVAL;
	if (fss__address_parse(address, ret_a) != 0)
		return fss__err_set(&p->err, FSS_EINVAL,
		    "an address is written fss://HOST:PORT");
	return 0;
}

/* Waits for others; the descriptor, to be closed, or why not. */
static int
lock_hubs(struct fss_profile *p)
{
	char *path = fss__profile_path(p, "lock");
	int fd, r = 0;

	if (path == NULL)
		return FSS_ENOMEM;
	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		r = fss__errno(errno);
	while (r == 0 && flock(fd, LOCK_EX) != 0)
		if (errno != EINTR)
			r = fss__errno(errno);
	if (r != 0) {
		(void)fss__err_set(&p->err, r, "cannot lock '%.200s'", path);
		if (fd >= 0)
			(void)close(fd);	/* nothing was written */
	}
	fss__free(path);
	return r != 0 ? r : fd;
}

static int
trust(fss_profile *p, const char *address,
    const uint8_t key[FSS_KEY_BYTES])
{
	struct fss__address a, *known;
	int r;

	r = parse(p, address, &a);
	if (r != 0)
		return r;
	if (key == NULL)
		return fss__err_set(&p->err, FSS_EINVAL, "no key was given");
	/* Another process may have added some. */
	r = fss__profile_load_hubs(p);
	if (r != 0)
		return r;
	known = fss__profile_find(p, &a);
	if (known != NULL) {
		if (fss__memeq(known->key, key, FSS_KEY_BYTES))
			return 0;
		return fss__err_set(&p->err, FSS_EHOSTKEY, "another key is "
		    "known for %.100s:%u", a.host, a.port);
	}
	memcpy(a.key, key, FSS_KEY_BYTES);
	a.has_key = true;
	r = fss__profile_add_hub(p, &a);
	if (r == 0)
		r = fss__profile_save_hubs(p);
	refresh_hub(p);
	return r == 0 ? 1 : r;
}

int
fss_profile_trust(fss_profile *p, const char *address,
    const uint8_t key[FSS_KEY_BYTES])
{
	int fd, r;

	if (p == NULL)
		return FSS_EINVAL;
	fd = lock_hubs(p);
	if (fd < 0)
		return fd;
	r = trust(p, address, key);
	(void)close(fd);	/* only held the lock */
	return r;
}

int
fss_profile_known(const fss_profile *p, const char *address,
    uint8_t ret_key[FSS_KEY_BYTES])
{
	struct fss__address a, *known;

	if (p == NULL || ret_key == NULL ||
	    fss__address_parse(address, &a) != 0)
		return FSS_EINVAL;
	known = fss__profile_find(p, &a);
	if (known == NULL)
		return FSS_ENOENT;
	memcpy(ret_key, known->key, FSS_KEY_BYTES);
	return 0;
}

static int
forget(fss_profile *p, const char *address)
{
	struct fss__address a, *known;
	int r;

	r = parse(p, address, &a);
	if (r == 0)
		r = fss__profile_load_hubs(p);
	if (r != 0)
		return r;
	known = fss__profile_find(p, &a);
	if (known == NULL)
		return fss__err_set(&p->err, FSS_ENOENT, "no key is known for "
		    "%.100s:%u", a.host, a.port);
	*known = p->hubs[--p->count];
	refresh_hub(p);
	return fss__profile_save_hubs(p);
}

int
fss_profile_forget(fss_profile *p, const char *address)
{
	int fd, r;

	if (p == NULL)
		return FSS_EINVAL;
	fd = lock_hubs(p);
	if (fd < 0)
		return fd;
	r = forget(p, address);
	(void)close(fd);	/* only held the lock */
	return r;
}

int
fss_profile_use(fss_profile *p, const char *address, const char *account)
{
	struct fss__address a;
	int r;

	r = parse(p, address, &a);
	if (r != 0)
		return r;
	if (fss__profile_find(p, &a) == NULL)
		return fss__err_set(&p->err, FSS_ENOENT, "no key is known for "
		    "%.100s:%u", a.host, a.port);
	if (account == NULL)
		account = "";
	if (account[0] != '\0' &&
	    fss__account_check(fss__slice_str(account)) != 0)
		return fss__err_set(&p->err, FSS_EINVAL,
		    "that is no account name");
	p->current = a;
	p->current.has_key = false;
	p->has_current = true;
	/* Its length was checked. */
	(void)fss__fmt(p->account, sizeof(p->account), "%s", account);
	refresh_hub(p);
	return fss__profile_save_current(p);
}

const char *
fss_profile_hub(const fss_profile *p)
{
	return p != NULL ? p->hub : "";
}

const char *
fss_profile_account(const fss_profile *p)
{
	return p != NULL ? p->account : "";
}
