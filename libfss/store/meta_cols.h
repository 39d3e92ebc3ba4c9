/*
 * The columns of entries and versions as every SELECT lists them, and their
 * readers; shared by meta_entry.c, meta_version.c and search.c.
 */
#ifndef FSS__STORE_META_COLS_H
#define FSS__STORE_META_COLS_H

#include "store/meta_entry.h"

#define FSS__NODE_COUNT	12
#define FSS__NODE_COLS							\
	"e.id, e.parent, e.name, e.owner, e.kind, e.access, e.granted,"	\
	" e.height, e.cur, e.mtime, e.mode, e.created"
#define FSS__VERSION_COLS						\
	"v.id, v.entry, v.number, v.kind, v.size, v.root, v.depth,"	\
	" v.chunk, v.mtime, v.mode, v.created, v.author, v.media,"	\
	" v.target, v.state, v.keep"

/* Both return 1 or FSS_ECORRUPT; a NULL version yields id 0. */
int	fss__meta_read_node(struct fss__stmt *st, struct fss__meta_node *e);
int	fss__meta_read_version(struct fss__stmt *st, int col,
	    struct fss__meta_version *v);

#endif
