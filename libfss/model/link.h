/*
 * Share links and their visitors.
 *
 * A visitor is an actor that is no account (FSS__VISITOR and the device that
 * stands for the visit): whatever does not know visitors finds nothing that
 * is theirs.  What they may do comes from who->visit, in three places:
 * fss__view_step() gives the rights on the linked entry and below it,
 * fss__space_find() makes it the whole of their space, and a table of the hub
 * says which messages they may send (proto/hub_link.c).
 *
 * Each request looks at the link anew: one that was revoked, has expired, or
 * whose maker is locked lets nobody in any more.
 */
#ifndef FSS__MODEL_LINK_H
#define FSS__MODEL_LINK_H

#include "model/entry.h"
#include "store/meta_link.h"

#define FSS__VISITOR	(INT64_C(1) << 48)	/* no account has such an id */

/* ---- for the maker: emits fss__m_link ---------------------------------- */

/* Write. @pwhash: "" where there is no password. */
int	fss__link_new(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_link_new *m, const char *pwhash,
	    fss__emit_fn emit, void *arg);
int	fss__link_list(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_page *m, fss__emit_fn emit, void *arg,
	    struct fss__cursor *ret_next);
int	fss__link_revoke(struct fss__ctx *ctx, const struct fss__actor *who,
	    uint64_t id);

/* ---- for visitors ------------------------------------------------------ */

/*
 * Read. The hash of the password of the link with @token, "" none.
 * FSS_ENOENT: there is none, or it is good for nothing (any more).
 */
int	fss__link_find(struct fss__ctx *ctx, struct fss__slice token,
	    char pwhash[FSS__PWHASH_TEXT]);
/*
 * Write. A visit, by a password that was checked against @pwhash; *ret_who is
 * the visitor.  Emits what they are told.  FSS_ENOENT as above.
 */
int	fss__link_open(struct fss__ctx *ctx, struct fss__slice token,
	    const char *pwhash, const char *address,
	    struct fss__actor *ret_who, fss__emit_fn emit, void *arg);
/*
 * Read or write. Who visits on who->device, whose account is the maker's
 * until then.  FSS_EAUTH: the link is good for nothing any more.
 */
int	fss__visit_load(struct fss__ctx *ctx, struct fss__actor *who);

/*
 * Write. Begins and ends a download, or a part of one; see <fss/link.h>.
 * @front: by a front end, which is believed that one broke.
 */
int	fss__link_take(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_link_take *m, fss__emit_fn emit, void *arg);
int	fss__link_done(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_link_done *m, bool front);
/*
 * Read. Whether @who may read what is at @entry, as far as the limit goes: 0
 * and the ticket that allows it (0: none is needed), or FSS_EDENIED.
 */
int	fss__link_ticket(struct fss__ctx *ctx, const struct fss__actor *who,
	    int64_t entry, int64_t *ret_ticket);
/* Write. @bytes were given out for @ticket. */
int	fss__link_served(struct fss__ctx *ctx, int64_t ticket, uint64_t bytes);
/*
 * Write. Ends downloads that nobody ended, and forgets links that ended a
 * while ago: @limit at most.  1 more to do, 0 none.
 */
int	fss__link_settle(struct fss__ctx *ctx, unsigned limit);
/* Write. A visitor put a file at @path: counted, and audited. */
int	fss__link_note_put(struct fss__ctx *ctx, const struct fss__actor *who,
	    int64_t entry, struct fss__slice path, int64_t size);

#endif
