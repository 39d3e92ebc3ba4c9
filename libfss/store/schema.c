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
#include "store/schema_model.h"
#include "store/schema_request.h"

struct step {
	int			 to;	/* version reached by it */
	const char *const	*sql[2];	/* run in order, NULL-ended */
};

static const struct step STEPS[] = {
	{ 1, { fss__schema_chunk, fss__schema_model } },
	{ 2, { fss__schema_request, NULL } },
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
};

static int
run_step(struct fss__db *db, const struct step *s)
{
	size_t i;
	int r;

	r = fss__db_begin(db);
	if (r != 0)
		return r;
	for (i = 0; i < 2 && r == 0; i++) {
		if (s->sql[i] != NULL)
			r = run_all(db, s->sql[i]);
	}
	if (r == 0)
		r = fss__db_run(db, SET_VERSION[s->to]);
	if (r == 0)
		r = fss__db_run(db, "PRAGMA application_id = 0x46535331");
	if (r == 0)
		r = fss__db_commit(db);
	if (r != 0)
		fss__db_abort(db);
	return r;
}

int
fss__schema_ensure(struct fss__db *db, struct fss__err *err)
{
	int64_t have = 0;
	size_t i;
	int r;

	r = fss__db_run_i64(db, "PRAGMA user_version", &have);
	if (r != 0)
		return r;
	if (have > FSS__SCHEMA_VERSION)
		return fss__err_set(err, FSS_ESCHEMA,
		    "database has schema %lld, this program knows up to %d",
		    (long long)have, FSS__SCHEMA_VERSION);
	if (have < 0)
		return fss__err_set(err, FSS_ECORRUPT,
		    "database has an impossible schema version");
	if (have < FSS__SCHEMA_VERSION && db->mode == FSS__DB_READ)
		return fss__err_set(err, FSS_ESCHEMA,
		    "database has schema %lld and was not upgraded to %d yet",
		    (long long)have, FSS__SCHEMA_VERSION);
	for (i = 0; i < sizeof(STEPS) / sizeof(STEPS[0]); i++) {
		if (STEPS[i].to <= have)
			continue;
		r = run_step(db, &STEPS[i]);
		if (r != 0)
			return r;
	}
	return 0;
}
