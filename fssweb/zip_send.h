/*
 * Sending a folder as a zip, to people with an account and to visitors of
 * share links alike.
 */
#ifndef FSSWEB_ZIP_SEND_H
#define FSSWEB_ZIP_SEND_H

#include "download.h"

#define ZIP_NAMES	16		/* entries picked out of a folder */
#define ZIP_ENTRIES	100000		/* in one zip */
#define ZIP_NAME_BYTES	UINT64_C(16777216)	/* of their names, in all */

/*
 * Answers with the folder @path as TITLE.zip; takes the request's state.
 * @names: only these in it, or all where @count is 0.  @ops, @arg: as of
 * download_send().
 */
void	zip_send(struct web_req *rq, const char *path, const char *title,
	    const char *const *names, size_t count,
	    const struct download_ops *ops, void *arg);

#endif
