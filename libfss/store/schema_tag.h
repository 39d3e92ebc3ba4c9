/*
 * Schema version 8: what filters ask about, beside the names in blocks; 9: of
 * whole names also by kind; 10: whose space each name is in, and folders; 11:
 * what stands before a dot, and beginnings by kind.
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

static const char *const fss__schema_stem[] = {
	/* Likewise. */
	"UPDATE search_state SET plain = blocks",
	(const char *)0
};

static const char *const fss__schema_owner[] = {
	/* Likewise. */
	"UPDATE search_state SET plain = blocks",
	/* Some of the folders, as entry has them: see folders.c. */
	"CREATE TABLE search_folder("
	" id INTEGER PRIMARY KEY,"
	" parent INTEGER NOT NULL,"
	" owner INTEGER NOT NULL,"
	" access INTEGER NOT NULL,"
	" granted INTEGER NOT NULL,"
	" name TEXT NOT NULL)",
	"INSERT INTO search_folder SELECT id, parent, owner, access, granted,"
	" name FROM entry WHERE id IN (SELECT root FROM account)",
	"CREATE TRIGGER search_folder_set"
	" AFTER UPDATE OF parent, name, access, granted ON entry"
	" WHEN OLD.kind = 1 BEGIN"
	" UPDATE search_folder SET parent = NEW.parent, access = NEW.access,"
	" granted = NEW.granted, name = NEW.name WHERE id = NEW.id;"
	" END",
	"CREATE TRIGGER search_folder_gone AFTER DELETE ON entry"
	" WHEN OLD.kind = 1 BEGIN"
	" DELETE FROM search_folder WHERE id = OLD.id;"
	" END",
	/* None has become anything else yet; but then its row would age. */
	"CREATE TRIGGER search_folder_kind AFTER UPDATE OF kind ON entry"
	" WHEN OLD.kind = 1 AND NEW.kind <> 1 BEGIN"
	" DELETE FROM search_folder WHERE id = OLD.id;"
	" END",
	(const char *)0
};

#endif
