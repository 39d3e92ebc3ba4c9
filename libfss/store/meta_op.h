/*
 * First answers to requests that change something, kept for repetitions.
 */
#ifndef FSS__STORE_META_OP_H
#define FSS__STORE_META_OP_H

#include "base/buf.h"
#include "store/db.h"

#define FSS__OPS_KEPT	1024	/* of one device at most */
#define FSS__OPS_BYTES	(8 << 20)	/* likewise, in all */
#define FSS__OPS_ACCOUNT (32 << 20)	/* bytes of all devices of an account */
#define FSS__OPS_LOW	(1 << 20)	/* the same where the disk is full */

/* 1 and the answer appended, 0 if there is none, or FSS_E... . */
int	fss__meta_op_get(struct fss__db *db, int64_t device,
	    struct fss__slice op, struct fss__buf *ret_answer);
/* @most: bytes that the account of @device may have kept then. */
int	fss__meta_op_insert(struct fss__db *db, int64_t device,
	    struct fss__slice op, int64_t now, int64_t most,
	    const void *answer, size_t n);
/* Removes at most @limit made before @before: their number. */
int	fss__meta_op_purge(struct fss__db *db, int64_t before, int limit);

#endif
