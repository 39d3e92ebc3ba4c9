/*
 * Folders, from what is kept or from a table that has nothing else.
 *
 * A hundred of its rows are in a page of the database, and those of neighbours
 * together; of the entries, most of which are files, there are thirty.  A
 * folder comes there when its name goes into the index, so that making one
 * costs nothing, and until then is read from the entries.  Triggers keep the
 * rows in step (schema_tag.h).
 */
#include "store/folders.h"

#include <stddef.h>
#include <string.h>

#include <fss/types.h>

#include "store/kept.h"

static int
read_row(struct fss__stmt *st, int64_t id, struct fss__folder *ret_f)
{
	struct fss__slice name;
	int r;

	fss__bind_i64(st, 1, id);
	r = fss__step(st);
	if (r == 1) {
		memset(&ret_f->link, 0, sizeof(ret_f->link));
		ret_f->link.id = id;
		ret_f->link.parent = fss__col_i64(st, 0);
		ret_f->link.owner = fss__col_i64(st, 1);
		ret_f->link.access = (int)fss__col_i64(st, 2);
		ret_f->link.granted = fss__col_i64(st, 3) > 0;
		name = fss__col_text(st, 4);
		ret_f->name_len = name.n;
		if (name.p == NULL || name.n > sizeof(ret_f->name))
			r = FSS_ECORRUPT;
		else
			memcpy(ret_f->name, name.p, name.n);
	}
	fss__stmt_reset(st);
	return r;
}

int
fss__folder_get(struct fss__db *db, int64_t id, struct fss__folder *ret_f)
{
	const size_t head = offsetof(struct fss__folder, name);
	size_t n;
	int r;

	r = fss__kept_get(db, FSS__KEPT_FOLDER, id, ret_f, sizeof(*ret_f), &n);
	if (r != 0)
		return r;
	r = read_row(fss__db_query(db,
	    "SELECT parent, owner, access, granted, name FROM search_folder"
	    " WHERE id = ?1"), id, ret_f);
	if (r == 0)
		r = read_row(fss__db_query(db,
		    "SELECT parent, owner, access, granted, name FROM entry"
		    " WHERE id = ?1"), id, ret_f);
	if (r == 1)
		fss__kept_put(db, FSS__KEPT_FOLDER, id, ret_f,
		    head + ret_f->name_len);
	return r;
}

int
fss__folder_enter(struct fss__db *db, int64_t id)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT OR REPLACE INTO search_folder SELECT id, parent, owner,"
	    " access, granted, name FROM entry WHERE id = ?1 AND kind = ?2");

	fss__bind_i64(st, 1, id);
	fss__bind_i64(st, 2, FSS_KIND_DIR);
	return fss__exec(st);
}

int
fss__folder_changed(struct fss__db *db, int64_t id)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT 1 FROM entry WHERE id = ?1 AND kind = ?2");
	int64_t one;
	int r;

	fss__bind_i64(st, 1, id);
	fss__bind_i64(st, 2, FSS_KIND_DIR);
	r = fss__step_i64(st, &one);
	return r != 1 ? r : fss__kept_changed(db, FSS__KEPT_FOLDER, id);
}
