/*
 * Entries as rows of tables: what they are, what there is of them, and what
 * the person may do.
 */
#include <string.h>

#include "list.h"
#include "parse.h"

const char *const entry_heads[ENTRY_COLUMNS] = {
	"MODE", "ACCESS", "RIGHTS", ">SIZE", "CHANGED", "STATE", "HAVE",
	"MAY", "NAME"
};
const char *const hit_heads[HIT_COLUMNS] = { "STATE", "HAVE", "MAY", "NAME" };

enum color_id
entry_shade(const fss_row *row)
{
	switch (fss_row_int(row, FSS_FIELD_KIND)) {
	case FSS_KIND_DIR:
		return COLOR_DIR;
	case FSS_KIND_LINK:
		return COLOR_LINK;
	default:
		return COLOR_NONE;
	}
}

/* By a right, or by a yes. */
static bool
is_readable(const fss_row *row)
{
	return (fss_row_int(row, FSS_FIELD_RIGHTS) & FSS_RIGHT_READ) != 0 ||
	    fss_row_int(row, FSS_FIELD_PASS) != 0;
}

const char *
entry_state(const fss_row *row)
{
	if (fss_row_int(row, FSS_FIELD_KIND) != FSS_KIND_FILE)
		return "-";
	if (fss_row_int(row, FSS_FIELD_STATE) == FSS_STATE_ANNOUNCED)
		return "announced";
	return is_readable(row) ? "stored" : "locked";
}

void
entry_may(const fss_row *row, char *dst)
{
	int64_t state = fss_row_int(row, FSS_FIELD_REQUEST_STATE);
	const char *may = "ask";

	if (fss_row_int(row, FSS_FIELD_KIND) != FSS_KIND_FILE) {
		may = "-";
	} else if (fss_row_int(row, FSS_FIELD_STATE) == FSS_STATE_STORED &&
	    is_readable(row)) {
		may = "get";
	} else if (fss_row_has(row, FSS_FIELD_REQUEST)) {
		if (state == FSS_REQUEST_APPROVED ||
		    state == FSS_REQUEST_TRANSFERRING) {
			may = "wait";
		} else if (state != FSS_REQUEST_FULFILLED) {
			(void)snprintf(dst, TEXT_BYTES, "asked (%s)",
			    request_state_name(state));
			return;
		}
	}
	(void)snprintf(dst, TEXT_BYTES, "%s", may);
}

/* How many have it, and how many of them are here. */
static void
entry_have(const fss_row *row, char *dst)
{
	long long holders = fss_row_int(row, FSS_FIELD_HOLDERS);
	long long online = fss_row_int(row, FSS_FIELD_ONLINE);

	if (fss_row_int(row, FSS_FIELD_KIND) != FSS_KIND_FILE ||
	    !fss_row_has(row, FSS_FIELD_HOLDERS))
		(void)snprintf(dst, TEXT_BYTES, "-");
	else
		(void)snprintf(dst, TEXT_BYTES, "%lld (%lld online)", holders,
		    online);
}

/* With the target of a link; a folder has a slash on a terminal. */
static void
shown_name(const struct table *t, const fss_row *row, const char *name,
    char *dst, size_t cap)
{
	int64_t kind = fss_row_int(row, FSS_FIELD_KIND);

	if (kind == FSS_KIND_LINK)
		(void)snprintf(dst, cap, "%s -> %s", name,
		    fss_row_str(row, FSS_FIELD_TARGET));
	else
		(void)snprintf(dst, cap, "%s%s", name,
		    kind == FSS_KIND_DIR && t->app->tty_out ? "/" : "");
}

int
entry_cells(struct table *t, const fss_row *row, const char *name)
{
	char mode[TEXT_BYTES], size[TEXT_BYTES], changed[TEXT_BYTES];
	char access[TEXT_BYTES], rights[TEXT_BYTES], shown[2 * PATH_BYTES];
	char have[TEXT_BYTES], may[TEXT_BYTES];
	const char *cells[ENTRY_COLUMNS];
	int64_t kind = fss_row_int(row, FSS_FIELD_KIND);

	format_mode(kind, fss_row_int(row, FSS_FIELD_MODE), mode);
	format_time(fss_row_int(row, FSS_FIELD_MTIME), changed);
	format_rights(fss_row_int(row, FSS_FIELD_RIGHTS), rights);
	if (kind == FSS_KIND_DIR)
		(void)snprintf(size, sizeof(size), "-");
	else if (t->app->tty_out)
		format_size(fss_row_int(row, FSS_FIELD_SIZE), size);
	else
		(void)snprintf(size, sizeof(size), "%lld",
		    (long long)fss_row_int(row, FSS_FIELD_SIZE));
	/* A star: set on this very entry. */
	(void)snprintf(access, sizeof(access), "%s%s",
	    access_name(fss_row_int(row, FSS_FIELD_ACCESS)),
	    fss_row_int(row, FSS_FIELD_ACCESS_OWN) ? "*" : "");
	entry_have(row, have);
	entry_may(row, may);
	shown_name(t, row, name, shown, sizeof(shown));
	cells[0] = mode;
	cells[1] = access;
	cells[2] = rights;
	cells[3] = size;
	cells[4] = changed;
	cells[5] = entry_state(row);
	cells[6] = have;
	cells[7] = may;
	cells[8] = shown;
	return table_row(t, cells, entry_shade(row));
}

int
hit_cells(struct table *t, const fss_row *row, const char *name)
{
	char have[TEXT_BYTES], may[TEXT_BYTES], shown[2 * PATH_BYTES];
	const char *cells[HIT_COLUMNS];

	entry_have(row, have);
	entry_may(row, may);
	shown_name(t, row, name, shown, sizeof(shown));
	cells[0] = entry_state(row);
	cells[1] = have;
	cells[2] = may;
	cells[3] = shown;
	return table_row(t, cells, entry_shade(row));
}

void
entry_name(struct app *app, const fss_row *row, const char *name)
{
	enum color_id shade = entry_shade(row);

	fputs(color(app->color_out && shade != COLOR_NONE, shade), stdout);
	put_text(stdout, name);
	fputs(color(app->color_out && shade != COLOR_NONE, COLOR_NONE),
	    stdout);
	if (app->tty_out && shade == COLOR_DIR)
		putchar('/');
	putchar('\n');
}
