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
/* The same in two steps that do not wait; the socket is the caller's. */
int	fss__introduce_ask(void *zmq, const char *endpoint, void **ret_sock);
/* FSS_EAGAIN (not yet), FSS_EPROTO, FSS_ENOMEM, FSS_EIO. */
int	fss__introduce_take(void *sock, uint8_t ret_key[32]);

/*
 * The hub's side: @sock is a STREAM, @key what is shown.  Answers what waits.
 */
struct fss__guard;
void	fss__introduce_serve(void *sock, struct fss__guard *guard,
	    const uint8_t key[32], int64_t mono_us);

#endif
