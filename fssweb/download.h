/*
 * Sending the bytes of a file, to people with an account and to visitors of
 * share links alike.
 */
#ifndef FSSWEB_DOWNLOAD_H
#define FSSWEB_DOWNLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "api.h"

/* How whoever asks is answered where it is not with the file. */
struct download_ops {
	/* Replies an error; @detail may be NULL. */
	void	(*fail)(struct web_req *rq, int err, const char *detail);
	/*
	 * Bytes are about to be read and sent: @go has to be called, now or
	 * later, or an error replied.  May be NULL.
	 */
	void	(*begin)(struct web_req *rq, void *arg,
		    void (*go)(struct web_req *rq));
	/*
	 * The request ends, @whole if all that was asked for went out to the
	 * client, to the end of the file; frees @arg.  May be NULL.
	 */
	void	(*ended)(struct web_req *rq, void *arg, bool whole);
	/*
	 * A visitor's: what the file is called, and the hub chooses the
	 * version.  NULL: as its row says.
	 */
	const char *(*name)(void *arg);
};

/*
 * Answers with @path as the request's conditions and ranges ask for.  Takes
 * the request's state; @arg is for @ops.  @number: 0 the newest version.
 * @show: in place, where that is safe.
 */
void	download_send(struct web_req *rq, const char *path, uint64_t number,
	    bool show, const struct download_ops *ops, void *arg);

#endif
