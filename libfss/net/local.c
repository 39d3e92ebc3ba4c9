#define _GNU_SOURCE		/* SOCK_CLOEXEC */
/*
 * The hub's socket for programs of its own machine.
 *
 * ZeroMQ's ZAP request for a peer of such a socket has "HOST:UID:GID:PID" for
 * an address, of which the kernel said all but the first (SO_PEERCRED).
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <zmq.h>

#include <fss/error.h>

#include "base/num.h"
#include "base/str.h"
#include "crypto/digest.h"
#include "net/local.h"
#include "net/zmsg.h"

#define IPC		"ipc://"
#define PEER		"localhost:"	/* how glibc calls a local peer */
#define MODE		0666	/* the user is looked at, not the file */

bool
fss__local_path_ok(const char *path)
{
	const char *p;

	if (path[0] != '/' || strlen(path) >= FSS__LOCAL_PATH)
		return false;
	for (p = path; *p != '\0'; p++)
		if (*p <= ' ' || *p == 0x7f || strchr("#?%*\"'", *p) != NULL)
			return false;
	return p[-1] != '/';
}

void
fss__local_endpoint(const char *path, char *dst)
{
	/* Always fits: the path was looked at when it was set. */
	(void)fss__fmt(dst, FSS__LOCAL_PATH + 8, IPC "%s", path);
}

bool
fss__local_is_endpoint(const char *endpoint)
{
	return strncmp(endpoint, IPC, strlen(IPC)) == 0;
}

const char *
fss__local_peer(const char *peer)
{
	return strncmp(peer, PEER, strlen(PEER)) == 0 ? FSS__LOCAL_PEER : peer;
}

/* Takes a number off *p; false where there is none, or one too large. */
static bool
take_user(const char **p, const char *end, uint32_t *ret_user)
{
	uint64_t n = 0;
	const char *s = *p;

	for (; s < end && *s >= '0' && *s <= '9' && n <= UINT32_MAX; s++)
		n = n * 10 + (uint64_t)(*s - '0');
	/* The last number of all is that of nobody: (uid_t)-1. */
	if (s == *p || n >= UINT32_MAX)
		return false;
	*p = s;
	*ret_user = (uint32_t)n;
	return true;
}

bool
fss__local_users_parse(const char *text, uint32_t user[FSS__LOCAL_USERS],
    size_t *ret_n)
{
	const char *end = text + strlen(text);
	size_t n = 0;

	for (;;) {
		text += strspn(text, " \t");
		if (text == end)
			break;
		if (n == FSS__LOCAL_USERS || !take_user(&text, end, &user[n]) ||
		    (text < end && *text != ' ' && *text != '\t'))
			return false;
		n++;
	}
	*ret_n = n;
	return true;
}

bool
fss__local_listed(const uint32_t *users, size_t n, uint32_t user)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (users[i] == user)
			return true;
	return false;
}

bool
fss__local_user_of(const uint8_t *address, size_t n, uint32_t *ret_user)
{
	const char *p = (const char *)address, *end = p + n;
	uint32_t group, process;

	if (n < strlen(PEER) || memcmp(p, PEER, strlen(PEER)) != 0)
		return false;
	p += strlen(PEER);
	return take_user(&p, end, ret_user) && p < end && *p++ == ':' &&
	    take_user(&p, end, &group) && p < end && *p++ == ':' &&
	    take_user(&p, end, &process) && p == end;
}

int
fss__local_key(uint32_t user, uint8_t key[FSS__KEY_BYTES])
{
	static const char what[] = "FSS user of this machine";
	uint8_t text[sizeof(what) + 4];
	struct fss__id id;
	int r;

	memcpy(text, what, sizeof(what));
	fss__put_le32(text + sizeof(what), user);
	r = fss__digest(FSS__KIND_DATA | FSS__ALG_BLAKE2B, text, sizeof(text),
	    &id);
	if (r == 0)
		memcpy(key, id.b + 1, FSS__KEY_BYTES);
	return r;
}

/* ---- listening -------------------------------------------------------- */

/*
 * Is the socket at @path somebody's?  Of one that was left behind connections
 * are refused; one may also have no more room for them, be of another kind,
 * or not for us.
 */
static bool
taken(const char *path)
{
	struct sockaddr_un a;
	bool yes;
	int fd;

	memset(&a, 0, sizeof(a));
	a.sun_family = AF_UNIX;
	memcpy(a.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return false;	/* ZeroMQ will find no descriptor either */
	yes = connect(fd, (const struct sockaddr *)&a, sizeof(a)) == 0 ||
	    (errno != ECONNREFUSED && errno != ENOENT);
	(void)close(fd);		/* nothing was written to it */
	return yes;
}

/* ZeroMQ removes what is there, whatever it is: so look first. */
static int
look(const char *path, struct fss__err *err)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return errno == ENOENT ? 0 : fss__err_set(err, FSS_EIO,
		    "cannot listen at '%s': %s", path, strerror(errno));
	if (!S_ISSOCK(st.st_mode))
		return fss__err_set(err, FSS_EBUSY,
		    "cannot listen at '%s': it is something else", path);
	if (taken(path))
		return fss__err_set(err, FSS_EBUSY,
		    "cannot listen at '%s': somebody does, or it is something "
		    "else", path);
	return 0;
}

int
fss__local_bind(void *sock, const char *path, struct fss__err *err,
    struct fss__local_node *ret_file)
{
	static const int off = 0;
	struct stat st;
	char endpoint[FSS__LOCAL_PATH + 8];
	int r;

	if (!fss__local_path_ok(path))
		return fss__err_set(err, FSS_EINVAL,
		    "'%s' is no path for a socket", path);
	r = look(path, err);
	if (r != 0)
		return r;
	fss__local_endpoint(path, endpoint);
	/* Options go along with what is bound after they were set. */
	if (zmq_setsockopt(sock, ZMQ_CURVE_SERVER, &off, sizeof(off)) != 0 ||
	    zmq_setsockopt(sock, ZMQ_ZAP_DOMAIN, FSS__LOCAL_DOMAIN,
	    strlen(FSS__LOCAL_DOMAIN)) != 0)
		return fss__zmq_errno(errno);
	if (zmq_bind(sock, endpoint) != 0)
		return fss__err_set(err, FSS_EIO, "cannot listen at '%s': %s",
		    path, zmq_strerror(errno));
	if (chmod(path, MODE) != 0 || lstat(path, &st) != 0)
		return fss__err_set(err, FSS_EIO, "cannot open '%s' to others:"
		    " %s", path, strerror(errno));
	ret_file->dev = st.st_dev;
	ret_file->ino = st.st_ino;
	return 0;
}

void
fss__local_remove(const char *path, const struct fss__local_node *file)
{
	struct stat st;

	/* One that stays is taken away by the next hub. */
	if (lstat(path, &st) == 0 && st.st_dev == file->dev &&
	    st.st_ino == file->ino)
		(void)unlink(path);
}
