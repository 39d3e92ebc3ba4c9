/*
 * Schema version 7: uploads in parts by whose space they go to, and those
 * that are complete by when they are forgotten.
 */
#ifndef FSS__STORE_SCHEMA_VISITOR_H
#define FSS__STORE_SCHEMA_VISITOR_H

static const char *const fss__schema_visitor[] = {
	/* Of visitors: FSS__STAGE_VISITOR and above. */
	"CREATE INDEX stage_owner ON stage(owner, done, expires)"
	" WHERE account >= 281474976710656",
	"CREATE INDEX stage_done ON stage(account, expires) WHERE done = 1",
	(const char *)0
};

#endif
