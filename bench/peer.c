/*
 * Peers for benchmarks, see peer.h.
 */
#include <errno.h>
#include <string.h>

#include <zmq.h>

#include <fss/error.h>

#include "base/time.h"
#include "net/zmsg.h"
#include "peer.h"

/*
 * Of who takes nothing little waits here, nor in this machine's kernel, which
 * would hold both ends of it.  ZeroMQ 4.3.4 may read no more of them only
 * because nobody beats their hearts, see net/dealer.c.
 */
static int
take_little(void *sock, int messages)
{
	static const int buffer = 65536;

	return zmq_setsockopt(sock, ZMQ_RCVHWM, &messages, sizeof(messages)) |
	    zmq_setsockopt(sock, ZMQ_RCVBUF, &buffer, sizeof(buffer));
}

void
bench_peer_open(struct bench_peer *p, void *zmq, const struct bench_hub *h,
    size_t who, int *ret_fd)
{
	static const struct {
		int option, value;
	} ints[] = {
		{ ZMQ_LINGER, 0 },
		{ ZMQ_RECONNECT_IVL, -1 },
	};
	struct fss__m_hello m;
	size_t i, n = sizeof(*ret_fd);
	int bad = 0;

	memset(p, 0, sizeof(*p));
	p->sock = zmq_socket(zmq, ZMQ_DEALER);
	if (p->sock == NULL)
		bench_die("socket", fss__zmq_errno(errno));
	for (i = 0; i < sizeof(ints) / sizeof(ints[0]); i++)
		bad |= zmq_setsockopt(p->sock, ints[i].option, &ints[i].value,
		    sizeof(int));
	if (h->take_ahead > 0)
		bad |= take_little(p->sock, h->take_ahead);
	bad |= zmq_setsockopt(p->sock, ZMQ_CURVE_SERVERKEY, h->key, 32);
	bad |= zmq_setsockopt(p->sock, ZMQ_CURVE_PUBLICKEY, h->public[who], 32);
	bad |= zmq_setsockopt(p->sock, ZMQ_CURVE_SECRETKEY, h->secret[who], 32);
	if (bad != 0 || zmq_connect(p->sock, h->endpoint) != 0 ||
	    zmq_getsockopt(p->sock, ZMQ_FD, ret_fd, &n) != 0)
		bench_die("connect", fss__zmq_errno(errno));
	memset(&m, 0, sizeof(m));
	m.min_version = m.max_version = FSS__MAX_VERSION;
	bench_peer_send(p, FSS__MSG_HELLO, &m);
}

void
bench_peer_close(struct bench_peer *p)
{
	(void)zmq_close(p->sock);
	p->sock = NULL;
}

void
bench_peer_send(struct bench_peer *p, unsigned type, const void *msg)
{
	struct fss__frame *f;
	struct fss__buf b;

	fss__buf_init(&b, FSS__MAX_HEADER);
	bench_need(fss__message_encode(&b, type, ++p->last_req,
	    p->ready ? p->session : NULL, fss__message_find(type)->request,
	    msg), "encode");
	f = fss__frame_new(b.len);
	if (f == NULL)
		bench_die("send", FSS_ENOMEM);
	memcpy(f->data, b.data, b.len);
	fss__buf_release(&b);
	bench_need(fss__zmsg_send(p->sock, &f, 1, ZMQ_DONTWAIT), "send");
	p->sent_us = fss__mono_us();
}

static void
welcome(struct bench_peer *p, const struct bench_answer *a)
{
	struct fss__m_welcome m;

	bench_answer_read(a, &m);
	if (!(m.has & FSS__K_welcome_account))
		bench_die("log in", FSS_EAUTH);
	memcpy(p->session, m.session.p, sizeof(p->session));
	p->ready = true;
}

bool
bench_peer_next(struct bench_peer *p, struct bench_answer *ret_a)
{
	struct fss__frame *frames[2];
	struct fss__m_error m;
	size_t n;
	int r;

	memset(ret_a, 0, sizeof(*ret_a));
	r = fss__zmsg_recv(p->sock, frames, 2, &n);
	if (r == FSS_EAGAIN)
		return false;
	bench_need(r, "receive");
	ret_a->header = frames[0];
	ret_a->payload = n > 1 ? frames[1] : NULL;
	bench_need(fss__header_decode(frames[0]->data, frames[0]->len,
	    &ret_a->h), "header");
	if (ret_a->h.type == FSS__MSG_ERROR) {
		bench_need(fss__fields_decode(ret_a->h.fields, &fss__r_error,
		    &m, NULL), "error");
		ret_a->err = -(int)m.code;
		return true;
	}
	if (ret_a->h.type == FSS__MSG_HELLO + FSS__ANSWER)
		welcome(p, ret_a);
	if (ret_a->payload != NULL)
		p->received += ret_a->payload->len;
	return true;
}

void
bench_answer_drop(struct bench_answer *a)
{
	fss__frame_unref(a->header);
	fss__frame_unref(a->payload);
}

void
bench_answer_read(const struct bench_answer *a, void *ret_msg)
{
	const struct fss__message *m;

	if (a->err != 0)
		bench_die("an answer", a->err);
	m = fss__message_find(a->h.type - FSS__ANSWER);
	if (m == NULL)
		bench_die("an answer", FSS_EPROTO);
	bench_need(fss__fields_decode(a->h.fields, m->answer, ret_msg, NULL),
	    m->name);
}
