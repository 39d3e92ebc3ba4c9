/*
 * Share links: a file or a folder for whoever has the link, without an
 * account; or a folder that whoever has the link may put files into.
 *
 * A link is known by its token, which is told once, when it is made; the hub
 * keeps a digest of it.  It stands for its maker: what the maker may not do
 * (any more), nobody may by the link.  Who opens a link becomes a visitor, to
 * whom ":/" is what is linked and nothing else is there: of a download link
 * a visitor may stat, list and read, of an upload link put new files into the
 * folder, without seeing what is in it.
 *
 * These calls are of the client handle in <fss/client.h> and follow its
 * rules: each starts an operation and returns at once; 0, and exactly one
 * FSS_EVENT_DONE follows for *ret_op; or an error, and nothing follows.
 * @user comes back with every event.  A hub older than these answers
 * FSS_ETYPE.
 *
 * Rows of a link carry LINK (its id), LINK_KIND, OWNER, PATH, KIND, TEXT (the
 * label), PROTECTED, NUMBER (the version it is bound to; absent: whatever is
 * there), LIMIT and USED, CREATED and EXPIRES.
 *
 * Thread rule: a handle may be used by one thread at a time; distinct handles
 * are independent.
 */
#ifndef FSS_LINK_H
#define FSS_LINK_H

#include <stddef.h>
#include <stdint.h>

#include <fss/client.h>

#ifdef __cplusplus
extern "C" {
#endif

enum fss_link_kind {
	FSS_LINK_DOWNLOAD = 1,		/* to see and read */
	FSS_LINK_UPLOAD = 2		/* to put new files below */
};

#define FSS_LINK_FOLLOW		(1u << 0)	/* of a file: its newest version */

/**
 * Make a link to an entry of one's own; DONE carries its row, with TOKEN.
 *
 * @kind: enum fss_link_kind.  @flags: FSS_LINK_FOLLOW, without which a link
 * to a file gives the version it has now; unknown bits are refused.
 * @password: of at least 8 bytes, or NULL.  @expires_us: microseconds UTC, 0
 * never.  @limit: completed downloads, 0 without.  @label: for one's own
 * list, or NULL.  With fssd.conf `web_address` the row has URL.
 * Ownership: texts are copied; @user stays the caller's.
 * Errors: FSS_EPATH, FSS_EINVAL (also: not in one's own space), FSS_ENOMEM; at
 * completion also FSS_EAUTH, FSS_EINVAL (it would have expired), FSS_ENOENT,
 * FSS_ENOTDIR (an upload link to a file), FSS_ENOTSUP (to a symbolic link),
 * FSS_EANNOUNCED, FSS_EOVERLOAD (too many of them).
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API int fss_client_link_new(fss_client *c, const char *path, int kind,
    uint32_t flags, const char *password, int64_t expires_us, uint64_t limit,
    const char *label, void *user, fss_op *ret_op);

/**
 * List one's links, newest first, in ROWS events; without TOKEN.
 *
 * Ownership: nothing is handed over; @user stays the caller's.
 * Errors: FSS_ENOMEM; at completion also FSS_EAUTH.
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API int fss_client_links(fss_client *c, void *user, fss_op *ret_op);

/**
 * Revoke a link of one's own: its visitors are gone with it.
 *
 * @link: as FSS_FIELD_LINK told it.
 * Ownership: nothing is handed over; @user stays the caller's.
 * Errors: FSS_EINVAL, FSS_ENOMEM; at completion also FSS_EAUTH, FSS_ENOENT.
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API int fss_client_link_revoke(fss_client *c, int64_t link, void *user,
    fss_op *ret_op);

/**
 * Open a link: the session becomes that of a visitor; DONE carries its row.
 *
 * The session must be nobody's.  @password: NULL where there is none.  The
 * row has the link's LINK, LINK_KIND, OWNER, NAME, KIND, SIZE, EXPIRES, LIMIT
 * and USED, and TOKEN, which is that of the visit and short-lived.
 * Ownership: texts are copied; @user stays the caller's.
 * Errors: FSS_EINVAL, FSS_ENOMEM; at completion also FSS_ENOENT (unknown,
 * expired, revoked, used up: all alike), FSS_EAUTH (a password is needed, or
 * it is wrong), FSS_EDENIED (the session is somebody's), FSS_ERATE.
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API int fss_client_link_open(fss_client *c, const char *token,
    const char *password, void *user, fss_op *ret_op);

/**
 * Begin one download as a visitor; DONE carries TICKET, and its entry.
 *
 * Reading by a link with a limit needs it: a download that is begun has its
 * place in the limit until fss_client_link_done().  @path: what is to be
 * read, ":/..."; of a folder all below it is one download.  A visit that has
 * one under way of the same entry gets its ticket again: parts of a file are
 * one download.  Each of these calls wants one fss_client_link_done().
 * Ownership: @path is copied; @user stays the caller's.
 * Errors: FSS_EPATH, FSS_EINVAL, FSS_ENOMEM; at completion also FSS_EAUTH,
 * FSS_ENOENT (also where the limit was reached meanwhile), FSS_EBUSY (others
 * are downloading the last there are; one may become free).
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API int fss_client_link_take(fss_client *c, const char *path, void *user,
    fss_op *ret_op);

/**
 * End a download that was begun.
 *
 * @ticket: as FSS_FIELD_TICKET told it.  @complete: 1 where it came to its
 * end, and counts; 0 where it broke, or was a part without the end, and
 * leaves its place to others, unless the hub had given out all of it to
 * somebody who is no front end of its.  Once it counts, the visit may fetch
 * the rest of the file's bytes.
 * Ownership: nothing is handed over; @user stays the caller's.
 * Errors: FSS_EINVAL, FSS_ENOMEM; at completion also FSS_EAUTH, FSS_ENOENT.
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API int fss_client_link_done(fss_client *c, int64_t ticket, int complete,
    void *user, fss_op *ret_op);

#ifdef __cplusplus
}
#endif
#endif
