/*
 * The tables of accounts and entries, schema version 1.  Run in order by
 * schema.c when a database is made.
 *
 * Times are microseconds since 1970.  Nothing here uses foreign keys: the
 * operations in meta_*.c keep the references, and the write path is spared
 * the checks.
 */
#ifndef FSS__STORE_SCHEMA_MODEL_H
#define FSS__STORE_SCHEMA_MODEL_H

static const char *const fss__schema_model[] = {
	/*
	 * bytes: of all kept versions; files: files and links; folders: the
	 * root not counted.  quota NULL: the hub's default; 0: none.
	 */
	"CREATE TABLE account("
	" id INTEGER PRIMARY KEY,"
	" name TEXT NOT NULL UNIQUE,"
	" pwhash TEXT NOT NULL,"
	" role INTEGER NOT NULL,"
	" locked INTEGER NOT NULL DEFAULT 0,"
	" created INTEGER NOT NULL,"
	" root INTEGER NOT NULL DEFAULT 0,"
	" bytes INTEGER NOT NULL DEFAULT 0,"
	" files INTEGER NOT NULL DEFAULT 0,"
	" folders INTEGER NOT NULL DEFAULT 0,"
	" quota_bytes INTEGER,"
	" quota_files INTEGER)",

	/* revoked: when, 0 while in use.  ops: counts op_result's ring. */
	"CREATE TABLE device("
	" id INTEGER PRIMARY KEY,"
	" account INTEGER NOT NULL,"
	" key BLOB NOT NULL,"
	" name TEXT NOT NULL,"
	" created INTEGER NOT NULL,"
	" seen INTEGER NOT NULL,"
	" revoked INTEGER NOT NULL DEFAULT 0,"
	" ops INTEGER NOT NULL DEFAULT 0)",
	"CREATE UNIQUE INDEX device_key ON device(key) WHERE revoked = 0",
	"CREATE INDEX device_account ON device(account, id)",
	"CREATE INDEX device_revoked ON device(revoked) WHERE revoked > 0",

	/* hash: digest of the code, which is not kept.  creator 0: the hub. */
	"CREATE TABLE invite("
	" hash BLOB PRIMARY KEY,"
	" role INTEGER NOT NULL,"
	" uses INTEGER NOT NULL,"
	" creator INTEGER NOT NULL,"
	" created INTEGER NOT NULL,"
	" expires INTEGER NOT NULL) WITHOUT ROWID",	/* 0: never */
	"CREATE INDEX invite_creator ON invite(creator)",
	"CREATE INDEX invite_expires ON invite(expires) WHERE expires > 0",

	/* "group" is a word of SQL's. */
	"CREATE TABLE circle("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" owner INTEGER NOT NULL,"
	" name TEXT NOT NULL,"
	" UNIQUE(owner, name))",
	"CREATE TABLE member("
	" circle INTEGER NOT NULL,"
	" account INTEGER NOT NULL,"
	" PRIMARY KEY(circle, account)) WITHOUT ROWID",
	"CREATE INDEX member_account ON member(account, circle)",

	/*
	 * A node of a tree.  parent: 0 for the root of a space (whose name is
	 * the account's), -1 once removed (whose name is then the id).
	 * granted: how many rows of acl it has.  height: at least how many
	 * components the longest path below it has.  cur: the newest version,
	 * 0 for folders, which keep mtime and mode here.
	 */
	"CREATE TABLE entry("
	" id INTEGER PRIMARY KEY,"
	" parent INTEGER NOT NULL,"
	" name TEXT NOT NULL,"
	" owner INTEGER NOT NULL,"
	" kind INTEGER NOT NULL,"
	" access INTEGER NOT NULL DEFAULT 0,"
	" granted INTEGER NOT NULL DEFAULT 0,"
	" height INTEGER NOT NULL DEFAULT 0,"
	" cur INTEGER NOT NULL DEFAULT 0,"
	" mtime INTEGER NOT NULL DEFAULT 0,"
	" mode INTEGER NOT NULL DEFAULT 0,"
	" created INTEGER NOT NULL,"
	" UNIQUE(parent, name))",
	"CREATE INDEX entry_owner ON entry(owner, id)",
	"CREATE INDEX entry_access ON entry(owner, id) WHERE access > 0",
	"CREATE INDEX entry_granted ON entry(owner, id) WHERE granted > 0",

	/*
	 * Ids are handles of downloads and are never used twice.  root, chunk
	 * (row of the root's chunk): NULL for links and empty files.
	 */
	"CREATE TABLE version("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" entry INTEGER NOT NULL,"
	" number INTEGER NOT NULL,"
	" kind INTEGER NOT NULL,"
	" size INTEGER NOT NULL,"
	" root BLOB,"
	" depth INTEGER NOT NULL,"
	" chunk INTEGER,"
	" mtime INTEGER NOT NULL,"
	" mode INTEGER NOT NULL,"
	" created INTEGER NOT NULL,"
	" author INTEGER NOT NULL,"
	" media TEXT,"
	" target TEXT)",
	"CREATE UNIQUE INDEX version_entry ON version(entry, number)",
	"CREATE INDEX version_chunk ON version(chunk) WHERE chunk IS NOT NULL",

	/* kind 0: who is an account, 1: a circle.  owner: the entry's. */
	"CREATE TABLE acl("
	" entry INTEGER NOT NULL,"
	" kind INTEGER NOT NULL,"
	" who INTEGER NOT NULL,"
	" owner INTEGER NOT NULL,"
	" rights INTEGER NOT NULL,"
	" PRIMARY KEY(entry, kind, who)) WITHOUT ROWID",
	"CREATE INDEX acl_who ON acl(kind, who, owner, entry)",

	/* The first answers to requests; slot: a ring per device. */
	"CREATE TABLE op_result("
	" id INTEGER PRIMARY KEY,"
	" device INTEGER NOT NULL,"
	" slot INTEGER NOT NULL,"
	" op BLOB NOT NULL,"
	" created INTEGER NOT NULL,"
	" answer BLOB NOT NULL,"
	" UNIQUE(device, slot))",
	"CREATE UNIQUE INDEX op_result_op ON op_result(device, op)",

	/*
	 * Names for searching, in the form search.c makes of them (folded
	 * already, hence case_sensitive); rowid is the entry's id.
	 */
	"CREATE VIRTUAL TABLE search USING fts5(name, content='',"
	" columnsize=0, tokenize='trigram case_sensitive 1')",
	/* Names that are to go out of and into it, in this order. */
	"CREATE TABLE search_todo("
	" id INTEGER PRIMARY KEY,"
	" entry INTEGER NOT NULL,"
	" old TEXT,"
	" new TEXT)",
	(const char *)0
};

#endif
