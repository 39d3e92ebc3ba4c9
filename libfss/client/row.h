/*
 * Sets of rows: built once from an answer, then read by the user.
 *
 * Values live in an arena that the set owns, so a page of rows is a handful
 * of allocations whatever is in it, and its size is bounded by that of the
 * header frame it came in.
 */
#ifndef FSS__CLIENT_ROW_H
#define FSS__CLIENT_ROW_H

#include <fss/row.h>

#include "wire/schema.h"

union fss__value {
	int64_t	i;
	struct fss__slice s;		/* text has a NUL behind it */
};

#define FSS__FIELD_WORDS	2

struct fss__fieldset {
	uint64_t	word[FSS__FIELD_WORDS];	/* bit n: field n */
};

struct fss_row {
	struct fss__fieldset	 has;
	const union fss__value	*v;	/* of those that are there */
};

struct fss__rowset;

struct fss__rowset *fss__rowset_new(void);
void	fss__rowset_free(struct fss__rowset *rs);	/* NULL is fine */
size_t	fss__rowset_count(const struct fss__rowset *rs);
const struct fss_row *fss__rowset_row(const struct fss__rowset *rs, size_t i);

/*
 * A row is begun, filled, ended.  Errors stick: end() returns the first,
 * FSS_ENOMEM, and the row is not there.  A field set twice keeps the last.
 */
void	fss__rowset_begin(struct fss__rowset *rs);
void	fss__rowset_int(struct fss__rowset *rs, fss_field field, int64_t v);
void	fss__rowset_text(struct fss__rowset *rs, fss_field field,
	    struct fss__slice v);
void	fss__rowset_bytes(struct fss__rowset *rs, fss_field field,
	    struct fss__slice v);
int	fss__rowset_end(struct fss__rowset *rs);

/* What a record does not say itself. */
struct fss__row_hint {
	const char	*owner;		/* where the record has none */
	const char	*parent;	/* paths are names in it; or NULL */
	int		 news;		/* enum fss_news_kind the row is; or 0 */
};

/*
 * One row from a decoded record that has rows: account, device, entry, member,
 * grant_row, invite_code, who_row, event, holder, request, rule, audit_row,
 * token, session; hint may be NULL.
 */
int	fss__rowset_add(struct fss__rowset *rs, const struct fss__record *rec,
	    const void *msg, const struct fss__row_hint *hint);
/*
 * All rows of a decoded list; stops at the first that is malformed
 * (FSS_EPROTO).
 */
int	fss__rowset_add_list(struct fss__rowset *rs,
	    const struct fss__record *rec, struct fss__list list,
	    const struct fss__row_hint *hint);

#endif
