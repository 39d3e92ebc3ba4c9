/*
 * Tells the service manager how the daemon is, as sd_notify(3) does.
 *
 * The protocol is one datagram of lines to the socket named by NOTIFY_SOCKET
 * and is promised to stay; written out here, a daemon that faces the internet
 * need not map a library and its compressors for it.  Without a manager all
 * of this does nothing, and no failure of it matters to the hub.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "fssd.h"

void
notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to;
	size_t n;
	int fd;

	if (path == NULL || (path[0] != '/' && path[0] != '@'))
		return;
	n = strlen(path);
	if (n >= sizeof(to.sun_path))
		return;
	memset(&to, 0, sizeof(to));
	to.sun_family = AF_UNIX;
	memcpy(to.sun_path, path, n);
	/* "@name" is in the abstract name space, which begins with a NUL. */
	if (path[0] == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (fd < 0)
		return;
	if (sendto(fd, state, strlen(state), MSG_NOSIGNAL,
	    (const struct sockaddr *)&to,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) < 0)
		log_say(FSS_LOG_WARN, "cannot tell the service manager",
		    "socket=%s", path);
	(void)close(fd);
}

void
notify_reloading(void)
{
	struct timespec ts;
	char text[96];

	if (clock_gettime(CLOCK_MONOTONIC, &ts) < 0)
		return;
	(void)snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)ts.tv_sec * 1000000 + ts.tv_nsec / 1000);
	notify(text);
}
