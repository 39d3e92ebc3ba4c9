/*
 * DATA/fssweb.conf: what people set, for the launcher and for the module.
 */
#ifndef FSSWEB_SETTINGS_H
#define FSSWEB_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "http_text.h"

#define SETTING_BYTES	1024	/* of a value */
#define SETTING_PROXIES	16

/* In the order of the file that init writes. */
enum setting {
	SET_LISTEN, SET_NAME, SET_TLS, SET_CERTIFICATE, SET_KEY, SET_HSTS,
	SET_PROXY, SET_UI, SET_HUB, SET_WORKERS, SET_CONNECTIONS,
	SET_PER_ADDRESS, SET_LOG_LEVEL, SET_LOG_ACCESS, SET_COUNT
};

struct settings {
	char		text[SET_COUNT][SETTING_BYTES];
	uint64_t	num[SET_COUNT];
	bool		set[SET_COUNT];
	struct net	proxies[SETTING_PROXIES];
	unsigned	proxy_count;
	char		problem[4096];
};

void	settings_init(struct settings *s);
/* As if it stood in the file. FSS_ECONFIG and a problem. */
int	settings_set(struct settings *s, enum setting which,
	    const char *value);
/* Reads DATA/fssweb.conf; file and line of what is wrong in s->problem. */
int	settings_read(struct settings *s, const char *data);
/* Writes a commented one, which must not be there yet. */
int	settings_write(const struct settings *s, const char *data);
/* "HOST:PORT" in two; false where it is not that. */
bool	settings_address(const char *text, char *host, size_t cap,
	    char *port, size_t port_cap);

#endif
