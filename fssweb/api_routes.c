/*
 * Every operation of the API in one table.
 *
 * tests/lint/web_routes.py reads it and holds it to docs/openapi.yaml.
 */
#include "api_handlers.h"

/*
 * X(method, path, login, scope, body, query, handler)
 * A query with "+" in it may have a name several times.  STATIC is NOBODY
 * without need of the hub.  GET takes HEAD too.
 */
#define PAGE	"cursor limit"
#define ROUTES(X)                                                              \
	X(GET, "/api/v1/health", STATIC, ANY, 0, "", health_get)               \
	X(GET, "/api/v1/session", OPTIONAL, ANY, 0, "", session_get)           \
	X(POST, "/api/v1/session", NOBODY, ANY, API_SMALL, "", session_post)   \
	X(DELETE, "/api/v1/session", LOGIN, ANY, 0, "everywhere",              \
	    session_delete)                                                    \
	X(POST, "/api/v1/accounts", NOBODY, ANY, API_SMALL, "",                \
	    accounts_post)                                                     \
	X(PUT, "/api/v1/password", LOGIN, ACCOUNT, API_SMALL, "",              \
	    password_put)                                                      \
	X(GET, "/api/v1/devices", LOGIN, ACCOUNT, 0, PAGE, devices_get)        \
	X(DELETE, "/api/v1/devices/:device", LOGIN, ACCOUNT, 0, "",            \
	    device_delete)                                                     \
	X(GET, "/api/v1/sessions", LOGIN, ACCOUNT, 0, "all " PAGE,             \
	    sessions_get)                                                      \
	X(DELETE, "/api/v1/sessions/:session", LOGIN, ACCOUNT, 0, "",          \
	    session_end)                                                       \
	X(GET, "/api/v1/tokens", LOGIN, ACCOUNT, 0, PAGE, tokens_get)          \
	X(POST, "/api/v1/tokens", LOGIN, ACCOUNT, API_BODY, "", tokens_post)   \
	X(DELETE, "/api/v1/tokens/:device", LOGIN, ACCOUNT, 0, "",             \
	    device_delete)                                                     \
	X(GET, "/api/v1/entry", LOGIN, READ, 0, "path number", entry_get)      \
	X(GET, "/api/v1/list", LOGIN, READ, 0, "path back " PAGE, list_get)    \
	X(GET, "/api/v1/find", LOGIN, READ, 0, "q owner under type kind "      \
	    "larger smaller newer older access state " PAGE, find_get)         \
	X(GET, "/api/v1/shares", LOGIN, READ, 0, "owner " PAGE, shares_get)    \
	X(GET, "/api/v1/recent", LOGIN, READ, 0, "owner " PAGE, recent_get)    \
	X(POST, "/api/v1/folders", LOGIN, WRITE, API_BODY, "", folders_post)   \
	X(POST, "/api/v1/move", LOGIN, WRITE, API_BODY, "", move_post)         \
	X(POST, "/api/v1/remove", LOGIN, WRITE, API_LARGE, "", remove_post)    \
	X(GET, "/api/v1/versions", LOGIN, READ, 0, "path " PAGE,               \
	    versions_get)                                                      \
	X(POST, "/api/v1/restore", LOGIN, WRITE, API_BODY, "", restore_post)   \
	X(PUT, "/api/v1/access", LOGIN, WRITE, API_BODY, "", access_put)       \
	X(GET, "/api/v1/grants", LOGIN, READ, 0, "path " PAGE, grants_get)     \
	X(PUT, "/api/v1/grants", LOGIN, WRITE, API_BODY, "", grants_put)       \
	X(GET, "/api/v1/groups", LOGIN, READ, 0, "group " PAGE, groups_get)    \
	X(PUT, "/api/v1/groups", LOGIN, WRITE, API_BODY, "", groups_put)       \
	X(GET, "/api/v1/content", LOGIN, READ, 0, "path number inline",        \
	    content_get)                                                       \
	X(PUT, "/api/v1/content", LOGIN, WRITE, API_STREAM,                    \
	    "path mtime mode", content_put)                                    \
	X(GET, "/api/v1/zip", LOGIN, READ, 0, "path name +", zip_get)          \
	X(OPTIONS, "/api/v1/uploads", STATIC, ANY, 0, "", tus_options)         \
	X(GET, "/api/v1/uploads", LOGIN, WRITE, 0, PAGE, uploads_get)          \
	X(POST, "/api/v1/uploads", LOGIN, WRITE, API_STREAM, "", tus_post)     \
	X(OPTIONS, "/api/v1/uploads/:stage", STATIC, ANY, 0, "",               \
	    tus_options)                                                       \
	X(GET, "/api/v1/uploads/:stage", LOGIN, WRITE, 0, "", upload_get)      \
	X(PATCH, "/api/v1/uploads/:stage", LOGIN, WRITE, API_STREAM, "",       \
	    tus_patch)                                                         \
	X(DELETE, "/api/v1/uploads/:stage", LOGIN, WRITE, 0, "", tus_delete)   \
	X(GET, "/api/v1/people", LOGIN, PEOPLE, 0, "all " PAGE, people_get)    \
	X(PUT, "/api/v1/presence", LOGIN, PEOPLE, API_BODY, "", presence_put)  \
	X(GET, "/api/v1/holders", LOGIN, PEOPLE, 0, "path " PAGE, holders_get)   \
	X(GET, "/api/v1/requests", LOGIN, PEOPLE, 0, "box state " PAGE,        \
	    requests_get)                                                      \
	X(POST, "/api/v1/requests", LOGIN, PEOPLE, API_BODY, "",               \
	    requests_post)                                                     \
	X(POST, "/api/v1/requests/decide", LOGIN, PEOPLE, API_BODY, "",        \
	    decide_post)                                                       \
	X(GET, "/api/v1/requests/:request", LOGIN, PEOPLE, 0, "",              \
	    request_get)                                                       \
	X(POST, "/api/v1/requests/:request/fulfil", LOGIN, PEOPLE, API_BODY,   \
	    "", fulfil_post)                                                   \
	X(GET, "/api/v1/rules", LOGIN, PEOPLE, 0, PAGE, rules_get)             \
	X(POST, "/api/v1/rules", LOGIN, PEOPLE, API_BODY, "", rules_post)      \
	X(DELETE, "/api/v1/rules/:rule", LOGIN, PEOPLE, 0, "", rule_delete)    \
	X(GET, "/api/v1/links", LOGIN, WRITE, 0, PAGE, links_get)              \
	X(POST, "/api/v1/links", LOGIN, WRITE, API_BODY, "", links_post)       \
	X(DELETE, "/api/v1/links/:link", LOGIN, WRITE, 0, "", link_delete)     \
	X(GET, "/api/v1/users", LOGIN, PEOPLE, 0, "name " PAGE, users_get)     \
	X(PATCH, "/api/v1/users/:name", LOGIN, ADMIN, API_BODY, "",            \
	    user_patch)                                                        \
	X(GET, "/api/v1/invites", LOGIN, ADMIN, 0, PAGE, invites_get)          \
	X(POST, "/api/v1/invites", LOGIN, ADMIN, API_BODY, "", invites_post)   \
	X(DELETE, "/api/v1/invites/:invite", LOGIN, ADMIN, 0, "",              \
	    invite_delete)                                                     \
	X(GET, "/api/v1/hub", LOGIN, ADMIN, 0, "", hub_get)                    \
	X(GET, "/api/v1/audit", LOGIN, PEOPLE, 0,                              \
	    "path name since mine " PAGE, audit_get)                           \
	X(GET, "/api/v1/live", LOGIN, PEOPLE, 0, "", live_get)                 \
	X(GET, "/s/style.css", STATIC, ANY, 0, "", link_style)                 \
	X(GET, "/s/:token", VISITOR, ANY, 0, "path cursor", link_get)           \
	X(POST, "/s/:token", VISITOR, ANY, API_STREAM, "", link_post)           \
	X(GET, "/s/:token/get", VISITOR, ANY, 0, "path", link_content)          \
	X(GET, "/s/:token/zip", VISITOR, ANY, 0, "path", link_zip)

/* Who needs the hub and finds it away says so in their own way. */
#define FLAGS(login)	((login) == API_LOGIN || (login) == API_NOBODY ? 0 :    \
	WEB_NO_HUB)

const struct web_route web_routes[] = {
#define X(method, path, login, scope, body, query, handler)                    \
	{ WEB_##method, path, api_enter, FLAGS(API_##login),                   \
	    &(const struct api_route){ API_##login, API_##scope, body, query,  \
	    api_##handler } },
	ROUTES(X)
#undef X
	{ 0, NULL, NULL, 0, NULL }
};
