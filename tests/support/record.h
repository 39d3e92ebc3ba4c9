/*
 * Records of the protocol in tests: all of them, random ones, comparison.
 */
#ifndef FSS_TEST_RECORD_H
#define FSS_TEST_RECORD_H

#include <stdbool.h>

#include "rng.h"
#include "wire/message.h"

/* Room for any struct fss__m_..., aligned. */
union record_any {
	uint64_t	align;
	void		*align_p;
	uint8_t		room[1024];
};

extern const struct fss__record *const record_all[];
extern const size_t record_count;

/* Where the texts and lists of random records are. */
struct record_arena {
	uint8_t	*p;
	size_t	 used;
	size_t	 size;
};

void	record_arena_init(struct record_arena *a, size_t size);
void	record_arena_release(struct record_arena *a);

/*
 * A valid record of random fields; texts and lists live in @a, which it may
 * run down to nothing, and are then short.
 */
void	record_random(struct rng *r, struct record_arena *a,
	    const struct fss__record *rec, union record_any *ret_msg);
/* Same fields, same values; lists are compared record by record. */
bool	record_equal(const struct fss__record *rec, const void *a,
	    const void *b);

/*
 * Decodes @fields as @rec and aborts unless all that must hold holds: lists
 * step to their end, encoding and decoding again gives the same record and
 * the same bytes, a refusal leaves zeros.  Returns what the decoder said.
 */
int	record_check(struct fss__slice fields, const struct fss__record *rec);

#endif
