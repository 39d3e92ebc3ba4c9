/*
 * Media types: what a client says, or what the name's ending suggests.
 */
#ifndef FSS__MODEL_MEDIA_H
#define FSS__MODEL_MEDIA_H

#include "base/str.h"
#include "wire/limits.h"

/*
 * @given in lower case if it is a media type, else a guess by @name, else "".
 */
void	fss__media_type(struct fss__slice given, struct fss__slice name,
	    char media[FSS__MAX_MEDIA + 1]);

#endif
