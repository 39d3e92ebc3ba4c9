/*
 * Uploads in parts: begun once, gone on with from wherever they stand, by any
 * session of the account, until the last byte makes the file visible.
 *
 * A staged upload belongs to an account and is kept at the hub with what has
 * arrived, for a day after the last byte (fssd.conf `stage_keep`).  It
 * survives lost networks and the end of the client and of the hub.  How it is
 * cut does not depend on where it was broken off, so the content is the very
 * one of an upload in one piece, and is stored once.
 *
 * These calls are of the client handle in <fss/client.h> and follow its
 * rules: each starts an operation and returns at once; 0, and exactly one
 * FSS_EVENT_DONE follows for *ret_op; or an error, and nothing follows.
 * @user comes back with every event.  A hub older than these answers
 * FSS_ETYPE.
 *
 * Rows carry STAGE (the id, text that is safe in URLs), OWNER, PATH, SIZE,
 * OFFSET (bytes that are kept), MEDIA, META, CREATED and EXPIRES.  One whose
 * file was committed is told until it expires, with OFFSET equal to SIZE and
 * FSS_FIELD_VERSION.  HELD, in rows of fss_client_stage_stat() and
 * fss_client_stages() and since 1.2: a session goes on with it, be it this
 * one; a client that is gone without a word is believed to for a minute.
 *
 * Thread rule: a handle may be used by one thread at a time; distinct handles
 * are independent.
 */
#ifndef FSS_STAGE_H
#define FSS_STAGE_H

#include <stddef.h>
#include <stdint.h>

#include <fss/client.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FSS_STAGE_META	4096	/* longest text kept with an upload, bytes */

/**
 * Begin an upload in parts; DONE carries its row, OFFSET 0.
 *
 * @path: where the file is to be.  @size: bytes, of the whole file.  @mode:
 * permission bits; @mtime_us: microseconds UTC, 0 = when it is committed;
 * @media: a media type or NULL; @meta: any text of at most FSS_STAGE_META
 * bytes that is given back with the row, or NULL.  @request: an approved
 * upload request that allows it (see <fss/request.h>), 0 none.
 * Ownership: texts are copied; @user stays the caller's.
 * Errors: FSS_EPATH, FSS_EINVAL, FSS_ENOMEM; at completion also FSS_ENOACCOUNT
 * (no such space), FSS_EAUTH, FSS_EDENIED, FSS_ENOENT, FSS_EISDIR,
 * FSS_ENOTDIR, FSS_EQUOTA, FSS_ENOSPC, FSS_ESTATE (the request allows it not),
 * FSS_EOVERLOAD (too many of them).
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API int fss_client_stage_new(fss_client *c, const char *path,
    uint64_t size, unsigned mode, int64_t mtime_us, const char *media,
    const char *meta, uint64_t request, void *user, fss_op *ret_op);

/**
 * Look at one upload; DONE carries its row.
 *
 * @id: as FSS_FIELD_STAGE told it.
 * Ownership: @id is copied; @user stays the caller's.
 * Errors: FSS_EINVAL, FSS_ENOMEM; at completion also FSS_EAUTH, FSS_ENOENT.
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API int fss_client_stage_stat(fss_client *c, const char *id, void *user,
    fss_op *ret_op);

/**
 * List one's uploads that are not complete, oldest first, in ROWS events.
 *
 * Ownership: nothing is handed over; @user stays the caller's.
 * Errors: FSS_ENOMEM; at completion also FSS_EAUTH.
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API int fss_client_stages(fss_client *c, void *user, fss_op *ret_op);

/**
 * Go on with an upload, through fss_op_write() and fss_op_finish().
 *
 * @offset: where it stands.  What was written becomes durable at the hub when
 * more than 16 MiB were written since it last did, and at finish.  Whoever
 * goes on with an upload takes it over: another who does so at the same time
 * ends with FSS_ECONFLICT.  Bytes
 * past its size are refused by fss_op_write() with FSS_ETOOBIG.  A cancelled
 * one leaves what was durable.  FSS_EVENT_PROGRESS tells how much of the whole
 * upload is at the hub, which is ahead of what is durable.
 * At finish with the last byte written the file is committed, and DONE
 * carries its entry; before it DONE carries the upload's row.  An upload that
 * is complete already ends so at once.  One whose commit was refused may be
 * gone on with at its end, to commit again.
 * Ownership: @id is copied; @user stays the caller's.
 * Errors: FSS_EINVAL, FSS_ENOMEM; at completion also FSS_EAUTH, FSS_ENOENT,
 * FSS_ECONFLICT (@offset is not where it stands, or taken over), FSS_EDENIED,
 * FSS_EISDIR, FSS_ENOTDIR, FSS_EQUOTA, FSS_ENOSPC, FSS_ESTATE, FSS_EEXIST.
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API int fss_client_stage_append(fss_client *c, const char *id,
    uint64_t offset, void *user, fss_op *ret_op);

/**
 * Give an upload up; what had arrived is forgotten.
 *
 * Of one that is complete only the memory of it goes, not the file.
 * Ownership: @id is copied; @user stays the caller's.
 * Errors: FSS_EINVAL, FSS_ENOMEM; at completion also FSS_EAUTH, FSS_ENOENT.
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API int fss_client_stage_remove(fss_client *c, const char *id, void *user,
    fss_op *ret_op);

#ifdef __cplusplus
}
#endif
#endif
