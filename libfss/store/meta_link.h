/*
 * Rows of share links, of visits, and of downloads under way.
 *
 * Lookups return 1 and the row, 0 if there is none, or FSS_E... .
 */
#ifndef FSS__STORE_META_LINK_H
#define FSS__STORE_META_LINK_H

#include <stdbool.h>

#include "crypto/keys.h"
#include "store/db.h"
#include "wire/limits.h"

struct fss__meta_share {		/* a share link */
	int64_t		id;
	uint8_t		digest[FSS__KEY_BYTES];
	int64_t		account, entry;
	int		kind;		/* enum fss_link_kind */
	int64_t		version;	/* 0: whatever the entry has */
	int64_t		most, used, broken;
	int64_t		created, ends;
	char		label[FSS__MAX_LABEL + 1];	/* "" none */
	char		pwhash[FSS__PWHASH_TEXT];	/* "" none */
};

/* Everything but the id and the counts. */
int	fss__meta_link_insert(struct fss__db *db,
	    const struct fss__meta_share *l, int64_t *ret_id);
int	fss__meta_share_get(struct fss__db *db, int64_t id,
	    struct fss__meta_share *ret_l);
int	fss__meta_link_by_digest(struct fss__db *db,
	    const uint8_t digest[FSS__KEY_BYTES], struct fss__meta_share *ret_l);
/* Of @account, ids below @before, newest first. */
int	fss__meta_link_before(struct fss__db *db, int64_t account,
	    int64_t before, struct fss__meta_share *ret_l);
int	fss__meta_link_count(struct fss__db *db, int64_t account,
	    int64_t *ret_n);
/* used, broken, ends. */
int	fss__meta_link_update(struct fss__db *db,
	    const struct fss__meta_share *l);
/* One file more was sent by it. */
int	fss__meta_link_sent(struct fss__db *db, int64_t id);
/* Its visits and tickets go with it. */
int	fss__meta_link_delete(struct fss__db *db, int64_t id);
/* The one that ended first, at or before @ends. */
int	fss__meta_link_ended(struct fss__db *db, int64_t ends,
	    struct fss__meta_share *ret_l);

int	fss__meta_visit_insert(struct fss__db *db, int64_t device,
	    int64_t link);
/* The link that @device visits. */
int	fss__meta_visit_link(struct fss__db *db, int64_t device,
	    struct fss__meta_share *ret_l);

/* How many visit @link. */
int	fss__meta_visit_count(struct fss__db *db, int64_t link,
	    int64_t *ret_n);
/* Of the links of @account the one that most visit. */
int	fss__meta_visit_most(struct fss__db *db, int64_t account,
	    int64_t *ret_link);
/* Of those that visit @link the device not seen for longest. */
int	fss__meta_visit_stalest(struct fss__db *db, int64_t link,
	    int64_t *ret_device);

struct fss__meta_ticket {
	int64_t	id, link, device, entry, size, served, expires;
	int64_t	open;		/* takes that were not ended */
	bool	counted;	/* by the link: it holds no place any more */
};

int	fss__meta_ticket_insert(struct fss__db *db,
	    const struct fss__meta_ticket *t, int64_t *ret_id);
int	fss__meta_ticket_get(struct fss__db *db, int64_t id,
	    struct fss__meta_ticket *ret_t);
/* Of @device, by id from above @after. */
int	fss__meta_ticket_after(struct fss__db *db, int64_t device,
	    int64_t after, struct fss__meta_ticket *ret_t);
/* The one of @device for @entry that has not expired by @now. */
int	fss__meta_ticket_of(struct fss__db *db, int64_t device, int64_t entry,
	    int64_t now, struct fss__meta_ticket *ret_t);
/* How many places of @link are taken. */
int	fss__meta_ticket_places(struct fss__db *db, int64_t link,
	    int64_t *ret_n);
/* How many takes of @device were not ended. */
int	fss__meta_ticket_open(struct fss__db *db, int64_t device,
	    int64_t *ret_n);
/* The one of @link (0: any) that expires first, by @now. */
int	fss__meta_ticket_lapsed(struct fss__db *db, int64_t link, int64_t now,
	    struct fss__meta_ticket *ret_t);
/* served, expires, open and counted. */
int	fss__meta_ticket_update(struct fss__db *db,
	    const struct fss__meta_ticket *t);
int	fss__meta_ticket_delete(struct fss__db *db, int64_t id);

#endif
