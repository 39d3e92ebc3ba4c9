/*
 * Schema version 4: credentials that are no keys, among the devices.
 */
#ifndef FSS__STORE_SCHEMA_TOKEN_H
#define FSS__STORE_SCHEMA_TOKEN_H

static const char *const fss__schema_token[] = {
	/*
	 * kind: enum fss_device_kind; key: a public key, or of the other kinds
	 * the digest of a token, which is kept nowhere.  scopes: 0 of keys.
	 * expires: 0 never.  address: where it was made from, "" unknown.
	 */
	"ALTER TABLE device ADD COLUMN kind INTEGER NOT NULL DEFAULT 0",
	"ALTER TABLE device ADD COLUMN scopes INTEGER NOT NULL DEFAULT 0",
	"ALTER TABLE device ADD COLUMN expires INTEGER NOT NULL DEFAULT 0",
	"ALTER TABLE device ADD COLUMN address TEXT NOT NULL DEFAULT ''",
	"CREATE INDEX device_expires ON device(expires)"
	" WHERE expires > 0 AND revoked = 0",
	(const char *)0
};

#endif
