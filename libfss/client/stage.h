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

/* Which upload, and how it was taken up. */
struct fss__stage_hold {
	uint8_t		id[FSS__STAGE_ID];
	uint8_t		op[FSS__OP_BYTES];	/* of the STAGE_OPEN */
	uint64_t	turn;			/* it gave; 0 not known yet */
};

/*
 * stage_leave.c: tells the hub that who took it up so does not go on with it.
 * @offset: where it stands, for a hub that does not know turns.  As
 * fss__call_start().
 */
int	fss__stage_leave_send(struct fss__op *op, struct fss__call *call,
	    const struct fss__stage_hold *hold, uint64_t offset,
	    fss__call_fn fn);
/* The same for @from, which ends; left out where there is no memory for it. */
void	fss__stage_leave(struct fss__op *from,
	    const struct fss__stage_hold *hold);

#endif
