/*
 * Schema version 8: what filters ask about, beside the names in blocks; 9: of
 * whole names also by kind.
 *
 * Blocks from before get theirs in idle moments, from the last one down
 * (search_change.c).  Until then their names are looked at as if nothing were
 * known of them.
 */
#ifndef FSS__STORE_SCHEMA_TAG_H
#define FSS__STORE_SCHEMA_TAG_H

static const char *const fss__schema_tag[] = {
	/* See search_tag.h; NULL: not known yet. */
	"ALTER TABLE search_block ADD COLUMN tags BLOB",
	/* Blocks below this have none. */
	"ALTER TABLE search_state ADD COLUMN plain INTEGER NOT NULL DEFAULT 0",
	"UPDATE search_state SET plain = blocks",
	(const char *)0
};

static const char *const fss__schema_whole[] = {
	/* All are to get their tags, and these grams, anew. */
	"UPDATE search_state SET plain = blocks",
	(const char *)0
};

#endif
