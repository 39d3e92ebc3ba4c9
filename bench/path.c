/*
 * A long line between two network namespaces: packets of one TUN interface
 * come out of the other later, no faster than the line takes them, and some
 * never.  It is what netem does, for kernels without it.
 *
 *	bench_path [--delay MS] [--mbit N] [--loss PPM] [--queue KIB]
 *	    NAMESPACE ADDRESS NAMESPACE ADDRESS
 *
 * Both namespaces must exist (ip netns add); each gets an interface "path"
 * with its address, an IPv4 one, and a route to the other's.  --delay is each
 * way.  What comes while the queue is full is dropped, as a router does; by
 * default it has room for one round trip.  Says READY and goes on until it is
 * ended, then says what it carried.  Each direction is one thread that reads
 * and one that writes.
 *
 * It uses Linux's own TCP on both sides, untouched: what is measured is what
 * real ends do on such a line.  As a network card with segmentation offload
 * does, it takes up to 64 KiB of a connection at once, so that the line costs
 * the ends' processors little; each segment of them still takes its time on
 * the line and is lost, or dropped, by itself.
 */
#define _GNU_SOURCE		/* setns() */

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/route.h>
#include <linux/virtio_net.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NAME		"path"
#define PACKET		65536u	/* the most of one connection at once */
#define IP_BYTES	20u
#define TCP_BYTES	20u	/* at least */
#define RING_LEAST	((size_t)16 << 20)

/* On its way: then `len` bytes, header of the offload first.  Aligned to 8. */
struct packet {
	int64_t		 due_ns;
	uint32_t	 len;		/* 0: go on at the ring's begin */
	uint32_t	 segments;
};

struct way {
	int		 from, to;
	int64_t		 delay_ns;
	double		 ns_per_byte;
	uint32_t	 loss_ppm, seed;
	int64_t		 queue_ns;	/* longest wait for the line */
	int64_t		 free_ns;	/* when the line is free again */
	uint8_t		*ring;
	size_t		 cap;
	_Atomic size_t	 head, tail;	/* written and read so far, bytes */
	_Atomic uint64_t bytes, packets, lost, full;
};

static void
die(const char *what)
{
	(void)fprintf(stderr, "bench_path: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t
now_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

/* ---- the two ends ------------------------------------------------------ */

static void
address(struct sockaddr *sa, const char *text)
{
	struct sockaddr_in in;

	memset(&in, 0, sizeof(in));
	in.sin_family = AF_INET;
	if (inet_pton(AF_INET, text, &in.sin_addr) != 1) {
		errno = EINVAL;
		die(text);
	}
	memcpy(sa, &in, sizeof(in));
}

/* An interface in namespace @ns, up, with @mine and a route to @other. */
static int
open_end(const char *ns, const char *mine, const char *other)
{
	char path[256];
	struct rtentry rt;
	struct ifreq ifr;
	int fd, nsfd, s;

	(void)snprintf(path, sizeof(path), "/run/netns/%s", ns);
	nsfd = open(path, O_RDONLY | O_CLOEXEC);
	if (nsfd < 0 || setns(nsfd, CLONE_NEWNET) != 0)
		die(ns);
	(void)close(nsfd);
	fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || s < 0)
		die("/dev/net/tun");
	memset(&ifr, 0, sizeof(ifr));
	(void)snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), NAME);
	ifr.ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR;
	if (ioctl(fd, TUNSETIFF, &ifr) != 0 ||
	    ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4) != 0)
		die(NAME);
	address(&ifr.ifr_addr, mine);
	if (ioctl(s, SIOCSIFADDR, &ifr) != 0)
		die("address");
	/* The ends' own queue is not the line's. */
	ifr.ifr_qlen = 10000;
	if (ioctl(s, SIOCSIFTXQLEN, &ifr) != 0)
		die("queue");
	ifr.ifr_flags = IFF_UP | IFF_RUNNING;
	if (ioctl(s, SIOCSIFFLAGS, &ifr) != 0)
		die("up");
	memset(&rt, 0, sizeof(rt));
	address(&rt.rt_dst, other);
	(void)snprintf(path, sizeof(path), NAME);
	rt.rt_dev = path;
	rt.rt_flags = RTF_UP | RTF_HOST;
	if (ioctl(s, SIOCADDRT, &rt) != 0)
		die("route");
	(void)snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "lo");
	ifr.ifr_flags = IFF_UP | IFF_RUNNING;
	(void)ioctl(s, SIOCSIFFLAGS, &ifr);
	(void)close(s);
	return fd;
}

/* ---- the line ---------------------------------------------------------- */

static bool
lost(struct way *w)
{
	/* xorshift32, Marsaglia 2003; a fixed seed: runs are alike. */
	w->seed ^= w->seed << 13;
	w->seed ^= w->seed >> 17;
	w->seed ^= w->seed << 5;
	return w->seed % 1000000 < w->loss_ppm;
}

/* A place for a packet of @len bytes, which is on its way once pushed. */
static struct packet *
place(struct way *w, size_t len)
{
	size_t head = atomic_load(&w->head), tail = atomic_load(&w->tail);
	size_t at = head % w->cap, need = sizeof(struct packet) + len;
	struct packet *p = (void *)(w->ring + at);

	if (w->cap - at < need + sizeof(*p)) {
		/* It would not fit before the end. */
		if (head + (w->cap - at) + need + sizeof(*p) - tail > w->cap)
			return NULL;
		p->len = 0;
		atomic_store(&w->head, head + (w->cap - at));
		return (void *)w->ring;
	}
	return head + need + sizeof(*p) - tail > w->cap ? NULL : p;
}

static void
push(struct way *w, const struct packet *p)
{
	size_t n = sizeof(*p) + p->len;

	atomic_store(&w->head, atomic_load(&w->head) + (n + 7) / 8 * 8);
}

static void *
after(struct packet *p)
{
	return (void *)(p + 1);
}

/* What was read from an end: one packet, or segments of one connection. */
struct burst {
	struct virtio_net_hdr vh;
	uint8_t		 ip[PACKET];
	size_t		 len;		/* of ip */
	size_t		 headers;	/* of it, each segment's own */
	size_t		 each;		/* content of a segment */
	unsigned	 segments;
};

static unsigned
get16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static void
put16(uint8_t *p, unsigned n)
{
	p[0] = (uint8_t)(n >> 8);
	p[1] = (uint8_t)n;
}

static unsigned
sum(const uint8_t *p, size_t n, unsigned long s)
{
	for (; n > 1; p += 2, n -= 2)
		s += get16(p);
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return (unsigned)s;
}

/* Headers @h of the segments from @first to before @end. */
static void
make_headers(const struct burst *b, unsigned first, unsigned end,
    size_t content, struct virtio_net_hdr *vh, uint8_t *h)
{
	size_t ip = (size_t)(h[0] & 15) * 4;
	uint8_t *tcp = h + ip;
	uint32_t seq;

	put16(h + 2, (unsigned)(b->headers + content));
	put16(h + 4, get16(h + 4) + first);
	put16(h + 10, 0);
	put16(h + 10, ~sum(h, ip, 0) & 0xffff);
	memcpy(&seq, tcp + 4, sizeof(seq));
	seq = htonl(ntohl(seq) + first * (uint32_t)b->each);
	memcpy(tcp + 4, &seq, sizeof(seq));
	if (end < b->segments)
		tcp[13] &= (uint8_t)~0x09;	/* FIN and PSH: of the last */
	if (first > 0)
		tcp[13] &= (uint8_t)~0x80;	/* CWR: of the first */
	/* The rest of the sum is left to whoever needs it: nobody here. */
	put16(tcp + 16, sum(h + 12, 8, IPPROTO_TCP +
	    (unsigned long)(b->headers - ip + content)));
	if (end - first == 1) {
		vh->gso_type = VIRTIO_NET_HDR_GSO_NONE;
		vh->gso_size = 0;
	}
}

/* Segments that were neither lost nor dropped go on, in one piece. */
static void
pass(struct way *w, const struct burst *b, unsigned first, unsigned end)
{
	size_t from = first * b->each, to = end * b->each, content;
	struct virtio_net_hdr vh = b->vh;
	struct packet *p;
	uint8_t *at;

	if (first == end)
		return;
	if (to > b->len - b->headers)
		to = b->len - b->headers;
	content = to - from;
	p = place(w, sizeof(vh) + b->headers + content);
	if (p == NULL) {
		atomic_fetch_add(&w->full, end - first);
		return;
	}
	at = (uint8_t *)after(p) + sizeof(vh);
	memcpy(at, b->ip, b->headers);
	if (end - first < b->segments)
		make_headers(b, first, end, content, &vh, at);
	memcpy(at + b->headers, b->ip + b->headers + from, content);
	memcpy(after(p), &vh, sizeof(vh));
	p->len = (uint32_t)(sizeof(vh) + b->headers + content);
	p->segments = end - first;
	p->due_ns = w->free_ns + w->delay_ns;
	push(w, p);
}

static void
measure(struct burst *b)
{
	size_t ip = (size_t)(b->ip[0] & 15) * 4;

	b->segments = 1;
	b->headers = b->len;
	b->each = 0;
	if (b->vh.gso_type != VIRTIO_NET_HDR_GSO_TCPV4 || b->vh.gso_size == 0 ||
	    ip < IP_BYTES || b->len < ip + TCP_BYTES)
		return;
	b->headers = ip + (size_t)(b->ip[ip + 12] >> 4) * 4;
	b->each = b->vh.gso_size;
	if (b->headers < b->len)
		b->segments = (unsigned)((b->len - b->headers + b->each - 1) /
		    b->each);
}

static void *
reader(void *arg)
{
	struct way *w = arg;
	struct burst *b = calloc(1, sizeof(*b));
	struct iovec iov[2];
	unsigned i, first;
	size_t bytes;
	int64_t now;
	ssize_t n;

	if (b == NULL)
		die("memory");
	iov[0].iov_base = &b->vh;
	iov[0].iov_len = sizeof(b->vh);
	iov[1].iov_base = b->ip;
	iov[1].iov_len = sizeof(b->ip);
	for (;;) {
		n = readv(w->from, iov, 2);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= (ssize_t)sizeof(b->vh))
			die("read");
		b->len = (size_t)n - sizeof(b->vh);
		measure(b);
		now = now_ns();
		if (w->free_ns < now)
			w->free_ns = now;
		for (i = first = 0; i < b->segments; i++) {
			bytes = b->len - i * b->each;
			if (b->each > 0 && bytes > b->headers + b->each)
				bytes = b->headers + b->each;
			if (w->free_ns - now <= w->queue_ns && !lost(w)) {
				w->free_ns += (int64_t)((double)bytes *
				    w->ns_per_byte);
				continue;
			}
			atomic_fetch_add(w->free_ns - now > w->queue_ns ?
			    &w->full : &w->lost, 1);
			pass(w, b, first, i);
			first = i + 1;
		}
		pass(w, b, first, b->segments);
	}
	return NULL;
}

static void
sleep_ns(int64_t ns)
{
	struct timespec nap = { ns / 1000000000, ns % 1000000000 };

	(void)nanosleep(&nap, NULL);
}

static void *
writer(void *arg)
{
	struct way *w = arg;
	struct packet *p;
	size_t tail = 0;
	int64_t now;
	ssize_t n;

	for (;;) {
		if (tail == atomic_load(&w->head)) {
			/* What comes now is due after the delay. */
			sleep_ns(w->delay_ns < 2000000 ? 100000 :
			    w->delay_ns / 2);
			continue;
		}
		p = (void *)(w->ring + tail % w->cap);
		if (p->len == 0) {
			tail += w->cap - tail % w->cap;
			atomic_store(&w->tail, tail);
			continue;
		}
		now = now_ns();
		if (p->due_ns > now) {
			sleep_ns(p->due_ns - now);
			continue;
		}
		n = write(w->to, after(p), p->len);
		if (n < 0 && errno != EINTR)
			die("write");
		atomic_fetch_add(&w->bytes, p->len);
		atomic_fetch_add(&w->packets, p->segments);
		tail += (sizeof(*p) + p->len + 7) / 8 * 8;
		atomic_store(&w->tail, tail);
	}
	return NULL;
}

static void
say(const char *what, struct way *w)
{
	(void)printf("%s: %" PRIu64 " packets, %" PRIu64 " MiB, %" PRIu64
	    " lost, %" PRIu64 " dropped from the queue\n", what,
	    atomic_load(&w->packets), atomic_load(&w->bytes) >> 20,
	    atomic_load(&w->lost), atomic_load(&w->full));
}

int
main(int argc, char **argv)
{
	double delay = 50, mbit = 1000, loss = 0, queue = 0;
	struct {
		const char *name;
		double *value;
	} numbers[] = {
		{ "--delay", &delay }, { "--mbit", &mbit },
		{ "--loss", &loss }, { "--queue", &queue },
	};
	size_t j, n = sizeof(numbers) / sizeof(numbers[0]);
	static struct way ways[2];
	pthread_t thread;
	int ends[2], i, sig;
	sigset_t set;

	for (i = 1; i + 1 < argc && strncmp(argv[i], "--", 2) == 0; i += 2) {
		for (j = 0; j < n && strcmp(argv[i], numbers[j].name) != 0; j++)
			;
		if (j == n)
			break;
		*numbers[j].value = strtod(argv[i + 1], NULL);
	}
	if (argc - i != 4 || mbit <= 0) {
		(void)fprintf(stderr, "usage: bench_path [--delay MS] "
		    "[--mbit N] [--loss PPM] [--queue KIB]\n    NAMESPACE "
		    "ADDRESS NAMESPACE ADDRESS\n");
		return 2;
	}
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
	ends[0] = open_end(argv[i], argv[i + 1], argv[i + 3]);
	ends[1] = open_end(argv[i + 2], argv[i + 3], argv[i + 1]);
	for (i = 0; i < 2; i++) {
		ways[i].from = ends[i];
		ways[i].to = ends[!i];
		ways[i].delay_ns = (int64_t)(delay * 1e6);
		ways[i].ns_per_byte = 8e3 / mbit;
		ways[i].loss_ppm = (uint32_t)loss;
		ways[i].seed = 2463534242u + (uint32_t)i;
		ways[i].queue_ns = queue > 0 ? (int64_t)(queue * 1024 *
		    ways[i].ns_per_byte) : 2 * ways[i].delay_ns;
		if (ways[i].queue_ns < 10000000)
			ways[i].queue_ns = 10000000;
		/* Small packets take more room here than on the line. */
		ways[i].cap = RING_LEAST + (size_t)(2 * (double)(
		    ways[i].queue_ns + ways[i].delay_ns) /
		    ways[i].ns_per_byte) / 8 * 8;
		ways[i].ring = malloc(ways[i].cap);
		if (ways[i].ring == NULL)
			die("memory");
		if (pthread_create(&thread, NULL, reader, &ways[i]) != 0 ||
		    pthread_create(&thread, NULL, writer, &ways[i]) != 0)
			die("threads");
	}
	(void)printf("READY\n");
	(void)fflush(stdout);
	(void)sigwait(&set, &sig);
	say("there", &ways[0]);
	say("back", &ways[1]);
	return 0;
}
