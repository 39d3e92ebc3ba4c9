/*
 * The holder's side of fulfilment, as a state machine without sockets,
 * clocks or files: what to ask the hub next, and what to read.
 *
 * The driver (client/serve.c, or a simulation) sends the requests it names,
 * feeds their answers and the results of reads, and tells when the hub has
 * news of work or the session is new.  Serves several transfers at once,
 * each with a window of reads; after a reconnect everything begins with WORK
 * again and goes on with what WANTED says.
 */
#ifndef FSS__PROTO_HOLDER_H
#define FSS__PROTO_HOLDER_H

#include "base/error.h"
#include "crypto/digest.h"
#include "wire/message.h"

#define FSS__HOLDER_TRANSFERS	4	/* at once */
#define FSS__HOLDER_READS	8	/* chunks under way of each */

struct fss__holder;

enum fss__holder_want_type {
	FSS__HOLDER_SEND = 1,	/* request `type` with `msg`, and a payload */
	FSS__HOLDER_CHECK,	/* is file (path, root) as indexed? */
	FSS__HOLDER_PAGES,	/* the next pages of its plan, after (level,
				   offset), as a PLAN's worth */
	FSS__HOLDER_READ,	/* chunks from `offset`, `len` bytes, verified
				   against the plan, as a PUT's worth */
	FSS__HOLDER_CLOSE,	/* the file is not needed any more */
	FSS__HOLDER_TOLD	/* for the user: served, or given up: `err` */
};

struct fss__holder_want {
	enum fss__holder_want_type type;
	uint64_t	token;		/* comes back with the result */
	uint64_t	transfer;
	struct fss__slice path;		/* in one's own space */
	struct fss__id	root;
	unsigned	level;
	uint64_t	offset, len, size;
	uint8_t		msg_type;	/* SEND: FSS__MSG_... */
	const void	*msg;		/* SEND: until the next call */
	int		err;
};

int	fss__holder_new(uint64_t seed /* of op ids */, struct fss__holder **ret);
void	fss__holder_free(struct fss__holder *h);
/* The session is new, there is news of work, or time to look again. */
void	fss__holder_begin(struct fss__holder *h);
void	fss__holder_work(struct fss__holder *h);
/* Nothing new is begun; what is under way ends. */
void	fss__holder_drain(struct fss__holder *h);
/* An answer to a SEND: @err 0 and the decoded record, or the error. */
int	fss__holder_answer(struct fss__holder *h, uint64_t token, int err,
	    const void *msg);
/*
 * The result of CHECK, PAGES or READ.  @err: FSS_ECHANGED, FSS_ENOENT, FSS_EIO
 * make it give up with that status.  @bytes: read; 0 at the end of PAGES.
 */
int	fss__holder_result(struct fss__holder *h, uint64_t token, int err,
	    uint64_t bytes);
/* 1 and what to do next, 0 nothing now. */
int	fss__holder_next(struct fss__holder *h, int64_t now_us,
	    struct fss__holder_want *ret_w);
int64_t	fss__holder_deadline(const struct fss__holder *h);
bool	fss__holder_idle(const struct fss__holder *h);

#endif
