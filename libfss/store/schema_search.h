/*
 * Schema version 6: an index of names made for searching.
 *
 * What the former one knew is in the entries; the new one fills itself from
 * them (search_index.c), and what it does not have yet is looked through.
 */
#ifndef FSS__STORE_SCHEMA_SEARCH_H
#define FSS__STORE_SCHEMA_SEARCH_H

static const char *const fss__schema_search[] = { "DROP TABLE search",
	"DROP TABLE search_todo",
	/* posted: entries up to this id are in blocks; blocks: their number. */
	"CREATE TABLE search_state("
	" id INTEGER PRIMARY KEY CHECK(id = 1),"
	" posted INTEGER NOT NULL,"
	" blocks INTEGER NOT NULL)",
	"INSERT INTO search_state(id, posted, blocks) VALUES(1, 0, 0)",
	/* id: numbers from 0.  first: the lowest entry it may hold. */
	"CREATE TABLE search_block("
	" id INTEGER PRIMARY KEY,"
	" first INTEGER NOT NULL UNIQUE,"
	" names BLOB NOT NULL)",
	/* See search_post.c. */
	"CREATE TABLE search_gram("
	" id INTEGER PRIMARY KEY,"
	" blocks BLOB NOT NULL)",
	/* Folders whose place has changed: after is the child done last. */
	"CREATE TABLE search_moved("
	" folder INTEGER PRIMARY KEY,"
	" after TEXT NOT NULL DEFAULT '')",
	(const char *)0 };

#endif
