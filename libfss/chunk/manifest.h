/*
 * Manifest pages: the inner nodes of the tree whose leaves are chunks.
 *
 * A page (fixed layout, see docs/storage.md): magic "FSP1", level u8 (1 =
 * children are chunks), 1 zero byte, count u16 LE, then per child 33 bytes of
 * id and u64 LE span (content bytes below it).  A page has 1..FANOUT
 * children; the root of a file of two or more chunks is a page, of one chunk
 * that chunk, an empty file has none.
 */
#ifndef FSS__CHUNK_MANIFEST_H
#define FSS__CHUNK_MANIFEST_H

#include "base/buf.h"
#include "crypto/digest.h"

#define FSS__PAGE_HEAD	8
#define FSS__PAGE_CHILD	(FSS__ID_BYTES + 8)

struct fss__page {		/* a checked view into the bytes */
	const uint8_t	*p;
	unsigned	 level;
	unsigned	 count;
	uint64_t	 span;
};

/*
 * Checks magic, level, exact length, known ids of the right kind (chunks
 * below level 1, pages above), spans > 0 and not above what such a
 * child can stand for, their sum without overflow.  FSS_EPROTO.
 */
int	fss__page_decode(const void *p, size_t n, struct fss__page *ret_page);
void	fss__page_child(const struct fss__page *pg, unsigned i,
	    struct fss__id *ret_id, uint64_t *ret_span);
/*
 * The child covering @offset (< span); *ret_start is where that child begins,
 * relative to the page.
 */
unsigned fss__page_seek(const struct fss__page *pg, uint64_t offset,
	    uint64_t *ret_start);

/*
 * Builds the tree while leaves are appended; holds at most one unfinished
 * page per level.  Finished pages come out through take(), lowest first,
 * every child before its parent.
 */
struct fss__manifest;

int	fss__manifest_new(uint8_t alg, struct fss__manifest **ret_m);
void	fss__manifest_free(struct fss__manifest *m);
/*
 * Smaller pages than the format's 1024 children, so that a test has a deep
 * tree from little content. FSS_EINVAL unless 2..FANOUT and before any add.
 */
int	fss__manifest_set_fanout(struct fss__manifest *m, unsigned fanout);
/*
 * To go on with a tree that was finished: page by page from the root down, all
 * but the last child of each, the last being the next page, and in the end
 * the last chunk, which is not added.  What is added then makes the tree that
 * would have come of adding all of it.  FSS_EPROTO where @page is not the
 * next, FSS_EINVAL after any add.
 */
int	fss__manifest_resume(struct fss__manifest *m,
	    const struct fss__page *page);
/* The same again, to be finished apart. All pages of @m must be taken. */
int	fss__manifest_copy(const struct fss__manifest *m,
	    struct fss__manifest **ret_m);
/* Bytes of content added. */
uint64_t fss__manifest_size(const struct fss__manifest *m);
/* A chunk of @span bytes follows. FSS_ETOOBIG past the level limit. */
int	fss__manifest_add(struct fss__manifest *m, const struct fss__id *id,
	    uint64_t span);
/* No more chunks: completes the pages. */
int	fss__manifest_finish(struct fss__manifest *m);
/* 1 and a finished page (Caller fss__free()s *ret_data), 0 none, <0 error. */
int	fss__manifest_take(struct fss__manifest *m, struct fss__id *ret_id,
	    uint8_t **ret_data, size_t *ret_len);
/* After finish: root, depth (0 = root is a chunk) and total size. An empty
 * file has depth 0 and size 0 and no root. */
void	fss__manifest_root(const struct fss__manifest *m,
	    struct fss__id *ret_id, unsigned *ret_depth, uint64_t *ret_size);

#endif
