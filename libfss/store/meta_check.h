/*
 * SQL of fss__store_check(): counts kept in a temporary table on disk, and
 * the questions whose answer on a sound store is "none".
 */
#ifndef FSS__STORE_META_CHECK_H
#define FSS__STORE_META_CHECK_H

#include "store/meta_chunk.h"

/* Inside a transaction; the table is gone after end. */
int	fss__check_begin(struct fss__db *db);
void	fss__check_end(struct fss__db *db);
/* Starts the counts with the versions. */
int	fss__check_count_versions(struct fss__db *db);
int	fss__check_count_one(struct fss__db *db, int64_t chunk);
/* The first page with a row id above @after. 1, 0. */
int	fss__check_next_page(struct fss__db *db, int64_t after,
	    struct fss__chunk *ret_c);
/* The first segment number at @from or above any chunk names. 1, 0. */
int	fss__check_next_segment(struct fss__db *db, uint32_t from,
	    uint32_t *ret_segment);

/* Calls @fn with a text for each row that should not be. */
typedef void (*fss__check_fn)(void *ctx, const char *text);
int	fss__check_questions(struct fss__db *db, fss__check_fn fn, void *ctx);

#endif
