/*
 * The verbs: one table that the dispatcher, the help and the tests go by.
 */
#include <string.h>

#include "fssctl.h"
#include "json.h"

#define B(id)	OPT_BIT(id)
#define M(id)	OPT_MORE(id)

static const struct verb verbs[] = {
	{ "connect", "[ADDRESS]", "choose a hub, or show the chosen one",
	    "ADDRESS is fss://HOST:PORT#KEY. Without #KEY the hub is asked\n"
	    "for its key, the fingerprint is shown, and a person says yes or\n"
	    "no. With --forget the hub's key is forgotten.",
	    B(ACCEPT_NEW) | B(FORGET), 0, 1, cmd_connect, 0 },
	{ "register", "NAME", "make an account and log in",
	    NULL, B(INVITE) | B(PASSWORD_STDIN), 1, 1, cmd_register, 0 },
	{ "login", "NAME", "log this device in, or change to that account",
	    "A device that is logged in already needs no password again.",
	    B(PASSWORD_STDIN), 1, 1, cmd_login, 0 },
	{ "logout", "", "log out",
	    "The device stays listed and may log in again without a password,\n"
	    "unless --forget or --everywhere takes its key away.",
	    B(EVERYWHERE) | B(FORGET), 0, 0, cmd_logout, 0 },
	{ "whoami", "", "show the account, its use and its limits",
	    NULL, 0, 0, 0, cmd_whoami, 0 },
	{ "passwd", "", "change the password; other devices are logged out",
	    "With --password-stdin: the old one, then the new one.",
	    B(PASSWORD_STDIN), 0, 0, cmd_passwd, 0 },
	{ "devices", "[revoke ID]", "list your devices, or revoke one",
	    "Log-ins of the web and tokens are among them.",
	    0, 0, 2, cmd_devices, 0 },
	{ "tokens", "[create LABEL | revoke ID]",
	    "list, make or revoke tokens for programs",
	    "A token is shown once. It can do what its scopes say, and never\n"
	    "change the password or make other tokens.",
	    B(SCOPES) | B(TTL), 0, 3, cmd_tokens, 0 },
	{ "sessions", "[end SESSION]", "list what is logged in now, or end one",
	    "A log-in of the web ends for good; a device or a token may come\n"
	    "again until it is revoked. With --all or --owner those of others,\n"
	    "for operators and admins.",
	    B(ALL) | B(OWNER), 0, 2, cmd_sessions, 0 },
	{ "invite", "", "make an invite for a new account",
	    NULL, B(ROLE) | B(USES) | B(TTL), 0, 0, cmd_invite, 0 },
	{ "invites", "[withdraw ID]", "list invites not used yet, or withdraw one",
	    NULL, 0, 0, 2, cmd_invites, 0 },
	{ "hub", "", "show how the hub does, as an operator", NULL, 0, 0, 0,
	    cmd_hub, 0 },
	{ "users", "", "list the accounts", NULL, 0, 0, 0, cmd_users, 0 },
	{ "user", "NAME", "show an account, or change it as an operator",
	    NULL, B(ROLE) | B(LOCK) | B(UNLOCK) | B(QUOTA) | B(QUOTA_FILES),
	    1, 1, cmd_user, 0 },
	{ "group", "[list | add GROUP NAME | remove GROUP NAME]",
	    "list or change your groups",
	    "A grant to @GROUP is one to all its members.", 0, 0, 3,
	    cmd_group, 0 },
	{ "put", "LOCAL... REMOTE", "upload files and folders",
	    "One folder goes to REMOTE itself; with a slash at the end of\n"
	    "REMOTE, or several LOCALs, each goes below it by its own name.\n"
	    "Only what the hub lacks is sent; a run that was cut off goes on.\n"
	    "LOCAL may be - for stdin.",
	    B(RECURSIVE) | B(CHECKSUM) | B(VERBOSE), 2, -1, cmd_put, 0 },
	{ "get", "REMOTE... LOCAL", "download files and folders",
	    "One folder goes to LOCAL itself; with a slash at the end of\n"
	    "LOCAL, or several REMOTEs, each goes below it by its own name.\n"
	    "REMOTE@N is version N of a file. LOCAL may be - for stdout.\n"
	    "With --wait a file that is announced or locked is asked for, and\n"
	    "waited for however long that takes.",
	    B(RECURSIVE) | B(CHECKSUM) | B(SAFE_LINKS) | B(NUMBER) |
	    B(VERBOSE) | B(WAIT) | B(NOTE), 2, -1, cmd_get, 0 },
	{ "ls", "[REMOTE...]", "list folders", NULL, B(LONG) | B(DEEP), 0, -1,
	    cmd_ls, 0 },
	{ "tree", "[REMOTE]", "show a folder with all below it", NULL, 0, 0,
	    1, cmd_tree, 0 },
	{ "du", "[REMOTE...]", "sum up sizes by folder", NULL, B(SUMMARY), 0,
	    -1, cmd_du, 0 },
	{ "stat", "REMOTE...", "show all about entries",
	    "REMOTE@N is version N of a file.", B(NUMBER), 1, -1, cmd_stat, 0 },
	{ "find", "[TEXT...]", "search all you may see",
	    "All words must occur in the path, at least one in the name. With\n"
	    "--newest and no word: what came last.",
	    B(OWNER) | B(UNDER) | B(TYPE) | B(KIND) | B(LARGER) | B(SMALLER) |
	    B(NEWER) | B(OLDER) | B(ACCESS) | B(STATE) | B(LIMIT) | B(LONG),
	    0, -1, cmd_find, M(NEWEST) },
	{ "mkdir", "REMOTE...", "make folders, with those above", NULL, 0, 1,
	    -1, cmd_mkdir, 0 },
	{ "mv", "REMOTE REMOTE", "move or rename in one space", NULL, B(FORCE),
	    2, 2, cmd_mv, 0 },
	{ "rm", "REMOTE...", "remove entries", NULL, B(RECURSIVE), 1, -1,
	    cmd_rm, 0 },
	{ "versions", "REMOTE", "list the versions of a file", NULL, 0, 1, 1,
	    cmd_versions, 0 },
	{ "restore", "REMOTE@N", "make an old version the newest again",
	    NULL, B(NUMBER), 1, 1, cmd_restore, 0 },
	{ "access", "REMOTE [open | ask | private | inherit]",
	    "show or set what everybody may do",
	    "open: see and read; ask: see; private: nothing; inherit: as the\n"
	    "folder above says. Grants add to it.", 0, 1, 2, cmd_access, 0 },
	{ "grant", "REMOTE WHO RIGHTS", "give somebody rights",
	    "WHO is an account or @GROUP; RIGHTS are see, read, create,\n"
	    "write, with commas between. They hold for all below REMOTE too.",
	    0, 3, 3, cmd_grant, 0 },
	{ "revoke", "REMOTE WHO", "take a grant back", NULL, 0, 2, 2,
	    cmd_revoke, 0 },
	{ "grants", "REMOTE", "list the grants on an entry and above it",
	    NULL, 0, 1, 1, cmd_grants, 0 },
	{ "shares", "[OWNER]", "list what others share with you", NULL, 0, 0,
	    1, cmd_shares, 0 },
	{ "link", "REMOTE", "share a file or folder with whoever has the link",
	    "No account is needed to open it. Of a file it gives the version\n"
	    "that is there now, unless --follow says otherwise; --limit is how\n"
	    "often it can be downloaded. Its token is shown once.",
	    B(PASSWORD_STDIN) | B(LIMIT) | B(EXPIRES), 1, 1, cmd_link,
	    M(PUT_LINK) | M(FOLLOW) | M(LABEL) },
	{ "links", "", "list your links", NULL, 0, 0, 0, cmd_links, 0 },
	{ "unlink", "ID...", "revoke links", NULL, 0, 1, -1, cmd_unlink, 0 },
	{ "cat", "REMOTE...", "write the content of files to stdout",
	    "REMOTE@N is version N of a file.",
	    B(NUMBER) | B(OFFSET) | B(LENGTH), 1, -1, cmd_cat, 0 },
	{ "announce", "LOCAL REMOTE", "announce files without uploading them",
	    "Others find them and ask; an agent sends what they may have.\n"
	    "Run again, or left to the agent, only what changed is read.",
	    B(RECURSIVE) | B(CHECKSUM) | B(VERBOSE), 2, 2, cmd_announce, 0 },
	{ "unannounce", "REMOTE...", "take announcements of this device back",
	    "What was uploaded stays.", 0, 1, -1, cmd_unannounce, 0 },
	{ "agent", "", "send what others may have, until it is ended",
	    "Also uploads what was allowed to this device, and looks for\n"
	    "changes in what it announced. It never says yes by itself:\n"
	    "'fssctl rules' and 'fssctl approve' do.", B(ONCE), 0, 0,
	    cmd_agent, 0 },
	{ "who", "", "show who is here", NULL, B(ALL) | B(WATCH), 0, 0,
	    cmd_who, 0 },
	{ "hide", "on | off", "be offline to others, or not any more",
	    "What you do shows all the same: an answer, a file that comes.",
	    0, 1, 1, cmd_hide, 0 },
	{ "ask", "[REMOTE... | --want TEXT | --upload REMOTE FILE]",
	    "ask for files, or to put one somewhere",
	    "A request waits at the hub until it is answered. Asking again\n"
	    "for the same shows what became of it.",
	    B(NOTE) | B(TTL) | B(WANT) | B(FROM) | B(UPLOAD), 0, -1,
	    cmd_ask, 0 },
	{ "requests", "", "list what is asked of you and by you", NULL,
	    B(IN) | B(OUT) | B(REQUEST_STATE) | B(WATCH), 0, 0,
	    cmd_requests, 0 },
	{ "approve", "ID...", "say yes to requests", NULL, 0, 1, -1,
	    cmd_approve, 0 },
	{ "deny", "ID...", "say no to requests", NULL, B(REASON), 1, -1,
	    cmd_deny, 0 },
	{ "cancel", "ID...", "take back what you asked", NULL, 0, 1, -1,
	    cmd_cancel, 0 },
	{ "retry", "ID...", "ask again what came to nothing", NULL, 0, 1, -1,
	    cmd_retry, 0 },
	{ "fulfil", "ID FILE", "give a file to who wants one",
	    "FILE is a remote path of yours, or a local file, which is\n"
	    "uploaded to :/Requests/ID first.", 0, 2, 2, cmd_fulfil, 0 },
	{ "rules", "[list | add allow|deny [WHO] | remove ID]",
	    "say what is answered without you",
	    "WHO is an account, @GROUP or all, which is the default. Rules\n"
	    "are tried in order; the first that fits answers, also while\n"
	    "you are away. Wishes are never answered by rules.",
	    B(BOUND) | B(REQUEST_KIND) | B(REASON) | B(BEFORE), 0, 3,
	    cmd_rules, 0 },
	{ "watch", "[presence | requests | progress | files | work | uploads]...",
	    "show what happens, as it happens", NULL, B(ALL), 0, -1,
	    cmd_watch, 0 },
	{ "audit", "", "list who asked, answered, sent and got what", NULL,
	    B(MINE) | B(FILE) | B(USER) | B(SINCE), 0, 0, cmd_audit, 0 },
	{ "ping", "", "see whether the hub answers", NULL, 0, 0, 0, cmd_ping, 0 },
	{ "help", "[VERB]", "show this, or all about a verb", NULL, 0, 0, 1,
	    cmd_help, 0 }
};

#define VERB_COUNT	(sizeof(verbs) / sizeof(verbs[0]))

const struct verb *
verb_at(size_t i)
{
	return i < VERB_COUNT ? &verbs[i] : NULL;
}

const struct verb *
verb_find(const char *name)
{
	size_t i;

	for (i = 0; i < VERB_COUNT; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

void
help_overview(FILE *f)
{
	size_t i;

	fputs("usage: fssctl [options] VERB [options] [arguments]\n\n", f);
	for (i = 0; i < VERB_COUNT; i++)
		fprintf(f, "  %-10s %s\n", verbs[i].name, verbs[i].summary);
	fputs("\nA remote path is OWNER:/PATH, in one's own space :/PATH.\n\n"
	    "Options of every verb:\n", f);
	options_help(f, OPT_GLOBAL, 0);
	fputs("\n'fssctl help VERB' has more, fssctl(1) all.\n", f);
}

void
help_verb(FILE *f, const struct verb *v)
{
	fprintf(f, "usage: fssctl %s [options]%s%s\n\n%s\n", v->name,
	    v->synopsis[0] != '\0' ? " " : "", v->synopsis, v->summary);
	if (v->text != NULL)
		fprintf(f, "\n%s\n", v->text);
	if (v->opts != 0 || v->more != 0) {
		fputs("\nOptions:\n", f);
		options_help(f, v->opts, v->more);
	}
	fputs("\nOptions of every verb:\n", f);
	options_help(f, OPT_GLOBAL, 0);
}

static int
help_json(const struct verb *only)
{
	const struct verb *v;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && (v = verb_at(i)) != NULL; i++)
		if (only == NULL || v == only)
			r = json_line(json_pack("{s:s, s:s, s:s}", "verb",
			    v->name, "arguments", v->synopsis, "summary",
			    v->summary));
	return r;
}

int
cmd_help(struct app *app, int argc, char **argv)
{
	const struct verb *v = NULL;

	if (argc > 0) {
		v = verb_find(argv[0]);
		if (v == NULL)
			return app_usage(app, "there is no verb '%s'",
			    argv[0]);
	}
	if (opt_has(&app->opt, JSON))
		return help_json(v);
	if (v != NULL)
		help_verb(stdout, v);
	else
		help_overview(stdout);
	return 0;
}
