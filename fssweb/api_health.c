/*
 * GET /api/v1/health: whether this front end and its hub are there.
 */
#include "host.h"

#include "api_handlers.h"

void
api_health_get(struct web_req *rq)
{
	web_reply_json(rq, hub_up() ? 200 : 503, json_pack("{s:s,s:b,s:s}",
	    "status", hub_up() ? "ok" : "hub away", "hub", hub_up(),
	    "version", fss_version()));
}
