/*
 * Addresses of hubs: "fss://HOST:PORT" and "fss://HOST:PORT#KEY"; and
 * "fss+unix:///PATH" of a hub's socket on this machine, which has no key.
 */
#ifndef FSS__CLIENT_ADDRESS_H
#define FSS__CLIENT_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "crypto/keys.h"
#include "net/local.h"

#define FSS__ADDRESS_HOST	256
#define FSS__ADDRESS_TEXT	(6 + FSS__ADDRESS_HOST + 8 + 1 + FSS__KEY_TEXT)

struct fss__address {
	char	 path[FSS__LOCAL_PATH];		/* "" where there is a host */
	char	 host[FSS__ADDRESS_HOST];	/* lower case; "[...]" */
	unsigned port;				/* 1..65535 */
	bool	 has_key;
	uint8_t	 key[FSS__KEY_BYTES];
};

/* FSS_EINVAL. */
int	fss__address_parse(const char *text, struct fss__address *ret_a);
/* As it is parsed: "fss://host:port", with "#key" if it has one; FSS__ADDRESS_TEXT bytes. */
void	fss__address_format(const struct fss__address *a, bool with_key,
	    char *dst);
/*
 * "tcp://host:port+add", "ipc://path" for 0; FSS__ADDRESS_TEXT bytes.
 * FSS_EINVAL past 65535, or where a path has none after it.
 */
int	fss__address_endpoint(const struct fss__address *a, unsigned add,
	    char *dst);

#endif
