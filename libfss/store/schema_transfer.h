/*
 * Schema version 3: a transfer is for one owner's claim of a content.
 *
 * Transfers of before are dropped: those who wait are looked at when the hub
 * starts, and get new ones.
 */
#ifndef FSS__STORE_SCHEMA_TRANSFER_H
#define FSS__STORE_SCHEMA_TRANSFER_H

static const char *const fss__schema_transfer[] = {
	"DELETE FROM transfer_source",
	"DELETE FROM transfer_page",
	"DROP TABLE transfer",
	/*
	 * One for each content that is being fetched into a space (owner, who
	 * says that root, depth and size belong together), whoever waits.
	 * planned: bytes of content below the pages that are here; all of it
	 * when equal to size.  idle: 1 if one who waited may wait no more.
	 */
	"CREATE TABLE transfer("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" root BLOB NOT NULL,"
	" owner INTEGER NOT NULL,"
	" depth INTEGER NOT NULL,"
	" size INTEGER NOT NULL,"
	" planned INTEGER NOT NULL DEFAULT 0,"
	" touched INTEGER NOT NULL,"
	" created INTEGER NOT NULL,"
	" idle INTEGER NOT NULL DEFAULT 0,"
	" UNIQUE(root, owner, depth, size))",
	"CREATE INDEX transfer_idle ON transfer(id) WHERE idle = 1",
	/* Those whose bytes arrive (3) do not expire meanwhile. */
	"DROP INDEX request_expires",
	"CREATE INDEX request_due ON request(expires) WHERE state < 3",
	/* The versions that a transfer is for, from those who wait. */
	"CREATE INDEX request_live_content ON request(root, owner, version)"
	" WHERE state < 4",
	(const char *)0
};

#endif
