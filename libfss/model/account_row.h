/*
 * An account as a row of the protocol.
 */
#ifndef FSS__MODEL_ACCOUNT_ROW_H
#define FSS__MODEL_ACCOUNT_ROW_H

#include "model/model.h"
#include "store/meta_account.h"

/*
 * @whole: with usage, quota and lock.  The row points into @a.
 */
void	fss__account_row(const struct fss__ctx *ctx,
	    const struct fss__meta_account *a, bool whole,
	    struct fss__m_account *ret_m);
/* The quotas in force, 0 none. */
uint64_t fss__account_quota_bytes(const struct fss__ctx *ctx, int64_t set);
uint64_t fss__account_quota_files(const struct fss__ctx *ctx, int64_t set);

#endif
