/*
 * Accounts, devices, invites, groups.
 */
#ifndef FSS__MODEL_ACCOUNT_H
#define FSS__MODEL_ACCOUNT_H

#include "crypto/keys.h"
#include "model/model.h"

#define FSS__SCOPES_ALL	31u		/* of keys and web log-ins */

/*
 * Read. What fss__account_create() would say of name, registration mode and
 * invite, before a hash is worked out for it; whether the name is taken is for
 * create() alone.  FSS_ENAME, FSS_ECLOSED, FSS_EINVITE.
 */
int	fss__account_may_create(struct fss__ctx *ctx,
	    const struct fss__m_register *m);
/*
 * Write. Checks name, registration mode and invite (used up by one) and
 * enrols the device; @device_key NULL: none.  FSS_ENAME, FSS_EEXIST,
 * FSS_ECLOSED, FSS_EINVITE.
 */
int	fss__account_create(struct fss__ctx *ctx,
	    const struct fss__m_register *m, const char *pwhash,
	    const uint8_t device_key[FSS__KEY_BYTES],
	    struct fss__actor *ret_who);
/*
 * Read. The stored hash of @name.  FSS_EAUTH for unknown and locked alike:
 * @hash is then somebody else's, always the same one's for this name, or ""
 * while there is no account.  To be verified, and refused whatever comes of
 * it: so a name that is nobody's takes as long as one that is somebody's,
 * also where settings changed since some hashes were made.
 */
int	fss__account_hash(struct fss__ctx *ctx, struct fss__slice name,
	    char hash[FSS__PWHASH_TEXT]);
/* Write. Enrols (or finds) the device of an account whose password held. */
int	fss__account_enrol(struct fss__ctx *ctx, struct fss__slice name,
	    const uint8_t device_key[FSS__KEY_BYTES],
	    struct fss__slice device_name, struct fss__actor *ret_who);
/*
 * What is kept of a token.  @domain: 16 bytes at most, of its kind alone.
 * FSS_EAUTH: no token is of that length.
 */
int	fss__token_digest(const char *domain, struct fss__slice token,
	    uint8_t ret[FSS__KEY_BYTES]);

/* What a new token is to be. */
struct fss__token_wish {
	int		kind;		/* enum fss_device_kind, no key */
	struct fss__slice label;
	uint32_t	scopes;
	uint64_t	ttl_s;		/* 0 for ever */
	const char	*address;	/* whoever asks comes from */
	int64_t		most;		/* of the kind, of one account; 0: the
					 * caller has seen to it */
	bool		replace;	/* with so many the stalest goes */
};

/*
 * Write. A token for the account of @who, who becomes whom it stands for:
 * @token.  *ret_gone: the device that had to make room, 0 none.  FSS_ETOOBIG.
 */
int	fss__token_make(struct fss__ctx *ctx, const struct fss__token_wish *w,
	    struct fss__actor *who, char token[FSS__KEY_TEXT],
	    int64_t *ret_gone);
/* Read. The same by the digest of a token. */
int	fss__account_of_token(struct fss__ctx *ctx,
	    const uint8_t digest[FSS__KEY_BYTES], struct fss__actor *ret_who);
/*
 * Read. Who a token stands for.  FSS_EAUTH: unknown, revoked, expired, locked,
 * all alike.
 */
int	fss__token_find(struct fss__ctx *ctx, struct fss__slice token,
	    struct fss__actor *ret_who);
/* Write. Whose password held, without a device; FSS_EAUTH: locked since. */
int	fss__account_named(struct fss__ctx *ctx, struct fss__slice name,
	    struct fss__actor *ret_who);
/* Read. Who a device key stands for. FSS_EAUTH: unknown, revoked, locked. */
int	fss__account_of_device(struct fss__ctx *ctx,
	    const uint8_t device_key[FSS__KEY_BYTES],
	    struct fss__actor *ret_who);
/*
 * Read or write. Brings @who's role up to date.  FSS_EAUTH: the device was
 * revoked, or the account locked, since.
 */
int	fss__account_refresh(struct fss__ctx *ctx, struct fss__actor *who);
/* Write. Sets the new hash and revokes every other device of the account. */
int	fss__account_set_password(struct fss__ctx *ctx,
	    const struct fss__actor *who, const char *pwhash);
/* Write. Stores the same password's hash by today's settings. */
int	fss__account_rehash(struct fss__ctx *ctx,
	    const struct fss__actor *who, const char *pwhash);
/* Write. Notes when a device was last seen. */
int	fss__account_seen(struct fss__ctx *ctx, int64_t device);

/* Read. One fss__m_account. */
int	fss__account_whoami(struct fss__ctx *ctx, const struct fss__actor *who,
	    fss__emit_fn emit, void *arg);
/* Read. fss__m_device rows of @who, not the revoked ones. */
int	fss__account_devices(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_page *m, fss__emit_fn emit, void *arg,
	    struct fss__cursor *ret_next);
/* Write. One device of one's own. FSS_ENOENT. */
int	fss__account_revoke_device(struct fss__ctx *ctx,
	    const struct fss__actor *who, int64_t device);
/* Write. All devices of one's own. */
int	fss__account_revoke_all(struct fss__ctx *ctx,
	    const struct fss__actor *who);

/*
 * Write. A new invite; users may invite users (one use), operators and admins
 * more, only admins other roles. FSS_EDENIED.  @code holds FSS__MAX_INVITE+1.
 */
int	fss__account_invite(struct fss__ctx *ctx,
	    const struct fss__actor *who /* NULL: the hub itself */,
	    const struct fss__m_invite *m, char *code,
	    int64_t *ret_expires_us);
/*
 * Read. fss__m_account rows, by name; other people's usage, quota and lock
 * only for operators.
 */
int	fss__account_users(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_page *m, fss__emit_fn emit, void *arg,
	    struct fss__cursor *ret_next);
/*
 * Write. Operators may lock users and set quotas, admins everything; the last
 * admin can be neither locked nor lowered (FSS_EDENIED). *ret_account is whom
 * it changed.
 */
int	fss__account_user_set(struct fss__ctx *ctx,
	    const struct fss__actor *who, const struct fss__m_user_set *m,
	    int64_t *ret_account);
/* Read / write: the asker's own groups. fss__m_member rows. */
int	fss__account_groups(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_page *m, fss__emit_fn emit, void *arg,
	    struct fss__cursor *ret_next);
int	fss__account_group_set(struct fss__ctx *ctx,
	    const struct fss__actor *who, const struct fss__m_group_set *m);

#endif
