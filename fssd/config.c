/*
 * The configuration file DATA/fssd.conf.
 *
 * One table names each setting, its section, its kind and what the file says
 * about it; reading, checking, writing and applying all go by that table.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <string.h>

#include "daemon.h"
#include "fssd.h"

enum kind {
	K_TEXT, K_LISTEN, K_WEB, K_REGISTRATION, K_COUNT, K_SIZE, K_LEVEL,
	K_KEYS, K_PATH, K_USERS
};

#define NO_KEYS		"none"
#define KEY_CHARS	43
#define KEYS_MAX	16

struct setting_spec {
	const char	*section;
	const char	*key;
	enum kind	 kind;
	bool		 live;		/* a running hub takes it */
	int		 option;	/* enum fss_server_text or _number */
	uint64_t	 min;
	uint64_t	 max;
	const char	*dflt;		/* as the file shows it */
	const char	*about;
};

static const struct setting_spec specs[SET_COUNT] = {
	{ "hub", "listen", K_LISTEN, false, FSS_SERVER_LISTEN, 0, 0,
	    LISTEN_DEFAULT, "Address to listen on, in numbers, or\n"
	    "# tcp://*:PORT for all of this machine; port 0 takes a free one." },
	{ "hub", "introduce", K_LISTEN, false, FSS_SERVER_INTRODUCE, 0, 0,
	    "off", "Where new clients ask for the hub's key: an address or "
	    "off.\n# By default the port after that of listen; off is an "
	    "example." },
	{ "hub", "local", K_PATH, false, FSS_SERVER_LOCAL, 0, 0,
	    "/run/fssd/local.sock", "A socket for a front end on this machine, "
	    "which saves\n# encrypting between the two; none by default, this "
	    "is an example." },
	{ "hub", "local_users", K_USERS, false, FSS_SERVER_LOCAL_USERS, 0, 0,
	    "fssweb", "Users (names or numbers) who may use that socket; who "
	    "does is a front end,\n# see front_ends.  The user the hub runs "
	    "as by default, this is an example." },
	{ "hub", "name", K_TEXT, false, FSS_SERVER_NAME, 0, 0, "my hub",
	    "Name shown to people; none by default, this is an example." },
	{ "hub", "web_address", K_WEB, false, FSS_SERVER_WEB_ADDRESS, 0, 0,
	    "https://files.example.org", "Where people reach the web page, "
	    "without a path: share links\n# are told with it; none by "
	    "default, this is an example." },
	{ "hub", "registration", K_REGISTRATION, true,
	    FSS_SERVER_REGISTRATION, 0, 0, "invite",
	    "Who may make an account: open (everybody), invite, closed." },
	{ "limits", "keep_versions", K_COUNT, true, FSS_SERVER_KEEP_VERSIONS,
	    1, 1000000, "16", "How many versions of a file are kept." },
	{ "limits", "quota", K_SIZE, true, FSS_SERVER_QUOTA_BYTES, 0,
	    INT64_MAX, "0", "Bytes an account may use, as 10G; 0 for no "
	    "limit." },
	{ "limits", "quota_files", K_COUNT, true, FSS_SERVER_QUOTA_FILES, 0,
	    INT64_MAX, "0", "Files an account may have; 0 for no limit." },
	{ "limits", "free_floor", K_SIZE, true, FSS_SERVER_FREE_FLOOR, 0,
	    INT64_MAX, "256M", "Bytes of the file system that stay free." },
	{ "limits", "stage_keep", K_COUNT, true, FSS_SERVER_STAGE_KEEP, 60,
	    31536000, "86400", "Seconds an upload in parts is kept after its "
	    "last byte." },
	{ "limits", "max_sessions", K_COUNT, false, FSS_SERVER_MAX_SESSIONS,
	    1, 1000000, "20000", "Sessions at one time." },
	{ "limits", "receive_memory", K_SIZE, false, FSS_SERVER_MAX_HELD,
	    32 << 20, INT64_MAX, "512M", "Memory for messages that have "
	    "begun and not ended;\n# above it connections are cut." },
	{ "limits", "send_memory", K_SIZE, false, FSS_SERVER_MAX_UNSENT,
	    64 << 20, INT64_MAX, "512M", "Memory for answers that clients "
	    "have not taken yet;\n# near it downloads wait, above it "
	    "connections are cut." },
	{ "limits", "connections_per_address", K_COUNT, false,
	    FSS_SERVER_PER_ADDRESS, 0, 1000000, "1024", "Connections from one "
	    "address (of IPv6: one /64);\n# 0 for no limit." },
	{ "limits", "sessions_per_account", K_COUNT, false,
	    FSS_SERVER_PER_ACCOUNT, 0, 1000000, "64", "Sessions of one account "
	    "at one time; 0 for no limit." },
	{ "limits", "anonymous_per_address", K_COUNT, false,
	    FSS_SERVER_ANONYMOUS, 0, 1000000, "64", "Sessions not logged in of "
	    "one address or key;\n# 0 for no limit.  Of who comes through a "
	    "front end it is the browser's address." },
	{ "limits", "front_ends", K_KEYS, true, FSS_SERVER_FRONT_ENDS, 0, 0,
	    "none", "Public keys of front ends (as fssweb), or none; several "
	    "with spaces between them,\n# or in several such lines.  They are "
	    "believed from which address each person comes,\n# and have no "
	    "other right." },
	{ "limits", "sessions_per_front_end", K_COUNT, false,
	    FSS_SERVER_PER_FRONT_END, 0, 1000000, "16384", "Sessions of all "
	    "people that come through one\n# front end; 0 for no limit." },
	{ "performance", "readers", K_COUNT, false, FSS_SERVER_READERS, 1, 64,
	    "4", "Threads that read from the store." },
	{ "performance", "io_threads", K_COUNT, false, FSS_SERVER_IO_THREADS,
	    1, 16, "2", "Threads that encrypt and move messages." },
	{ "performance", "segment_size", K_SIZE, false,
	    FSS_SERVER_SEGMENT_BYTES, 1048576, UINT64_C(1) << 40, "256M",
	    "Size of a segment file of the store." },
	{ "passwords", "memory", K_SIZE, false, FSS_SERVER_PWHASH_MEM, 8192,
	    UINT64_C(1) << 32, "64M", "Memory to hash a password with "
	    "(Argon2id)." },
	{ "passwords", "passes", K_COUNT, false, FSS_SERVER_PWHASH_OPS, 1,
	    100, "2", "Passes over that memory." },
	{ "log", "level", K_LEVEL, true, 0, 0, 0, "info",
	    "error, warn, notice, info or debug." }
};

static const char *const levels[] = {
	"error", "warn", "notice", "info", "debug"
};
static const char *const registrations[] = { "closed", "invite", "open" };

const char *
setting_name(enum setting which)
{
	static char name[64];

	(void)snprintf(name, sizeof(name), "%s.%s", specs[which].section,
	    specs[which].key);
	return name;
}

bool
setting_live(enum setting which)
{
	return specs[which].live;
}

void
config_init(struct config *cfg)
{
	memset(cfg, 0, sizeof(*cfg));
	(void)snprintf(cfg->text[SET_LISTEN], VALUE_BYTES, "%s",
	    LISTEN_DEFAULT);
	cfg->set[SET_LISTEN] = true;
	cfg->num[SET_LOG_LEVEL] = FSS_LOG_INFO;
}

/* Place of @s in a list of words, or -1. */
static int
word(const char *const *words, size_t n, const char *s)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(words[i], s) == 0)
			return (int)i;
	return -1;
}

/* "10", "64k", "1G": powers of 1024. */
static bool
parse_number(const char *s, bool units, uint64_t *ret_n)
{
	static const char letters[] = "kKmMgGtT";
	const char *unit;
	uint64_t n = 0;
	unsigned shift;

	if (*s < '0' || *s > '9')
		return false;
	for (; *s >= '0' && *s <= '9'; s++) {
		if (n > (UINT64_MAX - (uint64_t)(*s - '0')) / 10)
			return false;
		n = n * 10 + (uint64_t)(*s - '0');
	}
	if (*s != '\0') {
		unit = strchr(letters, *s);
		if (!units || unit == NULL || s[1] != '\0')
			return false;
		shift = 10 * ((unsigned)(unit - letters) / 2 + 1);
		if (n > UINT64_MAX >> shift)
			return false;
		n <<= shift;
	}
	*ret_n = n;
	return true;
}

/*
 * "tcp://HOST:PORT": names of hosts are not looked up, only those of network
 * interfaces, so that a hub listens where it says or nowhere.
 */
static bool
parse_listen(const char *value)
{
	const char *colon, *host = value + strlen("tcp://");
	char text[128];
	uint8_t addr[16];
	uint64_t port;
	size_t n;

	if (strncmp(value, "tcp://", strlen("tcp://")) != 0)
		return false;
	colon = strrchr(host, ':');
	if (colon == NULL || !parse_number(colon + 1, false, &port) ||
	    port > 65535)
		return false;
	n = (size_t)(colon - host);
	if (n == 0 || n >= sizeof(text))
		return false;
	memcpy(text, host, n);
	text[n] = '\0';
	if (text[0] == '[' && text[n - 1] == ']') {
		text[n - 1] = '\0';
		text[strcspn(text, "%")] = '\0';	/* fe80::1%eth0 */
		return inet_pton(AF_INET6, text + 1, addr) == 1;
	}
	return strcmp(text, "*") == 0 || inet_pton(AF_INET, text, addr) == 1 ||
	    if_nametoindex(text) != 0;
}

/* The library looks whether each is a key; here, whether it may be. */
static bool
parse_keys(const char *value)
{
	size_t n, len;

	if (strcmp(value, NO_KEYS) == 0)
		return true;
	for (n = 0; *(value += strspn(value, " \t")) != '\0'; n++) {
		len = strcspn(value, " \t");
		if (len != KEY_CHARS)
			return false;
		value += len;
	}
	return n > 0 && n <= KEYS_MAX;
}

static bool
parse_value(const struct setting_spec *spec, const char *value,
    uint64_t *ret_n)
{
	char users[VALUE_BYTES];
	int i;

	switch (spec->kind) {
	case K_PATH:
		return value[0] == '/';
	case K_USERS:
		return users_numbers(value, users, sizeof(users));
	case K_TEXT:
		return value[0] != '\0';
	case K_WEB:
		return strncmp(value, "https://", 8) == 0 ||
		    strncmp(value, "http://", 7) == 0;
	case K_LISTEN:
		return parse_listen(value) ||
		    (spec->option == FSS_SERVER_INTRODUCE &&
		    strcmp(value, "off") == 0);
	case K_KEYS:
		return parse_keys(value);
	case K_REGISTRATION:
		i = word(registrations, 3, value);
		break;
	case K_LEVEL:
		i = word(levels, 5, value);
		break;
	default:
		return parse_number(value, spec->kind == K_SIZE, ret_n) &&
		    *ret_n >= spec->min && *ret_n <= spec->max;
	}
	*ret_n = (uint64_t)i;
	return i >= 0;
}

/* Says that @value is none for a setting; what the file says of it, in a line. */
static int
refuse(struct config *cfg, const struct setting_spec *spec, const char *value)
{
	char about[VALUE_BYTES], *to = about;
	const char *from;

	for (from = spec->about; *from != '\0' &&
	    to < about + sizeof(about) - 1; from++)
		if (strncmp(from, "\n# ", 3) == 0) {
			*to++ = ' ';
			from += 2;
		} else
			*to++ = *from;
	*to = '\0';
	(void)snprintf(cfg->problem, sizeof(cfg->problem),
	    "'%.100s' is no value for %s.%s (%s)", value, spec->section,
	    spec->key, about);
	return FSS_ECONFIG;
}

/*
 * Whether the library takes a value, asked of a hub that is never opened: here
 * the line of the file is known, and a check finds what a start would.
 */
static bool
taken(const struct config *cfg, enum setting which)
{
	fss_server *s;
	int r;

	r = fss_server_new(&s);
	if (r < 0)
		return false;
	r = config_apply(cfg, which, s);
	fss_server_free(s);
	return r == 0;
}

int
config_set(struct config *cfg, enum setting which, const char *value)
{
	const struct setting_spec *spec = &specs[which];
	uint64_t n = 0;

	if (strlen(value) >= VALUE_BYTES || !parse_value(spec, value, &n))
		return refuse(cfg, spec, value);
	(void)snprintf(cfg->text[which], VALUE_BYTES, "%s", value);
	cfg->num[which] = n;
	cfg->set[which] = true;
	return taken(cfg, which) ? 0 : refuse(cfg, spec, value);
}

struct reading {
	struct config	*cfg;
	bool		 seen[SET_COUNT];
};

static bool
take(void *arg, const char *section, const char *key, const char *value,
    char *what, size_t cap)
{
	struct reading *rd = arg;
	char both[2 * VALUE_BYTES];
	int i;

	for (i = 0; i < SET_COUNT; i++)
		if (strcmp(section, specs[i].section) == 0 &&
		    strcmp(key, specs[i].key) == 0)
			break;
	if (i == SET_COUNT) {
		(void)snprintf(what, cap,
		    "there is no setting '%.64s' in section [%.64s]", key,
		    section);
		return false;
	}
	if (rd->seen[i] && specs[i].kind == K_KEYS) {
		/* A line has room for a few: others add to them. */
		(void)snprintf(both, sizeof(both), "%s %s", rd->cfg->text[i],
		    value);
		value = both;
	} else if (rd->seen[i]) {
		(void)snprintf(what, cap, "'%s' is set twice", key);
		return false;
	}
	rd->seen[i] = true;
	if (config_set(rd->cfg, (enum setting)i, value) == 0)
		return true;
	(void)snprintf(what, cap, "%.500s", rd->cfg->problem);
	return false;
}

int
config_read(struct config *cfg, const char *data)
{
	char file[NAME_BYTES];
	struct reading rd;
	int r;

	r = snprintf(file, sizeof(file), "%s/fssd.conf", data);
	if (r < 0 || (size_t)r >= sizeof(file))
		return FSS_EINVAL;
	memset(&rd, 0, sizeof(rd));
	rd.cfg = cfg;
	return conf_read(file, take, &rd, cfg->problem, sizeof(cfg->problem));
}

int
config_write(const struct config *cfg, const char *data)
{
	char file[NAME_BYTES];
	const char *section = "";
	FILE *f;
	int i, r;

	r = snprintf(file, sizeof(file), "%s/fssd.conf", data);
	if (r < 0 || (size_t)r >= sizeof(file))
		return FSS_EINVAL;
	f = fopen(file, "wxe");
	if (f == NULL)
		return errno == EEXIST ? FSS_EEXIST : FSS_EIO;
	fprintf(f, "# Configuration of a hub; fssd.conf(5) has more.\n"
	    "# A line that begins with # is a comment; where a setting is\n"
	    "# commented out, the value shown is the default, or an example\n"
	    "# where that is said.\n"
	    "# Those marked (live) are reread at SIGHUP, others at a start.\n");
	for (i = 0; i < SET_COUNT; i++) {
		if (strcmp(section, specs[i].section) != 0)
			fprintf(f, "\n[%s]\n", specs[i].section);
		section = specs[i].section;
		fprintf(f, "# %s%s\n%s%s = %s\n", specs[i].about,
		    specs[i].live ? " (live)" : "", cfg->set[i] ? "" : "# ",
		    specs[i].key, cfg->set[i] ? cfg->text[i] : specs[i].dflt);
	}
	r = ferror(f) != 0;
	if (fclose(f) != 0 || r != 0)
		return FSS_EIO;
	return 0;
}

int
config_apply(const struct config *cfg, enum setting which, fss_server *s)
{
	const struct setting_spec *spec = &specs[which];
	char users[VALUE_BYTES];

	if (!cfg->set[which] || which == SET_LOG_LEVEL)
		return 0;
	if (spec->kind == K_USERS)
		/* One may be gone since the file was read. */
		return !users_numbers(cfg->text[which], users,
		    sizeof(users)) ? FSS_EINVAL : fss_server_set_text(s,
		    (fss_server_text)spec->option, users);
	if (spec->kind == K_KEYS)
		return fss_server_set_text(s, (fss_server_text)spec->option,
		    strcmp(cfg->text[which], NO_KEYS) == 0 ? "" :
		    cfg->text[which]);
	if (spec->kind == K_TEXT || spec->kind == K_LISTEN ||
	    spec->kind == K_WEB || spec->kind == K_PATH)
		return fss_server_set_text(s, (fss_server_text)spec->option,
		    cfg->text[which]);
	return fss_server_set_number(s, (fss_server_number)spec->option,
	    cfg->num[which]);
}
