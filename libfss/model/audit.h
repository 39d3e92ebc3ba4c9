/*
 * Audit: lines that are only ever added.
 */
#ifndef FSS__MODEL_AUDIT_H
#define FSS__MODEL_AUDIT_H

#include "model/model.h"
#include "store/meta_audit.h"

/* Write. In the transaction of what it tells; `at` is ctx->now_us. */
int	fss__audit_add(struct fss__ctx *ctx, struct fss__meta_audit *a);
/*
 * Read. fss__m_audit_row, newest first; with since oldest first.  Operators
 * see all unless m->mine; others the lines in which they are actor, asker or
 * owner.  FSS_ENOENT for a file the asker does not own.  Looks at 4,096 lines
 * at most, then ends the page.
 */
int	fss__audit_list(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_audit *m, fss__emit_fn emit, void *arg,
	    struct fss__cursor *ret_next);

#endif
