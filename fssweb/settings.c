/*
 * The configuration file DATA/fssweb.conf.
 *
 * One table says each setting, its section, its kind and what the file tells
 * about it; reading, checking and writing go by it.  Kore has a file of its
 * own, which the launcher makes of this one at each start: nobody edits it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <fss/fss.h>

#include "daemon.h"
#include "settings.h"

enum kind { K_TEXT, K_ADDRESS, K_HUB, K_FILE, K_NAMES, K_PROXY, K_COUNT,
	K_SWITCH, K_LEVEL };

struct spec {
	const char	*section, *key;
	enum kind	 kind;
	uint64_t	 min, max;
	const char	*dflt;
	const char	*about;
};

static const struct spec specs[SET_COUNT] = {
	{ "web", "listen", K_ADDRESS, 0, 0, "127.0.0.1:8443",
	    "Address and port to listen on, in numbers; [::]:8443 is all." },
	{ "web", "name", K_NAMES, 0, 0, "localhost",
	    "Names people reach it by; the first is shown, all are in the\n"
	    "# certificate that init makes." },
	{ "web", "tls", K_SWITCH, 0, 1, "on",
	    "off only behind a proxy on this machine that does TLS." },
	{ "web", "certificate", K_FILE, 0, 0, "cert.pem",
	    "Certificate with its chain, in PEM; reread at SIGHUP." },
	{ "web", "key", K_FILE, 0, 0, "key.pem",
	    "Its key, readable by this account only; reread at SIGHUP." },
	{ "web", "hsts", K_COUNT, 0, 63072000, "31536000",
	    "Seconds browsers keep to https after a visit; 0 says nothing." },
	{ "web", "proxy", K_PROXY, 0, 0, "127.0.0.1",
	    "Addresses whose X-Forwarded-For is believed (10.0.0.0/8, ::1);\n"
	    "# none by default, this is an example." },
	{ "web", "ui", K_FILE, 0, 0, "ui",
	    "Folder of the built page." },
	{ "hub", "address", K_HUB, 0, 0, "fss://127.0.0.1:7047#KEY",
	    "The hub, with its key; or its socket on this machine, as\n"
	    "# fss+unix:///run/fssd/local.sock (fssd.conf(5): local)." },
	{ "limits", "workers", K_COUNT, 1, 64, "2", "Processes." },
	{ "limits", "connections", K_COUNT, 16, 60000, "4096",
	    "Connections of one worker." },
	{ "limits", "connections_per_address", K_COUNT, 1, 60000, "256",
	    "Of those, from one address (of IPv6: one /64)." },
	{ "log", "level", K_LEVEL, 0, 4, "info",
	    "error, warn, notice, info or debug." },
	{ "log", "access", K_SWITCH, 0, 1, "on", "A line for each request." }
};

static const char *const levels[] = {
	"error", "warn", "notice", "info", "debug"
};

bool
settings_address(const char *text, char *host, size_t cap, char *port,
    size_t port_cap)
{
	const char *colon = strrchr(text, ':');
	size_t n = colon != NULL ? (size_t)(colon - text) : 0;
	uint8_t addr[16];
	uint64_t number;

	if (n >= 2 && text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
		if (memchr(text, ':', n) == NULL)
			return false;
	} else if (colon != NULL && memchr(text, ':', n) != NULL) {
		return false;
	}
	if (n == 0 || n >= cap || strlen(colon + 1) >= port_cap ||
	    !parse_u64(colon + 1, 65535, &number))
		return false;
	memcpy(host, text, n);
	host[n] = '\0';
	memcpy(port, colon + 1, strlen(colon + 1) + 1);
	return inet_pton(AF_INET, host, addr) == 1 ||
	    inet_pton(AF_INET6, host, addr) == 1;
}

static bool
is_name(const char *s, size_t n)
{
	return n > 0 && n <= 253 && strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEF"
	    "GHIJKLMNOPQRSTUVWXYZ0123456789.-:") >= n;
}

/* Words with spaces between, each given to @take; false where one is not. */
static bool
each_word(const char *value, struct settings *s,
    bool (*take)(struct settings *s, const char *word, size_t n))
{
	size_t n, words = 0;

	for (;; value += n, words++) {
		value += strspn(value, " \t");
		n = strcspn(value, " \t");
		if (n == 0)
			return words > 0;
		if (!take(s, value, n))
			return false;
	}
}

static bool
take_name(struct settings *s, const char *word, size_t n)
{
	(void)s;
	return is_name(word, n);
}

static bool
take_proxy(struct settings *s, const char *word, size_t n)
{
	char text[64];

	if (n >= sizeof(text) || s->proxy_count == SETTING_PROXIES)
		return false;
	memcpy(text, word, n);
	text[n] = '\0';
	return net_parse(text, &s->proxies[s->proxy_count++]);
}

static bool
take_value(struct settings *s, const struct spec *spec, const char *value,
    uint64_t *ret_n)
{
	char host[64], port[8];
	size_t i;

	switch (spec->kind) {
	case K_ADDRESS:
		return settings_address(value, host, sizeof(host), port,
		    sizeof(port));
	case K_HUB:
		return strncmp(value, "fss+unix:///", 12) == 0 ||
		    (strncmp(value, "fss://", 6) == 0 &&
		    strchr(value, '#') != NULL);
	case K_NAMES:
		return each_word(value, s, take_name);
	case K_PROXY:
		s->proxy_count = 0;
		return each_word(value, s, take_proxy);
	case K_SWITCH:
		*ret_n = strcmp(value, "on") == 0;
		return *ret_n != 0 || strcmp(value, "off") == 0;
	case K_LEVEL:
		for (i = 0; i < 5; i++)
			if (strcmp(value, levels[i]) == 0) {
				*ret_n = i;
				return true;
			}
		return false;
	case K_COUNT:
		return parse_u64(value, spec->max, ret_n) &&
		    *ret_n >= spec->min;
	case K_FILE:
		/* It goes into Kore's file, which knows no quoting. */
		return value[0] != '\0' && strpbrk(value, " \t\"'") == NULL;
	default:
		return value[0] != '\0';
	}
}

int
settings_set(struct settings *s, enum setting which, const char *value)
{
	const struct spec *spec = &specs[which];
	uint64_t n = 0;

	if (strlen(value) >= SETTING_BYTES ||
	    !take_value(s, spec, value, &n)) {
		(void)snprintf(s->problem, sizeof(s->problem),
		    "'%.200s' is no value for %s.%s (%s)", value,
		    spec->section, spec->key, spec->about);
		return FSS_ECONFIG;
	}
	(void)snprintf(s->text[which], SETTING_BYTES, "%s", value);
	s->num[which] = n;
	s->set[which] = true;
	return 0;
}

void
settings_init(struct settings *s)
{
	int i;

	memset(s, 0, sizeof(*s));
	for (i = 0; i < SET_COUNT; i++) {
		if (i == SET_PROXY || i == SET_HUB)
			continue;
		/* A default that is none is a mistake of the table. */
		(void)settings_set(s, (enum setting)i, specs[i].dflt);
		s->set[i] = false;
	}
}

struct reading {
	struct settings	*s;
	bool		 seen[SET_COUNT];
};

static bool
take(void *arg, const char *section, const char *key, const char *value,
    char *what, size_t cap)
{
	struct reading *rd = arg;
	int i;

	for (i = 0; i < SET_COUNT; i++)
		if (strcmp(section, specs[i].section) == 0 &&
		    strcmp(key, specs[i].key) == 0)
			break;
	if (i == SET_COUNT || rd->seen[i]) {
		(void)snprintf(what, cap, i == SET_COUNT ?
		    "there is no setting '%.64s' in section [%.64s]" :
		    "'%.64s' is set twice in section [%.64s]", key, section);
		return false;
	}
	rd->seen[i] = true;
	if (settings_set(rd->s, (enum setting)i, value) == 0)
		return true;
	(void)snprintf(what, cap, "%.2000s", rd->s->problem);
	return false;
}

/* What no single setting can know. */
static int
check_together(struct settings *s, const char *file)
{
	const char *listen = s->text[SET_LISTEN];

	if (!s->set[SET_HUB]) {
		(void)snprintf(s->problem, sizeof(s->problem),
		    "%.2000s: [hub] address is missing", file);
		return FSS_ECONFIG;
	}
	if (s->num[SET_TLS] == 0 && strncmp(listen, "127.", 4) != 0 &&
	    strncmp(listen, "[::1]", 5) != 0) {
		(void)snprintf(s->problem, sizeof(s->problem),
		    "%.2000s: [web] tls = off needs a listen address of this "
		    "machine alone (127.0.0.1)", file);
		return FSS_ECONFIG;
	}
	return 0;
}

int
settings_read(struct settings *s, const char *data)
{
	char file[4096];
	struct reading rd;
	int r;

	r = snprintf(file, sizeof(file), "%s/fssweb.conf", data);
	if (r < 0 || (size_t)r >= sizeof(file))
		return FSS_EINVAL;
	memset(&rd, 0, sizeof(rd));
	rd.s = s;
	r = conf_read(file, take, &rd, s->problem, sizeof(s->problem));
	return r != 0 ? r : check_together(s, file);
}

int
settings_write(const struct settings *s, const char *data)
{
	char file[4096];
	const char *section = "";
	FILE *f;
	int i, r;

	r = snprintf(file, sizeof(file), "%s/fssweb.conf", data);
	if (r < 0 || (size_t)r >= sizeof(file))
		return FSS_EINVAL;
	f = fopen(file, "wxe");
	if (f == NULL)
		return errno == EEXIST ? FSS_EEXIST : FSS_EIO;
	fprintf(f, "# Configuration of the web front end; fssweb(8) has "
	    "more.\n"
	    "# A line that begins with # is a comment; where a setting is\n"
	    "# commented out, the value shown is the default, or an example\n"
	    "# where that is said.  Files are relative to this folder.\n");
	for (i = 0; i < SET_COUNT; i++) {
		if (strcmp(section, specs[i].section) != 0)
			fprintf(f, "\n[%s]\n", specs[i].section);
		section = specs[i].section;
		fprintf(f, "# %s\n%s%s = %s\n", specs[i].about,
		    s->set[i] ? "" : "# ", specs[i].key,
		    s->set[i] ? s->text[i] : specs[i].dflt);
	}
	r = ferror(f) != 0;
	if (fclose(f) != 0 || r != 0)
		return FSS_EIO;
	return 0;
}
