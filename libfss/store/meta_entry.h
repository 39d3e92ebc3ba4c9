/*
 * Rows of entries and of their versions.
 *
 * Lookups return 1 and the row, 0 if there is none, or FSS_E... .  A list is a
 * statement to step with its next(); whoever leaves early resets it.
 */
#ifndef FSS__STORE_META_ENTRY_H
#define FSS__STORE_META_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/path.h"
#include "crypto/digest.h"
#include "store/db.h"
#include "wire/limits.h"

#define FSS__PARENT_ROOT	0	/* of the root of a space */
#define FSS__PARENT_TRASH	(-1)	/* of what was removed */

/* An entry without its version: what walking needs. */
struct fss__meta_node {
	int64_t		id, parent, owner;
	int		kind;		/* enum fss_kind */
	int		access;		/* enum fss_access, as set here */
	bool		granted;	/* has rows in acl */
	unsigned	height;
	int64_t		cur;		/* newest version, 0 for a folder */
	int64_t		mtime, created;	/* of a folder */
	unsigned	mode;		/* likewise */
	size_t		name_len;
	char		name[FSS_LIMIT_NAME + 1];
};

/* Less: one step of the way up to the root. */
struct fss__meta_link {
	int64_t		id, parent, owner;
	int		access;
	bool		granted;
};

struct fss__meta_version {
	int64_t		id, entry, number;
	int		kind;
	int64_t		size;
	bool		has_root;
	struct fss__id	root;
	unsigned	depth;
	int64_t		chunk;		/* row of the root, 0 none */
	int		state;		/* enum fss_state */
	int64_t		keep;		/* fetched: goes back then, 0 stays */
	int64_t		mtime, created, author;
	unsigned	mode;
	char		media[FSS__MAX_MEDIA + 1];	/* "" unknown */
	size_t		target_len;
	char		target[FSS__MAX_TARGET + 1];
};

struct fss__meta_row {
	struct fss__meta_node		e;
	struct fss__meta_version	v;	/* id 0 for a folder */
};

int	fss__meta_link_get(struct fss__db *db, int64_t id,
	    struct fss__meta_link *ret_l);
/*
 * The entries of @owner's space with an access or grants of their own (who has
 * both is there twice): how many, @most if there may be more.
 */
struct fss__meta_special {
	int64_t	entry, parent;
};
int	fss__meta_entry_special(struct fss__db *db, int64_t owner, int most,
	    struct fss__meta_special *ret_s);
/* The same, from the indexes alone: only which they are. */
int	fss__meta_entry_special_ids(struct fss__db *db, int64_t owner,
	    int most, int64_t *ret_id);
int	fss__meta_node_get(struct fss__db *db, int64_t id,
	    struct fss__meta_node *ret_e);
int	fss__meta_node_child(struct fss__db *db, int64_t parent,
	    struct fss__slice name, struct fss__meta_node *ret_e);
/* With the newest version. */
int	fss__meta_row_get(struct fss__db *db, int64_t id,
	    struct fss__meta_row *ret_row);
/*
 * Children with a name from @from on, by name, or, if @back, back from it:
 * with @from itself if it is @at_least.
 */
struct fss__stmt *fss__meta_row_children(struct fss__db *db, int64_t parent,
	    struct fss__slice from, bool at_least, bool back);
int	fss__meta_row_next(struct fss__stmt *st, struct fss__meta_row *ret_row);

/*
 * Everything an entry is made with; version 0 for a folder.  FSS_EEXIST if
 * the name is taken.
 */
int	fss__meta_entry_insert(struct fss__db *db,
	    const struct fss__meta_node *e, int64_t *ret_id);
int	fss__meta_entry_set_version(struct fss__db *db, int64_t id, int kind,
	    int64_t version);
int	fss__meta_entry_set_folder(struct fss__db *db, int64_t id,
	    int64_t mtime, unsigned mode);
int	fss__meta_entry_set_access(struct fss__db *db, int64_t id, int access);
/* Raises the height, never lowers it. */
int	fss__meta_entry_raise(struct fss__db *db, int64_t id, unsigned height);
/*
 * The longest path below @id, of whose own path there are @len bytes and
 * whose height is @height: *ret_len.  Down as far as a path could be longer
 * than one may be (by height, each name the longest).  1; 0: more than @limit
 * entries would have to be looked at.
 */
int	fss__meta_entry_reach(struct fss__db *db, int64_t id, size_t len,
	    unsigned height, unsigned limit, size_t *ret_len);
int	fss__meta_entry_move(struct fss__db *db, int64_t id, int64_t parent,
	    struct fss__slice name);
/* Takes it out of the tree: nobody's child, its name free. */
int	fss__meta_entry_detach(struct fss__db *db, int64_t id);
int	fss__meta_entry_delete(struct fss__db *db, int64_t id);
/* The first child, or the first removed entry with parent TRASH. */
int	fss__meta_entry_any_child(struct fss__db *db, int64_t parent,
	    struct fss__meta_node *ret_e);
/* Marks that something below has an access: 1 and its parent, 0 marked before. */
int	fss__meta_below_mark(struct fss__db *db, int64_t id,
	    int64_t *ret_parent);
/* 1 if what is above the entry must be marked for it, else 0. */
int	fss__meta_below_needed(struct fss__db *db, int64_t id);
/* The first child above @after with an access of its own or a mark. */
int	fss__meta_below_next(struct fss__db *db, int64_t parent,
	    int64_t after, struct fss__meta_link *ret_l);

int	fss__meta_version_get(struct fss__db *db, int64_t id,
	    struct fss__meta_version *ret_v);
int	fss__meta_version_number(struct fss__db *db, int64_t entry,
	    int64_t number, struct fss__meta_version *ret_v);
/* Newest first, numbers below @before (0: from the newest). */
struct fss__stmt *fss__meta_version_list(struct fss__db *db, int64_t entry,
	    int64_t before);
int	fss__meta_version_next(struct fss__stmt *st,
	    struct fss__meta_version *ret_v);
/* Takes everything but the id from @v. */
int	fss__meta_version_insert(struct fss__db *db,
	    const struct fss__meta_version *v, int64_t *ret_id);
/* The newest version of @entry that is stored: 1, 0. */
int	fss__meta_version_stored(struct fss__db *db, int64_t entry,
	    struct fss__meta_version *ret_v);
/*
 * The oldest version of @entry numbered at most @upto (@announced: of those
 * that are): what dropping frees.
 */
struct fss__meta_old {
	int64_t	id, size, chunk;
	int	state;
};
int	fss__meta_version_oldest(struct fss__db *db, int64_t entry,
	    int64_t upto, bool announced, struct fss__meta_old *ret_o);
int	fss__meta_version_delete(struct fss__db *db, int64_t id);
/*
 * Versions that have @root as their root, by id from above @after: the
 * version, its entry and its chunk row.
 */
struct fss__meta_same {
	int64_t		version, entry, chunk, size;
	unsigned	depth;
};
int	fss__meta_version_same(struct fss__db *db, const struct fss__id *root,
	    int64_t after, struct fss__meta_same *ret_s);

#endif
