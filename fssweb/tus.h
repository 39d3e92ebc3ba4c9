/*
 * What the two files of tus share.
 */
#ifndef FSSWEB_TUS_H
#define FSSWEB_TUS_H

#include "api.h"

/* Replies 412 and gives false where another version of tus is spoken. */
bool	tus_spoken(struct web_req *rq);
/* Headers that say where an upload stands. */
void	tus_describe(struct web_req *rq, const fss_row *row);

#endif
