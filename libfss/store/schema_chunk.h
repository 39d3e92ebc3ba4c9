/*
 * Schema version 1, the store's own tables.  docs/storage.md explains them.
 */
#ifndef FSS__STORE_SCHEMA_CHUNK_H
#define FSS__STORE_SCHEMA_CHUNK_H

#include <stddef.h>

static const char *const fss__schema_chunk[] = {
	/* Facts of the store as a whole: "id" ties it to its segments. */
	"CREATE TABLE store_fact ("
	"	name	TEXT NOT NULL PRIMARY KEY,"
	"	value	TEXT NOT NULL"
	") WITHOUT ROWID",

	/*
	 * One row per chunk or page that is in the index.
	 * span: content bytes below it (= len for content).
	 * level: 0 content, k a page of that level.
	 * refs: versions whose root it is + places in pages that name it.
	 * idle: wall seconds since when refs is 0.
	 * bad: 1 while its record is known to be damaged.
	 */
	"CREATE TABLE chunk ("
	"	id	INTEGER PRIMARY KEY,"
	"	digest	BLOB NOT NULL UNIQUE,"
	"	segment	INTEGER NOT NULL,"
	"	offset	INTEGER NOT NULL,"
	"	len	INTEGER NOT NULL,"
	"	span	INTEGER NOT NULL,"
	"	level	INTEGER NOT NULL,"
	"	refs	INTEGER NOT NULL,"
	"	idle	INTEGER NOT NULL,"
	"	bad	INTEGER NOT NULL"
	")",
	"CREATE INDEX chunk_place ON chunk (segment, offset)",
	"CREATE INDEX chunk_idle ON chunk (idle) WHERE refs = 0",

	/* Who may speak of a chunk, because they once sent it. */
	"CREATE TABLE possession ("
	"	chunk	INTEGER NOT NULL,"
	"	account	INTEGER NOT NULL,"
	"	PRIMARY KEY (chunk, account)"
	") WITHOUT ROWID",

	/*
	 * One row per segment file.
	 * indexed: records before this offset are in the index or dead.
	 * live: bytes of records that rows of chunk point to.
	 * chunks: how many such rows.
	 * state: 0 in use; 1 condemned, nothing points there any more and the
	 * file may go; 2 kept, what is left in it is damaged and waits for
	 * healing.
	 */
	"CREATE TABLE segment ("
	"	id	INTEGER PRIMARY KEY,"
	"	indexed	INTEGER NOT NULL,"
	"	live	INTEGER NOT NULL,"
	"	chunks	INTEGER NOT NULL,"
	"	state	INTEGER NOT NULL"
	")",
	NULL
};

#endif
