/*
 * Schema version 5: uploads in parts, files by when they came.
 */
#ifndef FSS__STORE_SCHEMA_STAGE_H
#define FSS__STORE_SCHEMA_STAGE_H

static const char *const fss__schema_stage[] = {
	/*
	 * name: random, what its account knows it by.  account: whose it is;
	 * owner: of the space it goes to, whose usage counts offset.
	 * mode, mtime NULL: as a commit without them.  turn: how often it was
	 * taken over.  root, chunk (row of the root's chunk): of its first
	 * offset bytes, NULL while there are none and once committed.
	 * done: 1 once committed, version: what it became.
	 */
	"CREATE TABLE stage("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" name BLOB NOT NULL UNIQUE,"
	" account INTEGER NOT NULL,"
	" owner INTEGER NOT NULL,"
	" path TEXT NOT NULL,"
	" size INTEGER NOT NULL,"
	" mode INTEGER,"
	" mtime INTEGER,"
	" media TEXT,"
	" meta TEXT,"
	" request INTEGER NOT NULL DEFAULT 0,"
	" turn INTEGER NOT NULL DEFAULT 0,"
	" offset INTEGER NOT NULL DEFAULT 0,"
	" root BLOB,"
	" depth INTEGER NOT NULL DEFAULT 0,"
	" chunk INTEGER,"
	" done INTEGER NOT NULL DEFAULT 0,"
	" version INTEGER NOT NULL DEFAULT 0,"
	" created INTEGER NOT NULL,"
	" expires INTEGER NOT NULL)",
	"CREATE INDEX stage_account ON stage(account, id) WHERE done = 0",
	"CREATE INDEX stage_expires ON stage(expires)",
	/* Of one owner, by when the present version came. */
	"CREATE INDEX entry_recent ON entry(owner, cur) WHERE cur > 0",
	(const char *)0
};

/* Schema version 7.  device: that began it, 0 unknown. */
static const char *const fss__schema_stage_device[] = {
	"ALTER TABLE stage ADD COLUMN device INTEGER NOT NULL DEFAULT 0",
	(const char *)0
};

#endif
