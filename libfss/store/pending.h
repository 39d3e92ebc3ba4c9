/*
 * Puts that are in the segments but not in the index yet, and chunks that
 * turned out damaged: what the writer tells the readers without SQL.
 *
 * Thread rule: the writer alone changes the tables, under the mutex, and may
 * read them without it; readers use the functions marked "any thread".
 */
#ifndef FSS__STORE_PENDING_H
#define FSS__STORE_PENDING_H

#include <pthread.h>
#include <stdbool.h>

#include "crypto/digest.h"
#include "store/chunkstore.h"

#define FSS__PENDING_MAX	32768u	/* entries there is room for */
#define FSS__BAD_MAX		256u	/* damaged, not marked yet */

enum fss__pend_kind {
	FSS__PEND_NEW,		/* a chunk the index does not know */
	FSS__PEND_HEAL,		/* new bytes for one the index knows */
	FSS__PEND_CLAIM		/* one more account that sent a known one */
};

struct fss__pend {
	struct fss__id		id;
	uint8_t			kind;		/* enum fss__pend_kind */
	uint8_t			level;
	uint32_t		next;		/* in the hash chain, + 1 */
	int64_t			account;	/* 0: nobody gains a right */
	uint64_t		span;
	struct fss_store_loc	loc;		/* len 0 for CLAIM */
};

struct fss__bad {
	struct fss__id		id;
	struct fss_store_loc	loc;
};

struct fss__pending {
	pthread_mutex_t		 mutex;
	struct fss__pend	*list;		/* in the order of the puts */
	uint32_t		*heads;		/* index + 1, 0 none */
	size_t			 count;
	uint64_t		 bytes;
	uint64_t		 seed;
	struct fss__bad		 bad[FSS__BAD_MAX];
	size_t			 bad_count;
};

int	fss__pending_init(struct fss__pending *p);
void	fss__pending_release(struct fss__pending *p);

/* Writer. There must be room: count < FSS__PENDING_MAX. */
void	fss__pending_add(struct fss__pending *p, const struct fss__pend *e);
/* Writer. Everything is in the index now. */
void	fss__pending_clear(struct fss__pending *p);
/* Writer. The entry with bytes of @id, NULL if none. */
const struct fss__pend *fss__pending_chunk(const struct fss__pending *p,
	    const struct fss__id *id);
/* Writer. The entry of @id that gives @account its right, NULL if none. */
const struct fss__pend *fss__pending_held(const struct fss__pending *p,
	    int64_t account, const struct fss__id *id);
/*
 * Any thread. Where the bytes of @id are: true, or false where none are here.
 * *@ret_held: whether @account sent them (with bytes or without).
 */
bool	fss__pending_find(struct fss__pending *p, int64_t account,
	    const struct fss__id *id, bool *ret_held,
	    struct fss_store_loc *ret_loc);
/* Any thread. Clears the bits of @bitmap whose ids @account sent. */
void	fss__pending_strike(struct fss__pending *p, int64_t account,
	    const uint8_t *ids, size_t n, uint8_t *bitmap);

/* Any thread. Remembers that the record at @loc is damaged. */
void	fss__pending_add_bad(struct fss__pending *p, const struct fss__id *id,
	    const struct fss_store_loc *loc);
/* Any thread. */
bool	fss__pending_is_bad(struct fss__pending *p, const struct fss__id *id,
	    const struct fss_store_loc *loc);
/* Writer. Copies up to FSS__BAD_MAX of them; forgets the first @n. */
size_t	fss__pending_get_bad(struct fss__pending *p, struct fss__bad *dst);
void	fss__pending_drop_bad(struct fss__pending *p, size_t n);

#endif
