/*
 * Schema versions and the way from each to the next.
 *
 * Each step runs in one transaction that also raises user_version, so an
 * upgrade that is interrupted goes on, at the next open, with the step it was
 * in; nothing is half done.  A newer database than this code knows is refused
 * (FSS_ESCHEMA) rather than written to.
 *
 * What this file does not do: know what the tables mean.
 */
#include "store/db_internal.h"
#include "store/schema_chunk.h"
#include "store/schema_link.h"
#include "store/schema_model.h"
#include "store/schema_request.h"
#include "store/schema_search.h"
#include "store/schema_stage.h"
#include "store/schema_tag.h"
#include "store/schema_ticket.h"
#include "store/schema_token.h"
#include "store/schema_transfer.h"
#include "store/schema_visitor.h"

static const struct fss__schema_step STEPS[] = {
	{ 1, { fss__schema_chunk, fss__schema_model } },
	{ 2, { fss__schema_request, NULL } },
	{ 3, { fss__schema_transfer, NULL } },
	{ 4, { fss__schema_token, NULL } },
	{ 5, { fss__schema_stage, fss__schema_link } },
	{ 6, { fss__schema_search, NULL } },
	{ 7, { fss__schema_visitor, fss__schema_ticket,
	    fss__schema_stage_device } },
	{ 8, { fss__schema_tag, NULL } },
	{ 9, { fss__schema_whole, NULL } },
	{ 10, { fss__schema_owner, NULL } },
	{ 11, { fss__schema_stem, NULL } },
};

static int
run_all(struct fss__db *db, const char *const *sql)
{
	int r = 0;

	for (; *sql != NULL && r == 0; sql++)
		r = fss__db_run(db, *sql);
	return r;
}

/* PRAGMA takes no parameters; its texts must be static like all SQL. */
static const char *const SET_VERSION[] = {
	"PRAGMA user_version = 0",
	"PRAGMA user_version = 1",
	"PRAGMA user_version = 2",
	"PRAGMA user_version = 3",
	"PRAGMA user_version = 4",
	"PRAGMA user_version = 5",
	"PRAGMA user_version = 6",
	"PRAGMA user_version = 7",
	"PRAGMA user_version = 8",
	"PRAGMA user_version = 9",
	"PRAGMA user_version = 10",
	"PRAGMA user_version = 11",
};

const struct fss__db_schema fss__schema_hub = {
	FSS__DB_APP_ID, "PRAGMA application_id = 0x46535331",
	FSS__SCHEMA_VERSION, SET_VERSION, STEPS,
	sizeof(STEPS) / sizeof(STEPS[0])
};

static int
run_step(struct fss__db *db, const struct fss__schema_step *s)
{
	size_t i;
	int r;

	r = fss__db_begin(db);
	if (r != 0)
		return r;
	for (i = 0; i < sizeof(s->sql) / sizeof(s->sql[0]) && r == 0; i++) {
		if (s->sql[i] != NULL)
			r = run_all(db, s->sql[i]);
	}
	if (r == 0)
		r = fss__db_run(db, db->schema->set_version[s->to]);
	if (r == 0)
		r = fss__db_run(db, db->schema->set_app_id);
	if (r == 0)
		r = fss__db_commit(db);
	if (r != 0)
		fss__db_abort(db);
	return r;
}

int
fss__schema_ensure(struct fss__db *db, struct fss__err *err)
{
	const struct fss__db_schema *sc = db->schema;
	int64_t have = 0;
	size_t i;
	int r;

	r = fss__db_run_i64(db, "PRAGMA user_version", &have);
	if (r != 0)
		return r;
	if (have > sc->version)
		return fss__err_set(err, FSS_ESCHEMA,
		    "database has schema %lld, this program knows up to %d",
		    (long long)have, sc->version);
	if (have < 0)
		return fss__err_set(err, FSS_ECORRUPT,
		    "database has an impossible schema version");
	if (have < sc->version && db->mode == FSS__DB_READ)
		return fss__err_set(err, FSS_ESCHEMA,
		    "database has schema %lld and was not upgraded to %d yet",
		    (long long)have, sc->version);
	for (i = 0; i < sc->step_count; i++) {
		if (sc->steps[i].to <= have)
			continue;
		r = run_step(db, &sc->steps[i]);
		if (r != 0)
			return r;
	}
	return 0;
}
