/*
 * ZMTP 3.0 (ZeroMQ RFC 23) and CurveZMQ (RFC 26), the client's half.
 *
 * Only what a handshake and messages need; answers are not decrypted.  A
 * connection that ends is reported, anything else that goes wrong ends the
 * program: then it is the test that is broken.
 */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "raw_peer.h"

#define KEY		crypto_box_PUBLICKEYBYTES
#define MAC		crypto_box_MACBYTES
#define NONCE		crypto_box_NONCEBYTES
#define GREETING	64
#define HELLO		200
#define WELCOME		168
#define COOKIE		96
#define VOUCH		(MAC + 2 * KEY)
#define MORE		0x01	/* flags of a frame */
#define LONG		0x02
#define COMMAND		0x04
#define CURVE_COMMAND	0x02	/* inside the box */
#define HELD		8192	/* what ZeroMQ reads at once */

struct raw_peer {
	int		 fd;
	bool		 curve;
	uint64_t	 nonce;
	uint8_t		 shared[crypto_box_BEFORENMBYTES];
	uint8_t		*buf;
	size_t		 cap;
	uint8_t		 held[HELD];	/* goes out at once, if holding */
	size_t		 nheld;
	bool		 holding;
};

static void
must(bool good, const char *what)
{
	if (good)
		return;
	(void)fprintf(stderr, "raw_peer: %s\n", what);
	abort();
}

static bool
write_all(int fd, const uint8_t *p, size_t n)
{
	ssize_t r;

	while (n > 0) {
		r = send(fd, p, n, MSG_NOSIGNAL);
		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return false;
		p += r;
		n -= (size_t)r;
	}
	return true;
}

static bool
read_all(int fd, uint8_t *p, size_t n)
{
	ssize_t r;

	while (n > 0) {
		r = recv(fd, p, n, 0);
		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return false;
		p += r;
		n -= (size_t)r;
	}
	return true;
}

static void
put_be(uint8_t *p, uint64_t v, size_t n)
{
	while (n-- > 0) {
		p[n] = (uint8_t)v;
		v >>= 8;
	}
}

/* The length in front of a frame; returns how many bytes that takes. */
static size_t
frame_head(uint8_t head[9], unsigned flags, size_t n)
{
	if (n <= 255) {
		head[0] = (uint8_t)flags;
		head[1] = (uint8_t)n;
		return 2;
	}
	head[0] = (uint8_t)(flags | LONG);
	put_be(head + 1, n, 8);
	return 9;
}

static bool
send_frame(struct raw_peer *p, unsigned flags, const uint8_t *body, size_t n)
{
	uint8_t head[9];
	size_t k = frame_head(head, flags, n);

	return write_all(p->fd, head, k) && write_all(p->fd, body, n);
}

/* Reads a frame of at most @cap bytes. */
static bool
read_frame(struct raw_peer *p, uint8_t *body, size_t cap, size_t *ret_n)
{
	uint8_t head[9];
	uint64_t n = 0;
	size_t i;

	if (!read_all(p->fd, head, 2))
		return false;
	if (head[0] & LONG) {
		if (!read_all(p->fd, head + 2, 7))
			return false;
		for (i = 1; i < 9; i++)
			n = n << 8 | head[i];
	} else {
		n = head[1];
	}
	must(n <= cap, "a frame longer than expected");
	*ret_n = (size_t)n;
	return read_all(p->fd, body, (size_t)n);
}

static bool
greet(struct raw_peer *p)
{
	uint8_t out[GREETING] = { 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0 };
	uint8_t in[GREETING];

	memcpy(out + 12, p->curve ? "CURVE" : "NULL", p->curve ? 5 : 4);
	return write_all(p->fd, out, sizeof(out)) &&
	    read_all(p->fd, in, sizeof(in));
}

/* "Socket-Type" = DEALER, an empty "Identity". */
static const uint8_t metadata[] = "\x0bSocket-Type\0\0\0\x06"
				  "DEALER\x08Identity\0\0\0";
#define METADATA	sizeof(metadata)	/* the NUL is the fourth zero */

static bool
shake_plain(struct raw_peer *p)
{
	uint8_t out[6 + METADATA], in[512];
	size_t n;

	memcpy(out, "\x05READY", 6);
	memcpy(out + 6, metadata, METADATA);
	return send_frame(p, COMMAND, out, sizeof(out)) &&
	    read_frame(p, in, sizeof(in), &n);
}

static void
nonce_of(uint8_t nonce[NONCE], const char *prefix, const uint8_t *rest)
{
	size_t n = strlen(prefix);

	memcpy(nonce, prefix, n);
	memcpy(nonce + n, rest, NONCE - n);
}

static bool
shake_curve(struct raw_peer *p, const uint8_t *server)
{
	uint8_t pub[KEY], sec[KEY], tpub[KEY], tsec[KEY], nonce[NONCE];
	uint8_t zeros[64] = { 0 }, hello[HELLO] = { 0 }, in[512];
	uint8_t opened[KEY + COOKIE], plain[KEY + 16 + VOUCH + METADATA];
	uint8_t init[9 + COOKIE + 8 + sizeof(plain) + MAC], pair[2 * KEY];
	size_t n;

	crypto_box_keypair(pub, sec);
	crypto_box_keypair(tpub, tsec);
	memcpy(hello, "\x05HELLO\x01\x00", 8);
	memcpy(hello + 80, tpub, KEY);
	put_be(hello + 112, ++p->nonce, 8);
	nonce_of(nonce, "CurveZMQHELLO---", hello + 112);
	must(crypto_box_easy(
		 hello + 120, zeros, sizeof(zeros), nonce, server, tsec) == 0,
	    "HELLO");
	if (!send_frame(p, COMMAND, hello, sizeof(hello)) ||
	    !read_frame(p, in, sizeof(in), &n))
		return false;
	must(n == WELCOME && memcmp(in, "\x07WELCOME", 8) == 0, "no WELCOME");
	nonce_of(nonce, "WELCOME-", in + 8);
	must(crypto_box_open_easy(
		 opened, in + 24, n - 24, nonce, server, tsec) == 0,
	    "WELCOME");

	/* The long-term key vouches for the short-term one. */
	memcpy(plain, pub, KEY);
	randombytes_buf(plain + KEY, 16);
	nonce_of(nonce, "VOUCH---", plain + KEY);
	memcpy(pair, tpub, KEY);
	memcpy(pair + KEY, server, KEY);
	must(crypto_box_easy(
		 plain + KEY + 16, pair, sizeof(pair), nonce, opened, sec) == 0,
	    "vouch");
	memcpy(plain + KEY + 16 + VOUCH, metadata, METADATA);
	memcpy(init, "\x08INITIATE", 9);
	memcpy(init + 9, opened + KEY, COOKIE);
	put_be(init + 9 + COOKIE, ++p->nonce, 8);
	nonce_of(nonce, "CurveZMQINITIATE", init + 9 + COOKIE);
	must(crypto_box_easy(init + 9 + COOKIE + 8, plain, sizeof(plain), nonce,
		 opened, tsec) == 0,
	    "INITIATE");
	must(crypto_box_beforenm(p->shared, opened, tsec) == 0, "shared key");
	return send_frame(p, COMMAND, init, sizeof(init)) &&
	    read_frame(p, in, sizeof(in), &n);
}

struct raw_peer *
raw_peer_open(unsigned port, const uint8_t *server_key)
{
	struct raw_peer *p = calloc(1, sizeof(*p));
	struct sockaddr_in sin;

	must(p != NULL && sodium_init() >= 0, "no memory");
	p->curve = server_key != NULL;
	p->fd = socket(AF_INET, SOCK_STREAM, 0);
	must(p->fd >= 0, "no socket");
	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	sin.sin_port = htons((uint16_t)port);
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(p->fd, (struct sockaddr *)&sin, sizeof(sin)) == 0 &&
	    greet(p) &&
	    (p->curve ? shake_curve(p, server_key) : shake_plain(p)))
		return p;
	raw_peer_close(p);
	return NULL;
}

struct raw_peer *
raw_peer_plain(int fd)
{
	struct raw_peer *p = calloc(1, sizeof(*p));

	must(p != NULL, "no memory");
	p->fd = fd;
	if (greet(p) && shake_plain(p))
		return p;
	raw_peer_close(p);
	return NULL;
}

void
raw_peer_close(struct raw_peer *p)
{
	if (p == NULL)
		return;
	(void)close(p->fd);
	free(p->buf);
	free(p);
}

/* Frame and box in one buffer, which goes out in one piece. */
static size_t
seal(struct raw_peer *p, const void *data, size_t n, unsigned flags)
{
	uint8_t nonce[NONCE], *b = p->buf, *text;
	size_t k = frame_head(b, 0, 8 + 8 + MAC + 1 + n);

	memcpy(b + k, "\x07MESSAGE", 8);
	put_be(b + k + 8, ++p->nonce, 8);
	nonce_of(nonce, "CurveZMQMESSAGEC", b + k + 8);
	text = b + k + 16 + MAC;
	text[0] = (uint8_t)flags;
	if (n > 0)
		memcpy(text + 1, data, n);
	must(crypto_box_easy_afternm(
		 b + k + 16, text, n + 1, nonce, p->shared) == 0,
	    "MESSAGE");
	return k + 16 + MAC + 1 + n;
}

static bool
send_part(struct raw_peer *p, const void *data, size_t n, unsigned flags,
    unsigned curve_flags)
{
	size_t k;

	if (p->cap < n + 128) {
		p->cap = n + 128;
		p->buf = realloc(p->buf, p->cap);
		must(p->buf != NULL, "no memory");
	}
	if (p->curve) {
		k = seal(p, data, n, curve_flags);
	} else {
		k = frame_head(p->buf, flags, n);
		if (n > 0)
			memcpy(p->buf + k, data, n);
		k += n;
	}
	if (!p->holding)
		return write_all(p->fd, p->buf, k);
	must(k <= HELD - p->nheld, "too much to hold");
	memcpy(p->held + p->nheld, p->buf, k);
	p->nheld += k;
	return true;
}

bool
raw_peer_send(struct raw_peer *p, const void *data, size_t n, bool more)
{
	return send_part(p, data, n, more ? MORE : 0, more ? MORE : 0);
}

bool
raw_peer_ping(struct raw_peer *p)
{
	static const uint8_t ping[] = "\x04PING\0";	/* no time to live */

	return send_part(p, ping, sizeof(ping), COMMAND, CURVE_COMMAND);
}

void
raw_peer_hold(struct raw_peer *p)
{
	p->holding = true;
}

bool
raw_peer_slam(struct raw_peer *p)
{
	static const struct linger hard = { .l_onoff = 1, .l_linger = 0 };
	bool good = write_all(p->fd, p->held, p->nheld);

	must(setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &hard,
		 sizeof(hard)) == 0,
	    "linger");
	raw_peer_close(p);
	return good;
}

bool
raw_peer_wait(struct raw_peer *p)
{
	uint8_t byte;

	return recv(p->fd, &byte, 1, MSG_PEEK) == 1;
}

bool
raw_peer_drain(struct raw_peer *p, uint64_t bytes)
{
	uint8_t buf[65536];
	ssize_t r;

	while (bytes > 0) {
		r = recv(p->fd, buf, sizeof(buf), 0);
		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return false;
		bytes -= (uint64_t)r < bytes ? (uint64_t)r : bytes;
	}
	return true;
}
