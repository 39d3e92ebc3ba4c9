/*
 * Asking a hub for its public key.
 *
 * One request, one answer: by itself in a context that lives as long, or in
 * that of a dealer, which does not wait.  What comes is not authenticated,
 * and only its form is checked here.
 */
#include <errno.h>
#include <string.h>

#include <zmq.h>

#include <fss/error.h>

#include "base/frame.h"
#include "base/time.h"
#include "net/introduce.h"
#include "net/zmsg.h"

#define US_PER_MS	INT64_C(1000)
#define MAX_ANSWER	1024	/* bytes; the real one is far shorter */

static int
set_options(void *sock)
{
	int64_t max = MAX_ANSWER;
	int zero = 0, one = 1;

	/* No bound on what came, see dealer.c; the socket lives a moment. */
	if (zmq_setsockopt(sock, ZMQ_LINGER, &zero, sizeof(zero)) != 0 ||
	    zmq_setsockopt(sock, ZMQ_RCVHWM, &zero, sizeof(zero)) != 0 ||
	    zmq_setsockopt(sock, ZMQ_IPV6, &one, sizeof(one)) != 0 ||
	    zmq_setsockopt(sock, ZMQ_MAXMSGSIZE, &max, sizeof(max)) != 0)
		return fss__zmq_errno(errno);
	return 0;
}

int
fss__introduce_ask(void *zmq, const char *endpoint, void **ret_sock)
{
	struct fss__frame *hello;
	void *sock;
	int r;

	*ret_sock = NULL;
	hello = fss__frame_new(FSS__INTRODUCE_BYTES);
	if (hello == NULL)
		return FSS_ENOMEM;
	memcpy(hello->data, FSS__INTRODUCE_HELLO, FSS__INTRODUCE_BYTES);
	sock = zmq_socket(zmq, ZMQ_DEALER);
	r = sock != NULL ? set_options(sock) : fss__zmq_errno(errno);
	if (r == 0 && zmq_connect(sock, endpoint) != 0)
		r = fss__zmq_errno(errno);
	/* Waits in the socket until there is a connection. */
	if (r == 0)
		r = fss__zmsg_send(sock, &hello, 1, ZMQ_DONTWAIT);
	if (r == 0) {
		*ret_sock = sock;
		return 0;
	}
	fss__frame_unref(hello);
	if (sock != NULL)
		(void)zmq_close(sock);	/* cannot fail: it is one */
	return r;
}

int
fss__introduce_take(void *sock, uint8_t ret_key[32])
{
	struct fss__frame *f = NULL;
	size_t n;
	int r;

	r = fss__zmsg_recv(sock, &f, 1, &n);
	if (r != 0)
		return r;
	if (f->len != FSS__INTRODUCE_BYTES + 32 ||
	    memcmp(f->data, FSS__INTRODUCE_HELLO, FSS__INTRODUCE_BYTES) != 0)
		r = FSS_EPROTO;
	else
		memcpy(ret_key, f->data + FSS__INTRODUCE_BYTES, 32);
	fss__frame_unref(f);
	return r;
}

static int
wait_for(void *sock, int64_t until_us)
{
	zmq_pollitem_t item;
	int64_t left = until_us - fss__mono_us();
	int r;

	memset(&item, 0, sizeof(item));
	item.socket = sock;
	item.events = ZMQ_POLLIN;
	if (left < 0)
		left = 0;
	r = zmq_poll(&item, 1, (long)((left + US_PER_MS - 1) / US_PER_MS));
	if (r < 0 && errno != EINTR)
		return fss__zmq_errno(errno);
	if (r > 0)
		return 0;
	return left == 0 ? FSS_EUNREACH : FSS_EAGAIN;
}

int
fss__introduce(const char *endpoint, int timeout_ms, uint8_t ret_key[32])
{
	void *ctx, *sock = NULL;
	int64_t until_us;
	int r;

	until_us = fss__mono_us() + (int64_t)timeout_ms * US_PER_MS;
	ctx = zmq_ctx_new();
	if (ctx == NULL)
		return FSS_ENOMEM;
	r = fss__introduce_ask(ctx, endpoint, &sock);
	if (r == 0) {
		do {
			r = wait_for(sock, until_us);
			if (r == 0)
				r = fss__introduce_take(sock, ret_key);
		} while (r == FSS_EAGAIN);
		(void)zmq_close(sock);	/* cannot fail: it is one */
	}
	while (zmq_ctx_term(ctx) != 0 && errno == EINTR)
		;
	return r;
}
