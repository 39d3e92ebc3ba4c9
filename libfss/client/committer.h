/*
 * COMMITs in batches: items become visible, many per request.
 *
 * A batch goes out when it is full, or when none is under way: so the first
 * item waits for nobody, and while an answer is awaited the next batch fills
 * up.
 */
#ifndef FSS__CLIENT_COMMITTER_H
#define FSS__CLIENT_COMMITTER_H

#include "client/internal.h"

struct fss__committer;

/*
 * One item is committed, or failed with @status (FSS_E...).  @entry is valid
 * during the call, NULL where it failed.  May not end the operation.
 */
typedef void (*fss__committed_fn)(struct fss__op *op, void *item, int status,
    const struct fss__m_entry *entry);

/* @owner is kept by reference. NULL when out of memory. */
struct fss__committer *fss__committer_new(struct fss__op *op,
	    const char *owner, fss__committed_fn fn);
/* COMMITs name this request, which allows them; 0 none. */
void	fss__committer_allow(struct fss__committer *cm, uint64_t request);
/* They are ANNOUNCEs instead, into one's own space. */
void	fss__committer_announce(struct fss__committer *cm);
/* Batches not yet answered. */
bool	fss__committer_busy(const struct fss__committer *cm);
/* After the calls of the operation are over; NULL is fine. */
void	fss__committer_free(struct fss__committer *cm);
/* FSS_EAGAIN: too much waits already, come back after an answer. */
int	fss__committer_add(struct fss__committer *cm,
	    const struct fss__m_commit_item *m, void *item);
/* Sends what is to be sent; 0, FSS_EAGAIN (starved), or an error. */
int	fss__committer_work(struct fss__committer *cm);

#endif
