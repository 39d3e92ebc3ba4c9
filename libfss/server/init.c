/*
 * A hub's data folder while no hub handle is open: making it, checking it,
 * copying it, and reading its key.
 */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <errno.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/log.h"
#include "base/time.h"
#include "model/account.h"
#include "server/server.h"
#include "store/backup.h"

#define FILE_MAX	65536	/* bytes of a key or configuration file */
#define NAME_CAP	4352	/* of a data folder's file */

_Static_assert(FSS_INVITE_BYTES == FSS__MAX_INVITE + 1, "invites differ");

static int
file_in(char *dst, const char *data, const char *name)
{
	return fss__fmt(dst, NAME_CAP, "%s/%s", data, name);
}

int
fss__hub_key_read(const char *data, uint8_t *secret, struct fss__err *err)
{
	char name[NAME_CAP];
	struct stat st;
	uint8_t *text = NULL;
	size_t n;
	int r;

	r = file_in(name, data, FSS__HUB_KEY);
	if (r != 0)
		return r;
	if (stat(name, &st) != 0)
		return fss__err_set(err, fss__errno(errno),
		    "cannot open '%s': %s", name, strerror(errno));
	if (st.st_mode & (S_IRWXG | S_IRWXO))
		return fss__err_set(err, FSS_EKEYPERM,
		    "'%s' is accessible by others: chmod 600 it", name);
	r = fss__io_read_file(name, 128, &text, &n);
	if (r != 0)
		return fss__err_set(err, r, "cannot read '%s'", name);
	if (n > 0 && text[n - 1] == '\n')
		text[--n] = '\0';
	r = fss__key_decode(secret, (const char *)text);
	fss__memzero(text, n);
	fss__free(text);
	return r == 0 ? 0 : fss__err_set(err, FSS_ECONFIG,
	    "'%s' holds no key", name);
}

static int
make_key(const char *data)
{
	uint8_t public_key[FSS__KEY_BYTES], *secret;
	char name[NAME_CAP], text[FSS__KEY_TEXT];
	int r;

	r = file_in(name, data, FSS__HUB_KEY);
	if (r != 0)
		return r;
	secret = fss__secmem_new(FSS__KEY_BYTES);
	if (secret == NULL)
		return FSS_ENOMEM;
	fss__keypair(public_key, secret);
	fss__key_encode(text, secret);
	r = fss__io_write_file(name, text, strlen(text), 0600);
	fss__memzero(text, sizeof(text));
	fss__secmem_free(secret);
	return r;
}

/* The invite that makes the first admin. */
static int
make_invite(const char *data, char *ret_invite)
{
	char code[FSS__MAX_INVITE + 1];
	struct fss__store_config cfg;
	struct fss__store *store = NULL;
	struct fss__m_invite m;
	struct fss__rules rules;
	struct fss__ctx ctx;
	struct fss__err err;
	int64_t expires;
	int r;

	memset(&cfg, 0, sizeof(cfg));
	memset(&rules, 0, sizeof(rules));
	memset(&ctx, 0, sizeof(ctx));
	memset(&m, 0, sizeof(m));
	fss__err_clear(&err);
	cfg.dir = data;
	r = fss__store_open(&cfg, &err, &store);
	if (r != 0)
		return r;
	ctx.db = fss__store_db(store);
	ctx.store = store;
	ctx.rules = &rules;
	ctx.now_us = fss__wall_us();
	m.has = FSS__K_invite_role | FSS__K_invite_uses;
	m.role = FSS_ROLE_ADMIN;
	m.uses = 1;
	r = fss__store_begin(store);
	if (r == 0) {
		r = fss__account_invite(&ctx, NULL, &m, code, &expires);
		if (r == 0)
			r = fss__store_commit(store, true);
		else
			fss__store_abort(store);
	}
	fss__store_close(store);
	if (r == 0 && ret_invite != NULL)
		memcpy(ret_invite, code, strlen(code) + 1);
	fss__memzero(code, sizeof(code));
	return r;
}

/*
 * Whether there is nothing in @data but what a creation that was interrupted
 * leaves, which may be done again, and what a file system has of its own.
 */
static int
check_empty(const char *data)
{
	static const char *const fine[] = {
		".", "..", "seg", "lock", "meta.db", "meta.db-wal",
		"meta.db-shm", "meta.db-journal", "lost+found"
	};
	const struct dirent *d;
	size_t i;
	DIR *dir;
	int r = 0;

	dir = opendir(data);
	if (dir == NULL)
		return fss__errno(errno);
	while (r == 0 && (d = readdir(dir)) != NULL) {
		r = FSS_EEXIST;
		for (i = 0; i < sizeof(fine) / sizeof(fine[0]); i++)
			if (strcmp(d->d_name, fine[i]) == 0)
				r = 0;
	}
	(void)closedir(dir);	/* it was only read */
	return r;
}

int
fss_server_init(const char *data, char *ret_invite)
{
	struct fss__err err;
	int r;

	if (data == NULL || data[0] == '\0')
		return FSS_EINVAL;
	r = fss__crypto_init();
	if (r != 0)
		return r;
	if (mkdir(data, 0700) != 0 && errno != EEXIST)
		return fss__errno(errno);
	fss__err_clear(&err);
	r = check_empty(data);
	if (r == 0)
		r = fss__store_create(data, &err);
	if (r == 0)
		r = make_key(data);
	if (r == 0)
		r = make_invite(data, ret_invite);
	return r;
}

int
fss_server_check(const char *data, fss_problem_fn fn, void *ctx)
{
	struct fss__store_config cfg;
	struct fss__store *store = NULL;
	struct fss__err err;
	int r;

	if (data == NULL || fn == NULL)
		return FSS_EINVAL;
	r = fss__crypto_init();
	if (r != 0)
		return r;
	memset(&cfg, 0, sizeof(cfg));
	fss__err_clear(&err);
	cfg.dir = data;
	r = fss__store_open(&cfg, &err, &store);
	if (r != 0) {
		if (r == FSS_ECORRUPT)
			fn(ctx, err.detail);
		return r;
	}
	r = fss__store_check(store, fn, ctx);
	fss__store_close(store);
	return r;
}

/* Copies one small file, if there is one, with mode 0600. */
static int
copy_file(const char *data, const char *target, const char *file)
{
	char from[NAME_CAP], to[NAME_CAP];
	uint8_t *bytes = NULL;
	size_t n = 0;
	int r;

	r = file_in(from, data, file);
	if (r == 0)
		r = file_in(to, target, file);
	if (r == 0)
		r = fss__io_read_file(from, FILE_MAX, &bytes, &n);
	if (r == FSS_ENOENT)
		return 0;
	if (r == 0)
		r = fss__io_write_file(to, bytes, n, 0600);
	if (bytes != NULL)
		fss__memzero(bytes, n);
	fss__free(bytes);
	return r;
}

int
fss_server_backup(const char *data, const char *target)
{
	struct fss__err err;
	int r;

	if (data == NULL || target == NULL)
		return FSS_EINVAL;
	r = fss__crypto_init();
	if (r != 0)
		return r;
	fss__err_clear(&err);
	r = fss__store_backup(data, target, &err);
	if (r == 0)
		r = copy_file(data, target, FSS__HUB_KEY);
	if (r == 0)
		r = copy_file(data, target, FSS__HUB_CONF);
	return r;
}
