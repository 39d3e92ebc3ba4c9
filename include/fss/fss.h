/*
 * Everything libfss offers but the system interface in fss/sys/.
 *
 * Thread rule: see each header.
 */
#ifndef FSS_FSS_H
#define FSS_FSS_H

#include <fss/client.h>
#include <fss/error.h>
#include <fss/export.h>
#include <fss/log.h>
#include <fss/profile.h>
#include <fss/request.h>
#include <fss/row.h>
#include <fss/server.h>
#include <fss/types.h>
#include <fss/version.h>
#include <fss/web.h>

#endif
