/*
 * What the files of uploads in parts share.
 */
#ifndef FSS__CLIENT_STAGE_H
#define FSS__CLIENT_STAGE_H

#include "client/internal.h"

#define FSS__STAGE_ID	16		/* bytes; as text hex */

/*
 * The id that @text says into @id, and a slice of it; FSS_EINVAL with a text
 * in the handle.  @what has it: "an upload", "an invite".
 */
int	fss__client_hexid(fss_client *c, const char *what, const char *text,
	    uint8_t id[FSS__STAGE_ID], struct fss__slice *ret);

#endif
