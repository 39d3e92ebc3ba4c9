/*
 * How the hub does, in numbers: for those who run it.
 */
#ifndef FSS__MODEL_FIGURES_H
#define FSS__MODEL_FIGURES_H

#include "model/model.h"

/*
 * Read. Everything in @ret_m but what only the hub's machine knows (sessions,
 * since_us); its texts point into the rules.
 */
int	fss__figures(struct fss__ctx *ctx, struct fss__m_hub *ret_m);

#endif
