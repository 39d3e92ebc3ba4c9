#define _GNU_SOURCE	/* epoll and eventfd: one stable descriptor */
/*
 * The server handle: its settings, and its beginning and end.
 *
 * open() puts store, executor, hub machine and sockets together; what they do
 * then is server_loop.c's.
 */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/num.h"
#include "base/time.h"
#include "model/stage.h"
#include "server/server_internal.h"

#define MAX_UPLOAD	(UINT64_C(256) << 20)
#define MAX_HEADERS	(UINT64_C(256) << 20)
#define MAX_ANONYMOUS	4096

int
fss_server_new(fss_server **ret_s)
{
	fss_server *s;
	int r;

	if (ret_s == NULL)
		return FSS_EINVAL;
	*ret_s = NULL;
	r = fss__crypto_init();
	if (r != 0)
		return r;
	s = fss__zalloc(sizeof(*s));
	if (s == NULL)
		return FSS_ENOMEM;
	s->epoll_fd = -1;
	s->event_fd = -1;
	s->pid = getpid();
	s->number[FSS_SERVER_REGISTRATION] = FSS_REGISTRATION_INVITE;
	s->number[FSS_SERVER_KEEP_VERSIONS] = FSS__MAX_VERSIONS;
	s->number[FSS_SERVER_STAGE_KEEP] = FSS__STAGE_KEEP_S;
	s->number[FSS_SERVER_READERS] = 2;
	s->number[FSS_SERVER_IO_THREADS] = 1;
	s->number[FSS_SERVER_MAX_SESSIONS] = 20000;
	s->number[FSS_SERVER_PER_FRONT_END] = 16384;
	s->number[FSS_SERVER_MAX_HELD] = UINT64_C(512) << 20;
	s->number[FSS_SERVER_MAX_UNSENT] = UINT64_C(512) << 20;
	s->number[FSS_SERVER_PER_ADDRESS] = 1024;
	s->number[FSS_SERVER_PER_ACCOUNT] = 64;
	s->number[FSS_SERVER_ANONYMOUS] = 64;
	(void)fss__fmt(s->name, sizeof(s->name), "hub");
	*ret_s = s;
	return 0;
}

static void
close_fds(fss_server *s)
{
	if (s->epoll_fd >= 0)
		(void)close(s->epoll_fd);
	if (s->event_fd >= 0)
		(void)close(s->event_fd);
	s->epoll_fd = s->event_fd = -1;
}

/* Everything that open() made; the order undoes it. */
static void
close_all(fss_server *s)
{
	fss__executor_stop(s->executor);
	s->executor = NULL;
	fss__hub_free(s->hub);
	s->hub = NULL;
	fss__router_close(s->router);
	s->router = NULL;
	fss__store_close(s->store);
	s->store = NULL;
	close_fds(s);
}

void
fss_server_free(fss_server *s)
{
	if (s == NULL)
		return;
	if (fss__server_check(s) == 0) {
		close_all(s);
	} else {
		/*
		 * The threads stayed with the parent, who goes on with the
		 * store and the sockets: to end any of it here would wait for
		 * them, or take from the parent what is still in use.
		 */
		fss__store_forget(s->store);
		close_fds(s);
	}
	fss__free(s);
}

/* No path but "/", which is left out; it stands before "/s/TOKEN". */
static int
set_web_address(fss_server *s, const char *value)
{
	size_t n = strlen(value);
	const char *host, *p;

	if (n > 0 && value[n - 1] == '/')
		n--;
	if (strncmp(value, "https://", 8) == 0)
		host = value + 8;
	else if (strncmp(value, "http://", 7) == 0)
		host = value + 7;
	else
		return FSS_EINVAL;
	if (host >= value + n)
		return FSS_EINVAL;
	for (p = host; p < value + n; p++)
		if (*p <= ' ' || *p == 0x7f || strchr("\"'<>\\?#/", *p) != NULL)
			return FSS_EINVAL;
	return fss__fmt(s->web_address, sizeof(s->web_address), "%.*s",
	    (int)n, value);
}

static int
set_local(fss_server *s, const char *value)
{
	if (value[0] != '\0' && !fss__local_path_ok(value))
		return FSS_EINVAL;
	return fss__fmt(s->local, sizeof(s->local), "%s", value);
}

static int
set_local_users(fss_server *s, const char *value)
{
	uint32_t user[FSS__LOCAL_USERS];
	size_t n;

	if (!fss__local_users_parse(value, user, &n))
		return FSS_EINVAL;
	memcpy(s->local_user, user, n * sizeof(user[0]));
	s->local_users = n;
	return 0;
}

/*
 * To the hub: the users of this machine, and who has a key.  Those are last, as
 * they change while it runs: where former ones still have sessions there may
 * be no place for all.
 */
static int
give_fronts(fss_server *s, const uint8_t (*front)[FSS__KEY_BYTES], size_t n)
{
	uint8_t key[FSS__FRONTS][FSS__KEY_BYTES];
	size_t i;
	int r;

	if (s->local[0] == '\0')
		return fss__hub_set_fronts(s->hub, front, n);
	if (n + s->local_users > FSS__FRONTS)
		return fss__err_set(&s->err, FSS_EINVAL, "there may be %d "
		    "front ends, those of the local socket among them",
		    FSS__FRONTS);
	for (i = 0; i < s->local_users; i++) {
		r = fss__local_key(s->local_user[i], key[i]);
		if (r != 0)
			return r;
	}
	memcpy(key + i, front, n * sizeof(key[0]));
	return fss__hub_set_fronts(s->hub,
	    (const uint8_t (*)[FSS__KEY_BYTES])key, n + i);
}

/* Keys with spaces between them, all or none. */
static int
set_fronts(fss_server *s, const char *value)
{
	uint8_t key[FSS__FRONTS][FSS__KEY_BYTES];
	char text[FSS__KEY_TEXT];
	size_t n = 0, len;
	int r;

	for (;; value += len) {
		value += strspn(value, " \t");
		len = strcspn(value, " \t");
		if (len == 0)
			break;
		if (n == FSS__FRONTS || len != sizeof(text) - 1)
			return FSS_EINVAL;
		memcpy(text, value, len);
		text[len] = '\0';
		r = fss__key_decode(key[n], text);
		if (r != 0)
			return r;
		n++;
	}
	if (s->hub != NULL) {
		r = give_fronts(s, (const uint8_t (*)[FSS__KEY_BYTES])key, n);
		if (r != 0)
			return r;
	}
	memcpy(s->front, key, n * sizeof(key[0]));
	s->fronts = n;
	return 0;
}

int
fss_server_set_text(fss_server *s, fss_server_text which, const char *value)
{
	int r = fss__server_check(s);

	if (r != 0)
		return r;
	if (value == NULL)
		return FSS_EINVAL;
	if (which == FSS_SERVER_FRONT_ENDS)
		return set_fronts(s, value);
	if (s->router != NULL)
		return FSS_EBUSY;
	switch (which) {
	case FSS_SERVER_DATA:
		return fss__fmt(s->data, sizeof(s->data), "%s", value);
	case FSS_SERVER_LISTEN:
		return fss__fmt(s->listen, sizeof(s->listen), "%s", value);
	case FSS_SERVER_INTRODUCE:
		return fss__fmt(s->introduce, sizeof(s->introduce), "%s",
		    value);
	case FSS_SERVER_NAME:
		return fss__utf8_valid(fss__slice_str(value)) ?
		    fss__fmt(s->name, sizeof(s->name), "%s", value) :
		    FSS_EINVAL;
	case FSS_SERVER_FRONT_ENDS:
		break;
	case FSS_SERVER_WEB_ADDRESS:
		return set_web_address(s, value);
	case FSS_SERVER_LOCAL:
		return set_local(s, value);
	case FSS_SERVER_LOCAL_USERS:
		return set_local_users(s, value);
	}
	return FSS_EINVAL;
}

static struct fss__rules
rules_of(const fss_server *s)
{
	struct fss__rules rules;

	memset(&rules, 0, sizeof(rules));
	rules.registration = (int)s->number[FSS_SERVER_REGISTRATION];
	rules.keep_versions = (unsigned)s->number[FSS_SERVER_KEEP_VERSIONS];
	rules.quota_bytes = s->number[FSS_SERVER_QUOTA_BYTES];
	rules.quota_files = s->number[FSS_SERVER_QUOTA_FILES];
	rules.free_floor = s->number[FSS_SERVER_FREE_FLOOR];
	rules.stage_keep_s = s->number[FSS_SERVER_STAGE_KEEP];
	rules.pwhash_ops = s->number[FSS_SERVER_PWHASH_OPS];
	rules.pwhash_mem = (size_t)s->number[FSS_SERVER_PWHASH_MEM];
	memcpy(rules.seal, s->seal, sizeof(rules.seal));
	memcpy(rules.web_address, s->web_address, sizeof(s->web_address));
	return rules;
}

int
fss_server_set_number(fss_server *s, fss_server_number which, uint64_t value)
{
	static const struct {
		uint64_t min, max;
	} range[FSS__SERVER_NUMBERS] = {
		[FSS_SERVER_REGISTRATION] = { 0, FSS_REGISTRATION_OPEN },
		[FSS_SERVER_KEEP_VERSIONS] = { 1, 1000000 },
		[FSS_SERVER_QUOTA_BYTES] = { 0, INT64_MAX },
		[FSS_SERVER_QUOTA_FILES] = { 0, INT64_MAX },
		[FSS_SERVER_FREE_FLOOR] = { 0, INT64_MAX },
		[FSS_SERVER_READERS] = { 1, 64 },
		[FSS_SERVER_IO_THREADS] = { 1, 16 },
		[FSS_SERVER_MAX_SESSIONS] = { 1, 1000000 },
		[FSS_SERVER_SEGMENT_BYTES] = { 0, UINT64_C(1) << 40 },
		[FSS_SERVER_PWHASH_MEM] = { 0, UINT64_C(1) << 32 },
		[FSS_SERVER_PWHASH_OPS] = { 0, 100 },
		[FSS_SERVER_MAX_HELD] = { FSS__MAX_UNDELIVERED, INT64_MAX },
		[FSS_SERVER_PER_ADDRESS] = { 0, 1000000 },
		[FSS_SERVER_MAX_UNSENT] = { 2 * FSS__MAX_UNSENT, INT64_MAX },
		[FSS_SERVER_PER_ACCOUNT] = { 0, 1000000 },
		[FSS_SERVER_ANONYMOUS] = { 0, 1000000 },
		[FSS_SERVER_PER_FRONT_END] = { 0, 1000000 },
		[FSS_SERVER_STAGE_KEEP] = { 60, 31536000 },
	};
	struct fss__rules rules;
	int r = fss__server_check(s);

	if (r != 0)
		return r;
	if ((int)which < 1 || (int)which >= FSS__SERVER_NUMBERS ||
	    value < range[which].min || value > range[which].max)
		return FSS_EINVAL;
	if (s->router != NULL && which > FSS_SERVER_FREE_FLOOR &&
	    which != FSS_SERVER_STAGE_KEEP)
		return FSS_EBUSY;
	s->number[which] = value;
	if (s->router != NULL) {
		rules = rules_of(s);
		fss__executor_set_rules(s->executor, &rules);
		fss__hub_set_registration(s->hub, rules.registration);
	}
	return 0;
}

int
fss_server_set_log(fss_server *s, fss_log_fn fn, void *ctx, int level)
{
	int r = fss__server_check(s);

	if (r != 0)
		return r;
	if (level < FSS_LOG_ERROR || level > FSS_LOG_DEBUG)
		return FSS_EINVAL;
	if (s->router != NULL)
		return FSS_EBUSY;
	s->log.fn = fn;
	s->log.ctx = ctx;
	s->log.level = level;
	return 0;
}

const char *
fss_server_errmsg(const fss_server *s)
{
	return s->err.detail;
}

const char *
fss_server_address(const fss_server *s)
{
	return s->address;
}

/* ---- open ------------------------------------------------------------- */

static int
watch(fss_server *s, int fd)
{
	struct epoll_event ev;

	memset(&ev, 0, sizeof(ev));
	ev.events = EPOLLIN;
	ev.data.fd = fd;
	return epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &ev) == 0 ? 0 :
	    fss__errno(errno);
}

/* Out of the hub's key, so that cursors hold over a restart. */
static int
make_seal(fss_server *s)
{
	uint8_t *secret = fss__secmem_new(FSS__KEY_BYTES);
	int r;

	if (secret == NULL)
		return FSS_ENOMEM;
	r = fss__hub_key_read(s->data, secret, &s->err);
	if (r == 0) {
		fss__put_le64(s->seal, fss__keyed_hash(secret, "seal 1", 6));
		fss__put_le64(s->seal + 8,
		    fss__keyed_hash(secret, "seal 2", 6));
	}
	fss__secmem_free(secret);
	return r;
}

static int
open_sockets(fss_server *s)
{
	struct fss__router_config cfg;
	uint8_t public_key[FSS__KEY_BYTES], *secret;
	char key[FSS__KEY_TEXT];
	int fds[FSS__ROUTER_FDS], r;
	size_t i, n;

	secret = fss__secmem_new(FSS__KEY_BYTES);
	if (secret == NULL)
		return FSS_ENOMEM;
	r = fss__hub_key_read(s->data, secret, &s->err);
	if (r == 0)
		r = fss__key_public(public_key, secret);
	if (r == 0) {
		memset(&cfg, 0, sizeof(cfg));
		cfg.listen = s->listen;
		cfg.introduce = s->introduce[0] != '\0' ? s->introduce : NULL;
		cfg.local = s->local[0] != '\0' ? s->local : NULL;
		cfg.local_user = s->local_user;
		cfg.local_users = s->local_users;
		cfg.public_key = public_key;
		cfg.secret_key = secret;
		cfg.io_threads = (unsigned)s->number[FSS_SERVER_IO_THREADS];
		/* Either frame; CURVE and framing add less than a page. */
		cfg.max_message = FSS__MAX_PAYLOAD + 4096;
		cfg.max_held = s->number[FSS_SERVER_MAX_HELD];
		cfg.max_unsent = s->number[FSS_SERVER_MAX_UNSENT];
		cfg.per_address = (uint32_t)s->number[FSS_SERVER_PER_ADDRESS];
		cfg.log = &s->log;
		r = fss__router_open(&cfg, &s->err, &s->router);
	}
	fss__secmem_free(secret);
	if (r != 0)
		return r;
	fss__key_encode(key, public_key);
	r = fss__fmt(s->address, sizeof(s->address), "fss://%s#%s",
	    fss__router_bound(s->router), key);
	n = fss__router_fds(s->router, fds);
	for (i = 0; r == 0 && i < n; i++)
		r = watch(s, fds[i]);
	return r;
}

static int
open_hub(fss_server *s)
{
	struct fss__hub_config cfg;
	int r;

	memset(&cfg, 0, sizeof(cfg));
	(void)fss__fmt(cfg.name, sizeof(cfg.name), "%s", s->name);
	cfg.registration = (int)s->number[FSS_SERVER_REGISTRATION];
	cfg.max_sessions = (uint32_t)s->number[FSS_SERVER_MAX_SESSIONS];
	cfg.max_anonymous = MAX_ANONYMOUS;
	cfg.max_account = (uint32_t)s->number[FSS_SERVER_PER_ACCOUNT];
	cfg.max_address = (uint32_t)s->number[FSS_SERVER_ANONYMOUS];
	cfg.max_front = (uint32_t)s->number[FSS_SERVER_PER_FRONT_END];
	cfg.max_upload = MAX_UPLOAD;
	cfg.max_headers = MAX_HEADERS;
	cfg.max_unsent = s->number[FSS_SERVER_MAX_UNSENT];
	cfg.easy = fss__min_u64(MAX_UPLOAD / 4, cfg.max_unsent / 8);
	cfg.chunk_min = 65536;		/* see docs/adr/0003 */
	cfg.chunk_avg = 262144;
	cfg.chunk_max = FSS__MAX_CHUNK;
	cfg.digest = FSS__ALG_LEAVES;	/* see docs/adr/0012 */
	cfg.log = &s->log;
	r = fss__hub_new(&cfg, &s->hub);
	return r != 0 ? r : give_fronts(s,
	    (const uint8_t (*)[FSS__KEY_BYTES])s->front, s->fronts);
}

static int
open_store(fss_server *s)
{
	struct fss__store_config cfg;
	char db[FSS__SERVER_PATH + 16];

	(void)fss__fmt(db, sizeof(db), "%s/meta.db", s->data);
	if (access(db, F_OK) != 0)
		return fss__err_set(&s->err, FSS_ENOENT,
		    "there is no store in '%s'", s->data);
	memset(&cfg, 0, sizeof(cfg));
	cfg.dir = s->data;
	cfg.segment_bytes = s->number[FSS_SERVER_SEGMENT_BYTES];
	cfg.log = &s->log;
	return fss__store_open(&cfg, &s->err, &s->store);
}

static int
open_executor(fss_server *s)
{
	struct fss__executor_config cfg;
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	memset(&cfg, 0, sizeof(cfg));
	cfg.store = s->store;
	cfg.rules = rules_of(s);
	cfg.readers = (unsigned)s->number[FSS_SERVER_READERS];
	cfg.hashers = cpus > 4 ? 4 : cpus < 1 ? 1 : (unsigned)cpus;
	cfg.board = fss__hub_board(s->hub);
	cfg.wake_fd = s->event_fd;
	cfg.log = &s->log;
	return fss__executor_start(&cfg, &s->err, &s->executor);
}

int
fss_server_open(fss_server *s)
{
	int r = fss__server_check(s);

	if (r != 0)
		return r;
	if (s->router != NULL)
		return FSS_EBUSY;
	fss__err_clear(&s->err);
	if (s->local_users == 0) {
		s->local_user[0] = (uint32_t)geteuid();
		s->local_users = 1;
	}
	if (s->data[0] == '\0' || s->listen[0] == '\0')
		return fss__err_set(&s->err, FSS_EINVAL,
		    "no data folder or no address to listen on");
	s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	s->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->epoll_fd < 0 || s->event_fd < 0)
		r = fss__err_set(&s->err, FSS_EIO, "no descriptors left");
	if (r == 0)
		r = watch(s, s->event_fd);
	if (r == 0)
		r = open_store(s);
	if (r == 0)
		r = open_hub(s);
	if (r == 0)
		r = make_seal(s);
	if (r == 0)
		r = open_executor(s);
	if (r == 0)
		r = open_sockets(s);	/* last: now requests come */
	if (r != 0) {
		close_all(s);
		return r;
	}
	/* What came before the descriptors were watched. */
	return fss_server_wakeup(s);
}
