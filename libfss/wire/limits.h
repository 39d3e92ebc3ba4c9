/*
 * Every limit of the protocol, in one table.  docs/protocol.md prints it, and
 * WELCOME carries the negotiable ones.
 */
#ifndef FSS__WIRE_LIMITS_H
#define FSS__WIRE_LIMITS_H

#include "base/path.h"

/* X(name, value, unit, what) */
#define FSS__LIMITS(X)                                                         \
	X(VERSION, 1, "", "protocol version spoken")                           \
	X(HEADER, 262144, "bytes", "header frame of any message")              \
	X(PAYLOAD, 1114112, "bytes", "payload frame (1 MiB + 64 KiB)")         \
	X(CHUNK, 1048576, "bytes", "one chunk of content")                     \
	X(PAGE, 65536, "bytes", "one manifest page")                           \
	X(FANOUT, 1024, "nodes", "children of one manifest page")              \
	X(LEVELS, 6, "levels", "manifest pages above the content")             \
	X(PUT_NODES, 256, "nodes", "chunks or pages in one PUT")               \
	X(GET_ITEMS, 256, "items", "node ranges in one GET")                   \
	X(HAVE_IDS, 4096, "ids", "identifiers in one HAVE")                    \
	X(BATCH, 256, "items", "paths in one STAT, COMMIT or REMOVE")          \
	X(LIST_ROWS, 256, "rows", "rows in one page of a list")                \
	X(CURSOR, 512, "bytes", "an opaque list cursor")                       \
	X(QUERY, 256, "bytes", "the text of a FIND")                           \
	X(NEAR, 3, "texts", "offered where a FIND found nothing")               \
	X(PASSWORD_MIN, 8, "bytes", "shortest password")                       \
	X(PASSWORD, 256, "bytes", "longest password")                          \
	X(INVITE, 64, "bytes", "an invite code")                               \
	X(LABEL, 64, "bytes", "device, agent or hub name")                     \
	X(MEDIA, 128, "bytes", "a media type")                                 \
	X(TARGET, 4096, "bytes", "the target of a symbolic link")              \
	X(DETAIL, 256, "bytes", "the detail text of an error")                 \
	X(RETRY_MS, 86400000, "ms", "told of a wait, which may be longer")     \
	X(VERSIONS, 16, "versions", "kept of one file by default")             \
	X(REQUESTS, 256, "requests", "unanswered requests of one session")     \
	X(CREDIT_FIRST, 1048576, "bytes", "payload in flight at first")        \
	X(CREDIT_STEP, 65536, "bytes", "received, then reported at the latest") \
	X(CREDIT, 16777216, "bytes", "payload in flight of one session")        \
	X(HEADERS, 4194304, "bytes", "of unanswered requests of one session")  \
	X(UNSENT, 25165824, "bytes", "of answers not taken, one connection")   \
	X(UNDELIVERED, 33554432, "bytes", "sent but no whole message yet")     \
	X(INTRODUCTION, 16384, "bytes", "the same at the introduction port")  \
	X(STRANGERS, 8, "connections", "to the local socket, of who may not")  \
	X(LEASE, 60000, "ms", "an idle session is kept this long")             \
	X(ANONYMOUS, 20000, "ms", "a session nobody logged in to is kept")     \
	X(PING, 15000, "ms", "a client pings when idle this long")             \
	X(OP_KEEP, 86400, "s", "a request id is remembered this long")         \
	X(NOTE, 500, "bytes", "a note, a wish or a reason")                    \
	X(PLAN_PAGES, 24, "pages", "manifest pages in one PLAN")               \
	X(EVENT_WAIT, 300000, "ms", "an EVENTS that waits is answered")        \
	X(EVENT_GAP, 200, "ms", "between two answers with presence alone")     \
	X(UPLOAD_GAP, 1000, "ms", "between two news of one's uploads")         \
	X(EVENTS, 65536, "events", "the hub remembers for those who resume")   \
	X(SERVE_LEASE, 30000, "ms", "a transfer waits for its device")         \
	X(RULES, 256, "rules", "of one account")                               \
	X(LIVE, 1000, "requests", "of one asker that are not over")            \
	X(LIVE_PAIR, 100, "requests", "of them to one and the same account")   \
	X(LIVE_ALL, 3, "requests", "of them wishes to everybody")              \
	X(LIVE_GROUP, 8, "requests", "of them wishes to groups")               \
	X(AUDIENCE, 1024, "accounts", "that one wish to a group goes to")      \
	X(TOKEN, 43, "bytes", "a token, always as long")                       \
	X(TOKEN_TTL, 31536000, "s", "a token is good for, if not for ever")   \
	X(WEB_LOGINS, 64, "log-ins", "by the web of one account at a time")    \
	X(API_TOKENS, 64, "tokens", "of the API of one account")               \
	X(ADDRESS, 64, "bytes", "an address of a browser, in numbers")         \
	X(STAGE_META, 4096, "bytes", "text kept with an upload in parts")      \
	X(STAGES, 256, "uploads", "in parts of one account, not complete")     \
	X(VISIT_STAGES, 1024, "uploads", "likewise, of all visitors to one")   \
	X(URL, 256, "bytes", "a web address")                                  \
	X(LINK_LIMIT, 1000000000, "downloads", "by one share link")           \
	X(LINKS, 1000, "links", "of one account")                              \
	X(LINK_VISITS, 1024, "visits", "of one share link; the stalest goes")  \
	X(VISITS, 16384, "visits", "of all share links of one account")       \
	X(KEPT_FOLDERS, 16777216, "bytes", "of folders' rows, by searches")    \
	X(KEPT_GRAMS, 33554432, "bytes", "of posting lists, likewise")         \
	X(KEPT_BLOCKS, 33554432, "bytes", "of blocks of names, likewise")

enum {
#define X(name, value, unit, what) FSS__MAX_##name = value,
	FSS__LIMITS(X)
#undef X
};

#endif
