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

/*
 * How well a query, or one word of it, is found in a name; less is better.
 * ALL is of several words, never of one.
 */
enum fss__search_rank {
	FSS__SEARCH_EXACT,	/* the whole text is the name */
	FSS__SEARCH_STEM,	/* the name before a dot */
	FSS__SEARCH_ALL,	/* all words are in it, or one is the name or stem */
	FSS__SEARCH_PREFIX,	/* the name begins with a word */
	FSS__SEARCH_WORD,	/* a word of the name begins with one */
	FSS__SEARCH_PART,	/* one is somewhere in the name */
	FSS__SEARCH_NONE
};

struct fss__search_word {
	uint16_t	off, len;	/* in query text */
	uint16_t	rare;		/* a byte of it, to look for first */
	uint8_t		worst;		/* enum fss__search_rank it may have */
	bool		alnum;		/* begins with a letter or digit */
	bool		loose;		/* one character beside longer words */
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
/* How well @q is found in such a name, if its other words are in the path. */
unsigned fss__search_rank_of(const struct fss__search_query *q,
	    struct fss__slice name);

/*
 * Writers: keep the index in step with the entries in the tree, whose rows
 * are changed first.  A new entry needs nothing.  set: its name or folder may
 * be another, or what filters ask about; moved: so is the place of all that
 * is below a folder.
 */
int	fss__search_set(struct fss__db *db, int64_t entry);
int	fss__search_remove(struct fss__db *db, int64_t entry);
int	fss__search_moved(struct fss__db *db, int64_t folder);
/* What is left to do, if it is worth it, in a step of about @limit: 0 none. */
int	fss__search_settle(struct fss__db *db, int limit);
/* Tags for about @limit names in blocks that have none: how many, 0 none. */
int	fss__search_retag(struct fss__db *db, int limit);
/* Put new names into blocks where there are @least: how many it did. */
int	fss__search_post(struct fss__db *db, int least, int limit);
/* The last entry that blocks may have; newer ones are in none. */
int	fss__search_posted(struct fss__db *db, int64_t *ret_posted);

struct fss__search_filter {
	int64_t		owner;		/* 0 any */
	int64_t		space;		/* the same, where the asker sees all
					   of it: others are left out unseen */
	struct fss__slice within;	/* of it, the path of a folder; "" any */
	int		kind;		/* 0 any */
	struct fss__slice	type;	/* "" any; "text" or "text/plain" */
	uint64_t	size_min, size_max;	/* 0, UINT64_MAX: any */
	bool		sized;		/* size was asked for: files only */
	int64_t		newer_us, older_us;	/* INT64_MIN, INT64_MAX: any */
};

/* Whether @row is what @f asks for. */
bool	fss__search_passes(const struct fss__search_filter *f,
	    const struct fss__meta_row *row);

/* How much of a space the asker sees. */
enum fss__seen {
	FSS__SEEN_SOME,		/* or it would take long to tell */
	FSS__SEEN_ALL,
	FSS__SEEN_NONE
};

/* Whether such a hit may pass, of @state (-1 any), as far as is known. */
struct fss__search_hit;
bool	fss__search_may(const struct fss__search_filter *f, int state,
	    const struct fss__search_hit *h);

/*
 * What kind and media type @f asks for, in bytes that differ where that does:
 * how many, 0 where it asks for neither.
 */
size_t	fss__search_kinds(const struct fss__search_filter *f, uint8_t *dst,
	    size_t cap);

struct fss__search;
struct fss__search_tag;

/* A name of the rank being listed, wherever it is. */
struct fss__search_hit {
	int64_t	entry;
	int64_t	parent;		/* the folder it is in */
	int64_t	owner;		/* whose space; 0: not known */
	unsigned	rank;
	const struct fss__search_name	*name;	/* NULL where all matches */
	const struct fss__search_tag	*tag;	/* NULL: not known */
};

struct fss__search_place {
	unsigned	rank;
	int64_t		before;		/* entries of it below this id */
};

/*
 * Begin, or go on at @from (NULL: begin), looking at so much as @budget
 * allows.  @q and the filter's text must outlive *ret_s, which is the caller's
 * to close.  FSS_EINVAL: no place of this query.  FSS_ENOMEM.
 */
int	fss__search_open(struct fss__db *db, const struct fss__search_query *q,
	    const struct fss__search_filter *filter,
	    const struct fss__search_place *from, unsigned budget,
	    struct fss__search **ret_s);
/*
 * For names in blocks @seen is asked whose space they are in: of those that
 * the asker sees none of nothing is a candidate, of those all of which is seen
 * nothing that size, time or @state (-1 any) rules out.
 */
void	fss__search_spaces(struct fss__search *s, int state,
	    int (*seen)(void *arg, int64_t owner), void *arg);
/* What of a budget it takes to see one name in no block: 0 or FSS_E... */
int	fss__search_newest(struct fss__db *db, unsigned *ret_budget);
/* From now on look at so much. */
void	fss__search_allow(struct fss__search *s, unsigned budget);
/* The last candidate was passed over for what was known: it cost little. */
void	fss__search_cheap(struct fss__search *s);
/* 1 and the next candidate, 0 at the end, FSS_EAGAIN when the budget is out. */
int	fss__search_next(struct fss__search *s, struct fss__search_hit *ret_h);
/*
 * The row of a candidate, or without text of the last one: 1, or 0 where the
 * filter does not let it pass.
 */
int	fss__search_row(struct fss__search *s, int64_t entry,
	    struct fss__meta_row *ret_row);
/* Where to go on after what was looked at last. */
struct fss__search_place fss__search_at(const struct fss__search *s);
void	fss__search_close(struct fss__search *s);	/* NULL is fine */

#endif
