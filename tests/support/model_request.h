/*
 * Short words for requests, announcements and transfers; see model_fixture.h.
 */
#ifndef MODEL_REQUEST_H
#define MODEL_REQUEST_H

#include "model/announce.h"
#include "model/request.h"
#include "model_fixture.h"

/* A request as it was emitted. */
struct mf_req {
	uint32_t	has;
	int		status, kind, state, reason;
	int64_t		id, seq, retry, expires;
	uint64_t	change, attempt, version, transfer;
	unsigned	may;
	bool		mine;
	char		asker[FSS_LIMIT_ACCOUNT + 1];
	char		target[FSS_LIMIT_ACCOUNT + 2];
	char		owner[FSS_LIMIT_ACCOUNT + 1];
	char		by[FSS_LIMIT_ACCOUNT + 1];
	char		path[FSS_LIMIT_PATH + 1];
	char		detail[FSS__MAX_NOTE + 1];
};

#define MR_ROWS	64

struct mf_reqs {
	struct mf_req	row[MR_ROWS];
	size_t		n;
	int64_t		seq;
};

int	mr_get(struct mf *f, const struct fss__actor *who, const char *owner,
	    const char *path, struct mf_req *ret_q);
/* @target: NULL to all. */
int	mr_want(struct mf *f, const struct fss__actor *who,
	    const char *target, const char *text, struct mf_req *ret_q);
int	mr_upload(struct mf *f, const struct fss__actor *who,
	    const char *owner, const char *path, uint64_t size,
	    struct mf_req *ret_q);
/* *ret_q (may be NULL) is as the one who decides sees it. */
int	mr_decide(struct mf *f, const struct fss__actor *who, int64_t id,
	    int event, const char *detail, struct mf_req *ret_q);
int	mr_fulfil(struct mf *f, const struct fss__actor *who, int64_t id,
	    const char *path, struct mf_req *ret_q);
/* As @who sees it; the answer's status for that id. */
int	mr_look(struct mf *f, const struct fss__actor *who, int64_t id,
	    struct mf_req *ret_q);
int	mr_list(struct mf *f, const struct fss__actor *who,
	    const struct fss__m_requests *m, struct mf_reqs *ret_l);
/* Works off all marks and what is due. */
void	mr_settle(struct mf *f);
/* The state as it is in the row. */
int	mr_state(struct mf *f, int64_t id);

/* Announces @text as one chunk. */
int	mr_announce(struct mf *f, const struct fss__actor *who,
	    const char *path, const char *text);
int	mr_unannounce(struct mf *f, const struct fss__actor *who,
	    const char *path);
/* SERVE, the chunk of @text, finish: what went wrong first. */
int	mr_serve(struct mf *f, const struct fss__actor *who, int64_t transfer,
	    const char *text);
/* Whether @who can read @version now: 0 or FSS_E... . */
int	mr_read(struct mf *f, const struct fss__actor *who, uint64_t version);

#endif
