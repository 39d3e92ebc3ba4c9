/*
 * What the files of the server handle share.
 */
#ifndef FSS__SERVER_SERVER_H
#define FSS__SERVER_SERVER_H

#include <fss/server.h>

#include "crypto/keys.h"

#define FSS__HUB_KEY	"hub.key"	/* in the data folder */
#define FSS__HUB_CONF	"fssd.conf"

/*
 * The hub's secret key from @data, into memory of fss__secmem_new().
 * FSS_ENOENT, FSS_EKEYPERM, FSS_ECONFIG, FSS_ENOMEM, FSS_EIO.
 */
int	fss__hub_key_read(const char *data, uint8_t *secret,
	    struct fss__err *err);

#endif
