/*
 * Short words for share links; see model_fixture.h.
 */
#ifndef MODEL_LINK_H
#define MODEL_LINK_H

#include <fss/types.h>

#include "model/link.h"
#include "model_fixture.h"

/* What a link is told as. */
struct ml_told {
	struct fss__m_link m;
	char	token[64], name[FSS_LIMIT_NAME + 1], path[FSS_LIMIT_PATH + 1];
	char	owner[FSS_LIMIT_ACCOUNT + 1];
	unsigned n;
};

/* For a @arg of struct ml_told. */
int	ml_take(void *arg, const void *record);
/* alice, with files, among them what is linked: "/pub", "/open", "/secret". */
struct fss__actor ml_world(struct mf *f);
int	ml_make(struct mf *f, const struct fss__actor *who, const char *path,
	    int kind, uint64_t limit, const char *pwhash, struct ml_told *t);
int	ml_visit(struct mf *f, const char *token, const char *pwhash,
	    struct fss__actor *v);
/* The link in @t is visited. */
struct fss__actor ml_visitor(struct mf *f, const struct ml_told *t);
int	ml_put(struct mf *f, const struct fss__actor *v, const char *path,
	    const char *text, struct mf_row *row);
/* Whether @v may read @version. */
int	ml_content(struct mf *f, const struct fss__actor *v, uint64_t version);

#endif
