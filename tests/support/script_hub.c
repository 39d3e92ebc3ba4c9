/*
 * A hub that does what a test says.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fss/profile.h>

#include "base/log.h"
#include "base/time.h"
#include "crypto/keys.h"
#include "hub_frame.h"
#include "net/router.h"
#include "script_hub.h"

#define QUIET_MS	20000	/* of silence: the test waits in vain */

struct script_hub {
	struct fss__router *router;
	script_fn	 fn;
	void		*ctx;
	uint8_t		 session[FSS__SESSION_BYTES];
	bool		 known;		/* a client has said HELLO */
	char		 address[256];
};

struct script_hub *
script_hub_new(script_fn fn, void *ctx)
{
	struct script_hub *h = calloc(1, sizeof(*h));
	uint8_t public_key[FSS__KEY_BYTES], secret[FSS__KEY_BYTES];
	char text[FSS_KEY_TEXT_BYTES];
	static const struct fss__log silent;
	struct fss__router_config cfg;
	struct fss__err err;

	assert_non_null(h);
	assert_int_equal(fss__crypto_init(), 0);
	fss__keypair(public_key, secret);
	memset(&cfg, 0, sizeof(cfg));
	cfg.listen = "tcp://127.0.0.1:0";
	cfg.introduce = "off";
	cfg.public_key = public_key;
	cfg.secret_key = secret;
	cfg.io_threads = 1;
	cfg.max_message = (size_t)FSS__MAX_PAYLOAD;
	cfg.max_held = cfg.max_unsent = 64 << 20;
	cfg.log = &silent;
	assert_int_equal(fss__router_open(&cfg, &err, &h->router), 0);
	assert_int_equal(fss_key_format(public_key, text), 0);
	(void)snprintf(h->address, sizeof(h->address), "fss://%s#%s",
	    fss__router_bound(h->router), text);
	h->fn = fn;
	h->ctx = ctx;
	return h;
}

void
script_hub_free(struct script_hub *h)
{
	fss__router_close(h->router);
	free(h);
}

fss_client *
script_hub_client(struct script_hub *h)
{
	fss_client *c;

	assert_int_equal(fss_client_new(&c), 0);
	assert_int_equal(fss_client_set_address(c, h->address), 0);
	assert_int_equal(fss_client_open(c), 0);
	return c;
}

void
script_hub_fields(const struct script_req *q, void *ret_msg)
{
	const char *why;

	assert_int_equal(fss__fields_decode(q->fields,
	    fss__message_find(q->type)->request, ret_msg, &why), 0);
}

static void
send_to(struct script_hub *h, uint64_t route, struct fss__frame *header,
    struct fss__frame *payload)
{
	/* A client that is gone is none of our concern. */
	(void)fss__router_send(h->router, route, header, payload);
}

void
script_hub_answer(struct script_hub *h, const struct script_req *q,
    const void *msg, struct fss__frame *payload)
{
	send_to(h, q->route, hub_frame(q->type + FSS__ANSWER, q->req,
	    h->session, fss__message_find(q->type)->answer, msg), payload);
}

void
script_hub_spoil(struct script_hub *h, const struct script_req *q,
    const void *msg)
{
	struct fss__frame *f = hub_frame(q->type + FSS__ANSWER, q->req,
	    h->session, fss__message_find(q->type)->answer, msg);

	assert_int_equal(f->data[0], 0x95);
	f->data[0] = 0x96;
	send_to(h, q->route, f, NULL);
}

void
script_hub_error(struct script_hub *h, const struct script_req *q, int code)
{
	send_to(h, q->route, hub_error(q->req, code), NULL);
}

void
script_hub_restart(struct script_hub *h)
{
	h->known = false;
	h->session[0]++;
}

void
script_hub_row(struct fss__buf *b, struct fss__list *list,
    const struct fss__record *rec, const void *msg)
{
	assert_int_equal(fss__record_encode(b, rec, msg), 0);
	list->p = b->data;
	list->n = b->len;
	list->count++;
}

static void
hello(struct script_hub *h, const struct script_req *q)
{
	struct fss__m_welcome m;

	h->known = true;
	hub_welcome_fill(&m, h->session);
	m.has |= FSS__K_welcome_account;
	m.account = fss__slice_str("alice");
	m.credit = 1 << 20;
	m.credit_max = 16 << 20;
	send_to(h, q->route, hub_frame(FSS__MSG_HELLO + FSS__ANSWER, q->req,
	    NULL, &fss__r_welcome, &m), NULL);
}

static void
take(struct script_hub *h, struct fss__arrival *a)
{
	struct fss__m_empty empty;
	struct script_req q;
	struct fss__header hd;

	assert_int_equal(fss__header_decode(a->header->data, a->header->len,
	    &hd), 0);
	memset(&q, 0, sizeof(q));
	memset(&empty, 0, sizeof(empty));
	q.route = a->route;
	q.req = hd.req;
	q.type = hd.type;
	q.fields = hd.fields;
	q.payload = a->payload;
	if (hd.type == FSS__MSG_HELLO)
		hello(h, &q);
	else if (!h->known || hd.session.n != sizeof(h->session) ||
	    memcmp(hd.session.p, h->session, hd.session.n) != 0)
		script_hub_error(h, &q, FSS_ESESSION);
	else if (hd.type == FSS__MSG_PING)
		script_hub_answer(h, &q, &empty, NULL);
	else if (hd.type != FSS__MSG_CREDIT && hd.type != FSS__MSG_BYE)
		h->fn(h->ctx, h, &q);
	fss__frame_unref(a->header);
	fss__frame_unref(a->payload);
}

static bool
serve(struct script_hub *h)
{
	struct fss__arrival a;
	bool did = false;

	fss__router_serve(h->router, fss__mono_us());
	while (fss__router_recv(h->router, &a) == 1) {
		take(h, &a);
		did = true;
	}
	return did;
}

/* Waits for either side. */
static void
wait_both(struct script_hub *h, fss_client *c)
{
	struct pollfd pfd[FSS__ROUTER_FDS + 1];
	int fds[FSS__ROUTER_FDS], ms = fss_client_timeout_ms(c);
	size_t i, n = fss__router_fds(h->router, fds);
	bool timed = ms >= 0 && ms < QUIET_MS;

	for (i = 0; i < n; i++) {
		pfd[i].fd = fds[i];
		pfd[i].events = POLLIN;
	}
	pfd[n].fd = fss_client_fd(c);
	pfd[n].events = POLLIN;
	if (poll(pfd, (nfds_t)n + 1, timed ? ms : QUIET_MS) == 0 && !timed)
		fail_msg("neither side has anything to say");
}

void
script_hub_next(struct script_hub *h, fss_client *c, const fss_event **ret_ev)
{
	int r;

	for (;;) {
		(void)serve(h);
		r = fss_client_process(c, 0);
		assert_true(r >= 0);
		if (fss_client_next(c, ret_ev) == 1)
			return;
		if (r == 0 && !serve(h))
			wait_both(h, c);
	}
}
