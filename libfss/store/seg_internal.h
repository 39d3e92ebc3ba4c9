/*
 * What the files of the segment driver share.
 */
#ifndef FSS__STORE_SEG_INTERNAL_H
#define FSS__STORE_SEG_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/seg_fd.h"
#include "store/seg_format.h"

#define FSS__SEG_DIRTY	8	/* files written to since the last sync */

struct fss__seg {
	uint32_t	id;
	uint64_t	size;
};

struct fss__segstore {
	int			 dir_fd;
	bool			 read_only;
	bool			 broken;	/* a sync failed: no writes */
	bool			 sealed;	/* the last takes no more */
	bool			 dir_dirty;	/* a name is not synced yet */
	uint64_t		 roll_at;
	uint32_t		 reserved;	/* numbers not for new ones */
	struct fss__seg		*list;		/* ascending by id */
	size_t			 count;
	size_t			 cap;
	int			 tail_fd;	/* of the last segment, or -1 */
	uint64_t		 started;	/* writeback begun up to here */
	int			 dirty[FSS__SEG_DIRTY];	/* rolled, unsynced */
	size_t			 dirty_count;
	bool			 tail_dirty;
	struct fss__segfds	*fds;
};

struct fss__seg *fss__seg_find(struct fss__segstore *s, uint32_t segment);
int	fss__seg_list_add(struct fss__segstore *s, uint32_t id, uint64_t size);
/* Where the next record goes; 0 segments yield (1, head). */
void	fss__seg_tail(void *self, uint32_t *ret_segment, uint64_t *ret_offset);

/* seg_write.c */
int	fss__seg_put(void *self, const uint8_t id[FSS_STORE_ID_BYTES],
	    uint64_t tag, const void *data, size_t len,
	    struct fss_store_loc *ret_loc);
int	fss__seg_sync(void *self);
int	fss__seg_truncate(void *self, uint32_t segment, uint64_t end);
int	fss__seg_roll(void *self);
void	fss__seg_reserve(void *self, uint32_t segment);
int	fss__seg_drop(void *self, uint32_t segment);
void	fss__seg_write_close(struct fss__segstore *s);

/* seg_writeback.c: begin writing a range to disk, without waiting for it. */
void	fss__seg_writeback(int fd, uint64_t from, uint64_t len);

#endif
