/*
 * Rows of requests, of whom a wish went to, of passes and denials.
 *
 * Lookups return 1 and the row, 0 if there is none, or FSS_E... .  A list is a
 * statement to step with its next(); whoever leaves early resets it.
 */
#ifndef FSS__STORE_META_REQUEST_H
#define FSS__STORE_META_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/path.h"
#include "crypto/digest.h"
#include "store/db.h"
#include "wire/limits.h"

struct fss__meta_request {
	int64_t		id;
	int		kind, state;	/* enum fss_request_kind, _state */
	int64_t		change, seq;
	int64_t		asker, target, circle;
	int64_t		owner, entry, version;
	bool		has_root;
	struct fss__id	root;
	unsigned	depth;
	int64_t		size, number;
	int		reason;
	int64_t		decided, rule;
	int64_t		created, changed, expires, retry, attempt;
	size_t		path_len, text_len, detail_len;
	char		path[FSS_LIMIT_PATH + 1];
	char		text[FSS__MAX_NOTE + 1];
	char		detail[FSS__MAX_NOTE + 1];
};

int	fss__meta_request_get(struct fss__db *db, int64_t id,
	    struct fss__meta_request *ret_r);
/* Takes a new seq; sets r->id and r->seq. */
int	fss__meta_request_insert(struct fss__db *db,
	    struct fss__meta_request *r);
/*
 * Writes all of @r but id, kind, asker, target, circle and created, under a
 * new seq that the audience's rows get too; sets r->seq.
 */
int	fss__meta_request_update(struct fss__db *db,
	    struct fss__meta_request *r);
/* The last seq given out. */
int	fss__meta_request_last(struct fss__db *db, int64_t *ret_seq);

/* The live request of @asker for this version (want: none). */
int	fss__meta_request_same(struct fss__db *db, int64_t asker, int kind,
	    int64_t version, struct fss__meta_request *ret_r);
/* The live one of @asker for @path of @owner (upload). */
int	fss__meta_request_same_path(struct fss__db *db, int64_t asker,
	    int kind, int64_t owner, struct fss__slice path,
	    struct fss__meta_request *ret_r);
/* The newest one of @asker for @version in any state: id and state. */
int	fss__meta_request_newest(struct fss__db *db, int64_t asker,
	    int64_t version, int64_t *ret_id, int *ret_state);
#define FSS__TARGET_ANY		(-1)
#define FSS__TARGET_GROUP	(-2)
/* Live ones of @asker; @target: to that account, 0 wishes to all, or above. */
int	fss__meta_request_count(struct fss__db *db, int64_t asker,
	    int64_t target, int64_t *ret_n);

/*
 * Boxes.  @up: oldest change first, seq above @seq; else newest first, below
 * @seq (0: from the newest).  in: asked of @account itself, of a group it was
 * in, of all by others; the three merged by seq.
 */
struct fss__meta_box {
	struct fss__stmt	*st[4];
	int64_t			 head[4];	/* seq, 0 none */
	bool			 up;
	int64_t			 account;
};
int	fss__meta_box_open(struct fss__db *db, int64_t account, bool in,
	    bool out, bool up, int64_t seq, struct fss__meta_box *ret_b);
int	fss__meta_box_next(struct fss__meta_box *b,
	    struct fss__meta_request *ret_r);
void	fss__meta_box_close(struct fss__meta_box *b);
/*
 * How many wait for @account's answer at @now, counted up to @limit; wishes to
 * all wait for nobody in particular.
 */
int	fss__meta_box_waiting(struct fss__db *db, int64_t account,
	    int64_t now, int64_t limit, int64_t *ret_n);

/* ---- audience ---------------------------------------------------------- */

/* Members of @circle but @but, at most @max, become the audience: how many. */
int	fss__meta_audience_fill(struct fss__db *db, int64_t request,
	    int64_t circle, int64_t but, unsigned max);
/* What somebody said to a request along with others. */
enum fss__no {
	FSS__NO_NONE = 0,
	FSS__NO_SAID = 1,	/* no */
	FSS__NO_OFFER = 2	/* an offer of theirs came to nothing */
};
/* 1 if @account is in it, *ret_no; 0 and FSS__NO_NONE. */
int	fss__meta_audience_get(struct fss__db *db, int64_t request,
	    int64_t account, int *ret_no);
/*
 * Notes @no; *ret_left: how many of those it went to have said none.  Of a
 * wish to all only those are there who offered in vain.
 */
int	fss__meta_audience_decline(struct fss__db *db, int64_t request,
	    int64_t account, enum fss__no no, int64_t *ret_left);
/* Noes that are no more than @no are forgotten. */
int	fss__meta_audience_afresh(struct fss__db *db, int64_t request,
	    enum fss__no no);
/* The first above @after. */
int	fss__meta_audience_after(struct fss__db *db, int64_t request,
	    int64_t after, int64_t *ret_account);

/* ---- what is to be looked at ------------------------------------------- */

int	fss__meta_request_mark(struct fss__db *db, int64_t request);
int	fss__meta_request_mark_owner(struct fss__db *db, int64_t owner);
int	fss__meta_request_mark_asker(struct fss__db *db, int64_t asker);
int	fss__meta_request_mark_target(struct fss__db *db, int64_t target);
/* Whose content a device of @account has. */
int	fss__meta_request_mark_holder(struct fss__db *db, int64_t account);
int	fss__meta_request_mark_version(struct fss__db *db, int64_t version);
int	fss__meta_request_mark_root(struct fss__db *db,
	    const struct fss__id *root);
int	fss__meta_request_mark_live(struct fss__db *db);
/* The first marked one; it is unmarked. */
int	fss__meta_request_marked(struct fss__db *db, int64_t *ret_id);
/* The live one that expires first; not of those whose bytes arrive. */
int	fss__meta_request_expiring(struct fss__db *db, int64_t *ret_id,
	    int64_t *ret_expires);

/* ---- passes and denials ------------------------------------------------ */

struct fss__meta_pass {
	int64_t	version, account, request;
	bool	shown;
	int64_t	expires, used;
};
int	fss__meta_pass_get(struct fss__db *db, int64_t version,
	    int64_t account, struct fss__meta_pass *ret_p);
/* Replaces one that is there. */
int	fss__meta_pass_set(struct fss__db *db, const struct fss__meta_pass *p);
int	fss__meta_pass_drop(struct fss__db *db, int64_t request);
int	fss__meta_pass_drop_version(struct fss__db *db, int64_t version);
/* Removes at most @limit expired ones: their number. */
int	fss__meta_pass_purge(struct fss__db *db, int64_t now, int limit);

int	fss__meta_denial_get(struct fss__db *db, int64_t asker,
	    int64_t target, int64_t entry, int64_t *ret_times,
	    int64_t *ret_until);
int	fss__meta_denial_set(struct fss__db *db, int64_t asker,
	    int64_t target, int64_t entry, int64_t times, int64_t until);
int	fss__meta_denial_drop(struct fss__db *db, int64_t asker,
	    int64_t target, int64_t entry);
int	fss__meta_denial_purge(struct fss__db *db, int64_t before, int limit);

#endif
