/*
 * The index of names: what is in it, what a query means, and candidates in
 * the order of rank.
 *
 * The index knows no rights: it yields candidates one by one, and the model
 * decides who sees them.  A call looks at a bounded number of candidates and
 * then tells where to go on.  docs/search.md describes matching and ranking.
 */
#ifndef FSS__STORE_SEARCH_H
#define FSS__STORE_SEARCH_H

#include "store/meta_entry.h"

#define FSS__SEARCH_WORDS	8	/* in one query */
#define FSS__SEARCH_TEXT	8192	/* bytes of an indexed or query text */

/* How well a word is found in a name; less is better. */
enum fss__search_rank {
	FSS__SEARCH_EXACT,	/* it is the name */
	FSS__SEARCH_PREFIX,	/* the name begins with it */
	FSS__SEARCH_WORD,	/* a word of the name begins with it */
	FSS__SEARCH_PART,	/* it is somewhere in the name */
	FSS__SEARCH_NONE
};

struct fss__search_word {
	uint16_t	off, len;	/* in query text */
	uint8_t		worst;		/* enum fss__search_rank it may have */
	bool		alnum;		/* begins with a letter or digit */
};

struct fss__search_query {
	unsigned		count;	/* of words; 0: everything matches */
	struct fss__search_word	word[FSS__SEARCH_WORDS];
	struct fss__search_word	whole;	/* all of it, where count > 1 */
	char			text[FSS__SEARCH_TEXT];
};

/* A name as the index has it. */
struct fss__search_name {
	size_t	len;
	char	text[FSS__SEARCH_TEXT];
};

/* FSS_EINVAL (too many words, nothing to look for), FSS_ENOMEM. */
int	fss__search_parse(struct fss__slice text, const char **why,
	    struct fss__search_query *ret_q);
int	fss__search_encode(struct fss__slice name,
	    struct fss__search_name *ret_n);
/* Which words of @q (bit i: word i) are in a name. */
unsigned fss__search_match(const struct fss__search_query *q,
	    const struct fss__search_name *n);
/* The best rank of any word, or of the whole text. */
unsigned fss__search_rank_of(const struct fss__search_query *q,
	    const struct fss__search_name *n);

/*
 * Writers: keep the index in step with the entries in the tree, whose rows
 * are changed first.  A new entry needs nothing.  set: its name or folder is
 * another; moved: so is the place of all that is below a folder.
 */
int	fss__search_set(struct fss__db *db, int64_t entry, int64_t parent,
	    struct fss__slice name);
int	fss__search_remove(struct fss__db *db, int64_t entry);
int	fss__search_moved(struct fss__db *db, int64_t folder);
/* What is left to do, if it is worth it, in a step of about @limit: 0 none. */
int	fss__search_settle(struct fss__db *db, int limit);
/* Put new names into blocks where there are @least: how many it did. */
int	fss__search_post(struct fss__db *db, int least, int limit);
/* The last entry that blocks may have; newer ones are in none. */
int	fss__search_posted(struct fss__db *db, int64_t *ret_posted);

struct fss__search_filter {
	int64_t		owner;		/* 0 any */
	int		kind;		/* 0 any */
	struct fss__slice	type;	/* "" any; "text" or "text/plain" */
	uint64_t	size_min, size_max;	/* 0, UINT64_MAX: any */
	bool		sized;		/* size was asked for: files only */
	int64_t		newer_us, older_us;	/* INT64_MIN, INT64_MAX: any */
};

/* Whether @row is what @f asks for. */
bool	fss__search_passes(const struct fss__search_filter *f,
	    const struct fss__meta_row *row);

struct fss__search;

/* A name of the rank being listed, wherever it is. */
struct fss__search_hit {
	int64_t	entry;
	int64_t	parent;		/* the folder it is in */
	const struct fss__search_name	*name;	/* NULL where all matches */
};

/*
 * Begin, or go on at @cursor (empty: begin), looking at so much as @budget
 * allows.  @q and the filter's text must outlive *ret_s, which is the caller's
 * to close.  FSS_EINVAL: not a cursor.  FSS_ENOMEM.
 */
int	fss__search_open(struct fss__db *db, const struct fss__search_query *q,
	    const struct fss__search_filter *filter, struct fss__slice cursor,
	    unsigned budget, struct fss__search **ret_s);
/* 1 and the next candidate, 0 at the end, FSS_EAGAIN when the budget is out. */
int	fss__search_next(struct fss__search *s, struct fss__search_hit *ret_h);
/*
 * The row of the candidate given out last: 1, or 0 where the filter does not
 * let it pass.
 */
int	fss__search_row(struct fss__search *s, struct fss__meta_row *ret_row);
/* Where to go on: after the last candidate, or with it once more. */
#define FSS__SEARCH_CURSOR	10
void	fss__search_save(const struct fss__search *s, bool again,
	    uint8_t cursor[FSS__SEARCH_CURSOR]);
void	fss__search_close(struct fss__search *s);	/* NULL is fine */

#endif
