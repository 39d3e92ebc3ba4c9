/*
 * News: what happened, told to those it concerns.
 *
 * Two parts.  struct fss__news is what a write leaves in its job, to be told
 * when it is durable.  struct fss__ring is the hub's memory of what was told,
 * by (epoch, sequence): pure, one owner (the hub machine), bounded in number
 * and bytes.  docs/events.md has the rules.
 */
#ifndef FSS__MODEL_EVENT_H
#define FSS__MODEL_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include <fss/types.h>

#include "base/buf.h"
#include "base/path.h"
#include "wire/schema.h"

#define FSS__NEWS_TO	4	/* accounts one item names; more: more items */

struct fss__news {
	struct fss__news *next;
	struct fss__news *prev;		/* of the first of a list: the last */
	struct fss__news *head;		/* the first of its list */
	int64_t		at_us;
	int64_t		to[FSS__NEWS_TO];
	int64_t		device;		/* WORK: this device alone */
	int64_t		account;	/* subject, see the record event; UPLOAD:
					 * whose, the one in `to` */
	char		*path;		/* owned, may be NULL */
	/* The ring keeps one of each person who is here, so it is small. */
	union {
		struct {		/* REQUEST, PROGRESS */
			int64_t	 request;
			int64_t	 asker;		/* for `mine` */
			uint64_t change, request_seq;
			union {
				uint64_t bytes;		/* PROGRESS */
				int64_t	 giver;		/* REQUEST to all */
			};
		};
		struct {		/* FILE */
			int64_t	 entry;		/* whose view decides */
			int64_t	 folder;	/* it is in, 0 unknown */
			uint64_t opened;	/* REMOVED: board_opened() then */
		};
	};
	uint32_t	sessions;	/* PRESENCE */
	uint8_t		kind;		/* enum fss_news_kind */
	uint8_t		nto;		/* 0: everybody, but see news_for() */
	uint8_t		presence;	/* PRESENCE */
	uint8_t		request_kind, state;
	uint8_t		what;		/* FILE: enum fss_change */
	bool		urgent;		/* PROGRESS: the first, not gathered */
	bool		inherits;	/* FILE: no access or grant of its own */
	bool		lost;		/* FILE: they saw it, see news_lost.c */
	bool		nameless;	/* REMOVED: others hear of the folder */
	char		name[FSS_LIMIT_ACCOUNT + 1];
};

/* Appends a copy of @n (path too) to a list; FSS_ENOMEM. */
int	fss__news_add(struct fss__news **list, const struct fss__news *n);
void	fss__news_free(struct fss__news *list);

/*
 * For items that are taken back: mark() before, cut() drops what was added
 * since.
 */
struct fss__news **fss__news_mark(struct fss__news **list);
void	fss__news_cut(struct fss__news **mark);

struct fss__ring;

/*
 * @max_events, @max_bytes: ceilings of what is not superseded; the oldest go
 * first.
 */
int	fss__ring_new(uint64_t epoch, size_t max_events, size_t max_bytes,
	    struct fss__ring **ret_r);
void	fss__ring_free(struct fss__ring *r);
uint64_t fss__ring_epoch(const struct fss__ring *r);
uint64_t fss__ring_last(const struct fss__ring *r);	/* 0: none yet */
/* Takes @n over, also where it fails; its sequence number, or FSS_ENOMEM:
 * then the ring forgets everything, so that all list afresh. */
int64_t	fss__ring_add(struct fss__ring *r, struct fss__news *n);
/* Something happened that could not be added: the same. */
void	fss__ring_lose(struct fss__ring *r);
/*
 * Whether (@epoch, @after) can be resumed: everything above it is here or
 * was superseded.
 */
bool	fss__ring_knows(const struct fss__ring *r, uint64_t epoch,
	    uint64_t after);

/* Who reads: what of the ring concerns them. */
struct fss__reader_of_news {
	int64_t		account, device;
	unsigned	kinds;		/* bit k - 1: enum fss_news_kind k */
};
/*
 * Whether @n is for @who as far as memory tells (FILE: see below).  What is
 * for everybody is not for those who have an item of their own: of what is
 * lost the owner, of a request its asker and giver.
 */
bool	fss__news_for(const struct fss__news *n,
	    const struct fss__reader_of_news *who);
/*
 * The first item above *@after for @who: 1, *ret_n and *@after its number; or
 * 0 and *@after the last of all, or of those looked at: *@look, which becomes
 * less by each, is how many that may be.  Presence, progress and uploads that
 * a later item of the same account or request supersedes are passed over.
 */
int	fss__ring_next(const struct fss__ring *r,
	    const struct fss__reader_of_news *who, uint64_t *after,
	    size_t *look, const struct fss__news **ret_n);
/* As a record of the wire for @account, pointing into @n. */
void	fss__news_row(const struct fss__news *n, uint64_t seq,
	    int64_t account, struct fss__m_event *ret_m);

struct fss__ctx;
struct fss__actor;

#define FSS__NEWS_FILES	16	/* of one folder in one message; then: MANY */
/*
 * Write. Leaves FILE news in ctx->news: @what happened to @entry of @owner at
 * @path in @folder.  REMOVED: @inherits says that it had no access or grant of
 * its own.  Past FSS__NEWS_FILES items of one folder one for it stands for the
 * rest but those with an access or grant of their own.
 */
int	fss__news_file(struct fss__ctx *ctx, int what, int64_t owner,
	    int64_t entry, int64_t folder, bool inherits,
	    struct fss__slice path);
struct fss__meta_node;
struct fss__meta_grant;
/*
 * Write, before the change.  FILE news at @path for those who may see no more
 * of it: of an entry that goes or moves away, what is below it included; of a
 * grant that is taken back; of an access that becomes @access.
 */
int	fss__news_lost_entry(struct fss__ctx *ctx,
	    const struct fss__meta_node *e, struct fss__slice path);
int	fss__news_lost_grant(struct fss__ctx *ctx, int64_t owner,
	    int64_t entry, const struct fss__meta_grant *g,
	    struct fss__slice path);
int	fss__news_lost_access(struct fss__ctx *ctx,
	    const struct fss__meta_node *e, int access,
	    struct fss__slice path);
/*
 * Write.  FILE news to @member of what was granted to @group: before they
 * leave it, after they came.
 */
int	fss__news_group(struct fss__ctx *ctx, int64_t owner, int64_t group,
	    int64_t member);
/*
 * Write, before its grants go with @group.  FILE news of them to @owner alone:
 * members heard when they left.
 */
int	fss__news_group_ends(struct fss__ctx *ctx, int64_t owner,
	    int64_t group);
/*
 * Read. Whether FILE news may be told to @who: 1, 0.  The owner always; others
 * if they may see the entry, or, where it is gone and had no access or grant
 * of its own, the folder it was in (@n's entry is then the folder), and it is
 * still at that path: others they may never have been able to see.  Of what
 * was lost those it was taken from: named, or everybody there was.
 */
int	fss__news_visible(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__news *n);

#endif
