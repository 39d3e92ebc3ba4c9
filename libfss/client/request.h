/*
 * Operations of one request, checks of arguments, and small parts of
 * requests.
 */
#ifndef FSS__CLIENT_REQUEST_H
#define FSS__CLIENT_REQUEST_H

#include "base/buf.h"
#include "client/internal.h"

/*
 * Starts an operation that is one request: @msg is encoded at once, DONE
 * carries what the answer holds.  @owner: of the entries in it, NULL: none.
 */
int	fss__request_start(fss_client *c, unsigned type, const void *msg,
	    const char *owner, void *user, fss_op *ret_op);

/* @op: keeps the id of it; @path may be NULL. */
void	fss__ask_fill(struct fss__m_ask *m, int kind, const char *owner,
	    const char *path, uint8_t op[FSS__OP_BYTES]);
/* ASK for an upload of @local, which the index then keeps. */
int	fss__request_offer(fss_client *c, const struct fss__m_ask *m,
	    const char *local, void *user, fss_op *ret_op);

/* All leave a text in the handle where they fail. */
int	fss__client_flags(fss_client *c, uint32_t flags, uint32_t known);
/* @owner: FSS_LIMIT_ACCOUNT + 1, @path: FSS_LIMIT_PATH + 1 bytes. */
int	fss__client_path(fss_client *c, const char *text, char *owner,
	    char *path);
/* UTF-8 of @min to @max bytes into @ret; @err otherwise. */
int	fss__client_text(fss_client *c, const char *what, const char *text,
	    size_t min, size_t max, int err, struct fss__slice *ret);
/* A path in one's own space, as fss__client_path(); FSS_EINVAL otherwise. */
int	fss__client_own_path(fss_client *c, const char *text, char *path);
/* An account or "@group". */
int	fss__client_who(fss_client *c, const char *text,
	    struct fss__slice *ret);
/* As long as an account's or group's name may be. */
int	fss__client_name(fss_client *c, const char *what, const char *text,
	    struct fss__slice *ret);

/* A random id for a mutating request. */
void	fss__op_id(uint8_t id[FSS__OP_BYTES], struct fss__slice *ret);
void	fss__ref_fill(struct fss__m_ref *ref, const char *owner,
	    const char *path, uint64_t number);
/*
 * Asks what is at one place; @number: of a version, 0 the current one.  The
 * answer to it, as @a in @fn, is read by fss__stat_answer(): 0 and @ret_e (a
 * status of its own in it, too), or an error, told in the operation.
 */
int	fss__stat_start(struct fss__op *op, struct fss__call *call,
	    const char *owner, const char *path, uint64_t number,
	    fss__call_fn fn);
int	fss__stat_answer(struct fss__op *op, const struct fss__cs_answer *a,
	    struct fss__m_entry *ret_e);
/* The records appended to @b as a list. */
void	fss__list_of(struct fss__list *list, const struct fss__buf *b,
	    uint32_t count);

/*
 * Pages without rows that are taken in a row.  A hub sends them where it
 * looked through 4096 entries without finding one that may be seen.
 */
#define FSS__EMPTY_PAGES	4096

#endif
