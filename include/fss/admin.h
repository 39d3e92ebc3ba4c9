/*
 * What those who run a hub look at: its figures, and its open invites.
 *
 * These calls are of the client handle in <fss/client.h> and follow its
 * rules: each starts an operation and returns at once; 0, and exactly one
 * FSS_EVENT_DONE follows for *ret_op; or an error, and nothing follows.
 * @user comes back with every event.  A hub older than these answers
 * FSS_ETYPE.
 *
 * Thread rule: a handle may be used by one thread at a time; distinct handles
 * are independent.
 */
#ifndef FSS_ADMIN_H
#define FSS_ADMIN_H

#include <stdint.h>

#include <fss/client.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Tell how the hub does; DONE carries one row.  For operators and admins.
 *
 * STORED (bytes of content kept, each once), BYTES (of all versions as people
 * see them; the difference is what storing things once saves), CHUNKS, FILES,
 * VERSIONS, ACCOUNTS, SESSIONS (now), REQUESTS (live), DISK_FREE, DATABASE
 * (bytes), SINCE (when it was started), RELEASE, URL (fssd.conf
 * `web_address`).  Some are counted every few seconds only.
 * Ownership: nothing is handed over; @user stays the caller's.
 * Errors: FSS_ENOMEM; at completion also FSS_EAUTH, FSS_EDENIED.
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API int fss_client_hub(fss_client *c, void *user, fss_op *ret_op);

/**
 * List invites that can still be used, in ROWS events.
 *
 * INVITE (an id, not the code), ROLE, BY (who made it; absent: the hub), USES
 * (left), CREATED, EXPIRES.  Admins see all, others their own.
 * Ownership: nothing is handed over; @user stays the caller's.
 * Errors: FSS_ENOMEM; at completion also FSS_EAUTH.
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API int fss_client_invites(fss_client *c, void *user, fss_op *ret_op);

/**
 * Withdraw an invite one may see: its code is good for nothing any more.
 *
 * @id: as FSS_FIELD_INVITE told it.
 * Ownership: @id is copied; @user stays the caller's.
 * Errors: FSS_EINVAL, FSS_ENOMEM; at completion also FSS_EAUTH, FSS_ENOENT.
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API int fss_client_invite_withdraw(fss_client *c, const char *id,
    void *user, fss_op *ret_op);

#ifdef __cplusplus
}
#endif
#endif
