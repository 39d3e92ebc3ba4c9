/*
 * Options of the command line: one table for all verbs, values by option id.
 */
#ifndef FSSCTL_OPTIONS_H
#define FSSCTL_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* X(ID, "long", short or 0, TYPE, "ARG" or NULL, "help") */
#define OPTIONS(X)                                                             \
	X(HELP, "help", 'h', FLAG, NULL, "show help and end")                  \
	X(PROGRAM, "version", 'V', FLAG, NULL, "show the version and end")     \
	X(HOME, "home", 0, TEXT, "DIR", "folder of the profile (FSS_HOME)")    \
	X(JSON, "json", 'j', FLAG, NULL, "print JSON")                         \
	X(QUIET, "quiet", 'q', FLAG, NULL, "print results and failures only")  \
	X(TIMEOUT, "timeout", 0, SECONDS, "SECONDS",                           \
	    "give up after so long without progress")                          \
	X(CONNECTIONS, "connections", 0, COUNT, "N",                           \
	    "carry content over so many, 1 to 8")                              \
	X(YES, "yes", 'y', FLAG, NULL, "answer questions with yes")            \
	X(DEBUG, "debug", 0, FLAG, NULL, "show what the library does")         \
	X(ACCEPT_NEW, "accept-new", 0, FLAG, NULL,                             \
	    "trust a hub that is new without asking")                          \
	X(FORGET, "forget", 0, FLAG, NULL,                                     \
	    "forget the hub's key; of logout: revoke this device")             \
	X(INVITE, "invite", 0, TEXT, "CODE", "the invite to use")              \
	X(PASSWORD_STDIN, "password-stdin", 0, FLAG, NULL,                     \
	    "read passwords from stdin, one a line")                           \
	X(EVERYWHERE, "everywhere", 0, FLAG, NULL,                             \
	    "end all sessions and revoke all devices")                         \
	X(ROLE, "role", 0, ROLE, "ROLE", "user, operator or admin")            \
	X(USES, "uses", 0, COUNT, "N", "how often the invite may be used")     \
	X(TTL, "ttl", 0, DURATION, "DURATION", "how long it is good, as 7d")   \
	X(SCOPES, "scopes", 0, TEXT, "LIST",                                   \
	    "read, write, people, admin; the first three by default")          \
	X(LOCK, "lock", 0, FLAG, NULL, "lock the account")                     \
	X(UNLOCK, "unlock", 0, FLAG, NULL, "unlock the account")               \
	X(QUOTA, "quota", 0, SIZE, "SIZE", "most bytes, 0 for no limit")       \
	X(QUOTA_FILES, "quota-files", 0, COUNT, "N",                           \
	    "most files, 0 for no limit")                                      \
	X(RECURSIVE, "recursive", 'r', FLAG, NULL,                             \
	    "folders and all that is in them")                                 \
	X(CHECKSUM, "checksum", 'c', FLAG, NULL,                               \
	    "read even files that look unchanged")                             \
	X(SAFE_LINKS, "safe-links", 0, FLAG, NULL,                             \
	    "leave out links that lead outside")                               \
	X(VERBOSE, "verbose", 'v', FLAG, NULL, "name each item")               \
	X(NUMBER, "version", 0, COUNT, "N", "this version, not the newest")    \
	X(LONG, "long", 'l', FLAG, NULL, "size, time, access and more")        \
	X(DEEP, "recursive", 'R', FLAG, NULL, "folders below as well")         \
	X(SUMMARY, "summary", 's', FLAG, NULL, "the sum only")                 \
	X(OWNER, "owner", 0, TEXT, "NAME", "only of this account")             \
	X(UNDER, "under", 0, TEXT, "REMOTE", "only below this folder")         \
	X(TYPE, "type", 0, TEXT, "TYPE", "media type, as text or image/png")   \
	X(KIND, "kind", 0, KIND, "KIND", "file, folder or link")               \
	X(LARGER, "larger", 0, SIZE, "SIZE", "at least so large, as 4k")       \
	X(SMALLER, "smaller", 0, SIZE, "SIZE", "at most so large")             \
	X(NEWER, "newer", 0, WHEN, "WHEN",                                     \
	    "changed since a date or within a duration, as 7d")                \
	X(OLDER, "older", 0, WHEN, "WHEN", "changed before that")              \
	X(ACCESS, "access", 0, ACCESS, "MODE", "open, ask or private")         \
	X(STATE, "state", 0, STATE, "STATE", "stored or announced")            \
	X(LIMIT, "limit", 'n', COUNT, "N", "at most so many")                  \
	X(OFFSET, "offset", 0, SIZE, "SIZE", "first byte")                     \
	X(LENGTH, "length", 0, SIZE, "SIZE", "how many bytes")                 \
	X(FORCE, "force", 'f', FLAG, NULL, "replace a file that is in the way") \
	X(ALL, "all", 'a', FLAG, NULL,                                         \
	    "those offline too; sessions of all; of watch: how things are")    \
	X(WATCH, "watch", 'w', FLAG, NULL, "then follow what changes")         \
	X(NOTE, "note", 0, TEXT, "TEXT", "a line to who is asked")             \
	X(WANT, "want", 0, TEXT, "TEXT", "ask for what TEXT describes")        \
	X(FROM, "from", 0, TEXT, "WHO",                                        \
	    "an account, @GROUP or all, which is the default")                 \
	X(UPLOAD, "upload", 0, TEXT, "REMOTE", "ask to put the file there")    \
	X(IN, "in", 0, FLAG, NULL, "what others ask of you")                   \
	X(OUT, "out", 0, FLAG, NULL, "what you ask of others")                 \
	X(REQUEST_STATE, "state", 0, REQUEST_STATE, "STATE",                   \
	    "in that state, or waiting, live or ended; commas between")        \
	X(REASON, "reason", 0, TEXT, "TEXT", "why")                            \
	X(WAIT, "wait", 0, FLAG, NULL, "ask if need be, and wait for it")      \
	X(MINE, "mine", 0, FLAG, NULL, "only what you had part in")            \
	X(FILE, "file", 0, TEXT, "REMOTE", "only about this file")             \
	X(USER, "user", 0, TEXT, "NAME", "only what this account had part in") \
	X(SINCE, "since", 0, WHEN, "WHEN",                                     \
	    "since a date or for a duration, as 7d; the oldest first")         \
	X(BEFORE, "before", 0, COUNT, "ID", "put it before this rule")         \
	X(BOUND, "under", 0, BOUND, "SIZE|REMOTE",                             \
	    "only up to a size, or below a folder; may be given for both")     \
	X(REQUEST_KIND, "kind", 0, REQUEST_KIND, "KIND",                       \
	    "get, upload or get,upload")                                       \
	X(ONCE, "once", 0, FLAG, NULL, "end when nothing waits any more")      \
	X(EXPIRES, "expires", 0, DURATION, "DURATION",                         \
	    "good for so long, as 7d; without it for ever")                    \
	X(PUT_LINK, "upload", 0, FLAG, NULL,                                   \
	    "to put files into the folder, without seeing it")                 \
	X(FOLLOW, "follow", 0, FLAG, NULL,                                     \
	    "give whatever the file is then, not what it is now")              \
	X(LABEL, "label", 0, TEXT, "TEXT", "what it is for, in your list")     \
	X(NEWEST, "newest", 0, FLAG, NULL, "what came last comes first")

enum option_id {
#define X(id, name, letter, type, arg, help) OPT_##id,
	OPTIONS(X)
#undef X
	OPT_COUNT
};

_Static_assert(OPT_COUNT <= 128, "a bit each in `set` and `more`");

/* Of the first 64, and of those after them. */
#define OPT_BIT(id)	(UINT64_C(1) << OPT_##id)
#define OPT_MORE(id)	(UINT64_C(1) << (OPT_##id - 64))
#define OPT_GLOBAL                                                             \
	(OPT_BIT(HELP) | OPT_BIT(HOME) | OPT_BIT(JSON) | OPT_BIT(QUIET) |      \
	    OPT_BIT(TIMEOUT) | OPT_BIT(CONNECTIONS) | OPT_BIT(YES) |           \
	    OPT_BIT(DEBUG))

struct options {
	uint64_t	 set, more;
	int64_t		 num[OPT_COUNT];
	const char	*text[OPT_COUNT];
};

#define opt_has(o, id)							\
	(((OPT_##id < 64 ? (o)->set : (o)->more) >> OPT_##id % 64 & 1) != 0)
#define opt_num(o, id, dflt) (opt_has(o, id) ? (o)->num[OPT_##id] : (dflt))
#define opt_text(o, id)	((o)->text[OPT_##id])

/*
 * Takes the options named by @allowed and @more out of @argv; *@ret_first gets where the
 * arguments begin.  @permute: options may follow arguments.  FSS_EINVAL when
 * something is wrong, which @why of WHY_BYTES then tells.
 */
#define WHY_BYTES	256
int	options_parse(struct options *o, uint64_t allowed, uint64_t more,
	    bool permute,
	    int argc, char **argv, int *ret_first, char *why);
/* Prints a line for each option in @allowed and @more. */
void	options_help(FILE *f, uint64_t allowed, uint64_t more);

#endif
