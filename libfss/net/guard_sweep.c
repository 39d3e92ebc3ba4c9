#define _DEFAULT_SOURCE		/* struct tcp_info */
/*
 * The guard's sweep: who holds too much, and who of all is to go.  What is
 * counted, and why, is told in guard.c.
 */
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/num.h"
#include "net/guard_internal.h"
#include "net/unsent.h"

#define BUSY_US		INT64_C(100000)	/* between sweeps when it matters */
#define IDLE_US		INT64_C(1000000)

/* Brings the account of one connection up to date; false: it is gone. */
static bool
look(struct fss__guard_conn *c, int fd)
{
	struct tcp_info info;
	socklen_t size = sizeof(info);
	uint64_t got, taken;
	int unread = 0;

	memset(&info, 0, sizeof(info));
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
		return false;
	got = info.tcpi_bytes_received;
	if (got < c->received) {	/* another under the same number */
		c->received = 0;
		c->held = 0;
	}
	if (got - c->received + c->held > c->delivered + FSS__GUARD_SLACK &&
	    ioctl(fd, FIONREAD, &unread) == 0 && unread > 0)
		got -= fss__min_u64(got - c->received, (uint64_t)unread);
	taken = c->held + (got - c->received);
	c->delivered += FSS__GUARD_SLACK;
	c->held = taken > c->delivered ? taken - c->delivered : 0;
	c->received = got;
	c->delivered = 0;
	return true;
}

/* Of an older kernel (before 4.19) it is not known what was written. */
bool
fss__guard_look(int fd, struct fss__unsent_line *ret_line)
{
	struct tcp_info info;
	socklen_t size = sizeof(ret_line->socket);

	memset(ret_line, 0, sizeof(*ret_line));
	if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &ret_line->socket,
	    &size) != 0)
		return false;
	memset(&info, 0, sizeof(info));
	size = sizeof(info);
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
		return true;
	ret_line->acked = info.tcpi_bytes_acked;
	ret_line->counted = size >= offsetof(struct tcp_info,
	    tcpi_bytes_retrans) + sizeof(info.tcpi_bytes_retrans);
	if (ret_line->counted)
		ret_line->written = info.tcpi_bytes_sent -
		    info.tcpi_bytes_retrans + info.tcpi_notsent_bytes;
	return true;
}

/*
 * Cuts those that hold most until all together hold little enough: those
 * nobody is logged in over first.  What is above the mean goes at once, so
 * that few passes are enough however many there are.
 */
static void
relieve(struct fss__guard *g, bool trusted, int64_t mono_us)
{
	struct fss__guard_conn *c;
	uint64_t sum, count;
	size_t i;

	while (g->held > g->cfg.total) {
		sum = count = 0;
		for (i = 0; i < g->nconns; i++) {
			c = &g->conn[i];
			if (!c->live || c->cut || c->trusted != trusted)
				continue;
			sum += c->held;
			count += c->held > 0;
		}
		if (count == 0)
			return;
		for (i = 0; i < g->nconns && g->held > g->cfg.total; i++) {
			c = &g->conn[i];
			if (!c->live || c->cut || c->trusted != trusted ||
			    c->held == 0 || c->held < sum / count)
				continue;
			c->cut = true;
			g->held -= c->held;
			fss__guard_end(g, (int)i, g->source[c->source].port,
			    "memory-of-all", mono_us);
		}
	}
}

void
fss__guard_sweep(struct fss__guard *g, int64_t mono_us)
{
	const struct fss__guard_source *src;
	struct fss__guard_conn *c;
	bool busy = false;
	size_t i;

	if (mono_us < g->sweep_us)
		return;
	fss__guard_note(g, mono_us);
	g->held = 0;
	for (i = 0; i < g->nconns; i++) {
		c = &g->conn[i];
		if (!c->live || c->cut)
			continue;
		src = &g->source[c->source];
		if (c->local ? !fss__guard_ours(g, (int)i, src->port) :
		    !look(c, (int)i)) {
			fss__guard_forget(g, (int)i);
			continue;
		}
		if (c->held > src->each) {
			c->cut = true;
			fss__guard_end(g, (int)i, src->port,
			    "unfinished-message", mono_us);
			continue;
		}
		if (src->most_us != 0 &&
		    mono_us - c->since_us > src->most_us) {
			c->cut = true;
			fss__guard_end(g, (int)i, src->port, "stays",
			    mono_us);
			continue;
		}
		g->held += c->held;
		busy = busy || c->held > src->each / 8;
	}
	busy = busy || g->held > g->cfg.total / 8;
	relieve(g, false, mono_us);
	relieve(g, true, mono_us);
	g->sweep_us = mono_us + (busy ? BUSY_US : IDLE_US);
}
