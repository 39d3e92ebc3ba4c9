/*
 * Rules: a person's answers given beforehand.
 *
 * Tried in order when a request is asked or asked again; the first that fits
 * decides.  They decide at the hub, so nobody needs to be online.
 */
#ifndef FSS__MODEL_RULE_H
#define FSS__MODEL_RULE_H

#include "model/model.h"
#include "store/meta_request.h"
#include "store/meta_rule.h"

/*
 * Write. RULE_SET: add or remove; emits the rule (removed: as it was).
 * FSS_ENOENT, FSS_ENOACCOUNT, FSS_EINVAL, FSS_EOVERLOAD (limit RULES).
 */
int	fss__rule_set(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_rule_set *m, fss__emit_fn emit, void *arg);
/* Read. fss__m_rule rows in the order they are tried. */
int	fss__rule_list(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_page *m, fss__emit_fn emit, void *arg,
	    struct fss__cursor *ret_next);
/* Read or write. The first rule of @account that fits @r: 1, 0. */
int	fss__rule_match(struct fss__ctx *ctx, int64_t account,
	    const struct fss__meta_request *r, struct fss__meta_rule *ret_rule);
/* Whether @rule fits; @member: the asker is in its group.  Pure. */
bool	fss__rule_fits(const struct fss__meta_rule *rule,
	    const struct fss__meta_request *r, bool member);

#endif
