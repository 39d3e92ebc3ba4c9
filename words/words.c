/*
 * Names of what entries, accounts, requests, rules, news and the audit are
 * made of.
 *
 * One list an enumeration; what a newer hub may send beyond it is "unknown".
 */
#include "words.h"

#include <stdio.h>
#include <string.h>

#include <fss/fss.h>

#define WORD_BYTES	32

static const struct named roles[] = {
	{ "user", FSS_ROLE_USER }, { "operator", FSS_ROLE_OPERATOR },
	{ "admin", FSS_ROLE_ADMIN }, { NULL, 0 }
};
static const struct named kinds[] = {
	{ "folder", FSS_KIND_DIR }, { "file", FSS_KIND_FILE },
	{ "link", FSS_KIND_LINK }, { "dir", FSS_KIND_DIR }, { NULL, 0 }
};
static const struct named accesses[] = {
	{ "private", FSS_ACCESS_PRIVATE }, { "ask", FSS_ACCESS_ASK },
	{ "open", FSS_ACCESS_OPEN }, { NULL, 0 }
};
static const struct named states[] = {
	{ "stored", FSS_STATE_STORED }, { "announced", FSS_STATE_ANNOUNCED },
	{ NULL, 0 }
};
static const struct named rights_named[] = {
	{ "see", FSS_RIGHT_SEE }, { "read", FSS_RIGHT_READ },
	{ "create", FSS_RIGHT_CREATE }, { "write", FSS_RIGHT_WRITE },
	{ "own", FSS_RIGHT_OWN }, { NULL, 0 }
};

static const struct named request_states[] = {
	{ "open", FSS_REQUEST_OPEN }, { "seen", FSS_REQUEST_SEEN },
	{ "approved", FSS_REQUEST_APPROVED },
	{ "transferring", FSS_REQUEST_TRANSFERRING },
	{ "fulfilled", FSS_REQUEST_FULFILLED },
	{ "denied", FSS_REQUEST_DENIED },
	{ "cancelled", FSS_REQUEST_CANCELLED },
	{ "expired", FSS_REQUEST_EXPIRED }, { "failed", FSS_REQUEST_FAILED },
	{ NULL, 0 }
};
/* What --state takes: bits. */
static const struct named state_sets[] = {
	{ "waiting", REQUEST_WAITING }, { "live", REQUEST_LIVE },
	{ "ended", REQUEST_ENDED }, { NULL, 0 }
};
static const struct named request_kinds[] = {
	{ "get", FSS_REQUEST_GET }, { "want", FSS_REQUEST_WANT },
	{ "upload", FSS_REQUEST_UPLOAD }, { NULL, 0 }
};
static const struct named events[] = {
	{ "see", FSS_REQUEST_SEE }, { "approve", FSS_REQUEST_APPROVE },
	{ "deny", FSS_REQUEST_DENY }, { "cancel", FSS_REQUEST_CANCEL },
	{ "retry", FSS_REQUEST_RETRY }, { "fulfil", FSS_REQUEST_FULFIL },
	{ NULL, 0 }
};
static const struct named reasons[] = {
	{ "none", FSS_REASON_NONE }, { "person", FSS_REASON_PERSON },
	{ "rule", FSS_REASON_RULE }, { "gone", FSS_REASON_GONE },
	{ "changed", FSS_REASON_CHANGED }, { "access", FSS_REASON_ACCESS },
	{ "locked", FSS_REASON_LOCKED }, { "quota", FSS_REASON_QUOTA },
	{ "integrity", FSS_REASON_INTEGRITY },
	{ "unwanted", FSS_REASON_UNWANTED }, { NULL, 0 }
};
static const struct named reason_texts[] = {
	{ "", FSS_REASON_NONE }, { "a person said no", FSS_REASON_PERSON },
	{ "a rule said no", FSS_REASON_RULE },
	{ "nobody has it any more", FSS_REASON_GONE },
	{ "there is another version now", FSS_REASON_CHANGED },
	{ "you may not see it any more", FSS_REASON_ACCESS },
	{ "an account is locked", FSS_REASON_LOCKED },
	{ "no room in the space it goes to", FSS_REASON_QUOTA },
	{ "what came was not what was announced", FSS_REASON_INTEGRITY },
	{ "it was not what was meant", FSS_REASON_UNWANTED },
	{ NULL, 0 }
};
static const struct named verdicts[] = {
	{ "allow", FSS_VERDICT_ALLOW }, { "deny", FSS_VERDICT_DENY },
	{ NULL, 0 }
};
static const struct named presences[] = {
	{ "offline", FSS_PRESENCE_OFFLINE }, { "idle", FSS_PRESENCE_IDLE },
	{ "online", FSS_PRESENCE_ONLINE }, { NULL, 0 }
};
static const struct named news[] = {
	{ "presence", FSS_NEWS_PRESENCE }, { "request", FSS_NEWS_REQUEST },
	{ "progress", FSS_NEWS_PROGRESS }, { "file", FSS_NEWS_FILE },
	{ "work", FSS_NEWS_WORK }, { "upload", FSS_NEWS_UPLOAD }, { NULL, 0 }
};
static const struct named watched[] = {
	{ "presence", FSS_WATCH_PRESENCE },
	{ "requests", FSS_WATCH_REQUESTS },
	{ "progress", FSS_WATCH_PROGRESS }, { "files", FSS_WATCH_FILES },
	{ "work", FSS_WATCH_WORK }, { "uploads", FSS_WATCH_UPLOADS },
	{ NULL, 0 }
};
static const struct named scopes_named[] = {
	{ "read", FSS_SCOPE_READ }, { "write", FSS_SCOPE_WRITE },
	{ "people", FSS_SCOPE_PEOPLE }, { "admin", FSS_SCOPE_ADMIN },
	{ "account", FSS_SCOPE_ACCOUNT }, { NULL, 0 }
};
static const struct named device_kinds[] = {
	{ "key", FSS_DEVICE_KEY }, { "web", FSS_DEVICE_WEB },
	{ "token", FSS_DEVICE_TOKEN }, { "visit", FSS_DEVICE_VISIT },
	{ NULL, 0 }
};
static const struct named changes[] = {
	{ "added", FSS_CHANGE_ADDED }, { "replaced", FSS_CHANGE_REPLACED },
	{ "removed", FSS_CHANGE_REMOVED }, { "moved", FSS_CHANGE_MOVED },
	{ "access", FSS_CHANGE_ACCESS }, { "many", FSS_CHANGE_MANY },
	{ NULL, 0 }
};
static const struct named audits[] = {
	{ "asked", FSS_AUDIT_ASKED }, { "approved", FSS_AUDIT_APPROVED },
	{ "denied", FSS_AUDIT_DENIED }, { "cancelled", FSS_AUDIT_CANCELLED },
	{ "expired", FSS_AUDIT_EXPIRED }, { "failed", FSS_AUDIT_FAILED },
	{ "retried", FSS_AUDIT_RETRIED }, { "started", FSS_AUDIT_STARTED },
	{ "lost", FSS_AUDIT_LOST }, { "received", FSS_AUDIT_RECEIVED },
	{ "fulfilled", FSS_AUDIT_FULFILLED },
	{ "fetched", FSS_AUDIT_FETCHED }, { "declined", FSS_AUDIT_DECLINED },
	{ "rule", FSS_AUDIT_RULE }, { "link-made", FSS_AUDIT_LINK_MADE },
	{ "link-revoked", FSS_AUDIT_LINK_REVOKED },
	{ "link-opened", FSS_AUDIT_LINK_OPENED },
	{ "link-fetched", FSS_AUDIT_LINK_FETCHED },
	{ "link-put", FSS_AUDIT_LINK_PUT },
	{ "link-ended", FSS_AUDIT_LINK_ENDED }, { NULL, 0 }
};
static const struct named link_kinds[] = {
	{ "download", FSS_LINK_DOWNLOAD }, { "upload", FSS_LINK_UPLOAD },
	{ NULL, 0 }
};

int
named_value(const struct named *t, const char *s, int64_t *ret_value)
{
	for (; t->name != NULL; t++) {
		if (strcmp(t->name, s) == 0) {
			*ret_value = t->value;
			return 0;
		}
	}
	return FSS_EINVAL;
}

const char *
named_text(const struct named *t, int64_t value)
{
	for (; t->name != NULL; t++)
		if (t->value == value)
			return t->name;
	return "unknown";
}


/* Words with commas between; @bit tells what one stands for, 0 nothing. */
static int
parse_set(const char *s, int64_t (*bit)(const char *), int64_t *ret_bits)
{
	char word[WORD_BYTES];
	int64_t bits = 0, one;
	size_t n;

	for (;;) {
		n = strcspn(s, ",");
		if (n >= sizeof(word))
			return FSS_EINVAL;
		memcpy(word, s, n);
		word[n] = '\0';
		one = bit(word);
		if (one == 0)
			return FSS_EINVAL;
		bits |= one;
		if (s[n] == '\0')
			break;
		s += n + 1;
	}
	*ret_bits = bits;
	return 0;
}

static int64_t
state_bit(const char *word)
{
	int64_t value;

	if (named_value(state_sets, word, &value) == 0)
		return value;
	if (named_value(request_states, word, &value) == 0)
		return INT64_C(1) << value;
	return 0;
}

static int64_t
kind_bit(const char *word)
{
	int64_t value;

	/* Wishes are for people: no rule decides them. */
	if (named_value(request_kinds, word, &value) < 0 ||
	    value == FSS_REQUEST_WANT)
		return 0;
	return INT64_C(1) << value;
}

static int64_t
watch_bit(const char *word)
{
	int64_t value;

	return named_value(watched, word, &value) == 0 ? value : 0;
}

static int64_t
scope_bit(const char *word)
{
	int64_t value;

	/* No token has the scope account. */
	return named_value(scopes_named, word, &value) == 0 &&
	    value != FSS_SCOPE_ACCOUNT ? value : 0;
}

int
parse_scopes(const char *s, uint32_t *ret_scopes)
{
	int64_t bits;
	int r = parse_set(s, scope_bit, &bits);

	if (r == 0)
		*ret_scopes = (uint32_t)bits;
	return r;
}

const char *
scope_name(int64_t i)
{
	return named_text(scopes_named, INT64_C(1) << i);
}

void
format_scopes(int64_t scopes, char dst[SCOPES_BYTES])
{
	const struct named *t;
	int n = 0;

	dst[0] = '\0';
	for (t = scopes_named; t->name != NULL && n < SCOPES_BYTES; t++)
		if (scopes & t->value)
			n += snprintf(dst + n, (size_t)(SCOPES_BYTES - n),
			    "%s%s", n > 0 ? "," : "", t->name);
}

const char *
link_kind_name(int64_t kind)
{
	return named_text(link_kinds, kind);
}

const char *
device_kind_name(int64_t kind)
{
	return named_text(device_kinds, kind);
}

int
parse_role(const char *s, int64_t *ret_role)
{
	return named_value(roles, s, ret_role);
}

int
parse_kind(const char *s, int64_t *ret_kind)
{
	return named_value(kinds, s, ret_kind);
}

int
parse_access(const char *s, int64_t *ret_access)
{
	return named_value(accesses, s, ret_access);
}

int
parse_state(const char *s, int64_t *ret_state)
{
	return named_value(states, s, ret_state);
}

int
parse_rights(const char *s, uint32_t *ret_rights)
{
	char word[16];
	uint32_t rights = 0;
	int64_t value;
	size_t n;

	for (;;) {
		n = strcspn(s, ",");
		if (n >= sizeof(word))
			return FSS_EINVAL;
		memcpy(word, s, n);
		word[n] = '\0';
		/* Owning cannot be given away. */
		if (named_value(rights_named, word, &value) < 0 ||
		    value == FSS_RIGHT_OWN)
			return FSS_EINVAL;
		rights |= (uint32_t)value;
		if (s[n] == '\0')
			break;
		s += n + 1;
	}
	*ret_rights = rights;
	return 0;
}

int
parse_request_states(const char *s, int64_t *ret_states)
{
	return parse_set(s, state_bit, ret_states);
}

int
parse_request_kinds(const char *s, int64_t *ret_kinds)
{
	return parse_set(s, kind_bit, ret_kinds);
}

int
parse_watch_kinds(const char *s, uint32_t *ret_kinds)
{
	int64_t bits;
	int r = parse_set(s, watch_bit, &bits);

	if (r == 0)
		*ret_kinds = (uint32_t)bits;
	return r;
}

int
parse_verdict(const char *s, int64_t *ret_verdict)
{
	return named_value(verdicts, s, ret_verdict);
}

const char *
role_name(int64_t role)
{
	return named_text(roles, role);
}

const char *
kind_name(int64_t kind)
{
	return named_text(kinds, kind);
}

const char *
access_name(int64_t access)
{
	return access == FSS_ACCESS_INHERIT ? "inherit" :
	    named_text(accesses, access);
}

const char *
state_name(int64_t state)
{
	return named_text(states, state);
}

const char *
request_state_name(int64_t state)
{
	return named_text(request_states, state);
}

const char *
request_kind_name(int64_t kind)
{
	return named_text(request_kinds, kind);
}

const char *
request_event_name(int64_t event)
{
	return named_text(events, event);
}

const char *
reason_name(int64_t reason)
{
	return named_text(reasons, reason);
}

const char *
reason_text(int64_t reason)
{
	return named_text(reason_texts, reason);
}

const char *
verdict_name(int64_t verdict)
{
	return named_text(verdicts, verdict);
}

const char *
presence_name(int64_t presence)
{
	return named_text(presences, presence);
}

const char *
news_name(int64_t kind)
{
	return named_text(news, kind);
}

const char *
change_name(int64_t change)
{
	return named_text(changes, change);
}

const char *
audit_name(int64_t what)
{
	return named_text(audits, what);
}

void
format_rights(int64_t rights, char dst[RIGHTS_BYTES])
{
	const struct named *t;
	size_t n = 0, len;

	for (t = rights_named; t->name != NULL; t++) {
		if ((rights & t->value) == 0)
			continue;
		len = strlen(t->name);
		if (n > 0)
			dst[n++] = ',';
		memcpy(dst + n, t->name, len);
		n += len;
	}
	if (n == 0)
		dst[n++] = '-';
	dst[n] = '\0';
}
