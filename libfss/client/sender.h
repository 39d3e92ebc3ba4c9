/*
 * From bytes to chunks the hub has: what every upload is made of.
 *
 * Bytes are put into a slab, cut and digested there, gathered in packs; for
 * each pack the hub is asked what it lacks, and that is sent straight from
 * the slab.  Manifest pages follow when all their children are acknowledged.
 * A file is complete when nothing of it is missing at the hub; COMMIT is for
 * others (committer.h).
 *
 * Memory: SLABS slabs at most, and PACKS packs; room() says FSS_EAGAIN
 * beyond, until answers come.  The senders of a handle share what one alone
 * may have, down to two small slabs for each.
 */
#ifndef FSS__CLIENT_SENDER_H
#define FSS__CLIENT_SENDER_H

#include "chunk/chunker.h"
#include "chunk/manifest.h"
#include "client/internal.h"

struct fss__sender;
struct fss__sfile;

/* None of them may end the operation; its work() does, afterwards. */
struct fss__sender_ops {
	/* Nothing of the file is missing any more; may abandon it at once. */
	void	(*complete)(void *ctx, void *file_ctx);
	/*
	 * The hub says parts are gone again (FSS_EMISSING); the file is to be
	 * abandoned and sent anew.
	 */
	void	(*lost)(void *ctx, void *file_ctx, int code);
	/* @len bytes of a file are settled; @sent: they crossed the wire. */
	void	(*settled)(void *ctx, void *file_ctx, size_t len, bool sent);
};

/* The session must stand: its terms are taken. @op ends where all fails. */
int	fss__sender_new(struct fss__op *op, const struct fss__sender_ops *ops,
	    struct fss__sender **ret_s);
/* After the calls of the operation are over; NULL is fine. */
void	fss__sender_free(struct fss__sender *s);

/* One file is fed at a time: begin, room/fed ..., end. */
int	fss__sender_begin(struct fss__sender *s, void *file_ctx,
	    struct fss__sfile **ret_f);
/*
 * @f, just begun, is to go on with @m (taken; see fss__manifest_resume())
 * instead of with nothing.
 */
void	fss__sender_resume(struct fss__sfile *f, struct fss__manifest *m);
/*
 * Ends @f here, being the first part of a file that *@ret_next goes on with:
 * what @f ends with for want of more bytes, @ret_next has again, so that its
 * chunks are those of the file as a whole.  Of @ret_next no page goes out
 * before @f is complete.
 */
int	fss__sender_split(struct fss__sender *s, struct fss__sfile *f,
	    void *file_ctx, struct fss__sfile **ret_next);
/* Bytes fed that are in no chunk yet; after a split: those it has again. */
size_t	fss__sender_uncut(const struct fss__sender *s);
/*
 * A place for at least @want bytes (at most 1 MiB), *ret_n of them.
 * FSS_EAGAIN: come back after an answer; FSS_ENOMEM.
 */
int	fss__sender_room(struct fss__sender *s, size_t want, uint8_t **ret_p,
	    size_t *ret_n);
/* @n bytes were written to the place. Cuts and digests. */
int	fss__sender_fed(struct fss__sender *s, struct fss__sfile *f, size_t n);
int	fss__sender_end(struct fss__sender *s, struct fss__sfile *f);
/* Nobody wants @f any more (complete, lost, or changed while read). */
void	fss__sender_abandon(struct fss__sender *s, struct fss__sfile *f);
/* After complete: false where the file is empty and has no root. */
bool	fss__sender_root(const struct fss__sfile *f, struct fss__id *ret_root,
	    unsigned *ret_depth, uint64_t *ret_size);

/* No more bytes for now: what was gathered goes out. */
void	fss__sender_flush(struct fss__sender *s);
/* Starts what can be started; 0, FSS_EAGAIN (starved), or an error. */
int	fss__sender_work(struct fss__sender *s);
/* Chunks under way. */
bool	fss__sender_busy(const struct fss__sender *s);

#endif
