/*
 * Schema version 5, share links.
 */
#ifndef FSS__STORE_SCHEMA_LINK_H
#define FSS__STORE_SCHEMA_LINK_H

static const char *const fss__schema_link[] = {
	/*
	 * digest: of the token, which is kept nowhere.  account: who made it,
	 * and owns entry.  version: 0 whatever the entry has.  most: completed
	 * downloads, 0 any number; used, broken: of them so far.  ends: when
	 * it ended or will (expired, used up), 0 never; told for a while then.
	 */
	"CREATE TABLE link("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" digest BLOB NOT NULL UNIQUE,"
	" account INTEGER NOT NULL,"
	" entry INTEGER NOT NULL,"
	" kind INTEGER NOT NULL,"
	" version INTEGER NOT NULL,"
	" pwhash TEXT,"
	" most INTEGER NOT NULL,"
	" used INTEGER NOT NULL DEFAULT 0,"
	" broken INTEGER NOT NULL DEFAULT 0,"
	" label TEXT,"
	" created INTEGER NOT NULL,"
	" ends INTEGER NOT NULL)",
	"CREATE INDEX link_account ON link(account, id)",
	"CREATE INDEX link_entry ON link(entry)",
	"CREATE INDEX link_ends ON link(ends) WHERE ends > 0",

	/* A device of kind 3 visits this link. */
	"CREATE TABLE visit("
	" device INTEGER PRIMARY KEY,"
	" link INTEGER NOT NULL)",
	"CREATE INDEX visit_link ON visit(link)",

	/*
	 * A download under way, that has a place in the limit.  size: of the
	 * file, 0 of a folder; served: bytes given out for it.
	 */
	"CREATE TABLE ticket("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" link INTEGER NOT NULL,"
	" device INTEGER NOT NULL,"
	" entry INTEGER NOT NULL,"
	" size INTEGER NOT NULL,"
	" served INTEGER NOT NULL DEFAULT 0,"
	" expires INTEGER NOT NULL)",
	"CREATE INDEX ticket_link ON ticket(link)",
	"CREATE INDEX ticket_device ON ticket(device)",
	"CREATE INDEX ticket_expires ON ticket(expires)",

	/* Nothing is left of what is gone. */
	"CREATE TRIGGER link_entry_gone AFTER DELETE ON entry BEGIN"
	" DELETE FROM link WHERE entry = old.id; END",
	"CREATE TRIGGER link_gone AFTER DELETE ON link BEGIN"
	" UPDATE device SET revoked = max(created, 1) WHERE revoked = 0"
	"  AND id IN (SELECT device FROM visit WHERE link = old.id);"
	" DELETE FROM visit WHERE link = old.id;"
	" DELETE FROM ticket WHERE link = old.id; END",
	"CREATE TRIGGER visit_gone AFTER DELETE ON device BEGIN"
	" DELETE FROM visit WHERE device = old.id; END",
	(const char *)0
};

#endif
