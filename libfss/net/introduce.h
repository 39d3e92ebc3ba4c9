/*
 * Asking a hub for its public key over the introduction port, without
 * encryption, for first use.
 */
#ifndef FSS__NET_INTRODUCE_H
#define FSS__NET_INTRODUCE_H

#include <stdint.h>

#define FSS__INTRODUCE_HELLO	"FSSKEY1"
#define FSS__INTRODUCE_BYTES	7	/* of it, without NUL */

/* FSS_EUNREACH (no answer in time), FSS_EPROTO, FSS_ENOMEM, FSS_EIO. */
int	fss__introduce(const char *endpoint, int timeout_ms,
	    uint8_t ret_key[32]);

#endif
