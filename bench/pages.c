/*
 * Many live pages at one front end, as cheap as a client can be.
 *
 *	bench_pages PORT COOKIES COUNT
 *
 * Opens COUNT WebSockets of /api/v1/live over TLS, one process for all, each
 * with a cookie of the file COOKIES (one in a line, in turns) and the Origin
 * of the page.  When every one has been greeted it says "open COUNT".  Then,
 * for each line of its input, a word, it waits until every page has been sent
 * a message with that word in it and says
 *
 *	seen WORD FIRST P50 P99 LAST
 *
 * in microseconds of CLOCK_MONOTONIC, which is one clock for all processes.
 * "armed WORD" comes before, when it is looking.  PINGs are answered, as
 * browsers do.  It ends with its input, or where a page breaks off.
 */
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#define WINDOW	32u	/* handshakes under way at one time */
#define SCRATCH	65536u
#define WORD	128u

enum state { SHAKES, ASKS, GREETED };

struct page {
	SSL		*ssl;
	int		 fd;
	enum state	 state;
	bool		 seen;
	uint8_t		*rest;		/* of a frame that is not whole */
	size_t		 rest_len;
};

static struct {
	SSL_CTX		*tls;
	int		 poll;
	unsigned	 port;
	char		**cookie;
	size_t		 cookies;
	struct page	*page;
	size_t		 count, begun, greeted;
	char		 word[WORD];	/* "" none is looked for */
	int64_t		*at;		/* when each saw it */
	size_t		 seen;
} b;

static void __attribute__((noreturn))
die(const char *what)
{
	(void)fprintf(stderr, "bench_pages: %s: %s\n", what, strerror(errno));
	ERR_print_errors_fp(stderr);
	exit(1);
}

static int64_t
now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
begin(struct page *p)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct epoll_event ev;

	to.sin_port = htons((uint16_t)b.port);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (p->fd < 0 || connect(p->fd, (struct sockaddr *)&to,
	    sizeof(to)) < 0 || fcntl(p->fd, F_SETFL, O_NONBLOCK) < 0)
		die("connect");
	p->ssl = SSL_new(b.tls);
	if (p->ssl == NULL || SSL_set_fd(p->ssl, p->fd) != 1)
		die("SSL_new");
	SSL_set_connect_state(p->ssl);
	ev.events = EPOLLIN | EPOLLOUT | EPOLLET;
	ev.data.ptr = p;
	if (epoll_ctl(b.poll, EPOLL_CTL_ADD, p->fd, &ev) < 0)
		die("epoll_ctl");
}

/* What is sent here is short: a socket has room for it. */
static void
put(struct page *p, const void *data, size_t len)
{
	if (SSL_write(p->ssl, data, (int)len) != (int)len)
		die("SSL_write");
}

static void
ask(struct page *p)
{
	char text[1024];
	int n;

	n = snprintf(text, sizeof(text), "GET /api/v1/live HTTP/1.1\r\n"
	    "Host: localhost:%u\r\nOrigin: https://localhost:%u\r\n"
	    "Upgrade: websocket\r\nConnection: Upgrade\r\n"
	    "Sec-WebSocket-Version: 13\r\n"
	    "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
	    "Cookie: __Host-fss=%s\r\n\r\n", b.port, b.port,
	    b.cookie[(size_t)(p - b.page) % b.cookies]);
	put(p, text, (size_t)n);
	p->state = ASKS;
}

static void
look(struct page *p, const uint8_t *data, size_t len)
{
	if (p->seen || b.word[0] == '\0' || memmem(data, len, b.word,
	    strlen(b.word)) == NULL)
		return;
	p->seen = true;
	b.at[b.seen++] = now_us();
}

/* One frame of @data; how long it is, 0 if it is not whole. */
static size_t
frame(struct page *p, const uint8_t *data, size_t len)
{
	size_t n, at = 2;

	if (len < 2)
		return 0;
	n = data[1] & 0x7f;
	if (n == 126) {
		if (len < 4)
			return 0;
		n = (size_t)data[2] << 8 | data[3];
		at = 4;
	} else if (n == 127) {
		die("a message is too long");
	}
	if (len < at + n)
		return 0;
	switch (data[0] & 15) {
	case 1:
		look(p, data + at, n);
		break;
	case 8:
		errno = 0;
		die("a page was closed");
	case 9:
		/* Empty, as fssweb sends them; a mask of zeros is one. */
		put(p, "\x8a\x80\0\0\0\0", 6);
		break;
	default:
		break;
	}
	return at + n;
}

static void
greeted(struct page *p)
{
	p->state = GREETED;
	if (++b.greeted == b.count)
		(void)printf("open %zu\n", b.count);
	if (b.begun < b.count)
		begin(&b.page[b.begun++]);
}

/* The answer to the handshake; how long it is, 0 if it is not whole. */
static size_t
answer(struct page *p, const uint8_t *data, size_t len)
{
	const uint8_t *end = memmem(data, len, "\r\n\r\n", 4);

	if (end == NULL)
		return 0;
	if (len < 12 || memcmp(data, "HTTP/1.1 101", 12) != 0) {
		(void)fprintf(stderr, "%.*s\n", (int)(len < 600 ? len : 600),
		    (const char *)data);
		errno = 0;
		die("no WebSocket");
	}
	greeted(p);
	return (size_t)(end - data) + 4;
}

static void
keep(struct page *p, const uint8_t *data, size_t len)
{
	uint8_t *rest = len > 0 ? malloc(len) : NULL;

	if (len > 0 && rest == NULL)
		die("memory");
	if (len > 0)
		memcpy(rest, data, len);
	free(p->rest);
	p->rest = rest;
	p->rest_len = len;
}

static void
take(struct page *p)
{
	static uint8_t data[SCRATCH * 2];
	size_t len, at, n;
	int r;

	for (;;) {
		len = p->rest_len;
		if (len > SCRATCH)
			die("a message is too long");
		if (len > 0)
			memcpy(data, p->rest, len);
		r = SSL_read(p->ssl, data + len, SCRATCH);
		if (r <= 0 && SSL_get_error(p->ssl, r) == SSL_ERROR_WANT_READ)
			return;
		if (r <= 0)
			die("a page broke off");
		len += (size_t)r;
		for (at = 0; at < len; at += n) {
			n = p->state == ASKS ? answer(p, data + at, len - at) :
			    frame(p, data + at, len - at);
			if (n == 0)
				break;
		}
		keep(p, data + at, len - at);
	}
}

static void
go_on(struct page *p)
{
	int r;

	ERR_clear_error();
	if (p->state == SHAKES) {
		r = SSL_do_handshake(p->ssl);
		if (r != 1) {
			r = SSL_get_error(p->ssl, r);
			if (r != SSL_ERROR_WANT_READ &&
			    r != SSL_ERROR_WANT_WRITE)
				die("handshake");
			return;
		}
		ask(p);
	}
	take(p);
}

static int
by_value(const void *x, const void *y)
{
	int64_t i = *(const int64_t *)x, j = *(const int64_t *)y;

	return i < j ? -1 : i > j;
}

static void
tell(void)
{
	if (b.word[0] == '\0' || b.seen < b.count)
		return;
	qsort(b.at, b.count, sizeof(*b.at), by_value);
	(void)printf("seen %s %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64
	    "\n", b.word, b.at[0], b.at[b.count / 2],
	    b.at[b.count * 99 / 100], b.at[b.count - 1]);
	b.word[0] = '\0';
}

/* A line of the input; false at its end. */
static bool
command(void)
{
	char line[WORD];
	ssize_t n = read(STDIN_FILENO, line, sizeof(line) - 1);
	size_t i;

	if (n <= 0)
		return false;
	line[n] = '\0';
	line[strcspn(line, "\n")] = '\0';
	(void)snprintf(b.word, sizeof(b.word), "%s", line);
	b.seen = 0;
	for (i = 0; i < b.count; i++)
		b.page[i].seen = false;
	(void)printf("armed %s\n", b.word);
	return true;
}

static void
read_cookies(const char *file)
{
	FILE *f = fopen(file, "re");
	char *line = NULL;
	size_t cap = 0;

	if (f == NULL)
		die(file);
	while (getline(&line, &cap, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		b.cookie = realloc(b.cookie, (b.cookies + 1) *
		    sizeof(*b.cookie));
		if (b.cookie == NULL)
			die("memory");
		b.cookie[b.cookies] = strdup(line);
		if (b.cookie[b.cookies++] == NULL)
			die("memory");
	}
	free(line);
	(void)fclose(f);	/* it was only read */
	if (b.cookies == 0)
		die("no cookie");
}

static void
prepare(void)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = NULL };
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim) == 0) {
		lim.rlim_cur = lim.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &lim);
	}
	b.tls = SSL_CTX_new(TLS_client_method());
	b.page = calloc(b.count, sizeof(*b.page));
	b.at = calloc(b.count, sizeof(*b.at));
	b.poll = epoll_create1(EPOLL_CLOEXEC);
	if (b.tls == NULL || b.page == NULL || b.at == NULL || b.poll < 0)
		die("preparing");
	(void)SSL_CTX_set_mode(b.tls, SSL_MODE_RELEASE_BUFFERS);
	(void)SSL_CTX_set_session_cache_mode(b.tls, SSL_SESS_CACHE_OFF);
	if (epoll_ctl(b.poll, EPOLL_CTL_ADD, STDIN_FILENO, &ev) < 0)
		die("epoll_ctl");
}

int
main(int argc, char **argv)
{
	struct epoll_event ev[64];
	int i, n;

	if (argc != 4) {
		(void)fprintf(stderr,
		    "usage: bench_pages PORT COOKIES COUNT\n");
		return 2;
	}
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	b.port = (unsigned)strtoul(argv[1], NULL, 10);
	b.count = strtoul(argv[3], NULL, 10);
	if (b.count == 0)
		return 2;
	read_cookies(argv[2]);
	prepare();
	while (b.begun < b.count && b.begun < WINDOW)
		begin(&b.page[b.begun++]);
	for (;;) {
		n = epoll_wait(b.poll, ev, 64, -1);
		if (n < 0 && errno != EINTR)
			die("epoll_wait");
		for (i = 0; i < n; i++) {
			if (ev[i].data.ptr != NULL)
				go_on(ev[i].data.ptr);
			else if (!command())
				return 0;
		}
		tell();
	}
}
