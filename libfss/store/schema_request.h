/*
 * Schema version 2: presence, announcements, requests, rules, audit.  Run in
 * order by schema.c when a database of version 1 is opened for writing.
 *
 * As in version 1: times are microseconds since 1970, no foreign keys.
 */
#ifndef FSS__STORE_SCHEMA_REQUEST_H
#define FSS__STORE_SCHEMA_REQUEST_H

static const char *const fss__schema_request[] = {
	/*
	 * state: enum fss_state; announced ones have a root and no chunk.
	 * keep: a content that was fetched for requests goes back to
	 * announced after this time, 0 stays.
	 */
	"ALTER TABLE version ADD COLUMN state INTEGER NOT NULL DEFAULT 0",
	"ALTER TABLE version ADD COLUMN keep INTEGER NOT NULL DEFAULT 0",
	"CREATE INDEX version_announced ON version(root) WHERE state = 1",
	"CREATE INDEX version_keep ON version(keep) WHERE keep > 0",

	/* kept: bytes of the answers that op_result has for it. */
	"ALTER TABLE device ADD COLUMN kept INTEGER NOT NULL DEFAULT 0",
	"UPDATE device SET kept = (SELECT coalesce(sum(length(o.answer)), 0)"
	" FROM op_result o WHERE o.device = device.id)",
	"CREATE TRIGGER op_result_in AFTER INSERT ON op_result BEGIN"
	" UPDATE device SET kept = kept + length(new.answer)"
	" WHERE id = new.device; END",
	"CREATE TRIGGER op_result_out AFTER DELETE ON op_result BEGIN"
	" UPDATE device SET kept = kept - length(old.answer)"
	" WHERE id = old.device; END",

	/*
	 * below: 1 if something below it may have an access of its own; then
	 * all above it have 1 too.  Set and never taken back.
	 */
	"ALTER TABLE entry ADD COLUMN below INTEGER NOT NULL DEFAULT 0",
	"CREATE INDEX entry_below ON entry(parent, id)"
	" WHERE access > 0 OR below > 0",
	"WITH RECURSIVE up(id) AS ("
	" SELECT parent FROM entry WHERE access > 0 AND parent > 0"
	" UNION SELECT e.parent FROM up JOIN entry e ON e.id = up.id"
	"  WHERE e.parent > 0)"
	" UPDATE entry SET below = 1 WHERE id IN (SELECT id FROM up)",

	/*
	 * Last seen, written when somebody goes; live: 1 while online, so
	 * that a hub that was killed knows whose time to set when it starts.
	 */
	"CREATE TABLE presence("
	" account INTEGER PRIMARY KEY,"
	" seen INTEGER NOT NULL,"
	" live INTEGER NOT NULL DEFAULT 0,"
	" hidden INTEGER NOT NULL DEFAULT 0)",
	"CREATE INDEX presence_live ON presence(account) WHERE live = 1",

	/*
	 * Whose device has the bytes of an announced version.  A row goes when
	 * the file is unannounced, replaced, removed, or found changed.
	 */
	"CREATE TABLE holder("
	" version INTEGER NOT NULL,"
	" device INTEGER NOT NULL,"
	" account INTEGER NOT NULL,"
	" entry INTEGER NOT NULL,"
	" root BLOB NOT NULL,"
	" announced INTEGER NOT NULL,"
	" PRIMARY KEY(version, device)) WITHOUT ROWID",
	"CREATE INDEX holder_root ON holder(root, account, entry)",
	"CREATE INDEX holder_device ON holder(device, version)",
	"CREATE INDEX holder_entry ON holder(entry)",

	/*
	 * seq: place of the last change among all, so that who was away asks
	 * for what is above the last one known.  change: transitions so far.
	 * owner, entry, version: of a get or upload; of a want once fulfilled.
	 * root: NULL for an empty file, an upload, a want not fulfilled.
	 * target: an account, 0 for all; circle: the group a wish went to
	 * (target 0).
	 * path, number: as they were, for showing.  decided: the account that
	 * answered, 0 none.  retry: not asked again before.
	 */
	"CREATE TABLE request("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" kind INTEGER NOT NULL,"
	" state INTEGER NOT NULL,"
	" change INTEGER NOT NULL,"
	" seq INTEGER NOT NULL UNIQUE,"
	" asker INTEGER NOT NULL,"
	" target INTEGER NOT NULL,"
	" circle INTEGER NOT NULL DEFAULT 0,"
	" owner INTEGER NOT NULL DEFAULT 0,"
	" entry INTEGER NOT NULL DEFAULT 0,"
	" version INTEGER NOT NULL DEFAULT 0,"
	" root BLOB,"
	" depth INTEGER NOT NULL DEFAULT 0,"
	" size INTEGER NOT NULL DEFAULT 0,"
	" number INTEGER NOT NULL DEFAULT 0,"
	" path TEXT,"
	" text TEXT,"
	" reason INTEGER NOT NULL DEFAULT 0,"
	" detail TEXT,"
	" decided INTEGER NOT NULL DEFAULT 0,"
	" rule INTEGER NOT NULL DEFAULT 0,"
	" created INTEGER NOT NULL,"
	" changed INTEGER NOT NULL,"
	" expires INTEGER NOT NULL,"
	" retry INTEGER NOT NULL DEFAULT 0,"
	" attempt INTEGER NOT NULL DEFAULT 1)",
	"CREATE INDEX request_asker ON request(asker, seq)",
	"CREATE INDEX request_target ON request(target, seq)",
	"CREATE INDEX request_live_all ON request(seq)"
	" WHERE target = 0 AND state < 4",
	"CREATE INDEX request_live_target ON request(target)"
	" WHERE state < 4",
	"CREATE INDEX request_live_asker ON request(asker, target)"
	" WHERE state < 4",
	"CREATE INDEX request_live_owner ON request(owner) WHERE state < 4",
	"CREATE INDEX request_live_root ON request(root) WHERE state < 4",
	"CREATE INDEX request_expires ON request(expires) WHERE state < 4",
	"CREATE INDEX request_version ON request(version, asker)",

	/*
	 * Whom a wish to a group went to, as the group was.  seq: a copy of
	 * the request's, for lists.  declined: enum fss__no; of wishes to all
	 * only those are here who offered in vain.
	 */
	"CREATE TABLE request_audience("
	" account INTEGER NOT NULL,"
	" request INTEGER NOT NULL,"
	" seq INTEGER NOT NULL,"
	" declined INTEGER NOT NULL DEFAULT 0,"
	" PRIMARY KEY(request, account)) WITHOUT ROWID",
	"CREATE INDEX request_audience_seq ON request_audience(account, seq)",

	/* Requests whose facts may have changed; looked at in small steps. */
	"CREATE TABLE request_todo(request INTEGER PRIMARY KEY)",

	/*
	 * Counts of one row each: 'request': the last seq given out; 'entry'
	 * (absent: 0): the highest id of an entry that is gone.
	 */
	"CREATE TABLE counter("
	" name TEXT NOT NULL PRIMARY KEY,"
	" value INTEGER NOT NULL) WITHOUT ROWID",
	"INSERT INTO counter(name, value) VALUES('request', 0)",

	/*
	 * A yes: this account may read this version.  shown: 1 if only while
	 * it may see the entry; 0 where the owner named the file for it.
	 * used: when first read, 0 not yet.
	 */
	"CREATE TABLE pass("
	" version INTEGER NOT NULL,"
	" account INTEGER NOT NULL,"
	" request INTEGER NOT NULL,"
	" shown INTEGER NOT NULL,"
	" expires INTEGER NOT NULL,"
	" used INTEGER NOT NULL DEFAULT 0,"
	" PRIMARY KEY(version, account)) WITHOUT ROWID",
	"CREATE INDEX pass_request ON pass(request)",
	"CREATE INDEX pass_expires ON pass(expires)",

	/* Noes: times counted since the last yes, no new asking before until.
	 * entry 0: all of that person's files together. */
	"CREATE TABLE denial("
	" asker INTEGER NOT NULL,"
	" target INTEGER NOT NULL,"
	" entry INTEGER NOT NULL,"
	" times INTEGER NOT NULL,"
	" until INTEGER NOT NULL,"
	" PRIMARY KEY(asker, target, entry)) WITHOUT ROWID",
	"CREATE INDEX denial_until ON denial(until)",

	/* place: order in which an account's rules are tried. */
	"CREATE TABLE rule("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" account INTEGER NOT NULL,"
	" place INTEGER NOT NULL,"
	" verdict INTEGER NOT NULL,"
	" who_kind INTEGER NOT NULL,"	/* -1 all, 0 account, 1 circle */
	" who INTEGER NOT NULL,"
	" under TEXT,"
	" size_max INTEGER,"
	" kinds INTEGER NOT NULL,"
	" detail TEXT,"
	" created INTEGER NOT NULL)",
	"CREATE INDEX rule_account ON rule(account, place, id)",

	/* Made anew in version 3, see schema_transfer.h. */
	"CREATE TABLE transfer("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" root BLOB NOT NULL UNIQUE,"
	" depth INTEGER NOT NULL,"
	" size INTEGER NOT NULL,"
	" planned INTEGER NOT NULL DEFAULT 0,"
	" touched INTEGER NOT NULL,"
	" created INTEGER NOT NULL)",
	/* Accounts that have sent for it: theirs are the chunks that count. */
	"CREATE TABLE transfer_source("
	" transfer INTEGER NOT NULL,"
	" account INTEGER NOT NULL,"
	" PRIMARY KEY(transfer, account)) WITHOUT ROWID",
	/* Pages known from the root down, until the content is whole. */
	"CREATE TABLE transfer_page("
	" transfer INTEGER NOT NULL,"
	" level INTEGER NOT NULL,"
	" start INTEGER NOT NULL,"
	" digest BLOB NOT NULL,"
	" data BLOB NOT NULL,"
	" PRIMARY KEY(transfer, level, start)) WITHOUT ROWID",

	/*
	 * Only ever added to.  actor 0: the hub.  asker, owner: of the file or
	 * request, 0 none.
	 */
	"CREATE TABLE audit("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" at INTEGER NOT NULL,"
	" what INTEGER NOT NULL,"
	" actor INTEGER NOT NULL,"
	" asker INTEGER NOT NULL,"
	" owner INTEGER NOT NULL,"
	" request INTEGER NOT NULL,"
	" entry INTEGER NOT NULL,"
	" path TEXT,"
	" size INTEGER NOT NULL,"
	" root BLOB,"
	" reason INTEGER NOT NULL,"
	" rule INTEGER NOT NULL,"
	" detail TEXT)",
	"CREATE INDEX audit_at ON audit(at)",
	"CREATE INDEX audit_actor ON audit(actor, id)",
	"CREATE INDEX audit_asker ON audit(asker, id)",
	"CREATE INDEX audit_owner ON audit(owner, id)",
	"CREATE INDEX audit_request ON audit(request, id)",
	"CREATE INDEX audit_entry ON audit(entry, id)",
	"CREATE TRIGGER audit_update BEFORE UPDATE ON audit BEGIN"
	" SELECT raise(ABORT, 'audit is only added to'); END",
	"CREATE TRIGGER audit_delete BEFORE DELETE ON audit BEGIN"
	" SELECT raise(ABORT, 'audit is only added to'); END",
	(const char *)0
};

#endif
