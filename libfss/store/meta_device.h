/*
 * Rows of devices: the keys, and tokens, that stand for an account.
 *
 * Lookups return 1 and the row, 0 if there is none, or FSS_E... .
 */
#ifndef FSS__STORE_META_DEVICE_H
#define FSS__STORE_META_DEVICE_H

#include "crypto/keys.h"
#include "store/db.h"
#include "wire/limits.h"

struct fss__meta_device {
	int64_t	id;
	int64_t	account;
	uint8_t	key[FSS__KEY_BYTES];
	char	name[FSS__MAX_LABEL + 1];
	int64_t	created, seen;
	int	kind;			/* enum fss_device_kind */
	uint32_t scopes;		/* FSS_SCOPE_..., of a token */
	int64_t	expires;		/* 0 never */
	char	address[FSS__MAX_ADDRESS + 1];
};

/* What a device stands for: an account that is not locked. */
struct fss__meta_holder {
	int64_t	device;
	int64_t	account;
	int	role;
	int64_t	seen;			/* of the device, as noted */
	int	kind;
	uint32_t scopes;
	int64_t	expires;
	char	name[FSS_LIMIT_ACCOUNT + 1];
};

/* Of a public key. */
int	fss__meta_device_holder(struct fss__db *db,
	    const uint8_t key[FSS__KEY_BYTES], struct fss__meta_holder *ret_h);
/* Of a token, by its digest, that has not expired by @now. */
int	fss__meta_device_holder_by_token(struct fss__db *db,
	    const uint8_t digest[FSS__KEY_BYTES], int64_t now,
	    struct fss__meta_holder *ret_h);
int	fss__meta_device_holder_by_id(struct fss__db *db, int64_t id,
	    int64_t now, struct fss__meta_holder *ret_h);
/* Only devices in use are found. */
int	fss__meta_device_by_key(struct fss__db *db,
	    const uint8_t key[FSS__KEY_BYTES], struct fss__meta_device *ret_d);
int	fss__meta_device_get(struct fss__db *db, int64_t id,
	    struct fss__meta_device *ret_d);
/* The first device in use of @account with an id above @after. */
int	fss__meta_device_after(struct fss__db *db, int64_t account,
	    int64_t after, struct fss__meta_device *ret_d);
/* Those of one kind in use. */
int	fss__meta_device_count(struct fss__db *db, int64_t account, int kind,
	    int64_t *ret_n);
/* Of these the one not seen for longest: 1 and its id, 0 none. */
int	fss__meta_device_stalest(struct fss__db *db, int64_t account,
	    int kind, int64_t *ret_id);
/* @d->id is set; the rest is what becomes of it. */
int	fss__meta_device_insert_token(struct fss__db *db,
	    struct fss__meta_device *d);
int	fss__meta_device_insert(struct fss__db *db, int64_t account,
	    const uint8_t key[FSS__KEY_BYTES], struct fss__slice name,
	    int64_t now, int64_t *ret_id);
int	fss__meta_device_seen(struct fss__db *db, int64_t id, int64_t now);
/* How many were revoked. @but: not this one; 0 spares none. */
int	fss__meta_device_revoke(struct fss__db *db, int64_t id, int64_t now);
int	fss__meta_device_revoke_others(struct fss__db *db, int64_t account,
	    int64_t but, int64_t now);
/* All of @account but its keys. */
int	fss__meta_device_revoke_tokens(struct fss__db *db, int64_t account,
	    int64_t now);
/* Revokes up to @limit that have expired. */
int	fss__meta_device_expire(struct fss__db *db, int64_t now, int limit);
/* Forgets one device revoked before @before: 1, 0 none, or an error. */
int	fss__meta_device_purge(struct fss__db *db, int64_t before);

#endif
