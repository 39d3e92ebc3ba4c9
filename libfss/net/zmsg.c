/*
 * Frames to zmq_msg_t and back.
 *
 * Frames above FSS__COPY_BELOW travel by reference: on the way out ZeroMQ holds
 * a reference that its I/O thread drops, on the way in the frame owns the
 * zmq_msg_t.  Smaller ones are copied, which is cheaper than the bookkeeping,
 * unless somebody is to know when they are gone (unsent.c).
 * Knows nothing of what the frames mean.
 */
#include <errno.h>
#include <string.h>

#include <zmq.h>
#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

#include <fss/error.h>

#include "base/alloc.h"
#include "base/frame.h"
#include "base/str.h"
#include "net/zmsg.h"

#if defined(__SANITIZE_THREAD__)
/*
 * ThreadSanitizer does not see libzmq hand a message from thread to thread
 * and takes each byte of it for a race.  Copied unseen, what follows is
 * watched like all other memory.
 */
#define COPY_IN_BELOW	SIZE_MAX
/* The way of a frame to libzmq's thread, which gives it back. */
#define HANDED_OVER(f)	__tsan_release(f)
#define TAKEN_BACK(f)	__tsan_acquire(f)
#else
#define COPY_IN_BELOW	FSS__COPY_BELOW
#define HANDED_OVER(f)	((void)(f))
#define TAKEN_BACK(f)	((void)(f))
#endif

int
fss__zmq_errno(int e)
{
	switch (e) {
	case 0:
		return FSS_OK;
	case EAGAIN:
	case EINTR:
		return FSS_EAGAIN;
	case ENOMEM:
		return FSS_ENOMEM;
	case EINVAL:
		return FSS_EINVAL;
	case EADDRINUSE:
		return FSS_EBUSY;
	case EHOSTUNREACH:
	case ENOTCONN:
	case ETERM:
	case ENOTSOCK:
		return FSS_ENOTCONN;
	case EMSGSIZE:
		return FSS_ETOOBIG;
	default:
		return FSS_EIO;
	}
}

static void
drop_frame(void *data, void *frame)
{
	(void)data;			/* the frame knows it */
	TAKEN_BACK(frame);
	fss__frame_unref(frame);
}

static int
frame_to_msg(struct fss__frame *f, zmq_msg_t *m)
{
	if (f->len < FSS__COPY_BELOW && !f->kept) {
		if (zmq_msg_init_size(m, f->len) != 0)
			return fss__zmq_errno(errno);
		if (f->len > 0)
			memcpy(zmq_msg_data(m), f->data, f->len);
		return 0;
	}
	HANDED_OVER(f);
	if (zmq_msg_init_data(m, f->data, f->len, drop_frame,
	    fss__frame_ref(f)) != 0) {
		fss__frame_unref(f);
		return fss__zmq_errno(errno);
	}
	return 0;
}

static int
send_part(void *sock, struct fss__frame *f, int flags)
{
	zmq_msg_t m;
	int r;

	if ((r = frame_to_msg(f, &m)) != 0)
		return r;
	while (zmq_msg_send(&m, sock, flags) < 0) {
		if (errno == EINTR)
			continue;
		r = fss__zmq_errno(errno);
		(void)zmq_msg_close(&m);	/* cannot fail */
		return r;
	}
	return 0;
}

int
fss__zmsg_send(void *sock, struct fss__frame *const *frames, size_t n,
    int flags)
{
	size_t i;
	int r, failed = 0;

	/*
	 * Only the first part can meet a full queue.  When a later one fails
	 * the peer went away in between; what remains is still handed in, so
	 * that the socket sees the end of the message and throws it away.
	 */
	for (i = 0; i < n; i++) {
		r = send_part(sock, frames[i],
		    flags | (i + 1 < n ? ZMQ_SNDMORE : 0));
		if (r == 0)
			continue;
		if (i == 0)
			return r;
		failed = r == FSS_EAGAIN ? FSS_ENOTCONN : r;
	}
	if (failed != 0)
		return failed;
	for (i = 0; i < n; i++)
		fss__frame_unref(frames[i]);
	return 0;
}

static void
drop_msg(void *msg, uint8_t *data)
{
	(void)data;			/* belongs to the message */
	(void)zmq_msg_close(msg);	/* cannot fail: it is initialised */
	fss__free(msg);
}

#if defined(__SANITIZE_THREAD__)
__attribute__((no_sanitize_thread))
static void
copy_out(uint8_t *dst, const volatile uint8_t *src, size_t n)
{
	/* A loop, as memcpy is watched; volatile keeps it a loop. */
	while (n-- > 0)
		*dst++ = *src++;
}
#else
static void
copy_out(uint8_t *dst, const uint8_t *src, size_t n)
{
	if (n > 0)
		memcpy(dst, src, n);
}
#endif

/* Makes a frame of *m, which is left empty or moved from. */
static struct fss__frame *
msg_to_frame(zmq_msg_t *m)
{
	struct fss__frame *f;
	zmq_msg_t *kept;
	size_t len = zmq_msg_size(m);

	if (len < COPY_IN_BELOW) {
		if ((f = fss__frame_new(len)) != NULL)
			copy_out(f->data, zmq_msg_data(m), len);
		return f;
	}
	if ((kept = fss__alloc(sizeof *kept)) == NULL)
		return NULL;
	(void)zmq_msg_init(kept);		/* never fails */
	if (zmq_msg_move(kept, m) != 0) {
		fss__free(kept);
		return NULL;
	}
	f = fss__frame_wrap(zmq_msg_data(kept), len, drop_msg, kept);
	if (f == NULL)
		drop_msg(kept, NULL);
	return f;
}

static void
copy_property(zmq_msg_t *m, const char *name, char *dst, size_t cap)
{
	const char *text;

	if (dst[0] != '\0')
		return;
	if ((text = zmq_msg_gets(m, name)) == NULL)
		return;
	if (fss__slice_copy(fss__slice_str(text), dst, cap) != 0)
		dst[0] = '\0';
}

static int
recv_part(void *sock, zmq_msg_t *m)
{
	int r;

	(void)zmq_msg_init(m);			/* never fails */
	while (zmq_msg_recv(m, sock, ZMQ_DONTWAIT) < 0) {
		if (errno == EINTR)
			continue;
		r = fss__zmq_errno(errno);
		(void)zmq_msg_close(m);		/* cannot fail */
		return r;
	}
	return 0;
}

/* A part of @n bytes in its box, in its frame: see ZeroMQ's RFCs 23 and 26. */
size_t
fss__zmsg_on_line(size_t n)
{
	n += 8 + 8 + 16 + 1;	/* "\x07MESSAGE", nonce, MAC, flags */
	return n + (n > UINT8_MAX ? 9 : 2);
}

int
fss__zmsg_recv_meta(void *sock, struct fss__frame **frames, size_t max,
    size_t *ret_n, struct fss__zmsg_meta *ret_meta)
{
	zmq_msg_t m;
	size_t n = 0;
	int r, failed = 0, more = 1;

	memset(ret_meta, 0, sizeof(*ret_meta));
	ret_meta->fd = -1;
	while (more) {
		if ((r = recv_part(sock, &m)) != 0) {
			failed = r;
			break;
		}
		/* A ROUTER's routing id is not always given them. */
		copy_property(&m, "User-Id", ret_meta->user_id,
		    sizeof(ret_meta->user_id));
		copy_property(&m, "Peer-Address", ret_meta->peer,
		    sizeof(ret_meta->peer));
		if (ret_meta->fd < 0)
			ret_meta->fd = zmq_msg_get(&m, ZMQ_SRCFD);
		ret_meta->bytes += zmq_msg_size(&m);
		if (ret_meta->parts > 0)
			ret_meta->line +=
			    fss__zmsg_on_line(zmq_msg_size(&m));
		ret_meta->parts++;
		more = zmq_msg_more(&m);
		if (failed == 0 && n < max) {
			if ((frames[n] = msg_to_frame(&m)) == NULL)
				failed = FSS_ENOMEM;
			else
				n++;
		}
		(void)zmq_msg_close(&m);	/* cannot fail */
	}
	if (failed != 0) {
		while (n > 0)
			fss__frame_unref(frames[--n]);
		return failed;
	}
	*ret_n = n;
	return 0;
}

int
fss__zmsg_recv(void *sock, struct fss__frame **frames, size_t max,
    size_t *ret_n)
{
	struct fss__zmsg_meta meta;
	size_t n = 0;
	int r;

	r = fss__zmsg_recv_meta(sock, frames, max, &n, &meta);
	if (r != 0)
		return r;
	if (meta.parts > n) {
		while (n > 0)
			fss__frame_unref(frames[--n]);
		return FSS_EPROTO;
	}
	*ret_n = n;
	return 0;
}

void
fss__zmsg_unref(struct fss__frame **f, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		fss__frame_unref(f[i]);
}

struct fss__frame *
fss__zmsg_part(const void *p, size_t n)
{
	struct fss__frame *f = fss__frame_new(n);

	if (f != NULL && n > 0)
		memcpy(f->data, p, n);
	return f;
}

void
fss__zmsg_post(void *sock, struct fss__frame **f, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (f[i] == NULL)
			break;
	if (i < n || fss__zmsg_send(sock, f, n, ZMQ_DONTWAIT) != 0)
		fss__zmsg_unref(f, n);
}
