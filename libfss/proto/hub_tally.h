/*
 * The sessions of one account, one key or one address.
 */
#ifndef FSS__PROTO_HUB_TALLY_H
#define FSS__PROTO_HUB_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/keys.h"

#define FSS__TALLY_BUCKETS	8192

struct fss__session;

/* A session in one of the lists; part of it, all zero while out. */
struct fss__tally {
	struct fss__tally	*next;
	struct fss__tally	**at;	/* NULL while out */
	uint64_t		 whose;
	struct fss__session	*of;
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
	    uint64_t whose, struct fss__session *of);
/* Does nothing to what is out. */
void	fss__tally_leave(struct fss__tally *e);
/* The next after @e (NULL: the first) that is @whose, or NULL. */
struct fss__tally *fss__tally_next(const struct fss__tallies *t,
	    uint64_t whose, const struct fss__tally *e);

#endif
