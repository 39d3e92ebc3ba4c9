/*
 * The holder's side of fulfilment, as a state machine without sockets,
 * clocks or files: what to ask the hub next, and what to read.
 *
 * The driver (client/serve.c, or a simulation) sends the requests it names,
 * feeds their answers and the results of reads, and tells when the hub has
 * news of work or the session is new.  Serves several transfers at once,
 * each with a window of PUTs; after a reconnect everything begins with WORK
 * again and goes on with what WANTED says.
 *
 * Content never passes through here.  PAGES and READ are done by the driver,
 * which keeps what it read under the want's token; the SEND that follows with
 * the same token (PLAN, PUT) is to carry it: `ids`, `lens` and the payload are
 * the driver's to fill in.  At most one PAGES or READ of a transfer is out.
 */
#ifndef FSS__PROTO_HOLDER_H
#define FSS__PROTO_HOLDER_H

#include "base/error.h"
#include "crypto/digest.h"
#include "wire/message.h"

#define FSS__HOLDER_TRANSFERS	4	/* at once */
#define FSS__HOLDER_READS	8	/* PUTs under way of each */
#define FSS__HOLDER_RETRY_US	INT64_C(5000000) /* after the hub refused */

struct fss__holder;

enum fss__holder_want_type {
	FSS__HOLDER_SEND = 1,	/* request `type` with `msg`, and a payload */
	FSS__HOLDER_CHECK,	/* open (path, root); is it as indexed? */
	FSS__HOLDER_PAGES,	/* the pages of its plan from the one number
				   `offset` on, a PLAN's worth at most */
	FSS__HOLDER_READ,	/* chunks from `offset`, `len` bytes and a
				   PUT's worth at most, verified */
	FSS__HOLDER_DROP,	/* nothing will be sent of `token` */
	FSS__HOLDER_CLOSE,	/* the file is not needed any more */
	FSS__HOLDER_TOLD	/* for the user: served, or given up: `err` */
};

struct fss__holder_want {
	enum fss__holder_want_type type;
	uint64_t	token;		/* comes back with the result */
	uint64_t	transfer;
	/* of a transfer: */
	struct fss__slice path;		/* in one's own space; until the next
					   call */
	struct fss__id	root;
	unsigned	depth;
	uint64_t	offset, len, size;
	uint8_t		msg_type;	/* SEND: FSS__MSG_... */
	const void	*msg;		/* SEND: until the next next() */
	int		err;
};

int	fss__holder_new(uint64_t seed /* of op ids */, struct fss__holder **ret);
void	fss__holder_free(struct fss__holder *h);
/*
 * The session is new: whatever was out is over, and the driver forgets what it
 * read and did not send.
 */
void	fss__holder_begin(struct fss__holder *h);
/* There is news of work, or time to look again. */
void	fss__holder_work(struct fss__holder *h);
/* Nothing new is begun; what is under way ends. */
void	fss__holder_drain(struct fss__holder *h);
/* An answer to a SEND: @err 0 and the decoded record, or the error. */
int	fss__holder_answer(struct fss__holder *h, uint64_t token, int err,
	    const void *msg);
/*
 * The result of CHECK, PAGES or READ.  @err: FSS_ECHANGED, FSS_ENOENT, FSS_EIO
 * make it give up with that status.  @bytes: of READ, bytes of whole chunks;
 * of PAGES, how many pages, 0 at their end.
 */
int	fss__holder_result(struct fss__holder *h, uint64_t token, int err,
	    uint64_t bytes);
/* 1 and what to do next, 0 nothing now.  FSS_ENOMEM. */
int	fss__holder_next(struct fss__holder *h, int64_t now_us,
	    struct fss__holder_want *ret_w);
int64_t	fss__holder_deadline(const struct fss__holder *h);
/* Nothing is under way, and the hub said nothing waits. */
bool	fss__holder_idle(const struct fss__holder *h);

#endif
