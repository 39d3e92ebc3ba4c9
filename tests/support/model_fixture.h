/*
 * A hub's model over a store in memory, and short words for what the tests of
 * the model do with it.  Calls that fail where a test does not expect it end
 * the test.
 */
#ifndef MODEL_FIXTURE_H
#define MODEL_FIXTURE_H

#include "model/account.h"
#include "model/entry.h"

struct mf {
	struct fss__store	*store;
	struct fss__rules	 rules;
	struct fss__ctx		 ctx;
	uint32_t		 key;		/* device keys made so far */
};

/* A row as it was emitted, with its texts copied. */
struct mf_row {
	char		owner[FSS_LIMIT_ACCOUNT + 1];
	char		path[FSS_LIMIT_PATH + 1];
	char		media[FSS__MAX_MEDIA + 1];
	char		target[64];
	char		author[FSS_LIMIT_ACCOUNT + 1];
	uint32_t	has;
	int		status;		/* FSS_E... */
	int		kind, access, state;
	bool		access_own;
	unsigned	rights, mode;
	uint64_t	size, number, version;
	int64_t		mtime;
	struct fss__id	root;
};

#define MF_ROWS	300

struct mf_rows {
	struct mf_row	*row;
	size_t		 n;
	size_t		 limit;		/* rows in a page */
	bool		 back;		/* list from the end */
	struct fss__cursor next;
};

/* A store in memory, or a new one in @dir, which stays. */
struct mf	*mf_open(void);
struct mf	*mf_open_in(const char *dir);
void		 mf_close(struct mf *f);
struct mf_rows	*mf_rows(size_t limit);
void		 mf_rows_free(struct mf_rows *rows);
int		 mf_emit(void *rows, const void *entry);
/* For the one row there is; @row may be NULL. */
int		 mf_emit_one(void *row, const void *entry);

/* Text as a slice; NULL is none. */
struct fss__slice mf_s(const char *text);
/* An account on a device of its own, through open registration. */
struct fss__actor mf_user(struct mf *f, const char *name);
/* Of cmocka: *state is a struct mf_people, a hub that has all three. */
struct mf_people {
	struct mf		*f;
	struct fss__actor	 alice, bob, carl;
};
int		 mf_people_setup(void **state);
int		 mf_people_teardown(void **state);
/* One write in a transaction: begin, then end with what the call returned. */
void		 mf_begin(struct mf *f);
int		 mf_end(struct mf *f, int r);

/* Uploads @text as one chunk for @who. */
struct fss__id	 mf_put(struct mf *f, const struct fss__actor *who,
		    const char *text);
/* A commit_item of a file with content @text, put before (NULL: empty). */
struct fss__m_commit_item mf_item(const char *path, const char *text,
		    struct fss__id *id);
int		 mf_commit(struct mf *f, const struct fss__actor *who,
		    const char *owner, const struct fss__m_commit_item *m,
		    struct mf_row *ret_row);
/* Puts and commits. */
int		 mf_file(struct mf *f, const struct fss__actor *who,
		    const char *owner, const char *path, const char *text);
int		 mf_folder(struct mf *f, const struct fss__actor *who,
		    const char *owner, const char *path);
int		 mf_stat(struct mf *f, const struct fss__actor *who,
		    const char *owner, const char *path, uint64_t number,
		    struct mf_row *ret_row);
/* One page from @rows->next on; @rows is emptied first. */
int		 mf_list(struct mf *f, const struct fss__actor *who,
		    const char *owner, const char *path, struct mf_rows *rows);
int		 mf_remove(struct mf *f, const struct fss__actor *who,
		    const char *owner, const char *path, bool recursive);
int		 mf_move(struct mf *f, const struct fss__actor *who,
		    const char *owner, const char *from, const char *to,
		    bool replace);
int		 mf_access(struct mf *f, const struct fss__actor *who,
		    const char *owner, const char *path, int access);
int		 mf_grant(struct mf *f, const struct fss__actor *who,
		    const char *owner, const char *path, const char *whom,
		    unsigned rights);
int		 mf_group(struct mf *f, const struct fss__actor *who,
		    const char *group, const char *member, bool remove);
/* Purges until there is nothing left: the number of steps. */
int		 mf_purge(struct mf *f);
/*
 * All pages of a search of @limit rows each, one behind the other: 0, or the
 * error of the first that fails.
 */
struct fss__m_find mf_question(const char *text);
int		 mf_find(struct mf *f, const struct fss__actor *who,
		    struct fss__m_find m, size_t limit, struct mf_rows *all);

/* Accounts on devices with the key 0...0 @key. */
int		 mf_register(struct mf *f, const char *name,
		    const char *invite, uint8_t key,
		    struct fss__actor *ret_who);
int		 mf_login(struct mf *f, const char *name, uint8_t key,
		    struct fss__actor *ret_who);
int		 mf_of_device(struct mf *f, uint8_t key,
		    struct fss__actor *ret_who);
int		 mf_invite(struct mf *f, const struct fss__actor *who,
		    int role, unsigned uses, char *code);

/* What the account's counters say. */
void		 mf_usage(struct mf *f, const struct fss__actor *who,
		    int64_t *bytes, int64_t *files, int64_t *folders);
void		 mf_expect_usage(struct mf *f, const struct fss__actor *who,
		    int64_t bytes, int64_t files, int64_t folders);
/* Counters, references and index agree with the rows there are. */
void		 mf_expect_sound(struct mf *f);
/* An integer out of the database, for tests that look behind the model. */
int64_t		 mf_sql(struct mf *f, const char *static_sql);

/* A reproducible sequence; print the seed. */
uint32_t	 mf_random(uint64_t *state, uint32_t below);

#endif
