/*
 * Names of what entries, accounts, requests, rules, news and the audit are
 * made of, as people type and read them; programs share them.
 */
#ifndef WORDS_WORDS_H
#define WORDS_WORDS_H

#include <stdint.h>

#include <fss/fss.h>
#include <fss/link.h>
#include <fss/web.h>

/* A word and what it stands for; a list ends with NULL. */
struct named {
	const char	*name;
	int64_t		 value;
};

int	named_value(const struct named *t, const char *s, int64_t *ret_value);
const char *named_text(const struct named *t, int64_t value);  /* "unknown" */

/* All return 0 or FSS_EINVAL. */
int	parse_role(const char *s, int64_t *ret_role);
int	parse_kind(const char *s, int64_t *ret_kind);
int	parse_access(const char *s, int64_t *ret_access); /* not "inherit" */
int	parse_state(const char *s, int64_t *ret_state);
/* "read", "read,create": FSS_RIGHT_... */
int	parse_rights(const char *s, uint32_t *ret_rights);
/*
 * "open", "denied,failed"; "waiting": no answer yet; "live": not ended;
 * "ended": bit s for enum fss_request_state s.
 */
int	parse_request_states(const char *s, int64_t *ret_states);
/* "get", "upload", "get,upload": bit k for enum fss_request_kind k. */
int	parse_request_kinds(const char *s, int64_t *ret_kinds);
int	parse_verdict(const char *s, int64_t *ret_verdict);
/* "presence,requests": FSS_WATCH_... */
int	parse_watch_kinds(const char *s, uint32_t *ret_kinds);

const char *role_name(int64_t role);
const char *kind_name(int64_t kind);
const char *access_name(int64_t access);
const char *state_name(int64_t state);
const char *request_state_name(int64_t state);
const char *request_kind_name(int64_t kind);
const char *request_event_name(int64_t event);
const char *reason_name(int64_t reason);
const char *verdict_name(int64_t verdict);
const char *presence_name(int64_t presence);
const char *news_name(int64_t news);
const char *change_name(int64_t change);
const char *audit_name(int64_t what);
/* Why a request was denied or failed, for people. */
const char *reason_text(int64_t reason);

const char *device_kind_name(int64_t kind);
const char *link_kind_name(int64_t kind);
/* "read,write,people,admin": FSS_SCOPE_... that a token may have. */
int	parse_scopes(const char *s, uint32_t *ret_scopes);
#define SCOPE_COUNT	5
#define SCOPES_BYTES	64
void	format_scopes(int64_t scopes, char dst[SCOPES_BYTES]);
/* Of bit @i. */
const char *scope_name(int64_t i);

#define RIGHTS_BYTES	64
void	format_rights(int64_t rights, char dst[RIGHTS_BYTES]);  /* "see,read" */

#define REQUEST_WAITING	(1u << FSS_REQUEST_OPEN | 1u << FSS_REQUEST_SEEN)
#define REQUEST_LIVE	(REQUEST_WAITING | 1u << FSS_REQUEST_APPROVED |       \
	1u << FSS_REQUEST_TRANSFERRING)
#define REQUEST_ENDED	(1u << FSS_REQUEST_FULFILLED |                         \
	1u << FSS_REQUEST_DENIED | 1u << FSS_REQUEST_CANCELLED |               \
	1u << FSS_REQUEST_EXPIRED | 1u << FSS_REQUEST_FAILED)

#endif
