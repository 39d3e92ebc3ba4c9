/*
 * What the files of the server handle share.
 */
#ifndef FSS__SERVER_INTERNAL_H
#define FSS__SERVER_INTERNAL_H

#include <unistd.h>

#include "net/local.h"
#include "net/router.h"
#include "proto/hub.h"
#include "server/executor.h"
#include "server/server.h"

#define FSS__SERVER_NUMBERS	(FSS_SERVER_STAGE_KEEP + 1)
#define FSS__SERVER_PATH	4096

struct fss_server {
	char		data[FSS__SERVER_PATH];
	char		listen[FSS__ENDPOINT];
	char		introduce[FSS__ENDPOINT];
	char		name[FSS__MAX_LABEL + 1];
	uint8_t		front[FSS__FRONTS][FSS__KEY_BYTES];
	size_t		fronts;
	char		local[FSS__LOCAL_PATH];
	uint32_t	local_user[FSS__LOCAL_USERS];
	size_t		local_users;
	char		web_address[FSS__MAX_URL + 1];
	uint64_t	number[FSS__SERVER_NUMBERS];
	uint8_t		seal[FSS__KEY_BYTES];	/* of what cursors hide */
	struct fss__log	log;

	struct fss__err	err;
	char		address[FSS__ENDPOINT + FSS__KEY_TEXT + 8];
	struct fss__store	*store;
	struct fss__executor	*executor;
	struct fss__hub		*hub;
	struct fss__router	*router;	/* NULL until open */
	int		epoll_fd;
	int		event_fd;
	int64_t		tick_us;
	pid_t		pid;		/* whose threads and locks these are */
};

/* FSS_EINVAL: none; FSS_EFORK: the parent's. */
static inline int
fss__server_check(const fss_server *s)
{
	if (s == NULL)
		return FSS_EINVAL;
	return s->pid == getpid() ? 0 : FSS_EFORK;
}

#endif
