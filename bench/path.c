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
 * real ends do on such a line.
 */
#define _GNU_SOURCE		/* setns() */

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/route.h>
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

#define MTU		1500
#define SLOTS		65536u		/* packets on their way, a power of two */
#define NAME		"path"

struct packet {
	int64_t		 due_ns;
	uint32_t	 len;
	uint8_t		 data[MTU];
};

struct way {
	int		 from, to;
	int64_t		 delay_ns;
	double		 ns_per_byte;
	uint32_t	 loss_ppm, seed;
	int64_t		 queue_ns;	/* longest wait for the line */
	struct packet	*ring;
	_Atomic uint32_t head, tail;	/* read to, written to */
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
	ifr.ifr_flags = IFF_TUN | IFF_NO_PI;
	if (ioctl(fd, TUNSETIFF, &ifr) != 0)
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

static void *
reader(void *arg)
{
	struct way *w = arg;
	int64_t free_ns = 0, now;	/* when the line is free again */
	struct packet *p;
	uint32_t head;
	bool full;
	ssize_t n;

	for (;;) {
		head = atomic_load(&w->head);
		/* One slot is kept free: where a packet is read to. */
		full = head - atomic_load(&w->tail) >= SLOTS - 1;
		p = &w->ring[head % SLOTS];
		n = read(w->from, p->data, sizeof(p->data));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			die("read");
		now = now_ns();
		if (free_ns < now)
			free_ns = now;
		if (full || free_ns - now > w->queue_ns) {
			atomic_fetch_add(&w->full, 1);
			continue;
		}
		if (lost(w)) {
			atomic_fetch_add(&w->lost, 1);
			continue;
		}
		free_ns += (int64_t)((double)n * w->ns_per_byte);
		p->len = (uint32_t)n;
		p->due_ns = free_ns + w->delay_ns;
		atomic_store(&w->head, head + 1);
	}
	return NULL;
}

static void *
writer(void *arg)
{
	struct way *w = arg;
	struct timespec nap = { 0, 100000 };
	struct packet *p;
	uint32_t tail = 0;
	ssize_t n;

	for (;;) {
		p = &w->ring[tail % SLOTS];
		if (tail == atomic_load(&w->head) || p->due_ns > now_ns()) {
			(void)nanosleep(&nap, NULL);
			continue;
		}
		n = write(w->to, p->data, p->len);
		if (n < 0 && errno != EINTR)
			die("write");
		atomic_fetch_add(&w->bytes, p->len);
		atomic_fetch_add(&w->packets, 1);
		atomic_store(&w->tail, ++tail);
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
		ways[i].ring = calloc(SLOTS, sizeof(*ways[i].ring));
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
