/*
 * Announced files, who holds them, and how their bytes come to the hub.
 *
 * An announced version has a root, a depth and a size and no chunk: it gives
 * nobody any right to content (docs/adr/0009-announcements.md).  A transfer
 * is the fetching of one root into one owner's space, whoever waits for it.
 */
#ifndef FSS__MODEL_ANNOUNCE_H
#define FSS__MODEL_ANNOUNCE_H

#include "chunk/manifest.h"
#include "model/entry.h"
#include "model/event.h"
#include "store/meta_entry.h"
#include "store/meta_holder.h"

#define FSS__HOLDERS_LOOK	64	/* accounts looked at that hold a root */
#define FSS__ENTRIES_LOOK	4	/* and of each, entries */
#define FSS__LOOK_MAX		(FSS__HOLDERS_LOOK * FSS__ENTRIES_LOOK)
#define FSS__HINTS		8	/* devices told of work at once */
#define FSS__SOURCES		8	/* accounts that send for one transfer */
#define FSS__KEEP_S		(30 * 86400)	/* a fetched content stays */

/* ---- announcing -------------------------------------------------------- */

/*
 * Write. One item of ANNOUNCE: like a commit into one's own space, without
 * content.  Folders are made.  What is there with the same root gains a
 * holder and no version.  Emits the entry.  Counts as a file, with no bytes.
 * As fss__entry_commit() but FSS_EMISSING; FSS_EINTEGRITY where size, root
 * and depth cannot belong together.
 */
int	fss__announce(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_commit_item *m, fss__emit_fn emit, void *arg);
/*
 * Write. One ref of UNANNOUNCE: this device holds it no more.  An announced
 * entry that nobody holds is removed, or goes back to its newest stored
 * version; stored ones stay; a folder goes if it is empty.  FSS_ENOENT, FSS_ENOTEMPTY (fine to pass over).
 */
int	fss__unannounce(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_ref *m);
/*
 * Write. Drops the holders of a version that is replaced, removed or purged,
 * and marks the requests for it.
 */
int	fss__announce_drop(struct fss__ctx *ctx, int64_t version);
/* Write. A device was revoked or its account locked: @limit rows: 1 more. */
int	fss__announce_drop_device(struct fss__ctx *ctx, int64_t device,
	    int limit);

/* Read. fss__m_holder rows of a file @who may see; only what they may see. */
int	fss__announce_holders(struct fss__ctx *ctx,
	    const struct fss__actor *who, const struct fss__m_holders *m,
	    fss__emit_fn emit, void *arg, struct fss__cursor *ret_next);
/*
 * Read. How many accounts hold the content of @v in an entry @who may see, and
 * how many of them are online as @who may know; FSS__HOLDERS_LOOK are looked
 * at.  Of an empty file, which nobody fetches, only who announced this one.
 */
int	fss__announce_count(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__meta_version *v, uint64_t *ret_holders,
	    uint64_t *ret_online);

/* ---- transfers --------------------------------------------------------- */

/*
 * Write. There is a transfer for @root as @owner announced it (made if not);
 * tells WORK to up to FSS__HINTS devices that may send and are online, at
 * random.
 */
int	fss__transfer_want(struct fss__ctx *ctx, const struct fss__id *root,
	    int64_t owner, unsigned depth, uint64_t size, int64_t *ret_id);
/*
 * Write. Content that needs no fetching: an announced version that is empty,
 * or whose root is that of a stored version of the same owner, becomes stored:
 * 1, 0.  FSS_EQUOTA.
 */
int	fss__transfer_adopt(struct fss__ctx *ctx,
	    const struct fss__meta_version *v);
/*
 * Read. fss__m_work_row rows: transfers that live requests with a yes wait
 * for and that @who's device may send (fss__transfer_source()).
 */
int	fss__transfer_work(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_page *m, fss__emit_fn emit, void *arg,
	    struct fss__cursor *ret_next);
/*
 * Write. @who's device begins to send (the hub has given it the lease):
 * becomes a source; START for those who wait, FSS__TELL_STEP of them (the
 * hub goes on with fss__request_moving()).  FSS_ENOENT: not there, nobody waits
 * for it, or this device may not send it.  FSS_EOVERLOAD: too many sources.
 * 1: no space could take it; those requests have failed, and the caller keeps
 * that and answers FSS_EQUOTA.
 */
#define FSS__TELL_STEP		256
int	fss__transfer_serve(struct fss__ctx *ctx, const struct fss__actor *who,
	    int64_t id, struct fss__meta_transfer *ret_t);
/*
 * Write. A page of PLAN: it must be the next one wanted from the root down,
 * level by level, left to right, by its parent's id, level and span, and hash
 * to its id: *ret_new, or else it is here already.  FSS_EINTEGRITY,
 * FSS_ENOENT.
 */
int	fss__transfer_page(struct fss__ctx *ctx, int64_t id,
	    const struct fss__id *page, const void *data, size_t len,
	    bool *ret_new);
/*
 * Read. Runs of chunks from @offset on that no source has sent yet, at most
 * LIST_ROWS of them and 4,096 chunks looked at; *ret_next 0 at the end.  What
 * others than its sources have put does not count as sent.  FSS_ESTATE: the
 * plan is not whole.  FSS_ENOENT.
 */
int	fss__transfer_missing(struct fss__ctx *ctx, int64_t id,
	    uint64_t offset, fss__emit_fn emit, void *arg,
	    uint64_t *ret_next);
/*
 * Write. All was sent: builds the tree in the store, makes every announced
 * version of the owner with this root, depth and size that a live request
 * names stored, marks the requests.  Where the content turns out to have
 * another size those versions were a lie: nobody holds them any more, and
 * the requests fail.  FSS_EMISSING: something is not there.
 */
int	fss__transfer_finish(struct fss__ctx *ctx, int64_t id, int64_t actor);
/*
 * Write. A device gives up. ECHANGED, ENOENT, EINTEGRITY: it does not hold it
 * any more.
 */
int	fss__transfer_give_up(struct fss__ctx *ctx,
	    const struct fss__actor *who, int64_t id, int status);
/*
 * Write. Transfers nobody waits for go; contents past their keep become
 * announced again where they are still held.  @limit steps: 1 more, 0 idle.
 */
int	fss__transfer_settle(struct fss__ctx *ctx, int limit);

/* ---- who may send ------------------------------------------------------ */

/*
 * Read. Whether what @h announced may be sent for @t, for what @asker (0: any
 * of those who wait) asked: it is @t's owner's, or both may see the entry,
 * and has the same size and depth: 1, 0.  Of @t, root to size count.
 */
int	fss__transfer_fits(struct fss__ctx *ctx,
	    const struct fss__meta_transfer *t, int64_t asker,
	    const struct fss__meta_held *h);
/*
 * Read. The first that fits after (@account, @entry): 1, 0.  *left: how many
 * may still be looked at, of FSS__LOOK_MAX; counted down.
 */
int	fss__transfer_holder(struct fss__ctx *ctx,
	    const struct fss__meta_transfer *t, int64_t asker,
	    int64_t account, int64_t entry, unsigned *left,
	    struct fss__meta_held *h);
/* Read. Whether @device may send for @t: 1 and its entry, 0. */
int	fss__transfer_source(struct fss__ctx *ctx,
	    const struct fss__meta_transfer *t, int64_t device,
	    struct fss__meta_held *h);

/* ---- following --------------------------------------------------------- */

/*
 * Read. For GET of an announced version under way: the id at @level that
 * covers @offset, where it begins and its span, from the pages of the plan.
 * FSS_EAGAIN: not there yet.  A level-0 id comes as soon as a source has put
 * it, with the place to read it at; the bytes of a page come from
 * fss__meta_tpage_get(ctx->db, id, level, start).
 */
int	fss__transfer_node(struct fss__ctx *ctx, int64_t id, unsigned level,
	    uint64_t offset, struct fss__id *ret_id, uint64_t *ret_start,
	    uint64_t *ret_span, struct fss_store_loc *ret_loc);

#endif
