/*
 * Invites, as registration uses them up.
 */
#ifndef FSS__MODEL_INVITE_H
#define FSS__MODEL_INVITE_H

#include "model/model.h"

/*
 * Read. The same answer as fss__invite_use() would give now, and nothing is
 * used up.
 */
int	fss__invite_check(struct fss__ctx *ctx,
	    const struct fss__m_register *m);
/*
 * Whether @m may register and as what: FSS_ECLOSED, FSS_EINVITE, or 0 and the
 * role; one use of the invite is gone then.
 */
int	fss__invite_use(struct fss__ctx *ctx, const struct fss__m_register *m,
	    int *ret_role);

/*
 * fss__m_invite_row of those that can still be used: one's own, for an admin
 * all.  withdraw: FSS_ENOENT also for one that may not be seen.
 */
int	fss__invite_list(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_page *m, fss__emit_fn emit, void *arg,
	    struct fss__cursor *ret_next);
int	fss__invite_withdraw(struct fss__ctx *ctx, const struct fss__actor *who,
	    struct fss__slice id);

#endif
