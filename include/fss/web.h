/*
 * Many people over one client handle, as a front end needs it; credentials
 * other than device keys; sessions; lists page by page.
 *
 * A front end (a web server, a gateway) carries many people over the
 * connections of one fss_client.  Each has a person: a session of the hub of
 * its own, with the rights of whoever it belongs to and nothing else.
 * fss_client_act_as() says for whom the operations that follow are started.
 * The handle's own session is person 0, of which a front end needs nothing.
 *
 * Credentials are tokens, 43 characters of base64url: of a web log-in, of the
 * API, of a visit through a share link.  The hub keeps their digests only,
 * lists them among the devices of their account, and ends all with the
 * password, a lock, log-out everywhere, or by revoking that one.
 *
 * These calls are of the client handle in <fss/client.h> and follow its
 * rules: each that has @ret_op starts an operation and returns at once: 0,
 * and exactly one FSS_EVENT_DONE follows; or an error, and nothing follows.
 * A hub older than these answers FSS_ETYPE.
 *
 * Thread rule: a handle may be used by one thread at a time; distinct handles
 * are independent.
 */
#ifndef FSS_WEB_H
#define FSS_WEB_H

#include <stddef.h>
#include <stdint.h>

#include <fss/client.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- persons ----------------------------------------------------------- */

typedef uint64_t fss_person;	/* 0: the handle's own session; never reused */

#define FSS_TOKEN_CHARS		43

/**
 * Begin a session for somebody, over the connections of @c.
 *
 * Returns at once; the session is opened in the background and made anew by
 * itself after every loss, and operations started meanwhile wait.  Where the
 * hub does not take @token (unknown, ended, expired: all alike) they end with
 * FSS_EAUTH, now and later; close it then.
 * @token: of a web log-in, of the API or of a visit; NULL: nobody yet, for
 * fss_client_login_web() and the like.  @address: of the browser, in numbers,
 * or NULL: for limits and lists; the hub believes it of its front ends only.
 * *@ret_p is for fss_client_act_as().
 * Ownership: texts are copied, that of @token is zeroed when it goes.
 * Errors: FSS_EAUTH (no text that could be a token), FSS_EINVAL (address),
 * FSS_ENOTCONN (not open), FSS_EAGAIN (over a million), FSS_ENOMEM, FSS_EFORK.
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API int fss_client_person_new(fss_client *c, const char *token,
    const char *address, fss_person *ret_p);

/**
 * End the session of a person; a token stays good.
 *
 * Operations of theirs end with FSS_ECANCELED, their events are still to be
 * taken.  If the handle acts as @p it acts as person 0 afterwards.
 * Ownership: @p becomes invalid.
 * Errors: FSS_EINVAL (no such person, or 0), FSS_EFORK.
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API int fss_client_person_close(fss_client *c, fss_person p);

/**
 * Say who starts the operations from now on.
 *
 * @p: of fss_client_person_new(), or 0.  What is under way is not touched;
 * fss_client_account() and fss_client_inbox() speak of @p.
 * Ownership: nothing is handed over.
 * Errors: FSS_EINVAL (no such person), FSS_EFORK.
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API int fss_client_act_as(fss_client *c, fss_person p);

/**
 * Name the hub, as it calls itself.
 *
 * Ownership: Owned by @c, valid until the next call on @c.
 * Errors: none; "" when not connected, or where it has no name.
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API const char *fss_client_hub_name(const fss_client *c);

/**
 * Tell who may register at the hub, one of enum fss_registration.
 *
 * -1 where it is not known: not connected, or the hub does not say.
 * Ownership: nothing is handed over.
 * Errors: none.
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API int fss_client_registration(const fss_client *c);

/* ---- log-in ------------------------------------------------------------ */

/* enum fss_device_kind: what FSS_FIELD_DEVICE_KIND tells. */
enum fss_device_kind {
	FSS_DEVICE_KEY = 0,		/* a program with a key of its own */
	FSS_DEVICE_WEB = 1,		/* a web log-in */
	FSS_DEVICE_TOKEN = 2,		/* a token of the API */
	FSS_DEVICE_VISIT = 3		/* through a share link */
};

/* What a token may do at most; never more than its account's role. */
#define FSS_SCOPE_READ		(1u << 0)	/* see, list, find, get */
#define FSS_SCOPE_WRITE		(1u << 1)	/* upload, change, links */
#define FSS_SCOPE_PEOPLE	(1u << 2)	/* presence, requests, announce */
#define FSS_SCOPE_ADMIN		(1u << 3)	/* what the role allows; invites */
#define FSS_SCOPE_ACCOUNT	(1u << 4)	/* password, devices, tokens */

/**
 * Log the person acted as in, and have a token made that stands for it.
 *
 * @name, @password: as registered.  @label: what it is listed as, at most 64
 * bytes, or NULL.  @ttl_s: seconds it is good for, 60 .. 31536000; 0: 30 days.
 * From then on the person has that token, over losses too.  No key is
 * enrolled.  An account has 64 web log-ins; beyond, the one not seen for
 * longest ends.
 * Ownership: texts are copied; the copy of @password is zeroed when sent.
 * Errors: FSS_EINVAL, FSS_ENOMEM; at completion also FSS_EAUTH (unknown,
 * wrong or locked alike), FSS_ERATE.  DONE carries one row: NAME, ROLE, TOKEN,
 * DEVICE, DEVICE_NAME, SCOPES, EXPIRES.
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API int fss_client_login_web(fss_client *c, const char *name,
    const char *password, const char *label, uint64_t ttl_s, void *user,
    fss_op *ret_op);

/**
 * Make an account and log the person acted as in to it.
 *
 * @name: [a-z0-9][a-z0-9._-]{0,31}.  @password: 8..256 bytes.  @invite: NULL
 * where registration is open.  @label, @ttl_s: as fss_client_login_web().
 * Ownership: texts are copied; the copy of @password is zeroed when sent.
 * Errors: FSS_EINVAL, FSS_EPASSWORD, FSS_ENOMEM; at completion also FSS_ENAME,
 * FSS_EEXIST, FSS_EINVITE, FSS_ECLOSED, FSS_ERATE.  DONE carries one row as
 * that of fss_client_login_web().
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API int fss_client_register_web(fss_client *c, const char *name,
    const char *password, const char *invite, const char *label,
    uint64_t ttl_s, void *user, fss_op *ret_op);

/**
 * Make a token for programs; it is told this once.
 *
 * @label: what it is for, 1..64 bytes.  @scopes: FSS_SCOPE_READ | WRITE |
 * PEOPLE | ADMIN, at least one, never ACCOUNT: no token makes tokens or
 * changes the password.  @ttl_s: as above, 0: until revoked.
 * An account has 64 at most.  fss_client_devices() lists them,
 * fss_client_device_revoke() ends one at once.
 * Ownership: @label is copied; @user stays the caller's.
 * Errors: FSS_EINVAL, FSS_ENOMEM; at completion also FSS_EAUTH, FSS_EDENIED
 * (asked with a token of the API), FSS_ETOOBIG (too many).  DONE carries one
 * row: NAME, ROLE, TOKEN, DEVICE, DEVICE_NAME, SCOPES, EXPIRES (absent: never).
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API int fss_client_token_create(fss_client *c, const char *label,
    uint32_t scopes, uint64_t ttl_s, void *user, fss_op *ret_op);

/* ---- sessions ---------------------------------------------------------- */

#define FSS_SESSIONS_ALL	(1u << 0)	/* of all accounts: operators */

/**
 * List the sessions that stand, in ROWS events.
 *
 * @account: only of this one, or NULL: one's own, or all with
 * FSS_SESSIONS_ALL.  Those of others are for operators and admins.
 * Rows: SESSION, NAME (the account), DEVICE, DEVICE_NAME, DEVICE_KIND,
 * ADDRESS, SINCE, SEEN, and CURRENT, 1 of the very session that asks.
 * Ownership: @account is copied; @user stays the caller's.
 * Errors: FSS_EINVAL, FSS_ENOMEM; at completion also FSS_EAUTH, FSS_EDENIED.
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API int fss_client_sessions(fss_client *c, const char *account,
    uint32_t flags, void *user, fss_op *ret_op);

/**
 * End a session at once, one's own or, as operator or admin, another's.
 *
 * @session: FSS_FIELD_SESSION of its row.  A web log-in or a visit ends with
 * it for good.  A device key or a token of the API may come again: to end
 * those, revoke them.
 * Ownership: @session is copied; @user stays the caller's.
 * Errors: FSS_EINVAL, FSS_ENOMEM; at completion also FSS_EAUTH, FSS_ENOENT.
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API int fss_client_session_end(fss_client *c, const char *session,
    void *user, fss_op *ret_op);

/* ---- pages ------------------------------------------------------------- */

#define FSS_PAGE_MAX		256

/**
 * Have the listing that is started next give one page only.
 *
 * @cursor: of the page before, see fss_event_cursor(); NULL or "": the start.
 * @limit: rows at most, 1..FSS_PAGE_MAX.  A page may have fewer rows, even
 * none, and not be the last: the cursor says.  All rows of it are in DONE.
 * Listings are the calls that tell of ROWS, but those with
 * FSS_LIST_RECURSIVE, which end with FSS_EINVAL.  A call on the handle that
 * fails, and fss_client_act_as() for somebody else, put an end to the wish.
 * Ownership: @cursor is copied.
 * Errors: FSS_EINVAL (limit, or no cursor), FSS_ENOMEM, FSS_EFORK; the
 * listing ends with FSS_EINVAL where the cursor is of another one.
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API int fss_client_page(fss_client *c, const char *cursor,
    unsigned limit);

/**
 * Give the place where the page after @ev begins, for fss_client_page().
 *
 * Safe in URLs: letters, digits, '-' and '_'; at most 700 characters.
 * Ownership: Owned by @ev's handle, valid until the next call on it.
 * Errors: none; "" at the end, and where @ev is no DONE of a page.
 * Thread: that of the handle.   Blocks: never.   Since: 1.2.
 */
FSS_API const char *fss_event_cursor(const fss_event *ev);

#ifdef __cplusplus
}
#endif
#endif
