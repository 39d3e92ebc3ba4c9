/*
 * Names of what requests, rules, news and the audit are made of, as people
 * type and read them.
 */
#ifndef FSSCTL_WORDS_H
#define FSSCTL_WORDS_H

#include <stdint.h>

#include "fssctl.h"
#include "parse.h"

/*
 * "open", "denied,failed"; "waiting": no answer yet; "live": not ended;
 * "ended": bit s for enum fss_request_state s.  0 or FSS_EINVAL, as all here.
 */
int	parse_request_states(const char *s, int64_t *ret_states);
/* "get", "upload", "get,upload": bit k for enum fss_request_kind k. */
int	parse_request_kinds(const char *s, int64_t *ret_kinds);
int	parse_verdict(const char *s, int64_t *ret_verdict);
/* "presence,requests": FSS_WATCH_... */
int	parse_watch_kinds(const char *s, uint32_t *ret_kinds);
/* "read,write,people,admin": FSS_SCOPE_... that a token may have. */
int	parse_scopes(const char *s, uint32_t *ret_scopes);
/* "read,write"; @dst of TEXT_BYTES. */
void	format_scopes(int64_t scopes, char *dst);
/* Of bit @i. */
const char *scope_name(int64_t i);
const char *device_kind_name(int64_t kind);
const char *link_kind_name(int64_t kind);
/* A request, a rule: 1 and up. */
int	parse_id(const char *s, uint64_t *ret_id);

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

#define REQUEST_WAITING	(1u << FSS_REQUEST_OPEN | 1u << FSS_REQUEST_SEEN)
#define REQUEST_LIVE	(REQUEST_WAITING | 1u << FSS_REQUEST_APPROVED |       \
	1u << FSS_REQUEST_TRANSFERRING)
#define REQUEST_ENDED	(1u << FSS_REQUEST_FULFILLED |                         \
	1u << FSS_REQUEST_DENIED | 1u << FSS_REQUEST_CANCELLED |               \
	1u << FSS_REQUEST_EXPIRED | 1u << FSS_REQUEST_FAILED)

#endif
