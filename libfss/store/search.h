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
 * Writers: keep the index in step with the entries in the tree.  The changes
 * are noted and reach the index with fss__search_settle(); @name of a removal
 * is the one it was added under.
 */
int	fss__search_add(struct fss__db *db, int64_t entry,
	    struct fss__slice name);
int	fss__search_remove(struct fss__db *db, int64_t entry,
	    struct fss__slice name);
/* Put at most @limit noted changes into the index: how many. */
int	fss__search_settle(struct fss__db *db, int limit);

struct fss__search_filter {
	int64_t		owner;		/* 0 any */
	int		kind;		/* 0 any */
	struct fss__slice type;		/* "" any; "text" or "text/plain" */
	uint64_t	size_min, size_max;	/* 0, UINT64_MAX: any */
	bool		sized;		/* size was asked for: files only */
	int64_t		newer_us, older_us;	/* INT64_MIN, INT64_MAX: any */
};

/* Whether @row is what @f asks for. */
bool	fss__search_passes(const struct fss__search_filter *f,
	    const struct fss__meta_row *row);

struct fss__search {
	struct fss__db		*db;
	const struct fss__search_query *q;
	struct fss__search_filter filter;
	struct fss__stmt	*st;
	unsigned		 tier;		/* rank being listed */
	int64_t			 before;	/* only entries below this id */
	int64_t			 last;		/* id given out last */
	unsigned		 left;		/* candidates to be looked at */
	struct fss__search_name	 name;		/* of the one given out last */
};

/*
 * Begin, or go on at @cursor (empty: begin), looking at @budget candidates at
 * most.  @q and the filter's text must outlive @ret_s.  FSS_EINVAL: not a
 * cursor.
 */
int	fss__search_open(struct fss__db *db, const struct fss__search_query *q,
	    const struct fss__search_filter *filter, struct fss__slice cursor,
	    unsigned budget, struct fss__search *ret_s);
/* 1 and the next candidate, 0 at the end, FSS_EAGAIN when the budget is out. */
int	fss__search_next(struct fss__search *s, struct fss__meta_row *ret_row);
/* Where to go on: after the last candidate, or with it once more. */
#define FSS__SEARCH_CURSOR	10
void	fss__search_save(const struct fss__search *s, bool again,
	    uint8_t cursor[FSS__SEARCH_CURSOR]);
void	fss__search_close(struct fss__search *s);

#endif
