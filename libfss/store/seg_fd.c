/*
 * A cache of descriptors for reading segments.
 *
 * A slot counts its users; only unused slots are closed for others, the least
 * recently used first.  When all are in use a descriptor outside the cache
 * serves the one read.  The mutex is held for lookups and open(), never while
 * reading.  Reading goes on unharmed in a file that is removed meanwhile.
 */
#include "store/seg_fd.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/str.h"

#define SLOTS	64

struct slot {
	uint32_t	segment;
	int		fd;		/* -1: free */
	unsigned	users;
	bool		gone;		/* close at the last put */
	uint64_t	used_at;
};

struct fss__segfds {
	pthread_mutex_t	mutex;
	int		dir_fd;
	uint64_t	clock;
	struct slot	slots[SLOTS];
};

void
fss__seg_name(char dst[FSS__SEG_NAME], uint32_t segment)
{
	/* Ten digits and ".seg" always fit. */
	(void)fss__fmt(dst, FSS__SEG_NAME, "%08lu.seg", (unsigned long)segment);
}

int
fss__segfds_new(int dir_fd, struct fss__segfds **ret_c)
{
	struct fss__segfds *c;
	size_t i;

	*ret_c = NULL;
	c = fss__zalloc(sizeof(*c));
	if (c == NULL)
		return FSS_ENOMEM;
	if (pthread_mutex_init(&c->mutex, NULL) != 0) {
		fss__free(c);
		return FSS_ENOMEM;
	}
	c->dir_fd = dir_fd;
	for (i = 0; i < SLOTS; i++)
		c->slots[i].fd = -1;
	*ret_c = c;
	return 0;
}

void
fss__segfds_free(struct fss__segfds *c)
{
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < SLOTS; i++) {
		if (c->slots[i].fd != -1)
			(void)close(c->slots[i].fd);	/* only read from */
	}
	(void)pthread_mutex_destroy(&c->mutex);	/* nobody uses it any more */
	fss__free(c);
}

/* A slot to put a new descriptor in, -1 when every one is in use. */
static int
pick(struct fss__segfds *c)
{
	int i, best = -1;

	for (i = 0; i < SLOTS; i++) {
		if (c->slots[i].fd == -1)
			return i;
		if (c->slots[i].users == 0 && (best == -1 ||
		    c->slots[i].used_at < c->slots[best].used_at))
			best = i;
	}
	if (best != -1) {
		(void)close(c->slots[best].fd);	/* only read from */
		c->slots[best].fd = -1;
	}
	return best;
}

static int
open_locked(struct fss__segfds *c, uint32_t segment,
    struct fss__segfd_ref *ret_ref)
{
	char name[FSS__SEG_NAME];
	int fd, i;

	fss__seg_name(name, segment);
	fd = openat(c->dir_fd, name, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return fss__errno(errno);
	i = pick(c);
	if (i != -1) {
		c->slots[i].segment = segment;
		c->slots[i].fd = fd;
		c->slots[i].users = 1;
		c->slots[i].gone = false;
		c->slots[i].used_at = ++c->clock;
	}
	ret_ref->fd = fd;
	ret_ref->slot = i;
	return 0;
}

int
fss__segfds_get(struct fss__segfds *c, uint32_t segment,
    struct fss__segfd_ref *ret_ref)
{
	struct slot *s;
	int i, r;

	(void)pthread_mutex_lock(&c->mutex);	/* fails only if misused */
	for (i = 0; i < SLOTS; i++) {
		s = &c->slots[i];
		if (s->fd == -1 || s->segment != segment || s->gone)
			continue;
		s->users++;
		s->used_at = ++c->clock;
		ret_ref->fd = s->fd;
		ret_ref->slot = i;
		(void)pthread_mutex_unlock(&c->mutex);
		return 0;
	}
	r = open_locked(c, segment, ret_ref);
	(void)pthread_mutex_unlock(&c->mutex);
	return r;
}

void
fss__segfds_put(struct fss__segfds *c, struct fss__segfd_ref ref)
{
	struct slot *s;

	if (ref.slot == -1) {
		(void)close(ref.fd);	/* only read from */
		return;
	}
	(void)pthread_mutex_lock(&c->mutex);
	s = &c->slots[ref.slot];
	s->users--;
	if (s->users == 0 && s->gone) {
		(void)close(s->fd);	/* only read from */
		s->fd = -1;
	}
	(void)pthread_mutex_unlock(&c->mutex);
}

void
fss__segfds_forget(struct fss__segfds *c, uint32_t segment)
{
	struct slot *s;
	size_t i;

	(void)pthread_mutex_lock(&c->mutex);
	for (i = 0; i < SLOTS; i++) {
		s = &c->slots[i];
		if (s->fd == -1 || s->segment != segment)
			continue;
		s->gone = true;
		if (s->users == 0) {
			(void)close(s->fd);	/* only read from */
			s->fd = -1;
		}
	}
	(void)pthread_mutex_unlock(&c->mutex);
}
