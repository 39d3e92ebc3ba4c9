/*
 * The introduction port: what a ROUTER of ZeroMQ without encryption would say
 * to one question, said by hand over a STREAM.
 *
 * Strangers ask here without any key, and a ROUTER aborts if one asks for the
 * routing id that another gets next (see route.h); a STREAM chooses them all.
 * Nothing is kept of who asks: greeting and handshake are the same for
 * everybody and go out at once, and the question is whatever ends in it, as
 * ZeroMQ sends it in one piece.  Who sends more than all that takes is cut,
 * by the guard also who stays.
 */
#include <string.h>

#include <zmq.h>

#include "base/frame.h"
#include "net/guard.h"
#include "net/introduce.h"
#include "net/zmsg.h"

#define MOST		1024	/* bytes of greeting, handshake, question */
#define KEY		32

/* ZMTP 3.0, NULL: 64 bytes, of which the last 32 are zero; then READY. */
static const uint8_t greeting[64] = { 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0,
	'N', 'U', 'L', 'L' };
static const char ready[] = "\x04\x1c\x05READY\x0bSocket-Type\0\0\0\x06"
			    "ROUTER";
#define READY_BYTES	(sizeof(ready) - 1)

/* One frame of so many bytes, of @head and more. */
static struct fss__frame *
hello(const uint8_t *more, size_t n)
{
	struct fss__frame *f = fss__frame_new(2 + FSS__INTRODUCE_BYTES + n);

	if (f == NULL)
		return NULL;
	f->data[0] = 0;
	f->data[1] = (uint8_t)(FSS__INTRODUCE_BYTES + n);
	memcpy(f->data + 2, FSS__INTRODUCE_HELLO, FSS__INTRODUCE_BYTES);
	if (n > 0)
		memcpy(f->data + 2 + FSS__INTRODUCE_BYTES, more, n);
	return f;
}

static void
post(void *sock, struct fss__frame *who, struct fss__frame *what)
{
	struct fss__frame *out[2];

	out[0] = fss__frame_ref(who);
	out[1] = what;
	fss__zmsg_post(sock, out, 2);
}

/* Nothing came: somebody connected, or went, and then it is dropped. */
static void
greet(void *sock, struct fss__frame *who)
{
	struct fss__frame *f = fss__frame_new(sizeof(greeting) + READY_BYTES);

	if (f != NULL) {
		memcpy(f->data, greeting, sizeof(greeting));
		memcpy(f->data + sizeof(greeting), ready, READY_BYTES);
	}
	post(sock, who, f);
}

void
fss__introduce_serve(void *sock, struct fss__guard *guard,
    const uint8_t key[32], int64_t mono_us)
{
	struct fss__frame *f[2], *question = hello(NULL, 0);
	struct fss__zmsg_meta meta;
	size_t n;

	while (question != NULL &&
	    fss__zmsg_recv_meta(sock, f, 2, &n, &meta) == 0) {
		if (fss__guard_delivered(guard, meta.fd, meta.bytes) > MOST)
			fss__guard_cut(guard, meta.fd, "introduction",
			    mono_us);
		else if (n == 2 && f[1]->len == 0)
			greet(sock, f[0]);
		else if (n == 2 && f[1]->len >= question->len &&
		    memcmp(f[1]->data + f[1]->len - question->len,
		    question->data, question->len) == 0)
			post(sock, f[0], hello(key, KEY));
		fss__zmsg_unref(f, n);
	}
	fss__frame_unref(question);
}
