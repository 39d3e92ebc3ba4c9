/*
 * Enumerations shared by the client and the server API.  Values are those on
 * the wire and in the store; they are never reused or renumbered.
 *
 * Thread rule: nothing here is a function.
 */
#ifndef FSS_TYPES_H
#define FSS_TYPES_H

#ifdef __cplusplus
extern "C" {
#endif

enum fss_kind {
	FSS_KIND_DIR = 1,
	FSS_KIND_FILE = 2,
	FSS_KIND_LINK = 3
};

enum fss_role {
	FSS_ROLE_USER = 0,
	FSS_ROLE_OPERATOR = 1,
	FSS_ROLE_ADMIN = 2
};

enum fss_registration {
	FSS_REGISTRATION_CLOSED = 0,
	FSS_REGISTRATION_INVITE = 1,
	FSS_REGISTRATION_OPEN = 2
};

/* What people without a grant may do with an entry. */
enum fss_access {
	FSS_ACCESS_INHERIT = 0,		/* as the folder above says */
	FSS_ACCESS_PRIVATE = 1,		/* nothing, not even see it */
	FSS_ACCESS_ASK = 2,		/* see it */
	FSS_ACCESS_OPEN = 3		/* see and read it */
};

/* The order of what is found. */
enum fss_sort {
	FSS_SORT_BEST = 0,		/* the best first */
	FSS_SORT_NEWEST = 1		/* by when the present version came */
};

enum fss_state {
	FSS_STATE_STORED = 0,
	FSS_STATE_ANNOUNCED = 1
};

/* How present somebody is. */
enum fss_presence {
	FSS_PRESENCE_OFFLINE = 0,
	FSS_PRESENCE_IDLE = 1,		/* connected, nothing done for a while */
	FSS_PRESENCE_ONLINE = 2
};

enum fss_request_kind {
	FSS_REQUEST_GET = 1,		/* a file that is announced or locked */
	FSS_REQUEST_WANT = 2,		/* a file described in words */
	FSS_REQUEST_UPLOAD = 3		/* to put a file into somebody's space */
};

enum fss_request_state {
	FSS_REQUEST_OPEN = 0,
	FSS_REQUEST_SEEN = 1,		/* by who is to answer */
	FSS_REQUEST_APPROVED = 2,	/* waits for the bytes */
	FSS_REQUEST_TRANSFERRING = 3,
	FSS_REQUEST_FULFILLED = 4,
	FSS_REQUEST_DENIED = 5,
	FSS_REQUEST_CANCELLED = 6,
	FSS_REQUEST_EXPIRED = 7,
	FSS_REQUEST_FAILED = 8
};

/* What a person can do with a request. */
enum fss_request_event {
	FSS_REQUEST_SEE = 0,
	FSS_REQUEST_APPROVE = 1,
	FSS_REQUEST_DENY = 2,
	FSS_REQUEST_CANCEL = 3,
	FSS_REQUEST_RETRY = 4,
	FSS_REQUEST_FULFIL = 5
};

/* Why a request was denied or failed. */
enum fss_request_reason {
	FSS_REASON_NONE = 0,
	FSS_REASON_PERSON = 1,		/* somebody said no */
	FSS_REASON_RULE = 2,		/* a rule did */
	FSS_REASON_GONE = 3,		/* removed, or nobody holds it any more */
	FSS_REASON_CHANGED = 4,		/* there is another version now */
	FSS_REASON_ACCESS = 5,		/* the asker may not see it any more */
	FSS_REASON_LOCKED = 6,		/* an account concerned is locked */
	FSS_REASON_QUOTA = 7,		/* no room in the space it goes to */
	FSS_REASON_INTEGRITY = 8,	/* what came was not what was announced */
	FSS_REASON_UNWANTED = 9		/* an offer was not what was meant */
};

/* What a rule says. */
enum fss_verdict {
	FSS_VERDICT_ALLOW = 1,
	FSS_VERDICT_DENY = 2
};

enum fss_news_kind {
	FSS_NEWS_PRESENCE = 1,		/* somebody came, went, or fell idle */
	FSS_NEWS_REQUEST = 2,		/* a request one has part in changed */
	FSS_NEWS_PROGRESS = 3,		/* more bytes of one arrived at the hub */
	FSS_NEWS_FILE = 4,		/* an entry one may see changed */
	FSS_NEWS_WORK = 5,		/* something waits to be served, see WORK */
	FSS_NEWS_UPLOAD = 6		/* one's uploads in parts changed, since 1.2 */
};

/* How an entry changed. */
enum fss_change {
	FSS_CHANGE_ADDED = 1,
	FSS_CHANGE_REPLACED = 2,
	FSS_CHANGE_REMOVED = 3,
	FSS_CHANGE_MOVED = 4,		/* the path is the new one */
	FSS_CHANGE_ACCESS = 5,
	FSS_CHANGE_MANY = 6		/* below this folder: list it */
};

enum fss_audit_what {
	FSS_AUDIT_ASKED = 1,
	FSS_AUDIT_APPROVED = 2,
	FSS_AUDIT_DENIED = 3,
	FSS_AUDIT_CANCELLED = 4,
	FSS_AUDIT_EXPIRED = 5,
	FSS_AUDIT_FAILED = 6,
	FSS_AUDIT_RETRIED = 7,
	FSS_AUDIT_STARTED = 8,		/* a device began to send */
	FSS_AUDIT_LOST = 9,		/* and stopped */
	FSS_AUDIT_RECEIVED = 10,	/* the hub has it: actor sent the bytes */
	FSS_AUDIT_FULFILLED = 11,
	FSS_AUDIT_FETCHED = 12,		/* the asker read it first */
	FSS_AUDIT_DECLINED = 13,	/* one of several said no */
	FSS_AUDIT_RULE = 14,		/* rules were changed */
	FSS_AUDIT_LINK_MADE = 15,	/* a share link; detail: which, since 1.2 */
	FSS_AUDIT_LINK_REVOKED = 16,
	FSS_AUDIT_LINK_OPENED = 17,	/* by a visitor; detail: from where */
	FSS_AUDIT_LINK_FETCHED = 18,	/* a download was completed */
	FSS_AUDIT_LINK_PUT = 19,	/* a visitor put a file there */
	FSS_AUDIT_LINK_ENDED = 20	/* and was forgotten */
};

/* What somebody may do with an entry; also what a grant gives. */
#define FSS_RIGHT_SEE		(1u << 0)
#define FSS_RIGHT_READ		(1u << 1)
#define FSS_RIGHT_CREATE	(1u << 2)	/* add new entries below */
#define FSS_RIGHT_WRITE		(1u << 3)	/* replace, move, remove */
#define FSS_RIGHT_OWN		(1u << 4)	/* access and grants */

#ifdef __cplusplus
}
#endif
#endif
