/*
 * A hub for benchmarks, see hub.h.
 *
 * People are put into the store before the hub starts, each with a device
 * key: registration hashes passwords, slowly on purpose, and is not what is
 * to be measured.
 */
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "base/time.h"
#include "hub.h"
#include "model/account.h"
#include "store/store.h"

#define BATCH		1000		/* people in one transaction */
#define START_MS	60000
#define STOP_MS		60000

static struct bench_hub *running;	/* to be ended with the program */

void
bench_die(const char *what, int err)
{
	(void)fprintf(stderr, "bench: %s: %s\n", what, fss_strerror(err));
	if (running != NULL)
		bench_hub_stop(running);
	_exit(1);
}

void
bench_need(int err, const char *what)
{
	if (err < 0)
		bench_die(what, err);
}

uint64_t
bench_descriptors(void)
{
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim) != 0)
		return 0;
	lim.rlim_cur = lim.rlim_max;
	/* What cannot be raised stays as it is. */
	(void)setrlimit(RLIMIT_NOFILE, &lim);
	return getrlimit(RLIMIT_NOFILE, &lim) == 0 ? lim.rlim_cur : 0;
}

uint64_t
bench_number(const char *option, const char *text)
{
	unsigned long long n;
	char *end;

	errno = 0;
	n = text != NULL ? strtoull(text, &end, 10) : 0;
	if (text == NULL || n < 1 || errno != 0 || *end != '\0') {
		(void)fprintf(stderr, "bench: %s wants a number from 1 on\n",
		    option);
		exit(2);
	}
	return n;
}

void
bench_options(int argc, char **argv, const struct bench_option *o, size_t n,
    const char **folder, const char *usage)
{
	size_t j;
	int i;

	for (i = 1; i + 1 < argc; i += 2) {
		for (j = 0; j < n && strcmp(argv[i], o[j].name) != 0; j++)
			;
		if (j < n)
			*o[j].value = (unsigned)bench_number(argv[i],
			    argv[i + 1]);
		else if (strcmp(argv[i], "--folder") == 0)
			*folder = argv[i + 1];
		else
			break;
	}
	if (i < argc) {
		(void)fprintf(stderr, "usage: %s\n", usage);
		exit(2);
	}
}

static int
compare(const void *a, const void *b)
{
	int64_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return (x > y) - (x < y);
}

int64_t
bench_quantile(int64_t *v, size_t n, unsigned q)
{
	if (n == 0)
		return -1;
	qsort(v, n, sizeof(*v), compare);
	return v[(n - 1) * q / 1000];
}

/* ---- the hub ----------------------------------------------------------- */

static void
make_keys(struct bench_hub *h)
{
	size_t i;

	h->secret = fss__calloc(h->people, sizeof(*h->secret));
	h->public = fss__calloc(h->people, sizeof(*h->public));
	if (h->secret == NULL || h->public == NULL)
		bench_die("keys", FSS_ENOMEM);
	for (i = 0; i < h->people; i++)
		fss__keypair(h->public[i], h->secret[i]);
}

static void
make_people(const struct bench_hub *h, const char *data)
{
	struct fss__store_config cfg;
	struct fss__m_register m;
	struct fss__store *s;
	struct fss__actor who;
	struct fss__rules rules;
	struct fss__ctx ctx;
	struct fss__err err;
	char name[32];
	size_t i;

	memset(&cfg, 0, sizeof(cfg));
	memset(&rules, 0, sizeof(rules));
	memset(&ctx, 0, sizeof(ctx));
	cfg.dir = data;
	bench_need(fss__store_open(&cfg, &err, &s), "store");
	rules.registration = FSS_REGISTRATION_OPEN;
	ctx.store = s;
	ctx.db = fss__store_db(s);
	ctx.rules = &rules;
	ctx.now_us = fss__wall_us();
	for (i = 0; i < h->people; i++) {
		if (i % BATCH == 0)
			bench_need(fss__store_begin(s), "begin");
		bench_need(fss__fmt(name, sizeof(name), "p%zu", i), "name");
		memset(&m, 0, sizeof(m));
		m.name = fss__slice_str(name);
		m.password = fss__slice_str("no password");
		bench_need(fss__account_create(&ctx, &m, "*", h->public[i],
		    &who), "account");
		if (i % BATCH == BATCH - 1 || i + 1 == h->people)
			bench_need(fss__store_commit(s, true), "commit");
	}
	fss__store_close(s);
}

/* Starts fssd with @args; its stdout is the descriptor. */
static pid_t
start(const char *const *args, int *ret_fd)
{
	const char *build = getenv("FSS_BUILD_DIR");
	char program[1024];
	int fds[2];
	pid_t pid;

	bench_need(fss__fmt(program, sizeof(program), "%s/fssd",
	    build != NULL ? build : "build/release"), "name");
	if (pipe(fds) != 0 || (pid = fork()) < 0)
		bench_die("fssd", FSS_EIO);
	if (pid == 0) {
		/* Ends with us, however that happens. */
		(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
		(void)dup2(fds[1], STDOUT_FILENO);
		(void)close(fds[0]);
		(void)close(fds[1]);
		/* execv() changes none of them. */
		(void)execv(program, (char *const *)(uintptr_t)args);
		(void)fprintf(stderr, "bench: there is no %s: build first, or "
		    "set FSS_BUILD_DIR\n", program);
		_exit(127);
	}
	(void)close(fds[1]);
	*ret_fd = fds[0];
	return pid;
}

static void
init(const char *data)
{
	const char *args[] = { "fssd", "init", "--data", data, "--json", NULL };
	char drop[256];
	int fd, status;
	pid_t pid = start(args, &fd);

	while (read(fd, drop, sizeof(drop)) > 0)
		;
	(void)close(fd);
	if (waitpid(pid, &status, 0) != pid || status != 0)
		bench_die("fssd init", FSS_EIO);
}

/* What a hub of this size must be allowed; all else is as by default. */
static void
configure(const struct bench_hub *h, const char *data)
{
	char file[1100];
	FILE *f;

	bench_need(fss__fmt(file, sizeof(file), "%s/fssd.conf", data), "name");
	f = fopen(file, "we");
	if (f == NULL)
		bench_die(file, FSS_EIO);
	(void)fprintf(f, "[hub]\nlisten = tcp://127.0.0.1:0\n"
	    "introduce = off\n[limits]\nconnections_per_address = 0\n"
	    "anonymous_per_address = 0\nmax_sessions = %zu\n"
	    "[log]\nlevel = warn\n", h->people * 2 + 1000);
	if (fclose(f) != 0)
		bench_die(file, FSS_EIO);
}

/* fss://HOST:PORT#KEY, in its parts. */
static void
set_address(struct bench_hub *h, const char *address)
{
	const char *hash = strchr(address, '#');

	if (strncmp(address, "fss://", 6) != 0 || hash == NULL)
		bench_die(address, FSS_EINVAL);
	bench_need(fss__fmt(h->address, sizeof(h->address), "%s", address),
	    "name");
	bench_need(fss__fmt(h->endpoint, sizeof(h->endpoint), "tcp://%.*s",
	    (int)(hash - address) - 6, address + 6), "name");
	bench_need(fss__key_decode(h->key, hash + 1), "key");
}

static void
take_address(struct bench_hub *h, int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };
	char line[600];
	size_t n = 0;
	ssize_t got;

	line[0] = '\0';
	while (strchr(line, '\n') == NULL && n < sizeof(line) - 1 &&
	    poll(&p, 1, START_MS) == 1 &&
	    (got = read(fd, line + n, sizeof(line) - 1 - n)) > 0) {
		n += (size_t)got;
		line[n] = '\0';
	}
	line[strcspn(line, "\n")] = '\0';
	if (strncmp(line, "READY ", 6) != 0)
		bench_die("fssd does not start", FSS_EUNREACH);
	set_address(h, line + 6);
}

void
bench_hub_join(struct bench_hub *h, const char *address, const char *keyfile)
{
	char text[FSS__KEY_TEXT + 1] = "";
	FILE *f = fopen(keyfile, "re");

	memset(h, 0, sizeof(*h));
	bench_need(fss__crypto_init(), "crypto");
	set_address(h, address);
	h->people = 1;
	make_keys(h);
	if (f == NULL || fgets(text, sizeof(text), f) == NULL)
		bench_die(keyfile, FSS_EIO);
	(void)fclose(f);	/* it was only read */
	text[strcspn(text, "\n")] = '\0';
	bench_need(fss__key_decode(h->secret[0], text), keyfile);
	bench_need(fss__key_public(h->public[0], h->secret[0]), keyfile);
}

void
bench_finish(fss_client *c, int started, const fss_op *op, const char *what)
{
	const fss_event *ev;
	int r = started;

	while (r >= 0) {
		r = fss_client_wait_op(c, *op, -1, &ev);
		if (r < 0)
			break;
		if (fss_event_type(ev) == FSS_EVENT_DONE) {
			r = fss_event_error(ev);
			break;
		}
	}
	bench_need(r, what);
}

void
bench_hub_start(struct bench_hub *h, const char *parent, size_t people)
{
	char data[1100];
	const char *args[] = { "fssd", "run", "--data", data, "--ready-fd",
	    "1", NULL };
	int fd;

	memset(h, 0, sizeof(*h));
	h->people = people;
	bench_need(fss__crypto_init(), "crypto");
	bench_need(fss__fmt(h->dir, sizeof(h->dir), "%s/fss-bench-XXXXXX",
	    parent), "name");
	if (mkdtemp(h->dir) == NULL)
		bench_die(h->dir, FSS_EIO);
	running = h;
	bench_need(fss__fmt(data, sizeof(data), "%s/hub", h->dir), "name");
	init(data);
	make_keys(h);
	make_people(h, data);
	configure(h, data);
	h->pid = start(args, &fd);
	take_address(h, fd);
	(void)close(fd);
}

void
bench_hub_stop(struct bench_hub *h)
{
	const char *args[] = { "rm", "-rf", "--", h->dir, NULL };
	int64_t until = fss__mono_us() + STOP_MS * INT64_C(1000);
	pid_t pid = h->pid;

	running = NULL;
	h->pid = 0;
	if (pid > 0) {
		(void)kill(pid, SIGTERM);
		while (waitpid(pid, NULL, WNOHANG) == 0) {
			if (fss__mono_us() > until)
				(void)kill(pid, SIGKILL);
			(void)poll(NULL, 0, 20);
		}
	}
	pid = fork();
	if (pid == 0) {
		(void)execvp(args[0], (char *const *)(uintptr_t)args);
		_exit(127);
	}
	if (pid > 0)
		(void)waitpid(pid, NULL, 0);
	fss__free(h->secret);
	fss__free(h->public);
}

double
bench_hub_cpu(const struct bench_hub *h)
{
	unsigned long user = 0, sys = 0;
	char file[64], line[1024], *p;
	FILE *f;

	bench_need(fss__fmt(file, sizeof(file), "/proc/%ld/stat",
	    (long)h->pid), "name");
	f = fopen(file, "re");
	if (f == NULL || fgets(line, sizeof(line), f) == NULL ||
	    (p = strrchr(line, ')')) == NULL ||
	    sscanf(p, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
	    &user, &sys) != 2)
		bench_die(file, FSS_EIO);
	(void)fclose(f);
	return (double)(user + sys) / (double)sysconf(_SC_CLK_TCK);
}

uint64_t
bench_hub_memory(const struct bench_hub *h)
{
	char file[64], line[256];
	uint64_t kib = 0;
	FILE *f;

	bench_need(fss__fmt(file, sizeof(file), "/proc/%ld/status",
	    (long)h->pid), "name");
	f = fopen(file, "re");
	if (f == NULL)
		bench_die(file, FSS_EIO);
	while (kib == 0 && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "RssAnon: %" SCNu64, &kib) != 1)
			kib = 0;
	(void)fclose(f);
	return kib * 1024;
}
