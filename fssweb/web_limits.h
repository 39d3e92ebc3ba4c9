/*
 * Every limit of fssweb, in one table: name, value, unit, what it bounds.
 *
 * Checked where the number comes in and before anything is allocated by it.
 * What people set is in fssweb.conf (settings.c); these are the ceilings no
 * setting can lift.
 */
#ifndef FSSWEB_WEB_LIMITS_H
#define FSSWEB_WEB_LIMITS_H

#define WEB_LIMITS(X)                                                          \
	X(HEAD, 24576, "bytes", "request line and headers")                    \
	X(TARGET, 16384, "bytes", "path and query as they come")               \
	X(HEADERS, 100, "headers", "of one request")                           \
	X(SEGMENTS, 8, "segments", "of a path a route is looked up by")        \
	X(QUERY, 32, "parameters", "of one query")                             \
	X(COOKIE, 3800, "bytes", "a cookie that is looked at")                 \
	X(VISITS, 8, "visits", "of share links that one browser keeps")        \
	X(COOKIES, 64, "cookies", "looked at in one request")                  \
	X(RANGES, 16, "ranges", "of one request")                              \
	X(JSON, 1048576, "bytes", "JSON body")                                 \
	X(JSON_DEPTH, 16, "levels", "of a JSON body")                          \
	X(FORM, 65536, "bytes", "body of a form")                              \
	X(TOKEN, 256, "bytes", "token of a cookie or of Authorization")        \
	X(READ, 65536, "bytes", "read from a connection at once")              \
	X(TURN, 1048576, "bytes", "moved for one connection before others")    \
	X(WINDOW, 131072, "bytes", "of a reply kept ahead of the client")      \
	X(LINGER, 4194304, "bytes", "of an unwanted body, dropped") \
	X(SOCKET_MESSAGE, 16384, "bytes", "message from a WebSocket")          \
	X(SOCKET_QUEUE, 1048576, "bytes", "waiting for a slow WebSocket")      \
	X(SHAKE_MS, 10000, "ms", "TLS handshake, in all")                      \
	X(HEAD_MS, 15000, "ms", "head of a request, in all")                   \
	X(KEEP_MS, 65000, "ms", "idle between requests")                       \
	X(FORM_MS, 30000, "ms", "small body, in all")                          \
	X(BODY_MS, 60000, "ms", "between two pieces of an upload")             \
	X(SEND_MS, 60000, "ms", "a reply without any progress")                \
	X(LINGER_MS, 2000, "ms", "dropping an unwanted body")                  \
	X(SOCKET_PING_MS, 30000, "ms", "between two PINGs")                    \
	X(SOCKET_DEAD_MS, 90000, "ms", "a WebSocket that does not answer")     \
	X(HUB_MS, 20000, "ms", "an operation of the hub without progress")     \
	X(PERSON_IDLE_MS, 120000, "ms", "a person's session without use")      \
	X(PERSONS, 20000, "persons", "cached by one worker")                   \
	X(TICK_MS, 500, "ms", "between two looks at deadlines")

enum {
#define X(name, value, unit, what) WEB_MAX_##name = value,
	WEB_LIMITS(X)
#undef X
};

#endif
