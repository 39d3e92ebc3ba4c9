/*
 * How many sessions one account, one key or one address has.
 */
#ifndef FSS__PROTO_HUB_TALLY_H
#define FSS__PROTO_HUB_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/keys.h"

#define FSS__TALLY_BUCKETS	8192

/* One thing that counts; part of what it counts, all zero while out. */
struct fss__tally {
	struct fss__tally	*next;
	struct fss__tally	**at;	/* NULL while it counts for nobody */
	uint64_t		 whose;
};

struct fss__tallies {
	uint8_t			 key[FSS__KEY_BYTES];
	struct fss__tally	*bucket[FSS__TALLY_BUCKETS];
};

enum fss__tally_kind {
	FSS__TALLY_ACCOUNT,
	FSS__TALLY_KEY,
	FSS__TALLY_ADDRESS
};

/* NULL when out of memory. */
struct fss__tallies *fss__tallies_new(void);
void	fss__tallies_free(struct fss__tallies *t);
/* Whom @id of @n bytes names, as a number. */
uint64_t fss__tally_whose(const struct fss__tallies *t,
	    enum fss__tally_kind kind, const void *id, size_t n);
void	fss__tally_enter(struct fss__tallies *t, struct fss__tally *e,
	    uint64_t whose);
/* Does nothing to what is out. */
void	fss__tally_leave(struct fss__tally *e);
/* How many there are, counted up to @most. */
size_t	fss__tally_count(const struct fss__tallies *t, uint64_t whose,
	    size_t most);

#endif
