/*
 * The hub's socket for programs of its own machine (front ends): a socket in
 * the file system, over which nothing is encrypted.  Who may talk over it is
 * decided by the user a program runs as, which the kernel tells: see
 * docs/adr/0022-local-socket.md.
 */
#ifndef FSS__NET_LOCAL_H
#define FSS__NET_LOCAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "crypto/keys.h"

#define FSS__LOCAL_SCHEME	"fss+unix://"
#define FSS__LOCAL_PATH		104	/* bytes, with NUL: fits a sockaddr_un */
#define FSS__LOCAL_USERS	16
#define FSS__LOCAL_DOMAIN	"fss-local"	/* of ZAP */
#define FSS__LOCAL_PEER		"local"	/* in place of an address */

/* An absolute path without what has a meaning in an endpoint. */
bool	fss__local_path_ok(const char *path);
/* "ipc://PATH"; @dst of FSS__LOCAL_PATH + 8 bytes. */
void	fss__local_endpoint(const char *path, char *dst);
bool	fss__local_is_endpoint(const char *endpoint);
/* "local", or the address of a peer that ZeroMQ tells. */
const char *fss__local_peer(const char *peer);

/* Numbers of users with spaces between them, at most FSS__LOCAL_USERS. */
bool	fss__local_users_parse(const char *text,
	    uint32_t user[FSS__LOCAL_USERS], size_t *ret_n);
bool	fss__local_listed(const uint32_t *users, size_t n, uint32_t user);
/* The user in the address that ZAP tells of a local peer. */
bool	fss__local_user_of(const uint8_t *address, size_t n,
	    uint32_t *ret_user);
/*
 * What stands for a user where others have a public key.  It is a digest, to
 * which nobody can find a secret key.  FSS_ENOMEM.
 */
int	fss__local_key(uint32_t user, uint8_t key[FSS__KEY_BYTES]);

/* Which file it is: another may stand at its path by now. */
struct fss__local_node {
	dev_t		 dev;
	ino_t		 ino;
};

/*
 * Makes @sock, a ROUTER bound already or not, listen at @path as well; what
 * it is bound to later would be without encryption too.  A socket that a hub
 * left behind is taken away.  FSS_EINVAL, FSS_EBUSY (somebody listens there,
 * or it is something else), FSS_EIO.
 */
int	fss__local_bind(void *sock, const char *path, struct fss__err *err,
	    struct fss__local_node *ret_file);
/*
 * Removes what fss__local_bind() made, before the socket is closed: as long
 * as somebody listens there no other hub takes the path.
 */
void	fss__local_remove(const char *path, const struct fss__local_node *file);

#endif
