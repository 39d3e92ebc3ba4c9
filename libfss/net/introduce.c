/*
 * Asking a hub for its public key.
 *
 * One request, one answer, one short-lived context.  What comes is not
 * authenticated, and only its form is checked here.
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
set_int(void *sock, int option, int value)
{
	return zmq_setsockopt(sock, option, &value, sizeof(value)) == 0 ? 0 :
	    fss__zmq_errno(errno);
}

static int
wait_for(void *sock, short events, int64_t until_us)
{
	zmq_pollitem_t item;
	int64_t left = until_us - fss__mono_us();
	int r;

	memset(&item, 0, sizeof(item));
	item.socket = sock;
	item.events = events;
	if (left < 0)
		left = 0;
	r = zmq_poll(&item, 1, (long)((left + US_PER_MS - 1) / US_PER_MS));
	if (r < 0 && errno != EINTR)
		return fss__zmq_errno(errno);
	if (r > 0)
		return 0;
	return left == 0 ? FSS_EUNREACH : FSS_EAGAIN;
}

/* Repeats @send or receive until it is done or the time is over. */
static int
exchange(void *sock, int64_t until_us, struct fss__frame **ret_answer)
{
	struct fss__frame *hello;
	size_t n;
	int r;

	*ret_answer = NULL;
	hello = fss__frame_new(FSS__INTRODUCE_BYTES);
	if (hello == NULL)
		return FSS_ENOMEM;
	memcpy(hello->data, FSS__INTRODUCE_HELLO, FSS__INTRODUCE_BYTES);
	do {
		r = wait_for(sock, ZMQ_POLLOUT, until_us);
		if (r == 0)
			r = fss__zmsg_send(sock, &hello, 1, ZMQ_DONTWAIT);
	} while (r == FSS_EAGAIN);
	if (r != 0) {
		fss__frame_unref(hello);
		return r;
	}
	do {
		r = wait_for(sock, ZMQ_POLLIN, until_us);
		if (r == 0)
			r = fss__zmsg_recv(sock, ret_answer, 1, &n);
	} while (r == FSS_EAGAIN);
	return r;
}

int
fss__introduce(const char *endpoint, int timeout_ms, uint8_t ret_key[32])
{
	int64_t until_us, max = MAX_ANSWER;
	struct fss__frame *f = NULL;
	void *ctx, *sock = NULL;
	int r;

	until_us = fss__mono_us() + (int64_t)timeout_ms * US_PER_MS;
	ctx = zmq_ctx_new();
	if (ctx == NULL)
		return FSS_ENOMEM;
	sock = zmq_socket(ctx, ZMQ_DEALER);
	r = sock != NULL ? 0 : fss__zmq_errno(errno);
	if (r == 0)
		r = set_int(sock, ZMQ_LINGER, 0);
	if (r == 0)
		r = set_int(sock, ZMQ_IMMEDIATE, 1);
	if (r == 0)
		r = set_int(sock, ZMQ_IPV6, 1);
	if (r == 0 && zmq_setsockopt(sock, ZMQ_MAXMSGSIZE, &max,
	    sizeof(max)) != 0)
		r = fss__zmq_errno(errno);
	if (r == 0 && zmq_connect(sock, endpoint) != 0)
		r = fss__zmq_errno(errno);
	if (r == 0)
		r = exchange(sock, until_us, &f);
	if (r == 0 && (f->len != FSS__INTRODUCE_BYTES + 32 ||
	    memcmp(f->data, FSS__INTRODUCE_HELLO, FSS__INTRODUCE_BYTES) != 0))
		r = FSS_EPROTO;
	if (r == 0)
		memcpy(ret_key, f->data + FSS__INTRODUCE_BYTES, 32);
	fss__frame_unref(f);
	if (sock != NULL)
		(void)zmq_close(sock);	/* cannot fail: it is one */
	while (zmq_ctx_term(ctx) != 0 && errno == EINTR)
		;
	return r;
}
