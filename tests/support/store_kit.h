/*
 * What tests of the store need again and again: a store in a folder of its
 * own, content made from a number, files of several chunks, versions.
 */
#ifndef FSS_TEST_STORE_KIT_H
#define FSS_TEST_STORE_KIT_H

#include "folder.h"
#include "store/store.h"

#define KIT_CHUNK	4096		/* the longest content made here */
#define KIT_ALICE	1		/* who puts, where nobody is named */
#define KIT_DAY_US	(INT64_C(86400) * 1000000)
#define KIT_CHUNKS	16		/* the most in one file */

/* A store made in @dir/"store" and opened; @cfg may be NULL. */
struct fss__store *kit_new(const char *dir,
	    const struct fss__store_config *cfg);
struct fss__store *kit_open(const char *dir,
	    const struct fss__store_config *cfg);
int	kit_try_open(const char *dir, const struct fss__store_config *cfg,
	    struct fss__err *err, struct fss__store **ret_s);

/* The content number @n: always the same 1 .. KIT_CHUNK bytes. */
size_t	kit_content(uint64_t n, uint8_t buf[KIT_CHUNK], struct fss__id *ret_id);
int	kit_put(struct fss__store *s, int64_t account, uint64_t n);

/*
 * A file of @chunks contents numbered from @n on; two or more have a page.
 * Puts what is needed for @account, children first; the root in @ret_root.
 */
int	kit_put_file(struct fss__store *s, int64_t account, uint64_t n,
	    unsigned chunks, struct fss__id *ret_root);
/* The page of it, and its bytes. */
size_t	kit_page(uint64_t n, unsigned chunks, uint8_t *buf,
	    struct fss__id *ret_id);

/*
 * A version row with number @number of entry 1 for @root, with its reference;
 * inside begin/commit.
 */
int	kit_version(struct fss__store *s, int64_t account,
	    const struct fss__id *root, int64_t number);
/* Removes it; inside begin/commit. */
int	kit_unversion(struct fss__store *s, int64_t number);
/* 1 if there is such a version. */
int	kit_has_version(struct fss__store *s, int64_t number);

/* Reads the whole file through @r and compares; 0 or FSS_E... */
int	kit_read_file(struct fss__reader_store *r, uint64_t n,
	    unsigned chunks);
/* 1 if @account must send content @n. */
int	kit_missing(struct fss__reader_store *r, int64_t account, uint64_t n);
/*
 * Most tests: a store, a reader, and what is done to them all the time.  The
 * steps assert that they work.
 */
struct kit {
	char				 dir[FOLDER_PATH];
	char				 seg[FOLDER_PATH];
	struct fss__store		*s;
	struct fss__reader_store	*r;
};
int	kit_setup(void **state);
int	kit_teardown(void **state);
void	kit_reopen(struct kit *f, const struct fss__store_config *cfg);
void	kit_small_segments(struct kit *f);	/* reopens, 16 KiB each */
void	kit_commit(struct fss__store *s);
void	kit_add_version(struct fss__store *s, uint64_t n, unsigned chunks,
	    int64_t number);
void	kit_remove_version(struct fss__store *s, int64_t number);
struct fss__store_stats kit_stats(struct fss__store *s);
/* Until idle, as if it were @days from now. */
void	kit_collect(struct fss__store *s, int64_t days);
/* Four bytes of content, the number @n. */
int	kit_put_tiny(struct fss__store *s, uint32_t n);

/* Runs the check and prints what it finds. */
int	kit_check(struct fss__store *s);

#endif
