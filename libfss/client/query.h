/*
 * Searches from inside.
 */
#ifndef FSS__CLIENT_QUERY_H
#define FSS__CLIENT_QUERY_H

#include <fss/client.h>

#include "wire/schema.h"

struct fss_query {
	char	*text[FSS_QUERY_TYPE + 1];
	int64_t	 number[FSS_QUERY_SORT + 1];
	unsigned has;			/* bit n: number n is set */
};

/* NULL when out of memory. */
struct fss_query *fss__query_copy(const struct fss_query *q);
/* Everything but cursor and limit; slices point into @q. */
void	fss__query_fill(const struct fss_query *q, struct fss__m_find *m);

#endif
