/*
 * Down the tree of a file's content: which chunk comes next, which page is
 * needed to know it.
 *
 * Pure: pages are handed in as they come, and believed only when they hash to
 * what their parent (or the root) says.  Holds one page per level, and one
 * more that was fetched ahead.
 */
#ifndef FSS__CLIENT_TREE_H
#define FSS__CLIENT_TREE_H

#include "chunk/manifest.h"
#include "wire/limits.h"

struct fss__tree_page {
	uint8_t		*data;		/* NULL: not there */
	struct fss__page view;
	uint64_t	 start;		/* of its content in the file */
};

struct fss__tree {
	struct fss__id	 root;
	unsigned	 depth;
	uint64_t	 size;
	uint64_t	 pos;		/* of the next chunk to be handed out */
	uint64_t	 end;		/* none that begins there */
	struct fss__tree_page level[FSS__MAX_LEVELS + 1];	/* 1..depth */
	struct fss__tree_page ahead;	/* the level 1 page after level[1] */
};

/* A node to be fetched: a chunk (level 0) or a page. */
struct fss__node {
	unsigned	 level;
	uint64_t	 offset;	/* of its content in the file */
	uint64_t	 span;		/* content bytes below it */
	struct fss__id	 id;
};

/* FSS_EPROTO where these cannot be. An empty file has no tree. */
int	fss__tree_init(struct fss__tree *t, const struct fss__id *root,
	    unsigned depth, uint64_t size);
void	fss__tree_release(struct fss__tree *t);
/* Go on with the chunk that covers @offset. */
void	fss__tree_seek(struct fss__tree *t, uint64_t offset);
/*
 * 1: *ret_node is the next chunk; 0: no more; FSS_EAGAIN: *ret_node is a page
 * to be fetched first.
 */
int	fss__tree_next(struct fss__tree *t, struct fss__node *ret_node);
/* 1: *ret_node is a page that will be needed soon; 0: none. */
int	fss__tree_ahead(const struct fss__tree *t, struct fss__node *ret_node);
/* A page came. FSS_EINTEGRITY, FSS_EPROTO (does not fit), FSS_ENOMEM. */
int	fss__tree_page(struct fss__tree *t, const struct fss__node *node,
	    const void *p, size_t n);

#endif
