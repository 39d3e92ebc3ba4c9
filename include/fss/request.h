/*
 * People and each other's files: who is here, what they announce, requests
 * for it, serving, and the audit of it all.
 *
 * These calls are of the client handle in <fss/client.h> and follow its
 * rules: each starts an operation and returns at once; 0, and exactly one
 * FSS_EVENT_DONE follows for *ret_op; or an error, and nothing follows.
 * @user comes back with every event.  A hub older than these answers
 * FSS_ETYPE.
 *
 * An enum value a program does not know, in a row, is to be passed over.
 *
 * Thread rule: a handle may be used by one thread at a time; distinct handles
 * are independent.
 */
#ifndef FSS_REQUEST_H
#define FSS_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include <fss/client.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- presence and news ------------------------------------------------- */

#define FSS_WHO_ALL		(1u << 0)	/* those offline too */

/* Kinds of news, bit k - 1: enum fss_news_kind k. */
#define FSS_WATCH_PRESENCE	(1u << 0)
#define FSS_WATCH_REQUESTS	(1u << 1)
#define FSS_WATCH_PROGRESS	(1u << 2)
#define FSS_WATCH_FILES		(1u << 3)
#define FSS_WATCH_WORK		(1u << 4)
#define FSS_WATCH_UPLOADS	(1u << 5)	/* since 1.2 */

#define FSS_WATCH_LIST		(1u << 0)	/* flag: begin with how things are */

/**
 * List people and how present they are, in ROWS events.
 *
 * @flags: FSS_WHO_ALL; unknown bits are refused.
 * Ownership: nothing is handed over; @user stays the caller's.
 * Errors: FSS_EINVAL, FSS_ENOMEM; at completion also FSS_EAUTH.
 * Thread: that of the handle.   Blocks: never.   Since: 1.1.
 */
FSS_API int fss_client_who(fss_client *c, uint32_t flags, void *user, fss_op
    *ret_op);

/**
 * Hide oneself from others, or show oneself again.
 *
 * @hidden: 1 or 0; kept with the account.
 * Ownership: nothing is handed over; @user stays the caller's.
 * Errors: FSS_EINVAL, FSS_ENOMEM; at completion also FSS_EAUTH.
 * Thread: that of the handle.   Blocks: never.   Since: 1.1.
 */
FSS_API int fss_client_hide(fss_client *c, int hidden, void *user, fss_op
    *ret_op);

/**
 * Follow what happens, until cancelled.
 *
 * @kinds: FSS_WATCH_PRESENCE | REQUESTS | PROGRESS | FILES | WORK | UPLOADS.
 * @flags: FSS_WATCH_LIST begins with the present state: who is here, which
 * requests are live.  Rows come in FSS_EVENT_NEWS, each with FSS_FIELD_NEWS;
 * CHANGED is when it happened.  Of a request WHO is the other party, of a file
 * OWNER its owner.  Of one's uploads in parts (<fss/stage.h>) is told, once a
 * second at most, that something about them changed, whichever session did it:
 * fss_client_stages() tells what.  After a gap that cannot be filled
 * FSS_EVENT_AFRESH comes and, with FSS_WATCH_LIST, who is here (all others
 * went) and the requests that changed meanwhile.  Each change of a request is
 * told once.  No time-out applies.
 * Ownership: nothing is handed over; @user stays the caller's.
 * Errors: FSS_EINVAL, FSS_ENOMEM; at completion also FSS_EAUTH, FSS_ETYPE (an
 * old hub), FSS_ECANCELED.
 * Thread: that of the handle.   Blocks: never.   Since: 1.1.
 */
FSS_API int fss_client_watch(fss_client *c, uint32_t kinds, uint32_t flags,
    void *user, fss_op *ret_op);

/**
 * Tell how many requests wait for one's answer, as of log-in.
 *
 * -1 where it is not known: not logged in, not connected, or an old hub.
 * Ownership: nothing is handed over.
 * Errors: none.
 * Thread: that of the handle.   Blocks: never.   Since: 1.1.
 */
FSS_API int64_t fss_client_inbox(const fss_client *c);

/* ---- announcements ----------------------------------------------------- */

/**
 * Announce a local file or folder without uploading it.
 *
 * Files whose stat is that of the index are not read again; what is gone is
 * unannounced.  Links are left out.  @remote: in one's own space.  Needs
 * fss_client_set_index().  @flags: FSS_COPY_RECURSIVE, FSS_COPY_CHECKSUM,
 * FSS_COPY_ITEMS; unknown bits are refused.
 * Ownership: texts are copied; @user stays the caller's.
 * Errors: FSS_EPATH, FSS_EINVAL, FSS_ENOMEM; at completion also FSS_ENOENT,
 * FSS_EISDIR (folder without FSS_COPY_RECURSIVE), FSS_EDENIED, FSS_EQUOTA,
 * FSS_ECHANGED, FSS_EPARTIAL (see ITEM events).
 * Thread: that of the handle.   Blocks: never.   Since: 1.1.
 */
FSS_API int fss_client_announce(fss_client *c, const char *local, const char
    *remote, uint32_t flags, void *user, fss_op *ret_op);

/**
 * Take back what this device announced at or below @remote.
 *
 * Stored files stay; the folder is not scanned any more.  Needs
 * fss_client_set_index().
 * Ownership: @remote is copied; @user stays the caller's.
 * Errors: FSS_EPATH, FSS_EINVAL, FSS_ENOMEM; at completion also FSS_ENOENT.
 * Thread: that of the handle.   Blocks: never.   Since: 1.1.
 */
FSS_API int fss_client_unannounce(fss_client *c, const char *remote, void
    *user, fss_op *ret_op);

/**
 * List who holds the content of a file, in ROWS events.
 *
 * Only holders whose entry one may see: OWNER, PATH, PRESENCE, SEEN, and
 * CREATED, when it was announced.
 * Ownership: @path is copied; @user stays the caller's.
 * Errors: FSS_EPATH, FSS_EINVAL, FSS_ENOMEM; at completion also
 * FSS_ENOACCOUNT, FSS_ENOENT, FSS_EISDIR.
 * Thread: that of the handle.   Blocks: never.   Since: 1.1.
 */
FSS_API int fss_client_holders(fss_client *c, const char *path, void *user,
    fss_op *ret_op);

/**
 * Set the file of the index of what this device announces.
 *
 * @file: made, 0600, where there is none; fss_profile_index() names the usual
 * one.  Several processes may use it at a time.
 * Ownership: @file is copied.
 * Errors: FSS_EINVAL, FSS_EBUSY (one is set already, or another process holds
 * it for long), FSS_EIO, FSS_ECORRUPT, FSS_ESCHEMA, FSS_ENOMEM.
 * Thread: that of the handle.   Blocks: on local files.   Since: 1.1.
 */
FSS_API int fss_client_set_index(fss_client *c, const char *file);

/* ---- requests ---------------------------------------------------------- */

#define FSS_BOX_IN		(1u << 0)	/* asked of oneself */
#define FSS_BOX_OUT		(1u << 1)	/* asked by oneself */

/**
 * Ask for a file that is announced or locked; DONE carries the request.
 *
 * @note: NULL or at most 500 bytes.  @ttl_s: seconds it lives, 0 the hub's
 * default.  Asking again for what is live gives the same request.
 * Ownership: texts are copied; @user stays the caller's.
 * Errors: FSS_EPATH, FSS_EINVAL, FSS_ENOMEM; at completion also
 * FSS_ENOACCOUNT, FSS_ENOENT, FSS_EISDIR, FSS_EINVAL (a link has no content),
 * FSS_ESTATE (it can be read already), FSS_ERATE (a no is not long ago),
 * FSS_EOVERLOAD (too many).
 * Thread: that of the handle.   Blocks: never.   Since: 1.1.
 */
FSS_API int fss_client_ask(fss_client *c, const char *path, const char *note,
    uint64_t ttl_s, void *user, fss_op *ret_op);

/**
 * Ask for a file described in words; DONE carries the request.
 *
 * @from: an account, "@group" of one's own, or NULL for everybody.
 * Ownership: texts are copied; @user stays the caller's.
 * Errors: FSS_EINVAL, FSS_ENOMEM; at completion also FSS_ENOACCOUNT,
 * FSS_EINVAL (of oneself), FSS_ERATE, FSS_EOVERLOAD.
 * Thread: that of the handle.   Blocks: never.   Since: 1.1.
 */
FSS_API int fss_client_ask_want(fss_client *c, const char *text, const char
    *from, uint64_t ttl_s, void *user, fss_op *ret_op);

/**
 * Ask to put a file into somebody's space; DONE carries the request.
 *
 * @local: a file; its size is asked for.  With an index its place is kept
 * there, so that fss_client_serve() uploads it after the yes; else see
 * fss_client_upload_asked().
 * Ownership: texts are copied; @user stays the caller's.
 * Errors: FSS_EPATH, FSS_EINVAL, FSS_ENOMEM, of @local FSS_ENOENT,
 * FSS_ENOTDIR, FSS_EDENIED, FSS_EISDIR, FSS_ENOTSUP (no file), FSS_EIO; at
 * completion also FSS_ENOACCOUNT, FSS_EISDIR, FSS_EEXIST, FSS_ENOTDIR (of what
 * is there), FSS_ESTATE (it can be put there without asking), FSS_ERATE,
 * FSS_EOVERLOAD.
 * Thread: that of the handle.   Blocks: never.   Since: 1.1.
 */
FSS_API int fss_client_ask_upload(fss_client *c, const char *local, const char
    *remote, const char *note, void *user, fss_op *ret_op);

/**
 * Ask leave to put a file into somebody's space; DONE carries the request.
 *
 * @size: bytes of the file.  For who has no local file, as a front end: what
 * is allowed is then sent by fss_client_stage_new() with the request's id.
 * @note: NULL or at most 500 bytes.
 * Ownership: texts are copied; @user stays the caller's.
 * Errors: FSS_EPATH, FSS_EINVAL, FSS_ENOMEM; at completion also
 * FSS_ENOACCOUNT, FSS_EISDIR, FSS_EEXIST, FSS_ENOTDIR (of what is there),
 * FSS_ESTATE (it can be put there without asking), FSS_ERATE, FSS_EOVERLOAD.
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API int fss_client_ask_upload_size(fss_client *c, const char *remote,
    uint64_t size, const char *note, void *user, fss_op *ret_op);

/**
 * Upload a local file to where an approved upload request allows it.
 *
 * @request: its id.  @remote: the very path that was asked for.  @flags:
 * FSS_COPY_CHECKSUM, FSS_COPY_ITEMS; unknown bits are refused.
 * Ownership: texts are copied; @user stays the caller's.
 * Errors: as fss_client_upload(); at completion also FSS_ESTATE (not
 * approved), FSS_EEXIST.
 * Thread: that of the handle.   Blocks: never.   Since: 1.1.
 */
FSS_API int fss_client_upload_asked(fss_client *c, uint64_t request,
    const char *local, const char *remote, uint32_t flags, void *user, fss_op
    *ret_op);

/**
 * Look at one request; DONE carries its row.
 *
 * @id: of one that one has part in.
 * Ownership: nothing is handed over; @user stays the caller's.
 * Errors: FSS_EINVAL, FSS_ENOMEM; at completion also FSS_ENOENT.
 * Thread: that of the handle.   Blocks: never.   Since: 1.1.
 */
FSS_API int fss_client_request(fss_client *c, uint64_t id, void *user, fss_op
    *ret_op);

/**
 * List requests, newest first, in ROWS events.
 *
 * @box: FSS_BOX_IN | FSS_BOX_OUT.  @states: bit s for enum
 * fss_request_state s, 0 for all.
 * Ownership: nothing is handed over; @user stays the caller's.
 * Errors: FSS_EINVAL, FSS_ENOMEM; at completion also FSS_EAUTH.
 * Thread: that of the handle.   Blocks: never.   Since: 1.1.
 */
FSS_API int fss_client_requests(fss_client *c, uint32_t box, uint32_t states,
    void *user, fss_op *ret_op);

/**
 * See, approve, deny, cancel or retry requests.
 *
 * RETRY of a wish that has an offer, or is fulfilled, turns that down.
 * @count: at most 256.  @event: enum fss_request_event but FULFIL.  @detail:
 * the reason, or NULL.  DONE carries a row per id, each with its status.
 * Ownership: @ids and @detail are copied; @user stays the caller's.
 * Errors: FSS_EINVAL, FSS_ENOMEM; at completion the status where there is one
 * id, else FSS_EPARTIAL; rows: FSS_ENOENT, FSS_ESTATE, FSS_EDENIED,
 * FSS_ERATE.
 * Thread: that of the handle.   Blocks: never.   Since: 1.1.
 */
FSS_API int fss_client_decide(fss_client *c, const uint64_t *ids, size_t
    count, int event, const char *detail, void *user, fss_op *ret_op);

/**
 * Give a file of one's own to who wants one; DONE carries the request.
 *
 * @path: stored or announced, in one's own space.
 * Ownership: @path is copied; @user stays the caller's.
 * Errors: FSS_EPATH, FSS_EINVAL, FSS_ENOMEM; at completion also FSS_ENOENT,
 * FSS_EISDIR, FSS_ESTATE, FSS_ERATE, FSS_EDENIED (also where an offer of
 * theirs came to nothing), FSS_EQUOTA, FSS_ECHANGED.
 * Thread: that of the handle.   Blocks: never.   Since: 1.1.
 */
FSS_API int fss_client_fulfil(fss_client *c, uint64_t id, const char *path,
    void *user, fss_op *ret_op);

/**
 * Download a file, asking and waiting for it if need be.
 *
 * As fss_client_download() where it can be read; else asks, follows the
 * verified prefix as it arrives, and ends with the request's end.  NEWS
 * events tell each state.  No time-out applies while it waits.  @note: as of
 * fss_client_ask().  @flags: FSS_COPY_CHECKSUM, FSS_COPY_ITEMS; unknown bits
 * are refused.
 * Ownership: texts are copied; @user stays the caller's.
 * Errors: FSS_EPATH, FSS_EINVAL, FSS_ENOMEM; at completion also FSS_ENOENT
 * (failed), FSS_EDENIED, FSS_ETIMEDOUT (expired), FSS_ECANCELED,
 * FSS_EISDIR, FSS_EINTEGRITY, FSS_EIO.
 * Thread: that of the handle.   Blocks: never.   Since: 1.1.
 */
FSS_API int fss_client_fetch(fss_client *c, const char *remote, const char
    *note, const char *local, uint32_t flags, void *user, fss_op *ret_op);

/**
 * List one's rules in the order they are tried, in ROWS events.
 *
 * Ownership: nothing is handed over; @user stays the caller's.
 * Errors: FSS_ENOMEM; at completion also FSS_EAUTH.
 * Thread: that of the handle.   Blocks: never.   Since: 1.1.
 */
FSS_API int fss_client_rules(fss_client *c, void *user, fss_op *ret_op);

/**
 * Add a rule; DONE carries it.
 *
 * @verdict: enum fss_verdict.  @who: an account, "@group", or NULL for all.
 * @under: a folder or NULL.  @size_max: bytes, -1 any.  @kinds: bit k for enum
 * fss_request_kind k.  @before: id of the rule it goes before, 0 the end.
 * Ownership: texts are copied; @user stays the caller's.
 * Errors: FSS_EINVAL, FSS_EPATH, FSS_ENOMEM; at completion also
 * FSS_ENOACCOUNT, FSS_ENOENT (no rule @before of one's own), FSS_EOVERLOAD
 * (too many).
 * Thread: that of the handle.   Blocks: never.   Since: 1.1.
 */
FSS_API int fss_client_rule_add(fss_client *c, int verdict, const char *who,
    const char *under, int64_t size_max, uint32_t kinds, const char *detail,
    uint64_t before, void *user, fss_op *ret_op);

/**
 * Remove a rule.
 *
 * @id: of fss_client_rules().
 * Ownership: nothing is handed over; @user stays the caller's.
 * Errors: FSS_ENOMEM; at completion also FSS_ENOENT.
 * Thread: that of the handle.   Blocks: never.   Since: 1.1.
 */
FSS_API int fss_client_rule_remove(fss_client *c, uint64_t id, void *user,
    fss_op *ret_op);

/* ---- serving ----------------------------------------------------------- */

#define FSS_SERVE_NO_SCAN	(1u << 0)	/* never look for changes on disk */
#define FSS_SERVE_ONCE		(1u << 1)	/* end when nothing waits */

/**
 * Serve what others wait for, until cancelled.
 *
 * Sends what this device announced and somebody with a yes waits for, uploads
 * what was allowed to it, rescans announced folders.  Never answers a request:
 * rules do, or the program by fss_client_decide().  ITEM events tell each file
 * served, uploaded or given up.  A file that is not as it was announced is
 * given up, never sent mixed.  Needs fss_client_set_index().  @flags:
 * FSS_SERVE_NO_SCAN, FSS_SERVE_ONCE (end when nothing waits); unknown bits are
 * refused.
 * Ownership: nothing is handed over; @user stays the caller's.
 * Errors: FSS_EINVAL (no index), FSS_ENOMEM; at completion also FSS_EAUTH,
 * FSS_ECANCELED.
 * Thread: that of the handle.   Blocks: never.   Since: 1.1.
 */
FSS_API int fss_client_serve(fss_client *c, uint32_t flags, void *user, fss_op
    *ret_op);

/* ---- audit ------------------------------------------------------------- */

#define FSS_AUDIT_MINE		(1u << 0)	/* operators: only with a part of one's own */

/**
 * Read the audit, newest first, in ROWS events.
 *
 * @path: of this file alone, or NULL.  @name: with this account's part, or
 * NULL.  @since_us: microseconds UTC, then oldest first; 0 all.  @flags:
 * FSS_AUDIT_MINE; unknown bits are refused.
 * Ownership: texts are copied; @user stays the caller's.
 * Errors: FSS_EPATH, FSS_EINVAL, FSS_ENOMEM; at completion also FSS_ENOENT,
 * FSS_ENOACCOUNT.
 * Thread: that of the handle.   Blocks: never.   Since: 1.1.
 */
FSS_API int fss_client_audit(fss_client *c, const char *path, const char
    *name, int64_t since_us, uint32_t flags, void *user, fss_op *ret_op);

#ifdef __cplusplus
}
#endif
#endif
