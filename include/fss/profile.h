/*
 * Keys and profiles: what a command line keeps on disk between runs.
 *
 * A profile is a folder (0700) with the hubs known, the device keys (0600)
 * and which hub and account are current.  A key file that others can read is
 * refused, as ssh does.
 *
 * Thread rule: a handle may be used by one thread at a time; distinct handles
 * are independent.
 */
#ifndef FSS_PROFILE_H
#define FSS_PROFILE_H

#include <stddef.h>
#include <stdint.h>

#include <fss/client.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FSS_KEY_TEXT_BYTES	44	/* base64url text of a key, with NUL */
#define FSS_FINGERPRINT_BYTES	52	/* "SHA256:..." text, with NUL */

/**
 * Make a device key pair.
 *
 * Ownership: both arrays are the caller's; keep @secret secret.
 * Errors: FSS_EIO (no randomness).
 * Thread: any.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_key_generate(uint8_t ret_public[FSS_KEY_BYTES],
    uint8_t ret_secret[FSS_KEY_BYTES]);

/**
 * Write a key as text.
 *
 * Ownership: @ret_text is the caller's, FSS_KEY_TEXT_BYTES bytes.
 * Errors: none.
 * Thread: any.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_key_format(const uint8_t key[FSS_KEY_BYTES], char *ret_text);

/**
 * Read a key from text.
 *
 * Ownership: @ret_key is the caller's.
 * Errors: FSS_EINVAL.
 * Thread: any.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_key_parse(const char *text, uint8_t ret_key[FSS_KEY_BYTES]);

/**
 * Give the fingerprint people compare a public key by.
 *
 * Ownership: @ret_text is the caller's, FSS_FINGERPRINT_BYTES bytes.
 * Errors: none.
 * Thread: any.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_key_fingerprint(const uint8_t key[FSS_KEY_BYTES],
    char *ret_text);

/**
 * Ask a hub for its public key, for first use.
 *
 * @address: "fss://HOST:PORT"; the hub's introduction port is PORT + 1.  The
 * answer is not authenticated: show its fingerprint to the person.
 * @timeout_ms: milliseconds.
 * Ownership: @ret_key is the caller's.
 * Errors: FSS_EINVAL, FSS_EUNREACH, FSS_EPROTO, FSS_ENOMEM.
 * Thread: any.   Blocks: up to @timeout_ms.   Since: 1.0.
 */
FSS_API int fss_hub_key(const char *address, int timeout_ms,
    uint8_t ret_key[FSS_KEY_BYTES]);

typedef struct fss_profile fss_profile;

/**
 * Open the profile in folder @dir, making it where there is none.
 *
 * Ownership: Caller owns *@ret_p and must call fss_profile_free().  Where it
 * fails it is NULL, or a profile that is good only for fss_profile_errmsg(),
 * which says what is wrong with which file, and fss_profile_free().  @dir is
 * copied.
 * Errors: FSS_EKEYPERM (folder is writable by others), FSS_EIO, FSS_ENOMEM,
 * FSS_ECONFIG (a file in it is not understood).
 * Thread: any.   Blocks: on local files.   Since: 1.0.
 */
FSS_API int fss_profile_open(const char *dir, fss_profile **ret_p);

/**
 * Free @p.
 *
 * @p: NULL is a no-op.
 * Ownership: texts handed out become invalid.
 * Errors: none.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API void fss_profile_free(fss_profile *p);

/**
 * Give the text that explains the last failed call on @p.
 *
 * Ownership: Owned by @p, valid until the next call on @p.
 * Errors: none; "" where there is none.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API const char *fss_profile_errmsg(const fss_profile *p);

/**
 * Remember a hub's key, or compare it with what is remembered.
 *
 * @address: "fss://HOST:PORT".  Returns 1 if it is new (now remembered), 0
 * if it was known.
 * Ownership: nothing is handed over.
 * Errors: FSS_EHOSTKEY (another key is remembered; nothing was changed),
 * FSS_EINVAL, FSS_EIO.
 * Thread: that of the handle.   Blocks: on local files.   Since: 1.0.
 */
FSS_API int fss_profile_trust(fss_profile *p, const char *address,
    const uint8_t key[FSS_KEY_BYTES]);

/**
 * Look up the key remembered for a hub.
 *
 * Ownership: @ret_key is the caller's.
 * Errors: FSS_ENOENT (none remembered), FSS_EINVAL.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_profile_known(const fss_profile *p, const char *address,
    uint8_t ret_key[FSS_KEY_BYTES]);

/**
 * Forget the key of a hub.
 *
 * Ownership: nothing is handed over.
 * Errors: FSS_ENOENT, FSS_EINVAL, FSS_EIO.
 * Thread: that of the handle.   Blocks: on local files.   Since: 1.0.
 */
FSS_API int fss_profile_forget(fss_profile *p, const char *address);

/**
 * Make a hub and an account of it the current ones.
 *
 * @address: of a trusted hub.  @account: NULL or "" when not logged in.
 * Ownership: texts are copied.
 * Errors: FSS_ENOENT (hub is not trusted), FSS_EINVAL, FSS_EIO.
 * Thread: that of the handle.   Blocks: on local files.   Since: 1.0.
 */
FSS_API int fss_profile_use(fss_profile *p, const char *address,
    const char *account);

/**
 * Give the current hub as "fss://HOST:PORT#KEY"; "" when there is none.
 *
 * Ownership: Owned by @p, valid until the next call on @p.
 * Errors: none.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API const char *fss_profile_hub(const fss_profile *p);

/**
 * Give the current account; "" when there is none.
 *
 * Ownership: Owned by @p, valid until the next call on @p.
 * Errors: none.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API const char *fss_profile_account(const fss_profile *p);

/**
 * Set address and identity of a client from @p.
 *
 * @account: whose device key, NULL = the current account's; the key is made,
 * 0600, where there is none yet.
 * Ownership: both handles stay the caller's.
 * Errors: FSS_ENOENT (no current hub), FSS_EKEYPERM, FSS_EIO, FSS_ENAME,
 * FSS_EBUSY (@c is open).
 * Thread: that of both handles.   Blocks: on local files.   Since: 1.0.
 */
FSS_API int fss_profile_apply(fss_profile *p, const char *account,
    fss_client *c);

/**
 * Name the file that fss_client_set_index() takes for a hub and an account.
 *
 * @address: NULL or "fss://HOST:PORT" of a known hub, NULL the current one.
 * *@ret_text: made of the device key's place, so that each key has its own.
 * Ownership: Owned by @p, valid until the next call on @p.
 * Errors: FSS_ENOENT (no such hub), FSS_EINVAL, FSS_EIO, FSS_ENOMEM.
 * Thread: that of the handle.   Blocks: on local files.   Since: 1.1.
 */
FSS_API int fss_profile_index(fss_profile *p, const char *address,
    const char **ret_text);

/**
 * Delete the device key of @account at the current hub.
 *
 * Ownership: nothing is handed over.
 * Errors: FSS_ENOENT, FSS_ENAME, FSS_EIO.
 * Thread: that of the handle.   Blocks: on local files.   Since: 1.0.
 */
FSS_API int fss_profile_drop_key(fss_profile *p, const char *account);

#ifdef __cplusplus
}
#endif
#endif
