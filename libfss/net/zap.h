/*
 * ZeroMQ's authentication handler of the hub.
 */
#ifndef FSS__NET_ZAP_H
#define FSS__NET_ZAP_H

#include <stddef.h>
#include <stdint.h>

#define FSS__ZAP_DOMAIN	"fss"	/* of CURVE over TCP */

struct fss__routes;

/*
 * Answers what waits at @zap; @users may use the local socket.  Who gets in is
 * named by @routes.
 */
void	fss__zap_serve(void *zap, const uint32_t *users, size_t n,
	    struct fss__routes *routes);

#endif
