/*
 * Sums over the tables.
 */
#ifndef FSS__STORE_META_FIGURES_H
#define FSS__STORE_META_FIGURES_H

#include "store/db.h"

struct fss__meta_figures {
	uint64_t	stored;		/* bytes of records in use */
	uint64_t	chunks;
	uint64_t	bytes, files, accounts;
	uint64_t	requests;	/* live */
	uint64_t	database;	/* bytes of the file */
};

int	fss__meta_figures(struct fss__db *db, struct fss__meta_figures *ret_f);
/* Counts them all: slow where there are many. */
int	fss__meta_figures_versions(struct fss__db *db, uint64_t *ret_n);

#endif
