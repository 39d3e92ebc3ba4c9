/*
 * The columns of requests as every SELECT lists them, and their reader; shared
 * by meta_request.c and meta_box.c.
 */
#ifndef FSS__STORE_META_REQUEST_COLS_H
#define FSS__STORE_META_REQUEST_COLS_H

#include "store/meta_request.h"

#define FSS__REQUEST_COLS						\
	"r.id, r.kind, r.state, r.change, r.seq, r.asker, r.target,"	\
	" r.circle, r.owner, r.entry, r.version, r.root, r.depth,"	\
	" r.size, r.number, r.path, r.text, r.reason, r.detail,"	\
	" r.decided, r.rule, r.created, r.changed, r.expires, r.retry,"	\
	" r.attempt"

/* 1 or FSS_ECORRUPT. */
int	fss__meta_read_request(struct fss__stmt *st,
	    struct fss__meta_request *r);

#endif
