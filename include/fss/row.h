/*
 * Rows: what lists, searches and questions about accounts answer with.
 *
 * A row is a set of fields read through three getters, so that later
 * versions can add fields without breaking anybody.
 *
 * Thread rule: a row belongs to its event, the event to its handle; use it on
 * the thread that uses the handle.
 */
#ifndef FSS_ROW_H
#define FSS_ROW_H

#include <stddef.h>
#include <stdint.h>

#include <fss/export.h>
#include <fss/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fss_row fss_row;

/* X(NAME, value, kind, "json name")   kind: I integer, S text, B bytes */
#define FSS_FIELDS(X)                                                          \
	X(STATUS, 1, I, "status")		/* FSS_E... of this item, 0 fine */ \
	X(OWNER, 2, S, "owner")		/* account name */                     \
	X(PATH, 3, S, "path")		/* whole path in the owner's space */  \
	X(NAME, 4, S, "name")		/* last component; account, device */  \
	X(KIND, 5, I, "kind")		/* enum fss_kind */                    \
	X(SIZE, 6, I, "size")		/* bytes */                            \
	X(MTIME, 7, I, "mtime")		/* microseconds UTC */                 \
	X(MODE, 8, I, "mode")		/* permission bits */                  \
	X(DIGEST, 9, S, "digest")	/* "sha256t:..." */                     \
	X(VERSION, 10, I, "version")	/* handle of the version */            \
	X(NUMBER, 11, I, "number")	/* of the version: 1, 2, 3 ... */      \
	X(CREATED, 12, I, "created")	/* microseconds UTC */                 \
	X(MEDIA, 13, S, "media")	/* media type */                       \
	X(TARGET, 14, S, "target")	/* of a symbolic link */               \
	X(ACCESS, 15, I, "access")	/* enum fss_access in force */         \
	X(ACCESS_OWN, 16, I, "access_own") /* 1: set here, 0: inherited */     \
	X(RIGHTS, 17, I, "rights")	/* FSS_RIGHT_... of the asker */       \
	X(STATE, 18, I, "state")	/* enum fss_state */                   \
	X(HOLDERS, 19, I, "holders")	/* accounts that have the content */   \
	X(AUTHOR, 20, S, "author")	/* who committed the version */        \
	X(ROLE, 21, I, "role")		/* enum fss_role */                    \
	X(DEVICE, 22, I, "device")	/* device id */                        \
	X(KEY, 23, B, "key")		/* public key of a device */           \
	X(SEEN, 24, I, "seen")		/* microseconds UTC */                 \
	X(CURRENT, 25, I, "current")	/* 1: this very device */              \
	X(BYTES, 26, I, "bytes")	/* used by an account */               \
	X(FILES, 27, I, "files")                                               \
	X(QUOTA_BYTES, 28, I, "quota_bytes")	/* 0: none */                  \
	X(QUOTA_FILES, 29, I, "quota_files")                                   \
	X(LOCKED, 30, I, "locked")                                             \
	X(WHO, 31, S, "who")		/* account or "@group" */   \
	X(GROUP, 32, S, "group")                                               \
	X(CODE, 33, S, "code")		/* an invite */                        \
	X(EXPIRES, 34, I, "expires")	/* microseconds UTC */                 \
	X(LOCAL, 35, S, "local")	/* local path of a transferred item */ \
	X(DETAIL, 36, S, "detail")	/* text of a failed item */            \
	X(DEVICE_NAME, 37, S, "device_name")                                   \
	X(ONLINE, 38, I, "online")	/* of the holders */                   \
	X(REQUEST, 39, I, "request")	/* id */                               \
	X(REQUEST_KIND, 40, I, "request_kind") /* enum fss_request_kind */     \
	X(REQUEST_STATE, 41, I, "request_state") /* enum fss_request_state */  \
	X(PASS, 42, I, "pass")		/* 1: a yes lets one read it */        \
	X(PRESENCE, 43, I, "presence")	/* enum fss_presence */                \
	X(SESSIONS, 44, I, "sessions")                                         \
	X(SINCE, 45, I, "since")	/* online since, microseconds UTC */   \
	X(AGENT, 46, I, "agent")	/* 1: serves by itself */              \
	X(HIDDEN, 47, I, "hidden")                                             \
	X(ASKER, 48, S, "asker")                                               \
	X(ASKED, 49, S, "asked")	/* account, "@group"; absent: all */   \
	X(TEXT, 50, S, "text")		/* note or wish */                     \
	X(REASON, 51, I, "reason")	/* enum fss_request_reason */          \
	X(BY, 52, S, "by")		/* who decided; the actor of a line */ \
	X(RULE, 53, I, "rule")                                                 \
	X(CHANGED, 54, I, "changed")	/* microseconds UTC */                 \
	X(RETRY, 55, I, "retry")	/* may be asked again then */          \
	X(ATTEMPT, 56, I, "attempt")                                           \
	X(CHANGE, 57, I, "change")	/* transitions so far */               \
	X(MINE, 58, I, "mine")		/* 1: one asked it oneself */          \
	X(MAY, 59, I, "may")		/* bit e: enum fss_request_event e */  \
	X(NEWS, 60, I, "news")		/* enum fss_news_kind */               \
	X(WHAT, 61, I, "what")		/* enum fss_change, fss_audit_what */  \
	X(VERDICT, 62, I, "verdict")	/* enum fss_verdict */                 \
	X(UNDER, 63, S, "under")	/* a folder */                         \
	X(SIZE_MAX, 64, I, "size_max")	/* bytes */                            \
	X(KINDS, 65, I, "kinds")	/* bit k: enum fss_request_kind k */   \
	X(LINE, 66, I, "line")		/* of the audit */                     \
	X(TOKEN, 67, S, "token")	/* told once, see <fss/web.h> */       \
	X(SCOPES, 68, I, "scopes")	/* FSS_SCOPE_... */                    \
	X(DEVICE_KIND, 69, I, "device_kind") /* enum fss_device_kind */        \
	X(ADDRESS, 70, S, "address")	/* where a session comes from */       \
	X(SESSION, 71, S, "session")	/* id, see fss_client_session_end() */ \
	X(HELD, 72, I, "held")		/* 1: somebody sends it now */         \
	X(STAGE, 80, S, "stage")	/* id of an upload in parts */         \
	X(OFFSET, 81, I, "offset")	/* bytes of it that are kept */        \
	X(META, 82, S, "meta")		/* text kept with it */                \
	X(LINK, 83, I, "link")		/* id of a share link */               \
	X(LINK_KIND, 84, I, "link_kind") /* enum fss_link_kind */              \
	X(LIMIT, 85, I, "limit")	/* downloads; 0: none */               \
	X(USED, 86, I, "used")		/* of them; files sent by it */        \
	X(REQUESTS, 87, I, "requests")	/* that are live */                    \
	X(URL, 88, S, "url")                                                   \
	X(PROTECTED, 89, I, "protected") /* 1: by a password */                \
	X(INVITE, 90, S, "invite")	/* id of an invite, not its code */    \
	X(USES, 91, I, "uses")		/* left of it */                       \
	X(STORED, 92, I, "stored")	/* bytes, each content once */         \
	X(CHUNKS, 93, I, "chunks")                                             \
	X(VERSIONS, 94, I, "versions")                                         \
	X(ACCOUNTS, 95, I, "accounts")                                         \
	X(TICKET, 96, I, "ticket")	/* of a download that was begun */     \
	X(RELEASE, 97, S, "release")	/* of the hub's program */             \
	X(DISK_FREE, 98, I, "disk_free")	/* bytes */                    \
	X(DATABASE, 99, I, "database")	/* bytes */

typedef enum fss_field {
#define X(name, value, kind, json) FSS_FIELD_##name = value,
	FSS_FIELDS(X)
#undef X
	FSS_FIELD_COUNT = 100
} fss_field;

/**
 * Tell whether @row carries @field.
 *
 * @field: one of FSS_FIELD_...; an unknown one is never carried.
 * Ownership: @row stays the event's.
 * Errors: none.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_row_has(const fss_row *row, fss_field field);

/**
 * Read an integer field of @row.
 *
 * @field: one of kind I.  Units are those of the table above.
 * Ownership: nothing is handed over.
 * Errors: none; an absent field yields 0.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API int64_t fss_row_int(const fss_row *row, fss_field field);

/**
 * Read a text field of @row, UTF-8 and NUL-terminated.
 *
 * @field: one of kind S.
 * Ownership: Owned by the event @row came with, valid until the next call on
 * that event's handle.
 * Errors: none; an absent field yields "".
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API const char *fss_row_str(const fss_row *row, fss_field field);

/**
 * Read a bytes field of @row.
 *
 * @field: one of kind B.  *@ret_len gets the number of bytes.
 * Ownership: Owned by the event @row came with, valid until the next call on
 * that event's handle.
 * Errors: none; an absent field yields NULL and a length of 0.
 * Thread: that of the handle.   Blocks: never.   Since: 1.0.
 */
FSS_API const uint8_t *fss_row_bin(const fss_row *row, fss_field field,
    size_t *ret_len);

/**
 * Name @field as documented JSON does, as in "mtime".
 *
 * @field: one of FSS_FIELD_...
 * Ownership: static storage, never freed.
 * Errors: none; an unknown field yields NULL.
 * Thread: any.   Blocks: never.   Since: 1.0.
 */
FSS_API const char *fss_field_name(fss_field field);

/**
 * Tell the kind of @field: 'I' integer, 'S' text, 'B' bytes, 0 unknown.
 *
 * @field: one of FSS_FIELD_...
 * Ownership: nothing is handed over.
 * Errors: none.
 * Thread: any.   Blocks: never.   Since: 1.0.
 */
FSS_API int fss_field_kind(fss_field field);

#ifdef __cplusplus
}
#endif
#endif
